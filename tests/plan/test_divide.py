"""Into which patches a change is divided, and who is asked for that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refactor.commands.common import Request, prepared
from refactor.errors import UsageError
from refactor.plan.divide import folder_of
from refactor.series.facts import needed
from refactor.tree.maintainers import Maintainers, sections

CALL = "void f{n}(void *p)\n{{\n\tvfree(p);\n}}\n"
RULE = "// Use the other function\n@@\nexpression p;\n@@\n- vfree(p)\n+ kvfree(p)\n"

MAINTAINERS = """\
ONE DRIVER
M:	One <one@a.org>
L:	list@a.org
F:	drivers/net/one/

ANOTHER DRIVER OF THE SAME PEOPLE
M:	One <one@a.org>
L:	list@a.org
F:	drivers/net/one/sub/

FAR AWAY, BUT OF THE SAME PEOPLE
M:	One <one@a.org>
L:	list@a.org
F:	fs/far/

NETWORKING
M:	Net <net@a.org>
F:	drivers/net/
X:	drivers/net/excluded/

PLATFORM
M:	Plat <plat@a.org>
N:	plat_

KEYWORD
M:	Key <key@a.org>
K:	very_special

THE REST
M:	Chief <chief@a.org>
S:	Buried alive in reporters
F:	*
F:	*/
"""


def tree_of(tmp_path: Path, files: Mapping[str, str] | Sequence[str]) -> Path:
    """A plain folder with a call in each file, and MAINTAINERS."""
    texts = files if isinstance(files, Mapping) else dict.fromkeys(files, "")
    for number, (path, extra) in enumerate(texts.items()):
        file = tmp_path / "tree" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(CALL.format(n=number) + extra)
    (tmp_path / "tree/MAINTAINERS").write_text(MAINTAINERS)
    (tmp_path / "use_other.cocci").write_text(RULE)
    return tmp_path / "tree"


def divided(tmp_path: Path, tree: Path, **options: object) -> list[tuple[str, list[str]]]:
    request = Request(tree=tree, rule=str(tmp_path / "use_other.cocci"), **options)  # type: ignore[arg-type]
    plan = prepared(request, lambda _: None, with_facts=False).plan
    return [(patch.component, [each.path for each in patch.files]) for patch in plan.patches]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param(
            ["drivers/net/a.c", "drivers/net/one/b.c"],
            [("NETWORKING", ["drivers/net/a.c"]), ("ONE DRIVER", ["drivers/net/one/b.c"])],
            id="the deepest pattern",
        ),
        pytest.param(
            ["drivers/net/excluded/a.c"],
            [("drivers/net", ["drivers/net/excluded/a.c"])],
            id="excluded, so its folder",
        ),
        pytest.param(["lib/plat_a.c"], [("PLATFORM", ["lib/plat_a.c"])], id="N"),
        pytest.param(["lib/a.c", "lib/sub/b.c", "mm/c.c"],
                     [("lib", ["lib/a.c"]), ("lib/sub", ["lib/sub/b.c"]), ("mm", ["mm/c.c"])],
                     id="nobody's go to their folder"),
        pytest.param(
            ["drivers/net/one/a.c", "drivers/net/one/sub/b.c"],
            [("ONE DRIVER", ["drivers/net/one/a.c", "drivers/net/one/sub/b.c"])],
            id="joined",
        ),
        pytest.param(
            ["drivers/net/one/a.c", "fs/far/b.c"],
            [("ONE DRIVER", ["drivers/net/one/a.c"]),
             ("FAR AWAY, BUT OF THE SAME PEOPLE", ["fs/far/b.c"])],
            id="no neighbours",
        ),
        pytest.param(
            ["a/x/plat_1.c", "b/x/plat_2.c", "c/x/plat_3.c"],
            [("PLATFORM: a/x", ["a/x/plat_1.c"]), ("PLATFORM: b/x", ["b/x/plat_2.c"]),
             ("PLATFORM: c/x", ["c/x/plat_3.c"])],
            id="a platform, by the areas it is in",
        ),
    ],
)  # fmt: skip
def test_by_maintainer(
    files: list[str], expected: list[tuple[str, list[str]]], tmp_path: Path
) -> None:
    assert divided(tmp_path, tree_of(tmp_path, files)) == expected


def test_title_is_one_line_of_words(tmp_path: Path) -> None:
    tree = tree_of(tmp_path, ["lib/a.c"])
    (tree / "MAINTAINERS").write_text("HPET:\tA  timer\x1b[0m\nM:\tA <a@b.org>\nF:\tlib/\n")
    assert divided(tmp_path, tree) == [("HPET: A timer?[0m", ["lib/a.c"])]


def test_keywords_count_where_no_pattern_fits(tmp_path: Path) -> None:
    known = Maintainers(sections(MAINTAINERS))
    titles = [
        section and section.title
        for section in (
            known.closest("lib/a.c", "very_special()"),
            known.closest("drivers/net/a.c", "very_special()"),
            known.closest("lib/a.c", "else"),
        )
    ]
    assert titles == ["KEYWORD", "NETWORKING", None]


@pytest.mark.parametrize("most", [1, 2, 3, 7, 100])
def test_no_patch_has_too_many_files_and_each_file_has_one(most: int, tmp_path: Path) -> None:
    files = [f"drivers/net/{folder}/{n}.c" for folder in "abc" for n in range(5)]
    files += [f"drivers/net/{n}.c" for n in range(4)]
    found = divided(tmp_path, tree_of(tmp_path, files), max_files=most)
    assert sorted(path for _, paths in found for path in paths) == sorted(files)
    assert max(len(paths) for _, paths in found) <= most
    assert len({component for component, _ in found}) == len(found)
    if most == 7:  # between folders, where that is possible
        folders = [{path.rpartition("/")[0] for path in paths} for _, paths in found]
        assert all(len(each) == 1 for each in folders)


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("arch", ["generic", "x86"]),
        ("file", ["arch/x86/a.c", "lib/b.c", "lib/c.c"]),
        ("one", ["generic"]),
        ("maintainer", ["arch/x86", "lib"]),
        (None, ["arch/x86", "lib"]),
    ],
)
def test_each_way(by: str | None, expected: list[str], tmp_path: Path) -> None:
    tree = tree_of(tmp_path, ["arch/x86/a.c", "lib/b.c", "lib/c.c"])
    assert [component for component, _ in divided(tmp_path, tree, split=by)] == expected


def test_rule_under_arch_is_divided_by_architecture(tmp_path: Path) -> None:
    tree = tree_of(tmp_path, ["arch/x86/a.c", "arch/x86/mm/b.c", "lib/c.c"])
    assert [name for name, _ in divided(tmp_path, tree, paths=("arch/**",))] == ["x86"]


def test_without_maintainers_it_is_divided_by_architecture(tmp_path: Path) -> None:
    tree = tree_of(tmp_path, ["arch/x86/a.c", "lib/b.c"])
    (tree / "MAINTAINERS").unlink()
    assert [component for component, _ in divided(tmp_path, tree)] == ["generic", "x86"]
    with pytest.raises(UsageError, match="needs the tree's MAINTAINERS"):
        divided(tmp_path, tree, split="maintainer")


@pytest.mark.parametrize(
    ("only", "expected"),
    [
        (("NETWORKING",), ["NETWORKING"]),
        (("net*",), ["NETWORKING"]),
        (("lib",), ["lib"]),
        (("drivers/net/one/**",), ["ONE DRIVER"]),
        (("drivers/net/one/b.c", "lib/*.c"), ["ONE DRIVER", "lib"]),
        (("drivers",), ["NETWORKING", "ONE DRIVER"]),
    ],
)
def test_only(only: tuple[str, ...], expected: list[str], tmp_path: Path) -> None:
    tree = tree_of(tmp_path, ["drivers/net/a.c", "drivers/net/one/b.c", "lib/c.c"])
    assert [component for component, _ in divided(tmp_path, tree, only=only)] == expected


def test_only_what_is_not_there(tmp_path: Path) -> None:
    tree = tree_of(tmp_path, ["drivers/net/a.c"])
    with pytest.raises(UsageError, match="no patch of the series is of that") as raised:
        divided(tmp_path, tree, only=("networkin",))
    assert raised.value.hint == "there is 'NETWORKING'"


def test_a_rule_in_one_piece_is_not_divided(tmp_path: Path) -> None:
    tree = tree_of(tmp_path, ["lib/b.c"])
    head = "// Change a head\n@@ @@\n- void f0(void *p)\n+ void f0(void *p, int n)\n  {...}\n"
    (tmp_path / "use_other.cocci").write_text(head)
    with pytest.raises(UsageError, match="no part of it would build alone"):
        divided(tmp_path, tree, split="file")


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        pytest.param("static inline void g(void *p)\n{\n\tvfree(p);\n}\n", 0, id="in a function"),
        pytest.param("#define g(p) vfree(p)\n", 1, id="what others use"),
    ],
)
def test_what_every_patch_may_need(header: str, expected: int, tmp_path: Path) -> None:
    tree = tree_of(tmp_path, ["drivers/net/a.c", "lib/b.c"])
    (tree / "drivers/net/a.h").write_text(header)
    request = Request(tree=tree, rule=str(tmp_path / "use_other.cocci"))
    plan = prepared(request, lambda _: None, with_facts=False).plan
    assert [patch.component for patch in plan.patches] == ["NETWORKING", "lib"]
    assert needed(plan) == expected


@given(st.lists(st.from_regex(r"[ab](/[ab]){0,3}/[cd]\.c", fullmatch=True), min_size=1))
def test_folder_of_files_holds_most_of_them(paths: list[str]) -> None:
    folder = folder_of(paths)
    inside = [path for path in paths if not folder or path.startswith(f"{folder}/")]
    assert 2 * len(inside) > len(paths)
