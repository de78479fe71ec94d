"""Semantic patches on small pieces of C, for the tests of what they are made of."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from refactor.c.code import Code
from refactor.pattern.compile import compile_pattern
from refactor.rewrite.passes import Outcome, run
from refactor.rule.smpl.compile import compile_patch
from refactor.rule.smpl.model import PatchRule
from refactor.rule.smpl.read import read


def patch(declared: str, body: str, head: str = "") -> str:
    """The text of a patch with one rule."""
    return f"@{head}@\n{declared}\n@@\n{body}\n"


def outcome(text: str, code: str, defined: Sequence[str] = ()) -> Outcome:
    """What becomes of some code."""
    compiled = compile_patch(read("x.cocci", text))
    return run(compiled, "x.c", code.encode(), dict.fromkeys(defined, ""))


def applied(text: str, code: str, defined: Sequence[str] = ()) -> str:
    """The code afterwards."""
    return outcome(text, code, defined).after.decode()


def by_spatch(text: str, code: str, folder: Path) -> str:
    """The code after spatch, which has to be installed."""
    (folder / "x.cocci").write_text(text)
    (folder / "x.c").write_text(code)
    command = ["spatch", "--very-quiet", "--sp-file", "x.cocci", "--in-place", "x.c"]
    subprocess.run(command, cwd=folder, capture_output=True, timeout=60, check=False)
    return (folder / "x.c").read_text()


def matched(text: str, code: str) -> list[str]:
    """The code that each match of a patch is about, white space in one form."""
    found = outcome(text, code)
    data = code.encode()
    return [" ".join(data[site.start : site.end].decode().split()) for _, site in found.sites]


def nodes(declared: str, body: str) -> list[Code]:
    """The body of a rule as nodes, of the side that is matched."""
    rule = read("x.cocci", patch(declared, body)).rules[0]
    assert isinstance(rule, PatchRule)
    attributes = {
        name.encode() for name, meta in rule.metavariables.items() if meta.sort == "attribute name"
    }
    types = {name.encode() for name, meta in rule.metavariables.items() if meta.sort == "typedef"}
    loops = {
        name.encode() for name, meta in rule.metavariables.items() if meta.sort == "iterator name"
    }
    pattern = compile_pattern(
        rule.tokens,
        dict(rule.metavariables),
        frozenset(types),
        frozenset(loops),
        frozenset(attributes),
    )
    return pattern.items
