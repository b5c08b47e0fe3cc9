"""Accepting a preview, and carrying it out: every row in a transaction of its own, by the worker, from where it was left off.

A worker that dies leaves off between two rows. Whoever comes next goes on with those that wait; a row's own lock keeps two
workers from making one dossier twice.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from app.access.caller import Caller
from app.actions.import_dossier import ImportDossier
from app.actions.import_preview import PERMISSION, in_preview, note_change
from app.actions.runner import Context, Outcome, once, run, whole_second
from app.errors import DomainError
from app.failures import failure_of
from app.logs import get_logger
from app.rules.permissions import lacking
from app.store import accounts, imports, queue
from app.store.transaction import reading, transaction
from app.wording import LOCAL

log = get_logger(__name__)

RUN_IMPORT = "run_import"
_PAGE = 100


def accept_import(import_id: int, version: int | None, context: Context) -> None:
    """From the commit on the worker takes the rows over that were not refused.

    Errors: DomainError forbidden, not_found, wrong_state, stale_version, invalid (nothing to take over).
    """
    if not context.caller.may(PERMISSION):
        raise DomainError("forbidden", lacking((PERMISSION,)))
    with transaction() as connection:
        once(
            connection,
            context.caller.account_id,
            context.key,
            context.now,
            lambda: _accept(connection, import_id, version, context),
        )


def _accept(connection: Connection, import_id: int, version: int | None, context: Context) -> dict[str, Any]:
    row = in_preview(connection, import_id, version)
    imports.skip_refused(connection, import_id)
    counts = imports.counts(connection, import_id)
    rows = sum(number for (_, state), number in counts.items() if state == imports.WAITING)
    if not rows:
        raise DomainError("wrong_state", "Không có dòng nào nhập được; hãy sửa tệp rồi tải lên lại.")
    imports.change_import(
        connection,
        import_id,
        state=imports.RUNNING,
        accepted_by=context.caller.account_id,
        accepted_at=whole_second(context.now),
    )
    said = {"rows": rows, "sha256": row.sha256, "version": row.version, "mapping": row.mapping}
    note_change(connection, context, import_id, "import_accepted", {}, said)
    queue.defer(connection, RUN_IMPORT, import_id=import_id)
    return {"rows": rows}


def drop_import(import_id: int, version: int | None, context: Context) -> None:
    """Give a preview up. Errors: DomainError forbidden, not_found, wrong_state, stale_version."""
    if not context.caller.may(PERMISSION):
        raise DomainError("forbidden", lacking((PERMISSION,)))
    with transaction() as connection:
        in_preview(connection, import_id, version)
        imports.replace_lines(connection, import_id, [])
        imports.change_import(connection, import_id, state=imports.DROPPED, content=b"", history_content=None)
        note_change(connection, context, import_id, "import_dropped", {}, {})


def run_import(import_id: int, now: datetime, public_url: str = "") -> None:
    """Carry out what waits of an accepted import. Errors: OperationalError, DomainError unavailable: go on later."""
    context = _context(import_id, now, public_url)
    if context is None:
        return
    while lines := _next(import_id):
        for line in lines:
            _import_one(import_id, line, context)
    with transaction() as connection:
        row = imports.find_import(connection, import_id, lock=True)
        if row is not None and row.state == imports.RUNNING:
            imports.change_import(connection, import_id, state=imports.DONE, finished_at=whole_second(now))
            counts = imports.counts(connection, import_id)
            said = {state: sum(number for (_, one), number in counts.items() if one == state) for _, state in counts}
            note_change(connection, context, import_id, "import_finished", {}, said)


def _context(import_id: int, now: datetime, public_url: str) -> Context | None:
    """In whose name: of who accepted it, whatever she may by now."""
    with reading() as connection:
        row = imports.find_import(connection, import_id)
        if row is None or row.state != imports.RUNNING or row.accepted_by is None:
            return None
        day = now.astimezone(LOCAL).date()
        account = accounts.account_by_id(connection, row.accepted_by, day)
    if account is None:
        raise DomainError("wrong_state", "Tài khoản đã chấp nhận lần chuyển hồ sơ không còn dùng được.")
    caller = Caller.of(account, day)
    return Context(caller, now, None, public_url)


def _next(import_id: int) -> list[int]:
    with reading() as connection:
        return imports.waiting_lines(connection, import_id, _PAGE)


def _import_one(import_id: int, line: int, context: Context) -> None:
    try:
        run(ImportDossier(import_id, line), context, _told)
    except OperationalError:
        raise
    except Exception as error:  # one row's trouble, whatever it is, is not the others'
        if isinstance(error, DomainError) and error.code in ("unavailable", "settled"):
            if error.code == "unavailable":
                raise
            return
        failure = failure_of(error)
        if failure.members()["status"] >= 500:
            log.exception("import_failed", import_id=import_id, line=line)
        with transaction() as connection:
            imports.settle_line(
                connection,
                import_id,
                line,
                state=imports.FAILED,
                problem=str(failure.members().get("detail") or failure.members()["title"]),
                done_at=whole_second(context.now),
            )


def _told(outcome: Outcome) -> dict[str, Any]:
    return {"code": outcome.work.dossier.code}
