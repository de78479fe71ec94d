"""Tokens that go and come inside of a line, and the white space and the commas around them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile

from refactor.c.code import QUALIFIERS, STATEMENTS, STORAGE, Code
from refactor.c.layout import width
from refactor.pattern.binding import Pair
from refactor.pattern.hunks import Hunk
from refactor.pattern.tokens import REMOVED, Token, flat
from refactor.rewrite.above import with_comment
from refactor.rewrite.between import no_comment, no_stray_comment, outer_side
from refactor.rewrite.bodies import head_of_branch, is_sole_body
from refactor.rewrite.changes import Changes, Put
from refactor.rewrite.commas import behind_comments, is_closed, stays_on_line
from refactor.rewrite.cutting import cut, fits, of_two_operators
from refactor.rewrite.indents import indent_inside, line_between
from refactor.rewrite.parameters import behind_attributes, parameter, with_attributes
from refactor.rewrite.path import Path, is_blank
from refactor.rewrite.render import Renderer
from refactor.rewrite.spaces import (
    TIGHT_BEFORE,
    ends_in_star,
    is_in_line,
    is_word,
    stays_tight,
)
from refactor.rewrite.written import BEFORE, BEHIND, Builder, Piece, Written


class Inline:
    """Makes the edits of hunks that are no matter of lines."""

    def __init__(self, path: Path, renderer: Renderer, changes: Changes) -> None:
        self.path = path
        self.renderer = renderer
        self.changes = changes
        self.owner = (0, 0)

    def inline(
        self, hunk: Hunk, removed: Sequence[Pair], left: Pair | None, right: Pair | None
    ) -> None:
        added = self._without_commas(hunk, left, right)
        is_last = added[-1:] != hunk.added[-1:]
        if len(added) < len(hunk.added):
            hunk = replace(hunk, added=added)
        if removed:
            self._replaced(hunk, removed, left, right)
            return
        if not self.renderer.shown(added) or self._is_there_already(added, left, right):
            return
        void = self._void(hunk, left, right)
        if void >= 0:
            text = self.renderer.render(added[1:] if added[0].text == b"," else added[:-1], void)
            self._piece(void, void + len(b"void"), b"", text, b"", BEHIND)
            return
        if left is not None and self._on_a_line(hunk, added, left):
            return
        if left is not None and added[0].text == b"else" and self._else(added, left):
            return
        first, last = added[0], added[-1]
        if left is not None and right is not None and _is_there(left) and _is_there(right):
            gap, between = hunk.right_gap, self.path.data[left.end : right.start]
            known = gap is not None and all(map(is_in_line, (first.gap, between, gap)))
            known = known and is_blank(between)  # not so before the `;` of other names
            if known and gap is not None and (first.gap or gap or not between):
                # What is around it was written again, so the patch has all of the white space.
                text = self.renderer.render(added, right.start)
                lead = first.gap
                if not between and hunk.left is not None and hunk.left.text in _OPENING:
                    lead = lead if hunk.right is None or hunk.right.gap != lead else b""
                self._piece(left.end, right.start, lead, text, gap, BEHIND)
                return
        closes = right is not None and right.node is not None and right.node.text == b"}"
        follows_comma = left is not None and left.node is not None and left.node.text == b","
        if closes and follows_comma:
            right = None  # in an unordered list the brace is not what follows
        at_left = left is not None and (first.text == b"," or right is None)
        if left is not None and not at_left and right is not None and not self.path.is_prefix(last):
            at_left = left.end > right.start or not (
                last.text in (b",", b";") or first.text not in _BEHIND
            )
            if first.text == b"." and hunk.left is not None and hunk.left.text in (b"{", b","):
                at_left = False  # a designator
            if last.text in _OPENING and hunk.left is not None and hunk.left.text in _BETWEEN:
                at_left = False  # what it closes behind is an element of a list
            if first.text in _CLOSING and (
                is_blank(self.path.data[left.end : right.start])
                or (hunk.right is not None and hunk.right.text == b"}")
            ):
                at_left = (
                    True  # beside what it closes, and not behind a comma that a list ends with
                )
        if left is not None and right is not None:
            # An element that comes is on the line of the one before it; the next one stays.
            gap = self.path.data[left.end : right.start]
            at_left |= b"\n" in gap and is_blank(gap) and stays_on_line(hunk)
        if side := outer_side(self.path, hunk, left, right):
            at_left = side == "left"
        if side == "right" and right is not None and right.node is not None and closes:
            self._last(added, right.node)
            return
        if at_left and left is not None:
            at = left.end
            for each in parameter(left) if first.text == b"," else ():
                at = max(at, behind_attributes(each))
            if first.text == b"," and right is not None:
                at = behind_comments(self.path.data, at, right.start)
            comma = self._comma_before(hunk.left, left)
            if comma and last.text == b"," and is_closed(self.path.data, at):
                added = added[:-1]  # the list ends without one
            elif first.text == last.text == b"," and self.path.data[at:].lstrip()[:1] == b",":
                added = added[:-1]  # it is there
            text = self.renderer.render(added, at)
            behind = self.path.data[at : right.start] if right is not None else b""
            lead = (
                b""
                if first.text in TIGHT_BEFORE
                else self.renderer.gap_before(first, hunk.left, b" ")
            )
            if b"\n" in lead:
                lead = b" "
            lead = comma or lead
            trail = b""
            if right is not None and hunk.right is not None and not behind:
                trail = self.renderer.space(last, hunk.right)
                if first.text == b",":
                    trail = b""
            self._piece(at, at, lead, text, trail, BEHIND)
        elif right is not None:
            text = self.renderer.render(added, right.start)
            trail = b" "
            if is_last:
                trail = b""
            elif hunk.right is not None:
                trail = self.renderer.behind_gap(
                    (last, text.text), hunk.right, b" ", hunk.right_gap
                )
            before = self.path.data[right.start - 1 : right.start]
            lead = b" " if before in (b"]", b")", b"}") and is_word(text.text[:1]) else b""
            self._piece(right.start, right.start, lead, text, trail, BEFORE)

    def _else(self, added: Sequence[Token], left: Pair) -> bool:
        """Put an `else` behind the branch that it follows: on the line of a brace, or on its own
        behind the comment of a statement, as deep as the `if`."""
        data, around = self.path.data, left.node
        while around is not None and around.kind != "if":
            around = around.parent
        if around is None or around.end != left.end or is_blank(data[left.end :]):
            return False
        indent = self.path.indent(head_of_branch(around).start)
        at, lead = left.end, b" "
        if data[at - 1 : at] != b"}":
            at, lead = with_comment(data, at), self.renderer.newline + indent
        if self.path.goes_on(at):
            return False
        self._piece(at, at, lead, self.renderer.render(added, at, indent), b"", BEHIND)
        return True

    def _is_there_already(
        self, added: Sequence[Token], left: Pair | None, right: Pair | None
    ) -> bool:
        """True for a `const` or `static` beside the same one, which the pattern has passed over."""
        if right is None or not all(each.text in QUALIFIERS | STORAGE for each in added):
            return False
        start = left.end if left is not None else self.path.line_start(right.start)
        words = self.path.data[min(start, right.start) : right.start].split()
        specifiers = list(takewhile(lambda word: word in QUALIFIERS | STORAGE, reversed(words)))
        return all(each.text in specifiers for each in added)

    def _on_a_line(self, hunk: Hunk, added: Sequence[Token], left: Pair) -> bool:
        """Put an element behind one that has a line for itself on a line as well, with its comma
        where the list ends with one. False where this is no such thing."""
        meta, node = hunk.left.meta if hunk.left is not None else None, left.node
        if meta is not None and meta.is_list and self.path.state.env[meta.name].nodes:
            node = self.path.state.env[meta.name].nodes[-1]
        element = self.path.element(node) if node is not None else None
        if added[0].text != b"," or added[-1].text == b"," or element is None:
            return False
        data, line = self.path.data, self.path.line_start(element.start)
        comma = re.compile(rb"[ \t]*,").match(data, element.end)
        end = comma.end() if comma is not None else element.end
        is_alone = not data[line : element.start].strip() and not self.path.goes_on(
            with_comment(data, end)
        )
        if not is_alone or element.end != left.end or b"\n" not in data[line:]:
            return False
        made = Builder()
        made.put(self.renderer.render(added[1:], element.start))
        made.add(b"," if comma is not None else b"")
        if comma is None:
            self.changes.pieces.append(Piece(element.end, element.end, Written(b","), BEHIND))
        indent = self.path.indent(element.start)
        self.changes.puts.append(Put(element, element.start, end, "behind", made.written(), indent))
        return True

    def _last(self, added: Sequence[Token], brace: Code) -> None:
        """Put an element at the end of a list, in a line of its own."""
        inner = added[1:] if added[0].text == b"," else added
        indent = indent_inside(self.path, brace)
        made = Builder()
        made.put(self.renderer.render(inner, brace.start, indent))
        others = (
            [each for each in brace.parent.parts if each.kind != "directive"]
            if brace.parent
            else []
        )
        if others and others[-2].text == b"," and inner[-1].text != b",":
            made.add(b",")
        self.changes.puts.append(Put(brace, brace.start, brace.end, "last", made.written(), indent))

    def _void(self, hunk: Hunk, left: Pair | None, right: Pair | None) -> int:
        """Where the `void` stands that says that there are no parameters, if one comes beside it;
        else -1."""
        data = self.path.data
        if left is not None and hunk.added[0].text == b",":
            before = re.search(rb"\(\s*(void)\Z", data[max(0, left.end - 80) : left.end])
            if before is not None and data[left.end :].lstrip()[:1] == b")":
                return left.end - len(b"void")
        if right is not None and hunk.added[-1].text == b",":
            behind = re.match(rb"void\s*\)", data[right.start : right.start + 80])
            if behind is not None and data[: right.start].rstrip()[-1:] == b"(":
                return right.start
        return -1

    def _without_commas(self, hunk: Hunk, left: Pair | None, right: Pair | None) -> list[Token]:
        """What comes, without commas between it and a list that is empty here."""
        added = hunk.added
        data = self.path.data
        if added and added[0].text == b"," and left is not None and left.end <= left.start:
            staying = data[: self._behind_what_stays(left.end)].rstrip()
            added = added[1:] if staying[-1:] in (b"(", b"{") else added
        if added and added[-1].text == b"," and right is not None and right.end <= right.start:
            added = added[:-1] if data[right.start :].lstrip()[:1] in (b")", b"}") else added
        return added

    def _behind_what_stays(self, at: int) -> int:
        """The end of what stands before an offset without what goes there."""
        kept = self.path.pattern.kept_as.values()
        ends = {
            pair.end: pair.start
            for token in flat(self.path.pattern.tokens)
            if token.mark == REMOVED and token.number not in kept
            if (pair := self.path.pairs.get(token.number)) is not None and pair.start < pair.end
        }
        while (end := len(self.path.data[:at].rstrip())) in ends:
            at = ends[end]
        return at

    def _comma_before(self, token: Token | None, left: Pair) -> bytes:
        """The comma of the pattern is not in the file where a list ends without one."""
        if token is None or token.text != b"," or left.end > left.start:
            return b""
        before = self.path.data[: left.end].rstrip()[-1:]
        return b"" if before in (b"(", b"{", b"[", b",") else b", "

    def _replaced(
        self, hunk: Hunk, removed: Sequence[Pair], left: Pair | None, right: Pair | None
    ) -> None:
        added, data = self.path.without_comma(hunk), self.path.data
        start = min(each.start for each in removed)
        end = max(each.end for each in removed)
        if not added:
            start, end = with_attributes(removed, start, end)
        if left is not None and left.end > start:
            left = None
        if right is not None and right.start < end:
            right = None
        no_comment(self.path, hunk.removed)
        if not added or self._has_moved(hunk):
            no_stray_comment(
                self.path,
                hunk.removed,
                removed,
                left.end if left is not None else start,
                right.start if right is not None else end,
                goes=not added,
            )
        before = self.path.data[left.end : start] if left is not None else b""
        behind = self.path.data[end : right.start] if right is not None else b""
        if not is_blank(before):
            if added and added[0].text in _CLOSING and before.rstrip().endswith(b"*/"):
                start -= len(before) - len(before.rstrip())
            before = b""
            left = None
        if not is_blank(behind):
            behind = b""
            right = None
        at_star = left is not None and ends_in_star(
            hunk.left, self.path.data[left.end - 1 : left.end]
        )
        if not added:
            gap = b"" if at_star and hunk.right_gap == b" " else hunk.right_gap
            known = _is_there(left) and _is_there(right)
            if known and gap is not None and all(map(is_in_line, (before, behind, gap))):
                # What follows was written again, so it is known what stands before it.
                self._piece(start - len(before), end + len(behind), gap, Written(), b"", BEHIND)
                return
            is_end = hunk.right is None and data[end - 1 : end] in (b";", b"}")
            is_statement = self._is_statement(hunk.right) or _opens_block(removed[-1])
            gone = cut(
                data,
                (start, end),
                (before, behind),
                is_first=left is None,
                before_statement=is_statement,
                ends_statement=is_end,
            )
            self.changes.pieces.append(Piece(*gone))
            return
        if b"\n" in before and added[0].text in _CLOSING:
            before = b""  # a bracket is no beginning of a line, as what goes was
        if b"\n" in before and [each.text for each in added] == [b","] and right is not None:
            before, behind = b"", before  # a comma ends the line that an operator has begun
        if b"\n" in before:  # an indent that is not written anew follows its parenthesis
            before, left = b"", None
        text = self.renderer.render(added, start)
        shown = self.renderer.shown(added) or added
        first, last = shown[0], shown[-1]
        lead, trail = before, behind
        is_head = hunk.left is not None and hunk.left.text in (b")", b"else", b"do")
        begins = is_head and self.renderer.begins_branch(hunk.left, first)
        # A body that is on the line of its head in the file is so by choice, and stays there.
        begins = begins and (b"\n" in before + text.text or not _is_body_at(removed, start))
        if begins and left is not None:
            lead = self.renderer.newline + self.path.indent(start) + b"\t"
        gap = self._type_gap(hunk, end) if right is None else None
        if gap is not None and last.text == b"*":
            text, trail = self._with_stars(added, start, gap), b""
            end += len(gap)
        elif gap == b"" and self.path.data[end : end + 1] in (b"*", b"("):
            trail = b" "
        is_starred = not before and left is not None and self.path.data[left.end - 1] == ord("*")
        on_line = b"\n" not in before + first.gap and not begins
        if left is not None and on_line and not is_starred:
            is_same = first.gap == hunk.removed[0].gap and is_in_line(first.gap)
            if at_star and first.gap == b" ":
                lead = b""
            elif not (is_same and before):
                lead = self.renderer.gap_before(first, hunk.left, before)
            if stays_tight(
                before, hunk.removed[0].gap, first.gap, data[left.end - 1], text.text[:1]
            ):
                lead = b""
        if right is not None and b"\n" not in behind and hunk.right is not None:
            trail = self.renderer.behind_gap((last, text.text), hunk.right, behind, hunk.right_gap)
            same = hunk.right.gap if hunk.right_gap is None else hunk.right_gap
            if stays_tight(behind, hunk.right.gap, same, data[right.start], text.text[-1:]):
                trail = b""
            if right.end <= right.start and is_closed(data, end):
                trail = b""  # the name of a parameter that has none
            if trail and (b"\t" in behind or b"  " in behind):
                begin = left.end if left is not None else start
                trail = self._to_column(begin, lead + text.text, right.start, behind)
            trail = line_between(self.path, hunk, removed, text) or trail
        if right is not None and b"\n" in behind and trail == behind and last.text in _ASSIGNS:
            line = data[self.path.line_start(start) : start] + text.text
            if hunk.removed[-1].text != last.text and fits(data, line, right.start):
                trail = b" "  # the line has been broken behind an operator that goes
        goes = hunk.right is not None and self._has_gone(hunk.right)
        if goes or (b"\n" in behind and trail == behind):
            right, trail = (
                None,
                b"",
            )  # an indent that may shift, a gap that goes with what is behind
        begin = left.end if left is not None else start
        stop = right.start if right is not None else end
        stays = self.path.data.startswith(text.text, start) and left is None and right is None
        stop_of_text = start + len(text.text)
        if stays and (operand := of_two_operators(self.path.data, stop_of_text, end)) is not None:
            self._piece(start, stop_of_text, b"", text, b"", BEHIND)
            self.changes.pieces.append(Piece(*operand))
            return
        self._piece(begin, stop, lead, text, trail, BEHIND)

    def _has_gone(self, token: Token) -> bool:
        kept = self.path.pattern.kept_as.values()
        return token.mark == REMOVED and token.number not in kept

    def _type_gap(self, hunk: Hunk, end: int) -> bytes | None:
        """The white space behind a type that gets or loses stars, up to what it is the type of."""
        if b"*" not in (hunk.added[-1].text, hunk.removed[-1].text):
            return None
        found = re.match(rb"[ \t]*(?=[\w*(])", self.path.data[end : end + 200])
        return found[0] if found is not None and hunk.right is None else None

    def _with_stars(self, added: Sequence[Token], start: int, gap: bytes) -> Written:
        """A type with its stars at what it is the type of."""
        count = 0
        while added[len(added) - count - 1].text == b"*":
            count += 1
        made = Builder()
        made.put(self.renderer.render(added[:-count], start))
        made.add(gap or b" ")
        made.put(self.renderer.render(added[-count:], start))
        return made.written()

    def _has_moved(self, hunk: Hunk) -> bool:
        """True if one of the items that go comes again somewhere else."""
        names = {each.meta.name for each in hunk.removed if each.meta is not None}
        here = {each.number for each in flat(hunk.added)}
        return any(
            each.mark == "+"
            and each.meta is not None
            and each.meta.name in names
            and each.number not in here
            for each in flat(self.path.pattern.tokens)
        )

    def _to_column(self, begin: int, text: bytes, right: int, gap: bytes) -> bytes:
        """White space after which what was aligned in a column stands there again."""
        line = self.path.line_start(begin)
        column = width(self.path.data[line:right])
        here = width(self.path.data[line:begin] + text)
        if b"\n" in text or here >= column:
            return b" "
        if b"\t" not in gap:
            return b" " * (column - here)
        tabs = b""
        while width(self.path.data[line:begin] + text + tabs) < column:
            tabs += b"\t"
        return tabs

    def _piece(
        self, start: int, end: int, lead: bytes, text: Written, trail: bytes, rank: int
    ) -> None:
        made = Builder()
        made.add(lead)
        made.put(text)
        if b"//" in text.text[text.text.rfind(b"\n") + 1 :] and self.path.goes_on(end):
            trail = self.renderer.newline + self.path.indent(start) + b"\t"
        made.add(trail)
        self.changes.pieces.append(Piece(start, end, made.written(), rank, self.owner))

    def _is_statement(self, token: Token | None) -> bool:
        """True for what begins a statement or the body of a function."""
        return token is not None and (
            token.number in self.path.pattern.statements or token.text == b"{"
        )


def _is_body_at(removed: Sequence[Pair], start: int) -> bool:
    """True if what goes begins with the statement that is all of a branch."""
    node = next((each.node for each in removed if each.start == start), None)
    around = (each for each in node.ancestors() if each.kind in STATEMENTS) if node else ()
    statement = node if node is not None and node.kind in STATEMENTS else next(iter(around), None)
    return statement is not None and statement.start == start and is_sole_body(statement)


_ASSIGNS = (b"=", b"+=", b"-=", b"*=", b"/=", b"|=", b"&=", b"^=", b"<<=", b">>=")
_BEHIND = (b",", b"->", b".", b"[", b"(", b"++", b"--", b"+", b"-", b"*", b"/", b"|", b"&",
           b"^", b"&&", b"||", b"==", b"!=", b"<", b">", b"=", b"?", b":", b"<<", b">>",
           b"%")  # fmt: skip


_CLOSING = (b")", b"]")
_OPENING = (b"(", b"[", b"{")
_BETWEEN = (*_OPENING, b",")


def _opens_block(pair: Pair) -> bool:
    """True for the brace before statements, which of a choice are not all known to be some."""
    node = pair.node
    return (
        node is not None
        and node.text == b"{"
        and node.parent is not None
        and (node.parent.kind == "block")
    )


def _is_there(pair: Pair | None) -> bool:
    """True for code, and not for a list that is empty here."""
    return pair is not None and pair.end > pair.start
