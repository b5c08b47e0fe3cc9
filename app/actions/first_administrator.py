"""The first administrator of a new province: the one account that no administrator can make.

Only in a database without accounts. She gets what reaches over the whole province but no work on dossiers;
she makes the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.access.temporary_passwords import hashed, temporary_password
from app.actions.runner import whole_second
from app.calendars import default_calendar_data
from app.errors import DomainError
from app.rules.permissions import PERMISSIONS, Scope
from app.store import account_keeping, accounts, organisation
from app.store.administration_changes import record_change
from app.store.transaction import take_turn, transaction
from app.wording import LOCAL

LAST_YEAR = 2035
NOT_HERS = ("control.view", "dossier.message")
"""Seeing every dossier is the control office's, sending messages another system's."""


@dataclass(frozen=True, slots=True)
class FirstAdministrator:
    """Her account, and the agency at the province's head, which has the calendar of ordinary office hours."""

    username: str
    name: str
    agency: str
    agency_name: str
    identifier: str
    email: str | None = None


def make_first_administrator(command: FirstAdministrator, now: datetime) -> str:
    """Answers her temporary password, which is kept nowhere. Errors: DomainError wrong_state where there are accounts."""
    password = temporary_password()
    (password_hash,) = hashed([password])
    day = now.astimezone(LOCAL).date()
    with transaction() as connection:
        take_turn(connection, "accounts")
        if account_keeping.usernames(connection):
            raise DomainError("wrong_state", "Đã có tài khoản; hãy dùng trang Tài khoản cán bộ của quản trị viên.")
        calendar = organisation.calendar_ids(connection).get("office") or organisation.add_calendar(
            connection, "office", "Giờ hành chính", default_calendar_data(day.year - 1, LAST_YEAR)
        )
        agency_id = organisation.agency_ids(connection).get(command.agency) or organisation.add_agency(
            connection,
            {
                "code": command.agency,
                "identifier": command.identifier,
                "name": command.agency_name,
                "level": 1,
                "parent_id": None,
                "calendar_id": calendar,
                "desk_calendar_id": None,
                "valid_from": day.replace(month=1, day=1),
            },
        )
        everywhere = [one.name for one in PERMISSIONS.values() if one.scope is Scope.EVERYWHERE]
        permissions = sorted(set(everywhere) - set(NOT_HERS))
        values = {
            "username": command.username,
            "name": command.name,
            "email": command.email,
            "permissions": permissions,
        }
        accounts.add_account(
            connection, values | {"password_hash": password_hash, "agency_id": agency_id, "must_change_password": True}
        )
        record_change(
            connection,
            at=whole_second(now),
            account_id=None,
            kind="account_created",
            subject=f"account:{command.username}",
            agency_id=agency_id,
            before={},
            after=values | {"agency": command.agency},
        )
    return password
