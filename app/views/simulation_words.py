"""What a simulation says in words: lengths, shares, and what one run has that another has not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.simulation.plan import LoadPlan, Place
from app.store.simulations import CANCELLED, DONE, FAILED, RUNNING, WAITING, SimulationRow

STATES = {
    WAITING: "Chờ chạy",
    RUNNING: "Đang chạy",
    DONE: "Xong",
    CANCELLED: "Đã dừng",
    FAILED: "Không chạy được",
}
KINDS = {
    "triangular": "Tam giác: ít nhất, thường gặp, nhiều nhất",
    "lognormal": "Lệch phải: một nửa dưới mức thường gặp, 1/20 trên mức nhiều nhất",
    "exponential": "Ngẫu nhiên hoàn toàn (mũ), trung bình bằng mức thường gặp",
    "fixed": "Cố định ở mức thường gặp",
}
PRIORITIES = {"due": "Việc gần hạn nhất trước", "first": "Đến trước làm trước"}
_HOUR = 3600
_SAME = 0.005


def percent(share: float) -> str:
    """0.314 → "31%"; a small share keeps one place."""
    value = share * 100
    text = f"{value:.0f}" if value >= 10 or abs(value - round(value)) < 0.05 else f"{value:.1f}"
    return text.replace(".", ",") + "%"


def number(value: float) -> str:
    """At most one place behind the comma."""
    return f"{value:.1f}".rstrip("0").rstrip(".").replace(".", ",") if value else "0"


def length(seconds: float, day: int) -> str:
    """Working time: days of `day` seconds from two days on, else hours, else minutes."""
    if seconds >= 2 * day:
        return f"{number(seconds / day)} ngày"
    if seconds >= _HOUR:
        return f"{number(seconds / _HOUR)} giờ"
    return f"{round(seconds / 60)} phút"


def changes(before: SimulationRow, after: SimulationRow, names: Mapping[Place, str]) -> list[str]:
    """What the later plan has otherwise, each as the beginning of a sentence."""
    old, new = LoadPlan.from_dict(before.plan), LoadPlan.from_dict(after.plan)
    found = _people(old, new, names) + _arrivals(old, new)
    if before.version != after.version or before.draft_id != after.draft_id or before.revision != after.revision:
        found.append(f"đổi sơ đồ ({what(before)} → {what(after)})")
    for field, title in (
        ("absence", "tỷ lệ vắng mặt"),
        ("agree", "tỷ lệ đồng ý"),
        ("sent_back", "tỷ lệ trả lại bước trước"),
        ("supplements", "tỷ lệ yêu cầu bổ sung"),
    ):
        if getattr(old, field) != getattr(new, field):
            found.append(f"{title} {percent(getattr(old, field))} → {percent(getattr(new, field))}")
    if old.priority != new.priority:
        found.append(f"hộp việc: {PRIORITIES[new.priority].lower()}")
    if (old.spread, old.spreads, old.minutes) != (new.spread, new.spreads, new.minutes):
        found.append("đổi thời gian làm của các bước")
    if (old.routes, old.returns) != (new.routes, new.returns):
        found.append("đổi tỷ lệ rẽ nhánh")
    if (old.from_on, old.weeks, old.warm_up) != (new.from_on, new.weeks, new.warm_up):
        found.append("đổi kỳ mô phỏng")
    if old.seed != new.seed:
        found.append(f"hạt giống {old.seed} → {new.seed}")
    return found


def _people(old: LoadPlan, new: LoadPlan, names: Mapping[Place, str]) -> list[str]:
    places = {place for plan in (old, new) for worker in plan.people for place in worker.places}
    found = []
    for place in sorted(places | set(old.unlimited) | set(new.unlimited)):
        title = names.get(place, place[1])
        if (place in old.unlimited) != (place in new.unlimited):
            found.append(f"{title} {'không phải chờ người' if place in new.unlimited else 'phải chờ người'}")
            continue
        more = new.number_at(place) - old.number_at(place)
        if more:
            found.append(f"{'thêm' if more > 0 else 'bớt'} {abs(more)} người ở {title}")
    return found


def _arrivals(old: LoadPlan, new: LoadPlan) -> list[str]:
    before, after = (sum(one.per_week for one in plan.streams) for plan in (old, new))
    if abs(after - before) <= _SAME * max(before, 1):
        return []
    change = f" ({'+' if after > before else '−'}{percent(abs(after - before) / before)})" if before else ""
    return [f"hồ sơ đến {number(before)} → {number(after)} mỗi tuần{change}"]


def what(row: SimulationRow) -> str:
    """Which diagram a run has."""
    return f"phiên bản {row.version}" if row.version is not None else f"lần lưu {row.revision}"


def came_of(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """What that led to: the share of late ones, and in how long half of all were done."""
    day = after["day"]
    late = _moved("tỷ lệ trễ", before["late"]["share"], after["late"]["share"], percent)
    half = _moved(
        "thời gian để xong một nửa số hồ sơ",
        before["taken"]["p50"],
        after["taken"]["p50"],
        lambda one: length(one, day),
    )
    return f"{late}; {half}"


def _moved(title: str, old: float, new: float, said: Any) -> str:
    before, after = said(old), said(new)
    if before == after:
        return f"{title} vẫn là {after}"
    return f"{title} {'giảm' if new < old else 'tăng'} từ {before} {'còn' if new < old else 'lên'} {after}"


def difference(before: SimulationRow, after: SimulationRow, names: Mapping[Place, str]) -> str:
    """One sentence: what was changed and what that led to."""
    told = changes(before, after, names)
    if before.result is None or after.result is None:
        return f"Khác nhau: {'; '.join(told) or 'không có gì'}."
    beginning = "; ".join(told) if told else "cùng một cấu hình"
    text = f"{beginning} thì {came_of(before.result, after.result)}."
    return text[0].upper() + text[1:]
