"""Agencies, units and positions: read and kept by administrators, the centre's everywhere, an agency's in their own."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.copy_positions import CopyPositions, copy_positions, preview
from app.actions.keep_agencies import CloseAgency, CreateAgency, EditAgency, close_agency, create_agency, edit_agency
from app.actions.keep_units import (
    KINDS,
    Close,
    CreatePosition,
    CreateUnit,
    Edit,
    close_position,
    close_unit,
    create_position,
    create_unit,
    edit_position,
    edit_unit,
)
from app.api.acting import acting_context, etag, expected_version
from app.api.blueprint import Blueprint, reply
from app.api.lists import list_schema
from app.rules.administration import ADMINISTRATORS, EVERYWHERE
from app.schemas.fields import Anything, Choice, Day, Flag, Many, Part, Schema, Text, Whole
from app.schemas.organisation import (
    AgencyBody,
    AgencyEditBody,
    ClosingBody,
    CopyBody,
    PositionBody,
    PositionClosingBody,
    PositionEditBody,
    UnitBody,
    UnitClosingBody,
    UnitEditBody,
)
from app.store.transaction import reading
from app.views.cursors import whole_answer
from app.views.organisation import agency_detail, agency_tree, position_detail, unit_detail

blueprint = Blueprint("organisation", __name__, url_prefix="/api/v1", description="Cơ quan, đơn vị, vị trí")


class AgencyTreeArgs(Schema):
    q = Text(200, metadata={"description": "Tên, mã, mã định danh; có dấu hay không"})
    closed = Flag(load_default=False, metadata={"description": "Cả cơ quan đã đóng"})


class KeptAgencySchema(Schema):
    code = Text(64)
    identifier = Text(64)
    name = Text(300)
    level = Whole(1, 3)
    level_name = Text(64)
    parent = Text(64, allow_none=True)
    calendar = Text(64)
    desk_calendar = Text(64, allow_none=True)
    valid_from = Day()
    valid_to = Day(allow_none=True)
    open = Flag()
    version = Whole(1)


class ListedAgencySchema(KeptAgencySchema):
    units = Whole()
    positions = Whole()
    accounts = Whole()
    depth = Whole(metadata={"description": "Sâu bao nhiêu bậc trong cây"})
    manages = Flag(metadata={"description": "Người gọi quản lý cơ quan này"})


class UnitSchema(Schema):
    code = Text(64)
    name = Text(300)
    kind = Choice(tuple(KINDS))
    kind_name = Text(64)
    valid_to = Day(allow_none=True)
    open = Flag()
    version = Whole(1)


class UnitDetailSchema(UnitSchema):
    agency = Text(64)
    agency_name = Text(300)
    changes = Many(Anything())


class PositionSchema(Schema):
    code = Text(64)
    name = Text(300)
    unit = Text(64)
    unit_name = Text(300)
    head = Flag()
    valid_to = Day(allow_none=True)
    open = Flag()
    version = Whole(1)


class PositionDetailSchema(PositionSchema):
    agency = Text(64)
    agency_name = Text(300)
    units = Many(Anything(), metadata={"description": "Các đơn vị chuyển đến được: [mã, tên]"})
    holdings = Many(Anything(), metadata={"description": "Ai giữ từ ngày nào đến ngày nào, mới nhất trước"})
    used_by = Many(Anything(), metadata={"description": "Các bước của quy trình đang chạy cần vị trí này"})
    waiting = Whole(metadata={"description": "Số bước đang chờ"})
    vacant = Flag(metadata={"description": "Hôm nay chưa có ai giữ"})
    changes = Many(Anything())


class ListedPositionSchema(PositionSchema):
    holders = Many(Text(600), metadata={"description": "Ai đang giữ, ai sẽ giữ từ ngày nào"})
    waiting = Whole(metadata={"description": "Số bước đang chờ"})


class ListedUnitSchema(UnitSchema):
    positions = Many(Part(ListedPositionSchema))


class AgencyDetailSchema(KeptAgencySchema):
    parent_name = Text(300, allow_none=True)
    former_names = Many(Anything(), metadata={"description": "[{name, until}]"})
    edits = Flag(metadata={"description": "Người gọi sửa được chính cơ quan"})
    units = Many(Part(ListedUnitSchema))
    changes = Many(Anything(), metadata={"description": "Thay đổi: {at, kind, by_name, before, after}"})


class CopiedSchema(Schema):
    agencies = Many(Anything(), most=300, metadata={"description": "[{agency, units, positions}] số đã tạo"})


class CopyPreviewSchema(Schema):
    agencies = Many(
        Anything(),
        most=300,
        metadata={"description": "[{agency, units, positions, units_there, positions_there}] mã sẽ tạo và đã có"},
    )


@blueprint.get("/agencies")
@requires(*ADMINISTRATORS)
@blueprint.arguments(AgencyTreeArgs, location="query")
@blueprint.response(200, list_schema("KeptAgencyPage", ListedAgencySchema))
def list_agencies(args: dict[str, Any]) -> Response:
    """Các cơ quan theo cây: mỗi cơ quan đứng dưới cơ quan cấp trên của nó."""
    caller = current_caller()
    return reply(whole_answer(agency_tree(caller, caller.day, args.get("q"), closed=args["closed"])))


@blueprint.post("/agencies")
@requires(EVERYWHERE)
@blueprint.arguments(AgencyBody)
@blueprint.response(201, AgencyDetailSchema)
def add_agency(body: dict[str, Any]) -> Response:
    """Lập một cơ quan."""
    context = acting_context()
    return _agency(create_agency(CreateAgency(**body), context), 201)


@blueprint.get("/agencies/<code:code>")
@requires(*ADMINISTRATORS)
@blueprint.response(200, AgencyDetailSchema)
def get_agency(code: str) -> Response:
    """Một cơ quan với các đơn vị, vị trí và người đang giữ."""
    return _agency(code)


@blueprint.put("/agencies/<code:code>")
@requires(EVERYWHERE)
@blueprint.arguments(AgencyEditBody)
@blueprint.response(200, AgencyDetailSchema)
def change_agency(body: dict[str, Any], code: str) -> Response:
    """Sửa những gì được gửi; đổi tên từ một ngày thì tên cũ được giữ lại. If-Match với ETag của lần đọc."""
    named_from = body.pop("named_from", None)
    edit_agency(EditAgency(code, body, expected_version(), named_from), acting_context())
    return _agency(code)


@blueprint.post("/agencies/<code:code>/close")
@requires(EVERYWHERE)
@blueprint.arguments(ClosingBody)
@blueprint.response(200, AgencyDetailSchema)
def shut_agency(body: dict[str, Any], code: str) -> Response:
    """Đóng cơ quan sau một ngày; 409 wrong_state nêu còn bao nhiêu hồ sơ, bước, người giữ vị trí ở đâu."""
    close_agency(CloseAgency(code, body["last_day"], expected_version()), acting_context())
    return _agency(code)


@blueprint.post("/units")
@requires(*ADMINISTRATORS)
@blueprint.arguments(UnitBody)
@blueprint.response(201, UnitDetailSchema)
def add_unit(body: dict[str, Any]) -> Response:
    """Lập một đơn vị (phòng, bộ phận) của cơ quan."""
    create_unit(CreateUnit(**body), acting_context())
    return _unit(body["agency"], body["code"], 201)


@blueprint.get("/units/<code:agency>/<code:code>")
@requires(*ADMINISTRATORS)
@blueprint.response(200, UnitDetailSchema)
def get_unit(agency: str, code: str) -> Response:
    """Một đơn vị."""
    return _unit(agency, code)


@blueprint.put("/units/<code:agency>/<code:code>")
@requires(*ADMINISTRATORS)
@blueprint.arguments(UnitEditBody)
@blueprint.response(200, UnitDetailSchema)
def change_unit(body: dict[str, Any], agency: str, code: str) -> Response:
    """Sửa tên, loại của đơn vị."""
    edit_unit(Edit(agency, code, body, expected_version()), acting_context())
    return _unit(agency, code)


@blueprint.post("/units/<code:agency>/<code:code>/close")
@requires(*ADMINISTRATORS)
@blueprint.arguments(UnitClosingBody)
@blueprint.response(200, UnitDetailSchema)
def shut_unit(body: dict[str, Any], agency: str, code: str) -> Response:
    """Đóng đơn vị không còn vị trí sau một ngày, hoặc mở lại (null)."""
    close_unit(Close(agency, code, body["last_day"], expected_version()), acting_context())
    return _unit(agency, code)


@blueprint.post("/positions")
@requires(*ADMINISTRATORS)
@blueprint.arguments(PositionBody)
@blueprint.response(201, PositionDetailSchema)
def add_position(body: dict[str, Any]) -> Response:
    """Lập một vị trí việc làm; sơ đồ gọi vị trí bằng mã."""
    create_position(CreatePosition(**body), acting_context())
    return _position(body["agency"], body["code"], 201)


@blueprint.get("/positions/<code:agency>/<code:code>")
@requires(*ADMINISTRATORS)
@blueprint.response(200, PositionDetailSchema)
def get_position(agency: str, code: str) -> Response:
    """Một vị trí: ai giữ khi nào, quy trình nào cần."""
    return _position(agency, code)


@blueprint.put("/positions/<code:agency>/<code:code>")
@requires(*ADMINISTRATORS)
@blueprint.arguments(PositionEditBody)
@blueprint.response(200, PositionDetailSchema)
def change_position(body: dict[str, Any], agency: str, code: str) -> Response:
    """Sửa tên, chuyển sang đơn vị khác, đặt là phụ trách; bước đang chờ đi theo vị trí."""
    edit_position(Edit(agency, code, body, expected_version()), acting_context())
    return _position(agency, code)


@blueprint.post("/positions/<code:agency>/<code:code>/close")
@requires(*ADMINISTRATORS)
@blueprint.arguments(PositionClosingBody)
@blueprint.response(200, PositionDetailSchema)
def shut_position(body: dict[str, Any], agency: str, code: str) -> Response:
    """Đóng vị trí sau một ngày (người giữ thôi giữ từ đó), hoặc mở lại (null); quy trình đang dùng thì cần `known`."""
    close_position(Close(agency, code, body["last_day"], expected_version(), body["known"]), acting_context())
    return _position(agency, code)


@blueprint.post("/positions/copy")
@requires(*ADMINISTRATORS)
@blueprint.arguments(CopyBody)
@blueprint.response(200, CopiedSchema)
def copy(body: dict[str, Any]) -> Response:
    """Sao chép đơn vị, vị trí từ một cơ quan sang nhiều cơ quan, tất cả hoặc không gì; cái đã có thì giữ nguyên."""
    return reply(copy_positions(_copying(body), acting_context()))


@blueprint.post("/positions/copy/preview")
@requires(*ADMINISTRATORS)
@blueprint.arguments(CopyBody)
@blueprint.response(200, CopyPreviewSchema)
def preview_copy(body: dict[str, Any]) -> Response:
    """Sẽ tạo gì, đã có gì; chưa ghi gì."""
    caller = current_caller()
    with reading() as connection:
        found = preview(connection, caller, _copying(body), caller.day)
    shown = [
        {
            "agency": one.agency.code,
            "units": [unit.code for unit, _ in one.units],
            "positions": [position.code for position, _ in one.positions],
            "units_there": [unit.code for unit in one.units_there],
            "positions_there": [position.code for position in one.positions_there],
        }
        for one in found
    ]
    return reply({"agencies": shown})


def _copying(body: dict[str, Any]) -> CopyPositions:
    chosen = body.get("positions")
    return CopyPositions(body["source"], tuple(body["targets"]), None if chosen is None else frozenset(chosen))


def _agency(code: str, status: int = 200) -> Response:
    caller = current_caller()
    found = agency_detail(caller, code, caller.day)
    return reply(found, status, {"ETag": etag(found["version"])})


def _unit(agency: str, code: str, status: int = 200) -> Response:
    caller = current_caller()
    found = unit_detail(caller, agency, code, caller.day)
    return reply(found, status, {"ETag": etag(found["version"])})


def _position(agency: str, code: str, status: int = 200) -> Response:
    caller = current_caller()
    found = position_detail(caller, agency, code, caller.day)
    return reply(found, status, {"ETag": etag(found["version"])})
