"""Headers for what was put in."""

from __future__ import annotations

import re

import pytest

from tests import smpl as semantic
from tests.edits import applied, body, smpl


def test_a_header_more() -> None:
    edit = smpl("- old(x)\n+ new(x)", 'include = "linux/x.h"')
    code = b"#include <linux/a.h>\n#include <asm/y.h>\n" + body("old(a);").encode()
    expected = code.replace(b"a.h>\n", b"a.h>\n#include <linux/x.h>\n").replace(b"old", b"new")
    assert applied(edit, code).after == expected
    untouched = code.replace(b"old(a)", b"odd(a)")
    assert applied(edit, untouched).after == untouched


CODE = "int here;\n"
LINE = "#include <linux/x.h>\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("", LINE + "\n", id="nothing before"),
        pytest.param("/* a() */\n", LINE + "\n/* a() */\n", id="a comment on what follows"),
        pytest.param("/* a.c */\n\n", "/* a.c */\n\n" + LINE + "\n", id="a comment on the file"),
        pytest.param(
            "// SPDX-License-Identifier: GPL-2.0\n",
            "// SPDX-License-Identifier: GPL-2.0\n" + LINE + "\n",
            id="a licence",
        ),
        pytest.param(
            "// SPDX-License-Identifier: GPL-2.0\n/*\n * a.c\n */\n\n/* a() */\n",
            "// SPDX-License-Identifier: GPL-2.0\n/*\n * a.c\n */\n\n" + LINE + "\n/* a() */\n",
            id="a licence and both",
        ),
        pytest.param("/* a() */\n#if A\n#endif\n", LINE + "\n/* a() */\n#if A\n#endif\n", id="#if"),
    ],
)
def test_the_first_header_of_a_file(before: str, after: str) -> None:
    edit = smpl("- old(x)\n+ new(x)", 'include = "linux/x.h"')
    code = (before + CODE).encode() + body("old(a);").encode()
    expected = code.replace(before.encode(), after.encode(), 1) if before else after.encode() + code
    assert applied(edit, code).after == expected.replace(b"old", b"new")


def test_the_first_header_of_a_header_is_in_its_guard() -> None:
    edit = smpl("- old(x)\n+ new(x)", 'include = "linux/x.h"')
    code = "/* a.h */\n#ifndef A_H\n#define A_H\n{}void f(void)\n{{\n\told(a);\n}}\n#endif\n"
    made = applied(edit, code.format("").encode()).after
    assert made == code.format(LINE + "\n").replace("old", "new").encode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<a.h>\n<new.h>\n<old.h>\n<x.h>\n", "<a.h>\n<new.h>\n<x.h>\n"),
        ("<a.h>\n<old.h>\n<x.h>\n<new.h>\n", "<a.h>\n<x.h>\n<new.h>\n"),
        ('<a.h>\n"new.h"\n<old.h>\n<x.h>\n', '<a.h>\n"new.h"\n<x.h>\n'),
        ("<a.h>\n<old.h>\n<x.h>\n", "<a.h>\n<new.h>\n<x.h>\n"),
        ("<a.h>\n<newer.h>\n<old.h>\n", "<a.h>\n<newer.h>\n<new.h>\n"),
        ("#if A\n<new.h>\n#endif\n<old.h>\n", "#if A\n<new.h>\n#endif\n<new.h>\n"),
    ],
)
def test_a_header_that_is_there_does_not_come_again(before: str, after: str) -> None:
    patch = "@@\n@@\n- #include <old.h>\n+ #include <new.h>\n"
    code = "{}int x;\n"
    lines = [re.sub(r'^(?=[<"])', "#include ", text, flags=re.M) for text in (before, after)]
    assert semantic.applied(patch, code.format(lines[0])) == code.format(lines[1])


def test_a_header_beside_another_one_does_not_come_again() -> None:
    patch = "@@\n@@\n  #include <a.h>\n+ #include <b.h>\n"
    code = "#include <a.h>\n#include <c.h>\n{}int x;\n"
    there = code.format("#include <b.h>\n")
    assert semantic.applied(patch, there) == there
    assert "b.h" in semantic.applied(patch, code.format(""))
