"""Tables of a TOML file that are taken key by key: what is left over is an error.

Whatever is wrong is said with the file, the line and the key.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any

from refactor.errors import Place, RuleError


def read(file: Path, what: str = "a rule") -> Table:
    """The top of a TOML file. Raises RuleError with the file, and the line where that is known.

    `what` is in it, for a message.
    """
    try:
        data = file.read_bytes()
        return parsed(data.decode(), str(file))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        place = Place(str(file), line, column)
        raise RuleError(f"{what} has to be UTF-8", place=place) from error
    except OSError as error:
        raise RuleError(f"cannot read {what}: {error.strerror}", place=Place(str(file))) from error


def parsed(text: str, file: str) -> Table:
    """The top of the TOML in `text`; `file` is what an error names. Raises RuleError."""
    try:
        return Table(_values(text), "", file, text)
    except tomllib.TOMLDecodeError as error:
        where = re.search(r"line (\d+), column (\d+)", str(error))
        place = Place(file, *(int(part) for part in where.groups()) if where else ())
        message = re.sub(r" \(at .*\)$", "", str(error))
        raise RuleError(f"no TOML: {message}", place=place) from error
    except RecursionError as error:
        raise RuleError("no TOML: it nests too deep", place=Place(file)) from error
    except ValueError as error:  # an integer that Python will not read
        found = re.search(r"\d{1000}", text)
        line = text.count("\n", 0, found.start()) + 1 if found else None
        column = found.start() - text.rfind("\n", 0, found.start()) if found else None
        place = Place(file, line, column)
        raise RuleError("no TOML: a number of too many digits", place=place) from error


@lru_cache(maxsize=4)
def _values(text: str) -> Mapping[str, Any]:
    """A table copies what keys are taken from, so an outline and its rule share one reading."""
    return tomllib.loads(text)


class Table:
    """A table of the TOML file from which every key has to be taken, and taken with its type."""

    def __init__(self, values: Mapping[str, Any], path: str, file: str, text: str) -> None:
        self.values = dict(values)
        self.path = path
        self.file = file
        self.text = text
        self.known: list[str] = []

    def again(self) -> Table:
        """The same table, for somebody else who takes keys from it."""
        return Table(self.values, self.path, self.file, self.text)

    def fail(self, message: str, key: str = "", hint: str = "") -> RuleError:
        name = ".".join(part for part in (self.path, key) if part)
        where = f"{name}: " if name else ""
        return RuleError(where + message, place=Place(self.file, self._line(key)), hint=hint)

    def take(self, key: str, kind: type, default: Any = None) -> Any:
        self.known.append(key)
        if key not in self.values:
            if default is None:
                raise self.fail(f"there is no {key!r}")
            return default
        value = self.values.pop(key)
        if not isinstance(value, kind):
            raise self.fail(f"it has to be a {_KINDS[kind]}", key)
        return value

    def string(self, key: str, default: str | None = None) -> str:
        value: str = self.take(key, str, default)
        return value

    def line(self, key: str, default: str | None = None) -> str:
        """A string that stands in one line of a mail, and on a terminal."""
        value = self.string(key, default)
        if not value.isprintable():
            odd = next(each for each in value if not each.isprintable())
            raise self.fail(f"it has to be one line of text, and has {odd!r}", key)
        return value

    def strings(self, key: str, default: list[str] | None = None) -> tuple[str, ...]:
        values = self.take(key, list, default)
        if not all(isinstance(value, str) for value in values):
            raise self.fail("it has to be a list of strings", key)
        return tuple(values)

    def table(self, key: str, default: dict[str, Any] | None = None) -> Table:
        return self._below(self.take(key, dict, default), key)

    def tables(self, key: str, default: list[Any] | None = None) -> list[Table]:
        values = self.take(key, list, default)
        if not all(isinstance(value, dict) for value in values):
            raise self.fail("it has to be a list of tables", key)
        return [self._below(value, f"{key}[{number}]") for number, value in enumerate(values)]

    def done(self) -> None:
        for key in self.values:
            raise self.fail("unknown key", key, hint=suggest(key, self.known))

    def _below(self, values: Mapping[str, Any], key: str) -> Table:
        path = f"{self.path}.{key}" if self.path else key
        return Table(values, path, self.file, self.text)

    def inside(self, key: str, line: int, column: int) -> Place:
        """The place of a line and a column, both from 1, of the string that a key has."""
        text = self.text.replace("\r\n", "\n")
        above = self._line(key)
        if above is None:
            return Place(self.file)
        start = [0, *(match.end() for match in re.finditer("\n", text))][above - 1]
        equals = re.compile(rf"{re.escape(key)}[\"']?[ \t]*=[ \t]*").search(text, start)
        if equals is None:
            return Place(self.file, above)
        number, place, at = 1, 1, equals.end()
        for at in _offsets(text, equals.end()):
            ends = text[at] == "\n" or text.startswith("\\n", at)
            if number == line and (ends or place == column):
                break
            number, place = (number + 1, 1) if ends else (number, place + 1)
        return Place(self.file, text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))

    def _line(self, key: str) -> int | None:
        """The line of the last part of the key that the text has; TOML gives no positions."""
        line = None
        start = 0
        for part in f"{self.path}.{key}".strip(".").split("."):
            name, _, number = part.partition("[")
            header = rf"^\[\[(?:[^\]\n]*\.)?{re.escape(name)}\]\]"
            plain = rf"^[ \t]*(?:\[+(?:[^\]\n]*\.)?)?[\"']?{re.escape(name)}\b"
            found = list(re.compile(header, re.MULTILINE).finditer(self.text, start))
            if number and len(found) > int(number.rstrip("]")):
                start = found[int(number.rstrip("]"))].start()
            elif match := re.compile(plain, re.MULTILINE).search(self.text, start):
                start = match.start()
            else:
                break
            line = self.text.count("\n", 0, start) + 1
        return line


_ESCAPE = re.compile(r"\\(?:u.{4}|U.{8}|(\s*\n\s*)|.)", re.DOTALL)


def _offsets(text: str, start: int) -> Iterator[int]:
    """Where in the text each character of the string stands that begins at `start`."""
    quote = text[start : start + 3] if text[start : start + 3] in ("'''", '"""') else text[start]
    at = start + len(quote)
    if len(quote) == 3 and text.startswith("\n", at):
        at += 1  # TOML leaves out the line break behind the opening quotes.
    while at < len(text) and not text.startswith(quote, at):
        escape = _ESCAPE.match(text, at) if quote[0] == '"' else None
        if escape is None or escape[1] is None:
            yield at
        at = escape.end() if escape is not None else at + 1


_KINDS = {str: "string", list: "list", dict: "table", bool: "true or false"}


def strings_by_name(table: Table) -> dict[str, str]:
    """Every key of a table, each with a string."""
    return {name: table.string(name) for name in list(table.values)}


def lines_by_name(table: Table) -> dict[str, str]:
    """The same for strings of one line."""
    return {name: table.line(name) for name in list(table.values)}


def suggest(name: str, names: Iterable[str]) -> str:
    known = sorted(names)
    close = get_close_matches(name, known, 1)
    return f"did you mean {close[0]!r}?" if close else f"known: {', '.join(known)}"
