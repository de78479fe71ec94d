"""From a tree and a rule to an ordered list of patches, and an account of everything else.

The order of patches: the core (helper, prototype, generic users), then one for each architecture in
alphabetical order. Each patch stands alone: what it calls is there before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from refactor.c.comments import before_definition
from refactor.c.flags import or_terms
from refactor.c.layout import newline_of
from refactor.c.syntax import (
    Function,
    Node,
    SourceFile,
    ancestors,
    declarations,
    parse,
    tokens_of,
    walk,
)
from refactor.errors import Place, RefusedError, TreeError, UsageError
from refactor.match.entry import Site
from refactor.match.flags import Change
from refactor.match.verdict import Reason, Refused
from refactor.plan.facts import options_of, vintage_of
from refactor.plan.scan import File, Survey, remark_on, survey
from refactor.plan.scan import Progress as Progress
from refactor.plan.scan import Remark as Remark
from refactor.plan.search import Searches, search
from refactor.plan.split import component_of as component_of
from refactor.rewrite.helper import Rewritten, rewrite
from refactor.rewrite.includes import Insertion, missing_include
from refactor.rule.model import GENERIC, HelperBody, HelperRule, Policy, Rule, Vintage
from refactor.tree.kconfig import Selection
from refactor.tree.tree import KernelTree


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file of the tree, before and after."""

    path: str
    mode: str
    before: bytes
    after: bytes


@dataclass(frozen=True, slots=True)
class Patch:
    """All that changes for one component, the generic code being one as well."""

    component: str
    files: tuple[FileChange, ...]

    @property
    def places(self) -> int:
        """How many places are changed."""
        return 0


@dataclass(frozen=True, slots=True)
class HelperPatch(Patch):
    """What a rule with a helper changes for one component."""

    changes: tuple[Change, ...] = ()
    functions: tuple[str, ...] = ()
    """The definitions of the entry that reach a changed call, or are one."""
    comments: tuple[str, ...] = ()
    override: bool = False
    helper: bool = False
    """True if this patch brings the helper."""
    body: HelperBody | None = None
    """The helper that is in force for the component after the series; None if unknown."""

    @property
    def places(self) -> int:
        """How many calls are changed."""
        return len(self.changes)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a rule does to a tree."""

    rule: Rule
    vintage: Vintage
    base: str | None
    patches: tuple[Patch, ...]
    refused: tuple[Remark, ...]
    skipped: tuple[Remark, ...]
    conforming: tuple[Remark, ...]
    mentions: int
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HelperPlan(Plan):
    """What a rule with a helper does to a tree."""

    rule: HelperRule
    patches: tuple[HelperPatch, ...]
    policy: Policy
    options: Mapping[str, Mapping[str, Selection]]
    """For each option of the rule: the architectures that select it."""
    helper_exists: bool
    definitions: Mapping[Place, tuple[frozenset[str], ...]]
    """Every sound definition of the entry that reaches a call, and the flags of each call."""


def make(
    tree: KernelTree,
    rule: HelperRule,
    policy: Policy,
    progress: Progress = lambda _: None,
    searches: Searches | None = None,
) -> HelperPlan:
    """Apply `rule` to `tree`, where the `searches` for it may have begun.

    Raises RefusedError where the rule has nothing to do with this tree, TreeError and UsageError as
    the tree and the policy demand. What cannot be rewritten is in `Plan.refused`, not raised.
    """
    progress("searching the tree")
    searches = searches or search(tree, rule, rule.options)
    vintage = vintage_of(tree, rule)
    if vintage.refuse:
        raise RefusedError(vintage.refuse, place=Place(str(tree.root)), hint=vintage.hint)
    _policy_fits(policy, vintage)
    links = tree.outward_links(rule.paths)
    options = options_of(tree, rule.options, searches.kconfigs)
    found = survey(tree, rule, searches.sources, links, progress)
    if not found.found and not found.refused:
        raise RefusedError(
            f"rule {rule.id} matches nothing: no mention of {rule.entry}() under "
            + ", ".join(rule.paths),
            place=Place(str(tree.root)),
            hint="is this the whole kernel?",
        )
    return _Planner(tree, rule, policy, vintage, found).plan(options, progress)


def _policy_fits(policy: Policy, vintage: Vintage) -> None:
    if policy.body(vintage.name) is None:
        raise UsageError(
            f"policy {policy.name} has no helper for a tree of the {vintage.name} vintage",
            hint="choose another one with --policy",
        )


# ---------------------------------------------------------------------------- the plan itself


class _Planner:
    """Puts one plan together; the only object here with state."""

    def __init__(
        self, tree: KernelTree, rule: HelperRule, policy: Policy, vintage: Vintage, survey: Survey
    ) -> None:
        self.tree = tree
        self.rule = rule
        self.policy = policy
        self.vintage = vintage
        self.survey = survey
        self.refused = list(survey.refused)
        self.skipped: list[Remark] = []
        self.conforming: list[Remark] = []
        self.notes: list[str] = []
        self.existing = {
            component_of(source.path): (source, function) for source, function in survey.helpers
        }

    def plan(
        self, options: Mapping[str, Mapping[str, Selection]], progress: Progress
    ) -> HelperPlan:
        by_component: dict[str, list[File]] = {}
        for file in self.survey.found:
            by_component.setdefault(component_of(file.blob.path), []).append(file)
            self._remark(file)
        by_component.setdefault(GENERIC, [])
        patches = []
        for component in sorted(by_component, key=lambda name: (name != GENERIC, name)):
            progress(component)
            patch = self._patch(component, by_component[component])
            if patch is not None:
                patches.append(patch)
        return HelperPlan(
            rule=self.rule,
            policy=self.policy,
            vintage=self.vintage,
            base=self.tree.base,
            patches=tuple(patches),
            refused=tuple(sorted(self.refused, key=_by_place)),
            skipped=tuple(sorted(self.skipped, key=_by_place)),
            conforming=tuple(sorted(self.conforming, key=_by_place)),
            options=options,
            helper_exists=GENERIC in self.existing,
            mentions=self.survey.mentions,
            definitions=dict(self._flags_before()),
            notes=tuple(self.notes),
        )

    def _flags_before(self) -> Iterator[tuple[Place, tuple[frozenset[str], ...]]]:
        for file in self.survey.found:
            for definition in file.found.definitions:
                if definition.sites:
                    place = file.source.place(definition.function.name_node.start_byte)
                    yield place, tuple(_flags(file.source, site) for site in definition.sites)

    def _remark(self, file: File) -> None:
        """Put down what `find` has said about a file."""
        for refused in file.found.refused:
            self.refused.append(remark_on(file.source, refused))
        skipped = [*file.found.skipped, *(s for d in file.found.definitions for s in d.skipped)]
        self.skipped += [remark_on(file.source, each) for each in dict.fromkeys(skipped)]
        for definition in file.found.definitions:
            self.notes += [f"{file.blob.path}: {note}" for note in definition.notes]

    def _patch(self, component: str, files: Sequence[File]) -> HelperPatch | None:
        body = self._body_in_force(component)
        returns = body.returns if body is not None else self._parsed_returns(component)
        override = self._override(component)
        helper = component == GENERIC and GENERIC not in self.existing
        insertions = self._core_insertions(files) if helper else {}
        changed: list[FileChange] = []
        changes: list[Change] = []
        functions: list[str] = []
        comments: list[str] = []
        for file in files:
            result = self._rewrite(file, returns, insertions.pop(file.blob.path, ()), override)
            if result is None:
                continue
            functions += [d.function.name for d in file.found.definitions if d.sites]
            changes += [change for change in result.changes if change.is_edit]
            comments += result.comments
            if result.after != result.before:
                changed.append(
                    FileChange(file.blob.path, file.blob.mode, result.before, result.after)
                )
                override = None
        changed += self._declare_helper() if helper else []
        if not changed:
            return None
        return HelperPatch(
            component=component,
            files=tuple(sorted(changed, key=lambda change: change.path)),
            changes=tuple(changes),
            functions=tuple(dict.fromkeys(functions)),
            comments=tuple(comments),
            override=self._override(component) is not None,
            helper=helper,
            body=body,
        )

    def _rewrite(
        self,
        file: File,
        returns: frozenset[str],
        insertions: Sequence[Insertion],
        override: HelperBody | None,
    ) -> Rewritten | None:
        include = missing_include(file.source, self.rule)
        has_sites = any(definition.sites for definition in file.found.definitions)
        extra = [*insertions, *([include] if include is not None and has_sites else [])]
        result = rewrite(
            file.source, file.found, self.rule, returns, extra, override if has_sites else None
        )
        if isinstance(result, Refused):
            self.refused.append(remark_on(file.source, result))
            return None
        for change in result.changes:
            if not change.is_edit:
                place = Place(file.blob.path, change.line, 1)
                self.conforming.append(
                    Remark(place, Reason.CONFORMING, "", change.function, component_of(place.path))
                )
        return result

    # -------------------------------------------------------------------- the helper

    def _body_in_force(self, component: str) -> HelperBody | None:
        """The helper that a component's calls will see: its own, or the generic one."""
        for name in dict.fromkeys((component, GENERIC)):
            body = self.policy.body(self.vintage.name, name)
            existing = self.existing.get(name)
            if existing is None and body is not None:
                return body
            if existing is not None:
                return self._known_body(*existing)
        return None

    def _known_body(self, source: SourceFile, function: Function) -> HelperBody | None:
        """The body of a policy that a helper in the tree has been made from."""
        tokens = tokens_of(source, function.body)
        for policy in self.rule.policies:
            for body in policy.bodies:
                code = parse("", body.code.replace("${comment}", "").encode())
                if any(tokens_of(code, each.body) == tokens for each in code.functions):
                    return body
        return None

    def _parsed_returns(self, component: str) -> frozenset[str]:
        """What a helper of the tree returns in every case, as far as its text tells."""
        source, function = self.existing.get(component) or self.existing[GENERIC]
        returned = [node for node in walk(function.body) if node.type == "return_statement"]
        if len(returned) != 1 or not returned[0].named_children:
            return frozenset()
        terms = or_terms(returned[0].named_children[0])
        return frozenset(source.text(term).decode() for term in terms if term.type == "identifier")

    def _override(self, component: str) -> HelperBody | None:
        """The helper of its own that the policy brings for a component, if it is not there yet."""
        if component == GENERIC or component in self.existing or GENERIC in self.existing:
            return None
        return self.policy.body(self.vintage.name, component)

    def _core_insertions(self, files: Sequence[File]) -> dict[str, tuple[Insertion, ...]]:
        """The helper, in front of the generic weak definition of the entry."""
        body = self.policy.body(self.vintage.name)
        anchors = [
            (file, definition)
            for file in files
            for definition in _definitions(file)
            if b"__weak" in definition.annotations or _is_weak(file.source, definition)
        ]
        if not anchors or body is None:
            for remark in self.refused:
                if remark.component == GENERIC:
                    raise RefusedError(
                        f"refused: {remark.message}",
                        place=remark.place,
                        hint=f"{self.rule.helper.name}() belongs in front of the generic "
                        f"{self.rule.entry}(), so without it nothing can be converted",
                    )
            raise RefusedError(
                f"no generic weak definition of {self.rule.entry}() to put "
                f"{self.rule.helper.name}() in front of",
                place=Place(str(self.tree.root)),
                hint=f"it is looked for under {', '.join(self.rule.paths)}, outside of arch/",
            )
        file, function = anchors[0]
        code = body.code.lstrip("\n").encode()
        anchor = _outermost(function.node)
        offset = (
            before_definition(file.source, function)
            if anchor == function.node
            else file.source.line_start(anchor.start_byte)
        )
        return {file.blob.path: (Insertion(offset, code),)}

    def _declare_helper(self) -> list[FileChange]:
        """The prototype, behind that of the entry."""
        helper = self.rule.helper
        blob = self.tree.read([helper.header]).get(helper.header)
        if blob is None:
            raise TreeError(f"there is no {helper.header}", place=Place(str(self.tree.root)))
        source = parse(blob.path, blob.data)
        if declarations(source, helper.name):
            return []
        entries = declarations(source, self.rule.entry)
        if not entries:
            raise RefusedError(
                f"no declaration of {self.rule.entry}() to put {helper.name}() behind",
                place=Place(helper.header, 1, 1),
            )
        offset = source.line_end(entries[0].end_byte - 1)
        newline = newline_of(source, entries[0].start_byte)
        text = helper.prototype.encode().replace(b"\n", newline)
        after = blob.data[:offset] + text + blob.data[offset:]
        return [FileChange(blob.path, blob.mode, blob.data, after)]


def _flags(source: SourceFile, site: Site) -> frozenset[str]:
    return frozenset(source.text(term).decode(errors="replace") for term in or_terms(site.argument))


def _definitions(file: File) -> list[Function]:
    """The sound definitions of the entry in a file, those without a call to edit as well."""
    wanted = {definition.function.name_node.start_byte for definition in file.found.definitions}
    wanted |= {skipped.where.start for skipped in file.found.skipped}
    return [each for each in file.source.functions if each.name_node.start_byte in wanted]


def _is_weak(source: SourceFile, function: Function) -> bool:
    header = source.code[source.outset(function.node) : function.body.start_byte]
    return b"weak" in header


def _outermost(node: Node) -> Node:
    """The outermost conditional that a definition stands in, or the definition itself."""
    found = node
    for parent in ancestors(node):
        if parent.type in ("preproc_if", "preproc_ifdef"):
            found = parent
    return found


def _by_place(remark: Remark) -> tuple[str, int, int]:
    return remark.place.path, remark.place.line or 0, remark.place.column or 0
