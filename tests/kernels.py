"""Real kernel trees for tests and benchmarks: Debian's source packages as git work trees.

    python -m tests.kernels [VERSION]...      prepare them ahead of the tests

Each is unpacked once into the user's cache and shared by everything that runs on the machine, so
nobody writes into it: `support.clone` makes a tree to write into.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from platformdirs import user_cache_path

from tests.support import commit_all, git, sealed_environment

VERSIONS = ("6.1", "6.12")

# Settled on import, before a test seals its environment. An empty variable counts as unset.
CACHE = Path(os.environ.get("TREEWIDE_TEST_CACHE") or user_cache_path("treewide-tests"))
SOURCES = [
    *map(Path, filter(None, [os.environ.get("TREEWIDE_LINUX_SOURCE_DIR")])),
    Path("/usr/src"),
    CACHE / "sources",
]


class MissingSourceError(Exception):
    """No tarball of the wanted kernel on this machine; the message says how to get one."""


def kernel_tree(version: str) -> Path:
    """The git work tree of kernel `version`, unpacked and committed on the first call.

    Safe to call from several processes at once. Raises MissingSourceError.
    """
    tarball = find_tarball(version)
    stat = tarball.stat()
    tree = CACHE / f"linux-{version}-{stat.st_size}-{int(stat.st_mtime)}"
    if not tree.is_dir():
        CACHE.mkdir(parents=True, exist_ok=True)
        with Path(f"{tree}.lock").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not tree.is_dir():  # Another process may have made it while this one waited.
                unpack(tarball, tree)
    return tree


def find_tarball(version: str) -> Path:
    """Debian's linux-source tarball, or kernel.org's of that name. Raises MissingSourceError."""
    for folder in SOURCES:
        for name in (f"linux-source-{version}.tar.xz", f"linux-{version}.tar.xz"):
            if (tarball := Path(folder, name)).is_file():
                return tarball
    raise MissingSourceError(
        f"no source of linux {version}: apt-get install linux-source-{version},"
        " or name the folder of its tarball in TREEWIDE_LINUX_SOURCE_DIR"
    )


def unpack(tarball: Path, tree: Path) -> None:
    """Unpack and commit `tarball` beside `tree`, then move it there: never half a tree."""
    prefix = f"{tree.name}.part-"
    for abandoned in CACHE.glob(f"{prefix}*"):  # By a run that was killed: the lock is ours.
        shutil.rmtree(abandoned, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=prefix, dir=CACHE) as part:
        unpacked = Path(part, "tree")
        unpacked.mkdir()
        tar: list[str | Path] = ["tar", "--extract", "--file", tarball, "--strip-components=1"]
        subprocess.run([*tar, "--directory", unpacked], check=True)
        environment = sealed_environment(Path(part))
        commit_all(unpacked, f"Import {tarball.name}", env=environment)
        # The folders are loose objects so far; whoever has cloned a kernel has them packed.
        git(unpacked, "repack", "--quiet", "-d", env=environment)
        unpacked.rename(tree)


def download(version: str) -> None:
    """Put Debian's tarball into the cache, as far as apt can; needs no root."""
    package = f"linux-source-{version}"
    sources = CACHE / "sources"
    sources.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f"{package}.", dir=sources) as part:
        fetched = subprocess.run(["apt-get", "--quiet", "download", package], cwd=part)
        if fetched.returncode == 0:
            [deb] = Path(part).glob("*.deb")
            subprocess.run(["dpkg-deb", "--extract", deb, part], check=True)
            tarball = f"{package}.tar.xz"
            Path(part, "usr", "src", tarball).rename(sources / tarball)


def main() -> None:
    """Prepare the trees. One that cannot be had is told of; its tests will be skipped."""
    for version in sys.argv[1:] or VERSIONS:
        begin = time.monotonic()
        try:
            find_tarball(version)
        except MissingSourceError:
            if shutil.which("apt-get"):
                download(version)
        try:
            tree = kernel_tree(version)
        except MissingSourceError as missing:
            print(missing, file=sys.stderr)
        else:
            print(f"linux {version}: {tree} ({time.monotonic() - begin:.0f} s)")


if __name__ == "__main__":
    main()
