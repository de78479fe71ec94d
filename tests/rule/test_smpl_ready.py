"""What a semantic patch takes along: other files, values from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from refactor.errors import RuleError
from refactor.rewrite.passes import run
from refactor.rule.smpl.ready import ready

CODE = b"void m(void)\n{\n\told(1);\n}\n"
RENAME = "@@\nidentifier virtual.fn;\n@@\n- old(1);\n+ fn(1);\n"


def result(source: str, text: str, **defined: str) -> str:
    program, chosen = ready(source, text, defined)
    return run(program, "a.c", CODE, chosen).after.decode()


def test_a_value_needs_no_declaration() -> None:
    assert "\tyoung(1);" in result("x.cocci", RENAME, fn="young")


@pytest.mark.parametrize(
    "options",
    [
        "# spatch -D fn=young",
        "#spatch --smpl-spacing -D fn=young",
        "# spatch -D\n# spatch fn=young",
    ],
)
def test_a_patch_may_bring_its_values(options: str) -> None:
    assert "\tyoung(1);" in result("x.cocci", f"{options}\n\n{RENAME}")
    assert "\told_one(1);" in result("x.cocci", f"{options}\n\n{RENAME}", fn="old_one")


def test_what_nobody_asks_for_is_refused() -> None:
    with pytest.raises(RuleError) as error:
        result("x.cocci", RENAME, function="young")
    assert "fn" in (error.value.hint or "")


def test_files_beside_a_patch_are_read(tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    folder.mkdir()
    (tmp_path / "shared.cocci").write_text("@r@\nidentifier f;\n@@\nf(1);\n")
    (folder / "none.iso").write_text("// nothing\n")
    text = '#include "shared.cocci"\nusing "none.iso"\n@@\nidentifier r.f;\n@@\n- f(1);\n+ f(2);\n'
    assert "\told(2);" in result(str(folder / "x.cocci"), text)


@pytest.mark.parametrize("line", ['#include "gone.cocci"', 'using "gone.iso"'])
def test_a_file_that_is_not_there(line: str, tmp_path: Path) -> None:
    with pytest.raises(RuleError) as error:
        result(str(tmp_path / "x.cocci"), f"{line}\n{RENAME}")
    assert "gone" in error.value.message
    assert error.value.place is not None
    assert error.value.place.line == 1


@pytest.mark.parametrize(
    ("body", "line"),
    [("- each_old(a)\n+ each_new(a)", 5), ("(\n- each_old(a)\n+ each_new(a)\n)\n{ ... }", 6)],
)
def test_a_loop_needs_its_body(body: str, line: int) -> None:
    """Otherwise it would be a call, which stands nowhere, and the loops would be passed over."""
    with pytest.raises(RuleError, match="each_old is an iterator") as error:
        result("x.cocci", f"@@\niterator name each_old;\nexpression a;\n@@\n{body}\n")
    assert error.value.place is not None
    assert error.value.place.line == line
    assert "with its body" in (error.value.hint or "")


@pytest.mark.parametrize("define", ["#define m", "#define m(x)", "# define m(...)"])
def test_the_text_of_a_define_is_in_its_line(define: str) -> None:
    """Otherwise the code would be looked for anywhere, and the directive be passed over."""
    with pytest.raises(RuleError, match="its text on another line") as error:
        result("x.cocci", f"@@\nidentifier m, x;\n@@\n  {define}\n- old(x)\n+ new(x)\n")
    assert error.value.place is not None
    assert error.value.place.line == 4


def test_a_declaration_without_its_semicolon() -> None:
    """As an alternative it would be an assignment to a type, which stands nowhere."""
    body = "(\n- x = f()\n+ x = g()\n|\n- T x = f()\n+ T x = g()\n)\n;"
    with pytest.raises(RuleError, match="does not parse"):
        result("x.cocci", f"@@\ntype T;\nidentifier x;\n@@\n{body}\n")
