"""The facts of a rule, looked up in a tree.

The search begins before anything else is done, and what it finds is read and judged when the first
asks: so it costs little where git is searching anyway. A fact that cannot be told is unknown, which
is a value like others; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from refactor.c.conditions import conditions_at
from refactor.c.lexical import mentions
from refactor.c.syntax import Node, SourceFile
from refactor.plan.excerpt import excerpt
from refactor.plan.facts import options_of
from refactor.plan.search import KCONFIG, FactSearches
from refactor.plan.users import Judged, users_of
from refactor.rule.facts import (
    COMPONENT,
    Behaviour,
    Fact,
    MayBeOff,
    Reached,
    Selects,
    Stub,
    Told,
    Users,
    options_of_facts,
)
from refactor.tree.kconfig import Prompt, Selection, prompt_of
from refactor.tree.tree import Blob, KernelTree

OPTION = "CONFIG_"


def look_up(
    tree: KernelTree,
    facts: Mapping[str, Fact],
    searches: FactSearches,
    components: Collection[str],
    skipped: Collection[str] = (),
) -> Found:
    """What the tree says of some architectures.

    `skipped` are those with a definition that the rule cannot change.
    """
    options = options_of(tree, options_of_facts(facts), searches.kconfigs)
    wanted = _wanted(facts.values(), components)
    texts = _Texts(tree.read([_KCONFIG, *wanted]), wanted)
    asking = _Asking(tree, texts, options, sorted(components))
    values: dict[str, Any] = {}
    users: dict[str, Judged] = {}
    for name, fact in facts.items():
        if isinstance(fact, Users):
            files = searches.users[name]()
            users[name] = users_of(tree, fact, files, options, frozenset(skipped))
        else:
            values[name] = asking.about(fact)
    return Found(values, users, options)


@dataclass(frozen=True, slots=True)
class Found:
    """The value of each fact, in plain data; of some facts one for each architecture."""

    values: Mapping[str, Any]
    users: Mapping[str, Judged]
    options: Mapping[str, Mapping[str, Selection]]
    """For each option that the facts ask about: the architectures that select it."""

    def of(self, component: str) -> dict[str, Any]:
        """The facts as one architecture has them."""
        own = {
            name: value.get(component) if isinstance(value, ByComponent) else value
            for name, value in self.values.items()
        }
        return own | {name: judged.of(component) for name, judged in self.users.items()}

    def plain(self) -> dict[str, Any]:
        """The facts for all architectures, without those about users."""
        return {
            name: dict(value) if isinstance(value, ByComponent) else value
            for name, value in self.values.items()
        }


class ByComponent(dict[str, Any]):
    """A value for each architecture that has one."""


_KCONFIG = "arch/Kconfig"


def _wanted(facts: Iterable[Fact], components: Iterable[str]) -> dict[str, set[str]]:
    """The files that facts name, each with the words that are looked for in it."""
    wanted: dict[str, set[str]] = {}
    for fact in facts:
        if isinstance(fact, Stub):
            wanted.setdefault(fact.file, set()).add(fact.function)
        elif isinstance(fact, Reached):
            for path in fact.files:
                wanted.setdefault(path, set()).add(fact.word)
        elif isinstance(fact, Behaviour):
            for way in fact.ways:
                paths = {path.replace(COMPONENT, each) for path in way.files for each in components}
                for path in paths:
                    words = {way.function} if way.function else set(way.mentions)
                    wanted.setdefault(path, set()).update(words)
    return wanted


@dataclass(frozen=True, slots=True)
class _Texts:
    """Files of the tree, read in one go, and each parsed once."""

    blobs: Mapping[str, Blob]
    words: Mapping[str, set[str]]
    parsed: dict[str, SourceFile | None] = field(default_factory=dict)

    def source(self, path: str) -> SourceFile | None:
        """What a file has of the words that are looked for in it; None if it has none."""
        if path not in self.parsed:
            blob = self.blobs.get(path)
            known = blob is not None and path in self.words
            words = self.words[path] if known else ()
            self.parsed[path] = excerpt(path, blob.data, words) if blob and words else None
        return self.parsed[path]


@dataclass(frozen=True, slots=True)
class _Asking:
    """Questions to one tree, about some architectures."""

    tree: KernelTree
    texts: _Texts
    options: Mapping[str, Mapping[str, Selection]]
    components: list[str]

    def about(self, fact: Fact) -> Any:
        match fact:
            case Selects(option):
                return self._selected(option)
            case MayBeOff(option):
                return self._off(option)
            case Stub():
                return self._real(fact)
            case Behaviour():
                return self._behaviour(fact)
            case Reached(word, files):
                return self._reached(word, files)
        raise AssertionError(fact)

    def _selected(self, option: str) -> ByComponent:
        return ByComponent(_conditions(self.options.get(option, {})))

    def _off(self, option: str) -> Any:
        """How an option can be off for each architecture, None for one where it is always on.

        `never_on` tells that the architecture has not got it, `by_choice` that the user is asked,
        and `unless` are the conditions without which it cannot be on. All of it is None where no
        Kconfig file of arch/ has the option.
        """
        blob = self.texts.blobs.get(_KCONFIG)
        prompt = prompt_of(blob.data, option) if blob is not None else None
        if prompt is None:
            return None
        return ByComponent({each: self._off_for(each, prompt) for each in self.components})

    def _off_for(self, component: str, prompt: Prompt) -> dict[str, Any] | None:
        never = False
        unless: list[str] = []
        for term in prompt.depends:
            ways = self.options.get(term)
            if ways is not None:
                selection = ways.get(component)
                never = never or selection is None
                unless += selection.conditions if selection is not None else ()
        asked = prompt.condition is not None
        if prompt.condition and prompt.condition in self.options:
            asked = component in self.options[prompt.condition]
        if not (never or asked or unless):
            return None
        return {"never_on": never, "by_choice": asked, "unless": list(dict.fromkeys(unless))}

    def _real(self, fact: Stub) -> Any:
        """For each architecture whether a function is real, and under which conditions.

        None if the header does not tell.
        """
        source = self.texts.source(fact.file)
        if source is None:
            return None
        for function in source.functions:
            if function.name != fact.function or not _is_empty(function.body):
                continue
            for condition in conditions_at(source, function.node.start_byte):
                option = condition.removeprefix(f"!{OPTION}")
                if option != condition:
                    ways = self.options.get(option) or self._ask(option)
                    every = {*self.components, *ways}
                    return ByComponent(
                        {
                            each: {
                                "real": each in ways,
                                "conditions": list(ways[each].conditions) if each in ways else [],
                            }
                            for each in every
                        }
                    )
        return None

    def _ask(self, option: str) -> Mapping[str, Selection]:
        return options_of(self.tree, [option], self.tree.search([option], KCONFIG))[option]

    def _behaviour(self, fact: Behaviour) -> Any:
        if not fact.is_of_components:
            return self._way(fact.ways, "")
        return ByComponent({each: self._way(fact.ways, each) for each in self.components})

    def _way(self, ways: Iterable[Told], component: str) -> str:
        return next((way.says for way in ways if self._is_told(way, component)), "")

    def _is_told(self, way: Told, component: str) -> bool:
        for path in (each.replace(COMPONENT, component) for each in way.files):
            blob = self.texts.blobs.get(path)
            if way.contains and blob is not None and way.contains.encode() in blob.data:
                return True
            source = self.texts.source(path)
            if source is None or way.contains:
                continue
            if not way.function and all(_has(source.code, word) for word in way.mentions):
                return True
            for function in source.functions:
                code = source.code[function.node.start_byte : function.node.end_byte]
                if function.name == way.function and all(_has(code, w) for w in way.mentions):
                    return True
        return False

    def _reached(self, word: str, files: Iterable[str]) -> Any:
        """Function and conditions of each place, each pair once; None if there is no place."""
        found: dict[tuple[str, tuple[str, ...]], None] = {}
        for path in files:
            source = self.texts.source(path)
            if source is None:
                continue
            for place in mentions(source.code, word):
                function = source.function_at(place.start)
                name = function.name if function is not None else ""
                found[name, conditions_at(source, place.start)] = None
        return [
            {"function": name, "conditions": list(conditions)} for name, conditions in found
        ] or None


def _conditions(ways: Mapping[str, Selection]) -> dict[str, dict[str, list[str]]]:
    """The conditions under which architectures select something; none: always."""
    return {each: {"conditions": list(way.conditions)} for each, way in ways.items()}


def _has(code: bytes, word: str) -> bool:
    return any(True for _ in mentions(code, word))


def _is_empty(body: Node) -> bool:
    """True for a body that does nothing but return a constant."""
    statements = [child for child in body.named_children if child.type != "comment"]
    if not statements:
        return True
    only = statements[0]
    inner = only.named_children
    return (
        len(statements) == 1
        and only.type == "return_statement"
        and (not inner or inner[0].type in ("number_literal", "true", "false", "null"))
    )
