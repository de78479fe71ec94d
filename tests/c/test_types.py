"""The types that declarations tell, of expressions in small pieces of C."""

from __future__ import annotations

import pickle
import sys
from types import FrameType

import pytest

from refactor.c.code import Code
from refactor.c.convert import convert_top
from refactor.c.file_types import FileTypes
from refactor.c.syntax import parse
from refactor.c.tables import (
    TypeTable,
    declared,
    declared_in,
    header_paths,
    includes,
    merge,
    wanted,
)
from refactor.c.types import UNKNOWN, Type, canonical, is_spelled

TOP = b"""
typedef unsigned int u32;
typedef struct foo foo_t;
typedef struct foo *foo_p;
typedef foo_p *foo_pp;
typedef int vector_t[3];
typedef int (*handler_t)(int irq, void *data);
typedef void callback_t(int);
typedef struct { int counter; } atomic_t;
enum colour { RED, GREEN = 3 };
#define SIZE (1UL << 3)
#define NAME "name"
#define MINUS -1
#define SHIFTED (1 << 3UL)
#define TAKES(x) 3
#define to_foo(x) ((struct foo *)((x)->priv))
#define to_type(x, t) ((t *)(x))
#define WINDOW ((u32 *)0x1000)
#define CAST_OF_SUM(x) ((long)(x) + 1)
#define OTHER (SIZE | 1)
struct foo {
	int a, *b;
	unsigned flag : 1, : 2;
	const char *name;
	char text[16], *lines[2][3];
	struct foo *next;
	struct { int left; union { long right; char *up; }; };
	struct { u32 deep; } in, arr[3], *ptr;
	enum { OFF, ON } state;
	int (*cb)(struct foo *, int);
	foo_t *(*get)(void);
	callback_t *hook;
	struct list_head list;
#ifdef CONFIG_X
	int either;
	int twice;
#else
	long either;
	int twice;
#endif
};
struct opaque;
extern unsigned long volatile __cacheline_aligned_here ticks;
static const struct ops table[] = { { 0 } };
static int (*const calls[])(int) = { 0 };
extern int plain(void), *pointing(int), undefined_here();
static inline struct foo *lookup(const char *name, int n) { return 0; }
int (*chooser(int x))(char);
"""

EXPRESSIONS: tuple[tuple[str, str, str], ...] = (
    # names
    ("int x;", "x", "int"),
    ("int x, *y;", "y", "int *"),
    ("struct foo f;", "f", "struct foo"),
    ("const struct foo *const f = 0;", "f", "const struct foo *"),
    ("foo_t *f;", "f", "foo_t *"),
    ("unsigned long long int x;", "x", "unsigned long long int"),
    ("static u32 x;", "x", "u32"),
    ("char x[3];", "x", "char []"),
    ("int *x[3];", "x", "int * []"),
    ("int (*x)[3];", "x", "int [] *"),
    ("int (*x)(void);", "x", "int () *"),
    ("struct foo *x __maybe_unused = 0;", "x", "struct foo *"),
    ("int x = 3, y = x;", "y", "int"),
    ("struct { int in; } x;", "x.in", "int"),
    ("", "ticks", "volatile unsigned long"),
    ("", "table", "const struct ops []"),
    ("", "RED", "int"),
    ("", "ON", "int"),
    ("", "plain", "int ()"),
    ("", "NULL", "void *"),
    ("", "true", "int"),
    ("", "SIZE", "unsigned long"),
    ("", "NAME", "char []"),
    ("", "MINUS", "int"),
    ("", "OTHER", "?"),
    ("", "SHIFTED", "?"),
    ("", "TAKES(1)", "?"),
    ("", "to_foo(unseen)->a", "int"),
    ("", "to_type(unseen, u32)", "?"),
    ("", "WINDOW[1]", "u32"),
    ("", "CAST_OF_SUM(1)", "?"),
    ("", "unseen", "?"),
    ("DEFINE_LOCK(x);", "x", "?"),
    # what a parameter is
    ("", "par", "struct foo *"),
    ("", "argv", "char * *"),
    ("", "by_array", "char *"),
    ("", "by_function", "int () *"),
    ("", "inner", "?"),
    # scopes
    ("int x; { long x; }", "x", "int"),
    ("int x; { long x;", "x", "long"),
    ("int x; {", "x", "int"),
    ("long par;", "par", "long"),
    ("long ticks;", "ticks", "long"),
    ("int x; for (long x = 0; x; )", "x", "long"),
    ("for (long x = 0; x; ) ; ", "x", "?"),
    ("for (struct foo *x = 0, *y; ; ) {", "y", "struct foo *"),
    ("for_each(par) { long x;", "x", "long"),
    ("switch (1) { case 1: ; int x;", "x", "int"),
    ("\n#ifdef A\nint x;\n#else\nlong x;\n#endif\n", "x", "?"),
    ("\n#ifdef A\nint x;\n#else\nint x;\n#endif\n", "x", "int"),
    ("void (*other)(struct opaque *par);", "par", "struct foo *"),
    ("struct tmp { long par; } t;", "par", "struct foo *"),
    ("sizeof(struct { long par; });", "par", "struct foo *"),
    # typeof
    ("typeof(par) x;", "x", "struct foo *"),
    ("typeof(*par) x, *y;", "y", "struct foo *"),
    ("__typeof__(par->in.deep) x;", "x", "u32"),
    ("typeof(int *) x;", "x", "int *"),
    ("typeof(unseen) x;", "x", "?"),
    ("__auto_type x = par->next;", "x", "struct foo *"),
    # members
    ("", "par->a", "int"),
    ("", "par->b", "int *"),
    ("", "par->flag", "unsigned"),
    ("", "par->name", "const char *"),
    # what is const makes its members and elements const
    ("const struct foo *f;", "f->a", "const int"),
    ("const struct foo *f;", "&f->text[0]", "const char *"),
    ("const struct foo *f;", "f->next", "struct foo *"),
    ("int const volatile x;", "x", "const volatile int"),
    ("const int x;", "x + 1", "int"),
    ("const callback_t *x;", "x", "const callback_t *"),
    ("", "par->text", "char []"),
    ("", "par->lines[1][2]", "char *"),
    ("", "par->next->next", "struct foo *"),
    ("", "par->left", "int"),
    ("", "par->right", "long"),
    ("", "par->up", "char *"),
    ("", "par->in.deep", "u32"),
    ("", "par->arr[1].deep", "u32"),
    ("", "par->arr->deep", "u32"),
    ("", "par->ptr->deep", "u32"),
    ("", "par->twice", "int"),
    ("", "par->either", "?"),
    ("", "par->absent", "?"),
    ("", "(*par).a", "int"),
    ("", "par.a", "?"),
    ("int x;", "x->a", "?"),
    ("foo_t x;", "x.a", "int"),
    ("foo_t *x;", "x->a", "int"),
    ("foo_p x;", "x->a", "int"),
    ("foo_pp x;", "(*x)->a", "int"),
    ("atomic_t *x;", "x->counter", "int"),
    ("struct opaque *x;", "x->a", "?"),
    # pointers and arrays
    ("", "*par", "struct foo"),
    ("", "par[1]", "struct foo"),
    ("", "&par->a", "int *"),
    ("", "&par->text", "char [] *"),
    ("", "&par->text[1]", "char *"),
    ("foo_p x;", "*x", "struct foo"),
    ("vector_t x;", "x[0]", "int"),
    ("int x;", "*x", "?"),
    ("", "par + 1", "struct foo *"),
    ("", "1 + par", "struct foo *"),
    ("", "par - 1", "struct foo *"),
    ("", "par - par", "ptrdiff_t"),
    ("", "par->text + 1", "char *"),
    ("", "par + unseen", "struct foo *"),
    ("foo_p x;", "x + 1", "foo_p"),
    ("", "par++", "struct foo *"),
    ("", "--par", "struct foo *"),
    # calls
    ("", "plain()", "int"),
    ("", "pointing(1)", "int *"),
    ("", 'lookup("a", 1)->next', "struct foo *"),
    ("", "chooser(1)", "int () *"),
    ("", "chooser(1)('a')", "int"),
    ("", "calls[1](1)", "int"),
    ("", "par->cb(par, 1)", "int"),
    ("", "(*par->cb)(par, 1)", "int"),
    ("", "par->get()", "foo_t *"),
    ("", "par->hook(1)", "void"),
    ("handler_t x;", "x(1, 0)", "int"),
    ("", "by_function(1)", "int"),
    ("", "unseen(1)", "?"),
    ("int x;", "x(1)", "?"),
    # casts, literals
    ("", "(struct foo *)unseen", "struct foo *"),
    ("", "((struct foo *)unseen)->a", "int"),
    ("", "*(u32 *)unseen", "u32"),
    ("", "(struct foo){ .a = 1 }", "struct foo"),
    ("", "(struct foo){ .a = 1 }.b", "int *"),
    ("", "0", "int"),
    ("", "0x1e", "int"),
    ("", "3U", "unsigned int"),
    ("", "3ull", "unsigned long long"),
    ("", "0x3UL", "unsigned long"),
    ("", "1.5", "double"),
    ("", "'a'", "char"),
    ("", '"a"', "char []"),
    ("", '"a" "b"', "char []"),
    ("", "sizeof(struct foo)", "__SIZE_TYPE__"),
    ("", "sizeof *par", "__SIZE_TYPE__"),
    ("", "offsetof(struct foo, a)", "__SIZE_TYPE__"),
    # operators
    ("", "!par", "int"),
    ("", "par == unseen", "int"),
    ("", "par && unseen", "int"),
    ("", "(par)", "struct foo *"),
    ("", "(1, par)", "struct foo *"),
    ("", "par = unseen", "struct foo *"),
    ("", "unseen = par", "struct foo *"),
    ("long x;", "x += 1", "long"),
    ("", "par ? par : NULL", "struct foo *"),
    ("", "par ? NULL : par", "struct foo *"),
    ("", "par ?: unseen", "struct foo *"),
    ("", "par ? 0 : par", "struct foo *"),
    ("", "par ? 1 : 0UL", "unsigned long"),
    ("", "({ long y; y; })", "long"),
    ("", "({ if (par) ; })", "?"),
    ("short x;", "x", "short"),
    ("short x;", "x + x", "int"),
    ("short x;", "-x", "int"),
    ("enum colour x;", "x", "enum colour"),
    ("enum colour x;", "x | 1", "int"),
    ("unsigned x; long y;", "x * y", "long"),
    ("unsigned long x; long y;", "y / x", "unsigned long"),
    ("u32 x;", "1 + x", "u32"),
    ("unseen_t x;", "1 + x", "unseen_t"),
    ("int x; unsigned long y;", "x << y", "int"),
    ("u32 x;", "x | UNSEEN", "u32"),
    ("", "UNSEEN | UNSEEN", "?"),
    ("", "unseen << 3", "int"),
    ("", "unseen - par", "?"),
)

FUNCTION = b"""
static int function(struct foo *par, char **argv, char by_array[], int by_function(int inner))
{
	%s T(%s);
"""


def nodes(text: bytes) -> Code:
    return convert_top(parse("a.c", text))


def marked(root: Code) -> Code:
    """The argument of the last call of T()."""
    calls = [each for each in root.walk() if each.kind == "call" and each.children[0].text == b"T"]
    return calls[-1].children[1].children[1]


def in_function(before: str, expression: str) -> Code:
    body = FUNCTION % (before.encode(), expression.encode())
    opened = body.count(b"{") - body.count(b"}")
    return nodes(TOP + body + b"}" * opened + b"\n")


def typed(text: str) -> Type:
    return tuple(text.encode().split())


@pytest.mark.parametrize(("before", "expression", "expected"), EXPRESSIONS)
def test_expression_has_the_type_that_its_declaration_tells(
    before: str, expression: str, expected: str
) -> None:
    root = in_function(before, expression)
    found = FileTypes(root).of(marked(root))
    assert (b" ".join(found).decode() if found else "?") == expected


@pytest.mark.parametrize(
    ("before", "name", "expected"),
    [
        ("int x;", "x", True),
        ("", "par", True),
        ("for (int x = 0; x; )", "x", True),
        ("register int x;", "x", True),
        ("static int x;", "x", False),
        ("extern int x;", "x", False),
        ("int ticks;", "ticks", True),
        ("", "ticks", False),
        ("", "plain", False),
        ("", "RED", False),
        ("{ int x; }", "x", False),
        ("", "unseen", False),
        ("LIST(made);", "made", None),
        ("SOME(1, made);", "made", None),
        ("use(unseen); SOME(unseen + 1);", "unseen", False),
        ("", "1", None),
    ],
)
def test_local_is_what_the_function_declares(before: str, name: str, expected: bool | None) -> None:
    root = in_function(before, name)
    assert FileTypes(root).is_local(marked(root)) is expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("struct foo *", "foo_t *", True),
        ("foo_p", "foo_t *", True),
        ("foo_pp", "struct foo * *", True),
        ("foo_t", "foo_p", False),
        ("unsigned int", "unsigned", True),
        ("u32", "unsigned int", True),
        ("long unsigned int", "unsigned long", True),
        ("signed", "int", True),
        ("size_t", "unsigned long", False),
        ("__SIZE_TYPE__", "unsigned long", True),
        ("__SIZE_TYPE__", "size_t", True),
        ("vector_t", "int []", True),
        ("char []", "char *", False),
        ("struct foo", "union foo", False),
        ("unseen_t", "unseen_t", True),
        ("unseen_t", "other_t", False),
        ("", "", False),
    ],
)
def test_types_are_the_same_through_typedefs(one: str, other: str, expected: bool) -> None:
    types = FileTypes(nodes(TOP))
    assert types.same(typed(one), typed(other)) is expected
    assert types.same(typed(other), typed(one)) is expected


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("int", 0),
        ("int *", 1),
        ("foo_p", 1),
        ("foo_pp", 2),
        ("foo_pp *", 3),
        ("char []", 0),
        ("char * []", 0),
        ("handler_t", 1),
        ("", 0),
    ],
)
def test_pointers_are_counted_through_typedefs(kind: str, expected: int) -> None:
    assert FileTypes(nodes(TOP)).pointers(typed(kind)) == expected


def test_a_typedef_of_itself_is_no_endless_question() -> None:
    types = FileTypes(nodes(b"typedef a_t b_t;\ntypedef b_t a_t;\n"))
    assert types.unfolded((b"a_t",)) in ((b"a_t",), (b"b_t",))


def test_type_that_depends_on_itself_is_not_known() -> None:
    root = in_function("__auto_type x = x;", "x")
    assert FileTypes(root).of(marked(root)) is None


def test_name_means_what_was_declared_before_it() -> None:
    root = nodes(b"void f(int x)\n{\n\tT(x);\n\tlong x;\n}\n")
    assert FileTypes(root).of(marked(root)) == (b"int",)


def test_struct_without_a_name_cannot_be_spelled() -> None:
    types = FileTypes(nodes(TOP))
    hidden = types.unfolded((b"atomic_t",))
    assert not is_spelled(hidden)
    assert is_spelled((b"struct", b"foo"))
    assert is_spelled((b"atomic_t",))


# ---------------------------------------------------------------------------- headers


def test_header_tells_what_the_file_does_not() -> None:
    header = declared_in(
        b"typedef struct bar *bar_p;\nstruct bar { int x; };\nextern bar_p bars;\n"
        b"static inline long sum(int a) { int bars; return a; }\n"
    )
    text = b"long f(void) { T(%s); }\n"
    for expression, expected in ((b"bars->x", "int"), (b"sum(1)", "long"), (b"a", "?")):
        root = nodes(text % expression)
        found = FileTypes(root, header).of(marked(root))
        assert (b" ".join(found).decode() if found else "?") == expected
        assert FileTypes(root).of(marked(root)) is None
    assert FileTypes(nodes(text % b"bars"), header).is_local(marked(nodes(text % b"bars"))) is False


def test_body_in_a_header_declares_nothing_to_others() -> None:
    table = declared_in(b"static inline void f(void) { enum { A }; struct s { int m; } x; }\n")
    assert table == TypeTable(names={b"f": (b"void", b"()")})


def test_file_goes_before_its_headers() -> None:
    root = nodes(b"extern int x;\nstruct s { int m; };\nvoid f(struct s *s) { T(x); }\n")
    header = declared_in(b"extern long x;\nstruct s { long m; };\n")
    assert FileTypes(root, header).of(marked(root)) == (b"int",)


def test_headers_that_disagree_tell_nothing() -> None:
    one = declared_in(b"typedef int t;\nextern int a, b, c;\nstruct s { int m, n; };\n")
    other = declared_in(
        b"typedef long t;\nextern long a;\nextern signed int b;\nstruct s { long m; };\n"
    )
    merged = merge([one, other])
    assert merged.typedefs == {b"t": UNKNOWN}
    assert merged.names == {b"a": UNKNOWN, b"b": (b"int",), b"c": (b"int",)}
    assert merged.members == {(b"struct", b"s"): {b"m": UNKNOWN, b"n": (b"int",)}}
    root = nodes(b"void f(struct s *s) { T(s->m); }\n")
    assert FileTypes(root, merged).of(marked(root)) is None


def test_merged_table_keeps_what_a_file_speaks_of() -> None:
    table = declared_in(b"typedef int t;\nextern int a, b;\nstruct s { int m, n; };\n")
    root = nodes(b"#define LOOK b\nvoid f(void *p) { p->n; }\n")
    found = merge([table], wanted(root))
    assert found.typedefs == {b"t": (b"int",)}
    assert found.names == {b"b": (b"int",)}
    assert found.members == {(b"struct", b"s"): {b"n": (b"int",)}}


def test_table_is_plain_data() -> None:
    table = declared(nodes(TOP))
    assert table.names
    assert pickle.loads(pickle.dumps(table)) == table


def test_header_that_does_not_parse_declares_what_can_be_read() -> None:
    table = declared_in(b"BROKEN( {{{\n)\nstruct s { int m; };\n#if\n}\n\x00\xff")
    assert table.members.get((b"struct", b"s")) == {b"m": (b"int",)}
    assert declared_in(b"") == TypeTable()


def test_header_for_two_languages_is_read() -> None:
    table = declared_in(
        b'#ifdef __cplusplus\nextern "C" {\n#endif\nextern int a;\n#ifdef __cplusplus\n}\n#endif\n'
    )
    assert table.names == {b"a": (b"int",)}


def test_includes_are_told_as_spelled() -> None:
    root = nodes(
        b'#include <linux/a.h>\n#  include "b.h" /* why */\n#ifdef X\n#include "../c.h"\n#endif\n'
        b"#include MACRO\n"
    )
    assert includes(root) == [(b"linux/a.h", False), (b"b.h", True), (b"../c.h", True)]


@pytest.mark.parametrize(
    ("including", "spelled", "is_quoted", "expected"),
    [
        (
            "drivers/net/a.c",
            "linux/b.h",
            False,
            [
                "include/linux/b.h",
                "include/uapi/linux/b.h",
                "arch/*/include/linux/b.h",
                "arch/*/include/uapi/linux/b.h",
            ],
        ),
        (
            "arch/arm/kernel/a.c",
            "../mm/b.h",
            True,
            [
                "arch/arm/mm/b.h",
                "mm/b.h",
                "include/mm/b.h",
                "arch/arm/mm/b.h",
                "arch/arm/include/mm/b.h",
            ],
        ),
        (
            "a.c",
            "b.h",
            True,
            [
                "b.h",
                "include/b.h",
                "include/uapi/b.h",
                "arch/*/include/b.h",
                "arch/*/include/uapi/b.h",
            ],
        ),
    ],
)
def test_header_is_looked_for_where_the_kernel_has_it(
    including: str, spelled: str, is_quoted: bool, expected: list[str]
) -> None:
    assert header_paths(including, spelled, is_quoted) == list(dict.fromkeys(expected))


def test_header_above_the_tree_is_no_path() -> None:
    assert header_paths("a.c", "../../../../../b.h", True) == []


# ---------------------------------------------------------------------------- spelling, cost


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("unsigned int", "unsigned"),
        ("int long", "long"),
        ("signed", "int"),
        ("signed char *", "char *"),
        ("struct int", "struct int"),
        ("double long", "double long"),
        ("", ""),
    ],
)
def test_one_spelling_of_a_type(kind: str, expected: str) -> None:
    assert canonical(typed(kind)) == typed(expected)


def test_many_names_in_one_function_take_linear_work() -> None:
    def work(count: int) -> int:
        lines = b"".join(b"\tint x%d = 0; x%d++;\n" % (n, n) for n in range(count))
        root = nodes(b"void f(void)\n{\n" + lines + b"}\n")
        asked = [each for each in root.walk() if each.kind == "postfix"]
        types = FileTypes(root)
        calls = 0

        def count_calls(_frame: FrameType, event: str, _value: object) -> None:
            nonlocal calls
            calls += event == "call"

        before = sys.getprofile()
        sys.setprofile(count_calls)
        try:
            found = [types.of(each) for each in asked]
        finally:
            sys.setprofile(before)
        assert found == [(b"int",)] * count
        return calls

    assert work(400) < 5 * work(100)
