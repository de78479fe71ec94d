"""Mutants of semantic patches: each is compiled, or refused with file, line and column."""

from __future__ import annotations

import random
import traceback
from collections.abc import Iterator
from pathlib import Path

from refactor.errors import RuleError
from refactor.rule.smpl.ready import ready
from tests.fuzz.mutate import SMPL, C, mutant
from tests.support import PROJECT


def texts(tree: Path | None) -> list[bytes]:
    """The semantic patches of the project, and those of a kernel."""
    files = sorted((PROJECT / "tests/cases").glob("*.cocci"))
    if tree is not None:
        files += sorted((tree / "scripts/coccinelle").rglob("*.cocci"))
    return [file.read_bytes() for file in files]


def attack(source: random.Random, known: list[bytes]) -> tuple[bytes, list[str]]:
    """One mutant, and what does not hold for it."""
    text = mutant(source, source.choice(known), SMPL if source.random() < 0.6 else C)
    return text, list(problems(text))


def problems(text: bytes) -> Iterator[str]:
    """What is promised of any semantic patch, and does not hold for this one."""
    try:
        ready("a.cocci", text.decode("latin-1"), {})
    except RuleError as error:
        place = error.place
        if place is None or not place.line or not place.column:
            yield f"no place: {error.message}"
        elif place.line > text.count(b"\n") + 2:
            yield f"line {place.line} is behind the end"
    except Exception:
        yield traceback.format_exc(limit=-3)
