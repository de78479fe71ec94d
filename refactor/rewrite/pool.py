"""Many files at once: one function over many inputs, spread over processes, in order.

Each answer comes with its input, which need not travel back for that.

Processes are started only when it pays: to fork and to send the answers back costs more than a few
dozen small files. What goes over is plain data; what all files share (the rule, compiled) is there
already, because the processes are forked behind it. Never more than a few batches are under way, so
memory does not grow with the number of files.
"""

from __future__ import annotations

import gc
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from time import process_time
from typing import TYPE_CHECKING, Any, TypeVar

from refactor.errors import TreeError

if TYPE_CHECKING:
    from concurrent.futures import Future

T = TypeVar("T")
R = TypeVar("R")

BATCH = 256 * 1024
"""How much is sent to a process at once, in bytes."""

WORTH = 4 * 1024 * 1024
"""So many bytes are worth processes, whatever is to be done with them."""

SECONDS = 0.25
"""So much time of the processor is worth them as well, because small files may have much to do."""

HERE = 3
"""How many of the first inputs are worked on before there are processes."""

MANY = 500_000
"""So many objects may come into being for one input before it is looked which of them have gone.
It is some hundred megabytes of them."""

_work: Callable[[Any], Any] | None = None


def spread(
    work: Callable[[T], R], inputs: Iterable[T], size: Callable[[T], int], jobs: int
) -> Iterator[tuple[T, R]]:
    """Each input and `work` of it, in order; `size` tells how many bytes an input is.

    With one job, or with little to do, all of it happens in this process.
    """
    waiting = iter(inputs)
    if jobs <= 1:
        yield from ((each, _done(work, each)) for each in waiting)
        return
    first: list[T] = []
    total = 0
    for each in waiting:
        first.append(each)
        total += size(each)
        if total >= WORTH:
            break
    left = iter(first)
    if total < WORTH:
        begun = process_time()
        for each in left:
            yield each, _done(work, each)
            if process_time() - begun > SECONDS:
                break
    yield from _in_processes(work, chain(left, waiting), size, jobs)


def _in_processes(
    work: Callable[[T], R], inputs: Iterable[T], size: Callable[[T], int], jobs: int
) -> Iterator[tuple[T, R]]:
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    # What the work imports and compiles at first takes longer than a hundred files do, and every
    # process would do it again: so it is there before they are forked.
    inputs = iter(inputs)
    yield from ((each, _done(work, each)) for each in islice(inputs, HERE))
    context = multiprocessing.get_context("fork")
    batches = _batches(inputs, size)
    executor = ProcessPoolExecutor(jobs, context, _begin, (work,))
    under_way: deque[tuple[list[T], Future[list[R]]]] = deque()
    try:
        for batch in islice(batches, 2 * jobs):
            under_way.append((batch, executor.submit(_all, batch)))
        while under_way:
            done, coming = under_way.popleft()
            answers = coming.result()
            for batch in islice(batches, 1):
                under_way.append((batch, executor.submit(_all, batch)))
            yield from zip(done, answers, strict=True)
    except BrokenProcessPool as error:
        raise TreeError(
            "a process that worked on the files has ended",
            hint="is there enough memory? -j 1 takes least",
        ) from error
    finally:
        # Who does not wait leaves the ends of pipes to a thread that Python may find closed at its
        # own end, and it complains of that to the user. An end by a signal does not wait for work.
        executor.shutdown(wait=not under_way, cancel_futures=True)


def _batches(inputs: Iterable[T], size: Callable[[T], int]) -> Iterator[list[T]]:
    batch: list[T] = []
    total = 0
    for each in inputs:
        batch.append(each)
        total += size(each)
        if total >= BATCH:
            yield batch
            batch, total = [], 0
    if batch:
        yield batch


def _begin(work: Callable[[Any], Any]) -> None:
    """What every process does first: the parent alone answers to signals of the terminal."""
    global _work
    _work = work
    gc.freeze()  # what was there before any file stays, so nobody need look at it again
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def _all(batch: list[Any]) -> list[Any]:
    assert _work is not None
    return [_done(_work, each) for each in batch]


def _done(work: Callable[[T], R], one: T) -> R:
    """The answer for one input; all that has come into being for it goes before the next one.

    Nodes know their parents, so only a collection of garbage ends them. In the middle of a file it
    would find that nearly all of them are needed, and look at these again later on.
    """
    usual = gc.get_threshold()
    gc.set_threshold(MANY, *usual[1:])
    try:
        return work(one)
    finally:
        gc.set_threshold(*usual)
        gc.collect(0)
