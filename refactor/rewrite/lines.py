"""Whole statements that go and come: which ones in the file are meant, and where beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from refactor.c.code import STATEMENTS, Code
from refactor.c.flow import is_implicit
from refactor.pattern.binding import Pair
from refactor.pattern.compile import MIXED
from refactor.pattern.hunks import Hunk
from refactor.pattern.tokens import ADDED, REMOVED, Token, flat
from refactor.rewrite.between import (
    comments_of_holes,
    no_comment,
    no_directive,
    outer_side,
    with_comment_behind,
    with_comment_inside,
)
from refactor.rewrite.bodies import CASES, LABELS, head_of_branch, is_body, tail_of, token_before
from refactor.rewrite.changes import Changes, Gone, Put
from refactor.rewrite.defines import in_column
from refactor.rewrite.gone import element_goes, following, goes_with, joined, merged, without_bodies
from refactor.rewrite.indents import (
    else_before,
    indent_behind,
    indent_beside,
    indent_inside,
    indent_of_cases,
    line_between,
    to_first_column,
)
from refactor.rewrite.named import becomes, specifiers
from refactor.rewrite.nesting import (
    GOVERNING,
    brace_behind,
    braces,
    climbed,
    freed,
    is_top,
    levels_between,
    neighbour,
    takes_else,
)
from refactor.rewrite.order import in_time
from refactor.rewrite.path import Path, numbers_of
from refactor.rewrite.render import Renderer
from refactor.rewrite.spaces import is_in_line
from refactor.rewrite.written import BEFORE, BEHIND, Piece, Written


class Lines:
    """Makes the edits of hunks that are about statements, or elements with lines of their own."""

    def __init__(self, path: Path, renderer: Renderer, changes: Changes) -> None:
        self.path = path
        self.renderer = renderer
        self.changes = changes

    def by_lines(
        self, hunk: Hunk, removed: Sequence[Pair], left: Pair | None, right: Pair | None
    ) -> bool:
        """Whole statements: their lines go, and come. False if this is no matter of lines."""
        if removed and not hunk.units and not hunk.added:
            element = self.path.element(removed[0].node) if removed[0].node is not None else None
            if element is not None:
                return element_goes(self.path, self.changes, hunk, removed)
        goes = removed or any(each.kind in ("dots", "nest") for each in flat(hunk.removed))
        if goes and self._statements_go(hunk):
            return True
        if not hunk.added:
            return not removed
        if removed:
            return False
        return self._statements_come(hunk, left, right)

    def _statements_go(self, hunk: Hunk) -> bool:
        no_comment(self.path, hunk.removed)
        covered: set[int] = set()
        gone: list[Gone] = []
        named: list[tuple[Code, Code]] = []
        for unit in hunk.units:
            numbers = numbers_of(unit)
            name = self.path.name_of(unit)
            if name is not None:
                assert name.parent is not None
                named.append((name.parent, name))
            elif unit.kind == "meta" and unit.token.meta.is_list:
                nodes = self.path.state.env[unit.token.meta.name].nodes
                gone += [Gone(each.start, each.end, each) for each in nodes]
            else:
                node = self.path.met(unit)
                if node is None:
                    continue
                if is_implicit(node):
                    assert node.parent is not None
                    if hunk.added:
                        self._put(hunk.added, node.parent.children[-1], "last")
                    return True
                gone.append(Gone(node.start, node.end, node))
            covered |= numbers
        rest = [
            self.path.pairs[each.number]
            for each in flat(hunk.removed)
            if each.number in self.path.pairs and each.number not in covered
        ]
        rest = [each for each in rest if each.end > each.start]
        gone, bodies = without_bodies(gone, rest)
        rest += bodies
        gone += [Gone(start, end) for start, end in joined(self.path.data, rest)]
        no_directive(self.path, hunk.removed, gone, is_whole=True)
        skipped = list(self._skipped(hunk, covered))
        no_directive(self.path, hunk.removed, skipped, is_whole=False)
        gone = merged([*gone, *skipped], self.path.data)
        self.changes.follows += following(gone, self.path.data)
        if not hunk.added:
            if hunk.right is not None and hunk.right.mark == REMOVED:
                self.changes.tight += [each.start for each in gone[-1:]]
            left = self.path.edge(hunk.left, last=True)
            if left is not None and hunk.left is not None and hunk.left.mark == REMOVED:
                goes_with(self.changes, self.path.data, left.end, gone)
            self.changes.gone += gone
            self.changes.names += named
            return bool(gone or named)
        if named:
            declaration = named[0][0]
            self.changes.names += named
            self.changes.gone += gone
            place = "before" if hunk.comes_first else "behind"
            self._put_lines(hunk.added, declaration, place, named[0][1].start)
            return True
        if not gone:
            return False
        first = gone[0]
        node = first.node
        indent = self.path.indent(first.start)
        own, outer, levels = self._split(self.path.without_comma(hunk))
        is_several = hunk.statements != 1 or takes_else(self.path.pattern, hunk.added)
        if node is not None and is_several:
            indent = indent_beside(self.path, node)
        elif node is not None and own and self._exchanges(node, own[0]):
            indent = self._exchanged(node, opens=node.kind != "block") or indent
        elif node is not None and own and own[0].text != b"if":
            before = else_before(self.path, node)
            if before is not None and before.parent is not None:
                indent = self.path.indent(head_of_branch(before.parent).start) + b"\t"
                line = Written(self.renderer.newline + indent)
                self.changes.pieces.append(Piece(before.end, first.start, line, BEHIND))
        elif node is None and own and (deep := self._indent_as_deep(hunk, own[0])):
            begin = self.path.line_start(first.start)
            if not self.path.data[begin : first.start].strip() and deep != indent:
                self.changes.pieces.append(Piece(begin, first.start, Written(deep)))
            indent = deep
        if own and self.renderer.is_label(own[0]):
            self.changes.pieces += to_first_column(self.path, first.start)
        self.renderer.comments = comments_of_holes(self.path, hunk)
        text = self.renderer.render(own, first.start, indent, flat=self._is_on_a_line(first))
        self.renderer.comments = {}
        if node is not None and node.kind == "define":
            text = in_column(self.path.data[first.start : first.end], text)
        if node is not None and node.kind in GOVERNING:
            goes_on = self.path.goes_on(first.end)
            text = with_comment_inside(self.path, hunk, text, goes_on=goes_on)
        elif len(gone) > 1 and not outer:
            text = with_comment_behind(self.path.data, gone, text)
        right = self.path.edge(hunk.right, last=False) if node is None else None
        if right is not None and is_in_line(self.path.data[first.end : right.start]):
            line = Written(line_between(self.path, hunk, rest, text))
            self.changes.pieces += (
                [Piece(first.end, right.start, line, BEHIND)] if line.text else []
            )
        self.changes.pieces.append(Piece(first.start, first.end, text))
        self.changes.gone += gone[1:]
        if node is not None and not outer and is_several:
            self.changes.several.append(node)
        if outer and node is not None:
            self._put(outer, climbed(node, levels) or node, "behind")
        return True

    def _indent_as_deep(self, hunk: Hunk, token: Token) -> bytes:
        """The indent of a brace that goes and stood as deep as what comes; nothing if none did."""
        here = self.renderer.depth(token)
        for each in flat(hunk.removed):
            pair = self.path.pairs.get(each.number)
            if pair is not None and self.path.pattern.stood.get(each.number) == here:
                line = self.path.data[self.path.line_start(pair.start) : pair.start]
                if line and not line.strip():
                    return line
        return b""

    def _exchanges(self, node: Code, token: Token) -> bool:
        """True for a body that is a block before or afterwards, and not both."""
        return is_body(node) and self.renderer.opens(token) != (node.kind == "block")

    def _exchanged(self, body: Code, *, opens: bool) -> bytes:
        """Where a block takes the place of a statement without braces, or the other way round: it
        begins on the line of its head, or on its own. Its indent, empty if a comment is between."""
        before, tail = token_before(body), tail_of(body)
        if before is None or body.parent is None:
            return b""
        if self.path.data[before.end : body.start].strip():
            return b""
        head = self.path.indent(head_of_branch(body.parent).start)
        indent = head if opens else head + b"\t"
        newline = self.renderer.newline
        text = Written(b" " if opens else newline + indent)
        self.changes.pieces.append(Piece(before.end, body.start, text, BEHIND))
        if tail is not None and not self.path.data[body.end : tail.start].strip():
            text = Written(b" " if opens else newline + head)
            self.changes.pieces.append(Piece(body.end, tail.start, text, BEFORE))
        return indent

    def _is_on_a_line(self, gone: Gone) -> bool:
        """True for an element of a list that is written in one line."""
        before = self.path.data[self.path.line_start(gone.start) : gone.start]
        is_inside = gone.node is None and before.strip() and self.path.goes_on(gone.end)
        return bool(is_inside) and not before.rstrip().endswith((b";", b"}"))

    def _skipped(self, hunk: Hunk, covered: set[int]) -> Iterator[Gone]:
        """What dots stand for that go by themselves: all between their neighbours."""
        tokens = [token for token in flat(self.path.pattern.tokens) if token.mark != "+"]
        pairs = self.path.pairs
        for position, token in enumerate(tokens):
            if token.mark != "-" or token.kind not in ("dots", "nest") or token.number in covered:
                continue
            if not any(token is each for each in flat(hunk.removed)):
                continue
            before = next(
                (pairs[t.number] for t in tokens[:position][::-1] if t.number in pairs),
                None,
            )
            behind = next(
                (pairs[t.number] for t in tokens[position + 1 :] if t.number in pairs),
                None,
            )
            if before is None or behind is None or before.end >= behind.start:
                continue
            gap = self.path.data[before.end : behind.start]
            if gap.strip():
                start = before.end + len(gap) - len(gap.lstrip())
                yield Gone(start, start + len(gap.strip()))

    def _statements_come(self, hunk: Hunk, left: Pair | None, right: Pair | None) -> bool:
        """Added statements, beside what the pattern has next to them."""
        brace = brace_behind(self.path, hunk.left, left)
        if brace is not None:
            self._put(hunk.added, brace, "last")
            return True
        if outer_side(self.path, hunk, left, right) == "right":
            left = None
        before, after = neighbour(hunk.left, left), neighbour(hunk.right, right)
        choices = []
        if before is not None and not (hunk.right and before[0].text == b":"):
            # An unordered list of which the pattern has no item: what comes is its beginning.
            is_alone = hunk.right is not None and hunk.right.text == b"}"
            choices.append((*before, True, is_alone))
        if after is not None:
            choices.append((*after, False, False))
        if before is not None:
            choices.append((*before, True, True))
        for token, pair, behind, last_resort in choices:
            node, place = self._beside(token, pair, behind=behind, last_resort=last_resort)
            p = self.path.pattern.statements.get(token.number)
            if node is not None and p is not None and behind and node is self.path.met(p):
                node = freed(self.path, p, node, self._last_before(hunk.added))
            if node is not None:
                behind, levels = place == "behind", 0
                if behind or place == "before":
                    levels = self._deeper_than(token, hunk.added, behind=behind)
                count = len(self.changes.puts)
                self._put(hunk.added, node, place, levels)
                if behind and token.text == b";" and token.mark == REMOVED:
                    puts = self.changes.puts[count:]
                    self.changes.puts[count:] = [replace(each, ends=True) for each in puts]
                return True
        return False

    def _beside(
        self, token: Token, pair: Pair, *, behind: bool, last_resort: bool = False
    ) -> tuple[Code | None, str]:
        """The node that is meant by a neighbour, and where beside it."""
        node = pair.node
        assert node is not None
        if token.text == b"{" and behind and not node.children:
            listed = node.parent is not None and node.parent.kind == "init"
            return (None, "") if listed and not last_resort else (node, "first")
        if token.text == b"}" and not behind and not node.children:
            return node, "last"
        if (
            node.parent is not None
            and node.parent.kind in ("init", "fields")
            and token.text == b","
        ):
            return (node, "behind") if behind else (None, "")
        element = self.path.element(node)
        if token.text == b"{" and not behind and node.parent is not None:
            element = self.path.element(node.parent)  # the list is an element of another one
            if element is not None:
                return element, "before"
        if element is not None and token.text not in (b"{", b"}", b","):
            return (None, "") if behind else (element, "before")
        p = self.path.pattern.statements.get(token.number)
        if p is None and token.group is not None:
            found: Code | None = node
            while found is not None and found.kind not in STATEMENTS:
                found = found.parent
            return found, "behind" if behind else "before"
        if p is None:
            return None, ""
        if p.kind == "meta" and p.token.meta.is_list:
            nodes = self.path.state.env[p.token.meta.name].nodes
            if not nodes:
                return None, ""
            return (nodes[-1], "behind") if behind else (nodes[0], "before")
        met = self.path.met(p)
        if met is not None and is_implicit(met) and met.parent is not None:
            return met.parent.children[-1], "last"
        return met, "behind" if behind else "before"

    def _deeper_than(self, neighbour: Token, added: Sequence[Token], *, behind: bool) -> int:
        """How much deeper a line that comes stands than the statement beside it did before: that
        may be in a new block itself, and gets deeper."""
        pattern = self.path.pattern
        before = self._last_before(added) if behind else None
        if before is None or before.kind not in GOVERNING:
            before = pattern.statements.get(neighbour.number)
        first = next(before.leaves()).token if before is not None else None
        here = self.renderer.depth(added[0])
        if first is None or here is None:
            return 0
        number = pattern.kept_as.get(first.number, first.number)
        return max(0, here - pattern.stood.get(number, here))

    def _put(self, added: Sequence[Token], node: Code, place: str, levels: int = 0) -> None:
        """Statements beside a node of the file, so many levels deeper than that was.

        A brace that opens or closes the block of a branch belongs to what is before or behind it,
        and statements that the pattern has further out are put there.
        """
        if place == "before" and self._is_brace(added[0], b"{"):
            self._wrap(added[1:], node, "open")
            return
        if place == "behind" and self._is_brace(added[0], b"}"):
            self._wrap((), node, "close")
            if added[1:] and node.parent is not None:
                self._put(added[1:], node.parent, "behind")
            return
        if place == "behind":
            node = self._sibling(added, node)
        own, outer, climbs = self._split(added)
        if outer:
            self._put_lines(own, node, place, levels=levels)
            self._put(outer, climbed(node, climbs) or node, "behind")
            return
        self._put_lines(added, node, place, levels=levels)

    def _sibling(self, added: Sequence[Token], node: Code) -> Code:
        """What the added statements follow: the node itself, or a branch that it is the end of."""
        before = self._last_before(added)
        met = self.path.met(before) if before is not None and before.kind in GOVERNING else None
        if met is not None and met.start <= node.start and node.end <= met.end:
            return met
        return node

    def _last_before(self, added: Sequence[Token]) -> Code | None:
        """What the patch has before the first of the added statements, or in a block that they
        close."""
        for token in added:
            leaf = self.path.pattern.results.get(token.number)
            first = self.path.pattern.result_statements.get(token.number)
            if first is None and leaf is not None and leaf.text == b"}" and leaf.parent is not None:
                first = leaf
            if first is None:
                continue
            around = first.parent
            siblings = around.children if around is not None else self.path.pattern.result or []
            at = next((n for n, each in enumerate(siblings) if each is first), 0)
            return siblings[at - 1] if at else None  # it may stand in a nest
        return None

    def _is_brace(self, token: Token, text: bytes) -> bool:
        """True for a brace that is added to a branch or a loop of the file."""
        leaf = self.path.pattern.results.get(token.number)
        if token.text != text or leaf is None or leaf.parent is None or leaf.parent.parent is None:
            return False
        return leaf.parent.kind == "block" and self._is_branch(leaf.parent.parent)

    def _is_branch(self, node: Code) -> bool:
        """True for a branch or a loop of the patch that the file has as well."""
        head = next(node.leaves()).token
        comes = head is not None and head.mark == ADDED
        comes = comes and head.number not in self.path.pattern.kept_as
        return node.kind in GOVERNING and not comes

    def _wrap(self, inner: Sequence[Token], node: Code, place: str) -> None:
        indent = self.path.indent(head_of_branch(node.parent or node).start)
        text = self.renderer.render(inner, node.start, indent + b"\t")
        self.changes.puts.append(Put(node, node.start, node.end, place, text, indent))

    def _split(self, added: Sequence[Token]) -> tuple[Sequence[Token], Sequence[Token], int]:
        """The statements of the first one's list, those further out, and how far out that is."""
        first: Code | None = None
        position = 0
        numbers = {token.number for token in added}
        while position < len(added):
            node = self.path.pattern.result_statements.get(added[position].number)
            if node is None or not numbers_of(node) <= numbers:
                position += 1
                continue
            if first is None:
                first = node
            elif node.parent is not first.parent:
                levels = levels_between(first, node, self._is_branch)
                if levels:
                    return added[:position], added[position:], levels
            position += len(numbers_of(node))
        return added, (), 0

    def _put_lines(
        self,
        added: Sequence[Token],
        node: Code,
        place: str,
        origin: int = -1,
        *,
        flat: bool = False,
        levels: int = 0,
        head: Sequence[Token] = (),
    ) -> None:
        wraps = braces(added) != 0
        indent = indent_beside(self.path, node)
        if place in ("first", "last"):
            indent = indent_inside(self.path, node)
        elif place == "behind" and node.kind in LABELS and not self._opens_label(added):
            indent = indent_behind(self.path, node) or indent + b"\t"
        elif place == "before" and node.kind in ("function", "declaration") and is_top(node):
            indent = b""
        first = self.path.pattern.result_statements.get(added[0].number)
        if first is not None and first.kind in CASES:
            indent = indent_of_cases(self.path, node) or indent
        indent += b"\t" * levels
        text = self.renderer.render(added, node.start, indent, flat=flat)
        lead = trail = 0
        if place in ("behind", "first"):
            lead = added[0].gap.partition(b"/")[0].count(b"\n") - 1
        trail = added[-1].trail.count(b"\n")
        self.changes.puts.append(
            Put(
                node,
                node.start,
                node.end,
                place,
                text,
                b"" if self.renderer.is_label(added[0]) else indent,
                max(0, lead),
                trail,
                origin,
                wraps,
                all(token.many for token in added),
                shared=self._width(text, added[len(head)]) if head else 0,
            )
        )

    def _width(self, text: Written, token: Token) -> int:
        """How much of a text stands before one of its tokens."""
        key = (self.path.key, token.number)
        return next((mark.start for mark in text.marks if mark.key == key), 0)

    def _opens_label(self, added: Sequence[Token]) -> bool:
        """True for a label that comes, which stands where the others do."""
        first = self.path.pattern.result_statements.get(added[0].number)
        return first is not None and first.kind in LABELS

    def taken_apart(self) -> set[int]:
        """Declarations that change, of which the file has one name among several.

        The name gets a declaration of its own; these are the tokens that are done with by that.
        """
        done: set[int] = set()
        for node in {id(each): each for each in self.path.pattern.statements.values()}.values():
            if node.kind != "declaration":
                continue
            name = self.path.name_of(node)
            if name is None or name.parent is None:
                continue
            own = numbers_of(node)
            after = becomes(self.path, node)
            if after is None:
                continue  # it goes
            tokens = [leaf.token for leaf in after.leaves() if leaf.token is not None]
            first = min((each.number for each in tokens if each.mark == "+"), default=1 << 30)
            self.changes.names.append((name.parent, name))
            before = first < min(own) and self.path.pattern.states.get(id(node)) != MIXED
            place = in_time(name) or ("before" if before else "behind")
            head = specifiers(after)
            self._put_lines(tokens, name.parent, place, name.start, flat=True, head=head)
            done |= own | {each.number for each in tokens}
        return done
