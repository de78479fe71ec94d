"""White space in what a patch writes: where it has none, that of kernel style."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.smpl import applied, by_spatch, patch


@pytest.mark.parametrize(
    ("added", "written"),
    [
        ("g(a,b);", "g(1, 2);"),
        ("x=p+q*2;", "x = p + q * 2;"),
        ("x=p?q:c;", "x = p ? q : c;"),
        ("g(x->y,-a,!b,&x,*y,(int)z);", "g(x->y, -1, !2, &x, *y, (int)z);"),
        ("if(a) g(b);", "if (1) g(2);"),
        ("g(sizeof(x),x[1],x++);", "g(sizeof(x), x[1], x++);"),
    ],
)
def test_of_a_line(added: str, written: str, tmp_path: Path) -> None:
    text = patch("expression a, b;", f"- f(a, b);\n+ {added}")
    code = "void k(void)\n{\n\tf(1, 2);\n}\n"
    expected = code.replace("f(1, 2);", written.replace(") g", ")\n\t\tg"))
    assert applied(text, code) == expected
    assert by_spatch(text, code, tmp_path) == expected


FIELDS = ["\t\t.a = 1,\n\t\t.c = 3,\n\t\t.b = 2,\n", "\t\t.c = 3,\n\t\t.a = 1, .b = 2\n"]


@pytest.mark.parametrize("fields", FIELDS)
def test_a_list_that_goes_leaves_no_white_space(fields: str, tmp_path: Path) -> None:
    text = patch(
        "expression x, y, z;\nidentifier i;",
        "  struct s i =\n- { .a = x, .b = y, .c = z }\n+ MAKE(x, y, z)\n  ;",
    )
    code = f"void k(void)\n{{\n\tstruct s v = {{\n{fields}\t}};\n}}\n"
    after = applied(text, code)
    assert after == "void k(void)\n{\n\tstruct s v = MAKE(1, 2, 3);\n}\n"
    assert by_spatch(text, code, tmp_path) == after
