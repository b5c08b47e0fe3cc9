"""The slips of a dossier: what was issued, the print of each as it was issued, and those that could be filled in now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.access.caller import Caller
from app.actions.issuing import Filled, check_kind, content_of, issuing_agency
from app.actions.open_task import OpenedTask
from app.actions.slip_content import latest_request, proposed
from app.actions.slip_kinds import BY_ITSELF, FEE_RECEIPT, FEE_REFUND, right_to_issue
from app.actions.work import Work
from app.errors import DomainError, invalid
from app.rules.permissions import RIGHTS, in_state
from app.rules.side import SIDE
from app.runtime import runtime
from app.slips.fields import Field
from app.slips.forms import FORMS, KIND_TITLES
from app.slips.replacing import (
    DOCX,
    TYPST,
    current_template,
    logo_by_id,
    logo_of,
    press_docx,
    press_slip,
    template_by_id,
)
from app.store import attachments, fees, history, requests, slips
from app.store.attachments import AttachmentRow
from app.store.dossiers import DossierRow
from app.store.files import MissingFileError, StoreUnavailableError, file_store
from app.store.requests import RequestRow
from app.store.slips import SlipRow
from app.store.tasks import TaskRow
from app.store.transaction import reading
from app.views.visibility import visible_dossier
from app.wording import LOCAL, spoken_date


@dataclass(frozen=True, slots=True)
class BlankSlip:
    """A slip as it would be filled in now: `values` are what the dossier gives for its `fields`, unchecked."""

    kind: str
    title: str
    form: str
    form_title: str
    fields: tuple[Field, ...]
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SlipPrint:
    """A slip as it is handed out; `file` is the file of the dossier that it is, where somebody signed it."""

    name: str
    pdf: bytes
    file: AttachmentRow | None = None


def slips_of(caller: Caller, code: str) -> list[dict[str, Any]]:
    """The slips issued: [{id, kind, title, form, number, issued_at, attachment}]. Errors: DomainError not_found."""
    with reading() as connection:
        dossier = visible_dossier(connection, code, caller)
        issued = slips.slips_of(connection, dossier.id)
    return [slip_view(slip) for slip in issued]


def slip_view(slip: SlipRow) -> dict[str, Any]:
    form = FORMS.get(slip.form)
    return {
        "id": slip.id,
        "kind": slip.kind,
        "title": form.name if form else KIND_TITLES.get(slip.kind, slip.kind),
        "form": slip.form,
        "number": number_of(slip),
        "issued_at": slip.issued_at,
        "attachment": slip.attachment_id,
    }


def number_of(slip: SlipRow) -> str | None:
    """The number as the slip prints it, or None."""
    if slip.number is None:
        return None
    return f"{slip.number:02d}{FORMS[slip.form].number_suffix if slip.form in FORMS else ''}"


def slip_pdf(caller: Caller, code: str, slip_id: int, copy: int | None = None) -> SlipPrint:
    """A slip exactly as it was issued, or the copy of that number. Errors: DomainError not_found."""
    with reading() as connection:
        return printed_slip(connection, visible_dossier(connection, code, caller), slip_id, copy)


def printed_slip(connection: Connection, dossier: DossierRow, slip_id: int, copy: int | None = None) -> SlipPrint:
    """The same for a dossier that may be seen. Errors: DomainError not_found, unavailable."""
    slip = _slip(connection, dossier, slip_id)
    mark = "" if copy is None else _copy_mark(connection, dossier, slip_id, copy)
    voided = _void_mark(connection, slip)
    name = f"{dossier.code}-{slip.kind}-{slip_id}" + (f"-{copy}" if copy is not None else "")
    file = _signed_file(connection, slip) if copy is None and not voided else None
    marks = " – ".join(one for one in (voided, mark) if one)
    return SlipPrint(f"{name}.pdf", _content(file) if file else printed(connection, slip, marks), file)


def _signed_file(connection: Connection, slip: SlipRow) -> AttachmentRow | None:
    """The slip's file where somebody signed it, the last signed version of it that is in no quarantine: a signature is over
    bytes, and printing again makes others."""
    if slip.attachment_id is None:
        return None
    last = None
    line = {slip.attachment_id}
    for row in attachments.attachments_of(connection, slip.dossier_id):
        if row.id in line or row.signed_from in line:
            line.add(row.id)
            last = row if row.signatures and not row.quarantined else last
    return last


def _content(row: AttachmentRow) -> bytes:
    """Its bytes. Errors: DomainError unavailable."""
    try:
        with file_store(runtime().settings).open(row.sha256) as file:
            return file.read()
    except (MissingFileError, StoreUnavailableError) as error:
        raise DomainError("unavailable", "Kho tệp tạm thời không phục vụ được; hãy thử lại sau ít phút.") from error


def printed(connection: Connection, slip: SlipRow, mark: str = "") -> bytes:
    """A slip printed with the template and the logo with which it was issued."""
    template = template_by_id(connection, slip.template_id)
    return press_slip(slip.content, template, logo_by_id(connection, slip.logo_id), mark)


def slip_docx(caller: Caller, code: str, slip_id: int) -> tuple[str, bytes]:
    """File name and DOCX of an issued slip, to be edited (QT-15.2). Errors: DomainError not_found."""
    with reading() as connection:
        dossier = visible_dossier(connection, code, caller)
        slip = _slip(connection, dossier, slip_id)
        document = _docx(connection, slip.content, slip.agency_id, slip.issued_at, slip.logo_id)
    return f"{dossier.code}-{slip.kind}-{slip_id}.docx", document


def kinds_to_issue(caller: Caller, code: str, now: datetime) -> list[BlankSlip]:
    """Which slips the caller may issue for a dossier now, without their proposals. Errors: DomainError not_found."""
    with reading() as connection:
        work = _work(connection, code, caller, now, "")
        if why_not(work) is not None:
            return []
        kinds = [kind for kind in BY_ITSELF if _may(caller, right_to_issue(kind))]
        here = work.dossier.agency_id in caller.agency_ids
        return [_blank(work, kind, {}) for kind in kinds if here or kind != FEE_RECEIPT]


def blank_slip(caller: Caller, code: str, kind: str, now: datetime, public_url: str) -> BlankSlip:
    """A slip to fill in. Errors: DomainError not_found, forbidden, wrong_state, invalid."""
    with reading() as connection:
        work = _issuing(connection, code, caller, kind, now, public_url)
        return _blank(work, kind, proposed(work, kind, latest_request(work, kind)))


def preview(
    caller: Caller,
    code: str,
    filled: Filled,
    now: datetime,
    public_url: str,
    *,
    docx: bool = False,
    said: Mapping[str, Any] | None = None,
) -> tuple[str, bytes]:
    """File name and print of a slip that is not issued yet, without a number; `said`: the body of the action that it goes
    with, which gives what is not filled in. Errors: DomainError as blank_slip."""
    kind = filled.kind
    with reading() as connection:
        work = _issuing(connection, code, caller, kind, now, public_url)
        agency_id = issuing_agency(work)
        given = {} if said is None else proposed(work, kind, latest_request(work, kind), said)
        content = content_of(work, Filled(kind, {**given, **filled.values}), agency_id)
        name = f"{work.dossier.code}-{kind}-du-thao"
        if docx:
            return f"{name}.docx", _docx(connection, content, agency_id, now, None)
        template = current_template(connection, content["form"], agency_id, TYPST, work.today)
        pdf = press_slip(content, template, logo_of(connection, agency_id, work.today))
    return f"{name}.pdf", pdf


def slips_beside(opened: OpenedTask, caller: Caller, now: datetime, public_url: str) -> dict[str, BlankSlip]:
    """The slip that can be filled in together with each of the actions that may be done to a task now, by the action."""
    kinds = {offer.name: offer.slip for offer in opened.offers if offer.allowed and offer.slip is not None}
    if not kinds:
        return {}
    with reading() as connection:
        work = Work(connection, opened.work.dossier, [], now.replace(microsecond=0), caller, public_url)
        request = _request_of(work, opened.task)
        found = {action: _blank(work, kind, proposed(work, kind, request)) for action, kind in kinds.items()}
    return {action: blank for action, blank in found.items() if blank.kind != FEE_RECEIPT or blank.values["fees"]}


def _request_of(work: Work, task: TaskRow) -> RequestRow | None:
    """The request that a task belongs to; for one of the procedure itself there is none yet."""
    return requests.request_of(work.connection, task.instance_id) if task.instance_kind in SIDE else None


def why_not(work: Work) -> DomainError | None:
    """Why the caller may issue no slip for the dossier now, or None."""
    caller = work.caller
    if caller is None or not _may(caller, "issue-slip"):
        return DomainError("forbidden", "Tài khoản của bạn không có quyền lập phiếu.")
    if not in_state("issue-slip", work.dossier.status):
        return DomainError("wrong_state", "Hồ sơ đã kết thúc nên không lập phiếu được nữa.")
    return None


def _may(caller: Caller, action: str) -> bool:
    return any(caller.may(name) for name in RIGHTS[action].permissions)


def _issuing(connection: Connection, code: str, caller: Caller, kind: str, now: datetime, public_url: str) -> Work:
    if kind not in BY_ITSELF:
        raise invalid({"kind": [f"Phải là một trong: {', '.join(BY_ITSELF)}."]})
    work = _work(connection, code, caller, now, public_url)
    if (refusal := why_not(work)) is not None:
        raise refusal
    return work


def _work(connection: Connection, code: str, caller: Caller, now: datetime, public_url: str) -> Work:
    return Work(
        connection, visible_dossier(connection, code, caller), [], now.replace(microsecond=0), caller, public_url
    )


def _blank(work: Work, kind: str, values: Mapping[str, Any]) -> BlankSlip:
    key = check_kind(work, kind)
    form = FORMS[key]
    return BlankSlip(kind, form.name, key, form.title, form.fields, values)


def _docx(
    connection: Connection, content: Mapping[str, Any], agency_id: int, at: datetime, logo_id: int | None
) -> bytes:
    day = at.astimezone(LOCAL).date()
    template = current_template(connection, content.get("form", "tt01-2018/01"), agency_id, DOCX, day)
    logo = logo_by_id(connection, logo_id) or logo_of(connection, agency_id, day)
    return press_docx(content, template, logo)


def _slip(connection: Connection, dossier: DossierRow, slip_id: int) -> SlipRow:
    slip = slips.find_slip(connection, dossier.id, slip_id)
    if slip is None:
        raise DomainError("not_found", "Hồ sơ không có phiếu này.")
    return slip


def _void_mark(connection: Connection, slip: SlipRow) -> str:
    """What stands on a receipt that was voided: whoever prints it, the applicant too, holds no proof of money."""
    at = fees.voided_at(connection, slip.id) if slip.kind in (FEE_RECEIPT, FEE_REFUND) else None
    return f"ĐÃ HỦY {spoken_date(at)}" if at is not None else ""


def _copy_mark(connection: Connection, dossier: DossierRow, slip_id: int, copy: int) -> str:
    """What stands on a copy: when it was made again, and why."""
    rows = history.history_of(connection, dossier.id)
    row = next((row for row in rows if row.seq == copy and row.kind == "slip_reprinted"), None)
    if row is None or row.data.get("slip") != slip_id:
        raise DomainError("not_found", "Phiếu này không có lần in lại như vậy.")
    return f"BẢN IN LẠI {spoken_date(row.at)} – Lý do: {row.data.get('comment', '')}"
