"""The lines of a rule's body as marked tokens, with groups, dots, nests and `when` in their places.

A line begins with `-`, `+`, `*` or a blank, and may be cut anywhere. A group of alternatives stands
in column 0 or is escaped (`\\(`); both kinds become one token that holds its alternatives.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from refactor.errors import Place, RuleError
from refactor.pattern.directives import names_in
from refactor.pattern.formats import NAME, SORTS
from refactor.pattern.tokens import ADDED, KEPT, REMOVED, Group, Metavariable, Token, When

_PIECE = re.compile(
    r"(?P<space>[ \t\f\v\r]+)"
    r"|(?P<comment>/\*.*?(?:\*/|$)|//.*)"
    r"|(?P<escaped>\\[(|&)])"
    r"|(?P<nest><\+?\.\.\.|\.\.\.\+?>)"
    r"|(?P<ellipsis>\.{6})"
    r"|(?P<dots>\.\.\.)"
    r'|(?P<string>(?:u8|[uUL])?"(?:[^"\\]|\\.)*"?)'
    r"|(?P<char>[uUL]?'(?:[^'\\]|\\.)*'?)"
    r"|(?P<ident>[A-Za-z_$][\w$]*|[^\x00-\x7f]+)"
    r"|(?P<number>\.?\d(?:[eEpP][+-]|[\w.])*)"
    r"|(?P<position>@\s*[A-Za-z_]\w*)"
    r"|(?P<op><<=|>>=|->|\+\+|--|&&|\|\||<<|>>|[-+*/%&|^=!<>]=|##|.)"
)

NESTED = {"op": 256, "group": 64}
"""How deep brackets can be in one another, which is as deep as clang lets them be, and groups of
alternatives and nests, whose cost grows faster."""

LONGEST = 1_000
"""How many characters a name can have. A compiler need not tell more than 63 of them apart, and
git, which is asked for it, takes no more than fit an argument."""

PIECES = 10_000
"""How many words and signs one rule can have. The largest of Coccinelle's own has a few hundred."""

_OPENS = dict.fromkeys("([{", 1) | dict.fromkeys(")]}", -1)
_OPENS |= {"<...": 1, "<+...": 1, "...>": -1, "...+>": -1}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file, with its number from 1."""

    number: int
    text: str


@dataclass(slots=True)
class _Raw:
    """A piece of a line before groups are formed."""

    kind: str
    text: str
    mark: str
    line: int
    column: int
    gap: str
    optional: bool = False
    starred: bool = False
    many: bool = False
    behind: str = ""
    """A comment that ends the line."""


class BodyLexer:
    """Reads the body of one rule."""

    def __init__(
        self, source: str, lines: Sequence[Line], metavariables: Mapping[str, Metavariable]
    ) -> None:
        self.source = source
        self.lines = lines
        self.metavariables = metavariables
        self.is_search = False

    def fail(self, message: str, line: int, column: int, hint: str = "") -> RuleError:
        """An error at a place of the file; columns are counted from 0 here, from 1 for people."""
        return RuleError(message, place=Place(self.source, line, column + 1), hint=hint)

    def tokens(self) -> list[Token]:
        """All tokens, numbered in the order of the text."""
        self.raw = list(self._pieces())
        self._check_depth()
        self.at = 0
        found = self._sequence(())
        if self.at < len(self.raw):
            piece = self.raw[self.at]
            raise self.fail(f"{piece.text} closes nothing", piece.line, piece.column)
        self._check_dots(found)
        return found

    def _check_dots(self, tokens: Sequence[Token], *, in_nest: bool = False) -> None:
        """Raise RuleError where nothing stands between two dots, as which a nest counts.

        Nobody could say where the one ends and the other begins, and what each asks for by
        `when` may differ. A nest is dots around what it holds, so it has none at its edges.
        """
        kept = [token for token in tokens if token.mark != ADDED]
        are_dots = [in_nest, *(token.kind in ("dots", "nest") for token in kept), in_nest]
        for number, both in enumerate(pairwise(are_dots)):
            # In `x = ...` they are what is assigned, and a statement ends with them.
            is_value = number > 1 and kept[number - 2].text == b"="
            if kept and all(both) and not is_value:
                token = kept[min(number, len(kept) - 1)]
                raise self.fail("dots beside dots are not supported", token.line, token.column)
        for token in kept:
            for each in token.group.alternatives if token.group is not None else ():
                self._check_dots(each, in_nest=token.kind == "nest")
            for when in token.whens:
                self._check_dots(when.tokens)

    def _check_depth(self) -> None:
        """Raise RuleError where groups, nests and brackets are opened in one another too often.

        What is longer without brackets, such as a sum, is left to `ready`.
        """
        if len(self.raw) > PIECES:
            piece = self.raw[PIECES]
            raise self.fail(f"a rule of more than {PIECES} words", piece.line, piece.column)
        depth = {"op": 0, "group": 0}
        for piece in self.raw:
            if len(piece.text) > LONGEST and piece.kind == "ident":
                message = f"a name of more than {LONGEST} characters"
                raise self.fail(message, piece.line, piece.column)
            if piece.kind in ("group", "nest", "op"):
                kind = "op" if piece.kind == "op" else "group"
                depth[kind] += _OPENS.get(piece.text, 0)
                if depth[kind] > NESTED[kind]:
                    message = f"it nests deeper than {NESTED[kind]} levels"
                    raise self.fail(message, piece.line, piece.column)

    # -------------------------------------------------------------------- lines

    def _pieces(self) -> Iterator[_Raw]:
        gap = ""
        added_gap = ""
        in_comment = False
        for line in self.lines:
            text, mark, optional, starred, many = line.text, KEPT, False, False, False
            start = 0
            if text[:1] == "?":
                optional = True
                text = " " + text[1:]
                if text[1:2] in ("-", "+", "*"):
                    text = text[1:]
                    start = 1
            first = text[:1]
            if first in ("-", "+"):
                mark = first
                body = text[1:]
                column = 1 + start
                if first == "+" and body[:1] == "+":
                    body = " " + body[1:]
                    many = True
            elif first == "*":
                self.is_search = starred = True
                body = text[1:]
                column = 1 + start
            elif first in ("(", "|", ")", "&") and not in_comment:
                yield _Raw("group", first, KEPT, line.number, 0, gap)
                body, column = text[1:], 1
            else:
                body, column = text, 0
            if added_gap and mark != ADDED:
                yield _Raw("trail", "", ADDED, line.number, 0, added_gap)
                added_gap = ""
            gap = added_gap + "\n"
            added_gap = ""
            position = 0
            last: _Raw | None = None
            while position < len(body):
                if in_comment:
                    end = body.find("*/", position)
                    stop = len(body) if end < 0 else end + 2
                    gap += body[position:stop]
                    in_comment = end < 0
                    position = stop
                    continue
                match = _PIECE.match(body, position)
                assert match is not None
                kind = match.lastgroup or "op"
                piece = match[0]
                where = column + position
                position = match.end()
                if kind == "space":
                    gap += piece
                elif kind == "comment":
                    gap += piece
                    if piece.startswith("/*") and not piece.endswith("*/"):
                        in_comment = True
                    elif last is not None and mark != KEPT and not body[position:].strip():
                        last.behind, gap = gap, ""
                elif (
                    kind == "op"
                    and piece == "#"
                    and not body[: match.start()].strip()
                    and re.match(
                        r"#\s*(include|define|undef|pragma|if|el|endif)", body[match.start() :]
                    )
                ):
                    rest = body[match.start() :]
                    rest = re.sub(r"\s*//.*$", "", rest).rstrip()
                    yield _Raw(
                        "directive", rest, mark, line.number, where, gap, optional, starred, many
                    )
                    gap = ""
                    position = len(body)
                elif kind == "escaped":
                    yield _Raw("group", piece[1], mark, line.number, where, gap)
                    gap = ""
                else:
                    last = _Raw(kind, piece, mark, line.number, where, gap, optional, starred, many)
                    yield last
                    gap = ""
            if (mark == ADDED and gap.strip()) or (
                mark == ADDED and not gap.strip("\n \t") and not body.strip()
            ):
                added_gap = gap
        if added_gap:
            yield _Raw("trail", "", ADDED, self.lines[-1].number, 0, added_gap)

    # -------------------------------------------------------------------- tokens

    def _peek(self) -> _Raw | None:
        return self.raw[self.at] if self.at < len(self.raw) else None

    def _sequence(self, closing: tuple[str, ...]) -> list[Token]:
        found: list[Token] = []
        while (piece := self._peek()) is not None:
            if piece.kind == "group" and piece.text in closing:
                return found
            if piece.kind == "nest" and piece.text.startswith("..."):
                if ">" in closing:
                    return found
                raise self.fail(f"{piece.text} closes no nest", piece.line, piece.column)
            if piece.kind == "group":
                if piece.text != "(":
                    return found
                found.append(self._group(piece))
            elif piece.kind == "nest":
                found.append(self._nest(piece))
            elif piece.kind == "position":
                self._position(found, piece)
            elif piece.kind == "trail":
                self.at += 1
                if piece.gap.strip():
                    gap = piece.gap.encode()
                    found.append(Token("comment", b"", ADDED, piece.line, 0, gap))
                elif found:
                    found[-1].trail = piece.gap.encode()
            else:
                found.append(self._token(piece))
        return found

    def _position(self, found: list[Token], piece: _Raw) -> None:
        name = piece.text[1:].strip()
        self.at += 1
        if not found:
            raise self.fail(f"@{name} has nothing before it", piece.line, piece.column)
        meta = self.metavariables.get(name)
        if meta is None:
            raise self.fail(f"no metavariable {name}", piece.line, piece.column)
        found[-1].positions = (*found[-1].positions, name)

    def _group(self, opening: _Raw) -> Token:
        self.at += 1
        alternatives = [self._sequence(("|", "&", ")"))]
        kind = ""
        while True:
            piece = self._peek()
            if piece is None:
                raise self.fail("this group is not closed", opening.line, opening.column)
            self.at += 1
            if piece.text == ")":
                break
            this = "conj" if piece.text == "&" else "disj"
            if kind and kind != this:
                raise self.fail("a group has either | or &", piece.line, piece.column)
            kind = this
            alternatives.append(self._sequence(("|", "&", ")")))
        group = Group(kind or "disj", alternatives)
        marks = {token.mark for each in alternatives for token in each}
        mark = opening.mark if opening.mark != KEPT else KEPT
        if marks == {ADDED}:
            raise self.fail("added code has no alternatives", opening.line, opening.column)
        return Token(
            "group", b"", mark, opening.line, opening.column, opening.gap.encode(), group=group
        )

    def _nest(self, opening: _Raw) -> Token:
        self.at += 1
        whens = list(self._whens())
        inner = self._sequence((">",))
        piece = self._peek()
        if piece is None or piece.kind != "nest":
            raise self.fail("this nest is not closed", opening.line, opening.column)
        self.at += 1
        whens += self._whens()
        group = Group("nest", [inner])
        return Token(
            "nest",
            b"",
            opening.mark,
            opening.line,
            opening.column,
            opening.gap.encode(),
            group=group,
            whens=whens,
            optional=opening.optional,
            at_least_once=opening.text == "<+...",
        )

    def _token(self, piece: _Raw) -> Token:
        self.at += 1
        text = piece.text.encode()
        gap = piece.gap.encode()
        if piece.kind == "ellipsis":  # the three dots of C, as six are no hole
            return Token("op", b"...", piece.mark, piece.line, piece.column, gap)
        if piece.kind == "dots":
            token = Token("dots", text, piece.mark, piece.line, piece.column, gap)
            token.optional = piece.optional
            token.whens = list(self._whens())
            return token
        if piece.kind == "directive":
            found = [self.metavariables.get(name) for name in names_in(piece.text)]
            holes = tuple(each for each in found if each is not None and each.sort not in NAMES)
            token = Token("directive", text, piece.mark, piece.line, piece.column, gap)
            token.holes = tuple(dict.fromkeys(holes))
            token.many = piece.many
            return token
        meta = self.metavariables.get(piece.text) if piece.kind == "ident" else None
        kind = piece.kind
        if meta is not None and meta.sort not in NAMES and not self._is_member(piece):
            kind = "meta"
        else:
            meta = None
        token = Token(kind, text, piece.mark, piece.line, piece.column, gap, meta)
        token.optional = piece.optional
        token.many = piece.many
        token.behind = piece.behind.encode()
        if piece.kind == "string":
            token.holes = tuple(self._formats(piece))
        return token

    def _formats(self, piece: _Raw) -> Iterator[Metavariable]:
        """The metavariables in a string, `"%@d@"`."""
        for match in NAME.finditer(piece.text.encode()):
            name = match[1].decode()
            meta = self.metavariables.get(name)
            if meta is None or meta.sort not in SORTS:
                message = f"{name} is no format" if meta else f"no metavariable {name}"
                raise self.fail(message, piece.line, piece.column + match.start(1))
            yield meta

    def _is_member(self, piece: _Raw) -> bool:
        """A name behind `.` or `->` is a member, and a hole only if it is one for names."""
        before = self.raw[self.at - 2] if self.at >= 2 else None
        meta = self.metavariables[piece.text]
        behind = before is not None and before.kind == "op" and before.text in (".", "->")
        return behind and meta.sort not in (
            "identifier",
            "symbol",
            "fresh identifier",
            "field",
            "metavariable",
            "function",
        )

    def _whens(self) -> Iterator[When]:
        while (
            (piece := self._peek()) is not None
            and piece.kind == "ident"
            and piece.text in ("when", "WHEN")
        ):
            self.at += 1
            yield self._when(piece)
            while (comma := self._peek()) is not None and comma.text == ",":
                following = self.raw[self.at + 1] if self.at + 1 < len(self.raw) else None
                if following is None or following.line != piece.line:
                    break
                self.at += 1
                yield self._when(piece)

    def _when(self, word: _Raw) -> When:
        piece = self._peek()
        if piece is None:
            raise self.fail("a condition is expected behind when", word.line, word.column)
        if piece.text in ("any", "strict", "exists", "forall"):
            self.at += 1
            return When(piece.text, [], word.line)
        kind = ""
        if piece.text in ("true", "false"):
            self.at += 1
            kind = piece.text + " "
            piece = self._peek()
        following = self.raw[self.at + 1] if self.at + 1 < len(self.raw) else None
        is_unequal = piece is not None and piece.text == "!=" and not kind
        tested = following.text if following is not None and following.line == word.line else ""
        if is_unequal and tested in ("true", "false"):
            kind = tested + " "  # `when != true e` is the usual spelling
            del self.raw[self.at + 1]
        if piece is None or piece.text not in ("!=", "=="):
            raise self.fail(
                "!=, ==, any, strict, exists or forall is expected behind when",
                word.line,
                word.column,
            )
        kind += piece.text
        self.at += 1
        start = self.at
        depth = 0
        line = self.raw[start].line if start < len(self.raw) else word.line
        while (piece := self._peek()) is not None:
            if piece.kind == "nest" and not depth:
                break
            if depth == 0 and (piece.line != line or piece.text in ("when", "WHEN")):
                break
            if piece.kind == "group" and depth == 0 and piece.text in "|)&":
                break
            depth += _OPENS.get(piece.text, 0)
            line = piece.line
            self.at += 1
        outer, self.raw = self.raw, self.raw[: self.at]
        end, self.at = self.at, start
        tokens = self._sequence(())
        self.raw, self.at = outer, end
        if not tokens:
            raise self.fail("an expression is expected here", word.line, word.column)
        return When(kind, tokens, word.line)


NAMES = ("symbol", "typedef", "declarer name", "iterator name", "attribute name", "position")
"""Sorts that declare a word to be just that word."""


def number(tokens: Sequence[Token], start: int = 0) -> int:
    """Number all tokens, groups opened up, in the order of the text; returns the next number."""
    for token in tokens:
        token.number = start
        start += 1
        if token.group is not None:
            for alternative in token.group.alternatives:
                start = number(alternative, start)
    return start


__all__ = ["ADDED", "KEPT", "REMOVED", "BodyLexer", "Line", "number"]
