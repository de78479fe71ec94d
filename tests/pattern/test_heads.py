"""Tests of the heads of a pattern: no match is at a node that they dismiss, in whatever form."""

from __future__ import annotations

import pytest

from refactor.pattern.compile import Pattern
from tests.smpl import outcome, patch

CODE = """\
struct foo { int n; struct foo *next; };

int f(struct foo *p, struct foo *q, int i, int j)
{
	int n = i + j, m = (int)j;

	if (p == NULL || !q || 0 == i)
		g(p, "text", '\\0', (char *)q);
	if (p)
		g(&p->n, q[i].n, sizeof(*p), sizeof p->n);
	if (NULL != p->next && (q || i != 0))
		i = j = p ? p->n : !q ? 0 : -j;
	while (q->next && likely(p->next != NULL) && j > i)
		i++, --j;
	for (n = 0; i < j && p; ++n)
		p->n |= (i & j) | (m & i) | 3;
	do
		i += q != NULL ? p->next != q : 2 * (i + j) * 2;
	while (!(p && p->next) || (sizeof(i) != 0 && i <= 3));
	return !q->next || p->next == NULL ? &q->n == NULL : &q->n != NULL;
}
"""
DECLARED = (
    "expression x, y; expression *p; int i; type T; constant C; identifier n; binary operator cmp;"
)
CASES = [
    "x == NULL", "x != NULL", "x == 0", "0 != x", "p != NULL", "p == NULL", "i == 0", "i != 0",
    "&x == NULL", "&x->n != NULL", "x->next != NULL", "x->next == NULL", "!x", "!p", "!x->next",
    "x || ...", "x && ...", "p && ...", "i || ...", "x == NULL || ...", "x != NULL && ...",
    "x->next && ...", "sizeof(x) && ...", "x | ...", "x + ...", "3 | ...", "x * 2 * ...",
    "x < y", "x > y", "x <= 3", "x & y", "i & j", "x | 3", "(T)x", "(x)", "(x == NULL)", "x->n",
    "sizeof(x)", "x ? y : C", "x++", "++x", "x = y", "n = y", "x += y", "g(..., x, ...)", "0",
    "likely(x)", "x[y].n", "-x", "C", "n", "x cmp y",
]  # fmt: skip
CHOICES = [
    ["x != NULL", "x->n"], ["x || ...", "sizeof(x)", "0"], ["!p", "p != NULL"], ["x & y", "x | y"],
    ["x == NULL && ...", "x->next", "x < y"], ["(x)", "&x"], ["x = NULL", "n = y", "x[y].n"],
    ["i == 0", "p == NULL", "g(x, ...)"], ["sizeof(x)", "x cmp y"],
]  # fmt: skip
ALTERNATIVES = [r"\( " + r" \| ".join(each) + r" \)" for each in CHOICES]
NESTS = [f"f(...) {{ <+... {each} ...+> }}" for each in (*CASES[:6], "x cmp y", *ALTERNATIVES)]


def _matches(body: str) -> list[set[tuple[int, int, int]]]:
    """What each token of each match has met."""
    sites = outcome(patch(DECLARED, f"* {body}"), CODE).sites
    return [{(pair.number, pair.start, pair.end) for pair in site.pairs()} for _, site in sites]


@pytest.mark.parametrize("body", [*CASES, *ALTERNATIVES, *NESTS])
def test_that_heads_dismiss_no_match(body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = _matches(body)
    assert found
    monkeypatch.setattr(Pattern, "heads_of", lambda self, node: None)
    assert _matches(body) == found
