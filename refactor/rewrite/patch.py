"""A semantic patch in one file: bytes in, bytes out, and a verdict on every mention.

Pure. The rules run one after the other (`refactor.rewrite.passes`), on as much of the file as they
have to do with (`refactor.rewrite.excerpt`); here every mention of the words that a change cannot
be without is accounted for, in the places of the original file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from refactor.c.items import Cut, Kind, cut
from refactor.c.lexical import covering, mentions, outermost
from refactor.c.tables import EMPTY, TypeTable
from refactor.match.sites import Site, enclosing_function
from refactor.match.verdict import (
    Change,
    Conforming,
    NotApplicable,
    Reason,
    Refused,
    Verdict,
    moved,
)
from refactor.rewrite.account import Account, Cover
from refactor.rewrite.elsewhere import Elsewhere
from refactor.rewrite.excerpt import Excerpt, anchors, excerpt, is_local
from refactor.rewrite.explain import Explainer, Part
from refactor.rewrite.file import Rewritten
from refactor.rewrite.leftover import Leftover, leftovers
from refactor.rewrite.merge import Trouble
from refactor.rewrite.original import Places
from refactor.rewrite.passes import Outcome, ending, run
from refactor.rewrite.views import Views
from refactor.rule.edits import Smpl
from refactor.rule.smpl.step import Step
from refactor.text import Span

REASONS = {
    "comment": Reason.UNEXPLAINED,
    "unexplained": Reason.UNEXPLAINED,
    "overlap": Reason.OVERLAP,
    "again": Reason.AGAIN,
    "unbound": Reason.ORIGIN,
    "torn": Reason.TORN,
}
NOTES = {
    "label": "a label would have no statement behind it",
    "directive": "a conditional stands in between",
    "kept": "a directive that the rule does not name would go with it",
    "string": "what is no string would be joined to one",
    "names": "a name of the declaration is of another type",
    "order": "names of a declaration would come into being in another order",
    "array": "a type with brackets behind the name cannot be moved",
    "error": "it would not parse as C",
    "comment": "a comment would begin where none was",
    "token": "two tokens would grow together",
    "block": "its statements would not follow one another",
}
"""What is said of what keeps a match from being rewritten, by its word."""
SHOWN = 200
"""How long what a message says of a place may be, in bytes."""


def rewrite_patch(
    path: str,
    data: bytes,
    edit: Smpl,
    headers: TypeTable = EMPTY,
    *,
    in_part: bool = True,
    spared: Mapping[str, str] | None = None,
) -> Rewritten:
    """Apply a semantic patch to a file; `headers` is what its headers declare.

    Without `in_part` all of the file is looked at, which takes longer and must come to the same.
    `spared` are functions that have to stay as they are, each with the reason.
    RuleError is for what only a file shows, a regular expression that comes to no end.
    """
    with ending(edit.compiled):
        return _rewritten(path, data, edit, headers, in_part, spared)


def _rewritten(
    path: str,
    data: bytes,
    edit: Smpl,
    headers: TypeTable,
    in_part: bool,
    spared: Mapping[str, str] | None,
) -> Rewritten:
    if in_part and is_local(edit.compiled):
        words = {*edit.about, *anchors(edit.compiled)}
        at = {each.start: word for word in words for each in mentions(data, word)}
        found = cut(data, sorted(at))
        part = excerpt(data, found)
        if not part.is_all:
            made = _in_part(path, part, edit, at, found, headers, spared)
            if made is not None:
                return made
    outcome, verdicts = _in_buffer(
        path, data, edit, Views.of_patch(edit.compiled, headers=headers), data, spared
    )
    return Rewritten(path, data, outcome.after, verdicts, heads=_heads(edit, outcome))


def _in_part(
    path: str,
    part: Excerpt,
    edit: Smpl,
    at: Mapping[int, str],
    found: Cut,
    headers: TypeTable,
    spared: Mapping[str, str] | None,
) -> Rewritten | None:
    """What becomes of a file, seen through an excerpt; None if that cannot be put back.

    `at` are the words that the excerpt was made for, `found` is what they are part of.
    """
    views = Views.of_patch(edit.compiled, part.restored, headers)
    outcome, verdicts = _in_buffer(path, part.data, edit, views, part.whole, spared)
    after = part.restored(outcome.after)
    if after is None or views.has_halves:
        return None
    told = [moved(each, part.original) for each in verdicts]
    about = frozenset(edit.about)
    for offset, kind in zip(sorted(at), found.kinds, strict=True):
        if at[offset] in about and not part.has(offset):
            assert kind in (Kind.COMMENT, Kind.STRING), kind
            where = Span(offset, offset + len(at[offset].encode()))
            told.append(NotApplicable(Reason.TEXT, where))
    told.sort(key=_order)
    return Rewritten(path, part.whole, after, tuple(told), heads=_heads(edit, outcome))


def _heads(edit: Smpl, outcome: Outcome) -> tuple[tuple[str, int], ...]:
    """The functions of external linkage whose heads have changed."""
    failed = {id(trouble.site) for _, trouble in outcome.troubles}
    found: dict[str, int] = {}
    for index, site in outcome.sites:
        step = edit.compiled.steps[index]
        if (
            isinstance(step, Step)
            and step.changes_head
            and site.node.kind == "function"
            and id(site) not in failed
            and outcome.after != outcome.before
            and not any(each.text == b"static" for each in site.node.children)
        ):
            found[enclosing_function(site.node)] = edit.number
    return tuple(found.items())


def _in_buffer(
    path: str,
    data: bytes,
    edit: Smpl,
    views: Views,
    whole: bytes,
    spared: Mapping[str, str] | None = None,
) -> tuple[Outcome, tuple[Verdict, ...]]:
    """What becomes of a buffer of a file; nothing, if there is no change that is told of."""
    outcome = run(edit.compiled, path, data, edit.defined, edit.comment, views, spared)
    left = leftovers(path, data, outcome.after, edit.compiled.patch.iterators)
    needed = {each.function: each.error for each in left if each.error}
    if needed:
        needed = {**needed, **(spared or {})}
        outcome = run(edit.compiled, path, data, edit.defined, edit.comment, views, needed)
    part = Part(path, data, edit, whole, views.headers)
    verdicts = tuple(_remarked(_once(_verdicts(part, outcome)), left))
    if not any(isinstance(each, Change) for each in verdicts):
        outcome.after = data
    return outcome, verdicts


def _remarked(verdicts: Iterable[Verdict], left: Sequence[Leftover]) -> Iterator[Verdict]:
    """The verdicts; the first change of a function has a word on what nothing uses there now.

    That is no refusal: the compiler only warns of it, and another patch may well take it away.
    """
    unused: dict[str, list[str]] = {}
    for one in left:
        if not one.error:
            unused.setdefault(one.function, []).append(one.name)
    for each in verdicts:
        if isinstance(each, Change) and each.function in unused:
            names = ", ".join(unused.pop(each.function))
            said = f"nothing uses {names} in {each.function}() any more"
            yield replace(each, note="; ".join(filter(None, (each.note, said))))
        else:
            yield each


def _verdicts(part: Part, outcome: Outcome) -> list[Verdict]:
    """A verdict on each place of a buffer."""
    edit = part.edit
    places = Places(part.data)
    verdicts: list[Verdict] = []
    stays: list[Span] = []
    met = [site for _, site in outcome.made]
    failed = {id(trouble.site) for _, trouble in outcome.troubles}
    gone: dict[int, list[Span]] = {}
    for index, site in outcome.sites:
        if outcome.texts.get(id(site)) == b"" and site.end > site.start:
            gone.setdefault(index, []).append(Span(site.start, site.end))
    gone = {index: outermost(spans) for index, spans in gone.items()}
    for index, site in outcome.sites:
        step = edit.compiled.steps[index]
        where = places.original(site.data, site.start, site.end)
        if id(site) not in failed and isinstance(step, Step) and step.rule.changes:
            if id(site) in outcome.idle:
                continue  # What is named in it is told of below.
            met.append(site)
            around = covering(gone.get(index, []), site.start)
            if (
                around is not None
                and around.end >= site.end
                and len(around) > site.end - site.start
            ):
                continue  # A match in what goes as a whole is no change of its own.
            change = _change(edit, site, where, outcome.texts.get(id(site)))
            if id(site) in outcome.long_lines:
                place = f" in {change.function}()" if change.function else ""
                change = replace(change, note=f"a line of more than a hundred columns{place}")
            verdicts.append(change)
    for _, trouble in outcome.troubles:
        site = trouble.site
        where = places.original(site.data, site.start, site.end)
        at = places.original(site.data, trouble.offset, trouble.offset)
        reason = REASONS.get(trouble.reason, Reason.RESULT)
        note = _note(trouble)
        stumbled = at if where.start <= at.start <= where.end else where
        verdicts.append(
            Refused(
                reason,
                Span(stumbled.start, where.end),
                note,
                enclosing_function(site.node),
                match=where,
            )
        )
        stays.append(where)
    for _, site in outcome.made:
        where = places.original(site.data, site.start, site.end)
        verdicts.append(Conforming(edit.number, where, enclosing_function(site.node)))
    account = Account(outcome.before, outcome.passes, met)
    verdicts += _others(part, stays, account)
    return verdicts


def _note(trouble: Trouble) -> str:
    """What is in the way of a match, in words. A single word is a kind of code."""
    if trouble.reason in REASONS:
        return trouble.note
    word = trouble.note or trouble.reason
    return NOTES.get(word) or (word if " " in word else f"it would group otherwise, as {word}")


def _once(verdicts: Sequence[Verdict]) -> Iterator[Verdict]:
    """Each place once, in order."""
    seen: set[tuple[str, Span]] = set()
    for each in sorted(verdicts, key=_order):
        key = (type(each).__name__, each.where)
        if key not in seen:
            seen.add(key)
            yield each


def _order(verdict: Verdict) -> tuple[int, int]:
    return verdict.where.start, verdict.where.end


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


def _others(part: Part, stays: Sequence[Span], account: Account) -> Iterator[Verdict]:
    """The mentions that no match accounts for, each with the reason. In what is refused (`stays`)
    all of them are."""
    refused = Cover(stays)
    left = {
        mention.start: word
        for word in part.edit.about
        for mention in mentions(part.data, word)
        if mention.start not in refused and not account.has(word, mention)
    }
    if not left:
        return
    offsets = sorted(left)
    found = cut(part.data, offsets)
    explainer: Explainer | None = None
    torn: Elsewhere | None = None
    for offset, kind in zip(offsets, found.kinds, strict=True):
        where = Span(offset, offset + len(left[offset].encode()))
        if kind in (Kind.COMMENT, Kind.STRING):
            yield NotApplicable(Reason.TEXT, where)
            continue
        if kind is Kind.DISABLED:
            yield NotApplicable(Reason.DISABLED, where)
            continue
        explainer = explainer or Explainer(part, offsets, found)
        if explainer.concerns:
            torn = torn or Elsewhere(part, offsets, found)
        told = torn.explain(left[offset], where, kind) if torn is not None else None
        yield told or explainer.explain(where, kind)
