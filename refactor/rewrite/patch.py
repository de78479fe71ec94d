"""A semantic patch in one file: bytes in, bytes out, and a verdict on every mention.

Pure. The rules run one after the other (`refactor.rewrite.passes`); here every mention of the words
that a change cannot be without is accounted for, in the places of the original file.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from refactor.c.items import Kind, cut
from refactor.c.lexical import mentions
from refactor.match.sites import Site, enclosing_function
from refactor.match.verdict import Change, Conforming, NotApplicable, Reason, Refused, Verdict
from refactor.rewrite.explain import Explainer
from refactor.rewrite.file import Rewritten
from refactor.rewrite.original import Places
from refactor.rewrite.passes import run
from refactor.rule.edits import Smpl
from refactor.rule.smpl.compile import Step
from refactor.text import Span

REASONS = {
    "comment": Reason.UNEXPLAINED,
    "unexplained": Reason.UNEXPLAINED,
    "overlap": Reason.OVERLAP,
    "unbound": Reason.ORIGIN,
}
SHOWN = 200
"""How long what a message says of a place may be, in bytes."""


def rewrite_patch(path: str, data: bytes, edit: Smpl) -> Rewritten:
    """Apply a semantic patch to a file."""
    outcome = run(edit.compiled, path, data, edit.defined, edit.comment)
    places = Places(data)
    verdicts: list[Verdict] = []
    covered: list[Span] = []
    failed = {id(trouble.site) for _, trouble in outcome.troubles}
    gone = [
        (index, site.start, site.end)
        for index, site in outcome.sites
        if outcome.texts.get(id(site)) == b""
    ]
    for index, site in outcome.sites:
        step = edit.compiled.steps[index]
        where = places.original(site.data, site.start, site.end)
        if id(site) not in failed and isinstance(step, Step) and step.rule.changes:
            if any(_is_within(index, site, each) for each in gone):
                continue  # A match in what goes as a whole is no change of its own.
            verdicts.append(_change(edit, site, where, outcome.texts.get(id(site))))
            covered.append(where)
    for _, trouble in outcome.troubles:
        site = trouble.site
        where = places.original(site.data, site.start, site.end)
        at = places.original(site.data, trouble.offset, trouble.offset)
        reason = REASONS.get(trouble.reason, Reason.RESULT)
        note = trouble.note or ("" if trouble.reason in REASONS else trouble.reason)
        stumbled = at if where.start <= at.start <= where.end else where
        verdicts.append(
            Refused(reason, Span(stumbled.start, where.end), note, enclosing_function(site.node))
        )
        covered.append(where)
    for _, site in outcome.made:
        where = places.original(site.data, site.start, site.end)
        verdicts.append(Conforming(edit.number, where, enclosing_function(site.node)))
        covered.append(where)
    verdicts += _others(path, data, edit, covered)
    after = outcome.after if any(isinstance(each, Change) for each in verdicts) else data
    return Rewritten(path, data, after, tuple(_once(verdicts)))


def _is_within(index: int, site: Site, gone: tuple[int, int, int]) -> bool:
    number, start, end = gone
    is_larger = end - start > site.end - site.start
    return number == index and is_larger and start <= site.start and site.end <= end


def _once(verdicts: Sequence[Verdict]) -> Iterator[Verdict]:
    """Each place once, in order."""
    seen: set[tuple[str, Span]] = set()
    for each in sorted(verdicts, key=lambda one: (one.where.start, one.where.end)):
        key = (type(each).__name__, each.where)
        if key not in seen:
            seen.add(key)
            yield each


def _change(edit: Smpl, site: Site, where: Span, made: bytes | None) -> Change:
    before, after = site.data[site.start : site.end], made
    # What is long, such as a function whose head changes, is not told in a line.
    if after is None or site.node.kind == "function" or max(len(before), len(after)) > SHOWN:
        before = after = b""
    if not after.strip(b"{} \t\r\n"):
        after = b""  # Braces are left of what was all of a branch.
    function = enclosing_function(site.node)
    return Change(edit.number, where, function, before=_line(before), after=_line(after))


def _line(text: bytes) -> str:
    return " ".join(text.replace(b"\\\n", b"\n").decode(errors="replace").split())


def _others(path: str, data: bytes, edit: Smpl, covered: Sequence[Span]) -> Iterator[Verdict]:
    """The mentions that no match covers, each with the reason."""
    spans = sorted(covered)
    starts = [each.start for each in spans]
    # Matches may lie in one another: the furthest end so far decides.
    ends: list[int] = []
    for each in spans:
        ends.append(max(each.end, ends[-1] if ends else 0))
    left: dict[int, str] = {}
    for word in edit.about:
        for mention in mentions(data, word):
            at = bisect_right(starts, mention.start) - 1
            if at < 0 or ends[at] <= mention.start:
                left[mention.start] = word
    if not left:
        return
    offsets = sorted(left)
    found = cut(data, offsets)
    explainer: Explainer | None = None
    for offset, kind in zip(offsets, found.kinds, strict=True):
        where = Span(offset, offset + len(left[offset].encode()))
        if kind in (Kind.COMMENT, Kind.STRING):
            yield NotApplicable(Reason.TEXT, where)
        elif kind is Kind.DISABLED:
            yield NotApplicable(Reason.DISABLED, where)
        else:
            explainer = explainer or Explainer(path, data, edit, offsets, found)
            yield explainer.explain(where, kind)
