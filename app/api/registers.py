"""The books of an agency: which there are, the register of dossiers printed, the slips of some days in one print file."""

from __future__ import annotations

import tempfile
from typing import Any

from flask import Response, send_file

from app.access.guard import requires
from app.access.request import current_caller
from app.api.blueprint import Blueprint, reply
from app.api.slips import pdf_reply
from app.rules.permissions import READERS
from app.runtime import asked_at, runtime
from app.schemas.fields import Anything, Choice, Day, Many, Schema, Text
from app.views.registers import PRINTED, books_of, print_slips, register_pdf, span_of

blueprint = Blueprint("registers", __name__, url_prefix="/api/v1/registers", description="Sổ theo dõi, sổ phiếu")
_BINARY = {"type": "string", "format": "binary"}


class AgencyArgs(Schema):
    agency = Text(64, least=1, metadata={"description": "Mã cơ quan; không ghi: cơ quan của tài khoản"})


class SpanArgs(AgencyArgs):
    begin = Day(required=True, data_key="from")
    end = Day(required=True, data_key="to", metadata={"description": "Ngày cuối, cùng năm, tính cả ngày này"})


class PrintArgs(SpanArgs):
    kind = Choice(PRINTED, load_default="receipt")


class BooksSchema(Schema):
    agency = Text(64)
    agency_name = Text(500)
    books = Many(Anything(), most=10_000, metadata={"description": "[{book, title, year, last}]"})


@blueprint.get("")
@requires(*READERS)
@blueprint.arguments(AgencyArgs, location="query")
@blueprint.response(200, BooksSchema)
def books(args: dict[str, Any]) -> Response:
    """Các quyển sổ của cơ quan, mỗi năm một quyển, và số cuối cùng của từng quyển."""
    return reply(books_of(current_caller(), args.get("agency")))


@blueprint.get("/dossiers.pdf")
@requires(*READERS)
@blueprint.arguments(SpanArgs, location="query")
@blueprint.response(200, _BINARY, content_type="application/pdf")
def register(args: dict[str, Any]) -> Response:
    """Sổ theo dõi hồ sơ của những ngày ấy, để in."""
    span = span_of(args["begin"], args["end"])
    profile = runtime().settings.profile
    return pdf_reply(*register_pdf(current_caller(), args.get("agency"), span, profile, asked_at()))


@blueprint.get("/slips.pdf")
@requires(*READERS)
@blueprint.arguments(PrintArgs, location="query")
@blueprint.response(200, _BINARY, content_type="application/pdf")
def slips(args: dict[str, Any]) -> Response:
    """Mọi phiếu một loại được cấp trong những ngày ấy, một tệp để in."""
    return print_file(args.get("agency"), args["kind"], args["begin"], args["end"])


def print_file(agency: str | None, kind: str, begin: Any, end: Any) -> Response:
    """The print file, made aside so that nothing grows in memory and an error is still an answer."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - sent, and closed with the answer

    def keep(piece: bytes) -> None:
        file.write(piece)

    try:
        print_slips(current_caller(), agency, kind, span_of(begin, end), keep)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    response = send_file(file, mimetype="application/pdf", download_name=f"phieu-{kind}-{begin}-{end}.pdf", etag=False)
    response.headers["Cache-Control"] = "private, no-store"
    return response
