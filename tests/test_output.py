"""The output is the old one or the new one, at every moment, and nothing is left behind."""

from __future__ import annotations

import fcntl
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from refactor import output
from refactor.errors import TreeError
from refactor.output import replacing, write_file
from tests.support import PROJECT, git, run_treewide

MARK = b"mark"


def write(folder: Path, *names: str, text: str = "mark") -> None:
    with replacing(folder, MARK) as new:
        for name in names or ("0000-cover-letter.patch", "0001-a.patch"):
            (new / name).write_text(text)


def names(folder: Path) -> list[str]:
    return sorted(os.listdir(folder))


@pytest.mark.parametrize(
    "folder",
    ["out", "out/", "a/b/c/out", "./out", "x/../out", "-out", "sp ace", "\udcff", "new\nline"],
)
def test_folder_is_made_where_it_is_wanted(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(Path(folder))
    assert names(Path(os.path.normpath(folder))) == ["0000-cover-letter.patch", "0001-a.patch"]
    assert not [name for name in os.listdir(tmp_path) if name.startswith(".")]


def test_empty_folder_and_link_are_used(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    write(tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert names(tmp_path / "real") == ["0000-cover-letter.patch", "0001-a.patch"]


def test_longer_series_of_another_run_is_not_mixed_in(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out, "0000-cover-letter.patch", "0001-a.patch", "0002-b.patch")
    write(out, "0000-cover-letter.patch", "0001-other.patch")
    assert names(out) == ["0000-cover-letter.patch", "0001-other.patch"]


def test_parts_are_folders_that_go_with_a_shorter_series(tmp_path: Path) -> None:
    out = tmp_path / "out"
    for parts in (["01", "02", "03"], ["01", "02"]):
        with replacing(out, MARK) as new:
            for part in parts:
                (new / part).mkdir()
                (new / part / "0000-cover-letter.patch").write_text("mark")
                (new / part / "0001-a.patch").touch()
        assert names(out) == parts
    write(out)
    assert names(out) == ["0000-cover-letter.patch", "0001-a.patch"]


def foreign_part(out: Path) -> None:
    (out / "07").mkdir()
    (out / "07/0001-theirs.patch").touch()


def user_file(out: Path) -> None:
    (out / "notes.txt").touch()


def foreign_patch(out: Path) -> None:
    (out / "v3-0001-theirs.patch").touch()


def foreign_series(out: Path) -> None:
    (out / "v3-0000-cover-letter.patch").write_text("written by format-patch")
    (out / "v3-0001-theirs.patch").touch()


def sub_folder(out: Path) -> None:
    (out / "0009-folder.patch").mkdir()


def pipe(out: Path) -> None:
    os.mkfifo(out / "v4-0000-cover-letter.patch")


def link(out: Path) -> None:
    (out / "0009-link.patch").symlink_to("/etc/passwd")


@pytest.mark.parametrize(
    "foreign",
    [user_file, foreign_patch, foreign_series, foreign_part, sub_folder, pipe, link],
    ids=lambda value: value.__name__,
)  # fmt: skip
def test_what_is_not_ours_is_not_replaced(foreign: Callable[[Path], None], tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out)
    foreign(out)
    before = names(out)
    with pytest.raises(TreeError, match="did not write"):
        write(out, "0000-cover-letter.patch", "0001-new.patch")
    assert (names(out), names(tmp_path)) == (before, ["out"])


def test_failure_leaves_the_old_folder_and_no_litter(tmp_path: Path) -> None:
    write(tmp_path / "out")
    for folder in ("out", "new/deep"):
        with pytest.raises(RuntimeError):
            fail_halfway(tmp_path / folder)
    assert names(tmp_path) == ["out"]
    assert names(tmp_path / "out") == ["0000-cover-letter.patch", "0001-a.patch"]


def test_no_moment_sees_half_of_a_series(tmp_path: Path) -> None:
    out = tmp_path / "out"
    whole = (["0000-cover-letter.patch"], ["0000-cover-letter.patch", "0001-a.patch"])
    write(out, *whole[0])
    seen: list[list[str]] = []
    over = threading.Event()

    def watch() -> None:
        while not over.is_set():
            folder = os.open(out, os.O_RDONLY)  # there is always one
            entries = sorted(os.listdir(folder))
            if os.path.samestat(os.fstat(folder), out.stat()):  # nor has it gone meanwhile
                seen.append(entries)
            os.close(folder)

    watcher = threading.Thread(target=watch)
    watcher.start()
    for run in range(300):
        write(out, *whole[run % 2])
    over.set()
    watcher.join()
    assert all(each in whole for each in seen)
    assert len(seen) > 100


def test_folder_is_replaced_by_one_run_at_a_time(tmp_path: Path) -> None:
    writer = threading.Thread(target=write, args=[tmp_path / "out"])
    descriptor = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    writer.start()
    writer.join(0.3)
    assert not (tmp_path / "out").exists()
    os.close(descriptor)
    writer.join()
    assert (tmp_path / "out").exists()


def fail_halfway(folder: Path) -> None:
    with replacing(folder, MARK) as new:
        (new / "0001-half.patch").touch()
        raise RuntimeError


def test_file_system_without_exchange(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(one: Path, other: Path) -> None:
        raise OSError

    monkeypatch.setattr(output, "_exchange", refuse)
    write(tmp_path / "out")
    write(tmp_path / "out", "0000-cover-letter.patch", "0001-b.patch")
    assert names(tmp_path / "out") == ["0000-cover-letter.patch", "0001-b.patch"]
    assert names(tmp_path) == ["out"]


def test_permissions_are_those_of_the_user(tmp_path: Path) -> None:
    former = os.umask(0o027)
    try:
        write(tmp_path / "out")
        write_file(tmp_path / "page", b"x")
    finally:
        os.umask(former)
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o750
    assert (tmp_path / "page").stat().st_mode & 0o777 == 0o640
    (tmp_path / "out").chmod(0o2775)
    write(tmp_path / "out")
    assert (tmp_path / "out").stat().st_mode & 0o7777 == 0o2775


@pytest.mark.parametrize("folder", ["file", "file/below", "/proc/out", "/dev/null/out"])
def test_place_that_cannot_be_is_told(folder: str, model_tree: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("precious")
    done = run_treewide(["series", model_tree, "-o", folder], cwd=tmp_path)
    assert done.status in (2, 4), done.stderr
    assert b"rror:" in done.stderr.splitlines()[-1] or b"hint" in done.stderr
    assert b"bug" not in done.stderr
    assert (tmp_path / "file").read_text() == "precious"


def test_folder_within_the_tree_does_not_make_it_dirty(model_tree: Path) -> None:
    for _ in range(2):
        assert run_treewide(["series"], cwd=model_tree).status == 0
    assert git(model_tree, "status", "--porcelain") == b"?? outgoing/\n"
    assert run_treewide(["series", "-o", "."], cwd=model_tree).status == 4


# ---------------------------------------------------------------------------- single files


def test_file_is_replaced_and_links_and_pipes_are_kept(tmp_path: Path) -> None:
    page = tmp_path / "page"
    (tmp_path / "link").symlink_to("page")
    for text in (b"one", b"two"):
        write_file(tmp_path / "link", text)
        assert page.read_bytes() == text
    assert (tmp_path / "link").is_symlink()
    assert names(tmp_path) == ["link", "page"]
    write_file(Path(os.devnull), b"gone")
    assert Path(os.devnull).is_char_device()


def test_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(TreeError, match="cannot write: No such file"):
        write_file(tmp_path / "no" / "page", b"x")


# ---------------------------------------------------------------------------- interruptions


def small_files(model_tree: Path) -> list[str | Path]:
    return [Path(sys.executable).with_name("treewide"), "series", model_tree, "-q", "-o"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_interruption_leaves_the_old_series_or_the_new_one(
    number: signal.Signals, model_tree: Path, tmp_path: Path
) -> None:
    place = tmp_path / "place"
    out = place / "out"
    (tmp_path / "tmp").mkdir()
    env = {**os.environ, "TMPDIR": str(tmp_path / "tmp")}
    started = time.monotonic()
    first = run_treewide(["series", model_tree, "-q", "-o", out])
    assert first.status == 0
    takes = time.monotonic() - started
    series = [contents(out)]
    second = {**env, "SOURCE_DATE_EPOCH": "1700000000"}
    subprocess.run([*small_files(model_tree), tmp_path / "other"], env=second, check=True)
    series.append(contents(tmp_path / "other"))
    assert series[0] != series[1]
    chance = random.Random(number)
    for run in range(14):
        process = subprocess.Popen(
            [*small_files(model_tree), out],
            env={**env, "SOURCE_DATE_EPOCH": ["1642118400", "1700000000"][run % 2]},
            stderr=subprocess.PIPE,
        )
        time.sleep(chance.uniform(0.3, 1.05) * takes)
        process.send_signal(number)
        complaint = process.communicate()[1]
        # While Python still imports the command line, it is not there to catch anything.
        assert b"Traceback" not in complaint or b"in main" not in complaint
        assert contents(out) in series
        if number != signal.SIGKILL:
            assert process.returncode in (0, -number, 128 + number), complaint
            assert (names(place), names(tmp_path / "tmp")) == (["out"], [])


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@pytest.mark.parametrize("kilobytes", [0, 1, 2, 4, 256])
def test_full_disk_leaves_the_old_series(kilobytes: int, model_tree: Path, tmp_path: Path) -> None:
    """A limit on the size of files stands in for the disk: filling one takes the right to mount."""
    (tmp_path / "tmp").mkdir()
    out = tmp_path / "out"
    run = [*small_files(model_tree), out]
    assert subprocess.run(run).returncode == 0
    before = contents(out)
    env = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000", "TMPDIR": str(tmp_path / "tmp")}
    # Python would put what it compiles in its cache, cut off at the limit, for all later runs.
    env["PYTHONDONTWRITEBYTECODE"] = "1"
    limited = ["sh", "-c", f'ulimit -f {2 * kilobytes}; exec "$0" "$@"', *run]
    done = subprocess.run(limited, env=env, stderr=subprocess.PIPE)
    if kilobytes < 256:
        assert done.returncode == 4, done.stderr
        assert re.search(rb"error: (git |cannot write: |No usable temporary )", done.stderr)
        assert b"bug" not in done.stderr
        assert contents(out) == before
    else:
        assert (done.returncode, contents(out) == before) == (0, False)
    assert (names(tmp_path), names(tmp_path / "tmp")) == (["model", "out", "tmp"], [])


def test_folder_that_cannot_be_replaced_is_told_with_the_way_out(
    model_tree: Path, tmp_path: Path
) -> None:
    folder = tmp_path / ("x" * 255)  # there is no room for a name beside it
    folder.mkdir()
    done = run_treewide(["series", model_tree, "-o", folder])
    assert done.status == 4
    hint = f"hint: a folder is replaced as a whole; name one inside of it: -o {folder}/outgoing"
    assert hint in done.stderr.decode()
    assert names(folder) == []


def test_versions_are_not_mixed_in_a_folder(model_tree: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run = small_files(model_tree)
    assert subprocess.run([*run, out, "-v2"]).returncode == 0
    before = contents(out)
    for version in ([], ["-v3"]):
        done = subprocess.run([*run, out, *version], stderr=subprocess.PIPE)
        assert done.returncode == 4
        assert b"the folder has version 2 in it, and *.patch would mix the two" in done.stderr
    assert contents(out) == before
    assert subprocess.run([*run, out, "-v2"]).returncode == 0


def test_each_version_has_a_folder_of_its_own(model_tree: Path, tmp_path: Path) -> None:
    for version in ([], ["-v2"], ["-v3"]):
        assert run_treewide(["series", model_tree, *version], cwd=tmp_path).status == 0
    assert names(tmp_path) == ["model", "outgoing", "outgoing-v2", "outgoing-v3"]
    assert {name[:3] for name in names(tmp_path / "outgoing-v3")} == {"v3-"}


def test_runs_at_the_same_time_leave_one_of_them(model_tree: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    runs = [
        subprocess.Popen([*small_files(model_tree), out], stdout=subprocess.DEVNULL)
        for _ in range(4)
    ]
    assert [run.wait() for run in runs] == [0] * 4
    assert len(names(out)) == 4
    assert names(tmp_path) == ["model", "out"]


def test_what_a_person_has_edited_is_left_alone(model_tree: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run: list[str | Path] = ["series", model_tree, "-o", out]
    assert run_treewide(run).status == 0
    cover, first, last = (sorted(out.iterdir())[n] for n in (0, 1, -1))
    for file in (cover, first):
        file.write_bytes(file.read_bytes().replace(b"module", b"my own word"))
    last.unlink()
    before = contents(out)
    done = run_treewide([*run, "--to", "a@b.org"])
    assert (done.status, done.stdout) == (4, b"")
    told = f"edited since treewide wrote it, and left alone: {cover.name}, {first.name}"
    assert told in done.stderr.decode()
    assert contents(out) == before
    assert run_treewide([*run, "--force"]).status == 0
    assert last.exists()
    assert run_treewide(run).status == 0


@pytest.mark.parametrize("number", range(1, 4))
def test_killed_at_any_step_of_the_last_ones_it_is_known_as_written(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody has edited a folder, whichever of the two series a killed run has left in it."""
    steps: dict[str, Callable[..., None]] = {
        "_remember": output._remember,
        "_put_in_place": output._put_in_place,
    }
    taken = 0

    def counted(step: Callable[..., None]) -> Callable[..., None]:
        def stepping(*arguments: Any) -> None:
            nonlocal taken
            step(*arguments)
            taken += 1
            if taken == number:
                raise KeyboardInterrupt

        return stepping

    out = tmp_path / "out"
    write(out, text="mark, the first")
    with monkeypatch.context() as patch:
        for name, step in steps.items():
            patch.setattr(output, name, counted(step))
        with pytest.raises(KeyboardInterrupt):
            write(out, text="mark, the second")
    write(out, text="mark, the third")
    assert (out / "0001-a.patch").read_text() == "mark, the third"
    (out / "0001-a.patch").write_text("mark, by hand")
    with pytest.raises(TreeError, match="edited since treewide wrote it"):
        write(out)


@pytest.mark.parametrize("moment", ["mkdtemp", "rmtree"])
def test_interruption_while_folders_are_made_and_removed(
    moment: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = shutil if moment == "rmtree" else tempfile
    original = getattr(module, moment)

    def interrupted(*arguments: Any, **more: Any) -> Any:
        monkeypatch.undo()
        if moment == "rmtree":
            signal.raise_signal(signal.SIGINT)
        result = original(*arguments, **more)
        signal.raise_signal(signal.SIGINT)
        return result

    monkeypatch.setattr(module, moment, interrupted)
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / "out")
    output.sweep()
    assert names(tmp_path) == (["out"] if moment == "rmtree" else [])


def test_what_an_interruption_has_left_is_swept_away_at_the_end(
    model_tree: Path, tmp_path: Path
) -> None:
    (tmp_path / "tmp").mkdir()
    script = """
import shutil, signal, sys
from refactor.cli import main
original = shutil.rmtree
def interrupted(folder, **more):
    if folder.name.startswith("treewide-"):
        shutil.rmtree = original
        signal.raise_signal(signal.SIGTERM)
    original(folder, **more)
shutil.rmtree = interrupted
sys.exit(main(sys.argv[1:]))
"""
    env = {**os.environ, "TMPDIR": str(tmp_path / "tmp"), "PYTHONPATH": str(PROJECT)}
    done = subprocess.run(
        [sys.executable, "-c", script, "series", model_tree, "-o", tmp_path / "out"],
        env=env,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (128 + signal.SIGTERM, b"")
    assert (names(tmp_path / "tmp"), names(tmp_path)) == ([], ["model", "out", "tmp"])
