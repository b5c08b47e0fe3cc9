"""Void a receipt (hủy biên lai): what was written by mistake counts no more; it stays, with who voided it and why (HT-9.1)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from app.actions.checks import comment_of
from app.actions.on_dossier import work_on_dossier
from app.actions.runner import Context, Outcome
from app.actions.work import Work
from app.errors import DomainError
from app.store import dossiers, fees
from app.store.fees import FeeRow
from app.wording import LOCAL


@dataclass(frozen=True, slots=True)
class VoidFee:
    dossier: str
    entry: int
    reason: str | None

    def perform(self, connection: Connection, context: Context) -> Outcome:
        """Errors: DomainError not_found, forbidden, wrong_state, settled, comment_required."""
        work = work_on_dossier(connection, context, "void-fee", self.dossier)
        found = entry_of(work, self.entry)
        reason = comment_of(self.reason)
        if found.refunded:
            raise DomainError("wrong_state", "Khoản này đã hoàn trả; hãy hủy phiếu hoàn trả trước.")
        _check_right(work, found)
        assert work.caller is not None  # noqa: S101 - a person asked for it
        if not fees.void_entry(connection, found.id, work.now, work.caller.account_id, reason):
            raise DomainError("settled", "Biên lai này đã được hủy.")
        if found.refund_of is None and dossiers.contents(connection, work.dossier.id).intake.get("fees_paid"):
            _forget_paid(work)
        told = {"slip": found.slip_id, "number": found.number, "amount": found.amount, "comment": reason}
        work.record("fee_voided", None, told)
        work.finish()
        return Outcome(work, None, [], {"entry": found.id})


def entry_of(work: Work, entry_id: int) -> FeeRow:
    """An entry of the dossier. Errors: DomainError not_found."""
    found = fees.find_entry(work.connection, work.dossier.id, entry_id)
    if found is None:
        raise DomainError("not_found", "Hồ sơ không có biên lai này.")
    return found


def _check_right(work: Work, found: FeeRow) -> None:
    """Who took the money may take the receipt back on the same day; later, or for another, who may correct what was written."""
    assert work.caller is not None  # noqa: S101 - a person asked for it
    own = found.account == work.caller.username and found.at.astimezone(LOCAL).date() == work.today
    if not own and not work.caller.may("dossier.correct"):
        why = "Chỉ người thu hủy được biên lai, và chỉ trong ngày thu; sau đó phải là người có quyền đính chính."
        raise DomainError("forbidden", why)
    if found.agency_id not in work.caller.agency_ids:
        raise DomainError("forbidden", "Biên lai này của cơ quan khác.")


def _forget_paid(work: Work) -> None:
    """What a voided receipt had answered is open again (ST-11.2c)."""
    if fees.collected_of(work.connection, work.dossier.id) == 0:
        dossiers.merge_intake(work.connection, work.dossier.id, {"fees_paid": False})
