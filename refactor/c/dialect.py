"""The kernel's C for a parser that knows only C.

`mask` returns a buffer of the same length in which the kernel's dialect is written in plain C, so
that every offset in the syntax tree is an offset in the original. The mask is for the parser alone:
text is always read from the original buffer.

A file becomes a string of token kinds, one byte each; a rule is a regular expression over that
string. What a rule may do is limited, because a rewriter believes what it sees:

- An annotation is blanked. Where it opens a declaration it becomes a C23 attribute, `[[_]]`, so
  that the declaration's node begins where the declaration begins.
- A macro with a block, `list_for_each(p, head) {`, becomes `while        (p, head) {`.
- A type as an argument becomes an identifier over the same bytes: `struct foo *` is `struct_foo__`.
- `static` before a macro that declares becomes an attribute, and so the macro a call.
- A macro that stands where C has no place for it becomes a directive of no meaning, `#xDULE(x)`.
- A semicolon, comma or plus sign that a macro brings along is written into the white space there.
- A directive between the elements of an initializer becomes a comment, `//fdef CONFIG_X`, as do
  those in the middle of a statement (`refactor.c.branches`). All others stay: who rewrites calls
  and functions has to see them.

So no call, parameter or function appears, none is renamed, and no call loses an argument. What is
hidden is a macro seen as `while` or as a directive; what cannot be told so is left as an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator

from refactor.c.annotations import (
    ANNOTATION,
    BYTE,
    DECLARED_ANNOTATION,
    VENDOR_ANNOTATION,
    blank,
    declare,
    fill,
)
from refactor.c.branches import comment, merge
from refactor.c.kinds import (
    KINDS,
    LIST,
    NAMED_VARIADIC,
    QUOTED,
    Tokens,
    parenthesised,
    some,
    tokenize,
)


def mask(source: bytes, annotations: Collection[bytes] = ()) -> bytes:
    """Return `source` in plain C for the parser: same length, same line breaks. Never raises.

    `annotations` are words that are annotations wherever they stand, because somebody said so.
    """
    tokens = tokenize(source)
    merge(tokens)
    if annotations:
        declare(tokens, annotations)
        blank(tokens, DECLARED_ANNOTATION)
    blank(tokens, ANNOTATION)
    for match in TABLE.finditer(tokens.kinds):
        table(tokens, match.start(1), match.start(2))
    blank(tokens, VENDOR_ANNOTATION)
    for match in COMPLEX.finditer(tokens.kinds):
        join(tokens, *match.span())
    tokens.kinds = tokens.kinds.replace(b"x", b"i")
    tokens.kinds = tokens.kinds.replace(b"u", b"i")
    if b"n" in tokens.kinds:
        name_numbers(tokens)
    bridge_comments(tokens)
    segments = list(regions(tokens.kinds))
    mask_lists(tokens, segments)
    for begin, end, region in segments:
        for pattern, action in RULES[region]:
            for match in pattern.finditer(tokens.kinds, begin, end):
                action(tokens, *match.span(match.lastindex or 0))
    return bytes(tokens.buffer)


FIRST = rb"(?:(?<=[;{}])|\A)[DIEF]*+"  # before the first token of a declaration
CONTROL = rb"e|k" + parenthesised(4, rb"[^(){}DIEF]")  # else, if (a), for (a; b; c)
COMPLEX = re.compile(rb"t++x(?=[iu*)])|xt++(?=[iu*)])")  # double complex x
STATEMENT = rb"[itscqeKrTamk]"  # begins a statement and continues no expression


def table(tokens: Tokens, name: int, end: int) -> None:
    """Make a variable of elements between two macros: `START(name, "a") .b = c, END`."""
    comma, closing = name + 1, name + 3
    at, (begin, behind) = tokens.matches[comma].start(1), tokens.span(end, end + 1)
    last = tokens.matches[closing].start(1)
    if tokens.breaks(end) and tokens.breaks(end + 1) and behind - begin >= 2:
        fill(tokens, comma, closing, attribute=False)
        tokens.buffer[at : at + 1] = b")"
        tokens.buffer[last - 1 : last + 1] = b"={"
        tokens.buffer[begin:behind] = b"};".ljust(behind - begin)
        kinds = bytearray(tokens.kinds)
        kinds[comma : closing + 1], kinds[end] = b")={", ord("}")
        tokens.kinds = bytes(kinds)


TABLE = re.compile(
    rb"i\((i),L\)(?:(?<=[;}DIEF].{6})|(?<=\A.{6}))"
    + some(rb"[DIEF]*+\.i=" + some(rb"[^;{}.,()DIEF]++|" + LIST) + rb",")
    + rb"[DIEF]*+(i)(?!\()"
)

Brace = tuple[str, "Brace"] | None  # the region that the innermost brace opens, and those around


def regions(kinds: bytes) -> Iterator[tuple[int, int, str]]:
    """Cut `kinds` where braces change its meaning: "top", "body", "members" or "data".

    An opening brace belongs to what is around it, a closing one to what it closes. All branches of
    a conditional begin with the braces that are open at its `#if`.
    """
    begin, region = 0, "top"
    braces: Brace = None
    conditionals: list[Brace] = []
    for match in re.finditer(rb"[{}IEF]", kinds):
        kind, at = match[0], match.start()
        if kind == b"{":
            braces = (region_of(kinds, at, region), braces)
        elif kind == b"}":
            braces = braces and braces[1]
        elif kind == b"I":
            conditionals.append(braces)
        elif conditionals:
            if kind == b"E":
                braces = conditionals[-1]
            else:
                conditionals.pop()
        now = braces[0] if braces else "top"
        if now != region:
            yield begin, at + 1, region
            begin, region = at + 1, now
    yield begin, len(kinds), region


def region_of(kinds: bytes, brace: int, around: str) -> str:
    """What the brace opens: members of a struct or enum, data of an initializer, or a body."""
    before = kinds[max(0, brace - 3) : brace]
    if before.endswith((b"s", b"si")):
        return "members"
    if before.endswith((b"=", b"si)")) or around == "data" or kinds[brace + 1 : brace + 2] == b".":
        return "data"
    return "body"


# What may have to be masked in a list, each in a group of its own, and all other parentheses, which
# are matched to be counted. The order tells: an argument is never taken for an element.
POINTERS = rb"q*+(?:\*q*+|)*+"
ARRAY = rb"(?:\[[^][(){};,DIEF]++\])?"
TYPE = rb"(q*+(?:si|t[qt]*+|i(?=[q*])|(?<=q)i)" + POINTERS + ARRAY + rb")"  # struct foo *, int [2]
ARGUMENT = rb"(?<=[(,])(?!(?<=\()t\))" + TYPE + rb"(?=[,)])"  # but not (void)
DIRECTIVES = rb"((?<=[,{])[DIEF]++|(?<![DIEF])[DIEF]++(?=\}))"  # that stand where elements do
MACRO_ELEMENT = rb"((?<=[,{)DIEF])i(?=[.i{\[]))"  # that brings its comma
DESIGNATOR = rb"(\.i(?<=[(,]..)(?=[=.\[]))"  # .member = a, as an argument
OPENING = rb"(\((?<=i.)(?<![itq]i.)(?<![itq*]\*i.))"  # of arguments, not of declared parameters
ELEMENT = re.compile(
    b"|".join((ARGUMENT, DIRECTIVES, MACRO_ELEMENT, OPENING, DESIGNATOR, rb"\(", rb"\)"))
)


def mask_lists(tokens: Tokens, segments: list[tuple[int, int, str]]) -> None:
    """Mask what depends on the parentheses around it: arguments, and elements of initializers."""
    calls: list[bool] = []
    for first, last, region in segments:
        if region == "top":
            calls.clear()
        for match in ELEMENT.finditer(tokens.kinds, first, last):
            begin, end = match.span()
            kind = match.lastindex
            element = region == "data" and not calls
            if kind in (1, 5) and calls and calls[-1]:
                join(tokens, begin, end)
            elif kind == 2 and element:
                comments(tokens, begin, end)
            elif kind == 3 and element:
                comma(tokens, end)
            elif match[0] == b"(":
                calls.append(kind == 4 and is_call(tokens.kinds, begin - 1, region))
            elif match[0] == b")" and calls and calls.pop():
                if tokens.kinds[begin - 1] == ord(","):
                    fill(tokens, begin - 1, begin, attribute=False)  # f(a, )
                if region == "data" and not calls:
                    comma(tokens, end)


def is_call(kinds: bytes, name: int, region: str) -> bool:
    """False if a declaration is split by directives before `name`, or has a macro there."""
    before = name - 1
    while before >= 0 and kinds[before] in b"DIEF":
        before -= 1
    split = before < name - 1 and kinds[before : before + 1] in (b"i", b"t", b"q", b"*", b")")
    return not split and not (region == "top" and kinds[before : before + 1] == b")")


def name_numbers(tokens: Tokens) -> None:
    """Make identifiers of what begins as a number and is none, such as `100baseT`."""
    for match in re.finditer(rb"n", tokens.kinds):
        tokens.buffer[tokens.matches[match.start()].start(1)] = ord("_")
    tokens.kinds = tokens.kinds.replace(b"n", b"i")


def bridge_comments(tokens: Tokens) -> None:
    """Blank comments in the middle of directives: the parser takes the first one for the end."""
    for match in DIRECTIVE_KINDS.finditer(tokens.kinds):
        token = tokens.matches[match.start()]
        if b"/*" not in token[1]:
            continue
        end = len(token[1].rstrip(b" \t\r\n\\"))
        for found in COMMENT_OR_LITERAL.finditer(token[1]):
            if found[1] and found.end() < end:
                begin = token.start(1) + found.start()
                blank = BROKEN_LINE.sub(rb"\\\1", BYTE.sub(b" ", found[0]))
                tokens.buffer[begin : begin + len(blank)] = blank


DIRECTIVE_KINDS = re.compile(rb"[DIE]")
COMMENT_OR_LITERAL = re.compile(rb"(/\*(?s:.*?)\*/)|" + QUOTED)
BROKEN_LINE = re.compile(rb"(?s:.)(\r?\n)")


def label(tokens: Tokens, first: int, last: int) -> None:
    """Write `ou:;` over `out:` before a directive or a brace: C has a statement there.

    There may be no white space for the semicolon. The label's name is read from the original.
    """
    name, colon = tokens.matches[first], tokens.matches[last - 1].start(1)
    if colon - name.start(1) >= 2 and bytes(tokens.buffer[colon - 1 : colon]) not in (b"\n", b"\r"):
        tokens.buffer[colon - 1 : colon + 1] = b":;"


def comments(tokens: Tokens, first: int, last: int) -> None:
    """Make comments of directives."""
    for index in range(first, last):
        comment(tokens, index)


def comma(tokens: Tokens, index: int) -> None:
    """End the element before the token `index`, if another one follows on the next line."""
    if tokens.kinds[index : index + 1] in (b".", b"i", b"{", b"[") and tokens.breaks(index):
        insert(tokens, index, b",")


def join(tokens: Tokens, first: int, last: int) -> None:
    """Make one identifier of the tokens, unless a literal or a comment is in it."""
    begin, end = tokens.span(first, last)
    text = tokens.buffer[begin:end]
    if not re.search(rb"[\"'/\\]", text):
        name = re.sub(rb"\W", b"_", text)
        tokens.buffer[begin:end] = b"_" + name[1:] if name in KINDS else name


def loop(tokens: Tokens, first: int, last: int) -> None:
    """Write `while` over the name of a macro with arguments, and with a block or a statement."""
    begin, end = tokens.matches[first].span(1)
    if end - begin >= 5 and last - first > 3 and tokens.kinds[last : last + 2] != b"{.":
        tokens.buffer[begin:end] = b"while".ljust(end - begin)


def data(tokens: Tokens, first: int, last: int) -> None:
    """Write the `=` that a macro brings along: of `type(name) {` C makes a variable then."""
    if tokens.kinds[last : last + 1] == b".":  # else it is a body
        insert(tokens, first, b"=")


def end_of_do(tokens: Tokens, first: int, last: int) -> None:
    """A macro behind a brace ends a `do` if its name says so: } while_each_thread(g, t);"""
    if tokens.buffer.startswith(b"while_", tokens.matches[first].start(1)):
        loop(tokens, first, last)


def statements(tokens: Tokens, first: int, last: int) -> None:
    """A macro before a block or a deeper line governs it; any other one lacks its semicolon."""
    for head in HEADS.finditer(tokens.kinds, first, last):
        begin, end = head.span(1)
        if begin < 0:
            continue
        if tokens.kinds[end] == ord("{"):
            loop(tokens, begin, end)
        elif tokens.kinds[end] == ord("o"):
            if is_step(tokens, end) and tokens.indent(end) > tokens.indent(begin):
                loop(tokens, begin, end)
        elif not tokens.breaks(end):
            if not DECLARED.match(tokens.kinds, end):
                loop(tokens, begin, end)
        elif tokens.indent(end) > tokens.indent(begin):
            loop(tokens, begin, end)
        elif tokens.kinds[begin - 1] != ord("{") or tokens.kinds[end] != ord("}"):
            insert(tokens, end, b";")


HEADS = re.compile(CONTROL + rb"|(i" + LIST + rb")")
DECLARED = re.compile(rb"\}|i[;=,\[]")  # TYPE(x) y;


def is_step(tokens: Tokens, index: int) -> bool:
    """True for `++i` or `--i` on a line of its own."""
    begin, end = tokens.span(index, index + 2)
    return tokens.breaks(index) and bytes(tokens.buffer[begin:end]) in (b"++", b"--")


def insert(tokens: Tokens, index: int, byte: bytes) -> None:
    """Write `byte` into white space before the token `index`, if there is any."""
    begin, end = tokens.gap(index)
    gap = tokens.buffer[begin:end]
    space = re.match(rb"\s*?([ \t])", gap) or re.search(rb"([ \t])\s*\Z", gap)
    if space:
        tokens.buffer[begin + space.start(1)] = ord(byte)


def plus(tokens: Tokens, first: int, last: int) -> None:
    """Add up a macro and the strings around it, but not in `asm`, where it is a string by now."""
    if tokens.buffer[tokens.matches[first].start(1)] != ord('"'):
        for index in (first, last):
            if b"L" in tokens.kinds[index - 1 : index + 1]:
                insert(tokens, index, b"+")


def sum_up(tokens: Tokens, first: int, last: int) -> None:
    """Add a macro to the word before it."""
    insert(tokens, first, b"+")


def hide(tokens: Tokens, first: int, last: int) -> None:
    """Blank the width of a bit-field without a name, for which the parser knows no place."""
    fill(tokens, first, last, attribute=False)


def opaque(tokens: Tokens, first: int, last: int) -> None:
    """Make directives of macros that have a line for themselves.

    Before a declaration in the same line it is an annotation.
    """
    for macro in ALONE.finditer(tokens.kinds, first, last):
        begin, end = tokens.span(*macro.span())
        if not tokens.breaks(macro.start()) or b"\n" in tokens.buffer[begin:end]:
            continue
        rest, line_break, _ = tokens.buffer[slice(*tokens.gap(macro.end()))].partition(b"\n")
        if line_break and b"/" not in rest:
            tokens.buffer[begin : begin + 2] = b"#x"
        elif not line_break and tokens.kinds[macro.end() : macro.end() + 1] in (b"c", b"t", b"s"):
            fill(tokens, *macro.span())


ALONE = re.compile(rb"[cq]*+i" + LIST + rb";?")


def dash(tokens: Tokens, first: int, last: int) -> None:
    """A range in a case label, `1 ... 9`, becomes a difference."""
    begin, end = tokens.span(last - 3, last)
    if end - begin == 3:
        tokens.buffer[begin:end] = b" - "


def variadic(tokens: Tokens, first: int, last: int) -> None:
    """`#define pr(args...)` loses the name."""
    name = NAMED_VARIADIC.match(tokens.buffer, *tokens.span(first, last))
    if name:
        tokens.buffer[name.start(1) : name.end(1)] = b" " * len(name[1])


def asm(tokens: Tokens, first: int, last: int) -> None:
    """Write `asm`, and empty strings for the macros in its template."""
    begin, end = tokens.matches[first].span(1)
    if tokens.buffer[begin:end] == b"asm_inline":
        tokens.buffer[begin:end] = b"asm       "
    for macro in TEMPLATE_MACRO.finditer(tokens.kinds, first, last):
        begin, end = tokens.span(*macro.span())
        if (end - begin > 1 and tokens.kinds[macro.start() - 1] in b"(") or len(macro[0]) > 1:
            tokens.buffer[begin:end] = b'""' + BYTE.sub(b" ", tokens.buffer[begin + 2 : end])


TEMPLATE_MACRO = re.compile(rb"i(?:" + LIST + rb")?")

Action = Callable[[Tokens, int, int], None]
Rule = tuple[re.Pattern[bytes], Action]


def rule(pattern: bytes, action: Action) -> Rule:
    """What to do with the tokens that the pattern, or the last group in it, covers."""
    return re.compile(pattern.replace(b"LIST", LIST)), action


EVERYWHERE = (
    # asm("text" MACRO(x) "text"
    rule(rb"m[qcr]*+\(" + some(rb"[LDIEF]|i(?:LIST)?") + rb"(?=[:)])", asm),
    rule(rb"D", variadic),
    rule(rb"ii(?<=[(,L]..)i*+(?=L)", join),  # (KERN_INFO PREFIX "text"
    rule(rb"i(?:(?<=L.)LIST|(?<=[(,=].)LIST(?=L))", plus),  # "text" MACRO(x) "text"
    # offsetof(struct foo, a.b)
    rule(rb"f\(" + some(rb"[^(),]++|LIST") + rb",(i[.\[][^(),]*+)(?=\))", join),
    rule(rb"f\((T\([^(){};DIEF]*+\))(?=,)", join),  # offsetof(typeof(*a), b)
    rule(rb"T\((?<=[(,]T.)(?=[tsq])[^(){};DIEF]*+\)(?=[,)])", join),  # (a, typeof(struct b))
    rule(rb"[(,]([=o]++)(?=[,)])", join),  # (a, ==, b)
    rule(rb"T\([^(){};DIEF]*+\)(?=\**[i)])", join),  # typeof(a->b) c;
    rule(rb"[cq](?:(?<=[;{})DIEF].)|(?<=\A.))[cq]*+(?=iLIST;)", fill),  # static DEFINE_FOO(a, 2);
)
RULES = {
    "top": (
        *EVERYWHERE,
        rule(FIRST + rb"i\(i\)(\{)", data),  # define_machine(name) { .probe = f };
        rule(FIRST + rb"(iLIST)(?=\{)", loop),  # SYSCALL_DEFINE1(name, int, fd) {
        rule(FIRST + rb"((?:[cq]*+iLIST[DIEF]*)+)(?=" + STATEMENT + rb"|[DIEF]|\Z)", opaque),
    ),
    "body": (
        *EVERYWHERE,
        rule(rb"K[^K;{}:.]*+\.\.\.", dash),
        rule(
            rb"(?<=[;{}:])[DIEF]*+((?:iLIST|" + CONTROL + rb")+)(?=[{}]|oo|" + STATEMENT + rb")",
            statements,  # if (x) for_each_foo(a, b) {
        ),
        rule(rb"\}(iLIST)(?=;)", end_of_do),
        rule(rb"i:(?<=[;{}:DIEF]..)(?=[DIEF}])", label),
        rule(rb"[(,]i(iLIST)(?=[,)])", sum_up),  # (LEVEL TEXT("a"), b)
    ),
    "members": (
        rule(FIRST + rb"(iLIST;)", opaque),  # DECLARE_BITMAP(map, 9);
        rule(rb"(?:i(?<=[;{}DIEFq].)|t(?<=[;{}DIEFqt].))(:[^;{}(),]*+)(?=;)", hide),  # int : 3;
        rule(rb"[,iL)](D++)", comments),  # enum { A, #define B A
        rule(rb"i(?<=[,{D].)LIST(?=[,=}])", join),  # enum { NAME(a, b), }
    ),
    "data": EVERYWHERE,
}
