"""Simulations as designers see them: the list of a draft or version, how far one is, its figures, several side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.actions.load_ground import (
    Subject,
    draft_ground,
    from_history,
    places_of,
    proposed_plan,
    spreads_from_history,
    steps_of,
    version_ground,
)
from app.engine.steps import Step
from app.errors import DomainError
from app.simulation.loading import Ground
from app.simulation.plan import LoadPlan, Place
from app.store import names, procedures, received, simulations
from app.store.simulations import GOING, SimulationRow
from app.store.transaction import reading
from app.views.drawn import drawn
from app.views.sheet_files import Cell, Sheet, csv_file, xlsx_book
from app.views.simulation_words import STATES, difference, length, number, percent, what
from app.wording import LOCAL

MOST_LISTED = 50
"""Without one of these a diagram is not drawn, and is laid out for the viewer."""
MOST_COMPARED = 3
MOST_OFFERED = 20
"""Agencies that a form asks about."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a form begins with: a plan, and everything that it names."""

    subject: Subject
    plan: LoadPlan
    steps: Mapping[str, Step]
    places: Sequence[Place]
    place_names: Mapping[Place, str]
    agencies: Sequence[tuple[str, str]]
    copied: SimulationRow | None
    history: int | None
    """Dossiers that came in the last weeks, where the arrivals are theirs."""


def runs_of(subject_draft: int | None, code: str | None, version: int | None) -> list[dict[str, Any]]:
    """The latest runs of a draft, or of a version. Errors: DomainError not_found."""
    with reading() as connection:
        if subject_draft is not None:
            found = simulations.simulations_of_draft(connection, subject_draft, MOST_LISTED)
        else:
            procedure = procedures.find_procedure(connection, code or "")
            if procedure is None:
                raise DomainError("not_found", "Không có thủ tục này.")
            found = simulations.simulations_of_version(connection, procedure.id, version or 0, MOST_LISTED)
    return [summary(row) for row in found]


def summary(row: SimulationRow) -> dict[str, Any]:
    """One line of a list; figures are None until it is done."""
    result = row.result
    return {
        "id": row.id,
        "label": row.label,
        "procedure": row.procedure,
        "draft": row.draft_id,
        "revision": row.revision,
        "version": row.version,
        "what": what(row),
        "copied_from": row.copied_from,
        "state": row.state,
        "state_title": STATES[row.state],
        "going": row.state in GOING,
        "done": row.done,
        "total": row.total,
        "percent": round(100 * row.done / row.total) if row.total else 0,
        "problem": row.problem,
        "made_by": row.made_by_name,
        "made_at": row.made_at,
        "finished_at": row.finished_at,
        "late_share": result["late"]["share"] if result else None,
        "late_words": percent(result["late"]["share"]) if result else None,
        "half_words": length(result["taken"]["p50"], result["day"]) if result else None,
    }


def run_of(run_id: int, draft: int | None = None, code: str | None = None, version: int | None = None) -> SimulationRow:
    """A run, of that draft or version where one is named. Errors: DomainError not_found."""
    with reading() as connection:
        found = simulations.find_simulation(connection, run_id)
    fits = found is not None and (
        found.draft_id == draft
        if draft is not None
        else code is None or (found.procedure, found.version) == (code, version)
    )
    if found is None or not fits:
        raise DomainError("not_found", "Không có lần mô phỏng này.")
    return found


def place_names(places: Iterable[Place]) -> dict[Place, str]:
    """ "Chuyên viên · Sở Nội vụ" by (agency, position)."""
    asked = list(places)
    with reading() as connection:
        return _place_names(connection, asked)


def _place_names(connection: Connection, asked: Sequence[Place]) -> dict[Place, str]:
    agencies = names.agency_names(connection, {agency for agency, _ in asked})
    positions = received.position_names(connection, [agency for agency, _ in asked], [code for _, code in asked])
    return {
        (agency, position): f"{positions.get((agency, position), position)} · {agencies.get(agency, agency)}"
        for agency, position in asked
    }


def proposal(
    draft: int | None,
    code: str | None,
    version: int | None,
    profile: str,
    now: datetime,
    *,
    revision: int | None = None,
    copied: int | None = None,
    real_times: bool = False,
) -> Proposal:
    """What a form for another run begins with: the run that is copied, else what is known. Errors: DomainError not_found,
    diagram_rejected."""
    earlier = run_of(copied) if copied is not None else None
    with reading() as connection:
        today = now.astimezone(LOCAL).date()
        if draft is not None:
            subject, ground = draft_ground(connection, draft, revision, profile, today)
        else:
            subject, ground = version_ground(connection, code or "", version or 0, profile, today)
        plan = (
            LoadPlan.from_dict(earlier.plan) if earlier is not None else proposed_plan(connection, subject, ground, now)
        )
        if real_times:
            plan = spreads_from_history(connection, subject, plan, now)
        agencies = _offered(connection, subject, plan)
        lately = from_history(connection, subject, plan, now) if earlier is None else None
        places = _places(ground, plan)
        return Proposal(
            subject,
            plan,
            steps_of(ground),
            places,
            _place_names(connection, places),
            agencies,
            earlier,
            None if lately is None else round(12 * sum(one.per_week for one in lately.streams)),
        )


def _places(ground: Ground, plan: LoadPlan) -> list[Place]:
    """Those of the diagram where somebody of the plan works or dossiers come in, and those that the plan has besides."""
    agencies = [one.agency for one in plan.streams]
    held = {place for worker in plan.people for place in worker.places} | set(plan.unlimited)
    drawn = [place for place, said in places_of(ground, agencies).items() if said or place in held]
    return [*drawn, *sorted(held - set(drawn))]


def _offered(connection: Connection, subject: Subject, plan: LoadPlan) -> list[tuple[str, str]]:
    codes = [one.agency for one in plan.streams]
    more = [code for code in procedures.handling_agencies(connection, subject.procedure.id) if code not in codes]
    asked = [*codes, *more][:MOST_OFFERED]
    titles = names.agency_names(connection, asked)
    return [(code, titles.get(code, code)) for code in asked]


def drawing_of(row: SimulationRow) -> dict[str, Any]:
    """What the viewer shows: {xml, heat, pills, legend, focus}."""
    with reading() as connection:
        ground = Ground.from_dict(simulations.ground_of(connection, row.id))
    result = row.result or {"steps": [], "places": [], "day": 28_800}
    busy = {(one["agency"], one["position"]): one["busy"] for one in result["places"]}
    steps = [one for one in result["steps"] if not one["passes"]]
    hottest = max(steps, key=lambda one: one["heat"], default=None)
    diagram = ground.played().diagram
    return {
        "xml": drawn(diagram),
        "heat": {one["step"]: one["heat"] for one in steps},
        "pills": {one["step"]: _pills(one, busy.get((one["agency"], one["position"])), result["day"]) for one in steps},
        "legend": [
            {"text": f"{title} so với chỗ chờ lâu nhất", "class": f"heat-{level}"}
            for level, title in ((1, "Chờ rất ít"), (2, "Chờ ít"), (3, "Chờ vừa"), (4, "Chờ nhiều"), (5, "Chờ nhất"))
        ],
        "focus": hottest["step"] if hottest is not None else None,
    }


def _pills(step: Mapping[str, Any], busy: float | None, day: int) -> list[str]:
    told = [f"Chờ {length(step['wait'], day)}"]
    if busy is not None:
        told.append(f"Bận {percent(busy)}")
    if step["late"]:
        told.append(f"Trễ bước {percent(step['late_share'])}")
    return told


def compared(run_ids: Sequence[int]) -> tuple[list[SimulationRow], list[str], dict[Place, str]]:
    """Runs that are done, with a sentence for each but the first, and the places' names. Errors: DomainError not_found,
    wrong_state, bad_request."""
    asked = list(dict.fromkeys(run_ids))
    if not 2 <= len(asked) <= MOST_COMPARED:
        raise DomainError("bad_request", f"Hãy chọn từ 2 đến {MOST_COMPARED} lần mô phỏng để so sánh.")
    rows = [run_of(one) for one in asked]
    if any(row.result is None for row in rows):
        raise DomainError("wrong_state", "Chỉ so sánh được những lần mô phỏng đã xong.")
    places = {(one["agency"], one["position"]) for row in rows for one in (row.result or {})["places"]}
    named = place_names(places | {place for row in rows for place in _planned(row)})
    return rows, [difference(rows[0], row, named) for row in rows[1:]], named


def _planned(row: SimulationRow) -> set[Place]:
    plan = LoadPlan.from_dict(row.plan)
    return {place for worker in plan.people for place in worker.places} | set(plan.unlimited)


def result_book(row: SimulationRow) -> bytes:
    """All figures as a workbook: sums, steps, positions, people, the histogram, queues over time."""
    return xlsx_book(_sheets(row))


def result_csv(row: SimulationRow) -> bytes:
    """The steps as CSV."""
    sheet = _sheets(row)[1]
    return csv_file(sheet.head, sheet.rows)


def _sheets(row: SimulationRow) -> list[Sheet]:
    found = row.result
    if found is None:
        raise DomainError("wrong_state", "Lần mô phỏng này chưa có kết quả.")
    day = found["day"]
    named = place_names({(one["agency"], one["position"]) for one in (*found["places"], *found["steps"])})
    return [
        Sheet("Tổng quát", ("Chỉ tiêu", "Giá trị"), list(_whole(row, found)), (44, 24)),
        Sheet("Bước", STEP_HEAD, [_step_row(one, named, day) for one in found["steps"]], (36, 36, *[14] * 8)),
        Sheet(
            "Vị trí",
            ("Vị trí", "Người", "Bận (%)", "Hàng chờ trung bình", "Hàng chờ dài nhất", "Chờ trung bình (giờ)"),
            [
                (
                    named[one["agency"], one["position"]],
                    one["people"],
                    round(one["busy"] * 100, 1),
                    one["queue"],
                    one["queue_most"],
                    _hours(one["wait"]),
                )
                for one in found["places"]
            ],
            (44, *[16] * 5),
        ),
        Sheet(
            "Người",
            ("Người", "Bận (%)", "Lượt việc"),
            [(one["name"], round(one["busy"] * 100, 1), one["done"]) for one in found["people"]],
            (44, 14, 14),
        ),
        Sheet(
            "Phân bố",
            ("Từ (ngày)", "Đến (ngày)", "Đúng hạn", "Trễ"),
            [
                (round(one["from"] / day, 2), round(one["to"] / day, 2), one["in_time"], one["late"])
                for one in found["histogram"]
            ],
        ),
        Sheet(
            "Hàng chờ",
            ("Vị trí", "Từ lúc", "Trung bình", "Dài nhất"),
            [
                (named[one["agency"], one["position"]], at, mean, most)
                for one in found["places"]
                for at, mean, most in one["series"]
            ],
            (44, 30, 14, 14),
        ),
    ]


STEP_HEAD = (
    "Bước",
    "Vị trí",
    "Lượt",
    "Chờ TB (giờ)",
    "Chờ P90 (giờ)",
    "Làm TB (giờ)",
    "Trễ bước",
    "Trễ bước (%)",
    "Trả lại",
)


def _step_row(one: Mapping[str, Any], named: Mapping[Place, str], day: int) -> tuple[Cell, ...]:
    return (
        one["name"],
        named.get((one["agency"], one["position"]), one["position"]),
        one["visits"],
        _hours(one["wait"]),
        _hours(one["wait_p90"]),
        _hours(one["work"]),
        one["late"],
        round(one["late_share"] * 100, 1),
        one["sent_back"],
    )


def _whole(row: SimulationRow, found: Mapping[str, Any]) -> Iterable[tuple[str, Cell]]:
    plan, day = LoadPlan.from_dict(row.plan), found["day"]
    yield "Tên", row.label
    yield "Thủ tục", f"{row.procedure_name} ({row.procedure}), {what(row)}"
    yield "Từ ngày", plan.from_on.strftime("%d/%m/%Y")
    yield "Số tuần", plan.weeks
    yield "Hạt giống", plan.seed
    for key, title in (
        ("arrived", "Hồ sơ đến"),
        ("finished", "Xong"),
        ("open", "Còn dở"),
        ("stopped", "Dừng vì sự cố"),
    ):
        yield title, found["dossiers"][key]
    yield "Trễ hạn", found["late"]["count"]
    yield "Trễ hạn (%)", round(found["late"]["share"] * 100, 1)
    for key, value in found["taken"].items():
        title = {"mean": "Trung bình", "most": "Lâu nhất"}.get(key, f"{key[1:]}% hồ sơ xong trong")
        yield f"{title} (ngày làm việc)", round(value / day, 2)


def _hours(seconds: float) -> float:
    return round(seconds / 3600, 2)


def expected_words(plan: LoadPlan) -> str:
    """About how many dossiers a plan has."""
    return number(round(plan.expected))
