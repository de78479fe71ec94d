"""The ground the other tests stand on: sealed, cheap to write into, and never silently absent."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import EMAIL, EPOCH, NAME, PROJECT, clone, git


def test_git_reads_no_configuration_but_the_tests_own(tmp_path: Path) -> None:
    listed = git(tmp_path, "config", "--list", "--show-origin").decode().splitlines()
    assert {line.split("\t")[0] for line in listed} == {f"file:{os.environ['HOME']}/.gitconfig"}


def test_model_tree_is_one_commit_by_the_fixed_identity(model_tree: Path) -> None:
    log = git(model_tree, "log", "--format=%an <%ae> %at %cn %ct").decode()
    assert log == f"{NAME} <{EMAIL}> {EPOCH} {NAME} {EPOCH}\n"
    assert git(model_tree, "status", "--porcelain", "--ignored") == b""


def test_clone_of_a_kernel_leaves_the_shared_tree_alone(
    kernel_tree: Callable[[str], Path], tmp_path: Path
) -> None:
    shared = kernel_tree("6.1")
    before = git(shared, "for-each-ref"), (shared / ".git" / "index").stat().st_mtime_ns
    tree = clone(shared, tmp_path / "linux")
    (tree / "MAINTAINERS").write_text("nobody\n")
    git(tree, "commit", "--quiet", "--all", "--message=Retire")
    assert git(shared, "diff-index", "--name-only", "HEAD", "MAINTAINERS") == b""
    assert before == (git(shared, "for-each-ref"), (shared / ".git" / "index").stat().st_mtime_ns)


@pytest.mark.parametrize(
    "test",
    [
        pytest.param("def test(): pytest.skip('no tarball')", id="in the test"),
        pytest.param(
            "@pytest.mark.skipif(True, reason='no tarball')\ndef test(): ...", id="by mark"
        ),
        pytest.param("pytest.skip('no tarball', allow_module_level=True)", id="whole module"),
    ],
)
@pytest.mark.parametrize("ci", ["true", ""])
def test_skip_is_a_failure_in_ci_alone(test: str, ci: str, tmp_path: Path) -> None:
    # A second test that runs, because a session without any fails, too.
    (tmp_path / "test_skips.py").write_text(f"import pytest\n\n{test}\n")
    (tmp_path / "test_runs.py").write_text("def test(): ...\n")
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-p", "no:cacheprovider"]
    env = {**os.environ, "CI": ci, "PYTHONPATH": str(PROJECT)}
    done = subprocess.run([*command, "-ra", tmp_path], cwd=tmp_path, env=env, capture_output=True)
    assert b"no tarball" in done.stdout
    assert bool(done.returncode) == bool(ci)
