"""A parser of C for what the parser of files cannot read: patterns, and the text of macros.

It reads tokens, not bytes, and asks each for its role: a metavariable of kind `type` is a type, one
of kind `statement` a statement, so that a pattern needs no guesses where it has declared what it
means. A group of alternatives, dots and nests are tokens too (`refactor.pattern.tokens`).

Recursive descent; the nodes are those of `refactor.c.code`. Why not the parser of files: heads
without bodies, alternatives inside of an expression and holes in the place of a type are no C.
"""

from __future__ import annotations

from refactor.c.code import LEVELS, STORAGE, Code
from refactor.c.declaring import Declarations
from refactor.c.expressions import ASSIGNMENTS, Expressions
from refactor.c.reader import (
    CONDITIONAL_LEVEL,
    EXPRESSION_SORTS,
    KEYWORDS,
    NAME_SORTS,
    STATEMENT_SORTS,
    GrammarError,
    OtherwiseError,
    is_iterator_name,
    is_scope_name,
    reach,
)

__all__ = [
    "EXPRESSION_SORTS",
    "KEYWORDS",
    "NAME_SORTS",
    "STATEMENT_SORTS",
    "Grammar",
    "GrammarError",
    "OtherwiseError",
    "is_iterator_name",
    "is_scope_name",
]


class Grammar(Declarations, Expressions):
    """A parser over some tokens; `names` are those of iterators, types and annotations."""

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
                isinstance(error, OtherwiseError) or reach(known.token) > reach(error.token)
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
        A semicolon is a statement by itself, as for spatch: `...;` are dots up to an empty one.
        """
        dots, following, text = self.peek(), self.peek(1), self.text(1)
        if following is None or following.line != max(
            [dots.line, *(when.line for when in dots.whens)]
        ):
            return False
        return text in LEVELS or text in ASSIGNMENTS or text == b"?"

    def _sequence(self) -> Code:
        found = self.items()
        return Code("seq", found) if found else Code("seq")

    def bare_type(self) -> Code:
        """A type alone, as a pattern for types."""
        found = self.type_name()
        if self.peek() is not None:
            raise GrammarError("nothing can follow a bare type", self.peek())
        return found

    def _is_type_group(self) -> bool:
        """True for alternatives of a type before what is declared: `\\(int\\|long\\) x;`."""
        named = self.kind(1) == "ident" or self.sort(1) in NAME_SORTS or self.text(1) == b"*"
        return named and all(
            type(self)(each, self.types)._begins_type() for each in self.peek().group.alternatives
        )

    def _continues_expression(self) -> bool:
        """True if the group that comes next is an operand, by what follows it."""
        after = self.text(1)
        if self.sort(1) in ("binary operator", "assignment operator"):
            return True
        if after in (b";", b"?", b"->", b".", b"[", b",", b")", b"++", b"--", b"("):
            return True
        return after in LEVELS or after in ASSIGNMENTS

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
