"""What people fill in: a body for whatever an action says that it needs, made from the offer alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any

from app.wording import LOCAL

AGENCIES = ("VPUBND", "SYT")
Attach = Callable[[], int]


def filled_in(
    offer: Mapping[str, Any], now: datetime, appointment: datetime | None, attach: Attach, chance: Random
) -> dict[str, Any]:
    """A body that has what the offer needs, and sometimes what it may have; `attach` hands in a file and answers its id."""
    body: dict[str, Any] = {"comment": "Theo nội dung trao đổi."} if chance.random() < 0.5 else {}
    for need in offer["needs"]:
        body |= _needed(need, offer, now, appointment, attach, chance)
    if offer.get("to_steps") and chance.random() < 0.5:
        body["to_step"] = chance.choice(offer["to_steps"])["id"]
    return body


def _needed(
    need: str, offer: Mapping[str, Any], now: datetime, appointment: datetime | None, attach: Attach, chance: Random
) -> dict[str, Any]:
    if need in ("attachment", "attachments"):
        return {"attachments": [attach()]}
    if need == "appointment":
        return {need: _morning(max(now, appointment or now), chance.randint(1, 40))}
    if need in ("limit_at", "visit_at"):
        return {need: _morning(now, chance.randint(1, 10))}
    if need == "decision":
        return {need: chance.choice(offer["decisions"])["value"]}
    if need == "account":
        return {need: chance.choice(offer.get("accounts") or [{"username": "chi"}])["username"]}
    if need == "agencies":
        return {need: [chance.choice(AGENCIES)]}
    if need == "fees_paid" or need == "originals_checked":
        return {need: True}
    if need == "data":
        return {need: {}}
    if need == "collector":
        return {need: {"who": "self"}}
    return {need: "Đề nghị xem xét, nêu rõ lý do."}


def _morning(after: datetime, days: int) -> str:
    """Nine o'clock of a working day so many days later."""
    day = after.astimezone(LOCAL).replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=days)
    while day.weekday() > 4:
        day += timedelta(days=1)
    return day.isoformat()
