@mailbox
Feature: The mail of an issue
  What every subscriber finds in every issue.

  Background:
    Given Ursula has confirmed
    And the admin has published the issue "Headers & <all>"

  Scenario: The subject is the title, and the content is the admin's
    Then Ursula gets 1 mail of the issue "Headers & <all>"
    And the text of the issue "Headers & <all>" is in its mail to Ursula

  Scenario: The mail can be unsubscribed from with one click
    Then the mail of the issue "Headers & <all>" to Ursula has the header "List-Unsubscribe" with "/subscriptions/unsubscribe?token="
    And the mail of the issue "Headers & <all>" to Ursula has the header "List-Unsubscribe-Post" with "List-Unsubscribe=One-Click"

  Scenario: The mail says which list it belongs to
    Then the mail of the issue "Headers & <all>" to Ursula has the header "List-Id" with the domain of its sender

  Scenario: The unsubscribe link stands in the text and in the HTML
    Then the mail of the issue "Headers & <all>" to Ursula has the same unsubscribe link in its text, its HTML and its header
