"""Declarations, types and initializers of the parser of patterns and macros."""

from __future__ import annotations

from collections.abc import Sequence

from refactor.c.code import QUALIFIERS, STORAGE, TAGS, TYPE_WORDS, Code
from refactor.c.reader import (
    CONDITIONAL_LEVEL,
    KEYWORDS,
    NAME_SORTS,
    GrammarError,
    OtherwiseError,
    Reader,
)

BASIC = frozenset(
    b"""void char short int long float double signed unsigned _Bool _Complex __int128
    __signed__""".split()
)


class Declarations(Reader):
    """The part of the grammar that declares."""

    def function(self) -> Code:
        """A definition; its type may be missing, as it may in a pattern."""
        typed = (
            self._begins_type()
            or (self.kind() == "group" and self._is_type_group())
            or self._is_word_before_call()
        )
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

    def _is_word_before_call(self) -> bool:
        """True for `word name(` and `word *name(`: before a body the word can only be a type, which
        nobody has to declare for that."""
        ahead = 1
        while self.text(ahead) == b"*" or self.text(ahead) in QUALIFIERS:
            ahead += 1
        named = self.kind(ahead) == "ident" or self.sort(ahead) in NAME_SORTS
        is_word = self.kind() == "ident" and self.text() not in KEYWORDS
        return is_word and named and self.text(ahead + 1) == b"("

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
