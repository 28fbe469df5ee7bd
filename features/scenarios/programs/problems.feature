Feature: Problems
  Whatever a program does wrong, it is told what, in a form that it can read.

  Background:
    Given the script has a token of the admin

  Scenario Outline: <path> is refused
    When the script reads "<path>"
    Then the answer is <status>
    And the answer is a problem of the type "<type>"
    And the answer has the header "X-Request-Id"

    Examples:
      | path                           | status | type      |
      | /v1/issues?limit=0             | 400    | invalid   |
      | /v1/issues?limit=201           | 400    | invalid   |
      | /v1/issues?limit=many          | 400    | invalid   |
      | /v1/issues?cursor=nonsense     | 400    | invalid   |
      | /v1/subscribers?limit=201      | 400    | invalid   |
      | /v1/subscribers?cursor=?       | 400    | invalid   |
      | /v1/issues?limit=1&limit=2     | 400    | invalid   |
      | /v1/issues/nonsense            | 404    | not-found |
      | /v1/issues/5f1c9a5e-53c3-4b0e-9d3f-0b1d6b7f6a11      | 404 | not-found |
      | /v1/subscribers/5f1c9a5e-53c3-4b0e-9d3f-0b1d6b7f6a11 | 404 | not-found |
      | /v1/nowhere                    | 404    | not-found |

  Scenario: The method is wrong
    When the script sends PUT with its token to "/v1/issues"
    Then the answer is 405
    And the answer is a problem of the type "method-not-allowed"
    And the answer has the header "Allow" with "POST"

  Scenario Outline: A body that is <what> is refused
    When a visitor posts "<body>" as "<type>" to "/v1/tokens"
    Then the answer is <status>
    And the answer is a problem

    Examples:
      | what            | body         | type             | status |
      | no JSON         | {            | application/json | 400    |
      | no object       | [1]          | application/json | 400    |
      | a form          | username=a   | application/x-www-form-urlencoded | 415 |
      | without members | {}           | application/json | 400    |

  Scenario: 10 MB are refused
    When a visitor posts 10 MB as "application/json" to "/v1/tokens"
    Then the answer is 413
    And the answer is a problem of the type "too-large"

  Scenario: The description is there for everybody
    When a visitor opens "/openapi.json"
    Then the answer is 200
    And the answer has the header "Content-Type" with "application/json"
