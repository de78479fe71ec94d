"""The command line: options in, exit status out."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import click

from refactor import __version__, process
from refactor.arguments import Check, Grouped, common, common_to_many, divided, is_coloured, request
from refactor.errors import Status, UsageError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status."""
    return process.run(partial(treewide.main, arguments, "treewide", standalone_mode=False))


class _Commands(click.Group):
    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # click would make a 1 of it
            return process.nobody_reads()


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="treewide %(version)s")
def treewide() -> None:
    """Turn one declarative rule into a treewide kernel patch series, and prove it."""
    from refactor.tree.git import forget_inherited_repository

    forget_inherited_repository()


@treewide.command(cls=Grouped)
@common
@divided
@click.option("-o", "--output", metavar="DIR", type=click.Path(path_type=Path, file_okay=False),
              help="Folder for the patches. [default: outgoing]")  # fmt: skip
@click.option(
    "--max",
    metavar="N",
    type=click.IntRange(1),
    help="Patches in a series at most; of more, several are made.",
)
@click.option("--with", "appended", metavar="RULE", multiple=True,
              help="Append what RULE changes behind all others, as the last patch.")  # fmt: skip
@click.option(
    "-v", "--reroll-count", metavar="N", type=click.IntRange(1), help="Mark as version N."
)
@click.option("-s", "--signoff", is_flag=True, help="Add your own Signed-off-by.")
@click.option("--to", metavar="ADDRESS", multiple=True, help="Add a To: to every mail.")
@click.option("--cc", metavar="ADDRESS", multiple=True, help="Add a Cc: to every mail.")
@click.option("--suggested-by", metavar="ADDRESS", multiple=True,
              help="Add a Suggested-by: to every patch.")  # fmt: skip
@click.option("--tag", metavar="'NAME: VALUE'", multiple=True, help="Add a tag to every patch.")
@click.option("--link", metavar="URL", multiple=True, help="Add a Link: to every patch.")
@click.option("--auto-cc", is_flag=True, help="Add whom MAINTAINERS names, for each patch.")
@click.option("--recipients", is_flag=True, help="Tell who gets what, and how it is sent.")
@click.option("--cc-all", is_flag=True, help="Send every mail to whom the cover letter goes to.")
@click.option("--rfc", is_flag=True, help="Say RFC in the subjects.")
@click.option("--resend", is_flag=True, help="Say RESEND in the subjects.")
@click.option("--subject-prefix", metavar="P", default="PATCH", show_default=True,
              help="Say P in the brackets of the subjects.")  # fmt: skip
@click.option("--cover-letter", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False),
              help="Take subject and text of the cover letter from FILE.")  # fmt: skip
@click.option("--edit", is_flag=True, help="Edit the cover letter before it is written.")
@click.option("--note", metavar="PATCH=FILE", multiple=True,
              help="Put a text below the --- of a patch; 0 is the cover letter.")  # fmt: skip
@click.option("--previous", metavar="DIR|BRANCH", help="The version before, to compare with.")
@click.option("--changelog", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False),
              help="What has changed since then: 'PATCH: text' in each line.")  # fmt: skip
@click.option("--tags-from", metavar="MBOX", type=click.Path(path_type=Path, dir_okay=False),
              help="Take over the tags of replies to the version before.")  # fmt: skip
@click.option("--in-reply-to", metavar="ID", help="Message-Id that the cover letter replies to.")
@click.option("--branch", metavar="NAME",
              help="Write a new branch of TREE; with -o, the patches as well.")  # fmt: skip
@click.option("--force", is_flag=True, help="Overwrite an existing branch.")
@click.option("--allow-refused", is_flag=True, help="Go on without what was refused.")
@click.option(
    "--validate", is_flag=True, help="Compile and run functions of TREE in the model first."
)
@click.option("--subject", metavar="S", help="Say S in the subjects, instead of the rule's words.")
@click.option("--message", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False),
              help="Take the reason from FILE, instead of from the rule.")  # fmt: skip
def series(quiet: bool, **options: Any) -> int:
    """Generate the treewide patch series for TREE.

    The names of the patches are printed to standard output, as git format-patch does it; a summary
    goes to standard error.
    """
    from refactor.commands import series as command
    from refactor.report import progress, text
    from refactor.series.editor import edited
    from refactor.series.mail import MailOptions
    from refactor.series.tags import Tags

    mail = MailOptions(
        options["reroll_count"],
        options["to"],
        options["cc"],
        options["in_reply_to"],
        options["rfc"],
        options["resend"],
        options["subject_prefix"],
        options["cc_all"],
    )
    chosen = command.Options(
        output=options["output"],
        sign_off=options["signoff"],
        branch=options["branch"],
        force=options["force"],
        allow_refused=options["allow_refused"],
        auto_cc=options["auto_cc"],
        validate=options["validate"],
        most=options["max"],
        appended=options["appended"],
        mail=mail,
        previous=options["previous"],
        tags_from=options["tags_from"],
        tags=Tags(options["suggested_by"], options["link"], options["tag"]),
        own=command.OwnWords(
            options["cover_letter"],
            options["note"],
            options["changelog"],
            edited if options["edit"] else None,
        ),
    )
    # An editor and a line of progress do not share a terminal.
    with progress.shown(quiet or options["edit"]) as tell:
        result = command.run(request(options), chosen, tell)
    for refused in (each for plan in result.plans for each in plan.refused):
        click.echo(text.refusal(refused), err=True)
    if not quiet:
        for mail_file in result.mails:
            click.echo(str(mail_file))
        for plan in result.plans:
            branch = options["branch"] if result.branch and plan is result.plan else ""
            for line in text.told(plan, branch):
                click.echo(line, err=True)
        for line in result.left:
            click.echo(text.printable(line), err=True)
        if result.mails and (options["recipients"] or sys.stderr.isatty()):
            from refactor.report import recipients

            for line in recipients.told(result.mails):
                click.echo(text.printable(line), err=True)
        if result.validated is not None and not result.is_disproved:
            from refactor.proof.proof import confinement_line

            click.echo(confinement_line([result.validated]), err=True)
    if result.is_disproved and result.validated is not None:
        from refactor.report import validation

        for line in validation.text([result.validated]):
            click.echo(line, err=True)
        return Status.REFUSED
    if result.is_refused:
        click.echo(text.ALL_REFUSED if options["allow_refused"] else text.REFUSED, err=True)
        return Status.REFUSED
    return _matches_nothing(result.plan) if result.plan.is_empty else Status.DONE


@treewide.command(cls=Grouped)
@common
@divided
@click.option("--arch", metavar="A", multiple=True, help="Only the patch of this architecture.")
@click.option("--stat", is_flag=True, help="Print a diffstat instead.")
@click.option("--exit-code", is_flag=True, help="Exit with 1 if there are differences.")
@click.option("--allow-refused", is_flag=True, help="Exit with 0 although something was refused.")
@click.option("--verbose", is_flag=True, help="List every mention, and why it was not changed.")
@click.option("--html", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False),
              help="Write the diff as a page to FILE instead.")  # fmt: skip
@click.option("--validate", is_flag=True,
              help="For the page, compile and run functions in the model first.")  # fmt: skip
@click.option("--no-pager", is_flag=True, help="On a terminal, do not start a pager.")
@click.option(
    "--full-index", is_flag=True, help="On a terminal, print the object ids of files too."
)
def diff(quiet: bool, color: str, **options: Any) -> int:
    """Print what the series would change in TREE, as one diff that git apply takes.

    On a terminal it comes patch by patch in the order of the series, through the pager that git
    would take: GIT_PAGER, your core.pager, PAGER, or less.
    """
    from refactor.commands import diff as command
    from refactor.report import progress, text

    if options["html"] and options["stat"]:
        raise UsageError("--html and --stat do not go together")
    if options["validate"] and not options["html"]:
        raise UsageError("--validate is for the page of --html", hint="or: treewide validate")
    coloured = not options["html"] and is_coloured(color)
    git_options: tuple[str, ...] = (f"--color={'always' if coloured else 'never'}",)
    git_options += ("--stat",) if options["stat"] else ()
    with progress.shown(quiet) as tell:
        is_shown = sys.stdout.isatty() and not options["stat"]
        if options["html"]:
            result = _page(options, tell)
        elif options["arch"] or is_shown:
            result = command.run(
                request(options),
                options["arch"],
                ("--color=never",) if is_shown else git_options,
                tell,
                with_messages=is_shown,
            )
        else:
            figures: list[bytes] = []
            result = command.run_streamed(
                request(options),
                git_options,
                tell,
                figures.append if options["stat"] else partial(click.echo, nl=False),
                at_once=options["allow_refused"],
                in_pieces=not options["stat"],
            )
            result = replace(result, diff=b"".join(figures))
    if result.diff and sys.stdout.isatty():
        _show_diff(result, coloured, options)
    else:
        click.echo(result.diff, nl=False)
    sys.stdout.flush()
    is_all_listed = options["verbose"]
    listed = (
        text.every_mention(result.plan) if is_all_listed else map(text.refusal, result.plan.refused)
    )
    for line in listed:
        click.echo(line, err=True)
    for line in text.told(result.plan, "", is_all_listed=is_all_listed) if not quiet else ():
        click.echo(line, err=True)
    differs = options["exit_code"] and result.differs
    holds_back = bool(result.plan.refused) and not options["allow_refused"]
    if result.plan.is_empty:
        return _matches_nothing(result.plan)
    return Status.REFUSED if holds_back or differs else Status.DONE


def _page(options: dict[str, Any], tell: Any) -> Any:
    """Write the page of `--html`."""
    from refactor.commands import look
    from refactor.report.html import page

    write = partial(page.write, options["html"])
    return look.run(request(options), options["arch"], tell, write, validate=options["validate"])


def _show_diff(result: Any, coloured: bool, options: dict[str, Any]) -> None:
    """A diff, or the figures of one, for a person at a terminal."""
    from refactor.report.pager import paged
    from refactor.report.terminal import shown

    with paged(is_wanted=not options["no_pager"]) as write:
        if options["stat"]:
            write(result.diff)
            return
        index = options["full_index"]
        for line in shown(result.plan, result.messages, result.diff, colour=coloured, index=index):
            write(f"{line}\n".encode(errors="backslashreplace"))


def _matches_nothing(plan: Any) -> int:
    click.echo(f"rule {plan.rule.id} matches nothing here", err=True)
    return Status.NOTHING


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

    rows = [[rule.id, rule.summary, ", ".join(command.policies(rule))] for rule in command.every()]
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
    from refactor.commands.common import is_patch

    failed = 0
    for tested, verdicts in command.test(rule):
        for verdict in verdicts:
            if verdict.problem:
                failed += 1
                click.echo(f"{tested.id}: {verdict.case.name}: FAILED\n{verdict.problem}")
        passed = sum(not verdict.problem for verdict in verdicts)
        click.echo(f"{tested.id}: {passed} of {len(verdicts)} cases pass")
        if not verdicts:
            file = Path(tested.source)
            one = f"{file.stem}.c with {file.stem}.res" if is_patch(tested.source) else "a [[case]]"
            click.echo(f"  hint: {one} would be one", err=True)
    return Status.REFUSED if failed else Status.DONE


@treewide.command(cls=Grouped)
@common
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text",
              show_default=True, help="Form of the report.")  # fmt: skip
@click.option("--sanitize", is_flag=True, help="Compile with the address and UB sanitizers.")
def validate(quiet: bool, color: str, form: str, sanitize: bool, **options: Any) -> int:
    """Run the series in the executable model.

    With TREE, the functions of that tree are run; with --model, or where there is no kernel tree,
    those of the built-in model tree, in each of its vintages.

    This compiles functions of TREE and of the rule, and runs them on this machine: without names of
    the C library, in an empty folder, with limits, and without system calls but those for the
    report. What of that this machine allows stands at the end of the report.
    """
    from refactor.commands import validate as command
    from refactor.report import progress, validation

    with progress.shown(quiet) as tell:
        every = command.run(request(options), tell, sanitize=sanitize)
    if form == "json":
        click.echo(validation.as_json(every))
    elif not quiet:
        for line in validation.text(every):
            click.echo(line)
    return Status.DONE if all(each.result.holds for each in every) else Status.REFUSED


@treewide.command(cls=Check)
@common_to_many
@click.option("--patch", "patches", metavar="FILE...", multiple=True,
              help="Check what patches bring: files, a folder, or - for a pipe.")  # fmt: skip
@click.option("--arch", "archs", metavar="A", multiple=True, help="Only this architecture.")
@click.option("--format", "form", type=click.Choice(["text", "gcc", "json", "sarif"]),
              default="text", show_default=True, help="Form of the report.")  # fmt: skip
@click.option("--matrix", is_flag=True, help="Print a table of all architectures instead.")
@click.option("--fix", is_flag=True, help="Print what can be fixed as one patch instead.")
@click.option("--baseline", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False),
              help="Leave out the findings that FILE accepts.")  # fmt: skip
@click.option("--write-baseline", is_flag=True, help="Accept all findings: write that FILE.")
@click.option("--no-cache", is_flag=True,
              help="Look again at files that are as they were last time.")  # fmt: skip
def check(quiet: bool, color: str, form: str, **options: Any) -> int:
    """Tell whether TREE, or a patch for it, follows the pattern of the rule.

    Exits with 1 if there is an error or a warning; `treewide rules explain CODE` says more of each.
    """
    from refactor.commands import check as command
    from refactor.report import progress
    from refactor.report.check import face

    if options["fix"] and form != "text":
        raise UsageError(f"--fix has no form {form}: it prints a patch")
    names = ("patches", "archs", "baseline", "write_baseline", "matrix", "fix")
    chosen = command.Options(
        **{name: options[name] for name in names},
        diffs=form in ("json", "sarif"),
        cache=not options["no_cache"],
    )
    with progress.shown(quiet) as tell:
        result = command.run(request(options), chosen, tell)
    for chunk in face.output(result, chosen, form):
        click.echo(chunk, nl=isinstance(chunk, str), color=is_coloured(color))
    sys.stdout.flush()
    for line in face.summary(result) if not quiet else ():
        click.echo(line, err=True)
    return Status.DONE if result.is_clean else Status.REFUSED


@rules.command("parse-report")
@click.argument("tree", required=False, type=click.Path(path_type=Path))
@click.option("--sample", metavar="N", type=click.IntRange(0), default=600, show_default=True,
              help="How many .c files, and how many headers; 0 for all.")  # fmt: skip
@click.option("--seed", metavar="S", type=int, default=1, show_default=True,
              help="Another sample for each S.")  # fmt: skip
@click.option("-j", "--jobs", metavar="N", type=click.IntRange(1),
              help="Processes that work on the files. [default: all processors]")  # fmt: skip
def parse_report(tree: Path | None, sample: int, seed: int, jobs: int | None) -> None:
    """Tell how much of TREE the parser understands, and why not the rest.

    What is not understood is refused where a rule has to do with it. The causes are those of the
    first such place in each file.
    """
    from refactor.commands import parse_report as command
    from refactor.report import text

    report = command.run(tree or Path(), sample, seed, jobs or len(os.sched_getaffinity(0)))
    for line in text.parse_report(report):
        click.echo(line)


@rules.command("explain")
@click.argument("code")
@click.option("-r", "--rule", metavar="ID|FILE", help="Rule whose finding it is.")
def explain_finding(code: str, rule: str | None) -> None:
    """Print the page of a finding: what, why, how to fix, examples."""
    from refactor.commands import check as command
    from refactor.commands.common import DEFAULT_RULE
    from refactor.report.check import people

    for line in people.page(command.explain(code, rule or DEFAULT_RULE)):
        click.echo(line)
