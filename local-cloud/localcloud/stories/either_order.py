"""Either stack can be deployed first.

First subscriptions, which takes subscribers and issues all alone; delivery then
learns of them by the command `rebuild`. Everything is deleted, and then delivery
comes first.
"""

from .. import checks, operating
from ..settings import DELIVERY, SUBSCRIPTIONS
from ..world import World
from .readers import addresses, title


def tell(world: World) -> None:
    _subscriptions_first(world)
    for service in (SUBSCRIPTIONS, DELIVERY):
        world.delete(service)
        operating.discard_retained(world, service)
    world.deploy(DELIVERY)
    world.deploy(SUBSCRIPTIONS)
    _one_reader_gets_one_issue(world)


def _subscriptions_first(world: World) -> None:
    world.deploy(SUBSCRIPTIONS)
    pennypost = world.pennypost()
    early = addresses(3)
    # No queue waits for these events yet: nobody has made one.
    pennypost.import_all(early)
    world.deploy(DELIVERY)
    operating.rebuild(world)
    _one_reader_gets_one_issue(world, *early)


def _one_reader_gets_one_issue(world: World, *others: str) -> None:
    """The whole way, once: subscribe, confirm, publish, get it. So do `others` who are readers already."""
    pennypost = world.pennypost()
    [reader] = addresses(1)
    pennypost.subscribe_and_confirm(reader)
    issue = title("In either order")
    pennypost.until_delivered(pennypost.publish(issue))
    checks.expect_once_each(world, issue, [reader, *others])
    checks.expect_no_dead_letters(world)
