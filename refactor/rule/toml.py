"""Tables of a TOML file that are taken key by key: what is left over is an error.

Whatever is wrong is said with the file, the line and the key.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from refactor.errors import Place, RuleError


def read(file: Path, what: str = "a rule") -> Table:
    """The top of a TOML file. Raises RuleError with the file, and the line where that is known.

    `what` is in it, for a message.
    """
    try:
        return parsed(file.read_bytes().decode(), str(file))
    except UnicodeDecodeError as error:
        raise RuleError(f"{what} has to be UTF-8", place=Place(str(file))) from error
    except OSError as error:
        raise RuleError(f"cannot read {what}: {error.strerror}", place=Place(str(file))) from error


def parsed(text: str, file: str) -> Table:
    """The top of the TOML in `text`; `file` is what an error names. Raises RuleError."""
    try:
        return Table(tomllib.loads(text), "", file, text)
    except tomllib.TOMLDecodeError as error:
        where = re.search(r"line (\d+), column (\d+)", str(error))
        place = Place(file, *(int(part) for part in where.groups()) if where else ())
        message = re.sub(r" \(at .*\)$", "", str(error))
        raise RuleError(f"no TOML: {message}", place=place) from error


class Table:
    """A table of the TOML file from which every key has to be taken, and taken with its type."""

    def __init__(self, values: Mapping[str, Any], path: str, file: str, text: str) -> None:
        self.values = dict(values)
        self.path = path
        self.file = file
        self.text = text
        self.known: list[str] = []

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


_KINDS = {str: "string", list: "list", dict: "table", bool: "true or false"}


def strings_by_name(table: Table) -> dict[str, str]:
    """Every key of a table, each with a string."""
    return {name: table.string(name) for name in list(table.values)}


def suggest(name: str, names: Iterable[str]) -> str:
    known = sorted(names)
    close = get_close_matches(name, known, 1)
    return f"did you mean {close[0]!r}?" if close else f"known: {', '.join(known)}"
