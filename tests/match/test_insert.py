"""The edit `insert`: where code goes, and when it is there already."""

from __future__ import annotations

import pytest

from tests.edits import applied, told_of

INSERT = """
insert = '''
static inline int wanted(int a)
{
	return a;
}
'''
name = "wanted"
into = "include/a.h"
"""


@pytest.mark.parametrize(
    ("where", "before", "after"),
    [
        pytest.param("behind", "int f(void);\n", "int f(void);\n\n@\n", id="at the end"),
        pytest.param(
            "behind", "int f(void);\nint g(void);\n", "int f(void);\n\n@\n\nint g(void);\n",
            id="between two",
        ),
        pytest.param("before", "int f(void);\n", "@\n\nint f(void);\n", id="at the beginning"),
        pytest.param(
            "before", "/* of f */\nint f(void)\n{\n}\n", "@\n\n/* of f */\nint f(void)\n{\n}\n",
            id="before the comment of a function",
        ),
        pytest.param(
            "behind", "#ifdef A\nint f(void);\n#else\n#define f() 0\n#endif\n\nint g(void);\n",
            "#ifdef A\nint f(void);\n#else\n#define f() 0\n#endif\n\n@\n\nint g(void);\n",
            id="behind a conditional",
        ),
        pytest.param(
            "behind", "#ifndef H\n#define H\nint f(void);\n#endif\n",
            "#ifndef H\n#define H\nint f(void);\n\n@\n\n#endif\n", id="inside of the guard",
        ),
        pytest.param("behind", "int wanted(int);\nint f(void);\n", None, id="there already"),
    ],
)  # fmt: skip
def test_insert(where: str, before: str, after: str | None) -> None:
    result = applied(f'{INSERT}{where} = "f"', before.encode(), "include/a.h")
    code = "static inline int wanted(int a)\n{\n\treturn a;\n}"
    assert result.after.decode() == (before if after is None else after.replace("@", code))
    assert told_of(result) == ([] if after is not None else ["conforming"])


def test_insert_without_an_anchor() -> None:
    result = applied(f'{INSERT}behind = "f"', b"int g(void);\n", "include/a.h")
    assert told_of(result) == ["refused ANCHOR no f in include/a.h"]


def test_insert_in_its_file_only() -> None:
    assert applied(f'{INSERT}behind = "f"', b"int f(void);\n", "include/b.h").after == (
        b"int f(void);\n"
    )


def test_a_call_is_no_definition() -> None:
    code = b"int f(void);\nstatic inline int g(void)\n{\n\treturn wanted(1);\n}\n"
    result = applied(f'{INSERT}before = "g"', code, "include/a.h")
    assert b"static inline int wanted(int a)\n{" in result.after
