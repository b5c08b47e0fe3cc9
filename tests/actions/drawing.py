"""Small diagrams for tests, written as what they are: steps, gateways, timers and the ways between them."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
    ' id="definitions" targetNamespace="urn:motcua:test" expressionLanguage="https://www.omg.org/spec/DMN/20191111/FEEL/">'
)
Way = tuple[str, str] | tuple[str, str, str]


def diagram(process: str, elements: list[str], ways: list[Way], messages: Sequence[str] = ()) -> bytes:
    """A BPMN file. A way is (from, to) or (from, to, FEEL condition); each is called `from_to_to`. `messages` are the names
    of those that it waits for; the id of each is `message_<name>`."""
    body = "".join(elements) + flows(ways)
    name = f"Quy trình thử {process}"
    inside = f'<bpmn:process id="{process}" name="{name}" isExecutable="true">{body}</bpmn:process>'
    named = "".join(f'<bpmn:message id="message_{message}" name="{message}" />' for message in messages)
    return f"{HEAD}{named}{inside}</bpmn:definitions>".encode()


def flows(ways: Sequence[Way]) -> str:
    return "".join(_flow(*way) for way in ways)


def step(name: str, position: str, limit: str = "PT4H", **properties: str) -> str:
    """A user task; `properties` are its camunda properties (stage, decisions, agency, limitUnit, limitGroup)."""
    entries = {"timeLimit": limit, "stage": "resolve", **properties}
    inner = "".join(
        f"<camunda:property name={quoteattr(key)} value={quoteattr(value)} />" for key, value in entries.items()
    )
    return (
        f'<bpmn:userTask id="{name}" name="Bước {name}" camunda:candidateGroups="{position}"><bpmn:extensionElements>'
        f"<camunda:properties>{inner}</camunda:properties></bpmn:extensionElements></bpmn:userTask>"
    )


def for_each(element: str, collection: str, item: str = "item", *, sequential: bool = False, until: str = "") -> str:
    """The step (or block) `element`, once for each item of the list `collection`; over when `until` holds, if given."""
    condition = (
        f'<bpmn:completionCondition xsi:type="bpmn:tFormalExpression">{escape(until)}</bpmn:completionCondition>'
    )
    loop = (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}" camunda:collection='
        f'{quoteattr(collection)} camunda:elementVariable="{item}">{condition if until else ""}'
        "</bpmn:multiInstanceLoopCharacteristics>"
    )
    head, tag, tail = element.rpartition("</bpmn:")
    return f"{head}{loop}{tag}{tail}"


def receive(limit: str = "PT1H") -> str:
    return step("receive", "desk_officer", limit, stage="receive")


def give_back() -> str:
    return step("give_back", "desk_officer", "none", stage="return")


def lanes(*drawn: tuple[str, Sequence[str], str | None]) -> str:
    """The lanes of a pool, first among the elements: name, what lies in it, and the limit of all its steps or None."""

    def one(name: str, inside: Sequence[str], limit: str | None) -> str:
        inner = f'<camunda:property name="timeLimit" value="{limit}" />'
        own = f"<bpmn:extensionElements><camunda:properties>{inner}</camunda:properties></bpmn:extensionElements>"
        refs = "".join(f"<bpmn:flowNodeRef>{node}</bpmn:flowNodeRef>" for node in inside)
        return f'<bpmn:lane id="lane_{name}" name="Làn {name}">{own if limit else ""}{refs}</bpmn:lane>'

    return f'<bpmn:laneSet id="lanes">{"".join(one(*lane) for lane in drawn)}</bpmn:laneSet>'


def start() -> str:
    return '<bpmn:startEvent id="start" name="Nộp hồ sơ" />'


def end(name: str = "done") -> str:
    return f'<bpmn:endEvent id="{name}" name="Xong" />'


def exclusive(name: str, default: str | None = None) -> str:
    """`default` is the name of the step that the default way leads to."""
    attribute = f' default="{name}_to_{default}"' if default else ""
    return f'<bpmn:exclusiveGateway id="{name}" name="Rẽ nhánh {name}"{attribute} />'


def parallel(name: str) -> str:
    return f'<bpmn:parallelGateway id="{name}" />'


def boundary(name: str, on: str, duration: str, *, interrupting: bool, unit: str = "working") -> str:
    """A timer on the border of a step; `R3/P1D` fires again and again."""
    cancel = "true" if interrupting else "false"
    return (
        f'<bpmn:boundaryEvent id="{name}" name="Hẹn giờ {name}" attachedToRef="{on}" cancelActivity="{cancel}">'
        f"{_unit(unit)}{_duration(name, duration)}</bpmn:boundaryEvent>"
    )


def arrival(name: str, message: str, on: str | None = None, *, interrupting: bool = True) -> str:
    """A message that is waited for: on the border of the step `on`, or on the way."""
    awaited = f'<bpmn:messageEventDefinition id="{name}_awaited" messageRef="message_{message}" />'
    if on is None:
        return f'<bpmn:intermediateCatchEvent id="{name}" name="Chờ tin {name}">{awaited}</bpmn:intermediateCatchEvent>'
    cancel = "true" if interrupting else "false"
    return (
        f'<bpmn:boundaryEvent id="{name}" name="Có tin {name}" attachedToRef="{on}" cancelActivity="{cancel}">'
        f"{awaited}</bpmn:boundaryEvent>"
    )


def wait(name: str, duration: str, *, unit: str = "working") -> str:
    """A timer on the way."""
    return (
        f'<bpmn:intermediateCatchEvent id="{name}" name="Chờ {name}">{_unit(unit)}{_duration(name, duration)}'
        "</bpmn:intermediateCatchEvent>"
    )


def wait_until(name: str, instant: str) -> str:
    """A timer on the way that waits for an instant of the clock."""
    text = f'<bpmn:timeDate xsi:type="bpmn:tFormalExpression">{instant}</bpmn:timeDate>'
    return (
        f'<bpmn:intermediateCatchEvent id="{name}" name="Chờ {name}">'
        f'<bpmn:timerEventDefinition id="{name}_timer">{text}</bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>'
    )


def notice(name: str, to: str, template: str) -> str:
    inner = f'<camunda:property name="notify" value="{to}" /><camunda:property name="template" value="{template}" />'
    return (
        f'<bpmn:sendTask id="{name}" name="Báo {name}"><bpmn:extensionElements><camunda:properties>{inner}'
        "</camunda:properties></bpmn:extensionElements></bpmn:sendTask>"
    )


def _unit(unit: str) -> str:
    inner = f'<camunda:property name="limitUnit" value="{unit}" />'
    return f"<bpmn:extensionElements><camunda:properties>{inner}</camunda:properties></bpmn:extensionElements>"


def _duration(name: str, duration: str) -> str:
    kind = "timeCycle" if duration.startswith("R") else "timeDuration"
    text = f'<bpmn:{kind} xsi:type="bpmn:tFormalExpression">{duration}</bpmn:{kind}>'
    return f'<bpmn:timerEventDefinition id="{name}_timer">{text}</bpmn:timerEventDefinition>'


def _flow(source: str, target: str, condition: str | None = None) -> str:
    flow = f'<bpmn:sequenceFlow id="{source}_to_{target}" sourceRef="{source}" targetRef="{target}"'
    if condition is None:
        return f"{flow} />"
    text = f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{escape(condition)}</bpmn:conditionExpression>'
    return f"{flow}>{text}</bpmn:sequenceFlow>"
