"""From a match to text edits: what goes, what comes, and how it sits in its lines.

Every level of nested matches is rewritten: the text of a binding that moves is taken with the edits
inside of it already made. Parentheses are put where the result would group otherwise, and nowhere
else; this is known from the trees of both sides, not from the look of the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from refactor.c.code import COMMA, EXPRESSIONS, LEVELS, STATEMENTS, Code, level, required
from refactor.c.layout import indent_of, indent_to, width
from refactor.pattern.binding import Binding, Pair, State
from refactor.pattern.compile import CONTEXT, MIXED, Hunk, Pattern
from refactor.pattern.directives import filled
from refactor.pattern.tokens import Token, flat
from refactor.rewrite.statements import (
    CannotSpliceError,
    Changes,
    Gone,
    Put,
    is_body,
    with_comment,
)
from refactor.rewrite.written import (
    AROUND_CLOSE,
    AROUND_OPEN,
    BEFORE,
    BEHIND,
    CLOSE,
    OPEN,
    Builder,
    Piece,
    Written,
    relaid,
)
from refactor.text import EditSet, Span, TextEdit


@dataclass(frozen=True, slots=True)
class Want:
    """A node of the pattern's result that has to be one in the new text as well.

    Its ends are keys of marks, for what was written, or offsets of the file, for what stays.
    """

    kind: str
    first: object
    last: object


@dataclass
class Splicer:
    """Makes the edits of one match. `rewritten` gives the text of a span with inner edits made."""

    data: bytes
    pattern: Pattern
    rewritten: Callable[[int, int], Written]
    levels: Mapping[tuple[int, int], int] = field(default_factory=dict)
    """How tightly an inner result holds together, by its span."""
    newline: bytes = b"\n"
    changes: Changes = field(default_factory=Changes)
    wants: list[Want] = field(default_factory=list)
    neighbours: list[tuple[Want, Want]] = field(default_factory=list)
    anchors: list[Code] = field(default_factory=list)
    """The nodes of the file that change as a whole, or beside which something comes."""
    altered: set[int] = field(default_factory=set)
    """The identities of nodes that the pattern changes inside."""
    roots: dict[tuple[int, int], int] = field(default_factory=dict)
    """How tightly the results hold together, by the spans that they take the place of."""
    claimed: set[tuple[int, int]] = field(default_factory=set)
    """Words of the file that are words of the pattern, not what holes for expressions are."""
    holes: list[tuple[int, int]] = field(default_factory=list)
    """What the holes for expressions stand for."""

    def leaf(self, state: State) -> None:
        """Make the edits of one path, and of the paths inside of it."""
        for each in state.unfolded():
            self._path(each)

    def _path(self, state: State) -> None:
        self.pairs: dict[int, Pair] = {}
        for pair in state.pairs():
            self.pairs.setdefault(pair.number, pair)
        self.state = state
        self.key = self._key()
        if self._is_claimed():
            return
        self._claim()
        self.is_other = state.reordered or self._lacks_what_stays()
        hunks = self.pattern.whole_hunks if self.is_other else self.pattern.hunks
        self._no_second_name()
        apart = self._taken_apart()
        for hunk in hunks:
            if not any(token.number in apart for token in _around(hunk)):
                self._hunk(hunk)
        self._unwrap()
        if not self.is_other:
            self._parentheses(hunks)
        self._reindent()
        self._around()
        self._alters()
        self._expect()

    def _unwrap(self) -> None:
        """A list of statements that stays where one was needs braces, if that was a branch."""
        items, result = self.pattern.items, self.pattern.result
        if result is None or len(items) != 1 or len(result) != 1 or not items[0].children:
            return
        hole = result[0]
        if items[0].kind not in STATEMENTS or hole.kind != "meta" or not hole.token.meta.is_list:
            return
        binding = self.state.env.get(hole.token.meta.name)
        node = self._met(items[0])
        if binding is not None and node is not None and len(binding.nodes) != 1:
            self.changes.several.append(node)

    def _is_claimed(self) -> bool:
        """True if this hit of a nest lies on a word of a larger hit of the same nest."""
        for before, _ in self._roots(nests=True):
            node = self._root_node(before)
            if node is not None and (node.start, node.end) in self.claimed and not node.children:
                return True
        return False

    def _claim(self) -> None:
        for number, leaf in self.pattern.leaves.items():
            pair = self.pairs.get(number)
            if pair is None:
                continue
            meta = leaf.token.meta
            is_word = leaf.kind == "ident" or (meta is not None and meta.sort in _WORDS)
            if leaf.kind in ("dots", "nest") or (meta is not None and not is_word):
                self.holes.append((pair.start, pair.end))
            elif is_word and pair.node is not None and not pair.node.children:
                whole = leaf.parent is None or leaf.parent.kind in ("disj", "seq")
                if not whole:
                    self.claimed.add((pair.start, pair.end))

    def _taken_apart(self) -> set[int]:
        """Declarations that change, of which the file has one name among several.

        The name gets a declaration of its own; these are the tokens that are done with by that.
        """
        done: set[int] = set()
        for node in {id(each): each for each in self.pattern.statements.values()}.values():
            if node.kind != "declaration":
                continue
            name = self._name_of(node)
            if name is None or name.parent is None:
                continue
            numbers = _numbers(node)
            after = self._becomes(node)
            if after is None:
                continue  # it goes
            tokens = [leaf.token for leaf in after.leaves() if leaf.token is not None]
            first = min((each.number for each in tokens if each.mark == "+"), default=1 << 30)
            self.changes.names.append((name.parent, name))
            before = first < min(numbers) and self.pattern.states.get(id(node)) != MIXED
            place = "before" if before else "behind"
            self._put_lines(tokens, name.parent, place, name.start, flat=True)
            done |= numbers | {each.number for each in tokens}
        return done

    def _becomes(self, node: Code) -> Code | None:
        """The declaration of the result in the place of one of the pattern."""
        numbers = _numbers(node)
        found: Code | None = None
        for each in self.pattern.result_statements.values():
            if each.kind != "declaration":
                continue
            mine = {self.pattern.kept_as.get(number, number) for number in _numbers(each)}
            if mine & numbers and (found is None or len(mine) < len(_numbers(found))):
                found = each
        return found

    def is_in_hole(self, start: int, end: int) -> bool:
        """True if a span is in what a hole for an expression, or dots, stands for."""
        return any(low <= start and end <= high for low, high in self.holes)

    def _key(self) -> object:
        """What tells the tokens of this path from those of others."""
        starts = [pair.start for pair in self.pairs.values() if pair.end > pair.start]
        return (id(self.pattern), min(starts, default=0), max(starts, default=0))

    def _lacks_what_stays(self) -> bool:
        """True if a token that goes and comes again is not there: a comma behind dots."""
        return any(
            old in self.pairs
            and self.pairs[old].end <= self.pairs[old].start
            and self.pairs[old].node is None
            and self.pattern.leaves[old].text == b","
            for old in self.pattern.kept_as.values()
            if old in self.pattern.leaves
        )

    # -------------------------------------------------------------------- nodes

    def _met(self, p: Code) -> Code | None:
        """The statement of the file that a statement of the pattern has met."""
        found = [
            self.pairs[leaf.token.number]
            for leaf in p.leaves()
            if leaf.token is not None and leaf.token.number in self.pairs
        ]
        found = [each for each in found if each.node is not None]
        if not found:
            return None
        start, end = min(each.start for each in found), max(each.end for each in found)
        first = found[0].node
        assert first is not None
        for node in (first, *first.ancestors()):
            if node.start > start or node.end < end:
                continue
            if p.kind == "function":
                if node.kind in ("function", "declaration"):
                    return node
            elif node.kind in STATEMENTS or node.kind in (
                "function",
                "directive",
                "include",
                "define",
            ):
                return node
        return None

    def _name_of(self, p: Code) -> Code | None:
        """The one name, of several in a declaration, that a declaration of the pattern has met."""
        if p.kind != "declaration":
            return None
        found = [
            self.pairs[leaf.token.number]
            for leaf in p.leaves()
            if leaf.token is not None and leaf.token.number in self.pairs
        ]
        if len(found) < 2 or len({(each.start, each.end) for each in found}) != 1:
            return None
        node = found[0].node
        if node is None or node.parent is None or node.parent.kind != "declaration":
            return None
        return node

    # -------------------------------------------------------------------- hunks

    def _owner(self, hunk: Hunk) -> tuple[int, int]:
        """What an insertion is a part of: a statement, or the expression that the match is."""
        for token in (hunk.left, hunk.right):
            leaf = self.pattern.leaves.get(token.number) if token is not None else None
            if leaf is None:
                continue
            p = leaf
            for p in (leaf, *leaf.ancestors()):
                if p.kind in STATEMENTS:
                    node = self._met(p)
                    return (node.start, node.end) if node is not None else (0, 0)
            node = self._root_node(p)
            return (node.start, node.end) if node is not None else (0, 0)
        return 0, 0

    def _hunk(self, hunk: Hunk) -> None:
        self.owner = self._owner(hunk)
        tokens = list(flat(hunk.removed))
        removed = [self.pairs[each.number] for each in tokens if each.number in self.pairs]
        removed = [each for each in removed if each.end > each.start or each.node is not None]
        if hunk.removed and not any(each.number in self.pairs for each in tokens):
            return
        left = self._edge(hunk.left, last=True)
        right = self._edge(hunk.right, last=False)
        if not removed and left is None and right is None:
            return
        self._no_array(hunk)
        if hunk.by_lines and self._by_lines(hunk, removed, left, right):
            return
        if not removed and any(each.kind in ("dots", "nest") for each in tokens) and not hunk.added:
            return
        if hunk.by_lines and not removed and right is None and _is_skip(hunk.left):
            return  # a hit of a nest by itself, without what is behind the nest
        self._inline(hunk, removed, left, right)

    def _no_array(self, hunk: Hunk) -> None:
        """A type whose brackets stand behind the name cannot be moved away from it."""
        stars = any(self._is_prefix(each) for each in hunk.added)
        around = [each for each in (hunk.left, hunk.right) if each is not None and stars]
        for token in (*hunk.removed, *hunk.added, *around):
            if token.meta is None or token.meta.sort != "type":
                continue
            value = self.state.env.get(token.meta.name)
            if value is None or b"[]" not in value.key:
                continue
            if token.mark != "-" or not any(token.number in _numbers(each) for each in hunk.units):
                raise CannotSpliceError("array", self._somewhere())

    def _no_second_name(self) -> None:
        """`T a, b;` where the stars of a name are a part of T is no `T a; T b;`."""
        for node in self.pattern.result_statements.values():
            if node.kind != "declaration" or not any(each.text == b"," for each in node.children):
                continue
            tokens = [leaf.token for leaf in node.leaves() if leaf.token is not None]
            if not any(token.mark == "+" for token in tokens):
                continue
            for token in tokens:
                if token.meta is None or token.meta.sort != "type":
                    continue
                value = self.state.env.get(token.meta.name)
                if value is not None and value.key[-1:] in ((b"*",), (b"[]",)):
                    raise CannotSpliceError("array", self._somewhere())

    def _somewhere(self) -> int:
        """Where the match begins."""
        return min((each.start for each in self.pairs.values() if each.end > each.start), default=0)

    def _edge(self, token: Token | None, *, last: bool) -> Pair | None:
        """Where a neighbour of a hunk stands in the file."""
        if token is None:
            return None
        if token.group is None or token.number in self.pairs:
            return self.pairs.get(token.number)
        numbers = [each.number for each in flat([token])]
        found = [self.pairs[each] for each in numbers if each in self.pairs]
        if not found:
            return None
        return max(found, key=lambda p: p.end) if last else min(found, key=lambda p: p.start)

    # -------------------------------------------------------------------- inline

    def _inline(
        self, hunk: Hunk, removed: Sequence[Pair], left: Pair | None, right: Pair | None
    ) -> None:
        added = hunk.added
        if removed:
            self._replaced(hunk, removed, left, right)
            return
        if not added:
            return
        first, last = added[0], added[-1]
        closes = right is not None and right.node is not None and right.node.text == b"}"
        follows_comma = left is not None and left.node is not None and left.node.text == b","
        if closes and follows_comma:
            right = None  # in an unordered list the brace is not what follows
        at_left = left is not None and (first.text == b"," or right is None)
        if left is not None and not at_left and right is not None and not self._is_prefix(last):
            at_left = left.end > right.start or not (
                last.text in (b",", b";") or first.text not in _BEHIND
            )
        if at_left and left is not None:
            text = self.render(added, left.end)
            behind = self.data[left.end : right.start] if right is not None else b""
            lead = b"" if first.text in _TIGHT_BEFORE else _gap(first, hunk.left, b" ")
            if b"\n" in lead:
                lead = b" "
            lead = self._comma_before(hunk.left, left) or lead
            trail = b""
            if right is not None and hunk.right is not None and not behind:
                trail = self._space(last, hunk.right)
                if first.text == b",":
                    trail = b""
            self._piece(left.end, left.end, lead, text, trail, BEHIND)
        elif right is not None:
            text = self.render(added, right.start)
            trail = b" "
            if hunk.right is not None:
                trail = self._behind_gap(last, hunk.right, b" ", hunk.right_gap)
            self._piece(right.start, right.start, b"", text, trail, BEFORE)

    def _is_prefix(self, token: Token) -> bool:
        """True for an operator, or a star of a declarator, that belongs to what follows."""
        leaf = self.pattern.results.get(token.number)
        if leaf is None or leaf.parent is None or leaf.parent.kind not in ("ptr", "unary"):
            return False
        return leaf.parent.children[0] is leaf

    def _comma_before(self, token: Token | None, left: Pair) -> bytes:
        """The comma of the pattern is not in the file where a list ends without one."""
        if token is None or token.text != b"," or left.end > left.start:
            return b""
        before = self.data[: left.end].rstrip()[-1:]
        return b"" if before in (b"(", b"{", b"[", b",") else b", "

    def _replaced(
        self, hunk: Hunk, removed: Sequence[Pair], left: Pair | None, right: Pair | None
    ) -> None:
        added = hunk.added
        start = min(each.start for each in removed)
        end = max(each.end for each in removed)
        if left is not None and left.end > start:
            left = None
        if right is not None and right.start < end:
            right = None
        self._no_comment(hunk.removed)
        before = self.data[left.end : start] if left is not None else b""
        behind = self.data[end : right.start] if right is not None else b""
        if not _is_blank(before):
            before = b""
            left = None
        if not _is_blank(behind):
            behind = b""
            right = None
        if not added:
            self._delete(start, end, left, before, behind, self._is_statement(hunk.right))
            return
        text = self.render(added, start)
        first, last = added[0], added[-1]
        lead, trail = before, behind
        if left is not None and b"\n" not in before and b"\n" not in first.gap:
            lead = _gap(first, hunk.left, before)
        if right is not None and b"\n" not in behind and hunk.right is not None:
            trail = self._behind_gap(last, hunk.right, behind, hunk.right_gap)
            if trail and (b"\t" in behind or b"  " in behind):
                begin = left.end if left is not None else start
                trail = self._to_column(begin, lead + text.text, right.start, behind)
        begin = left.end if left is not None else start
        stop = right.start if right is not None else end
        self._piece(begin, stop, lead, text, trail, BEHIND)

    def _to_column(self, begin: int, text: bytes, right: int, gap: bytes) -> bytes:
        """White space after which what was aligned in a column stands there again."""
        line = self._line_start(begin)
        column = width(self.data[line:right])
        here = width(self.data[line:begin] + text)
        if b"\n" in text or here >= column:
            return b" "
        if b"\t" not in gap:
            return b" " * (column - here)
        tabs = b""
        while width(self.data[line:begin] + text + tabs) < column:
            tabs += b"\t"
        return tabs

    def _behind_gap(self, last: Token, right: Token, default: bytes, gap: bytes | None) -> bytes:
        if b"\n" in (right.gap if gap is None else gap) and self._is_prefix(last):
            return b""
        return _gap(right, last, default, gap)

    def _piece(
        self, start: int, end: int, lead: bytes, text: Written, trail: bytes, rank: int
    ) -> None:
        made = Builder()
        made.add(lead)
        made.put(text)
        if b"//" in text.text[text.text.rfind(b"\n") + 1 :] and self._goes_on(end):
            trail = self.newline + self._indent(start) + b"\t"
        made.add(trail)
        self.changes.pieces.append(Piece(start, end, made.written(), rank, self.owner))

    def _goes_on(self, offset: int) -> bool:
        """True if there is code behind an offset on its line."""
        end = self.data.find(b"\n", offset)
        return bool(self.data[offset : len(self.data) if end < 0 else end].strip())

    def _delete(
        self,
        start: int,
        end: int,
        left: Pair | None,
        before: bytes,
        behind: bytes,
        is_statement: bool,
    ) -> None:
        """Take tokens out, with the white space on the side where the line goes on.

        If a statement follows, it stays on the line that it has.
        """
        start, end, before, behind = self._with_comma(start, end, before, behind)
        closes = _closes(self.data, end)
        if not before and not behind and closes:
            line = self.data[self._line_start(start) : start]
            bare = line.rstrip(b" \t")
            before = line[len(bare) :] if bare else b""
        if b"\n" in behind and b"\n" not in before:
            if left is not None and not closes and not is_statement:
                # The rest of the list begins on the next line: it moves up to where this began.
                self._cut(start, end + len(behind))
                return
            self._cut(start - len(before) + (len(before) if closes else 0), end)
        elif b"\n" in before and b"\n" not in behind and not closes:
            self._cut(start, end + len(behind))
        elif b"\n" in before and b"\n" in behind:
            self._cut(start - len(before), end)
        elif not before and (left is None or _opens(self.data, start)):
            # Nothing is before it on its side of the line: what is behind moves up to its place.
            gap = len(self.data) - len(self.data[end:].lstrip(b" \t")) - end
            self._cut(start, end + gap)
        else:
            self._cut(start - len(before), end)

    def _is_statement(self, token: Token | None) -> bool:
        return token is not None and token.number in self.pattern.statements

    def _cut(self, start: int, end: int) -> None:
        self.changes.pieces.append(Piece(start, end))

    def _with_comma(
        self, start: int, end: int, before: bytes, behind: bytes
    ) -> tuple[int, int, bytes, bytes]:
        """Take the comma along that a list would have too many."""
        lead = re.search(rb"(\S)(\s*)\Z", self.data[max(0, start - 400) : start])
        tail = re.match(rb"(\s*)(\S)", self.data[end : end + 400])
        if lead is None or tail is None:
            return start, end, before, behind
        prev, following = lead[1], tail[2]
        if following == b"," and prev in (b"(", b"{", b","):
            stop = end + tail.end()
            rest = re.match(rb"\s*", self.data[stop:])
            gap = rest[0] if rest else b""
            if prev in (b"(", b"{") and b"\n" not in gap and b"\n" not in lead[2]:
                # Nothing is before it: what follows takes its place.
                return start, stop + len(gap), b"", b""
            return start, stop, before or lead[2], gap
        if prev == b"," and following == b")":
            return start - len(lead[2]) - 1, end, b"", behind
        return start, end, before, behind

    def _no_comment(self, removed: Sequence[Token]) -> None:
        """A comment between tokens that go would go silently.

        One in what a hole or dots stand for belongs to that, and goes along.
        """
        position = -1
        skips = False
        for token in flat(removed):
            if token.kind in ("dots", "nest"):
                skips = True
                continue
            pair = self.pairs.get(token.number)
            if pair is None or pair.end <= pair.start:
                continue
            if 0 <= position < pair.start and not skips:
                self._refuse_comment(position, pair.start)
            position = max(position, pair.end)
            skips = False

    def _refuse_comment(self, start: int, end: int) -> None:
        gap = self.data[start:end]
        first = with_comment(self.data, start)
        if first < end and gap[: first - start].strip() and self.data[start - 1 : start] == b";":
            start, gap = first, self.data[first:end]  # one behind a statement goes with it
        if b"/*" in gap or b"//" in gap:
            raise CannotSpliceError("comment", start + len(gap) - len(gap.lstrip()))
        if re.search(rb"^[ \t]*#", gap, re.MULTILINE):
            raise CannotSpliceError("directive", start)

    # -------------------------------------------------------------------- lines

    def _by_lines(
        self, hunk: Hunk, removed: Sequence[Pair], left: Pair | None, right: Pair | None
    ) -> bool:
        """Whole statements: their lines go, and come. False if this is no matter of lines."""
        if removed and not hunk.units and not hunk.added:
            element = self._element(removed[0].node) if removed[0].node is not None else None
            if element is not None:
                return self._element_goes(removed)
        goes = removed or any(each.kind in ("dots", "nest") for each in flat(hunk.removed))
        if goes and self._statements_go(hunk):
            return True
        if not hunk.added:
            return not removed
        if removed:
            return False
        return self._statements_come(hunk, left, right)

    def _element_goes(self, removed: Sequence[Pair]) -> bool:
        """An element with lines of its own goes with them, and with its comma."""
        start, end = removed[0].start, max(each.end for each in removed)
        comma = re.match(rb"\s*,", self.data[end : end + 200])
        if comma is not None and self.data[end - 1 : end] != b",":
            end += len(comma[0])
        if self.data[self._line_start(start) : start].strip() or self._goes_on(
            with_comment(self.data, end)
        ):
            return False
        self.changes.gone.append(Gone(start, end))
        return True

    def _statements_go(self, hunk: Hunk) -> bool:
        self._no_comment(hunk.removed)
        covered: set[int] = set()
        gone: list[Gone] = []
        named: list[tuple[Code, Code]] = []
        for unit in hunk.units:
            numbers = _numbers(unit)
            name = self._name_of(unit)
            if name is not None:
                assert name.parent is not None
                named.append((name.parent, name))
            elif unit.kind == "meta" and unit.token.meta.is_list:
                nodes = self.state.env[unit.token.meta.name].nodes
                gone += [Gone(each.start, each.end, each) for each in nodes]
            else:
                node = self._met(unit)
                if node is None:
                    continue
                gone.append(Gone(node.start, node.end, node))
            covered |= numbers
        rest = [
            self.pairs[each.number]
            for each in flat(hunk.removed)
            if each.number in self.pairs and each.number not in covered
        ]
        rest = [each for each in rest if each.end > each.start]
        gone += [Gone(start, end) for start, end in _joined(self.data, rest)]
        gone += self._skipped(hunk, covered)
        gone = _merged(gone, self.data)
        if not hunk.added:
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
        indent = self._indent(first.start)
        if first.node is not None and hunk.statements != 1:
            indent = self._indent_of(first.node)
        own, outer, levels = self._split(hunk.added)
        text = self.render(own, first.start, indent)
        self.changes.pieces.append(Piece(first.start, first.end, text))
        self.changes.gone += gone[1:]
        node = first.node
        if node is not None and not outer and (hunk.statements != 1 or self._takes_else(own)):
            self.changes.several.append(node)
        around = _climbed(node, levels) if node is not None else None
        if outer and around is not None:
            self._put(outer, around, "behind")
        return True

    def _takes_else(self, added: Sequence[Token]) -> bool:
        """True for an `if` that an `else` behind it would become a part of."""
        node = next(
            (
                found
                for token in added
                if (found := self.pattern.result_statements.get(token.number)) is not None
            ),
            None,
        )
        while node is not None and node.kind in _GOVERNING and node.kind != "do":
            if node.kind == "if" and not any(each.text == b"else" for each in node.children):
                return True
            node = node.children[-1]
        return False

    def _skipped(self, hunk: Hunk, covered: set[int]) -> Iterator[Gone]:
        """What dots stand for that go by themselves: all between their neighbours."""
        tokens = [token for token in flat(self.pattern.tokens) if token.mark != "+"]
        for position, token in enumerate(tokens):
            if token.mark != "-" or token.kind not in ("dots", "nest") or token.number in covered:
                continue
            if not any(token is each for each in flat(hunk.removed)):
                continue
            before = next(
                (self.pairs[t.number] for t in tokens[:position][::-1] if t.number in self.pairs),
                None,
            )
            behind = next(
                (self.pairs[t.number] for t in tokens[position + 1 :] if t.number in self.pairs),
                None,
            )
            if before is None or behind is None or before.end >= behind.start:
                continue
            gap = self.data[before.end : behind.start]
            if gap.strip():
                start = before.end + len(gap) - len(gap.lstrip())
                yield Gone(start, start + len(gap.strip()))

    def _statements_come(self, hunk: Hunk, left: Pair | None, right: Pair | None) -> bool:
        """Added statements, beside what the pattern has next to them."""
        before, after = _neighbour(hunk.left, left), _neighbour(hunk.right, right)
        choices = []
        if before is not None and not (hunk.right and self._is_label(before[0])):
            choices.append((*before, True, False))
        if after is not None:
            choices.append((*after, False, False))
        if before is not None:
            choices.append((*before, True, True))
        for token, pair, behind, last_resort in choices:
            node, place = self._beside(token, pair, behind=behind, last_resort=last_resort)
            if node is not None:
                self._put(hunk.added, node, place)
                return True
        return False

    def _is_label(self, token: Token) -> bool:
        return token.text == b":"

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
        element = self._element(node)
        if element is not None and token.text not in (b"{", b"}", b","):
            return (None, "") if behind else (element, "before")
        p = self.pattern.statements.get(token.number)
        if p is None and token.group is not None:
            found: Code | None = node
            while found is not None and found.kind not in STATEMENTS:
                found = found.parent
            return found, "behind" if behind else "before"
        if p is None:
            return None, ""
        if p.kind == "meta" and p.token.meta.is_list:
            nodes = self.state.env[p.token.meta.name].nodes
            if not nodes:
                return None, ""
            return (nodes[-1], "behind") if behind else (nodes[0], "before")
        return self._met(p), "behind" if behind else "before"

    def _element(self, node: Code) -> Code | None:
        """The element of an initialiser that a token is in."""
        for each in (node, *node.ancestors()):
            if each.parent is not None and each.parent.kind in ("init", "fields"):
                return each if each.kind != "declaration" else None
            if each.kind in STATEMENTS:
                return None
        return None

    def _put(self, added: Sequence[Token], node: Code, place: str) -> None:
        """Statements beside a node of the file.

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
        own, outer, levels = self._split(added)
        if outer:
            self._put_lines(own, node, place)
            around = _climbed(node, levels)
            if around is not None:
                self._put(outer, around, "behind")
            return
        self._put_lines(added, node, place)

    def _sibling(self, added: Sequence[Token], node: Code) -> Code:
        """What the added statements follow: the node itself, or a branch that it is the end of."""
        first = next(
            (
                found
                for token in added
                if (found := self.pattern.result_statements.get(token.number)) is not None
            ),
            None,
        )
        if first is None:
            return node
        before: Code | None = None
        siblings = first.parent.children if first.parent is not None else self.pattern.result or []
        for each in siblings:
            if each is first:
                break
            before = each
        else:
            return node  # it stands in a nest
        met = self._met(before) if before is not None and before.kind in _GOVERNING else None
        if met is not None and met.start <= node.start and node.end <= met.end:
            return met
        return node

    def _is_brace(self, token: Token, text: bytes) -> bool:
        """True for a brace that is added to a branch or a loop, without its other half."""
        leaf = self.pattern.results.get(token.number)
        if token.text != text or leaf is None or leaf.parent is None or leaf.parent.parent is None:
            return False
        return leaf.parent.kind == "block" and leaf.parent.parent.kind in _GOVERNING

    def _wrap(self, inner: Sequence[Token], node: Code, place: str) -> None:
        indent = self._indent(_outermost_if(node.parent or node).start)
        text = self.render(inner, node.start, indent + b"\t")
        self.changes.puts.append(Put(node, node.start, node.end, place, text, indent))

    def _split(self, added: Sequence[Token]) -> tuple[Sequence[Token], Sequence[Token], int]:
        """The statements of the first one's list, those further out, and how far out that is."""
        first: Code | None = None
        position = 0
        numbers = {token.number for token in added}
        while position < len(added):
            node = self.pattern.result_statements.get(added[position].number)
            if node is None or not _numbers(node) <= numbers:
                position += 1
                continue
            if first is None:
                first = node
            elif node.parent is not first.parent:
                levels = _levels(first, node)
                if levels:
                    return added[:position], added[position:], levels
            position += len(_numbers(node))
        return added, (), 0

    def _put_lines(
        self,
        added: Sequence[Token],
        node: Code,
        place: str,
        origin: int = -1,
        *,
        flat: bool = False,
    ) -> None:
        wraps = _braces(added) != 0
        indent = self._indent_of(node)
        if place in ("first", "last"):
            indent = self._inner_indent(node)
        elif place == "behind" and node.kind in ("label", "case", "default"):
            indent = self._next_indent(node) or indent + b"\t"
        elif place == "before" and node.kind in ("function", "declaration") and _is_top(node):
            indent = b""
        text = self.render(added, node.start, indent, flat=flat)
        lead = trail = 0
        if place in ("behind", "first"):
            lead = added[0].gap.partition(b"/")[0].count(b"\n") - 1
        trail = added[-1].trail.count(b"\n")
        self.changes.puts.append(
            Put(node, node.start, node.end, place, text, indent, max(0, lead), trail, origin, wraps)
        )

    def _indent_of(self, node: Code) -> bytes:
        """The indent of a statement's line; that of the line it gets, if it is a body on the line
        of its branch."""
        line = self.data[self._line_start(node.start) : node.start]
        if is_body(node) and line.strip() and node.parent is not None:
            return self._indent(_outermost_if(node.parent).start) + b"\t"
        return self._indent(node.start)

    def _inner_indent(self, brace: Code) -> bytes:
        """The indent of the statements in the block of a brace."""
        block = brace.parent
        if block is not None:
            for each in block.children:
                if each.kind in STATEMENTS and each.kind not in ("label", "case", "default"):
                    line = self.data[self._line_start(each.start) : each.start]
                    if not line.strip():
                        return line
        return self._indent(block.start if block is not None else brace.start) + b"\t"

    def _next_indent(self, label: Code) -> bytes:
        siblings = label.parent.children if label.parent is not None else []
        at = next((n for n, each in enumerate(siblings) if each is label), len(siblings))
        for each in siblings[at + 1 :]:
            line = self.data[self._line_start(each.start) : each.start]
            if each.kind in STATEMENTS and not line.strip():
                return line
            break
        return b""

    # -------------------------------------------------------------------- rendering

    def render(
        self,
        added: Sequence[Token],
        at: int,
        indent: bytes | None = None,
        *,
        flat: bool = False,
    ) -> Written:
        """The text of added tokens, as it stands at an offset; lines begin with `indent`.

        With `flat` the line breaks of the patch are none: its tokens are of different lines.
        """
        made = Builder()
        if not added:
            return made.written()
        own = indent is not None
        if indent is None:
            indent = self._indent(at)
        depths = self.pattern.depths
        numbers = [depths[each.number] for each in added if each.number in depths]
        base = depths.get(added[0].number, min(numbers, default=0))
        column = width(self.data[self._line_start(at) : at]) if not own else width(indent)
        opened: list[int] = []
        skips = self._empty_lists(added)
        previous: Token | None = None
        for token in added:
            if token.number in skips:
                continue
            depth = depths.get(token.number)
            if depth is not None:
                lead = indent + b"\t" * max(0, depth - base)
            elif opened:
                lead = indent_to(opened[-1])
            else:
                lead = indent + b"\t"
            if token.kind == "comment" or token.kind == "directive":
                lead = indent if depth is None else lead
            if flat and previous is not None and b"\n" in token.gap:
                made.add(self._space(previous, token))
            else:
                self._gap(made, token, previous, lead)
            if token.kind == "directive":
                if made.line().strip():
                    made.add(self.newline)
                elif made.out and not made.out.endswith(b"\n"):
                    del made.out[made.out.rfind(b"\n") + 1 :]
                text = filled(token.text, self.state.env, [each.name for each in token.holes])
                if text is None:
                    raise CannotSpliceError("unbound", 0, token.text.decode(errors="replace"))
                made.add(text)
            elif token.kind != "comment":
                self._token(made, token, width(made.line(), 0 if b"\n" in made.out else column))
            here = width(made.line(), 0 if b"\n" in made.out else column)
            if token.kind == "op" and token.text in (b"(", b"["):
                opened.append(here)
            elif token.kind == "op" and token.text in (b")", b"]") and opened:
                opened.pop()
            previous = token
        return made.written()

    def _gap(self, made: Builder, token: Token, previous: Token | None, lead: bytes) -> None:
        """The white space and the comments before a token, as the patch has them."""
        gap = token.gap
        if previous is None:
            if b"/*" not in gap and b"//" not in gap:
                return
            gap = gap.lstrip(b"\n")
        lines = gap.split(b"\n")
        forced = previous is not None and previous.kind in ("directive", "comment")
        if previous is not None and self._opens_block(token) and not forced:
            made.add(b" ")
            return
        if len(lines) == 1 and previous is not None and not forced:
            bare = gap.strip()
            if bare:
                made.add(b" " + bare + (b" " if token.kind != "comment" else b""))
            elif self._follows_brace(previous, token):
                made.add(self.newline + lead)
            else:
                made.add(gap)
            return
        if lines[0].strip():
            made.add((b" " if made else b"") + lines[0].strip())
            if previous is None or forced:
                made.add(
                    b"" if token.kind == "comment" and len(lines) == 1 else self.newline + lead
                )
                if len(lines) == 1:
                    return
        middle = lines[1:-1]
        for line in middle:
            if made:
                made.add(self.newline)
            if line.strip():
                star = b" " if line.strip().startswith(b"*") else b""
                made.add((lead if made else b"") + star + line.strip())
        last = lines[-1].strip()
        if made and not (previous is None and not middle and not lines[0].strip()):
            is_begun = made.out.endswith(self.newline + lead) and lead
            if not (token.kind == "comment" and not last) and not is_begun:
                made.add(self.newline + lead)
        if last:
            star = b" " if last.startswith(b"*/") else b""
            made.add(star + last)
            if token.kind != "comment":
                made.add(b" ")

    def _opens_block(self, token: Token) -> bool:
        """True for the brace of a branch or a loop: it stands at the end of the line."""
        leaf = self.pattern.results.get(token.number)
        if leaf is None or leaf.text != b"{" or leaf.parent is None or leaf.parent.kind != "block":
            return False
        outer = leaf.parent.parent
        return outer is not None and outer.kind in (
            "if",
            "while",
            "for",
            "do",
            "switch",
            "iterator",
        )

    def _follows_brace(self, previous: Token, token: Token) -> bool:
        """True for the first token in a block whose braces are on other lines."""
        leaf = self.pattern.results.get(previous.number)
        if leaf is None or leaf.text != b"{" or leaf.parent is None or leaf.parent.kind != "block":
            return False
        closing = leaf.parent.children[-1].token
        return token.text != b"}" and (closing is None or closing.line != previous.line)

    def _token(self, made: Builder, token: Token, column: int) -> None:
        """A token's text: that of the file for a hole, in parentheses where it has to be."""
        meta = token.meta
        key = (self.key, token.number)
        if meta is None:
            made.add(token.text, key)
            return
        if meta.sort == "fresh identifier":
            made.add(self._fresh(token), key)
            return
        binding = self.state.env.get(meta.name)
        if binding is None:
            raise CannotSpliceError("unbound", 0, meta.name)
        text, tightness = self._value(binding)
        text = self._reindented(text, binding, made.line(), column)
        leaf = self.pattern.results.get(token.number)
        if leaf is not None and binding.kind == "code" and tightness < self._required(leaf):
            around = Builder()
            around.add(b"(")
            around.put(text, key)
            around.add(b")")
            made.put(around.written(), key)
        else:
            made.put(text, key)

    def _reindented(self, text: Written, binding: Binding, line: bytes, column: int) -> Written:
        """Statements that move take the indents of all their lines along."""
        if b"\n" not in text.text or not binding.nodes:
            return text
        if not all(node.kind in STATEMENTS for node in binding.nodes):
            return text
        by = column - width(self._indent(binding.nodes[0].start))
        if not by or line.strip():
            return text
        edits = []
        for match in re.finditer(rb"\n([ \t]*)(?=[^\s#])", text.text):
            new = indent_to(max(0, width(match[1]) + by))
            edits.append(TextEdit(Span(match.start(1), match.end(1)), new))
        return relaid(text, EditSet(edits))

    def _value(self, binding: Binding) -> tuple[Written, int]:
        if binding.nodes and binding.kind != "type":
            start, end = binding.nodes[0].start, binding.nodes[-1].end
            return self.rewritten(start, end), self.levels.get((start, end), binding.level)
        return Written(binding.text), binding.level

    def _empty_lists(self, added: Sequence[Token]) -> set[int]:
        """Lists that are empty here, each with a comma that would be too many."""
        found: set[int] = set()
        for position, token in enumerate(added):
            if token.meta is None or not token.meta.is_list:
                continue
            binding = self.state.env.get(token.meta.name)
            if binding is None or binding.key:
                continue
            found.add(token.number)
            around = (
                (added[position + 1] if position + 1 < len(added) else None),
                (added[position - 1] if position else None),
            )
            comma = next((one for one in around if one is not None and one.text == b","), None)
            if comma is not None and comma.number not in found:
                found.add(comma.number)
        return found

    def _fresh(self, token: Token) -> bytes:
        found = b""
        assert token.meta is not None
        for kind, value in token.meta.fresh:
            if kind == "text":
                found += value.encode()
            elif value in self.state.env:
                found += self.state.env[value].text
            else:
                raise CannotSpliceError("unbound", 0, value)
        return found or token.text

    def _space(self, one: Token, other: Token) -> bytes:
        """The white space that kernel style has between two tokens."""
        return b"" if self._is_prefix(one) else _space(one.text, other.text)

    # -------------------------------------------------------------------- grouping

    def _parentheses(self, hunks: Sequence[Hunk]) -> None:
        """Parentheses around what stays, where it stands among other operators now."""
        gone = {token.number for hunk in hunks for token in hunk.removed}
        for number, leaf in self.pattern.leaves.items():
            if leaf.kind != "meta" or number in gone or number not in self.pairs:
                continue
            after = self.pattern.results.get(number)
            pair = self.pairs[number]
            if after is None or pair.node is None or pair.node.kind not in EXPRESSIONS:
                continue
            tight = self.levels.get((pair.start, pair.end), level(pair.node))
            if tight < self._required(after) and tight >= self._required(leaf):
                self.changes.pieces.append(
                    Piece(pair.start, pair.start, Written(b"("), OPEN, (pair.start, pair.end))
                )
                self.changes.pieces.append(
                    Piece(pair.end, pair.end, Written(b")"), CLOSE, (pair.start, pair.end))
                )

    def _around(self) -> None:
        """Parentheses around the whole result, where it is an operand."""
        for before, after in self._roots():
            if self.pattern.states.get(id(before)) == CONTEXT:
                continue
            node = self._root_node(before)
            if node is None:
                continue
            tight = self._tightness(after)
            self.roots[node.start, node.end] = tight
            self.anchors.append(node)
            if node.parent is None:
                continue
            if tight < required(node):
                self.changes.pieces.append(
                    Piece(
                        node.start, node.start, Written(b"("), AROUND_OPEN, (node.start, node.end)
                    )
                )
                self.changes.pieces.append(
                    Piece(node.end, node.end, Written(b")"), AROUND_CLOSE, (node.start, node.end))
                )

    def _roots(self, *, nests: bool = False) -> Iterator[tuple[Code, Code]]:
        """Expressions of the pattern that become others as a whole; or only those in nests."""
        result = self.pattern.result
        if result is None or len(self.pattern.items) != len(result):
            return
        stack = [(*both, not nests) for both in zip(self.pattern.items, result, strict=True)]
        while stack:
            before, after, counts = stack.pop()
            inner: Sequence[tuple[Code, Code]] = ()
            if before.kind in ("disj", "conj", "seq") and after.kind == before.kind:
                if before.kind != "seq" or len(before.children) == len(after.children):
                    inner = list(zip(before.children, after.children, strict=False))
            elif before.kind in EXPRESSIONS or before.kind == "meta":
                if counts:
                    yield before, after
            elif before.kind == "nest" and after.kind == "nest":
                counts = True
                one, other = before.token.group.items, after.token.group.items
                if len(one) == len(other):
                    inner = list(zip(one, other, strict=True))
            elif before.kind == after.kind and len(before.children) == len(after.children):
                inner = list(zip(before.children, after.children, strict=True))
            stack += [(*both, counts) for both in inner]

    def _root_node(self, p: Code) -> Code | None:
        """The node of the file that a node of the pattern has met."""
        numbers = [leaf.token.number for leaf in p.leaves() if leaf.token is not None]
        found = [self.pairs[each] for each in numbers if each in self.pairs]
        found = [each for each in found if each.node is not None]
        if not found:
            return None
        start, end = min(each.start for each in found), max(each.end for each in found)
        node = next(each.node for each in found if each.node is not None)
        for each in (node, *node.ancestors()):
            if each.start <= start and each.end >= end:
                # The outermost expression with the same bytes is what stands in the slot.
                best = each
                while (
                    best.parent is not None
                    and best.parent.start == best.start
                    and best.parent.end == best.end
                    and best.parent.kind in EXPRESSIONS
                ):
                    best = best.parent
                return best if best.start == start and best.end == end else None
        return None

    def _required(self, leaf: Code) -> int:
        """How tightly what stands in the place of a leaf has to hold together."""
        parent = leaf.parent
        if parent is not None and parent.kind == "binary":
            own = self._tightness(parent)
            return own if parent.children[0] is leaf else own + 1
        return required(leaf)

    def _tightness(self, after: Code) -> int:
        if after.kind == "binary" and after.children[1].kind == "meta":
            bound = self.state.env.get(after.children[1].token.meta.name)
            return LEVELS.get(bound.text, COMMA) if bound is not None else COMMA
        if after.kind in ("disj", "conj", "seq"):
            return 20
        if after.kind == "meta":
            binding = self.state.env.get(after.token.meta.name)
            if binding is None or binding.kind != "code":
                return 20
            if binding.nodes and binding.kind != "type":
                start, end = binding.nodes[0].start, binding.nodes[-1].end
                return self.levels.get((start, end), binding.level)
            return binding.level
        if after.kind in ("dots", "nest"):
            return 20
        return level(after)

    # -------------------------------------------------------------------- what is meant

    def _alters(self) -> None:
        for p in self.pattern.changing:
            node = self._met(p)
            if node is not None:
                self.altered.add(id(node))

    def _expect(self) -> None:
        """Note each node of the result, to be found again in the new text."""
        for item in self.pattern.result or ():
            for node in item.walk():
                if node.kind in _CHECKED and node.children:
                    want = self._want(node)
                    if want is not None:
                        self.wants.append(want)
                elif node.kind == "meta" and node.token is not None:
                    self._expect_binding(node)
                if node.kind in ("block", "seq"):
                    self._expect_list(node.children)
        self._expect_list(self.pattern.result or ())

    def _want(self, node: Code) -> Want | None:
        first, last = self._end(node, 0), self._end(node, -1)
        return Want(node.kind, first, last) if first is not None and last is not None else None

    def _expect_binding(self, node: Code) -> None:
        """What a hole stands for is one node where it has moved, as it was before."""
        binding = self.state.env.get(node.token.meta.name)
        if binding is None or binding.kind != "code" or len(binding.nodes) != 1:
            return
        found = binding.nodes[0]
        if found.kind not in _CHECKED or (found.start, found.end) in self.levels:
            return
        key = self._end(node, 0)
        if isinstance(key, tuple):
            self.wants.append(Want(found.kind, key, key))
        elif key == found.start:
            self.wants.append(Want(found.kind, found.start, found.end))

    def _expect_list(self, nodes: Sequence[Code]) -> None:
        for one, other in pairwise(nodes):
            if one.kind not in STATEMENTS or other.kind not in STATEMENTS:
                continue
            first, second = self._want(one), self._want(other)
            if first is not None and second is not None:
                self.neighbours.append((first, second))

    def _end(self, node: Code, at: int) -> object:
        while node.children:
            node = node.children[at]
        token = node.token
        if token is None or token.kind in ("dots", "nest", "group"):
            return None
        number = token.number
        number = self.pattern.kept_as.get(number, number)
        pair = self.pairs.get(number)
        if pair is not None and token.mark != "+":
            return (pair.start if at == 0 else pair.end) if pair.end > pair.start else None
        if pair is not None and number != token.number and not self.is_other:
            return (pair.start if at == 0 else pair.end) if pair.end > pair.start else None
        return (self.key, token.number)

    # -------------------------------------------------------------------- indentation

    def _reindent(self) -> None:
        for number, levels in self.pattern.shifts.items():
            pair = self.pairs.get(number)
            if pair is None or pair.end <= pair.start:
                continue
            node = self.pattern.statements.get(number)
            end = pair.end
            if node is not None:
                for leaf in node.leaves():
                    if leaf.token is not None and leaf.token.number in self.pairs:
                        end = max(end, self.pairs[leaf.token.number].end)
            self.changes.shifts.append((pair.start, end, levels))

    def _line_start(self, offset: int) -> int:
        return self.data.rfind(b"\n", 0, offset) + 1

    def _indent(self, offset: int) -> bytes:
        return indent_of(self.data[self._line_start(offset) : offset])


# ---------------------------------------------------------------------------- helpers

_CHECKED = frozenset(
    ("call", "subscript", "member", "unary", "postfix", "cast", "binary", "assign", "cond",
     "comma", "paren", "sizeof", "expr_stmt", "if", "while", "do", "for", "switch", "return",
     "goto", "block")
)  # fmt: skip
"""What the parser and the patterns call by the same name, whatever is in it."""

_GOVERNING = ("if", "while", "for", "do", "iterator")
_WORDS = ("identifier", "idexpression", "symbol", "function")

_TIGHT_BEFORE = (b",", b";", b")", b"]", b"->", b".", b"++", b"--", b"(", b"[")
_BEHIND = (b",", b"->", b".", b"[", b"(", b"++", b"--", b"+", b"-", b"*", b"/", b"|", b"&",
           b"^", b"&&", b"||", b"==", b"!=", b"<", b">", b"=", b"?", b":", b"<<", b">>",
           b"%")  # fmt: skip


def _neighbour(token: Token | None, pair: Pair | None) -> tuple[Token, Pair] | None:
    """A token that stays, with what it has met; None for dots and where nothing is there."""
    if token is None or pair is None or pair.node is None or token.kind in ("dots", "nest"):
        return None
    return token, pair


def _numbers(node: Code) -> set[int]:
    return {leaf.token.number for leaf in node.leaves() if leaf.token is not None}


def _levels(first: Code, other: Code) -> int:
    """How many branches and loops a statement is inside of that another one is behind."""
    count = 0
    node: Code | None = first.parent
    while node is not None:
        if node.kind in _GOVERNING:
            count += 1
        if node.parent is other.parent:
            return count
        node = node.parent
    return 0


def _climbed(node: Code, levels: int) -> Code | None:
    """The branch or loop that many levels around a statement."""
    found: Code | None = node
    while found is not None and levels:
        found = found.parent
        if found is not None and found.kind in _GOVERNING:
            levels -= 1
    return found


def _braces(tokens: Sequence[Token]) -> int:
    return sum((each.text == b"{") - (each.text == b"}") for each in tokens)


def _outermost_if(node: Code) -> Code:
    """The statement at whose indent the braces of a branch are: for `else if` that of the `if`."""
    while (
        node.kind == "if"
        and node.parent is not None
        and node.parent.kind == "if"
        and node.parent.parts[-1] is node
    ):
        node = node.parent
    return node


def _around(hunk: Hunk) -> list[Token]:
    """The tokens that a hunk is about, or, if it only adds, those that it is between."""
    if hunk.removed:
        return list(flat(hunk.removed))
    return [each for each in (hunk.left, hunk.right) if each is not None] + list(hunk.added)


def _is_skip(token: Token | None) -> bool:
    return token is not None and token.kind in ("dots", "nest")


def _is_top(node: Code) -> bool:
    return node.parent is None or node.parent.kind in ("file", "group")


def _is_blank(text: bytes) -> bool:
    return not text.strip(b" \t\r\n\f\v\\")


def _opens(data: bytes, offset: int) -> bool:
    before = data[max(0, offset - 200) : offset].rstrip()
    return before[-1:] in (b"(", b"[", b"{")


def _closes(data: bytes, offset: int) -> bool:
    behind = data[offset : offset + 200].lstrip()
    return behind[:1] in (b")", b"]", b"}", b";", b",")


def _gap(token: Token, before: Token | None, default: bytes, gap: bytes | None = None) -> bytes:
    """The white space before a token as the patch has it, if it stands in one line there."""
    gap = token.gap if gap is None else gap
    if b"\n" in gap or b"/" in gap:
        if before is None:
            return default
        return _space(before.text, token.text)
    return gap


def _space(left: bytes, right: bytes) -> bytes:
    """The white space that kernel style has between two tokens."""
    if left in (b"(", b"[", b"!", b"~", b"->", b".") or right in _TIGHT_BEFORE:
        return b""
    return b" "


def _joined(data: bytes, removed: Sequence[Pair]) -> list[tuple[int, int]]:
    """The spans of removed tokens, joined where only white space is between them."""
    spans: list[tuple[int, int]] = []
    for pair in sorted(removed, key=lambda each: (each.start, each.end)):
        if spans and pair.start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], pair.end))
        elif spans and _is_blank(data[spans[-1][1] : pair.start]):
            spans[-1] = (spans[-1][0], pair.end)
        else:
            spans.append((pair.start, pair.end))
    return spans


def _merged(gone: Sequence[Gone], data: bytes) -> list[Gone]:
    """What goes in order, without what is inside of something else that goes."""
    found: list[Gone] = []
    for each in sorted(gone, key=lambda one: (one.start, -one.end)):
        if found and each.end <= found[-1].end:
            continue
        found.append(each)
    return found


__all__ = ["CannotSpliceError", "Splicer", "Want"]
