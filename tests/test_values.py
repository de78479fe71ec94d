"""Our dataclass is that of the standard library in all that is made of it."""

from __future__ import annotations

import dataclasses
import pickle
from collections.abc import Callable
from dataclasses import field, replace
from typing import Any

import pytest

from refactor.values import dataclass


@dataclass(frozen=True, slots=True)
class Pair:
    first: int
    second: tuple[str, ...] = ()


@dataclass(frozen=True)
class Triple:
    first: int
    second: list[int] = field(default_factory=list)
    hidden: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True)
class More(Triple):
    third: str = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class Nothing:
    pass


@dataclass(slots=True)
class Mutable:
    first: int


@dataclass(frozen=True, slots=True, order=True)
class Ordered:
    first: int


@dataclass(frozen=True, slots=True)
class Own:
    first: int

    def __repr__(self) -> str:
        return "own"

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 7


def standard(made: type) -> Callable[..., Any]:
    """The class that the standard library makes of the same fields."""
    names = [(each.name, each.type, _as_given(each)) for each in dataclasses.fields(made)]
    frozen = made is not Mutable
    return dataclasses.make_dataclass(made.__qualname__, names, frozen=frozen, slots=True)


def _as_given(given: Any) -> Any:
    kinds = ("default", "default_factory", "compare", "repr", "kw_only")
    return field(**{kind: getattr(given, kind) for kind in kinds})


MADE = [
    (Pair, (1,), {}),
    (Pair, (1, ("a", "b")), {}),
    (Triple, (1,), {"hidden": 3}),
    (More, (1, [2]), {"third": "x"}),
    (Nothing, (), {}),
    (Mutable, (1,), {}),
]


@pytest.mark.parametrize(("made", "values", "named"), MADE)
def test_a_value_is_shown_as_that_of_the_standard_library(
    made: type, values: tuple[Any, ...], named: dict[str, Any]
) -> None:
    assert repr(made(*values, **named)) == repr(standard(made)(*values, **named))


@pytest.mark.parametrize(("made", "values", "named"), MADE)
def test_values_are_equal_if_all_that_counts_is(
    made: type, values: tuple[Any, ...], named: dict[str, Any]
) -> None:
    one = made(*values, **named)
    assert one == made(*values, **named) == replace(one)
    assert one != standard(made)(*values, **named)
    assert pickle.loads(pickle.dumps(one)) == one


def test_values_differ_by_one_field() -> None:
    assert Pair(1, ("a",)) != Pair(1, ("b",))
    assert Triple(1, [2]) != Triple(1, [3])
    assert Triple(1, hidden=1) == Triple(1, hidden=2)
    assert More(1, third="x") != More(1, third="y")
    assert Triple(1) != More(1, third="x")


def test_what_is_frozen_can_be_hashed() -> None:
    assert len({Pair(1), Pair(1), Pair(2), Nothing(), Nothing()}) == 3
    assert len({Ordered(2), Ordered(1), Ordered(1)}) == 2
    for unhashable in (Mutable(1), Triple(1, [2])):
        with pytest.raises(TypeError, match="unhashable"):
            hash(unhashable)


def test_order_and_own_methods_are_kept() -> None:
    assert Ordered(1) < Ordered(2)
    assert (repr(Own(1)), hash(Own(1)), Own(1) == Own(2)) == ("own", 7, True)


def test_slots_and_patterns() -> None:
    assert not hasattr(Pair(1), "__dict__")
    match Pair(1, ("a",)):
        case Pair(first, (second,)):
            assert (first, second) == (1, "a")
