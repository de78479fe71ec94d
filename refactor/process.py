"""The process around a command: its memory, streams and signals, and what its end is called.

The one place that catches errors.
"""

from __future__ import annotations

import _weakrefset
import codecs
import gc
import importlib
import os
import resource
import signal
import sys
import weakref
from collections.abc import Callable
from io import BufferedWriter, FileIO, TextIOWrapper
from types import FrameType
from typing import Any

import click

from refactor import interruption
from refactor.errors import Status, TreewideError

BUG = 70
"""Exit status of a bug of ours: EX_SOFTWARE of sysexits.h."""


DEPTH = 20_000
"""How deep calls may be nested. A chain of a thousand `else if` is a tree of a thousand levels, and
a level takes some five calls."""

STACK = 64 << 20
"""Bytes of stack for that: a comparison or a generator takes some 2 KB of C for each level, and the
8 MB that most systems give end in a fault instead of an exception."""


FEW = 10_000
"""So many objects may come before it is looked which of them have gone. A file is parsed into more
than the few hundred that Python allows itself, and nearly all of them stay until it is done. With
five times as many they have left the caches of the processor by then, and to look takes thrice as
long for each."""


def run(command: Callable[[], Any]) -> int:
    """Run a command of click and return the exit status. No traceback reaches a user."""
    deepen()
    gc.set_threshold(FEW, 20, 20)
    for number in interruption.SIGNALS:
        signal.signal(number, _end)
    _open_streams()
    try:
        status = command()
        sys.stdout.flush()
        return int(status or 0)
    except click.ClickException as problem:
        problem.show()
        return problem.exit_code
    except (MemoryError, RecursionError) as problem:
        return _too_little("memory" if isinstance(problem, MemoryError) else "stack")
    except TreewideError as problem:
        from refactor.report import text

        click.echo(text.error(problem), err=True)
        return int(problem.status)
    except (KeyboardInterrupt, click.Abort) as problem:
        if isinstance(problem.__cause__, EOFError):
            return _bug(problem.__cause__)  # click takes it for Ctrl-D, and we ask for nothing
        return _interrupted()
    except BrokenPipeError:
        return nobody_reads()
    except OSError as problem:
        _drop_output()
        where = f"{problem.filename}: " if problem.filename else ""
        click.echo(f"{where}error: {problem.strerror or problem}", err=True)
        return int(Status.TREE)
    except Exception as problem:
        ended = _end_behind(problem)
        if ended is not None:
            return ended
        if isinstance(problem, SystemError | ImportError) and _is_memory_limited():
            # So CPython ends where it cannot even say MemoryError, and the loader of libraries.
            return _too_little("memory")
        return _bug(problem)
    finally:
        sweep = getattr(sys.modules.get("refactor.output"), "sweep", None)
        if sweep is not None:  # else it was not needed, or is still on its way
            sweep()
        _end_as_others_do()


def _interrupted() -> int:
    click.echo("interrupted", err=True)
    return 128 + signal.SIGINT


def _end_behind(problem: BaseException | None) -> int | None:
    """The exit status of an end by a signal that became another exception on its way.

    While a class is made, Python wraps whatever comes out of `__set_name__`, an end included.
    """
    while problem is not None:
        if isinstance(problem, KeyboardInterrupt):
            return _interrupted()
        if isinstance(problem, SystemExit):
            return int(problem.code or 0)
        problem = problem.__cause__ or problem.__context__
    return None


def _bug(problem: BaseException) -> int:
    if os.environ.get("TREEWIDE_TRACEBACK"):
        raise problem
    click.echo(
        f"error: this is a bug of treewide: {type(problem).__name__}: {problem}\n"
        "  hint: please report it, with what TREEWIDE_TRACEBACK=1 prints",
        err=True,
    )
    return BUG


def _end_as_others_do() -> None:
    """Let a signal from here on end the process: there is nothing left to tidy up.

    While Python finalizes, what `_end` raises would be lost, or be printed.
    """
    signal.setitimer(signal.ITIMER_REAL, 0)
    for each in interruption.SIGNALS:
        if signal.getsignal(each) is _end:
            signal.signal(each, signal.SIG_DFL)


def _too_little(what: str) -> int:
    hint = _MORE[what]
    click.echo(f"error: what was given needs more {what} than there is\n  hint: {hint}", err=True)
    return int(Status.TREE)


def _is_memory_limited() -> bool:
    return resource.getrlimit(resource.RLIMIT_AS)[0] != resource.RLIM_INFINITY


_MORE = {
    "memory": "-j 1 takes least; is there a limit (ulimit -v)?",
    "stack": "is there code, or a rule, that nests thousands of levels deep?",
}


def deepen() -> None:
    """Allow for calls as deep as `DEPTH`, with a stack for them."""
    sys.setrecursionlimit(max(sys.getrecursionlimit(), DEPTH))
    soft, hard = resource.getrlimit(resource.RLIMIT_STACK)
    wanted = STACK if hard == resource.RLIM_INFINITY else min(STACK, hard)
    # It grows as it is used. But threads of git get as much each, of a memory that may be limited.
    if not _is_memory_limited() and soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_STACK, (wanted, hard))


def nobody_reads() -> int:
    """End as a program does that SIGPIPE ends."""
    _drop_output()
    return 128 + signal.SIGPIPE


def _drop_output() -> None:
    """Let what is still to be flushed go nowhere: Python would fail on it once more at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _end(number: int, frame: FrameType | None) -> None:
    """End the run. Only once: a second signal shall not keep the first from tidying up."""
    while frame is not None:
        code = frame.f_code
        if code.co_name == "__del__" or (code.co_name, code.co_filename) in _SWALLOWING:
            signal.signal(signal.SIGALRM, lambda _, later: _end(number, later))
            signal.setitimer(signal.ITIMER_REAL, 0.001)
            return
        frame = frame.f_back
    for each in interruption.SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    raise SystemExit(128 + number)


_SWALLOWING = {
    ("__call__", weakref.__file__),
    ("remove", weakref.__file__),
    ("_remove", _weakrefset.__file__),
    ("cb", importlib.__import__.__code__.co_filename),
}
"""What Python calls when an object goes, by name and file: an exception that is raised in there is
printed and lost, as it is in `__del__`. The last one is of the locks of modules."""


def _open_streams() -> None:
    """Make standard streams fit to be written to, whatever the caller has done to them.

    One that was closed gets a sink, and so nothing else gets its number. A path that is not UTF-8
    is printed as the bytes it has.
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(descriptor)
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115 - until the process ends
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
    if sys.stderr is sys.__stderr__ and isinstance(sys.stderr, TextIOWrapper):
        encoding = sys.stderr.encoding
        sys.stderr.flush()
        sys.stderr = TextIOWrapper(
            BufferedWriter(_Patient(sys.stderr.fileno(), "wb", closefd=False)),
            encoding,
            "backslashreplace",
            line_buffering=True,
        )
    codecs.register_error("as-bytes", _as_bytes)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="as-bytes")


class _Patient(FileIO):
    """Where errors go: if it is full or nobody reads it, that is no other end of the run."""

    def write(self, data: Any) -> int:
        try:
            return super().write(data) or len(data)
        except OSError:
            return len(data)


def _as_bytes(error: UnicodeError) -> tuple[bytes, int]:
    """The bytes of a name that is not UTF-8; "?" for what the user's encoding does not have."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    code = ord(error.object[error.start])
    return bytes([code - 0xDC00]) if 0xDC80 <= code <= 0xDCFF else b"?", error.start + 1
