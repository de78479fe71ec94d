"""What is said of places that the parser does not understand."""

from __future__ import annotations

from pathlib import Path

import pytest

from refactor.c.causes import troubles
from refactor.c.syntax import parse
from tests.support import MODEL, run_treewide

CASES = {
    "a condition in the middle of a statement": (
        b"int f(int a)\n{\n\treturn g(a\n#ifdef B\n\t\t+ 1);\n#else\n\t\t+ 2);\n#endif\n}\n"
    ),
    "a label before a directive or a declaration": (
        b"int f(int a)\n{\n\tg();\no:\n#ifdef B\n\tg();\n#endif\n\treturn a;\n}\n"
    ),
    "a macro that is no call": b"WHATEVER(a) + b (c d) ;\n",
    "something else": b"int f(int a)\n{\n\treturn a +* / a;\n}\n",
}


@pytest.mark.parametrize("cause", CASES)
def test_cause(cause: str) -> None:
    assert next(troubles(parse("a.c", CASES[cause]))).cause == cause


def test_clean_file_has_none() -> None:
    assert list(troubles(parse("a.c", b"int a;\n"))) == []


def test_report_of_a_tree() -> None:
    done = run_treewide(["rules", "parse-report", MODEL, "--sample", "20", "-j", "1"])
    assert done.status == 0, done.stderr
    lines = done.stdout.decode().splitlines()
    assert lines[0].startswith("20 .c files: 95.0% understood as a whole, 99.94% of ")
    assert lines[2].startswith("FILES  CAUSE OF THE FIRST ERROR")
    assert lines[3].split("  ")[0] == "1"
    again = run_treewide(["rules", "parse-report", MODEL, "--sample", "20", "-j", "1"])
    assert again.stdout == done.stdout


def test_report_of_a_tree_without_headers(tmp_path: Path) -> None:
    (tmp_path / "a.c").write_text("int a;\n")
    done = run_treewide(["rules", "parse-report", tmp_path])
    assert done.stdout.decode().splitlines()[1] == "no .h files"
