"""A .cocci file, or the text of an edit, into a `SemanticPatch`: heads, declarations, bodies."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from refactor.errors import Place, RuleError
from refactor.pattern.tokens import Metavariable
from refactor.rule.smpl.lexer import BodyLexer, Line, number
from refactor.rule.smpl.metavariables import Declarations
from refactor.rule.smpl.model import Depends, PatchRule, ScriptRule, SemanticPatch

_HEAD = re.compile(r"@([^@]*)@", re.DOTALL)
_SCRIPT = re.compile(r"\s*(script|initialize|finalize)\s*:\s*(\w+)")
_WORD = re.compile(r"[A-Za-z_][\w\-]*|&&|\|\||[!(),]|\"[^\"]*\"")


_COMMENT = re.compile(r'"(?:[^"\\\n]|\\.)*"|//[^\n]*|/\*.*?(?:\*/|\Z)', re.DOTALL)

WORDS_OF_HEAD = 1_000
"""How many words the head of a rule can have that depends on others."""

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


@dataclass(slots=True)
class _Section:
    """A head, what it declares, and its body, each with the line where it begins."""

    head: str
    line: int
    declared: str
    declared_line: int
    body: list[Line]


class _Reader:
    def __init__(self, source: str, text: str, load: Load | None = None) -> None:
        self.source = source
        self.text = text
        self.load = load
        self.lines = text.split("\n")
        # What stands in a comment begins no rule.
        self.bare = _COMMENT.sub(_blank, text).split("\n")
        self.virtuals: set[str] = set()
        self.rules: list[PatchRule | ScriptRule] = []
        self.by_name: dict[str, PatchRule | ScriptRule] = {}
        self.names: dict[str, set[str]] = {
            "typedef": set(),
            "iterator name": set(),
            "declarer name": set(),
            "attribute name": set(),
        }

    def fail(self, message: str, line: int, column: int = 1, hint: str = "") -> RuleError:
        """An error at a place of the file."""
        return RuleError(message, place=Place(self.source, line, column), hint=hint)

    def read(self) -> SemanticPatch:
        first = self._preamble()
        for section in self._sections(first):
            self._rule(section)
        if not self.rules:  # those of included files count
            raise self.fail("there is no rule in it", 1, 1, "a rule begins with @@")
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
                self._using(code, index + 1)
            elif code.startswith("#"):
                if re.match(r"#\s*spatch\b|#\s*$", code) or code.startswith("# "):
                    continue
                include = re.match(r'#include\s*"([^"]+)"', code)
                if include is not None:
                    self._include(include[1], index + 1)
                    continue
                raise self.fail(f"{code.split()[0]} is not supported here", index + 1)
            else:
                raise self.fail(
                    "a rule begins with @@", index + 1, 1, "lines before it are comments or virtual"
                )
        return len(self.lines)

    def _include(self, name: str, line: int) -> None:
        """The rules of another file, before those of this one."""
        text = self.load(name) if self.load is not None else None
        if text is None:
            raise self.fail(f"{name} is not there", line)
        other = _Reader(name, text, self.load)
        other.rules, other.by_name = self.rules, self.by_name
        other.virtuals, other.names = self.virtuals, self.names
        other.read()

    def _using(self, code: str, line: int) -> None:
        """A file of isomorphisms; one that adds none is read."""
        name = re.search(r'"([^"]+)"', code)
        text = self.load(name[1]) if self.load is not None and name is not None else None
        if text is None:
            missing = name[1] if name is not None else "the file behind `using`"
            raise self.fail(f"{missing} is not there", line)
        if _COMMENT.sub(_blank, text).strip():
            raise self.fail(
                "`using` with isomorphisms of its own is not supported",
                line,
                1,
                "the standard isomorphisms are built in",
            )

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
        )
        kept = [each for each in found if not each.strip().startswith(skipped)]
        return "\n".join(kept).strip()

    def _options(self) -> list[str]:
        found: list[str] = []
        for line in self.lines:
            match = re.match(r"\s*//+\s*Options:\s*(.*)", line)
            if match:
                found += match[1].split()
            match = re.match(r"#\s*spatch\s+(.*)", line)
            if match:
                found += match[1].split()
        return found

    # -------------------------------------------------------------------- sections

    def _sections(self, index: int) -> list[_Section]:
        found = []
        while index < len(self.lines):
            if not self.bare[index].startswith("@"):
                index += 1
                continue
            head, index, rest = self._head(index)
            declared_line = index + 1
            declared: list[str] = [rest]
            start = index
            done = False
            index += 1
            is_script = _SCRIPT.match(head) is not None
            match = re.search(r"@@", rest)
            if match:
                declared = [rest[: match.start()]]
                done = True
            while not done and index < len(self.lines):
                code = self.bare[index]
                at = code.find("@@")
                done = at >= 0
                declared.append(code[:at] if done else code)
                index += 1
            if not done:
                raise self.fail("the declarations of this rule do not end with @@", start + 1)
            self._nothing_behind(index - 1)
            body = []
            while index < len(self.lines) and not self._begins_rule(index, is_script):
                body.append(Line(index + 1, self.lines[index]))
                index += 1
            found.append(_Section(head, start + 1, "\n".join(declared), declared_line, body))
        return found

    def _nothing_behind(self, index: int) -> None:
        """Code behind the closing @@ has no first column, which would say what becomes of it."""
        line = self.bare[index]
        at = line.rindex("@@") + 2
        if line[at:].strip():
            column = at + 1 + len(line[at:]) - len(line[at:].lstrip())
            raise self.fail("the code of a rule begins on a line of its own", index + 1, column)

    def _begins_rule(self, index: int, is_script: bool) -> bool:
        line = self.bare[index]
        if not line.startswith("@"):
            return False
        return not is_script or re.match(r"@.*@|@[^@]*$", line) is not None

    def _head(self, index: int) -> tuple[str, int, str]:
        """The text between the signs of a head; where it ends, and what follows on that line."""
        text = self.bare[index][1:]
        parts = []
        while True:
            at = text.find("@")
            if at >= 0:
                parts.append(text[:at])
                return " ".join(parts), index, text[at + 1 :]
            parts.append(text)
            index += 1
            if index >= len(self.lines):
                raise self.fail("the head of this rule is not closed", index)
            text = self.bare[index]

    # -------------------------------------------------------------------- one rule

    def _rule(self, section: _Section) -> None:
        script = _SCRIPT.match(section.head)
        if script is not None:
            rule: PatchRule | ScriptRule = self._script(section, script)
        else:
            rule = self._patch(section)
        if rule.name in self.by_name:
            raise self.fail(f"there are two rules {rule.name}", section.line)
        self.rules.append(rule)
        self.by_name[rule.name] = rule

    def _script(self, section: _Section, match: re.Match[str]) -> ScriptRule:
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

    def _patch(self, section: _Section) -> PatchRule:
        words = _WORD.findall(section.head)
        name, mode, kind = "", "", ""
        depends = Depends()
        disabled: set[str] = set()
        extended: list[PatchRule] = []
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
                    raise self.fail("`on` is expected behind depends", section.line)
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
                self._using(" ".join(words[at + 1 : at + 2]), section.line)
                at += 2
            elif word == "extends":
                other = self.by_name.get("".join(words[at + 1 : at + 2]))
                if not isinstance(other, PatchRule):
                    raise self.fail("the name of a rule is expected behind extends", section.line)
                extended.append(other)
                at += 2
            else:
                raise self.fail(f"{word} is not understood here", section.line)
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
        tokens = lexer.tokens()
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
                raise self.fail("a rule is expected behind depends on", line)
            word = words[at]
            if len(words) > WORDS_OF_HEAD:  # each may be one level deeper
                raise self.fail("depends on is longer than anybody can mean", line)
            if word == "!":
                inner, at = one(at + 1)
                return Depends("not", "", (inner,)), at
            if word == "(":
                inner, at = either(at + 1)
                if words[at : at + 1] != [")"]:
                    raise self.fail(") is expected in depends on", line)
                return inner, at + 1
            wanted = {"ever": 2, "never": 2, "file": 3}.get(word, 1)
            if at + wanted > len(words):
                raise self.fail(f"something is expected behind {word}", line)
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


def _blank(match: re.Match[str]) -> str:
    """A comment as blanks, its line breaks kept; a string as it is."""
    text = match[0]
    return text if text.startswith('"') else re.sub(r"[^\n]", " ", text)


def _bytes(names: set[str]) -> frozenset[bytes]:
    return frozenset(name.encode() for name in names)
