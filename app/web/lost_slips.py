"""Lost slip (mất giấy tiếp nhận): the dossier is found by name and number, who asks is checked, and a copy is printed."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.reprint import Reprint
from app.actions.runner import run
from app.errors import DomainError, invalid
from app.schemas.dossier_actions import ReprintBody
from app.schemas.reading import load
from app.views.lost_slips import LEAST_OF_A_NUMBER, lost_slips
from app.web.acting import FormProblem, form_problem, page_context
from app.web.asking import words
from app.web.blueprint import page

LOST = "/tiep-nhan/mat-phieu"
IDENTITIES = (
    ("Thẻ căn cước", "Thẻ căn cước"),
    ("Tài khoản định danh điện tử", "Tài khoản định danh điện tử (VNeID)"),
    ("Hộ chiếu", "Hộ chiếu"),
    ("Giấy tờ khác", "Giấy tờ khác"),
)
"""What an applicant shows instead of the slip."""


@page.get(LOST)
@requires("dossier.register")
def lost_slip() -> Response:
    """Name and number are asked together, so that nobody is found by a name alone."""
    return _page()


@page.post(f"{LOST}/<code:code>/<id:slip_id>")
@requires("dossier.register")
def print_lost_slip(code: str, slip_id: int) -> BaseResponse:
    """Print it again as a copy; what was shown stands in the history."""
    shown = words("shown", 64)
    identity = next((value for value, _ in IDENTITIES if value == request.form.get("identity")), None)
    try:
        if not shown or identity is None:
            raise invalid({"shown": ["Hãy ghi giấy tờ mà người nộp đã xuất trình."]})
        body = load(ReprintBody(), {"reason": f"Mất giấy. Đã xuất trình: {identity}, số {shown}."})
        told = run(Reprint(code, slip_id, body["reason"]), page_context(), lambda outcome: dict(outcome.extra))
    except DomainError as error:
        if error.code == "not_found":
            raise
        return _page(form_problem(error), code)
    return redirect(f"/ho-so/{code}/phieu/{told['slip']}.pdf?copy={told['copy']}", 303)


def _page(problem: FormProblem | None = None, refused: str | None = None) -> Response:
    name, number = words("ten"), words("so", 64)
    found: list[dict[str, Any]] | None = None
    wanting = ""
    if name or number:
        if not name or not number or len(number) < LEAST_OF_A_NUMBER:
            wanting = f"Hãy nhập cả họ tên và số định danh hoặc điện thoại (ít nhất {LEAST_OF_A_NUMBER} ký tự)."
        else:
            found = lost_slips(current_caller(), name, number)
    text = render_template(
        "desk/lost_slip.html",
        found=found,
        name=name,
        number=number,
        wanting=wanting,
        identities=IDENTITIES,
        typed=request.form,
        problem=problem,
        refused=refused,
    )
    return make_response(text, problem.status if problem else 422 if wanting else 200)
