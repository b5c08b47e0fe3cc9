"""A procedure's versions: read, compared, repealed; and running dossiers moved from one to another."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.access.guard import SIGNED_IN, open_to_programs, requires
from app.actions.correct_version import CorrectVersion, correct_version
from app.actions.decision_scan import handed_out
from app.actions.move_dossiers import MoveDossiers, move_dossiers, preview_moves
from app.actions.moving_versions import PERMISSION
from app.actions.repeal_version import RepealVersion, repeal
from app.actions.runner import run
from app.actions.undo_move import UndoMove
from app.actions.version_comments import SayOfVersion, say_of_version
from app.api.acting import acting_context
from app.api.blueprint import Blueprint, reply
from app.api.lists import list_schema
from app.api.publications import VersionSchema
from app.api.stored import disposition, stored_reply
from app.rules.permissions import DESIGNERS
from app.rules.versions import STATES
from app.runtime import asked_at, runtime
from app.schemas.fields import Anything, Choice, Day, Flag, Instant, Many, Part, Schema, Text, Whole
from app.schemas.publishing import CorrectVersionBody, VersionCommentBody
from app.schemas.versions import MoveBody, MoveQuestion, RepealBody, UndoBody
from app.views.version_check import comments_of
from app.views.version_files import decision_file
from app.views.versions import version_detail, version_diagram, version_diff, versions_of

blueprint = Blueprint("versions", __name__, url_prefix="/api/v1", description="Phiên bản quy trình")


class RepealSchema(Schema):
    number = Text(200)
    decided_on = Day()
    repealed_on = Day(metadata={"description": "Từ ngày này không tiếp nhận hồ sơ mới theo phiên bản"})
    reason = Text(4000, lines=True)
    repealed_at = Instant()
    repealed_by = Text(64, allow_none=True)


class StandingSchema(VersionSchema):
    state = Choice(tuple(STATES))
    state_title = Text(64)
    in_force = Flag()
    running = Whole(metadata={"description": "Số hồ sơ chưa kết thúc đang theo phiên bản này"})
    repeal = Part(RepealSchema, allow_none=True)
    corrects = Whole(1, allow_none=True, metadata={"description": "Sửa lỗi cấu hình của phiên bản này"})
    applies_from = Day(allow_none=True, metadata={"description": "Cấu hình đã sửa áp dụng từ ngày này"})
    correction_reason = Text(4000, lines=True, allow_none=True)
    amends = Text(500, allow_none=True, metadata={"description": "Thay thế, sửa đổi quyết định nào"})
    announcement = Text(4000, lines=True, allow_none=True)
    vacancy_reason = Text(4000, lines=True, allow_none=True)
    decision_file = Whole(1, allow_none=True, metadata={"description": "Có bản quét quyết định: …/decision-file"})


class VersionDetailSchema(StandingSchema):
    sha256 = Text(64)
    process = Text(128)
    steps = Many(Anything(), most=10_000)
    warnings = Many(Anything(), most=10_000)
    files = Many(
        Anything(), most=10_000, metadata={"description": "[{name, kind: main | called | side | form, sha256}]"}
    )


class DiffArgs(Schema):
    against = Whole(1, metadata={"description": "Phiên bản để so sánh; mặc định là phiên bản liền trước"})


class DiffSchema(Schema):
    procedure = Text(64)
    version = Whole(1)
    against = Whole(1)
    changes = Many(
        Anything(),
        most=100_000,
        metadata={"description": "[{about, kind: added | removed | changed, element, text, within}]"},
    )


class RepealedSchema(Schema):
    procedure = Text(64)
    version = Whole(1)
    state = Choice(tuple(STATES))


class ForeseenSchema(Schema):
    to = Whole(1)
    data = Many(
        Anything(),
        most=1000,
        metadata={"description": "[{code, from, moves, why: [câu], steps: [{step, name}], lost: [tên bước]}]"},
    )
    total = Whole()
    moves = Whole(metadata={"description": "Số hồ sơ chuyển được"})
    more = Flag(metadata={"description": "Còn hồ sơ khác chưa xem; hãy làm tiếp sau khi chuyển những hồ sơ này"})


class MovedSchema(Schema):
    to = Whole(1)
    results = Many(
        Anything(),
        most=1000,
        metadata={"description": "[{code, status: 200, version, lost}] hoặc [{code, status, problem}]"},
    )
    more = Flag()


class UndoneSchema(Schema):
    dossier = Text(64)
    version = Whole(1, metadata={"description": "Phiên bản mà hồ sơ lại theo"})


@blueprint.get("/procedures/<code:code>/versions")
@requires(SIGNED_IN)
@open_to_programs()
@blueprint.response(200, list_schema("VersionList", StandingSchema))
def list_versions(code: str) -> Response:
    """Các phiên bản của thủ tục, mới nhất trước: trạng thái, quyết định, hạn cập nhật, bước kiểm tra, số hồ sơ đang theo."""
    return reply(versions_of(code, runtime().settings.profile, asked_at()))


@blueprint.get("/procedures/<code:code>/versions/<id:number>")
@requires(SIGNED_IN)
@open_to_programs()
@blueprint.response(200, VersionDetailSchema)
def read_version(code: str, number: int) -> Response:
    """Một phiên bản với các bước, các tệp và những cảnh báo khi ban hành."""
    return reply(version_detail(code, number, runtime().settings.profile, asked_at()))


@blueprint.get("/procedures/<code:code>/versions/<id:number>/diagram")
@requires(SIGNED_IN)
@open_to_programs()
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type="application/xml")
def download_diagram(code: str, number: int) -> Response:
    """Sơ đồ BPMN đúng từng byte như đã ban hành."""
    return diagram_file(code, number)


@blueprint.get("/procedures/<code:code>/versions/<id:number>/diff")
@requires(SIGNED_IN)
@open_to_programs()
@blueprint.arguments(DiffArgs, location="query")
@blueprint.response(200, DiffSchema)
def compare_versions(args: dict[str, Any], code: str, number: int) -> Response:
    """Phiên bản này khác phiên bản `against` những gì: bước, vị trí, thời hạn, nhánh, hẹn giờ, quy trình kèm theo, biểu mẫu."""
    return reply(version_diff(code, number, args.get("against")))


@blueprint.post("/procedures/<code:code>/versions/<id:number>/repeal")
@requires(PERMISSION)
@blueprint.arguments(RepealBody)
@blueprint.response(200, RepealedSchema)
def repeal_version(body: dict[str, Any], code: str, number: int) -> Response:
    """Repeal a version by a decision: from `repealed_on` no new dossier follows it, those that run go on."""
    command = RepealVersion(
        code, number, body["decision_number"], body["decided_on"], body["repealed_on"], body["reason"]
    )
    return reply({"procedure": code, "version": number, "state": repeal(command, acting_context())})


@blueprint.post("/procedures/<code:code>/moves/preview")
@requires(PERMISSION)
@blueprint.arguments(MoveQuestion)
@blueprint.response(200, ForeseenSchema)
def preview(body: dict[str, Any], code: str) -> Response:
    """Which running dossiers would move to version `to`, what each would lose, or why not. Nothing is written."""
    return reply(preview_moves(_asked(code, body), acting_context()))


@blueprint.post("/procedures/<code:code>/moves")
@requires(PERMISSION)
@blueprint.arguments(MoveBody)
@blueprint.response(200, MovedSchema)
def move(body: dict[str, Any], code: str) -> Response:
    """Move running dossiers, at most 1,000 a request: each whole or not at all, with an answer of its own."""
    return reply(move_dossiers(_asked(code, body), acting_context()))


@blueprint.post("/dossiers/<code:code>/move/undo")
@requires(PERMISSION)
@blueprint.arguments(UndoBody)
@blueprint.response(200, UndoneSchema)
def undo(body: dict[str, Any], code: str) -> Response:
    """Put a dossier back under the version that it was moved from; until its next action."""
    return reply(run(UndoMove(code, body["reason"]), acting_context(), lambda done: {"dossier": code, **done.extra}))


def _asked(code: str, body: dict[str, Any]) -> MoveDossiers:
    codes = body.get("dossiers")
    return MoveDossiers(
        code,
        body["to"],
        body.get("reason", ""),
        body.get("from_version"),
        tuple(codes) if codes is not None else None,
        body.get("mapping") or {},
    )


def diagram_file(code: str, number: int) -> Response:
    answer = Response(version_diagram(code, number), mimetype="application/xml")
    answer.headers["Content-Disposition"] = f'attachment; filename="{code}-{number}.bpmn"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


class CorrectedVersionSchema(Schema):
    procedure = Text(64)
    version = Whole(1, metadata={"description": "Phiên bản mới, thay cấu hình lỗi từ hôm nay"})
    corrects = Whole(1)
    told = Whole(metadata={"description": "Số cán bộ được báo"})


class VersionCommentSchema(Schema):
    id = Whole(1)
    element = Text(64, allow_none=True)
    text = Text(4000, lines=True)
    answer_to = Whole(1, allow_none=True)
    username = Text(64)
    name = Text(500)
    said_at = Instant()


class SaidOfVersionSchema(Schema):
    id = Whole(1)


@blueprint.post("/procedures/<code:code>/versions/<id:number>/correct")
@requires(PERMISSION)
@blueprint.arguments(CorrectVersionBody)
@blueprint.response(201, CorrectedVersionSchema)
def correct_configuration(body: dict[str, Any], code: str, number: int) -> Response:
    """Put the configuration of another version of the same decision in this one's place, from now on; the decision stays."""
    done = correct_version(CorrectVersion(code, number, body["using"], body["reason"]), acting_context())
    return reply({"procedure": code, "version": done.version, "corrects": number, "told": done.told}, 201)


@blueprint.get("/procedures/<code:code>/versions/<id:number>/decision-file")
@requires(*DESIGNERS, "procedure.review")
@blueprint.doc(responses={200: {"content": {"application/octet-stream": {}}}})
def read_decision_file(code: str, number: int) -> Response:
    """Bản quét quyết định công bố."""
    row = decision_file(version_detail(code, number, runtime().settings.profile, asked_at())["decision_file"])
    handed_out(row)
    answer = stored_reply(row.sha256, row.media_type)
    answer.headers["Content-Disposition"] = disposition(row.name, inline=False)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


@blueprint.get("/procedures/<code:code>/versions/<id:number>/comments")
@requires(*DESIGNERS, "procedure.review")
@blueprint.response(200, list_schema("VersionCommentList", VersionCommentSchema))
def list_version_comments(code: str, number: int) -> Response:
    """Ý kiến về phiên bản, từng bước, theo thứ tự thời gian (ST-10.3b)."""
    return reply(comments_of(code, number))


@blueprint.post("/procedures/<code:code>/versions/<id:number>/comments")
@requires(*DESIGNERS, "procedure.review")
@blueprint.arguments(VersionCommentBody)
@blueprint.response(201, SaidOfVersionSchema)
def add_version_comment(body: dict[str, Any], code: str, number: int) -> Response:
    """Say something of a version or of one of its steps, or answer what was said (ST-10.3b)."""
    command = SayOfVersion(code, number, body["text"], body.get("element"), body.get("answer_to"))
    return reply({"id": say_of_version(command, acting_context())}, 201)
