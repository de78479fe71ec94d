"""`treewide series --with RULE`: a clean-up as the last patch, for the tree behind all others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from refactor.commands.common import Prepared, Request, check_committed, find_rule, prepared
from refactor.errors import NothingError, UsageError
from refactor.rule.model import HelperRule
from refactor.tree.patched import PatchedTree
from refactor.tree.tree import Blob, KernelTree

if TYPE_CHECKING:
    from refactor.plan.plan import Plan
    from refactor.plan.scan import Progress
    from refactor.plan.split import Patch


@dataclass(frozen=True, slots=True)
class Appended:
    """The patches of further rules, behind those of the first one, with their messages."""

    plans: tuple[Plan, ...] = ()
    patches: tuple[Patch, ...] = ()
    messages: tuple[str, ...] = ()
    idle: tuple[str, ...] = ()
    """Rules that have nothing to do behind the others."""

    @property
    def said(self) -> str:
        """What the cover letter has to say of them; it is empty if there are none."""
        rules = [plan.rule for plan in self.plans if plan.patches]
        if not rules:
            return ""
        from refactor.series.message import hang, wrap

        told = (
            "The last patch is of another rule, for the tree with all patches before it:"
            if len(rules) == 1
            else f"The last {len(rules)} patches are of other rules, for the tree with all patches "
            "before them:"
        )
        return "\n\n".join((wrap(told), *(hang(f"{rule.id}: {rule.summary}", 4) for rule in rules)))


def appended(
    request: Request, names: Sequence[str], first: Prepared, progress: Progress
) -> Appended:
    """Apply the rules `names`, one behind the other, to what `first` makes of the tree.

    Each of them makes one patch, which is called as the rule is. Raises UsageError for a rule that
    cannot be one patch, and RefusedError as the rules demand.
    """
    made = Appended()
    files = list(first.plan.patches)
    for name in names:
        rule, _ = find_rule(name)
        if isinstance(rule, HelperRule) or rule.facts:
            raise UsageError(
                f"--with takes a rule that makes one patch, and {rule.id} makes one for each "
                "architecture",
                hint=f"a series of its own: --branch NAME, then series --base NAME -r {rule.id}",
            )
        own = Request(rule=name, jobs=request.jobs, paths=request.paths, split="one")
        tree = _with_patches(first.tree, files)
        try:
            ready = prepared(own, progress, with_facts=True, tree=tree)
        except NothingError:
            made = replace(made, idle=(*made.idle, rule.id))
            continue
        made = replace(made, plans=(*made.plans, ready.plan))
        if not ready.plan.patches:
            made = replace(made, idle=(*made.idle, rule.id))
            continue
        check_committed(tree, ready.plan)
        from refactor.series.message import Writer

        writer = Writer(ready.plan, ready.facts(), ready.templates)
        # By its messages the patch is about the generic code; --note knows it by its rule.
        [patch] = ready.plan.patches
        patch = replace(patch, component=rule.id)
        files.append(patch)
        made = replace(
            made,
            patches=(*made.patches, patch),
            messages=(*made.messages, *map(str, writer.messages())),
        )
    return made


def _with_patches(tree: KernelTree, patches: Iterable[Patch]) -> PatchedTree:
    changes = (change for patch in patches for change in patch.files)
    return PatchedTree(
        tree, {each.path: Blob(each.path, each.after, each.mode) for each in changes}
    )
