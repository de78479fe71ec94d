"""What lies between tokens that go: a comment or a directive there must not go silently."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Container, Iterable, Iterator, Sequence
from operator import attrgetter

from refactor.c.code import STATEMENTS, Code
from refactor.c.kinds import COMMENT
from refactor.c.lexical import code_only, directives
from refactor.pattern.binding import Pair
from refactor.pattern.hunks import Hunk
from refactor.pattern.tokens import Token, flat
from refactor.rewrite.above import with_comment
from refactor.rewrite.bodies import CONTROLS
from refactor.rewrite.changes import CannotSpliceError, Gone
from refactor.rewrite.path import Path
from refactor.rewrite.written import Builder, Written


def no_comment(path: Path, removed: Sequence[Token]) -> None:
    """A comment between tokens that go would go silently.

    One in what a hole or dots stand for belongs to that, and goes along.
    """
    for _, start, end in _gaps(path, removed):
        _refuse_comment(path.data, start, end)


def apart(path: Path, removed: Sequence[Token]) -> list[list[Token]]:
    """Tokens that go, in runs of which each stands in one piece in the file.

    Elements of a list without order may have others between them that stay. All but such elements
    are in one run, and so is a list that goes with its braces.
    """
    met = [path.pairs[each.number] for each in flat(removed) if each.number in path.pairs]
    if met and _are_braces(min(met, key=attrgetter("start")), max(met, key=attrgetter("end"))):
        return [list(removed)]
    runs: list[list[Token]] = [[]]
    before: Code | None = None
    for token in flat(removed):
        pair = path.pairs.get(token.number)
        if pair is not None and pair.start < pair.end and token.text != b",":
            element = path.element(pair.node) if pair.node is not None else None
            if element is None:
                return [list(removed)]
            if before is not None and element is not before:
                gap = _COMMENT.sub(b"", path.data[before.end : element.start])
                if element.start < before.end or gap.strip() not in (b"", b","):
                    runs.append([])
            before = element
        runs[-1].append(token)
    return runs if len(runs) > 1 else [list(removed)]


def _are_braces(first: Pair, last: Pair) -> bool:
    """True for the two of one list: of two elements in braces another one may stay in between."""
    one, other = first.node, last.node
    if one is None or other is None or one.parent is not other.parent:
        return False
    return one.text == b"{" and other.text == b"}"


_COMMENT = re.compile(COMMENT)


def outer_side(path: Path, hunk: Hunk, left: Pair | None, right: Pair | None) -> str:
    """Which of two neighbours an insertion between them belongs to, `left` or `right`, because dots
    reach the other one under a condition only; nothing if that is no question.

    Raises CannotSpliceError where each is under a condition of its own.
    """
    if left is None or right is None:
        return ""
    between = path.data[left.end : right.start]
    if b"#" not in between or not (_is_of_dots(path, hunk.left) or _is_of_dots(path, hunk.right)):
        return ""
    code = code_only(between)
    found = [each for each in directives(code) if each.keyword.startswith(_FORKS)]
    rest = code
    for each in found:
        rest = (
            rest[: each.span.start]
            + b" " * len(code[each.span.start : each.span.end])
            + rest[each.span.end :]
        )
    if not found or rest.strip() not in (b"", b","):
        return ""
    depth = lowest = 0
    for each in found:
        depth += each.keyword.startswith(b"if") - (each.keyword == b"endif")
        lowest = min(lowest, depth - each.keyword.startswith(b"el"))
    if lowest < 0 and lowest < depth:
        raise CannotSpliceError("directive", left.end)
    return "right" if lowest < 0 else "left"


def _is_of_dots(path: Path, token: Token | None) -> bool:
    """True for dots, and for the comma behind them."""
    leaf = path.pattern.leaves.get(token.number) if token is not None else None
    if leaf is None or leaf.parent is None or leaf.text != b",":
        return leaf is not None and leaf.kind == "dots"
    around = leaf.parent.children
    at = next(n for n, each in enumerate(around) if each is leaf)
    return at > 0 and around[at - 1].kind == "dots"


def no_directive(
    path: Path, removed: Sequence[Token], gone: Iterable[Gone], *, is_whole: bool
) -> None:
    """A `#pragma` or `#define` that the rule does not name would go with the code around it, though
    it is about the code behind as well.

    With `is_whole` what goes are statements and definitions, and a `#pragma` in their braces ends
    there. What dots stand for is nobody's whole.
    """
    pairs = (path.pairs.get(each.number) for each in flat(removed))
    named = {each.start for each in pairs if each is not None and each.end > each.start}
    for each in gone:
        if b"#" not in path.data[each.start : each.end]:
            continue
        code = code_only(path.data[each.start : each.end])
        for directive in directives(code):
            start = directive.span.start
            if directive.keyword.startswith(_FORKS) or each.start + start in named:
                continue
            depth = code.count(b"{", 0, start) - code.count(b"}", 0, start)
            if not (is_whole and depth > 0 and directive.keyword not in _LASTING):
                raise CannotSpliceError("kept", each.start + start)


_FORKS = (b"if", b"el", b"endif")
_LASTING = (b"define", b"undef", b"include")


def with_comment_behind(data: bytes, gone: Sequence[Gone], text: Written) -> Written:
    """What comes for several statements, with the comment behind the last one of them, which may be
    about all. One behind the first stays where it is, and says enough."""
    first, last = gone[0], gone[-1]
    stop = with_comment(data, last.end)
    if stop == last.end or with_comment(data, first.end) != first.end:
        return text
    made = Builder()
    made.put(text)
    made.add(data[last.end : stop])
    return made.written()


def with_comment_inside(path: Path, hunk: Hunk, text: Written, *, goes_on: bool) -> Written:
    """What comes for a statement, with the comment behind one in it that goes: it may be about
    both. For several of them nobody knows, and so where no single statement comes.

    `goes_on` tells of code behind the statement on its line.
    """
    kept = comments_of_holes(path, hunk)
    found = []
    for token, start, behind in _gaps(path, hunk.removed):
        stop = with_comment(path.data, start)
        if start < stop < behind and not (token.meta is not None and token.meta.name in kept):
            found.append((start, stop))
    if not found:
        return text
    start, stop = found[0]
    is_simple = hunk.statements == 1 and text.text.endswith(b";")
    if len(found) > 1 or not is_simple or goes_on:
        raise CannotSpliceError("comment", start)
    made = Builder()
    made.put(text)
    made.add(path.data[start:stop])
    return made.written()


def comments_of_holes(path: Path, hunk: Hunk) -> dict[str, bytes]:
    """The comments behind holes for statements, inside of what goes as a whole: they come again
    with what the holes stand for."""
    comes = {each.meta.name for each in hunk.added if each.meta is not None}
    return {
        token.meta.name: path.data[start:stop]
        for token, start, behind in _gaps(path, hunk.removed)
        if token.meta is not None and token.meta.sort in _STATEMENTS and token.meta.name in comes
        if start < (stop := with_comment(path.data, start)) < behind
    }


_STATEMENTS = ("statement", "statement list")


def _gaps(path: Path, removed: Sequence[Token]) -> Iterator[tuple[Token, int, int]]:
    """What is behind tokens that go, up to the next one, where no dots stand for it."""
    position = -1
    last: Token | None = None
    skips = False
    for token in flat(removed):
        if token.kind in ("dots", "nest"):
            skips = True
            continue
        pair = path.pairs.get(token.number)
        if pair is None or pair.end <= pair.start:
            continue
        if last is not None and position < pair.start and not skips:
            yield last, position, pair.start
        if pair.end > position:
            position, last = pair.end, token
        skips = False


def no_stray_comment(
    path: Path,
    removed: Sequence[Token],
    pairs: Sequence[Pair],
    left: int,
    right: int,
    *,
    goes: bool,
) -> None:
    """A comment beside an item of a list is about it: it cannot stay where the item has gone.

    `left` and `right` are where the code that stays ends and begins. With `goes` nothing comes in
    the place of the item; otherwise it is one that has moved.
    """
    if not any(
        each.node is not None and each.node.parent is not None and each.node.parent.kind in _LISTS
        for each in pairs
    ):
        return
    start, end = min(each.start for each in pairs), max(each.end for each in pairs)
    before, behind = path.data[left:start], path.data[end:right]
    if b"\n" in before and path.data[left - 1 : left] == b",":
        before = before[before.index(b"\n") :]  # what ends a line is about what it stands behind
    if removed[0].text != b"," and (b"/*" in before or b"//" in before):
        raise CannotSpliceError("comment", left + len(before) - len(before.lstrip()))
    if b"/*" in behind or b"//" in behind:
        # Behind a comma a comment is about what follows, unless the line ends with it.
        if goes and removed[-1].text == b"," and b"\n" not in behind:
            return
        raise CannotSpliceError("comment", end + len(behind) - len(behind.lstrip()))


_LISTS = ("args", "params", "init")


def _refuse_comment(data: bytes, start: int, end: int) -> None:
    gap = data[start:end]
    first = with_comment(data, start)
    if first < end and gap[: first - start].strip() and data[start - 1 : start] == b";":
        start, gap = first, data[first:end]  # one behind a statement goes with it
    if b"/*" in gap or b"//" in gap:
        raise CannotSpliceError("comment", start + len(gap) - len(gap.lstrip()))
    if re.search(rb"^[ \t]*#", gap, re.MULTILINE):
        raise CannotSpliceError("directive", start)


def in_one_branch(path: Path, changed: Container[int]) -> None:
    """A statement whose tokens are in several branches of a conditional changes in none.

    The parser has read the conditional as if it were not there (`refactor.c.branches`), and what is
    written for the statement would be right in one build and no C in another. `changed` are the
    numbers of the pattern's tokens at which something changes.
    """
    for item in path.pattern.items:
        for node in item.walk():
            if node is item or is_unit(node):
                numbers = list(_own(node))
                if any(number in changed for number in numbers):
                    kept = set(_untouched(node, changed))
                    _refuse_branches(path, [each for each in numbers if each not in kept])


def _untouched(node: Code, changed: Container[int]) -> Iterator[int]:
    """The numbers of what stands for elements of a list in which nothing changes.

    A conditional may end behind the last of them, and all of it stays.
    """
    for each in node.walk():
        if each.kind in ("init", "fields"):
            tokens = [n.token for n in each.walk() if n.token is not None]
            if not any(t.number in changed for t in tokens if t.text not in (b"{", b"}")):
                yield from (token.number for token in tokens if token.meta is not None)


def is_unit(node: Code) -> bool:
    """True for what a conditional may be around as a whole: a statement, an element, a member."""
    in_list = node.parent is not None and node.parent.kind in ("init", "fields")
    return node.kind in STATEMENTS or (in_list and bool(node.children))


def is_in_split_statement(leaf: Code) -> bool:
    """True if a directive stands in the middle of the statement that a token belongs to.

    Then it is another statement in another build. The `if` or loop that a body belongs to counts,
    because where its directives are left out it governs another one.
    """
    unit = next((each for each in leaf.ancestors() if is_unit(each)), None)
    blocks = 0
    while unit is not None and not (unit.kind != "block" and _has_directive(unit)):
        around = unit.parent
        if around is not None and around.kind == "block" and not blocks:
            blocks, around = 1, around.parent  # whose braces may be in two branches
        unit = around if around is not None and around.kind in CONTROLS else None
    return unit is not None


def _has_directive(unit: Code) -> bool:
    """True for a directive among the tokens of a unit that are of no unit inside of it."""
    inside = [unit]
    while inside:
        for each in inside.pop().children:
            if each.kind == "directive" or (each.kind == "block" and not _is_balanced(each)):
                return True
            if not is_unit(each) and each.kind not in ("init", "fields"):
                inside.append(each)
    return False


def _is_balanced(block: Code) -> bool:
    """False for a block that a conditional begins or ends in, but does not do both."""
    depth = 0
    for each in block.children:
        if each.kind == "directive":
            word = each.text.lstrip(b"# \t")
            depth += 1 if word.startswith(b"if") else -1 if word.startswith(b"endif") else 0
            if depth < 0:
                return False
    return depth == 0


def _own(node: Code) -> Iterator[int]:
    """The numbers of the tokens of a unit that are of no unit inside of it. A comma of a list whose
    elements may be under conditions, or of dots, is as good as another one."""
    listed = node.kind in ("init", "fields")
    before = ""
    for each in node.children:
        is_comma = each.text == b"," and not each.children
        if not is_unit(each) and not (is_comma and (listed or before == "dots")):
            yield from _own(each)
        before = each.kind
    if not node.children and node.token is not None and node.token.kind not in ("dots", "nest"):
        yield node.token.number


def _refuse_branches(path: Path, numbers: Iterable[int]) -> None:
    pairs = [path.pairs[number] for number in numbers if number in path.pairs]
    marks = sorted({mark for each in pairs for mark in (each.start, each.end)})
    if not marks or b"#" not in path.data[marks[0] : marks[-1]]:
        return
    start, last = marks[0], 0
    depth = 0
    for each in directives(code_only(path.data[start : marks[-1]])):
        at = bisect_left(marks, start + each.span.start)
        if depth and at > last:
            raise CannotSpliceError("directive", start)
        last = at
        if each.keyword.startswith(b"if"):
            depth += 1
        elif each.keyword == b"endif":
            depth -= 1
        if depth < 0 or (depth == 0 and each.keyword.startswith(b"el")):
            raise CannotSpliceError("directive", start)
    if depth:
        raise CannotSpliceError("directive", start)
