"""Attributes of declarations, types and functions: those of a pattern, and those that it leaves."""

from __future__ import annotations

import pytest

from tests.smpl import applied, patch

NOTED = "attribute name __mine, __also;"

CHANGED: dict[str, tuple[str, str, str, str]] = {
    "behind the type of a cast": (
        f"type T; identifier x; {NOTED}",
        "  (T\n- __mine\n  ) x",
        "void f(void)\n{\n\ta = (int __mine) b;\n\ta = (int __mine *) b;\n}\n",
        "void f(void)\n{\n\ta = (int) b;\n\ta = (int __mine *) b;\n}\n",
    ),
    "a type that goes takes along what is noted of it in a cast": (
        "type T; identifier x;",
        "  (\n- T\n+ long\n  ) x",
        "void f(void)\n{\n\ta = (char __user *) b;\n\ta = (__force u32) c;\n}\n",
        "void f(void)\n{\n\ta = (long) b;\n\ta = (long) c;\n}\n",
    ),
    "between the stars in their order": (
        f"identifier f; {NOTED}",
        "  int\n- __mine\n  *\n- __also\n  * f() { ... }",
        "int __mine * __also * f() { return 0; }\nint __also * __mine * g() { return 0; }\n",
        "int * * f() { return 0; }\nint __also * __mine * g() { return 0; }\n",
    ),
    "behind a struct": (
        NOTED,
        "  struct s { ... }\n- __mine\n  ;",
        "struct s {\n\tint a;\n} __mine;\n",
        "struct s {\n\tint a;\n};\n",
    ),
    "behind a name that is given a value": (
        f"type T; identifier x; {NOTED}",
        "  T x\n- __mine\n  = 0;",
        "void f(void)\n{\n\tint a __mine = 0;\n}\n",
        "void f(void)\n{\n\tint a = 0;\n}\n",
    ),
    "behind a macro that declares": (
        f"declarer name DECLARE; {NOTED}",
        "  DECLARE(...)\n- __mine\n  ;",
        "DECLARE(a, b) __mine;\n",
        "DECLARE(a, b);\n",
    ),
    "with arguments behind a head": (
        NOTED,
        "- void\n+ long\n  f() __mine(1, 2) { ... }",
        "void f() __mine(1, 2)\n{\n}\n\nvoid f() __mine(2, 1)\n{\n}\n",
        "long f() __mine(1, 2)\n{\n}\n\nvoid f() __mine(2, 1)\n{\n}\n",
    ),
    "before a pointer to a function": (
        f"type T; identifier f, y; {NOTED}",
        "  int f(\n- T\n+ short\n  __mine (*y)(int)) { ... }",
        "int f(int __mine (*cb)(int))\n{\n\treturn 0;\n}\n",
        "int f(short __mine (*cb)(int))\n{\n\treturn 0;\n}\n",
    ),
    "of GNU C, behind one name after another": (
        "type T; identifier x;",
        "  T x\n- __attribute__((old))\n+ __attribute__((new))\n  ;",
        "int a __attribute__((old));\n\nint b __attribute__((old));\n",
        "int a __attribute__((new));\n\nint b __attribute__((new));\n",
    ),
    "of a definition, that its prototype does not repeat": (
        "identifier f, a;",
        "  int __attribute__((cold)) f\n- (int a)\n+ (void)\n  { ... }",
        "int f(int a);\n\nint __attribute__((cold)) f(int a)\n{\n\treturn 0;\n}\n",
        "int f(void);\n\nint __attribute__((cold)) f(void)\n{\n\treturn 0;\n}\n",
    ),
}


@pytest.mark.parametrize(("declared", "body", "before", "after"), CHANGED.values(), ids=CHANGED)
def test_attributes(declared: str, body: str, before: str, after: str) -> None:
    assert applied(patch(declared, body), before) == after
