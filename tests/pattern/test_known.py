"""Tests of statements that are dismissed before they are compared: no match is there."""

from __future__ import annotations

import pytest

from refactor.pattern.known import Known
from tests.smpl import outcome, patch

CODE = """\
int f(struct foo *p, int n)
{
	int i, x = first(n);

	for (i = 0; i < n; i++)
		if (p[i].n)
			x++;
	while (x > n) {
		DEBUG(x);
		x -= n;
	}
	switch (x) {
	case 1:
		lock(p);
		break;
	default:
		goto out;
	}
	if (!p || p->n)
		return 0;
	list_for_each(i, p)
		x = i;
	do
		lock(p);
	while (n--);
	unlock(p);
out:
	unlock(p);
	return x;
}

void g(struct foo *p)
{
	lock(p);
	if (p->n) {
		unlock(p);
		return;
	}
	p->n = 1;
}

void h(struct foo *p)
{
	lock(p);
}
"""
DECLARED = "expression e, q; identifier l; statement S, S1, S2; iterator I; local idexpression v;"
CASES = [
    "lock(q);\n...\nunlock(q);", "lock(q);\n...\nreturn ...;", "lock(q);\n... when any\nreturn;",
    "if (e) S1 else S2", "if (e) { ... unlock(q); ... }", "while (e) S", "for (...;...;...) { S }",
    "case e:", "default: S", "I(...) S", "default:\ngoto l;", "do S while (e);", "switch (e) S",
    "lock(q);\n... when != unlock(q);\nbreak;", "{ ... unlock(q);\n... }", "v++;", "DEBUG(q);",
    "lock(q);\n...\n\\( unlock(q); \\| return ...; \\)", "S\nunlock(q);", "l: S", "{ v++; }",
    "f(...) { <+... lock(q); ...+> }", "f(...) { ... when any\nif (e) return ...;\n... when any\n}",
    "lock(q);\n... when any\nq->n", "v -= e;\n... when any\nv > e", "v = e;\n... when any\n(v)",
    "lock(q);\n... when any\nif (e) S", "v = e;\n... when any\n\\( v < e \\| lock(q) \\)",
    "if (e) S\n... when any\nq != NULL", "v -= e;\n... when any\nswitch (v) S",
    "g(...) { ...\n\\( lock(q); \\| q = 1; \\)\n... return; }",
]  # fmt: skip


def _matches(body: str) -> list[set[tuple[int, int, int]]]:
    """What each token of each match has met."""
    body = "".join(f"* {line}\n" for line in body.split("\n"))
    sites = outcome(patch(DECLARED, body), CODE).sites
    return [{(pair.number, pair.start, pair.end) for pair in site.pairs()} for _, site in sites]


@pytest.mark.parametrize("body", CASES)
def test_that_no_match_is_dismissed(body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = _matches(body)
    assert found
    for each in ("may", "has_place"):
        monkeypatch.setattr(Known, each, lambda *_: True)
        assert _matches(body) == found


@pytest.mark.parametrize(
    "body",
    [
        "",
        "f(q);",
        "for (;;) f(q);",
        "for (;;) ;",
        "return;",
        "goto out;",
        "while (q) { if (q->n) break; }",
    ],
)
def test_that_dots_alone_are_any_block(body: str) -> None:
    code = f"void f(struct foo *q)\n{{\n\tif (q) {{ {body} }}\nout:\n\tf(0);\n}}\n"
    rule = patch("expression e;", "- if (e) { ... }")
    assert "if" not in outcome(rule, code).after.decode()
