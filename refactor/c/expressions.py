"""Expressions of the parser of patterns and macros."""

from __future__ import annotations

from collections.abc import Collection

from refactor.c.code import LEVELS, Code
from refactor.c.reader import (
    CONDITIONAL_LEVEL,
    EXPRESSION_SORTS,
    KEYWORDS,
    NAME_SORTS,
    GrammarError,
    OtherwiseError,
    Reader,
)

ASSIGNMENTS = frozenset(b"= += -= *= /= %= &= |= ^= <<= >>=".split())
UNARY = frozenset(b"- + ! ~ * &".split())
SIGNS = frozenset(b"- + * &".split())


class Expressions(Reader):
    """The part of the grammar that has a value."""

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
                type(self)(each, self.types)._begins_type()
                for each in self.peek().group.alternatives
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
        # (name) before an operand that cannot follow an expression can only be a cast, and so is a
        # name that ends as those of types do, `(foo_t)(a)`.
        if self.kind(1) == "ident" and self.text(2) == b")":
            behind, kind = self.text(3), self.kind(3)
            is_operand = kind in ("ident", "number", "string", "char") or (
                kind == "meta" and self.sort(3) in EXPRESSION_SORTS | NAME_SORTS
            )
            is_operand |= self.text(1).endswith(b"_t") and self._is_sign(3)
            if is_operand and behind not in KEYWORDS - {b"sizeof"} and self.text(1) not in KEYWORDS:
                opening = self.take()
                named = Code("type_name", [Code("type", [self.take()])])
                return Code("cast", [opening, named, self.expect(b")"), self._unary()])
        raise OtherwiseError("no cast", self.tokens[start])

    def _is_sign(self, ahead: int) -> bool:
        """True for `(` and for a sign close to its operand: behind `(foo_t)` they begin one."""
        sign, operand = self.peek(ahead), self.peek(ahead + 1)
        is_close = getattr(sign, "end", 0) == getattr(operand, "start", 0)
        text = self.text(ahead)
        return text == b"(" or (text in SIGNS and operand is not None and is_close)

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
            found = self.type_name()
            if self.text() == b"=":
                raise GrammarError("a declaration ends with its semicolon", self.peek())
            return found
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
        pieces = self.attempt(self._pieces_of_string) if self.is_macro else None
        return pieces or self._assignment()

    def _pieces_of_string(self) -> Code:
        """`LEVEL fmt` and `PREFIX f(fmt) "x"`, of which nobody says that they are strings."""
        pieces: list[Code] = []
        while self.text() not in (b",", b")"):
            if self.kind() not in ("ident", "string") or self.text() in KEYWORDS:
                raise OtherwiseError("no string", self.peek())
            piece = self.take()
            if piece.kind == "ident" and self.text() == b"(":
                piece = Code("call", [piece, self.arguments()])
            pieces.append(piece)
        return Code("strings", pieces)

    def _type_argument(self) -> Code:
        found = self.type_name()
        if self.text() not in (b",", b")"):
            raise OtherwiseError("no type", self.peek())
        return found


def _with_article(word: str) -> str:
    return f"{'an' if word[:1] in 'aeiou' else 'a'} {word}"
