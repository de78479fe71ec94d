"""In which parts of a file a match of a rule can be of any use to those that go on from it.

A rule that is there only to say where another one may or may not stand (`position p != r.p`) has
often a thousand matches, in functions in which the other rule has nothing to look at. What it
would find there is not looked for.

No finding can be lost by that. A rule that is asked for nothing but its positions is asked within
the item of the file in which it has matched: one that inherits such a position matches in the item
where that is, and one that excludes it asks only at places of its own match. So a match makes a
difference only where one of those rules can match, and an item without one of the signs of a rule
has no match of it, whatever is bound; nor has one without the signs of a rule whose position it is
to have.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from refactor.pattern.sign import Known
from refactor.rule.smpl.model import PatchRule, ScriptRule, qualified
from refactor.rule.smpl.step import Step

Ways = tuple[tuple[Known, ...], ...]
"""For each rule that goes on from another one: all that an item has to have for it."""


def note_demand(steps: Sequence[Step | ScriptRule]) -> None:
    """Note in each step where its matches are of use, if that is not everywhere."""
    # What is written moves positions, and asks for all of a file.
    if any(isinstance(step, Step) and step.rule.changes for step in steps):
        return
    signs: dict[str, tuple[Known, ...]] = {}
    for each in steps:
        if isinstance(each, Step):
            signs[each.rule.name] = tuple(dict.fromkeys(_of_item(each, signs)))
    for at, step in enumerate(steps):
        if isinstance(step, Step) and not step.rule.is_search:
            step.demand = _demand(step, steps[at + 1 :], signs)


def _of_item(step: Step, earlier: Mapping[str, tuple[Known, ...]]) -> Iterator[Known]:
    """What is in every item with a match of a step; nothing if that may be more than one item."""
    if step.reach not in ("item", "statement"):
        return
    yield from step.fixed
    for origin in _places_of(step):
        yield from earlier.get(origin, ())


def _demand(
    step: Step, later: Sequence[Step | ScriptRule], signs: Mapping[str, tuple[Known, ...]]
) -> Ways | None:
    name = step.rule.name
    ways: list[tuple[Known, ...]] = []
    heirs: set[str] = set()
    """Rules that match only in an item with a match of this one."""
    for each in later:
        rule = each.rule if isinstance(each, Step) else each
        if name in rule.depends.names:
            return None
        origins = {origin for origin, _ in _taken(each)}
        if name not in origins:
            continue
        if isinstance(each, ScriptRule):
            # It speaks only where all that it asks for is bound, so one of the heirs as well.
            if not heirs & origins:
                return None
            continue
        fixed = signs[each.rule.name]
        if not fixed:
            return None
        if any(origin == name for origin, _ in _inherited(each.rule)):
            if name not in _places_of(each):
                return None
            heirs.add(each.rule.name)
        if not all(_is_place(step, each, what) for origin, what in each.named if origin == name):
            return None
        ways.append(fixed)
    return tuple(ways) if ways else None


def _taken(each: Step | ScriptRule) -> Iterator[tuple[str, str]]:
    if isinstance(each, ScriptRule):
        yield from ((origin, name) for _, origin, name in each.inherited)
    else:
        yield from (*_inherited(each.rule), *each.named)


def _inherited(rule: PatchRule) -> Iterable[tuple[str, str]]:
    return [(meta.origin, meta.name) for meta in rule.metavariables.values() if meta.origin]


def _places_of(step: Step) -> Iterator[str]:
    """The rules of whose positions each match of a step has one."""
    for sign in step.sieve:
        if len(sign.places) == 1 and not sign.texts and not sign.metas:
            yield step.rule.metavariables[sign.places[0]].origin


def _is_place(step: Step, later: Step, name: str) -> bool:
    """True if what a later rule asks of a name of a step is asked of its own positions only."""
    known = step.rule.metavariables.get(name)
    if known is None or known.sort != "position":
        return False
    return not any(
        (step.rule.name, name) in qualified(meta)
        for meta in later.rule.metavariables.values()
        if meta.sort != "position"
    )
