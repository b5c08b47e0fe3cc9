"""Accounts from a spreadsheet: looked at first, then made with temporary passwords, which are handed out as files once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from flask import Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.account_rows import MOST_ROWS, template_rows
from app.actions.import_accounts import Accept, HandIn, accept, hand_in
from app.errors import DomainError, invalid
from app.rules.administration import ADMINISTRATORS
from app.runtime import asked_at, runtime
from app.schemas.fields import Many, Part, Schema, Text
from app.schemas.reading import load
from app.slips.account_slips import account_slips
from app.views.account_imports import STATES, import_view
from app.views.accounts import permission_groups
from app.views.sheet_files import XLSX, xlsx_file
from app.web.accounts import told_passwords
from app.web.acting import FormProblem, form_problem, page_context
from app.web.asking import choice
from app.web.blueprint import page
from app.web.shown_files import shown_file

HOME = "/quan-tri/nhap-tai-khoan"
MOST_SHOWN = 200
"""Rows of one state on a page."""


class ToldPerson(Schema):
    username = Text(64, required=True)
    name = Text(300, required=True)
    agency = Text(300, required=True)
    temporary_password = Text(64, required=True)


class ToldPeople(Schema):
    people = Many(Part(ToldPerson), required=True, most=MOST_ROWS)


@page.get("/quan-tri/nhap-tai-khoan")
@requires(*ADMINISTRATORS)
def account_import_form() -> BaseResponse:
    """The file to fill in, and where it is sent."""
    return _form_page()


@page.get("/quan-tri/nhap-tai-khoan/mau.xlsx")
@requires(*ADMINISTRATORS)
def account_import_template() -> Response:
    """The file to fill in."""
    widths = (28, 18, 32, 26, 26, 34, 40, 14)
    content = xlsx_file("Cán bộ", template_rows(), [], widths)
    return shown_file(Response(content, mimetype=XLSX), "mau-danh-sach-can-bo.xlsx", inline=False)


@page.post("/quan-tri/nhap-tai-khoan")
@requires(*ADMINISTRATORS)
def hand_in_accounts() -> BaseResponse:
    """Keep the rows and show them; or the same page with why the file is no list of people."""
    file = request.files.get("file")
    try:
        if file is None or not file.filename:
            raise invalid({"file": ["Hãy chọn tệp danh sách cán bộ."]})
        content = file.read()
        context = page_context([hashlib.sha256(content).hexdigest()])
        import_id = hand_in(HandIn(content, file.filename), context)
    except DomainError as error:
        return _form_page(form_problem(error))
    return redirect(f"{HOME}/{import_id}", 303)


@page.get("/quan-tri/nhap-tai-khoan/<id:import_id>")
@requires(*ADMINISTRATORS)
def account_import(import_id: int) -> BaseResponse:
    """Row by row what accepting it would do; what came of it once it was accepted."""
    return _import_page(import_id)


@page.post("/quan-tri/nhap-tai-khoan/<id:import_id>")
@requires(*ADMINISTRATORS)
def accept_accounts(import_id: int) -> BaseResponse:
    """Make the accounts, all rows or the good ones, and show their temporary passwords once."""
    good_only = request.form.get("good_only") == "true"
    try:
        made = accept(Accept(import_id, good_only, request.form.get("seen") or None), page_context())
    except DomainError as error:
        if error.code == "not_found":
            raise
        return _import_page(import_id, form_problem(error))
    return told_passwords(made["accounts"], "Đã nhập danh sách cán bộ", result=made["result"])


@page.post("/quan-tri/giay-bao-tai-khoan")
@requires(*ADMINISTRATORS)
def password_files() -> Response:
    """What the page with the temporary passwords holds, as notices to cut apart or as a table; nothing is kept.

    Errors: DomainError invalid for what that page never sends.
    """
    try:
        sent = {"people": json.loads(request.form.get("people", ""))}
    except (ValueError, RecursionError) as error:
        raise invalid({"people": ["Nội dung của trang mật khẩu tạm không đọc được."]}) from error
    people = load(ToldPeople(), sent)["people"]
    if not people:
        raise invalid({"people": ["Không có mật khẩu tạm nào để in."]})
    if request.form.get("as") == "xlsx":
        head = ("Họ tên", "Cơ quan", "Tên đăng nhập", "Mật khẩu tạm")
        rows = [(one["name"], one["agency"], one["username"], one["temporary_password"]) for one in people]
        content = xlsx_file("Mật khẩu tạm", head, rows, (28, 36, 20, 26))
        return shown_file(Response(content, mimetype=XLSX), "mat-khau-tam.xlsx", inline=False)
    address = f"{runtime().settings.public_url.rstrip('/')}/dang-nhap"
    pdf = account_slips(people, address, asked_at())
    return shown_file(Response(pdf, mimetype="application/pdf"), "giay-bao-tai-khoan.pdf", inline=True)


def _form_page(problem: FormProblem | None = None) -> BaseResponse:
    caller = current_caller()
    titles = [one["title"] for group in permission_groups(caller) for one in group["permissions"] if one["gives"]]
    text = render_template(
        "administration/import.html", problem=problem, most=MOST_ROWS, titles=titles, columns=template_rows()
    )
    return make_response(text, problem.status if problem else 200)


def _import_page(import_id: int, problem: FormProblem | None = None) -> BaseResponse:
    found = import_view(import_id, page_context())
    state = choice("loai", STATES)
    counts: Mapping[str, int] = found["counts"]
    shown: list[dict[str, Any]] = [row for row in found["rows"] if state in (None, row["state"])]
    text = render_template(
        "administration/import_rows.html",
        found=found,
        shown=shown[:MOST_SHOWN],
        more=max(len(shown) - MOST_SHOWN, 0),
        states=STATES,
        state=state,
        counts=counts,
        problem=problem,
    )
    return make_response(text, problem.status if problem else 200)
