"""With delivery's table lost, too, one command of subscriptions rebuilds the recipients.

No issue is mailed again; a new one reaches everybody who confirmed, and nobody who
unsubscribed, was erased, or never confirmed.
"""

from .. import checks, operating
from ..settings import DELIVERY
from ..waiting import expect
from ..world import World
from .readers import addresses, title


def tell(world: World) -> None:
    pennypost = world.pennypost()
    readers = addresses(4)
    [confirmed, leaving, erased, pending] = addresses(4)
    for person in (confirmed, leaving, erased):
        pennypost.subscribe_and_confirm(person)
    pennypost.subscribe(pending)
    pennypost.confirmation(pending)
    pennypost.import_all(readers)
    old = title("Before the loss")
    old_id = pennypost.publish(old)
    pennypost.until_delivered(old_id)
    checks.expect_once_each(world, old, [*readers, confirmed, leaving, erased])
    pennypost.unsubscribe(world.mails.to(leaving, old)[0])
    pennypost.erase(erased)
    checks.until_queues_are_empty(world)

    world.delete(DELIVERY)
    operating.discard_retained(world, DELIVERY)
    expect(checks.table(DELIVERY) not in checks.tables(world), "the table is lost")
    world.deploy(DELIVERY)
    mailed = len(world.mails.all())
    published = operating.rebuild(world)
    expect(published >= len(readers) + 2, f"rebuilding published {published} subscribers' states")
    expect(len(world.mails.all()) == mailed, "rebuilding mails nobody")

    new = title("After the loss")
    new_id = pennypost.publish(new)
    delivered = pennypost.until_delivered(new_id)
    checks.expect_once_each(world, new, [*readers, confirmed])
    for person, why in ((leaving, "unsubscribed"), (erased, "was erased"), (pending, "never confirmed")):
        expect(person not in world.mails.addressees(new), f"who {why} is not mailed")
    accepted, sent = delivered["counts"]["accepted"], len(world.mails.addressees(new))
    expect(accepted == sent, f"{accepted} are counted as accepted, {sent} mails were sent")
    checks.expect_once_each(world, old, [*readers, confirmed, leaving, erased])
    expect(pennypost.issue(old_id)["status"] == "delivered", "the old issue is still delivered")
    checks.expect_no_dead_letters(world)
