"""Compiling for real: the host's compiler is the oracle."""

from __future__ import annotations

from pathlib import Path

import pytest

from refactor.errors import TreeError
from refactor.proof.compile import (
    Builder,
    BuildError,
    Source,
    compiler,
    complaints,
    describe_headers,
)


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).write_text(text)
    return folder


def test_objects_are_compiled_once_for_equal_input(tmp_path: Path) -> None:
    sources = tmp_path / "sources"
    sources.mkdir()
    write(sources, {"main.c": '#include "value.h"\nint main(void) { return VALUE; }\n'})
    write(sources, {"value.h": "#define VALUE 0\n"})
    with Builder(tmp_path) as building:
        source = Source("main.c", ())
        first = building.compile(describe_headers(sources), source).result()
        assert building.compile(describe_headers(sources), source).result() == first
        write(sources, {"value.h": "#define VALUE 1\n"})
        assert building.compile(describe_headers(sources), source).result() != first
        flagged = Source("main.c", ("-DEXTRA",))
        assert building.compile(describe_headers(sources), flagged).result() != first
        assert building.link([first]).exists()


def test_errors_have_place_and_identifier(tmp_path: Path) -> None:
    write(tmp_path, {"bad.c": "int f(void)\n{\n\treturn unknown_name;\n}\n"})
    with Builder(tmp_path) as building, pytest.raises(BuildError) as caught:
        building.compile(describe_headers(tmp_path), Source("bad.c", ())).result()
    first = caught.value.complaints[0]
    assert (str(first.place), first.identifier) == ("bad.c:3:16", "unknown_name")


def test_linker_names_what_is_missing(tmp_path: Path) -> None:
    write(tmp_path, {"main.c": "int missing(void);\nint main(void) { return missing(); }\n"})
    with Builder(tmp_path) as building, pytest.raises(BuildError) as caught:
        building.link([building.compile(describe_headers(tmp_path), Source("main.c", ())).result()])
    assert caught.value.complaints[0].identifier == "missing"


def test_no_compiler_is_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", "no-such-compiler")
    with pytest.raises(TreeError, match="no-such-compiler is not installed") as caught:
        compiler()
    assert "apt-get install" in caught.value.hint


def test_complaints_without_a_place_keep_the_last_words() -> None:
    assert [each.message for each in complaints("cc: fatal: no space\n")] == ["cc: fatal: no space"]
