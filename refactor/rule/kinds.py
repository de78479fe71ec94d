"""One edit of a rule, of whatever kind: from a table of TOML, through a check of all it says."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from refactor.c.syntax import arguments, parse, top_level
from refactor.pattern.shape import Shape, compile_shape, text_of
from refactor.rule.edits import (
    Call,
    Edit,
    Flags,
    Header,
    Insert,
    Origin,
    Parameter,
    Rename,
    Replace,
)
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
    if not edit.about and not edit.within and not isinstance(edit, Insert):
        raise table.fail(
            "there is no call to look for, so `within` has to name a function", kinds[0]
        )
    return edit


def _replace(table: Table, common: Edit) -> Replace:
    find = _shape(table, "find")
    to = _shape(table, "replace")
    if find.is_expression != to.is_expression:
        raise table.fail("it has to be an expression if `find` is one", "replace")
    unbound = to.metavariables.keys() - find.metavariables.keys()
    if unbound:
        hint = suggest(min(unbound), find.metavariables)
        raise table.fail(f"`find` has no {min(unbound)}", "replace", hint)
    return _replacing(table, common, find, to)


def _delete(table: Table, common: Edit) -> Replace:
    find = _shape(table, "delete")
    if find.is_expression:
        raise table.fail("only statements can go: it has to end with a semicolon", "delete")
    return _replacing(table, common, find, None)


def _replacing(table: Table, common: Edit, find: Shape, to: Shape | None) -> Replace:
    about = common.about or find.called[:1]
    for word in about:
        if word not in find.names:
            raise table.fail(f"what is looked for has no {word}", "about")
    return Replace(
        number=common.number,
        paths=common.paths,
        within=common.within,
        about=about,
        says=common.says,
        find=find,
        to=to,
        origins=tuple(_origin(entry, find) for entry in table.tables("where", [])),
        pure=frozenset(table.strings("pure", [])),
        comment=table.strings("comment", []),
        parameter=_parameter(table, find, to),
        header=_header(table),
    )


def _header(table: Table) -> Header | None:
    name, instead = table.string("include", ""), table.string("instead_of", "")
    if instead and not name:
        raise table.fail("there is no `include` that it is instead of", "instead_of")
    for key, header in (("include", name), ("instead_of", instead)):
        if header and (not header.endswith(".h") or header[0] in '<"'):
            raise table.fail("it has to be a header without brackets, such as linux/mm.h", key)
    return Header(name, instead) if name else None


def _origin(table: Table, find: Shape) -> Origin:
    name = table.string("name")
    if name not in find.metavariables:
        raise table.fail(f"there is no {name}", "name", suggest(name, find.metavariables))
    origin = Origin(name, _shapes(table, "is"), _shapes(table, "from"))
    if not origin.expressions and not origin.sources:
        raise table.fail("it has neither `is` nor `from`")
    table.done()
    return origin


def _parameter(table: Table, find: Shape, to: Shape | None) -> Parameter | None:
    """What the declarations of a function get, or lose, where its calls do."""
    text = table.string("parameter", "")
    name = find.called[0] if find.called else ""
    old, new = find.call(name), to.call(name) if to is not None else None
    if old is None or new is None:
        if text:
            raise table.fail("no argument is added", "parameter")
        return None
    before = [text_of(each) for each in arguments(old)]
    after = [text_of(each) for each in arguments(new)]
    if len(after) - len(before) == 1:
        if not text:
            raise table.fail(f"it has to say what {name}() gets as its parameter", "parameter")
        if parse("", f"void f({text});".encode()).root.has_error:
            raise table.fail("it does not parse as C", "parameter")
    elif text:
        raise table.fail("not just one argument is added", "parameter")
    elif len(before) - len(after) != 1:
        if len(before) != len(after):
            raise table.fail("one argument at a time can be added or dropped", "replace")
        return None
    few, many = sorted((before, after), key=len)
    position = next((n for n, each in enumerate(few) if each != many[n]), len(few))
    return Parameter(name, position, text, len(before))


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
    """A call whose arguments are all metavariables."""
    shape = _compiled(table, key, table.string(key))
    name = shape.called[0] if shape.called else ""
    call = shape.call(name)
    if call is None or call != shape.roots[0]:
        raise table.fail("it has to be a call", key)
    parameters = tuple(text_of(node) for node in arguments(call))
    for each in parameters:
        if not each.startswith("$") or parameters.count(each) > 1:
            raise table.fail(f"each argument has to be a $name of its own, {each} is not", key)
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
        _compiled(table, "add", text)
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
    "find": _replace,
    "delete": _delete,
    "rename": _rename,
    "flags": _flags,
    "insert": _insert,
}
"""Which kind an edit is, is told by the key that it has."""


def _shape(table: Table, key: str) -> Shape:
    return _compiled(table, key, table.string(key))


def _shapes(table: Table, key: str) -> tuple[Shape, ...]:
    return tuple(_compiled(table, key, text) for text in table.strings(key, []))


def _compiled(table: Table, key: str, text: str) -> Shape:
    try:
        return compile_shape(text)
    except ValueError as error:
        raise table.fail(f"{error}: {text.strip()}", key) from error
