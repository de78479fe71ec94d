"""One rule of a semantic patch, ready to run."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from refactor.pattern.compile import Pattern
from refactor.pattern.sign import Known, Sign
from refactor.pattern.words import Clause
from refactor.rule.smpl.model import PatchRule


@dataclass(slots=True)
class Step:
    """A rule, compiled, with what it takes from others and hands on."""

    rule: PatchRule
    pattern: Pattern
    exports: frozenset[str]
    clauses: frozenset[Clause] = frozenset()
    """Words that have to be there for it to match."""
    reach: str = "file"
    """What of a file has to be looked at: `directive` (these alone), `statement` (those with a
    word), `item` or `file`."""
    anchor: Clause | None = None
    """The words that tell which statements or items; None where all of a file is looked at."""
    is_special: bool = False
    """True if what it writes is a case of what it matches: then that is left alone."""
    named: tuple[tuple[str, str], ...] = ()
    """What constraints, types and fresh names take from other rules as `rule.name`."""
    sieve: tuple[Sign, ...] = ()
    """What the text of every match has in it, the rarest first."""
    starts: tuple[Sign, ...] = ()
    """The same of what the first item of the pattern, dots aside, has met."""
    is_typed: bool = False
    """True if a match may depend on what the file declares."""
    asks_locals: bool = False
    """True if an expression goes from rule to rule: it is that of another function only if its
    variables have the same types."""
    is_first: bool = True
    """False if it needs something that another rule has bound."""
    changes_head: bool = False
    """True if it changes heads of functions: their prototypes are in other files as well."""
    is_expression: bool = False
    """True if it makes an expression of an expression, whatever statements are around it, and asks
    for no declaration either."""
    demand: tuple[tuple[Known, ...], ...] | None = None
    """Where a match is of use: in an item that has all signs of one of these rows; None if that is
    everywhere (`refactor.rule.smpl.demand`)."""

    @property
    def fixed(self) -> tuple[Known, ...]:
        """The signs that are in the text of every match, whatever is bound before."""
        return _fixed(self.sieve)

    def has_signs(self, data: bytes) -> bool:
        """True if `data` has all of these."""
        return all(sign.is_in(data) for sign in self.fixed)


@lru_cache(1024)
def _fixed(sieve: tuple[Sign, ...]) -> tuple[Known, ...]:
    known = (each.known({}) for each in sieve if not (each.metas or each.places))
    return tuple(each for each in known if each is not None)
