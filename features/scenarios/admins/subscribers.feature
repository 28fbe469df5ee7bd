Feature: Subscribers, at the desk
  An admin looks somebody up, sees what happened to them, and erases them.

  Background:
    Given the admin is logged in

  @mailbox
  Scenario: Somebody is looked up by their address, in whatever case it is typed
    Given Ursula has confirmed
    When the admin looks up Ursula
    Then the answer is 200
    And the page shows the address of Ursula
    And the page says "confirmed"
    And the page says "Asked for the newsletter"
    And the page says "Confirmed by following the link"

  Scenario: Nobody has that address
    When the admin looks up "nobody.at.all@example.com"
    Then the answer is 200
    And the page says "Nobody has that address."
    And the page has a form that posts "email" to "/admin/subscribers/find"
    And the page says "nobody.at.all@example.com"

  Scenario Outline: "<typed>" is no address
    When the admin looks up "<typed>"
    Then the answer is a clear refusal
    And the page has a form that posts "email" to "/admin/subscribers/find"

    Examples:
      | typed           |
      |                 |
      | ursula          |
      | ursula@le guin  |

  @mailbox
  Scenario: The newest subscribers come first, and can be listed by their state
    Given Ursula has subscribed
    When the admin opens "/admin/subscribers?status=pending"
    Then the page shows the address of Ursula
    When the admin opens "/admin/subscribers?status=complained"
    Then the page does not show the address of Ursula

  @mailbox
  Scenario: Who is erased is gone, and gets no mail
    Given Ursula has confirmed
    And Vonda has confirmed
    When the admin erases Ursula at the desk
    Then the admin is sent to "/admin/subscribers" and told "The subscriber has been erased."
    When the admin looks up Ursula
    Then the page says "Nobody has that address."
    When the admin has published the issue "After that"
    Then Vonda gets 1 mail of the issue "After that"
    And Ursula gets 0 mails of the issue "After that"

  Scenario Outline: A subscriber whom nobody knows
    When the admin opens "/admin/subscribers/<id>"
    Then the answer is 404
    When the admin posts the form "" to "/admin/subscribers/<id>/erase"
    Then the answer is 404

    Examples:
      | id                                   |
      | 00000000-0000-4000-8000-000000000000 |
      | ursula                               |

  Scenario: Only admins see subscribers
    When a visitor opens "/admin/subscribers"
    Then the visitor is sent to "/login"
