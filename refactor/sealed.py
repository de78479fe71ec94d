"""Real git, sealed off from what a repository or a user could make it run or change.

Every git process of this package starts here. In a user's repository it only reads, with hooks,
fsmonitor and lazy fetching shut off; commands that would run filters, textconv or an external diff
are not used there. In a scratch repository the configuration of system and user is shut out as well.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from subprocess import PIPE
from typing import TYPE_CHECKING

from refactor.errors import TreeError

if TYPE_CHECKING:
    from git.cmd import Git as GitCommand

# Variables by which a surrounding git process (a hook, an alias) would redirect ours; the list is
# that of `git rev-parse --local-env-vars`, and what git-commit(1) reads of dates.
INHERITED = (
    "GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_CONFIG GIT_CONFIG_PARAMETERS GIT_CONFIG_COUNT"
    " GIT_OBJECT_DIRECTORY GIT_DIR GIT_WORK_TREE GIT_IMPLICIT_WORK_TREE GIT_GRAFT_FILE"
    " GIT_INDEX_FILE GIT_NO_REPLACE_OBJECTS GIT_REPLACE_REF_BASE GIT_PREFIX GIT_SHALLOW_FILE"
    " GIT_COMMON_DIR GIT_NAMESPACE GIT_EXTERNAL_DIFF GIT_DIFF_OPTS GIT_LITERAL_PATHSPECS"
    " GIT_GLOB_PATHSPECS GIT_NOGLOB_PATHSPECS GIT_ICASE_PATHSPECS GIT_AUTHOR_DATE"
    " GIT_COMMITTER_DATE GIT_ATTR_SOURCE GIT_DEFAULT_HASH GIT_TRACE GIT_TEMPLATE_DIR"
).split()

# On the command line these win over every configuration file.
SHUT = (
    "core.fsmonitor=false",
    f"core.hooksPath={os.devnull}",
    "core.commitGraph=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "protocol.allow=never",
)


def forget_inherited_repository() -> None:
    """Drop the environment by which a surrounding git process would redirect ours."""
    for name in INHERITED:
        os.environ.pop(name, None)


@dataclass(frozen=True, slots=True)
class Git:
    """Runs git in `directory`, and in the repository `git_dir` if that is given."""

    directory: Path
    git_dir: Path | None = None
    options: tuple[str, ...] = ()
    environment: Mapping[str, str] | None = None

    def run(
        self,
        *arguments: str,
        stdin: bytes | None = None,
        environment: Mapping[str, str] | None = None,
        accept: Sequence[int] = (0,),
    ) -> bytes:
        """Return what git prints. Raises TreeError with git's own words on another exit status."""
        return self.start(*arguments, environment=environment).finish(stdin, accept)

    def start(self, *arguments: str, environment: Mapping[str, str] | None = None) -> Running:
        """Start git and go on; `Running.finish` collects what it printed."""
        repository = [f"--git-dir={self.git_dir}"] if self.git_dir else []
        settings = [word for setting in (*SHUT, *self.options) for word in ("-c", setting)]
        command = ["git", "--no-pager", *repository, *settings, *arguments]
        process = _git_command(self.directory).execute(
            command,
            istream=PIPE,
            as_process=True,
            env={
                "GIT_OPTIONAL_LOCKS": "0",
                "GIT_TERMINAL_PROMPT": "0",
                "GIT_NO_LAZY_FETCH": "1",
                "GIT_NO_REPLACE_OBJECTS": "1",
                **(self.environment or {}),
                **(environment or {}),
            },
        )
        return Running(process, arguments)


class Running:
    """A git process that was started."""

    def __init__(self, process: GitCommand.AutoInterrupt, arguments: Sequence[str]) -> None:
        self._process = process
        self._arguments = arguments

    def finish(self, stdin: bytes | None = None, accept: Sequence[int] = (0,)) -> bytes:
        """Feed `stdin`, wait, and return what git printed; see `Git.run` for errors."""
        output: bytes
        complaint: bytes
        output, complaint = self._process.communicate(stdin)
        if self._process.returncode not in accept:
            words = complaint.decode(errors="replace").strip()
            raise GitError(f"git {self._arguments[0]} failed: {words}")
        return output


class GitError(TreeError):
    """git ended with a status that was not expected; the message has git's own words."""


def sealed(directory: Path, git_dir: Path) -> Git:
    """A git for a scratch repository: without the configuration of system and user."""
    return Git(
        directory,
        git_dir,
        environment={
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_ATTR_NOSYSTEM": "1",
            "HOME": os.devnull,
            "XDG_CONFIG_HOME": os.devnull,
        },
    )


def _git_command(directory: Path) -> GitCommand:
    """GitPython's runner; imported here, because commands that need no git shall not pay for it."""
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
    from git.cmd import Git as GitCommand

    if which("git") is None:
        raise TreeError("git is not installed", hint="install it: apt-get install git")
    return GitCommand(str(directory))
