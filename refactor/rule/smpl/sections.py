"""A .cocci file, or one of isomorphisms, in sections: a head, declarations, a body each."""

from __future__ import annotations

import re
from dataclasses import dataclass

from refactor.errors import Place, RuleError
from refactor.rule.smpl.lexer import Line

SCRIPT = re.compile(r"\s*(script|initialize|finalize)\s*:\s*(\w+)")
"""How the head of a rule begins that is code in another language."""

_COMMENT = re.compile(r'"(?:[^"\\\n]|\\.)*"|//[^\n]*|/\*.*?(?:\*/|\Z)', re.DOTALL)


def without_comments(text: str) -> str:
    """The same lines and columns, with blanks where a comment was."""
    return _COMMENT.sub(_blank, text)


def _blank(match: re.Match[str]) -> str:
    text = match[0]
    return text if text.startswith('"') else re.sub(r"[^\n]", " ", text)


@dataclass(slots=True)
class Section:
    """A head, what it declares, and its body, each with the line where it begins."""

    head: str
    line: int
    declared: str
    declared_line: int
    body: list[Line]


class Sections:
    """Cuts a text into sections. Raises RuleError with its place."""

    def __init__(self, source: str, text: str) -> None:
        self.source = source
        self.lines = text.split("\n")
        # What stands in a comment begins no rule.
        self.bare = without_comments(text).split("\n")

    def fail(self, message: str, line: int, column: int = 1, hint: str = "") -> RuleError:
        """An error at a place of the file."""
        return RuleError(message, place=Place(self.source, line, column), hint=hint)

    def of(self, index: int = 0) -> list[Section]:
        """All sections whose head begins at this line or behind it."""
        found = []
        while index < len(self.lines):
            if not self.bare[index].startswith("@"):
                index += 1
                continue
            head, index, rest = self._head(index)
            declared_line = index + 1
            declared: list[str] = [rest]
            start = index
            done = False
            index += 1
            is_script = SCRIPT.match(head) is not None
            match = re.search(r"@@", rest)
            if match:
                declared = [rest[: match.start()]]
                done = True
            while not done and index < len(self.lines):
                code = self.bare[index]
                at = code.find("@@")
                done = at >= 0
                declared.append(code[:at] if done else code)
                index += 1
            if not done:
                raise self.fail("the declarations of this rule do not end with @@", start + 1)
            self._nothing_behind(index - 1)
            body = []
            while index < len(self.lines) and not self._begins_rule(index, is_script):
                body.append(Line(index + 1, self.lines[index]))
                index += 1
            found.append(Section(head, start + 1, "\n".join(declared), declared_line, body))
        return found

    def _nothing_behind(self, index: int) -> None:
        """Code behind the closing @@ has no first column, which would say what becomes of it."""
        line = self.bare[index]
        at = line.rindex("@@") + 2
        if line[at:].strip():
            column = at + 1 + len(line[at:]) - len(line[at:].lstrip())
            raise self.fail("the code of a rule begins on a line of its own", index + 1, column)

    def _begins_rule(self, index: int, is_script: bool) -> bool:
        line = self.bare[index]
        if not line.startswith("@"):
            return False
        return not is_script or re.match(r"@.*@|@[^@]*$", line) is not None

    def _head(self, index: int) -> tuple[str, int, str]:
        """The text between the signs of a head; where it ends, and what follows on that line."""
        text = self.bare[index][1:]
        parts = []
        while True:
            at = text.find("@")
            if at >= 0:
                parts.append(text[:at])
                return " ".join(parts), index, text[at + 1 :]
            parts.append(text)
            index += 1
            if index >= len(self.lines):
                raise self.fail("the head of this rule is not closed", index)
            text = self.bare[index]
