"""What acceptance does, at the counter and online alike: clock, first step, deadline watch, receipt, notice."""

from __future__ import annotations

from typing import Any

from app.actions.notices import tell_applicant
from app.actions.receipt import receipt_content
from app.actions.running import MAIN
from app.actions.work import Work
from app.engine.shared import DEADLINE_WATCH
from app.rules.legality import RECEIVE
from app.store import procedures, slips


def take_in(work: Work, sha256: str) -> None:
    """Start the procedure of an accepted dossier (QT-18.1, QT-14.1, QT-14.4).

    The `receive` step opens in the caller's hands; the clock starts; `deadline_watch` runs beside; the receipt is issued
    and, where the applicant asked for it, announced by e-mail.
    """
    version = procedures.version_by_id(work.connection, work.dossier.version_id)
    main = work.diagrams.start(version.process, MAIN, sha256, work.now)
    assert work.caller is not None  # noqa: S101 - acceptance is always somebody's act
    officer = (work.caller.account_id, work.caller.username)
    first = {step.step.id: officer for step in main.engine.open_steps() if step.step.stage == RECEIVE}
    work.move("accepted", main, None, clock_data={"limit_seconds": work.dossier.limit_seconds}, assignees=first)
    if work.clock.deadline_at is not None:  # a procedure whose time is not counted has nothing to watch
        watch = work.diagrams.start(DEADLINE_WATCH, DEADLINE_WATCH, sha256, work.now)
        work.move("watch_started", watch, None)
    content = receipt_content(work)
    slip_id = slips.add_slip(
        work.connection, work.dossier.id, "receipt", content.to_dict(), work.now, work.caller.account_id
    )
    work.record("slip_issued", None, {"slip": slip_id, "kind": "receipt"})
    tell_applicant(work, "receipt_issued")


def slip_views(work: Work) -> list[dict[str, Any]]:
    """The dossier's slips as the interface lists them."""
    return [
        {"id": slip.id, "kind": slip.kind, "issued_at": slip.issued_at}
        for slip in slips.slips_of(work.connection, work.dossier.id)
    ]
