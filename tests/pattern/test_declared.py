"""Declarations, their types and their lists: what becomes of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.smpl import applied, by_spatch, outcome, patch

CHANGED: dict[str, tuple[str, str, str, str]] = {
    "a type with dimensions, and a star": (
        "type T;",
        "  T\n+ *\n  x;",
        "void f(void)\n{\n\tint x[4][N];\n}\n",
        "void f(void)\n{\n\tint (*x)[4][N];\n}\n",
    ),
    "a declaration with dimensions, written anew": (
        "type T; identifier n;",
        "- T n;\n+ T *n;\n+ T q;",
        "void f(void)\n{\n\tchar b[4];\n}\n",
        "void f(void)\n{\n\tchar (*b)[4];\n\tchar q[4];\n}\n",
    ),
    "dimensions go with their type": (
        "type T;",
        "- T\n+ float\n  x;",
        "void f(void)\n{\n\tint x[4];\n}\n",
        "void f(void)\n{\n\tfloat x;\n}\n",
    ),
    "a declaration with dimensions that moves": (
        "type T; identifier x, y;",
        "+ T y;\n  int x;\n- T y;",
        "void f(void)\n{\n\tint a;\n\tlong b[2];\n}\n",
        "void f(void)\n{\n\tlong b[2];\n\tint a;\n}\n",
    ),
    "a list of names at the place of parameters": (
        "parameter list P; expression list E;",
        "  f(P@E) {\n+ g(E);\n  ...\n  }",
        "int f(int x, struct a *y)\n{\n\treturn 0;\n}\n",
        "int f(int x, struct a *y)\n{\n\tg(x, y);\n\treturn 0;\n}\n",
    ),
    "what is noted between a type and a name goes with both": (
        "identifier f, x; type T;",
        "  f(...,\n- T x\n+ gfp_t x\n  , ...) { ... }",
        "int f(unsigned int __nocast flags)\n{\n\treturn 0;\n}\n",
        "int f(gfp_t flags)\n{\n\treturn 0;\n}\n",
    ),
    "fresh names of a seed alone are numbered": (
        'identifier f; fresh identifier v = "v";',
        "  f(..., int\n+ v\n  , ...) { ... }",
        "int f(int, int, int v1)\n{\n\treturn v1;\n}\n",
        "int f(int v0, int v2, int v1)\n{\n\treturn v1;\n}\n",
    ),
    "dots behind a declaration are in a function": (
        "type T; identifier x;",
        "- T x;\n  ... when != x",
        "int x;\n\nint f(void)\n{\n\tint x;\n\treturn 0;\n}\n",
        "int x;\n\nint f(void)\n{\n\treturn 0;\n}\n",
    ),
    "one name of a list keeps the storage of the others": (
        "identifier x;",
        "- int x;\n++ long x;",
        "void f(void)\n{\n\tstatic int a, b;\n\tstatic int c;\n\tint d, e;\n}\n",
        "void f(void)\n{\n\tstatic int a, b;\n\tstatic long c;\n\tlong d;\n\tlong e;\n}\n",
    ),
    "a complex number is of one type": (
        "identifier x;",
        "- double complex\n+ int\n  x;",
        "void f(void)\n{\n\tdouble a;\n\tdouble complex b;\n}\n",
        "void f(void)\n{\n\tdouble a;\n\tint b;\n}\n",
    ),
    "a name behind the last one of an enum": (
        "",
        "  enum e {\n  ...,\n  b,\n+ z\n  };",
        "enum e {\n\ta,\n\tb\n};\n",
        "enum e {\n\ta,\n\tb,\n\tz\n};\n",
    ),
    "six dots of a macro": (
        "",
        "- #define a(x,......) 3\n+ #define b(y,......) 4",
        "#define a(x, ...) 3\n",
        "#define b(y,...) 4\n",
    ),
    "braces in the text of a macro": (
        "",
        "- {\n  g();\n- }",
        "#define m { g(); }\n",
        "#define m g();\n",
    ),
    "a macro that is a type": (
        "int E, F;",
        "- E = F;\n+ E = -F;",
        "#define INT16 int\n\nvoid f(void)\n{\n\tINT16 a, b;\n\ta = b;\n}\n",
        "#define INT16 int\n\nvoid f(void)\n{\n\tINT16 a, b;\n\ta = -b;\n}\n",
    ),
    "the parameters of a macro are its locals": (
        "local idexpression x;",
        "- g(x)\n+ h(x)",
        "#define a(x) g(x)\n#define b(x) g(y)\n",
        "#define a(x) h(x)\n#define b(x) g(y)\n",
    ),
    "a test of several, of which only one is there and changes": (
        "expression *E;",
        "  if (\n- E == NULL\n+ IS_ERR(E)\n  || ...) {\n  ...\n  }",
        "void f(int *a)\n{\n\tif (!a)\n\t\tg();\n\tif (!a || b)\n\t\tg();\n}\n",
        "void f(int *a)\n{\n\tif (IS_ERR(a))\n\t\tg();\n\tif (IS_ERR(a) || b)\n\t\tg();\n}\n",
    ),
    "an expression with the variable of another scope is another one": (
        "expression E;",
        "  get(E);\n  ...\n- put(E);",
        "void f(int *a)\n{\n\tget(a);\n\tif (a) {\n\t\tint *a = b;\n\t\tput(a);\n\t}\n"
        "\tput(a);\n}\n",
        "void f(int *a)\n{\n\tget(a);\n\tif (a) {\n\t\tint *a = b;\n\t\tput(a);\n\t}\n}\n",
    ),
    "members and tags are no variables of a scope": (
        "expression E;",
        "  get(E);\n  ...\n- put(E);",
        "void f(struct s *s)\n{\n\tget(p->s + sizeof(struct s));\n\t{\n\t\tint s;\n"
        "\t\tput(p->s + sizeof(struct s));\n\t}\n}\n",
        "void f(struct s *s)\n{\n\tget(p->s + sizeof(struct s));\n\t{\n\t\tint s;\n\t}\n}\n",
    ),
    "an identifier is a name, of whatever scope": (
        "identifier E;",
        "  get(&E);\n  ...\n- put(&E);",
        "void f(int a)\n{\n\tget(&a);\n\t{\n\t\tint a;\n\t\tput(&a);\n\t}\n}\n",
        "void f(int a)\n{\n\tget(&a);\n\t{\n\t\tint a;\n\t}\n}\n",
    ),
    "conditions of dots have nothing to do with each other": (
        "type T; expression E; identifier x, y;",
        "  E = get();\n  ... when != x = (T)E\n      when != y = (T)&E->dev\n- put(E);",
        "void f(int a)\n{\n\tp = get();\n\tput(p);\n\tq = get();\n\ta = q;\n\tput(q);\n"
        "\tr = get();\n\ta = &r->dev;\n\tput(r);\n}\n",
        "void f(int a)\n{\n\tp = get();\n\tq = get();\n\ta = q;\n\tput(q);\n"
        "\tr = get();\n\ta = &r->dev;\n\tput(r);\n}\n",
    ),
    "what nobody declares is global": (
        "global idexpression x;",
        "- g(x)\n+ h(x)",
        "void f(int a)\n{\n\tLIST(b);\n\tg(a);\n\tg(b);\n\tg(c);\n}\n",
        "void f(int a)\n{\n\tLIST(b);\n\tg(a);\n\tg(b);\n\th(c);\n}\n",
    ),
    "of some directives the first that matches": (
        "expression E, f; constant c; identifier x;",
        "(\n#define x (E)\n|\n#define x c\n|\n#define x f(...)\n|\n- #define x E\n)",
        "#define a (1 + 2)\n#define b 1\n#define c g(1)\n#define d 1 + 2\n",
        "#define a (1 + 2)\n#define b 1\n#define c g(1)\n",
    ),
    "a macro at the top is a declaration": (
        "declaration d;",
        "+ int first;\n  d",
        "BTF_LIST(a, b)\n\nvoid f(void)\n{\n}\n",
        "int first;\nBTF_LIST(a, b)\n\nvoid f(void)\n{\n}\n",
    ),
    "behind a declaration of several names": (
        "type T;",
        "  T hot;\n+ int x;",
        "void f(void)\n{\n\tstruct s *hot, q;\n}\n",
        "void f(void)\n{\n\tstruct s *hot, q;\n\tint x;\n}\n",
    ),
    "one name of several, in its place": (
        "type T; identifier x; expression e;",
        "- T x = old(e);\n+ T x = new(e);",
        "void f(void)\n{\n\tstatic int c = old(3), *d = old(c), e = *d + 1;\n}\n",
        "void f(void)\n{\n\tstatic int c = new(3), *d = new(c), e = *d + 1;\n}\n",
    ),
    "one name of several that loses its value": (
        "type T; expression e;",
        "- T x = e;\n+ T x;",
        "void f(void)\n{\n\tint **x = g(0), *q[2], p = 1;\n}\n",
        "void f(void)\n{\n\tint **x, *q[2], p = 1;\n}\n",
    ),
    "one name of several by itself": (
        "identifier x;",
        "  struct s\n- x\n+ *x = get()\n  ;",
        "void f(void)\n{\n\tstruct s a, b;\n}\n",
        "void f(void)\n{\n\tstruct s *a = get(), *b = get();\n}\n",
    ),
    "one name of several without a value": (
        "",
        "- int x;\n+ int y;",
        "void f(void)\n{\n\tint a, x, b;\n}\n",
        "void f(void)\n{\n\tint a, b;\n\tint y;\n}\n",
    ),
    "one name of several that others need": (
        "expression e;",
        "- int x = e;\n+ long x = e;",
        "void f(void)\n{\n\tint a, x = 1, b = x;\n}\n",
        "void f(void)\n{\n\tlong x = 1;\n\tint a, b = x;\n}\n",
    ),
    "one name of several that needs others": (
        "expression e;",
        "- int x = e;\n+ long x = e;",
        "void f(void)\n{\n\tint a = 1, x = a, b = a;\n}\n",
        "void f(void)\n{\n\tint a = 1, b = a;\n\tlong x = a;\n}\n",
    ),
    "a type that has stars and dimensions": (
        "type T;",
        "- T hot;\n+ T cold;",
        "void f(void)\n{\n\tint **hot[2];\n}\n",
        "void f(void)\n{\n\tint **cold[2];\n}\n",
    ),
    "no parameter any more, where one comes": (
        "identifier f;",
        "  f(\n- int x,\n  ...\n+ , int y\n  ) { ... }",
        "int g(int x)\n{\n}\n\nint h(int x, int z)\n{\n}\n",
        "int g(int y)\n{\n}\n\nint h(int z, int y)\n{\n}\n",
    ),
    "several parameters for one, without names": (
        "",
        "  f(\n- int x[]\n+ int y, bool z\n  ) { ... }",
        "int f(int[]);\nint f(int x[])\n{\n}\n",
        "int f(int, bool);\nint f(int y, bool z)\n{\n}\n",
    ),
    "a name that the prototype does not have": (
        "",
        "  f(\n- int x[]\n+ int y[]\n  ) { ... }",
        "int f(int[]);\nint f(int x[])\n{\n}\n",
        "int f(int[]);\nint f(int y[])\n{\n}\n",
    ),
    "the parameter of a prototype that is at the place of the definition's": (
        "identifier f;",
        "  f(...,\n- int x\n+ long x\n  , ...) { ... }",
        "int g(int, int, char);\nint g(int a, int x, char c)\n{\n}\n",
        "int g(int, long, char);\nint g(int a, long x, char c)\n{\n}\n",
    ),
    "all parameters of a type": (
        "identifier f, x;",
        "  f(...,\n- int x\n+ long x\n  , ...) { ... }",
        "int g(int, int, char);\nint g(int a, int b, char c)\n{\n}\n",
        "int g(long, long, char);\nint g(long a, long b, char c)\n{\n}\n",
    ),
    "a prototype without names, far from the definition": (
        "identifier f;",
        "  f(\n- int x\n+ long x\n  ) { ... }",
        "int g(int);\n\nint h(void)\n{\n}\n\nint g(int x)\n{\n}\n",
        "int g(long);\n\nint h(void)\n{\n}\n\nint g(long x)\n{\n}\n",
    ),
    "a braced element before another one": (
        "identifier x; expression e;",
        "  struct s x[] = {\n  ...,\n+ { e },\n  { HOT, e },\n  ...\n  };",
        "struct s x[] = {\n\t{ A },\n\t{ HOT, 1 },\n};\n",
        "struct s x[] = {\n\t{ A },\n\t{ 1 },\n\t{ HOT, 1 },\n};\n",
    ),
    "an element behind the last one, which has no comma": (
        "identifier x; expression e;",
        "  struct s x[] = {\n  ...,\n  { HOT, e },\n+ { e },\n  ...\n  };",
        "struct s x[] = {\n\t{ A },\n\t{ HOT, 1 }\n};\nstruct s y[] = { { HOT, 2 } };\n",
        "struct s x[] = {\n\t{ A },\n\t{ HOT, 1 },\n\t{ 1 },\n};\n"
        "struct s y[] = { { HOT, 2 }, { 2 } };\n",
    ),
    "a name of an enum behind the last one, which has no comma": (
        "",
        "  enum e {\n  ...,\n  HOT,\n+ COLD,\n  ...\n  };",
        "enum e {\n\tA = 1,\n\tHOT\n};\n",
        "enum e {\n\tA = 1,\n\tHOT,\n\tCOLD,\n};\n",
    ),
}


@pytest.mark.parametrize(("declared", "body", "before", "after"), CHANGED.values(), ids=CHANGED)
def test_declared(declared: str, body: str, before: str, after: str) -> None:
    assert applied(patch(declared, body), before) == after


def test_dimensions_that_cannot_be_written_are_refused() -> None:
    code = "void f(void)\n{\n\tint x[4] = {1};\n}\n"
    found = outcome(patch("type T;", "  T\n+ *\n  x;"), code)
    assert found.after.decode() == code
    assert [each.reason for _, each in found.troubles] == ["array"]


@pytest.mark.parametrize("names", ["*a, b", "a, *b", "*a, b[2]", "*a, (*b)(void)"])
def test_a_type_with_a_star_is_not_that_of_names_without(names: str) -> None:
    code = f"void f(void)\n{{\n\tstruct foo {names};\n}}\n"
    for new in ("foo_p", "struct bar *", "const struct foo *", "struct foo **"):
        found = outcome(patch("typedef foo_p;", f"- struct foo *\n+ {new}"), code)
        assert found.after.decode() == code
        assert [each.reason for _, each in found.troubles] == ["names"]


@pytest.mark.parametrize("names", ["a = 1, x = a, b = x", "a = g(), x = g(), b = i++"])
def test_names_keep_the_order_in_which_they_come_into_being(names: str) -> None:
    code = f"void f(void)\n{{\n\tint {names};\n}}\n"
    found = outcome(patch("expression e;", "- int x = e;\n+ long x = e;"), code)
    assert found.after.decode() == code
    assert [each.reason for _, each in found.troubles] == ["order"]


def test_of_several_that_would_add_in_one_place_none_does() -> None:
    code = "void f(void)\n{\n\tint a, b, c;\n\tint d;\n}\n"
    found = outcome(patch("identifier x;", "- int x;\n+ long y;"), code)
    assert found.after.decode() == code.replace("int d", "long y")
    assert [each.reason for _, each in found.troubles] == ["again"] * 3


def test_a_name_that_the_file_declares_twice_is_no_fault_of_the_patch() -> None:
    code = "void f(void)\n{\n\tint a, b;\n\tint *a;\n\tlong *a;\n\tg();\n}\n"
    found = outcome(patch("", "+ char a;\n  g();"), code)
    assert "char a;" in found.after.decode()


@pytest.mark.parametrize("operator", ["==", "==@q"])
def test_a_place_for_an_operator_asks_for_the_operator(operator: str) -> None:
    text = f"""@r@
position p, q;
expression E;
statement S, T;
@@
if@p (E {operator} NULL) S else T

@@
position r.p;
statement S, T;
@@
- if@p (...) S else T
"""
    if operator == "==":
        text = text.replace("p, q", "p")
    branch = "x = 1;\n\telse\n\t\tx = 2;\n"
    written = f"\tif (x == NULL)\n\t\t{branch}"
    other = f"\tif (!x)\n\t\t{branch}"
    code = f"void f(int *x)\n{{\n{written}{other}\tg();\n}}\n"
    gone = code.replace(written, "")
    assert applied(text, code) == (gone.replace(other, "") if operator == "==" else gone)


HANDED = """@r@
expression E;
@@
  E = vmalloc(...);

@@
expression r.E;
@@
- kfree(E);
+ vfree(E);
"""
FUNCTIONS = {
    "the same": ("struct foo *p;\n\n\tp = vmalloc(3);\n\tkfree(p);", True),
    "the same type": ("struct foo *p;\n\n\tkfree(p);", True),
    "another type": ("struct bar *p;\n\n\tkfree(p);", False),
    "of nobody": ("kfree(p);", False),
    "of the file": ("kfree(g);", True),
    "a member": ("struct a *x;\n\n\tx->y = vmalloc(3);", False),
    "of the same struct": ("struct a *x;\n\n\tkfree(x->y);", True),
    "of another struct": ("struct b *x;\n\n\tkfree(x->y);", False),
}


@pytest.mark.parametrize("end", [";", ""], ids=["statement", "expression"])
def test_what_another_rule_has_bound_has_variables_of_the_same_types(
    end: str, tmp_path: Path
) -> None:
    rule = HANDED.replace("free(E);", f"free(E){end}")
    code = "struct foo *g;\n\nvoid set(void)\n{\n\tg = vmalloc(3);\n}\n" + "".join(
        f"\nvoid f{n}(void)\n{{\n\t{body}\n}}\n" for n, (body, _) in enumerate(FUNCTIONS.values())
    )
    after = applied(rule, code)
    found = ["vfree(" in each for each in after.split("\nvoid f")[1:]]
    assert found == [changes for _, changes in FUNCTIONS.values()]
    assert by_spatch(rule, code, tmp_path) == after


def test_what_another_rule_has_bound_in_two_functions_is_two_values(tmp_path: Path) -> None:
    rule = """@r@
expression P, V;
@@
  V = map(P);
  ...
- unmap(P);
+ unmap_local(V);

@@
expression r.P, r.V;
@@
- V = map(P);
+ V = map_local(P);
"""
    body = "(struct page *p)\n{\n\t%s *v;\n\n\tv = map(p);\n\tunmap(p);\n}\n"
    code = "".join(f"void f{n}{body % kind}" for n, kind in enumerate(["char", "void", "char"]))
    expected = code.replace(" map(p)", " map_local(p)").replace("unmap(p)", "unmap_local(v)")
    assert applied(rule, code) == expected
    assert by_spatch(rule, code, tmp_path) == expected


HEADS: dict[str, tuple[str, str, str]] = {
    "both are done": ("const struct d *d", "const struct d *d", "const struct d *d"),
    "the prototype is done": ("const struct d *d", "struct d *d", "const struct d *d"),
    "none is done": ("struct d *", "struct d *d", "const struct d *"),
}


@pytest.mark.parametrize(("prototype", "head", "after"), HEADS.values(), ids=HEADS)
def test_what_a_prototype_has_already(prototype: str, head: str, after: str) -> None:
    code = "static int f({});\n\nstatic int f({})\n{{\n\treturn 0;\n}}\n"
    rule = patch("identifier f, x;", "  int f(\n+ const\n  struct d *x) { ... }")
    expected = code.format(after, "const struct d *d")
    assert applied(rule, code.format(prototype, head)) == expected
    assert applied(rule, expected) == expected
