"""Whether somebody can be reached at an address by a channel, said before a message goes there."""

from __future__ import annotations

from app.messages.mail import checked_address
from app.messages.phone import normalised


def checked(channel: str, text: str) -> str:
    """The address as it is kept. Errors: RefusedError with what is wrong, in Vietnamese."""
    if channel == "email":
        return checked_address(text)
    return normalised(text, mobile=channel in ("sms", "zalo"))
