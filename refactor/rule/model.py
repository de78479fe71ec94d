"""Rules: from a TOML file, through a check of everything in it, to a frozen `Rule`.

A rule is data. Whatever is wrong with it is said when it is loaded, with the file and the key:
a rule that loads can be applied.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from refactor.errors import UsageError
from refactor.pattern.pattern import Pattern
from refactor.rule.toml import suggest

GENERIC = "generic"
"""The component that every file outside of arch/ belongs to."""


@dataclass(frozen=True, slots=True)
class Vintage:
    """A state of the kernel's API, told by what a tree has."""

    name: str
    files: tuple[str, ...]
    macros: Mapping[str, tuple[str, ...]]
    """For a header: macros that it defines."""
    words: Mapping[str, tuple[str, ...]]
    """For a file: words of its code, such as what it declares."""
    refuse: str
    hint: str

    @property
    def landmarks(self) -> tuple[str, ...]:
        """The files that tell it."""
        return (*self.files, *self.macros, *self.words)


@dataclass(frozen=True, slots=True)
class Call:
    """The call that is edited, with the allocators that cannot be."""

    name: str
    pattern: Pattern
    parameters: tuple[str, ...]
    unflagged: frozenset[str]


@dataclass(frozen=True, slots=True)
class FlagsEdit:
    """Change an argument that is a set of flags, ORed."""

    argument: str
    add: tuple[str, ...]
    remove: tuple[str, ...]
    comments: Mapping[str, tuple[str, ...]]
    """For a removed flag: the words of a comment that explains it."""


@dataclass(frozen=True, slots=True)
class HelperBody:
    """What the helper is in one vintage, in general or for one component.

    `returns` are the flags it returns in every configuration, `may_return` those it returns in
    some, each with the condition.
    """

    vintages: tuple[str, ...]
    component: str
    returns: frozenset[str]
    may_return: Mapping[str, str]
    code: str
    comment: str


@dataclass(frozen=True, slots=True)
class Helper:
    """The function that the edit calls, and where its prototype goes."""

    name: str
    header: str
    prototype: str


@dataclass(frozen=True, slots=True)
class Policy:
    """A named choice of what the helper returns."""

    name: str
    summary: str
    bodies: tuple[HelperBody, ...]

    def body(self, vintage: str, component: str = GENERIC) -> HelperBody | None:
        """The helper of a component's own, or the generic one, if this policy has it."""
        for body in self.bodies:
            if vintage in body.vintages and body.component == component:
                return body
        return None


@dataclass(frozen=True, slots=True)
class Case:
    """An example that is a test: code before, and after or the outcome."""

    name: str
    path: str
    vintage: str
    policy: str
    before: str
    after: str | None
    outcome: str
    says: str


@dataclass(frozen=True, slots=True)
class Rule:
    """What every rule has; see `rules/` for what each part means."""

    id: str
    summary: str
    source: str
    """The file it was read from."""
    text: str
    paths: tuple[str, ...]
    vintages: tuple[Vintage, ...]
    prefix: str
    prefixes: Mapping[str, str]
    cases: tuple[Case, ...]

    def subject_prefix(self, component: str) -> str:
        """How the subject of a patch for `component` begins."""
        return self.prefixes.get(component) or self.prefix.replace("{component}", component)


@dataclass(frozen=True, slots=True)
class HelperRule(Rule):
    """A rule whose calls take flags from a helper that it brings; what that returns is a policy."""

    entry: str
    call: Call
    edit: FlagsEdit
    helper: Helper
    policies: tuple[Policy, ...]
    default_policy: Policy
    options: tuple[str, ...]

    def policy(self, name: str | None) -> Policy:
        """The policy of that name, or the default. Raises UsageError for an unknown one."""
        if name is None:
            return self.default_policy
        for policy in self.policies:
            if policy.name == name:
                return policy
        names = [policy.name for policy in self.policies]
        raise UsageError(f"rule {self.id} has no policy {name!r}", hint=suggest(name, names))
