Feature: Imports, at the desk
  An admin brings a list along as a file, and sees what became of it.

  Background:
    Given the admin is logged in

  Scenario: A list is imported
    When the admin uploads a file with Ursula, Vonda and a row that is none
    And the admin waits until the import has ended
    Then the page says "3 of 3 rows done"
    And the page says "finished"
    And the page says "Line 4"
    And the page says "The email is not a valid e-mail address."
    When the admin looks up Ursula
    Then the page shows the address of Ursula
    And the page says "confirmed"
    And the page says "Came with a list that an admin imported"

  @mailbox
  Scenario: Whoever was imported gets the next issue
    Given the admin uploads a file with Ursula, Vonda and a row that is none
    And the admin waits until the import has ended
    When the admin has published the issue "Welcome aboard"
    Then Ursula gets 1 mail of the issue "Welcome aboard"
    And Ursula gets 0 confirmation mails

  Scenario Outline: A file <what> is refused, and the form is still there
    When the admin uploads the file "<file>"
    Then the answer is 400
    And the page says "<why>"
    And the page says "Nobody was imported."
    And the page has a form that posts "list" to "/admin/imports"

    Examples:
      | what                     | file                | why                         |
      | with nothing in it       |                     | There is nothing in the list |
      | separated by semicolons  | email;name\na@b.c;A | Separate them by commas     |
      | without the names        | email\na@b.c        | does not name the column    |

  Scenario: A file of more than 4 MB is refused
    When the admin uploads a file of 5 MB
    Then the answer is 413
    And the page says "at most 4 MB"
    And the page has a form that posts "list" to "/admin/imports"

  Scenario: A form without a file
    When the admin posts the form "list=x" to "/admin/imports"
    Then the answer is 415

  Scenario: An import that nobody knows
    When the admin opens "/admin/imports/00000000-0000-4000-8000-000000000000"
    Then the answer is 404
