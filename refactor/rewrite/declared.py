"""The empty line between declarations and statements, where a statement becomes a declaration."""

from __future__ import annotations

from collections.abc import Iterator

from refactor.c.code import STATEMENTS, Code
from refactor.pattern.binding import Pair
from refactor.rewrite.above import with_comment
from refactor.rewrite.path import Path, is_blank
from refactor.rewrite.written import LINES, Piece, Written


def line_behind(path: Path, newline: bytes) -> Iterator[Piece]:
    """An empty line behind `T x = E;` in the place of `T x;` and `x = E;`, if one stood between.

    It has ended the declarations, and would go with what is between the two.
    """
    for node in {id(each): each for each in path.pattern.result_statements.values()}.values():
        if node.kind != "declaration":
            continue
        ends = [leaf.token.number for leaf in node.leaves() if leaf.token is not None]
        last = _statement(path.pairs.get(path.pattern.kept_as.get(ends[-1], ends[-1])))
        beside = last.parent.children if last is not None and last.parent is not None else []
        around = [each for each in beside if each.kind in STATEMENTS]
        at = next((n for n, each in enumerate(around) if each is last), 0)
        if last is None or not 0 < at < len(around) - 1:
            continue
        first, behind = around[at - 1], around[at + 1]
        if not _is_met(path, first) or first.kind != "declaration":
            continue
        if "declaration" in (last.kind, behind.kind):
            continue
        gap = path.data[with_comment(path.data, first.end) : last.start]
        if gap.count(b"\n") < 2 or not is_blank(gap):
            continue
        end = path.data.find(b"\n", with_comment(path.data, last.end)) + 1
        begins = path.data[end : path.data.find(b"\n", end)]
        if end <= behind.start and begins.strip():
            yield Piece(end, end, Written(newline), LINES)


def _is_met(path: Path, statement: Code) -> bool:
    return any(statement.start <= pair.start < statement.end for pair in path.pairs.values())


def _statement(pair: Pair | None) -> Code | None:
    """The statement that a token of the file is in."""
    node = pair.node if pair is not None else None
    while node is not None and node.kind not in STATEMENTS:
        node = node.parent
    return node
