"""A slip filled from its dossier: the head that all share, and what each kind proposes for whoever completes it (QT-15.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from app.actions.hand_overs import hand_overs
from app.actions.slip_kinds import TO_APPLICANT
from app.actions.work import Work
from app.rules.fees import still_due
from app.slips.forms import form_of
from app.slips.symbols import lookup_url
from app.store import dossiers, organisation, requests
from app.store.fees import paid_lines
from app.store.procedure_changes import as_received
from app.store.procedures import ProcedureRow
from app.store.requests import RequestRow


def head_of(work: Work, kind: str, agency_id: int) -> dict[str, Any]:
    """A slip's content without number and values: the dossier as it is now, issued by that agency and the caller."""
    dossier = work.dossier
    contents = dossiers.contents(work.connection, dossier.id)
    agency = organisation.agency_by_id(work.connection, agency_id)
    desk = organisation.desk_of(work.connection, agency_id)
    applicant = contents.applicant
    procedure = _procedure(work)
    signer, seat = _signer(work, agency_id)
    return {
        "form": form_of(kind, work.rules.profile.slip_set, work.today),
        "code": dossier.code,
        # Letters between offices do not carry the applicant's secret.
        "lookup_url": lookup_url(work.public_url, dossier.code, dossier.token if kind in TO_APPLICANT else None),
        "parent_agency_name": organisation.parent_name(work.connection, agency),
        "agency_name": agency.name,
        "desk_name": desk[1] if desk else agency.name,
        "place_name": work.rules.profile.name,
        "number": "",
        "issued_at": work.now.isoformat(),
        "applicant_name": contents.applicant_name,
        "applicant_id_number": applicant.get("id_number") or "",
        "applicant_address": applicant.get("address") or "",
        "applicant_phone": applicant.get("phone") or "",
        "applicant_email": applicant.get("email") or "",
        "procedure_name": dossier.procedure_name,
        "received_at": dossier.received_at.isoformat(),
        "appointment_at": _iso(work.clock.appointment_at),
        "signer_name": signer,
        "signer_title": seat,
        "demonstration": procedure.demonstration,
        "values": {},
    }


def proposed(
    work: Work, kind: str, asked: RequestRow | None = None, body: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """What a slip of that kind would say: from what is being asked for now (`body`, of an action), from the request that it
    belongs to, and from the dossier. Nothing of it has been checked yet."""
    said = dict(asked.data) if asked is not None else {}
    if asked is not None and asked.limit_at is not None:
        said.setdefault("limit_at", asked.limit_at.isoformat())
    said |= {name: _plain(value) for name, value in (body or {}).items() if value not in (None, "", [], ())}
    said["reason"] = said.get("reason") or said.get("content") or said.get("comment") or ""
    return _PROPOSALS[kind](work, said) if kind in _PROPOSALS else {}


def latest_request(work: Work, kind: str) -> RequestRow | None:
    """The request that a slip of that kind would be about, the open one before the others."""
    processes = _PROCESS_OF.get(kind)
    found = [row for row in requests.requests_of(work.connection, work.dossier.id) if row.kind == processes]
    return next((row for row in reversed(found) if row.finished_at is None), found[-1] if found else None)


_PROCESS_OF: Mapping[str, str] = {
    "supplement": "supplement",
    "refusal": "rejection",
    "stop_notice": "stopping",
    "withdrawal": "withdrawal",
    "apology": "extension",
    "extension": "extension",
    "payment_notice": "payment",
    "fee_receipt": "payment",
    "opinion": "opinion",
    "opinion_reply": "opinion",
}


def _reason(work: Work, said: Mapping[str, Any]) -> dict[str, Any]:
    return {"reason": said["reason"]}


def _supplement(work: Work, said: Mapping[str, Any]) -> dict[str, Any]:
    items = [{"name": name, "quantity": 1, "kind": "original"} for name in said.get("items") or ()]
    return {"items": items, "reason": said["reason"]}


def _refusal(work: Work, said: Mapping[str, Any]) -> dict[str, Any]:
    desk = organisation.desk_of(work.connection, work.dossier.agency_id)
    return {"reason": said["reason"], "return_place": desk[1] if desk else work.dossier.agency_name}


def _new_date(work: Work, said: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "reason": said["reason"],
        "old_appointment": _iso(work.clock.appointment_at),
        "new_appointment": said.get("appointment"),
    }


def _extension(work: Work, said: Mapping[str, Any]) -> dict[str, Any]:
    code = (said.get("asker") or {}).get("agency")
    agency = organisation.find_agency(work.connection, code) if code else None
    if agency is None and work.caller is not None:
        agency = organisation.agency_by_id(work.connection, work.caller.agency_id)
    return _new_date(work, said) | {"asker_agency": agency.name if agency else work.dossier.agency_name}


def _opinion(work: Work, said: Mapping[str, Any]) -> dict[str, Any]:
    codes = said.get("agencies") or ([said["agency"]] if said.get("agency") else [])
    found = [organisation.find_agency(work.connection, code) for code in codes]
    names = ", ".join(agency.name for agency in found if agency is not None)
    return {"addressee": names, "content": said["reason"], "limit_at": said.get("limit_at")}


def _opinion_reply(work: Work, said: Mapping[str, Any]) -> dict[str, Any]:
    return {"addressee": work.dossier.agency_name, "content": said.get("comment") or ""}


def _payment_notice(work: Work, said: Mapping[str, Any]) -> dict[str, Any]:
    return {"amount": said.get("amount"), "limit_at": said.get("limit_at"), "reason": said["reason"]}


def _fee_receipt(work: Work, said: Mapping[str, Any]) -> dict[str, Any]:
    left = still_due(_procedure(work).fees, paid_lines(work.connection, work.dossier.id))
    fees = [{"name": fee["name"], "amount": fee["amount"]} for fee in left]
    if said.get("amount"):  # what was asked for in the course of the procedure
        fees = [{"name": said["reason"] or "Nghĩa vụ tài chính", "amount": said["amount"]}]
    contents = dossiers.contents(work.connection, work.dossier.id)
    return {"payer": contents.applicant_name, "fees": fees, "method": "cash", "paid_at": work.now.isoformat()}


def guidance_items(procedure: ProcedureRow) -> list[dict[str, Any]]:
    """What to bring for a procedure, a row a component."""
    return [
        {
            "name": part["name"],
            "originals": part.get("originals"),
            "copies": part.get("copies"),
            "note": "" if part.get("required", True) else "Nếu có",
        }
        for part in procedure.components
    ]


def _guidance(work: Work, said: Mapping[str, Any]) -> dict[str, Any]:
    items = guidance_items(_procedure(work))
    return {"items": items, "instructions": said["reason"]}


def _control(work: Work, said: Mapping[str, Any]) -> dict[str, Any]:
    contents = dossiers.contents(work.connection, work.dossier.id)
    names: dict[str, str] = {}

    def name_of(code: str | None) -> str:
        if code is None:
            return "Người nộp hồ sơ"
        if code not in names:
            found = organisation.find_agency(work.connection, code)
            names[code] = found.name if found else code
        return names[code]

    return {
        "hand_overs": [
            {
                "giver_agency": name_of(row["given_by_agency"]),
                "giver": row["given_by"] or contents.applicant_name,
                "taker_agency": name_of(row["agency"]),
                "taker": row["given_to"] or row["position_name"],
                "handed_at": _iso(row["handed_over_at"]),
                "result": {None: "", True: "on_time", False: "late"}[row["in_time"]],
                "note": row["step_name"],
            }
            for row in hand_overs(work.connection, work.dossier.id)
        ][-200:]
    }


_PROPOSALS: Mapping[str, Callable[[Work, Mapping[str, Any]], dict[str, Any]]] = {
    "supplement": _supplement,
    "refusal": _refusal,
    "stop_notice": _reason,
    "withdrawal": _reason,
    "apology": _new_date,
    "extension": _extension,
    "opinion": _opinion,
    "opinion_reply": _opinion_reply,
    "payment_notice": _payment_notice,
    "fee_receipt": _fee_receipt,
    "guidance": _guidance,
    "control": _control,
}


def _procedure(work: Work) -> ProcedureRow:
    found = as_received(work.connection, work.dossier.procedure, work.dossier.received_at)
    assert found is not None  # noqa: S101 - the dossier's foreign key
    return found


def _signer(work: Work, agency_id: int) -> tuple[str, str]:
    """Who signs, and under which title: under a delegation with the authority to sign, the delegate in the delegator's name;
    under one without it the delegator, for whom it is only prepared."""
    under = work.under()
    if under is None:
        return work.caller.name if work.caller else "", _seat(work, agency_id)
    if not under.signs:
        return under.giver.name, under.position
    own = _seat(work, agency_id)
    title = f"{under.form} {under.position}"
    return work.caller.name if work.caller else "", f"{title}, {own}" if own else title


def _seat(work: Work, agency_id: int) -> str:
    """The position under which the caller signs there."""
    held = [one for one in work.caller.positions if one.agency_id == agency_id] if work.caller else []
    return organisation.position_by_id(work.connection, held[0].id).name if held else ""


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None
