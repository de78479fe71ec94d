"""What is looked for in a tree, before anything of it is read.

It knows no more of a rule than its outline, so that git searches while all else is still on its
way.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from refactor.rule.facts import Fact, Users, options_of_facts
from refactor.rule.outline import Outline
from refactor.tree.globs import matches
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
    rule: Outline,
    options: Iterable[str] = (),
    words: Iterable[str] = (),
    paths: Iterable[str] = (),
) -> Searches:
    """Look for what the rule is about, and more `words`, in the rule's paths and more `paths`."""
    wanted = [*options, *rule.options]
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
    users: Mapping[str, FoundFiles]
    """For each fact about users: C files with one of its words, and others."""


def search_all(tree: KernelTree, rule: Outline) -> tuple[Searches, FactSearches]:
    """Look for what the plan needs, and for what the rule wants to know besides.

    Two searches of one folder take twice as long as one for the words of both. A rule with a helper
    has an eye for the files that are not the plan's; for others they are looked for apart.
    """
    options = options_of_facts(rule.facts)
    users = [fact for fact in rule.facts.values() if isinstance(fact, Users)]
    words = {word for fact in users for word in _words(fact)} if rule.has_helper else ()
    searches = search(tree, rule, options, words)
    paths = rule.paths if rule.has_helper else ()
    return searches, search_facts(tree, rule.facts, searches.kconfigs, searches.sources, paths)


def search_facts(
    tree: KernelTree,
    facts: Mapping[str, Fact],
    kconfigs: Search | None = None,
    sources: Search | None = None,
    paths: Collection[str] = (),
) -> FactSearches:
    """Look for what a rule wants to know.

    Searches may have begun that look for all of it in Kconfig files, and under some `paths`.
    """
    users = {}
    for name, fact in facts.items():
        if isinstance(fact, Users):
            others = [path for path in fact.paths if path not in paths]
            found = [] if sources is None or len(others) == len(fact.paths) else [sources]
            found += [tree.search(_words(fact), others)] if others else []
            users[name] = FoundFiles(fact.paths, tuple(found))
    if kconfigs is None:
        wanted = options_of_facts(facts)
        kconfigs = tree.search(wanted, KCONFIG) if wanted else _nothing()
    return FactSearches(kconfigs, users)


@dataclass(frozen=True, slots=True)
class FoundFiles:
    """What several searches find under some paths."""

    paths: tuple[str, ...]
    searches: tuple[Search, ...]

    def __call__(self) -> list[str]:
        """All of them, sorted; searches may have found others besides."""
        found = {path for each in self.searches for path in each()}
        return sorted(path for path in found if matches(path, self.paths))


def _words(fact: Users) -> set[str]:
    defined = {each.defines for each in fact.named if each.defines}
    return {fact.of, *fact.through, *fact.sets, *defined}
