@since-contracts-v2
Feature: Controlling an issue, at the desk
  The page of an issue shows how it goes, and has a button for what can be done.

  Background:
    Given the admin is logged in

  @mailbox
  Scenario: An issue is paused, resumed and delivered
    Given Ursula has confirmed
    When the admin publishes the issue "Wait a little"
    And the admin presses "Pause" on the page of the issue
    Then the page of the issue shows the state "paused"
    When the admin presses "Resume" on the page of the issue
    Then the page of the issue shows the state "delivered"

  @mailbox
  Scenario: An issue is cancelled for good
    Given Ursula has confirmed
    When the admin publishes the issue "Not after all"
    And the admin presses "Pause" on the page of the issue
    Then the page of the issue shows the state "paused"
    When the admin presses "Cancel for good" on the page of the issue
    Then the page of the issue shows the state "cancelled"

  @own-system
  Scenario: An issue that paused itself says why, and goes on when that is mended
    Given a machine whose mail server wants it to log in
    And the admin is logged in
    And the script has a token of the admin
    When the script imports the rows "Ursula"
    And the import of the script has ended
    And the admin publishes the issue "Nobody takes it"
    Then the page of the issue shows the state "paused"
    And the page of the issue says "It paused itself: the mail server does not take our log-in (530)."
    And the mail server has 0 mails for Ursula
    When the mail server does what it should
    And the admin presses "Resume" on the page of the issue
    Then the page of the issue shows the state "delivered"
    And the mail server has 1 mail for Ursula
