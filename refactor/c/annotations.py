"""Annotations of the kernel's C, which are blanked for the parser, or made attributes.

`blank` drops their tokens, so that no later rule has to think of them.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from refactor.c.kinds import LIST, Tokens


def declare(tokens: Tokens, annotations: Collection[bytes]) -> None:
    """Give some words the kind of a declared annotation, which is `X`."""
    kinds = bytearray(tokens.kinds)
    for index in range(len(kinds)):
        if tokens.text(index) in annotations:
            kinds[index] = ord("X")
    tokens.kinds = bytes(kinds)


ANNOTATION = re.compile(
    rb"A(?!\((?!\*))|CLIST|V(?:(?<=[it*][iu].)LIST(?=[=;,])|(?<=si.)LIST(?=\*))".replace(
        b"LIST", LIST
    )
)
DECLARED_ANNOTATION = re.compile(rb"X(?:(?!\(\*)" + LIST + rb")?")  # x (*f)(int) has no arguments
# What cannot be C unless one of the words is an annotation. Here it is "vendor". Only the word is
# taken, so that what is beside it can be matched again. `VENDOR` puts the letter of that word in
# front of each pattern: `u` if its underscores give it away, and `i` where the place alone tells.
BEFORE_ALL = (
    rb"(?:(?<=[;}DIEF].)|(?<=\A.))(?:LIST)?(?:u(?:LIST)?|)*+(?=[tsc])"  # __a __b(2) int f(void)
)
BEFORE_TYPE = (
    rb"(?=[iucqts])(?=[iu]?+[cq]*+[ts]|c++[iu][iu*]"  # vendor static void, vendor static foo_t *
    rb"|(?<=c.)q[iu]\*)"  # static vendor const foo_t *
)
BEFORE_NAME = (
    rb"(?=[iu*])(?:(?<=[tiu].)(?=\*|[iu]{1,3}\()"  # void vendor * name(
    rb"|(?<=\*.)(?=[iu]{1,3}\())"  # void * vendor name(
)
BEHIND_NAME = (
    rb"(?<=[tiu*].)(?=[iu])"  # int __vendor x
    rb"|(?<=[tiu*][iu].)(?=[;,=):\[])"  # int x __vendor;
    rb"|(?<=\].)(?=[;=])"  # int x[2] __vendor;
    rb"|(?<=[tiu*]\(.)(?=\*i\))"  # int (__vendor *f)(int)
    rb"|(?<=[=(,;{}or]\([it].)(?=\)[iuL(])"  # (int __vendor) x
    rb"|(?<=[=(,;{}or]\([it]\*.)(?=\)[iuL])"  # (int * __vendor) x
)
BEHIND_MEMBER = rb"(?=[;=])(?:(?<=\].)|(?<=sii.)|(?<=ti.))"  # struct a x VENDOR;
CALLED_BEFORE_TYPE = rb"(?<=[cq].)LIST(?=[ts]|[iu][iu*])"  # static vendor("x") void
ATTRIBUTE = (
    rb"(?<=\].)LIST(?=[=;])|(?<=[iu].)LIST(?=[=;,])"  # x[2] __attribute__(()) =
    rb"|(?<=[*t].)LIST(?=[iu])"  # void * __attribute__(()) name
    rb"|(?<=c[iu].)LIST(?=[iu])|(?<=c.)LIST(?=s)"  # typedef __attribute__(()) struct foo
)
REGISTER = rb"(?<=[iu].)LIST(?=[=;,])"  # register long x asm("r0") = y
VENDOR = {
    b"u": (BEFORE_ALL, BEFORE_TYPE, BEFORE_NAME, BEHIND_NAME, CALLED_BEFORE_TYPE),
    b"i": (BEFORE_TYPE, BEFORE_NAME, BEHIND_MEMBER, CALLED_BEFORE_TYPE),
    b"a": (ATTRIBUTE,),
    b"m": (REGISTER,),
}
VENDOR_ANNOTATION = re.compile(
    b"|".join(
        kind + rb"(?:" + b"|".join(patterns) + rb")" for kind, patterns in VENDOR.items()
    ).replace(b"LIST", LIST)
)
DECLARED = re.compile(rb"(?<=[;{DIEF]i)A[;[:]")  # foo_t __unused;
AGGREGATE = re.compile(rb"si?\{|;")  # has no place for an attribute in front


def blank(tokens: Tokens, annotation: re.Pattern[bytes]) -> None:
    """Mask the annotations, and drop their tokens."""
    kinds = tokens.kinds
    dropped: list[int] = []
    for match in annotation.finditer(kinds):
        begin, end = match.span()
        before = kinds[begin - 1 : begin]
        is_known = match[0][0] in b"AC"
        if is_known and (DECLARED.match(kinds, begin) or is_name(before, kinds[end : end + 1])):
            continue
        opens = before in b";{DIEF" or (before == b"}" and tokens.breaks(begin))
        fill(tokens, begin, end, attribute=opens and not AGGREGATE.match(kinds, end))
        dropped.extend(range(begin, end))
    if dropped:
        tokens.drop(kinds, dropped)


def is_name(before: bytes, after: bytes) -> bool:
    """True if a word between these tokens is an operand, or is itself declared."""
    if before in b"*t" and after == b")":
        return False  # a cast: `(int *__user)`
    return before in b"(,=o.;:{[et*rkK" and after in b";,=o.)[]{}:"


def fill(tokens: Tokens, first: int, last: int, attribute: bool = True) -> None:
    """Blank the tokens, or make them an attribute."""
    begin, end = tokens.span(first, last)
    text = BYTE.sub(b" ", tokens.buffer[begin:end])
    if attribute and len(text) >= 5 and text[:3] + text[-2:] == b"     ":
        text = b"[[_" + text[3:-2] + b"]]"
    tokens.buffer[begin:end] = text


BYTE = re.compile(rb"[^\r\n]")
