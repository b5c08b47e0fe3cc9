"""A play in the words of its page: the clock, the steps that wait and for whom, what happened, how the deadline came about."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from werkzeug.datastructures import MultiDict

from app.rules.clock import ClockRules
from app.rules.decisions_promise import proposed
from app.rules.explain import article_words, spoken
from app.rules.limits import Limit, parse_published
from app.simulation.asked import Asked
from app.simulation.paths import Way, Ways
from app.simulation.play import MOST_MOVES, Play
from app.simulation.walk import Alarm, Happening, OpenTask, Walk
from app.store.step_holders import Place, Registered
from app.views.course import Names
from app.views.titles import history_title
from app.views.trying import Ground, holders_of, positions_in
from app.web.acting import FormProblem
from app.web.dossier_words import RECIPIENTS, limit_words, moved_words
from app.web.step_form_fields import drawn_form
from app.wording import LOCAL

COLOURS: Mapping[str, str] = {
    "on_time": "Trong hạn",
    "due_soon": "Sắp đến hẹn",
    "step_late": "Có bước trễ hạn",
    "late": "Trễ hẹn",
    "paused": "Tạm dừng",
    "done": "Đã có kết quả",
}
ALARMS: Mapping[str, str] = {
    "step_due_soon": "Báo người giữ việc: bước sắp đến hạn",
    "step_overdue": "Báo người giữ việc: bước đã đến hạn",
    "due_soon_at": "Báo người giữ việc và phụ trách đơn vị: hồ sơ sắp đến hẹn trả",
    "deadline_at": "Báo quá hạn xử lý: người giữ việc, phụ trách đơn vị, bộ phận một cửa, lãnh đạo cơ quan chủ trì",
    "appointment_at": "Báo quá hẹn trả: bộ phận một cửa phải liên hệ, xin lỗi người nộp",
    "event": "Hẹn giờ vẽ trong sơ đồ",
}
_MOST_LOGGED = 400
_DATA = "d."


def problems_shown(problems: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What the gate found, the errors first."""
    found = [dict(one) | {"is_error": one.get("severity") == "error"} for one in problems]
    return sorted(found, key=lambda one: not one["is_error"])


# The beginning ------------------------------------------------------------------------------------------------------------


def begin_fields(
    ground: Ground,
    play: Play | None,
    typed: MultiDict[str, str],
    choices: Mapping[str, list[tuple[str, str]]],
    morning: datetime,
) -> dict[str, Any]:
    """The fields of the form with which a play begins, as they were typed, or as the play began that is gone back to."""
    at = play.at if play is not None else morning
    agency = play.agency if play is not None else next((code for code, _ in ground.receiving), "")
    electronic = play.electronic if play is not None else False
    return {
        "at": typed.get("at") or at.astimezone(LOCAL).strftime("%Y-%m-%dT%H:%M"),
        "agency": typed.get("agency") or agency,
        "agencies": ground.receiving,
        "papers": typed.get("papers") or ("electronic" if electronic else "paper"),
        "asked": [
            _asked_field(one, play, typed, choices.get(one.name)) | {"label": ground.label(one.name), "code": one.name}
            for one in ground.drawing.asked
        ],
        "limit": limit_of_procedure(ground),
    }


def _asked_field(
    asked: Asked, play: Play | None, typed: MultiDict[str, str], agencies: list[tuple[str, str]] | None
) -> dict[str, Any]:
    name = _DATA + asked.name
    known = play.data.get(asked.name) if play is not None else None
    if agencies is not None:
        options = [(_written(code), title) for code, title in agencies]
    else:
        options = [(_written(one), _spoken_value(one)) for one in asked.values]
    before = known if isinstance(known, list) else [] if known is None else [known]
    chosen = typed.getlist(name) or [_written(one) for one in before]
    return {
        "name": name,
        "options": options,
        "several": asked.several,
        "chosen": chosen,
        "agency": agencies is not None,
    }


def data_given(
    asked: Iterable[Asked], agencies: Mapping[str, list[tuple[str, str]]], typed: MultiDict[str, str]
) -> dict[str, Any]:
    """The dossier's data as the form has it: one of the offered values, or text; what was left empty is not there."""
    data: dict[str, Any] = {}
    for one in asked:
        given = [_read(text[:500]) for text in typed.getlist(_DATA + one.name) if text.strip()][:20]
        if one.several and given:
            data[one.name] = given
        elif given:
            data[one.name] = given[0]
    return data


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _read(text: str) -> Any:
    try:
        value = json.loads(text)
    except ValueError:
        return text.strip()
    return value if isinstance(value, str | int | float | bool) else text.strip()


def _spoken_value(value: Any) -> str:
    if isinstance(value, bool):
        return "Đúng" if value else "Sai"
    return str(value)


def limit_of_procedure(ground: Ground) -> str:
    limit = parse_published(ground.procedure.limit, ground.procedure.limit_unit)
    if limit is None:
        return "không tính thời hạn"
    if isinstance(limit, Limit):
        return limit_words(ground.procedure.limit, ground.procedure.limit_unit)
    return "trong ngày làm việc"


# The play -----------------------------------------------------------------------------------------------------------------


def play_shown(
    ground: Ground,
    play: Play,
    walk: Walk,
    chosen: str,
    typed: MultiDict[str, str],
    problem: FormProblem | None,
) -> dict[str, Any]:
    """Everything that the page says of a play. `chosen`: the ref of the open step whose form is shown."""
    opened = walk.open()
    chosen = typed.get("ref") or chosen
    active = next((one for one in opened if one.ref == chosen), opened[0] if opened else None)
    day = walk.now.astimezone(LOCAL).date()
    holders = holders_of(opened, day)
    names = _names(ground)
    places = positions_in([*(one.agency for one in walk.log if one.agency), *(one.agency for one in opened)])
    form = ground.forms(day, active.step.form, walk.agency) if active is not None else None
    coming = walk.alarms()
    return {
        "walk": walk,
        "began": {
            "at": play.at,
            "agency": ground.agencies.get(play.agency, play.agency),
            "electronic": play.electronic,
        },
        "moves": len(play.moves),
        "most_moves": MOST_MOVES,
        "now": walk.now,
        "now_field": walk.now.astimezone(LOCAL).strftime("%Y-%m-%dT%H:%M"),
        "weekday": _WEEKDAYS[walk.now.astimezone(LOCAL).weekday()],
        "colour": walk.colour,
        "colour_words": COLOURS[walk.colour],
        "steps": [_step(ground, walk, one, holders, places) | {"active": one is active} for one in opened],
        "active": active,
        "step_form": drawn_form(form, walk.data, typed, {}, problem) if form is not None else None,
        "messages": walk.messages(),
        "coming": [_coming(ground, one) for one in coming[:8]],
        "log": [_happened(ground, one, names, places) for one in walk.log[-_MOST_LOGGED:]],
        "lines": [_line(one, names) for one in walk.explain()],
        "may": _may(walk),
        "appointment_field": _appointment(walk),
        "never": [
            step.name for step in ground.played.definition.steps.values() if step.id not in {*walk.visited, *play.seen}
        ],
        "limit": limit_of_procedure(ground),
        "result": _result(walk),
    }


_WEEKDAYS = ("thứ hai", "thứ ba", "thứ tư", "thứ năm", "thứ sáu", "thứ bảy", "chủ nhật")


def _names(ground: Ground) -> Names:
    steps = {step.id: step.name for step in ground.played.definition.steps.values()}
    decisions = {one.value: one.title for step in ground.played.definition.steps.values() for one in step.decisions}
    return Names(steps=steps, agencies=dict(ground.agencies), people={}, decisions=decisions, tasks={}, following={})


def _step(
    ground: Ground,
    walk: Walk,
    opened: OpenTask,
    holders: Mapping[Place, list[Registered]],
    places: Mapping[Place, str],
) -> dict[str, Any]:
    place = (opened.agency, opened.position)
    step = opened.step
    return {
        "ref": opened.ref,
        "title": opened.title,
        "position": _position(ground, place, places),
        "agency": ground.agencies.get(opened.agency, opened.agency),
        "declared": place in holders,
        "people": holders.get(place, []),
        "entered_at": opened.entered_at,
        "due_at": opened.due_at,
        "due_soon_at": opened.due_soon_at,
        "late": opened.due_at is not None and walk.now >= opened.due_at,
        "limit": "theo dữ liệu" if (step.limit or "").startswith("=") else limit_words(step.limit, step.limit_unit),
        "decisions": step.decisions,
        "returns": walk.returns(opened.ref),
        "is_return": step.stage == "return",
        "paper": step.paper,
        "assign": {"last": "người đã làm bước này lần trước", "least_loaded": "người đang ít việc nhất"}.get(
            step.assign
        ),
    }


def _position(ground: Ground, place: Place, places: Mapping[Place, str]) -> str:
    """What the position is called in that agency; where the agency has none, as it is called elsewhere."""
    return places.get(place) or ground.positions.get(place[1], place[1])


def _coming(ground: Ground, alarm: Alarm) -> dict[str, Any]:
    return {"at": alarm.at, "what": ALARMS.get(alarm.kind, alarm.kind), "name": alarm.name}


def _happened(ground: Ground, one: Happening, names: Names, places: Mapping[Place, str]) -> dict[str, Any]:
    where = ""
    if one.agency:
        position = _position(ground, (one.agency, one.position), places)
        where = f"{position}, {ground.agencies.get(one.agency, one.agency)}"
    return {"at": one.at, "title": _titled(one), "text": _told(one, names), "where": where, "alarm": one.kind in _WARNS}


_WARNS = frozenset({"step_overdue", "deadline_at", "appointment_at", "step_due_soon", "due_soon_at"})


def _titled(one: Happening) -> str:
    if one.kind == "opened":
        return "Bước đến hộp việc"
    if one.kind == "notice":
        return "Thông báo"
    return ALARMS.get(one.kind) if one.kind in _WARNS else history_title(one.kind)  # type: ignore[return-value]


def _told(one: Happening, names: Names) -> str:
    text = one.text
    if one.more.get("to") and one.kind == "notice":
        return f"{text} – báo cho {', '.join(RECIPIENTS.get(who, who) for who in one.more['to'])}"
    if one.more.get("to"):
        return f"{text} → {names.steps.get(str(one.more['to']), str(one.more['to']))}"
    if one.more.get("decision"):
        return f"{text}: {names.decisions.get(str(one.more['decision']), str(one.more['decision']))}"
    return text


def _line(line: Any, names: Names) -> dict[str, Any]:
    return {
        "at": line.at,
        "title": history_title(line.event),
        "text": line.text,
        "article": article_words(line.rule),
        "before": moved_words(line.before, names),
        "after": moved_words(line.after, names),
    }


def _may(walk: Walk) -> dict[str, bool]:
    """Which acts beside the procedure are worth a button now."""
    state = walk.clock
    going = state.started_at is not None and state.result_at is None
    return {
        "supplement": going and state.paused_for is None,
        "supplied": going and walk.held,
        "payment": going and state.paused_for is None,
        "paid": going and state.paused_for == "payment" and not any(one.step.pause for one in walk.open()),
        "apology": going and not walk.held,
        "extension": going and not walk.held and walk.rules.profile.extension == "separate",
    }


def _appointment(walk: Walk) -> str:
    if walk.clock.started_at is None or walk.clock.result_at is not None:
        return ""
    at = proposed(walk.clock, walk.now, walk.rules.calendar.seconds_per_day, walk.rules)
    return at.astimezone(LOCAL).strftime("%Y-%m-%dT%H:%M")


def _result(walk: Walk) -> str | None:
    profile = walk.rules.profile
    words = {"early": profile.label_early, "on_time": profile.label_on_time, "late": profile.label_late}
    return words.get(walk.timeliness or "")


# Every way ----------------------------------------------------------------------------------------------------------------


def ways_shown(ground: Ground, found: Ways, play: Play, rules: ClockRules) -> dict[str, Any]:
    """The report of every way that was tried."""
    limit = parse_published(ground.procedure.limit, ground.procedure.limit_unit, rules.calendar.seconds_per_day)
    most = limit.seconds if isinstance(limit, Limit) and limit.unit == "working" else None
    return {
        "found": found,
        "agency": ground.agencies.get(play.agency, play.agency),
        "at": play.at,
        "limit": limit_of_procedure(ground),
        "ways": [_way(ground, one, most) for one in found.ways],
        "never": [{"name": one.name, "why": one.why} for one in found.never],
        "stuck": sum(one.stopped is not None for one in found.ways),
        "late": sum(one.late for one in found.ways),
    }


def _way(ground: Ground, way: Way, most: int | None) -> dict[str, Any]:
    differs = None
    if way.summed is not None and most is not None and way.summed != most:
        more = "nhiều hơn" if way.summed > most else "ít hơn"
        differs = f"{more} thời hạn công bố {spoken(abs(way.summed - most))}"
    return {
        "data": [(ground.label(name), _value_words(ground, value)) for name, value in way.data.items()],
        "taken": way.taken,
        "seconds": spoken(-(-way.seconds // 60) * 60) if way.seconds is not None else None,
        "summed": spoken(way.summed) if way.summed is not None else None,
        "differs": differs,
        "deadline_at": way.deadline_at,
        "result_at": way.result_at,
        "late": way.late,
        "stopped": way.stopped,
    }


def _value_words(ground: Ground, value: Any) -> str:
    found = value if isinstance(value, list) else [value]
    return ", ".join(ground.agencies.get(str(one), _spoken_value(one)) for one in found)
