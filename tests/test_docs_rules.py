"""docs/rules.md: its examples do what it says, and it has every key."""

from __future__ import annotations

import inspect
import re

import pytest

from refactor.rule import kinds, load
from tests.edits import applied, rule_of
from tests.support import PROJECT

TEXT = (PROJECT / "docs" / "rules.md").read_text()
OF_HELPERS = {"entry", "options", "policy", "unflagged"}
"""Keys of a rule with a helper, which explains them itself."""

EXAMPLES = re.findall(
    r"^## ([^\n]*)|```toml\n(.*?)```\n```c\n(.*?)```\n```c\n(.*?)```",
    TEXT,
    re.DOTALL | re.MULTILINE,
)


def examples() -> list[tuple[str, str, str, str]]:
    """Heading, edit, code before, code after."""
    heading = ""
    found = []
    for title, edit, before, after in EXAMPLES:
        heading = title or heading
        if edit:
            found.append((heading, edit, before, after))
    return found


@pytest.mark.parametrize(
    ("edit", "before", "after"),
    [example[1:] for example in examples()],
    ids=[f"{number} {example[0]}" for number, example in enumerate(examples())],
)
def test_an_example(edit: str, before: str, after: str) -> None:
    result = applied(rule_of(edit, single=True), before.encode(), "include/area.h")
    assert not result.refused
    assert result.after.decode() == after


def test_there_is_an_example_for_each_kind() -> None:
    headings = {example[0] for example in examples()}
    assert headings == {
        "Semantic patches",
        "What something comes from",
        "Rename",
        "Flags",
        "Insert",
    }


def test_every_key_is_explained() -> None:
    """The keys are those that the loader takes; a rule with a helper explains its own."""
    taken = inspect.getsource(load) + inspect.getsource(kinds)
    keys = set(re.findall(r"\.(?:string|strings|table|tables|take)\(\s*\"(\w+)\"", taken))
    keys |= set(kinds.KINDS)
    missing = {key for key in keys - OF_HELPERS if not re.search(rf"\b{key}s?\b", TEXT)}
    assert not missing
