"""Collect a fee (thu phí, lệ phí): the desk takes money and gives a numbered receipt for it (HT-9.1, TN-PL.6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from app.actions.issuing import Filled, check_till, issue, issuing_agency
from app.actions.on_dossier import work_on_dossier
from app.actions.runner import Context, Outcome
from app.actions.slip_content import proposed
from app.actions.slip_kinds import FEE_RECEIPT
from app.errors import DomainError, invalid
from app.store import fees


@dataclass(frozen=True, slots=True)
class CollectFee:
    """`lines`: {name, amount} in đồng, None for all that the procedure asks and no receipt names; `payer`: None for the
    applicant; `seen`: what had been collected, in đồng, as the page showed it, so that two desks do not take one fee twice."""

    dossier: str
    method: str = "cash"
    lines: tuple[Mapping[str, Any], ...] | None = None
    payer: str | None = None
    seen: int | None = None

    def perform(self, connection: Connection, context: Context) -> Outcome:
        """`extra`: {entry, slip, number, amount}.

        Errors: DomainError not_found, forbidden, wrong_state, stale_version, invalid.
        """
        work = work_on_dossier(connection, context, "collect-fee", self.dossier)
        check_till(work, FEE_RECEIPT)
        collected = fees.collected_of(connection, work.dossier.id)
        if self.seen is not None and self.seen != collected:
            raise DomainError(
                "stale_version", "Khoản thu của hồ sơ đã thay đổi từ khi bạn mở trang; hãy xem lại rồi thu."
            )
        values = proposed(work, FEE_RECEIPT) | {"method": self.method}
        if self.payer:
            values["payer"] = self.payer
        if self.lines is not None:
            values["fees"] = [dict(line) for line in self.lines]
        elif collected and not values["fees"]:
            raise DomainError("wrong_state", "Đã thu đủ phí, lệ phí của hồ sơ; muốn thu thêm thì ghi rõ khoản thu.")
        if not any(line.get("amount") for line in values["fees"]):
            raise invalid({"lines": ["Chưa có khoản nào để thu: hãy ghi tên và số tiền."]})
        try:
            issued = issue(work, Filled(FEE_RECEIPT, values), issuing_agency(work))
        except DomainError as error:
            raise _of_fields(error) from error
        work.finish()
        entry = fees.entries_of(connection, work.dossier.id)[-1]
        told = {"entry": entry.id, "slip": issued.slip_id, "number": issued.number, "amount": entry.amount}
        return Outcome(work, None, [], told)


def _of_fields(error: DomainError) -> DomainError:
    """What is wrong with the receipt, by the fields of this action."""
    values = (error.errors or {}).get("values")
    if not isinstance(values, Mapping):
        return error
    named = {"lines" if name == "fees" else name: list(told) for name, told in values.items()}
    return DomainError(error.code, error.detail, errors=named, extra=error.extra)
