"""What a row of a table would do: make an account, change one, nothing, or nothing because something in it is wrong.

Rows are compared with what there is: an account is found again by its user name, else by its mailbox, else by name and agency.
Empty cells leave what there is; permissions that are named are all that the account then has; positions are only added.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection

from app.access.caller import Caller
from app.actions.account_rows import SheetRow
from app.actions.administering import everywhere, reach
from app.actions.keep_accounts import check_given, may_keep, taken_mailbox
from app.errors import DomainError
from app.rules.permissions import PERMISSIONS
from app.rules.usernames import USERNAME, plain, proposed
from app.store import account_keeping, organisation_edit
from app.store.account_keeping import Holding, KeptAccount
from app.store.organisation_edit import AgencyEdit, PositionEdit, UnitEdit

NEW, CHANGED, UNCHANGED, WRONG = "new", "changed", "unchanged", "wrong"
_MAILBOX = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(slots=True)
class Plan:
    """What comes of a row. `faults`: (column, why); `changes`: what of an account changes, (column, before, after)."""

    line: int
    state: str = UNCHANGED
    username: str = ""
    name: str = ""
    email: str | None = None
    agency: str = ""
    agency_name: str = ""
    permissions: tuple[str, ...] | None = None
    """None: as they are."""
    positions: list[tuple[str, str, date]] = field(default_factory=list)
    """Positions to be given: code, name, from."""
    faults: list[tuple[str, str]] = field(default_factory=list)
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    account: KeptAccount | None = None

    def fault(self, column: str, why: str) -> None:
        self.faults.append((column, why))


@dataclass(slots=True)
class Known:
    """What there is, read once for all rows."""

    caller: Caller
    day: date
    agencies: dict[str, AgencyEdit]
    named: dict[str, list[AgencyEdit]]
    positions: dict[int, list[tuple[PositionEdit, UnitEdit]]]
    accounts: dict[str, KeptAccount]
    people: dict[tuple[int, str], list[KeptAccount]]
    """The accounts by agency and plain name."""
    mailboxes: dict[str, str]
    holdings: dict[int, list[Holding]]
    taken: set[str]
    lines: dict[str, int] = field(default_factory=dict)
    """In which line of the table each user name stands."""
    mailed: dict[str, int] = field(default_factory=dict)


def plans(connection: Connection, caller: Caller, rows: Sequence[SheetRow], day: date) -> list[Plan]:
    """A plan a row, in their order; later rows know of earlier ones."""
    known = _known(connection, caller, day)
    return [_plan(known, row) for row in rows]


def digest(found: Iterable[Plan]) -> str:
    """What somebody saw of these plans: another digest, and she should look again."""
    seen = [[plan.line, plan.state, plan.username, plan.changes, plan.faults, len(plan.positions)] for plan in found]
    return hashlib.sha256(json.dumps(seen, ensure_ascii=False).encode()).hexdigest()[:32]


def _known(connection: Connection, caller: Caller, day: date) -> Known:
    agencies = [
        one for one in organisation_edit.all_agencies(connection) if one.valid_to is None or one.valid_to >= day
    ]
    named: dict[str, list[AgencyEdit]] = {}
    for one in agencies:
        for called in {plain(one.code), plain(one.name), plain(one.identifier)}:
            named.setdefault(called, []).append(one)
    positions: dict[int, list[tuple[PositionEdit, UnitEdit]]] = {}
    for agency_id, position, unit in organisation_edit.positions_at(connection, [one.id for one in agencies], day):
        positions.setdefault(agency_id, []).append((position, unit))
    accounts = {one.username: one for one in account_keeping.kept_accounts(connection, None)}
    holdings: dict[int, list[Holding]] = {}
    for held in account_keeping.holdings_of(connection, [one.id for one in accounts.values()]):
        holdings.setdefault(held.account_id, []).append(held)
    people: dict[tuple[int, str], list[KeptAccount]] = {}
    for account in accounts.values():
        people.setdefault((account.agency_id, plain(account.name)), []).append(account)
    mailboxes = account_keeping.mailboxes(connection)
    by_code = {one.code: one for one in agencies}
    return Known(caller, day, by_code, named, positions, accounts, people, mailboxes, holdings, set(accounts))


def _plan(known: Known, row: SheetRow) -> Plan:
    plan = Plan(row.line, name=row.name, email=row.email or None, faults=list(row.faults))
    if row.email and not _MAILBOX.fullmatch(row.email):
        plan.fault("email", "Không phải địa chỉ thư điện tử.")
    agency = _agency(known, plan, row)
    account = _account(known, plan, row, agency)
    if account is not None and agency is None and not row.agency:
        agency = known.agencies.get(account.agency)
    if agency is None and not plan.faults:
        plan.fault("agency", "Phải ghi cơ quan.")
    if agency is not None:
        plan.agency, plan.agency_name = agency.code, agency.name
        _positions(known, plan, row, agency)
    _permissions(known, plan, row)
    _compare(known, plan, row)
    if plan.faults:
        plan.state = WRONG
    return plan


def _agency(known: Known, plan: Plan, row: SheetRow) -> AgencyEdit | None:
    if not row.agency:
        return None if everywhere(known.caller) else known.agencies.get(known.caller.agency)
    found = known.named.get(plain(row.agency), [])
    if len(found) > 1:
        plan.fault("agency", "Có nhiều cơ quan tên này; hãy ghi mã cơ quan.")
    elif not found:
        plan.fault("agency", f"Không có cơ quan “{row.agency[:80]}”.")
    elif not everywhere(known.caller) and found[0].id not in (reach(known.caller) or ()):
        plan.fault("agency", "Bạn chỉ nhập được tài khoản của cơ quan mình.")
    else:
        return found[0]
    return None


def _account(known: Known, plan: Plan, row: SheetRow, agency: AgencyEdit | None) -> KeptAccount | None:
    """Whose row it is, with its user name set; None for somebody new."""
    account = _found_again(known, plan, row, agency)
    if account is not None and _elsewhere(known, account):  # who administers another agency learns nothing of it
        plan.username = row.username
        column = "username" if row.username else "email"
        plan.fault(column, "Tài khoản có tên đăng nhập hoặc thư điện tử này là của người ở cơ quan khác.")
        return None
    plan.account = account
    if account is not None:
        plan.username = account.username
    elif row.username:
        plan.username = row.username
        if not re.fullmatch(USERNAME, row.username):
            plan.fault("username", "Tên đăng nhập gồm chữ thường không dấu, chữ số, dấu . _ -")
    elif row.name:
        plan.username = proposed(row.name, row.email or None, known.taken)
    if account is None and not row.name:
        plan.fault("name", "Phải ghi họ tên.")
    earlier = known.lines.setdefault(plan.username, row.line) if plan.username else row.line
    if earlier != row.line:
        plan.fault("name", f"Người này đã có ở dòng {earlier}; nhiều vị trí thì ghi chung một ô, cách nhau bằng dấu ;")
    known.taken.add(plan.username)
    return account


def _elsewhere(known: Known, account: KeptAccount) -> bool:
    agencies = reach(known.caller)
    return agencies is not None and account.agency_id not in agencies


def _found_again(known: Known, plan: Plan, row: SheetRow, agency: AgencyEdit | None) -> KeptAccount | None:
    if row.username:
        return known.accounts.get(row.username)
    by_mail = known.mailboxes.get(row.email.lower()) if row.email else None
    if by_mail is not None:
        return known.accounts[by_mail]
    same = known.people.get((agency.id, plain(row.name)), []) if agency is not None else []
    if row.email:
        same = [one for one in same if not one.email]
    if len(same) > 1:
        plan.fault("name", "Cơ quan có nhiều người cùng tên; hãy ghi tên đăng nhập.")
        return None
    return same[0] if same else None


def _positions(known: Known, plan: Plan, row: SheetRow, agency: AgencyEdit) -> None:
    since = date.fromisoformat(row.since) if row.since else known.day
    there = known.positions.get(agency.id, [])
    if row.unit:
        there = [
            (position, unit) for position, unit in there if plain(row.unit) in (plain(unit.name), plain(unit.code))
        ]
        if not there:
            plan.fault("unit", f"{agency.name} không có đơn vị “{row.unit[:80]}” có vị trí việc làm.")
            return
    held = known.holdings.get(plan.account.id, []) if plan.account else []
    for called in row.positions:
        found = [position for position, _ in there if plain(called) in (plain(position.code), plain(position.name))]
        if not found:
            names = ", ".join(position.name for position, _ in there[:6]) or "chưa có vị trí nào"
            plan.fault("positions", f"{agency.name} không có vị trí “{called[:80]}” (có: {names}).")
        elif len(found) > 1:
            plan.fault("positions", f"Có nhiều vị trí tên “{called[:80]}”; hãy ghi thêm đơn vị hoặc mã vị trí.")
        elif not _holds(held, found[0].id, max(since, known.day)):
            _free(plan, held, found[0], since)
            plan.positions.append((found[0].code, found[0].name, since))


def _holds(held: Sequence[Holding], position_id: int, day: date) -> bool:
    return any(one.position_id == position_id and (one.valid_to is None or one.valid_to >= day) for one in held)


def _free(plan: Plan, held: Sequence[Holding], position: PositionEdit, since: date) -> None:
    for one in held:
        if one.position_id == position.id and (one.valid_to or date.max) >= since:
            plan.fault("since", f"Đã giữ “{position.name}” đến {one.valid_to:%d/%m/%Y}; hãy ghi ngày sau đó.")
    if position.valid_to is not None:
        plan.fault("positions", f"Vị trí “{position.name}” chỉ còn đến {position.valid_to:%d/%m/%Y}.")


def _permissions(known: Known, plan: Plan, row: SheetRow) -> None:
    titles = {plain(one.title): name for name, one in PERMISSIONS.items()}
    found = []
    for called in row.permissions:
        name = called if called in PERMISSIONS else titles.get(plain(called))
        if name is None:
            plan.fault("permissions", f"Không có quyền “{called[:80]}”.")
        else:
            found.append(name)
    if row.permissions:
        plan.permissions = tuple(sorted(set(found)))
    elif plan.account is None:
        plan.permissions = _usual(known, plan)
    if plan.permissions is None or (
        plan.account is not None and sorted(plan.account.permissions) == list(plan.permissions)
    ):
        return
    try:
        check_given(known.caller, plan.account.permissions if plan.account else (), plan.permissions)
    except DomainError as error:
        plan.faults += [("permissions", why) for why in (error.errors or {}).get("permissions", ())]


def _usual(known: Known, plan: Plan) -> tuple[str, ...]:
    """What somebody new needs for her positions where nothing is said: to work steps, and at a desk to receive."""
    if not plan.positions:
        return ()
    agency = known.agencies[plan.agency]
    codes = {code for code, _, _ in plan.positions}
    desk = any(unit.kind == "desk" for position, unit in known.positions[agency.id] if position.code in codes)
    return ("dossier.register", "task.work") if desk else ("task.work",)


def _compare(known: Known, plan: Plan, row: SheetRow) -> None:
    email = row.email.lower()
    owner = known.mailboxes.get(email) if email else None
    if owner is not None and owner != plan.username:
        if row.username or not _elsewhere(known, known.accounts[owner]):  # else it was said already
            plan.fault("email", taken_mailbox(known.caller, owner, known.accounts[owner].agency_id))
    elif email and known.mailed.setdefault(email, row.line) != row.line:
        plan.fault("email", f"Thư điện tử này đã có ở dòng {known.mailed[email]}.")
    if plan.account is None:
        plan.state = NEW
        return
    _check_kept(known, plan, plan.account)
    was: Mapping[str, Any] = {
        "name": plan.account.name,
        "email": plan.account.email or "",
        "agency": plan.account.agency_name,
    }
    wanted = {"name": row.name, "email": row.email, "agency": plan.agency_name if row.agency else ""}
    plan.changes = [(key, was[key], value) for key, value in wanted.items() if value and value != was[key]]
    if plan.permissions is not None and list(plan.permissions) != sorted(plan.account.permissions):
        plan.changes.append(("permissions", _titles(plan.account.permissions), _titles(plan.permissions)))
        if plan.account.id == known.caller.account_id:
            plan.fault("permissions", "Không ai tự đổi quyền của mình.")
    plan.changes += [("positions", "", f"{name} từ {since:%d/%m/%Y}") for _, name, since in plan.positions]
    plan.state = CHANGED if plan.changes else UNCHANGED


def _check_kept(known: Known, plan: Plan, account: KeptAccount) -> None:
    agencies = reach(known.caller)
    if not may_keep(known.caller, account):
        plan.fault("username", "Tài khoản này do quản trị viên của tỉnh giữ.")
    elif agencies is not None and any(
        one.agency_id not in agencies and (one.valid_to is None or one.valid_to >= known.day)
        for one in known.holdings.get(account.id, [])
    ):
        plan.fault("username", "Tài khoản này còn giữ vị trí ở cơ quan khác: do quản trị viên của tỉnh giữ.")
    if not account.active:
        plan.fault("username", "Tài khoản này đang khóa; hãy mở khóa trước.")


def _titles(permissions: Iterable[str]) -> str:
    return "; ".join(PERMISSIONS[name].title for name in sorted(permissions) if name in PERMISSIONS) or "không có"
