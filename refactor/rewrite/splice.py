"""From a match to text edits: what goes, what comes, and how it sits in its lines.

Every level of nested matches is rewritten: the text of a binding that moves is taken with the edits
inside of it already made. Parentheses are put where the result would group otherwise, and nowhere
else; this is known from the trees of both sides, not from the look of the text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from refactor.c.code import (
    EXPRESSIONS,
    STATEMENTS,
    Code,
    is_confusing,
    level,
    required,
)
from refactor.pattern.binding import State
from refactor.pattern.compile import CONTEXT, Pattern
from refactor.pattern.hunks import Hunk
from refactor.pattern.statements import BRANCHES
from refactor.pattern.tokens import REMOVED, Token, flat
from refactor.rewrite.between import apart, in_one_branch
from refactor.rewrite.bodies import is_body
from refactor.rewrite.changes import CannotSpliceError, Changes
from refactor.rewrite.declared import line_behind
from refactor.rewrite.indents import skipped
from refactor.rewrite.inline import Inline
from refactor.rewrite.lines import Lines
from refactor.rewrite.meant import Meant, Want
from refactor.rewrite.ordered import without_known
from refactor.rewrite.path import Path, numbers_of
from refactor.rewrite.render import Renderer
from refactor.rewrite.stars import stars_of_others
from refactor.rewrite.unbraced import unbraced
from refactor.rewrite.written import AROUND_CLOSE, AROUND_OPEN, CLOSE, OPEN, Piece, Written


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
        self.path = Path(self.data, self.pattern, state)
        if self._is_claimed():
            return
        self._claim()
        self.renderer = Renderer(self.path, self.rewritten, self.levels, self.newline)
        self.inline = Inline(self.path, self.renderer, self.changes)
        self.lines = Lines(self.path, self.renderer, self.changes)
        hunks = [without_known(hunk, self.path) for hunk in self._hunks()]
        in_one_branch(self.path, {token.number for hunk in hunks for token in _around(hunk)})
        self._no_second_name()
        self.changes.pieces += stars_of_others(self.path)
        apart = self.lines.taken_apart()
        for hunk in hunks:
            if not any(token.number in apart for token in _around(hunk)):
                self._hunk(hunk)
        self.changes.pieces += line_behind(self.path, self.newline)
        self._unwrap()
        if not self.path.is_other:
            self._parentheses(hunks)
        self._reindent()
        self._around()
        self._alters()
        Meant(self.path, self.levels, self.wants, self.neighbours).expect()

    def _hunks(self) -> Sequence[Hunk]:
        """What changes. A declaration with a type that stands on both sides of the name, and does
        not stay as it is, goes as a whole and comes again."""
        declared = [
            node
            for item in self.pattern.items
            for node in item.walk()
            if node.kind == "declaration" and self._is_around(node)
        ]
        changing = [
            node for node in declared if self.pattern.states.get(id(node), CONTEXT) != CONTEXT
        ]
        if changing:
            self.path.is_other = True
        hunks: Sequence[Hunk]
        hunks = self.pattern.whole_hunks if self.path.is_other else self.pattern.hunks
        for node in changing:
            if not any(numbers_of(node) <= _numbers(hunk.removed) for hunk in hunks):
                hunks = self._as_a_whole(node, hunks)
        return hunks

    def _is_around(self, declaration: Code) -> bool:
        return any(
            b"[]" in value.key
            for part in declaration.parts
            if part.kind == "type"
            for leaf in part.children
            if leaf.kind == "meta"
            and (value := self.path.state.env.get(leaf.token.meta.name)) is not None
        )

    def _as_a_whole(self, node: Code, hunks: Sequence[Hunk]) -> Sequence[Hunk]:
        """The hunks with one for all of a declaration in the place of those inside of it."""
        numbers = numbers_of(node)
        met = self.path.met(node)
        after = next(
            (
                outer
                for number in sorted(numbers)
                if number in self.pattern.results
                for outer in self.pattern.results[number].ancestors()
                if outer.kind == "declaration"
            ),
            None,
        )
        if after is None or met is None or len(node.parts) != len(met.parts):
            raise CannotSpliceError("array", self.path.somewhere())
        if any(each.kind in ("init_decl", "bit_decl") for each in (*node.parts, *met.parts)):
            raise CannotSpliceError("array", self.path.somewhere())
        removed = [leaf.token for leaf in node.leaves() if leaf.token is not None]
        added = [leaf.token for leaf in after.leaves() if leaf.token is not None]
        inner = [hunk for hunk in hunks if _is_inside(hunk, numbers)]
        if any(not _numbers(hunk.removed) <= numbers for hunk in inner):
            raise CannotSpliceError("array", self.path.somewhere())
        joined = [
            replace(token, gap=self.renderer.space(added[at - 1], token) if at else b"")
            for at, token in enumerate(added)
        ]
        whole = Hunk(None, None, removed, joined, None, True, [node], True, 1)
        return [*(hunk for hunk in hunks if hunk not in inner), whole]

    def _unwrap(self) -> None:
        """A list of statements that stays where one was needs braces, if that was a branch."""
        items, result = self.pattern.items, self.pattern.result
        if result is None or len(items) != 1 or len(result) != 1 or not items[0].children:
            return
        hole = result[0]
        if items[0].kind not in STATEMENTS or hole.kind != "meta" or not hole.token.meta.is_list:
            return
        binding = self.path.state.env.get(hole.token.meta.name)
        node = self.path.met(items[0])
        if binding is not None and node is not None and len(binding.nodes) != 1:
            self.changes.several.append(node)

    def _is_claimed(self) -> bool:
        """True if this hit of a nest lies on a word of a larger hit of the same nest."""
        for before, _ in self.path.roots(nests=True):
            node = self.path.root_node(before)
            if node is not None and (node.start, node.end) in self.claimed and not node.children:
                return True
        return False

    def _claim(self) -> None:
        for number, leaf in self.pattern.leaves.items():
            pair = self.path.pairs.get(number)
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

    def is_in_hole(self, start: int, end: int) -> bool:
        """True if a span is in what a hole for an expression, or dots, stands for."""
        return any(low <= start and end <= high for low, high in self.holes)

    def _hunk(self, hunk: Hunk) -> None:
        first, *others = apart(self.path, hunk.removed)
        if others:
            # What comes takes the place of the first one; the others go by themselves.
            self._hunk(replace(hunk, removed=first, right=None, units=[]))
            for each in others:
                self._hunk(replace(hunk, removed=each, added=[], left=None, right=None, units=[]))
            return
        self.inline.owner = self.path.owner(hunk)
        tokens = list(flat(hunk.removed))
        pairs = self.path.pairs
        removed = [pairs[each.number] for each in tokens if each.number in pairs]
        removed = [each for each in removed if each.end > each.start or each.node is not None]
        if hunk.removed and not any(each.number in pairs for each in tokens):
            return
        left = self.path.edge(hunk.left, last=True)
        right = self.path.edge(hunk.right, last=False)
        if (not removed and left is None and right is None) or not hunk:
            return
        if unbraced(self.path, self.renderer, self.changes, hunk):
            return
        if not removed and left is None and hunk.left is not None and hunk.left.optional:
            return  # what comes behind an optional line comes with it
        if hunk.by_lines and self.lines.by_lines(hunk, removed, left, right):
            return
        if not removed and any(each.kind in ("dots", "nest") for each in tokens) and not hunk.added:
            return
        if hunk.by_lines and not removed and right is None and _is_skip(hunk.left):
            return  # a hit of a nest by itself, without what is behind the nest
        self.inline.inline(hunk, removed, left, right)

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
                value = self.path.state.env.get(token.meta.name)
                if value is not None and b"*" in value.key:
                    raise CannotSpliceError("array", self.path.somewhere())

    def _parentheses(self, hunks: Sequence[Hunk]) -> None:
        """Parentheses around what stays, where it stands among other operators now."""
        gone = {token.number for hunk in hunks for token in hunk.removed}
        for number, leaf in self.pattern.leaves.items():
            if leaf.kind != "meta" or number in gone or number not in self.path.pairs:
                continue
            after = self.pattern.results.get(number)
            pair = self.path.pairs[number]
            if after is None or pair.node is None or pair.node.kind not in EXPRESSIONS:
                continue
            tight = self.levels.get((pair.start, pair.end), level(pair.node))
            inner, operator = pair.node, self.renderer.operator
            is_confusing_now = (
                (pair.start, pair.end) not in self.levels
                and is_confusing(operator(inner), operator(after.parent))
                and not is_confusing(operator(inner), operator(leaf.parent))
            )
            if is_confusing_now or (
                tight < self.renderer.required(after) and tight >= self.renderer.required(leaf)
            ):
                if after.parent is not None and after.parent.kind == "strings":
                    raise CannotSpliceError("string", pair.start)
                self.changes.pieces.append(
                    Piece(pair.start, pair.start, Written(b"("), OPEN, (pair.start, pair.end))
                )
                self.changes.pieces.append(
                    Piece(pair.end, pair.end, Written(b")"), CLOSE, (pair.start, pair.end))
                )

    def _around(self) -> None:
        """Parentheses around the whole result, where it is an operand."""
        for before, after in self.path.roots():
            if self.pattern.states.get(id(before)) == CONTEXT:
                continue
            node = self.path.root_node(before)
            if node is None:
                continue
            tight = self.renderer.tightness(after)
            self.roots[node.start, node.end] = tight
            self.anchors.append(node)
            if node.parent is None:
                continue
            operator = self.renderer.operator
            if tight < required(node) or is_confusing(operator(after), operator(node.parent)):
                self.changes.pieces.append(
                    Piece(
                        node.start, node.start, Written(b"("), AROUND_OPEN, (node.start, node.end)
                    )
                )
                self.changes.pieces.append(
                    Piece(node.end, node.end, Written(b")"), AROUND_CLOSE, (node.start, node.end))
                )

    def _alters(self) -> None:
        for p in self.pattern.changing:
            node = self.path.met(p)
            if node is not None:
                self.altered.add(id(node))

    def _reindent(self) -> None:
        holes = {
            number: 0
            for number, node in self.pattern.statements.items()
            if node.kind == "meta" and number in self.pattern.results
        }
        for number, levels in {**holes, **self.pattern.shifts}.items():
            pair = self.path.pairs.get(number)
            if pair is None or pair.end <= pair.start:
                self.changes.shifts += skipped(self.path, number, levels)
                continue
            node = self.pattern.statements.get(number)
            end = pair.end
            if node is not None and self.pattern.leaves[number].text != b"}":
                for leaf in node.leaves():
                    if leaf.token is not None and leaf.token.number in self.path.pairs:
                        end = max(end, self.path.pairs[leaf.token.number].end)
                levels += self._stays_deep(node) if levels else 0
            is_block = self.data[pair.start : pair.start + 1] == b"{"
            if (levels < 0 or is_block) and self._is_at_head(pair.start, number):
                levels += 1
            if levels:
                self.changes.shifts.append((pair.start, end, levels))

    def _is_at_head(self, start: int, number: int) -> bool:
        """True for a body that begins on the line of its branch: it is no deeper than that. So are
        a block, unless it is one of a branch afterwards as well, and the `if` behind an `else`."""
        after = self.pattern.results.get(number)
        around = after.parent if after is not None else None
        if self.data[start : start + 1] == b"{" and around is not None and around.kind in _HEADS:
            return False
        return bool(self.data[self.path.line_start(start) : start].strip())

    def _stays_deep(self, node: Code) -> int:
        """One level for the body of a branch that loses its braces: it is a body without them."""
        block = node.parent
        first = next(node.leaves()).token
        after = self.pattern.result_statements.get(first.number if first is not None else -1)
        if block is None or block.kind != "block":
            return 0
        if block.parent is not None and after is not None and after.parent is None:
            return 0  # it is no body any more
        branch = block.parent if block.parent is not None else block
        goes = [next(each.leaves()).token for each in (block, branch)]
        kept = self.pattern.kept_as.values()
        is_gone = [each.mark == REMOVED and each.number not in kept for each in goes]
        if not is_gone[0] or (is_gone[1] and branch.kind in BRANCHES - {"block"}):
            return 0
        met = self.path.met(block)
        return 1 if met is not None and is_body(met) else 0


_WORDS = ("identifier", "idexpression", "symbol", "function")
_HEADS = BRANCHES - {"block", "function"}


def _is_inside(hunk: Hunk, numbers: set[int]) -> bool:
    """True if a hunk takes some tokens, or adds between two of them."""
    if hunk.removed:
        return bool(_numbers(hunk.removed) & numbers)
    return all(each is not None and each.number in numbers for each in (hunk.left, hunk.right))


def _numbers(tokens: Sequence[Token]) -> set[int]:
    return {token.number for token in flat(tokens)}


def _around(hunk: Hunk) -> list[Token]:
    """The tokens that a hunk is about, or, if it only adds, those that it is between."""
    if hunk.removed:
        return list(flat(hunk.removed))
    return [each for each in (hunk.left, hunk.right) if each is not None] + list(hunk.added)


def _is_skip(token: Token | None) -> bool:
    return token is not None and token.kind in ("dots", "nest")
