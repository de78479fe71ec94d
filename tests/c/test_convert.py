"""What the mask has written over the kernel's dialect is undone in the nodes."""

from __future__ import annotations

import pytest

from refactor.c.convert import convert_top
from refactor.c.syntax import parse
from refactor.text import Span

TABLE = b'START(BOARD, "a board")\n\t.a = b,\n\t.c = f(1),\nEND\nint x;'

# A kind of node, and the text of its tokens, in what stands in the file.
NODES = {
    "label before a directive": (
        "label",
        b"out :",
        b"void f(void)\n{\n\tg();\nout:\n#ifdef A\n\tg();\n#endif\n}",
    ),
    "label at the end of a block": ("label", b"out :", b"void f(void)\n{\n\tg();\nout :\n}"),
    "name that begins with a digit": ("number", b"100baseT", b"int x = f(a, 100baseT);"),
    "operator as an argument": ("args", b"( a , == , b )", b"int x = f(a, ==, b);"),
    "bit-field without a name": (
        "bits",
        b": A + 1",
        b"struct a {\n\tu16 : A + 1;\n\tu16 b;\n};",
    ),
    "#define between enumerators": (
        "define",
        b"#define B A",
        b"enum {\n\tA,\n#define B A\n\tC\n};",
    ),
    "macro as an enumerator": ("call", b"NAME ( a , b )", b"enum {\n\tNAME(a, b),\n\tC,\n};"),
    "array type as an argument": ("array", b"[ N ]", b"static DEFINE_VAR(int [N], x);"),
    "call beside a word": ("strings", b'A f ( "a" )', b'int g(void)\n{\n\tsay(A f("a"), 1);\n}'),
    "designator as an argument": ("pair", b". a = b", b"int x = f(.a = b, .c = d);"),
    "last argument that is empty": ("args", b"( a , )", b"int g(void)\n{\n\tf(a,\n\t);\n}"),
    "element between two macros": ("pair", b". a = b", TABLE),
    "elements between two macros": (
        "declaration",
        b'START ( BOARD , "a board" ) . a = b , . c = f ( 1 ) , END',
        TABLE,
    ),
    "call between two macros": ("call", b"f ( 1 )", TABLE),
    "pointer to a function": (
        "declaration",
        b"foo ( * f ) ( void ) = g ;",
        b"void h(void)\n{\n\tfoo (*f)(void) = g;\n}",
    ),
    "pointer to a function that gives one": (
        "declaration",
        b"foo * ( * f ) ( a ) ;",
        b"void h(void)\n{\n\tfoo *(*f)(a);\n}",
    ),
    "call of what a call gives": (
        "call",
        b"foo ( * f ) ( a )",
        b"void h(void)\n{\n\tfoo(*f)(a);\n}",
    ),
    "cast to the left of an operator": (
        "cast",
        b"( u64 ) ( a ) -> b",
        b"int x = (u64)(a)->b << 3;",
    ),
    "cast to the right of an operator": ("cast", b"( u64 ) - 1", b"int x = a + (u64)-1 * 2;"),
    "cast of a cast to a name": ("cast", b"( u64 ) ( u32 ) - 1", b"u64 x = (u64)(u32)-1;"),
    "cast of a cast": ("cast", b"( void * ) ( foo_t ) & a", b"void *x = (void *)(foo_t)&a;"),
    "variable in a register": (
        "attr",
        b'asm ( "r0" )',
        b'void f(void)\n{\n\tregister long a asm("r0") = b;\n}',
    ),
}


@pytest.mark.parametrize(("kind", "text", "source"), NODES.values(), ids=NODES)
def test_undone(kind: str, text: bytes, source: bytes) -> None:
    parsed = parse("a.c", source)
    assert not parsed.root.has_error
    found = [each for each in convert_top(parsed).walk() if each.kind == kind]
    assert text in [b" ".join(leaf.text for leaf in each.leaves()) for each in found]
    assert all(
        leaf.text == source[leaf.start : leaf.end] for each in found for leaf in each.leaves()
    )


def test_the_name_of_a_label_is_whole() -> None:
    source = parse("a.c", b"void f(void)\n{\n\tgoto out;\nout:\n#ifdef A\n\tg();\n#endif\n}")
    where = source.data.index(b"out:")
    found = [
        each.start
        for each in convert_top(source).walk()
        if each.text == b"out" and each.start == where
    ]
    assert found == [where]
    assert source.at(Span(where, where + 3)).type == "statement_identifier"
