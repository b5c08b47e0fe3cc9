"""Files made to hurt: whatever they hold, there is a verdict in time, and the worker that gave it gives the next."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from lxml import etree

from app.engine.gate.model import FLOW_NODES
from app.engine.gate.source import SIZE_LIMIT
from app.engine.gate.verdict import MESSAGE_LIMIT, PROBLEM_LIMIT, Verdict, check
from app.engine.guard import Guard
from app.engine.names import BPMN, bpmn
from app.engine.reading import parse
from tests.engine.drawing import border, drawn, end, items, line, start, step
from tests.engine.runs import DIAGRAMS, diagram

_A = start() + step("a") + end() + line("start", "a", "done")
TIMED = "<timerEventDefinition><timeCycle>{}</timeCycle></timerEventDefinition>"


def full(one: Callable[[int], str], room: int = SIZE_LIMIT - 5_000) -> str:
    """As many as fit into a file, room left for the prefix of a tag."""
    return "".join(one(number) for number in range(room // (len(one(100_000)) + 5)))


def alone(made: str) -> bytes:
    """The step `a` and nothing else."""
    return drawn(start() + made + end() + line("start", "a", "done"))


def asked(condition: str) -> bytes:
    ways = line("start", "a", "g", "done") + '<sequenceFlow id="g_a" sourceRef="g" targetRef="a"><conditionExpression>'
    gateway = '<exclusiveGateway id="g" default="g_done" />'
    return drawn(start() + step("a") + gateway + end() + ways + condition + "</conditionExpression></sequenceFlow>")


def mesh(count: int, kind: str, condition: str = "") -> bytes:
    """Every gateway leads to every later one."""
    flow = '<sequenceFlow id="f{0}_{1}" sourceRef="g{0}" targetRef="g{1}">{2}</sequenceFlow>'
    flows = "".join(flow.format(n, m, condition.format(n, m)) for n in range(count) for m in range(n + 1, count))
    gateways = "".join(f'<{kind} id="g{number}" />' for number in range(count))
    ends = line("start", "a", "g0") + line(f"g{count - 1}", "done")
    return drawn(start() + step("a") + gateways + end() + ends + flows)


def wide(count: int) -> bytes:
    steps = "".join(step(f"a{number}") + line("p", f"a{number}", "q") for number in range(count))
    gateways = '<parallelGateway id="p" /><parallelGateway id="q" />'
    return drawn(start() + gateways + steps + end() + line("start", "p") + line("q", "done"))


def listed_in_lists(depth: int) -> bytes:
    body = step("a")
    inner = "a"
    for number in reversed(range(depth)):
        loop = items(f' camunda:collection="u" camunda:elementVariable="v{number}"')
        ways = start(f"s{number}") + end(f"e{number}") + line(f"s{number}", inner, f"e{number}")
        body, inner = f'<subProcess id="b{number}">{loop}{body}{ways}</subProcess>', f"b{number}"
    return drawn(start() + body + end() + line("start", inner, "done"))


def beside(count: int) -> bytes:
    events = "".join(
        border(f"on{number}", "a", TIMED.format("R/PT1H"), interrupts=False)
        + step(f"x{number}")
        + end(f"o{number}")
        + line(f"on{number}", f"x{number}", f"o{number}")
        for number in range(count)
    )
    return drawn(_A + events)


_EXTENDED = "<extensionElements>{}</extensionElements>"
_BIG = 1_500_000

HOSTILE: dict[str, Callable[[], bytes]] = {
    "attributes": lambda: drawn(_A.replace("<userTask", "<userTask " + full(lambda n: f'a{n}="" '))),
    "namespaces": lambda: drawn(_A.replace("<userTask", "<userTask " + full(lambda n: f'xmlns:a{n}="u" '))),
    "foreign elements": lambda: drawn(_EXTENDED.format(full(lambda _: "<other:a/>")) + _A),
    "unknown elements": lambda: drawn(full(lambda _: "<zz/>", SIZE_LIMIT // 2) + _A),
    "annotations": lambda: drawn(_A + full(lambda n: f'<textAnnotation id="t{n}"/>')),
    "one id": lambda: drawn(_A + full(lambda _: '<textAnnotation id="t"/>')),
    "flows": lambda: drawn(_A + full(lambda _: '<sequenceFlow sourceRef="a" targetRef="a"/>')),
    "messages": lambda: drawn(_A, full(lambda n: f'<message id="m{n}" name="x"/>')),
    "lanes": lambda: drawn(f'<laneSet id="l">{full(lambda n: f"""<lane id="l{n}"/>""")}</laneSet>{_A}'),
    "documentation": lambda: drawn(full(lambda _: "<documentation/>") + _A),
    "comments": lambda: drawn("<!-- -->" * 200_000 + _A),
    "instructions": lambda: drawn("<?a b?>" * 200_000 + _A),
    "a long name": lambda: drawn(_A.replace("Bước a", "B" * _BIG)),
    "a long id": lambda: drawn(_A.replace('"a"', f'"{"b" * 400_000}"')),
    "a long text": lambda: drawn(f"<documentation>{'x' * _BIG}</documentation>{_A}"),
    "references to characters": lambda: drawn(_A.replace("Bước a", "&#x1F600;" * 100_000)),
    "a long condition": lambda: asked("a+" * 700_000),
    "a deep condition": lambda: asked("(" * 1_900 + "a" + ")" * 1_900),
    "a deep list": lambda: asked("[" * 3_900),
    "a slow condition": lambda: asked("some x in " * 300 + "a"),
    "many decisions": lambda: alone(step("a", properties="decisions=" + ";" * _BIG)),
    "a long duration": lambda: alone(step("a", properties="timeLimit=P" + "1" * _BIG)),
    "a long cycle": lambda: drawn(_A + border("on", "a", TIMED.format(f"R{'9' * _BIG}/P1D"), interrupts=False) + end("o")),
    "a long count": lambda: alone(step("a", items("", f"<loopCardinality>{'9' * _BIG}</loopCardinality>"))),
    "deep elements": lambda: drawn("<subProcess>" * 250 + "</subProcess>" * 250),
    "parallel mesh": lambda: mesh(40, "parallelGateway"),
    "exclusive mesh": lambda: mesh(60, "exclusiveGateway", "<conditionExpression>v{0}_{1} = 1</conditionExpression>"),
    "inclusive mesh": lambda: mesh(30, "inclusiveGateway", "<conditionExpression>v{0}_{1} = 1</conditionExpression>"),
    "wide": lambda: wide(390),
    "lists in lists": lambda: listed_in_lists(8),
    "beside": lambda: beside(120),
}  # fmt: skip


LARGE = ("parallel mesh", "exclusive mesh", "inclusive mesh", "wide", "lists in lists", "beside")
"""Diagrams that are only large: on a busy machine they may be refused as such."""


@pytest.fixture(scope="module")
def guard() -> Iterator[Guard]:
    with Guard() as made:
        yield made


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_gets_a_verdict_in_time(guard: Guard, name: str) -> None:
    content = HOSTILE[name]()
    started = time.monotonic()
    verdict = guard.check(name, content, {})
    assert time.monotonic() - started < 10
    codes = {problem["code"] for problem in verdict["problems"]}
    assert not codes & {"check.failed", "check.crashed", "file.too-large"}, codes
    assert "check.too-slow" not in codes or name in LARGE, "what is no large diagram is refused for what it is"
    assert len(verdict["problems"]) <= PROBLEM_LIMIT + 1
    assert all(len(problem["message"]) <= MESSAGE_LIMIT + 1 for problem in verdict["problems"])


def verdict_on(content: bytes) -> Verdict:
    """What must hold of every verdict."""
    verdict = check("fuzzed", content, LIBRARY)
    codes = {problem.code for problem in verdict.problems}
    assert not codes & {"check.failed", "engine.rejected"}, (verdict.problems, content)
    assert (verdict.verdict == "rejected") == any(problem.severity == "error" for problem in verdict.problems)
    return verdict


LIBRARY = {name: diagram(name) for name in ("inner", "outer", "self_call", "inner_error")}
SEEDS = sorted(DIAGRAMS.glob("*.bpmn"))
TAGS = [*sorted(FLOW_NODES), "sequenceFlow", "laneSet", "dataObject", "message", "error", "escalation",
        "timerEventDefinition", "messageEventDefinition", "errorEventDefinition", "escalationEventDefinition",
        "linkEventDefinition", "cancelEventDefinition", "terminateEventDefinition", "multiInstanceLoopCharacteristics",
        "standardLoopCharacteristics", "timeCycle", "timeDate", "timeDuration", "conditionExpression", "completionCondition",
        "loopCardinality"]  # fmt: skip
WORDS = [
    "",
    "a",
    "x",
    "b",
    "done",
    "start",
    "true",
    "false",
    "1",
    "0",
    "-1",
    "R3/P1D",
    "P1D",
    "=item",
    "${a}",
    "a_results",
    "ý",
]
NAMES = ["id", "name", "sourceRef", "targetRef", "default", "attachedToRef", "cancelActivity", "calledElement", "errorRef",
         "messageRef", "escalationRef", "isSequential", "isExecutable", "triggeredByEvent", "behavior", "errorCode",
         "value"]  # fmt: skip


def mutated(content: bytes, luck: Random) -> bytes:
    """One to four changes to a diagram that leave it XML, and mostly the schema's."""
    root = parse(content).getroot()
    for _ in range(luck.randint(1, 4)):
        elements = [element for element in root.iter(f"{{{BPMN}}}*") if element.getparent() is not None]
        if not elements:
            break
        element, other = luck.choice(elements), luck.choice(elements)
        parent = element.getparent()
        match luck.randrange(6):
            case 0 if parent is not None:
                parent.remove(element)
            case 1:
                element.set(luck.choice(NAMES), luck.choice([*WORDS, other.get("id") or ""]))
            case 2:
                element.tag = bpmn(luck.choice(TAGS))
            case 3 if element not in other.iterancestors() and element is not other:
                other.append(element)
            case 4:
                element.append(etree.Element(bpmn(luck.choice(TAGS)), id=f"new{luck.randrange(9)}"))
            case _:
                element.text = luck.choice(WORDS)
    return etree.tostring(root)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.sampled_from(SEEDS), luck=st.randoms(use_true_random=False))
def test_a_diagram_changed_at_random_gets_a_verdict(seed: Path, luck: Random) -> None:
    verdict_on(mutated(seed.read_bytes(), luck))


@settings(max_examples=200, deadline=None)
@given(seed=st.sampled_from(SEEDS), data=st.data())
def test_a_diagram_with_bytes_changed_gets_a_verdict(seed: Path, data: st.DataObject) -> None:
    content = bytearray(seed.read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=20))
    verdict_on(bytes(content))


@settings(max_examples=200, deadline=None)
@given(
    st.one_of(st.binary(max_size=300), st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
)
@example(b"<?xml version='1.0' encoding='utf-16'?><a/>")
@example(b"\xff\xfe<\0")
@example(b"\0<\0?\0x\0m\0l")
@example(b"<" * 300)
def test_any_bytes_are_refused(content: bytes) -> None:
    assert verdict_on(content).verdict == "rejected"


@settings(max_examples=25, deadline=None)
@given(content=st.binary(max_size=3_000))
def test_any_bytes_get_a_verdict_from_the_worker(guard: Guard, content: bytes) -> None:
    verdict = guard.check("bytes", content, {})
    assert verdict["verdict"] == "rejected"
    assert not {problem["code"] for problem in verdict["problems"]} & {"check.failed", "check.crashed"}
