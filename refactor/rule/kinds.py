"""One edit of a rule, of whatever kind: from a table of TOML, through a check of all it says."""

# What reads semantic patches and C is imported in functions: git can search meanwhile.

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from refactor.errors import RuleError
from refactor.rule.edits import Call, Edit, Flags, Insert, Rename, Smpl
from refactor.rule.toml import Table, suggest


def read_edit(table: Table, number: int) -> Edit:
    """One `[[edit]]`, the `number`th of its rule."""
    kinds = [kind for kind in KINDS if kind in table.values]
    if len(kinds) != 1:
        raise table.fail(f"an edit has exactly one of {', '.join(KINDS)}")
    common = Edit(
        number=number,
        paths=table.strings("paths", []),
        within=table.string("within", ""),
        about=table.strings("about", []),
        says=table.string("says", "").strip().rstrip("."),
    )
    edit = KINDS[kinds[0]](table, common)
    table.done()
    return edit


def _smpl(table: Table, common: Edit) -> Smpl:
    from refactor.rule.smpl.ready import ready
    from refactor.rule.smpl.words import changes, words_in

    if common.within:
        raise table.fail("a semantic patch says itself where it applies", "within")
    source, text = _semantic_patch(table)
    defined = dict(_definition(each) for each in table.strings("defined", []))
    try:
        compiled, chosen = ready(source, text, defined)
    except RuleError as error:
        raise _in_table(table, error) from error
    if not changes(compiled):
        raise table.fail("it changes nothing", "smpl")
    for word in common.about:
        if word not in words_in(compiled):
            raise table.fail(f"the semantic patch has no {word}", "about")
    return Smpl(
        number=common.number,
        paths=common.paths,
        within="",
        about=common.about or compiled.own_words,
        says=common.says,
        compiled=compiled,
        defined=chosen,
        comment=table.strings("comment") if "comment" in table.values else None,
        header=_header(table),
    )


def _header(table: Table) -> str:
    header = table.string("include", "")
    if header and (not header.endswith(".h") or header[0] in '<"'):
        hint = "such as linux/mm.h"
        raise table.fail("it has to be a header without brackets", "include", hint)
    return header


def _semantic_patch(table: Table) -> tuple[str, str]:
    """The semantic patch of an edit, which may be a file beside the rule: its source and text."""
    text = table.string("smpl")
    if not text.endswith(".cocci") or "\n" in text:
        return table.file, text
    if Path(text).name != text:
        raise table.fail("it has to be a file beside the rule, without a folder", "smpl")
    file = Path(table.file).with_name(text)
    try:
        return str(file), file.read_bytes().decode()
    except UnicodeDecodeError as error:
        raise table.fail(f"{text} has to be UTF-8", "smpl") from error
    except OSError as error:
        raise table.fail(f"cannot read {text}: {error.strerror}", "smpl") from error


def _definition(text: str) -> tuple[str, str]:
    """`NAME`, or `NAME=VALUE`, as behind -D."""
    name, _, value = text.partition("=")
    return name, value


def _in_table(table: Table, error: RuleError, key: str = "smpl") -> RuleError:
    """An error in a semantic patch, at its place in the file of the rule."""
    place = error.place
    if place is None or place.path != table.file:
        return error
    if place.line is None:
        return table.fail(error.message, key, error.hint)
    inside = table.inside(key, place.line, place.column or 1)
    return RuleError(f"{table.path}.{key}: {error.message}", place=inside, hint=error.hint)


def _rename(table: Table, common: Edit) -> Rename:
    name, to = table.string("rename"), table.string("to")
    comments = table.take("comments", bool, default=False)
    for key, word in (("rename", name), ("to", to)):
        if not word.isidentifier():
            raise table.fail(f"{word!r} is no name", key)
    if name == to:
        raise table.fail("it has that name already", "to")
    if common.about:
        raise table.fail("a rename is about the name", "about")
    describe = table.string("describe", "")
    return Rename(
        number=common.number,
        paths=common.paths,
        within=common.within,
        about=(name,),
        says=common.says,
        name=name,
        to=to,
        comments=comments,
        describe=describe,
    )


def _flags(table: Table, common: Edit) -> Flags:
    return read_flags(table, common, read_call(table, "call"), "`call`")


def read_call(table: Table, key: str, unflagged: Iterable[str] = ()) -> Call:
    """A call whose arguments are all metavariables, in the notation of semantic patches."""
    from refactor.rule.smpl.calls import plain_call
    from refactor.rule.smpl.read import read

    text = table.string(key)
    try:
        plain = plain_call(read(table.file, text))
        if plain is not None:
            return Call(*plain, frozenset(unflagged))
        from refactor.rule.smpl.ready import ready

        compiled, _ = ready(table.file, text, {})
    except RuleError as error:
        raise _in_table(table, error, key) from error
    from refactor.rule.smpl.words import call_of

    found = call_of(compiled)
    if found is None:
        raise table.fail("it has to be a call", key)
    name, parameters, other = found
    if other:
        raise table.fail(f"each argument has to be a metavariable of its own, {other} is not", key)
    return Call(name, parameters, frozenset(unflagged))


def read_flags(table: Table, common: Edit, call: Call, where: str) -> Flags:
    """The edit of an argument of `call`, whose pattern stands under `where`."""
    removed = {}
    for entry in table.tables("remove", []):
        removed[entry.string("flag")] = entry.strings("comment", [])
        entry.done()
    argument, add = table.string("flags"), table.strings("add", [])
    if argument not in call.parameters:
        hint = suggest(argument, call.parameters)
        raise table.fail(f"{where} has no {argument}", "flags", hint)
    for text in add:
        _check_expression(table, "add", text)
    both = set(add) & set(removed)
    if both:
        raise table.fail(f"{min(both)} is added and removed as well", "add")
    if not add and not removed:
        raise table.fail("an edit has to add or to remove something")
    return Flags(
        number=common.number,
        paths=common.paths,
        within=common.within,
        about=common.about or ((call.name,) if add else tuple(removed)),
        says=common.says,
        call=call,
        argument=argument,
        add=add,
        remove=tuple(removed),
        comments=removed,
    )


def _insert(table: Table, common: Edit) -> Insert:
    code = table.string("insert")
    anchors = [key for key in ("before", "behind") if key in table.values]
    if len(anchors) != 1:
        raise table.fail("it has to say `before` or `behind` what the code goes")
    from refactor.c.syntax import parse, top_level

    source = parse("", code.encode())
    if source.root.has_error:
        raise table.fail("it does not parse as C", "insert")
    name = table.string("name")
    if not any(name.encode() in source.text(node) for node in top_level(source)):
        raise table.fail(f"the code has no {name}", "name")
    return Insert(
        number=common.number,
        paths=common.paths,
        within="",
        about=(),
        says=common.says,
        file=table.string("into"),
        name=name,
        code=code,
        anchor=table.string(anchors[0]),
        before=anchors[0] == "before",
    )


KINDS: dict[str, Callable[[Table, Edit], Edit]] = {
    "smpl": _smpl,
    "rename": _rename,
    "flags": _flags,
    "insert": _insert,
}
"""Which kind an edit is, is told by the key that it has."""


def _check_expression(table: Table, key: str, text: str) -> None:
    from refactor.c.syntax import fragment

    try:
        fragment(f"{text};".encode())
    except ValueError as error:
        raise table.fail(f"{error}: {text.strip()}", key) from error
