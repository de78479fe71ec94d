"""The kernel's own semantic patches: how many load, and that they report what spatch reports."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.scripts import refusals
from tests.support import run_treewide

FOLDERS = ("drivers/net/wireless/silabs/wfx", "sound/usb/6fire", "fs/minix")
SCRIPTS = (
    "null/kmerr", "null/eno", "free/ifnullfree", "misc/irqf_oneshot", "misc/returnvar",
    "tests/doubletest", "api/err_cast", "misc/cond_no_effect",
)  # fmt: skip


def test_most_scripts_load(kernel_tree: Callable[[str], Path]) -> None:
    count, refused = refusals(kernel_tree("6.1"), "patch")
    assert count == 42
    assert len(refused) <= 2, refused
    count, refused = refusals(kernel_tree("6.1"), "report")
    assert count == 72
    assert len(refused) <= 3, refused


@pytest.fixture(scope="module")
def sample(kernel_tree: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    for name in FOLDERS:
        shutil.copytree(kernel_tree("6.1") / name, folder / name)
    return folder


@pytest.mark.skipif(shutil.which("spatch") is None, reason="spatch is not installed")
def test_reports_are_those_of_spatch(sample: Path, kernel_tree: Callable[[str], Path]) -> None:
    compared: set[tuple[str, str]] = set()
    for script in SCRIPTS:
        file = kernel_tree("6.1") / "scripts" / "coccinelle" / f"{script}.cocci"
        theirs = subprocess.run(
            ["spatch", "-D", "report", "--no-includes", "--include-headers", "--very-quiet",
             "--cocci-file", file, "--dir", "."],
            cwd=sample, capture_output=True, text=True, check=True,
        )  # fmt: skip
        mine = run_treewide(["check", "--format", "gcc", "-r", file, sample])
        places = set(re.findall(r"^(?:\./)?(\S+?):(\d+):", theirs.stdout, re.MULTILINE))
        found = set(re.findall(r"^(\S+?):(\d+):\d+:", mine.stdout.decode(), re.MULTILINE))
        assert found == places, script
        compared |= places
    assert compared


def test_what_does_not_load_is_named_at_the_end(
    sample: Path, kernel_tree: Callable[[str], Path]
) -> None:
    scripts = kernel_tree("6.1") / "scripts" / "coccinelle" / "null"
    done = run_treewide(["check", "-r", scripts, sample])
    assert "badzero.cocci:93:1: this script is ocaml" in done.stderr.decode()
    assert done.stderr.decode().rstrip().endswith("1 of the rules could not be loaded")
