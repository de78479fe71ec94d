"""What several commands begin with: a tree, a rule, a plan."""

from __future__ import annotations

import glob
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from refactor.errors import NothingError, Place, RefusedError, RuleError, UsageError
from refactor.plan.search import FactSearches, Searches, search, search_all
from refactor.resources import data_root
from refactor.rule.load import load
from refactor.rule.model import HelperRule, Policy, Rule
from refactor.rule.outline import Outline, outline_of
from refactor.rule.toml import read
from refactor.tree.commit import open_tree, whereabouts
from refactor.tree.tree import KernelTree

if TYPE_CHECKING:
    from refactor.plan.lookup import Found
    from refactor.plan.plan import Plan, Write
    from refactor.plan.scan import Progress

DEFAULT_RULE = "arch-module-vm-flags"

MAX_FILES = 30
"""How many files a patch has at most, if it is divided by maintainer: what one sitting takes."""


@dataclass(frozen=True, slots=True)
class Request:
    """What the common options say."""

    tree: Path | None = None
    rule: str = DEFAULT_RULE
    rules: tuple[str, ...] = ()
    """All of them, for a command that takes several; each may be a folder."""
    policy: str | None = None
    base: str | None = None
    model: bool = False
    defined: Mapping[str, str] = field(default_factory=dict)
    """Virtual rules and identifiers of a semantic patch (`-D`)."""
    paths: tuple[str, ...] = ()
    """Globs that narrow the rule's own paths."""
    jobs: int = 1
    """How many processes work on the files."""
    subject: str | None = None
    """What the subjects say instead of what the rule says."""
    message: Path | None = None
    """A file with the reason, instead of the rule's."""
    split: str | None = None
    """By what the change is divided into patches, instead of what suits the rule."""
    max_files: int = MAX_FILES
    """How many files a patch has at most, if it is divided by maintainer."""
    only: tuple[str, ...] = ()
    """Names of components, or globs of paths: the patches that have one of them."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """An opened tree and what a rule does to it."""

    tree: KernelTree
    plan: Plan
    templates: Path | None
    searches: FactSearches | None
    """For what the messages speak of; None if none are to be written."""

    def facts(self) -> Found:
        """What the rule wants to know of the tree, for the messages."""
        from refactor.plan.lookup import look_up

        assert self.searches is not None
        patches = {patch.component for patch in self.plan.patches}
        skipped = {each.component for each in self.plan.skipped}
        return look_up(self.tree, self.plan.rule.facts, self.searches, patches, skipped)


@dataclass(frozen=True, slots=True)
class Opened:
    """An opened tree and the rule with a helper that is to be applied to it."""

    tree: KernelTree
    rule: HelperRule
    policy: Policy
    templates: Path | None


def opened(request: Request) -> Opened:
    """Open the tree and load the rule. Raises UsageError for a rule that has no helper."""
    tree = open_requested(request)
    rule, templates = find_helper_rule(request.rule)
    return Opened(tree, rule, rule.policy(request.policy), templates)


def prepared(
    request: Request,
    progress: Progress,
    *,
    with_facts: bool,
    write: Write | None = None,
    tree: KernelTree | None = None,
) -> Prepared:
    """Open the tree, load the rule, of whatever kind, and make the plan.

    For messages, the facts that the rule declares are looked for meanwhile. `write` is for
    `refactor.plan.plan.make`, `tree` is one that is open already.
    """
    tree = tree or open_requested(request)
    outline = outline_to_begin_with(request)
    begun = _searched(tree, outline, with_facts) if outline is not None else None
    rule, templates = find_rule(request.rule, request.defined)
    rule = _with_words(narrowed_to(rule, request.paths), request)
    chosen = policy_of(rule, request.policy)
    check_required(tree, rule, progress)
    searches, facts = begun or _searched(tree, rule.outline, with_facts)
    plan = _plan(tree, rule, chosen, progress, searches, request, write)
    return Prepared(tree, plan, templates, facts)


def _searched(
    tree: KernelTree, rule: Outline, with_facts: bool
) -> tuple[Searches, FactSearches | None]:
    return search_all(tree, rule) if with_facts else (search(tree, rule), None)


def outline_to_begin_with(request: Request) -> Outline | None:
    """What can be looked for before the rule is loaded, if its file tells that of all of the tree.

    Raises RuleError as loading it does.
    """
    file = toml_file(request)
    return None if request.paths or file is None else outline_of(read(file))


def _with_words(rule: Rule, request: Request) -> Rule:
    """The rule with the subject and the reason that the user gives."""
    if request.subject is None and request.message is None:
        return rule
    if isinstance(rule, HelperRule):
        raise UsageError(
            f"the words of {rule.id} come from its templates",
            hint="put a folder of templates beside a copy of the rule",
        )
    subject = rule.subject if request.subject is None else request.subject
    why = rule.why
    if not subject.isprintable() or not subject.strip():
        raise UsageError("a subject is one line of text, and not empty")
    if request.message is not None:
        try:
            why = request.message.read_bytes().decode()
        except UnicodeDecodeError as error:
            raise UsageError(f"{request.message} is not UTF-8") from error
        except OSError as error:
            raise UsageError(f"cannot read {request.message}: {error.strerror}") from error
    return replace(rule, subject=subject.strip(), why=why)


def narrowed_to(rule: Rule, paths: Sequence[str]) -> Rule:
    """The rule for some paths only; those of a rule with paths of its own are looked for there.

    A rule that is about files of a kind, wherever they are, is about those below a folder, and not
    about what else is in it: `fs/**` means no Makefile. A path that names a kind is taken as it is.
    """
    if not paths:
        return rule
    globs = [_below_tree(path) for path in paths]
    if all(path.startswith("**/*.") for path in rule.paths):
        kinds = [path.removeprefix("**/*") for path in rule.paths]
        globs = [each for path in globs for each in _of_kinds(path, kinds)]
    return replace(rule, paths=tuple(dict.fromkeys(globs)))


def _below_tree(path: str) -> str:
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if not path or path.startswith("/") or ".." in parts:
        raise UsageError(
            f"--path {path!r} is not below the tree",
            hint="it begins with a folder or a file of the tree: --path 'fs/ext4/**'",
        )
    return "/".join(parts) or "**"


def _of_kinds(path: str, kinds: Sequence[str]) -> list[str]:
    folder, slash, name = path.rpartition("/")
    if "." in name:
        return [path]
    if not name.endswith("*"):
        folder, slash, name = path, "/", "**"
    below = f"{folder}{slash}**/*" if name == "**" else path
    return [below + kind for kind in kinds]


def placed(request: Request) -> Request:
    """What is asked for, if TREE is only a folder or a file of a tree: its paths are there.

    Of a kernel a rule of ours wants the whole, and where in it somebody stands does not matter.
    Raises UsageError for what cannot be meant, before it would be blamed on the tree.
    """
    for name in request.rules or (request.rule,):
        if not _is_file_name(name) and not Path(name).is_dir() and shipped_file(name) is None:
            raise _unknown(name)
    if request.tree is not None and request.tree.suffix in (".cocci", ".toml"):
        raise UsageError(f"{request.tree} is no tree", hint=f"a rule is named by -r {request.tree}")
    if request.tree is None or request.model or not _is_any(request):
        return request
    top, inner = whereabouts(request.tree, request.base)
    if not inner:
        return request
    where = glob.escape(inner)
    if request.tree.is_file():
        return replace(request, tree=top, paths=(where,))
    paths = [f"{where}/{_below_tree(each)}" for each in request.paths or (".",)]
    return replace(request, tree=top, paths=tuple(paths))


def open_requested(request: Request) -> KernelTree:
    """Open the tree that is asked for."""
    if request.model and request.tree is not None:
        raise UsageError("--model is a tree of its own; leave TREE out")
    path = data_root() / "testdata" / "model" if request.model else request.tree or Path()
    return open_tree(path, request.base, is_any=_is_any(request))


def _is_any(request: Request) -> bool:
    """True if a folder of any code will do: a semantic patch is about C, a rule of ours about the
    kernel."""
    return all(is_any_code(each) for each in request.rules or (request.rule,))


def is_any_code(rule: str) -> bool:
    """True for a semantic patch, and for a folder of them."""
    return patch_file(rule) is not None or Path(rule).is_dir()


def is_patch(rule: str) -> bool:
    """True for the name of a semantic patch."""
    return rule.endswith(".cocci")


def _plan(
    tree: KernelTree,
    rule: Rule,
    policy: Policy | None,
    progress: Progress,
    searches: Searches,
    request: Request,
    write: Write | None = None,
) -> Plan:
    from refactor.plan.divide import Splitting
    from refactor.plan.plan import make

    splitting = Splitting(request.split, request.max_files, request.only)
    return make(tree, rule, policy, progress, searches, request.jobs, splitting, write)


def policy_of(rule: Rule, name: str | None) -> Policy | None:
    """The policy of that name, or the rule's default. Raises UsageError if there is none."""
    if isinstance(rule, HelperRule):
        return rule.policy(name)
    if name is not None:
        raise UsageError(f"rule {rule.id} has no policies", hint="leave --policy out")
    return None


def check_required(tree: KernelTree, rule: Rule, progress: Progress) -> None:
    """Raise RefusedError unless the rules that `rule` requires have nothing left to do."""
    for name in rule.requires:
        _check_done(tree, rule, name, progress)


def _check_done(tree: KernelTree, rule: Rule, name: str, progress: Progress) -> None:
    required, _ = find_rule(name)
    chosen = policy_of(required, None)
    check_required(tree, required, progress)
    try:
        plan = _plan(tree, required, chosen, progress, search(tree, required.outline), Request())
    except NothingError:
        return  # Nothing is left of what it changes.
    left = sum(len(patch.calls or patch.changes) for patch in plan.patches)
    if plan.patches or plan.refused:
        raise RefusedError(
            f"{rule.id} is right only where {name} has been applied, and that has "
            f"{left} places to change here and refuses {len(plan.refused)}",
            place=Place(str(tree.root)),
            hint=f"start from a commit with it: treewide series -r {name} --branch NAME, "
            "then --base NAME",
        )


def find_rule(
    name: str, defined: Mapping[str, str] | None = None, modes: Sequence[str] = ("patch",)
) -> tuple[Rule, Path | None]:
    """A rule by its id or its file, and the folder of templates that lies beside the file.

    `defined` is for a semantic patch, which runs in the first of `modes` that it declares.
    """
    file_of_patch = patch_file(name)
    if file_of_patch is not None:
        from refactor.rule.smpl.load import load as load_patch

        return load_patch(file_of_patch, defined or {}, modes), None
    if defined:
        raise UsageError("-D is for semantic patches", hint="-r FILE.cocci")
    if _is_file_name(name):
        file = Path(name)
        if not file.is_file():
            raise RuleError("no such rule", place=Place(name))
        folder = file.parent / file.stem
        return _loaded(file), folder if folder.is_dir() else None
    shipped = shipped_file(name)
    if shipped is None:
        raise _unknown(name)
    return _loaded(shipped), None


def _unknown(name: str) -> UsageError:
    from difflib import get_close_matches

    close = get_close_matches(name, rule_ids(), 1)
    known = f"did you mean {close[0]!r}?" if close else f"known: {', '.join(rule_ids())}"
    hint = f"{known} (a file is named with its .cocci or .toml)"
    return UsageError(f"no rule {name!r}", hint=hint)


def _is_file_name(rule: str) -> bool:
    return rule.endswith((".toml", ".cocci")) or "/" in rule


def _loaded(file: Path) -> Rule:
    rule = load(file)
    # That of a helper depends on the tree, and its cases show that it is stable.
    if not isinstance(rule, HelperRule):
        from refactor.proof.stable import check_stable

        check_stable(rule)
    return rule


def find_helper_rule(name: str) -> tuple[HelperRule, Path | None]:
    """As `find_rule`, for commands that know what to do with a helper only. Raises UsageError."""
    rule, templates = find_rule(name)
    if not isinstance(rule, HelperRule):
        raise UsageError(
            f"rule {rule.id} has no helper, so there is nothing to validate",
            hint=f"treewide series and treewide diff apply it: treewide diff -r {rule.id}",
        )
    return rule, templates


def rule_ids() -> list[str]:
    """The ids of the rules that ship with the program."""
    files = (data_root() / "rules").iterdir()
    return sorted(Path(file.name).stem for file in files if Path(file.name).suffix in SUFFIXES)


SUFFIXES = (".toml", ".cocci")


def shipped_file(name: str) -> Path | None:
    """The file of a rule that ships with the program, by its id."""
    files = (data_root() / "rules" / f"{name}{suffix}" for suffix in SUFFIXES)
    return next((file for file in files if "/" not in name and file.is_file()), None)


def toml_file(request: Request) -> Path | None:
    """The file of the one rule that is asked for, if it is no semantic patch and is there."""
    name, *others = request.rules or (request.rule,)
    if others or patch_file(name) is not None:
        return None
    file = Path(name) if _is_file_name(name) else shipped_file(name)
    return file if file is not None and file.is_file() else None


def patch_file(name: str) -> Path | None:
    """The file of a semantic patch, by its name or by the id of one that ships with the program."""
    if is_patch(name):
        return Path(name)
    found = shipped_file(name)
    return found if found is not None and is_patch(found.name) else None


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
