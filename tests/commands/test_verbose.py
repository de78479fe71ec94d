"""`diff --verbose`: what became of every mention, each told once."""

from __future__ import annotations

from pathlib import Path

from tests.support import run_treewide

RULE = "@@\nexpression e;\n@@\n- old(e)\n+ new(e)\n"
CODE = """void f(void)
{
	old(1);
	x = old;
#ifdef A
	old(2
#else
	old(3
#endif
	);
}
"""
TOLD = """a.c:3:2: changed
a.c:4:6: not applicable
a.c:6:2: refused
a.c:8:2: refused
"""


def told(root: Path, *options: str) -> list[str]:
    run = run_treewide(["diff", *options, "-r", "../rule.cocci", "."], cwd=root)
    return run.stderr.decode().splitlines()


def test_each_mention_stands_once(tmp_path: Path) -> None:
    (tmp_path / "rule.cocci").write_text(RULE)
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "a.c").write_text(CODE)
    *usual, figures = told(tmp_path / "tree")
    every = told(tmp_path / "tree", "--verbose", "-q")
    assert [": ".join(each.split(": ")[:2]) for each in every] == TOLD.splitlines()
    assert every[2:] == usual[:2]
    assert told(tmp_path / "tree", "--verbose") == [*every, *usual[2:], figures]
