"""Absences (vắng mặt) and who stands in: an official for herself, a head for her agency, an administrator for anybody.

From its first day to its last the substitute holds the positions of who is away and takes over her steps; whatever would be
given to her goes to the substitute. The rows of `absences` are their own record: who entered and who ended them, when and why.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from app.access.caller import Caller
from app.actions.runner import Context, once, whole_second
from app.errors import DomainError, invalid
from app.rules.permissions import WORKERS
from app.rules.substitution import Away, resolve
from app.store import absences
from app.store.absences import AbsenceRow, Official
from app.store.transaction import transaction
from app.wording import LOCAL

LONGEST = timedelta(days=366)
ANYWHERE, IN_AGENCY = "account.manage", "task.assign"


@dataclass(frozen=True, slots=True)
class EnterAbsence:
    """`account`: who is away, a user name; both days included."""

    account: str
    substitute: str
    from_day: date
    to_day: date
    reason: str


def manages(caller: Caller) -> bool:
    """Whether the caller may enter absences of others at all."""
    return caller.may(IN_AGENCY) or caller.may(ANYWHERE)


def may_enter_for(caller: Caller, account_id: int, agency_id: int) -> bool:
    """Whether the caller may enter and end absences of that account, which belongs to that agency."""
    return account_id == caller.account_id or _manages_in(caller, agency_id)


def _manages_in(caller: Caller, agency_id: int) -> bool:
    return caller.may(ANYWHERE) or (caller.may(IN_AGENCY) and agency_id in caller.agency_ids)


def enter_absence(command: EnterAbsence, context: Context) -> int:
    """Enter an absence; answers its id. Errors: DomainError invalid (naming the field), forbidden, not_found, key_reused."""
    today = context.now.astimezone(LOCAL).date()
    _check_days(command, today)
    caller = context.caller
    with transaction() as connection:

        def make() -> dict[str, Any]:
            absences.hold_changes(connection)
            away = _checked(connection, caller, command, today)
            at = whole_second(context.now)
            return {"id": absences.add_absence(connection, away, command.reason, caller.account_id, at, today)}

        entered: int = once(connection, caller.account_id, context.key, context.now, make)["id"]
    return entered


def end_absence(absence_id: int, context: Context) -> None:
    """From today on the absence counts no more; one that has not begun never will. Errors: DomainError not_found, settled."""
    today = context.now.astimezone(LOCAL).date()
    with transaction() as connection:

        def make() -> dict[str, Any]:
            absences.hold_changes(connection)
            row = absences.absence_by_id(connection, absence_id)
            if row is None or not may_enter_for(context.caller, row.account_id, row.agency_id):
                raise DomainError("not_found", "Không có kỳ vắng mặt này.")
            at = whole_second(context.now)
            if not absences.close_absence(connection, absence_id, context.caller.account_id, at, today):
                raise DomainError("settled", "Kỳ vắng mặt này đã kết thúc.")
            return {"id": absence_id}

        once(connection, context.caller.account_id, context.key, context.now, make)


def _check_days(command: EnterAbsence, today: date) -> None:
    if command.to_day < command.from_day:
        raise invalid({"to_day": ["Ngày cuối không được trước ngày đầu."]})
    if command.from_day < today:
        raise invalid({"from_day": ["Ngày đầu không được trước hôm nay: việc đã qua thì không thay được nữa."]})
    if command.to_day - today > LONGEST:
        raise invalid({"to_day": ["Ngày cuối phải trong vòng một năm tới."]})


def _checked(connection: Connection, caller: Caller, command: EnterAbsence, today: date) -> Away:
    """The absence that is asked for, if it may be. Errors: DomainError invalid, not_found, forbidden."""
    away = _official(connection, caller, command.account)
    substitute = absences.find_official(connection, command.substitute, WORKERS)
    if substitute is None or substitute.agency_id != away.agency_id:
        raise invalid({"substitute": ["Không có tài khoản đang hoạt động này ở cùng cơ quan."]})
    if substitute.id == away.id:
        raise invalid({"substitute": ["Người làm thay phải là người khác."]})
    if substitute.id == caller.account_id and not caller.may(ANYWHERE):
        # Whoever shares out work would else give herself what she may not hold, the head's step and her own before it.
        raise invalid(
            {"substitute": ["Không tự đặt mình làm thay người khác được; hãy để người vắng hoặc quản trị ghi."]}
        )
    if not substitute.able:
        raise invalid({"substitute": [f"{substitute.name} chưa được cấp quyền xử lý hồ sơ."]})
    _check_unit(connection, caller, away, substitute, command)
    taken = absences.overlapping(connection, away.id, command.from_day, command.to_day)
    if taken is not None:
        days = f"{taken.from_day:%d/%m/%Y} – {taken.to_day:%d/%m/%Y}"
        raise invalid({"from_day": [f"Đã ghi vắng mặt {days}; hãy kết thúc kỳ đó trước hoặc chọn ngày khác."]})
    asked = Away(away.id, substitute.id, command.from_day, command.to_day)
    _check_chain(connection, asked, substitute, today)
    return asked


def _official(connection: Connection, caller: Caller, username: str) -> Official:
    found = absences.find_official(connection, username, WORKERS)
    if found is None or not may_enter_for(caller, found.id, found.agency_id):
        if manages(caller):
            raise invalid({"account": ["Không có tài khoản đang hoạt động này ở cơ quan của bạn."]})
        raise DomainError("forbidden", "Bạn chỉ ghi được vắng mặt của chính mình.")
    return found


def _check_unit(
    connection: Connection, caller: Caller, away: Official, substitute: Official, command: EnterAbsence
) -> None:
    """Oneself one names somebody of one's own unit; a head names whom she will."""
    if _manages_in(caller, away.agency_id):
        return
    days = command.from_day, command.to_day
    if absences.units_of(connection, away.id, *days).isdisjoint(absences.units_of(connection, substitute.id, *days)):
        raise invalid(
            {"substitute": ["Hãy chọn người cùng phòng, bộ phận; khác phòng thì người phụ trách cơ quan ghi."]}
        )


def _check_chain(connection: Connection, asked: Away, substitute: Official, today: date) -> None:
    """On each of the days somebody must be there at the end of the chain."""
    resolved = resolve([*absences.absences_from(connection, today), asked])
    covered = sum(
        (min(found.to_day, asked.to_day) - max(found.from_day, asked.from_day)).days + 1
        for found in resolved
        if found.account == asked.account and found.from_day <= asked.to_day and found.to_day >= asked.from_day
    )
    if covered < (asked.to_day - asked.from_day).days + 1:
        raise invalid(
            {"substitute": [f"{substitute.name} cũng vắng mặt và đã nhờ ngược lại: hãy chọn người khác có mặt."]}
        )


def row_of(connection: Connection, caller: Caller, absence_id: int) -> AbsenceRow:
    """An absence that the caller may see: her own, one in which she stands in, or one that she may end.

    Errors: DomainError not_found."""
    row = absences.absence_by_id(connection, absence_id)
    if row is None or not (
        caller.account_id == row.substitute_id or may_enter_for(caller, row.account_id, row.agency_id)
    ):
        raise DomainError("not_found", "Không có kỳ vắng mặt này.")
    return row
