"""Collecting fees at the desk, with a receipt, and paying back (HT-9.1, ST-11.4c); what somebody took in a day."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.collect_fee import CollectFee
from app.actions.refund_fee import RefundFee
from app.actions.runner import Command, run
from app.actions.void_fee import VoidFee
from app.errors import DomainError, invalid
from app.rules.permissions import READERS, RIGHTS
from app.runtime import asked_at, runtime
from app.schemas.fees import CollectFeeBody, RefundFeeBody, VoidFeeBody
from app.schemas.fields import FIRST_YEAR, LAST_YEAR
from app.schemas.reading import load
from app.slips.fields import PAYMENT_METHODS
from app.store import organisation
from app.store.transaction import reading
from app.views.dossiers import dossier_detail
from app.views.fees import CashUp, cash_up, cash_up_pdf, cash_up_xlsx, days_words, fees_of
from app.views.registers import span_of
from app.views.sheet_files import XLSX
from app.web.acting import FormProblem, form_problem, page_context
from app.web.asking import words
from app.web.blueprint import page
from app.web.dossier import dossier_page
from app.web.shown_files import shown_file
from app.wording import LOCAL

_GROUPED = re.compile(r"[0-9]{1,3}([. ][0-9]{3})+", re.ASCII)
SPARE_LINES = 1
"""Empty lines under those of the procedure, for what else is taken."""
_METHODS = tuple(one for one in PAYMENT_METHODS if one[0] != "online")
"""Ways of paying at a desk; what is paid online comes with the dossier."""


@page.get("/ho-so/<code:code>/phi")
@requires(*READERS)
def dossier_fees(code: str) -> Response:
    """What is due, what was paid, and the form that takes it."""
    return _page(code)


@page.post("/ho-so/<code:code>/phi")
@requires(*RIGHTS["collect-fee"].permissions)
def collect_fee(code: str) -> BaseResponse:
    """Take the money and give the receipt."""
    return _done(code, _collecting, "Đã thu {amount}, biên lai số {number}.")


@page.post("/ho-so/<code:code>/phi/<id:entry_id>/huy")
@requires(*RIGHTS["void-fee"].permissions)
def void_fee(code: str, entry_id: int) -> BaseResponse:
    """Void a receipt; it stays in the list."""

    def command(code: str) -> Command:
        body = load(VoidFeeBody(), {"comment": request.form.get(f"void-{entry_id}") or None})
        return VoidFee(code, entry_id, body.get("comment"))

    return _done(code, command, "Đã hủy biên lai.", f"void-{entry_id}")


@page.post("/ho-so/<code:code>/phi/<id:entry_id>/hoan-tra")
@requires(*RIGHTS["refund-fee"].permissions)
def refund_fee(code: str, entry_id: int) -> BaseResponse:
    """Pay a receipt back, with a slip of its own."""

    def command(code: str) -> Command:
        body = load(RefundFeeBody(), {"comment": request.form.get(f"refund-{entry_id}") or None})
        return RefundFee(code, entry_id, body.get("comment"))

    return _done(code, command, "Đã hoàn trả {amount}, phiếu số {number}.", f"refund-{entry_id}")


@page.get("/phi")
@requires("dossier.register", "report.view")
def fee_list() -> Response:
    """What was taken on some days: who took it, in which ways, how much has to be handed in."""
    caller = current_caller()
    today = asked_at().astimezone(LOCAL).date()
    problem, found = None, None
    try:
        found = _cash_up()
    except DomainError as error:
        problem = form_problem(error)
    with reading() as connection:
        agencies = [organisation.agency_by_id(connection, one) for one in sorted(caller.agency_ids)]
    text = render_template(
        "desk/fee_list.html",
        found=found,
        days=days_words(found.span) if found else "",
        problem=problem,
        agencies=[(one.code, one.name) for one in agencies],
        typed={
            "agency": words("co-quan") or "",
            "from": request.args.get("tu") or today.isoformat(),
            "to": request.args.get("den") or today.isoformat(),
            "who": words("nguoi") or "toi",
        },
        query=request.query_string.decode(),
    )
    return make_response(text, problem.status if problem else 200)


@page.get("/phi/bang-ke.pdf")
@requires("dossier.register", "report.view")
def fee_list_pdf() -> Response:
    """The list to be signed and handed in with the money."""
    name, pdf = cash_up_pdf(current_caller(), _cash_up(), runtime().settings.profile, asked_at())
    return shown_file(Response(pdf, mimetype="application/pdf"), name, inline=True)


@page.get("/phi/bang-ke.xlsx")
@requires("dossier.register", "report.view")
def fee_list_xlsx() -> Response:
    """The same as a table."""
    name, content = cash_up_xlsx(_cash_up())
    return shown_file(Response(content, mimetype=XLSX), name, inline=False)


def _cash_up() -> CashUp:
    """What the address asks for; today's own where it says nothing. Errors: DomainError invalid, forbidden."""
    caller = current_caller()
    who = words("nguoi") or "toi"
    collector = {"toi": caller.username, "tat-ca": None}.get(who, who)
    return cash_up(caller, words("co-quan"), collector, span_of(_day("tu", "from"), _day("den", "to")))


def _day(name: str, field: str) -> date:
    text = request.args.get(name, "")
    if not text:
        return asked_at().astimezone(LOCAL).date()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise invalid({field: ["Hãy chọn một ngày."]})
    return day


def _collecting(code: str) -> CollectFee:
    body = load(CollectFeeBody(), collect_body(request.form))
    return CollectFee(code, body["method"], tuple(body["lines"] or ()), body.get("payer"), _seen())


def _seen() -> int | None:
    """What had been collected when the page was made."""
    text = request.form.get("seen", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def collect_body(form: MultiDict[str, str]) -> dict[str, Any]:
    """The body of the collection, of the lines that have something in them; an amount as people write it: 125.000."""
    lines = [{"name": name, "amount": _digits(amount)} for _, name, amount in _filled(form)]
    return {"method": form.get("method", "cash"), "payer": form.get("payer") or None, "lines": lines}


def _filled(form: MultiDict[str, str]) -> list[tuple[int, str, str]]:
    """Row, name and amount of the lines that have an amount."""
    typed = zip(form.getlist("line-name"), form.getlist("line-amount"), strict=False)
    return [(row, name, amount) for row, (name, amount) in enumerate(typed) if amount.strip() not in ("", "0")]


def _digits(amount: str) -> str:
    """`125.000 đ` as 125000; points that do not part thousands stay, and are refused: 12.5 is no 125."""
    text = re.sub(r"\s*(đồng|đ)?\s*$", "", amount.strip())
    return re.sub(r"[. ]", "", text) if _GROUPED.fullmatch(text) else text


def _done(code: str, make: Any, told: str, field: str | None = None) -> BaseResponse:
    try:
        answer = run(make(code), page_context(), lambda outcome: dict(outcome.extra))
    except DomainError as error:
        if error.code == "not_found":
            raise
        return _page(code, _problem(error, field))
    said = told.format(amount=dong(answer.get("amount", 0)), number=answer.get("number", ""))
    slip = answer.get("slip")
    link = Markup(' <a href="/ho-so/{}/phieu/{}.pdf" target="_blank" rel="noopener" hx-boost="false">In phiếu</a>')
    flash(Markup("{}").format(said) + (link.format(code, slip) if slip else ""), "success")
    return redirect(_next(code), 303)


def _next(code: str) -> str:
    """Where she came from: the page of the result that is to be handed over, or the dossier's own."""
    task = request.form.get("ve-tra", "")
    return f"/tra-ket-qua/{task}" if task.isascii() and task.isdigit() and len(task) < 19 else f"/ho-so/{code}/phi"


def _problem(error: DomainError, field: str | None) -> FormProblem:
    problem = form_problem(error)
    if field is not None and error.code == "comment_required":
        return FormProblem(problem.title, problem.detail, problem.status, problem.code, ((field, "Hãy ghi lý do."),))
    fields = tuple((_field(name), text) for name, text in problem.fields)
    return FormProblem(problem.title, problem.detail, problem.status, problem.code, fields)


def _field(name: str) -> str:
    """The id of the field that a member of the body was typed into."""
    parts = name.split(".")
    if parts[0] != "lines":
        return name
    rows = [row for row, _, _ in _filled(request.form)]
    number = (
        rows[int(parts[1])]
        if len(parts) > 1 and parts[1].isascii() and parts[1].isdecimal() and int(parts[1]) < len(rows)
        else 0
    )
    return f"line-{'name' if parts[-1] == 'name' else 'amount'}-{number}"


def dong(amount: int) -> str:
    """`125.000 đồng`."""
    return f"{amount:,} đồng".replace(",", ".")


def _page(code: str, problem: FormProblem | None = None) -> Response:
    caller = current_caller()
    found = fees_of(caller, code)
    text = dossier_page(
        "fees",
        dossier_detail(caller, code, asked_at()),
        "desk/dossier_fees.html",
        found=found,
        lines=_lines(found, problem),
        methods=_METHODS,
        typed=request.form,
        problem=problem,
        dong=dong,
    )
    return make_response(text, problem.status if problem else 200)


def _lines(found: dict[str, Any], problem: FormProblem | None) -> list[tuple[str, str]]:
    """Name and amount of each line of the form: as typed, else what is due and not paid."""
    if problem is not None and "line-name" in request.form:
        return list(zip(request.form.getlist("line-name"), request.form.getlist("line-amount"), strict=False))
    due = [(fee["name"], f"{fee['amount']:,}".replace(",", ".")) for fee in found["open"]]
    return [*due, *[("", "")] * SPARE_LINES]
