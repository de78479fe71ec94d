"""Types without declarators: words in any order, qualifiers, `unsigned T`, structs of any name."""

from __future__ import annotations

from collections.abc import Sequence

from refactor.c.code import QUALIFIERS, Code
from refactor.pattern.binding import Binding, State
from refactor.pattern.compile import CONTEXT
from refactor.pattern.holes import Matches
from refactor.pattern.lists import Lists
from refactor.pattern.shapes import DECLARATORS, chain, is_typedef, without_annotation
from refactor.pattern.tokens import Metavariable


class Specifiers(Lists):
    """The layer of what a declaration begins with."""

    def _stays(self, p: Code) -> bool:
        return self.pattern.states.get(id(p), CONTEXT) == CONTEXT

    def _type(self, p: Code, n: Code, state: State) -> Matches:
        """Types without declarators; qualifiers of the file may be missing in the pattern."""
        ps, ns = p.parts, n.parts
        if len(ps) == 1 and ps[0].kind == "meta":
            kept = without_annotation(n)
            key = tuple(leaf.text for leaf in kept)
            value = Binding("type", key, self.data[kept[0].start : n.end], 20, (n,))
            meta: Metavariable = ps[0].token.meta
            for each in self.bound(ps[0], meta, value, None, state):
                yield from self._at_positions(
                    ps[0], n, each.meet(ps[0].token.number, n.start, n.end, n)
                )
            return
        if len(ps) == 1 and ps[0].kind in ("disj", "conj"):
            yield from self._type_group(ps[0], n, state)
            return
        if ps and ps[-1].kind == "meta" and ps[-1].token.meta.sort in ("type", "typedef"):
            yield from self._signed(ps, n, state)
            return
        found = False
        for each in self.children(ps, ns, state):
            found = True
            yield each
        if found:
            return
        if self.uses("optional_qualifier"):
            named = [each.text for each in ps]
            bare = [
                each
                for each in ns
                if each.text not in (b"const", b"volatile") or each.text in named
            ]
            if len(bare) < len(ns):
                for each in self.children(ps, bare, state):
                    found = True
                    yield each
        named = [each.text for each in ps if each.text in QUALIFIERS]
        if any(each not in [one.text for one in ns] for each in named):
            return
        if not found:
            yield from self._words(ps, ns, state)
            yield from self._qualified(ps, ns, state)

    def _qualified(self, ps: Sequence[Code], ns: Sequence[Code], state: State) -> Matches:
        """`const struct s` for `struct s const`: what is no word alone keeps to its place."""
        if not any(each.children for each in ps):
            return
        before = list(ns)
        moved: list[Code] = []
        for p in ps:
            is_word = p.text in QUALIFIERS
            same = next((n for n in before if (n.text == p.text if is_word else n.children)), None)
            if same is None:
                return
            before.remove(same)
            moved.append(same)
        is_bare = all(each.text in QUALIFIERS for each in before)
        if moved != list(ns) and (not before or (is_bare and self.uses("optional_qualifier"))):
            yield from self.children(ps, moved, state)

    def _words(self, ps: Sequence[Code], ns: Sequence[Code], state: State) -> Matches:
        """Words of a type in another order; qualifiers, `int` and `signed` may be there or not.

        What the pattern has and the file has not meets an empty place behind the words before it,
        so that an edit knows where it would stand.
        """
        if any(each.children or each.kind in ("meta", "disj") for each in (*ps, *ns)):
            return
        rest = list(ns)
        at = ns[0].start if ns else 0
        met: list[tuple[Code, Code]] = []
        goes = all(not self._stays(p) for p in ps)
        for p in ps:
            same = next((each for each in rest if each.text == p.text), None)
            if same is not None:
                rest.remove(same)
                at = same.end
                met.append((p, same))
            elif (
                p.text == b"int"
                and {b"unsigned", b"long", b"short", b"signed"} & {each.text for each in ns}
                and (goes or self._stays(p))
                and not self.is_exact
            ):
                state = state.meet(p.token.number, at, at, None) if p.token else state
            else:
                return
        words = {each.text for each in ps}
        for each in rest:
            if each.text in QUALIFIERS and self.uses("optional_qualifier"):
                continue
            iso, others = {
                b"signed": ("add_signed", {b"int", b"long", b"short"}),
                b"int": ("add_int1", {b"unsigned", b"signed", b"long", b"short"}),
            }.get(each.text, ("", set()))
            if iso == "add_int1" and b"signed" in words:
                iso = "add_int2"
            if not words & others or not self.uses(iso):
                return
        for p, n in met:
            # What goes without saying goes with the word that it belongs to.
            start, end = (n.start, n.end) if self._stays(p) else _with_unsaid(n, ns, rest)
            if p.token is not None:
                state = state.meet(p.token.number, start, end, n)
        yield state

    def _signed(self, ps: Sequence[Code], n: Code, state: State) -> Matches:
        """`unsigned T`: T is what is left, an int where nothing is."""
        rest = list(n.parts)
        for p in ps[:-1]:
            same = next((each for each in rest if not each.children and each.text == p.text), None)
            if same is None:
                return
            rest.remove(same)
            state = self._met(p, same, state)
        hole = ps[-1]
        if not rest:
            value = Binding("type", (b"int",), b"int")
            start = end = n.end
        else:
            start, end = rest[0].start, rest[-1].end
            key = tuple(token for each in rest for token in each.key())
            value = Binding("type", key, self.data[start:end], 20, tuple(rest))
        for each in self.bound(hole, hole.token.meta, value, None, state):
            yield from self._at_positions(hole, n, each.meet(hole.token.number, start, end, n))

    def _any_struct(self, p: Code, n: Code, state: State) -> Matches:
        """`T { ... }`: T is the tag, or the name that a typedef gives a struct without one."""
        hole, inside = p.parts
        word, *rest = n.parts
        if not rest or rest[-1].kind != "fields":
            return
        if len(rest) > 1:
            key: tuple[bytes, ...] = (word.text, rest[0].text)
        else:
            holder = n.parent.parent if n.parent is not None else None
            names = [
                chain(each)[0]
                for each in (holder.parts if holder is not None else [])
                if each.kind in (*DECLARATORS, "ident")
            ]
            if not names or holder is None or not is_typedef(holder):
                return
            key = (names[0].text,)
        value = Binding("type", key, b" ".join(key), 20, (n,))
        end = rest[-2].end if len(rest) > 1 else word.end
        for each in self.bound(hole, hole.token.meta, value.plain(), None, state):
            met = each.meet(hole.token.number, word.start, end, n)
            yield from self.match(inside, rest[-1], met)

    def _type_group(self, p: Code, n: Code, state: State) -> Matches:
        for alternative in p.children:
            inner = alternative.parts[0] if alternative.kind == "type_name" else alternative
            found = False
            for each in self.match(inner, n, state):
                found = True
                yield each
            if found and p.kind == "disj":
                return


def _with_unsaid(n: Code, ns: Sequence[Code], rest: Sequence[Code]) -> tuple[int, int]:
    """A word of a type with the `int` or `signed` beside it that the pattern leaves out.

    They are those behind it, and those before it if it is the first word that the pattern has.
    """
    unsaid = [each in rest and each.text in (b"int", b"signed") for each in ns]
    first = last = next(at for at, each in enumerate(ns) if each is n)
    while last + 1 < len(ns) and unsaid[last + 1]:
        last += 1
    while first and unsaid[first - 1] and not any(each not in rest for each in ns[:first]):
        first -= 1
    return ns[first].start, ns[last].end
