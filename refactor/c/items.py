"""The top-level items of a C file that have given words in them, found without parsing.

A tree-wide rule is about a few functions of each file. To mask and parse only these takes a tenth
of the time, and is allowed only where it makes no difference. So `cut` goes over the file from its
top as `refactor.c.dialect` reads it (the same comments, literals and directives), and knows at each
item what the mask knows there: which braces are open, where each branch of a conditional begins
with those that are open at its `#if`. Nothing is guessed from indentation, or backwards from a
mention. It is quick because one regular expression swallows an item at a time.

Why a cut is safe
-----------------

An item begins where the last one ends, and one ends only where all of this holds:

- A semicolon, or the brace that closes a function body, has just ended its line.
- No parenthesis, brace or conditional that began in the item is open.

Then the mask of the item is, byte by byte, this part of the mask of the file. None of the mask's
patterns reaches over a semicolon or a closing brace; what it asks of the tokens before (is there a
`;`, a `}`, a directive, a line break) has the same answer at the top of a file; and what it keeps
from one place to the next (open braces, parentheses and conditionals) is empty. It keeps nothing
else: it knows no definition of the file, neither of a macro nor of a type.

The parser is between two items there as well, and so an item that it understands is what it is in
the file, unless an error elsewhere in the file swallows it there; then the cut is the better tree.
An item that it does not understand may be half of one. So who parses a cut looks for errors and
parses the whole file if there is one, as `refactor.c.syntax.parse_items` does. The directives of
the conditionals around an item are parsed with it, because the parser knows more kinds of
statements inside of them.

What would be a wrong cut, and how it is noticed
------------------------------------------------

- A definition of old style, `int f(a) int a; {`, would be cut at its semicolon. But no item begins
  with a brace: what was found since the last function is in doubt.
- A body that is no function's, `struct s {` or `= {`: a closing brace ends an item only if a
  parameter list is before it (and words, and more lists) without a `=` or a string. All others go
  on to their semicolon. So `extern "C" {` is one item with all that is in it.
- A structure with an attribute, `struct s __aligned(8) {`, looks like a function that returns one.
  It is read as the structure if the name begins with two underscores; then such a function is one
  item with the next one, which is harmless. Other names the mask and the parser take for the name
  of a function as well.
- Braces under `#if` and `#else`: items with a conditional in them are not left to the expression,
  but counted brace by brace. One that begins in one branch and ends in another one is in doubt.
- A macro without its semicolon, `MODULE_LICENSE("GPL")`, is part of the next item, and the mask
  decides as ever. If a conditional follows, the item ends there. The mask looks back over that for
  two questions about what looks like a call, so an item that begins like one is in doubt.
- A macro that hides a brace is as invisible to `cut` as to the parser. If braces do not balance,
  the item goes to the end of the file.
- A brace in a string, a comment or a macro's text is part of one token, and not counted.
- A piece of a function that is to be included has items that begin with a statement, as none does
  elsewhere: `if (a) b();` and `else c();` may be one. What was found before is in doubt.

If one of its items is in doubt, a file is parsed as a whole.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import NamedTuple

from refactor.c.kinds import COMMENT, CONDITIONAL, DIRECTIVE, QUOTED, some
from refactor.c.lexical import code_only, covering, directives, disabled, verdict
from refactor.text import Span


class Kind(Enum):
    """What a word is part of, the first that fits."""

    COMMENT = "a comment"
    STRING = "a string"
    DISABLED = "a branch that no configuration compiles"
    DIRECTIVE = "a directive"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Item:
    """A definition, declaration or directive at file scope, and the mentions in it.

    It may be more than one of them where they cannot be told apart.
    """

    span: Span
    mentions: tuple[int, ...]
    lead: int
    """Where the comments and the white space in front of it begin."""


@dataclass(frozen=True, slots=True)
class Cut:
    """What `cut` found out about the mentions in a file."""

    kinds: tuple[Kind, ...]
    """One for each mention."""
    items: tuple[Item, ...]
    """Those with mentions, in order, but not if all are in comments and strings."""
    spans: tuple[Span, ...]
    """The items and the directives of the conditionals around them: what there is to parse."""
    doubt: str
    """Why the whole file has to be parsed all the same, or nothing."""

    @property
    def size(self) -> int:
        """How many bytes there are to parse."""
        return sum(map(len, self.spans))


def cut(data: bytes, mentions: Sequence[int]) -> Cut:
    """Find the items of a file around words of it. Never fails.

    `mentions` are the offsets of the words, ascending. The time is linear in the file.
    """
    walk = _Walk(data, mentions)
    walk.run()
    found = kinds(data, mentions) if walk.doubt else walk.kinds
    return Cut(tuple(found), tuple(walk.items), _joined(walk.spans()), walk.doubt)


def kinds(data: bytes, mentions: Sequence[int]) -> list[Kind]:
    """Tell what the words at the ascending offsets `mentions` are part of, by all of `data`."""
    told = Parts(data, mentions[-1] + 1 if mentions else 0)
    return [told.kind(at) for at in mentions]


class Parts:
    """What the words of some code are part of; `end` is how far it is asked."""

    def __init__(self, data: bytes, end: int) -> None:
        found = [match.span() for match in _TEXT.finditer(data, 0, end)]
        self._data = data
        self._starts = [start for start, _ in found]
        self._ends = [end for _, end in found]
        self._directives: list[Span] = []
        self._dead: list[Span] = []
        if end and b"#" in data:
            code = code_only(data)
            lines = list(directives(code))
            self._directives = [each.span for each in lines]
            self._dead = disabled(code, lines)

    def kind(self, at: int) -> Kind:
        """What the word at an offset is part of."""
        text = bisect_right(self._starts, at) - 1
        if text >= 0 and at < self._ends[text]:
            is_comment = self._data[self._starts[text]] == _SLASH
            return Kind.COMMENT if is_comment else Kind.STRING
        if covering(self._dead, at):
            return Kind.DISABLED
        return Kind.DIRECTIVE if covering(self._directives, at) else Kind.CODE


_SLASH = ord("/")
_TEXT = re.compile(COMMENT + rb"|" + QUOTED)
_TEXTS = frozenset((Kind.COMMENT, Kind.STRING))


# ---------------------------------------------------------------------------- the walk


@dataclass(slots=True)
class _Conditional:
    """An #if at file scope: its directives so far, and what is known of its present branch."""

    directives: list[Span]
    is_disabled: bool = False
    is_taken: bool = False
    """True if this branch or one before it is compiled in every configuration."""
    needed: int = 0
    """How many of the directives stand around an item, its #endif not counted."""


class _Walk:
    """One way over a file, from item to item."""

    def __init__(self, data: bytes, mentions: Sequence[int]) -> None:
        self.data = data
        self.mentions = mentions
        self.kinds: list[Kind] = []
        self.items: list[Item] = []
        self.doubt = ""
        self.open: list[_Conditional] = []
        self.needed: list[_Conditional] = []

    def run(self) -> None:
        """Go over the items until the last mention, and until nothing can be said against it."""
        data, mentions = self.data, self.mentions
        match_item = _patterns().item.match
        position = 0
        certain = 0  # so many items have a function definition behind them, or are one
        is_behind_macro = False
        following = mentions[0] if mentions else len(data)
        while following < len(data) or not self._is_settled(certain):
            match = match_item(data, position)
            assert match is not None  # it may be empty
            form = match.lastindex
            start, position = match.span(form or 0)
            doubt = ""
            if form is None:
                start = position
                if start == len(data):
                    break
                position, is_split = self._count(start)
                doubt = "an item begins and ends in different branches" if is_split else ""
            elif form == _CONDITIONAL:
                position = self._conditional(start, position)
            if position > following:
                if is_behind_macro and _CALL.match(data, start):
                    doubt = "a macro without its semicolon is before a call"
                self._take(match.start(), start, position, form, doubt)
                count = len(self.kinds)
                following = mentions[count] if count < len(mentions) else len(data)
            if form == _FUNCTION:
                certain = len(self.items)
            elif certain < len(self.items):
                if data[start] == ord("{"):
                    self.doubt = self.doubt or "there may be a definition of old style"
                elif _STATEMENT.match(data, start):
                    self.doubt = self.doubt or "there are statements outside of functions"
            if form not in (_CONDITIONAL, _DIRECTIVE):
                is_behind_macro = form == _MACROS
        self.kinds += [Kind.COMMENT] * (len(mentions) - len(self.kinds))
        if self.open and self.open[0].needed and not self.doubt:
            self.doubt = "a conditional does not end"

    def spans(self) -> Iterator[Span]:
        """The items, and the directives around them."""
        for item in self.items:
            yield item.span
        for each in self.needed:
            yield from each.directives[: each.needed]
            yield each.directives[-1]

    def _is_settled(self, certain: int) -> bool:
        """True if what is behind says nothing more about what has been found."""
        if self.doubt:
            return True
        # What is needed of an inner conditional is needed of the outermost one as well.
        return certain == len(self.items) and not (self.open and self.open[0].needed)

    def _take(self, lead: int, start: int, end: int, form: int | None, doubt: str) -> None:
        """Note the mentions up to `end`, and the item if the parser has to do with one."""
        data = self.data
        first = len(self.kinds)
        begin = bisect_left(self.mentions, start, first)
        last = bisect_left(self.mentions, end, begin)
        self.kinds += [Kind.COMMENT] * (begin - first)  # nothing else is between items
        inside = self.mentions[begin:last]
        if not inside:
            return
        found = kinds(data[start:end], [at - start for at in inside])
        if self.open and self.open[-1].is_disabled:
            found = [kind if kind in _TEXTS else Kind.DISABLED for kind in found]
        self.kinds += found
        if _TEXTS.issuperset(found):
            return
        if form in (_CONDITIONAL, _DIRECTIVE) and not _is_first(data, start):
            doubt = "a directive is not the first on its line"
        self.doubt = self.doubt or doubt
        if form == _DIRECTIVE:
            end = _line_end(data, end)
        self.items.append(Item(Span(start, end), tuple(inside), lead))
        for each in reversed(self.open):
            if each.needed == len(each.directives):
                break  # and so is what is around it
            if not each.needed:
                self.needed.append(each)
            each.needed = len(each.directives)

    def _conditional(self, start: int, end: int) -> int:
        """Go over an #if, #else or #endif at file scope; return the end of its line."""
        data = self.data
        if not _KEYWORD.match(data, start) or not _is_first(data, start):
            self.doubt = "a conditional cannot be told"
        end = _line_end(data, end)
        form = _form(data, start)
        if form == _IF:
            self.open.append(_Conditional([]))
        if not self.open:
            return end
        now = self.open[-1]
        now.directives.append(Span(start, end))
        if form == _ENDIF:
            self.open.pop()
            return end
        told = None
        if _NUMBER.match(data, start):
            code = code_only(data[start:end])
            told = verdict(code, next(directives(code)))
        around = len(self.open) > 1 and self.open[-2].is_disabled
        now.is_disabled = around or now.is_taken or told is False
        now.is_taken = now.is_taken or told is True
        return end

    def _count(self, start: int) -> tuple[int, bool]:
        """Find the end of an item brace by brace.

        The second value is True if a conditional around the item has another branch, or its end,
        in the item.
        """
        data, patterns = self.data, _patterns()
        position = body = start
        depth = parentheses = 0
        branches: list[int] = []  # what is open at each #if
        is_split = False
        while True:
            match = (patterns.brace if depth else patterns.mark).match(data, position)
            assert match is not None  # it may go to the end of the file
            position = match.end()
            if match.lastindex is None:
                return position, is_split
            at = match.start(match.lastindex)
            mark = data[at : at + 1]
            is_end = mark == b";"
            if mark == b"#":
                form = _form(data, at)
                if form == _IF:
                    branches.append(depth)
                elif branches:
                    if form == _ELSE:
                        depth = branches[-1]
                    else:
                        branches.pop()
                else:
                    is_split = True
                    if form == _ELSE and self.open:
                        depth = 0  # a conditional at file scope began where nothing was open
                    self._conditional(at, position)
            elif mark == b"{":
                body = body if depth else at
                depth += 1
            elif mark == b"}":
                depth = max(0, depth - 1)
                is_end = not depth and patterns.head.fullmatch(data, start, body) is not None
            elif mark == b"(":
                parentheses += 1
            elif mark == b")":
                parentheses = max(0, parentheses - 1)
            if is_end and not parentheses and not branches and _ENDS_LINE.match(data, position):
                return position, is_split


def _form(data: bytes, offset: int) -> int:
    """Tell an #if, #else and #endif apart."""
    match = CONDITIONAL.match(data, offset)
    return match.lastindex or 0 if match else 0


def _joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The spans in order, those that touch made one; two may be equal, but not overlap."""
    joined: list[Span] = []
    for each in sorted(set(spans)):
        if joined and each.start == joined[-1].end:
            joined[-1] = Span(joined[-1].start, each.end)
        else:
            joined.append(each)
    return tuple(joined)


def _is_first(data: bytes, offset: int) -> bool:
    """True if only white space stands before `offset` on its line."""
    line = data.rfind(b"\n", 0, offset) + 1
    return not data[line:offset].strip(b" \t\f\v")


def _line_end(data: bytes, offset: int) -> int:
    return offset + 1 if data[offset : offset + 1] == b"\n" else offset


# ---------------------------------------------------------------------------- the patterns

# The groups of the pattern of an item, and those of `CONDITIONAL`.
_CONDITIONAL, _DIRECTIVE, _FUNCTION, _OTHER, _MACROS = range(1, 6)
_IF, _ELSE, _ENDIF = range(1, 4)

_KEYWORD = re.compile(rb"#[ \t]*(?:if|ifdef|ifndef|el\w*|endif)\b")
_NUMBER = re.compile(rb"#[ \t]*(?:el)?if[ \t(]*[\d/]")
_STATEMENT = re.compile(
    rb"(?:if|else|for|while|do|switch|case|default|return|goto|break|continue)\b"
)
_CALL = re.compile(rb"[\w$]+[\s\\]*\(")
_ENDS_LINE = re.compile(rb"(?=(?:[ \t\r\f\v]++|/\*(?:[^*\n]++|\*(?!/)|)*+\*/|)*+(?:\n|\Z|/[/*]))")


class _Patterns(NamedTuple):
    """An item; the next mark at file scope, and inside of braces; what stands before a body."""

    item: re.Pattern[bytes]
    mark: re.Pattern[bytes]
    brace: re.Pattern[bytes]
    head: re.Pattern[bytes]


@cache
def _patterns() -> _Patterns:
    """Compile the patterns, which takes too long to do it on import.

    Repetitions are possessive and their alternatives begin with different bytes, so that each
    pattern is linear. Braces are followed eight deep and parentheses four deep, because few items
    have more, and those are counted.
    """
    conditional = rb"(?=\#[ \t]*(?:if|el|endif))" + DIRECTIVE
    plain = rb"(?!\#[ \t]*(?:if|el|endif))" + DIRECTIVE
    trivia = rb"(?:[\s\\\0]++|" + COMMENT + rb"|)*+"
    atom = b"|".join((QUOTED, COMMENT, plain, rb"/"))
    rest = rb"|)*+(?:([MARKS])|(" + conditional + rb")|\Z)"
    block = nested(rb"\{", rb"\}", rb"[^{}\"'/#]++|" + atom, 8)
    expression = nested(rb"\{", rb"\}", rb"[^{}\"'/#]++|" + atom, 2)
    parenthesis = nested(rb"\(", rb"\)", rb"[^(){}\"'/#]++|" + expression + rb"|" + atom, 4)
    end = _ENDS_LINE.pattern
    aggregate = rb"(?:struct|union|enum)\b"

    text = rb"(?:[^;{}()\"'/#=]++|" + COMMENT + rb"|" + plain + rb"|)*+"
    behind = rb"[\s\\*]++|" + COMMENT + rb"|" + plain + rb"|" + parenthesis
    behind = (
        rb"(?:(?!"
        + aggregate
        + rb"|"
        + _STATEMENT.pattern
        + rb")[A-Za-z_$]\w*+|"
        + behind
        + rb"|)*+"
    )
    annotated = rb"(?:[A-Za-z_]\w*+\s++)*?" + aggregate + rb"\s++(?:\w++\s++)?(?:__\w++|SEC)\s*+\("
    head = rb"(?!" + _STATEMENT.pattern + rb"|" + annotated + rb")" + text + parenthesis + behind
    unit = rb"[^;{}()\"'/#]++|" + block + rb"|" + parenthesis + rb"|" + atom
    other = rb"(?:" + unit + rb"|;(?!" + end + rb")|)*+;"
    macro = rb"(?:static\s++)?[A-Za-z_]\w*+[\s\\]*+" + parenthesis
    macros = some(macro + trivia + rb"(?:" + plain + trivia + rb"|)*+") + rb"(?=\#)"
    forms = (conditional, plain, head + block + end, other, macros)
    item = trivia + rb"(?:" + b"|".join(rb"(" + each + rb")" for each in forms) + rb"|)"
    mark = rb"(?:[^;{}()\"'/#]++|" + atom + rest.replace(b"MARKS", b";{}()")
    brace = rb"(?:[^{}\"'/#]++|" + atom + rest.replace(b"MARKS", b"{}")
    head = head.replace(plain, DIRECTIVE)
    return _Patterns(*map(re.compile, (item, mark, brace, head)))


def nested(opening: bytes, closing: bytes, inside: bytes, depth: int) -> bytes:
    """A pattern for what is in brackets, at most `depth` deep."""
    pattern = opening + rb"(?:" + inside + rb"|)*+" + closing
    for _ in range(depth - 1):
        pattern = opening + rb"(?:" + inside + rb"|" + pattern + rb"|)*+" + closing
    return pattern
