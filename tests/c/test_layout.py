"""Line layout: the lines that an edit has made too wide, and nothing else."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from refactor.c.layout import (
    TOLERATED,
    WANTED,
    Changed,
    MisfitError,
    indent_of,
    indent_to,
    newline_of,
    reflow,
    width,
    without,
)
from refactor.c.syntax import parse
from refactor.text import Span
from tests.samples import NAMES

MARK = re.compile(rb"<<(.*?)>>", re.DOTALL)


def laid_out(marked: bytes, old_width: int = 0) -> bytes:
    """Lay out a statement in which the bytes in `<<>>` are those that an edit has written."""
    found = MARK.search(marked)
    assert found is not None
    data = marked[: found.start()] + found[1] + marked[found.end() :]
    written = Span(found.start(), found.start() + len(found[1]))
    statement = len(data) - len(data.lstrip())
    return reflow(data, [Changed(written, statement, old_width)]).apply(data)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            b"\treturn get(size, <<get_the_flags()>>);\n",
            b"\treturn get(size, get_the_flags());\n",
            id="what fits stays",
        ),
        pytest.param(
            b"\tret = <<is_new(device, 1) ? get_of_the_new(device, 1) :"
            b" get_of_the_old(device)>>;\n",
            b"\tret = is_new(device, 1) ?\n"
            b"\t      get_of_the_new(device, 1) : get_of_the_old(device);\n",
            id="a choice breaks at its question mark first",
        ),
        pytest.param(
            b"\tret = <<is_new(device, 1) ? get_of_the_new_kind_of_it(device, 1, 2, 3, 4) :"
            b" get_of_the_old_kind(device)>>;\n",
            b"\tret = is_new(device, 1) ?\n"
            b"\t      get_of_the_new_kind_of_it(device, 1, 2, 3, 4) :\n"
            b"\t      get_of_the_old_kind(device);\n",
            id="and at its colon where it has to",
        ),
        pytest.param(
            b"\tcase A: ret = <<of_the_first_kind(device, 1)>> &&"
            b" of_the_other_kind(device, 2, 3);\n",
            b"\tcase A: ret = of_the_first_kind(device, 1) &&\n"
            b"\t\t      of_the_other_kind(device, 2, 3);\n",
            id="a label is no choice",
        ),
        pytest.param(
            b"\treturn get_memory(size, 1, FIRST_ADDRESS, LAST_ADDRESS,"
            b" <<get_the_flags()>>, NODE, caller);\n",
            b"\treturn get_memory(size, 1, FIRST_ADDRESS, LAST_ADDRESS, get_the_flags(),\n"
            b"\t\t\t  NODE, caller);\n",
            id="a list opened on the line is aligned with its parenthesis",
        ),
        pytest.param(
            b"\treturn get_memory(size, FIRST_ADDRESS,\n"
            b"\t\t\t  PROTECTION, <<FIRST_OF_THE_FLAGS | get_the_flags_of_modules()>>, ANY_NODE,\n"
            b"\t\t\t  the_address_of_the_caller(0));\n",
            b"\treturn get_memory(size, FIRST_ADDRESS,\n"
            b"\t\t\t  PROTECTION,\n"
            b"\t\t\t  FIRST_OF_THE_FLAGS | get_the_flags_of_modules(),\n"
            b"\t\t\t  ANY_NODE, the_address_of_the_caller(0));\n",
            id="an item that would be alone takes the next line",
        ),
        pytest.param(
            b"\treturn get_memory(size, FIRST_ADDRESS,\n"
            b"\t\t\t  PROTECTION, <<FIRST_OF_THE_FLAGS | get_the_flags_of_modules()>>, ANY_NODE,\n"
            b"\t\t\t  the_address_of_the_caller_and_of_much_more_than(0));\n",
            b"\treturn get_memory(size, FIRST_ADDRESS,\n"
            b"\t\t\t  PROTECTION,\n"
            b"\t\t\t  FIRST_OF_THE_FLAGS | get_the_flags_of_modules(),\n"
            b"\t\t\t  ANY_NODE,\n"
            b"\t\t\t  the_address_of_the_caller_and_of_much_more_than(0));\n",
            id="it stays alone where both do not fit",
        ),
        pytest.param(
            b"\treturn get_memory(size, FIRST_ADDRESS,\n"
            b"\t\t\t  PROTECTION, <<FIRST_OF_THE_FLAGS | get_the_flags_of_modules()>>, ANY_NODE,\n"
            b"\t\t\t  caller(0)); /* why */\n",
            b"\treturn get_memory(size, FIRST_ADDRESS,\n"
            b"\t\t\t  PROTECTION,\n"
            b"\t\t\t  FIRST_OF_THE_FLAGS | get_the_flags_of_modules(),\n"
            b"\t\t\t  ANY_NODE,\n"
            b"\t\t\t  caller(0)); /* why */\n",
            id="a line with a comment stays",
        ),
        pytest.param(
            b"\treturn get_memory(size, FIRST_ADDRESS,\n"
            b"\t\t\t  PROTECTION, <<FIRST_OF_THE_FLAGS | get_the_flags_of_modules()>>, ANY_NODE,\n"
            b"\t\tcaller(0));\n",
            b"\treturn get_memory(size, FIRST_ADDRESS,\n"
            b"\t\t\t  PROTECTION,\n"
            b"\t\t\t  FIRST_OF_THE_FLAGS | get_the_flags_of_modules(),\n"
            b"\t\t\t  ANY_NODE,\n"
            b"\t\tcaller(0));\n",
            id="a line with another indent stays",
        ),
        pytest.param(
            b"\tarea = get_memory(size,\n"
            b"\t\t   FIRST_ADDRESS, LAST_ADDRESS, PROTECTION,"
            b" <<get_the_flags()>>, NODE, caller);\n",
            b"\tarea = get_memory(size,\n"
            b"\t\t   FIRST_ADDRESS, LAST_ADDRESS, PROTECTION, get_the_flags(),\n"
            b"\t\t   NODE, caller);\n",
            id="a list opened before copies the indent of its line",
        ),
        pytest.param(
            b"\t\t\t\treturn get_memory_of_a_certain_kind(argument, <<get_the_flags_of_it()>>);\n",
            b"\t\t\t\treturn get_memory_of_a_certain_kind(argument,\n"
            b"\t\t\t\t\t\t\t\t    get_the_flags_of_it());\n",
            id="aligned beyond eighty columns rather than not aligned",
        ),
        pytest.param(
            b"\t\t\t\treturn get_memory_of_a_certain_kind(argument,"
            b" <<get_the_flags_of_memory_of_it()>>);\n",
            b"\t\t\t\treturn get_memory_of_a_certain_kind(argument,\n"
            b"\t\t\t\t\t\tget_the_flags_of_memory_of_it());\n",
            id="two tabs where the parenthesis is too far to the right",
        ),
        pytest.param(
            b"\treturn get_memory(size, 1, FIRST_ADDRESS,"
            b" FLAG_THAT_IS_KEPT_AS_IT_IS | FLAG_TWO<< | flags_of_everybody()>>);\n",
            b"\treturn get_memory(size, 1, FIRST_ADDRESS, FLAG_THAT_IS_KEPT_AS_IT_IS |\n"
            b"\t\t\t  FLAG_TWO | flags_of_everybody());\n",
            id="an item that is too wide breaks behind its OR",
        ),
        pytest.param(
            b"\treturn check(get_memory(size, FIRST_ADDRESS, LAST_ADDRESS,"
            b" <<get_the_flags()>>, caller), 2);\n",
            b"\treturn check(get_memory(size, FIRST_ADDRESS, LAST_ADDRESS,\n"
            b"\t\t\t\tget_the_flags(), caller), 2);\n",
            id="the inner list breaks, not the one around it",
        ),
        pytest.param(
            b"\treturn get_memory_of_it(size, <<flags_of_everybody_in_the_world(1, 2)->first>>);\n",
            b"\treturn get_memory_of_it(size,\n"
            b"\t\t\t\tflags_of_everybody_in_the_world(1, 2)->first);\n",
            id="a call that is asked for a member keeps together",
        ),
        pytest.param(
            b'\treturn get("a, string, with, commas, in, it, that, must, stay, whole",'
            b" <<get_the_flags()>>, 2);\n",
            b'\treturn get("a, string, with, commas, in, it, that, must, stay, whole",\n'
            b"\t\t   get_the_flags(), 2);\n",
            id="no break inside of a string",
        ),
        pytest.param(
            b"\treturn get((struct range){ FIRST_ADDRESS, LAST_ADDRESS_OF_THEM }, 1,"
            b" <<get_the_flags()>>);\r\n",
            b"\treturn get((struct range){ FIRST_ADDRESS, LAST_ADDRESS_OF_THEM }, 1,\r\n"
            b"\t\t   get_the_flags());\r\n",
            id="CRLF is kept, and an initializer in one piece",
        ),
        pytest.param(
            b"\tarea = get_memory(size,\r\n"
            b"\t\t   FIRST_ADDRESS, LAST_ADDRESS, PROTECTION,"
            b" <<get_the_flags()>>, NODE, caller);",
            b"\tarea = get_memory(size,\r\n"
            b"\t\t   FIRST_ADDRESS, LAST_ADDRESS, PROTECTION, get_the_flags(),\r\n"
            b"\t\t   NODE, caller);",
            id="a last line without an end breaks as the first one does",
        ),
        pytest.param(
            b"\treturn get_memory(size, FIRST_ADDRESS, LAST_ADDRESS, /* flags: */"
            b" <<get_the_flags()>>, NODE, caller);\n",
            b"\treturn get_memory(size, FIRST_ADDRESS,\n"
            b"\t\t\t  LAST_ADDRESS, /* flags: */ get_the_flags(), NODE,\n"
            b"\t\t\t  caller);\n",
            id="a comment is not torn from its comma",
        ),
    ],
)
def test_a_wide_line_breaks(before: bytes, after: bytes) -> None:
    assert laid_out(before).decode() == after.decode()


def test_a_line_that_was_as_wide_before_stays() -> None:
    line = (
        b"\treturn get_memory(size, 1, FIRST_ADDRESS, LAST_ADDRESS, <<flags>>, NODE, THE_CALLER);\n"
    )
    bare = line.replace(b"<<", b"").replace(b">>", b"")
    assert width(bare.rstrip()) > WANTED
    assert laid_out(line, old_width=width(bare.rstrip())) == bare
    assert laid_out(line, old_width=WANTED) != bare


def test_where_eighty_columns_were_passed_a_hundred_are_the_limit() -> None:
    line = b"\treturn get(" + b"a" * 71 + b", <<flags>>%s);\n"
    for more, stays in [(b"", True), (b"s", True), (b"_1", False)]:
        bare = (line % more).replace(b"<<", b"").replace(b">>", b"")
        assert (laid_out(line % more, old_width=WANTED + 1) == bare) is stays
        assert laid_out(line % more, old_width=WANTED) != bare


def test_nothing_else_than_the_changed_line_moves() -> None:
    other = b"\tthis_line_is_far_too_wide(" + b"argument, " * 12 + b"argument);\n"
    before = other + b"\treturn get(" + b"argument, " * 6 + b"<<flags()>>, argument);\n" + other
    after = laid_out(before)
    assert after.startswith(other)
    assert after.endswith(other)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(b"\t" * 12 + b"return <<get_the_flags()>>;\n", id="too deep"),
        pytest.param(b"\treturn get(<<" + b"a" * 90 + b">>);\n", id="one item that is too wide"),
        pytest.param(
            b"\treturn get((struct range){ " + b"a" * 40 + b", " + b"b" * 40 + b", <<f()>> });\n",
            id="an initializer",
        ),
        pytest.param(
            b"\treturn (" + b"a" * 40 + b", " + b"b" * 40 + b", <<get()>>);\n",
            id="parentheses that call nothing",
        ),
        pytest.param(b"\tx = <<" + b"a + " * 30 + b"b>>;\n", id="no list"),
        pytest.param(b'\treturn get("' + b"a, " * 40 + b'", <<f()>>);\n', id="a string"),
    ],
)
def test_what_cannot_be_laid_out_is_told(line: bytes) -> None:
    with pytest.raises(MisfitError) as caught:
        laid_out(line)
    assert 0 < caught.value.offset < len(line)


# ---------------------------------------------------------------------------- properties

ITEMS = st.one_of(
    NAMES,
    st.integers(0, 10**9).map(str),
    st.sampled_from(
        ["f(a, b)", '"a, b"', "(u32)x", "A | B", "s->next", "x[1]", "sizeof(struct foo)", "','"]
    ),
).map(str.encode)


@st.composite
def statements(draw: st.DrawFn) -> tuple[bytes, Changed]:
    """A call over one or several lines, and one argument of it that an edit has written."""
    arguments = draw(st.lists(ITEMS, min_size=1, max_size=14))
    newline = draw(st.sampled_from([b"\n", b"\r\n"]))
    indent = draw(st.sampled_from([b"\t", b"\t\t", b"        ", b"\t\t    "]))
    gaps = st.sampled_from([b" ", b" ", b" ", b"  ", b"", newline + indent + b"\t\t"])
    name = draw(st.sampled_from([b"f", b"get_memory", b"\treturn get_memory_range"]))
    data = indent + name + b"("
    chosen = draw(st.integers(0, len(arguments) - 1))
    written = Span(0, 0)
    for index, argument in enumerate(arguments):
        if index:
            data += b"," + draw(gaps)
        if index == chosen:
            written = Span(len(data), len(data) + len(argument))
        data += argument
    return data + b");" + newline, Changed(written, len(indent), 0)


def tokens(code: bytes) -> list[bytes]:
    return re.findall(rb'"[^"]*"|\'[^\']*\'|\w+|[^\w\s]', code)


@given(statements())
def test_only_white_space_changes_and_lines_fit(made: tuple[bytes, Changed]) -> None:
    data, change = made
    try:
        after = reflow(data, [change]).apply(data)
    except MisfitError:
        pieces = re.split(rb",|\n", data)
        assert any(width(piece.strip()) > TOLERATED // 2 for piece in pieces)
        return
    assert tokens(after) == tokens(data)
    first = data.count(b"\n", 0, change.span.start)
    before, behind = data.splitlines(keepends=True), after.splitlines(keepends=True)
    assert behind[:first] == before[:first]
    # An item that a break would leave alone may take the line below it along, no other one.
    rest = b"".join(before[first + 1 :])
    assert after.endswith((rest, b" " + rest.lstrip(b" \t")))
    longest = max((width(line.rstrip(b"\r\n")) for line in before[first + 1 :]), default=0)
    for line in behind[first:]:
        assert width(line.rstrip(b"\r\n")) <= max(longest, TOLERATED)
        assert line.endswith(b"\r\n") == data.endswith(b"\r\n")


@given(statements())
def test_a_second_run_moves_nothing(made: tuple[bytes, Changed]) -> None:
    data, change = made
    try:
        edits = reflow(data, [change])
    except MisfitError:
        assume(False)
    after = edits.apply(data)
    shift = sum(len(e.text) - len(e.span) for e in edits if e.span.end <= change.span.start)
    inner = [e for e in edits if e.span.start in change.span and e.span.end > change.span.start]
    end = change.span.end + shift + sum(len(e.text) - len(e.span) for e in inner)
    again = Changed(Span(change.span.start + shift, end), change.statement, 0)
    assert not reflow(after, [again])


@given(st.binary(max_size=200).filter(lambda text: b"\n" not in text), st.integers(0, 40))
def test_width_counts_tabs_to_the_next_stop(text: bytes, column: int) -> None:
    expected = column
    for character in text.decode(errors="replace"):
        expected = (expected // 8 + 1) * 8 if character == "\t" else expected + 1
    assert width(text, column) == expected


@given(st.integers(0, 200))
def test_an_indent_reaches_its_column(column: int) -> None:
    assert width(indent_to(column)) == column
    assert b" \t" not in indent_to(column)


def test_the_indent_of_a_line() -> None:
    assert indent_of(b"\t  int x;") == b"\t  "
    assert indent_of(b"int x;") == b""


@pytest.mark.parametrize(
    ("text", "expected"),
    [(b"a\nb\n", b"\n"), (b"a\r\nb\r\n", b"\r\n"), (b"a\r\nb", b"\r\n"), (b"", b"\n")],
)
def test_the_end_of_a_line(text: bytes, expected: bytes) -> None:
    assert newline_of(parse("a.c", text), max(0, len(text) - 1)) == expected


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(b"\tx();\n\t/* c */\n\ty();\n", b"\tx();\n\ty();\n", id="whole lines"),
        pytest.param(b"\t/*\n\t * c */\n\ty();\n", b"\ty();\n", id="several lines"),
        pytest.param(b"\tx();  /* c */\n", b"\tx();\n", id="behind code"),
        pytest.param(b"\tx(); // c\r\n", b"\tx();\r\n", id="behind code, CRLF"),
        pytest.param(b"\t/* c */ y();\n", b"\ty();\n", id="before code: the indent stays"),
        pytest.param(b"\tf(a, /* c */ b);\n", b"\tf(a, b);\n", id="between code"),
    ],
)
def test_a_comment_goes_with_what_sets_it_off(before: bytes, after: bytes) -> None:
    found = re.search(rb"/\*.*?\*/|//[^\r\n]*", before, re.DOTALL)
    assert found is not None
    where = without(parse("a.c", before), Span(*found.span()))
    assert before[: where.start] + before[where.end :] == after
