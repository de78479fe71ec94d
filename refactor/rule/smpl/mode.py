"""What of a semantic patch runs in a mode (`-D`): the rules that can, and have an effect there.

What cannot run is not even compiled, so what is not understood of a context rule does not keep the
patch from being applied, nor a script that needs more than reading from a dry run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from refactor.errors import RuleError
from refactor.rule.smpl.model import Depends, PatchRule, ScriptRule, SemanticPatch, conditions
from refactor.rule.smpl.script.read import Script, read_scripts

Rules = list[PatchRule | ScriptRule]


def in_mode(
    patch: SemanticPatch, defined: Mapping[str, str], *, reports: bool
) -> tuple[SemanticPatch, dict[str, Script]]:
    """The patch without what cannot run or has no effect, and the meaning of its scripts by name.

    With `reports` the effect is what is told, else only what is changed. Raises RuleError for a
    script that matters and is more than can be read as data.
    """
    read = _meanings(patch)
    alive = _searching(_alive(patch, defined))
    if reports:
        ends = [rule for rule in alive if isinstance(rule, ScriptRule) and rule.phase == "script"]
        told = {origin for script in ends for _, origin, _ in script.inherited}
        # A report says what the stars of its rule would; a mode that is for reports has no others.
        effects: Rules = [*ends]
        if not ends or "report" not in defined:
            effects += [each for each in _effects(alive) if each.name not in told]
    else:
        effects = list(_effects(alive))
        if any(rule.changes for rule in _effects(alive)):
            effects = [rule for rule in _effects(alive) if rule.changes]
    wanted = _wanted(alive, effects or alive, read)
    scripts: dict[str, Script] = {}
    for rule in wanted:
        if isinstance(rule, ScriptRule):
            found = read[rule.name]
            if isinstance(found, RuleError):
                raise found
            if rule.phase == "script":
                scripts[rule.name] = found
        else:
            for each in conditions(rule):
                found = read[each.name]
                if isinstance(found, RuleError):
                    raise found
                scripts[each.name] = found
    kept = tuple(each for each in wanted if isinstance(each, PatchRule) or each.name in scripts)
    return replace(patch, rules=kept), scripts


def _meanings(patch: SemanticPatch) -> dict[str, Script | RuleError]:
    rules: list[ScriptRule] = []
    for one in patch.rules:
        rules += [one] if isinstance(one, ScriptRule) else conditions(one)
    return {
        rule.name: found
        for rule, found in zip(rules, read_scripts(patch.source, rules), strict=True)
    }


def _effects(rules: Iterable[PatchRule | ScriptRule]) -> Iterator[PatchRule]:
    for rule in rules:
        if isinstance(rule, PatchRule) and (rule.changes or rule.is_search):
            yield rule


def _alive(patch: SemanticPatch, defined: Mapping[str, str]) -> Rules:
    """The rules whose condition can hold, and which take nothing from one that cannot run."""
    known = {name: name in defined for name in patch.virtuals}
    found: Rules = []
    for rule in patch.rules:
        if isinstance(rule, ScriptRule):
            needed = {origin for _, origin, _ in rule.inherited}
        else:
            needed = {
                meta.origin
                for meta in rule.metavariables.values()
                if meta.origin and meta.name in rule.needed
            }
        if can_hold(rule.depends, known) is False or any(
            known.get(name) is False for name in needed - {"virtual"}
        ):
            known[rule.name] = False
        else:
            found.append(rule)
    return found


def _searching(rules: Rules) -> Rules:
    """A star in one rule makes a search of all: each that does not say otherwise asks for one path,
    also if it has none itself and only says where another one is not to match."""
    patches = [each for each in rules if isinstance(each, PatchRule)]
    if any(each.changes for each in patches) or not any(each.is_search for each in patches):
        return rules
    return [
        replace(each, mode=each.mode or "exists") if isinstance(each, PatchRule) else each
        for each in rules
    ]


def _wanted(alive: Rules, effects: Rules, read: Mapping[str, Script | RuleError]) -> Rules:
    """The effects, with all that they need of other rules, in the order of the file."""
    names = {each.name for each in effects}
    for rule in reversed(alive):
        if rule.name in names:
            names |= _taken(rule)
    # A script that drops matches has its effect on whatever inherits from the same rule.
    for rule in reversed(alive):
        if isinstance(rule, ScriptRule) and "include_match" in rule.code:
            origins = {origin for _, origin, _ in rule.inherited}
            if origins & names:
                names |= {rule.name, *origins, *_taken(rule)}
    for rule in reversed(alive):
        if rule.name in names:
            names |= _taken(rule)
    return [rule for rule in alive if rule.name in names]


def _taken(rule: PatchRule | ScriptRule) -> set[str]:
    """The rules that a rule speaks of."""
    found = set(rule.depends.names)
    if isinstance(rule, ScriptRule):
        return found | {origin for _, origin, _ in rule.inherited}
    for meta in rule.metavariables.values():
        found.add(meta.origin)
        stack = list(meta.constraints)
        texts = [meta.type_text, meta.length, *(text for _, text in meta.fresh)]
        while stack:
            constraint = stack.pop()
            texts += constraint.values
            stack += [each for choice in constraint.choices for each in choice]
        for text in texts:
            found |= set(re.findall(r"([A-Za-z_]\w*) ?\. ?[A-Za-z_]", text))
    return found


def can_hold(depends: Depends, known: Mapping[str, bool]) -> bool | None:
    """What a condition comes to where only some rules are known; None if that is open."""
    kind = depends.kind
    if kind == "always":
        return True
    if kind in ("rule", "ever"):
        return known.get(depends.name)
    if kind == "never":
        found = known.get(depends.name)
        return None if found is None else not found
    parts = [can_hold(each, known) for each in depends.parts]
    if kind == "not":
        return None if parts[0] is None else not parts[0]
    if kind == "and":
        return False if False in parts else (None if None in parts else True)
    if kind == "or":
        return True if True in parts else (None if None in parts else False)
    return None
