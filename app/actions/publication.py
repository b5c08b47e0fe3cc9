"""What publishing a procedure asks of time and of people: its last day, the centre's check, an account for every step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from app.lawbook import present_law
from app.rules.calendar import WorkCalendar
from app.rules.permissions import WORKERS
from app.rules.profile import Profile
from app.rules.publication import publish_by, review_by
from app.rules.versions import latest
from app.store import organisation, procedures, version_reviews
from app.store.procedures import ProcedureRow
from app.store.step_holders import Place, Registered, holders_in
from app.wording import LOCAL

LEAD = "lead"
MOST_NAMED = 10
"""So many agencies are named in one warning; of more it says how many."""


@dataclass(frozen=True, slots=True)
class Terms:
    """By when a version had to be published, whether it was late, and by when its check is due; None: no such limit."""

    publish_by: date | None
    published_late: bool
    review_by: date | None


def terms_of(
    connection: Connection,
    profile: Profile,
    procedure_id: int,
    *,
    decided_on: date,
    effective_from: date,
    published_at: datetime,
) -> Terms:
    """The terms by the working days of the agency that is responsible for the procedure (HT-6.1, TN-7.1, ST-10.3b, LA-5.2)."""
    calendar = calendar_of(connection, procedure_id)
    if calendar is None:
        return Terms(None, False, None)
    published = published_at.astimezone(LOCAL).date()
    last = publish_by(profile, calendar, decided_on=decided_on, effective_from=effective_from, registered_on=published)
    return Terms(last, last is not None and published > last, review_by(profile, calendar, published))


def calendar_of(connection: Connection, procedure_id: int) -> WorkCalendar | None:
    """The office hours of the highest of the agencies that handle it: one has to stand for all of them."""
    agency_id = procedures.highest_agency(connection, procedure_id)
    if agency_id is None:
        return None
    agency = organisation.agency_by_id(connection, agency_id)
    return present_law(connection, agency.id, agency.calendar_epoch).calendars[agency.calendar_id]


@dataclass(frozen=True, slots=True)
class StepAccounts:
    """Who may work a step in an agency; `declared`: the agency has that position at all."""

    step: str
    step_name: str
    position: str
    agency: str
    declared: bool
    accounts: tuple[Registered, ...]


def step_accounts(
    connection: Connection, procedure_id: int, steps: Iterable[Mapping[str, Any]], day: date
) -> list[StepAccounts]:
    """The accounts registered for each step in each agency that works it, on `day` (QT-22.2a, QT-22.4).

    A step of the leading agency stands once for every agency that handles the procedure; one whose agency or position is
    only known when the dossier runs stands not at all.
    """
    lead = list(procedures.handling_agencies(connection, procedure_id))
    places = [(step, agency) for step in steps for agency in _agencies(step, lead)]
    found: dict[Place, list[Registered]] = {}
    if places:
        agencies, positions = {agency for _, agency in places}, {step["position"] for step, _ in places}
        found = holders_in(connection, agencies, positions, day, WORKERS)
    return [
        StepAccounts(
            step["id"],
            step["name"],
            step["position"],
            agency,
            (agency, step["position"]) in found,
            tuple(found.get((agency, step["position"]), ())),
        )
        for step, agency in places
    ]


def _agencies(step: Mapping[str, Any], lead: list[str]) -> list[str]:
    agency, position = step.get("agency") or LEAD, step.get("position") or ""
    if not position or position.startswith("@") or agency.startswith("="):
        return []
    return lead if agency == LEAD else [agency]


def vacancies(registered: Iterable[StepAccounts]) -> list[dict[str, Any]]:
    """A warning for every step that in some agency nobody could work today (QT-22.4)."""
    vacant: dict[tuple[str, str, str], list[str]] = {}
    for one in registered:
        if not one.accounts:
            vacant.setdefault((one.step, one.step_name, one.position), []).append(one.agency)
    return [
        {
            "code": "step.position-vacant",
            "severity": "warning",
            "message": f"Bước “{name}”: chưa đăng ký tài khoản nào giữ vị trí “{position}” ở {_named(agencies)}.",
            "element": step,
            "name": name,
            "line": None,
        }
        for (step, name, position), agencies in vacant.items()
    ]


def why_no_process(connection: Connection, procedure: ProcedureRow, day: date) -> str:
    """Why no new dossier of a procedure can be received that day: it has no version in force."""
    every = version_reviews.versions_of(connection, procedure.id)
    last = latest([row.version for row in every], day)
    for row in every:
        if last is not None and row.number == last.number:
            return (
                f"Quy trình nội bộ của thủ tục {procedure.code} đã bãi bỏ từ ngày {row.repealed_on:%d/%m/%Y} theo "
                f"{row.repeal_number}, chưa có quy trình thay thế; không tiếp nhận hồ sơ mới."
            )
    told = f"Thủ tục {procedure.code} chưa có quy trình nội bộ có hiệu lực"
    coming = [row.effective_from for row in every if row.effective_from > day and row.repealed_on is None]
    return f"{told}; quy trình đã ban hành áp dụng từ ngày {min(coming):%d/%m/%Y}." if coming else f"{told}."


def _named(agencies: list[str]) -> str:
    names = ", ".join(agencies[:MOST_NAMED])
    more = len(agencies) - MOST_NAMED
    return names if more <= 0 else f"{names} và {more} cơ quan khác"
