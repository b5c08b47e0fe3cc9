"""Who has how much: open work, what came and went lately, how long steps take, who is away and who has room (ST-26.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from statistics import mean
from typing import Any, Literal

from sqlalchemy import Connection

from app.access.caller import Caller
from app.errors import invalid
from app.lawbook import profile_named
from app.store import monitor, workload
from app.store.monitor import COUNTS, UnitRow
from app.store.transaction import reading
from app.store.workload import Away, Flow, StepTime
from app.views.monitor import place_view, today_of
from app.views.reach import Looked, looked_at, scope_of
from app.views.report_tables import Column, Table, print_tables, workbook
from app.views.sheet_files import Cell
from app.views.watched_file import head_of
from app.wording import LOCAL, alphabetical

SORTS = ("step_late", "open", "due_today", "came_30", "done_30", "name")
WEEK, MONTH = timedelta(days=7), timedelta(days=30)
_FEW = 0.5
"""Who has less than this part of what the people of the unit have on average has room for more."""
_FLOWS = ("came_7", "came_30", "done_7", "done_30", "late_30")
Form = Literal["xlsx", "pdf"]


def workload_of(
    caller: Caller, now: datetime, profile: str, agency: str | None, unit: str | None, sort: str = "step_late"
) -> dict[str, Any]:
    """`{people, nobody, steps}` of a unit or an agency; see `WorkloadSchema`. `sort`: of SORTS, the most first.

    Errors: DomainError forbidden; invalid for a whole province.
    """
    with reading() as connection:
        looked = looked_at(connection, caller, agency, unit)
        if looked.level == "province":
            raise invalid({"agency": ["Hãy chọn cơ quan: khối lượng xem theo từng cơ quan."]})
        units = _units(connection, looked)
        scope, by_appointment = scope_of(connection, looked), profile_named(profile).on_time_against == "appointment"
        groups, tasks = monitor.groups(connection, looked.inbox, scope, now, today_of(now), by_appointment)
        counts = {group.id: group.counts for group in groups if group.kind == "officer"}
        held = workload.colleagues(connection, list(units), caller.day)
        flows = {one.account: one for one in workload.flows(connection, list(units), now - WEEK, now - MONTH)}
        ids = sorted({one.account for one in held} | {one for one in counts if one is not None} | set(flows))
        agencies = sorted({one.agency_id for one in units.values()})
        came = workload.came_open(connection, agencies, ids, now - WEEK, now - MONTH)
        away = workload.absent(connection, ids, caller.day)
        people = monitor.people_by_id(connection, ids)
        times = workload.step_times(connection, list(units), now - MONTH)
    places: dict[int, list[UnitRow]] = {}
    for one in held:
        places.setdefault(one.account, []).append(units[one.unit])
    rows = [
        _person(people[one], places.get(one, []), counts.get(one), flows.get(one), came.get(one, (0, 0)), away.get(one))
        for one in ids
    ]
    _mark_room(rows)
    rows.sort(key=lambda row: (0 if sort == "name" else -row[sort], alphabetical(row["name"])))
    answer: dict[str, Any] = place_view(looked) | {
        "people": rows,
        "nobody": dict(counts.get(None, dict.fromkeys(COUNTS, 0))),
        "steps": _steps(times, people),
        "counted": tasks,
    }
    return answer | ({"counted_is": "at_least"} if tasks >= monitor.MOST_MONITORED else {})


def _units(connection: Connection, looked: Looked) -> dict[int, UnitRow]:
    if looked.level == "unit":
        return monitor.units_by_id(connection, looked.units)
    return {one.id: one for one in monitor.units_in(connection, looked.agencies or ())}


def _person(
    called: tuple[str, str],
    units: Sequence[UnitRow],
    counts: Mapping[str, int] | None,
    flow: Flow | None,
    came: tuple[int, int],
    away: Away | None,
) -> dict[str, Any]:
    done = {name: getattr(flow, name) if flow is not None else 0 for name in _FLOWS}
    return {
        "officer": called[0],
        "name": called[1],
        "units": [{"unit": one.code, "unit_name": one.name, "agency": one.agency} for one in units],
        **(dict(counts) if counts is not None else dict.fromkeys(COUNTS, 0)),
        **done,
        "came_7": done["came_7"] + came[0],
        "came_30": done["came_30"] + came[1],
        "away": None
        if away is None
        else {"to_day": away.to_day, "substitute": away.substitute, "substitute_name": away.substitute_name},
        "has_room": False,
    }


def _mark_room(rows: Iterable[dict[str, Any]]) -> None:
    """Who is there, has nothing late and far less than the others of a unit has room for what they have too much of."""
    by_unit: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        if row["away"] is None:
            for one in row["units"]:
                by_unit.setdefault((one["agency"], one["unit"]), []).append(row)
    for people in by_unit.values():
        average = mean(row["open"] for row in people)
        for row in people:
            row["has_room"] = row["has_room"] or (
                len(people) > 1 and average >= 1 and not row["step_late"] and row["open"] <= _FEW * average
            )


def _steps(times: Sequence[StepTime], people: Mapping[int, tuple[str, str]]) -> list[dict[str, Any]]:
    """Each step with its median, and each person's who did it; what was done most comes first."""
    whole = [one for one in times if one.account is None]
    return [
        {
            "step": one.step,
            "name": one.step_name,
            "steps": one.steps,
            "median_seconds": one.median_seconds,
            "people": sorted(
                (
                    {
                        "officer": people[account][0],
                        "name": people[account][1],
                        "steps": each.steps,
                        "median_seconds": each.median_seconds,
                    }
                    for each in times
                    if each.step == one.step and (account := each.account) is not None and account in people
                ),
                key=lambda row: -int(row["median_seconds"]),
            ),
        }
        for one in sorted(whole, key=lambda one: (-one.steps, one.step))
    ]


_COLUMNS = (
    Column("Người", 28),
    Column("Đơn vị", 30),
    Column("Đang giữ", 10, number=True),
    Column("Hạn hôm nay", 10, number=True),
    Column("Quá hạn bước", 10, number=True),
    Column("Quá hạn xử lý", 10, number=True),
    Column("Đến, 7 ngày", 9, number=True),
    Column("Đến, 30 ngày", 9, number=True),
    Column("Xong, 7 ngày", 9, number=True),
    Column("Xong, 30 ngày", 9, number=True),
    Column("Xong quá hạn, 30 ngày", 10, number=True),
    Column("Ghi chú", 34),
)
_NUMBERS = ("open", "due_today", "step_late", "overdue", "came_7", "came_30", "done_7", "done_30", "late_30")
_STEP_COLUMNS = (
    Column("Bước", 40),
    Column("Người", 28),
    Column("Số bước", 10, number=True),
    Column("Trung vị (giờ làm việc)", 12, number=True),
)


def workload_file(
    caller: Caller, now: datetime, profile: str, place: tuple[str | None, str | None], form: Form
) -> tuple[str, bytes]:
    """Name and content. Errors: as `workload_of`."""
    found = workload_of(caller, now, profile, *place)
    people: list[list[Cell]] = [
        [
            row["name"],
            "; ".join(one["unit_name"] for one in row["units"]),
            *(row[name] for name in _NUMBERS),
            note_of(row),
        ]
        for row in found["people"]
    ]
    steps: list[list[Cell]] = []
    for step in found["steps"]:
        steps.append([step["name"], "Tất cả", step["steps"], round(step["median_seconds"] / 3600, 2)])
        steps += [
            [step["name"], one["name"], one["steps"], round(one["median_seconds"] / 3600, 2)] for one in step["people"]
        ]
    tables = [
        Table("Khối lượng theo người", _COLUMNS, people),
        Table("Thời gian mỗi bước, 30 ngày", _STEP_COLUMNS, steps),
    ]
    name = f"khoi-luong-{now.astimezone(LOCAL):%Y%m%d-%H%M}.{form}"
    if form == "xlsx":
        return name, workbook(tables)
    nobody = found["nobody"]["open"]
    head = head_of(caller, *place, now, profile, "Khối lượng công việc", [f"Chưa ai nhận: {nobody} hồ sơ"])
    return name, print_tables(head, tables)


def note_of(row: Mapping[str, Any]) -> str:
    """Whether somebody is away, and who stands in; or that she has room."""
    if row["away"] is not None:
        return f"Vắng mặt đến {row['away']['to_day']:%d/%m/%Y}, làm thay: {row['away']['substitute_name']}"
    return "Có thể nhận thêm" if row["has_room"] else ""
