"""A semantic patch as data: its rules in order, and what it says of itself."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from refactor.pattern.forms import Isomorphism
from refactor.pattern.tokens import Metavariable, Token


@dataclass(frozen=True, slots=True)
class Depends:
    """When a rule runs: a tree of `and`, `or`, `not` over names of rules.

    `kind` is `and`, `or`, `not`, `rule`, `ever`, `never`, `file`, or `always` without a condition.
    """

    kind: str = "always"
    name: str = ""
    parts: tuple[Depends, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """All rules that it speaks of."""
        own = {self.name} if self.kind in ("rule", "ever", "never") else set()
        return frozenset(own.union(*(part.names for part in self.parts)))

    @property
    def required(self) -> frozenset[str]:
        """The rules without which it cannot hold."""
        if self.kind in ("rule", "ever"):
            return frozenset((self.name,))
        if self.kind == "and":
            return frozenset().union(*(part.required for part in self.parts))
        if self.kind == "or":
            first, *rest = [part.required for part in self.parts]
            return first.intersection(*rest)
        return frozenset()


@dataclass(frozen=True)  # without slots, so that what is asked of it is told once
class PatchRule:
    """One rule of a semantic patch."""

    name: str
    line: int
    column: int
    depends: Depends
    disabled: frozenset[str]
    mode: str
    """`forall`, `exists`, or nothing for the default."""
    metavariables: Mapping[str, Metavariable]
    tokens: list[Token] = field(default_factory=list)
    is_search: bool = False
    """True if lines are starred: it only reports."""
    kind: str = ""
    """`expression`, `identifier` or `type`, if the head says so."""
    isomorphisms: tuple[Isomorphism, ...] = ()
    """Those of its own, besides the standard ones."""

    @cached_property
    def used(self) -> frozenset[str]:
        """The metavariables that the body speaks of, directly or in a type or a constraint."""
        return self._closed(_names(_all(self.tokens)))

    @cached_property
    def needed(self) -> frozenset[str]:
        """Those without which it cannot match: used outside of alternatives, or in each of them."""
        return self._closed(_needed(self.tokens))

    def _closed(self, names: Collection[str]) -> frozenset[str]:
        found = set(names)
        while True:
            more = {name for each in found for name in self._named_by(each)} - found
            if not more:
                return frozenset(found)
            found |= more

    def _named_by(self, name: str) -> Iterator[str]:
        meta = self.metavariables.get(name)
        if meta is None:
            return
        words = [*re.findall(r"\w+", meta.type_text), meta.length]
        words += [value for kind, value in meta.fresh if kind == "name"]
        for each in meta.constraints:
            if not each.negative:
                words += each.values
        yield from (word for word in words if word in self.metavariables)

    @cached_property
    def inherited(self) -> list[tuple[str, str]]:
        """The names of earlier rules that the body speaks of, each with its rule."""
        metas = self.metavariables.values()
        return [
            (meta.origin, meta.name) for meta in metas if meta.origin and meta.name in self.used
        ]

    @property
    def some(self) -> bool:
        """True if one path through the code is enough for it to match."""
        return self.mode == "exists" or (self.is_search and self.mode != "forall")

    @cached_property
    def changes(self) -> bool:
        """True if it removes or adds anything."""
        return any(token.mark != " " for token in _all(self.tokens))


@dataclass(frozen=True, slots=True)
class ScriptRule:
    """Code in another language: read as data where it only reports, else refused."""

    name: str
    line: int
    language: str
    depends: Depends
    inherited: tuple[tuple[str, str, str], ...]
    """For each: the name in the script, the rule, the name there."""
    code: str
    phase: str = "script"
    """`script`, `initialize` or `finalize`."""
    first: int = 0
    """The line of the file where the code begins."""


def conditions(rule: PatchRule) -> Iterator[ScriptRule]:
    """The conditions of a rule's names, as scripts that drop the matches that do not meet them.

    Each is named by the rule and the name that it is about.
    """
    for meta in rule.metavariables.values():
        if meta.script:
            code = f"if not ({meta.script}): cocci.include_match(False)"
            bound = ((meta.name, rule.name, meta.name),)
            name = f"{rule.name}.{meta.name}"
            yield ScriptRule(name, meta.line, "python", Depends(), bound, code, first=meta.line)


@dataclass(frozen=True, slots=True)
class SemanticPatch:
    """All of a .cocci file."""

    source: str
    text: str
    rules: tuple[PatchRule | ScriptRule, ...]
    virtuals: frozenset[str]
    comment: str
    """The comment at the top, without its signs."""
    options: tuple[str, ...]
    types: frozenset[bytes]
    """Names that a `typedef` declares."""
    iterators: frozenset[bytes]
    declarers: frozenset[bytes]
    attributes: frozenset[bytes]
    others: tuple[str, ...] = ()
    """The texts of the files that it includes, and of those whose isomorphisms it uses."""


def qualified(meta: Metavariable) -> Iterator[tuple[str, str]]:
    """Each `rule.name` in what a metavariable says of itself."""
    texts = [
        meta.type_text,
        meta.length,
        *(value for kind, value in meta.fresh if kind == "name"),
    ]
    stack = list(meta.constraints)
    while stack:
        constraint = stack.pop()
        texts += constraint.values
        stack += [each for choice in constraint.choices for each in choice]
    for text in texts:
        yield from re.findall(r"([A-Za-z_]\w*) ?\. ?([A-Za-z_]\w*)", text)


def _all(tokens: list[Token]) -> list[Token]:
    from refactor.pattern.tokens import flat

    found = list(flat(tokens))
    for token in list(found):
        for when in token.whens:
            found += _all(when.tokens)
    return found


def _needed(tokens: Sequence[Token]) -> set[str]:
    """The names without which tokens cannot match; a nest and a condition may have none."""
    found = _names(tokens)
    for token in tokens:
        if token.group is None or (token.kind == "nest" and not token.at_least_once):
            continue
        each = [_needed(alternative) for alternative in token.group.alternatives]
        found |= set.union(*each) if token.group.kind == "conj" else set.intersection(*each)
    return found


def _names(tokens: Sequence[Token]) -> set[str]:
    return {name for token in tokens for name in (*_meta_names(token), *token.positions)}


def _meta_names(token: Token) -> tuple[str, ...]:
    if token.meta is not None:
        return (token.meta.name,)
    return tuple(each.name for each in token.holes)
