"""The colour of a task and of a dossier, and what it says in words: warnings never stand in colour alone (QT-21)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from app.rules.clock import ClockRules, ClockState, colour
from app.rules.colours import Colour, Facts, facts
from app.rules.outcome import rule_of, standing_of
from app.store.tasks import LIVE, TaskRow

COLOURS: tuple[Colour, ...] = ("on_time", "due_soon", "late", "step_late", "paused", "done")


def task_colour(task: TaskRow, state: ClockState, rules: ClockRules, now: datetime) -> Colour:
    """The task's own colour; a task of a side process, which the clock does not hold, is measured at its own due time."""
    if task.state not in LIVE:
        return "done"
    found = colour(state, now, rules, task.engine_task)
    if found == "on_time" and task.due_at is not None and now >= task.due_at:
        return "step_late"
    return found


FACTS: Mapping[str, tuple[str, str]] = {
    # fact: the rule that speaks of it, how it is said
    "appointment_passed": ("QT-21a", "Quá hẹn trả kết quả"),
    "transfer_limit_passed": ("QT-21a", "Quá hạn chuyển cơ quan"),
    "due_soon": ("QT-21b", "Sắp đến hẹn trả kết quả"),
    "step_late": ("QT-21c", "Quá hạn bước"),
    "overdue": ("", ""),
    "paused": ("QT-19.3a", "Tạm dừng"),
}
"""The facts of `app.rules.colours.Facts`; how an overdue dossier is called, and by which rule, is the province's to say."""


def task_facts(task: TaskRow, state: ClockState, rules: ClockRules, now: datetime) -> Facts:
    """What is so of an open task; of one that has ended only what is so of its dossier."""
    found = facts(state, now, rules, task.engine_task)
    if task.state not in LIVE:
        return Facts(False, False, False, False, found.overdue, found.paused)
    beside = state.holding(task.engine_task) is None and state.result_at is None  # a step that the clock does not hold
    late = found.step_late or (beside and task.due_at is not None and now >= task.due_at)
    return replace(found, step_late=late)


def facts_view(shown: Colour, found: Facts, state: ClockState, rules: ClockRules, now: datetime) -> dict[str, Any]:
    """`{"facts": {name: bool}, "warnings": [{fact, rule, words, told}]}`: the facts, and those that are so in words.

    `told`: the colour and its words say it already. Overdue is what the profile calls so, as in the dossier's `overdue`.
    """
    standing = standing_of(state, now, rules.profile, rules.calendar.tz)
    so = asdict(found) | {"overdue": standing is not None and standing.overdue}
    told = _told_by(shown, found)
    warnings = []
    for name, (rule, words) in FACTS.items():
        if so[name]:
            if name == "overdue" and standing is not None:
                rule, words = rule_of(rules.profile), standing.label[:1].upper() + standing.label[1:]
            warnings.append({"fact": name, "rule": rule, "words": words, "told": name == told})
    return {"facts": so, "warnings": warnings}


def _told_by(shown: Colour, found: Facts) -> str | None:
    """The fact that a colour stands for."""
    if shown == "late":
        return "appointment_passed" if found.appointment_passed else "transfer_limit_passed"
    return shown if shown in ("due_soon", "step_late", "paused") else None


def colour_words(shown: Colour, task: TaskRow, state: ClockState, rules: ClockRules, now: datetime) -> str:
    """`Còn 3 giờ làm việc`, `Quá hạn bước 2 giờ làm việc` … for the task's colour."""
    if shown == "done":
        return "Đã xử lý xong" if task.state not in LIVE else "Đã có kết quả, chờ trả"
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
