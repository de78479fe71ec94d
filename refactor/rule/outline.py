"""What a rule with a helper looks for, told from its file before the rest of that is understood.

git takes longest of all, and needs no more than words and paths. To read C and semantic patches
takes a tenth of a second that git can have.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from refactor.rule.facts import Fact, read_facts
from refactor.rule.toml import Table


@dataclass(frozen=True, slots=True)
class Outline:
    """What is looked for in a tree because of a rule; see `Rule` for each part."""

    paths: tuple[str, ...]
    searched: tuple[str, ...]
    replaced: tuple[str, ...]
    facts: Mapping[str, Fact]
    has_helper: bool = False
    options: tuple[str, ...] = ()


def outline_of(table: Table) -> Outline | None:
    """That of the rule in the file that `table` is the top of, which stays as it is.

    None for a rule without a helper: its words are known when its edits are. Raises RuleError for
    what is not as it has to be, as loading the rule does.
    """
    if "helper" not in table.values:
        return None
    top = table.again()
    scope, series, helper = (top.table(name) for name in ("scope", "series", "helper"))
    return Outline(
        paths=scope.strings("paths"),
        searched=(scope.string("entry"), helper.string("name")),
        replaced=(),
        facts=read_facts(top.table("fact", {})),
        has_helper=True,
        options=series.strings("options", []),
    )
