"""Both stacks are deleted, and what stays is data, its keys and what opens them, and nothing else."""

from collections.abc import Callable
from typing import Any

from .. import checks
from ..assembly import BOOTSTRAP_VERSION
from ..settings import SERVICES, stack_name
from ..waiting import expect
from ..world import World

KEPT = {"AWS::DynamoDB::Table", "AWS::KMS::Key", "AWS::SecretsManager::Secret"}
"""What may be retained: docs/operations.md says how long."""


def tell(world: World) -> None:
    retained = {service: _retained(world, service) for service in SERVICES}
    tables = {checks.table(service) for service in SERVICES}
    for service, kinds in retained.items():
        expect("AWS::DynamoDB::Table" in kinds, f"{service} retains its table")
        expect(kinds <= KEPT, f"{service} retains {kinds - KEPT}")
    for service in SERVICES:
        world.delete(service)
    expect(set(checks.tables(world)) == tables, f"the tables that stay are {checks.tables(world)}")
    left = {what: found for what, found in _left(world).items() if found}
    expect(not left, f"this stays, too: {left}")


def _retained(world: World, service: str) -> set[str]:
    resources = world.assembly(service).template["Resources"].values()
    return {resource["Type"] for resource in resources if resource.get("DeletionPolicy", "").startswith("Retain")}


def _left(world: World) -> dict[str, list[str]]:
    """What is ours and is not data, by kind."""

    def names(service: str, operation: str, listed: str, name: str | None, **asked: Any) -> list[str]:
        call: Callable[..., Any] = getattr(world.emulator.client(service), operation)
        found = call(**asked).get(listed, [])
        texts = [item if name is None else str(item[name]) for item in found]
        return [text for text in texts if "pennypost" in text.lower()]

    stacks = [stack_name(service) for service in SERVICES]
    return {
        "functions": names("lambda", "list_functions", "Functions", "FunctionName"),
        "event source mappings": names("lambda", "list_event_source_mappings", "EventSourceMappings", "EventSourceArn"),
        "queues": names("sqs", "list_queues", "QueueUrls", None),
        "rules": names("events", "list_rules", "Rules", "Name"),
        "state machines": names("stepfunctions", "list_state_machines", "stateMachines", "name"),
        "HTTP APIs": names("apigatewayv2", "get_apis", "Items", "Name"),
        "schedules": names("scheduler", "list_schedules", "Schedules", "Name"),
        "logs": names("logs", "describe_log_groups", "logGroups", "logGroupName"),
        "alarms": names("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
        "dashboards": names("cloudwatch", "list_dashboards", "DashboardEntries", "DashboardName"),
        "roles": names("iam", "list_roles", "Roles", "RoleName"),
        "topics": names("sns", "list_topics", "Topics", "TopicArn"),
        "pipes": names("pipes", "list_pipes", "Pipes", "Name"),
        "configuration sets": names("sesv2", "list_configuration_sets", "ConfigurationSets", None),
        "parameters": [
            parameter["Name"]
            for parameter in world.emulator.client("ssm").describe_parameters()["Parameters"]
            if parameter["Name"] != BOOTSTRAP_VERSION
        ],
        "stacks": [name for name in stacks if any(stack.describe() for stack in world.stacks.values())],
    }
