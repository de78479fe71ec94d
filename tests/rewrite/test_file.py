"""Rewriting: what changes is what had to, byte by byte, and the result is read again."""

from __future__ import annotations

import difflib
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from refactor.c.flags import or_terms
from refactor.c.layout import TOLERATED, WANTED, width
from refactor.c.syntax import errors_in, parse
from refactor.match.entry import find
from refactor.match.file import File
from refactor.match.verdict import Reason, Refused
from refactor.rewrite.file import rewrite
from refactor.rewrite.whole import rewrite_all
from refactor.rule.edits import Insert, Program
from tests.edits import applied, rule_of, smpl
from tests.samples import (
    HEAD,
    NAMES,
    RETURNS,
    RULE,
    call,
    check_noop,
    check_transformed,
    definition,
    encoded,
    function,
    rewritten,
    rewritten_file,
)
from tests.support import at_most

HELPER = "arch_module_vm_flags()"
LOST = "VM_NO_HUGE_VMAP"

# The flags of a call before and after.
FLAGS = {
    "0": ("0", HELPER),
    "0UL": ("0UL", HELPER),
    "0x0": ("0x0", HELPER),
    "(0)": ("(0)", HELPER),
    "(unsigned long)0": ("(unsigned long)0", f"(unsigned long)0 | {HELPER}"),
    "0 in an OR": ("VM_A | 0", f"VM_A | {HELPER}"),
    "a flag": ("VM_A", f"VM_A | {HELPER}"),
    "a variable": ("flags", f"flags | {HELPER}"),
    "a member": ("area->flags", f"area->flags | {HELPER}"),
    "a call": ("flags(size, 0)", f"flags(size, 0) | {HELPER}"),
    "a removed flag": ("VM_FLUSH_RESET_PERMS", HELPER),
    "in parentheses": ("((VM_FLUSH_RESET_PERMS))", HELPER),
    "in an OR": ("VM_FLUSH_RESET_PERMS | VM_A", f"VM_A | {HELPER}"),
    "in an inner OR": ("VM_A | (VM_B | VM_FLUSH_RESET_PERMS)", f"VM_A | VM_B | {HELPER}"),
    "in an outer OR": ("(VM_A | VM_B) | VM_FLUSH_RESET_PERMS", f"VM_A | VM_B | {HELPER}"),
    "in parentheses in an OR": ("VM_A | (VM_FLUSH_RESET_PERMS)", f"VM_A | {HELPER}"),
    "twice": ("VM_FLUSH_RESET_PERMS | VM_FLUSH_RESET_PERMS", HELPER),
    "both": ("VM_FLUSH_RESET_PERMS | VM_NO_HUGE_VMAP", HELPER),
    "not at the top": ("f(VM_FLUSH_RESET_PERMS)", f"f(VM_FLUSH_RESET_PERMS) | {HELPER}"),
    "under a cast": ("(u32)VM_FLUSH_RESET_PERMS", f"(u32)VM_FLUSH_RESET_PERMS | {HELPER}"),
    "masked out": ("f & ~VM_NO_HUGE_VMAP", f"(f & ~VM_NO_HUGE_VMAP) | {HELPER}"),
    "a mask stays whole": ("(f & ~VM_A) | VM_NO_HUGE_VMAP", f"(f & ~VM_A) | {HELPER}"),
    "conditional": ("x ? VM_A : 0", f"(x ? VM_A : 0) | {HELPER}"),
    "logical or": ("a || b", f"(a || b) | {HELPER}"),
    "assignment": ("f |= VM_A", f"(f |= VM_A) | {HELPER}"),
    "comma": ("(a, b)", f"(a, b) | {HELPER}"),
    "sum": ("VM_A + VM_B", f"(VM_A + VM_B) | {HELPER}"),
    "over two lines": ("VM_A |\n\t\tVM_B", f"VM_A |\n\t\tVM_B | {HELPER}"),
    "with a comment": ("VM_A /* a */", f"VM_A | {HELPER} /* a */"),
    "beside the helper": (f"{HELPER} | VM_FLUSH_RESET_PERMS", HELPER),
    "beside the helper in parentheses": (f"({HELPER}) | VM_NO_HUGE_VMAP", HELPER),
}


@pytest.mark.parametrize(("before", "after"), FLAGS.values(), ids=FLAGS.keys())
def test_flags(before: str, after: str) -> None:
    check_transformed(definition(flags=before), definition(flags=after))


@pytest.mark.parametrize(
    "flags",
    [HELPER, f"{HELPER} | VM_A", f"VM_A | ({HELPER})", "arch_module_vm_flags ( )", f"0 | {HELPER}"],
)
def test_conforming_flags_stay_as_they_are(flags: str) -> None:
    check_noop(definition(flags=flags))


@pytest.mark.parametrize(
    ("flags", "reason"),
    [
        pytest.param(f"x ? {HELPER} : 0", Reason.EXPRESSION, id="only sometimes"),
        pytest.param(f"{HELPER} & ~VM_NO_HUGE_VMAP", Reason.EXPRESSION, id="without a flag"),
        pytest.param("VM_A | /* why */ VM_NO_HUGE_VMAP", Reason.COMMENT, id="a comment"),
        pytest.param("VM_A | // why\n\t\tVM_NO_HUGE_VMAP", Reason.COMMENT, id="a // comment"),
    ],
)
def test_flags_that_are_refused(flags: str, reason: Reason) -> None:
    code = encoded(definition(flags=flags))
    result = rewritten(code)
    assert isinstance(result, Refused)
    assert result.reason == reason
    assert str(parse("a.c", code).place(result.where.start)) == "a.c:4:3"


def test_a_flag_that_the_helper_does_not_return_stays() -> None:
    code = encoded(definition(flags="VM_NO_HUGE_VMAP | VM_FLUSH_RESET_PERMS"))
    result = rewritten(code, frozenset(("VM_FLUSH_RESET_PERMS",)))
    assert result == encoded(definition(flags=f"VM_NO_HUGE_VMAP | {HELPER}"))


# ---------------------------------------------------------------------------- bytes

BYTES: dict[str, Callable[[str], str]] = {
    "CRLF": lambda code: code.replace("\n", "\r\n"),
    "mixed line ends": lambda code: code.replace("{\n", "{\r\n", 1),
    "no final newline": lambda code: code.rstrip("\n"),
    "CRLF, no final newline": lambda code: code.replace("\n", "\r\n").rstrip("\r\n"),
    "form feeds": lambda code: "\f\n" + code.replace("{\n", "{\n\f\n", 1) + "\f",
    "not UTF-8": lambda code: "/* \xe9\xff\x80 */\n" + code,
    "not UTF-8 on the line": lambda code: code.replace("GFP", "GFP /* \xe9\xff */", 1),
    "a byte order mark": lambda code: "\xef\xbb\xbf" + code,
    "NUL behind it": lambda code: code + "\0\0",
    "blanks at line ends": lambda code: code.replace("\n", " \t\n"),
    "blank lines at the end": lambda code: code + "\n\n\n",
    "tabs inside of lines": lambda code: code.replace(", ", ",\t"),
    "comments everywhere": lambda code: code.replace(", ", " /*(*/, /*)*/"),
    "comments between name and list": lambda code: code.replace("range(", "range /* ( */\n\t\t("),
    "// comments": lambda code: code.replace("PROT,\n", "PROT, // a, b)\n"),
    "continued lines": lambda code: code.replace(",\n", ", \\\n"),
    "code around it": lambda code: "int a = f( 1,2 );\n" * 3 + code + "int b;\n" * 3,
    "errors around it": lambda code: "int a = ;\n" + code + "int b = ;\n",
}


@pytest.mark.parametrize("change", BYTES.values(), ids=BYTES.keys())
def test_other_bytes_are_kept(change: Callable[[str], str]) -> None:
    before = change(definition(flags="0 /* flags */"))
    assert before.count("0 /* flags */") == 1
    check_transformed(before, before.replace("0 /* flags */", f"{HELPER} /* flags */"))


def test_new_lines_end_as_the_line_did() -> None:
    wide = definition().replace("\n\t\t", " ").replace("size, 1", "the_size_of_it, 1")
    result = rewritten(encoded(wide.replace("\n", "\r\n")))
    assert isinstance(result, bytes)
    assert result.count(b"\n") == result.count(b"\r\n") == wide.count("\n") + 1


# ---------------------------------------------------------------------------- comments

C = "/* Not huge. */"
STATEMENT = f"return {call(LOST)};"
AFTER = f"return {call(HELPER)};"

# The body of a function before, and after.
COMMENTS = {
    "before the statement": (f"\t{C}\n\t{STATEMENT}", f"\t{AFTER}"),
    "over several lines": (f"\t/*\n\t * Not\n\t * huge.\n\t */\n\t{STATEMENT}", f"\t{AFTER}"),
    "lines of // are one comment": (
        f"\t// Modules are never\n\t// mapped huge, as\n\t// somebody said.\n\t{STATEMENT}",
        f"\t{AFTER}",
    ),
    "another comment stays": (f"\t/* Allocate. */\n\t{STATEMENT}", f"\t/* Allocate. */\n\t{AFTER}"),
    "only the one that says it": (
        f"\t/* Allocate. */\n\t{C}\n\t{STATEMENT}",
        f"\t/* Allocate. */\n\t{AFTER}",
    ),
    "other // lines above a blank line stay": (
        f"\t// Allocate.\n\n\t// Not huge.\n\t{STATEMENT}",
        f"\t// Allocate.\n\n\t{AFTER}",
    ),
    "a comment above a blank line is about something else": (
        f"\t{C}\n\n\t{STATEMENT}",
        f"\t{C}\n\n\t{AFTER}",
    ),
    "on the line before the statement": (f"\t{C} {STATEMENT}", f"\t{AFTER}"),
    "behind the statement": (f"\t{STATEMENT} {C}\n\tf();", f"\t{AFTER}\n\tf();"),
    "behind the statement, //": (f"\t{STATEMENT} // not huge\n\tf();", f"\t{AFTER}\n\tf();"),
    "behind the flag": (
        f"\t{STATEMENT}".replace(f"{LOST},", f"{LOST}, {C}"),
        f"\t{AFTER}",
    ),
    "behind another argument it stays": (
        f"\t{STATEMENT}".replace("PROT,", f"PROT, {C}"),
        f"\t{AFTER}".replace("PROT,", f"PROT, {C}"),
    ),
    "behind the statement above it stays": (f"\tf(); {C}\n\t{STATEMENT}", f"\tf(); {C}\n\t{AFTER}"),
    "below the statement it stays": (f"\t{STATEMENT}\n\t{C}\n\tf();", f"\t{AFTER}\n\t{C}\n\tf();"),
    "before an if without braces": (
        f"\t{C}\n\tif (x)\n\t\t{STATEMENT}\n\treturn NULL;",
        f"\tif (x)\n\t\t{AFTER}\n\treturn NULL;",
    ),
    "before an if with nothing else in its braces": (
        f"\t{C}\n\tif (x) {{\n\t\t{STATEMENT}\n\t}}",
        f"\tif (x) {{\n\t\t{AFTER}\n\t}}",
    ),
    "before an if with more in its braces it stays": (
        f"\t{C}\n\tif (x) {{\n\t\tf();\n\t\t{STATEMENT}\n\t}}",
        f"\t{C}\n\tif (x) {{\n\t\tf();\n\t\t{AFTER}\n\t}}",
    ),
    "inside of an if": (
        f"\tif (x)\n\t\t{C}\n\t\t{STATEMENT}",
        f"\tif (x)\n\t\t{AFTER}",
    ),
    "behind a brace": (
        f"\tif (x) {{ {C}\n\t\t{STATEMENT}\n\t}}",
        f"\tif (x) {{\n\t\t{AFTER}\n\t}}",
    ),
    "before a declaration": (
        f"\t{C}\n\tvoid *p = {call(LOST)};\n\n\treturn p;",
        f"\tvoid *p = {call(HELPER)};\n\n\treturn p;",
    ),
    "below a label": (f"\tf();\nout:\n\t{C}\n\t{STATEMENT}", f"\tf();\nout:\n\t{AFTER}"),
    "in a case": (
        f"\tswitch (x) {{\n\tcase 1:\n\t\t{C}\n\t\t{STATEMENT}\n\t}}",
        f"\tswitch (x) {{\n\tcase 1:\n\t\t{AFTER}\n\t}}",
    ),
    "in a conditional": (
        f"#ifdef X\n\t{C}\n\t{STATEMENT}\n#endif",
        f"#ifdef X\n\t{AFTER}\n#endif",
    ),
}


@pytest.mark.parametrize(("before", "after"), COMMENTS.values(), ids=COMMENTS.keys())
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_a_comment_goes_with_its_flag(before: str, after: str, newline: str) -> None:
    check_transformed(
        function(before).replace("\n", newline), function(after).replace("\n", newline)
    )


def test_a_comment_stays_if_its_flag_stays() -> None:
    code = encoded(function(f"\t{C}\n\t{STATEMENT}"))
    assert C.encode() in bytes(rewritten(code, frozenset()))  # type: ignore[arg-type]


def test_a_comment_that_went_is_told() -> None:
    result = rewritten_file(encoded(function(f"\t// Not\n\t// huge.\n\t{STATEMENT}")))
    assert result.comments == ("// Not\n// huge.",)


# ---------------------------------------------------------------------------- the whole file


def test_several_calls_of_one_line_are_laid_out_together() -> None:
    both = "get(size, 1, FIRST, LAST, " + call().replace("\n\t\t", " ") + ")"
    result = rewritten(encoded(function(f"\treturn {both} ?: {both};")))
    assert isinstance(result, bytes)
    assert result.count(HELPER.encode()) == 2
    assert all(width(line) <= TOLERATED for line in result.splitlines())


@pytest.mark.parametrize(
    ("code", "where"),
    [
        pytest.param(function("\t" * 12 + f"return {call()};"), "4:13", id="too deep"),
        pytest.param(
            function("\treturn " + " + ".join([call().replace("\n\t\t", " ")] * 20) + ";"),
            None,
            id="too many calls on a line",
        ),
    ],
)
def test_what_fits_no_line_is_refused(code: str, where: str | None) -> None:
    code = code.replace("\t\t0", "\t" * 12 + "0") if where else code
    result = rewritten(encoded(code))
    assert isinstance(result, Refused)
    assert result.reason == Reason.LAYOUT
    place = parse("a.c", encoded(code)).place(result.where.start)
    assert where is None or str(place) == f"a.c:{where}"


@pytest.mark.slow
@pytest.mark.parametrize("gap", [" + ", " +\n\t\t"], ids=["on one line", "on a line each"])
def test_a_crowd_of_calls_takes_seconds(gap: str) -> None:
    one = call().replace("\n\t\t", " ").replace("GFP", "GFP_KERNEL_ACCOUNT")
    with at_most(10):
        rewritten_file(encoded(function("\treturn " + gap.join([one] * 1000) + ";")))


def test_a_refusal_beside_it_does_not_matter() -> None:
    old = function(f"return {call()};", "void *module_alloc(size)\n\tint size;")
    before = f"#ifdef X\n{old}#else\n{definition()}#endif\n"
    after = f"#ifdef X\n{old}#else\n{definition(flags=HELPER)}#endif\n"
    check_transformed(before, after)


def test_a_definition_is_edited_as_a_whole() -> None:
    """Where one attempt cannot get the flags, no other one gets them, but other definitions do."""
    wide = f"\treturn {call()} ?:\n" + "\t" * 12 + f"{call()};"
    bad = function(wide.replace("\t\t0", "\t" * 12 + "0"))
    before = f"#ifdef X\n{bad}#else\n{definition()}#endif\n"
    result = rewritten_file(encoded(before))
    assert [each.reason for each in result.refused] == [Reason.LAYOUT]
    assert result.after.decode() == f"#ifdef X\n{bad}#else\n{definition(flags=HELPER)}#endif\n"


def test_a_static_function_of_two_definitions_is_edited_once() -> None:
    check_transformed(_twice("0"), _twice(HELPER))


def _twice(flags: str) -> str:
    helper = definition("static void *h(unsigned long size)", flags)
    return (
        f"{helper}#ifdef X\n{function('return h(size);')}#else\n{function('return h(1);')}#endif\n"
    )


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_an_insertion_has_the_line_ends_of_the_file(newline: str) -> None:
    code = encoded(("int a;\n\n" + definition()).replace("\n", newline))
    helper = "int __weak b(void)\n{\n}\n"
    edit = Insert(0, (), "", (), "", "a.c", "b", helper, anchor=RULE.entry, before=True)
    result = rewrite(parse("a.c", code), Program((edit,)))
    inserted = f"int a;\n\n{helper}\n{HEAD}".replace("\n", newline)
    assert result.after.startswith(inserted.encode())


# ---------------------------------------------------------------------------- properties

ATOMS = ["x", "0", "f(a, b)", '"a, (b"', "','", "(u32)x", "A | B", "s->next", "x[1]", "*p", "&x"]
ITEMS = st.one_of(st.sampled_from(ATOMS), NAMES)
FLAG = st.sampled_from(["VM_A", "VM_B", "flags", "f(1, 2)", *sorted(RETURNS), "0", HELPER])


@st.composite
def functions(draw: st.DrawFn) -> str:
    """A definition of the entry with one call, laid out in any way."""
    indent = "\t" * draw(st.integers(1, 3))
    comment = st.sampled_from(["", "", "", "", "/* a, b) */ ", "// c)\n" + indent + "\t"])
    gap = st.sampled_from([" ", " ", " ", "", "  ", "\t", f"\n{indent}\t\t", f"\n{indent}    "])
    arguments = [draw(ITEMS) for _ in range(9)]
    arguments[6] = " | ".join(draw(st.lists(FLAG, min_size=1, max_size=4)))
    text = ""
    for index, argument in enumerate(arguments):
        text += ("," + draw(gap) + draw(comment) if index else "") + argument
    statement = draw(st.sampled_from(["return @;", "p = @;", "if ((p = @))\n\t\tf();", "g(1, @);"]))
    body = indent + statement.replace("@", f"__vmalloc_node_range({text})")
    code = "int a;\n\n" + function(body) + "\n/* end */\nint b;\n"
    return code.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))


TOKEN = re.compile(rb'/\*.*?\*/|//[^\r\n]*|"[^"]*"|\'[^\']*\'|\w+|[^\w\s]', re.DOTALL)


def call_tokens(code: bytes) -> tuple[list[bytes], set[tuple[bytes, ...]], list[bytes]]:
    """The tokens before the flags, the flags as a set of terms, and the tokens behind."""
    source = parse("a.c", code)
    (found,) = find(File(source), RULE.flags).definitions
    (site,) = found.sites
    argument = site.argument
    terms = {tuple(TOKEN.findall(source.text(term))) for term in or_terms(argument)}
    before, behind = code[: argument.start_byte], code[argument.end_byte :]
    return TOKEN.findall(before), terms, TOKEN.findall(behind)


@given(functions())
def test_only_the_flags_change(code: str) -> None:
    before = encoded(code)
    after = rewritten(before)
    if isinstance(after, Refused):
        assert after.reason == Reason.LAYOUT
        return
    left, flags, right = call_tokens(before)
    new_left, new_flags, new_right = call_tokens(after)
    assert (new_left, new_right) == (left, right)
    zero, lost = {(b"0",)}, {(flag.encode(),) for flag in RETURNS}
    assert new_flags == flags - zero - lost | {(b"arch_module_vm_flags", b"(", b")")} or (
        not flags & lost and new_flags == flags
    )


@given(functions())
@example(
    "int a;\n\n"
    + function(
        "\treturn __vmalloc_node_range(x, x, x, x, x,\n"
        "\t    x, /* a, b) */ VM_A | VM_A | f(1, 2), A | B,\n\t    x);"
    )
    + "\n/* end */\nint b;\n"
)
def test_lines_that_need_not_change_do_not(code: str) -> None:
    before = encoded(code)
    after = rewritten(before)
    if isinstance(after, Refused):
        return
    source = parse("a.c", before)
    (site,) = find(File(source), RULE.flags).definitions[0].sites
    start = source.line_start(site.argument.start_byte)
    end = source.line_end(site.argument.end_byte)
    assert after.startswith(before[:start])
    # A break leaves what stood behind it alone on a line; it may take the line below it along.
    below = before[end:].lstrip()
    assert after.endswith((before[end:], b" " + below))
    old = max(width(line) for line in before[start:].splitlines())
    for line in after[start:].splitlines():
        assert width(line) <= max(old, TOLERATED)
    assert not list(errors_in(parse("a.c", after).root))


# ---------------------------------------------------------------------------- a compiler's view

PRELUDE = """
#define NULL ((void *)0)
#define flags(...) (f)
#define f(...) (f)
extern int f, a, b, x, GFP, PROT, A, B, VM_A, VM_B, VM_NO_HUGE_VMAP, VM_FLUSH_RESET_PERMS, flags;
extern unsigned long arch_module_vm_flags(void);
struct { unsigned long flags; } *area;
typedef unsigned int u32;
void *__vmalloc_node_range(unsigned long, int, int, int, int, int, unsigned long, int, void *);
"""


@pytest.mark.skipif(shutil.which("gcc") is None, reason="no gcc")
def test_a_compiler_takes_every_result(tmp_path: Path) -> None:
    bodies = [
        definition(f"void *get{number}(unsigned long size)", after)
        for number, (_, after) in enumerate(FLAGS.values())
    ]
    file = tmp_path / "a.c"
    file.write_text(PRELUDE + "\n".join(bodies))
    options = ["-std=gnu11", "-fsyntax-only", "-Wall", "-Werror", "-Wno-unused-value"]
    done = subprocess.run(["gcc", *options, str(file)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


# ---------------------------------------------------------------------------- real kernels


@pytest.mark.parametrize("version", ["6.1"])
def test_a_real_kernel_is_rewritten_soundly(
    kernel_tree: Callable[[str], Path], version: str
) -> None:
    tree = kernel_tree(version)
    converted = 0
    for path in sorted(tree.glob("arch/*/kernel/module.c")):
        source = parse(path.name, path.read_bytes())
        result = rewritten_file(path.read_bytes())
        if not result.changes:
            continue
        assert not result.refused
        assert result.after != result.before
        again = parse(path.name, result.after)
        assert len(list(errors_in(again.root))) == len(list(errors_in(source.root)))
        for line in set(result.after.splitlines()) - set(result.before.splitlines()):
            assert width(line) <= WANTED
        converted += 1
    assert converted >= 9


STATEMENTS = st.sampled_from(
    [
        "",
        "g(a);",
        "one(a);",
        "one(b);",
        "two(a);",
        "two(b);",
        "one(a); two(a);",
        "/* why */",
        "// one(a);",
        "if (a) {\n\t\tone(a);\n\t\ttwo(a);\n\t}",
        "if (b)\n\t\ttwo(b);",
        "#ifdef X",
        "#else",
        "#endif",
        "out:",
        "\tone(\n\t\tget(a));",
        "int n = old(a,\n\t\t    b);",
        "return old(old(1, 2), 3);",
        "broken(;",
    ]
)


BODIES = st.lists(STATEMENTS, max_size=12).map(
    lambda lines: "int f(int a, int b)\n{\n" + "".join(
        f"{'' if line[:1] in ('', '#') or line == 'out:' else chr(9)}{line}\n" for line in lines
    ) + "}\n"
)  # fmt: skip


RULES = {
    "merge": rule_of(smpl("- one(x);\n- two(x);\n+ both(x);")),
    "delete": rule_of(smpl("- two(x);", 'comment = ["why"]')),
    "replace": rule_of(smpl("- old(x, y)\n+ younger(y, x)")),
    "rename": rule_of('rename = "one"\nto = "two_thirds"', single=True),
}


@pytest.mark.parametrize("name", RULES)
@given(code=BODIES)
@example(code="int f(int a, int b)\n{\n\ttwo(a); /* why */ two(a);\n}\n")
def test_a_second_run_has_nothing_to_do(name: str, code: str) -> None:
    result = applied(RULES[name], code.encode())
    assert (result.after == result.before) == (not result.changes)


@pytest.mark.parametrize("name", ["merge", "delete"])
@given(code=BODIES)
def test_lines_go_and_the_others_stay(name: str, code: str) -> None:
    """What is left are lines of the original, in their order, or such as a hit has written."""
    result = applied(RULES[name], code.encode())
    before, after = code.splitlines(), result.after.decode().splitlines()
    for tag, _, _, start, end in difflib.SequenceMatcher(None, before, after).get_opcodes():
        for line in after[start:end] if tag in ("insert", "replace") else []:
            assert (
                line in before
                or "both(" in line
                or line.strip() == "}"
                or line.endswith(" {")
                or line.replace("; ", ";") != line
                or (result.changes and line.strip() in code)
            )
    blank = [n for n, line in enumerate(after) if not line and not (after[n - 1] if n else "x")]
    assert len(blank) <= len([n for n in range(1, len(before)) if not before[n] + before[n - 1]])


@given(code=BODIES)
def test_every_mention_is_accounted_for(code: str) -> None:
    """As many outcomes as there are words, but for those that one hit has in common."""
    result = rewrite_all("kernel/a.c", code.encode(), Program(RULES["delete"].edits))
    words = len(re.findall(r"\btwo\b", code))
    told = len(result.changes) + len(result.refused) + len(result.skipped) + len(result.conforming)
    assert told == words
