"""What can be told without a tree: which bytes are code, and what follows a name."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refactor.c.lexical import (
    NESTING,
    Tail,
    balanced,
    closing,
    code_only,
    covering,
    directives,
    disabled,
    joined,
    macro,
    mentions,
    tail,
)
from refactor.text import Span

SOUP = st.text(alphabet="ab_1 \n\r\t\\\"'/*(){}#;$é", max_size=60).map(str.encode)


@given(SOUP)
def test_code_keeps_its_place(data: bytes) -> None:
    code = code_only(data)
    assert len(code) == len(data)
    for before, after in zip(data, code, strict=True):
        assert after == before or (after == ord(" ") and before not in b"\r\n")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"a /* b */ c", b"a         c"),
        (b"a // b\nc", b"a     \nc"),
        (b"a // b \\\n c\nd", b"a       \n  \nd"),
        (b"a // b \\\r\n c\r\nd", b"a       \r\n  \r\nd"),
        (b'a("/*", b); // "', b"a(    , b);     "),
        (b"'\"' a '\\'' b", b"    a      b"),
        (b'"a\\\nb" c', b"   \n   c"),
        (b'"open\na', b"     \na"),
        (b"/* open\na", b"       \n "),
        (b"a / b", b"a / b"),
    ],
)
def test_comments_and_literals_are_no_code(data: bytes, code: bytes) -> None:
    assert code_only(data) == code


@given(SOUP)
def test_a_mention_is_a_whole_word(code: bytes) -> None:
    word = rb"(?<![\w$\x80-\xff])ab(?![\w$\x80-\xff])"
    expected = [Span(*match.span()) for match in re.finditer(word, code)]
    assert list(mentions(code, "ab")) == expected


def test_a_parenthesis_is_closed_by_its_own() -> None:
    code = b"f((a), b(c)) d)"
    assert closing(code, 1) == 12
    assert closing(code, 2) == 5
    assert closing(b"f((a)", 1) is None
    deep = b"(" * NESTING + b")" * NESTING
    assert closing(deep, 0) == 2 * NESTING
    assert closing(b"(" + deep + b")", 0) is None


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("f(int a) {", Tail.BODY),
        ("f(int a)\n{", Tail.BODY),
        ("f \\\n (int a) \\\n {", Tail.BODY),
        ("f(int (*a)(int)) __weak __printf(1, 2) [[gnu::cold]] VENDOR {", Tail.BODY),
        ("f)(int a) {", Tail.BODY),
        ("f))(int a) {", Tail.BODY),
        ("f(a) int a; {", Tail.OLD_STYLE),
        ("f(a, b)\n\tint a, *b;\n\tstruct s c[2];\n{", Tail.OLD_STYLE),
        ("f(a) int (*a)(int); {", Tail.OTHER),
        ("f(int a);", Tail.OTHER),
        ("f(int a);\nint x;\n{", Tail.OTHER),
        ("f(int a) __weak;\nint g(void)\n{", Tail.OTHER),
        ("f(int a) = g;", Tail.OTHER),
        ("f(a)) {", Tail.OTHER),
        ("f(a)", Tail.OTHER),
        ("f(int a)\n#ifdef X", Tail.DIRECTIVE),
        ("f(int a", Tail.UNCLOSED),
        ("f(int a) __weak(", Tail.UNCLOSED),
        ("f", Tail.NO_PARAMETERS),
        ("f = g;", Tail.NO_PARAMETERS),
        ("f) {", Tail.NO_PARAMETERS),
        ("f[2](a) {", Tail.NO_PARAMETERS),
    ],
)
def test_the_tail_of_a_name(code: str, expected: Tail) -> None:
    assert tail(code.encode(), 1) is expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("#if A\n#else\n#endif\n", True),
        ("#if A\n#if B\n#endif\n#elif C\n#endif\n", True),
        ("int a;\n", True),
        ("#if A\n", False),
        ("#endif\n", False),
        ("#else\n", False),
        ("#endif\n#if A\n", False),
    ],
)
def test_conditionals_are_balanced(code: str, expected: bool) -> None:
    assert balanced(code.encode()) is expected


# `x` marks what is dead, and `.` what is not, line by line.
@pytest.mark.parametrize(
    "code",
    [
        ". #if 0|x a|. #endif|. b",
        ". #if 1|. a|. #else|x b|. #endif|. c",
        ". #if 0|x a|. #elif X|. b|. #else|. c|. #endif",
        ". #if X|. a|. #elif 0|x b|. #else|. c|. #endif",
        ". #if X|. a|. #elif 1|. b|. #elif Y|x c|. #else|x d|. #endif",
        ". #if 0|x a|x #if 1|x b|x #else|x c|x #endif|x d|. #endif|. e",
        ". #if X|. a|. #if 0|x b|. #endif|. c|. #endif",
        ".  # if (0)|x a|. #endif",
        ". #if 0|x a",
        ". #if 0x|. a|. #endif",
        ". #ifdef 0|. a|. #endif",
        ". #endif|. a|. #else|. b",
    ],
)
def test_what_is_disabled(code: str) -> None:
    lines = code.split("|")
    data = "\n".join(line[2:] for line in lines).encode() + b"\n"
    dead = disabled(data, list(directives(data)))
    offset = 0
    for line in lines:
        assert (covering(dead, offset + 1) is not None) == (line[0] == "x"), line
        offset += len(line) - 1


@pytest.mark.parametrize(
    ("code", "name", "text"),
    [
        ("#define a b", b"a", b" b"),
        ("#define a", b"a", b""),
        (" #  define a(x, y) (x)", b"a", b" (x)"),
        ("#define a (x)", b"a", b" (x)"),
        ("#define a(x) \\\n\tb", b"a", b" \\\n\tb"),
    ],
)
def test_a_define(code: str, name: bytes, text: bytes) -> None:
    data = code.encode() + b"\nint c;\n"
    (directive,) = directives(data)
    found = macro(data, directive)
    assert found is not None
    assert data[found.name.start : found.name.end] == name
    assert data[found.text.start : found.text.end] == text


def test_other_directives_define_nothing() -> None:
    data = b"#undef a\n#include <a>\n#\n#define\n"
    assert [macro(data, each) for each in directives(data)] == [None] * 4


@pytest.mark.parametrize(
    ("code", "found"),
    [
        (b"return\\\nf(1);", 0),
        (b"return \\\nf(1);", 1),
        (b"return\\\r\n\\\nf(1);", 0),
        (b"f\\\noo(1);", 0),
        (b"f\\\n(1);", 1),
        (b"f\\\n\\\n2", 0),
        (b"\\\nf(1);", 1),
    ],
)
def test_line_break_behind_a_backslash_is_nothing(code: bytes, found: int) -> None:
    assert len(list(mentions(code, "f"))) == found


@pytest.mark.parametrize(
    ("code", "made"),
    [
        (b"return\\\nf(1);", b"return00f(1);"),
        (b"return\\\r\n\\\nf(1);", b"return00000f(1);"),
        (b"return \\\nf(1);", b"return \\\nf(1);"),
        (b"f\\\n(1);", b"f\\\n(1);"),
        (b'f(1, "a\\\nb"); // c\\\nd', b'f(1, "a\\\nb"); // c\\\nd'),
    ],
)
def test_word_behind_a_backslash_is_the_same_word(code: bytes, made: bytes) -> None:
    assert joined(code) == made
