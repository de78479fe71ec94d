"""What a finding of a semantic patch points at."""

from __future__ import annotations

from pathlib import Path

import pytest

from refactor.check.patches import checker, findings_in
from refactor.rule.smpl.load import load
from refactor.tree.tree import Blob

CODE = b"""int f(void)
{
	if (!a || NULL == b)
		g(c, 1);
	if (d & !e)
		g(1);
}
"""


@pytest.mark.parametrize(
    ("patch", "expected"),
    [
        ("expression x;\n@@\n* x == NULL\n", [b"!a", b"NULL == b", b"!e"]),
        ("expression x, y;\n@@\n* !x & y\n", [b"d & !e"]),
        ("expression x;\n@@\n* g(x, 1)\n", [b"g(c, 1)"]),
        ("@@\n* g(1);\n", [b"g(1);"]),
        ("@@\n- g(1);\n+ h();\n", [b"g(1);"]),
        ("expression x;\n@@\n g(x,\n* 1)\n", [b"1"]),
        ("expression x;\n@@\n g(x,\n- 1\n+ 2\n )\n", [b"1"]),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)
def test_all_of_what_is_marked(patch: str, expected: list[bytes], tmp_path: Path) -> None:
    file = tmp_path / "rule.cocci"
    file.write_text("@@\n" + patch)
    found = findings_in([checker("rule", load(file, {}), None)], Blob("a.c", CODE))
    spans = [each.where for each in found if each.where is not None]
    assert [CODE[span.start : span.end] for span in spans] == expected
