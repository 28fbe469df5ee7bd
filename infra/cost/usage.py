"""What a month takes: the assumptions, and the units that follow from them."""

from collections import defaultdict

import machine
from sending import SHARDS, issue

# --- The newsletter ---------------------------------------------------------
ISSUES = 4
# Who subscribes and who leaves in a month, of all recipients.
JOINING = 0.05
LEAVING = 0.01
# Of all mails.
BOUNCING = 0.005
COMPLAINING = 0.0005
# Mails a second that SES takes of the account, by the number of recipients. The
# first is what an account gets when it leaves the sandbox; more is asked for.
RATES = {1_000: 14, 100_000: 50, 1_000_000: 200}
# How long issues and their logs have been kept: they never expire.
MONTHS_KEPT = 12

# --- The templates (infra/check-alarms compares the alarms) -----------------
ALARMS = {"subscriptions": 30, "delivery": 49}
DASHBOARDS = 2
KEYS = 2
SECRETS = 2
QUEUES_READ = 6
PIPES = 2
SWEEPERS = 2
# SES's reputation of the configuration set: bounces and complaints.
REPUTATION_METRICS = 2

# --- AWS's own behaviour -----------------------------------------------------
SECONDS = 30.4 * 24 * 3600
SWEEP_EVERY = 300
# Lambda polls a queue with five connections, each for 20 seconds.
QUEUE_POLLS = 5 / 20
# A Pipe reads each shard of a stream four times a second; a new on-demand table
# has four. Source: EventBridge user guide, "Amazon DynamoDB stream as a source".
STREAM_POLLS = 4
STREAM_SHARDS = 4
# KMS is asked once in five minutes for each table and role, at the most.
KMS_USERS = 14
# X-Ray's default rule: one request each second, and of the others this share.
SAMPLED = 0.05

# --- What the roles take ------------------------------------------------------
# Seconds of an invocation that does little, and gigabytes.
QUICK = 0.05
API_SECONDS, API_GB = 0.1, 0.5
SEND_GB, OTHER_GB = 0.5, 0.25
SWEEP_SECONDS, SWEEP_READS = 0.3, 60
# Requests by somebody who joins (form, answer, link, button), leaves, and of admins.
JOIN_REQUESTS, LEAVE_REQUESTS, ADMIN_REQUESTS = 4, 2, 5_000
# Units of what happens to one person, in both services: counted from the actions of
# the transactions, the index and the outbox row's deletion among them, rounded up.
JOIN_WRITES, JOIN_READS = 50, 30
LEAVE_WRITES, LEAVE_READS = 25, 15
BOUNCE_WRITES, BOUNCE_READS = 30, 20
# A report in subscriptions: the issue, and the memory of the event.
REPORT_WRITES, REPORT_READS = 4, 2
# SES's event that it sent a mail: one message, a small read of the log.
FEEDBACK_BATCH, FEEDBACK_READS, FEEDBACK_SECONDS = 2, 2, 0.05
# Bytes stored for each recipient: subscriber, address, index; the projection.
STORED = 2_000 + 450
# Bytes logged by an invocation, Lambda's own three lines among them; by a request.
INVOCATION_LOG, REQUEST_LOG = 900, 400


class Month:
    """Units by name, and for which purpose they are."""

    def __init__(self):
        self.units = defaultdict(lambda: defaultdict(float))

    def add(self, purpose, **units):
        for name, count in units.items():
            self.units[name.replace("__", "-").replace("_", " ")][purpose] += count

    def invoke(self, purpose, count, seconds, gigabytes, log=INVOCATION_LOG):
        self.units["lambda requests"][purpose] += count
        self.units["lambda GB-seconds"][purpose] += count * seconds * gigabytes
        self.units["log GB written"][purpose] += count * log / 1e9

    def event(self, purpose, count):
        """An event from one service to the other, each by itself."""
        self.add(purpose, pipe_requests=count, eventbridge_events=count, sqs_requests=3 * count)
        self.invoke(f"{purpose}: relay", count, QUICK, OTHER_GB)
        self.invoke(f"{purpose}: inbound", count, 2 * QUICK, OTHER_GB)

    def total(self, name):
        return sum(self.units[name].values())


def _standing(month):
    polls = QUEUES_READ * QUEUE_POLLS * SECONDS
    reads = PIPES * STREAM_SHARDS * STREAM_POLLS * SECONDS
    sweeps = SWEEPERS * SECONDS / SWEEP_EVERY
    month.add(
        "standing",
        alarms=sum(ALARMS.values()),
        dashboards=DASHBOARDS,
        custom_metrics=REPUTATION_METRICS,
        kms_keys=KEYS,
        kms_requests=KMS_USERS * SECONDS / 300,
        secrets=SECRETS,
        secret_reads=5_000,
        sqs_requests=polls,
        dynamodb_stream_reads=reads,
        scheduler_calls=sweeps,
        dynamodb_read_units=sweeps * SWEEP_READS,
    )
    month.units["x-ray traces"]["standing"] += sweeps
    month.invoke("standing: sweepers", sweeps, SWEEP_SECONDS, OTHER_GB)


def _people(month, recipients, mails):
    joining, leaving = recipients * JOINING, recipients * LEAVING
    bouncing = mails * (BOUNCING + COMPLAINING)
    requests = joining * JOIN_REQUESTS + leaving * LEAVE_REQUESTS + ADMIN_REQUESTS
    month.add("joining", ses_mails=joining)
    month.add("people", http_api_requests=requests)
    month.units["x-ray traces"]["people"] += requests
    month.units["log GB written"]["people"] += requests * REQUEST_LOG / 1e9
    month.invoke("people: api", requests, API_SECONDS, API_GB)
    for purpose, count, events, writes, reads in [
        ("joining", joining, 2, JOIN_WRITES, JOIN_READS),
        ("leaving", leaving, 1, LEAVE_WRITES, LEAVE_READS),
        ("bounces", bouncing, 1, BOUNCE_WRITES, BOUNCE_READS),
    ]:
        month.event(purpose, count * events)
        month.add(purpose, dynamodb_write_units=count * writes, dynamodb_read_units=count * reads)


def _issues(month, recipients, rate):
    one = issue(recipients, rate)
    mails = ISSUES * recipients
    month.add("issues", ses_mails=mails)
    month.add("issues", dynamodb_write_units=ISSUES * one.writes, dynamodb_read_units=ISSUES * one.reads)
    busy = one.busy_seconds / one.invocations
    month.invoke("issues: send", ISSUES * one.invocations, busy, SEND_GB)
    month.invoke("issues: plan, finish", ISSUES * 2, 1, OTHER_GB)
    per_run = machine.transitions(SHARDS, one.rounds, one.waits)
    month.add("issues", state_transitions=ISSUES * per_run)
    reports = ISSUES * one.reports
    month.event("reports", reports)
    month.add("reports", dynamodb_write_units=reports * REPORT_WRITES, dynamodb_read_units=reports * REPORT_READS)
    # One message for each mail, from SES by way of the bus, which is free.
    handled = mails / FEEDBACK_BATCH
    month.add("feedback", sqs_requests=mails + 2 * handled, dynamodb_read_units=mails * FEEDBACK_READS)
    month.invoke("feedback", handled, FEEDBACK_SECONDS, OTHER_GB)
    sampled = min(handled, ISSUES * one.seconds + SAMPLED * handled)
    month.units["x-ray traces"]["feedback"] += sampled
    return one


def month(recipients, rate):
    """The units of a month, and what one of its issues takes."""
    taken = Month()
    _standing(taken)
    _people(taken, recipients, ISSUES * recipients)
    one = _issues(taken, recipients, rate)
    stored = (recipients * STORED + MONTHS_KEPT * ISSUES * one.log_bytes) / 1e9
    taken.add("stored", dynamodb_GB__months=stored, dynamodb_recovery_GB__months=stored)
    taken.units["log GB-months"]["stored"] += taken.total("log GB written")
    return taken, one
