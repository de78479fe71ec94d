"""Rules, trees and mails from strangers: nothing of theirs runs, and whatever is wrong is said.

Each has a canary, a file that would be there if a program of theirs had run. No input ends in a
traceback, in status 70, or without an end.
"""

from __future__ import annotations

import gzip
import os
import shutil
import signal
import subprocess
import sys
import time
import weakref
from collections.abc import Callable
from pathlib import Path

import pytest

from refactor.output import temporary_folder
from tests.support import MODEL, commit_all, git, run_treewide
from tests.test_cli import TREEWIDE

PATCH = "@@ expression e; @@\n- g(e)\n+ h(e)\n"


def plain_copy(tree: Path) -> Path:
    """The model tree as a plain folder."""
    shutil.copytree(MODEL, tree)
    return tree


@pytest.fixture
def code(tmp_path: Path) -> Path:
    """A folder with a file in it, for semantic patches."""
    folder = tmp_path / "code"
    folder.mkdir()
    (folder / "a.c").write_text("int f(void)\n{\n\tg(1);\n\treturn 0;\n}\n")
    return folder


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    return tmp_path / "canary"


# ---------------------------------------------------------------------------- semantic patches

DEEP = {
    "parentheses": "@@ @@\n- g(" + "(" * 3000 + "1" + ")" * 3000 + ")\n",
    "open parentheses": "@@ @@\n- g(" + "(" * 50_000,
    "braces": "@@ @@\n- g();\n" + "{" * 5000 + "}" * 5000,
    "alternatives": "@@ @@\n" + "(\n" * 3000 + "- g();\n" + ")\n" * 3000,
    "nests": "@@ @@\n" + "<...\n" * 3000 + "- g();\n" + "...>\n" * 3000,
    "unary": "@@ @@\n- g(" + "!" * 9000 + "1)\n",
    "sum": "@@ @@\n- g(" + "a+" * 4000 + "1)\n",
    "casts": "@@ @@\n- g(" + "(int)" * 3000 + "1)\n",
    "members": "@@ @@\n- g(a" + ".b" * 4000 + ")\n",
    "pointers": "@@ @@\n- int " + "*" * 9000 + "p;\n",
    "loops": "@@ @@\n- " + "for(;;)" * 1600 + "x();\n",
    "else if": "@@ @@\n- g();\n" + "if (a) b(); else " * 4000 + "c();\n",
    "depends": "@a depends on " + "!" * 9000 + "x@ @@\n- g(1)\n",
    "many words": "@@ @@\n- g(1);\n" + "+ h(1);\n" * 20_000,
    "a long name": "@@ @@\n- " + "g" * 200_000 + "(1)\n",
}


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP)
def test_deep_or_huge_patch_is_refused_with_its_place(
    text: str, code: Path, tmp_path: Path
) -> None:
    rule = tmp_path / "r.cocci"
    rule.write_text(text)
    done = run_treewide(["diff", "-r", rule, code])
    assert done.status == 3, done.stderr
    assert done.stderr.startswith(f"{rule}:".encode())
    assert done.stderr.split(b": ")[0].count(b":") == 2, done.stderr


BROKEN = {
    "NUL": b"@@ expression\0 e; @@\n- g(e)\n",
    "nothing but NUL": b"\0" * 1000,
    "every byte": bytes(range(256)) * 100,
    "empty": b"",
    "comment": b"/* a",
    "string": b'@@ @@\n- g("abc\n',
    "character": b"@@ @@\n- g('a\n",
    "head": b"@r@",
    "never": b"@depends on never @ @@\n- g(1)\n",
    "ever": b"@depends on ever@ @@\n- g(1)\n",
    "file": b"@depends on file in@ @@\n- g(1)\n",
    "comment in a head": b"@disable unlikely@ expression E; /*@@\n- g(E)\n",
    "declarations": b"@@ expression e\n",
    "UTF-16": PATCH.encode("utf-16"),
    "regular expression": b'@@ identifier x =~ "(("; @@\n- x(1)\n',
    "script": b"@r@ position p; @@\ng@p(1)\n@script:python@ p << r.p; @@\nprint('\n",
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_broken_patch_is_refused_with_its_place(data: bytes, code: Path, tmp_path: Path) -> None:
    rule = tmp_path / "r.cocci"
    rule.write_bytes(data)
    done = run_treewide(["diff", "-r", rule, code])
    assert done.status == 3, done.stderr
    assert done.stderr.split(b": ")[0].count(b":") == 2, done.stderr


def test_scripts_of_a_patch_are_not_run(code: Path, tmp_path: Path, canary: Path) -> None:
    rule = tmp_path / "r.cocci"
    script = f"import os\nos.system('touch {canary}')\n"
    for kind in ("initialize", "finalize", "script"):
        rule.write_text(f"@{kind}:python@ @@\n{script}\n{PATCH}")
        assert run_treewide(["diff", "-r", rule, code]).status in (0, 3)
        assert not canary.exists()


@pytest.mark.parametrize("command", ["diff", "check"])
def test_regular_expression_without_end_is_told_with_its_place(
    command: str, code: Path, tmp_path: Path
) -> None:
    """It tries all groupings of the letters, and their number doubles with each of them."""
    rule = tmp_path / "r.cocci"
    rule.write_text('@@\nidentifier x =~ "^(a+)+$";\n@@\n- x(1)\n+ h(1)\n')
    (code / "b.c").write_text(f"int b(void)\n{{\n\treturn {'a' * 50}b(1);\n}}\n")
    done = run_treewide([command, "-r", rule, code])
    assert done.status == 3, done.stderr
    said = f"{rule}:2:12: error: the regular expression comes to no end on aaaa"
    assert done.stderr.startswith(said.encode())


def test_regular_expression_of_a_script_has_an_end(code: Path, tmp_path: Path) -> None:
    rule = tmp_path / "r.cocci"
    rule.write_text(
        "@r@\nidentifier x;\nposition p;\n@@\nx@p(1)\n\n@initialize:python@ @@\nimport re\n\n"
        "@script:python@\nx << r.x;\np << r.p;\n@@\n"
        'if re.match("(a+)+$", x):\n  coccilib.report.print_report(p[0], "no")\n'
    )
    (code / "b.c").write_text(f"int b(void)\n{{\n\treturn {'a' * 50}b(1);\n}}\n")
    done = run_treewide(["check", "-r", rule, code])
    assert done.status == 3, done.stderr
    assert done.stderr.startswith(f"{rule}:".encode())
    assert b"the regular expression comes to no end" in done.stderr


NESTED_CODE = {
    "parentheses": "g(" + "(" * 30_000 + "1" + ")" * 30_000 + ");",
    "braces": "{" * 30_000 + "g(1);" + "}" * 30_000,
    "calls": "g(" * 30_000 + "1" + ")" * 30_000 + ";",
    "sum": "g(" + "a+" * 30_000 + "1);",
    "else if": "if (a) b(); else " * 30_000 + "g(1);",
    "conditions": "\n#if A\n" * 30_000 + "g(1);" + "\n#endif\n" * 30_000,
    "data": "int x = " + "{" * 30_000 + "g(1)" + "}" * 30_000 + ";",
}


@pytest.mark.parametrize("text", NESTED_CODE.values(), ids=NESTED_CODE)
def test_file_that_nests_too_deep_is_refused_alone(text: str, code: Path, tmp_path: Path) -> None:
    rule = tmp_path / "r.cocci"
    rule.write_text(PATCH)
    (code / "deep.c").write_text(f"int d(void)\n{{\n\t{text}\n}}\n")
    done = run_treewide(["diff", "-r", rule, code])
    assert done.status == 1, done.stderr
    assert b"deep.c:1:1: refused: the file nests too deep" in done.stderr
    assert b"+\th(1);" in done.stdout


# ---------------------------------------------------------------------------- rules in TOML


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"x = " + b"[" * 100_000, id="lists"),
        pytest.param(b"x = " + b"{a=" * 100_000, id="tables"),
        pytest.param(b"x = " + b"9" * 5000, id="digits"),
        pytest.param(b'x = """' + b"a" * 1_000_000, id="string"),
        pytest.param(b'id = "a"\nsummary = "\xff"\n', id="not UTF-8"),
        pytest.param(b"\0" * 100, id="NUL"),
    ],
)
def test_broken_rule_is_refused(data: bytes, tmp_path: Path) -> None:
    rule = tmp_path / "a.toml"
    rule.write_bytes(data)
    done = run_treewide(["diff", "-r", rule, "--model"])
    assert (done.status, done.stderr.startswith(f"{rule}".encode())) == (3, True), done.stderr


@pytest.mark.parametrize("key", ["subject", "prefix", "summary"])
@pytest.mark.parametrize("odd", [r"\n", r"\u001b[31m", r"\u0007"])
def test_subject_is_one_line_of_text(key: str, odd: str, tmp_path: Path) -> None:
    rule = tmp_path / "a.toml"
    values = {"summary": "s", "subject": "s", "prefix": "{component}:"} | {key: f"a{odd}b"}
    rule.write_text(
        f'id = "a"\nsummary = "{values["summary"]}"\n'
        '[scope]\npaths = ["kernel/*.c"]\n'
        f'[series]\nprefix = "{values["prefix"]}"\nsubject = "{values["subject"]}"\nwhy = "w"\n'
        "[[edit]]\nsmpl = '''\n@@ @@\n- g(1)\n+ h(1)\n'''\n"
    )
    done = run_treewide(["diff", "-r", rule, "--model"])
    assert done.status == 3
    assert b"it has to be one line of text" in done.stderr


# ---------------------------------------------------------------------------- trees


def link_as_git(tree: Path) -> None:
    (tree / ".git").symlink_to("/nonexistent")


def pointer_to_nowhere(tree: Path) -> None:
    (tree / ".git").write_text("gitdir: /nonexistent\n")


def empty_folder(tree: Path) -> None:
    (tree / ".git").mkdir()


def head_is_a_link(tree: Path) -> None:
    commit_all(tree, "Import")
    (tree / ".git/HEAD").unlink()
    (tree / ".git/HEAD").symlink_to("/nonexistent")


def no_objects(tree: Path) -> None:
    commit_all(tree, "Import")
    shutil.rmtree(tree / ".git/objects")


@pytest.mark.parametrize(
    "damage", [link_as_git, pointer_to_nowhere, empty_folder, head_is_a_link, no_objects]
)
def test_broken_repository_is_no_plain_folder(
    damage: Callable[[Path], None], tmp_path: Path
) -> None:
    tree = plain_copy(tmp_path / "linux")
    damage(tree)
    for command in ("check", "diff"):
        done = run_treewide([command, tree])
        assert done.status == 4, done.stderr
        assert b"hint: repair it" in done.stderr


def test_work_tree_elsewhere_is_no_other_tree(model_tree: Path) -> None:
    expected = run_treewide(["check", model_tree, "-q"])
    git(model_tree, "config", "core.worktree", str(model_tree.parent))
    done = run_treewide(["check", model_tree, "-q"])
    assert (done.status, done.stdout) == (expected.status, expected.stdout)


@pytest.mark.parametrize("kind", ["git", "plain"])
@pytest.mark.parametrize(
    ("make", "says"),
    [
        pytest.param(
            lambda tree: (tree / "arch/x86/kernel/l.c").symlink_to("../../../other/l.c"),
            b"arch/x86/kernel/l.c:1:1: refused: it is not looked into: a symbolic link to",
            id="a link to where the rule does not look",
        ),
        pytest.param(
            lambda tree: (tree / "arch/linked").symlink_to("../other"),
            b"arch/linked:1:1: refused: it is not looked into: a symbolic link to ../other",
            id="a link to such a folder",
        ),
    ],
)
def test_what_is_not_looked_into_is_named(
    make: Callable[[Path], None], says: bytes, kind: str, tmp_path: Path
) -> None:
    tree = plain_copy(tmp_path / "linux")
    (tree / "other").mkdir()
    (tree / "other/l.c").write_text("int l;\n")
    make(tree)
    if kind == "git":
        commit_all(tree, "Import")
    done = run_treewide(["diff", tree])
    assert done.status == 1
    assert says in done.stderr
    assert run_treewide(["series", tree, "-o", tmp_path / "out"]).status == 1


def test_submodule_under_the_paths_is_named(model_tree: Path) -> None:
    head = git(model_tree, "rev-parse", "HEAD").decode().strip()
    git(model_tree, "update-index", "--add", "--cacheinfo", f"160000,{head},arch/sub")
    git(model_tree, "commit", "--quiet", "--message=Sub")
    done = run_treewide(["diff", model_tree])
    assert b"arch/sub:1:1: refused: it is not looked into: a submodule" in done.stderr
    assert done.status == 1


@pytest.mark.parametrize("name", [b"\xff\xfe", b"a\x1b[31m", b"a\nb"])
def test_architecture_with_an_odd_name(name: bytes, tmp_path: Path) -> None:
    tree = plain_copy(tmp_path / "linux")
    folder = os.fsencode(tree / "arch") + b"/" + name + b"/kernel"
    os.makedirs(folder)
    shutil.copy(os.fsencode(tree / "arch/x86/kernel/module.c"), folder + b"/module.c")
    done = run_treewide(["series", tree, "-o", tmp_path / "out"])
    assert done.status == 4
    assert b"cannot stand in the subject of a patch" in done.stderr
    shown = run_treewide(["check", tree, "--matrix"])
    assert b"\x1b" not in shown.stdout
    assert name not in shown.stdout


LIAR = """#!/bin/sh
for word; do [ "$word" = {command} ] && {{ {lie}; }}; done
exec {git} "$@"
"""


@pytest.mark.parametrize("command", ["diff", "check"])
@pytest.mark.parametrize(
    ("lied_to", "lie"),
    [
        ("grep", "printf 'kernel/mod'; exit 0"),
        ("ls-tree", "printf '100644 blob '; exit 0"),
        ("cat-file", "printf 'x blob 999999999999999\\n'; exit 0"),
        ("cat-file", "printf 'x blob 100\\nshort'; exit 0"),
        ("cat-file", "echo what; exit 0"),
        ("rev-parse", "echo sha1; exit 0"),
    ],
)
def test_git_that_ends_too_early_is_an_error(
    command: str, lied_to: str, lie: str, model_tree: Path, tmp_path: Path
) -> None:
    liar = tmp_path / "bin" / "git"
    liar.parent.mkdir()
    liar.write_text(LIAR.format(command=lied_to, lie=lie, git=shutil.which("git")))
    liar.chmod(0o755)
    env = {"PATH": f"{liar.parent}:{os.environ['PATH']}"}
    done = run_treewide([command, model_tree], env=env)
    assert done.status == 4, (done.stdout, done.stderr)


# ---------------------------------------------------------------------------- mails


def test_compressed_mailbox_without_end(tmp_path: Path) -> None:
    bomb = tmp_path / "t.mbox.gz"
    with gzip.open(bomb, "wb", compresslevel=9) as packed:
        for _ in range(300):
            packed.write(b"\0" * (1 << 20))
    done = run_treewide(["check", "--model", "--patch", bomb])
    assert done.status == 4
    assert b"when it is decompressed" in done.stderr


def test_parts_in_parts(tmp_path: Path) -> None:
    mail = tmp_path / "a.patch"
    text = "From: a@example.org\nSubject: [PATCH] x\n"
    for number in range(10_000):
        text += f"Content-Type: multipart/mixed; boundary=b{number}\n\n--b{number}\n"
    mail.write_text(text + "\nhello\n")
    done = run_treewide(["check", "--model", "--patch", mail])
    assert done.status == 4
    assert done.stderr.startswith(str(mail).encode())


def test_standard_input_that_is_closed(tmp_path: Path) -> None:
    words = f"exec {TREEWIDE} check --model --patch - <&-"
    done = subprocess.run(["sh", "-c", words], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (4, b"standard input: error: it is closed\n")


# ---------------------------------------------------------------------------- the machine


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["diff", "--model"], 0),
        (["diff", "-r", "nope", "--model"], 2),
        (["diff", "--nope"], 2),
        (["diff", "/nonexistent"], 4),
    ],
)
def test_full_standard_error_changes_no_status(arguments: list[str], status: int) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [TREEWIDE, *arguments], stdout=subprocess.DEVNULL, stderr=full, check=False
        )
    assert done.returncode == status


@pytest.mark.parametrize("epoch", ["-1", "1e9", "", "4102444800", "9" * 30, "\u0663"])
def test_date_that_is_none_is_usage(epoch: str, tmp_path: Path) -> None:
    env = {"SOURCE_DATE_EPOCH": epoch}
    done = run_treewide(["series", "--model", "-o", tmp_path / "out"], env=env)
    assert done.status == 2, done.stderr
    assert not (tmp_path / "out").exists()


def test_too_little_memory_or_files_is_said(tmp_path: Path) -> None:
    for limit in ("-v 30000", "-n 10"):
        words = f"ulimit {limit}; exec {TREEWIDE} series --model -o {tmp_path}/out"
        done = subprocess.run(["sh", "-c", words], capture_output=True, check=False)
        assert done.returncode in (0, 1, 4), done.stderr
        assert b"bug of treewide" not in done.stderr
        shutil.rmtree(tmp_path / "out", ignore_errors=True)


@pytest.mark.parametrize("damage", [b"", b"x" * 1000, None])
def test_damaged_cache_of_templates_is_made_anew(damage: bytes | None, tmp_path: Path) -> None:
    env = {"XDG_CACHE_HOME": str(tmp_path / "cache"), "SOURCE_DATE_EPOCH": "1642118400"}
    expected = run_treewide(["series", "--model", "-o", tmp_path / "one"], env=env)
    assert expected.status == 0
    cached = list((tmp_path / "cache").rglob("*.cache"))
    assert cached
    for file in cached:
        data = file.read_bytes()
        flipped = data[: len(data) // 2] + bytes([data[len(data) // 2] ^ 1])
        file.write_bytes(flipped + data[len(flipped) :] if damage is None else damage)
    done = run_treewide(["series", "--model", "-o", tmp_path / "two"], env=env)
    assert done.status == 0, done.stderr
    for mail in (tmp_path / "one").iterdir():
        assert (tmp_path / "two" / mail.name).read_bytes() == mail.read_bytes()


# ---------------------------------------------------------------------------- kills


def test_folders_of_a_killed_run_are_removed_by_a_later_one(tmp_path: Path) -> None:
    left = tmp_path / ".out.treewide-abcdefgh"
    left.mkdir()
    (left / "0001-x.patch").write_text("x")
    others = [tmp_path / name for name in (".out.backup01", ".out.treewide-x", "out.treewide-abc")]
    for other in others:
        other.mkdir()
    old = time.time() - 3600
    for folder in (left, *others):
        os.utime(folder, (old, old))
    with temporary_folder(".out.treewide-", tmp_path) as mine:
        assert not left.exists()
        assert all(other.is_dir() for other in others)
        os.utime(mine, (old, old))
        with temporary_folder(".out.treewide-", tmp_path) as second:
            assert mine.is_dir()
            assert second.is_dir()


@pytest.mark.parametrize(
    ("name", "file"),
    [("cb", "<frozen importlib._bootstrap>"), ("remove", weakref.__file__), ("__del__", "a.py")],
)
def test_interruption_waits_for_what_would_swallow_it(name: str, file: str) -> None:
    program = f"""
import os, signal, sys, time
from refactor import process
signal.signal(signal.SIGINT, process._end)
text = "def {name}():\\n    os.kill(os.getpid(), signal.SIGINT)\\n    return 1\\n"
exec(compile(text, {file!r}, "exec"))
done = 0
try:
    done = {name}()
    time.sleep(10)
except KeyboardInterrupt:
    sys.exit(3 if done else 4)
"""
    run = subprocess.run([sys.executable, "-c", program], timeout=60, check=False)
    assert run.returncode == 3


def test_interruption_at_any_moment_prints_no_traceback(tmp_path: Path) -> None:
    for step in range(12):
        run = subprocess.Popen(
            [TREEWIDE, "series", "--model", "-o", tmp_path / "out"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        time.sleep(0.05 + 0.03 * step)
        run.send_signal(signal.SIGINT)
        _, said = run.communicate(timeout=60)
        # Before a line of ours Python itself may be interrupted, and tells where.
        assert b"Traceback" not in said or b"/refactor/" not in said, said
        assert run.returncode in (0, 130, -signal.SIGINT), said
        shutil.rmtree(tmp_path / "out", ignore_errors=True)
    assert list(tmp_path.iterdir()) == []


def test_model_is_as_it_was() -> None:
    assert not list(MODEL.rglob("*treewide-*"))
