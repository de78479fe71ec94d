"""What is to be known for the findings of a rule, read from a TOML file and checked whole.

The engine has the mechanism of each finding; which flags, options and calls it is about, how much
it matters, and what people read about it, is data: `rules/findings/<id>.toml`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from refactor.check.finding import Code, Level
from refactor.errors import Place, RuleError
from refactor.pattern.pattern import Pattern, compile_pattern
from refactor.plan.search import Searches, search
from refactor.rule.model import HelperRule
from refactor.rule.toml import Table
from refactor.tree.tree import KernelTree


@dataclass(frozen=True, slots=True)
class Doc:
    """The page of a finding. `bad` and `good` are files, laid over the tree named `tree`."""

    code: Code
    level: Level
    title: str
    what: str
    why: str
    fix: str
    tree: str
    bad: Mapping[str, str]
    good: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Guard:
    """An option that must not be selected without a flag: `vintages` says where it is so."""

    option: str
    flag: str
    vintages: tuple[str, ...]
    through: frozenset[str]
    """Allocators without flags for which the option has its effect all the same."""


@dataclass(frozen=True, slots=True)
class Redundant:
    """A call that a helper which returns `flag` makes unnecessary.

    That is for memory of the rule's entry: known by the code around it, or by what the argument is.
    An architecture that does not select `option` has no need of the call anyway.
    """

    call: str
    flag: str
    option: str
    arguments: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Catalog:
    """What is to be known for the findings of one rule."""

    source: str
    paths: tuple[str, ...]
    """Globs of files to look into besides those of the rule."""
    required: frozenset[str]
    """Flags that every call has to have, with the helper or without."""
    neutral: Mapping[str, str]
    """Flags that may differ between two attempts, each with the reason."""
    by_hand: frozenset[str]
    """Functions that a definition calls if it puts its memory together by itself."""
    unified: tuple[str, ...]
    """Vintages in which nothing calls the rule's entry any more."""
    borrowed: Mapping[str, str]
    """For an architecture that builds the definitions of another one: which."""
    options: Mapping[str, str]
    """The options that matter for an architecture, each with its heading in the matrix."""
    guards: tuple[Guard, ...]
    redundant: Redundant
    trees: Mapping[str, Mapping[str, str]]
    """Small trees for examples: text of each path."""
    docs: Mapping[Code, Doc]

    def search(self, tree: KernelTree, rule: HelperRule) -> Searches:
        """Start looking for what there may be findings in."""
        return search(tree, rule, self.options, [self.redundant.call], self.paths)


def load(file: Path, rule: HelperRule) -> Catalog:
    """Read and check the findings of `rule`. Raises RuleError with the file and the key."""
    try:
        text = file.read_bytes().decode()
        return _catalog(Table(tomllib.loads(text), "", str(file), text), rule)
    except UnicodeDecodeError as error:
        raise RuleError("findings have to be UTF-8", place=Place(str(file))) from error
    except tomllib.TOMLDecodeError as error:
        raise RuleError(f"no TOML: {error}", place=Place(str(file))) from error
    except OSError as error:
        message = f"cannot read the findings: {error.strerror}"
        raise RuleError(message, place=Place(str(file))) from error


def _catalog(table: Table, rule: HelperRule) -> Catalog:
    trees = {name: _texts(each) for name, each in _tables_by_name(table.table("tree", {})).items()}
    docs = [_doc(each, trees) for each in table.tables("finding")]
    catalog = Catalog(
        source=table.file,
        paths=table.strings("paths", []),
        required=frozenset(table.strings("required", [])),
        neutral=_texts(table.table("neutral", {})),
        by_hand=frozenset(table.strings("by_hand", [])),
        unified=table.strings("unified", []),
        borrowed=_texts(table.table("borrowed", {})),
        options=_texts(table.table("options", {})),
        guards=tuple(_guard(each) for each in table.tables("guard", [])),
        redundant=_redundant(table.table("redundant")),
        trees=trees,
        docs={doc.code: doc for doc in docs},
    )
    if table.string("rule") != rule.id:
        raise table.fail(f"these are not the findings of {rule.id}", "rule")
    table.done()
    _cross_check(catalog, docs, table, rule)
    return catalog


def _cross_check(catalog: Catalog, docs: list[Doc], table: Table, rule: HelperRule) -> None:
    missing = [code for code in Code if code not in catalog.docs]
    if missing or len(docs) != len(catalog.docs):
        what = f"there is no {missing[0]}" if missing else "a code stands there twice"
        raise table.fail(what, "finding")
    vintages = [vintage.name for vintage in rule.vintages]
    for name in (*catalog.unified, *(each for guard in catalog.guards for each in guard.vintages)):
        if name not in vintages:
            raise table.fail(f"rule {rule.id} has no vintage {name!r}")
    for option in (catalog.redundant.option, *(guard.option for guard in catalog.guards)):
        if option not in catalog.options:
            raise table.fail(f"there is no {option}", "options")


def _doc(table: Table, trees: Mapping[str, Mapping[str, str]]) -> Doc:
    code, level = table.string("code"), table.string("level")
    if code not in list(Code):
        raise table.fail(f"the engine knows no finding {code!r}", "code")
    if level not in list(Level):
        raise table.fail(f"it is one of {', '.join(Level)}", "level")
    doc = Doc(
        code=Code(code),
        level=Level(level),
        title=table.string("title"),
        what=table.string("what").strip(),
        why=table.string("why").strip(),
        fix=table.string("fix").strip(),
        tree=table.string("tree"),
        bad=_texts(table.table("bad")),
        good=_texts(table.table("good")),
    )
    if doc.tree not in trees:
        raise table.fail(f"there is no tree {doc.tree!r}", "tree")
    table.done()
    return doc


def _guard(table: Table) -> Guard:
    guard = Guard(
        option=table.string("option"),
        flag=table.string("flag"),
        vintages=table.strings("vintages"),
        through=frozenset(table.strings("through", [])),
    )
    table.done()
    return guard


def _redundant(table: Table) -> Redundant:
    patterns = []
    for text in table.strings("arguments", []):
        try:
            patterns.append(compile_pattern(text))
        except ValueError as error:
            raise table.fail(f"{error}: {text}", "arguments") from error
    redundant = Redundant(
        call=table.string("call"),
        flag=table.string("flag"),
        option=table.string("option"),
        arguments=tuple(patterns),
    )
    table.done()
    return redundant


def _tables_by_name(table: Table) -> dict[str, Table]:
    return {name: table.table(name) for name in list(table.values)}


def _texts(table: Table) -> dict[str, str]:
    return {name: table.string(name) for name in list(table.values)}
