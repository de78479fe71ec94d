"""The faces of `treewide validate`: a table for people, JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from refactor.proof.model.outcome import Failure, Outcome
from refactor.proof.model.spec import Configuration
from refactor.proof.model.states import State
from refactor.proof.proof import Validated, confinement, confinement_line, verdict
from refactor.report.text import columns, counted

FORMAT = 1
"""Version of the JSON; it changes when a key changes its meaning or goes."""

EVENTS = 12
"""How many events of a trace are shown: the last ones before the failure."""


def text(every: list[Validated]) -> Iterator[str]:
    """Problems first, each with the events that led to it; then the tables; then one line."""
    for validated in every:
        for state, configuration, outcome in validated.result.problems:
            yield from _problem(validated, state, configuration, outcome)
    for validated in every:
        yield f"{validated.what}, policy {validated.plan.resolved.policy.name}:"
        yield columns(list(_rows(validated)))
        yield ""
    if confinement(every):
        yield confinement_line(every)
    yield verdict(every)


def _rows(validated: Validated) -> Iterator[list[str]]:
    yield ["", "configuration", "before", "after"]
    result = validated.result
    first, last = result.states[0], next(state for state in result.states if state.is_last)
    for configuration in result.configurations:
        yield [
            "",
            str(configuration),
            _cell(result.outcomes.get((first.name, configuration))),
            _cell(result.outcomes.get((last.name, configuration))),
        ]
    for state in result.states:
        if not state.without:
            continue
        for configuration in result.configurations:
            outcome = result.outcomes.get((state.name, configuration))
            if outcome is not None and not outcome.holds:
                yield ["", f"{configuration} {state.name}", _cell(outcome), ""]


def _cell(outcome: Outcome | None) -> str:
    if outcome is None:
        return ""
    if outcome.complaints:
        return "does not build" if not outcome.scenarios else "broken"
    if outcome.holds:
        return f"ok ({outcome.scenarios})"
    failing = {failure.scenario for failure in outcome.failures}
    names = ", ".join(sorted(outcome.checks, key=outcome.checks.__getitem__, reverse=True)[:2])
    more = len(outcome.checks) - 2
    rest = f" and {more} more" if more > 0 else ""
    return f"fails in {len(failing)} of {outcome.scenarios}: {names}{rest}"


def _problem(
    validated: Validated, state: State, configuration: Configuration, outcome: Outcome
) -> Iterator[str]:
    where = f"{validated.what}, {configuration}, {state.name}"
    for complaint in outcome.complaints:
        place = f"{complaint.place}: " if complaint.place else ""
        yield f"{place}error: {complaint.message} ({where})"
    shown: set[str] = set()
    for failure in outcome.failures:
        if failure.check in shown:
            continue
        shown.add(failure.check)
        times = outcome.checks[failure.check]
        yield f"FAILED: {failure.check} in {counted(times, 'scenario')}: {where}"
        yield f"  {failure.scenario}: {failure.detail}"
        yield from (f"    {line}" for line in _trace(failure))
    yield ""


def _trace(failure: Failure) -> Iterator[str]:
    if len(failure.events) > EVENTS:
        yield f"... {len(failure.events) - EVENTS} events before"
    for event in failure.events[-EVENTS:]:
        yield " ".join(_words(event))


def _words(event: Mapping[str, Any]) -> Iterator[str]:
    yield f"{event['event']:<10}"
    if "what" in event:
        yield str(event["what"])
    for key in ("addr", "bytes", "page_size", "flags", "result"):
        if key in event:
            yield f"{key}={event[key]}"


def as_json(every: list[Validated]) -> str:
    """Everything that was found out; the README documents the keys."""
    return json.dumps(
        {
            "format": FORMAT,
            "holds": all(each.result.holds for each in every),
            "confined": confinement(every),
            "validated": [_validated(each) for each in every],
        },
        indent=2,
    )


def _validated(validated: Validated) -> dict[str, Any]:
    result = validated.result
    return {
        "tree": validated.what,
        "rule": validated.plan.rule.id,
        "policy": validated.plan.resolved.policy.name,
        "vintage": validated.plan.vintage.name,
        "holds": result.holds,
        "states": [
            {
                "name": state.name,
                "converted": sorted(state.converted),
                "without": state.without or None,
                "configurations": [
                    _outcome(configuration, result.outcomes[state.name, configuration])
                    for configuration in result.configurations
                    if (state.name, configuration) in result.outcomes
                ],
            }
            for state in result.states
        ],
        "problems": [
            {"state": state.name, **_outcome(configuration, outcome, events=True)}
            for state, configuration, outcome in result.problems
        ],
    }


def _outcome(
    configuration: Configuration, outcome: Outcome, *, events: bool = False
) -> dict[str, Any]:
    return {
        "target": configuration.target.name,
        "arch": configuration.target.component,
        "variant": configuration.variant,
        "scenarios": outcome.scenarios,
        "holds": outcome.holds,
        "errors": [
            {"place": str(each.place or ""), "message": each.message, "identifier": each.identifier}
            for each in outcome.complaints
        ],
        "failures": [
            {"scenario": failure.scenario, "check": failure.check, "detail": failure.detail}
            | ({"events": list(failure.events)} if events else {})
            for failure in outcome.failures
        ],
    }
