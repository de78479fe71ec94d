"""What a mention is that no rule of a semantic patch has matched, and what did not fit."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from refactor.c.code import Code
from refactor.c.convert import convert_top
from refactor.c.file_types import FileTypes
from refactor.c.items import Cut, Kind
from refactor.c.lexical import (
    WINDOW,
    byte_at,
    closing,
    code_only,
    covering,
    directives,
    macro,
    skip_blanks,
)
from refactor.c.syntax import parse_items
from refactor.c.tables import EMPTY, TypeTable, outline
from refactor.match.hidden import REFERENCES
from refactor.match.sites import enclosing_function
from refactor.match.verdict import NotApplicable, Reason, Refused
from refactor.pattern.binding import State
from refactor.pattern.explain import named, why_not
from refactor.pattern.matching import Matcher
from refactor.rewrite.between import is_in_split_statement
from refactor.rule.edits import Smpl
from refactor.rule.smpl.step import Step
from refactor.text import Span


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a file, or all of it, that a semantic patch has looked at."""

    path: str
    data: bytes
    edit: Smpl
    whole: bytes
    """The file, for its types."""
    headers: TypeTable
    """What its headers declare."""


class Explainer:
    """The leftover mentions of one file, which is read once for all of them."""

    def __init__(self, part: Part, offsets: Sequence[int], found: Cut) -> None:
        """`found` are the items with the mentions at `offsets`."""
        edit, whole = part.edit, part.whole
        self.data = part.data
        self.edit = edit
        source = parse_items(part.path, part.data, found, edit.compiled.patch.attributes)
        iterators = edit.compiled.patch.iterators
        # What is matched beside a mention has to be read as well, if there is more than that.
        is_wide = any(
            isinstance(step, Step) and len(step.pattern.items) > 1 for step in edit.compiled.steps
        )
        around = None if is_wide else offsets
        root = convert_top(source, iterators, around, offsets, keeps_declarations=True)
        self.types = FileTypes(
            root,
            part.headers if edit.compiled.asks_headers else EMPTY,
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
        is_text = leaf is not None and leaf.kind == "define" and self._is_in_text(where)
        if is_text and self._may_match(where):
            return Refused(Reason.PARSE, where, "the text of a macro")
        if leaf is None or leaf.kind in ("directive", "define", "include"):
            return NotApplicable(Reason.CONDITION, where)
        if kind is Kind.DIRECTIVE and leaf.text != self.data[where.start : where.end]:
            return NotApplicable(Reason.CONDITION, where)
        function = enclosing_function(leaf)
        is_error = any(each.kind == "error" for each in leaf.ancestors()) or _is_beside_error(leaf)
        if is_error and self._may_match(where):
            return Refused(Reason.PARSE, where, "", function)
        is_called = self._is_called(where)
        if is_error and not is_called:
            return NotApplicable(Reason.REFERENCE, where, "", function)
        if leaf.kind == "attr" and self._may_match(where) and _is_operand(leaf):
            return Refused(Reason.UNREAD, where, "an operand of inline assembler", function)
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
        if note == "it is not called here" and not is_called:
            return NotApplicable(Reason.REFERENCE, where, "", function)
        if note == "it is not called here" and self.concerns:
            return Refused(Reason.PARSE, where, "", function)
        note = "" if note == "it is not called here" else note
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
        """True if something could match there, were it only understood: what is called has
        parentheses, and a member has something that it is one of."""
        if not self.concerns:
            return False
        word = self.data[where.start : where.end]
        steps = (step for step in self.edit.compiled.steps if isinstance(step, Step))
        found = [p for step in steps for p in named(step.pattern.items, word)]
        around = covering(self._texts, where.start)
        first = around.start if around is not None else max(0, where.start - WINDOW)
        before = self.code[first : where.start].rstrip(b" \t\r\n\\")
        behind = byte_at(self.code, skip_blanks(self.code, where.end))
        return not found or any(_fits(p, before, behind) for p in found)

    def _is_in_text(self, where: Span) -> bool:
        """True for a word of its own in what a macro is replaced by."""
        if covering(self._texts, where.start) is None:
            return False
        before = self.code[max(0, where.start - WINDOW) : where.start].rstrip()
        behind = skip_blanks(self.code, where.end)
        return not before.endswith(b"##") and self.code[behind : behind + 2] != b"##"

    @cached_property
    def _texts(self) -> list[Span]:
        found = (macro(self.code, each) for each in directives(self.code))
        return [each.text for each in found if each is not None]


def _fits(p: Code, before: bytes, behind: bytes) -> bool:
    """False for a word that cannot be what it is in the pattern, by what stands beside it."""
    parent = p.parent
    kind = parent.kind if parent is not None else ""
    is_part = before.endswith(b"->") or re.search(rb"[\w)\]]\s*\.\Z", before) is not None
    is_field = not is_part and before.endswith(b".") and not before.endswith(b"..")
    if parent is not None and kind == "member" and parent.children[-1] is p:
        return is_part
    if kind == "designator":
        return is_field or behind == b":"
    is_called = parent is not None and kind == "call" and parent.children[0] is p
    return not (is_part or is_field) and (behind == b"(" or not is_called)


def _is_beside_error(leaf: Code) -> bool:
    """True for a word in a statement, member or element of which something is not understood."""
    for each in leaf.ancestors():
        if each.kind in _ROWS:
            return False
        if any(child.kind == "error" for child in each.children):
            return True
        if each.kind == "call" and any(
            child.kind == "error" for child in each.children[-1].children
        ):
            return True
    return False


_ROWS = ("file", "block", "fields", "init", "linkage", "switch")


def _is_operand(leaf: Code) -> bool:
    """True for a word of an expression in inline assembler: in parentheses behind a constraint."""
    around = [each for each in leaf.ancestors() if each.kind in ("attr", "expr_stmt")]
    words = [each for each in around[-1].leaves() if each.start < leaf.start] if around else []
    depth = sum((each.text == b"(") - (each.text == b")") for each in words)
    return depth > 1 and bool(words) and words[0].text.strip(b"_") == b"asm"


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
