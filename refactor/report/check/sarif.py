"""Findings as SARIF 2.1.0, for code scanning (docs.oasis-open.org/sarif/sarif/v2.1.0)."""

from __future__ import annotations

import base64
import json
import os
from typing import Any
from urllib.parse import quote

from refactor import __version__
from refactor.check.catalog import Doc
from refactor.check.finding import Finding, LineEdit
from refactor.commands.check import Checked
from refactor.errors import Place
from refactor.report.text import one_line

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)

ROOT = "SRCROOT"
"""Stands for the top of the tree: URIs are relative to it."""

FINGERPRINT = "treewide/v1"


def text(result: Checked) -> str:
    """One run, with a rule for each code and a result for each finding."""
    codes = list(result.catalog.docs)
    run = {
        "tool": {
            "driver": {
                "name": "treewide",
                "version": __version__,
                "semanticVersion": __version__,
                "rules": [_rule(doc) for doc in result.catalog.docs.values()],
            }
        },
        "columnKind": "utf16CodeUnits",
        "originalUriBaseIds": {
            ROOT: {"description": {"text": "The top folder of the kernel tree."}}
        },
        "invocations": [
            {
                "executionSuccessful": True,
                "toolConfigurationNotifications": [
                    {"level": "warning", "message": {"text": one_line(f"{each.place}: {each}")}}
                    for each in result.unloaded
                ],
            }
        ],
        "results": [_result(finding, codes) for finding in result.findings],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _rule(doc: Doc) -> dict[str, Any]:
    parts = (
        doc.what,
        f"Why: {doc.why}" if doc.why else "",
        f"How to fix: {doc.fix}" if doc.fix else "",
    )
    plain = "\n\n".join(" ".join(part.split()) for part in parts if part)
    samples = [
        f"{title} (`{path}`):\n\n```c\n{code.strip(chr(10))}\n```"
        for title, files in (("Bad", doc.bad), ("Good", doc.good))
        for path, code in files.items()
    ]
    return {
        "id": doc.code,
        "name": "".join(word.capitalize() for word in doc.code.split("-")),
        "shortDescription": {"text": doc.title},
        "fullDescription": {"text": " ".join(doc.what.split())},
        "help": {"text": plain, "markdown": "\n\n".join((plain, *samples))},
        "defaultConfiguration": {"level": doc.level},
        "properties": {"tags": ["kernel", "correctness"], "precision": doc.precision},
    }


def _result(finding: Finding, codes: list[str]) -> dict[str, Any]:
    brought = f" (brought by {finding.patch})" if finding.patch else ""
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": codes.index(finding.code),
        "level": finding.level,
        "message": {"text": one_line(finding.message + brought)},
        "locations": [_location(finding)],
        "partialFingerprints": {FINGERPRINT: finding.fingerprint},
        "properties": {"arch": finding.component, "patch": one_line(finding.patch)},
    }
    if finding.related:
        result["relatedLocations"] = [
            {
                "id": number,
                "physicalLocation": {
                    "artifactLocation": _artifact(each.place.path),
                    "region": {"startLine": each.place.line or 1},
                },
                "message": {"text": one_line(each.message)},
            }
            for number, each in enumerate(finding.related)
        ]
    if finding.fix:
        result["fixes"] = [_fix(finding)]
    return result


def _location(finding: Finding) -> dict[str, Any]:
    region = {"startLine": finding.place.line or 1, "startColumn": _column(finding, finding.place)}
    if finding.end.line == finding.place.line:
        region["endColumn"] = max(_column(finding, finding.end), region["startColumn"])
    else:
        region["endLine"] = finding.end.line or region["startLine"]
        region["endColumn"] = finding.end.column or 1
    location: dict[str, Any] = {
        "physicalLocation": {"artifactLocation": _artifact(finding.place.path), "region": region}
    }
    if finding.function:
        location["logicalLocations"] = [{"name": finding.function, "kind": "function"}]
    return location


def _column(finding: Finding, place: Place) -> int:
    """A byte column as one in UTF-16 code units."""
    before = finding.excerpt[: (place.column or 1) - 1].decode(errors="replace")
    return len(before.encode("utf-16-le")) // 2 + 1


def _artifact(path: str) -> dict[str, str]:
    return {"uri": quote(os.fsencode(path)), "uriBaseId": ROOT}


def _fix(finding: Finding) -> dict[str, Any]:
    return {
        "description": {"text": f"Fix {finding.code}"},
        "artifactChanges": [
            {
                "artifactLocation": _artifact(finding.place.path),
                "replacements": [_replacement(edit) for edit in finding.fix],
            }
        ],
    }


def _replacement(edit: LineEdit) -> dict[str, Any]:
    """Whole lines: from the start of the first to the start of the one behind the last."""
    try:
        content = {"text": edit.text.decode()}
    except UnicodeDecodeError:
        content = {"binary": base64.b64encode(edit.text).decode()}
    return {
        "deletedRegion": {
            "startLine": edit.start + 1,
            "startColumn": 1,
            "endLine": edit.end + 1,
            "endColumn": 1,
        },
        "insertedContent": content,
    }
