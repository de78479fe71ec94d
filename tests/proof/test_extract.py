"""Functions cut out of a file with what they need, each line where it was."""

from __future__ import annotations

from refactor.c.syntax import parse
from refactor.proof.extract import extract

CODE = b"""\
#include <linux/module.h>
#include "local.h"

#define UNUSED 1
#define SPAN(size) \\
\t(size + EXTRA)
#define EXTRA 64

struct unrelated { int a; };
struct used { int b; };

static unsigned long offset;
static DEFINE_MUTEX(lock);
static DEFINE_MUTEX(other_lock);
static LIST_HEAD(list);
enum { FIRST, SECOND };

#ifdef CONFIG_RANDOM
static unsigned long pick(void)
{
\tmutex_lock(&lock);
\treturn offset;
}
#else
static unsigned long pick(void)
{
\treturn 0;
}
#endif

int unrelated_function(void)
{
\treturn UNUSED;
}

void *entry(unsigned long size)
{
\tstruct used it = { SECOND };

\treturn alloc(SPAN(size), pick(), it.b);
}
EXPORT_SYMBOL(entry);
"""


def lines() -> list[str]:
    text = extract(parse("dir/file.c", CODE), ["entry"], '#include "model.h"').decode()
    return text.splitlines()


def test_every_line_that_stays_keeps_its_number() -> None:
    found = lines()
    assert found[:2] == ['#include "model.h"', '#line 1 "dir/file.c"']
    original = CODE.decode().splitlines()
    body = found[2:]
    assert [line for line in body if line.strip()]
    assert all(line.strip() == original[n].strip() for n, line in enumerate(body) if line.strip())


def test_what_is_needed_is_there_and_nothing_else() -> None:
    text = "\n".join(lines())
    for needed in ("SPAN(size)", "EXTRA 64", "struct used {", "offset;", "MUTEX(lock)", "SECOND"):
        assert needed in text
    for other in ("UNUSED", "unrelated", "other_lock", "LIST_HEAD", "EXPORT_SYMBOL", "local.h"):
        assert other not in text


def test_conditionals_stay_around_what_they_enclose() -> None:
    kept = [line for line in lines()[2:] if line.startswith("#") and "define" not in line]
    assert kept == ["#ifdef CONFIG_RANDOM", "#else", "#endif"]


def test_nothing_is_found_of_an_unknown_name() -> None:
    text = extract(parse("f.c", CODE), ["no_such_function"], "/* start */")
    assert b"entry" not in text
