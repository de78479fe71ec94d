"""What is only true or not: `E` is `E != NULL` or `E != 0` where it is tested, `!E` the contrary.

Which of the two it is, an expression of a pattern tells by itself: spatch asks for what is declared
in the head of the rule, takes the result of arithmetic for an int where it knows no better, and
does not look at the types of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from refactor.c.code import Code, level, required
from refactor.pattern.binding import State
from refactor.pattern.compile import CONTEXT, MINUS
from refactor.pattern.declarations import Declarations
from refactor.pattern.holes import Matches
from refactor.pattern.precedence import is_of_head
from refactor.pattern.shapes import is_constant, is_tested, value_of
from refactor.pattern.tokens import Metavariable, Token

_ARITHMETIC = frozenset((b"+", b"-", b"*", b"/", b"%", b"<<", b">>", b"&", b"|", b"^"))
_INT = ("int", 0)
Known = tuple[str, int] | None
"""A type and its stars, as far as a pattern tells; the type is empty if there are only stars."""


def type_in(p: Code) -> Known:
    """What an expression of a pattern is, by the pattern alone; None if it does not tell."""
    kind = p.kind
    if kind == "meta":
        meta: Metavariable = p.token.meta
        text = meta.type_text.rstrip("* ")
        stars = meta.pointer + meta.type_text.count("*")
        return (text, stars) if text or stars else None
    if kind == "number":
        return _INT if re.fullmatch(rb"0[xX][0-9a-fA-F]+[uUlL]*|[0-9]+[uUlL]*", p.text) else None
    if kind == "sizeof":
        return _INT
    if kind in ("paren", "postfix"):
        return type_in(p.children[1 if kind == "paren" else 0])
    if kind == "subscript":
        return _pointed(type_in(p.children[0]))
    if kind == "unary":
        return _of_unary(p)
    if kind == "binary" and len(p.parts) == 3:
        return _of_binary(p)
    if kind == "cast":
        words = list(p.children[1].leaves())
        if any(leaf.kind == "meta" for leaf in words):
            return None
        stars = sum(leaf.text == b"*" for leaf in words)
        return b" ".join(leaf.text for leaf in words if leaf.text != b"*").decode(), stars
    return None


def _pointed(known: Known) -> Known:
    return (known[0], known[1] - 1) if known is not None and known[0] and known[1] else None


def _of_unary(p: Code) -> Known:
    operator, inner = p.children[0].text, type_in(p.children[-1])
    if operator == b"*":
        return _pointed(inner)
    return inner if operator in (b"-", b"+", b"~", b"++", b"--") else None


def _of_binary(p: Code) -> Known:
    left, operator, right = p.parts
    if operator.text not in _ARITHMETIC or right.kind == "dots":
        return None
    found = [each for each in (type_in(left), type_in(right)) if each is not None]
    if not found:
        return _INT
    pointers = [each for each in found if each[1]]
    if pointers:
        return pointers[0]
    return found[0] if all(each == found[0] for each in found) else None


class Truth(Declarations):
    """The layer of what is tested."""

    def _null_tests(self, p: Code, n: Code, state: State, whole: bool) -> Matches:
        """`E == NULL` is `!E`, and `E != NULL` is `E` where it is tested."""
        operator = p.children[1].text
        if operator not in (b"==", b"!=") or not whole:
            return
        if p.children[1].token is not None and p.children[1].token.positions:
            return  # a place for the operator is asked for
        for mine, name in _with_nothing(p):
            iso = f"is_{name}" if operator == b"==" else _ISNT[name]
            if not self.uses(iso):
                continue
            if operator == b"==" and n.kind == "unary" and n.children[0].text == b"!":
                for each in self.match(mine, n.children[1], state):
                    yield self._unit_of(p, n, each)
            elif operator == b"!=" and is_tested(n) and not _is_made_of_tests(n):
                if _is_another(p, n):
                    continue
                for each in self.match(mine, n, state):
                    yield self._unit_of(p, n, each)

    def _not_zero(self, p: Code, n: Code, state: State) -> Matches:
        """`E` is `E != NULL` for a pointer, `E != 0` for an int, where both are tested."""
        if n.children[1].text != b"!=" or not (is_tested(n) and is_tested(p)):
            return
        tokens = [leaf.token for leaf in p.leaves()]
        mark = self.pattern.states.get(id(p), CONTEXT)
        if mark != MINUS and any(
            (hunk.right is not None and hunk.right is tokens[0])
            or (hunk.left is not None and hunk.left is tokens[-1])
            for hunk in self.pattern.hunks
        ):
            return  # what comes beside the expression would come beside the test
        for mine in self._compared(n, type_in(p), "not_ptr2", "not_int2"):
            found = self.meta(p, mine, state) if p.kind == "meta" else self.match(p, mine, state)
            for each in found:
                if p.kind != "meta" and mark != MINUS:
                    yield each
                    continue
                # It is the test that stays or goes, not only what is tested.
                alone = State(each.env, state.last, each.reordered, state.paths)
                met = self._met(next(p.leaves()), n, alone)
                yield met.other_form() if mark == MINUS else met

    def _is_zero(self, p: Code, n: Code, state: State, whole: bool) -> Matches:
        """`!E` is `E == NULL` for a pointer, `E == 0` for an int."""
        if not whole or n.kind != "binary" or n.children[1].text != b"==":
            return
        inner = p.children[1]
        for mine in self._compared(n, type_in(inner), "not_ptr1", "not_int1"):
            for each in self.match(inner, mine, state):
                yield self._unit_of(p, n, each)

    def _compared(self, n: Code, known: Known, pointer: str, number: str) -> list[Code]:
        """What a comparison is about, if the other side is the nothing of a type."""
        found = []
        for mine, null in ((n.children[0], n.children[2]), (n.children[2], n.children[0])):
            is_null = null.text == b"NULL" and not null.children
            is_zero = null.kind == "number" and value_of(null.text) == 0
            is_pointer = known is not None and known[1] > 0
            if (is_null and is_pointer and self.uses(pointer)) or (
                is_zero and known == _INT and self.uses(number)
            ):
                found.append(mine)
        return found

    def negated(self, p: Code, n: Code, state: State) -> Matches:
        """A test of the file that is true where one of the pattern is not: `a` for `E == NULL`, and
        `a || b` for `E == NULL && ...`."""
        while n.kind == "paren":
            n = n.children[1]
        if p.kind == "paren":
            yield from self.negated(p.children[1], n, state)
        elif p.kind == "unary" and p.children[0].text == b"!":
            yield from self.match(p.children[1], n, state)
        elif p.kind == "binary" and p.parts[-1].kind == "dots":
            opposite = {b"&&": b"||", b"||": b"&&"}.get(p.parts[1].text)
            for each in _operands(n, opposite) if opposite is not None else ():
                yield from self.negated(p.parts[0], each, state)
        elif p.kind == "binary" and p.children[1].text == b"==" and len(p.parts) == 3:
            yield from self._is_something(p, n, state)

    def _is_something(self, p: Code, n: Code, state: State) -> Matches:
        """`E` or `E != NULL` for `E == NULL`."""
        left, operator, right = p.children
        if operator.token is not None and operator.token.positions:
            return
        if n.kind == "binary" and n.children[1].text == b"!=":
            if len(n.children) != 3:
                return  # with a directive in it
            one, _, other = n.children
            for mine, theirs in ((one, other), (other, one)):
                for each in self.match(left, mine, state):
                    yield from self.match(right, theirs, each)
            return
        for mine, name in _with_nothing(p):
            if self.uses(_ISNT[name]) and is_tested(n) and not _is_made_of_tests(n):
                yield from self.match(mine, n, state)

    def _unit_of(self, p: Code, n: Code, state: State) -> State:
        """`p` has met `n` in another form; the tokens of `p` that have met nothing stand for it."""
        met = {pair.number for pair in state.pairs()}
        changes = self.pattern.states.get(id(p), CONTEXT) != CONTEXT
        for leaf in p.leaves():
            if leaf.token is not None and leaf.token.number not in met and changes:
                state = state.meet(leaf.token.number, n.start, n.end, n)
                break
        return state.other_form() if changes else state

    def _around(self, p: Code, n: Code, found: Matches) -> Matches:
        """Those in which what comes at an end of `p` comes around all of `n`, or nothing does."""
        for each in found:
            if not self._ends(p):
                yield each
            elif self._is_around(p, n):
                yield self._with_edges(p, n, each)

    def _is_around(self, p: Code, n: Code) -> bool:
        """True if what comes at the ends of `p` is around the whole, and `n` can stand there.

        What goes with a part of `p`, as the `+ 1` in `E == NULL + 1`, has no place in `!E`; and in
        `!E + 1` there is none for `E == NULL`, which would need parentheses.
        """
        numbers = [leaf.token.number for leaf in p.leaves() if leaf.token is not None]
        after = self.pattern.results.get(numbers[0])
        if after is None or self.pattern.states.get(id(p), CONTEXT) != CONTEXT:
            return True  # what goes as a whole is written as a whole
        for each in (after, *after.ancestors()):
            own = [leaf.token.number for leaf in each.leaves() if leaf.token is not None]
            if own == numbers:
                return level(n) >= min(required(each), level(p))
        return False

    def _with_edges(self, p: Code, n: Code, state: State) -> State:
        """`p` has met all of `n`, so what comes beside one of its ends comes beside `n`, even if
        that end has met a part of it, as `E` of `E == NULL` in `!E`, or nothing, as the NULL."""
        met = {pair.number: pair for pair in state.pairs()}
        for end, is_first in self._ends(p):
            pair = met.get(end.number)
            low, high = (pair.start, pair.end) if pair is not None else (n.start, n.end)
            node = pair.node if pair is not None else n
            low, high = (n.start, high) if is_first else (low, n.end)
            state = state.meet(end.number, low, high, node)
        return state

    def _ends(self, p: Code) -> list[tuple[Token, bool]]:
        """The first and the last token of `p`, each if something comes before or behind it, with
        True for the first."""
        tokens = [leaf.token for leaf in p.leaves() if leaf.token is not None]
        hunks = self.pattern.hunks
        first = [tokens[0]] if any(hunk.right is tokens[0] for hunk in hunks) else []
        last = [tokens[-1]] if any(hunk.left is tokens[-1] for hunk in hunks) else []
        return [(each, True) for each in first] + [(each, False) for each in last]


_ISNT = {"null": "isnt_null1", "zero": "isnt_zero"}


def _with_nothing(p: Code) -> Iterator[tuple[Code, str]]:
    """What a comparison of a pattern compares with NULL or 0, and with which of them."""
    left, right = p.children[0], p.children[2]
    for mine, null in ((left, right), (right, left)):
        if not null.children and null.text == b"NULL":
            yield mine, "null"
        elif null.kind == "number" and value_of(null.text) == 0:
            yield mine, "zero"


def _is_another(p: Code, n: Code) -> bool:
    """True for a comparison that another alternative of a head says in so many words: `i != 0` is
    no bare test to `( e != NULL | e != 0 )`."""
    around = p.parent
    if n.kind != "binary" or around is None or around.kind != "disj" or not is_of_head(around):
        return False
    return any(
        each is not p and each.kind == "binary" and _compares(each) == _compares(n) != ()
        for each in around.children
    )


def _compares(node: Code) -> tuple[bytes, ...]:
    """The operator of a comparison with a constant, and that; nothing for another node."""
    if len(node.children) != 3 or node.children[2].children or not is_constant(node.children[2]):
        return ()
    return node.children[1].text, node.children[2].text


def _is_made_of_tests(n: Code) -> bool:
    """True for what is a test because its parts are: these are what is compared."""
    if n.kind == "binary":
        return n.children[1].text in (b"&&", b"||")
    return n.kind == "paren" or (n.kind == "unary" and n.children[0].text == b"!")


def _operands(n: Code, operator: bytes) -> list[Code]:
    """A test, and if it is made of others by an operator, each of these."""
    found = [n]
    if n.kind == "binary" and n.children[1].text == operator:
        found += [
            each for part in (n.children[0], n.children[2]) for each in _operands(part, operator)
        ]
    return found
