"""With the delivery stack deleted and deployed again, its retained table is adopted.

What it had sent it does not send again, even if the events come again, and a new
issue reaches everybody.
"""

from .. import checks, operating
from ..settings import DELIVERY
from ..tap import publish_again, tap
from ..waiting import expect
from ..world import World
from .readers import addresses, title

ISSUE_PUBLISHED = "pennypost.issue.published.v2"


def tell(world: World) -> None:
    pennypost = world.pennypost()
    readers = addresses(3)
    pennypost.import_all(readers)
    old = title("Before it went")
    with tap(world.emulator, ISSUE_PUBLISHED) as tapped:
        old_id = pennypost.publish(old)
        pennypost.until_delivered(old_id)
        published = tapped.take(1)
    checks.expect_once_each(world, old, readers)

    world.delete(DELIVERY)
    expect(checks.table(DELIVERY) in checks.tables(world), "the table stays when the stack goes")
    kept = checks.items(world, DELIVERY)
    operating.adopt(world, DELIVERY)
    world.deploy(DELIVERY)
    expect(checks.items(world, DELIVERY) >= kept, "the table has what it had")

    # The bus delivers at least once: it may still deliver what it had delivered.
    publish_again(world.emulator, published)
    checks.until_queues_are_empty(world)
    new = title("After it came back")
    new_id = pennypost.publish(new)
    pennypost.until_delivered(new_id)
    checks.expect_once_each(world, new, readers)
    checks.expect_once_each(world, old, readers)
    expect(pennypost.issue(old_id)["status"] == "delivered", "the old issue is still delivered")
    checks.expect_no_dead_letters(world)
