"""Inputs that are hard on purpose take linear work: calls are counted, because a clock lies."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

import pytest

from refactor.rewrite.patch import rewrite_patch
from refactor.rule.edits import Smpl
from tests.edits import rule_of, smpl

FUNCTION = "int f(int a)\n{\n%s}\n\n"


def numbered(line: str, count: int) -> str:
    return "".join(line.replace("NUMBER", str(number)) for number in range(count))


ARGUMENT = smpl("- old(x)\n+ old(x, 0)")
GONE = smpl("- old(x);")
DOTS = smpl("  old(x);\n  ...\n- put(x);\n+ release(x);")
NEST = smpl(
    "  fn(...) {\n  <...\n- old(x)\n+ new(x)\n  ...>\n  }", declared="identifier fn; expression x;"
)
WORST: dict[str, tuple[str, int, Callable[[int], str]]] = {
    "calls in a function": (
        ARGUMENT,
        200,
        lambda n: FUNCTION % numbered("\tp->mNUMBER = old(p->mNUMBER);\n", n),
    ),
    "calls on a line": (ARGUMENT, 800, lambda n: FUNCTION % ("\t" + numbered("old(a);", n) + "\n")),
    "calls in a nest": (NEST, 400, lambda n: FUNCTION % numbered("\told(a);\n", n)),
    "functions": (
        ARGUMENT,
        200,
        lambda n: numbered(FUNCTION.replace("f(", "fNUMBER(") % "\told(a);\n", n),
    ),
    "lines that break": (
        ARGUMENT,
        600,
        lambda n: numbered(
            FUNCTION.replace("f(", "fNUMBER(") % f"\tthe_result_of_it = old({'a' * 45});\n", n
        ),
    ),
    "statements that go": (GONE, 200, lambda n: FUNCTION % numbered("\tg();\n\told(NUMBER);\n", n)),
    "else if": (
        ARGUMENT,
        200,
        lambda n: (
            FUNCTION
            % ("\tif (a)\n\t\told(a);\n" + numbered("\telse if (b)\n\t\told(NUMBER);\n", n))
        ),
    ),
    "cases": (
        ARGUMENT,
        200,
        lambda n: (
            FUNCTION
            % (
                "\tswitch (a) {\n"
                + numbered("\tcase NUMBER:\n\t\told(a);\n\t\tbreak;\n", n)
                + "\t}\n"
            )
        ),
    ),
    "initialisers": (
        ARGUMENT,
        200,
        lambda n: "int t[] = {\n" + numbered("\t{ .a = old(NUMBER) },\n", n) + "};\n",
    ),
    "a long header": (
        ARGUMENT,
        20_000,
        lambda n: (
            numbered("#define A_NUMBER 0x1\n#define B_NUMBER 2\n", n) + FUNCTION % "old(a);\n"
        ),
    ),
    "branches between two": (
        DOTS,
        100,
        lambda n: (
            FUNCTION
            % ("\told(a);\n" + numbered("\tif (a)\n\t\tg(NUMBER);\n\th();\n", n) + "\tput(a);\n")
        ),
    ),
    "ways out between two": (
        DOTS,
        100,
        lambda n: (
            FUNCTION
            % (
                "\told(a);\n"
                + numbered("\tif (g()) {\n\t\tput(a);\n\t\treturn 1;\n\t}\n", n)
                + "put(a);"
            )
        ),
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize(("patch", "size", "make"), WORST.values(), ids=WORST)
def test_work_is_linear(patch: str, size: int, make: Callable[[int], str]) -> None:
    """Four times the input takes about four times as many calls; sixteen would be quadratic."""
    (edit,) = rule_of(patch, single=True).edits
    assert isinstance(edit, Smpl)

    def calls(size: int) -> int:
        data = make(size).encode()
        count = 0

        def note(frame: FrameType, event: str, argument: object) -> None:
            nonlocal count
            count += event in ("call", "c_call")

        sys.setprofile(note)
        try:
            result = rewrite_patch("a.c", data, edit)
        finally:
            sys.setprofile(None)
        assert result.changes
        assert not result.refused
        return count

    calls(10)  # the patterns are compiled
    few = calls(size // 4)
    assert calls(size) < 6 * few
