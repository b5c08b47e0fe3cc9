"""Who looked at dossiers, for those who may ask: heads and inspectors of a dossier of theirs, `audit.view` of all (QT-6).

Looking here is itself kept in the log of administrators.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from app.access.caller import Caller
from app.errors import DomainError, invalid
from app.rules.permissions import lacking
from app.store import looks, organisation
from app.store.administration_changes import record_change
from app.store.looks import LookFilters, LookRow
from app.store.transaction import reading, transaction
from app.views.cursors import an_id, an_instant, make_cursor, page_answer, read_cursor
from app.views.disclosing import disclosed_to
from app.views.visibility import visible_dossier
from app.wording import LOCAL

SEE: Final = ("report.view", "control.view")
"""Who sees those of one dossier, which she sees."""
SEE_ALL: Final = ("audit.view",)
MOST_COUNTED: Final = 1000
GROUNDS: Final[Mapping[str, str]] = {
    looks.AGENCY: "Cơ quan tham gia giải quyết",
    looks.MANDATE: "Cơ quan thực hiện thay",
    looks.CONTROL: "Kiểm soát toàn tỉnh",
}
_KIND: Final = "looks"


@dataclass(frozen=True, slots=True)
class LookAsk:
    """Which looks; days are local and both included. `strange`: only of people who never had a step of the dossier."""

    dossier: str | None = None
    person: str | None = None
    agency: str | None = None
    ground: str | None = None
    strange: bool = False
    since: date | None = None
    until: date | None = None


def looks_of_dossier(caller: Caller, code: str, cursor: str | None, page_size: int) -> dict[str, Any]:
    """Who looked at a dossier that the caller sees, the latest first, a page of it.

    Errors: DomainError not_found, forbidden, invalid.
    """
    with reading() as connection:
        dossier = visible_dossier(connection, code, caller)
        if not may_see(caller):
            raise DomainError("forbidden", lacking(SEE))
        return _page(LookFilters(dossier_id=dossier.id), cursor, page_size)


def disclosures_of_dossier(caller: Caller, code: str) -> list[dict[str, Any]]:
    """To which authorities it was handed out. Errors: DomainError not_found, forbidden."""
    with reading() as connection:
        dossier = visible_dossier(connection, code, caller)
        if not may_see(caller):
            raise DomainError("forbidden", lacking(SEE))
        return disclosed_to(connection, dossier.id)


def may_see(caller: Caller) -> bool:
    return any(caller.may(name) for name in SEE)


def look_list(
    caller: Caller, ask: LookAsk, cursor: str | None, page_size: int, now: datetime, address: str | None
) -> dict[str, Any]:
    """All looks that match, the latest first; that somebody asked is noted with the first page.

    Errors: DomainError forbidden, invalid.
    """
    if not caller.may(SEE_ALL[0]):
        raise DomainError("forbidden", lacking(SEE_ALL))
    if ask.since is not None and ask.until is not None and ask.until < ask.since:
        raise invalid({"until": ["Phải từ ngày bắt đầu trở đi."]})
    with reading() as connection:
        agency = organisation.find_agency(connection, ask.agency) if ask.agency else None
    if ask.agency and agency is None:
        raise invalid({"agency": ["Không có cơ quan này."]})
    filters = LookFilters(
        code=ask.dossier,
        person=ask.person,
        agency_id=agency.id if agency else None,
        ground=ask.ground,
        strange=ask.strange,
        since=_midnight(ask.since),
        before=_midnight(ask.until + timedelta(days=1)) if ask.until else None,
    )
    found = _page(filters, cursor, page_size)
    if cursor is None:
        _note(caller, ask, now, address)
    return found


def _page(filters: LookFilters, cursor: str | None, page_size: int) -> dict[str, Any]:
    after = read_cursor(cursor, _KIND, an_instant, an_id, an_id) if cursor is not None else None
    with reading() as connection:
        rows = looks.looks(connection, filters, after, page_size + 1)
        total = looks.count_looks(connection, filters, MOST_COUNTED)
    last = rows[page_size - 1] if len(rows) > page_size else None
    following = make_cursor(_KIND, last.slot, last.account_id, last.dossier_id) if last else None
    return page_answer([_view(row) for row in rows[:page_size]], total, following)


def _view(row: LookRow) -> dict[str, Any]:
    return {
        "at": row.at,
        "dossier": row.code,
        "account": row.username,
        "name": row.name,
        "agency": row.agency,
        "agency_name": row.agency_name,
        "ground": row.ground,
        "ground_title": GROUNDS.get(row.ground, row.ground),
        "handled": row.handled,
        "way": row.way,
        "address": row.address,
    }


def _midnight(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), LOCAL)


def _note(caller: Caller, ask: LookAsk, now: datetime, address: str | None) -> None:
    asked = {name: getattr(ask, name) for name in ask.__slots__ if getattr(ask, name)}
    after = {name: value.isoformat() if isinstance(value, date) else value for name, value in asked.items()}
    with transaction() as connection:
        record_change(
            connection,
            at=now,
            account_id=caller.account_id,
            kind="looks_viewed",
            subject="looks:",
            agency_id=caller.agency_id,
            before={},
            after=after,
            address=address,
        )
