Feature: Importing a list of subscribers
  An admin vouches for a list. Its people become subscribers without a mail, and
  nobody who said no becomes one by it.

  Background:
    Given the script has a token of the admin

  Scenario: A list is taken in at once and can be followed
    When the script imports the rows "Ursula, Octavia"
    Then the answer is 202
    And the answer's JSON has "id"
    And the answer has the header "Location" with "/v1/imports/"
    When the import of the script has ended
    Then the answer's JSON has "already_known, id, imported, rejected, rejections, rows, status"
    And the import is finished with 2 imported, 0 already known and 0 rejected
    And the script finds Ursula among the "confirmed" and not among the "pending"

  @mailbox
  Scenario: Nobody is mailed by it, and the next issue goes to all of them
    When the script imports the rows "Ursula, Octavia"
    And the import of the script has ended
    And the script publishes "For all" with the key "one"
    Then Ursula gets 1 mail of the issue "For all"
    And Octavia gets 1 mail of the issue "For all"
    And Ursula gets 0 confirmation mails

  @mailbox
  Scenario: Who is known or stands in the list twice is counted as known
    Given Ursula has confirmed
    When the script imports the rows "Ursula, Octavia, Octavia"
    And the import of the script has ended
    Then the import is finished with 1 imported, 2 already known and 0 rejected

  @mailbox
  Scenario: Who waits to confirm is confirmed
    Given Ursula has subscribed
    When the script imports the rows "Ursula"
    And the import of the script has ended
    Then the import is finished with 1 imported, 0 already known and 0 rejected
    And the script finds Ursula among the "confirmed" and not among the "pending"

  @mailbox
  Scenario: Who has unsubscribed stays unsubscribed
    Given Ursula has confirmed
    And Ursula has unsubscribed
    When the script imports the rows "Ursula"
    And the import of the script has ended
    Then the import is finished with 0 imported, 1 already known and 0 rejected
    And the script finds Ursula among the "unsubscribed" and not among the "confirmed"

  Scenario: A bad row is told by its line, and the rest goes on
    When the script imports the list 'email,name#nobody,Ann##{address},"Ann,#or not"#{address},Ann#'
    And the import of the script has ended
    Then the import is finished with 1 imported, 0 already known and 2 rejected
    And the rejected lines are "2, 4"

  Scenario: A stray quotation mark costs its own row alone
    When the script imports the list 'email,name#nobody@example.com,"Ann#{address},Ann#'
    And the import of the script has ended
    Then the import is finished with 1 imported, 0 already known and 1 rejected
    And the rejected lines are "2"

  Scenario: A list as spreadsheets write it
    When the script imports the list '[BOM]Name,Email,Since[CR]#"Butler, O.",{address},1976[CR]#'
    And the import of the script has ended
    Then the import is finished with 1 imported, 0 already known and 0 rejected

  Scenario Outline: What is no such list is refused with what to do
    When the script imports the list '<list>'
    Then the answer is 400
    And the answer is a problem of the type "invalid"
    And the problem says "<words>"

    Examples:
      | list                          | words        |
      | {address},Ann                 | email,name   |
      | email;name#{address};Ann      | semicolons   |
      | "email,name#{address},Ann     | never closed |

  Scenario: A list that is too long is refused with what to do
    When the script imports a list of 5 MB
    Then the answer is 413
    And the answer is a problem of the type "too-large"
    And the problem says "several parts"

  Scenario: Something else than CSV is refused
    When the script posts a list as "application/json"
    Then the answer is 415
