"""`diff` for some architectures, or for a terminal, does not keep the files in memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from refactor.commands import diff
from refactor.commands.common import Request
from refactor.commands.spool import PLAIN

PATCH = "@@ expression E; @@\n- old(E)\n+ new(E)\n"
FILES = {
    "arch/one/a b.c": "int f(void)\n{\n\treturn old(1);\n}\n",
    "arch/two/a.c": "int g(void)\n{\n\treturn old(2);\n}\n",
    "lib/\xe9.c": "int h(void)\n{\n\treturn old(3);\n}\n",
    "lib/a.c": "int i(void)\n{\n\treturn old(4);\n}\n",
}


@pytest.fixture
def request_(tmp_path: Path) -> Request:
    for path, text in FILES.items():
        file = tmp_path / "tree" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    rule = tmp_path / "x.cocci"
    rule.write_text(PATCH)
    return Request(tree=tmp_path / "tree", rule=str(rule), split="arch")


def streamed(request: Request) -> bytes:
    written: list[bytes] = []
    diff.run_streamed(request, PLAIN, lambda _: None, written.append, at_once=False)
    return b"".join(written)


def test_it_is_the_diff_that_is_streamed(request_: Request) -> None:
    found = diff.run(request_, (), PLAIN, lambda _: None)
    assert found.diff == streamed(request_)
    assert found.diff.count(b"+++ ") == len(FILES)


@pytest.mark.parametrize("archs", [("one",), ("two", "generic")])
def test_files_are_not_kept(request_: Request, archs: tuple[str, ...]) -> None:
    found = diff.run(request_, archs, PLAIN, lambda _: None)
    assert {patch.component for patch in found.plan.patches} == set(archs)
    files = [change for patch in found.plan.patches for change in patch.files]
    assert found.diff.count(b"+++ ") == len(files)
    assert not any(change.before or change.after for change in files)


def test_figures_are_of_all_files_together(request_: Request) -> None:
    found = diff.run(request_, ("one",), ("--color=never", "--stat"), lambda _: None)
    assert b"1 file changed" in found.diff
