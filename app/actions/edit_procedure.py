"""Procedures as published: made, copied, changed from a day on, closed to new dossiers; every change dated and logged.

HT-9.3 (fees and accounts), QT-3.3 (submit or present), ST-8.3 (the published name). A dossier keeps the data with which it
was received (`app.store.procedure_changes.as_received`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final

from sqlalchemy import Connection

from app.actions.administering import check_version, log, today
from app.actions.procedure_data import COLUMNS, as_json, check, check_later, data_of, write
from app.actions.runner import Context, whole_second
from app.errors import DomainError, invalid
from app.logs import get_logger
from app.store import procedure_changes, procedures
from app.store.administration_changes import record_change
from app.store.procedure_changes import ChangeRow
from app.store.procedures import ProcedureRow
from app.store.transaction import reading, take_turn, transaction
from app.wording import LOCAL

log_line = get_logger(__name__)

MANAGE: Final = "procedure.manage"
_EMPTY: Final[Mapping[str, Any]] = {
    "components": [],
    "fees": [],
    "legal_basis": [],
    "max_file_bytes": None,
    "file_types": None,
    "closed_from": None,
    "beneficiaries": {},
}


@dataclass(frozen=True, slots=True)
class CreateProcedure:
    """`values`: members of the published data; what they leave open is copied from `copy_from`, where one is named."""

    code: str
    values: Mapping[str, Any]
    copy_from: str | None = None

    def make(self, connection: Connection, context: Context) -> dict[str, Any]:
        """A new procedure without a version yet. Errors: DomainError invalid, duplicate."""
        take_turn(connection, "procedures")
        if procedures.find_procedure(connection, self.code) is not None:
            why = f"Đã có thủ tục mã {self.code}."
            raise DomainError("duplicate", why, errors={"code": [why]})
        copied: dict[str, Any] = {}
        if self.copy_from is not None:
            model = procedures.find_procedure(connection, self.copy_from)
            if model is None:
                raise invalid({"copy_from": [f"Không có thủ tục mã {self.copy_from}."]})
            copied = data_of(connection, model) | {"closed_from": None}
        data = {**_EMPTY, **copied, **as_json(self.values)}
        if self.copy_from is not None and "beneficiaries" not in self.values:
            agencies = data.get("agencies") or ()
            data["beneficiaries"] = {code: one for code, one in data["beneficiaries"].items() if code in agencies}
        ids = check(connection, data)
        columns = {name: procedure_changes.read_value(name, data[name]) for name in COLUMNS}
        procedure_id = procedures.add_procedure(connection, {"code": self.code, **columns}, list(ids.values()))
        wanted = {ids[code]: data["beneficiaries"].get(code) for code in data["agencies"]}
        procedure_changes.write_agencies(connection, procedure_id, wanted)
        after = data | ({"copy_from": self.copy_from} if self.copy_from else {})
        log(connection, context, "procedure_created", f"procedure:{self.code}", None, {}, after)
        return {"code": self.code}


@dataclass(frozen=True, slots=True)
class EditProcedure:
    """`values`: the members as they are to be; `seen` is the revision that the caller saw."""

    code: str
    values: Mapping[str, Any]
    reason: str
    effective_from: date | None = None
    decision_number: str | None = None
    decided_on: date | None = None
    seen: int | None = None

    def make(self, connection: Connection, context: Context) -> dict[str, Any]:
        """Change it now, or keep the change until its day.

        Errors: DomainError not_found, invalid, stale_version, wrong_state.
        """
        procedure = known(connection, self.code)
        check_version(self.seen, procedure.revision)
        day, now = today(context), whole_second(context.now)
        from_day = self.effective_from or day
        waiting = procedure_changes.waiting_change(connection, procedure.id)
        if waiting is not None and waiting.effective_from <= day:  # its day has come and no worker came by yet
            _take_effect(connection, procedure, waiting, now)
            procedure, waiting = known(connection, self.code), None
        delta = self._delta(connection, procedure, from_day, day)
        if from_day == day:
            before = write(connection, procedure, delta)
            if waiting is not None:
                _check_waiting(connection, known(connection, self.code), waiting)
        elif waiting is not None:
            raise DomainError(
                "wrong_state",
                f"Đã có thay đổi chờ áp dụng từ {waiting.effective_from:%d/%m/%Y}; hãy bỏ thay đổi đó trước.",
            )
        else:
            check_later(connection, procedure, delta)
            before = {}
            procedure_changes.write_procedure(connection, procedure.id, {})
        change_id = procedure_changes.add_change(
            connection, self._row(procedure.id, from_day, now if from_day == day else None, before, delta, context)
        )
        kind = "procedure_changed" if from_day == day else "procedure_change_planned"
        told = delta | {"reason": self.reason, "effective_from": from_day}
        told |= {"decision_number": self.decision_number} if self.decision_number else {}
        log(connection, context, kind, f"procedure:{self.code}", None, before, told)
        return {"id": change_id, "applied": from_day == day}

    def _delta(self, connection: Connection, procedure: ProcedureRow, from_day: date, day: date) -> dict[str, Any]:
        if from_day < day:
            raise invalid({"effective_from": ["Phải từ hôm nay trở đi: hồ sơ đã tiếp nhận giữ dữ liệu lúc đó."]})
        if self.decided_on is not None and self.decided_on > day:
            raise invalid({"decided_on": ["Ngày quyết định không thể sau hôm nay."]})
        data, wanted = data_of(connection, procedure), as_json(self.values)
        if "agencies" in wanted:
            wanted["agencies"] = sorted(dict.fromkeys(wanted["agencies"]))
        delta = {name: value for name, value in wanted.items() if data[name] != value}
        if not delta:
            raise DomainError("invalid", "Chưa có gì khác với dữ liệu hiện tại.")
        closing = delta.get("closed_from")
        if closing is not None and date.fromisoformat(closing) < day:
            raise invalid({"closed_from": ["Phải từ hôm nay trở đi."]})
        return delta

    def _row(
        self,
        procedure_id: int,
        from_day: date,
        applied_at: datetime | None,
        before: Mapping[str, Any],
        delta: Mapping[str, Any],
        context: Context,
    ) -> dict[str, Any]:
        return {
            "procedure_id": procedure_id,
            "effective_from": from_day,
            "applied_at": applied_at,
            "before": dict(before),
            "after": dict(delta),
            "decision_number": self.decision_number or None,
            "decided_on": self.decided_on,
            "reason": self.reason,
            "made_at": whole_second(context.now),
            "made_by": context.caller.account_id,
        }


@dataclass(frozen=True, slots=True)
class CancelChange:
    """Take back a change whose day has not come."""

    code: str
    change_id: int

    def make(self, connection: Connection, context: Context) -> dict[str, Any]:
        """Errors: DomainError not_found, settled."""
        procedure = known(connection, self.code)
        found = next(
            (one for one in procedure_changes.changes_of(connection, procedure.id) if one.id == self.change_id), None
        )
        if found is None:
            raise DomainError("not_found", "Thủ tục không có thay đổi này.")
        if not found.waits:
            raise DomainError("settled", "Thay đổi này đã áp dụng hoặc đã bỏ.")
        procedure_changes.settle_change(connection, found.id, cancelled_at=whole_second(context.now))
        procedure_changes.write_procedure(connection, procedure.id, {})
        log(connection, context, "procedure_change_cancelled", f"procedure:{self.code}", None, found.after, {})
        return {"id": found.id}


def known(connection: Connection, code: str) -> ProcedureRow:
    """The procedure, locked. Errors: DomainError not_found."""
    found = procedure_changes.locked(connection, code)
    if found is None:
        raise DomainError("not_found", f"Không có thủ tục mã “{code}”.")
    return found


def _check_waiting(connection: Connection, procedure: ProcedureRow, waiting: ChangeRow) -> None:
    """What waits must still be possible on its day, when nobody is there to ask. Errors: DomainError wrong_state."""
    try:
        check_later(connection, procedure, waiting.after)
    except DomainError as error:
        why = "; ".join(text for texts in (error.errors or {}).values() for text in texts)
        raise DomainError(
            "wrong_state",
            f"Thay đổi chờ áp dụng từ {waiting.effective_from:%d/%m/%Y} sẽ không áp dụng được nữa ({why}); "
            "hãy bỏ thay đổi đó trước.",
        ) from error


def apply_due(now: datetime) -> int:
    """Let the changes whose day has come take effect; answers how many did. One that cannot does not hold up the others."""
    day, done = now.astimezone(LOCAL).date(), 0
    with reading() as connection:
        due = procedure_changes.due_changes(connection, day)
    for change_id, code in due:
        try:
            done += _apply(change_id, code, now)
        except DomainError as error:
            log_line.error("procedure_change_refused", procedure=code, change=change_id, errors=error.errors)
    return done


def _apply(change_id: int, code: str, now: datetime) -> bool:
    with transaction() as connection:
        procedure = known(connection, code)
        waiting = procedure_changes.waiting_change(connection, procedure.id)
        if waiting is None or waiting.id != change_id:
            return False
        _take_effect(connection, procedure, waiting, now)
        return True


def _take_effect(connection: Connection, procedure: ProcedureRow, change: ChangeRow, now: datetime) -> None:
    """From the first instant of its day on, however late somebody comes by."""
    at = datetime.combine(change.effective_from, time(), LOCAL)
    before = write(connection, procedure, change.after)
    procedure_changes.settle_change(connection, change.id, applied_at=at, before=before)
    record_change(
        connection,
        at=whole_second(now),
        account_id=change.made_by_id,
        kind="procedure_change_applied",
        subject=f"procedure:{procedure.code}",
        agency_id=None,
        before=before,
        after=change.after,
    )
