Feature: Wrong requests
  Whatever comes in, the answer is a clear one.

  Scenario Outline: There is nothing at <path>
    When a visitor opens "<path>"
    Then the answer is 404

    Examples:
      | path                        |
      | /nowhere                    |
      | /subscriptions/nowhere      |
      | /wp-login.php               |
      | /%00                        |
      | /%FF                        |
      | /..%2F..%2Fetc%2Fpasswd     |

  Scenario Outline: <path> cannot be asked for with <method>
    When a visitor sends <method> to "<path>"
    Then the answer is 405

    Examples:
      | method | path                   |
      | DELETE | /subscriptions         |
      | PUT    | /subscriptions/confirm |
      | DELETE | /login                 |
      | PUT    | /health_check          |

  Scenario Outline: A doubled <what> is refused
    When a visitor opens "<path>"
    Then the answer is 400

    Examples:
      | what               | path                                                             |
      | confirmation token | /subscriptions/confirm?subscription_token=a&subscription_token=b |
      | unsubscribe token  | /subscriptions/unsubscribe?token=a&token=b                       |

  Scenario Outline: 10 MB posted to <path> is refused
    When a visitor posts 10 MB as "application/x-www-form-urlencoded" to "<path>"
    Then the answer is 413

    Examples:
      | path   |
      | /login |
