"""The tags at the end of a commit message. All of them come from the user, none is made up."""

from __future__ import annotations

import re
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

    def __post_init__(self) -> None:
        for who in self.suggested_by:
            if not re.search(r"<[^<>]+>$", who) or not is_address(who):
                raise UsageError(
                    f"--suggested-by: no name and address: {who!r}",
                    hint="as in 'Jane Doe <jane@example.org>'",
                )
        for link in self.links:
            if not re.fullmatch(r"https?://[!-~]+", link):
                raise UsageError(
                    f"--link: no URL: {link!r}",
                    hint="as in https://lore.kernel.org/r/MESSAGE-ID",
                )

    def added_to(self, message: str, signed_off_by: str = "") -> str:
        """The message with its tags, in the order that the kernel has them in.

        Documentation/process/maintainer-tip.rst; they join those that end the message already.
        """
        tags = [f"Suggested-by: {who}" for who in self.suggested_by]
        tags += [f"Signed-off-by: {signed_off_by}"] if signed_off_by else []
        tags += [f"Link: {link}" for link in self.links]
        if not tags:
            return message
        last = message.rstrip("\n").rpartition("\n\n")[2]
        joins = "\n\n" in message and re.fullmatch(r"(?:[A-Za-z-]+: .*(?:\n|$))+", last)
        return message + ("" if joins else "\n") + "".join(f"{tag}\n" for tag in tags)
