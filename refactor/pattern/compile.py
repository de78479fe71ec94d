"""From the marked tokens of a rule to what is matched, and to what changes between two tokens.

Both sides of a pattern are read as trees, from the same tokens. What stands between two tokens that
stay is a hunk (`refactor.pattern.hunks`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from refactor.c.code import STATEMENTS, Code
from refactor.c.grammar import Grammar, GrammarError
from refactor.pattern.edges import Edges, has_cases, line_depths, shifts_of
from refactor.pattern.heads import Heads, heads
from refactor.pattern.hunks import Hunk, hunks_of, is_body, is_by_lines, pared, units
from refactor.pattern.precedence import ask_for_anything_last
from refactor.pattern.tokens import ADDED, KEPT, REMOVED, Metavariable, Token, flat, side
from refactor.pattern.told import Told

CONTEXT, MINUS, MIXED = "context", "minus", "mixed"


@dataclass(slots=True)
class Pattern:
    """A rule, ready to be matched."""

    items: list[Code]
    """What is matched, in order; statement dots are items."""
    result: list[Code] | None
    """What there is afterwards, as a tree; None if that does not parse by itself."""
    hunks: list[Hunk]
    """Cut down to what differs."""
    whole_hunks: list[Hunk]
    """Not cut down: for a match that has another form than the pattern, where an isomorphism says
    that both mean the same."""
    tokens: list[Token]
    metavariables: dict[str, Metavariable]
    states: dict[int, str]
    """For each node of `items`, by identity: whether it stays, goes, or changes inside."""
    kept_as: dict[int, int]
    """For tokens that go and come again: the number of the added one, and the one that stays."""
    leaves: dict[int, Code]
    """The leaf of `items` for the number of a token."""
    results: dict[int, Code]
    """The leaf of `result` for the number of a token that stays, or that is added."""
    shifts: dict[int, int]
    """For the first token of a statement that stays: how many levels deeper it is afterwards."""
    depths: dict[int, int]
    """For a token of the result that begins a line: how many levels deep it stands."""
    stood: dict[int, int]
    """The same for a token of what is matched."""
    statements: dict[int, Code]
    """For the first or the last token of a statement of `items`: the statement."""
    result_statements: dict[int, Code] = field(default_factory=dict)
    """The same for the first token of a statement of `result`."""
    changing: tuple[Code, ...] = ()
    """The statements, blocks and definitions of `items` that do not stay as they are."""
    exported: frozenset[str] = frozenset()
    """Names bound in a nest that are used elsewhere too."""
    forms: dict[int, list[Code]] = field(default_factory=dict)
    """For a node of `items`, by identity: what else may stand there (`refactor.pattern.forms`)."""
    alternatives: dict[int, Code] = field(default_factory=dict)
    """For a node of `items`, by identity: the same with all these forms in it."""
    told: Told = field(default_factory=Told, compare=False, repr=False)
    """What has been asked of it before, of whatever file."""

    def searched(self, node: Code) -> Code:
        """A node of `items` as it is looked for: with everything that may stand there."""
        return self.alternatives.get(id(node), node)

    def heads_of(self, node: Code) -> Heads | None:
        """At which nodes of a file one of `items`, or a part of it, can be."""
        told = self.told.heads
        if id(node) not in told:
            told[id(node)] = heads(self.searched(node))
        return told[id(node)]


Names = tuple[frozenset[bytes], frozenset[bytes], frozenset[bytes]]
"""Names that are known to be types, iterators, attributes."""


def compile_pattern(
    tokens: list[Token],
    metavariables: dict[str, Metavariable],
    types: frozenset[bytes] = frozenset(),
    iterators: frozenset[bytes] = frozenset(),
    attributes: frozenset[bytes] = frozenset(),
) -> Pattern:
    """Raises GrammarError for a side that is matched and does not parse."""
    names = types, iterators, attributes
    nested: list[Code] = []
    items = parse_side(side(tokens, REMOVED), names, nested)
    changes = any(token.mark != KEPT for token in flat(tokens))
    result: list[Code] | None = None
    nested_after: list[Code] = []
    if changes:
        after = [token for token in side(tokens, ADDED) if token.kind != "comment"]
        try:
            result = parse_side(after, names, nested_after)
        except GrammarError:
            # The result of the whole file is read all the same, so this loses no safety.
            result = None
    forest = [*items, *nested]
    forest_after = [*result, *nested_after] if result is not None else []
    ask_for_anything_last(forest, forest_after)
    leaves = _numbered(forest)
    results = _numbered(forest_after)
    before_edges, after_edges = Edges(forest), Edges(forest_after)
    hunks: list[Hunk] = []
    kept_as: dict[int, int] = {}
    whole = list(hunks_of(tokens))
    for hunk in whole:
        hunks += pared(hunk, before_edges, after_edges, kept_as, (leaves, results))
    for each in (*whole, *hunks):
        each.by_lines = is_by_lines(each, before_edges, after_edges, result is not None)
        each.units = units(each.removed, before_edges)
        each.statements = (
            1 if _is_block(each.added, results) else len(units(each.added, after_edges))
        )
        each.is_body = is_body(each, leaves)
        if each.removed and each.added:
            each.comes_first = each.added[0].number < each.removed[0].number
    removed = {token.number for token in flat(tokens) if token.mark == REMOVED}
    inside = _anchors(whole)
    states: dict[int, str] = {}
    for item in forest:
        _state(item, removed, inside, states)
    for number, kept in kept_as.items():
        if number in results:
            results.setdefault(kept, results[number])
    gone = {token.number for hunk in hunks for token in hunk.removed}
    shifts = shifts_of(forest, forest_after, gone, kept_as)
    in_switch = has_cases(forest, forest_after)
    return Pattern(
        items=items,
        result=result,
        hunks=hunks,
        whole_hunks=whole,
        tokens=tokens,
        metavariables=metavariables,
        states=states,
        kept_as=kept_as,
        leaves=leaves,
        results=results,
        shifts=shifts,
        stood=line_depths(forest, in_switch=in_switch),
        depths=line_depths(forest_after, in_switch=in_switch),
        statements={**before_edges.ends_of, **before_edges.starts_of},
        result_statements=after_edges.starts_of,
        changing=tuple(
            node
            for item in forest
            for node in item.walk()
            if (node.kind in STATEMENTS or node.kind == "function")
            and node.children
            and states.get(id(node), CONTEXT) != CONTEXT
        ),
    )


def parse_side(
    tokens: Sequence[Token],
    names: Names,
    nested: list[Code],
) -> list[Code]:
    """The nodes of one side of a pattern.

    The content of nests and of `when` is read along and hung up at its token, because what stands
    there is matched at many places, not at one. The content of nests is put into `nested` as well.
    """
    for token in flat(tokens):
        if token.kind == "nest" and token.group is not None:
            inner = [each for each in token.group.alternatives[0] if each.kind != "comment"]
            token.group.items = Grammar(inner, *names).whole()
            nested += token.group.items
        for when in token.whens:
            if when.tokens and not when.items:
                when.items = parse_side(when.tokens, names, [])  # nothing in it changes
    return Grammar([each for each in tokens if each.kind != "comment"], *names).whole()


def _numbered(items: Sequence[Code]) -> dict[int, Code]:
    return {
        node.token.number: node
        for item in items
        for node in item.walk()
        if node.token is not None and node.token.number >= 0
    }


def _is_block(tokens: Sequence[Token], leaves: dict[int, Code]) -> bool:
    """True for a block and nothing else, be it a statement or the body of one."""
    first, last = (
        (leaves.get(each.number) for each in (*tokens[:1], *tokens[-1:]))
        if tokens
        else (None, None)
    )
    block = first.parent if first is not None else None
    if block is None or block.kind != "block":
        return False
    return first is block.children[0] and last is block.children[-1]


def _anchors(hunks: Sequence[Hunk]) -> list[tuple[int, int]]:
    """For each hunk without removed tokens: the numbers that it stands between."""
    found = []
    for hunk in hunks:
        if not hunk.removed:
            left = hunk.left.number if hunk.left is not None else -1
            right = hunk.right.number if hunk.right is not None else 1 << 30
            found.append((left, right))
    return found


def _state(
    node: Code, removed: set[int], anchors: Sequence[tuple[int, int]], states: dict[int, str]
) -> str:
    """Whether a node stays as it is, goes as a whole, or changes inside."""
    if not node.children:
        token = node.token
        gone = token is not None and token.number in removed
        found = MINUS if gone else CONTEXT
        if token is not None and token.group is not None and found == CONTEXT:
            inner = {REMOVED, ADDED} & {each.mark for each in flat([token])}
            found = MIXED if inner else CONTEXT
    else:
        inner_states = {
            _state(child, removed, anchors, states)
            for child in node.children
            if child.children or child.token is not None
        }
        found = inner_states.pop() if len(inner_states) == 1 else MIXED
        if not inner_states and found == CONTEXT:
            numbers = [leaf.token.number for leaf in node.leaves() if leaf.token is not None]
            if numbers:
                low, high = min(numbers), max(numbers)
                if any(low <= left and right <= high for left, right in anchors):
                    found = MIXED
    states[id(node)] = found
    return found
