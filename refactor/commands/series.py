"""`treewide series`: from a tree and a rule to mails, or to a branch."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from refactor.commands.appended import Appended, appended
from refactor.commands.common import MAX_FILES, Prepared, Request, check_committed, prepared
from refactor.errors import UsageError
from refactor.series.mail import MailOptions, write_mails
from refactor.series.tags import Tags

if TYPE_CHECKING:  # What is imported in functions is needed no sooner than git is searching.
    from refactor.plan.plan import Plan
    from refactor.plan.scan import Progress
    from refactor.plan.split import Patch, Placed
    from refactor.proof.proof import Validated
    from refactor.series.commits import Identity, Repository, Series
    from refactor.series.mail import Whom
    from refactor.series.reroll import Previous

OUTPUT = Path("outgoing")

MARK = b"made by treewide"
"""Stands in every cover letter, so that a folder of ours is known as such."""


@dataclass(frozen=True, slots=True)
class OwnWords:
    """What the sender has to say himself."""

    cover: Path | None = None
    notes: tuple[str, ...] = ()
    changelog: Path | None = None
    edit: Callable[[str], str] | None = None
    """What is made of a cover letter by hand."""


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
    appended: tuple[str, ...] = ()
    """Rules that make a patch each for the tree with all others in it."""
    most: int | None = None
    """How many patches are sent together; of more, several series are made."""
    own: OwnWords = field(default_factory=OwnWords)
    previous: str | None = None
    """A folder of mails, or a branch: the version before."""
    tags_from: Path | None = None
    """An mbox of replies to the version before."""
    mail: MailOptions = field(default_factory=MailOptions)
    tags: Tags = field(default_factory=Tags)

    def __post_init__(self) -> None:
        if self.previous is None and (self.own.changelog or self.tags_from):
            name = "--changelog" if self.own.changelog else "--tags-from"
            raise UsageError(f"{name} is about the version before: name it with --previous")
        if self.previous is not None and (self.mail.reroll or 1) < 2:
            raise UsageError("--previous needs the version that this is: -v 2")
        if self.previous is not None and self.most is not None:
            raise UsageError("--previous is about one series, and --max makes several")
        if self.appended and self.validate:
            raise UsageError(
                "--validate runs the patches of one rule, and --with is another one",
                hint="validate without --with first",
            )
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
    left: tuple[str, ...] = ()
    """What is left to be done by hand before it is sent, and what was not taken."""
    validated: Validated | None = None
    appended: Appended = field(default_factory=Appended)
    """What further rules do behind it."""

    @property
    def plans(self) -> tuple[Plan, ...]:
        """That of the rule, and those of the rules behind it."""
        return (self.plan, *self.appended.plans)

    @property
    def is_refused(self) -> bool:
        """True if nothing was written because of refusals."""
        return any(plan.refused for plan in self.plans) and not (self.mails or self.branch)

    @property
    def is_disproved(self) -> bool:
        """True if nothing was written because the series failed in the model."""
        return self.validated is not None and not self.validated.result.holds


def run(request: Request, options: Options, progress: Progress) -> Written:
    """Write the series, or nothing if something was refused or nothing is left to do."""
    ready = prepared(request, progress, with_facts=True)
    from refactor.series.commits import build, check_branch, identity
    from refactor.series.reroll import imported
    from refactor.series.subjects import with_subjects

    plan = ready.plan
    if options.branch is not None:
        check_branch(ready.tree, options.branch, force=options.force)
    if (plan.refused and not options.allow_refused) or not plan.patches:
        return Written(plan)
    check_committed(ready.tree, plan)
    author = identity(ready.tree)
    validated, verdict = validated_in_model(ready, progress) if options.validate else (None, "")
    if validated is not None and not validated.result.holds:
        return Written(plan, validated=validated)
    more = appended(request, options.appended, ready, progress)
    if any(each.refused for each in more.plans) and not options.allow_refused:
        return Written(plan, appended=more)
    progress("writing the messages")
    ready = replace(ready, plan=with_subjects(ready.tree, ready.plan))
    series = _followed(_series(request, ready, verdict, options, more), more)
    reroll = _reroll(ready, series, author, options, progress)
    series, said = _in_own_words(reroll.series, reroll.said, options)
    progress("writing the series")
    with build(ready.tree, series, author, sign_off=options.sign_off) as repository:
        before = reroll.last and imported(repository, ready.tree, reroll.last)
        written = _write(ready, series, repository, options, reroll, said, before or "")
    idle = (f"--with {name}: nothing to do behind the others" for name in more.idle)
    return replace(written, validated=validated, left=(*idle, *reroll.left), appended=more)


@dataclass(frozen=True, slots=True)
class _Reroll:
    """A series with what is to be said of the version before."""

    series: Series
    said: Mapping[int, str] = field(default_factory=dict)
    last: Previous | None = None
    left: tuple[str, ...] = ()


def _reroll(
    ready: Prepared, series: Series, author: Identity, options: Options, progress: Progress
) -> _Reroll:
    """Compare with the version before, if there is one; the tags it was given go on."""
    if options.previous is None:
        return _Reroll(series)
    from refactor.series import reroll
    from refactor.series.commits import build
    from refactor.series.words import changelog

    progress("comparing with the version before")
    last = reroll.previous(ready.tree, options.previous)
    components = [patch.component for patch in series.patches]
    own = changelog(options.own.changelog, components) if options.own.changelog else {}
    with build(ready.tree, series, author, sign_off=options.sign_off) as repository:
        found = reroll.compared(repository, ready.tree, last)
    given, dropped = (
        reroll.tags_of(options.tags_from, last, found) if options.tags_from else ({}, [])
    )
    said, left = reroll.changes(found, options.mail.reroll or 2, own, components)
    cover = f"{series.cover.rstrip()}\n\n{reroll.summary(found, last, own.get(0, ''))}\n"
    tags = {number - 1: tuple(each) for number, each in given.items()}
    return _Reroll(
        replace(series, cover=cover, given=tags),
        said,
        last,
        (*(f"to do: {each}" for each in left), *(f"not taken: {each}" for each in dropped)),
    )


def _in_own_words(
    series: Series, said: Mapping[int, str], options: Options
) -> tuple[Series, dict[int, str]]:
    """The series with the sender's cover letter; what stands below each `---`, from 0."""
    from refactor.series.words import COVER, around, notes, read

    components = [patch.component for patch in series.patches]
    own = notes(options.own.notes, components)
    text = read(options.own.cover, "--cover-letter") if options.own.cover else ""

    def cover(generated: str) -> str:
        made = around(text, generated) if options.own.cover else generated
        made = f"{made.rstrip()}\n\n{own[COVER]}\n" if COVER in own else made
        return options.own.edit(made) if options.own.edit else made

    parts = tuple(replace(part, cover=cover(part.cover)) for part in series.parts)
    series = replace(series, parts=parts, cover="" if parts else cover(series.cover))
    below = {
        number - 1: "\n\n".join(filter(None, (own.get(number, ""), said.get(number, ""))))
        for number in range(1, len(components) + 1)
    }
    return series, below


def _followed(series: Series, more: Appended) -> Series:
    """The series with the patches of further rules; if it is several, these are one more.

    That one builds on all of the others, so its mails name them as prerequisites.
    """
    if not more.patches:
        return series
    first = len(series.patches)
    patches = (*series.patches, *more.patches)
    series = replace(series, patches=patches, messages=(*series.messages, *more.messages))
    if not series.parts:
        return replace(series, cover=f"{series.cover.rstrip()}\n\n{more.said}\n")
    from refactor.series.commits import Part

    subject = more.messages[0].partition("\n")[0]
    told = f"This builds on all {first} patches of the {len(series.parts)} series before it."
    part = Part(first, len(patches), f"{subject}\n\n{told}\n\n{more.said}\n", first)
    return replace(series, parts=(*series.parts, part))


def _series(
    request: Request, ready: Prepared, verdict: str, options: Options, more: Appended
) -> Series:
    from refactor.series.commits import Part, Series
    from refactor.series.facts import needed
    from refactor.series.message import Writer

    plan, found = ready.plan, ready.facts()
    command = command_line(request, plan, options)
    is_followed = bool(more.patches)
    writer = Writer(plan, found, ready.templates, verdict, is_followed=is_followed)
    messages = tuple(map(str, writer.messages()))
    most = options.most or len(plan.patches)
    if len(plan.patches) <= most:
        return Series(plan.patches, messages, str(writer.cover(command)), options.tags)
    starts = range(0, len(plan.patches), most)
    first = needed(plan)
    parts = [
        Part(
            start,
            min(start + most, len(plan.patches)),
            str(
                Writer(
                    part_of(plan, start, most), found, ready.templates, verdict, min(first, start)
                ).cover_of_part(command, number, len(starts))
            ),
            first,
        )
        for number, start in enumerate(starts, 1)
    ]
    return Series(plan.patches, messages, "", options.tags, tuple(parts))


def part_of(plan: Plan, start: int, most: int) -> Plan:
    """The plan of some patches; what belongs to none is told with the first of them."""
    patches = plan.patches[start : start + most]
    mine = {patch.component for patch in patches}
    others = {patch.component for patch in plan.patches} - mine

    def is_told(each: Placed[Any]) -> bool:
        return each.component in mine or (start == 0 and each.component not in others)

    return replace(
        plan,
        patches=patches,
        refused=tuple(filter(is_told, plan.refused)),
        skipped=tuple(filter(is_told, plan.skipped)),
        conforming=tuple(filter(is_told, plan.conforming)),
    )


def validated_in_model(ready: Prepared, progress: Progress) -> tuple[Validated, str]:
    """The series run in the model, and one line about how it did. Raises UsageError."""
    from refactor.plan.plan import HelperPlan
    from refactor.proof.proof import of_plan, verdict

    if not isinstance(ready.plan, HelperPlan):
        raise UsageError(
            f"rule {ready.plan.rule.id} has no helper, so the model has nothing to say of it",
            hint="leave --validate out",
        )
    validated = of_plan(ready.tree, ready.plan, progress)
    return validated, verdict([validated])


def _write(
    ready: Prepared,
    series: Series,
    repository: Repository,
    options: Options,
    rerolled: _Reroll,
    said: Mapping[int, str],
    before: str,
) -> Written:
    """Write the mails, then the branch; the folder gets its name when both are there."""
    if not options.writes_mails:
        return Written(ready.plan, (), _write_branch(ready, repository, options, rerolled))
    from refactor.output import replacing

    reroll = f"v{options.mail.reroll}" if (options.mail.reroll or 1) > 1 else ""
    folder = options.output or OUTPUT.with_name(f"{OUTPUT}-{reroll}" if reroll else str(OUTPUT))
    whom = maintainers(ready, series.patches) if options.auto_cc else None
    mail = options.mail
    if rerolled.last is not None and mail.in_reply_to is None and rerolled.last.cover_id:
        mail = replace(mail, in_reply_to=rerolled.last.cover_id)
    prefix = f"v{options.mail.reroll}-" if options.mail.reroll else ""
    with replacing(folder, MARK, prefix, force=options.force) as new:
        written = write_mails(
            repository, new, mail, whom, said, before, _change_id(ready, rerolled, repository)
        )
        branch = _write_branch(ready, repository, options, rerolled)
    return Written(ready.plan, tuple(folder / file.relative_to(new) for file in written), branch)


def _change_id(ready: Prepared, rerolled: _Reroll, repository: Repository) -> str:
    """What tells all versions of a series to be one: a day, words, and a number, as b4 has it."""
    if rerolled.last is not None and rerolled.last.change_id:
        return rerolled.last.change_id
    import hashlib  # while git is searching

    day = time.strftime("%Y%m%d", time.gmtime(int(repository.when.split()[0])))
    number = hashlib.sha256(f"{repository.base} {ready.plan.rule.id}".encode()).hexdigest()[:12]
    return f"{day}-{ready.plan.rule.id}-{number}"


def _write_branch(
    ready: Prepared, repository: Repository, options: Options, rerolled: _Reroll
) -> str:
    if options.branch is None:
        return ""
    from refactor.series.commits import describe_branch, write_branch

    head = write_branch(repository, ready.tree, options.branch, force=options.force)
    if len(repository.ranges) == 1:
        change_id = _change_id(ready, rerolled, repository)
        cover, revision = repository.ranges[0].cover, options.mail.reroll or 1
        describe_branch(ready.tree, options.branch, cover, change_id, revision)
    return head


def maintainers(ready: Prepared, patches: Sequence[Patch]) -> Whom:
    """Whom MAINTAINERS names for each patch, by what it touches and by what it says.

    Raises UsageError where there is no MAINTAINERS.
    """
    from refactor.plan.plan import HelperPlan
    from refactor.tree.maintainers import maintainers_of

    known = maintainers_of(ready.tree)
    if known is None:
        raise UsageError("--auto-cc needs the tree's MAINTAINERS, and there is none")
    everybody_needs = isinstance(ready.plan, HelperPlan)

    def whom(texts: Mapping[int, str]) -> dict[int, list[str]]:
        found = {
            number: known.addresses([change.path for change in patches[number].files], text)
            for number, text in texts.items()
        }
        if everybody_needs and 0 in found:
            found[0] += [who for number in found if number for who in found[number]]
        return found

    return whom


def command_line(request: Request, plan: Plan, options: Options) -> str:
    """How the series was made, for the reader to repeat it; what does not change it is left out."""
    from refactor.plan.plan import HelperPlan

    words = ["treewide", "series", "--rule", plan.rule.id]
    if isinstance(plan, HelperPlan):
        words += ["--policy", plan.resolved.policy.name]
    for name, value in request.defined.items():
        words += ["-D", f"{name}={value}" if value else name]
    words += [word for path in request.paths for word in ("--path", path)]
    words += ["--split", request.split] if request.split else []
    words += ["--max-files", str(request.max_files)] if request.max_files != MAX_FILES else []
    words += [word for name in request.only for word in ("--only", name)]
    words += ["--max", str(options.most)] if options.most else []
    words += [word for name in options.appended for word in ("--with", name)]
    return shlex.join(words)
