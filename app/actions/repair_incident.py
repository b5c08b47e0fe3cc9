"""Repair (sửa chữa): an administrator sets what the diagram reads, or moves the dossier to another step, and says why.

After variables or data were set, what stood is tried once more in the same transaction, where it can be: all or nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import Connection

from app.actions.notices import announce
from app.actions.on_incident import locked_incident, said, work_on_incident
from app.actions.retry_incident import try_again, why_not_retry
from app.actions.runner import Context, Outcome
from app.actions.running import Running
from app.actions.standing import Ending
from app.actions.work import Work
from app.engine.ahead import steps_ahead
from app.engine.definition import Definition
from app.engine.steps import Step
from app.errors import DomainError, invalid
from app.rules import events
from app.rules.legality import RETURN
from app.rules.permissions import WORKERS
from app.store import choices, incidents
from app.store.incidents import VACANCY, IncidentRow

LONGEST_NAME = 128


@dataclass(frozen=True, slots=True)
class Way:
    """A step that the dossier can be moved to from the step that stands: back to one that was done, or anywhere else."""

    step: Step
    how: Literal["back", "jump"]
    engine_task: str
    """Of the step that opens again, or of the one that is left."""
    item: str | None = None
    """The engine task again, where the step is one of several items."""


@dataclass(frozen=True, slots=True)
class RepairIncident:
    """`variables` are the diagram's routing variables, `data` the dossier's form data; with `retry` what stood is tried again
    once they are set."""

    incident_id: int
    reason: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    to_step: str | None = None
    retry: bool = True

    def perform(self, connection: Connection, context: Context) -> Outcome:
        """Errors: DomainError forbidden, not_found, settled, invalid, wrong_state; incident where it fails again."""
        reason = said(self.reason)
        if not (self.variables or self.data or self.to_step):
            raise invalid({"set": ["Hãy ghi giá trị cần sửa hoặc chọn bước cần chuyển đến."]})
        dossier, row = locked_incident(connection, context, self.incident_id)
        work = work_on_incident(connection, context, dossier, row)
        work.ending = Ending("repaired", reason)
        running = standing_diagram(work, row)
        details = {"incident": row.id, "reason": reason, **self._set(work, running)}
        if self.to_step is None:
            work.record(events.REPAIRED, None, details)
        else:
            self._go(work, running, row, details)
        announce(work)
        work.finish()
        if self.to_step is None and self.retry and self._may_go_on(connection, row):
            ending = Ending("repaired", reason, context.caller.account_id)
            work = try_again(connection, context, dossier, row, ending)
        return Outcome(work, None, extra={"incident": row.id})

    def _may_go_on(self, connection: Connection, row: IncidentRow) -> bool:
        still = incidents.incident_by_id(connection, row.id)
        standing = still is not None and still.resolved_at is None
        return standing and row.kind != VACANCY and why_not_retry(connection, row) is None

    def _set(self, work: Work, running: Running) -> dict[str, Any]:
        """Set variables and data; answers what the history keeps of them, before and after."""
        for name in (*self.variables, *self.data):
            if not name.isidentifier() or len(name) > LONGEST_NAME:
                raise invalid({"set": [f"“{name}” không phải tên biến, tên trường hợp lệ."]})
        told: dict[str, Any] = {}
        if self.variables:
            before = running.engine.variables()
            try:
                running.engine.set_variables(self.variables)
            except ValueError as problem:
                raise invalid({"set": ["Giá trị không phải JSON hoặc quá dài."]}) from problem
            told["set"] = {name: [before.get(name), value] for name, value in self.variables.items()}
        if self.data:
            told["data"] = {name: [work.data.get(name), value] for name, value in self.data.items()}
            work.data.merge(self.data)
        return told

    def _go(self, work: Work, running: Running, row: IncidentRow, details: Mapping[str, Any]) -> None:
        offered = ways(work, running, row)
        way = next((one for one in offered if one.step.id == self.to_step), None)
        if way is None:
            names = ", ".join(f"{one.step.id} ({one.step.name})" for one in offered) or "không có bước nào"
            raise DomainError(
                "invalid",
                f"Không chuyển đến bước “{self.to_step}” được; các bước có thể chuyển đến: {names}.",
                errors={"to_step": ["Không phải một bước chuyển đến được."]},
            )
        assignees = {}
        if way.how == "back":
            running.engine.go_back(way.engine_task)
            handler = choices.last_handler(
                work.connection, work.dossier.id, way.step.id, work.today, WORKERS, engine_task=way.item
            )
            assignees = {way.engine_task: handler} if handler is not None else {}
        else:
            running.engine.jump(way.engine_task, way.step.id)
        work.move(
            events.REPAIRED,
            running,
            None,
            details={**details, "to_step": way.step.id},
            assignees=assignees,
            note=str(details["reason"]),
        )


def ways(work: Work, running: Running, row: IncidentRow) -> list[Way]:
    """Where the dossier can be moved to: of the procedure's own diagram, while nothing else has it and it has no result."""
    if not running.is_main or work.clock.result_at is not None or work.dossier.held_by is not None:
        return []
    mine = [task for task in work.live_tasks() if task.instance_id == running.row.id]
    standing = [task for task in mine if task.id == row.task_id] or mine
    home = _leading_home(running.definition)
    found: dict[str, Way] = {}
    for task in standing:
        for earlier in running.engine.earlier_steps(task.engine_task):
            item = earlier.engine_task if earlier.item is not None else None
            found.setdefault(earlier.step.id, Way(earlier.step, "back", earlier.engine_task, item))
        for step in running.engine.jumps(task.engine_task):
            if step.id not in home:
                continue
            found.setdefault(step.id, Way(step, "jump", task.engine_task))
    return [found[name] for name in running.definition.steps if name in found]


def _leading_home(definition: Definition) -> set[str]:
    """The steps from which the drawing leads to handing over the result; not those beside the dossier's own way, such as a
    reminder's, behind which it would end without one."""
    home = {name for name, step in definition.steps.items() if step.stage == RETURN}
    following = {name: {step.id for step in steps_ahead(definition, name).steps} for name in definition.steps}
    while more := {name for name, after in following.items() if name not in home and after & home}:
        home |= more
    return home or set(following)


def standing_diagram(work: Work, row: IncidentRow) -> Running:
    """The diagram that stands: the one that the incident names; of a message, the procedure's own, unless only one beside it
    waits for it. Errors: DomainError wrong_state."""
    if row.instance_id is not None:
        return work.diagrams.get(row.instance_id)
    name = row.details.get("message")
    unfinished = sorted(work.diagrams.unfinished(), key=lambda running: not running.is_main)
    waiting = [found for found in unfinished if any(one.message == name for one in found.engine.messages())]
    if not (found := waiting or unfinished):
        raise DomainError("wrong_state", "Hồ sơ không còn quy trình nào đang chạy nên không sửa chữa được.")
    return found[0]
