"""A dossier's page: who, what, where it stands, and what the person who looks may do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Response, abort, make_response, redirect, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.drafts import draft_for
from app.actions.my_notices import seen_dossier
from app.actions.open_task import OpenedTask, open_task
from app.rules.explain import spoken
from app.rules.permissions import READERS, WORKERS
from app.runtime import asked_at, runtime
from app.store import organisation
from app.store.transaction import reading
from app.views.course import at_hand
from app.views.looks import may_see
from app.views.overview import overview_of
from app.views.signing import told_signatures
from app.views.slips import BlankSlip, slips_beside
from app.views.tasks import task_detail
from app.web.acting import FormProblem
from app.web.action_fields import LATE_PERMISSION, sent_of, typed_in
from app.web.blueprint import page
from app.web.dossier_words import CHANNELS, DELIVER, NOTIFY
from app.web.list_context import carried_list, task_address, with_list
from app.web.paper_beside import beside
from app.web.registration_intake import intake_words
from app.web.signing_here import own_keys
from app.web.slip_fields import Input, inputs_of, slip_prefix, slip_wanted, typed_values
from app.web.step_form_fields import step_form
from app.web.task_forms import actions_of, not_now

TABS = (
    # key, title, what the address ends in
    ("overview", "Tổng quan", ""),
    ("files", "Thành phần và tệp", "/tep"),
    ("slips", "Phiếu", "/phieu"),
    ("fees", "Phí, lệ phí", "/phi"),
    ("diagram", "Sơ đồ", "/so-do"),
    ("timeline", "Diễn biến", "/dien-bien"),
    ("control", "Phiếu kiểm soát", "/kiem-soat"),
    ("clock", "Thời hạn", "/dong-ho"),
    ("records", "Ghi sổ", "/ghi-so"),
    ("attribution", "Thời gian đã qua ai", "/thoi-gian"),
    ("remarks", "Trao đổi", "/trao-doi"),
    ("looks", "Ai đã xem", "/luot-xem"),
)


@dataclass(frozen=True, slots=True)
class Refused:
    """An action that was refused: why, how things stand now, and everything that was typed."""

    action: str
    problem: FormProblem
    standing: str | None = None
    typed: Mapping[str, str] = field(default_factory=dict)


@page.get("/ho-so/<code:code>")
@requires(*READERS)
def dossier(code: str) -> Response:
    """The overview, with the task that the person is most likely to be here for, or the one asked for."""
    return overview(code, _wanted())


@page.get("/viec/<id:task_id>")
@requires(*READERS)
def task(task_id: int) -> BaseResponse:
    """A task is shown on its dossier's page."""
    opened = open_task(task_id, current_caller(), asked_at())
    return redirect(task_address(opened.work.dossier.code, task_id, carried_list()), 303)


def overview(code: str, wanted: int | None, refused: Refused | None = None) -> Response:
    """The page, as it is now; `refused` brings back what was typed, and its status."""
    caller, now = current_caller(), asked_at()
    hand = at_hand(caller, code, wanted)
    opened = open_task(hand.task, caller, now) if hand.task is not None else None
    back = open_task(hand.recallable, caller, now) if hand.recallable is not None else None
    found = overview_of(caller, code, now)
    seen_dossier(caller, code, now)
    draft = draft_for(caller, opened.task.id) if opened is not None and refused is None else None
    sent = request.form if refused is not None else sent_of(draft)
    files = found["files"]
    actions = actions_of(opened, _named_files(files), _agencies(opened)) if opened else []
    step = step_form(opened, files, refused.problem if refused else None, sent) if opened and actions else None
    text = dossier_page(
        "overview",
        found["detail"],
        "dossier/overview.html",
        task=task_detail(opened, now) if opened else None,
        actions=actions,
        step_form=step,
        paper=beside(code, files) if actions else None,
        slips_beside=_slips_beside(opened, refused.action if refused else None, sent) if opened else {},
        signing_keys=own_keys() if opened else (),
        late=opened is not None and caller.may(LATE_PERMISSION),
        not_now=not_now(opened) if opened else [],
        recall=back if back and _may(back, "recall") else None,
        refused=refused,
        problem=refused.problem if refused else None,
        draft=draft,
        opened_action=refused.action if refused else draft.action if draft else None,
        typed=refused.typed if refused is not None else typed_in(sent),
        came=intake_words(found["detail"]["intake"]),
        spent=[one | {"length": _about(one["seconds"])} for one in found["spent"]],
        words={"channel": CHANNELS, "notify": NOTIFY, "deliver": DELIVER},
        **{
            name: found[name]
            for name in ("data", "waits", "slips", "told", "remarks", "more_remarks", "related", "seq")
        },
    )
    return make_response(text, refused.problem.status if refused else 200)


def dossier_page(tab: str, detail: Mapping[str, Any], template: str, **values: Any) -> str:
    """One of a dossier's pages below its heading and tabs."""
    caller = current_caller()
    code = detail["code"]
    writes = any(caller.may(name) for name in ("dossier.register", "dossier.correct"))
    tabs = [
        {"title": title, "url": with_list(f"/ho-so/{code}{ending}"), "current": key == tab}
        for key, title, ending in TABS
        if tab == key or {"records": writes, "looks": may_see(caller)}.get(key, True)
    ]
    works = any(caller.may(name) for name in WORKERS)
    return render_template(template, dossier=detail, tabs=tabs, works=works, now=asked_at(), **values)


def _about(seconds: int) -> str:
    """A length for a glance: whole minutes from the first minute on."""
    return spoken(seconds if seconds < 60 else seconds - seconds % 60)


def _slips_beside(
    opened: OpenedTask, refused: str | None, sent: MultiDict[str, str]
) -> dict[str, tuple[BlankSlip, tuple[Input, ...]]]:
    """By action, the slip that can be filled in beside it, with its inputs; what was refused or kept as it was typed."""
    found = slips_beside(opened, current_caller(), asked_at(), runtime().settings.public_url)
    shown = {}
    for action, blank in found.items():
        typed = refused in (None, action) and slip_wanted(action, sent)
        values = typed_values(blank.form, sent, slip_prefix(action)) if typed else blank.values
        shown[action] = (blank, inputs_of(blank.fields, values, slip_prefix(action)))
    return shown


def _named_files(files: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """The dossier's files, the newest first, as a field offers them."""
    return [(str(one["id"]), one["name"] + _signed_by(one)) for one in reversed(files)]


def _signed_by(one: Mapping[str, Any]) -> str:
    """Who signed a file, for one line."""
    told = "; ".join(f"{each['signer']}: {each['verdict'].lower()}" for each in told_signatures(one["signatures"]))
    return f" (ký số: {told})" if told else ""


def _agencies(opened: OpenedTask) -> list[tuple[str, str]]:
    """Whom one may ask for an opinion, where one may ask."""
    if not any(offer.name == "ask-opinion" and offer.allowed for offer in opened.offers):
        return []
    with reading() as connection:
        found = organisation.agency_names(connection, opened.work.today)
    return [(code, name) for code, name in found if code != opened.task.agency]


def _wanted() -> int | None:
    """The task that the address asks for; one that cannot be is not found."""
    text = request.args.get("viec", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        abort(404)
    return int(text)


def _may(opened: OpenedTask, action: str) -> bool:
    return any(offer.name == action and offer.allowed for offer in opened.offers)
