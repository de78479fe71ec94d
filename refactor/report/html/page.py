"""`treewide diff --html`: the whole change as one page that needs nothing but itself."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path

from refactor import __version__
from refactor.commands.look import Look
from refactor.output import write_parts
from refactor.plan.plan import HelperPlan
from refactor.report.html.patches import patches, targets
from refactor.report.html.table import table, told
from refactor.report.html.text import code, text
from refactor.report.text import summary


def write(file: Path, look: Look) -> None:
    """Write the page to `file`, in one step, and not all of it in memory. Raises TreeError."""
    write_parts(file, (f"{part}\n".encode() for part in page(look)))


def page(look: Look) -> Iterator[str]:
    """The page, piece by piece."""
    plan = look.plan
    style, script = (Path(__file__).with_name(f"page.{each}").read_text() for each in ("css", "js"))
    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    # Nothing runs and nothing is fetched but what is ours, whatever a tree or a rule has put in.
    yield (
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        f"style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'\">"
    )
    yield f"<title>{text(plan.rule.summary)}</title>"
    yield f"<style>{style}</style>\n</head>\n<body>\n<header>"
    yield f"<h1>{text(plan.rule.summary)}</h1>"
    yield from _facts(look)
    yield TOOLS
    yield "</header>\n<main>"
    yield "<h2 id=patches>Patches</h2>"
    yield from table(look, targets(look))
    yield from told("Refused", "refused", plan.refused)
    yield from told("Not applicable", "not-applicable", plan.skipped)
    yield from patches(look)
    yield f"</main>\n<footer>treewide {text(__version__)}</footer>"
    yield f"<script>{script}</script>\n</body>\n</html>"


TOOLS = """<div id=tools hidden role=search>
<label>Filter <input type=search id=filter placeholder="component or path" autocomplete=off></label>
<span role=group aria-label="How diffs are shown"><button type=button id=unified aria-pressed=true
>Unified</button> <button type=button id=side aria-pressed=false>Side by side</button></span>
<button type=button id=fold>Fold all</button>
<output id=count></output>
<p class=dim>Keys: <kbd>j</kbd> <kbd>k</kbd> next and last patch, <kbd>n</kbd> <kbd>p</kbd> next and
last hunk, <kbd>t</kbd> table, <kbd>u</kbd> unified, <kbd>s</kbd> side by side, <kbd>/</kbd> filter.
</div>"""


def _facts(look: Look) -> Iterator[str]:
    """Which tree, rule and policy it is, and how it did in the model."""
    plan = look.plan
    base = f", at commit {code(plan.base[:12])}" if plan.base else ""
    yield "<dl class=facts>"
    yield f"<dt>Rule<dd>{code(plan.rule.id)}"
    if isinstance(plan, HelperPlan):
        policy = plan.resolved.policy
        yield f"<dt>Policy<dd>{code(policy.name)}: {text(policy.summary)}"
    yield f"<dt>Tree<dd>{text(look.tree)}{base}, {text(plan.vintage.name)} vintage"
    if look.verdict:
        yield f"<dt>In the model<dd>{text(look.verdict)}"
    yield f"<dt>In all<dd>{text(summary(plan))}"
    yield "</dl>"


def _digest(content: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}"
