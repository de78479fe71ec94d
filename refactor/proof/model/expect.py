"""What the model has to show: the flags of an allocation, from the plan and not from the code."""

from __future__ import annotations

from dataclasses import dataclass

from refactor.plan.plan import HelperPlan
from refactor.plan.split import component_of
from refactor.proof.model.spec import Configuration, Spec
from refactor.proof.model.states import State
from refactor.rule.model import HelperBody


@dataclass(frozen=True, slots=True)
class Expectations:
    """What a plan promises, in the terms of the model."""

    plan: HelperPlan
    spec: Spec

    def flags(self, state: State, configuration: Configuration) -> int | None:
        """The flags of every allocation; None if the code leaves that open."""
        component = configuration.target.component
        every = {
            flags
            for place, calls in self.plan.definitions.items()
            for flags in calls
            if component_of(place.path) == component
        }
        if len(every) != 1:
            return None
        total = 0
        for term in next(iter(every)):
            if term == state.without:
                continue
            value = self._value(term, configuration)
            if value is None:
                return None
            total |= value
        if component in state.converted and not state.without:
            body = self.body(component)
            if body is None:
                return None
            total |= self.returned(body, configuration)
        return total

    def _value(self, term: str, configuration: Configuration) -> int | None:
        if term.strip("0uUlLxX() ") == "":
            return 0
        flag = self.spec.flags.get(term)
        if flag is None:
            body = self.body(configuration.target.component)
            is_helper = term in self.plan.rule.flags.add
            return self.returned(body, configuration) if is_helper and body is not None else None
        if flag.get("variant") and flag["variant"] not in configuration.variant.split(","):
            return 0
        return int(flag["value"])

    def body(self, component: str) -> HelperBody | None:
        """The helper that is in force for a component after the series."""
        bodies = self.plan.resolved.bodies
        if bodies.get(component) is not None:
            return bodies[component]
        policy = self.plan.resolved.policy
        vintage = self.plan.vintage.name
        return policy.body(vintage, component) or policy.body(vintage)

    def returned(self, body: HelperBody, configuration: Configuration) -> int:
        """What a helper returns in one configuration."""
        total = 0
        for flag in body.returns:
            total |= self._value(flag, configuration) or 0
        for flag, condition in body.may_return.items():
            if self._is_on(condition, configuration):
                total |= self._value(flag, configuration) or 0
        return total

    def _is_on(self, condition: str, configuration: Configuration) -> bool:
        option = condition.removeprefix("!")
        flags = [*configuration.target.flags, *self.spec.kernel_flags]
        flags += (
            each for word in configuration.variant.split(",") for each in self.spec.words[word]
        )
        # As for the compiler, the last word counts.
        said = [each for each in flags if each in (f"-D{option}=1", f"-U{option}")]
        return (said[-1:] == [f"-D{option}=1"]) != condition.startswith("!")

    def is_huge(self, flags: int) -> bool:
        """True if these flags allow huge mappings, in the sense of the vintage."""
        name, if_set = self.spec.huge[self.plan.vintage.name]
        return bool(flags & int(self.spec.flags[name]["value"])) == if_set
