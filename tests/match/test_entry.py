"""What the matcher makes of a file: every mention of the entry ends as something, with a reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refactor.match.hidden import only_uses
from tests.samples import RULE, call, definition, encoded, found_in, function, outcomes
from tests.support import at_most

# A definition in every dress: the call in line 3 is found.
HEADS = [
    "void *module_alloc(unsigned long size)",
    "void * __weak module_alloc(unsigned long size)",
    "void __attribute__((weak)) *module_alloc(unsigned long size)",
    "__attribute__((weak)) void *module_alloc(unsigned long size)",
    "void *module_alloc(unsigned long size) __attribute__((weak))",
    "[[gnu::weak]] void *module_alloc(unsigned long size)",
    "extern inline void *module_alloc(unsigned long size)",
    "static __always_inline void *module_alloc(size_t size)",
    "static inline void *module_alloc(unsigned long size)",
    "void *(module_alloc)(unsigned long size)",
    "void *((module_alloc))(unsigned long size)",
    "void *(module_alloc(unsigned long size))",
    "alloc_t module_alloc(unsigned long size)",
    "RET(void *) module_alloc(unsigned long size)",
    "typeof(x) *module_alloc(unsigned long size)",
    "struct page *module_alloc(unsigned long size)",
    "void *module_alloc(unsigned long size) VENDOR_TAIL",
    "void *module_alloc(unsigned long size) __acquires(x) __must_check",
    "void *module_alloc(unsigned long size, ...)",
    "void *module_alloc(void)",
    "void *(*module_alloc(unsigned long size))(int)",
    "void *module_alloc /* ( */ (unsigned long size /* ) { */) /* { */",
]


@pytest.mark.parametrize("head", HEADS)
def test_a_definition_is_found_in_every_dress(head: str) -> None:
    assert outcomes(definition(head)) == ["site 3:9 in module_alloc()"]


# Code around the one call `@`, which has to be found whatever stands around it.
AROUND = {
    "return": "return @;",
    "cast": "return (void *)(unsigned long)@;",
    "initializer": "void *p = @;\n\treturn p;",
    "condition of if": "if (!(p = @))\n\t\treturn NULL;",
    "condition of while": "while (!(p = @))\n\t\tcpu_relax();",
    "condition of for": "for (p = @; p; p = NULL)\n\t\tuse(p);",
    "switch": "switch ((long)@) {\n\tdefault:\n\t\treturn NULL;\n\t}",
    "case": "switch (x) {\n\tcase 1 ... 3:\n\t\treturn @;\n\t}",
    "conditional expression": "return x ? @ : NULL;",
    "argument of a function": "return check(@, f(1, 2));",
    "argument of a macro": "WARN_ON(!(p = @));\n\treturn p;",
    "head of a macro with a block": "for_each_part(p, @) {\n\t}",
    "statement expression": "return ({ void *p = @; p; });",
    "sizeof": "return (void *)sizeof(@);",
    "nested function": "void *inner(void)\n\t{\n\t\treturn @;\n\t}\n\treturn inner();",
    "behind a label": "out:\n\treturn @;",
    "behind asm goto": 'asm goto("x %0" : : "i"(0) : "memory" : out);\nout:\n\treturn @;',
    "behind a comment end in a string": 'pr_info("*/ /* module_alloc(");\n\treturn @;',
    "in an #ifdef": "#ifdef CONFIG_X\n\treturn @;\n#endif",
    "behind continued lines": "x = \\\n\t1;\n\treturn @;",
}


@pytest.mark.parametrize("body", AROUND.values(), ids=AROUND.keys())
def test_a_call_is_found_wherever_it_stands(body: str) -> None:
    (found,) = outcomes(function(body.replace("@", call())))
    assert found.startswith("site ")


USES = {
    "a prototype": "extern void *module_alloc(unsigned long size);",
    "prototypes with annotations": "void *module_alloc(unsigned long) __malloc __alloc_size(1);",
    "a prototype with an asm label": 'void *module_alloc(unsigned long size) asm("ma") __weak;',
    "a prototype in a body": "void f(void)\n{\n\textern void *module_alloc(unsigned long);\n}",
    "a prototype in front of a function": "void *module_alloc(unsigned long);\nint f(void)\n{\n}",
    "a call": "void *f(void)\n{\n\treturn module_alloc(1);\n}",
    "a call as a statement": "void f(void)\n{\n\tmodule_alloc(1);\n}",
    "a call in a condition": "void f(void)\n{\n\tif (module_alloc(1)) {\n\t}\n}",
    "a call in a macro": "#define GET(size) (p = module_alloc(size))",
    "the head of a loop macro": "#define for_it(p) for (p = module_alloc(1); p; p = 0)\n"
    "void f(void)\n{\n\tfor_it(p) {\n\t}\n}",
    "a pointer to it": "void *(*get)(unsigned long) = module_alloc;",
    "an element": "struct ops ops = { module_alloc, .b = module_alloc, .c = &module_alloc };",
    "an element made by a macro": "struct ops ops[] = { CB(module_alloc), CB(x) };",
    "a member that is a pointer": "struct ops { void *(*module_alloc)(unsigned long); };",
    "a member of a typedef's type": "struct ops { alloc_t (*module_alloc)(unsigned long); };",
    "a member, set and called": "void f(void)\n{\n\to->module_alloc = g;\n\to.module_alloc(1);\n}",
    "a designator": "struct ops ops = { .module_alloc = f };",
    "a parameter": "void f(int module_alloc)\n{\n}",
    "a parameter of the old style": "void f(module_alloc) int module_alloc;\n{\n}",
    "a variable": "void f(void)\n{\n\tint module_alloc = 1;\n}",
    "a label": "void f(void)\n{\nmodule_alloc:\n\tgoto module_alloc;\n}",
    "a tag, an enumerator, a type": "struct module_alloc { int x; };\nenum { module_alloc };\n"
    "typedef void *module_alloc(int);",
    "references at file scope": "EXPORT_SYMBOL(module_alloc);\nEXPORT_SYMBOL_GPL(module_alloc)\n"
    "NOKPROBE_SYMBOL(module_alloc)\nBTF_ID(func, module_alloc)",
    "a nested function": "void f(void)\n{\n\tvoid *module_alloc(int i)\n\t{\n\t}\n}",
    "an operand of asm": 'void f(void)\n{\n\tasm("" :: "i"(module_alloc));\n}',
    "a macro that is its own name": "#define module_alloc module_alloc",
    "a test of a macro": "#ifdef module_alloc\n#undef module_alloc\n#endif",
    "other names": "void *my_module_alloc(int i)\n{\n}\nvoid *module_alloc2(int i)\n{\n}\n"
    "void *module_alloc$(int i)\n{\n}",
    "a string and a comment": '/* void *module_alloc(int i) { } */\nchar *s = "module_alloc(";',
    "in a function with a syntax error": "void f(void)\n{\n\tx = ;\n\tp = module_alloc(1);\n}",
}


@pytest.mark.parametrize("code", USES.values(), ids=USES.keys())
def test_a_use_is_no_definition(code: str) -> None:
    assert outcomes(code + "\n") == []


HIDDEN = {
    "K&R": (
        function(f"return {call()};", "void *module_alloc(size)\n\tunsigned long size, *x;"),
        "refused 1:7 OLD_STYLE",
    ),
    "implicit int": (definition("module_alloc(unsigned long size)"), "refused 1:1 PARSE"),
    "behind what looks like an operator": (
        "#include <asm/a.h>\nmodule_alloc(size) int size;\n{\n}\n",
        "refused 2:1 OLD_STYLE",
    ),
    "two signatures": (
        "#ifdef X\nvoid *module_alloc(int i)\n#else\nvoid *module_alloc(void)\n#endif\n{\n}\n",
        "refused 2:7 CONDITIONAL_SIGNATURE|refused 4:7 CONDITIONAL_SIGNATURE",
    ),
    "a conditional parameter": (
        "void *module_alloc(int size\n#ifdef X\n\t, int node\n#endif\n)\n{\n}\n",
        "refused 1:7 CONDITIONAL_SIGNATURE",
    ),
    "a macro makes the signature": (
        "DEFINE_ALLOC(void *, module_alloc)\n{\n}\n",
        "refused 1:22 MACRO_DEFINITION DEFINE_ALLOC() makes the signature",
    ),
    "a macro may make it": (
        "static VENDOR_ALLOC(module_alloc, 1);\n",
        "refused 1:21 MACRO_DEFINITION VENDOR_ALLOC() has it as an argument",
    ),
    "a macro behind a macro": (
        "EXPORT_SYMBOL(f)\nVENDOR_ALLOC(module_alloc)\n",
        "refused 2:14 MACRO_DEFINITION VENDOR_ALLOC() has it as an argument",
    ),
    "a prototype as an argument": (
        "VENDOR_ALLOC(void *module_alloc(unsigned long size), 1)\n",
        "refused 1:20 MACRO_DEFINITION VENDOR_ALLOC() has it as an argument",
    ),
    "a macro of its name": (
        "#define module_alloc(size) vendor_alloc(size)\n",
        "refused 1:9 MACRO_DEFINITION it is the name of a macro",
    ),
    "a macro with all of it": (
        "#define ALL void *module_alloc(int i) \\\n\t{ return NULL; }\n",
        "refused 1:19 MACRO_DEFINITION ALL has its definition",
    ),
    "a macro with its head": (
        "#define HEAD void *module_alloc(int i)\nHEAD\n{\n}\n",
        "refused 1:20 MACRO_DEFINITION HEAD stands for it before a brace",
    ),
    "a macro for its name": (
        "#define vendor_alloc module_alloc\nvoid *vendor_alloc(int i)\n{\n}\n",
        "refused 1:22 MACRO_DEFINITION vendor_alloc stands for it before a brace",
    ),
    "alias": (
        'void *module_alloc(unsigned long size) __attribute__((alias("x")));\n',
        "refused 1:7 ALIAS",
    ),
    "the kernel's alias": ("void *module_alloc(unsigned long) __alias(x);\n", "refused 1:7 ALIAS"),
    "alias in front": (
        'extern __attribute__((alias("x"))) typeof(x) module_alloc;\n',
        "refused 1:46 ALIAS",
    ),
    "ifunc": (
        'void *module_alloc(unsigned long) __attribute__((ifunc("x")));\n',
        "refused 1:7 ALIAS",
    ),
    "swallowed by an open brace": (
        "void f(void)\n{\n\tif (x) {\n}\n" + definition(),
        "refused 5:7 PARSE",
    ),
}


def test_two_heads_of_another_block_do_not_matter() -> None:
    code = f"#ifdef X\n\tif (a) {{\n#else\n\tif (b) {{\n#endif\n\t}}\n\treturn {call()};"
    assert outcomes(function(code)) == ["site 9:9 in module_alloc()"]


@pytest.mark.parametrize(("code", "expected"), HIDDEN.values(), ids=HIDDEN.keys())
def test_a_hidden_definition_is_refused(code: str, expected: str) -> None:
    assert outcomes(code) == expected.split("|")


H = "static void *h(unsigned long size)"
UNREADABLE = {
    "a syntax error": (function(f"x = ;\n\treturn {call()};"), "refused 3:4 PARSE"),
    "a statement split by #ifdef": (
        function(f"f(x\n#ifdef X\n\t\t, y);\n#else\n\t\t);\n#endif\n\tp = {call()};"),
        "refused 4:1 PARSE a preprocessor conditional splits the statement",
    ),
    "#ifdef between arguments": (
        function(
            f"return {call('#ifdef X' + chr(10) + 'VM_A |' + chr(10) + '#endif' + chr(10) + '0')};"
        ).replace("\t\t#", "#"),
        "refused 3:9 CONDITIONAL_ARGUMENTS",
    ),
    "#pragma between arguments": (
        function(f"return {call()};").replace("\n\t\t0", "\n#pragma x\n\t\t0"),
        "refused 4:1 PARSE a directive inside the argument list",
    ),
    "a macro that calls": (
        "#define GET(s) __vmalloc_node_range(s, 0)\n" + function("return GET(size);"),
        "refused 4:9 MACRO_CALL GET() calls __vmalloc_node_range()",
    ),
    "a macro that calls a macro that calls": (
        "#define A(s) __vmalloc_node_range(s)\n#define B(s) A(s)\n" + function("return B(size);"),
        "refused 5:9 MACRO_CALL B() calls __vmalloc_node_range()",
    ),
    "a macro instead of the allocator": (
        "#define __vmalloc_node_range(...) vendor(__VA_ARGS__)\n" + definition(),
        "refused 4:9 MACRO_CALL __vmalloc_node_range is a macro of this file",
    ),
    "a pointer to the allocator": (
        function("void *(*get)() = __vmalloc_node_range;\n\treturn get(size);"),
        "refused 3:19 MENTION",
    ),
    "the allocator in parentheses": (
        definition().replace("__vmalloc_node_range", "(__vmalloc_node_range)"),
        "refused 3:10 MENTION",
    ),
    "an element named like it": (
        definition().replace("__vmalloc_node_range", "__vmalloc_node_range[0]"),
        "refused 3:9 MENTION",
    ),
    "a member named like it": (
        definition().replace("__vmalloc_node_range", "ops->__vmalloc_node_range"),
        "refused 3:14 MENTION",
    ),
    "too few arguments": (
        function("return __vmalloc_node_range(ARGS, NULL);"),
        "refused 3:9 ARGUMENTS 2 instead of 9",
    ),
    "an empty argument": (definition(flags=""), "refused 4:1 PARSE"),
    "an unknown allocator": (
        function("return vendor_alloc(size);"),
        "refused 1:7 ALLOCATOR it calls vendor_alloc()",
    ),
    "a call through a pointer": (
        function("return ops->alloc(size);"),
        "refused 1:7 ALLOCATOR it calls ops->alloc()",
    ),
    "a function that is not static": (
        function("return h(size);") + definition("void *h(unsigned long size)"),
        "refused 1:7 ALLOCATOR it calls h()",
    ),
    "a macro hides a static function": (
        f"#define h(x) vendor(x)\n{definition('static void *(h)(int size)')}"
        + function("return h(size);"),
        "refused 7:7 ALLOCATOR it calls h()",
    ),
    "a static function with a syntax error": (
        function(f"x = ;\n\treturn {call()};", H) + function("return h(size);"),
        "refused 3:4 PARSE",
    ),
    "a call in the flags of another one": (
        definition(flags="f(" + call().replace("\n\t\t", " ") + ")"),
        "refused 4:5 NESTED",
    ),
    "a conditional that begins outside": (
        "#ifdef X\nvoid *module_alloc(int size) {\n#else\nvoid *module_alloc(long size) {\n#endif\n"
        f"\treturn {call()};\n}}\n",
        "refused 2:7 PARSE|refused 4:7 PARSE"
        " a preprocessor conditional begins or ends in the middle of it",
    ),
}


@pytest.mark.parametrize(("code", "expected"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_definition_that_cannot_be_read_is_refused(code: str, expected: str) -> None:
    assert outcomes(code) == expected.split("|")


REACHED = {
    "a static function": (definition(H) + function("return h(size);"), "site 3:9 in h()"),
    "a static function behind it": (
        "static void *h(unsigned long);\n" + function("return h(size);") + definition(H),
        "site 8:9 in h()",
    ),
    "static by its prototype only": (
        "static void *h(unsigned long);\n"
        + function("return h(size);")
        + definition("void *h(unsigned long size)"),
        "site 8:9 in h()",
    ),
    "two that call each other": (
        "static void *i(unsigned long);\n"
        + function("return i(size);", H)
        + function(f"if (x)\n\t\treturn h(1);\n\treturn {call()};", "static void *i(int size)")
        + function("return h(size);"),
        "site 10:9 in i()",
    ),
    "itself": (
        function(f"if (x)\n\t\treturn module_alloc(1);\n\treturn {call()};"),
        "site 5:9 in module_alloc()",
    ),
    "through a macro": (
        definition(H) + "#define GET(s) h(s)\n" + function("return GET(size);"),
        "site 3:9 in h()",
    ),
    "by a macro that is its own name": (
        "#define __vmalloc_node_range __vmalloc_node_range\n" + definition(),
        "site 4:9 in module_alloc()",
    ),
    "by a pointer": (
        definition(H) + function("return retry(h, size);"),
        "site 3:9 in h()",
    ),
    "not a variable of its name": (
        definition(H) + function(f"int h = 1;\n\n\treturn {call()};"),
        "site 10:9 in module_alloc()",
    ),
    "not a parameter of its name": (
        definition("static void *size(int n)") + definition(),
        "site 8:9 in module_alloc()",
    ),
    "not a member of its name": (
        definition(H) + function(f"x->h = 1;\n\treturn {call()};"),
        "site 9:9 in module_alloc()",
    ),
    "a function without a word of it may be broken": (
        function("return x ? ;", "static int h(void)") + function(f"h();\n\treturn {call()};"),
        "site 8:9 in module_alloc()",
    ),
    "in every branch": (
        f"#if A\n{definition()}#elif B\n{definition()}#else\n{function('return NULL;')}#endif\n",
        "site 4:9 in module_alloc()|site 10:9 in module_alloc()|not applicable 14:7 NOTHING",
    ),
    "beside a definition that is refused": (
        "#ifdef X\n"
        + function(f"return {call()};", "void *module_alloc(s)\n\tint s;")
        + f"#else\n{definition()}#endif\n",
        "refused 2:7 OLD_STYLE|site 11:9 in module_alloc()",
    ),
    "allocators without flags": (
        function("return size ? kmalloc(size) : vmalloc(size);"),
        "not applicable 3:16 UNFLAGGED kmalloc() takes no vm_flags"
        "|not applicable 3:32 UNFLAGGED vmalloc() takes no vm_flags",
    ),
}


@pytest.mark.parametrize(("code", "expected"), REACHED.values(), ids=REACHED.keys())
def test_calls_are_reached(code: str, expected: str) -> None:
    assert outcomes(code) == expected.split("|")


DISABLED = {
    "#if 0": (f"#if 0\n{definition()}#endif\n", "not applicable 2:7 DISABLED"),
    "#if (0)": (f"#if (0) /* no */\n{definition()}#endif\n", "not applicable 2:7 DISABLED"),
    "its #else is alive": (
        f"#if 0\n{definition()}#else\n{definition()}#endif\n",
        "not applicable 2:7 DISABLED|site 10:9 in module_alloc()",
    ),
    "the #else of #if 1": (
        f"#if 1\n{definition()}#else\n{definition()}#endif\n",
        "site 4:9 in module_alloc()|not applicable 8:7 DISABLED",
    ),
    "the rest behind #elif 1": (
        f"#if A\n#elif 1\n#elif B\n{definition()}#else\n{definition()}#endif\n",
        "not applicable 4:7 DISABLED|not applicable 10:7 DISABLED",
    ),
    "deeper": (
        f"#if 0\n#if A\n#else\n{definition()}#endif\n#endif\n",
        "not applicable 4:7 DISABLED",
    ),
    "without an end": (f"#if 0\n{definition()}", "not applicable 2:7 DISABLED"),
    "prose, and a macro": (
        "#if 0\nthis isn't C {{{\n#define module_alloc(x) y\n#endif\n" + definition(),
        "not applicable 3:9 DISABLED|site 7:9 in module_alloc()",
    ),
    "a call": (
        function(f"#if 0\n\treturn {call()};\n#else\n\treturn {call()};\n#endif"),
        "not applicable 4:9 DISABLED|site 7:9 in module_alloc()",
    ),
    "a call that cannot be read": (
        function(f"#if 0\n\treturn __vmalloc_node_range(1);\n#endif\n\treturn {call()};"),
        "not applicable 4:9 DISABLED|site 6:9 in module_alloc()",
    ),
    "a variant of a static function": (
        "#if 0\n"
        + function("return vendor(size);", H)
        + "#endif\n"
        + definition(H)
        + function("return h(size);"),
        "site 9:9 in h()",
    ),
    "the only known allocator": (
        function(f"#if 0\n\treturn {call()};\n#endif\n\treturn vendor(size);"),
        "refused 1:7 ALLOCATOR it calls __vmalloc_node_range(), vendor()",
    ),
}


@pytest.mark.parametrize(("code", "expected"), DISABLED.values(), ids=DISABLED.keys())
def test_what_is_disabled_is_told_and_left_alone(code: str, expected: str) -> None:
    assert outcomes(code) == expected.split("|")


def test_others_that_use_a_static_function_are_told() -> None:
    code = definition(H) + function("return h(size);") + function("h(1);", "void other(void)")
    (found,) = found_in(encoded(code)).definitions
    assert found.shared == {"h": "h() is also used by other()"}


def test_a_disabled_variant_uses_nothing() -> None:
    dead = f"#if 0\n{definition(H)}{function('h(1);', 'void other(void)')}#endif\n"
    (found,) = found_in(encoded(dead + definition(H) + function("return h(size);"))).definitions
    assert found.shared == {}


# ---------------------------------------------------------------------------- hostile files

N = 20_000
HOSTILE = {
    "parentheses in the flags": definition(flags="(" * N + "0" + ")" * N),
    "an open parenthesis": function(f"return {'(' * N};"),
    "many flags": definition(flags=" | ".join(["VM_A"] * N)),
    "many arguments": function(f"return __vmalloc_node_range({'a, ' * N}b);"),
    "calls around the call": function(f"return {'f(1, ' * N}{call()}{')' * N};"),
    "blocks around the call": function("{" * N + f"return {call()};" + "}" * N),
    "calls of the entry": definition() + function("module_alloc(1);\n" * N, "void f(void)"),
    "nested calls of the entry": definition()
    + function("module_alloc(" * N + ")" * N + ";", "void f(void)"),
    "open calls of the entry": definition() + function("module_alloc(\n" * N, "void f(void)"),
    "elements": definition() + "int x[] = {" + "module_alloc, " * N + "};\n",
    "prototypes": definition() + "void *module_alloc(unsigned long size) __a __b;\n" * N,
    "annotations": "void *module_alloc(unsigned long size) " + "__a " * N + ";\n",
    "old parameters": "module_alloc(a) x;\n" * N,
    "macros of its name": "#define module_alloc(x) y\n" * N,
    "macros for its name": "#define A module_alloc\n" * N,
    "a chain of macros": "".join(f"#define M{i} M{i + 1}()\n" for i in range(N)) + definition(),
    "conditionals": "#if A\n" * N + definition() + "#endif\n" * N,
    "open conditionals": "#if A\n" * N + definition(),
    "statements": function("x();\n" * N + f"\treturn {call('VM_NO_HUGE_VMAP')};"),
    "comments": function("\t// huge\n" * N + f"\treturn {call('VM_NO_HUGE_VMAP')};"),
    "stars": definition(f"void {'*' * N}module_alloc(unsigned long size)"),
    "declarators": definition(f"void *{'(' * N}module_alloc{')' * N}(unsigned long size)"),
    "parameters": definition(f"void *module_alloc({'int a, ' * N}int size)"),
    "functions": "".join(f"int f{i}(void) {{ return {i}; }}\n" for i in range(N)) + definition(),
    "errors": "int x = ;\n" * N + definition(),
    "static functions": "".join(
        function(f"return f{i + 1}(size);", f"static void *f{i}(int size)") for i in range(N // 10)
    )
    + definition(f"static void *f{N // 10}(int size)")
    + function("return f0(size);"),
    "every byte": bytes(range(256)).decode("latin-1") * (N // 50) + "\n" + definition(),
}


@pytest.mark.slow
@pytest.mark.parametrize("code", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_file_takes_seconds(code: str) -> None:
    with at_most(20):
        outcomes(code)


WORDS = """
module_alloc module_alloc( (module_alloc) __vmalloc_node_range ( ) { } ; , = * # 0 | return void
int static h h( #define #if #else #endif #if~0 /* */ // " ' \\ if( x -> . [ ] & size
"""
SNIPPETS = st.sampled_from(WORDS.split())
SEPARATORS = st.sampled_from([" ", "\n", "\t", "", "\\\n", "\r\n"])


@given(st.lists(st.tuples(SNIPPETS, SEPARATORS), max_size=40))
def test_nothing_makes_it_crash_or_lose_a_mention(made: list[tuple[str, str]]) -> None:
    code = encoded("".join(text.replace("~", " ") + space for text, space in made))
    found = found_in(code)
    if not only_uses(code, RULE.entry):
        parts = (found.definitions, found.refused, found.skipped)
        assert found.uses + sum(map(len, parts)) > 0
