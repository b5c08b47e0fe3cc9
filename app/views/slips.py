"""The slips of a dossier: what was issued, and the print of each as it was issued."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from app.access.caller import Caller
from app.errors import DomainError
from app.slips.receipt import ReceiptContent, render_receipt
from app.store import history, slips
from app.store.dossiers import DossierRow
from app.store.slips import SlipRow
from app.store.transaction import reading
from app.views.titles import SLIP_TITLES
from app.views.visibility import visible_dossier
from app.wording import spoken_date


def slips_of(caller: Caller, code: str) -> list[dict[str, Any]]:
    """The slips issued for a dossier: [{id, kind, title, issued_at}]. Errors: DomainError not_found."""
    with reading() as connection:
        dossier = visible_dossier(connection, code, caller)
        issued = slips.slips_of(connection, dossier.id)
    return [slip_view(slip) for slip in issued]


def slip_view(slip: SlipRow) -> dict[str, Any]:
    return {"id": slip.id, "kind": slip.kind, "title": SLIP_TITLES[slip.kind], "issued_at": slip.issued_at}


def slip_pdf(caller: Caller, code: str, slip_id: int, copy: int | None = None) -> tuple[str, bytes]:
    """File name and PDF of a slip, exactly as it was issued, or the copy of that number. Errors: DomainError not_found."""
    with reading() as connection:
        return printed_slip(connection, visible_dossier(connection, code, caller), slip_id, copy)


def printed_slip(
    connection: Connection, dossier: DossierRow, slip_id: int, copy: int | None = None
) -> tuple[str, bytes]:
    """The same for a dossier that may be seen. Errors: DomainError not_found."""
    slip = slips.find_slip(connection, dossier.id, slip_id)
    if slip is None:
        raise DomainError("not_found", "Hồ sơ không có phiếu này.")
    mark = "" if copy is None else _copy_mark(connection, dossier, slip_id, copy)
    name = f"{dossier.code}-{slip.kind}-{slip_id}" + (f"-{copy}" if copy is not None else "")
    return f"{name}.pdf", render_receipt(ReceiptContent.from_dict(slip.content), mark)


def _copy_mark(connection: Connection, dossier: DossierRow, slip_id: int, copy: int) -> str:
    """What stands on a copy: when it was made again, and why."""
    rows = history.history_of(connection, dossier.id)
    row = next((row for row in rows if row.seq == copy and row.kind == "slip_reprinted"), None)
    if row is None or row.data.get("slip") != slip_id:
        raise DomainError("not_found", "Phiếu này không có lần in lại như vậy.")
    return f"BẢN IN LẠI {spoken_date(row.at)} – Lý do: {row.data.get('comment', '')}"
