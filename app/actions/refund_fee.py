"""Pay a fee back (hoàn trả phí, lệ phí): only where the agency did not complete the service (ST-11.4c, LA-8.4)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from app.actions.checks import comment_of
from app.actions.issuing import Filled, issue
from app.actions.on_dossier import work_on_dossier
from app.actions.runner import Context, Outcome
from app.actions.slip_kinds import FEE_REFUND
from app.actions.void_fee import entry_of
from app.errors import DomainError
from app.rules.fees import repayable
from app.slips.forms import FORMS
from app.store import fees, slips


@dataclass(frozen=True, slots=True)
class RefundFee:
    """A receipt is paid back whole, in its own way unless `method` names another."""

    dossier: str
    entry: int
    reason: str | None
    method: str | None = None

    def perform(self, connection: Connection, context: Context) -> Outcome:
        """`extra`: {entry, slip, number, amount}. Errors: DomainError not_found, forbidden, wrong_state, comment_required."""
        work = work_on_dossier(connection, context, "refund-fee", self.dossier)
        found = entry_of(work, self.entry)
        reason = comment_of(self.reason)
        if found.refund_of is not None or found.voided_at is not None or found.refunded:
            raise DomainError("wrong_state", "Biên lai này đã hủy hoặc đã hoàn trả.")
        refusal = repayable(work.dossier.status, work.clock.outcome)
        if refusal is not None:
            raise DomainError(refusal.code, refusal.text, extra={"rule": refusal.rule})
        assert work.caller is not None  # noqa: S101 - a person asked for it
        if found.agency_id not in work.caller.agency_ids:
            raise DomainError("forbidden", "Biên lai này của cơ quan khác.")
        receipt = slips.find_slip(connection, work.dossier.id, found.slip_id)
        assert receipt is not None  # noqa: S101 - the entry's foreign key
        method = self.method or found.method
        values = {
            "payer": found.payer,
            "receipt_number": f"{receipt.number:02d}{FORMS[receipt.form].number_suffix}" if receipt.number else "–",
            "fees": found.lines,
            "reason": reason,
            "method": method,
            "paid_at": work.now.isoformat(),
        }
        issued = issue(work, Filled(FEE_REFUND, values), found.agency_id)
        entry = fees.add_entry(
            connection,
            dossier_id=work.dossier.id,
            agency_id=found.agency_id,
            account_id=work.caller.account_id,
            at=work.now,
            method=method,
            payer=found.payer,
            lines=found.lines,
            slip_id=issued.slip_id,
            refund_of=found.id,
            reason=reason,
        )
        told = {"slip": issued.slip_id, "number": issued.number, "amount": found.amount, "comment": reason}
        work.record("fee_refunded", None, told)
        work.finish()
        return Outcome(work, None, [], {"entry": entry, **told})
