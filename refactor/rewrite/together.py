"""Declarations of one function that change together or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from refactor.c.types import declarators
from refactor.match.sites import Site, enclosing_function
from refactor.pattern.statements import definitions_in
from refactor.rewrite.merge import Trouble


def parted(sites: Sequence[Site], troubles: Sequence[Trouble]) -> Iterator[Trouble]:
    """The matches that would be made while another declaration of the same function, whose head
    the rule changes as well, stays as it is: the two would not fit each other.

    Of two definitions each is one of its own.
    """
    failed = {id(each.site) for each in troubles}
    lost = {
        (id(site.pattern), name, site.node.kind)
        for site in sites
        if id(site) in failed
        for name in _declared(site)
    }
    for site in sites if lost else ():
        other = "declaration" if site.node.kind == "function" else "function"
        names = {(id(site.pattern), name, other) for name in _declared(site)}
        if id(site) not in failed and names & lost:
            yield Trouble(site, "parameter", site.start, _STAYS)


_STAYS = "another declaration of the function stays as it is"


def _declared(site: Site) -> Iterator[str]:
    """The function that a match of a definition is about, or a prototype that goes with one."""
    if not any(definitions_in(item) for item in site.pattern.items):
        return
    if site.node.kind == "function":
        yield enclosing_function(site.node)
    elif site.node.kind == "declaration":
        yield from (each.name.text.decode(errors="replace") for each in declarators(site.node))
