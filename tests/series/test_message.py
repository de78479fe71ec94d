"""The words of a series: within 75 columns, no two summaries alike, faults told with their line.

What they say is in test_words.py.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from refactor.commands.common import Request, prepared
from refactor.errors import RuleError
from refactor.series.message import Writer, flags, hang, listed, quoted, table, wrap
from refactor.series.subjects import COLUMNS
from tests.support import MODEL

POLICIES = ["never-huge", "huge-unless-set-memory"]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return Path(shutil.copytree(MODEL, tmp_path / "tree"))


def writer(
    tree: Path, policy: str = "never-huge", templates: Path | None = None, validation: str = ""
) -> Writer:
    ready = prepared(Request(tree=tree, policy=policy), lambda _: None, with_facts=True)
    return Writer(ready.plan, ready.facts(), templates, validation)


@pytest.mark.parametrize("policy", POLICIES)
def test_columns_and_summaries(tree: Path, policy: str) -> None:
    writing = writer(tree, policy)
    messages = [*writing.messages(), writing.cover("treewide series")]
    for each in messages:
        for line in str(each).splitlines():
            assert len(line) <= COLUMNS, line
    assert len({each.subject for each in messages}) == len(messages)


def test_a_long_name_gets_a_shorter_summary(tree: Path) -> None:
    name = "a_vendor_port_with_a_very_long_name"
    folder = tree / "arch" / name / "kernel"
    folder.mkdir(parents=True)
    call = "__vmalloc_node_range(size, 1, A, B, GFP, PROT, 0, -1, NULL)"
    (folder / "module.c").write_text(
        f"void *module_alloc(unsigned long size)\n{{\n\treturn {call};\n}}\n"
    )
    subjects = [message.subject for message in writer(tree).messages()]
    assert f"{name}: module: Use arch_module_vm_flags()" in subjects


def test_cover_names_policy_and_alternative_and_table(tree: Path) -> None:
    text = writer(tree).cover("treewide series --rule x").body
    for policy in POLICIES:
        assert f'"{policy}"' in " ".join(text.split())
    assert "  treewide series --rule x" in text
    assert "  powerpc  FLUSH_RESET_PERMS |  the same" in text


def test_cover_lists_what_was_not_converted(tree: Path) -> None:
    folder = tree / "arch/tiny/kernel"
    folder.mkdir(parents=True)
    (folder / "module.c").write_text(
        "void *module_alloc(unsigned long size)\n{\n\treturn kmalloc(size, GFP_KERNEL);\n}\n"
    )
    text = writer(tree).cover("x").body
    assert "  tiny  kmalloc() takes no vm_flags  arch/tiny/kernel/module.c:3" in text


@pytest.mark.parametrize(
    ("template", "words", "line"),
    [
        pytest.param("{{ no_such_name }}", "no_such_name", 1, id="undefined name"),
        pytest.param("\n{% if %}", "Expected an expression", 2, id="syntax"),
        pytest.param("{% include 'none.j2' %}", "no template none.j2", 1, id="missing include"),
        pytest.param("x" * 76 + "\n\nbody\n", "75 columns", None, id="long subject"),
        pytest.param("s\n\n{{ patch.fact.lies }}", "no fact 'lies'", 3, id="undeclared fact"),
        pytest.param("s\n\n{% if 0 %}\n{{ fact.lies }}\n{% endif %}\n", "no fact 'lies'", 4,
                     id="undeclared fact that is not reached"),
        pytest.param("s\n{{ fact['lies'] }}", "no fact 'lies'", 2, id="undeclared fact by key"),
        pytest.param("s\n{{ fact[patch.component] }}", "of a computed name", 2,
                     id="fact of a computed name"),
    ],
)  # fmt: skip
def test_faulty_template(
    tree: Path, tmp_path: Path, template: str, words: str, line: int | None
) -> None:
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "arch.j2").write_text(template)
    with pytest.raises(RuleError, match=words) as caught:
        writer(tree, templates=folder).messages()
    assert caught.value.place is not None
    assert caught.value.place.line == line


def test_validation_stands_in_the_cover(tree: Path) -> None:
    assert "Not built, and not run." in writer(tree).cover("x").body
    body = " ".join(writer(tree, validation="holds (3 runs)").cover("x").body.split())
    assert "Not built. In an executable model of x86 and powerpc the series holds (3 runs)." in body


def test_refusals_stand_in_the_cover(tree: Path) -> None:
    folder = tree / "arch/odd/kernel"
    folder.mkdir(parents=True)
    (folder / "module.c").write_text("VENDOR(module_alloc, 1);\n")
    text = writer(tree).cover("x").body
    assert "Refused, to be done by hand:\n\n  odd  it may be defined by a macro" in text
    assert "arch/odd/kernel/module.c:1" in text


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        pytest.param(lambda: listed([]), "", id="nothing"),
        pytest.param(lambda: listed(["a"]), "a", id="one"),
        pytest.param(lambda: listed(["a", "b", "c"]), "a, b and c", id="three"),
        pytest.param(lambda: flags([]), "0", id="no flags"),
        pytest.param(lambda: flags(["A", "D"], {"B": "C"}), "A | D, and B if C", id="a condition"),
        pytest.param(
            lambda: table([["a", "word " * 20], ["", "b"]]).splitlines()[1],
            "     word word word word word word",
            id="the last column takes what is left",
        ),
        pytest.param(
            lambda: quoted("/*\n\t * One,\n\t *\n\t * two.\n\t */"),
            "    One,\n\n    two.",
            id="a comment is quoted",
        ),
        pytest.param(lambda: quoted("/* one */"), "    one", id="a comment of one line"),
        pytest.param(lambda: quoted("// one\n\t// two"), "    one\n    two", id="lines of //"),
        pytest.param(
            lambda: table([["a", "b\nc"], ["dd", "e"]], 1), " a   b\n     c\n dd  e", id="table"
        ),
        pytest.param(lambda: wrap("a\nb\n\n  c\n  d\n"), "a b\n\n  c\n  d", id="wrap"),
        pytest.param(
            lambda: hang("x: " + "word " * 20, 5).splitlines()[1][:9], "     word", id="hang"
        ),
    ],
)
def test_filters(function: Callable[[], str], expected: str) -> None:
    assert function() == expected


TABLE = """// Read by another name
@@
@@
- my_read
+ my_receive
"""


@pytest.mark.parametrize(
    ("code", "where"),
    [
        ("void f(void)\n{\n\tmy_read();\n\tmy_read();\n}\n", "in 2 places of f()"),
        (
            "void f(void)\n{\n\tmy_read();\n}\n\nstruct ops x = {\n\t.read = my_read,\n};\n",
            "in 2 places of drivers/a.c",
        ),
    ],
)
def test_a_function_is_named_if_all_is_in_it(code: str, where: str, tmp_path: Path) -> None:
    file = tmp_path / "tree" / "drivers" / "a.c"
    file.parent.mkdir(parents=True)
    file.write_text(code)
    rule = tmp_path / "read.cocci"
    rule.write_text(TABLE)
    request = Request(tree=tmp_path / "tree", rule=str(rule), paths=("drivers/**",))
    ready = prepared(request, lambda _: None, with_facts=True)
    (message,) = Writer(ready.plan, ready.facts(), None, "").messages()
    assert where in " ".join(message.body.split())
