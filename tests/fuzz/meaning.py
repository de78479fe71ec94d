"""Random functions, rewritten, and compiled before and after: gcc says whether they mean the same.

Each rule takes the name of a macro away and writes what the macro stands for. So the assembly of
before and after has to be the same, unless a parenthesis is missing, tokens have grown together, or
a statement belongs to another one.
"""

from __future__ import annotations

import random
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from refactor.rewrite.whole import rewrite_all
from refactor.rule.edits import Program, Smpl
from refactor.rule.smpl.ready import ready

# Name, parameters, what the macro is, what the rule writes in its place.
MACROS = (
    ("plus", "ab", "((a) + (b))", "A + B"),
    ("minus", "ab", "((a) - (b))", "A - B"),
    ("times", "ab", "((a) * (b))", "A * B"),
    ("over", "ab", "((a) / (b))", "A / B"),
    ("negative", "a", "(-(a))", "-A"),
    ("inverse", "a", "(~(a))", "~A"),
    ("isnt", "a", "(!(a))", "!A"),
    ("both", "ab", "((a) && (b))", "A && B"),
    ("either", "ab", "((a) || (b))", "A || B"),
    ("less", "ab", "((a) < (b))", "A < B"),
    ("mask", "ab", "((a) & (b))", "A & B"),
    ("joined", "ab", "((a) | (b))", "A | B"),
    ("shifted", "ab", "((a) << ((b) & 7))", "A << (B & 7)"),
    ("chosen", "ab", "((a) ? (b) : 3)", "A ? B : 3"),
    ("at", "a", "(*(v + ((a) & 3)))", "*(v + (A & 3))"),
    ("twice", "a", "(g(a) + g(a))", "g(A) + g(A)"),
    ("called", "a", "(g(a))", "g(A)"),
    ("index", "a", "(v[(a) & 3])", "v[A & 3]"),
    ("first", "ab", "((void)(b), (a))", "((void)(B), A)"),
)
STATEMENTS = (
    ("call", "a", "g(a)", "g(A);"),
    ("set", "a", "x = (a)", "x = A;"),
    ("guarded", "a", "do { if (a) g(2); } while (0)", "if (A)\n+ g(2);"),
    ("pair", "ab", "do { g(a); g(b); } while (0)", "g(A);\n+ g(B);"),
    ("loop", "a", "do { while (g(a)) ; } while (0)", "while (g(A))\n+ ;"),
)


def programs() -> dict[str, Program]:
    """A program for each macro, which takes it away."""
    made = {}
    for name, parameters, _, written in (*MACROS, *STATEMENTS):
        names = ", ".join(parameters.upper())
        end = ";" if (name, parameters) in {each[:2] for each in STATEMENTS} else ""
        text = f"@@ expression {names}; @@\n- {name}({names}){end}\n+ {written}\n"
        compiled, _ = ready(f"{name}.cocci", text, {})
        made[name] = Program((Smpl(0, (), "", compiled.own_words, "", compiled, {}),))
    return made


HEAD = "int g(int);\nextern int v[4];\n" + "".join(
    f"#define {name}({', '.join(parameters)}) {body}\n"
    for name, parameters, body, _ in (*MACROS, *STATEMENTS)
)


def function(source: random.Random, number: int) -> str:
    """A function of a few statements, laid out as nobody would."""
    body = "".join(f"\t{_statement(source, 3)}\n" for _ in range(source.randrange(1, 5)))
    return f"int f{number}(int x, int y)\n{{\n{body}\treturn {_expression(source, 3)};\n}}\n"


SIGNS = ("+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>", "<", ">", "<=", "==", "&&", "||")


def _blank(source: random.Random) -> str:
    return source.choice(("", "", "", " ", "\n\t\t", " /* c */ ", "\\\n", " // c\n\t\t"))


def _expression(source: random.Random, depth: int) -> str:
    if depth == 0 or source.random() < 0.15:
        return source.choice(("x", "y", "1", "-x", "~y", "-1", "x++", "--y", "*v", "v[1]", "'a'"))
    way = source.randrange(12)
    one, other = (_expression(source, depth - 1) for _ in range(2))
    if way < 5:
        name, parameters, _, _ = source.choice(MACROS)
        given = f"{_blank(source)},{_blank(source)}".join((one, other)[: len(parameters)])
        return f"{name}{source.choice(('', '', ' '))}({_blank(source)}{given}{_blank(source)})"
    if way < 9:
        sign = source.choice(SIGNS)
        return f"({one}) {sign}{_blank(source)} {other}" if way < 7 else f"{one} {sign} ({other})"
    if way == 9:
        return f"{source.choice('-~!')} {one}"
    if way == 10:
        return f"({one} ? {other} : {_expression(source, depth - 1)})"
    return source.choice((f"(short){one}", f"({one}, {other})", f"sizeof({one})", f"g({one})"))


def _statement(source: random.Random, depth: int) -> str:
    one = _expression(source, 2)
    if depth == 0 or source.random() < 0.5:
        name, parameters, _, _ = source.choice(STATEMENTS)
        given = ", ".join((one, _expression(source, 2))[: len(parameters)])
        return source.choice((f"{name}({given});", f"x = {one};", f"g({one});"))
    inner, more = _statement(source, depth - 1), _statement(source, depth - 1)
    return source.choice(
        (
            f"if ({one})\n\t\t{inner}",
            f"if ({one}) {inner}",
            f"if ({one})\n\t\t{inner}\n\telse\n\t\t{more}",
            f"if ({one}) {{\n\t\t{inner}\n\t}} else {{\n\t\t{more}\n\t}}",
            f"{{ {inner} {more} }}",
            f"while ({one})\n\t\t{inner}",
            f"for (y = 0; y < 3; y++)\n\t\t{inner}",
            f"do\n\t\t{inner}\n\twhile ({one});",
            f"do {{ {inner} }} while ({one});",
            f"switch ({one}) {{\n\tcase 1:\n\t\t{inner}\n\t\tbreak;\n\tdefault:\n\t\t{more}\n\t}}",
            f"if (x)\n\t\tif ({one})\n\t\t\t{inner}\n\t\telse\n\t\t\t{more}",
        )
    )


TOGETHER = 40
"""Functions in one file: gcc takes longest to start."""


def attack(source: random.Random, known: dict[str, Program]) -> tuple[bytes, list[str], int]:
    """Some functions in a file, what does not hold for it, and how many of them changed."""
    bodies = [function(source, number) for number in range(TOGETHER)]
    before = "".join(bodies).encode()
    after = before
    names = source.sample(sorted(known), 6)
    for name in names:
        made = rewrite_all("a.c", after, known[name])
        after = made.after
    changed = sum(each.encode() not in after for each in bodies)
    return before, list(_different(before, after, names)), changed


def _different(before: bytes, after: bytes, names: list[str]) -> Iterator[str]:
    one, errors = _assembly(before)
    if errors:
        yield f"the generator is wrong: {errors[:300]}"
        return
    other, errors = _assembly(after)
    if errors:
        yield f"after {', '.join(names)} it does not compile: {errors[:400]}"
        return
    for name in sorted(one.keys() | other.keys()):
        if one.get(name) != other.get(name):
            yield f"after {', '.join(names)} {name}() is another function"


def _assembly(code: bytes) -> tuple[dict[str, str], str]:
    """The instructions of each function, and what gcc complains of."""
    with tempfile.TemporaryDirectory(prefix="treewide-fuzz-") as folder:
        file = Path(folder, "a.c")
        file.write_bytes(HEAD.encode() + code)
        words = ["gcc", "-w", "-O1", "-S", "-o", "-", "-fno-asynchronous-unwind-tables"]
        words += ["-fno-reorder-functions", str(file)]
        done = subprocess.run(words, capture_output=True, check=False, timeout=120)
    if done.returncode:
        return {}, done.stderr.decode(errors="replace")
    found: dict[str, str] = {}
    labels: dict[str, str] = {}
    name = ""
    for line in done.stdout.decode().splitlines():
        if line.startswith("f") and line.endswith(":"):
            name, labels = line[:-1], {}
            found[name] = ""
        elif name and not line.startswith("\t."):
            found[name] += _local(line, labels) + "\n"
    return found, ""


def _local(line: str, labels: dict[str, str]) -> str:
    """A line with its labels numbered in the order in which the function names them."""
    for word in sorted({each.strip("():,") for each in line.split() if ".L" in each}):
        start = word.index(".L")
        end = next((n for n in range(start + 2, len(word)) if not word[n].isalnum()), len(word))
        label = word[start:end]
        line = line.replace(label, labels.setdefault(label, f"@{len(labels)}"))
    return line
