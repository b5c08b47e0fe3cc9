"""What messages say, changed by people: a new row counts from its day on, and the rows before it stay."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection

from app.access.caller import Caller
from app.errors import invalid
from app.messages.placeholders import PlaceholderError, check
from app.messages.writing import EVENTS, TITLED
from app.store import message_templates, organisation
from app.wording import LOCAL

CHANNELS: Final = ("email", "sms", "zalo", "portal", "phone")


@dataclass(frozen=True, slots=True)
class EditMessageTemplate:
    """`agency`: a code, or None for the whole province. `body` None goes back to what is built in, or said further up."""

    event: str
    channel: str
    agency: str | None = None
    subject: str | None = None
    body: str | None = None
    valid_from: date | None = None

    def keep(self, connection: Connection, caller: Caller, now: datetime) -> int:
        """Keep it; answers the row's id. Errors: DomainError invalid, field by field, with the place of a wrong placeholder."""
        today = now.astimezone(LOCAL).date()
        day = self.valid_from or today
        errors = faults(self.event, self.channel, self.subject, self.body)
        if day < today:
            errors["valid_from"] = ["Phải từ hôm nay trở đi: tin đã gửi giữ nguyên lời."]
        agency = organisation.find_agency(connection, self.agency) if self.agency else None
        if self.agency and agency is None:
            errors["agency"] = ["Không có cơ quan này."]
        if errors:
            raise invalid(errors)
        subject = self.subject if self.channel in TITLED and self.body is not None else None
        return message_templates.add_template(
            connection,
            self.event,
            self.channel,
            agency.id if agency else None,
            subject,
            self.body,
            day,
            caller.account_id,
            now,
        )


def faults(event: str, channel: str, subject: str | None, body: str | None) -> dict[str, list[str]]:
    """What is wrong with a text, by field."""
    errors: dict[str, list[str]] = {}
    if event not in EVENTS:
        errors["event"] = [f"Phải là một trong: {', '.join(EVENTS)}."]
    if channel not in CHANNELS:
        errors["channel"] = [f"Phải là một trong: {', '.join(CHANNELS)}."]
    if body is not None and not body.strip():
        errors["body"] = ["Phải có nội dung; muốn dùng lại văn bản có sẵn thì bấm “Dùng lại văn bản có sẵn”."]
    if body is not None and channel in TITLED and not (subject or "").strip():
        errors["subject"] = ["Phải có tiêu đề."]
    for field, text in (("subject", subject), ("body", body)):
        try:
            check(text or "")
        except PlaceholderError as problem:
            errors[field] = [str(problem)]
    return errors
