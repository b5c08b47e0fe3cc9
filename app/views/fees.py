"""Fees as people see them: what a dossier owes and what was paid for it; what somebody took on some days (HT-9.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.access.caller import Caller
from app.errors import invalid
from app.rules.fees import due_total, repayable, still_due
from app.rules.permissions import RIGHTS, in_state
from app.slips.fields import PAYMENT_METHODS
from app.slips.forms import FORMS
from app.store import dossiers, fees, organisation
from app.store.dossiers import DossierRow
from app.store.fees import FeeRow
from app.store.organisation import AgencyRow
from app.store.procedure_changes import as_received
from app.store.transaction import reading
from app.views.office_slips import print_office_slip
from app.views.registers import Span
from app.views.sheet_files import Cell, xlsx_file
from app.views.visibility import agencies_asked, visible_dossier
from app.wording import LOCAL

MOST_ENTRIES = 5_000
METHODS = dict(PAYMENT_METHODS)


def fees_of(caller: Caller, code: str) -> dict[str, Any]:
    """`{due: [{name, amount, [unit], [when]}], due_total, open, open_total, collected, settled, payer, entries, may_collect,
    may_refund, no_refund}`; `open` is what of `due` is left to be collected, an entry is as in `entry_view`.

    Errors: DomainError not_found.
    """
    with reading() as connection:
        dossier = visible_dossier(connection, code, caller)
        return _fees_of(connection, caller, dossier)


def _fees_of(connection: Connection, caller: Caller, dossier: DossierRow) -> dict[str, Any]:
    procedure = as_received(connection, dossier.procedure, dossier.received_at)
    asked = [fee for fee in procedure.fees if fee.get("amount")] if procedure else []
    rows = fees.entries_of(connection, dossier.id)
    contents = dossiers.contents(connection, dossier.id)
    receipts = [row for row in rows if row.refund_of is None and row.voided_at is None and not row.refunded]
    left = still_due(asked, [line for row in receipts for line in row.lines])
    here = dossier.agency_id in caller.agency_ids
    refusal = repayable(dossier.status, dossier.outcome)
    return {
        "due": asked,
        "due_total": due_total(asked),
        "open": left,
        "open_total": due_total(left),
        "collected": sum(row.amount for row in receipts),
        "settled": not left,
        "payer": contents.applicant_name,
        "entries": [entry_view(row) | {"may_void": _may_void(caller, row)} for row in rows],
        "may_collect": here and _may(caller, "collect-fee") and in_state("collect-fee", dossier.status),
        "may_refund": here and _may(caller, "refund-fee") and refusal is None,
        "no_refund": refusal.text if refusal else None,
    }


def _may(caller: Caller, action: str) -> bool:
    return any(caller.may(name) for name in RIGHTS[action].permissions)


def _may_void(caller: Caller, row: FeeRow) -> bool:
    if row.voided_at is not None or row.refunded or row.agency_id not in caller.agency_ids:
        return False
    own = row.account == caller.username and row.at.astimezone(LOCAL).date() == caller.day
    return caller.may("dossier.correct") or (own and _may(caller, "void-fee"))


def entry_view(row: FeeRow) -> dict[str, Any]:
    """`{id, kind: receipt | refund, number, slip, dossier, at, method, payer, lines, amount, collector, collector_name, reason,
    refund_of, refunded, voided: {at, by, by_name, reason} | None}`."""
    return {
        "id": row.id,
        "kind": "receipt" if row.refund_of is None else "refund",
        "number": number_of(row),
        "slip": row.slip_id,
        "dossier": row.dossier,
        "at": row.at,
        "method": row.method,
        "method_name": METHODS.get(row.method, row.method),
        "payer": row.payer,
        "lines": row.lines,
        "amount": row.amount,
        "collector": row.account,
        "collector_name": row.account_name,
        "reason": row.reason,
        "refund_of": row.refund_of,
        "refunded": row.refunded,
        "voided": {
            "at": row.voided_at,
            "by": row.voided_by,
            "by_name": row.voided_by_name,
            "reason": row.void_reason,
        }
        if row.voided_at is not None
        else None,
    }


def number_of(row: FeeRow) -> str:
    """As its slip prints it."""
    form = FORMS["office/fee_receipt" if row.refund_of is None else "office/fee_refund"]
    return f"{row.number:02d}{form.number_suffix}" if row.number is not None else "–"


@dataclass(frozen=True, slots=True)
class CashUp:
    """What was taken in an agency on some days, by one collector or all: `entries` as listed, `methods` the sums by way of
    paying of what was taken, `taken_out` what went out again, all in đồng."""

    agency: AgencyRow
    span: Span
    collector: str | None
    collector_name: str
    entries: list[dict[str, Any]]
    methods: list[tuple[str, int]]
    taken: int
    taken_out: int

    @property
    def left(self) -> int:
        """What has to be handed in; less than nothing where more was paid back than taken."""
        return self.taken - self.taken_out


def cash_up(caller: Caller, agency: str | None, collector: str | None, span: Span) -> CashUp:
    """`collector` is a username, None for everybody of the agency. Errors: DomainError invalid, forbidden.

    An entry counts on the day of the money: a receipt voided on its own day counts nothing, one voided later is taken out on
    the day on which it was voided.
    """
    with reading() as connection:
        found = _agency(connection, caller, agency)
        rows = fees.entries_between(connection, found.id, span.begins_at, span.ends_at, collector, MOST_ENTRIES + 1)
    if len(rows) > MOST_ENTRIES:
        raise invalid({"to": ["Có quá nhiều biên lai; hãy chọn ít ngày hơn."]})
    entries = [_counted(row, span, collector) for row in rows]
    by_method: dict[str, int] = {}
    for one in entries:
        if one["counts"] > 0:
            by_method[one["method_name"]] = by_method.get(one["method_name"], 0) + one["counts"]
    names = [row.account_name for row in rows if row.account == collector]
    names += [caller.name] if collector == caller.username else []
    return CashUp(
        found,
        span,
        collector,
        names[0] if names else (collector or f"Tất cả, {found.name}"),
        entries,
        sorted(by_method.items()),
        sum(one["counts"] for one in entries if one["counts"] > 0),
        -sum(one["counts"] for one in entries if one["counts"] < 0),
    )


def _counted(row: FeeRow, span: Span, collector: str | None) -> dict[str, Any]:
    """The entry with what it does to the till in those days (`counts`, đồng), and the words for it."""
    taken = span.begins_at <= row.at < span.ends_at and collector in (None, row.account)
    voided = (
        row.voided_at is not None
        and span.begins_at <= row.voided_at < span.ends_at
        and collector in (None, row.voided_by)
    )
    sign = 1 if row.refund_of is None else -1
    counts = (sign * row.amount if taken else 0) - (sign * row.amount if voided else 0)
    undone = row.voided_at is not None and row.voided_at.astimezone(LOCAL).date() == row.at.astimezone(LOCAL).date()
    notes = ["Hoàn trả"] if row.refund_of is not None else []
    if undone:  # whoever voided it: neither has the money
        counts = 0
        notes.append("đã hủy")
    elif voided:
        notes.append("đã hủy" if taken else "hủy biên lai ngày trước")
    return entry_view(row) | {"counts": counts, "note": ", ".join(notes).capitalize()}


def cash_up_xlsx(found: CashUp) -> tuple[str, bytes]:
    """File name and workbook."""
    head = (
        "Số biên lai",
        "Mã hồ sơ",
        "Người nộp tiền",
        "Người thu",
        "Hình thức",
        "Thời gian",
        "Tính vào quỹ (đồng)",
        "Ghi chú",
    )
    rows: list[Sequence[Cell]] = [
        (
            one["number"],
            one["dossier"],
            one["payer"],
            one["collector_name"],
            one["method_name"],
            f"{one['at'].astimezone(LOCAL):%H:%M %d/%m/%Y}",
            one["counts"],
            one["note"],
        )
        for one in found.entries
    ]
    rows.append(("", "", "", "", "", "Còn phải nộp", found.left, ""))
    return f"{_file_name(found)}.xlsx", xlsx_file("Thu phí, lệ phí", head, rows, (14, 28, 32, 24, 16, 18, 20, 24))


def cash_up_pdf(caller: Caller, found: CashUp, profile: str, now: datetime) -> tuple[str, bytes]:
    """File name and the list as it is signed and handed in with the money."""
    values = {
        "days": days_words(found.span),
        "collector": found.collector_name,
        "entries": [
            {
                "receipt_number": one["number"],
                "code": one["dossier"],
                "payer": one["payer"][:500],
                "collector": one["collector_name"][:500],
                "method": one["method"],
                "paid_at": one["at"].isoformat(),
                "amount": max(one["counts"], 0),
                "note": one["note"],
            }
            for one in found.entries
        ],
        "methods": [{"name": name, "amount": amount} for name, amount in found.methods],
        "taken_out": found.taken_out,
        "left": max(found.left, 0),
    }
    with reading() as connection:
        pdf = print_office_slip(connection, caller, found.agency, profile, now, "fee_list", values)
    return f"{_file_name(found)}.pdf", pdf


def days_words(span: Span) -> str:
    """One day or the first and the last, in words."""
    first = f"ngày {span.begin:%d/%m/%Y}"
    return first if span.begin == span.end else f"từ {first} đến ngày {span.end:%d/%m/%Y}"


def _file_name(found: CashUp) -> str:
    return f"thu-phi-{found.agency.code}-{found.span.begin}-{found.span.end}"


def _agency(connection: Connection, caller: Caller, code: str | None) -> AgencyRow:
    if code is None:
        return organisation.agency_by_id(connection, caller.agency_id)
    (agency_id,) = agencies_asked(connection, code, caller)
    return organisation.agency_by_id(connection, agency_id)
