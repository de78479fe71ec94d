"""The manual page says what the help texts say, and man has nothing to complain of."""

from __future__ import annotations

import shutil
import subprocess

import click
import pytest

from refactor.cli import treewide
from tests.support import PROJECT
from tools.man import page

PAGE = PROJECT / "man" / "treewide.1"


def test_page_is_up_to_date() -> None:
    assert PAGE.read_text() == page(), "make man writes it anew"


def test_every_option_is_in_it() -> None:
    said = page().replace("\\-", "-")
    for name, command in treewide.commands.items():
        assert f"treewide {name}" in said
        for param in command.params:
            if isinstance(param, click.Option):
                assert all(option in said for option in param.opts), param.name


@pytest.mark.skipif(shutil.which("groff") is None, reason="there is no groff")
def test_groff_has_no_warning() -> None:
    done = subprocess.run(
        ["groff", "-man", "-Tutf8", "-ww", PAGE], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    assert "Rule to apply." in done.stdout
