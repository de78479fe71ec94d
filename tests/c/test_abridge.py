"""Functions without the statements that nothing is asked about: the others stay what they are."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refactor.c.abridge import abridged
from refactor.c.items import Kind, cut
from refactor.c.syntax import Node, SourceFile, parse, parse_items

WORD = re.compile(rb"(?<![\w$])mention(?![\w$])")
CALL = "mention();"

# The body of a function, and what is left of it, white space aside.
BODIES = {
    "statements around": (f"a(); b(); {CALL} c();", f"; {CALL} ;"),
    "nothing to leave out": (CALL, CALL),
    "a block": (f"{CALL} if (a) {{ b(); }}", f"{CALL} {{ }}"),
    "a block without a head": (f"{{ b(); }} {CALL}", f"{{ }} {CALL}"),
    "what is in a block around": (f"if (a) {{ b(); {CALL} }}", f"if (a) {{ ; {CALL} }}"),
    "an else of what stays": (
        f"if (a) {{ {CALL} }} else {{ b(); }}",
        f"if (a) {{ {CALL} }} else {{ ; }}",
    ),
    "an else of what goes": (f"if (a) {{ b(); }} else c(); {CALL}", f"; {CALL}"),
    "an else with the mention": (
        f"if (a) b(); else if (c) {{ d(); }} else {CALL}",
        f"if (a) b(); else if (c) {{ ; }} else {CALL}",
    ),
    "no braces": (f"if (a) for (;;) {CALL} b();", f"if (a) for (;;) {CALL} ;"),
    "the while of a do": (f"do {{ {CALL} a(); }} while (b);", f"do {{ {CALL} ; }} while (b);"),
    "a do that goes": (f"do a(); while (b); {CALL}", f"; {CALL}"),
    "a macro that ends a do": (
        f"do_each(a) {{ {CALL} }} while_each(a);",
        f"do_each(a) {{ {CALL} }} while_each(a);",
    ),
    "a label": (f"a(); out: {CALL}", f"; out: {CALL}"),
    "a label elsewhere": (f"{CALL} out: a(); b();", f"{CALL} out: a(); ;"),
    "cases": (
        f"switch (a) {{ case 1: b(); break; case 2: {{ {CALL} break; }} default: c(); d(); }}",
        f"switch (a) {{ case 1: b(); ; case 2: {{ {CALL} ; }} default: c(); ; }}",
    ),
    "a condition is no label": (f"a ? b : c; {CALL}", f"; {CALL}"),
    "the name behind a structure": (f"struct {{ int a; int b; }} c; {CALL}", f"; {CALL}"),
    "a structure that stays": (
        f"struct {{ int a; int b; }} c = {CALL}",
        f"struct {{ int a; int b; }} c = {CALL}",
    ),
    "the rest of a declaration": (
        f"int a[] = {{ 1, 2 }}, b = {CALL}",
        f"int a[] = {{ 1, 2 }}, b = {CALL}",
    ),
    "an initializer that goes": (f"int a[] = {{ 1, 2 }}, b = 1; {CALL}", f"; {CALL}"),
    "a compound literal": (
        f"return (struct s) {{ .a = 1 }}, {CALL}",
        f"return (struct s) {{ .a = 1 }}, {CALL}",
    ),
    "an operator behind a brace": (
        f"x(a) {{ b(); c(); }} + {CALL}",
        f"x(a) {{ ; }} + {CALL}",
    ),
    "a macro without its semicolon": (f"A(x)\n{CALL} B(x)\nb();", f"A(x)\n{CALL} ;"),
    "a loop of a macro": (f"for_each(a) {{ b(); {CALL} }}", f"for_each(a) {{ ; {CALL} }}"),
    "a brace in a string": (f"a(\"{{\"); b('}}'); /* {{ */ {CALL}", f"; /* {{ */ {CALL}"),
    "a semicolon in parentheses": (f"for (a = 1; a; b) c(); {CALL}", f"; {CALL}"),
    # These are left alone.
    "a directive": (f"a();\n#ifdef A\nb();\n#endif\n{CALL}",) * 2,
    "braces in parentheses": (f"a(({{ b(); }})); {CALL}",) * 2,
    "no semicolon before the end": (f"a(); {{ b() }} {{ {CALL} c() }}",) * 2,
    "a parenthesis without end": (f"a(; {CALL}",) * 2,
    "deep blocks": ("a();" + "{" * 12 + CALL + "}" * 12,) * 2,
}


@pytest.mark.parametrize(("body", "expected"), BODIES.values(), ids=BODIES)
def test_bodies(body: str, expected: str) -> None:
    head = b"static int f(struct s *a)\n{\n"
    data = head + body.encode() + b"\n}\n"
    found = check_same(data)
    left = found[len(head) : found.rindex(b"}")]
    assert re.sub(rb"\s+", b" ", left).strip() == re.sub(rb"\s+", b" ", expected.encode()).strip()


OTHERS = {
    "a structure": b"struct s {\n\tint a;\n\tint mention;\n};\n",
    "an initializer": b"struct s x = {\n\t.a = mention,\n};\n",
    "a statement expression": b"int x = a(1) ({ b(); mention(); });\n",
    "a #define": b"#define A() do { a(); mention(); } while (0)\n",
}


@pytest.mark.parametrize("data", OTHERS.values(), ids=OTHERS)
def test_what_is_no_function_stays(data: bytes) -> None:
    assert check_same(data) is data


def test_lines_stay() -> None:
    data = b"int f(void)\r\n{\r\n\tif (a) {\r\n\t\tb();\r\n\t}\r\n\tmention();\r\n}\r\n"
    left = check_same(data)
    lines = [b"int f(void)", b"{", b"\t{       ", b"      ", b" }", b"\tmention();", b"}", b""]
    assert left == b"\r\n".join(lines)


def test_what_is_left_is_parsed_whole_if_it_has_an_error() -> None:
    data = b"int f(void)\n{\n\ta();\n\tmention(;\n\tb();\n}\n"
    places = mentions(data)
    source = parse_items("a.c", data, cut(data, places), only=places)
    assert source.abridged is None
    assert source.masked.count(b"a();") == 1


PIECES = [
    *(f"{body} " for body, _ in BODIES.values()),
    *("if (a) ", "else ", "do ", "while (a) ", "{ ", "} ", "( ", ") ", "; ", "a = ", "struct s "),
    *("x: ", "case 1: ", "A(x)\n", "a(); ", "int b; ", '"', "' ", "/* ", "*/ ", "#if A\n", ", "),
]


@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
def test_made_functions(body: str) -> None:
    check_same(b"int f(void)\n{\n" + body.encode() + b"}\n")


@pytest.mark.parametrize("word", ["kzalloc", "mutex_lock", "printk", "container_of"])
def test_real_files(kernel_tree: Callable[[str], Path], word: str) -> None:
    """What is around a mention is the same, and most of the other statements are gone."""
    before = behind = 0
    for path in sorted(kernel_tree("6.1").rglob("*.[ch]"))[::83]:
        data = path.read_bytes()
        if word.encode() in data:
            places = [each.start() for each in re.finditer(rb"\b%s\b" % word.encode(), data)]
            left = check_same(data, places)
            for item in cut(data, places).items:
                before += len(data[item.span.start : item.span.end].split())
                behind += len(left[item.span.start : item.span.end].split())
    assert before > 2000
    assert behind < before * 0.75


# ---------------------------------------------------------------------------- helpers


def check_same(data: bytes, places: list[int] | None = None) -> bytes:
    """Compare what is around each mention with what it is in the whole, where that is understood.

    Returns the abridged text.
    """
    places = mentions(data) if places is None else places
    found = cut(data, places)
    code = [
        at
        for at, kind in zip(places, found.kinds, strict=True)
        if kind in (Kind.CODE, Kind.DIRECTIVE)
    ]
    shown = abridged(data, found, code)
    assert len(shown) == len(data)
    assert [at for at, byte in enumerate(shown) if byte in b"\r\n"] == [
        at for at, byte in enumerate(data) if byte in b"\r\n"
    ]
    source = parse_items("a.c", data, found, only=code)
    if source.abridged is not None:
        whole = parse("a.c", data)
        for at in code:
            if not any(node.has_error for node in around(whole, at)[:-1]):
                assert told(source, at) == told(whole, at)
    return shown


def mentions(data: bytes) -> list[int]:
    return [match.start() for match in WORD.finditer(data)]


def around(source: SourceFile, at: int) -> list[Node]:
    """The nodes around an offset, from the innermost one to the root."""
    node = source.root.descendant_for_byte_range(at, at + 1)
    found: list[Node] = []
    while node is not None:
        found.append(node)
        node = node.parent
    return found


def told(source: SourceFile, at: int) -> list[tuple[str, int, int]]:
    """What the nodes around an offset are and where, but the root, and a `case`, whose statements
    need not be there."""
    return [
        (node.type, node.start_byte, node.end_byte)
        for node in around(source, at)[:-1]
        if node.type != "case_statement"
    ]
