"""The lines of `clock explain`: which rule moved what, from when to when."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.rules import events
from app.rules.calendar import WorkCalendar
from app.rules.events import Event
from app.rules.limits import CALENDAR_DAY, Limit
from app.rules.side import SIDE


@dataclass(frozen=True, slots=True)
class Line:
    """One effect of one event. `at`: the counted instant (aware UTC); `before`, `after`: local ISO instants or words; `mark`:
    LATE_ENTRY or CORRECTED where the event was entered afterwards or is not as it was first entered."""

    at: datetime
    event: str
    rule: str
    text: str
    before: str | None = None
    after: str | None = None
    mark: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON form; `at` is ISO UTC, `article` is the rule in words."""
        return {
            "at": self.at.isoformat(),
            "event": self.event,
            "rule": self.rule,
            "article": article_words(self.rule),
            "text": self.text,
            "before": self.before,
            "after": self.after,
            "mark": self.mark,
        }


LATE_ENTRY = "late_entry"
CORRECTED = "corrected"
MARKS: Mapping[str, str] = {LATE_ENTRY: "nhập bù", CORRECTED: "đã sửa"}
"""How people read a mark."""

_REGULATIONS = {"QT": "Quảng Trị", "HT": "Hà Tĩnh", "ST": "Sóc Trăng", "LA": "Long An", "TN": "Thái Nguyên"}
_REGULATIONS["ND61"] = "NĐ 61/2018/NĐ-CP"
_ARTICLE = re.compile(r"(?P<who>[A-Z]{2,}\d*)-(?P<article>\d+)(?:\.(?P<clause>\d+))?(?P<point>[a-z]\d?)?", re.ASCII)
# Ids whose letter is not the article's: two rules of one point, points after d, the title of a clause.
_POINTS = {"QT-20.2e": "đ", "QT-28.5d1": "đ", "ST-14.3e": "đ", "ST-14.3d2": "d", "QT-19.3t": ""}


def article_words(rule: str) -> str:
    """`QT-19.3a` as `Điều 19 khoản 3 điểm a (Quảng Trị)`; what is no such id stays as it is."""
    found = _ARTICLE.fullmatch(rule)
    if found is None or found["who"] not in _REGULATIONS:
        return rule
    letter = _POINTS.get(rule, found["point"])
    clause = f" khoản {found['clause']}" if found["clause"] else ""
    point = f" điểm {letter}" if letter else ""
    return f"Điều {found['article']}{clause}{point} ({_REGULATIONS[found['who']]})"


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
    events.MESSAGE_RECEIVED: (
        "QT-20.1",
        "Nhận được tin mà quy trình chờ: thời gian tính cho bước mà sơ đồ chuyển đến",
    ),
    events.REPAIRED: ("QT-20.1", "Quản trị xử lý sự cố quy trình: thời gian tính cho bước được chuyển đến"),
    events.TRANSFERRED: ("QT-20.2a", "Chuyển cơ quan: thời gian tính cho cơ quan nhận từ lúc chuyển"),
    events.DELIVERED_TO_AGENCY: ("QT-20.2b", "Cơ quan nhận đã nhận được hồ sơ"),
    events.AGENCY_RETURNED: ("QT-20.2d", "Cơ quan phối hợp trả lại: thời gian tiếp tục tính cho cơ quan trước"),
    events.SENT_BACK: ("QT-20.2c", "Cơ quan phối hợp gửi kết quả: thời gian tiếp tục tính cho cơ quan trước"),
    events.AGENCY_SUPPLEMENT_REQUESTED: (
        "QT-20.2d",
        "Cơ quan phối hợp yêu cầu bổ sung: thời gian tiếp tục tính cho cơ quan chủ trì đến khi phiếu chung được ghi nhận",
    ),
    events.IMPORTED: ("QT-20.1", "Nhập từ hệ thống cũ: từ đây thời gian tính cho bước mà hồ sơ đang đứng"),
    events.SIDE_STARTED: ("QT-17.4", "Các bước của quy trình tạm ngừng; thời gian tính cho người đang xét yêu cầu"),
    events.SIDE_ENDED: (
        "QT-17.4",
        "Yêu cầu đã xong: thời gian tiếp tục tính cho bước đang dở, với phần thời hạn còn lại",
    ),
}

# Events that decide something and may change hands with it; told only where they do.
CHANGES_HANDS: Mapping[str, tuple[str, str]] = {
    events.SUPPLEMENT_REQUESTED: ("QT-19.3a", "Trong lúc chờ bổ sung hồ sơ ở bước này, không tính thời gian"),
    events.SUPPLEMENT_RECEIVED: ("QT-20.1", "Hồ sơ đã bổ sung: thời gian tính cho bước tiếp tục giải quyết"),
    events.PAYMENT_REQUESTED: ("QT-19.3t", "Trong lúc chờ nghĩa vụ tài chính hồ sơ ở bước này"),
    events.PAYMENT_RECEIVED: ("QT-20.1", "Đã xong nghĩa vụ tài chính: thời gian tính cho bước tiếp tục giải quyết"),
    events.APOLOGISED: ("QT-20.1", "Đã ghi xin lỗi và hẹn lại: thời gian tiếp tục tính cho bước đang giải quyết"),
    events.EXTENDED: ("QT-20.1", "Đã ghi gia hạn: thời gian tiếp tục tính cho bước đang giải quyết"),
}
_SENT = ("QT-20.2b", "Đã gửi hồ sơ điện tử: thời gian còn tính cho cơ quan chuyển đến khi gửi thành công")


def move_line(event: Event, at: datetime, closed: Iterable[Any]) -> Line | None:
    """Who had the dossier and who has it now; None for an event that changes nobody's hands."""
    told = MOVES.get(event.kind)
    hands = bool(event.closes or event.opens)
    if told is None and hands:
        told = CHANGES_HANDS.get(event.kind)
    if event.kind == events.TRANSFERRED and not hands:
        told = _SENT
    if told is None:
        return None
    rule, text = told
    if event.kind in (events.SIDE_STARTED, events.SIDE_ENDED) and event.data.get("process") in SIDE:
        side = SIDE[event.data["process"]]
        rule, text = side.rule, f"{side.title}. {text}"
    return Line(at, event.kind, rule, text, places(closed), places(event.opens))


def late_line(event: Event, at: datetime, calendar: WorkCalendar) -> Line:
    """That an event was entered after an outage, with its true time (QT-28.5c)."""
    try:
        entered = f"{calendar.local(datetime.fromisoformat(event.data['entered_at'])):%H:%M ngày %d/%m/%Y}"
    except (TypeError, ValueError):
        entered = str(event.data["entered_at"])
    reason = str(event.data.get("late_reason") or "")
    text = f"Nhập bù lúc {entered}, tính theo thời điểm thật" + (f": {reason}" if reason else "")
    return Line(at, event.kind, "QT-28.5c", text, None, shown(calendar, event.at))


def shown(calendar: WorkCalendar, at: datetime | None) -> str | None:
    """An instant in the calendar's local time, ISO."""
    return None if at is None else calendar.local(at).isoformat()


def spoken(seconds: int) -> str:
    """A working duration in words: `16 giờ 30 phút`."""
    hours, rest = divmod(abs(seconds), 3600)
    minutes, rest = divmod(rest, 60)
    parts = [f"{count} {word}" for count, word in ((hours, "giờ"), (minutes, "phút"), (rest, "giây")) if count]
    return " ".join(parts) or "0 giờ"


def spoken_limit(limit: Limit) -> str:
    """A limit with its unit in words: `16 giờ làm việc`, `15 ngày theo lịch`."""
    if limit.unit == "working":
        return f"{spoken(limit.seconds)} làm việc"
    days, rest = divmod(limit.seconds, CALENDAR_DAY)
    parts = [f"{days} ngày"] if days else []
    return " ".join([*parts, spoken(rest)] if rest or not days else parts) + " theo lịch"


def spoken_time(time: str) -> str:
    """A time of day in words: `15:00` is "15 giờ", `15:30` "15 giờ 30 phút"."""
    hour, minute = map(int, time.split(":"))
    return f"{hour} giờ" + (f" {minute} phút" if minute else "")


def places(holders: Iterable[Any]) -> str | None:
    """Who holds, as `agency/step` (and `:account`), for holdings and held steps."""
    names = [f"{held.agency}/{held.step}" + (f":{held.account}" if held.account else "") for held in holders]
    return ", ".join(names) or None
