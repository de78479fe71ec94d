"""`treewide diff --html`: the whole change as one page that needs nothing but itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import DiffLexer

from refactor import __version__
from refactor.match.verdict import NotApplicable, Refused
from refactor.output import write_file
from refactor.plan.plan import HelperPlan, Plan
from refactor.plan.split import Patch, Placed
from refactor.report.terminal import by_path
from refactor.report.text import counted, summary

if TYPE_CHECKING:
    from refactor.series.message import Message

STYLE = """
:root { color-scheme: light dark; --line: #d0d7de; --soft: #f6f8fa; --dim: #59636e; }
@media (prefers-color-scheme: dark) {
  :root { --line: #3d444d; --soft: #151b23; --dim: #9198a1; }
  body { background: #0d1117; color: #f0f6fc; }
}
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 62rem; padding: 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2.5rem; }
p.figures { color: var(--dim); }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .8rem .3rem 0; text-align: left;
         vertical-align: top; overflow-wrap: anywhere; }
code, pre { font: 13px/1.45 ui-monospace, monospace; }
pre { background: var(--soft); border: 1px solid var(--line); border-radius: 6px; margin: .5rem 0;
      overflow-x: auto; padding: .7rem; tab-size: 8; }
pre.message { background: none; border: 0; padding: 0; white-space: pre-wrap; }
th:first-child, td:first-child { min-width: 5rem; }
@media (max-width: 40rem) { th, td { font-size: 12px; } td code { font-size: 11px; } }
@media print { pre { overflow: visible; white-space: pre-wrap; overflow-wrap: anywhere; } }
footer { color: var(--dim); margin-top: 3rem; }
"""


OPEN = 20
"""Of so many patches the diffs are shown; of more, each has to be opened."""


def write(file: Path, plan: Plan, messages: Sequence[Message], diff: bytes) -> None:
    """Write the page to `file`, in one step. Raises TreeError."""
    write_file(file, page(plan, messages, diff).encode())


def page(plan: Plan, messages: Sequence[Message], diff: bytes) -> str:
    """The page as text. `diff` is that of all patches of `plan`, as git writes it."""
    return "\n".join(
        (
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            # Nothing of the page runs or is fetched, whatever a tree or a rule has put into it.
            '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
            "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">",
            f"<title>{escape(plan.rule.id)}</title>",
            f"<style>{STYLE}{_colours()}</style>\n</head>\n<body>",
            f"<h1>{escape(plan.rule.summary)}</h1>",
            f"<p>Rule <code>{escape(plan.rule.id)}</code>{_policy(plan)}. "
            f"The tree is of the {escape(plan.vintage.name)} vintage{_base(plan)}.</p>",
            f'<p class="figures">{escape(summary(plan))}</p>',
            *_table(plan),
            *_told("Refused", "refused", plan.refused),
            *_told("Not applicable", "not-applicable", plan.skipped),
            *_patches(plan, messages, diff),
            f"<footer>treewide {escape(__version__)}</footer>\n</body>\n</html>\n",
        )
    )


def _policy(plan: Plan) -> str:
    if not isinstance(plan, HelperPlan):
        return ""
    policy = plan.resolved.policy
    return f", policy <code>{escape(policy.name)}</code>: {escape(policy.summary)}"


def _base(plan: Plan) -> str:
    return f", at commit <code>{escape(plan.base[:12])}</code>" if plan.base else ""


def _colours() -> str:
    """Pygments' colours: one style for light screens, one for dark ones."""
    dark = f"@media (prefers-color-scheme: dark) {{\n{_style('github-dark')}\n}}"
    return f"{_style('default')}\n{dark}\n"


def _style(name: str) -> str:
    formatter = HtmlFormatter(style=name, nobackground=True)
    return str(formatter.get_style_defs("pre.diff"))  # type: ignore[no-untyped-call]


def _table(plan: Plan) -> Iterator[str]:
    if not plan.patches:
        yield "<p>Nothing to do.</p>"
        return
    yield "<table>\n<tr><th>Component<th>Files<th>Before<th>After"
    for patch in plan.patches:
        files = "<br>".join(f"<code>{_text(change.path)}</code>" for change in patch.files)
        before, after = _sides(plan, patch)
        name = f'<a href="#{escape(patch.component)}">{escape(patch.component)}</a>'
        yield f"<tr><td>{name}<td>{files}<td>{before}<td>{after}"
    yield "</table>"


def _sides(plan: Plan, patch: Patch) -> tuple[str, str]:
    """What was at each place, and what is there now, each variety once."""
    changes = [each.verdict for each in patch.changes]
    if not isinstance(plan, HelperPlan):
        return _varieties(each.before for each in changes), _varieties(
            each.after for each in changes
        )
    body = plan.resolved.bodies[patch.component]
    returns = sorted(body.returns, key=body.code.find) if body else []
    conditional = body.may_return.items() if body else ()
    extra = "".join(f", and {flag} if {condition}" for flag, condition in conditional)
    flags = [each.flags for each in changes if each.flags is not None]
    before = (" | ".join(each.before) or "0" for each in flags)
    after = ((" | ".join([*each.kept, *returns]) or "0") + extra for each in flags)
    return _varieties(before), _varieties(after)


def _varieties(texts: Iterator[str]) -> str:
    return "<br>".join(f"<code>{escape(text)}</code>" for text in dict.fromkeys(texts) if text)


def _told(
    title: str, anchor: str, told: Sequence[Placed[NotApplicable]] | Sequence[Placed[Refused]]
) -> Iterator[str]:
    if not told:
        return
    yield f'<h2 id="{anchor}">{title}</h2>\n<table>\n<tr><th>Component<th>Where<th>Why'
    for each in told:
        where = f"<code>{_text(str(each.place))}</code>"
        yield f"<tr><td>{escape(each.component)}<td>{where}<td>{_text(each.verdict.message)}"
    yield "</table>"


def _patches(plan: Plan, messages: Sequence[Message], diff: bytes) -> Iterator[str]:
    pieces = by_path(plan, diff)
    is_long = len(plan.patches) > OPEN
    for patch, message in zip(plan.patches, messages, strict=True):
        yield f'<h2 id="{escape(patch.component)}">{_text(message.subject)}</h2>'
        yield f'<pre class="message">{_text(message.body)}</pre>'
        text = b"".join(pieces[change.path] for change in patch.files).decode(errors="replace")
        is_open = "" if is_long else " open"
        yield f"<details{is_open}><summary>{counted(len(patch.files), 'file')}</summary>"
        # The lexer would drop carriage returns and leading blanks; the diff has to stay as it is.
        lexer = DiffLexer(stripnl=False, ensurenl=False)
        yield f'<pre class="diff">{highlight(text, lexer, HtmlFormatter(nowrap=True))}</pre>'
        yield "</details>"


def _text(text: str) -> str:
    """Text of a tree or a template; a path that is not UTF-8 cannot stand in a page as it is."""
    return escape(text.encode(errors="surrogateescape").decode(errors="replace"))
