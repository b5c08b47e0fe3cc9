"""A dossier looked up by SMS: its state and dates, as the portal shows them to who has only the code (ST-17.1, ST-17.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from app.errors import DomainError
from app.messages.phone import PhoneError, normalised
from app.rules.sms_lookup import HELP, MOST_AN_HOUR, asked_code
from app.rules.status import status_of
from app.store import dossiers, sms_lookups
from app.store.dossiers import DossierRow
from app.store.transaction import take_turn
from app.wording import LOCAL

HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class AnswerSms:
    """`message_id`: the gateway's own; the same one is answered the same."""

    sender: str
    text: str
    message_id: str

    def answer(self, connection: Connection, now: datetime) -> str:
        """What goes back to the sender. Errors: DomainError too_many_requests."""
        try:
            sender = normalised(self.sender)
        except PhoneError:  # a short number, a name: whoever asks, asks for no more than anybody may see
            sender = self.sender.strip()
        take_turn(connection, f"sms {sender}")
        earlier = sms_lookups.earlier_answer(connection, self.message_id)
        if earlier is not None:
            return earlier
        if sms_lookups.asked_since(connection, sender, now - HOUR) >= MOST_AN_HOUR:
            raise DomainError("too_many_requests", "Số này đã hỏi quá nhiều lần; hãy thử lại sau một giờ.")
        told = _told(connection, asked_code(self.text))
        sms_lookups.keep_answer(connection, self.message_id, sender, self.text, told, now)
        return sms_lookups.earlier_answer(connection, self.message_id) or told


def _told(connection: Connection, code: str | None) -> str:
    if code is None:
        return f"Chưa rõ mã hồ sơ. {HELP}"
    dossier = dossiers.find_dossier(connection, code)
    if dossier is None:
        return f"Không có hồ sơ mã {code}. Hãy xem lại mã trên giấy tiếp nhận. {HELP}"
    return " ".join([f"Hồ sơ {dossier.code}: {status_of(dossier.status).name}.", *_dates(dossier)])


def _dates(dossier: DossierRow) -> list[str]:
    said = [f"Nhận {_day(dossier.received_at)}."]
    if dossier.result_at is None and dossier.closed_at is None and dossier.appointment_at is not None:
        said.append(f"Hẹn trả {_clock(dossier.appointment_at)}.")
    if dossier.result_at is not None:
        said.append(f"Có kết quả {_day(dossier.result_at)}.")
    if dossier.closed_at is not None:
        said.append(f"Kết thúc {_day(dossier.closed_at)}.")
    return said


def _clock(at: datetime) -> str:
    return f"{at.astimezone(LOCAL):%H:%M %d/%m/%Y}"


def _day(at: datetime) -> str:
    return f"{at.astimezone(LOCAL):%d/%m/%Y}"
