"""What `check` finds: the examples of its pages, and the shapes around them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from refactor.check.catalog import Doc, load
from refactor.check.finding import Code, fingerprints
from refactor.check.fixes import patch
from refactor.commands.common import find_rule
from refactor.errors import RuleError, UsageError
from refactor.tree.commit import open_tree
from tests.checking import CATALOG, catalog, codes, findings, lay, rule, vmalloc
from tests.support import git

REDUNDANT = "drop-redundant-reset-perms"
MODULE = "arch/foo/kernel/module.c"
HUGE = "\tselect HAVE_ARCH_HUGE_VMALLOC\n"
FOO = "config FOO\n\tdef_bool y\n\tselect ARCH_HAS_SET_MEMORY\n"


@pytest.mark.parametrize("doc", catalog().docs.values(), ids=lambda doc: str(doc.code))
def test_bad_example_has_the_finding(doc: Doc, tmp_path: Path) -> None:
    found = findings(lay(tmp_path, doc.tree, doc.bad))
    assert doc.code in [finding.code for finding in found]
    others = {finding.code for finding in found if finding.counts} - {doc.code}
    assert not others, "the example shows more than one thing"


@pytest.mark.parametrize("doc", catalog().docs.values(), ids=lambda doc: str(doc.code))
def test_good_example_is_clean(doc: Doc, tmp_path: Path) -> None:
    files = {**dict.fromkeys(doc.bad, ""), **doc.good}
    if doc.code is Code.NOTHING_TO_CHECK:  # without execmem it is a tree like the others
        files["include/linux/vmalloc.h"] = catalog().trees["opt-out"]["include/linux/vmalloc.h"]
    found = findings(lay(tmp_path, doc.tree, files))
    assert doc.code not in [finding.code for finding in found]
    assert [finding.code for finding in found if finding.counts] == []


@pytest.mark.parametrize("doc", catalog().docs.values(), ids=lambda doc: str(doc.code))
def test_fix_makes_the_finding_go(doc: Doc, tmp_path: Path) -> None:
    tree = lay(tmp_path, doc.tree, doc.bad, commit=True)
    found = [finding for finding in findings(tree) if finding.code is doc.code]
    if not all(finding.fix for finding in found):
        assert doc.code in NOT_FIXED
        return
    git(tree, "apply", stdin=patch(open_tree(tree), found))
    git(tree, "commit", "--quiet", "--all", "--message=Fix")
    assert doc.code not in [finding.code for finding in findings(tree)]
    assert doc.code not in NOT_FIXED


# No edit of a line puts these right.
NOT_FIXED = {
    Code.ATTEMPTS_DIFFER,
    Code.NO_FLAGS,
    Code.AREA_BY_HAND,
    Code.CANNOT_JUDGE,
    Code.STALE_ENTRY,
    Code.NOT_CONVERTED,
    Code.NOTHING_TO_CHECK,
}

TWO = """
void *module_alloc(unsigned long size)
{{
	void *p = __vmalloc_node_range(size, 1, A, B, GFP, PROT, {0}, -1, NULL);

	if (!p)
		p = __vmalloc_node_range(size, 1, C, D, GFP, PROT, {1}, -1, NULL);
	return p;
}}
"""

THROUGH = """
static void *attempt(unsigned long size, unsigned long flags)
{{
	return __vmalloc_node_range(size, 1, A, B, GFP, PROT, flags, -1, NULL);
}}

void *module_alloc(unsigned long size)
{{
	return attempt(size, {0});
}}
"""


@pytest.mark.parametrize(
    ("tree", "code", "expected"),
    [
        pytest.param("opt-out", vmalloc("VM_FLUSH_RESET_PERMS"), [], id="all that is required"),
        pytest.param("opt-out", vmalloc("0x0UL"), ["missing-flag"], id="zero in another spelling"),
        pytest.param("opt-out", vmalloc("(VM_FLUSH_RESET_PERMS)"), [], id="in parentheses"),
        pytest.param("opt-out", vmalloc("vendor_flags()"), ["cannot-judge"], id="a call"),
        pytest.param("opt-out", vmalloc("VM_VENDOR"), ["cannot-judge"], id="a name nobody defines"),
        pytest.param(
            "opt-out",
            "#define FLAGS (VM_FLUSH_RESET_PERMS | VM_NO_HUGE_VMAP)\n" + vmalloc("FLAGS"),
            [],
            id="a macro of the file",
        ),
        pytest.param(
            "opt-out",
            "#define FLAGS VM_NO_HUGE_VMAP\n" + vmalloc("FLAGS"),
            ["missing-flag"],
            id="a macro without the flag",
        ),
        pytest.param(
            "opt-out",
            vmalloc("kasan ? VM_FLUSH_RESET_PERMS : 0"),
            [],
            id="a flag in some cases is left to its author",
        ),
        pytest.param("opt-out", THROUGH.format("VM_FLUSH_RESET_PERMS"), [], id="a parameter"),
        pytest.param("opt-out", THROUGH.format("0"), ["missing-flag"], id="a parameter without"),
        pytest.param("opt-out", TWO.format("0", "0"), ["missing-flag"] * 2, id="two attempts"),
        pytest.param(
            "opt-out",
            TWO.format("VM_FLUSH_RESET_PERMS", "0"),
            ["attempts-differ", "missing-flag"],
            id="two attempts that differ",
        ),
        pytest.param(
            "opt-out",
            TWO.format("VM_DEFER_KMEMLEAK | VM_FLUSH_RESET_PERMS", "VM_FLUSH_RESET_PERMS"),
            [],
            id="a difference that a configuration makes 0",
        ),
        pytest.param(
            "converted",
            TWO.format("arch_module_vm_flags()", "VM_NO_HUGE_VMAP | VM_FLUSH_RESET_PERMS"),
            ["bypasses-helper"],
            id="the same flags by other means",
        ),
        pytest.param(
            "opt-out",
            f"#ifdef CONFIG_MMU\n{vmalloc('VM_FLUSH_RESET_PERMS')}#else\n{vmalloc('0')}#endif\n",
            ["missing-flag"],
            id="alternatives are no attempts",
        ),
        pytest.param(
            "converted", THROUGH.format("arch_module_vm_flags()"), [], id="the helper by parameter"
        ),
        pytest.param(
            "converted",
            vmalloc("VM_NO_HUGE_VMAP | arch_module_vm_flags() | VM_FLUSH_RESET_PERMS"),
            ["open-coded-flag"] * 2,
            id="several findings of one call",
        ),
        pytest.param(
            "opt-out",
            "void *module_alloc(size)\n\tunsigned long size;\n{\n\treturn NULL;\n}\n",
            ["cannot-judge"],
            id="K&R",
        ),
        pytest.param(
            "opt-out", "DEFINE_ALLOCATOR(module_alloc, 16);\n", ["cannot-judge"], id="macro-made"
        ),
        pytest.param(
            "opt-out",
            "void *module_alloc(unsigned long size)\n{\n\tif (size return 0;\n"
            "\treturn __vmalloc_node_range(size, 1, A, B, G, P, 0, -1, NULL);\n}\n",
            ["cannot-judge"],
            id="a syntax error",
        ),
        pytest.param(
            "opt-out",
            "void *module_alloc(unsigned long size)\n{\n\treturn vendor_alloc(size);\n}\n",
            ["cannot-judge"],
            id="an unknown allocator",
        ),
        pytest.param("opt-out", "int f(void)\n{\n\treturn module_alloc(1);\n}\n", [], id="a use"),
    ],
)
def test_calls(tree: str, code: str, expected: list[str], tmp_path: Path) -> None:
    assert sorted(codes(lay(tmp_path, tree, {MODULE: code}))) == sorted(expected)


BY_HAND = """
#ifdef CONFIG_MMU
void *module_alloc(unsigned long size)
{
	struct page **pages = kmalloc(size, GFP_KERNEL);
	struct vm_struct *area;
	int i;

	for (i = 0; i < size >> PAGE_SHIFT; i++)
		pages[i] = alloc_page(GFP_KERNEL);
	area = __get_vm_area(size, VM_ALLOC, MODULE_START, MODULE_END);
	if (map_vm_area(area, PAGE_KERNEL, &pages))
		return NULL;
	return area->addr;
}
#else /* 漢字 */
void *module_alloc(unsigned long size)
{
    return size == 0 ? NULL : vmalloc(size);
}
#endif
"""


def test_area_by_hand_is_one_finding_and_its_helpers_are_none(tmp_path: Path) -> None:
    found = findings(lay(tmp_path, "converted", {MODULE: BY_HAND}))
    assert [(f.code, f.place.line) for f in found] == [
        (Code.AREA_BY_HAND, 10),
        (Code.NO_FLAGS, 19),
    ]


KCONFIGS = {
    "directly": {"arch/foo/Kconfig": FOO + HUGE},
    "with if": {"arch/foo/Kconfig": FOO + "\tselect HAVE_ARCH_HUGE_VMALLOC\t\tif FOO64\n"},
    "in a platform Kconfig": {"arch/foo/mach-bar/Kconfig": "config BAR\n\tbool\n" + HUGE},
    "by a symbol of its own": {
        "arch/foo/Kconfig": FOO + "\tselect BAR\n\nconfig BAR\n\tbool\n" + HUGE
    },
    "through a generic symbol": {
        "arch/foo/Kconfig": FOO + "\tselect HUGE_EVERYTHING\n",
        "mm/Kconfig": "config HUGE_EVERYTHING\n\tbool\n" + HUGE,
    },
}


@pytest.mark.parametrize("kconfig", KCONFIGS.values(), ids=KCONFIGS)
@pytest.mark.parametrize(
    ("tree", "code", "expected"),
    [
        ("opt-out", vmalloc("VM_FLUSH_RESET_PERMS"), ["unguarded-option"]),
        ("opt-out", vmalloc("VM_FLUSH_RESET_PERMS | VM_NO_HUGE_VMAP"), []),
        ("converted", vmalloc("arch_module_vm_flags()"), []),
        ("converted", vmalloc("0"), ["bypasses-helper", "unguarded-option"]),
        ("opt-out", "", ["unguarded-option"]),
        (
            "opt-out",
            "#if 0\n" + vmalloc("VM_FLUSH_RESET_PERMS | VM_NO_HUGE_VMAP") + "#endif\n",
            ["unguarded-option"],
        ),
        ("converted", "", []),
        (
            "converted",
            "void *module_alloc(unsigned long size)\n{\n\treturn vmalloc(size);\n}\n",
            ["no-flags", "unguarded-option"],
        ),
        (
            "converted",
            "void *module_alloc(unsigned long size)\n{\n\treturn kmalloc(size, GFP_KERNEL);\n}\n",
            ["no-flags"],
        ),
    ],
    ids=[
        *("neither", "the flag", "the helper", "bypassed", "generic, unconverted"),
        *(
            "a disabled one is none",
            "generic, converted",
            "vmalloc maps huge itself",
            "kmalloc does not",
        ),
    ],
)
def test_option_without_its_flag(
    tree: str, code: str, expected: list[str], kconfig: dict[str, str], tmp_path: Path
) -> None:
    assert sorted(codes(lay(tmp_path, tree, {MODULE: code, **kconfig}))) == expected


def test_option_of_an_architecture_that_borrows_its_definition(tmp_path: Path) -> None:
    files = {
        "arch/um/Kconfig": "config UML\n\tdef_bool y\n" + HUGE,
        "arch/x86/kernel/module.c": vmalloc("VM_FLUSH_RESET_PERMS"),
    }
    found = findings(lay(tmp_path, "opt-out", files))
    assert [(f.component, f.place.path) for f in found if f.code is Code.UNGUARDED_OPTION] == [
        ("um", "arch/x86/kernel/module.c")
    ]


def test_option_is_no_bug_where_huge_mappings_are_asked_for(tmp_path: Path) -> None:
    header = "#define VM_FLUSH_RESET_PERMS 1\n#define VM_ALLOW_HUGE_VMAP 2\n"
    files = {
        MODULE: vmalloc("VM_FLUSH_RESET_PERMS"),
        "arch/foo/Kconfig": FOO + HUGE,
        "include/linux/vmalloc.h": header,
    }
    assert codes(lay(tmp_path, "opt-out", files)) == []


def test_finding_says_where_the_option_is_selected(tmp_path: Path) -> None:
    files = {MODULE: vmalloc("VM_FLUSH_RESET_PERMS"), "arch/foo/Kconfig": FOO + HUGE}
    [finding] = [f for f in findings(lay(tmp_path, "opt-out", files)) if f.counts]
    assert str(finding.place) == "arch/foo/kernel/module.c:5:31"
    assert [str(related.place) for related in finding.related] == ["arch/foo/Kconfig:4:2"]


OVERRIDE = "unsigned long {weak}arch_module_vm_flags(void)\n{{\n{body}}}\n"
BOTH = "\treturn VM_FLUSH_RESET_PERMS | VM_NO_HUGE_VMAP;\n"


@pytest.mark.parametrize(
    ("path", "code", "expected"),
    [
        pytest.param(MODULE, OVERRIDE.format(weak="", body=BOTH), [], id="sound"),
        pytest.param(
            MODULE,
            OVERRIDE.format(weak="", body="\treturn VM_FLUSH_RESET_PERMS;\n"),
            ["override-drops-flag"],
            id="one is dropped",
        ),
        pytest.param(
            MODULE,
            OVERRIDE.format(weak="", body=f"\tif (foo)\n\t\treturn 0;\n{BOTH}"),
            ["override-drops-flag"],
            id="one way drops them",
        ),
        pytest.param(
            MODULE,
            OVERRIDE.format(
                weak="",
                body="\tunsigned long flags = VM_NO_HUGE_VMAP;\n\n\tif (foo)\n"
                "\t\tflags |= VM_FLUSH_RESET_PERMS;\n\treturn flags;\n",
            ),
            ["override-drops-flag"],
            id="it is there in some cases",
        ),
        pytest.param(
            MODULE,
            OVERRIDE.format(
                weak="",
                body="\tunsigned long flags = 0;\n\n\tflags |= VM_FLUSH_RESET_PERMS;\n"
                "\tif (foo)\n\t\tflags |= VM_DEFER_KMEMLEAK;\n"
                "\treturn flags | VM_NO_HUGE_VMAP;\n",
            ),
            [],
            id="put together step by step",
        ),
        pytest.param(
            MODULE,
            OVERRIDE.format(weak="", body="\treturn vendor_flags();\n"),
            ["cannot-judge"],
            id="nobody can tell",
        ),
        pytest.param(
            MODULE, OVERRIDE.format(weak="__weak ", body=BOTH), ["two-weak-helpers"], id="weak, too"
        ),
        pytest.param(
            "kernel/other.c",
            OVERRIDE.format(weak="__attribute__((weak)) ", body=BOTH),
            ["two-weak-helpers"],
            id="two generic ones",
        ),
        pytest.param(
            "kernel/other.c", OVERRIDE.format(weak="", body=BOTH), ["strong-helper"], id="strong"
        ),
        pytest.param(
            "include/asm-generic/module.h",
            "unsigned long __attribute__((__weak__)) arch_module_vm_flags(void);\n",
            ["weak-prototype"],
            id="a weak prototype",
        ),
        pytest.param(
            MODULE,
            f"#if 0\n{OVERRIDE.format(weak='__weak ', body=BOTH)}#endif\n",
            [],
            id="disabled",
        ),
    ],
)
def test_helper(path: str, code: str, expected: list[str], tmp_path: Path) -> None:
    assert codes(lay(tmp_path, "converted", {path: code})) == expected


def test_alternative_weak_definitions_are_one(tmp_path: Path) -> None:
    tree = lay(tmp_path, "converted", {})
    generic = (tree / "kernel/module.c").read_text()
    helper = OVERRIDE.format(weak="__weak ", body=BOTH)
    start, end = generic.index("unsigned long"), generic.index("void * __weak")
    split = f"#ifdef CONFIG_A\n{helper}#else\n{helper}#endif\n"
    (tree / "kernel/module.c").write_text(generic[:start] + split + generic[end:])
    assert codes(tree) == []


def test_generic_helper_that_lacks_the_flag(tmp_path: Path) -> None:
    tree = lay(tmp_path, "converted", {})
    file = tree / "kernel/module.c"
    file.write_text(file.read_text().replace(" | VM_FLUSH_RESET_PERMS", ""))
    assert codes(tree) == ["missing-flag"]


CALLER = """
static void *wrapper(void)
{{
	return module_alloc(PAGE_SIZE);
}}

void use(struct pack *pack, struct module *mod)
{{
	void *p = {value};

	set_vm_flush_reset_perms({argument});
}}
"""


@pytest.mark.parametrize(
    ("value", "argument", "redundant"),
    [
        ("module_alloc(PAGE_SIZE)", "p", True),
        ("(void *)module_alloc(PAGE_SIZE)", "p", True),
        ("wrapper()", "p", False),
        ("NULL", "mod->core_layout.base", True),
        ("vmalloc(PAGE_SIZE);\n\tp = module_alloc(PAGE_SIZE)", "p", True),
        ("module_alloc(PAGE_SIZE);\n\tif (mod)\n\t\tp = vmalloc(PAGE_SIZE)", "p", False),
        ("vmalloc(PAGE_SIZE)", "p", False),
        ("module_alloc(PAGE_SIZE)", "pack->ptr", False),
    ],
)
def test_redundant_call(value: str, argument: str, redundant: bool, tmp_path: Path) -> None:
    code = CALLER.format(value=value, argument=argument)
    for path in ("kernel/bpf.c", "arch/foo/kernel/kprobes.c"):
        tree = lay(tmp_path / path.replace("/", "-"), "converted", {path: code})
        found = [finding.place.path for finding in findings(tree)]
        assert found == ([path] if redundant else [])


@pytest.mark.parametrize(
    "module", [vmalloc("VM_FLUSH_RESET_PERMS"), "VENDOR_ALLOCATOR(module_alloc);\n"]
)
def test_call_is_not_redundant_before_everybody_is_converted(module: str, tmp_path: Path) -> None:
    code = CALLER.format(value="module_alloc(PAGE_SIZE)", argument="p")
    tree = lay(tmp_path, "converted", {"kernel/bpf.c": code, MODULE: module})
    assert Code.REDUNDANT_CALL not in [finding.code for finding in findings(tree)]


def test_fingerprint_survives_a_move_and_not_a_change(tmp_path: Path) -> None:
    code = TWO.format("0", "0")
    before = fingerprints(findings(lay(tmp_path / "a", "opt-out", {MODULE: code})))
    moved = fingerprints(findings(lay(tmp_path / "b", "opt-out", {MODULE: "\n\n" + code})))
    edited = code.replace("1, C, D", "1, C, E")
    changed = fingerprints(findings(lay(tmp_path / "c", "opt-out", {MODULE: edited})))
    assert before == moved
    assert len(set(before) - set(changed)) == 1


def test_findings_that_look_the_same_have_their_numbers(tmp_path: Path) -> None:
    code = TWO.format("0", "0").replace("C, D", "A, B")
    names = fingerprints(findings(lay(tmp_path, "opt-out", {MODULE: code})))
    assert len(names) == len(set(names)) == 3


def test_catalog_is_checked(tmp_path: Path) -> None:
    text = CATALOG.read_text()
    for old, new, complaint in (
        ('code = "no-flags"', 'code = "no-flag"', "knows no finding 'no-flag'"),
        ('level = "error"', 'level = "fatal"', "it is one of error, warning, note"),
        ('tree = "opt-out"', 'tree = "opt-in"', "there is no tree 'opt-in'"),
        ('unified = ["execmem"]', 'unified = ["mm"]', "no vintage 'mm'"),
        ("[redundant]", "[redundand]", "there is no 'redundant'"),
        ("required =", "require =", "unknown key"),
        (f'rule = "{REDUNDANT}"', 'rule = "no-such"', "redundant.rule: there is no rule no-such"),
    ):
        file = tmp_path / "findings" / CATALOG.name
        file.parent.mkdir(exist_ok=True)
        shutil.copy(CATALOG.parent.parent / f"{REDUNDANT}.toml", tmp_path)
        assert old in text
        file.write_text(text.replace(old, new, 1))
        with pytest.raises(RuleError) as caught:
            load(file, rule())
        assert complaint in caught.value.message


def test_words_of_the_redundant_rule_are_its_own(tmp_path: Path) -> None:
    """They are looked for before that rule is loaded."""
    text = CATALOG.read_text()
    assert set(load(CATALOG, rule()).redundant.words) == set(find_rule(REDUNDANT)[0].words)
    file = tmp_path / "findings" / CATALOG.name
    file.parent.mkdir()
    shutil.copy(CATALOG.parent.parent / f"{REDUNDANT}.toml", tmp_path)
    file.write_text(text.replace('words = ["set_vm', 'words = ["reset_vm', 1))
    with pytest.raises(RuleError, match="it is about set_vm_flush_reset_perms, not about reset_vm"):
        _ = load(file, rule()).redundant.rule


def test_policy_of_another_vintage_is_a_usage_error(tmp_path: Path) -> None:
    header = "#define VM_FLUSH_RESET_PERMS 1\n"
    tree = lay(tmp_path, "opt-out", {"include/linux/vmalloc.h": header})
    with pytest.raises(UsageError):
        findings(tree, "huge-unless-set-memory")


def test_fixes_of_one_line_are_made_one_after_the_other(tmp_path: Path) -> None:
    generic = "unsigned long arch_module_vm_flags(void) { return VM_NO_HUGE_VMAP; }\n" + vmalloc(
        "arch_module_vm_flags()", "void * __weak module_alloc(unsigned long size)"
    )
    tree = lay(tmp_path, "converted", {"kernel/module.c": generic}, commit=True)
    for left in (["missing-flag", "strong-helper"], None, []):
        found = findings(tree)
        assert left is None or sorted(finding.code for finding in found) == left
        if found:
            git(tree, "apply", stdin=patch(open_tree(tree), found))
            git(tree, "commit", "--quiet", "--all", "--message=Fix")


def test_tree_older_than_the_flag_has_nothing_to_check(tmp_path: Path) -> None:
    files = {"include/linux/vmalloc.h": "#define VM_ALLOC 2\n", MODULE: vmalloc("0")}
    [finding] = findings(lay(tmp_path, "opt-out", files))
    assert finding.code is Code.NOTHING_TO_CHECK
    assert "VM_FLUSH_RESET_PERMS" in finding.message


def test_file_that_is_too_large_is_not_passed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("refactor.plan.scan.SIZE_LIMIT", 1000)
    code = vmalloc("arch_module_vm_flags()") + "/* " + "x" * 1000 + " */\n"
    assert codes(lay(tmp_path, "converted", {MODULE: code})) == ["cannot-judge"]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_fix_keeps_what_it_does_not_change(newline: str, tmp_path: Path) -> None:
    """Line ends, form feeds, bytes that are no UTF-8, and a missing final newline."""
    code = "/* \x0c {} */" + vmalloc("0").rstrip("\n")
    data = code.replace("\n", newline).encode().replace(b"{}", b"\xdf")
    tree = lay(tmp_path, "opt-out", {MODULE: data}, commit=True)
    git(tree, "apply", stdin=patch(open_tree(tree), findings(tree)))
    after = (tree / MODULE).read_bytes()
    assert after.count(b"\r\n") == (after.count(b"\n") if newline == "\r\n" else 0)
    assert b"/* \x0c \xdf */" in after
    assert not after.endswith(b"\n")
    git(tree, "commit", "--quiet", "--all", "--message=Fix")
    assert codes(tree) == []
