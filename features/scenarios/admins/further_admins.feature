Feature: Further admins
  Admins add admins, and disable them; somebody always remains.

  Scenario: The list of admins
    Given the admin is logged in
    When the admin opens "/admin/users"
    Then the answer is 200
    And the page has a form that posts "username" to "/admin/users"
    And the page says "admin"

  Scenario: A new admin gets a password for the first log-in, shown once
    Given the admin is logged in
    When the admin adds Grace
    Then the page shows a password for Grace
    And it is not shown again to the admin
    When Grace logs in
    Then the answer is 303

  Scenario: At the first log-in a new password comes before everything else
    Given the admin is logged in
    And the admin adds Grace
    When Grace logs in
    And Grace opens "/admin/newsletters"
    Then Grace is sent to "/admin/password"
    When Grace opens "/admin/dashboard"
    Then Grace is sent to "/admin/password"
    When Grace posts the form "username=mallory" to "/admin/users"
    Then Grace is sent to "/admin/password"
    When Grace opens "/admin/password"
    Then the answer is 200
    When Grace changes the password to "a password of my own"
    And Grace opens "/admin/dashboard"
    Then the answer is 200
    And the page says "Welcome" and the user name of Grace

  Scenario Outline: A user name that is <what> is refused
    Given the admin is logged in
    When the admin posts the form "<form>" to "/admin/users"
    Then the answer is a clear refusal

    Examples:
      | what         | form                            |
      | missing      |                                 |
      | empty        | username=                       |
      | blank        | username=%20                    |
      | HTML         | username=%3Cb%3Ex%3C%2Fb%3E     |
      | two lines    | username=gra%0D%0Ace            |
      | not text     | username=%FF                    |
      | twice there  | username=grace&username=hopper  |

  Scenario: A user name can be taken only once
    Given Grace is an admin
    And the admin is logged in
    When the admin adds Grace again
    Then the answer is a clear refusal

  Scenario: A disabled admin is out at once, and stays out
    Given Grace is an admin
    And Grace is logged in
    And the admin is logged in
    When the admin disables Grace
    And Grace opens "/admin/dashboard"
    Then Grace is sent to "/login"
    When Grace logs in
    Then Grace is sent to "/login" and told "Authentication failed"

  @own-system
  Scenario: Nobody disables the last admin
    Given the admin is logged in
    When the admin disables the admin
    And the admin opens "/admin/dashboard"
    Then the answer is 200

  @own-system
  Scenario: Who never chose a password is not the one who remains
    Given the admin is logged in
    And the admin adds Grace
    When the admin disables the admin
    And the admin opens "/admin/dashboard"
    Then the answer is 200

  @own-system
  Scenario: Two admins who disable each other at the same moment do not both go
    Given Grace is an admin
    And Grace is logged in
    And the admin is logged in
    When the admin and Grace disable each other at the same moment
    Then one of the admin and Grace still gets in

  Scenario: Disabling an admin whom nobody knows
    Given the admin is logged in
    When the admin posts the form "" to "/admin/users/00000000-0000-4000-8000-000000000000/disable"
    Then the answer is 404
