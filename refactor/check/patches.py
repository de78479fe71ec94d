"""Findings of semantic patches: what they match, in one pass over the tree for all of them.

Each file is read once. Its words tell which of the patches can have anything to say of it, and only
these look at it; what has been parsed for one of them is there for the others.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from refactor.c.tables import EMPTY, TypeTable
from refactor.check.catalog import Doc
from refactor.check.finding import Code, Finding, Level, Related, fingerprints
from refactor.check.fixes import share_out
from refactor.check.kept import Digests, Kept
from refactor.errors import Place
from refactor.match.sites import Site, enclosing_function
from refactor.match.verdict import Reason, Refused
from refactor.pattern.tokens import ADDED, REMOVED, flat
from refactor.pattern.words import Clause
from refactor.plan.headers import Headers
from refactor.plan.plan import Known
from refactor.plan.scan import Progress, behind, scan, unread
from refactor.plan.split import Placed, component_of
from refactor.rewrite.passes import Outcome, ending, run
from refactor.rewrite.pool import spread
from refactor.rewrite.views import Views
from refactor.rule.edits import Smpl
from refactor.rule.model import Rule
from refactor.rule.smpl.model import ScriptRule
from refactor.rule.smpl.script.said import Point, Report
from refactor.rule.smpl.step import Step
from refactor.text import Span
from refactor.tree.tree import Blob, KernelTree, Search


@dataclass(frozen=True)
class Checker:
    """One semantic patch, as it is checked."""

    code: str
    rule: Rule
    edit: Smpl
    fix: Smpl | None
    """Its patch mode, if it has one."""
    needs: tuple[frozenset[Clause], ...]
    """For each of its rules with an effect: words that a file must have."""

    @property
    def edits(self) -> list[Smpl]:
        return [self.edit, *([self.fix] if self.fix is not None else [])]

    @property
    def about(self) -> bytes:
        """All that it makes of a file depends on, besides the file."""
        said = [self.code, self.rule.subject]
        for edit in self.edits:
            patch = edit.compiled.patch
            defined = (f"{name}={value}" for name, value in sorted(edit.defined.items()))
            said += ["", *defined, patch.text, *patch.others]
        return "\0".join(said).encode(errors="surrogateescape")

    def concerns(self, words: frozenset[str]) -> bool:
        """True if it can find something in a file with these words."""
        return any(all(clause & words for clause in need) for need in self.needs)

    def code_of(self, script: str) -> str:
        """The code of what a script says: its name, if the author has given it one."""
        return self.code if " " in script else f"{self.code}/{script}"

    @property
    def docs(self) -> Iterator[Doc]:
        """The pages of its findings, from the comment at the top of the patch."""
        compiled = self.edit.compiled
        names = [self.code, *(self.code_of(name) for name in compiled.scripts)]
        text = compiled.patch.text
        confidence = re.search(r"^\s*//+\s*Confidence:\s*(\w+)", text, re.MULTILINE)
        precision = {"moderate": "medium", "low": "low"}
        comment = " ".join(compiled.patch.comment.replace("///", "").split())
        title = self.rule.subject if comment else self.code
        for name in dict.fromkeys(names):
            yield Doc(
                code=name,
                level=Level.WARNING,
                title=title,
                what=comment or f"What {self.code} matches.",
                why="",
                fix=f"treewide check -r {self.rule.source} --fix prints the patch."
                if self.fix is not None
                else "",
                tree="",
                bad={},
                good={},
                precision=precision.get(confidence[1].lower() if confidence else "", "high"),
            )


def checker(code: str, rule: Rule, fixing: Rule | None) -> Checker:
    """A checker of a rule that is one semantic patch; `fixing` is the same in patch mode."""
    edit = _edit(rule)
    known = [edit, *([_edit(fixing)] if fixing is not None else [])]
    fix = next((each for each in known if _changes(each)), None)
    return Checker(code, rule, edit, fix, tuple(edit.compiled.needs()))


def _changes(edit: Smpl) -> bool:
    return any(isinstance(each, Step) and each.rule.changes for each in edit.compiled.steps)


def _edit(rule: Rule) -> Smpl:
    (edit,) = rule.edits
    assert isinstance(edit, Smpl)
    return edit


def check(
    tree: KernelTree,
    checkers: Sequence[Checker],
    found: Search,
    kept: Kept,
    progress: Progress,
    *,
    jobs: int,
    fixes: bool,
) -> list[Finding]:
    """Every finding in the files that a search has found, by path, line and column.

    A file that is as it was when something was `kept` of it is not looked at again. With `fixes`
    each one has the lines that put it right, where its patch has a patch mode.
    """
    paths = {path for each in checkers for path in each.rule.paths}
    lacking = [_unread(each) for each in behind(tree.unread(sorted(paths)))]
    findings: list[Finding] = []
    headers = Headers(tree, [edit for each in checkers for edit in each.edits])
    asked: dict[str, Digests] = {}

    def unknown() -> Iterator[Known]:
        for blob in _blobs(scan(tree, found), lacking):
            before = kept.get(blob, headers.digests)
            if before is None:
                table, asked[blob.path] = headers.told(blob)
                yield blob, table
            else:
                findings.extend(before)

    for (blob, _), made in spread(partial(_found, checkers, fixes), unknown(), _size, jobs):
        progress(blob.path)
        read = asked.pop(blob.path)
        # How deep code may nest is no matter of the code alone.
        if not any(each.code == Code.CANNOT_JUDGE for each in made):
            kept.put(blob, read, made)
        findings += made
    kept.write()
    every = sorted([*lacking, *findings], key=_by_place)
    named = zip(every, fingerprints(every), strict=True)
    return [replace(each, fingerprint=name) for each, name in named]


def _by_place(finding: Finding) -> tuple[str, int, int, str]:
    place = finding.place
    return place.path, place.line or 0, place.column or 0, finding.code


def _size(known: Known) -> int:
    return len(known[0].data)


def _blobs(scanned: Iterable[Blob | Placed[Refused]], lacking: list[Finding]) -> Iterator[Blob]:
    for each in scanned:
        if isinstance(each, Blob):
            yield each
            continue
        lacking.append(_unread(each))


def _unread(each: Placed[Refused]) -> Finding:
    message = f"the file cannot be judged: {each.verdict.message}"
    return Finding(Code.CANNOT_JUDGE, message, each.place, each.place, each.component)


def _found(checkers: Sequence[Checker], fixes: bool, known: Known) -> list[Finding]:
    blob, headers = known
    try:
        return list(findings_in(checkers, blob, headers, fixes=fixes))
    except RecursionError:  # as in `rewrite_all`
        return [_unread(unread(blob.path, Reason.DEPTH, ""))]


def findings_in(
    checkers: Sequence[Checker], blob: Blob, headers: TypeTable = EMPTY, *, fixes: bool = False
) -> Iterator[Finding]:
    """What some patches find in one file; `headers` is what its headers declare."""
    words = frozenset(re.findall(r"[A-Za-z_]\w*", blob.data.decode("latin-1")))
    concerned = [each for each in checkers if each.concerns(words)]
    views = _shared(concerned, headers)
    file = _File(blob.path, blob.data)
    for each in concerned:
        with ending(each.edit.compiled):
            outcome = run(each.edit.compiled, blob.path, blob.data, each.edit.defined, views=views)
        found = list(dict.fromkeys(_of(each, outcome, file)))
        if fixes and found and each.fix is not None:
            after = partial(_after, each, outcome, headers)
            found = share_out(found, {one.code for one in found}, blob, after)
        yield from found


def _shared(checkers: Sequence[Checker], headers: TypeTable) -> Views:
    """What has been read of a file for all that look at it."""
    patches = [each.edit.compiled.patch for each in checkers]
    iterators = frozenset[bytes]().union(*(each.iterators for each in patches))
    annotations = frozenset[bytes]().union(*(each.attributes for each in patches))
    steps = [
        step for each in checkers for step in each.edit.compiled.steps if isinstance(step, Step)
    ]
    return Views(iterators, steps, annotations=annotations, headers=headers)


def _after(checker: Checker, outcome: Outcome, headers: TypeTable) -> bytes:
    assert checker.fix is not None
    if checker.fix is checker.edit:
        return outcome.after
    fix = checker.fix.compiled
    views = Views.of_patch(fix, headers=headers)
    with ending(fix):
        return run(fix, "", outcome.before, checker.fix.defined, views=views).after


def _of(checker: Checker, outcome: Outcome, file: _File) -> Iterator[Finding]:
    """What the scripts say, or, of rules without any, each match."""
    for script, report in outcome.reports:
        yield file.reported(checker.code_of(script.name), report)
    scripts = [each for each in checker.edit.compiled.steps if isinstance(each, ScriptRule)]
    if scripts and "report" in checker.edit.defined:
        return
    told = {origin for each in scripts for _, origin, _ in each.inherited}
    for index, site in outcome.sites:
        step = checker.edit.compiled.steps[index]
        assert isinstance(step, Step)
        is_told = step.rule.name in told or not (step.rule.changes or step.rule.is_search)
        # What a later rule matches in what an earlier one has written has no place of its own, and
        # where a nest has met nothing, there is nothing to change.
        if not is_told and site.data == outcome.before and id(site) not in outcome.idle:
            yield file.matched(checker, site, _marked(checker, step, site))


def _marked(checker: Checker, step: Step, site: Site) -> Span:
    """What of a match is starred or removed first; all of it if nothing is."""
    lines = checker.edit.compiled.patch.text.split("\n")
    tokens = [token for token in flat(step.rule.tokens) if token.mark != ADDED]
    marked = {
        token.number
        for token in tokens
        if token.mark == REMOVED or lines[token.line - 1].startswith("*")
    }
    if len(marked) == len(tokens):
        # What is written in another way, as `!x` for `x == NULL`, has no token where it begins.
        return Span(site.start, site.end)
    starts = [
        (pair.start, pair.end)
        for leaf in site.leaves
        for each in leaf.unfolded()
        for pair in each.pairs()
        if pair.number in marked
    ]
    if starts:
        start, end = min(starts)
        return Span(start, end)
    return Span(site.start, site.end)


class _File:
    """Places of one file."""

    def __init__(self, path: str, data: bytes) -> None:
        self.path = path
        self.data = data
        self.lines = data.split(b"\n")
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line) + 1)

    def reported(self, code: str, report: Report) -> Finding:
        """What a script says."""
        point = report.point
        level = Level.ERROR if report.message.startswith("ERROR") else Level.WARNING
        return self._finding(
            code,
            report.message or code,
            self._offset(point.line, point.column),
            self._offset(point.line_end, point.column_end),
            point.current_element,
            level,
            tuple(Related(self._place_of(each), text) for each, text in report.related),
        )

    def matched(self, checker: Checker, site: Site, where: Span) -> Finding:
        """A match by itself: the patch says at its top what is to be said of it."""
        comment = checker.edit.compiled.patch.comment
        said = checker.rule.subject if comment else f"{checker.code} matches here"
        if comment and said.startswith("Apply "):
            said = re.split(r"(?<=[.!?])\s", " ".join(comment.replace("///", "").split()))[0]
        return self._finding(
            checker.code, said.rstrip("."), where.start, where.end, enclosing_function(site.node),
            Level.WARNING,
        )  # fmt: skip

    def _finding(
        self,
        code: str,
        message: str,
        start: int,
        end: int,
        function: str,
        level: Level,
        related: tuple[Related, ...] = (),
    ) -> Finding:
        place = self._place(start)
        line = self.lines[(place.line or 1) - 1]
        return Finding(
            code=code,
            message=message,
            place=place,
            end=self._place(end),
            component=component_of(self.path),
            function=function,
            subject=b" ".join(line.split()),
            excerpt=line.rstrip(b"\r"),
            related=related,
            level=level,
            where=Span(start, end),
        )

    def _place(self, offset: int) -> Place:
        line = bisect_right(self.starts, offset)
        return Place(self.path, line, offset - self.starts[line - 1] + 1)

    def _place_of(self, point: Point) -> Place:
        return Place(self.path, int(point.line), int(point.column) + 1)

    def _offset(self, line: str, column: str) -> int:
        return min(self.starts[int(line) - 1] + int(column), len(self.data))


def words_of(checkers: Iterable[Checker]) -> tuple[str, ...]:
    """What to search for, for all of them."""
    return tuple(sorted({word for each in checkers for word in each.rule.searched}))
