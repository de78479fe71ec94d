"""The command line is a contract: options, exit statuses, and what is said where."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from refactor import cli, interruption, process
from refactor.arguments import GROUPS
from refactor.cli import treewide
from tests.support import MODEL, PROJECT, git, run_treewide

TREEWIDE = Path(sys.executable).with_name("treewide")
RULE = PROJECT / "rules" / "arch-module-vm-flags.toml"

DOCUMENTED = {
    "series": "-o --output -v --reroll-count -s --signoff --to --cc --auto-cc --in-reply-to"
    " --branch --force --allow-refused --split --max-files --only --max --with"
    " -r --rule --policy --base --model -q --quiet --color",
    "diff": "--arch --stat --exit-code --html --validate --no-pager --full-index"
    " -r --rule --policy --base --model -q --quiet --color",
    "rules": "list show test",
}


@pytest.mark.parametrize("command", DOCUMENTED)
def test_every_documented_option_is_there(command: str) -> None:
    done = run_treewide([command, "--help"])
    assert (done.status, done.stderr) == (0, b"")
    for word in DOCUMENTED[command].split():
        assert re.search(rf"(^|[ ,]){word}\b", done.stdout.decode(), re.MULTILINE), word


IN_GROUPS = ("series", "diff", "check", "validate")


@pytest.mark.parametrize("command", IN_GROUPS)
def test_options_are_grouped_and_none_is_lost(command: str) -> None:
    said = run_treewide([command, "--help"]).stdout.decode()
    titles = [each for each in (*GROUPS, "All others") if f"\n{each}:\n" in said]
    assert titles[0] == "Which change"
    assert titles[-1] == "All others"
    assert "\nOptions:\n" not in said
    for param in treewide.commands[command].params:
        if isinstance(param, click.Option):
            rows = re.findall(rf"^  (?:-\w, )?{param.opts[-1]}(?: |$)", said, re.MULTILINE)
            assert len(rows) == 1, param.name


def test_every_option_in_a_group_is_one_of_a_command() -> None:
    known = {each.name for command in IN_GROUPS for each in treewide.commands[command].params}
    assert {name for names in GROUPS.values() for name in names.split()} <= known


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shell_completes(shell: str) -> None:
    done = run_treewide([], env={"_TREEWIDE_COMPLETE": f"{shell}_source"})
    assert (done.status, b"_TREEWIDE_COMPLETE" in done.stdout) == (0, True), done.stderr


# ---------------------------------------------------------------------------- exit statuses


def rule_file(tmp_path: Path, *changes: tuple[str, str]) -> str:
    text = RULE.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    (tmp_path / RULE.name).write_text(text)
    return str(tmp_path / RULE.name)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["seres"], "No such command 'seres'"),
        (["series", "--nope"], "No such option"),
        (["series", "--model", "TREE"], "--model is a tree of its own; leave TREE out"),
        (["series", "TREE", "--policy", "never-hug"], "did you mean 'never-huge'?"),
        (["series", "TREE", "-r", "arch-module-vm-flag"], "did you mean 'arch-module-vm-flags'?"),
        (["series", "TREE", "-r", "xyz"], "known: alloc-array, arch-module-vm-flags"),
        (["series", "TREE", "-v", "0"], "Invalid value for '-v'"),
        (["series", "TREE", "-v", "x"], "Invalid value for '-v'"),
        (["series", "TREE", "--to", "nobody"], "no mail address: 'nobody'"),
        (["series", "TREE", "--cc", "a@b\nBcc: c@d"], "no mail address"),
        (["series", "TREE", "--in-reply-to", "a b"], "no Message-Id: 'a b'"),
        (["series", "TREE", "--branch", "x", "--to", "a@b.org"], "name a folder for them with -o"),
        (["series", "TREE", "--branch", "x", "--auto-cc"], "name a folder for them with -o"),
        (["series", "TREE", "-o", "FILE"], "is a file"),
        (["diff", "TREE", "--arch", "x68"], "it meets: generic, powerpc, x86"),
        (["diff", "TREE", "--html", "x.html", "--stat"], "--html and --stat do not go together"),
        (["diff", "TREE", "--validate"], "--validate is for the page of --html"),
        (["diff", "TREE", "--color", "blue"], "Invalid value for '--color'"),
        (["rules", "show", "xyz"], "no rule 'xyz'"),
        (["rules", "show"], "Missing argument"),
    ],
)
def test_usage_errors_end_with_2(
    arguments: list[str], says: str, model_tree: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    names = {"TREE": str(model_tree), "FILE": str(tmp_path / "file")}
    before = git(model_tree, "for-each-ref")
    done = run_treewide([names.get(argument, argument) for argument in arguments], cwd=tmp_path)
    assert (done.status, done.stdout) == (2, b"")
    assert says in done.stderr.decode()
    assert sorted(os.listdir(tmp_path)) == ["file", "model"]
    assert git(model_tree, "for-each-ref") == before


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ([('id = "', "id = ")], r"flags\.toml:6:\d+: error: no TOML"),
        ([("summary =", "sumary =")], r"flags\.toml.*: error: "),
        (
            [('"vm_flags"\nadd', '"vm_flag"\nadd')],
            r"flags\.toml:\d+: error: .*did you mean 'vm_flags'|call\.pattern has no",
        ),
    ],
)
def test_faulty_rules_end_with_3(changes: list[tuple[str, str]], says: str, tmp_path: Path) -> None:
    done = run_treewide(["diff", "--model", "-r", rule_file(tmp_path, *changes)])
    assert (done.status, done.stdout) == (3, b"")
    assert re.search(says, done.stderr.decode())


def missing(file: Path) -> None:
    file.unlink()


def a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def binary(file: Path) -> None:
    file.write_bytes(b"\xff\xfe")


def empty(file: Path) -> None:
    file.write_bytes(b"")


@pytest.mark.parametrize(
    "change", [missing, a_folder, binary, empty], ids=lambda value: value.__name__
)
def test_unreadable_rules_end_with_3(change: Callable[[Path], None], tmp_path: Path) -> None:
    name = rule_file(tmp_path)
    change(Path(name))
    for command in (
        ["diff", "--model", "-r", name],
        ["rules", "show", name],
        ["rules", "test", name],
    ):
        done = run_treewide(command)
        assert (done.status, done.stdout) == (3, b"")
        assert done.stderr.startswith(os.fsencode(name))


@pytest.mark.parametrize(
    ("template", "says"),
    [
        (
            "{{ nonsense }}\n\nbody\n",
            r"arch\.j2:1: error: faulty template: 'nonsense' is undefined",
        ),
        ("one\n\n{% if %}\n", r"arch\.j2:3: error: faulty template"),
        ('{% import "lost.j2" as x %}', r"error: no template lost\.j2"),
        ("x" * 76, r"error: a subject has more than 75 columns"),
        ("{{ 1 / 0 }}", r"arch\.j2:1: error: faulty template"),
        ("{{ patch.component.nothing.more }}", r"arch\.j2:1: error: faulty template"),
    ],
)
def test_templates_beside_a_rule_are_used_and_their_faults_told(
    template: str, says: str, tmp_path: Path
) -> None:
    name = rule_file(tmp_path)
    (tmp_path / RULE.stem).mkdir()
    (tmp_path / RULE.stem / "arch.j2").write_text(template)
    done = run_treewide(["series", "--model", "-r", name, "-o", tmp_path / "out"])
    assert done.status == 3, done.stderr
    assert re.search(says, done.stderr.decode())
    assert not (tmp_path / "out").exists()


def test_templates_beside_a_rule_come_first(tmp_path: Path) -> None:
    name = rule_file(tmp_path)
    (tmp_path / RULE.stem).mkdir()
    (tmp_path / RULE.stem / "arch.j2").write_text("my: {{ patch.component }}\n\nbody\n")
    done = run_treewide(["series", "--model", "-r", name, "-o", tmp_path / "out"])
    assert done.status == 0, done.stderr
    assert (tmp_path / "out" / "0002-my-powerpc.patch").exists()


# ---------------------------------------------------------------------------- diff


def test_exit_code_is_like_that_of_git_diff(model_tree: Path) -> None:
    assert run_treewide(["diff", model_tree]).status == 0
    assert run_treewide(["diff", model_tree, "--exit-code"]).status == 1
    assert run_treewide(["series", model_tree, "--branch", "topic"]).status == 0
    assert run_treewide(["diff", model_tree, "--base", "topic", "--exit-code"]).status == 0


def test_arch_narrows(model_tree: Path) -> None:
    one = run_treewide(["diff", model_tree, "-q", "--arch", "x86"]).stdout
    two = run_treewide(["diff", model_tree, "-q", "--arch", "x86", "--arch", "generic"]).stdout
    assert re.findall(rb"^\+\+\+ b/(.*)", one, re.MULTILINE) == [b"arch/x86/kernel/module.c"]
    assert re.findall(rb"^\+\+\+ b/(.*)", two, re.MULTILINE) == [
        b"arch/x86/kernel/module.c", b"include/linux/moduleloader.h", b"kernel/module.c",
    ]  # fmt: skip


def test_stat_is_that_of_git(model_tree: Path) -> None:
    done = run_treewide(["diff", model_tree, "-q", "--stat"])
    assert done.stdout.splitlines()[-1].strip().startswith(b"4 files changed")


@pytest.mark.parametrize(
    ("options", "env", "coloured"),
    [
        ([], {}, True),
        ([], {"NO_COLOR": "1"}, False),
        ([], {"NO_COLOR": ""}, True),
        (["--color", "never"], {}, False),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
    ],
)
def test_colour_on_a_terminal(options: list[str], env: dict[str, str], coloured: bool) -> None:
    shown, _ = on_terminal(["diff", "--model", "-q", *options], env)
    assert (b"\x1b[32m+" in shown) == coloured


def test_no_colour_into_a_pipe_unless_it_is_asked_for() -> None:
    assert b"\x1b" not in run_treewide(["diff", "--model"]).stdout
    assert b"\x1b" in run_treewide(["diff", "--model", "--color", "always"]).stdout


# ---------------------------------------------------------------------------- streams


@pytest.mark.parametrize(
    "command", [["diff", "--model", "-q"], ["rules", "show", "arch-module-vm-flags"], ["rules"]]
)
def test_reader_that_goes_away_is_no_error(command: list[str]) -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run([TREEWIDE, *command], stdout=write, stderr=subprocess.PIPE, check=False)
    os.close(write)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_are_no_error(closed: str, model_tree: Path, tmp_path: Path) -> None:
    script = f'exec {closed}; exec "$0" series "$1" -o "$2"'
    subprocess.run(["sh", "-c", script, TREEWIDE, model_tree, tmp_path / "out"], check=True)
    assert len(list((tmp_path / "out").iterdir())) == 4


def test_full_standard_output_is_told() -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [TREEWIDE, "diff", "--model"], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 4
    assert b"No space left on device" in done.stderr
    assert b"Traceback" not in done.stderr


def test_quiet_prints_errors_alone(model_tree: Path, tmp_path: Path) -> None:
    done = run_treewide(["series", model_tree, "-q", "-o", tmp_path / "out"])
    assert (done.status, done.stdout, done.stderr) == (0, b"", b"")
    done = run_treewide(["diff", "nowhere", "-q"])
    assert done.stderr == b"nowhere: error: no such directory\n"


def test_no_terminal_control_comes_from_a_tree(model_tree: Path) -> None:
    (model_tree / "arch/x86/kernel/\x1b]0;evil\x07.c").symlink_to("/x\x1b[2J")
    git(model_tree, "add", "--all")
    git(model_tree, "commit", "--quiet", "--message=Evil")
    done = run_treewide(["diff", model_tree])
    assert done.status == 1
    assert b"\x1b" not in done.stderr
    assert b"\\x1b]0;evil\\x07.c" in done.stderr


def on_terminal(arguments: list[str], env: dict[str, str]) -> tuple[bytes, int]:
    """What a command shows on a terminal, where both its streams go."""
    here, there = pty.openpty()
    variables = {**os.environ, "TERM": "xterm-256color", "GIT_PAGER": "cat", **env}
    process = subprocess.Popen(
        [TREEWIDE, *arguments], stdin=there, stdout=there, stderr=there, env=variables
    )
    os.close(there)
    shown = b""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if select.select([here], [], [], 0.1)[0]:
            try:
                shown += os.read(here, 65536)
            except OSError:  # the other side is closed
                break
    os.close(here)
    return shown, process.wait()


@pytest.mark.parametrize(
    ("delay", "options", "drawn"), [("0", [], False), ("1.6", [], True), ("1.6", ["-q"], False)]
)
def test_progress_is_drawn_after_a_second(
    delay: str, options: list[str], drawn: bool, model_tree: Path, tmp_path: Path
) -> None:
    slow = tmp_path / "bin" / "git"
    slow.parent.mkdir()
    slow.write_text(
        f'#!/bin/sh\ncase "$*" in *" grep "*) sleep {delay};; esac\n'
        'PATH=${PATH#*:} exec git "$@"\n'
    )
    slow.chmod(0o755)
    env = {"PATH": f"{slow.parent}:{os.environ['PATH']}"}
    shown, status = on_terminal(["diff", str(model_tree), *options, "--color", "never"], env)
    assert status == 0
    assert (b"searching the tree" in shown) == drawn


def test_few_git_processes_are_started(model_tree: Path, tmp_path: Path) -> None:
    counting = tmp_path / "bin" / "git"
    counting.parent.mkdir()
    counting.write_text(
        f'#!/bin/sh\necho "$*" >> {tmp_path}/log\nPATH=${{PATH#*:}} exec git "$@"\n'
    )
    counting.chmod(0o755)
    env = {"PATH": f"{counting.parent}:{os.environ['PATH']}"}
    assert run_treewide(["series", model_tree, "-o", tmp_path / "out"], env=env).status == 0
    assert len((tmp_path / "log").read_text().splitlines()) <= 25


# ---------------------------------------------------------------------------- rules


def test_rules_are_listed_shown_and_tested() -> None:
    listed = run_treewide(["rules"])
    assert listed.status == 0
    assert listed.stdout == run_treewide(["rules", "list"]).stdout
    assert b"arch-module-vm-flags" in listed.stdout
    assert run_treewide(["rules", "show", "arch-module-vm-flags"]).stdout == RULE.read_bytes()
    tested = run_treewide(["rules", "test"])
    assert tested.status == 0, tested.stdout


def test_a_patch_without_cases_says_what_one_would_be(tmp_path: Path) -> None:
    (tmp_path / "r.cocci").write_text("@@\n@@\n- a()\n+ b()\n")
    done = run_treewide(["rules", "test", tmp_path / "r.cocci"])
    assert (done.status, done.stdout) == (0, b"r: 0 of 0 cases pass\n")
    assert b"r.c with r.res" in done.stderr


def test_failing_case_of_a_rule_ends_with_1(tmp_path: Path) -> None:
    text = RULE.read_text()
    after = text.index("after = ", text.index("[[case]]"))
    broken = text[:after] + text[after:].replace(
        "arch_module_vm_flags()", "arch_module_vm_flagz()", 1
    )
    (tmp_path / RULE.name).write_text(broken)
    done = run_treewide(["rules", "test", tmp_path / RULE.name])
    assert done.status == 1
    assert b"FAILED" in done.stdout


def test_model_needs_no_tree_and_no_repository(tmp_path: Path) -> None:
    done = run_treewide(["series", "--model"], cwd=tmp_path)
    assert (done.status, len(os.listdir(tmp_path / "outgoing"))) == (0, 4)
    shutil.copytree(MODEL, tmp_path / "model")
    here = run_treewide(["diff", "-q"], cwd=tmp_path / "model")
    assert here.stdout == run_treewide(["diff", "-q", "--model"]).stdout


def test_end_of_a_file_is_no_interruption(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """click takes each EOFError for Ctrl-D, also that of a module which is cut off on the disk."""

    def cut_off(*_: object, **__: object) -> None:
        raise EOFError("marshal data too short")

    assert status_of(cut_off, monkeypatch) == 70
    assert "marshal data too short" in capsys.readouterr().err


@pytest.mark.parametrize("number", interruption.SIGNALS)
def test_end_by_a_signal_while_a_class_is_made(
    number: signal.Signals, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Python makes a RuntimeError of it there, as it does of everything."""

    class Ended:
        def __set_name__(self, *_: object) -> None:
            signal.raise_signal(number)

    def made(*_: object, **__: object) -> None:
        type("Made", (), {"field": Ended()})

    assert status_of(made, monkeypatch) == 128 + number
    said = capsys.readouterr().err
    assert said == ("interrupted\n" if number == signal.SIGINT else "")


def status_of(invoke: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> int:
    """The exit status of a command that does this, in this process."""
    monkeypatch.setattr(treewide.commands["diff"], "invoke", invoke)
    monkeypatch.setattr(process, "_open_streams", lambda: None)
    handlers = [(each, signal.getsignal(each)) for each in interruption.SIGNALS]
    try:
        return cli.main(["diff", "--model"])
    finally:
        for number, handler in handlers:
            signal.signal(number, handler)
