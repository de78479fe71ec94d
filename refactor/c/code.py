"""Kernel C as nodes of our own: plain data, in one shape for files and for patterns.

A node has a kind and children; a leaf is a token with its text. Comments and white space are in no
node: they are what lies between two tokens. Offsets are bytes of the buffer that was read.

The shapes are those of the C grammar, flattened where a rewriter would trip over a level: the
parentheses of `if` belong to the `if`, a `case` is a statement before others and not around them,
the branches of a conditional directive stand between their directives in one list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any


class Code:
    """A node, or a token if it has no children.

    `token` is what a pattern knows of its token besides (see `refactor.pattern.tokens`); None in
    the code of a file. `annotations` count as children of kind `attr`, which patterns pass over.
    """

    __slots__ = ("children", "end", "kind", "parent", "start", "text", "token")

    def __init__(
        self,
        kind: str,
        children: list[Code] | None = None,
        text: bytes = b"",
        start: int = 0,
        end: int = 0,
        token: Any = None,
    ) -> None:
        self.kind = kind
        self.text = text
        self.token = token
        self.parent: Code | None = None
        self.children: Sequence[Code] = children or ()  # most nodes are leaves
        if children:
            self.start: int = children[0].start
            self.end: int = children[-1].end
            for child in children:
                child.parent = self
        else:
            self.start = start
            self.end = end

    def __repr__(self) -> str:
        if not self.children:
            return f"{self.kind}:{self.text.decode(errors='replace')}"
        return f"({self.kind} {' '.join(map(repr, self.children))})"

    @property
    def parts(self) -> Sequence[Code]:
        """The children without annotations and directives."""
        children = self.children
        for child in children:
            if child.kind in HIDDEN:
                return [each for each in children if each.kind not in HIDDEN]
        return children

    def leaves(self) -> Iterator[Code]:
        """The tokens, in order, annotations included."""
        stack = [self]
        while stack:
            node = stack.pop()
            if node.children:
                stack.extend(reversed(node.children))
            elif node.text or node.token is not None:
                yield node

    def walk(self) -> Iterator[Code]:
        """This node and all below it, parents first."""
        stack = [self]
        while stack:
            node = stack.pop()
            yield node
            if node.children:
                stack.extend(reversed(node.children))

    def ancestors(self) -> Iterator[Code]:
        """The parent, its parent, and so on."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    def key(self) -> tuple[bytes, ...]:
        """What two equal pieces of code have in common: their tokens."""
        if not self.children and self.text:  # as most nodes that are asked
            return (self.text,) if self.kind not in HIDDEN else ()
        return tuple([leaf.text for leaf in self.leaves() if leaf.kind not in HIDDEN])


HIDDEN = frozenset(("attr", "directive", "define", "include"))

STATEMENTS = frozenset(
    (
        "expr_stmt",
        "if",
        "while",
        "do",
        "for",
        "iterator",
        "switch",
        "block",
        "return",
        "goto",
        "break",
        "continue",
        "label",
        "case",
        "default",
        "declaration",
        "asm",
        "macro",
        "error",
    )
)
"""What can stand in a block. `asm` and `macro` are statements that are passed over as a whole."""

EXPRESSIONS = frozenset(
    (
        "ident",
        "number",
        "char",
        "string",
        "strings",
        "paren",
        "call",
        "subscript",
        "member",
        "unary",
        "postfix",
        "sizeof",
        "cast",
        "binary",
        "assign",
        "cond",
        "comma",
        "literal",
        "stmt_expr",
        "init",
        "typeof",
        "generic",
    )
)

TYPE_WORDS = frozenset(
    b"""void char short int long float double signed unsigned _Bool bool __int128 __signed__
    size_t ssize_t loff_t off_t pid_t uid_t gid_t dev_t umode_t gfp_t pgoff_t u8 u16 u32 u64 s8 s16
    s32 s64 __u8 __u16 __u32 __u64 __s8 __s16 __s32 __s64 __be16 __be32 __be64 __le16 __le32
    __le64 uint8_t uint16_t uint32_t uint64_t int8_t int16_t int32_t int64_t""".split()
)
BASIC_TYPES = frozenset(
    b"void char short int long float double signed unsigned _Bool __int128 __signed__".split()
)
QUALIFIERS = frozenset(b"const volatile restrict __restrict __restrict__ __const".split())
STORAGE = frozenset(b"static extern typedef register auto inline __inline __inline__".split())
TAGS = frozenset((b"struct", b"union", b"enum"))


# ---------------------------------------------------------------------------- tokens


@dataclass(frozen=True, slots=True)
class Lexeme:
    """A token of C, with its place in bytes."""

    kind: str
    """One of `ident`, `number`, `char`, `string`, `op`, and `directive` for a whole line."""
    text: bytes
    start: int
    end: int


_LEXEME = re.compile(
    rb"(?P<space>[ \t\r\n\f\v]+|\\\r?\n)"
    rb"|(?P<comment>/\*(?s:.*?)(?:\*/|\Z)|//[^\n]*)"
    rb'|(?P<string>(?:u8|[uUL])?"(?:[^"\\\n]|\\(?s:.))*"?)'
    rb"|(?P<char>[uUL]?'(?:[^'\\\n]|\\(?s:.))*'?)"
    rb"|(?P<ident>[A-Za-z_$\x80-\xff](?:[\w$\x80-\xff]|(?:\\\r?\n)+(?=[\w$\x80-\xff]))*)"
    rb"|(?P<number>\.?\d(?:[eEpP][+-]|[\w.]|(?:\\\r?\n)+(?=[\w.]))*)"
    rb"|(?P<op>\.\.\.|<<=|>>=|->|\+\+|--|&&|\|\||<<|>>|[-+*/%&|^=!<>]=|##|(?s:.))"
)


def lexemes(data: bytes, start: int = 0, end: int | None = None) -> Iterator[Lexeme]:
    """The tokens between two offsets, comments and white space left out."""
    for match in _LEXEME.finditer(data, start, len(data) if end is None else end):
        kind = match.lastgroup or "op"
        if kind not in ("space", "comment"):
            yield Lexeme(kind, match[0], match.start(), match.end())


# ---------------------------------------------------------------------------- grouping

_LEVELS = {
    b"*": 13, b"/": 13, b"%": 13,
    b"+": 12, b"-": 12,
    b"<<": 11, b">>": 11,
    b"<": 10, b">": 10, b"<=": 10, b">=": 10,
    b"==": 9, b"!=": 9,
    b"&": 8, b"^": 7, b"|": 6, b"&&": 5, b"||": 4,
}  # fmt: skip
LEVELS = _LEVELS
"""How tightly a binary operator binds; the larger, the tighter."""

PARAMETER = "parameter"
"""The `token` of a macro's parameter in the macro's text: it stands for a whole argument."""

POSTFIX, UNARY, CAST, CONDITIONAL, ASSIGNMENT, COMMA = 16, 15, 14, 3, 2, 1


def level(node: Code) -> int:
    """How tightly an expression holds together, from the comma operator (1) to a name (20)."""
    kind = node.kind
    if kind == "ident" and node.token is PARAMETER:
        return ASSIGNMENT
    if kind == "binary":
        return LEVELS.get(node.children[1].text, 4) if len(node.children) > 1 else 4
    return _LEVELS_OF_KINDS.get(kind, 20)


_LEVELS_OF_KINDS = {
    "comma": COMMA,
    "assign": ASSIGNMENT,
    "cond": CONDITIONAL,
    "cast": CAST,
    "unary": UNARY,
    "sizeof": UNARY,
    "literal": POSTFIX,
    "strings": 18,
    "call": POSTFIX,
    "subscript": POSTFIX,
    "member": POSTFIX,
    "postfix": POSTFIX,
}


def required(node: Code) -> int:
    """How tightly what stands in the place of `node`, below its parent, has to hold together."""
    parent = node.parent
    if parent is None:
        return 0
    kind = parent.kind
    first = parent.children[0] is node
    if kind == "define":
        # Nobody knows where a macro is used: its text has to hold together as tightly as before,
        # or as a call does, which no operator can take apart.
        return min(level(node), POSTFIX)
    if kind == "binary":
        own = level(parent)
        return own if first else own + 1
    if kind in ("call", "subscript", "member", "postfix"):
        return POSTFIX if first else COMMA
    if kind == "unary":
        return CAST if parent.children[0].text not in (b"++", b"--") else UNARY
    if kind == "sizeof":
        return UNARY
    if kind == "cast":
        return CAST
    if kind == "cond":
        if first:
            return CONDITIONAL + 1
        return CONDITIONAL if parent.children[-1] is node else COMMA
    if kind == "assign":
        return UNARY if first else ASSIGNMENT
    if kind == "args" or kind in ("init", "pair", "init_decl", "enumerator"):
        return ASSIGNMENT
    if kind == "strings":
        return 18
    return COMMA


_COMPARISONS = frozenset((b"<", b">", b"<=", b">=", b"==", b"!="))
_ARITHMETIC = frozenset((b"+", b"-"))
_CONFUSING = {
    b"<<": _ARITHMETIC,
    b">>": _ARITHMETIC,
    b"&": _ARITHMETIC | _COMPARISONS,
    b"^": _ARITHMETIC | _COMPARISONS | {b"&"},
    b"|": _ARITHMETIC | _COMPARISONS | {b"&", b"^"},
    b"||": frozenset((b"&&",)),
    **dict.fromkeys(_COMPARISONS, _COMPARISONS),
}


def is_confusing(operand: bytes, operator: bytes) -> bool:
    """True if compilers want parentheses around an operation that is an operand of another one.

    They need none to group it, but warn of it all the same (`-Wparentheses`).
    """
    return operand in _CONFUSING.get(operator, ())


# ---------------------------------------------------------------------------- lvalues


def needs_lvalue(node: Code) -> bool:
    """True where an expression is assigned to, or its address is taken."""
    parent = node.parent
    while parent is not None and (
        parent.kind == "paren"
        or (parent.kind == "member" and parent.children[0] is node and b"." in _operators(parent))
    ):
        node, parent = parent, parent.parent
    if parent is None:
        return False
    if parent.kind == "assign":
        return parent.children[0] is node
    if parent.kind == "unary":
        return parent.children[0].text in (b"&", b"++", b"--")
    return parent.kind == "postfix"


def _operators(node: Code) -> list[bytes]:
    return [each.text for each in node.children if not each.children]


VALUES = frozenset(
    ("call", "postfix", "sizeof", "cast", "binary", "assign", "cond", "comma", "number", "char")
)
"""What is a value and no place. Of a call only a macro could make one."""
