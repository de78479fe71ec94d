"""Constraints by regular expressions: how a name or a literal is spelled."""

from __future__ import annotations

import re

import pytest

from refactor.errors import RuleError
from tests.smpl import applied, patch


def kept(declared: str, arguments: str) -> str:
    """The arguments of calls that are not removed."""
    calls = " ".join(f"f({each});" for each in arguments.split("|"))
    after = applied(patch(declared, "- f(c);"), f"int m(void)\n{{\n\t{calls}\n}}\n")
    return "|".join(re.findall(r"f\(([^;]*)\);", after))


@pytest.mark.parametrize(
    ("declared", "arguments", "expected"),
    [
        pytest.param('constant c =~ "^foo";', '"foo"|FOO|3', '"foo"|FOO|3', id="quotes count"),
        pytest.param(r'constant c =~ "^\"foo";', '"foo"|"xfoo"', '"xfoo"', id="a quote"),
        pytest.param('expression c =~ "\\".*\\"";', '"foo"|foo', "foo", id="a string"),
        pytest.param('expression c =~ "^a";', "ab|ba|ab + 1|ab(1)", "ba|ab + 1|ab(1)", id="words"),
        pytest.param('expression c !~ "^a";', "ab|ba|ab + 1|ab(1)", "ab", id="all others"),
        pytest.param('identifier c =~ "a|b";', "xa|xb|x", "x", id="either"),
        pytest.param('identifier c =~ "^(a|b)$";', "a|b|ab", "ab", id="a group"),
        pytest.param(r'identifier c =~ "\(aa\|bb\)";', "aa|bb|(1)", "(1)", id="as OCaml's Str"),
        pytest.param('identifier c =~ "^[[:upper:]_]+$";', "AB_C|Ab", "Ab", id="a class of POSIX"),
        pytest.param('constant c =~ "1";', '1|A1|"1"|-1', "-1", id="one token"),
        pytest.param(
            r'expression c =~ "\"\\.x\"";', r'".x"|"\.x"', '".x"', id="a backslash of the file"
        ),
    ],
)
def test_spelling(declared: str, arguments: str, expected: str) -> None:
    assert kept(declared, arguments) == expected


@pytest.mark.parametrize("expression", ["(", "[[a]", r"\K"])
def test_what_cannot_be_read_is_refused(expression: str) -> None:
    with pytest.raises(RuleError, match="regular expression"):
        kept(f'identifier c =~ "{expression}";', "a")
