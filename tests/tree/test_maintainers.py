"""Who is to be on Cc: small MAINTAINERS files, and the kernel's own script as the judge."""

from __future__ import annotations

import email
import email.policy
import shutil
import subprocess
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest

from refactor.tree.maintainers import addresses, sections
from tests.support import clone, run_treewide

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
F:	*
F:	*/
"""

REST = ["linux-kernel@vger.kernel.org"]
ARCH = ["Ann Arch <ann@arch.org>", '"J. R. Dot" <dot@arch.org>', '"Last, First" <first@arch.org>',
        '"Quoted, Q" <q@arch.org>']  # fmt: skip
ARCH_LIST = ["linux-arch@vger.kernel.org"]


@pytest.mark.parametrize(
    ("paths", "patch", "expected"),
    [
        pytest.param(["Makefile"], "", REST, id="the rest has lists alone"),
        pytest.param(["arch/two/a.c"], "", [*ARCH, *ARCH_LIST, *REST], id="folder"),
        pytest.param(["arch/two/special/a.c"], "", REST, id="excluded"),
        pytest.param(
            ["arch/one/kernel/module.c"], "",
            ["Ann Arch <ANN@arch.org>", "Deep Er <deep@arch.org>", *ARCH[1:], *ARCH_LIST, *REST],
            id="deeper first, each once",
        ),
        pytest.param(["include/asm/x.h"], "",
                     ["Ann Arch <ANN@arch.org>", "Deep Er <deep@arch.org>", *REST],
                     id="question mark"),
        pytest.param(["arch/one/kernel/mod/x.c"], "", [*ARCH, *ARCH_LIST, *REST],
                     id="star stops at a slash"),
        pytest.param(["lib/x_name.c"], "", ["Na Me <name@n.org>", *REST], id="N"),
        pytest.param(["lib/x.c"], "+ key_word();", ["Key Word <key@k.org>", *REST], id="K"),
        pytest.param(["lib/x.c"], "+ monkey_words();", REST, id="no K"),
        pytest.param(["lib/x.c", "drivers/net/ethernet/3com/3c59x.c"], "",
                     ["Steffen Klassert <klassert@kernel.org>", "netdev@vger.kernel.org", *REST],
                     id="any of the files"),
    ],
)  # fmt: skip
def test_addresses(paths: list[str], patch: str, expected: list[str]) -> None:
    assert addresses(sections(TEXT), paths, patch) == expected


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


def test_each_patch_goes_to_whom_the_script_of_the_kernel_names(
    kernel_tree: Callable[[str], Path], tmp_path: Path
) -> None:
    tree = clone(kernel_tree("6.1"), tmp_path / "linux", patterns=("/*", "!/*/", "/scripts/"))
    out = tmp_path / "out"
    assert run_treewide(["series", tree, "-o", out, "--auto-cc"]).status == 0
    cover, *patches = sorted(out.iterdir())
    script = [
        "perl",
        "scripts/get_maintainer.pl",
        "--no-tree",
        "--no-git",
        "--no-git-fallback",
        "--no-rolestats",
    ]
    everybody = set()
    for mail in patches:
        wanted = subprocess.run(
            [*script, mail], cwd=tree, capture_output=True, text=True, check=True
        ).stdout
        assert cc(mail) == set(wanted.replace('"', "").splitlines())
        everybody |= cc(mail)
    assert cc(cover) == everybody
    assert len(everybody) > 20


def cc(mail: Path) -> set[str]:
    message = email.message_from_bytes(mail.read_bytes(), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return {str(address).replace('"', "") for address in message["Cc"].addresses}
