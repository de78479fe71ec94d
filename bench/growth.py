"""How the time of a semantic patch grows with its lines: dots, forks, nests, alternatives, paths.

    python -m bench.growth [--seconds N]

Each family is a pattern of 5, 10 and 20 items, and a function that is as long as it needs. The
times are processor time of reading the patch and of running it once. Where the time doubles with
each item, 20 items take a thousand times as long as 10: that is told as `grows too fast`, with
status 1, and so is what takes more than the given number of seconds, where it is stopped.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Callable, Sequence

from refactor.rewrite.passes import run
from refactor.rule.smpl.compile import compile_patch
from refactor.rule.smpl.read import read

SIZES = (5, 10, 20)
# From 10 items to 20: the fourth power of the length is 16, what doubles with each item 1,024.
MOST = 40

Family = Callable[[int], tuple[str, str, Sequence[str]]]
"""Of a number of items: metavariables, the body of a rule, and the lines of a function."""


def _holes(count: int, sort: str = "expression") -> str:
    return f"{sort} {', '.join(f'E{n}' for n in range(count))};"


def _forks(count: int, one: str, other: str) -> list[str]:
    """An `if` with an `else` for each number, with two statements that may name it by `#`."""
    lines = []
    for n in range(count):
        branches = (f"\t{each.replace('#', str(n))}" for each in (one, other))
        first, second = branches
        lines += [f"if (x == {n})", first, "else", second]
    return lines


def dots(n: int) -> tuple[str, str, Sequence[str]]:
    code = [line for i in range(n) for line in (f"if (x == {i})", "\tb();", f"a{i}();")]
    return "", "\n...\n".join(f"- a{i}();" for i in range(n)), code


def dots_and_holes(n: int) -> tuple[str, str, Sequence[str]]:
    code = [line for i in range(2 * n) for line in (f"if (x == {i})", "\tb();", f"a({i});")]
    return _holes(n), "\n...\n".join(f"- a(E{i});" for i in range(n)), code


def dots_when_any(n: int) -> tuple[str, str, Sequence[str]]:
    code = [line for i in range(n) for line in (f"a{i}();", f"a{i}();", "b();")]
    return "", "\n... when any\n".join(f"- a{i}();" for i in range(n)), code


def forks(n: int) -> tuple[str, str, Sequence[str]]:
    items = (f"- a{i}(E{i});" for i in range(n))
    return _holes(n), "\n...\n".join(items), _forks(n, "a#(1);", "a#(2);")


def forks_and_alternatives(n: int) -> tuple[str, str, Sequence[str]]:
    items = (f"(\n- a{i}();\n|\n- b{i}();\n)" for i in range(n))
    return "", "\n...\n".join(items), _forks(n, "a#();", "b#();")


def nests(n: int) -> tuple[str, str, Sequence[str]]:
    items = "\n".join(f"  a{i}();\n<...\n- b{i}();\n...>" for i in range(n))
    code = [line for i in range(n) for line in (f"a{i}();", f"if (x == {i})", f"\tb{i}();")]
    return "", f"{items}\n  z();", [*code, "z();"]


def nests_in_expressions(n: int) -> tuple[str, str, Sequence[str]]:
    items = ", ".join(f"<+... E{i} ...+>" for i in range(n))
    return (
        _holes(n),
        f"- f({items}, z);",
        [f"f({', '.join(f'g(a, b, h(c + {i}))' for i in range(n))}, z);"],
    )


def alternatives(n: int) -> tuple[str, str, Sequence[str]]:
    items = (f"(\n- a{i}();\n|\n- b{i}();\n|\n- c{i}();\n)" for i in range(n))
    return "", "\n".join(items), [f"{'abc'[i % 3]}{i}();" for i in range(n)]


def alternatives_in_expressions(n: int) -> tuple[str, str, Sequence[str]]:
    items = ", ".join(r"\(E\|a\|b\)" for _ in range(n))
    code = [f"f({', '.join('a' for _ in range(n))}, y);", "z();"]
    return "expression E;", f"- f({items}, z);", code


def optional_lines(n: int) -> tuple[str, str, Sequence[str]]:
    items = "\n...\n".join(f"?- a{i}();" for i in range(n))
    code = ["s();", *(f"a{i}();" for i in range(0, n, 2)), "z();"]
    return "", f"- s();\n...\n{items}\n...\n- z();", code


def operands_that_commute(n: int) -> tuple[str, str, Sequence[str]]:
    code = [f"f({' | '.join(f'a{i}' for i in range(n))}, y);", "z();"]
    return _holes(n), f"- f({' | '.join(f'E{i}' for i in range(n))}, z);", code


def blocks_in_blocks(n: int) -> tuple[str, str, Sequence[str]]:
    body = "if (...) {\n...\n" * n + "- a();\n" + "...\n}\n" * n
    return "", body, [*["if (x) {"] * n, "b();", "a();", "b();", *["}"] * n]


def many_paths(n: int) -> tuple[str, str, Sequence[str]]:
    """The pattern stays, the function has 20 forks for each item."""
    code = ["a();", *_forks(20 * n, "d();", "e();"), "b();"]
    return "", "- a();\n... when != c()\n- b();", code


def many_jumps(n: int) -> tuple[str, str, Sequence[str]]:
    code = [line for i in range(20 * n) for line in (f"if (x == {i})", f"\tgoto l{i % 7};")]
    labels = [line for i in range(7) for line in (f"l{i}:", f"e{i}();")]
    return "", "- a();\n... when != c()\n- b();", ["a();", *code, "b();", *labels]


FAMILIES: Sequence[Family] = (
    dots,
    dots_and_holes,
    dots_when_any,
    forks,
    forks_and_alternatives,
    nests,
    nests_in_expressions,
    alternatives,
    alternatives_in_expressions,
    optional_lines,
    operands_that_commute,
    blocks_in_blocks,
    many_paths,
    many_jumps,
)


def measured(family: Family, size: int, most: float) -> float | None:
    """Seconds of the processor; None if it has taken more than `most` and was stopped."""
    names, body, lines = family(size)
    code = "int m(int x)\n{\n" + "".join(f"\t{line}\n" for line in lines) + "}\n"
    signal.setitimer(signal.ITIMER_PROF, most)
    begin = time.process_time()
    try:
        program = compile_patch(read("growth.cocci", f"@@\n{names}\n@@\n{body}\n"))
        run(program, "growth.c", code.encode(), {})
    except TimeoutError:
        return None
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return time.process_time() - begin


def _stop(*_: object) -> None:
    raise TimeoutError


def main() -> None:
    parser = argparse.ArgumentParser(description="Time patterns of 5, 10 and 20 items.")
    parser.add_argument("--seconds", type=float, default=10, help="what one may take at most")
    most = parser.parse_args().seconds
    sys.setrecursionlimit(20_000)
    signal.signal(signal.SIGPROF, _stop)
    print(f"{'items':<30}" + "".join(f"{size:>9}" for size in SIZES) + "   seconds")
    fails = False
    for family in FAMILIES:
        times = [measured(family, size, most) for size in SIZES]
        before, last = times[-2:]
        # Below a tenth of a second it is the clock that is measured.
        is_slow = before is None or last is None or last > MOST * max(before, 0.1)
        name = family.__name__.replace("_", " ")
        shown = "".join(f"{each:>9.2f}" if each is not None else f"{'-':>9}" for each in times)
        print(f"{name:<30}{shown}{'   grows too fast' if is_slow else ''}", flush=True)
        fails |= is_slow
    sys.exit(1 if fails else 0)


if __name__ == "__main__":
    main()
