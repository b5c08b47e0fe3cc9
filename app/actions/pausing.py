"""The wait for a payment that a procedure's own diagram draws: a step with the property `pause` (QT-19.3, title).

While every open step of the procedure is such a step, the clock stands still as after a request for a payment, the dossier's
status says what the applicant owes, and the procedure's alarms and timers wait; timers on the step itself, which remind, go
on. Where another step is open beside it, somebody works on the dossier and the time runs. The wait ends with the step: by the
desk's forward with the voucher, by a message, or, without a payment, by whatever else leaves the step.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from app.actions import watch
from app.actions.holding import resume, suspend
from app.actions.running import Running
from app.engine.ahead import Ahead
from app.engine.instance import OpenStep
from app.engine.steps import Step
from app.errors import DomainError
from app.rules import events
from app.rules.decisions_pause import PAYMENT
from app.rules.events import Event
from app.rules.waits import KINDS, Opened, wait_of

if TYPE_CHECKING:
    from app.actions.work import Work

VOUCHER = "chứng từ nộp tiền"
NOTICE = "thông báo thực hiện nghĩa vụ tài chính"


def around(
    work: Work,
    running: Running,
    kind: str,
    opened: Collection[OpenStep],
    kept: Collection[str],
    details: Mapping[str, Any] | None,
) -> tuple[tuple[Event, ...], tuple[Event, ...]]:
    """The clock's events before and after a move of the procedure to the steps `opened`, of which `kept` (engine tasks) were
    open before: a wait that ends with it, and one that begins. Errors: DomainError slip_required."""
    if not running.is_main or work.dossier.held_by is not None:
        return (), ()
    steps = running.definition.steps.values()
    waiting = {step.id for step in steps if step.pause == PAYMENT}
    wait = wait_of(
        work.clock, kind, [Opened(one.engine_task, one.step.id, one.step.pause) for one in opened], kept, waiting
    )
    voucher = _file(work, kind, details, VOUCHER) if wait.ended is not None and wait.paid else {}
    notice = _file(work, kind, details, NOTICE) if wait.begun is not None and wait.fresh and wait.paid else {}
    return wait.before(work.now, voucher), wait.after(work.now, notice)


def follow(work: Work, moved: Sequence[Event]) -> None:
    """Alarms, timers and the deadline watch stand still or go on, once these events of a move have been applied."""
    if not any(event.kind in KINDS and "step" in event.data for event in moved):
        return
    if work.clock.paused_at is not None:
        suspend(work, reminding=True)
    else:
        resume(work)
    watch.follow(work)


def needs_paper(work: Work, step: Step, ahead: Ahead | None) -> bool:
    """Whether forwarding the step ends or begins the wait, as far as the drawing tells, and must bring the voucher or the
    notice; `ahead` is what it leads to."""
    state = work.clock
    if work.rules.profile.slip_files != "required" or state.started_at is None or state.result_at is not None:
        return False
    if step.pause == PAYMENT:
        return state.paused_for == PAYMENT
    if ahead is None or ahead.choice or ahead.waits or len(state.holdings) > 1:
        return False
    return bool(ahead.steps) and all(one.pause == PAYMENT for one in ahead.steps)


def _file(work: Work, kind: str, details: Mapping[str, Any] | None, paper: str) -> dict[str, Any]:
    """The paper that came along; a person must not leave it out where the province wants it filed. What another system sends
    is the proof itself."""
    attached = (details or {}).get("attachments")
    if attached:
        return {"file": attached[0]}
    if kind == events.FORWARDED and work.rules.profile.slip_files == "required":
        raise DomainError(
            "slip_required",
            f"Phải đính kèm {paper} trước khi thực hiện.",
            errors={"attachments": [f"Thiếu tệp: {paper}."]},
            extra={"rule": "QT-19.3t"},
        )
    return {}
