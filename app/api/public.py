"""Look-up without signing in (QT-14.2, ST-17.3, LA-15.1).

A code can be counted, so it alone shows state and dates; names, steps and slips need the random token of the slip's QR code.
A wrong token shows no more than none.
"""

from __future__ import annotations

import hmac
from typing import Any

from flask import Response, redirect, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import ANYONE, requires
from app.api.blueprint import Blueprint, reply
from app.api.converters import CODE
from app.api.dossier_parts import MAIN, SlipSchema, printed_slip, slip_view
from app.api.fields import Anything, Instant, Many, Part, Schema, Text
from app.api.present import StatusSchema
from app.errors import DomainError
from app.rules.status import status_of
from app.store import dossiers, slips, tasks
from app.store.dossiers import DossierRow
from app.store.transaction import reading

blueprint = Blueprint("public", __name__, url_prefix="/api/v1/public/dossiers", description="Tra cứu công khai")


scanned = Blueprint("scanned", __name__, description="Địa chỉ trong mã QR của phiếu")


class ScanArgs(Schema):
    code = Text(64, required=True, least=1, pattern=CODE, expected="mã hồ sơ")
    token = Text(200)


@scanned.get("/tra-cuu")
@requires(ANYONE)
@scanned.arguments(ScanArgs, location="query")
@scanned.response(302)
def scan(args: dict[str, Any]) -> BaseResponse:
    """Nơi mã QR của phiếu dẫn tới: chuyển đến phần tra cứu của hồ sơ."""
    return redirect(url_for("public.look_up", **args))


class TokenArgs(Schema):
    token = Text(200)


class PublicDossierSchema(Schema):
    code = Text(64)
    status = Part(StatusSchema)
    received_at = Instant()
    appointment_at = Instant(allow_none=True)
    result_at = Instant(allow_none=True)
    delivered_at = Instant(allow_none=True)
    applicant = Text(4000, metadata={"description": "Chỉ khi có mã bí mật trên phiếu"})
    procedure = Text(64)
    procedure_name = Text(2000)
    agency_name = Text(500)
    steps = Many(Anything(), metadata={"description": "[{step_name, position_name, entered_at, finished_at, state}]"})
    slips = Many(Part(SlipSchema))


@blueprint.get("/<code:code>")
@requires(ANYONE)
@blueprint.arguments(TokenArgs, location="query")
@blueprint.response(200, PublicDossierSchema)
def look_up(args: dict[str, Any], code: str) -> Response:
    """Trạng thái và ngày hẹn theo mã hồ sơ; thêm tên, các bước và phiếu khi có `token` trên phiếu."""
    with reading() as connection:
        dossier = _find(connection, code)
        answer = {
            "code": dossier.code,
            "status": status_of(dossier.status).to_dict(),
            "received_at": dossier.received_at,
            "appointment_at": dossier.appointment_at,
            "result_at": dossier.result_at,
            "delivered_at": dossier.closed_at,
        }
        if _knows(dossier, args.get("token")):
            answer |= _for_applicant(connection, dossier)
    return reply(answer)


@blueprint.get("/<code:code>/slips/<id:slip_id>.pdf")
@requires(ANYONE)
@blueprint.arguments(TokenArgs, location="query")
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type="application/pdf")
def slip_pdf(args: dict[str, Any], code: str, slip_id: int) -> Response:
    """Phiếu in, cho người có mã bí mật trên phiếu."""
    with reading() as connection:
        dossier = _find(connection, code)
        if not _knows(dossier, args.get("token")):
            raise DomainError("not_found", "Hãy mở bằng đường dẫn trong mã QR của phiếu.")
        return printed_slip(connection, dossier, slip_id)


def _find(connection: Connection, code: str) -> DossierRow:
    dossier = dossiers.find_dossier(connection, code)
    if dossier is None:
        raise DomainError("not_found", "Không có hồ sơ mang mã này; hãy kiểm tra lại mã trên phiếu.")
    return dossier


def _knows(dossier: DossierRow, token: str | None) -> bool:
    return token is not None and hmac.compare_digest(token.encode(), dossier.token.encode())


def _for_applicant(connection: Connection, dossier: DossierRow) -> dict[str, Any]:
    own = f"/api/v1/public/dossiers/{dossier.code}/slips"
    return {
        "applicant": dossiers.contents(connection, dossier.id).applicant_name,
        "procedure": dossier.procedure,
        "procedure_name": dossier.procedure_name,
        "agency_name": dossier.agency_name,
        "steps": [
            {
                "step_name": task.step_name,
                "position_name": task.position_name,
                "entered_at": task.entered_at,
                "finished_at": task.finished_at,
                "state": task.state,
            }
            for task in tasks.every_task_of(connection, dossier.id)
            if task.instance_kind == MAIN and task.state != "cancelled"
        ],
        "slips": [
            slip_view(slip, f"{own}/{slip.id}.pdf?token={dossier.token}")
            for slip in slips.slips_of(connection, dossier.id)
        ],
    }
