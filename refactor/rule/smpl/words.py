"""What a compiled semantic patch says, for those who run it: words, calls, heads that change."""

from __future__ import annotations

from collections.abc import Iterator

from refactor.c.code import Code
from refactor.pattern.compile import CONTEXT
from refactor.pattern.shapes import chain
from refactor.pattern.tokens import flat
from refactor.rule.smpl.compile import Compiled
from refactor.rule.smpl.step import Step

_DECLARATORS = ("fn", "ptr", "pdecl")


def changing(compiled: Compiled) -> list[Step]:
    """The rules that remove or add something, in order."""
    return [each for each in compiled.steps if isinstance(each, Step) and each.rule.changes]


def changes(compiled: Compiled) -> bool:
    """True if it removes or adds anything at all."""
    return bool(changing(compiled))


def words_in(compiled: Compiled) -> frozenset[str]:
    """Every name that it has in its code, and that is no metavariable."""
    return frozenset(
        token.text.decode(errors="replace")
        for step in compiled.steps
        if isinstance(step, Step)
        for token in flat(step.rule.tokens)
        if token.kind == "ident" and token.meta is None
    )


def call_of(compiled: Compiled) -> tuple[str, tuple[str, ...], str] | None:
    """The one call that a semantic patch is: what is called, and the names of its arguments.

    The third value is an argument that is no metavariable of its own, if there is one. None if it
    is no call, or more than that.
    """
    steps = [each for each in compiled.steps if isinstance(each, Step)]
    if len(steps) != 1 or len(compiled.steps) != 1 or len(steps[0].pattern.items) != 1:
        return None
    call = steps[0].pattern.items[0]
    if call.kind != "call" or steps[0].rule.changes or call.parts[0].kind != "ident":
        return None
    arguments = [each for each in call.parts[-1].parts[1:-1] if each.text != b","]
    names: list[str] = []
    for each in arguments:
        name = each.token.meta.name if each.kind == "meta" else ""
        if not name or each.token.meta.is_list or name in names:
            return call.parts[0].text.decode(), (), name or _text(each)
        names.append(name)
    return call.parts[0].text.decode(), tuple(names), ""


def _text(node: Code) -> str:
    return b"".join(leaf.text for leaf in node.leaves()).decode(errors="replace")


def heads(compiled: Compiled) -> tuple[str, ...]:
    """The functions whose head changes: everybody who uses them has to change as well.

    Those that the semantic patch calls `static` are left out, for they have no users elsewhere.
    """
    found = (name for step in changing(compiled) for name in _heads(step))
    return tuple(dict.fromkeys(found))


def _heads(step: Step) -> Iterator[str]:
    states = step.pattern.states
    for item in step.pattern.items:
        head = item.parts[:-1] if item.kind in ("function", "declaration") else []
        is_static = any(each.kind == "storage" and each.text == b"static" for each in head)
        if is_static or all(states.get(id(each), CONTEXT) == CONTEXT for each in head):
            continue
        for declarator in (each for each in head if each.kind in _DECLARATORS):
            name, *links = chain(declarator)
            if name.kind == "ident" and any(each.kind == "fn" for each in links):
                yield name.text.decode(errors="replace")
