"""How a procedure is kept up: versions and the centre's check, accounts registered for steps, issues."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.access.guard import SIGNED_IN, requires
from app.access.request import current_caller
from app.actions.procedure_issues import answer_issue, raise_issue
from app.actions.review_version import DECISIONS, ReviewVersion, review
from app.api.acting import acting_context
from app.api.blueprint import Blueprint, reply
from app.api.lists import PageArgs, list_schema
from app.api.procedures import DecisionSchema
from app.rules.publication import REVIEWS
from app.runtime import asked_at, runtime
from app.schemas.fields import Anything, Choice, Day, Flag, Instant, Many, Part, Schema, Text, Whole
from app.views.publications import accounts_of, issues_of, pending_reviews

blueprint = Blueprint("publications", __name__, url_prefix="/api/v1", description="Thủ tục hành chính: cập nhật")

MOST_TEXT = 4000


class VersionSchema(Schema):
    procedure = Text(64)
    procedure_name = Text(2000)
    version = Whole(1)
    decision = Part(DecisionSchema)
    published_at = Instant()
    published_by = Text(64, allow_none=True)
    publish_by = Day(allow_none=True, metadata={"description": "Ngày cuối phải cập nhật; null khi tỉnh không đặt mức"})
    published_late = Flag()
    review = Choice(REVIEWS)
    review_by = Day(allow_none=True, metadata={"description": "Ngày cuối của bước kiểm tra (ST-10.3b)"})
    review_late = Flag()
    reviewed_at = Instant(allow_none=True)
    reviewed_by = Text(64, allow_none=True)
    review_note = Text(MOST_TEXT, lines=True, allow_none=True)


class ReviewBody(Schema):
    decision = Choice(tuple(DECISIONS), required=True)
    note = Text(MOST_TEXT, lines=True)


class ReviewedSchema(Schema):
    procedure = Text(64)
    version = Whole(1)
    review = Choice(REVIEWS)


class StepAccountsSchema(Schema):
    step = Text(64)
    step_name = Text(500)
    position = Text(64)
    agency = Text(64)
    declared = Flag(metadata={"description": "Cơ quan có khai báo vị trí này"})
    accounts = Many(Anything(), metadata={"description": "[{username, name}]; rỗng là chưa ai làm được bước này"})


class IssueArgs(PageArgs):
    open = Flag(load_default=False)


class IssueBody(Schema):
    text = Text(MOST_TEXT, required=True, least=1, lines=True)


class IssueSchema(Schema):
    id = Whole(1)
    text = Text(MOST_TEXT, lines=True)
    raised_by = Text(64)
    raised_by_name = Text(500)
    agency = Text(64)
    raised_at = Instant()
    answer = Text(MOST_TEXT, lines=True, allow_none=True)
    answered_by = Text(64, allow_none=True)
    answered_at = Instant(allow_none=True)


class RaisedSchema(Schema):
    id = Whole(1)


@blueprint.get("/version-reviews")
@requires("procedure.review")
@blueprint.response(200, list_schema("PendingVersionList", VersionSchema))
def list_pending_reviews() -> Response:
    """Các phiên bản chờ trung tâm kiểm tra, cũ nhất trước (ST-10.3b)."""
    return reply(pending_reviews(runtime().settings.profile, asked_at()))


@blueprint.post("/procedures/<code:code>/versions/<id:number>/review")
@requires("procedure.review")
@blueprint.arguments(ReviewBody)
@blueprint.response(200, ReviewedSchema)
def review_version(body: dict[str, Any], code: str, number: int) -> Response:
    """Approve a version, which then comes into force by its date, or return it with a note (ST-10.3b)."""
    command = ReviewVersion(code, number, body["decision"], body.get("note"))
    return reply({"procedure": code, "version": number, "review": review(command, acting_context())})


@blueprint.get("/procedures/<code:code>/accounts")
@requires(SIGNED_IN)
@blueprint.response(200, list_schema("StepAccountsList", StepAccountsSchema))
def list_accounts(code: str) -> Response:
    """Tài khoản đã đăng ký cho từng bước, ở từng cơ quan (QT-22.4)."""
    return reply(accounts_of(code, current_caller().day))


@blueprint.get("/procedures/<code:code>/issues")
@requires(SIGNED_IN)
@blueprint.arguments(IssueArgs, location="query")
@blueprint.response(200, list_schema("IssuePage", IssueSchema))
def list_issues(args: dict[str, Any], code: str) -> Response:
    """Kiến nghị điều chỉnh nội dung, quy trình của thủ tục, mới nhất trước; `open`: chỉ những mục chưa trả lời (HT-6.3)."""
    return reply(issues_of(code, args.get("cursor"), args["page_size"], args["open"]))


@blueprint.post("/procedures/<code:code>/issues")
@requires(SIGNED_IN)
@blueprint.arguments(IssueBody)
@blueprint.response(201, RaisedSchema)
def add_issue(body: dict[str, Any], code: str) -> Response:
    """Report what is wrong in a procedure's data or process; any official may (HT-6.3)."""
    return reply({"id": raise_issue(code, body["text"], acting_context())}, 201)


@blueprint.post("/procedures/<code:code>/issues/<id:issue_id>/answer")
@requires("diagram.deploy", "procedure.review")
@blueprint.arguments(IssueBody)
@blueprint.response(200, RaisedSchema)
def answer(body: dict[str, Any], code: str, issue_id: int) -> Response:
    """Say what became of an issue, once (HT-6.3)."""
    answer_issue(code, issue_id, body["text"], acting_context())
    return reply({"id": issue_id})
