"""Starting processes so that none of them, nor any of their children, outlives a run.

Every process of a run has the run's name in its environment, and hands it down:
so whatever was started can be found again, whoever its parent is by then.
"""

import contextlib
import fcntl
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from .waiting import Failed

MARK = "PENNYPOST_LOCAL_CLOUD"
"""The variable that names the run."""

END_SECONDS = 10
"""How long processes that were killed may take to be gone."""


def environment_of(pid: int) -> dict[str, str]:
    """The environment that process `pid` was started with; empty if it is not ours, or gone."""
    try:
        raw = Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return {}
    pairs = (entry.split(b"=", 1) for entry in raw.split(b"\0") if b"=" in entry)
    return {name.decode(errors="replace"): value.decode(errors="replace") for name, value in pairs}


def of_run(run: str) -> dict[int, dict[str, str]]:
    """The environments of the processes of `run` that live, except this one."""
    pids = (int(name) for name in os.listdir("/proc") if name.isdigit())
    environments = {pid: environment_of(pid) for pid in pids if pid != os.getpid()}
    return {pid: found for pid, found in environments.items() if found.get(MARK) == run}


def end_all(run: str) -> None:
    """Kills every process of `run`, and waits until they are gone. Raises `Failed` if one stays."""
    end = time.monotonic() + END_SECONDS
    left = of_run(run)
    while left:
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if time.monotonic() > end:
            raise Failed(f"processes {sorted(left)} cannot be ended")
        time.sleep(0.05)
        # A process that was killed and not waited for has no environment any more.
        left = of_run(run)


@contextlib.contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Holds `lock` meanwhile. Raises `Failed` if another process does."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failed(f"another run is under way in {lock.parent}") from None
        yield


class Run:
    """A run: from `with Run()` on until its end its processes may live.

    Whatever is started meanwhile has its name, and is ended at the latest with it:
    by itself, or, if this process is killed, by a guardian, whose standard input ends
    then.
    """

    def __init__(self) -> None:
        self.name = secrets.token_hex(8)
        self._outer: str | None = None
        self._guardian: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._guardian = subprocess.Popen(
            [sys.executable, "-m", __spec__.name, self.name],
            # It is no process of the run, which it is to outlive.
            env={**os.environ, MARK: ""},
            stdin=subprocess.PIPE,
            start_new_session=True,
        )
        self._outer = os.environ.get(MARK)
        os.environ[MARK] = self.name
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._outer is None:
            del os.environ[MARK]
        else:
            os.environ[MARK] = self._outer
        end_all(self.name)
        assert self._guardian is not None and self._guardian.stdin is not None
        self._guardian.stdin.close()
        self._guardian.wait(timeout=2 * END_SECONDS)


def run_quietly(
    what: str,
    command: list[str],
    log: Path,
    *,
    cwd: Path,
    seconds: float,
    environment: Mapping[str, str] | None = None,
) -> None:
    """Runs `command` with its output in `log`, whose end is shown if it fails or takes too long."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            status = process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            status = None
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
    if status != 0:
        ended = f"took more than {seconds:g} s" if status is None else f"ended with {status}"
        raise Failed(f"{what} {ended}:\n{tail(log)}")


def tail(log: Path, lines: int = 40) -> str:
    """The last lines of `log`."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


if __name__ == "__main__":
    # The guardian: standard input ends when the run is over.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.buffer.read()
    end_all(sys.argv[1])
