"""What acceptance does, at the counter and online alike: clock, first step, deadline watch, receipt, notice."""

from __future__ import annotations

from typing import Any

from app.actions.receipt import receipt_content
from app.actions.running import MAIN, Running
from app.actions.telling_applicant import tell_applicant
from app.actions.transferring import agency_limits
from app.actions.work import Work, own_hands
from app.engine.shared import DEADLINE_WATCH
from app.rules.legality import RECEIVE
from app.rules.limits import SameDay, parse_published
from app.slips.replacing import TYPST, current_ids
from app.store import procedures, slip_books, slips
from app.store.procedure_changes import as_received
from app.store.slips import NewSlip
from app.store.tasks import TaskRow


def take_in(work: Work, sha256: str, *, receipt: bool = True) -> None:
    """Start the procedure of an accepted dossier (QT-18.1, QT-14.1, QT-14.4).

    The `receive` step opens in the caller's hands; the clock starts; `deadline_watch` runs beside; the dossier is
    entered in the year's register; the receipt is issued, unless the dossier is resolved at once (QT-15.1b).
    """
    version = procedures.version_by_id(work.connection, work.dossier.version_id)
    main = work.diagrams.start(version.process, MAIN, sha256, work.now)
    assert work.caller is not None  # noqa: S101 - acceptance is always somebody's act
    officer = own_hands(work.caller)
    first = {step.step.id: officer for step in main.engine.open_steps() if step.step.stage == RECEIVE}
    work.move("accepted", main, None, clock_data=limits_of(work, main), assignees=first)
    if work.clock.deadline_at is not None:  # a procedure whose time is not counted has nothing to watch
        watch = work.diagrams.start(DEADLINE_WATCH, DEADLINE_WATCH, sha256, work.now)
        work.move("watch_started", watch, None)
    slip_books.enter_in_register(work.connection, work.dossier.id, work.dossier.agency_id, work.today.year, work.now)
    if receipt:
        issue_receipt(work)


def limits_of(work: Work, main: Running) -> dict[str, Any]:
    """What the clock is to count: the procedure's time, and each agency's part of it where there are several (QT-21a)."""
    limits = agency_limits(work, main)
    return _whole_limit(work) | ({"agency_limits": limits} if limits else {})


def _whole_limit(work: Work) -> dict[str, Any]:
    """The seconds kept at registration, or the end of a day."""
    if work.dossier.limit_seconds is None:
        procedure = as_received(work.connection, work.dossier.procedure, work.dossier.received_at)
        published = None if procedure is None else parse_published(procedure.limit, procedure.limit_unit)
        if isinstance(published, SameDay):
            return {"cut_off": published.cut_off}
    counted = {"limit_seconds": work.dossier.limit_seconds}
    return counted if work.dossier.limit_unit == "working" else counted | {"limit_unit": work.dossier.limit_unit}


def issue_receipt(work: Work) -> None:
    """Issue the receipt and announce it, as the applicant asked or as the province prescribes."""
    assert work.caller is not None  # noqa: S101 - a receipt is always somebody's act
    content = receipt_content(work)
    agency = work.dossier.agency_id
    template, logo = current_ids(work.connection, content.form, agency, TYPST, work.today)
    slip = NewSlip("receipt", content.form, content.to_dict(), agency, template_id=template, logo_id=logo)
    slip_id = slips.add_slip(work.connection, work.dossier.id, slip, work.now, work.caller.account_id)
    work.record("slip_issued", None, {"slip": slip_id, "kind": "receipt"})
    tell_applicant(work, "receipt_issued")


def check_ends(running: Running, task: TaskRow, decision: str) -> None:
    """Complete the check of an online dossier with what was decided: accept, refuse or correct."""
    step = running.definition.steps[task.step]
    running.engine.complete(task.engine_task, {step.decision_variable: decision} if step.decisions else {})
