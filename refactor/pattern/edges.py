"""Where statements begin and end among the tokens of a pattern, and how deep they stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from refactor.c.code import STATEMENTS, Code
from refactor.pattern.statements import has_statements


class Edges:
    """Where statements begin and end among the tokens of one side."""

    def __init__(self, items: Sequence[Code]) -> None:
        self.starts: dict[int, Code | None] = {}
        self.ends: dict[int, Code | None] = {}
        self.opens: set[int] = set()
        self.closes: set[int] = set()
        self.nodes: list[Code] = []
        self.starts_of: dict[int, Code] = {}
        self.ends_of: dict[int, Code] = {}
        for item in items:
            for node in item.walk():
                if is_statement(node):
                    numbers = [
                        leaf.token.number for leaf in ends_of(node) if leaf.token is not None
                    ]
                    if numbers:
                        self.nodes.append(node)
                        self.starts.setdefault(numbers[0], node)
                        self.ends[numbers[-1]] = node
                        self.starts_of.setdefault(numbers[0], node)
                        self.ends_of.setdefault(numbers[-1], node)
                        for number in _choices_before(node):
                            self.starts.setdefault(number, node)
                            self.starts_of.setdefault(number, node)
                is_among_statements = node.parent is None or node.parent.kind in ("block", "seq")
                if node.kind in ("dots", "nest") and node.token is not None and is_among_statements:
                    self.starts.setdefault(node.token.number, None)
                    self.ends.setdefault(node.token.number, None)
                if node.kind == "block" and node.children:
                    first, last = node.children[0], node.children[-1]
                    if first.token is not None:
                        self.opens.add(first.token.number)
                    if last.token is not None:
                        self.closes.add(last.token.number)
                if node.kind in ("if", "while", "for", "iterator", "switch") and node.children:
                    for child in node.children:
                        if child.text in (b")", b"else") and child.token is not None:
                            self.opens.add(child.token.number)
                        if child.kind == "args" and child.children[-1].token is not None:
                            self.opens.add(child.children[-1].token.number)
                if node.kind in ("init", "fields"):
                    self._elements(node)

    def _elements(self, node: Code) -> None:
        """Elements with their commas have lines too."""
        for position, child in enumerate(node.children[1:-1], 1):
            if child.text == b"," or child.kind in ("dots", "declaration"):
                continue
            first, last = ends_of(child)
            behind = node.children[position + 1]
            if behind.text == b",":
                last = behind
            if first.token is not None and last.token is not None:
                self.starts.setdefault(first.token.number, None)
                self.ends.setdefault(last.token.number, None)


def _choices_before(node: Code) -> Iterator[int]:
    """The tokens of alternatives that a node begins with: `( int | long ) x;`."""
    while node.children:
        node = node.children[0]
        if node.kind == "disj" and node.token is not None:
            yield node.token.number


def ends_of(node: Code) -> list[Code]:
    """The first and the last token of a node."""
    first = last = node
    while first.children:
        first = first.children[0]
    while last.children:
        last = last.children[-1]
    return [first, last]


def is_statement(node: Code) -> bool:
    """True for what has lines of its own: a statement, a definition, a member, a directive."""
    if node.kind in STATEMENTS or node.kind in ("function", "wrapped", "directive", "enumerator"):
        # The braces of a branch are a part of it; those alone in a rule are what it is about.
        return node.kind not in ("block", "enumerator") or (
            node.parent is None or node.parent.kind in ("block", "seq")
        )
    if node.kind == "meta" and node.token is not None and node.token.meta is not None:
        return node.token.meta.sort in (
            "statement",
            "statement list",
            "declaration",
            "field",
            "field list",
        )
    return False


def _are_statements(node: Code) -> bool:
    """True for alternatives of statements, of which one is the body of a branch."""
    return node.kind in ("disj", "conj") and has_statements(node)


def has_cases(*lists: Sequence[Code]) -> bool:
    """True if what is in a `switch` is not told from what is around it but by its labels."""
    return any(item.kind in CASES for items in lists for item in items)


def shifts_of(
    items: Sequence[Code], result: Sequence[Code], removed: set[int], kept_as: dict[int, int]
) -> dict[int, int]:
    """How much deeper statements stand afterwards that stay, and closing braces of blocks. One in
    another one that stays as well moves with that, so for it only the rest counts."""
    in_switch = has_cases(items, result)
    before = line_depths(items, in_switch=in_switch)
    after = line_depths(result, in_switch=in_switch)
    for new, old in kept_as.items():
        if new in after:
            after.setdefault(old, after[new])
    found: dict[int, int] = {}

    def visit(node: Code, around: int) -> None:
        is_end = node.text == b"}" and node.parent is not None and node.parent.kind == "block"
        if is_statement(node) or is_end or node.kind in ("dots", "nest"):
            first = ends_of(node)[0].token
            number = first.number if first is not None else -1
            if number in before and number in after and number not in removed:
                whole = after[number] - before[number]
                if number not in found:
                    found[number] = whole - around
                around = whole
        for child in node.children:
            visit(child, around)

    for item in items:
        visit(item, 0)
    return {number: levels for number, levels in found.items() if levels}


CASES = ("case", "default")


def _depths(items: Sequence[Code], *, in_switch: bool) -> dict[int, int]:
    """For the first token of each statement: how many statements it stands inside of. A `case` is
    as deep as its `switch`; with `in_switch` the items are what is in one."""
    found: dict[int, int] = {}

    def visit(node: Code, depth: int, parent: Code | None) -> None:
        if is_statement(node) or node.kind in ("dots", "nest"):
            first = ends_of(node)[0]
            if first.token is not None:
                found.setdefault(first.token.number, depth)
        for child in node.children:
            deeper = depth
            if (node.kind == "block" and child.text not in (b"{", b"}")) or (
                node.kind in ("if", "while", "for", "iterator", "do")
                and (is_statement(child) or _are_statements(child))
                and child.kind != "block"
                and not (
                    child.kind == "if"
                    and child is node.children[-1]
                    and node.kind == "if"
                    and len(node.children) > 5
                )
            ):
                deeper += child.kind not in CASES
            visit(child, deeper, node)

    for item in items:
        visit(item, int(in_switch and item.kind not in CASES), None)
    return found


def line_depths(items: Sequence[Code], *, in_switch: bool = False) -> dict[int, int]:
    """How many statements what begins a line stands inside of, by the number of its token: a
    statement, a brace, `else`, a member or an element of an initialiser."""
    found = _depths(items, in_switch=in_switch)

    def visit(node: Code, depth: int) -> None:
        first = ends_of(node)[0]
        if first.token is not None and first.token.number in found:
            depth = found[first.token.number]
        for child in node.children:
            if child.token is not None and child.text in (b"}", b"else", b"{", b"while"):
                found.setdefault(child.token.number, depth)
            if child.kind == "fields":
                for inner in child.children:
                    leaf = ends_of(inner)[0]
                    if leaf.token is not None:
                        deeper = 0 if inner.text in (b"{", b"}") else 1
                        found[leaf.token.number] = depth + deeper
            if child.kind == "init":
                for inner in child.children:
                    leaf = ends_of(inner)[0]
                    if leaf.token is not None and inner.text != b",":
                        deeper = 0 if inner.text in (b"{", b"}") else 1
                        found.setdefault(leaf.token.number, depth + deeper)
            visit(child, depth)

    for item in items:
        visit(item, 0)
    return found
