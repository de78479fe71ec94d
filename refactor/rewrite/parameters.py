"""Parameters with the attributes behind them, which no pattern names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from refactor.c.code import Code
from refactor.pattern.binding import Pair


def with_attributes(removed: Sequence[Pair], start: int, end: int) -> tuple[int, int]:
    """A parameter that goes takes its attributes along, which no pattern names."""
    for pair in removed:
        for each in parameter(pair):
            own = [leaf for leaf in each.leaves() if leaf.kind != "attr"]
            if own and start <= own[0].start and own[-1].end <= end:
                start, end = min(start, each.start), max(end, behind_attributes(each))
    return start, end


def parameter(pair: Pair) -> Iterator[Code]:
    """The innermost parameter that a token is in."""
    if pair.node is not None:
        for each in (pair.node, *pair.node.ancestors()):
            if each.kind == "param":
                yield each
                return


def behind_attributes(parameter: Code) -> int:
    """The end of a parameter with what stands behind it before the next comma."""
    end = parameter.end
    siblings = parameter.parent.children if parameter.parent is not None else []
    for each in siblings:
        if each.start >= parameter.end:
            if each.kind != "attr":
                break
            end = each.end
    return end
