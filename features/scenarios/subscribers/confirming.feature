Feature: Confirming
  Nobody is a subscriber before opening the link that went to the address.

  @book:confirmations_without_token_are_rejected_with_a_400
  Scenario: A confirmation without a token is refused
    When a visitor opens "/subscriptions/confirm"
    Then the answer is 400

  Scenario Outline: A token that is <what> is refused
    When a visitor opens "/subscriptions/confirm?subscription_token=<token>"
    Then the answer is 401
    And the answer is a page

    Examples:
      | what             | token                                        |
      | unknown          | AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA  |
      | too short        | abc                                          |
      | full of symbols  | %3Cscript%3E%27%22                           |
      | not text         | %FF%FE                                       |
      | a path           | ..%2F..%2Fetc%2Fpasswd                       |

  Scenario Outline: A link whose token is <what> is refused
    When a visitor opens "/subscriptions/confirm?subscription_token=<token>"
    Then the answer is 400

    Examples:
      | what     | token  |
      | empty    |        |

  Scenario: The address is no token
    Given Ursula writes her address as "ursula"
    When a visitor tries to confirm Ursula by her address
    Then the answer is 401

  @book:the_link_returned_by_subscribe_returns_a_200_if_called @mailbox
  Scenario: The link in the mail is answered with a page
    Given Ursula has subscribed
    When Ursula opens the confirmation link
    Then the answer is 200
    And the answer is a page

  @book:clicking_on_the_confirmation_link_confirms_a_subscriber @mailbox
  Scenario: Who opened the link gets the next issue
    Given Ursula has subscribed
    When Ursula opens the confirmation link
    And the admin has published the issue "Hello"
    Then Ursula gets 1 mail of the issue "Hello"

  @mailbox
  Scenario: A double click on the link is answered the same
    Given Ursula has subscribed
    When Ursula opens the confirmation link 2 times at the same moment
    Then every answer is 200
    When Ursula opens the confirmation link
    Then the answer is 200
    When the admin has published the issue "Not doubled"
    Then Ursula gets 1 mail of the issue "Not doubled"

  @mailbox
  Scenario: Every link confirms, the older one too
    Given Ursula has subscribed
    And Ursula subscribes
    And Ursula gets 2 confirmation mails
    When Ursula opens the confirmation link of mail 1
    Then the answer is 200
    When Ursula opens the confirmation link of mail 2
    Then the answer is 200
    When the admin has published the issue "Either will do"
    Then Ursula gets 1 mail of the issue "Either will do"

  @mailbox @own-clock
  Scenario: A link works for nearly seven days
    Given Ursula has subscribed
    When 167 hours go by
    And Ursula opens the confirmation link
    Then the answer is 200

  @mailbox @own-clock
  Scenario: After seven days a link is refused and confirms nobody
    Given Ursula has subscribed
    When 168 hours and a minute go by
    And Ursula opens the confirmation link
    Then the answer is 401
    When the admin has published the issue "Too late"
    Then Ursula gets 0 mails of the issue "Too late"

  @mailbox @own-clock
  Scenario: Who was too late asks again and confirms
    Given Ursula has subscribed
    When 168 hours and a minute go by
    And Ursula subscribes
    And Ursula gets 2 confirmation mails
    And Ursula opens the confirmation link of mail 2
    Then the answer is 200
    When the admin has published the issue "Better late"
    Then Ursula gets 1 mail of the issue "Better late"

  @mailbox @own-clock
  Scenario: A used link is refused after seven days, and the subscriber stays
    Given Ursula has confirmed
    When 168 hours and a minute go by
    And Ursula opens the confirmation link
    Then the answer is 401
    When the admin has published the issue "Still here"
    Then Ursula gets 1 mail of the issue "Still here"

  @mailbox
  Scenario: One person's link confirms nobody else
    Given Ursula has subscribed
    And Vonda has subscribed
    When Ursula opens the confirmation link
    And the admin has published the issue "For Ursula alone"
    Then Ursula gets 1 mail of the issue "For Ursula alone"
    And Vonda gets 0 mails of the issue "For Ursula alone"
