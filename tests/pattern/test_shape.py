"""C patterns: what they match, what their metavariables stand for, and which are no pattern."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refactor.c.syntax import parse
from refactor.pattern.shape import compile_shape
from tests.samples import PATIENT


def matches(pattern: str, code: str) -> list[dict[str, str]]:
    """What the metavariables stand for in each match in a body."""
    source = parse("a.c", f"void f(void)\n{{\n{code}\n}}\n".encode())
    compiled = compile_shape(pattern)
    return [
        {name: source.text(node).decode() for name, node in match.bindings.items()}
        for match in compiled.matches(source, source.root)
    ]


@pytest.mark.parametrize(
    ("pattern", "code", "expected"),
    [
        pytest.param("get($a, $b)", "get(1, x + 2);", [{"$a": "1", "$b": "x + 2"}], id="a call"),
        pytest.param("get($a)", "get(1, 2);", [], id="another number of arguments"),
        pytest.param("get($a)", "got(1);", [], id="another name"),
        pytest.param("get($a)", "get(get(1));", [{"$a": "get(1)"}, {"$a": "1"}], id="nested"),
        pytest.param("get( $a,$b )", "get(1 ,\n\t2);", [{"$a": "1", "$b": "2"}], id="white space"),
        pytest.param("get($a)", "get(/* one */ 1 /* ! */);", [{"$a": "1"}], id="comments"),
        pytest.param("$p->$m", "a->b->c;", [], id="a member is no expression"),
        pytest.param("$a | FLAG", "x(a | FLAG);", [{"$a": "a"}], id="an operator"),
        pytest.param("$a | FLAG", "x(a & FLAG);", [], id="another operator"),
        pytest.param("$a = $a + 1", "x = x + 1;", [{"$a": "x"}], id="the same twice"),
        pytest.param("$a = $a + 1", "x = y + 1;", [], id="twice, but not the same"),
        pytest.param(
            "$a == $a", "f( 1,2 ) == f(1, 2);", [{"$a": "f( 1,2 )"}], id="the same tokens"
        ),
        pytest.param("put($p);", "put(a); x = put(b);", [{"$p": "a"}], id="a statement"),
        pytest.param(
            "if ($c) return;", "if (x)\n\t\treturn;", [{"$c": "x"}], id="a statement with another"
        ),
        pytest.param("get($a)", "get(1, );", [], id="not in what does not parse"),
        pytest.param("get()", "get();", [{}], id="no metavariables"),
    ],
)
def test_a_pattern_matches(pattern: str, code: str, expected: list[dict[str, str]]) -> None:
    assert matches(pattern, code) == expected


def test_a_pattern_knows_its_metavariables() -> None:
    compiled = compile_shape("  get($size, FLAG, $size, $node) ")
    assert compiled.metavariables == {"$size": 2, "$node": 1}
    assert compiled.text == "get($size, FLAG, $size, $node)"


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        pytest.param("get(", "does not parse", id="an open parenthesis"),
        pytest.param("get($a,)", "does not parse", id="an empty argument"),
        pytest.param("", "neither", id="nothing"),
        pytest.param("$a", "every expression", id="a metavariable alone"),
        pytest.param("int x", "neither", id="a declaration"),
        pytest.param("} int g(void) {", "does not parse", id="the end of the function around it"),
        pytest.param("x; } int g(void) { y", "does not parse", id="more than one function"),
        pytest.param("/* comment */", "neither", id="a comment"),
    ],
)
def test_what_is_no_pattern_says_why(pattern: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        compile_shape(pattern)


@PATIENT
@given(st.text(alphabet="ab$(){};,*/'\"#\\ \n", max_size=12))
def test_a_pattern_compiles_or_is_told_why_not(text: str) -> None:
    with suppress(ValueError):
        assert not any(root.has_error for root in compile_shape(text).roots)
