"""Statements that come and go: where their lines are, and what keeps the code around them sound.

A statement is put beside another one, never behind a line: it may stand in a line with others, be
all of a branch without braces, follow a label, or have a comment behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from refactor.c.code import HIDDEN, STATEMENTS, Code
from refactor.c.layout import indent_of
from refactor.c.lexical import code_only
from refactor.rewrite.above import begin_of_comments, is_alone, with_comment
from refactor.rewrite.bodies import (
    CONTROLS,
    LABELS,
    head_of_branch,
    is_body,
    is_sole_body,
    may_be_body_of_another,
    other_branches,
    tail_of,
    token_before,
)
from refactor.rewrite.changes import CannotSpliceError, Changes, Gone, Put
from refactor.rewrite.commas import without_comma
from refactor.rewrite.defines import continued
from refactor.rewrite.named import going
from refactor.rewrite.ordered import in_order
from refactor.rewrite.path import is_blank
from refactor.rewrite.shifting import shifted
from refactor.rewrite.written import (
    AROUND_CLOSE,
    BEFORE,
    BEHIND,
    LINES_BEFORE,
    LINES_LAST,
    Builder,
    Piece,
    Written,
    rank_behind,
    relaid,
)
from refactor.text import EditSet, Span, TextEdit


def placed(data: bytes, changes: Changes, newline: bytes) -> Iterator[Piece]:
    """The pieces that make all changes. Raises CannotSpliceError."""
    yield from changes.pieces
    yield from _Placing(data, changes, newline).pieces()


class _Placing:
    def __init__(self, data: bytes, changes: Changes, newline: bytes) -> None:
        self.data = data
        self.changes = changes
        self.newline = newline
        self.gone = {id(each.node) for each in changes.gone if each.node is not None}
        self.filled = {id(put.node.parent) for put in changes.puts}
        """Lists that get something."""
        self._lists: dict[int, tuple[list[Code], dict[int, int]]] = {}

    def pieces(self) -> Iterator[Piece]:
        changes = self.changes
        spans, names = going(self.data, changes)
        yield from names
        gone = [*changes.gone, *spans]
        yield from self._commas()
        self.gone |= {id(each.node) for each in spans}
        self._builds_agree(gone)
        bodies: dict[int, Code] = {}
        for put in changes.puts:
            is_beside = put.place in ("before", "behind")
            if is_beside and is_body(put.node) and not self._is_remark(put):
                bodies[id(put.node)] = put.node
        for node in changes.several:
            if is_sole_body(node):
                bodies[id(node)] = node
        # One branch with braces has all of them have some, as coding style wants it.
        for other in [other for node in bodies.values() for other in other_branches(node)]:
            if id(other) not in self.gone and self._can_have_braces(other):
                bodies.setdefault(id(other), other)
        emptied = []
        lines = []
        for each in gone:
            if each.node is not None and is_sole_body(each.node):
                if id(each.node) in bodies:
                    yield Piece(each.start, each.end, Written())
                else:
                    emptied.append(each.node)
            else:
                self._label_stays(each)
                lines.append(each)
        self._comments_stay(lines)
        yield from self._lines(lines)
        for node in emptied:
            yield self._emptied(node)
        for node in sorted(bodies.values(), key=lambda each: -each.start):
            yield from self._braces(node)
            line = self.data[self._line_start(node.start) : node.start]
            if node.kind == "block" or (line.strip() and node.kind in CONTROLS):
                changes.shifts.append((node.start, node.end, 1))
        for put in changes.puts:
            if put.place == "open":
                yield self._open(put.node, put)
            elif put.place == "close":
                yield self._close(put.node, put.indent)
            else:
                yield self._put(put, braced=id(put.node) in bodies)
        yield from shifted(self.data, changes.shifts, lines)

    def _is_remark(self, put: Put) -> bool:
        """True for a comment alone above a statement, which needs no braces for it."""
        line = self.data[self._line_start(put.node.start) : put.node.start]
        return put.place == "before" and not line.strip() and not code_only(put.text.text).strip()

    def _builds_agree(self, gone: Sequence[Gone]) -> None:
        """What is a branch without braces in some builds only can get none."""
        nodes = [put.node for put in self.changes.puts if put.place in ("before", "behind")]
        nodes += self.changes.several
        nodes += [each.node for each in gone if each.node is not None]
        for node in nodes:
            if may_be_body_of_another(self.data, node):
                raise CannotSpliceError("directive", node.start)

    def _commas(self) -> Iterator[Piece]:
        """An element that others follow now needs its comma."""
        for put in self.changes.puts:
            for before in without_comma(put):
                yield Piece(before.end, before.end, Written(b","), BEHIND)

    # -------------------------------------------------------------------- what comes

    def _put(self, put: Put, *, braced: bool) -> Piece:
        if put.node.kind == "include" and put.text.text.startswith(b"#include"):
            put = in_order(put, self.gone)
        if put.place == "behind":
            return self._behind(put, put.end, braced=braced)
        if put.place == "first":
            return self._behind(put, put.node.end, braced=False)
        return self._before(put, braced=braced)

    def _behind(self, put: Put, end: int, *, braced: bool) -> Piece:
        line_end = self._end_of_comments(end)
        text = put.text
        if put.ends and self._is_remarked(put.node) and not put.lead + put.trail:
            made = Builder()
            made.add(self.newline + put.indent)
            made.put(text)
            return Piece(end, end, made.written(), BEHIND)
        if line_end is not None:
            at = min(line_end + 1, len(self.data))
            made = Builder()
            if at == line_end:
                made.add(self.newline)
            if put.node.kind == "function" and text.text.endswith(b"}") and not put.lead:
                put = replace(put, lead=1)
            self._whole_lines(made, put, end)
            return Piece(at, at, made.written(), rank_behind(_depth(put.node)))
        if not self._needs_lines(text) and not braced:
            made = Builder()
            made.add(b" ")
            made.put(text)
            closes = self.data[end : end + 1] == b"}" and put.place == "first"
            if closes and all(one.node.start != end for one in self.changes.puts):
                made.add(b" ")
            return Piece(end, end, made.written(), BEHIND)
        made = Builder()
        made.add(self.newline + put.indent)
        made.put(text)
        rest = re.match(rb"[ \t]*", self.data[end:])
        stop = end + len(rest[0]) if rest else end
        indent = put.indent
        if self.data[stop : stop + 1] == b"}":
            indent = indent[:-1] if indent.endswith(b"\t") else indent
        made.add(b"" if braced else self.newline + indent)
        return Piece(end, end if braced else stop, made.written(), BEHIND)

    def _is_remarked(self, node: Code) -> bool:
        """True for a statement with a comment at the end of its line, which is none of a macro. One
        behind a declaration is about the name alone."""
        if node.kind == "declaration" or node.kind not in STATEMENTS:
            return False
        end = with_comment(self.data, node.end)
        return end != node.end and not continued(b"", self.data, end)

    def _before(self, put: Put, *, braced: bool) -> Piece:
        start = put.node.start
        line = self._line_start(start)
        made = Builder()
        if put.node.kind == "function" and not self.data[line:start].strip():
            line = begin_of_comments(self.data, line)
            start = line
            if put.text.text.endswith(b"}") and not put.trail:
                put = replace(put, trail=1)
        if not self.data[line:start].strip():
            self._whole_lines(made, put, line)
            return Piece(
                line, line, made.written(), LINES_LAST if put.place == "last" else LINES_BEFORE
            )
        text = put.text
        if without_comma(put) and text.text.endswith(b","):
            text = relaid(text, EditSet([TextEdit(Span(len(text.text) - 1, len(text.text)), b"")]))
        if put.place == "last" and self.data[start - 1 : start] == b"{":
            made.add(b" ")
        made.put(text)
        # It gets deeper on a line of its own, if what comes is a new block or its head.
        levels = next((n for at, _, n in self.changes.shifts if at == start and n > 0), 0)
        has_rest = self._end_of_comments(put.node.end) is None
        # The last one behind a label on its line has no more room there than behind nothing.
        is_behind_label = self._is_behind_label(put) and not self._needs_lines(put.text)
        is_behind_label = is_behind_label and not levels
        needs_line = levels or is_behind_label
        if not self._needs_lines(put.text) and not braced and (has_rest or not needs_line):
            made.add(b" ")
            return Piece(start, start, made.written(), BEFORE)
        made.add(self.newline + put.indent + b"\t" * levels)
        if braced or is_behind_label or re.search(rb"[\s]\Z", self.data[line:start]) is None:
            return Piece(start, start, made.written(), BEFORE)
        lead = Builder()
        bare = self.data[line:start].rstrip()
        lead.add(self.newline + put.indent)
        lead.put(made.written())
        return Piece(line + len(bare), start, lead.written(), BEFORE)

    def _is_behind_label(self, put: Put) -> bool:
        """True if the line of a statement begins with a label of the same list."""
        around = put.node.parent
        line = self._line_start(put.node.start)
        return around is not None and any(
            each.kind in LABELS and line <= each.start < put.node.start for each in around.children
        )

    def _whole_lines(self, made: Builder, put: Put, near: int) -> None:
        """Lines of its own; in the body of a macro each has its backslash."""
        made.add(self.newline * put.lead)
        if continued(b"", self.data, near):
            lines = (put.indent + put.text.text).split(self.newline)
            made.add(b"".join(continued(each, self.data, near) + self.newline for each in lines))
            return
        first = put.text.text.startswith(b"#")
        made.add(b"" if first else put.indent)
        made.put(put.text)
        made.add(self.newline + self.newline * put.trail)

    def _needs_lines(self, text: Written) -> bool:
        return b"\n" in text.text or b"//" in text.text or text.text.startswith(b"#")

    def _end_of_comments(self, end: int) -> int | None:
        """The end of the line that `end` is in, behind comments; None if code follows."""
        position = end
        while True:
            stop = self._line_end(position)
            rest = self.data[position:stop].strip(b" \t\r\\")
            if not rest or rest.startswith(b"//"):
                return stop
            if not rest.startswith(b"/*"):
                return None
            close = self.data.find(b"*/", self.data.index(b"/*", position) + 2)
            if close < 0:
                return None
            position = close + 2

    # -------------------------------------------------------------------- what goes

    def _lines(self, gone: Sequence[Gone]) -> Iterator[Piece]:
        """Statements that go, with the lines that they have for themselves.

        Of two empty lines that would meet, one goes; so does one that would stand at the beginning
        or the end of a block.
        """
        lines: list[tuple[int, int, int]] = []  # and where the last statement on them begins
        last = -1
        filled = {self._line_start(put.node.start) for put in self.changes.puts}
        for each in sorted(gone, key=lambda one: (one.start, -one.end)):
            if each.end <= last:
                continue
            last = each.end
            stop = with_comment(self.data, each.end)
            start, end = self._line_start(each.start), self._line_end(stop)
            before, behind = self.data[start : each.start], self.data[stop:end]
            if lines and each.start < lines[-1][1]:
                continue
            if not before.strip() and is_alone(each.node, self.data, end + 1):
                start = begin_of_comments(self.data, start) or start  # not that of the file
            if behind.strip(b" \t\r\\") and before.strip():
                rest = len(behind) - len(behind.lstrip())
                if behind.lstrip().startswith(b"}") or re.search(rb"\s\Z", before) is None:
                    rest = 0 if re.search(rb"\s\Z", before) is None else rest
                yield Piece(each.start, stop + rest)
            elif behind.strip(b" \t\r\\"):
                yield Piece(each.start, stop + len(behind) - len(behind.lstrip(b" \t")))
            elif before.strip():
                yield Piece(start + len(before.rstrip()), stop)
            else:
                after = min(end + 1, len(self.data))
                if each.start in self.changes.follows:
                    start = self._above_blank(start)
                if lines and lines[-1][1] == start:
                    lines[-1] = (lines[-1][0], after, each.start)
                else:
                    lines.append((start, after, each.start))
        next_start = next_rest = -1
        for start, end, begin in reversed(lines):
            # Lines behind these may go up to the end of the block, and the empty one before them.
            rest = next_rest if end == next_start else end
            is_tight = begin in self.changes.tight
            if start not in filled:
                start, end = self._with_blank(start, end, rest, is_tight=is_tight)
            next_start, next_rest = start, max(rest, end)
            yield Piece(start, end)

    def _with_blank(self, start: int, end: int, rest: int, *, is_tight: bool) -> tuple[int, int]:
        """Lines that go, with an empty line beside them that would have no business there; what
        stays behind them begins at `rest`."""
        data = self.data
        above = data[self._line_start(start - 1) : start] if start else b""
        below = data[rest : self._line_end(rest) + 1] if rest < len(data) else b""
        is_blank_above = bool(above) and not above.strip()
        is_blank_below = bool(below) and not below.strip()
        opens = not above or above.rstrip().endswith((b"{", b":"))
        closes = not below or below.lstrip().startswith(b"}")
        # A comment that stays is a heading of what is left of its paragraph, or of the next one.
        is_headed = _IS_COMMENT.fullmatch(above) is not None and data[start : start + 1].isspace()
        is_headed = is_headed and not data[end : end + 400].lstrip().startswith((b"/*", b"//"))
        if rest == end and is_blank_below and (is_blank_above or opens or is_tight or is_headed):
            return start, end + len(below)
        if is_blank_above and closes:
            return start - len(above), end
        return start, end

    def _above_blank(self, start: int) -> int:
        """Where the empty lines above a line begin."""
        while start and not self.data[self._line_start(start - 1) : start].strip():
            start = self._line_start(start - 1)
        return start

    def _label_stays(self, gone: Gone) -> None:
        """A label has to have a statement behind it before C23."""
        node = gone.node
        if node is None or node.parent is None or node.parent.kind != "block":
            return
        if id(node.parent) in self.filled:
            return
        siblings, places = self._statements_of(node.parent)
        at = places.get(id(node))
        if at is None:
            return
        following = next((each for each in siblings[at + 1 :] if id(each) not in self.gone), None)
        before = next((each for each in siblings[:at][::-1] if id(each) not in self.gone), None)
        if following is None and before is not None and before.kind in LABELS:
            raise CannotSpliceError("label", node.start)

    def _statements_of(self, block: Code) -> tuple[list[Code], dict[int, int]]:
        """The statements of a list, and the place of each."""
        if id(block) not in self._lists:
            found = [each for each in block.children if each.kind in STATEMENTS]
            self._lists[id(block)] = found, {id(each): n for n, each in enumerate(found)}
        return self._lists[id(block)]

    def _comments_stay(self, gone: Sequence[Gone]) -> None:
        """A block that becomes empty must not keep a comment about what has gone."""
        blocks = {
            id(each.node.parent): each.node.parent
            for each in gone
            if each.node is not None
            and each.node.parent is not None
            and each.node.parent.kind == "block"
        }
        for block in blocks.values():
            inner = [each for each in block.children if each.kind in STATEMENTS]
            if any(id(each) not in self.gone for each in inner):
                continue
            if id(block) in self.filled:
                continue
            position = block.start + 1
            # A comment behind a directive is about that, and stays with it.
            passed = [each for each in block.children if each.kind in STATEMENTS | HIDDEN]
            # With its comment, where that goes as well.
            starts = {id(each.node): each.start for each in gone if each.node is not None}
            for each in (*passed, block.children[-1]):
                gap = self.data[position : starts.get(id(each), each.start)]
                if b"/*" in gap or b"//" in gap:
                    at = position + len(gap) - len(gap.lstrip())
                    raise CannotSpliceError("comment", at, "", inner[0].start if inner else None)
                position = with_comment(self.data, each.end)

    def _emptied(self, node: Code) -> Piece:
        """The one statement of a branch has gone: empty braces stay."""
        before, parent = token_before(node), node.parent
        assert before is not None
        assert parent is not None
        gap = self.data[before.end : node.start]
        if b"/*" in gap or b"//" in gap:
            raise CannotSpliceError("comment", before.end, "", node.start)
        end = with_comment(self.data, node.end)
        line = self.data[self._line_start(before.end) : before.end] + b" {"
        text = b" {" + continued(line, self.data, before.end).removeprefix(line)
        text += self.newline + self._indent(head_of_branch(parent).start) + b"}"
        tail = tail_of(node)
        if tail is not None:
            end = node.end
            if is_blank(self.data[end : tail.start]):
                text, end = text + b" ", tail.start
        return Piece(before.end, end, Written(text), BEHIND)

    # -------------------------------------------------------------------- braces

    def _braces(self, node: Code) -> Iterator[Piece]:
        """Braces around what was one statement and is several."""
        if node.parent is not None:
            indent = self._indent(head_of_branch(node.parent).start)
            yield self._open(node, Put(node, node.start, node.end, "open", Written(), indent))
            yield self._close(node, indent)

    def _can_have_braces(self, body: Code) -> bool:
        """False where a directive or a comment is in the way, which is not worth the style."""
        before = token_before(body)
        if before is None or body.parent is None:
            return False
        gap = self.data[before.end : body.start]
        return all(each.kind != "directive" for each in body.parent.children) and (
            not gap.strip() or b"\n" in gap
        )

    def _open(self, node: Code, put: Put) -> Piece:
        """A brace before a body, at the end of the line, and statements behind it."""
        before = token_before(node)
        assert before is not None
        inner = put.indent + b"\t"
        made = Builder()
        made.add(b" {")
        if put.text.text:
            made.add(self.newline + inner)
            made.put(put.text)
        gap = self.data[before.end : node.start]
        if not gap.strip() and b"\n" not in gap:
            made.add(self.newline + inner)
            return Piece(before.end, node.start, made.written(), BEHIND)
        if b"\n" not in gap:
            raise CannotSpliceError("comment", before.end, "", node.start)
        return Piece(before.end, before.end, made.written(), BEHIND)

    def _close(self, node: Code, indent: bytes) -> Piece:
        """A brace behind a body; an `else` or a `while` follows it."""
        tail = tail_of(node)
        if tail is not None:
            between = self.data[node.end : tail.start]
            if b"\n" in between:
                return Piece(tail.start, tail.start, Written(b"} "), BEFORE)
            stop = tail.start - (len(between) - len(between.rstrip()))
            return Piece(stop, tail.start, Written(self.newline + indent + b"} "), BEFORE)
        line_end = self._end_of_comments(node.end)
        if line_end is None:
            return Piece(node.end, node.end, Written(self.newline + indent + b"}"), AROUND_CLOSE)
        at = min(line_end + 1, len(self.data))
        brace = indent + b"}"
        text = continued(brace, self.data, node.end) + self.newline
        if at == line_end:
            text = self.newline + indent + b"}"
        return Piece(at, at, Written(text), rank_behind(_depth(node), is_brace=True))

    # -------------------------------------------------------------------- lines

    def _line_start(self, offset: int) -> int:
        return self.data.rfind(b"\n", 0, offset) + 1

    def _line_end(self, offset: int) -> int:
        """The line break of the line that an offset is in, or the end."""
        at = self.data.find(b"\n", offset)
        return len(self.data) if at < 0 else at

    def _indent(self, offset: int) -> bytes:
        return indent_of(self.data[self._line_start(offset) : offset])


# ---------------------------------------------------------------------------- helpers


_IS_COMMENT = re.compile(rb"\s+(?://.*|(?:/?\*.*)?\*/\s*)", re.DOTALL)


def _depth(node: Code) -> int:
    return sum(1 for _ in node.ancestors())
