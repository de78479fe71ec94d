"""What a script is given of a match: text as it stands in the file, and points for positions."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from refactor.c.code import Code
from refactor.match.sites import enclosing_function
from refactor.pattern.binding import Binding
from refactor.rule.smpl.script.read import Script
from refactor.rule.smpl.script.said import Point, Said


@dataclass
class Teller:
    """Lets a script speak of one buffer; `nodes` are what positions have met."""

    script: Script
    path: str
    data: bytes
    nodes: Mapping[tuple[bytes, ...], Code]

    def tell(self, env: Mapping[tuple[str, str], Binding]) -> Said:
        """What the script says where this is bound."""
        return self.script.run(
            {
                own: self._value(env[origin, name])
                for own, origin, name in self.script.rule.inherited
            }
        )

    def _value(self, binding: Binding) -> object:
        if binding.kind != "position":
            return " ".join((binding.noted or binding.text).decode(errors="replace").split())
        return tuple(map(self._point, binding.places))

    def _point(self, place: tuple[bytes, ...]) -> Point:
        node = self.nodes.get(place)
        (line, column), (line_end, column_end) = (self._place(int(each)) for each in place)
        function = enclosing_function(node) if node is not None else ""
        return Point(self.path, function, str(line), str(column), str(line_end), str(column_end))

    def _place(self, offset: int) -> tuple[int, int]:
        """Line, from 1, and byte column, from 0."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1]

    @cached_property
    def _starts(self) -> list[int]:
        found = [0]
        for line in self.data.split(b"\n")[:-1]:
            found.append(found[-1] + len(line) + 1)
        return found
