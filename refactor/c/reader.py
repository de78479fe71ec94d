"""What the parts of the parser of patterns and macros have in common: its tokens, and its errors.

The parser is one class in layers, because declarations, expressions and statements are made of one
another: `Reader` has the tokens, `refactor.c.declaring` and `refactor.c.expressions` a part of the
grammar each, and `refactor.c.grammar` puts them together. What a layer needs of another one is
declared here.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Sequence
from typing import Any, Self, TypeVar

from refactor.c.code import Code
from refactor.c.kinds import KNOWN

EXPRESSION_SORTS = frozenset(
    ("expression", "expression list", "idexpression", "constant", "format", "metavariable")
)
NAME_SORTS = frozenset(("identifier", "identifier list", "fresh identifier", "function"))
STATEMENT_SORTS = frozenset(("statement", "statement list"))
CONDITIONAL_LEVEL = 4
KEYWORDS = frozenset(
    b"""if else while do for switch case default return goto break continue sizeof struct union
    enum const volatile static extern typedef register auto inline void char short int long float
    double signed unsigned""".split()
)


T = TypeVar("T")


class GrammarError(ValueError):
    """What does not parse; `token` is where, None at the end."""

    def __init__(self, message: str, token: Any) -> None:
        super().__init__(message)
        self.message = message
        self.token = token


class OtherwiseError(GrammarError):
    """What comes next begins otherwise: no mistake in itself, and none to tell of."""


class Reader(ABC):
    """Some tokens, and how far they have been read."""

    def __init__(
        self,
        tokens: Sequence[Any],
        types: Collection[bytes] = (),
        iterators: Collection[bytes] = (),
        attributes: Collection[bytes] = (),
    ) -> None:
        self.tokens = tokens
        self.at = 0
        self.failed: set[tuple[str, int]] = set()
        self.furthest: GrammarError | None = None
        """The failed attempt that got furthest: what is most likely meant."""
        self.types = frozenset(types)
        self.iterators = frozenset(iterators)
        self.attributes = KNOWN.union(attributes)
        self.is_macro = False
        """True for the text of a macro."""

    def peek(self, ahead: int = 0) -> Any:
        """The next token, or None at the end."""
        at = self.at + ahead
        return self.tokens[at] if at < len(self.tokens) else None

    def sort(self, ahead: int = 0) -> str:
        """What the metavariable stands for that comes next; nothing for another token."""
        token = self.peek(ahead)
        return token.meta.sort if token is not None and token.kind == "meta" else ""

    def kind(self, ahead: int = 0) -> str:
        """The kind of the next token."""
        token = self.peek(ahead)
        return token.kind if token is not None else ""

    def text(self, ahead: int = 0) -> bytes:
        """The text of the next token, nothing for a metavariable or a group."""
        token = self.peek(ahead)
        if token is None or token.kind in ("meta", "group", "nest"):
            return b""
        found: bytes = token.text
        return found

    def take(self) -> Code:
        """The next token as a leaf."""
        token = self.peek()
        if token is None:
            raise GrammarError("it ends too early", None)
        self.at += 1
        return Code(
            token.kind,
            None,
            token.text,
            getattr(token, "start", 0),
            getattr(token, "end", 0),
            token,
        )

    def expect(self, text: bytes) -> Code:
        """The next token, which has to have this text."""
        if self.text() != text:
            raise GrammarError(f"{text.decode()} is expected here", self.peek())
        return self.take()

    def attempt(self, parse: Callable[[], T]) -> T | None:
        """What `parse` gives, or None, with nothing taken, if it fails.

        What has failed once at a token is not tried there again. Without that, each level of
        parentheses that is read in two ways would double the time of all levels in it.
        """
        start = self.at
        key = (getattr(parse, "__name__", ""), start)
        if key in self.failed:
            return None
        try:
            return parse()
        except GrammarError as error:
            self.at = start
            self.failed.add(key)
            self._note(error)
            return None

    def _note(self, error: GrammarError) -> None:
        if isinstance(error, OtherwiseError):
            return
        if self.furthest is None or reach(error.token) > reach(self.furthest.token):
            self.furthest = error

    def _is_name(self) -> bool:
        return self.kind() == "ident" or self.sort() in NAME_SORTS

    def _is_loop_name(self) -> bool:
        """True for the name of a macro that is a loop."""
        return self.sort() == "iterator" or (
            self.kind() == "ident"
            and (
                self.text() in self.iterators
                or is_iterator_name(self.text())
                or is_scope_name(self.text())
            )
        )

    def _group(self, parse: Callable[[], Code]) -> Code:
        """A group of alternatives, each read by `parse`."""
        token = self.peek()
        self.at += 1
        alternatives = []
        for alternative in token.group.alternatives:
            inner = self._inner(alternative)
            try:
                alternatives.append(parse_all(inner, parse))
            finally:
                if inner.furthest is not None:
                    self._note(inner.furthest)
        node = Code(token.group.kind, None, b"", token.start, token.end, token)
        node.children = alternatives
        for each in alternatives:
            each.parent = node
        return node

    def _inner(self, tokens: Sequence[Any]) -> Self:
        return type(self)(tokens, self.types, self.iterators, self.attributes)

    def _listed(self, kind: str, item: Callable[[], Code]) -> Code:
        """A list in parentheses, its commas included."""
        parts = [self.expect(b"(")]
        while self.text() != b")":
            parts.append(item())
            if self.text() != b",":
                break
            parts.append(self.take())
        return Code(kind, [*parts, self.expect(b")")])

    # -------------------------------------------------------------------- the other layers

    @abstractmethod
    def block(self) -> Code:
        """Statements in braces."""

    @abstractmethod
    def expression(self) -> Code:
        """An expression, commas included."""

    @abstractmethod
    def _assignment(self) -> Code:
        """An expression without commas."""

    @abstractmethod
    def _binary(self, lowest: int) -> Code:
        """Operands with operators between them that bind at least so tightly."""

    @abstractmethod
    def arguments(self) -> Code:
        """The arguments of a call, in their parentheses."""

    @abstractmethod
    def type_name(self) -> Code:
        """A type without a name that is declared."""

    @abstractmethod
    def initializers(self) -> Code:
        """The elements of an initializer, in their braces."""

    @abstractmethod
    def _begins_type(self, ahead: int = 0) -> bool:
        """True if a type, or what stands before one, comes next for certain."""

    @abstractmethod
    def _is_type_group(self) -> bool:
        """True for alternatives of a type before what is declared."""


def reach(token: Any) -> float:
    """How far into the text a token is; the end is furthest."""
    if token is None:
        return float("inf")
    number: int = getattr(token, "number", -1)
    return number if number >= 0 else getattr(token, "start", 0)


def parse_all(grammar: Reader, parse: Callable[[], Code]) -> Code:
    """What the same method of another parser makes of all its tokens."""
    method: Callable[[], Code] = getattr(grammar, parse.__name__)
    found = method()
    if grammar.peek() is not None:
        raise GrammarError("an operator or the end is expected here", grammar.peek())
    return found


def is_iterator_name(name: bytes) -> bool:
    """True for a macro that is a loop, as far as its name tells."""
    lower = name.lower()
    return b"for_each" in lower or b"foreach" in lower


def is_scope_name(name: bytes) -> bool:
    """True for a macro that holds something for a statement or a block behind it, as far as its
    name tells. Without one it is a call."""
    return name.startswith(b"scoped_")
