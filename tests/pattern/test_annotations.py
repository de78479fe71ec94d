"""Annotations in patterns and in code: the kernel's own, and those that a patch declares."""

from __future__ import annotations

import pytest

from refactor.rewrite.passes import run
from refactor.rule.smpl.ready import ready
from tests.smpl import applied, patch

STRUCT = "struct s {\n\tint a;\n\tint b;\n} __packed;\n"
FIELD = "struct s {\n  ...\n- int a;\n  ...\n}"


@pytest.mark.parametrize("behind", ["__packed;", ";"])
def test_a_struct_with_an_annotation_behind_it(behind: str) -> None:
    assert applied(patch("", f"{FIELD} {behind}"), STRUCT) == STRUCT.replace("\tint a;\n", "")


def test_an_annotation_that_is_asked_for_has_to_be_there() -> None:
    text = patch("attribute name __other;", f"{FIELD} __other;")
    assert applied(text, STRUCT) == STRUCT
    other = STRUCT.replace("__packed", "__other")
    assert "int a;" not in applied(text, other)


def test_an_annotation_goes() -> None:
    text = patch("", "  struct s { ... }\n- __packed\n  ;")
    assert applied(text, STRUCT) == STRUCT.replace(" __packed", "")


CASTS = [
    ("- (u32 __force)x\n+ x", "(u32 __force)a", "a"),
    ("- (u32 __force)x\n+ x", "(__force u32)a", "a"),
    ("- (u32 *__user)x\n+ x", "(u32 *__user)a", "a"),
    ("- (u32 *__user)x\n+ x", "(u32 *)a", "(u32 *)a"),
    ("- (u32)x\n+ x", "(u32 __force)a", "a"),
    ("- sizeof(int)\n+ 4", "sizeof(int __user)", "4"),
]


@pytest.mark.parametrize(("body", "before", "after"), CASTS)
def test_a_cast_with_an_annotation(body: str, before: str, after: str) -> None:
    code = "void m(void)\n{{\n\tg({});\n}}\n"
    text = patch("typedef u32; expression x;", body, head="disable drop_cast")
    assert applied(text, code.format(before)) == code.format(after)


def test_a_word_that_only_the_patch_knows() -> None:
    """Without the declaration nobody could tell what `pinned(1, 2)` is in a declaration."""
    code = "int m(void)\n{\n\tint id pinned(1, 2);\n\tint other;\n\treturn 0;\n}\n"
    text = patch("attribute name pinned;", "- int\n+ long\n  id pinned(...);")
    assert applied(text, code) == code.replace("int id", "long id")


TOLD = """
@r@
type T;
position p;
@@
  {pattern}

@script:python@
t << r.T;
p << r.p;
@@
coccilib.report.print_report(p[0], t)
"""


@pytest.mark.parametrize(
    ("pattern", "code", "told"),
    [
        ("(T@p *) f(...)", "x = (void __iomem __force *)f(1);", "void __iomem __force"),
        ("(T@p *) f(...)", "x = (struct s __iomem *)f(1);", "struct s __iomem"),
        ("(T@p *) f(...)", "x = (u8 * __iomem)f(1);", "u8"),
        ("(T@p *) f(...)", "x = (u8 __iomem **)f(1);", "u8 __iomem *"),
        ("T@p *x;", "const char __user *x;", "const char __user"),
        ("T@p x;", "const char __user *x;", "const char __user *"),
        ("T@p x;", "u8 x __aligned(8);", "u8"),
        ("T@p x;", "u8 x;", "u8"),
    ],
)
def test_a_script_is_told_of_the_annotations_of_a_type(pattern: str, code: str, told: str) -> None:
    program, _ = ready("test.cocci", TOLD.format(pattern=pattern).lstrip(), {}, ("report",))
    found = run(program, "test.c", f"void g(void)\n{{\n\t{code}\n}}\n".encode(), {}).reports
    assert [report.message for _, report in found] == [told]


def test_a_script_that_drops_an_annotated_type_drops_it_alone() -> None:
    """All that a later rule compares are the types without annotations, as ever."""
    patch = """
@r@
type T;
@@
  (T *) f(...)

@script:python@
t << r.T;
@@
if "__" in t:
  cocci.include_match(False)

@@
type r.T;
@@
- (T *)
  f(...)
"""
    code = "void g(void)\n{\n\ta = (void __iomem *)f(1);\n\tb = (u8 *)f(1);\n}\n"
    program, _ = ready("test.cocci", patch.lstrip(), {}, ("patch",))
    outcome = run(program, "test.c", code.encode(), {})
    assert outcome.after.decode() == code.replace("(u8 *)", "")


HELD: dict[str, tuple[str, str, str]] = {
    "a number": ("- __old(E)\n+ __new(E)", "int a __old(8);", "int a __new(8);"),
    "an expression": (
        "- __old(E)\n+ __new(E)",
        "int a __old(sizeof(int) * 2);",
        "int a __new(sizeof(int) * 2);",
    ),
    "a call with a comma": ("- __old(E)", "int a __old(g(1, 2));", "int a;"),
    "two arguments": ("- __old(E)", "int a __old(1, 2);", "int a __old(1, 2);"),
    "what goes before one": ("- __old(1, E)\n+ __new(E)", "int a __old(1, b);", "int a __new(b);"),
    "a word": ("- __old(x)\n+ __new(x)", "int a __old(a);", "int a __new(a);"),
    "another word": ("- __old(x)\n+ __new(x)", "int a __old(b);", "int a __old(b);"),
    "what is there": ("+ __new(x)", "int a __new(a);", "int a __new(a);"),
    "another of it": ("+ __new(x)", "int a __new(b);", "int a __new(b) __new(a);"),
}


@pytest.mark.parametrize(("edit", "before", "after"), HELD.values(), ids=HELD)
def test_holes_in_the_arguments_of_an_attribute(edit: str, before: str, after: str) -> None:
    declared = "identifier x;\nexpression E;\nattribute name __old, __new;"
    assert applied(patch(declared, f"  int x\n{edit}\n  ;"), f"{before}\n") == f"{after}\n"


@pytest.mark.parametrize("name", ["", " x"])
def test_an_annotation_that_comes_behind_a_struct(name: str) -> None:
    before = "struct s {\n\tint a;\n}" + name + ";\n"
    after = before.replace("}", "} __packed")
    assert applied(patch("", f"  struct s {{ ... }}\n+ __packed\n {name};"), before) == after
