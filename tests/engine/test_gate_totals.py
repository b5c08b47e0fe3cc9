"""The times of all steps together: the longest way, a loop once, a list once, a shared limit once."""

from __future__ import annotations

import pytest

from app.engine.gate.totals import DAY, told, total_of
from app.engine.gate.verdict import check
from tests.engine.drawing import border, drawn, end, items, line, start, step


def day(name: str, days: int, more: str = "", inside: str = "") -> str:
    return step(name, inside, properties=f"timeLimit=P{days}D{more}")


def way(name: str, gateway: str, target: str) -> str:
    return (
        f'<sequenceFlow id="{name}" sourceRef="{gateway}" targetRef="{target}">'
        f"<conditionExpression>v_{name} = 1</conditionExpression></sequenceFlow>"
    )


_FORK = '<exclusiveGateway id="g" default="g_b" /><exclusiveGateway id="j" />'
_SPLIT = '<parallelGateway id="g" /><parallelGateway id="j" />'
_LATE = "<timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition>"
_BLOCK = f'<subProcess id="m">{start("s")}{day("x", 2)}{day("y", 3)}{end("e")}{line("s", "x", "y", "e")}</subProcess>'

TOTALS = [
    ("one after the other", day("a", 1) + day("b", 2) + line("start", "a", "b", "done"), 3),
    ("the longer of two", _FORK + day("b", 2) + day("c", 5) + line("start", "g", "b", "j", "done") + way("w", "g", "c")
     + line("c", "j"), 5),
    ("beside each other", _SPLIT + day("b", 2) + day("c", 5) + line("start", "g", "b", "j", "done") + line("g", "c", "j"), 5),
    ("a loop once", '<exclusiveGateway id="g" default="g_done" />' + day("a", 2) + line("start", "a", "g", "done")
     + way("w", "g", "a"), 2),
    ("a list once", day("a", 2, inside=items()) + line("start", "a", "done"), 2),
    ("a block", _BLOCK + day("a", 1) + line("start", "m", "a", "done"), 6),
    ("one limit for two", day("a", 7, "|limitGroup=k") + day("b", 7, "|limitGroup=k") + day("c", 1)
     + line("start", "a", "b", "c", "done"), 8),
    ("one limit on the shorter way", _FORK + day("a", 3, "|limitGroup=k") + day("b", 3, "|limitGroup=k") + day("c", 4)
     + line("start", "a", "g", "b", "j", "done") + way("w", "g", "c") + line("c", "j"), 7),
    ("the way past a timer is not the ordinary one", day("a", 2) + border("on", "a", _LATE) + day("z", 9)
     + line("start", "a", "done") + line("on", "z", "done"), 2),
    ("a link", day("a", 2) + day("b", 3) + '<intermediateThrowEvent id="t"><linkEventDefinition name="P" />'
     '</intermediateThrowEvent><intermediateCatchEvent id="c"><linkEventDefinition name="P" /></intermediateCatchEvent>'
     + line("start", "a", "t") + line("c", "b", "done"), 5),
    ("what is not counted", step("a", properties="timeLimit=none") + day("b", 1) + line("start", "a", "b", "done"), 1),
    ("nothing counted", step("a") + line("start", "a", "done"), None),
    ("calendar days", day("a", 1, "|limitUnit=calendar") + day("b", 1) + line("start", "a", "b", "done"), None),
]  # fmt: skip


@pytest.mark.parametrize(("body", "days"), [case[1:] for case in TOTALS], ids=[case[0] for case in TOTALS])
def test_the_longest_way_counts(body: str, days: int | None) -> None:
    content = drawn(start() + body + end())
    verdict = check("drawn", content)
    assert verdict.verdict == "ok", verdict.problems
    assert total_of({"drawn": content}, "drawn") == (None if days is None else days * DAY)


def test_what_is_called_counts_where_it_is_called() -> None:
    called = drawn(start("s") + day("x", 2) + end("e") + line("s", "x", "e"), name="called")
    calls = '<callActivity id="c" calledElement="called" />'
    content = drawn(start() + day("a", 1) + calls + end() + line("start", "a", "c", "done"))
    assert check("drawn", content, {"called": called}).verdict == "ok"
    assert total_of({"drawn": content, "called": called}, "drawn") == 3 * DAY


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (DAY, "1 ngày làm việc"),
        (10 * DAY + 4 * 3_600, "10 ngày làm việc 4 giờ"),
        (1_800, "30 phút"),
        (DAY + 61, "1 ngày làm việc 1 phút 1 giây"),
    ],
)
def test_times_are_told_as_people_say_them(seconds: int, text: str) -> None:
    assert told(seconds) == text
