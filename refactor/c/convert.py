"""From the parser's tree of a file to nodes of our own (`refactor.c.code`).

The parser has read the mask, where the kernel's dialect is written in plain C. Here it is undone:
a token is what stands in the file, an annotation that the mask has blanked is a node again, a
`while` over the name of a macro is a loop of that macro, and a type that was joined to one word is
read as a type. So patterns meet the code as it was written.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence

from refactor.c.code import PARAMETER, TAGS, TYPE_WORDS, Code, lexemes
from refactor.c.grammar import Grammar, GrammarError, is_iterator_name, is_scope_name
from refactor.c.lexical import code_only, covering, directives
from refactor.c.macros import macro_code
from refactor.c.nodes import ATTRIBUTES, CONDITIONALS, DECLARING, SPECIFIERS, STUBS_OF_EXPRESSIONS
from refactor.c.regroup import join_top, postfixed, uncomma, with_bits, without_comment
from refactor.c.syntax import Node, SourceFile
from refactor.c.unmask import DEFINE, Unmasking
from refactor.text import Span

_LINE = re.compile(rb"(?:[^\n\\]|\\\r?\n|\\)*")
_POINTER = re.compile(rb"(\w+)\s*(\*\s*)*\(\s*\*[^;]*\)\s*\(")
_INCLUDE = re.compile(rb"#[ \t]*include[ \t]*(?:<[^>\n]*>|\"[^\"\n]*\")")


def code_of(
    source: SourceFile, node: Node, iterators: Collection[bytes] = (), base: int = 0
) -> Code:
    """The nodes of `node` and everything below it.

    `iterators` are macros that are loops besides those whose names tell. With `base` the parser's
    offsets are those of a part of the file that begins there.
    """
    return Converter(source.data, source.masked, frozenset(iterators), base).one(node)


class Converter(Unmasking):
    """Declarations, statements, directives and expressions."""

    # -------------------------------------------------------------------- types

    def declaring(self, node: Node) -> list[Code]:
        """A declaration, its type one node."""
        if node.type == "declaration" and self.data[node.end_byte - 1 : node.end_byte] != b";":
            value = node.named_children[-1].child_by_field_name("value")
            if value is not None and self.data[value.start_byte : value.start_byte + 1] == b")":
                return self._table(node, value)
        parts: list[Code] = []
        types: list[Code] = []
        specified = False

        def close() -> None:
            if [each.kind for each in types] == ["type_name"] and len(types[0].children) == 1:
                types[:] = types[0].children[0].children  # words that were joined to one
            if types:
                parts.append(Code("type", list(types)))
                types.clear()

        for child in node.children:
            kind = child.type
            if kind == "type_qualifier":
                types += self.convert(child)
            elif kind in SPECIFIERS and not (specified and kind == "type_identifier"):
                types += self.convert(child)
                specified = True
            elif kind == "storage_class_specifier" or kind == "typedef":
                close()
                found = self.convert(child)
                for each in found:
                    if each.kind in ("op", "ident"):
                        each.kind = "storage"
                    elif each.children:
                        each.children[-1].kind = "storage"
                        each = each.children[-1]
                parts += found
            elif kind == "comment":
                self.convert(child)
            else:
                converted = self.convert(child)
                if not specified and converted and converted[0].kind == "attr":
                    (types if types else parts).extend(converted)
                    continue
                close()
                parts += converted
        close()
        if parts and parts[-1].kind == "block":
            # What stands between the head and the brace belongs to the head.
            inside = parts[-1].children
            count = next((n for n, each in enumerate(inside) if each.kind != "attr"), 0)
            if count:
                parts[-1:] = [*inside[:count], Code("block", list(inside[count:]))]
        kind = DECLARING[node.type]
        if kind == "param" and len(parts) == 1 and parts[0].kind == "type":
            inner = parts[0].children
            if len(inner) == 1 and inner[0].kind == "type_name":
                parts = list(inner[0].children)
        if kind == "type_name" and len(parts) == 1:
            inner = parts[0].children
            if len(inner) == 1 and inner[0].kind == "type_name":
                return [inner[0]]
        if kind == "declaration" and any(each.kind == "bits" for each in parts):
            parts = with_bits(parts)
        return [Code(kind, parts)]

    def _table(self, node: Node, elements: Node) -> list[Code]:
        """Elements between two macros, of which the mask has made a variable."""
        opening, *inside, closing = elements.children
        found = self._gap(node.start_byte)
        name, *arguments = [
            self._leaf(each) for each in lexemes(self.data, node.start_byte, opening.end_byte)
        ]
        self.position = opening.end_byte
        listed = self.all(inside)
        end = next(lexemes(self.data, closing.start_byte))
        self.position = end.end
        variable = Code("init_decl", [Code("pdecl", arguments), Code("init", listed)])
        return [*found, Code("declaration", [Code("type", [name]), variable, self._leaf(end)])]

    def flat(self, node: Node) -> list[Code]:
        """The tokens of a node that is no level of its own."""
        return self.all(node.children)

    def attribute(self, node: Node) -> list[Code]:
        """Attributes that the parser knows, or that the mask has made."""
        start, end = max(node.start_byte, self.position), node.end_byte
        if end <= start:
            return []
        found = self._gap(node.start_byte)
        self.position = end
        return found + self._attributes(start, end)

    def attributed(self, node: Node) -> list[Code]:
        """A statement behind attributes: `static DEFINE_MUTEX(x);`."""
        parts = self.all(node.children)
        noted = [each for each in parts if each.kind == "attr"]
        rest = [each for each in parts if each.kind != "attr"]
        if len(rest) != 1:
            return parts
        whole = rest[0]
        for each in noted:
            each.parent = whole
        whole.children = [*noted, *whole.children]
        if noted:
            whole.start = noted[0].start
        return [whole]

    # -------------------------------------------------------------------- statements

    def condition(self, node: Node) -> list[Code]:
        """The parentheses of an `if` or a loop are its own."""
        return self.all(node.children)

    def governing(self, node: Node) -> list[Code]:
        """`if`, `while`, `switch`, `do`: their parentheses and `else` flattened."""
        parts: list[Code] = []
        closing = 0
        for child in node.children:
            if child.type in ("parenthesized_expression", "else_clause"):
                for inner in child.children:
                    parts += self.convert(inner)
                closing = closing or len(parts) - 1
            else:
                parts += self.convert(child)
        kind = node.type.removesuffix("_statement")
        if kind == "while" and parts and parts[0].text != b"while":
            return [self._iterator(parts, closing)]
        return [Code(kind, parts)]

    def _iterator(self, parts: list[Code], closing: int) -> Code:
        """A loop that a macro makes; the parser has read its arguments as one expression.

        Without its parenthesis, the statements are in the arguments as well.
        """
        if parts[closing].text != b")":
            return Code("error", parts)
        name, opening = parts[:2]
        listed: list[Code] = [opening]
        for each in parts[2:closing]:
            listed += uncomma(each)
        listed.append(parts[closing])
        return Code("iterator", [name, Code("args", listed), *parts[closing + 1 :]])

    def expression_statement(self, node: Node) -> list[Code]:
        """An expression with its semicolon; a macro of asm; an empty statement."""
        declared = self._pointer_to_function(node)
        if declared is not None:
            return declared
        parts = self.all(node.children)
        if len(parts) == 1 and parts[0].kind == "attr":
            return parts
        return [Code("expr_stmt", parts)] if parts else []

    def _pointer_to_function(self, node: Node) -> list[Code] | None:
        """`irqreturn_t (*f)(int);`, which the parser takes for a call of what a call gives, and
        `foo *(*f)(int);`."""
        start, end = node.start_byte, node.end_byte
        head = _POINTER.match(self.data, start, end)
        if head is None or not self._begins_with_type(node, head):
            return None
        try:
            parsed = Grammar(list(lexemes(self.data, start, end)), {head[1]}).items()
        except GrammarError:
            return None
        if [each.kind for each in parsed] != ["declaration"]:
            return None
        found = self._gap(start)
        self.position = end
        self._rebase(parsed[0])
        return [*found, parsed[0]]

    def _begins_with_type(self, node: Node, head: re.Match[bytes]) -> bool:
        """True if what `f(*g)(...)` begins with is a type: by its name, because there are types
        among the arguments, or because it would say nothing. The product of a name and of what a
        call gives is no statement, and at the top of a file there is none."""
        if head[1] in TYPE_WORDS or head[1].endswith(b"_t") or head[2] or node.parent is None:
            return True
        words = set(re.findall(rb"\w+", self.data[head.end() : node.end_byte]))
        is_typed = bool(words & (TYPE_WORDS | TAGS)) and b"sizeof" not in words
        return is_typed or node.parent.type == "translation_unit"

    def labeled(self, node: Node) -> list[Code]:
        """A label, and the statement behind it, as siblings."""
        head: list[Code] = []
        rest: list[Code] = []
        for child in node.children:
            converted = self.convert(child)
            if (child.type in ("statement_identifier", ":") and not rest) or (
                child.type == "attribute_specifier" and not rest
            ):
                head += converted
            else:
                rest += converted
        if rest and rest[0].kind == "expr_stmt" and rest[0].children[0].text == b":":
            head.append(rest.pop(0).children[0])  # over it the mask has written a semicolon
        return [Code("label", head), *rest]

    def case(self, node: Node) -> list[Code]:
        """A label of a switch, and the statements behind it, as siblings."""
        head: list[Code] = []
        rest: list[Code] = []
        closed = False
        for child in node.children:
            converted = self.convert(child)
            if closed:
                rest += converted
            else:
                head += converted
                closed = child.type == ":"
        kind = "default" if head and head[0].text == b"default" else "case"
        if len(head) == 3 and head[1].kind == "binary" and head[1].children[1].text == b"...":
            head[1:2] = head[1].children
        return [Code(kind, head), *rest]

    def sequence(self, node: Node) -> list[Code]:
        """A block; what a macro lacks a semicolon for may be the loop around what follows."""
        parts = self.all(node.children)
        if self.data[node.start_byte : node.start_byte + 1] != b"{":
            return [Code("error", parts)]  # statements as an argument, which the mask has put there
        return [Code("block", self._loops(parts))]

    def _loops(self, parts: list[Code]) -> list[Code]:
        found: list[Code] = []
        for each in reversed(parts):
            if (
                each.kind == "expr_stmt"
                and len(each.children) == 1
                and each.children[0].kind == "call"
                and (
                    self._is_loop(each.children[0])
                    or is_scope_name(each.children[0].children[0].text)
                )
                and found
                and found[-1].text != b"}"
            ):
                call = each.children[0]
                found[-1] = Code("iterator", [*call.children, found[-1]])
            elif (
                each.kind == "expr_stmt"
                and [one.kind for one in each.children] == ["call", "op"]
                and self._is_loop(each.children[0])
            ):
                call, nothing = each.children
                found.append(Code("iterator", [*call.children, Code("expr_stmt", [nothing])]))
            else:
                found.append(each)
        return found[::-1]

    def _is_loop(self, call: Code) -> bool:
        name = call.children[0].text
        return name in self.iterators or is_iterator_name(name)

    # -------------------------------------------------------------------- directives

    def conditional(self, node: Node) -> list[Code]:
        """The directives of a conditional and what they enclose, in one list."""
        found = self._line(node)
        first = True
        for child in node.children:
            if child.end_byte <= self.position and child.type not in ("#endif",):
                continue
            if first and child.start_byte < self.position:
                continue
            first = False
            if child.type == "#endif":
                found += self._gap(child.start_byte)
                found += self._line(child)
            else:
                found += self.convert(child)
        return found

    def _line(self, node: Node) -> list[Code]:
        """The directive that begins here, with its whole line."""
        start = node.start_byte
        match = _LINE.match(self.data, start)
        end = match.end() if match else node.end_byte
        text = self.data[start:end].rstrip()
        self.position = max(self.position, start + len(text))
        return [Code("directive", None, text, start + self.base, start + len(text) + self.base)]

    def directive(self, node: Node) -> list[Code]:
        """#define, #include, #pragma; or a macro that the mask has written as a directive."""
        found = self._gap(node.start_byte)
        start = node.start_byte
        end = start + len(self.data[start : node.end_byte].rstrip())
        text = self.data[start:end]
        self.position = end
        include = _INCLUDE.match(text)
        if include is not None:
            end = start + include.end()
            text = include[0]
        if text.startswith(b"#"):
            kind = {"preproc_include": "include"}.get(node.type, "directive")
            if node.type in ("preproc_def", "preproc_function_def", "comment"):
                kind = "define"
                body = self._macro_body(start, end)
                if body is not None:
                    return [*found, body]
                text = without_comment(text)
                end = start + len(text)
            found.append(Code(kind, None, text, start + self.base, end + self.base))
            return found
        tokens = list(lexemes(self.data, start, end))
        grammar = Grammar(tokens)
        try:
            parsed = grammar.items()
        except GrammarError:
            return [*found, Code("macro", [self._leaf(token) for token in tokens])]
        for each in parsed:
            self._rebase(each)
            found.append(each if each.kind != "call" else Code("expr_stmt", [each]))
        return found

    def _macro_body(self, start: int, end: int) -> Code | None:
        """A #define whose text is code too: it has one of the words that are looked for, or is to
        be read with all details."""
        is_full = bool(self.full) and covering(self.full, start) is not None
        at = bisect_left(self.macros, start)
        if not is_full and (at == len(self.macros) or self.macros[at] >= end):
            return None
        head = DEFINE.match(self.data, start, end)
        if head is None:
            return None
        if not is_full and self.macros[bisect_right(self.macros, end - 1) - 1] < head.end():
            return None
        body = macro_code(self.data, head.end(), end)
        if body is None:
            return None
        listed = head[0].partition(b"(")[2].partition(b")")[0]
        parameters = {each.text for each in lexemes(listed)}
        for each in body:
            self._rebase(each)
            for leaf in each.leaves():
                if leaf.kind == "ident" and leaf.text in parameters:
                    leaf.token = PARAMETER
        name = Code("op", None, head[0], start + self.base, head.end() + self.base)
        return Code("define", [name, *body], self.data[start:end])

    def struct(self, node: Node) -> list[Code]:
        """A struct at the top of a file is a declaration with the semicolon behind it."""
        parts = self.all(node.children)
        return [Code("struct", parts)] if parts else []

    def strings(self, node: Node) -> list[Code]:
        """Strings and macros that stand side by side; the mask may have put a plus between them."""
        parts = self.all(node.children)
        return [Code("strings", parts)]

    def binary(self, node: Node) -> list[Code]:
        """An operator; one that the mask has put between strings is none."""
        parts = self.all(node.children)
        if len(parts) == 2:
            flat: list[Code] = []
            for each in parts:
                flat += each.children if each.kind == "strings" else [each]
            return [Code("strings", flat)]
        return [Code("binary", parts)]

    def update(self, node: Node) -> list[Code]:
        parts = self.all(node.children)
        if len(parts) == 2 and parts[1].text in (b"++", b"--"):
            return [postfixed(*parts)]
        return [Code("unary" if parts and parts[0].text in (b"++", b"--") else "postfix", parts)]

    def parenthesised(self, node: Node) -> list[Code]:
        opening = self.data[node.start_byte : node.start_byte + 1]
        if opening == b"{":
            return [
                Code("init", [one for each in self.all(node.children) for one in uncomma(each)])
            ]
        parts = self.all(node.children)
        if len(parts) == 3 and parts[1].kind == "block":
            return [Code("stmt_expr", parts)]
        return [Code("paren", parts)]

    def offsetof(self, node: Node) -> list[Code]:
        """offsetof(type, member) has the shape of a call."""
        parts = self.all(node.children)
        return [Code("call", [parts[0], Code("args", parts[1:])])] if len(parts) > 1 else parts

    def atom(self, node: Node) -> list[Code]:
        return self._token(node, "ident")


Converter.rules = {
    **dict.fromkeys(DECLARING, Converter.declaring),
    **dict.fromkeys(CONDITIONALS, Converter.conditional),
    **dict.fromkeys(ATTRIBUTES, Converter.attribute),
    **dict.fromkeys(
        ("if_statement", "while_statement", "switch_statement", "do_statement"),
        Converter.governing,
    ),
    **dict.fromkeys(
        ("preproc_def", "preproc_function_def", "preproc_include", "preproc_call"),
        Converter.directive,
    ),
    "sized_type_specifier": Converter.flat,
    "type_qualifier": Converter.flat,
    "storage_class_specifier": Converter.flat,
    "variadic_parameter": Converter.flat,
    "attributed_statement": Converter.attributed,
    "expression_statement": Converter.expression_statement,
    "labeled_statement": Converter.labeled,
    "case_statement": Converter.case,
    "compound_statement": Converter.sequence,
    "binary_expression": Converter.binary,
    "update_expression": Converter.update,
    "parenthesized_expression": Converter.parenthesised,
    "offsetof_expression": Converter.offsetof,
}


def convert_top(
    source: SourceFile,
    iterators: Collection[bytes] = (),
    wanted: Sequence[int] | None = None,
    macros: Sequence[int] = (),
    *,
    keeps_declarations: bool = False,
    full: Sequence[Span] = (),
    declaring: Sequence[Span] = (),
) -> Code:
    """The whole file as one node of kind `file`.

    With `wanted`, statements without one of these offsets are nodes without details. The text of a
    macro that has one of the offsets `macros`, or is in `full`, is read as code. With
    `keeps_declarations` all declarations have their details, for the types of what is found; `full`
    and `declaring` are as those of `Converter`.
    """
    converter = Converter(
        source.shown, source.masked, frozenset(iterators), 0, wanted, macros, keeps_declarations
    )
    converter.position = 0
    if source.abridged is not None:
        converter.stubs = STUBS_OF_EXPRESSIONS
    converter.spans = source.spans
    converter.full = list(full)
    converter.declared = list(declaring)
    parts = converter.all(source.root.children)
    return Code("file", join_top(parts)) if parts else Code("file", None, b"", 0, 0)


def directives_of(data: bytes) -> Code:
    """The directives of a file alone, as a node of kind `file`; nothing is parsed for them."""
    found: list[Code] = []
    for each in directives(code_only(data)):
        start = (
            each.span.start
            + len(data[each.span.start : each.span.end])
            - len(data[each.span.start : each.span.end].lstrip())
        )
        text = data[start : each.span.end].rstrip()
        include = _INCLUDE.match(text)
        kind = "define" if each.keyword == b"define" else "directive"
        if include is not None:
            text, kind = include[0], "include"
        elif kind == "define":
            text = without_comment(text)
        found.append(Code(kind, None, text, start, start + len(text)))
    return Code("file", found) if found else Code("file", None, b"", 0, 0)
