"""`treewide series`: from a tree and a rule to mails, or to a branch."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from refactor.commands.common import Prepared, Request, check_committed, prepared
from refactor.gitseries import (
    MailOptions,
    Repository,
    Series,
    build,
    identity,
    replacing,
    write_branch,
    write_mails,
)
from refactor.errors import UsageError
from refactor.maintainers import addresses, sections
from refactor.message import Writer
from refactor.plan import Plan, Progress
from refactor.proof import Validated, of_plan, verdict

MARK = b"made by treewide"
"""Stands in every cover letter, so that a folder of ours is known as such."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the options of `series` say; see the README."""

    output: Path | None = None
    sign_off: bool = False
    branch: str | None = None
    force: bool = False
    allow_refused: bool = False
    auto_cc: bool = False
    validate: bool = False
    mail: MailOptions = MailOptions()


@dataclass(frozen=True, slots=True)
class Result:
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


def run(request: Request, options: Options, progress: Progress) -> Result:
    """Write the series, or nothing if something was refused or nothing is left to do."""
    with prepared(request, progress) as ready:
        plan = ready.plan
        if (plan.refused and not options.allow_refused) or not plan.patches:
            return Result(plan)
        check_committed(ready.tree, plan)
        author = identity(ready.tree)
        validated = of_plan(ready.tree, plan, progress) if options.validate else None
        if validated is not None and not validated.result.holds:
            return Result(plan, validated=validated)
        progress("writing the messages")
        writer = Writer(plan, ready.templates, verdict([validated]) if validated else "")
        series = Series(plan.patches, tuple(writer.messages()), writer.cover(_command(plan)))
        progress("writing the series")
        with build(ready.tree, series, author, sign_off=options.sign_off) as repository:
            return replace(_write(ready, repository, options), validated=validated)


def _write(ready: Prepared, repository: Repository, options: Options) -> Result:
    """Write the mails, then the branch; the folder gets its name when both are there."""
    if options.branch is not None and options.output is None:
        return Result(ready.plan, (), _write_branch(ready, repository, options.branch, options))
    mail = options.mail
    if options.auto_cc:
        mail = replace(mail, cc_by_patch=_maintainers(ready))
    branch = ""
    folder = options.output or Path("outgoing")
    with replacing(folder, MARK) as new:
        written = write_mails(repository, new, mail)
        if options.branch is not None:
            branch = _write_branch(ready, repository, options.branch, options)
    return Result(ready.plan, tuple(folder / file.name for file in written), branch)


def _write_branch(ready: Prepared, repository: Repository, name: str, options: Options) -> str:
    return write_branch(repository, ready.tree, name, force=options.force)


def _maintainers(ready: Prepared) -> tuple[tuple[str, ...], ...]:
    """Who MAINTAINERS names for each patch."""
    blob = ready.tree.read(["MAINTAINERS"]).get("MAINTAINERS")
    if blob is None:
        raise UsageError("--auto-cc needs the tree's MAINTAINERS, and there is none")
    known = sections(blob.data.decode(errors="replace"))
    return tuple(
        tuple(addresses(known, [change.path for change in patch.files]))
        for patch in ready.plan.patches
    )


def _command(plan: Plan) -> str:
    return f"treewide series --rule {plan.rule.id} --policy {plan.policy.name}"
