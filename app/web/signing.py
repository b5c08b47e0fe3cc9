"""Pages of signatures: those of one file with the ways to sign it, and what waits for somebody's signature, signed at once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from flask import Response, abort, flash, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.approve_batch import With
from app.actions.batch import batch_state, stop_batch
from app.actions.look_at_signatures import PDF, look_again
from app.actions.runner import run
from app.actions.sign import Sign, UploadSigned
from app.actions.sign_batch import Item, sign_batch
from app.actions.signing_files import MOST_UPLOADED
from app.api.signatures import signed_view
from app.api.uploads import takes_files
from app.errors import DomainError, invalid
from app.rules.permissions import READERS, RIGHTS, in_state
from app.runtime import asked_at
from app.schemas.reading import load
from app.schemas.signing import SignBody
from app.store.attachments import AttachmentRow
from app.views.dossiers import dossier_detail
from app.views.parts import attachment_of, attachment_view
from app.views.signing import keys_view, told_signatures, waiting_signatures
from app.web.acting import PIN, FormProblem, form_key, form_problem, is_key, new_key, page_context
from app.web.blueprint import page
from app.web.dossier import dossier_page
from app.web.file_viewer import shown

_MAY_SIGN = RIGHTS["sign"].permissions


@page.get("/ho-so/<code:code>/tep/<id:attachment_id>/ky")
@requires(*READERS)
def sign_file(code: str, attachment_id: int) -> Response:
    """The signatures of one file, looked at now, and the forms that add one."""
    return _file_page(code, attachment_id)


@page.post("/ho-so/<code:code>/tep/<id:attachment_id>/ky")
@requires(*_MAY_SIGN)
def sign_with_key(code: str, attachment_id: int) -> BaseResponse:
    """Sign it with a key of the server's."""
    try:
        names = ("key", "reason", "page", PIN)
        typed = {name: request.form[name] for name in names if request.form.get(name, "").strip()}
        body = load(SignBody(), typed)
        reason, pin = body.get("reason") or "", body.get("pin")
        command = Sign(code, attachment_id, body.get("key"), reason, body.get("page"), pin=pin)
        signed = run(command, page_context(), signed_view)
    except DomainError as error:
        return _refused(code, attachment_id, error)
    return _done(code, signed)


@page.post("/ho-so/<code:code>/tep/<id:attachment_id>/ky/tai-len")
@requires(*_MAY_SIGN)
@takes_files
def bring_signed(code: str, attachment_id: int) -> BaseResponse:
    """Take what was signed with a tool of her own."""
    upload = request.files.get("file")
    try:
        content = upload.stream.read(MOST_UPLOADED + 1) if upload is not None and upload.filename else b""
        if not content:
            raise invalid({"file": ["Hãy chọn tệp PDF đã ký."]})
        if len(content) > MOST_UPLOADED:
            raise DomainError("too_large", f"Tệp đã ký lớn hơn {MOST_UPLOADED // 1024 // 1024} MB.")
        context = page_context([hashlib.sha256(content).hexdigest()])
        signed = run(UploadSigned(code, attachment_id, content), context, signed_view)
    except DomainError as error:
        return _refused(code, attachment_id, error)
    return _done(code, signed)


@page.get("/ho-so/<code:code>/tep/<id:attachment_id>/ky/tai-len")
@requires(*READERS)
def bring_signed_again(code: str, attachment_id: int) -> BaseResponse:
    """The address of a form that was refused, opened anew."""
    return redirect(f"/ho-so/{code}/tep/{attachment_id}/ky", 303)


@page.get("/ky-so")
@requires(*_MAY_SIGN)
def signing() -> Response:
    """What waits for her signature."""
    return _waiting_page()


@page.post("/ky-so")
@requires(*_MAY_SIGN)
def sign_chosen() -> Response:
    """Each file in a transaction of its own; what one is refused does not stop the others."""
    try:
        items = [item for text in request.form.getlist("files") if (item := _item(text)) is not None]
        if not items:
            raise invalid({"files": ["Hãy chọn ít nhất một tệp: đánh dấu vào ô đầu dòng."]})
        typed = {name: request.form[name] for name in ("key", "reason", PIN) if request.form.get(name, "").strip()}
        body = load(SignBody(), typed)
        using = With(body.get("key"), body.get("reason"), body.get("pin"))
        results = sign_batch(items, using, page_context(), signed_view)
    except DomainError as error:
        return _waiting_page(form_problem(error))
    return _waiting_page(results=results)


@page.get("/ky-so/<key>/tien-do")
@requires(*_MAY_SIGN)
def signing_progress(key: str) -> Response:
    """The part of the page that says how far the signing is, while its form waits for the answer."""
    if not is_key(key):
        abort(404)
    return make_response(
        render_template("inbox/batch_progress.html", state=batch_state(current_caller(), form_key(key)))
    )


@page.post("/ky-so/<key>/dung")
@requires(*_MAY_SIGN)
def stop_signing(key: str) -> BaseResponse:
    """Leave alone what has not been signed yet."""
    if not is_key(key):
        abort(404)
    stop_batch(current_caller(), form_key(key), asked_at())
    return redirect("/ky-so", 303)


def _item(text: str) -> Item | None:
    code, _, number = text.rpartition("/")
    fine = code and len(code) <= 64 and number.isascii() and number.isdigit() and len(number) < 19
    return (code, int(number)) if fine else None


def _done(code: str, signed: Mapping[str, Any]) -> BaseResponse:
    flash("Đã ký số; bản đã ký là một tệp mới của hồ sơ.", "success")
    return redirect(f"/ho-so/{code}/tep/{signed['id']}/ky", 303)


def _refused(code: str, attachment_id: int, error: DomainError) -> Response:
    if error.code == "not_found":
        raise error
    return _file_page(code, attachment_id, form_problem(error))


def _file_page(code: str, attachment_id: int, problem: FormProblem | None = None) -> Response:
    caller, now = current_caller(), asked_at()
    detail = dossier_detail(caller, code, now)
    row = attachment_of(caller, code, attachment_id)
    why_not = _why_not(row, detail)
    text = dossier_page(
        "files",
        detail,
        "signing/file.html",
        file=shown(attachment_view(row)),
        told=told_signatures([] if row.quarantined else look_again(row, now)),
        keys=[] if why_not else keys_view(caller),
        why_not=why_not,
        typed=request.form,
        problem=problem,
    )
    return make_response(text, problem.status if problem else 200)


def _why_not(row: AttachmentRow, detail: Mapping[str, Any]) -> str | None:
    """Why nobody, or not this person, signs it."""
    if row.quarantined:
        return "Tệp đang được cách ly nên không xem và không ký được."
    if row.media_type != PDF:
        return "Chỉ ký số được tệp PDF."
    if not any(current_caller().may(name) for name in _MAY_SIGN):
        return "Bạn xem được chữ ký nhưng không được giao ký tệp của hồ sơ."
    if not in_state("sign", detail["status"]["number"]):
        return "Hồ sơ đã kết thúc nên không ký thêm được nữa."
    return None


def _waiting_page(problem: FormProblem | None = None, results: list[dict[str, Any]] | None = None) -> Response:
    caller = current_caller()
    found = waiting_signatures(caller)
    ticked = set(request.form.getlist("files")) if problem else set()
    names = {one["attachment"]: one["name"] for one in found}
    text = render_template(
        "signing/waiting.html",
        found=[
            one
            | {
                "ticked": f"{one['dossier']}/{one['attachment']}" in ticked,
                "told": told_signatures(one["signatures"]),
            }
            for one in found
        ],
        keys=keys_view(caller),
        asks_pin=any(key["ask_pin"] for key in keys_view(caller)),
        key=new_key(),
        signed=[one for one in results or () if one["status"] == 200],
        refused=[one | {"name": names.get(one["attachment"])} for one in results or () if one["status"] != 200],
        typed=request.form,
        problem=problem,
    )
    return make_response(text, problem.status if problem else 200)
