"""The edit `rename`: every mention of a name, and those that are refused."""

from __future__ import annotations

import pytest

from tests.edits import applied, told_of

RENAME = 'rename = "old"\nto = "newer"\n'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("int old(int);\n", "int newer(int);\n", id="a prototype"),
        pytest.param("#define X old(1)\n", "#define X newer(1)\n", id="in a macro"),
        pytest.param("#define old\t\t1\n", "#define newer\t\t1\n", id="a macro"),
        pytest.param("#if defined(old)\n#endif\n", "#if defined(newer)\n#endif\n", id="asked for"),
        pytest.param("EXPORT_SYMBOL(old);\n", "EXPORT_SYMBOL(newer);\n", id="exported"),
        pytest.param("int x = A(old) B(;\n", "int x = A(newer) B(;\n", id="where C ends"),
        pytest.param("int oldest, old_, my_old;\n", "int oldest, old_, my_old;\n", id="others"),
        pytest.param("/* old */\n", "/* old */\n", id="a comment stays"),
        pytest.param(
            "long old(int a,\n\tint b,\n\t  int c);\n",
            "long newer(int a,\n\tint b,\n\t  int c);\n",
            id="lines that were not aligned",
        ),
        pytest.param(
            "long old(int a,\n\tint (*b)(int,\n\t\t int));\n",
            "long newer(int a,\n\tint (*b)(int,\n\t\t int));\n",
            id="lines of an inner list",
        ),
        pytest.param(
            "int old(int a,\n\tint b)\n{\n\treturn old(a,\n\t\t   b);\n}\n",
            "int newer(int a,\n\t  int b)\n{\n\treturn newer(a,\n\t\t     b);\n}\n",
            id="the aligned lines of two lists",
        ),
    ],
)
def test_rename(before: str, after: str) -> None:
    assert applied(RENAME, before.encode()).after.decode() == after


def test_rename_in_comments_where_the_rule_says_so() -> None:
    code = '/* old and older\n * old()\n */\nchar *s = "old";\n'
    result = applied(RENAME + "comments = true", code.encode())
    assert result.after.decode() == code.replace("old and", "newer and").replace("old()", "newer()")
    assert told_of(result) == ["skipped TEXT"]


def test_a_name_that_is_taken() -> None:
    result = applied(RENAME, b"int old(void);\nint newer(void);\n")
    assert told_of(result) == ["refused CLASH newer is in the same file"]


def test_what_is_left_with_its_old_name_is_refused() -> None:
    edits = RENAME + 'paths = ["include/**"]'
    assert told_of(applied(edits, b"int x = old;\n"))[0].startswith("refused LEFT old is to become")
