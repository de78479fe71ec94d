"""Fixes: the lines that put findings right, each its own, and all of them as one diff."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from refactor.c.syntax import walk
from refactor.check.evidence import CheckedFile, Evidence, Helper, weak_word
from refactor.check.finding import Code, Finding, LineEdit
from refactor.plan.resolve import flags_edit
from refactor.plan.split import component_of
from refactor.rewrite.file import rewrite
from refactor.rewrite.whole import rewrite_all
from refactor.rule.edits import Program
from refactor.rule.model import GENERIC
from refactor.text import EditSet, Span, TextEdit
from refactor.tree.tree import Blob, KernelTree

AT_CALLS = {
    Code.BYPASSES_HELPER,
    Code.OPEN_CODED_FLAG,
    Code.MISSING_FLAG,
    Code.UNGUARDED_OPTION,
}


def attach(evidence: Evidence, findings: Sequence[Finding]) -> list[Finding]:
    """The findings of a tree, with the fix of each one that has one."""
    files = {file.blob.path: file for file in evidence.checked}
    fixed = list(findings)
    for file in evidence.checked:
        fixed = share_out(fixed, AT_CALLS, file.blob, partial(_rewritten, evidence, file))
        fixed = share_out(fixed, DROPPED, file.blob, partial(_dropped, evidence, file))
    return [
        replace(finding, fix=tuple(_alone(evidence, files, finding)))
        if not finding.fix
        else finding
        for finding in fixed
    ]


DROPPED = {Code.REDUNDANT_CALL}


def share_out(
    findings: Sequence[Finding], codes: Collection[str], blob: Blob, rewritten: Callable[[], bytes]
) -> list[Finding]:
    """Give each line of what a file is to become to the findings in it that are closest.

    `codes` are the findings that it puts right; where there is none, the file is not rewritten.
    """
    fixed = list(findings)
    numbers = [
        number
        for number, finding in enumerate(fixed)
        if finding.code in codes and finding.place.path == blob.path
    ]
    if numbers:
        edits = line_edits(blob.data, rewritten())
        for number, own in _shared_out([fixed[each] for each in numbers], edits):
            fixed[numbers[number]] = replace(fixed[numbers[number]], fix=tuple(own))
    return fixed


def _rewritten(evidence: Evidence, file: CheckedFile) -> bytes:
    """The file with every call of it as it should be; as it is if that cannot be done."""
    component = component_of(file.blob.path)
    edit = flags_edit(evidence.rule, evidence.in_force(component).always)
    if not evidence.is_converted:
        add = tuple(sorted(_missing(evidence, file)))
        if not add:
            return file.blob.data
        edit = replace(edit, add=add, remove=(), comments={}, header="")
    return rewrite(file.source, Program((edit,))).after


def _dropped(evidence: Evidence, file: CheckedFile) -> bytes:
    """The file without what has become redundant."""
    program = Program(evidence.catalog.redundant.rule.edits)
    return rewrite_all(file.blob.path, file.blob.data, program).after


def _missing(evidence: Evidence, file: CheckedFile) -> set[str]:
    """What calls of a file lack in a tree without the helper."""
    component = component_of(file.blob.path)
    wanted = evidence.required | {
        guard.flag
        for guard in evidence.catalog.guards
        if component in evidence.options[guard.option] and evidence.vintage.name in guard.vintages
    }
    return {
        flag
        for definition in file.found.definitions
        for site in definition.sites
        for flag in wanted
        - evidence.reader(file.source, definition.reached)
        .read(site.argument, site.function)
        .possible
    }


def _shared_out(
    findings: Sequence[Finding], edits: Iterable[LineEdit]
) -> Iterator[tuple[int, list[LineEdit]]]:
    """Give each edit to the findings that it is closest to."""
    own: list[list[LineEdit]] = [[] for _ in findings]
    for edit in edits:
        distances = [_distance(finding, edit) for finding in findings]
        for number, distance in enumerate(distances):
            if distance == min(distances):
                own[number].append(edit)
    yield from enumerate(own)


def _distance(finding: Finding, edit: LineEdit) -> int:
    line = (finding.place.line or 1) - 1
    return max(edit.start - line, line - max(edit.start, edit.end - 1), 0)


# ---------------------------------------------------------------------------- one finding alone


def _alone(
    evidence: Evidence, files: Mapping[str, CheckedFile], finding: Finding
) -> list[LineEdit]:
    """The fix of a finding that does not depend on the others of its file."""
    make = _FIXES.get(finding.code)
    file = files.get(finding.place.path)
    if make is None or file is None or finding.where is None:
        return []
    edits = make(evidence, file, finding.where.start)
    return line_edits(file.blob.data, EditSet(edits).apply(file.blob.data))


def _without_word(evidence: Evidence, file: CheckedFile, offset: int) -> list[TextEdit]:
    """Take out the word that makes a declaration weak."""
    code = file.source.code
    end = offset
    while code[end : end + 1].isalnum() or code[end : end + 1] == b"_":
        end += 1
    while code[end : end + 1] in (b" ", b"\t"):
        end += 1
    if code[offset - 1 : offset] == b"(":  # __attribute__((weak)) is more than a word
        return []
    return [TextEdit(Span(offset, end), b"")]


def _weakened(evidence: Evidence, file: CheckedFile, offset: int) -> list[TextEdit]:
    return [TextEdit(Span(offset, offset), b"__weak ")]


def _strengthened(evidence: Evidence, file: CheckedFile, offset: int) -> list[TextEdit]:
    """Of two weak definitions the architecture's own is the one to be strong."""
    for helper in _helpers_at(evidence, file, offset):
        if helper.component != GENERIC:
            where = weak_word(file.source, helper.function.node, helper.function.body.start_byte)
            return _without_word(evidence, file, where.start)
    return []


def _returning_all(evidence: Evidence, file: CheckedFile, offset: int) -> list[TextEdit]:
    """Put what an override drops, or the generic helper lacks, behind its one `return`."""
    generic = [each for each in evidence.helpers if each.component == GENERIC]
    for helper in _helpers_at(evidence, file, offset):
        wanted = evidence.required
        if helper.component != GENERIC and generic:
            wanted = generic[0].flags.always
        missing = sorted(wanted - helper.flags.always)
        returned = [
            node.named_children[0]
            for node in walk(helper.function.body)
            if node.type == "return_statement" and node.named_children
        ]
        if len(returned) == 1 and missing and not helper.flags.maybe:
            text = file.source.text(returned[0])
            kept = [] if not helper.flags.always else [text.decode(errors="surrogateescape")]
            joined = " | ".join((*kept, *missing)).encode(errors="surrogateescape")
            return [TextEdit(Span(returned[0].start_byte, returned[0].end_byte), joined)]
    return []


def _helpers_at(evidence: Evidence, file: CheckedFile, offset: int) -> Iterator[Helper]:
    for helper in evidence.helpers:
        if helper.source.path == file.blob.path and offset in helper.function.span:
            yield helper


_FIXES: Mapping[str, Callable[[Evidence, CheckedFile, int], list[TextEdit]]] = {
    Code.WEAK_PROTOTYPE: _without_word,
    Code.STRONG_HELPER: _weakened,
    Code.TWO_WEAK_HELPERS: _strengthened,
    Code.OVERRIDE_DROPS_FLAG: _returning_all,
    Code.MISSING_FLAG: _returning_all,
}


# ---------------------------------------------------------------------------- lines


def line_edits(before: bytes, after: bytes) -> list[LineEdit]:
    """What turns one buffer into another, by whole lines."""
    if before == after:
        return []
    old, new = _lines(before), _lines(after)
    above = _common(old, new)
    below = _common(old[above:][::-1], new[above:][::-1])
    old, new = old[above : len(old) - below], new[above : len(new) - below]
    opcodes = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [
        LineEdit(start + above, end + above, b"".join(new[first:last]))
        for tag, start, end, first, last in opcodes
        if tag != "equal"
    ]


def _common(one: Sequence[bytes], other: Sequence[bytes]) -> int:
    """How many lines two lists begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((n for n, (left, right) in pairs if left != right), min(len(one), len(other)))


def diffs(tree: KernelTree, findings: Sequence[Finding]) -> list[bytes]:
    """For each finding its own fix as a diff; empty where there is none."""
    blobs = tree.read({finding.place.path for finding in findings if finding.fix})
    return [
        diff(each.place.path, blobs[each.place.path].data, each.fix) if each.fix else b""
        for each in findings
    ]


def patch(tree: KernelTree, findings: Iterable[Finding]) -> bytes:
    """One patch with the fixes of all findings."""
    edits: dict[str, list[LineEdit]] = {}
    for finding in findings:
        if finding.fix:
            edits.setdefault(finding.place.path, []).extend(finding.fix)
    blobs = tree.read(edits)
    return b"".join(diff(path, blobs[path].data, edits[path]) for path in sorted(edits))


def diff(path: str, data: bytes, edits: Iterable[LineEdit]) -> bytes:
    """A unified diff of one file, as `git apply` and `patch -p1` take it.

    Of edits that touch the same lines the first one counts.
    """
    lines = _lines(data)
    left, right = _header("a/" + path), _header("b/" + path)
    tab = b"\t" if b" " in left else b""  # where the name ends, for patch(1)
    text = [b"diff --git %b %b\n--- %b%b\n+++ %b%b\n" % (left, right, left, tab, right, tab)]
    shift = 0
    for group in _hunks(edits):
        start, end = max(0, group[0].start - CONTEXT), min(len(lines), group[-1].end + CONTEXT)
        hunk: list[bytes] = []
        position = start
        for edit in group:
            hunk += [b" " + line for line in lines[position : edit.start]]
            hunk += [b"-" + line for line in lines[edit.start : edit.end]]
            hunk += [b"+" + line for line in _lines(edit.text)]
            position = edit.end
        hunk += [b" " + line for line in lines[position:end]]
        added = sum(len(_lines(edit.text)) - (edit.end - edit.start) for edit in group)
        old, new = end - start, end - start + added
        first = start + (old > 0), start + shift + (new > 0)
        text.append(b"@@ -%d,%d +%d,%d @@\n" % (first[0], old, first[1], new))
        text += [line if line.endswith(b"\n") else line + NO_NEWLINE for line in hunk]
        shift += added
    return b"".join(text) if len(text) > 1 else b""


def _header(path: str) -> bytes:
    """A path as git writes it in a header: in C quotes, if it has to be."""
    escapes = {ord("\\"): b"\\\\", ord('"'): b'\\"'}
    raw = os.fsencode(path)
    quoted = b"".join(
        escapes.get(byte) or (b"\\%03o" % byte if byte < 32 or byte == 127 else bytes([byte]))
        for byte in raw
    )
    return raw if quoted == raw else b'"' + quoted + b'"'


CONTEXT = 3
NO_NEWLINE = b"\n\\ No newline at end of file\n"


def _hunks(edits: Iterable[LineEdit]) -> list[list[LineEdit]]:
    """Edits, in order, that share a hunk because their context meets."""
    groups: list[list[LineEdit]] = []
    for edit in sorted(set(edits)):
        last = groups[-1][-1] if groups else None
        if last is not None and edit.start < last.end:
            continue
        if last is not None and edit.start - last.end <= 2 * CONTEXT:
            groups[-1].append(edit)
        else:
            groups.append([edit])
    return groups


def _lines(data: bytes) -> list[bytes]:
    """Lines as git counts them: only a newline ends one."""
    return re.findall(rb"[^\n]*\n|[^\n]+", data)
