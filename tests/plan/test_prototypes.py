"""Prototypes in other files change with the definition, or the definition is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from refactor.plan.plan import Plan, make
from refactor.rule.smpl.load import load
from refactor.tree.plain import PlainTree
from tests.plan.test_headers import lay

ADD = """@@
identifier f, c, x;
@@
 int f(struct a *c,
+ int deep,
  int x) { ... }
"""
TYPE = """@@
identifier f, x;
@@
- int
+ long
  f(long x) { ... }
"""
GONE = """@@
@@
- int gone(int x) { ... }
"""
TABLE = """@r@
identifier s, f;
@@
  struct ops s = { .call = f, };

@@
identifier r.f, x;
@@
  int f(
- int x
+ long x
  ) { ... }
"""
CHOICE = """@@
identifier f;
@@
(
 static int f(long x) { ... }
|
- int f(long x)
+ long f(long x)
 { ... }
)
"""
ONE = "int one(struct a *c, int x)\n{\n\treturn x;\n}\n"
ONE_DEEP = "int one(struct a *c, int deep, int x)\n{\n\treturn x;\n}\n"
DEFINED = "int get(long x)\n{\n\treturn x;\n}\n"
DEFINED_LONG = "long get(long x)\n{\n\treturn x;\n}\n"

UNREAD = """int other(int x)
{
	if (x &&
#ifdef A
		x > 1) {
#else
		x > 2) {
#endif
		return 1;
	}
	return 0;
}

"""

# A rule, files before, and those that differ afterwards.
CASES: dict[str, tuple[str, dict[str, str], dict[str, str]]] = {
    "in a header": (
        ADD,
        {"d/a.c": ONE, "d/a.h": "/* one */\nextern int one(struct a *c, int x);\t/* it */\n"},
        {
            "d/a.c": ONE_DEEP,
            "d/a.h": "/* one */\nextern int one(struct a *c, int deep, int x);\t/* it */\n",
        },
    ),
    "without the names of the parameters": (
        ADD,
        {"d/a.c": ONE, "include/a.h": "int one(struct a *, int) __must_check;\n"},
        {
            "d/a.c": ONE_DEEP,
            "include/a.h": "int one(struct a *, int, int) __must_check;\n",
        },
    ),
    "in a file of code": (
        ADD,
        {"d/a.c": ONE, "e/b.c": "int one(struct a *c, int x);\nint two(struct a *c, int x);\n"},
        {
            "d/a.c": ONE_DEEP,
            "e/b.c": "int one(struct a *c, int deep, int x);\nint two(struct a *c, int x);\n",
        },
    ),
    "under a condition, in two branches": (
        TYPE,
        {
            "a.c": DEFINED,
            "a.h": "#ifdef A\nint get(long x);\n#else\nint get(long y);\n#endif\n",
        },
        {
            "a.c": DEFINED_LONG,
            "a.h": "#ifdef A\nlong get(long x);\n#else\nlong get(long y);\n#endif\n",
        },
    ),
    "a static function has none elsewhere": (
        TYPE,
        {"a.c": "static " + DEFINED, "a.h": "int get(long x);\n"},
        {"a.c": "static " + DEFINED_LONG},
    ),
    "a static one of the same name is another": (
        TYPE,
        {"a.c": DEFINED, "b.c": "static int get(long x);\n"},
        {"a.c": DEFINED_LONG},
    ),
    "one of another architecture is another": (
        TYPE,
        {"arch/x/k/a.c": DEFINED, "arch/y/k/a.h": "int get(long x);\n"},
        {"arch/x/k/a.c": DEFINED_LONG},
    ),
    "one with other parameters is another": (
        TYPE,
        {"a.c": DEFINED, "b.h": "int get(struct s *s);\n"},
        {"a.c": DEFINED_LONG},
    ),
    "one that is as it should be": (
        TYPE,
        {"a.c": DEFINED, "a.h": "long get(long x);\n"},
        {"a.c": DEFINED_LONG},
    ),
    "what a rule before has found in the file of the definition": (
        TABLE,
        {
            "a.c": "int run(int x)\n{\n\treturn x;\n}\nint no(int x)\n{\n\treturn x;\n}\n"
            "struct ops o = { .call = run, };\n",
            "a.h": "int run(int x);\nint no(int x);\n",
        },
        {
            "a.c": "int run(long x)\n{\n\treturn x;\n}\nint no(int x)\n{\n\treturn x;\n}\n"
            "struct ops o = { .call = run, };\n",
            "a.h": "int run(long x);\nint no(int x);\n",
        },
    ),
    "it goes with its definition": (
        GONE,
        {
            "a.c": "int gone(int x)\n{\n\treturn x;\n}\n\nint here;\n",
            "a.h": "int gone(int x);\nextern int here;\n",
        },
        {"a.c": "int here;\n", "a.h": "extern int here;\n"},
    ),
    "the file is not understood all over": (
        ADD,
        {"a.c": UNREAD + ONE, "a.h": UNREAD + "int one(struct a *, int);\n"},
        {"a.c": UNREAD + ONE_DEEP, "a.h": UNREAD + "int one(struct a *, int, int);\n"},
    ),
    "a definition that is static by its declaration": (
        TYPE,
        {"a.c": "static int get(long x);\n" + DEFINED, "a.h": "int get(long x);\n"},
        {"a.c": "static long get(long x);\n" + DEFINED_LONG},
    ),
    "the definition is one of several alternatives": (
        CHOICE,
        {
            "a.c": "int get(long x);\nstatic int own(long x);\n" + DEFINED,
            "b.c": "static int own(long x);\n\n" + "static " + DEFINED.replace("get", "own"),
            "a.h": "int get(long x);\n",
        },
        {
            "a.c": "long get(long x);\nstatic int own(long x);\n" + DEFINED_LONG,
            "a.h": "long get(long x);\n",
        },
    ),
    "the header has more to change": (
        TYPE,
        {
            "a.c": DEFINED,
            "a.h": "static inline int own(long x)\n{\n\treturn x;\n}\nint get(long x);\n",
        },
        {
            "a.c": DEFINED_LONG,
            "a.h": "static inline long own(long x)\n{\n\treturn x;\n}\nlong get(long x);\n",
        },
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_prototype_follows_its_definition(name: str, tmp_path: Path) -> None:
    rule, before, after = CASES[name]
    plan = planned(tmp_path, rule, before)
    assert made(plan) == after
    assert not plan.refused


def test_a_definition_is_refused_with_its_prototype(tmp_path: Path) -> None:
    """What the macro makes is not known; the other function has nothing to do with it."""
    two = ONE.replace("one", "two")
    header = "int one(PTR(a), int x);\nint two(struct a *c, int x);\n"
    plan = planned(tmp_path, ADD, {"a.c": '#include "a.h"\n' + ONE + two, "a.h": header})
    (refused,) = plan.refused
    assert (refused.place.path, refused.place.line) == ("a.c", 2)
    note = "the result is not sound: its prototype in a.h:1 would not fit any more"
    assert refused.verdict.message == note
    assert made(plan) == {
        "a.c": '#include "a.h"\n' + ONE + two.replace("int x)", "int deep, int x)"),
        "a.h": header.replace("two(struct a *c, int x)", "two(struct a *c, int deep, int x)"),
    }


def test_what_lies_outside_of_the_paths_is_told(tmp_path: Path) -> None:
    files = {"d/a.c": ONE, "include/a.h": "int one(struct a *c, int x);\n"}
    plan = planned(tmp_path, ADD, files, "d/**")
    note = "include/a.h:1: the prototype of one() is outside of the rule's paths, not changed"
    assert note in plan.notes
    assert made(plan) == {"d/a.c": ONE_DEEP}


def test_every_file_is_told_of_once_in_the_order_of_the_paths(tmp_path: Path) -> None:
    files = {"z.c": ONE, "a.h": "int one(struct a *c, int x);\n"}
    plan = planned(tmp_path, ADD, files)
    (patch,) = plan.patches
    assert [each.path for each in patch.files] == ["a.h", "z.c"]
    assert [each.place.path for each in patch.changes] == ["a.h", "z.c"]


def planned(folder: Path, rule: str, files: Mapping[str, str], *paths: str) -> Plan:
    lay(folder / "tree", files)
    lay(folder, {"rule.cocci": rule})
    loaded = load(folder / "rule.cocci", {})
    if paths:
        loaded = replace(loaded, paths=paths)
    return make(PlainTree(folder / "tree"), loaded)


def made(plan: Plan) -> dict[str, str]:
    """The files that change, as they are then."""
    return {each.path: each.after.decode() for patch in plan.patches for each in patch.files}
