"""An assignment is the initialiser of a declaration too, if it is to be one still.

spatch 1.1.1 says the same of all of it, but for code that comes around an assignment that stays:
there it writes `struct priv *keep(q = NULL)`.
"""

from __future__ import annotations

import pytest

from tests.smpl import applied, patch

BEFORE = """void f(void)
{
	struct priv *q = NULL;
	struct priv *r;

	r = NULL;
	use(q);
}
"""
ONE = "struct priv *q = NULL;"
OTHER = "\tr = NULL;"

# A pattern, and what becomes of the declaration and of the assignment.
CASES = {
    "another expression": ("- y = NULL\n+ newf(y)", ONE, "\tnewf(r);"),
    "its address": ("- y = NULL\n+ newf(&y, NULL)", ONE, "\tnewf(&r, NULL);"),
    "within another": ("- y = NULL\n+ keep(y = NULL)", ONE, "\tkeep(r = NULL);"),
    "around it": ("+ keep(\n  y = NULL\n+ )", ONE, "\tkeep(r = NULL);"),
    "another one": ("- y = NULL\n+ a = 12", "struct priv *a = 12;", "\ta = 12;"),
    "another name": ("- y\n+ z\n  = NULL", ONE, "\tz = NULL;"),
    "no value": ("  y\n- = NULL", ONE, "\tr;"),
    "another operator": ("  y\n- =\n+ +=\n  NULL", ONE, "\tr += NULL;"),
    "another value": ("  y =\n- NULL\n+ get()", "struct priv *q = get();", "\tr = get();"),
    "all of it again": ("- y = NULL\n+ y = get()", "struct priv *q = get();", "\tr = get();"),
    "a statement": ("- y = NULL;\n+ y = get();", ONE, "\tr = get();"),
    "beside a statement": ("  y = NULL;\n+ newf(y);", ONE, "\tr = NULL;\n\tnewf(r);"),
}


@pytest.mark.parametrize(("pattern", "one", "other"), CASES.values(), ids=CASES.keys())
@pytest.mark.parametrize("names", ["expression y;", "identifier y;", "struct priv *y;"])
def test_a_declaration_has_room_for_a_value_only(
    pattern: str, one: str, other: str, names: str
) -> None:
    after = BEFORE.replace(ONE, one).replace(OTHER, other)
    assert applied(patch(names, pattern), BEFORE) == after


def test_a_path_begins_at_an_initialiser() -> None:
    text = patch("expression y;", "  y = NULL\n  ...\n- use(y);")
    assert applied(text, BEFORE) == BEFORE.replace("\tuse(q);\n", "")
