"""Waiting for something to become true, with a bound."""

import time
from collections.abc import Callable
from typing import TypeVar

INTERVAL = 0.1
"""Seconds between two looks."""

T = TypeVar("T")


class Failed(Exception):
    """Something is not as it has to be; the text says what."""


def until(what: str, look: Callable[[], T | None], seconds: float, interval: float = INTERVAL) -> T:
    """What `look` finds, once that is true in Python's sense.

    Raises `Failed` with `what`, and what was seen last, after `seconds`.
    """
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() >= end:
            seen = "" if found is None or found is False else f" (last seen: {found!r})"
            raise Failed(f"waited {seconds:g} s in vain for {what}{seen}")
        time.sleep(interval)


def expect(condition: object, what: str) -> None:
    """Raises `Failed` with `what` unless `condition` holds."""
    if not condition:
        raise Failed(what)
