"""A draft's states: looked at, compared, taken up again; and the draft as a whole: named, put away, taken up, duplicated."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, flash, make_response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.draft_beginnings import Beginning, begin
from app.actions.draft_keeping import discard_draft, label_state, rename_draft, reopen_draft, restore_state
from app.errors import DomainError
from app.rules.permissions import DESIGNERS
from app.views.diagram_drafts import draft_of, files_of
from app.views.draft_compare import Compared, compared, marks_of
from app.views.draft_lists import beginnings_of, origin_words, states_of, steps_drawn
from app.views.drawn import drawn
from app.web.acting import FormProblem, form_problem, page_context
from app.web.blueprint import drawing, page
from app.web.dossier_words import limit_words
from app.web.draft_files import DRAFT_READERS
from app.web.json_asked import answer_json
from app.web.workbench_frame import framed

LEGEND = (
    ("added", "＋ Thêm"),
    ("removed", "－ Bỏ"),
    ("changed", "✎ Sửa"),
    ("moved", "⇄ Đổi thứ tự"),
)


@page.get("/thiet-ke/<id:draft_id>/lich-su")
@requires(*DRAFT_READERS)
def draft_history(draft_id: int) -> Response:
    """Every state that is kept, the newest first; and what can be done with the draft as a whole."""
    return _history_page(draft_id)


@page.get("/thiet-ke/<id:draft_id>/lich-su/<id:number>")
@requires(*DRAFT_READERS)
@drawing
def draft_state(draft_id: int, number: int) -> str:
    """One state on the canvas, and its steps."""
    draft, states = draft_of(draft_id), states_of(draft_id)
    files = files_of(draft_id, number)
    (state,) = (one for one in states if one["revision"] == number)
    before = next((one["revision"] for one in states if one["revision"] < number), None)
    steps = [{**step, "limit_words": _limit(step["limit"], step["limit_unit"])} for step in steps_drawn(files.diagram)]
    return framed(
        "workbench/history_state.html", draft, "lich-su", state=state, before=before, steps=steps, files=files
    )


@page.get("/thiet-ke/<id:draft_id>/lich-su/<id:number>/du-lieu")
@requires(*DRAFT_READERS)
def draft_state_data(draft_id: int, number: int) -> Response:
    """The state's diagram for the viewer."""
    return answer_json({"xml": drawn(files_of(draft_id, number).diagram)})


@page.post("/thiet-ke/<id:draft_id>/lich-su/<id:number>/khoi-phuc")
@requires(*DESIGNERS)
def restore_draft_state(draft_id: int, number: int) -> BaseResponse:
    """Take an earlier state up again, as a new one."""

    def restore() -> str:
        saved = restore_state(page_context(), draft_id, number)
        return f"Đã lấy lại lần lưu {number} thành lần lưu {saved.revision}; không lần lưu nào bị mất."

    return _done(draft_id, restore)


@page.post("/thiet-ke/<id:draft_id>/lich-su/<id:number>/ten")
@requires(*DESIGNERS)
def label_draft_state(draft_id: int, number: int) -> BaseResponse:
    """Name a state."""

    def label() -> str:
        label_state(page_context(), draft_id, number, request.form.get("label", ""))
        return f"Đã ghi tên lần lưu {number}."

    return _done(draft_id, label)


@page.post("/thiet-ke/<id:draft_id>/ten")
@requires(*DESIGNERS)
def rename_draft_now(draft_id: int) -> BaseResponse:
    """Another title."""

    def rename() -> str:
        rename_draft(page_context(), draft_id, request.form.get("title", "")[:1000])
        return "Đã đổi tên bản vẽ."

    return _done(draft_id, rename)


@page.post("/thiet-ke/<id:draft_id>/bo")
@requires(*DESIGNERS)
def discard_draft_now(draft_id: int) -> BaseResponse:
    """Put the draft away; it can be taken up again."""

    def discard() -> str:
        discard_draft(page_context(), draft_id)
        return "Đã bỏ bản vẽ; vẫn xem lại và lấy lại được ở đây hoặc trong danh sách “Đã bỏ”."

    return _done(draft_id, discard)


@page.post("/thiet-ke/<id:draft_id>/lay-lai")
@requires(*DESIGNERS)
def reopen_draft_now(draft_id: int) -> BaseResponse:
    """Take a draft up again that was put away."""

    def reopen() -> str:
        reopen_draft(page_context(), draft_id)
        return "Đã lấy lại bản vẽ; vẽ tiếp được."

    return _done(draft_id, reopen)


@page.post("/thiet-ke/<id:draft_id>/nhan-ban")
@requires(*DESIGNERS)
def duplicate_draft(draft_id: int) -> BaseResponse:
    """A draft of its own that begins as this one is."""
    draft = draft_of(draft_id)
    done = begin(page_context(), Beginning(draft.procedure, "draft", draft=draft_id))
    flash("Đã nhân bản; đây là bản mới.", "success")
    return redirect(f"/thiet-ke/{done['id']}", 303)


@page.get("/thiet-ke/<id:draft_id>/so-sanh")
@requires(*DRAFT_READERS)
@drawing
def compare_draft(draft_id: int) -> str:
    """What is otherwise than in a version or in another state: in words, and on both diagrams."""
    draft, found = draft_of(draft_id), _compared(draft_id)
    day = current_caller().day
    chosen = request.args.get("chon", "")[:200]
    return framed(
        "workbench/compare.html",
        draft,
        "lich-su",
        found=found,
        changes=found.told() if found else [],
        states=states_of(draft_id),
        versions=beginnings_of(draft.procedure, day)["versions"],
        query=_query(found) if found else "",
        chosen=chosen,
    )


@page.get("/thiet-ke/<id:draft_id>/so-sanh/du-lieu")
@requires(*DRAFT_READERS)
def compare_draft_data(draft_id: int) -> Response:
    """Both diagrams with their marks; with `ben` (truoc, sau) one of them as the viewer reads it."""
    found = _compared(draft_id)
    if found is None:
        raise DomainError("not_found", "Chưa có gì để so sánh với bản vẽ này.")
    whole, side = marks_of(found), request.args.get("ben", "")
    if side not in ("truoc", "sau"):
        return answer_json(whole)
    name = "before" if side == "truoc" else "after"
    marks = whole[f"{name}_marks"]
    legend = [{"text": text, "class": f"mark-{kind}"} for kind, text in LEGEND if kind in marks.values()]
    answer = {"xml": whole[name], "marks": marks, "legend": legend}
    chosen = request.args.get("chon", "")
    return answer_json(answer | ({"focus": chosen} if chosen else {}))


@page.get("/thiet-ke/<id:draft_id>/lich-su/<id:number>/khoi-phuc")
@page.get("/thiet-ke/<id:draft_id>/lich-su/<id:number>/ten")
@requires(*DRAFT_READERS)
def draft_state_again(draft_id: int, number: int) -> BaseResponse:
    """The address of a button, opened anew: the state."""
    return redirect(f"/thiet-ke/{draft_id}/lich-su/{number}", 303)


@page.get("/thiet-ke/<id:draft_id>/ten")
@page.get("/thiet-ke/<id:draft_id>/bo")
@page.get("/thiet-ke/<id:draft_id>/lay-lai")
@page.get("/thiet-ke/<id:draft_id>/nhan-ban")
@requires(*DRAFT_READERS)
def draft_again(draft_id: int) -> BaseResponse:
    """The address of a button, opened anew: the history."""
    return redirect(f"/thiet-ke/{draft_id}/lich-su", 303)


def _compared(draft_id: int) -> Compared | None:
    version = _number("phien-ban")
    return compared(
        draft_id,
        current_caller().day,
        state=_number("lan"),
        against=None if version else _number("voi"),
        version=version,
    )


def _query(found: Compared) -> str:
    before = f"phien-ban={found.before.version}" if found.before.version is not None else f"voi={found.before.state}"
    return f"lan={found.after.state}&{before}"


def _number(name: str) -> int | None:
    """A number of the query; `phien-ban=3` and `voi=phien-ban-3` (a choice of the form) say the same."""
    text = request.args.get(name, "")
    if name == "phien-ban" and not text:
        chosen = request.args.get("voi", "")
        text = chosen.removeprefix("phien-ban-") if chosen.startswith("phien-ban-") else ""
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 10 and int(text) > 0 else None


def _done(draft_id: int, deed: Callable[[], str]) -> BaseResponse:
    """The deed, and the history with what came of it."""
    try:
        told = deed()
    except DomainError as error:
        if error.code == "not_found":
            raise
        return _history_page(draft_id, form_problem(error))
    flash(told, "success")
    return redirect(f"/thiet-ke/{draft_id}/lich-su", 303)


def _history_page(draft_id: int, problem: FormProblem | None = None) -> Response:
    draft = draft_of(draft_id)
    text = framed(
        "workbench/history.html",
        draft,
        "lich-su",
        states=states_of(draft_id),
        origin=origin_words(draft.origin),
        problem=problem,
        typed=request.form,
    )
    return make_response(text, problem.status if problem else 200)


def _limit(limit: Any, unit: str) -> str:
    if limit == "none":
        return "Không tính"
    return str(limit) if str(limit or "").startswith("=") else limit_words(limit, unit)
