"""What an operator does, by the means that docs/operations.md tells of."""

from typing import Any

from .builds import install_app
from .processes import run_quietly
from .settings import ACCOUNT, REGION, ROOT, SUBSCRIPTIONS, TARGET, stack_name
from .waiting import Failed, expect
from .world import World

ADOPT_SECONDS = 120
"""How long adopting may take."""

REBUILD_CALLS = 100
"""How often `rebuild` may ask to be invoked again: far more than these few readers need."""


def rebuild(world: World) -> int:
    """Lets subscriptions publish every subscriber's present state again; says how many."""
    functions = world.functions(SUBSCRIPTIONS)
    name = world.stacks[SUBSCRIPTIONS].outputs()["RebuildFunctionName"]
    asked: dict[str, Any] = {}
    published = 0
    for _ in range(REBUILD_CALLS):
        told = functions.invoke(name, asked)
        published += int(told["published"])
        if told["cursor"] is None:
            return published
        asked = {"cursor": told["cursor"]}
    raise Failed(f"rebuilding is not done after {REBUILD_CALLS} invocations")


def adopt(world: World, service: str) -> None:
    """Lets the stack of `service` adopt what an earlier one left behind."""
    directory = ROOT / "infra" / "adopt"
    install_app(directory)
    template = next((TARGET / "assembly" / service).glob("*.template.json"))
    command = ["npm", "start", "--silent", "--", "--stack", stack_name(service), "--template", str(template)]
    for name, value in world.parameters(service).items():
        command += ["--parameter", f"{name}={value}"]
    environment = {
        "AWS_ENDPOINT_URL": world.emulator.url,
        "AWS_REGION": REGION,
        "AWS_ACCESS_KEY_ID": ACCOUNT,
        "AWS_SECRET_ACCESS_KEY": "local",
    }
    log = TARGET / "logs" / f"adopt-{service}.log"
    run_quietly("adopting", command, log, cwd=directory, seconds=ADOPT_SECONDS, environment=environment)
    described = world.stacks[service].describe()
    expect(described is not None and described["StackStatus"] == "IMPORT_COMPLETE", "the stack has adopted its table")


def discard_retained(world: World, service: str) -> None:
    """Deletes the tables and secrets that a deleted stack retained, as an accident would.

    A key stays: it is of no use any more, and has no name that is in anybody's way.
    """
    dynamodb, secrets = world.emulator.client("dynamodb"), world.emulator.client("secretsmanager")
    ours = stack_name(service)
    for name in dynamodb.list_tables()["TableNames"]:
        if name.startswith(ours):
            dynamodb.delete_table(TableName=name)
    for secret in secrets.list_secrets()["SecretList"]:
        if secret["Name"].replace("/", "-").startswith(ours):
            secrets.delete_secret(SecretId=secret["ARN"], ForceDeleteWithoutRecovery=True)
