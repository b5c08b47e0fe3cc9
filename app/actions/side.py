"""Asking for something to happen to a dossier, and going through its approval: the side processes (QT-17.4, QT-19).

`ask` starts the diagram beside the procedure's own; `advance` completes one of its steps and does to the dossier what that
step's `effect` says. A request whose diagram ends without its effect was not granted: the dossier goes on where it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.actions import watch
from app.actions.checks import waits_for_applicant, wrong_state
from app.actions.delegating import in_whose_name
from app.actions.effects import EFFECTS, ON
from app.actions.ending import end_beside
from app.actions.given import Given
from app.actions.holding import give_back, suspend
from app.actions.running import MAIN, Running
from app.actions.work import Work, own_hands
from app.engine.instance import OpenStep
from app.engine.steps import Step
from app.rules import events, roles
from app.rules.legality import RESOLVE
from app.rules.permissions import WORKERS
from app.rules.side import SIDE, SideRule
from app.store import handlers, organisation, procedures, requests, tasks
from app.store.handlers import Handler
from app.store.organisation import PositionRow
from app.store.tasks import TaskRow


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked: `details` are kept and shown; `variables` are what conditions of the diagram read."""

    process: str
    details: Mapping[str, Any] = field(default_factory=dict)
    variables: Mapping[str, Any] = field(default_factory=dict)
    limit_at: datetime | None = None
    given: Given | None = None
    """What the first step needs, where the asker is the one to do it: then asking and doing are one act."""
    as_desk: bool = False
    """Asked by the receiving desk for the dossier as a whole, whoever has its step."""


def ask(work: Work, task: TaskRow, request: Request) -> list[TaskRow]:
    """Start a side process from a task, in the caller's name. Errors: DomainError wrong_state, position_vacant."""
    rule = SIDE[request.process]
    _check_free(work, rule)
    asker = _asker(work, task, request.as_desk)
    kind = events.SIDE_STARTED if rule.holds else "side_asked"
    if rule.merged and asker.agency_id != work.dossier.agency_id:
        kind, asker = rule.merged, _for_lead(work, asker)
    staff = organisation.positions_of(work.connection, asker.agency)
    at_desk = asker.unit_kind == "desk"
    variables = {
        "by_desk": at_desk,
        "by_leader": asker.unit_kind == "leadership",
        "by_unit_head": asker.head and kind != rule.merged,
        "has_clerk": any(one.unit_kind == "clerk" for one in staff),
        "has_leader": any(one.unit_kind == "leadership" for one in staff),
        **request.variables,
    }
    version = procedures.version_by_id(work.connection, work.dossier.version_id)
    name = in_whose_name(work, task)
    running = work.diagrams.start(rule.process, rule.process, version.sha256, work.now, variables)
    data = {
        **request.details,
        "asker": {
            "task": task.id,
            "step": task.step,
            "position": asker.code,
            "unit_id": asker.unit_id,
            "agency": asker.agency,
            "account": name.username if name is not None and kind != rule.merged else None,
        },
        "held_by": work.dossier.held_by,
    }
    requests.write_request(work.connection, running.row.id, data, request.limit_at, task.id)
    takes = rule.holds and work.clock.started_at is not None
    if rule.holds:
        if work.dossier.held_by is None:
            suspend(work)
        work.dossier.held_by = rule.process
    details = {"process": rule.process, **request.details}
    opened = work.move(
        kind,
        running,
        None,
        details=details,
        clock_data={"process": rule.process},
        assignees=_own_steps(work, running, running.engine.open_steps()),
        note=request.details.get("reason"),
        takes=takes,
    )
    work.restate()
    return _at_once(work, running, opened, request.given)


def advance(work: Work, running: Running, task: TaskRow, given: Given) -> list[TaskRow]:
    """Complete a step of a side process with what its effect needs; answers the tasks that were opened.

    Errors: DomainError invalid, decision_required, slip_required, wrong_state (with the rule).
    """
    step = running.definition.steps[task.step]
    rule = SIDE[running.row.kind]
    effect = EFFECTS[step.effect] if step.effect else ON
    clock_data = effect.data(step.effect or "", work, running, given)
    running.engine.complete(task.engine_task, given.routing(step))
    if effect.ends:
        end_beside(work, running.row.id, procedure=True)
    opened = went_on(
        work,
        running,
        effect.kind,
        task,
        {"process": rule.process, **given.details()},
        clock_data=clock_data,
        releases=effect.releases,
        ends=effect.ends,
    )
    if effect.after is not None:
        effect.after(work, running)
    watch.follow(work)
    work.restate()
    return opened


def went_on(
    work: Work,
    running: Running,
    kind: str,
    task: TaskRow | None,
    details: Mapping[str, Any],
    *,
    clock_data: Mapping[str, Any] | None = None,
    releases: bool = False,
    ends: bool = False,
) -> list[TaskRow]:
    """Bring the dossier after a side process that the engine has taken on. One that held it gives it back when it `releases`
    it, or is over without having done anything; one that `ends` the dossier does not."""
    holding = work.dossier.held_by == running.row.kind
    over = work.clock.result_at is not None or ends
    gives_back = holding and not over and (releases or running.engine.finished)
    dropped = gives_back and not releases
    before = work.diagrams.request(running).data.get("held_by") if gives_back else None
    opened = work.move(
        events.SIDE_ENDED if dropped else kind,
        running,
        task,
        details=details,
        clock_data={**(clock_data or {}), **({"process": running.row.kind} if dropped else {})},
        assignees=_own_steps(work, running, running.engine.open_steps()),
        note=details.get("comment"),
        gives_back=(before or MAIN) if gives_back and work.clock.started_at is not None else None,
    )
    if gives_back:
        give_back(work, before)
    return opened


def _asker(work: Work, task: TaskRow, as_desk: bool) -> PositionRow:
    """From which position it is asked: the task's, or the caller's own at the desk."""
    if as_desk and work.caller is not None:
        for held in work.caller.positions:
            if held.unit_kind == "desk" and held.agency_id == work.dossier.agency_id:
                return organisation.position_by_id(work.connection, held.id)
    return organisation.position_by_id(work.connection, task.position_id)


def _for_lead(work: Work, asker: PositionRow) -> PositionRow:
    """A participant's request goes through the lead agency, whose own slip merges it (QT-19.2b, QT-19.3d, QT-20.2d): to the
    position there that had the dossier last, which its own approval starts from."""
    had = [
        task
        for task in tasks.every_task_of(work.connection, work.dossier.id)
        if task.instance_kind == MAIN and task.state == "done" and task.agency_id == work.dossier.agency_id
    ]
    own = [task for task in had if task.stage == RESOLVE] or had
    return organisation.position_by_id(work.connection, own[-1].position_id) if own else asker


def _check_free(work: Work, rule: SideRule) -> None:
    """One that holds the dossier at a time, and one of each kind unless several agencies may be asked.

    A dossier that only waits for its applicant may still be withdrawn or stopped.
    """
    held_by = work.dossier.held_by
    if rule.holds and held_by is not None and held_by in SIDE and not (rule.ends and waits_for_applicant(work)):
        raise wrong_state(f"Hồ sơ đang chờ thủ tục “{SIDE[held_by].title}”.", rule.rule)
    if not rule.many and rule.process in requests.open_kinds(work.connection, work.dossier.id):
        raise wrong_state(f"Thủ tục “{rule.title}” đang được thực hiện cho hồ sơ này.", rule.rule)


def _own_steps(work: Work, running: Running, opened: list[OpenStep]) -> dict[str, Handler]:
    """Steps that come back to who asked: to that very account while it may still have them."""
    asked = [found.step for found in opened if found.step.position == roles.ASKER]
    if not asked:
        return {}
    asker = work.diagrams.request(running).data["asker"]
    if not asker.get("account"):
        return {}
    found: Handler | None
    if work.caller is not None and work.caller.username == asker["account"]:
        found = own_hands(work.caller)
    else:
        found = handlers.account_named(work.connection, asker["account"], work.today, WORKERS)
    return {step.id: found for step in asked} if found is not None else {}


def _at_once(work: Work, running: Running, opened: list[TaskRow], given: Given | None) -> list[TaskRow]:
    """Who asks and holds the first deciding step has said everything already: her step is done with it."""
    if given is None or len(opened) != 1 or work.caller is None:
        return opened
    task = opened[0]
    step: Step = running.definition.steps[task.step]
    mine = work.caller.holds(task.position_id) and task.assignee_id in (None, work.caller.account_id)
    if not mine or step.effect is None or not EFFECTS[step.effect].ready(work, given):
        return opened
    work.acts_on(task)
    work.take(task)
    return advance(work, running, task, given)
