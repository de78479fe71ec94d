"""Rules: frozen data, read from TOML files by `refactor.rule.load`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from refactor.errors import UsageError
from refactor.rule.edits import Edit, Flags, Insert, Rename, Smpl
from refactor.rule.facts import Fact
from refactor.rule.outline import Outline
from refactor.rule.toml import suggest

GENERIC = "generic"
"""The component that every file outside of arch/ belongs to."""


SPLITS = ("arch", "maintainer", "file", "one")
"""By what a change can be divided into patches."""


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
    edits: tuple[Edit, ...]
    requires: tuple[str, ...] = ()
    """Rules that must have nothing left to do."""
    single: bool = False
    """All of it is one patch, because no part of it would build alone."""
    split: str = ""
    """How it is divided into patches, one of `SPLITS`; empty for what suits it."""
    subject: str = ""
    why: str = ""
    note: Mapping[str, str] = field(default_factory=dict)
    """For a component: a paragraph of its own."""
    facts: Mapping[str, Fact] = field(default_factory=dict)
    """What its messages may speak of, by name."""

    @property
    def outline(self) -> Outline:
        """What is looked for in a tree because of it."""
        return Outline(self.paths, self.searched, self.replaced, self.facts)

    def subject_prefix(self, component: str) -> str:
        """How the subject of a patch for `component` begins."""
        return self.prefixes.get(component) or self.prefix.replace("{component}", component)

    @property
    def inserted(self) -> frozenset[str]:
        """The files that code is put into."""
        return frozenset(edit.file for edit in self.edits if isinstance(edit, Insert))

    @property
    def words(self) -> tuple[str, ...]:
        """What the rule is about."""
        found = [word for edit in self.edits for word in (*edit.about, edit.within)]
        return tuple(dict.fromkeys(word for word in found if word))

    @property
    def searched(self) -> tuple[str, ...]:
        """Words to look for: one of them stands in every file that the rule is about."""
        patched = [word for edit in self.edits if isinstance(edit, Smpl) for word in edit.words]
        return tuple(dict.fromkeys((*self.words, *patched)))

    @property
    def replaced(self) -> tuple[str, ...]:
        """Names that are gone afterwards, or are called in another way: nobody may be missed."""
        found = []
        for edit in self.edits:
            if isinstance(edit, Rename) and not edit.paths:
                found.append(edit.name)
            elif isinstance(edit, Smpl) and not edit.paths:
                found += edit.heads
        return tuple(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class HelperRule(Rule):
    """A rule whose calls take flags from a helper that it brings; what that returns is a policy.

    It has one edit of flags. What else is to be done depends on the tree and on the policy, and
    is resolved for them by `refactor.plan.resolve`.
    """

    helper: Helper = field(kw_only=True)
    policies: tuple[Policy, ...] = field(kw_only=True)
    default_policy: Policy = field(kw_only=True)
    options: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    """What architectures are called in prose, where that is not the name of their folder."""
    said_of: Mapping[str, str] = field(default_factory=dict)
    """What is said of code under a condition of the preprocessor, as in `32-bit`."""

    @property
    def flags(self) -> Flags:
        """The one edit."""
        (edit,) = self.edits
        assert isinstance(edit, Flags)
        return edit

    @property
    def entry(self) -> str:
        """The function whose definitions are edited."""
        return self.flags.within

    @property
    def words(self) -> tuple[str, ...]:
        """What the rule is about."""
        return (self.entry,)

    @property
    def searched(self) -> tuple[str, ...]:
        """Words to look for: the entry, and the helper, which tells what is done already."""
        return (self.entry, self.helper.name)

    @property
    def outline(self) -> Outline:
        """What is looked for in a tree because of it."""
        return Outline(self.paths, self.searched, self.replaced, self.facts, True, self.options)

    def policy(self, name: str | None) -> Policy:
        """The policy of that name, or the default. Raises UsageError for an unknown one."""
        if name is None:
            return self.default_policy
        for policy in self.policies:
            if policy.name == name:
                return policy
        names = [policy.name for policy in self.policies]
        raise UsageError(f"rule {self.id} has no policy {name!r}", hint=suggest(name, names))
