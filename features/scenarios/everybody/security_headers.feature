Feature: Security headers
  A page runs no script of strangers and shows in no stranger's frame.

  Scenario Outline: <path> is guarded
    When a visitor opens "<path>"
    Then the answer has the header "Content-Security-Policy" with "frame-ancestors"
    And the answer's policy allows no inline script
    And the answer has the header "X-Content-Type-Options" with "nosniff"
    And the answer has the header "Referrer-Policy"

    Examples:
      | path                                                    |
      | /                                                       |
      | /login                                                  |
      | /nowhere                                                |
      | /subscriptions/confirm?subscription_token=unknown       |
      | /admin/dashboard                                        |

  Scenario Outline: The admin's page <path> is guarded too, and kept <kept>
    Given the admin is logged in
    When the admin opens "<path>"
    Then the answer has the header "Content-Security-Policy" with "frame-ancestors"
    And the answer's policy allows no inline script
    And the answer has the header "X-Content-Type-Options" with "nosniff"
    And the answer has the header "Referrer-Policy"
    And the answer has the header "Cache-Control" with "<caching>"

    Examples:
      | path               | kept                                | caching  |
      | /admin/users       | by nobody                           | no-store |
      | /admin/subscribers | by nobody                           | no-store |
      | /admin/imports     | by nobody                           | no-store |
      | /admin/tokens      | by nobody                           | no-store |
      | /admin/newsletters | by the browser that it was typed into | private  |
