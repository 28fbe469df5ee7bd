Feature: Tokens
  A program shows a token instead of logging in. It is shown once, and ends
  when it is revoked or its user is disabled.

  Scenario: Whoever has the password gets a token
    When the script asks for a token of the admin
    Then the answer is 201
    And the answer's JSON has "id, token"
    When the script reads "/v1/issues"
    Then the answer is 200

  Scenario Outline: Without a token nothing is answered but how to do better
    When a stranger sends <method> to "<path>"
    Then the answer is 401
    And the answer is a problem of the type "unauthorized"
    And the answer has the header "WWW-Authenticate" with "Bearer"

    Examples:
      | method | path                                                 |
      | GET    | /v1/issues                                           |
      | POST   | /v1/issues                                           |
      | GET    | /v1/subscribers                                      |
      | DELETE | /v1/subscribers/5f1c9a5e-53c3-4b0e-9d3f-0b1d6b7f6a11 |
      | GET    | /v1/tokens                                           |

  Scenario: A browser's session opens nothing here
    Given the admin is logged in
    When the admin opens "/v1/issues"
    Then the answer is 401

  Scenario: A wrong password gets no token
    When the script asks for a token of the admin with the password "not this one"
    Then the answer is 401
    And the answer is a problem of the type "wrong-credentials"

  Scenario: A one-time password gets no token
    Given the admin is logged in
    And the admin adds Grace
    When the script asks for a token of Grace
    Then the answer is 403
    And the answer is a problem of the type "password-change-required"

  Scenario: Tokens are listed without what makes them tokens
    Given the script has a token of the admin
    When the script reads "/v1/tokens"
    Then the answer is 200
    And the answer does not hold the token of the script

  Scenario: A revoked token is good for nothing
    Given the script has a token of the admin
    And the robot has a token of the admin
    When the script revokes the token of the robot
    Then the answer is 204
    When the robot reads "/v1/issues"
    Then the answer is 401
    When the script reads "/v1/issues"
    Then the answer is 200

  Scenario: A token ends with its user
    Given Grace is an admin
    And the script has a token of Grace
    And the admin is logged in
    When the admin disables Grace
    And the script reads "/v1/issues"
    Then the answer is 401
