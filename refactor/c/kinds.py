"""The tokens of a file of C, each with its kind: the string that the dialect's rules read.

A kind is one byte, so that a rule is a regular expression over the kinds of all tokens and sees
neither white space nor comments nor what a word is called:

    static DEFINE_FOO(int, a) = { 3 };      /* data */
    c      i         (t  , i) = { L };

The patterns here and beside this file have a few tricks in common:

- They begin with one letter wherever they can. The engine searches for a letter; what begins with a
  set of them, or with a look-behind, is tried at each token of the file.
- So what has to stand in front is asked for behind that letter, and the look-behind counts it as
  its last one: `i(?<=[(,].)` is a word behind `(` or `,`, and the dot is the word.
- What follows and is not written over is only looked at, `i(?<=[(,].)(?=i)`, because it may be the
  beginning of the next match.
- `LIST` stands for a list in parentheses, and is replaced before the pattern is compiled.
- `++` and `*+` give nothing back, so that the time for a file grows with its length alone. A group
  that does so is made by `some`, or has an empty alternative, `(?:ab?c|)*+`: it is what ends the
  repetition. Without it the bytes are lost that the last attempt had consumed when it failed, up to
  Python 3.11.4 (gh-106052), and Debian 12 has 3.11.2.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter

# Annotations without arguments: include/linux/{init,compiler_types,compiler_attributes,cache}.h,
# include/linux/net.h and include/net/net_namespace.h for __net_*, arch headers, libbpf.
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

# Annotations with arguments, from the same headers.
CALL_ANNOTATIONS = b"""
    __printf __scanf __aligned __section __acquires __releases __must_hold
    __cond_acquires __cond_releases __alloc_size __realloc_size __assume_aligned __alias
    __counted_by __counted_by_le __counted_by_be __no_sanitize __nonnull
    __compiletime_error __compiletime_warning __diagnose_as __guarded_by SEC
"""

# Annotations of variables, include/linux/cleanup.h. Functions have the same names.
VARIABLE_ANNOTATIONS = b"__free __cleanup"

KNOWN = frozenset((ANNOTATIONS + CALL_ANNOTATIONS).split())
"""The annotations that are told by their names."""

# The kinds of all tokens:
#
#   i  any other word               u  one that begins with `__`, which may be an annotation
#   L  literal                      n  what begins as a number and is none, 100baseT
#   o  any other operator           (){}[];,*=:.  are their own kinds
#
#   A  annotation: __init           C  with arguments: __printf(1, 2)    V  of a variable: __free(x)
#   t  type: int                    s  struct, union, enum               x  complex
#   q  qualifier: const             c  storage class: static
#   k  if, for, while, sizeof       e  else, do          K  case         r  return, goto, break
#   f  offsetof                     T  typeof            m  asm          a  __attribute__
#
#   I  #if, #ifdef, #ifndef         E  #else, #elif      F  #endif       D  any other directive
#
# Two more come and go: X is a word that somebody has declared to be an annotation (`declare`), and
# u, x and n become i as soon as the annotations are gone.
WORDS = {
    b"A": ANNOTATIONS,
    b"C": CALL_ANNOTATIONS,
    b"V": VARIABLE_ANNOTATIONS,
    b"t": b"void char short int long float double signed unsigned _Bool bool __int128",
    b"s": b"struct union enum",
    b"q": b"""const volatile restrict __restrict __restrict__ __const __const__ __volatile__
        __volatile""",
    b"c": b"static extern typedef register auto inline __inline __inline__",
    b"x": b"complex _Complex __complex__",
    b"e": b"else do",
    b"f": b"offsetof __builtin_offsetof",
    b"K": b"case",
    b"r": b"return break continue goto",
    b"T": b"typeof __typeof__ __typeof",
    b"a": b"__attribute__ __attribute",
    b"m": b"asm __asm__ __asm asm_inline",
    b"k": b"""if for while switch default sizeof __extension__ __alignof__ _Alignof _Generic
        _Static_assert __label__ __thread _Thread_local __auto_type _Noreturn""",
}
KINDS = {word: kind for kind, words in WORDS.items() for word in words.split()}
PUNCTUATION = b"(){}[];,*=:."  # is its own kind; the rest is `o`, a literal `L`

# `__name` is an annotation if nothing else makes sense, unless it is a type. The kind is `u`.
UNDERSCORED = re.compile(
    rb"__(?!builtin_|kernel_|virtio|vector|[usbl]e?\d+\Z|[bl]e\d|sum16|wsum|\w+_t\Z)[a-z]\w*"
)
NO_NUMBER = re.compile(  # 100baseT, 1_2, 6CH: a part of a name that a macro puts together
    rb"(?!(?:0[bB][01']+|[\d']+|\d+[eE]\d+)[uUlLwWfFbBdD]{0,4}\Z|0[xX])\d\w*\Z"
)
CONDITIONAL = re.compile(rb"#[ \t]*(?:(if)|(el)|(endif))")  # the kinds I, E, F; other ones are D
NAMED_VARIADIC = re.compile(rb"#[ \t]*define[ \t]+\w+\((?:[\w, \t]|\\\r?\n)*?(\w+)[ \t]*\.\.\.")


def some(body: bytes) -> bytes:
    """A pattern for one `body` and as many more as there are, none of which is given back."""
    return rb"(?:" + body + rb")(?:" + body + rb"|)*+"


ESCAPE = rb"\\(?:\r\n|(?s:.))|\\"
# Runs that give nothing back, because `.*?` asks for the end at every byte.
COMMENT = rb"/(?:\*[^*]*+(?:\*(?!/)[^*]*+|)*+(?:\*/|\Z)|/(?:[^\n\\]++|" + ESCAPE + rb"|)*+)"
QUOTED = rb'"(?:[^"\\\n]++|' + ESCAPE + rb"""|)*+"?|'(?:[^'\\\n]++|""" + ESCAPE + rb"|)*+'?"
LITERAL = QUOTED + rb"|\.?\d(?:[eEpP][+-]|[\w.]|)*+"
DIRECTIVE = rb"\#(?:[^\n\\/\"']++|" + ESCAPE + rb"|" + COMMENT + rb"|" + LITERAL + rb"|/|)*+"
WORD = rb"[A-Za-z_$\x80-\xff][\w$\x80-\xff]*+"
BLANKS = rb"[\s\\\0]*+"
GAP = BLANKS + rb"(?:" + some(COMMENT + BLANKS) + rb"|)"
ANY = rb"|".join((WORD, rb"[^\s\w/.\"'#]", DIRECTIVE, LITERAL, rb"[/.]"))
TOKEN = re.compile(GAP + rb"(" + ANY + rb"|\Z)")


@dataclass(slots=True)
class Tokens:
    """A file for the parser: `kinds[n]` is the kind of its token `n`.

    The matches are kept as they are, because only few tokens are asked where they stand.
    """

    buffer: bytearray
    """The file, with what has been written over it so far."""
    kinds: bytes
    matches: list[re.Match[bytes]]

    def text(self, index: int) -> bytes:
        """The token as it is in the file, whatever has been written over it."""
        return self.matches[index][1]

    def start(self, index: int) -> int:
        """The offset at which the token begins."""
        return self.matches[index].start(1)

    def span(self, first: int, last: int = 0) -> tuple[int, int]:
        """The bytes of a token, or of those up to `last`, which is not one of them."""
        return self.matches[first].start(1), self.matches[last - 1 if last else first].end(1)

    def gap(self, index: int) -> tuple[int, int]:
        """The bytes between the token `index` and the one before it."""
        begin = self.matches[index - 1].end(1) if index else 0
        is_token = index < len(self.matches)
        return begin, self.matches[index].start(1) if is_token else len(self.buffer)

    def drop(self, kinds: bytes | bytearray, dropped: Sequence[int]) -> None:
        """Set all kinds, and drop the tokens at these ascending indices."""
        bounds = zip([-1, *dropped], [*dropped, None], strict=True)
        kept = [slice(last + 1, at) for last, at in bounds]
        self.kinds = b"".join([kinds[part] for part in kept])
        self.matches = list(chain.from_iterable([self.matches[part] for part in kept]))

    def breaks(self, index: int) -> bool:
        """True if no other token stands on the line before the token `index`."""
        begin, end = self.gap(index)
        return index in (0, len(self.kinds)) or b"\n" in self.buffer[begin:end]

    def indent(self, index: int) -> int:
        """The columns of white space before the token `index`, 0 behind other text."""
        begin, end = self.gap(index)
        line = self.buffer[begin:end].rpartition(b"\n")[2]
        return len(line.expandtabs()) if line.isspace() else 0

    def line_indent(self, index: int) -> int:
        """The columns of white space at the beginning of the line of the token `index`."""
        begin = self.buffer.rfind(b"\n", 0, self.start(index)) + 1
        space = SPACE.match(self.buffer, begin)
        return len(space[0].expandtabs()) if space else 0


SPACE = re.compile(rb"[ \t]*")


class Lexicon(dict[bytes, bytes]):
    """The kind of a token by its text. What is short is kept, because files use the same words."""

    LIMIT = 50_000

    def __missing__(self, token: bytes) -> bytes:
        kind = kind_of(token)
        if len(token) < 32:
            if len(self) >= self.LIMIT:
                self.clear()
                self.update(KINDS)
            self[token] = kind
        return kind


LEXICON = Lexicon(KINDS)


def kind_of(token: bytes) -> bytes:
    """The kind of a token that is not listed; nothing for the end of the file."""
    first = token[:1]
    if not first:
        return b""
    if first == b"#":
        match = CONDITIONAL.match(token)
        return (b"D", b"I", b"E", b"F")[match.lastindex or 0 if match else 0]
    if first in b"\"'0123456789" or (first == b"." and token != b"."):
        return b"n" if first.isdigit() and NO_NUMBER.match(token) else b"L"
    if first.isalpha() or first in b"_$" or first > b"\x7f":
        return b"u" if UNDERSCORED.fullmatch(token) else b"i"
    return first if first in PUNCTUATION else b"o"


def tokenize(source: bytes) -> Tokens:
    matches = list(TOKEN.finditer(source))
    kinds = map(LEXICON.__getitem__, map(itemgetter(1), matches))
    return Tokens(bytearray(source), b"".join(kinds), matches)


def parenthesised(depth: int, inside: bytes) -> bytes:
    """A pattern for a list in parentheses, at most `depth` deep, that is matched in linear time."""
    pattern = rb"\(" + inside + rb"*+\)"
    for _ in range(depth - 1):
        pattern = rb"\((?:" + inside + rb"++|" + pattern + rb"|)*+\)"
    return pattern


LIST = parenthesised(5, rb"[^(){};DIEF]")
