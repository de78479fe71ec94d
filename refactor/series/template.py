"""Templates from strangers, filled in without running anything of theirs. Only importer of jinja2.

A rule comes with a vendor's tree or a mail, and its templates come along. So a template is words
around facts: it reaches neither Python nor a file outside of its folder, and it comes to an end.

Work is counted, not timed, so that the same template ends at the same place on every machine: each
pass through a body of the template costs what stands in it, and each call, filter, operator and
output costs the size of what goes in and what comes out. Whoever has used up `WORK` is stopped,
whether by a loop, by macros that call each other, or by includes that fan out; what nests deeper
than Python's stack is stopped by that. The sandbox of jinja2 alone bounds `range` and nothing else;
counting output would not see a loop that writes nothing; a time limit is another one on each
machine. One thing is not foreseen by counting, a single operation that makes something huge out of
something small (`join` with a long separator): for that, and as the last resort, `MEMORY` is all
that can be allocated.
"""

from __future__ import annotations

import functools
import hashlib
import io
import os
import resource
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.bccache import Bucket
from jinja2.compiler import CodeGenerator, Frame, operators
from jinja2.exceptions import SecurityError
from jinja2.loaders import split_template_path
from jinja2.sandbox import ImmutableSandboxedEnvironment
from platformdirs import user_cache_dir

from refactor.errors import Place, RuleError, TreeError
from refactor.output import write_file

WORK = 5_000_000
"""What one message may cost, in characters and steps. The cover letter of a series of 11 patches
takes 15,000; all of it is used up in seconds."""

MEMORY = 512 << 20
"""Bytes that may be allocated while a message is written."""

FILTERS = """
    abs capitalize count d default first int join last length list lower map max min reject
    rejectattr replace select selectattr sort string title trim unique upper
"""
"""Filters of jinja2 that pick, order and join. Those are left out that pad, wrap or repeat to any
size, that escape for HTML, and `random`: the same input gives the same bytes."""

CALL = 10
"""What it costs to call something, of the same work."""

GLOBALS = ("namespace", "range")

OF_TEXT = """
    capitalize count endswith find isalnum isalpha isdigit islower isspace isupper lower lstrip
    partition removeprefix removesuffix rfind rpartition rstrip split splitlines startswith strip
    title upper
"""
METHODS: tuple[tuple[type | tuple[type, ...], tuple[str, ...]], ...] = (
    (str, tuple(OF_TEXT.split())),
    (dict, ("get", "items", "keys", "values")),
    ((list, tuple), ("count", "index")),
    ((int, float, bytes, range, type), ()),
)
"""What can be called on a fact: nothing that makes more of it than there was."""


class Templates:
    """Templates by name, and how to fill them in.

    `own` is the folder beside a rule's file, if there is one, and is looked in first; nothing that
    leads out of it is read. `shipped` are folders that came with the program. `declared` are the
    facts that the rule declares: what a template says of `fact.NAME` has to be one of these, also
    where it would not come to it today.
    """

    def __init__(
        self,
        own: Path | None,
        shipped: Sequence[Path],
        filters: Mapping[str, Any],
        tests: Mapping[str, Any],
        declared: Collection[str] = (),
    ) -> None:
        self._loader = _Loader(own, shipped)
        self._environment = _Environment(self._loader, filters, tests, declared)

    def render(self, name: str, facts: Mapping[str, Any]) -> str:
        """The template `name` with the facts, which are plain data and functions of ours.

        Raises RuleError with file and line for one that is faulty, that reaches for what it must
        not have, or that does not end.
        """
        self._environment.left = WORK
        try:
            with _bounded_memory():
                template = self._environment.get_template(name)
                return template.render(facts)
        except jinja2.TemplateSyntaxError as error:
            place = Place(error.filename or error.name or name, error.lineno)
            raise RuleError(f"faulty template: {error.message}", place=place) from error
        except jinja2.TemplateNotFound as error:
            place = _place_of(error) or Place(name)
            raise RuleError(f"no template {error.name}", place=place) from error
        except jinja2.TemplateError as error:
            place = _place_of(error) or Place(self._loader.latest)
            raise RuleError(f"faulty template: {error.message}", place=place) from error
        except (RecursionError, MemoryError) as error:
            what = (
                "nests too deep" if isinstance(error, RecursionError) else "needs too much memory"
            )
            hint = "does a macro call itself, a template include itself, a loop double a text?"
            place = _place_of(error) or Place(self._loader.latest)
            raise RuleError(f"faulty template: it {what}", place=place, hint=hint) from error
        except (ArithmeticError, LookupError, SyntaxError, TypeError, ValueError) as error:
            where = _place_of(error)
            if where is None and isinstance(error, (SyntaxError, ValueError)):
                where = Place(self._loader.latest)  # it did not get as far as to run
            if where is None:  # not a template's fault, but ours
                raise
            raise RuleError(f"faulty template: {error}", place=where) from error


class _WorkError(SecurityError):
    """A template has used up its work."""


# ---------------------------------------------------------------------------- files


class _Loader(jinja2.BaseLoader):
    def __init__(self, own: Path | None, shipped: Sequence[Path]) -> None:
        # The folder may lie behind links, but it must not be one: it would lead anywhere.
        self._own = own.parent.resolve() / own.name if own is not None else None
        self._folders = [*([own] if own is not None else []), *shipped]
        self.latest = ""
        """The file that was read last: what cannot be compiled has no other place."""

    def get_source(
        self, environment: jinja2.Environment, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        parts = split_template_path(template)
        for folder in self._folders:
            file = folder.joinpath(*parts)
            try:
                if not file.is_file():
                    continue
                self.latest = str(file)
                if folder is self._folders[0] and self._own is not None:
                    self._check_inside(file)
                data = file.read_bytes()
            except OSError as error:
                place = Place(str(file))
                raise RuleError(f"cannot read it: {error.strerror}", place=place) from error
            return _decoded(data, str(file)), str(file), lambda: True
        raise jinja2.TemplateNotFound(template)

    def _check_inside(self, file: Path) -> None:
        assert self._own is not None
        if not file.resolve().is_relative_to(self._own):
            raise RuleError(
                f"a template has to lie in {self._own}, and this is a link out of it",
                place=Place(str(file)),
                hint="put a copy there",
            )


def _decoded(data: bytes, file: str) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start]
        column = error.start - before.rfind(b"\n")
        place = Place(file, before.count(b"\n") + 1, column)
        raise RuleError("a template has to be UTF-8", place=place) from error


class _Cache(jinja2.BytecodeCache):
    """Compiled templates in a folder, each behind a digest of it.

    An extra: what is damaged is made anew, and what cannot be written is not. jinja2's own would
    have a damaged file executed.
    """

    def __init__(self, folder: Path, mark: str) -> None:
        self._folder, self._mark = folder, mark

    def load_bytecode(self, bucket: Bucket) -> None:
        try:
            stored = self._file(bucket).read_bytes()
        except OSError:
            return
        digest, code = stored[:DIGEST], stored[DIGEST:]
        if hashlib.sha256(code).digest() == digest:
            bucket.load_bytecode(io.BytesIO(code))

    def dump_bytecode(self, bucket: Bucket) -> None:
        code = io.BytesIO()
        bucket.write_bytecode(code)
        with suppress(TreeError):
            data = code.getvalue()
            write_file(self._file(bucket), hashlib.sha256(data).digest() + data)

    def _file(self, bucket: Bucket) -> Path:
        return self._folder / f"{self._mark}-{bucket.key}.cache"


DIGEST = 32
"""Bytes of a SHA-256."""


def _bytecode_cache(declared: Sequence[str]) -> _Cache | None:
    """Compiled templates of earlier runs; jinja2 checks that they are of the same text.

    It does not check that they were compiled by the same rules, so those before there was a sandbox
    have another folder, and a change of `_CodeGenerator` needs a new one. What was compiled with
    other facts was not checked for these.
    """
    folder = Path(user_cache_dir("treewide"), "sandboxed-templates-2")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return None
    mine = folder.stat().st_uid == os.getuid() and os.access(folder, os.W_OK)
    digest = hashlib.sha256(" ".join(declared).encode()).hexdigest()[:16]
    return _Cache(folder, digest) if mine else None


# ---------------------------------------------------------------------------- work


class _CodeGenerator(CodeGenerator):
    """Compiles a template so that it pays for what it does. See `_Environment` for the prices."""

    def blockvisit(self, body: Sequence[nodes.Node], frame: Frame) -> None:  # type: ignore[override]
        self.writeline(f"environment.spend({1 + sum(map(_cost, body))})", next(iter(body), None))
        super().blockvisit(body, frame)

    def visit_For(self, node: nodes.For, frame: Frame) -> None:  # noqa: N802
        if node.test is not None:  # it runs for items that never reach the body
            spend = nodes.EnvironmentAttribute("spend")
            paid = nodes.Call(spend, [nodes.Const(_cost(node.test))], [], None, None)
            node.test = nodes.And(paid, node.test).set_lineno(node.lineno, override=True)
            node.test.set_environment(self.environment)
        super().visit_For(node, frame)

    def visit_Operand(self, node: nodes.Operand, frame: Frame) -> None:  # noqa: N802
        self.write(f" {operators[node.op]} environment.sized(")
        self.visit(node.expr, frame)
        self.write(")")

    def visit_Getitem(self, node: nodes.Getitem, frame: Frame) -> None:  # noqa: N802
        self._wrapped("sized", super().visit_Getitem, node, frame)

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:  # noqa: N802
        self._wrapped("sized", super().visit_Concat, node, frame)

    def visit_List(self, node: nodes.List, frame: Frame) -> None:  # noqa: N802
        self._wrapped("built", super().visit_List, node, frame)

    def visit_Dict(self, node: nodes.Dict, frame: Frame) -> None:  # noqa: N802
        self._wrapped("built", super().visit_Dict, node, frame)

    def visit_Tuple(self, node: nodes.Tuple, frame: Frame) -> None:  # noqa: N802
        if node.ctx == "load":
            self._wrapped("built", super().visit_Tuple, node, frame)
        else:  # the names on the left of an assignment
            super().visit_Tuple(node, frame)

    def _wrapped(
        self, name: str, visit: Callable[[Any, Frame], None], node: nodes.Node, frame: Frame
    ) -> None:
        self.write(f"environment.{name}(")
        visit(node, frame)
        self.write(")")


def _cost(node: nodes.Node) -> int:
    """What one pass through a piece of a template costs: its nodes, and the text in it."""
    cost = 1 + sum(map(_cost, node.iter_child_nodes()))
    if isinstance(node, nodes.TemplateData):
        cost += len(node.data)
    elif isinstance(node, (nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)):
        cost += 100
    return cost


class _Environment(ImmutableSandboxedEnvironment):
    code_generator_class = _CodeGenerator
    intercepted_binops = frozenset(ImmutableSandboxedEnvironment.default_binop_table)

    def __init__(
        self,
        loader: _Loader,
        filters: Mapping[str, Any],
        tests: Mapping[str, Any],
        declared: Collection[str],
    ) -> None:
        self.left = WORK
        self._declared = sorted(declared)
        super().__init__(
            bytecode_cache=_bytecode_cache(self._declared),
            loader=loader,
            undefined=jinja2.StrictUndefined,
            finalize=self._printed,
            trim_blocks=True,
            lstrip_blocks=True,
            autoescape=False,
        )
        own: dict[str, Any] = {
            name: each for name, each in self.filters.items() if name in FILTERS.split()
        }
        self.filters = {name: self._paid(each) for name, each in {**own, **filters}.items()}
        self.tests = {name: self._paid(each) for name, each in {**self.tests, **tests}.items()}
        self.globals = {name: self.globals[name] for name in GLOBALS}

    def _generate(
        self,
        source: nodes.Template,
        name: str | None,
        filename: str | None,
        defer_init: bool = False,
    ) -> str:
        """Compile a template, which has to keep to the facts that are declared."""
        for node in source.find_all((nodes.Getattr, nodes.Getitem)):
            wanted = _fact_of(node)
            if wanted is not None and wanted not in self._declared:
                raise jinja2.TemplateSyntaxError(
                    f"the rule declares no fact {wanted!r}", node.lineno, name, filename
                )
        return super()._generate(source, name, filename, defer_init)

    def spend(self, work: int) -> bool:
        """Pay. Raises _WorkError; true otherwise, so that it can stand in a condition."""
        self.left -= work
        if self.left < 0:
            raise _WorkError("it does more than a message can need: a loop that does not end?")
        return True

    def sized(self, value: Any) -> Any:
        """Pay for a value by its size."""
        self.spend(_size(value))
        return value

    def built(self, value: Any) -> Any:
        """Pay for a list with all that is in it.

        A list of lists can be made of a few parts that occur often: paid for once each, they would
        take forever to compare.
        """
        self.spend(1)
        if isinstance(value, (list, tuple)):
            for each in value:
                self.built(each)
        elif isinstance(value, dict):
            for each in value.values():
                self.built(each)
        return value

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        for kind, names in METHODS:
            if isinstance(obj, kind):
                return attr in names
        return super().is_safe_attribute(obj, attr, value)

    def call(__self, __context: Any, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805
        __self.spend(CALL + sum(map(_size, (*args, *kwargs.values()))))
        return __self.sized(super().call(__context, __obj, *args, **kwargs))

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if operator == "**":
            raise SecurityError("it takes powers, and a message needs none")
        if operator == "*":  # of a text or a list, it is as long as the number is large
            for many, times in ((left, right), (right, left)):
                if isinstance(many, (str, list, tuple)) and isinstance(times, int):
                    self.spend(len(many) * max(times, 0))
        if isinstance(left, int) and isinstance(right, int):
            self.spend(_size(left) * _size(right))
        self.spend(_size(left) + _size(right))
        return self.sized(super().call_binop(context, operator, left, right))

    def _printed(self, value: Any) -> str:
        return str(self.sized(str(value)))

    def _paid(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """A filter or a test that is paid for by what it is given and what it gives."""

        @functools.wraps(function)
        def paid(*args: Any, **kwargs: Any) -> Any:
            self.spend(sum(map(_size, (*args, *kwargs.values()))))
            return self.sized(function(*args, **kwargs))

        return paid


def _fact_of(node: nodes.Node) -> str | None:
    """The name of the fact that is asked for, as in `fact.NAME` or `patch.fact["NAME"]`."""
    assert isinstance(node, (nodes.Getattr, nodes.Getitem))
    of = node.node
    if not (
        (isinstance(of, nodes.Name) and of.name == "fact")
        or (isinstance(of, nodes.Getattr) and of.attr == "fact")
    ):
        return None
    if isinstance(node, nodes.Getattr):
        return node.attr
    return str(node.arg.value) if isinstance(node.arg, nodes.Const) else "of a computed name"


def _size(value: Any) -> int:
    if isinstance(value, (str, list, tuple, dict, range)):
        return 1 + len(value)
    return 1 + value.bit_length() // 32 if isinstance(value, int) else 1


@contextmanager
def _bounded_memory() -> Iterator[None]:
    """Let the process allocate no more than `MEMORY` on top of what it has."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    try:
        pages = int(Path("/proc/self/statm").read_bytes().split()[0])
    except (OSError, ValueError):  # without /proc nobody tells how much it has
        yield
        return
    limit = pages * resource.getpagesize() + MEMORY
    limits = [limit, *(each for each in (soft, hard) if each != resource.RLIM_INFINITY)]
    resource.setrlimit(resource.RLIMIT_AS, (min(limits), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


# ---------------------------------------------------------------------------- places


def _place_of(error: BaseException) -> Place | None:
    """The template and the line that an error at run time comes from."""
    place = None
    trace = error.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        place = Place(file, trace.tb_lineno) if file.endswith(".j2") else place
        trace = trace.tb_next
    return place
