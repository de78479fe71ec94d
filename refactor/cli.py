"""The command line: options in, exit status out. The one place that catches errors."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar

import click

from refactor import __version__
from refactor.errors import Status, TreewideError

Command = TypeVar("Command", bound=Callable[..., Any])

BUG = 70
"""Exit status of a bug of ours: EX_SOFTWARE of sysexits.h."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status. No traceback reaches a user."""
    signal.signal(signal.SIGTERM, _terminate)
    try:
        status = treewide.main(arguments, "treewide", standalone_mode=False)
        sys.stdout.flush()
        return int(status or 0)
    except click.ClickException as problem:
        problem.show()
        return problem.exit_code
    except TreewideError as problem:
        from refactor.report import text

        click.echo(text.error(problem), err=True)
        return int(problem.status)
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted", err=True)
        return 128 + signal.SIGINT
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except OSError as problem:
        where = f"{problem.filename}: " if problem.filename else ""
        click.echo(f"{where}error: {problem.strerror or problem}", err=True)
        return int(Status.TREE)
    except Exception as problem:
        if os.environ.get("TREEWIDE_TRACEBACK"):
            raise
        click.echo(
            f"error: this is a bug of treewide: {type(problem).__name__}: {problem}\n"
            "  hint: please report it, with what TREEWIDE_TRACEBACK=1 prints",
            err=True,
        )
        return BUG


def _terminate(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + signal.SIGTERM)


def common(command: Command) -> Command:
    """The options of every command that applies a rule to a tree."""
    options = (
        click.argument("tree", required=False, type=click.Path(path_type=Path)),
        click.option("-r", "--rule", metavar="ID|FILE", help="Rule to apply."),
        click.option("--policy", metavar="NAME", help="Policy of the rule."),
        click.option("--base", metavar="REV", help="Commit to start from. [default: HEAD]"),
        click.option("--model", is_flag=True, help="Use the built-in model tree as TREE."),
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


def _request(options: dict[str, Any]) -> Any:
    from refactor.commands.common import DEFAULT_RULE, Request

    return Request(
        tree=options["tree"],
        rule=options["rule"] or DEFAULT_RULE,
        policy=options["policy"],
        base=options["base"],
        model=options["model"],
    )


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="treewide %(version)s")
def treewide() -> None:
    """Turn one declarative rule into a treewide kernel patch series, and prove it."""
    from refactor.sealed import forget_inherited_repository

    forget_inherited_repository()


@treewide.command()
@common
@click.option("-o", "--output", metavar="DIR", type=click.Path(path_type=Path, file_okay=False),
              help="Folder for the patches. [default: outgoing]")  # fmt: skip
@click.option(
    "-v", "--reroll-count", metavar="N", type=click.IntRange(1), help="Mark as version N."
)
@click.option("-s", "--signoff", is_flag=True, help="Add your own Signed-off-by.")
@click.option("--to", metavar="ADDRESS", multiple=True, help="Add a To: to every mail.")
@click.option("--cc", metavar="ADDRESS", multiple=True, help="Add a Cc: to every mail.")
@click.option("--auto-cc", is_flag=True, help="Add whom MAINTAINERS names, for each patch.")
@click.option("--in-reply-to", metavar="ID", help="Message-Id that the cover letter replies to.")
@click.option("--branch", metavar="NAME", help="Write the commits to a new branch of TREE.")
@click.option("--force", is_flag=True, help="Overwrite an existing branch.")
@click.option("--allow-refused", is_flag=True, help="Go on without what was refused.")
@click.option("--validate", is_flag=True, help="Run the series in the model before writing it.")
def series(quiet: bool, **options: Any) -> int:
    """Generate the treewide patch series for TREE.

    The names of the patches are printed to standard output, as git format-patch does it; a summary
    goes to standard error.
    """
    from refactor.commands import series as command
    from refactor.mail import MailOptions
    from refactor.report import progress, text

    mail = MailOptions(
        options["reroll_count"], options["to"], options["cc"], options["in_reply_to"]
    )
    chosen = command.Options(
        output=options["output"],
        sign_off=options["signoff"],
        branch=options["branch"],
        force=options["force"],
        allow_refused=options["allow_refused"],
        auto_cc=options["auto_cc"],
        validate=options["validate"],
        mail=mail,
    )
    with progress.shown(quiet) as tell:
        result = command.run(_request(options), chosen, tell)
    for refused in result.plan.refused:
        click.echo(text.refusal(refused), err=True)
    if not quiet:
        for mail_file in result.mails:
            click.echo(str(mail_file))
        for line in text.account(result.plan, result.branch and options["branch"]):
            click.echo(line, err=True)
    if result.is_disproved and result.validated is not None:
        from refactor.report import validation

        for line in validation.text([result.validated]):
            click.echo(line, err=True)
        return Status.REFUSED
    if result.is_refused:
        click.echo(text.REFUSED, err=True)
        return Status.REFUSED
    return Status.DONE


@treewide.command()
@common
@click.option("--arch", metavar="A", multiple=True, help="Only the patch of this architecture.")
@click.option("--stat", is_flag=True, help="Print a diffstat instead.")
@click.option("--exit-code", is_flag=True, help="Exit with 1 if there are differences.")
@click.option("--html", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False),
              help="Write the diff as a page to FILE instead.")  # fmt: skip
def diff(quiet: bool, color: str, **options: Any) -> int:
    """Print what the series would change in TREE, as one diff that git apply takes."""
    from refactor.commands import diff as command
    from refactor.report import progress, text

    coloured = color == "always" or (color == "auto" and sys.stdout.isatty())
    git_options = ("--stat",) if options["stat"] else ()
    git_options += (f"--color={'always' if coloured and not options['html'] else 'never'}",)
    with progress.shown(quiet) as tell:
        result = command.run(
            _request(options),
            options["arch"],
            git_options,
            tell,
            with_messages=bool(options["html"]),
        )
    if options["html"]:
        from refactor.report import html

        html.write(options["html"], result.plan, result.messages, result.diff)
    else:
        click.echo(result.diff, nl=False)
    sys.stdout.flush()
    for refused in result.plan.refused:
        click.echo(text.refusal(refused), err=True)
    if not quiet:
        for line in text.account(result.plan, ""):
            click.echo(line, err=True)
    differs = options["exit_code"] and bool(result.diff)
    return Status.REFUSED if result.plan.refused or differs else Status.DONE


@treewide.group(invoke_without_command=True)
@click.pass_context
def rules(context: click.Context) -> None:
    """List the rules, show one, or run its cases."""
    if context.invoked_subcommand is None:
        context.invoke(list_rules)


@rules.command("list")
def list_rules() -> None:
    """List the rules that ship with treewide."""
    from refactor.commands import rules as command
    from refactor.report import text

    rows = [
        [rule.id, rule.summary, ", ".join(p.name for p in rule.policies)]
        for rule in command.every()
    ]
    click.echo(text.columns([["RULE", "WHAT IT DOES", "POLICIES"], *rows]))


@rules.command("show")
@click.argument("rule")
def show_rule(rule: str) -> None:
    """Print the file of a rule."""
    from refactor.commands import rules as command

    click.echo(command.source(rule), nl=False)


@rules.command("test")
@click.argument("rule", required=False)
def test_rules(rule: str | None) -> int:
    """Run the cases of a rule, or of all rules."""
    from refactor.commands import rules as command

    failed = 0
    for tested, verdicts in command.test(rule):
        for verdict in verdicts:
            if verdict.problem:
                failed += 1
                click.echo(f"{tested.id}: {verdict.case.name}: FAILED\n{verdict.problem}")
        passed = sum(not verdict.problem for verdict in verdicts)
        click.echo(f"{tested.id}: {passed} of {len(verdicts)} cases pass")
    return Status.REFUSED if failed else Status.DONE


@treewide.command()
@common
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text",
              show_default=True, help="Form of the report.")  # fmt: skip
@click.option("--sanitize", is_flag=True, help="Compile with the address and UB sanitizers.")
def validate(quiet: bool, color: str, form: str, sanitize: bool, **options: Any) -> int:
    """Run the series in the executable model of x86 and powerpc.

    With TREE, the functions of that tree are run; with --model, or where there is no kernel tree,
    those of the built-in model tree, in each of its vintages.
    """
    from refactor.commands import validate as command
    from refactor.report import progress, validation

    with progress.shown(quiet) as tell:
        every = command.run(_request(options), tell, sanitize=sanitize)
    if form == "json":
        click.echo(validation.as_json(every))
    elif not quiet:
        for line in validation.text(every):
            click.echo(line)
    return Status.DONE if all(each.result.holds for each in every) else Status.REFUSED
