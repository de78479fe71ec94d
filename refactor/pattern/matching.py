"""Does this code match that pattern? Node against node, with what the holes stand for.

A generator gives every way in which a pattern matches; most have none or one. Statement dots are
paths through the control flow and have a module of their own (`refactor.pattern.paths`), which is
handed in as `sequences`, so that this one knows trees only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from refactor.c.code import EXPRESSIONS, Code
from refactor.pattern.binding import SECOND, State
from refactor.pattern.choice import first_of
from refactor.pattern.formats import is_open, match_format
from refactor.pattern.heads import head, may_be
from refactor.pattern.holes import NONE, Matches
from refactor.pattern.isomorphisms import Isomorphisms
from refactor.pattern.shapes import (
    ANNOTATED,
    NO_NAMES,
    as_type,
    is_no_value,
)


class Matcher(Isomorphisms):
    """Matches one pattern in one file; `data` are the bytes that offsets mean."""

    def match(self, p: Code, n: Code, state: State) -> Matches:
        """Every way in which the pattern's node `p` matches the file's node `n`.

        Nearly all are asked in vain, so those that only tell who is to be asked are no generators.
        """
        if id(p) in self.attached:
            return self._with_names(self.attached[id(p)], p, n, state)
        return self._match(p, n, state)

    def _with_names(self, names: Sequence[str], p: Code, n: Code, state: State) -> Matches:
        for each in self._match(p, n, state):
            bound: State | None = each
            for name in names:
                bound = self._attach(name, n, bound) if bound is not None else None
            if bound is not None:
                yield bound

    def _match(self, p: Code, n: Code, state: State) -> Matches:
        if self.pattern.forms and id(p) in self.pattern.forms and not self.is_exact:
            return first_of([self._as_it_is(p, n, state), self._in_other_forms(p, n, state)])
        return self._as_it_is(p, n, state)

    def _as_it_is(self, p: Code, n: Code, state: State) -> Matches:
        kind = p.kind
        if kind == "meta":
            if n.kind == "binary":
                return first_of([self.meta(p, n, state), self._not_zero(p, n, state)])
            return self.meta(p, n, state)
        if kind == "disj":
            return self._either(self.match, p, n, state)
        if kind == "conj":
            return self._conjunction(p.children, n, state)
        if kind == "dots":
            return iter((self._met(p, n, state),))
        if kind == "nest":
            return self.nest(p, [n], state, n.start)
        if kind == "seq" and len(p.children) == 1:
            return self.match(p.children[0], n, state)
        if kind == "string" and is_open(p.text):
            return self._format(p, n, state)
        if not p.children and kind not in ("empty", "seq"):
            if n.children:
                return self._isomorphic(p, n, state)
            if self._same_text(p, n):
                return self._at_positions(p, n, self._met(p, n, state))
            is_char = kind == "number" and n.kind == "char"
            return self._isomorphic(p, n, state) if is_char else NONE
        if kind == "type_name" and n.kind in ("ident", "typeof"):
            named = as_type(n)
            return self._typed_as_is(p, named, None, state) if named is not None else NONE
        if kind == n.kind:
            if kind == "binary" and not self.is_exact and self._tells_order(p, state):
                return self._in_either_order(p, n, state)
            alike = self._alike(p, n, state)
            if alike is not NONE:
                return first_of([alike, self._isomorphic(p, n, state)])
        return self._isomorphic(p, n, state)

    def _either(
        self, match: Callable[[Code, Code, State], Matches], p: Code, n: Code, state: State
    ) -> Matches:
        """Of alternatives the first one that matches, of those that can by what `n` is known by."""
        if n.kind not in EXPRESSIONS:
            return first_of(match(each, n, state) for each in p.children)
        told, key = self.pattern.told, head(n)
        some = told.choices.get((id(p), key))
        if some is None:
            some = told.choices[id(p), key] = tuple(
                each for each in p.children if may_be(key, self.pattern.heads_of(each))
            )
        if len(some) > 1:
            return first_of(match(each, n, state) for each in some)
        return match(some[0], n, state) if some else NONE

    def _in_either_order(self, p: Code, n: Code, state: State) -> Matches:
        """The operands as they stand, and swapped as well: the rest of the pattern may fit only
        then, as in `(x & f) == f`."""
        is_there = False
        for each in self._alike(p, n, state):
            is_there = True
            yield each
        for each in self._isomorphic(p, n, state):
            yield each.meet(SECOND, n.start, n.end, None) if is_there else each

    def _format(self, p: Code, n: Code, state: State) -> Matches:
        """A string that stands for others as well."""
        if n.kind != "string":
            return
        ways = match_format(
            p.text,
            n.text,
            self._met(p, n, state),
            p.token.holes,
            lambda meta, value, each: self.bound(p, meta, value, None, each),
        )
        for each in ways:
            yield from self._at_positions(p, n, each)

    def _conjunction(self, parts: Sequence[Code], n: Code, state: State) -> Matches:
        if not parts:
            yield state
            return
        for each in self.match(parts[0], n, state):
            yield from self._conjunction(parts[1:], n, each)

    def _alike(self, p: Code, n: Code, state: State) -> Matches:
        """Nodes of the same kind."""
        kind = p.kind
        if kind in ANNOTATED:
            noted = self._annotations(p, n, state)
            if noted is None:
                return NONE
            state = noted
        if kind in ("args", "params", "init", "fields"):
            return self._enclosed(p, n, state)
        if kind == "block":
            return self._block(p, n, state)
        if kind == "declaration":
            return self.declaration(p, n, state)
        if kind == "function":
            return self._function(p, n, state)
        if kind == "param" or kind == "type_name":
            return self._declared_as(p.parts, n.parts, state)
        if kind == "type":
            return self._type(p, n, state)
        if kind == "struct" and p.parts[0].kind == "meta":
            return self._any_struct(p, n, state)
        if kind == "binary" and p.parts[-1].kind == "dots":
            return self._any_operands(p, n, state)
        if kind == "strings":
            return self._strings(p, n, state)
        if kind == "for":
            return self._for(p, n, state)
        return self.children(p.parts, n.parts, state)

    def _block(self, p: Code, n: Code, state: State) -> Matches:
        """A block: its statements in order, with dots over the paths in it."""
        ps, ns = p.children, n.children
        if not ns or ns[-1].text != b"}":
            return
        first = self._placed_at((ps[0], ps[-1]), (ns[0], ns[-1]), state)
        if first is not None and self.sequences is not None:
            yield from self.sequences(self, ps[1:-1], n, first)

    def match_expression(self, p: Code, n: Code, state: State) -> Matches:
        """An expression, or a statement without semicolon, at a node."""
        kind = p.kind
        if kind == "disj":
            return self._either(self.match_expression, p, n, state)
        if kind == "seq" and len(p.children) == 1:
            return self.match_expression(p.children[0], n, state)
        if kind == "type_name":
            return self._type_at(p, n, state)
        if kind == "conj":
            return self._all_expressions(p.children, n, state)
        if kind == "string" and n.parent is not None and n.parent.kind == "strings":
            return NONE  # a piece of a string is no string
        if kind == "assign" and n.kind == "init_decl":
            return self.match(p, n, state)
        if self.only_names:
            if n.children or n.kind != "ident" or n.text in NO_NAMES:
                return NONE
        elif kind in EXPRESSIONS or kind in ("meta", "nest", "dots"):
            if n.kind not in EXPRESSIONS and n.kind not in ("type_name",):
                return NONE
            if not n.children and n.kind == "ident" and is_no_value(n):
                return NONE
        return self.match(p, n, state)

    def _all_expressions(self, parts: Sequence[Code], n: Code, state: State) -> Matches:
        states = [state]
        for part in parts:
            states = [each for one in states for each in self.match_expression(part, n, one)]
        yield from states
