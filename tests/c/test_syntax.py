"""Syntax trees: tokens."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from refactor.c.syntax import parse, tokens_of

OPERANDS = st.sampled_from(["a", "12", "f ( x )", '"s"', "'c'", "p -> m", "x [ 1 ]", "- 1"])


@given(st.lists(OPERANDS, min_size=1, max_size=8))
def test_tokens_are_the_same_with_other_white_space(operands: list[str]) -> None:
    code = f"int v = {' + '.join(operands)} ;"
    gaps = (" /* x, y */\n", " ", " \\\n\t")
    found = []
    for gap in gaps:
        source = parse("a.c", code.replace(" ", gap).encode())
        found.append(tokens_of(source, source.root))
    assert found[0] == found[1] == found[2]
