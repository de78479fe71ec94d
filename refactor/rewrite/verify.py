"""What is written parses to what was meant.

The intended result is known as a tree: the pattern's result with its bindings, inside of what was
around the match before. The new text is parsed, and each node that is meant is looked for: at these
bytes, of this kind. What is checked:

- no item has more errors than before, and no `else` has lost its `if`;
- each node of the pattern's result, and each binding that moved, is a node of its kind in the new
  tree, from its first token to its last one; so nothing groups otherwise than it was meant;
- what was around a match is around it still: every expression and statement up to the function is
  there, of the same kind, with the same ends;
- statements that are to follow one another are in one list;
- what is assigned to, or whose address is taken, has not become a value;
- a declaration that comes is the only one of its name, and captures none;
- no token has grown together with a neighbour, and no comment has begun where none was.

One comparison takes the place of a special rule for each operator and each kind of statement: where
a rule is forgotten, the match is refused, with its place, instead of written wrong.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from refactor.c.code import (
    EXPRESSIONS,
    STATEMENTS,
    VALUES,
    Code,
    level,
    needs_lvalue,
    required,
)
from refactor.c.convert import convert_top
from refactor.c.lexical import code_only, covering
from refactor.c.syntax import Node, SourceFile, errors_in
from refactor.match.sites import Site
from refactor.rewrite.bodies import CONTROLS
from refactor.rewrite.layout import Text
from refactor.rewrite.meant import Want
from refactor.rewrite.merge import Done
from refactor.rewrite.names import TWICE, wrong_names
from refactor.rewrite.reread import readings, touched_by
from refactor.rewrite.seams import wrong_seams


@dataclass(frozen=True, slots=True)
class Unsound:
    """Matches one of which makes the new text other than it was meant; `offset` is of the file."""

    suspects: tuple[Site, ...]
    offset: int
    note: str


def unsound(
    source: SourceFile, text: Text, done: Sequence[Done], iterators: Iterable[bytes] = ()
) -> list[Unsound]:
    """What is wrong with a new text; nothing if it is what was meant."""
    # What is told most quickly comes first: what is there then is there in any other reading, too.
    # Only where something is missing, the next one has to decide.
    found: list[Unsound] = []
    touched = touched_by(text)
    for new, details in readings(source, text, [each.site for each in done], touched):
        check = _Check(source, text, done, new, touched, frozenset(iterators), details=details)
        found = list(check.run())
        if not found:
            break
    return found


class _Check:
    def __init__(
        self,
        source: SourceFile,
        text: Text,
        done: Sequence[Done],
        new: SourceFile,
        touched: Sequence[int],
        iterators: frozenset[bytes],
        *,
        details: bool,
    ) -> None:
        self.source = source
        self.text = text
        self.done = done
        self.after = text.written.text
        self.code = code_only(self.after)
        self.touched = touched
        self.new = new
        root = convert_top(self.new, iterators, None if details else touched, touched)
        self.origin = text.origin()
        self.nodes: dict[tuple[int, int], list[Code]] = {}
        self.items = list(_touched_items(root, touched))
        self.declarations: list[Code] = []
        for item in self.items:
            for node in item.walk():
                if node.children:
                    self.nodes.setdefault((node.start, node.end), []).append(node)
                    if node.kind == "declaration":
                        self.declarations.append(node)
        self.ends_of: dict[int, list[int]] = {}
        self.starts_of: dict[int, list[int]] = {}
        for start, end in self.nodes:
            self.ends_of.setdefault(start, []).append(end)
            self.starts_of.setdefault(end, []).append(start)
        self.places = text.places()

    def run(self) -> Iterator[Unsound]:
        yield from self._errors()
        yield from self._lost_else()
        seen: set[int] = set()
        for each in self.done:
            for want in each.wants:
                if not self._is_there(want):
                    yield Unsound((each.site,), each.site.start, want.kind)
                    break
            else:
                for first, second in each.neighbours:
                    if not self._are_beside(first, second):
                        yield Unsound((each.site,), each.site.start, "block")
                        break
        altered = {key for each in self.done for key in each.altered}
        anchors = {id(node) for each in self.done for node in each.anchors}
        known: dict[int, bool] = {}
        for each in self.done:
            for anchor in each.anchors:
                for node in _kept_around(anchor, anchors, altered, known):
                    if id(node) in seen:
                        break
                    seen.add(id(node))
                    if not self._stays(node):
                        yield Unsound(self._inside(node), each.site.start, node.kind)
                        break
        yield from self._values()
        yield from self._names()
        yield from self._seams()

    def _inside(self, node: Code) -> tuple[Site, ...]:
        """The matches that change something in a node."""
        return tuple(
            each.site
            for each in self.done
            if any(node.start <= one.start and one.end <= node.end for one in each.anchors)
        )

    # -------------------------------------------------------------------- errors

    def _errors(self) -> Iterator[Unsound]:
        after = _errors_around(self.new, self.touched)
        if not after:
            return
        before = {each.start_byte for each in errors_in(self.source.root)}
        for offset in after:
            if self._was_error(offset, before):
                continue
            item = self._item_of(offset)
            suspects = [
                each.site
                for each in self.done
                if item.start_byte <= self.places.start(each.site.start) <= item.end_byte
            ] or [each.site for each in self.done]
            yield Unsound(tuple(suspects), suspects[0].start, "error")
            return

    def _lost_else(self) -> Iterator[Unsound]:
        """An `else` that has lost its `if`: the parser takes `else f();` for a declaration."""
        if b"else" not in self.new.masked:
            return
        roots = {
            id(top): top
            for each in self.done
            for anchor in each.anchors
            for top in [anchor, *anchor.ancestors()][-1:]
        }
        before = {at for root in roots.values() for at in _elses(root, self.source.data)}
        for item in self.items:
            for at in _elses(item, self.after):
                if self.origin(at) not in before:
                    site = self._site_at(at)
                    yield Unsound((site,), site.start, "an else without its if")
                    return

    def _was_error(self, offset: int, before: set[int]) -> bool:
        """True for an error that was there already, or where nobody has looked before."""
        was = self.origin(offset)
        if was is None:
            previous = self.origin(offset - 1) if offset else None
            was = previous + 1 if previous is not None else None
        if was is None:
            return False
        if self.source.spans is not None and covering(list(self.source.spans), was) is None:
            return True
        return was in before

    def _item_of(self, offset: int) -> Node:
        children = self.new.root.children
        at = bisect_right(children, offset, key=lambda node: node.start_byte) - 1
        return children[max(0, at)]

    # -------------------------------------------------------------------- nodes

    def _is_there(self, want: Want) -> bool:
        starts, ends = self._starts(want.first), self._ends(want.last)
        if not starts or not ends:
            return True  # another match has written over it, and answers for it
        if min(starts) > max(ends):
            return True  # an isomorphism has exchanged its sides
        if isinstance(want.first, int) and not any(self._is_read(start) for start in starts):
            return True  # nothing was written near it
        for start in starts:
            for end in ends:
                if self._is_node(want.kind, start, end):
                    return all(map(_holds, self.nodes[start, end]))
        if want.kind == "assign" and any(
            self._initialises(start, end) for start in starts for end in ends
        ):
            return True
        if want.kind == "expr_stmt" and any(self._has_storage(end) for end in ends):
            return True
        if want.kind == "unary" and any(
            self._is_behind_cast(start, end) for start in starts for end in ends
        ):
            return True
        return want.kind in CONTROLS and any(
            self._ends_in_brace(want.kind, each) for each in starts
        )

    def _initialises(self, start: int, end: int) -> bool:
        """True if the name at one offset is initialised up to the other: `*x = e` of `T *x = e`."""
        return any(
            node.kind == "init_decl" and first <= start
            for first in self.starts_of.get(end, ())
            for node in self.nodes[first, end]
        )

    def _is_behind_cast(self, start: int, end: int) -> bool:
        """True for the operator of `(T)&x`, which is a sum or its kind to who does not know T."""
        return any(
            node.kind == "binary"
            and node.children[0].kind == "paren"
            and [each.kind for each in node.children[0].children[1:-1]] == ["ident"]
            and node.children[1].start == start
            for first in self.starts_of.get(end, ())
            for node in self.nodes[first, end]
        )

    def _is_read(self, offset: int) -> bool:
        """True in an item that something was written into."""
        at = bisect_right(self.items, offset, key=lambda item: item.start) - 1
        return at >= 0 and offset < self.items[at].end

    def _has_storage(self, end: int) -> bool:
        """True if something like `static DEFINE_MUTEX(x);` ends here."""
        return any(
            node.kind in ("expr_stmt", *_ALIKE["expr_stmt"])
            and node.children[0].kind in ("storage", "attr", "type")
            for start in self.starts_of.get(end, ())
            for node in self.nodes[start, end]
        )

    def _is_node(self, kind: str, start: int, end: int) -> bool:
        return any(
            node.kind == kind
            or node.kind in _ALIKE.get(kind, ())
            or (kind == "paren" and _is_cast_as_call(node))
            for node in self.nodes.get((start, end), ())
        )

    def _starts(self, key: object) -> list[int]:
        if isinstance(key, int):
            return self.places.starts(key)
        return [start for start, _ in self.places.written(key)]

    def _ends(self, key: object) -> list[int]:
        if isinstance(key, int):
            return self.places.ends(key)
        return [end for _, end in self.places.written(key)]

    def _node(self, want: Want) -> Code | None:
        for start in self._starts(want.first):
            for end in self._ends(want.last):
                for node in self.nodes.get((start, end), ()):
                    if node.kind in STATEMENTS:
                        return node
        return None

    def _are_beside(self, first: Want, second: Want) -> bool:
        one, other = self._node(first), self._node(second)
        if one is None or other is None:
            return True
        return one.parent is other.parent

    def _stays(self, node: Code) -> bool:
        """True if what was around a match is there, from end to end."""
        kind = node.kind
        if kind not in _AROUND:
            return True
        if kind == "paren" and node.parent is not None and node.parent.kind == "sizeof":
            return True  # `sizeof(x)` has parentheses of its own where x becomes a type
        starts, ends = self.places.starts(node.start), self.places.ends(node.end)
        if not starts or not ends:
            return True
        ends = [*ends, *(at for end in ends for at in self._before_comment(end))]
        if any(self._is_node(kind, start, end) for start in starts for end in ends):
            return True
        return kind in CONTROLS and any(self._ends_in_brace(kind, start) for start in starts)

    def _before_comment(self, end: int) -> Iterator[int]:
        """Where the code ends before a comment that has come with it."""
        found = re.search(rb"[ \t]*(/\*[^\n]*\*/|//[^\n]*)\Z", self.after[max(0, end - 400) : end])
        if found is not None and self.origin(end - 1) is None:
            yield end - len(found[0])

    def _ends_in_brace(self, kind: str, start: int) -> bool:
        """True for a branch that has got braces: it ends with one that was not there before."""
        for end in self.ends_of.get(start, ()):
            is_new = self.after[end - 1 : end] == b"}" and self.origin(end - 1) is None
            if is_new and self._is_node(kind, start, end):
                return True
        return False

    # -------------------------------------------------------------------- values

    def _values(self) -> Iterator[Unsound]:
        """Values that were written where a place is needed: `get(p) = 1`, `&get(p)`.

        A call that takes the place of another one may be a macro, as that must have been.
        """
        edges = {
            edge
            for mark in self.text.written.marks
            if isinstance(mark.key, tuple)
            for edge in (mark.start, mark.end)
        }
        for (start, end), nodes in self.nodes.items():
            if start not in edges and end not in edges:
                continue
            for node in nodes:
                if node.kind in VALUES and needs_lvalue(node):
                    site = self._site_at(start)
                    if site.node.kind != "call" or node.kind != "call":
                        yield Unsound((site,), site.start, _VALUE)

    def _names(self) -> Iterator[Unsound]:
        """Declarations that came where they may not be."""

        def is_written(offset: int) -> bool:
            return self.origin(offset) is None

        for offset, wrong, name in wrong_names(self.declarations, self.after, is_written):
            site = self._site_at(offset)
            # A rule about declarations may well turn two into one: the compiler will say so.
            if wrong != TWICE or site.node.kind != "declaration":
                yield Unsound((site,), site.start, f"{wrong}: {name}")

    def _seams(self) -> Iterator[Unsound]:
        """Every place where written text meets copied text is between two tokens."""
        for offset, wrong in wrong_seams(self.text, self.code):
            site = self._site_at(offset)
            yield Unsound((site,), site.start, wrong)

    def _site_at(self, border: int) -> Site:
        """The smallest match that has written at an offset of the new text.

        Lines that come stand beside their match, not in it.
        """

        def distance(site: Site) -> tuple[int, int]:
            apart = max(0, site.start - piece.end, piece.start - site.end)
            return apart, site.end - site.start

        made = min(self.text.made, key=lambda each: max(0, each.start - border, border - each.end))
        piece = made.piece
        return min((done.site for done in self.done), key=distance)


_VALUE = "a value would be assigned to, or its address taken"
_AROUND = (
    EXPRESSIONS
    | (STATEMENTS - {"label", "case", "default", "error", "macro", "asm"})
    | {"function", "args", "block"}
) - {"strings", "init", "typeof", "generic", "literal", "stmt_expr"}
"""What the parser has the same word for, whatever is in it."""

_ALIKE = {
    "expr_stmt": ("declaration", "macro"),
    "declaration": ("expr_stmt", "macro"),
    "cast": ("call", "binary", "unary"),
    "call": ("cast", "macro_type", "fn", "declaration"),
    "sizeof": ("call",),
    "paren": ("cast", "pdecl"),
    "args": ("params", "paren"),
    "function": ("declaration",),
    "subscript": ("array",),
    "unary": ("ptr", "binary"),
    "assign": ("init_decl",),
    "while": ("iterator",),
    "iterator": ("while", "expr_stmt"),
}
"""What cannot be told apart without knowing all types: `(a)(b)`, `f(x);`."""


def _is_cast_as_call(arguments: Code) -> bool:
    """True for what may be the operand of a cast: the parser takes `(u32)(b)` for a call."""
    call = arguments.parent
    return (
        arguments.kind == "args"
        and call is not None
        and call.kind == "call"
        and call.parts[0].kind == "paren"
    )


def _holds(node: Code) -> bool:
    """True if a node and its parts bind as tightly as their places ask for.

    The parser takes `a + b = c` for a sum; the language does not.
    """
    return all(
        level(each) >= required(each)
        for each in (node, *node.children)
        if each.kind in _OPERATORS and each.parent is not None
    )


_OPERATORS = ("assign", "cond", "binary", "cast", "unary", "comma")


def _kept_around(
    anchor: Code, anchors: set[int], altered: set[int], known: dict[int, bool]
) -> Iterator[Code]:
    """What is around a node and no part of a match itself.

    `known` is for what has been found out: without it, matches in a chain of a thousand `else if`
    would each go all the way up.
    """
    for node in anchor.ancestors():
        if id(node) not in altered and not _is_in_anchor(node, anchors, known):
            yield node


def _is_in_anchor(node: Code, anchors: set[int], known: dict[int, bool]) -> bool:
    """True for an anchor, and for what is in one."""
    path = []
    found = False
    for each in chain((node,), node.ancestors()):
        if id(each) in known:
            found = known[id(each)]
            break
        path.append(id(each))
        if id(each) in anchors:
            found = True
            break
    known.update(dict.fromkeys(path, found))
    return found


def _touched_items(root: Code, touched: Sequence[int]) -> Iterator[Code]:
    for item in root.children:
        at = bisect_left(touched, item.start)
        if at < len(touched) and touched[at] <= item.end:
            yield item


def _errors_around(source: SourceFile, offsets: Iterable[int]) -> list[int]:
    """Where the parser does not understand the items that some offsets are in."""
    children = source.root.children
    starts = [node.start_byte for node in children]
    items = {max(0, bisect_right(starts, offset) - 1) for offset in offsets} if children else set()
    found = []
    for index in sorted(items):
        node = children[index]
        if node.has_error:
            found += [
                each.start_byte for each in errors_in(node) if not _is_behind_label(source, each)
            ]
    return found


def _elses(root: Code, data: bytes) -> Iterator[int]:
    """Where something begins with an `else` that has no `if`."""
    for node in root.walk():
        if node.kind in STATEMENTS and _ELSE.match(data, node.start):
            yield node.start


_ELSE = re.compile(rb"else\b")


def _is_behind_label(source: SourceFile, error: Node) -> bool:
    """True for the statement that the parser misses between a label and a directive."""
    if not error.is_missing or error.type != ";":
        return False
    before = source.code[max(0, error.start_byte - 400) : error.start_byte].rstrip()
    behind = source.code[error.start_byte : error.start_byte + 400].lstrip()
    return before.endswith(b":") and behind.startswith(b"#")
