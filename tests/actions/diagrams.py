"""The diagrams that the actions are tried on, each as small as what it shows. Positions are those of `small_province`."""

from __future__ import annotations

from itertools import pairwise

from tests.actions.drawing import (
    Way,
    arrival,
    boundary,
    diagram,
    end,
    exclusive,
    for_each,
    give_back,
    lanes,
    notice,
    parallel,
    receive,
    start,
    step,
    wait,
    wait_until,
)

OFFICER, ROOM_HEAD, DIRECTOR, CLERK = "assigned_room_officer", "assigned_room_head", "principal", "clerk"


def line(*names: str) -> list[Way]:
    return list(pairwise(names))


def linear() -> bytes:
    """receive, process (8 h), review (4 h), give_back."""
    return diagram(
        "linear",
        [start(), receive(), step("process", OFFICER, "PT8H"), step("review", ROOM_HEAD), give_back(), end()],
        line("start", "receive", "process", "review", "give_back", "done"),
    )


def decision() -> bytes:
    """The room head agrees or not; agreed ones with a large amount (dossier data) go to the director as well."""
    return diagram(
        "decision",
        [
            start(),
            receive(),
            step("review", ROOM_HEAD, decisions="agree=Đồng ý;reject=Không đồng ý"),
            exclusive("agreed", default="explain"),
            exclusive("large"),
            step("explain", OFFICER),
            step("approve", DIRECTOR),
            exclusive("met"),
            step("issue", CLERK),
            exclusive("ready"),
            give_back(),
            end(),
        ],
        [
            *line("start", "receive", "review", "agreed"),
            ("agreed", "large", 'review_decision = "agree"'),
            ("agreed", "explain"),
            ("large", "approve", "amount > 1000"),
            ("large", "issue", "amount <= 1000"),
            *line("approve", "met", "ready"),
            *line("issue", "met"),
            *line("explain", "ready", "give_back", "done"),
        ],
    )


def branches() -> bytes:
    """receive, assign, then process (officer) and book (clerk) side by side, approve, give_back."""
    return diagram(
        "branches",
        [
            start(),
            receive(),
            step("assign", ROOM_HEAD),
            parallel("fork"),
            step("process", OFFICER, "PT8H"),
            step("book", CLERK),
            parallel("join"),
            step("approve", DIRECTOR),
            give_back(),
            end(),
        ],
        [
            *line("start", "receive", "assign", "fork", "process", "join", "approve", "give_back", "done"),
            *line("fork", "book", "join"),
        ],
    )


def asked() -> bytes:
    """Every agency of the list `asked` (dossier data) answers within its own limit; who is slow is reminded every day."""
    return diagram(
        "asked",
        [
            start(),
            receive(),
            step("process", OFFICER, "PT8H"),
            for_each(step("answer", "consulted", "=one.limit", agency="=one.agency"), "asked", "one"),
            boundary("again", "answer", "R3/P1D", interrupting=False),
            notice("remind", "holder", "deadline_due_soon"),
            end("reminded"),
            step("review", ROOM_HEAD),
            give_back(),
            end(),
        ],
        [
            *line("start", "receive", "process", "answer", "review", "give_back", "done"),
            *line("again", "remind", "reminded"),
        ],
    )


def escalation() -> bytes:
    """After 8 working hours `process` is taken from the officer and goes to the room head."""
    return diagram(
        "escalation",
        [
            start(),
            receive(),
            step("process", OFFICER, "PT16H"),
            boundary("too_long", "process", "PT8H", interrupting=True),
            step("take_over", ROOM_HEAD),
            exclusive("ready"),
            give_back(),
            end(),
        ],
        [*line("start", "receive", "process", "ready", "give_back", "done"), *line("too_long", "take_over", "ready")],
    )


def told() -> bytes:
    """The desk is told before the first step and after the last."""
    return diagram(
        "told",
        [
            start(),
            notice("tell_first", "desk", "deadline_due_soon"),
            receive(),
            step("process", OFFICER),
            give_back(),
            notice("tell_last", "desk", "deadline_due_soon"),
            end(),
        ],
        line("start", "tell_first", "receive", "process", "give_back", "tell_last", "done"),
    )


def reminder() -> bytes:
    """After 4 working hours of `process` the room's head is told and asked to look; the step goes on."""
    return diagram(
        "reminder",
        [
            start(),
            receive(),
            step("process", OFFICER, "PT16H"),
            boundary("half_time", "process", "PT4H", interrupting=False),
            notice("tell_head", "holder_head,applicant", "deadline_due_soon"),
            step("look", ROOM_HEAD, "PT2H"),
            end("looked"),
            give_back(),
            end(),
        ],
        [*line("start", "receive", "process", "give_back", "done"), *line("half_time", "tell_head", "look", "looked")],
    )


def room_ways() -> bytes:
    """The room head works on it himself or gives it to a specialist; the director agrees and the clerk issues it."""
    return diagram(
        "room_ways",
        [
            start(),
            receive(),
            step("assign", ROOM_HEAD, decisions="own=Tự xử lý;officer=Giao chuyên viên"),
            exclusive("whose", default="process"),
            step("process", OFFICER, "PT8H"),
            step("review", ROOM_HEAD),
            exclusive("ready"),
            step("approve", DIRECTOR),
            step("issue", CLERK),
            give_back(),
            end(),
        ],
        [
            *line("start", "receive", "assign", "whose", "process", "review", "ready"),
            ("whose", "ready", 'assign_decision = "own"'),
            *line("ready", "approve", "issue", "give_back", "done"),
        ],
    )


def posting() -> bytes:
    """A public posting of fifteen days by the calendar stands between two steps."""
    return diagram(
        "posting",
        [start(), receive(), wait("posted", "P15D", unit="calendar"), step("conclude", OFFICER), give_back(), end()],
        line("start", "receive", "posted", "conclude", "give_back", "done"),
    )


def paying() -> bytes:
    """After `notify` (the notice) the dossier waits at the desk for the payment; after two working days it is reminded of."""
    return diagram(
        "paying",
        [
            start(),
            receive(),
            step("notify", OFFICER, "PT8H"),
            notice("ask", "applicant", "payment_requested"),
            step("pay", "desk_officer", "none", pause="payment"),
            boundary("unpaid", "pay", "P2D", interrupting=False),
            notice("remind", "desk", "deadline_due_soon"),
            end("reminded"),
            step("verify", OFFICER, "PT8H"),
            give_back(),
            end(),
        ],
        [
            *line("start", "receive", "notify", "ask", "pay", "verify", "give_back", "done"),
            *line("unpaid", "remind", "reminded"),
        ],
    )


def paying_by_message() -> bytes:
    """The payment may come as a message too, and is then not the desk's to confirm; what it says chooses who verifies. Before
    it a message of the tax office is waited for, with nobody to do anything."""
    return diagram(
        "paying_by_message",
        [
            start(),
            receive(),
            arrival("assessed", "tax_assessed"),
            step("pay", "desk_officer", "none", pause="payment"),
            arrival("paid", "payment_received", "pay"),
            exclusive("how_much", default="verify"),
            step("verify", OFFICER, "PT8H"),
            step("verify_large", ROOM_HEAD, "PT8H"),
            exclusive("verified"),
            give_back(),
            end(),
        ],
        [
            *line("start", "receive", "assessed", "pay", "verified", "give_back", "done"),
            *line("paid", "how_much", "verify", "verified"),
            ("how_much", "verify_large", "paid_message.amount != null and paid_message.amount > 1000"),
            *line("verify_large", "verified"),
        ],
        ["tax_assessed", "payment_received"],
    )


def paying_beside() -> bytes:
    """The wait for the payment (`pay`) beside a step that is worked on meanwhile (`book`)."""
    return diagram(
        "paying_beside",
        [
            start(),
            receive(),
            parallel("fork"),
            step("pay", "desk_officer", "none", pause="payment"),
            step("book", CLERK),
            wait("posted", "P2D"),
            parallel("join"),
            step("verify", OFFICER, "PT8H"),
            give_back(),
            end(),
        ],
        [
            *line("start", "receive", "fork", "pay", "join", "verify", "give_back", "done"),
            *line("fork", "book", "join"),
            *line("fork", "posted", "join"),
        ],
    )


def timer_gateway() -> bytes:
    """After eight working hours the dossier's data says which step comes; without a number none does."""
    return diagram(
        "timer_gateway",
        [
            start(),
            receive(),
            wait("posted", "PT8H"),
            exclusive("which"),
            step("small", OFFICER),
            step("large", DIRECTOR),
            exclusive("ready"),
            give_back(),
            end(),
        ],
        [
            *line("start", "receive", "posted", "which"),
            ("which", "small", "amount <= 1000"),
            ("which", "large", "amount > 1000"),
            *line("small", "ready", "give_back", "done"),
            *line("large", "ready"),
        ],
    )


def until_deadline() -> bytes:
    """The second step waits for the dossier's deadline; a procedure without a limit has none."""
    return diagram(
        "until_deadline",
        [
            start(),
            receive(),
            wait_until("last_day", "deadline_at"),
            step("conclude", OFFICER),
            give_back(),
            end(),
        ],
        line("start", "receive", "last_day", "conclude", "give_back", "done"),
    )


def message_elsewhere() -> bytes:
    """Behind a message comes a step of the agency that the dossier's data names."""
    return diagram(
        "message_elsewhere",
        [
            start(),
            receive(),
            arrival("assessed", "tax_assessed"),
            step("book", CLERK, agency="=owner"),
            give_back(),
            end(),
        ],
        line("start", "receive", "assessed", "book", "give_back", "done"),
        ["tax_assessed"],
    )


def elsewhere() -> bytes:
    """The second step belongs to another agency; the third to the agency that the dossier's data names."""
    return diagram(
        "elsewhere",
        [
            start(),
            receive(),
            step("opinion", "office_specialist", agency="VPUBND"),
            step("book", CLERK, agency="=owner"),
            give_back(),
            end(),
        ],
        line("start", "receive", "opinion", "book", "give_back", "done"),
    )


def two_agencies(**limits: str) -> bytes:
    """receive, process (8 h), then the provincial office (8 h, twelve for its whole lane where `VPUBND` says so), conclude."""
    return diagram(
        "two_agencies",
        [
            lanes(
                ("lead", ("start", "receive", "process", "conclude", "give_back", "done"), limits.get("lead")),
                ("office", ("opinion",), limits.get("VPUBND")),
            ),
            start(),
            receive(),
            step("process", OFFICER, "PT8H"),
            step("opinion", "office_specialist", "PT8H", agency="VPUBND"),
            step("conclude", OFFICER, "PT4H"),
            give_back(),
            end(),
        ],
        line("start", "receive", "process", "opinion", "conclude", "give_back", "done"),
    )


def office_lane() -> bytes:
    """The same with twelve hours for the office's lane."""
    return two_agencies(VPUBND="PT12H").replace(b'"two_agencies"', b'"office_lane"')


def two_steps() -> bytes:
    """What is resolved right after receipt: receive, check, sign, give_back, none of them with a time of its own."""
    return diagram(
        "two_steps",
        [start(), receive("none"), step("check", OFFICER, "none"), step("sign", DIRECTOR, "none"), give_back(), end()],
        line("start", "receive", "check", "sign", "give_back", "done"),
    )


def three_steps() -> bytes:
    """One step more than that."""
    steps = [step("check", OFFICER, "none"), step("sign", DIRECTOR, "none"), step("book", CLERK, "none")]
    return diagram(
        "three_steps",
        [start(), receive("none"), *steps, give_back(), end()],
        line("start", "receive", "check", "sign", "book", "give_back", "done"),
    )


def two_with_decision() -> bytes:
    """The room head agrees, or an officer explains first."""
    return diagram(
        "two_with_decision",
        [
            start(),
            receive("none"),
            step("review", ROOM_HEAD, "none", decisions="agree=Đồng ý;reject=Không đồng ý"),
            exclusive("agreed", default="explain"),
            step("explain", OFFICER, "none"),
            exclusive("ready"),
            give_back(),
            end(),
        ],
        [
            *line("start", "receive", "review", "agreed"),
            ("agreed", "ready", 'review_decision = "agree"'),
            ("agreed", "explain"),
            *line("explain", "ready", "give_back", "done"),
        ],
    )


DIAGRAMS = {
    found.__name__: found()
    for found in (
        linear,
        decision,
        branches,
        asked,
        escalation,
        told,
        reminder,
        room_ways,
        posting,
        paying,
        paying_by_message,
        paying_beside,
        elsewhere,
        timer_gateway,
        message_elsewhere,
        until_deadline,
        two_agencies,
        office_lane,
        two_steps,
        three_steps,
        two_with_decision,
    )
}
