"""The mask: what it writes, what it leaves alone, and what a parser then sees."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import tree_sitter_c
from hypothesis import given
from hypothesis import strategies as st
from tree_sitter import Language, Node, Parser

from refactor.c.dialect import mask
from refactor.c.kinds import Lexicon
from tests.support import at_most

PARSER = Parser(Language(tree_sitter_c.language()))

# What stands in the source, and what the parser gets.
MASKED = {
    "a name in parentheses before && is no cast": (
        b"int x = (a) && b == c;",
        b"int x = !a  && b == c;",
    ),
    "nor is a call": (
        b"int x = !(f(a, b)) && b->d > c;",
        b"int x = !!f(a, b)  && b->d > c;",
    ),
    "nor is one before & with white space": (
        b"int f(void) { return (a) & b == c; }",
        b"int f(void) { return !a  & b == c; }",
    ),
    "a cast of an address is one": (
        b"int x = (foo_t)&b == c, y = f((foo)&b, (u32) & c);",
        b"int x = ~~~~~~~&b == c, y = f((foo)&b, ~~~~~ & c);",
    ),
    "a macro with data gets its sign of equality": (
        b"define_machine(mine) {\n\t.probe = f,\n};",
        b"define_machine(mine)={\n\t.probe = f,\n};",
    ),
    "a macro with a body does not": (
        b"define_test(mine) {\n\tg();\n}",
        b"while      (mine) {\n\tg();\n}",
    ),
    "annotation between specifiers is blanked": (
        b"static __init int start(void);",
        b"static        int start(void);",
    ),
    "annotation behind a pointer is blanked": (
        b"void * __weak grab(unsigned long size);",
        b"void *        grab(unsigned long size);",
    ),
    "annotation that opens a declaration becomes an attribute": (
        b"__init static int start(void);",
        b"[[_ ]] static int start(void);",
    ),
    "annotation with arguments over two lines keeps the line break": (
        b"int x;\n__printf(1,\n\t2)\nvoid say(const char *text, ...);",
        b"int x;\n[[_        \n ]]\nvoid say(const char *text, ...);",
    ),
    "annotation of a struct is no attribute": (
        b"struct pair {\n\tint left;\n} __packed;",
        b"struct pair {\n\tint left;\n}         ;",
    ),
    "annotation between a struct and its variable": (
        b"struct pair {\n\tint left;\n} __ro_after_init pair;",
        b"struct pair {\n\tint left;\n}                 pair;",
    ),
    "annotation in front of a struct": (
        b"int x;\n__packed struct pair {\n\tint left;\n};",
        b"int x;\n         struct pair {\n\tint left;\n};",
    ),
    "annotation that ends in a line of its own": (
        b"int x;\n__printf(1, 2\n)\nvoid say(const char *text, ...);",
        b"int x;\n             \n \nvoid say(const char *text, ...);",
    ),
    "unlisted annotation before a static function": (
        b"VENDOR_ABI(3) static void *grab(void);",
        b"[[_        ]] static void *grab(void);",
    ),
    "unlisted annotation behind a pointer": (
        b"foo_t * vendor_fast grab(u32 size);",
        b"foo_t *             grab(u32 size);",
    ),
    "unlisted annotation behind an array": (
        b"int x[2] __vendor_data = { 1 };",
        b"int x[2]               = { 1 };",
    ),
    "unlisted annotation before a type": (
        b"static vendor_inline void *grab(void);",
        b"static               void *grab(void);",
    ),
    "unlisted annotation with arguments before a type": (
        b"static VENDOR_ABI(3) void *grab(void);",
        b"static               void *grab(void);",
    ),
    "unlisted annotation behind a typedef name": (
        b"u32 vendor_fast grab(u32 size);",
        b"u32             grab(u32 size);",
    ),
    "unlisted annotation behind a name": (
        b"int level __vendor_data = 3;",
        b"int level               = 3;",
    ),
    "cleanup annotation of a variable": (
        b"void f(void)\n{\n\tstruct bar *b __free(kfree) = get();\n}",
        b"void f(void)\n{\n\tstruct bar *b               = get();\n}",
    ),
    "loop macro with a block": (
        b"void f(void)\n{\n\tfor_each_bar(b, list) {\n\t\tuse(b);\n\t}\n}",
        b"void f(void)\n{\n\twhile       (b, list) {\n\t\tuse(b);\n\t}\n}",
    ),
    "loop macro with one statement": (
        b"void f(void)\n{\n\tfor_each_bar(b, list)\n\t\tuse(b);\n}",
        b"void f(void)\n{\n\twhile       (b, list)\n\t\tuse(b);\n}",
    ),
    "loop macro in a loop macro": (
        b"void f(void)\n{\n\tfor_each_bar(b)\n\t\tfor_each_foo(a, b) {\n\t\t}\n}",
        b"void f(void)\n{\n\twhile       (b)\n\t\twhile       (a, b) {\n\t\t}\n}",
    ),
    "loop macro before an if": (
        b"void f(void)\n{\n\tfor_each_bar(b)\n\t\tif (b)\n\t\t\teach_foo(a, b)\n\t\t\t\tg(a);\n}",
        b"void f(void)\n{\n\twhile       (b)\n\t\tif (b)\n\t\t\twhile   (a, b)\n\t\t\t\tg(a);\n}",
    ),
    "loop macro under a for": (
        b"void f(void)\n{\n\tfor (i = 0; i < g(n); i++)\n\t\tfor_each_bar(b, list) {\n\t\t}\n}",
        b"void f(void)\n{\n\tfor (i = 0; i < g(n); i++)\n\t\twhile       (b, list) {\n\t\t}\n}",
    ),
    "loop macro under an if": (
        b"void f(void)\n{\n\tif (a)\n\t\tfor_each_bar(b, list) {\n\t\t}\n}",
        b"void f(void)\n{\n\tif (a)\n\t\twhile       (b, list) {\n\t\t}\n}",
    ),
    "loop macro behind an else": (
        b"void f(void)\n{\n\tif (a)\n\t\tg();\n\telse\n\t\tfor_each_bar(b, list) {\n\t\t}\n}",
        b"void f(void)\n{\n\tif (a)\n\t\tg();\n\telse\n\t\twhile       (b, list) {\n\t\t}\n}",
    ),
    "loop macro behind a directive": (
        b"void f(void)\n{\n#ifdef A\n\tfor_each_bar(b, list) {\n\t}\n#endif\n}",
        b"void f(void)\n{\n#ifdef A\n\twhile       (b, list) {\n\t}\n#endif\n}",
    ),
    "end of a do macro": (
        b"void f(void)\n{\n\tdo {\n\t\tuse(b);\n\t} while_each_bar(b, c);\n}",
        b"void f(void)\n{\n\tdo {\n\t\tuse(b);\n\t} while         (b, c);\n}",
    ),
    "statement macro without a semicolon gets one": (
        b"void f(void)\n{\n\tEXPECT(a, b)\n\tuse(b);\n}",
        b"void f(void)\n{\n\tEXPECT(a, b)\n;use(b);\n}",
    ),
    "definition by a macro is a loop, not a function": (
        b"CALL_DEFINE2(open, int, fd, struct bar *, b)\n{\n\treturn 0;\n}",
        b"while       (open, _nt, fd, struct_bar__, b)\n{\n\treturn 0;\n}",
    ),
    "definition by a macro of one argument is not a function either": (
        b"DEFINE_ALLOC(grab)\n{\n\treturn 0;\n}",
        b"while       (grab)\n{\n\treturn 0;\n}",
    ),
    "definition by a macro behind a directive": (
        b"#ifdef A\nCALL_DEFINE2(open, int, fd)\n{\n}\n#endif\n",
        b"#ifdef A\nwhile       (open, _nt, fd)\n{\n}\n#endif\n",
    ),
    "static declaration by a macro is a call": (
        b"static DEFINE_BAR(name, 5 * 3);",
        b"[[_ ]] DEFINE_BAR(name, 5 * 3);",
    ),
    "static declaration by a macro behind a directive": (
        b"int x;\n#ifdef A\nstatic DEFINE_BAR(name, 5 * 3);\n#endif\n",
        b"int x;\n#ifdef A\n[[_ ]] DEFINE_BAR(name, 5 * 3);\n#endif\n",
    ),
    "static declaration by a macro behind a macro without semicolon": (
        b"start(begin)\nstatic DEFINE_BAR(name, 5 * 3);",
        b"#xart(begin)\n[[_ ]] DEFINE_BAR(name, 5 * 3);",
    ),
    "macro on a line of its own becomes a directive": (
        b"module_start(begin)\nmodule_end(end)\n\nstatic int x;",
        b"#xdule_start(begin)\n#xdule_end(end)\n\nstatic int x;",
    ),
    "member by a macro becomes a directive": (
        b"struct bar {\n\tDECLARE_MAP(map, 9);\n\tint x;\n};",
        b"struct bar {\n\t#xCLARE_MAP(map, 9);\n\tint x;\n};",
    ),
    "types as arguments": (
        b"int x = pick(unsigned long, a, const struct bar *, long);",
        b"int x = pick(unsigned_long, a, const_struct_bar__, _ong);",
    ),
    "member of a member in offsetof": (
        b"int x = offsetof(struct bar, a.b[2]);",
        b"int x = offsetof(struct bar, a_b_2_);",
    ),
    "typeof of an expression": (
        b"void f(void)\n{\n\ttypeof(a->b) c = 0;\n}",
        b"void f(void)\n{\n\ttypeof_a__b_ c = 0;\n}",
    ),
    "macros before a string": (
        b'void f(void)\n{\n\tprintk(KERN_INFO PREFIX "text", 1);\n}',
        b'void f(void)\n{\n\tprintk(KERN_INFO_PREFIX "text", 1);\n}',
    ),
    "macros that are strings": (
        b'void f(void)\n{\n\tsay("%s", NAME VERSION);\n\tsay(LEVEL NAME_1 VERSION);\n}',
        b'void f(void)\n{\n\tsay("%s", NAME_VERSION);\n\tsay(LEVEL_NAME_1_VERSION);\n}',
    ),
    "macro between strings": (
        b'void f(void)\n{\n\tsay("a" TEXT(b) "c", 1);\n}',
        b'void f(void)\n{\n\tsay("a"+TEXT(b)+"c", 1);\n}',
    ),
    "macro in an assembler template": (
        b'void f(void)\n{\n\tasm_inline volatile(PATCH("", "nop", 3) : : "r"(x));\n}',
        b'void f(void)\n{\n\tasm        volatile(""                  : : "r"(x));\n}',
    ),
    "macro among strings of an assembler template": (
        b'void f(void)\n{\n\tasm("nop" PATCH(a) "nop" : : "r" (x));\n}',
        b'void f(void)\n{\n\tasm("nop" ""       "nop" : : "r" (x));\n}',
    ),
    "macro in an assembler template of the file": (
        b'asm("a"\n"b" PATCH(c) "d");',
        b'asm("a"\n"b" ""       "d");',
    ),
    "conditional element of a compound literal of a typedef": (
        b"foo_t *f = &(foo_t) {\n\t.a = b,\n#ifdef C\n\t.c = d,\n#endif\n};",
        b"foo_t *f = &(foo_t) {\n\t.a = b,\n//fdef C\n\t.c = d,\n//ndif\n};",
    ),
    "range of a case label": (
        b"void f(void)\n{\n\tswitch (a) {\n\tcase 1 ... 9:\n\t\tuse(a);\n\t}\n}",
        b"void f(void)\n{\n\tswitch (a) {\n\tcase 1  -  9:\n\t\tuse(a);\n\t}\n}",
    ),
    "named variadic macro": (
        b"#define say(text, args...) printk(text, ##args)\n",
        b"#define say(text,     ...) printk(text, ##args)\n",
    ),
    "macro that brings its comma": (
        b"struct ops o = {\n\tSET_OPS(a, b)\n\t.c = d,\n};",
        b"struct ops o = {\n\tSET_OPS(a, b)\n,.c = d,\n};",
    ),
    "macro that brings its comma to a compound literal": (
        b"struct ops *o = &(struct ops) {\n\tSET_OPS(a, b)\n\t.c = d,\n};",
        b"struct ops *o = &(struct ops) {\n\tSET_OPS(a, b)\n,.c = d,\n};",
    ),
    "conditional element of an element": (
        b"struct ops o[] = {\n\t{\n#ifdef CONFIG_C\n\t\t.c = d,\n#endif\n\t},\n};",
        b"struct ops o[] = {\n\t{\n//fdef CONFIG_C\n\t\t.c = d,\n//ndif\n\t},\n};",
    ),
    "conditional element of an initializer": (
        b"struct ops o = {\n#ifdef CONFIG_C\n\t.c = d,\n#endif\n\t.e = f,\n};",
        b"struct ops o = {\n//fdef CONFIG_C\n\t.c = d,\n//ndif\n\t.e = f,\n};",
    ),
    "directive of two lines in an initializer": (
        b"int x[] = {\n#define A /* b\n\tc */ 1\n\tA,\n};",
        b"int x[] = {\n//efine A    \\\n      1\n\tA,\n};",
    ),
    "comment in the middle of a directive": (
        b"#define A (B | /* C | */ \\\n\tD)\nint x;",
        b"#define A (B |           \\\n\tD)\nint x;",
    ),
    "label before a directive": (
        b"void f(void)\n{\nout:\n#ifdef A\n\tg();\n#endif\nend :\n}",
        b"void f(void)\n{\nou:;\n#ifdef A\n\tg();\n#endif\nend:;\n}",
    ),
    "name that begins with a digit": (
        b"void f(void)\n{\n\tset(mask, 100baseT);\n\tset(1_2, 0x1fUL + 1e3 + 0b1 + 1.5f);\n}",
        b"void f(void)\n{\n\tset(mask, _00baseT);\n\tset(__2, 0x1fUL + 1e3 + 0b1 + 1.5f);\n}",
    ),
    "operator as an argument": (
        b"void f(void)\n{\n\tcheck(a, ==, b);\n\tcompare(a, b, <);\n}",
        b"void f(void)\n{\n\tcheck(a, __, b);\n\tcompare(a, b, _);\n}",
    ),
    "variable in a register": (
        b'void f(void)\n{\n\tregister long a asm("r0") = b;\n}',
        b"void f(void)\n{\n\tregister long a           = b;\n}",
    ),
    "loop macro with a step": (
        b"void f(void)\n{\n\tfor_each_bar(b)\n\t\t++n;\n\tfor_each_bar(b)\n\t\t--n;\n}",
        b"void f(void)\n{\n\twhile       (b)\n\t\t++n;\n\twhile       (b)\n\t\t--n;\n}",
    ),
    "member of what typeof names": (
        b"int x = offsetof(typeof(*a), b.c) + get(d, typeof(struct e));",
        b"int x = offsetof(typeof__a_, b_c) + get(d, typeof_struct_e_);",
    ),
    "type over two lines as an argument": (
        b"int x = pick(struct\n\tbar *, a);",
        b"int x = pick(struct__bar__, a);",
    ),
    "array type as an argument": (
        b"static DEFINE_VAR(unsigned int [N], x);",
        b"[[_ ]] DEFINE_VAR(unsigned_int__N_, x);",
    ),
    "call beside a word as an argument": (
        b'void f(void)\n{\n\tsay(LEVEL text("a"), b);\n}',
        b'void f(void)\n{\n\tsay(LEVEL+text("a"), b);\n}',
    ),
    "bit-field without a name": (
        b"struct a {\n\tu16 : 10;\n\tunsigned long : 3;\n\tu16 b : 1;\n};",
        b"struct a {\n\tu16     ;\n\tunsigned long    ;\n\tu16 b : 1;\n};",
    ),
    "#define between enumerators": (
        b"enum {\n\tA,\n#define A2 A\n\tB,\n#define B2 B\n\tC\n#define C2 C\n};",
        b"enum {\n\tA,\n//efine A2 A\n\tB,\n//efine B2 B\n\tC\n//efine C2 C\n};",
    ),
    "macro as an enumerator": (
        b"enum {\n\tNAME(a, b),\n\tNAME(c),\n\td,\n};",
        b"enum {\n\tNAME_a__b_,\n\tNAME_c_,\n\td,\n};",
    ),
    "unlisted annotation before a qualifier": (
        b"static VENDOR const foo_t *f(void);\nVENDOR const char *g(void);",
        b"static        const foo_t *f(void);\n[[_ ]] const char *g(void);",
    ),
    "unlisted annotation behind a member's brackets": (
        b"struct a {\n\tchar b[2] VENDOR;\n};",
        b"struct a {\n\tchar b[2]       ;\n};",
    ),
    "unlisted annotations that open a definition": (
        b'__vendor("a")\n__fast __abi(2)\nstatic void f(void)\n{\n}',
        b"[[_          \n             ]]\nstatic void f(void)\n{\n}",
    ),
    "attribute in a typedef": (
        b"typedef u8 __attribute__((__may_alias__)) byte;",
        b"typedef u8                                byte;",
    ),
    "cleanup annotation before the star": (
        b"void f(void)\n{\n\tstruct bar __free(kfree) *b = get();\n}",
        b"void f(void)\n{\n\tstruct bar               *b = get();\n}",
    ),
    "attribute behind a star": (
        b"void * __attribute__((weak)) f(int a);",
        b"void *                       f(int a);",
    ),
    "attribute before an initializer": (
        b"int x[2] __attribute__((aligned(8))) = { 1 };",
        b"int x[2]                             = { 1 };",
    ),
    "two heads of one block": (
        b"void f(void)\n{\n#ifdef A\n\tif (a) {\n#else\n\tif (b) {\n#endif\n\t\tg();\n\t}\n}",
        b"void f(void)\n{\n//fdef A\n\tif (a)  \n//lse\n\tif (b) {\n//ndif\n\t\tg();\n\t}\n}",
    ),
    "two heads of one statement": (
        b"void f(void)\n{\n#ifdef A\n\tif (a)\n#else\n\tif (b)\n#endif\n\t\tg();\n}",
        b"void f(void)\n{\n//fdef A\n\tif (a)\n//lse\n\tif (b)\n//ndif\n\t\tg();\n}",
    ),
    "two operands": (
        b"void f(void)\n{\n\tx = a +\n#ifdef B\n\tg(b)\n#else\n\tg(c)\n#endif\n\t;\n}",
        b"void f(void)\n{\n\tx = a +\n//fdef B\n\tg(b)\n+//se\n\tg(c)\n//ndif\n\t;\n}",
    ),
    "one of three operands": (
        b"void f(void)\n{\n\tx =\n#if B\n\tb;\n#elif C\n\tc;\n#else\n\t-d;\n#endif\n}",
        b"void f(void)\n{\n\tx =\n//f B\n\tb+\n//lif C\n\tc;\n//lse\n\t-d;\n//ndif\n}",
    ),
    "one of two arguments": (
        b"void f(void)\n{\n\tg(a,\n#ifdef B\n\tb,\n#else\n\tc,\n#endif\n\td);\n}",
        b"void f(void)\n{\n\tg(a,\n//fdef B\n\tb+\n//lse\n\tc,\n//ndif\n\td);\n}",
    ),
    "one of two last arguments": (
        b"void f(void)\n{\n\tg(a\n#ifdef B\n\t, b\n#else\n\t, c\n#endif\n\t);\n}",
        b"void f(void)\n{\n\tg(a\n//fdef B\n\t, b\n//lse\n\t+ c\n//ndif\n\t);\n}",
    ),
    "one of two strings": (
        b'void f(void)\n{\n\tsay("a"\n#ifdef B\n\t"b"\n#else\n\t"c"\n#endif\n\t);\n}',
        b'void f(void)\n{\n\tsay("a"\n//fdef B\n\t"b"\n//lse\n\t"c"\n//ndif\n\t);\n}',
    ),
    "two beginnings of a statement": (
        b"void f(void)\n{\n#ifdef A\n\tx = a\n#else\n\ty = b\n#endif\n\t+ c;\n}",
        b"void f(void)\n{\n//fdef A\n\tx = a\n;//se\n\ty = b\n//ndif\n\t+ c;\n}",
    ),
    "computed goto": (
        b"void f(void)\n{\n\tgoto *next[1];\n}",
        b"void f(void)\n{\n\tgoto _next_1_;\n}",
    ),
    "block macro that is an initializer": (
        b"FIXTURE(foo, bar) {\n\t.name = 1,\n};",
        b"FIXTURE(foo__bar)={\n\t.name = 1,\n};",
    ),
    "macro with data on the next line": (
        b"define_machine(mine)\n{\n\t.probe = f,\n};",
        b"define_machine mine=\n{\n\t.probe = f,\n};",
    ),
    "static macro with a value": (
        b"static DEFINE_FOO(struct bar, name) = { 3 };\nstatic DEFINE_FOO(int, a) = 3;",
        b"static DEFINE_FOO(struct_bar__name) = { 3 };\nstatic DEFINE_FOO(_nt__a) = 3;",
    ),
    "static macro with a value, over two lines": (
        b'static DEFINE_FOO("a",\n\t\tname) = { 3 };',
        b"static DEFINE_FOO(    \n\t\tname) = { 3 };",
    ),
    "macro over two lines becomes a comment": (
        b"module_start(begin,\n\t     end)\nstatic int x;",
        b"/*dule_start(begin,\n\t     en*/\nstatic int x;",
    ),
    "macro at the end of a file without line break": (
        b"int x;\nmodule_start(begin)",
        b"int x;\n/*dule_start(begi*/",
    ),
    "macro before a comment": (b"FOO(a) /* b */\nint x;", b"/*O(*/ /* b */\nint x;"),
    "word for a function": (
        b"int x;\n#ifdef A\nDECLARE_IT\n#endif\n\nTEST_MAIN\n",
        b"int x;\n#ifdef A\n#xCLARE_IT\n#endif\n\n#xST_MAIN\n",
    ),
    "member by a macro before a comment": (
        b"struct bar {\n\tDECLARE_MAP(map, 9); /* a */\n};",
        b"struct bar {\n\t/*CLARE_MAP(map, 9*/ /* a */\n};",
    ),
    "member of a type by a macro": (
        b"struct bar {\n\tFIFO(char, 9) a, b[2];\n};",
        b"struct bar {\n\tFIFO__har__9_ a, b[2];\n};",
    ),
    "number that is a word": (
        b"void f(void)\n{\n\tg(480A, 3t, 16BYTE, 0x1fUL, 1e3f, 10ull);\n}",
        b"void f(void)\n{\n\tg(_80A, _t, _6BYTE, 0x1fUL, 1e3f, 10ull);\n}",
    ),
    "number before a macro": (
        b"int x[] = { 10 SECONDS, 3 KB };",
        b"int x[] = { 10+SECONDS, 3+KB };",
    ),
    "annotation of a pointer to a function": (
        b"int __noreturn (*f)(int);\nint (__vendor *g)(int);",
        b"int            (*f)(int);\nint (         *g)(int);",
    ),
    "unlisted annotation behind a structure's name": (
        b"struct a b VENDOR;\nint c VENDOR = 3;",
        b"struct a b       ;\nint c        = 3;",
    ),
    "array type with a size": (
        b"static DEFINE_VAR(unsigned long [N / sizeof(long)], x);",
        b"[[_ ]] DEFINE_VAR(unsigned_long__N___sizeof_long__, x);",
    ),
    "specifiers and words as arguments": (
        b"static TREE(static inline, struct a *b, u32 c, name);",
        b"[[_ ]] TREE(static_inline, struct_a__b, u32_c, name);",
    ),
    "arguments that are not there": (
        b"void f(void)\n{\n\tg(, a, , b);\n}",
        b"void f(void)\n{\n\tg(_,a,_, b);\n}",
    ),
    "elements by macros, word by word": (
        b"int x[] = {\n\tA\n\tB\n\t.c = d,\n};",
        b"int x[] = {\n\tA\n,B\n,.c = d,\n};",
    ),
    "designator without a sign": (
        b'char *x[] = {\n\t[1] "a",\n\t[A + 1] { 3 },\n};',
        b'char *x[] = {\n\t[1]="a",\n\t[A + 1]={ 3 },\n};',
    ),
    "alignment of an expression": (
        b"int x = __alignof__(*a) + __alignof__(b->c) + __alignof__(struct d);",
        b"int x = sizeof     (*a) + sizeof     (b->c) + __alignof__(struct d);",
    ),
    "qualifiers in old words": (
        b'void f(__const char *a)\n{\n\t__asm__ __volatile("nop");\n}',
        b'void f(const   char *a)\n{\n\t__asm__ volatile  ("nop");\n}',
    ),
    "range of a case label with members": (
        b"void f(void)\n{\n\tswitch (a) {\n\tcase R(b.c) ...\n\t     R(d.e):\n\t\tg();\n\t}\n}",
        b"void f(void)\n{\n\tswitch (a) {\n\tcase R(b.c)  - \n\t     R(d.e):\n\t\tg();\n\t}\n}",
    ),
    "#define and #include in an enumeration": (
        b'enum {\n#define A(b) b,\n#include "c.h"\n};\nenum {\n#define B 1\n\tC = B,\n};',
        b'enum {\n//efine A(b) b,\n//nclude "c.h"\n};\nenum {\n//efine B 1\n\tC = B,\n};',
    ),
    "string beside a macro without a blank": (
        b'void f(void)\n{\n\tsay("a"TEXT(b)": ", c);\n}',
        b'void f(void)\n{\n\tsay("a"TEXT_b_": ", c);\n}',
    ),
    "macros for statements in one line": (
        b"void f(void)\n{\n\tswitch (a) {\n\tNAME(a) NAME(b)\n\tNAME(c)\n\t}\n}",
        b"void f(void)\n{\n\tswitch (a) {\n\tNAME(a);NAME(b)\n;NAME(c)\n;}\n}",
    ),
    "macro behind the block of another one": (
        b"void f(void)\n{\n\tif (a) {\n\t\teach_bar(b) {\n\t\t} end_bar(b)\n\t}\n}",
        b"void f(void)\n{\n\tif (a) {\n\t\twhile   (b) {\n\t\t} end_bar(b)\n;}\n}",
    ),
    "return as an argument": (
        b'void f(void)\n{\n\tASSERT(a, "b", return c);\n\tASSERT(a, "b", return c;);\n}',
        b'void f(void)\n{\n\twhile (a, "b") return c ;\n\twhile (a, "b") return c  ;\n}',
    ),
    "statements as an argument": (
        b"void f(void)\n{\n\tWAIT(a, b,\n\t\tc();\n\t\td();\n\t);\n}",
        b"void f(void)\n{\n\tWAIT(a, b,\n\t{c();\n\t\td();\n});\n}",
    ),
    "statement as an argument in an expression": (
        b"void f(void)\n{\n\tif (wait_for(a, b,\n\t\tif (c)\n\t\t\tbreak;\n\t) < 0)\n\t\tg();\n}",
        b"void f(void)\n{\n\tif (wait_for(a, b,\n\t{if (c)\n\t\t\tbreak;\n}) < 0)\n\t\tg();\n}",
    ),
    "statements as an argument among others": (
        b"EVENT(a,\n\tENTRY(b(int, c)\n\t\tb(long, d)),\n\tDO(\n\t\te = f;\n\t\tg(h);\n\t),\n\tk);",
        b"EVENT(a,\n\tENTRY(b(_nt, c)\n+\tb(_ong, d)),\n\tDO(\n\t{e = f;\n\t\tg(h);\n}),\n\tk);",
    ),
    "expression as an argument, with its semicolon": (
        b"void f(void)\n{\n\tLOG(a, b(c););\n}",
        b"void f(void)\n{\n\tLOG(a, b(c) );\n}",
    ),
    "macros side by side": (
        b"void f(void)\n{\n\tsay(a,\n\t\tr(A)\n\t\tr(B)\n\t\tC r(D));\n}",
        b"void f(void)\n{\n\tsay(a,\n\t\tr(A)\n+\tr(B)\n+\tC+r(D));\n}",
    ),
    "file of elements to be included": (
        b'{\n\t"a",\n\t.b = { 1, { .c = 2, }, },\n#ifdef D\n\t.d = f(e),\n#endif\n},\n',
        b'(\n\t"a",\n\t_b = ( 1, ( _c = 2  )  ),\n//fdef D\n\t_d = f(e) \n//ndif\n);\n',
    ),
    "jump as an argument before others": (
        b'void f(void)\n{\n\tSKIP(return, "a");\n\tSKIP(goto b, "c");\n}',
        b'void f(void)\n{\n\tSKIP(_eturn, "a");\n\tSKIP(goto_b, "c");\n}',
    ),
    "members of a group, with a #define": (
        b"struct a {\n\tstruct_group_of(b, c,\n\t\tint d;\n#define E 1\n\t\tu8 e;\n\t);\n};",
        b"struct a {\n\tstruct         {     \n\t\tint d;\n#define E 1\n\t\tu8 e;\n\t};\n};",
    ),
    "word and call as an argument": (
        b'void f(void)\n{\n\tsay(LEVEL\n\t\ttext("a" B\n\t\t     "c"));\n}',
        b'void f(void)\n{\n\tsay(LEVEL\n+\ttext("a" B\n\t\t     "c"));\n}',
    ),
    "macro around statements": (
        b"void f(void)\n{\n\tD1(if (a) {\n\t\tb();\n\t});\n\tD1(if (a) c();)\n}",
        b"void f(void)\n{\n\t   if (a) {\n\t\tb();\n\t} ;\n\t   if (a) c();;\n}",
    ),
    "macro around one expression": (
        b"void f(void)\n{\n\tD1(c(););\n}",
        b"void f(void)\n{\n\tD1(c() );\n}",
    ),
    "macro around a declaration": (
        b"DECLARE_IF(static int f(int a));\nDECLARE_IF(int b;);",
        b"           static int f(int a) ;\n           int b; ;",
    ),
    "macro around a member": (
        b"struct a {\n\tDEBUG(int b;)\n\tDEBUG(int c;);\n};",
        b"struct a {\n\t      int b; \n\t      int c;  \n};",
    ),
    "members of a group": (
        b"struct a {\n\tstruct_group(b,\n\t\tint c;\n\t\tu32 d;\n\t);\n};",
        b"struct a {\n\tstruct      {  \n\t\tint c;\n\t\tu32 d;\n\t};\n};",
    ),
    "braces as an argument": (
        b"static MAKE(a, { 1, 2, }, { .b = 3 });\nint x = f(.c = { 4, { 5 } });",
        b"[[_ ]] MAKE(a, ( 1, 2  ), ( _b = 3 ));\nint x = f(_c = ( 4, ( 5 ) ));",
    ),
    "condition in an expression": (
        b"void f(void)\n{\n\tx = a\n#ifdef B\n\t\t+ b\n#endif\n\t\t;\n}",
        b"void f(void)\n{\n\tx = a\n//fdef B\n\t\t+ b\n//ndif\n\t\t;\n}",
    ),
    "condition in a condition in an expression": (
        b"void f(void)\n{\n\tx = a\n#ifdef B\n\t+ b\n#ifdef C\n\t+ c\n#endif\n#endif\n\t;\n}",
        b"void f(void)\n{\n\tx = a\n//fdef B\n\t+ b\n//fdef C\n\t+ c\n//ndif\n//ndif\n\t;\n}",
    ),
    "condition around an if and its else": (
        b"void f(void)\n{\n#ifdef A\n\tif (a) {\n\t} else\n#endif\n\t{\n\t\tg();\n\t}\n}",
        b"void f(void)\n{\n//fdef A\n\tif (a) {\n\t} else\n//ndif\n\t{\n\t\tg();\n\t}\n}",
    ),
    "condition around an else": (
        b"void f(void)\n{\n\tif (a)\n\t\tg();\n#ifdef A\n\telse\n\t\th();\n#endif\n}",
        b"void f(void)\n{\n\tif (a)\n\t\tg();\n//fdef A\n\telse\n\t\th();\n//ndif\n}",
    ),
    "condition that begins in one block and ends in another": (
        b"void f(void)\n{\n\tif (a) {\n\t\tg();\n#ifdef A\n\t} else {\n#endif\n\t}\n}",
        b"void f(void)\n{\n\tif (a) {\n\t\tg();\n//fdef A\n\t} else {\n//ndif\n\t}\n}",
    ),
    "condition among arguments": (
        b"void f(void)\n{\n\tg(a,\n#ifdef B\n\tb,\n#endif\n\tc);\n}",
        b"void f(void)\n{\n\tg(a,\n//fdef B\n\tb,\n//ndif\n\tc);\n}",
    ),
    "condition among arguments in an initializer": (
        b"int x[] = {\n\tf(a,\n#ifdef B\n\tb,\n#endif\n\tc),\n};",
        b"int x[] = {\n\tf(a,\n//fdef B\n\tb,\n//ndif\n\tc),\n};",
    ),
    "condition in an element": (
        b"struct ops o = {\n\t.flags = A |\n#ifdef B\n\tC |\n#endif\n\tD,\n};",
        b"struct ops o = {\n\t.flags = A |\n//fdef B\n\tC |\n//ndif\n\tD,\n};",
    ),
    "condition behind a macro that is an element": (
        b"struct ops o = {\n\tSET(a, b)\n#ifdef C\n\t.d = e,\n#endif\n};",
        b"struct ops o = {\n\tSET(a, b)\n//fdef C\n,.d = e,\n//ndif\n};",
    ),
    "conditional behind a macro of the file": (
        b"FOO(a)\n#ifdef X\nint x;\n#endif\nint y;",
        b"#xO(a)\n#ifdef X\nint x;\n#endif\nint y;",
    ),
    "condition around the value of a variable": (
        b"int x\n#ifdef A\n\t= 1\n#endif\n;\n",
        b"int x\n//fdef A\n\t= 1\n//ndif\n;\n",
    ),
    "elements between two macros": (
        b'START(BOARD, "a board")\n\t.a = b,\n\t.c = f(d, e),\nEND\n\nint x;',
        b"START(BOARD)         ={\n\t.a = b,\n\t.c = f(d, e),\n}; \n\nint x;",
    ),
    "designators as arguments": (
        b"void f(void)\n{\n\tOPTS(opts,\n\t\t.a = b,\n\t\t.c.d = e,\n\t);\n}",
        b"void f(void)\n{\n\tOPTS(opts,\n\t\t_a = b,\n\t\t_c.d = e \n\t);\n}",
    ),
    "CRLF stays": (
        b"static VENDOR(1,\r\n\t2) int g(void)\r\n{\r\n\tfor_each(a, b)\r\n\t\tuse(a);\r\n}\r\n",
        b"static          \r\n    int g(void)\r\n{\r\n\twhile   (a, b)\r\n\t\tuse(a);\r\n}\r\n",
    ),
    "cast of a number with a sign": (
        b"int f(void)\n{\n\treturn (u64)-1;\n}",
        b"int f(void)\n{\n\treturn ~~~~~-1;\n}",
    ),
    "cast of an operand with a sign, by the ending of its type": (
        b"int x = f((foo_t)&a->b, (foo_t)*c, (foo_t)(d));",
        b"int x = f(~~~~~~~&a->b, ~~~~~~~*c, ~~~~~~~(d));",
    ),
    "cast of a cast": (b"void *p = (void *)(u64)(x);", b"void *p = (void *)~~~~~(x);"),
    "bytes that are no text stay": (
        b"\f/* \xe9\xff */ static __init int start(void);",
        b"\f/* \xe9\xff */ static        int start(void);",
    ),
}

# What the mask has to leave alone, be it C or not.
UNTOUCHED = {
    "declaration of a function in another one": b"void f(void)\n{\n\tint g(Foo A, BAR b);\n}",
    "difference from a name": b"int x = (size) - 1, y = (a)-1, z = (a_t) - b, w = (f)(1);",
    "product with the size of a type": b"int x = sizeof(u64) * n, y = sizeof(u64)-1, z = f(u64)-1;",
    "operators of two signs": b"int x = (a_t)--, y = (a_t)++, z = (a_t)->b, w = (a_t)&&b;",
    "function of the old style": b"int f(a, b)\nint a;\nchar *b;\n{\n\treturn a;\n}",
    "function without a type": b"main()\n{\n\treturn 0;\n}",
    "function whose name looks like an annotation": b"void *__range_alloc(long a, struct b *c);",
    "call of such a function": b"void f(void)\n{\n\tx = __range_alloc(a, b);\n\t__start(a);\n}",
    "pointer to such a function": b"fn *p = __range_alloc;",
    "function with the name of a variable annotation": (
        b"static u32 __free(void *p)\n{\n\t__free(p);\n\treturn __free(p);\n}"
    ),
    "types that begin with two underscores": b"__u32 a;\n__be16 *b;\n__kernel_time_t c;\nx_t __d;",
    "argument with the name of an annotation": b"int x = use(&noinstr, notrace, __ref);",
    "variable with the name of an annotation": (
        b"bool a, noinstr, b;\nvoid f(void)\n{\n\tnotrace = 1;\n}"
    ),
    "returned variable with the name of an annotation": b"int f(void)\n{\n\treturn notrace;\n}",
    "specifiers in unusual order": b"foo_t static inline f(void);\nu32 const x;\nfoo_t register y;",
    "product of three": b"int x = a * b * c;",
    "types before qualifiers": b"extern foo_t const x;\nstatic u8 const *y, *const z;",
    "operators beside parentheses": b"int x = (a) == (b) ? f(-a, *b, &c) : f(!a);",
    "label before a statement": b"void f(void)\n{\nout:\n\tg();\ndefault_case:\n\treturn;\n}",
    "members behind a directive": b"struct a {\n\tint b;\n#define B b\n\tint c;\n#define C c\n};",
    "parameters without names": b"int f(struct a *, int, char **);\nint (*g)(struct a *, long);",
    "types of members that are functions": b"struct a {\n\tint (*f)(struct b *, int);\n};",
    "call in an if": b"void f(void)\n{\n\tif (g(a)) {\n\t\th(b);\n\t}\n}",
    "declaration with a type by a macro": (
        b"void f(void)\n{\n\tTYPE_OF(foo) a;\n\tTYPE_OF(foo) b = 1;\n}"
    ),
    "goto and label": b"void f(void)\n{\nagain:\n\tgoto again;\n}",
    "assembler": b'void f(void)\n{\n\tasm volatile("nop" : "=r" (a) : "r" (b) : "memory");\n}',
    "statement expression": b"int x = ({ int a = f(); a; });",
    "designated initializer": b"int x[] = { [0 ... 3] = 1, [4] = 2 };",
    "attribute": b"struct a {\n\tint b;\n} __attribute__((packed));",
    "body of a #define": (
        b"#define each(a) \\\n\tfor_each(a, b) { \\\n\t\tstatic __init int x; \\\n\t}\n"
    ),
    "macro behind a comment of two lines in a #define": b"#define a 1 /* {\n __init */\nint x;",
    "strings, characters and comments": (
        b'char *a = "static __init int \\" __weak"; /* static __init int */\n'
        b"char b = '\"'; // static __init int \\\n static __init int\nint c;"
    ),
    "conditional among arguments": b"int x = f(a,\n#ifdef B\n\tb,\n#endif\n\tc);",
    "conditional between statements": (
        b"void f(void)\n{\n\tg();\n#ifdef A\n\th();\n#else\n\tk();\n#endif\n\tif (a) {\n\t}\n}"
    ),
    "conditional around cases": (
        b"void f(void)\n{\n\tswitch (a) {\n\tcase 1:\n#ifdef A\n\tcase B(1):\n#endif\n"
        b"\tdefault:\n#ifdef B\n\t\tg();\n#endif\n\t}\n}"
    ),
    "conditional around the last enumerators": (
        b"enum {\n\tA,\n#ifdef X\n\tB\n#else\n\tC = 0\n#endif\n};"
    ),
    "conditional around enumerators": b"enum {\n\tA,\n#ifdef X\n\tB,\n#else\n\tC,\n#endif\n\tD\n};",
    "conditional behind a declaration": b"int x;\n#ifdef X\nint x;\n#endif\nint y;",
    "conditional among parameters": b"int f(int a,\n#ifdef B\n\tint b,\n#endif\n\tint c)\n{\n}",
    "conditional in a signature": b"static void *\n#ifdef B\ngrab(void)\n#endif\n{\n}",
    "conditional in a signature with a type alone": (
        b"static void *\n#ifdef B\ngrab(struct a *)\n#endif\n;"
    ),
    "type with a comment as an argument": b"int x = pick(struct /* any */ bar *, a);",
    "block macro without arguments": b"void f(void)\n{\n\tforever() {\n\t\tg();\n\t}\n}",
    "block macro of four letters": b"void f(void)\n{\n\teach(a) {\n\t\tg();\n\t}\n}",
    "call behind a block": b"void f(void)\n{\n\tif (a) {\n\t}\n\tconsume(b, c);\n}",
    "element of a call": b"int x[] = { get(a).b, get(a) [1], list [0] };",
    "compound literal of a typedef": (b"void f(void)\n{\n\tuse((foo_t) {\n\t\tFIELDS(a)\n\t});\n}"),
    "macro behind a declaration": b"int y; FOO(a)\nint x;",
}

# Kernel C that plain C does not parse, and what is in it: function definitions with the number of
# their parameters, calls with the number of their arguments.
UNDERSTOOD = {
    "annotated function": (
        b"static __always_inline void *\n__grab(unsigned long size, bool quiet)\n{\n\treturn 0;\n}",
        {"__grab/2"},
        set(),
    ),
    "weak function": (
        b"void * __weak grab(unsigned long size)\n{\n\treturn area(size, 1, f(2));\n}",
        {"grab/1"},
        {"area/3", "f/1"},
    ),
    "function between annotations of its own line": (
        b"__printf(2, 3)\nstatic asmlinkage __visible int\n"
        b"say(int a, char *b, ...) __must_hold(c)\n{\n}",
        {"say/3"},
        set(),
    ),
    "annotated parameters": (
        b"long get(char __user *to, const void __iomem *from __maybe_unused,\n"
        b"\t u32 *__vendor at)\n{\n}",
        {"get/3"},
        set(),
    ),
    "function behind macros without semicolon": (
        b"EXPORT_IT(a)\nvoid *grab(long size)\n{\n\treturn 0;\n}\nEXPORT_IT(grab)\n",
        {"grab/1"},
        set(),
    ),
    "type as an argument": (
        b"void f(void)\n{\n\tx = container_of(p, struct bar, member);\n\ty = va_arg(ap, int);\n}",
        {"f/0"},
        {"container_of/3", "va_arg/2"},
    ),
    "calls in a loop macro": (
        b"void f(void)\n{\n\tfor_each_bar(p, head(a)) {\n\t\tuse(p, 1);\n\t}\n\tlast();\n}",
        {"f/0"},
        {"head/1", "use/2", "last/0"},
    ),
    "function defined by a macro": (
        b"CALL_DEFINE1(open, int, fd)\n{\n\treturn do_open(fd);\n}\nint g(void)\n{\n}",
        {"g/0"},
        {"do_open/1"},
    ),
    "declaration by a macro": (
        b"static DEFINE_BAR(struct bar *, name);\nvoid f(void)\n{\n}",
        {"f/0"},
        {"DEFINE_BAR/2"},
    ),
    "strings around a call": (
        b'void f(void)\n{\n\tprintk(LEVEL PREFIX "a" TEXT(b) "c", 1);\n}',
        {"f/0"},
        {"printk/2", "TEXT/1"},
    ),
}


def parse(source: bytes) -> Node:
    return PARSER.parse(source).root_node


def walk(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from walk(child)


def signature(source: bytes, node: Node, name: str, inside: str) -> str:
    """`name/2`: the name in the original, and the number of things in the parentheses."""
    named, inner = node.child_by_field_name(name), node.child_by_field_name(inside)
    assert named is not None
    assert inner is not None
    things = [source[child.start_byte : child.end_byte] for child in inner.named_children]
    count = 0 if things == [b"void"] else len(things)
    return f"{source[named.start_byte : named.end_byte].decode()}/{count}"


def definitions(source: bytes) -> set[str]:
    return {
        signature(source, declarator, "declarator", "parameters")
        for node in walk(parse(mask(source)))
        if node.type == "function_definition"
        for declarator in walk(node)
        if declarator.type == "function_declarator"
    }


def calls(source: bytes) -> set[str]:
    return {
        signature(source, node, "function", "arguments")
        for node in walk(parse(mask(source)))
        if node.type == "call_expression"
    }


@pytest.mark.parametrize(("source", "masked"), MASKED.values(), ids=MASKED)
def test_masked(source: bytes, masked: bytes) -> None:
    assert mask(source) == masked
    assert not parse(masked).has_error


@pytest.mark.parametrize("source", [masked for _, masked in MASKED.values()], ids=MASKED)
def test_masked_once_is_masked(source: bytes) -> None:
    assert mask(source) == source


@pytest.mark.parametrize("source", UNTOUCHED.values(), ids=UNTOUCHED)
def test_untouched(source: bytes) -> None:
    assert mask(source) == source


@pytest.mark.parametrize(("source", "defined", "called"), UNDERSTOOD.values(), ids=UNDERSTOOD)
def test_understood(source: bytes, defined: set[str], called: set[str]) -> None:
    assert parse(source).has_error, "plain C would do"
    assert not parse(mask(source)).has_error
    assert definitions(source) == defined
    assert calls(source) == called


def test_declaration_begins_with_its_annotation() -> None:
    source = b"int x;\n\n__printf(1, 2)\nstatic void say(char *text, ...)\n{\n}\n"
    function = parse(mask(source)).children[-1]
    assert function.type == "function_definition"
    assert function.start_byte == source.index(b"__printf")


def test_conditional_branches_begin_alike() -> None:
    source = b"void f(void)\n{\n#ifdef A\n\tif (a) {\n#else\n\tif (b) {\n#endif\n\t\tg();\n\t}\n}\n"
    assert mask(source + b"start(a)\n\nint b;\n").endswith(b"#xart(a)\n\nint b;\n")


def test_strings_of_a_divided_assembler_template_are_not_added_up() -> None:
    source = b'asm("a"\n#ifdef A\n    "b" PATCH(c) "d"\n#endif\n);'
    assert mask(source) == (b'asm("a"\n//fdef A\n    "b" ""       "d"\n//ndif\n);')


LITERALS = st.sampled_from(
    [b"/* for_each(a) { */", b"// static __init int x\n", b'"__weak \\" x"', b"'\\''", b"'('"]
)
WORDS = b"""( ) { } [ ] ; , * = : ... . -> + ? static int unsigned struct const if else do while for
    return case goto sizeof typeof offsetof void foo bar x_t for_each_foo __vendor __init __weak
    noinline FOO 1 0x2f __u32 __free extern inline enum"""
LINES = [
    b"\n",
    b"\r\n",
    b"\t",
    b"\\\n",
    b"\n#ifdef A\n",
    b"\n#else\n",
    b"\n#endif\n",
    b"\0",
    b"\xe9",
]
CODE = st.sampled_from(WORDS.split() + LINES)
SOUP = st.lists(st.tuples(st.booleans(), CODE, LITERALS), max_size=60)


def check_invariants(source: bytes, masked: bytes) -> None:
    assert len(masked) == len(source)
    for line_break in (b"\n", b"\r"):
        offsets = [match.start() for match in re.finditer(line_break, source)]
        assert offsets == [match.start() for match in re.finditer(line_break, masked)]


@given(st.binary(max_size=400))
def test_any_bytes_keep_length_and_lines(source: bytes) -> None:
    check_invariants(source, mask(source))


@given(SOUP)
def test_any_code_keeps_length_lines_and_literals(soup: list[tuple[bool, bytes, bytes]]) -> None:
    source = b""
    literals = []
    for is_code, code, literal in soup:
        piece = code if is_code else literal
        if not is_code:
            literals.append(slice(len(source), len(source) + len(piece)))
        source += piece + b" "
    masked = mask(source)
    check_invariants(source, masked)
    check_invariants(masked, mask(masked))
    for literal_at in literals:
        assert masked[literal_at] == source[literal_at]


HOSTILE = rb"""( { /* // " \" ' a a( a(b, FOO(x) #\n #if\n{ __init __printf( int f(int case *
    typeof( x={ static asm(""a offsetof(a,b. f(return FOO(x)\nb; __x if(a for(; e:f(x) \n
    .macro #ifdef__ASSEMBLY__\n asm(""::a(b,c), a("": ={a, f(inta,b=c, }a,b, {a\nb"""


@pytest.mark.slow
@pytest.mark.parametrize("piece", [*HOSTILE.split(), b""])
@pytest.mark.parametrize("start", [b"", b"void f(void) {"], ids=["top", "body"])
def test_time_is_linear(start: bytes, piece: bytes) -> None:
    """A quadratic rule would take minutes; this takes a fraction of a second."""
    piece = piece.replace(rb"\n", b"\n") + b" "
    source = start + piece * (150_000 // len(piece))
    with at_most(5):
        check_invariants(source, mask(source))


def test_what_is_kept_of_other_files_is_bounded() -> None:
    lexicon = Lexicon({b"while": b"k"})
    for number in range(2 * Lexicon.LIMIT):
        assert lexicon[b"name%d" % number] == b"i"
    assert len(lexicon) <= Lexicon.LIMIT
    assert lexicon[b"name%d" % (2 * Lexicon.LIMIT)] == b"i"
