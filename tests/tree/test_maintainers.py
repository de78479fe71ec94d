"""Who is to be on Cc: small MAINTAINERS files, and the kernel's own script as the judge."""

from __future__ import annotations

import email
import email.policy
import random
import shutil
import subprocess
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest

from refactor.tree.maintainers import Mailmap, Section, addresses, sections
from tests.kernels import VERSIONS
from tests.support import clone, git, run_treewide

TEXT = """\
Descriptions of section entries and preferred order
---------------------------------------------------

	M: *Mail* patches to: FullName <address@domain>
	F: *Files* and directories wildcard patterns.

3C59X NETWORK DRIVER
M:	Steffen Klassert <klassert@kernel.org>
L:	netdev@vger.kernel.org
S:	Odd Fixes
F:	drivers/net/ethernet/3com/3c59x.c

ARCH IN GENERAL
M:	Ann Arch <ann@arch.org>
M:	J. R. Dot <dot@arch.org>
R:	Last, First <first@arch.org>
R:	"Quoted, Q" <q@arch.org>
L:	linux-arch@vger.kernel.org (moderated for non-subscribers)
L:	closed@vger.kernel.org (subscribers-only)
F:	arch/
X:	arch/*/special/

DEEPER
M:	Ann Arch <ANN@arch.org>
M:	Deep Er <deep@arch.org>
F:	arch/one/kernel/mod*.c
F:	include/?sm/

# a comment is no title
FOLDER WITHOUT A SLASH
M:	Fo Lder <folder@f.org>
F:	sound/soc
F:	fs/ext.d

PREFIX
M:	Pre Fix <prefix@p.org>
F:	mm/slab
F:	*/crossing.c

ONE PERSON
M:	Deep Er <other@arch.org>
M:	Old Name <old@o.org>
R:	Second Mail <second@o.org>
M:	Chief <chief@rest.org>
L:	Linux-Arch@vger.kernel.org
F:	arch/one/

BY NAME
M:	Na Me <name@n.org>
N:	[^a-z]name[^a-z]

BY KEYWORD
M:	Key Word <key@k.org>
K:	\\bkey_word\\b
K:	(broken

THE REST
M:	Chief <chief@rest.org>
L:	linux-kernel@vger.kernel.org
S:	Buried alive in reporters
F:	*
F:	*/
"""

REST = ["linux-kernel@vger.kernel.org"]
ARCH = ["Ann Arch <ann@arch.org>", '"J. R. Dot" <dot@arch.org>', '"Last, First" <first@arch.org>',
        '"Quoted, Q" <q@arch.org>']  # fmt: skip
ARCH_LIST = ["linux-arch@vger.kernel.org"]


MAILMAP = """\
# comments, and lines that are none
Old Name <new@o.org> <old@o.org>
<new@o.org> <second@o.org>
New Name <new@o.org>
Na Me <right@n.org> Na Me <name@n.org> # of that name only
"""


@pytest.mark.parametrize(
    ("paths", "patch", "expected"),
    [
        pytest.param(["Makefile"], "", REST, id="the rest has lists alone"),
        pytest.param(["arch/two/a.c"], "", [*ARCH_LIST, *REST, *ARCH], id="folder, lists first"),
        pytest.param(["arch/two/special/a.c"], "", REST, id="excluded"),
        pytest.param(
            ["arch/one/kernel/module.c"], "",
            ["Linux-Arch@vger.kernel.org", *REST, "Ann Arch <ANN@arch.org>",
             "Deep Er <deep@arch.org>", "New Name <new@o.org>", *ARCH[1:]],
            id="deeper first, each once, the chief never",
        ),
        pytest.param(["include/asm/x.h"], "",
                     [*REST, "Ann Arch <ANN@arch.org>", "Deep Er <deep@arch.org>"],
                     id="question mark"),
        pytest.param(["arch/one/kernel/mod/x.c"], "",
                     ["Linux-Arch@vger.kernel.org", *REST, "Deep Er <other@arch.org>",
                      "New Name <new@o.org>", *ARCH],
                     id="as many slashes as the pattern"),
        pytest.param(["sound/soc/a/b.c"], "", [*REST, "Fo Lder <folder@f.org>"],
                     id="a folder without a slash"),
        pytest.param(["sound/soc-x.c"], "", REST, id="a folder is no prefix"),
        pytest.param(["fs/ext.d/a.c"], "", REST, id="a folder with a dot is none"),
        pytest.param(["mm/slab_common.c"], "", [*REST, "Pre Fix <prefix@p.org>"], id="prefix"),
        pytest.param(["a/crossing.c"], "", [*REST, "Pre Fix <prefix@p.org>"], id="star"),
        pytest.param(["a/b/crossing.c"], "", REST, id="star crosses no slash too many"),
        pytest.param(["lib/x_name.c"], "", [*REST, "Na Me <right@n.org>"], id="N"),
        pytest.param(["lib/x.c"], "+ key_word();", [*REST, "Key Word <key@k.org>"], id="K"),
        pytest.param(["lib/x.c"], "+ monkey_words();", REST, id="no K"),
        pytest.param(["lib/x.c", "drivers/net/ethernet/3com/3c59x.c"], "",
                     ["netdev@vger.kernel.org", *REST, "Steffen Klassert <klassert@kernel.org>"],
                     id="any of the files"),
    ],
)  # fmt: skip
def test_addresses(paths: list[str], patch: str, expected: list[str]) -> None:
    folders = {"sound/soc", "fs/ext.d"}
    mailmap = Mailmap(MAILMAP)
    found = addresses(sections(TEXT), paths, patch, mailmap, folders.__contains__)
    assert found == expected


def test_text_before_the_first_section_names_nobody() -> None:
    assert sections(TEXT)[0].title == "3C59X NETWORK DRIVER"
    assert addresses(sections("no sections\nat all\n"), ["arch/x"]) == []


def test_tree_without_maintainers_is_told(tmp_path: Path, model_tree: Path) -> None:
    shutil.copytree(model_tree, tmp_path / "plain", ignore=shutil.ignore_patterns(".git"))
    (tmp_path / "plain/MAINTAINERS").unlink()
    done = run_treewide(["series", tmp_path / "plain", "--auto-cc", "-o", tmp_path / "out"])
    assert done.status == 2
    assert b"--auto-cc needs the tree's MAINTAINERS" in done.stderr
    assert not (tmp_path / "out").exists()


SCRIPT = [
    "perl", "scripts/get_maintainer.pl", "--no-tree", "--no-git", "--no-git-fallback",
    "--no-rolestats",
]  # fmt: skip

SAMPLE = 12
"""How many files of each tree are compared: perl reads all of MAINTAINERS for each of them."""


@pytest.mark.parametrize("version", VERSIONS)
def test_files_have_the_maintainers_that_the_script_of_the_kernel_names(
    kernel_tree: Callable[[str], Path], version: str
) -> None:
    tree = kernel_tree(version)
    texts = [(tree / name).read_text(errors="replace") for name in ("MAINTAINERS", ".mailmap")]
    known, mailmap = sections(texts[0]), Mailmap(texts[1])
    listed = git(tree, "ls-files", "*.[chS]", "*Kconfig*").decode().split()
    # Some from everywhere, and some that only a folder without a slash has.
    bare = [
        text
        for each in known
        for text in each.get("F")
        if not text.endswith("/") and (tree / text).is_dir()
    ]
    below = [path for path in listed if path.startswith(tuple(f"{text}/" for text in bare))]
    ambiguous = with_several_addresses(known)
    chosen = random.Random(version)
    for path in [*chosen.sample(listed, SAMPLE), *chosen.sample(below, SAMPLE)]:
        wanted = subprocess.run(
            [*SCRIPT, "--no-keywords", "-f", path], cwd=tree, capture_output=True, check=True
        ).stdout.decode(errors="replace")
        found = addresses(known, [path], "", mailmap, lambda name: (tree / name).is_dir())
        told = {unquoted(each) for each in wanted.splitlines() if each}
        # Of two sections that are as deep, the script takes now one first and now the other, and
        # with it one of a person's addresses.
        names = {each.partition(" <")[0] for each in told}
        assert {unquoted(each).partition(" <")[0] for each in found} == names, path
        several = names & ambiguous
        assert {
            each for each in map(unquoted, found) if each.partition(" <")[0] not in several
        } == {each for each in told if each.partition(" <")[0] not in several}, path


def with_several_addresses(known: list[Section]) -> set[str]:
    """The names that stand in MAINTAINERS with more than one address."""
    people = {unquoted(who) for each in known for letter in "MR" for who in each.get(letter)}
    names = [who.partition(" <")[0] for who in people]
    return {name for name in names if names.count(name) > 1}


def unquoted(address: str) -> str:
    """The script quotes names in its own way, and escapes quotes."""
    return address.replace('"', "").replace("\\", "")


def test_each_patch_goes_to_whom_the_script_of_the_kernel_names(
    kernel_tree: Callable[[str], Path], tmp_path: Path
) -> None:
    tree = clone(kernel_tree("6.1"), tmp_path / "linux", patterns=("/*", "!/*/", "/scripts/"))
    out = tmp_path / "out"
    assert run_treewide(["series", tree, "-o", out, "--auto-cc"]).status == 0
    cover, *patches = sorted(out.iterdir())
    everybody = set()
    for mail in patches:
        wanted = subprocess.run(
            [*SCRIPT, mail], cwd=tree, capture_output=True, text=True, check=True
        ).stdout
        named = set(wanted.replace('"', "").splitlines())
        if mail == patches[0]:
            # All others need the first patch, so their maintainers are on its Cc as well.
            assert cc(mail) >= named
        else:
            assert cc(mail) == named
        everybody |= cc(mail)
    assert cc(cover) == everybody
    assert len(everybody) > 20


def cc(mail: Path) -> set[str]:
    message = email.message_from_bytes(mail.read_bytes(), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return {str(address).replace('"', "") for address in message["Cc"].addresses}
