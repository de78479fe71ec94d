"""The next version of a series, with what was said of the last one; and the sender's own words."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from refactor.errors import UsageError
from refactor.series.words import around, below, changelog, notes
from tests.plan.test_divide import tree_of
from tests.support import commit_all, git, run_treewide

FILES = [f"lib/{name}/a.c" for name in "abc"]


Words = list[str | Path]


def written(tmp_path: Path, *options: str | Path, out: str = "v1") -> list[str]:
    """The mails, the cover letter first; standard error is the last of the list."""
    rule = tmp_path / "use_other.cocci"
    done = run_treewide(["series", tmp_path / "tree", "-r", rule, "-o", tmp_path / out, *options])
    assert done.status == 0, done.stderr
    mails = sorted((tmp_path / out).glob("*.patch"))
    return [*(mail.read_bytes().decode() for mail in mails), done.stderr.decode()]


def header(mail: str, name: str) -> str:
    unfolded = re.sub(r"\n[ \t]", " ", mail.partition("\n\n")[0])
    found = re.search(rf"^{name}: (.*)$", unfolded, re.MULTILINE | re.IGNORECASE)
    return found[1] if found else ""


def trailer(mail: str, name: str) -> str:
    found = re.search(rf"^{name}: (.*)$", mail, re.MULTILINE)
    return found[1] if found else ""


def changed(tmp_path: Path) -> None:
    """A commit on top, by which the patch of one file changes, and one more is needed."""
    tree = tmp_path / "tree"
    file = tree / "lib/b/a.c"
    file.write_text(file.read_text() + "void g(void *q)\n{\n\tvfree(q);\n}\n")
    (tree / "lib/d").mkdir()
    (tree / "lib/d/a.c").write_text("void h(void *q)\n{\n\tvfree(q);\n}\n")
    git(tree, "add", "--all")
    git(tree, "commit", "--quiet", "-m", "More")


@pytest.mark.parametrize("is_git", [True, False], ids=["git", "plain"])
def test_next_version_tells_what_has_changed(is_git: bool, tmp_path: Path) -> None:
    tree = tree_of(tmp_path, FILES)
    if is_git:
        commit_all(tree, "Import")
    first = written(tmp_path)
    if is_git:
        changed(tmp_path)
    else:  # the subject is all that differs: of a plain folder there is no older state
        pass
    again: Words = ["-v2", "--previous", tmp_path / "v1"]
    words = [] if is_git else ["--subject", "Say it in other words"]
    cover, *patches, told = written(tmp_path, *again, *words, out="v2")
    assert header(cover, "In-Reply-To") == header(first[0], "Message-Id")
    assert trailer(cover, "change-id") == trailer(first[0], "change-id") != ""
    assert "Range-diff against v1:\n" in cover
    assert not re.search(r"^ *[-+]Author", cover, re.MULTILINE)
    if is_git:
        assert "Patches since v1: 1 changed, 2 without a change, 1 new." in cover
        assert [trailer(mail, "v2") for mail in patches] == [
            "No change.", "*** say what has changed ***", "No change.", "New patch.",
        ]  # fmt: skip
        assert "to do: patch 2 (lib/b): what has changed since v1\n" in told
        git(tree, "am", "--quiet", *sorted((tmp_path / "v2").glob("*000[1-4]*")))
        assert "v2:" not in git(tree, "log", "-4").decode()
    else:
        assert {trailer(mail, "v2") for mail in patches} == {"The same change in other words."}


def test_a_changelog_leaves_nothing_to_do(tmp_path: Path) -> None:
    commit_all(tree_of(tmp_path, FILES), "Import")
    written(tmp_path)
    changed(tmp_path)
    (tmp_path / "log").write_text("0: Ready for more.\n\n2: Do g() as well\n    (Jane)\n")
    options: Words = ["-v2", "--previous", tmp_path / "v1", "--changelog", tmp_path / "log"]
    cover, _, second, *_, told = written(tmp_path, *options, out="v2")
    assert "1 new.\n\nReady for more.\n" in cover
    assert "\n---\nv2: Do g() as well\n    (Jane)\n\n lib/b/a.c | 4 ++--\n" in second
    assert "to do" not in told


def test_a_branch_can_be_the_version_before(tmp_path: Path) -> None:
    tree = tree_of(tmp_path, FILES)
    commit_all(tree, "Import")
    written(tmp_path, "--branch", "last")
    changed(tmp_path)
    cover, *_ = written(tmp_path, "-v2", "--previous", "last", out="v2")
    assert "Patches since v1: 1 changed, 2 without a change, 1 new." in cover


def mbox(*mails: tuple[str, str, str]) -> str:
    return "".join(
        f"From x Thu Jan  1 00:00:00 2026\nFrom: {who}\nSubject: Re: it\n"
        f"Message-Id: <{number}@reply>\nIn-Reply-To: {to}\n\n{text}\n\n"
        for number, (who, to, text) in enumerate(mails)
    )


def test_tags_go_on_where_the_change_is_the_same(tmp_path: Path) -> None:
    commit_all(tree_of(tmp_path, FILES), "Import")
    ids = [header(mail, "Message-Id") for mail in written(tmp_path)[:-1]]
    changed(tmp_path)
    jane, joe = "Jane Doe <jane@example.org>", "Joe <joe@example.org>"
    (tmp_path / "mbox").write_text(
        mbox(
            (jane, ids[1], f"> Reviewed-by: Quo Ted <q@example.org>\nReviewed-by: {jane}"),
            (jane, ids[2], f"Reviewed-by: {jane}"),
            (joe, ids[0], f"Acked-by: {joe}\nAcked-by: Some Body <some@example.org>"),
            (joe, "<unknown@x>", f"Tested-by: {joe}"),
        )
    )
    options: Words = ["-v2", "--previous", tmp_path / "v1", "--tags-from", tmp_path / "mbox", "-s"]
    _, *patches, told = written(tmp_path, *options, out="v2")
    tags = [
        re.findall(r"^([A-Z][a-z]+-\S+-?by|\w+-by): (\w+)", mail, re.MULTILINE) for mail in patches
    ]
    own = ("Signed-off-by", "Terry")
    assert tags == [
        [own, ("Reviewed-by", "Jane"), ("Acked-by", "Joe")],
        [own],
        [own, ("Acked-by", "Joe")],
        [own],
    ]  # fmt: skip
    for line in (
        f"not taken: Reviewed-by: {jane}: patch 2 of v1 has changed since",
        f"not taken: Acked-by: {joe}: patch 2 of v1 has changed since",
        "not taken: Acked-by: Some Body <some@example.org>: it comes from another address",
    ):
        assert line in told


def test_what_was_sent_cannot_reach_outside(tmp_path: Path) -> None:
    """A folder of patches may come from anybody."""
    tree = tree_of(tmp_path, FILES)
    commit_all(tree, "Import")
    written(tmp_path)
    mail = next((tmp_path / "v1").glob("0001*"))
    rule = tmp_path / "use_other.cocci"
    text = mail.read_text()
    link = "diff --git a/lib/x.c b/lib/x.c\nnew file mode 120000\nindex 0000000..1\n--- /dev/null\n"
    link += "+++ b/lib/x.c\n@@ -0,0 +1 @@\n"
    for hostile in (
        text.replace("lib/a/a.c", "../../canary"),
        text.replace(
            "diff --git", f"{link}+++ b/lib/x.c\n@@ -0,0 +1 @@\n+{tmp_path}/canary\n\ndiff --git", 1
        ),
    ):
        (tmp_path / "canary").write_text("void f0(void *p)\n{\n\tvfree(p);\n}\n")
        before = (tmp_path / "canary").read_text()
        mail.write_text(hostile)
        run: Words = [
            "series",
            tree,
            "-r",
            rule,
            "-v2",
            "--previous",
            tmp_path / "v1",
            "-o",
            tmp_path / "v2",
        ]
        done = run_treewide(run)
        assert done.status == 4, done.stderr
        assert b"error: --previous: it " in done.stderr
        assert (tmp_path / "canary").read_text() == before


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--previous", "v1"], "--previous needs the version that this is: -v 2"),
        (["-v2", "--previous", "nowhere"], "no folder of patches, and no branch"),
        (["-v2", "--previous", "empty"], "no series in it, with one cover letter"),
        (["-v2", "--previous", "v1", "--max", "3"], "--max makes several"),
        (["-v2", "--changelog", "use_other.cocci"], "name it with --previous"),
        (["-v2", "--previous", "v1", "--changelog", "use_other.cocci"], "begins with the number"),
        (["-v2", "--previous", "v1", "--tags-from", "empty/x"], "--tags-from: no such file"),
        (["-v2", "--previous", "v1", "--tags-from", "use_other.cocci"], "no mail in it"),
        (["--note", "9=use_other.cocci"], "--note: there is no patch '9'"),
        (["--note", "x"], "--note takes PATCH=FILE"),
        (["--note", "1=nowhere"], "--note: No such file"),
        (["--cover-letter", "nowhere"], "--cover-letter: No such file"),
        (["--tag", "Nacked-by: Me <me@example.org>"], "--tag: no tag: 'Nacked-by"),
        (["--tag", "Acked-by: me"], "--tag: no name and address"),
        (["--tag", "Signed-off-by: A B <a@b.org>"], "--signoff adds your own"),
        (["--subject-prefix", "x] y"], "--subject-prefix: not for brackets"),
    ],
)  # fmt: skip
def test_options_that_cannot_be(options: list[str], says: str, tmp_path: Path) -> None:
    tree = tree_of(tmp_path, FILES)
    commit_all(tree, "Import")
    written(tmp_path)
    (tmp_path / "empty").mkdir()
    run: Words = ["series", tree, "-r", "use_other.cocci", "-o", "out", *options]
    done = run_treewide(run, cwd=tmp_path)
    assert done.status == 2, done.stderr
    assert says in done.stderr.decode()
    assert not (tmp_path / "out").exists()


# ---------------------------------------------------------------------------- own words


def test_own_words_stand_where_they_belong(tmp_path: Path) -> None:
    commit_all(tree_of(tmp_path, FILES), "Import")
    (tmp_path / "cover").write_text("My subject\n\nBefore.\n\n{generated}\n\nAfter.\n")
    (tmp_path / "note").write_text("Only for you.\n")
    cover, first, second, *_ = written(
        tmp_path, "--cover-letter", tmp_path / "cover", "--note", f"lib/b={tmp_path / 'note'}",
        "--rfc", "--resend", "-v3", "--tag", "Fixes: 0123456789ab (\"x\")", "-s",
        "--tag", "Acked-by: A B <a@b.org>",
    )  # fmt: skip
    assert header(cover, "Subject") == "[RFC PATCH RESEND v3 0/3] My subject"
    assert re.search(
        r"\nBefore\.\n\n  component .*made by treewide.*\n\nAfter\.\n", cover, re.DOTALL
    )
    assert "Only for you" not in cover + first
    assert "\n---\nOnly for you.\n\n lib/b/a.c | 2 +-\n" in second
    assert (
        '\n\nFixes: 0123456789ab ("x")\nSigned-off-by: Terry Tester <terry@example.org>\n'
        "Acked-by: A B <a@b.org>\n---\n" in first
    )


def test_the_cover_letter_is_edited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = tree_of(tmp_path, FILES)
    commit_all(tree, "Import")
    git(tree, "config", "core.editor", f"touch {tmp_path}/canary; true")
    monkeypatch.setenv("EDITOR", "sed -i 's/Use the other/Please use the other/'")
    cover, *_ = written(tmp_path, "--edit")
    assert "Please use the other function" in header(cover, "Subject")
    assert not (tmp_path / "canary").exists()
    for editor, says in (
        ("false", "the editor ended with status 1"),
        ("truncate -s0", "left empty"),
    ):
        monkeypatch.setenv("EDITOR", editor)
        done = run_treewide(
            ["series", tree, "-r", tmp_path / "use_other.cocci", "-o", tmp_path / "no", "--edit"]
        )
        assert done.status == 2
        assert says in done.stderr.decode()
        assert not (tmp_path / "no").exists()


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ("S", "S\n\nbody\n"),
        ("S\n\ntext", "S\n\ntext\n\nbody\n"),
        ("S\n\na\n\n{generated}\n", "S\n\na\n\nbody\n"),
        ("S\n\n{generated}\n\nb", "S\n\nbody\n\nb\n"),
        ("S\n\na\n{generated}\nb", "S\n\na\n\nbody\n\nb\n"),
    ],
)
def test_around(own: str, expected: str) -> None:
    assert around(own, "generated subject\n\nbody\n") == expected


def test_a_cover_letter_has_a_subject() -> None:
    with pytest.raises(UsageError, match="its first line is the subject"):
        around("\n \n", "x")


@pytest.mark.parametrize("line", ["diff --git a/x b/x", "--- a/x", "+++ b/x", "@@ -1 +1 @@", "---"])
def test_what_git_would_take_for_a_change_is_refused(line: str, tmp_path: Path) -> None:
    file = tmp_path / "note"
    file.write_text(f"Look:\n{line}\n")
    with pytest.raises(UsageError, match="git would take this line for a part of the patch"):
        notes([f"1={file}"], ["a"])
    file.write_text(f"1: Look\n  x\n{line}\n")
    with pytest.raises(UsageError):
        changelog(file, ["a"])


def test_below_needs_a_line_to_be_below_of() -> None:
    assert below(b"a\n---\n x | 1\n", "note\n") == b"a\n---\nnote\n\n x | 1\n"
    assert below(b"a cover\n", "note") == b"a cover\n"


# ---------------------------------------------------------------------------- before it goes out


def test_who_gets_what_is_told(tmp_path: Path) -> None:
    commit_all(tree_of(tmp_path, ["drivers/net/one/a.c", "lib/b.c"]), "Import")
    options = ["--auto-cc", "--recipients", "--to", "Some List <list@example.org>"]
    *_, told = written(tmp_path, *options)
    rows = [line.split() for line in told.splitlines() if line.startswith("000")]
    assert [row[:5] for row in rows[1:]] == [
        ["0001", "1", "3", "1", "+1"],
        ["0002", "1", "0", "1", "+1"],
    ]
    assert rows[0][:3] == ["0000", "1", "3"]
    assert "3 mails to 4 addresses" in told
    assert f"git send-email --dry-run --no-thread --suppress-cc=self {tmp_path}/v1/*.patch" in told
    assert "nobody is on To" not in told


def test_limits_are_told_and_a_cover_letter_goes_to_lists_then(tmp_path: Path) -> None:
    tree = tree_of(tmp_path, ["drivers/net/one/a.c", "lib/b.c"])
    people = "".join(f"M:\tP {number} <p{number}@a.org>\n" for number in range(120))
    text = (tree / "MAINTAINERS").read_text()
    (tree / "MAINTAINERS").write_text(text.replace("M:\tOne <one@a.org>\n", people, 1))
    with (tree / "lib/b.c").open("a") as file:
        file.writelines(
            f"void g{number}(void)\n{{\n\tvfree({number});\n}}\n" for number in range(2000)
        )
    commit_all(tree, "Import")
    cover, first, _, told = written(tmp_path, "--auto-cc", "--recipients")
    assert header(cover, "Cc") == "list@a.org"
    assert header(first, "Cc").count("@") == 122
    assert "0001: 122 recipients, more than the 100 of one mail" in told
    assert re.search(r"0002: \d+ bytes, and lists take 100000", told)
    assert "nobody is on To: yet" in told


def test_a_branch_keeps_its_cover_letter(tmp_path: Path) -> None:
    tree = tree_of(tmp_path, FILES)
    commit_all(tree, "Import")
    cover, *_ = written(tmp_path, "--branch", "next", "-v2")
    described = git(tree, "config", "branch.next.description").decode()
    assert described.startswith("Use the other function\n")
    assert "made by treewide" in described
    tracking = json.loads(git(tree, "config", "branch.next.b4-tracking"))["series"]
    assert tracking == {
        "revision": 2,
        "change-id": trailer(cover, "change-id"),
        "base-branch": "main",
        "prefixes": [],
    }
