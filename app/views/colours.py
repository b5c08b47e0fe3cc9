"""The colour of a task and of a dossier, and what it says in words: warnings never stand in colour alone (QT-21)."""

from __future__ import annotations

from datetime import datetime

from app.rules.clock import ClockRules, ClockState, colour
from app.rules.colours import Colour
from app.store.tasks import TaskRow

COLOURS: tuple[Colour, ...] = ("on_time", "due_soon", "late", "step_late", "paused", "done")


def task_colour(task: TaskRow, state: ClockState, rules: ClockRules, now: datetime) -> Colour:
    """The task's own colour; a task of a side process, which the clock does not hold, is measured at its own due time."""
    if task.state != "open":
        return "done"
    found = colour(state, now, rules, task.engine_task)
    if found == "on_time" and task.due_at is not None and now >= task.due_at:
        return "step_late"
    return found


def colour_words(shown: Colour, task: TaskRow, state: ClockState, rules: ClockRules, now: datetime) -> str:
    """`Còn 3 giờ làm việc`, `Quá hạn bước 2 giờ làm việc` … for the task's colour."""
    if shown == "done":
        return "Đã xử lý xong" if task.state != "open" else "Đã có kết quả, chờ trả"
    if (told := _warning_words(shown, state, rules, now)) is not None:
        return told
    if task.due_at is None:
        return "Bước không tính thời hạn"
    held = state.holding(task.engine_task)
    by_calendar = held is not None and held.limit is not None and held.limit.unit == "calendar"
    first, last = (task.due_at, now) if shown == "step_late" else (now, task.due_at)
    if by_calendar:
        length = length_words(int((last - first).total_seconds()), 86_400, "")
    else:
        length = _between(rules, first, last)
    return f"Quá hạn bước {length}" if shown == "step_late" else f"Còn {length}"


def dossier_words(shown: Colour, closed: bool, state: ClockState, rules: ClockRules, now: datetime) -> str:
    """The same for a dossier: `Đến hẹn trả kết quả còn 3 ngày làm việc`, `Có bước đã quá hạn` …"""
    if shown == "done":
        return "Đã trả kết quả" if closed else "Đã có kết quả, chờ trả"
    if (told := _warning_words(shown, state, rules, now)) is not None:
        return told
    if shown == "step_late":
        return "Có bước đã quá hạn"
    if state.appointment_at is None:
        return "Chưa tính thời hạn"
    return f"Đến hẹn trả kết quả còn {_between(rules, now, state.appointment_at)}"


def _warning_words(shown: Colour, state: ClockState, rules: ClockRules, now: datetime) -> str | None:
    """What concerns the dossier as a whole; None for the other colours."""
    if shown == "paused":
        return "Tạm dừng, chờ bổ sung"
    if shown == "late":
        if state.appointment_at is None or now <= state.appointment_at:
            return "Cơ quan đang giữ đã quá hạn chuyển"
        return f"Quá hẹn trả kết quả {_between(rules, state.appointment_at, now)}"
    if shown == "due_soon" and state.appointment_at is not None:
        return f"Đến hẹn trả kết quả còn {_between(rules, now, state.appointment_at)}"
    return None


def _between(rules: ClockRules, first: datetime, last: datetime) -> str:
    seconds = rules.calendar.between(first, last)
    return length_words(seconds, rules.calendar.seconds_per_day, " làm việc")


def length_words(seconds: int, day: int, kind: str) -> str:
    """A length in its two largest units: `2 ngày 3 giờ làm việc`, `45 phút làm việc`; under a minute counts as one."""
    minutes = max(1, seconds // 60)
    days, minutes = divmod(minutes, day // 60)
    hours, minutes = divmod(minutes, 60)
    parts = [f"{number} {unit}" for number, unit in ((days, "ngày"), (hours, "giờ"), (minutes, "phút")) if number]
    return " ".join(parts[:2]) + kind
