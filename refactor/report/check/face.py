"""The form of a report that was asked for; each one is imported only if it is."""

from __future__ import annotations

from collections.abc import Iterator

from refactor.commands.check import Checked, Options
from refactor.errors import UsageError
from refactor.report.check import people


def output(result: Checked, options: Options, form: str) -> Iterator[str | bytes]:
    """What goes to standard output: lines, or the bytes of a patch.

    Raises UsageError for a matrix in a form that has no place for one.
    """
    if options.fix:
        yield result.fix
    elif form == "json":
        from refactor.report.check import machine

        yield machine.text(result)
    elif options.matrix:
        if form != "text":
            raise UsageError(f"--matrix has no form {form}", hint="it has text and json")
        yield people.matrix(result)
    elif form == "sarif":
        from refactor.report.check import sarif

        yield sarif.text(result)
    elif form == "gcc":
        from refactor.report.check import gcc

        yield from gcc.lines(result)
    else:
        yield from people.findings(result)


summary = people.summary
