"""What several commands begin with: a tree, a rule, a plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from refactor.errors import Place, RefusedError, RuleError, UsageError
from refactor.resources import data_root
from refactor.rules import Policy, Rule, load
from refactor.search import search
from refactor.tree import KernelTree, open_tree

if TYPE_CHECKING:
    from refactor.plan import Plan, Progress

DEFAULT_RULE = "arch-module-vm-flags"


@dataclass(frozen=True, slots=True)
class Request:
    """What the common options say."""

    tree: Path | None = None
    rule: str = DEFAULT_RULE
    policy: str | None = None
    base: str | None = None
    model: bool = False


@dataclass(frozen=True, slots=True)
class Prepared:
    """An opened tree and what a rule does to it."""

    tree: KernelTree
    plan: Plan
    templates: Path | None


@dataclass(frozen=True, slots=True)
class Opened:
    """An opened tree and what is to be applied to it."""

    tree: KernelTree
    rule: Rule
    policy: Policy
    templates: Path | None


def opened(request: Request) -> Opened:
    """Open the tree and load the rule."""
    if request.model and request.tree is not None:
        raise UsageError("--model is a tree of its own; leave TREE out")
    path = data_root() / "testdata" / "model" if request.model else request.tree or Path()
    tree = open_tree(path, request.base)
    rule, templates = find_rule(request.rule)
    return Opened(tree, rule, rule.policy(request.policy), templates)


def prepared(request: Request, progress: Progress, meanwhile: Sequence[str] = ()) -> Prepared:
    """Open the tree, load the rule and make the plan; see `opened`.

    `meanwhile` are modules to import while git searches the tree: slow ones, needed afterwards.
    """
    ready = opened(request)
    searches = search(ready.tree, ready.rule, ready.rule.options)
    Thread(target=lambda: [import_module(each) for each in meanwhile], daemon=True).start()
    from refactor.plan import make

    plan = make(ready.tree, ready.rule, ready.policy, progress, searches)
    return Prepared(ready.tree, plan, ready.templates)


def find_rule(name: str) -> tuple[Rule, Path | None]:
    """A rule by its id or its file, and the folder of templates that lies beside the file."""
    if name.endswith(".toml") or "/" in name:
        file = Path(name)
        if not file.is_file():
            raise RuleError("no such rule", place=Place(name))
        folder = file.parent / file.stem
        return load(file), folder if folder.is_dir() else None
    shipped = data_root() / "rules" / f"{name}.toml"
    if not shipped.is_file():
        from difflib import get_close_matches

        close = get_close_matches(name, rule_ids(), 1)
        known = f"did you mean {close[0]!r}?" if close else f"known: {', '.join(rule_ids())}"
        raise UsageError(f"no rule {name!r}", hint=f"{known} (a file is named with its .toml)")
    return load(shipped), None


def rule_ids() -> list[str]:
    """The ids of the rules that ship with the program."""
    files = (data_root() / "rules").iterdir()
    return sorted(file.name.removesuffix(".toml") for file in files if file.name.endswith(".toml"))


def check_committed(tree: KernelTree, plan: Plan) -> None:
    """Raise RefusedError if a file of the plan has changes that are not in the base."""
    paths = {change.path for patch in plan.patches for change in patch.files}
    changed = tree.uncommitted(paths)
    if changed:
        raise RefusedError(
            f"uncommitted changes in {', '.join(changed)}",
            place=Place(changed[0]),
            hint="commit or stash them: the series starts from a commit",
        )
