"""Declarations, types, declarators and heads of functions, also those written otherwise."""

from __future__ import annotations

from collections.abc import Sequence

from refactor.c.code import Code
from refactor.pattern.binding import Binding, State
from refactor.pattern.choice import first_of
from refactor.pattern.compile import CONTEXT, MINUS
from refactor.pattern.holes import Matches
from refactor.pattern.noted import Noted
from refactor.pattern.shapes import (
    DECLARATORS,
    annotations_of,
    as_type,
    chain,
    is_typedef,
    split_declaration,
    without_annotation,
)
from refactor.pattern.storage import CLASSES, added_storage, would_lose_storage
from refactor.pattern.tokens import REMOVED, Metavariable


class Declarations(Noted):
    """The layer of what is declared."""

    def declaration(self, p: Code, n: Code, state: State) -> Matches:
        """A declaration; one name of the pattern is looked for among all that are declared."""
        pt, pds = split_declaration(p)
        nt, nds = split_declaration(n)
        closing = self._placed_at((p.parts[-1],), (n.parts[-1],), state)
        if closing is None:
            return
        mine = [each for each in pds if each.text != b","]
        theirs = [each for each in nds if each.text != b","]
        if pt is not None and nt is not None and not mine and is_typedef(n):
            # `struct foo { ... };` is also the struct in `typedef struct foo { ... } T;`.
            kept = self.pattern.states.get(id(p), CONTEXT) != MINUS
            if kept and any(
                each.kind == "struct" and each.parts[-1].kind == "fields" for each in pt.parts
            ):
                yield from self.match(pt, nt, closing)
            return
        start = list(self._storage(p, n, closing))
        for first in start:
            if not mine and not theirs:
                if pt is not None and nt is not None:
                    yield from self.match(pt, nt, first)
            elif len(mine) == 1:
                for declarator in theirs:
                    for each in self._one_declared(p, n, pt, mine[0], nt, declarator, first):
                        if len(theirs) == 1 or self._stays_in_place(p, mine[0], each):
                            yield each
                        elif not (
                            would_lose_storage(self.pattern, p, n)
                            or (declarator.kind == "init_decl" and mine[0].kind != "init_decl")
                        ):
                            # Taken out it would be written without the value that it has here.
                            yield self._taken_out(p, declarator, each, state)
            elif len(mine) == len(theirs):
                yield from self._several(pt, mine, nt, theirs, pds, nds, first)

    def _stays_in_place(self, p: Code, name: Code, state: State) -> bool:
        """True if nothing changes of a declaration but what is of the one name and its value alone.

        A name without a value gets a declaration of its own if all of one is written again, as it
        does from spatch, which leaves one with a value alone. Where what is matched has another
        form than the pattern, it goes and comes as a whole.
        """
        if self.pattern.states.get(id(p), CONTEXT) == CONTEXT:
            return True
        kept = self.pattern.kept_as.values()
        shared = [leaf for each in p.parts if each is not name for leaf in each.leaves()]
        tokens = [leaf.token for leaf in shared if leaf.token is not None]
        removed = [each for each in tokens if each.mark == REMOVED]
        if any(each.number not in kept for each in removed):
            return False
        if removed and name.kind != "init_decl":
            return False
        types = [each.meta.name for each in tokens if each.meta is not None]
        values = (state.env[each] for each in types if each in state.env)
        return not state.reordered and not any(b"[]" in each.key for each in values)

    def _taken_out(self, p: Code, declarator: Code, state: State, before: State) -> State:
        """A declaration that goes takes its own name out of a list, not the others."""
        found = State(state.env, before.last, state.reordered, state.paths)
        for leaf in p.leaves():
            if leaf.token is not None:
                found = found.meet(leaf.token.number, declarator.start, declarator.end, declarator)
        return found

    def _several(
        self,
        pt: Code | None,
        mine: Sequence[Code],
        nt: Code | None,
        theirs: Sequence[Code],
        pds: Sequence[Code],
        nds: Sequence[Code],
        state: State,
    ) -> Matches:
        if pt is None or nt is None:
            return
        placed = self._placed_at(
            [each for each in pds if each.text == b","],
            [each for each in nds if each.text == b","],
            state,
        )
        for each in self.match(pt, nt, placed) if placed is not None else ():
            yield from self.children(mine, theirs, each)

    def _storage(self, p: Code, n: Code, state: State) -> Matches:
        """Storage classes: what the pattern names has to be there; others may be, unless it names
        one."""
        wanted = [each for each in p.parts if each.kind == "storage"]
        found = [each for each in n.parts if each.kind == "storage"]
        if any(each.text == b"typedef" for each in found) != any(
            each.text == b"typedef" for each in wanted
        ):
            return
        for each in wanted:
            same = next((one for one in found if one.text == each.text), None)
            if same is None:
                return
            state = self._met(each, same, state)
        if not wanted and found and not self.uses("optional_storage"):
            return
        named = {each.text for each in wanted}
        others = {each.text for each in found} - named
        added = added_storage(self.pattern, p) if others else set()
        if added & others or (added & CLASSES and others & CLASSES):
            return  # it has one already, and a declaration has no two
        yield state

    def _one_declared(
        self,
        p: Code,
        n: Code,
        pt: Code | None,
        pd: Code,
        nt: Code | None,
        nd: Code,
        state: State,
    ) -> Matches:
        """One name of the pattern against one of the file."""
        if pt is None or nt is None:
            if pt is None and nt is None:
                yield from self.match(pd, nd, state)
            return
        if pd.kind == "init_decl" and nd.kind == "init_decl":
            ps, ns = pd.parts, nd.parts
            for each in self._typed(pt, ps[0], nt, ns[0], state):
                yield from self.children(ps[1:], ns[1:], each)
        elif pd.kind == "bit_decl" and nd.kind == "bit_decl":
            for each in self._typed(pt, pd.parts[0], nt, nd.parts[0], state):
                yield from self.children(pd.parts[1:], nd.parts[1:], each)
        elif pd.kind in ("init_decl", "bit_decl"):
            return
        elif nd.kind == "init_decl":
            # decl_init: `T x;` is also `T x = ...;`, as long as the name stays, and nobody asks
            # where it is: the name of the isomorphism is a context one, and takes no position.
            if self._stays(pd) and not _is_placed(pd) and self.uses("decl_init"):
                yield from self._typed(pt, pd, nt, nd.parts[0], state)
        else:
            yield from self._typed(pt, pd, nt, nd, state)

    def _declared_as(self, ps: Sequence[Code], ns: Sequence[Code], state: State) -> Matches:
        """A parameter, or a type name: a type, perhaps with a declarator."""
        pt = next((each for each in ps if each.kind == "type"), None)
        nt = next((each for each in ns if each.kind == "type"), None)
        pd = next((each for each in ps if each.kind not in ("type", "storage")), None)
        nd = next((each for each in ns if each.kind not in ("type", "storage")), None)
        if pt is None or nt is None:
            if pt is None and nt is None and pd is not None and nd is not None:
                yield from self.match(pd, nd, state)
            return
        yield from self._typed(pt, pd, nt, nd, state)

    def _typed(self, pt: Code, pd: Code | None, nt: Code, nd: Code | None, state: State) -> Matches:
        """A type with its declarator. What the pattern's type is a hole for may have stars."""
        hole = pt.parts[0] if len(pt.parts) == 1 and pt.parts[0].kind == "meta" else None
        qualified = (
            len(pt.parts) > 1
            and pt.parts[-1].kind == "meta"
            and all(each.text in (b"const", b"volatile") for each in pt.parts[:-1])
        )
        mine, theirs = chain(pd), chain(nd)
        dropped: Code | None = None
        if (
            self.is_prototype
            and mine
            and not mine[0].children
            and (not theirs or theirs[0].children)
        ):
            # The parameter has no name here: the one of the pattern stands behind the type.
            at = theirs[-1].end if theirs else nt.end
            if mine[0].token is not None:
                state = state.meet(mine[0].token.number, at, at, None)
            dropped, mine = mine[0], mine[1:]
        if hole is None and not qualified:
            for each in self._declarators(mine, theirs, state, len(theirs), dropped):
                yield from self.match(pt, nt, each)
            return
        named: tuple[Code, ...] = ()
        if hole is None:
            hole = pt.parts[-1]
            for word in pt.parts[:-1]:
                same = next((one for one in nt.parts if one.text == word.text), None)
                if same is None:
                    return
                state, named = self._met(word, same, state), (*named, same)
        if len(theirs) < len(mine):
            return
        extra = theirs[len(mine) :]
        if extra and qualified:
            return  # in `const char *x` it is no pointer that is const
        if any(each.kind not in ("ptr", "array") for each in extra):
            holder = nd.parent if nd is not None else None
            if not mine and holder is not None and holder.kind == "type_name":
                yield from self._whole_type(hole, holder, state)
            return
        if extra and nt.parent is not None and pt.parent is not None and annotations_of(pt.parent):
            # The stars that the hole takes lie behind an annotation that the pattern has by itself.
            last = max((one.parts[0].end for one in extra if one.kind == "ptr"), default=0)
            if any(nt.end <= one[0].start < last for one in annotations_of(nt.parent)):
                return
        for each in self._declarators(mine, theirs[: len(mine)], state, len(theirs), dropped):
            nodes = (nt,)
            stars = tuple(b"*" if one.kind == "ptr" else b"[]" for one in extra)
            kept = without_annotation(nt)
            kept = [leaf for leaf in kept if leaf not in named]
            words = tuple(leaf.text for leaf in kept if leaf.kind != "attr")
            start = kept[0].start if kept else nt.start
            count = sum(1 for one in extra if one.kind == "ptr")
            text = self.data[start : nt.end] + (b" " + b"*" * count if count else b"")
            brackets = b"".join(
                self.data[one.parts[1].start : one.end] for one in extra if one.kind == "array"
            )
            told = self._noted(nt, start, theirs, extra)
            value = Binding("type", (*words, *stars), text, 20, nodes, brackets, told)
            meta: Metavariable = hole.token.meta
            end = nt.end
            if count and extra:
                innermost = extra[-1] if extra else None
                if innermost is not None:
                    end = max(end, min(one.parts[0].end for one in extra if one.kind == "ptr"))
                    end = max([end, *(one.parts[0].end for one in extra if one.kind == "ptr")])
            if nt.parent is not None and nt.parent.kind == "type_name" and not qualified:
                # In a cast what is noted of the type goes with the type.
                noted = annotations_of(nt.parent) if not self._notes(pt) else []
                start = min([start, *(one[0].start for one in noted)])
                end = max([end, *(one[-1].end for one in noted)])
            if self._goes_with_its_name(pt, mine):
                # What stands between a type and a name that both go goes as well.
                inside = nt.parent.leaves() if nt.parent is not None else ()
                ends = [leaf.end for leaf in inside if leaf.kind == "attr"]
                name = theirs[0].start if theirs else end
                end = max([end, *(one for one in ends if one <= name)])
            for bound in self.bound(hole, meta, value, None, each):
                yield from self._at_positions(
                    hole, nt, bound.meet(hole.token.number, start, end, nt)
                )

    def _noted(self, nt: Code, start: int, theirs: Sequence[Code], extra: Sequence[Code]) -> bytes:
        """The text of a type and of the stars that belong to it, with the annotations between."""
        found = annotations_of(nt.parent) if nt.parent is not None else []
        own = {id(each) for each in extra}
        others = [
            each.parts[0].start for each in theirs if each.kind == "ptr" and id(each) not in own
        ]
        end = min(others, default=theirs[0].end if theirs else nt.end)
        words = [(one[0].start, one[-1].end) for one in found if nt.end <= one[0].start < end]
        if not words:
            return b""
        words += [(each.parts[0].start, each.parts[0].end) for each in extra if each.kind == "ptr"]
        behind = [self.data[low:high] for low, high in sorted(words)]
        return b" ".join([self.data[start : nt.end], *behind])

    def _goes_with_its_name(self, pt: Code, mine: Sequence[Code]) -> bool:
        """True for the type of a parameter that goes as a whole."""
        return (
            bool(mine)
            and pt.parent is not None
            and pt.parent.kind == "param"
            and self.pattern.states.get(id(pt.parent), CONTEXT) == MINUS
            and not self._notes(pt)
        )

    def _notes(self, pt: Code) -> bool:
        """True if the pattern speaks of annotations beside this type."""
        return pt.parent is not None and bool(annotations_of(pt.parent))

    def _whole_type(self, hole: Code, n: Code, state: State) -> Matches:
        """A type with a declarator around it, `void (*)(void *)`: only a cast can take it over."""
        value = Binding("type", n.key(), self.data[n.start : n.end], 20, (n,))
        yield from self.bound(hole, hole.token.meta, value, n, state)

    def _declarators(
        self,
        mine: Sequence[Code],
        theirs: Sequence[Code],
        state: State,
        total: int,
        dropped: Code | None = None,
        within: Code | None = None,
    ) -> Matches:
        """Declarators from the name outwards; one that is `dropped` has met nothing, and what is
        `within` the innermost of the file is not asked for."""
        if len(mine) != len(theirs):
            return
        if not mine:
            yield state
            return
        yield from self._declarator(mine, theirs, 0, state, dropped, within)

    def _declarator(
        self,
        mine: Sequence[Code],
        theirs: Sequence[Code],
        at: int,
        state: State,
        dropped: Code | None = None,
        within: Code | None = None,
    ) -> Matches:
        if at == len(mine):
            yield state
            return
        p, n = mine[at], theirs[at]
        if at == 0 and not p.children:
            for each in self.match(p, n, state):
                yield from self._declarator(mine, theirs, at + 1, each)
            return
        if p.kind == "disj":
            for each in self.match(p, n, state):
                yield from self._declarator(mine, theirs, at + 1, each)
            return
        if p.kind != n.kind:
            return
        inner_p = mine[at - 1] if at else dropped
        inner_n = theirs[at - 1] if at else within
        ps = [each for each in p.parts if each is not inner_p]
        ns = [each for each in n.parts if each is not inner_n]
        if p.kind == "ptr" and len(ns) > len(ps):
            ns = [each for each in ns if each.text not in (b"const", b"volatile", b"restrict")]
        for each in self.children(ps, ns, state):
            yield from self._declarator(mine, theirs, at + 1, each)

    def _function(self, p: Code, n: Code, state: State) -> Matches:
        """A definition; the pattern may leave out the type, storage classes and annotations."""
        if any(each.kind == "error" for each in n.children):
            return  # which of the words is the type, nobody knows
        pp, nn = p.parts, n.parts
        pb, nb = pp[-1], nn[-1]
        pt = next((each for each in pp if each.kind == "type"), None)
        nt = next((each for each in nn if each.kind == "type"), None)
        pd = pp[-2]
        nd = next((each for each in reversed(nn[:-1]) if each.kind in ("fn", "ptr", "pdecl")), None)
        if nd is None:
            return
        for each in self._storage(p, n, state):
            if pt is None:
                mine, theirs = chain(pd), chain(nd)
                heads = self._declarators(mine, theirs[: len(mine)], each, len(theirs))
            elif nt is None:
                continue
            else:
                heads = self._typed(pt, pd, nt, nd, each)
            for head in heads:
                yield from self.match(pb, nb, head)

    def prototype(self, p: Code, n: Code, declarator: Code, state: State) -> Matches:
        """The head of a definition against a declaration of the same function."""
        noted = self._annotations(p, n, state, optional=True)
        if noted is None:
            return
        state = noted
        self.is_prototype = True
        pt = next((each for each in p.parts if each.kind == "type"), None)
        nt = next((each for each in n.parts if each.kind == "type"), None)
        pd = p.parts[-2]
        try:
            for each in self._storage(p, n, state):
                if pt is None:
                    mine, theirs = chain(pd), chain(declarator)
                    yield from self._declarators(mine, theirs[: len(mine)], each, len(theirs))
                elif nt is not None:
                    yield from self._typed(pt, pd, nt, declarator, each)
        finally:
            self.is_prototype = False

    def _type_at(self, p: Code, n: Code, state: State) -> Matches:
        """A bare type of the pattern at the type of a declaration, a parameter or a cast.

        The stars of a pattern are the innermost ones of the declarator: `struct foo *` is in
        `struct foo **x`, and in `struct foo *x[3]`.
        """
        if n.kind == "ident":
            named = as_type(n)
            if named is not None:
                yield from self._typed_as_is(p, named, None, state)
            return
        if n.kind != "type" or n.parent is None:
            return
        if not any(each.kind in DECLARATORS for each in p.parts):
            yield from self._typed_as_is(p, n, None, state)
            return
        declarators = [nd for nd in n.parent.parts if nd.kind in DECLARATORS]
        yield from first_of(self._typed_as_is(p, n, nd, state) for nd in declarators)

    def _typed_as_is(self, p: Code, nt: Code, nd: Code | None, state: State) -> Matches:
        pt = next((each for each in p.parts if each.kind == "type"), None)
        pd = next((each for each in p.parts if each.kind in DECLARATORS), None)
        if pt is None:
            return
        mine = chain(pd)
        inner = nd.parts[0] if nd is not None and nd.kind in ("init_decl", "bit_decl") else nd
        theirs = chain(inner)
        rest = len(theirs) - len(mine)
        if rest < 0:
            return
        within = theirs[rest - 1] if rest and mine else None
        for each in self._declarators(mine, theirs[rest:] if mine else [], state, 0, None, within):
            yield from self.match(pt, nt, each)


def _is_placed(declarator: Code) -> bool:
    """True if a position is bound to the name of a declarator."""
    token = chain(declarator)[0].token
    return token is not None and bool(token.positions)
