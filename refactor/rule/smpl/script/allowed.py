"""What of Python a script may be made of; all else is refused, by its name and place."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from refactor.errors import Place, RuleError
from refactor.rule.smpl.model import ScriptRule
from refactor.rule.smpl.script.values import FUNCTIONS

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
        "sub",
        "union",
        "intersection",
        "difference",
    ]
)

POINT = frozenset(("file", "current_element", "line", "column", "line_end", "column_end"))

SAYS = frozenset(
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

MAKES = frozenset(("cocci.make_ident", "cocci.make_expr", "cocci.make_type"))


class Checker:
    """Refuses what is not understood, by its name and place."""

    def __init__(self, source: str, rule: ScriptRule, given: Mapping[str, object]) -> None:
        self.source = source
        self.rule = rule
        self.known = {*given, *FUNCTIONS, "True", "False", "None", "re"}
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
                raise self.fail(f"{named(each)} is not supported in a script", each)
            if isinstance(each, ast.Call):
                self._call(each)
            elif (
                isinstance(each, ast.Attribute)
                and isinstance(each.ctx, ast.Store)
                and dotted(each) != f"coccinelle.{each.attr}"
            ):
                raise self.fail(f"assignment to .{each.attr} is not supported", each)
        self._names(node)

    def _call(self, node: ast.Call) -> None:
        name = dotted(node.func)
        if isinstance(node.func, ast.Name):
            if node.func.id not in self.known:
                raise self.fail(f"{node.func.id}() is not known", node)
            if node.keywords:
                raise self.fail(f"{node.func.id}() with keywords is not supported", node)
        elif isinstance(node.func, ast.Attribute):
            if name in SAYS | MAKES:
                return
            if node.func.attr not in _METHODS or name.startswith(("cocci.", "coccilib.")):
                raise self.fail(f"{name or '.' + node.func.attr}() is not supported", node)
        else:
            raise self.fail("a call of this is not supported", node)

    def _names(self, node: ast.AST) -> None:
        """Names and attributes, outside of the names of functions."""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            name = dotted(node.func)
            if name not in SAYS | MAKES:
                self._names(node.func.value)
            for each in (*node.args, *node.keywords):
                self._names(each)
            return
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            if node.attr not in POINT:
                raise self.fail(f".{node.attr} is not known", node)
        elif isinstance(node, ast.Attribute):
            return
        elif isinstance(node, ast.Name) and node.id not in self.known and node.id != "Exception":
            raise self.fail(f"{node.id} is not known", node)
        for child in ast.iter_child_nodes(node):
            self._names(child)


def named(node: ast.AST) -> str:
    """What people call a construct."""
    names = {ast.While: "while", ast.Lambda: "lambda", ast.Dict: "a dictionary", ast.With: "with"}
    names |= {ast.ClassDef: "class", ast.Global: "global", ast.Delete: "del", ast.Raise: "raise"}
    names |= {ast.ImportFrom: "import", ast.DictComp: "a dictionary", ast.Starred: "*"}
    return names.get(type(node), type(node).__name__)


def dotted(node: ast.AST) -> str:
    """A name with what stands before its dots, `coccilib.report.print_report`; else nothing."""
    if isinstance(node, ast.Attribute):
        inner = dotted(node.value)
        return f"{inner}.{node.attr}" if inner else ""
    return node.id if isinstance(node, ast.Name) else ""
