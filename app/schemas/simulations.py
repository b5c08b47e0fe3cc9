"""What is asked of a simulation over the interface: the plan's fields, each of which may be left out."""

from __future__ import annotations

from typing import Any

from marshmallow import validate

from app.schemas.fields import Amount, Choice, Day, Flag, Many, Part, Schema, Text, Whole
from app.simulation.draws import KINDS
from app.simulation.plan import MOST_AGENCIES, MOST_PEOPLE, MOST_WEEKS, PRIORITIES, LoadPlan

MOST_STEPS = 500


class StreamSchema(Schema):
    agency = Text(64, required=True)
    per_week = Amount(100_000, required=True)


class WorkerSchema(Schema):
    name = Text(200, required=True)
    places = Many(Many(Text(64), most=2), most=50, required=True, metadata={"description": "[[cơ quan, vị trí], …]"})


class SpreadSchema(Schema):
    kind = Choice(KINDS)
    low = Amount(100_000)
    typical = Amount(100_000)
    high = Amount(100_000)
    minutes = Flag(metadata={"description": "true: số phút; false: phần của thời hạn (1 = cả thời hạn)"})


class ShareSchema(Schema):
    step = Text(200, required=True)
    share = Amount(required=True)


class StepSpreadSchema(SpreadSchema):
    step = Text(200, required=True)


class RouteSchema(Schema):
    step = Text(200, required=True)
    decision = Text(200, required=True)
    share = Amount(required=True)


class PlanBody(Schema):
    from_on = Day()
    weeks = Whole(1, MOST_WEEKS)
    warm_up = Whole(0, MOST_WEEKS)
    seed = Whole(0, 1_000_000_000)
    streams = Many(Part(StreamSchema), most=MOST_AGENCIES)
    weekdays = Many(Amount(1e6), most=7, validate=validate.Length(equal=7, error="Phải có 7 số, từ thứ Hai."))
    hours = Many(Amount(1e6), most=24, validate=validate.Length(equal=24, error="Phải có 24 số."))
    open_only = Flag()
    people = Many(Part(WorkerSchema), most=MOST_PEOPLE)
    unlimited = Many(Many(Text(64), most=2), most=MOST_PEOPLE, metadata={"description": "Nơi không phải chờ người"})
    absence = Amount()
    spread = Part(SpreadSchema)
    minutes = Amount(10_000)
    spreads = Many(Part(StepSpreadSchema), most=MOST_STEPS)
    routes = Many(Part(RouteSchema), most=MOST_STEPS)
    agree = Amount()
    returns = Many(Part(ShareSchema), most=MOST_STEPS)
    sent_back = Amount()
    supplements = Amount()
    applicant_days = Amount(90)
    priority = Choice(PRIORITIES)


class SimulationBody(Schema):
    draft = Whole(1, metadata={"description": "Bản vẽ; hoặc ghi procedure và version"})
    revision = Whole(1, metadata={"description": "Lần lưu của bản vẽ; để trống: lần mới nhất"})
    procedure = Text(64)
    version = Whole(1)
    label = Text(100, load_default="Mô phỏng")
    copied_from = Whole(1, metadata={"description": "Bắt đầu từ cấu hình của lần mô phỏng này"})
    plan = Part(PlanBody, metadata={"description": "Trường nào thiếu thì lấy giá trị đề nghị"})


class SimulationListArgs(Schema):
    draft = Whole(1)
    procedure = Text(64)
    version = Whole(1)


def planned(plan: LoadPlan, typed: dict[str, Any]) -> LoadPlan:
    """The plan with what was typed in its place; places that are no pair are left out."""
    data = plan.to_dict()
    for name, value in typed.items():
        if name == "from_on":
            data[name] = value.isoformat()
        elif name == "unlimited":
            data[name] = _pairs(value)
        elif name == "people":
            data[name] = [{"name": one["name"], "places": _pairs(one["places"])} for one in value]
            data[name] = [one for one in data[name] if one["places"]]
        elif name == "spread":
            data[name] = {**data[name], **value}
        elif name == "spreads":
            data[name] = {one["step"]: {**data["spread"], **_without_step(one)} for one in value}
        elif name == "returns":
            data[name] = {one["step"]: one["share"] for one in value}
        elif name == "routes":
            routes: dict[str, dict[str, float]] = {}
            for one in value:
                routes.setdefault(one["step"], {})[one["decision"]] = one["share"]
            data[name] = routes
        else:
            data[name] = value
    return LoadPlan.from_dict(data)


def _pairs(places: list[list[str]]) -> list[list[str]]:
    return [place for place in places if len(place) == 2]


def _without_step(one: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in one.items() if name != "step"}
