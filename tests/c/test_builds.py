"""Which conditionals tear code, and what each build has of it."""

from __future__ import annotations

import pytest

from refactor.c.builds import builds, torn
from refactor.text import Span

TORN = {
    "heads of a list": "#ifdef A\nstruct s a = {\n#else\nstruct t a = {\n#endif\n.b = 1,\n};",
    "heads of a function": "#ifdef A\nint f(int a)\n#else\nint f(void)\n#endif\n{\n}",
    "an argument": "f(a,\n#ifdef A\nb,\n#endif\nc);",
    "a body of an if": "if (a)\n#ifdef A\nb();\n#endif\nc();",
    "an if": "#ifdef A\nif (a)\n#endif\nb();",
    "an else": "if (a)\nb();\n#ifdef A\nelse\nc();\n#endif",
    "an else in braces": "if (a) {\n#ifdef A\n} else {\n#endif\n}",
    "two ends": "if (a) {\n#ifdef A\n}\n#else\n} else {\n}\n#endif",
    "an operand": "x = a\n#if A\n+ b\n#endif\n;",
    "a word in front": "#ifdef A\nstatic\n#endif\nint a;",
    "an expression for": "for (a;\n#ifdef A\nb;\n#else\nc;\n#endif\nd) {\n}",
}
WHOLE = {
    "statements": "a();\n#ifdef A\nif (b) {\n}\n#else\nc();\n#endif\nd();",
    "elements": "int a[] = {\n#ifdef A\n1,\n#endif\n2, 3,\n#if B\n4,\n#endif\n};",
    "definitions": "#ifdef A\nint f(void)\n{\n}\n#elif B\n#define f() 1\n#endif",
    "behind a label": "out:\n#ifdef A\na();\n#endif\nb();",
    "behind a case": "case A ... B:\n#ifdef A\na();\n#endif\ndefault:\n#ifdef B\n#endif\nb();",
    "in a comment": "f(a,\n/*\n#ifdef A\n*/\nb);",
}


@pytest.mark.parametrize("code", TORN.values(), ids=TORN)
def test_a_branch_that_is_no_whole_tears(code: str) -> None:
    assert len(torn(code.encode())) == 1


@pytest.mark.parametrize("code", WHOLE.values(), ids=WHOLE)
def test_whole_branches_tear_nothing(code: str) -> None:
    assert not torn(code.encode())


def seen(code: str) -> list[str]:
    """What the builds have, white space left out."""
    data = code.encode()
    _, texts = builds(data, [Span(0, len(data))], alone=True)
    assert all(len(text) == len(data) for text in texts)
    return ["".join(text.decode().split()) for text in texts]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("f(\n#ifdef A\na\n#else\nb\n#endif\n);", ["f(a);", "f(b);"]),
        ("f(\n#ifndef A\na\n#elif defined(A)\nb\n#endif\n);", ["f(b);", "f(a);"]),
        ("f(\n#if 0\na\n#else\nb\n#endif\n);", ["f(b);"]),
        ("f(\n#if 1\na\n#else\nb\n#endif\n);", ["f(a);"]),
        (
            "f(\n#ifdef A\na\n#ifdef B\n+b\n#endif\n#endif\n);",
            ["f(a+b);", "f(a);", "f();"],
        ),
        ("#ifdef A\nif (a) {\n#endif\nb();\n#ifdef A\n}\n#endif\n", ["if(a){b();}", "b();"]),
        ("#if A && B\nif (a) {\n#endif\nb();\n#if B && A\n}\n#endif\n", ["if(a){b();}", "b();"]),
    ],
)
def test_each_build_once(code: str, expected: list[str]) -> None:
    assert seen(code) == expected


def test_of_many_conditions_all_combinations_of_two() -> None:
    code = "f(0\n" + "".join(f"#ifdef A{n}\n, {n}x\n#endif\n" for n in range(20)) + ");"
    texts = seen(code)
    assert len(texts) == 12
    for one in range(20):
        for other in range(one):
            found = {tuple(f",{each}x" in text for each in (one, other)) for text in texts}
            assert len(found) == 4


def test_items_are_looked_at_side_by_side() -> None:
    """Or many of them would take a time that grows with their square."""
    one = b"f(\n#ifdef A\na\n#else\nb\n#endif\n);\n"
    spans = [Span(at, at + len(one)) for at in range(0, 50 * len(one), len(one))]
    split, texts = builds(one * 50 + b"g(a);", spans, alone=True)
    assert split == spans
    assert [text.split() for text in texts] == [[b"f(", each, b");"] * 50 for each in (b"a", b"b")]
    _, texts = builds(one + b"g(a);", spans[:1], alone=False)
    assert [text.split() for text in texts] == [
        [b"f(", each, b");", b"g(a);"] for each in (b"a", b"b")
    ]
