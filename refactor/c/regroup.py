"""Nodes that the parser groups otherwise than C does, or than patterns are grouped."""

from __future__ import annotations

from collections.abc import Sequence

from refactor.c.code import Code, lexemes


def join_top(parts: list[Code]) -> list[Code]:
    """A struct and the semicolon behind it are one declaration, as in a block."""
    found: list[Code] = []
    for each in parts:
        if each.kind == "iterator":
            # SYSCALL_DEFINE1(name, int, fd) { at the top of a file: a macro that defines.
            each.kind = "function"
        at = _last_struct(found) if each.text == b";" and not each.children else -1
        if at >= 0:
            found[at:] = [Code("declaration", [Code("type", [found[at]]), *found[at + 1 :], each])]
        elif each.kind == "block" and found and (head := _untyped_head(found[-1])) is not None:
            found[-1] = Code("function", [head, each])
        elif each.kind == "function" and (head := _untyped_head(each)) is not None:
            found.append(Code("function", [head, each.children[-1]]))
        else:
            found.append(each)
    return found


def annotated(parts: list[Code]) -> list[Code]:
    """`(int *__user)`: an annotation behind the type of a cast belongs to that."""
    found: list[Code] = []
    for each in parts:
        if each.kind == "attr" and found and found[-1].kind == "type_name":
            found[-1] = Code("type_name", [*found[-1].children, each])
        else:
            found.append(each)
    return found


def with_bits(parts: list[Code]) -> list[Code]:
    """A declarator with its width as one node, as in patterns."""
    found: list[Code] = []
    for each in parts:
        if each.kind == "bits" and found and found[-1].kind not in ("type", "op"):
            found[-1] = Code("bit_decl", [found[-1], each])
        else:
            found.append(each)
    return found


def uncomma(node: Code) -> list[Code]:
    """The items of a comma expression, with the commas between them."""
    if node.kind != "comma":
        return [node]
    found: list[Code] = []
    for child in node.children:
        found += uncomma(child)
    return found


def postfixed(operand: Code, sign: Code) -> Code:
    """`operand` with `++` or `--` behind it.

    The parser reads `!x--` as `(!x)--`; a postfix operator holds tighter than any before it.
    """
    if operand.kind != "unary":
        return Code("postfix", [operand, sign])
    *before, inner = operand.children
    return Code("unary", [*before, postfixed(inner, sign)])


def without_comment(text: bytes) -> bytes:
    """A `#define` without the comment behind it, which is about the line and stays with it."""
    if b"/*" not in text and b"//" not in text:
        return text
    return text[: max((each.end for each in lexemes(text)), default=len(text))]


def _last_struct(found: Sequence[Code]) -> int:
    """Where a struct stands that only attributes follow; -1 if there is none."""
    at = len(found) - 1
    while at >= 0 and found[at].kind == "attr":
        at -= 1
    return at if at >= 0 and found[at].kind == "struct" else -1


def _untyped_head(node: Code) -> Code | None:
    """The head of a definition without a type, `main() {`, which the parser takes for a call, or
    for the type of what stands in parentheses."""
    if node.kind in ("error", "expr_stmt") and len(node.children) == 1:
        node = node.children[0]
    if node.kind == "call" and node.children[0].kind == "ident":
        name, inside = node.children
        if all(each.kind in ("ident", "op") for each in inside.children):
            return Code("fn", [name, Code("params", list(inside.children))])
    if node.kind == "function" and [each.kind for each in node.children] == [
        "type",
        "pdecl",
        "block",
    ]:
        kind, declared, _ = node.children
        is_name = [each.kind for each in kind.children] == ["ident"]
        if is_name and [each.kind for each in declared.children] == ["op", "ident", "op"]:
            return Code("fn", [kind.children[0], Code("params", list(declared.children))])
    return None
