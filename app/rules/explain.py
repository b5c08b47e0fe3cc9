"""The lines of `clock explain`: which rule moved what, from when to when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.rules import events
from app.rules.calendar import WorkCalendar


@dataclass(frozen=True, slots=True)
class Line:
    """One effect of one event. `at`: the counted instant (aware UTC); `before`, `after`: local ISO instants or words."""

    at: datetime
    event: str
    rule: str
    text: str
    before: str | None = None
    after: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON form; `at` is ISO UTC."""
        return {
            "at": self.at.isoformat(),
            "event": self.event,
            "rule": self.rule,
            "text": self.text,
            "before": self.before,
            "after": self.after,
        }


# Events that only move a dossier between holders: the rule that says whose time it is, and how people read it.
MOVES: Mapping[str, tuple[str, str]] = {
    events.REGISTERED: ("QT-18.1", "Hồ sơ được ghi vào hệ thống; thời gian giải quyết chưa tính"),
    events.CLAIMED: ("QT-28.5d", "Có người nhận bước này; thời hạn của bước không tính lại"),
    events.RELEASED: ("QT-28.5d", "Người nhận trả bước về vị trí chung; thời hạn của bước không tính lại"),
    events.HANDED_OFF: ("QT-17.4", "Bàn giao cho người khác trong đơn vị; thời hạn của bước không tính lại"),
    events.FORWARDED: ("QT-20.1", "Chuyển bước: từ đây thời gian tính cho bước nhận"),
    events.RETURNED: (
        "QT-20.1b",
        "Trả lại: thời gian tiếp tục tính cho bước trước, với phần thời hạn còn lại của bước đó",
    ),
    events.RECALLED: ("QT-20.1", "Thu hồi: thời gian tiếp tục tính cho bước đã chuyển"),
    events.TIMER_FIRED: (
        "QT-20.1",
        "Hết thời gian chờ vẽ trong quy trình: thời gian tính cho bước mà sơ đồ chuyển đến",
    ),
    events.TRANSFERRED: ("QT-20.2a", "Chuyển cơ quan: thời gian tính cho cơ quan nhận từ lúc chuyển"),
    events.DELIVERED_TO_AGENCY: ("QT-20.2b", "Cơ quan nhận đã nhận được hồ sơ"),
    events.AGENCY_RETURNED: ("QT-20.2d", "Cơ quan phối hợp trả lại: thời gian tiếp tục tính cho cơ quan trước"),
    events.SENT_BACK: ("QT-20.2c", "Cơ quan phối hợp gửi kết quả: thời gian tiếp tục tính cho cơ quan trước"),
    events.AGENCY_SUPPLEMENT_REQUESTED: (
        "QT-20.2d",
        "Cơ quan phối hợp yêu cầu bổ sung: thời gian tiếp tục tính cho cơ quan chủ trì đến khi phiếu chung được ghi nhận",
    ),
}


def shown(calendar: WorkCalendar, at: datetime | None) -> str | None:
    """An instant in the calendar's local time, ISO."""
    return None if at is None else calendar.local(at).isoformat()


def spoken(seconds: int) -> str:
    """A working duration in words: `16 giờ 30 phút`."""
    hours, rest = divmod(abs(seconds), 3600)
    minutes, rest = divmod(rest, 60)
    parts = [f"{count} {word}" for count, word in ((hours, "giờ"), (minutes, "phút"), (rest, "giây")) if count]
    return " ".join(parts) or "0 giờ"


def spoken_time(time: str) -> str:
    """A time of day in words: `15:00` is "15 giờ", `15:30` "15 giờ 30 phút"."""
    hour, minute = map(int, time.split(":"))
    return f"{hour} giờ" + (f" {minute} phút" if minute else "")


def places(holders: Iterable[Any]) -> str | None:
    """Who holds, as `agency/step` (and `:account`), for holdings and held steps."""
    names = [f"{held.agency}/{held.step}" + (f":{held.account}" if held.account else "") for held in holders]
    return ", ".join(names) or None
