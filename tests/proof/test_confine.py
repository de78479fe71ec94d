"""What functions of a tree may not do when `validate` runs them: each test is a canary."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path

import pytest

from refactor.commands.common import find_helper_rule
from refactor.plan.plan import make
from refactor.proof.compile import Builder, BuildError, Source, describe_headers, own_headers
from refactor.proof.confine import Code, Inspector, forbidden_directives
from refactor.proof.model.outcome import Outcome, execute
from refactor.proof.model.run import run
from refactor.proof.model.spec import builder, configurations, lay_out, load_spec
from refactor.tree.commit import open_tree
from tests.support import MODEL, PROJECT, run_treewide

RULE = PROJECT / "rules" / "arch-module-vm-flags.toml"
FILE = "arch/x86/kernel/module.c"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return Path(shutil.copytree(MODEL, tmp_path / "tree"))


def spoil(tree: Path, inside: str) -> None:
    """Put code into module_alloc() of x86."""
    file = tree / FILE
    text = file.read_text()
    assert text.count("\treturn p;\n}") == 1
    file.write_text(text.replace("\treturn p;\n}", f"\t{inside}\n\treturn p;\n}}"))


# ---------------------------------------------------------------------------- names, files


def test_a_function_of_a_tree_runs_nothing_of_the_host(tree: Path, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    spoil(tree, f'extern int system(const char *); system("touch {canary}");')
    done = run_treewide(["validate", tree])
    assert not canary.exists()
    assert done.status == 1, done.stdout + done.stderr
    lines = [line for line in done.stdout.decode().splitlines() if ": error: " in line]
    assert lines
    for line in lines:
        assert re.match(rf"{FILE}:\d+: error: 'system' is not in the model", line)


SOME = ("sim/phys.c", "sim/trace.c")
"""Sources of the machine with a use of calloc(), and with what a warning calls."""


def complaints(folder: Path, code: str) -> list[str]:
    """What is said of functions of a tree, by whatever looks at them before they are run."""
    model = Path(shutil.copytree(MODEL, folder / "model"))
    (model / "a.c").write_text(code)
    spec = load_spec(model)
    found = forbidden_directives(code.encode(), "a.c")
    if found:
        return [each.message for each in found]
    with builder(spec, folder) as building:
        flags = (*spec.kernel_flags, *spec.targets[0].flags, *spec.confined)
        source = Source("a.c", (*flags, *own_headers(building.command)))
        tree = describe_headers(model)
        machine = [
            building.compile(tree, each).result() for each in spec.machine if each.path in SOME
        ]
        try:
            file = building.compile(tree, source).result()
        except BuildError as error:
            found += error.complaints
        else:
            codes = {file: Code("a.c", code.encode())}
            found += Inspector(building.command).complaints(codes, machine, [])
    assert all(each.place is not None and each.place.path == "a.c" for each in found), found
    return [each.message for each in found]


@pytest.mark.parametrize(
    ("code", "says"),
    [
        pytest.param("extern int fork(void);\nvoid f(void) { fork(); }",
                     "'fork' is not in the model", id="undefined"),
        pytest.param("int f(void) { return __builtin_execv(0, 0); }", "'execv' is not in the model",
                     id="builtin"),
        pytest.param("int calloc(void) { return 0; }", "'calloc' would take the place of",
                     id="in the place of libc's"),
        pytest.param('void f(void) { asm("nop"); }', 'poisoned "asm"', id="asm"),
        pytest.param('#define A(a, b) __##a##b##__\nvoid f(void) { A(as, m)("nop"); }',
                     'poisoned "__asm__"', id="asm in pieces"),
        pytest.param('#define asm __asm__\nvoid f(void) { asm("nop"); }', 'poisoned "asm"',
                     id="asm by another name"),
        pytest.param('_Pragma("pop_macro(\\"asm\\")") void f(void) { asm("nop"); }',
                     'poisoned "asm"', id="asm, cured"),
        pytest.param("static void __attribute__((constructor)) f(void) { }",
                     'poisoned "__attribute__"', id="constructor"),
        pytest.param("[[gnu::constructor]] void f(void) { }", 'poisoned "gnu"',
                     id="constructor of C23"),
        pytest.param('int f __attribute((section(".text\\n.incbin \\"/etc/passwd\\"\\n")));',
                     'poisoned "__attribute"', id="assembly in the name of a section"),
        pytest.param('int other(void) __asm__("system");', 'poisoned "__asm__"',
                     id="another name"),
        pytest.param('int f =\n#include "/etc/passwd"\n;', "#include must", id="include"),
        pytest.param("int f =\n%: /* */ inc\\\nlude </dev/null>\n;", "#include must",
                     id="include in pieces"),
        pytest.param("static __thread int x; int f(void) { return x++; }", "the section .tbss",
                     id="thread"),
    ],
)  # fmt: skip
def test_out_of_reach(tmp_path: Path, code: str, says: str) -> None:
    found = complaints(tmp_path, code)
    assert any(says in each for each in found), found
    assert not any("root:" in each for each in found)


def test_what_functions_of_a_kernel_need_is_there(tmp_path: Path) -> None:
    code = "static DEFINE_MUTEX(lock);\nunsigned long __weak helper(void)\n{\n\tbarrier();\n\t"
    code += "mutex_lock(&lock);\n\tmutex_unlock(&lock);\n\treturn VM_FLUSH_RESET_PERMS;\n}\n"
    assert complaints(tmp_path, code) == []


@pytest.mark.parametrize(
    ("call", "says"),
    [
        ('extern int system(const char *);\n\n\tsystem("> CANARY");\n\t', "'system' is not in"),
        ('__asm__("nop");\n\t', "'__asm__' must not be in code that is run"),
        ("\n#include </etc/passwd>\n\t", "#include must not stand among"),
    ],
)
@pytest.mark.parametrize("real", [False, True])
def test_what_a_rule_brings_is_confined_as_well(
    tmp_path: Path, call: str, says: str, real: bool
) -> None:
    # A line that is too long would be refused before.
    canary = Path(tempfile.gettempdir(), f"canary{os.getpid()}")
    text = RULE.read_text()
    old = "return VM_NO_HUGE_VMAP | VM_FLUSH_RESET_PERMS;"
    assert old in text
    call = call.replace("CANARY", str(canary)).replace('"', '\\"')
    (tmp_path / RULE.name).write_text(text.replace(old, call + old))
    rule, _ = find_helper_rule(str(tmp_path / RULE.name))
    spec = load_spec(MODEL)
    lay_out(MODEL, spec, "opt-out", tmp_path / "model")
    tree = open_tree(tmp_path / "model")
    plan = make(tree, rule, rule.policy(None))
    for name in ("objects", "work"):
        (tmp_path / name).mkdir()
    with builder(spec, tmp_path / "objects") as building:
        result = run(
            plan, tree, tmp_path / "model", tmp_path / "work",
            real=real, builder=building, targets={"generic"},
        )  # fmt: skip
    assert not canary.exists()
    said = {each.message for _, _, outcome in result.problems for each in outcome.complaints}
    assert said
    assert all(each.startswith(says) for each in said), said


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        pytest.param(b"#if 1\n#define A 1\n#undef A\n#endif\n#\n# // nothing\n", [], id="harmless"),
        pytest.param(b'a = "\\\n#include <x>";\n', [], id="in a string"),
        pytest.param(b"/*\n#include <x>\n*/\n", [], id="in a comment"),
        pytest.param(b"\\\n\\\n  #  include <x>\n", [3], id="spliced"),
        pytest.param(b"a\n/**/ # /**/ include_next <x>\n", [2], id="comments around"),
        pytest.param(b"# /*\n*/ include <x>\n", [1], id="a comment with a line end"),
        pytest.param(b"\0#\0embed <x>\n", [1], id="null characters"),
        pytest.param(b"a\r#import <x>\n", [1], id="carriage return"),
        pytest.param(b'# 1 "/etc/passwd"\n', [1], id="line marker"),
        pytest.param(b"#pragma once\n", [1], id="pragma"),
    ],
)
def test_directives(code: bytes, lines: list[int]) -> None:
    found = forbidden_directives(code, "a.c")
    assert [each.place.line for each in found if each.place] == lines


# ---------------------------------------------------------------------------- objects


def judged(folder: Path, code: str, *flags: str) -> list[str]:
    """What is wrong with an object, compiled without what forbids it sooner."""
    (folder / "a.c").write_text(code)
    (folder / "machine.c").write_text("int puts(const char *); int model(void) { return puts(0); }")
    with Builder(folder) as building:
        tree = describe_headers(folder)
        confined = ("-O1", "-fvisibility=hidden", *own_headers(building.command), *flags)
        file = building.compile(tree, Source("a.c", confined)).result()
        machine = building.compile(tree, Source("machine.c", ())).result()
        inspector = Inspector(building.command)
        return [
            each.message for each in inspector.complaints({file: Code("a.c", b"")}, [machine], [])
        ]


@pytest.mark.parametrize(
    ("code", "says"),
    [
        pytest.param("int model(void); int f(void) { return model(); }", None, id="the model's"),
        pytest.param("int x; int f(int *p) { static int y; return *p + x + y++; }", None,
                     id="data of its own"),
        pytest.param("struct s { char c[999]; }; void f(struct s *a, struct s *b) { *a = *b; }",
                     None, id="what a compiler calls by itself"),
        pytest.param("int g(void); int f(void) { return g(); }", "'g' is not in the model",
                     id="undefined"),
        pytest.param("extern int g(void) __attribute__((weak)); int f(void) { return g(); }",
                     "'g' is not in the model", id="weak and undefined"),
        pytest.param("int puts(const char *s) { return !s; }", "'puts' would take the place",
                     id="a name of libc"),
        pytest.param("#pragma GCC visibility push(default)\nint f(void) { return 1; }",
                     "'f' would take the place", id="exported"),
        pytest.param("static void *r(void) { return 0; } int f(void) "
                     '__attribute__((ifunc("r")));', "'f' is neither", id="resolved before main"),
        pytest.param("int x; __attribute__((constructor)) static void f(void) { x++; }",
                     "the section .init_array", id="constructor"),
        pytest.param("int x; __attribute__((destructor)) static void f(void) { x++; }",
                     "the section .fini_array", id="destructor"),
        pytest.param('__attribute__((section(".preinit_array"), used)) static void *p;',
                     "the section .preinit_array", id="before constructors"),
        pytest.param('__asm__(".globl system\\n.set f, system");', "'system' is not in the model",
                     id="an alias in assembly"),
    ],
)  # fmt: skip
def test_objects(tmp_path: Path, code: str, says: str | None) -> None:
    problems = judged(tmp_path, code)
    if says is None:
        assert problems == []
    else:
        assert any(problem.startswith(says) for problem in problems), problems


def test_only_headers_of_the_model(tmp_path: Path) -> None:
    flags = load_spec(MODEL).confined
    (tmp_path / "model.h").touch()
    (tmp_path / "poison.h").touch()
    (tmp_path / "a.c").write_text("#include <stdint.h>\n#include <stdio.h>\n")
    with Builder(tmp_path) as building:
        source = Source("a.c", (*flags, *own_headers(building.command), "-I."))
        job = building.compile(describe_headers(tmp_path), source)
        with pytest.raises(BuildError, match=r"stdio\.h"):
            job.result()


def test_the_compiler_has_limits(tmp_path: Path) -> None:
    (tmp_path / "a.c").write_text("char x[1UL << 32] = { 1 };\n")
    with Builder(tmp_path) as building, pytest.raises(BuildError):
        building.compile(describe_headers(tmp_path), Source("a.c", ())).result()
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) < 1 << 30


# ---------------------------------------------------------------------------- while it runs


def run_with(
    folder: Path, code: str, *, confine: tuple[str, str] = ("", ""), sanitize: bool = False
) -> Outcome:
    """Run a program of the model with code in it that got past everything else.

    `confine` is replaced in sim/confine.c.
    """
    model = Path(shutil.copytree(MODEL, folder / "model"))
    file = model / "sim" / "board.c"
    text = file.read_text()
    assert text.count("\tvmalloc_init();\n") == 1
    text = text.replace("\tvmalloc_init();\n", f"\tvmalloc_init();\n\t{{ {code} }}\n")
    file.write_text("#include <sys/syscall.h>\nlong syscall(long number, ...);\n" + text)
    confining = model / "sim" / "confine.c"
    assert confine[0] in confining.read_text()
    confining.write_text(confining.read_text().replace(*confine, 1))
    spec = load_spec(model)
    configuration = next(configurations(spec))
    (folder / "objects").mkdir()
    with builder(spec, folder / "objects", sanitize=sanitize) as building:
        words = configuration.variant.split(",")
        variant = [flag for word in words for flag in spec.words[word]]
        flags = (*spec.kernel_flags, *configuration.target.flags, *variant)
        sources = [Source(path, flags) for path in spec.kernel_sources]
        sources += [Source(path, flags) for path in configuration.target.sources]
        tree = describe_headers(model)
        jobs = [building.compile(tree, source) for source in (*sources, *spec.machine)]
        program = building.link([job.result() for job in jobs])
    return execute(program, ["--trace=fail"], folder)


SYSTEM_CALLS = {
    "open": 'syscall(SYS_openat, -100, "CANARY", 0101, 0644);',
    "execve": 'char *a[] = { "/bin/sh", "-c", "touch CANARY", 0 };'
    "syscall(SYS_execve, a[0], a, a + 3);",
    "fork": "syscall(SYS_clone, 17, 0, 0, 0, 0);",
    "socket": "syscall(SYS_socket, 2, 1, 0);",
    "kill": "syscall(SYS_kill, PARENT, 10);",
    "ptrace": "syscall(SYS_ptrace, 0, 0, 0, 0);",
    "unlink": 'syscall(SYS_unlinkat, -100, "CANARY", 0);',
}


@pytest.mark.parametrize("code", SYSTEM_CALLS.values(), ids=SYSTEM_CALLS.keys())
def test_system_calls_are_given_up(tmp_path: Path, code: str) -> None:
    canary = tmp_path / "canary"
    code = code.replace("CANARY", str(canary)).replace("PARENT", str(os.getpid()))
    outcome = run_with(tmp_path, code)
    assert not canary.exists()
    assert [each.message for each in outcome.complaints][:1] == [
        "the program was ended by SIGSYS: it asked for a system call that it had given up"
    ]
    assert not outcome.holds


@pytest.mark.parametrize(
    ("code", "says"),
    [
        pytest.param("static char *volatile p; for (unsigned long i = 0; i < 4096; i++) { p = "
                     "hw_kalloc(1 << 20); p[1 << 19] = 1; }", "SIGABRT", id="memory"),
        pytest.param("char b[4096] = { 10 }; for (unsigned long i = 0; i < 1 << 20; i++) "
                     "syscall(SYS_write, 1, b, 4096);", "SIGXFSZ", id="output"),
        pytest.param("*(volatile int *)8 = 1;", "SIGSEGV", id="a crash"),
    ],
)  # fmt: skip
def test_what_is_limited(tmp_path: Path, code: str, says: str) -> None:
    outcome = run_with(tmp_path, code)
    assert says in outcome.complaints[0].message


def test_it_runs_in_an_empty_folder_with_nothing_of_the_environment(tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text("#!/bin/sh\nls -a >&2; env >&2; cat >&2; exit 5\n")
    script.chmod(0o755)
    outcome = execute(script, [], tmp_path)
    assert outcome.complaints[0].message == "."
    script.write_text("#!/bin/sh\nenv >&2; exit 5\n")
    names = {"LC_ALL", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LD_LIBRARY_PATH", "PWD", "SHLVL", "_"}
    said = execute(script, [], tmp_path).complaints
    assert all(each.message.partition("=")[0] in names for each in said)


def test_all_of_it_is_in_force(tmp_path: Path) -> None:
    outcome = run_with(tmp_path, "")
    assert outcome.scenarios > 0
    assert not outcome.complaints
    assert set(outcome.confined) == {
        "cpu-time", "memory", "file-size", "open-files", "processes", "no-new-privileges",
        "system-calls",
    }  # fmt: skip
    missing = {name for name, in_force in outcome.confined.items() if not in_force}
    assert missing == ({"processes"} if os.getuid() == 0 else set())


def test_a_sanitizer_still_tells_of_a_fault(tmp_path: Path) -> None:
    outcome = run_with(tmp_path, "char *volatile p = hw_kalloc(8); p[17] = 1;", sanitize=True)
    assert "heap-buffer-overflow" in outcome.complaints[0].message
    assert not outcome.holds


@pytest.mark.parametrize("command", [["validate"], ["series"]])
def test_help_says_that_functions_are_run(command: list[str]) -> None:
    done = run_treewide([*command, "--help"])
    assert "functions of TREE" in " ".join(done.stdout.decode().split())


def test_a_host_that_refuses_is_told_of(tmp_path: Path) -> None:
    """What a program cannot give up it says, and runs."""
    refused = ("PR_SET_SECCOMP, SECCOMP_MODE_FILTER", "PR_SET_SECCOMP, 99")
    outcome = run_with(tmp_path, "", confine=refused)
    assert outcome.scenarios > 0
    assert not outcome.complaints
    assert outcome.confined["no-new-privileges"]
    assert not outcome.confined["system-calls"]
