"""Annotations of what is declared: attributes, whose arguments are plain tokens."""

from __future__ import annotations

from collections.abc import Sequence

from refactor.c.code import Code
from refactor.pattern.binding import Binding, State
from refactor.pattern.shapes import annotations_of, is_before, name_of, stars_behind
from refactor.pattern.specifiers import Specifiers
from refactor.pattern.storage import has_storage_already


class Noted(Specifiers):
    """The layer of annotations."""

    def _annotations(self, p: Code, n: Code, state: State, optional: bool = False) -> State | None:
        """Annotations that the pattern names have to be there; others may be.

        Where they stand between the words of a declaration makes no difference, but between which
        of its stars does: `int __user *p` is no `int * __user p`. With `optional` they need not be
        there, unless the pattern changes them.
        """
        if n.kind == "expr_stmt" and has_storage_already(self.pattern, p, n):
            return None
        wanted = annotations_of(p)
        name_p, name_n = name_of(p), name_of(n)
        # A cast that would lose its annotations is not yet as the rule would leave it.
        strict = not self.uses("optional_attributes") or (self.is_exact and p.kind == "type_name")
        if not wanted and not strict:
            return state
        there = annotations_of(n)
        for each in wanted:
            hole = each[0]
            meta = hole.token.meta if hole.kind == "meta" else None
            for at, one in enumerate(there):
                found: State | None = None
                # Before or behind the name is not the same: `int __user *p`, `int *p __user`.
                is_first = name_n is not None and one[0].start < name_n.start
                if name_p and name_n and is_before(hole, name_p) != is_first:
                    continue
                if stars_behind(p, hole) != stars_behind(n, one[0]):
                    continue
                if meta is not None:
                    start, end = one[0].start, one[-1].end
                    key = tuple(leaf.text for leaf in one)
                    value = Binding("code", key, self.data[start:end])
                    bound = next(self.bound(hole, meta, value, None, state), None)
                    if bound is not None:
                        found = bound.meet(hole.token.number, start, end, one[0])
                else:
                    found = self._annotation(each, one, state)
                if found is not None:
                    state, there = found, [*there[:at], *there[at + 1 :]]
                    break
            else:
                if not optional or any(not self._stays(leaf) for leaf in each):
                    return None
        return None if strict and there and not optional else state

    def _hole_in_annotation(
        self, mine: Sequence[Code], theirs: Sequence[Code], state: State
    ) -> State | None:
        """A hole in the arguments of an annotation: a word, or the tokens of an expression."""
        hole, meta = mine[0], mine[0].token.meta
        known = state.env.get(meta.name)
        depth = 0
        for count, each in enumerate(theirs, 1):
            depth += (each.text in (b"(", b"[")) - (each.text in (b")", b"]"))
            if depth < 0 or (not depth and each.text == b","):
                return None
            if depth or (count > 1 and meta.sort != "expression"):
                continue
            run = theirs[:count]
            key = tuple(leaf.text for leaf in run)
            if known is not None and known.key != key:
                continue
            # How tightly it holds together is not known: nobody has read it as an expression.
            level = 20 if count == 1 else 1
            value = Binding("code", key, self.data[run[0].start : run[-1].end], level)
            for bound in self.bound(hole, meta, value, None, state):
                met = bound.meet(hole.token.number, run[0].start, run[-1].end, run[0])
                found = self._annotation(mine[1:], theirs[count:], met)
                if found is not None:
                    return found
        return None

    def _annotation(
        self, mine: Sequence[Code], theirs: Sequence[Code], state: State
    ) -> State | None:
        """The tokens of one annotation; dots take any number of them."""
        if not mine:
            return None if theirs else state
        if mine[0].kind == "dots":
            for count in range(len(theirs) + 1):
                start = theirs[0].start if theirs else 0
                end = theirs[count - 1].end if count else start
                met = state.meet(mine[0].token.number, start, end, None)
                found = self._annotation(mine[1:], theirs[count:], met)
                if found is not None:
                    return found
            return None
        if mine[0].token is not None and mine[0].token.meta is not None:
            return self._hole_in_annotation(mine, theirs, state)
        if theirs and mine[0].text == theirs[0].text:
            return self._annotation(mine[1:], theirs[1:], self._met(mine[0], theirs[0], state))
        return None
