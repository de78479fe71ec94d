"""Statements that are all of a branch or a loop, and the tokens around them."""

from __future__ import annotations

from collections.abc import Iterator

from refactor.c.code import STATEMENTS, Code

CONTROLS = ("if", "while", "for", "iterator", "do")
CASES = ("case", "default")
LABELS = ("label", *CASES)


def is_sole_body(node: Code) -> bool:
    """True for a statement that is all of a branch or a loop, without braces."""
    parent = node.parent
    if parent is None or parent.kind not in CONTROLS or node.kind == "block":
        return False
    return node.kind in STATEMENTS


def is_body(node: Code) -> bool:
    """True for a statement that is all of a branch or a loop, be it a block."""
    return node.parent is not None and node.parent.kind in CONTROLS and node.kind in STATEMENTS


def token_before(node: Code) -> Code | None:
    """The last token before a body: the parenthesis, the `else` or the `do`."""
    parent = node.parent
    if parent is None:
        return None
    at = next((n for n, each in enumerate(parent.children) if each is node), 0)
    before = parent.children[at - 1] if at else None
    while before is not None and before.children:
        before = before.children[-1]
    return before


def tail_of(node: Code) -> Code | None:
    """The `else` or the `while` behind a body."""
    parent = node.parent
    if parent is None or parent.kind not in ("if", "do"):
        return None
    at = next((n for n, each in enumerate(parent.children) if each is node), 0)
    return next(
        (each for each in parent.children[at + 1 : at + 2] if each.text in (b"else", b"while")),
        None,
    )


def head_of_branch(node: Code) -> Code:
    """The statement at whose indent the braces of a branch are: for `else if` that of the `if`."""
    while node.parent is not None and _is_else_if(node):
        node = node.parent
    return node


def other_branches(node: Code) -> Iterator[Code]:
    """The other bodies without braces of the `if` and all its `else if` that a body belongs to."""
    branch = head_of_branch(node.parent) if node.parent is not None else None
    while branch is not None and branch.kind == "if":
        following = None
        for each in branch.children:
            if each.kind == "if" and _is_else_if(each):
                following = each
            elif each is not node and is_sole_body(each):
                yield each
        branch = following


def _is_else_if(node: Code) -> bool:
    parent = node.parent
    if node.kind != "if" or parent is None or parent.kind != "if":
        return False
    return parent.parts[-1] is node and any(each.text == b"else" for each in parent.children)


def may_be_body_of_another(data: bytes, node: Code) -> bool:
    """True if a directive stands between a statement and the `if`, loop or `else` before it.

    Then it is all of a branch in one build and none in another. Where the parser was shown no
    directive, the statement is the body, or it stands behind the one that is the body there.
    """
    siblings = node.parent.children if node.parent is not None else []
    at = next((n for n, each in enumerate(siblings) if each is node), 0)
    if not at or siblings[at - 1].kind != "directive":
        return False
    if is_body(node):
        return True
    before = next((each for each in siblings[:at][::-1] if each.kind != "directive"), None)
    if before is None or before.kind not in (*CONTROLS, "error"):
        return False
    return data[before.end - 1 : before.end] not in (b";", b"}") or _is_split(before)


def _is_split(node: Code) -> bool:
    """True if a directive stands between a control statement and its last body."""
    while node.kind in CONTROLS:
        if any(each.kind == "directive" for each in node.children):
            return True
        node = node.children[-1]
    return False
