"""Why a message was not handed over: it may be tried again, or that would not help."""

from __future__ import annotations

from datetime import timedelta


class DeliveryError(Exception):
    """The message was not handed over, as far as we know."""


class TryLaterError(DeliveryError):
    """Server or gateway cannot be used now. `retry_after`: how long it wants to be left alone.

    `uncertain`: the connection broke after the message had been sent, so it may have been accepted after all.
    """

    def __init__(self, told: str, *, retry_after: timedelta | None = None, uncertain: bool = False) -> None:
        super().__init__(told)
        self.retry_after = retry_after
        self.uncertain = uncertain


class RefusedError(DeliveryError):
    """This message to this address was refused for good."""
