"""The kernel's C for a parser that knows only C.

`mask` returns a buffer of the same length in which the kernel's dialect is written in plain C, so
that every offset in the syntax tree is an offset in the original. The mask is for the parser alone:
text is always read from the original buffer.

A file becomes a string of token kinds, one byte each; a rule is a regular expression over that
string. What a rule may do is limited, because a rewriter believes what it sees:

- an annotation is blanked, or becomes a C23 attribute `[[_]]` where it opens a declaration, so
  that the node of the declaration still begins where the declaration begins;
- a macro with a block, `list_for_each(p, head) {`, becomes `while        (p, head) {`;
- a type as an argument becomes an identifier over the same bytes: `struct foo *` is `struct_foo__`;
- `static` before a macro that declares becomes an attribute, so that the macro is a call;
- a macro that stands where C has no place for it becomes a directive nobody knows, `#xDULE(x)`;
- a semicolon, comma or plus sign that a macro brings along is written into the white space there;
- a directive between the elements of an initializer becomes a comment, `//fdef CONFIG_X`.

No call, argument, parameter or definition appears, is renamed or loses an argument, and a macro
with a block is never seen as a function. All other directives stay.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

# Annotations without arguments: include/linux/{init,compiler_types,compiler_attributes}.h and
# their like. They say something about a declaration and nothing about its syntax.
ANNOTATIONS = b"""
    __init __exit __initdata __exitdata __initconst __net_init __net_exit __net_initdata
    __meminit __meminitdata __meminitconst __memexit __cpuinit __cpuinitdata __devinit __devexit
    __devinitdata __devinitconst __init_or_module __initdata_or_module __initconst_or_module
    __ref __refdata __refconst __head __init_memblock __initdata_memblock
    __weak __always_inline noinline __noinline nokprobe_inline noinline_for_stack
    notrace noinstr asmlinkage __visible __cold __hot __pure __attribute_const__ __always_unused
    __maybe_unused __used __unused __must_check __noreturn __malloc __flatten __deprecated
    __packed __nonstring __cacheline_aligned ____cacheline_aligned __cacheline_aligned_in_smp
    ____cacheline_aligned_in_smp ____cacheline_internodealigned_in_smp __aligned_largest
    __page_aligned_data __page_aligned_bss __read_mostly __ro_after_init
    __user __kernel __iomem __percpu __rcu __force __nocast __safe __private __bitwise __bitwise__
    __sched __lockfunc __kprobes __cpuidle __irq_entry __softirq_entry __entry_text
    __no_sanitize_address __no_sanitize_undefined __no_sanitize_memory __no_sanitize_or_inline
    __no_kcsan __no_kasan_or_inline __no_kmsan_checks __no_stack_protector __nostackprotector
    __no_profile __noscs __no_randomize_layout __randomize_layout __designated_init
    __latent_entropy __nocfi __noendbr __bpf_kfunc __ksym __kconfig
"""

# Annotations with arguments, from the same headers, include/linux/cleanup.h and libbpf.
CALL_ANNOTATIONS = b"""
    __printf __scanf __aligned __section __acquires __releases __must_hold
    __cond_acquires __cond_releases __alloc_size __realloc_size __assume_aligned __alias
    __counted_by __counted_by_le __counted_by_be __no_sanitize __nonnull
    __compiletime_error __compiletime_warning __diagnose_as __guarded_by SEC
"""

# The same, but also the names of functions: annotations only after a declared name.
VARIABLE_ANNOTATIONS = b"__free __cleanup"

# The kind of a word is one byte. A word that is not listed is an identifier, `i`.
WORDS = {
    b"A": ANNOTATIONS,
    b"C": CALL_ANNOTATIONS,
    b"V": VARIABLE_ANNOTATIONS,
    b"t": b"void char short int long float double signed unsigned _Bool bool __int128",
    b"s": b"struct union enum",
    b"q": b"const volatile restrict __restrict __restrict__ __const",
    b"c": b"static extern typedef register auto inline __inline __inline__",
    b"e": b"else do",
    b"f": b"offsetof __builtin_offsetof",
    b"K": b"case",
    b"r": b"return break continue goto",
    b"T": b"typeof __typeof__ __typeof",
    b"a": b"__attribute__ __attribute",
    b"m": b"asm __asm__ __asm asm_inline",
    b"k": b"""if for while switch default sizeof __volatile__ __volatile __extension__ __alignof__
        _Alignof _Generic _Static_assert __label__ __thread _Thread_local __auto_type _Noreturn""",
}
KINDS = {word: kind for kind, words in WORDS.items() for word in words.split()}
PUNCTUATION = b"(){}[];,*=:."  # is its own kind; any other is `o`

# `__name` is an annotation if nothing else makes sense, unless it is a type. The kind is `u`.
UNDERSCORED = re.compile(
    rb"__(?!builtin_|kernel_|virtio|vector|[usbl]e?\d+\Z|[bl]e\d|sum16|wsum|\w+_t\Z)[a-z]\w*"
)
CONDITIONAL = re.compile(rb"#[ \t]*(?:(if)|(el)|(endif))")
NAMED_VARIADIC = re.compile(rb"#[ \t]*define[ \t]+\w+\([\w, \t]*?(\w+)[ \t]*\.\.\.")

ESCAPE = rb"\\(?:\r\n|(?s:.))"
COMMENT = rb"/\*(?s:.*?)(?:\*/|\Z)|//(?:[^\n\\]|" + ESCAPE + rb"|\\)*+"
STRING = rb'"(?:[^"\\\n]|' + ESCAPE + rb')*+"?'
CHARACTER = rb"'(?:[^'\\\n]|" + ESCAPE + rb")*+'?"
TOKEN = re.compile(
    rb"[\s\\\0]*+(?:([A-Za-z_$\x80-\xff][\w$\x80-\xff]*+"  # word
    rb"|\.?\d(?:[eEpP][+-]|[\w.])*+"  # number
    rb"|\#(?:[^\n\\/\"]|" + ESCAPE + rb"|" + COMMENT + rb"|" + STRING + rb"|/|\\)*+"  # directive
    rb"|" + STRING + rb"|" + CHARACTER + rb"|[^\s/]|/(?![/*]))|" + COMMENT + rb")"
)


@dataclass(slots=True)
class Tokens:
    """What is left to parse: `kinds[n]` is the kind of `buffer[spans[n][0] : spans[n][1]]`."""

    buffer: bytearray
    kinds: bytes
    spans: list[tuple[int, int]]

    def span(self, match: re.Match[bytes]) -> tuple[int, int]:
        """The bytes of the tokens that `match`, or its last group, covers."""
        group = match.lastindex or 0
        return self.spans[match.start(group)][0], self.spans[match.end(group) - 1][1]

    def gap(self, index: int) -> tuple[int, int]:
        """The bytes between the token `index` and the one before it."""
        end = self.spans[index][0] if index < len(self.spans) else len(self.buffer)
        return self.spans[index - 1][1] if index else 0, end

    def breaks(self, index: int) -> bool:
        """True if the token `index` is on another line than the one before it."""
        begin, end = self.gap(index)
        return index in (0, len(self.spans)) or b"\n" in self.buffer[begin:end]

    def indent(self, index: int) -> int:
        """The columns of white space before the token `index`, 0 if other text is there."""
        begin, end = self.gap(index)
        white = bytes(self.buffer[begin:end]).rpartition(b"\n")
        return len(white[2].expandtabs()) if white[1] and not white[2].strip() else 0


def mask(source: bytes) -> bytes:
    """Return `source` in plain C for the parser: same length, same lines, same literals."""
    tokens = tokenize(source)
    for rule in (ANNOTATION, VENDOR_ANNOTATION):
        blank(tokens, rule)
    tokens.kinds = tokens.kinds.replace(b"u", b"i")
    segments = list(regions(tokens.kinds))
    mask_lists(tokens, segments)
    for begin, end, region in segments:
        for pattern, action in RULES[region]:
            for match in pattern.finditer(tokens.kinds, begin, end):
                action(tokens, match)
    return bytes(tokens.buffer)


class Lexicon(dict[bytes, bytes]):
    """The kind of each token by its text."""

    def __missing__(self, token: bytes) -> bytes:
        first = token[:1]
        if first == b"#":
            # A directive is a boundary, D, or a conditional: I, E, F.
            match = CONDITIONAL.match(token)
            kind = (b"D", b"I", b"E", b"F")[match.lastindex or 0 if match else 0]
        elif first in b"\"'0123456789" or len(token) > 1 and first == b".":
            kind = b"L"
        elif first.isalpha() or first in b"_$" or first > b"\x7f":
            kind = b"u" if UNDERSCORED.fullmatch(token) else b"i"
        else:
            kind = first if first in PUNCTUATION else b"o"
        self[token] = kind
        return kind


def tokenize(source: bytes) -> Tokens:
    lexicon = Lexicon(KINDS)
    kinds = []
    spans = []
    for match in TOKEN.finditer(source):
        token = match[1]
        if token is not None:
            kinds.append(lexicon[token])
            spans.append(match.span(1))
    return Tokens(bytearray(source), b"".join(kinds), spans)


def parenthesised(depth: int) -> bytes:
    """A pattern for a list in parentheses, at most `depth` deep, that is matched in linear time."""
    inside = rb"[^(){};DIEF]"
    pattern = rb"\(" + inside + rb"*+\)"
    for _ in range(depth - 1):
        pattern = rb"\((?:" + inside + rb"++|" + pattern + rb")*+\)"
    return pattern


LIST = parenthesised(6)
MACRO = rb"i(?!\(\))" + LIST  # without arguments it may be an old function
FIRST = rb"(?:(?<=[;{}DIEF])|\A)"  # the first token of a declaration
STATEMENT = rb"[iuktscqeKrTam]"  # begins a statement and continues no expression

# An annotation's name that is an operand, or that is declared, is no annotation.
ANNOTATION = re.compile(
    rb"(?<![(,=.o;{et*])(?:A(?!\()|C" + LIST + rb")|(?:A(?!\()|C" + LIST + rb")(?![;,=.o)\[\]{])"
    rb"|(?<=[iu\]])V" + LIST
)
# What cannot be C unless one of the words is an annotation, here "vendor".
VENDOR_ANNOTATION = re.compile(
    rb"[iu](?=c*+(?:[ts]|(?<=c)[iu][iu*]))"  # vendor static void
    rb"|(?<=[tiu])[iu](?=\*|[iu]{1,3}\()|(?<=\*)[iu](?=[iu]{1,3}\()"  # void * vendor name(
    rb"|(?<=[tiu*])u(?=[iu])|(?<=[tiu*][iu])u(?=[;,=):\[])|(?<=\])u(?=[;=])"  # int name __vendor;
    rb"|(?<=[cq])[iu]" + LIST + rb"(?=[ts]|[iu][iu*])"  # static vendor("x") void
    rb"|(?<=\])a" + LIST + rb"(?=[=;])|(?<=[iu])a" + LIST + rb"(?==)"  # [2] __attribute__((x)) =
)
AGGREGATE = re.compile(rb"si?\{|;")


def blank(tokens: Tokens, rule: re.Pattern[bytes]) -> None:
    """Mask the annotations that `rule` matches, and drop their tokens."""
    kinds, spans = tokens.kinds, tokens.spans
    left = []
    last = 0
    for match in rule.finditer(kinds):
        begin, end = match.span()
        fill(tokens, match, opens(tokens, begin) and not AGGREGATE.match(kinds, end))
        left += spans[last:begin]
        last = end
    if last:
        tokens.kinds, tokens.spans = rule.sub(b"", kinds), left + spans[last:]


def opens(tokens: Tokens, index: int) -> bool:
    """True if the token is the first one of a declaration."""
    before = tokens.kinds[index - 1 : index]
    return not before or before in b";{DIEF" or (before == b"}" and tokens.breaks(index))


def fill(tokens: Tokens, match: re.Match[bytes], attribute: bool = False) -> None:
    """Blank what `match` covers, or make it an attribute."""
    begin, end = tokens.span(match)
    text = re.sub(rb"[^\r\n]", b" ", tokens.buffer[begin:end])
    if attribute and len(text) >= 5 and text[:3] + text[-2:] == b"     ":
        text = b"[[_" + text[3:-2] + b"]]"
    tokens.buffer[begin:end] = text


Brace = tuple[str, "Brace"] | None


def regions(kinds: bytes) -> Iterator[tuple[int, int, str]]:
    """Cut `kinds` where braces change its meaning: "top", "body", "members" or "data".

    An opening brace belongs to what is around it, a closing one to what it closes. The branches of
    a conditional begin alike.
    """
    begin, region = 0, "top"
    open_braces: Brace = None
    conditionals: list[Brace] = []
    for match in re.finditer(rb"[{}IEF]", kinds):
        kind, at = match[0], match.start()
        if kind == b"{":
            open_braces = (region_of(kinds, at, region), open_braces)
        elif kind == b"}":
            open_braces = open_braces and open_braces[1]
        elif kind == b"I":
            conditionals.append(open_braces)
        elif conditionals:
            open_braces = conditionals[-1] if kind == b"E" else open_braces
            if kind == b"F":
                conditionals.pop()
        now = open_braces[0] if open_braces else "top"
        if now != region:
            yield begin, at + 1, region
            begin, region = at + 1, now
    yield begin, len(kinds), region


def region_of(kinds: bytes, brace: int, around: str) -> str:
    """What the opening brace at `brace` opens."""
    before = kinds[max(0, brace - 3) : brace]
    if before.endswith((b"s", b"si")) or around == "members":
        return "members"
    if before.endswith((b"=", b"si)")) or (around == "data" and not before.endswith(b"(")):
        return "data"
    return "body"


# A type that is an argument: struct foo *, unsigned long, const foo_t *.
TYPE = rb"(q*+(?:si|t[qt]*+|i(?=[q*])|(?<=q)i)q*+(?:\*q*+)*+)"
ELEMENT = re.compile(
    rb"[()]|(?<=[(,])" + TYPE + rb"(?=[,)])|((?<=[,{])[DIEF]++|(?<![DIEF])[DIEF]++(?=\}))"
)


def mask_lists(tokens: Tokens, segments: list[tuple[int, int, str]]) -> None:
    """Mask what depends on the parentheses around it: types and directives that are elements."""
    calls: list[bool] = []
    for first, last, region in segments:
        if region == "top":
            calls.clear()
        for match in ELEMENT.finditer(tokens.kinds, first, last):
            begin, end = match.span()
            if match.lastindex == 1:
                if calls and calls[-1]:
                    join(tokens, match)
            elif match.lastindex == 2:
                if region == "data" and not calls:
                    for index in range(begin, end):
                        comment(tokens, index)
            elif tokens.kinds[begin] == ord("("):
                calls.append(is_call(tokens.kinds, begin, region))
            elif calls:
                calls.pop()


def is_call(kinds: bytes, parenthesis: int, region: str) -> bool:
    """True if the parenthesis begins arguments, and not the parameters of a declaration."""
    before = kinds[max(0, parenthesis - 3) : parenthesis]
    declares = (b"ii", b"ti", b"qi", b"i*i", b"t*i", b"q*i", b"**i")
    return before.endswith(b"i") and not before.endswith(
        declares + (b")i",) if region == "top" else declares
    )


def comment(tokens: Tokens, index: int) -> None:
    begin, end = tokens.spans[index]
    if end - begin > 1 and not re.search(rb"/\*[^*]*\n", tokens.buffer[begin:end]):
        tokens.buffer[begin : begin + 2] = b"//"


def join(tokens: Tokens, match: re.Match[bytes]) -> None:
    """Make one identifier of a type or an expression, unless a comment or line break is in it."""
    begin, end = tokens.span(match)
    text = tokens.buffer[begin:end]
    if not re.search(rb"[\r\n\"'/\\]", text):
        text = re.sub(rb"\W", b"_", text)
        tokens.buffer[begin:end] = b"_" + text[1:] if text in KINDS else text


def attribute(tokens: Tokens, match: re.Match[bytes]) -> None:
    fill(tokens, match, True)


def loop(tokens: Tokens, match: re.Match[bytes]) -> None:
    """Write `while` over the name of a macro with a block or a statement."""
    begin, end = tokens.spans[match.start()]
    if end - begin >= 5:
        tokens.buffer[begin:end] = b"while".ljust(end - begin)


DECLARED = re.compile(rb"[}DIEF]|i[;=,\[]")  # after MACRO(type) on the same line


def statement(tokens: Tokens, match: re.Match[bytes]) -> None:
    """A macro before a deeper line governs it, any other only lacks its semicolon."""
    if tokens.breaks(match.end()) and tokens.indent(match.end()) <= tokens.indent(match.start()):
        if tokens.kinds[match.end()] in b"DIEF" or not insert(tokens, match.end(), b";"):
            opaque(tokens, match)
    elif tokens.breaks(match.end()) or not DECLARED.match(tokens.kinds, match.end()):
        loop(tokens, match)


def insert(tokens: Tokens, index: int, byte: bytes) -> bool:
    """Write `byte` into white space before the token `index`."""
    begin, end = tokens.gap(index)
    space = re.match(rb"\s*?([ \t])", tokens.buffer[begin:end])
    if space:
        tokens.buffer[begin + space.start(1)] = ord(byte)
    return bool(space)


def comma(tokens: Tokens, match: re.Match[bytes]) -> None:
    if tokens.breaks(match.end()):
        insert(tokens, match.end(), b",")


def plus(tokens: Tokens, match: re.Match[bytes]) -> None:
    insert(tokens, match.end(), b"+")


def opaque(tokens: Tokens, match: re.Match[bytes]) -> None:
    """Make a directive of the lines of macros that `match` covers."""
    for macro in re.finditer(rb"[cq]*+i(?:" + LIST + rb")?;?", tokens.kinds[match.start() : match.end()]):
        first, last = match.start() + macro.start(), match.start() + macro.end()
        begin, end = tokens.spans[first][0], tokens.spans[last - 1][1]
        gap = slice(*tokens.gap(last))
        if not tokens.breaks(first) or b"\n" in tokens.buffer[begin:end]:
            continue
        if not tokens.breaks(last) and tokens.kinds[last : last + 1] in (b"c", b"t", b"s"):
            tokens.buffer[begin:end] = b"[[_" + b" " * (end - begin - 5) + b"]]"
        elif tokens.breaks(last) and b"/" not in tokens.buffer[gap].partition(b"\n")[0]:
            tokens.buffer[begin:begin+2] = b"#x"
            name = tokens.spans[first]
            tokens.buffer[name[0]+2:name[1]] = tokens.buffer[name[0]+2:name[1]].replace(b"_", b"x")


def dash(tokens: Tokens, match: re.Match[bytes]) -> None:
    end = tokens.spans[match.end() - 1][1]
    tokens.buffer[end - 3 : end] = b" - "


def variadic(tokens: Tokens, match: re.Match[bytes]) -> None:
    name = NAMED_VARIADIC.match(tokens.buffer, *tokens.spans[match.start()])
    if name:
        begin, end = name.span(1)
        tokens.buffer[begin:end] = b" " * (end - begin)


def asm(tokens: Tokens, match: re.Match[bytes]) -> None:
    """Write `asm`, and empty strings for the macros in its template."""
    begin, end = tokens.spans[match.start()]
    if end - begin > 7:
        tokens.buffer[begin:end] = b"asm".ljust(end - begin)
    kinds = tokens.kinds[: match.end()]
    first = match.start(1)
    plain = kinds[first:first+1] == b"i"
    for macro in re.compile(rb"i(?:" + LIST + rb")?").finditer(kinds, first):
        begin, end = tokens.spans[macro.start()][0], tokens.spans[macro.end() - 1][1]
        if len(macro[0]) > 1 or plain and end - begin > 1:
            text = re.sub(rb"[^\r\n]", b" ", tokens.buffer[begin:end])
            tokens.buffer[begin:end] = b'""' + text[2:]


Rule = tuple[re.Pattern[bytes], Callable[[Tokens, re.Match[bytes]], None]]


def rule(pattern: bytes, action: Callable[[Tokens, re.Match[bytes]], None]) -> Rule:
    return re.compile(pattern), action


EVERYWHERE = (
    rule(rb"D", variadic),
    rule(rb"(?<=[(,L])i{2,}+(?=L)", join),
    rule(rb"(?<=L)i" + LIST + rb"(?=L)", plus),
    rule(rb"(?<=[(,])r[^(){},;DIEF]*+(?=[,)])", join),
    rule(rb"f\([^(),]*+,(i[.\[][^(),]*+)(?=\))", join),
    rule(rb"T\([^(){};DIEF]*+\)(?=\**[i)])", join),
    rule(FIRST + rb"[cq]++(?=i" + LIST + rb";)", attribute),
)
RULES = {
    "top": (
        *EVERYWHERE,
        rule(FIRST + MACRO + rb"(?=\{(?!\.))", loop),
        rule(FIRST + rb"i(?=[DIEF]|\Z)", opaque),
        rule(FIRST + rb"(?:[cq]*+" + MACRO + rb")+(?=" + STATEMENT + rb"|[DIEF]|\Z)", opaque),
    ),
    "body": (
        *EVERYWHERE,
        rule(rb"m[kqcr]*+\(((?:L|i(?:" + LIST + rb")?)++)(?=[:)])", asm),
        rule(rb"K[^K;{}:.]*+\.\.\.", dash),
        rule(rb"(?<=[;{}):eDIEF])" + MACRO + rb"(?=\{)", loop),
        rule(rb"(?<=[;{}):eDIEF])i" + LIST + rb"(?=" + STATEMENT + rb"|[}DIEF])", statement),
        rule(FIRST + rb"i(?=[DIEF])", opaque),
    ),
    "members": (rule(FIRST + rb"i" + LIST + rb";", opaque),),
    "data": (
        *EVERYWHERE,
        rule(rb"(?<=[,{})DIEF])i(?:" + LIST + rb")?(?=[.i{\[])", comma),
    ),
}
