"""The functions of a stack: stopping them, invoking one, and what they logged."""

import json
from typing import Any

from .emulator import Emulator
from .stacks import Stack
from .waiting import Failed

FUNCTION = "AWS::Lambda::Function"
MAPPING = "AWS::Lambda::EventSourceMapping"

LOG_LINES = 3
"""How many lines of each function's log are shown after a failure."""

LINE_LENGTH = 300
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
        """Lets none of them run: nothing calls them, and no concurrency is left to them.

        The emulator overlooks the latter where a call goes to an alias; so their event
        source mappings are disabled, too.
        """
        self._set_mappings(enabled=False)
        for name in self.names().values():
            self._lambda.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)

    def go_on(self) -> None:
        """Lets them run again."""
        for name in self.names().values():
            self._lambda.delete_function_concurrency(FunctionName=name)
        self._set_mappings(enabled=True)

    def _set_mappings(self, enabled: bool) -> None:
        for mapping in self._stack.resources(MAPPING).values():
            self._lambda.update_event_source_mapping(UUID=mapping, Enabled=enabled)

    def configuration(self, name: str) -> dict[str, Any]:
        """The settings of the function `name`, and which code it has."""
        told: dict[str, Any] = self._lambda.get_function_configuration(FunctionName=name)
        return told

    def invoke(self, name: str, payload: Any) -> Any:
        """What the function `name` answers to `payload`."""
        answer = self._lambda.invoke(FunctionName=name, Payload=json.dumps(payload).encode())
        told = json.loads(answer["Payload"].read() or b"null")
        if answer.get("FunctionError"):
            raise Failed(f"{name} fails: {told}")
        return told

    def last_words(self) -> str:
        """What each of them complained of last, or said last if it did not."""
        shown = []
        for name in self.names().values():
            lines = [said for line in self._lines(name) if (said := _said(line))]
            complaints = [line for line in lines if not line.startswith(("INFO ", "DEBUG "))]
            shown += [f"  {name}: {line[:LINE_LENGTH]}" for line in (complaints or lines)[-LOG_LINES:]]
        return "\n".join(shown)

    def _lines(self, name: str) -> list[str]:
        group = self.configuration(name).get("LoggingConfig", {}).get("LogGroup", f"/aws/lambda/{name}")
        try:
            events = self._logs.filter_log_events(logGroupName=group, limit=10000)["events"]
        except self._logs.exceptions.ResourceNotFoundException:
            return []
        return [line for event in events for line in event["message"].splitlines()]


def _said(line: str) -> str | None:
    """The gist of a line of a log: a JSON object of ours, or whatever else a process wrote."""
    if not line.strip() or line.startswith(("START ", "END ", "REPORT ")):
        return None
    try:
        told = json.loads(line)
        fields = {name: value for name, value in told["fields"].items() if name != "message"}
        return f"{told['level']} {told['timestamp'][11:19]} {told['message']} {fields or ''}"
    except (ValueError, KeyError, TypeError, AttributeError):
        return line
