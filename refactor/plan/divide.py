"""How a change is divided into patches: by architecture, by maintainer, by file, or not at all.

By maintainer, a file goes to the section of MAINTAINERS that fits it most closely, as the script of
the kernel ranks them. That is who will read the patch, and whose tree it goes through.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import groupby, pairwise

from refactor.errors import UsageError
from refactor.plan.split import Made
from refactor.rule.model import GENERIC, HelperRule, Rule
from refactor.tree.globs import matches
from refactor.tree.maintainers import Maintainers, Section, maintainers_of
from refactor.tree.tree import KernelTree

AREA = 2
"""How many folders from the top are one area, such as `fs/ext4`."""


@dataclass(frozen=True, slots=True)
class Splitting:
    """What the user says of how a change is divided. Raises UsageError for what has no effect."""

    by: str | None = None
    """`arch`, `maintainer`, `file` or `one`; None for what the rule says, or what suits it."""
    max_files: int = 30
    only: tuple[str, ...] = ()
    """Names of components, or globs of paths: the patches that have one of them."""


ANY_WAY = Splitting()
"""What suits the rule."""


@dataclass(frozen=True, slots=True)
class Division:
    """The patches that a change is made into: for each its component and its files, in order."""

    groups: tuple[tuple[str, tuple[str, ...]], ...]
    by: str
    component_of: Callable[[str], str] | None = None
    """Which component a file belongs to that may not change; None if its folder tells."""


def divided(
    tree: KernelTree,
    rule: Rule,
    changed: Sequence[Made],
    splitting: Splitting,
    by_folder: Callable[[str], str],
) -> Division:
    """Divide the files that change; `by_folder` names the architecture that a file belongs to.

    Raises UsageError where the rule or the tree does not allow what is asked for.
    """
    paths = sorted(each.path for each in changed)
    by = _way(rule, splitting.by)
    known = maintainers_of(tree) if by == "maintainer" else None
    if by == "maintainer" and known is None:
        if splitting.by is not None:
            raise UsageError("--split maintainer needs the tree's MAINTAINERS, and there is none")
        by = "arch"
    if by == "maintainer":
        assert known is not None
        division = _by_maintainer(known, changed, splitting.max_files)
    elif by == "file":
        division = Division(tuple((path, (path,)) for path in paths), by, str)
    elif by == "one":
        whole = ((GENERIC, tuple(paths)),) if paths else ()
        division = Division(whole, by, None if rule.single else lambda _: GENERIC)
    else:
        groups = tuple(
            (component, tuple(some))
            for component, some in groupby(
                sorted(paths, key=lambda path: (_rank(by_folder(path)), path)), key=by_folder
            )
        )
        division = Division(groups, by)
    return _only(_needed_first(division, rule.inserted), splitting.only)


def _way(rule: Rule, asked: str | None) -> str:
    """How a rule is divided. Raises UsageError for a way that it does not allow."""
    own = "one" if rule.single else rule.split
    if isinstance(rule, HelperRule) or rule.facts:  # its words are about architectures
        own = own or "arch"
    if own and asked not in (None, own) and (rule.single or rule.facts):
        why = "no part of it would build alone" if rule.single else "its words are about that"
        raise UsageError(f"rule {rule.id} goes with --split {own} only: {why}")
    if asked or own:
        return asked or own
    is_of_archs = all(path.startswith("arch/") for path in rule.paths)
    return "arch" if is_of_archs else "maintainer"


def _rank(component: str) -> tuple[bool, str]:
    """The core comes first, then the architectures by name."""
    return component != GENERIC, component


def _needed_first(division: Division, inserted: frozenset[str]) -> Division:
    """What others build on, a helper that is put into a header, in front of all of them."""
    needed = [bool(inserted & set(paths)) for _, paths in division.groups]
    order = sorted(range(len(needed)), key=lambda number: not needed[number])
    return Division(tuple(division.groups[n] for n in order), division.by, division.component_of)


def _only(division: Division, wanted: Sequence[str]) -> Division:
    """The patches that are asked for. Raises UsageError for a name that none has."""
    if not wanted:
        return division
    for name in wanted:
        if not any(_is_meant(name, *group) for group in division.groups):
            from difflib import get_close_matches

            names = [component for component, _ in division.groups]
            close = get_close_matches(name.upper(), names, 1) or names[:3]
            hint = f"there is {', '.join(map(repr, close))}" if close else ""
            raise UsageError(f"--only {name}: no patch of the series is of that", hint=hint)
    kept = tuple(
        group for group in division.groups if any(_is_meant(name, *group) for name in wanted)
    )
    return Division(kept, division.by, division.component_of)


def _is_meant(name: str, component: str, paths: Sequence[str]) -> bool:
    glob = name if "*" in name or "?" in name else f"{name.rstrip('/')}/**"
    return fnmatchcase(component.lower(), name.lower()) or any(
        path == name or matches(path, (glob,)) for path in paths
    )


# ---------------------------------------------------------------------------- by maintainer


@dataclass(frozen=True, slots=True)
class _Share:
    """Files with one owner: a section, or a folder that no section claims."""

    title: str
    whom: tuple[frozenset[str], frozenset[str]]
    paths: tuple[str, ...]


def _by_maintainer(known: Maintainers, changed: Sequence[Made], most: int) -> Division:
    shares: dict[str, tuple[Section | None, list[str]]] = {}
    for each in sorted(changed, key=lambda one: one.path):
        text = "".join(
            f"{change.verdict.before}\n{change.verdict.after}\n" for change in each.changes
        )
        section = known.closest(each.path, text)
        shares.setdefault(_title(section, each.path), (section, []))[1].append(each.path)
    joined = _joined(
        [
            _Share(title, _whom(section), tuple(some))
            for title, (section, paths) in shares.items()
            for some in _areas(paths)
        ],
        most,
    )
    pieces = [(share.title, piece) for share in joined for piece in _cut(share.paths, most)]
    pieces.sort(key=lambda one: (folder_of(one[1]), one[1]))
    groups = tuple(zip(_names(pieces), (paths for _, paths in pieces), strict=True))
    owner = {path: component for component, paths in groups for path in paths}

    def component_of(path: str) -> str:
        return owner.get(path) or _title(known.closest(path), path)

    return Division(groups, "maintainer", component_of)


def _areas(paths: Sequence[str]) -> Iterator[list[str]]:
    """Files of one section, area by area if no area has most of them.

    A platform has drivers in a dozen subsystems, and each of these takes patches for its own.
    """
    areas: dict[str, list[str]] = {}
    for path in paths:
        areas.setdefault(_area(path), []).append(path)
    if 2 * max(map(len, areas.values())) > len(paths):
        areas = {"": list(paths)}
    yield from areas.values()


def _area(path: str) -> str:
    """The first folders of a path."""
    return "/".join(path.split("/")[:-1][:AREA])


def _title(section: Section | None, path: str) -> str:
    if section is None:
        return _area(path) or path
    # Some titles have a tab in them, and a stranger's may have anything: a name is one line.
    words = " ".join(section.title.split())
    return "".join(each if each.isprintable() else "?" for each in words)


def _whom(section: Section | None) -> tuple[frozenset[str], frozenset[str]]:
    """The people and the lists of a section, as it names them."""
    if section is None:
        return frozenset(), frozenset()
    return frozenset((*section.get("M"), *section.get("R"))), frozenset(section.get("L"))


def _joined(shares: Sequence[_Share], most: int) -> list[_Share]:
    """Join small neighbours that go to the same people: they would read the same thing twice."""
    result: list[_Share] = []
    open_ones: dict[object, int] = {}
    for share in sorted(shares, key=lambda one: one.paths[0]):
        folder = folder_of(share.paths)
        parent = os.path.dirname(folder)
        # Beside one another, or one inside of the other; of all of drivers/ nobody is a neighbour.
        near = [folder, parent] if "/" in parent else [folder]
        known = [n for place in near if (n := open_ones.get((share.whom, place))) is not None]
        number = known[0] if known and share.whom[0] else None
        if number is not None and len(result[number].paths) + len(share.paths) <= most:
            other = result[number]
            larger = max(other, share, key=lambda one: len(one.paths))
            paths = tuple(sorted((*other.paths, *share.paths)))
            result[number] = _Share(larger.title, share.whom, paths)
        else:
            number = len(result)
            result.append(share)
        open_ones |= dict.fromkeys(((share.whom, place) for place in near), number)
    return result


def _cut(paths: tuple[str, ...], most: int, depth: int = 0) -> list[tuple[str, ...]]:
    """Cut what is too long for one reader, between folders if that is possible."""
    if len(paths) <= most:
        return [paths]
    parts = [path.split("/") for path in paths]
    if all(len(each) - 1 <= depth for each in parts):  # all in one folder
        number = -(-len(paths) // most)
        bounds = [len(paths) * each // number for each in range(number + 1)]
        return [paths[a:b] for a, b in pairwise(bounds)]
    pieces = [
        piece
        for _, some in groupby(
            sorted(paths, key=lambda path: path.split("/")[:-1][depth : depth + 1]),
            key=lambda path: path.split("/")[:-1][depth : depth + 1],
        )
        for piece in _cut(tuple(some), most, depth + 1)
    ]
    packed: list[tuple[str, ...]] = []
    for piece in pieces:
        if packed and len(packed[-1]) + len(piece) <= most:
            packed[-1] = (*packed[-1], *piece)
        else:
            packed.append(piece)
    return packed


def _names(pieces: Sequence[tuple[str, tuple[str, ...]]]) -> list[str]:
    """A name for each, all different: the title, with the folder or a number where it needs one."""
    titles = [title for title, _ in pieces]
    names = [
        title if titles.count(title) == 1 else f"{title}: {folder_of(paths)}"
        for title, paths in pieces
    ]
    seen: dict[str, int] = {}
    several = {name for name in names if names.count(name) > 1}
    for place, name in enumerate(names):
        if name in several:
            seen[name] = seen.get(name, 0) + 1
            names[place] = f"{name} ({seen[name]})"
    return names


def folder_of(paths: Iterable[str]) -> str:
    """The folder that files have in common; of files from several areas, that of most of them."""
    every = list(paths)
    areas: dict[str, list[str]] = {}
    for path in every:
        areas.setdefault(_area(path), []).append(os.path.dirname(path))
    most = max(areas.values(), key=len)
    return os.path.commonpath(
        most if 2 * len(most) > len(every) else [os.path.dirname(path) for path in every]
    )
