"""Who takes memory from a function, and gives it a flag later.

A call is followed as far as its result goes by name: to what it is assigned to, to what that is
assigned to, and, where a function returns it, to its callers. Those are the callers in the same
file of a static function, and of others which the rule names. The flag is set if a call that sets
it is given one of these names; with which value of which option, is told with it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Any

from refactor.c.conditions import conditions_at
from refactor.c.lexical import mentions
from refactor.c.syntax import Function, Node, SourceFile, arguments, callee, walk
from refactor.plan.excerpt import excerpt
from refactor.plan.split import component_of
from refactor.rule.facts import Named, Users
from refactor.rule.model import GENERIC
from refactor.tree.globs import matches
from refactor.tree.kconfig import Selection
from refactor.tree.tree import Blob, KernelTree

OPTION = "CONFIG_"


class State(Enum):
    """What becomes of the flag."""

    SET = "set"
    UNSET = "unset"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class User:
    """One that takes memory, as the messages call it."""

    says: str
    state: State
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Call:
    """A call of the function itself, or of one that hands on what it returns."""

    path: str
    function: str
    of: str
    component: str
    names: frozenset[str]
    """What the result is called, within the function or in a structure."""
    hands_on: bool
    set_here: bool
    conditions: tuple[str, ...]
    guards: tuple[str, ...]
    """Macros that have to be defined for the call to be compiled."""


@dataclass(frozen=True)
class _Setting:
    """A call that sets the flag for something with this name."""

    path: str
    component: str
    name: str
    conditions: tuple[str, ...]


@dataclass
class _Known:
    """All that the files have to say."""

    calls: list[_Call] = field(default_factory=list)
    settings: list[_Setting] = field(default_factory=list)
    strong: set[tuple[str, str]] = field(default_factory=set)
    """Functions to hand on that an architecture has of its own."""
    freeing: set[str] = field(default_factory=set)
    """Files in which memory is freed."""
    pointers: dict[str, set[str]] = field(default_factory=dict)
    """For a function that hands on: the files that use it otherwise than in a call."""
    defined: set[tuple[str, str]] = field(default_factory=set)
    """Macros by the architectures that define them."""

    def add(self, other: _Known) -> None:
        """Take in what another file says."""
        self.calls += other.calls
        self.settings += other.settings
        self.strong |= other.strong
        for name, paths in other.pointers.items():
            self.pointers.setdefault(name, set()).update(paths)


@dataclass(frozen=True)
class Judged:
    """The users of each architecture."""

    fact: Users
    known: _Known
    options: Mapping[str, Mapping[str, Selection]]
    skipped: frozenset[str]

    def of(self, component: str) -> list[dict[str, Any]]:
        """The users that an architecture has, in plain data, each name once.

        `state` is that of the flag, `conditions` are those under which it is set: options, and
        variables that the rule knows.
        """
        found: dict[User, None] = {}
        for call in self._reaching(component):
            named = _named(self.fact, call)
            if named is not None and not self._has(component, named):
                continue
            if any(
                guard in self._macros and (component, guard) not in self.known.defined
                for guard in call.guards
            ):
                continue
            user = self._judge(component, call, named)
            if user is not None:
                found[user] = None
        return [
            {"says": each.says, "state": each.state.value, "conditions": list(each.conditions)}
            for each in _merged(found)
        ]

    @cached_property
    def _macros(self) -> frozenset[str]:
        return frozenset(each.defines for each in self.fact.named if each.defines)

    def _has(self, component: str, named: Named) -> bool:
        """True if an architecture has what is called so."""
        if named.elsewhere or (named.of_skipped and component in self.skipped):
            return False
        return not named.needs or any(
            component in self.options.get(option, {}) for option in named.needs
        )

    def _reaching(self, component: str) -> Iterator[_Call]:
        """The calls that end in the function, on an architecture."""
        here = [each for each in self.known.calls if each.component in (component, GENERIC)]
        wanted = {self.fact.of}
        while True:
            reaching = [
                each
                for each in here
                if each.of in wanted
                and not (
                    each.component == GENERIC and (component, each.function) in self.known.strong
                )
            ]
            more = {each.function for each in reaching if each.hands_on and not each.set_here}
            more -= wanted
            if not more:
                yield from reaching
                return
            wanted |= more

    def _judge(self, component: str, call: _Call, named: Named | None) -> User | None:
        says = named.says if named is not None else f"{call.function}()"
        if call.set_here:
            return User(says, State.SET, call.conditions)
        group = self._files(component, call, named)
        if call.hands_on:
            # Who gets it from a function that hands on is told by its own callers.
            callers = [
                each for each in self.known.calls if each.of == call.function and each != call
            ]
            taken = self.known.pointers.get(call.function, set()) & group
            if callers and not taken:
                return None
            if any(each.path in taken for each in self._sets(group)):
                return User(says, State.UNKNOWN)
            return User(says, State.UNSET) if self.known.freeing & group else None
        later = [each for each in self._sets(group) if each.name in call.names]
        if later:
            return User(says, State.SET, later[0].conditions)
        return User(says, State.UNSET) if call.path in self.known.freeing else None

    def _sets(self, group: Collection[str]) -> Iterator[_Setting]:
        return (each for each in self.known.settings if each.path in group)

    def _files(self, component: str, call: _Call, named: Named | None) -> set[str]:
        """The files that belong together with that of a call, on an architecture."""
        every = {call.path}
        if named is not None:
            paths = {each.path for each in self.known.calls}
            paths |= {each.path for each in self.known.settings} | self.known.freeing
            every |= {
                path
                for path in paths
                if component_of(path) in (component, GENERIC) and matches(path, named.files)
            }
        return every


def _named(fact: Users, call: _Call) -> Named | None:
    return next((each for each in fact.named if matches(call.path, each.files)), None)


def _merged(found: Iterable[User]) -> list[User]:
    """Who is set and unset under one name is unset: some of what it takes is."""
    states: dict[str, User] = {}
    order = [State.SET, State.UNKNOWN, State.UNSET]
    for user in found:
        before = states.get(user.says)
        if before is None or order.index(before.state) < order.index(user.state):
            states[user.says] = user
    return list(states.values())


# ---------------------------------------------------------------------------- reading


def users_of(
    tree: KernelTree,
    fact: Users,
    files: Collection[str],
    options: Mapping[str, Mapping[str, Selection]],
    skipped: frozenset[str],
) -> Judged:
    """What `files` say of the users of a function."""
    known = _Known()
    macros = [each.defines for each in fact.named if each.defines]
    for blob in tree.read(files).values():
        for name in macros:
            if any(source_defines(blob.data, name)):
                known.defined.add((component_of(blob.path), name))
        if any(word.encode() in blob.data for word in fact.frees):
            known.freeing.add(blob.path)
        _read(fact, blob, known)
    return Judged(fact, known, options, skipped)


def _read(fact: Users, blob: Blob, known: _Known) -> None:
    """Read a file, as far as it has to do with the function, or with static ones that hand on."""
    words = {fact.of, *fact.through, *fact.sets}
    while (source := excerpt(blob.path, blob.data, words)) is not None:
        reader = _Reader(fact, source)
        reader.read()
        if reader.handing_on <= words:
            known.add(reader.known)
            return
        words |= reader.handing_on


def source_defines(data: bytes, name: str) -> Iterator[bool]:
    """Whether lines of a file define a macro."""
    for line in data.splitlines():
        words = line.split()
        if words[:1] == [b"#define"] and words[1:2] == [name.encode()]:
            yield True


class _Reader:
    """What one file says."""

    def __init__(self, fact: Users, source: SourceFile) -> None:
        self.known = _Known()
        self.handing_on: set[str] = set()
        """Static functions of the file that hand on what they get."""
        self._fact = fact
        self._source = source
        self._component = component_of(source.path)
        self._walked: dict[int, _Parts] = {}

    def read(self) -> None:
        source = self._source
        wanted = [self._fact.of, *self._fact.through]
        done: set[str] = set()
        while wanted:
            name = wanted.pop()
            done.add(name)
            for function in source.functions:
                if function.name == name:
                    continue
                for call in self._calls(function, {name}):
                    if source.is_disabled(call.start_byte):
                        continue
                    read = self._read_call(function, call, name)
                    self.known.calls.append(read)
                    if read.hands_on and function.static and function.name not in done:
                        wanted.append(function.name)
                        self.handing_on.add(function.name)
        for function in source.functions:
            if (
                function.name in self._fact.through
                and self._component != GENERIC
                and b"__weak" not in function.annotations
            ):
                self.known.strong.add((self._component, function.name))
            if function.name in self._fact.sets:
                continue
            for call in self._calls(function, set(self._fact.sets)):
                given = arguments(call)
                if given:
                    self.known.settings.append(
                        _Setting(
                            source.path,
                            self._component,
                            self._shown(given[0]),
                            self._conditions(call),
                        )
                    )
        self._pointers()

    def _pointers(self) -> None:
        """Note functions that are used without being called, as in an initializer."""
        source = self._source
        for name in self._fact.through:
            for place in mentions(source.code, name):
                node = source.at(place)
                around = node.parent
                if node.type != "identifier" or around is None:
                    continue
                if around.type in ("initializer_pair", "initializer_list", "assignment_expression"):
                    self.known.pointers.setdefault(name, set()).add(source.path)

    def _calls(self, function: Function, names: set[str]) -> Iterator[Node]:
        wanted = [name.encode() for name in names]
        text = self._source.text(function.body)
        if not any(name in text for name in wanted):  # to walk takes a hundred times as long
            return
        for node in self._parts(function).calls:
            name = callee(node)
            if name is not None and self._source.text(name) in wanted:
                yield node

    def _parts(self, function: Function) -> _Parts:
        """What is looked at in a function, which is walked over once."""
        start = function.node.start_byte
        if start not in self._walked:
            self._walked[start] = _Parts.of(function.body)
        return self._walked[start]

    def _read_call(self, function: Function, call: Node, of: str) -> _Call:
        names = set(self._targets(call))
        returned = _is_returned(call)
        while True:
            more = {
                self._shown(target)
                for target, value in self._parts(function).assignments
                if self._shown(_bare(value)) in names
            }
            if more <= names:
                break
            names |= more
        for node in self._parts(function).returns:
            if not returned:
                inside = [each for each in walk(node) if each.type == "identifier"]
                value = node.named_children[0] if node.named_children else None
                direct = value is not None and self._shown(_bare(value)) in names
                passed = (
                    value is not None
                    and value.type == "call_expression"
                    and any(self._shown(each) in names for each in inside)
                )
                returned = direct or passed
        sets = [
            each
            for each in self._calls(function, set(self._fact.sets))
            if (given := arguments(each)) and self._shown(given[0]) in names
        ]
        guards = conditions_at(self._source, call.start_byte)
        return _Call(
            path=self._source.path,
            function=function.name,
            of=of,
            component=self._component,
            names=frozenset(name for name in names if "->" in name or "." in name),
            hands_on=returned,
            set_here=bool(sets),
            conditions=tuple(
                each for each in (self._conditions(sets[0]) if sets else ()) if each not in guards
            ),
            guards=tuple(each for each in guards if not each.startswith((OPTION, "!"))),
        )

    def _conditions(self, node: Node) -> tuple[str, ...]:
        """Those that a configuration, or the rule's variables, decide on."""
        return tuple(
            each
            for each in conditions_at(self._source, node.start_byte)
            if each.removeprefix("!").startswith(OPTION)
            or each.removeprefix("!") in self._fact.knobs
        )

    def _targets(self, call: Node) -> Iterator[str]:
        """What the result of a call is assigned to."""
        node = call
        while node.parent is not None and node.parent.type in _AROUND:
            node = node.parent
        parent = node.parent
        if parent is None:
            return
        if parent.type == "assignment_expression":
            target = parent.child_by_field_name("left")
        elif parent.type == "init_declarator":
            target = _declared(parent)
        else:
            return
        if target is not None:
            yield self._shown(target)

    def _shown(self, node: Node) -> str:
        return " ".join(self._source.text(node).decode(errors="replace").split())


_AROUND = ("parenthesized_expression", "cast_expression")


def _is_returned(call: Node) -> bool:
    node = call
    while node.parent is not None and node.parent.type in _AROUND:
        node = node.parent
    return node.parent is not None and node.parent.type == "return_statement"


def _declared(initialized: Node) -> Node | None:
    target = initialized.child_by_field_name("declarator")
    while target is not None and target.type == "pointer_declarator":
        target = target.child_by_field_name("declarator")
    return target


@dataclass(frozen=True, slots=True)
class _Parts:
    """What is looked at in a function."""

    calls: list[Node]
    assignments: list[tuple[Node, Node]]
    """Every assignment and initializer: to what, and what."""
    returns: list[Node]

    @classmethod
    def of(cls, body: Node) -> _Parts:
        parts = cls([], [], [])
        for node in walk(body):
            kind = node.type
            if kind == "call_expression":
                parts.calls.append(node)
            elif kind == "return_statement":
                parts.returns.append(node)
            elif kind in ("assignment_expression", "init_declarator"):
                parts.assignments.extend(_assigned(node))
        return parts


def _assigned(node: Node) -> Iterator[tuple[Node, Node]]:
    if node.type == "init_declarator":
        target, value = _declared(node), node.child_by_field_name("value")
    else:
        target, value = node.child_by_field_name("left"), node.child_by_field_name("right")
        while value is not None and value.type == "assignment_expression":
            value = value.child_by_field_name("right")
    if target is not None and value is not None:
        yield target, value


def _bare(node: Node) -> Node:
    """An expression without casts and parentheses."""
    while node.type in _AROUND:
        inner = (
            node.child_by_field_name("value")
            if node.type == "cast_expression"
            else node.named_child(0)
        )
        if inner is None:
            return node
        node = inner
    return node
