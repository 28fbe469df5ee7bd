"""The emulator: ministack in a process group of its own, on the loopback interface alone."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import botocore.client
import botocore.config
import botocore.session

from . import processes
from .settings import ACCOUNT, LOOPBACK, REGION
from .waiting import Failed, until

READY_SECONDS = 60
"""How long it may take to start on a busy machine."""

END_SECONDS = 10
"""How long it may take to end by itself."""

WARM_SECONDS = 20
"""How long a function's surplus processes are kept."""


def free_port() -> int:
    """A port that nobody has."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


class Emulator:
    """Runs from `start` to `stop`."""

    def __init__(self, directory: Path) -> None:
        self.port = free_port()
        self.url = f"http://{LOOPBACK}:{self.port}"
        self.log = directory / "emulator.log"
        self._directory = directory
        self._process: subprocess.Popen[bytes] | None = None
        self._clients: dict[str, Any] = {}

    def start(self, ses_url: str) -> None:
        """Starts it, with functions that reach SES at `ses_url`."""
        temporary = self._directory / "tmp"
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir(parents=True)
        with self.log.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "ministack"],
                cwd=temporary,
                env=self._environment(temporary, ses_url),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        until("the emulator to be ready", self._is_ready, READY_SECONDS)

    def _environment(self, temporary: Path, ses_url: str) -> dict[str, str]:
        """Nothing of whoever runs this counts; functions get all of it, too."""
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(temporary),
            "TMPDIR": str(temporary),
            processes.MARK: os.environ[processes.MARK],
            "GATEWAY_PORT": str(self.port),
            "BIND_HOST": LOOPBACK,
            "MINISTACK_ACCOUNT_ID": ACCOUNT,
            "MINISTACK_REGION": REGION,
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ENDPOINT_URL_SESV2": ses_url,
            "S3_DATA_DIR": str(temporary / "s3"),
            "STATE_DIR": str(temporary / "state"),
            "LAMBDA_EXECUTOR": "local",
            "LAMBDA_WARM_TTL_SECONDS": str(WARM_SECONDS),
            "DOCKER_HOST": "unix:///nowhere",
            "SFTP_ENABLED": "0",
            "IOT_MTLS_ENABLED": "0",
        }

    def _is_ready(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise Failed(f"the emulator ended before it was ready:\n{processes.tail(self.log)}")
        try:
            with urllib.request.urlopen(f"{self.url}/_ministack/ready", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def stop(self) -> None:
        """Ends it, and its functions."""
        if self._process is None:
            return
        process, self._process = self._process, None
        try:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(timeout=END_SECONDS)
        except ProcessLookupError:
            pass
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def client(self, service: str) -> Any:
        """A client of one of AWS's services in it."""
        if service not in self._clients:
            session = botocore.session.Session()
            session.set_config_variable("config_file", os.devnull)
            self._clients[service] = session.create_client(
                service,
                region_name=REGION,
                endpoint_url=self.url,
                aws_access_key_id=ACCOUNT,
                aws_secret_access_key="local",
                config=botocore.client.Config(
                    s3={"addressing_style": "path"}, retries={"max_attempts": 0}, read_timeout=330
                ),
            )
        return self._clients[service]

    def sent_mails(self) -> int:
        """How many mails its SES took, by its own count."""
        with urllib.request.urlopen(f"{self.url}/_ministack/ses/messages", timeout=30) as answer:
            return sum(len(mails) for mails in json.load(answer)["messages"].values())
