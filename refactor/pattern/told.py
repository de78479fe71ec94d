"""What of a pattern has been told before: it does not change, so it is told once for all files.

Everything is kept by the identity of a node of the pattern, or of several: these live as long as
the pattern does. What is told of the nodes of a file goes with that file instead
(`refactor.pattern.known.Seen`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from refactor.c.code import Code
from refactor.pattern.heads import Heads
from refactor.pattern.sign import Sign

Names = frozenset[str]
"""Names of metavariables."""


@dataclass(slots=True)
class Told:
    """Answers about one pattern, each by what it has been asked of."""

    attached: dict[int, list[str]] | None = None
    """The names that are bound to what a node of it meets."""
    heads: dict[int, Heads | None] = field(default_factory=dict)
    """At which nodes an expression of it can be."""
    choices: dict[tuple[int, str | bytes], tuple[Code, ...]] = field(default_factory=dict)
    """Of alternatives those that a node may match which is known by something."""
    needs: dict[int, tuple[frozenset[frozenset[bytes]], Names]] = field(default_factory=dict)
    """What a statement needs for an item to be there: a word of each set, and of what these names
    are bound to each token."""
    owners: dict[int, Code] | None = None
    """For a `break` or `continue` of the pattern: the loop or switch that it is in."""
    alone: dict[int, Names] = field(default_factory=dict)
    """The names that nothing but an item speaks of."""
    beside: dict[int, Names] | None = None
    """For each token the names whose values are written beside it."""
    apart: dict[object, tuple[Names, Names]] = field(default_factory=dict)
    """For dots and what is behind them, the names in that of which something else speaks."""
    spoken: dict[object, Names] = field(default_factory=dict)
    """The names that are spoken of in some dots, behind and before them."""
    placed: dict[int, Names] = field(default_factory=dict)
    """The positions that are attached in a node."""
    sole: dict[int, bool] = field(default_factory=dict)
    """For a hole, or a cast to one: is it the only one of its name?"""
    shared: dict[int, Names] = field(default_factory=dict)
    """For operands, by what they are in: their names that others match as well."""
    signs: dict[object, tuple[Sign, ...]] = field(default_factory=dict)
    """For an item, with some names bound: what is in the text of all that it meets."""
