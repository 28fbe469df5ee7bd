"""With delivery's functions stopped, publishing and subscribing go on and nothing is lost.

The queues hold it, for 14 days, and the mails come when the functions are back,
each once.
"""

from .. import checks
from ..pennypost import CONFIRMATION_SUBJECT, PATIENCE
from ..settings import DELIVERY
from ..waiting import expect, until
from ..world import World
from .readers import addresses, title

QUEUE_DAYS = 14
"""For how long a queue holds what nobody takes."""

CONFIRMATIONS = "ConfirmationsQueueUrl"
CHANGES = "ChangesQueueUrl"


def tell(world: World) -> None:
    pennypost = world.pennypost()
    readers = addresses(3)
    [newcomer] = addresses(1)
    issue = title("While delivery is away")
    pennypost.import_all(readers)
    # What was under way before is no part of this.
    checks.until_queues_are_empty(world)
    functions = world.functions(DELIVERY)
    functions.stop()
    try:
        pennypost.subscribe(newcomer)
        id = pennypost.publish(issue)
        until("a queue to hold the confirmation", lambda: checks.queue_depth(world, DELIVERY, CONFIRMATIONS), PATIENCE)
        until("a queue to hold the issue", lambda: checks.queue_depth(world, DELIVERY, CHANGES), PATIENCE)
        expect(pennypost.issue(id)["status"] == "queued", "an issue is queued while nobody takes it")
        expect(not world.mails.addressees(issue), "nobody is mailed while delivery is stopped")
        expect(not world.mails.to(newcomer, CONFIRMATION_SUBJECT), "no confirmation is sent either")
    finally:
        functions.go_on()
    for queue in (CONFIRMATIONS, CHANGES):
        days = checks.queue_attribute(world, DELIVERY, queue, "MessageRetentionPeriod") / 86400
        expect(days == QUEUE_DAYS, f"{queue} holds messages for {days:g} days, not {QUEUE_DAYS}")
    pennypost.confirm(newcomer)
    pennypost.until_delivered(id)
    checks.until_queues_are_empty(world)
    # Whoever confirmed after the publication is no reader of that issue.
    checks.expect_once_each(world, issue, readers)
    expect(newcomer not in world.mails.addressees(issue), "the newcomer has not got the issue from before")
    expect(len(world.mails.to(newcomer, CONFIRMATION_SUBJECT)) == 1, "the newcomer has one confirmation mail")
    checks.expect_no_dead_letters(world)
