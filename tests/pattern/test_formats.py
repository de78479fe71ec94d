"""Strings of a pattern that stand for others: dots and formats in them."""

from __future__ import annotations

import pytest

from refactor.errors import RuleError
from tests.smpl import applied, patch

# A string of a pattern, with what is declared for it; what matches, and what does not.
STRINGS = {
    "dots around": ("", "...%d...", ["%d", "a %d", "%s %d b", "%d%d"], ["a", "%ld", "%%d"]),
    "dots behind": ("", "%d...", ["%d", "%d a", "%d%s a"], ["a %d", "%s %d"]),
    "dots between": ("", "a %d...%s b", ["a %d%s b", "a %d x %u %s b"], ["a %d %s b c", "a %d b"]),
    "dots in a text": ("", "%d a...", ["%d a..."], ["%d a", "%d a b"]),
    "dots without a specifier": ("", "a...", ["a..."], ["a", "a b", "a %d"]),
    "a format": ("format d;", "a %@d@", ["a %d", "a %-08.3lx", "a %*d"], ["a", "a %d b", "a %%"]),
    "that of the kernel's pointers": ("format d;", "%@d@ a", ["%pOFn a", "%p a"], ["%p", "a"]),
    "a format of some": ("format d = {s, u};", "%@d@", ["%s", "%u"], ["%d", "%ls"]),
    "a format of none": ("format d != {s};", "%@d@", ["%d"], ["%s"]),
    "a format like others": ('format d =~ "x$";', "...%@d@...", ["%d %08lx"], ["%d %lu", "x"]),
    "a format twice": ("format d;", "%@d@ %@d@", ["%d %d"], ["%d %s", "%d"]),
    "a list": ("format list d;", "a %@d@ b", ["a %d b", "a %d c %s b"], ["a b", "a %d bc"]),
    "a list with the texts beside it": ("format list d;", "%@d@", ["a %d b", "%s"], ["a", "%%"]),
    "a list so long": ("format list[2] d;", "a %@d@", ["a %d b %d c"], ["a %d", "a %d %d %d"]),
    "a list of some length": ("format list[n={1...2}] d;", "%@d@", ["%d"], ["%d%d%d"]),
}  # fmt: skip


@pytest.mark.parametrize(("declared", "string", "same", "other"), STRINGS.values(), ids=STRINGS)
def test_what_a_string_stands_for(
    declared: str, string: str, same: list[str], other: list[str]
) -> None:
    code = "void f(void)\n{{\n{}}}\n".format("".join(f'\tf("{each}");\n' for each in same + other))
    made = applied(patch(declared, f'- f("{string}");\n+ g();'), code)
    assert made.count("g();") == len(same)
    assert [each for each in other if f'f("{each}")' not in made] == []


def test_a_piece_of_a_string_is_none() -> None:
    code = 'void f(void)\n{\n\tf("%d" "a");\n\tf(A "%d");\n\tf("%d");\n}\n'
    made = applied(patch("", '- "%d..."\n+ A'), code)
    assert made == code.replace('f("%d")', "f(A)")
    assert applied(patch("", '- "%d"\n+ A'), code) == made


def test_what_it_stands_for_is_written() -> None:
    code = 'void f(void)\n{\n\tf("%d a %lx\\n", 1, 2);\n\tf("%u a\\n", 1);\n}\n'
    text = patch(
        "format d; format list ds; expression list es;",
        '(\n- f("%@d@ a\\n", es)\n+ g("<%@d@>", es)\n|\n- f("%@ds@\\n", es)\n+ g("%@ds@", es)\n)',
    )
    made = code.replace('f("%d a %lx\\n"', 'g("%d a %lx"').replace('f("%u a\\n"', 'g("<%u>"')
    assert applied(text, code) == made


def test_it_is_inherited_and_its_length_is_known() -> None:
    text = """@r@
format d;
format list[n] l;
@@
  f("%@d@", "%@l@");

@@
format r.d;
expression list[r.n] es;
@@
- k("a %@d@", es);
+ k(es);
"""
    code = 'void f(void)\n{\n\tf("%lu", "%d%d");\n\tk("a %lu", ES);\n\tk("a %u", ES);\n}\n'
    two, one = code.replace("ES", "1, 2"), code.replace("ES", "1")
    assert applied(text, two) == two.replace('k("a %lu", 1, 2)', "k(1, 2)")
    assert applied(text, one) == one


@pytest.mark.parametrize(
    ("declared", "message"),
    [("expression d;", "d is no format"), ("format e;", "no metavariable d")],
)
def test_a_name_in_a_string_is_a_format(declared: str, message: str) -> None:
    with pytest.raises(RuleError, match=message) as error:
        applied(patch(declared, '- f("a %@d@");'), "")
    assert error.value.place is not None
    assert (error.value.place.line, error.value.place.column) == (4, 10)
