"""Messages as people see them: lists with masked addresses, one in full for whoever looks after it, what the applicant sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.access.caller import Caller
from app.actions.settle_delivery import DESK, MANAGE, event_title, looks_after
from app.errors import DomainError
from app.messages.phone import masked
from app.messages.sms import size_of
from app.messages.texts import TO_APPLICANT
from app.store import delivery_lists, portal_notices
from app.store.deliveries import CALLED, FAILED, SENT, TO_CALL, TRYING, DeliveryRow
from app.store.delivery_lists import DeliveryFilters, ListedDelivery
from app.store.transaction import reading
from app.views.cursors import an_id, make_cursor, page_answer, read_cursor
from app.views.visibility import visible_dossier
from app.wording import LOCAL

CHANNELS: Mapping[str, str] = {
    "portal": "Cổng tra cứu",
    "email": "Thư điện tử",
    "sms": "Tin nhắn SMS",
    "zalo": "Zalo",
    "phone": "Điện thoại",
}
STATES: Mapping[str, str] = {
    "waiting": "Chờ gửi",
    "trying": "Đang gửi",
    "sent": "Đã gửi",
    "failed": "Không gửi được",
    "cancelled": "Thôi gửi",
    "to_call": "Chờ gọi điện",
    "called": "Đã gọi điện",
}
REPEATED = "có thể đã gửi hai lần"
_WAYS: Mapping[str, str] = {"email": "thư điện tử", "sms": "tin nhắn", "zalo": "tin Zalo"}


@dataclass(frozen=True, slots=True)
class DeliveryAsk:
    """Which messages; `state` None means all."""

    state: str | None = None
    channel: str | None = None
    template: str | None = None
    dossier: str | None = None
    page_size: int = 50
    cursor: str | None = None


def delivery_list(caller: Caller, ask: DeliveryAsk) -> dict[str, Any]:
    """A page of messages, the newest first, addresses masked. Errors: DomainError invalid."""
    before = read_cursor(ask.cursor, "deliveries", an_id)[0] if ask.cursor is not None else None
    filters = DeliveryFilters(
        states=(ask.state,) if ask.state else (),
        channels=(ask.channel,) if ask.channel else (),
        template=ask.template,
        dossier=ask.dossier,
        agencies=None if caller.may(MANAGE) else caller.agency_ids,
    )
    with reading() as connection:
        rows = delivery_lists.delivery_page(connection, filters, before, ask.page_size + 1)
        total = delivery_lists.count_deliveries(connection, filters)
    shown = rows[: ask.page_size]
    following = make_cursor("deliveries", shown[-1].delivery.id) if len(rows) > ask.page_size else None
    return page_answer([listed_view(row) for row in shown], total, following)


def delivery_detail(caller: Caller, delivery_id: int) -> dict[str, Any]:
    """One message in full. Errors: DomainError not_found."""
    with reading() as connection:
        found = delivery_lists.listed_delivery(connection, delivery_id)
    if found is None or not looks_after(caller, found.agency_id):
        raise DomainError("not_found", "Không có tin này, hoặc hồ sơ không thuộc cơ quan của bạn.")
    return listed_view(found) | {
        "recipient": found.delivery.recipient,
        "subject": found.delivery.subject,
        "body": found.delivery.body,
    }


def settled_view(connection: Connection, delivery_id: int) -> dict[str, Any]:
    """A message after something was done about it."""
    found = delivery_lists.listed_delivery(connection, delivery_id)
    assert found is not None  # noqa: S101 - deliveries are never removed
    return listed_view(found)


def calls_to_make(caller: Caller, most: int = 200) -> list[dict[str, Any]]:
    """The calls that wait for the caller's desks, oldest first, `most` of them: whom to call and what to say."""
    agencies = None if caller.may(MANAGE) else caller.agency_ids
    with reading() as connection:
        rows = delivery_lists.delivery_page(
            connection, DeliveryFilters(states=("to_call",), agencies=agencies), None, most, oldest_first=True
        )
    return [
        listed_view(row)
        | {
            "recipient": row.delivery.recipient,
            "body": row.delivery.body,
            "applicant": str(row.delivery.data.get("applicant_name", "")),
        }
        for row in rows
    ]


def kept_messages(caller: Caller, channels: Sequence[str], most: int = 30) -> list[dict[str, Any]]:
    """The latest messages of these channels as they went out, or would have; newest first."""
    agencies = None if caller.may(MANAGE) else caller.agency_ids
    filters = DeliveryFilters(states=(SENT,), channels=channels, agencies=agencies)
    with reading() as connection:
        rows = delivery_lists.delivery_page(connection, filters, None, most)
    return [
        listed_view(row)
        | {
            "recipient": row.delivery.recipient,
            "subject": row.delivery.subject,
            "body": row.delivery.body,
            "size": size_of(row.delivery.body) if row.delivery.channel == "sms" and row.delivery.body else None,
        }
        for row in rows
        if row.delivery.body is not None
    ]


def deliveries_of_dossier(caller: Caller, code: str) -> list[dict[str, Any]]:
    """What was told about a dossier to whom, oldest first, addresses masked. Errors: DomainError not_found."""
    with reading() as connection:
        dossier = visible_dossier(connection, code, caller)
        rows = delivery_lists.deliveries_of(connection, dossier.id)
        notices = portal_notices.notices_of(connection, dossier.id)
    may = looks_after(caller, dossier.agency_id)
    found = [delivery_view(row) | {"may_settle": may} for row in rows]
    found += [_portal_view(row) | {"may_settle": False} for row in notices]
    return sorted(found, key=lambda one: (one["created_at"], one["channel"] != "portal", one["id"] or 0))


def told_applicant(connection: Connection, dossier_id: int) -> dict[str, Any]:
    """What the applicant sees with his token: the notices of the portal, and what was sent to him where."""
    rows = delivery_lists.deliveries_of(connection, dossier_id)
    sent = [row for row in rows if row.state in (SENT, CALLED) and row.template in TO_APPLICANT and row.sent_at]
    return {
        "notices": [
            {"title": one.subject, "text": one.body, "at": one.created_at}
            for one in portal_notices.notices_of(connection, dossier_id)
        ],
        "messages": [
            {
                "channel": row.channel,
                "at": row.sent_at,
                "to": masked(row.channel, row.recipient),
                "text": sent_words(row),
            }
            for row in sent
        ],
    }


def sent_words(row: DeliveryRow) -> str:
    """That it was sent, in words: `Đã gửi tin nhắn lúc 08:30 23/11/2026 đến 09••••678`."""
    to, at = masked(row.channel, row.recipient), _clock(row.sent_at)
    if row.channel == "phone":
        return f"Đã gọi điện lúc {at} đến {to}"
    twice = f" ({REPEATED})" if row.repeated else ""
    return f"Đã gửi {_WAYS.get(row.channel, 'tin')} lúc {at} đến {to}{twice}"


def state_words(row: DeliveryRow) -> str:
    """How a message stands, in one line."""
    if row.state in (SENT, CALLED) and row.sent_at is not None:
        return sent_words(row)
    if row.state == TRYING and row.next_try_at is not None:
        return f"Chưa rõ đã gửi được chưa, thử lại lúc {_clock(row.next_try_at)}"
    if row.state == "waiting" and row.next_try_at is not None:
        return (
            f"Chờ gửi, thử lại lúc {_clock(row.next_try_at)}" if row.attempts else f"Gửi lúc {_clock(row.next_try_at)}"
        )
    if row.state == "failed":
        return f"Không gửi được từ {_clock(row.failed_at)}"
    return STATES[row.state]


def listed_view(found: ListedDelivery) -> dict[str, Any]:
    return delivery_view(found.delivery) | {
        "dossier": found.dossier,
        "agency": found.agency,
        "agency_name": found.agency_name,
        "settled_by_name": found.settled_by_name,
    }


def delivery_view(row: DeliveryRow) -> dict[str, Any]:
    """A message as lists show it."""
    return {
        "id": row.id,
        "event": row.template,
        "title": event_title(row.template),
        "to_applicant": row.template in TO_APPLICANT,
        "channel": row.channel,
        "channel_title": CHANNELS.get(row.channel, row.channel),
        "to": masked(row.channel, row.recipient),
        "state": row.state,
        "words": state_words(row),
        "created_at": row.created_at,
        "sent_at": row.sent_at,
        "tried_at": row.tried_at,
        "next_try_at": row.next_try_at,
        "failed_at": row.failed_at,
        "attempts": row.attempts,
        "error": row.last_error,
        "repeated": row.repeated,
        "note": row.note,
        "reference": row.reference,
    }


def brief_view(row: DeliveryRow) -> dict[str, Any]:
    """A message for one line: {title, words, at, failed}; failed too is a call that nobody has made yet."""
    return {
        "title": event_title(row.template),
        "words": f"{CHANNELS.get(row.channel, row.channel)}: {state_words(row)}",
        "at": row.created_at,
        "failed": row.state in (FAILED, TO_CALL),
    }


def _portal_view(row: portal_notices.NoticeRow) -> dict[str, Any]:
    return {
        "id": None,
        "event": row.template,
        "title": event_title(row.template),
        "to_applicant": True,
        "channel": "portal",
        "channel_title": CHANNELS["portal"],
        "to": "",
        "state": SENT,
        "words": f"Hiện trên trang tra cứu từ {_clock(row.created_at)}",
        "created_at": row.created_at,
        "sent_at": row.created_at,
        "tried_at": None,
        "next_try_at": None,
        "failed_at": None,
        "attempts": 0,
        "error": None,
        "repeated": False,
        "note": None,
        "reference": None,
    }


def _clock(at: datetime | None) -> str:
    return f"{at.astimezone(LOCAL):%H:%M %d/%m/%Y}" if at else ""


def may_look(caller: Caller) -> bool:
    """Whether there are messages that she looks after."""
    return caller.may(MANAGE) or caller.may(DESK)
