"""The tags at the end of a commit message. All of them come from the user, none is made up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from refactor.errors import UsageError
from refactor.series.addresses import is_address


@dataclass(frozen=True, slots=True)
class Tags:
    """What is said of every patch, besides the Signed-off-by.

    Raises UsageError for what is no address, or no URL.
    """

    suggested_by: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    """Whole lines, as in `Acked-by: Jane Doe <jane@example.org>`."""

    def __post_init__(self) -> None:
        for who in self.suggested_by:
            if not re.search(r"<[^<>]+>$", who) or not is_address(who):
                raise UsageError(
                    f"--suggested-by: no name and address: {who!r}",
                    hint="as in 'Jane Doe <jane@example.org>'",
                )
        for line in self.others:
            name, _, value = line.partition(": ")
            is_person = name.endswith("-by") or name == "Cc"
            if name not in ORDER or not value.strip() or not line.isprintable():
                raise UsageError(
                    f"--tag: no tag: {line!r}", hint=f"as in 'Acked-by: ...'; {', '.join(ORDER)}"
                )
            if name == OWN or (is_person and not is_address(value)):
                hint = "--signoff adds your own" if name == OWN else ""
                raise UsageError(f"--tag: no name and address: {line!r}", hint=hint)
        for link in self.links:
            if not re.fullmatch(r"https?://[!-~]+", link):
                raise UsageError(
                    f"--link: no URL: {link!r}",
                    hint="as in https://lore.kernel.org/r/MESSAGE-ID",
                )

    def added_to(self, message: str, signed_off_by: str = "", given: Sequence[str] = ()) -> str:
        """The message with its tags, in the order that the kernel has them in.

        Documentation/process/maintainer-tip.rst; they join those that end the message already.
        `given` are tags of this patch alone.
        """
        tags = [f"Suggested-by: {who}" for who in self.suggested_by]
        tags += [f"{OWN}: {signed_off_by}"] if signed_off_by else []
        tags += [*self.others, *given, *(f"Link: {link}" for link in self.links)]
        tags = sorted(dict.fromkeys(tags), key=lambda tag: ORDER.index(tag.partition(":")[0]))
        if not tags:
            return message
        last = message.rstrip("\n").rpartition("\n\n")[2]
        joins = "\n\n" in message and re.fullmatch(r"(?:[A-Za-z-]+: .*(?:\n|$))+", last)
        return message + ("" if joins else "\n") + "".join(f"{tag}\n" for tag in tags)


OWN = "Signed-off-by"

ORDER = (
    "Fixes", "Reported-by", "Closes", "Originally-by", "Suggested-by", "Co-developed-by", OWN,
    "Tested-by", "Reviewed-by", "Acked-by", "Cc", "Link",
)  # fmt: skip
