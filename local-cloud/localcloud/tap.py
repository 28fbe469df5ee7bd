"""Taking down events that pass over the bus, and publishing them again."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .emulator import Emulator
from .pennypost import PATIENCE, word
from .waiting import until

Event = dict[str, Any]


class Tap:
    """A queue of ours on the bus, that gets events of one type."""

    def __init__(self, emulator: Emulator, queue_url: str) -> None:
        self._sqs = emulator.client("sqs")
        self._queue_url = queue_url

    def take(self, count: int) -> list[Event]:
        """The first events, once there are so many."""
        events: list[Event] = []

        def look() -> bool:
            told = self._sqs.receive_message(QueueUrl=self._queue_url, MaxNumberOfMessages=10)
            events.extend(json.loads(message["Body"]) for message in told.get("Messages", []))
            return len(events) >= count

        until(f"{count} events on the bus", look, PATIENCE)
        return events


@contextmanager
def tap(emulator: Emulator, detail_type: str) -> Iterator[Tap]:
    """Taps the default bus for events of this type."""
    sqs, events = emulator.client("sqs"), emulator.client("events")
    name = f"tap-{word()}"
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(Name=name, EventPattern=json.dumps({"detail-type": [detail_type]}))
    events.put_targets(Rule=name, Targets=[{"Id": name, "Arn": arn}])
    try:
        yield Tap(emulator, url)
    finally:
        events.remove_targets(Rule=name, Ids=[name])
        events.delete_rule(Name=name)
        sqs.delete_queue(QueueUrl=url)


def publish_again(emulator: Emulator, events: list[Event]) -> None:
    """Puts these events on the bus once more, as they were."""
    entries = [
        {"Source": event["source"], "DetailType": event["detail-type"], "Detail": json.dumps(event["detail"])}
        for event in events
    ]
    told = emulator.client("events").put_events(Entries=entries)
    assert told["FailedEntryCount"] == 0, told
