"""Procedures that wind: calls that are called twice and fail, loops around forks, timers that repeat, lists, messages.

Each is drawn so that whatever is taken back, sent round again or overtaken by a timer meets something else that is still open.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from tests import factories
from tests.actions.diagrams import CLERK, DIRECTOR, OFFICER, ROOM_HEAD, line
from tests.actions.drawing import (
    Way,
    arrival,
    boundary,
    diagram,
    end,
    exclusive,
    flows,
    for_each,
    give_back,
    notice,
    parallel,
    receive,
    start,
    step,
    wait,
)
from tests.factories import Province
from tests.journey.machine.town import town

OFFICES = [{"code": "SYT", "limit": "PT8H"}, {"code": "SYT", "limit": "PT2H"}, {"code": "SYT", "limit": "P1D"}]
"""What the registered data say: whom the list asks, each with a limit of its own."""
YES_NO = "agree=Đồng ý;reject=Không đồng ý"
TOLD = "deadline_due_soon"


def call(name: str, called: str) -> str:
    return f'<bpmn:callActivity id="{name}" name="Gọi {name}" calledElement="{called}" />'


def block(name: str, elements: list[str], ways: list[Way], loop: str = "") -> str:
    inside = loop + "".join(elements) + flows(ways)
    return f'<bpmn:subProcess id="{name}" name="Khối {name}">{inside}</bpmn:subProcess>'


def inclusive(name: str, default: str | None = None) -> str:
    attribute = f' default="{name}_to_{default}"' if default else ""
    return f'<bpmn:inclusiveGateway id="{name}" name="Cổng {name}"{attribute} />'


def first_of(name: str) -> str:
    return f'<bpmn:eventBasedGateway id="{name}" name="Việc nào đến trước" />'


def fails(name: str) -> str:
    return (
        f'<bpmn:endEvent id="{name}" name="Không được"><bpmn:errorEventDefinition id="{name}_thrown" /></bpmn:endEvent>'
    )


def caught(name: str, on: str) -> str:
    return (
        f'<bpmn:boundaryEvent id="{name}" name="Có lỗi {name}" attachedToRef="{on}">'
        f'<bpmn:errorEventDefinition id="{name}_caught" /></bpmn:boundaryEvent>'
    )


def begin(name: str) -> str:
    return f'<bpmn:startEvent id="{name}" name="Bắt đầu" />'


def inquiry() -> bytes:
    """What `calling` calls: inquire (a reminder repeats beside it), then conclude, which may fail."""
    return diagram(
        "inquiry",
        [
            start(),
            step("inquire", OFFICER, "PT16H"),
            boundary("nudge", "inquire", "R2/PT3H", interrupting=False),
            notice("tell_head", "holder_head", TOLD),
            end("told"),
            step("conclude", CLERK, decisions=YES_NO),
            exclusive("possible", default="done"),
            end(),
            fails("impossible"),
        ],
        [
            *line("start", "inquire", "conclude", "possible", "done"),
            *line("nudge", "tell_head", "told"),
            ("possible", "impossible", 'conclude_decision = "reject"'),
        ],
    )


def calling() -> bytes:
    """receive, ask (a call with a reminder and a way out on its border), judge (or ask again), ask once more, give_back."""
    return diagram(
        "calling",
        [
            start(),
            receive(),
            exclusive("once_more"),
            call("ask", "inquiry"),
            boundary("slow", "ask", "PT6H", interrupting=False),
            step("remind", ROOM_HEAD, "PT2H"),
            end("reminded"),
            caught("failed", "ask"),
            step("rescue", DIRECTOR),
            exclusive("asked"),
            step("judge", ROOM_HEAD, decisions=YES_NO),
            exclusive("judged", default="ask_last"),
            call("ask_last", "inquiry"),
            caught("failed_last", "ask_last"),
            exclusive("ready"),
            give_back(),
            end(),
        ],
        [
            *line("start", "receive", "once_more", "ask", "asked", "judge", "judged", "ask_last", "ready"),
            *line("ready", "give_back", "done"),
            *line("slow", "remind", "reminded"),
            *line("failed", "rescue", "asked"),
            ("judged", "once_more", 'judge_decision = "reject"'),
            *line("failed_last", "ready"),
        ],
    )


def forking() -> bytes:
    """Four branches: one that a timer takes over, one that begins with a wait, one that goes round, one of another agency;
    all of it goes round again when the head says so."""
    return diagram(
        "forking",
        [
            start(),
            receive(),
            exclusive("round"),
            parallel("fork"),
            step("process", OFFICER, "PT16H"),
            boundary("too_long", "process", "PT8H", interrupting=True),
            boundary("half_time", "process", "PT4H", interrupting=False),
            step("look", ROOM_HEAD, "PT2H"),
            end("looked"),
            step("take_over", ROOM_HEAD),
            exclusive("processed"),
            wait("posted", "P1D", unit="calendar"),
            step("book", CLERK),
            exclusive("check_again"),
            step("check", DIRECTOR, decisions=YES_NO),
            exclusive("checked", default="join"),
            step("opinion", "office_specialist", "PT8H", agency="VPUBND"),
            parallel("join"),
            step("decide", ROOM_HEAD, decisions=YES_NO),
            exclusive("decided", default="give_back"),
            give_back(),
            end(),
        ],
        [
            *line("start", "receive", "round", "fork", "process", "processed", "join", "decide", "decided"),
            *line("fork", "posted", "book", "join"),
            *line("fork", "check_again", "check", "checked", "join"),
            *line("fork", "opinion", "join"),
            *line("too_long", "take_over", "processed"),
            *line("half_time", "look", "looked"),
            ("checked", "check_again", 'check_decision = "reject"'),
            ("decided", "round", 'decide_decision = "reject"'),
            *line("decided", "give_back", "done"),
        ],
    )


def waiting() -> bytes:
    """The first of two timers and a message decides; then one or two of three ways; then a block that a timer cuts short."""
    return diagram(
        "waiting",
        [
            start(),
            receive(),
            first_of("whichever"),
            wait("soon", "PT2H"),
            wait("later", "P1D"),
            arrival("heard", "answer"),
            step("after_soon", OFFICER),
            step("after_later", CLERK),
            exclusive("met"),
            step("assign", ROOM_HEAD, decisions="one=Một;two=Hai"),
            inclusive("ways", default="office_way"),
            step("room_way", OFFICER),
            wait("pause", "PT3H"),
            step("office_way", "office_specialist", agency="VPUBND"),
            inclusive("together"),
            block(
                "both",
                [
                    begin("both_begins"),
                    parallel("both_fork"),
                    step("draft", OFFICER),
                    step("seal", CLERK),
                    parallel("both_join"),
                    end("both_done"),
                ],
                [
                    *line("both_begins", "both_fork", "draft", "both_join", "both_done"),
                    *line("both_fork", "seal", "both_join"),
                ],
            ),
            boundary("cut_short", "both", "P2D", interrupting=True),
            step("sum_up", ROOM_HEAD),
            exclusive("ready"),
            give_back(),
            end(),
        ],
        [
            *line("start", "receive", "whichever", "soon", "after_soon", "met", "assign", "ways"),
            *line("whichever", "later", "after_later", "met"),
            *line("whichever", "heard", "met"),
            ("ways", "room_way", 'assign_decision = "two"'),
            ("ways", "pause", 'assign_decision = "two"'),
            *line("ways", "office_way", "together"),
            *line("room_way", "together"),
            *line("pause", "together", "both", "ready", "give_back", "done"),
            *line("cut_short", "sum_up", "ready"),
        ],
        messages=("answer",),
    )


def listing() -> bytes:
    """Each office of a list is asked at once, then each one after the other, with messages beside it."""
    asked = step("asked", OFFICER, "=office.limit", agency="=office.code", decisions=YES_NO)
    one_by_one = (
        '<bpmn:multiInstanceLoopCharacteristics isSequential="true" camunda:collection="offices"'
        ' camunda:elementVariable="office"><bpmn:completionCondition xsi:type="bpmn:tFormalExpression">'
        "nrOfCompletedInstances = 2</bpmn:completionCondition></bpmn:multiInstanceLoopCharacteristics>"
    )
    each = block(
        "each",
        [begin("each_begins"), step("read", CLERK), step("answer", OFFICER, decisions=YES_NO), end("each_done")],
        line("each_begins", "read", "answer", "each_done"),
        one_by_one,
    )
    return diagram(
        "listing",
        [
            start(),
            receive(),
            for_each(asked, "offices", "office"),
            boundary("late", "asked", "P1D", interrupting=False),
            notice("tell_head", "holder_head", TOLD),
            end("told"),
            step("gather", ROOM_HEAD, decisions=YES_NO),
            arrival("more", "answer", "gather", interrupting=False),
            step("note", CLERK),
            end("noted"),
            exclusive("gathered", default="each"),
            each,
            give_back(),
            end(),
        ],
        [
            *line("start", "receive", "asked", "gather", "gathered", "each", "give_back", "done"),
            *line("late", "tell_head", "told"),
            *line("more", "note", "noted"),
            ("gathered", "asked", 'gather_decision = "reject"'),
        ],
        messages=("answer",),
    )


WINDING: Mapping[str, Mapping[str, bytes]] = {
    "calling": {"calling.bpmn": calling(), "inquiry.bpmn": inquiry()},
    "forking": {"forking.bpmn": forking()},
    "waiting": {"waiting.bpmn": waiting()},
    "listing": {"listing.bpmn": listing()},
}
"""The files of each procedure, its own diagram first."""


def publish_winding(connection: Connection, agency: int) -> None:
    """These procedures in force, received by that agency."""
    for name, files in WINDING.items():
        procedure = factories.procedure(connection, name, [agency], name=f"Thủ tục {name}")
        content = {**factories.shipped_files("reduce_public_tuition.bpmn"), **files}
        del content["reduce_public_tuition.bpmn"]
        called = [file for file in files if file != f"{name}.bpmn"]
        factories.version(connection, procedure, content, process=name, main=f"{name}.bpmn", called=called)


def winding_town(connection: Connection) -> Province:
    """The same town with these procedures besides, and `system`, the account of another system that sends messages."""
    province = town(connection)
    factories.account(connection, "system", province.health, [], ("dossier.message",))
    publish_winding(connection, province.health)
    return province
