"""Headers for what was put in."""

from __future__ import annotations

from tests.edits import applied, body


def test_a_header_in_the_place_of_another() -> None:
    edit = 'find = "old($x)"\nreplace = "new($x)"\ninclude = "linux/x.h"\ninstead_of = "asm/x.h"'
    code = b"#include <asm/x.h>\n#include <asm/y.h>\n" + body("old(a);").encode()
    expected = code.replace(b"asm/x.h", b"linux/x.h").replace(b"old", b"new")
    assert applied(edit, code).after == expected
    other = code.replace(b"asm/x.h", b"asm/z.h")
    assert applied(edit, other).after == other.replace(b"old", b"new")


def test_a_header_more() -> None:
    edit = 'find = "old($x)"\nreplace = "new($x)"\ninclude = "linux/x.h"'
    code = b"#include <linux/a.h>\n#include <asm/y.h>\n" + body("old(a);").encode()
    expected = code.replace(b"a.h>\n", b"a.h>\n#include <linux/x.h>\n").replace(b"old", b"new")
    assert applied(edit, code).after == expected
    untouched = code.replace(b"old(a)", b"odd(a)")
    assert applied(edit, untouched).after == untouched
