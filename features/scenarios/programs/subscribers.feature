Feature: Subscribers, for a program
  A program lists subscribers, reads one, and erases one.

  Background:
    Given the script has a token of the admin

  @mailbox
  Scenario: A subscriber is found where they stand
    Given Ursula has subscribed
    And Vonda has confirmed
    Then the script finds Ursula among the "pending" and not among the "confirmed"
    And the script finds Vonda among the "confirmed" and not among the "pending"
    When the script reads Vonda
    Then the answer is 200
    And the answer's JSON has "confirmed_at, email, id, name, status, subscribed_at"

  @mailbox
  Scenario: Who is erased is gone
    Given Ursula has confirmed
    When the script erases Ursula
    Then the answer is 204
    When the script reads Ursula
    Then the answer is 404
    When the script erases Ursula
    Then the answer is 404

  @mailbox
  Scenario: Who was erased gets no mail, and may subscribe again
    Given Ursula has confirmed
    And Vonda has confirmed
    When the script erases Ursula
    And the admin has published the issue "After that"
    Then Vonda gets 1 mail of the issue "After that"
    And Ursula gets 0 mails of the issue "After that"
    When Ursula subscribes
    Then Ursula gets 2 confirmation mails

  Scenario: There is no such status
    When the script reads "/v1/subscribers?status=gone"
    Then the answer is 400
    And the answer is a problem that names "status"
