"""What a mention is in each build, where the code around it is torn by a conditional.

What the parser is shown of such code is the code of no build (`refactor.c.builds`), so nothing can
be told of it by that. A mention that would change in one of the builds is refused: what is written
for that one would stand in the others as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from refactor.c.builds import builds
from refactor.c.items import Cut, Kind, cut
from refactor.c.lexical import covering
from refactor.match.verdict import NotApplicable, Reason, Refused
from refactor.rewrite.account import Account
from refactor.rewrite.explain import Explainer, Part
from refactor.rewrite.passes import Outcome, run
from refactor.rewrite.views import Views
from refactor.text import Span


class Elsewhere:
    """The builds of a file, and what becomes of them."""

    def __init__(self, part: Part, offsets: Sequence[int], found: Cut) -> None:
        """`found` are the items with the mentions at `offsets`."""
        self.part = part
        # What one rule finds in one item, it finds there whatever other items are.
        is_alone = len(part.edit.compiled.steps) == 1
        spans = [each.span for each in found.items]
        self._torn, texts = builds(part.data, spans, alone=is_alone)
        self._offsets = [each for each in offsets if covering(self._torn, each) is not None]
        self._builds = [_Build(text, self._run(text)) for text in texts]

    def explain(self, word: str, where: Span, kind: Kind) -> NotApplicable | Refused | None:
        """The verdict on a mention that nothing accounts for; None if nothing tears its item."""
        if covering(self._torn, where.start) is None:
            return None
        there = [each for each in self._builds if self._is_in(each.text, where)]
        if not there:
            return None
        told = self._explainer(there[0]).explain(where, kind)
        if any(each.has(word, where) for each in there):
            return Refused(Reason.TORN, where, "", told.function)
        return told

    def _is_in(self, text: bytes, where: Span) -> bool:
        return text[where.start : where.end] == self.part.data[where.start : where.end]

    def _run(self, text: bytes) -> Outcome:
        part, edit = self.part, self.part.edit
        views = Views.of_patch(edit.compiled, lambda _: part.whole, part.headers)
        return run(edit.compiled, part.path, text, edit.defined, edit.comment, views)

    def _explainer(self, build: _Build) -> Explainer:
        if build.explainer is None:
            text = build.text
            offsets = [each for each in self._offsets if not text[each : each + 1].isspace()]
            part = replace(self.part, data=text)
            build.explainer = Explainer(part, offsets, cut(text, offsets))
        return build.explainer


@dataclass
class _Build:
    text: bytes
    outcome: Outcome
    explainer: Explainer | None = None

    def has(self, word: str, where: Span) -> bool:
        """True if a match here is about a mention, be it written or not."""
        return self._account.has(word, where)

    @cached_property
    def _account(self) -> Account:
        outcome = self.outcome
        sites = [site for _, site in outcome.sites if id(site) not in outcome.idle]
        return Account(self.text, outcome.passes, sites)
