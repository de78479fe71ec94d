"""A baseline: findings that somebody has looked at and accepted, by their fingerprints."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from refactor.check.finding import Finding
from refactor.errors import Place, TreeError
from refactor.output import write_file

VERSION = 1


Entries = dict[str, Any]
"""By fingerprint what the file has of each finding."""


def settle(
    findings: Sequence[Finding], file: Path | None, rule: str, *, write: bool, whole: bool
) -> tuple[Sequence[Finding], int, tuple[str, ...]]:
    """Which findings are left, how many are accepted, and what is to be said of it.

    With `write` all of them are accepted from now on, and the file is written. `whole` says that
    `findings` are those of a whole tree, so what is not among them is gone; otherwise the file
    keeps what it has besides.
    """
    if file is None:
        return findings, 0, ()
    if write:
        return [], len(findings), (_accept(findings, file, rule, whole=whole),)
    accepted = _read(file, rule)
    left = [each for each in findings if each.fingerprint not in accepted]
    gone = len(accepted.keys() - {each.fingerprint for each in findings}) if whole else 0
    notes = (f"{gone} of the findings in {file} are gone: write it anew",) if gone else ()
    return left, len(findings) - len(left), notes


def _accept(findings: Sequence[Finding], file: Path, rule: str, *, whole: bool) -> str:
    """Write the file. One that is there has to be a baseline: a wrong name shall cost nothing."""
    before = _read(file, rule) if file.exists() else {}
    entries = {each.fingerprint: _entry(each) for each in findings}
    kept = {} if whole else {name: before[name] for name in before.keys() - entries.keys()}
    _write(file, rule, (kept | entries).values())
    more = f", and {len(kept)} from before" if kept else ""
    return f"{file} accepts {len(findings)} findings from now on{more}"


def _entry(finding: Finding) -> dict[str, str]:
    return {
        "fingerprint": finding.fingerprint,
        "code": finding.code,
        "path": finding.place.path,
        "function": finding.function,
        "message": finding.message,
    }


def _read(file: Path, rule: str) -> Entries:
    import json

    try:
        data = json.loads(file.read_bytes())
        if data["version"] != VERSION or data["rule"] != rule:
            raise ValueError(f"it is not one of version {VERSION} for {rule}")
        return {str(entry["fingerprint"]): entry for entry in data["findings"]}
    except OSError as error:
        raise TreeError(error.strerror or str(error), place=Place(str(file))) from error
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise TreeError(
            f"no baseline: {error}",
            place=Place(str(file)),
            hint="--write-baseline writes one, to a file that is not there yet",
        ) from error


def _write(file: Path, rule: str, entries: Collection[Any]) -> None:
    import json

    entries = sorted(entries, key=lambda entry: (str(entry.get("path")), entry["fingerprint"]))
    text = json.dumps({"version": VERSION, "rule": rule, "findings": entries}, indent=2)
    write_file(file, text.encode() + b"\n")
