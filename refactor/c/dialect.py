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
- The parentheses of `(a) && b == c`, to the parser a cast, become a sign, `!a  && b == c`.
- A semicolon, comma or plus sign that a macro brings along is written into the white space there.
- What is assembler or C++ is blanked, as are macros in inline assembler (`""`, if it has to be a
  string), and what stands around the members of a structure.
- A directive between the elements of an initializer becomes a comment, `//fdef CONFIG_X`, as do
  those in the middle of a statement (`refactor.c.branches`). All others stay: who rewrites calls
  and functions has to see them.

So no call, parameter or function appears, none is renamed, and no call loses an argument. What is
hidden is a macro seen as `while` or as a directive; what cannot be told so is left as an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from refactor.c.annotations import (
    ANNOTATION,
    DECLARED_ANNOTATION,
    VENDOR_ANNOTATION,
    blank,
    declare,
    fill,
)
from refactor.c.arguments import bare, free
from refactor.c.assembler import mask_assembler
from refactor.c.branches import merge
from refactor.c.code import TYPE_WORDS
from refactor.c.directives import mask_directives
from refactor.c.foreign import blank_foreign
from refactor.c.kinds import LIST, Tokens, parenthesised, some, tokenize
from refactor.c.lists import mask_lists
from refactor.c.overwrite import add, comments, insert, join, negate, texts
from refactor.c.regions import regions


def mask(source: bytes, annotations: Collection[bytes] = ()) -> bytes:
    """Return `source` in plain C for the parser: same length, same line breaks. Never raises.

    `annotations` are words that are annotations wherever they stand, because somebody said so.
    """
    tokens = tokenize(source)
    blank_foreign(tokens)
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
    if b"x" in tokens.kinds:
        for match in COMPLEX.finditer(tokens.kinds):
            join(tokens, *match.span())
        tokens.kinds = tokens.kinds.replace(b"x", b"i")
    if any(word in source for word in SPELLED):
        spell(tokens)
    tokens.kinds = tokens.kinds.replace(b"u", b"i")
    if b"n" in tokens.kinds:
        name_numbers(tokens)
    mask_directives(tokens)
    mask_assembler(tokens)
    bare(tokens)
    free(tokens)
    segments = list(regions(tokens))
    mask_lists(tokens, segments)
    for pattern, action, sign in EVERYWHERE:
        if sign not in tokens.kinds:
            continue
        for match in pattern.finditer(tokens.kinds):
            action(tokens, *match.span(match.lastindex or 0))
    for begin, end, region in segments:
        for pattern, action, sign in RULES[region]:
            if tokens.kinds.find(sign, begin, end) < 0:
                continue
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
    at, (begin, behind) = tokens.start(comma), tokens.span(end, end + 1)
    last = tokens.start(closing)
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


def name_numbers(tokens: Tokens) -> None:
    """Make identifiers of what begins as a number and is none, such as `100baseT`."""
    for match in re.finditer(rb"n", tokens.kinds):
        tokens.buffer[tokens.start(match.start())] = ord("_")
    tokens.kinds = tokens.kinds.replace(b"n", b"i")


SPELLED = (b"__volatile", b"__const", b"__builtin_offsetof", b"lignof")


def spell(tokens: Tokens) -> None:
    """Write qualifiers, `offsetof`, and `alignof` of what is no type, as the parser knows them."""
    for match in re.finditer(rb"f", tokens.kinds):
        begin, end = tokens.span(match.start())
        tokens.buffer[begin:end] = b"offsetof".ljust(end - begin)
    for match in re.finditer(rb"q", tokens.kinds):
        begin, end = tokens.span(match.start())
        for spelling in (b"volatile", b"const"):
            if tokens.buffer[begin:end] in (b"__" + spelling, b"__" + spelling + b"__"):
                tokens.buffer[begin:end] = spelling.ljust(end - begin)
    for match in ALIGNOF.finditer(tokens.kinds):
        begin, end = tokens.span(match.start())
        if b"align" in tokens.buffer[begin:end].lower():
            tokens.buffer[begin:end] = b"sizeof".ljust(end - begin)


ALIGNOF = re.compile(rb"k(?=\((?:\*|i(?![*)])))|k(?=\*)")  # __alignof__(*a)


def label(tokens: Tokens, first: int, last: int) -> None:
    """Write `ou:;` over `out:` before a directive or a brace: C has a statement there.

    There may be no white space for the semicolon. The label's name is read from the original.
    """
    begin, colon = tokens.start(first), tokens.start(last - 1)
    if colon - begin >= 2 and bytes(tokens.buffer[colon - 1 : colon]) not in (b"\n", b"\r"):
        tokens.buffer[colon - 1 : colon + 1] = b":;"


def loop(tokens: Tokens, first: int, last: int) -> None:
    """Write `while` over the name of a macro with arguments, and with a block or a statement."""
    begin, end = tokens.span(first)
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
            begin, end = tokens.span(index)
            tokens.buffer[begin:end] = byte


def end_of_do(tokens: Tokens, first: int, last: int) -> None:
    """A macro behind a brace ends a `do` if its name says so: } while_each_thread(g, t);"""
    if tokens.buffer.startswith(b"while_", tokens.start(first)):
        loop(tokens, first, last)


def statements(tokens: Tokens, first: int, last: int) -> None:
    """A macro before a block or a deeper line governs it; any other one lacks its semicolon."""
    heads = list(HEADS.finditer(tokens.kinds, first, last))
    for number in reversed(range(len(heads))):  # what is written before one hides its indentation
        begin, end = heads[number].span(1)
        if begin < 0:
            continue
        if tokens.kinds[end] == ord("{"):
            loop(tokens, begin, end)
        elif tokens.kinds[end] in b"o*":
            is_operand = tokens.kinds[end] == ord("*") or is_step(tokens, end)
            is_deeper = tokens.breaks(end) and tokens.indent(end) > tokens.line_indent(begin)
            if is_operand and is_deeper:
                loop(tokens, begin, end)
        elif tokens.kinds[end] == ord("D"):
            is_own = tokens.kinds[begin - 1] in b";{}:DIEF" or is_next(
                tokens, heads[number - 1].start(1), begin
            )
            if not insert(tokens, end, b";") and is_own:
                opaque(tokens, begin, end)
        elif not tokens.breaks(end):
            if tokens.text(end) == tokens.text(begin):
                insert(tokens, end, b";")  # A(1) A(2)
            elif not DECLARED.match(tokens.kinds, end):
                loop(tokens, begin, end)
        elif tokens.indent(end) > tokens.line_indent(begin) and tokens.kinds[end] != ord("}"):
            loop(tokens, begin, end)
        elif tokens.kinds[begin - 1] != ord("{") or tokens.kinds[end] != ord("}"):
            insert(tokens, end, b";")


def is_next(tokens: Tokens, before: int, begin: int) -> bool:
    """True if a macro does not govern the one behind it, which is on a line of its own."""
    indent = tokens.indent(begin)
    return before >= 0 and tokens.breaks(begin) and indent <= tokens.line_indent(before)


HEADS = re.compile(CONTROL + rb"|(i" + LIST + rb")")
DECLARED = re.compile(rb"\}|i[;=,\[]")  # TYPE(x) y;


def expanded(tokens: Tokens, first: int, last: int) -> None:
    """End a word in a line of its own that stands for statements.

    Before a directive there may be no white space for the semicolon, so there it becomes one, too.
    """
    for at in words_before(tokens, last, b";{}:DIEF)"):
        if not (tokens.breaks(at) and tokens.breaks(at + 1)):
            continue
        if not insert(tokens, at + 1, b";") and tokens.kinds[at - 1] != ord(")"):
            words(tokens, at, at + 1)


def is_step(tokens: Tokens, index: int) -> bool:
    """True for `++i` or `--i` on a line of its own."""
    begin, end = tokens.span(index, index + 2)
    return tokens.breaks(index) and bytes(tokens.buffer[begin:end]) in (b"++", b"--")


def plus(tokens: Tokens, first: int, last: int) -> None:
    """Add up a macro and the strings around it.

    Without room for that it becomes a word, which may stand among strings.
    """
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
    if tokens.text(first - 1)[:1].isdigit():
        insert(tokens, first, b"+")


def cast(tokens: Tokens, first: int, last: int) -> None:
    """Write tildes over the type of `(u64)-1` and `(u64)(a)`.

    To the parser, `u64` could be a number or a function. A tilde has an operand on its right and
    none on its left, and binds as tightly as a cast, so that all around it is read as it should be.
    Of a name that is a type by its ending alone a sign has to stand close to the operand, as nobody
    writes a difference. Behind a type and a star it is a function that is declared.
    """
    if POINTER.search(tokens.kinds, max(0, first - 8), first):
        return  # typedef void *(alloc_t)(int a)
    begin, end = tokens.span(first, last)
    at, behind = tokens.span(last)
    name = tokens.text(first + 1)
    if not (name in TYPE_WORDS or name.endswith(b"_t")) or b"\n" in tokens.buffer[begin:end]:
        return
    if tokens.kinds[last] != ord("("):
        is_close = behind == tokens.start(last + 1)
        if not SIGN.match(tokens.buffer, at) or not (name in TYPE_WORDS or is_close):
            return
    tokens.buffer[begin:end] = b"~" * (end - begin)


POINTER = re.compile(rb"(?:t|si|[;{}DIEFc]i)q*+\*[q*]*+\Z")
SIGN = re.compile(rb"[-+&*](?<!-(?=[->]))(?<!\+(?=\+))(?<!&(?=&))")


def element(tokens: Tokens, first: int, last: int) -> None:
    """Write a comma before an enumerator on a line of its own, behind a macro."""
    before = tokens.kinds[max(0, first - 20) : first].rstrip(b"D")[-1:]
    if before in (b"i", b")") and tokens.breaks(first):
        insert(tokens, first, b",")


def declarators(tokens: Tokens, first: int, last: int) -> None:
    """Blank annotations of what a structure declares, `} PACKED a, FAR * b`."""
    for each in ANNOTATED.finditer(tokens.kinds, first, last):
        if each.start() > first or not tokens.breaks(first):
            fill(tokens, *each.span(1), attribute=False)


ANNOTATED = re.compile(rb"(?<=[,}])(i)(?=\**i)")


def specifier(tokens: Tokens, first: int, last: int) -> None:
    """Blank a storage class for which a structure has no variable."""
    fill(tokens, first, last, attribute=False)


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
    runs: list[tuple[int, int]] = []  # A(1) B(2), on one line
    for macro in ALONE.finditer(tokens.kinds, first, last):
        begin, end = macro.span()
        if runs and runs[-1][1] == begin and not tokens.breaks(begin):
            begin = runs.pop()[0]
        runs.append((begin, end))
    for begin, end in runs:
        if tokens.breaks(begin) or tokens.kinds[end - 1] == ord(";"):
            directive(tokens, begin, end)


def directive(tokens: Tokens, first: int, last: int) -> None:
    """Make a directive, or a comment, of a line of macros."""
    begin, end = tokens.span(first, last)
    text = tokens.buffer[begin:end]
    rest, line_break, _ = tokens.buffer[slice(*tokens.gap(last))].partition(b"\n")
    is_alone = tokens.breaks(first)
    if is_alone and line_break and b"/" not in rest and b"\n" not in text:
        tokens.buffer[begin : begin + 2] = b"#x"
    elif tokens.breaks(last) or not is_alone:
        if len(text) >= 4 and text[-2:].strip() == text[-2:]:
            tokens.buffer[begin:end] = b"/*" + text[2:-2].replace(b"*/", b"*_") + b"*/"
    elif not line_break and tokens.kinds[last : last + 1] in (b"c", b"t", b"s"):
        fill(tokens, first, last)


ALONE = re.compile(rb"[cq]*+i" + LIST + rb";?")


def words(tokens: Tokens, first: int, last: int) -> None:
    """Make directives of words that have a line for themselves."""
    for at in range(first, last):
        begin, end = tokens.span(at)
        if tokens.kinds[at] == ord("i") and end - begin > 2:
            rest = tokens.buffer[slice(*tokens.gap(at + 1))].partition(b"\n")[0]
            if tokens.breaks(at) and tokens.breaks(at + 1) and b"/" not in rest:
                tokens.buffer[begin : begin + 2] = b"#x"


def several(tokens: Tokens, first: int, last: int) -> None:
    """Make directives of words among members that have a line for themselves."""
    for at in words_before(tokens, last, b";{}DIEF"):
        words(tokens, at, at + 1)


def words_before(tokens: Tokens, last: int, before: bytes) -> range:
    """The words in a row up to `last`, if one of these kinds is in front of them."""
    first = last
    while first > 0 and tokens.kinds[first - 1] == ord("i"):
        first -= 1
    return range(first, last if first and tokens.kinds[first - 1] in before else first)


def operator(tokens: Tokens, first: int, last: int) -> None:
    """Make a word of an operator that is an argument, `==`, or of one before `=`, `_= a`."""
    join(tokens, first, last if tokens.kinds[last] in b",)" else last - 1)


def dash(tokens: Tokens, first: int, last: int) -> None:
    """A range in a case label, `1 ... 9`, becomes a difference."""
    begin, end = tokens.span(last - 3, last)
    if end - begin == 3:
        tokens.buffer[begin:end] = b" - "


Action = Callable[[Tokens, int, int], object]
Rule = tuple[re.Pattern[bytes], Action, bytes]


def rule(pattern: bytes, action: Action, sign: bytes = b"") -> Rule:
    """What to do with the tokens that the pattern, or the last group in it, covers.

    Without the kinds `sign` in a row there is no match: looking for these is quicker.
    """
    return re.compile(pattern.replace(b"LIST", LIST)), action, sign


VARIABLE = rule(  # static DEFINE_FOO(int, a) = 3; DEFINE_FOO(int, a) = { 3 };
    FIRST + rb"(?:[cq]++(iLIST)(?==)|(iLIST)(?==\{))", data, b")="
)
EVERYWHERE = (
    rule(rb"ii(?<=[(,L=]..)i*+(?=L)", join),  # (KERN_INFO PREFIX "text", a = KERN_INFO NAME "text"
    rule(rb"i(?=\()(?:(?<=L.)LIST|(?<=[(,=].)LIST(?=L))", plus),  # "text" MACRO(x) "text"
    # offsetof(struct foo, a.b)
    rule(rb"f\(" + some(rb"[^(),]++|LIST") + rb",(i[.\[][^(),]*+)(?=\))", join),
    rule(rb"f\((T\([^(){};DIEF]*+\))(?=,)", join),  # offsetof(typeof(*a), b)
    rule(rb"T\((?<=[(,]T.)(?=[tsq])[^(){};DIEF]*+\)(?=[,)])", join),  # (a, typeof(struct b))
    rule(rb"[=o](?<=[(,].)(?:[=o]*+(?=[,)])|(?<=o)o*+=(?=[^,)=]))", operator),  # (==, b), (&= b)
    rule(rb"T\([^(){};DIEF]*+\)(?=\**[i)])", join),  # typeof(a->b) c;
    rule(rb"s(iLIST)(?=\**[i{])", join, b"si("),  # struct NAME(a) b
    rule(rb"c(iLIST)(?=i;)", join, b")i;"),  # typedef NAME(a, b) c;
    rule(rb"c(?=si\{[^{}]*+\};)", specifier, b"csi{"),  # static struct foo { int a; };
    rule(rb"\}([i*][i*,]*+)(?=;)", declarators),  # struct { } VENDOR a, FAR * b;
    rule(rb"r(\*[^;{}]*+)(?=;)", join),  # goto *a[1];
    rule(rb"L(i)(?=[,;:)}\]o])", times),  # 10 SECONDS
    rule(  # (u64)-1, (u64)(a)
        rb"\(i\)(?<=[=o(,\[:?*rK)DIEF;{}].{3})(?=\(|[o*][iL(*o])", cast
    ),
    rule(rb"\(i\)(?<=[=o(,\[:?r].{3})(?=o)", negate),  # (a) && b == c
    rule(rb"(?<=[=o(,\[:?r])\(iLIST\)(?=o)", negate, b"))o"),  # (f(a)) && b == c
    rule(rb"[cq](?:(?<=[;{})DIEF].)|(?<=\A.))[cq]*+(?=iLIST;)", fill),  # static DEFINE_FOO(a, 2);
)
RULES = {
    "top": (
        VARIABLE,
        rule(
            FIRST + rb"(i\(i(?:,[^(){};DIEF]++)?\))(?=\{)", data, b"){"
        ),  # MACHINE(name) { .a = f };
        rule(FIRST + rb"(iLIST)(?=\{)", loop, b"){"),  # SYSCALL_DEFINE1(name, int, fd) {
        rule(FIRST + rb"((?:[cq]*+iLIST[DIEF]*)+)(?=" + STATEMENT + rb"|[DIEF]|\Z)", opaque),
        rule(
            FIRST + rb"(" + some(rb"i++[DEF][DIEF]*+") + rb"(?:i\Z|)|i\Z)", words
        ),  # at the end of a branch
        rule(rb"\)(D++)(?=\{)", comments, b"D{"),  # int f(void) #define X {
        rule(rb"i(?=i\**i[;=\[])(?<=[;{}DIEF].)", fill),  # VENDOR foo_t a;
    ),
    "body": (
        VARIABLE,
        rule(rb"K(?:[^K;{}:.]++|\.(?!\.)|)*+\.\.\.", dash),  # case 1 ... 9:
        rule(
            rb"(?<=[;{}:])[DIEF]*+((?:iLIST|" + CONTROL + rb")+)(?=[{}D*]|oo|" + STATEMENT + rb")",
            statements,  # if (x) for_each_foo(a, b) {
        ),
        rule(rb"i(?=[Kkrec}D])(?<=[;{}:DIEFi)].)", expanded),  # STATEMENTS case 1:
        rule(rb"\}(iLIST)(?=;)", end_of_do),
        rule(rb"i:(?<=[;{}:DIEF]..)(?=[DIEF}])", label),
        rule(rb"i(?<=[(,].)i++(?=[,)])", texts, b"ii"),  # (FORMAT, NAME VERSION)
        rule(rb"[(,]i(iLIST)(?=[,)])", sum_up, b"ii("),  # (LEVEL TEXT("a"), b)
    ),
    "members": (
        rule(FIRST + rb"(iLIST;)", opaque, b");"),  # DECLARE_BITMAP(map, 9);
        rule(rb"(?:i(?<=[;{}DIEFq].)|t(?<=[;{}DIEFqt].))(:[^;{}(),]*+)(?=;)", hide),  # int : 3;
        rule(rb"t(?<=[;{}DIEFqt].)(:[^;{}(),]*+,)(?=i)", hide),  # int : 3, a : 5;
        rule(rb"\(\*i\)LIST(i)(?=;)", hide, b")i;"),  # int (*f)(void) VENDOR;
        rule(FIRST + rb"(iLIST)(?=i[;,=\[])", join, b")i"),  # FIFO(int, 3) a;
        rule(rb"i(?=[DEF}])(?<=[;{}DIEFi].)", several, b"i"),  # MEMBERS #undef X
        rule(rb";(;)", hide),  # int a;;
        rule(rb"[,L](D++)", comments),  # int a : 1, #define X
        rule(rb"(,:[^;{}(),]*+)(?=[,;])", hide),  # int a : 1, : 2;
        rule(
            FIRST + rb"(" + some(rb"iLIST;?") + rb")(?=[DEF}stq]|i\**i[;,:=\[])", opaque
        ),  # MEMBERS()
        rule(rb"i(?=i\**i[;=\[,:])(?<=[;{}DIEF].)", hide),  # VENDOR foo_t a;
    ),
    "enumerators": (
        rule(rb"[,iL)](D++)", comments),  # enum { A, #define B A
        rule(rb"(?<=\{)D++(?=i[,=}(]|\})", comments),  # enum { #define A B
        rule(rb"i(?<=[,{DEFIi)].)LIST(?=[,=}iDIEF])", join),  # enum { NAME(a, b), }
        rule(rb"i(?<=[i)D].)", element),  # enum { A B, that brings its comma
    ),
    "data": (
        rule(
            rb"\[(?<=[,{DIEF].)" + some(rb"[^][(){};]++|LIST") + rb"\](?=[{L])", equal
        ),  # [1] "a", [2] { 3 }
    ),
}
