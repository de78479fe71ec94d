"""What is long goes through the user's pager, chosen as git chooses it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import click

from refactor.output import temporary_folder
from refactor.tree.git import Git

DEFAULTS = {"LESS": "FRX", "LV": "-c"}
"""What git tells pagers whose user tells them nothing: end at once if it fits, and keep colours."""


@contextmanager
def paged(*, is_wanted: bool) -> Iterator[Callable[[bytes], object]]:
    """Takes bytes for the pager, or for standard output if none is wanted or there is none.

    Whoever leaves the pager has seen enough: what he has not read is dropped, and that is no error.
    """
    command = _pager() if is_wanted else ""
    if command in ("", "cat"):
        yield lambda data: click.echo(data, nl=False)
        return
    environment = {**DEFAULTS, **os.environ}
    # By a shell, since it may come with options.
    pager = subprocess.Popen(["sh", "-c", command], stdin=subprocess.PIPE, env=environment)
    assert pager.stdin is not None
    # It is the pager that an interrupt is for, and it has its own way with it.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with suppress(BrokenPipeError):
            yield pager.stdin.write
    finally:
        with suppress(BrokenPipeError):
            pager.stdin.close()
        pager.wait()
        signal.signal(signal.SIGINT, before)


def _pager() -> str:
    """By GIT_PAGER, the user's core.pager, PAGER; not by what a repository says.

    A repository comes from others, and its configuration is no reason to run anything. A variable
    that is empty asks for none, as with git.
    """
    with temporary_folder("treewide-") as folder:
        configured = Git(folder).run("config", "--global", "core.pager", accept=(0, 1)).decode()
    found = (os.environ.get("GIT_PAGER"), configured.strip() or None, os.environ.get("PAGER"))
    default = "less" if shutil.which("less") else ""
    return next((each for each in found if each is not None), default)
