"""Questions about one node, of a pattern or of a file, that the tree around it answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from refactor.c.code import EXPRESSIONS, Code
from refactor.c.grammar import EXPRESSION_SORTS

DECLARATORS = ("ptr", "array", "fn", "pdecl", "annotated", "init_decl", "bit_decl")


def value_of(text: bytes) -> int | None:
    """The value of an integer literal without suffix, or of a plain character."""
    try:
        if re.fullmatch(rb"0[0-7]+", text):
            return int(text, 8)
        return int(text, 0)
    except ValueError:
        return None


ANNOTATED = frozenset(("declaration", "function", "param", "type_name", "expr_stmt"))

_NOT_OF_HEAD = frozenset(("params", "fields", "block", "init", "args", "call"))


def name_of(node: Code) -> Code | None:
    """The one name that a declaration, a definition or a parameter declares."""
    declared = [
        each for each in node.parts if each.kind in DECLARATORS or each.kind in ("ident", "meta")
    ]
    if len(declared) != 1:
        return None
    inner = declared[0]
    if inner.kind in ("init_decl", "bit_decl"):
        inner = inner.parts[0]
    names = chain(inner)
    return names[0] if names and not names[0].children else None


def is_before(one: Code, other: Code | None) -> bool:
    """True if a token of a pattern stands before another one."""
    numbers = [leaf.token.number for leaf in (one, other) if leaf is not None and leaf.token]
    return len(numbers) == 2 and numbers[0] < numbers[1]


def annotations_of(node: Code) -> list[list[Code]]:
    """The annotations of a declaration, each as its tokens; those of its parts left out."""
    found: list[list[Code]] = []
    stack = [*reversed(node.children)]
    if node.kind in ("param", "type_name") and node.parent is not None:
        # One at the end stands beside the parameter, or the type, in the parser's tree.
        siblings = node.parent.children
        at = next((i for i, each in enumerate(siblings) if each is node), len(siblings)) + 1
        behind = []
        while at < len(siblings) and siblings[at].kind == "attr":
            behind.append(siblings[at])
            at += 1
        stack = [*reversed(behind), *stack]
    pending: list[Code] = []
    while stack:
        each = stack.pop()
        if each.kind != "attr":
            if each.kind not in _NOT_OF_HEAD:
                stack.extend(reversed(each.children))
            continue
        leaves = list(each.leaves())
        if pending or leaves[0].text == b"[":
            pending += leaves  # `[[x]]` comes as single tokens
            if pending[-2:][0].text == pending[-1].text == b"]":
                found.append(pending)
                pending = []
        else:
            found.append(leaves)
    return found


def without_annotation(node: Code) -> list[Code]:
    """The words of a type without annotations in front of it.

    In `noinline_for_us bool f()` it is the function that is annotated, not the type.
    """
    leaves = list(node.leaves())
    first = next((n for n, leaf in enumerate(leaves) if leaf.kind != "attr"), 0)
    return leaves[first:]


def stars_behind(node: Code, annotation: Code) -> int:
    """How many stars of a declaration, before its name, stand behind one of its annotations."""
    name = name_of(node)
    seen = False
    count = 0
    for leaf in node.leaves():
        if leaf is name:
            break
        if leaf is annotation:
            seen = True
        elif seen and leaf.text == b"*" and leaf.parent is not None and leaf.parent.kind == "ptr":
            count += 1
    return count


def is_constant(node: Code) -> bool:
    """What Coccinelle takes for a constant: literals, upper-case names, and these negated."""
    if node.kind in ("number", "char", "string", "strings"):
        return True
    if node.kind == "unary" and node.children[0].text in (b"-", b"~", b"+"):
        return is_constant(node.children[1])
    if node.kind == "sizeof":
        return True
    if node.kind == "paren":
        return False
    if node.kind == "ident":
        return node.text == b"NULL" or re.fullmatch(rb"[A-Z_][A-Z0-9_]*", node.text) is not None
    return False


def may_be_constant(p: Code) -> bool:
    if p.kind == "meta":
        return bool(p.token.meta.sort == "constant")
    return is_constant(p)


def is_tested(node: Code) -> bool:
    """True where only the truth of an expression counts, in a file or a pattern."""
    is_hole = node.kind == "meta" and node.token.meta.sort in EXPRESSION_SORTS
    parent = node.parent
    while parent is not None and parent.kind == "paren":
        node, parent = parent, parent.parent
    if parent is None:
        return False
    kind = parent.kind
    if kind in ("if", "while", "do"):
        return node.kind in EXPRESSIONS or is_hole
    if kind == "for":
        semicolons = [each for each in parent.children if each.text == b";"]
        return (
            bool(semicolons)
            and semicolons[-1].start >= node.end
            and (len(semicolons) < 2 or semicolons[0].end <= node.start)
        )
    if kind == "unary":
        return parent.children[0].text == b"!"
    if kind == "binary":
        return parent.children[1].text in (b"&&", b"||")
    if kind == "cond":
        return parent.children[0] is node
    return False


NO_NAMES = frozenset((b"return", b"else"))


def is_no_value(node: Code) -> bool:
    """A name that is no expression: of a member, a label, a declared thing."""
    parent = node.parent
    if parent is None:
        return False
    kind = parent.kind
    if kind == "member":
        return parent.children[-1] is node
    if kind == "designator":
        return parent.children[0].text != b"["
    if kind in ("label", "goto", "struct", "type", "macro_type"):
        return True
    if kind in ("fn", "ptr", "array", "params", "param", "declaration", "bit_decl", "annotated"):
        return kind != "array" or parent.children[0] is node
    if kind in ("init_decl", "pair", "enumerator"):
        return parent.children[0] is node
    return False


def as_type(n: Code) -> Code | None:
    """A name as a type, where the parser cannot tell: `sizeof(foo_t)`, arguments of macros, and all
    of the text of one."""
    parent = n.parent
    if parent is None or n.kind not in ("ident", "typeof"):
        return None
    if not (
        parent.kind in ("args", "define")
        or (parent.kind == "paren" and parent.parent is not None and parent.parent.kind == "sizeof")
    ):
        return None
    leaf = Code("ident", None, n.text, n.start, n.end)
    if n.kind == "typeof":
        leaf = Code("typeof", list(n.children))
        for child in n.children:
            child.parent = n  # the copy is only looked at, the tree stays as it is
    named = Code("type", [leaf])
    named.parent = parent
    return named


def is_hole_type(p: Code) -> bool:
    """True for a cast to any type: only that one may be missing in the file."""
    kinds = [leaf.kind for leaf in p.children[1].leaves()] if len(p.children) > 2 else []
    return kinds == ["meta"]


def is_typedef(node: Code) -> bool:
    return any(each.kind == "storage" and each.text == b"typedef" for each in node.parts)


def paired_with_commas(nodes: Sequence[Code]) -> list[tuple[Code, Code | None]]:
    """Each item with the comma behind it; dots need none in an initialiser."""
    found: list[tuple[Code, Code | None]] = []
    for node in nodes:
        if node.text == b"," and not node.children and found and found[-1][1] is None:
            found[-1] = (found[-1][0], node)
        else:
            found.append((node, None))
    return found


def is_void(items: Sequence[tuple[Code, Code | None]]) -> bool:
    return len(items) == 1 and items[0][0].key() == (b"void",)


def split_declaration(node: Code) -> tuple[Code | None, list[Code]]:
    """The type, and the declarators with their commas."""
    kind = next((each for each in node.parts if each.kind == "type"), None)
    rest = [
        each for each in node.parts if each.kind not in ("type", "storage") and each.text != b";"
    ]
    return kind, rest


def chain(declarator: Code | None) -> list[Code]:
    """A declarator from the name outwards; parentheses that group nothing are passed over."""
    found: list[Code] = []
    node = declarator
    while node is not None:
        if node.kind == "annotated":
            node = next((each for each in node.parts), None)
            continue
        found.append(node)
        inner = [
            each
            for each in node.parts
            if each.kind in ("ptr", "fn", "array", "pdecl", "annotated")
            or (
                node.kind in ("ptr", "fn", "array", "pdecl")
                and not (node.kind == "array" and each is not node.parts[0])
                and each.kind in ("ident", "meta", "disj")
                and each.text not in (b"const", b"volatile", b"restrict")
            )
        ]
        node = inner[0] if inner and node.children else None
    return found[::-1]


def incremented(node: Code) -> tuple[Code, bytes, str] | None:
    """What is counted up or down, the sign, and the form.

    None for a node with a directive or an error in it, which has more parts or fewer.
    """
    parts = node.children
    if node.kind in ("postfix", "unary") and len(parts) == 2:
        counted, sign = parts if node.kind == "postfix" else (parts[1], parts[0])
        if sign.text in (b"++", b"--"):
            return counted, sign.text[:1], node.kind
    if node.kind != "assign" or len(parts) != 3:
        return None
    left, sign, right = parts
    if right.text == b"1" and sign.text in (b"+=", b"-="):
        return left, sign.text[:1], "compound"
    if sign.text == b"=" and right.kind == "binary" and len(right.children) == 3:
        one, operator, other = right.children
        is_counted = operator.text in (b"+", b"-") and other.text == b"1"
        if is_counted and one.key() == left.key():
            return left, operator.text, "sum"
    return None


def for_slots(parts: Sequence[Code]) -> Iterator[list[Code | None]]:
    """`for` with its three parts in places of their own, the empty ones None."""
    found: list[Code | None] = list(parts[:2])
    rest = list(parts[2:])
    closing = next(
        (i for i, each in enumerate(rest) if each.text == b")" and not each.children), len(rest)
    )
    inside, behind = rest[:closing], rest[closing:]
    if inside and inside[0].kind == "declaration":
        found += [inside.pop(0), None]
    elif inside and inside[0].text == b";":
        found += [None, inside.pop(0)]
    elif len(inside) > 1:
        found += [inside.pop(0), inside.pop(0)]
    if inside and inside[0].text == b";":
        found += [None, inside.pop(0)]
    elif len(inside) > 1:
        found += [inside.pop(0), inside.pop(0)]
    found.append(inside.pop(0) if inside else None)
    yield [*found, *behind]


def names_parameter(leaf: Code) -> bool:
    """True for the name of a parameter of a pattern."""
    node = leaf
    while node.parent is not None and node.parent.kind in ("ptr", "array", "fn", "pdecl"):
        if node.parent.kind in ("array", "fn") and node.parent.parts[0] is not node:
            return False
        node = node.parent
    outer = node.parent
    return outer is not None and outer.kind == "param" and leaf.kind in ("ident", "meta")
