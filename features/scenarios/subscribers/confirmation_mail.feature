@mailbox
Feature: The confirmation mail
  One mail with one link, to the address as it was typed.

  @book:subscribe_sends_a_confirmation_email_for_valid_data
  Scenario: Who subscribes gets a confirmation mail
    When Ursula subscribes
    Then Ursula gets 1 confirmation mail
    And the confirmation mail to Ursula has the subject "Welcome!"

  Scenario: Who is subscribed with JSON gets it too
    When Ursula subscribes with JSON
    Then Ursula gets 1 confirmation mail

  @book:subscribe_sends_a_confirmation_email_with_a_link
  Scenario: Both parts of the mail have the same link
    When Ursula subscribes
    Then the confirmation mail to Ursula has the same confirmation link in its text and in its HTML

  Scenario: The mail goes to the address as it was typed
    Given Ursula writes her address as "Ursula.LeGuin"
    When Ursula subscribes
    Then Ursula gets 1 confirmation mail
    And the confirmation mail to Ursula is addressed exactly as she wrote it

  Scenario: Upper and lower case make no second subscriber
    Given Ursula has confirmed
    When Ursula subscribes with her address in capitals
    Then the answer is 200
    And no confirmation mail goes to the address of Ursula in capitals
    When the admin has published the issue "Once is enough"
    Then Ursula gets 1 mail of the issue "Once is enough"

  Scenario: Who asks again before confirming gets a fresh link
    Given Ursula has subscribed
    When Ursula subscribes
    Then the answer is 200
    And Ursula gets 2 confirmation mails
    And the confirmation links of Ursula are all different

  Scenario: Nobody gets more than three confirmation mails a day
    When Ursula subscribes 100 times
    Then every answer is 200
    And Ursula gets 3 confirmation mails

  @own-clock
  Scenario: A day later the next confirmation mail may go out
    Given Ursula has subscribed
    And Ursula subscribes 4 times
    And Ursula gets 3 confirmation mails
    When 24 hours and a minute go by
    And Ursula subscribes
    Then Ursula gets 4 confirmation mails

  Scenario: A confirmed subscriber who asks again gets the same answer and no mail
    Given Ursula has confirmed
    When Vonda subscribes
    And Ursula subscribes
    Then the last two answers are the same
    And Ursula gets 1 confirmation mail

  Scenario: A pending subscriber who asks again gets the same answer
    Given Ursula has subscribed
    When Vonda subscribes
    And Ursula subscribes
    Then the last two answers are the same

  Scenario: JSON tells no more than the form does
    Given Ursula has confirmed
    When Vonda subscribes with JSON
    And Ursula subscribes with JSON
    Then the last two answers are the same

  Scenario: A double click on the form makes one subscriber
    When Ursula subscribes 2 times at the same moment
    Then every answer is 200
    When Ursula opens the confirmation link
    And the admin has published the issue "To one person"
    Then Ursula gets 1 mail of the issue "To one person"

  Scenario: A refused subscription is mailed nothing
    When Ursula subscribes under the name "<Ursula>"
    Then the answer is 400
    And Ursula gets 0 confirmation mails

  Scenario: Somebody else's name on the form does not change a confirmed subscriber
    Given Ursula has confirmed
    When Ursula subscribes under the name "Somebody Else"
    Then the answer is 200
    And Ursula gets 1 confirmation mail
