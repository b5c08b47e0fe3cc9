"""Checks that several actions share: is it legal, may this person, who is meant."""

from __future__ import annotations

from app.access.caller import Caller
from app.access.reach import reach_of
from app.actions.delegating import act_under, covered
from app.actions.foresight import clock_refusal, request_refusal
from app.actions.running import MAIN
from app.actions.taking_back import untouched
from app.actions.work import Work
from app.engine.shared import INTAKE
from app.errors import DomainError
from app.rules import legality, permissions, status
from app.rules.decisions_pause import owed
from app.rules.intake import AWAIT_CORRECTION
from app.rules.legality import TaskFacts
from app.rules.refusal import Refusal
from app.rules.side import EXTENSION, SIDE, holds
from app.store import delegated, dossiers, handlers, history, joint_handlers, requests, tasks
from app.store.handlers import Handler
from app.store.history import HistoryRow
from app.store.tasks import TaskRow


def facts_of(work: Work, task: TaskRow, caller: Caller, action: str, earlier_steps: bool = True) -> TaskFacts:
    """What the rules want to know of a task for that action."""
    open_now = task.state == "open"
    forwarded = not open_now and task.outcome == "forwarded" and task.finished_by == caller.account_id
    delegation = covered(work, task, caller)
    under = delegation.under
    if action == "recall" and forwarded and under is None and not caller.holds(task.position_id):
        forwarded = not delegated.acted_under(work.connection, task.id)
    return TaskFacts(
        kind=task.instance_kind,
        stage=task.stage,
        open=open_now,
        vacant=task.state == "vacant",
        suspended=stands_still(work, task),
        candidate=caller.holds(task.position_id) or under is not None,
        mine=task.assignee_id == caller.account_id,
        stands_in=caller.stands_in_for(task.assignee_id) or (under is not None and task.assignee_id == under.giver.id),
        delegated=under is not None,
        not_delegated=delegation.why_not,
        assigned=task.assignee_id is not None,
        result_confirmed=work.clock.result_at is not None,
        earlier_steps=earlier_steps,
        forwarded_by_me=forwarded,
        successors_untouched=action == "recall" and forwarded and _untouched(work, task),
        at_once=done_at_once(work, task),
        needs_input=_needs_input(work, task),
        awaits_correction=task.instance_kind == INTAKE and task.step == AWAIT_CORRECTION,
        manages=caller.may("task.assign") and task.agency_id in caller.agency_ids,
        supervises=action == "press" and _supervises(work, task, caller),
        joint=action == "contribute" and joint_handlers.asked(work.connection, task.id, caller.account_id) is not None,
        paper=action == "paper-received" and work.rules.profile.paper != "none" and paper_goes_along(work, task),
        paper_received=action == "paper-received" and paper_receipt(work, task) is not None,
        at_desk=any(held.unit_kind == "desk" and held.agency_id == work.dossier.agency_id for held in caller.positions),
        held=work.dossier.held_by in SIDE,
        waiting=waits_for_applicant(work),
        apology_open=action == "confirm-result" and _apology_open(work),
    )


def _untouched(work: Work, task: TaskRow) -> bool:
    if task.instance_kind != MAIN:
        return False
    running = work.diagrams.get(task.instance_id)
    return untouched(work.connection, running, task, tasks.tasks_of(work.connection, work.dossier.id))


def stands_still(work: Work, task: TaskRow) -> bool:
    """Whether another process has the dossier: of those that take it, only the steps of the one that holds it go on."""
    return kind_stands_still(work, task.instance_kind)


def kind_stands_still(work: Work, kind: str) -> bool:
    """The same of every step and event of the diagrams of that kind."""
    held_by = work.dossier.held_by
    if held_by is None or kind == held_by:
        return False
    return kind == MAIN or holds(kind) or (kind == INTAKE and held_by in SIDE)


def waits_for_applicant(work: Work) -> bool:
    """Whether his papers or his payment are all that it waits for: nobody considers ending it meanwhile."""
    held_by = work.dossier.held_by
    ending = held_by is not None and held_by in SIDE and SIDE[held_by].ends
    return owed(work.clock) is not None and not ending


def _supervises(work: Work, task: TaskRow, caller: Caller) -> bool:
    agencies = frozenset({task.agency_id, work.dossier.agency_id})
    return reach_of(caller).presses(task.unit_id, agencies)


def paper_goes_along(work: Work, task: TaskRow) -> bool:
    """Whether papers go to this step of the procedure: the drawing says so, or the applicant has handed in some."""
    if task.instance_kind != MAIN or task.stage == legality.RECEIVE:  # the desk has them already
        return False
    step = work.diagrams.get(task.instance_id).definition.steps[task.step]
    if step.paper is not None:
        return step.paper not in ("no", "none")
    parts = dossiers.contents(work.connection, work.dossier.id).components
    return any(part["kind"] not in ("electronic", "presented") and part.get("quantity", 1) > 0 for part in parts)


def paper_receipt(work: Work, task: TaskRow) -> HistoryRow | None:
    """Who has confirmed for this step that the papers have come, and when; or None."""
    return history.row_of_task(work.connection, work.dossier.id, task.id, "paper_received")


def _apology_open(work: Work) -> bool:
    """Whether an apology on its way bars closing (ST-16.1d); a result that comes after it closes as ever (defect 20)."""
    barred = work.rules.profile.closing_bar == "apology"
    return barred and EXTENSION in requests.open_kinds(work.connection, work.dossier.id)


def done_at_once(work: Work, task: TaskRow) -> bool:
    """Whether the task is one of a procedure that is resolved right after receipt (QT-22.2c)."""
    if work.clock.cut_off is None or task.instance_kind != MAIN:
        return False
    steps = work.diagrams.get(task.instance_id).definition.steps.values()
    return legality.done_at_once((step.stage for step in steps), same_day=True)


def _needs_input(work: Work, task: TaskRow) -> bool:
    if work.clock.cut_off is None or task.instance_kind != MAIN:  # of no other dossier anybody asks; spares loading
        return False
    step = work.diagrams.get(task.instance_id).definition.steps[task.step]
    return bool(step.decisions) or step.form is not None


def why_not(action: str, work: Work, task: TaskRow, caller: Caller, *, earlier_steps: bool = True) -> Refusal | None:
    """Why the caller may not do `action` to the task now, or None: permissions, then the rules, then the dossier's status."""
    wanted = permissions.RIGHTS[action].permissions
    if not any(caller.may(permission) for permission in wanted):
        return Refusal("forbidden", permissions.lacking(wanted))
    refusal = legality.refusal(action, facts_of(work, task, caller, action, earlier_steps=earlier_steps))
    if refusal is not None:
        return refusal
    foreseen = clock_refusal(action, work, task) or request_refusal(action, work)
    if foreseen is not None:
        return foreseen
    if not permissions.in_state(action, work.dossier.status):
        name = status.status_of(work.dossier.status).name
        return Refusal("wrong_state", f"Hồ sơ đang ở trạng thái “{name}” nên không thực hiện được.", "QT-17.4")
    return None


def require_legal(action: str, work: Work, task: TaskRow) -> Caller:
    """The caller, if the action is legal; raises the refusal otherwise."""
    if work.caller is None:
        raise DomainError("unauthenticated", "Thao tác này cần một người thực hiện.")
    refusal = why_not(action, work, task, work.caller)
    if refusal is not None:
        raise DomainError(refusal.code, refusal.text, extra={"rule": refusal.rule} if refusal.rule else None)
    if action in legality.OWN_WORK or action == "recall":
        under = covered(work, task, work.caller).under
        if under is not None:
            act_under(work, task, action, under)
    if action in legality.OWN_WORK:
        work.acts_on(task)
    return work.caller


def wrong_state(text: str, rule: str | None = None) -> DomainError:
    """The dossier's state does not allow it; `rule` is the article that says so."""
    return DomainError("wrong_state", text, extra={"rule": rule} if rule else None)


def comment_of(text: str | None) -> str:
    """A mandatory comment (ST-15.1a; QT-17.4)."""
    if not text or not text.strip():
        raise DomainError("comment_required", "Hãy ghi rõ ý kiến hoặc lý do.", errors={"comment": ["Phải ghi ý kiến."]})
    return text.strip()


def check_other(handler: Handler, task: TaskRow) -> None:
    """A step is given to somebody who has not got it. Errors: DomainError wrong_state."""
    if handler.id != task.assignee_id:
        return
    if handler.instead_of is not None:
        name = handler.instead_of.name
        raise DomainError("wrong_state", f"{name} đang vắng mặt và người làm thay đang giữ bước này rồi.")
    raise DomainError("wrong_state", "Người này đang giữ bước này rồi.")


def holder(work: Work, username: str, position_id: int, position_name: str) -> Handler:
    """Who gets the step when an account that holds the position today is named (QT-22.2b)."""
    found = handlers.account_holding(work.connection, username, position_id, work.today, permissions.WORKERS)
    if found is None:
        raise DomainError(
            "invalid",
            f"Tài khoản “{username}” không giữ vị trí “{position_name}” của bước tiếp theo.",
            errors={"assignee": ["Tài khoản không giữ vị trí của bước này."]},
        )
    return found
