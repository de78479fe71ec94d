"""What is asked of the mentions of a file, whatever the kind of the edit."""

from __future__ import annotations

from tests.edits import applied, told_of

WITHIN = """
call = "@@ expression flags; @@\\nold(flags)"
flags = "flags"
add = ["NEW"]
within = "entry"
"""


def test_within_a_function_and_what_it_reaches() -> None:
    code = """\
static void reached(int a)
{
	old(a);
}

void other(int a)
{
	old(a);
}

void entry(int a)
{
	reached(a);
	old(a);
}
"""
    first, second = code.split("void other")
    second, third = second.split("void entry")
    expected = first.replace("old(a)", "old(a | NEW)") + "void other" + second
    expected += "void entry" + third.replace("old(a)", "old(a | NEW)")
    result = applied(WITHIN, code.encode())
    assert result.after.decode() == expected
    assert not told_of(result)


def test_within_a_function_whose_definition_hides() -> None:
    result = applied(WITHIN, b"DEFINE(int, entry)(void)\n{\n\told(1);\n}\n")
    assert told_of(result)[0].startswith("refused")


def test_within_a_function_that_calls_through_a_macro() -> None:
    result = applied(WITHIN, b"#define OLD(x) old(x)\nvoid entry(void)\n{\n\tOLD(1);\n}\n")
    assert told_of(result) == ["refused MACRO_CALL OLD() has old"]


def test_a_definition_that_hides_is_refused_once() -> None:
    edits = f"[[edit]]\n{WITHIN}\n[[edit]]\n{WITHIN.replace('old', 'two').replace('new', 'one')}"
    result = applied(edits, b"DEFINE(int, entry)(void)\n{\n}\n")
    assert told_of(result) == ["refused PARSE"]
