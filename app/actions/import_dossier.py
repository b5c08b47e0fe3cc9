"""Import (nhập hồ sơ từ hệ thống cũ): one dossier of another system stands here where it stood there (QT-16.2, QT-28.5d1).

Code, deadline, appointment and history are as given. Nobody is told, nothing of the past sounds: what its diagram and its
watch would have said on the way is not said.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.actions import library, pausing, watch
from app.actions.intake import limits_of
from app.actions.runner import Context, Outcome, whole_second
from app.actions.running import MAIN
from app.actions.work import Work
from app.engine.arriving import Way, arrive
from app.errors import DomainError
from app.lawbook import rules_at
from app.rules import codes, events
from app.rules.events import Event
from app.rules.limits import Limit, parse_published
from app.rules.permissions import WORKERS
from app.store import dossiers, handlers, imports, organisation, procedures, slip_books
from app.store.handlers import Handler
from app.store.history import GENESIS
from app.store.organisation import AgencyRow
from app.store.procedures import ProcedureRow, VersionRow
from app.wording import LOCAL

_DATES = ("received_at", "deadline", "appointment", "result_at")


@dataclass(frozen=True, slots=True)
class ImportDossier:
    """One row of an import, as its preview planned it."""

    import_id: int
    line: int

    def perform(self, connection: Connection, context: Context) -> Outcome:
        """Errors: DomainError settled (it has had its turn), duplicate (the old code is a dossier already), wrong_state."""
        row = imports.line_of(connection, self.import_id, self.line, lock=True)
        if row is None or row.state != imports.WAITING:
            raise DomainError("settled", "Dòng này đã được xử lý.")
        if taken := imports.taken_codes(connection, row.source, [row.old_code]):
            raise DomainError("duplicate", f"Mã hồ sơ cũ này đã được chuyển sang, là hồ sơ {taken[row.old_code]}.")
        plan, now = row.plan, whole_second(context.now)
        agency, procedure, version = _places(connection, plan)
        dossier_id = _insert(connection, plan, row.source, agency, procedure, version)
        dossier = dossiers.lock_dossier(connection, dossier_id)
        assert dossier is not None  # noqa: S101 - inserted above in this transaction
        work = Work(connection, dossier, [], now, context.caller, context.public_url)
        _stand(work, plan, version, {"source": row.source, "import": self.import_id})
        slip_books.enter_in_register(connection, dossier_id, agency.id, work.today.year, work.now)
        for running in work.diagrams.loaded():
            running.engine.take_notices()
        work.finish()
        imports.settle_line(
            connection,
            self.import_id,
            self.line,
            state=imports.IMPORTED,
            problem=None,
            dossier_id=dossier_id,
            history_seq=dossier.history_seq,
            done_at=now,
        )
        return Outcome(work, None, work.led_to)


def _places(connection: Connection, plan: Mapping[str, Any]) -> tuple[AgencyRow, ProcedureRow, VersionRow]:
    agency = organisation.find_agency(connection, plan["agency"])
    procedure = procedures.find_procedure(connection, plan["procedure"])
    if agency is None or procedure is None:
        raise DomainError("wrong_state", "Cơ quan hoặc thủ tục không còn trong danh mục; hãy xem trước lại.")
    return agency, procedure, procedures.version_by_id(connection, plan["version_id"])


def _insert(
    connection: Connection,
    plan: Mapping[str, Any],
    source: str,
    agency: AgencyRow,
    procedure: ProcedureRow,
    version: VersionRow,
) -> int:
    rules = rules_at(connection, plan["profile"], agency, procedure)
    limit = parse_published(procedure.limit, procedure.limit_unit, rules.calendar.seconds_per_day)
    received = datetime.fromisoformat(plan["received_at"])
    values = {
        "code": _code(connection, plan, agency, rules.profile, received),
        "token": secrets.token_urlsafe(16),
        "procedure_id": procedure.id,
        "version_id": version.id,
        "agency_id": agency.id,
        "profile": plan["profile"],
        "channel": plan["channel"],
        "status": 1,
        "received_at": received,
        "limit_seconds": limit.seconds if isinstance(limit, Limit) else None,
        "limit_unit": limit.unit if isinstance(limit, Limit) else "working",
        "clock": {},
        "clock_epoch": agency.calendar_epoch,
        "overdue": False,
        "history_seq": 0,
        "history_hash": GENESIS,
        "version": 1,
    }
    told = {"source": source, "old_code": plan["old_code"], "papers": plan["other_components"]}
    intake = {"imported": {key: value for key, value in told.items() if value}}
    contents = {
        "applicant": dict(plan["applicant"]),
        "components": list(plan["components"]),
        "notify": [],
        "deliver": {"mode": "desk"},
        "data": dict(plan["data"]),
        "applicant_name": plan["applicant"]["name"],
        "intake": intake | ({"fees_paid": plan["fees_paid"]} if plan["fees_paid"] else {}),
        "old_code": plan["old_code"],
    }
    return dossiers.add_dossier(connection, values, contents)


def _code(connection: Connection, plan: Mapping[str, Any], agency: AgencyRow, profile: Any, received: datetime) -> str:
    """The old code where it is one of ours and still free, else the next of the day on which it was received."""
    day = received.astimezone(LOCAL).date()
    kept: str | None = plan["code"]
    if kept is not None and not imports.codes_in_use(connection, [kept]):
        parts = codes.parse_code(kept)
        dossiers.raise_number(connection, agency.id, parts.on, parts.number)
        return kept
    while True:
        code = codes.dossier_code(profile, agency.identifier, day, dossiers.next_number(connection, agency.id, day))
        if not imports.codes_in_use(connection, [code]):
            return code


def _stand(work: Work, plan: Mapping[str, Any], version: VersionRow, source: Mapping[str, Any]) -> None:
    """The procedure's diagram at its steps, the clock as given, the watch for what is still to come."""
    definition = library.definition(work.connection, version.id, version.sha256, version.process)
    engine = arrive(definition, Way.from_dict(plan["way"]), work.data)
    if {one.step.id for one in engine.open_steps()} != set(plan["steps"]):
        raise DomainError("wrong_state", "Quy trình không còn dẫn đến bước đã xem trước; hãy xem trước lại.")
    main = work.diagrams.take_in(version.process, MAIN, definition, engine, version.sha256, work.now)
    details = {
        **source,
        "old_code": plan["old_code"],
        "passed": plan["passed"],
        "history": plan["history"] or None,
        "comment": plan["note"],
    }
    said = {name: plan[name] for name in _DATES if plan[name]}
    clock_data = said | limits_of(work, main)
    work.move(
        events.IMPORTED, main, None, details=details, clock_data=clock_data, assignees=_handlers(work, plan, engine)
    )
    if plan["waits_payment"] and work.clock.result_at is None:
        event = Event(events.PAYMENT_REQUESTED, work.now, data={"step": plan["steps"][0]})
        work.apply(event)
        work.record(event.kind, None, None, event)
        pausing.follow(work, (event,))
    else:
        watch.follow(work)


def _handlers(work: Work, plan: Mapping[str, Any], engine: Any) -> dict[str, Handler]:
    """Who has the open steps by name. Errors: DomainError wrong_state where somebody holds the position no longer."""
    found: dict[str, Handler] = {}
    tasks = {one.ref: one.engine_task for one in engine.open_steps()}
    for place in plan["places"]:
        if place["holder"] is None:
            continue
        position = next(
            (
                one
                for one in organisation.positions_of(work.connection, place["agency"])
                if one.code == place["position"]
            ),
            None,
        )
        handler = position and handlers.account_holding(
            work.connection, place["holder"], position.id, work.today, WORKERS
        )
        if not handler:
            why = f"{place['holder_name']} không còn giữ vị trí “{place['position_name']}”; hãy xem trước lại."
            raise DomainError("wrong_state", why)
        found[tasks[place["ref"]]] = handler
    return found
