"""What is looked for in a tree, before anything of it is read.

Of the modules that know rules this one is quick to import, so that git searches while the others
are still on their way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from refactor.rule.facts import Fact, Users, options_of_facts
from refactor.rule.model import HelperRule, Rule
from refactor.tree.tree import KernelTree, Search

KCONFIG = ("arch/**/Kconfig*", "**/Kconfig*")
EVERYWHERE = ("**",)


@dataclass(frozen=True, slots=True)
class Searches:
    """Searches that have begun."""

    sources: Search
    """C files with one of the words."""
    kconfigs: Search
    """Kconfig files that mention one of the options."""
    everywhere: Search
    """Files of any kind, in any folder, with a name that the rule takes away."""


def search(
    tree: KernelTree,
    rule: Rule,
    options: Iterable[str] = (),
    words: Iterable[str] = (),
    paths: Iterable[str] = (),
) -> Searches:
    """Look for what the rule is about, and more `words`, in the rule's paths and more `paths`."""
    wanted = [*options, *(rule.options if isinstance(rule, HelperRule) else ())]
    return Searches(
        tree.search([*rule.searched, *words], [*rule.paths, *paths]),
        tree.search(wanted, KCONFIG) if wanted else _nothing(),
        tree.search(rule.replaced, EVERYWHERE) if rule.replaced else _nothing(),
    )


def _nothing() -> Search:
    return Search(())


# ---------------------------------------------------------------------------- facts


@dataclass(frozen=True, slots=True)
class FactSearches:
    """Searches for the facts of a rule that have begun."""

    kconfigs: Search
    users: Mapping[str, Search]
    """For each fact about users: C files with one of its words."""


def search_facts(
    tree: KernelTree, facts: Mapping[str, Fact], kconfigs: Search | None = None
) -> FactSearches:
    """Look for what a rule wants to know, where a search for all of its options may have begun."""
    users = {
        name: tree.search(_words(fact), fact.paths)
        for name, fact in facts.items()
        if isinstance(fact, Users)
    }
    if kconfigs is None:
        wanted = options_of_facts(facts)
        kconfigs = tree.search(wanted, KCONFIG) if wanted else _nothing()
    return FactSearches(kconfigs, users)


def _words(fact: Users) -> set[str]:
    defined = {each.defines for each in fact.named if each.defines}
    return {fact.of, *fact.through, *fact.sets, *defined}
