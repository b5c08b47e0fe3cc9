"""What an official does with her own notices: reads them, says how she wants them, has one sent to try the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from app.access.caller import Caller
from app.actions.queueing import SEND_DELIVERY
from app.errors import DomainError, invalid
from app.messages.official_texts import TRIAL
from app.rules.notices import EVENTS, OTHER, WAYS, Event
from app.store import accounts, deliveries, official_notices, organisation, queue
from app.store.official_notices import NoticeRow
from app.store.transaction import reading, transaction

MOST_READ = 1000
TRIALS_APART = timedelta(minutes=1)
_NOT_HERS = "Không có thông báo này, hoặc thông báo đã quá cũ nên không còn được giữ."


def read_notices(caller: Caller, ids: Sequence[int] | None, now: datetime) -> int:
    """Mark these of her notices as read; with None all of them, and her new steps as seen. Answers how many were unread."""
    with transaction() as connection:
        if ids is None:
            official_notices.look(connection, caller.account_id, now)
        return official_notices.mark_read(connection, caller.account_id, ids, now)


def open_notice(caller: Caller, notice_id: int, now: datetime) -> NoticeRow:
    """One of her notices, read from now on. Errors: DomainError not_found."""
    with transaction() as connection:
        row = official_notices.notice_of(connection, caller.account_id, notice_id)
        if row is None:
            raise DomainError("not_found", _NOT_HERS)
        official_notices.mark_read(connection, caller.account_id, [notice_id], now)
    return row


def seen_dossier(caller: Caller, code: str, now: datetime) -> None:
    """She looks at the dossier: what she was told of it is read. Writes nothing where there is nothing unread."""
    with reading() as connection:
        dossier_id = official_notices.has_unread(connection, caller.account_id, code)
    if dossier_id is None:
        return
    with transaction() as connection:
        official_notices.mark_dossier_read(connection, caller.account_id, dossier_id, now)


def events_of(caller: Caller) -> list[Event]:
    """The events that she may be told of, and may choose about."""
    chosen = (event for event in EVENTS.values() if event.screens or event.emails)
    return [event for event in chosen if event.permission is None or caller.may(event.permission)]


def choose(caller: Caller, modes: Mapping[tuple[str, str], str]) -> None:
    """Keep how she wants these (event, way). Errors: DomainError invalid, `{event}.{way}` named."""
    known = {event.name: event for event in events_of(caller)}
    wrong: dict[str, list[str]] = {}
    for (name, way), mode in modes.items():
        if name not in known or way not in WAYS:
            wrong[f"{name}.{way}"] = ["Không có loại thông báo này."]
        elif mode not in known[name].modes(way):
            offered = ", ".join(known[name].modes(way))
            wrong[f"{name}.{way}"] = [f"Phải là một trong: {offered}." if offered else "Loại này không chọn được."]
    if wrong:
        raise invalid(wrong)
    with transaction() as connection:
        official_notices.set_switches(connection, caller.account_id, modes)


def send_trial(caller: Caller, now: datetime) -> str:
    """A notice on her screen and a mail to her address, which is answered. Errors: DomainError invalid, too_many_requests."""
    with transaction() as connection:
        account = accounts.account_by_id(connection, caller.account_id, caller.day)
        if account is None or not account.email:
            raise invalid({"email": ["Tài khoản chưa có địa chỉ thư điện tử; hãy nhờ quản trị viên ghi địa chỉ."]})
        if official_notices.lately_mailed(connection, OTHER, now - TRIALS_APART, [caller.account_id]):
            raise DomainError("too_many_requests", "Vừa gửi một thư thử; hãy đợi một phút rồi gửi lại.")
        official_notices.add_notices(
            connection,
            [
                {
                    "account_id": caller.account_id,
                    "event": OTHER,
                    "dossier_id": None,
                    "task_id": None,
                    "data": {"template": TRIAL},
                    "created_at": now,
                    "mailed_at": now,
                }
            ],
        )
        agency = organisation.agency_by_id(connection, caller.agency_id)
        data = {"name": caller.name, "agency": agency.name}
        delivery_id = deliveries.add_delivery(
            connection, None, TRIAL, account.email, data, now, account_id=caller.account_id
        )
        queue.defer(connection, SEND_DELIVERY, delivery_id=delivery_id)
    return account.email
