"""The faces of `check`: for people, editors, programs and code scanning, and the baseline."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from refactor.check.finding import Code
from refactor.report import progress
from tests.checking import CATALOG, catalog, check, lay, rule, vmalloc
from tests.npm import SARIF, MissingPackageError, npm_file
from tests.support import PROJECT, git, run_treewide

MODULE = "arch/foo/kernel/module.c"
PORT = vmalloc("/* 漢𝄞 */ 0")
FILES: dict[str, str | bytes] = {
    # A character outside of the BMP in front of the finding: bytes, UTF-16 and characters differ.
    MODULE: PORT,
    "arch/bar/kernel/module.c": vmalloc("VM_NO_HUGE_VMAP | arch_module_vm_flags()"),
    "arch/ba z/kernel/module.c": vmalloc("0"),
    "arch/foo/Kconfig": "config FOO\n\tdef_bool y\n\tselect HAVE_ARCH_HUGE_VMALLOC\n",
    "arch/latin/kernel/module.c": b"/* \xdfs */\n" + vmalloc("0").encode(),
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return lay(tmp_path / "tree", "converted", FILES, commit=True)


@pytest.fixture(scope="module")
def validator() -> jsonschema.Validator:
    try:
        schema = json.loads(npm_file(*SARIF).read_bytes())
    except MissingPackageError as missing:
        pytest.skip(str(missing))
    return jsonschema.validators.validator_for(schema)(schema)


def sarif(tree: Path, *arguments: str | Path, stdin: bytes = b"") -> dict[str, Any]:
    run = run_treewide(["check", tree, "--format", "sarif", *arguments], stdin=stdin)
    log: dict[str, Any] = json.loads(run.stdout)
    return log


def test_people_see_the_line_and_a_caret(tree: Path) -> None:
    run = run_treewide(["check", tree, "--arch", "bar"])
    assert run.stdout.decode() == (
        "warning[open-coded-flag]: arch_module_vm_flags() returns VM_NO_HUGE_VMAP already\n"
        " --> arch/bar/kernel/module.c:5:31 in module_alloc()\n"
        "  |\n"
        "5 | \t\t\t\t\tGFP_KERNEL, PAGE_KERNEL, VM_NO_HUGE_VMAP | arch_module_vm_flags(),\n"
        "  | \t\t\t\t\t                         ^^^^^^^^^^^^^^^\n"
        "  = help: Drop the flag.\n\n"
    )
    assert run.stderr.decode() == (
        "arch-module-vm-flags, opt-out tree: 0 errors, 1 warning, 0 notes, "
        "1 can be fixed: --fix prints the patch\n"
    )
    assert run.status == 1


def test_caret_stands_below_wide_characters(tmp_path: Path) -> None:
    flags = "/* \u6f22\u5b57 e\u0301 */ VM_X"
    run = run_treewide(["check", lay(tmp_path, "converted", {MODULE: vmalloc(flags)})])
    source, caret = [line for line in run.stdout.decode().splitlines() if "| " in line][:2]
    # Two columns for each of the first two, none for the accent.
    assert caret.index("^") == source.index("VM_X") + 2 - 1
    assert caret.count("^") == len("VM_X")


def test_colour_is_asked_for(tree: Path) -> None:
    assert b"\x1b[" not in run_treewide(["check", tree]).stdout
    assert b"\x1b[" in run_treewide(["check", tree, "--color", "always"]).stdout


def test_quiet_says_findings_only(tree: Path) -> None:
    run = run_treewide(["check", str(tree), "-q"])
    assert run.stdout
    assert not run.stderr


def test_terminal_is_not_obeyed(tmp_path: Path) -> None:
    evil = vmalloc("0 /* \x1b[2J */")
    run = run_treewide(["check", lay(tmp_path, "converted", {MODULE: evil})])
    assert b"\x1b" not in run.stdout


@pytest.mark.parametrize("encoding", ["latin1", "utf-8"])
def test_every_encoding_can_be_printed(encoding: str, tree: Path) -> None:
    run = run_treewide(["check", tree, "--arch", "foo"], env={"PYTHONIOENCODING": encoding})
    assert run.status == 1, run.stderr
    assert ("漢𝄞".encode(encoding, "replace") + b" */ 0,") in run.stdout


def test_progress_takes_no_markup_from_a_subject(capfd: pytest.CaptureFixture[str]) -> None:
    state = progress._State()
    state.tell("[PATCH 1/3] foo: [/bold]")
    state.show()
    state.tell("x86: [/red] \x1b[2J")
    state.hide()
    assert "\x1b[2J" not in capfd.readouterr().err


def test_odd_paths(tmp_path: Path) -> None:
    """Lines of an editor stay lines, and --fix writes headers as git does."""
    names = ("a b", "l\nf", 'q"\\', "e\x1b[2J", "l\udcff", "ü")
    files = {f"arch/{name}/kernel/module.c": vmalloc("0") for name in names}
    tree = lay(tmp_path / "tree", "converted", files, commit=True)
    lines = run_treewide(["check", tree, "--format", "gcc"]).stdout
    assert lines.count(b"\n") == len(names)
    assert b"\x1b" not in lines
    assert b"arch/l\xff/kernel/module.c:5:31" in lines
    fix = run_treewide(["check", tree, "--fix"]).stdout
    git(tree, "apply", stdin=fix)
    git(tree, "commit", "--quiet", "--all", "--message=Fix")
    assert check(tree).codes == []


def test_gcc_form(tree: Path) -> None:
    lines = run_treewide(["check", tree, "--format", "gcc"]).stdout.decode().splitlines()
    form = re.compile(r"^[^:]+:\d+:\d+: (error|warning|note): .*")
    assert all(form.match(line) for line in lines)
    assert (
        "arch/bar/kernel/module.c:5:31: warning: "
        "arch_module_vm_flags() returns VM_NO_HUGE_VMAP already [open-coded-flag]"
    ) in lines
    assert "arch/foo/Kconfig:3:2: note: HAVE_ARCH_HUGE_VMALLOC is selected here" in lines


def test_json_form(tree: Path) -> None:
    checked = check(tree)
    assert checked.status == 1
    assert {key: checked.data[key] for key in ("version", "rule", "vintage", "clean")} == {
        "version": 1,
        "rule": "arch-module-vm-flags",
        "vintage": "opt-out",
        "clean": False,
    }
    [finding] = [each for each in checked.data["findings"] if each["arch"] == "bar"]
    assert re.fullmatch("[0-9a-f]{16}", finding.pop("fingerprint"))
    diff = finding.pop("fix")
    assert finding == {
        "code": "open-coded-flag",
        "level": "warning",
        "message": "arch_module_vm_flags() returns VM_NO_HUGE_VMAP already",
        "path": "arch/bar/kernel/module.c",
        "line": 5,
        "column": 31,
        "end_line": 5,
        "end_column": 46,
        "arch": "bar",
        "function": "module_alloc",
        "patch": None,
        "related": [],
    }
    git(tree, "apply", "--check", stdin=diff.encode())
    assert check(tree, "--patch", "-", stdin=diff.encode()).status == 0


def test_each_fix_applies_alone_and_all_together(tree: Path) -> None:
    found = check(tree).data["findings"]
    fixes = {each["fix"].encode(errors="surrogateescape") for each in found if each["fix"]}
    assert len(fixes) == 4
    for fix in fixes:
        git(tree, "apply", "--check", stdin=fix)
    run = run_treewide(["check", tree, "--fix"])
    assert run.status == 1
    git(tree, "apply", stdin=run.stdout)
    git(tree, "commit", "--quiet", "--all", "--message=Fix")
    assert check(tree).codes == []
    assert run_treewide(["check", tree, "--fix"]).stdout == b""


def test_sarif_is_valid(tree: Path, validator: jsonschema.Validator) -> None:
    log = sarif(tree)
    assert [error.message for error in validator.iter_errors(log)] == []
    [run] = log["runs"]
    assert len(run["results"]) == len(check(tree).codes) == 5
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [str(code) for code in catalog().docs]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


@pytest.mark.parametrize("doc", catalog().docs.values(), ids=lambda doc: str(doc.code))
def test_every_finding_is_valid_sarif(
    doc: Any, tmp_path: Path, validator: jsonschema.Validator
) -> None:
    log = sarif(lay(tmp_path, doc.tree, doc.bad))
    assert [error.message for error in validator.iter_errors(log)] == []
    assert doc.code in [result["ruleId"] for result in log["runs"][0]["results"]]


def test_schema_can_say_no(tree: Path, validator: jsonschema.Validator) -> None:
    log = sarif(tree)
    log["runs"][0]["results"][0]["level"] = "fatal"
    assert list(validator.iter_errors(log))


def test_sarif_speaks_of_places_as_code_scanning_does(tree: Path) -> None:
    results = {
        (result["ruleId"], result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]): (
            result
        )
        for result in sarif(tree)["runs"][0]["results"]
    }
    assert ("bypasses-helper", "arch/ba%20z/kernel/module.c") in results
    result = results["unguarded-option", MODULE]
    place = result["locations"][0]["physicalLocation"]
    line = PORT.splitlines()[4]
    column = len(line[: line.index(" 0,") + 1].encode("utf-16-le")) // 2 + 1
    assert place["region"] == {"startLine": 5, "startColumn": column, "endColumn": column + 1}
    [related] = result["relatedLocations"]
    assert related["physicalLocation"]["artifactLocation"]["uri"] == "arch/foo/Kconfig"


def test_sarif_is_unicode(tree: Path, tmp_path: Path) -> None:
    """Half a surrogate pair, which JSON can express, is none."""
    (tree / MODULE).write_text(vmalloc("0x0"))
    file = tmp_path / os.fsdecode(b"l\xff.patch")
    file.write_bytes(git(tree, "diff"))
    [result, *_] = sarif(tree, "--patch", file)["runs"][0]["results"]
    assert "l\\xff.patch" in result["message"]["text"]
    json.dumps(result, ensure_ascii=False).encode()


def test_sarif_fix_is_the_fix(tree: Path) -> None:
    """The replacements, applied as SARIF says, give what --fix gives."""
    after: dict[str, list[str]] = {}
    for result in sarif(tree, "--arch", "bar")["runs"][0]["results"]:
        [fix] = result["fixes"]
        [change] = fix["artifactChanges"]
        path = change["artifactLocation"]["uri"]
        lines = (tree / path).read_text().splitlines(keepends=True)
        for replacement in reversed(change["replacements"]):
            region = replacement["deletedRegion"]
            assert (region["startColumn"], region["endColumn"]) == (1, 1)
            lines[region["startLine"] - 1 : region["endLine"] - 1] = [
                replacement["insertedContent"]["text"]
            ]
        after[path] = lines
    git(tree, "apply", stdin=run_treewide(["check", tree, "--fix", "--arch", "bar"]).stdout)
    for path, lines in after.items():
        assert (tree / path).read_text() == "".join(lines)


def test_baseline(tree: Path, tmp_path: Path) -> None:
    file = tmp_path / "baseline.json"
    written = check(tree, "--baseline", file, "--write-baseline")
    assert (written.status, written.codes) == (0, [])
    clean = check(tree, "--baseline", file)
    assert (clean.status, clean.codes, clean.data["accepted"]) == (0, [], 5)

    module = tree / MODULE
    module.write_text("\n\n" + module.read_text())
    (tree / "arch/bar/kernel/module.c").unlink()
    new = tree / "arch/new/kernel/module.c"
    new.parent.mkdir(parents=True)
    new.write_text(vmalloc("0"))
    git(tree, "add", "--all")
    git(tree, "commit", "--quiet", "--message=More")
    checked = check(tree, "--baseline", file)
    assert [each["arch"] for each in checked.data["findings"]] == ["new"]
    assert checked.data["accepted"] == 4
    assert "1 of the findings in" in checked.stderr
    assert "of the findings" not in check(tree, "--baseline", file, "--arch", "foo").stderr


def test_baseline_of_a_part_keeps_the_rest(tree: Path, tmp_path: Path) -> None:
    file = tmp_path / "baseline.json"
    for arch in ("bar", "foo"):
        check(tree, "--baseline", file, "--write-baseline", "--arch", arch)
    checked = check(tree, "--baseline", file)
    assert {each["arch"] for each in checked.data["findings"]} == {"ba z", "latin"}
    again = check(tree, "--baseline", file, "--write-baseline", "--arch", "bar")
    assert "accepts 1 findings from now on, and 2 from before" in again.stderr


def test_baseline_does_not_accept_another_of_the_same_kind(tree: Path, tmp_path: Path) -> None:
    """A second call with the text of an accepted one is new, also if it comes with a patch."""
    file = tmp_path / "baseline.json"
    check(tree, "--baseline", file, "--write-baseline")
    (tree / MODULE).write_text(f"#ifdef X{PORT}#else{PORT}#endif\n")
    diff = git(tree, "diff")
    checked = check(tree, "--baseline", file, "--patch", "-", stdin=diff)
    assert checked.codes == ["bypasses-helper", "unguarded-option"]


def test_baseline_replaces_no_other_file(tree: Path, tmp_path: Path) -> None:
    run = run_treewide(["check", tree, "--baseline", tree / "Makefile", "--write-baseline"])
    assert (run.status, b"Makefile: error: no baseline" in run.stderr) == (4, True)
    assert not git(tree, "status", "--porcelain")
    run = run_treewide(["check", tree, "--baseline", tmp_path / "no/file", "--write-baseline"])
    assert (run.status, b"no/file: error: cannot write: No such file" in run.stderr) == (4, True)


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"version": 2, "rule": "arch-module-vm-flags", "findings": []}', '{"version": 1}'],
)
def test_no_baseline_is_status_4(text: str, tree: Path, tmp_path: Path) -> None:
    file = tmp_path / "baseline.json"
    file.write_text(text)
    checked = check(tree, "--baseline", file)
    assert (checked.status, "no baseline" in checked.stderr) == (4, True)


def test_matrix(tree: Path) -> None:
    rows = run_treewide(["check", tree, "--matrix"]).stdout.decode().splitlines()
    assert rows[0].split() == [
        *("arch", "own", "module_alloc()", "helper", "flags"),
        *(*catalog().options.values(), "verdict"),
    ]
    [foo] = [row.split() for row in rows if row.startswith("foo ")]
    assert foo[1] == "arch/foo/kernel/module.c:2:7"
    assert foo[2] == "no"
    assert foo[-2:] == ["bypasses-helper,", "unguarded-option"]
    data = {row["arch"]: row for row in check(tree, "--matrix").data["matrix"]}
    assert data["bar"]["through_helper"] is True
    assert data["bar"]["flags"] == ["VM_NO_HUGE_VMAP | arch_module_vm_flags()"]
    assert data["foo"]["options"] == {"HAVE_ARCH_HUGE_VMALLOC": ""}
    assert data["generic"]["verdict"] == "ok"


def test_matrix_judges_the_whole_tree(tree: Path) -> None:
    """Whatever patches bring, and whatever is accepted: what is at risk is at risk."""
    (tree / MODULE).write_text("int x;\n" + PORT)
    rows = check(tree, "--matrix", "--patch", "-", stdin=git(tree, "diff")).data["matrix"]
    assert {row["arch"]: row["verdict"] for row in rows}["bar"] == "open-coded-flag"


def test_definition_that_two_architectures_share(tmp_path: Path) -> None:
    """UML is built with that of x86."""
    kconfig = "config X\n\tdef_bool y\n"
    files = {
        "arch/x86/kernel/module.c": PORT,
        "arch/um/Kconfig": kconfig,
        "arch/x86/Kconfig": kconfig + "\tselect HAVE_ARCH_HUGE_VMALLOC\n",
    }
    tree = lay(tmp_path, "converted", files)
    rows = {row["arch"]: row for row in check(tree, "--matrix").data["matrix"]}
    assert rows["x86"]["verdict"] == "bypasses-helper, unguarded-option"
    own = {"arch": "um", "options": {}, "verdict": "bypasses-helper"}
    assert rows["um"] == rows["x86"] | own
    assert check(tree, "--arch", "um").codes == ["bypasses-helper"]


@pytest.mark.parametrize(
    ("code", "place"),
    [
        ("\nvoid *module_alloc(unsigned long size)\n{\n\treturn carve(size);\n}\n", "2:7"),
        ("\nVENDOR(module_alloc, 1);\n", "2:8"),
        ("#if 0\n" + vmalloc("0") + "#endif\n" + vmalloc("0"), "11:7"),
    ],
    ids=["refused", "hidden", "disabled"],
)
def test_matrix_says_where_a_definition_is(code: str, place: str, tree: Path) -> None:
    (tree / "arch/foo/kernel/module.c").write_text(code)
    git(tree, "commit", "--quiet", "--all", "--message=Foo")
    data = {row["arch"]: row for row in check(tree, "--matrix").data["matrix"]}
    assert data["foo"]["own"] == f"arch/foo/kernel/module.c:{place}"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--arch", "nowhere"], "there is no arch/nowhere"),
        (["--write-baseline"], "--write-baseline needs the name"),
        (["--fix", "--matrix"], "do not go together"),
        (["--fix", "--write-baseline", "--baseline", "x"], "do not go together"),
        (["--fix", "--format", "sarif"], "--fix has no form sarif"),
        (["--patch", ""], "--patch names no file"),
        (["--matrix", "--format", "sarif"], "--matrix has no form sarif"),
        (["--format", "xml"], "is not one of"),
    ],
)
def test_bad_usage_is_status_2(arguments: list[str], complaint: str, tree: Path) -> None:
    run = run_treewide(["check", tree, *arguments])
    assert (run.status, complaint in run.stderr.decode()) == (2, True)


def test_page_of_every_code() -> None:
    for code in Code:
        run = run_treewide(["rules", "explain", code])
        assert run.status == 0
        text = run.stdout.decode()
        assert all(word in text for word in (code, "What", "Why", "How to fix", "Bad:", "Good:"))


def test_unknown_code_is_status_2() -> None:
    run = run_treewide(["rules", "explain", "missing-flags"])
    assert run.status == 2
    assert b"known: bypasses-helper" in run.stderr


def test_nothing_heavy_is_imported(tree: Path) -> None:
    """The whole of `check` is to take half a second."""
    command = [sys.executable, "-X", "importtime", "-m", "refactor", "check", str(tree), "-q"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "refactor.check.check" in loaded
    heavy = {"git", "jinja2", "rich", "pygments", "json", "email", "refactor.series.message"}
    assert not loaded & heavy


def test_rule_without_findings_of_its_own_is_checked_by_its_edits(
    tree: Path, tmp_path: Path
) -> None:
    file = tmp_path / f"{rule().id}.toml"
    file.write_text(rule().text)
    assert set(check(tree, "--rule", file).codes) == {"not-followed"}
    run = run_treewide(["check", tree, "--rule", file, "--matrix"])
    assert run.status == 2
    assert b"has no matrix" in run.stderr
    (tmp_path / "findings").mkdir()
    (tmp_path / "findings" / f"{rule().id}.toml").write_text(CATALOG.read_text())
    for name in ("drop-redundant-reset-perms.toml",):
        (tmp_path / name).write_text((CATALOG.parent.parent / name).read_text())
    assert "bypasses-helper" in check(tree, "--rule", file).codes


def test_model_tree_can_be_checked() -> None:
    run = run_treewide(["check", "--model", "--format", "gcc"])
    assert run.status == 1
    assert b"[missing-flag]" in run.stdout


def in_shell(command: str, cwd: Path) -> int:
    """Run a documented line as CI does, with the program on the PATH."""
    bin_folder = Path(sys.executable).parent
    env = {**os.environ, "PATH": f"{bin_folder}:{os.environ['PATH']}"}
    return subprocess.run(["bash", "-e", "-c", command], cwd=cwd, env=env).returncode


@pytest.mark.parametrize(("key", "status"), [("- run", 0), ("script", 1)], ids=["GitHub", "GitLab"])
def test_documented_job_writes_valid_sarif(
    key: str, status: int, tree: Path, validator: jsonschema.Validator
) -> None:
    text = (PROJECT / "docs" / "check.md").read_text()
    [line] = re.findall(rf"^\s+{key}: (treewide .*)$", text, re.MULTILINE)
    assert in_shell(line, tree) == status
    log = json.loads((tree / "treewide.sarif").read_text())
    assert list(validator.iter_errors(log)) == []
    assert log["runs"][0]["results"]


def hook() -> str:
    hooks = (PROJECT / ".pre-commit-hooks.yaml").read_text()
    [entry] = re.findall(r"entry: >-\n((?:    .*\n)+)", hooks)
    return " ".join(entry.split())


def test_hook_checks_what_is_staged(tree: Path) -> None:
    [pattern] = re.findall(r"files: (.*)", (PROJECT / ".pre-commit-hooks.yaml").read_text())
    new = "arch/new/kernel/module.c"
    assert all(re.search(pattern, path) for path in (new, "arch/x/Kconfig.cpu", "mm/Kconfig"))
    assert not re.search(pattern, "drivers/net/tun.c")
    (tree / new).parent.mkdir(parents=True)
    (tree / "logo").write_bytes(b"\0\1")
    for flags, status in (("0", 1), ("arch_module_vm_flags()", 0)):
        (tree / new).write_text(vmalloc(flags))
        git(tree, "add", "--all")
        assert in_shell(hook(), tree) == status


def test_hook_is_not_misled_by_configuration(tree: Path) -> None:
    for setting in (
        "diff.context=0",
        "diff.noprefix=true",
        "color.ui=always",
        "diff.external=false",
    ):
        git(tree, "config", *setting.split("="))
    (tree / MODULE).write_text(PORT.replace("0,", "arch_module_vm_flags(),"))
    git(tree, "add", "--all")
    assert in_shell(hook(), tree) == 0


def test_hook_checks_everything_and_ranges(tree: Path, tmp_path: Path) -> None:
    """`pre-commit run --all-files`, and with --from-ref and --to-ref."""
    assert in_shell(hook(), tree) == 1
    arguments = f" --baseline {tmp_path}/accepted.json"
    assert in_shell(hook() + arguments + " --write-baseline", tree) == 0
    assert in_shell(hook() + arguments, tree) == 0
    (tree / "arch/foo/other.c").write_text("int x;\n")
    git(tree, "add", "--all")
    git(tree, "commit", "--quiet", "--message=Nothing of interest")
    (tree / MODULE).write_text(vmalloc("0x0"))
    git(tree, "commit", "--quiet", "--all", "--message=Worse")
    for first, last, status in (("HEAD~2", "HEAD~1", 0), ("HEAD~1", "HEAD", 1)):
        refs = f"export PRE_COMMIT_FROM_REF={first} PRE_COMMIT_TO_REF={last}; "
        assert in_shell(refs + hook(), tree) == status
