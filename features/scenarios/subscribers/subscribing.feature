Feature: Subscribing
  Whoever leaves a name and an address is asked, by mail, to confirm.

  # The book's subscribe_fails_if_there_is_a_fatal_database_error has no
  # scenario: a visitor cannot break the store. The services' own tests do.

  Scenario: The front page has the form
    When a visitor opens "/"
    Then the answer is 200
    And the answer is a page
    And the page has a form that posts "name, email" to "/subscriptions"

  @book:subscribe_returns_a_200_for_valid_form_data
  Scenario: Somebody fills in the form and is answered with a page
    When Ursula subscribes
    Then the answer is 200
    And the answer is a page

  Scenario: A form may say which letters it is written in
    When a visitor posts "name=Ursula&email=visitor%40example.com" as "application/x-www-form-urlencoded; charset=UTF-8" to "/subscriptions"
    Then the answer is 200

  Scenario: A program subscribes somebody with JSON
    When Ursula subscribes with JSON
    Then the answer is 202
    And the answer's JSON is '{"status":"pending_confirmation"}'

  @book:subscribe_persists_the_new_subscriber @mailbox
  Scenario: Somebody who subscribed is remembered, and is a subscriber from the confirmation on
    When Ursula subscribes
    And Ursula opens the confirmation link
    And the admin has published the issue "The first of many"
    Then Ursula gets 1 mail of the issue "The first of many"

  @book:subscribe_returns_a_400_when_data_is_missing
  Scenario Outline: A form without <what> is refused
    When a visitor posts the form "<form>" to "/subscriptions"
    Then the answer is 400
    And the answer is a page

    Examples:
      | what             | form                           |
      | the address      | name=le%20guin                 |
      | the name         | email=ursula_le_guin%40web.com |
      | any field        |                                |
      | any known field  | nombre=ursula&correo=a%40b.com |

  @book:subscribe_returns_a_400_when_fields_are_present_but_invalid
  Scenario Outline: A form with <what> is refused
    When a visitor posts the form "<form>" to "/subscriptions"
    Then the answer is 400
    And the answer is a page

    Examples:
      | what                         | form                                             |
      | an empty name                | name=&email=ursula%40example.com                 |
      | a blank name                 | name=%20%09&email=ursula%40example.com           |
      | an empty address             | name=Ursula&email=                               |
      | no address at all            | name=Ursula&email=definitely-not-an-email        |
      | an address without a domain  | name=Ursula&email=ursula%40                      |
      | an address without a user    | name=Ursula&email=%40example.com                 |
      | an address with a line break | name=Ursula&email=u%40example.com%0D%0ABcc%3Aa   |
      | an address with a space      | name=Ursula&email=u%20v%40example.com            |
      | two addresses in one         | name=Ursula&email=a%40example.com%2Cb%40a.com    |
      | an address with a name       | name=Ursula&email=U%20%3Cu%40example.com%3E      |
      | HTML in the name             | name=%3Cb%3EUrsula%3C%2Fb%3E&email=u%40a.com     |
      | a line break in the name     | name=Ursula%0D%0ABcc%3A%20x%40y.z&email=u%40a.com|
      | a tab in the name            | name=Ursula%09K&email=u%40a.com                  |
      | a null byte in the name      | name=Ursula%00&email=u%40a.com                   |
      | a slash in the name          | name=Ursula%2FK&email=u%40a.com                  |
      | brackets in the name         | name=Ursula%28K%29&email=u%40a.com               |
      | quotes in the name           | name=%22Ursula%22&email=u%40a.com                |
      | a backslash in the name      | name=Ursula%5CK&email=u%40a.com                  |
      | braces in the name           | name=%7BUrsula%7D&email=u%40a.com                |
      | bytes that are no text       | name=%FF%FE&email=u%40a.com                      |
      | the name twice               | name=Ursula&name=Kroeber&email=u%40a.com         |
      | the address twice            | name=Ursula&email=u%40a.com&email=v%40a.com      |

  Scenario: A name may have 256 letters, as people count them
    When a visitor subscribes with a name of 256 times "á"
    Then the answer is 200

  Scenario: A name may not have 257 letters
    When a visitor subscribes with a name of 257 times "á"
    Then the answer is 400

  Scenario Outline: A name such as <name> is fine
    When Ursula subscribes under the name "<name>"
    Then the answer is 200

    Examples:
      | name                 |
      | Ursula K. Le Guin    |
      | O'Neill              |
      | Zoë Müller-Özdemir   |
      | 李清照                |

  Scenario: An address may be as long as mail allows, and no longer
    When a visitor subscribes with a mailbox name of 64 letters
    Then the answer is 200
    When a visitor subscribes with a mailbox name of 65 letters
    Then the answer is 400

  Scenario Outline: JSON without a right <field> is refused, and the answer names it
    When a visitor posts '<json>' as "application/json" to "/subscriptions"
    Then the answer is 400
    And the answer is a problem that names "<field>"

    Examples:
      | field | json                                    |
      | email | {"name":"Ursula"}                       |
      | name  | {"email":"u@example.com"}               |
      | name  | {"name":"<Ursula>","email":"u@a.com"}   |
      | email | {"name":"Ursula","email":"nonsense"}    |
      | name  | {"name":"","email":"nonsense"}          |
      | email | {"name":"","email":"nonsense"}          |
      | name  | {}                                      |
      | email | {}                                      |
      | name  | {"name":7,"email":"u@example.com"}      |
      | name  | {"name":null,"email":"u@example.com"}   |
      | name  | {"name":"A","name":"B","email":"u@a.com"} |

  Scenario Outline: JSON that is <what> is refused as a problem
    When a visitor posts '<json>' as "application/json" to "/subscriptions"
    Then the answer is 400
    And the answer is a problem

    Examples:
      | what         | json                |
      | cut off      | {"name":"Ursula",   |
      | a list       | []                  |
      | no JSON      | name=Ursula         |
      | empty        |                     |

  Scenario Outline: A subscription sent as <type> is refused
    When a visitor posts "name=Ursula&email=u%40example.com" as "<type>" to "/subscriptions"
    Then the answer is 415

    Examples:
      | type            |
      | text/plain      |
      | application/xml |
      | nonsense        |

  Scenario Outline: A subscription of 10 MB as <type> is refused
    When a visitor posts 10 MB as "<type>" to "/subscriptions"
    Then the answer is 413

    Examples:
      | type                              |
      | application/x-www-form-urlencoded |
      | application/json                  |
