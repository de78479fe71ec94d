"""What becomes of every mention of what a program is about, in one file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from refactor.c.callgraph import macros_that_use
from refactor.c.comments import is_comment
from refactor.c.lexical import mentions, words
from refactor.c.syntax import Function, SourceFile
from refactor.match import entry, flags, insert, rename
from refactor.match.file import File
from refactor.match.hidden import only_uses
from refactor.match.verdict import Change, NotApplicable, Reason, Refused, Verdict
from refactor.rule.edits import Edit, Flags, Insert, Program, Rename
from refactor.text import Span
from refactor.tree.globs import matches


def judge(source: SourceFile, program: Program) -> Iterator[Verdict]:
    """What becomes of every mention of what the program is about, each place once."""
    file = File(source)
    every = program.edits
    edits = [edit for edit in every if not edit.paths or matches(source.path, edit.paths)]
    yield from _inserted(file, edits)
    yield from _in_entries(file, edits)
    seen: set[tuple[int, Span]] = set()
    renamed = {edit.name: edit.to for edit in every if isinstance(edit, Rename)}
    for word in dict.fromkeys(word for edit in every for word in edit.about):
        wanted = [edit for edit in edits if word in edit.about]
        for mention in mentions(source.data, word):
            verdict = _judge_mention(file, wanted, mention)
            if word in renamed and _needs_name(file, mention, verdict):
                note = f"{word} is to become {renamed[word]}, and no edit of the rule fits here"
                verdict = Refused(
                    Reason.LEFT, mention, note, file.function_name(mention.start), (word,)
                )
            if verdict is None:
                continue
            key = (verdict.number if isinstance(verdict, Change) else -1, verdict.where)
            if key not in seen:
                seen.add(key)
                yield verdict


def concerns(path: str, data: bytes, program: Program) -> bool:
    """False if the bytes of a file tell that no edit has anything to say of it."""
    return any(
        not only_uses(data, edit.within)
        if isinstance(edit, Flags) and edit.whole
        else not isinstance(edit, Insert) or edit.file == path
        for edit in program.edits
        if not edit.paths or matches(path, edit.paths)
    )


def _inserted(file: File, edits: Sequence[Edit]) -> Iterator[Verdict]:
    for edit in edits:
        if isinstance(edit, Insert) and edit.file == file.source.path:
            yield insert.judge(file, edit)


def _in_entries(file: File, edits: Sequence[Edit]) -> Iterator[Verdict]:
    """What the edits within a function find there without a word to look for, and what hides."""
    wholes = [edit for edit in edits if isinstance(edit, Flags) and edit.whole]
    for whole in wholes:
        yield from entry.judge(file, whole)
    within = [edit for edit in edits if edit.within and edit not in wholes]
    for name in dict.fromkeys(edit.within for edit in within):
        yield from file.hidden(name)
    for edit in within:
        functions = file.within(edit.within)
        for word in edit.about:
            yield from _made_by_macros(file, functions, word)


def _made_by_macros(file: File, functions: Sequence[Function], word: str) -> Iterator[Refused]:
    """Macros by which a function makes a call that is to be edited."""
    users = macros_that_use(file.reach.macros, word)
    for function in functions if users else ():
        for place in words(file.source.code, function.body.start_byte, function.body.end_byte):
            name = file.source.text(place).decode(errors="replace")
            if name in users and not file.source.is_disabled(place.start):
                note = f"{name}() has {word}"
                yield Refused(Reason.MACRO_CALL, place, note, function.name, (name,))


def _judge_mention(file: File, edits: Sequence[Edit], mention: Span) -> Verdict | None:
    """What the first edit that has something to say makes of a mention; None if none is asked."""
    source = file.source
    is_code = source.code[mention.start : mention.end] == source.data[mention.start : mention.end]
    skipped: NotApplicable | None = None
    for edit in edits:
        if edit.within and not any(mention.start in each.span for each in file.within(edit.within)):
            continue
        if not is_code:
            if isinstance(edit, Rename) and edit.comments and _in_comment(source, mention):
                return rename.judge(file, edit, mention)
            skipped = skipped or NotApplicable(Reason.TEXT, mention)
            continue
        verdict = _judge_code(file, edit, mention)
        if not isinstance(verdict, NotApplicable):
            return verdict
        skipped = skipped or verdict
    return skipped


def _needs_name(file: File, mention: Span, verdict: Verdict | None) -> bool:
    """True for code that would be left with a name that is gone."""
    source = file.source
    is_code = source.code[mention.start : mention.end] == source.data[mention.start : mention.end]
    if verdict is None:
        return is_code
    harmless = (Reason.TEXT, Reason.MEMBER, Reason.DISABLED)
    return isinstance(verdict, NotApplicable) and verdict.reason not in harmless


def _in_comment(source: SourceFile, mention: Span) -> bool:
    """False for a string. A comment is told by the tree, or by how its line begins."""
    if is_comment(source, source.at(mention)):
        return True
    line = source.data[source.line_start(mention.start) : mention.start]
    return b"/*" in line or b"//" in line or line.lstrip().startswith(b"*")


def _judge_code(file: File, edit: Edit, mention: Span) -> Verdict:
    match edit:
        case Rename():
            return rename.judge(file, edit, mention)
        case Flags():
            return flags.judge(file, edit, mention)
    raise AssertionError(f"{edit} has no mentions")
