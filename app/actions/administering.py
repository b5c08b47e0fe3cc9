"""What every change of organisation and accounts shares: how far the caller reaches, the version she saw, the log.

The centre's administrators reach everywhere; an agency's reach that agency and its units (QT-27.5, HT-16.1). Each change is
logged in its own transaction, with what was before and what is after.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection

from app.access.caller import Caller
from app.actions.runner import Context, whole_second
from app.errors import DomainError, invalid
from app.rules.administration import EVERYWHERE, OWN
from app.store import account_keeping, organisation_edit
from app.store.account_keeping import KeptAccount
from app.store.administration_changes import record_change
from app.store.organisation_edit import AgencyEdit, PositionEdit, UnitEdit
from app.wording import LOCAL

CODE = r"[0-9A-Za-z][0-9A-Za-z._-]{0,63}"
CODE_EXPECTED = "chữ cái không dấu, chữ số, dấu . _ - và bắt đầu bằng chữ hoặc số"


def today(context: Context) -> date:
    return context.now.astimezone(LOCAL).date()


def everywhere(caller: Caller) -> bool:
    return caller.may(EVERYWHERE)


def reach(caller: Caller) -> tuple[int, ...] | None:
    """Ids of the agencies that she administers; None for all of them."""
    if everywhere(caller):
        return None
    return (caller.agency_id,) if caller.may(OWN) else ()


def known_agency(connection: Connection, caller: Caller, code: str, *, lock: bool = False) -> AgencyEdit:
    """An agency that the caller administers. Errors: DomainError not_found, forbidden."""
    found = organisation_edit.agency_edit(connection, code, lock=lock)
    if found is None:
        raise DomainError("not_found", "Không có cơ quan này.")
    if not everywhere(caller) and found.id not in (reach(caller) or ()):
        raise DomainError("forbidden", "Bạn chỉ quản lý được cơ quan của mình.")
    return found


def named_agency(connection: Connection, caller: Caller, code: str, field: str = "agency") -> AgencyEdit:
    """As `known_agency`, for a field of a form. Errors: DomainError invalid (`field`), forbidden."""
    try:
        return known_agency(connection, caller, code)
    except DomainError as error:
        if error.code == "not_found":
            raise invalid({field: [error.detail]}) from error
        raise


def known_unit(connection: Connection, agency: AgencyEdit, code: str, *, lock: bool = False) -> UnitEdit:
    """Errors: DomainError not_found."""
    found = organisation_edit.unit_edit(connection, agency.id, code, lock=lock)
    if found is None:
        raise DomainError("not_found", "Cơ quan không có đơn vị này.")
    return found


def known_position(connection: Connection, agency: AgencyEdit, code: str, *, lock: bool = False) -> PositionEdit:
    """Errors: DomainError not_found."""
    found = organisation_edit.position_edit(connection, agency.id, code, lock=lock)
    if found is None:
        raise DomainError("not_found", "Cơ quan không có vị trí việc làm này.")
    return found


def known_account(connection: Connection, caller: Caller, username: str, *, lock: bool = False) -> KeptAccount:
    """An account that the caller administers, or at least looks after. Errors: DomainError not_found."""
    found = account_keeping.kept_account(connection, username, lock=lock)
    agencies = reach(caller)
    if found is None or (agencies is not None and found.agency_id not in agencies):
        raise DomainError("not_found", "Không có tài khoản này trong phạm vi bạn quản lý.")
    return found


def check_version(seen: int | None, version: int) -> None:
    """Errors: DomainError stale_version when somebody else changed it since."""
    if seen is not None and seen != version:
        raise DomainError(
            "stale_version",
            "Người khác vừa sửa mục này; hãy xem lại nội dung hiện tại rồi sửa tiếp.",
            extra={"version": version},
        )


def differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What of it changes, before and after, days as text."""
    keys = [key for key, value in after.items() if before.get(key) != value]
    return {key: shown(before.get(key)) for key in keys}, {key: shown(after[key]) for key in keys}


def shown(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def log(
    connection: Connection,
    context: Context,
    kind: str,
    subject: str,
    agency_id: int | None,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> None:
    """Write the change down, in the transaction that makes it."""
    record_change(
        connection,
        at=whole_second(context.now),
        account_id=context.caller.account_id,
        kind=kind,
        subject=subject,
        agency_id=agency_id,
        before={key: shown(value) for key, value in before.items()},
        after={key: shown(value) for key, value in after.items()},
        address=context.address,
    )
