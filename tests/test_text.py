"""Edits of a buffer, against the plainest implementation there is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refactor.text import EditSet, Span, TextEdit


def naive(source: bytes, edits: list[TextEdit]) -> bytes:
    """Make the edits one by one, the last one first, so that offsets stay what they are."""
    for edit in sorted(edits, reverse=True):
        source = source[: edit.span.start] + edit.text + source[edit.span.end :]
    return source


@st.composite
def buffers(draw: st.DrawFn) -> tuple[bytes, list[TextEdit]]:
    """A buffer, and disjoint edits of it in any order."""
    source = draw(st.binary(max_size=60))
    cuts = sorted(draw(st.lists(st.integers(0, len(source)), max_size=12)))
    spans = {Span(*pair) for pair in zip(cuts[::2], cuts[1::2], strict=False)}
    edits = [TextEdit(each, draw(st.binary(max_size=5))) for each in spans]
    return source, draw(st.permutations(edits))


@given(buffers())
def test_apply_does_what_one_edit_at_a_time_does(
    given_buffer: tuple[bytes, list[TextEdit]],
) -> None:
    source, edits = given_buffer
    assert EditSet(edits).apply(source) == naive(source, edits)


@given(buffers())
def test_order_does_not_matter(given_buffer: tuple[bytes, list[TextEdit]]) -> None:
    _, edits = given_buffer
    assert EditSet(edits) == EditSet(reversed(edits))
    assert list(EditSet(edits)) == sorted(edits)


@given(buffers())
def test_a_union_is_the_set_of_both(given_buffer: tuple[bytes, list[TextEdit]]) -> None:
    source, edits = given_buffer
    half = len(edits) // 2
    both = EditSet(edits[:half]) | EditSet(edits[half:])
    assert both.apply(source) == naive(source, edits)


def test_no_edits_are_false_and_change_nothing() -> None:
    assert not EditSet()
    assert EditSet().apply(b"int x;\n") == b"int x;\n"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        pytest.param(Span(0, 3), Span(2, 4), id="they share a byte"),
        pytest.param(Span(0, 9), Span(2, 4), id="one lies in the other"),
        pytest.param(Span(2, 2), Span(2, 2), id="two insertions at one place have no order"),
        pytest.param(Span(2, 4), Span(2, 4), id="the same bytes twice"),
        pytest.param(Span(0, 4), Span(2, 2), id="an insertion into what is replaced"),
    ],
)
def test_contradictions_are_errors(left: Span, right: Span) -> None:
    for pair in ((left, right), (right, left)):
        with pytest.raises(ValueError, match="overlap"):
            EditSet(TextEdit(each, b"x") for each in pair)


def test_edits_may_touch() -> None:
    edits = EditSet(
        [TextEdit(Span(0, 2), b"A"), TextEdit(Span(2, 2), b"-"), TextEdit(Span(2, 4), b"B")]
    )
    assert edits.apply(b"aabb") == b"A-B"


def test_an_edit_outside_of_the_buffer_is_an_error() -> None:
    with pytest.raises(ValueError, match="outside"):
        EditSet([TextEdit(Span(3, 5), b"")]).apply(b"1234")


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (3, 2)])
def test_impossible_spans_are_errors(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="no span"):
        Span(start, end)


def test_a_span_knows_what_is_in_it() -> None:
    assert [offset in Span(2, 4) for offset in range(1, 6)] == [False, True, True, False, False]
    assert len(Span(2, 4)) == 2
    assert Span(2, 4).covers(Span(3, 4))
    assert Span(2, 4).covers(Span(4, 4))
    assert not Span(2, 4).covers(Span(3, 5))
