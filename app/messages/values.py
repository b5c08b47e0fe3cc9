"""What a message may speak of: the dossier, and what the action that caused it wrote down."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.messages.letters import NoticeValues
from app.slips.symbols import lookup_url
from app.store.dossiers import DossierRow

_TEXTS = ("applicant_name", "step_name", "reason", "place", "participants", "title")
_INSTANTS = ("limit_at", "visit_at", "from_at", "to_at")


def values_for(dossier: DossierRow, data: Mapping[str, Any], public_url: str, *, for_applicant: bool) -> NoticeValues:
    """`data` as deliveries keep it: names of NoticeValues, instants as ISO text. The dates of the dossier are those of the
    moment that the message is about, where `data` has them.
    """
    given: dict[str, Any] = {name: str(data[name]) for name in _TEXTS if data.get(name) is not None}
    given |= {name: _instant(data.get(name)) for name in _INSTANTS}
    return NoticeValues(
        code=dossier.code,
        procedure_name=dossier.procedure_name,
        agency_name=dossier.agency_name,
        received_at=dossier.received_at,
        deadline_at=_instant(data["deadline_at"]) if "deadline_at" in data else dossier.deadline_at,
        appointment_at=_instant(data["appointment_at"]) if "appointment_at" in data else dossier.appointment_at,
        place_of_return=dossier.agency_name,
        amount=data.get("amount"),
        url=_url(dossier, public_url, for_applicant) if public_url else "",
        **given,
    )


def _url(dossier: DossierRow, public_url: str, for_applicant: bool) -> str:
    if for_applicant:
        return lookup_url(public_url, dossier.code, dossier.token)
    return f"{public_url}/ho-so/{dossier.code}"


def _instant(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) and text else None
