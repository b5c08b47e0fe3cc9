"""The slips of a dossier: what was issued, printed or to be edited; filled in, looked at, issued (QT-15.1, QT-15.2)."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.issue_slip import IssueSlip
from app.actions.issuing import Filled
from app.actions.open_file import note_opened
from app.actions.runner import Outcome, run
from app.api.acting import acting_context
from app.api.blueprint import Blueprint, reply
from app.api.lists import list_schema
from app.rules.permissions import READERS, RIGHTS
from app.runtime import asked_at, runtime
from app.schemas.fields import Anything, Choice, Flag, Instant, Many, Record, Schema, Text, Whole
from app.slips.fields import Field
from app.slips.forms import FORMS, KIND_TITLES
from app.store.file_accesses import VIEW
from app.views.cursors import whole_answer
from app.views.slips import BlankSlip, SlipPrint, blank_slip, kinds_to_issue, preview, slip_docx, slip_pdf, slips_of

blueprint = Blueprint("slips", __name__, url_prefix="/api/v1/dossiers/<code:code>/slips", description="Hồ sơ: phiếu")

DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_BINARY = {"type": "string", "format": "binary"}


class SlipSchema(Schema):
    id = Whole(1)
    kind = Choice(tuple(KIND_TITLES))
    title = Text(200)
    form = Choice(tuple(FORMS), metadata={"description": "Mẫu in, theo tên và thông tư; không bao giờ chỉ theo số"})
    number = Text(64, allow_none=True, metadata={"description": "Số trong sổ của cơ quan, theo năm"})
    issued_at = Instant()
    attachment = Whole(1, allow_none=True, metadata={"description": "Tệp của phiếu trong hồ sơ"})
    pdf = Text(500)
    docx = Text(500)


class SlipKindSchema(Schema):
    kind = Choice(tuple(KIND_TITLES))
    title = Text(200)
    form = Choice(tuple(FORMS))
    form_title = Text(200, metadata={"description": "Mẫu số và thông tư; trống khi là mẫu của cơ quan"})


class BlankSlipSchema(SlipKindSchema):
    inputs = Many(
        Anything(),
        data_key="fields",
        metadata={
            "description": "[{name, label, kind, required, hint, choices, columns}]; kind: line, lines, instant, date, money,"
            " number, choice, rows"
        },
    )
    values = Record(metadata={"description": "Nội dung lấy sẵn từ hồ sơ"})


class KindArgs(Schema):
    kind = Choice(tuple(KIND_TITLES), required=True)


class FilledSlipBody(Schema):
    kind = Choice(tuple(KIND_TITLES), required=True)
    values = Record(metadata={"description": "Các ô của phiếu"})


class IssueSlipBody(FilledSlipBody):
    sign = Flag(allow_none=True, metadata={"description": "Ký số trên máy chủ"})
    key = Text(200, allow_none=True, metadata={"description": "Tên chứng thư, khi có nhiều"})


class IssuedSlipSchema(Schema):
    id = Whole(1)
    kind = Choice(tuple(KIND_TITLES))
    number = Text(64, allow_none=True)
    attachment = Whole(1)
    pdf = Text(500)
    docx = Text(500)


class CopyArgs(Schema):
    copy = Whole(1, metadata={"description": "Số của lần in lại"})


@blueprint.get("")
@requires(*READERS)
@blueprint.response(200, list_schema("SlipList", SlipSchema))
def list_slips(code: str) -> Response:
    """Các phiếu đã cấp."""
    return reply(whole_answer([slip | slip_links(code, slip["id"]) for slip in slips_of(current_caller(), code)]))


@blueprint.get("/kinds")
@requires(*RIGHTS["issue-slip"].permissions)
@blueprint.response(200, list_schema("SlipKindList", SlipKindSchema))
def list_kinds(code: str) -> Response:
    """Những phiếu mà người hỏi lập được cho hồ sơ lúc này."""
    return reply(whole_answer([_kind(one) for one in kinds_to_issue(current_caller(), code, asked_at())]))


@blueprint.get("/new")
@requires(*RIGHTS["issue-slip"].permissions)
@blueprint.arguments(KindArgs, location="query")
@blueprint.response(200, BlankSlipSchema)
def new_slip(args: dict[str, Any], code: str) -> Response:
    """Một phiếu để điền: các ô và nội dung lấy sẵn từ hồ sơ."""
    found = blank_slip(current_caller(), code, args["kind"], asked_at(), runtime().settings.public_url)
    return reply(_kind(found) | {"fields": [field_view(one) for one in found.fields], "values": dict(found.values)})


@blueprint.post("/preview.pdf")
@requires(*RIGHTS["issue-slip"].permissions)
@blueprint.arguments(FilledSlipBody)
@blueprint.response(200, _BINARY, content_type="application/pdf")
def preview_pdf(body: dict[str, Any], code: str) -> Response:
    """Phiếu sẽ in ra thế nào; chưa cấp, chưa có số."""
    return pdf_reply(*_previewed(body, code))


@blueprint.post("/preview.docx")
@requires(*RIGHTS["issue-slip"].permissions)
@blueprint.arguments(FilledSlipBody)
@blueprint.response(200, _BINARY, content_type=DOCX_TYPE)
def preview_docx(body: dict[str, Any], code: str) -> Response:
    """Phiếu dạng DOCX để sửa, ký rồi đính kèm; chưa cấp, chưa có số."""
    return docx_reply(*_previewed(body, code, docx=True))


@blueprint.post("")
@requires(*RIGHTS["issue-slip"].permissions)
@blueprint.arguments(IssueSlipBody)
@blueprint.response(201, IssuedSlipSchema)
def issue(body: dict[str, Any], code: str) -> Response:
    """Cấp phiếu: lấy số trong sổ của năm, in, ký nếu muốn, giữ làm tệp của hồ sơ."""
    command = IssueSlip(code, body["kind"], body.get("values") or {}, bool(body.get("sign")), body.get("key"))

    def answer(outcome: Outcome) -> dict[str, Any]:
        told = outcome.extra
        return {
            "id": told["slip"],
            "kind": command.kind,
            "number": told["number"] or None,
            "attachment": told["attachment"],
            **slip_links(code, told["slip"]),
        }

    return reply(run(command, acting_context(), answer), 201)


@blueprint.get("/<id:slip_id>.pdf")
@requires(*READERS)
@blueprint.arguments(CopyArgs, location="query")
@blueprint.response(200, _BINARY, content_type="application/pdf")
def read_slip(args: dict[str, Any], code: str, slip_id: int) -> Response:
    """Phiếu in, đúng như khi cấp; `copy`: bản in lại, có ghi rõ."""
    caller = current_caller()
    return print_reply(slip_pdf(caller, code, slip_id, args.get("copy")), caller.account_id)


@blueprint.get("/<id:slip_id>.docx")
@requires(*READERS)
@blueprint.response(200, _BINARY, content_type=DOCX_TYPE)
def read_slip_docx(code: str, slip_id: int) -> Response:
    """Phiếu dạng DOCX để sửa (QT-15.2)."""
    return docx_reply(*slip_docx(current_caller(), code, slip_id))


def slip_links(code: str, slip_id: int) -> dict[str, str]:
    """Where an official reads the slip."""
    place = f"/api/v1/dossiers/{code}/slips/{slip_id}"
    return {"pdf": f"{place}.pdf", "docx": f"{place}.docx"}


def print_reply(found: SlipPrint, account_id: int | None) -> Response:
    """A slip handed out; where it is a file of the dossier, that is written down as with any other."""
    note_print(found, account_id)
    return pdf_reply(found.name, found.pdf)


def note_print(found: SlipPrint, account_id: int | None) -> None:
    """Write down who has the file that a slip is. Errors: DomainError quarantined."""
    if found.file is not None:
        note_opened(found.file, account_id, VIEW, asked_at(), address=request.remote_addr)


def pdf_reply(name: str, pdf: bytes) -> Response:
    """A printed slip, shown in the browser and kept nowhere."""
    return _file(name, pdf, "application/pdf", "inline")


def docx_reply(name: str, document: bytes) -> Response:
    """A slip to be edited, kept nowhere here."""
    return _file(name, document, DOCX_TYPE, "attachment")


def _file(name: str, content: bytes, media_type: str, how: str) -> Response:
    return Response(
        content,
        content_type=media_type,
        headers={"Content-Disposition": f'{how}; filename="{name}"', "Cache-Control": "private, no-store"},
    )


def _previewed(body: dict[str, Any], code: str, *, docx: bool = False) -> tuple[str, bytes]:
    filled = Filled(body["kind"], body.get("values") or {})
    return preview(current_caller(), code, filled, asked_at(), runtime().settings.public_url, docx=docx)


def _kind(blank: BlankSlip) -> dict[str, Any]:
    return {"kind": blank.kind, "title": blank.title, "form": blank.form, "form_title": blank.form_title}


def field_view(field: Field) -> dict[str, Any]:
    """A field of a form as a client draws it."""
    return {
        "name": field.name,
        "label": field.label,
        "kind": field.kind,
        "required": field.required,
        "hint": field.hint,
        "choices": [{"value": value, "title": title} for value, title in field.choices],
        "columns": [field_view(column) for column in field.columns],
    }
