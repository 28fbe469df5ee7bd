"""CloudFormation stacks: deployed by change sets, as the CDK does it, updated and deleted."""

import time
from collections.abc import Mapping
from typing import Any

import botocore.exceptions

from .assembly import Assembly
from .emulator import Emulator
from .waiting import Failed, until

DEPLOY_SECONDS = 120
"""How long a stack may take to be created, updated or deleted."""

EVENTS_SHOWN = 12
"""How many events of a stack are shown of a deployment that failed."""


class Stack:
    """A stack by its name, whether it is there or not."""

    def __init__(self, emulator: Emulator, name: str) -> None:
        self.name = name
        self._client = emulator.client("cloudformation")

    def describe(self) -> dict[str, Any] | None:
        """What CloudFormation says of it; `None` if it is not there."""
        try:
            described: dict[str, Any] = self._client.describe_stacks(StackName=self.name)["Stacks"][0]
        except botocore.exceptions.ClientError as error:
            if "does not exist" in str(error):
                return None
            raise
        return None if described["StackStatus"] == "DELETE_COMPLETE" else described

    def deploy(self, assembly: Assembly, parameters: Mapping[str, str]) -> None:
        """Creates it, or updates it to this, and waits until that is done."""
        present = self.describe()
        is_new = present is None or present["StackStatus"] == "REVIEW_IN_PROGRESS"
        change_set = f"local-{time.time_ns()}"
        self._client.create_change_set(
            StackName=self.name,
            ChangeSetName=change_set,
            ChangeSetType="CREATE" if is_new else "UPDATE",
            TemplateURL=assembly.template_url,
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
            Parameters=[
                {"ParameterKey": name, "ParameterValue": value}
                for name, value in parameters.items()
                if name in assembly.template.get("Parameters", {})
            ],
        )
        self._until_change_set(change_set)
        self._client.execute_change_set(StackName=self.name, ChangeSetName=change_set)
        self._until_status("CREATE_COMPLETE" if is_new else "UPDATE_COMPLETE")

    def _until_change_set(self, change_set: str) -> None:
        def look() -> bool:
            told = self._client.describe_change_set(StackName=self.name, ChangeSetName=change_set)
            if told["Status"] == "FAILED":
                raise Failed(f"the change set of {self.name} is refused: {told.get('StatusReason')}")
            return bool(told["Status"] == "CREATE_COMPLETE")

        until(f"the change set of {self.name}", look, DEPLOY_SECONDS)

    def delete(self) -> None:
        """Deletes it, and waits until it is gone."""
        self._client.delete_stack(StackName=self.name)
        self._until_status("DELETE_COMPLETE")

    def _until_status(self, wanted: str) -> None:
        def look() -> bool:
            described = self.describe()
            status = described["StackStatus"] if described else "DELETE_COMPLETE"
            if status != wanted and not status.endswith("_IN_PROGRESS"):
                raise Failed(f"{self.name} is {status}, not {wanted}:\n{self._last_faults()}")
            return bool(status == wanted)

        until(f"{self.name} to be {wanted}", look, DEPLOY_SECONDS)

    def _last_faults(self) -> str:
        events = self._client.describe_stack_events(StackName=self.name)["StackEvents"]
        faults = [
            f"  {event['LogicalResourceId']}: {event['ResourceStatus']}: {event.get('ResourceStatusReason', '')}"
            for event in events
            if "FAILED" in event["ResourceStatus"]
        ]
        return "\n".join(faults[:EVENTS_SHOWN])

    def outputs(self) -> dict[str, str]:
        """Its outputs by name."""
        described = self.describe()
        if described is None:
            raise Failed(f"{self.name} is not deployed")
        return {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}

    def resources(self, kind: str) -> dict[str, str]:
        """The physical ids of its resources of the type `kind`, by logical id."""
        pages = self._client.get_paginator("list_stack_resources").paginate(StackName=self.name)
        return {
            resource["LogicalResourceId"]: resource["PhysicalResourceId"]
            for page in pages
            for resource in page["StackResourceSummaries"]
            if resource["ResourceType"] == kind
        }
