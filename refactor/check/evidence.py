"""What a tree has, as far as the findings of a rule are concerned."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from refactor.c.exclusive import never_together
from refactor.c.flags import FlagSet, Reader
from refactor.c.syntax import Function, Node, SourceFile, callee, declarations, span, walk
from refactor.check.catalog import HelperCatalog
from refactor.check.finding import Code, Finding, Related, at
from refactor.match.entry import Definition, Found
from refactor.match.flags import Site
from refactor.match.verdict import Reason, Refused
from refactor.plan.split import Placed, component_of
from refactor.rule.model import GENERIC, HelperRule, Policy, Vintage
from refactor.text import Span
from refactor.tree.kconfig import Selection
from refactor.tree.tree import Blob

_WEAK = re.compile(rb"\b(?:__)?weak(?:__)?\b")


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file that has to do with the rule, and what there is of the entry in it."""

    blob: Blob
    source: SourceFile
    found: Found


@dataclass(frozen=True)
class Helper:
    """A definition of the rule's helper."""

    source: SourceFile
    function: Function
    component: str
    weak: bool
    flags: FlagSet
    """What it returns."""

    def finding(self, code: Code, message: str, *related: Related) -> Finding:
        """A finding about it, at its name."""
        name = self.function.name_node
        return at(self.source, name, code, message, self.component, self.function.name, related)


@dataclass(frozen=True)
class Evidence:
    """A tree, read for the findings of a rule."""

    rule: HelperRule
    policy: Policy
    catalog: HelperCatalog
    vintage: Vintage
    known: frozenset[str]
    """The names that the tree defines where flags are defined."""
    checked: Sequence[CheckedFile]
    """Every file that mentions the entry, but not as a mere use, or the helper."""
    unread: Sequence[Placed[Refused]]
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

    def definitions(self) -> Iterator[tuple[CheckedFile, Definition]]:
        """Every sound definition of the entry."""
        for file in self.checked:
            for definition in file.found.definitions:
                yield file, definition

    @cached_property
    def files(self) -> Mapping[str, Sequence[CheckedFile]]:
        """For each component the files with definitions that it builds: its own, or borrowed."""
        own: dict[str, list[CheckedFile]] = {}
        for file in self.checked:
            compiled = [each.reason is not Reason.DISABLED for each in file.found.skipped]
            if file.found.definitions or file.found.refused or any(compiled):
                own.setdefault(component_of(file.blob.path), []).append(file)
        lent = self.catalog.borrowed.items()
        return {borrower: own[lender] for borrower, lender in lent if lender in own} | own

    @property
    def components(self) -> set[str]:
        """The components that are known to be in the tree."""
        found = {component_of(file.blob.path) for file in self.checked}
        return found.union(*(selected.keys() for selected in self.options.values()))

    def concerns(self, finding: Finding, component: str) -> bool:
        """True if a finding is about a component, or about a definition that it borrows.

        What follows from an option is about the component that selects it.
        """
        lent = {component_of(file.blob.path) for file in self.files.get(component, ())}
        return finding.component == component or (
            finding.component in lent and finding.code is not Code.UNGUARDED_OPTION
        )

    def passed(self, file: CheckedFile, definition: Definition) -> list[tuple[Site, FlagSet]]:
        """The calls of a definition, each with the flags that it passes."""
        reader = self.reader(file.source, definition.reached)
        return [(site, reader.read(site.argument, site.function)) for site in definition.sites]

    def reader(self, source: SourceFile, reached: tuple[Function, ...] = ()) -> Reader:
        """Reads flags in `source`."""
        return Reader(source, self.known, {self.rule.helper.name}, reached)

    # -------------------------------------------------------------------- the helper

    @cached_property
    def helpers(self) -> tuple[Helper, ...]:
        """Every definition of the helper."""
        return tuple(
            Helper(
                file.source,
                function,
                component_of(file.source.path),
                is_weak(file.source, function.node, function.body.start_byte),
                self.reader(file.source).returned(function),
            )
            for file in self.checked
            for function in file.source.functions
            if function.name == self.rule.helper.name
            and not file.source.is_disabled(function.name_node.start_byte)
        )

    @cached_property
    def prototypes(self) -> tuple[tuple[SourceFile, Node], ...]:
        """Every declaration of the helper that is no definition."""
        return tuple(
            (file.source, node)
            for file in self.checked
            for node in declarations(file.source, self.rule.helper.name)
        )

    @property
    def is_converted(self) -> bool:
        """True if the tree has the helper, whoever calls it."""
        return bool(self.helpers or self.prototypes)

    def in_force(self, component: str) -> FlagSet:
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
            return FlagSet()
        return FlagSet(body.returns, frozenset(body.may_return))

    def effective(self, flags: FlagSet, component: str) -> FlagSet:
        """`flags` with those that the helper adds, if it is called."""
        if self.call not in flags.possible:
            return flags
        added = self.in_force(component)
        always, maybe = flags.always - {self.call}, flags.maybe - {self.call}
        if self.call not in flags.always:
            added = FlagSet().otherwise(added)
        return FlagSet(always, maybe, flags.unknown) | added


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
    return never_together(source.directives, (left, right))
