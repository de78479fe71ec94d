"""docs/smpl.md: its examples do what it says, and spatch differs where it says so."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from refactor.c.lexical import code_only
from refactor.errors import RuleError
from refactor.match.verdict import Change, Conforming, Refused, Verdict
from refactor.report import text
from refactor.rewrite.file import Rewritten
from refactor.rewrite.whole import rewrite_all
from refactor.rule.edits import Program
from refactor.rule.smpl.load import load
from tests.support import PROJECT, run_treewide

TEXT = (PROJECT / "docs" / "smpl.md").read_text()
DIFFERENCES = "Where the result differs from spatch's"

BLOCKS = re.compile(
    r"^(?P<level>##+) (?P<heading>[^\n]*)"
    r"|```cocci\n(?P<patch>.*?)```\n"
    r"(?:```error\n(?P<error>.*?)```"
    r"|```c\n(?P<before>.*?)```\n```(?P<kind>c|text)\n(?P<after>.*?)```)",
    re.DOTALL | re.MULTILINE,
)


class Example(NamedTuple):
    """A patch of the page with what is shown of it; `told` are lines of `--verbose`."""

    chapter: str
    heading: str
    patch: str
    before: str
    after: str
    told: str
    error: str


def examples() -> list[Example]:
    found = []
    chapter = heading = ""
    for match in BLOCKS.finditer(TEXT):
        if match["heading"]:
            heading = match["heading"]
            chapter = heading if match["level"] == "##" else chapter
            continue
        after = match["after"] or ""
        shown, told = (after, "") if match["kind"] == "c" else ("", after)
        found.append(
            Example(
                chapter,
                heading,
                match["patch"],
                match["before"] or "",
                shown,
                told,
                match["error"] or "",
            )
        )
    return found


EXAMPLES = examples()
APPLIED = [each for each in EXAMPLES if not each.error]
IDS = [f"{number} {each.heading}" for number, each in enumerate(APPLIED)]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the files of an example lie, by the names that the page gives them."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def applied(example: Example) -> Rewritten:
    file = Path("rule.cocci")
    file.write_text(example.patch)
    return rewrite_all("a.c", example.before.encode(), Program(load(file, {}).edits))


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("example", APPLIED, ids=IDS)
def test_an_example(example: Example) -> None:
    result = applied(example)
    if example.told:
        assert "".join(f"{line}\n" for line in lines_of(result)) == example.told
    else:
        assert not result.refused
        assert result.after.decode() == example.after


def lines_of(result: Rewritten) -> list[str]:
    """The verdicts as `--verbose` prints them, in the order of the file."""
    found = []
    for verdict in sorted(result.verdicts, key=lambda each: each.where):
        before = result.before[: verdict.where.start]
        line = before.count(b"\n") + 1
        column = len(before) - (before.rfind(b"\n") + 1) + 1
        found.append(f"a.c:{line}:{column}: {said(verdict)}")
    return found


def said(verdict: Verdict) -> str:
    if isinstance(verdict, Change):
        return "changed"
    if isinstance(verdict, Conforming):
        return "conforming"
    what = "refused" if isinstance(verdict, Refused) else "not applicable"
    return f"{what}: {verdict.message}"


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("example", [each for each in EXAMPLES if each.error])
def test_what_is_refused(example: Example) -> None:
    with pytest.raises(RuleError) as refused:
        applied(example)
    assert text.error(refused.value).split("\n")[0] == example.error.strip()


@pytest.mark.parametrize("example", APPLIED, ids=IDS)
def test_spatch_differs_where_the_page_says_so(example: Example, folder: Path) -> None:
    """Tokens are compared: white space and comments have a section of their own."""
    if shutil.which("spatch") is None:
        pytest.skip("spatch is not installed")
    ours = applied(example).after
    (folder / "a.c").write_text(example.before)
    subprocess.run(
        ["spatch", "--very-quiet", "--no-includes", "--in-place", "--sp-file", "rule.cocci", "a.c"],
        cwd=folder,
        capture_output=True,
        timeout=60,
        check=False,
    )
    theirs = (folder / "a.c").read_bytes()
    # The example of verdicts has a place that is conforming, which spatch does not know.
    is_different = example.heading == "Verdicts" or (
        example.chapter == DIFFERENCES and example.heading != "White space and comments"
    )
    assert (tokens(ours) != tokens(theirs)) == is_different


def tokens(code: bytes) -> list[bytes]:
    """The words and signs of some code, without its comments."""
    return re.findall(rb"\w+|[^\w\s]", code_only(code))


def test_every_message_of_the_loader_is_real() -> None:
    """The table of what is refused has the words of the program."""
    files = (PROJECT / "refactor" / "rule" / "smpl").rglob("*.py")
    # A message may be written in two pieces, one a line.
    source = re.sub(r'"\s*f?"', "", "".join(each.read_text() for each in files))
    table = TEXT.split("| construct | message |")[1].split("\n\n")[0]
    for message in re.findall(r"\| `([^`]*)` \|$", table, re.MULTILINE):
        pieces = re.split(r"NAME|KIND|ocaml|\.\.\.|the pattern", message)
        assert all(piece.strip() in source for piece in pieces), message


def test_the_first_screen_of_the_readme(folder: Path, kernel_tree: Callable[[str], Path]) -> None:
    """Its patch, run with its command on its tree, prints its hunk and its last line."""
    screen = (PROJECT / "README.md").read_text().split("\nThat is Linux 6.1.")[0]
    lines = [line.removeprefix("    ") for line in screen.split("\n")]
    command = next(line for line in lines if line.startswith("$ treewide diff"))
    (folder / "kzalloc.cocci").write_text(
        "\n".join(lines[lines.index("$ cat kzalloc.cocci") + 1 : lines.index(command)])
    )
    shown = "\n".join(lines[lines.index(command) + 1 :]).split("...\n")
    arguments = [word.strip("'") for word in command.split()[3:-1]]
    done = run_treewide(["diff", *arguments, kernel_tree("6.1")], cwd=folder)
    assert shown[1].rstrip() in done.stdout.decode()
    assert done.stderr.decode().endswith(shown[2].lstrip())


def test_the_line_in_the_place_of_coccicheck(kernel_tree: Callable[[str], Path]) -> None:
    """The command of the README prints on its tree what is shown, with something left out."""
    screen = (PROJECT / "README.md").read_text().split("## In the place of coccicheck")[1]
    lines = [
        line.removeprefix("    ") for line in screen.split("\nEach script")[0].strip().split("\n")
    ]
    tree = kernel_tree("6.1")
    done = run_treewide([word.strip("'") for word in lines[0].split()[2:]], cwd=tree)
    printed = [*done.stdout.decode().splitlines(), *done.stderr.decode().splitlines()]
    shown = [line for line in lines[1:] if line != "..."]
    assert [line for line in printed if line in shown] == shown
