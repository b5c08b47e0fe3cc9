"""By which ways an applicant is told what: as he chose at submission (QT-16.4), and as the province prescribes besides.

The portal always has it. What has to reach him, because he must act or because his dossier ends, goes by e-mail, else by SMS,
where he chose nothing and nothing is prescribed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from typing import Final

from app.rules.profile import NONE, Profile

PORTAL: Final = "portal"
CHANNELS: Final = (PORTAL, "email", "sms", "zalo", "phone")
QUIET: Final = frozenset({"sms", "zalo", "phone"})
"""Ways that ring or buzz: a province may keep them still at night."""

_NEWS: Mapping[str, str] = {
    "receipt_issued": "acceptance",
    "supplement_requested": "supplement",
    "correction_asked": "supplement",
    "not_accepted": "intake_refusal",
    "dossier_refused": "refusal",
    "dossier_stopped": "refusal",
    "extension_recorded": "appointment",
    "apology_sent": "appointment",
    "result_ready": "result",
    "payment_requested": "payment",
    "payment_reminder": "payment",
    "visit_planned": "visit",
}
_MUST_REACH = frozenset({"supplement", "intake_refusal", "refusal", "payment", "visit"})


@dataclass(frozen=True, slots=True)
class Contacts:
    """What is known of how to reach him; `phone` serves SMS, Zalo and calls."""

    email: bool = False
    phone: bool = False

    def reach(self, channel: str) -> bool:
        return channel == PORTAL or (self.email if channel == "email" else self.phone)


def news_of(template: str, *, online: bool) -> str:
    """What kind of news a message is; the acceptance of what was submitted online is one of its own (ST-11.2b, LA-9.2)."""
    news = _NEWS.get(template, "other")
    return "online_acceptance" if online and news == "acceptance" else news


def channels_for(news: str, chosen: Collection[str], profile: Profile, contacts: Contacts) -> tuple[str, ...]:
    """The ways in which this news is told, in the order of `CHANNELS`; `news` is what `news_of` says.

    ST-11.2b, LA-9.2 (acceptance online), TN-11.4c (supplement), TN-11.3b (refused at intake), ST-14.3đ (new date), TN-11.5c
    (result), QT-16.4 and QT-16.6 (as he chose).
    """
    found = {PORTAL} | {channel for channel in chosen if contacts.reach(channel)}
    found |= {channel for channel in _prescribed(news, profile) if contacts.reach(channel)}
    if news == "online_acceptance" and profile.acceptance_channels_mode == "one":
        found |= _one_of(profile.acceptance_channels, found, contacts)
    if found == {PORTAL} and news in _MUST_REACH:
        found |= _one_of(("email", "sms"), frozenset(), contacts)
    return tuple(channel for channel in CHANNELS if channel in found)


def _prescribed(news: str, profile: Profile) -> tuple[str, ...]:
    if news == "online_acceptance" and profile.acceptance_channels_mode == "all":
        return profile.acceptance_channels
    if news in ("supplement", "intake_refusal"):
        return profile.supplement_channels
    return {"appointment": profile.appointment_channels, "result": profile.result_channels}.get(news, ())


def _one_of(wanted: tuple[str, ...], found: Collection[str], contacts: Contacts) -> set[str]:
    """The first of `wanted` that reaches him, unless one of them is among `found` already."""
    if set(wanted) & set(found):
        return set()
    return set([channel for channel in wanted if contacts.reach(channel)][:1])


def quiet_until(hours: str, now: datetime, zone: tzinfo) -> datetime | None:
    """When the quiet hours end in which `now` lies, or None outside them. `hours` is `HH:MM-HH:MM` or `none`; half-open."""
    if hours == NONE:
        return None
    begin, end = (time.fromisoformat(text) for text in hours.split("-"))
    local = now.astimezone(zone)
    clock = local.time()
    over_midnight = begin > end
    quiet = (clock >= begin or clock < end) if over_midnight else begin <= clock < end
    if not quiet:
        return None
    day = local.date() + timedelta(days=1 if over_midnight and clock >= begin else 0)
    return datetime.combine(day, end, zone).astimezone(now.tzinfo)
