"""Types of expressions, as far as declarations tell them.

No type checker: the compiler is that. A pattern asks whether an expression is a pointer, or a
`struct foo *`; the answer comes from the declarations of the file and of the headers that somebody
has looked up before (`refactor.c.tables`). What they do not tell is not known, and said to be so;
nothing is guessed from a name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from refactor.c.code import PARAMETER, Code, lexemes
from refactor.c.tables import EMPTY, TypeTable, declared
from refactor.c.types import (
    ARRAY,
    CONSTANTS,
    DIFFERENCE,
    FUNCTION,
    INT,
    LANGUAGE,
    POINTER,
    SIZE,
    UNKNOWN,
    VOID_POINTER,
    Declarator,
    Type,
    bare,
    canonical,
    declarators,
    is_typedef,
    literal_type,
    qualified,
    split_type,
    type_named,
)


@dataclass(slots=True)
class _Local:
    declarator: Declarator
    is_static: bool


def _is_passed_to_macro(node: Code) -> bool:
    """True if a macro before a name gets it as an argument, and so may declare it: `LIST_HEAD(a)`.

    A statement without details is looked at as text.
    """
    function = next((each for each in node.ancestors() if each.kind == "function"), None)
    leaves = function.leaves() if function is not None else ()
    text = b" ".join(leaf.text for leaf in leaves if leaf.end <= node.start)
    tokens = [token.text for token in lexemes(text)]
    macros: list[bool] = []  # for each parenthesis that is open
    for at, token in enumerate(tokens):
        if token == b"(":
            macros.append(at > 0 and tokens[at - 1].isupper())
        elif token == b")":
            macros = macros[:-1]
        elif token == node.text and macros[-1:] == [True]:
            beside = {tokens[at - 1], *tokens[at + 1 : at + 2]}
            if beside <= {b"(", b")", b","}:
                return True
    return False


_Scopes = dict[int, dict[bytes, list[_Local]]]


class FileTypes:
    """The types of one file: `root` are its nodes, `headers` what others declare for it."""

    def __init__(
        self,
        root: Code,
        headers: TypeTable = EMPTY,
        whole: Callable[[], Code] | None = None,
    ) -> None:
        self.root = root
        self.whole = whole
        """Reads all of the file where `root` is a part of it. Most names are local, so that is
        left until one is not."""
        self.headers = headers
        # By identity; the node is kept so that no other one gets its number.
        self._known: dict[int, tuple[Code, Type | None]] = {}
        self._functions: dict[int, tuple[Code, _Scopes]] = {}

    @cached_property
    def own(self) -> TypeTable:
        """What the file itself declares; it goes before what headers say."""
        return declared(self.whole() if self.whole is not None else self.root)

    def of(self, node: Code) -> Type | None:
        """The type of an expression as it was declared; None where it is not known."""
        known = self._known.get(id(node))
        if known is None:
            # Until it is told, a type that depends on itself is not known.
            self._known[id(node)] = (node, None)
            rule = _RULES.get(node.kind)
            known = (node, (rule(self, node) or None) if rule is not None else None)
            self._known[id(node)] = known
        return known[1]

    def is_local(self, node: Code) -> bool | None:
        """True if a name is declared in the function around it, as no static and no extern.

        What nobody declares comes from a header, and is none; None if a macro may declare it. The
        parameters of a macro are its locals.
        """
        if any(each.kind == "define" for each in node.ancestors()):
            return node.token is PARAMETER
        found = self._locals(node)
        if found:
            return not found[-1].is_static
        is_known = node.text in self.own.names or node.text in self.headers.names
        if node.kind != "ident" or (not is_known and _is_passed_to_macro(node)):
            return None
        return False

    def declared_at(self, node: Code) -> int | None:
        """Where the function around a name declares it, in the innermost scope; None elsewhere."""
        found = self._locals(node)
        return found[0].declarator.name.start if found else None

    def local_type(self, node: Code) -> Type | None:
        """The type of a name that the function around it declares, UNKNOWN if that may be one of
        several; None elsewhere."""
        found = self._locals(node)
        kinds = {canonical(kind): kind for kind in self._types_of(found)}
        return (next(iter(kinds.values())) if len(kinds) == 1 else UNKNOWN) if found else None

    def same(self, one: Type, other: Type) -> bool:
        """True if two types are one, through typedefs and in whatever order of words."""
        if {one, other} == {SIZE, (b"size_t",)}:
            return True
        return self.unfolded(one, deep=True) == self.unfolded(other, deep=True) != UNKNOWN

    def pointers(self, kind: Type) -> int:
        """How many times one can follow the pointer, through typedefs."""
        count = 0
        kind = self.unfolded(kind)
        while kind[-1:] == (POINTER,):
            count += 1
            kind = self.unfolded(kind[:-1])
        return count

    def unfolded(self, kind: Type, deep: bool = False) -> Type:
        """A type without typedefs, as far as it takes to see what it is; with `deep` to the end."""
        seen: set[bytes] = set()
        by, derived = split_type(kind)
        words = bare(by)
        while len(words) == 1 and words[0] not in seen and (deep or not derived):
            seen.add(words[0])
            found = self._typedef(words[0])
            if not found:
                break
            more, inner = split_type(found)
            # A qualified name of a pointer is a pointer that is qualified.
            by = more if inner else (*by, *more)
            words = bare(more)
            derived = (*inner, *derived)
        found = (*qualified(words, by), *derived)
        return canonical(found) if deep else found

    def _typedef(self, name: bytes) -> Type:
        for known in (self.own.typedefs, self.headers.typedefs, LANGUAGE):
            if name in known:
                return known[name]
        return UNKNOWN

    # -------------------------------------------------------------------- names

    def _name(self, node: Code) -> Type | None:
        local = self.local_type(node)
        if local is not None:
            return local or None
        for known in (self.own.names, self.headers.names, CONSTANTS):
            if node.text in known:
                return known[node.text]
        return None

    def _types_of(self, found: list[_Local]) -> Iterator[Type]:
        for each in found:
            yield each.declarator.type(self.of)

    def _locals(self, node: Code) -> list[_Local]:
        """The declarations of a name in the innermost scope that has one before it.

        More than one if they stand in branches of a conditional directive.
        """
        if node.kind != "ident":
            return []
        around = [each for each in node.ancestors() if each.kind in _SCOPES]
        function = next((each for each in around if each.kind == "function"), None)
        if function is None:
            return []
        scopes = self._scopes(function)
        for each in around:
            before = [
                local
                for local in scopes.get(id(each), {}).get(node.text, ())
                if local.declarator.name.start <= node.start
            ]
            if before:
                return before
        return []

    def _scopes(self, function: Code) -> _Scopes:
        """What each scope of a function declares, read once."""
        known = self._functions.get(id(function))
        if known is None:
            known = (function, _read_scopes(function))
            self._functions[id(function)] = known
        return known[1]

    # -------------------------------------------------------------------- operators

    def _paren(self, node: Code) -> Type | None:
        parts = node.parts
        return self.of(parts[1]) if len(parts) == 3 else None

    def _literal(self, node: Code) -> Type | None:
        return literal_type(node.kind, node.text)

    def _call(self, node: Code) -> Type | None:
        callee = node.children[0]
        found = self.of(callee)
        if found is None:
            return SIZE if callee.text == b"offsetof" else None
        kind = self.unfolded(found)
        if kind[-1:] == (POINTER,):
            kind = self.unfolded(kind[:-1])
        return kind[:-1] if kind[-1:] == (FUNCTION,) else None

    def _followed(self, found: Type | None) -> Type | None:
        """What a pointer or an array leads to."""
        kind = self.unfolded(found) if found else UNKNOWN
        if kind[-1:] in ((POINTER,), (ARRAY,)):
            return kind[:-1]
        return kind if kind[-1:] == (FUNCTION,) else None

    def _subscript(self, node: Code) -> Type | None:
        return self._followed(self.of(node.children[0]))

    def _member(self, node: Code) -> Type | None:
        whole = self.of(node.children[0])
        if node.children[1].text == b"->":
            whole = self._followed(whole)
        if not whole:
            return None
        whole = self.unfolded(whole)
        tag = bare(whole)
        for table in (self.own, self.headers):
            found = table.members.get(tag, {}).get(node.children[-1].text)
            if found is not None:
                return qualified(found, whole)
        return None

    def _unary(self, node: Code) -> Type | None:
        operator, operand = node.children[0].text, node.children[-1]
        if operator == b"!":
            return INT
        found = self.of(operand)
        if operator == b"*":
            return self._followed(found)
        if not found or operator in (b"++", b"--"):
            return found
        return (*found, POINTER) if operator == b"&" else self._promoted(found)

    def _postfix(self, node: Code) -> Type | None:
        return self.of(node.children[0])

    def _sizeof(self, node: Code) -> Type | None:
        return SIZE

    def _cast(self, node: Code) -> Type | None:
        named = next((each for each in node.parts if each.kind == "type_name"), None)
        return type_named(named, self.of) if named is not None else None

    def _assign(self, node: Code) -> Type | None:
        return self.of(node.children[0]) or self.of(node.children[-1])

    def _comma(self, node: Code) -> Type | None:
        return self.of(node.children[-1])

    def _statements(self, node: Code) -> Type | None:
        block = node.parts[1] if len(node.parts) == 3 else None
        items = block.parts[1:-1] if block is not None else []
        if not items or items[-1].kind != "expr_stmt" or len(items[-1].parts) != 2:
            return None
        return self.of(items[-1].parts[0])

    def _cond(self, node: Code) -> Type | None:
        parts = node.parts
        then = parts[2] if len(parts) == 5 else parts[0]
        one, other = self._value(self.of(then)), self._value(self.of(parts[-1]))
        if one is None or other is None:
            return one or other
        for mine, theirs in ((one, other), (other, one)):
            # NULL and `void *` take the type of the other branch, and so does 0.
            if self._is_pointer(mine):
                is_general = bare(self.unfolded(mine, deep=True)) == VOID_POINTER
                return theirs if is_general and self._is_pointer(theirs) else mine
        return self._common(one, other)

    def _binary(self, node: Code) -> Type | None:
        parts = node.parts
        if len(parts) != 3:
            return None
        operator = parts[1].text
        if operator in _TESTS:
            return INT
        one, other = self._value(self.of(parts[0])), self._value(self.of(parts[2]))
        if one is None and other is None:
            return None
        if operator in (b"<<", b">>") and one is not None:
            return self._promoted(one)
        if operator in (b"+", b"-"):
            if one and self._is_pointer(one):
                both = other is not None and self._is_pointer(other)
                return DIFFERENCE if both and operator == b"-" else one
            if other and self._is_pointer(other):
                return other if operator == b"+" else None
        if one is None or other is None:
            # What is not known is mostly a macro for a number; so the other side decides.
            known = one or other
            return self._promoted(known) if known else None
        return self._common(one, other)

    def _value(self, found: Type | None) -> Type | None:
        """An array or a function as the pointer that it becomes in an expression."""
        kind = self.unfolded(found) if found else UNKNOWN
        if kind[-1:] == (ARRAY,):
            return (*kind[:-1], POINTER)
        if kind[-1:] == (FUNCTION,):
            return (*kind, POINTER)
        return found if kind[-1:] == (POINTER,) else bare(found or UNKNOWN) or None

    def _is_pointer(self, kind: Type) -> bool:
        return self.unfolded(kind)[-1:] == (POINTER,)

    def _promoted(self, kind: Type) -> Type:
        """What arithmetic makes of one number: an int of all that is smaller."""
        kind = bare(kind)
        whole = self.unfolded(kind, deep=True)
        return INT if whole[:1] == (b"enum",) or set(whole) & _SMALL else kind

    def _common(self, one: Type, other: Type) -> Type:
        """The type in which two numbers meet; a typedef that was not seen goes before an int."""
        one, other = self._promoted(one), self._promoted(other)
        return one if self._rank(one) >= self._rank(other) else other

    def _rank(self, kind: Type) -> int:
        words = self.unfolded(kind, deep=True)
        if set(words) & {b"float", b"double"}:
            return 20 + len(words) + (b"double" in words)
        if not set(words) <= _INTEGERS:
            return 1
        return 2 * words.count(b"long") + 2 * (b"long" in words) + (b"unsigned" in words)


def _read_scopes(function: Code) -> _Scopes:
    scopes: _Scopes = {}
    stack = [(function, id(function))]
    while stack:
        node, scope = stack.pop()
        inner = node.children
        if node.kind in _SCOPES:
            scope = id(node)
        if node.kind == "function":
            named = next(declarators(node), None)
            around = named.name.parent if named is not None else None
            # Only the parentheses behind the name: a parameter that is a function has its own.
            inner = [*(around.children[-1].children if around is not None else ()), inner[-1]]
        elif node.kind in ("declaration", "param"):
            inner = [each.children[-1] for each in inner if each.kind == "init_decl"]
            if not is_typedef(node):
                storage = {each.text for each in node.children if each.kind == "storage"}
                is_static = not storage.isdisjoint((b"static", b"extern"))
                names = scopes.setdefault(scope, {})
                for each in declarators(node):
                    names.setdefault(each.name.text, []).append(_Local(each, is_static))
        elif node.kind in ("type", "type_name"):
            continue
        stack.extend((child, scope) for child in reversed(inner) if child.children)
    return scopes


_SCOPES = frozenset(("block", "for", "function"))
_TESTS = frozenset((b"==", b"!=", b"<", b">", b"<=", b">=", b"&&", b"||"))
_SMALL = frozenset((b"char", b"short", b"bool", b"_Bool"))
_INTEGERS = frozenset((b"int", b"long", b"unsigned"))
_RULES: dict[str, Callable[[FileTypes, Code], Type | None]] = {
    "ident": FileTypes._name,
    "number": FileTypes._literal,
    "char": FileTypes._literal,
    "string": FileTypes._literal,
    "strings": FileTypes._literal,
    "paren": FileTypes._paren,
    "call": FileTypes._call,
    "subscript": FileTypes._subscript,
    "member": FileTypes._member,
    "unary": FileTypes._unary,
    "postfix": FileTypes._postfix,
    "sizeof": FileTypes._sizeof,
    "cast": FileTypes._cast,
    "literal": FileTypes._cast,
    "assign": FileTypes._assign,
    "comma": FileTypes._comma,
    "cond": FileTypes._cond,
    "binary": FileTypes._binary,
    "stmt_expr": FileTypes._statements,
}
