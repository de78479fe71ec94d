"""Patterns and the text of macros as nodes: heads without bodies, holes, alternatives, dots."""

from __future__ import annotations

import pytest

from refactor.c.code import lexemes
from refactor.c.grammar import Grammar, GrammarError
from refactor.errors import RuleError
from tests.smpl import nodes, outcome, patch


def shape(text: str) -> str:
    """Some C without metavariables as nodes."""
    return " ".join(map(repr, Grammar(list(lexemes(text.encode()))).whole()))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + b * c", "(binary ident:a op:+ (binary ident:b op:* ident:c))"),
        ("a - b - c", "(binary (binary ident:a op:- ident:b) op:- ident:c)"),
        ("a = b = c", "(assign ident:a op:= (assign ident:b op:= ident:c))"),
        ("a ? b : c", "(cond ident:a op:? ident:b op:: ident:c)"),
        ("*p++", "(unary op:* (postfix ident:p op:++))"),
        ("(u32)x", "(cast op:( (type_name (type ident:u32)) op:) ident:x)"),
        ("(x)", "(paren op:( ident:x op:))"),
        ("sizeof x", "(sizeof ident:sizeof ident:x)"),
        (
            "sizeof(struct a)",
            "(sizeof ident:sizeof op:( (type_name (type (struct ident:struct ident:a))) op:))",
        ),
        ("f(a, b)", "(call ident:f (args op:( ident:a op:, ident:b op:)))"),
        ("a->b.c[0]", "(subscript (member (member ident:a op:-> ident:b) op:. ident:c)"
         " op:[ number:0 op:])"),
        ('"a" B "c"', '(strings string:"a" ident:B string:"c")'),
        ("u8\"a\"", 'string:u8"a"'),
        ("int x;", "(declaration (type ident:int) ident:x op:;)"),
        ("unsigned long *x, y;", "(declaration (type ident:unsigned ident:long)"
         " (ptr op:* ident:x) op:, ident:y op:;)"),
        ("int (*f)(void);", "(declaration (type ident:int) (fn (pdecl op:( (ptr op:* ident:f)"
         " op:)) (params op:( (param (type ident:void)) op:))) op:;)"),
        ("struct a { int b : 3; };", "(declaration (type (struct ident:struct ident:a (fields op:{"
         " (declaration (type ident:int) (bit_decl ident:b (bits op:: number:3)) op:;)"
         " op:}))) op:;)"),
        ("static int f(void) { return 0; }", "(function storage:static (type ident:int)"
         " (fn ident:f (params op:( (param (type ident:void)) op:)))"
         " (block op:{ (return ident:return number:0 op:;) op:}))"),
        ("if (a) b(); else c();", "(if ident:if op:( ident:a op:)"
         " (expr_stmt (call ident:b (args op:( op:))) op:;) ident:else"
         " (expr_stmt (call ident:c (args op:( op:))) op:;))"),
        ("{ .a = 1, [2] = 3, }", "(init op:{ (pair (designator op:. ident:a) op:= number:1) op:,"
         " (pair (designator op:[ number:2 op:]) op:= number:3) op:, op:})"),
        ("case A ... B:", "(case ident:case ident:A op:... ident:B op::)"),
        ("x: y();", "(label ident:x op::) (expr_stmt (call ident:y (args op:( op:))) op:;)"),
        ("for_each_x(i, y) f(i);",
         "(iterator ident:for_each_x (args op:( ident:i op:, ident:y op:))"
         " (expr_stmt (call ident:f (args op:( ident:i op:))) op:;))"),
    ],
)  # fmt: skip
def test_c_as_nodes(text: str, expected: str) -> None:
    assert shape(text) == expected


@pytest.mark.parametrize(
    ("declared", "body", "expected"),
    [
        ("expression E;", "f(E, ...)", ["call"]),
        ("expression E;", "x = E\n...\ng(E)", ["assign", "dots", "call"]),
        ("", "...\n*p = 1;", ["dots", "expr_stmt"]),
        ("expression E;", "f(E);\n(\na(E);\n|\nb(E);\n)", ["expr_stmt", "disj"]),
        ("expression E;", "\\(f\\|g\\)(E)", ["call"]),
        ("type T; identifier x;", "T x;", ["declaration"]),
        ("type T; identifier x;", "unsigned T x;", ["declaration"]),
        ("type T;", "T { ... };", ["declaration"]),
        ("type T, S;", "typedef T S;", ["declaration"]),
        ("typedef foo_t;", "foo_t", ["type_name"]),
        ("", "struct foo { ... }", ["type_name"]),
        ("", "\\(int\\|long\\) x;", ["declaration"]),
        ("", "\\(f\\|g\\)(int x) { ... }", ["function"]),
        ("identifier f;", "f(...,int x,...) { <... g(x) ...> }", ["function"]),
        ("parameter P;", "f(P, ......) { ... }", ["function"]),
        ("statement S;", "if (...) S else { ... }", ["if"]),
        ("statement S;", "for (...;...;...) S", ["for"]),
        ("iterator name each_of;", "each_of(...) { ... }", ["iterator"]),
        ("attribute name __ro;", "int x __ro = 1;", ["declaration"]),
        ("", "int x __attribute__((a(1), b)) = 1;", ["declaration"]),
        ("", "enum e { ..., A, ..., };", ["declaration"]),
        ("", "enum e { ..., A = ..., };", ["declaration"]),
        ("expression E;", "{ .a = E, ..., }", ["init"]),
        ("", "DECLARE(...);", ["expr_stmt"]),
        ("", "#include <linux/...>", ["directive"]),
    ],
)
def test_patterns_as_nodes(declared: str, body: str, expected: list[str]) -> None:
    assert [node.kind for node in nodes(declared, body)] == expected


@pytest.mark.parametrize(
    ("text", "message", "offset"),
    [
        ("f(a b);", ") is expected here", 4),
        ("if (a) { f( } ;", "an expression is expected here", 12),
        ("int f(void) { return (1; }", ") is expected here", 23),
        ("struct a { int b }", "; is expected here", 17),
    ],
)
def test_the_error_is_where_it_got_furthest(text: str, message: str, offset: int) -> None:
    with pytest.raises(GrammarError) as error:
        shape(text)
    assert error.value.message == message
    assert error.value.token.start == offset


def test_an_error_of_a_pattern_has_a_line_and_a_column() -> None:
    with pytest.raises(RuleError) as error:
        outcome(patch("expression E;", "f(E);\n- g(E;\n+ h(E);"), "")
    assert str(error.value.place) == "x.cocci:5:6"
    assert ") is expected here" in error.value.message


def test_depth_costs_no_more_than_length() -> None:
    """Parentheses and nested blocks are read in one pass: doubling the depth doubles the time."""
    deep = 60
    assert shape("(" * deep + "a" + ")" * deep).count("paren") == deep
    assert shape("if (a) { " * deep + "f();" + " }" * deep).count("(if ") == deep
