"""The indents of lines that come: those of the statements around them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from refactor.c.code import STATEMENTS, Code, lexemes
from refactor.pattern.binding import Pair
from refactor.pattern.hunks import Hunk
from refactor.rewrite.bodies import CASES, head_of_branch, is_body, token_before
from refactor.rewrite.path import Path
from refactor.rewrite.written import Piece, Written


def indent_beside(path: Path, node: Code) -> bytes:
    """The indent of a statement's line; that of the line it gets, if it is a body on the line
    of its branch."""
    line = path.data[path.line_start(node.start) : node.start]
    block = node.parent
    if block is not None and block.kind == "block" and line.rstrip().endswith(b":"):
        return indent_inside(path, block.children[0])
    if is_body(node) and line.strip() and node.parent is not None:
        return path.indent(head_of_branch(node.parent).start) + b"\t"
    return path.indent(node.start)


def indent_inside(path: Path, brace: Code) -> bytes:
    """The indent of the statements in the block of a brace, or of the elements in its list."""
    block = brace.parent
    if block is not None:
        for each in block.children:
            is_element = block.kind in ("init", "fields") and each.children
            if is_element or (
                each.kind in STATEMENTS and each.kind not in ("label", "case", "default")
            ):
                line = path.data[path.line_start(each.start) : each.start]
                if not line.strip():
                    return line
    return path.indent(block.start if block is not None else brace.start) + b"\t"


def indent_of_cases(path: Path, node: Code) -> bytes:
    """The indent of the labels in the `switch` that a statement, or a brace, is in; empty outside
    of one."""
    block = node.parent
    for each in block.children if block is not None else ():
        line = path.data[path.line_start(each.start) : each.start]
        if each.kind in CASES and not line.strip():
            return line
    outer = block.parent if block is not None else None
    return path.indent(outer.start) if outer is not None and outer.kind == "switch" else b""


def indent_behind(path: Path, label: Code) -> bytes:
    """The indent of the statement behind a label; empty if it is not on a line of its own."""
    siblings = label.parent.children if label.parent is not None else []
    at = next((n for n, each in enumerate(siblings) if each is label), len(siblings))
    for each in siblings[at + 1 :]:
        line = path.data[path.line_start(each.start) : each.start]
        if each.kind in STATEMENTS and not line.strip():
            return line
        break
    return b""


def else_before(path: Path, node: Code) -> Code | None:
    """The `else` on the line of an `if`, which what comes for that `if` is not to stay behind."""
    before = token_before(node) if node.kind == "if" and is_body(node) else None
    if before is None or before.text != b"else":
        return None
    return None if path.data[before.end : node.start].strip(b" \t") else before


def line_between(path: Path, hunk: Hunk, removed: Sequence[Pair], text: Written) -> bytes:
    """The line break behind a statement that comes in the place of the head of a branch, if the
    body of that stays, and may be a block on the line of the head; nothing for anything else."""
    if hunk.right is None or not text.text.endswith((b";", b"}")):
        return b""
    gap = hunk.right.gap if hunk.right_gap is None else hunk.right_gap
    is_statement = hunk.right.text == b"{" or hunk.right.number in path.pattern.statements
    node = next((each.node for each in removed if each.node is not None), None)
    while node is not None and node.kind not in STATEMENTS:
        node = node.parent
    if b"\n" not in gap or node is None or not is_statement:
        return b""
    line = path.line_start(node.start)
    indent = path.data[line : node.start]
    newline = b"\r\n" if path.data[line - 2 : line] == b"\r\n" else b"\n"
    return b"" if indent.strip() else newline + indent


def to_first_column(path: Path, at: int) -> Iterator[Piece]:
    """Take out the white space before what a line begins with."""
    begin = path.line_start(at)
    if begin < at and not path.data[begin:at].strip():
        yield Piece(begin, at, Written(b""))


def risen(path: Path, at: int) -> int:
    """How much deeper the brace that ends at an offset stands afterwards: its line is moved."""
    for number, levels in path.pattern.shifts.items():
        pair = path.pairs.get(number)
        if pair is not None and pair.end == at and path.pattern.leaves[number].text == b"}":
            return levels
    return 0


def skipped(path: Path, number: int, levels: int) -> Iterator[tuple[int, int, int]]:
    """The lines that dots stand for and that come to stand so much deeper, if they are in one
    block with what is before and behind them: then they are all that is between."""
    leaf = path.pattern.leaves.get(number)
    if leaf is None or leaf.kind not in ("dots", "nest") or not levels:
        return
    beside = leaf.parent.children if leaf.parent is not None else path.pattern.items
    at = next((n for n, each in enumerate(beside) if each is leaf), 0)
    if not 0 < at < len(beside) - 1:
        return
    ends = [pair.end for pair in _met(path, beside[at - 1])]
    starts = [pair.start for pair in _met(path, beside[at + 1])]
    if not ends or not starts or max(ends) > min(starts):
        return
    start, depth = max(ends), 0
    for token in lexemes(path.data, start, min(starts)):
        depth += {b"{": 1, b"}": -1}.get(token.text, 0)
        if depth < 0:
            return
    if not depth:
        yield start, start + len(path.data[start : min(starts)].rstrip()), levels


def _met(path: Path, item: Code) -> Iterator[Pair]:
    """What the tokens of an item of a pattern have met."""
    for leaf in item.leaves():
        if leaf.token is not None and leaf.token.number in path.pairs:
            yield path.pairs[leaf.token.number]
