"""Many accounts from a table: handed in, looked at, and made of all rows or of the good ones, in one transaction (QT-22.4).

Passwords are hashed before the transaction, by all cores: 24 ms of a core each, so 2,000 take about 25 seconds on two.
They are answered once, by what makes the accounts (docs/decisions/0023-temporary-passwords.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from app.access.temporary_passwords import hashed, temporary_password
from app.actions.account_plans import CHANGED, NEW, UNCHANGED, WRONG, Plan, digest, plans
from app.actions.account_rows import SheetRow, rows_of
from app.actions.administering import log, today
from app.actions.give_positions import GivePosition, given
from app.actions.keep_accounts import CreateAccount, added, edited, permitted
from app.actions.keyed import keyed
from app.actions.runner import Context, whole_second
from app.errors import DomainError, invalid
from app.store import account_imports, account_keeping
from app.store.account_imports import ImportRow
from app.store.transaction import reading, take_turn


@dataclass(frozen=True, slots=True)
class HandIn:
    content: bytes
    file_name: str


@dataclass(frozen=True, slots=True)
class Accept:
    """`good_only`: leave out the rows in which something is wrong. `seen`: the digest of what was looked at."""

    import_id: int
    good_only: bool = False
    seen: str | None = None


def hand_in(command: HandIn, context: Context) -> int:
    """Keep the rows of the table to be looked at; answers the id of the import.

    Errors: DomainError invalid (`file`), too_large.
    """
    rows = rows_of(command.content, command.file_name)

    def make(connection: Connection) -> dict[str, Any]:
        at, name = whole_second(context.now), command.file_name[-200:]
        added_id = account_imports.add_import(
            connection, context.caller.account_id, at, name, [row.kept() for row in rows]
        )
        after = {"file": name, "rows": len(rows)}
        subject = f"account_import:{added_id}"
        log(connection, context, "accounts_handed_in", subject, context.caller.agency_id, {}, after)
        return {"id": added_id}

    import_id: int = keyed(context, make)["id"]
    return import_id


def planned(connection: Connection, found: ImportRow, context: Context) -> list[Plan]:
    """What accepting it would do now."""
    return plans(connection, context.caller, [SheetRow.of(row) for row in found.rows], today(context))


def known_import(connection: Connection, import_id: int, account_id: int, *, lock: bool = False) -> ImportRow:
    """Errors: DomainError not_found."""
    found = account_imports.import_by_id(connection, import_id, account_id, lock=lock)
    if found is None:
        raise DomainError("not_found", "Không có lần nhập này.")
    return found


def accept(command: Accept, context: Context) -> dict[str, Any]:
    """Make and change the accounts: {id, result, accounts: [{username, name, agency, temporary_password}]}.

    `accounts`, with those that are new, is empty when the same key is answered again. Errors: DomainError not_found, settled,
    stale_version, invalid while rows are wrong.
    """
    with reading() as connection:
        found = known_import(connection, command.import_id, context.caller.account_id)
        fresh = [plan for plan in planned(connection, found, context) if plan.state == NEW]
    passwords = [temporary_password() for _ in fresh]
    hashes = dict(zip([plan.line for plan in fresh], hashed(passwords), strict=True))
    made_now: list[str] = []

    def make(connection: Connection) -> dict[str, Any]:
        made = _accept(connection, command, context, hashes)
        made_now.append("made")
        return made

    answer = keyed(context, make)
    shown = zip(fresh, passwords, strict=True) if made_now else ()
    new = [
        {"username": plan.username, "name": plan.name, "agency": plan.agency_name, "temporary_password": password}
        for plan, password in shown
    ]
    return answer | {"accounts": new}


def _accept(connection: Connection, command: Accept, context: Context, hashes: dict[int, str]) -> dict[str, Any]:
    take_turn(connection, "accounts")
    found = known_import(connection, command.import_id, context.caller.account_id, lock=True)
    if found.accepted_at is not None:
        raise DomainError("settled", "Bảng này đã nhập xong; muốn nhập nữa hãy gửi lại tệp.")
    now = planned(connection, found, context)
    new = {plan.line for plan in now if plan.state == NEW}
    if new != hashes.keys() or (command.seen is not None and command.seen != digest(now)):
        raise DomainError("stale_version", "Dữ liệu đã thay đổi từ khi bạn xem; hãy xem lại các dòng rồi nhập.")
    wrong = [plan for plan in now if plan.state == WRONG]
    if wrong and not command.good_only:
        lines = ", ".join(str(plan.line) for plan in wrong[:10])
        raise invalid(
            {"good_only": [f"Còn {len(wrong)} dòng sai (dòng {lines}): hãy sửa tệp, hoặc chỉ nhập các dòng đúng."]}
        )
    taken = account_keeping.usernames(connection)
    for plan in now:
        if plan.state == NEW:
            _make(connection, context, plan, hashes[plan.line], taken)
        elif plan.state == CHANGED:
            _change(connection, context, plan)
    result = {state: sum(plan.state == state for plan in now) for state in (NEW, CHANGED, UNCHANGED, WRONG)}
    account_imports.close_import(connection, found.id, whole_second(context.now), result)
    subject = f"account_import:{found.id}"
    log(connection, context, "accounts_imported", subject, context.caller.agency_id, {"file": found.file_name}, result)
    return {"id": found.id, "result": result}


def _make(connection: Connection, context: Context, plan: Plan, password_hash: str, taken: set[str]) -> None:
    command = CreateAccount(plan.name, plan.agency, plan.username, plan.email, plan.permissions or ())
    added(connection, context, command, password_hash, taken)
    taken.add(plan.username)
    _give(connection, context, plan)


def _change(connection: Connection, context: Context, plan: Plan) -> None:
    account = plan.account
    assert account is not None  # noqa: S101 - what changes is there
    changing = {key for key, _, _ in plan.changes}
    wanted = {"name": plan.name, "email": plan.email, "agency": plan.agency}
    edited(connection, context, account, {key: value for key, value in wanted.items() if key in changing})
    if plan.permissions is not None:
        permitted(connection, context, account, plan.permissions)
    _give(connection, context, plan)


def _give(connection: Connection, context: Context, plan: Plan) -> None:
    if not plan.positions:
        return
    account = account_keeping.kept_account(connection, plan.username, lock=True)
    assert account is not None  # noqa: S101 - it was made or is changed here
    for code, _, since in plan.positions:
        given(connection, context, account, GivePosition(plan.username, plan.agency, code, since))
