"""Whether a paper that must be signed is signed: asked by the actions for which the profile demands it (QT-15.4, TN-11.4c)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from app.actions.look_at_signatures import look_again
from app.actions.work import Work
from app.errors import DomainError
from app.store import attachments
from app.store.attachments import AttachmentRow


def require_signed(work: Work, attachment_ids: Collection[int], slip_kind: str) -> None:
    """One of these files of the dossier must have a valid signature over the whole of it.

    `slip_kind`: of the slip that the profile wants signed, for what asks. Errors: DomainError signature_required.
    """
    files = [
        row for row in attachments.attachments_of(work.connection, work.dossier.id) if row.id in set(attachment_ids)
    ]
    if any(is_signed(row.signatures) for row in files):
        return
    # What stood against a signature when its file came may be over: its authority is trusted by now.
    if any(row.signatures and is_signed(look_again(row, work.now)) for row in files):
        return
    why = _why(files)
    raise DomainError(
        "signature_required",
        why,
        errors={"attachments": [why]},
        extra={"rule": "QT-15.4", "slip": slip_kind},
    )


def is_signed(signatures: Collection[dict[str, Any]] | None) -> bool:
    """Whether what was found in a file is enough: one valid signature that covers all of it."""
    return any(one["valid"] and one["whole_document"] for one in signatures or ())


def _why(files: Collection[AttachmentRow]) -> str:
    ask = "Hãy ký số rồi đính kèm tệp PDF đã ký."
    if not files:
        return f"Phiếu này phải được ký số. {ask}"
    for row in files:
        for one in row.signatures or ():
            problems = " ".join(one["problems"])
            return f"Chữ ký số của “{one['signer']}” trên tệp “{row.name}” không dùng được: {problems} {ask}"
    if any(row.signatures is None and row.media_type == "application/pdf" for row in files):
        return "Tệp đính kèm chưa kiểm tra xong chữ ký số; hãy thử lại sau ít phút."
    return f"Tệp đính kèm chưa có chữ ký số. {ask}"
