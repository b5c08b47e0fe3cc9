"""The books of an agency (TT 01/2018 Art. 10): which there are, the register printed, slips of some days in one file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection

from app.access.caller import Caller
from app.errors import DomainError, invalid
from app.slips.forms import FORMS, KIND_TITLES
from app.slips.render import Printing, render_many
from app.slips.replacing import logo_by_id, press_slip, printing_faults, template_by_id
from app.store import organisation, slip_books, slips
from app.store.organisation import AgencyRow
from app.store.slip_books import REGISTER, RegisterRow
from app.store.slips import SlipRow
from app.store.transaction import reading
from app.views.office_slips import print_office_slip
from app.views.visibility import agencies_asked
from app.wording import LOCAL

MOST_LINES = 5_000
"""Lines of a register in one print."""
MOST_SLIPS = 2_000
LISTS = (REGISTER, "fee_list", "post_list")
"""Kinds that are printed from what there is and kept nowhere."""
_ENDS = {"refused": "Từ chối giải quyết", "withdrawn": "Người nộp rút hồ sơ", "stopped": "Dừng giải quyết"}


@dataclass(frozen=True, slots=True)
class Span:
    """Whole days, both included, of one year."""

    begin: date
    end: date

    @property
    def begins_at(self) -> datetime:
        return datetime.combine(self.begin, time(), LOCAL)

    @property
    def ends_at(self) -> datetime:
        return datetime.combine(self.end + timedelta(days=1), time(), LOCAL)


def span_of(begin: date, end: date) -> Span:
    """Errors: DomainError invalid for days in the wrong order or of two years."""
    if end < begin:
        raise invalid({"to": ["Ngày cuối phải từ ngày đầu trở đi."]})
    if begin.year != end.year:
        raise invalid({"to": ["Mỗi năm một quyển sổ: hai ngày phải cùng một năm."]})
    return Span(begin, end)


def books_of(caller: Caller, agency: str | None) -> dict[str, Any]:
    """An agency's books: {agency, agency_name, books: [{book, title, year, last}]}. Errors: DomainError invalid, forbidden."""
    with reading() as connection:
        found = _agency(connection, caller, agency)
        rows = slip_books.books_of(connection, found.id)
    return {
        "agency": found.code,
        "agency_name": found.name,
        "books": [
            {"book": row.book, "title": KIND_TITLES.get(row.book, row.book), "year": row.year, "last": row.last}
            for row in rows
        ],
    }


def register_pdf(caller: Caller, agency: str | None, span: Span, profile: str, now: datetime) -> tuple[str, bytes]:
    """File name and print of the register of dossiers for those days. Errors: DomainError invalid, forbidden."""
    with reading() as connection:
        found = _agency(connection, caller, agency)
        year, times = span.begin.year, (span.begins_at, span.ends_at)
        if slip_books.count_register(connection, found.id, year, *times, MOST_LINES + 1) > MOST_LINES:
            raise invalid({"to": [f"Có hơn {MOST_LINES:,} hồ sơ; hãy chọn ít ngày hơn.".replace(",", ".")]})
        rows = slip_books.register_rows(connection, found.id, year, *times, most=MOST_LINES)
        values = {"year": year, "dossiers": [_line(row) for row in rows]}
        pdf = print_office_slip(connection, caller, found, profile, now, REGISTER, values)
    return f"so-theo-doi-{found.code}-{span.begin}-{span.end}.pdf", pdf


def print_slips(caller: Caller, agency: str | None, kind: str, span: Span, write: Callable[[bytes], None]) -> int:
    """Give the slips of a kind issued on those days to `write` as one print file; how many pages it has.

    Errors: DomainError invalid, forbidden, not_found where there are none: before anything was written.
    """
    with reading() as connection:
        found = _agency(connection, caller, agency)
        times = (span.begins_at, span.ends_at)
        number = slips.count_between(connection, found.id, kind, *times, MOST_SLIPS + 1)
        if number == 0:
            raise DomainError("not_found", "Không có phiếu nào loại này được cấp trong những ngày ấy.")
        if number > MOST_SLIPS:
            raise invalid({"to": [f"Có hơn {MOST_SLIPS:,} phiếu; hãy chọn ít ngày hơn.".replace(",", ".")]})
        title = f"{KIND_TITLES.get(kind, kind)}, {found.name}"
        with printing_faults():
            return render_many(_printings(connection, found.id, kind, *times), write, title)


def _printings(connection: Connection, agency_id: int, kind: str, begin: datetime, end: datetime) -> Iterator[Printing]:
    after = 0
    while batch := slips.slips_between(connection, agency_id, kind, begin, end, after=after, most=200):
        for slip in batch:
            yield _printing(connection, slip)
        after = batch[-1].id


def _printing(connection: Connection, slip: SlipRow) -> Printing:
    template = template_by_id(connection, slip.template_id)
    logo = logo_by_id(connection, slip.logo_id)
    pdf = press_slip(slip.content, template, logo) if template is not None else None
    return Printing(slip.content, logo=logo, pdf=pdf)


def _line(row: RegisterRow) -> dict[str, Any]:
    contact = ", ".join(text for text in (row.applicant.get("address"), row.applicant.get("phone")) if text)
    return {
        "number": row.number,
        "code": row.code,
        "applicant": row.applicant_name,
        "address": contact,
        "procedure": row.procedure_name,
        "received_at": row.received_at.isoformat(),
        "appointment_at": row.appointment_at.isoformat() if row.appointment_at else None,
        "result_at": row.result_at.isoformat() if row.result_at else None,
        "delivered_at": row.closed_at.isoformat() if row.closed_at else None,
        "note": _ENDS.get(row.outcome or "", ""),
    }


def _agency(connection: Connection, caller: Caller, code: str | None) -> AgencyRow:
    """The named agency, else the caller's own. Errors: DomainError invalid, forbidden."""
    if code is None:
        return organisation.agency_by_id(connection, caller.agency_id)
    (agency_id,) = agencies_asked(connection, code, caller)
    return organisation.agency_by_id(connection, agency_id)


PRINTED = tuple(kind for kind in KIND_TITLES if kind not in LISTS and any(form.kind == kind for form in FORMS.values()))
"""The kinds of slip that are printed in one file."""
