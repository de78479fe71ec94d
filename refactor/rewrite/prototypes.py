"""What becomes of a prototype in another file, when the head of its definition changes.

The semantic patch is run over the file of the definition with the prototype behind its last line:
so whatever the rules ask of that file (who refers to the function, what is bound where) has the
answer that it had for the definition, and a prototype is matched as one of the file itself is.
"""

from __future__ import annotations

from collections.abc import Sequence

from refactor.c.tables import TypeTable
from refactor.rewrite.whole import rewrite_all
from refactor.rule.edits import Program


def followed(
    path: str, data: bytes, program: Program, headers: TypeTable, texts: Sequence[bytes]
) -> list[bytes]:
    """The prototypes `texts` of functions of a file, as a program that changes it writes them.

    One that goes is empty, and one that no rule matches is as it was.
    """
    seam = b"prototype_of_another_file"
    while seam in data or any(seam in text for text in texts):
        seam += b"_"
    marks = [b"struct %s_%d;" % (seam, number) for number in range(len(texts) + 1)]
    parts = [part for mark, text in zip(marks, texts, strict=False) for part in (mark, text)]
    tail = b"\n".join((b"", *parts, marks[-1], b""))
    after = rewrite_all(path, data + tail, program, headers).after
    found = []
    for number, text in enumerate(texts):
        _, has_first, rest = after.partition(marks[number])
        made, has_last, _ = rest.partition(marks[number + 1])
        found.append(made.strip(b"\n") if has_first and has_last else text)
    return found
