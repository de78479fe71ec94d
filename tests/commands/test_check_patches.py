"""`check --patch`: patches as people have them, applied to nothing but a scratch index."""

from __future__ import annotations

import base64
import gzip
import quopri
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from refactor.tree.commit import open_tree
from refactor.tree.globs import matches
from refactor.tree.patched import apply, touched
from refactor.tree.patches import Patch, PatchSet, read
from tests.checking import catalog, check, lay, vmalloc
from tests.support import git, run_treewide

MODULE = "arch/foo/kernel/module.c"
SUBJECT = "foo: Add a port – with a dash"  # noqa: RUF001 - not ASCII on purpose


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return lay(tmp_path / "tree", "converted", {}, commit=True)


def commit(tree: Path, files: dict[str, str], subject: str) -> None:
    for path, text in files.items():
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        (tree / path).write_text(text)
    git(tree, "add", "--all")
    git(tree, "commit", "--quiet", f"--message={subject}\n\nFrom here on there is a port.\n")


@pytest.fixture
def outgoing(tree: Path, tmp_path: Path) -> Path:
    """A series of three with a cover letter: a bad port, something else, the option."""
    commit(tree, {MODULE: "/* Größe, 漢字 = 1 */\n" + vmalloc("0")}, SUBJECT)
    commit(tree, {"arch/foo/lib.c": "int x;\n"}, "foo: Add something else")
    kconfig = catalog().trees["converted"]["arch/foo/Kconfig"]
    commit(tree, {"arch/foo/Kconfig": kconfig + "\tselect HAVE_ARCH_HUGE_VMALLOC\n"}, "foo: Huge")
    folder = tmp_path / "outgoing"
    git(tree, "format-patch", "--quiet", "--cover-letter", "--base=HEAD~3", "-3", "-o", folder)
    git(tree, "reset", "--quiet", "--hard", "HEAD~3")
    return folder


FOUND = [("bypasses-helper", 6, 1), ("unguarded-option", 6, 3)]


def found(tree: Path, *arguments: str | Path, stdin: bytes = b"") -> list[tuple[str, int, int]]:
    """Code, line and number of the patch of each finding."""
    checked = check(tree, *arguments, stdin=stdin)
    assert checked.data, checked.stderr
    assert checked.status == 1
    return [
        (each["code"], each["line"], number(each["patch"])) for each in checked.data["findings"]
    ]


def number(label: str) -> int:
    """Which patch of the series a label speaks of."""
    words = ("0001-", "0002-", "0003-"), ("1/3]", "2/3]", "3/3]")
    return next(n for n in (1, 2, 3) for each in words if each[n - 1] in label)


def as_files(outgoing: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(outgoing.iterdir()))


def split(mbox: bytes) -> list[bytes]:
    """The mails, each with its first line, which has a date in git's files."""
    return re.split(rb"^(?=From [0-9a-f]{40} )", mbox, flags=re.MULTILINE)[1:]


def quoted(mbox: bytes) -> bytes:
    """As an archive has it: a "From " in the text is quoted."""
    return mbox.replace(b"\nFrom here on", b"\n>From here on")


def encoded(how: str, encode: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    def transform(mbox: bytes) -> bytes:
        result = []
        for mail in split(mbox):
            header, _, body = mail.partition(b"\n\n")
            kept = [
                line
                for line in header.split(b"\n")
                if not line.lower().startswith((b"content-transfer", b"mime-version", b"content-t"))
            ]
            kept.append(b"MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8")
            kept.append(b"Content-Transfer-Encoding: " + how.encode())
            result.append(b"\n".join(kept) + b"\n\n" + encode(body) + b"\n")
        return b"".join(result)

    return transform


def with_ids(mails: list[bytes]) -> list[bytes]:
    """Each mail with a Message-ID, and a reply to the first."""
    return [
        mail.replace(b"Subject: ", b"Message-ID: <%d@x>\nIn-Reply-To: <0@x>\nSubject: " % number, 1)
        for number, mail in enumerate(mails)
    ]


def from_two_lists(mbox: bytes) -> bytes:
    return b"".join(2 * with_ids(split(mbox)))


def with_a_suggestion(mbox: bytes) -> bytes:
    """Somebody answers with a diff of his own, and with another subject."""
    mails = with_ids(split(mbox))
    answer = mails[1].replace(b"<1@x>", b"<a@x>")
    answer = re.sub(rb"Subject: .*(\n .*)*", b"Subject: what about this", answer, count=1)
    return b"".join((*mails, answer))


def enveloped(line: bytes) -> Callable[[bytes], bytes]:
    return lambda mbox: re.sub(rb"^From [0-9a-f]{40} .*", line, mbox, flags=re.MULTILINE)


def shuffled(mbox: bytes) -> bytes:
    """As mails arrive: the last first, and a reply that quotes a patch."""
    mails = split(mbox)
    reply = mails[1].replace(b"Subject: ", b"In-Reply-To: <x@y>\nSubject: Re: ", 1)
    return b"".join((mails[3], reply, *mails[:3]))


SHAPES: dict[str, Callable[[bytes], bytes]] = {
    "an mbox": bytes,
    "an archive": quoted,
    "compressed": gzip.compress,
    "quoted-printable": encoded("quoted-printable", lambda body: quopri.encodestring(body)),
    "base64": encoded("base64", base64.encodebytes),
    "base64 with CR LF": encoded(
        "base64", lambda body: base64.encodebytes(body.replace(b"\n", b"\r\n"))
    ),
    "out of order": shuffled,
    "each mail twice": from_two_lists,
    "a suggestion in an answer": with_a_suggestion,
    "Pipermail": enveloped(b"From foo at example.org  Mon Jan  3 10:00:00 2022"),
    "a day that is not padded": enveloped(b"From foo@example.org Mon Jan 3 10:00 2022 +0100"),
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_series_from_a_pipe(shape: Callable[[bytes], bytes], tree: Path, outgoing: Path) -> None:
    assert found(tree, "--patch", "-", stdin=shape(as_files(outgoing))) == FOUND


def test_series_from_a_folder_and_from_files(tree: Path, outgoing: Path) -> None:
    files = sorted(outgoing.glob("*.patch"))
    assert len(files) == 4
    assert found(tree, "--patch", outgoing) == FOUND
    assert found(tree, *(word for file in files for word in ("--patch", str(file)))) == FOUND
    run = run_treewide(["check", "--patch", *files, tree, "--format", "gcc"])
    assert (run.status, run.stdout.count(b": error:")) == (1, 2)


def test_last_reroll_counts(tree: Path, outgoing: Path) -> None:
    mbox = as_files(outgoing)
    again = mbox.replace(b"[PATCH ", b"[PATCH v2 ").replace(
        b"PAGE_KERNEL, 0,", b"PAGE_KERNEL, 0x0,"
    )
    checked = check(tree, "--patch", "-", stdin=mbox + again)
    assert "3 patches of versions before v2 are left out" in checked.stderr
    assert all("v2" in each["patch"] for each in checked.data["findings"])


def test_reroll_of_one_patch(tree: Path, outgoing: Path) -> None:
    mails = split(as_files(outgoing))
    again = mails[2].replace(b"[PATCH ", b"[PATCH v2 ")
    checked = check(tree, "--patch", "-", stdin=b"".join((*mails, again)))
    assert [number(each["patch"]) for each in checked.data["findings"]] == [1, 3]
    assert "note: standard input: 1/3 is that of v1: v2 lacks it" in checked.stderr
    assert "note: standard input: 1 patch of a version before v2 is left out" in checked.stderr


def test_missing_patch_is_named(tree: Path, outgoing: Path) -> None:
    mails = split(as_files(outgoing))
    checked = check(tree, "--patch", "-", stdin=mails[0] + mails[1] + mails[3])
    assert "note: standard input: missing: 2/3" in checked.stderr


def test_diff_in_a_reply_is_not_passed_over_in_silence(tree: Path, outgoing: Path) -> None:
    checked = check(tree, "--patch", "-", stdin=with_a_suggestion(as_files(outgoing)))
    assert "note: standard input: diffs in replies are passed over: 1" in checked.stderr


def test_patch_in_a_reply(tree: Path, outgoing: Path) -> None:
    """Behind scissors, and all that there is."""
    header, _, body = split(as_files(outgoing))[1].partition(b"\n\n")
    header = re.sub(rb"Subject: .*(\n .*)*", b"Subject: Re: x\nIn-Reply-To: <0@x>", header)
    mail = header + b"\n\nLike this?\n\n-- >8 --\nSubject: [PATCH] foo\n\n" + body
    [finding] = check(tree, "--patch", "-", stdin=mail).data["findings"]
    assert (finding["code"], finding["patch"]) == ("bypasses-helper", "standard input: Re: x")


@pytest.mark.parametrize(
    "header",
    [
        b"Subject: [PATCH 1/1] =?utf-8?b?x?=",
        b"Subject: [PATCH 1/1] =?unknown?q?x?=",
        b"Subject: [PATCH 1/" + 5000 * b"9" + b"] x",
        b"Subject: x\nContent-Type: text/plain; name*=x'y'%ff; name*1*=''%fe",
    ],
    ids=["base64", "charset", "number", "name"],
)
def test_broken_header(header: bytes, tree: Path, outgoing: Path) -> None:
    mail = split(as_files(outgoing))[1]
    mail = re.sub(rb"Subject: .*(\n .*)*", lambda _: header, mail, count=1)
    assert check(tree, "--patch", "-", stdin=mail).codes == ["bypasses-helper"]


def test_subject_in_plain_utf8(tree: Path, outgoing: Path) -> None:
    """As b4 writes it."""
    mails = split(as_files(outgoing))
    mails[1] = re.sub(rb"Subject: .*(\n .*)*", f"Subject: {SUBJECT}".encode(), mails[1])
    checked = check(tree, "--patch", "-", stdin=b"".join(mails))
    assert checked.data["findings"][0]["patch"] == f"standard input: {SUBJECT}"


def test_damaged_archive_is_status_4(tree: Path, outgoing: Path) -> None:
    packed = gzip.compress(as_files(outgoing))
    for data in (packed[:-30], packed[:4], packed[:20] + 40 * b"\xff"):
        checked = check(tree, "--patch", "-", stdin=data)
        assert checked.status == 4
        assert "standard input: error: it cannot be decompressed" in checked.stderr


def test_tree_is_left_alone(tree: Path, outgoing: Path) -> None:
    before = sorted((str(path), path.stat().st_mtime_ns) for path in tree.rglob("*"))
    check(tree, "--patch", outgoing)
    assert sorted((str(path), path.stat().st_mtime_ns) for path in tree.rglob("*")) == before


def test_plain_tree_takes_patches_as_well(outgoing: Path, tmp_path: Path) -> None:
    plain = lay(tmp_path / "plain", "converted", {})
    assert found(plain, "--patch", outgoing) == FOUND


def test_bare_diff_of_the_index(tree: Path) -> None:
    lay(tree, "converted", {MODULE: vmalloc("0")})
    git(tree, "add", "--all")
    diff = git(tree, "diff", "--cached")
    checked = check(tree, "--patch", "-", stdin=diff)
    assert checked.codes == ["bypasses-helper"]
    assert checked.data["findings"][0]["patch"] == "standard input"


def test_old_findings_are_not_the_patchs(tree: Path) -> None:
    lay(tree, "converted", {MODULE: vmalloc("0"), "arch/bar/kernel/module.c": vmalloc("0")})
    git(tree, "add", "--all")
    git(tree, "commit", "--quiet", "--message=Bad ports")
    lay(tree, "converted", {MODULE: "int above;\n" + vmalloc("0")})
    assert check(tree, "--patch", "-", stdin=git(tree, "diff")).status == 0
    lay(tree, "converted", {MODULE: vmalloc("0").replace("size, 1,", "size, 4,")})
    checked = check(tree, "--patch", "-", stdin=git(tree, "diff"))
    assert [each["path"] for each in checked.data["findings"]] == [MODULE]


def test_patch_that_repairs_is_clean(tree: Path) -> None:
    lay(tree, "converted", {MODULE: vmalloc("0")})
    git(tree, "add", "--all")
    git(tree, "commit", "--quiet", "--message=A bad port")
    fix = run_treewide(["check", tree, "--fix"]).stdout
    checked = check(tree, "--patch", "-", stdin=fix)
    assert (checked.status, checked.codes) == (0, [])


def test_rename_delete_and_mode(tree: Path) -> None:
    lay(tree, "converted", {MODULE: vmalloc("0"), "arch/foo/x.sh": "true\n"})
    git(tree, "add", "--all")
    git(tree, "commit", "--quiet", "--message=A bad port")
    git(tree, "mv", MODULE, "arch/foo/kernel/mod.c")
    git(tree, "update-index", "--chmod=+x", "arch/foo/x.sh")
    git(tree, "rm", "--quiet", "--cached", "Makefile")
    diff = git(tree, "diff", "--cached", "-M")
    assert b"rename to" in diff
    checked = check(tree, "--patch", "-", stdin=diff)
    assert [each["path"] for each in checked.data["findings"]] == ["arch/foo/kernel/mod.c"]


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
def test_what_is_no_text(object_format: str, tmp_path: Path) -> None:
    """Links, submodules, binary files, and a mode alone, of a path with a blank."""
    tree = tmp_path / "tree"
    tree.mkdir()
    git(tree, "init", "--quiet", f"--object-format={object_format}")
    lay(tree, "converted", {"arch/foo/a b.sh": "true\n", "logo": b"\0\1"})
    for link in ("arch/foo/old.dts", "arch/foo/other.dts"):
        (tree / link).symlink_to("new.dts")
    other, commit = (each * (64 if object_format == "sha256" else 40) for each in "ab")
    git(tree, "add", "--all")
    git(tree, "update-index", "--add", "--cacheinfo", f"160000,{other},lib")
    git(tree, "commit", "--quiet", "--message=Begin")

    git(tree, "rm", "--quiet", "arch/foo/old.dts")
    (tree / "arch/foo/other.dts").unlink()
    (tree / "arch/foo/other.dts").symlink_to("newer.dts")
    (tree / "logo").write_bytes(b"\0\1\2")
    (tree / MODULE).parent.mkdir(parents=True)
    (tree / MODULE).write_text(vmalloc("0"))
    (tree / "arch/foo/a b.sh").chmod(0o755)
    git(tree, "add", "arch", "logo")
    git(tree, "update-index", "--cacheinfo", f"160000,{commit},lib")
    git(tree, "update-index", "--add", "--cacheinfo", f"160000,{commit},new")
    diff = git(tree, "diff", "--cached", "--binary")
    assert check(tree, "--patch", "-", stdin=diff).codes == ["bypasses-helper"]
    git(tree, "commit", "--quiet", "--message=All of it")
    again = check(tree, "--patch", "-", stdin=git(tree, "diff", "--binary", "HEAD", "HEAD~"))
    assert (again.status, again.codes) == (0, [])


def test_large_file_of_others(tree: Path) -> None:
    """amdgpu has headers of 18 MB; nobody parses them here."""
    lay(tree, "converted", {"drivers/gpu/mask.h": 600_000 * "int x;\n"})
    git(tree, "add", "--all")
    git(tree, "commit", "--quiet", "--message=Large")
    lay(tree, "converted", {"drivers/gpu/mask.h": 600_001 * "int x;\n", MODULE: vmalloc("0")})
    git(tree, "add", "--all")
    checked = check(tree, "--patch", "-", stdin=git(tree, "diff", "--cached"))
    assert checked.codes == ["bypasses-helper"]


def test_folder_with_a_dead_link(tree: Path, outgoing: Path) -> None:
    (outgoing / "0004-foo.patch").symlink_to("nowhere")
    checked = check(tree, "--patch", outgoing)
    assert (checked.status, "0004-foo.patch: error: No such" in checked.stderr) == (4, True)


def test_hunk_that_does_not_apply_is_named(tree: Path, outgoing: Path) -> None:
    kconfig = tree / "arch/foo/Kconfig"
    kconfig.write_text(kconfig.read_text().replace("def_bool y", "bool"))
    git(tree, "commit", "--quiet", "--all", "--message=Other")
    checked = check(tree, "--patch", outgoing)
    assert checked.status == 4
    assert "0003-foo-Huge.patch: error: the patch does not apply" in checked.stderr
    assert "hunk 1 of 1 (@@ -1,3 +1,4 @@) of arch/foo/Kconfig" in checked.stderr
    assert "hint: it was made for another commit: --base" in checked.stderr
    base = checked.stderr.rsplit("--base ", 1)[1].strip()
    assert found(tree, "--base", base, "--patch", outgoing) == FOUND


@pytest.mark.parametrize(
    ("stdin", "complaint"),
    [
        (b"", "there is no patch in it"),
        (b"Subject: hello\n\nNo patch here.\n", "there is no patch in it"),
        (
            b"diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n",
            "there is no x\n",
        ),
        (
            b"".join(b"--- a/x%d\n+++ b/x%d\n@@ -1 +1 @@\n-a\n+b\n" % (n, n) for n in range(9)),
            "there is no x0; there is no x1; there is no x2; 6 more\n",
        ),
        (
            b"diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n@@ -9 +9 @@ f\n-a\n",
            "error: the patch is damaged in the hunk @@ -9 +9 @@ f of b/x\n  hint: a mailer",
        ),
        (b"--- a/../x\n+++ b/../x\n@@ -0,0 +1 @@\n+b\n", "error: invalid path '../x'\n"),
        (
            b"diff --git a/x b/x\nnew file mode 100644\nindex 0000000..1234567\n"
            b"Binary files /dev/null and b/x differ\n",
            "hint: binary files need git diff --binary",
        ),
    ],
    ids=[
        "nothing",
        "no patch",
        "no such file",
        "no such files",
        "torn",
        "out of the tree",
        "binary",
    ],
)
def test_bad_patch_is_status_4(stdin: bytes, complaint: str, tree: Path) -> None:
    checked = check(tree, "--patch", "-", stdin=stdin)
    assert checked.status == 4
    assert complaint in checked.stderr


def test_missing_file_is_status_4(tree: Path) -> None:
    checked = check(tree, "--patch", "nowhere.patch")
    assert (checked.status, "nowhere.patch: error: No such file" in checked.stderr) == (4, True)


def test_link_that_a_patch_brings_is_not_followed(tree: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.c"
    secret.write_text(vmalloc("0"))
    diff = (
        "diff --git a/arch/foo/kernel/module.c b/arch/foo/kernel/module.c\n"
        "new file mode 120000\n--- /dev/null\n+++ b/arch/foo/kernel/module.c\n"
        f"@@ -0,0 +1 @@\n+{secret}\n\\ No newline at end of file\n"
    )
    checked = check(tree, "--patch", "-", stdin=diff.encode())
    assert checked.codes == ["cannot-judge"]


def test_signature_and_attachment(tmp_path: Path) -> None:
    diff = "diff --git a/x b/x\nnew file mode 100644\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+x\n"
    mail = (
        "From: A <a@example.org>\nSubject: =?utf-8?q?[PATCH_1/1]_f=C3=BCr_x?=\nMIME-Version: 1.0\n"
        'Content-Type: multipart/mixed; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nSee below.\n"
        '--b\nContent-Type: text/x-patch; name="x.patch"\nContent-Transfer-Encoding: base64\n\n'
        + base64.encodebytes(diff.encode()).decode()
        + "--b\nContent-Type: application/pgp-signature\n\nabc\n--b--\n"
    )
    file = tmp_path / "mail"
    file.write_text(mail)
    [patch] = read([str(file)]).patches
    assert (patch.label, patch.number) == (str(file), 1)
    assert "x" in touched(patch.diff)


@pytest.mark.parametrize(
    ("path", "glob", "expected"),
    [
        ("arch/foo/kernel/module.c", "arch/**/*.[ch]", True),
        ("arch/module.h", "arch/**/*.[ch]", True),
        ("arch/foo/module.cc", "arch/**/*.[ch]", False),
        ("kernel/module/main.c", "kernel/*.c", False),
        ("Kconfig.debug", "**/Kconfig*", True),
        ("mm/Kconfig", "**/Kconfig*", True),
        ("mm/NoKconfig", "**/Kconfig*", False),
        ("include/linux/moduleloader.h", "include/linux/module*.h", True),
        ("fs/ext4/super.c", "fs/ext4", True),
        ("fs/ext4x/super.c", "fs/ext4", False),
        ("fs/ext4/super.c", "fs/*", False),
        ("fs/super.c", "fs/[!r-t]*.c", False),
        ("fs/inode.c", "fs/[^r-t]*.c", True),
        ("fs/a.c", "fs[/]a.c", False),
        ("fs/a.c", "fs/[z-a].c", False),
        ("fs/[.c", "fs/[.c", True),
        ("fs/].c", "fs/[]a].c", True),
    ],
)
def test_globs_are_those_of_git(path: str, glob: str, expected: bool) -> None:
    assert matches(path, [glob]) is expected


def test_paths_in_c_quotes() -> None:
    diff = b'diff --git "a/\\303\\244 \\"x" "b/y"\n--- "a/\\303\\244 \\"x"\n+++ /dev/null\n'
    assert 'ä "x' in touched(diff)


def test_patched_tree_is_the_tree_with_the_patches(tree: Path) -> None:
    """What it says is what git says after the patches are applied."""
    lay(tree, "converted", {"kernel/gone.c": "int needle;\n", "kernel/was.c": "int needle;\n"})
    git(tree, "add", "--all")
    git(tree, "commit", "--quiet", "--message=More")
    (tree / "kernel/gone.c").unlink()
    (tree / "kernel/was.c").write_text("int needles;\n")
    (tree / "kernel/new.c").write_text("/* needle */\n")
    git(tree, "add", "--all")
    diff = git(tree, "diff", "--cached")
    base = open_tree(tree)
    [step] = apply(base, PatchSet((Patch("p", diff),)))
    paths = ["kernel/gone.c", "kernel/was.c", "kernel/new.c", "Makefile"]
    git(tree, "commit", "--quiet", "--message=Patched")
    after = open_tree(tree)
    for globs in (["kernel/*.c"], ["**/*.c", "arch/**"]):
        assert step.tree.search(["needle"], globs)() == after.search(["needle"], globs)()
    assert base.search(["needle"], ["kernel/*.c"])() == ["kernel/gone.c", "kernel/was.c"]
    assert step.tree.read(paths) == after.read(paths)
    assert step.tree.sizes(paths) == after.sizes(paths)
    assert step.touched == {"kernel/gone.c", "kernel/was.c", "kernel/new.c"}
