"""What a change leaves behind in the functions that it has been made in.

A parameter that has gone while the body still names it is an error, as is a variable that is used
where none of its declarations is in scope; and a variable that nothing uses any more is a warning
that breaks many a build. None is a matter of one match: another rule of the same patch may rewrite
the body, or move the declaration. So they are looked for at the end, by comparing each function
with what it was.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal

from refactor.c.code import Code
from refactor.c.convert import convert_top
from refactor.c.items import cut
from refactor.c.syntax import parse_items
from refactor.c.types import declarators
from refactor.rewrite.unscoped import declared_in, unscoped


@dataclass(frozen=True, slots=True)
class Leftover:
    """A name in a function, and what is wrong with it."""

    function: str
    name: str
    kind: Literal["parameter", "scope", "unused"]
    """A parameter that is gone and used, a variable that is used out of its scope, or one that
    nothing uses."""

    @property
    def error(self) -> str:
        """Why the function may not be changed like that; empty for what is only remarked on."""
        return {
            "parameter": f"its parameter {self.name} is used still",
            "scope": f"{self.name} would be used where no declaration of it is in scope",
            "unused": "",
        }[self.kind]


def leftovers(
    path: str, before: bytes, after: bytes, iterators: Collection[bytes] = ()
) -> list[Leftover]:
    """What is left behind in all functions of a file, in the order of the new text."""
    # No word goes over the end of a line, and most lines are the same ones.
    was, now = Counter(before.split(b"\n")), Counter(after.split(b"\n"))
    gone, came = _words(was - now), _words(now - was)
    lost = {name for name, count in gone.items() if came[name] < count}
    names = lost.intersection(_WORD.findall(after)) if lost else lost
    used = {name for name, count in came.items() if gone[name] < count}
    used.intersection_update(_INDENTED.findall(after))
    if not names and not used:
        return []
    old = _functions(path, before, names | used, iterators)
    found: list[Leftover] = []
    for key, (text, node) in _functions(path, after, names | used, iterators).items():
        if key in old and old[key][0] != text:
            function = key[0].decode(errors="replace")
            found += _in_function(function, old[key][1], node, names)
            found += _out_of_scope(function, old[key][1], node, used)
    return found


_WORD = re.compile(rb"[A-Za-z_]\w*")
_INDENTED = re.compile(rb"[\w*,)][ \t\n]*\b([A-Za-z_]\w*)[ \t]*(?=[;=,\[:)])")
"""What may be a declarator of a variable."""


def _words(lines: Counter[bytes]) -> Counter[bytes]:
    return Counter(_WORD.findall(b"\n".join(lines.elements())))


_Functions = dict[tuple[bytes, int], tuple[bytes, Code]]


def _functions(
    path: str, data: bytes, names: Collection[bytes], iterators: Collection[bytes]
) -> _Functions:
    """The definitions that have one of the names in them, by their own names and how many of the
    same name there were before."""
    offsets = [match.start() for match in _WORD.finditer(data) if match[0] in names]
    root = convert_top(parse_items(path, data, cut(data, offsets)), iterators)
    found: _Functions = {}
    count: Counter[bytes] = Counter()
    for node in root.walk():
        if node.kind == "function":
            name = next((each.name.text for each in declarators(node)), b"")
            found[name, count[name]] = (data[node.start : node.end], node)
            count[name] += 1
    return found


def _in_function(
    function: str, old: Code, new: Code, names: Collection[bytes]
) -> Iterator[Leftover]:
    uses, used = _mentions(new), _mentions(old)
    declared = set(_variables(new, with_attributes=True))
    parameters = set(_parameters(new))
    for name in _parameters(old):
        if name not in parameters and name not in declared and uses[name]:
            yield Leftover(function, name.decode(errors="replace"), "parameter")
    for name in _variables(new, with_attributes=False):
        if name in names and uses[name] == 1 and used[name] > 1:
            yield Leftover(function, name.decode(errors="replace"), "unused")


def _out_of_scope(
    function: str, old: Code, new: Code, names: Collection[bytes]
) -> Iterator[Leftover]:
    found = unscoped(new, names)
    if found:
        found &= declared_in(new)
        # What the file itself has used like that is a name of another scope, or of a macro.
        found -= unscoped(old, found, may_be_members=True)
    for name in sorted(found):
        yield Leftover(function, name.decode(errors="replace"), "scope")


def _mentions(function: Code) -> Counter[bytes]:
    """How often each word stands in a function, but as the name of a member."""
    found: Counter[bytes] = Counter()
    for leaf in function.leaves():
        if leaf.kind != "ident":
            # The text of a directive, or what could not be read.
            found.update(_WORD.findall(leaf.text) if leaf.kind in _OPAQUE else ())
            continue
        parent = leaf.parent
        is_member = parent is not None and parent.kind in ("member", "designator")
        if not is_member or parent is None or parent.children[0] is leaf:
            found[leaf.text] += 1
    return found


_OPAQUE = ("directive", "define", "include", "error", "macro", "asm")


def _parameters(function: Code) -> Iterator[bytes]:
    """The names of a function's own parameters, not those of one that is passed to it."""
    for node in function.walk():
        if node.kind == "block":
            return
        if node.kind == "params":
            for each in node.children:
                if each.kind == "param":
                    yield from (one.name.text for one in declarators(each))
            return


def _variables(function: Code, *, with_attributes: bool) -> Iterator[bytes]:
    """The names that are declared in the body, once each; one with an attribute may be unused."""
    seen: set[bytes] = set()
    for node in function.walk():
        if node.kind == "declaration":
            has_attribute = any(leaf.kind == "attr" for leaf in node.leaves())
            for each in declarators(node) if with_attributes or not has_attribute else ():
                if each.name.text not in seen:
                    seen.add(each.name.text)
                    yield each.name.text
