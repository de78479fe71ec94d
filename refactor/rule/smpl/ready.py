"""The text of a semantic patch, made ready to run in a mode."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from refactor.errors import Place, RuleError
from refactor.rule.smpl.compile import Compiled, compile_patch
from refactor.rule.smpl.mode import in_mode
from refactor.rule.smpl.model import PatchRule, SemanticPatch
from refactor.rule.smpl.read import read


def ready(
    source: str, text: str, defined: Mapping[str, str], modes: Sequence[str] = ("patch",)
) -> tuple[Compiled, dict[str, str]]:
    """The text of a semantic patch, compiled, and what is defined when it runs (see `load`).

    `source` is what errors name. Raises RuleError with line and column.
    """
    patch = read(source, text)
    chosen = {**_given(patch), **defined}
    if not any(name in patch.virtuals for name in chosen):
        mode = next((each for each in modes if each in patch.virtuals), None)
        if mode is not None:
            chosen[mode] = ""
    for name in chosen:
        if name not in patch.virtuals and name not in _values(patch):
            raise RuleError(
                f"{Path(source).name} declares no virtual {name}",
                place=Place(source),
                hint=f"it declares: {', '.join(sorted(patch.virtuals | _values(patch))) or 'none'}",
            )
    patch, scripts = in_mode(patch, chosen, reports="report" in modes)
    return compile_patch(patch, scripts), chosen


def _given(patch: SemanticPatch) -> dict[str, str]:
    """What `-D` gives in the options that a patch has in lines with `# spatch`."""
    words = patch.options
    found = {}
    for option, value in pairwise(words):
        if option == "-D":
            name, _, text = value.partition("=")
            found[name] = text
    return found


def _values(patch: SemanticPatch) -> frozenset[str]:
    """The names that a patch takes a value for, as `identifier virtual.f` does undeclared."""
    return frozenset(
        meta.name
        for rule in patch.rules
        if isinstance(rule, PatchRule)
        for meta in rule.metavariables.values()
        if meta.origin == "virtual"
    )
