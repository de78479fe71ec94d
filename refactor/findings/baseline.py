"""A baseline: findings that somebody has looked at and accepted, by their fingerprints."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from refactor.errors import Place, TreeError
from refactor.findings.finding import Finding

VERSION = 1


def settle(
    findings: Sequence[Finding],
    names: Sequence[str],
    file: Path | None,
    rule: str,
    *,
    write: bool,
    whole: bool,
) -> tuple[list[int], int, tuple[str, ...]]:
    """Which findings are left, by their numbers, how many are accepted, and what to say of it.

    With `write` all of them are accepted from now on, and the file is written. `whole` says that
    `findings` are those of a whole tree, so what is not among them is gone.
    """
    if file is None:
        return list(range(len(findings))), 0, ()
    if write:
        _write(file, rule, findings, names)
        return [], len(findings), (f"{file} accepts {len(findings)} findings from now on",)
    accepted = _read(file, rule)
    kept = [number for number, name in enumerate(names) if name not in accepted]
    gone = len(accepted - set(names)) if whole else 0
    notes = (f"{gone} of the findings in {file} are gone: write it anew",) if gone else ()
    return kept, len(findings) - len(kept), notes


def _read(file: Path, rule: str) -> set[str]:
    import json

    try:
        data = json.loads(file.read_bytes())
        if data["version"] != VERSION or data["rule"] != rule:
            raise ValueError(f"it is no baseline of version {VERSION} for {rule}")
        return {str(entry["fingerprint"]) for entry in data["findings"]}
    except OSError as error:
        raise TreeError(error.strerror or str(error), place=Place(str(file))) from error
    except (KeyError, TypeError, ValueError) as error:
        raise TreeError(f"no baseline: {error}", place=Place(str(file))) from error


def _write(file: Path, rule: str, findings: Sequence[Finding], names: Sequence[str]) -> None:
    """Write the file whole, or not at all."""
    import json

    entries = [
        {
            "fingerprint": name,
            "code": finding.code,
            "path": finding.place.path,
            "function": finding.function,
            "message": finding.message,
        }
        for finding, name in zip(findings, names, strict=True)
    ]
    text = json.dumps({"version": VERSION, "rule": rule, "findings": entries}, indent=2)
    descriptor, part = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    try:
        with open(descriptor, "w", encoding="utf-8", errors="surrogateescape") as stream:
            stream.write(text + "\n")
        os.chmod(part, 0o644)
        os.replace(part, file)
    except BaseException:
        os.unlink(part)
        raise
