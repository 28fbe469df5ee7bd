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

  Scenario: An issue without a preheader or a sender's name is as it always was
    Then the mail of the issue "Headers & <all>" to Ursula hides nothing
    And the mail of the issue "Headers & <all>" to Ursula is from the same as the confirmation mail

  Scenario: The preheader is what a mailbox shows beside the subject
    When the admin has published the issue "Preview" with the preheader "What <b>nobody</b> told you & more"
    Then the mail of the issue "Preview" to Ursula previews as "What <b>nobody</b> told you & more"
    And the mail of the issue "Preview" to Ursula holds no HTML "<b>nobody"
    And the mail of the issue "Preview" to Ursula is from the same as the confirmation mail
    And Ursula gets 1 mail of the issue "Preview"

  Scenario: The preheader may call the subscriber by their name
    When the admin has published the issue "By name" with the preheader "For {{name}} alone"
    Then the mail of the issue "By name" to Ursula previews as "For Ursula alone"

  Scenario Outline: The issue is from <name>
    When the admin has published the issue "From somebody" with the sender's name "<name>"
    Then the mail of the issue "From somebody" to Ursula is from "<name>" at the address of the confirmation mail
    And the mail of the issue "From somebody" to Ursula hides nothing
    And Ursula gets 1 mail of the issue "From somebody"

    Examples:
      | name                     |
      | Vonda                    |
      | Vonda, of the Post (Ltd) |
      | Zoë 李 📬                |

  Scenario: A blank preheader or sender's name is none
    When the admin has published the issue "Blank preheader" with the preheader "  "
    And the admin has published the issue "Blank name" with the sender's name "  "
    Then the mail of the issue "Blank preheader" to Ursula hides nothing
    And the mail of the issue "Blank name" to Ursula is from the same as the confirmation mail
