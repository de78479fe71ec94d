"""A .cocci file as a rule: its words come from its leading comment, its paths are all C files."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from refactor.errors import Place, RuleError
from refactor.rule.edits import Smpl
from refactor.rule.model import Case, Rule, Vintage
from refactor.rule.smpl.ready import ready

ANYWHERE = ("**/*.c", "**/*.h")
SUFFIX = ".cocci"
ANY = Vintage("any", (), {}, {}, "", "")
"""What every tree is for a rule that tells no vintages apart."""


def load(file: Path, defined: Mapping[str, str], modes: Sequence[str] = ("patch",)) -> Rule:
    """Read a semantic patch as a rule. Raises RuleError with file, line and column.

    `defined` is what `-D` gives; without it, a patch that declares modes runs in the first of
    `modes` that it declares.
    """
    try:
        text = file.read_bytes().decode()
    except UnicodeDecodeError:
        # Old scripts have the names of their authors in Latin-1; what matters of them is ASCII.
        text = file.read_bytes().decode("latin-1")
    except OSError as error:
        raise RuleError(f"cannot read a rule: {error.strerror}", place=Place(str(file))) from error
    compiled, chosen = ready(str(file), text, defined, modes)
    subject, why = words_of(compiled.patch.comment, file.stem)
    own = compiled.own_words
    edit = Smpl(0, (), "", own, "", compiled, chosen)
    return Rule(
        id=file.stem,
        summary=subject,
        source=str(file),
        text=text,
        paths=ANYWHERE,
        vintages=(ANY,),
        prefix="{component}:",
        prefixes={"generic": "treewide:"},
        cases=tuple(_cases(file)),
        edits=(edit,),
        # Who calls a function has to change with its head.
        single=bool(edit.heads),
        subject=subject,
        why=why,
    )


def words_of(comment: str, stem: str) -> tuple[str, str]:
    """A subject and a reason, from the comment at the top of a semantic patch."""
    comment = "".join(each if each.isprintable() or each.isspace() else " " for each in comment)
    paragraphs = [
        " ".join(each.split())
        for each in re.split(r"\n\s*\n", comment.replace("///", ""))
        if each.strip()
    ]
    if not paragraphs:
        return f"Apply {stem}", ""
    first, _, rest = paragraphs[0].partition(". ")
    subject = first.rstrip(".")
    if len(subject) > SUBJECT:
        return f"Apply {stem}", "\n\n".join(paragraphs)
    return subject, "\n\n".join(each for each in (rest, *paragraphs[1:]) if each)


SUBJECT = 60
"""How long a first sentence can be to serve as a subject, in columns."""


def _cases(file: Path) -> list[Case]:
    """`x.c` and `x.res` beside `x.cocci` are its case, as Coccinelle's own tests have it."""
    before, after = file.with_suffix(".c"), file.with_suffix(".res")
    if not (before.is_file() and after.is_file()):
        return []
    old = before.read_bytes().decode("latin-1")
    new = after.read_bytes().decode("latin-1")
    same = old == new
    return [
        Case(
            name=file.stem,
            path=before.name,
            vintage="any",
            policy="",
            before=old,
            after=None if same else new,
            outcome="unchanged" if same else "",
            says="",
        )
    ]


__all__ = ["ANYWHERE", "load"]
