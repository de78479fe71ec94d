"""A rule and a few words of C that the tests of matching and rewriting share."""

from __future__ import annotations

from hypothesis import strategies as st

from refactor.c.syntax import parse
from refactor.match.entry import Found, find
from refactor.match.file import File
from refactor.match.hidden import only_uses
from refactor.match.verdict import NotApplicable, Refused
from refactor.plan.resolve import flags_edit
from refactor.rewrite.file import Rewritten, rewrite
from refactor.rule.edits import Program
from refactor.rule.load import load
from refactor.rule.model import HelperRule
from tests.support import PROJECT

_LOADED = load(PROJECT / "rules" / "arch-module-vm-flags.toml")
assert isinstance(_LOADED, HelperRule)
RULE: HelperRule = _LOADED
RETURNS = frozenset(("VM_NO_HUGE_VMAP", "VM_FLUSH_RESET_PERMS"))
"""What the helper returns in the tests."""

NAMES = st.integers(1, 25).map(lambda length: "the_name_of_some_argument"[-length:].strip("_"))

HEAD = "void *module_alloc(unsigned long size)"


def call(flags: str = "0") -> str:
    """A call of the allocator that leaves room for the helper on its line."""
    return f"__vmalloc_node_range(size, 1, A, B, GFP, PROT,\n\t\t{flags}, -1, NULL)"


def function(body: str, head: str = HEAD) -> str:
    """A function definition, its body one tab deep unless it is indented already."""
    lines = body if body.startswith(("\t", "#", "\f")) else f"\t{body}"
    return f"{head}\n{{\n{lines}\n}}\n"


def definition(head: str = HEAD, flags: str = "0") -> str:
    """A definition that returns what the allocator gives."""
    return function(f"return {call(flags)};", head)


def encoded(code: str) -> bytes:
    """Code as bytes: each character is one, so that a test can name any byte."""
    return code.encode("latin-1")


def found_in(code: bytes) -> Found:
    """What the matcher makes of a file; a file of mere uses must not have anything else."""
    found = find(File(parse("a.c", code)), RULE.flags)
    if only_uses(code, RULE.entry):
        assert found == Found(uses=found.uses)
    return found


def outcomes(code: str) -> list[str]:
    """Every outcome but the uses, in the order of the file: `refused 2:7 ALIAS note`."""
    data = encoded(code)
    source = parse("a.c", data)
    found = found_in(data)
    told: list[tuple[int, str]] = []
    others: list[Refused | NotApplicable] = [*found.refused, *found.skipped]
    others += [each for definition in found.definitions for each in definition.skipped]
    for each in others:
        kind = "refused" if isinstance(each, Refused) else "not applicable"
        told.append((each.where.start, _line(source.place(each.where.start), kind, each)))
    for definition in found.definitions:
        for site in definition.sites:
            start = site.call.start_byte
            place = source.place(start)
            told.append((start, f"site {place.line}:{place.column} in {site.function.name}()"))
    return [text for _, text in sorted(told)]


def _line(place: object, kind: str, each: Refused | NotApplicable) -> str:
    where = str(place).removeprefix("a.c:")
    return f"{kind} {where} {each.reason.name} {each.note}".rstrip()


def rewritten(code: bytes, returns: frozenset[str] = RETURNS) -> bytes | Refused:
    """The file after the rule, checked: a second run has nothing to do."""
    result = rewritten_file(code, returns)
    if result.refused and result.after == code:
        return result.refused[0]
    assert result.before == code
    assert rewritten_file(result.after, returns).after == result.after
    return result.after


def rewritten_file(code: bytes, returns: frozenset[str] = RETURNS) -> Rewritten:
    """What becomes of a file where the helper always returns `returns`."""
    return rewrite(parse("a.c", code), Program((flags_edit(RULE, returns),)))


def check_transformed(before: str, after: str) -> None:
    """`before` becomes `after`, byte by byte."""
    result = rewritten(encoded(before))
    assert isinstance(result, bytes), result
    assert result.decode("latin-1") == after


def check_noop(code: str) -> None:
    """Nothing changes, and nothing is refused."""
    check_transformed(code, code)
