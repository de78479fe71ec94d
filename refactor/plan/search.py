"""What is looked for in a tree, before anything of it is read.

Of the modules that know rules this one is quick to import, so that git searches while the others
are still on their way.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from refactor.rule.model import HelperRule
from refactor.tree.tree import KernelTree, Search

KCONFIG = ("arch/**/Kconfig*", "**/Kconfig*")


@dataclass(frozen=True, slots=True)
class Searches:
    """Searches that have begun."""

    sources: Search
    """C files with one of the words."""
    kconfigs: Search
    """Kconfig files that mention one of the options."""


def search(
    tree: KernelTree,
    rule: HelperRule,
    options: Iterable[str],
    words: Iterable[str] = (),
    paths: Iterable[str] = (),
) -> Searches:
    """Look for the entry, the helper and more `words` in the paths of the rule and more `paths`."""
    return Searches(
        tree.search([rule.entry, rule.helper.name, *words], [*rule.paths, *paths]),
        tree.search(options, KCONFIG),
    )
