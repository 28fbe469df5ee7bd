Feature: Posts from other sites
  Another site's page cannot act with an admin's browser.

  Scenario Outline: A post to <path> with <header> is refused
    Given the admin is logged in
    When the admin posts the form "<form>" to "<path>" with the header "<header>"
    Then the answer is 403
    When the admin opens "/admin/dashboard"
    Then the answer is 200

    Examples:
      | path               | header                       | form               |
      | /login             | Sec-Fetch-Site: cross-site   | username=a&password=b |
      | /login             | Origin: https://evil.example | username=a&password=b |
      | /admin/logout      | Sec-Fetch-Site: cross-site   |                    |
      | /admin/logout      | Origin: https://evil.example |                    |
      | /admin/logout      | Origin: null                 |                    |
      | /admin/users       | Sec-Fetch-Site: cross-site   | username=mallory   |
      | /admin/newsletters | Sec-Fetch-Site: cross-site   | title=t            |
      | /admin/newsletters | Origin: https://evil.example | title=t            |
      | /admin/password    | Origin: https://evil.example | current_password=a |

  Scenario: A browser's post from the page itself passes
    Given the admin is logged in
    When the admin posts the form "" to "/admin/logout" with the header "Sec-Fetch-Site: same-origin"
    Then the admin is sent to "/login" and told "You have successfully logged out."

  Scenario: An older browser's post from the page itself passes
    Given the admin is logged in
    When the admin posts the form "" to "/admin/logout" with its own origin
    Then the admin is sent to "/login" and told "You have successfully logged out."
