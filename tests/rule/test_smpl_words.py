"""Which words a file needs for a semantic patch: what is searched for before anything is read."""

from __future__ import annotations

import pytest

from refactor.rule.smpl.calls import plain_call
from refactor.rule.smpl.compile import compile_patch
from refactor.rule.smpl.read import read
from refactor.rule.smpl.ready import ready
from refactor.rule.smpl.words import call_of


@pytest.mark.parametrize(
    ("patch", "words"),
    [
        pytest.param(
            "@@\nidentifier f;\n@@\n  f(...)\n  {\n  <...\n- old();\n  ...>\n  }",
            ("old",),
            id="a nest may meet nothing, and then nothing changes",
        ),
        pytest.param(
            "@@\nidentifier f;\n@@\n  f(...)\n  {\n  <...\n- old();\n  ...>\n  done();\n"
            "  <...\n- older();\n  ...>\n  }",
            ("done",),
            id="what stands beside nests is needed in any case",
        ),
        pytest.param(
            "@@\nidentifier f;\n@@\n  f(...)\n  {\n  <...\n- old();\n  ...>\n  if (0) break;\n"
            "  <...\n- older();\n  ...>\n  }",
            ("old", "older"),
            id="one of two nests is enough",
        ),
        pytest.param(
            "@r@\nidentifier f;\n@@\n  f(...)\n  {\n  <...\n- old();\n  ...>\n  }\n"
            "@depends on r@\n@@\n- a\n+ b",
            None,
            id="a rule that another one depends on matches without its nest",
        ),
        pytest.param(
            "@r@\nidentifier f;\n@@\n  f(...)\n  {\n  <...\n- old();\n  ...>\n  }\n"
            "@@\nidentifier r.f;\n@@\n- f\n+ g",
            None,
            id="and so does one that hands on what is outside of it",
        ),
        pytest.param(
            "@@\nidentifier f;\n@@\n- f(int)\n+ f(long)\n  {\n  <...\n- old();\n  ...>\n  }",
            None,
            id="a change outside of the nest needs no hit in it",
        ),
    ],
)
def test_words_of_nests(patch: str, words: tuple[str, ...] | None) -> None:
    found = compile_patch(read("test.cocci", patch + "\n")).words
    assert found == words if words is not None else "old" not in found


def test_a_file_of_includes_alone_is_looked_at() -> None:
    patch = '@@\n@@\n  #include <linux/...>\n+ #include "after.h"\n'
    assert "include" in compile_patch(read("test.cocci", patch)).words


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("f(a, b)", ("f", ("a", "b"))),
        ("f(a)", ("f", ("a",))),
        *[
            (code, None)
            for code in (
                "f()", "f(a, a)", "f(a, 0)", "f(a b)", "f(a,)", "f(a)(b)", "a(b)", "f(es)", "f(a);",
                "f(a) + b", "f(a", "f(a, g(b))", "f(...)", "f", "- f(a)\n+ g(a)",
            )
        ],
    ],
)  # fmt: skip
def test_a_plain_call_is_told_by_its_tokens(
    code: str, found: tuple[str, tuple[str, ...]] | None
) -> None:
    """It is what the compiled pattern is, and whatever else it may be is left to that."""
    text = f"@@ expression a, b; expression list es; @@\n{code}\n"
    assert plain_call(read("x.cocci", text)) == found
    if found is not None:
        compiled, _ = ready("x.cocci", text, {})
        assert call_of(compiled) == (*found, "")
