"""A model of runs: two shards of one issue, what queues a run, pauses of admins
and of delivery itself, late and resent recipients, the issue at its end.

Recipients are counted, not named (`shard.py` is the model with names). A row is
appended to the log that its writer has seen, so that a worker's step and its row
are one transition; what a worker does without a row (it ends, it copies a pause,
it reads the standings) is one by itself, upon what it saw earlier.
"""

from collections import namedtuple

LAST = 0  # the shard whose row comes with the run of a resume or cancel
SHARDS = (0, 1)

Rules = namedtuple(
    "Rules",
    "upon raises reuse run_with final_resumes copies done_again restart_queued "
    "final_waits resend_of_paused late_starts toolate_starts begin_touches upon_call",
    defaults=(True, True, "queued", "last", *(True for _ in range(10))),
)

Config = namedtuple(
    "Config",
    "name rules people requests late resend faults crashes kills dups unclear age cap",
    defaults=(Rules(), (1, 1), (), (), (), 0, 0, 0, 0, 0, False, 3_000_000),
)

# issue: (controlled, resolved, final status or None, paused)
# run: (cause, begun); walk: (cause, phase, slots, standings read)
# slot: "new" | ("on", final) | ("claimed", final) | ("called", final, result, seen)
#     | ("pausing", version, final) | "done" | "paused"
# final, as an invocation knows it: None, "fresh", or "tried" when it has resumed
# message: (state, more); states: idle, asked, mid, start, acked
State = namedtuple("State", "published logs issue runs started walks messages budget old")

# What a log says: the fold; then what only the model asks it for.
Log = namedtuple(
    "Log",
    "work opened held done paused version cancelled untold "
    "late tail newest asked top_pause top_resume last_own",
)
BUDGETS = ("faults", "crashes", "kills", "dups", "unclear")


def empty(people):
    return Log(
        people, None, 0, False, None, 0, False, False,
        frozenset(), None, None, (0, None), -1, -1, None,
    )  # fmt: skip


def follow(rules, f, row):
    """The log `f` with one row more."""
    kind = row[0]
    if kind in ("claim", "settle", "takeover", "done"):
        f = f._replace(untold=False, tail=kind)
    if kind == "claim":
        f = f._replace(opened=row[1], work=f.work - 1)
    elif kind == "settle":
        f = f._replace(opened=None)
        if row[1] == "unsent" and not f.cancelled:
            f = f._replace(work=f.work + 1)
        elif row[1] == "unclear":
            f = f._replace(held=f.held + 1)
    elif kind == "takeover":
        f = f._replace(opened=None, held=f.held + 1)
    elif kind == "skip":
        f = f._replace(work=0)
    elif kind == "done":
        f = f._replace(done=True)
    elif kind == "late":
        f = f._replace(late=f.late | {row[1]})
        if f.cancelled:
            f = f._replace(untold=True)
        else:
            f = f._replace(work=f.work + 1, done=False)
    elif kind == "toolate":
        f = f._replace(late=f.late | {row[1]}, untold=True)
    elif kind == "again":
        if not f.cancelled:
            f = f._replace(work=f.work + f.held, done=False)
        f = f._replace(held=0)
    elif kind == "control":
        f = control(rules, f, row)
    return f


def control(rules, f, row):
    _, action, version, upon, *seen = row
    f = f._replace(newest=action)
    if version is not None:
        heeded = version > f.version
        f = f._replace(asked=max(f.asked, (version, action)))
    else:
        heeded = not rules.upon or upon >= f.version
        # What it had seen in truth.
        seen = seen[0] if seen else upon
        f = f._replace(last_own=(action, seen))
        if action == "pause":
            f = f._replace(top_pause=max(f.top_pause, seen))
        else:
            f = f._replace(top_resume=max(f.top_resume, seen))
    if not heeded or f.cancelled:
        return f
    if version is not None:
        f = f._replace(version=version)
    elif rules.raises:
        f = f._replace(version=max(f.version, upon))
    if action == "cancel":
        return f._replace(cancelled=True, paused=None)
    if action == "resume":
        return f._replace(paused=None)
    return f._replace(paused="admin" if version is not None else "self")


class Model:
    def __init__(self, config):
        self.config, self.rules = config, config.rules
        self.kinds = (
            [("control", i) for i in range(len(config.requests))]
            + [("late", i) for i in range(len(config.late))]
            + [("resend", i) for i in range(len(config.resend))]
        )

    def first(self):
        budget = tuple(getattr(self.config, name) for name in BUDGETS)
        messages = tuple(("idle", None) for _ in self.kinds)
        issue = (0, 0, None, False)
        return State(False, tuple(map(empty, self.config.people)), issue, (), frozenset(), (), messages, budget, False)

    def fold(self, s, shard):
        return s.logs[shard]

    # What changes a state.

    def append(self, s, shard, *rows):
        logs = list(s.logs)
        for row in rows:
            logs[shard] = follow(self.rules, logs[shard], row)
        return s._replace(logs=tuple(logs))

    def spend(self, s, name):
        i = BUDGETS.index(name)
        if s.budget[i] == 0:
            return None
        return s._replace(budget=s.budget[:i] + (s.budget[i] - 1,) + s.budget[i + 1 :])

    def queue(self, s):
        """Queues a run, or finds one that does as well; answers which."""
        for known, begun in s.runs:
            if self.rules.reuse == "any" or (self.rules.reuse == "queued" and not begun):
                return s, known
        taken = {known for known, _ in s.runs} | {walk[0] for walk in s.walks}
        taken |= {log.opened for log in s.logs} | {m[0] for st, m in s.messages if st == "start"}
        cause = min(set(range(len(taken) + 1)) - taken)
        return s._replace(runs=tuple(sorted(s.runs + ((cause, False),)))), cause

    def start(self, s, cause):
        if cause in s.started or not any(known == cause for known, _ in s.runs):
            return s
        walks = tuple(sorted(s.walks + ((cause, "plan", ("new", "new"), None),), key=repr))
        return s._replace(started=s.started | {cause}, walks=walks)

    def start_queued(self, s):
        for cause, _ in s.runs if self.rules.restart_queued else ():
            s = self.start(s, cause)
        return s

    def message(self, s, i, state, more=None):
        messages = s.messages[:i] + ((state, more),) + s.messages[i + 1 :]
        return s._replace(messages=messages)

    def touch(self, s, **changes):
        controlled, resolved, final, paused = s.issue
        new = {"controlled": controlled, "resolved": resolved, "final": final, "paused": paused}
        new.update(changes)
        if new["final"]:
            new["paused"] = False
        # Who was to write upon the standings finds the issue changed: reads again.
        walks = tuple((cause, phase, slots, None) for cause, phase, slots, _ in s.walks)
        return s._replace(issue=tuple(new.values()), walks=walks)

    # What can happen.

    def moves(self, s):
        if not s.published:
            t = s._replace(published=True, runs=((0, False),))
            yield "issue.published is stored, its run queued and started", False, self.start(t, 0)
            return
        for i, (kind, which) in enumerate(self.kinds):
            yield from getattr(self, kind)(s, i, which)
        for w in range(len(s.walks)):
            yield from self.walk(s, w)
        if self.config.age and not s.old and s.issue[2]:
            yield "seven days pass", True, s._replace(old=True)
        killed = self.spend(s, "kills")
        if killed:
            messages = tuple(("asked", None) if st not in ("idle", "acked") else (st, m) for st, m in s.messages)
            t = killed._replace(walks=(), started=frozenset(), messages=messages)
            for cause, _ in t.runs:
                t = self.start(t, cause)
            yield "FAULT the process is killed, and restarted", True, t

    def arrival(self, s, i, label, ready=True):
        """A message is sent, comes again, or its handler dies."""
        state, _ = s.messages[i]
        if state == "idle" and ready:
            yield f"{label} is asked for", True, self.message(s, i, "asked")
        if state == "acked":
            t = self.spend(s, "dups")
            if t:
                yield f"FAULT {label} comes again", True, self.message(t, i, "asked")
        if state not in ("idle", "asked", "acked"):
            t = self.spend(s, "crashes")
            if t:
                yield f"FAULT the handler of {label} dies", True, self.message(t, i, "asked")
        if state == "start":
            _, more = s.messages[i]
            t = self.start(s, more[0]) if more[0] is not None else self.start_queued(s)
            yield f"{label}: starts its run", False, self.message(t, i, *more[1])

    def control(self, s, i, which):
        version, action = which + 1, self.config.requests[which]
        label = f"{action} v{version}"
        yield from self.arrival(s, i, label, which == 0 or s.messages[i - 1][0] != "idle")
        state, _ = s.messages[i]
        row = ("control", action, version, None)
        is_over = version <= s.issue[0] or s.issue[2] is not None
        acked = ("acked", None)
        first = self.rules.run_with == "first" and action != "pause"
        if state == "asked":
            if is_over:
                yield f"{label}: over", False, self.message(self.start_queued(s), i, "acked")
                return
            t = self.append(s, 1, row)
            if first:
                t, run = self.queue(t)
                yield f"{label} into shard 1, with its run", False, self.message(self.start(t, run), i, "mid")
            else:
                yield f"{label} into shard 1", False, self.message(t, i, "mid")
        elif state == "mid":
            if is_over:
                yield f"{label}: over", False, self.message(self.start_queued(s), i, "acked")
                return
            t = self.append(s, LAST, row)
            t = self.touch(t, controlled=version, **({} if action == "cancel" else {"paused": action == "pause"}))
            run = None
            if action != "pause" and not first:
                t, run = self.queue(t)
            yield f"{label} into the last shard" + (f", run {run}" if run is not None else ""), False, self.message(
                t, i, "start", (run, acked)
            )

    def late(self, s, i, which):
        shard = self.config.late[which]
        label = f"late confirmation of shard {shard}"
        yield from self.arrival(s, i, label)
        if s.messages[i][0] != "asked":
            return
        if which in s.logs[shard].late:
            yield f"{label}: not news", False, self.message(self.start_queued(s), i, "acked")
            return
        over = s.old and s.issue[2] is not None
        kind = "toolate" if over else "late"
        needs = self.late_needs_start(s.logs[shard]) and (not over or self.rules.toolate_starts)
        t = self.append(s, shard, (kind, which))
        run = None
        if needs:
            t, run = self.queue(t)
        more = (run, ("acked", None))
        t = self.message(t, i, "start", more) if run is not None else self.message(t, i, "acked")
        yield f"{label}: row {kind}" + (f", run {run}" if run is not None else ""), False, t

    def late_needs_start(self, log):
        return self.rules.late_starts and log.tail in (None, "done")

    def resend(self, s, i, which):
        version = which + 1
        label = f"resend v{version}"
        held = any(self.fold(s, shard).held for shard in SHARDS)
        yield from self.arrival(s, i, label, held)
        state, shard = s.messages[i]
        if state == "asked":
            if version <= s.issue[1]:
                yield f"{label}: over", False, self.message(self.start_queued(s), i, "acked")
                return
            state, shard = "mid", 0
        if state != "mid":
            return
        if shard == len(SHARDS):
            t = self.message(self.touch(s, resolved=version), i, "start", (None, ("acked", None)))
            yield f"{label}: in every shard", False, t
            return
        before = self.fold(s, shard)
        t = self.append(s, shard, ("again", version)) if before.held else s
        after = self.fold(t, shard)
        run = None
        if self.rules.resend_of_paused:
            needs = before.done or after.paused
        else:
            needs = before.done and not after.paused
        if before.held and not after.done and needs:
            t, run = self.queue(t)
        going_on = ("mid", shard + 1)
        t = self.message(t, i, "start", (run, going_on)) if run is not None else self.message(t, i, *going_on)
        yield f"{label} into shard {shard}" + (f", run {run}" if run is not None else ""), False, t

    # The walk of a run.

    def walk(self, s, w):
        cause, phase, slots, read = s.walks[w]

        def put(t, *new):
            walks = list(t.walks)
            walks[w] = (cause, *new)
            return t._replace(walks=tuple(walks))

        def leave(t):
            return t._replace(walks=t.walks[:w] + t.walks[w + 1 :])

        is_open = any(known == cause for known, _ in s.runs)
        if phase == "plan":
            runs = tuple((known, begun or known == cause) for known, begun in s.runs)
            t = s._replace(runs=runs)
            t = self.touch(t) if is_open and self.rules.begin_touches else t
            yield f"run {cause} begins", False, put(t, "send", slots, None)
            return
        if phase == "send":
            for shard in SHARDS:
                for label, fault, t, slot in self.work(s, cause, shard, slots[shard]):
                    after = slots[:shard] + (slot,) + slots[shard + 1 :]
                    yield f"run {cause}, shard {shard}: {label}", fault, put(t, "send", after, None)
            if all(slot in ("done", "paused") for slot in slots):
                yield f"run {cause} is to end", False, put(s, "end", slots, None)
            return
        if not is_open:
            yield f"run {cause} has ended", False, leave(s)
            return
        seen = read or ()
        if len(seen) < len(SHARDS):
            f = self.fold(s, len(seen))
            standing = (f.done, f.cancelled, f.paused)
            yield f"run {cause} reads how shard {len(seen)} stands", False, put(
                s, "end", slots, seen + (standing,)
            )
        else:
            runs = tuple(run for run in s.runs if run[0] != cause)
            t = leave(s)._replace(runs=runs, started=s.started - {cause})
            if all(done for done, _, _ in seen):
                final = "cancelled" if any(c for _, c, _ in seen) else "delivered"
                t = self.touch(t, final=s.issue[2] or final)
            elif any(paused and not done for done, _, paused in seen):
                t = self.touch(t, paused=True)
            else:
                t = self.touch(t)
            yield f"run {cause} ends; the issue: {t.issue[2] or ('paused' if t.issue[3] else 'sending')}", False, t

    def work(self, s, cause, shard, slot):
        """What an invocation does next: (label, fault, state, slot)."""
        if slot in ("done", "paused"):
            return
        if slot == "new":
            yield "a worker", False, s, ("on", "fresh" if s.issue[2] else None)
            return
        dies = self.spend(s, "crashes")
        if dies:
            yield "FAULT the worker dies", True, dies, "new"
        f, kind, final = self.fold(s, shard), slot[0], slot[-1] if slot[0] != "called" else slot[1]
        if kind == "claimed":
            yield "mails", False, s, ("called", final, "sent", f.version)
            for fault, result in (("faults", "unsent"), ("unclear", "unclear")):
                t = self.spend(s, fault)
                if t:
                    yield f"FAULT its call: {result}", True, t, ("called", final, result, f.version)
        elif kind == "called":
            rows, seen = [("settle", slot[2])], slot[3]
            upon = seen if self.rules.upon_call else f.version
            if slot[2] == "unsent" and not f.paused and not f.cancelled and (upon >= f.version or not self.rules.upon):
                rows.append(("control", "pause", None, upon, seen))
            yield f"appends {rows}", False, self.append(s, shard, *rows), ("on", final)
        elif kind == "pausing":
            other = 1 - shard
            row = ("control", "pause", None, slot[1])
            t = s if s.logs[other].newest == "pause" else self.append(s, other, row)
            yield f"copies its pause upon v{slot[1]}", False, t, "paused"
        elif f.opened is not None:
            owner = next((x for x in s.walks if x[0] == f.opened), None)
            if owner is None or owner[2][shard][0] not in ("claimed", "called"):
                yield "takes over", False, self.append(s, shard, ("takeover",)), slot
        elif f.done:
            if f.untold and self.rules.done_again:
                yield "tells, with another done", False, self.append(s, shard, ("done",)), slot
            else:
                yield "is done", False, s, "done"
        elif f.paused and final == "fresh" and self.rules.final_resumes:
            row = ("control", "resume", None, f.version)
            yield f"resumes by itself upon v{f.version}", False, self.append(s, shard, row), ("on", "tried")
        elif f.paused:
            if final == "tried" and self.rules.final_waits:
                yield "waits, and is invoked again", False, s, "new"
                return
            if f.paused == "self" and self.rules.copies:
                yield "finds itself paused", False, s, ("pausing", f.version, final)
            else:
                yield "is paused", False, s, "paused"
        elif f.cancelled and f.work:
            yield "skips the rest", False, self.append(s, shard, ("skip",)), slot
        elif f.work:
            yield "claims", False, self.append(s, shard, ("claim", cause)), ("claimed", final)
        else:
            yield "appends done", False, self.append(s, shard, ("done",)), slot

    # What is to hold.

    def wrong(self, s):
        """In any state: requests and delivery's own pauses win in their order."""
        for shard in SHARDS:
            f = self.fold(s, shard)
            version, action = f.asked
            if action is None or f.cancelled:
                continue
            if action == "pause" and not f.paused and f.top_resume < version:
                return f"P1 the pause of an admin is undone in shard {shard}"
            if action == "resume" and f.paused and f.top_pause < version:
                return f"P2 the resume of an admin is undone in shard {shard}"
            if f.last_own and f.last_own[0] == "pause" and f.last_own[1] >= version and not f.paused:
                return f"P3 an admin's older request undoes delivery's own pause in shard {shard}"
        return None

    def is_quiet(self, s):
        return s.published and not s.walks and all(state in ("idle", "acked") for state, _ in s.messages)

    def wrong_at_rest(self, s):
        """Nobody is at work and no message is on its way."""
        if s.runs:
            return "R1 a run is queued that nobody walks"
        final, paused = s.issue[2], s.issue[3]
        for shard in SHARDS:
            f = self.fold(s, shard)
            if f.opened is not None:
                return "R2 a claim is left open"
            if not f.done and final is None and not paused:
                return f"R3 shard {shard} has work, nobody runs it, and nobody is told"
            if not f.done and final is not None:
                return f"R4 somebody is left in shard {shard} of a delivered issue"
            if f.untold and not paused:
                return f"R5 an exception of shard {shard} is not told"
        if paused and not any(self.fold(s, shard).paused for shard in SHARDS):
            return "R6 shown as paused, and no shard is"
        return None
