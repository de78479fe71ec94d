"""Findings as JSON. The form is described in docs/check.md; `version` changes when it does."""

from __future__ import annotations

import json
from typing import Any

from refactor.check.finding import Finding
from refactor.check.matrix import Row
from refactor.commands.check import Checked
from refactor.errors import Place

VERSION = 1


def text(result: Checked) -> str:
    """The whole result as one JSON object."""
    data: dict[str, Any] = {
        "version": VERSION,
        "rule": result.rule.id,
        "vintage": result.vintage,
        "base": result.base,
        "clean": result.is_clean,
        "accepted": result.accepted,
        "findings": [_finding(*each) for each in zip(result.findings, result.diffs, strict=True)],
    }
    if result.unloaded:
        data["unloaded"] = [
            {**_place(each.place or Place("")), "message": each.message} for each in result.unloaded
        ]
    if result.rows:
        data["matrix"] = [_row(row) for row in result.rows]
    return json.dumps(data, indent=2, ensure_ascii=True)


def _finding(finding: Finding, diff: bytes) -> dict[str, Any]:
    return {
        "code": finding.code,
        "level": finding.level,
        "message": finding.message,
        **_place(finding.place),
        "end_line": finding.end.line,
        "end_column": finding.end.column,
        "arch": finding.component,
        "function": finding.function,
        "fingerprint": finding.fingerprint,
        "patch": finding.patch or None,
        "related": [{**_place(each.place), "message": each.message} for each in finding.related],
        "fix": diff.decode(errors="surrogateescape") or None,
    }


def _place(place: Place) -> dict[str, Any]:
    return {"path": place.path, "line": place.line, "column": place.column}


def _row(row: Row) -> dict[str, Any]:
    return {
        "arch": row.component,
        "own": row.own or None,
        "through_helper": row.through_helper,
        "flags": list(row.flags),
        "options": dict(row.options),
        "verdict": row.verdict,
    }
