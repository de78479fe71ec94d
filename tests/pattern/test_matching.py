"""What matches what: expressions, lists, declarations, types, isomorphisms, environments."""

from __future__ import annotations

import pytest

from tests.smpl import applied, matched, outcome, patch


def found(declared: str, body: str, code: str, head: str = "") -> list[str]:
    """What matches in the body of a function with some declarations."""
    around = f"typedef int foo_t;\nint m(int i, struct a *p)\n{{\n\tint *q;\n\t{code}\n}}\n"
    return matched(patch(declared, body, head), around)


@pytest.mark.parametrize(
    ("declared", "body", "code", "expected"),
    [
        ("expression E;", "f(E)", "f(1); g(f(x + 1));", ["f(1)", "f(x + 1)"]),
        ("expression E;", "f(E, E)", "f(a, a); f(a, b); f(a->x, a /* b */ -> x);",
         ["f(a, a)", "f(a->x, a /* b */ -> x)"]),
        ("identifier I;", "f(I)", "f(a); f(1); f(a.b);", ["f(a)"]),
        ("identifier I;", "f(I)", "f(NULL); f(true); f(-1); f(X);", ["f(NULL)", "f(true)", "f(X)"]),
        ("idexpression I;", "f(I)", "f(NULL); f(x + 1);", ["f(NULL)"]),
        (
            "expression E;",
            "f(<+... E->g ...+>)",
            "f(a->g); f(a->g, 1); f(h(a->g)); f(a);",
            ["f(a->g)", "f(h(a->g))"],
        ),
        ("local idexpression I;", "f(I)", "f(NULL); f(q);", ["f(q)"]),
        ("constant C;", "f(C)", 'f(1); f(X_1); f(-1); f("a"); f(NULL); f(x); f(1 + 1);',
         ["f(1)", "f(X_1)", "f(-1)", 'f("a")', "f(NULL)"]),
        ("identifier I = {a, b};", "f(I)", "f(a); f(b); f(c);", ["f(a)", "f(b)"]),
        ("identifier I != {a, b};", "f(I)", "f(a); f(b); f(c);", ["f(c)"]),
        ('identifier I =~ "^a.*z$";', "f(I)", "f(abz); f(ab);", ["f(abz)"]),
        ('identifier I = a || =~ "^b";', "f(I)", "f(a); f(bc); f(c);", ["f(a)", "f(bc)"]),
        ("constant C > 3;", "f(C)", "f(3); f(0x10);", ["f(0x10)"]),
        ("binary operator o = {+, -};", "a o b", "x = a + b; x = a * b; x = a - b;",
         ["a + b", "a - b"]),
        ("", "f(...)", "f(); f(1, 2);", ["f()", "f(1, 2)"]),
        ("", "f(..., 2, ...)", "f(1, 2); f(2); f(1);", ["f(1, 2)", "f(2)"]),
        ("expression E;", "f(E, ...)", "f(); f(1); f(1, 2);", ["f(1)", "f(1, 2)"]),
        ("expression list es;", "f(es, 3)", "f(3); f(1, 2, 3);", ["f(3)", "f(1, 2, 3)"]),
        ("expression list[2] es;", "f(es)", "f(1); f(1, 2);", ["f(1, 2)"]),
        ("expression list[n = {1 ... 2}] es;", "f(es)", "f(); f(1); f(1, 2); f(1, 2, 3);",
         ["f(1)", "f(1, 2)"]),
        ("", "\\(f\\|g\\)(1)", "f(1); g(1); h(1);", ["f(1)", "g(1)"]),
        ("expression E;", "\\(f(E)\\&f(a)\\)", "f(a); f(b);", ["f(a)"]),
        ("", "f(<+... x ...+>)", "f(g(x + 1)); f(y);", ["f(g(x + 1))"]),
        ("", "f(<... x ...>)", "f(g(x + 1)); f(y);", ["f(g(x + 1))", "f(y)"]),
        ("expression E;", "x = E", "x = 1; { int x = 2; }", ["x = 1", "x = 2"]),
        ("type T;", "sizeof(T)", "f(sizeof(int)); f(sizeof(foo_t)); f(sizeof(q));",
         ["sizeof(int)", "sizeof(foo_t)", "sizeof(q)"]),
        ("type T; identifier x;", "T x;", "int a; struct b *c; unsigned long d = 1;",
         ["int *q;", "int a;", "struct b *c;", "unsigned long d = 1;"]),
        ("type T; identifier x;", "unsigned T x;", "unsigned a; unsigned char b; int c;",
         ["unsigned a;", "unsigned char b;"]),
        ("identifier x;", "const int x;", "const int a; int const b; int c;",
         ["const int a;", "int const b;"]),
        ("identifier x;", "const struct a x;", "struct a const b; const struct a c; struct a d;",
         ["struct a const b;", "const struct a c;"]),
        ("identifier x;", "struct a x;", "struct a const b; volatile struct c d; struct a e;",
         ["struct a const b;", "struct a e;"]),
        ("identifier x;", "int x;", "long int a; signed int d; const int e;",
         ["signed int d;", "const int e;"]),
        ("typedef foo_t;", "foo_t", "foo_t a; f((foo_t *)p); f(sizeof(foo_t));",
         ["foo_t", "foo_t", "foo_t"]),
        ("expression *E;", "f(E)", "f(q); f(i); f(p); f(&i); f(q + 1); f(unknown);",
         ["f(q)", "f(p)", "f(&i)", "f(q + 1)"]),
        ("struct a *E;", "f(E)", "f(q); f(p);", ["f(p)"]),
        ("type T; T *E;", "f(E, sizeof(T))", "f(q, sizeof(int)); f(q, sizeof(long));",
         ["f(q, sizeof(int))"]),
        ("identifier s; struct s *E;", "f(E)", "f(q); f(p);", ["f(p)"]),
        ("statement S;", "if (x) S", "if (x) f(); if (x) { g(); } if (y) h();",
         ["if (x) f();", "if (x) { g(); }"]),
        ("expression E;", "{ .a = E }", "struct s v = { .b = 1, .a = 2 };", ["{ .b = 1, .a = 2 }"]),
    ],
)  # fmt: skip
def test_what_matches(declared: str, body: str, code: str, expected: list[str]) -> None:
    assert found(declared, body, code) == expected


@pytest.mark.parametrize(
    ("iso", "declared", "body", "code", "expected"),
    [
        ("is_null", "expression E;", "f(E == NULL)", "f(!a);", ["f(!a)"]),
        ("isnt_null1", "expression E;", "E != NULL", "if (a) f();", ["a"]),
        ("not_ptr1", "expression *E;", "f(!E)", "f(q == NULL); f(i == NULL);", ["f(q == NULL)"]),
        ("commeq", "expression E;", "E == 1", "f(1 == a);", ["1 == a"]),
        ("plus_comm", "", "a + b", "f(b + a);", ["b + a"]),
        ("bitor_comm", "", "a | b", "f(b | a);", ["b | a"]),
        ("paren", "expression E;", "f((E))", "f(a);", ["f(a)"]),
        ("drop_cast", "type T;", "f((T)a)", "f(a);", ["f(a)"]),
        ("unlikely", "", "if (likely(x)) f();", "if (x) f();", ["if (x) f();"]),
        ("gtr_lss", "", "a < b", "f(b > a);", ["b > a"]),
        ("inc", "identifier x;", "x++;", "++i;", ["++i;"]),
        ("drop_else", "statement S, T;", "if (x) S else T", "if (x) f();", ["if (x) f();"]),
        ("neg_if", "statement S, T;", "if (x) S else T", "if (!x) f(); else g();",
         ["if (!x) f(); else g();"]),
        ("neg_if", "statement S, T;", "if (!x) S else T", "if (x) f(); else g();",
         ["if (x) f(); else g();"]),
        ("neg_if", "expression *E; statement S, T;", "if (E == NULL) S else T",
         "if (q) f(); else g();", ["if (q) f(); else g();"]),
        ("neg_if", "expression *E; statement S, T;", "if (E == NULL && ...) S else T",
         "if (q || b) f(); else g();", ["if (q || b) f(); else g();"]),
        ("neg_if", "expression *E; statement S, T;", "if ((E == NULL && ...) || ...) S else T",
         "if (q && b) f(); else g();", ["if (q && b) f(); else g();"]),
        ("ne_if", "statement S, T;", "if (x != 1) S else T", "if (x == 1) f(); else g();",
         ["if (x == 1) f(); else g();"]),
        ("ret", "", "return ...;", "return;", ["return;"]),
        ("value_format", "", "f(0)", "f(0x0);", ["f(0x0)"]),
        ("zero_multiple_format", "", "f(0)", "f('\\0');", ["f('\\0')"]),
        ("decl_init", "identifier x;", "long x;", "long a = 1;", ["long a = 1;"]),
    ],
)  # fmt: skip
def test_isomorphisms_and_without_them(
    iso: str, declared: str, body: str, code: str, expected: list[str]
) -> None:
    assert found(declared, body, code) == expected
    assert found(declared, body, code, f"disable {iso}") == []


@pytest.mark.parametrize(
    ("declared", "body", "code"),
    [
        ("expression E;", "!E", "f(a == NULL);"),
        ("expression E;", "f(E)", "f((a), b);"),
        ("", "a && b", "f(b && a);"),
        ("", "f(012)", "f(10);"),
        ("", "f(0)", "f(0UL);"),
        ("", "a + b", "f(a + c);"),
        ("", "f((void *)a)", "f(a);"),
        ("expression E, F;", "E == F", "f(1 != a);"),
        ("statement S;", "if (x) { S }", "while (x) { f(); }"),
        ("expression E;", "  f(x |\n- OLD\n+ NEW\n  )", "f(OLD | a);"),
    ],
)
def test_what_does_not_match(declared: str, body: str, code: str) -> None:
    assert found(declared, body, code) == []


MARKED = """struct s {
	int a;
};
int f(int x, int y)
{
	int z, w = 3;
	struct s q = { 1, 2 };
	x = g(x, y);
	for (;;) {
		h(1);
	}
	k(a[3] | b, x && y);
	do {
		k();
	} while (x);
	return sizeof(x);
}
"""


@pytest.mark.parametrize(
    ("declared", "body", "place"),
    [
        ("expression a, b;", "g(a, b)@p", "8:11"),
        ("expression a, b;", "g@p(a, b)", "8:5"),
        ("expression a, b;", "g(a,@p b)", "8:8"),
        ("expression a, b;", "a = g(a, b);@p", "8:12"),
        ("", "k()@p;", "14:4"),
        ("type T; expression E;", "T z, w =@p E;", "6:10"),
        ("type T; expression E;", "T z,@p w = E;", "6:6"),
        ("type T; expression E;", "T z, w = E;@p", "6:13"),
        ("initializer list L;", "struct s q = {@p L };", "7:14"),
        ("initializer list L;", "struct s q = { L }@p;", "7:21"),
        ("", "f(...)@p { ... }", "4:18"),
        ("", "f(...) {@p ... }", "5:0"),
        ("", "f(...) { ... }@p", "17:0"),
        ("", "struct s {@p ... };", "1:9"),
        ("", "{@p h(...); }", "9:10"),
        ("", "{ h(...); }@p", "11:1"),
        ("expression a;", "a |@p ...", "12:8"),
        ("expression E; statement S;", "do S while (E)@p;", "15:11"),
        ("", "sizeof(x)@p", "16:16"),
    ],
)
def test_a_position_is_that_of_any_sign(declared: str, body: str, place: str) -> None:
    found = outcome(patch(f"{declared}\nposition p;", body), MARKED)
    offsets = [int(site.leaves[0].env["p"].key[0]) for _, site in found.sites]
    before = [MARKED[:each].split("\n") for each in offsets]
    assert {f"{len(lines)}:{len(lines[-1])}" for lines in before} == {place}


def test_nothing_that_is_never_compiled_is_a_part_of_a_match() -> None:
    text = patch("expression E;", "struct s q = { ...,\n- .x = E,\n ... };")
    code = "struct s q = {\n#if 0\n\t.x = 1,\n#else\n\t.x = 2,\n#endif\n\t.y = 3,\n};\n"
    assert applied(text, code) == code.replace("\t.x = 2,\n", "")


def test_a_member_of_a_struct_is_no_variable() -> None:
    text = patch("type T; identifier i;", "- T i;")
    assert applied(text, "struct s {\n\tint a;\n};\nint b;\n") == "struct s {\n\tint a;\n};\n"


CHAIN = """@r@
identifier x;
position p;
@@
f@p(x)

@s@
identifier r.x;
position q != r.p;
@@
- f@q(x, 1)
+ g(x)
"""


@pytest.mark.parametrize(
    ("text", "code", "expected"),
    [
        pytest.param(CHAIN, "f(a); f(a, 1); f(b, 1);", "f(a); g(a); f(b, 1);", id="inheritance"),
        pytest.param(
            "@r@\nposition p;\n@@\nreturn@p ...;\n\n@@\nposition r.p;\n@@\n- return@p ...;\n+ g();\n",
            "if (a) return; return f(1);", "if (a) g(); g();", id="a position in another form",
        ),
        pytest.param(
            "@r@\n@@\nf();\n\n@depends on r@\n@@\n- g();\n+ h();\n", "g(); f();", "h(); f();",
            id="depends on",
        ),
        pytest.param(
            "@r@\n@@\nf();\n\n@depends on !r@\n@@\n- g();\n+ h();\n", "g(); f();", "g(); f();",
            id="depends on not",
        ),
        pytest.param(
            "@r@\nexpression E;\n@@\nf(E);\n\n@s extends r@\n@@\n- g(E);\n+ h(E);\n",
            "f(1); g(1); g(2);", "f(1); h(1); g(2);", id="extends",
        ),
        pytest.param(
            "@r@\nexpression E, F;\n@@\n(\nf(E);\n|\ng(F);\n)\n\n@@\nexpression r.E, r.F;\n@@\n"
            "- h(\\(E\\|F\\));\n+ k();\n",
            "g(1); h(1); h(2);", "g(1); k(); h(2);", id="a name that only one branch binds",
        ),
        pytest.param(
            "@r@\nexpression E;\n@@\nf(1@E);\n\n@@\nexpression r.E;\n@@\n- g(E);\n+ h(E);\n",
            "f(1); g(1);", "f(1); h(1);", id="a name behind an expression",
        ),
        pytest.param(
            "@r@\nexpression list[n] es;\n@@\nf(es);\n\n@@\nexpression list[r.n] es;\n@@\n"
            "- g(es);\n+ h();\n",
            "f(1, 2); g(3, 4); g(5);", "f(1, 2); h(); g(5);", id="the length of a list",
        ),
        pytest.param(
            "@r@\ntype T;\nidentifier x;\n@@\nT x = f();\n\n@@\nr.T *e;\n@@\n- g(e);\n+ h(e);\n",
            "struct s a = f(); struct s *b; g(b);", "struct s a = f(); struct s *b; h(b);",
            id="a type",
        ),
        pytest.param(
            "@r@\nidentifier x;\n@@\nf(x);\n\n@@\nidentifier r.x;\n"
            "fresh identifier y = \"new_\" ## x;\n@@\n- g(x);\n+ g(y);\n",
            "f(a); g(a);", "f(a); g(new_a);", id="a fresh name",
        ),
    ],
)  # fmt: skip
def test_rules_that_know_of_each_other(text: str, code: str, expected: str) -> None:
    def whole(body: str) -> str:
        lines = "".join(f"\t{each.strip()};\n" for each in body.split(";") if each.strip())
        return "void m(void)\n{\n" + lines + "}\n"

    assert applied(text, whole(code)) == whole(expected)


TOP = """#include <linux/a.h>
#include <asm/b.h>
#include <linux/c.h>
#define SIZE (1 + 2)
#define GET(x) get(x)
struct foo {
	int a;
	long b;
};
typedef struct { int a; } bar_t;
enum e { A, B = 2, C };
int bare(int x) __attribute__((cold));
main() { f(); }
"""


@pytest.mark.parametrize(
    ("declared", "body", "expected"),
    [
        ("", "#include <linux/...>", ["#include <linux/a.h>", "#include <linux/c.h>"]),
        ("", "#include ...",
         ["#include <linux/a.h>", "#include <asm/b.h>", "#include <linux/c.h>"]),
        ("expression E;", "#define SIZE E", ["#define SIZE (1 + 2)"]),
        ("identifier I, x;", "#define I(x) get(x)", ["#define GET(x) get(x)"]),
        ("identifier I;", "#define I", []),
        ("identifier I;", "#define I(..., x) get(x)", ["#define GET(x) get(x)"]),
        ("identifier I;", "#define I(..., x, ...) get(x)", ["#define GET(x) get(x)"]),
        ("identifier I, y; identifier list l;", "#define I(x, l) get(x)",
         ["#define GET(x) get(x)"]),
        ("identifier I;", "#define I(..., y, ...) get(x)", []),
        ("identifier x;", "struct foo { int x; ... };", ["struct foo { int a; long b; };"]),
        ("identifier x;", "struct foo { ... long x; };", ["struct foo { int a; long b; };"]),
        ("identifier x;", "struct foo { long x; ... };", []),
        ("type T;", "T { int a; ... };",
         ["struct foo { int a; long b; };", "typedef struct { int a; } bar_t;"]),
        ("", "enum e { ..., B = 2, ... };", ["enum e { A, B = 2, C };"]),
        ("", "int bare(int x) __attribute__((cold));",
         ["int bare(int x) __attribute__((cold));"]),
        ("identifier f;", "f() { ... }", ["main() { f(); }"]),
        ("expression E;", "get(E)", ["get(x)"]),
    ],
)  # fmt: skip
def test_what_stands_at_the_top(declared: str, body: str, expected: list[str]) -> None:
    assert matched(patch(declared, body), TOP) == expected


QUALIFIED = """struct s { int i; char text[4]; };
int f(const int *p, int *q, const struct s *s, int const z)
{
	g(p);
	g(q);
	g(&s->i);
	g(s->text);
	g(z);
	g(s->i);
}
"""


@pytest.mark.parametrize(
    ("declared", "body", "expected"),
    [
        ("int *E;", "g(E)", ["g(p)", "g(q)", "g(&s->i)"]),
        ("const int *E;", "g(E)", ["g(p)", "g(&s->i)"]),
        ("const char *E;", "g(E)", []),
        ("type T; const T E;", "g(E)", ["g(s->text)", "g(z)", "g(s->i)"]),
        ("type T; const T *E;", "g(E)", ["g(p)", "g(&s->i)"]),
        ("volatile int *E;", "g(E)", []),
    ],
)
def test_a_qualifier_that_is_asked_for_has_to_be_there(
    declared: str, body: str, expected: list[str]
) -> None:
    assert matched(patch(declared, body), QUALIFIED) == expected


def test_a_function_is_a_pointer_to_itself() -> None:
    code = "int h(int c) { return 0; }\nint n;\nint m(void) { g(h); g(n); return 0; }\n"
    assert matched(patch("type T; T *E;", "g(E)"), code) == ["g(h)"]


def test_a_type_is_bound_with_its_qualifiers() -> None:
    """A cast that takes `const` away is not one to the type that the value has already."""
    code = "int f(const int *p, int *q)\n{\n\tg((int *)p, (int *)q, (const int *)p);\n}\n"
    text = patch("type T; T E;", "- (T)\n  E", head="disable drop_cast")
    assert "g((int *)p, q, p);" in applied(text, code)


def test_dots_are_a_path_and_none_is_outside_of_a_function() -> None:
    code = "int n;\nint m(void)\n{\n\tint n;\n\treturn 0;\n}\n"
    text = patch("type T; identifier x;", "- T x;\n  ... when != x")
    assert applied(text, code) == code.replace("\tint n;\n", "")


def test_a_type_is_bound_without_what_annotates_the_function() -> None:
    code = "static special bool f(int a)\n{\n\treturn a;\n}\n"
    text = patch("type T; identifier f, a;", "  T f(...) {\n+ T ret;\n  return a;\n  }")
    assert "\tbool ret;\n" in applied(text, code)
    unclear = code.replace("special", "special other more")
    assert applied(text, unclear) == unclear


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("1", "int"),
        ("2147483647", "int"),
        ("2147483648", "long"),
        ("0x7fffffff", "int"),
        ("0x80000000", "unsigned int"),
        ("037777777777", "unsigned int"),
        ("4294967296", "long"),
        ("0xffffffff", "unsigned int"),
        ("0x100000000", "long"),
        ("4294967295u", "unsigned int"),
        ("4294967296u", "unsigned long"),
        ("1ul", "unsigned long"),
        ("0x8000000000000000", "unsigned long"),
    ],
)
def test_a_number_has_the_type_that_has_room_for_it(text: str, kind: str) -> None:
    """What the C standard says in 6.4.4.1, for an `int` of 32 bits and a `long` of 64."""
    code = f"int m(void)\n{{\n\tg({text});\n}}\n"
    for other in ("int", "unsigned int", "long", "unsigned long"):
        found = matched(patch(f"{other} E;", "g(E)"), code)
        assert bool(found) == (other == kind), other


def test_any_struct_and_any_enum() -> None:
    code = """struct s { int i; };
typedef struct s s_t;
void m(struct s *p, s_t *q, enum e *e, int *n, struct s v)
{
	g(p);
	g(q);
	g(e);
	g(n);
	g(v);
}
"""
    assert matched(patch("expression struct *E;", "g(E)"), code) == ["g(p)", "g(q)"]
    assert matched(patch("expression enum *E;", "g(E)"), code) == ["g(e)"]
    assert matched(patch("expression struct E;", "g(E)"), code) == ["g(v)"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("g(X | ...)", ["X | B", "B | X", "A | B | X", "A | X | B", "X"]),
        ("g(X && ...)", ["X && B", "B && A && X"]),
        ("g(X + ...)", ["X", "X + B"]),
    ],
)
def test_one_operand_of_a_row_wherever_it_stands(body: str, expected: list[str]) -> None:
    """As spatch 1.1.1 has it; what stands in parentheses is a row of its own."""
    rows = ["X | B", "B | X", "A | B | X", "A | X | B", "A | (X | B)", "X", "A & X", "A | (X & B)"]
    rows += ["X && B", "B && A && X", "X + B"]
    code = "void m(void)\n{\n" + "".join(f"\tg({row});\n" for row in rows) + "}\n"
    assert matched(patch("", body), code) == [f"g({row})" for row in expected]


def test_an_operand_that_goes_and_a_row_that_goes() -> None:
    code = "void m(void)\n{\n\tg(A | X | B);\n}\n"
    assert "g(A | Y | B);" in applied(patch("", "g(\n- X\n+ Y\n  | ...)"), code)
    assert "g(Y);" in applied(patch("", "g(\n- X | ...\n+ Y\n  )"), code)


@pytest.mark.parametrize("body", ["return put(a);", "{ f(); put(a); }"])
def test_an_expression_between_dots_is_in_a_branch_without_braces(body: str) -> None:
    text = patch(
        "expression E;", "  if (E) {\n  ...\n- put(E)\n+ get(E)\n  ...\n  } else {\n  ...\n  }"
    )
    code = f"int h(int a)\n{{\n\tif (a)\n\t\t{body}\n\telse\n\t\tg();\n}}\n"
    assert applied(text, code) == code.replace("put", "get")
