"""The difference between a shape and its replacement, made at a match: as little as possible.

What the two have in common stays as the file has it, white space and comments included.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from refactor.c.layout import indent_of, newline_of
from refactor.c.syntax import TIGHT, Node, SourceFile, is_statement, span, walk
from refactor.pattern.shape import Match, Shape, text_of
from refactor.text import Span, TextEdit

# Where an expression needs no parentheses, however loose its operator is.
ROOMY = (
    "argument_list",
    "parenthesized_expression",
    "expression_statement",
    "return_statement",
    "init_declarator",
    "subscript_expression",
    "initializer_list",
    "initializer_pair",
)


@dataclass
class Replacement:
    """What has to be done at a match. Statements that go are told apart: their lines go too."""

    edits: list[TextEdit] = field(default_factory=list)
    gone: list[Node] = field(default_factory=list)


def replacement(source: SourceFile, find: Shape, to: Shape | None, match: Match) -> Replacement:
    """What makes of `match`, found by `find`, what `to` says; without `to` it goes."""
    work = _Work(source, match)
    if to is None:
        work.result.gone += match.nodes
    elif find.is_expression:
        work.change(find.roots[0], to.roots[0], match.nodes[0])
    else:
        work.statements(find.roots, to.roots, match.nodes)
    return work.result


@dataclass
class _Work:
    source: SourceFile
    match: Match
    result: Replacement = field(default_factory=Replacement)

    def change(self, old: Node, new: Node, node: Node) -> None:
        """Make of `node`, which `old` has matched, what `new` says."""
        if _same(old, new):
            return
        if old.type != new.type or not old.children or not new.children:
            text = self._in_place(new, node)
            if not _is_tight(new) and _is_tight(old) and _needs_parentheses(node):
                text = b"(" + text + b")"
            self.result.edits.append(TextEdit(span(node), text))
            return
        nodes = _code(node)
        olds, news = _code(old), _code(new)
        first, behind = _common(olds, news)
        middle, wanted = olds[first : len(olds) - behind], news[first : len(news) - behind]
        if len(middle) == len(wanted):
            for each, other, at in zip(middle, wanted, nodes[first:], strict=False):
                self.change(each, other, at)
        elif not middle:
            self._insert(wanted, nodes[first - 1], nodes[first])
        elif not wanted:
            self._remove(nodes, first, first + len(middle))
        else:
            where = Span(nodes[first].start_byte, nodes[first + len(middle) - 1].end_byte)
            self.result.edits.append(TextEdit(where, self._slice(wanted)))

    def statements(self, olds: Sequence[Node], news: Sequence[Node], nodes: Sequence[Node]) -> None:
        """Keep the statements that both have; in between, pair off in order what is left.

        What is left over then goes, or is put in as lines.
        """
        # What both have is told by its tokens, not by its place: a pair that is merged keeps its
        # other statements, with their comments, although all of them have moved. The rest is paired
        # in order, because who writes a rule writes the new statements in the order of the old.
        alike = SequenceMatcher(None, [*map(_key, olds)], [*map(_key, news)], autojunk=False)
        for tag, start, end, first, last in alike.get_opcodes():
            if tag == "equal":
                continue
            paired = min(end - start, last - first)
            for old, new, node in zip(
                olds[start:end], news[first:last], nodes[start:end], strict=False
            ):
                self.change(old, new, node)
            self.result.gone += nodes[start + paired : end]
            if first + paired < last:
                before = start + paired == 0
                beside = nodes[0] if before else nodes[start + paired - 1]
                self._add_lines(news, first + paired, last, beside, before=before)

    def render(self, node: Node) -> bytes:
        """The text of a node of the replacement, with what its metavariables stand for."""
        return self._slice([node])

    def _in_place(self, new: Node, node: Node) -> bytes:
        """The text of a node of the replacement, with the indent of the line it gets into."""
        source = self.source
        indent = indent_of(source.data[source.line_start(node.start_byte) : node.start_byte])
        return self._indented(new, newline_of(source, node.start_byte) + indent)

    def _indented(self, node: Node, line: bytes) -> bytes:
        """The text of a node; `line` is a line break and the indent of what stands around it.

        Tabs that the rule has more than at the node's own line stay more.
        """
        first, *others = self.render(node).split(b"\n")
        own = len(indent_of(_line_of(node)))
        return line.join([first, *(each[own:] for each in others)])

    def _slice(self, nodes: Sequence[Node]) -> bytes:
        """The replacement's text from the first of these nodes to the last one."""
        first, last = nodes[0], nodes[-1]
        text = _whole(first)
        pieces = []
        position = first.start_byte
        for leaf in (leaf for node in nodes for leaf in walk(node)):
            if leaf.type == "identifier" and text_of(leaf).startswith("$"):
                pieces += [text[position : leaf.start_byte], self._bound(leaf)]
                position = leaf.end_byte
        return b"".join((*pieces, text[position : last.end_byte]))

    def _bound(self, leaf: Node) -> bytes:
        bound = self.match.bindings[text_of(leaf)]
        text = self.source.text(bound)
        return text if _is_tight(bound) or not _needs_parentheses(leaf) else b"(" + text + b")"

    def _insert(self, wanted: Sequence[Node], before: Node, behind: Node) -> None:
        text = self._slice(wanted)
        if text.startswith(b","):
            self.result.edits.append(TextEdit(Span(before.end_byte, before.end_byte), text))
        else:
            blank = b" " if text.endswith(b",") else b""
            where = Span(behind.start_byte, behind.start_byte)
            self.result.edits.append(TextEdit(where, text + blank))

    def _remove(self, nodes: Sequence[Node], first: int, last: int) -> None:
        """Take items out of a list, with the white space on that side where the line goes on."""
        source = self.source
        before, behind = nodes[first - 1], nodes[last]
        begin = source.line_start(nodes[first].start_byte)
        begins_line = not source.data[begin : nodes[first].start_byte].strip()
        same_line = source.line_start(behind.start_byte) == source.line_start(
            nodes[last - 1].end_byte
        )
        if before.type == "(" or (begins_line and same_line):
            where = Span(nodes[first].start_byte, behind.start_byte)
        else:
            where = Span(before.end_byte, nodes[last - 1].end_byte)
        self.result.edits.append(TextEdit(where, b""))

    def _add_lines(
        self, news: Sequence[Node], first: int, last: int, beside: Node, *, before: bool
    ) -> None:
        """Put statements of the replacement in front of a statement, or behind it.

        They come with the empty lines that the replacement has on the side of what is there.
        """
        source = self.source
        start = source.line_start(beside.start_byte)
        indent = indent_of(source.data[start : beside.start_byte])
        newline = newline_of(source, beside.start_byte)
        lines = [b"" if before else _gap(news, first, newline)]
        for position in range(first, last):
            inner = _gap(news, position, newline) if position > first else b""
            lines += [inner, indent, self._indented(news[position], newline + indent), newline]
        lines.append(_gap(news, last, newline) if before else b"")
        at = start if before else source.line_end(beside.end_byte - 1)
        self.result.edits.append(TextEdit(Span(at, at), b"".join(lines)))


def _gap(news: Sequence[Node], position: int, newline: bytes) -> bytes:
    """An empty line, if the replacement has one before this statement."""
    if not 0 < position < len(news):
        return b""
    between = _whole(news[position])[news[position - 1].end_byte : news[position].start_byte]
    return newline if between.count(b"\n") > 1 else b""


def _key(node: Node) -> tuple[str, ...]:
    """What two equal statements of shapes have in common."""
    return node.type, *(token.decode() for token in _tokens(node))


def _whole(node: Node) -> bytes:
    """All of the text that a node of a shape was parsed from."""
    while node.parent is not None:
        node = node.parent
    return node.text or b""


def _line_of(node: Node) -> bytes:
    """What stands before a node of a shape on its line."""
    return _whole(node)[: node.start_byte].rpartition(b"\n")[2]


def instantiated(shape: Shape, match_of: Match | None, source: SourceFile | None) -> str:
    """The shape in one line: with what its metavariables stand for, or with their bare names."""
    if match_of is None or source is None:
        return " ".join(shape.text.replace("$", "").split())
    work = _Work(source, match_of)
    return " ".join(b" ".join(map(work.render, shape.roots)).decode(errors="replace").split())


def _common(olds: Sequence[Node], news: Sequence[Node]) -> tuple[int, int]:
    """How many nodes two lists have in common at their beginning, and then at their end."""
    least = min(len(olds), len(news))
    first = 0
    while first < least and _same(olds[first], news[first]):
        first += 1
    behind = 0
    while behind < least - first and _same(olds[-1 - behind], news[-1 - behind]):
        behind += 1
    return first, behind


def _same(one: Node, other: Node) -> bool:
    """True if two nodes of shapes have the same tokens, and the same structure at the top."""
    return one.type == other.type and _tokens(one) == _tokens(other)


def _tokens(node: Node) -> list[bytes]:
    return [leaf.text or b"" for leaf in walk(node) if not leaf.children and leaf.type != "comment"]


def _code(node: Node) -> list[Node]:
    return [child for child in node.children if child.type != "comment"]


def _is_tight(node: Node) -> bool:
    return node.type in TIGHT or is_statement(node) or not node.is_named


def _needs_parentheses(node: Node) -> bool:
    """True where an expression with a loose operator would be torn apart."""
    parent = node.parent
    if parent is None or parent.type in ROOMY:
        return False
    if parent.type == "assignment_expression":
        return parent.child_by_field_name("right") != node
    return True
