"""How the model is built: what its model.toml says."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from refactor.errors import RefusedError
from refactor.plan.split import component_of
from refactor.proof.compile import Builder, Source
from refactor.rule.model import GENERIC

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
    confined: tuple[str, ...]
    """Flags for code of strangers."""
    targets: tuple[Target, ...]
    words: Mapping[str, tuple[str, ...]]
    overlays: Mapping[str, str]
    huge: Mapping[str, tuple[str, bool]]
    """For each vintage: the flag that decides on huge mappings, and what its presence means."""
    flags: Mapping[str, Mapping[str, Any]]
    override: Source
    """A strong helper that returns a flag which nothing else has; `flags` are its macros."""
    override_flag: int


@dataclass(frozen=True, slots=True)
class Configuration:
    """One program: a target in one variant."""

    target: Target
    variant: str

    def __str__(self) -> str:
        return f"{self.target.name} {self.variant}"


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
                replaced=next(
                    (file["replaces"] for file in files.values() if "replaces" in file), ""
                ),
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
        confined=tuple(table["confined"]["flags"]),
        targets=tuple(targets),
        words={word: tuple(flags) for word, flags in table["variant"].items()},
        overlays={name: entry.get("overlay", "") for name, entry in table["vintage"].items()},
        huge={
            name: (entry["huge_flag"], entry["huge_if_set"])
            for name, entry in table["vintage"].items()
        },
        flags=table["flag"],
        override=Source(table["override"]["source"], tuple(table["override"]["macros"])),
        override_flag=table["override"]["flag"],
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


def configurations(spec: Spec) -> Iterator[Configuration]:
    """Every program of the model."""
    for target in spec.targets:
        for variant in target.variants:
            yield Configuration(target, variant)
