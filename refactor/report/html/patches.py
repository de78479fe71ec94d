"""The patches of the page, each as it would be sent: subject, recipients, message, and diff."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from refactor.commands.look import Look
from refactor.plan.split import Patch
from refactor.report.html.code import coloured
from refactor.report.html.hunks import COME, CONTEXT, GONE, REMARK, Hunk, hunks, ranges, sums
from refactor.report.html.table import Targets
from refactor.report.html.text import code, text
from refactor.report.text import counted
from refactor.series.message import Message

OPEN = 20
"""Of so many patches the diffs are shown; of more, each has to be opened."""

MANY = 8
"""More recipients than these are folded away."""

CLASSES = {CONTEXT: "", COME: " class=i", GONE: " class=d", REMARK: " class=o"}


def targets(look: Look) -> Targets:
    """The hunks with the places that change, for links to them."""
    found: dict[tuple[str, int], str] = {}
    for number, patch in enumerate(look.plan.patches):
        lines: dict[str, list[int]] = {}
        for each in patch.changes:
            lines.setdefault(each.place.path, []).append(each.place.line or 0)
        for place, change in enumerate(patch.files):
            every = ranges(look.diff_of(change.path)) if change.path in lines else ()
            for line in lines.get(change.path, ()):
                hunk = next((at for at, (_, last) in enumerate(every) if line <= last), None)
                if hunk is not None:
                    found[change.path, line] = _id(number, place, hunk)
    return found


def patches(look: Look) -> Iterator[str]:
    """The cover letter, if there is one, and every patch."""
    is_open = " open" if len(look.plan.patches) <= OPEN else ""
    of = look.of or len(look.plan.patches)
    if look.cover is not None:
        yield f"<section id=cover><details{is_open}><summary>"
        yield f"<h2>{_subject(0, of, look.cover)}</h2></summary>"
        yield f"<pre class=message>{text(look.cover.body)}</pre></details></section>"
    for number, (patch, message) in enumerate(zip(look.plan.patches, look.messages, strict=True)):
        words = " ".join([patch.component, *(change.path for change in patch.files)]).lower()
        yield f'<section id=p{number} data-of="{text(words)}"><details{is_open}><summary>'
        yield f"<h2>{_subject(look.numbers[number], of, message)}</h2></summary>"
        yield from _recipients(look.cc[number])
        yield f"<pre class=message>{text(message.body)}</pre>"
        yield from _files(look, number, patch)
        yield "</details></section>"


def _subject(number: int, of: int, message: Message) -> str:
    width = len(str(of))
    return f"<span class=dim>[PATCH {number:0{width}}/{of}]</span> {text(message.subject)}"


def _recipients(cc: Sequence[str]) -> Iterator[str]:
    every = ", ".join(map(text, cc))
    if len(cc) > MANY:
        number = counted(len(cc), "address", "addresses")
        yield f"<details class=cc><summary>Cc: {number}</summary>{every}</details>"
    elif cc:
        yield f"<p class=cc>Cc: {every}"


def _files(look: Look, number: int, patch: Patch) -> Iterator[str]:
    for place, change in enumerate(patch.files):
        every = hunks(look.diff_of(change.path))
        come, gone = sums(every)
        yield (
            f"<details open class=file><summary>{code(change.path)} "
            f"<span class=dim>+{come} -{gone}</span></summary>"
            f"<table class=diff><caption class=hidden>{text(change.path)}, "
            f"{counted(len(every), 'hunk')}</caption>"
            "<colgroup><col class=no><col class=no><col></colgroup><thead>"
            "<tr><th scope=col class=no>Old<th scope=col class=no>New<th scope=col>Code</thead>"
        )
        is_c = change.path.endswith((".c", ".h"))
        for at, hunk in enumerate(every):
            yield from _hunk(hunk, coloured(hunk, is_c=is_c), _id(number, place, at), number)
        yield "</table></details>"


def _hunk(hunk: Hunk, lines: Sequence[str], anchor: str, number: int) -> Iterator[str]:
    yield (
        f'<tbody id={anchor}><tr class=h><td colspan=3><a href="#{anchor}">'
        f"@@ {hunk.old} / {hunk.new} @@</a> {text(hunk.heading)} "
        f'<a class=back href="#r{number}">table</a>'
    )
    old, new = hunk.old, hunk.new
    rows = []
    for (sign, _), line in zip(hunk.lines, lines, strict=True):
        first = old if sign in (CONTEXT, GONE) else ""
        second = new if sign in (CONTEXT, COME) else ""
        rows.append(f"<tr{CLASSES[sign]}><td>{first}<td>{second}<td>{line}")
        old += sign in (CONTEXT, GONE)
        new += sign in (CONTEXT, COME)
    yield "\n".join(rows)


def _id(number: int, place: int, hunk: int) -> str:
    return f"p{number}-{place}-{hunk}"
