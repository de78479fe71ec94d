"""Rules that only search find all that there is: no sign of a match leaves one out."""

from __future__ import annotations

from pathlib import Path

import pytest

from refactor.check.patches import checker, findings_in
from refactor.rule.smpl.load import load
from refactor.tree.tree import Blob

CODE = b"""void other(int a)
{
	g(a);
}

int f(struct s *p, int a, unsigned int b)
{
	if (a && p->x && a)
		return 0;
	if ((p->flags & A) && (p->flags & A))
		return 1;
	if (0 > a)
		g(a);;
	b = a & M & a;
	b = p->y == NULL ? 1 : 2;
	c = A + B;
	q = alloc(p);
	if (!q)
		return 2;
	r = alloc(p);
	use(r);
	return sizeof(*p) / sizeof(a);
}
"""
FOUND = {
    "doubled": ("expression E;", "* E && ... && E", [8, 10]),
    "doubled bits": ("expression E;", "* E & ... & E", [14]),
    "compared": ("expression E;", "* E < 0", [12]),
    "chosen": ("expression E;", "* E == NULL ? 1 : 2", [15]),
    "added": ("constant C, D;", "* C + D", [16]),
    "a chain that may be short": ("expression E;", "* E == NULL && ...", [15, 18]),
    "sizes": ("expression E, F;", "* sizeof(E) / sizeof(F)", [22]),
    "excluded and inherited at once": (
        "expression E; position p;\n@@\nE@p = alloc(...);\n!E\n\n@s@\n"
        "expression x, y; position q != r.p; position any r.p;",
        "* x@q = alloc(...);\n... when any\n* y@p = alloc(...);",
        [],
    ),
}


@pytest.mark.parametrize(("declared", "body", "lines"), FOUND.values(), ids=FOUND)
def test_places(declared: str, body: str, lines: list[int], tmp_path: Path) -> None:
    file = tmp_path / "rule.cocci"
    file.write_text(f"@r@\n{declared}\n@@\n{body}\n")
    checked = checker("rule", load(file, {}), None)
    found = {each.place.line for each in findings_in([checked], Blob("a.c", CODE))}
    assert sorted(line for line in found if line) == lines
