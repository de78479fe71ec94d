"""Write the manual page from the help texts: `python -m tools.man FILE`.

It is kept in the repository, since whoever builds a wheel need not have what treewide needs to run.
A test says when it is to be made anew.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from refactor import __version__
from refactor.arguments import GROUPS
from refactor.cli import treewide

STATUS = (
    ("0", "Done."),
    ("1", "Something was refused, or there are findings, or differences with --exit-code."),
    ("2", "The command line is wrong."),
    ("3", "A rule or a template is faulty."),
    ("4", "The tree cannot be read, or something cannot be written."),
    ("5", "The rule matches nothing."),
    ("70", "A bug of treewide."),
)


def page() -> str:
    """The manual page, in the macros of man(7)."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield f'.TH TREEWIDE 1 "" "treewide {__version__}" "User Commands"'
    yield ".SH NAME"
    yield f"treewide \\- {_roff(_first(treewide).rstrip('.'))}"
    yield ".SH SYNOPSIS"
    commands = list(_commands(treewide, "treewide"))
    for path, command in commands:
        yield ".PP"
        yield f".B {_roff(path)}"
        yield _roff(" ".join(command.collect_usage_pieces(_context(command))))
    yield ".SH COMMANDS"
    for path, command in commands:
        yield f".SS {_roff(path)}"
        yield from _paragraphs(command.help or "")
        yield from _options(command)
    yield ".SH EXIT STATUS"
    for number, what in STATUS:
        yield from (".TP", f".B {number}", _roff(what))
    yield ".SH SEE ALSO"
    yield ".BR git-format-patch (1),"
    yield ".BR git-send-email (1),"
    yield ".BR spatch (1)"


def _commands(group: click.Group, path: str) -> Iterator[tuple[str, click.Command]]:
    """All commands that do something, with the words that call them."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


def _options(command: click.Command) -> Iterator[str]:
    context = _context(command)
    records = {
        param.name: record
        for param in command.get_params(context)
        if (record := param.get_help_record(context)) is not None and record[1]
    }
    in_groups = [name for names in GROUPS.values() for name in names.split() if name in records]
    for name in dict.fromkeys([*in_groups, *records]):
        option, what = records[name]
        yield from (".TP", f".B {_roff(option)}", _roff(what))


def _context(command: click.Command) -> click.Context:
    """As it is when the command is called: `-h` comes from the group, and click keeps the names of
    the first context that asks for them."""
    group = click.Context(treewide, **treewide.context_settings)
    return click.Context(command, parent=group)


def _first(command: click.Command) -> str:
    return (command.help or "").strip().partition("\n")[0]


def _paragraphs(text: str) -> Iterator[str]:
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        yield from (".PP", _roff(" ".join(paragraph.split())))


def _roff(text: str) -> str:
    """Text as it is: no escape, no request at the beginning of a line, no hyphen for a minus."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{text}" if text.startswith((".", "'")) else text


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(page())
