"""Procedures as published: what an applicant brings, how long it takes, through which steps it goes."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.access.guard import SIGNED_IN, requires
from app.access.request import current_caller
from app.api.blueprint import Blueprint, reply
from app.api.fields import Anything, Choice, Day, Flag, Many, Part, Record, Schema, Text, Whole
from app.api.lists import PageArgs, a_code, list_schema, make_cursor, page_answer, read_cursor
from app.errors import DomainError
from app.store import procedures
from app.store.procedures import ProcedureRow, VersionRow
from app.store.transaction import reading

blueprint = Blueprint("procedures", __name__, url_prefix="/api/v1/procedures", description="Thủ tục hành chính")


class ProcedureArgs(PageArgs):
    q = Text(200)


class ProcedureSchema(Schema):
    code = Text(64)
    name = Text(2000)
    field = Text(500)
    level = Whole(1, 3)
    limit = Text(64)
    limit_unit = Choice(("working", "calendar"))
    service_level = Text(64)
    result_name = Text(2000)
    demonstration = Flag()


class DecisionSchema(Schema):
    number = Text(200)
    decided_on = Day()
    effective_from = Day()


class ProcedureDetailSchema(ProcedureSchema):
    components = Many(Anything(), metadata={"description": "[{code, name, required, originals, copies}]"})
    fees = Many(Anything())
    legal_basis = Many(Anything())
    agencies = Many(Text(64))
    steps = Many(Anything(), metadata={"description": "Các bước của phiên bản đang có hiệu lực"})
    form = Record(allow_none=True, metadata={"description": "Biểu mẫu form-js, hoặc null"})
    version = Whole(1, allow_none=True)
    decision = Part(DecisionSchema, allow_none=True)


@blueprint.get("")
@requires(SIGNED_IN)
@blueprint.arguments(ProcedureArgs, location="query")
@blueprint.response(200, list_schema("ProcedurePage", ProcedureSchema))
def list_procedures(args: dict[str, Any]) -> Response:
    """Danh mục thủ tục; `q` tìm theo từ, có dấu hoặc không dấu."""
    after = read_cursor(args["cursor"], "procedures", a_code)[0] if "cursor" in args else None
    size = args["page_size"]
    with reading() as connection:
        rows = procedures.search_procedures(connection, args.get("q"), after, size + 1)
        total = procedures.count_procedures(connection, args.get("q"))
    next_cursor = make_cursor("procedures", rows[size - 1].code) if len(rows) > size else None
    return reply(page_answer([_view(row) for row in rows[:size]], total, next_cursor))


@blueprint.get("/<code:code>")
@requires(SIGNED_IN)
@blueprint.response(200, ProcedureDetailSchema)
def read_procedure(code: str) -> Response:
    """Một thủ tục với thành phần hồ sơ, phí, các bước và quyết định công bố đang có hiệu lực."""
    day = current_caller().day
    with reading() as connection:
        procedure = procedures.find_procedure(connection, code)
        if procedure is None:
            raise DomainError("not_found", f"Không có thủ tục mã “{code}”.")
        version = procedures.version_in_force(connection, procedure.id, day)
        answer = _view(procedure) | {
            "components": procedure.components,
            "fees": procedure.fees,
            "legal_basis": procedure.legal_basis,
            "agencies": list(procedures.handling_agencies(connection, procedure.id)),
            "steps": version.steps if version else [],
            "form": procedures.form_of(connection, version.id, _first_form(version)) if version else None,
            "version": version.number if version else None,
            "decision": _decision(version) if version else None,
        }
    return reply(answer)


def _view(procedure: ProcedureRow) -> dict[str, Any]:
    return {
        "code": procedure.code,
        "name": procedure.name,
        "field": procedure.field,
        "level": procedure.level,
        "limit": procedure.limit,
        "limit_unit": procedure.limit_unit,
        "service_level": procedure.service_level,
        "result_name": procedure.result_name,
        "demonstration": procedure.demonstration,
    }


def _decision(version: VersionRow) -> dict[str, Any]:
    return {
        "number": version.decision_number,
        "decided_on": version.decided_on,
        "effective_from": version.effective_from,
    }


def _first_form(version: VersionRow) -> str | None:
    """The form of the first step is the applicant's."""
    return version.steps[0].get("form") if version.steps else None
