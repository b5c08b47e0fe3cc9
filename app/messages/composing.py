"""A kept delivery put into words: for the applicant in the province's or an agency's own words, for officials as built in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import Connection

from app.messages import calendar_letter, outage_texts
from app.messages.letters import Letter, NoticeValues
from app.messages.mail import plain_text
from app.messages.official_texts import WITHOUT_DOSSIER
from app.messages.texts import TO_APPLICANT, compose
from app.messages.values import values_for
from app.messages.writing import Written, write
from app.store import dossiers, organisation
from app.store.deliveries import DeliveryRow
from app.store.dossiers import DossierRow
from app.store.message_templates import any_for, templates_for


def written(connection: Connection, delivery: DeliveryRow, public_url: str, day: date, *, fold: bool) -> Written:
    """What a delivery says on `day`. Errors: TextError, PlaceholderError, when it cannot be put into words."""
    for_applicant = delivery.template in TO_APPLICANT or delivery.channel != "email"  # officials get letters only
    if for_applicant and delivery.dossier_id is not None:
        dossier = dossiers.dossier_by_id(connection, delivery.dossier_id)
        values = values_for(dossier, delivery.data, public_url, for_applicant=True)
        edited = edited_for(connection, delivery.template, dossier.agency_id, day).get(delivery.channel)
        return write(delivery.template, delivery.channel, values, edited, fold=fold)
    letter = _official(connection, delivery, public_url)
    return Written(letter.subject, plain_text(letter), letter)


def sender_of(connection: Connection, delivery: DeliveryRow) -> str:
    """The agency in whose name it goes out."""
    if delivery.dossier_id is None:
        return str(delivery.data.get("agency", ""))
    return dossiers.dossier_by_id(connection, delivery.dossier_id).agency_name


def edited_for(connection: Connection, event: str, agency_id: int, day: date) -> dict[str, tuple[str | None, str]]:
    """Channel -> (subject, body) that somebody has put in the place of what is built in, for dossiers of this agency."""
    if not any_for(connection, event):
        return {}
    return templates_for(connection, event, organisation.with_parents(connection, agency_id), day)


def _official(connection: Connection, delivery: DeliveryRow, public_url: str) -> Letter:
    if delivery.template in WITHOUT_DOSSIER:
        return WITHOUT_DOSSIER[delivery.template](delivery.data, public_url)
    if delivery.template in outage_texts.TO_OFFICIALS:
        return compose(delivery.template, _of_outage(delivery))
    assert delivery.dossier_id is not None  # noqa: S101 - all others are about a dossier
    dossier = dossiers.dossier_by_id(connection, delivery.dossier_id)
    if delivery.template == calendar_letter.TEMPLATE:
        return calendar_letter.calendar_letter(delivery.data, dossier.agency_name, public_url)
    return compose(delivery.template, _official_values(delivery, dossier, public_url))


def _official_values(delivery: DeliveryRow, dossier: DossierRow, public_url: str) -> NoticeValues:
    values = values_for(dossier, delivery.data, public_url, for_applicant=False)
    incident = delivery.data.get("incident")
    return values if incident is None else replace(values, url=f"{public_url}/su-co/{incident}")


def _of_outage(delivery: DeliveryRow) -> NoticeValues:
    from_at, to_at = delivery.data.get("from_at"), delivery.data.get("to_at")
    return NoticeValues(
        code="",
        procedure_name="",
        agency_name=str(delivery.data.get("agency", "")),
        title=str(delivery.data.get("title", "")),
        reason=str(delivery.data.get("reason", "")),
        from_at=datetime.fromisoformat(from_at) if from_at else None,
        to_at=datetime.fromisoformat(to_at) if to_at else None,
    )
