"""Mutants of files of the kernel's C, and what has to hold for each, whatever it has become."""

from __future__ import annotations

import difflib
import random
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from refactor.c.lexical import code_only, mentions
from refactor.c.syntax import errors_in, parse
from refactor.errors import TreewideError
from refactor.match.verdict import Change, Reason, Refused
from refactor.rewrite.file import Rewritten
from refactor.rewrite.whole import rewrite_all
from refactor.rule.edits import Program, Smpl
from refactor.rule.load import load
from refactor.rule.model import HelperRule
from refactor.rule.smpl.load import load as load_patch
from refactor.rule.smpl.step import Step
from tests.fuzz.mutate import mutant
from tests.support import PROJECT


@dataclass(frozen=True)
class Subject:
    """A rule, and files that it has to do with."""

    name: str
    program: Program
    words: tuple[str, ...]
    """Every mention of which is accounted for."""
    files: tuple[tuple[str, bytes], ...]


REACH = 40
"""Lines from a change within which a list, a comment or a header may be laid out anew."""


def subjects(tree: Path | None) -> Iterator[Subject]:
    """The rules and the cases of the project, each with its own files and those of a `tree`."""
    for file in sorted((PROJECT / "rules").glob("*.toml")):
        rule = load(file)
        if not isinstance(rule, HelperRule):
            files = [(case.path, case.before.encode()) for case in rule.cases]
            words = tuple(rule.searched)
            yield Subject(
                file.stem, Program(rule.edits), (), (*files, *_found(tree, words, rule.paths))
            )
    for file in sorted((PROJECT / "tests/cases").glob("*.cocci")):
        try:
            made = load_patch(file, {})
        except TreewideError:
            continue  # it needs a virtual rule
        (edit,) = made.edits
        assert isinstance(edit, Smpl)
        before = file.with_suffix(".c").read_bytes()
        yield Subject(file.stem, Program(made.edits), edit.about, ((f"{file.stem}.c", before),))


def _found(
    tree: Path | None, words: Sequence[str], globs: Sequence[str]
) -> Iterator[tuple[str, bytes]]:
    """Some files of a tree that a rule has to do with."""
    if tree is None:
        return
    wanted = [word.encode() for word in words]
    left = 12
    for glob in globs:
        for path in sorted(tree.glob(glob)):
            data = path.read_bytes() if path.is_file() else b""
            if left and len(data) < 60_000 and any(word in data for word in wanted):
                left -= 1
                yield str(path.relative_to(tree)), data


def attack(source: random.Random, subject: Subject) -> tuple[bytes, list[str]]:
    """One mutant of one of the files, and what does not hold for it."""
    path, data = source.choice(subject.files)
    changed = mutant(source, data)
    return changed, list(problems(subject, path, changed))


def problems(subject: Subject, path: str, data: bytes) -> Iterator[str]:
    """What is promised of any file, and does not hold for this one."""
    try:
        made = rewrite_all(path, data, subject.program)
        again = rewrite_all(path, made.after, subject.program)
    except Exception:
        yield traceback.format_exc(limit=-3)
        return
    yield from _outside(made)
    yield from _unaccounted(subject, made)
    if _errors(path, data):
        return  # what a broken file means, nobody can tell
    if made.changes and _errors(path, made.after):
        yield "a new syntax error"
    feeds = any(
        isinstance(edit, Smpl) and edit.compiled.feeds_itself for edit in subject.program.edits
    )
    if again.after != made.after and not feeds and not _settles(subject, path, again.after):
        yield "a second run changes it again"


def _settles(subject: Subject, path: str, data: bytes) -> bool:
    """True if dots find what they had been kept from, once what stood between is removed.

    Of two calls in a row dots end at the first one, and `when != x` sees the second declaration of
    an `x`: it is how semantic patches are read that such a file needs as many runs as there are.
    """
    if not any(_has_dots(edit) for edit in subject.program.edits if isinstance(edit, Smpl)):
        return False
    for _ in range(data.count(b"\n") + 1):
        made = rewrite_all(path, data, subject.program)
        if made.after == data:
            return True
        if len(made.after) >= len(data):
            return False
        data = made.after
    return False


def _has_dots(edit: Smpl) -> bool:
    patterns = [step.pattern for step in edit.compiled.steps if isinstance(step, Step)]
    nodes = (node for pattern in patterns for item in pattern.items for node in item.walk())
    return any(node.kind in ("dots", "nest") for node in nodes)


def _errors(path: str, data: bytes) -> int:
    return sum(1 for _ in errors_in(parse(path, data).root))


def _outside(made: Rewritten) -> Iterator[str]:
    """Bytes that changed far from any change."""
    if not made.changes and made.after != made.before:
        yield "bytes changed, and there is no change"
    if made.after == made.before:
        if made.changes:
            yield "changes, and no byte changed"
        return
    old, new = made.before.split(b"\n"), made.after.split(b"\n")
    # Of a file without a newline at its end the last line may go, and the one before it has one; or
    # something comes behind it.
    if bool(old[-1]) != bool(new[-1]) and (old[-1] == b"" or new[-2] == old[-1]):
        yield "the newline at the end"
    near = {
        line
        for change in made.changes
        for at in (change.where.start, change.where.end, *(one.span.start for one in change.edits))
        for line in range(_line(made.before, at) - REACH, _line(made.before, at) + REACH + 1)
    }
    for tag, start, end, first, last in difflib.SequenceMatcher(
        None, old, new, False
    ).get_opcodes():
        is_include = all(each.startswith(b"#include") for each in new[first:last])
        if tag != "equal" and not near & set(range(start, end + 1)) and not is_include:
            yield f"line {start + 1} changed, far from any change"


def _line(data: bytes, at: int) -> int:
    return data.count(b"\n", 0, at)


def _unaccounted(subject: Subject, made: Rewritten) -> Iterator[str]:
    """Mentions in code that no verdict is about."""
    whole = any(isinstance(each, Refused) and each.reason is Reason.DEPTH for each in made.verdicts)
    if whole:
        return
    code = code_only(made.before)
    spans = [each.covered if isinstance(each, Refused) else each.where for each in made.verdicts]
    for change in made.verdicts:
        if isinstance(change, Change):
            spans += [edit.span for edit in change.edits]
    for word in subject.words:
        for mention in mentions(code, word):
            if not any(span.start <= mention.start and mention.end <= span.end for span in spans):
                line = _line(made.before, mention.start) + 1
                yield f"line {line}: nothing is said of {word}"
