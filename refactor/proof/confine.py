"""What a function of a stranger may use: the model, and no name of the host.

`validate` compiles functions of a tree and a rule, and runs them. They are compiled against the
headers of the model and those of the compiler, and may name what the model has. The flags that see
to it are data of the model (`[confined]` of model.toml). What is left is looked at here: directives
before the compiler reads any, and then the object, since it is the object that is linked. While it
runs, the process itself gives up what it does not need (`sim/confine.c`).
"""

from __future__ import annotations

import re
import shutil
import subprocess
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path

from refactor.c.lexical import code_only, mentions
from refactor.errors import Place, TreeError
from refactor.proof.compile import Complaint

DIRECTIVES = frozenset(
    b"if ifdef ifndef elif elifdef elifndef else endif define undef error warning line".split()
)
"""Those that read no file. A pragma could undo what the model's headers forbid."""

POISONED = (
    "asm",
    "__asm",
    "__asm__",
    "__attribute",
    "__attribute__",
    "gnu",
    "__gnu__",
    "clang",
    "_Clang",
)
"""As in sim/poison.h, which says why."""

RUNTIME = frozenset(("memcpy", "memmove", "memset", "memcmp", "_GLOBAL_OFFSET_TABLE_"))
"""What compilers call or name by themselves, also where there is no C library (gcc's manual,
"Standards"), and the linker's table."""

SECTIONS = re.compile(
    r"(\.rela?)?\.(text|s?data|s?bss|rodata|toc|opd|eh_frame|comment|note|group|debug_\w+"
    r"|\w+_addrsig|\w+\.attributes)(\.[\w.$-]+)?|\.(sym|str|shstr)tab(_shndx)?"
)
"""Code and data. What runs before main(), or is for the loader, lies in others."""

_SPLICE = re.compile(rb"\\[ \t\f\v]*\r?\n")
_BLANKS = rb"[ \t\f\v\0]*"  # for a compiler, a null character is blank as well
_DIRECTIVE = re.compile(rb"(?:^|[\r\n])%b(?:#|%%:)%b(\w*)(.?)" % (_BLANKS, _BLANKS), re.MULTILINE)


def forbidden_directives(data: bytes, path: str) -> list[Complaint]:
    """What in `data` would have the preprocessor read another file, with its line.

    It is asked before the compiler is: the file could be a device, and messages would quote it.
    """
    # As the preprocessor does it: lines are spliced, and only then there are comments.
    pieces = _SPLICE.split(data)
    spliced = list(accumulate(map(len, pieces)))
    data = b"".join(pieces)
    code = code_only(data)
    found = []
    for match in _DIRECTIVE.finditer(code):
        name, behind = match.groups()
        # A comment with a line end in it would not end the directive.
        is_null = not name and not behind.strip() and b"/*" not in data[slice(*match.span())]
        if name in DIRECTIVES or is_null:
            continue
        line = 1 + code.count(b"\n", 0, match.start(1)) + bisect_left(spliced, match.start(1))
        message = f"#{name.decode(errors='replace')} must not stand among functions that are run"
        found.append(Complaint(Place(path, line), message))
    return found


def of_rule(text: str, path: str) -> list[Complaint]:
    """What a rule's own code must not have: there is no header before it, so words are looked for.

    Without #define there are no other tokens than those that stand there.
    """
    data = _SPLICE.sub(b"", text.encode())
    code = code_only(data)
    found = [word for word in POISONED if any(mentions(code, word))]
    found += ["#define"] if b"define" in code else []
    problems = [f"'{word}' must not be in code that is run" for word in found]
    return [
        *forbidden_directives(text.encode(), path),
        *(Complaint(Place(path), problem) for problem in problems),
    ]


@dataclass(frozen=True, slots=True)
class Code:
    """What a stranger wrote: the path that it is told under, and the text with its lines."""

    path: str
    text: bytes

    def place_of(self, name: str) -> Place:
        """Where `name` is mentioned first, if it is."""
        code = code_only(self.text)
        first = next(iter(mentions(code, name)), None)
        return Place(self.path, 1 + code.count(b"\n", 0, first.start) if first else None)


@dataclass(frozen=True, slots=True)
class Object:
    """What an object file defines, and what it wants to have from others."""

    defined: frozenset[str]
    wanted: frozenset[str]
    exported: frozenset[str]
    """What it defines not for this program alone, but for the host's libraries as well."""
    odd: frozenset[str]
    """Symbols that are neither functions nor data."""
    sections: tuple[str, ...]


@dataclass
class Inspector:
    """Looks into object files with readelf, once into each. Raises TreeError if there is none."""

    command: Sequence[str]
    """The compiler, which knows its readelf."""
    _known: dict[Path, Object] = field(default_factory=dict)

    def complaints(
        self, foreign: Mapping[Path, Code], machine: Collection[Path], kernel: Collection[Path]
    ) -> list[Complaint]:
        """What is wrong with objects of a stranger that shall be linked with those of the model.

        `foreign` has what each object was compiled from. `machine` are the model's objects that use
        the C library, `kernel` its other ones.
        """
        self._read([each for each in (*foreign, *machine, *kernel) if each not in self._known])
        known = {file: self._known[file] for file in (*foreign, *machine, *kernel)}
        defined = _union(each.defined for each in known.values())
        of_model = _union(known[file].defined for file in (*machine, *kernel))
        host = _union(known[file].wanted for file in machine) - of_model
        return [
            Complaint(code.place_of(name), problem)
            for file, code in foreign.items()
            for name, problem in _problems(self._known[file], defined, host)
        ]

    def _read(self, files: Sequence[Path]) -> None:
        if not files:
            return
        ask = [*self.command, "-print-prog-name=readelf"]
        name = subprocess.run(ask, capture_output=True, text=True, check=False).stdout.strip()
        tool = shutil.which(name or "readelf") or shutil.which("readelf")
        if tool is None:
            raise TreeError(
                "readelf is not installed, so nobody can tell what would be run",
                hint="install it: apt-get install binutils",
            )
        # With one file alone its name would not be told.
        command = [
            tool,
            "--wide",
            "--section-headers",
            "--symbols",
            *map(str, files),
            str(files[0]),
        ]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=True)
        for part in re.split(r"^File: ", done.stdout, flags=re.MULTILINE)[1:]:
            file, _, listing = part.partition("\n")
            self._known[Path(file)] = _object(listing)


def _union(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset[str]().union(*sets)


def _problems(
    foreign: Object, defined: frozenset[str], host: frozenset[str]
) -> Iterator[tuple[str, str]]:
    for name in sorted(foreign.wanted - defined - RUNTIME):
        yield name, f"'{name}' is not in the model, and what the host has must not be used"
    for name in sorted((foreign.defined & host) | foreign.exported):
        yield name, f"'{name}' would take the place of what the host has"
    for name in sorted(foreign.odd):
        yield name, f"'{name}' is neither a function nor data"
    for name in foreign.sections:
        if not SECTIONS.fullmatch(name):
            yield name, f"the section {name} is neither code nor data"


_SECTION = re.compile(r"^ +\[ *\d+\] (\S.*?) +[A-Z0-9_]+ +[0-9a-f]{16} [0-9a-f]+ ", re.MULTILINE)
_SYMBOL = re.compile(
    r"^ +\d+: [0-9a-f]+ +\w+ (?P<type>\w+) +(?P<bind>\w+) +(?P<visible>\w+) +(?:\[.*\] +)?"
    r"(?P<where>\w+) (?P<name>\S+)$",
    re.MULTILINE,
)


def _object(listing: str) -> Object:
    """Read what readelf has printed of one object."""
    symbols = [each for each in _SYMBOL.finditer(listing) if each["bind"] != "LOCAL"]
    defined = [each for each in symbols if each["where"] != "UND"]
    return Object(
        defined=frozenset(each["name"] for each in defined),
        wanted=frozenset(each["name"] for each in symbols if each["where"] == "UND"),
        exported=frozenset(each["name"] for each in defined if each["visible"] != "HIDDEN"),
        odd=frozenset(
            each["name"]
            for each in _SYMBOL.finditer(listing)
            if each["type"] not in ("FUNC", "OBJECT", "NOTYPE", "FILE", "SECTION")
        ),
        sections=tuple(dict.fromkeys(_SECTION.findall(listing))),
    )
