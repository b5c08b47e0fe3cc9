"""Look-up without signing in (QT-14.2, ST-17.3, LA-15.1).

A code can be counted, so it alone shows state and dates; names, steps and slips need the random token of the slip's QR code.
A wrong token shows no more than none.
"""

from __future__ import annotations

import hmac
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.actions.running import MAIN
from app.actions.settle_delivery import DESK
from app.actions.slip_kinds import NEWS, TO_APPLICANT
from app.errors import DomainError
from app.lawbook import profile_named
from app.rules.outcome import standing_of
from app.rules.status import DELIVERED, RESOLVED, status_of
from app.store import attachments, dossiers, portal_notices, slips, tasks
from app.store.attachments import RESULT, AttachmentRow
from app.store.dossiers import DossierRow
from app.store.replica import reading_behind
from app.store.slips import SlipRow
from app.views.deliveries import told_applicant
from app.views.present import standing_view, state_of
from app.views.slips import SlipPrint, printed_slip, slip_view
from app.wording import LOCAL


def public_dossier(code: str, token: str | None, now: datetime) -> dict[str, Any]:
    """Status and dates of a dossier; with its token also who, what, the steps and the slips.

    Errors: DomainError not_found.
    """
    with reading_behind() as connection:
        dossier = _find(connection, code)
        answer = {
            "code": dossier.code,
            "status": status_of(dossier.status).to_dict(),
            "received_at": dossier.received_at,
            "appointment_at": dossier.appointment_at,
            "result_at": dossier.result_at,
            "delivered_at": dossier.closed_at,
            **standing_view(standing_of(state_of(dossier.clock), now, profile_named(dossier.profile), LOCAL)),
        }
        if _knows(dossier, token):
            answer |= _for_applicant(connection, dossier)
    return answer


def public_slip_pdf(code: str, token: str | None, slip_id: int) -> SlipPrint:
    """A slip, for who has the dossier's token. Errors: DomainError not_found."""
    with reading_behind() as connection:
        dossier = _find(connection, code)
        if not _knows(dossier, token):
            raise DomainError("not_found", "Hãy mở bằng đường dẫn trong mã QR của phiếu.")
        if all(slip.id != slip_id for slip in _slips(connection, dossier)):
            raise DomainError("not_found", "Hồ sơ không có phiếu này.")
        return printed_slip(connection, dossier, slip_id)


def public_result(code: str, token: str | None, attachment_id: int) -> AttachmentRow:
    """A file of the result, for who has the dossier's token, once the desk has confirmed it (TN-PL.5). Errors: not_found."""
    with reading_behind() as connection:
        dossier = _find(connection, code)
        found = attachments.find_attachment(connection, dossier.id, attachment_id)
        if not _knows(dossier, token) or found is None or found not in _results(connection, dossier):
            raise DomainError("not_found", "Hãy mở bằng đường dẫn trong mã QR của phiếu.")
        return found


def _results(connection: Connection, dossier: DossierRow) -> list[AttachmentRow]:
    """The files of a result that was granted, signed ones in the place of what they were made of; before the desk confirms it
    there is none."""
    if dossier.status not in (RESOLVED.number, DELIVERED.number):
        return []
    found = [one for one in attachments.attachments_of(connection, dossier.id) if one.kind == RESULT]
    replaced = {one.signed_from for one in found if not one.quarantined}
    return [one for one in found if one.id not in replaced]


def _slips(connection: Connection, dossier: DossierRow) -> list[SlipRow]:
    """The applicant's slips. What says news that the desk confirms is not his before: it is once the desk has issued it, or he
    was told since (QT-15.5, QT-16.4)."""
    found = [slip for slip in slips.slips_of(connection, dossier.id) if slip.kind in TO_APPLICANT]
    if all(slip.kind not in NEWS for slip in found):
        return found
    by_desk = slips.issued_by_holders(connection, dossier.id, DESK)
    told = [(one.template, one.created_at) for one in portal_notices.notices_of(connection, dossier.id)]

    def is_out(slip: SlipRow) -> bool:
        news = NEWS.get(slip.kind)
        return (
            news is None
            or slip.id in by_desk
            or any(template in news and at >= slip.issued_at for template, at in told)
        )

    return [slip for slip in found if is_out(slip)]


def code_of_old(old_code: str) -> str | None:
    """The code of the dossier that was taken over from another system with this one; None where there is none, or several."""
    with reading_behind() as connection:
        found = dossiers.find_by_old_code(connection, old_code)
    return found.code if found else None


def _find(connection: Connection, code: str) -> DossierRow:
    dossier = dossiers.find_dossier(connection, code) or dossiers.find_by_old_code(connection, code)
    if dossier is None:
        raise DomainError("not_found", "Không có hồ sơ mang mã này; hãy kiểm tra lại mã trên phiếu.")
    return dossier


def _knows(dossier: DossierRow, token: str | None) -> bool:
    return token is not None and hmac.compare_digest(token.encode(), dossier.token.encode())


def _for_applicant(connection: Connection, dossier: DossierRow) -> dict[str, Any]:
    return {
        "applicant": dossiers.applicant_name(connection, dossier.id),
        "procedure": dossier.procedure,
        "procedure_name": dossier.procedure_name,
        "agency_name": dossier.agency_name,
        "steps": [
            {
                "step_name": task.step_name,
                "position_name": task.position_name,
                "entered_at": task.entered_at,
                "finished_at": task.finished_at,
                "state": "open" if task.state in tasks.LIVE else task.state,
            }
            for task in tasks.every_task_of(connection, dossier.id)
            if task.instance_kind == MAIN and task.state != "cancelled"
        ],
        "results": [
            {"id": one.id, "name": one.name, "size": one.size, "added_at": one.added_at}
            for one in _results(connection, dossier)
        ],
        **told_applicant(connection, dossier.id),
        "slips": [slip_view(slip) for slip in _slips(connection, dossier)],
    }
