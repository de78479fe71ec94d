"""Nothing of a repository is run, and nothing of it changes: canaries sing if that fails."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from refactor.errors import TreeError
from refactor.tree.git import KEPT, Git, forget_inherited_repository, scratch
from tests.support import git, run_treewide


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    """A program that leaves a file `sang` beside itself, whatever it is run for."""
    program = tmp_path / "canary"
    program.write_text(f'#!/bin/sh\necho "$0 $*" >> {tmp_path}/sang\nexit 0\n')
    program.chmod(0o755)
    return program


def wrapper(tmp_path: Path, script: str) -> dict[str, str]:
    """The environment in which git is run by way of a shell script that begins with `script`."""
    program = tmp_path / "bin" / "git"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\n{script}\nPATH=${{PATH#*:}} exec git "$@"\n')
    program.chmod(0o755)
    return {"PATH": f"{program.parent}:{os.environ['PATH']}"}


def sang(canary: Path) -> str:
    """What the canary was run for."""
    file = canary.with_name("sang")
    return file.read_text() if file.exists() else ""


def snapshot(repository: Path) -> dict[str, tuple[object, ...]]:
    """Every file of a work tree and its .git, with content and time of change."""
    return {
        str(file.relative_to(repository)): (
            file.lstat().st_mtime_ns,
            file.lstat().st_mode,
            os.readlink(file) if file.is_symlink() else file.read_bytes(),
        )
        for file in repository.rglob("*")
        if file.is_symlink() or file.is_file()
    }


def set_all(tree: Path, settings: dict[str, str]) -> None:
    for name, value in settings.items():
        git(tree, "config", name, value)


HOOKS = (
    "applypatch-msg", "commit-msg", "fsmonitor-watchman", "post-checkout", "post-commit",
    "post-index-change", "post-merge", "post-rewrite", "pre-auto-gc", "pre-commit", "pre-push",
    "prepare-commit-msg", "reference-transaction", "sendemail-validate", "update",
)  # fmt: skip


def hooks(tree: Path, canary: Path) -> None:
    (tree / ".git/hooks").mkdir(exist_ok=True)
    for name in HOOKS:
        (tree / ".git/hooks" / name).symlink_to(canary)


def programs(tree: Path, canary: Path) -> None:
    program = str(canary)
    set_all(
        tree,
        {
            "core.fsmonitor": program,
            "core.alternateRefsCommand": program,
            "core.askPass": program,
            "core.editor": program,
            "core.gitProxy": program,
            "core.pager": program,
            "core.sshCommand": program,
            "credential.helper": program,
            "diff.canary.command": program,
            "diff.canary.textconv": program,
            "diff.external": program,
            "filter.canary.clean": program,
            "filter.canary.process": program,
            "filter.canary.required": "true",
            "filter.canary.smudge": program,
            "gpg.program": program,
            "interactive.diffFilter": program,
            "merge.canary.driver": program,
            "pager.grep": program,
            "pager.format-patch": program,
            "sequence.editor": program,
            "uploadpack.packObjectsHook": program,
            "alias.grep": f"!{program}",
            "alias.fast-import": f"!{program}",
            "commit.gpgSign": "true",
            "tag.gpgSign": "true",
        },
    )
    attributes = "* filter=canary diff=canary merge=canary\n"
    (tree / ".git/info").mkdir(exist_ok=True)
    (tree / ".git/info/attributes").write_text(attributes)


def included(tree: Path, canary: Path) -> None:
    (tree / ".git/evil").write_text(f"[core]\n\tfsmonitor = {canary}\n\thooksPath = {tree}/hooks\n")
    git(tree, "config", "include.path", "evil")


def own_hooks_path(tree: Path, canary: Path) -> None:
    (tree / ".git/mine").mkdir()
    (tree / ".git/mine/reference-transaction").symlink_to(canary)
    git(tree, "config", "core.hooksPath", ".git/mine")


HOSTILE = [hooks, programs, included, own_hooks_path]


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda function: function.__name__)
@pytest.mark.parametrize(
    "command",
    [
        ["series", "--output", "OUT", "--auto-cc", "-s"],
        ["diff", "--color", "always"],
        ["diff", "--stat"],
        ["series", "--branch", "topic"],
    ],
    ids=["series", "diff", "stat", "branch"],
)
def test_nothing_of_a_repository_is_run_or_changed(
    hostile: Callable[[Path, Path], None],
    command: list[str],
    model_tree: Path,
    canary: Path,
    tmp_path: Path,
) -> None:
    git(model_tree, "remote", "add", "origin", f"ext::{canary}")
    hostile(model_tree, canary)
    before = snapshot(model_tree)
    arguments = [argument.replace("OUT", str(tmp_path / "out")) for argument in command]
    done = run_treewide([arguments[0], model_tree, *arguments[1:]])
    assert (done.status, sang(canary)) == (0, ""), done.stderr
    after = snapshot(model_tree)
    if "--branch" not in command:
        assert after == before
    else:
        fresh = after.keys() - before.keys()
        config = ".git/config"
        assert {name: after[name] for name in before if name != config} == {
            name: value for name, value in before.items() if name != config
        }
        # What b4 wants to know of the branch stands there, in a section of its own.
        old, new = before[config][2], after[config][2]
        assert isinstance(old, bytes)
        assert isinstance(new, bytes)
        assert new.startswith(old + b'[branch "topic"]\n')
        assert not any(line.startswith(b"[") for line in new[len(old) :].splitlines()[1:])
        assert all(
            name.startswith((".git/objects/", ".git/refs/heads/topic", ".git/logs/"))
            for name in fresh
        )


def test_canary_sings_for_a_git_that_is_not_sealed(model_tree: Path, canary: Path) -> None:
    programs(model_tree, canary)
    subprocess.run(["git", "-C", model_tree, "status"], capture_output=True, check=False)
    assert sang(canary)


@pytest.mark.parametrize(
    "protocol", ["ext", "file"], ids=["a transport of its own", "a program on the other side"]
)
def test_partial_clone_fetches_nothing(
    protocol: str, model_tree: Path, canary: Path, tmp_path: Path
) -> None:
    git(model_tree, "config", "uploadpack.allowFilter", "true")
    partial = tmp_path / "partial"
    options = ["--quiet", "--filter=blob:none", "--no-checkout"]
    git(tmp_path, "clone", *options, f"file://{model_tree}", partial)
    url = f"ext::{canary} %S" if protocol == "ext" else f"file://{model_tree}"
    set_all(
        partial,
        {
            "remote.origin.url": url,
            "remote.origin.uploadpack": str(canary),
            "protocol.allow": "always",
            "protocol.ext.allow": "always",
        },
    )
    older = wrapper(tmp_path, "unset GIT_NO_LAZY_FETCH")
    done = run_treewide(["series", partial, "-o", tmp_path / "out"], env=older)
    assert done.status == 4
    assert b"lacks objects" in done.stderr
    assert b"partial clone" in done.stderr
    assert b"Traceback" not in done.stderr
    assert sang(canary) == ""


def test_environment_of_a_surrounding_git_is_dropped(
    model_tree: Path, canary: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    git(tmp_path, "init", "--quiet", elsewhere)
    hostile = {
        "GIT_DIR": str(elsewhere / ".git"),
        "GIT_WORK_TREE": str(elsewhere),
        "GIT_INDEX_FILE": str(elsewhere / "index"),
        "GIT_OBJECT_DIRECTORY": str(elsewhere / "objects"),
        "GIT_COMMON_DIR": str(elsewhere),
        "GIT_NAMESPACE": "other",
        "GIT_PREFIX": "arch/",
        "GIT_ATTR_SOURCE": "nowhere",
        "GIT_EXTERNAL_DIFF": str(canary),
        "GIT_PAGER": str(canary),
        "GIT_SSH_COMMAND": str(canary),
        "GIT_CONFIG_PARAMETERS": f"'core.fsmonitor={canary}'",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "core.fsmonitor",
        "GIT_CONFIG_VALUE_0": str(canary),
        "GIT_DIFF_OPTS": "--unified=0",
        "GIT_LITERAL_PATHSPECS": "1",
        "GIT_ICASE_PATHSPECS": "1",
        "GIT_TRACE": "1",
        "GIT_AUTHOR_DATE": "nonsense",
        "GIT_TEMPLATE_DIR": str(tmp_path),
        "GIT_DEFAULT_HASH": "sha256",
    }
    plain = run_treewide(["series", model_tree, "-o", tmp_path / "plain"])
    done = run_treewide(["series", model_tree, "-o", tmp_path / "out"], env=hostile)
    assert (done.status, sang(canary)) == (0, ""), done.stderr
    assert plain.status == 0
    assert contents(tmp_path / "out") == contents(tmp_path / "plain")


def test_identity_comes_from_the_environment_if_it_is_there(
    model_tree: Path, tmp_path: Path
) -> None:
    env = {"GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.org"}
    assert env.keys() < KEPT
    assert run_treewide(["series", model_tree, "-o", tmp_path / "out"], env=env).status == 0
    assert all(
        b"\nFrom: Ada <ada@example.org>\n" in mail for mail in contents(tmp_path / "out").values()
    )


USERS = """
[format]
	subjectPrefix = RFC PATCH
	thread = deep
	signOff = true
	numbered = false
	attach = true
	headers = "X-Leak: yes\\n"
	to = leak@example.org
	cc = leak@example.org
	signature = leak
	suffix = .txt
	outputDirectory = leak
	notes = true
	useAutoBase = true
	mboxrd = true
	encodeEmailHeaders = false
	coverLetter = false
	coverFromDescription = none
	inReplyTo = leak
	from = Leak <leak@example.org>
	filenameMaxLength = 20
[diff]
	noprefix = true
	mnemonicPrefix = true
	renames = copies
	algorithm = patience
	context = 9
	interHunkContext = 9
	suppressBlankEmpty = true
	orderFile = order
	submodule = log
	wsErrorHighlight = all
	colorMoved = zebra
	relative = true
	statGraphWidth = 5
	indentHeuristic = false
[core]
	quotePath = false
	abbrev = 6
	attributesFile = ATTRIBUTES
	autocrlf = true
	safecrlf = true
	whitespace = tab-in-indent
	ignoreCase = true
	precomposeUnicode = true
	logAllRefUpdates = always
[color]
	ui = always
	grep = always
	diff = always
[grep]
	lineNumber = true
	column = true
	fullName = false
	patternType = perl
	extendedRegexp = true
	threads = 1
[i18n]
	logOutputEncoding = ISO-8859-1
	commitEncoding = ISO-8859-1
[init]
	templateDir = TEMPLATES
	defaultObjectFormat = sha256
	defaultBranch = odd
[submodule]
	recurse = true
[commit]
	gpgSign = true
[log]
	showSignature = true
	date = relative
	mailmap = true
[mailmap]
	file = MAILMAP
[extensions]
	worktreeConfig = true
[fastimport]
	unpackLimit = 100000
"""


def test_no_setting_of_the_user_leaks_into_a_series(
    model_tree: Path, canary: Path, tmp_path: Path
) -> None:
    plain = run_treewide(["series", model_tree, "-o", tmp_path / "plain"])
    assert plain.status == 0
    templates = tmp_path / "TEMPLATES"
    (templates / "hooks").mkdir(parents=True)
    (templates / "hooks" / "reference-transaction").symlink_to(canary)
    (tmp_path / "ATTRIBUTES").write_text("*.c binary\n*.h -diff\n")
    (tmp_path / "MAILMAP").write_text("Leak <leak@example.org> <terry@example.org>\n")
    config = Path(os.environ["GIT_CONFIG_GLOBAL"])
    leaks = USERS
    for name in ("ATTRIBUTES", "TEMPLATES", "MAILMAP"):
        leaks = leaks.replace(name, str(tmp_path / name))
    config.write_text(config.read_text() + leaks)
    done = run_treewide(["series", model_tree, "-o", tmp_path / "out"])
    assert (done.status, sang(canary)) == (0, ""), done.stderr
    assert contents(tmp_path / "out") == contents(tmp_path / "plain")


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


# ---------------------------------------------------------------------------- git itself


def test_missing_git_is_told(model_tree: Path, tmp_path: Path) -> None:
    done = run_treewide(["diff", model_tree], env={"PATH": str(tmp_path)})
    assert (done.status, done.stdout) == (4, b"")
    assert done.stderr == b"error: git is not installed\n  hint: install it: apt-get install git\n"


def test_old_git_is_told(model_tree: Path, tmp_path: Path) -> None:
    unknown = 'echo "error: unknown option" >&2; exit 129'
    old = wrapper(tmp_path, f'case "$*" in *--object-format=*) {unknown};; esac')
    done = run_treewide(["diff", model_tree], env=old)
    assert done.status == 4
    assert b"error: this git is too old: git init: error: unknown option" in done.stderr
    assert b"hint: treewide needs git 2.32 or newer" in done.stderr


def test_repository_of_another_user_is_told_with_the_way_out(
    model_tree: Path, tmp_path: Path
) -> None:
    other = wrapper(tmp_path, "export GIT_TEST_ASSUME_DIFFERENT_OWNER=1")
    done = run_treewide(["diff", model_tree], env=other)
    assert done.status == 4
    assert b"belongs to another user" in done.stderr
    assert f"safe.directory {model_tree}\n".encode() in done.stderr


def test_no_git_outlives_the_object_that_runs_it(model_tree: Path) -> None:
    running = Git(model_tree).start("cat-file", "--batch")
    pid = running._process.pid
    os.kill(pid, 0)
    del running
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_interruption_ends_git_as_well(model_tree: Path) -> None:
    running = Git(model_tree).start("hash-object", "--stdin")
    pid = running._process.pid
    os.kill(pid, signal.SIGSTOP)  # so that it cannot end by itself

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    former = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.1)
    try:
        with pytest.raises(KeyboardInterrupt):
            running.finish(b"text")
    finally:
        signal.signal(signal.SIGALRM, former)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def pipe_for_configuration(tree: Path) -> bytes:
    """Put a pipe in the place of .git/config, and return what that had in it."""
    config = tree / ".git" / "config"
    text = config.read_bytes()
    config.unlink()
    os.mkfifo(config)
    return text


def test_git_that_says_nothing_is_told_and_waited_for(
    model_tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    head = git(model_tree, "rev-parse", "HEAD")
    text = pipe_for_configuration(model_tree)
    monkeypatch.setattr("refactor.tree.git.PATIENCE", 0.1)
    served = threading.Event()

    def serve() -> None:
        while not served.is_set():
            with open(model_tree / ".git" / "config", "wb") as pipe, suppress(BrokenPipeError):
                time.sleep(0.5)
                pipe.write(text)
                pipe.flush()

    server = threading.Thread(target=serve, daemon=True)
    server.start()
    try:
        assert Git(model_tree).run("rev-parse", "HEAD") == head
    finally:
        served.set()
    assert "git rev-parse says nothing; still waiting" in capsys.readouterr().err


def test_interruption_ends_a_git_that_says_nothing(model_tree: Path) -> None:
    pipe_for_configuration(model_tree)
    command: list[str | Path] = [Path(sys.executable).with_name("treewide"), "diff", model_tree]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    children = Path(f"/proc/{run.pid}/task/{run.pid}/children")
    while not (found := children.read_text().split()):
        assert run.poll() is None
        time.sleep(0.02)
    run.send_signal(signal.SIGINT)
    _, said = run.communicate(timeout=60)
    assert (run.returncode, said.strip()) == (130, b"interrupted")
    for child in found:
        assert not Path(f"/proc/{child}").exists()


def test_failure_has_the_words_of_git(model_tree: Path) -> None:
    with pytest.raises(TreeError, match="git rev-parse failed: fatal: Needed a single revision"):
        Git(model_tree).run("rev-parse", "--verify", "nothing")


def test_scratch_repository_knows_no_configuration_but_its_own(tmp_path: Path) -> None:
    path = tmp_path / "scratch.git"
    sealed = scratch(tmp_path, path)
    sealed.run("init", "--quiet", "--bare", "--template=", str(path))
    origins = sealed.run("config", "--list", "--show-origin").decode().splitlines()
    assert {line.split("\t")[0] for line in origins} <= {f"file:{path}/config", "command line:"}


def test_only_who_and_where_is_inherited(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GIT_DIR", "GIT_SSH", "GIT_AUTHOR_NAME", "GIT_SOMETHING_NEW"):
        monkeypatch.setenv(name, "x")
    forget_inherited_repository()
    assert {name for name in os.environ if name.startswith("GIT_")} <= KEPT
    assert os.environ["GIT_AUTHOR_NAME"] == "x"


def test_signal_while_git_starts_leaves_no_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(tmp_path, "init", "--quiet")
    original = subprocess.Popen
    started: list[subprocess.Popen[bytes]] = []

    def interrupted(*arguments: Any, **options: Any) -> subprocess.Popen[bytes]:
        started.append(original(*arguments, **options))
        signal.raise_signal(signal.SIGINT)
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", interrupted)
    with pytest.raises(KeyboardInterrupt):
        Git(tmp_path).start("cat-file", "--batch")
    assert [process.poll() for process in started] == [-signal.SIGKILL]
