"""Names that a match takes out of a declaration of several, and what becomes of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from refactor.c.code import Code
from refactor.c.layout import width
from refactor.pattern.shapes import chain
from refactor.pattern.tokens import Token
from refactor.rewrite.above import with_comment
from refactor.rewrite.changes import CannotSpliceError, Changes, Gone, Put
from refactor.rewrite.path import Path, numbers_of
from refactor.rewrite.written import Builder, Mark, Piece, Written


def becomes(path: Path, node: Code) -> Code | None:
    """The declaration of the result in the place of one of the pattern."""
    own = numbers_of(node)
    found: Code | None = None
    for each in path.pattern.result_statements.values():
        if each.kind != "declaration":
            continue
        mine = {path.pattern.kept_as.get(number, number) for number in numbers_of(each)}
        if mine & own and (found is None or len(mine) < len(numbers_of(found))):
            found = each
    return found


def specifiers(declaration: Code) -> list[Token]:
    """The tokens before the first name: storage classes, qualifiers and the type."""
    found: list[Token] = []
    for part in declaration.children:
        if part.kind not in ("storage", "type", "attr"):
            break
        found += [leaf.token for leaf in part.leaves() if leaf.token is not None]
    return found


def going(data: bytes, changes: Changes) -> tuple[list[Gone], list[Piece]]:
    """Names that go out of declarations; the whole declaration, if all do."""
    by_declaration: dict[int, tuple[Code, dict[int, Code]]] = {}
    for declaration, name in changes.names:
        by_declaration.setdefault(id(declaration), (declaration, {}))[1][id(name)] = name
    spans: list[Gone] = []
    pieces: list[Piece] = []
    for declaration, names in by_declaration.values():
        items = [
            each
            for each in declaration.parts
            if each.kind not in ("type", "storage") and each.text not in (b",", b";")
        ]
        if all(id(each) in names for each in items):
            _in_its_place(data, changes, declaration, items)
            spans.append(Gone(declaration.start, declaration.end, declaration))
            continue
        kept_before = False
        for position, each in enumerate(items):
            if id(each) not in names:
                kept_before = True
                continue
            # The comma before it goes along, and the one behind it stays for the next.
            start = items[position - 1].end if kept_before else each.start
            end = each.end if kept_before else items[position + 1].start
            _no_comment(data, start, end, each)
            pieces.append(Piece(start, end))
    return spans, pieces


def _in_its_place(data: bytes, changes: Changes, declaration: Code, items: Sequence[Code]) -> None:
    """What comes for all names of a declaration, with the comment behind that."""
    mine = [put for put in changes.puts if put.node is declaration and put.shared]
    if not mine:
        return
    _no_comment(data, declaration.start, declaration.end, declaration)
    one = as_one(data, declaration, items, mine)
    last = one or mine[-1]
    made = Builder()
    made.put(last.text)
    made.add(data[declaration.end : with_comment(data, declaration.end)])
    last = replace(last, text=made.written())
    others = [put for put in changes.puts if not any(put is each for each in mine)]
    changes.puts[:] = [*others, *(mine[:-1] if one is None else ()), last]


def _no_comment(data: bytes, start: int, end: int, blamed: Code) -> None:
    if b"/*" in data[start:end] or b"//" in data[start:end]:
        raise CannotSpliceError("comment", blamed.start)


def as_one(
    data: bytes, declaration: Code, items: Sequence[Code], puts: Sequence[Put]
) -> Put | None:
    """One declaration in the place of those of all names, if they begin with the same specifiers.

    None where that is not so, where a name has none or several of its own, and where the names have
    comments or lines of their own.
    """
    own = [
        [put for put in puts if put.node is declaration and put.origin == each.start]
        for each in items
    ]
    if any(len(each) != 1 for each in own):
        return None
    mine = [each[0] for each in own]
    text = data[declaration.start : declaration.end]
    heads = {(put.text.text[: put.shared], put.place) for put in mine}
    head = mine[0].text.text[: mine[0].shared]
    is_plain = all(
        b"\n" not in each and b"/" not in each for each in (text, *(put.text.text for put in mine))
    )
    if any(put.many for put in mine):
        return None  # `++` says that each is meant by itself
    if not all(_is_of(each, put) for each, put in zip(items, mine, strict=True)):
        return None
    if len(heads) != 1 or not head or b"*" in head or not is_plain:
        return None
    made = Builder()
    made.put(_part(mine[0].text, 0, mine[0].shared))
    gap = _column(data, declaration, items[0], width(mine[0].indent + bytes(made.out)))
    for put in mine:
        made.add(gap if put is mine[0] else b", ")
        made.put(_part(put.text, put.shared, len(put.text.text.rstrip(b";"))))
    made.add(b";")
    return replace(mine[0], text=made.written())


def _is_of(item: Code, put: Put) -> bool:
    """True if what comes declares the same name."""
    declarator = item.parts[0] if item.kind in ("init_decl", "bit_decl") else item
    name = chain(declarator)[0].text
    return re.search(rb"\b" + re.escape(name) + rb"\b", put.text.text[put.shared :]) is not None


def _column(data: bytes, declaration: Code, name: Code, here: int) -> bytes:
    """The white space before the first name, so that names in a column stay in one."""
    gap = data[: name.start][len(data[: name.start].rstrip()) :]
    line = data.rfind(b"\n", 0, declaration.start) + 1
    column = width(data[line : name.start])
    if b"\t" not in gap or here >= column:
        return b" "
    return b"\t" * (-(-column // 8) - here // 8)


def _part(written: Written, start: int, end: int) -> Written:
    """The text between two offsets, without white space around it."""
    text = written.text[start:end]
    start += len(text) - len(text.lstrip())
    end = start + len(text.strip())
    marks = [
        Mark(mark.start - start, mark.end - start, mark.key)
        for mark in written.marks
        if start <= mark.start and mark.end <= end
    ]
    return Written(written.text[start:end], tuple(marks))
