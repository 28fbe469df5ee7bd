"""What a run needs built: the Lambda binaries, the two CDK apps' templates, the features."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

from .processes import run_quietly, tail
from .settings import ARCHITECTURE, ROOT, SERVICES, STAGE, TARGET
from .waiting import Failed

BUILD_SECONDS = 3600
"""A release build of everything on a slow machine."""

INSTALL_SECONDS = 600
"""The packages of one CDK app."""

SYNTH_SECONDS = 300
"""One CDK app's synthesis."""

QUIET_CDK = {
    # Nothing asks the network for news, versions or where to tell of us.
    "CDK_DISABLE_VERSION_CHECK": "1",
    "CDK_DISABLE_CLI_TELEMETRY": "true",
    "CI": "true",
}


def staged(service: str) -> Path:
    """Where `infra/build` leaves what is deployed of `service`."""
    return ROOT / "target" / "lambda" / ARCHITECTURE / service


def build_binaries() -> None:
    """Builds and stages both services' Lambda binaries, as a deployment does."""
    for service in SERVICES:
        command = ["infra/build", service, ARCHITECTURE]
        log = TARGET / "logs" / f"build-{service}.log"
        run_quietly(f"infra/build {service}", command, log, cwd=ROOT, seconds=BUILD_SECONDS)


def app_of(service: str) -> Path:
    """The CDK app of `service`."""
    return ROOT / "infra" / f"{service}-stack"


def install_app(directory: Path) -> None:
    """Installs the packages of the app in `directory`, unless its lock file's are there."""
    lock = directory / "package-lock.json"
    # npm writes it when it has installed everything.
    installed = directory / "node_modules" / ".package-lock.json"
    if installed.exists() and installed.stat().st_mtime >= lock.stat().st_mtime:
        return
    log = TARGET / "logs" / f"npm-{directory.name}.log"
    command = ["npm", "ci", "--no-audit", "--no-fund"]
    run_quietly(f"npm ci in {directory.name}", command, log, cwd=directory, seconds=INSTALL_SECONDS)


def synthesise(service: str, name: str, assets: Path | None = None) -> Path:
    """Synthesises the app of `service` with the code in `assets`, else what is staged.

    Answers the assembly's directory, which is called `name`.
    """
    app = app_of(service)
    install_app(app)
    assembly = TARGET / "assembly" / name
    shutil.rmtree(assembly, ignore_errors=True)
    context = {"stage": STAGE, "architecture": ARCHITECTURE, "assets": str(assets or staged(service))}
    command = ["npx", "--no-install", "cdk", "synth", "--quiet", "--no-notices", "-o", str(assembly)]
    for key, value in context.items():
        command += ["-c", f"{key}={value}"]
    log = TARGET / "logs" / f"synth-{name}.log"
    run_quietly(f"cdk synth of {app.name}", command, log, cwd=app, seconds=SYNTH_SECONDS, environment=QUIET_CDK)
    return assembly


def synthesise_next(service: str) -> str:
    """Synthesises the next release of `service`, and answers the assembly's name.

    Its code does the same, but a file beside it makes it another asset, and so
    another version of each function.
    """
    name = f"{service}-next"
    assets = TARGET / "assets" / name
    shutil.rmtree(assets, ignore_errors=True)
    shutil.copytree(staged(service), assets)
    (assets / "release").write_text("the next one\n")
    synthesise(service, name, assets)
    return name


def build_features() -> Path:
    """The program that runs the features."""
    log = TARGET / "logs" / "build-features.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    command = ["cargo", "test", "--locked", "-p", "features", "--no-run", "--message-format", "json"]
    with log.open("wb") as output:
        built = subprocess.run(
            command,
            cwd=ROOT,
            env={"CARGO_INCREMENTAL": "0", "CARGO_PROFILE_DEV_DEBUG": "none", **os.environ},
            stdout=subprocess.PIPE,
            stderr=output,
            timeout=BUILD_SECONDS,
            check=False,
        )
    if built.returncode != 0:
        raise Failed(f"building the features ended with {built.returncode}:\n{tail(log)}")
    for line in reversed(built.stdout.decode().splitlines()):
        executable = json.loads(line).get("executable") if line.startswith("{") else None
        if executable and re.search(r"/features-[^/]*$", executable):
            return Path(executable)
    raise Failed("cargo names no program that runs the features")
