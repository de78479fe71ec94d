"""What a value may be, by what other rules have bound and by what else is bound here."""

from __future__ import annotations

import pytest

from tests.smpl import applied

BODY = """void f(int a, int b)
{{
	look({0});
{1}}}
"""

# A declaration of the rule that looks, one of the rule that changes, and their code; then what is
# looked at, what there is, and what there is afterwards.
CASES = {
    "an operator of another rule": (
        "binary operator o;",
        "binary operator p = { r.o };",
        ("a o b", "a p b"),
        "a == b",
        "\tdrop(a == b);\n\tdrop(a != b);\n",
        "\tdrop(a != b);\n",
    ),
    "another operator than that of another rule": (
        "binary operator o;",
        "binary operator p != { r.o };",
        ("a o b", "a p b"),
        "a == b",
        "\tdrop(a == b);\n\tdrop(a != b);\n",
        "\tdrop(a == b);\n",
    ),
    "an assignment of another rule": (
        "assignment operator o;",
        "assignment operator p = { r.o };",
        ("a o b", "a p b"),
        "a += b",
        "\tdrop(a += b);\n\tdrop(a -= b);\n",
        "\tdrop(a -= b);\n",
    ),
    "a name of another rule": (
        "identifier o;",
        "identifier p = { r.o };",
        ("o", "p"),
        "a",
        "\tdrop(a);\n\tdrop(b);\n",
        "\tdrop(b);\n",
    ),
    "a part of what is bound": (
        "expression o;",
        "expression p <= r.o;",
        ("o", "p"),
        "a + 1",
        "\tdrop(a);\n\tdrop(b);\n",
        "\tdrop(b);\n",
    ),
}


@pytest.mark.parametrize(
    ("first", "second", "codes", "looked", "before", "after"), CASES.values(), ids=CASES.keys()
)
def test_what_a_constraint_takes_from_another_rule(
    first: str, second: str, codes: tuple[str, str], looked: str, before: str, after: str
) -> None:
    names = "symbol a, b;"
    one, other = codes
    text = f"@r@\n{names}\n{first}\n@@\nlook({one});\n\n"
    text += f"@@\n{names}\n{second}\n@@\n- drop({other});\n"
    assert applied(text, BODY.format(looked, before)) == BODY.format(looked, after)
