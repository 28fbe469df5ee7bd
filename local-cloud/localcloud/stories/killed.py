"""A function that is killed in the middle of sending an issue mails nobody twice.

SES has taken a mail, and has not answered yet, when the process is killed (SIGKILL).
Whoever it was mailing is held, since nobody can know what came of it; all others
get the issue, once.
"""

import os
import signal

from .. import checks, processes
from ..pennypost import PATIENCE
from ..waiting import expect
from ..world import World
from .readers import addresses, title

READERS = 40
"""How many the issue goes to, beside whoever is there already."""

SENDING_ROLE = "send"

FINISHED_SECONDS = 300
"""How long it may take: what the killed process had claimed is left alone for two minutes."""


def tell(world: World) -> None:
    pennypost = world.pennypost()
    readers = addresses(READERS)
    pennypost.import_all(readers)
    issue = title("Killed while sending")
    hold = world.door.hold(issue)
    id = pennypost.publish(issue)
    try:
        hold.until_held(PATIENCE)
        killed = _kill_senders(world)
    finally:
        hold.lift()
    expect(killed > 0, "a process that sends was killed")
    delivered = pennypost.until_delivered(id, FINISHED_SECONDS)

    counts = delivered["counts"]
    expect(counts["held"] > 0, f"those who were being mailed are held: {counts}")
    expect(counts["accepted"] + counts["held"] == counts["recipients"], f"nobody is forgotten: {counts}")
    held = pennypost.exceptions(id, "held")
    expect(len(held) == counts["held"], f"{len(held)} are shown as held, {counts['held']} are counted")
    got = world.mails.addressees(issue)
    twice = len(got) - len(set(got))
    expect(twice == 0, f"{twice} mails are second ones")
    expect(counts["accepted"] <= len(got) <= counts["recipients"], f"{len(got)} mails for {counts}")
    checks.expect_no_dead_letters(world)


def _kill_senders(world: World) -> int:
    """Kills the functions' processes that send; says how many there were."""
    killed = 0
    for pid, environment in processes.of_run(world.run.name).items():
        if environment.get("_HANDLER") == SENDING_ROLE:
            os.kill(pid, signal.SIGKILL)
            killed += 1
    return killed
