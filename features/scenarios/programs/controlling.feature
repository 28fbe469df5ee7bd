@since-contracts-v2
Feature: Controlling an issue while it goes out
  Whoever publishes can stop it, let it go on, end it, and ask what happened.

  Background:
    Given the script has a token of the admin

  @mailbox
  Scenario: An issue is paused, resumed and delivered
    Given Ursula has confirmed
    When the script publishes "Paused" with the key "one"
    And the script asks to pause the issue
    Then the answer is 202
    And the issue of the script becomes "paused"
    When the script asks to pause the issue
    Then the answer is 409
    And the answer is a problem of the type "conflict"
    When the script asks to resume the issue
    Then the answer is 202
    And the issue of the script becomes "delivered"
    And Ursula is "accepted" by the issue of the script

  @mailbox
  Scenario: A cancelled issue goes to nobody else, and says whom it skipped
    Given Ursula has confirmed
    When the script publishes "Cancelled" with the key "one"
    And the script asks to pause the issue
    And the script asks to cancel the issue
    Then the answer is 202
    And the issue of the script becomes "cancelled"
    And Ursula is "skipped" by the issue of the script
    When the script asks to resume the issue
    Then the answer is 409

  @mailbox
  Scenario: Whoever confirms after an issue was published is no recipient of it
    When the script publishes "Early" with the key "one"
    And the issue of the script becomes "delivered"
    Given Ursula has confirmed
    Then Ursula is "not_a_recipient" by the issue of the script
