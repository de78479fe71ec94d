"""Real git, sealed off from what a repository or a user could make it run or change.

Every git process of this package starts here. In a user's repository it only reads, with hooks,
fsmonitor and every transport shut off; commands that would run filters, textconv or an external
diff are not used there. In a scratch repository the configuration of system and user is shut out
as well.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector
from subprocess import PIPE
from typing import IO, TYPE_CHECKING, Any

from refactor.errors import TreeError
from refactor.interruption import uninterrupted

if TYPE_CHECKING:
    from git.cmd import Git as GitCommand

# The variables of git that say who and where the user is. All others are dropped: a hook or an
# alias that runs treewide would redirect it by them, and some of them name programs to run.
KEPT = {
    "GIT_AUTHOR_EMAIL",
    "GIT_AUTHOR_NAME",
    "GIT_CEILING_DIRECTORIES",
    "GIT_COMMITTER_EMAIL",
    "GIT_COMMITTER_NAME",
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_NOSYSTEM",
    "GIT_CONFIG_SYSTEM",
    "GIT_DISCOVERY_ACROSS_FILESYSTEM",
    "GIT_EDITOR",
    "GIT_EXEC_PATH",
    "GIT_PAGER",
}

# On the command line these win over every configuration file.
SHUT = (
    "core.fsmonitor=false",
    f"core.hooksPath={os.devnull}",
    "core.commitGraph=false",
    "gc.auto=0",
    "maintenance.auto=false",
)

ENVIRONMENT = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    # A partial clone would fetch what it lacks, and a transport is a program of the repository's
    # choice. A git that does not know of the first of these is stopped by the second.
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_REPLACE_OBJECTS": "1",
    # Messages are compared with, and shown beside, English ones.
    "LC_ALL": "C",
    "LANGUAGE": "C",
}

SMALL_WINDOWS = {
    "GIT_CONFIG_COUNT": "2",
    "GIT_CONFIG_KEY_0": "core.packedGitWindowSize",
    "GIT_CONFIG_VALUE_0": "1m",
    "GIT_CONFIG_KEY_1": "core.packedGitLimit",
    "GIT_CONFIG_VALUE_1": "32m",
}
"""For a git that reads the files of a whole tree: it would have all of the pack in memory in the
end. To map it piece by piece takes no longer."""

CHUNK = 65536
"""The bytes that a pipe holds."""

USAGE = 129
"""Exit status of git for an option that it does not know."""

PATIENCE = 30.0
"""Seconds without a word from git after which that is said. The search of a kernel on a cold disk
takes some ten."""

OLDEST = "2.32"
"""The version of git that this was written for: it knows GIT_CONFIG_GLOBAL."""


def forget_inherited_repository() -> None:
    """Drop the environment by which a surrounding git process would redirect ours."""
    for name in [name for name in os.environ if name.startswith("GIT_") and name not in KEPT]:
        del os.environ[name]


@dataclass(frozen=True, slots=True)
class Git:
    """Runs git in `directory`, and in the repository `git_dir` if that is given."""

    directory: Path
    git_dir: Path | None = None
    environment: Mapping[str, str] = field(default_factory=dict)

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
        settings = [word for setting in SHUT for word in ("-c", setting)]
        command = ["git", "--no-pager", *repository, *settings, *arguments]
        try:
            with uninterrupted():  # between its start and our knowing of it
                return Running(
                    self._spawn(
                        command, {**ENVIRONMENT, **self.environment, **(environment or {})}
                    ),
                    arguments,
                )
        except FileNotFoundError as error:
            if not self.directory.is_dir():
                raise
            raise TreeError(
                "git is not installed", hint="install it: apt-get install git"
            ) from error

    def _spawn(self, command: list[str], environment: Mapping[str, str]) -> Process:
        return subprocess.Popen(
            command,
            cwd=self.directory,
            env={**os.environ, **environment},
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            process_group=0,  # what git starts ends with it
        )


class ScratchGit(Git):
    """Runs git, by way of GitPython, in a repository of our own.

    The import takes a tenth of a second, which is why the search of a tree does not wait for it.
    """

    __slots__ = ()

    def _spawn(self, command: list[str], environment: Mapping[str, str]) -> Process:
        os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
        from git.cmd import Git as GitCommand
        from git.exc import GitCommandNotFound

        try:
            return GitCommand(str(self.directory)).execute(
                command, istream=PIPE, as_process=True, env=dict(environment)
            )
        except GitCommandNotFound as error:
            raise FileNotFoundError("git") from error


def scratch(directory: Path, git_dir: Path) -> Git:
    """A git for a scratch repository: without the configuration of system and user."""
    return ScratchGit(
        directory,
        git_dir,
        {
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_ATTR_NOSYSTEM": "1",
            "HOME": os.devnull,
            "XDG_CONFIG_HOME": os.devnull,
        },
    )


class Running:
    """A git process that was started. It does not outlive this object."""

    def __init__(self, process: Process, arguments: Sequence[str]) -> None:
        self._process = process
        self._arguments = arguments
        # Not __del__: in a cycle of garbage the process might be finalized, and complain, first.
        self._kill = weakref.finalize(self, _kill, process)
        self.complaint = ""
        """What git wrote to standard error, once it has finished."""

    def finish(self, stdin: bytes | None = None, accept: Sequence[int] = (0,)) -> bytes:
        """Feed `stdin`, wait, and return what git printed; see `Git.run` for errors."""
        output: bytes
        complaint: bytes
        try:
            output, complaint = self._communicated(stdin)
        except BaseException:
            self._kill()
            raise
        self._judge(complaint, accept)
        return output

    def feed(self, pieces: Iterable[bytes]) -> None:
        """Write to git, piece by piece, so that not all of it has to be in memory at once.

        For a git that prints nothing meanwhile. If it ends too early, `finish` says why.
        """
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            for piece in pieces:
                self._process.stdin.write(piece)

    def _communicated(self, stdin: bytes | None) -> tuple[bytes, bytes]:
        while True:
            try:
                found: tuple[bytes, bytes] = self._process.communicate(stdin, timeout=PATIENCE)
                return found
            except subprocess.TimeoutExpired:
                self.tell_of_silence()
                stdin = None  # it has that, or is being given it

    def tell_of_silence(self) -> None:
        """Say that git has not answered for a while. On a loaded machine that is no error."""
        words = f"git {self._arguments[0]} says nothing; still waiting (a pipe in its place?)"
        print(words, file=sys.stderr, flush=True)

    def ask(self, line: bytes) -> bytes:
        """Write a line to git and return the one that it answers; `output` has what follows.

        Raises as `Git.run` does if git has ended instead.
        """
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.write(line + b"\n")
            self._process.stdin.flush()
        answer = self.output.readline()
        if not answer:
            self.finish()
            raise GitError(f"git {self._arguments[0]} has ended too early")
        return answer.rstrip(b"\n")

    @property
    def output(self) -> IO[bytes]:
        """What git prints."""
        assert self._process.stdout is not None
        return self._process.stdout

    @property
    def errors(self) -> IO[bytes]:
        """What git complains of."""
        assert self._process.stderr is not None
        return self._process.stderr

    def end(self, complaint: bytes, accept: Sequence[int]) -> None:
        """Wait for a process that has closed its output. Raises as `Git.run` does."""
        self._process.wait()
        self._judge(complaint, accept)

    def _judge(self, complaint: bytes, accept: Sequence[int]) -> None:
        self.complaint = complaint.decode(errors="replace").strip()
        if self._process.returncode not in accept:
            raise self._error(self._process.returncode, self.complaint)

    def _error(self, status: int, words: str) -> GitError:
        name = self._arguments[0]
        if status == USAGE:
            first = words.partition("\n")[0]
            hint = f"treewide needs git {OLDEST} or newer"
            return GitError(f"this git is too old: git {name}: {first}", hint=hint)
        # A git whose fetch ends before it is told what to fetch dies without words of its own.
        if "promisor remote" in words or "transport " in words:
            hint = "it is a partial clone, and treewide fetches nothing: let git checkout do it"
            return GitError("the repository lacks objects of this commit", hint=hint)
        return GitError(f"git {name} failed: {words or f'exit status {status}'}")


def _kill(process: Process) -> None:
    if process.poll() is None:
        with suppress(OSError):
            if os.getpgid(process.pid) == process.pid:
                os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        # Not GitPython's wait(), which complains; nor communicate(), which may have been cut short.
        started: Any = getattr(process, "proc", process)
        if started is not None:
            started.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            stream.close()


def records(every: Sequence[Running], accept: Sequence[int] = (0,)) -> Iterator[list[bytes]]:
    """What git processes that run at once print, as it comes, in pieces that end with a NUL.

    Raises as `Git.run` does, behind the last of them.
    """
    begun = dict.fromkeys(every, b"")
    complaints = dict.fromkeys(every, b"")  # A pipe that nobody reads would stop git.
    with DefaultSelector() as selector:
        for running in every:
            selector.register(running.output, EVENT_READ, running)
            selector.register(running.errors, EVENT_READ, running)
        while selector.get_map():
            ready = selector.select(PATIENCE)
            if not ready:
                for silent in {key.data for key in selector.get_map().values()}:
                    silent.tell_of_silence()
            for key, _ in ready:
                running = key.data
                chunk = os.read(key.fd, CHUNK)
                if not chunk:
                    selector.unregister(key.fileobj)
                elif key.fileobj is running.errors:
                    complaints[running] += chunk
                else:
                    *whole, begun[running] = (begun[running] + chunk).split(b"\0")
                    if whole:
                        yield whole
    for running in every:
        running.end(complaints[running], accept)
        if begun[running]:  # its end may have been a name, or a part of one
            raise GitError("git has ended in the middle of an answer")


class GitError(TreeError):
    """git ended with a status that was not expected; the message has git's own words."""


if TYPE_CHECKING:
    Process = subprocess.Popen[bytes] | GitCommand.AutoInterrupt
