"""What is kept of a file from one run to the next: only what would be found again."""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Collection, Mapping
from pathlib import Path

import pytest

from refactor.check import kept, patches
from refactor.check.finding import Code, Finding, Level, LineEdit, Related
from refactor.check.kept import DAYS, PORTION, Digests, Kept
from refactor.check.patches import check, checker
from refactor.errors import Place
from refactor.rule.smpl.load import load
from refactor.text import Span
from refactor.tree.plain import PlainTree
from refactor.tree.tree import Blob
from tests.support import run_treewide

ABOUT = [b"a rule"]
BLOB = Blob("a.c", b"int a;\n")
HEADERS: Digests = {"a.h": b"one", "b.h": None}
FOUND = [
    Finding(
        code="a/b",
        message="gr\N{LATIN SMALL LETTER O WITH DIAERESIS}\N{DOUBLE ACUTE ACCENT}\udce9",
        place=Place("a.c", 1, 5),
        end=Place("a.c", 1, 6),
        component="a",
        subject=b"\xff",
        related=(Related(Place("a.c", 1), "here"),),
        level=Level.ERROR,
        fix=(LineEdit(0, 1, b"long a;\n"),),
        where=Span(4, 5),
    )
]


def now(paths: Collection[str]) -> Digests:
    return {path: HEADERS[path] for path in paths}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "findings.sqlite"


def keep(file: Path | None, blob: Blob = BLOB) -> Kept:
    store = Kept(ABOUT, file)
    store.put(blob, HEADERS, FOUND)
    store.write()
    return store


def test_the_next_run_finds_it(file: Path) -> None:
    assert keep(file).get(BLOB, now) == FOUND
    assert Kept(ABOUT, file).get(BLOB, now) == FOUND
    assert keep(None).get(BLOB, now) == FOUND
    assert Kept(ABOUT, None).get(BLOB, now) is None


def test_before_it_is_written_down(file: Path) -> None:
    store = Kept(ABOUT, file)
    store.put(BLOB, HEADERS, FOUND)
    assert store.get(BLOB, now) == FOUND
    assert Kept(ABOUT, file).get(BLOB, now) is None


@pytest.mark.parametrize(
    ("about", "blob", "headers"),
    [
        ([b"a ", b"rule"], BLOB, HEADERS),
        ([b"another rule"], BLOB, HEADERS),
        (ABOUT, Blob("b.c", BLOB.data), HEADERS),
        (ABOUT, Blob("a.ci", b"nt a;\n"), HEADERS),
        (ABOUT, Blob("a.c", b"int b;\n"), HEADERS),
        (ABOUT, BLOB, {"a.h": b"two", "b.h": None}),
        (ABOUT, BLOB, {"a.h": b"one", "b.h": b"is there now"}),
        (ABOUT, BLOB, {"a.h": None, "b.h": None}),
    ],
)
def test_what_is_another_one(
    about: list[bytes], blob: Blob, headers: Mapping[str, bytes | None], file: Path
) -> None:
    keep(file)
    found = Kept(about, file).get(blob, lambda paths: {path: headers[path] for path in paths})
    assert found is None


def test_another_program_finds_it_again(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(file)
    before = kept._program()
    assert before == kept._program()
    monkeypatch.setattr(kept, "version", lambda _: "other")
    assert kept._program() != before
    assert Kept(ABOUT, file).get(BLOB, now) is None


def test_it_is_written_down_as_it_comes(file: Path) -> None:
    store = Kept(ABOUT, file)
    for number in range(PORTION):
        store.put(Blob(f"{number}.c", b""), {}, [])
    assert Kept(ABOUT, file).get(Blob("0.c", b""), now) == []


def test_what_nobody_asks_for_goes(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Blob("b.c", b"")
    keep(file)
    keep(file, other)
    begun = kept.today()
    monkeypatch.setattr(kept, "today", lambda: begun + DAYS)
    store = Kept(ABOUT, file)
    assert store.get(BLOB, now) == FOUND
    store.write()
    assert Kept(ABOUT, file).get(other, now) == FOUND
    monkeypatch.setattr(kept, "today", lambda: begun + DAYS + 1)
    keep(file, Blob("c.c", b""))
    assert Kept(ABOUT, file).get(other, now) is None
    assert Kept(ABOUT, file).get(BLOB, now) == FOUND


def test_a_file_that_is_no_database(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"what is this\n" * 1000)
    keep(file)
    assert Kept(ABOUT, file).get(BLOB, now) == FOUND


@pytest.mark.parametrize("length", [0, 10, 40, -1])
def test_an_entry_that_is_not_whole(length: int, file: Path) -> None:
    keep(file)
    with sqlite3.connect(file) as store:
        (entry,) = store.execute("SELECT entry FROM found").fetchone()
        store.execute("UPDATE found SET entry = ?", (entry[:length],))
    assert Kept(ABOUT, file).get(BLOB, now) is None


def test_an_entry_makes_findings_and_nothing_else(file: Path) -> None:
    store = keep(file)
    entry = kept._packed(([], kept._joined([]), [Path("a.c")]))  # type: ignore[list-item]
    store._new[store._key(BLOB)] = (entry, kept.today())
    assert store.get(BLOB, now) is None
    with pytest.raises(pickle.UnpicklingError, match="no part of a finding"):
        kept._unpacked(entry)


@pytest.mark.parametrize("place", ["/dev/null/findings.sqlite", "/proc/findings.sqlite"])
def test_where_nothing_can_be_kept(place: str) -> None:
    assert keep(Path(place)).get(BLOB, now) == FOUND


def test_a_disk_that_gets_full(file: Path) -> None:
    store = keep(file)
    store._store.execute("PRAGMA max_page_count = 1")
    for number in range(3 * PORTION):
        store.put(Blob(f"{number}.c", b""), HEADERS, FOUND)
    store.write()
    assert store.get(Blob("0.c", b""), now) == FOUND
    assert Kept(ABOUT, file).get(BLOB, now) == FOUND


def test_another_run_that_writes(file: Path) -> None:
    """Who has to wait too long goes on alone."""
    store = keep(file)
    store._store.execute("PRAGMA busy_timeout = 1")
    with sqlite3.connect(file) as other:
        other.execute("BEGIN EXCLUSIVE")
        store.put(Blob("b.c", b""), HEADERS, FOUND)
        store.write()
        assert store.get(Blob("b.c", b""), now) == FOUND
    assert Kept(ABOUT, file).get(BLOB, now) == FOUND


# ---------------------------------------------------------------------------- the command

RULE = """\
@r@
struct foo *e;
position p;
@@
 old@p(e)

@script:python@
p << r.p;
@@
coccilib.report.print_report(p[0], "no")
"""
FILES = {
    "a.c": '#include "a.h"\nvoid f(void)\n{\n\told(one);\n}\n',
    "b.c": "void f(void)\n{\n\tstruct foo *a;\n\n\told(a);\n}\n",
    "a.h": "extern struct foo *one;\n",
    "rule.cocci": RULE,
}


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    root = tmp_path / "tree"
    root.mkdir()
    for path, text in FILES.items():
        (root / path).write_text(text)
    return root


def told(tree: Path, *arguments: str) -> list[str]:
    run = run_treewide(["check", "-r", "rule.cocci", "--format", "gcc", *arguments, "."], cwd=tree)
    assert b"Traceback" not in run.stderr
    return [":".join(line.split(":")[:2]) for line in run.stdout.decode().splitlines()]


def test_what_has_changed_is_looked_at_again(tree: Path) -> None:
    assert told(tree) == told(tree) == ["a.c:4", "b.c:5"]
    (tree / "b.c").write_text(FILES["b.c"].replace("\n\told", "\n\n\told"))
    assert told(tree) == ["a.c:4", "b.c:6"]
    (tree / "a.h").write_text("extern struct bar *one;\n")
    assert told(tree) == ["b.c:6"]
    (tree / "a.h").unlink()
    assert told(tree) == ["b.c:6"]
    (tree / "a.h").write_text(FILES["a.h"])
    assert told(tree) == ["a.c:4", "b.c:6"]
    (tree / "rule.cocci").write_text(RULE.replace("foo", "bar"))
    assert told(tree) == []


def test_only_what_has_changed(tree: Path) -> None:
    looked: list[str] = []
    store = Kept(ABOUT, None)

    def paths() -> list[str]:
        looked.clear()
        one = checker("rule", load(tree / "rule.cocci", {}, ("report",)), None)
        here = PlainTree(tree)
        check(
            here, [one], here.search(["old"], ["**/*.c"]), store, looked.append, jobs=1, fixes=False
        )
        return looked

    assert paths() == ["a.c", "b.c"]
    assert paths() == []
    (tree / "b.c").write_text(FILES["b.c"] + "\n")
    assert paths() == ["b.c"]


def test_without_it(tree: Path, tmp_path: Path) -> None:
    assert told(tree, "--no-cache") == ["a.c:4", "b.c:5"]
    assert not (tmp_path / "cache").exists()
    assert told(tree) == ["a.c:4", "b.c:5"]
    assert (tmp_path / "cache" / "treewide" / "findings.sqlite").is_file()


def test_what_a_patch_uses_is_a_part_of_it(tree: Path) -> None:
    iso = "Expression\n@ mine @\nexpression E;\n@@\nold(E) <=> elder(E)\n"
    (tree / "my.iso").write_text(iso)
    (tree / "rule.cocci").write_text('using "my.iso"\n@@\nexpression e;\n@@\n* old(e)\n')
    (tree / "b.c").write_text(FILES["b.c"].replace("old(a)", "elder(a)"))
    assert told(tree) == ["a.c:4", "b.c:5"]
    (tree / "my.iso").write_text(iso.replace("elder", "aged"))
    assert told(tree) == ["a.c:4"]


def test_a_file_that_cannot_be_judged_is_judged_again(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deep(*_: object, **__: object) -> None:
        raise RecursionError

    store = Kept(ABOUT, None)
    one = checker("rule", load(tree / "rule.cocci", {}, ("report",)), None)
    here = PlainTree(tree)

    def codes() -> list[str]:
        found = here.search(["old"], ["b.c"])
        every = check(here, [one], found, store, lambda _: None, jobs=1, fixes=False)
        return [each.code for each in every]

    with monkeypatch.context() as context:
        context.setattr(patches, "findings_in", deep)
        assert codes() == [Code.CANNOT_JUDGE]
    assert codes() == ["rule"]
