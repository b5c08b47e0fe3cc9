"""What waits for a person's signature, what she may sign with, and what a file's signatures come to, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.access.caller import Caller
from app.actions.signing_keys import key_ring, keys_for
from app.runtime import runtime
from app.signatures.keys import SigningKey
from app.store import unsigned
from app.store.transaction import reading
from app.wording import LOCAL

KIND_TITLES = {"draft_result": "Dự thảo kết quả", "result": "Kết quả", "slip": "Phiếu"}


def waiting_signatures(caller: Caller) -> list[dict[str, Any]]:
    """Files of dossiers whose step she has or may take, that she has not signed: the most urgent first."""
    with reading() as connection:
        rows = unsigned.unsigned_files(connection, caller.account_id, [held.id for held in caller.positions])
    return [
        {
            "dossier": row.dossier,
            "attachment": row.attachment,
            "name": row.name,
            "kind": row.kind,
            "kind_title": KIND_TITLES[row.kind],
            "size": row.size,
            "added_at": row.added_at,
            "applicant": row.applicant,
            "procedure": row.procedure,
            "procedure_name": row.procedure_name,
            "step_name": row.step_name,
            "task": row.task,
            "due_at": row.due_at,
            "signatures": row.signatures or [],
        }
        for row in rows
    ]


def keys_view(caller: Caller) -> list[dict[str, Any]]:
    """The keys of the server that she may sign with."""
    return [key_view(key) for key in keys_for(caller, key_ring(runtime().settings))]


def key_view(key: SigningKey) -> dict[str, Any]:
    """A key of the server's; `ask_pin`: whoever signs types what opens it."""
    return {
        "name": key.name,
        "owner": "Cơ quan" if key.agency else "Cá nhân",
        "agency": key.agency,
        "demonstration": key.demonstration,
        "ask_pin": key.ask_pin,
    }


def verdict(signature: Mapping[str, Any]) -> str:
    """A signature in a few words."""
    if signature["valid"] and signature["whole_document"]:
        return "Hợp lệ"
    return "Hợp lệ, không bao trùm toàn bộ tệp" if signature["valid"] else "Không hợp lệ"


def told_signatures(signatures: Sequence[Mapping[str, Any]] | None) -> list[dict[str, Any]]:
    """Who signed, whether it holds and why not, for a page."""
    return [
        {
            "signer": one["signer"] or "Không rõ người ký",
            "organisation": one["organisation"],
            "good": bool(one["valid"]),
            "verdict": verdict(one),
            "when": _when(one["timestamped_at"] or one["signed_at"]),
            "stamped": one["timestamped_at"] is not None,
            "issuer": one["issuer"],
            "problems": list(one["problems"]),
        }
        for one in signatures or ()
    ]


def _when(text: str | None) -> str | None:
    """An instant of a signature, local; None where nothing readable stands there."""
    try:
        at = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return None if at is None or at.tzinfo is None else f"{at.astimezone(LOCAL):%H:%M:%S %d/%m/%Y}"
