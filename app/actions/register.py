"""Register (đăng ký hồ sơ): the desk enters a dossier, whatever its channel (QT-14.1, QT-16.2, QT-18.1).

At the counter and by post, registering accepts: the clock starts and the `receive` step is open in that officer's hands. An
online dossier first waits as an intake task outside the procedure's clock.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.access.caller import Caller
from app.actions.arrival import ONLINE, as_shown, came, check_arrival, check_intake
from app.actions.attach import Attach
from app.actions.complete_at_once import complete
from app.actions.components import check_components
from app.actions.filing import filed
from app.actions.intake import issue_receipt, take_in
from app.actions.late import LateEntry, late_entry
from app.actions.notices import announce
from app.actions.publication import why_no_process
from app.actions.runner import Context, Outcome, whole_second
from app.actions.running import MAIN
from app.actions.work import Work
from app.engine.shared import DEADLINE_WATCH, INTAKE
from app.errors import DomainError
from app.lawbook import profile_named, rules_at
from app.rules import codes
from app.rules.events import Event
from app.rules.legality import done_at_once
from app.rules.limits import Limit, SameDay, parse_published
from app.store import dossiers, organisation, procedures, slips
from app.store.history import GENESIS
from app.store.organisation import AgencyRow
from app.store.procedures import ProcedureRow, VersionRow
from app.wording import LOCAL


@dataclass(frozen=True, slots=True)
class Register:
    procedure: str
    applicant: Mapping[str, Any]
    profile: str
    """The profile of today; the dossier keeps it."""
    agency: str | None = None
    channel: str = "counter"
    components: tuple[Mapping[str, Any], ...] = ()
    notify: tuple[str, ...] = ()
    deliver: Mapping[str, Any] = field(default_factory=lambda: {"mode": "desk"})
    data: Mapping[str, Any] = field(default_factory=dict)
    at_once: bool = False
    """Resolve it in the same breath, as far as the caller holds the steps (see `complete_at_once`)."""
    receipt: bool | None = None
    """Whether the receipt is issued; None: always, but for a dossier resolved at once only when asked, where the profile
    leaves that open (QT-15.1b)."""
    intake: Mapping[str, Any] = field(default_factory=dict)
    """How it came: `proxy`, `post_voucher`, `post_office`, `receipt_by`, `own_system`, `helped`, `digitised`,
    `originals_checked` (HT-8.1c, HT-8.1d, LA-19.3, QT-28.5d1)."""
    fees_paid: bool | None = None
    """Whether what is paid beforehand was paid (ST-11.2c); of a dossier resolved at once, what it costs (ST-16.1a)."""
    files: tuple[Attach, ...] = ()
    """Scans that come with it, kept already: they are added with the dossier or not at all (HT-8.1c)."""

    def perform(self, connection: Connection, context: Context) -> Outcome:
        """A new dossier with its code; raises DomainError for an unknown procedure, agency or component."""
        late = self._late(context)
        now = late.at if late else whole_second(context.now)
        agency = self._agency(connection, context.caller)
        procedure, version = self._procedure(connection, agency, now.astimezone(LOCAL).date())
        check_components(procedure, self.components)
        check_arrival(procedure, profile_named(self.profile), self.channel, self.deliver, self.components)
        check_intake(self.intake, self.channel, self.notify)
        self._check_at_once(procedure, version)
        dossier_id = self._insert(
            connection, now, agency, procedure, version, self._came(connection, context.caller, agency)
        )
        dossier = dossiers.lock_dossier(connection, dossier_id)
        assert dossier is not None  # noqa: S101 - inserted above in this transaction
        work = Work(connection, dossier, [], now, context.caller, context.public_url)
        if late:
            work.set_back(late)
        registered = Event("registered", now)
        work.apply(registered)
        work.record("registered", None, {"channel": self.channel, **self.intake}, registered)
        if self.files or any(part.get("attachment") for part in self.components):
            parts = filed(work, self.components, self.files)
            dossiers.write_components(connection, dossier_id, as_shown(procedure, parts))
        if self.channel == ONLINE:
            intake = work.diagrams.start(INTAKE, INTAKE, version.sha256, work.now)
            work.move("submitted", intake, None)
        else:
            self._take_in(work, version)
        announce(work)
        work.finish()
        own = [task for task in work.led_to if task.instance_kind != DEADLINE_WATCH]
        waiting = [task for task in own if task.state == "open"]
        shown = waiting or own[-1:]
        return Outcome(work, shown[0] if shown else None, waiting, {"slips": slips.slips_of(connection, dossier_id)})

    def _came(self, connection: Connection, caller: Caller, agency: AgencyRow) -> dict[str, Any]:
        said = dict(self.intake) | ({"fees_paid": True} if self.fees_paid else {})
        return came(connection, said, caller, agency.id, agency.name)

    def _take_in(self, work: Work, version: VersionRow) -> None:
        """Accept; and where it is to be done at once, go on. Who has to come back for the result gets a receipt unasked."""
        receipt = self.receipt or not self.at_once or work.rules.profile.receipt_at_once == "required"
        take_in(work, version.sha256, receipt=receipt)
        if not self.at_once:
            return
        work.restate()
        complete(work, next(task for task in work.led_to if task.instance_kind == MAIN), fees_paid=self.fees_paid)
        deadline = work.clock.deadline_at
        later = deadline is not None and deadline.astimezone(LOCAL).date() > work.today
        if later and work.clock.delivered_at is None and not receipt:
            issue_receipt(work)

    def _late(self, context: Context) -> LateEntry | None:
        """When it was really received, for what was received by hand (QT-28.5c). Errors: DomainError forbidden, invalid."""
        if context.happened is None:
            return None
        profile = profile_named(self.profile)
        return late_entry(context.happened, context.caller, profile, whole_second(context.now), None)

    def _check_at_once(self, procedure: ProcedureRow, version: VersionRow) -> None:
        if self.receipt is False and not self.at_once:
            why = "Chỉ hồ sơ giải quyết ngay mới không phải lập giấy tiếp nhận."
            raise DomainError("invalid", why, errors={"receipt": [why]}, extra={"rule": "QT-15.1b"})
        if self.receipt is False and profile_named(self.profile).receipt_at_once == "required":
            why = "Quy chế đang áp dụng buộc lập giấy tiếp nhận cả khi giải quyết ngay."
            raise DomainError("invalid", why, errors={"receipt": [why]}, extra={"rule": "ST-13.1d"})
        if not self.at_once:
            return
        limit = parse_published(procedure.limit, procedure.limit_unit)
        if not done_at_once((step["stage"] for step in version.steps), isinstance(limit, SameDay)):
            why = f"Thủ tục {procedure.code} không phải thủ tục trả kết quả ngay trong ngày với một hoặc hai bước."
            raise DomainError("invalid", why, errors={"at_once": [why]}, extra={"rule": "QT-22.2c"})
        if self.channel == ONLINE:
            why = "Hồ sơ trực tuyến phải được kiểm tra, tiếp nhận trước khi giải quyết."
            raise DomainError("invalid", why, errors={"at_once": [why]}, extra={"rule": "QT-18.1"})

    def _agency(self, connection: Connection, caller: Caller) -> AgencyRow:
        desks = [held for held in caller.positions if held.unit_kind == "desk"]
        if not desks:
            raise DomainError(
                "forbidden", "Chỉ cán bộ của bộ phận một cửa mới đăng ký hồ sơ.", extra={"rule": "ST-6.6"}
            )
        code = self.agency or desks[0].agency
        agency = organisation.find_agency(connection, code)
        if agency is None:
            raise DomainError("invalid", f"Không có cơ quan “{code}”.", errors={"agency": ["Không có cơ quan này."]})
        if all(held.agency_id != agency.id for held in desks):
            raise DomainError("forbidden", f"Bạn không thuộc bộ phận một cửa của {agency.name}.")
        return agency

    def _procedure(self, connection: Connection, agency: AgencyRow, day: Any) -> tuple[ProcedureRow, VersionRow]:
        procedure = procedures.find_procedure(connection, self.procedure)
        if procedure is None:
            raise DomainError(
                "unknown_procedure",
                f"Không có thủ tục mã “{self.procedure}”; hãy tra danh mục thủ tục.",
                errors={"procedure": ["Không có thủ tục này."]},
            )
        if procedure.closed_on(day):
            why = f"Thủ tục {procedure.code} thôi tiếp nhận hồ sơ mới từ {procedure.closed_from:%d/%m/%Y}."
            raise DomainError("wrong_state", why, errors={"procedure": [why]})
        if not procedures.handles(connection, procedure.id, agency.id):
            raise DomainError(
                "invalid",
                f"{agency.name} không tiếp nhận thủ tục {procedure.code}.",
                errors={"agency": ["Cơ quan này không tiếp nhận thủ tục."]},
            )
        version = procedures.version_in_force(connection, procedure.id, day)
        if version is None:
            raise DomainError("wrong_state", why_no_process(connection, procedure, day))
        return procedure, version

    def _insert(
        self,
        connection: Connection,
        now: datetime,
        agency: AgencyRow,
        procedure: ProcedureRow,
        version: VersionRow,
        came_by: Mapping[str, Any],
    ) -> int:
        rules = rules_at(connection, self.profile, agency, procedure)
        limit = parse_published(procedure.limit, procedure.limit_unit, rules.calendar.seconds_per_day)
        day = now.astimezone(LOCAL).date()
        # The day's counter is the one row that desks wait for each other on; it is taken when nothing can fail any more.
        number = dossiers.next_number(connection, agency.id, day)
        values = {
            "code": codes.dossier_code(rules.profile, agency.identifier, day, number),
            "token": secrets.token_urlsafe(16),
            "procedure_id": procedure.id,
            "version_id": version.id,
            "agency_id": agency.id,
            "profile": self.profile,
            "channel": self.channel,
            "status": 1,
            "received_at": now,
            "limit_seconds": limit.seconds if isinstance(limit, Limit) else None,
            "limit_unit": limit.unit if isinstance(limit, Limit) else "working",
            "clock": {},
            "clock_epoch": agency.calendar_epoch,
            "overdue": False,
            "history_seq": 0,
            "history_hash": GENESIS,
            "version": 1,
        }
        contents = {
            "applicant": dict(self.applicant),
            "components": as_shown(procedure, self.components),
            "notify": list(self.notify),
            "deliver": dict(self.deliver),
            "data": dict(self.data),
            "applicant_name": self.applicant["name"],
            "intake": dict(came_by),
        }
        return dossiers.add_dossier(connection, values, contents)
