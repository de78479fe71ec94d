"""Which files of a folder spatch is given, as it takes seconds for a file: those that can have a
match by their words, and of these a sample. And what it said of them, to be kept."""

from __future__ import annotations

import json
import random
import re
import shutil
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tests.support import PROJECT


class Heard(NamedTuple):
    """What spatch printed, the files that it read to the end, and those that it gave up."""

    printed: str
    read: frozenset[str]
    given_up: frozenset[str]

    def dump(self) -> str:
        return json.dumps([self.printed, sorted(self.read), sorted(self.given_up)])

    @classmethod
    def load(cls, text: str) -> Heard:
        printed, read, given_up = json.loads(text)
        return cls(printed, frozenset(read), frozenset(given_up))


WORDS = PROJECT / "bench" / "words.toml"


def signs(script: str) -> Sequence[re.Pattern[str]]:
    """What every file has in which a script can match, as bench/words.toml says."""
    return [re.compile(each) for each in tomllib.loads(WORDS.read_text()).get(script, ())]


def draw(tree: Path, folder: str, wanted: Sequence[re.Pattern[str]], most: int | None) -> list[str]:
    """The paths of C files below a folder that have all that is wanted outside of their comments.

    Of more than `most` some are drawn, the same ones for the same folder, and those of a smaller
    sample are in a larger one.
    """
    files = sorted(
        file for file in (tree / folder).rglob("*.[ch]") if file.is_file() and not file.is_symlink()
    )
    random.Random(folder).shuffle(files)
    drawn: list[str] = []
    for file in files:
        if most is not None and len(drawn) == most:
            break
        text = bare(file.read_text("latin-1")) if wanted else ""
        if all(each.search(text) for each in wanted):
            drawn.append(str(file.relative_to(tree)))
    return sorted(drawn)


def bare(text: str) -> str:
    """The text of a C file without its comments."""
    either = r"(\"(?:\\.|[^\"\\\n])*\")|/\*.*?\*/|//[^\n]*"
    return re.sub(either, lambda match: match[1] or " ", text, flags=re.DOTALL)


def lay_out(tree: Path, paths: Sequence[str], place: Path) -> None:
    """Copy files of a tree to a folder, under the same paths."""
    for path in paths:
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(tree / path, place / path)
