"""Findings for people: the source line, a caret, what is wrong, like a modern compiler."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterator

import click

from refactor.check.catalog import Doc, HelperCatalog
from refactor.check.finding import Finding, Level
from refactor.commands.check import Checked
from refactor.report.text import columns, counted, one_line
from refactor.rule.model import HelperRule

COLOURS = {Level.ERROR: "red", Level.WARNING: "yellow", Level.NOTE: "cyan"}


def findings(result: Checked) -> Iterator[str]:
    """One block for each finding."""
    for finding in result.findings:
        yield "\n".join(_block(finding, result.catalog.docs[finding.code])) + "\n"


def summary(result: Checked) -> Iterator[str]:
    """What the run comes to."""
    for note in result.notes:
        yield f"note: {one_line(note)}"
    fixable = sum(bool(finding.fix) for finding in result.findings)
    for each in result.unloaded:
        yield f"not checked: {each.place}: {one_line(each.message)}"
    counts = [
        counted(sum(each.level is level for each in result.findings), level) for level in Level
    ]
    if result.accepted:
        counts.append(f"{result.accepted} accepted by the baseline")
    if fixable:
        counts.append(f"{fixable} can be fixed: --fix prints the patch")
    if result.unloaded:
        counts.append(f"{len(result.unloaded)} of the rules could not be loaded")
    yield f"{result.rule.id}, {result.vintage} tree: {', '.join(counts)}"


def _block(finding: Finding, doc: Doc) -> Iterator[str]:
    label = click.style(f"{finding.level}[{finding.code}]", fg=COLOURS[finding.level], bold=True)
    yield f"{label}{click.style(f': {one_line(finding.message)}', bold=True)}"
    number = str(finding.place.line or 1)
    gutter = " " * len(number)
    bar = click.style("|", fg="blue")
    where = f" in {finding.function}()" if finding.function else ""
    yield f"{gutter}{click.style('-->', fg='blue')} {one_line(str(finding.place))}{where}"
    if finding.excerpt:
        line = one_line(finding.excerpt.decode(errors="replace"))
        yield f"{gutter} {bar}"
        yield f"{click.style(number, fg='blue')} {bar} {line}"
        yield f"{gutter} {bar} {click.style(_carets(finding), fg=COLOURS[finding.level])}"
    for related in finding.related:
        yield f"{gutter} = {one_line(str(related.place))}: {one_line(related.message)}"
    if finding.patch:
        yield f"{gutter} = brought by {one_line(finding.patch)}"
    if finding.level is not Level.NOTE:
        help_text = textwrap.wrap(
            doc.fix, 96 - len(number), initial_indent=f"{gutter} = help: ",
            subsequent_indent=f"{gutter}         ",
        )  # fmt: skip
        yield from help_text


def _carets(finding: Finding) -> str:
    """Below the bytes of the finding: blanks with the tabs of the line, then carets."""
    start = (finding.place.column or 1) - 1
    same_line = finding.place.line == finding.end.line
    end = (finding.end.column or 1) - 1 if same_line else len(finding.excerpt)
    before = one_line(finding.excerpt[:start].decode(errors="replace"))
    marked = one_line(finding.excerpt[start : max(end, start + 1)].decode(errors="replace"))
    blanks = "".join("\t" if each == "\t" else " " * _width(each) for each in before)
    return blanks + "^" * max(sum(map(_width, marked)), 1)


def _width(character: str) -> int:
    """How many columns of a terminal a character takes."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


# ---------------------------------------------------------------------------- the matrix


def matrix(result: Checked) -> str:
    """A line for each architecture."""
    rule, catalog = result.rule, result.catalog
    assert isinstance(rule, HelperRule)
    assert isinstance(catalog, HelperCatalog)
    entry = f"{rule.entry}()"
    options = catalog.options
    rows = [["arch", f"own {entry}", "helper", "flags", *options.values(), "verdict"]]
    for row in result.rows:
        through = {True: "yes", False: "no", None: "-"}[row.through_helper]
        selected = [_selected(row.options.get(option)) for option in options]
        own = row.own or ("-" if result.vintage in catalog.unified else "generic")
        rows.append(
            [row.component, own, through, "; ".join(row.flags) or "-", *selected, row.verdict]
        )
    return columns(rows)


def _selected(condition: str | None) -> str:
    if condition is None:
        return "-"
    return f"if {condition}" if condition else "yes"


# ---------------------------------------------------------------------------- a page


def page(doc: Doc) -> Iterator[str]:
    """What `treewide rules explain` prints."""
    yield click.style(f"{doc.code} ({doc.level}): {doc.title}", bold=True)
    parts = (("What", doc.what), ("Why", doc.why), ("How to fix", doc.fix))
    for title, text in parts:
        if not text:
            continue
        yield f"\n{click.style(title, bold=True)}\n"
        yield textwrap.fill(" ".join(text.split()), 80, break_long_words=False)
    for title, files in (("Bad", doc.bad), ("Good", doc.good)):
        for path, text in files.items():
            yield f"\n{click.style(f'{title}: {path}', bold=True)}\n"
            yield textwrap.indent(text.strip("\n"), "    ") or "    (no such file)"
