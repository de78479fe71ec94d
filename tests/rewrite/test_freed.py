"""Statements whose head goes: what comes before and behind them, and on which lines."""

from __future__ import annotations

import pytest

from tests.patches import check, in_function, rule

HOLES = "statement S, S2;\nexpression E;"
RETURNS = "- if (E)\n- \treturn;\n- else\n- \tS\n"


@pytest.mark.parametrize(
    ("body", "before", "after"),
    [
        pytest.param(
            RETURNS + "+ if (E)\n+ \treturn;\n+ S",
            "if (x)\n\treturn;\nelse\n\tq();\nr();",
            "if (x)\n\treturn;\nq();\nr();",
            id="behind the else that goes",
        ),
        pytest.param(
            RETURNS + "+ if (E)\n+ \treturn;\n+ S",
            "if (x)\n\treturn;\nelse if (y)\n\tq();\nelse\n\tr();",
            "if (x)\n\treturn;\nif (y)\n\tq();\nelse\n\tr();",
            id="an if behind it",
        ),
        pytest.param(
            RETURNS + "+ check(E);\n+ S",
            "if (x)\n\treturn;\nelse\n\tq();\t/* why */\nr();",
            "check(x);\nq();\t/* why */\nr();",
            id="another statement in the place of the head",
        ),
        pytest.param(
            "- if (E)\n- \tS\n+ pre(E);\n+ S\n+ post(E);",
            "if (x)\n\tq();\t/* why */\nr();",
            "pre(x);\nq();\t/* why */\npost(x);\nr();",
            id="on both sides",
        ),
        pytest.param(
            "- if (E)\n- \tS\n+ pre(E);\n+ S\n+ post(E);",
            "if (x) {\n\tq();\n\tr();\n}",
            "pre(x);\n{\n\tq();\n\tr();\n}\npost(x);",
            id="on both sides of a block",
        ),
        pytest.param(
            "- if (E)\n+ pre(E);\n  S",
            "if (x) {\n\tq();\n\tr();\n}",
            "pre(x);\n{\n\tq();\n\tr();\n}",
            id="before a block that stays",
        ),
        pytest.param(
            "- if (E)\n  S\n+ post(E);",
            "if (x)\n\tq();\nr();",
            "q();\npost(x);\nr();",
            id="behind what stays",
        ),
        pytest.param(
            "  while (1) {\n- if (E)\n  S\n+ post(E);\n  }",
            "while (1) {\n\tif (x)\n\t\tq();\n}",
            "while (1) {\n\tq();\n\tpost(x);\n}",
            id="behind what stays in a block",
        ),
        pytest.param(
            "- while (E)\n+ if (E)\n  S\n+ post(E);",
            "while (x)\n\tq();\nr();",
            "if (x)\n\tq();\npost(x);\nr();",
            id="behind a head that becomes another one",
        ),
        pytest.param(
            "- if (E) S else S2\n+ S2\n+ S",
            "if (x)\n\tq();\nelse\n\tr();",
            "r();\nq();",
            id="two that change places",
        ),
    ],
)
def test_what_was_a_body(body: str, before: str, after: str) -> None:
    check(rule(HOLES, body), in_function(before), in_function(after))
