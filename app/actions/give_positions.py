"""Positions over time: given to an account from a day on, ended on a day, kept as they were (QT-22.4).

Nobody holds a position twice on one day. What has been held stays: an end is today's or a later day's, so whoever acted
as the holder was one. Steps that she has taken stay with her until they are handed over.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from app.actions.administering import check_version, everywhere, known_account, known_position, log, named_agency, today
from app.actions.keyed import keyed
from app.actions.runner import Context
from app.errors import DomainError, invalid
from app.rules.permissions import WORKERS
from app.store import account_keeping
from app.store.account_keeping import Emptied, KeptAccount


@dataclass(frozen=True, slots=True)
class GivePosition:
    """`agency` and `position` by code; both days included, without `to_day` until further notice."""

    username: str
    agency: str
    position: str
    from_day: date
    to_day: date | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class EndPosition:
    """`last_day`: the last day on which it is held; the day before the first takes away what was not held yet."""

    username: str
    holding: int
    last_day: date


def give_position(command: GivePosition, context: Context) -> int:
    """Answers the id of the holding. Errors: DomainError not_found, forbidden, invalid, stale_version."""

    def make(connection: Connection) -> dict[str, Any]:
        account = known_account(connection, context.caller, command.username, lock=True)
        check_version(command.version, account.version)
        return {"id": given(connection, context, account, command)}

    given_id: int = keyed(context, make)["id"]
    return given_id


def given(connection: Connection, context: Context, account: KeptAccount, command: GivePosition) -> int:
    """Give it in the caller's transaction. Errors: DomainError invalid, forbidden."""
    if account.id == context.caller.account_id and not everywhere(context.caller):
        raise DomainError("forbidden", "Không tự giao vị trí cho mình được; hãy nhờ quản trị viên khác.")
    agency = named_agency(connection, context.caller, command.agency)
    try:
        position = known_position(connection, agency, command.position, lock=True)
    except DomainError as error:
        raise invalid({"position": [error.detail]}) from error
    _check_days(command, position.valid_to)
    held = [one for one in account_keeping.holdings_of(connection, [account.id]) if one.position_id == position.id]
    for one in held:
        if one.valid_from <= (command.to_day or date.max) and (one.valid_to or date.max) >= command.from_day:
            until = f"đến {one.valid_to:%d/%m/%Y}" if one.valid_to else "chưa có ngày kết thúc"
            raise invalid({"from_day": [f"Đã giữ vị trí này từ {one.valid_from:%d/%m/%Y} {until}; chọn ngày khác."]})
    holding = account_keeping.add_holding(connection, account.id, position.id, command.from_day, command.to_day)
    after = {
        "position": position.code,
        "agency": agency.code,
        "from": command.from_day,
        "to": command.to_day,
    }
    log(connection, context, "position_given", f"account:{account.username}", agency.id, {}, after)
    return holding


def end_position(command: EndPosition, context: Context) -> list[Emptied]:
    """Answers what nobody can work after that. Errors: DomainError not_found, forbidden, invalid, settled."""
    left: list[Emptied] = []

    def make(connection: Connection) -> dict[str, Any]:
        account = known_account(connection, context.caller, command.username, lock=True)
        holding = account_keeping.holding_by_id(connection, command.holding)
        if holding is None or holding.account_id != account.id:
            raise DomainError("not_found", "Tài khoản không có lần giữ vị trí này.")
        agency = named_agency(connection, context.caller, holding.agency)
        day = today(context)
        if holding.valid_to is not None and holding.valid_to < day:
            raise DomainError("settled", "Lần giữ vị trí này đã kết thúc.")
        if command.last_day < day - timedelta(days=1):
            raise invalid({"last_day": ["Ngày cuối không được trước hôm qua: những ngày đã qua thì đã giữ."]})
        if holding.valid_to is not None and command.last_day > holding.valid_to:
            raise invalid({"last_day": [f"Vị trí này chỉ được giao đến {holding.valid_to:%d/%m/%Y}."]})
        left.extend(account_keeping.emptied(connection, account.id, day, WORKERS, holding.position_id))
        account_keeping.end_holding(connection, holding, command.last_day)
        before = {"to": holding.valid_to}
        after = {
            "position": holding.position,
            "agency": holding.agency,
            "from": holding.valid_from,
            "to": command.last_day,
        }
        log(connection, context, "position_ended", f"account:{account.username}", agency.id, before, after)
        return {"id": holding.id}

    keyed(context, make)
    return left


def _check_days(command: GivePosition, closes: date | None) -> None:
    if command.to_day is not None and command.to_day < command.from_day:
        raise invalid({"to_day": ["Ngày cuối không được trước ngày đầu."]})
    if closes is not None and (command.to_day or date.max) > closes:
        raise invalid({"to_day": [f"Vị trí này chỉ còn đến {closes:%d/%m/%Y}."]})
