"""What a hole of a pattern may stand for, and what it is bound to.

The matcher is one class in layers, each in a file of its own: holes, lists, declarations, truth,
conditionals, isomorphisms, and nodes (`refactor.pattern.matching`). They ask one another about the
nodes below them, so a layer asks those above it through the two questions that are abstract here.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from refactor.c.code import BASIC_TYPES, EXPRESSIONS, STATEMENTS, Code, lexemes
from refactor.c.grammar import EXPRESSION_SORTS, Grammar
from refactor.c.types import UNKNOWN
from refactor.pattern.binding import Binding, State, binding_of
from refactor.pattern.compile import CONTEXT, Pattern
from refactor.pattern.regular import is_found
from refactor.pattern.shapes import (
    NO_NAMES,
    is_constant,
    value_of,
)
from refactor.pattern.statements import names_in, other_alternatives, other_conditions
from refactor.pattern.tokens import Constraint, Metavariable, Token, flat
from refactor.pattern.types import (
    NoTypes,
    Types,
    declared_type,
    with_type,
)

Matches = Iterator[State]
NONE: Matches = iter(())
"""No way to match. It is at its end, and stays there, whoever asks."""

_NAMED = EXPRESSIONS | {"meta"}

_SPELLED = frozenset(("expression", "idexpression", "constant"))
"""What a regular expression says nothing about if it is more than one word or literal."""


SCOPED = frozenset(("expression", "idexpression"))
"""What is a variable of a scope, and not only its name."""

_IDENTIFIERS = frozenset(("identifier", "function"))
"""What is one word, whatever it is attached to."""


@dataclass
class Holes(ABC):
    """Matches one pattern in one file; `data` are the bytes that offsets mean."""

    pattern: Pattern
    data: bytes
    types: Types = field(default_factory=NoTypes)
    disabled: frozenset[str] = frozenset()
    """Isomorphisms that are not to be used."""
    positions: Mapping[tuple[str, str], frozenset[tuple[bytes, ...]]] = field(default_factory=dict)
    """All values that positions of earlier rules have, for constraints."""
    asked: Mapping[str, Callable[[Binding], bool]] = field(default_factory=dict)
    """Further conditions of the values of names: those that a script says."""
    sequences: Callable[[Any, Sequence[Code], Code, State], Matches] | None = None
    is_exact: bool = False
    """True for a comparison without isomorphisms."""
    symbols: frozenset[bytes] = frozenset()
    """Names that stand for holes, where a pattern is compared with another one: nothing is known
    of what they are, so they are anything."""
    absent: frozenset[str] = frozenset()
    """Names of other rules that have no value here: nothing is equal to them."""
    variables: dict[int, tuple[Code, tuple[int | None, ...]]] = field(default_factory=dict)
    """By the identity of an expression, which is kept: where each variable in it is declared."""
    unknown: set[int] = field(default_factory=set)
    """Offsets of expressions whose type was asked for and is not known."""
    only_names: bool = False
    """True if the rule is about names wherever they stand, and not about expressions."""
    is_prototype: bool = False
    """True while a declaration is looked at, whose parameters need no names."""
    exported: frozenset[str] = frozenset()
    """Names bound in a nest that are used outside of it."""

    @abstractmethod
    def match(self, p: Code, n: Code, state: State) -> Matches:
        """Every way in which the pattern's node `p` matches the file's node `n`."""

    @abstractmethod
    def match_expression(self, p: Code, n: Code, state: State) -> Matches:
        """Like `match`, for an expression that may stand anywhere in `n`."""

    @cached_property
    def attached(self) -> dict[int, list[str]]:
        """By the identity of a pattern's node: the names that are bound to what it meets, `f(x)@E`.

        A name behind a hole is that of the hole; one behind an operator, a bracket or a word is
        that of the expression it belongs to.
        """
        if self.pattern.told.attached is not None:
            return self.pattern.told.attached
        found: dict[int, list[str]] = {}
        for leaf in self.pattern.leaves.values():
            for name in leaf.token.positions if leaf.token is not None else ():
                if self.pattern.metavariables[name].sort != "position":
                    around = (leaf, *leaf.ancestors())
                    node = next((each for each in around if each.kind in _NAMED), leaf)
                    found.setdefault(id(node), []).append(name)
        self.pattern.told.attached = found
        return found

    def _attach(self, name: str, n: Code, state: State) -> State | None:
        """Bind a name to what a node of the pattern has met, or to the statement around that."""
        meta = self.pattern.metavariables[name]
        node: Code | None = n
        if meta.sort == "declaration":
            node = next((each for each in n.ancestors() if each.kind == "declaration"), None)
        elif meta.sort == "statement":
            node = next((each for each in n.ancestors() if each.kind in STATEMENTS), None)
        if node is None or (meta.sort in _IDENTIFIERS and node.kind != "ident"):
            return None
        binding = binding_of(node, self.data)
        known = state.env.get(name)
        if known is not None:
            return state if known.key == binding.key else None
        if meta.origin or self._accepts(meta, binding, node, state) is None:
            return None
        return state.bind(name, binding)

    def uses(self, iso: str) -> bool:
        """True if an isomorphism is in force for the rule."""
        return iso not in self.disabled and "all" not in self.disabled

    def _only_use(self, p: Code) -> bool:
        """True for a hole that nothing else speaks of, in conditions and nests neither."""
        told = self.pattern.told.sole
        if id(p) not in told:
            name, items = p.token.meta.name, self.pattern.items
            # Two conditions of dots have nothing to do with each other: each is tried for itself.
            others = [*other_alternatives(p), *other_conditions(items, p)]
            told[id(p)] = not any(name in names_in(item, p, *others) for item in items)
        return told[id(p)]

    def _comes(self, p: Code) -> bool:
        """True if the value of a hole is written, beside what stays of it."""
        token = p.token
        stays = self.pattern.states.get(id(p), CONTEXT) == CONTEXT
        return (not stays and token.number in self.pattern.results) or any(
            each.meta is not None and each.meta.name == token.meta.name
            for hunk in self.pattern.hunks
            for each in flat(hunk.added)
        )

    def _met(self, p: Code, n: Code, state: State) -> State:
        token = p.token
        return state.meet(token.number, n.start, n.end, n) if token is not None else state

    def _placed_at(self, ps: Sequence[Code], ns: Sequence[Code], state: State) -> State | None:
        """Signs of the pattern have met those of the file, and their positions are bound; None if
        one is not allowed to be there."""
        for p, n in zip(ps, ns, strict=True):
            placed = next(self._at_positions(p, n, self._met(p, n, state)), None)
            if placed is None:
                return None
            state = placed
        return state

    def _same_text(self, p: Code, n: Code) -> bool:
        if p.text == n.text:
            return True
        if p.kind == "number" and n.kind == "number" and self.uses("value_format"):
            one, other = value_of(p.text), value_of(n.text)
            # Whoever writes 012 means its digits: it is no other way to write 10.
            is_octal = any(re.fullmatch(rb"0[0-7]+", each.text) and one for each in (p, n))
            return one is not None and one == other and not is_octal
        return False

    def _at_positions(self, p: Code, n: Code, state: State) -> Matches:
        """Bind the positions that are attached to a token of the pattern."""
        token: Token | None = p.token
        if token is None or not token.positions:
            return iter((state,))
        return self._at_each(token.positions, n, state)

    def _at_each(self, names: Sequence[str], n: Code, state: State) -> Matches:
        for name in names:
            meta = self.pattern.metavariables[name]
            if meta.sort != "position":
                continue
            value = Binding("position", (b"%d" % n.start, b"%d" % n.end), b"", 20, (n,))
            known = state.env.get(name)
            if name in self.absent or (known is not None and value.key not in known.places):
                return
            if (known is None or meta.origin) and not self.allows(meta, value, state):
                return
            if known is None:
                state = state.bind(name, value)
        yield state

    def meta(self, p: Code, n: Code, state: State) -> Matches:
        """A hole against a node."""
        meta: Metavariable = p.token.meta
        sort = meta.sort
        if sort in EXPRESSION_SORTS:
            if sort == "metavariable" and n.kind in STATEMENTS:
                pass
            elif n.kind not in EXPRESSIONS or n.kind == "init":
                return NONE
            elif n.kind == "ident" and n.text in BASIC_TYPES:
                return NONE  # f(int), with a macro that takes a type
        elif sort in ("identifier", "function", "fresh identifier", "iterator", "declarer"):
            if n.children or n.kind not in ("ident", "storage") or n.text in NO_NAMES:
                return NONE
            if sort == "identifier" and _is_name_of_type(n):
                return NONE
            if meta.fresh and n.text != fresh_name(meta, state):
                return NONE
        elif sort in ("statement",):
            if n.kind not in STATEMENTS or n.kind in ("declaration", "label", "case", "default"):
                return NONE
        elif sort == "declaration":
            # What stands at the top of a file and is a macro declares something as well.
            at_top = n.parent is not None and n.parent.kind == "file"
            is_macro = n.kind in ("macro", "expr_stmt") and at_top
            if n.kind != "declaration" and not is_macro:
                return NONE
        elif sort in ("type", "typedef"):
            if n.kind == "ident":  # the name that a typedef declares
                value = Binding("type", (n.text,), n.text, 20, (n,))
                return self.bound(p, meta, value, n, state)
            if n.kind not in ("type", "type_name"):
                return NONE
        elif sort == "parameter":
            if n.kind != "param":
                return NONE
        elif sort == "initializer":
            if n.kind not in EXPRESSIONS and n.kind not in ("pair", "init"):
                return NONE
        elif sort in ("binary operator", "assignment operator", "unary operator"):
            if n.children or n.kind != "op":
                return NONE
        elif sort == "field":
            if n.kind != "declaration":
                return NONE
        elif meta.is_list:
            pass
        else:
            return NONE
        known = state.env.get(meta.name)
        if known is not None and known.key != n.key():
            return NONE  # as mostly, so nothing more is told of it
        return self.bound(p, meta, binding_of(n, self.data), n, state)

    def bound(
        self, p: Code, meta: Metavariable, binding: Binding, n: Code | None, state: State
    ) -> Matches:
        """Bind a metavariable, or compare it with what it is bound to."""
        if meta.name in self.absent:
            return
        known = state.env.get(meta.name)
        if known is not None:
            if known.key != binding.key and not (
                binding.kind == "type" == known.kind and self.types.same(known.key, binding.key)
            ):
                return
            if meta.origin and not self.symbols and not self.allows(meta, binding, state):
                return
            is_here = meta.sort in SCOPED and not meta.origin and known.nodes != binding.nodes
            if is_here and self.scopes(known) != self.scopes(binding):
                return
            if known.local and meta.origin and not self._has_same_locals(known, binding):
                return
        elif meta.origin and not self.symbols:
            return  # the other rule has not bound it in this environment
        else:
            accepted = self._accepts(meta, binding, n, state)
            if accepted is None:
                return
            state = accepted
        if n is not None:
            state = state.meet(p.token.number, n.start, n.end, n)
        if known is None or (not known.nodes and binding.nodes):
            if meta.sort in SCOPED and meta.name in self.exported:
                binding = binding._replace(local=self._locals(binding))
            state = state.bind(meta.name, binding)
        if n is not None:
            yield from self._at_positions(p, n, state)
        else:
            yield state

    def scopes(self, value: Binding) -> tuple[int | None, ...]:
        """Where the variables in an expression are declared, for each: `x` of two scopes are two.

        Nothing for what another rule has bound: in another function it is another variable, and of
        that only the type counts (`_has_same_locals`), as for spatch.
        """
        found: tuple[int | None, ...] = ()
        for node in value.nodes:
            if node.kind not in EXPRESSIONS:
                continue
            known = self.variables.get(id(node))
            if known is None:
                declared = tuple(map(self.types.declared_at, _variables(node)))
                known = self.variables[id(node)] = (node, declared)
            found += known[1]
        return found

    def _locals(self, value: Binding) -> tuple[tuple[bytes, ...] | None, ...]:
        """The types of the variables in an expression that are local."""
        nodes = (node for node in value.nodes if node.kind in EXPRESSIONS)
        return tuple(self.types.local_type(each) for node in nodes for each in _variables(node))

    def _has_same_locals(self, known: Binding, value: Binding) -> bool:
        """True if what another rule has bound has variables of the same types: `p` that points to
        something else in another function is no more than another `p`."""
        pairs = zip(known.local, self._locals(value), strict=False)
        return all(
            one == other
            or (
                one is not None
                and other is not None
                and (UNKNOWN in (one, other) or self.types.same(one, other))
            )
            for one, other in pairs
        )

    def _accepts(
        self, meta: Metavariable, binding: Binding, n: Code | None, state: State
    ) -> State | None:
        """The state with the names in the metavariable's type bound; None if it cannot be this."""
        if n is not None and n.text in self.symbols:
            return state
        if n is not None and not self._is_of_sort(meta, n):
            return None
        if not self.allows(meta, binding, state):
            return None
        if n is None or not (meta.type_text or meta.pointer) or meta.sort not in EXPRESSION_SORTS:
            return state
        found = self.types.of(n)
        if found is None:
            self.unknown.add(n.start)
            return None
        return with_type(meta, found, state, self.types, self.pattern.metavariables, self.allows)

    def _is_of_sort(self, meta: Metavariable, n: Code) -> bool:
        sort = meta.sort
        if sort == "constant":
            return is_constant(n)
        if sort == "idexpression":
            if n.kind != "ident" or n.text in NO_NAMES:
                return False
            if meta.scope:
                local = self.types.is_local(n)
                if local is None:
                    self.unknown.add(n.start)
                    return False
                return local == (meta.scope == "local")
        return True

    def _is_hole(self, name: str) -> bool:
        meta = self.pattern.metavariables.get(name)
        return meta is not None and meta.sort != "typedef"

    def allows(self, meta: Metavariable, binding: Binding, state: State) -> bool:
        """True if the constraints of a metavariable permit a value."""
        if meta.constraints and not all(
            self._permits(each, meta, binding, state) for each in meta.constraints
        ):
            return False
        asked = self.asked.get(meta.name)
        return asked is None or asked(binding)

    def _permits(
        self, each: Constraint, meta: Metavariable, binding: Binding, state: State
    ) -> bool:
        text = b" ".join(binding.key)
        if each.choices:
            return any(
                all(self._permits(one, meta, binding, state) for one in choice)
                for choice in each.choices
            )
        if each.is_part:
            name = each.values[0]
            whole = state.env.get(name) or state.env.get(name.rpartition(".")[2])
            return whole is not None and binding.key in parts_of(whole)
        if each.expression is not None:
            if len(binding.key) > 1 and meta.sort in _SPELLED:
                return each.negative  # it is about how a name or a literal is spelled
            subject = (binding.key[0] if len(binding.key) == 1 else binding.text).decode(
                "utf-8", "replace"
            )
            return is_found(each.expression, subject, meta.line, meta.column) != each.negative
        if each.is_integer:
            number = value_of(text.replace(b" ", b""))
            limit = int(each.values[0], 0)
            return (
                number is not None
                and {
                    "<": number < limit,
                    ">": number > limit,
                    "<=": number <= limit,
                    ">=": number >= limit,
                }[each.is_integer]
            )
        for value in each.values:
            if meta.sort == "position":
                rule, _, name = value.partition(".")
                found = binding.key in self.positions.get((rule, name), frozenset())
                found = found or (value in state.env and binding.key in state.env[value].places)
            elif value in state.env:
                found = state.env[value].key == binding.key
            elif meta.sort == "type":
                found = self._is_type_like(value, binding.key, state)
            elif "." in value:
                continue  # what the other rule has not bound is equal to nothing
            else:
                found = b"".join(binding.key) == value.replace(" ", "").encode()
            if found:
                return not each.negative
        return each.negative

    def _is_type_like(self, text: str, key: Sequence[bytes], state: State) -> bool:
        """True for a type in a list of types; a free metavariable with stars is any pointer."""
        words, derived = declared_type(text)
        if len(words) == 1 and words[0] not in state.env and self._is_hole(words[0]):
            return bool(derived) and tuple(key[-len(derived) :]) == derived
        wanted: list[bytes] = []
        for word in words:
            value = state.env.get(word)
            wanted += value.key if value is not None else (word.encode(),)
        return self.types.same((*wanted, *derived), tuple(key))


def fresh_name(meta: Metavariable, state: State) -> bytes | None:
    """The name that is made of its pieces; None if one of them is not bound."""
    found = b""
    for kind, value in meta.fresh:
        if kind == "name" and value not in state.env:
            return None
        found += value.encode() if kind == "text" else state.env[value].text
    return found


def _is_name_of_type(n: Code) -> bool:
    """True for a typedef where it is used, and where it is declared; tags of structs are names."""
    parent = n.parent
    if parent is None or parent.kind == "type":
        return parent is not None
    return parent.kind == "declaration" and any(
        each.kind == "storage" and each.text == b"typedef" for each in parent.parts
    )


def parts_of(whole: Binding) -> Collection[tuple[bytes, ...]]:
    """The keys of an expression and of all expressions in it."""
    nodes: Sequence[Code] = whole.nodes
    if not nodes:
        grammar = Grammar(list(lexemes(whole.text)))
        parsed = grammar.attempt(grammar.expression)
        nodes = [parsed] if parsed is not None else []
    return {each.key() for node in nodes for each in node.walk() if each.kind in EXPRESSIONS}


def _variables(node: Code) -> Iterator[Code]:
    """The names in an expression that are no members and no types."""
    if node.kind == "ident":
        yield node
    elif node.kind not in ("type", "type_name"):
        parts = node.children[:-1] if node.kind == "member" else node.children
        for each in parts:
            yield from _variables(each)
