"""Rules that only search find all that there is: no sign of a match leaves one out."""

from __future__ import annotations

from pathlib import Path

import pytest

from refactor.check.patches import checker, findings_in
from refactor.rule.smpl.load import load
from refactor.rule.smpl.step import Step
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

static struct ops o = { .a = f, .b = g };
struct t { int n[0x1]; };

int h(int x, int y, int *v)
{
	int z = /* = */ z;
	int *w[2] = { v };
	// one; = two
	z = // z =
		x;
	x = y;
	y = ((z));
	x = y;
	y = z;
	if (&x)
		goto out;
	if (!v)
		other(x);
	else
		other(y);
	if (x == 2)
		other(x);
	other(z);
	goto out;
out:
	y = 1;
	return y;
}

int i(int x)
{
	int n = 0;
	int m;

	m = 0;
	other(x);
	return n;
}
"""
FOUND = {
    "doubled": ("expression E;", "* E && ... && E", [8, 10]),
    "doubled bits": ("expression E;", "* E & ... & E", [14]),
    "compared": ("expression E;", "* E < 0", [12]),
    "chosen": ("expression E;", "* E == NULL ? 1 : 2", [15]),
    "added": ("constant C, D;", "* C + D", [16]),
    "a chain that may be short": ("expression E;", "* E == NULL && ...", [15, 18, 41]),
    "sizes": ("expression E, F;", "* sizeof(E) / sizeof(F)", [22]),
    "swapped": ("identifier t; expression a, b;", "* t = a;\na = b;\nb = t;", []),
    "swapped, a word of it": ("identifier t; expression a;", "* t = a;\n... when any\na = t;", []),
    "handed on": ("identifier t; expression a, b;", "* t = a;\n... when any\nb = t;", [33, 36]),
    "initialised by itself": ("identifier v; type T;", "* T v = v;", [30]),
    "an address tested": ("expression x;", "* &x != NULL", [39]),
    "in brackets": ("identifier n, s; type T;", "struct s { ...\n* T n[1];\n};", [26]),
    "designated": (
        "identifier s, f, g; expression E;",
        "* struct s f = { ..., .g = E, ... };",
        [25],
    ),
    "an else": ("statement S, T; expression E;", "* if (E != NULL) S else T", [12, 39, 41, 45]),
    "an else that may be dropped": (
        "statement S; expression E;",
        "* if (E == NULL) other(...); else S",
        [41],
    ),
    "a block that is a goto": ("expression E;", "* if (E != NULL) { ... return ...; }", [39]),
    "unused until returned": (
        "type T; identifier r; constant C;",
        "* T r = C;\n... when != r\n    when strict\nreturn r;",
        [56],
    ),
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


def test_a_nest_that_meets_nothing_is_no_finding(tmp_path: Path) -> None:
    file = tmp_path / "rule.cocci"
    file.write_text("@r@\nexpression E;\n@@\n  if (E) {\n  <...\n- old();\n  ...>\n  }\n")
    checked = checker("rule", load(file, {}), None)
    code = b"void f(int a)\n{\n\tif (a) {\n\t\tg();\n\t}\n\tif (a) {\n\t\told();\n\t}\n}\n"
    assert [each.place.line for each in findings_in([checked], Blob("a.c", code))] == [7]


def test_a_row_of_definitions_is_no_gap(tmp_path: Path) -> None:
    """Else each number of a header would be looked behind up to the end of the file."""
    file = tmp_path / "rule.cocci"
    file.write_text("@r@\nexpression E;\n@@\n* E < 0\n")
    (step,) = checker("rule", load(file, {}), None).edit.compiled.steps
    assert isinstance(step, Step)
    (sign,) = [known for each in step.sieve if (known := each.known({})) is not None]
    assert sign.is_in(b"if (a < /* b */\n#if C\n// d\n0)")
    assert not sign.is_in(b"#define A 0\n#define B 1\n> 1")
