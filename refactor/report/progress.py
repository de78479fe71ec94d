"""A progress line for runs that take longer than a second, on a terminal only."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from refactor.report.text import printable

if TYPE_CHECKING:
    from rich.status import Status
    from rich.text import Text

    from refactor.plan.scan import Progress

PATIENCE = 1.0
"""Seconds before anything is shown."""


@contextmanager
def shown(quiet: bool = False) -> Iterator[Progress]:
    """A function to be told what is being done; rich is imported only when it has to draw."""
    if quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    state = _State()
    timer = threading.Timer(PATIENCE, state.show)
    timer.daemon = True
    timer.start()
    try:
        yield state.tell
    finally:
        timer.cancel()
        state.hide()


class _State:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._text = ""
        self._status: Status | None = None
        self._over = False

    def tell(self, text: str) -> None:
        with self._lock:
            self._text = printable(text)
            if self._status is not None:
                self._status.update(self._line())

    def show(self) -> None:
        from rich.console import Console

        with self._lock:
            if not self._over:
                self._status = Console(stderr=True).status(self._line())
                self._status.start()

    def _line(self) -> Text:
        """Not a string: rich would look for its markup in the subject of a patch."""
        from rich.text import Text

        return Text(self._text)

    def hide(self) -> None:
        with self._lock:
            self._over = True
            if self._status is not None:
                self._status.stop()
