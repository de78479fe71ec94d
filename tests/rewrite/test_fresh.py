"""Names that a patch makes: each match its own, known to later rules, none that is there."""

from __future__ import annotations

import pytest

from refactor.errors import RuleError
from tests.smpl import applied, patch

CODE = """void m(void)
{
	f(a);
	f(b);
	g(1);
}
"""


def made(declared: str, code: str = CODE) -> list[str]:
    after = applied(patch(f"expression x; {declared}", "- f(x);\n+ T i = x;"), code)
    return [line.split()[1] for line in after.splitlines() if "T " in line]


def test_a_text_is_numbered_for_each_match() -> None:
    assert made('fresh identifier i = "v";') == ["v0", "v1"]


def test_a_number_that_makes_a_name_of_the_file_is_left_out() -> None:
    assert made('fresh identifier i = "v";', CODE.replace("g(1)", "v0(v2)")) == ["v1", "v3"]


def test_a_name_of_pieces_is_taken_as_it_is() -> None:
    code = CODE.replace("f(b);", "{ }\n}\nvoid n(void)\n{\n\tf(b);")
    assert made('fresh identifier i = "v" ## "w";', code) == ["vw", "vw"]


def test_a_later_rule_knows_the_name() -> None:
    text = """@r@
identifier x;
fresh identifier i = "v_" ## x;
@@
- f(x);
+ T i = x;

@@
identifier r.i, x;
@@
- k(i, x);
+ k(x);
"""
    after = applied(text, CODE.replace("g(1)", "k(v_a, c);\n\tk(v_c, d)"))
    assert "k(c);" in after
    assert "k(v_c, d);" in after


def test_a_name_that_somebody_would_have_to_type_is_refused() -> None:
    with pytest.raises(RuleError) as caught:
        made("fresh identifier i;")
    place = caught.value.place
    assert place is not None
    assert (place.line, place.column) == (2, 32)
    assert "needs a name" in caught.value.message


def test_a_name_that_nobody_uses_needs_none() -> None:
    text = patch("expression x; fresh identifier i;", "- f(x);\n+ g(x);")
    assert applied(text, CODE) == CODE.replace("f(", "g(")
