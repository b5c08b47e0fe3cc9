"""Open dossiers from an old system: a table is looked at, accepted, followed; what was a mistake is withdrawn."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import Response, make_response, request

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.import_preview import PERMISSION, LookAt, OldFile, preview, remap
from app.actions.import_run import accept_import, drop_import
from app.actions.import_withdraw import withdraw_import, withdraw_line
from app.actions.runner import Context, RequestKey
from app.api.acting import acting_context, etag, expected_version, idempotency_key
from app.api.blueprint import Blueprint, reply
from app.api.lists import list_schema
from app.errors import DomainError, invalid
from app.runtime import asked_at, runtime
from app.schemas.fields import Anything, Choice, Flag, Instant, Many, Part, Record, Schema, Text, Whole
from app.schemas.json_reading import read_json
from app.store.imports import DONE, PREVIEW, RUNNING
from app.views.imports import (
    MOST_ROWS,
    RESULTS,
    VERDICTS,
    import_detail,
    import_list,
    import_rows,
    remarks_file,
    template_file,
)
from app.views.sheet_files import XLSX
from app.wording import clean_line

blueprint = Blueprint("imports", __name__, url_prefix="/api/v1/imports", description="Chuyển hồ sơ từ hệ thống cũ")

_LONGEST = 500
_FIELDS = {"source", "mapping"}
UPLOAD = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file", "source"],
                    "properties": {
                        "file": {"type": "string", "format": "binary", "description": "XLSX, ODS hoặc CSV"},
                        "history": {"type": "string", "format": "binary", "description": "Quá trình, nếu để tệp riêng"},
                        "source": {"type": "string", "maxLength": 64, "description": "Tên hệ thống cũ"},
                        "mapping": {"type": "string", "description": "JSON: tên cột của mẫu → tiêu đề trong tệp"},
                    },
                }
            }
        },
    }
}
FILE = {"type": "string", "format": "binary"}


class ImportColumnSchema(Schema):
    name = Text(64)
    title = Text(200)
    hint = Text(500)
    required = Flag()
    heading = Text(200, allow_none=True, metadata={"description": "Tiêu đề trong tệp; null: không có"})


class ImportSchema(Schema):
    id = Whole(1)
    source = Text(64)
    file_name = Text(200)
    history_name = Text(200, allow_none=True)
    sha256 = Text(64)
    state = Choice((PREVIEW, RUNNING, DONE))
    state_title = Text(200)
    version = Whole(1)
    made_by_name = Text(500)
    made_at = Instant()
    accepted_at = Instant(allow_none=True)
    finished_at = Instant(allow_none=True)
    rows = Whole()
    wanted = Whole(metadata={"description": "Số dòng sẽ nhập"})
    done = Whole(metadata={"description": "Trong đó đã có kết quả"})
    ready = Whole()
    doubtful = Whole()
    refused = Whole()
    imported = Whole()
    failed = Whole()
    withdrawn = Whole()


class ImportDetailSchema(ImportSchema):
    columns = Many(Part(ImportColumnSchema))
    headings = Many(Text(200))
    unused = Many(Text(200), metadata={"description": "Tiêu đề chưa dùng đến"})


class ImportRowSchema(Schema):
    line = Whole(1)
    old_code = Text(200)
    applicant_name = Text(500)
    verdict = Choice(tuple(VERDICTS))
    verdict_title = Text(200)
    state = Choice(tuple(RESULTS))
    state_title = Text(200)
    remarks = Many(Anything(), metadata={"description": "[{field, title, cell, text, refused}]"})
    problem = Text(2000, allow_none=True)
    dossier = Text(64, allow_none=True)
    done_at = Instant(allow_none=True)
    procedure = Text(64, allow_none=True)
    procedure_name = Text(2000, allow_none=True)
    agency_name = Text(500, allow_none=True)
    code = Text(64, allow_none=True, metadata={"description": "Mã cũ được giữ; null: cấp mã mới"})
    received_at = Instant(allow_none=True)
    deadline = Instant(allow_none=True)
    appointment = Instant(allow_none=True)
    result_at = Instant(allow_none=True)
    places = Many(Anything(), metadata={"description": "[{step, step_name, agency_name, position_name, holder}]"})
    history_lines = Whole()


class ImportListArgs(Schema):
    page_size = Whole(1, 100, load_default=20)
    cursor = Text(500)


class ImportRowArgs(Schema):
    show = Choice((*VERDICTS, *RESULTS), metadata={"description": "Chỉ những dòng như vậy"})
    page_size = Whole(1, MOST_ROWS, load_default=50)
    cursor = Text(20, pattern=r"[0-9]{1,18}", expected="số dòng")


class MappingBody(Schema):
    mapping = Record(required=True, metadata={"description": "{tên cột của mẫu: tiêu đề trong tệp}"})


class WithdrawBody(Schema):
    reason = Text(2000, required=True, least=1, lines=True)


class WithdrawnSchema(Schema):
    withdrawn = Whole()
    refused = Many(Anything(), most=10_000, metadata={"description": "[{line, old_code, dossier, why}]"})


class WithdrawnRowSchema(Schema):
    code = Text(64, metadata={"description": "Mã mà hồ sơ đã mang"})


@blueprint.get("")
@requires(PERMISSION)
@blueprint.arguments(ImportListArgs, location="query")
@blueprint.response(200, list_schema("ImportPage", ImportSchema))
def list_imports(args: dict[str, Any]) -> Response:
    """Các lần chuyển hồ sơ, mới nhất trước."""
    return reply(import_list(args.get("cursor"), args["page_size"]))


@blueprint.get("/template.xlsx")
@requires(PERMISSION)
@blueprint.response(200, FILE, content_type=XLSX)
def import_template() -> Response:
    """Tệp mẫu: hồ sơ, quá trình, hướng dẫn."""
    return _file("mau-chuyen-ho-so.xlsx", template_file())


@blueprint.post("")
@requires(PERMISSION)
@blueprint.response(201, ImportDetailSchema)
@blueprint.doc(**UPLOAD)
def preview_import() -> Response:
    """Xem trước một tệp (multipart): từng dòng sẽ thành hồ sơ đứng ở đâu, hoặc vì sao không. Chưa ghi hồ sơ nào."""
    file, history = _uploaded()
    mapping = request.form.get("mapping")
    asked = LookAt(
        clean_line(request.form.get("source", ""))[:_LONGEST],
        file,
        history,
        runtime().settings.profile,
        _mapping(_json(mapping)) if mapping else None,
    )
    import_id = preview(asked, _context(file, history))
    found = import_detail(import_id)
    return reply(found, 201, headers={"ETag": etag(found["version"])})


@blueprint.get("/<id:import_id>")
@requires(PERMISSION)
@blueprint.response(200, ImportDetailSchema)
def read_import(import_id: int) -> Response:
    """Một lần chuyển: tổng số, tiến độ, cột nào là gì."""
    found = import_detail(import_id)
    return reply(found, headers={"ETag": etag(found["version"])})


@blueprint.get("/<id:import_id>/rows")
@requires(PERMISSION)
@blueprint.arguments(ImportRowArgs, location="query")
@blueprint.response(200, list_schema("ImportRowPage", ImportRowSchema))
def list_import_rows(args: dict[str, Any], import_id: int) -> Response:
    """Các dòng theo thứ tự trong tệp: sẽ nhập, cần xem lại, không nhập; sau đó là kết quả từng dòng."""
    return reply(import_rows(import_id, args.get("show"), int(args.get("cursor") or 0), args["page_size"]))


@blueprint.get("/<id:import_id>/remarks.xlsx")
@requires(PERMISSION)
@blueprint.response(200, FILE, content_type=XLSX)
def import_remarks(import_id: int) -> Response:
    """Bản xem trước hoặc kết quả, kèm nhận xét từng dòng."""
    return _file(*remarks_file(import_id))


@blueprint.put("/<id:import_id>/mapping")
@requires(PERMISSION)
@blueprint.arguments(MappingBody)
@blueprint.response(200, ImportDetailSchema)
def map_import(body: dict[str, Any], import_id: int) -> Response:
    """Sửa cột nào là gì và xem trước lại; lựa chọn được giữ cho tệp sau của hệ thống cũ này."""
    remap(import_id, _mapping(body["mapping"]), expected_version(), runtime().settings.profile, acting_context())
    return read_import(import_id)


@blueprint.post("/<id:import_id>/accept")
@requires(PERMISSION)
@blueprint.response(202, ImportDetailSchema)
def accept(import_id: int) -> Response:
    """Nhập đúng như bản xem trước (If-Match); chạy nền, mỗi hồ sơ một giao dịch riêng."""
    accept_import(import_id, expected_version(), acting_context())
    found = import_detail(import_id)
    return reply(found, 202, headers={"ETag": etag(found["version"])})


@blueprint.post("/<id:import_id>/drop")
@requires(PERMISSION)
@blueprint.response(204)
def drop(import_id: int) -> Response:
    """Bỏ một bản xem trước."""
    drop_import(import_id, expected_version(), acting_context())
    return make_response("", 204)


@blueprint.post("/<id:import_id>/withdraw")
@requires(PERMISSION)
@blueprint.arguments(WithdrawBody)
@blueprint.response(200, WithdrawnSchema)
def withdraw(body: dict[str, Any], import_id: int) -> Response:
    """Rút mọi hồ sơ của lần chuyển mà chưa ai xử lý; hồ sơ đã được xử lý thì nêu tên."""
    return reply(withdraw_import(import_id, body["reason"], acting_context()))


@blueprint.post("/<id:import_id>/rows/<id:line>/withdraw")
@requires(PERMISSION)
@blueprint.arguments(WithdrawBody)
@blueprint.response(200, WithdrawnRowSchema)
def withdraw_row(body: dict[str, Any], import_id: int, line: int) -> Response:
    """Rút hồ sơ của một dòng khi chưa ai xử lý."""
    return reply({"code": withdraw_line(import_id, line, body["reason"], acting_context())})


def _uploaded() -> tuple[OldFile, OldFile | None]:
    if request.mimetype != "multipart/form-data":
        raise DomainError("unsupported_media_type", "Hãy gửi tệp bằng multipart/form-data, trường `file`.")
    unknown = (set(request.files) - {"file", "history"}) | (set(request.form) - _FIELDS)
    if unknown:
        raise invalid({clean_line(name)[:64]: ["Không có trường này."] for name in unknown})
    if len(request.files.getlist("file")) != 1 or len(request.files.getlist("history")) > 1:
        raise invalid({"file": ["Phải có đúng một tệp."]})
    file, history = request.files["file"], request.files.get("history")
    return _read(file), _read(history) if history is not None and history.filename else None


def _read(file: Any) -> OldFile:
    return OldFile(clean_line(file.filename or "")[:200] or "ho-so", file.stream.read())


def _json(text: str) -> Any:
    try:
        return read_json(text.encode(errors="replace"))
    except DomainError as error:
        raise invalid({"mapping": ["Phải là một đối tượng JSON."]}) from error


def _mapping(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()) or len(value) > 200:
        raise invalid({"mapping": ["Phải là đối tượng {tên cột: tiêu đề}."]})
    return {name[:200]: clean_line(heading)[:200] for name, heading in value.items()}


def _context(file: OldFile, history: OldFile | None) -> Context:
    """The request is its content, not its bytes: a client that tries again draws another multipart boundary."""
    key = idempotency_key()
    digest = hashlib.sha256(f"{request.method} {request.path}\n{sorted(request.form.items())}".encode())
    digest.update(file.content + b"\0" + (history.content if history else b""))
    held = RequestKey(key, digest.digest()) if key is not None else None
    return Context(current_caller(), asked_at(), held, runtime().settings.public_url, address=request.remote_addr)


def _file(name: str, content: bytes) -> Response:
    response = make_response(content)
    response.mimetype = XLSX
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
