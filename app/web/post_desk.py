"""Dossiers that come by post, many at once, and results that go back by post, with their tracking numbers (LA-19, QT-16.6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import Response, flash, make_response, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.by_name import command_for
from app.actions.runner import Context, RequestKey, run, run_task
from app.errors import DomainError
from app.failures import failure_of
from app.rules.permissions import WORKERS
from app.rules.services import demanded
from app.runtime import asked_at, runtime
from app.schemas.fields import FIRST_YEAR, LAST_YEAR
from app.schemas.reading import load
from app.schemas.registration import RegisterBody, register_command
from app.schemas.tasks import read_body
from app.views.acting import outcome_view, registered_view
from app.views.post_desk import post_list_pdf, sent_on, to_send
from app.views.procedures import procedure_detail, procedure_list
from app.views.registers import Span, span_of
from app.web.acting import page_context
from app.web.asking import words
from app.web.blueprint import page
from app.web.desk import desks_of
from app.web.registration_intake import RECEIPTS
from app.web.shown_files import shown_file
from app.wording import LOCAL, clean_line

ROWS = 10
"""Lines of the batch; what is filled in is registered, each line for itself."""
MOST_ROWS = 50
FIELDS = ("procedure", "voucher", "name", "id_number", "phone", "address")
TITLES = {
    "procedure": "Thủ tục",
    "voucher": "Số chứng từ bưu chính",
    "name": "Người nộp",
    "id_number": "Số định danh",
    "phone": "Điện thoại",
    "address": "Địa chỉ nhận kết quả",
}
_MEMBERS = {
    "intake.post_voucher": "voucher",
    "deliver.address": "address",
    **{f"applicant.{name}": name for name in ("name", "id_number", "phone", "address")},
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the batch: what was typed, what came of it (`code`) or what is wrong, by field."""

    typed: Mapping[str, str]
    code: str | None = None
    wrong: Mapping[str, str] | None = None
    why: str | None = None

    @property
    def blank(self) -> bool:
        return not any(self.typed.get(name, "").strip() for name in FIELDS if name != "procedure")


@page.get("/tiep-nhan/buu-chinh")
@requires("dossier.register")
def postal_intake() -> Response:
    """An empty batch."""
    return _batch([Line({}) for _ in range(ROWS)])


@page.post("/tiep-nhan/buu-chinh")
@requires("dossier.register")
def register_postal() -> Response:
    """Register each filled line in a transaction of its own; those that were refused stay with what was typed."""
    lines = _lines()
    context = page_context()
    done = [line if line.blank else _register(line, _numbered(context, number)) for number, line in enumerate(lines)]
    made = [line.code for line in done if line.code]
    left = [line for line in done if line.code is None]
    spare = [Line({}) for _ in range(max(ROWS - len(left), 0))]
    refused = any(line.wrong is not None for line in left)
    return _batch([*left, *spare], made, 422 if refused else 200)


@page.get("/tra-ket-qua/buu-chinh")
@requires(*WORKERS)
def postal_return() -> Response:
    """What is ready to go by post, and what was handed over that day."""
    return _returns()


@page.post("/tra-ket-qua/buu-chinh")
@requires(*WORKERS)
def hand_to_post() -> Response:
    """Hand over every result that has a tracking number now, each in a transaction of its own."""
    context, problems, done = page_context(), {}, 0
    for task_id, number in _tracked():
        try:
            body = read_body("deliver-result", {"mode": "post", "tracking_number": number})
            command = command_for("deliver-result", task_id, None, body, ())
            run_task(command, _numbered(context, task_id), outcome_view)
            done += 1
        except DomainError as error:
            problems[task_id] = failure_of(error).detail
    if done:
        flash(f"Đã ghi {done} kết quả gửi qua bưu chính; hãy in bảng kê để bàn giao.", "success")
    return _returns(problems)


@page.get("/tra-ket-qua/bang-ke-buu-gui.pdf")
@requires(*WORKERS)
def post_list_file() -> Response:
    """The list that the post signs."""
    profile = runtime().settings.profile
    name, pdf = post_list_pdf(current_caller(), _day(), words("buu-cuc") or "", profile, asked_at())
    return shown_file(Response(pdf, mimetype="application/pdf"), name, inline=True)


@page.get("/tra-ket-qua/nhan-buu-gui")
@requires(*WORKERS)
def labels() -> BaseResponse:
    """Labels of what is to be sent, to be printed and stuck on."""
    return make_response(render_template("desk/labels.html", found=to_send(current_caller(), asked_at())))


def _register(line: Line, context: Context) -> Line:
    code = clean_line(line.typed.get("procedure", ""))
    try:
        procedure = procedure_detail(code, current_caller().day)
        body = load(RegisterBody(), _body(line.typed, procedure))
        answer = run(register_command(body, runtime().settings.profile), context, registered_view)
    except DomainError as error:
        if error.code == "not_found":
            return replace(line, wrong={"procedure": "Hãy chọn thủ tục."}, why="Chưa chọn thủ tục.")
        failure = failure_of(error)
        wrong = {_MEMBERS.get(name, "procedure"): _first(texts) for name, texts in (failure.errors or {}).items()}
        return replace(line, wrong=wrong or {"procedure": failure.detail}, why=failure.detail)
    return replace(line, code=str(answer["code"]))


def _body(typed: Mapping[str, str], procedure: Mapping[str, Any]) -> dict[str, Any]:
    """A dossier by post: all papers that have to be handed in lie in the envelope; the result goes back to its sender."""
    form = request.form
    parts = [
        {
            "code": part["code"],
            "kind": "original" if part.get("originals") else "copy" if part.get("copies") else "original",
            "quantity": part.get("originals") or part.get("copies") or 1,
        }
        for part in procedure["components"]
        if demanded(part)
    ]
    receipt_by = form.get("receipt-by", "desk")
    return {
        "procedure": procedure["code"],
        "applicant": {name: typed.get(name, "") for name in ("name", "id_number", "phone", "address")},
        "channel": "post",
        "components": parts,
        "notify": ["sms"] if receipt_by == "electronic" else ["phone"] if typed.get("phone", "").strip() else [],
        "deliver": {"mode": "post", "address": typed.get("address") or None},
        "intake": {
            "post_voucher": typed.get("voucher", ""),
            "receipt_by": receipt_by,
            **({"post_office": form["post-office"].strip()} if form.get("post-office", "").strip() else {}),
        },
        **({"agency": form["agency"]} if form.get("agency") else {}),
    }


def _first(texts: Any) -> str:
    while isinstance(texts, dict):
        texts = next(iter(texts.values()), "")
    return str(texts[0] if isinstance(texts, list | tuple) and texts else texts)


def _lines() -> list[Line]:
    columns = {name: request.form.getlist(name)[:MOST_ROWS] for name in FIELDS}
    number = max((len(values) for values in columns.values()), default=0)
    return [
        Line({name: values[row] if row < len(values) else "" for name, values in columns.items()})
        for row in range(number)
    ]


def _numbered(context: Context, number: int) -> Context:
    """Each line has a key of its own under the form's, so that sending the batch again registers nothing twice."""
    key = context.key
    return context if key is None else replace(context, key=RequestKey(f"{key.key}.{number}", key.request))


def _tracked() -> list[tuple[int, str]]:
    """Tasks with the tracking numbers that were typed for them."""
    found = []
    for name, value in request.form.items():
        task = name.removeprefix("tracking-")
        if name.startswith("tracking-") and value.strip() and task.isascii() and task.isdigit() and len(task) < 19:
            found.append((int(task), value.strip()))
    return found


def _day() -> Span:
    today = asked_at().astimezone(LOCAL).date()
    try:
        day = date.fromisoformat(request.values.get("ngay", ""))
    except ValueError:
        day = today
    day = day if FIRST_YEAR <= day.year <= LAST_YEAR else today
    return span_of(day, day)


def _batch(lines: list[Line], made: list[str] | None = None, status: int = 200) -> Response:
    desks = sorted(desks_of(current_caller()))
    text = render_template(
        "desk/post_intake.html",
        lines=lines,
        made=made or [],
        titles=TITLES,
        fields=FIELDS,
        receipts=RECEIPTS,
        typed=request.form,
        procedures=procedure_list(None, None, 200, desks)["data"] if desks else [],
    )
    return make_response(text, status)


def _returns(problems: Mapping[int, str] | None = None) -> Response:
    caller, now, span = current_caller(), asked_at(), _day()
    text = render_template(
        "desk/post_return.html",
        found=to_send(caller, now),
        sent=sent_on(caller, span),
        day=span.begin,
        problems=problems or {},
        typed=request.form,
    )
    return make_response(text, 422 if problems else 200)
