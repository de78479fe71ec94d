"""The cases of a switch: each is looked for by itself, wherever its label stands.

A path leads from the head of a switch to each of its labels, so the next step behind the head is
any of them. What a pattern says behind a label is about the code there; that another `case` comes
next in the pattern says nothing of their order, nor that there are no others with other labels. But
these are paths too: where all of them have to fit, each label that a case of the pattern could be
about has to have what one of them says. With `exists` one is enough.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from refactor.c.code import Code
from refactor.c.flow import labels_of
from refactor.pattern.asked import Asked
from refactor.pattern.binding import State
from refactor.pattern.leaves import WAYS, Leaves, merged
from refactor.pattern.statements import is_dots

_LABELS = ("case", "default")


def has_cases(items: Sequence[Code], block: Code) -> bool:
    """True for what a pattern says of the body of a switch, with a label in it."""
    around = block.parent
    return (
        around is not None
        and around.kind == "switch"
        and any(each.kind in _LABELS for each in items)
    )


def in_cases(
    run: Asked, items: Sequence[Code], block: Code, first: Code | None, state: State
) -> Leaves:
    """Each case of a pattern at every label where it can be, one path for each; empty if a label
    that is asked for is nowhere, or if one of them has none of what the pattern says.

    `first` is the first statement of the body: what the pattern says before its first label, such
    as a declaration, begins there.
    """
    begins = [at for at, each in enumerate(items) if each.kind in _LABELS]
    ends = [*begins[1:], len(items)]
    found: Leaves = [state]
    if begins[0]:
        rows = islice(run.inside(block).row(tuple(items[: begins[0]]), first, None, state), 1)
        found = [leaf for row in rows for leaf in row]
    asked: set[int] = set()
    answered: set[int] = set()
    for begin, end in zip(begins, ends, strict=True):
        case = tuple(items[begin:end])
        # Dots at the end go to where the switch does; all else may have more behind it.
        one = run if is_dots(case[-1]) else run.inside(block)
        met: Leaves = []
        headed = False
        for leaf in found:
            for label in labels_of(block):
                if next(run.free().row(case[:1], label, None, leaf), None) is None:
                    continue
                headed = True
                asked.add(id(label))
                for row in islice(one.row(case, label, None, leaf), 1):
                    answered.add(id(label))
                    met.append(merged(leaf, row))
        if not headed or (run.some and not met):
            return []
        found = met[:WAYS] or found
    return found if run.some or asked <= answered else []
