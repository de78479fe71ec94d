"""Run a series in the executable model: before it, after every patch, and after all of it.

The model (testdata/model/) is a kernel in small, written for this project; its README says what it
covers. `model.toml` there says how its programs are built, this module builds and runs them, and
compares what they report with what the plan promises.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from refactor.build import BuildError, Builder, Complaint, Source, describe_headers
from refactor.c.syntax import SourceFile, declarations, parse, span
from refactor.edits import Edit, EditSet
from refactor.errors import RefusedError
from refactor.extract import extract
from refactor.match import find
from refactor.plan import Patch, Plan, Progress, component_of
from refactor.rewrite import or_terms
from refactor.rules import GENERIC, HelperBody, Rule
from refactor.tree import KernelTree

TIMEOUT = 120
"""Seconds that one program of the model may run."""

SANITIZE = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-g")


@dataclass(frozen=True, slots=True)
class Target:
    """A machine of the model: one architecture in one shape."""

    name: str
    component: str
    flags: tuple[str, ...]
    sources: tuple[str, ...]
    variants: tuple[str, ...]
    replaced: str
    """The source whose place the functions of a real tree take; empty for the generic target."""
    generic_flags: tuple[str, ...]
    """Flags for the functions of a real tree's generic file."""


@dataclass(frozen=True, slots=True)
class Spec:
    """What model.toml says."""

    cflags: tuple[str, ...]
    machine: tuple[Source, ...]
    kernel_flags: tuple[str, ...]
    kernel_sources: tuple[str, ...]
    targets: tuple[Target, ...]
    words: Mapping[str, tuple[str, ...]]
    overlays: Mapping[str, str]
    huge: Mapping[str, tuple[str, bool]]
    """For each vintage: the flag that decides on huge mappings, and what its presence means."""
    flags: Mapping[str, Mapping[str, Any]]
    include: str


@dataclass(frozen=True, slots=True)
class Configuration:
    """One program: a target in one variant."""

    target: Target
    variant: str

    def __str__(self) -> str:
        return f"{self.target.name} {self.variant}"


@dataclass(frozen=True, slots=True)
class Failure:
    """A check that failed in one scenario, with the events that led to it."""

    scenario: str
    check: str
    detail: str
    events: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one program has reported in one state of the tree."""

    scenarios: int
    failures: tuple[Failure, ...] = ()
    complaints: tuple[Complaint, ...] = ()
    """Why there is no program, or no report of it."""

    @property
    def holds(self) -> bool:
        """True if everything was checked, and nothing failed."""
        return self.scenarios > 0 and not self.failures and not self.complaints

    @property
    def checks(self) -> dict[str, int]:
        """In how many scenarios each failing check has failed."""
        counts: dict[str, int] = {}
        for failure in self.failures:
            counts[failure.check] = counts.get(failure.check, 0) + 1
        return counts


@dataclass(frozen=True, slots=True)
class State:
    """The tree at one moment: its files that differ from the base, and who is converted."""

    name: str
    files: Mapping[str, bytes]
    converted: frozenset[str]
    is_last: bool = False
    without: str = ""
    """A flag that was taken away, to see what it is good for."""


@dataclass(frozen=True, slots=True)
class Result:
    """All outcomes of a plan, and what is wrong with them."""

    states: tuple[State, ...]
    outcomes: Mapping[tuple[str, Configuration], Outcome]
    problems: tuple[tuple[State, Configuration, Outcome], ...] = ()

    @property
    def holds(self) -> bool:
        """True if every state of the series is as it has to be."""
        return not self.problems

    @property
    def configurations(self) -> list[Configuration]:
        """Every program that was run, in order."""
        return list(dict.fromkeys(configuration for _, configuration in self.outcomes))


def load_spec(model: Path) -> Spec:
    """Read model.toml."""
    table = tomllib.loads((model / "model.toml").read_text())
    real = table["real"]["target"]
    targets = []
    for name, entry in table["target"].items():
        files = real.get(name, {})
        targets.append(
            Target(
                name=name,
                component=GENERIC if name == GENERIC else entry["arch"],
                flags=tuple(entry["flags"]),
                sources=tuple(entry["sources"]),
                variants=tuple(entry["variants"]),
                replaced=next((file["replaces"] for file in files.values() if "replaces" in file), ""),
                generic_flags=tuple(
                    flag
                    for path, file in files.items()
                    if component_of(path) == GENERIC
                    for flag in file.get("flags", [])
                ),
            )
        )
    machine = table["machine"]
    return Spec(
        cflags=tuple(table["cflags"]),
        machine=tuple(Source(path, tuple(machine["flags"])) for path in machine["sources"]),
        kernel_flags=tuple(table["kernel"]["flags"]),
        kernel_sources=tuple(table["kernel"]["sources"]),
        targets=tuple(targets),
        words={word: tuple(flags) for word, flags in table["variant"].items()},
        overlays={name: entry.get("overlay", "") for name, entry in table["vintage"].items()},
        huge={
            name: (entry["huge_flag"], entry["huge_if_set"])
            for name, entry in table["vintage"].items()
        },
        flags=table["flag"],
        include=table["real"]["include"],
    )


def builder(spec: Spec, folder: Path, *, sanitize: bool = False) -> Builder:
    """What compiles the model, into `folder`. Raises TreeError where there is no compiler."""
    extra = SANITIZE if sanitize else ()
    return Builder(folder, (*spec.cflags, *extra), extra)


def lay_out(model: Path, spec: Spec, vintage: str, folder: Path) -> None:
    """Copy the model tree of one vintage to `folder`, which must not exist yet."""
    if vintage not in spec.overlays:
        known = ", ".join(spec.overlays)
        raise RefusedError(f"the model knows no tree of the {vintage} vintage (it knows: {known})")
    shutil.copytree(model, folder)
    if spec.overlays[vintage]:
        shutil.copytree(model / spec.overlays[vintage], folder, dirs_exist_ok=True)


def run(
    plan: Plan,
    tree: KernelTree,
    model: Path,
    work: Path,
    *,
    real: bool,
    builder: Builder,
    progress: Progress = lambda _: None,
) -> Result:
    """Build and run every configuration in every state of `plan`.

    `model` is the model tree of the plan's vintage (`lay_out`), `work` an empty folder. With `real`
    the functions come out of `tree`, otherwise `tree` is the model itself.
    """
    spec = load_spec(model)
    runner = _Runner(plan, tree, spec, model, work, real)
    states = [*_states(plan), *_ablations(plan, tree)]
    outcomes: dict[tuple[str, Configuration], Outcome] = {}
    with ThreadPoolExecutor(builder.jobs) as pool:
        for number, state in enumerate(states):
            progress(f"model: {state.name}")
            folder = runner.prepare(state, work / f"state{number}")
            jobs = {
                configuration: pool.submit(runner.outcome, builder, folder, state, configuration)
                for configuration in _configurations(spec)
                if not state.without or configuration.target.component in state.converted
            }
            for configuration, job in jobs.items():
                outcomes[state.name, configuration] = job.result()
    return Result(tuple(states), outcomes, tuple(_problems(states, outcomes)))


def _configurations(spec: Spec) -> Iterator[Configuration]:
    for target in spec.targets:
        for variant in target.variants:
            yield Configuration(target, variant)


# ---------------------------------------------------------------------------- states


def _states(plan: Plan) -> Iterator[State]:
    """Before the series, and after each of its patches."""
    settled = {component_of(remark.place.path) for remark in plan.conforming}
    changing = {patch.component for patch in plan.patches if patch.changes}
    converted = frozenset(settled - changing)
    files: dict[str, bytes] = {}
    yield State("before", {}, converted, is_last=not plan.patches)
    for number, patch in enumerate(plan.patches, 1):
        files = files | {change.path: change.after for change in patch.files}
        converted |= {patch.component}
        last = number == len(plan.patches)
        name = "after" if last else f"patch {number} ({patch.component})"
        yield State(name, files, converted, is_last=last)


def _ablations(plan: Plan, tree: KernelTree) -> Iterator[State]:
    """The base with one flag taken out of the calls that have it: what is it good for?"""
    for flag in plan.rule.edit.remove:
        if not plan.rule.edit.comments[flag]:
            continue
        files = {}
        components = set()
        paths = {
            place.path
            for place, calls in plan.definitions.items()
            if any(flag in flags for flags in calls)
        }
        for path, blob in tree.read(paths).items():
            files[path] = _without(parse(path, blob.data), plan.rule, flag)
            components.add(component_of(path))
        if files:
            yield State(f"without {flag}", files, frozenset(components), without=flag)


def _without(source: SourceFile, rule: Rule, flag: str) -> bytes:
    edits = []
    for definition in find(source, rule).definitions:
        for site in definition.sites:
            terms = [source.text(term) for term in or_terms(site.argument)]
            kept = b" | ".join(term for term in terms if term != flag.encode()) or b"0"
            edits.append(Edit(span(site.argument), kept))
    return EditSet(dict.fromkeys(edits)).apply(source.data)


# ---------------------------------------------------------------------------- running


@dataclass
class _Runner:
    plan: Plan
    tree: KernelTree
    spec: Spec
    model: Path
    work: Path
    real: bool
    _originals: dict[str, bytes] = field(default_factory=dict)
    _outcomes: dict[tuple[Path | str, ...], Outcome] = field(default_factory=dict)
    """Two states often have the same program: then it need not run twice."""

    def prepare(self, state: State, folder: Path) -> Path:
        """A copy of the model with the code of `state` in it."""
        shutil.copytree(self.model, folder, ignore=shutil.ignore_patterns("vintages", "*.md"))
        if not self.real:
            for path, data in state.files.items():
                (folder / path).write_bytes(data)
            return folder
        for path, data in self._real_files(state):
            file = folder / "real" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        return folder

    def outcome(
        self, builder: Builder, folder: Path, state: State, configuration: Configuration
    ) -> Outcome:
        """Build one program and run it."""
        try:
            program = self._program(builder, folder, state, configuration)
        except BuildError as error:
            return Outcome(0, (), error.complaints)
        arguments = ["--trace=fail", *self._expectations(state, configuration)]
        key = (program, *arguments)
        if key not in self._outcomes:
            self._outcomes[key] = _report(program, arguments)
        return self._outcomes[key]

    def _expectations(self, state: State, configuration: Configuration) -> list[str]:
        """What the program is told to expect."""
        flags = self._expected_flags(state, configuration)
        if flags is None:
            return []
        huge = "allowed" if self._is_huge(flags) else "never"
        return [f"--expect-flags={flags:x}", f"--expect-huge={huge}"]

    def _program(
        self, builder: Builder, folder: Path, state: State, configuration: Configuration
    ) -> Path:
        tree = describe_headers(folder)
        machine = describe_headers(folder / "sim")
        target = configuration.target
        flags = (
            *self.spec.kernel_flags,
            *target.flags,
            *(flag for word in configuration.variant.split(",") for flag in self.spec.words[word]),
        )
        sources = [Source(path, flags) for path in (*self.spec.kernel_sources, *target.sources)]
        if self.real:
            strict = (*flags, "-Werror=implicit-function-declaration", "-Werror=implicit-int")
            for path in self._paths(target):
                if component_of(path) != GENERIC:
                    sources = [each for each in sources if each.path != target.replaced]
                extra = target.generic_flags if component_of(path) == GENERIC else ()
                sources.append(Source(f"real/{path}", (*strict, *extra)))
        jobs = [builder.compile(tree, source) for source in sources]
        jobs += [
            builder.compile(type(machine)(folder, machine.headers), source)
            for source in self.spec.machine
        ]
        complaints: list[Complaint] = []
        objects = []
        for job in jobs:
            try:
                objects.append(job.result())
            except BuildError as error:
                complaints += error.complaints
        if complaints:
            raise BuildError(complaints)
        return builder.link(objects)

    # -------------------------------------------------------------------- code of a real tree

    def _paths(self, target: Target) -> list[str]:
        """The files of the tree that a target takes its functions from."""
        wanted = {GENERIC, target.component}
        return [path for path in self._sources() if component_of(path) in wanted]

    def _sources(self) -> list[str]:
        paths = {place.path for place in self.plan.definitions}
        paths |= {change.path for patch in self.plan.patches for change in patch.files}
        known = {target.component for target in self.spec.targets}
        return sorted(path for path in paths if path.endswith(".c") and component_of(path) in known)

    def _real_files(self, state: State) -> Iterator[tuple[str, bytes]]:
        rule = self.plan.rule
        prologue = f'#include "{self.spec.include}"'
        header = parse(rule.helper.header, self._data(state, rule.helper.header))
        for node in declarations(header, rule.helper.name):
            prologue += "\n" + header.text(node).decode(errors="replace")
        for path in self._sources():
            source = parse(path, self._data(state, path))
            yield path, extract(source, [rule.entry, rule.helper.name], prologue)

    def _data(self, state: State, path: str) -> bytes:
        if path in state.files:
            return state.files[path]
        if path not in self._originals:
            blob = self.tree.read([path]).get(path)
            self._originals[path] = blob.data if blob is not None else b""
        return self._originals[path]

    # -------------------------------------------------------------------- what is expected

    def _expected_flags(self, state: State, configuration: Configuration) -> int | None:
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
            body = self._body(component)
            if body is None:
                return None
            total |= self._returned(body, configuration)
        return total

    def _value(self, term: str, configuration: Configuration) -> int | None:
        if term.strip("0uUlLxX() ") == "":
            return 0
        flag = self.spec.flags.get(term)
        if flag is None:
            body = self._body(configuration.target.component)
            is_helper = term in self.plan.rule.edit.add
            return self._returned(body, configuration) if is_helper and body is not None else None
        if flag.get("variant") and flag["variant"] not in configuration.variant.split(","):
            return 0
        return int(flag["value"])

    def _body(self, component: str) -> HelperBody | None:
        patch: Patch
        for patch in self.plan.patches:
            if patch.component == component and patch.body is not None:
                return patch.body
        policy = self.plan.policy
        vintage = self.plan.vintage.name
        return policy.body(vintage, component) or policy.body(vintage)

    def _returned(self, body: HelperBody, configuration: Configuration) -> int:
        total = 0
        for flag in body.returns:
            total |= self._value(flag, configuration) or 0
        for flag, condition in body.may_return.items():
            if self._is_on(condition, configuration):
                total |= self._value(flag, configuration) or 0
        return total

    def _is_on(self, condition: str, configuration: Configuration) -> bool:
        option = condition.removeprefix("!")
        flags = [
            flag
            for word in configuration.variant.split(",")
            for flag in (*self.spec.words[word], *configuration.target.flags)
        ]
        return (f"-D{option}=1" in flags) != condition.startswith("!")

    def _is_huge(self, flags: int) -> bool:
        name, if_set = self.spec.huge[self.plan.vintage.name]
        return bool(flags & int(self.spec.flags[name]["value"])) == if_set


def _report(program: Path, arguments: Sequence[str]) -> Outcome:
    """Run a program of the model and read its report, one JSON object a line."""
    try:
        done = subprocess.run(
            [str(program), *arguments],
            capture_output=True,
            timeout=TIMEOUT,
            check=False,
            env={**os.environ, "ASAN_OPTIONS": "exitcode=99", "UBSAN_OPTIONS": "exitcode=99"},
        )
    except subprocess.TimeoutExpired:
        return Outcome(0, (), (Complaint(None, f"the model ran longer than {TIMEOUT} seconds"),))
    complaints: list[Complaint] = []
    failures: list[Failure] = []
    scenarios = 0
    for line in done.stdout.decode(errors="replace").splitlines():
        record = json.loads(line)
        if record["type"] == "self-test" and record["status"] != "pass":
            complaints += [Complaint(None, f"self-test: {name}") for name in record["failed"]]
        elif record["type"] == "scenario":
            scenarios += 1
            failures += _failures(record)
    if done.returncode not in (0, 1) and not complaints:
        words = done.stderr.decode(errors="replace").strip().splitlines()
        complaints.append(Complaint(None, words[0] if words else f"status {done.returncode}"))
    return Outcome(scenarios, tuple(failures), tuple(complaints))


def _failures(record: Mapping[str, Any]) -> Iterator[Failure]:
    events = tuple(record.get("events", ()))
    for name, check in record["checks"].items():
        if check["status"] == "fail":
            yield Failure(record["id"], name, check.get("detail", ""), events)


# ---------------------------------------------------------------------------- what is wrong


def _problems(
    states: Iterable[State], outcomes: Mapping[tuple[str, Configuration], Outcome]
) -> Iterator[tuple[State, Configuration, Outcome]]:
    """What must not be: a converted component that fails, or an unconverted one that got worse."""
    for state in states:
        if state.without:
            continue
        for (name, configuration), outcome in outcomes.items():
            if name != state.name:
                continue
            if configuration.target.component in state.converted:
                left = outcome.failures
            else:
                before = {
                    (failure.scenario, failure.check)
                    for failure in outcomes["before", configuration].failures
                    if failure.check != "flags-exact"
                }
                left = tuple(
                    failure
                    for failure in outcome.failures
                    if (failure.scenario, failure.check) not in before
                )
                if state.name == "before":
                    left = tuple(each for each in left if each.check == "flags-exact")
            if left or outcome.complaints or not outcome.scenarios:
                yield state, configuration, Outcome(outcome.scenarios, left, outcome.complaints)
