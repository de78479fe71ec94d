"""A plain statement that comes in the place of a block which is all of a branch or a loop."""

from __future__ import annotations

from refactor.c.code import Code
from refactor.pattern.hunks import Hunk
from refactor.rewrite.between import no_comment, with_comment_inside
from refactor.rewrite.bodies import head_of_branch, is_body, tail_of, token_before
from refactor.rewrite.changes import Changes
from refactor.rewrite.path import Path
from refactor.rewrite.render import Renderer
from refactor.rewrite.written import Builder, Piece


def unbraced(path: Path, renderer: Renderer, changes: Changes, hunk: Hunk) -> bool:
    """Put the statement on a line of its own, further in than its head, as is usual without braces.

    The block begins on the line of its head or at the indent of it, so nothing of its place holds
    for the statement; an `else` behind the brace gets a line as well. False if the hunk is about
    something else, or if a comment stands between the block and what is around it.
    """
    block = _block(path, hunk)
    head = token_before(block) if block is not None else None
    if block is None or block.parent is None or head is None:
        return False
    tail = tail_of(block)
    end = tail.start if tail is not None else block.end
    if path.data[head.end : block.start].strip() or path.data[block.end : end].strip():
        return False
    no_comment(path, hunk.removed)
    outer = path.indent(head_of_branch(block.parent).start)
    made = Builder()
    made.add(renderer.newline + outer + b"\t")
    text = renderer.render(hunk.added, block.start, outer + b"\t")
    goes_on = tail is None and path.goes_on(block.end)
    made.put(with_comment_inside(path, hunk, text, goes_on=goes_on))
    if tail is not None:
        made.add(renderer.newline + outer)
    changes.pieces.append(Piece(head.end, end, made.written()))
    return True


def _block(path: Path, hunk: Hunk) -> Code | None:
    """The block of the file that goes as a whole for one statement."""
    if not hunk.is_body or hunk.statements != 1:
        return None
    pair = path.pairs.get(hunk.removed[0].number)
    block = pair.node.parent if pair is not None and pair.node is not None else None
    return block if block is not None and block.kind == "block" and is_body(block) else None
