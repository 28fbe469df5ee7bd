"""How many state transitions a run of an issue takes, by the machine's definition."""

import json
import pathlib

DEFINITION = pathlib.Path(__file__).parent.parent / "delivery-stack/state-machine/issue.asl.json"

RUN = ["Begin", "Settle", "Plan", "Shards", "Count the outcomes", "Are all at their end?", "Finish"]
SHARDS = "Shards"
ROUND = ["Send", "Count the round", "What is left?"]
WAIT = "Wait"
END = "Done"
# The start of an execution is billed as a transition, too.
START = 1


def transitions(shards, rounds, waits):
    """Of one run whose shards take `rounds` rounds each, and wait after each but the last if `waits`."""
    wait = 1 if waits else 0
    per_shard = START + rounds * len(ROUND) + (rounds - 1) * wait + 1
    return START + len(RUN) + shards * per_shard


def _follows(states, before, after):
    state = states[before]
    choices = [choice["Next"] for choice in state.get("Choices", [])]
    return after in [state.get("Next"), state.get("Default"), *choices]


def check(definition=None):
    """Raises if the definition does not have these ways through it."""
    definition = definition or json.loads(DEFINITION.read_text())
    states = definition["States"]
    shard = states[SHARDS]["ItemProcessor"]
    inner = shard["States"]
    ways = [
        (states, [definition["StartAt"], *RUN[1:]]),
        (inner, [shard["StartAt"], *ROUND[1:], END]),
        (inner, [ROUND[-1], WAIT, ROUND[0]]),
        (inner, [ROUND[-1], ROUND[0]]),
    ]
    for where, way in ways:
        for before, after in zip(way, way[1:]):
            if not _follows(where, before, after):
                raise ValueError(f"the state machine does not go from {before} to {after}")
    if definition["StartAt"] != RUN[0] or shard["StartAt"] != ROUND[0]:
        raise ValueError("the state machine begins elsewhere")
