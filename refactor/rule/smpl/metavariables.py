"""The declarations between two `@@`: what each hole stands for, and what it may be."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from refactor.errors import Place, RuleError
from refactor.pattern.tokens import Constraint, Metavariable

_TOKEN = re.compile(
    r"(?P<space>\s+|//[^\n]*|/\*(?s:.*?)\*/)"
    r"|(?P<word>[A-Za-z_$][\w$]*)"
    r'|(?P<string>"(?:[^"\\]|\\.)*")'
    r"|(?P<number>-?\d\w*)"
    r"|(?P<op>\.\.\.|##|=~|!~|!=|==|<=|>=|&&|\|\||.)"
)
_SORTS = (
    "metavariable",
    "fresh identifier",
    "identifier list",
    "identifier",
    "type list",
    "type",
    "typedef",
    "parameter list",
    "parameter",
    "expression list",
    "expression",
    "statement list",
    "statement",
    "declaration",
    "field list",
    "field",
    "initialiser list",
    "initialiser",
    "initializer list",
    "initializer",
    "declarer name",
    "declarer",
    "iterator name",
    "iterator",
    "attribute name",
    "attribute",
    "symbol",
    "position",
    "format list",
    "format",
    "constant",
    "local idexpression",
    "global idexpression",
    "idexpression",
    "binary operator",
    "assignment operator",
    "unary operator",
    "local function",
    "function",
    "pragmainfo",
    "cast",
)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    offset: int


class Declarations:
    """Reads the metavariables of one rule from `text`, which begins at a line of the file."""

    def __init__(self, source: str, text: str, line: int) -> None:
        self.source = source
        self.text = text
        self.line = line
        self.tokens = [
            _Token(match.lastgroup or "op", match[0], match.start())
            for match in _TOKEN.finditer(text)
            if match.lastgroup != "space"
        ]
        self.at = 0

    def read(self, known: Callable[[str, str], Metavariable | None]) -> dict[str, Metavariable]:
        """All metavariables by name. `known` looks up the one of another rule, by both names."""
        found: dict[str, Metavariable] = {}
        while self.at < len(self.tokens):
            for each in self._declaration():
                if each.name in found:
                    raise self.fail(f"{each.name} is declared twice", each)
                if each.origin:
                    other = known(each.origin, each.name)
                    if other is None and not each.origin == "virtual":
                        raise self.fail(f"rule {each.origin} has no {each.name}", each)
                found[each.name] = each
        return found

    def fail(self, message: str, at: Metavariable | None = None, hint: str = "") -> RuleError:
        """An error at a metavariable, or at the next token."""
        if at is not None:
            place = Place(self.source, at.line, at.column)
        else:
            token = self.tokens[min(self.at, len(self.tokens) - 1)] if self.tokens else None
            place = self._place(token.offset if token else 0)
        return RuleError(message, place=place, hint=hint)

    def _place(self, offset: int) -> Place:
        before = self.text[:offset]
        line = self.line + before.count("\n")
        return Place(self.source, line, offset - (before.rfind("\n") + 1) + 1)

    def _text(self, ahead: int = 0) -> str:
        at = self.at + ahead
        return self.tokens[at].text if at < len(self.tokens) else ""

    def _take(self, expected: str = "") -> str:
        text = self._text()
        if not text or (expected and text != expected):
            raise self.fail(f"{expected or 'more'} is expected here")
        self.at += 1
        return text

    def _declaration(self) -> Iterator[Metavariable]:
        while self._text() in ("pure", "context"):
            self.at += 1
        sort = self._sort()
        pointer, type_text, scope, length = 0, "", "", ""
        if sort.endswith(" idexpression"):
            scope, sort = sort.split()
        sort = {"initialiser": "initializer", "initialiser list": "initializer list"}.get(
            sort, sort
        )
        if sort == "local function":
            sort = "function"
        lengths: tuple[int, int] | None = None
        if sort.endswith(" list") and self._text() == "[":
            self.at += 1
            length = self._take()
            if self._text() == ".":
                self.at += 1
                length = f"{length}.{self._take()}"
            if self._text() == "=":
                self.at += 1
                lengths = self._range()
            self._take("]")
        if sort in ("expression", "idexpression", "constant", "") or (
            sort == "type" and self._text() == "{"
        ):
            if (
                sort == "expression"
                and self._text() in ("enum", "struct", "union")
                and self._text(1) not in _BEHIND_NAME
            ):
                type_text = self._take()
            if sort in ("", "idexpression", "constant"):
                type_text = self._type()
            if sort == "":
                sort = "expression"
        while self._text() == "*":
            self.at += 1
            pointer += 1
        while True:
            stars = 0
            while self._text() == "*":
                self.at += 1
                stars += 1
            found = self._one(sort, pointer + stars, type_text, scope, length)
            yield replace(found, lengths=lengths) if lengths is not None else found
            if self._text() != ",":
                break
            self.at += 1
        self._take(";")

    def _sort(self) -> str:
        """The longest sort that begins here; nothing for a type of C."""
        for sort in _SORTS:
            words = sort.split()
            if len(words) > 1 and self._text(len(words)) in _BEHIND_NAME:
                continue  # the last word is the name: `expression list;`
            if all(self._text(n) == word for n, word in enumerate(words)):
                following = self._text(len(words))
                if sort == "symbol" and not re.match(r"[A-Za-z_]", following):
                    continue
                self.at += len(words)
                return sort
        return ""

    def _range(self) -> tuple[int, int]:
        """`{2}` or `{1 ... 3}`: how many items a list has, at least and at most."""
        self._take("{")
        low = high = self._take()
        if self._text() == "...":
            self.at += 1
            high = self._take()
        self._take("}")
        if not low.isdigit() or not high.isdigit():
            raise self.fail("two numbers are expected here, as in {1 ... 3}")
        return int(low), int(high)

    def _type(self) -> str:
        """The type before a name; the stars that belong to the name are counted there."""
        start = self.at
        if self._text() == "{":
            while self._text() != "}":
                self._take()
            self.at += 1
        else:
            # All words but the last before a star, a constraint or the end are the type.
            end = self.at
            while end < len(self.tokens) and self.tokens[end].kind == "word":
                end += 1
            if end < len(self.tokens) and self.tokens[end].text == "." and end > start:
                # An inherited type: `r.T x`, or an inherited name behind a type: `int r.x`.
                end = self._qualified(start)
            stop = self._text(end - self.at)
            last_is_name = stop in (
                ";",
                ",",
                "=",
                "=~",
                "!~",
                "!=",
                "<=",
                "<",
                ">",
                ">=",
                "@",
                ":",
                "",
            )
            if last_is_name and end - start >= 1:
                end -= 1
                if end - start >= 2 and self.tokens[end - 1].text == ".":
                    end -= 2
            self.at = end
        while self._text() == "*" and self._text(1) in ("[", "*"):
            self.at += 1
        if self._text() == "[":
            while self._text() != "]":
                self._take()
            self.at += 1
        return " ".join(token.text for token in self.tokens[start : self.at])

    def _qualified(self, start: int) -> int:
        end = start
        while end < len(self.tokens) and (
            self.tokens[end].kind == "word" or self.tokens[end].text == "."
        ):
            end += 1
        return end

    def _one(
        self, sort: str, pointer: int, type_text: str, scope: str, length: str
    ) -> Metavariable:
        token = self.tokens[self.at] if self.at < len(self.tokens) else None
        if token is None or token.kind != "word":
            raise self.fail("the name of a metavariable is expected here")
        place = self._place(token.offset)
        name, origin = self._take(), ""
        if sort == "position" and name == "any" and self._text() not in _BEHIND_NAME:
            name = self._take()
        if self._text() == ".":
            self.at += 1
            origin, name = name, self._take()
        fresh: tuple[tuple[str, str], ...] = ()
        if sort == "fresh identifier" and self._text() == "=":
            self.at += 1
            fresh = tuple(self._pieces())
        if sort == "position" and self._text() == "any":
            self.at += 1
        constraints = tuple(self._constraints())
        script = self._script(sort) if self._text() == ":" else ""
        return Metavariable(
            name=name,
            sort=sort,
            origin=origin,
            constraints=constraints,
            pointer=pointer,
            type_text=type_text,
            scope=scope,
            length=length,
            fresh=fresh,
            script=script,
            line=place.line or 0,
            column=place.column or 0,
        )

    def _script(self, sort: str) -> str:
        """A condition on a position or a value, `: script:python() { relevant(p) }`: its text."""
        if sort not in _ASKED:
            raise self.fail(f"constraints of {sort} by a script are not supported")
        head = [self._text(number) for number in range(6)]
        if head != [":", "script", ":", "python", "(", ")"] or self._text(6) != "{":
            raise self.fail("a script with names of its own is not supported here")
        self.at += 7
        start, depth = self.at, 1
        while depth:
            depth += {"{": 1, "}": -1}.get(self._take(), 0)
        # As it stands there: these tokens are not those of Python, and 'a' is one of its strings.
        return self.text[self.tokens[start].offset : self.tokens[self.at - 1].offset].strip()

    def _pieces(self) -> Iterator[tuple[str, str]]:
        while True:
            text = self._take()
            if text == "script":
                raise self.fail("a script makes this name; scripts are not run")
            if self._text() == ".":
                self.at += 1
                yield ("name", f"{text}.{self._take()}")
            else:
                yield ("text", text[1:-1]) if text.startswith('"') else ("name", text)
            if self._text() != "##":
                return
            self.at += 1

    def _constraints(self) -> Iterator[Constraint]:
        """Constraints that all have to hold; those between `||` become one."""
        choices: list[tuple[Constraint, ...]] = []
        while True:
            choices.append(tuple(self._conjunction()))
            if self._text() != "||":
                break
            self.at += 1
        if len(choices) == 1:
            yield from choices[0]
        else:
            yield Constraint(False, choices=tuple(choices))

    def _conjunction(self) -> Iterator[Constraint]:
        while True:
            text = self._text()
            if text in ("=~", "!~"):
                self.at += 1
                literal = self._take()
                yield Constraint(text == "!~", (), self._expression(literal[1:-1]))
            elif text in ("=", "!="):
                self.at += 1
                yield Constraint(text == "!=", tuple(self._values()))
            elif text in ("<", ">", "<=", ">="):
                self.at += 1
                if text == "<=" and re.match(r"[A-Za-z_]", self._text()):
                    yield Constraint(False, (self._value(),), is_part=True)
                    continue
                if not re.match(r"-?\d", self._text()):
                    raise self.fail("a number is expected here")
                yield Constraint(False, (self._take(),), None, text)
            elif text == "@":
                raise self.fail("a position cannot be declared here")
            elif text == "&&":
                self.at += 1
            elif text in ("(", "script"):
                raise self.fail("constraints in parentheses are not supported")
            else:
                return

    def _values(self) -> Iterator[str]:
        if self._text() != "{":
            yield self._value()
            return
        self.at += 1
        while self._text() != "}":
            yield self._value()
            if self._text() == ",":
                self.at += 1
        self.at += 1

    def _value(self) -> str:
        """The tokens of one value, with a blank between two words."""
        text = self._take()
        if re.match(r"[-+*/%&|^=!<>~]+$", text):
            while re.match(r"[-+*/%&|^=!<>~]+$", self._text()) and (
                self.tokens[self.at].offset
                == self.tokens[self.at - 1].offset + len(self.tokens[self.at - 1].text)
            ):
                text += self._take()
            return text
        while self._text() not in (",", "}", ";", "&&", "||", "", "=~", "!~", "!=", "="):
            blank = " " if re.match(r"\w", self._text()) and re.search(r"\w$", text) else ""
            text += blank + self._take()
        return text

    def _expression(self, text: str) -> str:
        r"""A regular expression in the syntax of PCRE, which Coccinelle uses, in Python's.

        Old patches are in that of OCaml's Str, which Coccinelle falls back to. They are known by
        `\|`, because no name has a bar that would have to be escaped.
        """
        if r"\|" in text:
            text = re.sub(r"\\([()|])|([()|])", lambda m: m[1] if m[1] else "\\" + m[2], text)
        text = _POSIX.sub(lambda match: _CLASSES.get(f"is{match[1]}", match[0]), text)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", FutureWarning)  # a set that PCRE reads otherwise
                re.compile(text)
        except FutureWarning as warning:
            raise self.fail(f"the regular expression cannot be read: {warning}") from None
        except re.error as error:
            raise self.fail(f"the regular expression cannot be read: {error}") from None
        return text


_ASKED = frozenset(("position", "expression", "idexpression", "identifier", "constant"))
"""What a script can say a condition of: a place, or one word or expression as it is written."""

_POSIX = re.compile(r"\[:(\w+):\]")
_CLASSES = {
    "isalnum": "a-zA-Z0-9", "isalpha": "a-zA-Z", "isdigit": "0-9", "islower": "a-z",
    "isupper": "A-Z",
    "isxdigit": "0-9a-fA-F", "isword": "a-zA-Z0-9_", "isspace": r"\s", "isblank": r" \t",
}  # fmt: skip
"""What stands for a class of POSIX inside of brackets, by the name of its function in C."""

_BEHIND_NAME = (";", ",", "=", "!=", "=~", "!~", "<", ">", "<=", ">=", ":", "##")
"""What can follow the name of a metavariable."""


def inherited(meta: Metavariable, other: Metavariable) -> Metavariable:
    """A metavariable that takes sort and type from the one it is inherited from, if it has none."""
    return replace(meta, sort=other.sort) if not meta.sort else meta


__all__ = ["Declarations", "Mapping"]
