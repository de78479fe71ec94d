"""Reads the scripts of a semantic patch, and says what of them has no meaning here."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from refactor.errors import Place, RuleError
from refactor.rule.smpl.model import ScriptRule
from refactor.rule.smpl.script.allowed import Checker
from refactor.rule.smpl.script.said import Function, Point, Report, Said, Scope
from refactor.rule.smpl.script.work import Worker


@dataclass(frozen=True, slots=True)
class Script:
    """A script that can be worked out, with what the `initialize` blocks before it define."""

    rule: ScriptRule
    source: str
    body: tuple[ast.stmt, ...]
    given: Mapping[str, object]

    def run(self, bound: Mapping[str, object]) -> Said:
        """What it says of one environment; `bound` are strings and tuples of points.

        Raises RuleError where it does something that cannot be done, such as to take an item that
        is not there.
        """
        said = Said()
        worker = Worker(self.source, self.rule.first, {**self.given, **bound}, said)
        worker.body(self.body)
        if worker.printed:
            points = [each for each in bound.values() if isinstance(each, tuple) and each]
            if points:
                text = " ".join(worker.printed)
                said.reports.append(Report(points[0][0], _without_place(text, points[0][0])))
        return said


def read_scripts(source: str, rules: Sequence[ScriptRule]) -> Iterator[Script | RuleError]:
    """For each script its meaning, or why it has none here, in order."""
    given: Scope = {}
    broken: RuleError | None = None
    for rule in rules:
        try:
            tree = _parsed(source, rule)
            Checker(source, rule, given).check(tree)
            if rule.phase == "initialize":
                _initialize(source, rule, tree, given)
            elif rule.phase == "finalize" and tree:
                raise RuleError(
                    "a finalize script is not supported", place=Place(source, rule.line, 1)
                )
            yield Script(rule, source, tuple(tree), dict(given))
        except RuleError as error:
            if rule.phase == "initialize":
                broken = error
            # A name that a refused block would have defined is no fault of the script.
            yield broken if broken is not None and "is not known" in error.message else error


def _initialize(source: str, rule: ScriptRule, tree: Sequence[ast.stmt], given: Scope) -> None:
    for each in tree:
        if isinstance(each, ast.FunctionDef):
            names = tuple(one.arg for one in each.args.args)
            given[each.name] = Function(each.name, names, tuple(each.body))
        else:
            Worker(source, rule.first, given, Said()).body((each,))


def _parsed(source: str, rule: ScriptRule) -> list[ast.stmt]:
    if rule.language != "python":
        raise RuleError(
            f"this script is {rule.language}, and scripts are not run",
            place=Place(source, rule.line, 1),
            hint="what only reports can be said in script:python",
        )
    try:
        # Scripts of Python 2's days: print is a statement there.
        code = re.sub(r"^\s*//.*$", "", rule.code, flags=re.MULTILINE)
        code = re.sub(r"^(\s*)print\s+([\"'\w].*)$", r"\1print(\2)", code, flags=re.MULTILINE)
        return ast.parse(code.expandtabs(8)).body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = rule.first - 1 + (getattr(error, "lineno", None) or 1)
        message = f"the script does not parse: {getattr(error, 'msg', error)}"
        column = getattr(error, "offset", None) or 1
        raise RuleError(message, place=Place(source, line, column)) from None


def _without_place(text: str, point: Point) -> str:
    """What is printed often begins with the place, which a finding has anyway."""
    found = re.match(re.escape(point.file) + r":\d+(?:[:-]\d+)*:?\s*", text)
    return text[found.end() :] if found else text
