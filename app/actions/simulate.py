"""Asking for a simulation, breaking it off, beginning it again, throwing it away; and what a worker does with it.

A run is a child process of a worker that reports how far it is. It changes nothing but its own row: broken off it leaves
nothing, and begun again it comes to the same.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from app.actions.load_ground import Subject, draft_ground, ground_data, version_ground
from app.actions.runner import Context, once
from app.errors import DomainError, invalid
from app.rules.permissions import DESIGNERS, lacking
from app.simulation.apart import answers
from app.simulation.plan import MOST_AGENCIES, MOST_DOSSIERS, MOST_PEOPLE, MOST_WEEKS, LoadPlan
from app.store import diagram_drafts, queue, simulations
from app.store.diagram_drafts import AUTO, KEPT
from app.store.simulations import CANCELLED, DONE, FAILED, GOING, RUNNING, WAITING, SimulationRow
from app.store.transaction import reading, transaction
from app.wording import LOCAL

RUN_SIMULATION = "run_simulation"
MOST_GOING = 10
"""Runs that may wait or run at once, of all designers."""
MOST_KEPT = 200
"""Runs that are kept of one draft or version."""
MOST_ATTEMPTS = 3


def ask_for_draft(
    context: Context,
    draft_id: int,
    revision: int | None,
    plan: LoadPlan,
    label: str,
    profile: str,
    copied_from: int | None = None,
) -> int:
    """Simulate a draft's newest state, or the one named; the run's id. Errors: DomainError forbidden, not_found, invalid,
    diagram_rejected, too_many_requests."""
    return _ask(
        context,
        lambda connection, today: draft_ground(connection, draft_id, revision, profile, today),
        plan,
        label,
        copied_from,
    )


def ask_for_version(
    context: Context,
    procedure: str,
    number: int,
    plan: LoadPlan,
    label: str,
    profile: str,
    copied_from: int | None = None,
) -> int:
    """Simulate a published version; as `ask_for_draft`."""
    return _ask(
        context,
        lambda connection, today: version_ground(connection, procedure, number, profile, today),
        plan,
        label,
        copied_from,
    )


def _ask(
    context: Context,
    ground_of: Callable[[Connection, date], tuple[Subject, Any]],
    plan: LoadPlan,
    label: str,
    copied_from: int | None,
) -> int:
    require_designer(context)
    check_plan(plan, context.now)

    def make() -> dict[str, Any]:
        subject, ground = ground_of(connection, context.now.astimezone(LOCAL).date())
        _check_room(connection)
        kept = simulations.count_kept(connection, subject.draft_id, subject.procedure.id, subject.version)
        if kept >= MOST_KEPT:
            raise DomainError("wrong_state", f"Đã giữ {MOST_KEPT} lần mô phỏng; hãy xóa bớt những lần không cần.")
        values = {
            "procedure_id": subject.procedure.id,
            "draft_id": subject.draft_id,
            "revision": subject.revision,
            "version": subject.version,
            "label": label,
            "copied_from": copied_from,
            "ground": ground_data(ground),
            "plan": plan.to_dict(),
            "made_by": context.caller.account_id,
            "made_at": context.now,
        }
        _keep_state(connection, subject)
        added = simulations.add_simulation(connection, values)
        _defer(connection, added)
        return {"id": added}

    with transaction() as connection:
        return int(once(connection, context.caller.account_id, context.key, context.now, make)["id"])


def _check_room(connection: Connection) -> None:
    if simulations.count_going(connection) >= MOST_GOING:
        raise DomainError("too_many_requests", f"Đang có {MOST_GOING} lần mô phỏng chờ chạy; hãy đợi hoặc dừng bớt.")


def _keep_state(connection: Connection, subject: Subject) -> None:
    """What a run is of stays, though the draft is drawn on: what-if goes on from it."""
    if subject.draft_id is None or subject.revision is None:
        return
    state = diagram_drafts.find_revision(connection, subject.draft_id, subject.revision)
    if state is not None and state.kind == AUTO:
        diagram_drafts.label_revision(connection, subject.draft_id, state.number, state.label, KEPT)


def _defer(connection: Connection, simulation_id: int) -> None:
    queue.defer(connection, RUN_SIMULATION, lock="simulations", simulation_id=simulation_id)


def cancel_simulation(context: Context, simulation_id: int) -> None:
    """Break a run off; the worker ends it within a second. Errors: DomainError forbidden, not_found, wrong_state."""
    require_designer(context)
    with transaction() as connection:
        _known(connection, simulation_id)
        if not simulations.move_on(
            connection, simulation_id, GOING, state=CANCELLED, finished_at=context.now, done=0, total=0
        ):
            raise DomainError("wrong_state", "Lần mô phỏng này đã kết thúc.")


def retry_simulation(context: Context, simulation_id: int) -> None:
    """Begin a run again that was broken off or failed. Errors: DomainError forbidden, not_found, wrong_state,
    too_many_requests."""
    require_designer(context)
    with transaction() as connection:
        _known(connection, simulation_id)
        _check_room(connection)
        if not simulations.move_on(
            connection,
            simulation_id,
            (CANCELLED, FAILED),
            state=WAITING,
            attempts=0,
            problem=None,
            finished_at=None,
            begun_at=None,
            done=0,
            total=0,
        ):
            raise DomainError("wrong_state", "Lần mô phỏng này đang chạy hoặc đã xong.")
        _defer(connection, simulation_id)


def delete_simulation(context: Context, simulation_id: int) -> None:
    """Throw a run away that has ended. Errors: DomainError forbidden, not_found, wrong_state."""
    require_designer(context)
    with transaction() as connection:
        if _known(connection, simulation_id).state in GOING:
            raise DomainError("wrong_state", "Lần mô phỏng này chưa kết thúc; hãy dừng trước khi xóa.")
        simulations.remove_simulation(connection, simulation_id)


def require_designer(context: Context) -> None:
    if not any(context.caller.may(name) for name in DESIGNERS):
        raise DomainError("forbidden", lacking(DESIGNERS))


def _known(connection: Connection, simulation_id: int) -> SimulationRow:
    found = simulations.find_simulation(connection, simulation_id)
    if found is None:
        raise DomainError("not_found", "Không có lần mô phỏng này.")
    return found


def check_plan(plan: LoadPlan, now: datetime) -> None:
    """Errors: DomainError invalid: what is out of bounds, by the names of the plan's fields."""
    wrong: dict[str, list[str]] = {}

    def need(fine: bool, name: str, text: str) -> None:
        if not fine:
            wrong.setdefault(name, []).append(text)

    today = now.astimezone(LOCAL).date()
    need(
        abs(plan.from_on - today) <= timedelta(days=730),
        "from_on",
        "Ngày bắt đầu phải trong khoảng hai năm quanh hôm nay.",
    )
    need(1 <= plan.weeks <= MOST_WEEKS, "weeks", f"Số tuần từ 1 đến {MOST_WEEKS}.")
    need(0 <= plan.warm_up < max(plan.weeks, 1), "warm_up", "Số tuần bỏ qua phải ít hơn số tuần mô phỏng.")
    need(bool(plan.streams), "streams", "Phải có ít nhất một cơ quan nhận hồ sơ.")
    need(len(plan.streams) <= MOST_AGENCIES, "streams", f"Tối đa {MOST_AGENCIES} cơ quan.")
    need(all(one.per_week >= 0 for one in plan.streams), "streams", "Số hồ sơ không được âm.")
    need(
        0 < plan.expected <= MOST_DOSSIERS,
        "streams",
        f"Tổng số hồ sơ dự kiến phải từ 1 đến {MOST_DOSSIERS}; đang là {plan.expected:.0f}.",
    )
    need(len(plan.people) <= MOST_PEOPLE, "people", f"Tối đa {MOST_PEOPLE} người.")
    need(sum(plan.weekdays) > 0 and min(plan.weekdays) >= 0, "weekdays", "Phải có ít nhất một ngày có hồ sơ đến.")
    need(sum(plan.hours) > 0 and min(plan.hours) >= 0, "hours", "Phải có ít nhất một giờ có hồ sơ đến.")
    need(0 <= plan.absence <= 0.9, "absence", "Tỷ lệ vắng mặt từ 0 đến 90%.")
    for name in ("agree", "sent_back", "supplements"):
        need(0 <= getattr(plan, name) <= 1, name, "Tỷ lệ từ 0 đến 100%.")
    need(0 <= plan.applicant_days <= 90, "applicant_days", "Số ngày từ 0 đến 90.")
    need(0 <= plan.minutes <= 10_000, "minutes", "Số phút từ 0 đến 10.000.")
    for name, spread in [("spread", plan.spread), *((f"spread.{step}", one) for step, one in plan.spreads.items())]:
        fine = 0 <= spread.typical <= 100_000 and (
            spread.kind != "triangular" or 0 <= spread.low <= spread.typical <= spread.high <= 100_000
        )
        need(fine, name, "Thời gian phải không âm, và ít nhất ≤ thường gặp ≤ nhiều nhất.")
    if wrong:
        raise invalid(wrong)


def run_simulation(simulation_id: int, clock: Callable[[], datetime]) -> None:
    """Carry a run out; nothing when it is not wanted any more. Safe to begin again."""
    with transaction() as connection:
        attempt = simulations.begin_attempt(connection, simulation_id, clock())
    if attempt is None:
        return
    if attempt > MOST_ATTEMPTS:
        problem = f"Bị ngắt giữa chừng {MOST_ATTEMPTS} lần; hãy thử lại khi máy chủ ổn định."
        _settle(simulation_id, clock(), state=FAILED, problem=problem)
        return
    with reading() as connection:
        found = simulations.find_simulation(connection, simulation_id)
        asked = {"ground": simulations.ground_of(connection, simulation_id), "plan": found.plan if found else None}
    for line in answers(asked, lambda: _is_wanted(simulation_id)):
        if "total" in line:
            _settle(simulation_id, clock(), done=line["done"], total=line["total"])
        elif "result" in line:
            result = line["result"] | {"seconds": line["seconds"]}
            arrived = result["dossiers"]["arrived"] + result["dossiers"]["before"]
            _settle(simulation_id, clock(), state=DONE, result=result, done=arrived, total=arrived, problem=None)
        else:
            _settle(simulation_id, clock(), state=FAILED, problem=line["problem"])


def _is_wanted(simulation_id: int) -> bool:
    with reading() as connection:
        return simulations.state_of(connection, simulation_id) == RUNNING


def _settle(simulation_id: int, now: datetime, **values: Any) -> None:
    if "state" in values:
        values["finished_at"] = now
    with transaction() as connection:
        simulations.move_on(connection, simulation_id, (RUNNING,), **values)
