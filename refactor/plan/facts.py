"""What is looked up in a tree: which vintage it is, and Kconfig's answers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache

from refactor.c.lexical import code_only, macro_names, mentions
from refactor.errors import Place, RefusedError
from refactor.plan.search import KCONFIG
from refactor.plan.split import component_of
from refactor.rule.model import GENERIC, HelperRule, Rule, Vintage
from refactor.tree.kconfig import Select, Selection, selections, selects
from refactor.tree.tree import KernelTree, Search


def macros_of(tree: KernelTree, rule: Rule) -> Mapping[str, frozenset[str]]:
    """What is defined by each header that tells the rule's vintages."""
    headers = {header for vintage in rule.vintages for header in vintage.macros}
    landmarks = {file for vintage in rule.vintages for file in vintage.landmarks}
    brought = {rule.helper.header} if isinstance(rule, HelperRule) else rule.inserted
    tree.foresee(landmarks | brought)
    blobs = tree.read(headers)
    return {
        header: macro_names(code_only(blobs[header].data)) if header in blobs else frozenset()
        for header in headers
    }


def vintage_of(
    tree: KernelTree, rule: Rule, defined: Mapping[str, frozenset[str]] | None = None
) -> Vintage:
    """The first vintage that the tree fits, which may be one that the rule refuses."""
    defined = macros_of(tree, rule) if defined is None else defined
    files = tree.sizes({file for vintage in rule.vintages for file in vintage.files})
    for vintage in rule.vintages:
        if (
            all(file in files for file in vintage.files)
            and all(set(names) <= defined[header] for header, names in vintage.macros.items())
            and _has_words(tree, vintage)
        ):
            return vintage
    names = ", ".join(vintage.name for vintage in rule.vintages)
    raise RefusedError(
        f"rule {rule.id} knows no tree like this one (it knows: {names})",
        place=Place(str(tree.root)),
    )


def _has_words(tree: KernelTree, vintage: Vintage) -> bool:
    """True if the code of each file has the words that the vintage tells it by."""
    blobs = tree.read(vintage.words) if vintage.words else {}
    code = {path: code_only(blob.data) for path, blob in blobs.items()}
    return all(
        path in code and all(any(mentions(code[path], name)) for name in names)
        for path, names in vintage.words.items()
    )


def is_kconfig(path: str) -> bool:
    """True for a file that is included by Kconfig, told by its name."""
    return path.rsplit("/", 1)[-1].startswith("Kconfig")


def options_of(
    tree: KernelTree, names: Collection[str], mentioning: Search
) -> dict[str, dict[str, Selection]]:
    """For each option: the architectures that select it. `mentioning` finds the files that do."""
    wanted = set(names)
    files = set(mentioning())
    every = dict(_selects_of(tree, frozenset(files)))
    generic = every.get(GENERIC, [])
    carriers = {select.config for select in generic if select.symbol in wanted} - wanted
    if carriers:
        further = set(tree.search(carriers, KCONFIG)()) - files
        for component, more in _selects_of(tree, frozenset(further)).items():
            every[component] = [*every.get(component, []), *more]
    options: dict[str, dict[str, Selection]] = {option: {} for option in names}
    for component in sorted(every.keys() - {GENERIC}):
        for option, selection in selections(every[component], generic, names).items():
            options[option][component] = selection
    return options


@lru_cache(maxsize=4)
def _selects_of(tree: KernelTree, files: frozenset[str]) -> dict[str, list[Select]]:
    """For each component: what its Kconfig files select. Plan and messages ask for the same."""
    found: dict[str, list[Select]] = {}
    for blob in tree.read(files).values():
        found.setdefault(component_of(blob.path), []).extend(selects(blob.path, blob.data))
    return found
