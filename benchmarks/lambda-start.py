"""How long a Lambda program takes from its start to its first call of the runtime API.

Usage: lambda-start.py EMPTY SERVICE=BOOTSTRAP...

Starts each role of each program, and right beside each start of a role the empty
program, so that what a machine does meanwhile meets both alike. Prints the medians,
and fails if a role takes more than LIMIT times as long as the empty one, or if a
program is larger than an artefact may be.
"""

import io
import os
import re
import select
import signal
import socket
import statistics
import subprocess
import sys
import time
import zipfile

ROUNDS = 31
# What is not counted: the first starts read the programs from disk.
WARM_UP = 2
# Times the empty program's median.
LIMIT = 2.5
# How often a role is measured that is over the limit: what else a machine does can
# come and go in step with one role's starts, and what makes a program slow stays.
TRIES = 3
# Bytes of the zipped program.
MAX_ARTEFACT = 15_000_000
# Seconds for one start: a role that waits for something is not to hang here.
PATIENCE = 10

NEXT = b"GET /2018-06-01/runtime/invocation/next "

# What Lambda sets, and then what the stacks do.
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
OF_LAMBDA = {
    "AWS_ACCESS_KEY_ID": "nobody",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_EXECUTION_ENV": "AWS_Lambda_provided.al2023",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
    "AWS_LAMBDA_FUNCTION_NAME": "start",
    "AWS_LAMBDA_FUNCTION_VERSION": "1",
    "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
    "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/start",
    "AWS_LAMBDA_LOG_STREAM_NAME": "start",
    "AWS_REGION": "eu-central-1",
    "AWS_SECRET_ACCESS_KEY": "nothing",
    "AWS_SESSION_TOKEN": "nothing",
    "LANG": "en_US.UTF-8",
    "LAMBDA_TASK_ROOT": "/var/task",
    "PATH": "/usr/local/bin:/usr/bin/:/bin:/opt/bin",
    "TZ": ":UTC",
}
ARN = "arn:aws:{}:eu-central-1:123456789012:{}"
QUEUE = "https://sqs.eu-central-1.amazonaws.com/123456789012/{}"
OF_STACKS = {
    "OTEL_EXPORTER_OTLP_ENDPOINT": "",
    "PENNYPOST_ADMIN_SECRET": ARN.format("secretsmanager", "secret:admin-a1b2c3"),
    "PENNYPOST_BUS": "default",
    "PENNYPOST_CONFIGURATION_SET": "pennypost-start",
    "PENNYPOST_FROM": "Penny Post <news@penny.example>",
    "PENNYPOST_IMPORT_QUEUE_URL": QUEUE.format("import"),
    "PENNYPOST_KEYS_SECRET": ARN.format("secretsmanager", "secret:keys-a1b2c3"),
    "PENNYPOST_PROGRESS_SECONDS": "15",
    "PENNYPOST_PUBLIC_URL": "https://news.example",
    "PENNYPOST_QUEUE_URLS": f"{QUEUE.format('changes')},{QUEUE.format('controls')}",
    "PENNYPOST_SEND_RATE": "",
    "PENNYPOST_SES_CALLS": "bulk",
    "PENNYPOST_STAGE": "start",
    "PENNYPOST_STATE_MACHINE_ARN": ARN.format("states", "stateMachine:pennypost-start-issues"),
    "PENNYPOST_TABLE": "pennypost-start",
    "RUST_LOG": "info",
}


def fail(text):
    sys.exit(f"lambda-start: {text}")


def roles(program):
    """The roles of a program, which tells them when it is given none of them."""
    environment = OF_LAMBDA | OF_STACKS | {"_HANDLER": "none", "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:1"}
    told = subprocess.run([program], env=environment, capture_output=True, text=True, timeout=PATIENCE)
    found = re.search(r"_HANDLER is none of ([a-z, ]+)", told.stdout + told.stderr)
    if not found:
        fail(f"{program} does not tell its roles: {told.stdout}{told.stderr}")
    return found.group(1).split(", ")


def milliseconds(program, role):
    """From the moment before the program is started to the call that asks for work."""
    with socket.create_server(("127.0.0.1", 0)) as runtime_api:
        port = runtime_api.getsockname()[1]
        environment = OF_LAMBDA | OF_STACKS | {"_HANDLER": role, "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{port}"}
        nowhere = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_RDWR, 0) for stream in (0, 1, 2)]
        began = time.monotonic_ns()
        pid = os.posix_spawn(program, [program], environment, file_actions=nowhere)
        try:
            ended = asked_for_work(runtime_api, began)
        finally:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    if ended is None:
        fail(f"{program} as {role} does not ask for work within {PATIENCE} seconds")
    return (ended - began) / 1e6


def asked_for_work(runtime_api, began):
    """When that was; none: not in time."""
    runtime_api.settimeout(PATIENCE)
    try:
        connection, _ = runtime_api.accept()
    except TimeoutError:
        return None
    with connection:
        request = b""
        while NEXT not in request:
            left = PATIENCE - (time.monotonic_ns() - began) / 1e9
            if left <= 0 or not select.select([connection], [], [], left)[0]:
                return None
            part = connection.recv(4096)
            if not part:
                return None
            request += part
        return time.monotonic_ns()


def zipped(program):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(program, "bootstrap")
    return packed.tell()


def measure(empty, programs, each):
    """The median of each role, and of the starts of the empty one beside it."""
    taken = {key: ([], []) for key in each}
    for number in range(WARM_UP + ROUNDS):
        for service, role in each:
            both = [(programs[service], role, 0), (empty, "empty", 1)]
            # Now the one first, now the other.
            for program, name, which in both[:: 1 if number % 2 else -1]:
                took = milliseconds(program, name)
                if number >= WARM_UP:
                    taken[service, role][which].append(took)
    return {key: tuple(map(statistics.median, both)) for key, both in taken.items()}


def too_large(programs):
    """Prints how large the programs are; what is wrong with it."""
    print(f"{'program':15}{'zipped':>10}")
    for service, program in programs.items():
        size = zipped(program)
        print(f"{service:15}{size / 1e6:>7.1f} MB")
        if size > MAX_ARTEFACT:
            yield f"{service} has {size} bytes, zipped; {MAX_ARTEFACT} are allowed"


def too_slow(empty, programs):
    """Prints how soon the roles ask for work; what is wrong with it."""
    print(f"\n{'role':28}{'start':>10}{'empty':>10}{'times':>8}   medians of {ROUNDS}")
    each = [(service, role) for service, program in programs.items() for role in roles(program)]
    for tried in range(TRIES):
        if tried and each:
            print(f"once more, as over {LIMIT} times:")
        slow = {}
        for (service, role), (ours, theirs) in measure(empty, programs, each).items():
            times = ours / theirs
            print(f"{service + ' ' + role:28}{ours:>7.2f} ms{theirs:>7.2f} ms{times:>8.2f}")
            if times > LIMIT:
                slow[service, role] = times
        each = list(slow)
    for (service, role), times in slow.items():
        yield f"{service} {role} takes {times:.2f} times as long as an empty one; {LIMIT} are allowed"


def main():
    if len(sys.argv) < 3:
        fail("see the usage in the file")
    empty, *named = sys.argv[1:]
    programs = dict(argument.split("=", 1) for argument in named)
    faults = [*too_large({"empty": empty, **programs}), *too_slow(empty, programs)]
    for fault in faults:
        print(fault, file=sys.stderr)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
