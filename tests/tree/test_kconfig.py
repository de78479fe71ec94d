"""Which symbols an architecture turns on, in every way in which Kconfig can say it."""

from __future__ import annotations

import pytest

from refactor.tree.kconfig import Select, selections, selects


def turned_on(text: str) -> list[tuple[str, str, str, int | None]]:
    return [
        (each.config, each.symbol, each.condition, each.place.line)
        for each in selects("arch/one/Kconfig", text.encode())
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("config A\n\tselect B\n", [("A", "B", "", 2)], id="plain"),
        pytest.param("config A\n\tselect B if C && !D\n", [("A", "B", "C && !D", 2)],
                     id="condition"),
        pytest.param("config A\n\tselect B\t\t\tif C\n", [("A", "B", "C", 2)], id="tabs"),
        pytest.param("config A\n        select  B   if  C\n", [("A", "B", "C", 2)], id="blanks"),
        pytest.param("menuconfig A\n\tselect B\n", [("A", "B", "", 2)], id="menuconfig"),
        pytest.param("config A\n\tselect B # if C\n", [("A", "B", "", 2)], id="comment"),
        pytest.param("config A\n\t# select B\n", [], id="commented out"),
        pytest.param("config A\n\tselect B if \\\n\t\tC\n", [("A", "B", "C", 2)], id="continued"),
        pytest.param("config A\n\thelp\n\t  select B\n\n\t  select C\n\tselect D\n",
                     [("A", "D", "", 6)], id="help"),
        pytest.param("config A\n\t---help---\n\t  select B\nconfig E\n\tselect F\n",
                     [("E", "F", "", 5)], id="old help"),
        pytest.param("config A\n\tdef_bool y if C\n", [("A", "A", "C", 2)], id="def_bool"),
        pytest.param("config A\n\tdefault y\n", [("A", "A", "", 2)], id="default"),
        pytest.param("config A\n\tdef_bool n\n\tdefault C\n", [], id="other defaults"),
        pytest.param("config A\n\tbool\nmenu \"M\"\n\tselect B\n", [], id="outside of an entry"),
        pytest.param("select B\n", [], id="before any entry"),
        pytest.param("config A\r\n\tselect B\r\n", [("A", "B", "", 2)], id="CR LF"),
        pytest.param("config A\n\tselect B", [("A", "B", "", 2)], id="no newline at the end"),
        pytest.param("config A\n\tselect\n\tselect B if\n", [("A", "B", "", 3)], id="incomplete"),
    ],
)  # fmt: skip
def test_selects(text: str, expected: list[tuple[str, str, str, int | None]]) -> None:
    assert turned_on(text) == expected


def test_bytes_that_are_not_utf8_do_not_matter() -> None:
    text = b"# \xff\xe9\nconfig A\n\tselect B\n"
    assert [each.symbol for each in selects("Kconfig", text)] == ["B"]


@pytest.mark.parametrize(
    ("own", "generic", "conditions"),
    [
        pytest.param("config A\n\tselect X\n", "", (), id="directly"),
        pytest.param("config A\n\tselect X if C\n\tselect X if D\n", "", ("C", "D"), id="two ways"),
        pytest.param("config A\n\tselect X if C\n\tselect X\n", "", (), id="always is enough"),
        pytest.param("config A\n\tselect Y if C\n", "config Y\n\tselect X\n", ("C",), id="carried"),
        pytest.param("config A\n\tselect Z\n", "config Z\n\tselect Y\nconfig Y\n\tselect X\n", (),
                     id="carried twice"),
        pytest.param("config A\n\tselect B\n", "config Y\n\tselect X\n", None, id="not at all"),
        pytest.param("", "config X\n\tselect Y\nconfig Y\n\tselect X\n", None, id="a circle"),
    ],
)  # fmt: skip
def test_selections(own: str, generic: str, conditions: tuple[str, ...] | None) -> None:
    found = selections(of(own), of(generic), ["X"])
    assert {name: each.conditions for name, each in found.items()} == (
        {} if conditions is None else {"X": conditions}
    )


def of(text: str) -> list[Select]:
    return list(selects("Kconfig", text.encode()))
