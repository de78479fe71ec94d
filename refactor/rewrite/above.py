"""The comments above a definition, which are about that and go with it."""

from __future__ import annotations

from refactor.c.code import Code, lexemes
from refactor.rewrite.excerpt import SEAM


def is_alone(node: Code | None, data: bytes, behind: int) -> bool:
    """True for a definition that is no first one of several, so what is said above is of it alone.

    That is a function, or a struct, union or enum with what is in it, at the top of a file, if no
    code stands on the line at `behind` but what names it. What is said of a variable may be about
    several.
    """
    if node is None or node.parent is None or node.parent.kind != "file":
        return False
    defined = _declarator(node) if node.kind == "function" else _with_fields(node)
    if defined is None:
        return False
    end = data.find(b"\n", behind)
    line = data[behind : len(data) if end < 0 else end].strip()
    name = next((each.text for each in defined.leaves() if each.kind == "ident"), b"")
    return not line or line.startswith(b"#") or name in [each.text for each in lexemes(line)]


def _declarator(function: Code) -> Code | None:
    return next((each for each in function.parts if each.kind in ("fn", "ptr", "pdecl")), None)


def _with_fields(declaration: Code) -> Code | None:
    for each in declaration.walk():
        if each.kind == "fields":
            tagged = each.parent
            inner = [one for one in tagged.parts[1:] if one is not each] if tagged else []
            return inner[0] if inner else each
    return None


def begin_of_comments(data: bytes, line: int) -> int:
    """The line on which the comment begins that stands directly above a line, or that line. It is
    one block, or several lines with `//`; what stands above that is about something else."""
    first = _line_above(data, line)
    if data[first:line] == SEAM:
        return line
    if not data[first:line].rstrip().endswith(b"*/"):
        while first < line and data[first:line].lstrip().startswith(b"//"):
            line, first = first, _line_above(data, first)
        return line
    start = data.rfind(b"/*", 0, line)
    begin = data.rfind(b"\n", 0, max(start, 0)) + 1
    return begin if start >= 0 and not data[begin:start].strip() else line


def _line_above(data: bytes, line: int) -> int:
    return data.rfind(b"\n", 0, line - 1) + 1 if line else 0


def with_comment(data: bytes, end: int) -> int:
    """The end of a statement that goes, with the comment behind it on its line."""
    line_end = data.find(b"\n", end)
    line_end = len(data) if line_end < 0 else line_end
    rest = data[end:line_end]
    bare = rest.strip()
    if bare.startswith(b"//"):
        return end + len(rest.rstrip())
    if bare.startswith(b"/*") and bare.endswith(b"*/") and bare.find(b"*/") == len(bare) - 2:
        return end + len(rest.rstrip())
    return end
