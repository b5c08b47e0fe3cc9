"""Whose step it is: the agency and the position that it waits for (QT-22.2a)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.actions.running import Running
from app.engine import timed
from app.engine.instance import EngineIncident
from app.engine.steps import ASKER, Step
from app.engine.timed import unsure
from app.errors import DomainError
from app.rules.roles import ROLES, Asker, position_for
from app.store import organisation

if TYPE_CHECKING:
    from app.actions.work import Work


def agency_of(work: Work, running: Running, step: Step, engine_task: str | None = None) -> str:
    """The code of the agency whose position the step waits for; that of an item's step only its engine task tells.

    Errors: EngineIncident."""
    if step.agency == ASKER:
        return str(work.diagrams.request(running).data["asker"]["agency"])
    return timed.agency_of(running.engine, step, work.dossier.agency, engine_task)


def position_of(work: Work, running: Running, step: Step, agency: str) -> str:
    """The position that a step waits for; a role is filled from those of its agency."""
    if step.position not in ROLES:
        return step.position
    asker = work.diagrams.request(running).data.get("asker", {}) if not running.is_main else {}
    staff = organisation.positions_of(work.connection, agency)
    found = position_for(step.position, staff, Asker(asker.get("position", ""), asker.get("unit_id", 0)))
    return found or step.position


def nowhere(work: Work, step: Step, agency: str, position: str) -> EngineIncident | DomainError:
    """Why a step cannot be opened: the data names an agency that there is not, or the agency has no such position."""
    if step.agency.startswith("=") and organisation.find_agency(work.connection, agency) is None:
        return EngineIncident(
            f"{unsure(step, step.agency[1:].strip())}: không có cơ quan nào mang mã “{agency}”. "
            "Hãy sửa dữ liệu của hồ sơ rồi chuyển lại, hoặc báo quản trị khai báo cơ quan này.",
            step.id,
        )
    return DomainError(
        "position_vacant",
        f"Bước “{step.name}” cần vị trí “{position}” ở cơ quan {agency} nhưng chưa được khai báo; "
        "hãy báo quản trị cơ quan đó.",
    )
