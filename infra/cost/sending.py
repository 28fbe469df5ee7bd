"""What sending one issue takes at a send rate, by the rules of delivery's code and
the counts of docs/benchmarks.md."""

import math
from dataclasses import dataclass

# services/delivery: `workflow::SHARDS`, `SendRate::for_issues`, `pace::HEADROOM`.
SHARDS = 16
ISSUES_SHARE = 0.9
HEADROOM = 1.05
# SES's bulk call; `BatchSize`: never more than a second's worth of the shard.
READERS_PER_CALL = 50
# `shift::pacing`: with a claim open, with nobody claimed, and before it looks for news.
HOLD = 0.25
PATIENCE = 2.0
LOOK = 1.0
RECOUNT = 5.0
# The stack: ProgressSeconds; what a send may take less SEND_LIMIT and MARGIN.
PROGRESS = 15.0
BUDGET = 180.0
# Seconds for a call of SES, and of a send that does one claim and leaves the wait
# to the state machine.
CALL = 0.1
ONE_CLAIM = 0.5
# Measured: docs/benchmarks.md, read units for 1,000 mails (recipients and plan).
READ_UNITS_PER_MAIL = 59.4 / 1_000
# A progress note is a transaction (2); a report is one of issue and outbox row,
# whose row is then deleted (5), and is tried for by every shard (2 read units each).
NOTE_WRITES = 2
REPORT_WRITES = 5
REPORT_READS = 2


@dataclass(frozen=True)
class Issue:
    """What one issue takes. Seconds are of the clock."""

    seconds: float
    claims: float
    rounds: int
    waits: bool
    invocations: float
    busy_seconds: float
    reports: float
    writes: float
    reads: float
    log_bytes: float


def issue(recipients, rate):
    """An issue to so many, where SES takes `rate` mails a second of the account."""
    share = ISSUES_SHARE * rate / SHARDS
    claim = max(1, min(READERS_PER_CALL, math.floor(share)))
    period = claim * HEADROOM / share
    wait = period - CALL
    claims = recipients / claim
    seconds = claims / SHARDS * period
    waits = wait > PATIENCE
    rounds = max(1, math.ceil(claims / SHARDS if waits else seconds / BUDGET))
    invocations = SHARDS * rounds
    busy = claims * ONE_CLAIM if waits else SHARDS * seconds
    # Results wait for the next claim's row only briefly: else they have their own.
    rows = claims * (1 if wait <= HOLD else 2)
    reports = math.ceil(seconds / PROGRESS) + 2
    looks = claims if LOOK <= wait <= PATIENCE else 0
    recounts = busy / RECOUNT if not waits else claims
    writes = rows + NOTE_WRITES * SHARDS * reports + REPORT_WRITES * reports
    reads = READ_UNITS_PER_MAIL * recipients + looks + recounts + REPORT_READS * SHARDS * reports
    # A row has 150 bytes beside its ids of 16.
    log_bytes = 150 * rows + 16 * recipients
    return Issue(seconds, claims, rounds, waits, invocations, busy, reports, writes, reads, log_bytes)
