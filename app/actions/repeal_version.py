"""Repeal a version (bãi bỏ): from the day named no new dossier follows it; those that run go on to their end (ST-26.7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from app.actions.moving_versions import state_on
from app.actions.runner import Context, once, whole_second
from app.errors import DomainError, invalid
from app.rules import versions
from app.store import procedures, version_reviews
from app.store.transaction import transaction
from app.wording import LOCAL


@dataclass(frozen=True, slots=True)
class RepealVersion:
    procedure: str
    number: int
    decision_number: str
    decided_on: date
    repealed_on: date
    reason: str


def repeal(command: RepealVersion, context: Context) -> str:
    """How the version stands now, one of `versions.STATES`. Errors: DomainError not_found, invalid, wrong_state, settled."""
    with transaction() as connection:
        account = context.caller.account_id
        answer = once(
            connection, account, context.key, context.now, lambda: {"state": _repeal(connection, command, context)}
        )
    return str(answer["state"])


def _repeal(connection: Connection, command: RepealVersion, context: Context) -> str:
    found = version_reviews.find_version(connection, command.procedure, command.number)
    if found is None:
        raise DomainError("not_found", f"Thủ tục “{command.procedure}” không có phiên bản số {command.number}.")
    # How it stands is read when nobody can correct it, or have a correction approved, any more.
    procedures.lock_versions(connection, found.procedure_id)
    today = context.now.astimezone(LOCAL).date()
    if command.repealed_on < today:
        raise invalid({"repealed_on": ["Ngày thôi áp dụng không được trước hôm nay: hồ sơ đã tiếp nhận giữ nguyên."]})
    if command.decided_on > command.repealed_on:
        raise invalid({"decided_on": ["Quyết định bãi bỏ không được ban hành sau ngày thôi áp dụng."]})
    state = state_on(connection, found.procedure_id, command.number, today)
    if found.repealed_on is not None:
        raise DomainError("settled", f"Phiên bản số {command.number} đã bị bãi bỏ theo {found.repeal_number}.")
    if state not in (versions.IN_FORCE, versions.UPCOMING):
        told = versions.STATES[state].lower()
        raise DomainError("wrong_state", f"Phiên bản số {command.number} {told}, không còn gì để bãi bỏ.")
    written = version_reviews.write_repeal(
        connection,
        found.id,
        number=command.decision_number,
        decided_on=command.decided_on,
        repealed_on=command.repealed_on,
        reason=command.reason,
        account_id=context.caller.account_id,
        now=whole_second(context.now),
    )
    if not written:
        raise DomainError("settled", "Phiên bản này vừa được người khác bãi bỏ; hãy tải lại.")
    return state_on(connection, found.procedure_id, command.number, today)
