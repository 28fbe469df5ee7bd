Feature: Unsubscribing
  One link in every issue, good for ever, and for nothing else.

  Scenario: Without a token there is nothing to unsubscribe
    When a visitor posts the form "" to "/subscriptions/unsubscribe"
    Then the answer is 400

  Scenario Outline: A token that is <what> is refused
    When a visitor posts the form "" to "/subscriptions/unsubscribe?token=<token>"
    Then the answer is 401

    Examples:
      | what            | token                                                            |
      | unknown         | AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA |
      | too short       | abc                                                              |
      | full of symbols | %3Cscript%3E                                                     |
      | not text        | %FF%FE                                                           |

  Scenario Outline: A link whose token is <what> is refused
    When a visitor posts the form "" to "/subscriptions/unsubscribe?token=<token>"
    Then the answer is 400

    Examples:
      | what     | token  |
      | empty    |        |

  @mailbox
  Scenario: A token with one letter changed is refused
    Given Ursula has confirmed
    And the admin has published the issue "Tamper with me"
    When a visitor presses the unsubscribe button of Ursula with one letter of the link changed
    Then the answer is 401

  @mailbox
  Scenario: Opening the link shows a button and changes nothing
    Given Ursula has confirmed
    And the admin has published the issue "One"
    When Ursula opens the unsubscribe link
    Then the answer is 200
    And the page has a button that unsubscribes
    When the admin has published the issue "Two"
    Then Ursula gets 1 mail of the issue "Two"

  @mailbox
  Scenario: Pressing the button unsubscribes
    Given Ursula has confirmed
    And Vonda has confirmed
    And the admin has published the issue "One"
    When Ursula presses the unsubscribe button
    Then the answer is 200
    When the admin has published the issue "Two"
    Then Vonda gets 1 mail of the issue "Two"
    And Ursula gets 0 mails of the issue "Two"

  @mailbox
  Scenario: Pressing it again is fine
    Given Ursula has confirmed
    And the admin has published the issue "One"
    When Ursula presses the unsubscribe button
    And Ursula presses the unsubscribe button
    Then the answer is 200

  @mailbox
  Scenario: A mail programme unsubscribes with one click, from another site
    Given Ursula has confirmed
    And the admin has published the issue "One"
    When the mailprogram unsubscribes Ursula with one click, as a multipart form
    Then the answer is 200
    And the answer sets no cookie
    When the admin has published the issue "Two"
    Then Ursula gets 0 mails of the issue "Two"

  @mailbox
  Scenario: A mail programme may send the click as an ordinary form
    Given Ursula has confirmed
    And the admin has published the issue "One"
    When the mailprogram unsubscribes Ursula with one click, as an ordinary form
    Then the answer is 200
    And the answer sets no cookie
    When the mailprogram unsubscribes Ursula with one click, as a multipart form
    Then the answer is 200

  @mailbox @own-clock
  Scenario: The link of an old issue still works
    Given Ursula has confirmed
    And the admin has published the issue "Old"
    When 87600 hours go by
    And Ursula presses the unsubscribe button
    Then the answer is 200
    When the admin has published the issue "New"
    Then Ursula gets 0 mails of the issue "New"

  @mailbox
  Scenario: A used confirmation link never brings anybody back
    Given Ursula has unsubscribed
    When Ursula opens the confirmation link
    Then the answer is 200
    When the admin has published the issue "Please come back"
    Then Ursula gets 0 mails of the issue "Please come back"

  @mailbox
  Scenario: Who comes back is asked to confirm again
    Given Ursula has unsubscribed
    When Ursula subscribes
    Then the answer is 200
    And Ursula gets 2 confirmation mails
    When the admin has published the issue "Not yet"
    Then Ursula gets 0 mails of the issue "Not yet"
    When Ursula opens the confirmation link of mail 2
    Then the answer is 200
    When the admin has published the issue "Now"
    Then Ursula gets 1 mail of the issue "Now"

  @mailbox
  Scenario: The link that was used before leaving does not confirm anew
    Given Ursula has unsubscribed
    And Ursula subscribes
    And Ursula gets 2 confirmation mails
    When Ursula opens the confirmation link of mail 1
    Then the answer is 200
    When the admin has published the issue "Not by the old link"
    Then Ursula gets 0 mails of the issue "Not by the old link"

  @mailbox
  Scenario: A link that was never used confirms who came back, and nobody who left
    Given Ursula has subscribed
    And Ursula subscribes
    And Ursula gets 2 confirmation mails
    When Ursula opens the confirmation link of mail 1
    And the admin has published the issue "A last issue"
    And Ursula presses the unsubscribe button
    And Ursula opens the confirmation link of mail 2
    Then the answer is 200
    When the admin has published the issue "While away"
    Then Ursula gets 0 mails of the issue "While away"
    When Ursula subscribes
    And Ursula gets 3 confirmation mails
    And Ursula opens the confirmation link of mail 2
    Then the answer is 200
    When the admin has published the issue "Welcome back"
    Then Ursula gets 1 mail of the issue "Welcome back"

  @mailbox
  Scenario: The old unsubscribe link works for who came back
    Given Ursula has unsubscribed
    And Ursula subscribes
    And Ursula gets 2 confirmation mails
    And Ursula opens the confirmation link of mail 2
    When Ursula presses the unsubscribe button
    Then the answer is 200
    When the admin has published the issue "Gone again"
    Then Ursula gets 0 mails of the issue "Gone again"

  @mailbox
  Scenario: Asking again tells nobody who has unsubscribed
    Given Ursula has unsubscribed
    When Vonda subscribes
    And Ursula subscribes
    Then the last two answers are the same

  @mailbox
  Scenario: An unsubscribe token confirms nobody
    Given Ursula has confirmed
    And the admin has published the issue "One"
    When a visitor tries to confirm with the unsubscribe token of Ursula
    Then the answer is 401
