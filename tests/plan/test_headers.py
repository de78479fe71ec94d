"""What headers declare is known where a semantic patch asks for a type."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from pathlib import Path

import pytest

from refactor.c.tables import EMPTY, TypeTable
from refactor.c.types import UNKNOWN
from refactor.plan.headers import Headers
from refactor.rule.smpl.load import load
from refactor.tree.plain import PlainTree
from refactor.tree.tree import Blob
from tests.support import run_treewide

PATCH = "@@\nstruct foo *e;\n@@\n- old(e)\n+ new(e)\n"
NO_INCLUDES = "// Options: --no-includes\n" + PATCH
UNTYPED = "@@\nexpression e;\n@@\n- old(e)\n+ new(e)\n"
USE = "void f(void)\n{\n\told(one);\n}\n"
ONE = "extern struct foo *one;\n"


def lay(root: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


CASES: dict[str, tuple[str, str, str, dict[str, str], bool]] = {
    "a quoted header beside the file": (PATCH, "d/a.c", '"one.h"', {"d/one.h": ONE}, True),
    "one of the tree": (PATCH, "d/a.c", "<k/one.h>", {"include/k/one.h": ONE}, True),
    "one for programs": (PATCH, "d/a.c", "<k/one.h>", {"include/uapi/k/one.h": ONE}, True),
    "one of the architecture": (
        PATCH, "arch/x/a.c", "<asm/one.h>", {"arch/x/include/asm/one.h": ONE}, True,
    ),
    "one of another architecture": (
        PATCH, "arch/y/a.c", "<asm/one.h>", {"arch/x/include/asm/one.h": ONE}, False,
    ),
    "the one beside the file goes first": (
        PATCH, "d/a.c", '"one.h"', {"d/one.h": "extern struct bar *one;\n", "include/one.h": ONE},
        False,
    ),
    "none beside the file for angles": (PATCH, "d/a.c", "<one.h>", {"d/one.h": ONE}, False),
    "a header of a header": (
        PATCH, "d/a.c", '"two.h"', {"d/two.h": '#include "one.h"\n', "d/one.h": ONE}, False,
    ),
    "there is no such header": (PATCH, "d/a.c", '"one.h"', {}, False),
    "declared in two ways": (
        PATCH, "d/a.c", '"one.h"',
        {"d/one.h": "#ifdef A\n" + ONE + "#else\nextern struct bar *one;\n#endif\n"}, False,
    ),
    "without headers": (NO_INCLUDES, "d/a.c", '"one.h"', {"d/one.h": ONE}, False),
    "no type is asked for": (UNTYPED, "d/a.c", '"one.h"', {}, True),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("command", ["diff", "check"])
def test_a_type_that_a_header_declares(name: str, command: str, tmp_path: Path) -> None:
    patch, path, header, files, is_known = CASES[name]
    lay(tmp_path, {"tree/" + path: f"#include {header}\n{USE}", "rule.cocci": patch})
    lay(tmp_path / "tree", files)
    options = ["--fix"] if command == "check" else []
    done = run_treewide(
        [command, *options, "-r", tmp_path / "rule.cocci", "."], cwd=tmp_path / "tree"
    )
    assert (b"+\tnew(one);" in done.stdout) == is_known, (done.stdout, done.stderr)


def test_two_headers_that_differ_say_nothing(tmp_path: Path) -> None:
    lay(tmp_path, {"one.h": ONE, "two.h": "extern struct bar *one;\n", "rule.cocci": PATCH})
    table = of(tmp_path, '#include "one.h"\n#include "two.h"\n' + USE)
    assert table.names[b"one"] == UNKNOWN


def test_the_table_is_of_the_words_of_the_file(tmp_path: Path) -> None:
    lay(tmp_path, {"one.h": ONE + "extern int other;\n", "rule.cocci": PATCH})
    table = of(tmp_path, '#include "one.h"\n' + USE)
    assert set(table.names) == {b"one"}
    assert pickle.loads(pickle.dumps(table)) == table


@pytest.mark.parametrize(
    ("patch", "text"),
    [
        (UNTYPED, USE),
        (NO_INCLUDES, USE),
        (PATCH, "void f(void)\n{\n\tother(one);\n}\n"),
        ("@@\nstruct foo e;\n@@\n- e.old\n+ old(e)\n", USE),
    ],
    ids=["untyped", "no includes", "no match", "no member"],
)
def test_what_need_not_be_read_is_not(patch: str, text: str, tmp_path: Path) -> None:
    lay(tmp_path, {"one.h": ONE, "rule.cocci": patch})
    assert of(tmp_path, '#include "one.h"\n' + text) == EMPTY


def test_a_header_that_nests_too_deep_declares_nothing(tmp_path: Path) -> None:
    deep = "int a = " + "(" * 200_000 + "1" + ")" * 200_000 + ";\n"
    lay(tmp_path, {"one.h": ONE, "deep.h": deep, "rule.cocci": PATCH})
    table = of(tmp_path, '#include "deep.h"\n#include "one.h"\n' + USE)
    assert table.names[b"one"] == (b"struct", b"foo", b"*")


def of(root: Path, text: str) -> TypeTable:
    rule = load(root / "rule.cocci", {})
    return Headers(PlainTree(root), rule.edits).of(Blob("a.c", text.encode(), "100644"))
