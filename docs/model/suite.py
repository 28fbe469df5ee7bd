"""python3 suite.py runs|broken-runs|shard|broken-shard|original-a|original-b

`runs` and `shard` explore the rules as they are; the `broken` ones leave a rule
out at a time, and print the shortest way to what goes wrong then."""

import sys

import explore
import shard
from runs import Config, Model, Rules


def runs(name, stop_at=None, cap=1_500_000, rules=None, **config):
    config = Config(name, rules=rules or Rules(), cap=cap, **config)
    explore.explore(name, Model(config), cap, stop_at)


def without(rule, stop_at=None, **config):
    value = {"reuse": "any", "run_with": "first"}.get(rule, False)
    runs(f"without {rule}", stop_at, rules=Rules(**{rule: value}), **config)


def run_rules():
    runs("pause, resume; a crash", requests=("pause", "resume"), crashes=1)
    runs("pause, cancel; a crash", requests=("pause", "cancel"), crashes=1)
    runs("resume beside its own pause; a crash", requests=("resume",), faults=1, crashes=1)
    runs("pause, resume, late", requests=("pause", "resume"), people=(0, 1), late=(0,))
    runs("late, late; two faults", people=(0, 0), late=(0, 0), faults=2)
    runs("late in both; a fault", people=(0, 0), late=(0, 1), faults=1)
    runs("late, resend; unclear, two faults", people=(1, 0), late=(0,), resend=(1,), unclear=1, faults=2)
    runs("pause, resend; unclear", people=(1, 0), requests=("pause",), resend=(1,), unclear=1)
    runs("pause, late", people=(1, 0), requests=("pause",), late=(0,))
    runs("cancel, late; a crash", people=(1, 0), requests=("cancel",), late=(0,), crashes=1)
    runs("late or too late; twice, a crash", people=(1, 0), late=(0,), age=True, dups=1, crashes=1)
    runs("late; killed twice", people=(1, 0), late=(0,), kills=2)
    runs("pause, resume; killed", people=(1, 0), requests=("pause", "resume"), kills=1)
    runs("resend; two crashes", people=(1, 0), resend=(1,), crashes=2)


def broken_runs():
    without("upon", requests=("resume",), faults=1)
    without("raises", requests=("resume",), faults=1)
    without("reuse", people=(1, 0), late=(0,))
    without("run_with", requests=("pause", "resume"))
    without("final_resumes", people=(1, 0), requests=("pause",), late=(0,))
    without("final_waits", people=(0, 0), late=(0,), faults=2)
    without("resend_of_paused", people=(1, 0), requests=("pause",), resend=(1,), unclear=1)
    without("late_starts", people=(1, 0), late=(0,))
    without("toolate_starts", people=(1, 0), late=(0,), age=True)
    without("done_again", people=(1, 0), requests=("cancel",), late=(0,))
    without("restart_queued", people=(1, 0), late=(0,), crashes=1)
    without("begin_touches", people=(1, 0), requests=("pause",), late=(0,))
    without("upon_call", requests=("resume",), faults=1)
    without("copies", requests=("resume",), faults=1)


def over(name, want=None, **knobs):
    knobs = dict(crash=1, unclear=0, retry=1, explive=0, admin=1, age=1, leave=1, apart=True) | knobs
    one(name, want, items=("A", "A"), msgs=(("u", 1, 2),), **knobs)


def one(name, want=None, **knobs):
    shard.explore(shard.Cfg(name=name, cap=3_000_000, **knobs), want=want)


def shard_rules():
    over("over, resent, unsubscribed")
    over("the same, two unclear", unclear=1, crash=0, admin=2)
    left = dict(items=("A", "N"), msgs=(("u", 1, 2), ("c", 1, 1)), unclear=0, explive=0)
    one("left before heard of", crash=1, retry=1, dupmsg=1, **left)
    one("the same, over, or not listed", crash=0, retry=0, age=1, leave=1, **left)
    one("late when over", items=("A", "N"), msgs=(("c", 1, 1),), age=1, crash=1, unclear=1)
    one("late when it is not listed", items=("A", "N"), msgs=(("c", 1, 1),), age=1, leave=1, crash=1, unclear=1)
    told = dict(items=("A", "N"), msgs=(("c", 1, 1), ("u", 0, 2)), crash=1, unclear=0, explive=0, retry=0)
    one("told at once", pause=1, **told)
    gone = dict(items=("A", "A"), msgs=(("u", 0, 2), ("u", 1, 2)), crash=0, unclear=0, explive=0, retry=1)
    one("told in parts", pause=1, tell="parts", **gone)
    one("told in parts, cancelled", cancel=1, tell="parts", **gone)
    one("told, held, resent, proven", items=("A", "A"), msgs=(("u", 1, 2),), crash=1, unclear=1, admin=1, fb=1, retry=1, explive=0)


def broken_shard():
    over("over, without removed rows", "S3b", rm_over=False)
    over("out of the head while it runs", "S3b", keep_running=False)
    over("a resend lists nothing", "S3b", relist=False)
    over("nobody is looked up", "S3b", lookup=False)
    left = dict(items=("A", "N"), msgs=(("u", 1, 2), ("c", 1, 1)), crash=0, retry=0, unclear=0, explive=0)
    one("who left is not heard of any more", "S2", missed=False, **left)
    told = dict(items=("A", "A"), msgs=(("u", 1, 2),), crash=0, unclear=0, explive=0, retry=0)
    one("the projection's rows are not told", "S6", tell="none", **told)
    one("late when over, no other done", "S6", done_again=False, items=("A", "N"), msgs=(("c", 1, 1),), age=1)
    parts = dict(items=("A", "A"), msgs=(("u", 0, 2), ("u", 1, 2)), crash=0, unclear=0, explive=0, retry=0)
    one("told in parts, no other done", "S6", tell="parts", done_again=False, **parts)
    one("late after it left the head", "S2", past=False, items=("A", "N"), msgs=(("c", 1, 1),), age=1, leave=1)


def original(configs):
    for knobs in configs:
        shard.explore(shard.Cfg(cap=4_000_000, **knobs))


# The rules of the first model, as they were explored before these were added.
ORIGINAL_A = [
    dict(name='core crash2', crash=2, unclear=1, retry=1, explive=1),
    dict(name='pausegap zombie+admin', pausegap=True, crash=0, retry=1, unclear=1, explive=1, admin=1, admdup=1, fb=1, items=('A', 'A', 'A'), msgs=()),
    dict(name='2 workers zombie+admin', pausegap=True, dupstart=1, crash=0, retry=1, unclear=1, explive=1, admin=1, admdup=1, fb=0, items=('A', 'A'), batch=2, msgs=()),
    dict(name='admin, crash, late', items=('A', 'N'), crash=1, admin=1, admdup=1, unclear=1, retry=1, explive=0, msgs=(('c', 1, 1), )),
    dict(name='unsub/reconfirm', items=('A', 'A', 'A'), msgs=(('u', 0, 2), ('c', 0, 3)), crash=1, unclear=0, retry=1, explive=0, dupmsg=1),
    dict(name='late+unsub same id', items=('A', 'A', 'N'), msgs=(('c', 2, 1), ('u', 2, 2)), crash=1, unclear=0, retry=1, explive=0, dupmsg=1),
    dict(name='split visibility', split=True, items=('A', 'A', 'N', 'A'), msgs=(('c', 2, 1), ('u', 3, 2)), page=2, crash=1, unclear=0, retry=0, explive=0),
]
ORIGINAL_B = [
    dict(name='lost+delayed put', items=('A', 'A', 'A'), msgs=(), lost=1, delay=1, crash=1, unclear=0, retry=1, explive=0),
    dict(name='pause+late+crash', items=('A', 'A', 'N'), pause=1, crash=1, unclear=0, retry=1, explive=0),
    dict(name='cancel+late+crash', items=('A', 'A', 'N'), cancel=1, crash=1, unclear=0, retry=1, explive=0),
    dict(name='pause+cancel', items=('A', 'A', 'A'), msgs=(), pause=1, cancel=1, crash=1, unclear=0, retry=0, explive=0),
    dict(name='two starts, tb, pause', items=('A', 'A', 'A'), msgs=(), pause=1, dupstart=1, tb=1, crash=0, unclear=0, retry=1, explive=0),
    dict(name='cancel+admin+held+unsub', items=('A', 'A'), msgs=(('u', 1, 2), ), cancel=1, admin=1, crash=1, unclear=0, retry=0, explive=0, pause=0),
    dict(name='empty shard + late', items=('N', 'N'), msgs=(('c', 0, 1), ('c', 1, 1)), crash=1, dupstart=0, pause=0, unclear=1, retry=0, explive=0),
    dict(name='paged 4, late before cursor', items=('N', 'A', 'A', 'A'), msgs=(('c', 0, 1), ('u', 2, 2)), page=2, crash=1, unclear=0, retry=0, explive=0, tb=0),
    dict(name='pausegap+late+pause', items=('A', 'A', 'N'), pausegap=True, pause=1, crash=0, unclear=0, retry=1, explive=1, fb=0),
]


SUITES = {
    "runs": run_rules,
    "broken-runs": broken_runs,
    "shard": shard_rules,
    "broken-shard": broken_shard,
    "original-a": lambda: original(ORIGINAL_A),
    "original-b": lambda: original(ORIGINAL_B),
}

if __name__ == "__main__":
    SUITES[sys.argv[1]]()
