"""Actions on a dossier as a whole, and handing over everything that somebody has."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Response

from app.access.guard import requires
from app.actions.amend import Amend
from app.actions.correct import Correct
from app.actions.handoff_all import hand_over_all
from app.actions.late import happened_in
from app.actions.receive_message import ReceiveMessage, receive
from app.actions.reprint import Reprint
from app.actions.runner import Outcome, run
from app.api.acting import acting_context
from app.api.batch import BatchSchema
from app.api.blueprint import Blueprint, reply
from app.api.present import DossierFactsSchema
from app.rules.permissions import RIGHTS
from app.schemas.dossier_actions import AmendBody, CorrectBody, HandOverBody, MessageBody, ReprintBody
from app.schemas.fields import Many, Text, Whole
from app.views.acting import outcome_view
from app.views.present import dossier_facts

blueprint = Blueprint("dossier-actions", __name__, url_prefix="/api/v1", description="Thao tác với cả hồ sơ")


class CopySchema(DossierFactsSchema):
    slip = Whole(1)
    copy = Whole(1, metadata={"description": "Số của lần in lại"})
    pdf = Text(500)


class DeliveredSchema(DossierFactsSchema):
    delivered = Many(Text(200), metadata={"description": "Mã các phần tử của sơ đồ đã chờ tin này"})


def _facts(outcome: Outcome) -> dict[str, Any]:
    return dossier_facts(outcome.work.dossier) | {"code": outcome.work.dossier.code}


@blueprint.post("/dossiers/<code:code>/amendments")
@requires(*RIGHTS["amend"].permissions)
@blueprint.arguments(AmendBody)
@blueprint.response(200, DossierFactsSchema)
def amend(body: dict[str, Any], code: str) -> Response:
    """The applicant changes the dossier of his own accord; who holds it is told, the time goes on (HT-7.4)."""
    command = Amend(
        code,
        body.get("reason") or body.get("comment"),
        tuple(body.get("components") or ()),
        body.get("data") or {},
        tuple(body.get("attachments") or ()),
    )
    return reply(run(command, replace(acting_context(), happened=happened_in(body)), _facts))


@blueprint.post("/dossiers/<code:code>/corrections")
@requires(*RIGHTS["correct"].permissions)
@blueprint.arguments(CorrectBody)
@blueprint.response(200, DossierFactsSchema)
def correct(body: dict[str, Any], code: str) -> Response:
    """What was recorded wrongly is put right by another record, and the clock is counted anew (QT-28.5c)."""
    command = Correct(
        code, body["seq"], body["reason"], at=body.get("at"), data=body.get("data") or {}, void=body["void"]
    )
    return reply(run(command, acting_context(), _facts))


@blueprint.post("/dossiers/<code:code>/messages")
@requires(*RIGHTS["message"].permissions)
@blueprint.arguments(MessageBody)
@blueprint.response(200, DeliveredSchema)
def message(body: dict[str, Any], code: str) -> Response:
    """Another system tells what the dossier's diagrams wait for, for example that a payment has come; 409 `wrong_state` with
    `waits_for`, the names of what is waited for, where that is none of it."""

    def answer(outcome: Outcome) -> dict[str, Any]:
        return _facts(outcome) | {"delivered": outcome.extra["delivered"]}

    command = ReceiveMessage(code, body["name"], body.get("data") or {}, tuple(body.get("attachments") or ()))
    return reply(receive(command, acting_context(), answer))


@blueprint.post("/dossiers/<code:code>/slips/<id:slip_id>/copies")
@requires(*RIGHTS["reprint"].permissions)
@blueprint.arguments(ReprintBody)
@blueprint.response(201, CopySchema)
def reprint(body: dict[str, Any], code: str, slip_id: int) -> Response:
    """A slip that was lost is printed again, marked as a copy with date and reason; the stored slip stays as it is."""

    def answer(outcome: Outcome) -> dict[str, Any]:
        copy = outcome.extra["copy"]
        pdf = f"/api/v1/dossiers/{code}/slips/{slip_id}.pdf?copy={copy}"
        return _facts(outcome) | {"slip": slip_id, "copy": copy, "pdf": pdf}

    command = Reprint(code, slip_id, body["reason"])
    return reply(run(command, replace(acting_context(), happened=happened_in(body)), answer), 201)


@blueprint.post("/accounts/<code:username>/handoff")
@requires(*RIGHTS["reassign"].permissions)
@blueprint.arguments(HandOverBody)
@blueprint.response(200, BatchSchema)
def hand_over(body: dict[str, Any], username: str) -> Response:
    """Every open step that the account has at one's own agencies goes to `to`, each with an answer of its own (QT-17.4)."""
    results = hand_over_all(username, body["to"], body["reason"], acting_context(), outcome_view)
    return reply({"results": results})
