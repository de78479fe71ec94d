"""A .cocci file, or the text of an edit, into a `SemanticPatch`: heads, declarations, bodies."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from refactor.pattern.forms import Isomorphism
from refactor.pattern.standard import NAMES
from refactor.pattern.tokens import Metavariable
from refactor.rule.smpl.alone import without_nest
from refactor.rule.smpl.initialisers import or_initialised
from refactor.rule.smpl.isomorphisms import read_isomorphisms
from refactor.rule.smpl.lexer import BodyLexer, number
from refactor.rule.smpl.metavariables import Declarations
from refactor.rule.smpl.model import Depends, PatchRule, ScriptRule, SemanticPatch
from refactor.rule.smpl.sections import SCRIPT, Section, Sections

_WORD = re.compile(r"[A-Za-z_][\w\-]*|&&|\|\||[!(),]|\"[^\"]*\"")

WORDS_OF_HEAD = 1_000
"""How many words the head of a rule can have that depends on others."""

_WIDTHS = {"--int-bits": "32", "--long-bits": "64"}
_WIDTHS_HINT = "an int has 32 bits and a long 64, on which the types of constants depend"

Load = Callable[[str], str | None]
"""Gives the text of a file that a semantic patch names, None if there is none."""


def read(source: str, text: str, load: Load | None = None) -> SemanticPatch:
    """Read a semantic patch. Raises RuleError with line, column and what was expected.

    `load` finds the files of `#include` and `using`; without it they are looked for beside the
    patch, and in the folders around that, because they are named from the top of a project.
    """
    return _Reader(source, text, load or _beside(source)).read()


def _beside(source: str) -> Load:
    def load(name: str) -> str | None:
        folder = Path(source).parent
        for around in (folder, Path(), *folder.parents):
            try:
                return (around / name).read_bytes().decode("utf-8", "replace")
            except OSError:
                continue
        return None

    return load


class _Reader:
    def __init__(self, source: str, text: str, load: Load | None = None) -> None:
        self.source = source
        self.text = text
        self.load = load
        self.sections = Sections(source, text)
        self.lines = self.sections.lines
        self.virtuals: set[str] = set()
        self.isomorphisms: tuple[Isomorphism, ...] = ()
        self.rules: list[PatchRule | ScriptRule] = []
        self.by_name: dict[str, PatchRule | ScriptRule] = {}
        self.others: list[str] = []
        self.names: dict[str, set[str]] = {
            "typedef": set(),
            "iterator name": set(),
            "declarer name": set(),
            "attribute name": set(),
        }

    def read(self) -> SemanticPatch:
        first = self._preamble()
        for section in self.sections.of(first):
            self._rule(section)
        if not self.rules:  # those of included files count
            raise self.sections.fail("there is no rule in it", 1, 1, "a rule begins with @@")
        return SemanticPatch(
            source=self.source,
            text=self.text,
            rules=tuple(self.rules),
            virtuals=frozenset(self.virtuals),
            comment=self._comment(),
            options=tuple(self._options()),
            types=_bytes(self.names["typedef"]),
            iterators=_bytes(self.names["iterator name"]),
            declarers=_bytes(self.names["declarer name"]),
            attributes=_bytes(self.names["attribute name"]),
            others=tuple(self.others),
        )

    # -------------------------------------------------------------------- the top of the file

    def _preamble(self) -> int:
        """Comments, `virtual` and `using` lines; returns the index of the first head."""
        pending = ""
        in_comment = False
        for index, line in enumerate(self.lines):
            stripped = line.strip()
            if in_comment:
                in_comment = "*/" not in stripped
                continue
            if stripped.startswith("/*"):
                in_comment = "*/" not in stripped
                continue
            if line.startswith("@"):
                return index
            if not stripped or stripped.startswith("//"):
                continue
            code = re.sub(r"//.*$", "", stripped).strip()
            if pending or code.startswith("virtual"):
                pending += " " + code
                if code.endswith(","):
                    continue
                names = pending.split(None, 1)[1] if len(pending.split(None, 1)) > 1 else ""
                self.virtuals.update(re.findall(r"\w+", names))
                pending = ""
            elif code.startswith("using"):
                self.isomorphisms += self._using(code, index + 1)
            elif code.startswith("#"):
                if re.match(r"#\s*spatch\b|#\s*$", code) or code.startswith("# "):
                    continue
                include = re.match(r'#include\s*"([^"]+)"', code)
                if include is not None:
                    self._include(include[1], index + 1)
                    continue
                raise self.sections.fail(f"{code.split()[0]} is not supported here", index + 1)
            else:
                raise self.sections.fail(
                    "a rule begins with @@", index + 1, 1, "lines before it are comments or virtual"
                )
        return len(self.lines)

    def _include(self, name: str, line: int) -> None:
        """The rules of another file, before those of this one."""
        text = self.load(name) if self.load is not None else None
        if text is None:
            raise self.sections.fail(f"{name} is not there", line)
        self.others.append(text)
        other = _Reader(name, text, self.load)
        other.rules, other.by_name = self.rules, self.by_name
        other.virtuals, other.names = self.virtuals, self.names
        other.others = self.others
        other.read()

    def _using(self, code: str, line: int) -> tuple[Isomorphism, ...]:
        """The isomorphisms of a file."""
        name = re.search(r'"([^"]+)"', code)
        text = self.load(name[1]) if self.load is not None and name is not None else None
        if name is None or text is None:
            missing = name[1] if name is not None else "the file behind `using`"
            raise self.sections.fail(f"{missing} is not there", line)
        self.others.append(text)
        return tuple(read_isomorphisms(name[1], text))

    def _comment(self) -> str:
        """The leading comment, without its signs and without lines that only tools read."""
        found: list[str] = []
        in_comment = False
        for line in self.lines:
            stripped = line.strip()
            if stripped.startswith("//"):
                text = stripped.lstrip("/")
                if text.startswith(("#", "!")):
                    text = text[1:]
                found.append(text.removeprefix(" ").rstrip())
            elif stripped.startswith("/*") or in_comment:
                text = re.sub(r"^/\*+|\*+/$", "", stripped).strip()
                found.append(text.removeprefix("*").removeprefix(" ").rstrip())
                in_comment = "*/" not in stripped
            elif stripped.startswith(("virtual", "@")):
                break
        skipped = (
            "SPDX",
            "Confidence:",
            "Copyright",
            "Comments:",
            "Options:",
            "Keywords:",
            "URL:",
            "Requires:",
            "Target:",
            "License:",
            "Author:",
        )
        kept = [each for each in found if not each.strip().startswith(skipped)]
        return "\n".join(kept).strip()

    def _options(self) -> list[str]:
        found: list[str] = []
        for at, line in enumerate(self.lines, 1):
            match = re.match(r"\s*//+\s*Options:\s*(.*)|#\s*spatch\s+(.*)", line)
            if match is None:
                continue
            words = (match[1] or match[2] or "").split()
            for option, value in pairwise(words):
                if _WIDTHS.get(option, value) != value:
                    column = line.index(option) + 1
                    raise self.sections.fail(
                        f"{option} {value} is not supported", at, column, _WIDTHS_HINT
                    )
            found += words
        return found

    # -------------------------------------------------------------------- one rule

    def _rule(self, section: Section) -> None:
        script = SCRIPT.match(section.head)
        if script is not None:
            rule: PatchRule | ScriptRule = self._script(section, script)
        else:
            rule = self._patch(section)
        if rule.name in self.by_name:
            raise self.sections.fail(f"there are two rules {rule.name}", section.line)
        self.rules.append(rule)
        self.by_name[rule.name] = rule

    def _script(self, section: Section, match: re.Match[str]) -> ScriptRule:
        head = section.head[match.end() :]
        name, depends = self._name_and_depends(head, section.line, "depends on")
        inherited = []
        text = re.sub(r"//[^\n]*", "", section.declared)
        for each in text.split(";"):
            found = re.match(r"\s*(\w+)\s*<<\s*(\w+)\.(\w+)", each)
            if found:
                inherited.append((found[1], found[2], found[3]))
        return ScriptRule(
            name=name or f"script at line {section.line}",
            line=section.line,
            language=match[2],
            depends=depends,
            inherited=tuple(inherited),
            code="\n".join(line.text for line in section.body),
            phase=match[1],
            first=section.body[0].number if section.body else section.line,
        )

    def _name_and_depends(self, head: str, line: int, _: str) -> tuple[str, Depends]:
        words = _WORD.findall(head)
        name = ""
        depends = Depends()
        at = 0
        if words and words[0] not in ("depends",):
            name, at = words[0], 1
        if at < len(words) and words[at] == "depends":
            depends, at = self._depends(words, at + 2, line)
        return name, depends

    def _patch(self, section: Section) -> PatchRule:
        words = _WORD.findall(section.head)
        name, mode, kind = "", "", ""
        depends = Depends()
        disabled: set[str] = set()
        extended: list[PatchRule] = []
        own = self.isomorphisms
        at = 0
        keywords = (
            "depends",
            "disable",
            "exists",
            "forall",
            "using",
            "extends",
            "expression",
            "identifier",
            "type",
        )
        if words and words[0] not in keywords:
            name, at = words[0], 1
        while at < len(words):
            word = words[at]
            if word == "depends":
                if words[at + 1 : at + 2] != ["on"]:
                    raise self.sections.fail("`on` is expected behind depends", section.line)
                depends, at = self._depends(words, at + 2, section.line)
            elif word == "disable":
                at += 1
                while at < len(words) and words[at] not in keywords:
                    if words[at] != ",":
                        disabled.add(words[at])
                    at += 1
            elif word in ("exists", "forall"):
                mode = word
                at += 1
            elif word in ("expression", "identifier", "type"):
                kind = word
                at += 1
            elif word == "using":
                own += self._using(" ".join(words[at + 1 : at + 2]), section.line)
                at += 2
            elif word == "extends":
                other = self.by_name.get("".join(words[at + 1 : at + 2]))
                if not isinstance(other, PatchRule):
                    raise self.sections.fail(
                        "the name of a rule is expected behind extends", section.line
                    )
                extended.append(other)
                at += 2
            else:
                raise self.sections.fail(f"{word} is not understood here", section.line)
        for word in sorted(disabled - NAMES.union(iso.name for iso in own)):
            hint = "it has to be one of standard.iso, or of a file that is used"
            raise self.sections.fail(f"there is no isomorphism {word}", section.line, 1, hint)
        declarations = Declarations(self.source, section.declared, section.declared_line)
        metavariables = declarations.read(self._known)
        for other in extended:
            depends = Depends("and", "", (depends, Depends("rule", other.name)))
            for name_there, meta in other.metavariables.items():
                origin = meta.origin or other.name
                metavariables.setdefault(name_there, replace(meta, origin=origin, constraints=()))
        for each in metavariables.values():
            if each.sort in self.names:
                self.names[each.sort].add(each.name)
        lexer = BodyLexer(self.source, section.body, metavariables)
        tokens = or_initialised(without_nest(lexer.tokens()), metavariables, disabled)
        number(tokens)
        return PatchRule(
            name=name or f"rule starting on line {section.line}",
            line=section.line,
            column=1,
            depends=depends,
            disabled=frozenset(disabled),
            mode=mode,
            metavariables=metavariables,
            tokens=tokens,
            is_search=lexer.is_search,
            kind=kind,
            isomorphisms=own,
        )

    def _known(self, rule: str, name: str) -> Metavariable | None:
        found = self.by_name.get(rule)
        if isinstance(found, PatchRule):
            return found.metavariables.get(name)
        if isinstance(found, ScriptRule):
            return Metavariable(name, "identifier")
        return None

    def _depends(self, words: list[str], at: int, line: int) -> tuple[Depends, int]:
        def one(at: int) -> tuple[Depends, int]:
            if at >= len(words):
                raise self.sections.fail("a rule is expected behind depends on", line)
            word = words[at]
            if len(words) > WORDS_OF_HEAD:  # each may be one level deeper
                raise self.sections.fail("depends on is longer than anybody can mean", line)
            if word == "!":
                inner, at = one(at + 1)
                return Depends("not", "", (inner,)), at
            if word == "(":
                inner, at = either(at + 1)
                if words[at : at + 1] != [")"]:
                    raise self.sections.fail(") is expected in depends on", line)
                return inner, at + 1
            wanted = {"ever": 2, "never": 2, "file": 3}.get(word, 1)
            if at + wanted > len(words):
                raise self.sections.fail(f"something is expected behind {word}", line)
            if word in ("ever", "never"):
                return Depends(word, words[at + 1]), at + 2
            if word == "file":
                return Depends("file", words[at + 2].strip('"')), at + 3
            return Depends("rule", word), at + 1

        def both(at: int) -> tuple[Depends, int]:
            left, at = one(at)
            while words[at : at + 1] == ["&&"]:
                right, at = one(at + 1)
                left = Depends("and", "", (left, right))
            return left, at

        def either(at: int) -> tuple[Depends, int]:
            left, at = both(at)
            while words[at : at + 1] == ["||"]:
                right, at = both(at + 1)
                left = Depends("or", "", (left, right))
            return left, at

        found, at = either(at)
        return found, at


__all__ = ["Mapping", "read"]


def _bytes(names: set[str]) -> frozenset[bytes]:
    return frozenset(name.encode() for name in names)
