"""What the scripts of a semantic patch are told of its matches; the same by spatch."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from refactor.check.patches import checker, findings_in
from refactor.rule.smpl.load import load
from refactor.tree.tree import Blob

TELL = """
@script:python@
p << r.p;
q << r.q;
@@
print([x.line for x in p], [x.line for x in q])
"""
TWICE = """int f(void)
{
	a(1);
	if (x)
		return 1;
	a(2);
	if (y)
		return 1;
	return 2;
}
"""
NEST = "int f(void)\n{\n\ta(1);\n\tb(1);\n\tif (x)\n\t\tb(1);\n\tb(1);\n\tb(2);\n}\n"
HIT = "int f(void)\n{\n\tfoo();\n\ta();\n\tbar();\n}\n"
TESTS = "int f(void)\n{\n\tif (x) {\n\t\ta();\n\t}\n\tif (y) {\n\t\tb();\n\t}\n\treturn 2;\n}\n"

# A rule, the code, and the lines of its positions, report by report.
CASES: dict[str, tuple[str, str, list[str]]] = {
    "all paths": (
        "@r@\nposition p, q;\n@@\na@q(...);\n...\nreturn@p ...;",
        TWICE,
        ["8,9 6"],
    ),
    "some path": (
        "@r exists@\nposition p, q;\n@@\na@q(...);\n...\nreturn@p ...;",
        TWICE,
        ["5 3", "8 6", "9 6"],
    ),
    "some path, with a value that a later rule knows": (
        "@r exists@\nposition p, q;\nexpression e;\n@@\na@q(e);\n...\nreturn@p ...;\n"
        "@s@\nexpression r.e;\n@@\nc(e)",
        TWICE,
        ["5 3", "8 3", "9 3", "8 6", "9 6"],
    ),
    "some path, with a value that nobody knows": (
        "@r exists@\nposition p, q;\nexpression e;\n@@\na(e@q);\n...\nreturn@p ...;",
        TWICE,
        ["5 3", "8 6", "9 6"],
    ),
    "some path, from where another rule was": (
        "@k@\nposition o;\n@@\na@o(...);\n\n"
        "@r exists@\nposition p, q, k.o;\n@@\na@o@q(...);\n...\nreturn@p ...;",
        TWICE,
        ["5 3", "8 3", "9 3", "8 6", "9 6"],
    ),
    "behind a test": (
        "@r exists@\nposition p, q;\n@@\nif@q (...) { ... }\n...\nreturn@p ...;",
        TESTS,
        ["9 6"],
    ),
    "all hits of a nest": (
        "@r@\nposition p, q;\nexpression e;\n@@\na@q(e);\n<...\nb@p(e);\n...>",
        NEST,
        ["4,6,7 3"],
    ),
    "all places of another rule at once": (
        "@k@\nposition o;\n@@\na(2);\n...\nreturn@o ...;\n\n"
        "@r@\nposition k.o, p, q;\n@@\na@q(2);\n...\nreturn@o@p ...;",
        TWICE,
        ["8,9 6"],
    ),
    "each place of another rule": (
        "@k@\nposition o;\n@@\na(2);\n...\nreturn@o ...;\n\n"
        "@r@\nposition k.o, p, q;\n@@\nreturn@o@p@q ...;",
        TWICE,
        ["8 8", "9 9"],
    ),
    "no place of another rule": (
        "@k@\nposition o;\n@@\na(2);\n...\nreturn@o ...;\n\n"
        "@r@\nposition p != k.o;\nposition q;\n@@\nreturn@p@q ...;",
        TWICE,
        ["5 5"],
    ),
    "a nest first, on all paths": (
        "@r@\nposition p, q;\n@@\n<+...\nfoo@p();\n...+>\nbar@q();",
        HIT,
        ["3 5"],
    ),
    "a nest first, on some path": (
        "@r exists@\nposition p, q;\n@@\n<...\nfoo@p();\n...>\nbar@q();",
        HIT,
        ["3 5"],
    ),
    "where a name without a value is declared": (
        "@r@\nidentifier x;\ntype T;\nposition p, q;\n@@\nT x@p;@q",
        "int f(void)\n{\n\tint a;\n\tint b = 1;\n}\n",
        ["3 3"],
    ),
    "where a type is": (
        "@r@\nidentifier x;\ntype T;\nposition p, q;\n@@\nT@p x;@q",
        "int f(void)\n{\n\tint a;\n\tint b = 1;\n}\n",
        ["3 3", "4 4"],
    ),
    "a test of anything": (
        "@r@\nposition p, q;\n@@\nif (...) {\na@p();\n} else {\nb@q();\n}",
        "int f(void)\n{\n\tif (x) {\n\t\tb();\n\t} else {\n\t\ta();\n\t}\n}\n",
        ["6 4"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_places(name: str, tmp_path: Path) -> None:
    rule, code, expected = CASES[name]
    (tmp_path / "r.cocci").write_text(f"{rule}\n{TELL}")
    one = checker("r", load(tmp_path / "r.cocci", {}), None)
    found = findings_in([one], Blob("a.c", code.encode()))
    assert sorted(map(_lines, (each.message for each in found))) == sorted(expected)


@pytest.mark.skipif(shutil.which("spatch") is None, reason="spatch is not installed")
@pytest.mark.parametrize("name", CASES)
def test_spatch_tells_the_same(name: str, tmp_path: Path) -> None:
    rule, code, expected = CASES[name]
    (tmp_path / "r.cocci").write_text(f"{rule}\n{TELL}")
    (tmp_path / "a.c").write_text(code)
    command = ["spatch", "--very-quiet", "--sp-file", "r.cocci", "a.c"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    told = re.findall(r"^\[.*\]$", done.stdout, re.MULTILINE)
    assert sorted(map(_lines, told)) == sorted(expected)


def _lines(printed: str) -> str:
    """Two lists, as Python prints them, without the signs."""
    parts = (",".join(re.findall(r"\d+", each)) for each in re.split(r"[\])] ", printed))
    return " ".join(parts)
