"""The small province of the regulation's machine: a department with every kind of unit, the provincial office, one procedure.

The procedure has what diagrams have: two branches side by side in two agencies, a decision, a reminder beside a step.
"""

from __future__ import annotations

from sqlalchemy import Connection

from tests import factories
from tests.actions.diagrams import CLERK, DIRECTOR, OFFICER, ROOM_HEAD, line
from tests.actions.drawing import (
    boundary,
    diagram,
    end,
    exclusive,
    give_back,
    notice,
    parallel,
    receive,
    start,
    step,
)
from tests.factories import Province

PROCEDURE, PROCESS = "regulated", "regulated"
WORK = ("task.work",)
HOLDS = {
    "desk": "desk_officer",
    "head": ROOM_HEAD,
    "binh": OFFICER,
    "chi": OFFICER,
    "director": DIRECTOR,
    "clerk": CLERK,
    "official": "office_specialist",
    "chief": "office_chief",
    "registry": "office_registry",
}
"""Who works, in which position."""
SHORT = {"mon-fri": [["08:00", "11:00"], ["13:30", "16:30"]]}
"""The desk closes earlier than the offices."""


def regulated() -> bytes:
    """receive, assign, process (officer) beside opinion (the office), review (agree or not), sign or explain, give_back."""
    return diagram(
        PROCESS,
        [
            start(),
            receive(),
            step("assign", ROOM_HEAD),
            parallel("fork"),
            step("process", OFFICER, "PT16H"),
            boundary("half_time", "process", "PT8H", interrupting=False),
            notice("tell_head", "holder_head,applicant", "deadline_due_soon"),
            step("look", ROOM_HEAD, "PT2H"),
            end("looked"),
            step("opinion", "office_specialist", "PT8H", agency="VPUBND"),
            parallel("join"),
            step("review", ROOM_HEAD, decisions="agree=Đồng ý;reject=Không đồng ý"),
            exclusive("agreed", default="explain"),
            step("explain", OFFICER),
            step("sign", DIRECTOR, "PT8H"),
            step("issue", CLERK),
            exclusive("ready"),
            give_back(),
            end(),
        ],
        [
            *line("start", "receive", "assign", "fork", "process", "join", "review", "agreed"),
            *line("fork", "opinion", "join"),
            *line("half_time", "tell_head", "look", "looked"),
            ("agreed", "sign", 'review_decision = "agree"'),
            ("agreed", "explain"),
            *line("sign", "issue", "ready", "give_back", "done"),
            *line("explain", "ready"),
        ],
    )


def town(connection: Connection) -> Province:
    """Accounts: desk, head (shares out the work), binh and chi, director, clerk; in the office official, chief and registry;
    control (sees everything) and admin (sees nothing)."""
    offices, desks = factories.calendar(connection), factories.calendar(connection, weekly=SHORT)
    health = factories.agency(
        connection,
        "SYT",
        calendar_id=offices,
        desk_calendar_id=desks,
        name="Sở Y tế",
        identifier="000.00.12.H50",
    )
    office = factories.agency(connection, "VPUBND", calendar_id=offices, name="Văn phòng UBND tỉnh", level=1)
    units = {
        name: factories.unit(connection, agency, name, kind)
        for name, agency, kind in (
            ("desk", health, "desk"),
            ("room", health, "room"),
            ("leadership", health, "leadership"),
            ("clerks", health, "clerk"),
            ("office", office, "room"),
            ("chiefs", office, "leadership"),
            ("registry", office, "clerk"),
        )
    }
    positions = {
        code: factories.position(connection, agency, units[unit], code, head=head)
        for code, agency, unit, head in (
            ("desk_officer", health, "desk", False),
            (ROOM_HEAD, health, "room", True),
            (OFFICER, health, "room", False),
            (DIRECTOR, health, "leadership", True),
            (CLERK, health, "clerks", False),
            ("office_specialist", office, "office", False),
            ("office_chief", office, "chiefs", True),
            ("office_registry", office, "registry", False),
        )
    }
    everything = ("dossier.register", "dossier.late_entry", "dossier.correct", *WORK)
    people = {
        "desk": (health, ["desk_officer"], everything),
        "head": (health, [ROOM_HEAD], ("task.assign", "report.view", *WORK)),
        "binh": (health, [OFFICER], ("dossier.late_entry", *WORK)),
        "chi": (health, [OFFICER], WORK),
        "director": (health, [DIRECTOR], WORK),
        "clerk": (health, [CLERK], WORK),
        "official": (office, ["office_specialist"], WORK),
        "chief": (office, ["office_chief"], WORK),
        "registry": (office, ["office_registry"], WORK),
        "control": (office, [], ("control.view", "report.view")),
        "admin": (office, [], ("account.manage", "diagram.deploy")),
    }
    accounts = {
        name: factories.account(connection, name, home, [positions[code] for code in codes], permissions)
        for name, (home, codes, permissions) in people.items()
    }
    procedure = factories.procedure(connection, PROCEDURE, [health], name="Thủ tục theo quy định")
    files = {**factories.shipped_files("reduce_public_tuition.bpmn"), f"{PROCESS}.bpmn": regulated()}
    del files["reduce_public_tuition.bpmn"]
    version = factories.version(connection, procedure, files, process=PROCESS, main=f"{PROCESS}.bpmn")
    return Province(health, office, units, positions, accounts, procedure, version)
