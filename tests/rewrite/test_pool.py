"""Work that is spread over processes comes back in order, with what it was done for."""

from __future__ import annotations

import gc
import os
import weakref

import pytest

from refactor.errors import TreeError
from refactor.rewrite import pool
from refactor.rewrite.pool import spread


def doubled(number: int) -> tuple[int, int]:
    return 2 * number, os.getpid()


@pytest.mark.parametrize("jobs", [1, 2, 3])
@pytest.mark.parametrize("count", [0, 1, 9, 100])
def test_order(jobs: int, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "WORTH", 10)
    monkeypatch.setattr(pool, "BATCH", 7)
    found = list(spread(doubled, range(count), lambda _: 1, jobs))
    assert [(each, answer) for each, (answer, _) in found] == [(n, 2 * n) for n in range(count)]
    elsewhere = {process for _, (_, process) in found} - {os.getpid()}
    assert bool(elsewhere) == (jobs > 1 and count >= 10)


@pytest.mark.parametrize(("seconds", "here"), [(0, 4), (1000, 20)])
def test_small_inputs_with_much_to_do_are_spread(
    seconds: float, here: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first one has taken its time, and some are done here in any case."""
    monkeypatch.setattr(pool, "SECONDS", seconds)
    found = list(spread(doubled, range(20), lambda _: 1, 2))
    assert [(each, answer) for each, (answer, _) in found] == [(n, 2 * n) for n in range(20)]
    assert [process for _, (_, process) in found].count(os.getpid()) == here


def test_a_process_that_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "WORTH", 1)
    with pytest.raises(TreeError, match="has ended"):
        list(spread(ended, range(9), lambda _: 1, 2))


def ended(number: int) -> None:
    if number == 5:
        os._exit(3)


KNOWN: set[int] = set()


def learnt(number: int) -> bool:
    """True if another input has been met in this process, or before it was forked."""
    was_there = bool(KNOWN)
    KNOWN.add(number)
    return was_there


def test_what_the_first_need_is_there_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "WORTH", 1)
    monkeypatch.setattr(pool, "BATCH", 1)
    KNOWN.clear()
    assert [answer for _, answer in spread(learnt, range(9), lambda _: 1, 3)] == [
        False,
        *[True] * 8,
    ]


class Node:
    """Knows itself, as the nodes of a tree know each other."""

    def __init__(self) -> None:
        self.itself = self


NODES: list[weakref.ref[Node]] = []


def noted(number: int) -> int:
    """How many objects of the inputs before are still there."""
    left = sum(each() is not None for each in NODES)
    NODES.append(weakref.ref(Node()))
    return left


@pytest.mark.parametrize("jobs", [1, 2])
def test_nothing_of_an_input_is_left_behind_it(jobs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "WORTH", 1)
    NODES.clear()
    usual = gc.get_threshold()
    assert [answer for _, answer in spread(noted, range(20), lambda _: 1, jobs)] == [0] * 20
    assert gc.get_threshold() == usual
