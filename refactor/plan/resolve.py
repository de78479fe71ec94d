"""A rule for one tree: what a helper and its policy mean there, as a program of edits.

Behind this nobody knows of helpers: there are an edit of flags, and insertions of the helper, of
its prototype, and of an architecture's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from refactor.c.flags import or_terms
from refactor.c.syntax import Function, SourceFile, declarations, parse, tokens_of, walk
from refactor.errors import Place, RefusedError, TreeError, UsageError
from refactor.match import entry
from refactor.match.file import File
from refactor.match.verdict import Refused
from refactor.plan.split import Placed, component_of, place_in
from refactor.rule.edits import Flags, Insert, Program
from refactor.rule.model import GENERIC, HelperBody, HelperRule, Policy, Vintage
from refactor.tree.tree import Blob, KernelTree

FLAGS, HELPER, PROTOTYPE, OVERRIDE = range(4)
"""The numbers of the edits."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a rule with a helper is for one tree and one policy."""

    policy: Policy
    exists: bool
    """The tree has the generic helper."""
    bodies: Mapping[str, HelperBody | None]
    """For a component: the helper that its calls will see; None if nobody knows its body."""
    overrides: frozenset[str]
    """The components that get a helper of their own."""
    also: frozenset[str]
    """Files to edit, besides those that mention the entry."""
    programs: Mapping[str, Program] = field(repr=False)

    def program(self, path: str) -> Program:
        """What is done to a file."""
        return self.programs[component_of(path)]


def check_policy(policy: Policy, vintage: Vintage) -> None:
    """Raise UsageError if a policy has no helper for a tree of this vintage."""
    if policy.body(vintage.name) is None:
        raise UsageError(
            f"policy {policy.name} has no helper for a tree of the {vintage.name} vintage",
            hint="choose another one with --policy",
        )


def resolve(
    tree: KernelTree,
    rule: HelperRule,
    policy: Policy,
    vintage: Vintage,
    blobs: Sequence[Blob],
    unread: Sequence[Placed[Refused]] = (),
) -> Resolved:
    """What `rule` is for `tree`, of which `blobs` mention the entry or the helper.

    Raises RefusedError where there is no place for the helper or its prototype, TreeError where
    there is no header.
    """
    return _Resolver(tree, rule, policy, vintage, blobs, unread).resolved()


class _Resolver:
    """Looks up what is needed, each file once."""

    def __init__(
        self,
        tree: KernelTree,
        rule: HelperRule,
        policy: Policy,
        vintage: Vintage,
        blobs: Sequence[Blob],
        unread: Sequence[Placed[Refused]],
    ) -> None:
        self.tree = tree
        self.rule = rule
        self.policy = policy
        self.vintage = vintage
        self.unread = unread
        self.blobs: dict[str, list[Blob]] = {GENERIC: []}
        for blob in sorted(blobs, key=lambda each: each.path):
            self.blobs.setdefault(component_of(blob.path), []).append(blob)
        self.existing = {
            component_of(source.path): (source, function)
            for source, function in _definitions_of(rule.helper.name, blobs)
        }

    def resolved(self) -> Resolved:
        bodies = {component: self._body_in_force(component) for component in self.blobs}
        exists = GENERIC in self.existing
        inserts = [] if exists else [*self._helper(), *self._prototype()]
        overrides = {component: list(self._override(component)) for component in self.blobs}
        programs = {
            component: Program((self._flags(component, bodies[component]), *more))
            for component, own in overrides.items()
            for more in [inserts if component == GENERIC else own]
        }
        return Resolved(
            policy=self.policy,
            exists=exists,
            bodies=bodies,
            overrides=frozenset(component for component, own in overrides.items() if own),
            also=frozenset(edit.file for edit in inserts),
            programs=programs,
        )

    def _flags(self, component: str, body: HelperBody | None) -> Flags:
        """The edit of flags, where only what the helper returns in every case can be removed."""
        returns = body.returns if body is not None else self._parsed_returns(component)
        return flags_edit(self.rule, returns, body)

    # -------------------------------------------------------------------- what is returned

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

    # -------------------------------------------------------------------- what is inserted

    def _override(self, component: str) -> Iterator[Insert]:
        """The helper of its own that the policy brings for a component, if it is not there yet."""
        if component == GENERIC or component in self.existing or GENERIC in self.existing:
            return
        body = self.policy.body(self.vintage.name, component)
        for blob in self.blobs[component] if body is not None else ():
            found = entry.find(File(parse(blob.path, blob.data)), self.rule.flags)
            if body is not None and any(definition.sites for definition in found.definitions):
                yield override_edit(self.rule, blob.path, body)
                return

    def _helper(self) -> Iterator[Insert]:
        """The helper, in front of the generic weak definition of the entry."""
        body = self.policy.body(self.vintage.name)
        refused = [each for each in self.unread if each.component == GENERIC]
        for blob in self.blobs[GENERIC] if body is not None else ():
            source = parse(blob.path, blob.data)
            found = entry.find(File(source), self.rule.flags)
            sound = {each.function.name_node.start_byte for each in found.definitions}
            sound |= {each.where.start for each in found.skipped}
            for function in source.functions:
                if function.name_node.start_byte in sound and _is_weak(source, function):
                    assert body is not None
                    yield _insert(self.rule, HELPER, blob.path, body.code, before=True)
                    return
            refused += [
                Placed(place_in(blob.path, blob.data, each.where.start), GENERIC, each)
                for each in found.refused
            ]
        self._no_place(refused)

    def _no_place(self, refused: Sequence[Placed[Refused]]) -> None:
        helper, name = self.rule.helper.name, self.rule.entry
        if refused:
            raise RefusedError(
                f"refused: {refused[0].verdict.message}",
                place=refused[0].place,
                hint=f"{helper}() belongs in front of the generic {name}(), so without it nothing "
                "can be converted",
            )
        raise RefusedError(
            f"no generic weak definition of {name}() to put {helper}() in front of",
            place=Place(str(self.tree.root)),
            hint=f"it is looked for under {', '.join(self.rule.paths)}, outside of arch/",
        )

    def _prototype(self) -> Iterator[Insert]:
        """The prototype, behind that of the entry."""
        helper = self.rule.helper
        blob = self.tree.read([helper.header]).get(helper.header)
        if blob is None:
            raise TreeError(f"there is no {helper.header}", place=Place(str(self.tree.root)))
        source = parse(blob.path, blob.data)
        if declarations(source, helper.name):
            return
        if not declarations(source, self.rule.entry):
            raise RefusedError(
                f"no declaration of {self.rule.entry}() to put {helper.name}() behind",
                place=Place(helper.header, 1, 1),
            )
        yield _insert(self.rule, PROTOTYPE, helper.header, helper.prototype, before=False)


def flags_edit(rule: HelperRule, returns: frozenset[str], body: HelperBody | None = None) -> Flags:
    """The edit of flags where a helper always returns `returns`: only that can be removed.

    If its body has a place for comments, they go there from the calls.
    """
    edit = rule.flags
    takes_comments = body is not None and "${comment}" in body.code
    return replace(
        edit,
        number=FLAGS,
        remove=tuple(flag for flag in edit.remove if flag in returns),
        moving=edit.remove if takes_comments else (),
    )


def override_edit(rule: HelperRule, file: str, body: HelperBody) -> Insert:
    """The insertion of a component's own helper in front of its definition of the entry.

    It takes the comments that explain the flags which go, and stands in whatever conditional the
    definition stands in: the generic definition would have no use for it.
    """
    insert = _insert(rule, OVERRIDE, file, body.code, before=True)
    return replace(insert, inside=True, comment=body.comment, companion=FLAGS)


def _insert(rule: HelperRule, number: int, file: str, code: str, *, before: bool) -> Insert:
    return Insert(
        number=number,
        paths=(),
        within="",
        about=(),
        says="",
        file=file,
        name=rule.helper.name,
        code=code,
        anchor=rule.entry,
        before=before,
    )


def _definitions_of(name: str, blobs: Sequence[Blob]) -> Iterator[tuple[SourceFile, Function]]:
    """Every definition of a function, with its file."""
    for blob in blobs:
        if name.encode() in blob.data:
            source = parse(blob.path, blob.data)
            for function in source.functions:
                if function.name == name:
                    yield source, function


def _is_weak(source: SourceFile, function: Function) -> bool:
    """True if a definition says so, in whatever way the kernel spells it."""
    header = source.code[source.outset(function.node) : function.body.start_byte]
    return b"__weak" in function.annotations or b"weak" in header
