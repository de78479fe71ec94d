"""Commits, mails and branches, judged by git itself."""

from __future__ import annotations

import email
import email.policy
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest

from refactor.errors import UsageError
from refactor.plan.split import FileChange, Patch
from refactor.series.commits import Identity, Series, build, identity, write_branch
from refactor.series.mail import MailOptions, write_mails
from refactor.tree.commit import open_tree
from tests.support import EPOCH, MODEL, commit_all, git, run_treewide

AUTHOR = Identity("Ada Löwe", "ada@example.org")
PATH = "kernel/module.c"


def series(before: bytes, after: bytes, mode: str = "100644", message: str = "subject\n") -> Series:
    return Series(
        (Patch("generic", (FileChange(PATH, mode, before, after),)),), (message,), "cover\n\nbody\n"
    )


def mails_of(
    tree: Path, folder: Path, made: Series, options: MailOptions, **more: bool
) -> list[Path]:
    with build(open_tree(tree), made, AUTHOR, **more) as repository:
        return write_mails(repository, folder, options)


def parsed(mail: Path) -> EmailMessage:
    message = email.message_from_bytes(mail.read_bytes(), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def addressees(mail: Path, name: str) -> list[str]:
    header = parsed(mail)[name]
    return [str(address) for address in header.addresses] if header else []


# ---------------------------------------------------------------------------- mails


CONTENTS = [
    pytest.param(b"one\ntwo\n", b"one\n2\n", id="plain"),
    pytest.param(b"one\r\ntwo\r\n", b"one\r\n2\r\n", id="CR LF"),
    pytest.param(b"one\ntwo", b"one\n2", id="no newline at the end"),
    pytest.param(b"one\ntwo", b"one\n2\n", id="newline added"),
    pytest.param(b"\xe9t\xe9\ntwo\n", b"\xe9t\xe9\n\xe92\n", id="Latin-1"),
    pytest.param(b"a\0b\ntwo\n", b"a\0b\n2\n", id="NUL"),
    pytest.param(b"one\n\x0c\ntwo\n", b"one\n\x0c\n2\n", id="form feed"),
    pytest.param(b"From me\ntwo\n", b"From me\nFrom you\n", id="From"),
    pytest.param(b"--- a\n+++ b\ntwo\n", b"--- a\n+++ b\n-- \n---\n", id="looks like a diff"),
    pytest.param(b"", b"all new\n", id="empty before"),
    pytest.param(b"x" * 2000 + b"\n", b"y" * 2000 + b"\n", id="long line"),
]


@pytest.mark.parametrize(("before", "after"), CONTENTS)
@pytest.mark.parametrize("mode", ["100644", "100755"])
@pytest.mark.parametrize("message", ["subject\n", "é\n\nGrüße 日本\n"], ids=["ASCII", "UTF-8"])
def test_git_am_makes_the_very_commit(
    before: bytes, after: bytes, mode: str, message: str, model_tree: Path, tmp_path: Path
) -> None:
    file = model_tree / PATH
    file.write_bytes(before)
    file.chmod(0o755 if mode == "100755" else 0o644)
    git(model_tree, "add", PATH)
    git(model_tree, "commit", "--quiet", "--message=Change")
    made = series(before, after, mode, message)
    mails = mails_of(model_tree, tmp_path / "out", made, MailOptions())
    git(model_tree, "am", "--quiet", "--keep-cr", mails[1])
    assert file.read_bytes() == after
    assert (
        git(model_tree, "show", "--format=%an|%ae|%B", "--no-patch").decode()
        == f"{AUTHOR.name}|{AUTHOR.email}|{message}\n"
    )
    git(model_tree, "reset", "--quiet", "--hard", "HEAD~")
    command = ["patch", "-p1", "--binary", "--silent"]
    patched = subprocess.run(command, cwd=model_tree, input=mails[1].read_bytes(), check=False)
    assert (patched.returncode, file.read_bytes()) == (0, after)


def test_threading_is_shallow_and_ids_are_those_of_the_input(
    model_tree: Path, tmp_path: Path
) -> None:
    done = run_treewide(
        ["series", model_tree, "-o", tmp_path / "out", "--in-reply-to", "a.12.git.b@c"]
    )
    assert done.status == 0
    cover, *patches = map(parsed, sorted((tmp_path / "out").iterdir()))
    ids = [mail["Message-Id"] for mail in (cover, *patches)]
    assert len(set(ids)) == len(ids) > 2
    assert all(f".{EPOCH}.git." in each for each in ids)
    assert cover["In-Reply-To"] == "<a.12.git.b@c>"
    assert {mail["In-Reply-To"] for mail in patches} == {ids[0]}


@pytest.mark.parametrize("reply", ["id@host", "<id@host>"])
def test_reply_is_taken_with_and_without_brackets(
    reply: str, model_tree: Path, tmp_path: Path
) -> None:
    mails = mails_of(
        model_tree, tmp_path / "out", series(b"a", b"b"), MailOptions(in_reply_to=reply)
    )
    assert parsed(mails[0])["In-Reply-To"] == "<id@host>"


def test_no_two_series_share_a_message_id(model_tree: Path, tmp_path: Path) -> None:
    ids: list[str] = []
    for number, (after, reroll) in enumerate(((b"a", None), (b"a", 2), (b"b", None))):
        made = series(b"", after)
        mails = mails_of(model_tree, tmp_path / str(number), made, MailOptions(reroll=reroll))
        ids += [parsed(mail)["Message-Id"] for mail in mails]
    assert len(set(ids)) == 6


def test_reroll_names_files_and_subjects(model_tree: Path, tmp_path: Path) -> None:
    mails = mails_of(model_tree, tmp_path / "out", series(b"a", b"b"), MailOptions(reroll=3))
    assert [mail.name for mail in mails] == ["v3-0000-cover-letter.patch", "v3-0001-subject.patch"]
    assert [parsed(mail)["Subject"] for mail in mails] == [
        "[PATCH v3 0/1] cover",
        "[PATCH v3 1/1] subject",
    ]


def test_recipients_stand_in_each_mail_once(model_tree: Path, tmp_path: Path) -> None:
    options = MailOptions(
        to=("list@example.org", "Jürgen Groß <juergen@example.org>"),
        cc=('"Comma, Carl" <carl@example.org>', "Dot. <dot@example.org>", "a@b.org, c@d.org"),
    )
    own = ("Juergen <JUERGEN@example.org>", "Björn Töpel <bjorn@example.org>", "dot@example.org")
    with build(open_tree(model_tree), series(b"a", b"b"), AUTHOR) as repository:
        mails = write_mails(repository, tmp_path / "out", options, lambda _: {0: own})
    for mail in mails:
        assert mail.read_bytes().partition(b"\n\n")[0].isascii()
        assert addressees(mail, "To") == ["list@example.org", "Jürgen Groß <juergen@example.org>"]
        assert addressees(mail, "Cc") == [
            '"Comma, Carl" <carl@example.org>', '"Dot." <dot@example.org>', "a@b.org", "c@d.org",
            "Björn Töpel <bjorn@example.org>",
        ]  # fmt: skip


@pytest.mark.parametrize(
    "address",
    ["", " ", "nobody", "a b", "a@b\nBcc: c@d", "a@b\r\nX: y", "a@b\0", "a@b\tc", "Foo, Bar <a@b>",
     "Foo <a@b", "<>", "a@b, ", "a@b@c", "x\x1b[0m <a@b>", "\udcff <a@b>"],
)  # fmt: skip
def test_what_would_break_a_header_is_no_address(address: str) -> None:
    for options in ({"to": (address,)}, {"cc": (address,)}):
        with pytest.raises(UsageError, match="no mail address"):
            MailOptions(**options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "reply", ["", "<>", "a b@c", "a@b\nBcc: c@d", "<a@b> <c@d>", "ä@b", "a@b>\n"]
)
def test_what_would_break_a_header_is_no_message_id(reply: str) -> None:
    with pytest.raises(UsageError, match="no Message-Id"):
        MailOptions(in_reply_to=reply)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("s\n", "s\n\n{}"),
        ("s\n\nbody\n", "s\n\nbody\n\n{}"),
        ("s\n\nbody\n\nLink: https://x\n", "s\n\nbody\n\nLink: https://x\n{}"),
        ("s\n\nbody\n\nFixes: abc\nLink: x\n", "s\n\nbody\n\nFixes: abc\nLink: x\n{}"),
        ("mm: subject\n", "mm: subject\n\n{}"),
        ("s\n\nNote: this is\nprose\n", "s\n\nNote: this is\nprose\n\n{}"),
    ],
)
def test_sign_off_joins_the_trailers(message: str, expected: str, model_tree: Path) -> None:
    with build(
        open_tree(model_tree), series(b"a", b"b", message=message), AUTHOR, sign_off=True
    ) as made:
        text = made.git.run("log", "-1", "--format=%B", "refs/heads/series").decode()
    assert text == expected.format(f"Signed-off-by: {AUTHOR}\n") + "\n"


@pytest.mark.parametrize(
    "name", ["Ünal Öz", 'Quote "Q" Q', "Last, First", "J. R. Dot", "日本 太郎", "O'Neil (x)"]
)
def test_author_is_who_git_says(name: str, model_tree: Path, tmp_path: Path) -> None:
    git(model_tree, "config", "user.name", name)
    done = run_treewide(["series", model_tree, "-s", "-o", tmp_path / "out"])
    assert done.status == 0, done.stderr
    git(model_tree, "am", "--quiet", *sorted((tmp_path / "out").glob("*[1-9]-*")))
    assert git(model_tree, "log", "-1", "--format=%an").decode().strip() == name
    assert (
        f"Signed-off-by: {name} <terry@example.org>\n"
        in git(model_tree, "log", "-1", "--format=%B").decode()
    )


@pytest.mark.parametrize("missing", ["user.name", "user.email"])
def test_without_an_identity_nothing_is_guessed(
    missing: str, model_tree: Path, tmp_path: Path
) -> None:
    git(tmp_path, "config", "--global", "--unset", missing)
    done = run_treewide(["series", model_tree, "-o", tmp_path / "out"])
    assert done.status == 2
    assert b"git does not know who you are" in done.stderr
    assert not (tmp_path / "out").exists()


def test_identity_that_is_not_utf8_is_told(model_tree: Path) -> None:
    config = model_tree / ".git/config"
    config.write_bytes(config.read_bytes() + b"[user]\n\tname = \xfc\n")
    with pytest.raises(UsageError, match="not UTF-8"):
        identity(open_tree(model_tree))


@pytest.mark.parametrize("epoch", ["x", "-1", "1.5", ""])
def test_odd_epoch_is_told(epoch: str, model_tree: Path) -> None:
    done = run_treewide(["diff", model_tree], env={"SOURCE_DATE_EPOCH": epoch})
    assert done.status == 2
    assert b"SOURCE_DATE_EPOCH" in done.stderr


# ---------------------------------------------------------------------------- scratch


def test_base_needs_no_history(tmp_path: Path) -> None:
    """A parent that is missing, as in a damaged or oddly grafted repository."""
    tree = tmp_path / "linux"
    shutil.copytree(MODEL, tree)
    commit_all(tree, "First")
    lost = git(tree, "rev-parse", "HEAD").decode().strip()
    git(tree, "commit", "--quiet", "--allow-empty", "--message=Second")
    oid = git(tree, "rev-parse", "HEAD^{tree}").decode().strip()
    orphan = git(tree, "commit-tree", "-p", lost, "-m", "x", oid).decode().strip()
    git(tree, "reset", "--quiet", "--hard", orphan)
    for file in (tree / ".git/objects").rglob(lost[2:]):
        file.unlink()
    mails = mails_of(tree, tmp_path / "out", series(b"a", b"b"), MailOptions())
    assert f"\nbase-commit: {orphan}\n".encode() in mails[0].read_bytes()


def test_sha256_repository(tmp_path: Path) -> None:
    tree = tmp_path / "linux"
    shutil.copytree(MODEL, tree)
    git(tmp_path, "init", "--quiet", "--object-format=sha256", tree)
    git(tree, "add", "--all", "--force")
    git(tree, "commit", "--quiet", "--message=Import")
    done = run_treewide(["series", tree, "-o", tmp_path / "out", "--branch", "topic"])
    assert done.status == 0, done.stderr
    git(tree, "am", "--quiet", *sorted((tmp_path / "out").glob("*[1-9]-*")))
    assert git(tree, "diff", "--stat", "topic") == b""


@pytest.mark.parametrize(
    "name", [b"sp ace", b'"quoted"', b"#hash", b"new\nline", b"\xff", b"co:lon", b'"']
)
def test_objects_may_lie_in_a_folder_of_any_name(
    name: bytes, model_tree: Path, tmp_path: Path
) -> None:
    tree = tmp_path / os.fsdecode(name)
    model_tree.rename(tree)
    (tmp_path / "#").symlink_to(tree)
    assert len(mails_of(tree, tmp_path / "out", series(b"a", b"b"), MailOptions())) == 2


def test_nothing_is_left_in_the_folder_for_temporary_files(
    model_tree: Path, tmp_path: Path
) -> None:
    (tmp_path / "tmp").mkdir()
    env = {"TMPDIR": str(tmp_path / "tmp")}
    assert run_treewide(["series", model_tree, "-o", tmp_path / "out"], env=env).status == 0
    assert list((tmp_path / "tmp").iterdir()) == []


# ---------------------------------------------------------------------------- branches


def test_branch_has_the_commits_of_the_mails(model_tree: Path, tmp_path: Path) -> None:
    index = (model_tree / ".git/index").read_bytes()
    head = git(model_tree, "rev-parse", "HEAD")
    done = run_treewide(["series", model_tree, "-s", "-o", tmp_path / "out", "--branch", "a/topic"])
    assert done.status == 0, done.stderr
    assert git(model_tree, "rev-parse", "HEAD") == head
    assert (model_tree / ".git/index").read_bytes() == index
    assert git(model_tree, "status", "--porcelain") == b""
    assert not (model_tree / ".git/FETCH_HEAD").exists()
    assert git(model_tree, "symbolic-ref", "HEAD") == b"refs/heads/main\n"
    commits = git(model_tree, "rev-list", "--reverse", "HEAD..a/topic").split()
    mails = sorted((tmp_path / "out").iterdir())[1:]
    assert commits == [mail.read_bytes().split()[1] for mail in mails]
    git(model_tree, "fsck", "--strict")


def test_branch_alone_writes_no_mails(model_tree: Path, tmp_path: Path) -> None:
    done = run_treewide(["series", model_tree, "--branch", "topic"], cwd=tmp_path)
    assert (done.status, done.stdout) == (0, b"")
    assert not (tmp_path / "outgoing").exists()
    assert b"branch topic has the commits\n" in done.stderr


def in_bare(tree: Path, tmp_path: Path) -> Path:
    git(tmp_path, "clone", "--quiet", "--bare", tree, tmp_path / "bare.git")
    return tmp_path / "bare.git"


def in_worktree(tree: Path, tmp_path: Path) -> Path:
    git(tree, "worktree", "add", "--quiet", tmp_path / "linked")
    return tmp_path / "linked"


@pytest.mark.parametrize("place", [in_bare, in_worktree], ids=lambda value: value.__name__)
def test_branch_in_other_kinds_of_repositories(
    place: Callable[[Path, Path], Path], model_tree: Path, tmp_path: Path
) -> None:
    tree = place(model_tree, tmp_path)
    assert run_treewide(["series", tree, "--branch", "topic"]).status == 0
    assert len(git(tree, "rev-list", "HEAD..topic").split()) == 3


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("there", "branch there is there already"),
        ("-x", "'-x' is no name for a branch"),
        ("HEAD", "'HEAD' is no name for a branch"),
        ("", "'' is no name for a branch"),
        ("a..b", "'a..b' is no name for a branch"),
        ("@{-1}", "'@{-1}' is no name for a branch"),
        ("a b", "'a b' is no name for a branch"),
        ("x.lock", "'x.lock' is no name for a branch"),
        ("there/below", "cannot lock ref"),
        ("deep", "cannot lock ref"),
        ("main", "branch main is checked out"),
        ("linked", "branch linked is checked out"),
    ],
)
@pytest.mark.parametrize("force", [False, True], ids=["", "force"])
def test_branch_that_cannot_be(
    name: str, says: str, force: bool, model_tree: Path, tmp_path: Path
) -> None:
    git(model_tree, "branch", "there")
    git(model_tree, "branch", "deep/er")
    git(model_tree, "worktree", "add", "--quiet", tmp_path / "linked")
    before = git(model_tree, "for-each-ref")
    options = ["--force"] if force else []
    done = run_treewide(["series", model_tree, f"--branch={name}", *options])
    if name == "there" and force:
        assert done.status == 0
        assert git(model_tree, "rev-parse", "there^^^") == git(model_tree, "rev-parse", "main")
        return
    assert (done.status, git(model_tree, "for-each-ref")) == (2, before)
    assert says in done.stderr.decode()


def test_plain_folder_has_no_branches(tmp_path: Path) -> None:
    shutil.copytree(MODEL, tmp_path / "plain")
    done = run_treewide(["series", tmp_path / "plain", "--branch", "topic"])
    assert done.status == 2
    assert b"is no git repository" in done.stderr


def test_branch_names_are_not_expanded(model_tree: Path) -> None:
    tree = open_tree(model_tree)
    with build(tree, series(b"a", b"b"), AUTHOR) as repository:
        head = write_branch(repository, tree, "refs/heads/x", force=False)
    listed = git(model_tree, "for-each-ref", "--format=%(refname) %(objectname)").decode()
    assert f"refs/heads/refs/heads/x {head}\n" in listed
    assert re.fullmatch("[0-9a-f]{40}", head)
