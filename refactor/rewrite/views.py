"""What has been read of one buffer: the rules of all patches share it.

A file is cut once around all that any rule looks for at first, and these items are parsed and
converted once. What a rule asks for later, where another one has found something, is read then.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cached_property

from refactor.c.code import Code
from refactor.c.convert import convert_top, directives_of
from refactor.c.file_types import FileTypes
from refactor.c.items import Cut, Item, Kind, Parts, cut
from refactor.c.lexical import code_only, covering, directives, disabled, mentions
from refactor.c.syntax import CONDITIONALS, Node, SourceFile, parse, parse_items
from refactor.c.tables import EMPTY, TypeTable, outline
from refactor.match.index import Index
from refactor.match.sites import Site
from refactor.pattern.binding import Binding
from refactor.pattern.sign import Known
from refactor.pattern.words import Clause, best
from refactor.rule.smpl.compile import Compiled
from refactor.rule.smpl.step import Step
from refactor.text import Span

WORD = re.compile(rb"[A-Za-z_]\w*")


class Views:
    """What of a buffer has been read so far.

    `iterators` are macros that are loops, `annotations` words that are attributes; `steps` are all
    rules that may ask; `restored` makes the file of a buffer that is only a part of it; `headers`
    is what the headers of the file declare.
    """

    def __init__(
        self,
        iterators: frozenset[bytes],
        steps: Iterable[Step] = (),
        restored: Callable[[bytes], bytes | None] = lambda data: data,
        annotations: frozenset[bytes] = frozenset(),
        headers: TypeTable = EMPTY,
    ) -> None:
        self.iterators = iterators
        self.headers = headers
        self.annotations = annotations
        self.restored = restored
        self.has_halves = False
        """True if something that has been read may be half of an item."""
        self.steps = list(steps)
        wanted = [best(step.clauses) for step in self.steps]
        self.words = None if None in wanted else frozenset().union(*filter(None, wanted))
        """Words of which a macro has one whose text is looked into where all of a file is; None if
        it is every macro."""
        self.buffer: Buffer | None = None

    @classmethod
    def of_patch(
        cls,
        program: Compiled,
        restored: Callable[[bytes], bytes | None] = lambda data: data,
        headers: TypeTable = EMPTY,
    ) -> Views:
        """Those that the rules of one patch share."""
        steps = [step for step in program.steps if isinstance(step, Step)]
        patch = program.patch
        return cls(patch.iterators, steps, restored, patch.attributes, headers)

    def at(self, path: str, data: bytes) -> Buffer:
        """What is known of the present state of a file."""
        if self.buffer is None or self.buffer.data is not data:
            self.buffer = Buffer(path, data, self)
        return self.buffer


class Buffer:
    """One state of a file."""

    def __init__(self, path: str, data: bytes, views: Views) -> None:
        self.path = path
        self.data = data
        self.views = views
        self.index = Index()
        self._read: dict[object, tuple[SourceFile, Code]] = {}
        self._tops: dict[int, list[Code]] = {}
        """By the number of an item what has been read of it, and with how much detail."""
        self._detail: dict[int, int] = {}
        self._declaring: set[int] = set()
        self._words: dict[str, bool] = {}
        self._there: dict[Known, bool] = {}
        self._found: dict[Known, dict[int, list[int]]] = {}
        self._parts: dict[int, Parts] = {}

    def _has_word(self, word: str) -> bool:
        if word not in self._words:
            self._words[word] = next(mentions(self.data, word), None) is not None
        return self._words[word]

    def types(self, program: Compiled) -> FileTypes:
        """The types of the file, for whatever part of it is looked at, as a patch may know them."""
        return self._all_types if program.asks_headers else self._own_types

    @cached_property
    def _own_types(self) -> FileTypes:
        return FileTypes(Code("file", None), whole=lambda: self._outline)

    @cached_property
    def _all_types(self) -> FileTypes:
        return FileTypes(Code("file", None), self.views.headers, whole=lambda: self._outline)

    @cached_property
    def _outline(self) -> Code:
        return outline(self.views.restored(self.data) or self.data, self.views.annotations)

    @cached_property
    def _disabled(self) -> list[Span]:
        if b"#" not in self.data:
            return []
        code = code_only(self.data)
        return disabled(code, list(directives(code)))

    def is_compiled(self, site: Site) -> bool:
        """False for a match of which a part is in a branch that no configuration compiles."""
        if not self._disabled:
            return True
        # A comma that parts two elements may be that behind one which is not compiled.
        met = (
            pair.start
            for leaf in site.leaves
            for pair in leaf.pairs()
            if pair.node is not None and pair.node.text != b","
        )
        return not any(covering(self._disabled, each) for each in (site.node.start, *met))

    def may_match(self, step: Step) -> bool:
        """True if the buffer has all the words that a rule needs, whatever is bound."""
        if not all(any(map(self._has_word, clause)) for clause in step.clauses):
            return False
        return all(map(self._is_there, step.fixed))

    def _is_there(self, sign: Known) -> bool:
        if sign not in self._there:
            self._there[sign] = sign.is_in(self.data)
        return self._there[sign]

    # -------------------------------------------------------------------- for rules that change

    def of(self, step: Step) -> tuple[SourceFile, Code]:
        """As much of the buffer as a rule needs to see that changes it, with what was parsed."""
        words = step.anchor
        typed = step.is_typed or step.asks_locals
        key: object = None
        if step.reach == "directive":
            key = step.reach  # these are no part of the code, which may be read already
        elif words is not None and None not in self._read:
            key = (step.reach, words, typed, step.is_expression)
        if key not in self._read:
            self._read[key] = self._read_for(step, words, typed)
        return self._read[key]

    def _read_for(self, step: Step, words: Clause | None, typed: bool) -> tuple[SourceFile, Code]:
        path, data = self.path, self.data
        if step.reach == "directive":
            return self._noted(parse_items(path, data, cut(data, ()))), directives_of(data)
        if words is None:
            return self._all()
        offsets = offsets_of(data, words)
        found = cut(data, offsets)
        code = _in_code(offsets, found)
        only = code if step.is_expression else None
        source = self._noted(parse_items(path, data, found, self.views.annotations, only))
        wanted = code if step.reach == "statement" else None
        iterators = self.views.iterators
        return source, convert_top(source, iterators, wanted, code, keeps_declarations=typed)

    def read(self, text: bytes, offsets: Sequence[int]) -> Code:
        """Another text in the place of this one, as far as some places of it are concerned."""
        source = parse_items(self.path, text, cut(text, offsets), self.views.annotations)
        return convert_top(source, self.views.iterators, macros=offsets)

    def _all(self) -> tuple[SourceFile, Code]:
        if None not in self._read:
            source = self._noted(parse(self.path, self.data, self.views.annotations))
            words = self.views.words
            macros = range(len(self.data)) if words is None else offsets_of(self.data, words)
            self._read[None] = source, convert_top(source, self.views.iterators, macros=macros)
        return self._read[None]

    def _noted(self, source: SourceFile) -> SourceFile:
        self.views.has_halves |= not _are_errors_in_bodies(source.root)
        return source

    # -------------------------------------------------------------------- for rules that search

    def look(self, step: Step, given: Mapping[str, Binding]) -> Code | None:
        """As much of the buffer as a rule needs to see that only searches; None for nothing.

        `given` is what is bound already.
        """
        if step.reach == "directive":
            return self.of(step)[1]
        hits = self._hits(step, given)
        if step.reach == "file" or self._table.doubt:
            return self._all()[1]
        # Without a sign it is every item: those that have been read already are not read again.
        is_anywhere = hits is None
        hits = {item: [] for item in range(len(self._table.items))} if hits is None else hits
        hits = self._of_use(step, hits)
        if not hits:
            return None
        if None in self._read and not self._tops:
            self._sort_in(self._all()[1], range(len(self._table.items)), _ALL)
        elif not self._tops:
            self._read_first()
        has_all = step.reach == "item" or bool(given) or is_anywhere
        self._load(hits, _ALL if has_all else _SOME)
        tops = [top for item in sorted(hits) for top in self._tops.get(item, ())]
        return Code("file", tops) if tops else None

    def _hits(self, step: Step, given: Mapping[str, Binding]) -> dict[int, list[int]] | None:
        """The items that can have a match of a rule, by number, with the places that tell so; None
        if it can be anywhere."""
        if step.reach == "file":
            return None
        known = [sign for each in step.sieve if (sign := each.known(given)) is not None]
        if not known:
            return None
        first, *others = known
        items = self._table.items
        return {
            item: offsets
            for item, offsets in self._places(first).items()
            if all(self._has(each, items[item].span) for each in others)
        }

    def _places(self, sign: Known) -> dict[int, list[int]]:
        """By the number of an item where a sign is in its code."""
        found = self._found.get(sign)
        if found is None:
            found = {}
            for offset in sign.hits(self.data):
                item = self._item_at(offset)
                if item is not None and (sign.offsets or self._is_code(item, offset)):
                    found.setdefault(item, []).append(offset)
            # Many rules have a sign in common that no name is bound in, and no others.
            if not (sign.words or sign.offsets):
                self._found[sign] = found
        return found

    def _is_code(self, item: int, offset: int) -> bool:
        """True if a place in an item is code, and no comment."""
        span = self._table.items[item].span
        parts = self._parts.get(item)
        if parts is None:
            parts = self._parts[item] = Parts(self.data[span.start : span.end], len(span))
        return parts.kind(offset - span.start) in (Kind.CODE, Kind.DIRECTIVE)

    def _of_use(self, step: Step, hits: dict[int, list[int]]) -> dict[int, list[int]]:
        """Of some items those where a match of a rule is of use to anybody."""
        if step.demand is None:
            return hits
        items = self._table.items
        return {
            item: offsets
            for item, offsets in hits.items()
            if any(all(self._has(each, items[item].span) for each in row) for row in step.demand)
        }

    def _has(self, sign: Known, span: Span) -> bool:
        return sign.is_in(self.data, span.start, span.end)

    def _item_at(self, offset: int) -> int | None:
        at = bisect_right(self._starts, offset) - 1
        if at < 0 or offset >= self._table.items[at].span.end:
            return None
        return at

    @cached_property
    def _everywhere(self) -> list[int]:
        return [match.start() for match in _ANYTHING.finditer(self.data)]

    @cached_property
    def _table(self) -> Cut:
        """Every item of the file."""
        return cut(self.data, self._everywhere)

    @cached_property
    def _told(self) -> list[int]:
        """What tells of an item because it is in no comment and in no string."""
        pairs = zip(self._everywhere, self._table.kinds, strict=True)
        return [at for at, kind in pairs if kind not in (Kind.COMMENT, Kind.STRING)]

    def _mark(self, item: Item) -> int:
        """An offset by which `cut` finds an item again: it drops one of which no more than a
        comment is asked for, and the first semicolon of an item may be in one."""
        at = bisect_left(self._told, item.span.start)
        return self._told[at] if at < len(self._told) else item.mentions[0]

    @cached_property
    def _starts(self) -> list[int]:
        return [each.span.start for each in self._table.items]

    def _read_first(self) -> None:
        """Read at once what any rule looks at that does not wait for another one."""
        some: dict[int, list[int]] = {}
        every: set[int] = set()
        for step in self.views.steps:
            if step.reach not in ("item", "statement") or not step.is_first:
                continue
            if not self.may_match(step):
                continue
            hits = self._hits(step, {})
            if hits is None:
                continue
            hits = self._of_use(step, hits)
            if step.reach == "item":
                every |= hits.keys()
            else:
                if step.is_typed or step.asks_locals:
                    self._declaring |= hits.keys()
                for item, offsets in hits.items():
                    some.setdefault(item, []).extend(offsets)
        self._convert({item: some.get(item, []) for item in some.keys() | every}, every)

    def _load(self, hits: Mapping[int, list[int]], detail: int) -> None:
        missing = {
            item: offsets for item, offsets in hits.items() if self._detail.get(item, 0) < detail
        }
        if missing:
            self._convert(missing, missing.keys())

    def _convert(self, hits: Mapping[int, list[int]], every: Collection[int]) -> None:
        """Parse some items, and make them nodes: with all details those of `every`, else with those
        of the statements around the places of `hits`."""
        if not hits:
            return
        table = self._table.items
        marks = sorted(self._mark(table[item]) for item in hits)
        source = self._noted(
            parse_items(self.path, self.data, cut(self.data, marks), self.views.annotations)
        )
        offsets = sorted({offset for each in hits.values() for offset in each})
        root = convert_top(
            source,
            self.views.iterators,
            offsets,
            offsets,
            full=sorted(table[item].span for item in every),
            declaring=sorted(table[item].span for item in self._declaring & hits.keys()),
        )
        self._sort_in(root, hits, _SOME)
        for item in every:
            self._detail[item] = _ALL

    def _sort_in(self, root: Code, items: Collection[int], detail: int) -> None:
        """Keep the nodes at the top of a tree by the items that they are in."""
        found: dict[int, list[Code]] = {}
        for top in root.children:
            item = self._item_at(top.start)
            if item is not None:
                found.setdefault(item, []).append(top)
        for item in items:
            self._tops[item] = found.get(item, [])
            self._detail[item] = detail


def _are_errors_in_bodies(node: Node) -> bool:
    """True if all that is not understood is inside of function bodies that have their ends.

    Then what is at the top is understood: no item is half of one.
    """
    for each in node.children if node.has_error else ():
        if not each.has_error:
            continue
        if each.type in CONDITIONALS:
            if not _are_errors_in_bodies(each):
                return False
            continue
        body = each.child_by_field_name("body")
        if each.type != "function_definition" or body is None:
            return False
        if any(part.has_error for part in each.children if part != body):
            return False
        if not body.children or body.children[-1].type != "}" or body.children[-1].is_missing:
            return False
    return not node.is_error and not node.is_missing


_SOME, _ALL = 1, 2
_ANYTHING = re.compile(rb";|^[}#]", re.MULTILINE)


def offsets_of(data: bytes, words: Iterable[str]) -> list[int]:
    """Where some words stand in a buffer, ascending."""
    return sorted(each.start for word in words for each in mentions(data, word))


def _in_code(offsets: Sequence[int], found: Cut) -> list[int]:
    return [
        offset
        for offset, kind in zip(offsets, found.kinds, strict=True)
        if kind in (Kind.CODE, Kind.DIRECTIVE)
    ]
