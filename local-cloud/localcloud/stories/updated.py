"""One stack is updated while the other works, and no request meets an error.

Each stack gets its next version and a changed parameter: first delivery, while
people use the pages; then subscriptions, while people use the pages and delivery
sends an issue.
"""

import threading

from .. import checks
from ..builds import synthesise_next
from ..functions import Functions
from ..pennypost import Pennypost
from ..settings import DELIVERY, SUBSCRIPTIONS
from ..waiting import expect, until
from ..world import World
from .readers import addresses, title

READERS = 20
"""How many get the issues."""

FEWEST_REQUESTS = 20
"""How many requests there must have been during an update, so that it says something."""

PAGES = ("/health_check", "/", "/login", "/subscriptions/confirm?subscription_token=unknown")
"""What people open meanwhile, and with it the answers that are no errors."""

FINE = (200, 401)


def tell(world: World) -> None:
    pennypost = world.pennypost()
    readers = addresses(READERS)
    pennypost.import_all(readers)

    next_delivery = synthesise_next(DELIVERY)
    before = _code(world.functions(DELIVERY))
    with _People(pennypost) as people:
        world.deploy(DELIVERY, version=next_delivery, ProgressSeconds="2")
        people.until_busy()
    expect(not before & _code(world.functions(DELIVERY)), "delivery's functions have other code than before")
    issue = title("After delivery's update")
    pennypost.until_delivered(pennypost.publish(issue))
    checks.expect_once_each(world, issue, readers)

    next_subscriptions = synthesise_next(SUBSCRIPTIONS)
    before = _code(world.functions(SUBSCRIPTIONS))
    issue = title("During subscriptions' update")
    with _People(pennypost) as people:
        id = pennypost.publish(issue)
        world.deploy(SUBSCRIPTIONS, version=next_subscriptions, ThrottleRate="51")
        people.until_busy()
    expect(not before & _code(world.functions(SUBSCRIPTIONS)), "subscriptions' functions have other code than before")
    pennypost.until_delivered(id)
    checks.expect_once_each(world, issue, readers)
    checks.expect_no_dead_letters(world)


def _code(functions: Functions) -> set[str]:
    """The digests of the code that the functions have."""
    return {functions.configuration(name)["CodeSha256"] for name in functions.names().values()}


class _People:
    """People who open pages all the time."""

    def __init__(self, pennypost: Pennypost) -> None:
        self._pennypost = pennypost
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._open_pages, daemon=True)
        self._requests = 0
        self._errors: list[str] = []

    def __enter__(self) -> "_People":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        expect(not self._errors, f"of {self._requests} requests these failed: {self._errors[:5]}")

    def until_busy(self) -> None:
        """Waits until there were enough requests."""
        wanted = self._requests + FEWEST_REQUESTS
        until(f"{FEWEST_REQUESTS} requests", lambda: self._requests >= wanted or self._errors, 60)

    def _open_pages(self) -> None:
        while not self._over.is_set():
            for page in PAGES:
                try:
                    status, _, _ = self._pennypost.request("GET", page)
                except OSError as error:
                    self._errors.append(f"{page}: {error}")
                else:
                    self._requests += 1
                    if status not in FINE:
                        self._errors.append(f"{page.partition('?')[0]}: {status}")
