"""What stories look at: queues, mails and tables."""

from collections import Counter

from .pennypost import PATIENCE
from .settings import DELIVERY, SERVICES, stack_name
from .waiting import expect, until
from .world import World

DEPTHS = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)
"""What a queue holds: waiting, being handled, and put off."""


def queue_attribute(world: World, service: str, output: str, name: str) -> int:
    """A number that SQS tells of the queue that this output of a stack names."""
    url = world.stacks[service].outputs()[output]
    told = world.emulator.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=[name])
    return int(told["Attributes"][name])


def queue_depth(world: World, service: str, output: str) -> int:
    """How many messages that queue holds."""
    return sum(queue_attribute(world, service, output, name) for name in DEPTHS)


def until_queues_are_empty(world: World) -> None:
    """Waits until nothing is under way to delivery."""
    outputs = [name for name in world.stacks[DELIVERY].outputs() if name.endswith("QueueUrl")]

    def look() -> bool:
        return not any(queue_depth(world, DELIVERY, output) for output in outputs)

    until("delivery's queues to be empty", look, PATIENCE)


def expect_no_dead_letters(world: World) -> None:
    """Nothing was given up on."""
    for service in SERVICES:
        for output in world.stacks[service].outputs():
            if output.endswith("DeadLettersUrl"):
                depth = queue_depth(world, service, output)
                expect(depth == 0, f"{depth} dead letters in {service}'s {output}")


def expect_once_each(world: World, title: str, addresses: list[str]) -> None:
    """Each of these has got the issue, and nobody at all has got it twice."""
    got = Counter(world.mails.addressees(title))
    missing = [address for address in addresses if not got[address]]
    twice = [address for address, mails in got.items() if mails > 1]
    expect(not missing, f"{len(missing)} of {len(addresses)} readers have not got {title!r}")
    expect(not twice, f"{len(twice)} readers have got {title!r} more than once")


def expect_all_mails_seen(world: World) -> None:
    """The emulator took as many mails as went through the door."""
    by_emulator, by_door = world.emulator.sent_mails(), len(world.mails.all())
    expect(by_emulator == by_door, f"SES took {by_emulator} mails, {by_door} went through the door")


def table(service: str) -> str:
    """The name of the table of `service`."""
    return stack_name(service)


def tables(world: World) -> list[str]:
    """The names of all tables."""
    names: list[str] = world.emulator.client("dynamodb").list_tables()["TableNames"]
    return names


def items(world: World, service: str) -> int:
    """How many items the table of `service` has."""
    pages = world.emulator.client("dynamodb").get_paginator("scan").paginate(TableName=table(service), Select="COUNT")
    return sum(page["Count"] for page in pages)
