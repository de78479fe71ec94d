"""The user's editor, as git chooses it."""

from __future__ import annotations

import os
import subprocess

from refactor.errors import UsageError
from refactor.output import temporary_folder
from refactor.tree.git import Git

LEFT = "nothing was written: the cover letter was left empty"


def edited(text: str) -> str:
    """What the user makes of a text. Raises UsageError if the editor fails, or nothing is left."""
    with temporary_folder("treewide-") as folder:
        file = folder / "COVER_LETTER"
        file.write_text(text)
        # By a shell, since it may come with options, as in `code --wait`.
        done = subprocess.run(["sh", "-c", f'{_editor()} "$@"', "editor", file], check=False)
        if done.returncode != 0:
            raise UsageError(f"the editor ended with status {done.returncode}")
        try:
            made = file.read_bytes().decode()
        except UnicodeDecodeError as error:
            raise UsageError("the cover letter is not UTF-8") from error
    if not made.strip():
        raise UsageError(LEFT)
    return made.strip() + "\n"


def _editor() -> str:
    """By GIT_EDITOR, the user's core.editor, VISUAL, EDITOR; not by what a repository says.

    A repository comes from others, and its configuration is no reason to run anything.
    """
    with temporary_folder("treewide-") as folder:
        configured = Git(folder).run("config", "--global", "core.editor", accept=(0, 1)).decode()
    is_dumb = os.environ.get("TERM", "dumb") == "dumb"
    visual = "" if is_dumb else os.environ.get("VISUAL", "")
    found = (os.environ.get("GIT_EDITOR"), configured.strip(), visual, os.environ.get("EDITOR"))
    return next(filter(None, found), "vi")
