"""`check` for rules of which nothing is known but their edits."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import jsonschema
import pytest

from refactor.check.catalog import Doc, load_plain
from tests.checking import check
from tests.npm import SARIF, MissingPackageError, npm_file
from tests.support import PROJECT, clone, commit_all, git, run_treewide

RULES = PROJECT / "rules"
RULE = "replay-set-memory-rox"
CATALOG = load_plain(RULES / "findings" / "every-rule.toml")
DOCS = CATALOG.docs.values()
LOOSE = """
void loose(unsigned long addr)
{
	set_memory_ro(addr, 1);
	set_memory_x(addr, 1);
}
"""


def lay(tree: Path, name: str, files: Mapping[str, str]) -> Path:
    """The catalog's tree `name`, as a commit, with `files` on top."""
    for folder in ("arch", "include/linux", "kernel", "mm"):
        (tree / folder).mkdir(parents=True, exist_ok=True)
    for path, text in {**CATALOG.trees[name], **files}.items():
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        (tree / path).write_text(text)
    commit_all(tree, "Begin")
    return tree


@pytest.mark.parametrize("doc", DOCS, ids=lambda doc: str(doc.code))
def test_the_bad_example_has_the_finding_and_the_good_one_has_not(doc: Doc, tmp_path: Path) -> None:
    bad = check(lay(tmp_path / "bad", doc.tree, doc.bad), "--rule", RULE)
    assert bad.codes == [doc.code]
    assert bad.status == (0 if doc.level == "note" else 1)
    good = check(lay(tmp_path / "good", doc.tree, doc.good), "--rule", RULE)
    assert (good.codes, good.status) == ([], 0)


def test_the_pages_can_be_read() -> None:
    for doc in DOCS:
        run = run_treewide(["rules", "explain", doc.code, "--rule", RULE])
        assert doc.title in run.stdout.decode()


def test_a_fix_makes_the_finding_go(tmp_path: Path) -> None:
    tree = lay(tmp_path, "set-memory", {"kernel/a.c": LOOSE})
    run = run_treewide(["check", tree, "--rule", RULE, "--fix"])
    assert run.status == 1
    git(tree, "apply", "--index", stdin=run.stdout)
    git(tree, "commit", "--quiet", "--message=Fix")
    assert check(tree, "--rule", RULE).codes == []


def test_what_a_patch_brings(tmp_path: Path) -> None:
    tree = lay(tmp_path / "tree", "set-memory", {"kernel/old.c": LOOSE})
    (tree / "kernel" / "a.c").write_text(LOOSE)
    git(tree, "add", "--all")
    (tmp_path / "a.patch").write_bytes(git(tree, "diff", "--cached"))
    git(tree, "reset", "--quiet", "--hard")
    found = check(tree, "--rule", RULE, "--patch", tmp_path / "a.patch").data["findings"]
    assert [(each["path"], each["line"]) for each in found] == [("kernel/a.c", 4)]


def test_a_baseline_accepts_what_is_there(tmp_path: Path) -> None:
    tree = lay(tmp_path / "tree", "set-memory", {"kernel/old.c": LOOSE})
    baseline = ("--baseline", tmp_path / "accepted.json")
    assert check(tree, "--rule", RULE, *baseline, "--write-baseline").status == 0
    (tree / "kernel" / "a.c").write_text(LOOSE)
    commit_all(tree, "More")
    found = check(tree, "--rule", RULE, *baseline).data["findings"]
    assert [each["path"] for each in found] == ["kernel/a.c"]


SHIPPED = sorted(file.stem for file in RULES.glob("*.toml"))


@pytest.mark.parametrize("rule", SHIPPED)
def test_every_rule_that_ships_can_be_checked(rule: str, model_tree: Path) -> None:
    for form in ("text", "gcc", "json", "sarif"):
        run = run_treewide(["check", model_tree, "--rule", rule, "--format", form])
        assert run.status in (0, 1), run.stderr
        assert b"Traceback" not in run.stderr


def test_a_real_kernel(kernel_tree: Callable[[str], Path], tmp_path: Path) -> None:
    """The findings are the 15 places of the rule with 5 headers, and the fix is its diff."""
    tree = kernel_tree("6.1")
    found = check(tree, "--rule", RULE)
    assert found.codes.count("not-followed") == 20
    assert found.codes.count("cannot-judge") == 1
    fixed, changed = clone(tree, tmp_path / "fixed"), clone(tree, tmp_path / "changed")
    fix = run_treewide(["check", tree, "--rule", RULE, "--fix"])
    git(fixed, "apply", "--index", stdin=fix.stdout)
    git(changed, "apply", "--index", stdin=run_treewide(["diff", tree, "--rule", RULE]).stdout)
    assert git(fixed, "write-tree") == git(changed, "write-tree")
    assert check(fixed, "--rule", RULE).codes.count("not-followed") == 20  # it reads the commit
    try:
        schema = json.loads(npm_file(*SARIF).read_bytes())
    except MissingPackageError as missing:
        pytest.skip(str(missing))
    run = run_treewide(["check", tree, "--rule", RULE, "--format", "sarif"])
    jsonschema.validators.validator_for(schema)(schema).validate(json.loads(run.stdout))
