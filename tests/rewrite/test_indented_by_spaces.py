"""Files that are indented with spaces: what comes is, too."""

from __future__ import annotations

import pytest

from tests.patches import check, rule

WRAP = rule("expression E;", "+ if (ready(E)) {\n  run(E);\n+ }")
SPLIT = rule("expression E;", "- run(E);\n+ start(E);\n+ stop(E);")
UNWRAP = rule("statement list ss;\nexpression E;", "- if (ready(E)) {\n  ss\n- }")
TEST = rule("expression x, E;", "  x = get(E);\n+ if (!x)\n+ \treturn;")
LONGER = rule("expression E, F;", "- run(E, F)\n+ run_all(E, F)")
LONG = "a" * 30


@pytest.mark.parametrize(
    ("patch", "before", "after"),
    [
        pytest.param(
            WRAP,
            "    run(1);\n    if (a) {\n        run(2);\n    }",
            "    if (ready(1)) {\n        run(1);\n    }\n"
            "    if (a) {\n        if (ready(2)) {\n            run(2);\n        }\n    }",
            id="a block",
        ),
        pytest.param(
            SPLIT,
            "    if (a)\n        run(1);\n    while (b) run(2);",
            "    if (a) {\n        start(1);\n        stop(1);\n    }\n"
            "    while (b) {\n        start(2);\n        stop(2);\n    }",
            id="braces",
        ),
        pytest.param(
            UNWRAP,
            "    if (a) {\n        if (ready(1)) {\n            b();\n"
            "            c();\n        }\n    }",
            "    if (a) {\n        b();\n        c();\n    }",
            id="less deep",
        ),
        pytest.param(
            TEST,
            "  p = get(1);\n  if (a) {\n    p = get(2);\n    b();\n  }",
            "  p = get(1);\n  if (!p)\n    return;\n"
            "  if (a) {\n    p = get(2);\n    if (!p)\n      return;\n    b();\n  }",
            id="two spaces",
        ),
        pytest.param(
            LONGER,
            f"    run({LONG},\n        {LONG} + {LONG});",
            f"    run_all({LONG},\n            {LONG} + {LONG});",
            id="what is aligned",
        ),
        pytest.param(
            LONGER,
            f"    run({LONG}, {LONG} + {LONG});",
            f"    run_all({LONG},\n            {LONG} + {LONG});",
            id="a line that breaks",
        ),
    ],
)
def test_levels_are_of_spaces(patch: str, before: str, after: str) -> None:
    code = "void f(int a)\n{{\n{}\n}}\n"
    check(patch, code.format(before), code.format(after))


def test_tabs_stay_where_they_are_used() -> None:
    code = "void f(void)\n{{\n\tg(1,\n\t  2);\n{}}}\n"
    check(WRAP, code.format("\trun(1);\n"), code.format("\tif (ready(1)) {\n\t\trun(1);\n\t}\n"))
