"""Comments on a draft, as a page and as data for the canvas; and who else is at the draft."""

from __future__ import annotations

from flask import Response, flash, make_response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.draft_talk import add_comment, note_at_draft, settle_comment
from app.errors import DomainError
from app.runtime import asked_at
from app.schemas.diagram_drafts import DraftCommentBody, DraftSettleBody
from app.schemas.reading import load
from app.views.diagram_drafts import draft_of
from app.views.draft_talk import here_words, people_at, talk_of
from app.web.acting import FormProblem, form_problem, page_context
from app.web.asking import words
from app.web.blueprint import page
from app.web.draft_files import DRAFT_READERS
from app.web.json_asked import answer_json, json_body, wants_json
from app.web.workbench_frame import framed

MOST_BYTES = 64 * 1024
_COMMENT, _SETTLE = DraftCommentBody(), DraftSettleBody()


@page.get("/thiet-ke/<id:draft_id>/gop-y")
@requires(*DRAFT_READERS)
def draft_talk(draft_id: int) -> Response:
    """What was said about the draft; for scripts (Accept: application/json) as a list."""
    if wants_json():
        return answer_json(talk_of(draft_id))
    return _talk_page(draft_id)


@page.post("/thiet-ke/<id:draft_id>/gop-y")
@requires(*DRAFT_READERS)
def say_about_draft(draft_id: int) -> BaseResponse:
    """Comment on the draft or on an element of it, or answer a comment."""
    if request.is_json:
        body = json_body(_COMMENT, MOST_BYTES)
        comment = add_comment(page_context(), draft_id, body["text"], body["element"], body["parent"])
        return answer_json({"id": comment, "comments": talk_of(draft_id)}, 201)
    parent = request.form.get("parent", "")
    given = {"text": request.form.get("text", ""), "element": words("element")}
    given |= {"parent": parent} if parent else {}
    try:
        body = load(_COMMENT, given)
        comment = add_comment(page_context(), draft_id, body["text"], body["element"], body["parent"])
    except DomainError as error:
        if error.code == "not_found":
            raise
        return _talk_page(draft_id, form_problem(error))
    flash("Đã gửi góp ý; ai thiết kế hoặc kiểm tra quy trình đều đọc được.", "success")
    return redirect(f"/thiet-ke/{draft_id}/gop-y#gop-y-{body['parent'] or comment}", 303)


@page.post("/thiet-ke/<id:draft_id>/gop-y/<id:comment_id>/xong")
@requires(*DRAFT_READERS)
def settle_draft_comment(draft_id: int, comment_id: int) -> BaseResponse:
    """Settle a comment; `mo-lai=1` (JSON: settled false) opens it again."""
    if request.is_json:
        settle_comment(page_context(), draft_id, comment_id, settled=json_body(_SETTLE, MOST_BYTES)["settled"])
        return answer_json(talk_of(draft_id))
    settle_comment(page_context(), draft_id, comment_id, settled=request.form.get("mo-lai") != "1")
    return redirect(f"/thiet-ke/{draft_id}/gop-y#gop-y-{comment_id}", 303)


@page.get("/thiet-ke/<id:draft_id>/gop-y/<id:comment_id>/xong")
@requires(*DRAFT_READERS)
def settle_draft_comment_again(draft_id: int, comment_id: int) -> BaseResponse:
    """The address of the button, opened anew."""
    return redirect(f"/thiet-ke/{draft_id}/gop-y#gop-y-{comment_id}", 303)


@page.post("/thiet-ke/<id:draft_id>/co-mat")
@requires(*DRAFT_READERS)
def at_draft(draft_id: int) -> Response:
    """`nhap`: she changed something since the last time; `roi`: she leaves. Answers {here: words, others: [names], revision,
    changed_by}."""
    leaves = request.form.get("roi") == "1"
    note_at_draft(page_context(), draft_id, changing=request.form.get("nhap") == "1", leaves=leaves)
    if leaves:
        return Response(status=204)
    found = people_at(current_caller(), draft_id, asked_at())
    return answer_json(
        {
            "here": here_words(found["people"]),
            "others": [one["name"] for one in found["people"]],
            "revision": found["revision"],
            "changed_by": found["changed_by"],
        }
    )


def _talk_page(draft_id: int, problem: FormProblem | None = None) -> Response:
    found = talk_of(draft_id)
    text = framed(
        "workbench/talk.html",
        draft_of(draft_id),
        "gop-y",
        open=[one for one in found if not one["resolved"]],
        settled=[one for one in found if one["resolved"]],
        problem=problem,
        typed=request.form,
        element=words("phan-tu"),
    )
    return make_response(text, problem.status if problem else 200)
