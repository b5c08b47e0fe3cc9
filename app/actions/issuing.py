"""Issuing a slip: filled in, numbered in its book, printed, signed where that is wanted, kept as a file of the dossier.

All in the action's own transaction, so a number is used when the slip is there and not otherwise (TT 01/2018 Art. 10). The
instant of a slip is that of the action (defect 16).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.actions.attach import Attach, keep_bytes
from app.actions.signing_here import signed_here
from app.actions.signing_keys import check_signs, chosen_key, key_ring
from app.actions.slip_content import head_of
from app.actions.slip_kinds import FEE_RECEIPT
from app.actions.work import Work
from app.errors import DomainError
from app.runtime import runtime
from app.signatures.keys import SigningKey
from app.slips.content import SlipError, clean_values
from app.slips.forms import FORMS, KIND_TITLES, form_of
from app.slips.replacing import current_template, logo_of, press_slip
from app.store import fees, slip_books, slips, tasks
from app.store.attachments import SLIP
from app.store.files import file_store
from app.store.slips import NewSlip

PDF = "application/pdf"


@dataclass(frozen=True, slots=True)
class Filled:
    """A slip as somebody filled it in. `sign`: signed on the server with the caller's key, or the one named `key`."""

    kind: str
    values: Mapping[str, Any] = field(default_factory=dict)
    sign: bool = False
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Issued:
    slip_id: int
    attachment_id: int
    kind: str
    number: str


def content_of(work: Work, filled: Filled, agency_id: int) -> dict[str, Any]:
    """The slip's content, as yet without a number. Errors: DomainError invalid, by `values.<field>`."""
    check_kind(work, filled.kind)
    head = head_of(work, filled.kind, agency_id)
    try:
        head["values"] = clean_values(head["form"], filled.values)
    except SlipError as problem:
        raise DomainError(
            "invalid",
            f"{KIND_TITLES[filled.kind]}: có ô chưa ghi hoặc ghi chưa đúng.",
            errors={"values": dict(problem.errors)},
        ) from problem
    return head


def check_kind(work: Work, kind: str) -> str:
    """The key of the form of that kind. Errors: DomainError invalid for a slip that there is not."""
    try:
        return form_of(kind, work.rules.profile.slip_set, work.today)
    except ValueError:
        known = ", ".join(KIND_TITLES)
        raise DomainError(
            "invalid", "Không có loại phiếu này.", errors={"kind": [f"Phải là một trong: {known}."]}
        ) from None


def check_till(work: Work, kind: str) -> None:
    """A receipt that goes with no step stands in the receiving agency's book, where it can be voided and paid back.

    Errors: DomainError forbidden.
    """
    assert work.caller is not None  # noqa: S101 - a slip is always somebody's act
    if kind == FEE_RECEIPT and work.dossier.agency_id not in work.caller.agency_ids:
        raise DomainError("forbidden", "Phí, lệ phí do cơ quan nhận hồ sơ thu.")


def issuing_agency(work: Work) -> int:
    """In whose name the caller issues: the receiving agency's if she works there, else her own that has a part in it."""
    assert work.caller is not None  # noqa: S101 - a slip is always somebody's act
    mine = work.caller.agency_ids
    if work.dossier.agency_id in mine:
        return work.dossier.agency_id
    parts = tasks.agencies_with_part(work.connection, work.dossier.id)
    return min(mine & parts, default=work.dossier.agency_id)


def issue(work: Work, filled: Filled, agency_id: int) -> Issued:
    """Issue a slip for the work's dossier in the name of that agency and the caller, and write it into the history.

    Errors: DomainError invalid, signing_failed.
    """
    assert work.caller is not None  # noqa: S101 - a slip is always somebody's act
    content = content_of(work, filled, agency_id)
    key = _key(work, filled)
    form = FORMS[content["form"]]
    year = work.today.year
    number = slip_books.next_number(work.connection, agency_id, filled.kind, year) if form.book else None
    content["number"] = str(number).zfill(2) if number is not None else ""
    template = current_template(work.connection, content["form"], agency_id, "typst", work.today)
    logo = logo_of(work.connection, agency_id, work.today)
    pdf = press_slip(content, template, logo)
    shown = f"{content['number']}{form.number_suffix}" if number is not None else ""
    name = f"{form.name} {shown.replace('/', '-')}".rstrip() + ".pdf"
    attachment_id = _kept(work, filled.kind, key, pdf, name)
    slip = NewSlip(
        filled.kind,
        content["form"],
        content,
        agency_id,
        year if number is not None else None,
        number,
        attachment_id,
        template.id if template else None,
        logo.id if logo else None,
    )
    slip_id = slips.add_slip(work.connection, work.dossier.id, slip, work.now, work.caller.account_id)
    told = {"slip": slip_id, "kind": filled.kind, "number": shown or None, "attachment": attachment_id}
    work.record("slip_issued", None, {name: value for name, value in told.items() if value is not None})
    if filled.kind == FEE_RECEIPT:
        _keep_fee(work, slip_id, content, agency_id)
    return Issued(slip_id, attachment_id, filled.kind, shown)


def _keep_fee(work: Work, slip_id: int, content: Mapping[str, Any], agency_id: int) -> None:
    """A receipt says that money was taken, with whatever act it was given: it stands in the till's list (HT-9.1)."""
    assert work.caller is not None  # noqa: S101 - a slip is always somebody's act
    values = content["values"]
    fees.add_entry(
        work.connection,
        dossier_id=work.dossier.id,
        agency_id=agency_id,
        account_id=work.caller.account_id,
        at=work.now,
        method=values["method"],
        payer=values["payer"],
        lines=values["fees"],
        slip_id=slip_id,
    )
    amount = sum(int(line["amount"]) for line in values["fees"])
    work.record("fee_collected", None, {"slip": slip_id, "amount": amount, "method": values["method"]})


def _key(work: Work, filled: Filled) -> SigningKey | None:
    """With what it is to be signed, found before a number is taken. Errors: DomainError invalid, forbidden, unavailable."""
    if not filled.sign:
        return None
    assert work.caller is not None  # noqa: S101 - a slip is always somebody's act
    under = work.under()
    check_signs(under)
    parts = tasks.agencies_with_part(work.connection, work.dossier.id)
    return chosen_key(work.caller, key_ring(runtime().settings), filled.key, parts, under)


def _kept(work: Work, kind: str, key: SigningKey | None, pdf: bytes, name: str) -> int:
    """The slip, signed where that is wanted, as a file of the dossier. Errors: DomainError signing_failed, unavailable."""
    settings = runtime().settings
    if key is not None:
        assert work.caller is not None  # noqa: S101 - a slip is always somebody's act
        pdf = signed_here(pdf, key, settings, work.now, who=work.caller.username, reason=KIND_TITLES[kind])
    stored = keep_bytes(file_store(settings), pdf)
    return Attach(work.dossier.code, stored.sha256, stored.size, name, PDF, kind=SLIP).add(work)
