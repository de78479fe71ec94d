"""Every place of a file where one rule of a semantic patch matches."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from heapq import merge
from itertools import chain as chained
from itertools import islice

from refactor.c.code import EXPRESSIONS, STATEMENTS, Code
from refactor.c.lexical import covering, outermost
from refactor.match.index import Index
from refactor.match.preferred import preferred
from refactor.match.spots import Spots
from refactor.pattern.binding import SECOND, Binding, Pair, State
from refactor.pattern.compile import CONTEXT, Pattern
from refactor.pattern.directives import KINDS, has_dots, match_directive
from refactor.pattern.heads import Heads, kinds_of
from refactor.pattern.leaves import Leaves
from refactor.pattern.matching import Matcher
from refactor.pattern.paths import Paths
from refactor.pattern.shapes import chain
from refactor.pattern.sign import Sign
from refactor.pattern.statements import definitions_in, is_dots
from refactor.pattern.tokens import ADDED
from refactor.pattern.types import NoTypes, Types
from refactor.pattern.whereabouts import Whereabouts
from refactor.text import Span


@dataclass(slots=True)
class Site:
    """A match: where it is, and its paths, which are edited together."""

    pattern: Pattern
    start: int
    end: int
    leaves: Leaves
    node: Code
    """What the first item of the pattern has met."""
    data: bytes = b""
    """The buffer that the offsets mean."""

    def pairs(self) -> Iterator[Pair]:
        """What tokens of the pattern have met, on all paths; some of it several times."""
        states: list[State] = list(self.leaves)
        while states:
            state = states.pop()
            states += state.paths
            yield from state.pairs()


def enclosing_function(node: Code) -> str:
    """The name of the function that a node is in, or nothing."""
    for each in chained((node,), node.ancestors()):
        if each.kind == "function":
            for part in reversed(each.parts[:-1]):
                if part.kind in _DECLARATORS:
                    return chain(part)[0].text.decode(errors="replace")
    return ""


@dataclass
class Seeker:
    """Looks for the matches of one rule."""

    pattern: Pattern
    data: bytes
    root: Code
    """All of the file, or the items of it that can match, below one node."""
    is_dead: object = None
    types: Types = field(default_factory=NoTypes)
    disabled: frozenset[str] = frozenset()
    some: bool = False
    positions: Mapping[tuple[str, str], frozenset[tuple[bytes, ...]]] = field(default_factory=dict)
    asked: Mapping[str, Callable[[Binding], bool]] = field(default_factory=dict)
    """Further conditions of the values of names, by name."""
    kind: str = ""
    index: Index = field(default_factory=Index)
    """The nodes of the buffer, for all rules that look at it."""
    starts: Sequence[Sign] = ()
    """What the text of the first node of every match has in it."""

    def sites(self, inherited: Mapping[str, Binding]) -> Iterator[Site]:
        """All matches with some names bound already, in the order of the text."""
        for site in self._all(inherited):
            site.data = self.data
            yield site

    def _all(self, inherited: Mapping[str, Binding]) -> Iterator[Site]:
        where = Whereabouts(self.data, self.pattern)
        paths = Paths(self.pattern, self.some, where, self.index.seen, self.index.below)
        matcher = self.matcher_for(paths)
        matcher.exported = self.pattern.exported
        matcher.only_names = self.kind == "identifier"
        origins = {meta.name for meta in self.pattern.metavariables.values() if meta.origin}
        matcher.absent = frozenset(origins - inherited.keys())
        self.matcher = matcher
        start = State(dict(inherited))
        items = list(self.pattern.items)
        if not items:
            return
        if all(_lines(each) for each in items):
            yield from self._directives(items, start)
        elif len(items) == 1 and self.is_expression(items[0]):
            yield from self._expressions(matcher, items[0], start)
        else:
            yield from self._rows(matcher, paths, items, start)

    def matcher_for(self, paths: Paths, *, is_exact: bool = False) -> Matcher:
        return Matcher(
            self.pattern,
            self.data,
            self.types,
            self.disabled,
            self.positions,
            self.asked,
            sequences=lambda m, items, block, state: paths.inside(m, items, block, state),
            is_exact=is_exact,
        )

    def is_expression(self, item: Code) -> bool:
        kind = item.kind
        if kind in ("disj", "conj"):
            return all(self.is_expression(each) for each in item.children)
        if kind == "seq":
            return len(item.children) == 1 and self.is_expression(item.children[0])
        if kind == "meta":
            return item.token.meta.sort not in ("statement", "statement list", "declaration")
        if kind == "nest":
            return all(map(self.is_expression, item.token.group.items))
        return kind in EXPRESSIONS or kind in ("type_name", "nest", "type", "param", "pair")

    def _expressions(self, m: Matcher, item: Code, start: State) -> Iterator[Site]:
        found: Iterable[Site] = (
            Site(self.pattern, node.start, node.end, leaves, node)
            for node in self._candidates(self.pattern.heads_of(item), start)
            for leaves in preferred(
                _distinct([state] for state in m.match_expression(item, node, start)), self.pattern
            )
        )
        if _is_type(item):
            found = _of_types(list(found))
        excepted = self._numbers_of_exceptions(item)
        yield from self._without_exceptions(list(found), excepted) if excepted else found

    def _candidates(self, wanted: Heads | None, start: State) -> Iterator[Code]:
        """The nodes with one of some heads that have all signs of a match in their text."""
        known = [sign for each in self.starts if (sign := each.known(start.env)) is not None]
        for top in self.root.children or [self.root]:
            if not self._spots.may_be_in(top):
                continue
            hits = [each.hits(self.data, top.start, top.end) for each in known]
            if all(hits):
                yield from self.index.below(top, wanted, tuple(hits))

    @cached_property
    def _spots(self) -> Spots:
        return Spots(self.pattern, lambda top, wanted: self.index.below(top, wanted, ()))

    def _numbers_of_exceptions(self, item: Code) -> frozenset[int]:
        """The tokens of alternatives that change nothing: `keep(f(E))` beside `- f(E)`."""
        if item.kind != "disj":
            return frozenset()
        states = [self.pattern.states.get(id(each), CONTEXT) for each in item.children]
        if all(state == CONTEXT for state in states):
            return frozenset()
        return frozenset(
            leaf.token.number
            for each, state in zip(item.children, states, strict=True)
            if state == CONTEXT
            for leaf in each.leaves()
            if leaf.token is not None
        )

    def _without_exceptions(
        self, sites: Sequence[Site], excepted: frozenset[int]
    ) -> Iterator[Site]:
        """What an alternative that changes nothing has matched is not changed by the others inside.

        This is how a patch says where it does not apply.
        """
        kept = [
            site
            for site in sites
            if all(
                pair.number in excepted or pair.number == SECOND for pair in site.leaves[0].pairs()
            )
        ]
        spans = outermost([Span(site.start, site.end) for site in kept])
        for site in sites:
            around = covering(spans, site.start)
            if around is None or site.end > around.end or site in kept:
                yield site

    def _rows(
        self, m: Matcher, paths: Paths, items: Sequence[Code], start: State
    ) -> Iterator[Site]:
        first = items[0]
        if is_dots(first) and len(items) == 1:
            return
        if is_dots(first) and items[1].kind not in ("function", "declaration", "directive"):
            yield from self._begun_by_dots(m, paths, items, start)
            return
        if is_dots(first):
            items = items[1:]
            first = items[0]
        wanted = kinds_of(self.pattern.searched(first))
        has_dots = any(is_dots(each) for each in items[1:])
        nodes = self._candidates(wanted, start)
        if _begins_with_return(first):
            # Both are in the order of the text.
            nodes = merge(nodes, self._ends(paths), key=lambda each: each.start)
        for node in nodes:
            if node.parent is None:
                continue
            if node.parent.kind == "fields" and not _is_field(first):
                continue  # a member is no variable
            if has_dots and node.kind == "declaration" and node.parent.kind in ("file", "linkage"):
                continue  # dots are a path, and there is none outside of a function
            if node.kind == "block" and node.parent.kind not in ("block",):
                if node.parent.kind == "function":
                    if first.kind != "block" or self._loses_braces(first):
                        continue
                elif node.parent.kind not in _BODIED:
                    continue
            if node.kind not in STATEMENTS and node.kind != "function" and node.kind not in KINDS:
                continue
            for leaves in preferred(_distinct(paths.at(m, items, node, start)), self.pattern):
                pairs = [pair for leaf in leaves for pair in leaf.pairs()]
                low = min([node.start, *(pair.start for pair in pairs)])
                high = max([node.start, *(pair.end for pair in pairs)])
                yield Site(self.pattern, low, high, leaves, node)
                for each in definitions_in(first) if node.kind == "function" else ():
                    if _has_met(each, leaves[0]):
                        yield from self._prototypes(m, each, node, leaves[0], start)

    def _begun_by_dots(
        self, m: Matcher, paths: Paths, items: Sequence[Code], start: State
    ) -> Iterator[Site]:
        """Dots before anything else are from the beginning of a function on. A nest is from
        anywhere, and what it has met from one place is not met again from the next."""
        for function in self.index.nodes(self.root, ("function",)):
            known: set[tuple[int, int, int]] = set()
            for leaves in behind_dots(m, paths, items, function, start):
                met = {
                    (pair.number, pair.start, pair.end)
                    for leaf in leaves
                    for pair in leaf.pairs()
                    if pair.end > pair.start
                }
                if not met <= known:
                    known |= met
                    low, high = min(each[1] for each in met), max(each[2] for each in met)
                    yield Site(self.pattern, low, high, leaves, function)

    def _ends(self, paths: Paths) -> Iterator[Code]:
        """The ends of functions that are reached, which return there without being told to."""
        for node in self.index.nodes(self.root, ("function",)):
            flow = paths.flow(node.parts[-1])
            if flow is not None and flow.implicit is not None and flow.reaches_its_end():
                yield flow.implicit

    def _loses_braces(self, block: Code) -> bool:
        """True if the braces of a pattern go: those of a function cannot."""
        ends = (block.children[0], block.children[-1])
        return any(self.pattern.states.get(id(each), CONTEXT) != CONTEXT for each in ends)

    def _prototypes(
        self, m: Matcher, p: Code, function: Code, state: State, start: State
    ) -> Iterator[Site]:
        """The declarations of a function whose head changes: what the body says is not asked."""
        head = list(p.parts[:-1])
        stays = all(m.pattern.states.get(id(each), CONTEXT) == CONTEXT for each in head)
        if stays and not _gets_linkage(m.pattern, head):
            return
        if not m.uses("prototypes"):
            return
        declarator = next((each for each in function.parts if each.kind in _DECLARATORS), None)
        if declarator is None:
            return
        name = chain(declarator)[0]
        mine = chain(head[-1])[0]
        given = start
        if mine.kind == "meta" and mine.token.meta.name in state.env:
            given = start.bind(mine.token.meta.name, state.env[mine.token.meta.name])
        places = _places(state, declarator)
        for node in self.index.nodes(self.root, ("declaration",)):
            if node.parent is None:
                continue
            if node.parent.kind not in ("file", "block", "linkage"):
                continue
            for each in node.parts:
                if each.kind in _DECLARATORS and chain(each)[0].text == name.text:
                    for found in m.prototype(p, node, each, given):
                        there = _places(found, each)
                        if all(places.get(number, at) == at for number, at in there.items()):
                            yield Site(self.pattern, node.start, node.end, [found], node)
                            break

    def _directives(self, items: Sequence[Code], start: State) -> Iterator[Site]:
        found: list[tuple[int, Site]] = []
        for depth, node in _with_depths(self.root):
            for state in self._directive(items[0], node, start):
                site = Site(self.pattern, node.start, node.end, [state], node)
                found.append((depth, site))
                break
        if found and len(items) == 1 and has_dots(items[0]):
            # Of several includes that are meant, the first or the last one that is under no
            # condition gets the new line: nobody wants it once for each.
            added = [hunk for hunk in self.pattern.hunks if hunk.added and not hunk.removed]
            if added:
                least = min(depth for depth, _ in found)
                outer = [each for each in found if each[0] == least]
                found = [outer[0] if added[0].left is None else outer[-1]]
        for _, site in found:
            yield site

    def _directive(self, item: Code, node: Code, state: State) -> Iterator[State]:
        """Of alternatives the first one that matches."""
        for line in _lines(item):
            holes, allows = self.pattern.metavariables, self.matcher.allows
            found = next(match_directive(line, node, state, holes, allows), None)
            if found is not None:
                yield found
                return


def behind_dots(
    m: Matcher, paths: Paths, items: Sequence[Code], function: Code, start: State
) -> Iterator[Leaves]:
    """The matches in a function of what dots or a nest begin."""
    flow = paths.flow(function.parts[-1])
    if flow is None:
        return
    points = [flow.entry]
    if items[0].kind == "nest":
        there = (each for each in flow.points if each.kind in ("statement", "head"))
        points = sorted(there, key=lambda each: each.node.start if each.node else 0)
    for point in points:
        yield from islice(paths.behind(m, items, point, start), WAYS)


def _gets_linkage(pattern: Pattern, head: Sequence[Code]) -> bool:
    """True if `static` or `extern` comes before a head that stays: it has to be the same in all
    declarations of a function."""
    first = next(head[0].leaves()).token if head else None
    after = pattern.results.get(first.number) if first is not None else None
    function = next((e for e in after.ancestors() if e.kind == "function"), None) if after else None
    return function is not None and any(
        leaf.text in (b"static", b"extern") and leaf.token is not None and leaf.token.mark == ADDED
        for each in function.parts[:-1]
        for leaf in each.leaves()
    )


def _has_met(item: Code, state: State) -> bool:
    """True if an alternative of a pattern is the one that has matched."""
    numbers = {pair.number for pair in state.pairs()}
    return any(leaf.token is not None and leaf.token.number in numbers for leaf in item.leaves())


def _places(state: State, head: Code) -> dict[int, int]:
    """Which parameter of a function each token of a pattern has met: behind dots it has to be the
    same one in a prototype, which need not have names."""
    params = next((each for each in head.walk() if each.kind == "params"), None)
    if params is None:
        return {}
    commas = [each.start for each in params.children if each.text == b","]
    return {
        pair.number: bisect(commas, pair.start)
        for pair in state.pairs()
        if pair.node is not None and params.start < pair.start < params.end - 1
    }


def _lines(item: Code) -> list[Code]:
    """The directive that an item of a pattern is, or those it has the choice of; else nothing."""
    if item.kind == "directive":
        return [item]
    if item.kind == "seq" and len(item.children) == 1:
        return _lines(item.children[0])
    if item.kind != "disj":
        return []
    found = [_lines(each) for each in item.children]
    return [line for lines in found for line in lines] if all(found) else []


def _with_depths(root: Code) -> Iterator[tuple[int, Code]]:
    """The directives of a file, each with the number of conditionals around it."""
    depth = 0
    for node in root.walk():
        if node.kind not in KINDS:
            continue
        word = node.text.lstrip(b"#").lstrip()
        if word.startswith(b"endif"):
            depth -= 1
        yield depth, node
        if word.startswith(b"if"):
            depth += 1


WAYS = 64
"""In how many ways a pattern is matched at one place; what has more has no meaning."""


def _distinct(found: Iterator[Leaves]) -> Iterator[Leaves]:
    """The ways to match that differ in what is bound or in what meets what."""
    ways = islice(found, WAYS)
    first = next(ways, None)
    if first is None:
        return
    yield first
    seen: set[object] = set()
    for leaves in ways:
        # Mostly there is one way, and what it is need not be told.
        seen = seen or {tuple(sorted(map(hash, map(_what, first))))}
        what = tuple(sorted(map(hash, map(_what, leaves))))
        if what not in seen:
            seen.add(what)
            yield leaves


def _is_type(item: Code) -> bool:
    """True for a type by itself, or the choice of several."""
    is_inside = item.kind in ("disj", "seq")
    return any(map(_is_type, item.children)) if is_inside else item.kind == "type_name"


def _of_types(sites: Sequence[Site]) -> list[Site]:
    """The places of a type by itself. `f(foo_t)` may pass a type or a value; it is taken for what
    the word is where there is no doubt, and for a value where no such place is in the file."""
    clear = [site.node for site in sites if site.node.kind != "ident"]
    known = {leaf.text for node in clear for leaf in node.leaves()}
    return [site for site in sites if site.node.kind != "ident" or site.node.text in known]


def _what(state: State) -> tuple[object, ...]:
    env = tuple(sorted((name, value.key) for name, value in state.env.items()))
    pairs = tuple(sorted((pair.number, pair.start, pair.end) for pair in state.pairs()))
    return env, pairs, tuple(_what(path) for path in state.paths)


_DECLARATORS = ("fn", "ptr", "pdecl")


def _is_field(item: Code) -> bool:
    return item.kind == "meta" and item.token.meta.sort in ("field", "field list")


def _begins_with_return(item: Code) -> bool:
    if item.kind in ("disj", "conj"):
        return any(map(_begins_with_return, item.children))
    if item.kind == "seq":
        return any(map(_begins_with_return, item.children[:1]))
    return item.kind == "return"


_BODIED = ("if", "while", "for", "do", "iterator", "switch", "define")
"""What a block may be the body of, that is not a function."""
