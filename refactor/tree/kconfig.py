"""Kconfig: which symbols an architecture selects, and under which condition.

Only what this question needs of the language (Documentation/kbuild/kconfig-language.rst): `config`
and `menuconfig` entries, their `select`, `default` and `def_bool`, with `if`, and help texts, which
are skipped by their indentation. White space may be tabs or spaces anywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from refactor.errors import Place


@dataclass(frozen=True, slots=True)
class Select:
    """`config` turns `symbol` on, if `condition` (empty: always)."""

    config: str
    symbol: str
    condition: str
    place: Place


_ENDING = ("menu", "endmenu", "choice", "endchoice", "source", "comment", "mainmenu")
_TELLING = ("help", "---help---", "config", "menuconfig", "select", "def_bool", "default", *_ENDING)


def selects(path: str, data: bytes) -> Iterator[Select]:
    """Every symbol that a Kconfig file turns on, by `select` or by a default of y of its own."""
    config = ""
    help_indent: int | None = None
    for number, line in _logical_lines(data.decode(errors="replace")):
        bare = line.lstrip()
        if not bare:
            continue
        if help_indent is not None:
            indent = len(line[: len(line) - len(bare)].expandtabs(8))
            if help_indent < 0:
                help_indent = indent
            if indent >= help_indent > 0:
                continue
            help_indent = None
        words = bare.split("#", 1)[0].split() if bare.startswith(_TELLING) else []
        if not words:
            continue
        if words[0] in ("help", "---help---"):
            help_indent = -1
        elif words[0] in ("config", "menuconfig") and len(words) > 1:
            config = words[1]
        elif words[0] in _ENDING:
            config = ""
        elif words[0] == "select" and len(words) > 1 and config:
            place = Place(path, number, len(line) - len(bare) + 1)
            yield Select(config, words[1], _condition(words[2:]), place)
        elif words[0] in ("def_bool", "default") and words[1:2] == ["y"] and config:
            place = Place(path, number, len(line) - len(bare) + 1)
            yield Select(config, config, _condition(words[2:]), place)


def _condition(words: list[str]) -> str:
    return " ".join(words[1:]) if words[:1] == ["if"] else ""


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines with those that `\\` continues, each with its first line's number."""
    start, pending = 1, ""
    for number, line in enumerate(text.splitlines(), 1):
        if not pending:
            start = number
        if line.endswith("\\"):
            pending += line[:-1] + " "
            continue
        yield start, pending + line
        pending = ""
    if pending:
        yield start, pending


@dataclass(frozen=True, slots=True)
class Selection:
    """How one architecture comes to a symbol: the conditions of all ways; none: unconditionally."""

    symbol: str
    conditions: tuple[str, ...]
    place: Place


def selections(
    arch: Iterable[Select], generic: Iterable[Select], symbols: Iterable[str]
) -> Mapping[str, Selection]:
    """Which of `symbols` the Kconfig files of one architecture turn on.

    A symbol counts as well if the architecture selects a generic symbol that selects it in turn.
    """
    own = list(arch)
    shared = list(generic)
    found = {}
    for symbol in symbols:
        ways = [select for select in own if select.symbol == symbol]
        seen = {symbol}
        carriers = {select.config for select in shared if select.symbol == symbol} - seen
        while carriers:
            ways += [select for select in own if select.symbol in carriers]
            seen |= carriers
            carriers = {select.config for select in shared if select.symbol in carriers} - seen
        if ways:
            conditions = () if any(not way.condition for way in ways) else _all(ways)
            found[symbol] = Selection(symbol, conditions, ways[0].place)
    return found


def _all(ways: Iterable[Select]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(way.condition for way in ways))


@dataclass(frozen=True, slots=True)
class Prompt:
    """When a user can set an option: with the condition of its prompt, if it can be on at all."""

    condition: str | None
    """Of the prompt; empty: always, None: there is no prompt."""
    depends: tuple[str, ...]
    """What the option depends on; terms of an AND are told apart."""


def prompt_of(data: bytes, option: str) -> Prompt | None:
    """What a Kconfig file says of an option; None if it has no such option."""
    inside, found = False, False
    condition: str | None = None
    depends: list[str] = []
    for _, line in _logical_lines(data.decode(errors="replace")):
        words = line.split("#", 1)[0].split()
        if words[:1] in (["config"], ["menuconfig"]) or (words[:1] and words[0] in _ENDING):
            inside = words[1:] == [option]
            found = found or inside
        elif inside and words[:2] == ["depends", "on"]:
            depends += " ".join(words[2:]).split(" && ")
        elif inside and words and words[0] in ("bool", "tristate", "prompt") and len(words) > 1:
            condition = line.rpartition('"')[2].strip().removeprefix("if").strip()
        elif inside and words[:1] in (["help"], ["---help---"]):
            inside = False
    return Prompt(condition, tuple(depends)) if found else None
