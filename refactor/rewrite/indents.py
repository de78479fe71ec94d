"""The indents of lines that come: those of the statements around them."""

from __future__ import annotations

from refactor.c.code import STATEMENTS, Code
from refactor.rewrite.bodies import head_of_branch, is_body, token_before
from refactor.rewrite.path import Path


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
