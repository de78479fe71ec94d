"""From the marked tokens of a rule to what is matched, and to what changes between two tokens.

Both sides of a pattern are read as trees, from the same tokens. What stands between two tokens that
stay is a `Hunk`: the tokens that go, and those that come. A token that goes and comes again at the
same place is no change at all, so a hunk is cut down to what really differs; what stays keeps the
form, the comments and the line breaks that it has in the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from refactor.c.code import STATEMENTS, Code
from refactor.c.grammar import Grammar, GrammarError
from refactor.pattern.tokens import ADDED, KEPT, REMOVED, Metavariable, Token, flat, side

CONTEXT, MINUS, MIXED = "context", "minus", "mixed"


@dataclass(slots=True)
class Hunk:
    """What changes between two tokens that stay; either may be missing at the end of a pattern."""

    left: Token | None
    right: Token | None
    removed: list[Token] = field(default_factory=list)
    added: list[Token] = field(default_factory=list)
    right_gap: bytes | None = None
    """The white space before `right` in the code that comes, where that is another token."""
    by_lines: bool = False
    """True if whole statements go or come: then their lines do."""
    units: list[Code] = field(default_factory=list)
    """The statements of the pattern that go as a whole, the outermost ones."""
    comes_first: bool = False
    """True if what comes was written before what goes."""
    statements: int = 0
    """How many statements come."""

    def __bool__(self) -> bool:
        return bool(self.removed or self.added)


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

    def searched(self, node: Code) -> Code:
        """A node of `items` as it is looked for: with everything that may stand there."""
        return self.alternatives.get(id(node), node)


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
    leaves = _numbered(forest)
    results = _numbered(forest_after)
    before_edges, after_edges = Edges(forest), Edges(forest_after)
    hunks: list[Hunk] = []
    kept_as: dict[int, int] = {}
    whole = list(_hunks(tokens))
    for hunk in whole:
        hunks += _pared(hunk, before_edges, after_edges, kept_as, (leaves, results))
    for each in (*whole, *hunks):
        each.by_lines = _is_by_lines(each, before_edges, after_edges, result is not None)
        each.units = _units(each.removed, before_edges)
        each.statements = len(_units(each.added, after_edges))
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
    shifts = _shifts(forest, forest_after, gone, kept_as)
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
        depths=_line_depths(forest_after),
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
                when.items = Grammar(when.tokens, *names).whole()
    return Grammar([each for each in tokens if each.kind != "comment"], *names).whole()


def _numbered(items: Sequence[Code]) -> dict[int, Code]:
    return {
        node.token.number: node
        for item in items
        for node in item.walk()
        if node.token is not None and node.token.number >= 0
    }


# ---------------------------------------------------------------------------- hunks


def _hunks(tokens: Sequence[Token]) -> Iterator[Hunk]:
    """The changes between the tokens that stay, group by group."""
    current = Hunk(None, None)
    for token in tokens:
        if token.mark == REMOVED:
            current.removed.append(token)
        elif token.mark == ADDED:
            current.added.append(token)
        else:
            if current:
                current.right = token
                yield current
            if token.group is not None:
                for alternative in token.group.alternatives:
                    yield from _hunks(alternative)
            current = Hunk(token, None)
    if current:
        yield current


Leaves = tuple[dict[int, Code], dict[int, Code]]
"""The leaves of both sides, by the numbers of their tokens."""


def _units(tokens: Sequence[Token], edges: Edges) -> list[Code]:
    """The outermost statements that consist of these tokens alone."""
    numbers = {token.number for token in flat(tokens)}
    found: list[Code] = []
    end = -1
    for token in tokens:
        if token.number <= end:
            continue
        node = edges.starts_of.get(token.number)
        if node is None:
            continue
        mine = [leaf.token.number for leaf in node.leaves() if leaf.token is not None]
        if all(number in numbers for number in mine):
            found.append(node)
            end = max(mine)
    return found


def _pared(
    hunk: Hunk, before: Edges, after: Edges, kept_as: dict[int, int], leaves: Leaves
) -> Iterator[Hunk]:
    """A hunk without what goes and comes again."""
    if not hunk.removed or not hunk.added:
        yield hunk
        return
    olds = _chunks(hunk.removed, before)
    news = _chunks(list(hunk.added), after)
    if len(olds) == 1 and len(news) == 1:
        yield from _compared(hunk.left, hunk.right, olds[0], news[0], kept_as, leaves)
        return
    # Statements are paired in order, the most alike first; the rest goes or comes as a whole.
    pairs = dict(_paired(olds, news))
    position = 0
    left = hunk.left
    for index, old in enumerate(olds):
        partner = pairs.get(index)
        following = olds[index + 1][0] if index + 1 < len(olds) else hunk.right
        if partner is None:
            yield Hunk(left, following, list(old))
        else:
            if partner > position:
                yield Hunk(left, old[0], [], [t for each in news[position:partner] for t in each])
            yield from _compared(left, following, old, news[partner], kept_as, leaves)
            position = partner + 1
        left = old[-1]
    if position < len(news):
        yield Hunk(left, hunk.right, [], [token for each in news[position:] for token in each])


def _paired(
    olds: Sequence[Sequence[Token]], news: Sequence[Sequence[Token]]
) -> Iterator[tuple[int, int]]:
    """Which statement that goes becomes which one that comes, in order."""
    count = min(len(olds), len(news))
    best: tuple[float, tuple[tuple[int, int], ...]] = (-1.0, ())
    table: dict[tuple[int, int], tuple[float, tuple[tuple[int, int], ...]]] = {}

    def solve(i: int, j: int) -> tuple[float, tuple[tuple[int, int], ...]]:
        if i == len(olds) or j == len(news):
            return 0.0, ()
        if (i, j) not in table:
            score, rest = solve(i + 1, j + 1)
            # A pair counts in itself: a statement that comes takes the place of one that goes.
            options = [(score + 1 + _likeness(olds[i], news[j]), ((i, j), *rest))]
            options += [solve(i + 1, j), solve(i, j + 1)]
            table[i, j] = max(options, key=lambda each: each[0])
        return table[i, j]

    best = solve(0, 0)
    yield from best[1][:count]


def _likeness(old: Sequence[Token], new: Sequence[Token]) -> float:
    return SequenceMatcher(None, [*map(_name, old)], [*map(_name, new)], autojunk=False).ratio()


def _name(token: Token) -> tuple[str, bytes]:
    return ("meta" if token.meta is not None else token.kind, token.text)


def _compared(
    left: Token | None,
    right: Token | None,
    old: Sequence[Token],
    new: Sequence[Token],
    kept_as: dict[int, int],
    leaves: Leaves,
) -> Iterator[Hunk]:
    """What differs between tokens that go and those that come in their place."""
    if _differ(old, new, leaves):
        yield Hunk(left, right, list(old), list(new))
        return
    current = Hunk(left, None)
    position = first = 0
    for one, other in _same(old, new, leaves):
        current.removed += old[position:one]
        current.added += new[first:other]
        if current:
            current.right = old[one]
            current.right_gap = new[other].gap
            yield current
        kept_as[new[other].number] = old[one].number
        current = Hunk(old[one], None)
        position, first = one + 1, other + 1
    current.removed += old[position:]
    current.added += new[first:]
    current.right = right
    if current:
        yield current


def _differ(old: Sequence[Token], new: Sequence[Token], leaves: Leaves) -> bool:
    """True for two whole statements of different kinds: a call has nothing in common with an `if`,
    even if there is a call in it."""
    one, other = _whole(old, leaves[0]), _whole(new, leaves[1])
    if one is None or other is None or one.kind == other.kind:
        return False
    return one.kind in _GOVERNING or other.kind in _GOVERNING


_GOVERNING = ("if", "while", "do", "for", "switch", "iterator", "block")


def _whole(tokens: Sequence[Token], leaves: dict[int, Code]) -> Code | None:
    """The statement that consists of these tokens alone."""
    numbers = {token.number for token in flat(tokens)}
    first = leaves.get(tokens[0].number)
    for node in first.ancestors() if first is not None else ():
        mine = {leaf.token.number for leaf in node.leaves() if leaf.token is not None}
        if not mine <= numbers:
            return None
        if mine == numbers and node.kind in STATEMENTS:
            return node
    return None


def _same(old: Sequence[Token], new: Sequence[Token], leaves: Leaves) -> list[tuple[int, int]]:
    """The tokens that go and come again, as places in both.

    A bracket, a comma or a semicolon is the same only if it does the same work: the tokens of
    `for (;;)` are not those of a call that happens to have some of them.
    """
    matcher = SequenceMatcher(None, [*map(_name, old)], [*map(_name, new)], autojunk=False)
    pairs = [
        (block.a + n, block.b + n)
        for block in matcher.get_matching_blocks()
        for n in range(block.size)
    ]
    own = {token.number for token in old}
    while True:
        partner = {old[one].number: new[other].number for one, other in pairs}
        kept = [
            (one, other)
            for one, other in pairs
            if _agree(old[one], new[other], leaves, partner, own)
        ]
        if len(kept) == len(pairs):
            return pairs
        pairs = kept


def _agree(
    one: Token, other: Token, leaves: Leaves, partner: dict[int, int], own: set[int]
) -> bool:
    before, after = leaves[0].get(one.number), leaves[1].get(other.number)
    if before is None or after is None:
        return True
    if _lists_around(before) != _lists_around(after):
        return False  # an element of a list is none of the list in an element
    if one.kind != "op":
        return True
    if before.parent is None or after.parent is None:
        return before.parent is after.parent
    if before.parent.kind != after.parent.kind:
        # A simple statement ends with its semicolon, whatever it is.
        return {before.parent.kind, after.parent.kind} <= _SIMPLE and one.text == b";"
    mine, theirs = _bracket(before), _bracket(after)
    if (mine is None) != (theirs is None):
        return False
    # A bracket that stays, or goes elsewhere, has no say.
    return mine is None or mine not in own or partner.get(mine) == theirs


_SIMPLE = frozenset(("expr_stmt", "return", "goto", "break", "continue", "declaration"))


def _lists_around(leaf: Code) -> int:
    return sum(1 for each in leaf.ancestors() if each.kind == "init")


def _bracket(leaf: Code) -> int | None:
    """The number of the bracket that belongs to this one."""
    wanted = _BRACKETS.get(leaf.text)
    if wanted is None or leaf.parent is None:
        return None
    for each in leaf.parent.children:
        if each.text == wanted and not each.children and each.token is not None:
            number: int = each.token.number
            return number
    return None


_BRACKETS = {b"(": b")", b")": b"(", b"[": b"]", b"]": b"[", b"{": b"}", b"}": b"{"}


def _chunks(tokens: Sequence[Token], edges: Edges) -> list[list[Token]]:
    """Tokens cut into statements where they are whole ones."""
    found: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += (token.text in (b"(", b"[", b"{")) - (token.text in (b")", b"]", b"}"))
        inside = depth - (token.text in (b"(", b"[", b"{")) > 0
        if (
            not inside
            and found[-1]
            and token.number in edges.starts
            and found[-1][-1].number in edges.ends
        ):
            whole = edges.starts[token.number]
            if whole is None or _is_whole(found[-1], edges):
                found.append([])
        found[-1].append(token)
    return found if found[-1] else []


def _is_whole(chunk: Sequence[Token], edges: Edges) -> bool:
    return chunk[0].number in edges.starts


class Edges:
    """Where statements begin and end among the tokens of one side."""

    def __init__(self, items: Sequence[Code]) -> None:
        self.starts: dict[int, Code | None] = {}
        self.ends: dict[int, Code | None] = {}
        self.opens: set[int] = set()
        self.closes: set[int] = set()
        self.nodes: list[Code] = []
        self.starts_of: dict[int, Code] = {}
        self.ends_of: dict[int, Code] = {}
        for item in items:
            for node in item.walk():
                if is_statement(node):
                    numbers = [
                        leaf.token.number for leaf in _ends_of(node) if leaf.token is not None
                    ]
                    if numbers:
                        self.nodes.append(node)
                        self.starts.setdefault(numbers[0], node)
                        self.ends[numbers[-1]] = node
                        self.starts_of.setdefault(numbers[0], node)
                        self.ends_of.setdefault(numbers[-1], node)
                is_among_statements = node.parent is None or node.parent.kind in ("block", "seq")
                if node.kind in ("dots", "nest") and node.token is not None and is_among_statements:
                    self.starts.setdefault(node.token.number, None)
                    self.ends.setdefault(node.token.number, None)
                if node.kind == "block" and node.children:
                    first, last = node.children[0], node.children[-1]
                    if first.token is not None:
                        self.opens.add(first.token.number)
                    if last.token is not None:
                        self.closes.add(last.token.number)
                if node.kind in ("if", "while", "for", "iterator", "switch") and node.children:
                    for child in node.children:
                        if child.text in (b")", b"else") and child.token is not None:
                            self.opens.add(child.token.number)
                        if child.kind == "args" and child.children[-1].token is not None:
                            self.opens.add(child.children[-1].token.number)
                if node.kind in ("init", "fields"):
                    self._elements(node)

    def _elements(self, node: Code) -> None:
        """Elements with their commas have lines too."""
        for position, child in enumerate(node.children[1:-1], 1):
            if child.text == b"," or child.kind in ("dots", "declaration"):
                continue
            first, last = _ends_of(child)
            behind = node.children[position + 1]
            if behind.text == b",":
                last = behind
            if first.token is not None and last.token is not None:
                self.starts.setdefault(first.token.number, None)
                self.ends.setdefault(last.token.number, None)


def _ends_of(node: Code) -> list[Code]:
    """The first and the last token of a node."""
    first = last = node
    while first.children:
        first = first.children[0]
    while last.children:
        last = last.children[-1]
    return [first, last]


def is_statement(node: Code) -> bool:
    """True for what has lines of its own: a statement, a definition, a member, a directive."""
    if node.kind in STATEMENTS or node.kind in ("function", "wrapped", "directive", "enumerator"):
        # The braces of a branch are a part of it; those alone in a rule are what it is about.
        return node.kind not in ("block", "enumerator") or (
            node.parent is None or node.parent.kind in ("block", "seq")
        )
    if node.kind == "meta" and node.token is not None and node.token.meta is not None:
        return node.token.meta.sort in (
            "statement",
            "statement list",
            "declaration",
            "field",
            "field list",
        )
    return False


def _is_by_lines(hunk: Hunk, before: Edges, after: Edges, parsed: bool) -> bool:
    removed = hunk.removed
    added = [token for token in hunk.added if token.kind != "comment"]
    if removed and not (
        (removed[0].number in before.starts or removed[0].number in before.closes)
        and (
            removed[-1].number in before.ends
            or removed[-1].number in before.opens
            or removed[-1].number in before.closes
        )
    ):
        return False
    if added:
        if not parsed:
            return added[-1].text in (b";", b"}", b"{") and b"\n" in added[0].gap
        opens = added[0].text == b"{" and added[0].number in after.opens
        if not (
            (opens or added[0].number in after.starts or added[0].number in after.closes)
            and (
                added[-1].number in after.ends
                or added[-1].number in after.opens
                or added[-1].number in after.closes
            )
        ):
            return False
    return True


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


def _shifts(
    items: Sequence[Code], result: Sequence[Code], removed: set[int], kept_as: dict[int, int]
) -> dict[int, int]:
    """How much deeper statements stand afterwards that stay."""
    before = _depths(items)
    after = _depths(result)
    for new, old in kept_as.items():
        if new in after:
            after.setdefault(old, after[new])
    return {
        number: after[number] - depth
        for number, depth in before.items()
        if number not in removed and number in after and after[number] != depth
    }


def _depths(items: Sequence[Code]) -> dict[int, int]:
    """For the first token of each statement: how many statements it stands inside of."""
    found: dict[int, int] = {}

    def visit(node: Code, depth: int, parent: Code | None) -> None:
        if is_statement(node) or node.kind in ("dots", "nest"):
            first = _ends_of(node)[0]
            if first.token is not None:
                found.setdefault(first.token.number, depth)
        for child in node.children:
            deeper = depth
            if (node.kind == "block" and child.text not in (b"{", b"}")) or (
                node.kind in ("if", "while", "for", "iterator", "do")
                and is_statement(child)
                and child.kind != "block"
                and not (
                    child.kind == "if"
                    and child is node.children[-1]
                    and node.kind == "if"
                    and len(node.children) > 5
                )
            ):
                deeper += 1
            visit(child, deeper, node)

    for item in items:
        visit(item, 0, None)
    return found


def _line_depths(items: Sequence[Code]) -> dict[int, int]:
    """Like `_depths`, for braces and `else` as well, which begin lines too."""
    found = _depths(items)

    def visit(node: Code, depth: int) -> None:
        first = _ends_of(node)[0]
        if first.token is not None and first.token.number in found:
            depth = found[first.token.number]
        for child in node.children:
            if child.token is not None and child.text in (b"}", b"else", b"{", b"while"):
                found.setdefault(child.token.number, depth)
            if child.kind == "fields":
                for inner in child.children:
                    leaf = _ends_of(inner)[0]
                    if leaf.token is not None:
                        deeper = 0 if inner.text in (b"{", b"}") else 1
                        found[leaf.token.number] = depth + deeper
            if child.kind == "init":
                for inner in child.children:
                    leaf = _ends_of(inner)[0]
                    if leaf.token is not None and inner.text != b",":
                        deeper = 0 if inner.text in (b"{", b"}") else 1
                        found.setdefault(leaf.token.number, depth + deeper)
            visit(child, depth)

    for item in items:
        visit(item, 0)
    return found
