"""Mail addresses as a user gives them."""

from __future__ import annotations

import re


def is_address(address: str) -> bool:
    """True for one address, or several with commas, that cannot break out of its header."""
    mails = [mail for _, mail in parsed(address)]
    return (
        address.isprintable()
        and address.count("<") == address.count(">")
        and bool(mails)
        and all(re.fullmatch(r"[^\s@<>]+@[^\s@<>]+", mail) for mail in mails)
    )


def parsed(addresses: str) -> list[tuple[str, str]]:
    """Name and mail of each address of a header; an empty mail where there is none."""
    from email.utils import getaddresses

    return getaddresses([addresses])
