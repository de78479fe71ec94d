"""What changes between two tokens of a pattern that stay, cut down to what really differs.

What goes and comes again at the same place is no change: it keeps the form, the comments and the
line breaks that it has in the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from refactor.c.code import STATEMENTS, Code
from refactor.pattern.edges import Edges
from refactor.pattern.shapes import name_of
from refactor.pattern.tokens import ADDED, REMOVED, Token, flat


@dataclass(slots=True)
class Hunk:
    """What changes between two tokens that stay; either may be missing at the end of a pattern."""

    left: Token | None
    right: Token | None
    removed: list[Token] = field(default_factory=list)
    added: list[Token] = field(default_factory=list)
    right_gap: bytes | None = None
    """The white space before `right` in the code that comes, where that is another token."""
    by_lines: bool = False
    """True if whole statements go or come: then their lines do."""
    units: list[Code] = field(default_factory=list)
    """The statements of the pattern that go as a whole, the outermost ones."""
    comes_first: bool = False
    """True if what comes was written before what goes."""
    statements: int = 0
    """How many statements come."""
    is_body: bool = False
    """True if a block that is all of a branch goes, braces included, for something without any."""

    def __bool__(self) -> bool:
        return bool(self.removed or self.added)


def hunks_of(tokens: Sequence[Token]) -> Iterator[Hunk]:
    """The changes between the tokens that stay, group by group."""
    current = Hunk(None, None)
    for token in tokens:
        if token.mark == REMOVED:
            current.removed.append(token)
        elif token.mark == ADDED:
            current.added.append(token)
        else:
            if current:
                current.right = token
                yield current
            if token.group is not None:
                for alternative in token.group.alternatives:
                    yield from hunks_of(alternative)
            current = Hunk(token, None)
    if current:
        yield current


Leaves = tuple[dict[int, Code], dict[int, Code]]
"""The leaves of both sides, by the numbers of their tokens."""


def units(tokens: Sequence[Token], edges: Edges) -> list[Code]:
    """The outermost statements that consist of these tokens alone."""
    numbers = {token.number for token in flat(tokens)}
    found: list[Code] = []
    end = -1
    for token in tokens:
        if token.number <= end:
            continue
        node = edges.starts_of.get(token.number)
        if node is None:
            continue
        mine = [leaf.token.number for leaf in node.leaves() if leaf.token is not None]
        if all(number in numbers for number in mine):
            found.append(node)
            end = max(mine)
    return found


def pared(
    hunk: Hunk, before: Edges, after: Edges, kept_as: dict[int, int], leaves: Leaves
) -> Iterator[Hunk]:
    """A hunk without what goes and comes again."""
    if not hunk.removed or not hunk.added:
        yield hunk
        return
    olds = _chunks(hunk.removed, before)
    news = _chunks(list(hunk.added), after)
    if len(olds) == 1 and len(news) == 1:
        yield from _compared(hunk.left, hunk.right, olds[0], news[0], kept_as, leaves)
        return
    if len(olds) == 1 and (held := _held(olds[0], news, leaves)) is not None:
        yield from _around_held(hunk, olds[0], news, held, kept_as, leaves)
        return
    # Statements are paired in order, the most alike first; the rest goes or comes as a whole.
    pairs = dict(_paired(olds, news))
    position = 0
    left = hunk.left
    for index, old in enumerate(olds):
        partner = pairs.get(index)
        following = olds[index + 1][0] if index + 1 < len(olds) else hunk.right
        if partner is None:
            yield Hunk(left, following, list(old))
        else:
            if partner > position:
                yield Hunk(left, old[0], [], [t for each in news[position:partner] for t in each])
            yield from _compared(left, following, old, news[partner], kept_as, leaves)
            position = partner + 1
        left = old[-1]
    if position < len(news):
        yield Hunk(left, hunk.right, [], [token for each in news[position:] for token in each])


def _held(
    old: Sequence[Token], news: Sequence[Sequence[Token]], leaves: Leaves
) -> tuple[int, int] | None:
    """Where a hole for a statement is all of a branch that goes, and which of the statements that
    come it is: the code that it stands for stays where it is."""
    whole = _whole(old, leaves[0])
    if whole is None or whole.kind not in _GOVERNING:
        return None
    for at, token in enumerate(old):
        leaf = leaves[0].get(token.number)
        if token.meta is None or token.meta.sort != "statement" or leaf is None:
            continue
        if leaf.parent is None or leaf.parent.kind not in _GOVERNING[:-1]:
            continue  # one in braces
        alone = [n for n, each in enumerate(news) if [_name(t) for t in each] == [_name(token)]]
        again = [1 for each in news for other in each if _name(other) == _name(token)]
        if len(alone) == len(again) == 1:
            return at, alone[0]
    return None


def _around_held(
    hunk: Hunk,
    old: Sequence[Token],
    news: Sequence[Sequence[Token]],
    held: tuple[int, int],
    kept_as: dict[int, int],
    leaves: Leaves,
) -> Iterator[Hunk]:
    """What goes and comes before and behind a hole for a statement that stays."""
    at, place = held
    head, tail = list(old[:at]), list(old[at + 1 :])
    before, behind = (
        [t for each in some for t in each] for some in (news[:place], news[place + 1 :])
    )
    kept_as[news[place][0].number] = old[at].number
    one, other = _whole(old, leaves[0]), _whole(before, leaves[1]) if before else None
    if one is not None and other is not None and one.kind == other.kind:
        yield from _compared(hunk.left, old[at], head, before, kept_as, leaves)
    elif head or before:
        yield Hunk(hunk.left, old[at], head, before, news[place][0].gap)
    if tail or behind:
        yield Hunk(old[at], hunk.right, tail, behind)


def _paired(
    olds: Sequence[Sequence[Token]], news: Sequence[Sequence[Token]]
) -> Iterator[tuple[int, int]]:
    """Which statement that goes becomes which one that comes, in order."""
    count = min(len(olds), len(news))
    best: tuple[float, tuple[tuple[int, int], ...]] = (-1.0, ())
    table: dict[tuple[int, int], tuple[float, tuple[tuple[int, int], ...]]] = {}

    def solve(i: int, j: int) -> tuple[float, tuple[tuple[int, int], ...]]:
        if i == len(olds) or j == len(news):
            return 0.0, ()
        if (i, j) not in table:
            score, rest = solve(i + 1, j + 1)
            # A pair counts in itself: a statement that comes takes the place of one that goes.
            options = [(score + 1 + _likeness(olds[i], news[j]), ((i, j), *rest))]
            options += [solve(i + 1, j), solve(i, j + 1)]
            table[i, j] = max(options, key=lambda each: each[0])
        return table[i, j]

    best = solve(0, 0)
    yield from best[1][:count]


def _likeness(old: Sequence[Token], new: Sequence[Token]) -> float:
    """A hole counts half as much again as a word: what it stands for keeps its form and its
    comment where its statement stays, so `x = E; return x;` becomes `return E;` in the place of
    the first."""
    one, other = ([_name(t) for t in each for _ in _weight(t)] for each in (old, new))
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _weight(token: Token) -> range:
    return range(3 if token.meta is not None else 2)


def _name(token: Token) -> tuple[str, bytes]:
    return ("meta" if token.meta is not None else token.kind, token.text)


def _compared(
    left: Token | None,
    right: Token | None,
    old: Sequence[Token],
    new: Sequence[Token],
    kept_as: dict[int, int],
    leaves: Leaves,
) -> Iterator[Hunk]:
    """What differs between tokens that go and those that come in their place."""
    if _differ(old, new, leaves) or _is_another_function(old, new, leaves):
        yield Hunk(left, right, list(old), list(new))
        return
    current = Hunk(left, None)
    position = first = 0
    for one, other in _same(old, new, leaves):
        current.removed += old[position:one]
        current.added += new[first:other]
        if current:
            current.right = old[one]
            current.right_gap = new[other].gap
            yield current
        kept_as[new[other].number] = old[one].number
        current = Hunk(old[one], None)
        position, first = one + 1, other + 1
    current.removed += old[position:]
    current.added += new[first:]
    current.right = right
    if current:
        yield current


def _differ(old: Sequence[Token], new: Sequence[Token], leaves: Leaves) -> bool:
    """True for two whole statements of different kinds: a call has nothing in common with an `if`,
    even if there is a call in it."""
    one, other = _whole(old, leaves[0]), _whole(new, leaves[1])
    if one is None or other is None or one.kind == other.kind:
        return False
    return one.kind in _GOVERNING or other.kind in _GOVERNING


def _is_another_function(old: Sequence[Token], new: Sequence[Token], leaves: Leaves) -> bool:
    """True for a definition without a type in whose place another one comes: its type, which nobody
    has written, goes with it, and may not stay to be the type of the other one."""
    one, other = _definition(old, leaves[0]), _definition(new, leaves[1])
    if one is None or other is None or any(each.kind == "type" for each in one.parts):
        return False
    mine, theirs = name_of(one), name_of(other)
    if mine is None or theirs is None or mine.text != theirs.text:
        return True
    return any(each.kind == "type" for each in other.parts)


def _definition(tokens: Sequence[Token], leaves: dict[int, Code]) -> Code | None:
    """The function that consists of these tokens alone."""
    first = leaves.get(tokens[0].number)
    found = (each for each in first.ancestors() if each.kind == "function") if first else ()
    node = next(iter(found), None)
    if node is None:
        return None
    numbers = {token.number for token in flat(tokens)}
    mine = {leaf.token.number for leaf in node.leaves() if leaf.token is not None}
    return node if mine == numbers else None


_GOVERNING = ("if", "while", "do", "for", "switch", "iterator", "block")


def is_body(hunk: Hunk, leaves: dict[int, Code]) -> bool:
    """True if a block of a branch or a loop goes as a whole, and what comes is surely no block."""
    if not hunk.removed or not hunk.added or hunk.removed[0].text != b"{":
        return False
    first = hunk.added[0]
    may_open = first.text == b"{" or (first.meta is not None and first.meta.sort == "statement")
    block = _whole(hunk.removed, leaves)
    return not may_open and block is not None and block.parent is not None


def _whole(tokens: Sequence[Token], leaves: dict[int, Code]) -> Code | None:
    """The statement that consists of these tokens alone."""
    numbers = {token.number for token in flat(tokens)}
    first = leaves.get(tokens[0].number)
    for node in first.ancestors() if first is not None else ():
        mine = {leaf.token.number for leaf in node.leaves() if leaf.token is not None}
        if not mine <= numbers:
            return None
        if mine == numbers and node.kind in STATEMENTS:
            return node
    return None


def _same(old: Sequence[Token], new: Sequence[Token], leaves: Leaves) -> list[tuple[int, int]]:
    """The tokens that go and come again, as places in both.

    A bracket, a comma or a semicolon is the same only if it does the same work: the tokens of
    `for (;;)` are not those of a call that happens to have some of them.
    """
    pairs = [
        each for each in _alike(old, new, leaves) if _brings_nothing(old[each[0]], new[each[1]])
    ]
    own = {token.number for token in old}
    while True:
        partner = {old[one].number: new[other].number for one, other in pairs}
        kept = [
            (one, other)
            for one, other in pairs
            if _agree(old[one], new[other], leaves, partner, own)
        ]
        if len(kept) == len(pairs):
            return pairs
        pairs = kept


def _brings_nothing(old: Token, new: Token) -> bool:
    """False for a token that comes with a comment which the one that goes has not: the comment
    would not come if the token was left as it is."""
    mine = [*_COMMENT.findall(old.gap), old.behind.strip()]
    theirs = [*_COMMENT.findall(new.gap), new.behind.strip()]
    return mine == theirs or not any(theirs)


_COMMENT = re.compile(rb"/\*.*?\*/|//[^\n]*", re.DOTALL)


def _alike(old: Sequence[Token], new: Sequence[Token], leaves: Leaves) -> Iterator[tuple[int, int]]:
    """The tokens that are equal and in one order.

    Those of two `if` with an `else` are compared branch by branch: the branches may change places,
    but the `else` does not go with one of them.
    """
    mine, theirs = _else_in(old, leaves[0]), _else_in(new, leaves[1])
    if mine is not None and theirs is not None:
        yield from _alike(old[:mine], new[:theirs], leaves)
        yield mine, theirs
        for one, other in _alike(old[mine + 1 :], new[theirs + 1 :], leaves):
            yield mine + 1 + one, theirs + 1 + other
        return
    matcher = SequenceMatcher(None, [*map(_name, old)], [*map(_name, new)], autojunk=False)
    for block in matcher.get_matching_blocks():
        for n in range(block.size):
            yield block.a + n, block.b + n


def _else_in(tokens: Sequence[Token], leaves: dict[int, Code]) -> int | None:
    """The place of the `else` of an `if` that some tokens are."""
    whole = _whole(tokens, leaves) if tokens else None
    children = whole.children if whole is not None and whole.kind == "if" else []
    found = next((each.token for each in children if each.text == b"else"), None)
    return next((at for at, each in enumerate(tokens) if each is found), None)


def _agree(
    one: Token, other: Token, leaves: Leaves, partner: dict[int, int], own: set[int]
) -> bool:
    before, after = leaves[0].get(one.number), leaves[1].get(other.number)
    if before is None or after is None:
        return True
    if _lists_around(before) != _lists_around(after):
        return False  # an element of a list is none of the list in an element
    if _is_behind_its_head(before, after, leaves, partner, own):
        return False
    if one.kind != "op":
        return True
    if before.parent is None or after.parent is None:
        return before.parent is after.parent
    if before.parent.kind != after.parent.kind:
        # A simple statement ends with its semicolon, whatever it is.
        return {before.parent.kind, after.parent.kind} <= _SIMPLE and one.text == b";"
    mine, theirs = _bracket(before), _bracket(after)
    if (mine is None) != (theirs is None):
        return False
    # A bracket that stays, or goes elsewhere, has no say.
    return mine is None or mine not in own or partner.get(mine) == theirs


def _is_behind_its_head(
    before: Code, after: Code, leaves: Leaves, partner: dict[int, int], own: set[int]
) -> bool:
    """True for a leaf of a head that stays, and comes again in a statement behind that head: what
    a loop tests does not become what an `if` in it tests, with the line between that comes."""
    mine, theirs = _statement(before), _statement(after)
    if mine is None or theirs is None or mine.kind not in _GOVERNING:
        return False
    head = next(mine.leaves()).token
    number = None
    if head is not None:
        number = partner.get(head.number) if head.number in own else head.number
    there = leaves[1].get(number) if number is not None else None
    whole = _statement(there) if there is not None else None
    if whole is None or next(whole.leaves()) is not there:
        return False
    return whole is not theirs


def _statement(leaf: Code) -> Code | None:
    """The innermost statement that is more than a block."""
    around = (each for each in leaf.ancestors() if each.kind in STATEMENTS)
    return next((each for each in around if each.kind != "block"), None)


_SIMPLE = frozenset(("expr_stmt", "return", "goto", "break", "continue", "declaration"))


def _lists_around(leaf: Code) -> int:
    return sum(1 for each in leaf.ancestors() if each.kind == "init")


def _bracket(leaf: Code) -> int | None:
    """The number of the bracket that belongs to this one."""
    wanted = _BRACKETS.get(leaf.text)
    if wanted is None or leaf.parent is None:
        return None
    for each in leaf.parent.children:
        if each.text == wanted and not each.children and each.token is not None:
            number: int = each.token.number
            return number
    return None


_BRACKETS = {b"(": b")", b")": b"(", b"[": b"]", b"]": b"[", b"{": b"}", b"}": b"{"}


def _chunks(tokens: Sequence[Token], edges: Edges) -> list[list[Token]]:
    """Tokens cut into statements where they are whole ones."""
    found: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += (token.text in (b"(", b"[", b"{")) - (token.text in (b")", b"]", b"}"))
        inside = depth - (token.text in (b"(", b"[", b"{")) > 0
        if (
            not inside
            and found[-1]
            and token.number in edges.starts
            and found[-1][-1].number in edges.ends
        ):
            whole = edges.starts[token.number]
            if whole is None or _is_whole(found[-1], edges):
                found.append([])
        found[-1].append(token)
    return found if found[-1] else []


def _is_whole(chunk: Sequence[Token], edges: Edges) -> bool:
    return chunk[0].number in edges.starts


def is_by_lines(hunk: Hunk, before: Edges, after: Edges, parsed: bool) -> bool:
    """True if whole statements go or come; `parsed` tells if the result is known as a tree."""
    removed = hunk.removed
    added = [token for token in hunk.added if token.kind != "comment"]
    if removed and not (
        (removed[0].number in before.starts or removed[0].number in before.closes)
        and (
            removed[-1].number in before.ends
            or removed[-1].number in before.opens
            or removed[-1].number in before.closes
        )
    ):
        return False
    if added:
        if not parsed:
            return added[-1].text in (b";", b"}", b"{") and b"\n" in added[0].gap
        opens = added[0].text == b"{" and added[0].number in after.opens
        if not (
            (opens or added[0].number in after.starts or added[0].number in after.closes)
            and (
                added[-1].number in after.ends
                or added[-1].number in after.opens
                or added[-1].number in after.closes
            )
        ):
            return False
    return True
