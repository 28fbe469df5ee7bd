Feature: Tokens, at the desk
  An admin lets a program in, and keeps it out again.

  Scenario: A token is shown once, and good until it is revoked
    Given the admin is logged in
    When the admin makes a token for the script
    And the script reads "/v1/issues"
    Then the answer is 200
    When the admin opens "/admin/tokens"
    Then the answer does not hold the token of the script
    When the admin revokes the token of the script at the desk
    Then the admin is sent to "/admin/tokens" and told "The token has been revoked."
    When the script reads "/v1/issues"
    Then the answer is 401

  Scenario: A token ends with its user
    Given Grace is an admin
    And Grace is logged in
    And the admin is logged in
    When Grace makes a token for the script
    And the admin disables Grace
    And the script reads "/v1/issues"
    Then the answer is 401

  Scenario Outline: A name that is <what> is refused
    Given the admin is logged in
    When the admin posts the form "<form>" to "/admin/tokens"
    Then the answer is a clear refusal

    Examples:
      | what      | form             |
      | missing   |                  |
      | empty     | name=            |
      | two lines | name=a%0D%0Ab    |
      | not text  | name=%FF         |

  Scenario: Nobody revokes the token of another
    Given Grace is an admin
    And Grace is logged in
    And the admin is logged in
    When Grace makes a token for the script
    And the admin tries to revoke the token of the script
    Then the answer is 404
    When the script reads "/v1/issues"
    Then the answer is 200
