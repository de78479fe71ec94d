"""A parser of C for what the parser of files cannot read: patterns, and the text of macros.

It reads tokens, not bytes, and asks each for its role: a metavariable of kind `type` is a type, one
of kind `statement` a statement, so that a pattern needs no guesses where it has declared what it
means. A group of alternatives, dots and nests are tokens too (`refactor.pattern.tokens`).

Recursive descent; the nodes are those of `refactor.c.code`. Why not the parser of files: heads
without bodies, alternatives inside of an expression and holes in the place of a type are no C.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any, TypeVar

from refactor.c.code import (
    LEVELS,
    QUALIFIERS,
    STORAGE,
    TAGS,
    TYPE_WORDS,
    Code,
)
from refactor.c.kinds import KNOWN

ASSIGNMENTS = frozenset(b"= += -= *= /= %= &= |= ^= <<= >>=".split())
UNARY = frozenset(b"- + ! ~ * &".split())
EXPRESSION_SORTS = frozenset(
    ("expression", "expression list", "idexpression", "constant", "format", "metavariable")
)
NAME_SORTS = frozenset(("identifier", "identifier list", "fresh identifier", "function"))
STATEMENT_SORTS = frozenset(("statement", "statement list"))


T = TypeVar("T")


class GrammarError(ValueError):
    """What does not parse; `token` is where, None at the end."""

    def __init__(self, message: str, token: Any) -> None:
        super().__init__(message)
        self.message = message
        self.token = token


class OtherwiseError(GrammarError):
    """What comes next begins otherwise: no mistake in itself, and none to tell of."""


class Grammar:
    """A parser over some tokens; `names` are those of iterators, types and annotations."""

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

    # -------------------------------------------------------------------- tokens

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
        if self.furthest is None or _reach(error.token) > _reach(self.furthest.token):
            self.furthest = error

    # -------------------------------------------------------------------- items

    def whole(self) -> list[Code]:
        """All tokens as items. The error is that of the attempt that got furthest, because the last
        attempt only knows that what began as a function is no expression either."""
        if self.kind() == "nest":
            # Before an operator it is an operand, on whatever line that stands.
            found = self.attempt(self.expression)
            if found is not None and self.peek() is None:
                return [found]
            self.at = 0
        try:
            return self.items()
        except GrammarError as error:
            known = self.furthest
            if known is not None and (
                isinstance(error, OtherwiseError) or _reach(known.token) > _reach(error.token)
            ):
                raise known from None
            raise

    def items(self, closing: bytes = b"") -> list[Code]:
        """All up to a closing token, or to the end: statements, declarations, definitions."""
        found: list[Code] = []
        while self.peek() is not None and not (closing and self.text() == closing):
            found.append(self.item())
        return found

    def item(self) -> Code:
        """One thing that stands in a body or at the top of a file; or a bare expression."""
        kind = self.kind()
        if kind == "directive" or (kind in ("dots", "nest") and not self._dots_are_operand()):
            return self.take()
        if kind == "group" and self._is_type_group():
            found = self.attempt(self.function) or self.attempt(self.declaration)
            if found is not None:
                return found
        if kind == "group" and not self._continues_expression():
            return self._group(self._sequence)
        if kind == "meta":
            sort = self.sort()
            if sort in STATEMENT_SORTS or sort in ("declaration", "field", "field list"):
                leaf = self.take()
                if sort in ("declaration", "field") and self.text() == b";":
                    return Code("wrapped", [leaf, self.take()])
                return leaf
            if sort in ("parameter", "parameter list", "initializer", "initializer list"):
                return self.take()
        found = self.attempt(self.function)
        if found is None and self.text() in STORAGE:
            found = self.attempt(self._stored_declarer)
        if found is not None:
            return found
        if self._is_declaration():
            found = self.attempt(self.declaration)
            if found is not None:
                return found
        found = self.attempt(self.bare_type) if self._begins_type() else None
        if found is None and self.text() == b"{":
            found = self.attempt(self.block) or self.attempt(self.initializers)
        return found if found is not None else self.statement()

    def _dots_are_operand(self) -> bool:
        """True for dots in the place of an expression.

        An operator at the beginning of the next line begins the next statement, as in `*p = 1;`.
        """
        dots, following, text = self.peek(), self.peek(1), self.text(1)
        if following is None or following.line != max(
            [dots.line, *(when.line for when in dots.whens)]
        ):
            return False
        return text in LEVELS or text in ASSIGNMENTS or text in (b";", b"?")

    def _sequence(self) -> Code:
        found = self.items()
        return Code("seq", found) if found else Code("seq")

    def _is_type_group(self) -> bool:
        """True for alternatives of a type before what is declared: `\\(int\\|long\\) x;`."""
        named = self.kind(1) == "ident" or self.sort(1) in NAME_SORTS or self.text(1) == b"*"
        return named and all(
            Grammar(each, self.types)._begins_type() for each in self.peek().group.alternatives
        )

    def _continues_expression(self) -> bool:
        """True if the group that comes next is an operand, by what follows it."""
        after = self.text(1)
        if after in (b";", b"?", b"->", b".", b"[", b",", b")") or after in LEVELS:
            return after not in (b"*", b"&", b"-", b"+") or True
        if after in ASSIGNMENTS or after in (b"++", b"--"):
            return True
        return after == b"("

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

    def _inner(self, tokens: Sequence[Any]) -> Grammar:
        return Grammar(tokens, self.types, self.iterators, self.attributes)

    def bare_type(self) -> Code:
        """A type alone, as a pattern for types."""
        found = self.type_name()
        if self.peek() is not None:
            raise GrammarError("nothing can follow a bare type", self.peek())
        return found

    # -------------------------------------------------------------------- statements

    def statement(self) -> Code:
        """One statement; at the end of all tokens an expression needs no semicolon."""
        word = self.text() if self.kind() == "ident" else b""
        parse = {
            b"if": self._if,
            b"while": self._while,
            b"do": self._do,
            b"for": self._for,
            b"switch": self._switch,
            b"return": self._return,
            b"goto": self._goto,
            b"break": self._jump,
            b"continue": self._jump,
            b"case": self._case,
            b"default": self._default,
        }.get(word)
        if parse is not None:
            return parse()
        if self.text() == b"{":
            return self.block()
        if self.kind() in ("dots", "nest") and not self._dots_are_operand():
            return self.take()
        if self.kind() == "meta" and self.sort() in STATEMENT_SORTS:
            return self.take()
        if self.kind() == "group" and not self._continues_expression():
            return self._group(self._sequence)
        if self._is_name() and self.text(1) == b":" and self.text(2) != b":":
            return Code("label", [self.take(), self.take()])
        found = self.attempt(self._iterator)
        if found is not None:
            return found
        if self._is_declaration():
            found = self.attempt(self.declaration)
            if found is not None:
                return found
        if self.text() == b";":
            return Code("expr_stmt", [self.take()])
        expression = self.expression()
        noted = self._annotations()
        if self.text() == b";":
            return Code("expr_stmt", [expression, *noted, self.take()])
        if self._ends_here():
            return expression
        raise GrammarError("a semicolon is expected here", self.peek())

    def _ends_here(self) -> bool:
        """True where an expression needs no semicolon: it may stand anywhere in a statement."""
        if self.kind() in ("dots", "nest", "") or self.text() == b"}":
            return True
        return self.kind() == "group" and self.peek().line != self.tokens[self.at - 1].line

    def _is_name(self) -> bool:
        return self.kind() == "ident" or self.sort() in NAME_SORTS

    def block(self) -> Code:
        return Code("block", [self.expect(b"{"), *self.items(b"}"), self.expect(b"}")])

    def body(self) -> Code:
        """What a condition or a loop governs."""
        if self.peek() is None:
            raise GrammarError("a statement is expected here", None)
        return self.statement()

    def _condition(self) -> list[Code]:
        return [self.expect(b"("), self.expression(), self.expect(b")")]

    def _if(self) -> Code:
        parts = [self.take(), *self._condition(), self.body()]
        if self.text() == b"else":
            parts += [self.take(), self.body()]
        return Code("if", parts)

    def _while(self) -> Code:
        return Code("while", [self.take(), *self._condition(), self.body()])

    def _do(self) -> Code:
        parts = [self.take(), self.body(), self.expect(b"while"), *self._condition()]
        if self.peek() is None:  # the text of a macro leaves the semicolon to its users
            return Code("do", parts)
        return Code("do", [*parts, self.expect(b";")])

    def _switch(self) -> Code:
        return Code("switch", [self.take(), *self._condition(), self.body()])

    def _for(self) -> Code:
        parts = [self.take(), self.expect(b"(")]
        if self.kind() == "dots" and self.text(1) == b")":
            parts.append(self.take())
        else:
            if self._is_declaration():
                parts.append(self.declaration())
            else:
                if self.text() != b";":
                    parts.append(self.expression())
                parts.append(self.expect(b";"))
            if self.text() != b";":
                parts.append(self.expression())
            parts.append(self.expect(b";"))
            if self.text() != b")":
                parts.append(self.expression())
        return Code("for", [*parts, self.expect(b")"), self.body()])

    def _iterator(self) -> Code:
        if not self._is_loop_name() or self.text(1) != b"(":
            raise OtherwiseError("no iterator", self.peek())
        parts = [self.take(), self.arguments()]
        if self.peek() is None or self.text() in (b";", b"}"):
            raise OtherwiseError("no iterator", self.peek())
        return Code("iterator", [*parts, self.body()])

    def _is_loop_name(self) -> bool:
        """True for the name of a macro that is a loop."""
        return self.sort() == "iterator" or (
            self.kind() == "ident"
            and (self.text() in self.iterators or is_iterator_name(self.text()))
        )

    def _return(self) -> Code:
        parts = [self.take()]
        if self.text() != b";" and self.peek() is not None:
            parts.append(self.expression())
        return Code("return", [*parts, self.expect(b";")])

    def _goto(self) -> Code:
        word = self.take()
        return Code("goto", [word, self.expression(), self.expect(b";")])

    def _jump(self) -> Code:
        word = self.take()
        return Code(word.text.decode(), [word, self.expect(b";")])

    def _case(self) -> Code:
        parts = [self.take(), self._binary(CONDITIONAL_LEVEL)]
        if self.kind() == "dots" or self.text() == b"...":
            parts += [self.take(), self._binary(CONDITIONAL_LEVEL)]
        return Code("case", [*parts, self.expect(b":")])

    def _default(self) -> Code:
        return Code("default", [self.take(), self.expect(b":")])

    # -------------------------------------------------------------------- declarations

    def function(self) -> Code:
        """A definition; its type may be missing, as it may in a pattern."""
        typed = self._begins_type() or (self.kind() == "group" and self._is_type_group())
        parts = self._specifiers() if typed else []
        named = self._is_name() or (self.kind() == "group" and self.peek().group.kind == "disj")
        if not parts and (self._is_loop_name() or not (named and self.text(1) == b"(")):
            raise OtherwiseError("no definition", self.peek())
        declarator = self.declarator()
        if not any(node.kind == "fn" for node in _chain(declarator)):
            raise OtherwiseError("no definition", self.peek())
        noted = self._annotations()
        if self.text() != b"{":
            raise OtherwiseError("no definition", self.peek())
        return Code("function", [*parts, declarator, *noted, self.block()])

    def _begins_type(self, ahead: int = 0) -> bool:
        """True if a type, or what stands before one, comes next for certain."""
        kind, text = self.kind(ahead), self.text(ahead)
        if text == b"[":
            return self.text(ahead + 1) == b"["
        if kind == "meta":
            return self.sort(ahead) in ("type", "typedef")
        if kind != "ident":
            return False
        return (
            text in STORAGE
            or text in QUALIFIERS
            or text in TAGS
            or text in TYPE_WORDS
            or text in self.types
            or text in (b"typeof", b"__typeof__", b"__attribute__", b"__attribute")
            or text in self.attributes
        )

    def _is_declaration(self) -> bool:
        """True if a declaration comes next, as far as a few tokens tell."""
        if self._begins_type():
            return True
        if self.kind() == "group":
            return self.kind(1) == "ident" or self.sort(1) in NAME_SORTS
        if self.kind() != "ident":
            return False
        ahead = 1
        while self.text(ahead) == b"*" or self.text(ahead) in QUALIFIERS:
            ahead += 1
        named = self.kind(ahead) == "ident" or self.sort(ahead) in NAME_SORTS
        if not named or self.text(ahead) in (b"else",):
            return False
        return ahead == 1 or self.text(ahead + 1) in (b";", b"=", b",", b"[", b"")

    def declaration(self) -> Code:
        """Specifiers, declarators and a semicolon; what a struct or an enum has in its braces."""
        parts = self._specifiers()
        parts += self._annotations()
        while self.text() != b";":
            parts.append(self._init_declarator())
            parts += self._annotations()
            if self.text() != b",":
                break
            parts.append(self.take())
        return Code("declaration", [*parts, self.expect(b";")])

    def _specifiers(self) -> list[Code]:
        """Storage classes, and the type as a node of its own."""
        parts: list[Code] = []
        specified: list[Code] = []
        named = False
        while True:
            text, kind = self.text(), self.kind()
            if self._is_annotation():
                (specified if specified else parts).append(self._annotation())
            elif kind == "ident" and text in STORAGE:
                leaf = self.take()
                leaf.kind = "storage"
                parts.append(leaf)
            elif kind == "ident" and text in QUALIFIERS:
                specified.append(self.take())
            elif kind == "ident" and text in TAGS and not named:
                specified.append(self._tagged())
                named = True
            elif kind == "ident" and text in (b"typeof", b"__typeof__") and not named:
                specified.append(Code("typeof", [self.take(), self.arguments()]))
                named = True
            elif (
                kind == "meta"
                and self.sort() in ("type", "typedef")
                and (not named or _is_signed(specified))
            ):
                leaf = self.take()
                if self.text() == b"{":
                    leaf = Code("struct", [leaf, self._members()])
                specified.append(leaf)
                named = True
            elif kind == "group" and not named:
                specified.append(self._group(self._type_alternative))
                named = True
            elif (
                kind == "ident"
                and (
                    (text in BASIC and not named)
                    or (text in BASIC | {b"complex"} and _is_basic(specified))
                )
            ) or (
                kind == "ident" and not named and text not in KEYWORDS and not self._is_declared()
            ):
                specified.append(self.take())
                named = True
            else:
                break
        if not named and not (specified or any(each.kind == "storage" for each in parts)):
            raise GrammarError("a type is expected here", self.peek())
        if specified:
            parts.append(Code("type", specified))
        return parts

    def _is_declared(self) -> bool:
        """True if the name that comes next is declared here, and not the type: `static x;`."""
        return self.text(1) in (b";", b"=", b",", b"[") or (
            self.text(1) == b"(" and self.text() not in self.types and self.text() not in TYPE_WORDS
        )

    def _type_alternative(self) -> Code:
        return self.type_name()

    def _tagged(self) -> Code:
        """A struct, union or enum, with its members if they are given."""
        parts = [self.take()]
        if self.kind() == "group":
            parts.append(self._group(self.take))
        elif self._is_name() and self.text() != b"{":
            parts.append(self.take())
        if self.text() == b"{":
            is_enum = parts[0].text == b"enum"
            inside = self._enumerators() if is_enum else self._members()
            parts.append(inside)
        if len(parts) == 1:
            raise GrammarError("a name is expected here", self.peek())
        return Code("struct", parts)

    def _members(self) -> Code:
        parts = [self.expect(b"{")]
        while self.text() != b"}":
            kind = self.kind()
            if kind in ("dots", "nest", "directive"):
                parts.append(self.take())
            elif kind == "group":
                parts.append(self._group(self._member_sequence))
            elif kind == "meta" and self.sort() in ("field", "field list", "declaration"):
                leaf = self.take()
                parts.append(Code("wrapped", [leaf, self.take()]) if self.text() == b";" else leaf)
            else:
                parts.append(self._member())
        return Code("fields", [*parts, self.expect(b"}")])

    def _member_sequence(self) -> Code:
        found = []
        while self.peek() is not None:
            found.append(
                self.take()
                if self.kind() in ("dots", "nest", "directive")
                or self.sort() in ("field", "field list")
                else self._member()
            )
        return Code("seq", found)

    def _member(self) -> Code:
        call = self.attempt(self._declarer)
        if call is not None:
            return call
        parts = self._specifiers()
        while self.text() != b";":
            named = [self.declarator()] if self.text() != b":" else []
            if self.text() == b":":
                bits = Code("bits", [self.take(), self._binary(CONDITIONAL_LEVEL)])
                named = [Code("bit_decl", [*named, bits])] if named else [bits]
            parts += named
            parts += self._annotations()
            if self.text() != b",":
                break
            parts.append(self.take())
        return Code("declaration", [*parts, self.expect(b";")])

    def _declarer(self) -> Code:
        """A macro that declares: DECLARE_BITMAP(map, 9);"""
        if self.kind() != "ident" and self.sort() != "declarer":
            raise OtherwiseError("no declarer", self.peek())
        if self.text(1) != b"(" or self.text() in KEYWORDS:
            raise OtherwiseError("no declarer", self.peek())
        call = Code("call", [self.take(), self.arguments()])
        return Code("expr_stmt", [call, self.expect(b";")])

    def _stored_declarer(self) -> Code:
        """`static DEFINE_MUTEX(lock);`: what stands before the macro is an annotation of it."""
        words = [self.take()]
        while self.text() in STORAGE or self.text() in QUALIFIERS:
            words.append(self.take())
        for each in words:
            each.kind = "attr"
        call = self._declarer()
        return Code("expr_stmt", [*words, *call.children])

    def _enumerators(self) -> Code:
        parts = [self.expect(b"{")]
        while self.text() != b"}":
            if self.kind() in ("dots", "nest", "group"):
                parts.append(self.take())
            else:
                name = self.take()
                if self.text() == b"=":
                    parts.append(
                        Code("enumerator", [name, self.take(), self._binary(CONDITIONAL_LEVEL)])
                    )
                else:
                    parts.append(Code("enumerator", [name]))
            if self.text() != b",":
                break
            parts.append(self.take())
        return Code("fields", [*parts, self.expect(b"}")])

    def _annotation(self) -> Code:
        """A word, with its arguments as plain tokens: nobody knows their grammar."""
        if self.sort() == "attribute":
            return Code("attr", [self.take()])
        leaves = [self.take()]
        closing = {b"(": b")", b"[": b"]"}
        opened: list[bytes] = []
        if leaves[0].text == b"[":
            opened.append(b"]")
        elif self.text() == b"(" and self.text(1) != b"*":  # else it is the declarator
            opened.append(b")")
            leaves.append(self.take())
        while opened:
            if self.peek() is None:
                raise GrammarError("an attribute is not closed", None)
            if self.text() == opened[-1]:
                opened.pop()
            elif self.text() in closing:
                opened.append(closing[self.text()])
            leaves.append(self.take())
        for leaf in leaves:
            if leaf.kind != "dots":
                leaf.kind = "attr"
        return Code("attr", leaves)

    def _annotations(self) -> list[Code]:
        found = []
        while self._is_annotation():
            found.append(self._annotation())
        return found

    def _is_annotation(self) -> bool:
        text = self.text()
        if self.kind() == "ident":
            return text in self.attributes or text in (b"__attribute__", b"__attribute")
        return self.sort() == "attribute" or (text == b"[" and self.text(1) == b"[")

    def _init_declarator(self) -> Code:
        declarator = self.declarator()
        noted = self._annotations()
        if self.text() == b":":
            bits = Code("bits", [self.take(), self._binary(CONDITIONAL_LEVEL)])
            return Code("bit_decl", [declarator, bits])
        if self.text() != b"=":
            return Code("annotated", [declarator, *noted]) if noted else declarator
        return Code("init_decl", [declarator, *noted, self.take(), self.initializer()])

    def declarator(self, abstract: bool = False) -> Code:
        """A name with its stars, brackets and parameters; without a name if `abstract`."""
        if self.text() == b"*":
            parts = [self.take()]
            while self.text() in QUALIFIERS or self._is_annotation():
                parts.append(self._annotation() if self._is_annotation() else self.take())
            if abstract and (self.peek() is None or self.text() in (b")", b",")):
                return Code("ptr", parts)
            return Code("ptr", [*parts, self.declarator(abstract)])
        noted = self._annotations()
        found: Code | None = None
        if self.text() == b"(" and (
            not abstract or self.text(1) == b"*" or (self._is_annotation())
        ):
            found = Code("pdecl", [self.take(), self.declarator(abstract), self.expect(b")")])
        elif self.kind() == "group" and not abstract:
            found = self._group(self.declarator)
        elif self._is_name() and self.text() not in KEYWORDS:
            found = self.take()
        elif self.sort() in ("type", "typedef") and not abstract:
            found = self.take()  # the name that a typedef declares
        elif not abstract:
            raise GrammarError("a name is expected here", self.peek())
        while self.text() in (b"(", b"["):
            before = [found] if found is not None else []
            if self.text() == b"[":
                inside = [self.take()]
                if self.text() != b"]":
                    inside.append(self.expression())
                found = Code("array", [*before, *inside, self.expect(b"]")])
            else:
                found = Code("fn", [*before, self.parameters()])
        if found is None:
            raise GrammarError("a declarator is expected here", self.peek())
        if noted:
            return Code("annotated", [*noted, found])
        return found

    def parameters(self) -> Code:
        return self._listed("params", self._parameter)

    def _listed(self, kind: str, item: Callable[[], Code]) -> Code:
        """A list in parentheses, its commas included."""
        parts = [self.expect(b"(")]
        while self.text() != b")":
            parts.append(item())
            if self.text() != b",":
                break
            parts.append(self.take())
        return Code(kind, [*parts, self.expect(b")")])

    def _parameter(self) -> Code:
        kind, sort = self.kind(), self.sort()
        if kind == "dots" or self.text() == b"..." or sort in ("parameter", "parameter list"):
            return self.take()
        if kind == "group" and self.text(1) in (b",", b")"):
            return self._group(self._parameter)
        if sort in NAME_SORTS and self.text(1) in (b",", b")"):
            return self.take()
        parts = self._specifiers()
        if self.text() not in (b",", b")") and self.peek() is not None:
            named = self.attempt(self.declarator)
            parts.append(named if named is not None else self.declarator(abstract=True))
            parts += self._annotations()
        return Code("param", parts)

    def type_name(self) -> Code:
        """A type without a name that is declared."""
        parts = self._specifiers()
        if self.text() in (b"*", b"(", b"["):
            parts.append(self.declarator(abstract=True))
        return Code("type_name", parts)

    def initializer(self) -> Code:
        if self.sort() in ("initializer", "initializer list"):
            return self.take()
        return self.initializers() if self.text() == b"{" else self._assignment()

    def initializers(self) -> Code:
        parts = [self.expect(b"{")]
        while self.text() != b"}":
            parts.append(self._element())
            if self.text() == b",":
                parts.append(self.take())
            elif self.kind() not in ("dots", "nest") and parts[-1].kind not in (
                "dots",
                "nest",
                "directive",
            ):
                break
        return Code("init", [*parts, self.expect(b"}")])

    def _element(self) -> Code:
        kind = self.kind()
        if kind in ("dots", "directive", "nest") or self.sort() in (
            "initializer",
            "initializer list",
        ):
            return self.take()
        if kind == "group" and self.text(1) in (b",", b"}", b""):
            return self._group(self._element)
        designators: list[Code] = []
        while self.text() in (b".", b"["):
            if self.text() == b".":
                designators.append(Code("designator", [self.take(), self.take()]))
            else:
                inside = [self.take(), self._binary(CONDITIONAL_LEVEL)]
                if self.kind() == "dots" or self.text() == b"...":
                    inside += [self.take(), self._binary(CONDITIONAL_LEVEL)]
                designators.append(Code("designator", [*inside, self.expect(b"]")]))
        if designators:
            if self.text() == b"=":
                designators.append(self.take())
            return Code("pair", [*designators, self.initializer()])
        if self._is_name() and self.text(1) == b":":
            return Code("pair", [self.take(), self.take(), self.initializer()])
        return self.initializer()

    # -------------------------------------------------------------------- expressions

    def expression(self) -> Code:
        left = self._assignment()
        if self.text() == b",":
            return Code("comma", [left, self.take(), self.expression()])
        return left

    def _assignment(self) -> Code:
        left = self._conditional()
        if self.text() in ASSIGNMENTS or self.sort() == "assignment operator":
            operator = self.take()
            right = self.initializers() if self.text() == b"{" else self._assignment()
            return Code("assign", [left, operator, right])
        if self.kind() == "group" and self._is_operator_group(ASSIGNMENTS):
            return Code("assign", [left, self._group(self.take), self._assignment()])
        return left

    def _is_operator_group(self, operators: Collection[bytes]) -> bool:
        return all(
            len(each) >= 1 and all(token.kind == "op" and token.text in operators for token in each)
            for each in self.peek().group.alternatives
        )

    def _conditional(self) -> Code:
        condition = self._binary(CONDITIONAL_LEVEL)
        if self.text() != b"?":
            return condition
        parts = [condition, self.take()]
        if self.text() != b":":
            parts.append(self.expression())
        parts.append(self.expect(b":"))
        return Code("cond", [*parts, self._conditional()])

    def _binary(self, lowest: int) -> Code:
        left = self._unary()
        while True:
            text = self.text()
            if self.sort() == "binary operator":
                own = 13
            elif self.kind() == "group" and self._is_operator_group(LEVELS):
                own = LEVELS[self.peek().group.alternatives[0][0].text]
                if own < lowest:
                    return left
                left = Code("binary", [left, self._group(self.take), self._binary(own + 1)])
                continue
            elif text in LEVELS and self.kind() == "op":
                own = LEVELS[text]
            else:
                return left
            if own < lowest:
                return left
            left = Code("binary", [left, self.take(), self._binary(own + 1)])

    def _unary(self) -> Code:
        text = self.text()
        if self.kind() == "op" and (text in UNARY or text in (b"++", b"--", b"&&")):
            return Code("unary", [self.take(), self._unary()])
        if self.sort() == "unary operator":
            return Code("unary", [self.take(), self._unary()])
        if text in (b"sizeof", b"__alignof__", b"_Alignof"):
            return self._sizeof()
        if text == b"(":
            cast = self.attempt(self._cast)
            if cast is not None:
                return cast
        return self._postfix(self._primary())

    def _sizeof(self) -> Code:
        word = self.take()
        if self.text() == b"(":
            found = self.attempt(self._parenthesised_type)
            if found is not None and self.text() != b"{":
                return Code("sizeof", [word, *found])
        return Code("sizeof", [word, self._unary()])

    def _parenthesised_type(self) -> list[Code]:
        opening = self.expect(b"(")
        if not self._looks_like_type():
            raise OtherwiseError("no type", self.peek())
        return [opening, self.type_name(), self.expect(b")")]

    def _looks_like_type(self) -> bool:
        if self._begins_type():
            return True
        if self.kind() == "group":
            return any(
                Grammar(each, self.types)._begins_type() for each in self.peek().group.alternatives
            )
        if self.kind() != "ident" or self.text() in KEYWORDS:
            return False
        ahead = 1
        while self.text(ahead) == b"*":
            ahead += 1
        return ahead > 1 and self.text(ahead) == b")"

    def _cast(self) -> Code:
        start = self.at
        if self._looks_like_type_at(1):
            parts = self._parenthesised_type()
            if self.text() == b"{":
                return self._postfix(Code("literal", [*parts, self.initializers()]))
            return Code("cast", [*parts, self._unary()])
        # (name) before an operand that cannot follow an expression can only be a cast.
        if self.kind(1) == "ident" and self.text(2) == b")":
            behind, kind = self.text(3), self.kind(3)
            is_operand = kind in ("ident", "number", "string", "char") or (
                kind == "meta" and self.sort(3) in EXPRESSION_SORTS | NAME_SORTS
            )
            if is_operand and behind not in KEYWORDS - {b"sizeof"} and self.text(1) not in KEYWORDS:
                opening = self.take()
                named = Code("type_name", [Code("type", [self.take()])])
                return Code("cast", [opening, named, self.expect(b")"), self._unary()])
        raise OtherwiseError("no cast", self.tokens[start])

    def _looks_like_type_at(self, ahead: int) -> bool:
        self.at += ahead
        found = self._looks_like_type()
        self.at -= ahead
        return found

    def _primary(self) -> Code:
        kind, text = self.kind(), self.text()
        if kind in ("dots", "nest"):
            return self.take()
        if kind == "group":
            return self._group(self._alternative)
        if kind == "meta":
            return self._meta()
        if kind in ("number", "char"):
            return self.take()
        if kind == "string":
            return self._strings()
        if text == b"(":
            opening = self.take()
            if self.text() == b"{":
                return Code("stmt_expr", [opening, self.block(), self.expect(b")")])
            return Code("paren", [opening, self.expression(), self.expect(b")")])
        if text == b"[":
            raise GrammarError("an expression is expected here", self.peek())
        if kind == "ident" and text not in KEYWORDS:
            if text in (b"typeof", b"__typeof__"):
                return Code("typeof", [self.take(), self.arguments()])
            if self.kind(1) == "string":
                return self._strings()
            return self.take()
        raise GrammarError("an expression is expected here", self.peek())

    def _alternative(self) -> Code:
        return self.expression()

    def _meta(self) -> Code:
        sort = self.sort()
        if sort in EXPRESSION_SORTS or sort in NAME_SORTS or sort in ("iterator", "declarer"):
            leaf = self.take()
            if self.kind() == "string":
                return Code("strings", [leaf, *self._pieces()])
            return leaf
        if sort in ("type", "typedef"):
            return self.type_name()
        raise GrammarError(f"{_with_article(sort)} is no expression", self.peek())

    def _strings(self) -> Code:
        pieces = self._pieces()
        return pieces[0] if len(pieces) == 1 else Code("strings", pieces)

    def _pieces(self) -> list[Code]:
        """Strings, and the macros and metavariables between them."""
        found = []
        while True:
            kind = self.kind()
            if (
                kind == "string"
                or (kind == "meta" and self.sort() in EXPRESSION_SORTS)
                or (kind == "ident" and self.text() not in KEYWORDS)
            ):
                found.append(self.take())
            else:
                return found

    def _postfix(self, node: Code) -> Code:
        while True:
            text = self.text()
            if self.kind() not in ("op",):
                return node
            if text == b"(":
                node = Code("call", [node, self.arguments()])
            elif text == b"[":
                node = Code("subscript", [node, self.take(), self.expression(), self.expect(b"]")])
            elif text in (b".", b"->"):
                operator = self.take()
                if self.kind() == "group":
                    node = Code("member", [node, operator, self._group(self.take)])
                elif self._is_name() or self.sort() == "metavariable":
                    node = Code("member", [node, operator, self.take()])
                else:
                    raise GrammarError("the name of a member is expected here", self.peek())
            elif text in (b"++", b"--"):
                node = Code("postfix", [node, self.take()])
            else:
                return node

    def arguments(self) -> Code:
        return self._listed("args", self._argument)

    def _argument(self) -> Code:
        if self.kind() == "dots" and self.text(1) in (b",", b")"):
            return self.take()
        if self.text() in (b",", b")"):
            return Code("empty")
        if self._begins_type() and self.text() not in (b"typeof", b"__typeof__"):
            found = self.attempt(self._type_argument)
            if found is not None:
                return found
        expression = self.attempt(self._assignment)
        if expression is not None and self.text() in (b",", b")"):
            return expression
        if expression is not None and self.peek() is None:
            return expression
        if expression is not None:
            self.at -= len(list(expression.leaves()))
        found = self.attempt(self._type_argument)
        if found is not None:
            return found
        if self.text() == b"{":
            return self.initializers()
        return self._assignment()

    def _type_argument(self) -> Code:
        found = self.type_name()
        if self.text() not in (b",", b")"):
            raise OtherwiseError("no type", self.peek())
        return found


def _reach(token: Any) -> float:
    """How far into the text a token is; the end is furthest."""
    if token is None:
        return float("inf")
    number: int = getattr(token, "number", -1)
    return number if number >= 0 else getattr(token, "start", 0)


def parse_all(grammar: Grammar, parse: Callable[[], Code]) -> Code:
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


CONDITIONAL_LEVEL = 4
BASIC = frozenset(
    b"""void char short int long float double signed unsigned _Bool _Complex __int128
    __signed__""".split()
)
KEYWORDS = frozenset(
    b"""if else while do for switch case default return goto break continue sizeof struct union
    enum const volatile static extern typedef register auto inline void char short int long float
    double signed unsigned""".split()
)


def _is_basic(specified: Sequence[Code]) -> bool:
    return any(not each.children and each.text in BASIC for each in specified)


def _is_signed(specified: Sequence[Code]) -> bool:
    return all(
        not each.children and each.text in {b"signed", b"unsigned"} | QUALIFIERS
        for each in specified
    )


def _chain(node: Code) -> list[Code]:
    """A declarator and those inside of it."""
    found = [node]
    while found[-1].children:
        inner = [
            child
            for child in found[-1].children
            if child.kind in ("ptr", "fn", "array", "pdecl", "annotated", "ident", "meta")
        ]
        if not inner:
            break
        found.append(inner[0])
    return found


def _with_article(word: str) -> str:
    return f"{'an' if word[:1] in 'aeiou' else 'a'} {word}"
