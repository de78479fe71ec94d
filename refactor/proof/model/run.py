"""Build and run every configuration in every state of a plan, and see whether it holds."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from refactor.c.syntax import declarations, parse
from refactor.plan.plan import HelperPlan
from refactor.plan.scan import Progress
from refactor.plan.split import component_of
from refactor.proof.compile import (
    Builder,
    BuildError,
    Complaint,
    Source,
    Tree,
    describe_headers,
    own_headers,
)
from refactor.proof.confine import Code, Inspector, forbidden_directives, of_rule
from refactor.proof.extract import extract
from refactor.proof.model.expect import Expectations
from refactor.proof.model.outcome import Outcome, execute
from refactor.proof.model.spec import Configuration, Spec, Target, configurations, load_spec
from refactor.proof.model.states import State, ablations_of, states_of
from refactor.rule.model import GENERIC
from refactor.tree.tree import KernelTree

REAL = "real/"
"""Where in the model the functions of a real tree are put."""


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


def run(
    plan: HelperPlan,
    tree: KernelTree,
    model: Path,
    work: Path,
    *,
    real: bool,
    builder: Builder,
    progress: Progress = lambda _: None,
    targets: Collection[str] | None = None,
) -> Result:
    """Build and run every configuration in every state of `plan`.

    `model` is the model tree of the plan's vintage (`lay_out`), `work` an empty folder. With `real`
    the functions come out of `tree`, otherwise `tree` is the model itself. `targets` narrows to
    some of the model's.
    """
    spec = load_spec(model)
    inspector = Inspector(builder.command)
    own = own_headers(builder.command)
    runner = _Runner(plan, tree, spec, model, work, real, Expectations(plan, spec), inspector, own)
    states = [*states_of(plan), *ablations_of(plan, tree)]
    programs = [
        configuration
        for configuration in configurations(spec)
        if targets is None or configuration.target.name in targets
    ]
    outcomes: dict[tuple[str, Configuration], Outcome] = {}
    with ThreadPoolExecutor(builder.jobs) as pool:
        for number, state in enumerate(states):
            progress(f"model: {state.name}")
            folder = runner.prepare(state, work / f"state{number}")
            jobs = {
                configuration: pool.submit(runner.outcome, builder, folder, state, configuration)
                for configuration in programs
                if not state.without or configuration.target.component in state.converted
            }
            for configuration, job in jobs.items():
                outcomes[state.name, configuration] = job.result()
    return Result(tuple(states), outcomes, tuple(_problems(states, outcomes)))


@dataclass
class _Runner:
    plan: HelperPlan
    tree: KernelTree
    spec: Spec
    model: Path
    work: Path
    real: bool
    expect: Expectations
    inspector: Inspector
    own_headers: Sequence[str]
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
            file = folder / REAL / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        return folder

    def outcome(
        self, builder: Builder, folder: Path, state: State, configuration: Configuration
    ) -> Outcome:
        """Build one program and run it."""
        try:
            program = self._program(builder, folder, state, configuration)
            outcome = self._run(program, self._expectations(state, configuration))
            if state.is_last and outcome.holds and self._asks_generic_helper(state, configuration):
                return self._asked(builder, folder, state, configuration, outcome)
            return outcome
        except BuildError as error:
            return Outcome(0, (), error.complaints)

    def _run(self, program: Path, expectations: Sequence[str]) -> Outcome:
        arguments = ["--trace=fail", *expectations]
        key: tuple[Path | str, ...] = (program, *arguments)
        if key not in self._outcomes:
            self._outcomes[key] = execute(program, arguments, self.work)
        return self._outcomes[key]

    def _expectations(
        self, state: State, configuration: Configuration, extra: int = 0
    ) -> list[str]:
        """What the program is told to expect, with `extra` flags."""
        flags = self.expect.flags(state, configuration)
        if flags is None:
            return []
        huge = "allowed" if self.expect.is_huge(flags) else "never"
        return [f"--expect-flags={flags | extra:x}", f"--expect-huge={huge}"]

    def _asks_generic_helper(self, state: State, configuration: Configuration) -> bool:
        """True where a strong helper can be linked in the place of the generic weak one."""
        target = configuration.target
        body = self.expect.body(target.component)
        is_weak = not (self.real and target.generic_flags)
        generic = body is not None and body.component == GENERIC
        return is_weak and generic and target.component in state.converted

    def _asked(
        self,
        builder: Builder,
        folder: Path,
        state: State,
        configuration: Configuration,
        outcome: Outcome,
    ) -> Outcome:
        """Link a helper that returns one flag more, and see whether every allocation has it.

        Flags that are right by chance, because the old ones were the helper's, show only here.
        """
        body = self.expect.body(configuration.target.component)
        returned = self.expect.returned(body, configuration) if body is not None else 0
        name, value = self.spec.override.flags
        helper = Source(
            self.spec.override.path,
            (
                f"-D{name}={self.plan.rule.helper.name}",
                f"-D{value}={returned | self.spec.override_flag}",
            ),
        )
        program = self._program(builder, folder, state, configuration, helper)
        expected = self._expectations(state, configuration, self.spec.override_flag)
        asked = self._run(program, [*expected, "--only=/none"])
        left = tuple(each for each in asked.failures if each.check == "flags-exact")
        return replace(asked, scenarios=outcome.scenarios + asked.scenarios, failures=left)

    def _program(
        self,
        builder: Builder,
        folder: Path,
        state: State,
        configuration: Configuration,
        *extra: Source,
    ) -> Path:
        own, foreign = self._sources_of(state, configuration, extra)
        self._check_code(folder, foreign)
        tree = describe_headers(folder)
        only_machine = Tree(folder, describe_headers(folder / "sim").headers)
        jobs = [
            [builder.compile(only_machine, source) for source in self.spec.machine],
            [builder.compile(tree, source) for source in own],
            [builder.compile(tree, source) for source in foreign],
            # What is judged has no sanitizers: they add names of the host, and constructors.
            [
                builder.compile(tree, replace(each, flags=(*each.flags, *builder.unsanitized)))
                for each in foreign
            ],
        ]
        _check_built(jobs)
        machine, kernel, strangers, bare = [[job.result() for job in some] for some in jobs]
        codes = [_code(folder, source) for source in foreign]
        judged = dict(zip(bare, codes, strict=True))
        complaints = self.inspector.complaints(judged, machine, kernel)
        if complaints:
            raise BuildError(complaints)
        return builder.link([*machine, *kernel, *strangers])

    def _sources_of(
        self, state: State, configuration: Configuration, extra: Iterable[Source]
    ) -> tuple[list[Source], list[Source]]:
        """What a program is made of besides the machine: what is the model's own, and what is not.

        What comes from a tree or from a rule is a stranger's, and so is `extra`, which has a name
        that the rule has chosen.
        """
        target = configuration.target
        flags = (
            *self.spec.kernel_flags,
            *target.flags,
            *(flag for word in configuration.variant.split(",") for flag in self.spec.words[word]),
        )
        confined = (*flags, *self.spec.confined, *self.own_headers)
        own = [Source(path, flags) for path in (*self.spec.kernel_sources, *target.sources)]
        foreign = [Source(each.path, (*confined, *each.flags)) for each in extra]
        if not self.real:
            foreign += [Source(each.path, confined) for each in own if each.path in state.files]
            return [each for each in own if each.path not in state.files], foreign
        checked = (*confined, "-Werror=implicit-function-declaration", "-Werror=implicit-int")
        for path in self._paths(target):
            if component_of(path) != GENERIC:
                own = [each for each in own if each.path != target.replaced]
            more = target.generic_flags if component_of(path) == GENERIC else ()
            foreign.append(Source(f"{REAL}{path}", (*checked, *more)))
        return own, foreign

    def _check_code(self, folder: Path, foreign: Iterable[Source]) -> None:
        """Raise BuildError for what must not even get to the compiler."""
        rule = self.plan.rule
        texts = [rule.helper.prototype, *(body.code for body in self.plan.resolved.policy.bodies)]
        complaints = [each for text in texts for each in of_rule(text, rule.source)]
        if self.real:
            for source in foreign:
                text = (folder / source.path).read_bytes()
                complaints += forbidden_directives(text, source.path.removeprefix(REAL))
        if complaints:
            raise BuildError(list(dict.fromkeys(complaints)))

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
        prologue = ""
        header = parse(rule.helper.header, self._data(state, rule.helper.header))
        for node in declarations(header, rule.helper.name):
            prologue += header.text(node).decode(errors="replace") + "\n"
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


def _check_built(jobs: Iterable[Iterable[Future[Path]]]) -> None:
    """Raise BuildError with the complaints of all jobs, if there are any."""
    complaints: dict[Complaint, None] = {}
    for job in (job for some in jobs for job in some):
        try:
            job.result()
        except BuildError as error:
            complaints |= dict.fromkeys(error.complaints)
    if complaints:
        raise BuildError(list(complaints))


def _code(folder: Path, source: Source) -> Code:
    """What was compiled, with the lines and the path that a message about it has."""
    text = (folder / source.path).read_bytes()
    if source.path.startswith(REAL):
        _, _, text = text.partition(b"\n#line 1 ")
        return Code(source.path.removeprefix(REAL), text.partition(b"\n")[2])
    return Code(source.path, text)


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
