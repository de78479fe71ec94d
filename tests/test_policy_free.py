"""The engine knows no kernel policy: such words stand in rules and templates, never in code."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.support import PROJECT

# The model of two kernels has to speak their interface.
EXEMPT = {"model.py"}

# Words of the module allocator, of its flags, and of what an architecture's Kconfig selects.
POLICY = re.compile(
    r"\w*(?:module_alloc|module_memfree|vmalloc|kmalloc|execmem|kmemleak|arch_module|moduleloader"
    r"|flush_reset_perms)\w*"
    r"|(?<![A-Za-z])VM_[A-Z]\w*|HAVE_ARCH_\w+|ARCH_HAS_\w+|STRICT_MODULE\w*",
    re.IGNORECASE,
)

# Architectures, as words: `_`, `/` and quotes end a word, so x86_64 is one, too. Left out are
# those that are everyday words or endings elsewhere: arc, sh, um.
ARCHITECTURES = re.compile(
    r"(?<![A-Za-z0-9])(?:alpha|arm|arm64|aarch64|csky|hexagon|ia64|loongarch|m68k|microblaze|mips"
    r"|nds32|nios2|openrisc|parisc|powerpc|ppc|ppc64|riscv|s390|s390x|sparc|sparc32|sparc64|x86"
    r"|xtensa)(?![A-Za-z0-9])",
    re.IGNORECASE,
)

# The prefix of the one maintainer whose name is no architecture's. In code it is a parameter with
# its type, so only strings are asked.
PREFIX = re.compile(r"\bmodules?: ")

SOURCES = sorted((PROJECT / "refactor").rglob("*.py"))


def policy_words(path: Path) -> list[str]:
    """`line: word` for every word of policy, in code, strings and comments alike."""
    source = path.read_text(encoding="utf-8")
    found = [
        (source.count("\n", 0, hit.start()) + 1, hit[0])
        for pattern in (POLICY, ARCHITECTURES)
        for hit in pattern.finditer(source)
    ]
    found += [
        (node.lineno, hit[0])
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for hit in PREFIX.finditer(node.value)
    ]
    return [f"{line}: {word}" for line, word in sorted(found)]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_source_names_no_kernel_policy(path: Path) -> None:
    if path.name not in EXEMPT:
        assert policy_words(path) == []


@pytest.mark.parametrize(
    "line",
    [
        'ENTRY = "module_alloc"',
        "def drop_VM_FLUSH_RESET_PERMS() -> None: ...",
        "# the weak arch_module_vm_flags() comes first",
        'ALLOCATORS = {"__vmalloc_node_range"}',
        'PATHS = ["arch/x86/kernel"]',
        'if machine == "x86_64": ...',
        "SELECT = 'HAVE_ARCH_HUGE_VMALLOC'",
        "subject = f'module: Use {helper}()'",
        "subject = 'MIPS: module: Use the helper'",
    ],
)
def test_policy_is_found_where_it_stands(line: str, tmp_path: Path) -> None:
    source = tmp_path / "source.py"
    source.write_text(line)
    assert policy_words(source) != []


@pytest.mark.parametrize(
    "line", ["def load(module: str) -> None: ...", "charm = swarm = 'alphabet'", "mask = 0x86"]
)
def test_everyday_words_are_no_policy(line: str, tmp_path: Path) -> None:
    source = tmp_path / "source.py"
    source.write_text(line)
    assert policy_words(source) == []
