"""How places of two programs are compared (`bench/agreement.py`)."""

from __future__ import annotations

import re
from pathlib import Path

from bench.agreement import Compared, changes, messages, page
from bench.drawn import Heard, draw, signs

MINE = """diff --git a/x/y.c b/x/y.c
index 1..2 100644
--- a/x/y.c
+++ b/x/y.c
@@ -1,4 +1,3 @@
 a();
-if (p)
-\tkfree(p);	/* why */
+kfree(p);
 b();
@@ -9,2 +8,3 @@
 c();
+d();
 e();
"""
THEIRS = """diff -u -p a/x/y.c b/x/y.c
--- a/x/y.c
+++ b/x/y.c
@@ -2,2 +2,1 @@ int f(void)
-if (p)
-\tkfree(p);
+	kfree( p );
@@ -10,1 +9,2 @@
+f();
 e();
"""


def test_changes_are_compared_by_their_tokens() -> None:
    compared = Compared(changes(MINE), changes(THEIRS))
    assert sorted(compared.ours) == [("x/y.c", 2), ("x/y.c", 10)]
    assert compared.differing == [("x/y.c", 10)]


def test_the_same_tokens_in_other_lines_are_no_difference() -> None:
    """Here the lines in between are aligned anew, there they stay."""
    mine = "--- a/a.c\n@@ -1,3 +1,2 @@\n-f(a,\n-   b);\n-g(1);\n+ff(a,\n+    b);\n"
    theirs = "--- a/a.c\n@@ -1,3 +1,2 @@\n-f(a,\n+ff(a,\n    b);\n-g(1);\n"
    assert Compared(changes(mine), changes(theirs)).differing == []
    assert Compared(changes(mine), changes(theirs.replace("g(1)", "g(2)"))).differing


def test_a_change_of_white_space_is_no_place() -> None:
    assert changes("--- a/a.c\n+++ b/a.c\n@@ -1,2 +1,2 @@\n-f( x);\n+f(x);\n y\n") == {}


def test_messages_are_those_of_a_line_in_any_order() -> None:
    mine = messages("a.c:3:2: warning: two [rule]\na.c:3:1: error: one [rule]\n1 rule, 2 errors\n")
    theirs = messages("./a.c:3:0-1: one\n./a.c:3:1-4: two\n")
    assert mine == theirs == {("a.c", 3): "one / two"}
    assert messages("a.c:3:2: a(b[i]) is 1") == messages("a.c:3:1-2: a ( b [ i ] ) is 1")


def test_what_differs_without_a_reason_is_shown() -> None:
    found = {"null/eno": Compared({("a.c", 1): "x", ("a.c", 2): "y"}, {("a.c", 1): "x"}, 7)}
    text = "\n".join(page(found, {"null/eno": {"b.c": "because"}}))
    assert "| null/eno | 7 | 2 | 1 | 1 | 1 |" in text
    assert "null/eno: a.c:2: not explained yet\n    here: y\n    spatch: nothing" in text
    assert "a.c:2: because" in "\n".join(page(found, {"null/eno": {"a.c": "because"}}))


def test_the_files_with_the_words_are_drawn(tmp_path: Path) -> None:
    for number in range(20):
        (tmp_path / "a" / str(number)).mkdir(parents=True)
        code = "kfree(x);\n" if number % 2 else '/* kfree(x); */ f("/* no comment", y);\n'
        (tmp_path / "a" / str(number) / "b.c").write_text(code)
    (tmp_path / "a" / "kfree.txt").write_text("kfree(x);")
    words = [re.compile(r"kfree\s*\("), re.compile("x")]
    having = draw(tmp_path, "a", words, None)
    assert having == sorted(f"a/{number}/b.c" for number in range(1, 20, 2))
    few, more = draw(tmp_path, "a", words, 3), draw(tmp_path, "a", words, 6)
    assert len(few) == 3
    assert set(few) < set(more) < set(having)
    assert len(draw(tmp_path, "a", [re.compile("y")], None)) == 10


def test_what_was_heard_is_kept() -> None:
    heard = Heard("a.c:1:2: x\n", frozenset({"a.c"}), frozenset({"b.c"}))
    assert Heard.load(heard.dump()) == heard


def test_a_script_has_words_that_are_patterns() -> None:
    (words,) = signs("free/ifnullfree")
    assert words.search("if (p)\n\tkfree(p);")
    assert not words.search("if (p)\n\tkfree(q);")
    assert not signs("no/such")
