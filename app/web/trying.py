"""A draft, or a published version, played through with a clock that the designer moves.

Nothing is kept on the server: the address carries the play (`app.simulation.play`), so that reloading, going back and sending
somebody the address all work. Each form names the play that it goes on from and leads to the address of the next.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.form_values import check_form
from app.engine.problems import DiagramRejected
from app.errors import DomainError, invalid
from app.rules.permissions import DESIGNERS
from app.runtime import asked_at, runtime
from app.simulation.paths import every_way
from app.simulation.play import (
    APOLOGY,
    DECIDES,
    EXTENSION,
    FORWARD,
    KINDS,
    MESSAGE,
    RETURN,
    TO,
    BadPlay,
    Play,
    Replayed,
    check_instant,
    replay,
)
from app.simulation.walk import Walk, WalkRefused
from app.views.diagram_drafts import draft_of, files_of
from app.views.drawn import drawn
from app.views.trying import Ground, agencies_asked, assumed, ground_of_draft, ground_of_version, rules_of
from app.web.acting import FormProblem, form_problem
from app.web.blueprint import drawing, page
from app.web.json_asked import answer_json
from app.web.modeller import gate_verdict
from app.web.step_form_fields import step_data
from app.web.trying_words import begin_fields, data_given, play_shown, problems_shown, ways_shown
from app.web.versions import MAY_SEE
from app.web.workbench_frame import framed
from app.wording import LOCAL

PLAY = "luot"
_KEPT = 32
_DRAFT, _VERSION = "/thiet-ke/<id:draft_id>/chay-thu", "/thu-tuc/<code:code>/phien-ban/<id:number>/chay-thu"


@dataclass(frozen=True, slots=True)
class Room:
    """Where something is played: its address, what is played there, and how its pages are framed."""

    address: str
    ground: Ground
    frame: Callable[..., str]


# A draft ------------------------------------------------------------------------------------------------------------------


@page.get(_DRAFT)
@requires(*DESIGNERS)
@drawing
def try_draft(draft_id: int) -> BaseResponse:
    """Begin a play, or the play that the address carries as it stands."""
    return _in_draft(draft_id, _look)


@page.post(_DRAFT)
@requires(*DESIGNERS)
@drawing
def move_in_draft(draft_id: int) -> BaseResponse:
    """Begin, or make one move; nothing is kept."""
    return _in_draft(draft_id, _move)


@page.get(f"{_DRAFT}/so-do")
@requires(*DESIGNERS)
def tried_draft(draft_id: int) -> BaseResponse:
    """JSON for the drawing: what was taken, what is open, what no play took yet."""
    return _in_draft(draft_id, _marks)


@page.get(f"{_DRAFT}/moi-duong")
@requires(*DESIGNERS)
def every_way_of_draft(draft_id: int) -> BaseResponse:
    """All ways through, each with its time, and what none of them reaches."""
    return _in_draft(draft_id, _ways)


def _in_draft(draft_id: int, show: Callable[[Room], BaseResponse]) -> BaseResponse:
    draft, files = draft_of(draft_id), files_of(draft_id)

    def frame(template: str, **more: Any) -> str:
        return framed(template, draft, "chay-thu", ground_template="workbench/frame.html", **more)

    called = {name: str(text).encode() for name, text in files.called.items()}
    problems = _problems(files.diagram, tuple(sorted(called.items())))
    modeller = f"/thiet-ke/{draft_id}"
    if problems:
        return _faulty(frame, modeller, [dict(one) for one in problems])
    try:
        ground = ground_of_draft(draft, files, current_caller().day)
    except DiagramRejected as rejected:
        return _faulty(frame, modeller, [problem.to_dict() for problem in rejected.problems])
    return show(Room(f"{modeller}/chay-thu", ground, frame))


@lru_cache(_KEPT)
def _problems(diagram: bytes, called: tuple[tuple[str, bytes], ...]) -> tuple[dict[str, Any], ...]:
    """What the gate holds against a drawing; nothing for one that may be played. A play asks again with every move."""
    verdict = gate_verdict(diagram, dict(called))
    return () if verdict["verdict"] == "ok" else tuple(verdict["problems"])


def _faulty(frame: Callable[..., str], modeller: str, problems: list[dict[str, Any]]) -> BaseResponse:
    text = frame("workbench/try_faulty.html", problems=problems_shown(problems), modeller=modeller)
    return make_response(text, 200 if request.method == "GET" else 422)


# A version ----------------------------------------------------------------------------------------------------------------


@page.get(_VERSION)
@requires(*MAY_SEE)
@drawing
def try_version(code: str, number: int) -> BaseResponse:
    """The same of a version that is published."""
    return _in_version(code, number, _look)


@page.post(_VERSION)
@requires(*MAY_SEE)
@drawing
def move_in_version(code: str, number: int) -> BaseResponse:
    """Begin, or make one move; nothing is kept."""
    return _in_version(code, number, _move)


@page.get(f"{_VERSION}/so-do")
@requires(*MAY_SEE)
def tried_version(code: str, number: int) -> BaseResponse:
    """JSON for the drawing."""
    return _in_version(code, number, _marks)


@page.get(f"{_VERSION}/moi-duong")
@requires(*MAY_SEE)
def every_way_of_version(code: str, number: int) -> BaseResponse:
    """All ways through, each with its time, and what none of them reaches."""
    return _in_version(code, number, _ways)


def _in_version(code: str, number: int, show: Callable[[Room], BaseResponse]) -> BaseResponse:
    ground = ground_of_version(code, number, current_caller().day)

    def frame(template: str, **more: Any) -> str:
        return render_template(
            template, ground_template="workbench/try_version.html", code=code, number=number, ground=ground, **more
        )

    return show(Room(f"/thu-tuc/{code}/phien-ban/{number}/chay-thu", ground, frame))


# Both ---------------------------------------------------------------------------------------------------------------------


def _look(room: Room) -> BaseResponse:
    text = request.args.get(PLAY, "")
    if not text:
        return _begin_page(room, None)
    try:
        play = Play.from_text(text)
        if "sua" in request.args:
            return _begin_page(room, play)
        replayed = _replayed(room, play)
    except (BadPlay, WalkRefused, DomainError) as problem:
        return _begin_page(room, None, _problem(problem))
    if replayed.refused is not None:
        flash(
            f"Sơ đồ đã khác từ thao tác thứ {replayed.done + 1}: {replayed.refused.text} Lượt thử dừng ở đó.", "warning"
        )
        play = replace(play, moves=play.moves[: replayed.done])
    return _play_page(room, play, replayed.walk)


def _move(room: Room) -> BaseResponse:
    kind = request.form.get("viec", "")
    text = request.form.get(PLAY, "")
    play: Play | None = None
    try:
        if kind == "begin":
            earlier = Play.from_text(text).seen if text else ()
            play = None
            begun = _begun(room, earlier)
            _replayed(room, begun)
            return _to(room, begun)
        play = Play.from_text(text)
        if kind == "undo":
            return _to(room, play.without_last())
        if kind == "again":
            taken = _replayed(room, play).walk.visited
            return _to(room, replace(play, moves=(), seen=tuple(dict.fromkeys((*play.seen, *taken)))))
        before = _replayed(room, play)
        following = play.and_then(kind, *_given(room, kind, before.walk))
        after = _replayed(room, following)
        if after.refused is not None:
            raise after.refused
        return _to(room, following)
    except (BadPlay, WalkRefused, DomainError) as problem:
        if play is None:
            return _begin_page(room, None, _problem(problem), status=422)
        return _play_page(room, play, _replayed(room, play).walk, _problem(problem), status=422)


def _to(room: Room, play: Play) -> BaseResponse:
    return redirect(f"{room.address}?{PLAY}={play.to_text()}", 303)


def _replayed(room: Room, play: Play) -> Replayed:
    rules = rules_of(room.ground, runtime().settings.profile, play.agency)
    return replay(room.ground.played, rules, play)


def _begun(room: Room, seen: tuple[str, ...]) -> Play:
    """The beginning that was filled in. Errors: DomainError invalid."""
    agency = request.form.get("agency", "")
    if agency not in dict(room.ground.receiving):
        raise invalid({"agency": ["Hãy chọn cơ quan tiếp nhận."]})
    at = _instant_typed("at")
    day = current_caller().day
    data = data_given(room.ground.drawing.asked, agencies_asked(room.ground, day), request.form)
    return Play(at, agency, request.form.get("papers") == "electronic", data, (), seen)


def _instant_typed(name: str) -> datetime:
    try:
        return check_instant(datetime.fromisoformat(request.form.get(name, "")).replace(tzinfo=LOCAL))
    except BadPlay as problem:
        raise invalid({name: [str(problem)]}) from problem
    except ValueError as problem:
        raise invalid({name: ["Hãy ghi ngày và giờ."]}) from problem


def _given(room: Room, kind: str, walk: Walk) -> tuple[Any, ...]:
    """What the move takes, from the form. Errors: DomainError invalid."""
    if kind not in KINDS:
        raise invalid({"viec": ["Không có thao tác này."]})
    if kind == TO:
        at = _instant_typed("at")
        if at < walk.now:
            raise invalid({"at": ["Đồng hồ chỉ chạy tới: hãy chọn thời điểm sau lúc này, hoặc bỏ bước cuối."]})
        return (at.strftime("%Y-%m-%dT%H:%M:%S"),)
    if kind in (APOLOGY, EXTENSION):
        return (_instant_typed("appointment").strftime("%Y-%m-%dT%H:%M:%S"),)
    if kind in DECIDES or kind not in (FORWARD, RETURN, MESSAGE):
        return ()
    if kind == MESSAGE:
        return (request.form.get("name", "")[:200],)
    ref = request.form.get("ref", "")[:200]
    if kind == RETURN:
        return ref, request.form.get("to", "")[:200]
    data = _filled_in(room, walk, ref)
    decision = request.form.get("decision", "")[:100] or None
    return (ref, decision, data) if data else (ref, decision) if decision else (ref,)


def _filled_in(room: Room, walk: Walk, ref: str) -> dict[str, Any]:
    """What was typed into the step's form, checked as a real step's is. Errors: DomainError invalid."""
    opened = next((one for one in walk.open() if one.ref == ref), None)
    day = walk.now.astimezone(LOCAL).date()
    form = room.ground.forms(day, opened.step.form, walk.agency) if opened is not None else None
    if form is None:
        return {}
    filled = check_form(form, walk.data, step_data(request.form), day)
    if filled.wrong:
        raise invalid(filled.wrong)
    return filled.data


def _problem(problem: BadPlay | WalkRefused | DomainError) -> FormProblem:
    if isinstance(problem, DomainError):
        found = form_problem(problem)
        return replace(found, fields=tuple((_field(name), text) for name, text in found.fields))
    title = "Sơ đồ không đi tiếp được" if isinstance(problem, WalkRefused) and problem.element is not None else None
    return FormProblem(title or "Chưa làm được việc này", str(problem), 422, "wrong_state", ())


def _field(name: str) -> str:
    return f"forward-data_{name.removeprefix('data.')}" if name.startswith("data.") else name


def _begin_page(room: Room, play: Play | None, problem: FormProblem | None = None, status: int = 200) -> BaseResponse:
    day = current_caller().day
    ground = room.ground
    fields = begin_fields(ground, play, request.form, agencies_asked(ground, day), _next_morning(room))
    text = room.frame(
        "workbench/try_begin.html",
        address=room.address,
        fields=fields,
        problem=problem,
        play=request.values.get(PLAY, ""),
        name=PLAY,
    )
    return make_response(text, status)


def _next_morning(room: Room) -> datetime:
    """When the next working day of the first receiving agency begins."""
    for code, _ in room.ground.receiving:
        return rules_of(room.ground, runtime().settings.profile, code).calendar.next_day(asked_at())
    return asked_at()


def _play_page(
    room: Room, play: Play, walk: Walk, problem: FormProblem | None = None, status: int = 200
) -> BaseResponse:
    shown = play_shown(room.ground, play, walk, request.values.get("buoc", ""), request.form, problem)
    text = room.frame(
        "workbench/try.html",
        address=room.address,
        play_text=play.to_text(),
        name=PLAY,
        problem=problem,
        typed=request.form,
        drawn="BPMNShape" in _drawn(room.ground.played.diagram),
        **shown,
    )
    return make_response(text, status)


def _marks(room: Room) -> BaseResponse:
    try:
        play = Play.from_text(request.args.get(PLAY, ""))
        walk = _replayed(room, play).walk
    except (BadPlay, WalkRefused) as problem:
        raise DomainError("invalid", str(problem)) from problem
    taken = {*walk.visited, *play.seen}
    marks = dict.fromkeys(
        (one for one in room.ground.drawing.nodes if one in room.ground.played.definition.steps), "never"
    )
    marks |= {one.element: "never" for one in walk.alarms() if one.kind == "event"}
    marks |= dict.fromkeys(taken, "taken") | {one.step.id: "open" for one in walk.open()}
    pills = {one.step.id: [_due_words(one.due_at)] for one in walk.open() if one.due_at is not None}
    return answer_json({"xml": _drawn(room.ground.played.diagram), "marks": marks, "pills": pills})


@lru_cache(_KEPT)
def _drawn(diagram: bytes) -> str:
    """The diagram with a drawing, laid out where it came without one."""
    return drawn(diagram)


def _due_words(at: datetime) -> str:
    return f"hạn {at.astimezone(LOCAL):%H:%M %d/%m}"


def _ways(room: Room) -> BaseResponse:
    text = request.args.get(PLAY, "")
    ground, day = room.ground, current_caller().day
    try:
        if not ground.receiving:
            raise DomainError("wrong_state", "Thủ tục chưa có cơ quan tiếp nhận.")
        play = Play.from_text(text) if text else Play(_next_morning(room), ground.receiving[0][0])
        rules = rules_of(ground, runtime().settings.profile, play.agency)
        data = assumed(ground, play.data, agencies_asked(ground, day))
        found = every_way(ground.played, rules, ground.drawing, play.agency, play.at, data)
    except BadPlay as problem:
        return _begin_page(room, None, _problem(problem))
    shown = ways_shown(ground, found, play, rules)
    answer: Response = make_response(
        room.frame("workbench/try_ways.html", address=room.address, play_text=text, name=PLAY, **shown)
    )
    return answer
