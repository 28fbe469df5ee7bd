Feature: Logging in

  Scenario: The log-in form
    When a visitor opens "/login"
    Then the answer is 200
    And the page has a form that posts "username, password" to "/login"

  @book:redirect_to_admin_dashboard_after_login_success
  Scenario: The right password leads to the dashboard
    When the admin logs in
    Then the admin is sent to "/admin/dashboard"
    When the admin opens "/admin/dashboard"
    Then the answer is 200
    And the page says "Welcome admin"

  @book:an_error_flash_message_is_set_on_failure
  Scenario: A wrong password is told so, once
    When the admin logs in with the password "a wrong password"
    Then the admin is sent to "/login" and told "Authentication failed"

  Scenario: A user nobody knows gets the very same answer
    When a stranger tries to log in as "nobody-of-that-name" with the password "a wrong password"
    Then the stranger is sent to "/login" and told "Authentication failed"

  Scenario Outline: A log-in with <what> is not let in
    When a stranger posts the form "<form>" to "/login"
    Then the answer is a clear refusal
    When the stranger opens "/admin/dashboard"
    Then the stranger is sent to "/login"

    Examples:
      | what              | form                              |
      | no field          |                                   |
      | no password       | username=admin                    |
      | no user           | password=something-or-other       |
      | an empty password | username=admin&password=          |
      | two passwords     | username=admin&password=a&password=b |
      | bytes, not text   | username=%FF&password=%FF         |
      | a line break      | username=admin%0D%0Ax&password=a  |

  Scenario: The session's cookie is kept from scripts and from other sites
    When the admin logs in
    Then the answer's cookies say "HttpOnly"
    And the answer's cookies say "SameSite=Lax"
    And the answer's cookies say "Path=/"

  Scenario: Whatever cookie a stranger gets is kept likewise
    When the stranger tries to log in as "nobody-of-that-name" with the password "a wrong password"
    Then the answer's cookies say "HttpOnly"
    And the answer's cookies say "SameSite=Lax"

  @own-system
  Scenario: Where the public address is https, the cookie travels by nothing else
    Given the public address is "https://news.example.com"
    When the admin logs in
    Then the answer's cookies say "Secure"
    And the answer's cookies say "__Host-"
    And the answer's cookies say "HttpOnly"
    And the answer's cookies say "SameSite=Lax"

  Scenario: Logging in makes a new session, whatever cookie was there before
    Given the admin is logged in
    When the admin logs in
    Then the session's cookie is another one

  @book:you_must_be_logged_in_to_access_the_admin_dashboard
  Scenario: The dashboard is not for strangers
    When a stranger opens "/admin/dashboard"
    Then the stranger is sent to "/login"

  Scenario Outline: Nothing below /admin is for strangers: <path>
    When a stranger opens "<path>"
    Then the stranger is sent to "/login"

    Examples:
      | path                                                    |
      | /admin/newsletters/00000000-0000-4000-8000-000000000000 |
      | /admin/users                                            |
      | /admin/nowhere                                          |
      | /admin                                                  |

  Scenario Outline: Strangers change nothing below /admin: <path>
    When a stranger posts the form "username=mallory" to "<path>"
    Then the stranger is sent to "/login"

    Examples:
      | path                                                      |
      | /admin/users                                              |
      | /admin/users/00000000-0000-4000-8000-000000000000/disable |
      | /admin/logout                                             |
      | /admin/nowhere                                            |

  Scenario: A made-up session is none
    When a stranger opens "/admin/dashboard" with a made-up session
    Then the stranger is sent to "/login"

  @own-clock
  Scenario: A session that nobody uses ends
    Given the admin is logged in
    When 720 hours go by
    And the admin opens "/admin/dashboard"
    Then the admin is sent to "/login"

  @own-clock
  Scenario: A session in use does not last for ever either
    Given the admin is logged in
    When the admin works all day, with a pause of half an hour now and then
    Then the admin is sent to "/login"

  @book:logout_clears_session_state
  Scenario: Logging out ends the session
    Given the admin is logged in
    When the admin logs out
    Then the admin is sent to "/login" and told "You have successfully logged out."
    When the admin opens "/admin/dashboard"
    Then the admin is sent to "/login"

  Scenario: Following a link logs nobody out
    Given the admin is logged in
    When the admin opens "/admin/logout"
    Then the answer is 405
    When the admin opens "/admin/dashboard"
    Then the answer is 200

  Scenario: A cookie copied before logging out is worth nothing afterwards
    Given the admin is logged in
    And a thief copies the cookies of the admin
    When the admin logs out
    And the thief opens "/admin/dashboard"
    Then the thief is sent to "/login"

  Scenario: Logging out in one browser leaves the other alone
    Given the laptop is logged in as the admin
    And the phone is logged in as the admin
    When the laptop logs out
    And the phone opens "/admin/dashboard"
    Then the answer is 200

  @own-system @own-clock
  Scenario: Who keeps guessing is held off with the same answer, for a while
    When the thief fails to log in as the admin until held off
    And the thief logs in as the admin
    Then the thief is sent to "/login" and told "Authentication failed"
    When 24 hours go by
    And the admin logs in
    Then the admin is sent to "/admin/dashboard"

  @own-system
  Scenario: Guessing many users' passwords from one place is held off too
    When the thief fails to log in as many users until held off
    And the thief logs in as the admin
    Then the thief is sent to "/login" and told "Authentication failed"
