"""A type by itself, where the parser cannot tell a type from a value."""

from __future__ import annotations

import pytest

from tests.smpl import applied, patch

TYPE = "\tfoo_t *p;\n\n"


@pytest.mark.parametrize("use", ["f(foo_t)", "entry(a, foo_t, b)", "sizeof(foo_t)"])
@pytest.mark.parametrize(
    "change", ["- foo_t\n+ bar_t", "(\n- foo_t\n+ bar_t\n|\n- baz_t\n+ bar_t\n)"]
)
@pytest.mark.parametrize("is_there", [True, False])
def test_a_word_is_a_type_where_the_file_has_it_as_one(
    use: str, change: str, is_there: bool
) -> None:
    code = f"void h(void)\n{{\n{TYPE if is_there else ''}\tx = {use};\n}}\n"
    after = code.replace("foo_t", "bar_t") if is_there else code
    assert applied(patch("typedef foo_t, bar_t, baz_t;", change), code) == after
