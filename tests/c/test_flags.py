"""Sets of flags: the terms of an OR."""

from __future__ import annotations

from refactor.c.flags import or_terms
from refactor.c.syntax import parse


def test_terms_of_an_or() -> None:
    source = parse("a.c", b"int x = a | (b | (c)) | (d & e) | (f /* g */);")
    (declaration,) = source.root.named_children
    value = declaration.named_children[-1].child_by_field_name("value")
    assert value is not None
    assert [source.text(term) for term in or_terms(value)] == [b"a", b"b", b"c", b"(d & e)", b"f"]
