"""Annotations in patterns and in code: the kernel's own, and those that a patch declares."""

from __future__ import annotations

import pytest

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
