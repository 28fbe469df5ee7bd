Feature: Health check

  @book:health_check_works
  Scenario: A system that serves says so
    When a visitor opens "/health_check"
    Then the answer is 200
    And the answer has no body
