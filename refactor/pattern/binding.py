"""What a metavariable stands for, and the environment that a match builds up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from refactor.c.code import Code, level


class Binding(NamedTuple):
    """A value. Two are equal if their keys are: the tokens, white space and comments aside.

    It and a pair are tuples, because these are made three times as fast as any other object.
    """

    kind: str
    """`code`, `type`, `list` or `position`."""
    key: tuple[bytes, ...]
    text: bytes
    level: int = 20
    """How tightly an expression holds together (`refactor.c.code.level`)."""
    nodes: tuple[Code, ...] = ()
    """Where it was found, in the file that is being matched; empty if it was inherited."""
    brackets: bytes = b""
    """Of a type the dimensions, `[2][N]`, that stand behind what is declared with it."""
    noted: bytes = b""
    """Of a type its text with the annotations in it, as a script is told of it; nothing if it has
    none: what is written for the type is without them."""
    local: tuple[tuple[bytes, ...] | None, ...] = ()
    """Of an expression that later rules know: the type of each variable in it that is local, None
    for one that is not."""

    @property
    def places(self) -> list[tuple[bytes, ...]]:
        """Of a position where it is: mostly one place, and each by its first and its last byte."""
        return [self.key[at : at + 2] for at in range(0, len(self.key), 2)]

    def plain(self) -> Binding:
        """The same without nodes, as later rules see it: a struct that is defined in passing is
        its tag to them."""
        for node in self.nodes if self.kind == "type" else ():
            defined = [
                each for each in node.walk() if each.kind == "struct" and len(each.parts) > 2
            ]
            if len(defined) == 1 and defined[0].parts[-1].kind == "fields":
                tag = tuple(each.text for each in defined[0].parts[:2])
                derived = self.key[len(node.key()) :]
                text = b" ".join(tag) + (b" " + b"".join(derived) if derived else b"")
                return Binding("type", (*tag, *derived), text, self.level)
        return self._replace(nodes=())


class Pair(NamedTuple):
    """A token of the pattern, and the bytes of the file that it has met."""

    number: int
    start: int
    end: int
    node: Code | None


SECOND = -2
"""The number of a pair that is no token: here an isomorphism was tried behind what matches too."""


class State:
    """A match so far: what is bound, and which token has met what. Never changed, only extended."""

    __slots__ = ("env", "last", "paths", "reordered")

    def __init__(
        self,
        env: Mapping[str, Binding],
        last: tuple[object, Pair] | None = None,
        reordered: bool = False,
        paths: tuple[State, ...] = (),
    ) -> None:
        self.env = env
        self.last = last
        self.reordered = reordered
        """True if an isomorphism has matched code of another form that is about to change."""
        self.paths = paths
        """Where the pattern has forked on the way: what each path has met."""

    def bind(self, name: str, binding: Binding) -> State:
        """The same with one more name."""
        return State({**self.env, name: binding}, self.last, self.reordered, self.paths)

    def meet(self, number: int, start: int, end: int, node: Code | None) -> State:
        """The same with one more pair."""
        last = (self.last, Pair(number, start, end, node))
        return State(self.env, last, self.reordered, self.paths)

    def other_form(self) -> State:
        """The same, marked as of another form than the pattern."""
        return State(self.env, self.last, True, self.paths)

    def unfolded(self) -> Iterator[State]:
        """Each path by itself, with all that has been met before and behind the fork."""
        if not self.paths:
            yield self
            return
        own = list(self.pairs())
        for path in self.paths:
            for each in path.unfolded():
                known = {(pair.number, pair.start) for pair in each.pairs()}
                numbers = {pair.number for pair in each.pairs()}
                last = each.last
                for pair in reversed(own):
                    if pair.number not in numbers and (pair.number, pair.start) not in known:
                        last = (last, pair)
                yield State({**self.env, **each.env}, last, self.reordered or each.reordered)

    def pairs(self) -> Iterator[Pair]:
        """All pairs, the last one first."""
        last = self.last
        while last is not None:
            rest, pair = last
            yield pair
            last = rest  # type: ignore[assignment]


def binding_of(node: Code, data: bytes) -> Binding:
    """A piece of code as a value."""
    return Binding("code", node.key(), data[node.start : node.end], level(node), (node,))
