"""What a pattern is made of: marked tokens, metavariables, groups of alternatives, dots."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from refactor.c.code import Code

KEPT, REMOVED, ADDED = " ", "-", "+"


@dataclass(frozen=True, slots=True)
class Constraint:
    """What a metavariable may be bound to, or not.

    `values` are tokens or inherited names (`rule.name`); `expression` is a regular expression in
    the syntax of the notation, already translated for `re`.
    """

    negative: bool
    values: tuple[str, ...] = ()
    expression: str | None = None
    is_integer: str = ""
    """For `x < 5` and its kind: the operator; the number is the only value."""
    is_part: bool = False
    """For `x <= E`: it has to be E or a part of it; the only value is the name."""
    choices: tuple[tuple[Constraint, ...], ...] = ()
    """Alternatives of which one has to hold."""


@dataclass(frozen=True, slots=True)
class Metavariable:
    """A hole: what sort of thing stands there, and what it may be.

    `name` is the name in its rule, `origin` the rule that it is inherited from. `type_tokens` is
    the type an expression must have, as the tokens of a type with metavariables by name.
    """

    name: str
    sort: str
    origin: str = ""
    constraints: tuple[Constraint, ...] = ()
    pointer: int = 0
    """For `expression *p`: how many stars."""
    type_text: str = ""
    scope: str = ""
    """`local` or `global` of an idexpression."""
    length: str = ""
    """For `expression list[n]`: a number, or the name it is bound to."""
    lengths: tuple[int, int] | None = None
    """For `expression list[n = {1 ... 3}]`: the fewest items and the most."""
    fresh: tuple[tuple[str, str], ...] = ()
    """For a fresh identifier: pieces, each ("text", s) or ("name", metavariable)."""
    script: str = ""
    """For a position: a condition in Python, which is read as data."""
    line: int = 0
    column: int = 0

    @property
    def key(self) -> str:
        """The name under which its value is known."""
        return self.name

    @property
    def is_list(self) -> bool:
        return self.sort.endswith(" list")


@dataclass(slots=True)
class When:
    """One condition of dots: `!=` or `==` with code, `true`/`false !=`, or a word."""

    kind: str
    """`!=`, `==`, `true !=`, `false !=`, `any`, `strict`, `exists`, `forall`."""
    tokens: list[Token] = field(default_factory=list)
    line: int = 0
    items: list[Code] = field(default_factory=list)
    """The code as a tree; set when the rule is compiled."""


@dataclass(slots=True)
class Group:
    """Alternatives (`disj`), parts of a conjunction (`conj`), or the one content of a nest."""

    kind: str
    alternatives: list[list[Token]]
    items: list[Code] = field(default_factory=list)
    """For a nest: its content as a tree; set when the rule is compiled."""


@dataclass(slots=True)
class Token:
    """A token of a pattern.

    `gap` is the white space and, in added code, the comments before it, as the patch has them.
    """

    kind: str
    """`ident`, `number`, `string`, `char`, `op`, `directive`, `meta`, `group`, `nest`, `dots`."""
    text: bytes
    mark: str
    line: int
    column: int
    gap: bytes = b""
    meta: Metavariable | None = None
    positions: tuple[str, ...] = ()
    group: Group | None = None
    whens: list[When] = field(default_factory=list)
    trail: bytes = b""
    """Empty lines that are added behind it."""
    behind: bytes = b""
    """In code that goes or comes: the comment behind it that ends its line, and the white space
    before that."""
    optional: bool = False
    many: bool = False
    """True for added code that may come more than once in one place: `++`."""
    at_least_once: bool = False
    """For a nest: `<+...`."""
    holes: tuple[Metavariable, ...] = ()
    """For a directive or a string: the metavariables that are in it."""
    number: int = -1
    """Its place among all tokens of the rule, groups opened up; set when it is complete."""
    start: int = 0
    end: int = 0

    def __repr__(self) -> str:
        name = self.meta.name if self.meta is not None else self.text.decode(errors="replace")
        return f"{self.mark}{name}" if self.mark != KEPT else name


def side(tokens: Sequence[Token], mark: str) -> list[Token]:
    """The tokens of one side of a pattern: with `REMOVED` what is matched, with `ADDED` what there
    is afterwards. Groups are views with the same number, their alternatives of the same side."""
    found = []
    for token in tokens:
        if token.group is not None:
            if token.mark in (KEPT, mark):
                inner = [side(each, mark) for each in token.group.alternatives]
                found.append(replace(token, group=Group(token.group.kind, inner)))
        elif token.mark in (KEPT, mark):
            found.append(token)
    return found


def flat(tokens: Sequence[Token]) -> Iterator[Token]:
    """All tokens in the order of the text, a group before what is in it."""
    for token in tokens:
        yield token
        if token.group is not None:
            for alternative in token.group.alternatives:
                yield from flat(alternative)
