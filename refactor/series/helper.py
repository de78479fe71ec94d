"""What the messages of a rule with a helper can say: the plan, and the facts of the rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from refactor.c.conditions import conditions_at
from refactor.c.flags import FlagTerms
from refactor.c.syntax import SourceFile
from refactor.match.verdict import Change, NotApplicable, Refused
from refactor.plan.excerpt import excerpt
from refactor.plan.lookup import Found
from refactor.plan.plan import HelperPlan
from refactor.plan.split import Patch, Placed, component_of
from refactor.rule.facts import Users
from refactor.rule.model import GENERIC, HelperBody, Policy
from refactor.series.facts import CONFORMING, said


def facts_of(plan: HelperPlan, found: Found) -> dict[str, Any]:
    """What every template may say; `found` are the facts that the rule declares."""
    policy = plan.resolved.policy
    body = policy.body(plan.vintage.name)
    sources = {patch.component: _sources(plan, patch) for patch in plan.patches}
    every = [source for found in sources.values() for source in found]
    patches = [_facts(plan, patch, found, sources[patch.component]) for patch in plan.patches]
    owners = {component_of(place.path) for place in plan.definitions} - {GENERIC}
    return {
        "rule": {"id": plan.rule.id, "summary": plan.rule.summary},
        "entry": plan.rule.entry,
        "helper": plan.rule.helper.name,
        "helper_exists": plan.resolved.exists,
        "policy": _policy(policy),
        "policies": [_policy(each) for each in plan.rule.policies if each.body(plan.vintage.name)],
        "returns": _ordered(body.returns, body) if body else [],
        "may_return": dict(body.may_return) if body else {},
        "vintage": plan.vintage.name,
        "fact": found.plain(),
        "names": dict(plan.rule.names),
        "looked_in": sorted(
            {
                path.partition("*")[0]
                for each in plan.rule.facts.values()
                if isinstance(each, Users)
                for path in each.paths
            }
        ),
        "patches": patches,
        "definitions": len(plan.definitions),
        "having": lambda flag: sum(
            any(flag in flags for flags in calls) for calls in plan.definitions.values()
        ),
        # Where a definition is compiled under a condition, the generic one is used without it.
        "owners": sorted(owners - {each["component"] for each in patches if each["guards"]}),
        "skipped": [_said(plan, each, every) for each in plan.skipped],
        "refused": [
            _said(plan, each) | {"reason": str(each.verdict.reason)} for each in plan.refused
        ],
        "conforming": [said(each, CONFORMING) for each in plan.conforming],
        "notes": list(plan.notes),
    }


def _policy(policy: Policy) -> dict[str, str]:
    """A policy in plain data, which is all that a template is given."""
    return {"name": policy.name, "summary": policy.summary}


def _facts(
    plan: HelperPlan, patch: Patch, found: Found, sources: Sequence[SourceFile]
) -> dict[str, Any]:
    """What a template may say about one patch."""
    body = plan.resolved.bodies[patch.component]
    changes = [(each, each.verdict.flags) for each in patch.calls if each.verdict.flags is not None]
    terms = [flags for _, flags in changes]
    always, sometimes, never = _returned(body, patch.component, found)
    return {
        "component": patch.component,
        "name": plan.rule.names.get(patch.component, patch.component),
        "prefix": plan.rule.subject_prefix(patch.component),
        "fact": found.of(patch.component),
        "callers": list(dict.fromkeys(each.verdict.function for each, _ in changes)),
        "changes": [_change(each, flags, always, sometimes) for each, flags in changes],
        "before": list(dict.fromkeys(flag for each in terms for flag in each.before)),
        "kept": list(dict.fromkeys(flag for each in terms for flag in each.kept)),
        "always": always,
        "sometimes": sometimes,
        "never": never,
        "gained": [flag for flag in always if any(flag not in each.before for each in terms)],
        "may_gain": {
            flag: condition
            for flag, condition in sometimes.items()
            if any(flag not in each.before for each in terms)
        },
        "comments": list(patch.comments),
        "override": patch.component in plan.resolved.overrides,
        "helper": patch.component == GENERIC and not plan.resolved.exists,
        "files": [change.path for change in patch.files],
        "guards": sorted({each for one in sources for each in _guards(one, plan.rule.entry)}),
        "skipped": [
            _said(plan, each, sources) for each in plan.skipped if each.component == patch.component
        ],
    }


def _change(
    one: Placed[Change], terms: FlagTerms, always: list[str], sometimes: Mapping[str, str]
) -> dict[str, Any]:
    return {
        "function": one.verdict.function,
        "line": one.place.line,
        "before": list(terms.before),
        "after": [*terms.kept, *(flag for flag in always if flag not in terms.kept)],
        "conditional": dict(sometimes),
        "kept": list(terms.kept),
        "removed": list(terms.removed),
    }


def _returned(
    body: HelperBody | None, component: str, found: Found
) -> tuple[list[str], dict[str, str], list[str]]:
    """What the helper in force returns for a component: always, under conditions, and never.

    An option that only architectures select is on or off for each of them, so a condition on it is
    told by the facts. It stays a condition where it depends on others, and in the generic code.
    """
    if body is None:
        return [], {}, []
    always, sometimes, never = set(body.returns), {}, []
    for flag, condition in body.may_return.items():
        option = condition.removeprefix("!").removeprefix("CONFIG_")
        ways = found.options.get(option)
        if ways is None or component == GENERIC:
            sometimes[flag] = condition
            continue
        selection = ways.get(component)
        if selection is not None and selection.conditions:
            sometimes[flag] = condition
        elif (selection is None) == condition.startswith("!"):
            always.add(flag)
        else:
            never.append(flag)
    return _ordered(always, body), sometimes, never


def _ordered(flags: Iterable[str], body: HelperBody) -> list[str]:
    """Flags in the order in which the helper's code names them."""
    return sorted(flags, key=body.code.find)


def _sources(plan: HelperPlan, patch: Patch) -> list[SourceFile]:
    """The files of a patch as they were, as far as they are about the entry."""
    wanted = {plan.rule.entry, *(each.verdict.function for each in patch.calls)}
    wanted |= {each.verdict.function for each in plan.skipped if each.component == patch.component}
    found = (excerpt(each.path, each.before, wanted - {""}) for each in patch.files)
    return [source for source in found if source is not None]


def _guards(source: SourceFile, entry: str) -> Iterable[str]:
    """The conditions under which a definition of the entry is compiled at all."""
    for function in source.functions:
        if function.name == entry:
            yield from conditions_at(source, function.node.start_byte)


def _said(
    plan: HelperPlan,
    one: Placed[NotApplicable] | Placed[Refused],
    sources: Iterable[SourceFile] = (),
) -> dict[str, Any]:
    """What is said of something that was not changed, with what its conditions are called."""
    words = [
        plan.rule.said_of.get(condition, "")
        for source in sources
        if source.path == one.place.path
        for function in source.functions
        if one.verdict.where.start in function.span
        for condition in conditions_at(source, function.node.start_byte)
    ]
    told = said(one, one.verdict.note or str(one.verdict.reason))
    return told | {
        "name": plan.rule.names.get(one.component, one.component),
        "kind": " ".join(filter(None, words)),
    }
