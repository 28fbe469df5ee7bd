@since-contracts-v2
Feature: Sending an issue to many
  Everybody on the list gets an issue once, whatever happens to the machine; and
  whoever published it can hold it, end it, and ask what became of anybody.

  @own-system @mailbox
  Scenario: Paused, killed, started again and resumed, it reaches everybody once
    Given a machine that sends 40 mails a second
    And the script has a token of the admin
    When the script imports a list of 200 readers
    And the import of the script has ended
    Then the import is finished with 200 imported, 0 already known and 0 rejected
    When the script publishes "To all of you" with the key "one"
    Then the counts of the issue of the script move
    When the script asks to pause the issue
    Then the answer is 202
    And the issue of the script becomes "paused"
    And the issue of the script stands still, and holds nobody
    When the machine is killed and started again
    Then the issue of the script stands still, and holds nobody
    When the script asks to resume the issue
    Then the answer is 202
    And the issue of the script becomes "delivered"
    And the issue of the script counts 200 "accepted"
    And every reader on the list has got the issue once
    And reader 1 is "accepted" by the issue of the script
    And reader 200 is "accepted" by the issue of the script
    Given Ursula has confirmed
    Then Ursula is "not_a_recipient" by the issue of the script

  @own-system @mailbox
  Scenario: Cancelled in the middle, it goes to nobody else, and says to whom it went
    Given a machine that sends 40 mails a second
    And the script has a token of the admin
    When the script imports a list of 200 readers
    And the import of the script has ended
    And the script publishes "Not for all of you" with the key "one"
    Then the counts of the issue of the script move
    When the script asks to cancel the issue
    Then the answer is 202
    And the issue of the script becomes "cancelled"
    And everybody is accepted or skipped by the issue of the script, and nobody held
    And whoever got a mail of the issue of the script is "accepted", and everybody else "skipped"

  @own-system @at-scale
  Scenario: A hundred thousand readers
    Given a machine with a mail server of its own
    And the script has a token of the admin
    When the script imports a list of 100000 readers
    And the import of the script has ended
    Then the import is finished with 100000 imported, 0 already known and 0 rejected
    When the script publishes "To all of you" with the key "one"
    Then the counts of the issue of the script move
    When the script asks to pause the issue
    Then the issue of the script becomes "paused"
    And the issue of the script stands still, and holds nobody
    When the machine is killed and started again
    Then the issue of the script stands still, and holds nobody
    When the script asks to resume the issue
    Then the issue of the script becomes "delivered"
    And the issue of the script counts 100000 "accepted"
    And every reader on the list has got the issue once
    And reader 1 is "accepted" by the issue of the script
    And reader 100000 is "accepted" by the issue of the script
    When the script publishes "Not for all of you" with the key "two"
    Then the counts of the issue of the script move
    When the script asks to cancel the issue
    Then the issue of the script becomes "cancelled"
    And everybody is accepted or skipped by the issue of the script, and nobody held
