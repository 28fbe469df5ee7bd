Feature: Publishing an issue
  An issue goes to everybody who confirmed, once.

  @book:you_must_be_logged_in_to_see_the_newsletter_form
  Scenario: The form is not for strangers
    When a stranger opens "/admin/newsletters"
    Then the stranger is sent to "/login"

  @book:you_must_be_logged_in_to_publish_a_newsletter
  Scenario: Strangers publish nothing
    When a stranger posts the form "title=T&text_content=t&html_content=h&idempotency_key=k" to "/admin/newsletters"
    Then the stranger is sent to "/login"

  Scenario: The form holds a fresh key each time
    Given the admin is logged in
    When the admin opens "/admin/newsletters"
    Then the answer is 200
    And the page has a form that posts "title, preheader, sender_name, text_content, html_content, idempotency_key" to "/admin/newsletters"
    And the key in the form is a fresh one each time

  Scenario: Publishing is confirmed, once, and the issue is listed
    Given the admin is logged in
    When the admin publishes the issue "Hot off the press"
    Then the admin is sent to "/admin/newsletters" and told "The newsletter issue has been accepted - emails will go out shortly."
    And the issue "Hot off the press" is listed 1 time

  Scenario: A title is shown as it was typed, and is no HTML
    Given the admin is logged in
    When the admin publishes the issue "<b>bold</b> & more"
    Then the issue "<b>bold</b> & more" is listed 1 time
    When the admin opens "/admin/newsletters"
    Then the page says "<b>bold</b> & more"
    And the page holds no HTML "<b>bold"

  @book:newsletters_are_delivered_to_confirmed_subscribers @mailbox
  Scenario: Everybody who confirmed gets it, once
    Given Ursula has confirmed
    And Vonda has confirmed
    When the admin has published the issue "To all of you"
    Then Ursula gets 1 mail of the issue "To all of you"
    And Vonda gets 1 mail of the issue "To all of you"

  @book:newsletters_are_not_delivered_to_unconfirmed_subscribers @mailbox
  Scenario: Who has not confirmed gets nothing
    Given Ursula has subscribed
    And Vonda has confirmed
    When the admin has published the issue "For the confirmed"
    Then Vonda gets 1 mail of the issue "For the confirmed"
    And Ursula gets 0 mails of the issue "For the confirmed"

  @mailbox
  Scenario: Who confirms after an issue went out gets the next one
    Given Ursula has subscribed
    And the admin has published the issue "One"
    When Ursula opens the confirmation link
    And the admin has published the issue "Two"
    Then Ursula gets 1 mail of the issue "Two"
    And Ursula gets 0 mails of the issue "One"

  @own-system
  Scenario: An issue that nobody is there to read is delivered all the same
    Given the admin is logged in
    When the admin publishes the issue "Into the void"
    Then the issue "Into the void" is delivered

  @mailbox @own-system
  Scenario: The admin sees how it went
    Given Ursula has confirmed
    And Vonda has confirmed
    When the admin has published the issue "Count me"
    Then the issue "Count me" is delivered to 2 people

  @book:newsletters_returns_400_for_invalid_data
  Scenario Outline: An issue with <what> is refused
    Given the admin is logged in
    When the admin posts the form "<form>" to "/admin/newsletters"
    Then the answer is 400

    Examples:
      | what                     | form                                                               |
      | no title                 | text_content=t&html_content=h&idempotency_key=refused              |
      | no text                  | title=T&html_content=h&idempotency_key=refused                     |
      | no HTML                  | title=T&text_content=t&idempotency_key=refused                     |
      | no key                   | title=T&text_content=t&html_content=h                              |
      | nothing at all           |                                                                    |
      | an empty title           | title=&text_content=t&html_content=h&idempotency_key=refused       |
      | a blank title            | title=%20&text_content=t&html_content=h&idempotency_key=refused    |
      | a line break in the title| title=T%0D%0ABcc%3A%20x%40y.z&text_content=t&html_content=h&idempotency_key=refused |
      | a null byte in the title | title=T%00&text_content=t&html_content=h&idempotency_key=refused   |
      | an empty text            | title=T&text_content=&html_content=h&idempotency_key=refused       |
      | an empty HTML            | title=T&text_content=t&html_content=&idempotency_key=refused       |
      | a null byte in the text  | title=T&text_content=t%00&html_content=h&idempotency_key=refused   |
      | an escape in the HTML    | title=T&text_content=t&html_content=h%1B&idempotency_key=refused   |
      | an empty key             | title=T&text_content=t&html_content=h&idempotency_key=             |
      | a line break in the preheader | title=T&preheader=P%0AQ&text_content=t&html_content=h&idempotency_key=refused |
      | two preheaders           | title=T&preheader=P&preheader=Q&text_content=t&html_content=h&idempotency_key=refused |
      | a line break in the sender's name | title=T&sender_name=N%0D%0ABcc%3A%20x%40y.z&text_content=t&html_content=h&idempotency_key=refused |
      | an address in the sender's name | title=T&sender_name=N%20%3Cx%40y.z%3E&text_content=t&html_content=h&idempotency_key=refused |
      | two titles               | title=T&title=U&text_content=t&html_content=h&idempotency_key=refused |
      | bytes that are no text   | title=%FF&text_content=t&html_content=h&idempotency_key=refused    |

  Scenario: A key of 49 characters is accepted
    Given the admin is logged in
    When the admin publishes the issue "Long key" with a key of 49 characters
    Then the answer is 303

  Scenario: A key of 50 characters is refused
    Given the admin is logged in
    When the admin publishes the issue "Too long a key" with a key of 50 characters
    Then the answer is 400
    And the issue "Too long a key" is listed 0 times

  Scenario Outline: A <field> of <longest> characters is accepted, and a longer one refused
    Given the admin is logged in
    When the admin publishes the issue "Long" with a <field> of <longest> characters
    Then the answer is 303
    When the admin publishes the issue "Too long" with a <field> of <longer> characters
    Then the answer is 400
    And the page says "longer than <longest> characters"
    And the issue "Too long" is listed 0 times

    Examples:
      | field         | longest | longer |
      | preheader     | 256     | 257    |
      | sender's name | 100     | 101    |

  Scenario: What was typed stays when a preheader is refused
    Given the admin is logged in
    When the admin posts the form "title=T&preheader=P%00&sender_name=Vonda&text_content=t&html_content=h&idempotency_key=refused" to "/admin/newsletters"
    Then the answer is 400
    And the page says "Vonda"
    And the page says "The preheader holds a line break or another control character."

  Scenario: An issue of 10 MB is refused
    Given the admin is logged in
    When the admin posts 10 MB as "application/x-www-form-urlencoded" to "/admin/newsletters"
    Then the answer is 413

  Scenario: An issue as JSON is refused in the browser's place
    Given the admin is logged in
    When the admin posts '{"title":"T"}' as "application/json" to "/admin/newsletters"
    Then the answer is 415

  Scenario: An issue that nobody published
    Given the admin is logged in
    When the admin opens "/admin/newsletters/00000000-0000-4000-8000-000000000000"
    Then the answer is 404

  Scenario Outline: An issue whose id is none: <id>
    Given the admin is logged in
    When the admin opens "/admin/newsletters/<id>"
    Then the answer is 404
    And the answer is a page

    Examples:
      | id       |
      | nonsense |
      | %FF      |

  @own-clock
  Scenario: Who wrote for too long is told that nothing was published
    Given the admin is logged in
    When 3 hours go by
    And the admin posts the form "title=T&text_content=t&html_content=h&idempotency_key=late" to "/admin/newsletters"
    Then the admin is sent to "/login" and told "Please sign in: your session has ended. Nothing was published or changed."

  @book:newsletter_creation_is_idempotent @mailbox
  Scenario: The same key again makes no second issue
    Given Ursula has confirmed
    And the admin is logged in
    When the admin publishes the issue "Only once" with the key "my-key"
    Then the admin is sent to "/admin/newsletters" and told "The newsletter issue has been accepted - emails will go out shortly."
    When the admin publishes the issue "Only once" with the key "my-key"
    Then the admin is sent to "/admin/newsletters" and told "The newsletter issue has been accepted - emails will go out shortly."
    And the issue "Only once" is listed 1 time
    And the issue "Only once" is delivered
    And Ursula gets 1 mail of the issue "Only once"

  @book:concurrent_form_submission_is_handled_gracefully @mailbox
  Scenario: A double click on the button makes one issue
    Given Ursula has confirmed
    And the admin is logged in
    When the admin publishes the issue "At once" 5 times at the same moment with the key "my-key"
    Then the answers are all the same
    And every answer is 303
    And the issue "At once" is listed 1 time
    And the issue "At once" is delivered
    And Ursula gets 1 mail of the issue "At once"

  Scenario: Two admins may use the same key
    Given Grace is an admin
    And Grace is logged in
    And the admin is logged in
    When the admin publishes the issue "By admin" with the key "our-key"
    And Grace publishes the issue "By Grace" with the key "our-key"
    Then the issue "By admin" is listed 1 time
    And the issue "By Grace" is listed 1 time

  @mailbox
  Scenario: The same title twice makes two issues
    Given Ursula has confirmed
    When the admin has published the issue "Weekly"
    And the admin has published the issue "Weekly"
    Then Ursula gets 2 mails of the issue "Weekly"
