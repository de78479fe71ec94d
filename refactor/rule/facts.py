"""What a rule wants to know of a tree, for its messages to speak of: its `[fact.NAME]` tables.

A fact says what is looked up and where, in terms of C and Kconfig; which names those are is the
rule's. `refactor.plan.lookup` looks them up, and a template can say nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from refactor.rule.toml import Table

COMPONENT = "{component}"
"""Stands for an architecture in the path of a file."""


@dataclass(frozen=True, slots=True)
class Selects:
    """Which architectures select an option, and under which conditions."""

    option: str


@dataclass(frozen=True, slots=True)
class MayBeOff:
    """Where an option that has a prompt, or depends on what is selected, can be off."""

    option: str


@dataclass(frozen=True, slots=True)
class Stub:
    """For which architectures a function of a header does something at all."""

    function: str
    file: str


@dataclass(frozen=True, slots=True)
class Told:
    """One way in which code can be recognised: a function that mentions words, in a file.

    With `COMPONENT` in a path it is told for each architecture. An empty function means that the
    words may stand anywhere in the file. A file that is no C `contains` a text.
    """

    says: str
    files: tuple[str, ...]
    function: str
    mentions: tuple[str, ...]
    contains: str


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How something is done, by the first of several ways that the code has; else it is unknown."""

    ways: tuple[Told, ...]

    @property
    def is_of_components(self) -> bool:
        """True if it is told for each architecture."""
        return any(COMPONENT in file for way in self.ways for file in way.files)


@dataclass(frozen=True, slots=True)
class Reached:
    """The conditions under which a word is reached that stands in some files."""

    word: str
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """Users that the messages call by a name of the rule.

    `needs` are options of which an architecture has to select one, `defines` is a macro that it has
    to define, to have them.
    """

    says: str
    files: tuple[str, ...]
    needs: tuple[str, ...]
    defines: str
    elsewhere: bool
    """They never come to the architecture's own definition, for a reason that the rule knows."""
    of_skipped: bool
    """They call a definition that the rule cannot change, where an architecture has one."""


@dataclass(frozen=True, slots=True)
class Users:
    """Who calls a function, and gives what it returns a flag by another call."""

    of: str
    paths: tuple[str, ...]
    through: tuple[str, ...]
    """Functions that may hand on to their callers what `of` returns."""
    sets: tuple[str, ...]
    """Calls that set the flag for what they are given."""
    frees: tuple[str, ...]
    knobs: tuple[str, ...]
    """Variables whose values count as conditions; of others only options do."""
    named: tuple[Named, ...]


Fact = Selects | MayBeOff | Stub | Behaviour | Reached | Users


def read_facts(table: Table) -> dict[str, Fact]:
    """The `[fact.NAME]` tables of a rule."""
    return {name: _fact(table.table(name)) for name in list(table.values)}


def options_of_facts(facts: Mapping[str, Fact]) -> set[str]:
    """The options that Kconfig is to be asked about."""
    found = {each.option for each in facts.values() if isinstance(each, Selects | MayBeOff)}
    users = [each for each in facts.values() if isinstance(each, Users)]
    return found | {option for each in users for name in each.named for option in name.needs}


def _fact(table: Table) -> Fact:
    found: Fact
    if "selects" in table.values:
        found = Selects(table.string("selects"))
    elif "may_be_off" in table.values:
        found = MayBeOff(table.string("may_be_off"))
    elif "stub" in table.values:
        found = Stub(table.string("stub"), table.string("file"))
    elif "word" in table.values:
        found = Reached(table.string("word"), table.strings("files"))
    elif "users" in table.values:
        found = _users(table)
    elif "way" in table.values:
        found = Behaviour(tuple(_told(each) for each in table.tables("way")))
    else:
        raise table.fail("it has to have one of: selects, may_be_off, stub, word, way, users")
    table.done()
    return found


def _told(table: Table) -> Told:
    told = Told(
        says=table.string("says"),
        files=table.strings("files"),
        function=table.string("function", ""),
        mentions=table.strings("mentions", []),
        contains=table.string("contains", ""),
    )
    if bool(told.mentions) == bool(told.contains):
        raise table.fail("it has either `mentions` or `contains`")
    table.done()
    return told


def _users(table: Table) -> Users:
    return Users(
        of=table.string("users"),
        paths=table.strings("paths"),
        through=table.strings("through", []),
        sets=table.strings("sets"),
        frees=table.strings("frees"),
        knobs=table.strings("knobs", []),
        named=tuple(_named(each) for each in table.tables("named", [])),
    )


def _named(table: Table) -> Named:
    named = Named(
        says=table.string("says"),
        files=table.strings("files"),
        needs=table.strings("needs", []),
        defines=table.string("defines", ""),
        elsewhere=table.take("elsewhere", bool, default=False),
        of_skipped=table.take("of_skipped", bool, default=False),
    )
    table.done()
    return named
