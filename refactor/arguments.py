"""The options that several commands share, in groups, and the request that they make up."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from refactor.errors import UsageError

Command = TypeVar("Command", bound=Callable[..., Any])


GROUPS = {
    "Which change": "rule rules policy base model defined paths patches arch archs jobs no_cache",
    "Into which patches": "split max_files only max appended",
    "What is shown": "stat verbose html form matrix fix full_index no_pager color quiet",
    "Findings that are accepted": "baseline write_baseline",
    "Its words": "subject message cover_letter edit note tag link suggested_by signoff",
    "Recipients": "to cc auto_cc cc_all recipients",
    "The mails": "output reroll_count rfc resend subject_prefix in_reply_to",
    "The version before": "previous changelog tags_from",
}
"""What the options of a command with many of them are about; all others come last."""


class Grouped(click.Command):
    """Lists its options by what they are about."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        left = {
            param.name: record
            for param in self.get_params(ctx)
            if (record := param.get_help_record(ctx)) is not None and record[1]
        }
        for title, names in GROUPS.items():
            rows = [left.pop(name) for name in names.split() if name in left]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)
        with formatter.section("All others"):
            formatter.write_dl(list(left.values()))


def common(command: Command) -> Command:
    """The options of every command that applies a rule to a tree."""
    one = click.option("-r", "--rule", metavar="ID|FILE", multiple=True, callback=_only,
                       help="Rule to apply.")  # fmt: skip
    return _common(command, one)


def _only(ctx: click.Context, _: click.Parameter, values: tuple[str, ...]) -> str | None:
    """The one value of an option. Another one would be dropped, and nobody would notice."""
    if len(values) > 1:
        more = " (series --with takes more)" if ctx.info_name == "series" else ""
        raise click.UsageError(f"one rule at a time: -r is given {len(values)} times{more}", ctx)
    return values[0] if values else None


def common_to_many(command: Command) -> Command:
    """The same for a command that takes several rules."""
    several = click.option("-r", "--rule", "rules", metavar="ID|FILE|DIR", multiple=True,
                           help="Rule to check; several, or a folder of them.")  # fmt: skip
    return _common(command, several)


def _common(command: Command, rule: Callable[[Command], Command]) -> Command:
    options = (
        click.argument("tree", required=False, type=click.Path(path_type=Path)),
        rule,
        click.option("--policy", metavar="NAME", help="Policy of the rule."),
        click.option("--base", metavar="REV", help="Commit to start from. [default: HEAD]"),
        click.option("--model", is_flag=True, help="Use the built-in model tree as TREE."),
        click.option(
            "-D",
            "defined",
            metavar="NAME[=VALUE]",
            multiple=True,
            help="Virtual rule or identifier of a semantic patch.",
        ),
        click.option(
            "--path", "paths", metavar="GLOB", multiple=True, help="Only files under this path."
        ),
        click.option(
            "-j",
            "--jobs",
            metavar="N",
            type=click.IntRange(1),
            help="Processes that work on the files. [default: all processors]",
        ),
        click.option("-q", "--quiet", is_flag=True, help="Print errors only."),
        click.option(
            "--color",
            type=click.Choice(["auto", "always", "never"]),
            default="auto",
            show_default=True,
            help="Colour the output.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


class Check(Grouped):
    """Takes `--patch FILE...`: what a shell makes of `*.patch`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, list(_one_option_for_each(args)))


def _one_option_for_each(words: Iterable[str]) -> Iterator[str]:
    """Repeat --patch in front of the files that follow its value; a folder is the tree."""
    last, is_listing = "", False
    for word in words:
        if last == "--patch" or word.startswith("--patch="):
            is_listing = True
        elif is_listing and os.path.exists(word) and not os.path.isdir(word):
            yield "--patch"
        else:
            is_listing = False
        yield word
        last = word


def is_coloured(color: str) -> bool:
    """For `auto`: on a terminal, unless NO_COLOR is set (https://no-color.org)."""
    return color == "always" or (
        color == "auto" and sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    )


def request(options: dict[str, Any]) -> Any:
    from refactor.commands.common import DEFAULT_RULE, Request, placed

    asked = Request(
        tree=options["tree"],
        rule=options.get("rule") or (*options.get("rules", ()), DEFAULT_RULE)[0],
        rules=options.get("rules", ()),
        policy=options["policy"],
        base=options["base"],
        model=options["model"],
        defined=dict(_defined(options["defined"])),
        paths=options["paths"],
        jobs=options["jobs"] or len(os.sched_getaffinity(0)),
        subject=options.get("subject"),
        message=options.get("message"),
        split=options.get("split"),
        max_files=options.get("max_files", 30),
        only=options.get("only", ()),
    )
    return placed(asked)


def _defined(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The names and values of `-D NAME[=VALUE]`."""
    for word in words:
        name, _, value = word.partition("=")
        if not name.isidentifier():
            raise UsageError(f"-D takes NAME or NAME=VALUE, {word!r} is neither")
        yield name, value


def divided(command: Command) -> Command:
    """The options that say how a change is divided into patches."""
    for option in (
        click.option(
            "--only",
            metavar="SECTION|GLOB",
            multiple=True,
            help="Only the patches of a section, or of files.",
        ),
        click.option(
            "--max-files",
            metavar="N",
            type=click.IntRange(1),
            default=30,
            show_default=True,
            help="Files in a patch at most, by maintainer.",
        ),
        click.option(
            "--split",
            type=click.Choice(["arch", "maintainer", "file", "one"]),
            help="What a patch is about. [default: what suits the rule]",
        ),
    ):
        command = option(command)
    return command
