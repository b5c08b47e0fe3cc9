"""What messages say now, for whoever may change it: built in or changed, its history, and how it would look."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.actions.edit_message_template import CHANNELS, faults
from app.errors import invalid
from app.messages.placeholders import PLACEHOLDERS
from app.messages.sms import size_of
from app.messages.writing import EVENTS, TITLED, sample_values, starting_text, write
from app.store import message_templates, organisation
from app.store.message_templates import TemplateRow
from app.store.transaction import reading
from app.views.deliveries import CHANNELS as CHANNEL_TITLES


def template_list(day: date) -> list[dict[str, Any]]:
    """Every event and channel, with what counts in the province on `day` and how many agencies say it otherwise."""
    with reading() as connection:
        rows = message_templates.history_of(connection)
        found = []
        for event, title in EVENTS.items():
            changed = message_templates.templates_for(connection, event, (), day)
            for channel in CHANNELS:
                agencies = {row.agency for row in rows if row.agency and (row.event, row.channel) == (event, channel)}
                found.append(
                    {
                        "event": event,
                        "title": title,
                        "channel": channel,
                        "channel_title": CHANNEL_TITLES[channel],
                        "changed": channel in changed,
                        "agencies": len(agencies),
                    }
                )
    return found


def template_detail(event: str, channel: str, agency: str | None, day: date) -> dict[str, Any]:
    """What counts on `day` for an agency (None: the province), where it comes from, and the rows before it.

    Errors: DomainError invalid for a name that there is not.
    """
    wrong = faults(event, channel, None, None)
    if wrong:
        raise invalid(wrong)
    with reading() as connection:
        chain: list[int] = []
        if agency is not None:
            row = organisation.find_agency(connection, agency)
            if row is None:
                raise invalid({"agency": ["Không có cơ quan này."]})
            chain = organisation.with_parents(connection, row.id)
        counting = message_templates.templates_for(connection, event, chain, day).get(channel)
        history = message_templates.history_of(connection, event, channel)
    built_in = starting_text(event, channel)
    subject, body = counting or built_in
    return {
        "event": event,
        "title": EVENTS[event],
        "channel": channel,
        "channel_title": CHANNEL_TITLES[channel],
        "titled": channel in TITLED,
        "agency": agency,
        "built_in": counting is None,
        "subject": subject,
        "body": body,
        "built_in_subject": built_in[0],
        "built_in_body": built_in[1],
        "placeholders": [{"name": name, "title": one.title} for name, one in PLACEHOLDERS.items()],
        "history": [_row_view(row) for row in history],
    }


def preview(
    event: str, channel: str, subject: str | None, body: str | None, public_url: str, *, fold: bool
) -> dict[str, Any]:
    """How the text would look for a dossier that is none; with None what is built in. Errors: DomainError invalid."""
    wrong = faults(event, channel, subject, body)
    if wrong:
        raise invalid(wrong)
    edited = None if body is None else (subject, body)
    written = write(event, channel, sample_values(public_url), edited, fold=fold)
    size = size_of(written.body) if channel == "sms" else None
    return {
        "subject": written.subject,
        "body": written.body,
        "segments": size.segments if size else None,
        "characters": size.characters if size else len(written.body),
        "alphabet": size.alphabet if size else None,
    }


def _row_view(row: TemplateRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "agency": row.agency,
        "agency_name": row.agency_name,
        "subject": row.subject,
        "body": row.body,
        "built_in": row.body is None,
        "valid_from": row.valid_from,
        "made_at": row.made_at,
        "made_by": row.made_by,
    }
