"""What a tree has to do with a rule: which vintage it is, and what is in which file.

Here the reading ends: what is made of it, patches or findings, is a function of these values.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from refactor.c.lexical import code_only, macro_names, mentions
from refactor.c.syntax import Function, SourceFile, includes, parse
from refactor.errors import Place, RefusedError
from refactor.kconfig import Select, Selection, selections, selects
from refactor.match import Found, NotApplicable, Reason, Refused, find, only_uses
from refactor.rewrite import Insertion
from refactor.rules import GENERIC, HelperRule, Rule, Vintage
from refactor.search import KCONFIG
from refactor.tree import SIZE_LIMIT, Blob, Entry, KernelTree, Search

Progress = Callable[[str], None]
"""Is told what is being done now, in a few words."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that was not changed, and why."""

    place: Place
    reason: Reason
    note: str
    function: str
    component: str

    @property
    def message(self) -> str:
        """The reason, and what is special here."""
        return f"{self.reason}: {self.note}" if self.note else str(self.reason)


# ---------------------------------------------------------------------------- what the tree is


def macros_of(tree: KernelTree, rule: Rule) -> Mapping[str, frozenset[str]]:
    """What is defined by each header that tells the rule's vintages."""
    headers = {header for vintage in rule.vintages for header in vintage.macros}
    blobs = tree.read(headers)
    return {
        header: macro_names(code_only(blobs[header].data)) if header in blobs else frozenset()
        for header in headers
    }


def vintage_of(
    tree: KernelTree, rule: Rule, defined: Mapping[str, frozenset[str]] | None = None
) -> Vintage:
    """The first vintage that the tree fits, which may be one that the rule refuses."""
    defined = macros_of(tree, rule) if defined is None else defined
    files = tree.sizes({file for vintage in rule.vintages for file in vintage.files})
    for vintage in rule.vintages:
        if (
            all(file in files for file in vintage.files)
            and all(set(names) <= defined[header] for header, names in vintage.macros.items())
            and _has_words(tree, vintage)
        ):
            return vintage
    names = ", ".join(vintage.name for vintage in rule.vintages)
    raise RefusedError(
        f"rule {rule.id} knows no tree like this one (it knows: {names})",
        place=Place(str(tree.root)),
    )


def _has_words(tree: KernelTree, vintage: Vintage) -> bool:
    """True if the code of each file has the words that the vintage tells it by."""
    blobs = tree.read(vintage.words) if vintage.words else {}
    code = {path: code_only(blob.data) for path, blob in blobs.items()}
    return all(
        path in code and all(any(mentions(code[path], name)) for name in names)
        for path, names in vintage.words.items()
    )


def component_of(path: str) -> str:
    """The architecture that a file belongs to, or `GENERIC`."""
    parts = path.split("/")
    return parts[1] if parts[0] == "arch" and len(parts) > 2 else GENERIC


def is_kconfig(path: str) -> bool:
    """True for a file that is included by Kconfig, told by its name."""
    return path.rsplit("/", 1)[-1].startswith("Kconfig")


def options_of(
    tree: KernelTree, names: Collection[str], mentioning: Search
) -> dict[str, dict[str, Selection]]:
    """For each option: the architectures that select it. `mentioning` finds the files that do."""
    wanted = set(names)
    files = set(mentioning())
    every = _selects_of(tree, files)
    generic = every.get(GENERIC, [])
    carriers = {select.config for select in generic if select.symbol in wanted} - wanted
    if carriers:
        further = set(tree.search(carriers, KCONFIG)()) - files
        for component, more in _selects_of(tree, further).items():
            every.setdefault(component, []).extend(more)
    options: dict[str, dict[str, Selection]] = {option: {} for option in names}
    for component in sorted(every.keys() - {GENERIC}):
        for option, selection in selections(every[component], generic, names).items():
            options[option][component] = selection
    return options


def _selects_of(tree: KernelTree, files: Collection[str]) -> dict[str, list[Select]]:
    """For each component: what its Kconfig files select."""
    found: dict[str, list[Select]] = {}
    for blob in tree.read(files).values():
        found.setdefault(component_of(blob.path), []).extend(selects(blob.path, blob.data))
    return found


# ---------------------------------------------------------------------------- what is in the files


@dataclass(frozen=True, slots=True)
class File:
    """A file that has to do with the rule, and what `find` says about it."""

    blob: Blob
    source: SourceFile
    found: Found


@dataclass(slots=True)
class Survey:
    """Every file that has to do with a rule."""

    found: list[File]
    refused: list[Remark]
    helpers: list[tuple[SourceFile, Function]]
    mentions: int = 0


def survey(
    tree: KernelTree,
    rule: HelperRule,
    paths: Search,
    links: Iterable[Entry],
    progress: Progress,
    telling: Callable[[bytes], bool] = lambda _: False,
    memory: dict[str, File] | None = None,
) -> Survey:
    """Read and judge every file that mentions the entry, but not as a mere use, or the helper.

    `links` are those that lead out of the tree, `KernelTree.outward_links`: a file behind one was
    not searched. In a tree with the helper, files that `telling` is true of are read as well. What
    `memory` has of an earlier survey is taken from there where a file has the same bytes.

    A file is judged as soon as it is found, while git is searching the others.
    """
    memory = {} if memory is None else memory
    helper = rule.helper.name.encode()
    result = Survey([], [], [])
    only_used: list[Blob] = []

    def judge(blob: Blob) -> None:
        progress(blob.path)
        file = memory.get(blob.path)
        if file is None or file.blob != blob:
            source = parse(blob.path, blob.data)
            file = memory[blob.path] = File(blob, source, find(source, rule))
        result.found.append(file)

    for batch in paths.batches():
        sizes = tree.sizes(path for path in batch if not is_kconfig(path))
        large = too_large(sizes)
        result.refused += large.values()
        for blob in tree.read(sizes.keys() - large.keys()).values():
            result.mentions += 1
            if helper in blob.data or not only_uses(blob.data, rule.entry):
                judge(blob)
            else:
                only_used.append(blob)
    result.refused += behind(links)
    has_helper = any(helper in file.blob.data for file in result.found)
    for blob in only_used:
        if has_helper and telling(blob.data):
            judge(blob)
    result.found.sort(key=lambda file: file.blob.path)
    result.helpers += [
        (file.source, function)
        for file in result.found
        if helper in file.blob.data
        for function in file.source.functions
        if function.name == rule.helper.name
    ]
    return result


def too_large(sizes: Mapping[str, int]) -> dict[str, Remark]:
    """The files that are not even read, by path; `sizes` are bytes."""
    return {
        path: _unread(path, Reason.SIZE, f"{size} bytes, the limit is {SIZE_LIMIT}")
        for path, size in sorted(sizes.items())
        if size > SIZE_LIMIT
    }


def behind(links: Iterable[Entry]) -> list[Remark]:
    """What cannot be read because it lies behind links out of the tree."""
    return [_unread(link.path, Reason.LINK, link.note) for link in links]


def _unread(path: str, reason: Reason, note: str) -> Remark:
    return Remark(Place(path, 1, 1), reason, note, "", component_of(path))


def remark_on(source: SourceFile, outcome: Refused | NotApplicable) -> Remark:
    """What `find` or `rewrite` has said about a part of `source`."""
    return Remark(
        source.place(outcome.where.start),
        outcome.reason,
        outcome.note,
        outcome.function,
        component_of(source.path),
    )


def missing_include(source: SourceFile, rule: HelperRule) -> Insertion | None:
    """An #include of the helper's header, for a file that has includes, but not this one."""
    return include_of(source, rule.helper.header.removeprefix("include/"))


def include_of(source: SourceFile, header: str) -> Insertion | None:
    """An #include of `header` beside those of its folder, unless the file has it, or has none."""
    present = includes(source)
    if not present or header in [name for name, _ in present]:
        return None
    folder = header.rsplit("/", 1)[0] + "/"
    alike = [node for name, node in present if name.startswith(folder)]
    offset = (alike[-1] if alike else present[-1][1]).start_byte
    return Insertion(source.line_end(offset), b"#include <" + header.encode() + b">\n")
