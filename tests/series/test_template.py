"""Templates of strangers: words and facts, no code, no file from elsewhere, and always an end."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from refactor.errors import RuleError
from refactor.series.template import MEMORY, WORK, Templates
from tests.edits import HEAD
from tests.support import PROJECT, run_treewide

RULE = PROJECT / "rules" / "arch-module-vm-flags.toml"
FACTS = {"flag": "VM_A", "flags": ["VM_A", "VM_B"], "patch": {"component": "x86", "kept": []}}


@pytest.fixture
def rule(tmp_path: Path) -> Path:
    """A rule in a folder of its own, with a folder for its templates."""
    (tmp_path / "mail" / RULE.stem).mkdir(parents=True)
    return Path(shutil.copy(RULE, tmp_path / "mail"))


def rendered(tmp_path: Path, template: str, **others: str) -> str:
    for name, text in {"patch": template, **others}.items():
        (tmp_path / f"{name}.j2").write_text(text)
    return Templates(tmp_path, [], {}, {}).render("patch.j2", FACTS)


# ---------------------------------------------------------------------------- no code


@pytest.mark.parametrize("command", ["series", "diff"])
def test_a_template_beside_a_rule_runs_nothing(rule: Path, tmp_path: Path, command: str) -> None:
    canary = tmp_path / "canary"
    reach = "cycler.__init__.__globals__.os"
    (rule.with_suffix("") / "core.j2").write_text(
        f"generic: {{{{ {reach}.popen('touch {canary}').read() }}}}Do it\n\nbody\n"
    )
    option = "-o" if command == "series" else "--html"
    done = run_treewide([command, "--model", "-r", rule, option, tmp_path / "out"])
    assert not canary.exists()
    assert done.status == 3, done.stderr
    assert re.search(rb"core\.j2:1: error: faulty template: ", done.stderr)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "reach",
    [
        pytest.param("''.__class__.__mro__", id="the class of a text"),
        pytest.param("flags['__class__']", id="by subscript"),
        pytest.param("'{0.__class__}'.format(flag)", id="by str.format"),
        pytest.param("flags | map(attribute='__class__') | first", id="by a filter"),
        pytest.param("(flag | attr('__class__'))", id="the filter attr"),
        pytest.param("namespace.__init__.__globals__", id="a global"),
        pytest.param("self.__init__.__globals__", id="self"),
        pytest.param("self._TemplateReference__context", id="the context"),
        pytest.param("flags.append(1)", id="changing a fact"),
        pytest.param("patch.update(component='y')", id="changing a table"),
        pytest.param("(flags | random)", id="what differs from run to run"),
    ],
)
def test_out_of_reach(tmp_path: Path, reach: str) -> None:
    with pytest.raises(RuleError) as caught:
        rendered(tmp_path, f"one\n{{{{ {reach} }}}}\n")
    assert caught.value.place is not None
    assert str(caught.value.place) == f"{tmp_path}/patch.j2:2"
    assert FACTS["flags"] == ["VM_A", "VM_B"]


@pytest.mark.parametrize(
    ("template", "text"),
    [
        pytest.param("{{ flags | join(', ') }}", "VM_A, VM_B", id="a filter"),
        pytest.param("{% for f in flags if f != 'VM_A' %}{{ f }}{% endfor %}", "VM_B", id="a test"),
        pytest.param("{% for k, v in patch.items() %}{{ k }} {% endfor %}", "component kept ",
                     id="a method"),
        pytest.param("{% set n = namespace(x=[]) %}{% for f in flags %}{% set n.x = n.x + [f] %}"
                     "{% endfor %}{{ n.x | length }}", "2", id="a list that grows"),
        pytest.param("{{ (flags[1:] + [flag])[0] ~ '!' }}", "VM_B!", id="operators"),
        pytest.param("{% macro m(x) %}<{{ x }}>{% endmacro %}{{ m(flag) }}", "<VM_A>", id="macro"),
        pytest.param("{% set x %}{{ flag }}{% endset %}{{ x }}", "VM_A", id="a block of text"),
        pytest.param("{% for i in range(3) %}{{ loop.index }}{% endfor %}", "123", id="range"),
        pytest.param("{% if flag is string and 'VM_A' in flags %}y{% endif %}", "y", id="if"),
    ],
)  # fmt: skip
def test_what_a_message_needs_is_there(tmp_path: Path, template: str, text: str) -> None:
    assert rendered(tmp_path, template) == text


# ---------------------------------------------------------------------------- an end


DOUBLE = "{% for i in range(99) %}{% set n.x = BODY %}{% endfor %}"
SPACE = "{% set n = namespace(x=flag, l=flags) %}"
ENDLESS = {
    "a template that includes itself": "\n{% include 'patch.j2' %}",
    "a template that extends itself": "\n{% extends 'patch.j2' %}",
    "a recursive macro": "{% macro m() %}\n{{ m() }}{% endmacro %}{{ m() }}",
    "macros that fan out": "".join(
        f"{{% macro m{n} () %}}\n{{{{ m{n - 1}() }}}}{{{{ m{n - 1}() }}}}{{% endmacro %}}"
        for n in range(1, 60)
    ).replace("{{ m0() }}", "")
    + "{{ m59() }}",
    "a range without end": "\n{% for i in range(10 ** 18) %}{% endfor %}",
    "a large range": "\n{% for i in range(1000000000) %}{% endfor %}",
    "nested loops": "\n" + "{% for i in range(99999) %}" * 5 + "{% endfor %}" * 5,
    "nested loops with a test": "\n" + "{% for i in range(99999) if i < 0 or i %}" * 3
    + "{% endfor %}" * 3,
    "a loop whose test is never true": "\n{% for i in range(99999) %}"
    "{% for j in range(99999) if j < 0 %}{% endfor %}{% endfor %}",
    "a recursive loop": "\n{% for i in [1] recursive %}{{ loop([1]) }}{% endfor %}",
    "a text times a number": "\n{{ flag * 10000000000 }}",
    "a list times a number": "\n{{ (flags * 10000000000) | length }}",
    "a power": "\n{{ 9 ** 9 ** 9 }}",
    "a number that is squared": SPACE + "{% set n.x = 7 %}\n" + DOUBLE.replace("BODY", "n.x * n.x"),
    "a text that doubles": SPACE + "\n" + DOUBLE.replace("BODY", "n.x ~ n.x"),
    "a text that doubles by output": "{% set x %}abc{% endset %}\n"
    + "{% set x %}{{ x }}{{ x }}{% endset %}" * 60,
    "a list that doubles": SPACE + "\n" + DOUBLE.replace("BODY", "n.l + n.l").replace("n.x", "n.l"),
    "a list in a list": SPACE + "\n" + DOUBLE.replace("BODY", "[n.x, n.x]") + "{{ n.x == n.x }}",
    "a table in a table": SPACE + "\n" + DOUBLE.replace("BODY", "{'a': n.x, 'b': n.x}"),
    "a wide format": "\n{{ '%999999999d' % 1 }}",
    "a long join": "\n{{ range(99999) | join('x' * 999999) }}",
    "a long replacement": "\n{{ ('x' * 99999) | replace('x', 'y' * 999999) }}",
    "output without end": "\n{% for i in range(99999) %}" + "text " * 9999 + "{% endfor %}",
    "a filter in a filter": "{% set l = range(99999) | list %}\n{{ l | select('in', l) | list }}",
    "comparing long texts": SPACE + "{% set n.x = 'x' * 999999 %}\n"
    "{% for i in range(99999) %}{% if n.x == flag ~ n.x %}{% endif %}{% endfor %}",
    "slices of a long text": SPACE + "{% set n.x = 'x' * 999999 %}\n"
    "{% for i in range(99999) %}{% if n.x[1:] %}{% endif %}{% endfor %}",
}  # fmt: skip


@pytest.mark.parametrize("template", ENDLESS.values(), ids=ENDLESS.keys())
def test_a_template_without_end_is_told_with_its_place(tmp_path: Path, template: str) -> None:
    with pytest.raises(RuleError) as caught:
        rendered(tmp_path, template)
    assert re.fullmatch(rf"{tmp_path}/patch\.j2:\d+", str(caught.value.place))


def test_includes_that_fan_out(tmp_path: Path) -> None:
    others = {f"t{n}": f"{{% include 't{n - 1}.j2' %}}" * 2 for n in range(1, 60)}
    with pytest.raises(RuleError, match="more than a message can need"):
        rendered(tmp_path, "{% include 't59.j2' %}", t0="", **others)


def test_each_message_has_its_work_for_itself(tmp_path: Path) -> None:
    text = "{% for i in range(number) %}{% for j in range(500) %}x{% endfor %}{% endfor %}"
    (tmp_path / "patch.j2").write_text(text)
    templates = Templates(tmp_path, [], {}, {})
    enough = {"number": WORK // 4000}
    for _ in range(2):
        assert len(templates.render("patch.j2", enough)) == WORK // 8
        with pytest.raises(RuleError, match="more than a message can need"):
            templates.render("patch.j2", {"number": WORK // 500})


def test_memory_is_the_last_resort(tmp_path: Path) -> None:
    separator = WORK // 4
    template = f"{{{{ range({MEMORY // separator + 99}) | join('x' * {separator}) }}}}"
    with pytest.raises(RuleError, match="too much memory"):
        rendered(tmp_path, template)


SOME = ("a template that includes itself", "a recursive macro", "a large range", "nested loops")


@pytest.mark.parametrize("name", SOME)
def test_the_command_ends_with_3(rule: Path, tmp_path: Path, name: str) -> None:
    (rule.with_suffix("") / "core.j2").write_text(ENDLESS[name].replace("patch.j2", "core.j2"))
    done = run_treewide(["diff", "--model", "-r", rule, "--html", tmp_path / "out"])
    assert done.status == 3, done.stderr
    assert re.search(rb"core\.j2:\d+: error: faulty template: ", done.stderr)
    assert b"Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


# ---------------------------------------------------------------------------- no other file


def link_to_file(folder: Path, secret: Path) -> None:
    (folder / "core.j2").symlink_to(secret)


def include_of_link(folder: Path, secret: Path) -> None:
    (folder / "core.j2").write_text("generic: Do it\n\n{% include 'say.j2' %}\n")
    (folder / "say.j2").symlink_to(secret)


def link_to_folder(folder: Path, secret: Path) -> None:
    (folder / "core.j2").write_text("generic: Do it\n\n{% include 'more/secret' %}\n")
    (folder / "more").symlink_to(secret.parent)


def folder_that_is_a_link(folder: Path, secret: Path) -> None:
    folder.rmdir()
    folder.symlink_to(secret.parent)
    secret.rename(secret.with_name("core.j2"))


@pytest.mark.parametrize(
    "change",
    [link_to_file, include_of_link, link_to_folder, folder_that_is_a_link],
    ids=lambda value: value.__name__,
)
def test_no_link_leads_out_of_the_folder(
    rule: Path, tmp_path: Path, change: Callable[[Path, Path], None]
) -> None:
    secret = tmp_path / "private" / "secret"
    secret.parent.mkdir()
    secret.write_text("generic: what nobody should read\n")
    change(rule.with_suffix(""), secret)
    done = run_treewide(["series", "--model", "-r", rule, "-o", tmp_path / "out"])
    assert done.status == 3, done.stderr
    assert b"this is a link out of it" in done.stderr
    assert b"nobody should read" not in done.stdout + done.stderr
    assert not (tmp_path / "out").exists()


def test_a_link_within_the_folder_and_a_folder_behind_a_link_are_fine(tmp_path: Path) -> None:
    (tmp_path / "real" / "own").mkdir(parents=True)
    (tmp_path / "real" / "own" / "text.j2").write_text("text")
    (tmp_path / "real" / "own" / "patch.j2").symlink_to("text.j2")
    (tmp_path / "link").symlink_to("real")
    assert Templates(tmp_path / "link" / "own", [], {}, {}).render("patch.j2", {}) == "text"


@pytest.mark.parametrize("name", ["../secret.j2", "/etc/passwd", "a\0b", "x" * 5000])
def test_a_name_leads_nowhere_else(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.j2").write_text("secret")
    (tmp_path / "own").mkdir()
    with pytest.raises(RuleError):
        rendered(tmp_path / "own", f"{{% include {name!r} %}}")


def test_a_template_has_to_be_utf_8(rule: Path, tmp_path: Path) -> None:
    (rule.with_suffix("") / "core.j2").write_bytes(b"generic: Do it\n\nna\xefve\n")
    done = run_treewide(["series", "--model", "-r", rule, "-o", tmp_path / "out"])
    assert done.status == 3, done.stderr
    assert b"core.j2:3:3: error: a template has to be UTF-8" in done.stderr


@pytest.mark.parametrize(
    "template",
    [
        pytest.param("{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}", id="parentheses"),
        pytest.param("{{ " + "9" * 5000 + " }}", id="a number"),
        pytest.param("{% if 1 %}" * 200 + "{% endif %}" * 200, id="nested blocks"),
        pytest.param("{{ 'a' " + "~ 'a'" * 5000 + " | nothing }}", id="an unknown filter"),
    ],
)
def test_what_cannot_be_compiled_is_told_with_its_file(tmp_path: Path, template: str) -> None:
    with pytest.raises(RuleError) as caught:
        rendered(tmp_path, template)
    assert caught.value.place is not None
    assert caught.value.place.path == f"{tmp_path}/patch.j2"


# ---------------------------------------------------------------------------- the rule itself


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        pytest.param('id = "test"', 'id = "../../.."', "id: it is made of", id="id is a way out"),
        pytest.param('id = "test"', 'id = "other"', "name of the file, 'test'", id="another id"),
        pytest.param('id = "test"', 'id = ""', "id: it is made of", id="no id"),
        pytest.param("{component}:", "{component.__class__}:", "put in is {component}",
                     id="an attribute"),
        pytest.param("{component}:", "{component:>99999999999}:", "put in is {component}",
                     id="a width"),
        pytest.param("{component}:", "{nope}:", "put in is {component}", id="another name"),
        pytest.param("{component}:", "{:", "put in is {component}", id="a brace"),
        pytest.param("{component}:", "{component}}:", "put in is {component}", id="one too many"),
    ],
)  # fmt: skip
def test_a_rule_that_reaches_further_is_refused(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    text = HEAD + '[[edit]]\nrename = "vfree"\nto = "kvfree"\n'
    assert old in text
    file = tmp_path / "test.toml"
    file.write_text(text.replace(old, new))
    for command in (["diff", "--model", "-r"], ["rules", "show"]):
        done = run_treewide([*command, file])
        assert done.status == 3, done.stderr
        assert re.search(rf"test\.toml:\d+: error: .*{re.escape(says)}", done.stderr.decode())
