"""A semantic patch, ready to run: its rules compiled, with what they take from each other."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from refactor.c.grammar import GrammarError
from refactor.errors import Place, RuleError
from refactor.pattern.compile import Pattern, compile_pattern
from refactor.pattern.forms import add_forms, form_of
from refactor.pattern.holes import SCOPED
from refactor.pattern.sieve import signs_of_pattern, signs_of_start, words_sign
from refactor.pattern.sign import Sign
from refactor.pattern.special import feeds_itself, is_more_special
from refactor.pattern.statements import is_dots
from refactor.pattern.tokens import KEPT, flat
from refactor.pattern.words import Clause, best, clauses, clauses_of_nests, written
from refactor.rule.smpl.demand import note_demand
from refactor.rule.smpl.meaningless import no_position_over_changes, refuse_what_has_no_meaning
from refactor.rule.smpl.model import PatchRule, ScriptRule, SemanticPatch, conditions, qualified
from refactor.rule.smpl.reach import (
    asks_for_types,
    changes_head,
    is_of_expressions,
    reach_of,
    reach_of_search,
)
from refactor.rule.smpl.script.read import Script
from refactor.rule.smpl.step import Step

_NO_INCLUDES = frozenset(("--no-includes", "-no_includes"))


@dataclass(slots=True)
class Compiled:
    """A semantic patch that is ready to run."""

    patch: SemanticPatch
    steps: list[Step | ScriptRule]
    scripts: Mapping[str, Script] = field(default_factory=dict)
    """What the scripts among the steps mean, by name."""

    @property
    def asks_headers(self) -> bool:
        """True if a match may depend on what the headers of a file declare.

        `Options:` may say that they are not to be looked at, in one of the two spellings that
        spatch has had for it.
        """
        return not _NO_INCLUDES & {*self.patch.options} and any(
            isinstance(step, Step) and step.is_typed for step in self.steps
        )

    @property
    def changes_heads(self) -> bool:
        """True if one of its rules changes heads of functions."""
        return any(isinstance(step, Step) and step.changes_head for step in self.steps)

    @property
    def words(self) -> tuple[str, ...]:
        """Words of which every file that can change has one: what to search for."""
        found: set[str] = set()
        for needed in self.needs():
            found |= best(needed) or COMMON
        return tuple(sorted(found))

    def needs(self) -> list[frozenset[Clause]]:
        """For each rule with an effect the clauses that a file must have for it.

        What a rule writes is no word that a file must have had before the rules behind it.
        """
        found: list[frozenset[Clause]] = []
        required: dict[str, frozenset[Clause]] = {}
        writers: dict[str, list[str]] = {}
        for step in self.steps:
            if isinstance(step, ScriptRule):
                names = {origin for _, origin, _ in step.inherited} | step.depends.required
                required[step.name] = frozenset().union(
                    *(required.get(name, frozenset()) for name in names)
                )
                if step.name in self.scripts:
                    found.append(required[step.name])
                continue
            rule = step.rule
            own = {_before(each, writers, required) for each in step.clauses}
            needed = {each for each in own if each is not None}
            for meta in rule.metavariables.values():
                needed |= required.get(meta.origin, frozenset())
            for name in rule.depends.required:
                needed |= required.get(name, frozenset())
            required[rule.name] = frozenset(needed)
            for word in written(flat(rule.tokens)):
                writers.setdefault(word, []).append(rule.name)
            if rule.changes or rule.is_search:
                found.append(required[rule.name])
        return found or list(required.values())

    @property
    def own_words(self) -> tuple[str, ...]:
        """The words whose every mention is accounted for: those that a change cannot be without."""
        found: set[str] = set()
        for step in self.steps:
            if isinstance(step, Step) and (step.rule.changes or step.rule.is_search):
                found |= best(step.clauses) or frozenset()
        return tuple(sorted(found))

    @property
    def feeds_itself(self) -> bool:
        """True if a second run would change again what the first one has written."""
        return any(
            isinstance(step, Step)
            and step.rule.changes
            and not step.is_special
            and feeds_itself(step.pattern)
            for step in self.steps
        )


COMMON = frozenset(("int", "void", "struct", "static", "return", "if", "define", "include"))
"""For a pattern without a word of its own: nearly every file has one of these."""


def _before(
    clause: Clause, writers: dict[str, list[str]], required: dict[str, frozenset[Clause]]
) -> Clause | None:
    """A clause as it holds before earlier rules have written some of its words."""
    found = set(clause)
    for word in clause:
        for name in writers.get(word, ()):
            earlier = best(required.get(name, frozenset()))
            if earlier is None:
                return None
            found |= earlier
    return frozenset(found)


def _pattern(patch: SemanticPatch, rule: PatchRule) -> Pattern:
    names = (patch.types, patch.iterators, patch.attributes)
    last = rule.tokens[-1] if rule.tokens else None
    ends = (last.line, last.column + len(last.text)) if last is not None else (rule.line, 0)
    with _parsing("the pattern", patch.source, patch.text, ends):
        pattern = compile_pattern(rule.tokens, dict(rule.metavariables), *names)
    forms = []
    for iso in rule.isomorphisms if "all" not in rule.disabled else ():
        if iso.name not in rule.disabled:
            with _parsing(f"isomorphism {iso.name}", iso.source, "", (iso.before[0].line, 0)):
                forms.append(form_of(iso, names))
    add_forms(pattern, forms)
    return pattern


@contextmanager
def _parsing(what: str, source: str, text: str, ends: tuple[int, int]) -> Iterator[None]:
    """Say where code does not parse; `ends` is the line and the column where it is over."""
    try:
        yield
    except GrammarError as error:
        line, column = ends
        if error.token is not None:
            line, column = error.token.line, error.token.column
        raise RuleError(
            f"{what} does not parse: {error.message}",
            place=Place(source, line, column + 1),
            hint=_shown(text, line, column + 1),
        ) from None


def _too_deep(patch: SemanticPatch, rule: PatchRule) -> RuleError:
    """What is deep without brackets, such as a sum, is known to be too deep only by trying."""
    place = Place(patch.source, rule.line, rule.column)
    return RuleError("the pattern of this rule nests too deep", place=place)


def _shown(text: str, line: int, column: int) -> str:
    """The line with a caret under the column."""
    lines = text.split("\n")
    if not 0 < line <= len(lines):
        return ""
    shown = lines[line - 1].expandtabs(1)
    return f"{shown}\n        {' ' * (column - 1)}^"


def compile_patch(patch: SemanticPatch, scripts: Mapping[str, Script] | None = None) -> Compiled:
    """Compile every rule. Raises RuleError, with its place, for a body that does not parse, and for
    a position that means no place any more."""
    no_position_over_changes(patch)
    wanted: dict[str, set[str]] = {}
    named: dict[str, tuple[tuple[str, str], ...]] = {}
    for rule in patch.rules:
        if isinstance(rule, PatchRule):
            for meta in rule.metavariables.values():
                if meta.origin:
                    wanted.setdefault(meta.origin, set()).add(meta.name)
            metas = rule.metavariables.values()
            named[rule.name] = tuple(sorted({each for meta in metas for each in qualified(meta)}))
            for origin, name in named[rule.name]:
                wanted.setdefault(origin, set()).add(name)
        else:
            for _, origin, name in rule.inherited:
                wanted.setdefault(origin, set()).add(name)
    steps: list[Step | ScriptRule] = []
    for rule in patch.rules:
        if isinstance(rule, ScriptRule):
            steps.append(rule)
            continue
        exports = frozenset(wanted.get(rule.name, ()))
        for each in conditions(rule):
            if each.name not in (scripts or {}):
                place = Place(patch.source, each.line, 1)
                raise RuleError("constraints by a script are not supported here", place=place)
        try:
            with shallow():
                steps.append(_step(patch, rule, exports, named[rule.name]))
        except RecursionError as error:
            raise _too_deep(patch, rule) from error
    note_demand(steps)
    return Compiled(patch, steps, scripts or {})


def _step(
    patch: SemanticPatch,
    rule: PatchRule,
    exports: frozenset[str],
    named: tuple[tuple[str, str], ...],
) -> Step:
    pattern = _pattern(patch, rule)
    refuse_what_has_no_meaning(patch, rule, pattern)
    pattern.exported = exports
    searched = [pattern.searched(item) for item in pattern.items]
    found = clauses(searched)
    needs_nest = _needs_nest(rule, exports, is_asked_for=_is_asked_for(patch, rule))
    if needs_nest and rule.changes:
        found |= clauses_of_nests(searched, pattern.searched)
    special = rule.changes and is_more_special(pattern)
    reach, anchor = reach_of(pattern, found, special, patch.declarers)
    sieve = signs_of_pattern(searched, rule.metavariables, needs_nest)
    if reach == "statement" and anchor:
        # Each of its statements has one of these words, which is not so of another sign.
        sieve = (words_sign(anchor), *sieve)
    if not rule.changes:
        reach = reach_of_search(pattern, reach, sieve)
    waits = any(
        meta.origin and meta.origin != "virtual" and meta.name in rule.needed
        for meta in rule.metavariables.values()
    )
    hands = _hands_expressions(rule, exports)
    return Step(
        rule,
        pattern,
        exports,
        found,
        reach,
        anchor,
        special,
        named,
        sieve,
        _starts(pattern),
        asks_for_types(pattern),
        hands,
        not waits,
        rule.changes and changes_head(pattern),
        reach == "statement" and is_of_expressions(pattern) and not hands,
    )


def _hands_expressions(rule: PatchRule, exports: frozenset[str]) -> bool:
    """True if a rule has an expression from another one, or gives one to others."""
    holes = (each for each in rule.metavariables.values() if each.sort in SCOPED)
    return any(each.origin or each.name in exports for each in holes)


def _starts(pattern: Pattern) -> tuple[Sign, ...]:
    """The signs of what the first item has met, or the second, if the first one is dots."""
    items = [each for each in pattern.items[:2] if not is_dots(each)]
    return signs_of_start(pattern.searched(items[0]), pattern.metavariables) if items else ()


DEPTH = 2_000
"""How deep calls may be nested while a rule is compiled."""


@contextmanager
def shallow() -> Iterator[None]:
    """Leave less of the stack than there is: matching needs more of it for a pattern.

    Matching takes some five calls for a level of the tree, compiling one or two. So what can be
    compiled in a part of the stack can be matched in all of it, and a rule that is too deep is
    refused when it is loaded, not in the middle of a tree.
    """
    depth, frame = 0, sys._getframe()
    while frame.f_back is not None:
        depth, frame = depth + 1, frame.f_back
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(min(limit, depth + DEPTH))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


def _needs_nest(rule: PatchRule, exports: frozenset[str], *, is_asked_for: bool) -> bool:
    """True if all that a rule is there for is in its nests: what it changes, or hands on.

    It is there for more if another rule wants to know whether it has matched at all.
    """
    outside = [token for token in rule.tokens if token.kind != "nest"]
    inside = [token for token in rule.tokens if token.kind == "nest"]
    if not inside or is_asked_for or any(token.mark != KEPT for token in outside):
        return False
    if not exports:
        return rule.changes
    names = {
        name
        for token in outside
        for name in (*token.positions, *([token.meta.name] if token.meta is not None else []))
    }
    return not (exports & names)


def _is_asked_for(patch: SemanticPatch, rule: PatchRule) -> bool:
    """True if another rule depends on it."""
    return any(rule.name in each.depends.names for each in patch.rules)
