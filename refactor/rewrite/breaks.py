"""Blocks in what a rule writes: what has a line of its own, also where the patch has it in one."""

from __future__ import annotations

from refactor.c.code import Code
from refactor.pattern.compile import Pattern
from refactor.pattern.tokens import Token
from refactor.rewrite.bodies import CONTROLS


def opens_block(pattern: Pattern, token: Token) -> bool:
    """True for the brace of a branch or a loop: it stands at the end of the line."""
    block = _opened(pattern, token)
    outer = block.parent if block is not None else None
    return outer is not None and outer.kind in (*CONTROLS, "switch")


def follows_brace(pattern: Pattern, previous: Token, token: Token) -> bool:
    """True for the first token in a block whose braces are on other lines."""
    block = _opened(pattern, previous)
    if block is None:
        return False
    closing = block.children[-1].token
    return token.text != b"}" and (closing is None or closing.line != previous.line)


def is_in_block(pattern: Pattern, token: Token) -> bool:
    """True for a statement in the block of a branch or a loop, and for the brace behind it."""
    leaf = pattern.results.get(token.number)
    if leaf is None or token.number not in pattern.depths:
        return False
    node = pattern.result_statements.get(token.number)
    block = node.parent if node is not None and node.kind != "block" else leaf.parent
    if block is None or block.kind != "block" or len(block.children) < 3:
        return False
    outer = block.parent
    return token.text != b"{" and outer is not None and outer.kind in CONTROLS


def _opened(pattern: Pattern, token: Token) -> Code | None:
    leaf = pattern.results.get(token.number)
    if leaf is None or leaf.text != b"{" or leaf.parent is None or leaf.parent.kind != "block":
        return None
    return leaf.parent
