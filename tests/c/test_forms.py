"""Forms of the kernel's C that are no C in more than a word: what the parser is shown of them."""

from __future__ import annotations

import pytest

from refactor.c.dialect import mask
from tests.c.test_dialect import calls, parse

# What stands in the source, and what the parser gets.
FORMS = {
    "branch for an assembler is blanked": (
        b"#ifdef __ASSEMBLY__\n\tmov a, #1\n# define A 1\n#else\nint a;\n#endif\n",
        b"#ifdef __ASSEMBLY__\n\t         \n# define A 1\n#else\nint a;\n#endif\n",
    ),
    "branch for anything but an assembler": (
        b"#ifndef __ASSEMBLY__\nint a;\n#else\n\tmov a, b\n#endif\n",
        b"#ifndef __ASSEMBLY__\nint a;\n#else\n\t        \n#endif\n",
    ),
    "macro of an assembler is blanked": (
        b".macro add a, b\n"
        b"\tmov \\a, \\b\t/* move */\n"
        b"#ifdef A\n"
        b"\t.rept 2\n"
        b"\tb c\n"
        b"\t.endr\n"
        b"#endif\n"
        b".endm\n"
        b"int a;\n",
        b"               \n"
        b"\t          \t/* move */\n"
        b"#ifdef A\n"
        b"\t       \n"
        b"\t   \n"
        b"\t     \n"
        b"#endif\n"
        b"     \n"
        b"int a;\n",
    ),
    "linkage of C++ is blanked": (
        b"#ifndef A\n"
        b"#ifdef __cplusplus\n"
        b'extern "C" {\n'
        b"#endif\n"
        b"int a;\n"
        b"#ifdef __cplusplus\n"
        b"}\n"
        b"#endif\n"
        b"#endif\n",
        b"#ifndef A\n"
        b"#ifdef __cplusplus\n"
        b"            \n"
        b"#endif\n"
        b"int a;\n"
        b"#ifdef __cplusplus\n"
        b" \n"
        b"#endif\n"
        b"#endif\n",
    ),
    "macros as operands of an assembler": (
        b'asm("a" : "=" TO() (x) : IMM(y), "r" cpu(z), TWO(a, f(b, c)), STACK\n'
        b'    : "cc", CLOBBERS);',
        b'asm("a" : "="      (x) : "" (y), "r"    (z), "" (a+ f(b, c)), ""(C)\n'
        b'    : "cc", ""      );',
    ),
    "macros in a template": (
        b'asm_inline(ALTERNATIVE("a", "b" ENCODE("c", 2), 1) "d" : "=r"(x));',
        b'asm       (""                                      "d" : "=r"(x));',
    ),
    "macro that is an assembler": (
        b'asm_volatile_goto("a" : : "i"(b) : : out);',
        b'asm goto         ("a" : : "i"(b) : : out);',
    ),
    "macro that is an assembler with macros in its template": (
        b'asm_volatile_goto(JUMP("a", b) "c" ENTRY\n    : : "i"(d) : : out);',
        b'asm goto         (""           "c" ENTRY\n    : : "i"(d) : : out);',
    ),
    "a word at the end of the members": (
        b"struct a {\n\tint b;\n\tfields_end\n};",
        b"struct a {\n\tint b;\n\t#xelds_end\n};",
    ),
    "strings of a divided template": (
        b'asm("a"\n#ifdef A\n    B(1)\n#else\n    C(2)\n#endif\n);',
        b'asm("a"\n//fdef A\n    ""  \n//lse\n    ""  \n//ndif\n);',
    ),
    "divided initializer at the top": (
        b"int a = 0\n#ifdef B\n    | B\n#endif\n    ;",
        b"int a = 0\n//fdef B\n    | B\n//ndif\n    ;",
    ),
    "blank behind an included name": (
        b"#include <a.h> \t\nint a;",
        b"#include <a.h__>\nint a;",
    ),
    "blank behind a comment behind a definition": (
        b"#define A 1 /* b */ \nint a;",
        b"#define A 1         \nint a;",
    ),
    "comment in a string of a definition": (
        b'#define A "/*" #b\nint a;',
        b'#define A "_*" #b\nint a;',
    ),
    "slash before the end of a line": (
        b"#define A b /\\\n\tc\nint a;",
        b"#define A b +\\\n\tc\nint a;",
    ),
    "word in a condition that begins like a number": (
        b"#if A(112x, 1UL, 0x1f)\n#endif\n",
        b"#if A(_12x, 1UL, 0x1f)\n#endif\n",
    ),
    "named variable arguments in a second line": (
        b"#define A(b, \\\n\tc...) d\n",
        b"#define A(b, \\\n\t ...) d\n",
    ),
    "offsetof by its other name": (
        b"int a = __builtin_offsetof(struct b, c);",
        b"int a = offsetof          (struct b, c);",
    ),
    "elements of a file to be included": (
        b'{\n\t"a",\n\t.b = { },\n\t.c = { D(1, 2) },\n},\n{\n\t"b",\n},\n',
        b'(\n\t"a",\n\t_b = (_),\n\t_c = ( D(1, 2) ) \n);\n(\n\t"b" \n);\n',
    ),
    "macros of a file to be included": (
        b'#ifdef A\nUNUSUAL(1, 2,\n\t"a"),\nUNUSUAL(3, 4,\n\t"b"),\n#endif\n',
        b'//fdef A\nUNUSUAL(1, 2,\n\t"a");\nUNUSUAL(3, 4,\n\t"b");\n//ndif\n',
    ),
    "macro brings its comma before a brace": (
        b"struct a b[] = {\n\tA(1) { 1 },\n\tB { 2 },\n\tC D E\n\t&f,\n};",
        b"struct a b[] = {\n\tA(1),{ 1 },\n\tB,{ 2 },\n\tC,D,E\n,&f,\n};",
    ),
    "macro brings its comma before a directive": (
        b"char *a[] = {\n#define x(t) #t,\n\tNAMES()\n#undef x\n\tNULL\n};",
        b"char *a[] = {\n//efine x(t) #t,\n\tNAMES()\n//ndef x\n,NULL\n};",
    ),
    "elements in two branches": (
        b"int a[] = {\n#if A\n\t1, 2\n#elif B\n\t{ 3 }\n#else\n\tC\n#endif\n};",
        b"int a[] = {\n//f A\n\t1, 2\n,//if B\n\t{ 3 }\n,//se\n\tC\n//ndif\n};",
    ),
    "enumerators that bring their commas": (
        b"enum a {\n\tA\n\tB(c)\n#undef B\n\tC\n\tD,\n\tE(f) = 1,\n};",
        b"enum a {\n\tA\n,B_c_\n//ndef B\n,C\n,D,\n\tE_f_ = 1,\n};",
    ),
    "members by macros": (
        b"struct a {\n\tA(b) B(c)\n\tD(int,\n\t  e /* f */)\n\tint g;\n\tMEMBERS\n#undef X\n};",
        b"struct a {\n\t#xb) B(c)\n\t/*_nt,\n\t  e /* f **/\n\tint g;\n\t#xMBERS\n#undef X\n};",
    ),
    "a second semicolon": (
        b"struct a {\n\tint b;;\n};",
        b"struct a {\n\tint b; \n};",
    ),
    "widths without a name": (
        b"struct a {\n\tint b : 1, : 2;\n\tint : 3, c : 4;\n};",
        b"struct a {\n\tint b : 1     ;\n\tint      c : 4;\n};",
    ),
    "annotations of what a structure declares": (
        b"typedef struct a {\n\tint b;\n} PACKED c, FAR * d,\n  FAR * e;",
        b"typedef struct a {\n\tint b;\n}        c,     * d,\n      * e;",
    ),
    "annotation between two members": (
        b"struct a {\n\tCONST foo_t b;\n\tint (*c)(int) __vendor;\n};",
        b"struct a {\n\t      foo_t b;\n\tint (*c)(int)         ;\n};",
    ),
    "annotation before a variable": (
        b"int b;\nSTATIC_CONST foo_t a[] = { 1 };",
        b"int b;\n[[_       ]] foo_t a[] = { 1 };",
    ),
    "two annotations before a type": (
        b"MEM_STATIC FORCE_INLINE void f(int a) {}",
        b"[[_     ]]              void f(int a) {}",
    ),
    "attribute behind the type of a typedef": (
        b"typedef unsigned long __attribute__((aligned(4))) a_t;",
        b"typedef unsigned long                             a_t;",
    ),
    "attribute before a structure": (
        b"typedef __attribute__((packed)) struct a { int b; } c;",
        b"typedef                         struct a { int b; } c;",
    ),
    "macro that declares, with a comma at its end": (
        b"static const RANGE(a,\n\t0, ITEM(1, 2),\n);",
        b"[[_       ]] RANGE(a,\n\t0, ITEM(1, 2) \n);",
    ),
    "structure without a variable, and static": (
        b"static struct a {\n\tint b;\n};",
        b"       struct a {\n\tint b;\n};",
    ),
    "definition between a head and its block": (
        b"int f(int a)\n#define A 1\n{\n}\n",
        b"int f(int a)\n//efine A 1\n{\n}\n",
    ),
    "type by a macro": (
        b"static const struct HEADER(1) a = { 1 };\ntypedef LIST(a, b) c;",
        b"static const struct HEADER_1_ a = { 1 };\ntypedef LIST_a__b_ c;",
    ),
    "an operator begins an argument": (
        b"BITS(set, &= ~(A));\nint a;",
        b"BITS(set, _= ~(A));\nint a;",
    ),
    "words of an event": (
        b"void f(void) {\n\tENTRY(\n\t\tWORD\n\t\tfield(bool, a)\n\t\tfield(u8, b)\n\t);\n}",
        b"void f(void) {\n\tENTRY(\n\t\tWORD\n+\tfield(_ool, a)\n+\tfield(u8, b)\n\t);\n}",
    ),
    "statements follow a parenthesis at once": (
        b"EVENT(a,\n\tASSIGN(b(c);\n\t\td = e;\n\t),\n\tF(g));\n",
        b"EVENT(a,\n\t({     b(c);\n\t\td = e;\n}),\n\tF(g));\n",
    ),
    "declarations of several in an argument": (
        b"EVENT(a,\n\tASSIGN(\n\t\tu32 b = 1, c = d;\n\t\te = b;\n\t),\n\tF(g));\n",
        b"EVENT(a,\n\tASSIGN(\n\t{u32 b = 1, c = d;\n\t\te = b;\n}),\n\tF(g));\n",
    ),
    "a declaration and more in a macro": (
        b"struct a {\n\tALIGN(const void *b,\n\t      8);\n};",
        b"struct a {\n\t/*IGN(const_void__b,\n\t      8*/\n};",
    ),
    "statements by macros before a directive": (
        b"void f(void) {\n#define A(b) b;\n\tEACH()\n#undef A\n}\n",
        b"void f(void) {\n#define A(b) b;\n\t#xCH()\n#undef A\n}\n",
    ),
    "statements by a word before a directive": (
        b"void f(void) {\n\tWORDS\n#undef A\n}\n",
        b"void f(void) {\n\t#xRDS\n#undef A\n}\n",
    ),
    "statements by a word before a case": (
        b"void f(int a) {\n\tswitch (a) {\n\tCASES\n\n\tcase 1:\n\t\tbreak;\n\t}\n}\n",
        b"void f(int a) {\n\tswitch (a) {\n\tCASES\n\n;case 1:\n\t\tbreak;\n\t}\n}\n",
    ),
    "loop over an assignment to a pointee": (
        b"void f(int *a) {\n\tfor_each(b, c)\n\t\t*a++ = b;\n}\n",
        b"void f(int *a) {\n\twhile   (b, c)\n\t\t*a++ = b;\n}\n",
    ),
    "lines of words at the end of a branch": (
        b"A;\nLINES\nMORE\n\n#undef D\nint a;",
        b"A;\n#xNES\n#xRE\n\n#undef D\nint a;",
    ),
    "macros before a string that is assigned": (
        b'char a[] =\n\tLEVEL NAME ".c"\n\t"b";\nvoid f(void)\n{\n\ta = B C D "e";\n}\n',
        b'char a[] =\n\tLEVEL_NAME ".c"\n\t"b";\nvoid f(void)\n{\n\ta = B_C_D "e";\n}\n',
    ),
    "macros before a directive, without white space for the last semicolon": (
        b"void f(void)\n{\n\tADD(1)\n\tADD(2)\n#undef ADD\n}",
        b"void f(void)\n{\n\tADD(1)\n;#xD(2)\n#undef ADD\n}",
    ),
    "comments in a macro of several lines": (
        b"EVENT(a,\n\tb /* c */)\n\nEVENT(d,\n\te)\nint f;",
        b"/*ENT(a,\n\tb /* c **/\n\n/*ENT(d,\n\t*/\nint f;",
    ),
}


@pytest.mark.parametrize(("source", "masked"), FORMS.values(), ids=FORMS)
def test_masked(source: bytes, masked: bytes) -> None:
    assert parse(source).has_error, "plain C would do"
    assert mask(source) == masked
    assert not parse(masked).has_error


def test_body_of_a_macro_before_a_directive() -> None:
    source = b"void f(void)\n{\n\tfor_a(1)\n\t\tADD(2)\n#undef ADD\n\tb();\n}"
    assert mask(source) == source.replace(b"for_a(", b"while(")  # and b() is not its body


@pytest.mark.parametrize("source", [masked for _, masked in FORMS.values()], ids=FORMS)
def test_masked_once_is_masked(source: bytes) -> None:
    assert mask(source) == source


# What looks like one of these forms and is C.
UNTOUCHED = {
    "a branch for an assembler, among others": b"#if defined(__ASSEMBLY__) || A\nint a;\n#endif\n",
    "a branch for C": b"#ifndef __ASSEMBLY__\nint a;\n#endif\n",
    "a block with a statement expression among elements": (
        b"struct a b = {\n\t.c = ({ int d; for (;;) { } d; }),\n};"
    ),
    "words of C that a macro makes names of": b"module_dm(switch);\nmodule_dm(do);",
    "names like annotations": b"struct a {\n\tfoo_t __unused[3];\n\tfoo_t __private;\n};",
    "divided strings": b'char *a[] = {\n\t"b"\n\t"c",\n\t"d",\n};',
    "a compound literal": b"struct a b = {\n\t.c = (struct d) { 1 },\n};",
    "a declaration in two lines": b"void f(void) {\n\tfoo_t\n\t\ta;\n}",
    "a type of functions, behind a star": (
        b"typedef void * (alloc_t)(gfp_t a);\ntypedef const char *(print_t)(union b);\n"
        b"typedef foo_t *(get_t)(int a);"
    ),
    "strings to choose from": b'void f(void) {\n\tg(a ? "b" : "c");\n}',
    "a multiplication": b"void f(void) {\n\ta = g(b)\n\t\t* c;\n}",
    "a prototype among arguments": b"int f(int g(int a, char *b));",
}


@pytest.mark.parametrize("source", UNTOUCHED.values(), ids=UNTOUCHED)
def test_untouched(source: bytes) -> None:
    assert mask(source) == source
    assert not parse(source).has_error


def test_no_call_is_lost_where_a_comma_is_written() -> None:
    source = b"int a[] = {\n\tA(b(1)) { c(2) },\n#define x\n\tD()\n#undef x\n\te(3)\n};"
    assert calls(mask(source)) == {"A/1", "b/1", "c/1", "D/0", "e/1"}


def test_the_beginnings_of_a_statement_in_two_branches_are_no_directives() -> None:
    source = b"void f(void) {\n#ifdef A\n\tg(a)\n#else\n\tg(b)\n#endif\n\t+ c;\n}"
    assert mask(source) == source
