"""`check` on real kernels, before and after the conversion."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.checking import check
from tests.support import git, run_treewide

Kernel = Callable[[str], Path]


def by_code(found: list[dict[str, str]]) -> dict[str, list[str]]:
    """The architectures that have each finding, those of notes in brackets."""
    result: dict[str, list[str]] = {}
    for finding in found:
        arch = f"({finding['arch']})" if finding["level"] == "note" else finding["arch"]
        result.setdefault(finding["code"], []).append(arch)
    return {code: sorted(set(archs)) for code, archs in result.items()}


@pytest.fixture(scope="session")
def outgoing(tmp_path_factory: pytest.TempPathFactory, kernel_tree: Kernel) -> Path:
    """The series for 6.1."""
    return tmp_path_factory.mktemp("check") / "outgoing"


def series(tree: Path, outgoing: Path) -> list[Path]:
    if not outgoing.exists():
        run = run_treewide(["series", tree, "-o", outgoing, "-q"])
        assert run.status == 0, run.stderr
    return sorted(outgoing.iterdir())


def test_6_1_as_it_is(kernel_tree: Kernel) -> None:
    checked = check(kernel_tree("6.1"))
    assert checked.status == 1
    assert by_code(checked.data["findings"]) == {
        "missing-flag": ["arm", "arm64", "loongarch", "mips", "parisc", "s390", "sparc"],
        "no-flags": ["nios2", "sparc"],
        "not-converted": ["(generic)"],
    }


def test_6_1_converted(kernel_tree: Kernel, outgoing: Path) -> None:
    """What is left are the two without flags, and the calls that are redundant now."""
    tree = kernel_tree("6.1")
    mails = series(tree, outgoing)
    fresh = check(tree, "--patch", outgoing)
    assert (fresh.status, by_code(fresh.data["findings"])) == (0, {"redundant-call": ["(generic)"]})
    assert {finding["path"] for finding in fresh.data["findings"]} == {
        "kernel/bpf/core.c",
        "kernel/module/strict_rwx.c",
    }
    matrix = {
        row["arch"]: row for row in check(tree, "--patch", outgoing, "--matrix").data["matrix"]
    }
    assert len(matrix) == 23
    assert {arch for arch, row in matrix.items() if row["through_helper"] is False} == set()
    assert Counter(row["through_helper"] for row in matrix.values())[True] == 12
    assert matrix["um"]["own"] == matrix["x86"]["own"]
    assert len(mails) == 12


def test_6_1_half_converted(kernel_tree: Kernel, outgoing: Path) -> None:
    """With the helper, but for an architecture that nobody has converted."""
    tree = kernel_tree("6.1")
    core = [mail for mail in series(tree, outgoing) if mail.name.startswith(("0001-", "0003-"))]
    arguments = [word for mail in core for word in ("--patch", str(mail))]
    found = by_code(check(tree, *arguments).data["findings"])
    assert set(found) == {"bypasses-helper"}
    assert "arm64" not in found["bypasses-helper"]
    assert {"x86", "powerpc", "s390"} <= set(found["bypasses-helper"])


def test_fix_of_half_a_conversion_is_the_series(kernel_tree: Kernel, outgoing: Path) -> None:
    tree = kernel_tree("6.1")
    mails = series(tree, outgoing)
    core = next(mail for mail in mails if mail.name.startswith("0001-"))
    rest = [mail for mail in mails if not mail.name.startswith(("0000-", "0001-"))]
    fix = run_treewide(["check", tree, "--patch", core, "--fix"]).stdout
    assert changed_lines(fix) == sorted(
        line for mail in rest for line in changed_lines(mail.read_bytes())
    )


def changed_lines(diff: bytes) -> list[bytes]:
    body = diff[diff.index(b"diff --git") :].partition(b"\n-- \n")[0]
    lines = body.split(b"\n")
    return sorted(
        line for line in lines if line[:1] in b"+-" and line[:3] not in (b"+++", b"---") and line
    )


def test_6_12_has_nothing_to_check(kernel_tree: Kernel) -> None:
    checked = check(kernel_tree("6.12"))
    assert (checked.status, checked.codes) == (0, ["nothing-to-check"])
    matrix = run_treewide(["check", kernel_tree("6.12"), "--matrix"]).stdout.decode()
    rows = [line.split() for line in matrix.splitlines()[1:]]
    assert [(row[1], row[-1]) for row in rows] == [("-", "-")] * 22


def test_6_12_with_a_port_of_yesterday(kernel_tree: Kernel) -> None:
    code = "void *module_alloc(unsigned long size)\n{\n\treturn vmalloc(size);\n}\n"
    diff = (
        "diff --git a/arch/foo/kernel/module.c b/arch/foo/kernel/module.c\nnew file mode 100644\n"
        "--- /dev/null\n+++ b/arch/foo/kernel/module.c\n@@ -0,0 +1,4 @@\n"
        + "".join(f"+{line}\n" for line in code.splitlines())
    )
    checked = check(kernel_tree("6.12"), "--patch", "-", stdin=diff.encode())
    assert (checked.status, checked.codes) == (1, ["stale-entry"])


def test_kernel_is_left_alone(kernel_tree: Kernel) -> None:
    tree = kernel_tree("6.1")
    before = (git(tree, "rev-parse", "HEAD"), (tree / ".git" / "index").read_bytes())
    check(tree)
    assert (git(tree, "rev-parse", "HEAD"), (tree / ".git" / "index").read_bytes()) == before
