"""Files that come in npm packages only: fetched when they are first wanted, and verified by npm.

    python -m tests.npm      fetch them ahead of the tests

They land in the cache of the tests, and are no part of this project.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from tests.kernels import CACHE

SARIF = ("@microsoft/jest-sarif@1.0.0-beta.0", "package/lib/schemas/sarif-2.1.0-rtm.5.json")
"""The official JSON schema of SARIF 2.1.0. No package on PyPI carries it."""

AXE = ("axe-core@4.14.1", "package/axe.min.js")
"""What looks for barriers in a page."""

# Settled on import, before a test seals its environment.
ENVIRONMENT = dict(os.environ)


class MissingPackageError(Exception):
    """The package cannot be had; the message says why."""


def npm_file(package: str, member: str) -> Path:
    """A file of a package, fetched on the first call. Raises MissingPackageError."""
    file = CACHE / f"{package.rpartition('/')[2]}-{Path(member).name}"
    if not file.is_file():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as folder:
            with tarfile.open(_packed(package, Path(folder))) as tar:
                found = tar.extractfile(member)
                if found is None:
                    raise MissingPackageError(f"{package} has no {member}")
                part = Path(folder, "part")
                part.write_bytes(found.read())
            part.replace(file)
    return file


def _packed(package: str, folder: Path) -> Path:
    if shutil.which("npm") is None:
        raise MissingPackageError(f"npm is not installed (apt-get install npm): no {package}")
    command = ["npm", "pack", "--silent", package]
    done = subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True)
    packed = list(folder.glob("*.tgz"))
    if done.returncode != 0 or not packed:
        raise MissingPackageError(f"npm pack {package}: {done.stderr.strip()}")
    return packed[0]


if __name__ == "__main__":
    for each in (SARIF, AXE):
        print(npm_file(*each))
