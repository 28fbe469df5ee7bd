"""A deployment with a wrong parameter is refused before anything of it is there, and says which."""

from typing import NamedTuple

import botocore.exceptions

from ..settings import DELIVERY, SUBSCRIPTIONS
from ..stacks import Stack
from ..waiting import Failed, expect
from ..world import World

NAME = "pennypost-refused"
"""A stack that is never there."""


class Wrong(NamedTuple):
    """A parameter with a value that it must not have; the refusal says `told`."""

    service: str
    parameter: str
    value: str
    told: str


WRONG = (
    Wrong(DELIVERY, "FromAddress", "nobody", "FromAddress"),
    Wrong(DELIVERY, "SendRate", "fast", "SendRate"),
    Wrong(DELIVERY, "SettleSeconds", "0", "SettleSeconds"),
    Wrong(DELIVERY, "Stage", "Not a stage", "Stage"),
    Wrong(SUBSCRIPTIONS, "PublicUrl", "news.example.com/", "PublicUrl"),
    Wrong(SUBSCRIPTIONS, "OtlpEndpoint", "https://collector", "OtlpEndpoint"),
    Wrong(SUBSCRIPTIONS, "DomainName", "news.example.com", "DomainName needs CertificateArn"),
)


def tell(world: World) -> None:
    stack = Stack(world.emulator, NAME)
    for wrong in WRONG:
        said = _refusal(world, stack, wrong)
        expect(wrong.told in said, f"the refusal of {wrong.parameter} does not say {wrong.told!r}: {said}")
        expect(stack.describe() is None, f"something of the stack is there in spite of {wrong.parameter}")


def _refusal(world: World, stack: Stack, wrong: Wrong) -> str:
    parameters = world.parameters(wrong.service) | {wrong.parameter: wrong.value}
    try:
        stack.deploy(world.assembly(wrong.service), parameters)
    except botocore.exceptions.ClientError as refused:
        return str(refused)
    raise Failed(f"{wrong.parameter} may be {wrong.value!r}")
