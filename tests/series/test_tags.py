"""Tags that the user gives: where they stand, and what is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from refactor.errors import UsageError
from refactor.series.tags import Tags
from tests.support import run_treewide

LINK = "https://lore.kernel.org/r/1@example.org"
WHO = "Jane Doe <jane@example.org>"


@pytest.mark.parametrize(
    ("tags", "signed", "message", "expected"),
    [
        pytest.param(Tags(), "", "s\n\nb\n", "s\n\nb\n", id="none"),
        pytest.param(Tags((WHO,), (LINK,)), "Me <me@x.org>", "s\n\nb\n",
                     f"s\n\nb\n\nSuggested-by: {WHO}\nSigned-off-by: Me <me@x.org>\nLink: {LINK}\n",
                     id="in the kernel's order"),
        pytest.param(Tags((), (LINK,)), "", "s\n\nb\n\nFixes: 123\n",
                     f"s\n\nb\n\nFixes: 123\nLink: {LINK}\n", id="they join others"),
        pytest.param(Tags((), (LINK, LINK + "2")), "", "s\n", f"s\n\nLink: {LINK}\nLink: {LINK}2\n",
                     id="several, and no body"),
    ],
)  # fmt: skip
def test_tags(tags: Tags, signed: str, message: str, expected: str) -> None:
    assert tags.added_to(message, signed) == expected


@pytest.mark.parametrize("who", ["Jane Doe", "jane@example.org", "A <a@b>\nCc: x@y", "<@>", ""])
def test_who_is_no_address(who: str) -> None:
    with pytest.raises(UsageError, match="--suggested-by"):
        Tags((who,))


@pytest.mark.parametrize("link", ["x", "ftp://x", "https://", "https://a b", "https://a\nCc: x"])
def test_what_is_no_link(link: str) -> None:
    with pytest.raises(UsageError, match="--link"):
        Tags((), (link,))


def test_they_end_every_patch(tmp_path: Path) -> None:
    options = ["--suggested-by", WHO, "--link", LINK, "-s", "-o", str(tmp_path / "out")]
    assert run_treewide(["series", "--model", *options]).status == 0
    cover, *patches = sorted((tmp_path / "out").iterdir())
    assert "Suggested-by" not in cover.read_text()
    for patch in patches:
        tags = patch.read_text().partition("\n---\n")[0].rpartition("\n\n")[2].splitlines()
        assert [tag.partition(":")[0] for tag in tags] == ["Suggested-by", "Signed-off-by", "Link"]


def test_a_faulty_one_ends_with_2_and_writes_nothing(tmp_path: Path) -> None:
    done = run_treewide(["series", "--model", "--link", "x", "-o", tmp_path / "out"])
    assert done.status == 2
    assert b"--link: no URL: 'x'" in done.stderr
    assert not (tmp_path / "out").exists()
