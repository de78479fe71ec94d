"""Does this code match that pattern? Node against node, with what the holes stand for.

A generator gives every way in which a pattern matches; most have none or one. Statement dots are
paths through the control flow and have a module of their own (`refactor.pattern.paths`), which is
handed in as `sequences`, so that this one knows trees only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from refactor.c.code import EXPRESSIONS, QUALIFIERS, STATEMENTS, Code, lexemes
from refactor.c.grammar import EXPRESSION_SORTS, Grammar
from refactor.pattern.binding import Binding, State, binding_of
from refactor.pattern.compile import CONTEXT, MINUS, Pattern
from refactor.pattern.tokens import REMOVED, Constraint, Metavariable, Token, When
from refactor.pattern.types import (
    NoTypes,
    Types,
    declared_type,
    type_binding,
    with_type,
)

Matches = Iterator[State]


@dataclass
class Matcher:
    """Matches one pattern in one file; `data` are the bytes that offsets mean."""

    pattern: Pattern
    data: bytes
    types: Types = field(default_factory=NoTypes)
    disabled: frozenset[str] = frozenset()
    """Isomorphisms that are not to be used."""
    positions: Mapping[tuple[str, str], frozenset[tuple[bytes, ...]]] = field(default_factory=dict)
    """All values that positions of earlier rules have, for constraints."""
    sequences: Callable[[Matcher, Sequence[Code], Code, State], Matches] | None = None
    is_exact: bool = False
    """True for a comparison without isomorphisms."""
    absent: frozenset[str] = frozenset()
    """Names of other rules that have no value here: nothing is equal to them."""
    placed: dict[int, frozenset[str]] = field(default_factory=dict)
    """For a node of the pattern, by its identity: the positions that are attached in it."""
    unknown: set[int] = field(default_factory=set)
    """Offsets of expressions whose type was asked for and is not known."""

    # -------------------------------------------------------------------- nodes

    def match(self, p: Code, n: Code, state: State) -> Matches:
        """Every way in which the pattern's node `p` matches the file's node `n`."""
        names = self.attached.get(id(p))
        if names is None:
            yield from self._match(p, n, state)
            return
        for each in self._match(p, n, state):
            bound: State | None = each
            for name in names:
                bound = self._attach(name, n, bound) if bound is not None else None
            if bound is not None:
                yield bound

    @cached_property
    def attached(self) -> dict[int, list[str]]:
        """By the identity of a pattern's node: the names that are bound to what it meets, `f(x)@E`.

        A name behind an operator, a bracket or a word is that of the expression it belongs to.
        """
        found: dict[int, list[str]] = {}
        for leaf in self.pattern.leaves.values():
            for name in leaf.token.positions if leaf.token is not None else ():
                if self.pattern.metavariables[name].sort != "position":
                    around = (leaf, *leaf.ancestors())
                    node = next((each for each in around if each.kind in EXPRESSIONS), leaf)
                    found.setdefault(id(node), []).append(name)
        return found

    def _attach(self, name: str, n: Code, state: State) -> State | None:
        """Bind a name to what a node of the pattern has met, or to the statement around that."""
        meta = self.pattern.metavariables[name]
        node: Code | None = n
        if meta.sort == "declaration":
            node = next((each for each in n.ancestors() if each.kind == "declaration"), None)
        elif meta.sort == "statement":
            node = next((each for each in n.ancestors() if each.kind in STATEMENTS), None)
        if node is None:
            return None
        binding = binding_of(node, self.data)
        known = state.env.get(name)
        if known is not None:
            return state if known.key == binding.key else None
        if meta.origin or self._accepts(meta, binding, node, state) is None:
            return None
        return state.bind(name, binding)

    def _match(self, p: Code, n: Code, state: State) -> Matches:
        kind = p.kind
        if kind == "meta":
            yield from self.meta(p, n, state)
        elif kind == "disj":
            for alternative in p.children:
                found = False
                for each in self.match(alternative, n, state):
                    found = True
                    yield each
                if found:
                    break
        elif kind == "conj":
            yield from self._conjunction(p.children, n, state)
        elif kind == "dots":
            yield self._met(p, n, state)
        elif kind == "nest":
            yield from self.nest(p, n, state)
        elif kind == "seq" and len(p.children) == 1:
            yield from self.match(p.children[0], n, state)
        elif not p.children and kind not in ("empty", "seq"):
            if not n.children and self._same_text(p, n):
                yield from self._at_positions(p, n, self._met(p, n, state))
            elif not n.children and p.kind == "number" and n.kind == "char":
                yield from self._isomorphic(p, n, state)
            elif not n.children and not self._same_text(p, n):
                return
            else:
                yield from self._isomorphic(p, n, state)
        elif kind == "type_name" and n.kind in ("ident", "typeof"):
            named = as_type(n)
            if named is not None:
                yield from self._typed_as_is(p, named, None, state)
        else:
            found = False
            if p.kind == n.kind:
                for each in self._alike(p, n, state):
                    found = True
                    yield each
            if not found:
                yield from self._isomorphic(p, n, state)

    def uses(self, iso: str) -> bool:
        """True if an isomorphism is in force for the rule."""
        return iso not in self.disabled and "all" not in self.disabled

    def _met(self, p: Code, n: Code, state: State) -> State:
        token = p.token
        return state.meet(token.number, n.start, n.end, n) if token is not None else state

    def _unit(self, p: Code, n: Code, state: State) -> State:
        """All of `p` has met all of `n`, in another form."""
        for leaf in p.leaves():
            if leaf.token is not None:
                state = state.meet(leaf.token.number, n.start, n.end, n)
        return state.other_form() if self.pattern.states.get(id(p), CONTEXT) != CONTEXT else state

    def _conjunction(self, parts: Sequence[Code], n: Code, state: State) -> Matches:
        if not parts:
            yield state
            return
        for each in self.match(parts[0], n, state):
            yield from self._conjunction(parts[1:], n, each)

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
        for name in token.positions if token is not None else ():
            meta = self.pattern.metavariables[name]
            if meta.sort != "position":
                continue
            value = Binding("position", (b"%d" % n.start, b"%d" % n.end), b"", 20, (n,))
            known = state.env.get(name)
            if name in self.absent or (known is not None and known.key != value.key):
                return
            if (known is None or meta.origin) and not self.allows(meta, value, state):
                return
            state = state.bind(name, value)
        yield state

    # -------------------------------------------------------------------- metavariables

    def meta(self, p: Code, n: Code, state: State) -> Matches:
        """A hole against a node."""
        meta: Metavariable = p.token.meta
        sort = meta.sort
        if sort in EXPRESSION_SORTS:
            if sort == "metavariable" and n.kind in STATEMENTS:
                pass
            elif n.kind not in EXPRESSIONS or n.kind == "init":
                return
        elif sort in ("identifier", "function", "fresh identifier", "iterator", "declarer"):
            if n.children or n.kind not in ("ident", "storage") or n.text in _NO_NAMES:
                return
        elif sort in ("statement",):
            if n.kind not in STATEMENTS or n.kind in ("declaration", "label", "case", "default"):
                return
        elif sort == "declaration":
            if n.kind != "declaration":
                return
        elif sort in ("type", "typedef"):
            if n.kind == "ident":  # the name that a typedef declares
                value = Binding("type", (n.text,), n.text, 20, (n,))
                yield from self.bound(p, meta, value, n, state)
                return
            if n.kind not in ("type", "type_name"):
                return
        elif sort == "parameter":
            if n.kind != "param":
                return
        elif sort == "initializer":
            if n.kind not in EXPRESSIONS and n.kind not in ("pair", "init"):
                return
        elif sort in ("binary operator", "assignment operator", "unary operator"):
            if n.children or n.kind != "op":
                return
        elif sort == "field":
            if n.kind != "declaration":
                return
        elif meta.is_list:
            pass
        else:
            return
        binding = binding_of(n, self.data)
        yield from self.bound(p, meta, binding, n, state)

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
            if meta.origin and not self.allows(meta, binding, state):
                return
        elif meta.origin:
            return  # the other rule has not bound it in this environment
        else:
            accepted = self._accepts(meta, binding, n, state)
            if accepted is None:
                return
            state = accepted
        if n is not None:
            state = state.meet(p.token.number, n.start, n.end, n)
        if known is None or (not known.nodes and binding.nodes):
            state = state.bind(meta.name, binding)
        if n is not None:
            yield from self._at_positions(p, n, state)
        else:
            yield state

    def _accepts(
        self, meta: Metavariable, binding: Binding, n: Code | None, state: State
    ) -> State | None:
        """The state with the names in the metavariable's type bound; None if it cannot be this."""
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
            if n.kind != "ident" or n.text in _NO_NAMES:
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
        return all(self._permits(each, meta, binding, state) for each in meta.constraints)

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
            whole = state.env.get(each.values[0].rpartition(".")[2])
            return whole is not None and binding.key in parts_of(whole)
        if each.expression is not None:
            subject = (binding.key[0] if len(binding.key) == 1 else binding.text).decode(
                "utf-8", "replace"
            )
            if meta.sort in ("constant", "format", "expression") and subject[:1] == '"':
                subject = subject[1:-1]
            return (re.search(each.expression, subject) is not None) != each.negative
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
                found = found or (value in state.env and state.env[value].key == binding.key)
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

    # -------------------------------------------------------------------- same kind

    def _alike(self, p: Code, n: Code, state: State) -> Matches:
        """Nodes of the same kind."""
        kind = p.kind
        if kind in _ANNOTATED:
            noted = self._annotations(p, n, state)
            if noted is None:
                return
            state = noted
        if kind in ("args", "params", "init", "fields"):
            yield from self._enclosed(p, n, state)
        elif kind == "block":
            yield from self._block(p, n, state)
        elif kind == "declaration":
            yield from self.declaration(p, n, state)
        elif kind == "function":
            yield from self._function(p, n, state)
        elif kind == "param" or kind == "type_name":
            yield from self._declared_as(p.parts, n.parts, state)
        elif kind == "type":
            yield from self._type(p, n, state)
        elif kind == "struct" and p.parts[0].kind == "meta":
            yield from self._any_struct(p, n, state)
        elif kind == "binary" and p.parts[-1].kind == "dots":
            yield from self._any_operands(p, n, state)
        elif kind == "strings":
            yield from self._strings(p, n, state)
        elif kind == "for":
            yield from self._for(p, n, state)
        else:
            yield from self.children(p.parts, n.parts, state)

    def _annotations(self, p: Code, n: Code, state: State) -> State | None:
        """Annotations that the pattern names have to be there, in their order; others may be.

        Where they stand between the words of a declaration makes no difference.
        """
        wanted = annotations_of(p)
        name_p, name_n = _name_of(p), _name_of(n)
        strict = not self.uses("optional_attributes")
        if not wanted and not strict:
            return state
        there = annotations_of(n)
        for each in wanted:
            hole = each[0]
            meta = hole.token.meta if hole.kind == "meta" else None
            for at, one in enumerate(there):
                found: State | None = None
                # Before or behind the name is not the same: `int __user *p`, `int *p __user`.
                is_first = name_n is not None and one[0].start < name_n.start
                if name_p and name_n and _is_before(hole, name_p) != is_first:
                    continue
                if meta is not None:
                    start, end = one[0].start, one[-1].end
                    key = tuple(leaf.text for leaf in one)
                    value = Binding("code", key, self.data[start:end])
                    bound = next(self.bound(hole, meta, value, None, state), None)
                    if bound is not None:
                        found = bound.meet(hole.token.number, start, end, one[0])
                else:
                    found = self._annotation(each, one, state)
                if found is not None:
                    state, there = found, [*there[:at], *there[at + 1 :]]
                    break
            else:
                return None
        return None if strict and there else state

    def _annotation(
        self, mine: Sequence[Code], theirs: Sequence[Code], state: State
    ) -> State | None:
        """The tokens of one annotation; dots take any number of them."""
        if not mine:
            return None if theirs else state
        if mine[0].kind == "dots":
            for count in range(len(theirs) + 1):
                start = theirs[0].start if theirs else 0
                end = theirs[count - 1].end if count else start
                met = state.meet(mine[0].token.number, start, end, None)
                found = self._annotation(mine[1:], theirs[count:], met)
                if found is not None:
                    return found
            return None
        if theirs and mine[0].text == theirs[0].text:
            return self._annotation(mine[1:], theirs[1:], self._met(mine[0], theirs[0], state))
        return None

    def children(self, ps: Sequence[Code], ns: Sequence[Code], state: State) -> Matches:
        """Lists of the same length, one by one."""
        if len(ps) != len(ns):
            return
        if not ps:
            yield state
            return
        for each in self.match(ps[0], ns[0], state):
            yield from self.children(ps[1:], ns[1:], each)

    def _any_operands(self, p: Code, n: Code, state: State) -> Matches:
        """`a || ...`: the first operand of a row, with others behind it."""
        first, operator, dots = p.parts
        if n.kind != "binary" or n.children[1].text != operator.text:
            return
        row = n
        while (
            row.children[0].kind == "binary" and row.children[0].children[1].text == operator.text
        ):
            row = row.children[0]
        for each in self.match(first, row.children[0], state):
            met = self._met(operator, row.children[1], each)
            yield met.meet(dots.token.number, row.children[2].start, n.end, None)

    def _strings(self, p: Code, n: Code, state: State) -> Matches:
        """Strings side by side; a hole takes as many pieces as it needs."""
        ps, ns = p.parts, n.parts
        if len(ps) == len(ns):
            yield from self.children(ps, ns, state)

    def _for(self, p: Code, n: Code, state: State) -> Matches:
        ps, ns = p.parts, n.parts
        if len(ps) > 2 and ps[2].kind == "dots" and ps[3].text == b")":
            closing = next(
                (i for i, each in enumerate(ns) if each.text == b")" and not each.children), None
            )
            if closing is None:
                return
            first = state.meet(ps[2].token.number, ns[2].start, ns[closing - 1].end, None)
            yield from self.children([*ps[:2], *ps[3:]], [*ns[:2], *ns[closing:]], first)
            return
        for mine in _for_slots(ps):
            theirs = next(iter(_for_slots(ns)), None)
            if theirs is not None:
                dots, semicolon, declared = mine[2], mine[3], theirs[2]
                if (
                    dots is not None
                    and dots.kind == "dots"
                    and declared is not None
                    and declared.kind == "declaration"
                    and semicolon is not None
                ):
                    # Dots for a declaration, which has its semicolon in itself.
                    end = declared.children[-1]
                    state = state.meet(dots.token.number, declared.start, end.start, None)
                    state = self._met(semicolon, end, state)
                    mine, theirs = [*mine[:2], *mine[4:]], [*theirs[:2], *theirs[4:]]
                yield from self.children_or_dots(mine, theirs, state)

    def children_or_dots(
        self, ps: Sequence[Code | None], ns: Sequence[Code | None], state: State
    ) -> Matches:
        """Like `children`, where a slot may be empty, and dots match an empty one."""
        if len(ps) != len(ns):
            return
        if not ps:
            yield state
            return
        p, n = ps[0], ns[0]
        if p is None or n is None:
            if (p is None and n is None) or (p is not None and p.kind == "dots" and n is None):
                yield from self.children_or_dots(ps[1:], ns[1:], state)
            return
        for each in self.match(p, n, state):
            yield from self.children_or_dots(ps[1:], ns[1:], each)

    # -------------------------------------------------------------------- lists

    def _enclosed(self, p: Code, n: Code, state: State) -> Matches:
        """A list with commas in brackets."""
        ps, ns = p.parts, n.parts
        if not ns or ns[-1].text != ps[-1].text:
            return
        first = self._met(ps[0], ns[0], state)
        first = self._met(ps[-1], ns[-1], first)
        mine, theirs = paired_with_commas(ps[1:-1]), paired_with_commas(ns[1:-1])
        if p.kind == "params" and not theirs and _is_void(mine):
            yield from self._met_all(mine[0][0], ns[0].end, first)
            return
        if p.kind == "params" and not mine and _is_void(theirs):
            yield first
            return
        if (
            p.kind == "init"
            and (mine or (theirs and theirs[0][0].kind == "pair" and not self._goes(p)))
            and all(each.kind in ("pair",) or (each.kind == "disj") for each, _ in mine)
        ):
            yield from self._unordered(mine, theirs, first)
            return
        if p.kind == "fields" and not any(each.text == b"," for each in (*ps, *ns)):
            yield from self._members(ps[1:-1], ns[1:-1], first, ns[0].end)
            return
        yield from self._list(mine, theirs, first, ns[0].end)

    def _goes(self, p: Code) -> bool:
        """True for a list that is taken out: what it does not name must not go along."""
        return self.pattern.states.get(id(p), CONTEXT) == MINUS

    def _met_all(self, p: Code, at: int, state: State) -> Matches:
        for leaf in p.leaves():
            if leaf.token is not None:
                state = state.meet(leaf.token.number, at, at, None)
        yield state

    def _list(
        self,
        mine: Sequence[tuple[Code, Code | None]],
        theirs: Sequence[tuple[Code, Code | None]],
        state: State,
        at: int,
    ) -> Matches:
        """Items in order; dots and lists take any number. `at` is where the last item ended."""
        if not mine:
            if not theirs:
                yield state
            return
        p, comma = mine[0]
        width = self._width(p)
        if width is None:
            # One item for one item.
            if not theirs:
                return
            n, theirs_comma = theirs[0]
            for each in self.match(p, n, state):
                behind = self._comma(comma, theirs_comma, each, n.end)
                if behind is not None:
                    yield from self._list(
                        mine[1:], theirs[1:], behind, theirs_comma.end if theirs_comma else n.end
                    )
            return
        counts: Sequence[int] = [width] if width >= 0 else range(len(theirs) + 1)
        if p.kind == "meta" and (limits := p.token.meta.lengths) is not None:
            counts = range(limits[0], min(limits[1], len(theirs)) + 1)
        if known := self._known_list(p, state):
            counts = [known - 1]
        # Each item behind takes one; fewer cannot be left over for them.
        most = len(theirs) - sum(1 for one, _ in mine[1:] if self._width(one) is None)
        for count in counts:
            if count > most:
                return
            if count < len(theirs) and len(mine) == 1:
                continue
            taken = theirs[:count]
            for each in self._take(p, taken, state, at):
                last = taken[-1][1] if taken else None
                after: State | None = each
                if comma is not None and comma.token is not None:
                    if last is not None:
                        after = self._met(comma, last, each)
                    elif taken and theirs[count:]:
                        after = None
                    else:
                        end = taken[-1][0].end if taken else at
                        after = each.meet(comma.token.number, end, end, None)
                if after is not None:
                    end = (last.end if last else taken[-1][0].end) if taken else at
                    yield from self._list(mine[1:], theirs[count:], after, end)

    def _comma(self, mine: Code | None, theirs: Code | None, state: State, at: int) -> State | None:
        if mine is None:
            return state
        if theirs is None:
            return state.meet(mine.token.number, at, at, None) if mine.token is not None else state
        return self._met(mine, theirs, state)

    def _width(self, p: Code) -> int | None:
        """None for one item, -1 for any number of them, else the number."""
        if p.kind == "dots":
            return -1
        if p.kind == "nest":
            return -1
        if p.kind == "meta" and p.token.meta.is_list:
            length = p.token.meta.length
            return int(length) if length.isdigit() else -1
        return None

    def _known_list(self, p: Code, state: State) -> int:
        """One more than the number of items a bound list has; 0 if it is not bound."""
        if p.kind != "meta" or p.token.meta.name not in state.env:
            return 0
        nodes = state.env[p.token.meta.name]
        return sum(1 for _ in nodes.nodes) + 1 if nodes.nodes else 0

    def _take(
        self, p: Code, taken: Sequence[tuple[Code, Code | None]], state: State, at: int
    ) -> Matches:
        """Dots or a list against some items."""
        if p.kind == "nest":
            yield from self._nest_in_list(p, taken, state, at)
            return
        if any(node.kind in ("directive", "error") for node, _ in taken):
            return
        start = taken[0][0].start if taken else at
        end = taken[-1][0].end if taken else at
        if p.kind == "dots":
            for when in p.token.whens:
                if when.kind == "!=" and self._forbids(when, [node for node, _ in taken], state):
                    return
            yield state.meet(p.token.number, start, end, None)
            return
        meta: Metavariable = p.token.meta
        key: list[bytes] = []
        for node, comma in taken:
            key += node.key()
            if comma is not None and node is not taken[-1][0]:
                key.append(b",")
        if meta.length and not meta.length.isdigit():
            count = Binding("code", (b"%d" % len(taken),), b"%d" % len(taken))
            known = state.env.get(meta.length)
            if known is None and "." in meta.length:
                return
            if known is not None and known.key != count.key:
                return
            state = state.bind(meta.length, count)
        value = Binding(
            "list", tuple(key), self.data[start:end], 1, tuple(node for node, _ in taken)
        )
        for each in self.bound(p, meta, value, None, state):
            yield each.meet(p.token.number, start, end, None)

    def _forbids(self, when: When, nodes: Sequence[Code], state: State) -> bool:
        for item in when.items:
            for node in nodes:
                for inner in node.walk():
                    if next(self.match(item, inner, state), None) is not None:
                        return True
        return False

    def _nest_in_list(
        self, p: Code, taken: Sequence[tuple[Code, Code | None]], state: State, at: int
    ) -> Matches:
        hits = state
        count = 0
        for node, _ in taken:
            for found in self.inside(p, node, hits):
                hits = found
                count += 1
        if count or not p.token.at_least_once:
            yield hits.meet(
                p.token.number,
                taken[0][0].start if taken else at,
                taken[-1][0].end if taken else at,
                None,
            )

    def _unordered(
        self,
        mine: Sequence[tuple[Code, Code | None]],
        theirs: Sequence[tuple[Code, Code | None]],
        state: State,
    ) -> Matches:
        """Designated initialisers: each has to be there, in whatever order, among others."""
        if not mine:
            yield state
            return
        p, comma = mine[0]
        for position, (n, theirs_comma) in enumerate(theirs):
            for each in self.match(p, n, state):
                after = self._comma(comma, theirs_comma, each, n.end)
                if after is not None:
                    rest = [*theirs[:position], *theirs[position + 1 :]]
                    yield from self._unordered(mine[1:], rest, after)

    def _members(self, ps: Sequence[Code], ns: Sequence[Code], state: State, at: int) -> Matches:
        """The members of a struct, in order; dots take any number. `at` is where the last ended."""
        ns = [each for each in ns if each.kind not in ("directive",)]
        if not ps:
            if not ns:
                yield state
            return
        p = ps[0]
        if p.kind == "directive":
            yield from self._members(ps[1:], ns, state, at)
            return
        if p.kind in ("dots", "nest") or (p.kind == "meta" and p.token.meta.is_list):
            for count in range(len(ns) + 1):
                if len(ps) == 1 and count < len(ns):
                    continue
                taken = [(each, None) for each in ns[:count]]
                for each in self._take(p, taken, state, at):
                    end = ns[count - 1].end if count else at
                    yield from self._members(ps[1:], ns[count:], each, end)
            return
        if not ns:
            return
        for each in self.match(p, ns[0], state):
            yield from self._members(ps[1:], ns[1:], each, ns[0].end)

    # -------------------------------------------------------------------- declarations

    def declaration(self, p: Code, n: Code, state: State) -> Matches:
        """A declaration; one name of the pattern is looked for among all that are declared."""
        pt, pds = split_declaration(p)
        nt, nds = split_declaration(n)
        closing = self._met(p.parts[-1], n.parts[-1], state)
        mine = [each for each in pds if each.text != b","]
        theirs = [each for each in nds if each.text != b","]
        if pt is not None and nt is not None and not mine and _is_typedef(n):
            # `struct foo { ... };` is also the struct in `typedef struct foo { ... } T;`.
            kept = self.pattern.states.get(id(p), CONTEXT) != MINUS
            if kept and any(
                each.kind == "struct" and each.parts[-1].kind == "fields" for each in pt.parts
            ):
                yield from self.match(pt, nt, closing)
            return
        start = list(self._storage(p, n, closing))
        for first in start:
            if not mine and not theirs:
                if pt is not None and nt is not None:
                    yield from self.match(pt, nt, first)
            elif len(mine) == 1 and len(theirs) > 1:
                for declarator in theirs:
                    for each in self._one_declared(p, n, pt, mine[0], nt, declarator, state):
                        yield self._one_of_several(p, declarator, each, state)
            elif len(mine) == 1:
                for declarator in theirs:
                    yield from self._one_declared(p, n, pt, mine[0], nt, declarator, first)
            elif len(mine) == len(theirs):
                yield from self._several(pt, mine, nt, theirs, pds, nds, first)

    def _one_of_several(self, p: Code, declarator: Code, state: State, before: State) -> State:
        """A declaration that goes takes its own name out of a list, not the others."""
        if self.pattern.states.get(id(p), CONTEXT) == CONTEXT:
            return state
        found = State(state.env, before.last, state.reordered, state.paths)
        for leaf in p.leaves():
            if leaf.token is not None:
                found = found.meet(leaf.token.number, declarator.start, declarator.end, declarator)
        return found

    def _several(
        self,
        pt: Code | None,
        mine: Sequence[Code],
        nt: Code | None,
        theirs: Sequence[Code],
        pds: Sequence[Code],
        nds: Sequence[Code],
        state: State,
    ) -> Matches:
        if pt is None or nt is None:
            return
        commas = zip(
            [each for each in pds if each.text == b","],
            [each for each in nds if each.text == b","],
            strict=True,
        )
        for one, other in commas:
            state = self._met(one, other, state)
        for each in self.match(pt, nt, state):
            yield from self.children(mine, theirs, each)

    def _storage(self, p: Code, n: Code, state: State) -> Matches:
        """Storage classes: what the pattern names has to be there; others may be, unless it names
        one."""
        wanted = [each for each in p.parts if each.kind == "storage"]
        found = [each for each in n.parts if each.kind == "storage"]
        if any(each.text == b"typedef" for each in found) != any(
            each.text == b"typedef" for each in wanted
        ):
            return
        for each in wanted:
            same = next((one for one in found if one.text == each.text), None)
            if same is None:
                return
            state = self._met(each, same, state)
        if not wanted and found and not self.uses("optional_storage"):
            return
        yield state

    def _one_declared(
        self,
        p: Code,
        n: Code,
        pt: Code | None,
        pd: Code,
        nt: Code | None,
        nd: Code,
        state: State,
    ) -> Matches:
        """One name of the pattern against one of the file."""
        if pt is None or nt is None:
            if pt is None and nt is None:
                yield from self.match(pd, nd, state)
            return
        if pd.kind == "init_decl" and nd.kind == "init_decl":
            ps, ns = pd.parts, nd.parts
            for each in self._typed(pt, ps[0], nt, ns[0], state):
                yield from self.children(ps[1:], ns[1:], each)
        elif pd.kind == "bit_decl" and nd.kind == "bit_decl":
            for each in self._typed(pt, pd.parts[0], nt, nd.parts[0], state):
                yield from self.children(pd.parts[1:], nd.parts[1:], each)
        elif pd.kind in ("init_decl", "bit_decl"):
            return
        elif nd.kind == "init_decl":
            # decl_init: `T x;` is also `T x = ...;`, as long as the name stays.
            if self._stays(pd) and self.uses("decl_init"):
                yield from self._typed(pt, pd, nt, nd.parts[0], state)
        else:
            yield from self._typed(pt, pd, nt, nd, state)

    def _stays(self, p: Code) -> bool:
        return self.pattern.states.get(id(p), CONTEXT) == CONTEXT

    def _declared_as(self, ps: Sequence[Code], ns: Sequence[Code], state: State) -> Matches:
        """A parameter, or a type name: a type, perhaps with a declarator."""
        pt = next((each for each in ps if each.kind == "type"), None)
        nt = next((each for each in ns if each.kind == "type"), None)
        pd = next((each for each in ps if each.kind not in ("type", "storage")), None)
        nd = next((each for each in ns if each.kind not in ("type", "storage")), None)
        if pt is None or nt is None:
            if pt is None and nt is None and pd is not None and nd is not None:
                yield from self.match(pd, nd, state)
            return
        yield from self._typed(pt, pd, nt, nd, state)

    def _typed(self, pt: Code, pd: Code | None, nt: Code, nd: Code | None, state: State) -> Matches:
        """A type with its declarator. What the pattern's type is a hole for may have stars."""
        hole = pt.parts[0] if len(pt.parts) == 1 and pt.parts[0].kind == "meta" else None
        qualified = (
            len(pt.parts) > 1
            and pt.parts[-1].kind == "meta"
            and all(each.text in (b"const", b"volatile") for each in pt.parts[:-1])
        )
        mine, theirs = chain(pd), chain(nd)
        if (
            self.is_prototype
            and mine
            and not mine[0].children
            and (not theirs or theirs[0].children)
        ):
            # The parameter has no name here: the one of the pattern stands behind the type.
            at = theirs[-1].end if theirs else nt.end
            if mine[0].token is not None:
                state = state.meet(mine[0].token.number, at, at, None)
            mine = mine[1:]
        if hole is None and not qualified:
            for each in self._declarators(mine, theirs, state, len(theirs)):
                yield from self.match(pt, nt, each)
            return
        if hole is None:
            hole = pt.parts[-1]
        if len(theirs) < len(mine):
            return
        extra = theirs[len(mine) :]
        if any(each.kind not in ("ptr", "array") for each in extra):
            holder = nd.parent if nd is not None else None
            if not mine and holder is not None and holder.kind == "type_name" and not qualified:
                yield from self._whole_type(hole, holder, state)
            return
        if extra and nt.parent is not None and pt.parent is not None and annotations_of(pt.parent):
            # The stars that the hole takes lie behind an annotation that the pattern has by itself.
            last = max(one.children[0].end for one in extra)
            if any(nt.end <= one[0].start < last for one in annotations_of(nt.parent)):
                return
        for each in self._declarators(mine, theirs[: len(mine)], state, len(theirs)):
            nodes = (nt,)
            stars = tuple(b"*" if one.kind == "ptr" else b"[]" for one in extra)
            words = nt.key()
            start = nt.start
            if qualified:
                kept = [leaf for leaf in nt.leaves() if leaf.text not in (b"const", b"volatile")]
                words = tuple(leaf.text for leaf in kept)
                start = kept[0].start if kept else nt.start
            count = sum(1 for one in extra if one.kind == "ptr")
            text = self.data[start : nt.end] + (b" " + b"*" * count if count else b"")
            value = Binding("type", (*words, *stars), text, 20, nodes)
            meta: Metavariable = hole.token.meta
            end = nt.end
            if count and extra:
                innermost = extra[-1] if extra else None
                if innermost is not None:
                    end = max(end, min(one.children[0].end for one in extra if one.kind == "ptr"))
                    end = max([end, *(one.children[0].end for one in extra if one.kind == "ptr")])
            for bound in self.bound(hole, meta, value, None, each):
                yield from self._at_positions(
                    hole, nt, bound.meet(hole.token.number, start, end, nt)
                )

    def _whole_type(self, hole: Code, n: Code, state: State) -> Matches:
        """A type with a declarator around it, `void (*)(void *)`: only a cast can take it over."""
        value = Binding("type", n.key(), self.data[n.start : n.end], 20, (n,))
        yield from self.bound(hole, hole.token.meta, value, n, state)

    def _declarators(
        self, mine: Sequence[Code], theirs: Sequence[Code], state: State, total: int
    ) -> Matches:
        """Declarators from the name outwards."""
        if len(mine) != len(theirs):
            return
        if not mine:
            yield state
            return
        yield from self._declarator(mine, theirs, 0, state)

    def _declarator(
        self, mine: Sequence[Code], theirs: Sequence[Code], at: int, state: State
    ) -> Matches:
        if at == len(mine):
            yield state
            return
        p, n = mine[at], theirs[at]
        if at == 0 and not p.children:
            for each in self.match(p, n, state):
                yield from self._declarator(mine, theirs, at + 1, each)
            return
        if p.kind == "disj":
            for each in self.match(p, n, state):
                yield from self._declarator(mine, theirs, at + 1, each)
            return
        if p.kind != n.kind:
            return
        inner_p = mine[at - 1] if at else None
        inner_n = theirs[at - 1] if at else None
        ps = [each for each in p.parts if each is not inner_p]
        ns = [each for each in n.parts if each is not inner_n]
        if p.kind == "ptr" and len(ns) > len(ps):
            ns = [each for each in ns if each.text not in (b"const", b"volatile", b"restrict")]
        for each in self.children(ps, ns, state):
            yield from self._declarator(mine, theirs, at + 1, each)

    def _type(self, p: Code, n: Code, state: State) -> Matches:
        """Types without declarators; qualifiers of the file may be missing in the pattern."""
        ps, ns = p.parts, n.parts
        if len(ps) == 1 and ps[0].kind == "meta":
            value = Binding("type", n.key(), self.data[n.start : n.end], 20, (n,))
            meta: Metavariable = ps[0].token.meta
            for each in self.bound(ps[0], meta, value, None, state):
                yield from self._at_positions(
                    ps[0], n, each.meet(ps[0].token.number, n.start, n.end, n)
                )
            return
        if len(ps) == 1 and ps[0].kind in ("disj", "conj"):
            yield from self._type_group(ps[0], n, state)
            return
        if ps and ps[-1].kind == "meta" and ps[-1].token.meta.sort in ("type", "typedef"):
            yield from self._signed(ps, n, state)
            return
        found = False
        for each in self.children(ps, ns, state):
            found = True
            yield each
        if found:
            return
        if self.uses("optional_qualifier"):
            named = [each.text for each in ps]
            bare = [
                each
                for each in ns
                if each.text not in (b"const", b"volatile") or each.text in named
            ]
            if len(bare) < len(ns):
                for each in self.children(ps, bare, state):
                    found = True
                    yield each
        named = [each.text for each in ps if each.text in QUALIFIERS]
        if any(each not in [one.text for one in ns] for each in named):
            return
        if not found:
            yield from self._words(ps, ns, state)

    def _words(self, ps: Sequence[Code], ns: Sequence[Code], state: State) -> Matches:
        """Words of a type in another order; qualifiers, `int` and `signed` may be there or not.

        What the pattern has and the file has not meets an empty place behind the words before it,
        so that an edit knows where it would stand.
        """
        if any(each.children or each.kind in ("meta", "disj") for each in (*ps, *ns)):
            return
        rest = list(ns)
        at = ns[0].start if ns else 0
        for p in ps:
            same = next((each for each in rest if each.text == p.text), None)
            if same is not None:
                rest.remove(same)
                at = same.end
                state = self._met(p, same, state)
            elif (
                p.text == b"int"
                and {b"unsigned", b"long", b"short", b"signed"} & {each.text for each in ns}
                and self._stays(p)
            ):
                state = state.meet(p.token.number, at, at, None) if p.token else state
            else:
                return
        words = {each.text for each in ps}
        for each in rest:
            if each.text in QUALIFIERS and self.uses("optional_qualifier"):
                continue
            iso, others = {
                b"signed": ("add_signed", {b"int", b"long", b"short"}),
                b"int": ("add_int1", {b"unsigned", b"signed", b"long", b"short"}),
            }.get(each.text, ("", set()))
            if not words & others or not self.uses(iso):
                return
        yield state

    def _signed(self, ps: Sequence[Code], n: Code, state: State) -> Matches:
        """`unsigned T`: T is what is left, an int where nothing is."""
        rest = list(n.parts)
        for p in ps[:-1]:
            same = next((each for each in rest if not each.children and each.text == p.text), None)
            if same is None:
                return
            rest.remove(same)
            state = self._met(p, same, state)
        hole = ps[-1]
        if not rest:
            value = Binding("type", (b"int",), b"int")
            start = end = n.end
        else:
            start, end = rest[0].start, rest[-1].end
            key = tuple(token for each in rest for token in each.key())
            value = Binding("type", key, self.data[start:end], 20, tuple(rest))
        for each in self.bound(hole, hole.token.meta, value, None, state):
            yield from self._at_positions(hole, n, each.meet(hole.token.number, start, end, n))

    def _any_struct(self, p: Code, n: Code, state: State) -> Matches:
        """`T { ... }`: T is the tag, or the name that a typedef gives a struct without one."""
        hole, inside = p.parts
        word, *rest = n.parts
        if not rest or rest[-1].kind != "fields":
            return
        if len(rest) > 1:
            key: tuple[bytes, ...] = (word.text, rest[0].text)
        else:
            holder = n.parent.parent if n.parent is not None else None
            names = [
                chain(each)[0]
                for each in (holder.parts if holder is not None else [])
                if each.kind in (*DECLARATORS, "ident")
            ]
            if not names or holder is None or not _is_typedef(holder):
                return
            key = (names[0].text,)
        value = Binding("type", key, b" ".join(key), 20, (n,))
        end = rest[-2].end if len(rest) > 1 else word.end
        for each in self.bound(hole, hole.token.meta, value.plain(), None, state):
            met = each.meet(hole.token.number, word.start, end, n)
            yield from self.match(inside, rest[-1], met)

    def _type_group(self, p: Code, n: Code, state: State) -> Matches:
        for alternative in p.children:
            inner = alternative.parts[0] if alternative.kind == "type_name" else alternative
            found = False
            for each in self.match(inner, n, state):
                found = True
                yield each
            if found and p.kind == "disj":
                return

    def _function(self, p: Code, n: Code, state: State) -> Matches:
        """A definition; the pattern may leave out the type, storage classes and annotations."""
        pp, nn = p.parts, n.parts
        pb, nb = pp[-1], nn[-1]
        pt = next((each for each in pp if each.kind == "type"), None)
        nt = next((each for each in nn if each.kind == "type"), None)
        pd = pp[-2]
        nd = next((each for each in reversed(nn[:-1]) if each.kind in ("fn", "ptr", "pdecl")), None)
        if nd is None:
            return
        for each in self._storage(p, n, state):
            if pt is None:
                mine, theirs = chain(pd), chain(nd)
                heads = self._declarators(mine, theirs[: len(mine)], each, len(theirs))
            elif nt is None:
                continue
            else:
                heads = self._typed(pt, pd, nt, nd, each)
            for head in heads:
                yield from self.match(pb, nb, head)

    def prototype(self, p: Code, n: Code, declarator: Code, state: State) -> Matches:
        """The head of a definition against a declaration of the same function."""
        noted = self._annotations(p, n, state)
        if noted is None:
            return
        state = noted
        self.is_prototype = True
        pt = next((each for each in p.parts if each.kind == "type"), None)
        nt = next((each for each in n.parts if each.kind == "type"), None)
        pd = p.parts[-2]
        try:
            for each in self._storage(p, n, state):
                if pt is None:
                    mine, theirs = chain(pd), chain(declarator)
                    yield from self._declarators(mine, theirs[: len(mine)], each, len(theirs))
                elif nt is not None:
                    yield from self._typed(pt, pd, nt, declarator, each)
        finally:
            self.is_prototype = False

    only_names: bool = False
    """True if the rule is about names wherever they stand, and not about expressions."""

    is_prototype: bool = False
    """True while a declaration is looked at, whose parameters need no names."""

    # -------------------------------------------------------------------- statements

    def _block(self, p: Code, n: Code, state: State) -> Matches:
        """A block: its statements in order, with dots over the paths in it."""
        ps, ns = p.children, n.children
        if not ns or ns[-1].text != b"}":
            return
        first = self._met(ps[0], ns[0], state)
        first = self._met(ps[-1], ns[-1], first)
        if self.sequences is not None:
            yield from self.sequences(self, ps[1:-1], n, first)

    def nest(self, p: Code, n: Code, state: State) -> Matches:
        """A nest in the place of an expression: all hits inside of it."""
        hits = state
        count = 0
        for found in self.inside(p, n, state):
            hits = found
            count += 1
        if count or not p.token.at_least_once:
            yield hits.meet(p.token.number, n.start, n.end, n)

    def inside(self, p: Code, n: Code, state: State) -> Matches:
        """Each place inside of `n` where the content of a nest matches, hits of all before kept."""
        contents: list[Code] = p.token.group.items
        if len(contents) != 1:
            return
        stack = [n]
        while stack:
            node = stack.pop()
            found = next(self.match_expression(contents[0], node, state), None)
            if found is not None:
                kept = {
                    key: value
                    for key, value in found.env.items()
                    if key in state.env or key in self.exported
                }
                state = State(kept, state.last, False, (*state.paths, found))
                yield state
            stack.extend(reversed(node.children))

    exported: frozenset[str] = frozenset()
    """Names bound in a nest that are used outside of it."""

    def match_expression(self, p: Code, n: Code, state: State) -> Matches:
        """An expression, or a statement without semicolon, at a node."""
        if p.kind == "disj":
            for alternative in p.children:
                found = False
                for each in self.match_expression(alternative, n, state):
                    found = True
                    yield each
                if found:
                    return
            return
        if p.kind == "seq" and len(p.children) == 1:
            yield from self.match_expression(p.children[0], n, state)
            return
        if p.kind == "type_name":
            yield from self._type_at(p, n, state)
            return
        if p.kind == "conj":
            states = [state]
            for part in p.children:
                states = [each for one in states for each in self.match_expression(part, n, one)]
            yield from states
            return
        if p.kind == "assign" and n.kind == "init_decl":
            yield from self.match(p, n, state)
            return
        if self.only_names:
            if n.children or n.kind != "ident" or n.text in _NO_NAMES:
                return
        elif p.kind in EXPRESSIONS or p.kind in ("meta", "nest", "dots"):
            if n.kind not in EXPRESSIONS and n.kind not in ("type_name",):
                return
            if not n.children and n.kind == "ident" and _is_no_value(n):
                return
        yield from self.match(p, n, state)

    def _type_at(self, p: Code, n: Code, state: State) -> Matches:
        """A bare type of the pattern at the type of a declaration, a parameter or a cast.

        The stars of a pattern are the innermost ones of the declarator: `struct foo *` is in
        `struct foo **x`, and in `struct foo *x[3]`.
        """
        if n.kind == "ident":
            named = as_type(n)
            if named is not None:
                yield from self._typed_as_is(p, named, None, state)
            return
        if n.kind != "type" or n.parent is None:
            return
        if not any(each.kind in DECLARATORS for each in p.parts):
            yield from self._typed_as_is(p, n, None, state)
            return
        for nd in n.parent.parts:
            if nd.kind in DECLARATORS:
                found = False
                for each in self._typed_as_is(p, n, nd, state):
                    found = True
                    yield each
                if found:
                    return

    def _typed_as_is(self, p: Code, nt: Code, nd: Code | None, state: State) -> Matches:
        pt = next((each for each in p.parts if each.kind == "type"), None)
        pd = next((each for each in p.parts if each.kind in DECLARATORS), None)
        if pt is None:
            return
        mine = chain(pd)
        inner = nd.parts[0] if nd is not None and nd.kind in ("init_decl", "bit_decl") else nd
        theirs = chain(inner)
        tail = theirs[len(theirs) - len(mine) :] if mine else []
        if len(tail) != len(mine):
            return
        for each in self._declarators(mine, tail, state, len(tail)):
            yield from self.match(pt, nt, each)

    # -------------------------------------------------------------------- isomorphisms

    def _isomorphic(self, p: Code, n: Code, state: State) -> Matches:
        """What means the same in another form; only where `p` stays or goes as a whole."""
        if self.is_exact:
            return
        # A position needs its token to be there, in whatever form the rest is.
        needed = self.placed.get(id(p))
        if needed is None:
            needed = self.placed[id(p)] = frozenset(
                name
                for leaf in p.leaves()
                if leaf.token is not None
                for name in leaf.token.positions
                if self.pattern.metavariables[name].sort == "position"
            )
        for each in self._forms(p, n, state):
            if needed <= each.env.keys():
                yield each

    def _forms(self, p: Code, n: Code, state: State) -> Matches:
        kind = p.kind
        if kind in STATEMENTS:
            yield from self._statement_isos(p, n, state)
            return
        whole = self.pattern.states.get(id(p), CONTEXT) in (CONTEXT, MINUS)
        if kind == "typeof" and n.kind == "type_name":
            inner = n.parts[0].parts if len(n.parts) == 1 else []
            if len(inner) == 1 and inner[0].kind == "typeof":
                yield from self.match(p, inner[0], state)
            return
        if kind == "paren" and self.uses("paren") and whole:
            if n.parent is not None and n.parent.kind == "paren":
                return  # the parentheses are there, and are matched as such
            for each in self.match(p.children[1], n, state):
                yield self._unit_of(p, n, each)
            return
        if kind == "assign" and n.kind == "init_decl":
            yield from self._initialised(p, n, state)
            return
        if kind == "number" and n.kind == "char":
            # An argument, or the right side of an assignment; elsewhere 0 and '\\0' differ.
            parent = n.parent.kind if n.parent is not None else ""
            zero = value_of(p.text) == 0 and n.text == b"'\\0'"
            is_argument = parent in ("args", "assign", "init_decl", "init")
            if zero and is_argument and self.uses("zero_multiple_format"):
                yield self._met(p, n, state)
            return
        if kind == "binary" and p.parts[-1].kind == "dots" and whole:
            for each in self.match(p.parts[0], n, state):
                yield self._unit_of(p, n, each)
            return
        if kind == "member":
            yield from self._member_of_pointer(p, n, state)
            return
        if n.kind == "binary" and kind == "binary":
            yield from self._swapped(p, n, state, whole)
        if kind == "binary":
            yield from self._null_tests(p, n, state, whole)
        elif kind == "unary" and p.children[0].text == b"!":
            yield from self._not_pointer(p, n, state, whole)
        elif kind == "cast" and self.uses("drop_cast") and whole and _is_hole_type(p):
            for each in self.match(p.children[-1], n, state):
                yield self._unit_of(p, n, each)
        elif kind == "call":
            yield from self._likely(p, n, state, whole)
        elif kind == "sizeof" and n.kind == "sizeof" and whole:
            yield from self._sizeof(p, n, state)

    def _initialised(self, p: Code, n: Code, state: State) -> Matches:
        """`x = e` is also the initialiser in `T x = e`."""
        left, operator, right = p.children
        if operator.text != b"=" or n.children[-2].text != b"=":
            return
        names = chain(n.children[0])
        if any(each.kind not in ("ident", "ptr", "array") for each in names):
            return
        for each in self.match(left, names[0], state):
            for both in self.match(right, n.children[-1], each):
                yield self._met(operator, n.children[-2], both)

    def _member_of_pointer(self, p: Code, n: Code, state: State) -> Matches:
        """`E.f` of a struct that is only a type to the pattern is also `p->f` (fld_to_ptr)."""
        if n.kind != "member" or p.children[1].text != b"." or n.children[1].text != b"->":
            return
        whole, dot, name = p.children
        if whole.kind != "meta" or not self.uses("fld_to_ptr"):
            return
        meta: Metavariable = whole.token.meta
        if not meta.type_text or not self._only_use(whole):
            return
        if any(self.pattern.states.get(id(each), CONTEXT) != CONTEXT for each in (whole, dot)):
            return
        found = self.types.of(n.children[0])
        if found is None:
            self.unknown.add(n.start)
            return
        pointed = replace(meta, pointer=meta.pointer + 1)
        typed = with_type(
            pointed, found, state, self.types, self.pattern.metavariables, self.allows
        )
        if typed is not None:
            met = self._met(dot, n.children[1], self._met(whole, n.children[0], typed))
            yield from self.match(name, n.children[2], met)

    def _unit_of(self, p: Code, n: Code, state: State) -> State:
        """`p` has met `n` in another form; the tokens of `p` that have met nothing stand for it."""
        met = {pair.number for pair in state.pairs()}
        changes = self.pattern.states.get(id(p), CONTEXT) != CONTEXT
        for leaf in p.leaves():
            if leaf.token is not None and leaf.token.number not in met and changes:
                state = state.meet(leaf.token.number, n.start, n.end, n)
                break
        return state.other_form() if changes else state

    def _swapped(self, p: Code, n: Code, state: State, whole: bool) -> Matches:
        operator, theirs = p.children[1].text, n.children[1].text
        names = {
            b"|": "bitor_comm",
            b"&": "bitand_comm",
            b"+": "plus_comm",
            b"*": "mult_comm",
            b"^": "xor_comm",
            b"==": "commeq",
            b"!=": "commneq",
        }
        mirror = {b"<": b">", b">": b"<", b"<=": b">=", b">=": b"<="}
        left, right = p.children[0], p.children[2]
        if operator == theirs and operator in names:
            if not self.uses(names[operator]):
                return
            if operator in (b"==", b"!=") and not (
                _may_be_constant(left) or _may_be_constant(right)
            ):
                return
        elif mirror.get(operator) != theirs or not self.uses(
            "gtr_lss" if len(operator) == 1 else "gtr_lss_eq"
        ):
            return
        if not whole and not all(
            self.pattern.states.get(id(each), CONTEXT) == CONTEXT for each in (left, right)
        ):
            return
        for each in self.match(left, n.children[2], state):
            for both in self.match(right, n.children[0], each):
                yield self._unit_of(p, n, both)

    def _null_tests(self, p: Code, n: Code, state: State, whole: bool) -> Matches:
        """`E == NULL` is `!E`, and `E != NULL` is `E` where it is tested."""
        operator = p.children[1].text
        if operator not in (b"==", b"!=") or not whole:
            return
        left, right = p.children[0], p.children[2]
        for mine, null in ((left, right), (right, left)):
            zero = null.text == b"NULL" or (null.kind == "number" and value_of(null.text) == 0)
            name = "null" if null.text == b"NULL" else "zero"
            iso = f"is_{name}" if operator == b"==" else f"isnt_{name}".replace("null", "null1")
            if not zero or null.children or not self.uses(iso):
                continue
            if operator == b"==" and n.kind == "unary" and n.children[0].text == b"!":
                for each in self.match(mine, n.children[1], state):
                    yield self._unit_of(p, n, each)
            elif operator == b"!=" and is_tested(n) and n.kind not in ("binary", "paren"):
                for each in self.match(mine, n, state):
                    yield self._unit_of(p, n, each)

    def _not_pointer(self, p: Code, n: Code, state: State, whole: bool) -> Matches:
        """`!E` is `E == NULL` for a pointer, `E == 0` for an int."""
        if not whole or n.kind != "binary" or n.children[1].text != b"==":
            return
        inner = p.children[1]
        meta = inner.token.meta if inner.kind == "meta" else None
        if meta is None:
            return
        for mine, null in ((n.children[0], n.children[2]), (n.children[2], n.children[0])):
            is_null = null.text == b"NULL"
            is_zero = null.kind == "number" and value_of(null.text) == 0
            is_pointer = bool(meta.pointer) or meta.type_text.endswith("*")
            if (is_null and is_pointer and self.uses("not_ptr1")) or (
                is_zero and meta.type_text == "int" and self.uses("not_int1")
            ):
                pass
            else:
                continue
            for each in self.match(inner, mine, state):
                yield self._unit_of(p, n, each)

    def _likely(self, p: Code, n: Code, state: State, whole: bool) -> Matches:
        name = p.children[0].text
        if name not in _LIKELY or not whole or not self.uses("unlikely"):
            return
        inner = [each for each in p.children[1].parts if each.text not in (b"(", b")", b",")]
        if len(inner) != 1:
            return
        if n.kind == "call" and n.children[0].text in _LIKELY:
            theirs = [each for each in n.children[1].parts if each.text not in (b"(", b")")]
            if len(theirs) == 1:
                for each in self.match(inner[0], theirs[0], state):
                    yield self._unit_of(p, n, each)
            return
        for each in self.match(inner[0], n, state):
            yield self._unit_of(p, n, each)

    def _sizeof(self, p: Code, n: Code, state: State) -> Matches:
        """`sizeof(T)` is `sizeof(e)` if that is the type of `e`; `sizeof(e)` is `sizeof e`."""
        mine, theirs = p.parts[1:], n.parts[1:]
        if len(mine) == 3 and mine[1].kind == "type_name" and len(theirs) == 1:
            inner = theirs[0]
            while inner.kind == "paren":
                inner = inner.children[1]
            found = self.types.of(inner)
            if found is None:
                if theirs[0].kind == "paren" and inner.kind == "ident":
                    for each in self.match(mine[1], inner, state):
                        yield self._met(
                            mine[2],
                            theirs[0].children[2],
                            self._met(mine[0], theirs[0].children[0], each),
                        )
                return
            if not self.uses("sizeof_type_expr"):
                return
            parts = mine[1].parts
            hole = parts[0].parts[0] if len(parts[0].parts) == 1 else None
            if hole is not None and hole.kind == "meta" and len(parts) == 1:
                for each in self.bound(hole, hole.token.meta, type_binding(found), None, state):
                    yield self._unit_of(p, n, each)
            elif self.types.same(mine[1].key(), found):
                yield self._unit_of(p, n, state)

    def _statement_isos(self, p: Code, n: Code, state: State) -> Matches:
        kind = p.kind
        whole = self.pattern.states.get(id(p), CONTEXT) in (CONTEXT, MINUS)
        if kind == "block" and n.kind != "block" and n.kind in STATEMENTS:
            yield from self._without_braces(p, n, state)
        elif kind == "if" and n.kind == "if":
            yield from self._ifs(p, n, state)
        elif kind == "return" and n.kind == "return" and self.uses("ret"):
            if len(p.parts) == 3 and p.parts[1].kind == "dots" and len(n.parts) == 2:
                first = self._met(p.parts[0], n.parts[0], state)
                first = first.meet(p.parts[1].token.number, n.parts[0].end, n.parts[0].end, None)
                yield self._met(p.parts[2], n.parts[1], first)
        elif kind == "expr_stmt":
            yield from self._expression_statements(p, n, state, whole)

    def _without_braces(self, p: Code, n: Code, state: State) -> Matches:
        """`{ S }` is `S`; with dots around it as well, if they ask for nothing."""
        if n.parent is None or n.parent.kind == "block" or n.kind == "declaration":
            return
        items = list(p.children[1:-1])
        solid = [each for each in items if each.kind not in ("dots",)]
        if any(
            self.pattern.states.get(id(each), CONTEXT) == MINUS
            for each in (p.children[0], p.children[-1])
        ) and not all(self.pattern.states.get(id(each), CONTEXT) == MINUS for each in solid):
            # The braces go and the statement stays: then there is nothing to take away here.
            pass
        first = state
        for each in (p.children[0], p.children[-1]):
            at = n.start if each is p.children[0] else n.end
            if each.token is not None:
                first = first.meet(each.token.number, at, at, None)
        if len(solid) > 1:
            return
        for each in items:
            if each.kind == "dots":
                for when in each.token.whens:
                    if when.kind == "!=" and self._forbids(when, [n], state):
                        return
                first = first.meet(each.token.number, n.start, n.start, None)
        if not solid:
            yield first
            return
        if solid[0].kind == "nest":
            if self.sequences is not None:
                yield from self.sequences(self, items, n, first)
            return
        if any(each.kind == "dots" for each in items) and self.sequences is None:
            return
        yield from self.match(solid[0], n, first)

    def _ifs(self, p: Code, n: Code, state: State) -> Matches:
        """drop_else, neg_if and ne_if."""
        ps, ns = p.parts, n.parts
        if len(ps) == 7 and len(ns) == 5 and self.uses("drop_else"):
            other = ps[6]
            dropped = other.kind == "meta" and all(
                self.pattern.states.get(id(each), CONTEXT) != MINUS or True
                for each in (ps[5], other)
            )
            if dropped and self._only_use(other):
                yield from self.children(ps[:5], ns, state)
        if len(ps) == 7 and len(ns) == 7 and self.uses("ne_if"):
            one, other = ps[2], ns[2]
            opposite = {b"!=": b"==", b"==": b"!="}
            if (
                one.kind == other.kind == "binary"
                and opposite.get(one.children[1].text) == other.children[1].text
                and self.pattern.states.get(id(p), CONTEXT) in (CONTEXT, MINUS)
            ):
                both_sides = [one.children[0], one.children[2]]
                for each in self.children(
                    both_sides, [other.children[0], other.children[2]], state
                ):
                    for then in self.match(ps[4], ns[6], each):
                        for both in self.match(ps[6], ns[4], then):
                            yield self._unit_of(p, n, both)
        if len(ps) == 7 and len(ns) == 7 and self.uses("neg_if"):
            whole = all(
                self.pattern.states.get(id(each), CONTEXT) in (CONTEXT,)
                for each in (ps[2], ps[4], ps[6])
            ) or self.pattern.states.get(id(p), CONTEXT) in (CONTEXT, MINUS)
            if whole and ns[2].kind == "unary" and ns[2].children[0].text == b"!":
                inner = ns[2].children[1]
                if inner.kind == "paren":
                    inner = inner.children[1]
                for each in self.match(ps[2], inner, state):
                    for then in self.match(ps[4], ns[6], each):
                        for both in self.match(ps[6], ns[4], then):
                            yield self._unit_of(p, n, both)

    def _keeps_name(self, p: Code) -> bool:
        """True if an assignment still assigns to the same name afterwards: what is on its left, its
        operator and its semicolon stay, or come again in the same place."""
        kept = set(self.pattern.kept_as.values())
        left, operator = p.children[0].children[:2]
        removed = [
            leaf
            for part in (left, operator, p.children[-1])
            for leaf in part.leaves()
            if leaf.token is not None
            and leaf.token.mark == REMOVED
            and leaf.token.number not in kept
        ]
        return not removed

    def _only_use(self, p: Code) -> bool:
        """True for a hole that nothing else speaks of."""
        name = p.token.meta.name
        uses = [
            leaf
            for item in self.pattern.items
            for leaf in item.leaves()
            if leaf.kind == "meta" and leaf.token.meta.name == name
        ]
        return len(uses) == 1

    def _expression_statements(self, p: Code, n: Code, state: State, whole: bool) -> Matches:
        """`x = e;` is also `T x = e;`, and `i++;` is `++i;`."""
        if n.kind == "declaration":
            inner = p.children[0]
            if inner.kind != "assign" or inner.children[1].text != b"=":
                return
            if not self._keeps_name(p):
                return
            for declared in n.parts:
                if declared.kind == "init_decl":
                    for found in self._initialised(inner, declared, state):
                        yield self._met(p.parts[-1], n.parts[-1], found)
            return
        if n.kind != "expr_stmt" or not p.children or not n.children or not whole:
            return
        one, other = incremented(p.children[0]), incremented(n.children[0])
        if one is None or other is None or not self.uses("inc"):
            return
        if one[1] != other[1] or one[2] == other[2]:
            return
        if not (one[0].kind == "meta" and one[0].token.meta.sort == "identifier"):
            return
        for each in self.match(one[0], other[0], state):
            yield self._unit_of(p, n, self._met(p.parts[-1], n.parts[-1], each))


# ---------------------------------------------------------------------------- helpers

DECLARATORS = ("ptr", "array", "fn", "pdecl", "annotated", "init_decl", "bit_decl")

_LIKELY = (b"likely", b"unlikely", b"__predict_true", b"__predict_false")
_NO_NAMES = frozenset((b"NULL", b"true", b"false", b"return", b"else"))


def value_of(text: bytes) -> int | None:
    """The value of an integer literal without suffix, or of a plain character."""
    try:
        if re.fullmatch(rb"0[0-7]+", text):
            return int(text, 8)
        return int(text, 0)
    except ValueError:
        return None


_ANNOTATED = frozenset(("declaration", "function", "param", "type_name", "expr_stmt"))
_NOT_OF_HEAD = frozenset(("params", "fields", "block", "init", "args", "call"))


def _name_of(node: Code) -> Code | None:
    """The one name that a declaration, a definition or a parameter declares."""
    declared = [
        each for each in node.parts if each.kind in DECLARATORS or each.kind in ("ident", "meta")
    ]
    if len(declared) != 1:
        return None
    inner = declared[0]
    if inner.kind in ("init_decl", "bit_decl"):
        inner = inner.parts[0]
    names = chain(inner)
    return names[0] if names and not names[0].children else None


def _is_before(one: Code, other: Code | None) -> bool:
    """True if a token of a pattern stands before another one."""
    numbers = [leaf.token.number for leaf in (one, other) if leaf is not None and leaf.token]
    return len(numbers) == 2 and numbers[0] < numbers[1]


def annotations_of(node: Code) -> list[list[Code]]:
    """The annotations of a declaration, each as its tokens; those of its parts left out."""
    found: list[list[Code]] = []
    stack = [*reversed(node.children)]
    if node.kind == "param" and node.parent is not None:
        # One behind the name stands beside the parameter in the parser's tree.
        siblings = node.parent.children
        at = next((i for i, each in enumerate(siblings) if each is node), len(siblings)) + 1
        behind = []
        while at < len(siblings) and siblings[at].kind == "attr":
            behind.append(siblings[at])
            at += 1
        stack = [*reversed(behind), *stack]
    pending: list[Code] = []
    while stack:
        each = stack.pop()
        if each.kind != "attr":
            if each.kind not in _NOT_OF_HEAD:
                stack.extend(reversed(each.children))
            continue
        leaves = list(each.leaves())
        if pending or leaves[0].text == b"[":
            pending += leaves  # `[[x]]` comes as single tokens
            if pending[-2:][0].text == pending[-1].text == b"]":
                found.append(pending)
                pending = []
        else:
            found.append(leaves)
    return found


def parts_of(whole: Binding) -> Collection[tuple[bytes, ...]]:
    """The keys of an expression and of all expressions in it."""
    nodes: Sequence[Code] = whole.nodes
    if not nodes:
        grammar = Grammar(list(lexemes(whole.text)))
        parsed = grammar.attempt(grammar.expression)
        nodes = [parsed] if parsed is not None else []
    return {each.key() for node in nodes for each in node.walk() if each.kind in EXPRESSIONS}


def is_constant(node: Code) -> bool:
    """What Coccinelle takes for a constant: literals, upper-case names, and these negated."""
    if node.kind in ("number", "char", "string", "strings"):
        return True
    if node.kind == "unary" and node.children[0].text in (b"-", b"~", b"+"):
        return is_constant(node.children[1])
    if node.kind == "sizeof":
        return True
    if node.kind == "paren":
        return False
    if node.kind == "ident":
        return node.text == b"NULL" or re.fullmatch(rb"[A-Z_][A-Z0-9_]*", node.text) is not None
    return False


def _may_be_constant(p: Code) -> bool:
    if p.kind == "meta":
        return bool(p.token.meta.sort == "constant")
    return is_constant(p)


def is_tested(node: Code) -> bool:
    """True where only the truth of an expression counts."""
    parent = node.parent
    while parent is not None and parent.kind == "paren":
        node, parent = parent, parent.parent
    if parent is None:
        return False
    kind = parent.kind
    if kind in ("if", "while", "do"):
        return node.kind in EXPRESSIONS
    if kind == "for":
        semicolons = [each for each in parent.children if each.text == b";"]
        return (
            bool(semicolons)
            and semicolons[-1].start >= node.end
            and (len(semicolons) < 2 or semicolons[0].end <= node.start)
        )
    if kind == "unary":
        return parent.children[0].text == b"!"
    if kind == "binary":
        return parent.children[1].text in (b"&&", b"||")
    if kind == "cond":
        return parent.children[0] is node
    return False


def _is_no_value(node: Code) -> bool:
    """A name that is no expression: of a member, a label, a declared thing."""
    parent = node.parent
    if parent is None:
        return False
    kind = parent.kind
    if kind == "member":
        return parent.children[-1] is node
    if kind in ("designator", "label", "goto", "struct", "type", "enumerator", "macro_type"):
        return True
    if kind in ("fn", "ptr", "array", "params", "param", "declaration", "bit_decl", "annotated"):
        return kind != "array" or parent.children[0] is node
    if kind == "init_decl":
        return parent.children[0] is node
    if kind == "pair":
        return parent.children[0] is node
    return False


def as_type(n: Code) -> Code | None:
    """A name as a type, where the parser cannot tell: `sizeof(foo_t)`, and arguments of macros."""
    parent = n.parent
    if parent is None or n.kind not in ("ident", "typeof"):
        return None
    if not (
        parent.kind == "args"
        or (parent.kind == "paren" and parent.parent is not None and parent.parent.kind == "sizeof")
    ):
        return None
    leaf = Code("ident", None, n.text, n.start, n.end)
    if n.kind == "typeof":
        leaf = Code("typeof", list(n.children))
        for child in n.children:
            child.parent = n  # the copy is only looked at, the tree stays as it is
    named = Code("type", [leaf])
    named.parent = parent
    return named


def _is_hole_type(p: Code) -> bool:
    """True for a cast to any type: only that one may be missing in the file."""
    kinds = [leaf.kind for leaf in p.children[1].leaves()] if len(p.children) > 2 else []
    return kinds == ["meta"]


def _is_typedef(node: Code) -> bool:
    return any(each.kind == "storage" and each.text == b"typedef" for each in node.parts)


def paired_with_commas(nodes: Sequence[Code]) -> list[tuple[Code, Code | None]]:
    """Each item with the comma behind it; dots need none in an initialiser."""
    found: list[tuple[Code, Code | None]] = []
    for node in nodes:
        if node.text == b"," and not node.children and found and found[-1][1] is None:
            found[-1] = (found[-1][0], node)
        else:
            found.append((node, None))
    return found


def _is_void(items: Sequence[tuple[Code, Code | None]]) -> bool:
    return len(items) == 1 and items[0][0].key() == (b"void",)


def split_declaration(node: Code) -> tuple[Code | None, list[Code]]:
    """The type, and the declarators with their commas."""
    kind = next((each for each in node.parts if each.kind == "type"), None)
    rest = [
        each for each in node.parts if each.kind not in ("type", "storage") and each.text != b";"
    ]
    return kind, rest


def chain(declarator: Code | None) -> list[Code]:
    """A declarator from the name outwards; parentheses that group nothing are passed over."""
    found: list[Code] = []
    node = declarator
    while node is not None:
        if node.kind == "annotated":
            node = next((each for each in node.parts), None)
            continue
        found.append(node)
        inner = [
            each
            for each in node.parts
            if each.kind in ("ptr", "fn", "array", "pdecl", "annotated")
            or (
                node.kind in ("ptr", "fn", "array", "pdecl")
                and not (node.kind == "array" and each is not node.parts[0])
                and each.kind in ("ident", "meta", "disj")
                and each.text not in (b"const", b"volatile", b"restrict")
            )
        ]
        node = inner[0] if inner and node.children else None
    return found[::-1]


def incremented(node: Code) -> tuple[Code, bytes, str] | None:
    """What is counted up or down, the sign, and the form."""
    if node.kind in ("postfix", "unary"):
        operator = node.children[1 if node.kind == "postfix" else 0].text
        if operator in (b"++", b"--"):
            return node.children[0 if node.kind == "postfix" else 1], operator[:1], node.kind
    if node.kind == "assign" and node.children[2].text == b"1":
        operator = node.children[1].text
        if operator in (b"+=", b"-="):
            return node.children[0], operator[:1], "compound"
    if (
        node.kind == "assign"
        and node.children[1].text == b"="
        and node.children[2].kind == "binary"
    ):
        left, operator_node, right = node.children[2].children
        is_counted = operator_node.text in (b"+", b"-") and right.text == b"1"
        if is_counted and left.key() == node.children[0].key():
            return node.children[0], operator_node.text, "sum"
    return None


def _for_slots(parts: Sequence[Code]) -> Iterator[list[Code | None]]:
    """`for` with its three parts in places of their own, the empty ones None."""
    found: list[Code | None] = list(parts[:2])
    rest = list(parts[2:])
    closing = next(
        (i for i, each in enumerate(rest) if each.text == b")" and not each.children), len(rest)
    )
    inside, behind = rest[:closing], rest[closing:]
    if inside and inside[0].kind == "declaration":
        found += [inside.pop(0), None]
    elif inside and inside[0].text == b";":
        found += [None, inside.pop(0)]
    elif len(inside) > 1:
        found += [inside.pop(0), inside.pop(0)]
    if inside and inside[0].text == b";":
        found += [None, inside.pop(0)]
    elif len(inside) > 1:
        found += [inside.pop(0), inside.pop(0)]
    found.append(inside.pop(0) if inside else None)
    yield [*found, *behind]
