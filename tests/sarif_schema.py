"""The official JSON schema of SARIF 2.1.0, as Microsoft ships it in an npm package.

    python -m tests.sarif_schema      fetch it ahead of the tests

No package on PyPI carries it. npm verifies what it fetches; it lands in the cache of the tests.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from tests.kernels import CACHE

PACKAGE = "@microsoft/jest-sarif@1.0.0-beta.0"
MEMBER = "package/lib/schemas/sarif-2.1.0-rtm.5.json"
# Settled on import, before a test seals its environment.
ENVIRONMENT = dict(os.environ)


class MissingSchemaError(Exception):
    """The schema cannot be had; the message says why."""


def sarif_schema() -> Any:
    """The schema, fetched on the first call. Raises MissingSchemaError."""
    file = CACHE / "sarif-2.1.0-rtm.5.json"
    if not file.is_file():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as folder:
            with tarfile.open(_packed(Path(folder))) as tar:
                member = tar.extractfile(MEMBER)
                if member is None:
                    raise MissingSchemaError(f"{PACKAGE} has no {MEMBER}")
                part = Path(folder, "schema.json")
                part.write_bytes(member.read())
            part.replace(file)
    return json.loads(file.read_bytes())


def _packed(folder: Path) -> Path:
    if shutil.which("npm") is None:
        raise MissingSchemaError("npm is not installed (apt-get install npm): no schema of SARIF")
    command = ["npm", "pack", "--silent", PACKAGE]
    done = subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True)
    packed = list(folder.glob("*.tgz"))
    if done.returncode != 0 or not packed:
        raise MissingSchemaError(f"npm pack {PACKAGE}: {done.stderr.strip()}")
    return packed[0]


if __name__ == "__main__":
    print(sarif_schema()["title"])
