"""Works out the statements of a script."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from refactor.errors import Place, RuleError
from refactor.rule.smpl.script.allowed import MAKES, POINT, SAYS, dotted, named
from refactor.rule.smpl.script.said import Function, Point, Report, Said, Scope
from refactor.rule.smpl.script.values import FUNCTIONS, LONGEST, holds, method, pattern


class _Return(Exception):  # noqa: N818 - no error: it carries the value out of a function
    def __init__(self, value: object) -> None:
        self.value = value


class Worker:
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
                raise self.fail(f"{named(node)} is not supported in a script", node)

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
                if not isinstance(point, Point) or name not in POINT:
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
        raise self.fail(f"{named(node)} is not supported in a script", node)

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
            if not holds(op, left, right):
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
        name = dotted(node.func)
        arguments = [self.value(each) for each in node.args]
        if name in SAYS:
            self._say(name.rsplit(".", 1)[1], arguments, node)
            return None
        if name in MAKES:
            return arguments[0]
        if isinstance(node.func, ast.Attribute):
            if name.startswith("re."):
                return pattern(node.func.attr, arguments)
            named = {each.arg: self.value(each.value) for each in node.keywords if each.arg}
            return method(self.value(node.func.value), node.func.attr, arguments, named)
        if name == "print":
            self.printed += [str(each) for each in arguments]
            return None
        known = self.scope.get(name)
        if isinstance(known, Function):
            return self._function(known, arguments, node)
        return FUNCTIONS[name](*arguments)

    def _function(self, known: Function, arguments: Sequence[object], node: ast.AST) -> object:
        if len(arguments) != len(known.parameters):
            raise self.fail(f"{known.name}() takes {len(known.parameters)} arguments", node)
        own = {**self.scope, **dict(zip(known.parameters, arguments, strict=True))}
        try:
            Worker(self.source, self.first, own, self.said).body(known.body)
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
