"""What a rule finds in a function it finds in the text of a macro as well."""

from __future__ import annotations

from pathlib import Path

import pytest

from refactor.check.patches import checker, findings_in
from refactor.rule.smpl.load import load
from refactor.tree.tree import Blob

CODE = b"""#define ONE(a) put("s")
#define TWO(a) do { get(a); get(a); } while (0)
#define LONG(a)		\\
	do {			\\
		get(a);		\\
		put("s");	\\
	} while (0)

void code(int *a)
{
	get(a);
	get(a);
	put("s");
	call("s");
}
"""


@pytest.mark.parametrize(
    ("rules", "lines"),
    [
        pytest.param("@@\n@@\n* get(...)\n", [2, 2, 5, 11, 12], id="an expression"),
        pytest.param(
            "@@\nexpression a;\n@@\n* get(a);\n* get(a);\n", [2, 11], id="statements in a row"
        ),
        pytest.param(
            "@@\nexpression a, b;\n@@\n* get(a);\n... when any\n* put(b);\n",
            [5, 11, 12],
            id="statements on a path",
        ),
        pytest.param(
            "@given@\nconstant C;\n@@\ncall(C)\n\n"
            "@@\nconstant given.C;\nidentifier f;\n@@\n* f(C)\n",
            [1, 6, 13, 14],
            id="a value of another rule, in which there is no word to go by",
        ),
    ],
)
def test_found_in_macros(rules: str, lines: list[int], tmp_path: Path) -> None:
    file = tmp_path / "rule.cocci"
    file.write_text(rules)
    found = findings_in([checker("rule", load(file, {}), None)], Blob("code.c", CODE))
    assert sorted(each.place.line or 0 for each in found) == lines
