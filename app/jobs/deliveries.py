"""Sending what actions decided to tell: one delivery, at least once, with a Message-ID that never changes."""

from __future__ import annotations

from datetime import datetime

from app.messages import calendar_letter
from app.messages.delivery import deliver_mail
from app.messages.letters import Letter
from app.messages.mail import build_mail
from app.messages.official_texts import WITHOUT_DOSSIER
from app.messages.texts import TO_APPLICANT, NoticeValues, compose
from app.runtime import runtime
from app.slips.symbols import lookup_url
from app.store import deliveries, dossiers
from app.store.deliveries import DeliveryRow
from app.store.dossiers import DossierRow
from app.store.transaction import transaction


def send_delivery(delivery_id: int) -> None:
    """Hand one message over and write down when. The row stays locked meanwhile, so two workers never send it at once."""
    settings, now = runtime().settings, runtime().now()
    with transaction() as connection:
        delivery = deliveries.find_delivery(connection, delivery_id, lock=True)
        if delivery is None or delivery.sent_at is not None:
            return
        sender = str(delivery.data.get("agency", ""))
        if delivery.template in WITHOUT_DOSSIER:
            letter = WITHOUT_DOSSIER[delivery.template](delivery.data, settings.public_url)
        else:
            assert delivery.dossier_id is not None  # noqa: S101
            dossier = dossiers.dossier_by_id(connection, delivery.dossier_id)
            sender = dossier.agency_name
            letter = _letter(delivery, dossier, settings.public_url)
        message = build_mail(
            letter,
            delivery_id=str(delivery.id),
            created_at=delivery.created_at,
            mail_from=settings.mail_from,
            recipient=delivery.recipient,
            sender_name=sender,
        )
        deliver_mail(message, smtp=settings.smtp, outbox=settings.data / "outbox")
        deliveries.change_delivery(connection, delivery.id, state=deliveries.SENT, sent_at=now)


def _letter(delivery: DeliveryRow, dossier: DossierRow, public_url: str) -> Letter:
    if delivery.template == calendar_letter.TEMPLATE:
        return calendar_letter.calendar_letter(delivery.data, dossier.agency_name, public_url)
    return compose(delivery.template, _values(delivery, dossier, public_url))


def _values(delivery: DeliveryRow, dossier: DossierRow, public_url: str) -> NoticeValues:
    for_applicant = delivery.template in TO_APPLICANT
    return NoticeValues(
        code=dossier.code,
        procedure_name=dossier.procedure_name,
        agency_name=dossier.agency_name,
        applicant_name=str(delivery.data.get("applicant_name", "")),
        step_name=str(delivery.data.get("step_name", "")),
        reason=str(delivery.data.get("reason", "")),
        limit_at=_instant(delivery.data.get("limit_at")),
        amount=delivery.data.get("amount"),
        visit_at=_instant(delivery.data.get("visit_at")),
        place=str(delivery.data.get("place", "")),
        participants=str(delivery.data.get("participants", "")),
        received_at=dossier.received_at,
        deadline_at=dossier.deadline_at,
        appointment_at=dossier.appointment_at,
        place_of_return=dossier.agency_name,
        url=lookup_url(public_url, dossier.code, dossier.token)
        if for_applicant
        else f"{public_url}/ho-so/{dossier.code}",
    )


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
