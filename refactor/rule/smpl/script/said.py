"""What scripts know and say: positions, reports, functions of `initialize` blocks."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Point:
    """A position as scripts see it: numbers are strings, lines count from 1, columns from 0."""

    file: str
    current_element: str
    line: str
    column: str
    line_end: str
    column_end: str


@dataclass(frozen=True, slots=True)
class Report:
    """One thing that a script says; `related` are the places that it links to."""

    point: Point
    message: str
    related: tuple[tuple[Point, str], ...] = ()


@dataclass(slots=True)
class Said:
    """What became of one environment."""

    reports: list[Report] = field(default_factory=list)
    is_kept: bool = True
    """False after `cocci.include_match(False)`."""
    made: dict[str, str] = field(default_factory=dict)
    """Names that it hands on (`coccinelle.x = ...`)."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function that an `initialize` block defines."""

    name: str
    parameters: tuple[str, ...]
    body: tuple[ast.stmt, ...]


Scope = dict[str, object]
