"""An `else` that comes behind a branch: where its line begins, and how deep it is."""

from __future__ import annotations

import pytest

from tests.patches import check, in_function, rule

PLAIN = "  if (ready(E))\n  \treturn 1;\n+ else\n+ \twait(E);"
BLOCK = "  if (ready(E)) {\n  ...\n  }\n+ else {\n+ \twait(E);\n+ \tend(E);\n+ }"
CHAIN = "  if (ready(E))\n  \tS\n+ else if (!E)\n+ \treturn 1;"


@pytest.mark.parametrize(
    ("body", "before", "after"),
    [
        pytest.param(
            PLAIN,
            "if (ready(x))\n\treturn 1;\nr();",
            "if (ready(x))\n\treturn 1;\nelse\n\twait(x);\nr();",
            id="behind a statement",
        ),
        pytest.param(
            PLAIN,
            "if (ready(x))\n\treturn 1;\t/* why */\nr();",
            "if (ready(x))\n\treturn 1;\t/* why */\nelse\n\twait(x);\nr();",
            id="behind the comment of a statement",
        ),
        pytest.param(
            PLAIN,
            "if (y) {\n\tq();\n} else if (ready(x))\n\treturn 1;\nr();",
            "if (y) {\n\tq();\n} else if (ready(x))\n\treturn 1;\nelse\n\twait(x);\nr();",
            id="behind an else if",
        ),
        pytest.param(
            BLOCK,
            "if (ready(x)) {\n\tq();\n\tr();\n}\nr();",
            "if (ready(x)) {\n\tq();\n\tr();\n} else {\n\twait(x);\n\tend(x);\n}\nr();",
            id="a block behind a block",
        ),
        pytest.param(
            CHAIN,
            "if (ready(x))\n\tq();\nr();",
            "if (ready(x))\n\tq();\nelse if (!x)\n\treturn 1;\nr();",
            id="with an if",
        ),
    ],
)
def test_an_else_that_comes(body: str, before: str, after: str) -> None:
    check(rule("expression E;\nstatement S;", body), in_function(before), in_function(after))
