"""`treewide series`: from a tree and a rule to mails, or to a branch."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from refactor.commands.common import Prepared, Request, check_committed, prepared
from refactor.errors import UsageError
from refactor.series.mail import MailOptions, write_mails
from refactor.series.tags import Tags

if TYPE_CHECKING:  # What is imported in functions is needed no sooner than git is searching.
    from refactor.plan.plan import Plan
    from refactor.plan.scan import Progress
    from refactor.plan.split import Patch
    from refactor.proof.proof import Validated
    from refactor.series.commits import Repository, Series

OUTPUT = Path("outgoing")

MARK = b"made by treewide"
"""Stands in every cover letter, so that a folder of ours is known as such."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the options of `series` say; see the README.

    Raises UsageError for options that would have no effect.
    """

    output: Path | None = None
    sign_off: bool = False
    branch: str | None = None
    force: bool = False
    allow_refused: bool = False
    auto_cc: bool = False
    validate: bool = False
    mail: MailOptions = field(default_factory=MailOptions)
    tags: Tags = field(default_factory=Tags)

    def __post_init__(self) -> None:
        if self.force and self.branch is None:
            raise UsageError("--force overwrites a branch, and there is no --branch")
        if not self.writes_mails and (self.auto_cc or self.mail != MailOptions()):
            raise UsageError(
                "options for mails, but --branch alone writes none",
                hint="name a folder for them with -o",
            )

    @property
    def writes_mails(self) -> bool:
        """A branch is written instead of mails, unless a folder for them is named as well."""
        return self.branch is None or self.output is not None


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: the mails, and the head of the branch."""

    plan: Plan
    mails: tuple[Path, ...] = ()
    branch: str = ""
    validated: Validated | None = None

    @property
    def is_refused(self) -> bool:
        """True if nothing was written because of refusals."""
        return bool(self.plan.refused) and not (self.mails or self.branch)

    @property
    def is_disproved(self) -> bool:
        """True if nothing was written because the series failed in the model."""
        return self.validated is not None and not self.validated.result.holds


def run(request: Request, options: Options, progress: Progress) -> Written:
    """Write the series, or nothing if something was refused or nothing is left to do."""
    ready = prepared(request, progress, with_facts=True)
    from refactor.series.commits import build, check_branch, identity

    plan = ready.plan
    if options.branch is not None:
        check_branch(ready.tree, options.branch, force=options.force)
    if (plan.refused and not options.allow_refused) or not plan.patches:
        return Written(plan)
    check_committed(ready.tree, plan)
    author = identity(ready.tree)
    validated, verdict = _validated(ready, progress) if options.validate else (None, "")
    if validated is not None and not validated.result.holds:
        return Written(plan, validated=validated)
    progress("writing the messages")
    series = _series(ready, verdict, options.tags)
    progress("writing the series")
    with build(ready.tree, series, author, sign_off=options.sign_off) as repository:
        return replace(_write(ready, series, repository, options), validated=validated)


def _series(ready: Prepared, verdict: str, tags: Tags) -> Series:
    from refactor.series.commits import Series
    from refactor.series.message import Writer

    writer = Writer(ready.plan, ready.facts(), ready.templates, verdict)
    messages = tuple(map(str, writer.messages()))
    return Series(ready.plan.patches, messages, str(writer.cover(_command(ready.plan))), tags)


def _validated(ready: Prepared, progress: Progress) -> tuple[Validated, str]:
    from refactor.plan.plan import HelperPlan
    from refactor.proof.proof import of_plan, verdict

    if not isinstance(ready.plan, HelperPlan):
        raise UsageError(
            f"rule {ready.plan.rule.id} has no helper, so the model has nothing to say of it",
            hint="leave --validate out",
        )
    validated = of_plan(ready.tree, ready.plan, progress)
    return validated, verdict([validated])


def _write(ready: Prepared, series: Series, repository: Repository, options: Options) -> Written:
    """Write the mails, then the branch; the folder gets its name when both are there."""
    if not options.writes_mails:
        return Written(ready.plan, (), _write_branch(ready, repository, options))
    from refactor.output import replacing

    mail = options.mail
    if options.auto_cc:
        mail = replace(mail, cc_by_patch=_maintainers(ready, series))
    folder = options.output or OUTPUT
    with replacing(folder, MARK) as new:
        written = write_mails(repository, new, mail)
        branch = _write_branch(ready, repository, options)
    return Written(ready.plan, tuple(folder / file.name for file in written), branch)


def _write_branch(ready: Prepared, repository: Repository, options: Options) -> str:
    if options.branch is None:
        return ""
    from refactor.series.commits import write_branch

    return write_branch(repository, ready.tree, options.branch, force=options.force)


def _maintainers(ready: Prepared, series: Series) -> tuple[tuple[str, ...], ...]:
    """Who MAINTAINERS names for each patch, by what it touches and by what it says."""
    from refactor.plan.plan import HelperPlan
    from refactor.tree.maintainers import Mailmap, addresses, sections

    blobs = ready.tree.read(["MAINTAINERS", ".mailmap"])
    if "MAINTAINERS" not in blobs:
        raise UsageError("--auto-cc needs the tree's MAINTAINERS, and there is none")
    texts = {path: blob.data.decode(errors="replace") for path, blob in blobs.items()}
    known = sections(texts["MAINTAINERS"])
    mailmap = Mailmap(texts.get(".mailmap", ""))
    found = [
        addresses(
            known,
            [change.path for change in patch.files],
            message + _lines(patch),
            mailmap,
            ready.tree.has_folder,
        )
        for patch, message in zip(series.patches, series.messages, strict=True)
    ]
    if isinstance(ready.plan, HelperPlan):  # all others build on the first one
        found[0] += [who for others in found[1:] for who in others]
    return tuple(map(tuple, found))


def _lines(patch: Patch) -> str:
    """The lines that a patch adds and removes."""
    from difflib import unified_diff

    return "".join(
        line + "\n"
        for change in patch.files
        for line in unified_diff(
            change.before.decode(errors="replace").splitlines(),
            change.after.decode(errors="replace").splitlines(),
            n=0,
            lineterm="",
        )
        if not line.startswith(("@@", "---", "+++"))
    )


def _command(plan: Plan) -> str:
    from refactor.plan.plan import HelperPlan

    policy = f" --policy {plan.resolved.policy.name}" if isinstance(plan, HelperPlan) else ""
    return f"treewide series --rule {plan.rule.id}{policy}"
