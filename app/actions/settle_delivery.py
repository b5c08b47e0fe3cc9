"""What people do about messages: send one again, perhaps to another address, call one off, tell that a call was made.

Whoever receives dossiers at an agency's desk looks after the messages of its dossiers; who manages messages, after all of
them (QT-15.5, QT-16.4). What is done to a message of a dossier stands in the dossier's history.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

from sqlalchemy import Connection

from app.access.caller import Caller
from app.actions.queueing import SEND_DELIVERY
from app.actions.runner import Context, RequestKey, once, refusals, whole_second, work_on
from app.errors import DomainError, invalid
from app.messages.addresses import checked
from app.messages.failures import RefusedError
from app.messages.writing import EVENTS
from app.store import deliveries, dossiers, queue, tasks
from app.store.deliveries import CALLED, CANCELLED, FAILED, TO_CALL, TRYING, WAITING, DeliveryRow
from app.store.transaction import transaction

MANAGE: Final = "message.manage"
DESK: Final = "dossier.register"
Answer = Callable[[Connection, int], dict[str, Any]]
"""Makes what is answered of the message with that id."""


def looks_after(caller: Caller, agency_id: int | None) -> bool:
    """Whether the messages of that agency's dossiers, or with None those about no dossier, are hers to look after."""
    return caller.may(MANAGE) or (caller.may(DESK) and agency_id in caller.agency_ids)


class DeliveryCommand(Protocol):
    @property
    def delivery_id(self) -> int: ...

    def settle(self, connection: Connection, context: Context, delivery: DeliveryRow) -> Recorded: ...


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the dossier's history says of it."""

    kind: str
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RetryDelivery:
    """Send it again at once; `address` where it is to go elsewhere."""

    delivery_id: int
    address: str | None = None

    def settle(self, connection: Connection, context: Context, delivery: DeliveryRow) -> Recorded:
        """Errors: DomainError wrong_state (sent, under way or a call), invalid (address)."""
        under_way = delivery.state == TRYING and delivery.next_try_at is None
        if delivery.channel == "phone" or under_way or delivery.state not in (WAITING, TRYING, FAILED, CANCELLED):
            raise DomainError("wrong_state", "Chỉ gửi lại được tin chưa gửi được, đang chờ hoặc đã thôi gửi.")
        values: dict[str, Any] = {
            "state": TRYING if delivery.state == TRYING else WAITING,
            "attempts": 0,
            "failed_at": None,
            "next_try_at": None,
            "settled_by": None,
            "note": None,
        }
        details: dict[str, Any] = {"template": delivery.template, "channel": delivery.channel}
        if self.address is not None and self.address.strip():
            to = _checked(delivery.channel, self.address)
            if to != delivery.recipient:
                values |= {"recipient": to, "series": delivery.series + 1, "state": WAITING, "repeated": False}
                details["changed"] = True
        deliveries.change_delivery(connection, delivery.id, **values)
        queue.defer(connection, SEND_DELIVERY, delivery_id=delivery.id)
        return Recorded("delivery_retried", details)


@dataclass(frozen=True, slots=True)
class CancelDelivery:
    """It is not to go out any more."""

    delivery_id: int
    reason: str

    def settle(self, connection: Connection, context: Context, delivery: DeliveryRow) -> Recorded:
        """Errors: DomainError wrong_state, invalid."""
        between = delivery.state == TRYING and delivery.next_try_at is not None
        if delivery.state not in (WAITING, FAILED, TO_CALL) and not between:
            raise DomainError("wrong_state", "Tin này đã gửi, đang gửi hoặc đã thôi gửi.")
        reason = _said("reason", self.reason)
        values = {"state": CANCELLED, "note": reason, "settled_by": context.caller.account_id, "next_try_at": None}
        deliveries.change_delivery(connection, delivery.id, **values)
        details = {"template": delivery.template, "channel": delivery.channel, "comment": reason}
        return Recorded("delivery_cancelled", details)


@dataclass(frozen=True, slots=True)
class CallMade:
    """The applicant was called: `reached` him or not, and what came of it (QT-16.4d, ST-11.2c)."""

    delivery_id: int
    result: str
    reached: bool

    def settle(self, connection: Connection, context: Context, delivery: DeliveryRow) -> Recorded:
        """One that was not reached is called again. Errors: DomainError wrong_state, invalid."""
        if delivery.state != TO_CALL:
            raise DomainError("wrong_state", "Không có cuộc gọi nào đang chờ ở đây.")
        result = _said("result", self.result)
        now = whole_second(context.now)
        values: dict[str, Any] = {"attempts": delivery.attempts + 1, "tried_at": now, "next_try_at": None}
        if self.reached:
            values |= {"state": CALLED, "sent_at": now, "note": result, "settled_by": context.caller.account_id}
        else:
            values["last_error"] = result
        deliveries.change_delivery(connection, delivery.id, **values)
        said = result if self.reached else f"Chưa liên lạc được: {result}"
        details = {"comment": said, "phone": delivery.recipient, "template": delivery.template}
        return Recorded("applicant_called", details)


def settle(command: DeliveryCommand, context: Context, answer: Answer) -> dict[str, Any]:
    """Carry it out in a transaction of its own. Errors: DomainError not_found, and those of the command."""

    def make(connection: Connection) -> dict[str, Any]:
        found = deliveries.find_delivery(connection, command.delivery_id)
        dossier = None
        if found is not None and found.dossier_id is not None:
            dossier = dossiers.dossier_by_id(connection, found.dossier_id)
        if found is None or not looks_after(context.caller, dossier.agency_id if dossier else None):
            raise DomainError("not_found", "Không có tin này, hoặc hồ sơ không thuộc cơ quan của bạn.")
        locked = dossiers.lock_dossier(connection, dossier.id) if dossier else None
        delivery = deliveries.find_delivery(connection, command.delivery_id, lock=True)
        assert delivery is not None  # noqa: S101 - deliveries are never removed
        recorded = command.settle(connection, context, delivery)
        if locked is not None:
            work = work_on(connection, locked, tasks.tasks_of(connection, locked.id), context)
            work.record(recorded.kind, None, dict(recorded.details))
            work.finish()
        return answer(connection, delivery.id)

    with refusals(), transaction() as connection:
        return once(connection, context.caller.account_id, context.key, context.now, lambda: make(connection))


def retry_many(ids: Sequence[int], context: Context, answer: Answer) -> list[dict[str, Any]]:
    """Send each again, in a transaction of its own and under a key of its own; what is refused stops no other."""
    results: list[dict[str, Any]] = []
    for delivery_id in dict.fromkeys(ids):
        own = context.key and RequestKey(f"{context.key.key}#{delivery_id}", context.key.request)
        try:
            settle(RetryDelivery(delivery_id), replace(context, key=own), answer)
            results.append({"id": delivery_id, "status": 200})
        except DomainError as refusal:
            problem = {"code": refusal.code, "detail": refusal.detail}
            results.append({"id": delivery_id, "status": refusal.kind.status, "problem": problem})
    return results


def event_title(template: str) -> str:
    """What a message is about, for people."""
    return EVENTS.get(template) or OFFICIAL_TITLES.get(template, template)


OFFICIAL_TITLES: Final[Mapping[str, str]] = {
    "deadline_due_soon": "Báo hồ sơ sắp đến hạn",
    "deadline_passed": "Báo hồ sơ hết hạn xử lý",
    "appointment_passed": "Báo quá giờ hẹn trả",
    "pressed": "Đôn đốc",
    "dossier_amended": "Người nộp sửa đổi hồ sơ",
    "payment_overdue": "Quá ngày nộp tiền",
    "opinion_asked": "Lấy ý kiến",
    "opinion_answered": "Đã có ý kiến",
    "opinion_overdue": "Quá hạn trả lời ý kiến",
    "calendar_changed": "Lịch làm việc thay đổi",
    "outage_announced_to_heads": "Sự cố hệ thống (báo lãnh đạo)",
    "outage_ended_to_heads": "Hết sự cố hệ thống (báo lãnh đạo)",
    "digest": "Bản tổng hợp việc cần làm",
    "notice_trial": "Thư thử",
    "sealed": "Niêm phong nhật ký",
    "account_reported": "Tài khoản bị báo lộ (báo chủ tài khoản)",
    "account_report_told": "Tài khoản bị báo lộ (báo quản trị viên)",
    "sign_in_locked_out": "Đăng nhập bị tạm khóa",
    "step_due_soon": "Bước sắp đến hạn",
    "step_overdue": "Bước quá hạn",
    "step_returned": "Hồ sơ bị trả lại",
    "step_assigned": "Được giao, bàn giao việc",
    "joined": "Mời phối hợp",
    "mentioned": "Được nhắc đến trong trao đổi",
    "incident_opened": "Sự cố quy trình",
    "new_steps": "Việc mới đến",
}


def _checked(channel: str, address: str) -> str:
    try:
        return checked(channel, address)
    except RefusedError as problem:
        raise invalid({"address": [str(problem)]}) from problem


def _said(field: str, text: str) -> str:
    said = text.strip()
    if not said:
        raise invalid({field: ["Phải ghi kết quả cuộc gọi." if field == "result" else "Phải ghi lý do."]})
    return said
