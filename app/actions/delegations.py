"""Delegations (ủy quyền): a head lets somebody of her agency do the work of one of her positions within limits, and ends it.

She goes on working: both see the tasks. What may be done under one is `app.actions.delegating`. Nobody delegates what she
only stands in for or was delegated herself (TN-25.2, QT-15.4).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from app.access.caller import Caller
from app.actions.runner import Context, once, whole_second
from app.errors import DomainError, invalid
from app.rules.delegation import FORMS
from app.rules.permissions import WORKERS
from app.store import absences, delegations, official_notices
from app.store.accounts import HeldPosition
from app.store.administration_changes import record_change
from app.store.delegations import DelegationRow
from app.store.official_notices import Whom
from app.store.transaction import transaction
from app.wording import LOCAL

LONGEST = timedelta(days=366)
EVENT = "delegated"
MADE, ENDED = "delegation_made", "delegation_ended"
ANYWHERE, OWN_AGENCY, SHARES_OUT = "account.manage", "account.manage_own", "task.assign"


@dataclass(frozen=True, slots=True)
class Delegate:
    """`position`: code of one of the caller's own; `delegate`: a user name. `procedures` are codes, `steps` step keys; none of
    either is all of them."""

    delegate: str
    position: str
    from_day: date
    to_day: date
    decision_number: str
    reason: str
    procedures: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    signs: bool = False
    form: str = "TUQ."
    daily_most: int | None = None
    agency: str | None = None
    """Of the position, where she holds that code in several agencies."""


def own_positions(caller: Caller) -> list[HeldPosition]:
    """What she may delegate: positions that she holds herself, in agencies in which she heads something."""
    own = [held for held in caller.positions if held.absent_id is None]
    headed = {held.agency_id for held in own if held.head}
    return [held for held in own if held.agency_id in headed]


def may_end(caller: Caller, row: DelegationRow) -> bool:
    """Either of the two, and whoever administers accounts there."""
    manages = caller.may(ANYWHERE) or (caller.may(OWN_AGENCY) and row.agency_id == caller.agency_id)
    return caller.account_id in (row.delegator_id, row.delegate_id) or manages


def may_see(caller: Caller, row: DelegationRow) -> bool:
    """Who may end it, and who shares out the agency's work."""
    return may_end(caller, row) or (caller.may(SHARES_OUT) and row.agency_id in caller.agency_ids)


def delegate(command: Delegate, context: Context) -> int:
    """Give one; answers its id. Errors: DomainError invalid (naming the field), forbidden, key_reused."""
    caller = context.caller
    today = context.now.astimezone(LOCAL).date()
    position = _position(caller, command)
    _check_days(command, today)
    with transaction() as connection:

        def make() -> dict[str, Any]:
            to = _delegate(connection, caller, command, position, today)
            covered = _procedures(connection, command, position)
            _check_steps(connection, command, position, covered, today)
            values = {
                "delegator_id": caller.account_id,
                "delegate_id": to,
                "position_id": position.id,
                "from_day": command.from_day,
                "to_day": command.to_day,
                "procedures": covered,
                "steps": list(command.steps),
                "signs": command.signs,
                "form": command.form,
                "daily_most": command.daily_most,
                "decision_number": command.decision_number,
                "reason": command.reason,
                "made_by": caller.account_id,
                "made_at": whole_second(context.now),
            }
            made = delegations.add_delegation(connection, **values)
            _keep(connection, context, MADE, made)
            return {"id": made}

        given: int = once(connection, caller.account_id, context.key, context.now, make)["id"]
    return given


def end_delegation(delegation_id: int, context: Context) -> None:
    """It counts no more from now on. Errors: DomainError not_found, forbidden, settled, key_reused."""
    caller = context.caller
    today = context.now.astimezone(LOCAL).date()
    with transaction() as connection:

        def make() -> dict[str, Any]:
            row = row_of(connection, caller, delegation_id)
            if not may_end(caller, row):
                raise DomainError("forbidden", "Chỉ người ủy quyền, người được ủy quyền và quản trị mới kết thúc được.")
            at = whole_second(context.now)
            if not delegations.end_delegation(connection, delegation_id, caller.account_id, at, today):
                raise DomainError("settled", "Ủy quyền này đã kết thúc.")
            _keep(connection, context, ENDED, delegation_id)
            return {"id": delegation_id}

        once(connection, caller.account_id, context.key, context.now, make)


def row_of(connection: Connection, caller: Caller, delegation_id: int) -> DelegationRow:
    """A delegation that the caller may see. Errors: DomainError not_found."""
    row = delegations.delegation_by_id(connection, delegation_id)
    if row is None or not may_see(caller, row):
        raise DomainError("not_found", "Không có ủy quyền này.")
    return row


def _position(caller: Caller, command: Delegate) -> HeldPosition:
    found = [
        held
        for held in own_positions(caller)
        if held.code == command.position and command.agency in (None, held.agency)
    ]
    if found:
        return found[0]
    if not own_positions(caller):
        raise DomainError(
            "forbidden", "Chỉ người phụ trách đơn vị, cơ quan mới ủy quyền được, bằng vị trí của chính mình."
        )
    raise invalid(
        {"position": ["Không phải vị trí của chính bạn: vị trí làm thay, được ủy quyền thì không ủy quyền tiếp."]}
    )


def _check_days(command: Delegate, today: date) -> None:
    if command.form not in FORMS:
        raise invalid({"form": ["Phải là TUQ. hoặc KT."]})
    if command.to_day < command.from_day:
        raise invalid({"to_day": ["Ngày cuối không được trước ngày đầu."]})
    if command.from_day < today:
        raise invalid({"from_day": ["Ngày đầu không được trước hôm nay."]})
    if command.to_day - today > LONGEST:
        raise invalid({"to_day": ["Ngày cuối phải trong vòng một năm tới."]})


def _delegate(connection: Connection, caller: Caller, command: Delegate, position: HeldPosition, today: date) -> int:
    found = absences.find_official(connection, command.delegate, WORKERS)
    if found is None or found.agency_id != position.agency_id:
        raise invalid({"delegate": ["Không có tài khoản đang hoạt động này ở cơ quan của vị trí."]})
    if found.id == caller.account_id:
        raise invalid({"delegate": ["Không ủy quyền cho chính mình được."]})
    if not found.able:
        raise invalid({"delegate": [f"{found.name} chưa được cấp quyền xử lý hồ sơ."]})
    if delegations.holds_itself(connection, found.id, position.id, today):
        raise invalid({"delegate": [f"{found.name} đã giữ chính vị trí này nên không cần ủy quyền."]})
    return found.id


def _procedures(connection: Connection, command: Delegate, position: HeldPosition) -> list[int]:
    known = {
        code: number for number, code, _ in delegations.procedures_of(connection, position.agency_id, position.agency)
    }
    unknown = [code for code in command.procedures if code not in known]
    if unknown:
        raise invalid({"procedures": [f"Cơ quan không giải quyết thủ tục {', '.join(unknown)}."]})
    return sorted({known[code] for code in command.procedures})


def _check_steps(
    connection: Connection, command: Delegate, position: HeldPosition, procedure_ids: list[int], today: date
) -> None:
    if not command.steps:
        return
    every = [number for number, _, _ in delegations.procedures_of(connection, position.agency_id, position.agency)]
    known = delegations.steps_of_position(connection, position.code, procedure_ids or every, today)
    unknown = [step for step in command.steps if step not in known]
    if unknown:
        raise invalid({"steps": [f"Vị trí {position.name} không có bước {', '.join(unknown)} ở các thủ tục đã chọn."]})


def _keep(connection: Connection, context: Context, kind: str, delegation_id: int) -> None:
    """What stands in the log of administration, and what both are told."""
    row = delegations.delegation_by_id(connection, delegation_id)
    assert row is not None  # noqa: S101 - just written
    at = whole_second(context.now)
    said = {
        "delegator": row.delegator,
        "delegate": row.delegate,
        "position": row.position,
        "from_day": row.from_day.isoformat(),
        "to_day": row.to_day.isoformat(),
        "procedures": row.procedures,
        "steps": row.steps,
        "signs": row.signs,
        "form": row.form,
        "daily_most": row.daily_most,
        "decision_number": row.decision_number,
        "reason": row.reason,
    }
    before, after = ({}, said) if kind == MADE else (said, {"ended_at": at.isoformat()})
    record_change(
        connection,
        at=at,
        account_id=context.caller.account_id,
        kind=kind,
        subject=f"delegation:{delegation_id}",
        agency_id=row.agency_id,
        before=before,
        after=after,
        address=context.address,
    )
    words = f"{row.delegator_name} ủy quyền {row.position_name} cho {row.delegate_name}, theo {row.decision_number}"
    told = official_notices.who(
        connection, Whom(accounts=(row.delegator_id, row.delegate_id)), EVENT, context.caller.day
    )
    official_notices.add_notices(
        connection,
        [
            {
                "account_id": one.id,
                "event": EVENT,
                "dossier_id": None,
                "task_id": None,
                "data": {"template": kind, "reason": words, "delegation": delegation_id},
                "created_at": at,
                "mailed_at": None,
            }
            for one in told
            if one.id in (row.delegator_id, row.delegate_id) and one.screen != "off"
        ],
    )
