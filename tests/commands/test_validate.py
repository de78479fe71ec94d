"""`treewide validate`: the model holds, real code runs in it, and it can fail."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import MODEL, clone, run_treewide


def test_the_model_holds_in_both_vintages_and_shows_the_two_bugs() -> None:
    done = run_treewide(["validate", "--model", "--format", "json"])
    assert done.status == 0, done.stdout[:2000] + done.stderr
    report = json.loads(done.stdout)
    assert report["format"] == 1
    assert report["confined"]["system-calls"] is True
    assert [each["vintage"] for each in report["validated"]] == ["opt-out", "opt-in"]
    states = {state["name"]: state for state in report["validated"][0]["states"]}
    assert list(states)[:4] == ["before", "patch 1 (generic)", "patch 2 (powerpc)", "after"]
    assert "no-split" in failing(states["before"], "x86", "huge,strict")
    assert "text-executable" in failing(states["without VM_NO_HUGE_VMAP"], "powerpc", "huge,strict")
    for configuration in states["after"]["configurations"]:
        assert configuration["holds"], configuration


def failing(state: dict[str, list[dict[str, object]]], target: str, variant: str) -> set[str]:
    for each in state["configurations"]:
        if (each["target"], each["variant"]) == (target, variant):
            failures = each["failures"]
            assert isinstance(failures, list)
            return {failure["check"] for failure in failures}
    raise AssertionError(f"no {target} {variant}")


def test_the_other_policy_holds_as_well() -> None:
    done = run_treewide(["validate", "--model", "--policy", "huge-unless-set-memory"])
    assert done.status == 0, done.stdout
    confined, verdict = done.stdout.splitlines()[-2:]
    assert confined.startswith(b"confined by: cpu-time, memory, ")
    assert verdict.startswith(b"holds (14 configurations")


@pytest.mark.parametrize("policy", ["never-huge", "huge-unless-set-memory"])
def test_functions_of_a_real_kernel_run_in_the_model(
    kernel_tree: Callable[[str], Path], tmp_path: Path, policy: str
) -> None:
    tree = clone(kernel_tree("6.1"), tmp_path / "linux")
    done = run_treewide(["validate", tree, "--policy", policy])
    assert done.status == 0, done.stdout + done.stderr
    assert b"after each of its 11 patches" in done.stdout


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return Path(shutil.copytree(MODEL, tmp_path / "tree"))


def test_what_the_model_does_not_have_is_named_and_fails(tree: Path) -> None:
    file = tree / "arch/x86/kernel/module.c"
    file.write_text(file.read_text().replace("return p;\n}", "vendor_hook(p);\n\treturn p;\n}"))
    done = run_treewide(["validate", tree])
    assert done.status == 1
    assert b"arch/x86/kernel/module.c:" in done.stdout
    assert b"vendor_hook" in done.stdout


def test_a_failure_comes_with_its_trace(tree: Path) -> None:
    file = tree / "arch/x86/kernel/module.c"
    file.write_text(file.read_text().replace("PAGE_KERNEL,", "PAGE_KERNEL_EXEC,"))
    done = run_treewide(["validate", tree])
    assert done.status == 1
    lines = done.stdout.decode().splitlines()
    assert lines[0].startswith("FAILED: ")
    assert any(line.strip().startswith("alloc") for line in lines)
    assert lines[-1].startswith("FAILED in ")


def test_series_is_not_written_if_it_fails_in_the_model(tree: Path, tmp_path: Path) -> None:
    file = tree / "arch/x86/kernel/module.c"
    file.write_text(file.read_text().replace("return p;\n}", "vendor_hook(p);\n\treturn p;\n}"))
    done = run_treewide(["series", tree, "--validate", "-o", tmp_path / "out"])
    assert done.status == 1
    assert not (tmp_path / "out").exists()


def test_series_says_in_its_cover_that_it_holds(tree: Path, tmp_path: Path) -> None:
    done = run_treewide(["series", tree, "--validate", "-o", tmp_path / "out"])
    assert done.status == 0, done.stderr
    assert b"\nconfined by: cpu-time, memory, " in done.stderr
    cover = (tmp_path / "out/0000-cover-letter.patch").read_text()
    assert "model of x86 and powerpc the series holds (14" in " ".join(cover.split())


def test_no_compiler(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", "no-such-compiler")
    done = run_treewide(["validate", tree])
    assert done.status == 4
    assert b"no-such-compiler is not installed" in done.stderr


def test_sanitizers_have_nothing_to_say() -> None:
    done = run_treewide(["validate", "--model", "--sanitize", "-q"])
    assert (done.status, done.stderr) == (0, b"")
