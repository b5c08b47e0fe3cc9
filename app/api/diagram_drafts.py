"""Drafts of diagrams: listed, begun, read with their files, saved, compared, talked about."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Response, request

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.diagram_drafts import save_parts
from app.actions.draft_beginnings import Beginning, begin
from app.actions.draft_keeping import discard_draft, rename_draft, reopen_draft, restore_state
from app.actions.draft_talk import add_comment, settle_comment
from app.actions.runner import RequestKey
from app.api.acting import acting_context, etag, expected_version
from app.api.blueprint import Blueprint, reply
from app.api.lists import PageArgs, list_schema
from app.errors import DomainError, invalid
from app.rules.permissions import DESIGNERS
from app.runtime import asked_at
from app.schemas.diagram_drafts import (
    LONGEST_LABEL,
    LONGEST_TITLE,
    MOST_BYTES,
    DraftBeginBody,
    DraftCommentBody,
    DraftSaveBody,
    DraftSettleBody,
    DraftTitleBody,
    given_files,
)
from app.schemas.fields import Anything, Choice, Flag, Instant, Many, Part, Record, Schema, Text, Whole
from app.schemas.json_reading import read_json
from app.schemas.reading import load
from app.store.diagram_drafts import OPEN
from app.views.cursors import whole_answer
from app.views.diagram_drafts import state_files, whole_draft
from app.views.draft_compare import compared, marks_of
from app.views.draft_lists import DRAFT_STATES, KINDS, draft_list, draft_view, states_of
from app.views.draft_talk import talk_of
from app.wording import clean_line

blueprint = Blueprint("diagram_drafts", __name__, url_prefix="/api/v1/diagram-drafts", description="Bản vẽ quy trình")

READERS = (*DESIGNERS, "procedure.review")
_FILE = {"type": "string", "format": "binary"}
_FILES = {"type": "array", "items": _FILE}
_BEGIN = DraftBeginBody()
_SAVE = DraftSaveBody()
_FIELDS = {"procedure", "title"}
BEGIN_DOC: dict[str, Any] = {
    "required": True,
    "content": {
        "application/json": {"schema": DraftBeginBody},
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["procedure", "diagram"],
                "properties": {
                    "procedure": {"type": "string"},
                    "title": {"type": "string", "maxLength": LONGEST_TITLE},
                    "diagram": _FILE,
                    "forms": _FILES,
                    "called": _FILES,
                    "sides": _FILES,
                },
            }
        },
    },
}
SAVE_DOC: dict[str, Any] = {"required": True, "content": {"application/json": {"schema": DraftSaveBody}}}


class DiagramDraftSchema(Schema):
    id = Whole(1)
    procedure = Text(64)
    procedure_name = Text(2000)
    title = Text(LONGEST_TITLE)
    state = Choice(tuple(DRAFT_STATES))
    state_title = Text(64)
    origin = Text(500, metadata={"description": "Bắt đầu từ đâu, bằng lời"})
    base_version = Whole(1, allow_none=True)
    published_version = Whole(1, allow_none=True)
    revision = Whole(1, metadata={"description": "Số của lần lưu mới nhất"})
    made_by = Text(500)
    made_at = Instant()
    changed_by = Text(500)
    changed_at = Instant()
    open_comments = Whole()


class DiagramDraftListedSchema(DiagramDraftSchema):
    here = Many(Text(500), metadata={"description": "Người khác đang ở bản vẽ này"})


class DraftOfProcedureSchema(Schema):
    code = Text(64)
    name = Text(2000)


class DraftFilesSchema(Schema):
    id = Whole(1)
    title = Text(LONGEST_TITLE)
    procedure = Part(DraftOfProcedureSchema)
    state = Choice(tuple(DRAFT_STATES))
    base_version = Whole(1, allow_none=True)
    revision = Whole(1, metadata={"description": "Cũng là ETag; gửi lại ở If-Match hoặc `revision`"})
    diagram = Text(5 * 1024 * 1024, metadata={"description": "Văn bản BPMN 2.0"})
    forms = Record(metadata={"description": "Lược đồ form-js theo mã biểu mẫu"})
    called = Record(metadata={"description": "Quy trình được gọi: tên tệp → văn bản BPMN"})
    sides = Record(metadata={"description": "Quy trình kèm theo được vẽ lại: tên tệp → văn bản BPMN"})
    saved_at = Instant()
    saved_by = Text(500)


class BegunDraftSchema(DiagramDraftSchema):
    todo = Whole(metadata={"description": "Số điều cần sửa cho phù hợp, ghi thành góp ý"})


class SavedDraftSchema(Schema):
    revision = Whole(1)
    saved_at = Instant()


class DraftStateSchema(Schema):
    revision = Whole(1)
    kind = Choice(tuple(KINDS))
    kind_title = Text(64)
    label = Text(LONGEST_LABEL, allow_none=True)
    saved_by = Text(500)
    saved_at = Instant()


class DraftDiffSchema(Schema):
    before = Text(200)
    after = Text(200)
    completed = Flag(metadata={"description": "Đã tính các bước mà hệ thống thêm khi ban hành"})
    changes = Many(Anything(), most=10_000, metadata={"description": "[{about, kind, element, text, within}]"})
    marks = Record(metadata={"description": "Mã phần tử → added, removed, changed, moved"})


class DraftAnswerSchema(Schema):
    id = Whole(1)
    text = Text(4000, lines=True)
    by = Text(500)
    at = Instant()


class DraftCommentSchema(DraftAnswerSchema):
    element = Text(200, allow_none=True)
    element_name = Text(500, allow_none=True)
    revision = Whole(1)
    resolved = Flag()
    resolved_by = Text(500, allow_none=True)
    resolved_at = Instant(allow_none=True)
    answers = Many(Part(DraftAnswerSchema), most=500)


class DraftListArgs(PageArgs):
    q = Text(200)
    state = Choice(tuple(DRAFT_STATES), load_default=OPEN)


class DraftDiffArgs(Schema):
    state = Whole(1, metadata={"description": "Lần lưu được so; không ghi: mới nhất"})
    against = Whole(1, metadata={"description": "So với lần lưu này"})
    version = Whole(1, metadata={"description": "So với phiên bản này"})


_LIST = list_schema("DiagramDraftListSchema", DiagramDraftListedSchema)
_STATES = list_schema("DraftStateListSchema", DraftStateSchema)
_COMMENTS = list_schema("DraftCommentListSchema", DraftCommentSchema)


@blueprint.get("")
@requires(*READERS)
@blueprint.arguments(DraftListArgs, location="query")
@blueprint.response(200, _LIST)
def list_drafts(args: dict[str, Any]) -> Response:
    """Bản vẽ, thay đổi gần nhất trước; tìm theo từ, có hay không dấu."""
    found = draft_list(
        current_caller(),
        asked_at(),
        words=args.get("q"),
        state=args["state"],
        cursor=args.get("cursor"),
        size=args["page_size"],
    )
    return reply(found)


@blueprint.post("")
@requires(*DESIGNERS)
@blueprint.doc(requestBody=BEGIN_DOC)
@blueprint.response(201, BegunDraftSchema)
def create_draft() -> Response:
    """Lập bản vẽ: vẽ mới, từ phiên bản, chép của thủ tục khác, nhân bản (JSON), hoặc từ tệp (multipart/form-data)."""
    context = acting_context()
    if request.mimetype == "multipart/form-data":
        wanted, digest = _sent_files()
        if context.key is not None:
            context = replace(context, key=RequestKey(context.key.key, digest))
    else:
        wanted = Beginning(**load(_BEGIN, _json()))
    done = begin(context, wanted)
    found = draft_view(done["id"])
    return reply(found | {"todo": done["todo"]}, 201, headers={"ETag": etag(found["revision"])})


@blueprint.get("/<id:draft_id>")
@requires(*READERS)
@blueprint.response(200, DraftFilesSchema)
def read_draft(draft_id: int) -> Response:
    """Một bản vẽ với mọi tệp của nó."""
    found = whole_draft(draft_id)
    return reply(found, headers={"ETag": etag(found["revision"])})


@blueprint.get("/<id:draft_id>/states")
@requires(*READERS)
@blueprint.response(200, _STATES)
def list_draft_states(draft_id: int) -> Response:
    """Các lần lưu còn giữ, mới nhất trước."""
    return reply(whole_answer(states_of(draft_id)))


@blueprint.post("/<id:draft_id>/states")
@requires(*DESIGNERS)
@blueprint.doc(requestBody=SAVE_DOC)
@blueprint.response(201, SavedDraftSchema)
def save_draft_state(draft_id: int) -> Response:
    """Lưu một lần mới, làm từ lần `revision` (hoặc If-Match); 412 khi người khác đã lưu sau đó. Phần không gửi giữ nguyên."""
    given, seen = _json(), expected_version()
    body = load(_SAVE, given if "revision" in given or seen is None else {**given, "revision": max(seen, 1)})
    revision, kind, label = body.pop("revision"), body.pop("kind"), body.pop("label") or None
    saved = save_parts(acting_context(), draft_id, revision if seen is None else seen, body, kind, label)
    answer = {"revision": saved.revision, "saved_at": saved.saved_at}
    return reply(answer, 201, headers={"ETag": etag(saved.revision)})


@blueprint.get("/<id:draft_id>/states/<id:number>")
@requires(*READERS)
@blueprint.response(200, DraftFilesSchema)
def read_draft_state(draft_id: int, number: int) -> Response:
    """Các tệp của bản vẽ ở một lần lưu."""
    return reply(state_files(draft_id, number))


@blueprint.post("/<id:draft_id>/states/<id:number>/restore")
@requires(*DESIGNERS)
@blueprint.response(201, SavedDraftSchema)
def restore_draft_state(draft_id: int, number: int) -> Response:
    """Lấy lại một lần lưu trước thành lần lưu mới."""
    saved = restore_state(acting_context(), draft_id, number)
    return reply({"revision": saved.revision, "saved_at": saved.saved_at}, 201)


@blueprint.post("/<id:draft_id>/title")
@requires(*DESIGNERS)
@blueprint.arguments(DraftTitleBody)
@blueprint.response(200, DiagramDraftSchema)
def title_draft(body: dict[str, Any], draft_id: int) -> Response:
    """Đổi tên bản vẽ."""
    rename_draft(acting_context(), draft_id, body["title"])
    return reply(draft_view(draft_id))


@blueprint.post("/<id:draft_id>/discard")
@requires(*DESIGNERS)
@blueprint.response(200, DiagramDraftSchema)
def discard(draft_id: int) -> Response:
    """Bỏ bản vẽ; lấy lại được."""
    discard_draft(acting_context(), draft_id)
    return reply(draft_view(draft_id))


@blueprint.post("/<id:draft_id>/reopen")
@requires(*DESIGNERS)
@blueprint.response(200, DiagramDraftSchema)
def reopen(draft_id: int) -> Response:
    """Lấy lại bản vẽ đã bỏ."""
    reopen_draft(acting_context(), draft_id)
    return reply(draft_view(draft_id))


@blueprint.get("/<id:draft_id>/diff")
@requires(*READERS)
@blueprint.arguments(DraftDiffArgs, location="query")
@blueprint.response(200, DraftDiffSchema)
def diff_draft(args: dict[str, Any], draft_id: int) -> Response:
    """Bản vẽ khác phiên bản nó bắt đầu (hoặc đang áp dụng), một phiên bản hay một lần lưu ở đâu, bằng câu."""
    if "against" in args and "version" in args:
        raise invalid({"against": ["Chỉ so với một lần lưu hoặc một phiên bản."]})
    found = compared(draft_id, current_caller().day, **args)
    if found is None:
        raise DomainError("not_found", "Chưa có gì để so sánh với bản vẽ này.")
    return reply(
        {
            "before": found.before.title,
            "after": found.after.title,
            "completed": found.completed,
            "changes": found.told(),
            "marks": marks_of(found)["marks"],
        }
    )


@blueprint.get("/<id:draft_id>/comments")
@requires(*READERS)
@blueprint.response(200, _COMMENTS)
def list_draft_comments(draft_id: int) -> Response:
    """Góp ý về bản vẽ, chưa xong trước."""
    return reply(whole_answer(talk_of(draft_id)))


@blueprint.post("/<id:draft_id>/comments")
@requires(*READERS)
@blueprint.arguments(DraftCommentBody)
@blueprint.response(201, _COMMENTS)
def comment_draft(body: dict[str, Any], draft_id: int) -> Response:
    """Góp ý về cả bản vẽ hoặc một phần tử của sơ đồ, hoặc trả lời một góp ý."""
    add_comment(acting_context(), draft_id, body["text"], body["element"], body["parent"])
    return reply(whole_answer(talk_of(draft_id)), 201)


@blueprint.post("/<id:draft_id>/comments/<id:comment_id>/settle")
@requires(*READERS)
@blueprint.arguments(DraftSettleBody)
@blueprint.response(200, _COMMENTS)
def settle_draft_comment(body: dict[str, Any], draft_id: int, comment_id: int) -> Response:
    """Đánh dấu góp ý đã xong, hoặc mở lại (`settled` false)."""
    settle_comment(acting_context(), draft_id, comment_id, settled=body["settled"])
    return reply(whole_answer(talk_of(draft_id)))


def _json() -> dict[str, Any]:
    """The body, which may be larger than other routes take. Errors: DomainError unsupported_media_type, invalid, too_large."""
    if not request.is_json:
        raise DomainError("unsupported_media_type", "Nội dung gửi lên phải là JSON (Content-Type: application/json).")
    value = read_json(request.get_data(cache=True), MOST_BYTES)
    if not isinstance(value, dict):
        raise invalid({"body": ["Phải là một đối tượng JSON."]})
    return value


def _sent_files() -> tuple[Beginning, bytes]:
    """What was sent as files, and its digest: a client that tries again draws another multipart boundary."""
    sent: Mapping[str, list[tuple[str, bytes]]] = {
        name: [(_name(file.filename), file.stream.read()) for file in request.files.getlist(name)]
        for name in ("diagram", "forms", "called", "sides")
    }
    unknown = (set(request.files) - set(sent)) | (set(request.form) - _FIELDS)
    if unknown:
        raise invalid({clean_line(name)[:64]: ["Không có trường này."] for name in unknown})
    if len(sent["diagram"]) != 1:
        raise invalid({"diagram": ["Phải gửi một tệp sơ đồ ở trường diagram."]})
    head = load(_BEGIN, {**request.form.to_dict(), "kind": "empty"})
    name, content = sent["diagram"][0]
    files = given_files(content, sent["forms"], sent["called"], sent["sides"])
    digest = hashlib.sha256(f"{request.path}\n{sorted(request.form.items())}".encode())
    for member, several in sent.items():
        for one, held in several:
            digest.update(f"\n{member} {one} ".encode() + hashlib.sha256(held).digest())
    return Beginning(head["procedure"], "file", head["title"], files=files, file_name=name), digest.digest()


def _name(given: str | None) -> str:
    bare = (given or "").replace("\\", "/").rsplit("/", 1)[-1]
    return clean_line(bare)[:200] or "so-do.bpmn"
