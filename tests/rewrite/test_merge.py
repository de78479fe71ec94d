"""The edits of many matches in one file: nested, side by side, in each other's way."""

from __future__ import annotations

import time

import pytest

from tests.patches import in_function, patched, reasons, rule

RENAMED = rule("expression E;", "- f(E)\n+ g(E, 1)")


def test_inner_matches_are_in_what_moves() -> None:
    patch = rule("expression E, F;", "- swap(E, F)\n+ swap(F, E)")
    outcome = patched(patch, in_function("x = swap(swap(a, b), swap(c, d));"))
    assert outcome.after.decode() == in_function("x = swap(swap(d, c), swap(b, a));")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a->c = b->c = 1;", "set(a, set(b, 1));"),
        ("a->m = b->c = d->m = e->c = 1;", "a->m = set(b, d->m = set(e, 1));"),
    ],
)
def test_matches_that_end_at_one_place(before: str, after: str) -> None:
    patch = rule("expression E, F;", "- E->c = F\n+ set(E, F)")
    outcome = patched(patch, in_function(before))
    assert outcome.after.decode() == in_function(after)
    assert not outcome.troubles


def test_a_statement_that_goes_takes_inner_matches_along() -> None:
    patch = rule("expression E;", "(\n- old(E);\n|\n- f(E)\n+ g(E)\n)")
    outcome = patched(patch, in_function("old(f(1));\nx = f(2);"))
    assert outcome.after.decode() == in_function("x = g(2);")


def test_matches_that_write_the_same_are_one() -> None:
    patch = rule("expression E, F;", "  a(E);\n  ...\n- b(F);\n+ c(F);")
    outcome = patched(patch, in_function("a(1);\na(2);\nb(3);"))
    assert outcome.after.decode() == in_function("a(1);\na(2);\nc(3);")
    assert not outcome.troubles


def test_overlapping_matches_are_refused_but_one() -> None:
    patch = rule("expression E;", "- f(E);\n- f(E);\n+ twice(E);")
    outcome = patched(patch, in_function("f(1);\nf(1);\nf(1);\nq();"))
    assert reasons(outcome) == ["overlap"]
    assert outcome.after.decode() == in_function("twice(1);\nf(1);\nq();")


def test_all_paths_of_a_match_are_written() -> None:
    patch = rule("expression E;", "  a();\n  ...\n- b(E);\n+ c(E);")
    before = in_function("a();\nif (x)\n\tb(1);\nelse\n\tb(2);")
    assert patched(patch, before).after.decode() == before.replace("b(", "c(")


def test_several_names_of_one_declaration() -> None:
    patch = rule("identifier i;", "- int i;\n+ long i;")
    outcome = patched(patch, in_function("int a, b;\nchar c;"))
    assert outcome.after.decode() == in_function("long a, b;\nchar c;")


@pytest.mark.slow
def test_time_is_linear_in_matches() -> None:
    """Four times the matches take four times the time, not sixteen; with room for the machine."""
    times = []
    for count in (250, 1000):
        code = in_function("\n".join(f"x = f(a[{n}]) * f({n});" for n in range(count)))
        start = time.process_time()
        outcome = patched(RENAMED, code)
        times.append(time.process_time() - start)
        assert outcome.after.count(b", 1)") == 2 * count
    assert times[1] < 12 * times[0]


# What two matches with other values make of one statement; which of them is meant, nobody says.
RIVALS = {
    "all of it": "- second(x);\n+ third(y);",
    "all of it, by another statement": "- second(x);\n+ return y;",
    "a hole": "  second(\n- x\n+ y\n  );",
    "a word": "- second\n+ y\n  (x);",
    "an argument beside": "  second(x\n+ , y\n  );",
    "arguments around": "- second(x);\n+ second(y, x, y);",
    "a statement before": "+ third(y);\n  second(x);",
}


@pytest.mark.parametrize("change", RIVALS.values(), ids=RIVALS.keys())
def test_two_paths_write_different_things_in_one_place(change: str) -> None:
    """spatch 1.1.1 ends with `already tagged token`, and the file is left as it is."""
    patch = rule("expression x, y;", f"  first(x, y);\n  ...\n{change}")
    before = in_function("first(a, 1);\nfirst(a, 2);\nsecond(a);")
    outcome = patched(patch, before)
    assert outcome.after.decode() == before
    assert len(outcome.troubles) == 2
    once = in_function("first(a, 1);\nfirst(a, 1);\nsecond(a);")
    assert not patched(patch, once).troubles
