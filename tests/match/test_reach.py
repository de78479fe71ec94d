"""What a match changes behind its first statement is reached through that alone."""

from __future__ import annotations

import pytest

from tests.smpl import outcome, patch

TAKEN = patch("expression x;", "  lock(x);\n  ...\n- unlock(x);")
ADDED = patch("expression x;", "  lock(x);\n  ...\n  unlock(x);\n+ told(x);")
BEFORE = patch("expression x;", "  lock(x);\n  ...\n+ told(x);\n  unlock(x);")
NEST = patch("expression x;", "  lock(x);\n  <...\n- work();\n+ labour();\n  ...>")
SOME = patch("expression x;", "  lock(x);\n  ...\n- unlock(x);", "exists")
FIRST = patch("expression x;", "- lock(x);\n  ...\n  unlock(x);")
JUMPS = patch(
    "expression e; identifier ret, out;",
    "- ret = e;\n- goto out;\n+ return e;\n  ...\n- out:\n- return ret;",
)

BRANCH = "\tif (a)\n\t\tlock(x);\n\twork();\n\tunlock(x);"
BOTH = "\tif (a)\n\t\tlock(x);\n\telse\n\t\tlock(x);\n\twork();\n\tunlock(x);"
LOOP = "\tlock(x);\nagain:\n\twork();\n\tif (b)\n\t\tgoto again;\n\tunlock(x);"
PAST = "\tif (a)\n\t\tgoto out;\n\tlock(x);\n\twork();\nout:\n\tunlock(x);"
CASE = "\tswitch (a) {\n\tcase 1:\n\t\tlock(x);\n\tcase 2:\n\t\tunlock(x);\n\t}"
BUILD = "#ifdef A\n\tlock(x);\n#endif\n\tunlock(x);"
DEAD = "\tlock(x);\n\twork();\n\tunlock(x);\n\treturn;\n\tunlock(x);"
EARLY = "\tif (a) {\n\t\tret = 1;\n\t\tgoto out;\n\t}\n\twork();\nout:\n\treturn ret;"


@pytest.mark.parametrize(
    ("text", "body", "is_refused"),
    [
        pytest.param(TAKEN, BRANCH, True, id="a branch only"),
        pytest.param(TAKEN, BOTH, False, id="both branches"),
        pytest.param(TAKEN, LOOP, False, id="a loop behind it"),
        pytest.param(TAKEN, PAST, True, id="a jump past it"),
        pytest.param(TAKEN, CASE, True, id="another case"),
        pytest.param(TAKEN, BUILD, True, id="another build"),
        pytest.param(TAKEN, DEAD, False, id="nothing leads to it"),
        pytest.param(ADDED, BRANCH, True, id="something comes behind"),
        pytest.param(BEFORE, BRANCH, True, id="something comes before"),
        pytest.param(ADDED, BOTH, False, id="something comes behind on all paths"),
        pytest.param(NEST, BRANCH, True, id="in a nest"),
        pytest.param(NEST, LOOP, False, id="in a nest and a loop"),
        pytest.param(SOME, BRANCH, True, id="some path is not enough"),
        pytest.param(FIRST, BRANCH, False, id="the first statement alone changes"),
        pytest.param(JUMPS, EARLY, True, id="a label with its return"),
    ],
)
def test_what_is_reached_otherwise_is_refused(text: str, body: str, is_refused: bool) -> None:
    code = f"void f(int x)\n{{\n{body}\n}}\n"
    found = outcome(text, code)
    assert [each.note for _, each in found.troubles] == (
        ["it is reached on a path that does not match"] if is_refused else []
    )
    assert (found.after.decode() == code) == is_refused
