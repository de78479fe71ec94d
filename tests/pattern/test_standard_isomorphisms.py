"""What the isomorphisms of Coccinelle's `standard.iso` let a pattern match, and without them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from refactor.errors import RuleError
from refactor.pattern.standard import IN_FILE
from tests.smpl import applied, by_spatch, patch

GLOBALS = "int *p;\nint i;\nstruct foo { int fld; } s, *sp, sa[4];\n\n"

# The isomorphism, what is declared, the pattern, the code that it matches without the isomorphism,
# the code that it matches by it, and code that it does not match.
TABLE = [
    ("neg_if_exp", "expression X, Y;", "f(X ? Y : 0);", ["f(a ? b : 0)"], ["f(!a ? 0 : b)"],
     ["f(a ? 0 : b)", "f(a ?: b)"]),
    ("neg_if_exp", "expression X, Y;", "f(X == NULL ? Y : 0);",
     ["f(a == NULL ? b : 0)", "f(!a ? b : 0)"], ["f(a ? 0 : b)", "f(a != NULL ? 0 : b)"],
     ["f(a ? b : 0)"]),
    ("for_inc", "expression X, Y;\nidentifier i;", "for (X; Y; i++) g();",
     ["for (a; b; c++) g()"], ["for (a; b; ++c) g()"],
     ["for (a; b; --c) g()", "for (a; b; c += 1) g()"]),
    ("for_inc", "expression X, Y;\nidentifier i;", "for (X; Y; ++i) g();",
     ["for (a; b; ++c) g()"], ["for (a; b; c++) g()"], ["for (a; b; c--) g()"]),
    ("inc", "identifier i;", "i++;", ["c++"], ["++c", "c += 1", "c = c + 1"], ["c--"]),
    ("isnt_zero", "expression X;", "if (X != 0) g();", ["if (a != 0) g()"], ["if (a) g()"], []),
    ("isnt_null1", "expression X;", "if (X != NULL) g();", ["if (a != NULL) g()"],
     ["if (a) g()"], []),
    ("isnt_null1", "expression X;", "f(X != NULL);", ["f(a != NULL)"], [], ["f(a)", "f(!!a)"]),
    ("is_zero", "expression X;", "if (X == 0) g();", ["if (a == 0) g()"], ["if (!a) g()"],
     ["if (a == NULL) g()"]),
    ("is_null", "expression X;", "f(X == NULL);", ["f(a == NULL)"], ["f(!a)"], ["f(a == 0)"]),
    ("not_int1", "int X;", "if (!X) g();", ["if (!i) g()"], ["if (i == 0) g()"],
     ["if (!p) g()"]),
    ("not_ptr1", "expression *X;", "if (!X) g();", ["if (!p) g()"], ["if (p == NULL) g()"],
     ["if (!i) g()"]),
    ("not_ptr2", "expression *X;", "if (X) g();", ["if (p) g()"], ["if (p != NULL) g()"],
     ["if (i) g()"]),
    ("not_int2", "int X;", "if (X) g();", ["if (i) g()", "if (i != 0) g()"], [], ["if (p) g()"]),
    ("commeq", "expression X;", "f(X == 3);", ["f(a == 3)"], ["f(3 == a)"], []),
    ("commneq", "expression X;\nconstant C;", "f(X != C);", ["f(a != 3)"], ["f(3 != a)"], []),
    ("bitor_comm", "expression X;", "f(X | 3);", ["f(a | 3)"], ["f(3 | a)"], ["f(3 & a)"]),
    ("bitand_comm", "expression X;", "f(X & 3);", ["f(a & 3)"], ["f(3 & a)"], []),
    ("plus_comm", "expression X;", "f(X + 3);", ["f(a + 3)"], ["f(3 + a)"], []),
    ("mult_comm", "expression X;", "f(X * 3);", ["f(a * 3)"], ["f(3 * a)"], []),
    ("gtr_lss", "expression X;", "f(X < 3);", ["f(a < 3)"], ["f(3 > a)"], ["f(3 < a)"]),
    ("gtr_lss_eq", "expression X;", "f(X >= 3);", ["f(a >= 3)"], ["f(3 <= a)"], []),
    ("unlikely", "expression X;", "if (unlikely(X)) g();", ["if (unlikely(a)) g()"],
     ["if (likely(a)) g()", "if (a) g()"], []),
    ("bsd_branch_pred", "expression X;", "f(__predict_true(X));", ["f(__predict_true(a))"],
     ["f(__predict_false(a))", "f(a)"], []),
    ("paren", "expression X;", "f((X));", ["f((a))"], ["f(a)"], []),
    ("zero_multiple_format", "", "f(0);", ["f(0)"], ["f('\\0')"], ["f(NULL)"]),
    ("drop_cast", "expression X;\ntype T;", "f((T)X);", ["f((int)a)"], ["f(a)"], []),
    ("drop_else", "expression X;\nstatement S1, S2;", "if (X) S1 else S2",
     ["if (a) g(); else h()"], ["if (a) g()"], []),
    ("ptr_to_array", "expression X;", "f(X->fld);", ["f(a->fld)"],
     ["f(a[3].fld)", "f(a[i][j].fld)"], ["f(a.fld)", "f((*a).fld)", "f(a[3]->val)"]),
    ("ptr_to_array", "struct foo *X;", "f(X->fld);", ["f(sp->fld)"], ["f(sp[3].fld)"],
     ["f(s.fld)"]),
    ("fld_to_ptr", "struct foo X;", "f(X.fld);", ["f(s.fld)"], ["f(sp->fld)"], ["f(a.fld)"]),
    ("fld_to_ptr", "expression X;", "f(X.fld);", ["f(s.fld)"], [], ["f(sp->fld)"]),
    ("ret", "", "return ...;", ["return 3"], ["return"], []),
    ("braces0", "expression X;", "if (X) { ... }", ["if (a) { g(); }"], ["if (a) g()"], []),
    ("braces1", "expression X;", "if (X) { ... g(); }", ["if (a) { h(); g(); }"],
     ["if (a) g()"], ["if (a) { g(); h(); }"]),
    ("braces2", "expression X;", "if (X) { ... g(); ... }", ["if (a) { h(); g(); h(); }"],
     ["if (a) g()"], ["if (a) h()"]),
    ("braces3", "expression X;", "if (X) { g(); ... }", ["if (a) { g(); h(); }"],
     ["if (a) g()"], ["if (a) { h(); g(); }"]),
    ("braces4", "expression X;", "if (X) { g(); }", ["if (a) { g(); }"], ["if (a) g()"],
     ["if (a) { g(); h(); }"]),
    ("add_signed", "identifier x;", "int x;", ["int k;"], ["signed int k;"], ["unsigned int k;"]),
    ("add_int1", "identifier x;", "unsigned x;", ["unsigned k;"], ["unsigned int k;"],
     ["int k;"]),
    ("add_int2", "identifier x;", "signed x;", ["signed k;"], ["signed int k;"], ["char k;"]),
    ("comm_assoc", "expression X;", "f(B | ...);", ["f(B | a)", "f(a | B)"], ["f(B | a | b)"],
     ["f(a | b)"]),
    ("mkinit", "struct foo I;\nidentifier g;", "I.fld = g;", [], ["struct foo k = { .fld = h };"],
     ["struct bar k = { .fld = h };", "struct foo k[] = { { .fld = h } };"]),
    ("optional_storage", "identifier x;", "int x;", ["int k;"], ["static int k;"], []),
    ("optional_qualifier", "identifier x;", "int x;", ["int k;"], ["const int k;"], []),
    ("value_format", "", "f(10);", ["f(10)"], ["f(0xa)"], ["f(11)"]),
    ("sizeof_type_expr", "type T;", "f(sizeof(T));", ["f(sizeof(int))"],
     ["f(sizeof(i))", "f(sizeof(*sp))", "f(sizeof i)"], []),
    ("sizeof_type_expr", "type T;", "f(sizeof(T), sizeof(T));", ["f(sizeof(int), sizeof(int))"],
     [], ["f(sizeof(i), sizeof(i))", "f(sizeof(int), sizeof(i))"]),
    ("sizeof_type_expr", "type T;\nT X;", "f(X, sizeof(T));", ["f(i, sizeof(int))"],
     [], ["f(i, sizeof(i))"]),
]  # fmt: skip


def rule(declared: str, pattern: str, disabled: str) -> str:
    """What it matches goes; of `mkinit` the member, because only that may."""
    minus = f"- {pattern}"
    if pattern.startswith("I.fld"):
        minus = "  I.\n- fld\n+ val\n  = g;"
    return patch(declared, minus, disabled and f"disable {disabled}")


def code_of(codes: list[str]) -> str:
    """A function for each piece of code, with a mark that tells it."""
    ends = (each if each[-1] in ";}" else f"{each};" for each in codes)
    bodies = (f"void fn{n}(void)\n{{\n\t{each}\n\n\tend();\n}}\n" for n, each in enumerate(ends))
    return GLOBALS + "\n".join(bodies)


def touched(before: str, after: str) -> set[int]:
    """Which of the functions differ."""
    bodies = [
        re.findall(r"void fn\d+\(void\)\n\{(.*?)\n\}", text, re.DOTALL) for text in (before, after)
    ]
    return {n for n, (one, other) in enumerate(zip(*bodies, strict=True)) if one != other}


@pytest.mark.parametrize("is_disabled", [False, True])
@pytest.mark.parametrize(
    ("iso", "declared", "pattern", "plain", "by_it", "others"),
    [pytest.param(*each, id=f"{each[0]} {each[2]}") for each in TABLE],
)
def test_what_it_matches(
    iso: str,
    declared: str,
    pattern: str,
    plain: list[str],
    by_it: list[str],
    others: list[str],
    is_disabled: bool,
    tmp_path: Path,
) -> None:
    code = code_of([*plain, *by_it, *others])
    text = rule(declared, pattern, iso if is_disabled else "")
    expected = set(range(len(plain) + (0 if is_disabled else len(by_it))))
    assert touched(code, applied(text, code)) == expected
    assert touched(code, by_spatch(text, code, tmp_path)) == expected


OPERATIONS = """struct ops x = {
	.read = f,
	.write = g,
};
static const struct ops y = { .read = f };
struct ops z[] = { { .read = f } };
struct other w = { .read = f };

void h(struct ops *p)
{
	struct ops q = { .read = k };

	p->read = f;
	q.read = g;
	p->write = f;
}
"""


def test_a_member_is_set_by_an_initialiser_as_well(tmp_path: Path) -> None:
    text = patch("struct ops I;\nidentifier f;", "I.\n- read\n+ receive\n = f;")
    after = applied(text, OPERATIONS)
    assert after == by_spatch(text, OPERATIONS, tmp_path)
    assert (after.count(".receive ="), after.count(".read =")) == (4, 2)
    assert after.count("->receive") == 1


def test_what_has_been_set_is_handed_on(tmp_path: Path) -> None:
    text = "@r@\nstruct ops I;\nidentifier f;\n@@\nI.read = f;\n\n"
    text += "@@\nidentifier r.f;\n@@\n- f();\n+ r();\n"
    code = OPERATIONS + "\nvoid m(void)\n{\n\tf();\n\tg();\n\tk();\n\tl();\n}\n"
    after = applied(text, code)
    assert after == by_spatch(text, code, tmp_path)
    assert after.count("r();") == 3


def test_what_goes_with_an_object_that_comes_again_is_that_object_alone() -> None:
    text = patch("expression X;", "- f(X->fld);\n+ g(X);")
    code = code_of(["f(a->fld)", "f(a[3].fld)"])
    assert touched(code, applied(text, code)) == {0}


@pytest.mark.parametrize("name", ["is_not_null", "isnt_null"])
def test_a_name_of_none_is_an_error(name: str) -> None:
    with pytest.raises(RuleError) as caught:
        applied(f"@ disable {name} @\n@@\n- f();\n", "")
    assert caught.value.message == f"there is no isomorphism {name}"


def test_all_names_are_known() -> None:
    assert {each[0] for each in TABLE} - IN_FILE == {
        "comm_assoc", "optional_storage", "optional_qualifier", "value_format",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("declared", "pattern", "code"),
    [
        ("struct foo X;", "f(X.fld);", "f(sp->\n#ifdef B\n\tfld\n#endif\n\t);"),
        ("expression X;", "f(X->fld);", "f(sa[1]\n#ifdef B\n\t.fld\n#endif\n\t);"),
        ("expression X, Y;", "f(X != Y ? 1 : 2);", "f(a\n#ifdef B\n\t== b\n#endif\n\t? 2 : 1);"),
        ("expression X;", "f(X == NULL ? 1 : 2);", "f(a !=\n#ifdef B\n\tNULL\n#endif\n\t? 2 : 1);"),
    ],
)
def test_a_directive_in_between_is_no_other_form(declared: str, pattern: str, code: str) -> None:
    whole = code_of([code])
    assert applied(patch(declared, f"- {pattern}"), whole) == whole


SIZES = ["f(sizeof(int), a);", "f(sizeof(i), a);", "f(sizeof(*sp), a);"]
SAID: dict[str, tuple[str, str]] = {
    "in the same place": ("- f(sizeof(T), E)\n+ g(sizeof(T), E)", "g(sizeof(int), a);"),
    "in another one": ("- f(sizeof(T), E)\n+ g(E, sizeof(T))", "g(a, sizeof(int));"),
    "as a cast": ("- f(sizeof(T), E)\n+ g((T)E)", "g((int)a);"),
}


@pytest.mark.parametrize(("edit", "after"), SAID.values(), ids=SAID)
def test_a_type_that_a_plus_line_says_is_one_that_the_file_says(
    edit: str, after: str, tmp_path: Path
) -> None:
    text = patch("type T;\nexpression E;", edit)
    code = code_of(SIZES)
    expected = code.replace(SIZES[0], after)
    assert applied(text, code) == expected
    assert by_spatch(text, code, tmp_path) == expected
