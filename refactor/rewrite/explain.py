"""What a mention is that no rule of a semantic patch has matched, and what did not fit."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property

from refactor.c.code import Code
from refactor.c.convert import convert_top
from refactor.c.file_types import FileTypes
from refactor.c.items import Cut, Kind
from refactor.c.lexical import closing, code_only, skip_blanks
from refactor.c.syntax import parse_items
from refactor.c.tables import EMPTY, TypeTable, outline
from refactor.match.hidden import REFERENCES
from refactor.match.sites import enclosing_function
from refactor.match.verdict import NotApplicable, Reason, Refused
from refactor.pattern.binding import State
from refactor.pattern.explain import why_not
from refactor.pattern.matching import Matcher
from refactor.rewrite.between import is_in_split_statement
from refactor.rule.edits import Smpl
from refactor.rule.smpl.step import Step
from refactor.text import Span


class Explainer:
    """The leftover mentions of one file, which is read once for all of them."""

    def __init__(
        self,
        path: str,
        data: bytes,
        edit: Smpl,
        offsets: Sequence[int],
        found: Cut,
        whole: bytes,
        headers: TypeTable,
    ) -> None:
        """`data` is a part of the file, or all of it, and `whole` is the file, for its types,
        as `headers` is what its headers declare."""
        self.data = data
        self.edit = edit
        source = parse_items(path, data, found, edit.compiled.patch.attributes)
        iterators = edit.compiled.patch.iterators
        # What is matched beside a mention has to be read as well, if there is more than that.
        is_wide = any(
            isinstance(step, Step) and len(step.pattern.items) > 1 for step in edit.compiled.steps
        )
        around = None if is_wide else offsets
        root = convert_top(source, iterators, around, offsets, keeps_declarations=True)
        self.types = FileTypes(
            root,
            headers if edit.compiled.asks_headers else EMPTY,
            whole=lambda: outline(whole, source.annotations),
        )
        self.leaves = sorted(
            (leaf for leaf in root.leaves() if leaf.end > leaf.start), key=lambda one: one.start
        )
        self.starts = [leaf.start for leaf in self.leaves]
        self.heads = frozenset(edit.heads)
        self.whole = whole

    @cached_property
    def concerns(self) -> bool:
        """False if the file lacks a word, or another sign, that every match of every rule has: then
        what is not understood in it can hide none."""
        compiled = self.edit.compiled
        return any(
            all(any(word.encode() in self.whole for word in clause) for clause in clauses)
            for clauses in compiled.needs()
        ) and any(isinstance(step, Step) and step.has_signs(self.whole) for step in compiled.steps)

    @cached_property
    def code(self) -> bytes:
        """The file without what stands in comments and strings."""
        return code_only(self.data)

    def explain(self, where: Span, kind: Kind) -> NotApplicable | Refused:
        """The verdict on a mention in code or in a directive."""
        leaf = self._leaf(where)
        if leaf is None or leaf.kind in ("directive", "define", "include"):
            return NotApplicable(Reason.CONDITION, where)
        if kind is Kind.DIRECTIVE and leaf.text != self.data[where.start : where.end]:
            return NotApplicable(Reason.CONDITION, where)
        function = enclosing_function(leaf)
        is_error = any(each.kind == "error" for each in leaf.ancestors())
        if is_error and not self._may_match(where):
            return NotApplicable(Reason.REFERENCE, where, "", function)
        if is_error:
            return Refused(Reason.PARSE, where, "", function)
        if _is_declared(leaf):
            return NotApplicable(Reason.DECLARED, where, "", function)
        if kind is Kind.CODE and self.concerns and _is_split(self.code, where):
            return Refused(Reason.CONDITIONAL_ARGUMENTS, where, "", function)
        if is_in_split_statement(leaf) and self._may_match(where):
            return Refused(Reason.PARSE, where, _SPLIT, function)
        if self._is_pointer(where):
            return Refused(Reason.REFERENCE, where, "and its type changes", function)
        note = ""
        for step in self.edit.compiled.steps:
            if isinstance(step, Step) and (step.rule.changes or step.rule.is_search):
                matcher = Matcher(step.pattern, self.data, self.types, disabled=step.rule.disabled)
                note = note or why_not(matcher, step.pattern.items, leaf, State({}))
                note = note or _elsewhere(step)
        if note and leaf.parent is not None and leaf.parent.kind == "member":
            return NotApplicable(Reason.MEMBER, where, "", function)
        if note == "it is not called here":
            if self.concerns and self._is_called(where):
                return Refused(Reason.PARSE, where, "", function)
            return NotApplicable(Reason.REFERENCE, where, "", function)
        return NotApplicable(Reason.FORM, where, note, function)

    def _is_pointer(self, where: Span) -> bool:
        """True for the address of a function whose parameters change: its type would be wrong."""
        name = self.data[where.start : where.end].decode(errors="replace")
        line = self.data[self.data.rfind(b"\n", 0, where.start) + 1 : where.start].strip()
        return (
            name in self.heads
            and not self._is_called(where)
            and not line.decode(errors="replace").startswith(REFERENCES)
        )

    def _is_called(self, where: Span) -> bool:
        """True if a parenthesis opens behind a word."""
        opening = skip_blanks(self.code, where.end)
        return self.code[opening : opening + 1] == b"("

    def _leaf(self, where: Span) -> Code | None:
        at = bisect_right(self.starts, where.start) - 1
        leaf = self.leaves[at] if at >= 0 else None
        return leaf if leaf is not None and where.start < leaf.end else None

    def _may_match(self, where: Span) -> bool:
        """True if something could match there, were it only understood: a call has parentheses."""
        if not self.concerns:
            return False
        behind = self.data[where.end : where.end + 200].lstrip()
        return behind[:1] == b"(" or not any(
            node.kind == "call"
            for step in self.edit.compiled.steps
            if isinstance(step, Step)
            for item in step.pattern.items
            for node in item.walk()
        )


_SPLIT = "a preprocessor conditional splits the statement"


def _elsewhere(step: Step) -> str:
    """What another rule has to do with a place that this one fits by itself."""
    used = step.rule.used
    metavariables = [meta for meta in step.rule.metavariables.values() if meta.name in used]
    for meta in metavariables:
        if meta.origin:
            return f"rule {meta.origin} does not match here"
    for meta in metavariables:
        if meta.sort == "position" and meta.constraints:
            return f"the constraints of {meta.name} are not met"
    return ""


def _is_split(code: bytes, where: Span) -> bool:
    """True for a word before an argument list that has a directive inside."""
    opening = skip_blanks(code, where.end)
    if code[opening : opening + 1] != b"(":
        return False
    return _DIRECTIVE.search(code, opening, closing(code, opening) or opening) is not None


_DIRECTIVE = re.compile(rb"^[ \t]*#", re.MULTILINE)


def _is_declared(leaf: Code) -> bool:
    """True for the name of a function where it is declared or defined."""
    node, parent = leaf, leaf.parent
    while parent is not None and parent.kind in ("fn", "ptr", "pdecl", "array", "annotated"):
        if parent.kind == "fn" and parent.parts[0] is node:
            return True
        node, parent = parent, parent.parent
    return False
