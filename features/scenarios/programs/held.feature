@since-contracts-v2 @own-system
Feature: Those of whom nobody knows whether their mail left
  A mail that was on its way when the machine died is not sent again: its
  recipient is held, until somebody decides.

  Background:
    Given a machine whose mail server takes mails and does not say so
    And the script has a token of the admin
    And the admin is logged in
    When the script imports the rows "Ursula"
    And the import of the script has ended
    And the script publishes "Did it leave?" with the key "one"
    And the mail server has 1 mail for Ursula
    And the machine is killed and started again
    And the mail server does what it should
    And the issue of the script becomes "delivered"

  Scenario: Who is held is shown, and got no second mail
    Then the issue of the script counts 1 "held"
    And Ursula is "held" by the issue of the script
    And the script finds Ursula among the exceptions of the issue as "held"
    And the page of the issue counts 1 "Held"
    And the exceptions on the page of the issue show the address of Ursula
    And the mail server has 1 mail for Ursula

  Scenario: A program has it sent again
    When Ursula is "held" by the issue of the script
    And the script asks to resend the held of the issue
    Then the answer is 202
    And Ursula is "accepted" by the issue of the script
    And the issue of the script counts 1 "accepted"
    And the issue of the script counts 0 "held"
    And the mail server has 2 mails for Ursula

  Scenario: A program gives it up
    When Ursula is "held" by the issue of the script
    And the script asks to drop the held of the issue
    Then the answer is 202
    And Ursula is "failed" by the issue of the script
    And the issue of the script counts 1 "failed"
    And the mail server has 1 mail for Ursula

  Scenario: An admin has it sent again
    When Ursula is "held" by the issue of the script
    And the admin presses "Send again" for all who are held
    Then the answer is 200
    And the page of the issue counts 1 "Accepted"
    And the page of the issue counts 0 "Held"
    And the mail server has 2 mails for Ursula

  Scenario: An admin gives it up
    When Ursula is "held" by the issue of the script
    And the admin presses "Give up" for all who are held
    Then the answer is 200
    And the page of the issue counts 1 "Failed"
    And the page of the issue counts 0 "Held"
    And the mail server has 1 mail for Ursula
