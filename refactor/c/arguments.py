"""What a macro takes for an argument and a function cannot: statements, declarations, braces.

    if (WAIT(a, if (b) c(); ) < 0)  if (WAIT(a,{if (b) c();}) < 0)
    LOG(a, b(););                   LOG(a, b() );
    ASSERT(a, return b);            while (a) return b  ;
    DEBUG(int a;)                         int a;
    struct_group(a, int b;);        struct      {   int b;};
    FORMAT(a, { b, c })             FORMAT(a, ( b, c ))

Statements get braces, because the parser knows a block as an argument. Where there is no room for
these, one that is an expression loses its semicolon, and another one is governed by the macro, as
all macros with a block are. A macro around nothing but statements or declarations is blanked like
an annotation. What cannot be shown so stays what the parser does not understand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from refactor.c.branches import comment
from refactor.c.kinds import LIST, Tokens
from refactor.c.overwrite import insert
from refactor.c.seams import NEAR, NOTHING, innermost

FAR = 1500
"""How many tokens such arguments have at most."""

# A call that has a brace or a semicolon in its parentheses, and what a statement begins with there.
ODD = re.compile(rb"i\((?:[^(){};DIEF]++|" + LIST + rb"|)*+[{;]")
BARE = re.compile(rb"[DIEF]*+(?:\{|L,|i(?:" + LIST + rb")?,)")
KEYWORD = re.compile(rb"[rke](?<=[(,].)")
GOVERNING = (b"if", b"for", b"while", b"switch")
DECLARED = re.compile(rb"i\((?:(?<=[;{}DIEF]..)|(?<=\A..))(?=[cq]*(?:t|si)[tqis*]*i[^;{}DIEF]*;)")
SEVERAL = re.compile(  # u32 a = b(c), d;
    rb"[cq]*+(?:t++|si|i(?=\*?i))\**i(?:=(?:[^;{}(),]++|" + LIST + rb"|)*+)?,\**i[=;,][^;{}]*+;"
)
AROUND = b";{}:DIEF"
DECLARATION = re.compile(rb"(?:[cqts]|i[i*])")


def free(tokens: Tokens) -> None:
    """Write such arguments as C, in place."""
    for _ in range(3):  # one may be in another
        behind = -1
        edits = Edits(tokens)
        for name in sorted(candidates(tokens)):
            if name > behind:
                end = closing(tokens.kinds, name + 1)
                if end > 0 and edits.argument(name, end):
                    behind = end
        if not edits.written and not edits.shown:
            return
        edits.apply()


def bare(tokens: Tokens) -> None:
    """Make an expression of a file that is nothing but elements, to be included in braces."""
    kinds = tokens.kinds
    inside = (
        [at for at in range(len(kinds)) if kinds[at] not in b"DIEF"] if BARE.match(kinds) else []
    )
    if inside and b";" not in kinds and kinds[inside[-1]] in b",}":
        edits = Edits(tokens)
        if edits.braces(inside[0], len(kinds)) or kinds[inside[0]] != ord("{"):
            for at in range(len(kinds)):
                if kinds[at] in b"DIEF":
                    comment(tokens, at)
                    edits.written[at] = NOTHING
            depth = 0
            for at in inside:
                depth += (kinds[at] in b"({") - (kinds[at] in b")}")
                if depth == 0 and kinds[at] == ord(","):
                    edits.written[at] = ord(";")
            if kinds[inside[-1]] == ord("}") and not insert(tokens, inside[-1] + 1, b";"):
                return
            edits.apply()


def candidates(tokens: Tokens) -> set[int]:
    """The names of macros that may have such arguments."""
    kinds = tokens.kinds
    found = {match.start() for match in ODD.finditer(kinds)}
    found.update([match.start() for match in DECLARED.finditer(kinds)])
    for match in KEYWORD.finditer(kinds):
        at = match.start()
        if begins_statement(tokens, at):
            opening = innermost(kinds, max(0, at - NEAR), at)
            if opening > 0 and kinds[opening - 1 : opening + 1] == b"i(":
                found.add(opening - 1)
    return found


def closing(kinds: bytes, opening: int) -> int:
    """The token that closes the parenthesis, or -1 if none is near, or a conditional before."""
    depth = 0
    for at in range(opening, min(opening + FAR, len(kinds))):
        kind = kinds[at]
        if kind in b"({":
            depth += 1
        elif kind in b")}":
            depth -= 1
            if depth == 0:
                return at if kind == ord(")") else -1
        elif kind in b"IEF":
            return -1
    return -1


@dataclass(slots=True)
class Edits:
    """What is written over tokens: a kind, or nothing if the token is dropped."""

    tokens: Tokens
    written: dict[int, int] = field(default_factory=dict)
    texts: dict[int, bytes] = field(default_factory=dict)
    """What is written into the buffer, by offset."""
    shown: dict[int, int] = field(default_factory=dict)
    """The kinds of tokens that stay what they are for the parser."""
    unseen: set[int] = field(default_factory=set)
    """Tokens that no rule sees, but the parser does."""

    def argument(self, name: int, end: int) -> bool:
        """Write the arguments of a macro; false if they cannot be."""
        first = statement_in(self.tokens, name + 2, end)
        if first < 0:
            return self.braces(name + 2, end)
        if self.tokens.kinds[first] == ord("{"):
            return False  # the parser knows a block as an argument
        behind = self.tokens.kinds[end + 1 : end + 2]
        before = self.tokens.kinds[name - 1 : name] if name else b";"
        is_alone = before in AROUND or before in b")e"
        if is_alone and first == name + 2 and is_last(self.tokens, first, end):
            return self.single(first, end) or self.around(name, first, end, behind)
        if is_alone and self.is_member(name, first, end):
            return self.group(name, first, end)
        if b"D" in self.tokens.kinds[name:end] or not is_last(self.tokens, first, end):
            return False
        return (
            self.block(name, first, end)
            or self.single(first, end)
            or (is_alone and self.governed(name, first, end, behind))
        )

    def braces(self, first: int, end: int) -> bool:
        """Parentheses for the braces of an initializer."""
        kinds = self.tokens.kinds
        made: dict[int, int] = {}
        opened: list[bool] = []
        for at in range(first, end):
            if kinds[at] == ord("{"):
                before = kinds[at - 1] if at > first else ord("(")
                is_first = before in b"(,={DIEF" and (not opened or opened[-1])
                if kinds[at + 1 : at + 2] == b"}":
                    room = self.space(at + 1)
                    if room < 0:
                        return False  # there is no empty expression
                    self.texts[room] = b"_"
                opened.append(is_first)
                if is_first:
                    made[at] = ord("(")
            elif kinds[at] == ord("}"):
                if not opened:
                    return False
                if opened.pop():
                    made[at] = ord(")")
                    last = at - 1
                    while kinds[last] in b"DIEF":
                        last -= 1
                    if kinds[last] == ord(","):
                        made[last] = NOTHING
            elif kinds[at : at + 2] == b".i" and kinds[at - 1] in b"{,DIEF":
                self.texts[self.tokens.start(at)] = b"_"  # .a = b becomes _a = b
        self.written.update(made)
        return bool(made)

    def around(self, name: int, first: int, end: int, behind: bytes) -> bool:
        """Blank a macro around statements or declarations."""
        is_whole = self.tokens.kinds[end - 1] in b";}"
        if not is_whole and is_divided(self.tokens.kinds, first, end):
            return False  # DECLARE(int a, 8);
        if not is_whole and behind != b";":
            return False
        for at in (name, name + 1, end):
            self.written[at] = NOTHING
        if is_whole and self.is_in_members(name):
            if behind == b";":
                self.written[end + 1] = NOTHING
        elif is_whole and behind != b";":
            self.written[end] = ord(";")  # so that it is no part of what follows
        return True

    def block(self, name: int, first: int, end: int) -> bool:
        """Braces around the statements, which the parser knows as an argument.

        Nothing else is masked in such a call but these statements.
        """
        last = self.tokens.start(end) - 1
        room = self.space(first)
        if self.tokens.buffer[last] not in b" \t" or room == last:
            return False
        if self.tokens.kinds[end - 1] not in b";}":
            return False
        if room < 0:
            return first == name + 2 and self.expression(name, end)
        self.texts[room], self.texts[last] = b"{", b"}"
        self.unseen.update(range(name, first - 1))
        self.shown[first - 1], self.shown[end] = ord("{"), ord("}")
        return True

    def expression(self, name: int, end: int) -> bool:
        """Braces over the name of the macro, if the statements follow its parenthesis at once."""
        if not self.head(name, b"({"):
            return False
        self.written[name], self.written[name + 1] = ord("("), NOTHING
        self.texts[self.tokens.start(end) - 1] = b"}"
        self.shown[end] = ord(")")
        self.shown[name] = ord("{")
        return True

    def single(self, first: int, end: int) -> bool:
        """An expression, without its semicolon."""
        kinds = self.tokens.kinds
        if kinds[end - 1] != ord(";") or kinds[first] in b"rkecqtsT":
            return False
        if count(self.tokens, first, end) != 1:
            return False
        self.written[end - 1] = NOTHING
        return True

    def is_member(self, name: int, first: int, end: int) -> bool:
        """True for declarations among the members of a structure."""
        kinds = self.tokens.kinds
        return (
            kinds[end - 1] == ord(";")
            and DECLARATION.match(kinds, first) is not None
            and self.is_in_members(name)
        )

    def is_in_members(self, name: int) -> bool:
        """True if the token is in a structure."""
        kinds = self.tokens.kinds
        brace = innermost(kinds, max(0, name - NEAR), name)
        return kinds[max(0, brace - 2) : brace].endswith((b"s", b"si"))

    def group(self, name: int, first: int, end: int) -> bool:
        """A structure without a name, of the members that a macro groups."""
        if not self.head(name, b"struct"):
            return False
        self.written[name] = ord("s")
        self.written[name + 1] = ord("{")
        self.written[end] = ord("}")
        for at in range(name + 2, first):
            self.written[at] = NOTHING
        return True

    def head(self, name: int, word: bytes) -> bool:
        """Write a word over the name of the macro."""
        begin, end = self.tokens.span(name)
        if end - begin < len(word):
            return False
        self.texts[begin] = word.ljust(end - begin)
        return True

    def governed(self, name: int, first: int, end: int, behind: bytes) -> bool:
        """A loop of the macro over the statement that is its last argument."""
        kinds = self.tokens.kinds
        is_whole = kinds[end - 1] in b";}"
        if first == name + 2 or count(self.tokens, first, end) != 1:
            return False
        if not (is_whole or behind == b";") or not self.head(name, b"while"):
            return False
        self.written[end] = NOTHING
        if kinds[end - 1] == ord(";") and behind == b";":
            self.written[end - 1] = NOTHING
        self.written[name] = ord("k")
        self.written[first - 1] = ord(")")
        return True

    def space(self, index: int) -> int:
        """The offset of a blank before a token, or -1."""
        begin, end = self.tokens.gap(index)
        gap = self.tokens.buffer[begin:end]
        return end - 1 if gap and gap[-1] in b" \t" else -1

    def apply(self) -> None:
        """Write all that, and drop the tokens that are there no more."""
        tokens = self.tokens
        kinds = bytearray(tokens.kinds)
        dropped = []
        for at, kind in sorted(self.written.items()):
            begin, end = tokens.span(at)
            if kind in (NOTHING, *b"(){};") and kinds[at] not in b"DIEF":
                tokens.buffer[begin:end] = bytes([kind or ord(" ")]).ljust(end - begin)
            if kind == NOTHING:
                dropped.append(at)
            else:
                kinds[at] = kind
        for at, kind in self.shown.items():
            kinds[at] = kind
        for offset, text in self.texts.items():
            tokens.buffer[offset : offset + len(text)] = text
        tokens.drop(kinds, sorted(self.unseen.union(dropped)))


def statement_in(tokens: Tokens, first: int, end: int) -> int:
    """The first token of the argument that is a statement or a declaration, or -1."""
    kinds = tokens.kinds
    depth, start, opened = 0, first, first
    for at in range(first, end):
        kind = kinds[at]
        if at == start and depth == 0:
            if kind == ord("{") and b";" in kinds[at:end]:
                return at
            if kind in b"rke" and begins_statement(tokens, at):
                return at
            if start == first and DECLARED.match(kinds, first - 2):
                return at
            if start == first and SEVERAL.match(kinds, first):
                return at
        if kind in b"({[":
            if kind == ord("{") and depth == 0 and kinds[at - 1] == ord(")"):
                if opened > start and kinds[opened - 1] in b"ik":
                    return start  # a loop with a block
            elif depth == 0:
                opened = at
            depth += 1
        elif kind in b")}]":
            depth -= 1
        elif depth == 0 and kind == ord(","):
            start = at + 1
        elif depth == 0 and kind == ord(";"):
            return start
    return -1


def begins_statement(tokens: Tokens, index: int) -> bool:
    """True if a statement begins with this keyword. `module_dm(switch)` makes a name of it."""
    word, behind = tokens.text(index), tokens.kinds[index + 1 : index + 2]
    if word in (b"do", b"goto"):
        return behind not in (b",", b")")
    return tokens.kinds[index] == ord("r") or (word in GOVERNING and behind == b"(")


def is_divided(kinds: bytes, first: int, end: int) -> bool:
    """True if a comma stands in no parentheses."""
    depth = 0
    for at in range(first, end):
        depth += (kinds[at] in b"({[") - (kinds[at] in b")}]")
        if kinds[at] == ord(",") and depth == 0:
            return True
    return False


def is_last(tokens: Tokens, first: int, end: int) -> bool:
    """False for a jump with another argument behind it: f(goto out, a)."""
    return tokens.kinds[first] != ord("r") or not JUMP.match(tokens.kinds, first, end)


JUMP = re.compile(rb"r(?:[^(){};,]++|" + LIST + rb"|)*+,")


def count(tokens: Tokens, first: int, end: int) -> int:
    """1 for one statement that is no declaration, else more."""
    kinds = tokens.kinds
    if DECLARATION.match(kinds, first):
        return 2
    depth = 0
    for at in range(first, end - 1):
        kind = kinds[at]
        if kind in b"({[":
            depth += 1
        elif kind in b")}]":
            depth -= 1
            if kind == ord("}") and depth == 0:
                return 2
        elif depth == 0 and kind == ord(";"):
            return 2
    return 1
