"""Accounts as administrators see them: found by words, one with her positions over time, what she may and what was changed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from app.access.caller import Caller
from app.actions.administering import everywhere, known_account, reach
from app.actions.keep_accounts import may_keep
from app.errors import DomainError, invalid
from app.rules.administration import givable
from app.rules.permissions import PERMISSIONS, WORKERS, Scope
from app.store import account_keeping, organisation, organisation_edit
from app.store.account_keeping import Holding, KeptAccount, Wanted
from app.store.transaction import reading
from app.views.changes import changes_view
from app.views.cursors import an_id, make_cursor, page_answer, read_cursor
from app.views.organisation import holding_view
from app.wording import alphabetical

SCOPES = {
    Scope.OWN_POSITIONS: "ở các vị trí mình giữ",
    Scope.OWN_AGENCY: "trong cơ quan",
    Scope.EVERYWHERE: "toàn tỉnh",
}
_GROUPS = (
    (
        "Giải quyết hồ sơ",
        (
            "dossier.register",
            "task.work",
            "task.assign",
            "document.sign",
            "dossier.late_entry",
            "dossier.correct",
        ),
    ),
    ("Theo dõi, báo cáo", ("report.view", "control.view")),
    (
        "Thủ tục, quy trình, biểu mẫu",
        (
            "procedure.manage",
            "diagram.deploy",
            "procedure.review",
            "calendar.manage",
            "slip.manage",
            "slip.manage_own",
            "message.manage",
        ),
    ),
)
_REST = "Quản trị hệ thống"


def account_list(
    caller: Caller, wanted: Wanted, agency: str | None, day: date, cursor: str | None = None, size: int = 50
) -> dict[str, Any]:
    """A page of the accounts that the caller administers, by name. Errors: DomainError invalid."""
    after = read_cursor(cursor, "accounts", an_id)[0] if cursor else None
    with reading() as connection:
        agencies = reach(caller)
        if agency is not None:
            found = organisation_edit.agency_edit(connection, agency)
            if found is None or (agencies is not None and found.id not in agencies):
                raise invalid({"agency": ["Không có cơ quan này trong phạm vi bạn quản lý."]})
            agencies = (found.id,)
        asked = Wanted(
            wanted.words, agencies, wanted.position, wanted.permission, wanted.locked, wanted.without_position
        )
        rows = account_keeping.search(connection, asked, day, after, size + 1)
        total = account_keeping.count(connection, asked, day)
        held = account_keeping.holdings_of(connection, [one.id for one in rows])
    more = make_cursor("accounts", rows[size - 1].id) if len(rows) > size else None
    return page_answer([account_view(one, held, day) for one in rows[:size]], total, more)


def account_view(one: KeptAccount, held: Sequence[Holding], day: date) -> dict[str, Any]:
    """An account as lists show it; `positions` are those of that day."""
    positions = [
        view for of in held if of.account_id == one.id and (view := holding_view(of, day))["state"] == "current"
    ]
    return {
        "username": one.username,
        "name": one.name,
        "email": one.email,
        "agency": one.agency,
        "agency_name": one.agency_name,
        "permissions": sorted(one.permissions),
        "positions": positions,
        "active": one.active,
        "must_change_password": one.must_change_password,
        "version": one.version,
    }


def account_detail(caller: Caller, username: str, day: date) -> dict[str, Any]:
    """One account with everything about it. Errors: DomainError not_found.

    `waiting`: open steps that she has taken; `emptied`: positions that nobody else could work, and how many steps wait there.
    """
    with reading() as connection:
        account = known_account(connection, caller, username)
        held = account_keeping.holdings_of(connection, [account.id])
        waiting = account_keeping.held_open(connection, account.id)
        emptied = account_keeping.emptied(connection, account.id, day, WORKERS)
        changes = changes_view(connection, f"account:{account.username}")
        elsewhere = account_keeping.holds_elsewhere(connection, account.id, account.agency_id, day)
    own = reach(caller)
    return account_view(account, held, day) | {
        "keeps": may_keep(caller, account) and (everywhere(caller) or not elsewhere),
        "self": account.id == caller.account_id,
        "holdings": [holding_view(one, day) | {"ends": own is None or one.agency_id in own} for one in held],
        "waiting": waiting,
        "emptied": [
            {"position": one.position, "position_name": one.position_name, "agency": one.agency, "waiting": one.waiting}
            for one in emptied
        ],
        "changes": changes,
    }


def permission_groups(caller: Caller, held: Collection[str] = ()) -> list[dict[str, Any]]:
    """Every permission in groups: title, reach in words, whether it is held and whether the caller may give or take it."""
    may = givable(caller.permissions)
    grouped = {name for _, names in _GROUPS for name in names}
    groups = (*_GROUPS, (_REST, tuple(name for name in PERMISSIONS if name not in grouped)))
    return [
        {
            "title": title,
            "permissions": [
                {
                    "name": name,
                    "title": PERMISSIONS[name].title,
                    "reach": SCOPES[PERMISSIONS[name].scope],
                    "held": name in held,
                    "gives": name in may,
                }
                for name in names
                if name in PERMISSIONS
            ],
        }
        for title, names in groups
    ]


def agencies_of(caller: Caller, day: date) -> list[tuple[str, str]]:
    """Code and name of the agencies whose accounts and positions the caller keeps."""
    with reading() as connection:
        if everywhere(caller):
            return organisation.agency_names(connection, day)
        own = organisation.agency_by_id(connection, caller.agency_id)
        return [(own.code, own.name)]


def positions_of(caller: Caller, agency: str, day: date) -> list[tuple[str, str]]:
    """Code and name (with its unit) of an agency's positions that somebody may be given."""
    with reading() as connection:
        found = organisation_edit.agency_edit(connection, agency)
        if found is None or (reach(caller) is not None and found.id not in (reach(caller) or ())):
            raise DomainError("not_found", "Không có cơ quan này trong phạm vi bạn quản lý.")
        rows = organisation_edit.positions_at(connection, [found.id], day)
    return [(position.code, f"{position.name} – {unit.name}") for _, position, unit in rows]


def by_name(found: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(found, key=lambda one: alphabetical(one[1]))
