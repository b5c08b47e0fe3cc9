"""What an online service's level allows: how a dossier may come and how its result may go (QT-13.4, ST-11.4, LA-10.2, HT-5.1).

Levels are the two of 2022, `full` (toàn trình, the fourth of 2018) and `partial` (một phần, the third), and `none`: information
only, the first and second.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

CHANNELS: Mapping[str, tuple[str, ...]] = {
    "full": ("counter", "post", "online"),
    "partial": ("counter", "post", "online"),
    "none": ("counter", "post"),
}
"""How a dossier may come, by level."""

DELIVERIES: Mapping[str, tuple[str, ...]] = {
    "full": ("desk", "post", "online"),
    "partial": ("desk", "post"),
    "none": ("desk", "post"),
}
"""How its result may go, by level; the first is what holds where nobody chose (LA-10.2c)."""


def channels(level: str) -> tuple[str, ...]:
    """What CHANNELS has; of a level that it does not know, the least."""
    return CHANNELS.get(level, CHANNELS["none"])


def deliveries(level: str) -> tuple[str, ...]:
    """What DELIVERIES has; of a level that it does not know, the least."""
    return DELIVERIES.get(level, DELIVERIES["none"])


def electronic_result(rule: str, channel: str, components: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a dossier of a full service may have its result electronically, by the profile's `electronic_result`.

    Signed is a dossier whose papers are all electronic and signed by the applicant (LA-10.2b).
    """
    papers = [component for component in components if component["kind"] != "presented"]
    signed = bool(papers) and all(one["kind"] == "electronic" and one.get("signed") for one in papers)
    return rule == "full_service" or channel == "post" or signed


def prepaid(fees: Iterable[Mapping[str, Any]]) -> bool:
    """Whether something is to be paid before the dossier is accepted: a fee with `when` `submission` (ST-11.2c, TN-PL.6)."""
    return any(fee.get("when") == "submission" and fee.get("amount") for fee in fees)


def demanded(component: Mapping[str, Any]) -> bool:
    """Whether a paper has to be handed in: not what is only shown (QT-3.3), nor what a `database` has (QT-10.2c)."""
    return bool(component["required"]) and not component.get("present_only") and not component.get("database")
