"""The facts of a rule: what is wrong with a table of one, and what a tree says."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from refactor.errors import RuleError
from refactor.plan.lookup import look_up
from refactor.plan.search import search_facts
from refactor.rule.facts import read_facts
from refactor.rule.toml import Table
from refactor.tree.commit import open_tree
from tests.small_kernel import write


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("[fact.x]\n", "fact.x: it has to have one of", id="no kind"),
        pytest.param("[fact.x]\nselects = 1\n", "it has to be a string", id="no string"),
        pytest.param('[fact.x]\nselects = "A"\nfile = "b"\n', "unknown key", id="unknown key"),
        pytest.param('[fact.x]\nstub = "A"\n', "there is no 'file'", id="stub without file"),
        pytest.param('[[fact.x.way]]\nsays = "a"\nfiles = []\n', "either `mentions` or `contains`",
                     id="way without words"),
        pytest.param('[fact.x]\nusers = "f"\npaths = []\nsets = []\n', "there is no 'frees'",
                     id="users without frees"),
    ],
)  # fmt: skip
def test_faulty_fact(text: str, words: str) -> None:
    with pytest.raises(RuleError, match=words):
        read_facts(Table(tomllib.loads(text)["fact"], "fact", "rule.toml", text))


def value(
    tmp_path: Path, text: str, component: str, changes: dict[str, tuple[str, str]] | None = None
) -> Any:
    """What a fact `x` is for a component of the small kernel."""
    tree = open_tree(write(tmp_path, changes or {}))
    facts = read_facts(Table(tomllib.loads(text)["fact"], "fact", "rule.toml", text))
    found = look_up(tree, facts, search_facts(tree, facts), [component], ["sparc"])
    return found.of(component)["x"]


@pytest.mark.parametrize(
    ("text", "component", "expected"),
    [
        pytest.param('[fact.x]\nselects = "ARCH_HAS_SET_MEMORY"\n', "riscv",
                     {"conditions": ["MMU"]}, id="selects"),
        pytest.param('[fact.x]\nselects = "ARCH_HAS_SET_MEMORY"\n', "mips", None,
                     id="selects it not"),
        pytest.param('[fact.x]\nstub = "set_memory_x"\nfile = "include/linux/set_memory.h"\n',
                     "mips", {"real": False, "conditions": []}, id="stub"),
        pytest.param('[fact.x]\nstub = "set_memory_x"\nfile = "include/linux/set_memory.h"\n',
                     "riscv", {"real": True, "conditions": ["MMU"]}, id="real"),
        pytest.param('[fact.x]\nstub = "set_memory_y"\nfile = "include/linux/set_memory.h"\n',
                     "riscv", None, id="unknown stub"),
        pytest.param('[fact.x]\nstub = "f"\nfile = "include/linux/none.h"\n', "riscv", None,
                     id="no such header"),
        pytest.param('[fact.x]\nword = "set_memory_x"\nfiles = ["kernel/module.c"]\n', "x86",
                     [{"function": "module_enable_x", "conditions": []}], id="word"),
        pytest.param('[fact.x]\nword = "set_memory_z"\nfiles = ["kernel/module.c"]\n', "x86", None,
                     id="no such word"),
        pytest.param('[[fact.x.way]]\nsays = "a"\nfiles = ["mm/memory.c"]\nfunction = "f"\n'
                     'mentions = ["pmd_leaf"]\n', "x86", "", id="in another function"),
        pytest.param('[[fact.x.way]]\nsays = "a"\nfiles = ["mm/memory.c"]\n'
                     'mentions = ["pmd_leaf"]\n', "x86", "a", id="anywhere in the file"),
        pytest.param('[fact.x]\nmay_be_off = "NONE"\n', "x86", None, id="no such option"),
    ],
)  # fmt: skip
def test_fact(tmp_path: Path, text: str, component: str, expected: object) -> None:
    assert value(tmp_path, text, component) == expected


@pytest.mark.parametrize(
    ("component", "expected"),
    [
        pytest.param("x86", None, id="always on"),
        pytest.param("mips", {"never_on": True, "by_choice": False, "unless": []}, id="never on"),
        pytest.param("riscv", {"never_on": False, "by_choice": True,
                               "unless": ["MMU && !XIP_KERNEL"]}, id="by choice, and if"),
        pytest.param("powerpc", {"never_on": False, "by_choice": False,
                                 "unless": ["ARCH_HAS_STRICT_KERNEL_RWX"]}, id="if"),
    ],
)  # fmt: skip
def test_whether_an_option_may_be_off(tmp_path: Path, component: str, expected: object) -> None:
    text = (
        '[fact.x]\nmay_be_off = "STRICT_MODULE_RWX"\n'
        '[fact.y]\nselects = "ARCH_HAS_STRICT_MODULE_RWX"\n'
        '[fact.z]\nselects = "ARCH_OPTIONAL_KERNEL_RWX"\n'
    )
    assert value(tmp_path, text, component) == expected


USERS = """
[fact.x]
users = "module_alloc"
paths = ["arch/**/*.c", "kernel/**/*.c"]
through = ["bpf_jit_alloc_exec", "bpf_jit_binary_alloc", "alloc_insn_page"]
sets = ["set_vm_flush_reset_perms", "bpf_jit_binary_lock_ro"]
frees = ["module_memfree"]
"""


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        pytest.param("void f(void)\n{\n\tvoid *p = module_alloc(1);\n\n"
                     "\tset_vm_flush_reset_perms(p);\n}\n", "set", id="here"),
        pytest.param("void f(void)\n{\n\tvoid *p = module_alloc(1);\n\n"
                     "\tset_vm_flush_reset_perms(q);\n\tmodule_memfree(p);\n}\n", "unset",
                     id="for another one"),
        pytest.param("void f(struct s *s)\n{\n\ts->p = (char *)module_alloc(1);\n}\n\n"
                     "void g(struct s *s)\n{\n\tset_vm_flush_reset_perms(s->p);\n}\n", "set",
                     id="elsewhere, by the name of a member"),
        pytest.param("void f(struct s *s)\n{\n\tvoid *p;\n\n\tp = module_alloc(1);\n\ts->p = p;\n"
                     "}\n\n"
                     "void g(struct s *s)\n{\n\tset_vm_flush_reset_perms(s->p);\n}\n", "set",
                     id="through a variable"),
        pytest.param("static void *a(void)\n{\n\treturn module_alloc(1);\n}\n\nvoid f(void)\n{\n"
                     "\tvoid *p = a();\n\n\tset_vm_flush_reset_perms(p);\n}\n", "set",
                     id="by the caller of a static function"),
        pytest.param("static void *a(void)\n{\n\treturn module_alloc(1);\n}\n\nvoid f(void)\n{\n"
                     "\tvoid *p = a();\n\n\tmodule_memfree(p);\n}\n", "unset",
                     id="not by the caller of a static function"),
        pytest.param("void f(void)\n{\n\tforever = module_alloc(1);\n}\n", None,
                     id="never freed, so it does not matter"),
        pytest.param("#if 0\nvoid f(void)\n{\n\tmodule_memfree(module_alloc(1));\n}\n#endif\n",
                     None, id="disabled"),
    ],
)  # fmt: skip
def test_users(tmp_path: Path, code: str, expected: str | None) -> None:
    users = value(tmp_path, USERS, "odd", {"arch/odd/kernel/user.c": ("", code)})
    states = {each["says"]: each["state"] for each in users}
    assert states.get("f()") == expected
