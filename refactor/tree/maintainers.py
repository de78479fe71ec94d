"""MAINTAINERS: who is to be on Cc of a patch, as scripts/get_maintainer.pl finds them.

Only from the tree's own text: the script of the tree is not run, because nothing of a tree is. File
patterns (F:, X:, N:) count, K: for the text of the patch, and .mailmap; git history is not asked.
The format is described at the top of MAINTAINERS; where the script does something else, the script
counts, for it is what the maintainers are used to.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from refactor.tree.tree import KernelTree

CHIEF = "buried alive in reporters"
"""The status of the one whom the script leaves out: he has enough mail."""


class Person(NamedTuple):
    """A name, which may be empty, and an address."""

    name: str
    mail: str

    def __str__(self) -> str:
        """`Name <mail>`, with the name in quotes where RFC 5322 wants it."""
        name = self.name
        if re.search(r"[^\w\s!#$%&'*+/=?^`{|}~-]", name):
            name = f'"{name}"'
        return f"{name} <{self.mail}>" if name else self.mail


@dataclass
class Section:
    """One subsystem: its lines, each with its letter, in order."""

    title: str
    lines: list[tuple[str, str]] = field(default_factory=list)

    def get(self, letter: str) -> list[str]:
        """The values of all lines with that letter."""
        return [value for each, value in self.lines if each == letter]

    @cached_property
    def files(self) -> tuple[_Pattern | str, ...]:
        """What F: and N: name, in order: patterns of files, and Perl's expressions."""
        return tuple(
            _Pattern(value) if letter == "F" else value
            for letter, value in self.lines
            if letter in "FN"
        )

    @cached_property
    def exceptions(self) -> tuple[_Pattern, ...]:
        """What X: names."""
        return tuple(map(_Pattern, self.get("X")))

    @property
    def is_of_the_chief(self) -> bool:
        """True for the section of last resort. Its lists want to see all patches."""
        return any(status.lower() == CHIEF for status in self.get("S"))


class _Pattern:
    """A file pattern as the script reads it, which is not quite as MAINTAINERS describes it.

    It is a prefix: `dir/` has everything below it, in any depth, and so has `dir` if that is a
    folder of the tree. Any other one fits names that begin with it and have as many slashes, and
    `*` may stand for some of them.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._expression: re.Pattern[str] | None = None
        # What every file that fits begins with: most patterns are dismissed by it.
        self.start = re.split(r"[*?+()\[\]{}|^$\\]", text, maxsplit=1)[0]
        self._is_plain = self.start == text

    @property
    def depth(self) -> int:
        """How specific it is; the deeper, the earlier its section comes."""
        if self.text.startswith("*"):
            return -1
        return self.text.rstrip("/").count("/") + 1

    def fits(self, path: str, is_folder: Callable[[str], bool]) -> bool:
        if not path.startswith(self.start):
            return False
        if self._is_plain:
            if self.text.endswith("/"):
                return True
            # A dot keeps the script from seeing that a pattern names a folder.
            may_be_folder = "." not in self.text
            if may_be_folder and path.startswith(self.text + "/"):
                return True
            begun = self.text.count("/") == path.count("/")
            return begun and (path == self.text or not (may_be_folder and is_folder(self.text)))
        if self._expression is None:
            translated = self.text.replace(".", r"\.").replace("*", ".*").replace("?", ".")
            self._expression = _compiled(translated)
        return self._expression.match(path) is not None and (
            self.text.endswith("/") or self.text.count("/") == path.count("/")
        )


def maintainers_of(tree: KernelTree) -> Maintainers | None:
    """What the MAINTAINERS and the .mailmap of a tree say; None if it has no MAINTAINERS."""
    texts = {
        path: blob.data.decode(errors="replace")
        for path, blob in tree.read(["MAINTAINERS", ".mailmap"]).items()
    }
    if "MAINTAINERS" not in texts:
        return None
    mailmap = Mailmap(texts.get(".mailmap", ""))
    return Maintainers(sections(texts["MAINTAINERS"]), mailmap, tree.has_folder)


def sections(text: str) -> list[Section]:
    """The sections of a MAINTAINERS file, in order."""
    found: list[Section] = []
    title: str | None = ""
    for line in text.splitlines():
        match = _LINE.match(line)
        if match is not None:
            if title is not None:
                found.append(Section(title))
                title = None
            found[-1].lines.append((match[1], match[2].rstrip()))
        elif line.strip() and not line.lstrip().startswith("#"):
            title = line.strip()
    return found


_LINE = re.compile(r"([A-Z]):\s*(.*)")


def addresses(
    found: Iterable[Section],
    paths: Iterable[str],
    patch: str = "",
    mailmap: Mailmap | None = None,
    is_folder: Callable[[str], bool] = lambda _: False,
) -> list[str]:
    """What `Maintainers.addresses` says, for one question."""
    return Maintainers(found, mailmap, is_folder).addresses(paths, patch)


class Maintainers:
    """All sections, with an index: a treewide change asks for thousands of files.

    `is_folder` says whether a path is a folder of the tree.
    """

    def __init__(
        self,
        found: Iterable[Section],
        mailmap: Mailmap | None = None,
        is_folder: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self.sections = list(found)
        self._mailmap = mailmap or Mailmap("")
        self._is_folder = cache(is_folder)
        self._chiefs = {
            _person(who).mail
            for each in self.sections
            if each.is_of_the_chief
            for who in each.get("M")
        }
        # A pattern fits no path that does not begin as it does, so a path's own beginnings are
        # looked up. Perl's expressions have no such beginning, and each path is tried with all.
        self._by_start: dict[str, list[tuple[int, int, _Pattern]]] = {}
        self._searched: list[tuple[int, int, str]] = []
        for number, section in enumerate(self.sections):
            for place, each in enumerate(section.files):
                if isinstance(each, _Pattern):
                    self._by_start.setdefault(each.start, []).append((number, place, each))
                else:
                    self._searched.append((number, place, each))
        self._keywords = [
            (number, expressions)
            for number, section in enumerate(self.sections)
            if (expressions := section.get("K"))
        ]
        self._of: dict[str, dict[int, int]] = {}

    def addresses(self, paths: Iterable[str], patch: str = "") -> list[str]:
        """Mail addresses for a patch that touches `paths`: lists, then maintainers and reviewers.

        More specific sections come first: the deeper the file pattern, the earlier. `patch` is the
        text of the patch, for K: patterns. Each person comes once, with one address.
        """
        lists: dict[str, str] = {}
        people: list[Person] = []
        for section in self._concerned(list(paths), patch):
            for text in section.get("L"):
                address = _list(text)
                if address:
                    lists.setdefault(address.lower(), address)
            people += [_person(who) for who in (*section.get("M"), *section.get("R"))]
        known = _merged(people, self._mailmap, self._chiefs)
        named = {person.mail.lower() for person in known}  # a team has a list as its address
        return [*(lists[each] for each in lists if each not in named), *map(str, known)]

    def closest(self, path: str, patch: str = "") -> Section | None:
        """The section that fits a file most closely; None if only that of last resort has it.

        What is said of the text, by K:, is asked where no pattern of files fits: it comes last.
        """
        for text in dict.fromkeys(("", patch)):
            for section in self._concerned([path], text):
                if not section.is_of_the_chief:
                    return section
        return None

    def lists(self, paths: Iterable[str]) -> list[str]:
        """The mailing lists alone, for what many have to read and no person has to."""
        found = (text for each in self._concerned(list(paths), "") for text in each.get("L"))
        return list(dict.fromkeys(address for text in found if (address := _list(text))))

    def _concerned(self, paths: list[str], patch: str) -> Iterator[Section]:
        """The sections that have one of the files, the most specific first; those of K: last."""
        depths: dict[int, int] = {}
        for path in paths:
            for number, depth in self._fitting(path).items():
                depths[number] = max(depth, depths.get(number, depth))
        if patch:
            for number, expressions in self._keywords:
                if number not in depths and any(_searches(each, patch) for each in expressions):
                    depths[number] = -2
        return (self.sections[number] for number in sorted(depths, key=lambda n: (-depths[n], n)))

    def _fitting(self, path: str) -> dict[int, int]:
        """For each section that has a file, how deep the pattern is that fits it.

        If several fit the same path, it is the last of them that the script goes by.
        """
        if path in self._of:
            return self._of[path]
        fitting = [
            (number, place, each.depth)
            for end in range(len(path) + 1)
            for number, place, each in self._by_start.get(path[:end], ())
            if each.fits(path, self._is_folder)
        ]
        fitting += [(n, place, 0) for n, place, each in self._searched if _searches(each, path)]
        found = {number: depth for number, _, depth in sorted(fitting)}
        self._of[path] = {
            number: depth
            for number, depth in found.items()
            if not any(x.fits(path, self._is_folder) for x in self.sections[number].exceptions)
        }
        return self._of[path]


def _searches(pattern: str, text: str) -> bool:
    """A Perl expression of MAINTAINERS; one that Python does not know fits nothing."""
    return _compiled(pattern, _PERL).search(text) is not None


_PERL = re.MULTILINE | re.VERBOSE


@cache
def _compiled(pattern: str, flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
    """An expression, or one that fits nothing where Python does not know it."""
    try:
        return re.compile(pattern, flags)
    except re.error:
        return re.compile(r"(?!)")


def _person(text: str) -> Person:
    """What M: and R: name."""
    match = re.match(r'"?([^"<]*?)"?\s*<([^>]+)>', text)
    return Person(match[1].strip(), match[2].strip()) if match else Person("", text.strip())


def _list(text: str) -> str:
    """The address of a list; one for its subscribers alone is left out, as the script does."""
    address = text.partition(" ")[0].partition("\t")[0]
    return "" if "subscribers-only" in text or "@" not in address else address


# ---------------------------------------------------------------------------- persons


class Mailmap:
    """.mailmap: who is who, as gitmailmap(5) describes it. `text` may be empty."""

    def __init__(self, text: str) -> None:
        self._names: dict[str, str] = {}
        self._mails: dict[str, str] = {}
        for line in text.splitlines():
            match = _ENTRY.fullmatch(line.partition("#")[0].strip())
            if match is None:
                continue
            name, mail, old_name, old_mail = (part and part.strip() for part in match.groups())
            if old_mail is None:
                self._names[mail] = name
                continue
            key = str(Person(old_name, old_mail)) if old_name else old_mail
            self._mails[key] = mail
            if name:
                self._names[key] = name

    def canonical(self, person: Person) -> Person:
        """The name and the address that a person wants to be known by."""
        for key in (str(person), person.mail):
            if key in self._names or key in self._mails:
                return Person(self._names.get(key, person.name), self._mails.get(key, person.mail))
        return person


_ENTRY = re.compile(r"([^<]*)<([^>]+)>(?:\s*([^<]*)<([^>]+)>)?")


def _merged(people: Iterable[Person], mailmap: Mailmap, without: Iterable[str]) -> list[Person]:
    """Each person once, as .mailmap has it: who has the same name or address is the same one."""
    left_out = set(without)
    seen: dict[str, Person] = {}
    result: dict[Person, None] = {}
    names: set[str] = set()
    mails: set[str] = set()
    for raw in people:
        # The script compares what MAINTAINERS says first, and what .mailmap makes of it then.
        if (raw.name and raw.name.lower() in names) or raw.mail.lower() in mails:
            continue
        names |= {raw.name.lower()} if raw.name else set()
        mails.add(raw.mail.lower())
        person = mailmap.canonical(raw)
        same = seen.get(person.name.lower()) if person.name else None
        same = same or seen.get(person.mail.lower())
        if same is None:
            same = seen[person.mail.lower()] = person
            if person.name:
                seen[person.name.lower()] = person
        if raw.mail not in left_out and same.mail not in left_out:
            result[mailmap.canonical(same)] = None
    return list(result)
