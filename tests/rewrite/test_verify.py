"""Law 2: what is written parses to what was meant, or it is refused alone, with its place."""

from __future__ import annotations

import pytest

from refactor.rewrite import lines, render, splice, statements
from refactor.rewrite.written import Builder
from tests.patches import in_function, patched, reasons, rule
from tests.smpl import outcome, patch

SUM = rule("expression E, F;", "- sum(E, F)\n+ E + F")
CALLS = rule("expression E;", "- f(E);\n+ g(E);\n+ h(E);")


@pytest.fixture
def no_parentheses(monkeypatch: pytest.MonkeyPatch) -> None:
    """A splicer that has forgotten all grouping."""
    monkeypatch.setattr(splice, "required", lambda node: 0)
    monkeypatch.setattr(render.Renderer, "required", lambda self, leaf: 0)


@pytest.mark.usefixtures("no_parentheses")
@pytest.mark.parametrize(
    "wrong",
    [
        "x = 2 * sum(a, b);",
        "x = -sum(a, b);",
        "x = sum(a, b) * 2;",
        "x = (int)sum(a, b);",
        "x = y - sum(a, b);",
        "x = y + sum(a, b) - 1;",
        "x = p[1] / sum(a, b);",
        "x = sum(a ? b : c, d);",
        "x = sum(a, b = c);",
        "x = sum(a & b, c);",
        "x = sum(a, b)[c];",
    ],
)
def test_grouping_that_would_change_is_refused_alone(wrong: str) -> None:
    good = "y = sum(a, b);\nz = f(sum(c, d), 1);"
    outcome = patched(SUM, in_function(f"y = sum(a, b);\n{wrong}\nz = f(sum(c, d), 1);"))
    after = good.replace("sum(a, b)", "a + b").replace("sum(c, d)", "c + d").split("\n")
    assert outcome.after.decode() == in_function(f"{after[0]}\n{wrong}\n{after[1]}")
    assert reasons(outcome) == ["result"]
    (_, trouble), *_ = outcome.troubles
    assert outcome.before[trouble.offset :].startswith(b"sum(")


@pytest.mark.usefixtures("no_parentheses")
def test_grouping_that_does_not_matter_is_no_fault() -> None:
    before = in_function("x = sum(a, b) + 1;\ny = sum(a * b, c) < 1;\nz = f(sum(a, sum(b, c)));")
    outcome = patched(SUM, before)
    # The last one is a + (b + c): without its parentheses it would be (a + b) + c.
    assert reasons(outcome) == ["result"]
    assert b"x = a + b + 1;" in outcome.after
    assert b"y = a * b + c < 1;" in outcome.after


def test_statements_that_leave_their_branch_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "is_sole_body", lambda node: False)
    monkeypatch.setattr(statements, "is_body", lambda node: False)
    before = in_function("f(1);\nif (x)\n\tf(2);\nf(3);")
    outcome = patched(CALLS, before)
    assert reasons(outcome) == ["result"]
    assert outcome.after.decode() == in_function("g(1);\nh(1);\nif (x)\n\tf(2);\ng(3);\nh(3);")


def test_tokens_that_grow_together_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Builder, "_seam", lambda self, text: None)
    patch = rule("expression E;", "- neg(E)\n+ -E")
    outcome = patched(patch, in_function("x = -neg(a);\ny = 1 - neg(b);"))
    assert reasons(outcome) == ["result"]
    assert outcome.after.decode() == in_function("x = -neg(a);\ny = 1 - -b;")


def test_a_comment_that_would_begin_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Builder, "_seam", lambda self, text: None)
    patch = rule("expression E;", "- deref(E)\n+ *E")
    outcome = patched(patch, in_function("x = b/deref(a);\ny = deref(b);"))
    assert reasons(outcome) == ["result"]
    assert outcome.after.decode() == in_function("x = b/deref(a);\ny = *b;")


def test_an_else_that_would_go_elsewhere() -> None:
    patch = rule("expression E;", "- f(E);\n+ if (E)\n+ \tg(E);")
    outcome = patched(patch, in_function("if (x)\n\tf(1);\nelse\n\tq();\nf(2);"))
    assert b"f(2)" not in outcome.after
    after = outcome.after.decode()
    # Either it has braces or it is refused; the else must not become that of the new if.
    assert "f(1)" in after or "if (x) {" in after


def test_errors_that_were_there_before_are_no_fault() -> None:
    code = "int fn(void)\n{\n\tMACRO_WITHOUT(\n\tq(;\n}\n\nint g(void)\n{\n\tx = sum(a, b);\n}\n"
    outcome = patched(SUM, code)
    assert not outcome.troubles


def test_a_place_with_errors_of_its_own() -> None:
    outcome = patched(SUM, "K_R(a, b)\nint a;\n{\n\treturn sum(a, b);\n}\n")
    assert not outcome.troubles


GETTER = rule("expression E;", "- E->t\n+ get(E)")
EITHER = rule("expression E, F;", "(\n- E->t = F\n+ set(E, F)\n|\n- E->t\n+ get(E)\n)")


@pytest.mark.parametrize(
    ("patch", "before", "after", "refused"),
    [
        (GETTER, "p->t = 1;\nx = p->t;", "p->t = 1;\nx = get(p);", 1),
        (GETTER, "x = &p->t;", "x = &p->t;", 1),
        (GETTER, "p->t++;\n--p->t;\np->t += 1;", "p->t++;\n--p->t;\np->t += 1;", 3),
        (GETTER, "(p->t).a = 1;", "(p->t).a = 1;", 1),
        (GETTER, "p->t->a = 1;\nx = &p->t->a;", "get(p)->a = 1;\nx = &get(p)->a;", 0),
        (GETTER, "x = f(&p->t, p->t);", "x = f(&p->t, get(p));", 1),
        (GETTER, "p->a[p->t] = 1;", "p->a[get(p)] = 1;", 0),
        (rule("expression E;", "- E->t\n+ E->a + 1"), "p->t = 1;", "p->t = 1;", 1),
        (rule("expression E;", "- E->t\n+ *ref(E)"), "p->t = 1;", "*ref(p) = 1;", 0),
        (rule("expression E;", "- E->t\n+ E->a.t"), "x = &p->t;", "x = &p->a.t;", 0),
        # What was a macro may be one still.
        (rule("expression E;", "- old(E)\n+ new(E)"), "old(p) = 1;", "new(p) = 1;", 0),
        # The larger alternative is what counts.
        (EITHER, "a->t = b->t;\na->t = b->t = c;", "set(a, get(b));\nset(a, set(b, c));", 0),
        (EITHER, "q(&a->t);\na->t = 1;", "q(&a->t);\nset(a, 1);", 1),
    ],
)
def test_a_value_is_not_assigned_to(patch: str, before: str, after: str, refused: int) -> None:
    outcome = patched(patch, in_function(before))
    assert outcome.after.decode() == in_function(after)
    assert reasons(outcome) == ["result"] * refused


def test_an_else_does_not_lose_its_if(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "without_bodies", lambda gone, rest: (list(gone), []))
    patch = rule("statement S1, S2;", "- if (never) S1\n- else\n  S2")
    code = in_function("if (x)\n\tif (never)\n\t\ta();\n\telse\n\t\tb();\nelse\n\tc();")
    outcome = patched(patch, code)
    assert outcome.after == outcome.before
    assert reasons(outcome) == ["result"]
    # What had none before is no fault of the match.
    code = in_function("#ifdef X\nif (x)\n\tq();\nelse\n#endif\n\tr();\nx = sum(a, b);")
    assert patched(SUM, code).after.decode() == code.replace("sum(a, b)", "a + b")


@pytest.mark.parametrize("inner", ["-y", "\\\n-y", "--y"])
def test_no_token_grows_over_a_broken_line(inner: str) -> None:
    """A backslash at the end of a line is nothing in C: `-\\` and `-y` below it are a `--`."""
    code = f"void f(int y)\n{{\n\tg(neg(\\\n{inner}));\n}}\n"
    found = outcome(patch("expression E;", "- neg(E)\n+ -E"), code)
    assert found.after.decode() == code
    assert [trouble.note for _, trouble in found.troubles] == ["token"]


@pytest.mark.parametrize("operand", ["&a", "&a->b[1]", "*a", "-a", "+1", "(a)", "!a", "-a * 2"])
def test_a_cast_to_an_unknown_type_may_look_like_a_sum(operand: str) -> None:
    """Without the declaration of a type `(u_t)&a` is the same as `(v) & a` to the parser."""
    text = patch("type T;\ntypedef u_t;\nexpression e;", "- (T)e\n+ (u_t)e", "disable drop_cast")
    code = "int f(int a)\n{{\n\tx = ({}){};\n}}\n"
    found = outcome(text, code.format("int", operand))
    assert found.after.decode() == code.format("u_t", operand)
    assert not found.troubles
