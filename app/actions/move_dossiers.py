"""Many dossiers to another version: each a transaction of its own with its own answer, as a batch of tasks is.

Under one `Idempotency-Key` the same request goes on where it broke off: the dossiers are chosen once and kept under the key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from app.actions.batch import MOST_ITEMS
from app.actions.move_version import MoveVersion
from app.actions.moving_versions import PERMISSION, Movers, check_movable, main_instance, moved_engine, target_version
from app.actions.runner import Context, Outcome, RequestKey, refusals, run
from app.actions.running import DossierData
from app.engine.moving import Moved
from app.errors import DomainError, invalid
from app.failures import failure_of
from app.rules.permissions import lacking
from app.store import dossiers, idempotency, procedures, version_moves, version_reviews
from app.store.procedures import ProcedureRow, VersionRow
from app.store.transaction import reading, transaction
from app.wording import LOCAL

Results = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class MoveDossiers:
    """`to` and `from_version` are numbers; without `codes` all open dossiers under `from_version`, or under any other
    version, the oldest first and at most `most`."""

    procedure: str
    to: int
    reason: str = ""
    from_version: int | None = None
    codes: tuple[str, ...] | None = None
    mapping: Mapping[str, str] | None = None
    most: int = MOST_ITEMS


@dataclass(frozen=True, slots=True)
class Chosen:
    procedure: ProcedureRow
    to: VersionRow
    codes: tuple[str, ...]
    more: bool
    """There are others, which were not looked at."""


def preview_moves(asked: MoveDossiers, context: Context) -> dict[str, Any]:
    """For each dossier whether it would be moved and what that would change, or why not; nothing is written.

    Errors: DomainError forbidden, not_found, wrong_state, invalid.
    """
    with refusals(), reading() as connection:
        chosen = _choose(connection, asked, context)
        movers = Movers(chosen.to, dict(asked.mapping or {}))
        movers.prepare(connection, chosen.codes)
        found = [_foreseen(connection, chosen.procedure, movers, code) for code in chosen.codes]
    moves = sum(one["moves"] for one in found)
    return {"data": found, "total": len(found), "moves": moves, "more": chosen.more, "to": chosen.to.number}


def _foreseen(connection: Connection, procedure: ProcedureRow, movers: Movers, code: str) -> dict[str, Any]:
    dossier = dossiers.find_dossier(connection, code)
    if dossier is None or dossier.procedure_id != procedure.id:
        return _foretold(code, None, why=[f"Thủ tục này không có hồ sơ “{code}”."])
    before = procedures.version_by_id(connection, dossier.version_id).number
    try:
        check_movable(dossier, movers.to)
        row = main_instance(connection, dossier)
        if row is None:
            return _foretold(code, before)
        moved = moved_engine(connection, movers, row, DossierData(connection, dossier.id))
    except DomainError as refusal:
        if refusal.code != "wrong_state":
            raise
        return _foretold(code, before, why=refusal.extra.get("why") or [refusal.detail])
    return _foretold(code, before, moved)


def _foretold(code: str, before: int | None, moved: Moved | None = None, why: Sequence[str] = ()) -> dict[str, Any]:
    opened = moved.engine.open_steps() if moved else []
    return {
        "code": code,
        "from": before,
        "moves": not why,
        "why": list(why),
        "steps": [{"step": one.step.id, "name": one.title} for one in opened],
        "lost": list(moved.lost) if moved else [],
    }


def move_dossiers(asked: MoveDossiers, context: Context) -> dict[str, Any]:
    """Move what can be moved; `results` has for each dossier `status` 200, or `status` and `problem`.

    Errors, with nothing done: DomainError forbidden, not_found, wrong_state, invalid, key_reused.
    """
    if not asked.reason.strip():
        raise invalid({"reason": ["Phải ghi lý do chuyển."]})
    with refusals(), transaction() as connection:
        kept = _take_key(connection, context)
        if kept is not None and "results" in kept:
            return kept
        chosen = _choose(connection, asked, context, kept)
        if context.key is not None and kept is None:
            opened = {"codes": list(chosen.codes), "more": chosen.more}
            idempotency.keep_answer(connection, context.caller.account_id, context.key.key, opened)
        movers = Movers(chosen.to, dict(asked.mapping or {}))
        if kept is None:
            movers.prepare(connection, chosen.codes)
    results = [_one(chosen, movers, asked.reason.strip(), code, context) for code in chosen.codes]
    answer = {"to": chosen.to.number, "results": results, "more": chosen.more}
    if context.key is not None and all(result["status"] < 500 for result in results):
        with transaction() as connection:
            there = idempotency.keep_results(
                connection, context.caller.account_id, context.key.key, context.key.request, answer
            )
        return there or answer
    return answer


def _one(chosen: Chosen, movers: Movers, reason: str, code: str, context: Context) -> dict[str, Any]:
    if context.key is not None:
        # No client can send this key: theirs have no blanks.
        context = replace(context, key=RequestKey(f"{context.key.key} {code}", context.key.request))
    try:
        done = run(MoveVersion(chosen.procedure.id, code, movers, reason), context, _told)
    except Exception as error:  # one dossier's trouble, whatever it is, is not the others'
        problem = failure_of(error).members()
        return {"code": code, "status": problem["status"], "problem": problem}
    return {"code": code, "status": 200, **done}


def _told(outcome: Outcome) -> dict[str, Any]:
    return dict(outcome.extra)


def _take_key(connection: Connection, context: Context) -> dict[str, Any] | None:
    """What is kept under the request's key already. Errors: DomainError key_reused."""
    key = context.key
    if key is None:
        return None
    earlier = idempotency.take_key(connection, context.caller.account_id, key.key, key.request, context.now)
    if earlier is None:
        return None
    if earlier.request != key.request:
        raise DomainError(
            "key_reused", "Khóa Idempotency-Key này đã dùng cho một yêu cầu khác; hãy tạo khóa mới cho mỗi thao tác."
        )
    return earlier.answer


def _choose(
    connection: Connection, asked: MoveDossiers, context: Context, kept: Mapping[str, Any] | None = None
) -> Chosen:
    if not context.caller.may(PERMISSION):
        raise DomainError("forbidden", lacking((PERMISSION,)))
    procedure = procedures.find_procedure(connection, asked.procedure)
    if procedure is None:
        raise DomainError("not_found", f"Không có thủ tục mã “{asked.procedure}”.")
    to = target_version(connection, asked.procedure, asked.to, context.now.astimezone(LOCAL).date())
    if kept and "codes" in kept:
        return Chosen(procedure, to, tuple(kept["codes"]), bool(kept["more"]))
    if asked.codes is not None:
        return Chosen(procedure, to, _listed(asked.codes), False)
    before = None
    if asked.from_version is not None:
        found = version_reviews.find_version(connection, asked.procedure, asked.from_version)
        if found is None:
            raise DomainError("not_found", f"Thủ tục “{asked.procedure}” không có phiên bản số {asked.from_version}.")
        before = found.id
    rows = version_moves.running_dossiers(connection, procedure.id, before, to.id, asked.most + 1)
    return Chosen(procedure, to, tuple(code for _, code in rows[: asked.most]), len(rows) > asked.most)


def _listed(codes: Sequence[str]) -> tuple[str, ...]:
    if not codes:
        raise invalid({"dossiers": ["Phải chọn ít nhất một hồ sơ."]})
    if len(codes) > MOST_ITEMS:
        raise invalid({"dossiers": [f"Mỗi lần chỉ được {MOST_ITEMS} hồ sơ."]})
    if len(set(codes)) < len(codes):
        raise invalid({"dossiers": ["Có hồ sơ được chọn hai lần."]})
    return tuple(codes)
