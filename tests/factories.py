"""Small real rows for tests: an organisation, accounts with positions, a procedure with a version, dossiers and their tasks.

Every helper inserts through a connection of `app.store.transaction` and answers ids. What a test does not care about has a
default that is good in the real system too. Dossiers and tasks made here have no running diagram behind them: they are for
lists and look-ups; what is done to a dossier is tested through the actions.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any

from sqlalchemy import Connection, insert, select

from app.access.passwords import hash_password
from app.access.tokens import new_token, token_hash
from app.calendars import MINUTES_PER_DAY, OFFICE_HOURS
from app.config import PROJECT_ROOT
from app.store import accounts, dossiers, holdings, instances, organisation, procedures, tasks, tokens
from app.store.database import Base
from app.store.history import GENESIS
from app.wording import LOCAL

PASSWORD = "Mat-khau-thu-1"
LONG_AGO = date(2020, 1, 1)
ADMINISTRATION = (
    "account.manage",
    "audit.view",
    "calendar.manage",
    "diagram.deploy",
    "diagram.design",
    "dossier.import",
    "incident.manage",
    "message.manage",
    "outage.announce",
    "system.suspend",
    "procedure.manage",
    "slip.manage",
)
START = datetime(2026, 11, 23, 8, 0, tzinfo=LOCAL).astimezone(UTC)
"""A Monday, 08:00 in Quảng Trị: an hour after the desk opened."""
_numbers = count(1)


class Clock:
    """A clock that tests move; hand it to `create_app(now=…)`."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def move(self, **delta: float) -> datetime:
        """Forward by `timedelta(**delta)`."""
        self.at += timedelta(**delta)
        return self.at

    def set_local(self, text: str) -> datetime:
        """To a local instant such as `2026-11-24 07:30`."""
        self.at = datetime.fromisoformat(text).replace(tzinfo=LOCAL).astimezone(UTC)
        return self.at


def local_iso(at: datetime) -> str:
    """An instant as the interface shows it."""
    return at.astimezone(LOCAL).isoformat(timespec="seconds")


@cache
def password_hash() -> str:
    """The hash of PASSWORD, made once a process because it is slow on purpose."""
    return hash_password(PASSWORD)


def calendar(connection: Connection, **data: Any) -> int:
    """Office hours without holidays; `data` replaces keys of the calendar's form."""
    form = {"tz": "Asia/Ho_Chi_Minh", "weekly": OFFICE_HOURS, "minutes_per_day": MINUTES_PER_DAY} | data
    number = next(_numbers)
    return _id(connection, organisation.Calendar, code=f"calendar-{number}", name=f"Lịch {number}", data=form)


def agency(connection: Connection, code: str, *, calendar_id: int | None = None, **values: Any) -> int:
    values = {
        "identifier": f"000.00.{next(_numbers):02d}.H50",
        "name": f"Cơ quan {code}",
        "level": 2,
        "valid_from": LONG_AGO,
    } | values
    return _id(connection, organisation.Agency, code=code, calendar_id=calendar_id or calendar(connection), **values)


def unit(connection: Connection, agency_id: int, code: str, kind: str = "room", name: str | None = None) -> int:
    return _id(connection, organisation.Unit, agency_id=agency_id, code=code, name=name or f"Phòng {code}", kind=kind)


def position(
    connection: Connection, agency_id: int, unit_id: int, code: str, name: str | None = None, **more: Any
) -> int:
    return _id(
        connection,
        organisation.Position,
        agency_id=agency_id,
        unit_id=unit_id,
        code=code,
        name=name or f"Vị trí {code}",
        **more,
    )


def account(
    connection: Connection,
    username: str,
    agency_id: int,
    positions: Sequence[int] = (),
    permissions: Sequence[str] = ("task.work",),
    **values: Any,
) -> int:
    """An active account whose password is PASSWORD, holding `positions` since long ago."""
    values = {
        "name": f"Nguyễn Thị {username}",
        "password_hash": password_hash(),
        "email": f"{username}@example.org",
        "must_change_password": False,
        "password_changed_at": START,
    } | values
    account_id = _id(
        connection, accounts.Account, username=username, agency_id=agency_id, permissions=list(permissions), **values
    )
    for position_id in positions:
        hold(connection, account_id, position_id)
    return account_id


def hold(
    connection: Connection, account_id: int, position_id: int, since: date = LONG_AGO, until: date | None = None
) -> int:
    return _id(
        connection,
        holdings.AccountPosition,
        account_id=account_id,
        position_id=position_id,
        valid_from=since,
        valid_to=until,
    )


def token_for(connection: Connection, account_id: int, now: datetime = START, hours: int = 24 * 365) -> str:
    """A live bearer token, without the cost of a password."""
    token = new_token()
    kept = token_hash(token)
    assert kept is not None
    tokens.add_token(connection, kept, account_id, now, now + timedelta(hours=hours))
    return token


def procedure(connection: Connection, code: str, agency_ids: Sequence[int] = (), **values: Any) -> int:
    """A procedure of ten working days with one paper, handled by `agency_ids`."""
    values = {
        "name": f"Thủ tục {code}",
        "field": "Bảo trợ xã hội",
        "level": 1,
        "limit": "P10D",
        "limit_unit": "working",
        "service_level": "full",
        "components": [{"code": "application", "name": "Đơn đề nghị", "required": True, "originals": 1, "copies": 0}],
        "fees": [],
        "legal_basis": [],
        "result_name": "Quyết định",
        "demonstration": True,
    } | values
    procedure_id = _id(connection, procedures.Procedure, code=code, **values)
    for agency_id in agency_ids:
        connection.execute(insert(procedures.ProcedureAgency).values(procedure_id=procedure_id, agency_id=agency_id))
    return procedure_id


def version(
    connection: Connection,
    procedure_id: int,
    files: Mapping[str, bytes] | None = None,
    *,
    process: str = "reduce_public_tuition",
    main: str = "reduce_public_tuition.bpmn",
    steps: Sequence[Mapping[str, Any]] = (),
    effective_from: date = LONG_AGO,
    called: Collection[str] = (),
    **values: Any,
) -> int:
    """A version with the files of `bpmn/` (or `files`); `main` names the procedure's own diagram, `called` those that it calls.
    Answers its id."""
    content = dict(files or shipped_files(main))
    digest = hashlib.sha256(b"".join(name.encode() + content[name] for name in sorted(content))).hexdigest()
    rows = [
        {
            "name": name,
            "kind": "called" if name in called else _kind(name, main),
            "sha256": hashlib.sha256(data).hexdigest(),
            "content": data,
        }
        for name, data in content.items()
    ]
    values = {
        "procedure_id": procedure_id,
        "sha256": digest,
        "process": process,
        "decision_number": "123/QĐ-UBND",
        "decided_on": effective_from,
        "effective_from": effective_from,
        "published_at": START,
        "steps": [dict(step) for step in steps],
        "warnings": [],
    } | values
    number = procedures.add_version(connection, values, rows)
    version_id: int = connection.execute(
        select(procedures.ProcedureVersion.id).where(
            procedures.ProcedureVersion.procedure_id == procedure_id, procedures.ProcedureVersion.number == number
        )
    ).scalar_one()
    return version_id


def _kind(name: str, main: str) -> str:
    return "main" if name == main else "form" if name.endswith(".json") else "side"


@cache
def shipped_files(main: str) -> Mapping[str, bytes]:
    """A shipped procedure's diagram beside the side processes, as a version closes over them."""
    paths = [PROJECT_ROOT / "bpmn" / "procedures" / main, *sorted((PROJECT_ROOT / "bpmn" / "shared").glob("*.bpmn"))]
    return {path.name: path.read_bytes() for path in paths}


def dossier(
    connection: Connection,
    agency_id: int,
    procedure_id: int,
    version_id: int,
    *,
    code: str | None = None,
    applicant: str = "Trần Văn Bình",
    received_at: datetime = START,
    **values: Any,
) -> int:
    """A dossier being worked (status 4) with a folded clock of nothing; `values` replaces columns."""
    number = next(_numbers)
    code = code or f"000.00.12.H50-261123-{number:04d}"
    columns = {
        "code": code,
        "token": f"token-{number}",
        "procedure_id": procedure_id,
        "version_id": version_id,
        "agency_id": agency_id,
        "profile": "quang_tri",
        "channel": "counter",
        "status": 4,
        "received_at": received_at,
        "limit_seconds": 80 * 3600,
        "clock": {},
        "overdue": False,
        "history_seq": 0,
        "history_hash": GENESIS,
        "version": 1,
    } | values
    person = {"name": applicant, "id_number": "045012345678", "phone": "0912345678", "address": "Phường Đông Hà"}
    contents = {
        "applicant": person,
        "components": [],
        "notify": [],
        "deliver": {"mode": "desk"},
        "data": {},
        "applicant_name": applicant,
    }
    return dossiers.add_dossier(connection, columns, contents)


def instance(connection: Connection, dossier_id: int, version_id: int, kind: str = "main") -> int:
    return instances.add_instance(connection, dossier_id, version_id, kind, kind, b"", START)


def task(
    connection: Connection,
    dossier_id: int,
    instance_id: int,
    position_id: int,
    *,
    step: str = "review",
    entered_at: datetime = START,
    due_at: datetime | None = None,
    **values: Any,
) -> int:
    """An open task at a position; `values` replaces columns (state, assignee_id, finished_at …)."""
    where = connection.execute(
        select(organisation.Position.agency_id, organisation.Position.unit_id).where(
            organisation.Position.id == position_id
        )
    ).one()
    columns = {
        "dossier_id": dossier_id,
        "instance_id": instance_id,
        "engine_task": f"00000000-0000-4000-8000-{next(_numbers):012d}",
        "step": step,
        "step_name": "Thẩm định hồ sơ",
        "stage": "resolve",
        "position_id": position_id,
        "agency_id": where.agency_id,
        "unit_id": where.unit_id,
        "entered_at": entered_at,
        "due_at": due_at,
        "state": "open",
        "version": 1,
    } | values
    return _id(connection, tasks.Task, **columns)


@dataclass(frozen=True)
class Province:
    """Ids by the names that `small_province` documents."""

    health: int
    office: int
    units: Mapping[str, int]
    positions: Mapping[str, int]
    accounts: Mapping[str, int]
    procedure: int
    version: int


def small_province(connection: Connection) -> Province:
    """A department that receives `1.000001` (the shipped diagram `reduce_public_tuition`), and the provincial office.

    Accounts: desk (registers), head (assigns and reviews), binh and chi (both process, in head's room), director (approves),
    clerk (issues); in the office: official (a position that this procedure has no step for), control (sees everything), admin
    (manages accounts and incidents, has no position).
    """
    office_hours = calendar(connection)
    health = agency(connection, "SYT", calendar_id=office_hours, name="Sở Y tế", identifier="000.00.12.H50")
    office = agency(connection, "VPUBND", calendar_id=office_hours, name="Văn phòng UBND tỉnh", level=1)
    units = {
        "desk": unit(connection, health, "desk", "desk", "Bộ phận một cửa Sở Y tế"),
        "room": unit(connection, health, "room", "room", "Phòng Nghiệp vụ"),
        "leadership": unit(connection, health, "leadership", "leadership", "Lãnh đạo Sở"),
        "clerks": unit(connection, health, "clerks", "clerk", "Văn thư Sở"),
        "office": unit(connection, office, "office", "room", "Phòng Khoa giáo - Văn xã"),
    }
    positions = {
        "desk_officer": position(connection, health, units["desk"], "desk_officer", "Cán bộ một cửa"),
        "head": position(connection, health, units["room"], "assigned_room_head", "Trưởng phòng", head=True),
        "officer": position(connection, health, units["room"], "assigned_room_officer", "Chuyên viên"),
        "director": position(connection, health, units["leadership"], "principal", "Giám đốc Sở", head=True),
        "clerk": position(connection, health, units["clerks"], "clerk", "Văn thư"),
        "official": position(connection, office, units["office"], "office_specialist", "Chuyên viên Văn phòng"),
    }
    people = {
        "desk": (health, ["desk_officer"], ("dossier.register", "task.work")),
        "head": (health, ["head"], ("task.work", "report.view")),
        "binh": (health, ["officer"], ("task.work",)),
        "chi": (health, ["officer"], ("task.work",)),
        "director": (health, ["director"], ("task.work", "report.view")),
        "clerk": (health, ["clerk"], ("task.work",)),
        "official": (office, ["official"], ("task.work",)),
        "control": (office, [], ("control.view", "report.view")),
        "admin": (office, [], ADMINISTRATION),
    }
    made = {
        name: account(connection, name, home, [positions[code] for code in codes], permissions)
        for name, (home, codes, permissions) in people.items()
    }
    procedure_id = procedure(connection, "1.000001", [health], name="Giảm học phí công lập")
    version_id = version(connection, procedure_id)
    return Province(health, office, units, positions, made, procedure_id, version_id)


def set_columns(connection: Connection, table: str, row_id: int, **values: Any) -> None:
    """Overwrite columns of one row."""
    rows = Base.metadata.tables[table]
    connection.execute(rows.update().where(rows.c.id == row_id).values(**values))


def _id(connection: Connection, table: Any, **values: Any) -> int:
    row_id: int = connection.execute(insert(table).values(**values).returning(table.id)).scalar_one()
    return row_id
