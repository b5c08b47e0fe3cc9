"""Sending what actions decided to tell: one delivery, at least once, with a Message-ID that never changes."""

from __future__ import annotations

from app.messages.delivery import deliver_mail
from app.messages.mail import build_mail
from app.messages.texts import NoticeValues, compose
from app.runtime import runtime
from app.slips.symbols import lookup_url
from app.store import deliveries, dossiers
from app.store.deliveries import DeliveryRow
from app.store.dossiers import DossierRow
from app.store.transaction import transaction

TO_APPLICANT = frozenset({"receipt_issued", "result_ready"})


def send_delivery(delivery_id: int) -> None:
    """Hand one message over and write down when. The row stays locked meanwhile, so two workers never send it at once."""
    settings, now = runtime().settings, runtime().now()
    with transaction() as connection:
        delivery = deliveries.delivery_to_send(connection, delivery_id)
        if delivery is None or delivery.sent_at is not None:
            return
        dossier = dossiers.dossier_by_id(connection, delivery.dossier_id)
        letter = compose(delivery.template, _values(delivery, dossier, settings.public_url))
        message = build_mail(
            letter,
            delivery_id=str(delivery.id),
            created_at=delivery.created_at,
            mail_from=settings.mail_from,
            recipient=delivery.recipient,
            sender_name=dossier.agency_name,
        )
        deliver_mail(message, smtp=settings.smtp, outbox=settings.data / "outbox")
        deliveries.mark_sent(connection, delivery.id, now)


def _values(delivery: DeliveryRow, dossier: DossierRow, public_url: str) -> NoticeValues:
    for_applicant = delivery.template in TO_APPLICANT
    return NoticeValues(
        code=dossier.code,
        procedure_name=dossier.procedure_name,
        agency_name=dossier.agency_name,
        applicant_name=str(delivery.data.get("applicant_name", "")),
        step_name=str(delivery.data.get("step_name", "")),
        received_at=dossier.received_at,
        deadline_at=dossier.deadline_at,
        appointment_at=dossier.appointment_at,
        place_of_return=dossier.agency_name,
        url=lookup_url(public_url, dossier.code, dossier.token) if for_applicant else "",
    )
