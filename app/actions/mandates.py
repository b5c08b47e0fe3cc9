"""One agency acts for another as a whole, over some days, under a decision (thực hiện thay; TN-25.2, ST-26.1).

Every position of the agency is held meanwhile by people of the acting one: by whoever holds a position of the same code there,
else by the lead that the decision names. So its dossiers, lists, books and monitoring are theirs too, and nobody else's.
Permissions are not part of it: nobody may do more than her own account may. Nothing that is held under a mandate passes on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from app.access.caller import Caller
from app.actions.administering import log, today
from app.actions.keyed import keyed
from app.actions.runner import Context, whole_second
from app.errors import DomainError, invalid
from app.rules.administration import ADMINISTRATORS, EVERYWHERE
from app.rules.permissions import WORKERS
from app.store import absences, mandates, organisation_edit
from app.store.mandates import MandateRow
from app.store.organisation_edit import AgencyEdit
from app.store.transaction import transaction

LONGEST = timedelta(days=3 * 366)
GIVE = (EVERYWHERE,)
SEE = (*ADMINISTRATORS, "audit.view")
MADE, ENDED = "mandate_made", "mandate_ended"


@dataclass(frozen=True, slots=True)
class GiveMandate:
    """`acting` acts for `agency`, both by code; `lead` is a user name of the acting agency; both days included."""

    agency: str
    acting: str
    lead: str
    from_day: date
    to_day: date
    decision_number: str
    reason: str


def agencies_seen(caller: Caller) -> frozenset[int] | None:
    """Of which agencies, on either side, the caller sees mandates; None: of all."""
    if caller.may(EVERYWHERE) or caller.may("audit.view"):
        return None
    return frozenset({caller.agency_id})


def give_mandate(command: GiveMandate, context: Context) -> int:
    """Let it act; answers the id. Errors: DomainError invalid (naming the field), forbidden, key_reused."""
    if not context.caller.may(EVERYWHERE):
        raise DomainError("forbidden", "Chỉ quản trị viên của tỉnh giao cơ quan này thực hiện thay cơ quan khác.")
    _check_days(command, today(context))

    def make(connection: Connection) -> dict[str, Any]:
        agency, acting = _agency(connection, command.agency, "agency"), _agency(connection, command.acting, "acting")
        if agency.id == acting.id:
            raise invalid({"acting": ["Phải là một cơ quan khác."]})
        organisation_edit.agency_edit(connection, command.agency, lock=True)  # two at once: the second sees the first
        taken = mandates.overlapping(connection, agency.id, command.from_day, command.to_day)
        if taken is not None:
            days = f"{taken.from_day:%d/%m/%Y} – {taken.to_day:%d/%m/%Y}"
            raise invalid({"from_day": [f"{taken.acting_name} đã thực hiện thay {days}; hãy kết thúc trước."]})
        values = {
            "agency_id": agency.id,
            "acting_id": acting.id,
            "lead_id": _lead(connection, command, acting),
            "from_day": command.from_day,
            "to_day": command.to_day,
            "decision_number": command.decision_number,
            "reason": command.reason,
            "made_by": context.caller.account_id,
            "made_at": whole_second(context.now),
        }
        made = mandates.add_mandate(connection, **values)
        row = _row(connection, made)
        positions = mandates.give_positions(connection, row, row.from_day)
        _log(connection, context, MADE, row, {}, _said(row) | {"positions": positions})
        return {"id": made}

    given: int = keyed(context, make)["id"]
    return given


def end_mandate(mandate_id: int, context: Context) -> None:
    """It counts no more from now on. Errors: DomainError not_found, forbidden, settled, key_reused."""
    if not context.caller.may(EVERYWHERE):
        raise DomainError("forbidden", "Chỉ quản trị viên của tỉnh kết thúc việc thực hiện thay.")
    day = today(context)

    def make(connection: Connection) -> dict[str, Any]:
        row = mandates.mandate_by_id(connection, mandate_id)
        if row is None:
            raise DomainError("not_found", "Không có lần thực hiện thay này.")
        at = whole_second(context.now)
        if not mandates.end_mandate(connection, mandate_id, context.caller.account_id, at, day):
            raise DomainError("settled", "Việc thực hiện thay này đã kết thúc.")
        mandates.take_positions(connection, mandate_id, day - timedelta(days=1))
        _log(connection, context, ENDED, row, _said(row), {"ended_at": at.isoformat()})
        return {"id": mandate_id}

    keyed(context, make)


def review_mandates(day: date) -> None:
    """Let who came to the acting agency since hold what is hers to hold under its mandates, and who left it no more."""
    with transaction() as connection:
        for row in mandates.mandates_on(connection, day):
            mandates.take_from_gone(connection, row, day)
            mandates.give_positions(connection, row, day)


def _check_days(command: GiveMandate, day: date) -> None:
    if command.to_day < command.from_day:
        raise invalid({"to_day": ["Ngày cuối không được trước ngày đầu."]})
    if command.from_day < day:
        raise invalid({"from_day": ["Ngày đầu không được trước hôm nay."]})
    if command.to_day - day > LONGEST:
        raise invalid({"to_day": ["Ngày cuối phải trong vòng ba năm tới."]})


def _agency(connection: Connection, code: str, field: str) -> AgencyEdit:
    found = organisation_edit.agency_edit(connection, code)
    if found is None:
        raise invalid({field: ["Không có cơ quan này."]})
    return found


def _lead(connection: Connection, command: GiveMandate, acting: AgencyEdit) -> int:
    found = absences.find_official(connection, command.lead, WORKERS)
    if found is None or found.agency_id != acting.id:
        raise invalid({"lead": ["Không có tài khoản đang hoạt động này ở cơ quan thực hiện thay."]})
    if not found.able:
        raise invalid({"lead": [f"{found.name} chưa được cấp quyền xử lý hồ sơ."]})
    return found.id


def _row(connection: Connection, mandate_id: int) -> MandateRow:
    row = mandates.mandate_by_id(connection, mandate_id)
    assert row is not None  # noqa: S101 - just written
    return row


def _said(row: MandateRow) -> dict[str, Any]:
    return {
        "agency": row.agency,
        "acting": row.acting,
        "lead": row.lead,
        "from_day": row.from_day,
        "to_day": row.to_day,
        "decision_number": row.decision_number,
        "reason": row.reason,
    }


def _log(
    connection: Connection, context: Context, kind: str, row: MandateRow, before: dict[str, Any], after: dict[str, Any]
) -> None:
    log(connection, context, kind, f"mandate:{row.id}", row.agency_id, before, after)
