"""The cut: which items it finds, what it says of mentions, and that it changes nothing."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refactor.c.items import Cut, Kind, cut, kinds
from refactor.c.syntax import Node, SourceFile, parse, parse_items
from refactor.text import Span

WORD = re.compile(rb"(?<![\w$])mention(?![\w$])")

# What stands before and behind in most cases, so that a cut has something to leave out.
BEFORE = b"#include <a.h>\n\nint first;\n\nstatic int before(void)\n{\n\treturn 0;\n}\n\n"
BEHIND = b"\nstatic int behind(void)\n{\n\treturn 0;\n}\n"

# A file, and the items in it, each as the words that it begins and ends with.
ITEMS = {
    "a function": (b"int f(void)\n{\n\tmention();\n}\n", [(b"int f", b"}")]),
    "a function with annotations": (
        b"__init static int f(void)\n{\n\tmention();\n}\n",
        [(b"__init", b"}")],
    ),
    "an annotation behind the parameters": (
        b"int f(void) __acquires(x)\n{\n\tmention();\n}\n",
        [(b"int f", b"}")],
    ),
    "two mentions in one function": (
        b"int f(void)\n{\n\tmention();\n\tmention();\n}\n",
        [(b"int f", b"}")],
    ),
    "two functions": (
        b"int f(void)\n{\n\tmention();\n}\nint g(void)\n{\n}\nint h(void)\n{\n\tmention();\n}\n",
        [(b"int f", b"}"), (b"int h", b"}")],
    ),
    "a declaration": (b"extern void mention(void);\n", [(b"extern", b";")]),
    "an initializer": (b"struct s x = {\n\t.f = mention,\n};\n", [(b"struct s x", b";")]),
    "a compound literal": (
        b"struct s x = (struct s) {\n\t.f = mention,\n}\n;\n",
        [(b"struct s x", b"}\n;")],
    ),
    "a structure": (b"struct s {\n\tint mention;\n} x;\n", [(b"struct s", b"x;")]),
    "a structure with an attribute": (
        b"struct s __aligned(8) {\n\tint mention;\n}\nx;\n",
        [(b"struct s", b"x;")],
    ),
    "a structure returned by value": (
        b"struct s f(void)\n{\n\tmention();\n}\n",
        [(b"struct s", b"}")],
    ),
    "a #define": (b"#define M(x) \\\n\tmention(x)\n", [(b"#define", b"(x)\n")]),
    "a condition": (b"#if mention\nint a;\n#endif\n", [(b"#if", b"mention\n")]),
    "a declaration macro": (b"static DEFINE_X(mention);\n", [(b"static DEFINE", b";")]),
    "a macro without its semicolon": (
        b'MODULE_LICENSE("GPL")\nint f(void)\n{\n\tmention();\n}\n',
        [(b"MODULE", b"}")],
    ),
    "a macro without its semicolon at the end of a branch": (
        b"#ifdef A\nDEFINE_X(a)\n#endif\nint f(void)\n{\n\tmention();\n}\n",
        [(b"int f", b"}")],
    ),
    "a macro with a block": (
        b"DEFINE_X(name, int a)\n{\n\tmention();\n}\n",
        [(b"DEFINE", b"}")],
    ),
    "a brace in a string": (b'int f(void)\n{\n\tmention("{");\n}\n', [(b"int f", b"}")]),
    "a brace in a comment": (b"int f(void)\n{\n\t/* } */ mention();\n}\n", [(b"int f", b"}")]),
    "a brace at the margin": (
        b"int f(void)\n{\n\tif (a) {\n}\n\tmention();\n}\n",
        [(b"int f", b"}")],
    ),
    "a conditional inside": (
        b"int f(void)\n{\n#ifdef A\n\tif (a) {\n#else\n\tif (b) {\n#endif\n\tmention();\n\t}\n}\n",
        [(b"int f", b"}")],
    ),
    "a conditional in an initializer": (
        b"int x[] = {\n#ifdef A\n\t1,\n#endif\n\tmention,\n};\n",
        [(b"int x", b";")],
    ),
    "an end in one branch": (
        b"int x\n#ifdef A\n\t= mention;\n#else\n\t;\n#endif\nint y;\n",
        [(b"int x", b"int y;")],
    ),
    "an end before the end of its line, behind a conditional": (
        b"int x\n#ifdef A\n\t= 1\n#endif\n; int mention;\n",
        [(b"int x", b"int mention;")],
    ),
    "a conditional in a structure": (
        b"struct s {\n#ifdef A\n\tint a;\n#endif\n}\nmention;\n",
        [(b"struct s", b"mention;")],
    ),
    "behind two heads for one body": (
        b"#ifdef A\nint f(int a)\n{\n#else\nint f(long a)\n{\n#endif\n}\nint x;\n"
        b"int g(void)\n{\n\tmention();\n}\n",
        [(b"int g", b"}")],
    ),
    "a semicolon in deep parentheses": (
        b"DEFINE_X((((((int a;\n\tmention))))));\n",
        [(b"DEFINE", b"));")],
    ),
    "a function that does not end its line": (
        b"int f(void)\n{\n} int mention;\n",
        [(b"int f", b"int mention;")],
    ),
    "a statement expression": (b"int x = ({ int a = mention; a; });\n", [(b"int x", b";")]),
    "semicolons on one line": (b"int a; int mention; int b;\n", [(b"int a", b"int b;")]),
    "a linkage specification": (
        b'extern "C" {\nint f(void)\n{\n\tmention();\n}\n}\nint x;\n',
        [(b"extern", b"int x;")],
    ),
    "the end of the file": (b"int mention", [(b"int", b"mention")]),
    "deep braces": (
        b"int f(void)\n{\n" + b"{" * 20 + b"mention();" + b"}" * 20 + b"\n}\n",
        [(b"int f", b"}")],
    ),
    "carriage returns": (b"int f(void)\r\n{\r\n\tmention();\r\n}\r\n", [(b"int f", b"}")]),
}

# A file with a mention that is not in a piece of the file by which it could be judged.
DOUBTS = {
    "old style": (b"int f(a)\n\tint a;\n{\n\tmention();\n}\n", "old style"),
    "old style, the name": (b"int mention(a)\n\tint a;\n{\n}\n", "old style"),
    "old style, two parameters": (b"int mention(a, b)\n\tint a;\n\tint b;\n{\n}\n", "old style"),
    "two heads for one body": (
        b"#ifdef A\nint f(int a)\n{\n#else\nint f(long a)\n{\n#endif\n\tmention();\n}\nint x;\n",
        "branches",
    ),
    "half a function": (b"\tif (a)\n\t\tmention();\n\telse\n\t\tb();\n", "statements"),
    "half a function behind a macro": (
        b"MACRO(mention)\n\tif (a)\n\t\tmention();\n\telse\n\t\tb();\n",
        "statements",
    ),
    "an open conditional": (b"#ifdef A\nint f(void)\n{\n\tmention();\n}\n", "does not end"),
    "a macro before a call": (
        b"#ifdef A\nDEFINE_X(a)\n#endif\nDEFINE_Y(b)\n{\n\tmention();\n}\n",
        "macro",
    ),
    "a directive behind a comment": (b"/* a */ #define A mention\n", "first on its line"),
    "a conditional behind a comment": (b"/* a */ #if A\nint mention;\n#endif\n", "cannot be told"),
    "a conditional of no known name": (b"#iffy A\nint mention;\n#endif\n", "cannot be told"),
}

KINDS = {
    "code": (b"int f(void)\n{\n\tmention();\n}\n", [Kind.CODE]),
    "a comment in a function": (b"int f(void)\n{\n\t/* mention */\n}\n", [Kind.COMMENT]),
    "a comment before a function": (b"/** mention */\nint f(void)\n{\n}\n", [Kind.COMMENT]),
    "a comment at the end": (b"int a; // mention\n", [Kind.COMMENT]),
    "a string": (b'char *a = "mention";\n', [Kind.STRING]),
    "a comment in a string": (
        b'char *a = "/* mention */"; int mention;\n',
        [Kind.STRING, Kind.CODE],
    ),
    "a string in a comment": (b'/* " */ int mention; /* " */\n', [Kind.CODE]),
    "a #define": (b"#define A mention /* mention */\n", [Kind.DIRECTIVE, Kind.COMMENT]),
    "an #include": (b"#include <mention>\n", [Kind.DIRECTIVE]),
    "a #define in a function": (b"int f(void)\n{\n#define A mention\n}\n", [Kind.DIRECTIVE]),
    "#if 0": (b"#if 0\nint mention;\n#endif\n", [Kind.DISABLED]),
    "#if 0 with a remark": (b"#if 0 /* why */\nint mention;\n#endif\n", [Kind.DISABLED]),
    "#if 0 and a string": (b'#if 0\nchar *a = "mention";\n#endif\n', [Kind.STRING]),
    "#if 0, else": (b"#if 0\nint a;\n#else\nint mention;\n#endif\n", [Kind.CODE]),
    "#if 1, else": (b"#if 1\nint a;\n#else\nint mention;\n#endif\n", [Kind.DISABLED]),
    "#if 1, elif": (b"#if 1\n#elif A\nint mention;\n#endif\n", [Kind.DISABLED]),
    "#ifdef": (b"#ifdef A\nint mention;\n#endif\n", [Kind.CODE]),
    "#if 0 around": (b"#if 0\n#ifdef A\nint mention;\n#endif\n#endif\n", [Kind.DISABLED]),
    "behind an inner #if 0": (b"#ifdef A\n#if 0\n#endif\nint mention;\n#endif\n", [Kind.CODE]),
    "#if 0 in a function": (
        b"int f(void)\n{\n#if 0\n\tmention();\n#endif\n\tmention();\n}\n",
        [Kind.DISABLED, Kind.CODE],
    ),
    "an #if 0 in a comment": (b"/*\n#if 0\n*/\nint mention;\n", [Kind.CODE]),
    "nothing but trivia": (b"int a;\n/* mention", [Kind.COMMENT]),
}


def mentions(data: bytes, word: re.Pattern[bytes] = WORD) -> list[int]:
    return [match.start() for match in word.finditer(data)]


def nodes(source: SourceFile, where: Span) -> list[tuple[str, int, int, bool, tuple[str, ...]]]:
    """What the tree has within a span, each node with those around it that are not within."""
    found = []
    stack: list[tuple[Node, tuple[str, ...]]] = [(source.root, ())]
    while stack:
        node, around = stack.pop()
        if node.end_byte <= where.start or node.start_byte >= where.end:
            continue
        inside = node.parent is not None and where.covers(Span(node.start_byte, node.end_byte))
        if inside:
            found.append((node.type, node.start_byte, node.end_byte, node.is_missing, around))
        below = around if inside else (*around, node.type)
        stack += [(child, below) for child in reversed(node.children)]
    return found


def check_same(data: bytes, word: re.Pattern[bytes] = WORD) -> tuple[Cut, bool]:
    """Compare the cut with the whole file. The second value is True if there were trees to compare.

    Where the whole file has a syntax error somewhere, the cut may be the better tree.
    """
    places = mentions(data, word)
    found = cut(data, places)
    assert list(found.kinds) == kinds(data, places)
    inside = [at for item in found.items for at in item.mentions]
    told = dict(zip(places, found.kinds, strict=True))
    assert sorted(inside) == inside
    text = (Kind.COMMENT, Kind.STRING)
    assert all(told[at] in text for at in told.keys() - set(inside))
    if found.doubt or not found.items:
        return found, False
    part, whole = parse_items("a.c", data, found), parse("a.c", data)
    assert part.data == data
    if part.spans is None:
        return found, False
    for item in found.items:
        start, end = item.span.start, item.span.end
        assert part.masked[start:end] == whole.masked[start:end]
        assert all(at in item.span for at in item.mentions)
        if not whole.root.has_error:
            assert nodes(part, item.span) == nodes(whole, item.span)
    return found, not whole.root.has_error


@pytest.mark.parametrize(("code", "expected"), ITEMS.values(), ids=ITEMS)
def test_items(code: bytes, expected: list[tuple[bytes, bytes]]) -> None:
    data = BEFORE + code + (b"" if code.endswith(b"mention") else BEHIND)
    found, _ = check_same(data)
    assert not found.doubt
    items = [data[item.span.start : item.span.end] for item in found.items]
    assert len(items) == len(expected)
    for item, (first, last) in zip(items, expected, strict=True):
        assert item.startswith(first)
        assert item.endswith(last)
        assert b"before" not in item
        assert b"behind" not in item


@pytest.mark.parametrize(("code", "reason"), DOUBTS.values(), ids=DOUBTS)
def test_a_cut_that_is_not_certain_says_so(code: bytes, reason: str) -> None:
    data = BEFORE + code + BEHIND
    found, _ = check_same(data)
    assert reason in found.doubt
    assert parse_items("a.c", data, found).spans is None


@pytest.mark.parametrize(("code", "expected"), KINDS.values(), ids=KINDS)
def test_kinds(code: bytes, expected: list[Kind]) -> None:
    found, _ = check_same(code)
    assert list(found.kinds) == expected


def test_an_error_in_an_item_is_looked_at_in_the_whole_file() -> None:
    data = BEFORE + b"int f(void)\n{\n\tmention(;\n}\n"
    found = cut(data, mentions(data))
    assert not found.doubt
    assert parse_items("a.c", data, found).spans is None


def test_the_tree_of_a_cut() -> None:
    """The conditionals around are there, offsets and lines are those of the file."""
    function = b"__init int f(void)\n{\n\tmention();\n}\n"
    data = BEFORE + b"#ifdef A\nint x;\n#elif B\nint y;\n" + function + b"#else\nint z;\n#endif\n"
    source = parse_items("a.c", data, cut(data, mentions(data)))
    [found] = source.functions
    assert found.name == "f"
    assert found.annotations == {b"__init"}
    assert found.node.start_point.row == data[: found.node.start_byte].count(b"\n")
    around = []
    node = found.node.parent
    while node is not None:
        around.append(node.type)
        node = node.parent
    assert around == ["preproc_elif", "preproc_ifdef", "translation_unit"]
    assert b"int x" not in [source.text(node) for node in source.root.children[0].children]


def test_nothing_to_parse() -> None:
    data = b"/* mention */ int a;\n"
    found = cut(data, mentions(data))
    assert (found.items, found.spans, found.doubt) == ((), (), "")
    assert parse_items("a.c", data, found).root.children == []


# ---------------------------------------------------------------------------- made files

PIECES = [
    *(code for code, _ in ITEMS.values() if not code.endswith(b"mention")),
    *(code for code, _ in DOUBTS.values()),
    *(code for code, _ in KINDS.values() if b"*/" in code or b"/*" not in code),
    BEFORE,
    b"#ifdef A\n",
    b"#if 0\n",
    b"#else\n",
    b"#elif B\n",
    b"#endif\n",
    b"#define BEGIN {\n",
    b"BEGIN\n",
    b"{\n",
    b"}\n",
    b"(\n",
    b")\n",
    b"=\n",
    b";\n",
    b"\tmention(a,\n",
    b"struct s {\n",
    b"static int g(void)\n",
    b"MACRO(mention)\n",
    b"MACRO(struct s *)\n",
    b"__init\n",
    b"__section(x)\n",
    b"/* ' { */\n",
    b"// it's {\\\n",
    b'"\n',
    b"'\n",
    b"mention\n",
    b"int mention __vendor\n",
    b"} mention\n",
]


@given(st.lists(st.sampled_from(PIECES), max_size=12).map(b"".join))
def test_made_files(data: bytes) -> None:
    check_same(data)


@given(st.text("#if0 elsndm{}()=;\n\"'/*\\,x", max_size=60))
def test_any_text(text: str) -> None:
    data = text.encode().replace(b"x", b" mention ")
    check_same(data)


# ---------------------------------------------------------------------------- real files

WORDS = ("kzalloc", "mutex_lock", "printk", "container_of")


@pytest.mark.parametrize("word", WORDS)
def test_real_files(kernel_tree: Callable[[str], Path], word: str) -> None:
    """The cut and the whole agree, and a cut is seldom in doubt."""
    compared = doubtful = 0
    for path in sorted(kernel_tree("6.1").rglob("*.[ch]"))[::83]:
        data = path.read_bytes()
        if word.encode() not in data:
            continue
        found, same = check_same(data, re.compile(rb"\b%s\b" % word.encode()))
        compared += same
        doubtful += bool(found.doubt)
    assert compared > 20
    assert doubtful <= compared // 20


# ---------------------------------------------------------------------------- worst inputs

FUNCTION = b"static int f(int a)\n{\n%s}\n\n"
CALL = b"\tmention(a);\n"
WORST: dict[str, Callable[[int], bytes]] = {
    "mentions in a function": lambda n: FUNCTION % (CALL * n),
    "functions": lambda n: FUNCTION % CALL * n,
    "every other function": lambda n: (FUNCTION % CALL + FUNCTION % b"") * n,
    "else if": lambda n: FUNCTION % (b"\tif (a)\n" + CALL + (b"\telse if (a)\n" + CALL) * n),
    "#elif": lambda n: b"#if A\n" + (FUNCTION % CALL + b"#elif B\n") * n + b"#endif\n",
    "#if in #if": lambda n: b"#if A\n" * n + FUNCTION % CALL + b"#endif\n" * n,
    "#if without end": lambda n: (b"#if A\n" + FUNCTION % CALL) * n,
    "deep braces": lambda n: FUNCTION % (b"{" * n + CALL + b"}" * n),
    "open braces": lambda n: b"int f(void)\n{\n\tmention();\n" * n,
    "open parentheses": lambda n: b"int f(mention\n" * n,
    "old style": lambda n: b"int f(a)\n\tint a;\n{\n\tmention(a);\n}\n" * n,
    "directives": lambda n: b"#define A mention\n" * n,
    "macros": lambda n: b"MACRO(x)\n" * n + b"#endif\nint mention;\n",
    "words": lambda n: b"struct word " * n + b"mention;\n",
    "one line": lambda n: b"int mention; /* x */ " * n,
    "quotes": lambda n: b"\" ' mention " * n,
    "open comments": lambda n: b"/* mention " * n,
}


@pytest.mark.slow
@pytest.mark.parametrize("make", WORST.values(), ids=WORST)
def test_time_is_linear(make: Callable[[int], bytes]) -> None:
    """Four times the input takes about four times as long; sixteen times would be quadratic."""

    def seconds(size: int) -> float:
        data = make(size)
        places = mentions(data)
        times = []
        for _ in range(3):
            begin = time.process_time()
            cut(data, places)
            times.append(time.process_time() - begin)
        return min(times)

    seconds(10)  # the patterns are compiled
    assert seconds(8000) < 9 * seconds(2000) + 0.01
