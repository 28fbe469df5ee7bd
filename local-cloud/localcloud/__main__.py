"""The command: builds, deploys, runs the features and the stories, and sums up."""

import argparse
import contextlib
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from . import builds, processes
from .settings import SERVICES, TARGET
from .stories import STORIES, Story
from .waiting import Failed
from .world import World

SELF_TEST_SECONDS = 300
"""How long the tests of the machinery may take."""


class Result:
    """How many stories and scenarios passed and failed."""

    def __init__(self) -> None:
        self.passed = 0
        self.failed = 0

    def add(self, passed: int, failed: int) -> None:
        """Counts these, too."""
        self.passed += passed
        self.failed += failed

    def step(self, title: str, what: Callable[[], tuple[int, int] | None], world: World | None = None) -> bool:
        """Does something, counts it as one, or as what it says, and answers whether all is well."""
        start = time.monotonic()
        say(f"{title} …")
        try:
            passed, failed = what() or (1, 0)
            faults = world.gateway.faults() if world else []
            if faults:
                raise Failed("answers that nobody should see:\n  " + "\n  ".join(faults))
        except Exception as error:
            passed, failed = 0, 1
            # A `Failed` says all; of anything else it matters where it came from.
            said = str(error) if isinstance(error, Failed) else traceback.format_exc()
            say(f"{title}: {said}")
        if failed and world:
            show_logs(world)
        self.add(passed, failed)
        say(f"{title}: {'failed' if failed else 'passed'} ({time.monotonic() - start:.0f} s)")
        return not failed


def say(line: str) -> None:
    """Tells whoever watches."""
    print(f"local-cloud: {line}", flush=True)


def show_logs(world: World) -> None:
    """The ends of the functions' logs."""
    for service in SERVICES:
        try:
            words = world.functions(service).last_words()
        except Exception as error:
            words = f"  no logs: {error}"
        say(f"{service}'s functions logged last:\n{words}")


def prepare() -> None:
    """Builds and synthesises what every story needs."""
    builds.build_binaries()
    for service in SERVICES:
        builds.synthesise(service, service)


def self_test() -> None:
    """Runs the tests of the machinery."""
    tests = Path(__file__).parents[1]
    command = [sys.executable, "-m", "unittest", "discover", "-s", "tests", "-t", "."]
    log = TARGET / "logs" / "self-test.log"
    processes.run_quietly("the machinery's tests", command, log, cwd=tests, seconds=SELF_TEST_SECONDS)


def tell(world: World, story: Story, result: Result) -> None:
    """One story, with what it needs deployed before."""

    def told() -> tuple[int, int] | None:
        if not story.sets_up:
            world.deploy_all()
        return story.tell(world)

    result.step(f"{story.name}: {story.title}", told, world)


def keep(world: World) -> None:
    """Deploys both stacks, and leaves them running until somebody ends this."""
    world.deploy_all()
    say(f"pages      {world.gateway.url}/ and {world.gateway.url}/login")
    say(f"mails      {world.mailbox.url}/")
    say(f"admin      user admin, password {world.password()}")
    say(f"AWS        {world.emulator.url}")
    say("Ctrl-C ends it")
    with contextlib.suppress(SystemExit):
        signal.pause()


def arguments() -> argparse.Namespace:
    """What is asked for."""
    names = [story.name for story in STORIES]
    parser = argparse.ArgumentParser(
        prog="local-cloud/run",
        description="Deploys both stacks into an emulated AWS and runs the features and the stories there.",
    )
    parser.add_argument("stories", nargs="*", metavar="STORY", help=f"only these: {', '.join(names)}")
    parser.add_argument("--keep", action="store_true", help="deploy, say where everything is, and stay")
    asked = parser.parse_args()
    unknown = [name for name in asked.stories if name not in names]
    if unknown:
        parser.error(f"there is no story {unknown[0]}; there are {', '.join(names)}")
    return asked


def end_in_order(number: int, _: object) -> None:
    """Ends this process by way of its `finally`s; further signals do not disturb that."""
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    sys.exit(128 + number)


def forget_aws() -> None:
    """Nothing of the account of whoever runs this counts, and nothing can reach it."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ |= {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def main() -> int:
    """Runs what is asked for; the exit status says whether all of it passed."""
    asked = arguments()
    forget_aws()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end_in_order)
    result = Result()
    everything = not asked.stories and not asked.keep
    with processes.alone(TARGET / "lock"), processes.Run() as run:
        if everything:
            result.step("the machinery", self_test)
        if result.step("the Lambda binaries and the templates", prepare):
            with World(run) as world:
                if asked.keep:
                    keep(world)
                for story in STORIES:
                    if everything or story.name in asked.stories:
                        tell(world, story, result)
    say("every process that was started has ended")
    print(f"{result.passed} passed, {result.failed} failed", flush=True)
    return 1 if result.failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as failed:
        say(str(failed))
        sys.exit(1)
