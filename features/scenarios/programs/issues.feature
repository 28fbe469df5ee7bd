Feature: Publishing by a program
  A program that gets no answer can simply send its request again.

  Background:
    Given the script has a token of the admin

  Scenario: An issue is accepted, and can be followed
    When the script publishes "Issue" with the key "one"
    Then the answer is 202
    And the answer's JSON has "id, status"
    And the answer has the header "Location" with "/v1/issues/"
    When the script follows the Location
    Then the answer is 200
    And the answer's JSON has "counts, finished_at, id, published_at, reason, status, title"

  Scenario: The same request again publishes nothing more
    When the script publishes "Issue" with the key "one"
    And the script publishes "Issue" with the key "one"
    Then the last two answers are the same
    And the issue "Issue" is listed 1 time

  Scenario: A key is not good for something else
    When the script publishes "Issue" with the key "one"
    And the script publishes "Something else" with the key "one"
    Then the answer is 422
    And the answer is a problem of the type "idempotency-key-reused"
    And the issue "Something else" is listed 0 times

  Scenario: No issue without a key
    When the script publishes "Issue" without a key
    Then the answer is 400
    And the answer is a problem that names "Idempotency-Key"

  Scenario Outline: A key of <length> characters
    When the script publishes "Issue" with a key of <length> characters
    Then the answer is <status>

    Examples:
      | length | status |
      | 49     | 202    |
      | 50     | 400    |

  Scenario: Too large an issue is refused, saying by how much
    When the script publishes an issue of 300 KB
    Then the answer is 413
    And the answer is a problem of the type "too-large"
    And the problem tells a number of bytes

  @mailbox
  Scenario: Everybody who confirmed gets it, and the counts say so
    Given Ursula has confirmed
    When the script publishes "For all" with the key "one"
    And the script waits until the issue is delivered
    Then the counts add up, and somebody got it
    And Ursula gets 1 mail of the issue "For all"

  Scenario: Issues come in pages, the newest first
    When the script publishes "One" with the key "one"
    And the script publishes "Two" with the key "two"
    And the script publishes "Three" with the key "three"
    Then the script pages through "/v1/issues" by 2 and finds "Three, Two, One" in this order
