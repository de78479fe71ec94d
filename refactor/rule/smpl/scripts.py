"""What a script rule of a semantic patch reports, read as data.

A script is Python by its syntax, and that is all of Python there is to it: the text is read with
`ast`, checked against the few things that reports are made of, and worked out here. Nothing of it
is compiled or executed, it can reach no object of ours but strings, numbers and positions, and as
there is no `while` and no recursion it always ends. What is more than that is refused at load.
"""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from refactor.errors import Place, RuleError
from refactor.pattern.regular import is_found
from refactor.rule.smpl.model import ScriptRule


@dataclass(frozen=True, slots=True)
class Point:
    """A position as scripts see it: numbers are strings, lines count from 1, columns from 0."""

    file: str
    current_element: str
    line: str
    column: str
    line_end: str
    column_end: str


@dataclass(frozen=True, slots=True)
class Report:
    """One thing that a script says; `related` are the places that it links to."""

    point: Point
    message: str
    related: tuple[tuple[Point, str], ...] = ()


@dataclass(slots=True)
class Said:
    """What became of one environment."""

    reports: list[Report] = field(default_factory=list)
    is_kept: bool = True
    """False after `cocci.include_match(False)`."""
    made: dict[str, str] = field(default_factory=dict)
    """Names that it hands on (`coccinelle.x = ...`)."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function that an `initialize` block defines."""

    name: str
    parameters: tuple[str, ...]
    body: tuple[ast.stmt, ...]


Scope = dict[str, object]


@dataclass(frozen=True, slots=True)
class Script:
    """A script that can be worked out, with what the `initialize` blocks before it define."""

    rule: ScriptRule
    source: str
    body: tuple[ast.stmt, ...]
    given: Mapping[str, object]

    def run(self, bound: Mapping[str, object]) -> Said:
        """What it says of one environment; `bound` are strings and tuples of points.

        Raises RuleError where it does something that cannot be done, such as to take an item that
        is not there.
        """
        said = Said()
        worker = _Worker(self.source, self.rule.first, {**self.given, **bound}, said)
        worker.body(self.body)
        if worker.printed:
            points = [each for each in bound.values() if isinstance(each, tuple) and each]
            if points:
                text = " ".join(worker.printed)
                said.reports.append(Report(points[0][0], _without_place(text, points[0][0])))
        return said


def read_scripts(source: str, rules: Sequence[ScriptRule]) -> Iterator[Script | RuleError]:
    """For each script its meaning, or why it has none here, in order."""
    given: Scope = {}
    broken: RuleError | None = None
    for rule in rules:
        try:
            tree = _parsed(source, rule)
            _Checker(source, rule, given).check(tree)
            if rule.phase == "initialize":
                _initialize(source, rule, tree, given)
            elif rule.phase == "finalize" and tree:
                raise RuleError(
                    "a finalize script is not supported", place=Place(source, rule.line, 1)
                )
            yield Script(rule, source, tuple(tree), dict(given))
        except RuleError as error:
            if rule.phase == "initialize":
                broken = error
            # A name that a refused block would have defined is no fault of the script.
            yield broken if broken is not None and "is not known" in error.message else error


def _initialize(source: str, rule: ScriptRule, tree: Sequence[ast.stmt], given: Scope) -> None:
    for each in tree:
        if isinstance(each, ast.FunctionDef):
            names = tuple(one.arg for one in each.args.args)
            given[each.name] = Function(each.name, names, tuple(each.body))
        else:
            _Worker(source, rule.first, given, Said()).body((each,))


def _parsed(source: str, rule: ScriptRule) -> list[ast.stmt]:
    if rule.language != "python":
        raise RuleError(
            f"this script is {rule.language}, and scripts are not run",
            place=Place(source, rule.line, 1),
            hint="what only reports can be said in script:python",
        )
    try:
        # Scripts of Python 2's days: print is a statement there.
        code = re.sub(r"^\s*//.*$", "", rule.code, flags=re.MULTILINE)
        code = re.sub(r"^(\s*)print\s+([\"'].*)$", r"\1print(\2)", code, flags=re.MULTILINE)
        return ast.parse(code.expandtabs(8)).body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = rule.first - 1 + (getattr(error, "lineno", None) or 1)
        message = f"the script does not parse: {getattr(error, 'msg', error)}"
        column = getattr(error, "offset", None) or 1
        raise RuleError(message, place=Place(source, line, column)) from None


_TREES = (
    *(ast.Expr, ast.Assign, ast.AugAssign, ast.If, ast.For, ast.Pass, ast.Return, ast.Name),
    *(ast.Constant, ast.JoinedStr, ast.FormattedValue, ast.Call, ast.Attribute, ast.Subscript),
    *(ast.Slice, ast.BinOp, ast.BoolOp, ast.UnaryOp, ast.Compare, ast.IfExp, ast.Tuple, ast.List),
    *(ast.Set, ast.SetComp, ast.ListComp, ast.GeneratorExp, ast.comprehension, ast.keyword),
    *(ast.expr_context, ast.operator, ast.boolop, ast.unaryop, ast.cmpop, ast.Try),
    ast.ExceptHandler,
)

_METHODS = frozenset(
    [
        "replace",
        "startswith",
        "endswith",
        "format",
        "upper",
        "lower",
        "strip",
        "lstrip",
        "rstrip",
        "split",
        "join",
        "find",
        "count",
        "isdigit",
        "isupper",
        "islower",
        "isidentifier",
        "compile",
        "search",
        "match",
        "union",
        "intersection",
        "difference",
    ]
)

_POINT = frozenset(("file", "current_element", "line", "column", "line_end", "column_end"))

_SAYS = frozenset(
    (
        "coccilib.report.print_report",
        "coccilib.org.print_todo",
        "coccilib.org.print_safe_todo",
        "coccilib.org.print_link",
        "coccilib.org.print_safe_link",
        "cocci.print_main",
        "cocci.print_sec",
        "cocci.print_secs",
        "cocci.include_match",
        "coccilib.print_main",
        "coccilib.print_secs",
    )
)

_MAKES = frozenset(("cocci.make_ident", "cocci.make_expr", "cocci.make_type"))


class _Checker:
    """Refuses what is not understood, by its name and place."""

    def __init__(self, source: str, rule: ScriptRule, given: Mapping[str, object]) -> None:
        self.source = source
        self.rule = rule
        self.known = {*given, *_FUNCTIONS, "True", "False", "None", "re"}
        self.known |= {name for name, _, _ in rule.inherited}

    def fail(self, what: str, node: ast.AST) -> RuleError:
        line = self.rule.first - 1 + getattr(node, "lineno", 1)
        hint = "a script is read as data, so it can report, format and compare, and no more"
        return RuleError(
            what, place=Place(self.source, line, getattr(node, "col_offset", 0) + 1), hint=hint
        )

    def check(self, body: Sequence[ast.stmt]) -> None:
        for each in body:
            if isinstance(each, ast.Import) and self.rule.phase == "initialize":
                self._imports(each)
            elif isinstance(each, ast.FunctionDef) and self.rule.phase == "initialize":
                self._function(each)
            else:
                self._statement(each)

    def _imports(self, node: ast.Import) -> None:
        for each in node.names:
            if each.name not in ("re", "coccilib", "cocci") or each.asname:
                raise self.fail(f"import of {each.name} is not supported", node)

    def _function(self, node: ast.FunctionDef) -> None:
        if node.decorator_list or node.args.defaults or node.args.vararg or node.args.kwarg:
            raise self.fail(f"function {node.name} is not a plain one", node)
        outer = set(self.known)
        self.known |= {each.arg for each in node.args.args}
        for each in node.body:
            self._statement(each)
        # Only behind its body: what calls itself is not known there.
        self.known = outer | {node.name}

    def _statement(self, node: ast.stmt) -> None:
        for each in ast.walk(node):
            if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
                self.known.add(each.id)
            elif isinstance(each, ast.ExceptHandler) and each.name:
                self.known.add(each.name)
        for each in ast.walk(node):
            if isinstance(each, (ast.Import, ast.FunctionDef)):
                raise self.fail("this belongs into an initialize block", each)
            if not isinstance(each, _TREES):
                raise self.fail(f"{_named(each)} is not supported in a script", each)
            if isinstance(each, ast.Call):
                self._call(each)
            elif (
                isinstance(each, ast.Attribute)
                and isinstance(each.ctx, ast.Store)
                and _dotted(each) != f"coccinelle.{each.attr}"
            ):
                raise self.fail(f"assignment to .{each.attr} is not supported", each)
        self._names(node)

    def _call(self, node: ast.Call) -> None:
        name = _dotted(node.func)
        if isinstance(node.func, ast.Name):
            if node.func.id not in self.known:
                raise self.fail(f"{node.func.id}() is not known", node)
            if node.keywords:
                raise self.fail(f"{node.func.id}() with keywords is not supported", node)
        elif isinstance(node.func, ast.Attribute):
            if name in _SAYS | _MAKES:
                return
            if node.func.attr not in _METHODS or name.startswith(("cocci.", "coccilib.")):
                raise self.fail(f"{name or '.' + node.func.attr}() is not supported", node)
        else:
            raise self.fail("a call of this is not supported", node)

    def _names(self, node: ast.AST) -> None:
        """Names and attributes, outside of the names of functions."""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            name = _dotted(node.func)
            if name not in _SAYS | _MAKES:
                self._names(node.func.value)
            for each in (*node.args, *node.keywords):
                self._names(each)
            return
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            if node.attr not in _POINT:
                raise self.fail(f".{node.attr} is not known", node)
        elif isinstance(node, ast.Attribute):
            return
        elif isinstance(node, ast.Name) and node.id not in self.known and node.id != "Exception":
            raise self.fail(f"{node.id} is not known", node)
        for child in ast.iter_child_nodes(node):
            self._names(child)


def _named(node: ast.AST) -> str:
    """What people call a construct."""
    names = {ast.While: "while", ast.Lambda: "lambda", ast.Dict: "a dictionary", ast.With: "with"}
    names |= {ast.ClassDef: "class", ast.Global: "global", ast.Delete: "del", ast.Raise: "raise"}
    names |= {ast.ImportFrom: "import", ast.DictComp: "a dictionary", ast.Starred: "*"}
    return names.get(type(node), type(node).__name__)


def _dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        inner = _dotted(node.value)
        return f"{inner}.{node.attr}" if inner else ""
    return node.id if isinstance(node, ast.Name) else ""


class _Return(Exception):  # noqa: N818 - no error: it carries the value out of a function
    def __init__(self, value: object) -> None:
        self.value = value


LONGEST = 10_000
"""How long a string can become, in characters: no message is longer."""


class _Worker:
    """Works out statements, with names as they are bound."""

    def __init__(self, source: str, first: int, scope: Scope, said: Said) -> None:
        self.source = source
        self.first = first
        self.scope = scope
        self.said = said
        self.printed: list[str] = []

    def fail(self, message: str, node: ast.AST) -> RuleError:
        line = self.first - 1 + getattr(node, "lineno", 1)
        return RuleError(
            message, place=Place(self.source, line, getattr(node, "col_offset", 0) + 1)
        )

    # -------------------------------------------------------------------- statements

    def body(self, body: Sequence[ast.stmt]) -> None:
        for each in body:
            self._statement(each)

    def _statement(self, node: ast.stmt) -> None:
        match node:
            case ast.Assign(targets=targets, value=value):
                found = self.value(value)
                for target in targets:
                    self._assign(target, found)
            case ast.AugAssign(target=ast.Name(id=name), op=op, value=value):
                self.scope[name] = self._binary(op, self.scope[name], self.value(value), node)
            case ast.Expr(value=value):
                self.value(value)
            case ast.If(test=test, body=body, orelse=orelse):
                self.body(body if self.value(test) else orelse)
            case ast.For(target=target, iter=items, body=body):
                for each in self._items(items):
                    self._assign(target, each)
                    self.body(body)
            case ast.Return(value=value):
                raise _Return(self.value(value) if value is not None else None)
            case ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=final):
                self._try(body, handlers, orelse, final)
            case ast.Import() | ast.Pass():
                pass
            case _:
                raise self.fail(f"{_named(node)} is not supported in a script", node)

    def _try(
        self,
        body: Sequence[ast.stmt],
        handlers: Sequence[ast.ExceptHandler],
        orelse: Sequence[ast.stmt],
        final: Sequence[ast.stmt],
    ) -> None:
        try:
            try:
                self.body(body)
                self.body(orelse)
            except RuleError as error:
                if not handlers:
                    raise
                if handlers[0].name:
                    self.scope[handlers[0].name] = error.message
                self.body(handlers[0].body)
        finally:
            self.body(final)

    def _assign(self, target: ast.AST, value: object) -> None:
        match target:
            case ast.Name(id=name):
                self.scope[name] = value
            case ast.Attribute(attr=name):
                self.said.made[name] = str(value)
            case ast.Tuple(elts=parts) if isinstance(value, tuple) and len(value) == len(parts):
                for part, each in zip(parts, value, strict=True):
                    self._assign(part, each)
            case _:
                raise self.fail("this cannot be assigned to", target)

    # -------------------------------------------------------------------- expressions

    def value(self, node: ast.AST) -> object:
        try:
            return self._value(node)
        except (TypeError, ValueError, IndexError, KeyError, AttributeError) as error:
            raise self.fail(f"the script does not work out: {error}", node) from None

    def _value(self, node: ast.AST) -> object:
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Name(id=name):
                if name not in self.scope:
                    raise self.fail(f"{name} has no value here", node)
                return self.scope[name]
            case ast.JoinedStr(values=parts):
                return "".join(str(self.value(each)) for each in parts)
            case ast.FormattedValue(value=value):
                return str(self.value(value))
            case ast.Attribute(value=value, attr=name):
                point = self.value(value)
                if not isinstance(point, Point) or name not in _POINT:
                    raise self.fail(f"there is no .{name}", node)
                return getattr(point, name)
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                return tuple(self.value(each) for each in parts)
            case ast.Set(elts=parts):
                return frozenset(self.value(each) for each in parts)
            case ast.BoolOp(op=op, values=values):
                return self._logical(isinstance(op, ast.And), values)
            case ast.UnaryOp(op=op, operand=operand):
                return self._unary(op, self.value(operand), node)
            case ast.BinOp(left=left, op=op, right=right):
                return self._binary(op, self.value(left), self.value(right), node)
            case ast.Compare(left=left, ops=ops, comparators=others):
                return self._compare(self.value(left), ops, others)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return self.value(body if self.value(test) else orelse)
            case ast.Subscript(value=value, slice=index):
                return self._item(self.value(value), index)
            case ast.SetComp(elt=each, generators=sources):
                return frozenset(self._each(each, sources))
            case (
                ast.ListComp(elt=each, generators=sources)
                | ast.GeneratorExp(elt=each, generators=sources)
            ):
                return tuple(self._each(each, sources))
            case ast.Call():
                return self._call(node)
        raise self.fail(f"{_named(node)} is not supported in a script", node)

    def _logical(self, is_and: bool, values: Sequence[ast.expr]) -> object:
        found: object = is_and
        for each in values:
            found = self.value(each)
            if bool(found) != is_and:
                return found
        return found

    def _unary(self, op: ast.unaryop, value: object, node: ast.AST) -> object:
        if isinstance(op, ast.Not):
            return not value
        if isinstance(op, ast.USub) and isinstance(value, int):
            return -value
        raise self.fail("this operator is not supported", node)

    def _binary(self, op: ast.operator, left: object, right: object, node: ast.AST) -> object:
        match op, left, right:
            case ast.Mod(), str(), _:
                # A width could make a message of any length.
                if re.search(r"%[^%a-zA-Z(]*(\*|\d{3,})", left):
                    raise self.fail("a format with such a width is not supported", node)
                return (left % right)[:LONGEST]
            case ast.Add(), str(), str():
                return (left + right)[:LONGEST]
            case ast.Add(), tuple(), tuple():
                return (*left, *right)
            case ast.Add(), int(), int():
                return left + right
            case ast.Sub(), int(), int():
                return left - right
            case ast.BitAnd(), frozenset(), frozenset():
                return left & right
            case ast.BitOr(), frozenset(), frozenset():
                return left | right
            case ast.Sub(), frozenset(), frozenset():
                return left - right
        raise self.fail("this operator is not supported for these values", node)

    def _compare(self, left: object, ops: Sequence[ast.cmpop], others: Sequence[ast.expr]) -> bool:
        for op, other in zip(ops, others, strict=True):
            right = self.value(other)
            if not _holds(op, left, right):
                return False
            left = right
        return True

    def _item(self, value: object, index: ast.AST) -> object:
        if not isinstance(value, (str, tuple)):
            raise TypeError("only strings and lists have items")
        if isinstance(index, ast.Slice):
            low, high = (
                self.value(each) if each is not None else None
                for each in (index.lower, index.upper)
            )
            if isinstance(low, int | None) and isinstance(high, int | None):
                return value[low:high]
        at = self.value(index)
        if not isinstance(at, int):
            raise TypeError("an item has a number")
        return value[at]

    def _items(self, node: ast.AST) -> tuple[object, ...]:
        value = self.value(node)
        if not isinstance(value, (tuple, frozenset)):
            raise self.fail("only lists can be gone through", node)
        return tuple(value) if isinstance(value, tuple) else tuple(sorted(value, key=str))

    def _each(self, node: ast.AST, sources: Sequence[ast.comprehension]) -> Iterator[object]:
        if len(sources) != 1:
            raise self.fail("this has more than one `for`", node)
        for each in self._items(sources[0].iter):
            self._assign(sources[0].target, each)
            if all(self.value(test) for test in sources[0].ifs):
                yield self.value(node)

    # -------------------------------------------------------------------- calls

    def _call(self, node: ast.Call) -> object:
        name = _dotted(node.func)
        arguments = [self.value(each) for each in node.args]
        if name in _SAYS:
            self._say(name.rsplit(".", 1)[1], arguments, node)
            return None
        if name in _MAKES:
            return arguments[0]
        if isinstance(node.func, ast.Attribute):
            if name.startswith("re."):
                return _pattern(node.func.attr, arguments)
            named = {each.arg: self.value(each.value) for each in node.keywords if each.arg}
            return _method(self.value(node.func.value), node.func.attr, arguments, named)
        if name == "print":
            self.printed += [str(each) for each in arguments]
            return None
        known = self.scope.get(name)
        if isinstance(known, Function):
            return self._function(known, arguments, node)
        return _FUNCTIONS[name](*arguments)

    def _function(self, known: Function, arguments: Sequence[object], node: ast.AST) -> object:
        if len(arguments) != len(known.parameters):
            raise self.fail(f"{known.name}() takes {len(known.parameters)} arguments", node)
        own = {**self.scope, **dict(zip(known.parameters, arguments, strict=True))}
        try:
            _Worker(self.source, self.first, own, self.said).body(known.body)
        except _Return as done:
            return done.value
        return None

    def _say(self, what: str, arguments: Sequence[object], node: ast.AST) -> None:
        if what == "include_match":
            self.said.is_kept = bool(arguments[0])
            return
        if what in ("print_main", "print_sec", "print_secs"):
            message, where = (arguments if len(arguments) > 1 else ["", *arguments])[:2]
        else:
            where, message = arguments[0], arguments[1] if len(arguments) > 1 else ""
        points = where if isinstance(where, tuple) else (where,)
        found = [each for each in points if isinstance(each, Point)]
        if not found:
            raise self.fail(f"{what}() needs a position", node)
        is_more = what in ("print_sec", "print_secs", "print_link", "print_safe_link")
        if is_more and self.said.reports:
            last = self.said.reports[-1]
            related = (*last.related, *((each, str(message)) for each in found))
            self.said.reports[-1] = Report(last.point, last.message, related)
            return
        self.said.reports.append(Report(found[0], str(message)))


def _holds(op: ast.cmpop, left: object, right: object) -> bool:
    match op:
        case ast.Eq() | ast.Is():
            return left == right
        case ast.NotEq() | ast.IsNot():
            return left != right
        case ast.In():
            return _contains(right, left)
        case ast.NotIn():
            return not _contains(right, left)
    if isinstance(left, int) and isinstance(right, int):
        return _ordered(op, (left > right) - (left < right))
    if isinstance(left, str) and isinstance(right, str):
        return _ordered(op, (left > right) - (left < right))
    raise TypeError("these cannot be compared")


def _ordered(op: ast.cmpop, sign: int) -> bool:
    match op:
        case ast.Lt():
            return sign < 0
        case ast.LtE():
            return sign <= 0
        case ast.Gt():
            return sign > 0
    return sign >= 0


def _contains(whole: object, part: object) -> bool:
    if isinstance(whole, str) and isinstance(part, str):
        return part in whole
    if isinstance(whole, (tuple, frozenset)):
        return part in whole
    raise TypeError("`in` needs a string or a list")


def _method(
    value: object, name: str, arguments: Sequence[object], named: Mapping[str, object]
) -> object:
    if isinstance(value, re.Pattern) and name in ("search", "match"):
        (text,) = arguments
        return is_found(value, str(text), at_start=name == "match") or None
    if isinstance(value, frozenset) and name in ("union", "intersection", "difference"):
        (other,) = arguments
        if not isinstance(other, (tuple, frozenset)):
            raise TypeError(f".{name}() needs a list")
        return frozenset(getattr(value, name)(other))
    if not isinstance(value, str) or name in ("compile", "search", "match", "union"):
        raise TypeError(f"there is no .{name}() of this")
    if name == "format":
        return _formatted(value, arguments, named)
    if name == "join":
        (parts,) = arguments
        if not isinstance(parts, (tuple, frozenset)):
            raise TypeError(".join() needs a list")
        return value.join(map(str, parts))[:LONGEST]
    if not all(isinstance(each, (str, int, tuple)) for each in arguments):
        raise TypeError(f".{name}() needs strings")
    found = getattr(value, name)(*arguments)
    if isinstance(found, list):
        return tuple(found)
    return found[:LONGEST] if isinstance(found, str) else found


def _formatted(text: str, arguments: Sequence[object], named: Mapping[str, object]) -> str:
    """`str.format` for plain fields: one that reaches into a value could reach anything."""
    made = []
    count = 0
    for literal, name, form, _ in string.Formatter().parse(text):
        made.append(literal)
        if name is None:
            continue
        if form or not re.fullmatch(r"\w*", name):
            raise ValueError("a field of .format() has a name or a number, and no more")
        if name == "" or name.isdigit():
            made.append(str(arguments[int(name) if name else count]))
            count += 1
        else:
            made.append(str(named[name]))
    return "".join(made)[:LONGEST]


def _pattern(name: str, arguments: Sequence[object]) -> object:
    """`re.compile`, `re.search` and `re.match`."""
    if not all(isinstance(each, str) for each in arguments):
        raise TypeError(f"re.{name}() needs strings")
    try:
        compiled = re.compile(str(arguments[0]))
    except re.error as error:
        raise ValueError(f"the regular expression cannot be read: {error}") from None
    return compiled if name == "compile" else _method(compiled, name, arguments[1:], {})


def _as_int(*arguments: object) -> int:
    value, base = (*arguments, 10)[:2]
    if isinstance(value, int):
        return value
    if isinstance(value, str) and isinstance(base, int) and len(value) < 40:
        return int(value, base)
    raise TypeError("int() needs a string")


def _length(value: object) -> int:
    if isinstance(value, (str, tuple, frozenset)):
        return len(value)
    raise TypeError("len() needs a string or a list")


def _as_set(*arguments: object) -> frozenset[object]:
    if not arguments:
        return frozenset()
    if isinstance(arguments[0], (tuple, frozenset)):
        return frozenset(arguments[0])
    raise TypeError("a set needs a list")


def _quantified(is_all: bool) -> Callable[[object], bool]:
    def holds(value: object) -> bool:
        if not isinstance(value, (tuple, frozenset)):
            raise TypeError("this needs a list")
        return all(value) if is_all else any(value)

    return holds


_FUNCTIONS: Mapping[str, Callable[..., object]] = {
    "int": _as_int,
    "str": str,
    "len": _length,
    "print": print,  # never called: what is printed is kept
    "set": _as_set,
    "frozenset": _as_set,
    "any": _quantified(False),
    "all": _quantified(True),
}


def _without_place(text: str, point: Point) -> str:
    """What is printed often begins with the place, which a finding has anyway."""
    found = re.match(re.escape(point.file) + r":\d+(?:[:-]\d+)*:?\s*", text)
    return text[found.end() :] if found else text
