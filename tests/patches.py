"""Semantic patches for tests, given as text."""

from __future__ import annotations

from collections.abc import Mapping

from refactor.rewrite.passes import Outcome, run
from refactor.rule.smpl.compile import compile_patch
from refactor.rule.smpl.read import read


def patched(patch: str, code: str | bytes, defined: Mapping[str, str] | None = None) -> Outcome:
    """What a semantic patch makes of a file; `defined` are its virtual rules."""
    data = code.encode() if isinstance(code, str) else code
    program = compile_patch(read("test.cocci", patch.lstrip("\n")))
    return run(program, "test.c", data, defined or {})


def rule(metavariables: str, body: str) -> str:
    """One rule; `metavariables` are separated by line breaks."""
    return f"@@\n{metavariables.strip()}\n@@\n{body.strip(chr(10))}\n"


def in_function(code: str) -> str:
    """A function with these lines, which are given without their indent of one tab."""
    lines = [
        f"\t{line}" if line and line[0] not in "#:" else line.lstrip(":")
        for line in code.split("\n")
    ]
    return "int fn(int x, int y)\n{\n" + "\n".join(lines) + "\n}\n"


def reasons(outcome: Outcome) -> list[str]:
    """Why matches were refused, in the order of the text."""
    return [each.reason for _, each in sorted(outcome.troubles, key=lambda one: one[1].offset)]


def check(patch: str, before: str, after: str) -> None:
    """The result is exact, nothing is refused."""
    outcome = patched(patch, before)
    assert outcome.after.decode() == after
    assert not outcome.troubles
