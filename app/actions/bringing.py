"""What comes with an action in one go: files just uploaded, and a slip filled in beside it (QT-15.2, QT-15.4).

All of it happens in the action's transaction: when the action is refused, no file was added and no number used.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.actions.attach import Attach
from app.actions.checks import require_legal
from app.actions.issuing import Filled, issue, issuing_agency
from app.actions.slip_content import proposed
from app.actions.slip_kinds import of_act
from app.actions.work import Work
from app.errors import DomainError, invalid
from app.rules.side import SIDE
from app.store.tasks import TaskRow


def bring(work: Work, task: TaskRow, action: str, body: Mapping[str, Any], uploads: tuple[Attach, ...]) -> list[int]:
    """Add the files and issue the slip that come with an action on a task. Answers the files of the action: the slip first,
    then those that the body names, then the new ones.

    Errors: those of the action itself, DomainError invalid for a slip that does not go with it.
    """
    require_legal(action, work, task)
    slip = [_slip(work, task, action, body)] if body.get("slip") is not None else []
    return [*slip, *(body.get("attachments") or ()), *(upload.add(work) for upload in uploads)]


def _slip(work: Work, task: TaskRow, action: str, body: Mapping[str, Any]) -> int:
    asked = body["slip"]
    running = work.diagrams.get(task.instance_id)
    kind = of_act(action, running.definition.steps[task.step])
    if kind is None or (asked.get("kind") or kind) != kind:
        raise invalid({"slip.kind": ["Thao tác này không kèm phiếu loại đó."]})
    request = work.diagrams.request(running) if running.row.kind in SIDE else None
    values = proposed(work, kind, request, body) | dict(asked.get("values") or {})
    filled = Filled(kind, values, bool(asked.get("sign")), asked.get("key"))
    try:
        return issue(work, filled, _issuer(work, task)).attachment_id
    except DomainError as error:  # its fields are those of `slip` in the body of the action
        raise DomainError(error.code, error.detail, errors=_inside(error.errors), extra=error.extra) from error


def _inside(errors: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return {"slip": dict(errors)} if errors else None


def _issuer(work: Work, task: TaskRow) -> int:
    """Whose slip it is: the agency's that has the step, or the desk's where it acts for the dossier as a whole."""
    held = work.under(task) is not None or (work.caller is not None and work.caller.holds(task.position_id))
    return task.agency_id if held else issuing_agency(work)
