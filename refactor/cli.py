"""The command line: options in, exit status out. The one place that catches errors."""

from __future__ import annotations

import codecs
import gc
import os
import resource
import signal
import sys
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from io import BufferedWriter, FileIO, TextIOWrapper
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar

import click

from refactor import __version__, interruption
from refactor.errors import Status, TreewideError, UsageError

Command = TypeVar("Command", bound=Callable[..., Any])

BUG = 70
"""Exit status of a bug of ours: EX_SOFTWARE of sysexits.h."""


DEPTH = 20_000
"""How deep calls may be nested. A chain of a thousand `else if` is a tree of a thousand levels, and
a level takes some five calls."""

STACK = 64 << 20
"""Bytes of stack for that: a comparison or a generator takes some 2 KB of C for each level, and the
8 MB that most systems give end in a fault instead of an exception."""


FEW = 50_000
"""So many objects may come before it is looked which of them have gone. A file is parsed into more
than the few hundred that Python allows itself, and nearly all of them stay until it is done."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status. No traceback reaches a user."""
    _deepen()
    gc.set_threshold(FEW, 20, 20)
    for number in interruption.SIGNALS:
        signal.signal(number, _end)
    _open_streams()
    try:
        status = treewide.main(arguments, "treewide", standalone_mode=False)
        sys.stdout.flush()
        return int(status or 0)
    except click.ClickException as problem:
        problem.show()
        return problem.exit_code
    except (MemoryError, RecursionError) as problem:
        return _too_little("memory" if isinstance(problem, MemoryError) else "stack")
    except TreewideError as problem:
        from refactor.report import text

        click.echo(text.error(problem), err=True)
        return int(problem.status)
    except (KeyboardInterrupt, click.Abort) as problem:
        if isinstance(problem.__cause__, EOFError):
            return _bug(problem.__cause__)  # click takes it for Ctrl-D, and we ask for nothing
        return _interrupted()
    except BrokenPipeError:
        return _nobody_reads()
    except OSError as problem:
        _drop_output()
        where = f"{problem.filename}: " if problem.filename else ""
        click.echo(f"{where}error: {problem.strerror or problem}", err=True)
        return int(Status.TREE)
    except Exception as problem:
        ended = _end_behind(problem)
        if ended is not None:
            return ended
        if isinstance(problem, SystemError) and _is_memory_limited():
            return _too_little("memory")  # so CPython ends where it cannot even say MemoryError
        return _bug(problem)
    finally:
        sweep = getattr(sys.modules.get("refactor.output"), "sweep", None)
        if sweep is not None:  # else it was not needed, or is still on its way
            sweep()
        _end_as_others_do()


def _interrupted() -> int:
    click.echo("interrupted", err=True)
    return 128 + signal.SIGINT


def _end_behind(problem: BaseException | None) -> int | None:
    """The exit status of an end by a signal that became another exception on its way.

    While a class is made, Python wraps whatever comes out of `__set_name__`, an end included.
    """
    while problem is not None:
        if isinstance(problem, KeyboardInterrupt):
            return _interrupted()
        if isinstance(problem, SystemExit):
            return int(problem.code or 0)
        problem = problem.__cause__ or problem.__context__
    return None


def _bug(problem: BaseException) -> int:
    if os.environ.get("TREEWIDE_TRACEBACK"):
        raise problem
    click.echo(
        f"error: this is a bug of treewide: {type(problem).__name__}: {problem}\n"
        "  hint: please report it, with what TREEWIDE_TRACEBACK=1 prints",
        err=True,
    )
    return BUG


def _end_as_others_do() -> None:
    """Let a signal from here on end the process: there is nothing left to tidy up.

    While Python finalizes, what `_end` raises would be lost, or be printed.
    """
    signal.setitimer(signal.ITIMER_REAL, 0)
    for each in interruption.SIGNALS:
        if signal.getsignal(each) is _end:
            signal.signal(each, signal.SIG_DFL)


def _too_little(what: str) -> int:
    hint = _MORE[what]
    click.echo(f"error: what was given needs more {what} than there is\n  hint: {hint}", err=True)
    return int(Status.TREE)


def _is_memory_limited() -> bool:
    return resource.getrlimit(resource.RLIMIT_AS)[0] != resource.RLIM_INFINITY


_MORE = {
    "memory": "-j 1 takes least; is there a limit (ulimit -v)?",
    "stack": "is there code, or a rule, that nests thousands of levels deep?",
}


def _deepen() -> None:
    """Allow for calls as deep as `DEPTH`, with a stack for them."""
    sys.setrecursionlimit(max(sys.getrecursionlimit(), DEPTH))
    soft, hard = resource.getrlimit(resource.RLIMIT_STACK)
    wanted = STACK if hard == resource.RLIM_INFINITY else min(STACK, hard)
    # It grows as it is used. But threads of git get as much each, of a memory that may be limited.
    if not _is_memory_limited() and soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_STACK, (wanted, hard))


def _nobody_reads() -> int:
    """End as a program does that SIGPIPE ends."""
    _drop_output()
    return 128 + signal.SIGPIPE


def _drop_output() -> None:
    """Let what is still to be flushed go nowhere: Python would fail on it once more at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _Commands(click.Group):
    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # click would make a 1 of it
            return _nobody_reads()


def _end(number: int, frame: FrameType | None) -> None:
    """End the run. Only once: a second signal shall not keep the first from tidying up."""
    while frame is not None:
        code = frame.f_code
        if code.co_name == "__del__" or code is _FINALIZER:  # which swallow exceptions
            signal.signal(signal.SIGALRM, lambda _, later: _end(number, later))
            signal.setitimer(signal.ITIMER_REAL, 0.001)
            return
        frame = frame.f_back
    for each in interruption.SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    raise SystemExit(128 + number)


_FINALIZER = weakref.finalize.__call__.__code__


def _open_streams() -> None:
    """Make standard streams fit to be written to, whatever the caller has done to them.

    One that was closed gets a sink, and so nothing else gets its number. A path that is not UTF-8
    is printed as the bytes it has.
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(descriptor)
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115 - until the process ends
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
    if sys.stderr is sys.__stderr__ and isinstance(sys.stderr, TextIOWrapper):
        encoding = sys.stderr.encoding
        sys.stderr.flush()
        sys.stderr = TextIOWrapper(
            BufferedWriter(_Patient(sys.stderr.fileno(), "wb", closefd=False)),
            encoding,
            "backslashreplace",
            line_buffering=True,
        )
    codecs.register_error("as-bytes", _as_bytes)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="as-bytes")


class _Patient(FileIO):
    """Where errors go: if it is full or nobody reads it, that is no other end of the run."""

    def write(self, data: Any) -> int:
        try:
            return super().write(data) or len(data)
        except OSError:
            return len(data)


def _as_bytes(error: UnicodeError) -> tuple[bytes, int]:
    """The bytes of a name that is not UTF-8; "?" for what the user's encoding does not have."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    code = ord(error.object[error.start])
    return bytes([code - 0xDC00]) if 0xDC80 <= code <= 0xDCFF else b"?", error.start + 1


GROUPS = {
    "Which change": "rule policy base model defined paths jobs",
    "Into which patches": "split max_files only max appended",
    "Its words": "subject message cover_letter edit note tag link suggested_by signoff",
    "Recipients": "to cc auto_cc cc_all recipients",
    "The mails": "output reroll_count rfc resend subject_prefix in_reply_to",
    "The version before": "previous changelog tags_from",
}
"""What the options of a command with many of them are about; all others come last."""


class _Grouped(click.Command):
    """Lists its options by what they are about."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        left = {
            param.name: record
            for param in self.get_params(ctx)
            if (record := param.get_help_record(ctx)) is not None
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
    return _common(command, click.option("-r", "--rule", metavar="ID|FILE", help="Rule to apply."))


def _common_to_many(command: Command) -> Command:
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


class _Check(click.Command):
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


def _is_coloured(color: str) -> bool:
    """For `auto`: on a terminal, unless NO_COLOR is set (https://no-color.org)."""
    return color == "always" or (
        color == "auto" and sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    )


def _request(options: dict[str, Any]) -> Any:
    from refactor.commands.common import DEFAULT_RULE, Request

    return Request(
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


def _defined(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The names and values of `-D NAME[=VALUE]`."""
    for word in words:
        name, _, value = word.partition("=")
        if not name.isidentifier():
            raise UsageError(f"-D takes NAME or NAME=VALUE, {word!r} is neither")
        yield name, value


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="treewide %(version)s")
def treewide() -> None:
    """Turn one declarative rule into a treewide kernel patch series, and prove it."""
    from refactor.tree.git import forget_inherited_repository

    forget_inherited_repository()


def _divided(command: Command) -> Command:
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


@treewide.command(cls=_Grouped)
@common
@_divided
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
        result = command.run(_request(options), chosen, tell)
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


@treewide.command()
@common
@_divided
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
    coloured = not options["html"] and _is_coloured(color)
    git_options: tuple[str, ...] = (f"--color={'always' if coloured else 'never'}",)
    git_options += ("--stat",) if options["stat"] else ()
    with progress.shown(quiet) as tell:
        is_shown = sys.stdout.isatty() and not options["stat"]
        if options["html"]:
            result = _page(options, tell)
        elif options["stat"] or options["arch"] or is_shown:
            result = command.run(
                _request(options),
                options["arch"],
                ("--color=never",) if is_shown else git_options,
                tell,
                with_messages=is_shown,
            )
        else:
            write = partial(click.echo, nl=False)
            result = command.run_streamed(
                _request(options), git_options, tell, write, at_once=options["allow_refused"]
            )
    if result.diff and sys.stdout.isatty():
        _show_diff(result, coloured, options)
    else:
        click.echo(result.diff, nl=False)
    sys.stdout.flush()
    for refused in result.plan.refused:
        click.echo(text.refusal(refused), err=True)
    if not quiet:
        for line in text.told(result.plan, ""):
            click.echo(line, err=True)
    if options["verbose"]:
        for line in text.every_mention(result.plan):
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
    return look.run(_request(options), options["arch"], tell, write, validate=options["validate"])


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
        every = command.run(_request(options), tell, sanitize=sanitize)
    if form == "json":
        click.echo(validation.as_json(every))
    elif not quiet:
        for line in validation.text(every):
            click.echo(line)
    return Status.DONE if all(each.result.holds for each in every) else Status.REFUSED


@treewide.command(cls=_Check)
@_common_to_many
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
        **{name: options[name] for name in names}, diffs=form in ("json", "sarif")
    )
    with progress.shown(quiet) as tell:
        result = command.run(_request(options), chosen, tell)
    for chunk in face.output(result, chosen, form):
        click.echo(chunk, nl=isinstance(chunk, str), color=_is_coloured(color))
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
