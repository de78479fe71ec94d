"""Headers for what was put in."""

from __future__ import annotations

from tests.edits import applied, body, smpl


def test_a_header_more() -> None:
    edit = smpl("- old(x)\n+ new(x)", 'include = "linux/x.h"')
    code = b"#include <linux/a.h>\n#include <asm/y.h>\n" + body("old(a);").encode()
    expected = code.replace(b"a.h>\n", b"a.h>\n#include <linux/x.h>\n").replace(b"old", b"new")
    assert applied(edit, code).after == expected
    untouched = code.replace(b"old(a)", b"odd(a)")
    assert applied(edit, untouched).after == untouched
