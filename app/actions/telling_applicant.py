"""Telling the applicant: by which ways, and what (QT-16.4, QT-16.6, ST-11.2n, ST-14.3n, LA-9.2n, TN-11.5c)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog

from app.actions.queueing import queue_delivery, to_call
from app.actions.work import Work
from app.messages.composing import edited_for
from app.messages.letters import NoticeValues, TextError
from app.messages.placeholders import PlaceholderError
from app.messages.values import values_for
from app.messages.writing import write
from app.rules.telling import PORTAL, QUIET, Contacts, channels_for, news_of, quiet_until
from app.store import dossiers, portal_notices
from app.wording import LOCAL

log = structlog.get_logger(__name__)


def tell_applicant(
    work: Work, template: str, reason: str = "", *, said: Mapping[str, Any] | None = None, anyway: bool = False
) -> None:
    """Tell him in the ways that he chose and that the province prescribes; `anyway` by e-mail too, wherever he has an address.

    `said`: what more the message may speak of, by the names of NoticeValues.
    """
    contents = dossiers.contents(work.connection, work.dossier.id)
    applicant, profile = contents.applicant, work.rules.profile
    contacts = Contacts(email=bool(applicant.get("email")), phone=bool(applicant.get("phone")))
    news = news_of(template, online=work.dossier.channel == "online")
    channels = channels_for(news, contents.notify, profile, contacts)
    if anyway and contacts.email and "email" not in channels:
        channels = (*channels, "email")
    data = _data(work, contents.applicant_name, reason, said or {})
    values = values_for(work.dossier, data, work.public_url, for_applicant=True)
    edited = edited_for(work.connection, template, work.dossier.agency_id, work.today)
    quiet = quiet_until(profile.quiet_hours, work.now, LOCAL)
    for channel in channels:
        if channel == PORTAL:
            _put_up(work, template, values, edited.get(PORTAL))
        elif channel == "phone":
            script = _said(work, template, "phone", values, edited.get("phone"))
            to_call(work, template, applicant["phone"], data, script, not_before=quiet)
        else:
            address = applicant["email"] if channel == "email" else applicant["phone"]
            not_before = quiet if channel in QUIET else None
            queue_delivery(work, template, address, data, channel=channel, not_before=not_before)


def _data(work: Work, name: str, reason: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """What the message may speak of, as it is now: the dates of a dossier may change before a message can go out."""
    dates = {"deadline_at": work.clock.deadline_at, "appointment_at": work.clock.appointment_at}
    kept = {key: at.isoformat() if at else None for key, at in dates.items()}
    return {"applicant_name": name, **({"reason": reason} if reason else {}), **said, **kept}


def _put_up(work: Work, template: str, values: NoticeValues, edited: tuple[str | None, str] | None) -> None:
    """The notice on the portal, there from the commit on (QT-16.4)."""
    try:
        written = write(template, PORTAL, values, edited)
    except (TextError, PlaceholderError) as problem:  # what cannot be put into words must not stop the action
        log.warning("notice_not_written", template=template, reason=str(problem))
        return
    portal_notices.add_notice(
        work.connection, work.dossier.id, template, written.subject or work.dossier.code, written.body, work.now
    )


def _said(
    work: Work, template: str, channel: str, values: NoticeValues, edited: tuple[str | None, str] | None
) -> str | None:
    try:
        return write(template, channel, values, edited).body
    except (TextError, PlaceholderError) as problem:
        log.warning("call_not_written", template=template, reason=str(problem))
        return None
