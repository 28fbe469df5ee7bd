"""The feature files of the whole project, driven against what is deployed."""

import os
import re
import signal
import subprocess

from .. import checks
from ..builds import build_features
from ..processes import tail
from ..settings import FEATURES_PATIENCE, ROOT, TARGET
from ..waiting import Failed, expect
from ..world import World

RUN_SECONDS = 900
"""How long all scenarios may take."""

SHOWN = 80
"""How many lines are shown of a run that failed."""

SUMMARY = re.compile(r"(\d+) passed, (\d+) failed")


def tell(world: World) -> tuple[int, int]:
    """Runs all that can run against a deployment; answers how many scenarios passed and failed."""
    program = build_features()
    log = TARGET / "logs" / "features.log"
    environment = {
        **os.environ,
        "PENNYPOST_TEST_URL": world.gateway.url,
        "PENNYPOST_TEST_CONSOLE_URL": world.mailbox.url,
        "PENNYPOST_TEST_ADMIN_PASSWORD": world.password(),
        "PENNYPOST_TEST_PATIENCE": str(FEATURES_PATIENCE),
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(program)],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            process.wait(timeout=RUN_SECONDS)
        except subprocess.TimeoutExpired:
            raise Failed(f"the features took more than {RUN_SECONDS} s:\n{tail(log, SHOWN)}") from None
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
    lines = log.read_text(errors="replace").splitlines()
    summary = SUMMARY.fullmatch(lines[-1]) if lines else None
    if summary is None:
        raise Failed(f"the features ended with {process.returncode} before their summary:\n{tail(log, SHOWN)}")
    # What is driven, and what is left out and why.
    print(lines[0], flush=True)
    passed, failed = int(summary[1]), int(summary[2])
    if failed or process.returncode != 0:
        print(tail(log, SHOWN), flush=True)
        return passed, max(failed, 1)
    expect(passed > 0, "no scenario ran")
    checks.expect_all_mails_seen(world)
    checks.expect_no_dead_letters(world)
    return passed, failed
