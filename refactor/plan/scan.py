"""What a tree has of the files that are looked for: their bytes, and what cannot be read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from refactor.errors import Place
from refactor.match.verdict import Reason, Refused
from refactor.plan.facts import is_kconfig
from refactor.plan.split import Placed, component_of
from refactor.text import Span
from refactor.tree.tree import SIZE_LIMIT, Blob, Entry, KernelTree, Search

PORTION = 4 * 1024 * 1024
"""How much is read at once, in bytes."""

Progress = Callable[[str], None]
"""Is told what is being done now, in a few words."""


def scan(
    tree: KernelTree, found: Search, also: Collection[str] = ()
) -> Iterator[Blob | Placed[Refused]]:
    """Every C file that is found, and those of `also` that there are, as soon as it is there.

    git is searching for the next ones while the caller works on these. A file that is not read is
    refused in its place.
    """
    done: set[str] = set()
    for batch in found.batches():
        yield from _read(tree, [path for path in batch if not is_kconfig(path)])
        done.update(batch)
    yield from _read(tree, sorted(set(also) - done))


def _read(tree: KernelTree, paths: Iterable[str]) -> Iterator[Blob | Placed[Refused]]:
    sizes = tree.sizes(paths)
    large = too_large(sizes)
    yield from large.values()
    for portion in _portions({path: sizes[path] for path in sorted(sizes.keys() - large.keys())}):
        yield from tree.read(portion).values()


def _portions(sizes: Mapping[str, int]) -> Iterator[list[str]]:
    """The files in portions of a few megabytes, so that not all of them are in memory at once."""
    portion: list[str] = []
    total = 0
    for path, size in sizes.items():
        portion.append(path)
        total += size
        if total >= PORTION:
            yield portion
            portion, total = [], 0
    if portion:
        yield portion


def too_large(sizes: Mapping[str, int]) -> dict[str, Placed[Refused]]:
    """The files that are not even read, by path; `sizes` are bytes."""
    return {
        path: unread(path, Reason.SIZE, f"{size} bytes, the limit is {SIZE_LIMIT}")
        for path, size in sorted(sizes.items())
        if size > SIZE_LIMIT
    }


def behind(entries: Iterable[Entry]) -> list[Placed[Refused]]:
    """What nobody reads, such as what lies behind a link out of the tree."""
    return [unread(each.path, Reason.UNREAD, each.note) for each in entries]


def unread(path: str, reason: Reason, note: str) -> Placed[Refused]:
    """A refusal of a file as a whole."""
    return Placed(Place(path, 1, 1), component_of(path), Refused(reason, Span(0, 0), note))
