"""A file of isomorphisms (`using "my.iso"`) into data: what code may have in the place of what.

Expression
@ is_empty @
expression E;
@@
 list_empty(E) <=> E->next == E
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from refactor.pattern.forms import KINDS, Isomorphism
from refactor.pattern.tokens import Metavariable, Token, flat
from refactor.rule.smpl.lexer import BodyLexer, Line, number
from refactor.rule.smpl.metavariables import Declarations
from refactor.rule.smpl.sections import Section, Sections

_ARROW = re.compile(r"<=>|=>")
_PURE = re.compile(r"\b(?:pure|context)\b(?:\s+(?:pure|context)\b)?([^;]*)")


def read_isomorphisms(source: str, text: str) -> list[Isomorphism]:
    """All of a file, each in every direction that it has. Raises RuleError with its place."""
    sections = Sections(source, text)
    found = sections.of()
    kinds = [_kind(sections, each) for each in found]
    if not found:
        first = next((at for at, line in enumerate(sections.bare) if line.strip()), None)
        if first is not None:
            raise sections.fail("an isomorphism begins with its kind and @ NAME @", first + 1)
    both = zip(found, kinds, strict=True)
    return [iso for each, kind in both for iso in _read(sections, each, kind)]


def _kind(sections: Sections, section: Section) -> str:
    """The word on the last line before a head, which is blanked: it is no code of another one."""
    at = section.line - 2
    while at >= 0 and not sections.bare[at].strip():
        at -= 1
    word = sections.bare[at].strip() if at >= 0 else ""
    if word not in KINDS:
        raise sections.fail(
            f"isomorphisms of {word or 'no kind'} are not supported",
            max(at + 1, 1),
            1,
            f"the kinds are {', '.join(KINDS)}",
        )
    sections.bare[at] = ""
    return word


def _read(sections: Sections, section: Section, kind: str) -> Iterator[Isomorphism]:
    name = section.head.strip()
    if not re.fullmatch(r"[A-Za-z_]\w*", name):
        raise sections.fail("the name of an isomorphism is expected", section.line)
    pure = {
        word
        for match in _PURE.finditer(section.declared)
        for word in re.findall(r"(\w+)\s*(?:,|$)", match[1].strip())
    }
    declared = re.sub(r"\b(?:pure|context)\b", lambda match: " " * len(match[0]), section.declared)
    metavariables = Declarations(sections.source, declared, section.declared_line).read(
        lambda *_: None
    )
    sides, arrows = _sides(sections, section, metavariables)
    if len(sides) < 2:
        raise sections.fail(f"=> or <=> is expected in isomorphism {name}", section.line)
    for at, before in enumerate(sides):
        # Code of a later side is meant as well where all arrows up to it go both ways.
        if at and not all(arrow == "<=>" for arrow in arrows[:at]):
            break
        holes = {token.meta.name for token in flat(before) if token.meta is not None}
        for other, after in enumerate(sides):
            if other == at:
                continue
            free = next(
                (t for t in flat(after) if t.meta is not None and t.meta.name not in holes), None
            )
            if free is not None:
                raise sections.fail(
                    f"{free.text.decode()} stands for nothing: the other side does not have it",
                    free.line,
                    free.column + 1,
                )
            yield Isomorphism(
                sections.source, name, kind, before, after, metavariables, frozenset(pure)
            )


def _sides(
    sections: Sections, section: Section, metavariables: dict[str, Metavariable]
) -> tuple[list[tuple[Token, ...]], list[str]]:
    """What stands between the arrows, and the arrows."""
    lines: list[list[Line]] = [[]]
    arrows: list[str] = []
    for line in section.body:
        text = sections.bare[line.number - 1]
        start = 0
        for match in [*_ARROW.finditer(text), None]:
            end = match.start() if match is not None else len(text)
            # The first column says what becomes of a line, and here nothing becomes of it.
            lines[-1].append(Line(line.number, " " + " " * start + text[start:end]))
            if match is not None:
                arrows.append(match[0])
                lines.append([])
                start = match.end()
    sides = []
    for each in lines:
        lexer = BodyLexer(sections.source, each, metavariables)
        tokens = lexer.tokens()
        number(tokens)
        for token in flat(tokens):
            token.column -= 1  # the blank that no line of the file has
        if not tokens:
            raise sections.fail("code is expected on both sides of an arrow", section.line)
        special = next((t for t in flat(tokens) if t.kind in ("group", "nest", "dots")), None)
        if special is not None:
            raise sections.fail(
                "dots and alternatives in an isomorphism are not supported",
                special.line,
                special.column + 1,
            )
        sides.append(tuple(tokens))
    return sides, arrows
