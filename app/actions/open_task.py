"""Opening a task to read it: what it holds and what may be done with it.

The first look of a person it waits for is written down, because what was forwarded may be recalled only until then.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.access.caller import Caller
from app.access.looks import looked_at
from app.actions import pausing
from app.actions.accept import owes
from app.actions.checks import done_at_once, paper_receipt, why_not
from app.actions.delegating import covered
from app.actions.destinations import Destination, destinations
from app.actions.effects import EFFECTS
from app.actions.handing import DESK, Needs, needs_of
from app.actions.return_to_step import may_miss_paper
from app.actions.runner import whole_second
from app.actions.running import MAIN, Running
from app.actions.slip_kinds import of_act
from app.actions.step_forms import form_for
from app.actions.work import Work
from app.engine.ahead import Ahead, steps_ahead
from app.engine.instance import EarlierStep
from app.engine.steps import Step
from app.errors import DomainError
from app.rules import permissions
from app.rules.decisions_promise import proposed
from app.rules.refusal import Refusal
from app.store import dossiers, handlers, joint_handlers, tasks
from app.store.accounts import HeldDelegation
from app.store.handlers import Candidate, Colleague
from app.store.history import HistoryRow
from app.store.joint_handlers import JointRow
from app.store.tasks import TaskRow
from app.store.transaction import reading, transaction

TITLES = {
    "accept": "Tiếp nhận",
    "ask-correction": "Yêu cầu sửa, bổ sung trước khi tiếp nhận",
    "refuse-intake": "Từ chối tiếp nhận",
    "receive-correction": "Ghi nhận hồ sơ nộp lại",
    "complete": "Giải quyết ngay",
    "forward": "Chuyển bước tiếp theo",
    "confirm-result": "Xác nhận có kết quả",
    "deliver-result": "Trả kết quả",
    "return": "Trả lại bước trước",
    "claim": "Nhận xử lý",
    "release": "Trả về nhóm",
    "handoff": "Bàn giao",
    "reassign": "Điều chuyển",
    "join": "Mời phối hợp",
    "contribute": "Gửi ý kiến phối hợp",
    "paper-received": "Đã nhận bản giấy",
    "recall": "Thu hồi",
    "press": "Đôn đốc",
    "request-supplement": "Yêu cầu bổ sung",
    "request-extension": "Đề nghị gia hạn",
    "apologise": "Xin lỗi, hẹn lại",
    "request-payment": "Yêu cầu nộp tiền",
    "ask-opinion": "Lấy ý kiến",
    "arrange-visit": "Xác minh thực tế",
    "reject": "Trả không giải quyết",
    "withdraw": "Rút hồ sơ",
    "stop": "Dừng giải quyết",
}
_NOBODY = Refusal("wrong_state", "Phòng, bộ phận này không có người khác để bàn giao.", "QT-17.4")
_NOBODY_ELSE = Refusal("wrong_state", "Cơ quan không còn người khác để giao hoặc mời.", "QT-17.4")
NEEDS: Mapping[str, tuple[str, ...]] = {
    "return": ("comment",),
    "handoff": ("account", "comment"),
    "reassign": ("account", "comment"),
    "join": ("account", "comment"),
    "contribute": ("comment",),
    "press": ("comment",),
    "ask-correction": ("comment",),
    "refuse-intake": ("comment", "attachment"),
    "request-supplement": ("comment",),
    "reject": ("comment",),
    "withdraw": ("comment", "attachment"),
    "stop": ("comment",),
    "request-extension": ("comment", "appointment"),
    "apologise": ("comment", "appointment", "attachment"),
    "request-payment": ("comment", "limit_at"),
    "ask-opinion": ("comment", "agencies", "limit_at", "attachment"),
    "arrange-visit": ("comment", "visit_at", "place", "participants"),
}
"""What an action cannot be done without, whatever the step; forwarding may need more."""


@dataclass(frozen=True, slots=True)
class Offer:
    """An action as a person sees it: may she, why not (`rule`: by which article), what she must give, what she may choose.

    `ahead`: where forwarding leads; `accounts`: to whom a handoff, or the one step ahead, may be given by name.
    """

    name: str
    title: str
    allowed: bool
    why: str | None
    needs: tuple[str, ...]
    decisions: tuple[tuple[str, str], ...]
    to_steps: tuple[tuple[str, str], ...] = ()
    accounts: tuple[tuple[str, str], ...] = ()
    rule: str | None = None
    ahead: Ahead | None = None
    destinations: tuple[Destination, ...] = ()
    """To whom the steps ahead go."""
    proposal: datetime | None = None
    """The new date that the form proposes, where the action sets one (QT-19.1b)."""
    slip: str | None = None
    """The kind of slip that can be filled in and issued together with it (QT-15.4)."""


@dataclass(frozen=True, slots=True)
class OpenedTask:
    task: TaskRow
    work: Work
    step: Step
    form: Any
    """The step's form-js schema, or None."""
    data: Mapping[str, Any]
    """The dossier's form data."""
    offers: tuple[Offer, ...]
    joint: tuple[JointRow, ...] = ()
    """Who was asked to contribute, and what they said."""
    paper: HistoryRow | None = None
    """Who confirmed that the papers have come, and when."""
    handing: Needs | None = None
    """What has to be said when the result is handed over as registered; None where it is not time."""
    fees: bool = False
    """Whether completing it at once may have to speak of fees."""
    may_miss_paper: bool = False
    """Whether it may be returned because the papers have not come."""
    candidates: tuple[Candidate, ...] = ()
    """Who may act on it now, while it is open."""
    under: HeldDelegation | None = None
    """The delegation under which the caller may act on it, where it is not hers anyway."""
    parts: Collection[int] = ()
    """Ids of the agencies that have a part in the dossier."""


def open_task(task_id: int, caller: Caller, now: datetime) -> OpenedTask:
    """The task with its step and the actions on it; 404 when it does not exist or its dossier is not the caller's to see."""
    opened = look_at_task(task_id, caller, now)
    task = opened.task
    looked_at(caller, task.dossier_id, opened.parts)
    if (
        task.state == "open"
        and task.opened_at is None
        and (
            caller.holds(task.position_id)
            or task.assignee_id == caller.account_id
            or caller.stands_in_for(task.assignee_id)
            or opened.under is not None
        )
    ):
        with transaction() as connection:
            tasks.mark_opened(connection, task.id, whole_second(now))
    return opened


def look_at_task(task_id: int, caller: Caller, now: datetime) -> OpenedTask:
    """As `open_task`, without counting as a look: for a list that says what could be done with each of its tasks."""
    with reading() as connection:
        return _read(connection, task_id, caller, now)


def _read(connection: Connection, task_id: int, caller: Caller, now: datetime) -> OpenedTask:
    task = tasks.task_by_id(connection, task_id)
    if task is None:
        raise DomainError("not_found", "Không có bước này.")
    parts = tasks.agencies_with_part(connection, task.dossier_id)
    if not permissions.sees_dossier(caller.permissions, caller.agency_ids, parts):
        raise DomainError("not_found", "Không có bước này.")
    dossier = dossiers.dossier_by_id(connection, task.dossier_id)
    work = Work(connection, dossier, [task], whole_second(now), caller)
    running = work.diagrams.get(task.instance_id)
    step = running.definition.steps[task.step]
    earlier = (
        running.engine.earlier_steps(task.engine_task) if task.state == "open" and task.instance_kind == MAIN else []
    )
    names = [name for name in TITLES if name != "complete" or done_at_once(work, task)]
    offers = tuple(_offer(name, work, task, caller, running, earlier) for name in names)
    form = form_for(work, running, step) if step.form else None
    return OpenedTask(
        task,
        work,
        step,
        form,
        dict(work.data),
        offers,
        joint=tuple(joint_handlers.joint_of(connection, task.id)),
        paper=paper_receipt(work, task) if task.instance_kind == MAIN else None,
        handing=_handing(work) if _allowed(offers, "deliver-result") else None,
        fees=_allowed(offers, "complete") and _handing(work).fees,
        may_miss_paper=_allowed(offers, "return") and may_miss_paper(work, task),
        candidates=tuple(_candidates(connection, task, work)) if task.state == "open" else (),
        under=covered(work, task, caller).under if task.state == "open" else None,
        parts=parts,
    )


def _candidates(connection: Connection, task: TaskRow, work: Work) -> list[Candidate]:
    return handlers.candidates(connection, [task], work.today, permissions.WORKERS)[task.id]


def _allowed(offers: tuple[Offer, ...], name: str) -> bool:
    return any(offer.name == name and offer.allowed for offer in offers)


def _handing(work: Work) -> Needs:
    contents = dossiers.contents(work.connection, work.dossier.id)
    return needs_of(work, contents, str(contents.deliver.get("mode", DESK)))


def _offer(name: str, work: Work, task: TaskRow, caller: Caller, running: Running, earlier: list[EarlierStep]) -> Offer:
    step = running.definition.steps[task.step]
    refusal = why_not(name, work, task, caller, earlier_steps=bool(earlier))
    ahead = steps_ahead(running.definition, step.id) if name == "forward" and refusal is None else None
    decisions: tuple[tuple[str, str], ...] = ()
    needs: tuple[str, ...] = NEEDS.get(name, ())
    colleagues: tuple[tuple[str, str], ...] = ()
    if name == "forward" and step.effect is not None:
        needs = _effect_needs(work, step)
    if name == "forward" and step.decisions:
        needs = ("decision", *needs)
        decisions = tuple((choice.value, choice.title) for choice in step.decisions)
    if name == "forward" and pausing.needs_paper(work, step, ahead):
        needs = (*needs, "attachment")
    if name == "accept" and refusal is None and owes(work):
        needs = (*needs, "fees_paid")
    if name == "handoff" and refusal is None:
        colleagues = _colleagues(work, task)
        refusal = None if colleagues else _NOBODY
    if name in ("reassign", "join") and refusal is None:
        colleagues = _staff(work, task, {caller.username, *_joint(work, task)} if name == "join" else set())
        refusal = None if colleagues else _NOBODY_ELSE
    places: tuple[Destination, ...] = ()
    if ahead is not None:
        places = destinations(work, running, ahead)
        colleagues = _next_handlers(work, ahead, places)
    return Offer(
        name=name,
        title=TITLES[name],
        allowed=refusal is None,
        why=refusal.text if refusal else None,
        needs=needs,
        decisions=decisions,
        to_steps=tuple((found.ref, found.title) for found in earlier) if name == "return" else (),
        accounts=colleagues,
        rule=refusal.rule if refusal else None,
        ahead=ahead,
        destinations=places,
        proposal=_proposal(work, needs) if refusal is None else None,
        slip=of_act(name, step) if refusal is None else None,
    )


def _proposal(work: Work, needs: tuple[str, ...]) -> datetime | None:
    """A working day after what is promised now: a start for whoever enters the new date."""
    if "appointment" not in needs or work.clock.started_at is None:
        return None
    return proposed(work.clock, work.now, work.rules.calendar.seconds_per_day, work.rules)


def _effect_needs(work: Work, step: Step) -> tuple[str, ...]:
    """What a step of a side process cannot be done without."""
    effect = EFFECTS[str(step.effect)]
    filed = effect.slip is not None and work.rules.profile.slip_files == "required"
    return (("attachment",) if filed else ()) + (("appointment",) if effect.appointment else ())


def _colleagues(work: Work, task: TaskRow) -> tuple[tuple[str, str], ...]:
    """Who else of the unit may take the task over, username and name (QT-17.4)."""
    found = handlers.colleagues(work.connection, task.unit_id, work.today, permissions.WORKERS)
    return _choices(one for one in found if one.username != task.assignee)


def _staff(work: Work, task: TaskRow, but: Collection[str]) -> tuple[tuple[str, str], ...]:
    """Everybody of the agency that has the task but who has it, and but those."""
    found = handlers.staff(work.connection, task.agency_id, work.today, permissions.WORKERS)
    return _choices(one for one in found if one.username not in {task.assignee, *but})


def _choices(found: Iterable[Colleague]) -> tuple[tuple[str, str], ...]:
    """User names and names; of who is away, the name says who gets it instead."""
    return tuple(
        (one.username, one.name if one.stands_in is None else f"{one.name} (vắng mặt, {one.stands_in} làm thay)")
        for one in found
    )


def _joint(work: Work, task: TaskRow) -> list[str]:
    """Who has been asked to contribute and has not yet."""
    rows = joint_handlers.joint_of(work.connection, task.id)
    return [row.username for row in rows if row.contributed_at is None]


def _next_handlers(work: Work, ahead: Ahead, places: tuple[Destination, ...]) -> tuple[tuple[str, str], ...]:
    """Who may be given the next step by name (QT-22.2b): its position's holders, where the drawing leaves no other way."""
    if len(places) != 1 or ahead.ends or ahead.waits or places[0].agency is None:
        return ()
    position, agency = places[0].position, places[0].agency
    return _choices(handlers.holding(work.connection, position, agency, work.today, permissions.WORKERS))
