"""Mutants of a text: what editors, merges, mailers and hostile authors make of it."""

from __future__ import annotations

import random
import re

_TOKEN = re.compile(rb"[A-Za-z_]\w*|\d\w*|\"(?:[^\"\\\n]|\\.)*\"|/\*.*?\*/|\s+|.", re.DOTALL)

C = (
    b"(", b")", b"{", b"}", b"[", b"]", b";", b",", b"*", b"&", b"?", b":", b"=", b"#", b"\\",
    b"\\\n", b"\n", b"\r\n", b"\f", b"\0", b"\xe9", b"\t", b'"', b"'", b"/*", b"*/", b"//", b"##",
    b"\n#if 0\n", b"\n#ifdef A\n", b"\n#else\n", b"\n#endif\n", b"\n#define X(a) a\n", b"if (a) ",
    b"else ", b"do ", b"while (a) ", b"for (;;) ", b"switch (a) ", b"case 1: ", b"default: ",
    b"a: ",
    b"return ", b"goto a; ", b"sizeof ", b"(int)", b"struct a ", b"typeof(a) ", b"/* c */",
    b"// c\n",
    b"__init ", b"__attribute__((unused)) ", b"static ", b"const ", b"0", b"a", b"->b", b".b",
    b"++",
)  # fmt: skip
"""Pieces of C, of its preprocessor, and bytes that are none."""

SMPL = (
    b"@", b"@@\n", b"@@\n@@\n", b"\n(\n", b"\n|\n", b"\n)\n", b"\n&\n", b"\\(", b"\\|", b"\\)",
    b"...", b"<...", b"...>", b"<+...", b"...+>", b" when != a", b" when any", b" when == a",
    b"\n- ", b"\n+ ", b"\n* ", b"\n? ", b"\n+++", b"expression e;", b"identifier f =~ \"a\";",
    b"position p;", b"type T;", b"statement S;", b"expression list[n] es;", b"fresh identifier i;",
    b"depends on ", b"never ", b"ever ", b"!", b"&&", b"||", b"disable a ", b"exists ",
    b"virtual v\n",
    b"@script:python@\n", b"x << r.e;\n", b"@p", b"!=", b"=~", b"<=", b"{1, 2}",
    b"#include \"a\"\n",
    b"using \"a\"\n", b"file in \"a\" ",
)  # fmt: skip
"""Pieces of semantic patches."""


def mutant(source: random.Random, text: bytes, pieces: tuple[bytes, ...] = C) -> bytes:
    """`text` after one to three changes."""
    for _ in range(source.choice((1, 1, 1, 2, 3))):
        text = _changed(source, text, pieces)
    return text


def _changed(source: random.Random, text: bytes, pieces: tuple[bytes, ...]) -> bytes:
    tokens = _TOKEN.findall(text)
    if not tokens:
        return source.choice(pieces)
    at = source.randrange(len(tokens))
    other = min(len(tokens), at + source.randrange(1, 12))
    way = source.randrange(9)
    if way == 0:
        del tokens[at]
    elif way == 1:
        tokens.insert(at, tokens[at])
    elif way == 2:
        tokens.insert(at, source.choice(pieces))
    elif way == 3:
        tokens[at] = source.choice(pieces)
    elif way == 4:
        tokens[at:other] = []
    elif way == 5:
        tokens[at:other] = tokens[at:other] * 2
    elif way == 6:
        tokens[at:other] = [b"(", *tokens[at:other], b")"]
    elif way == 7:
        swapped = source.randrange(len(tokens))
        tokens[at], tokens[swapped] = tokens[swapped], tokens[at]
    else:
        lines = text.split(b"\n")
        line = source.randrange(len(lines))
        ways = (lines[:line], lines[:line] + lines[line + 1 :], [*lines[:line], *lines[line - 1 :]])
        return b"\n".join(ways[source.randrange(1, 3) if source.random() < 0.9 else 0])
    return b"".join(tokens)
