"""What the layers below the parser read, for a Python that has none of the libraries."""

from __future__ import annotations

import hashlib

from refactor.c.dialect import mask
from refactor.c.items import cut
from refactor.c.lexical import code_only

CODE = b"""
/* A comment ** with stars **/ // and another
#define FOO(a, ...) \\
	bar(a, (b(c(d(e(f(g)))))), "s\\"t", '\\'')
struct foo { int a; } __aligned(8) x = { .a = 0x1fUL, /* b */ };
DEFINE_EVENT(a, b, TP_PROTO(struct c *c, int (*d)(void)));
__init __must_check(a, b) static int f(struct foo *foo, u32 n)
{
	for_each_child(a, (b), c) {
		if (foo->a /* ( */ && g(h(i(j(k(l(m))))), "("))
			pr_err(PREFIX "a" FMT(b) "c", ((1)));
#ifdef CONFIG_X
	} else {
#else
	} {
#endif
		asm volatile("a" MACRO(b) : "=r" (n) : [n] "m" (foo->a));
	}
	return sizeof(struct foo) + offsetof(struct foo, a[1].b);
}
EXPORT_SYMBOL_GPL(f);
int old(a, b) int a; char *b; { return f(a, b; }
"""


def digest() -> str:
    """What the layers below the parser make of `CODE`, and of each beginning of it."""
    told = hashlib.sha256()
    for end in range(0, len(CODE) + 1, 3):
        each = CODE[:end]
        told.update(mask(each) + code_only(each) + repr(cut(each, range(0, end, 50))).encode())
    return told.hexdigest()
