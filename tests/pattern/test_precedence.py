"""In which order the alternatives of a test are asked."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.smpl import applied, by_spatch, patch

WITH_NULL = "\n(\n  e\n|\n- e != NULL\n+ e\n)\n  "
WITH_FIVE = "\n(\n  e\n|\n- e != 5\n+ h(e)\n)\n  "
LAST = "\n(\n- e != 5\n+ h(e)\n|\n  e\n)\n  "
# Where the alternatives stand, and what becomes of what stands there.
CASES = [
    (f"if ({WITH_NULL}) S", "if (p != NULL)\n\t\thit();", "if (p)\n\t\thit();"),
    (f"if ({WITH_NULL}) S", "if (NULL != p->q)\n\t\thit();", "if (p->q)\n\t\thit();"),
    (f"if ({WITH_NULL}) S", "if (p)\n\t\thit();", "if (p)\n\t\thit();"),
    (f"if ({WITH_NULL}) {{...}} else S", "if (p != NULL) {\n\t} else\n\t\thit();", None),
    (f"if ({WITH_FIVE}) S", "if (i != 5)\n\t\thit();", "if (h(i))\n\t\thit();"),
    (f"if ({LAST}) S", "if (i != 5)\n\t\thit();", "if (h(i))\n\t\thit();"),
    (f"if ({WITH_FIVE}) S", "if (i != 5 && p)\n\t\thit();", "if (i != 5 && p)\n\t\thit();"),
    (f"if (use({WITH_FIVE})) S", "if (use(i != 5))\n\t\thit();", "if (use(h(i)))\n\t\thit();"),
    (f"while ({WITH_FIVE}) S", "while (i != 5)\n\t\thit();", "while (h(i))\n\t\thit();"),
    (f"for (;{WITH_FIVE};) S", "for (;i != 5;)\n\t\thit();", "for (;h(i);)\n\t\thit();"),
    (WITH_FIVE.strip(), "x = i != 5;", "x = i != 5;"),
    (f"use({WITH_FIVE})", "use(i != 5);", "use(i != 5);"),
    (f"return {WITH_FIVE};", "return i != 5;", "return i != 5;"),
]
NAMES = "expression e;\nstatement S;"
CODE = "int f(struct s *p, int i)\n{{\n\t{}\n}}\n"


def expected(before: str, after: str | None) -> str:
    return CODE.format(before.replace("p != NULL", "p") if after is None else after)


@pytest.mark.parametrize(("body", "before", "after"), CASES)
def test_what_is_anything_is_asked_last(body: str, before: str, after: str | None) -> None:
    found = applied(patch(NAMES, body), CODE.format(before))
    assert found == expected(before, after)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("spatch") is None, reason="spatch is not installed")
@pytest.mark.parametrize(("body", "before", "after"), CASES)
def test_spatch_says_the_same(body: str, before: str, after: str | None, tmp_path: Path) -> None:
    found = by_spatch(patch(NAMES, body), CODE.format(before), tmp_path)
    assert found == expected(before, after)


@pytest.mark.parametrize(
    ("names", "first"),
    [
        ("expression e; statement S;", "keep(e) != 5"),
        ("struct s *e; expression x; statement S;", "e"),
        ('expression e; identifier x =~ "^i"; statement S;', "x != 5"),
    ],
)
def test_what_says_more_is_an_exception(names: str, first: str) -> None:
    name = "x" if "expression x" in names else "e"
    body = f"if (\n(\n  {first}\n|\n- {name}\n+ h({name})\n)\n  ) S"
    kept = {"keep(e) != 5": "keep(i) != 5", "e": "p", "x != 5": "i != 5"}[first]
    before = CODE.format(f"if ({kept})\n\t\thit();")
    assert applied(patch(names, body), before) == before


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("i != 0", "h(i)"),
        ("p != NULL", "g(p)"),
        ("p->q != 0", "h(p->q)"),
        # A bare test, and one of which no alternative speaks.
        ("p", "g(p)"),
        ("i != 5", "g(i != 5)"),
    ],
)
def test_what_is_said_in_so_many_words_goes_before_an_isomorphism(before: str, after: str) -> None:
    """To spatch both match, and it does nothing here."""
    body = "if (\n(\n- e != NULL\n+ g(e)\n|\n- e != 0\n+ h(e)\n)\n  ) S"
    code = "int f(struct s *p, int i)\n{{\n\tif ({})\n\t\thit();\n}}\n"
    assert applied(patch(NAMES, body), code.format(before)) == code.format(after)
