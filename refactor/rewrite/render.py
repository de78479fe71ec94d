"""The text of what a pattern adds: its tokens with their white space, and the bindings in them.

Parentheses are put where the result would group otherwise, and nowhere else; this is known from the
trees of both sides, not from the look of the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from refactor.c.code import COMMA, LEVELS, STATEMENTS, Code, is_confusing, level, required
from refactor.c.layout import indent_to, width
from refactor.pattern.binding import Binding
from refactor.pattern.directives import filled
from refactor.pattern.formats import filled as format_filled
from refactor.pattern.holes import fresh_name
from refactor.pattern.shapes import names_parameter
from refactor.pattern.tokens import Token
from refactor.rewrite.bodies import CONTROLS, head_of_branch, is_sole_body
from refactor.rewrite.breaks import follows_brace, is_in_block, opens_block
from refactor.rewrite.changes import CannotSpliceError
from refactor.rewrite.indents import risen
from refactor.rewrite.path import Path
from refactor.rewrite.spaces import (
    TIGHT_BEFORE,
    deeper,
    ends_in_star,
    is_in_line,
    missing,
    space_between,
)
from refactor.rewrite.written import Builder, Written, relaid
from refactor.text import EditSet, Span, TextEdit


class Renderer:
    """Writes added tokens. `rewritten` gives the text of a span with inner edits made."""

    def __init__(
        self,
        path: Path,
        rewritten: Callable[[int, int], Written],
        levels: Mapping[tuple[int, int], int],
        newline: bytes,
    ) -> None:
        self.path = path
        self.rewritten = rewritten
        self.levels = levels
        """How tightly an inner result holds together, by its span."""
        self.newline = newline
        self.comments: dict[str, bytes] = {}
        """What stands behind holes for statements in the file, and comes with them."""

    def render(
        self,
        added: Sequence[Token],
        at: int,
        indent: bytes | None = None,
        *,
        flat: bool = False,
    ) -> Written:
        """The text of added tokens, as it stands at an offset; lines begin with `indent`.

        With `flat` the line breaks of the patch are none: its tokens are of different lines.
        """
        made = Builder()
        if not added:
            return made.written()
        own = indent is not None
        if indent is None:
            indent = self.path.indent(at)
        depths = self.path.pattern.depths
        numbers = [depths[each.number] for each in added if each.number in depths]
        base = self._depth_of(added[0], min(numbers, default=0))
        base -= risen(self.path, at)
        column = width(self.path.data[self.path.line_start(at) : at]) if not own else width(indent)
        opened: list[int] = []
        skips = self._skips(added)
        opens, closes = self._dimensions(added)
        previous: Token | None = None
        skipped = False
        for token in added:
            if token.number in skips:
                skipped = True
                continue
            depth = depths.get(token.number)
            if depth is not None:
                lead = deeper(indent, depth - base)
            elif opened:
                lead = indent_to(opened[-1])
            elif token.column == added[0].column and token.mark == added[0].mark:
                lead = indent  # the head of a definition, or of a declaration, in two lines
            else:
                lead = indent + b"\t"
            if token.kind == "comment" or token.kind == "directive":
                lead = indent if depth is None else lead
            elif self.is_label(token):
                lead = b""
            if skipped and previous is not None and previous.text in (b"(", b"{"):
                pass  # what stood between has not come
            elif flat and previous is not None and b"\n" in token.gap:
                made.add(self.space(previous, token))
            elif token.gap == b" " and ends_in_star(previous, made.out):
                pass
            else:
                self._gap(made, token, previous, lead)
            if token.kind == "directive":
                if made.line().strip():
                    made.add(self.newline)
                elif made.out and not made.out.endswith(b"\n"):
                    del made.out[made.out.rfind(b"\n") + 1 :]
                text = filled(token.text, self.path.state.env, [each.name for each in token.holes])
                if text is None:
                    raise CannotSpliceError("unbound", 0, token.text.decode(errors="replace"))
                made.add(text)
            elif token.kind != "comment":
                made.add(opens.get(token.number, b""))
                self._token(made, token, width(made.line(), 0 if b"\n" in made.out else column))
                made.add(closes.get(token.number, b"") + token.behind)
            here = width(made.line(), 0 if b"\n" in made.out else column)
            if token.kind == "op" and token.text in (b"(", b"["):
                opened.append(here)
            elif token.kind == "op" and token.text in (b")", b"]") and opened:
                opened.pop()
            previous = token
            skipped = False
        return made.written()

    def is_label(self, token: Token) -> bool:
        """True for the name of a label that a `goto` leads to: it stands in the first column."""
        node = self.path.pattern.result_statements.get(token.number)
        return node is not None and node.kind == "label"

    def depth(self, token: Token) -> int | None:
        """How deep the patch has a token that begins a line."""
        return self.path.pattern.depths.get(token.number)

    def _depth_of(self, token: Token, otherwise: int) -> int:
        """How deep a token stands that begins a line; otherwise the statement that it is in, whose
        line this is."""
        depths = self.path.pattern.depths
        if token.number in depths:
            return depths[token.number]
        leaf = self.path.pattern.results.get(token.number)
        for node in leaf.ancestors() if leaf is not None else ():
            first = next(node.leaves())
            if first.token is not None and first.token.number in depths:
                return min(depths[first.token.number], otherwise)
        return otherwise

    def opens(self, token: Token) -> bool:
        """True for a brace, and for a hole that stands for a block."""
        if token.meta is None or token.meta.sort != "statement":
            return token.text == b"{"
        binding = self.path.state.env.get(token.meta.name)
        return binding is not None and binding.text.startswith(b"{")

    def _gap(self, made: Builder, token: Token, previous: Token | None, lead: bytes) -> None:
        """The white space and the comments before a token, as the patch has them."""
        gap = token.gap
        if previous is None:
            if b"/*" not in gap and b"//" not in gap:
                return
            if b"\n" not in gap:
                made.add((b" " if token.text in TIGHT_BEFORE else b"") + gap.lstrip())
                return
            gap = gap.lstrip(b"\n")
        lines = gap.split(b"\n")
        forced = previous is not None and previous.kind in ("directive", "comment")
        follows = previous is not None and self._is_hole(previous) and self._is_tail(token)
        is_block = opens_block(self.path.pattern, token) or (
            self._is_hole(token) and self.opens(token)
        )
        if previous is not None and not forced:
            if is_block or (follows and self.opens(previous)):
                made.add(b" ")
                return
            if follows:
                made.add(self.newline + lead)
                return
        if len(lines) == 1 and previous is not None and not forced:
            bare = gap.strip()
            if bare:
                made.add(b" " + bare + (b" " if gap[-1:].isspace() else b""))
            elif (
                follows_brace(self.path.pattern, previous, token)
                or self.begins_branch(previous, token)
                or is_in_block(self.path.pattern, token)
            ):
                made.add(self.newline + lead)
            else:
                made.add(gap or missing(previous, token, self.path.pattern.results))
            return
        if lines[0].strip():
            made.add((b" " if made else b"") + lines[0].strip())
            if (previous is None or forced) and len(lines) < 3:
                made.add(
                    b"" if token.kind == "comment" and len(lines) == 1 else self.newline + lead
                )
                if len(lines) == 1 or not lines[1].strip():
                    return
        middle = lines[1:-1]
        for line in middle:
            if made:
                made.add(self.newline)
            if line.strip():
                star = b" " if line.strip().startswith(b"*") else b""
                made.add((lead if made else b"") + star + line.strip())
        last = lines[-1].strip()
        if made and not (previous is None and not middle and not lines[0].strip()):
            is_begun = made.out.endswith(self.newline + lead) and lead
            if not (token.kind == "comment" and not last) and not is_begun:
                made.add(self.newline + lead)
        if last:
            star = b" " if last.startswith(b"*/") else b""
            made.add(star + last)
            if token.kind != "comment":
                made.add(b" ")

    def begins_branch(self, previous: Token | None, token: Token) -> bool:
        """True for a branch without braces, and for the `else` behind one: each has a line of its
        own, also where the patch is written in one."""
        if self._is_hole(token):
            return not self.opens(token)
        node = self.path.pattern.result_statements.get(token.number)
        if node is not None and is_sole_body(node):
            return head_of_branch(node) is node
        follows = previous is not None and previous.text == b";"
        return token.text in (b"else", b"while") and follows and self._is_tail(token)

    def _is_hole(self, token: Token) -> bool:
        """True for a hole that stands for all of a branch or a loop."""
        leaf = self.path.pattern.results.get(token.number)
        parent = leaf.parent if leaf is not None else None
        is_one = token.meta is not None and token.meta.sort == "statement"
        return is_one and parent is not None and parent.kind in CONTROLS

    def _is_tail(self, token: Token) -> bool:
        leaf = self.path.pattern.results.get(token.number)
        return leaf is not None and leaf.parent is not None and leaf.parent.kind in ("if", "do")

    def _token(self, made: Builder, token: Token, column: int) -> None:
        """A token's text: that of the file for a hole, in parentheses where it has to be."""
        meta = token.meta
        key = (self.path.key, token.number)
        if meta is None:
            made.add(self._filled(token), key)
            return
        if meta.sort == "fresh identifier":
            made.add(self._fresh(token), key)
            return
        binding = self.path.state.env.get(meta.name)
        if binding is None:
            raise CannotSpliceError("unbound", 0, meta.name)
        text, tightness = self._value(binding)
        text = self._reindented(text, binding, made.line(), column)
        leaf = self.path.pattern.results.get(token.number)
        needed = self.required(leaf) if leaf is not None else 0
        if binding.kind == "code" and (tightness < needed or self._is_confusing(binding, leaf)):
            if leaf is not None and leaf.parent is not None and leaf.parent.kind == "strings":
                raise CannotSpliceError("string", self.path.somewhere())
            around = Builder()
            around.add(b"(")
            around.put(text, key)
            around.add(b")")
            made.put(around.written(), key)
        else:
            made.put(text, key)
        made.add(self.comments.get(meta.name, b""))

    def _filled(self, token: Token) -> bytes:
        """The text of a word, a sign or a string, with the values of the formats in that."""
        text = format_filled(token.text, self.path.state.env, token.holes)
        if text is None:
            raise CannotSpliceError("unbound", 0, token.text.decode(errors="replace"))
        return text

    def _reindented(self, text: Written, binding: Binding, line: bytes, column: int) -> Written:
        """Statements that move take the indents of all their lines along."""
        if b"\n" not in text.text or not binding.nodes:
            return text
        if not all(node.kind in STATEMENTS for node in binding.nodes):
            return text
        before = width(self.path.indent(binding.nodes[0].start))
        if line.strip():
            # A block at the head of a branch stands as deep as that; the line is known if it has
            # its indent.
            if not text.text.startswith(b"{") or not line[:1].isspace():
                return text
            column = width(line[: len(line) - len(line.lstrip())])
        by = column - before
        if not by:
            return text
        edits = []
        for match in re.finditer(rb"\n([ \t]*)(?=[^\s#])", text.text):
            new = indent_to(max(0, width(match[1]) + by))
            edits.append(TextEdit(Span(match.start(1), match.end(1)), new))
        return relaid(text, EditSet(edits))

    def _value(self, binding: Binding) -> tuple[Written, int]:
        if binding.nodes and binding.kind != "type":
            start, end = binding.nodes[0].start, binding.nodes[-1].end
            return self.rewritten(start, end), self.levels.get((start, end), binding.level)
        return Written(binding.text), binding.level

    def _dimensions(self, added: Sequence[Token]) -> tuple[dict[int, bytes], dict[int, bytes]]:
        """What comes before and behind some tokens, because a type has dimensions.

        `T *x` for a T that is `int [2]` is `int (*x)[2]`: they stand behind the declarator.
        """
        opens: dict[int, bytes] = {}
        closes: dict[int, bytes] = {}
        numbers = {token.number for token in added}
        for token in added:
            leaf = self.path.pattern.results.get(token.number)
            brackets = self._brackets(token)
            if not brackets:
                continue
            if leaf is None or leaf.parent is None or leaf.parent.kind != "type":
                raise CannotSpliceError("array", self.path.somewhere())
            holder = leaf.parent.parent
            for each in _declarators(holder) if holder is not None else ():
                edges = [one.token for one in each.leaves() if one.token is not None]
                if not edges or not {one.number for one in edges} <= numbers:
                    raise CannotSpliceError("array", self.path.somewhere())
                is_pointer = each.kind == "ptr"
                opens[edges[0].number] = b"(" if is_pointer else b""
                closes[edges[-1].number] = (b")" if is_pointer else b"") + brackets
            if not closes:
                closes[token.number] = brackets
        return opens, closes

    def _brackets(self, token: Token) -> bytes:
        if token.meta is None or token.meta.sort != "type":
            return b""
        value = self.path.state.env.get(token.meta.name)
        if value is not None and b"[]" in value.key and not value.brackets:
            raise CannotSpliceError("array", self.path.somewhere())
        return value.brackets if value is not None else b""

    def shown(self, added: Sequence[Token]) -> Sequence[Token]:
        """The tokens of which something is written: not of an empty list, nor of a name that a
        prototype does not have."""
        skips = self._skips(added)
        return [token for token in added if token.number not in skips]

    def _skips(self, added: Sequence[Token]) -> set[int]:
        return self._empty_lists(added) | self._names(added)

    def _empty_lists(self, added: Sequence[Token]) -> set[int]:
        """Lists that are empty here, each with a comma that would be too many."""
        found: set[int] = set()
        for position, token in enumerate(added):
            if token.meta is None or not token.meta.is_list:
                continue
            binding = self.path.state.env.get(token.meta.name)
            beside = added[max(0, position - 1) : position + 2]
            is_void = binding is not None and binding.key == (b"void",)
            is_void = is_void and any(each.text == b"," for each in beside)
            if binding is None or (binding.key and not is_void):
                continue
            found.add(token.number)
            around = (
                (added[position + 1] if position + 1 < len(added) else None),
                (added[position - 1] if position else None),
            )
            comma = next((one for one in around if one is not None and one.text == b","), None)
            if comma is not None and comma.number not in found:
                found.add(comma.number)
        return found

    def _names(self, added: Sequence[Token]) -> set[int]:
        """Names of parameters, where a prototype has none."""
        if not self.path.is_nameless:
            return set()
        leaves = ((each.number, self.path.pattern.results.get(each.number)) for each in added)
        return {number for number, leaf in leaves if leaf is not None and names_parameter(leaf)}

    def _fresh(self, token: Token) -> bytes:
        assert token.meta is not None
        known = self.path.state.env.get(token.meta.name)
        if known is not None:
            return known.text
        found = fresh_name(token.meta, self.path.state)
        if found is None:
            names = [value for kind, value in token.meta.fresh if kind == "name"]
            missing = next(each for each in names if each not in self.path.state.env)
            raise CannotSpliceError("unbound", 0, missing)
        return found or token.text

    def space(self, one: Token, other: Token) -> bytes:
        """The white space that kernel style has between two tokens."""
        return b"" if self.path.is_prefix(one) else space_between(one.text, other.text)

    def gap_before(
        self, token: Token, before: Token | None, default: bytes, gap: bytes | None = None
    ) -> bytes:
        """The white space before a token as the patch has it, if it stands in one line there."""
        gap = token.gap if gap is None else gap
        if not is_in_line(gap):
            return default if before is None else space_between(before.text, token.text)
        if gap or before is None:
            return gap
        return missing(before, token, self.path.pattern.results)

    def behind_gap(
        self, comes: tuple[Token, bytes], right: Token, default: bytes, gap: bytes | None
    ) -> bytes:
        """The same before what stays behind what comes: its last token, and its text."""
        last, text = comes
        if b"\n" in (right.gap if gap is None else gap) and self.path.is_prefix(last):
            return b""
        found = self.gap_before(right, last, default, gap)
        return b"" if found == b" " and ends_in_star(last, text) else found

    def operator(self, node: Code | None) -> bytes:
        """The operator of a binary expression, of the pattern or of the file."""
        if node is None or node.kind != "binary":
            return b""
        sign = node.children[1]
        if sign.kind != "meta":
            return sign.text
        bound = self.path.state.env.get(sign.token.meta.name)
        return bound.text if bound is not None else b""

    def _is_confusing(self, binding: Binding, leaf: Code | None) -> bool:
        """True if compilers warn of a binding without parentheses in the place of a leaf."""
        if leaf is None or len(binding.nodes) != 1 or self._has_changed(binding.nodes[0]):
            return False
        return is_confusing(self.operator(binding.nodes[0]), self.operator(leaf.parent))

    def _has_changed(self, node: Code) -> bool:
        return (node.start, node.end) in self.levels

    def required(self, leaf: Code) -> int:
        """How tightly what stands in the place of a leaf has to hold together."""
        parent = leaf.parent
        if parent is not None and parent.kind == "binary":
            own = self.tightness(parent)
            return own if parent.children[0] is leaf else own + 1
        return required(leaf)

    def tightness(self, after: Code) -> int:
        if after.kind == "binary" and after.children[1].kind == "meta":
            bound = self.path.state.env.get(after.children[1].token.meta.name)
            return LEVELS.get(bound.text, COMMA) if bound is not None else COMMA
        if after.kind in ("disj", "conj", "seq"):
            return 20
        if after.kind == "meta":
            binding = self.path.state.env.get(after.token.meta.name)
            if binding is None or binding.kind != "code":
                return 20
            if binding.nodes and binding.kind != "type":
                start, end = binding.nodes[0].start, binding.nodes[-1].end
                return self.levels.get((start, end), binding.level)
            return binding.level
        if after.kind in ("dots", "nest"):
            return 20
        return level(after)


def _declarators(holder: Code) -> Iterator[Code]:
    """What a declaration or a parameter of a pattern declares, without values and attributes."""
    for each in holder.parts:
        while each.kind in ("init_decl", "bit_decl", "annotated"):
            each = each.parts[0]
        if each.kind in ("ptr", "array", "fn", "pdecl", "ident", "meta"):
            yield each
