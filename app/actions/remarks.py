"""Remarks (trao đổi trong cơ quan): colleagues of one agency talk about a dossier among themselves.

QT-17.3: between agencies nothing is said this way; what goes from one to the other is a document that is attached and goes
along the configured process (transfer, opinion). A remark moves nothing and stands in no history that others read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from app.access.caller import Caller
from app.actions.notify import News, notify
from app.actions.runner import Context, once
from app.errors import DomainError, invalid
from app.rules import permissions
from app.store import dossiers, remarks, tasks
from app.store.dossiers import DossierRow
from app.store.official_notices import Whom
from app.store.remarks import RemarkRow
from app.store.transaction import transaction
from app.wording import TextFault, typed_text

CORRECTABLE = timedelta(minutes=10)
"""How long its author may put a remark right."""
MOST_MENTIONED = 20
_MENTION = re.compile(r"(?<![\w.@-])@([A-Za-z0-9][A-Za-z0-9._-]{0,62}[A-Za-z0-9]|[A-Za-z0-9])", re.ASCII)
_EXCERPT = 300


def add_remark(context: Context, code: str, text: str, mentioned: Iterable[str] = ()) -> dict[str, Any]:
    """A new remark in the caller's agency; colleagues named in it (`@username`) or in `mentioned` are told. Answers {id}.

    Errors: DomainError invalid (`text`, `mentioned`), not_found, forbidden, key_reused.
    """
    said = _said(text)

    def make() -> dict[str, Any]:
        dossier, agency_id = _place(connection, context.caller, code)
        told = _colleagues(connection, context.caller, agency_id, said, mentioned)
        remark_id = remarks.add_remark(
            connection, dossier.id, agency_id, context.caller.account_id, said, sorted(told), context.now
        )
        _tell(connection, context, dossier, said, told.values())
        return {"id": remark_id}

    with transaction() as connection:
        return once(connection, context.caller.account_id, context.key, context.now, make)


def correct_remark(context: Context, code: str, remark_id: int, text: str, version: int | None) -> dict[str, Any]:
    """Put one's own remark right, within ten minutes; the old text stays beside it. Answers {id}.

    Errors: DomainError invalid, not_found, forbidden, wrong_state (too late), stale_version.
    """
    said = _said(text)

    def make() -> dict[str, Any]:
        dossier, _ = _seen(connection, context.caller, code)
        row = remarks.remark_of(connection, dossier.id, remark_id)
        if row is None or row.agency_id not in context.caller.agency_ids:
            raise DomainError("not_found", "Không có ý kiến trao đổi này.")
        _check_correctable(row, context.caller, context.now)
        told = _colleagues(connection, context.caller, row.agency_id, said, ())
        stale = version is not None and version != row.version
        if stale or not remarks.correct_remark(connection, row, said, sorted(told), context.now):
            raise DomainError(
                "stale_version", "Ý kiến này đã được sửa ở nơi khác từ khi bạn mở; hãy xem lại rồi sửa.",
                extra={"version": row.version},
            )  # fmt: skip
        fresh = [account for name, account in told.items() if name not in row.mentioned]
        _tell(connection, context, dossier, said, fresh)
        return {"id": remark_id}

    with transaction() as connection:
        return once(connection, context.caller.account_id, context.key, context.now, make)


def may_correct(row: RemarkRow, caller: Caller, now: datetime) -> bool:
    """Whether the caller wrote it, less than ten minutes ago."""
    return row.account_id == caller.account_id and now - row.created_at <= CORRECTABLE


def remarking_agency(caller: Caller, parts: Iterable[int]) -> int | None:
    """In which agency the caller speaks about a dossier: her own, if it has a part; else one that she works in."""
    mine = sorted(caller.agency_ids & set(parts))
    return caller.agency_id if caller.agency_id in mine else (mine[0] if mine else None)


def _check_correctable(row: RemarkRow, caller: Caller, now: datetime) -> None:
    if row.account_id != caller.account_id:
        raise DomainError("forbidden", "Chỉ người viết sửa được ý kiến của mình.")
    if not may_correct(row, caller, now):
        raise DomainError("wrong_state", "Đã quá 10 phút nên không sửa được nữa; hãy viết thêm một ý kiến mới.")


def _said(text: str) -> str:
    try:
        said = typed_text(text, remarks.LONGEST, lines=True)
    except TextFault as fault:
        raise invalid({"text": [str(fault)]}) from fault
    if not said:
        raise invalid({"text": ["Hãy nhập nội dung trao đổi."]})
    return said


def _seen(connection: Connection, caller: Caller, code: str) -> tuple[DossierRow, set[int]]:
    found = dossiers.find_dossier(connection, code)
    parts = tasks.agencies_with_part(connection, found.id) if found else set()
    if found is None or not permissions.sees_dossier(caller.permissions, caller.agency_ids, parts):
        raise DomainError("not_found", "Không có hồ sơ này, hoặc cơ quan của bạn không tham gia giải quyết.")
    return found, parts


def _place(connection: Connection, caller: Caller, code: str) -> tuple[DossierRow, int]:
    dossier, parts = _seen(connection, caller, code)
    agency_id = remarking_agency(caller, parts)
    if agency_id is None:
        raise DomainError("forbidden", "Chỉ người của cơ quan tham gia giải quyết hồ sơ trao đổi được ở đây (QT-17.3).")
    return dossier, agency_id


def _colleagues(
    connection: Connection, caller: Caller, agency_id: int, said: str, mentioned: Iterable[str]
) -> dict[str, int]:
    """User name -> account of everybody named; none of another agency. Errors: DomainError invalid."""
    names = list(dict.fromkeys([*_MENTION.findall(said), *mentioned]))
    if not names:
        return {}
    known = {
        one.username: one.id for one in remarks.colleagues_of(connection, agency_id, caller.day, permissions.READERS)
    }
    strange = ", ".join(f"@{name}" for name in names[:MOST_MENTIONED] if name not in known)
    if strange:
        text = f"Trong cơ quan bạn không có {strange}; ở đây chỉ nhắc được đồng nghiệp cùng cơ quan."
        raise invalid({"text": [text]})
    if len(names) > MOST_MENTIONED:
        raise invalid({"text": [f"Mỗi lần chỉ nhắc được {MOST_MENTIONED} người."]})
    return {name: known[name] for name in names if name != caller.username}


def _tell(connection: Connection, context: Context, dossier: DossierRow, said: str, accounts: Iterable[int]) -> None:
    told = tuple(accounts)
    if told:
        name = context.caller.name
        text = f"{name}: {said if len(said) <= _EXCERPT else said[:_EXCERPT] + '…'}"
        applicant = dossiers.applicant_name(connection, dossier.id)
        # Mails are kept, and read and sent again by the desk of another agency (QT-17.3): they say who spoke, not what.
        data = {"reason": name, "applicant_name": applicant, "remark": True}
        news = News("mentioned", dossier.id, data, but=context.caller.account_id, on_screen={"reason": text})
        notify(connection, Whom(accounts=told), news, context.now)
