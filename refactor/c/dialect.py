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
- The type of a cast that could be read otherwise, `(u64)-1`, becomes tildes.
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
from refactor.c.arguments import bare, free
from refactor.c.branches import merge
from refactor.c.code import TYPE_WORDS
from refactor.c.kinds import LIST, NAMED_VARIADIC, QUOTED, Tokens, parenthesised, some, tokenize
from refactor.c.lists import mask_lists
from refactor.c.overwrite import add, comments, insert, join


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
    at = 0
    while found := TABLE.search(tokens.kinds, at):
        table(tokens, found.start(1), found.start(2))
        at = found.start(2)
    blank(tokens, VENDOR_ANNOTATION)
    for match in COMPLEX.finditer(tokens.kinds):
        join(tokens, *match.span())
    if b"__volatile" in source or b"__const" in source:
        spell(tokens)
    tokens.kinds = tokens.kinds.replace(b"x", b"i")
    tokens.kinds = tokens.kinds.replace(b"u", b"i")
    if b"n" in tokens.kinds:
        name_numbers(tokens)
    bridge_comments(tokens)
    bare(tokens)
    free(tokens)
    segments = list(regions(tokens.kinds))
    mask_lists(tokens, segments)
    for pattern, action in EVERYWHERE:
        for match in pattern.finditer(tokens.kinds):
            action(tokens, *match.span(match.lastindex or 0))
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


def name_numbers(tokens: Tokens) -> None:
    """Make identifiers of what begins as a number and is none, such as `100baseT`."""
    for match in re.finditer(rb"n", tokens.kinds):
        tokens.buffer[tokens.matches[match.start()].start(1)] = ord("_")
    tokens.kinds = tokens.kinds.replace(b"n", b"i")


def spell(tokens: Tokens) -> None:
    """Write qualifiers as the parser knows them."""
    for match in re.finditer(rb"q", tokens.kinds):
        begin, end = tokens.matches[match.start()].span(1)
        for spelling in (b"volatile", b"const"):
            if tokens.buffer[begin:end] in (b"__" + spelling, b"__" + spelling + b"__"):
                tokens.buffer[begin:end] = spelling.ljust(end - begin)


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


def loop(tokens: Tokens, first: int, last: int) -> None:
    """Write `while` over the name of a macro with arguments, and with a block or a statement."""
    begin, end = tokens.matches[first].span(1)
    if end - begin >= 5 and last - first > 3 and tokens.kinds[last : last + 2] != b"{.":
        tokens.buffer[begin:end] = b"while".ljust(end - begin)


def data(tokens: Tokens, first: int, last: int) -> None:
    """Make a variable of a macro with data: C knows it as `type(name) = {`.

    What brings its `=` along gets one. Without room for it, it becomes `type name= {`.
    """
    is_brace = tokens.kinds[last : last + 1] == b"{"
    if is_brace and tokens.kinds[last + 1 : last + 2] != b".":
        return  # it is a body
    name = first + 2
    if last - name > 2 and not join(tokens, name, last - 1):
        if tokens.kinds[last - 2 : last - 1] != b"i":
            return
        fill(tokens, name, last - 2, attribute=False)
    if is_brace and not insert(tokens, last, b"="):
        for index, byte in ((first + 1, b" "), (last - 1, b"=")):
            begin, end = tokens.matches[index].span(1)
            tokens.buffer[begin:end] = byte


def end_of_do(tokens: Tokens, first: int, last: int) -> None:
    """A macro behind a brace ends a `do` if its name says so: } while_each_thread(g, t);"""
    if tokens.buffer.startswith(b"while_", tokens.matches[first].start(1)):
        loop(tokens, first, last)


def statements(tokens: Tokens, first: int, last: int) -> None:
    """A macro before a block or a deeper line governs it; any other one lacks its semicolon."""
    heads = list(HEADS.finditer(tokens.kinds, first, last))
    for head in reversed(heads):  # what is written before a head hides its indentation
        begin, end = head.span(1)
        if begin < 0:
            continue
        if tokens.kinds[end] == ord("{"):
            loop(tokens, begin, end)
        elif tokens.kinds[end] == ord("o"):
            if is_step(tokens, end) and tokens.indent(end) > tokens.indent(begin):
                loop(tokens, begin, end)
        elif not tokens.breaks(end):
            if tokens.matches[end][1] == tokens.matches[begin][1]:
                insert(tokens, end, b";")  # A(1) A(2)
            elif not DECLARED.match(tokens.kinds, end):
                loop(tokens, begin, end)
        elif tokens.indent(end) > tokens.line_indent(begin) and tokens.kinds[end] != ord("}"):
            loop(tokens, begin, end)
        elif tokens.kinds[begin - 1] != ord("{") or tokens.kinds[end] != ord("}"):
            insert(tokens, end, b";")


HEADS = re.compile(CONTROL + rb"|(i" + LIST + rb")")
DECLARED = re.compile(rb"\}|i[;=,\[]")  # TYPE(x) y;


def is_step(tokens: Tokens, index: int) -> bool:
    """True for `++i` or `--i` on a line of its own."""
    begin, end = tokens.span(index, index + 2)
    return tokens.breaks(index) and bytes(tokens.buffer[begin:end]) in (b"++", b"--")


def plus(tokens: Tokens, first: int, last: int) -> None:
    """Add up a macro and the strings around it, but not in `asm`, where it is a string by now.

    Without room for that it becomes a word, which may stand among strings.
    """
    if tokens.buffer[tokens.matches[first].start(1)] == ord('"'):
        return
    sides = [at for at in (first, last) if b"L" in tokens.kinds[at - 1 : at + 1]]
    gaps = [slice(*tokens.gap(at)) for at in sides]
    if not all(tokens.buffer[gap].strip(b"\r\n") for gap in gaps) and join(tokens, first, last):
        return
    for at in sides:
        add(tokens, at)


def sum_up(tokens: Tokens, first: int, last: int) -> None:
    """Add a macro to the word before it."""
    add(tokens, first)


def times(tokens: Tokens, first: int, last: int) -> None:
    """Add a macro to the number before it."""
    if tokens.matches[first - 1][1][:1].isdigit():
        insert(tokens, first, b"+")


def alignof(tokens: Tokens, first: int, last: int) -> None:
    """Write `sizeof` over `__alignof__`: the parser knows it of types alone."""
    begin, end = tokens.matches[first].span(1)
    if b"align" in tokens.buffer[begin:end].lower():
        tokens.buffer[begin:end] = b"sizeof".ljust(end - begin)


def cast(tokens: Tokens, first: int, last: int) -> None:
    """Write tildes over the type of `(u64)-1` and `(u64)(a)`.

    To the parser, `u64` could be a number or a function. A tilde has an operand on its right and
    none on its left, and binds as tightly as a cast, so that all around it is read as it should be.
    Of a name that is a type by its ending alone a sign has to stand close to the operand, as nobody
    writes a difference.
    """
    begin, end = tokens.span(first, last)
    at, behind = tokens.matches[last].span(1)
    name = tokens.matches[first + 1][1]
    if not (name in TYPE_WORDS or name.endswith(b"_t")) or b"\n" in tokens.buffer[begin:end]:
        return
    if tokens.kinds[last] != ord("("):
        is_close = behind == tokens.matches[last + 1].start(1)
        if not SIGN.match(tokens.buffer, at) or not (name in TYPE_WORDS or is_close):
            return
    tokens.buffer[begin:end] = b"~" * (end - begin)


SIGN = re.compile(rb"[-+&*](?<!-(?=[->]))(?<!\+(?=\+))(?<!&(?=&))")


def equal(tokens: Tokens, first: int, last: int) -> None:
    """Write the `=` that older C lacks behind a designator."""
    insert(tokens, last, b"=")


def hide(tokens: Tokens, first: int, last: int) -> None:
    """Blank the width of a bit-field without a name, for which the parser knows no place."""
    fill(tokens, first, last, attribute=False)


def opaque(tokens: Tokens, first: int, last: int) -> None:
    """Make directives of macros that have a line for themselves, and comments of those of more.

    Before a declaration in the same line it is an annotation.
    """
    for macro in ALONE.finditer(tokens.kinds, first, last):
        begin, end = tokens.span(*macro.span())
        if not tokens.breaks(macro.start()):
            continue
        text = tokens.buffer[begin:end]
        rest, line_break, _ = tokens.buffer[slice(*tokens.gap(macro.end()))].partition(b"\n")
        if line_break and b"/" not in rest and b"\n" not in text:
            tokens.buffer[begin : begin + 2] = b"#x"
        elif tokens.breaks(macro.end()):
            if len(text) >= 4 and not COMMENT_MARK.search(text):
                tokens.buffer[begin : begin + 2] = b"/*"
                tokens.buffer[end - 2 : end] = b"*/"
        elif not line_break and tokens.kinds[macro.end() : macro.end() + 1] in (b"c", b"t", b"s"):
            fill(tokens, *macro.span())


ALONE = re.compile(rb"[cq]*+i" + LIST + rb";?")
COMMENT_MARK = re.compile(rb"/\*|\*/|//")


def words(tokens: Tokens, first: int, last: int) -> None:
    """Make directives of words that have a line for themselves."""
    for at in range(first, last):
        begin, end = tokens.matches[at].span(1)
        if tokens.kinds[at] == ord("i") and end - begin > 2:
            rest = tokens.buffer[slice(*tokens.gap(at + 1))].partition(b"\n")[0]
            if tokens.breaks(at) and tokens.breaks(at + 1) and b"/" not in rest:
                tokens.buffer[begin : begin + 2] = b"#x"


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

Action = Callable[[Tokens, int, int], object]
Rule = tuple[re.Pattern[bytes], Action]


def rule(pattern: bytes, action: Action) -> Rule:
    """What to do with the tokens that the pattern, or the last group in it, covers."""
    return re.compile(pattern.replace(b"LIST", LIST)), action


VARIABLE = (
    rule(FIRST + rb"[cq]++(iLIST)(?==)", data),  # static DEFINE_FOO(int, a) = 3;
    rule(FIRST + rb"(iLIST)(?==\{)", data),  # DEFINE_FOO(int, a) = { 3 };
)
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
    rule(rb"k(?=\((?:\*|i(?![*)])))|k(?=\*)", alignof),  # __alignof__(*a)
    rule(rb"r(\*[^;{}]*+)(?=;)", join),  # goto *a[1];
    rule(rb"L(i)(?=[,;:)}\]o])", times),  # 10 SECONDS
    rule(  # (u64)-1, (u64)(a)
        rb"\(i\)(?<=[=o(,\[:?*rK)DIEF;{}].{3})(?=\(|[o*][iL(*o])", cast
    ),
    rule(rb"[cq](?:(?<=[;{})DIEF].)|(?<=\A.))[cq]*+(?=iLIST;)", fill),  # static DEFINE_FOO(a, 2);
)
RULES = {
    "top": (
        *VARIABLE,
        rule(FIRST + rb"(i\(i(?:,[^(){};DIEF]++)?\))(?=\{)", data),  # MACHINE(name) { .a = f };
        rule(FIRST + rb"(iLIST)(?=\{)", loop),  # SYSCALL_DEFINE1(name, int, fd) {
        rule(FIRST + rb"((?:[cq]*+iLIST[DIEF]*)+)(?=" + STATEMENT + rb"|[DIEF]|\Z)", opaque),
        rule(
            FIRST + rb"(" + some(rb"i[DEF][DIEF]*+") + rb"(?:i\Z|)|i\Z)", words
        ),  # at the end of a branch
    ),
    "body": (
        *VARIABLE,
        rule(rb"K(?:[^K;{}:.]++|\.(?!\.)|)*+\.\.\.", dash),  # case 1 ... 9:
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
        rule(rb"(?<=\{)D++(?=i[,=}]|\})", comments),  # enum { #define A B
        rule(FIRST + rb"(iLIST)(?=i[;,=\[])", join),  # FIFO(int, 3) a;
        rule(rb"i(?<=[,{D].)LIST(?=[,=}])", join),  # enum { NAME(a, b), }
    ),
    "data": (
        rule(
            rb"\[(?<=[,{DIEF].)" + some(rb"[^][(){};]++|LIST") + rb"\](?=[{L])", equal
        ),  # [1] "a", [2] { 3 }
    ),
}
