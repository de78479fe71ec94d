"""Which signs the matches of a pattern have: they tell which parts of a file a rule has to look at.

A sign is a promise: where it is not, there is no match. So what an isomorphism can take away or
write in another way is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from refactor.c.code import STATEMENTS, Code
from refactor.c.flow import JUMPS
from refactor.pattern.sign import Sign, whole
from refactor.pattern.statements import is_empty
from refactor.pattern.tokens import Metavariable
from refactor.pattern.words import hollow, is_optional, words_of_meta


def signs(items: Iterable[Code], metavariables: Mapping[str, Metavariable]) -> tuple[Sign, ...]:
    """The signs of nodes that all have to match, the rarest first."""
    found: list[Sign] = []
    for item in items:
        found += _of(item, metavariables)
    return tuple(sorted(dict.fromkeys(found), key=lambda each: each.rank))


Metas = Mapping[str, Metavariable]


def _of(node: Code, metas: Metas) -> list[Sign]:
    found = _of_positions(node, metas)
    kind = node.kind
    token = node.token
    if kind in ("attr", "number", "char", "string", "dots", "directive", "include", "define"):
        return found
    if kind == "meta":
        return found + _of_meta(metas.get(token.meta.name, token.meta))
    if kind == "nest":
        if token.at_least_once and token.group is not None:
            return found + list(signs(token.group.items, metas))
        return found
    if kind == "disj":
        return found + _either([signs([each], metas) for each in node.children])
    if not node.children:
        if kind == "ident":
            found += _of_word(node.text)
        return found
    if is_optional(node):
        return []
    if kind == "cast":
        return found + _of(node.children[-1], metas)
    if kind == "binary":
        return found + _of_binary(node, metas)
    if kind in ("assign", "init_decl"):
        return found + _of_assignment(node, metas)
    if kind == "unary" and node.children[0].text == b"&":
        found.append(Sign((_BEHIND[b"&"],), rank=_OPERATOR))
    if kind in ("array", "subscript"):
        found += _of_index(node)
    if kind == "member" and node.children[-1].kind == "ident":
        # `x.a` matches `x->a` too, by an isomorphism.
        text = rb"(?:\.|->)" + _GAP + node.children[-1].text + rb"\b"
        return [*found, Sign((text,), rank=_NAME), *_of(node.children[0], metas)]
    if kind == "designator" and node.children[0].text == b".":
        found.append(Sign((rb"\.(?<![\w)\]]\.)" + _GAP + rb"[A-Za-z_]",), rank=_OPERATOR))
    if kind == "sizeof":
        # The type in it matches an expression of this type.
        found.append(Sign((whole(b"sizeof"),), rank=_KEYWORD))
        return found
    if kind == "cond":
        found.append(Sign((rb"\?",), rank=_OPERATOR))
    elif kind == "return" and (len(node.parts) < 3 or node.parts[1].kind == "dots"):
        return found  # the end of a function is one as well
    elif kind in _BY_KEYWORD:
        if kind == "return" and _is_bound(node.parts[1], metas):
            name = node.parts[1].token.meta.name
            found.append(Sign(metas=(name,), rank=_ANCHORED, before=_RETURNED))
        found.append(Sign((whole(kind.encode()),), rank=_BY_KEYWORD[kind]))
        if kind == "if" and _keeps_else(node):
            found.append(Sign((whole(b"else"),), rank=_KEYWORD))
    elif kind == "iterator":
        found.append(Sign((rb"\)",), rank=_COMMON))
    elif kind == "block":
        found += _of_empty(node.children)
    for each in node.children:
        inner = _of(each, metas)
        if kind in ("cond", "if") and each.kind in ("binary", "paren"):
            # The condition may be negated, and the branches the other way round; of `a ? b : c`
            # the contrary of `a == NULL` has no sign of its own.
            signs_of_tests = (_PAIR, _OPERATOR, *([_KEYWORD] if kind == "cond" else []))
            inner = [sign for sign in inner if sign.rank not in signs_of_tests]
        if kind == "if" and len(node.parts) == 7 and each is node.parts[2]:
            inner = [sign for sign in inner if sign.rank < _PAIR]  # nor is there a NULL in `if (E)`
        found += inner
    return found


(
    _PLACE, _ANCHORED, _BOUND, _NAME, _PAIR, _EMPTY, _KEYWORD, _OPERATOR, _COMMON,
) = range(9)  # fmt: skip
_BY_KEYWORD = {
    "switch": _KEYWORD, "goto": _KEYWORD, "case": _KEYWORD, "default": _KEYWORD,
    "for": _KEYWORD, "while": _KEYWORD, "do": _KEYWORD, "break": _KEYWORD, "continue": _KEYWORD,
    "return": _COMMON, "if": _COMMON,
}  # fmt: skip


def _keeps_else(node: Code) -> bool:
    """True for an `if` of a pattern whose `else` has to be there.

    An isomorphism drops one that is a hole which nothing else speaks of.
    """
    if len(node.parts) != 7:
        return False
    other = node.parts[6]
    if other.kind != "meta":
        return True
    holes = [leaf.token.meta.name for leaf in node.leaves() if leaf.kind == "meta"]
    return holes.count(other.token.meta.name) > 1


def _of_positions(node: Code, metas: Metas) -> list[Sign]:
    if node.children or node.token is None or isinstance(node.token, str):
        return []
    names = [name for name in node.token.positions if name in metas and metas[name].origin]
    return [Sign(places=(name,), rank=_PLACE) for name in names]


def _of_meta(meta: Metavariable) -> list[Sign]:
    if meta.origin and meta.origin != "virtual" and meta.sort in _VALUES:
        return [Sign(metas=(meta.name,), rank=_BOUND)]
    words = words_of_meta(meta)
    return [words_sign(words)] if words else _of_expression(meta)


def _of_expression(meta: Metavariable) -> list[Sign]:
    """What is written out in a regular expression that a name has to match."""
    for each in meta.constraints:
        text = each.expression
        if text and not each.negative and re.fullmatch(r"\^?(?:\w|\.\*)+\$?", text):
            piece = max(re.split(r"\.\*", text.strip("^$")), key=len)
            return [Sign((piece.encode(),), rank=_NAME)] if piece else []
    return []


_VALUES = frozenset(("expression", "identifier", "idexpression", "constant", "metavariable"))


def _of_word(word: bytes) -> list[Sign]:
    if hollow(word) or not re.fullmatch(rb"[A-Za-z_]\w*", word):
        return []
    return [words_sign([word.decode()])]


def words_sign(words: Iterable[str]) -> Sign:
    """One of some words."""
    return Sign(tuple(sorted(whole(word.encode()) for word in words)), rank=_NAME)


def _either(alternatives: Sequence[Sequence[Sign]]) -> list[Sign]:
    """One of several: the rarest sign of each."""
    chosen = []
    for each in alternatives:
        if not each:
            return []
        chosen.append(each[0])
    if len(set(chosen)) == 1:
        return [chosen[0]]
    return [
        Sign(
            tuple(dict.fromkeys(text for each in chosen for text in each.texts)),
            tuple(dict.fromkeys(name for each in chosen for name in each.metas)),
            tuple(dict.fromkeys(name for each in chosen for name in each.places)),
            max(each.rank for each in chosen),
            all(each.twice for each in chosen),
            _shared(each.before for each in chosen),
            _shared(each.behind for each in chosen),
        )
    ]


def _shared(texts: Iterable[bytes]) -> bytes:
    every = set(texts)
    return every.pop() if len(every) == 1 else b""


# ---------------------------------------------------------------------------- operators

_FLIPPED = {b"<": b">", b">": b"<", b"<=": b">=", b">=": b"<=", b"==": b"==", b"!=": b"!="}
_BEHIND = {
    b"<": rb"<(?![<=])",
    b">": rb">(?<![->]>)(?![>=])",
    b"&": rb"&(?<!&&)(?!&)",
    b"|": rb"\|(?<!\|\|)(?!\|)",
}
"""Operators, with what they are not part of. To begin with the sign itself is ten times as fast as
to begin with a look at the byte before it."""
_ZEROS = (rb"0[xX]?0*[uUlL]*\b", rb"'\\0'")
# Nothing is given back, or a row of comments would be tried in all ways to cut it. Of directives
# only conditionals stand between two tokens: a header of registers is one row of definitions, and
# each number in it would be looked behind up to its end.
_BETWEEN = rb"(?:[\s()\\]++|/\*[^*]*+\*++(?:[^/*][^*]*+\*++|)*+/|//[^\n]*+"
_BETWEEN += rb"|^#[ \t]*+(?:if|el|endif)[^\n]*+)"
_GAP = _BETWEEN + rb"*+"


def _of_binary(node: Code, metas: Metas) -> list[Sign]:
    parts = [each for each in node.children if each.kind not in ("attr",)]
    if len(parts) != 3:
        return list(signs(node.children, metas))
    left, op, right = parts
    if right.kind == "dots":
        # Of a chain with dots at its end the beginning is enough.
        return list(signs((left,), metas))
    inside = list(signs((left, right), metas)) + _of_positions(op, metas)
    operators = _operators(op.token.meta) if op.kind == "meta" else [op.text]
    ends = (_inner(left), _inner(right))
    if not operators:
        return inside
    if operators == [b"=="] and any(each.text == b"NULL" for each in ends):
        # That holds for the condition of an `if` too, which may be negated.
        return [*inside, Sign((rb"!(?!=)", whole(b"NULL")), rank=_KEYWORD)]
    if any(each.text == b"NULL" for each in ends) or (
        operators == [b"!="] and any(_is_zero(each) for each in ends)
    ):
        # `!x` and a bare `x` in a test are the same thing.
        return inside
    if set(operators) & {b"==", b"!="} and not all(each in _FLIPPED for each in operators):
        return inside
    for mine, other in (ends, ends[::-1]):
        if other.kind == "number" and mine.kind != "number" and set(operators) <= _FLIPPED.keys():
            if set(operators) <= {b"==", b"!="} and _is_zero(other):
                return inside
            numbers = _ZEROS if _is_zero(other) else (whole(other.text),)
            every = sorted(set(operators) | {_FLIPPED[each] for each in operators})
            pairs = [(each, re.escape(sign)) for each in numbers for sign in every]
            texts = [text for one, sign in pairs for text in (sign + _GAP + one, one + _GAP + sign)]
            return [*inside, Sign(tuple(texts), rank=_PAIR)]
    texts = list[bytes]()
    for each in operators:
        for form in {each, _FLIPPED.get(each, each)}:
            texts.append(_BEHIND.get(form, re.escape(form)))
    names = [each.token.meta.name for each in _operands(node, op.text) if each.kind == "meta"]
    twice = op.text in _REPEATED and len(names) != len(set(names))
    if _is_constant(ends[0]) and _is_constant(ends[1]) and op.text == b"+":
        texts = [_CONSTANT + rb"[\s)]*" + each for each in texts]
        return [*inside, Sign(tuple(texts), rank=_PAIR)]
    rank = _PAIR if twice else _OPERATOR
    return [*inside, Sign(tuple(sorted(texts)), rank=rank, twice=twice)]


def _of_assignment(node: Code, metas: Metas) -> list[Sign]:
    """The `=` of an assignment, or of an initialiser, which may stand for one another."""
    inside = list(signs(node.children, metas))
    parts = [each for each in node.children if each.kind != "attr"]
    if len(parts) != 3 or parts[1].text != b"=":
        return inside  # Another way to write `x += 1` is `x++`.
    left, _, right = parts
    if _is_bound(left, metas):
        inside.append(Sign(metas=(left.token.meta.name,), rank=_ANCHORED, behind=_TO))
    if _is_bound(right, metas):
        inside.append(Sign(metas=(right.token.meta.name,), rank=_ANCHORED, before=_FROM))
    names = {leaf.token.meta.name for leaf in parts[0].leaves() if leaf.kind == "meta"}
    again = {leaf.token.meta.name for leaf in parts[2].leaves() if leaf.kind == "meta"}
    is_plain = parts[0].kind == "meta" and all(
        each.kind not in ("disj", "conj", "dots", "nest") for each in parts[2].walk()
    )
    twice = is_plain and bool(names & again)
    return [*inside, Sign((_ASSIGNED,), rank=_PAIR if twice else _OPERATOR, twice=twice)]


def _is_bound(node: Code, metas: Metas) -> bool:
    """True for a hole whose value is known before."""
    return node.kind == "meta" and [each.rank for each in _of(node, metas)][-1:] == [_BOUND]


_TO = rb"\b(?:" + _BETWEEN + rb"|\[[^\]]*+\]|)*+=(?!=)"
"""What stands behind the name that is assigned to; it may be declared there, with brackets."""
_FROM = rb"=" + _GAP + rb"\b"
_RETURNED = rb"\breturn\b" + _GAP + rb"\b"
_ASSIGNED = rb"=(?<![=!<>+\-*/%&|^]=)(?!=)"


def _of_index(node: Code) -> list[Sign]:
    """How a number in brackets begins, whatever else it may be written like."""
    inside = [each for each in node.parts[1:] if each.text not in (b"[", b"]")]
    if len(inside) != 1:
        return []
    numbers = inside[0].children if inside[0].kind == "disj" else inside
    numbers = [each.children[0] if each.kind == "seq" else each for each in numbers]
    if not numbers or any(each.kind != "number" for each in numbers):
        return []
    first = {b"0", b"'", *(each.text[:1] for each in numbers)}
    text = rb"\[" + _GAP + b"[" + b"".join(sorted(first)) + b"]"
    return [Sign((text,), rank=_PAIR)]


_REPEATED = frozenset((b"&&", b"||", b"&", b"|"))
_CONSTANT = rb"(?:\b(?:[A-Z_][A-Z0-9_]*|\d[\w.]*)|[\"')])"
"""How a constant ends: a literal, a name in capitals, or the parenthesis of a `sizeof`."""


def _is_constant(node: Code) -> bool:
    return node.kind == "meta" and node.token.meta.sort == "constant"


def _is_zero(node: Code) -> bool:
    return node.kind == "number" and re.fullmatch(rb"0[xX]?0*[uUlL]*", node.text) is not None


def _inner(node: Code) -> Code:
    while node.kind == "paren" and len(node.parts) == 3:
        node = node.parts[1]
    return node


def _operands(node: Code, op: bytes) -> Iterator[Code]:
    """The operands of a chain of one operator, negations undone."""
    if node.kind == "binary" and len(node.parts) == 3 and node.parts[1].text == op:
        yield from _operands(node.parts[0], op)
        yield from _operands(node.parts[2], op)
    elif node.kind == "unary" and node.parts[0].text == b"!":
        yield _inner(node.parts[1])
    else:
        yield _inner(node)


def _operators(meta: Metavariable) -> list[bytes]:
    """What the operator may be, as far as that is known."""
    for each in meta.constraints:
        # What another rule has bound, `rule.name`, is known when that has matched.
        if each.values and not each.negative and not any("." in value for value in each.values):
            return [value.encode() for value in each.values]
    return []


def _of_empty(children: Sequence[Code]) -> list[Sign]:
    """An empty statement: a semicolon behind the end of another one."""
    for each in children:
        if is_empty(each):
            return [EMPTY]
    return []


def signs_of_start(item: Code, metas: Metas) -> tuple[Sign, ...]:
    """The signs of the one node of a file that the first item of a pattern meets."""
    if item.kind in ("disj", "conj"):
        ways = [signs_of_start(each, metas) for each in item.children]
        found = _either(ways) if item.kind == "disj" else [each for way in ways for each in way]
    elif item.kind == "seq":
        return signs_of_start(item.children[0], metas) if item.children else ()
    elif item.kind != "function" and any(map(_may_be_elsewhere, item.walk())):
        heads = [each for each in item.parts if each.kind not in STATEMENTS]
        found = [each for each in signs(heads, metas) if each.rank not in (_PAIR, _OPERATOR)]
    else:
        found = _of(item, metas)
    # What is as common as that tells nothing, and that of an empty statement begins before it.
    found = [each for each in found if each.rank not in (_EMPTY, _COMMON)]
    return tuple(sorted(dict.fromkeys(found), key=lambda each: each.rank))


def _may_be_elsewhere(node: Code) -> bool:
    """True for a block with dots before a jump: it may be there as a `goto`, which leads to it."""
    return (
        node.kind == "block"
        and any(each.kind in ("dots", "nest") for each in node.children)
        and any(each.kind in JUMPS for each in node.children[-2:])
    )


EMPTY = Sign((rb"[;}:)]" + _GAP + rb";",), rank=_EMPTY)


def signs_of_pattern(items: Sequence[Code], metas: Metas, needs_nest: bool) -> tuple[Sign, ...]:
    """The signs of a whole pattern.

    With `needs_nest` a match is of no use to anybody unless the nest in the body of a function has
    met something.
    """
    found = list(signs(items, metas))
    found += _of_empty(items) if len(items) > 1 else []
    for item in items:
        if item.kind == "disj":
            inner = [
                _of_empty(each.children) or list(signs([each], metas)) for each in item.children
            ]
            if any(EMPTY in each for each in inner):
                found += _either(inner)
        if needs_nest and item.kind == "function":
            for each in item.children[-1].children:
                if each.kind == "nest" and each.token.group is not None:
                    found += signs(each.token.group.items, metas)
    return tuple(sorted(dict.fromkeys(found), key=lambda each: each.rank))
