"""Explores every state of a model, breadth first, and prints the shortest way to
each kind of violation."""

import sys
import time


def explore(name, model, cap=3_000_000, stop_at=None):
    """`model`: first(), moves(state) -> (label, is_choice, state), wrong(state),
    is_quiet(state), wrong_at_rest(state). Where `is_choice` is true, the move is a
    fault or somebody's choice, and need not happen. Answers the violations."""
    began = time.time()
    first = model.first()
    index, states, parents = {first: 0}, [first], [(-1, "")]
    rest, back, found, i = [], {}, {}, 0
    while i < len(states) and len(states) <= cap:
        state = states[i]
        wrong = model.wrong(state)
        if model.is_quiet(state):
            at_rest = model.wrong_at_rest(state)
            wrong = wrong or at_rest
            if not at_rest:
                rest.append(i)
        if wrong:
            found.setdefault(wrong.split()[0], (wrong, i))
            if stop_at and wrong.startswith(stop_at):
                break
        for label, is_choice, after in model.moves(state):
            j = index.get(after)
            if j is None:
                j = index[after] = len(states)
                states.append(after)
                parents.append((i, label))
            if not is_choice and j != i:
                back.setdefault(j, []).append(i)
        i += 1
    is_complete = i == len(states)
    if is_complete and not found:
        stuck = unreached(len(states), rest, back)
        if stuck is not None:
            found["L1"] = ("L1 no way on to a good end, without faults", stuck)
    seconds = time.time() - began
    verdict = ", ".join(sorted(found)) or "ok"
    whole = "all" if is_complete else "NOT ALL"
    print(f"{name:44} {len(states):9,} states, {whole}, {seconds:4.0f} s: {verdict}")
    for wrong, i in sorted(found.values()):
        print("   **", wrong)
        for label in way(parents, i):
            print("      -", label)
    sys.stdout.flush()
    return found


def way(parents, i):
    labels = []
    while i > 0:
        i, label = parents[i]
        labels.append(label)
    return reversed(labels)


def unreached(count, goals, back):
    """The first state from which no goal can be reached."""
    reached = bytearray(count)
    todo = list(goals)
    for goal in goals:
        reached[goal] = 1
    while todo:
        for before in back.get(todo.pop(), ()):
            if not reached[before]:
                reached[before] = 1
                todo.append(before)
    missing = reached.find(0)
    return None if missing < 0 else missing
