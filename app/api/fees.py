"""Fees collected and paid back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Response

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.collect_fee import CollectFee
from app.actions.late import happened_in
from app.actions.refund_fee import RefundFee
from app.actions.runner import Outcome, run
from app.actions.void_fee import VoidFee
from app.api.acting import acting_context
from app.api.blueprint import Blueprint, reply
from app.api.registers import SpanArgs
from app.api.slips import pdf_reply, slip_links
from app.rules.permissions import READERS, RIGHTS
from app.runtime import asked_at, runtime
from app.schemas.fees import METHODS, CollectFeeBody, RefundFeeBody, VoidFeeBody
from app.schemas.fields import Anything, Choice, Flag, Instant, Many, Record, Schema, Text, Whole
from app.store.database import BIGINT
from app.views.fees import cash_up, cash_up_pdf, fees_of
from app.views.registers import span_of

blueprint = Blueprint("fees", __name__, url_prefix="/api/v1", description="Phí, lệ phí")

_BINARY = {"type": "string", "format": "binary"}


class FeeEntrySchema(Schema):
    id = Whole(1)
    kind = Choice(("receipt", "refund"))
    number = Text(64, metadata={"description": "Số trong quyển của cơ quan, theo năm"})
    slip = Whole(1)
    dossier = Text(64)
    at = Instant()
    method = Choice(METHODS)
    method_name = Text(64)
    payer = Text(500)
    lines = Many(Anything(), metadata={"description": "[{name, amount}]"})
    amount = Whole(0)
    collector = Text(64)
    collector_name = Text(500)
    reason = Text(4000, allow_none=True)
    refund_of = Whole(1, allow_none=True)
    refunded = Flag()
    voided = Anything(metadata={"description": "{at, by, by_name, reason} khi đã hủy"})


class DossierFeesSchema(Schema):
    due = Many(Anything(), metadata={"description": "[{name, amount, unit?, when?}]: các khoản của thủ tục"})
    due_total = Whole(0)
    open = Many(Anything(), metadata={"description": "Còn phải thu, theo tên khoản; dạng như due"})
    open_total = Whole(0)
    collected = Whole(0, metadata={"description": "Đã thu, không tính biên lai đã hủy hoặc đã hoàn trả"})
    settled = Flag()
    payer = Text(4000)
    entries = Many(Anything(), metadata={"description": "Các biên lai và phiếu hoàn trả"})
    may_collect = Flag()
    may_refund = Flag()
    no_refund = Text(500, allow_none=True, metadata={"description": "Vì sao không hoàn trả được"})


class FeeDoneSchema(Schema):
    entry = Whole(1)
    slip = Whole(1)
    number = Text(64)
    amount = Whole(0)
    pdf = Text(500)
    docx = Text(500)


class VoidedSchema(Schema):
    entry = Whole(1)


class CashUpArgs(SpanArgs):
    collector = Text(64, allow_none=True, metadata={"description": "Tên đăng nhập; không ghi: mọi người của cơ quan"})


class CashUpSchema(Schema):
    agency = Text(64)
    collector = Text(64, allow_none=True)
    taken = Whole(0)
    taken_out = Whole(0)
    left = Whole(-BIGINT, metadata={"description": "Còn phải nộp, đồng; âm khi hoàn trả nhiều hơn thu"})
    methods = Record(metadata={"description": "{hình thức: đồng}"})
    entries = Many(Anything(), most=10_000)


@blueprint.get("/dossiers/<code:code>/fees")
@requires(*READERS)
@blueprint.response(200, DossierFeesSchema)
def list_fees(code: str) -> Response:
    """Phí, lệ phí của hồ sơ: phải thu gì, đã thu gì, đã hoàn trả gì (HT-9.1)."""
    return reply(fees_of(current_caller(), code))


@blueprint.post("/dossiers/<code:code>/fees")
@requires(*RIGHTS["collect-fee"].permissions)
@blueprint.arguments(CollectFeeBody)
@blueprint.response(201, FeeDoneSchema)
def collect(body: dict[str, Any], code: str) -> Response:
    """Thu và cấp biên lai có số liên tục trong quyển của cơ quan."""
    lines = tuple(body["lines"]) if body.get("lines") is not None else None
    command = CollectFee(code, body["method"], lines, body.get("payer"))
    context = replace(acting_context(), happened=happened_in(body))
    return reply(run(command, context, lambda outcome: _done(outcome, code)), 201)


@blueprint.post("/dossiers/<code:code>/fees/<id:entry_id>/void")
@requires(*RIGHTS["void-fee"].permissions)
@blueprint.arguments(VoidFeeBody)
@blueprint.response(200, VoidedSchema)
def void(body: dict[str, Any], code: str, entry_id: int) -> Response:
    """Hủy biên lai ghi nhầm: số không dùng lại, lý do được giữ."""
    command = VoidFee(code, entry_id, body.get("comment"))
    return reply(run(command, acting_context(), lambda outcome: dict(outcome.extra)))


@blueprint.post("/dossiers/<code:code>/fees/<id:entry_id>/refund")
@requires(*RIGHTS["refund-fee"].permissions)
@blueprint.arguments(RefundFeeBody)
@blueprint.response(201, FeeDoneSchema)
def refund(body: dict[str, Any], code: str, entry_id: int) -> Response:
    """Hoàn trả, chỉ khi cơ quan không hoàn thành dịch vụ (ST-11.4c, LA-8.4)."""
    command = RefundFee(code, entry_id, body.get("comment"), body.get("method"))
    return reply(run(command, acting_context(), lambda outcome: _done(outcome, code)), 201)


@blueprint.get("/fees")
@requires("dossier.register", "report.view")
@blueprint.arguments(CashUpArgs, location="query")
@blueprint.response(200, CashUpSchema)
def list_cash_up(args: dict[str, Any]) -> Response:
    """Thu trong những ngày ấy, của một người hoặc cả cơ quan, để đối chiếu quỹ."""
    found = cash_up(current_caller(), args.get("agency"), args.get("collector"), span_of(args["begin"], args["end"]))
    return reply(
        {
            "agency": found.agency.code,
            "collector": found.collector,
            "taken": found.taken,
            "taken_out": found.taken_out,
            "left": found.left,
            "methods": dict(found.methods),
            "entries": found.entries,
        }
    )


@blueprint.get("/fees.pdf")
@requires("dossier.register", "report.view")
@blueprint.arguments(CashUpArgs, location="query")
@blueprint.response(200, _BINARY, content_type="application/pdf")
def print_cash_up(args: dict[str, Any]) -> Response:
    """Bảng kê thu phí, lệ phí, để ký và nộp cùng tiền."""
    caller = current_caller()
    found = cash_up(caller, args.get("agency"), args.get("collector"), span_of(args["begin"], args["end"]))
    return pdf_reply(*cash_up_pdf(caller, found, runtime().settings.profile, asked_at()))


def _done(outcome: Outcome, code: str) -> dict[str, Any]:
    told = outcome.extra
    return {name: told[name] for name in ("entry", "slip", "number", "amount")} | slip_links(code, told["slip"])
