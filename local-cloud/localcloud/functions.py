"""The functions of a stack: stopping them, invoking one, and what they logged."""

import json
from typing import Any

from .emulator import Emulator
from .stacks import Stack
from .waiting import Failed

FUNCTION = "AWS::Lambda::Function"

LOG_LINES = 8
"""How many lines of each function's log are shown after a failure."""

LINE_LENGTH = 400
"""How much of each is shown."""


class Functions:
    """The functions of `stack`."""

    def __init__(self, emulator: Emulator, stack: Stack) -> None:
        self._stack = stack
        self._lambda = emulator.client("lambda")
        self._logs = emulator.client("logs")

    def names(self) -> dict[str, str]:
        """Their names by logical id."""
        return self._stack.resources(FUNCTION)

    def stop(self) -> None:
        """Lets none of them run: no concurrency is left to them, as one stops a function on AWS."""
        for name in self.names().values():
            self._lambda.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)

    def go_on(self) -> None:
        """Lets them run again."""
        for name in self.names().values():
            self._lambda.delete_function_concurrency(FunctionName=name)

    def with_handler(self, role: str) -> str:
        """The name of the one with this role."""
        for name in self.names().values():
            if self._lambda.get_function_configuration(FunctionName=name)["Handler"] == role:
                return name
        raise Failed(f"{self._stack.name} has no function with the role {role}")

    def invoke(self, name: str, payload: Any) -> Any:
        """What the function `name` answers to `payload`."""
        answer = self._lambda.invoke(FunctionName=name, Payload=json.dumps(payload).encode())
        told = json.loads(answer["Payload"].read() or b"null")
        if answer.get("FunctionError"):
            raise Failed(f"{name} fails: {told}")
        return told

    def last_words(self) -> str:
        """The last lines that each of them logged."""
        shown = []
        for name in self.names().values():
            lines = self._last_lines(f"/aws/lambda/{name}")
            if lines:
                shown.append(f"  {name}:\n" + "\n".join(f"    {line[:LINE_LENGTH]}" for line in lines))
        return "\n".join(shown)

    def _last_lines(self, group: str) -> list[str]:
        group = self._log_group(group)
        try:
            events = self._logs.filter_log_events(logGroupName=group, limit=10000)["events"]
        except self._logs.exceptions.ResourceNotFoundException:
            return []
        lines = [line for event in events for line in event["message"].splitlines() if line.strip()]
        told = [line for line in lines if not line.startswith(("START ", "END ", "REPORT "))]
        return told[-LOG_LINES:]

    def _log_group(self, usual: str) -> str:
        name = usual.rpartition("/")[2]
        configured = self._lambda.get_function_configuration(FunctionName=name).get("LoggingConfig", {})
        return str(configured.get("LogGroup", usual))
