"""Signals that end a run, put off for a moment that must not be cut in two."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Put off what a signal would raise for a moment that must not be cut in two."""
    pending: list[tuple[int, FrameType | None]] = []
    try:
        former = {each: signal.getsignal(each) for each in SIGNALS}
        for each in SIGNALS:
            signal.signal(each, lambda number, frame: pending.append((number, frame)))
    except ValueError:  # not the main thread, which is where signals raise
        yield
        return
    try:
        yield
    finally:
        for each, handler in former.items():
            signal.signal(each, handler)
        for number, _ in pending:
            signal.raise_signal(number)
