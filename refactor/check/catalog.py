"""What is to be known for the findings of a rule, read from a TOML file and checked whole.

The engine has the mechanism of each finding; which flags, options and calls it is about, how much
it matters, and what people read about it, is data: `rules/findings/<id>.toml`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from refactor.check.finding import PLAIN, Code, Level
from refactor.errors import Place, RuleError
from refactor.plan.search import Searches, search
from refactor.rule.load import load as load_rule
from refactor.rule.model import HelperRule, Rule
from refactor.rule.outline import Outline
from refactor.rule.toml import Table, read, strings_by_name
from refactor.tree.tree import KernelTree


@dataclass(frozen=True, slots=True)
class Doc:
    """The page of a finding. `bad` and `good` are files, laid over the tree named `tree`."""

    code: str
    level: Level
    title: str
    what: str
    why: str
    fix: str
    tree: str
    bad: Mapping[str, str]
    good: Mapping[str, str]
    precision: str = "high"
    """How often it is right, as code scanning has it: `high`, `medium`, `low`."""


@dataclass(frozen=True, slots=True)
class Guard:
    """An option that must not be selected without a flag: `vintages` says where it is so."""

    option: str
    flag: str
    vintages: tuple[str, ...]
    through: frozenset[str]
    """Allocators without flags for which the option has its effect all the same."""


@dataclass(frozen=True)
class Redundant:
    """A rule that drops calls which a helper that returns `flag` makes unnecessary.

    An architecture that does not select `option` has no need of the calls anyway.
    """

    file: Path
    """The rule's."""
    words: tuple[str, ...]
    """What the rule is about: a file without one of them has nothing that it would drop."""
    flag: str
    option: str

    @cached_property
    def rule(self) -> Rule:
        """The rule, which is not needed before the tree has the helper. Raises RuleError."""
        rule = load_rule(self.file)
        if set(rule.words) != set(self.words):
            message = f"it is about {', '.join(rule.words)}, not about {', '.join(self.words)}"
            raise RuleError(message, place=Place(str(self.file)))
        return rule


@dataclass(frozen=True, slots=True)
class Catalog:
    """The pages of the findings that there can be for a rule."""

    source: str
    trees: Mapping[str, Mapping[str, str]]
    """Small trees for examples: text of each path."""
    docs: Mapping[str, Doc]


@dataclass(frozen=True, slots=True)
class HelperCatalog(Catalog):
    """What is to be known for the findings of one rule with a helper."""

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

    def search(self, tree: KernelTree, rule: HelperRule) -> Searches:
        """Start looking for what there may be findings in."""
        return search(tree, rule.outline, self.options, self.redundant.words, self.paths)


def begin(file: Path, tree: KernelTree, rule: Outline) -> Searches:
    """Start the search of the catalog in `file`, which is yet to be loaded. Raises RuleError."""
    table = read(file, "findings")
    words = table.table("redundant").strings("words")
    options = table.table("options", {}).values
    return search(tree, rule, options, words, table.strings("paths", []))


def load(file: Path, rule: HelperRule) -> HelperCatalog:
    """Read and check the findings of `rule`. Raises RuleError with the file and the key."""
    table = read(file, "findings")
    trees = _trees(table)
    docs = [_doc(each, trees) for each in table.tables("finding")]
    catalog = HelperCatalog(
        source=table.file,
        trees=trees,
        docs={doc.code: doc for doc in docs},
        paths=table.strings("paths", []),
        required=frozenset(table.strings("required", [])),
        neutral=strings_by_name(table.table("neutral", {})),
        by_hand=frozenset(table.strings("by_hand", [])),
        unified=table.strings("unified", []),
        borrowed=strings_by_name(table.table("borrowed", {})),
        options=strings_by_name(table.table("options", {})),
        guards=tuple(_guard(each) for each in table.tables("guard", [])),
        redundant=_redundant(table.table("redundant"), file.parent.parent),
    )
    if table.string("rule") != rule.id:
        raise table.fail(f"these are not the findings of {rule.id}", "rule")
    table.done()
    _check_docs(docs, set(Code) - PLAIN, table)
    _cross_check(catalog, table, rule)
    return catalog


def load_plain(file: Path) -> Catalog:
    """Read and check the pages of the findings that there are for every rule."""
    table = read(file, "findings")
    trees = _trees(table)
    docs = [_doc(each, trees) for each in table.tables("finding")]
    table.done()
    _check_docs(docs, PLAIN | {Code.CANNOT_JUDGE, Code.NOTHING_TO_CHECK}, table)
    return Catalog(table.file, trees, {doc.code: doc for doc in docs})


def _trees(table: Table) -> dict[str, dict[str, str]]:
    below = table.table("tree", {})
    return {name: strings_by_name(below.table(name)) for name in list(below.values)}


def _check_docs(docs: Sequence[Doc], codes: Set[Code], table: Table) -> None:
    missing = sorted(codes - {doc.code for doc in docs})
    if missing or len(docs) != len(codes):
        raise table.fail(
            f"there is no {missing[0]}" if missing else "a code stands there that has no place",
            "finding",
        )


def _cross_check(catalog: HelperCatalog, table: Table, rule: HelperRule) -> None:
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
        bad=strings_by_name(table.table("bad")),
        good=strings_by_name(table.table("good")),
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


def _redundant(table: Table, rules: Path) -> Redundant:
    """What another rule, which lies beside that of the findings, would drop."""
    name = table.string("rule")
    file = rules / f"{name}.toml"
    if not file.is_file():
        raise table.fail(f"there is no rule {name} beside", "rule")
    redundant = Redundant(
        file=file,
        words=table.strings("words"),
        flag=table.string("flag"),
        option=table.string("option"),
    )
    table.done()
    return redundant
