"""The tokens of a file behind what the mask has written over them.

The parser has read the mask, so the text of a token is that of the file, an annotation that was
blanked is a node again, and words that were joined to one are read as what they are.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import Any, ClassVar

from refactor.c.code import Code, Lexeme, lexemes
from refactor.c.grammar import Grammar
from refactor.c.lexical import covering
from refactor.c.nodes import ATOMS, KINDS, STUBS, STUBS_OF_STATEMENTS
from refactor.c.regroup import annotated
from refactor.c.syntax import Node
from refactor.text import Span

_WORD = re.compile(rb"[\w$\x80-\xff]+")
_LINE = re.compile(rb"(?:[^\n\\]|\\\r?\n|\\)*")
_COMMENT = re.compile(rb"/\*(?s:.*?)\*/|//[^\n]*")
# What the mask writes over a whole word, and the kind of that.
WRITTEN = {b"while": "ident", b"struct": "op", b"sizeof": "op", b"const": "op", b"volatile": "op"}
DEFINE = re.compile(rb"#[ \t]*define[ \t]+\w+(?:\([^()]*\))?[ \t\\\r\n]*")


class Unmasking(ABC):
    """One conversion; `position` is the end of the last token, so that gaps can be looked at."""

    rules: ClassVar[Mapping[str, Callable[[Any, Node], list[Code]]]]
    """How a kind of node is converted that is more than its children."""

    def __init__(
        self,
        data: bytes,
        masked: bytes,
        iterators: frozenset[bytes],
        base: int = 0,
        wanted: Sequence[int] | None = None,
        macros: Sequence[int] = (),
        keeps_declarations: bool = False,
    ) -> None:
        self.data = data
        self.masked = masked
        self.iterators = iterators
        self.base = base
        self.position = -1
        self.spans: tuple[Span, ...] | None = None
        """What has been parsed, if that is not the whole file."""
        self.stubs = STUBS_OF_STATEMENTS if keeps_declarations else STUBS
        self.macros = macros
        """Ascending offsets of words; a macro with one in its text is read as code."""
        self.wanted = wanted
        """Ascending offsets of words; a statement without one becomes a node without details. None
        for all details."""
        self.full: list[Span] = []
        """Parts of the file, in order, that are read with all details all the same."""
        self.declared: list[Span] = []
        """Parts of the file, in order, in which all declarations are."""

    def one(self, node: Node) -> Code:
        """The one node that the parser's node is."""
        self.position = node.start_byte
        found = self.convert(node)
        if len(found) == 1:
            return found[0]
        return Code("group", found) if found else Code("empty", None, b"", *self._span(node))

    def all(self, nodes: list[Node]) -> list[Code]:
        """The nodes of several siblings."""
        found: list[Code] = []
        for node in nodes:
            found += self.convert(node)
        return found

    def _span(self, node: Node) -> tuple[int, int]:
        return node.start_byte + self.base, node.end_byte + self.base

    def convert(self, node: Node) -> list[Code]:
        """What a node of the parser becomes: mostly one node, none for a comment."""
        kind = node.type
        if kind == "comment":
            return self._comment(node)
        if kind in ATOMS:
            return self._token(node, ATOMS[kind])
        if self.wanted is not None and kind in self.stubs and not self._is_wanted(node):
            return self._stub(node)
        children = node.children
        if not children:
            return self._token(node, "op" if not node.is_named else "ident")
        if kind == "unary_expression" and self.data.startswith(b"(", node.start_byte):
            if self.masked.startswith(b"!", node.start_byte):
                return self._parentheses(node)
            return self._cast(node)
        special = self.rules.get(kind)
        if special is not None:
            return special(self, node)
        parts: list[Code] = []
        for child in children:
            parts += self.convert(child)
        if not parts:
            return []
        if kind == "call_expression" and parts[0].text in (b"typeof", b"__typeof__"):
            return [Code("typeof", parts)]
        if kind in ("cast_expression", "sizeof_expression"):
            parts = annotated(parts)
        if kind == "assignment_expression" and parts[0].kind == "designator":
            return [Code("pair", parts)]  # f(.a = b), with a macro that puts it in braces
        if kind == "argument_list" and any(one.text == b";" for one in parts if not one.children):
            return [Code("error", parts)]  # a statement as an argument
        return [Code(KINDS.get(kind, kind), parts)]

    def _is_wanted(self, node: Node) -> bool:
        assert self.wanted is not None
        start = node.start_byte
        at = bisect_left(self.wanted, start)
        if at < len(self.wanted) and self.wanted[at] < node.end_byte:
            return True
        if self.full and covering(self.full, start) is not None:
            return True
        is_declaration = self.stubs[node.type] == "declaration"
        return is_declaration and covering(self.declared, start) is not None

    def _stub(self, node: Node) -> list[Code]:
        """A statement that nothing is looked for in: its kind and its place, no more.

        Most statements of a function are such, and to look at each of their tokens would take
        longer than all the rest.
        """
        self.position = node.end_byte
        # Its text is what tells two of them apart, where a hole stands for both.
        text = b" ".join(self.data[node.start_byte : node.end_byte].split())
        leaf = Code("op", None, text, *self._span(node))
        return [Code(self.stubs[node.type], [leaf])]

    def _comment(self, node: Node) -> list[Code]:
        found = self._gap(node.start_byte)
        text = self.data[node.start_byte : node.end_byte]
        self.position = node.end_byte
        if DEFINE.match(text):
            self.position = node.start_byte
            return found + self.directive(node)
        if text.startswith(b"#"):
            found.append(Code("directive", None, text.rstrip(), *self._span(node)))
        elif not text.startswith(b"/"):  # a macro that has a line for itself, or more
            self.position = node.start_byte
            found += self.directive(node)
        return found

    def _token(self, node: Node, kind: str) -> list[Code]:
        start, end = node.start_byte, node.end_byte
        if start < self.position:
            return []  # a part of a word that has been read whole
        text = self.data[start:end]
        if not text or text.isspace():  # what is missing has no length
            return []
        masked = self.masked[start:end]
        found = self._gap(start)
        self.position = end
        if text != masked:
            if text == b"#":  # what joins the branches of a conditional
                line = _LINE.match(self.data, start)
                text, kind = (line[0] if line else text).rstrip(), "directive"
                end = self.position = start + len(text)
            elif masked == b"-":
                start, text = start - 1, b"..."
                end = start + 3
                self.position = end
                found = []
            elif masked in WRITTEN or (masked[:1] == b'"' and _WORD.match(text)):
                word = _WORD.match(self.data, start)
                end = self.position = word.end() if word else end
                text, kind = self.data[start:end], WRITTEN.get(masked, "ident")
            elif kind == "ident":
                found += self._joined(start, end)
                return found
        elif node.type in ("statement_identifier", "struct"):
            # The mask makes a label shorter where it needs room for a statement, and `struct` of a
            # macro whose name may begin with that.
            word = _WORD.match(self.data, start)
            end = self.position = word.end() if word else end
            text = self.data[start:end]
        elif kind == "number" and text[:1] in (b"-", b"+"):
            # The parser takes the sign for a part of the number.
            sign = Code("op", None, text[:1], start + self.base, start + 1 + self.base)
            number = Code("number", None, text[1:], start + 1 + self.base, end + self.base)
            found.append(Code("unary", [sign, number]))
            return found
        base = self.base
        found.append(Code(kind, None, text, start + base, end + base))
        return found

    def _cast(self, node: Node) -> list[Code]:
        """A cast whose type the mask has written as tildes, `(u64)-1`."""
        start = node.start_byte
        # What is cast may be a cast as well: those are more tildes, and no part of this type.
        opening, name, closing = map(
            self._leaf, islice(lexemes(self.data, start, node.end_byte), 3)
        )
        end = closing.end - self.base
        operand = node
        while operand.start_byte < end:
            operand = operand.children[-1]
        found = self._gap(start)
        self.position = end
        named = Code("type_name", [Code("type", [name])])
        return [*found, Code("cast", [opening, named, closing, *self.convert(operand)])]

    def _parentheses(self, node: Node) -> list[Code]:
        """A name or a call in parentheses that the mask has written as signs, `!a  && b`."""
        found = self._gap(node.start_byte)
        (opening,) = map(self._leaf, islice(lexemes(self.data, node.start_byte, node.end_byte), 1))
        self.position = opening.end - self.base
        inner = self.convert(node.children[-1])
        close = self.data.index(b")", node.end_byte)
        self.position = close + 1
        closing = Code("op", None, b")", close + self.base, close + 1 + self.base)
        return [*found, Code("paren", [opening, *inner, closing])]

    def _joined(self, start: int, end: int) -> list[Code]:
        """What the mask has joined to one word: a type, or a member of a member."""
        tokens = list(lexemes(self.data, start, end))
        commas = _commas(tokens)
        if commas and len(tokens) > 1:  # the arguments of a macro that declares
            found: list[Code] = []
            begin = 0
            for at in (*commas, len(tokens)):
                if begin < at:
                    found += self._joined(tokens[begin].start, tokens[at - 1].end)
                if at < len(tokens):
                    found.append(self._leaf(tokens[at]))
                begin = at + 1
            return found
        grammar = Grammar(tokens)
        parsed = grammar.attempt(grammar.type_name)
        if parsed is None or grammar.peek() is not None:
            grammar = Grammar(tokens)
            parsed = grammar.attempt(grammar.expression)
        if tokens[0].text == b".":
            return [Code("designator", [self._leaf(token) for token in tokens])]
        if len(tokens) == 1:
            return [self._leaf(tokens[0])]  # an operator as an argument
        if parsed is None or grammar.peek() is not None:
            if all(t.kind == "ident" and t.text.isupper() for t in tokens):  # macros, texts
                return [Code("strings", [self._leaf(token) for token in tokens])]
            return [Code("error", [self._leaf(token) for token in tokens])]
        self._rebase(parsed)
        return [parsed]

    def _leaf(self, token: Lexeme) -> Code:
        return Code(token.kind, None, token.text, token.start + self.base, token.end + self.base)

    def _rebase(self, node: Code) -> None:
        for each in node.walk():
            each.token = None
            if self.base:
                each.start += self.base
                each.end += self.base

    def _gap(self, start: int) -> list[Code]:
        """The annotations between the last token and this one, which the mask has blanked."""
        if start <= self.position or self.position < 0:
            return []
        if self.spans:
            # What was left out between two items is no annotation of the second one.
            at = bisect_right(self.spans, start, key=lambda one: one.start) - 1
            self.position = max(self.position, self.spans[at].start if at >= 0 else 0)
        gap = self.data[self.position : start]
        if not gap.strip(b" \t\r\n\f\v\\"):
            return []
        if self.masked[self.position : start] == gap and not _WORD.search(_COMMENT.sub(b"", gap)):
            return []
        if _COMMENT.sub(b"", gap).strip() == b",":
            comma = next(lexemes(self.data, self.position, start))  # f(a, )
            return [self._leaf(comma)]
        if gap.lstrip().startswith(b":"):
            return self._bits(self.position, start)
        return self._attributes(self.position, start)

    def _bits(self, start: int, end: int) -> list[Code]:
        """The width of a bit-field without a name, which the mask has blanked."""
        colon, *tokens = lexemes(self.data, start, end)
        grammar = Grammar(tokens)
        width = grammar.attempt(grammar.expression)
        if width is None or grammar.peek() is not None:
            return [Code("error", [self._leaf(token) for token in (colon, *tokens)])]
        self._rebase(width)
        return [Code("bits", [self._leaf(colon), width])]

    def _attributes(self, start: int, end: int) -> list[Code]:
        """Annotations as nodes: a word, with its arguments."""
        found: list[Code] = []
        depth = 0
        pending: list[Code] = []
        for token in lexemes(self.data, start, end):
            leaf = self._leaf(token)
            leaf.kind = "attr"
            if token.text == b"(":
                depth += 1
            pending.append(leaf)
            if token.text == b")":
                depth -= 1
            if depth == 0 and pending:
                if token.text == b")" and found and len(pending) > 1:
                    pending.insert(0, found.pop())
                found.append(pending[0] if len(pending) == 1 else Code("attr", pending))
                pending = []
        return found + pending

    # -------------------------------------------------------------------- what is no token

    @abstractmethod
    def directive(self, node: Node) -> list[Code]:
        """A directive; or a macro that the mask has written as one."""


def _commas(tokens: Sequence[Lexeme]) -> list[int]:
    """Which of the tokens are commas outside of all parentheses."""
    found, depth = [], 0
    for at, token in enumerate(tokens):
        if token.text in (b"(", b"[", b"{"):
            depth += 1
        elif token.text in (b")", b"]", b"}"):
            depth -= 1
        elif token.text == b"," and depth == 0:
            found.append(at)
    return found
