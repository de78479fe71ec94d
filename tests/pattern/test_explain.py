"""Why a pattern did not match at a place, in the words of `--verbose`."""

from __future__ import annotations

from pathlib import Path

import pytest

from refactor.match.verdict import NotApplicable
from refactor.rewrite.whole import rewrite_all
from refactor.rule.edits import Program
from refactor.rule.smpl.load import load
from tests.smpl import patch

FREE = patch("expression E;", "- if (E)\n-\tkfree(E);\n+ kfree(E);")
LOCK = patch("expression E;", "- lock(E);\n  ... when != stop()\n- unlock(E);")
CALL = patch("expression E;\nstruct foo *p;", "- g(p, E, 3)\n+ h(p, E)")


@pytest.mark.parametrize(
    ("text", "body", "expected"),
    [
        (FREE, "if (a)\n\t\tkfree(b);", "E stands for a already"),
        (FREE, "kfree(a);", "it is not in a condition here"),
        (
            LOCK,
            "lock(a);\n\tif (x)\n\t\tunlock(a);",
            "no lock(E); before it fits together with it, without stop() in between",
        ),
        (LOCK, "x = unlock(e);", "it is not in a statement of its own here"),
        (CALL, "g(b, 1, 3);", "argument 1: p has not the type struct foo *"),
        (CALL, "g(z, 1, 3);", "argument 1: the type of p is not known"),
        (CALL, "g(a, 1, 4);", "argument 3: it is not 3"),
        (CALL, "g(a, 1);", "it has 2 arguments, not 3"),
    ],
)
def test_the_part_that_does_not_fit(text: str, body: str, expected: str, tmp_path: Path) -> None:
    (tmp_path / "x.cocci").write_text(text)
    edits = load(tmp_path / "x.cocci", {}).edits
    code = f"int f(struct foo *a, struct bar *b)\n{{\n\t{body}\n}}\n"
    verdicts = rewrite_all("a.c", code.encode(), Program(edits)).verdicts
    assert any(
        isinstance(each, NotApplicable) and each.message.endswith(expected) for each in verdicts
    ), verdicts
