"""Whatever spares a rule from looking at code leaves no match out.

Each rule is run twice over each file: as it is, and with all that would dismiss a file, a part of
it or a function taken away. Both have to find the same.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from refactor.check.patches import Checker, checker, findings_in
from refactor.match.spots import Spots
from refactor.pattern.sign import Sign
from refactor.rule.smpl.load import load
from refactor.rule.smpl.step import Step
from refactor.tree.tree import Blob
from tests.check.test_signs import CODE, FOUND

ROOT = Path(__file__).parents[2]

ROWS = b"""void swaps(int *a, int *b)
{
	int t, u = 0, n;

	t = *a;
	/* t = *b; */
	*a = *b;
	*b = t;
	u = t;
	t = u;
	n = t++;
	++n;
	do {
		t = n;
		n = u;
	} while (0);
	u = t;
	if (n)
		return;
	lock(a);
	use(a);
	unlock(a);
}

void halves(int *a, int *b)
{
	int t;

	t = a[0];
	a[0] = b[0];
#ifdef B
	b[0] = t;
#endif
}

int counts(int n)
{
	int u;

	n++;
	u = n;
	return u;
}

int one(int *p)
{
	int tmp;

	p = alloc(1);
	if (!p)
		return 1;
	(tmp = *p);
	*p = tmp;
	tmp = *p;
	q = alloc(2);
	r = alloc(3);
	if (q == NULL)
		return 2;
	return tmp;
}

int other(int *p)
{
	p = get(1);
	p->x = 2;
	if (!p)
		return 1;
	free(p);
	return p->y ? p == NULL : !p;
}

int returned(int *p)
{
	int a = 0, b = 1;
	int c = 2;

	if (p)
		return /* b */ b;
	else
		return((c));
}

int elsewhere(int *p)
{
	int d = 3;

	use(d);;
	if (d)
		;
	if (p) {
		free(p);
		;
	}
	goto out;
out:
	;
}

#define SWAP(a, b) do { int t; t = a; a = b; b = t; } while (0)
EXPORT(t);
int t = a;
int a = b;
"""
SCRIPT = """
@script:python depends on report@
p << {0}.{1};
@@
coccilib.report.print_report(p[0], "found")
"""
TESTED = """@tested@
expression x; position p; identifier f, g;
@@
x@p = f(...);
... when != x->g
\\(x == NULL \\| x != NULL\\)

"""
RULES = {
    "three in a row": (
        "@r@\nidentifier t; expression a, b; position p;\n@@\nt = a;\na = b;@p\nb = t;\n",
        ("r", "p"),
    ),
    "three in a row behind a declaration": (
        "@r@\nidentifier t; expression a, b; type T; position p;\n@@\n"
        "(\nT t;\n|\nT t = 0;\n)\n... when any\nt = a;\na = b;@p\nb = t;\n... when any\n",
        ("r", "p"),
    ),
    "two calls in a row": (
        "@r@\nexpression a; identifier f, g; position p;\n@@\nf(a);\ng@p(a);\n",
        ("r", "p"),
    ),
    "a call and a test in a row": (
        "@r@\nexpression a; identifier f; statement S; position p;\n@@\na@p = f(...);\nif (!a) S\n",
        ("r", "p"),
    ),
    "one that counts": (
        "@r@\nidentifier t, u; position p;\n@@\nt += 1;\nu = t@p;\n",
        ("r", "p"),
    ),
    "returned": (
        "@r exists@\nidentifier t; type T; constant C; position p;\n@@\n"
        "T t@p = C;\n... when any\nreturn t;\n",
        ("r", "p"),
    ),
    "a statement and an empty one": (
        "@r@\nstatement S; position p;\n@@\nS\n;@p\n",
        ("r", "p"),
    ),
    "an empty one, or another one": (
        "@r@\nexpression E; position p;\n@@\n(\n;@p\n|\nreturn@p E;\n)\n",
        ("r", "p"),
    ),
    "declared at the top in a row": (
        "@r@\nidentifier t, u; expression a, b; position p;\n@@\nint t = a;\nint u@p = b;\n",
        ("r", "p"),
    ),
    "excluded": (
        TESTED + "@r exists@\nexpression y; position q != tested.p; identifier f;\n@@\n"
        "y@q = alloc(...);\n... when any\nreturn ...;\n",
        ("r", "q"),
    ),
    "inherited": (
        TESTED + "@r exists@\nexpression x, y; position q != tested.p; position any tested.p;\n"
        "identifier f;\nstatement S;\n@@\ny@q = alloc(...);\n...\nx@p = f(...);\nif (!x) S\n",
        ("r", "q"),
    ),
    "inherited by one that is inherited": (
        "@a@\nposition p;\nexpression x;\n@@\nfree@p(x)\n\n"
        "@b@\nexpression a.x; position p2;\n@@\n(\n!x@p2\n|\nx@p2 == NULL\n)\n\n"
        "@r exists@\nexpression a.x, y; position a.p; position p2 != b.p2;\n@@\n"
        "free@p(x);\n...\n(\nx = y\n|\nx@p2\n)\n",
        ("r", "p2"),
    ),
    "a value elsewhere": (
        "@a@\nposition p;\nexpression x;\n@@\nfree@p(x)\n\n"
        "@r@\nexpression a.x; position q; identifier f;\n@@\nx@q = f(...)\n",
        ("r", "q"),
    ),
    "asked for at all": (
        TESTED + "@r depends on tested@\nexpression x; position q != tested.p;\n@@\nunlock@q(x)\n",
        ("r", "q"),
    ),
    "told by a script": (
        TESTED + "@r@\nexpression x; position q != tested.p;\n@@\nx@q = alloc(...)\n",
        ("tested", "p"),
    ),
}
STARRED = {name: f"@r@\n{head}\n@@\n{body}\n" for name, (head, body, _) in FOUND.items()}
TOLD = {
    name: f"virtual report\n\n{text}" + SCRIPT.format(*place)
    for name, (text, place) in RULES.items()
}


@cache
def _files() -> list[Blob]:
    model = ROOT / "testdata" / "model"
    return [
        Blob("both.c", CODE + ROWS),
        *(Blob(name, (model / name).read_bytes()) for name in ("sim/confine.c", "sim/tlb.c")),
    ]


EVERYWHERE = Sign((rb"\w+|\S",))


def _without_signs(checked: Checker) -> Checker:
    for step in checked.edit.compiled.steps:
        if isinstance(step, Step):
            step.sieve = (EVERYWHERE,)
            step.starts = ()
            step.demand = None
            step.clauses = frozenset()
    return checked


def _found(checked: Checker) -> list[list[tuple[object, ...]]]:
    return [
        sorted((each.place.line, each.place.column, each.message) for each in found)
        for found in (findings_in([checked], blob) for blob in _files())
    ]


@pytest.mark.parametrize("name", ["returned", "a statement and an empty one"])
def test_there_is_something_to_find(name: str, tmp_path: Path) -> None:
    """Else nothing could be left out."""
    file = tmp_path / "rule.cocci"
    file.write_text(TOLD[name])
    assert len(_found(checker("rule", load(file, {"report": ""}), None))[0]) > 1


@pytest.mark.parametrize("text", [*STARRED.values(), *TOLD.values()], ids=[*STARRED, *TOLD])
def test_nothing_is_left_out(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "rule.cocci"
    file.write_text(text)
    defined = {"report": ""} if "virtual report" in text else {}
    found = _found(checker("rule", load(file, defined), None))
    monkeypatch.setattr(Spots, "may_be_in", lambda self, top: True)
    monkeypatch.setattr("refactor.pattern.whereabouts.signs_of_start", lambda item, metas: ())
    monkeypatch.setattr("refactor.pattern.known.Known.may", lambda self, item, node, state: True)
    assert found == _found(_without_signs(checker("rule", load(file, defined), None)))


def _demands(text: str, tmp_path: Path) -> dict[str, bool]:
    """For each rule, if there are parts of a file where it is of no use."""
    file = tmp_path / "rule.cocci"
    file.write_text(text)
    steps = checker("rule", load(file, {"report": ""}), None).edit.compiled.steps
    return {each.rule.name: each.demand is not None for each in steps if isinstance(each, Step)}


@pytest.mark.parametrize(
    ("name", "useful"),
    [
        ("excluded", {"tested": True, "r": False}),
        ("inherited", {"tested": True, "r": False}),
        ("inherited by one that is inherited", {"a": False, "b": True, "r": False}),
        ("a value elsewhere", {"a": False, "r": False}),
        ("asked for at all", {"tested": False, "r": False}),
        ("told by a script", {"tested": False, "r": False}),
    ],
)
def test_what_is_of_no_use(name: str, useful: dict[str, bool], tmp_path: Path) -> None:
    assert _demands(TOLD[name], tmp_path) == useful
