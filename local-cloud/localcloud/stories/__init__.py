"""The stories, in the order in which they run. Each leaves both stacks deployed, but the last."""

from collections.abc import Callable
from dataclasses import dataclass

from ..world import World
from . import (
    deleted,
    either_order,
    features,
    feedback,
    killed,
    lost_table,
    redeployed,
    refused,
    stopped,
    updated,
)


@dataclass(frozen=True)
class Story:
    """A story by its name on the command line."""

    name: str
    title: str
    tell: Callable[[World], tuple[int, int] | None]
    """Raises if anything is not as it has to be; may answer how many scenarios passed and failed."""
    sets_up: bool = False
    """Whether it deploys by itself, so that nothing needs to be there before."""


STORIES = [
    Story("refused", "A wrong parameter is refused, by its name", refused.tell, sets_up=True),
    Story("either-order", "Either stack can be deployed first", either_order.tell, sets_up=True),
    Story("features", "The scenarios of features/", features.tell),
    Story("updated", "One stack is updated while the other works", updated.tell),
    Story("stopped", "With delivery stopped nothing is lost", stopped.tell),
    Story("feedback", "Who bounces gets no more mails", feedback.tell),
    Story("killed", "A function killed in the middle of sending mails nobody twice", killed.tell),
    Story("redeployed", "Delivery deployed again knows what it sent", redeployed.tell),
    Story("lost-table", "Recipients are rebuilt after the loss of the table", lost_table.tell),
    Story("deleted", "Both stacks go, and only data stays", deleted.tell),
]
