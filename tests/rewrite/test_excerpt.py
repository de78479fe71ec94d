"""A patch in an excerpt of a file makes of it what it makes in all of the file."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from refactor.c.items import cut
from refactor.c.lexical import mentions
from refactor.match.verdict import Verdict
from refactor.rewrite.excerpt import SEAM, excerpt
from refactor.rewrite.patch import rewrite_patch
from refactor.rule.edits import Smpl
from tests.edits import rule_of, smpl

REST = b"\n".join(b"int other_%d(void)\n{\n\treturn %d;\n}\n" % (n, n) for n in range(9))
"""Enough that has nothing to do with it."""

PATCHES = {
    "an expression": smpl("- old(x)\n+ new(x, 0)"),
    "a statement goes": smpl("- old(x);"),
    "a statement comes": smpl("  old(x);\n+ more(x);"),
    "a function goes": smpl("- int old_one(int x)\n- {\n- \t...\n- }", declared=""),
    "a head changes": smpl(
        "- old_one(int x)\n+ old_one(int x, int y)\n  {\n  ...\n  }", declared=""
    ),
    "a function comes": smpl(
        "+ int before(void)\n+ {\n+ \treturn 0;\n+ }\n  void f(...)\n  {\n  ...\n  }",
        declared="",
    ),
    "a declarer goes": smpl("- OLD(x);", declared="declarer name OLD;\nexpression x;"),
    "a type is asked for": smpl("- old(x)\n+ new(x)", declared="char *x;"),
}
FILES = {
    "one function": b"int f(int a)\n{\n\told(a);\n}\n",
    "two functions": b"void f(int a)\n{\n\told(a);\n}\n%s\nint h(void)\n{\n\told(1);\n}\n" % REST,
    "a function that goes": b"int g;\n\nint old_one(int x)\n{\n\treturn 0;\n}\n\nint h;\n",
    "with comments": b"int g;\n/* x */\nint old_one(int x)\n{\n\treturn 0;\n}\n/* y */\nint h;\n",
    "in a conditional": b"#ifdef A\nint f(int a)\n{\n\told(a);\n}\n#else\nint g;\n#endif\n",
    "in a dead one": b"#if 0\nint f(int a)\n{\n\told(a);\n}\n#endif\n",
    "in texts": b'/* old */\nchar *x = "old_one";\nvoid f(void)\n{\n\told(1); /* old */\n}\n',
    "a comment behind it": b"void f(void)\n{\n\told(1);\n} /* f */\nint g;\n",
    "a comment that begins behind it": b"void f(void)\n{\n\told(1);\n} /* f\n */\nint g;\n",
    "in a macro": b"#define F(a) old(a)\nint g;\n",
    "a function right behind another one": b"void f(void)\n{\n\tg();\n}\n" * 2,
    "a declarer right behind something": b"int a;\nOLD(a);\n\nint b;\n",
    "a declarer right before something": b"int a;\n\nOLD(a);\nint b;\n",
    "what is not understood": b"void f(void)\n{\n\told(1);\n\tint x = = 2;\n\told(2);\n}\n",
    "half of an item": b"int f(void) +\nold(1);\nint g(void)\n{\n\told(2);\n}\n",
    "no line break at the end": b"void f(void)\n{\n\told(1);\n}",
    "carriage returns": b"void f(void)\r\n{\r\n\told(1);\r\n}\r\n",
    "the seam itself": SEAM + b"void f(void)\n{\n\told(1);\n}\n",
    "a type from elsewhere": b"void f(void)\n{\n\told(name);\n\told(number);\n}\n",
}
TAIL = b"\nchar *name;\nint number;\n"


@pytest.mark.parametrize("patch", PATCHES.values(), ids=PATCHES)
@pytest.mark.parametrize("code", FILES.values(), ids=FILES)
def test_it_makes_no_difference(patch: str, code: bytes) -> None:
    (edit,) = rule_of(patch, single=True).edits
    assert isinstance(edit, Smpl)
    check_same("a.c", REST + b"\n" + code + REST, edit)
    check_same("a.c", REST + code + REST, edit)
    check_same("a.c", code + REST + TAIL, edit)
    check_same("a.c", REST + TAIL + code, edit)


def test_the_excerpt_is_small() -> None:
    code = REST + b"\n/* Of f. */\nvoid f(void)\n{\n\told(1);\n}\n\nint g;\n" + REST
    part = excerpt(code, cut(code, [code.index(b"old")]))
    assert part.data.startswith(SEAM)
    assert part.data.endswith(SEAM)
    assert part.data[len(SEAM) : -len(SEAM)] == b"\n/* Of f. */\nvoid f(void)\n{\n\told(1);\n}\n\n"


def test_a_seam_that_is_gone() -> None:
    code = FILES["two functions"]
    part = excerpt(code, cut(code, [each.start for each in mentions(code, "old")]))
    assert part.restored(part.data) == code
    assert part.restored(part.data.replace(b"old", b"new")) == code.replace(b"old", b"new")
    assert part.restored(part.data.replace(SEAM, b"")) is None
    assert part.restored(part.data.replace(b"\n" + SEAM, b" " + SEAM)) is None


WORDS = {
    "kzalloc": smpl("- kzalloc(x, y)\n+ kzalloc(x, y | z)", declared="expression x, y, z;").replace(
        "| z", "| __GFP_ACCOUNT"
    ),
    "mutex_lock": smpl("- mutex_lock(x);\n+ mutex_lock_new(x, 0);"),
    "printk": smpl("- printk(x, ...)\n+ printk_new(x)").replace(", ...)", ")"),
    "container_of": smpl("- container_of(x, y, z)\n+ upcast(x, z)"),
}


@pytest.mark.parametrize("word", WORDS)
def test_real_files(kernel_tree: Callable[[str], Path], word: str) -> None:
    """One file in so many; with TREEWIDE_TEST_EVERY=1 all of them, which takes half an hour."""
    step = 1 if os.environ.get("TREEWIDE_TEST_EVERY") else 199
    assert compared(kernel_tree("6.1"), word, step) > 10


def compared(tree: Path, word: str, step: int) -> int:
    """How many files with a word, of every so many, have been looked at."""
    (edit,) = rule_of(WORDS[word], single=True).edits
    assert isinstance(edit, Smpl)
    count = 0
    for path in sorted(tree.rglob("*.[ch]"))[::step]:
        data = path.read_bytes()
        if word.encode() in data:
            check_same(str(path.relative_to(tree)), data, edit)
            count += 1
    return count


def check_same(path: str, data: bytes, edit: Smpl) -> None:
    one, other = rewrite_patch(path, data, edit), rewrite_patch(path, data, edit, in_part=False)
    assert one.after == other.after
    assert told(one.verdicts) == told(other.verdicts)


def told(verdicts: tuple[Verdict, ...]) -> list[object]:
    return [
        (type(each), each.where, getattr(each, "reason", ""), getattr(each, "note", ""))
        for each in verdicts
    ]
