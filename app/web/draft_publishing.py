"""From a draft to a version: the decision, what is still missing, publishing (QT-22.3). Accounts: `app.web.draft_accounts`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, flash, make_response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.decision_scan import Scan, handed_out, taken_scan
from app.actions.prepare_publication import CORRECTABLE, Preparation, PreparePublication, prepare_publication
from app.actions.publish_draft import PublishDraft, publish_draft
from app.api.stored import stored_reply
from app.api.uploads import takes_files
from app.errors import DomainError
from app.lawbook import profile_named
from app.rules.permissions import DESIGNERS
from app.rules.publication import PENDING
from app.rules.versions import state_of
from app.runtime import asked_at, runtime
from app.schemas.publishing import PreparationBody, PublishDraftBody
from app.schemas.reading import load
from app.store.diagram_drafts import OPEN
from app.store.files import file_store
from app.views.diagram_drafts import draft_of
from app.views.publishing import Readiness, readiness
from app.views.version_files import decision_file, running_elsewhere
from app.web.acting import FormProblem, form_problem, page_context
from app.web.action_fields import typed_in
from app.web.blueprint import page
from app.web.shown_files import shown_file
from app.web.workbench_frame import framed
from app.wording import LOCAL

DEPLOY = "diagram.deploy"


@page.get("/thiet-ke/<id:draft_id>/ban-hanh")
@requires(*DESIGNERS)
def publishing(draft_id: int) -> Response:
    """Everything that publishing needs, with how it stands; of a published draft, what comes next."""
    return _page(draft_id, {})


@page.post("/thiet-ke/<id:draft_id>/ban-hanh/quyet-dinh")
@requires(*DESIGNERS)
@takes_files
def note_decision(draft_id: int) -> BaseResponse:
    """Keep what is known of the decision, with its scan; or the same page with what is wrong."""
    typed = typed_in(request.form)
    try:
        given = {name: typed.get(name, "") for name in PreparationBody().fields}
        body = load(PreparationBody(), {name: value for name, value in given.items() if value})
        file = _scan()
        known = Preparation(
            decision_number=body.get("decision_number", ""),
            decided_on=body.get("decided_on"),
            effective_from=body.get("effective_from"),
            amends=body.get("amends", ""),
            note=body.get("note", ""),
            corrects=body.get("corrects"),
            reason=body.get("reason", ""),
        )
        command = PreparePublication(draft_id, known, body["saved"], file, typed.get("without_file") == "1")
        prepare_publication(command, page_context([file.sha256] if file else []))
    except DomainError as error:
        if error.code == "not_found":
            raise
        return _page(draft_id, typed, form_problem(error))
    flash("Đã ghi thông tin quyết định.", "success")
    return redirect(f"/thiet-ke/{draft_id}/ban-hanh", 303)


@page.get("/thiet-ke/<id:draft_id>/ban-hanh/quyet-dinh")
@requires(*DESIGNERS)
def decision_again(draft_id: int) -> BaseResponse:
    """The address of a form that was refused, opened anew."""
    return redirect(f"/thiet-ke/{draft_id}/ban-hanh", 303)


@page.get("/thiet-ke/<id:draft_id>/ban-hanh/ban-quet")
@requires(*DESIGNERS)
def draft_scan(draft_id: int) -> Response:
    """The scan that is kept with the draft."""
    return scan_reply(Preparation.of(draft_of(draft_id).preparation).scan)


@page.post("/thiet-ke/<id:draft_id>/ban-hanh")
@requires(DEPLOY)
def publish(draft_id: int) -> BaseResponse:
    """Publish it, and show what comes next; or the same page with why not."""
    typed = typed_in(request.form)
    try:
        given = {name: typed.get(name, "") for name in PublishDraftBody().fields if typed.get(name)}
        body = load(PublishDraftBody(), given)
        command = PublishDraft(draft_id, body["revision"], body["saved"], body.get("despite", ""))
        done = publish_draft(command, page_context(), profile_named(runtime().settings.profile))
    except DomainError as error:
        if error.code == "not_found":
            raise
        return _page(draft_id, typed, form_problem(error))
    waits = " Phiên bản chờ trung tâm kiểm tra, được đồng ý thì mới áp dụng." if done.review == PENDING else ""
    flash(f"Đã ban hành phiên bản số {done.version}; đã báo cho {done.told} người.{waits}", "success")
    return redirect(f"/thiet-ke/{draft_id}/ban-hanh", 303)


def scan_reply(file_id: int | None) -> Response:
    """A decision's scan, shown by the browser where that is safe. Errors: DomainError not_found, quarantined."""
    row = decision_file(file_id)
    inline = handed_out(row) and request.args.get("tai") != "1"
    return shown_file(stored_reply(row.sha256, row.media_type), row.name, inline=inline)


def _scan() -> Scan | None:
    upload = request.files.get("scan")
    if upload is None or not upload.filename:
        return None
    settings = runtime().settings
    return taken_scan(file_store(settings), upload.stream, upload.filename, settings.max_file_bytes, settings.clamav)


def _page(draft_id: int, typed: Mapping[str, str], problem: FormProblem | None = None) -> Response:
    draft, caller = draft_of(draft_id), current_caller()
    if draft.state != OPEN:
        after = running_elsewhere(draft.procedure, draft.published_version) if draft.published_version else None
        text = framed(
            "workbench/published.html", draft, "ban-hanh", after=after, deploys=caller.may(DEPLOY), problem=problem
        )
        return make_response(text, problem.status if problem else 200)
    found = readiness(draft_id, page_context(), runtime().settings.profile)
    text = framed(
        "workbench/publish.html",
        found.draft,
        "ban-hanh",
        found=found,
        typed=typed or _kept(found),
        correctable=_correctable(found),
        deploys=caller.may(DEPLOY),
        manages=caller.may("procedure.manage"),
        problem=problem,
    )
    return make_response(text, problem.status if problem else 200)


def _kept(found: Readiness) -> dict[str, Any]:
    kept = found.known.to_dict()
    return {name: value for name, value in kept.items() if value is not None and name != "confirmed"}


def _correctable(found: Readiness) -> list[tuple[int, str]]:
    day = asked_at().astimezone(LOCAL).date()
    every = [one.version for one in found.versions]
    return [
        (one.number, f"Số {one.number}, {one.decision_number}, áp dụng từ {one.effective_from:%d/%m/%Y}")
        for one in found.versions
        if one.repealed_on is None and state_of(one.version, every, day) in CORRECTABLE
    ]
