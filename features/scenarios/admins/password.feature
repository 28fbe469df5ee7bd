Feature: Changing the password

  @book:you_must_be_logged_in_to_see_the_change_password_form
  Scenario: The form is not for strangers
    When a stranger opens "/admin/password"
    Then the stranger is sent to "/login"

  @book:you_must_be_logged_in_to_change_your_password
  Scenario: Strangers change no password
    When a stranger posts the form "current_password=a&new_password=a-new-password-1&new_password_check=a-new-password-1" to "/admin/password"
    Then the stranger is sent to "/login"

  Scenario: The form
    Given the admin is logged in
    When the admin opens "/admin/password"
    Then the answer is 200
    And the page has a form that posts "current_password, new_password, new_password_check" to "/admin/password"

  @book:new_password_fields_must_match
  Scenario: The new password must be typed twice alike
    Given the admin is logged in
    When the admin asks for the password "a new password 1" and repeats it as "a new password 2"
    Then the admin is sent to "/admin/password" and told "You entered two different new passwords - the field values must match."

  @book:current_password_must_be_valid
  Scenario: The current password must be right
    Given Grace is an admin
    And Grace is logged in
    When Grace asks for the password "a new password 1" giving "not the current one" as the current one
    Then Grace is sent to "/admin/password" and told "The current password is incorrect."

  Scenario Outline: A new password of <length> characters is refused
    Given the admin is logged in
    When the admin asks for a password of <length> characters
    Then the admin is sent to "/admin/password" and told something

    Examples:
      | length |
      | 0      |
      | 11     |
      | 129    |

  Scenario Outline: A new password of <length> characters is fine
    Given Grace is an admin
    And Grace is logged in
    When Grace asks for a password of <length> characters
    Then Grace is sent to "/admin/password" and told "Your password has been changed."

    Examples:
      | length |
      | 12     |
      | 128    |

  @book:changing_password_works
  Scenario: From then on the new password counts, and the old one no more
    Given Grace is an admin
    And Grace is logged in
    When Grace changes the password to "a much better password"
    Then Grace is sent to "/admin/password" and told "Your password has been changed."
    When Grace logs out
    Then Grace is sent to "/login" and told "You have successfully logged out."
    When Grace logs in with the former password
    Then Grace is sent to "/login" and told "Authentication failed"
    When Grace logs in with the password "a much better password"
    Then Grace is sent to "/admin/dashboard"

  Scenario: A change ends every other session of that user
    Given Grace is an admin
    And the laptop is logged in as Grace
    And the phone is logged in as Grace
    And the admin is logged in
    When the laptop changes the password of Grace to "a much better password"
    And the phone opens "/admin/dashboard"
    Then the phone is sent to "/login"
    When the laptop opens "/admin/dashboard"
    Then the answer is 200
    When the admin opens "/admin/dashboard"
    Then the answer is 200

  Scenario Outline: A form without <what> is refused and changes nothing
    Given the admin is logged in
    When the admin posts the form "<form>" to "/admin/password"
    Then the answer is a clear refusal
    When a visitor logs in as the admin
    Then the visitor is sent to "/admin/dashboard"

    Examples:
      | what       | form                                   |
      | any field  |                                        |
      | the repeat | current_password=a&new_password=abcdefghijklm |
