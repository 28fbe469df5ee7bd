"""Where everything is, and what is deployed: the constants of the local cloud."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The repository."""

TARGET = ROOT / "target" / "local-cloud"
"""Whatever a run makes."""

ACCOUNT = "123456789012"
"""The account in the emulator; it is the access key, too, as the emulator has it."""

REGION = "eu-central-1"
"""The region in the emulator."""

STAGE = "local"
"""The stage that is deployed."""

ARCHITECTURE = "x86_64"
"""What the Lambda binaries are built for: the functions are processes of this machine."""

SUBSCRIPTIONS = "subscriptions"
DELIVERY = "delivery"
SERVICES = (SUBSCRIPTIONS, DELIVERY)

LOOPBACK = "127.0.0.1"

FROM_ADDRESS = "Pennypost <newsletter@pennypost.example>"
"""The sender of every mail."""

SETTLE_SECONDS = 5
"""How long an issue waits before it goes out: long enough that a scenario can pause it first."""

PROGRESS_SECONDS = 1
"""How often an issue's progress is told."""

FEATURES_PATIENCE = 120
"""Seconds for which a step of the features goes on looking."""


def stack_name(service: str) -> str:
    """The name of the stack of `service`."""
    return f"pennypost-{STAGE}-{service}"
