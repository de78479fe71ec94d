"""What a tree has, as far as the findings of a rule are concerned."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from refactor.c.syntax import Function, Node, SourceFile, callee, declarations, span, walk
from refactor.check.catalog import Catalog
from refactor.check.finding import Code, Finding
from refactor.check.flags import Flags, Reader
from refactor.match.entry import Definition
from refactor.match.verdict import Reason
from refactor.plan.scan import File, Survey
from refactor.plan.split import component_of
from refactor.rule.model import GENERIC, HelperRule, Policy, Vintage
from refactor.text import Span
from refactor.tree.kconfig import Selection

_WEAK = re.compile(rb"\b(?:__)?weak(?:__)?\b")


@dataclass(frozen=True)
class Helper:
    """A definition of the rule's helper."""

    source: SourceFile
    function: Function
    component: str
    weak: bool
    flags: Flags
    """What it returns."""


@dataclass(frozen=True)
class Evidence:
    """A tree, surveyed for a rule."""

    rule: HelperRule
    policy: Policy
    catalog: Catalog
    vintage: Vintage
    known: frozenset[str]
    """The names that the tree defines where flags are defined."""
    survey: Survey
    options: Mapping[str, Mapping[str, Selection]]

    @property
    def call(self) -> str:
        """The helper's call as it is written."""
        return f"{self.rule.helper.name}()"

    @cached_property
    def required(self) -> frozenset[str]:
        """The flags that every call needs."""
        body = self.policy.body(self.vintage.name)
        return self.catalog.required & (body.returns if body is not None else frozenset())

    def definitions(self) -> Iterator[tuple[File, Definition]]:
        """Every sound definition of the entry."""
        for file in self.survey.found:
            for definition in file.found.definitions:
                yield file, definition

    @cached_property
    def files(self) -> Mapping[str, Sequence[File]]:
        """For each component the files with definitions that it builds: its own, or borrowed."""
        own: dict[str, list[File]] = {}
        for file in self.survey.found:
            compiled = [each.reason is not Reason.DISABLED for each in file.found.skipped]
            if file.found.definitions or file.found.refused or any(compiled):
                own.setdefault(component_of(file.blob.path), []).append(file)
        lent = self.catalog.borrowed.items()
        return {borrower: own[lender] for borrower, lender in lent if lender in own} | own

    def concerns(self, finding: Finding, component: str) -> bool:
        """True if a finding is about a component, or about a definition that it borrows.

        What follows from an option is about the component that selects it.
        """
        lent = {component_of(file.blob.path) for file in self.files.get(component, ())}
        return finding.component == component or (
            finding.component in lent and finding.code is not Code.UNGUARDED_OPTION
        )

    def reader(self, source: SourceFile, reached: tuple[Function, ...] = ()) -> Reader:
        """Reads flags in `source`."""
        return Reader(source, self.known, {self.rule.helper.name}, reached)

    # -------------------------------------------------------------------- the helper

    @cached_property
    def helpers(self) -> tuple[Helper, ...]:
        """Every definition of the helper."""
        return tuple(
            Helper(
                source,
                function,
                component_of(source.path),
                is_weak(source, function.node, function.body.start_byte),
                self.reader(source).returned(function),
            )
            for source, function in self.survey.helpers
            if not source.is_disabled(function.name_node.start_byte)
        )

    @cached_property
    def prototypes(self) -> tuple[tuple[SourceFile, Node], ...]:
        """Every declaration of the helper that is no definition."""
        return tuple(
            (file.source, node)
            for file in self.survey.found
            for node in declarations(file.source, self.rule.helper.name)
        )

    @property
    def is_converted(self) -> bool:
        """True if the tree has the helper, whoever calls it."""
        return bool(self.helpers or self.prototypes)

    def in_force(self, component: str) -> Flags:
        """What the helper returns to the calls of a component."""
        for name in (component, GENERIC):
            own = [helper.flags for helper in self.helpers if helper.component == name]
            if own:
                flags = own[0]
                for other in own[1:]:
                    flags = flags.otherwise(other)
                return flags
        body = self.policy.body(self.vintage.name)
        if body is None:
            return Flags()
        return Flags(body.returns, frozenset(body.may_return))

    def effective(self, flags: Flags, component: str) -> Flags:
        """`flags` with those that the helper adds, if it is called."""
        if self.call not in flags.possible:
            return flags
        added = self.in_force(component)
        always, maybe = flags.always - {self.call}, flags.maybe - {self.call}
        if self.call not in flags.always:
            added = Flags().otherwise(added)
        return Flags(always, maybe, flags.unknown) | added


def is_weak(source: SourceFile, node: Node, end: int) -> bool:
    """True if a declaration says that it is weak, before `end`."""
    return _WEAK.search(source.code, source.outset(node), end) is not None


def weak_word(source: SourceFile, node: Node, end: int) -> Span:
    """Where it says so."""
    found = _WEAK.search(source.code, source.outset(node), end)
    return Span(*found.span()) if found else span(node)


def calls(function: Function) -> Iterator[tuple[str, Node]]:
    """The calls by name in a body, in order."""
    for node in walk(function.body):
        if node.type == "call_expression":
            name = callee(node)
            if name is not None:
                yield (name.text or b"").decode(errors="replace"), node


def exclusive(source: SourceFile, left: int, right: int) -> bool:
    """True if two offsets are in different branches of one conditional: never compiled together."""
    one, other = _branches(source, left), _branches(source, right)
    return any(one[key] != other[key] for key in one.keys() & other.keys())


def _branches(source: SourceFile, offset: int) -> dict[int, int]:
    """For each conditional around `offset`, by its own offset: which of its branches it is."""
    opened: list[tuple[int, int]] = []
    for directive in source.directives:
        if directive.span.start > offset:
            break
        if directive.keyword in (b"if", b"ifdef", b"ifndef"):
            opened.append((directive.span.start, 0))
        elif directive.keyword == b"endif":
            opened[-1:] = []
        elif directive.keyword.startswith(b"el") and opened:
            opened[-1] = (opened[-1][0], opened[-1][1] + 1)
    return dict(opened)
