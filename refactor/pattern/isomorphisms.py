"""The isomorphisms of `standard.iso` that are built in: other ways to write the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain as chain_of

from refactor.c.code import STATEMENTS, Code
from refactor.c.flow import JUMPS
from refactor.pattern.binding import State
from refactor.pattern.compile import CONTEXT, MINUS
from refactor.pattern.conditionals import Conditionals
from refactor.pattern.edges import is_statement
from refactor.pattern.heads import is_one_of
from refactor.pattern.holes import NONE, Matches
from refactor.pattern.scope import comes_back, is_all_of_its_name, matched_elsewhere
from refactor.pattern.shapes import (
    chain,
    incremented,
    is_hole_type,
    is_tested,
    may_be_constant,
    value_of,
)
from refactor.pattern.standard import HINTS
from refactor.pattern.tokens import REMOVED, Metavariable
from refactor.pattern.types import (
    type_binding,
    with_type,
)

_COUNTING = ("postfix", "unary")


_STATEMENTS = frozenset(("if", "return", "expr_stmt"))
_ANYWHERE = frozenset(("paren", "binary", "cast"))
"""What may be another kind of node, whatever that is."""
_PAIRS = frozenset(
    (
        ("typeof", "type_name"),
        ("assign", "init_decl"),
        ("number", "char"),
        ("member", "member"),
        ("sizeof", "sizeof"),
        ("cond", "cond"),
        ("postfix", "unary"),
        ("unary", "postfix"),
    )
)


class Isomorphisms(Conditionals):
    """The layer of code that means what the pattern says, and is written otherwise."""

    def _isomorphic(self, p: Code, n: Code, state: State) -> Matches:
        """What means the same in another form; only where `p` stays or goes as a whole."""
        if self.is_exact or not self._may_mean(p, n):
            return NONE
        found = self._forms(p, n, state)
        if p.kind in STATEMENTS:
            return self._placed(p, found)
        return self._placed(p, chain_of(self._orders(p, n, state), self._around(p, n, found)))

    def _may_mean(self, p: Code, n: Code) -> bool:
        """False for nodes that no isomorphism of this file, or of what is tested, makes one.

        Nearly all nodes are such, and to begin with the isomorphisms takes longer than to tell so
        by the kinds. One more isomorphism is one more line here.
        """
        kind = p.kind
        if kind in STATEMENTS:
            return kind == "block" or (kind == n.kind and kind in _STATEMENTS)
        if (kind, n.kind) in _PAIRS:
            return True
        if n.kind == "binary" and n.children[1].text == b"!=":
            return True  # a test may be of whatever is compared
        if kind in _ANYWHERE:
            wanted = self.pattern.heads_of(p)
            return wanted is None or is_one_of(n, wanted)
        if n.kind == "binary":
            return kind == "unary"
        return kind == "call" and p.children[0].text in HINTS

    def _in_other_forms(self, p: Code, n: Code, state: State) -> Matches:
        """The same for isomorphisms that the semantic patch brings along."""
        forms = self.pattern.forms[id(p)]
        found = (each for form in forms for each in self.match(form, n, state))
        yield from self._placed(p, (self._unit_of(p, n, each) for each in found))

    def _placed(self, p: Code, found: Matches) -> Matches:
        """Those in which each position of the pattern has its token, whatever the rest is."""
        told = self.pattern.told.placed
        needed = told.get(id(p))
        if needed is None:
            needed = told[id(p)] = frozenset(
                name
                for leaf in p.leaves()
                if leaf.token is not None
                for name in leaf.token.positions
                if self.pattern.metavariables[name].sort == "position"
            )
        for each in found:
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
        is_open = kind == "binary" and p.parts[-1].kind == "dots" and self.uses("comm_assoc")
        if is_open and (whole or self._has_context_dots(p)):
            if p.parts[1].text in (b"&&", b"||") and not is_tested(n):
                return
            for each in self.match(p.parts[0], n, state):
                yield self._unit_of(p, n, each) if whole else each
            return
        if kind == "member":
            yield from self._member(p, n, state)
            return
        if kind == "cond":
            yield from self._turned_round(p, n, state, whole)
            return
        if kind in _COUNTING and n.kind in _COUNTING:
            yield from self._counted(p, n, state, whole)
            return
        if n.kind == "binary":
            yield from self._not_zero(p, n, state)
        if kind == "binary":
            yield from self._null_tests(p, n, state, whole)
        elif kind == "unary" and p.children[0].text == b"!":
            yield from self._is_zero(p, n, state, whole)
        elif kind == "cast" and self.uses("drop_cast") and whole and self._may_be_left_out(p):
            if n.parent is not None and n.parent.kind == "cast":
                return  # the cast is there, and is matched as such
            for each in self.match(p.children[-1], n, state):
                yield self._unit_of(p, n, each)
        elif kind == "call":
            yield from self._likely(p, n, state, whole)
        elif kind == "sizeof" and n.kind == "sizeof" and whole:
            yield from self._sizeof(p, n, state)

    def _has_context_dots(self, p: Code) -> bool:
        """True for `E && ...` of which only the E changes: the rest may be missing all the same."""
        states = self.pattern.states
        return all(states.get(id(each), CONTEXT) == CONTEXT for each in p.parts[1:])

    def _initialised(self, p: Code, n: Code, state: State) -> Matches:
        """`x = e` is also the initialiser in `T x = e`, as long as it goes on to be one: a
        declaration has room for no other expression. `x = e;` is a statement, and none."""
        left, operator, right = p.children
        if operator.text != b"=" or n.children[-2].text != b"=" or not self._stays_assignment(p):
            return
        names = chain(n.children[0])
        if any(each.kind not in ("ident", "ptr", "array") for each in names):
            return
        for each in self.match(left, names[0], state):
            for both in self.match(right, n.children[-1], each):
                yield self._met(operator, n.children[-2], both)

    def _member(self, p: Code, n: Code, state: State) -> Matches:
        """`E.f` of a struct that is only a type to the pattern is also `p->f` (fld_to_ptr), and
        `E->f` is also `E[i].f` (ptr_to_array)."""
        if n.kind != "member" or len(n.children) != 3:
            return  # with a directive in it there are more
        whole, dot, name = p.children
        theirs, sign, field = n.children
        if dot.text == b"." and sign.text == b"->":
            found = self._as_pointer(whole, dot, name, theirs, state)
        elif dot.text == b"->" and sign.text == b"." and theirs.kind == "subscript":
            if not self.uses("ptr_to_array") or not self._go_or_stay(whole, dot, name):
                return
            found = self.match(whole, theirs.children[0], state)
        else:
            return
        for each in found:
            yield from self.match(name, field, self._met(dot, sign, each))

    def _as_pointer(
        self, whole: Code, dot: Code, name: Code, theirs: Code, state: State
    ) -> Matches:
        if whole.kind != "meta" or not self.uses("fld_to_ptr"):
            return
        meta: Metavariable = whole.token.meta
        if not meta.type_text or not self._only_use(whole):
            return
        if not self._go_or_stay(whole, dot, name):
            return
        found = self.types.of(theirs)
        if found is None:
            self.unknown.add(theirs.parent.start if theirs.parent is not None else theirs.start)
            return
        pointed = replace(meta, pointer=meta.pointer + 1)
        typed = with_type(
            pointed, found, state, self.types, self.pattern.metavariables, self.allows
        )
        if typed is not None:
            yield self._met(whole, theirs, typed)

    def _go_or_stay(self, whole: Code, dot: Code, name: Code) -> bool:
        """True if an object with its sign stays, or goes with its member and does not come again:
        in the other form it is not all that is written there."""
        states = [self.pattern.states.get(id(each), CONTEXT) for each in (whole, dot, name)]
        if states[0] == states[1] == CONTEXT:
            return True
        holes = [leaf for leaf in whole.leaves() if leaf.kind == "meta"]
        return {*states} == {MINUS} and not any(map(self._comes, holes))

    def _counted(self, p: Code, n: Code, state: State, whole: bool) -> Matches:
        """`i++` is `++i` at the end of the head of a loop (for_inc), where nobody has its value."""
        one, other = incremented(p), incremented(n)
        heads = [each.parent for each in (p, n)]
        if one is None or other is None or not whole or not self.uses("for_inc"):
            return
        if one[1] != other[1] or any(each is None or each.kind != "for" for each in heads):
            return
        for each in self.match(one[0], other[0], state):
            yield self._unit_of(p, n, each)

    def _orders(self, p: Code, n: Code, state: State) -> Matches:
        """The operands swapped. What comes at an end comes beside the whole if it is around the
        whole, and else goes with its operand."""
        if p.kind != "binary" or n.kind != "binary":
            return
        whole = self.pattern.states.get(id(p), CONTEXT) in (CONTEXT, MINUS)
        is_around = self._is_around(p, n)
        for each in self._swapped(p, n, state, whole):
            yield self._with_edges(p, n, each) if is_around else each

    def _swapped(self, p: Code, n: Code, state: State, whole: bool) -> Matches:
        operator, theirs = p.children[1].text, n.children[1].text
        mirror = {b"<": b">", b">": b"<", b"<=": b">=", b">=": b"<="}
        left, right = p.children[0], p.children[2]
        if operator == theirs and operator in _COMMUTATIVE:
            if not self.uses(_COMMUTATIVE[operator]):
                return
            if operator in (b"==", b"!=") and not (may_be_constant(left) or may_be_constant(right)):
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

    def _tells_order(self, p: Code, state: State) -> bool:
        """True for two operands that may be swapped, if that gives another value to a name which
        something else has to fit. A position is that of the operand as it stands."""
        if p.children[1].text not in _COMMUTATIVE:
            return False
        told = self.pattern.told.shared
        if id(p) not in told:
            is_placed = any(leaf.token.positions for leaf in p.leaves() if leaf.token is not None)
            names = frozenset() if is_placed else matched_elsewhere(p, self.pattern)
            told[id(p)] = names
        return not told[id(p)] <= state.env.keys()

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
                    pairs = [
                        (p.parts[0], n.parts[0]),
                        (mine[0], theirs[0].children[0]),
                        (mine[2], theirs[0].children[2]),
                    ]
                    for each in self.match(mine[1], inner, state):
                        for one, other in pairs:
                            each = self._met(one, other, each)
                        yield each
                return
            # The file does not write the type of `*x`: a plus line would write it out instead, and
            # what else speaks of `T` would be compared with what nobody has said.
            if not self.uses("sizeof_type_expr") or comes_back(mine[1], self.pattern):
                return
            parts = mine[1].parts
            hole = parts[0].parts[0] if len(parts[0].parts) == 1 else None
            if hole is not None and hole.kind == "meta" and len(parts) == 1:
                if not is_all_of_its_name(hole, self.pattern):
                    return
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
                number, at = p.parts[1].token.number, n.parts[0].end
                for each in self.children([p.parts[0], p.parts[2]], n.parts, state):
                    yield each.meet(number, at, at, None)
        elif kind == "expr_stmt":
            yield from self._expression_statements(p, n, state, whole)

    def _without_braces(self, p: Code, n: Code, state: State) -> Matches:
        """`{ S }` is `S`; with dots around it as well, if they ask for nothing."""
        if n.parent is None or n.parent.kind == "block" or n.kind == "declaration":
            return
        items = list(p.children[1:-1])
        if not items or not self.uses(_name_of_braces(items)):
            return  # `{ }` is no other statement
        solid = [each for each in items if each.kind not in ("dots",)]
        # Code that comes beside a statement of the pattern comes with braces around both. What
        # comes beside a brace or dots alone has no statement to be put to.
        bare = [each for each in items if each.kind in ("dots", "nest")]
        bare += p.children[0], p.children[-1]
        places = [each.token.number for each in bare if each.token is not None]
        for hunk in self.pattern.hunks:
            edges = [each for each in (hunk.left, hunk.right) if each is not None]
            if hunk.added and not hunk.removed and all(each.number in places for each in edges):
                return
        first = state
        for each in (p.children[0], p.children[-1]):
            at = n.start if each is p.children[0] else n.end
            if each.token is not None:
                first = first.meet(each.token.number, at, at, None)
        last = items[-1] if items else None
        leads = any(each.kind in ("dots", "nest") for each in items)
        if n.kind == "goto" and last is not None and last.kind in JUMPS and leads:
            # Where it leads is what the block does; only dots can say what is on the way.
            if self.sequences is not None:
                yield from self.sequences(self, items, n, first)
            return
        if len(solid) > 1 or any(map(_is_list, solid)) or self._empties(p, solid):
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
        if solid[0].kind == "nest" or (leads and not is_statement(solid[0])):
            # An expression that is an item of its own is anywhere in a statement.
            if self.sequences is not None:
                yield from self.sequences(self, items, n, first)
            return
        if any(each.kind == "dots" for each in items) and self.sequences is None:
            return
        yield from self.match(solid[0], n, first)

    def _empties(self, block: Code, solid: Sequence[Code]) -> bool:
        """True if the braces of a block stay, and nothing in them: a statement without braces would
        have to get some for that."""
        opening, closing = block.children[0], block.children[-1]
        states = self.pattern.states
        if opening.token is None or closing.token is None or not solid:
            return False
        if states.get(id(opening), CONTEXT) != CONTEXT:
            return False
        low, high = opening.token.number, closing.token.number
        edges = [hunk.left or hunk.right for hunk in self.pattern.hunks if hunk.added]
        comes = any(each is not None and low <= each.number <= high for each in edges)
        return not comes and all(states.get(id(each)) == MINUS for each in solid)

    def _stays_assignment(self, p: Code) -> bool:
        """True if an assignment is one to the same name afterwards, or is replaced as a whole by
        one to another name."""
        state = self.pattern.states.get(id(p), CONTEXT)
        found = self.pattern.results.get(p.children[1].token.number)
        result = found.parent if found is not None else None
        if result is None:
            return state == CONTEXT
        around, before = result.parent, p.parent
        if (
            result.kind != "assign"
            or result.children[1].text != b"="
            or (around.kind if around is not None else "") != (before.kind if before else "")
        ):
            return False
        left = p.children[0]
        if state == MINUS and result.children[0].kind in ("ident", "meta"):
            return True
        kept = self.pattern.kept_as.values()
        return not any(
            leaf.token is not None and leaf.token.mark == REMOVED and leaf.token.number not in kept
            for part in (left, p.children[1])
            for leaf in part.leaves()
        )

    def _may_be_left_out(self, cast: Code) -> bool:
        """True for a cast to any type that nothing else speaks of: neither an earlier rule, nor
        another part of the pattern, nor what comes in its place."""
        told = self.pattern.told.sole
        if id(cast) not in told:
            told[id(cast)] = is_hole_type(cast) and self._is_sole_type(cast)
        return told[id(cast)]

    def _is_sole_type(self, cast: Code) -> bool:
        (hole,) = cast.children[1].leaves()
        return not (self._comes(hole) or hole.token.meta.origin) and self._only_use(hole)

    def _expression_statements(self, p: Code, n: Code, state: State, whole: bool) -> Matches:
        """`i++;` is `++i;`."""
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


_COMMUTATIVE = {
    b"|": "bitor_comm",
    b"&": "bitand_comm",
    b"+": "plus_comm",
    b"*": "mult_comm",
    b"==": "commeq",
    b"!=": "commneq",
}
"""Operators whose operands may be swapped, with the isomorphism that says so."""


def _name_of_braces(items: Sequence[Code]) -> str:
    """Which isomorphism it is by which a block of a pattern is one statement."""
    are_dots = [each.kind in ("dots", "nest") for each in items]
    if all(are_dots):
        return "braces0"
    return {(True, False): "braces1", (True, True): "braces2", (False, True): "braces3"}.get(
        (are_dots[0], are_dots[-1]), "braces4"
    )


def _is_list(item: Code) -> bool:
    """True for a list of statements, which is none without its braces."""
    return item.kind == "meta" and item.token.meta.sort == "statement list"
