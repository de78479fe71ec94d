"""The control flow of a function: which statement can follow which.

A `Point` is a place where the program can be: a simple statement, the head of a branch or a loop, a
label, a directive, the closing brace of a block, the way out of the function. The graph is built
backwards, from what follows to what comes before, in one walk, so it is linear in the function.

An `#if` is a fork whose condition nobody knows. What is behind a jump in the same block is reached
through labels only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from refactor.c.code import STATEMENTS, Code
from refactor.c.lexical import code_only, directives, verdict

JUMPS = frozenset(("return", "goto", "break", "continue"))
LOOPS = frozenset(("while", "for", "do", "iterator"))
BREAKABLE = LOOPS | {"switch"}


@dataclass(eq=False, repr=False, slots=True)
class Point:
    """A place in a function, and the places that can follow it."""

    kind: str
    """`statement`, `head`, `open` and `close` (of a block), `exit`, `directive`, `implicit` (the
    end of a function, where it returns without being told to)."""
    node: Code | None
    next: list[Point] = field(default_factory=list)
    branch: Point | None = None
    """For the head of an `if`: where its first branch begins."""

    def __repr__(self) -> str:
        return f"{self.kind} {self.node}"

    def own(self) -> list[Code]:
        """The code that is executed here: all of a statement, but only the head of a branch."""
        node = self.node
        if node is None or self.kind in ("open", "close", "exit", "directive", "implicit"):
            return []
        if self.kind == "statement":
            return [node]
        if node.kind == "do":
            return [
                child for child in node.children[2:] if child.kind not in ("op", "ident")
            ] or list(node.children[3:5])
        return [child for child in node.parts[1:] if child is not body_of(node)][
            : _head_length(node)
        ]


def _head_length(node: Code) -> int:
    """How many children behind the keyword belong to the head."""
    parts = node.parts[1:]
    for position, child in enumerate(parts):
        if child.text == b")" and not child.children:
            return position + 1
        if child.kind == "args":
            return position + 1
    return len(parts)


def body_of(node: Code) -> Code | None:
    """What a branch or a loop governs first."""
    parts = node.parts
    if node.kind == "do":
        return parts[1] if len(parts) > 1 else None
    at = _head_length(node) + 1
    return parts[at] if at < len(parts) else None


def else_of(node: Code) -> Code | None:
    """The second branch of an `if`."""
    parts = node.parts
    if node.kind == "if" and len(parts) > 2 and parts[-2].text == b"else":
        return parts[-1]
    return None


def reachable(start: Point, following: Callable[[Point], Iterable[Point]]) -> Iterator[Point]:
    """The points on all paths from one, each once; `following` says where a path goes on."""
    seen: set[int] = set()
    stack = [start]
    while stack:
        point = stack.pop()
        if id(point) not in seen:
            seen.add(id(point))
            yield point
            stack += following(point)


class Flow:
    """The graph of one function, or of any block."""

    def __init__(self, body: Code) -> None:
        self.exit = Point("exit", None)
        self.points: list[Point] = []
        self.entry_of: dict[int, Point] = {}
        """Where a statement begins, by the identity of its node."""
        self.after_of: dict[int, Point] = {}
        """What follows a statement when it is done."""
        self.close_of: dict[int, Point] = {}
        self.heads: list[Point] = []
        """The heads of branches and loops."""
        self.implicit: Code | None = None
        """The `return;` that nobody has written, at the end of a function. It has no length."""
        self._labels: dict[bytes, Point] = {}
        self._gotos: list[tuple[Point, bytes]] = []
        self.entry = self._statement(body, self.exit, None, None)
        for point, name in self._gotos:
            point.next = [self._labels.get(name, self.exit)]
        self.points.reverse()
        self.heads = [point for point in self.points if point.kind == "head"]

    def reaches_its_end(self) -> bool:
        """True if a path of the function comes to its closing brace, as far as one can tell."""
        return any(point.kind == "implicit" for point in reachable(self.entry, lambda at: at.next))

    def _point(self, kind: str, node: Code | None, following: list[Point]) -> Point:
        point = Point(kind, node, following)
        self.points.append(point)
        return point

    def _statement(
        self, node: Code, after: Point, end_loop: Point | None, again: Point | None
    ) -> Point:
        """Where a statement begins that `after` follows; `end_loop` and `again` are where break
        and continue go to."""
        self.after_of[id(node)] = after
        entry = self._made(node, after, end_loop, again)
        self.entry_of[id(node)] = entry
        return entry

    def _made(self, node: Code, after: Point, end_loop: Point | None, again: Point | None) -> Point:
        kind = node.kind
        if kind == "block":
            close = self._point("close", node, [after])
            self.close_of[id(node)] = close
            if node.parent is not None and node.parent.kind == "function":
                self.implicit = _return_at_the_end(node)
                close = self._point("implicit", self.implicit, [close])
            inner = [
                each for each in node.children if each.text not in (b"{", b"}") or each.children
            ]
            return self._point("open", node, [self._sequence(inner, close, end_loop, again)])
        if kind == "if":
            then, other = body_of(node), else_of(node)
            first = self._statement(then, after, end_loop, again) if then is not None else after
            second = self._statement(other, after, end_loop, again) if other is not None else after
            point = self._point("head", node, [first, second])
            point.branch = first
            return point
        if kind in ("while", "for", "iterator"):
            point = Point("head", node, [after])
            body = body_of(node)
            if body is not None:
                point.next.insert(0, self._statement(body, point, after, point))
            self.points.append(point)
            return point
        if kind == "do":
            head = Point("head", node, [after])
            runs_once = _is_zero(node)
            body = body_of(node)
            self.points.append(head)
            if body is None:
                return head
            first = self._statement(body, head, after, head)
            if not runs_once:
                head.next.insert(0, first)
            return first
        if kind == "switch":
            return self._switch(node, after, again)
        if kind == "return":
            return self._point("statement", node, [self.exit])
        if kind == "break":
            return self._point("statement", node, [end_loop or self.exit])
        if kind == "continue":
            return self._point("statement", node, [again or self.exit])
        if kind == "goto":
            point = self._point("statement", node, [self.exit])
            if len(node.parts) > 1:
                self._gotos.append((point, node.parts[1].text))
            return point
        if kind == "label":
            point = self._point("statement", node, [after])
            self._labels[node.parts[0].text] = point
            return point
        if kind == "group":
            return self._sequence(node.children, after, end_loop, again)
        if kind == "directive":
            return self._point("directive", node, [after])
        return self._point("statement", node, [after])

    def _switch(self, node: Code, after: Point, again: Point | None) -> Point:
        body = body_of(node)
        head = Point("head", node, [])
        if body is not None:
            first = self._statement(body, after, after, again)
            labels = list(labels_of(body))
            head.next = [self.entry_of[id(each)] for each in labels if id(each) in self.entry_of]
            if not labels:
                head.next = [first]
            if not any(each.kind == "default" for each in labels):
                head.next.append(after)
        else:
            head.next = [after]
        self.points.append(head)
        return head

    def _sequence(
        self, nodes: Sequence[Code], after: Point, end_loop: Point | None, again: Point | None
    ) -> Point:
        """Statements in a row, with the conditionals between them."""
        following = after
        told = verdicts(nodes)
        # For each #endif that is open on the way up: what follows it, and the begins of branches.
        opened: list[tuple[Point, list[Point], bool]] = []
        for node in reversed(nodes):
            if node.kind in ("attr", "define", "include", "comment"):
                continue
            word = conditional(node)
            if word == b"endif":
                point = self._point("directive", node, [following])
                self.entry_of[id(node)] = point
                self.after_of[id(node)] = following
                opened.append((point, [], False))
                following = point
            elif word in (b"else", b"elif") and opened:
                end, branches, has_else = opened[-1]
                if told[id(node)] is not False:
                    branches.append(following)
                is_last = word == b"else" or told[id(node)] is True
                opened[-1] = (end, branches, has_else or is_last)
                self.entry_of[id(node)] = following
                self.after_of[id(node)] = following
                following = end
            elif word == b"if" and opened:
                end, branches, has_else = opened.pop()
                choices = [] if told[id(node)] is False else [following]
                choices += reversed(branches)
                if not has_else and told[id(node)] is not True:
                    choices.append(end)
                point = self._point("directive", node, choices)
                self.entry_of[id(node)] = point
                self.after_of[id(node)] = following
                following = point
            elif node.kind not in STATEMENTS and node.kind not in ("group", "directive"):
                continue
            else:
                following = self._statement(node, following, end_loop, again)
        return following


def _return_at_the_end(body: Code) -> Code:
    """A `return;` before the closing brace of a function, as if somebody had written it."""
    at = body.end - 1
    words = [Code("op", None, b"return", at, at), Code("op", None, b";", at, at)]
    made = Code("return", words)
    made.start = made.end = at
    made.parent = body
    return made


def is_implicit(node: Code) -> bool:
    """True for the `return;` at the end of a function that nobody has written."""
    return node.kind == "return" and node.start == node.end


def verdicts(nodes: Sequence[Code]) -> dict[int, bool | None]:
    """For each `#if`, `#elif` and `#else` among some nodes, by identity: False if no configuration
    compiles its branch (that of an `#if 0`), True if all do that come to it."""
    found: dict[int, bool | None] = {}
    is_taken: list[bool] = []
    for node in nodes:
        word = conditional(node)
        if word == b"if":
            is_taken.append(False)
        if word == b"endif" and is_taken:
            is_taken.pop()
        elif word and is_taken:
            directive = next(directives(code_only(node.text)), None)
            told = verdict(code_only(node.text), directive) if directive is not None else None
            told = True if word == b"else" and told is None else told
            found[id(node)] = False if is_taken[-1] else told
            is_taken[-1] |= told is True
        elif word:
            found[id(node)] = None
    return found


def _is_zero(loop: Code) -> bool:
    """True for `do { } while (0)`, which is a block that can be left."""
    tested = [each for each in Point("head", loop).own() if each.children or each.text.isalnum()]
    return len(tested) == 1 and tested[0].key() == (b"0",)


def conditional(node: Code) -> bytes:
    """`if`, `else`, `elif` or `endif` for a directive of that kind."""
    if node.kind != "directive":
        return b""
    word = node.text.lstrip(b"#").lstrip()
    for each in (b"endif", b"elif", b"else"):
        if word.startswith(each):
            return each
    return b"if" if word.startswith(b"if") else b""


def labels_of(body: Code) -> list[Code]:
    """The case labels of a switch, those of switches inside left out."""
    found = []
    stack = [body]
    while stack:
        node = stack.pop()
        if node.kind in ("case", "default"):
            found.append(node)
        elif node.kind in ("block", "if", "while", "for", "do", "iterator", "group", "label"):
            stack.extend(reversed(node.children))
    return found


def left_by(jump: Code) -> Code | None:
    """The loop or switch that a `break` or `continue` is about."""
    wanted = BREAKABLE if jump.kind == "break" else LOOPS
    return next((each for each in jump.ancestors() if each.kind in wanted), None)


def ends_in_jump(node: Code) -> bool:
    """True for a jump, and for a block whose last statement is one."""
    if node.kind in JUMPS:
        return True
    if node.kind == "block":
        inner = [each for each in node.parts if each.kind in STATEMENTS]
        return bool(inner) and ends_in_jump(inner[-1])
    return False
