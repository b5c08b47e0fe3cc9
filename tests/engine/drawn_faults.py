"""One fault a line, in the smallest diagram that has it: what is awaited, thrown, done item by item, or means nothing."""

from __future__ import annotations

from tests.engine.drawing import border, drawn, end, event, items, line, start, step

_A = start() + step("a") + end() + line("start", "a", "done")
_MESSAGE = '<message id="m" name="Đã nộp tiền" /><message id="n" />'
_ERROR = '<error id="e" errorCode="broken" />'
_RAISED = '<escalation id="u" escalationCode="urgent" />'
_WAIT = '<messageEventDefinition messageRef="m" />'
_LATE = "<timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition>"


def block(inside: str, kind: str = "subProcess", attributes: str = "", loop: str = "") -> str:
    """A block `b` on the way; `inside` is reached from its start `s`."""
    return f'<{kind} id="b"{attributes}>{loop}{start("s")}{inside}</{kind}>{start()}{end()}{line("start", "b", "done")}'


def beside(host: str, inside: str, *, interrupts: bool = True) -> str:
    """An event on the border of `host` that leads to an end of its own."""
    return border("on", host, inside, interrupts=interrupts) + end("off") + line("on", "off")


def waits(inside: str) -> bytes:
    body = start() + event("intermediateCatchEvent", "w", inside) + end() + line("start", "w", "done")
    return drawn(body, _MESSAGE)


def throws(inside: str, kind: str = "intermediateThrowEvent", roots: str = "") -> bytes:
    return drawn(start() + event(kind, "w", inside) + step("a") + end() + line("start", "w", "a", "done"), roots)


def link(throw: str = "P", catch: str = "P", more: str = "", inside: str = "") -> bytes:
    """A link from after the start to before the end; `more` besides."""
    body = start() + event(
        "intermediateThrowEvent", "t", f'<linkEventDefinition name="{throw}">{inside}</linkEventDefinition>'
    )
    body += event("intermediateCatchEvent", "c", f'<linkEventDefinition id="c_d" name="{catch}" />')
    return drawn(body + step("a") + end() + line("start", "t") + line("c", "a", "done") + more)


def listed(loop: str, more: str = "", **said: str) -> bytes:
    """A step `a` once for every item."""
    return drawn(start() + step("a", loop, **said) + end() + line("start", "a", "done") + more)


def asks(condition: str) -> bytes:
    """A condition behind a list of steps `a`, each with a decision."""
    ways = (
        '<exclusiveGateway id="g" default="g_done" /><sequenceFlow id="g_b" sourceRef="g" targetRef="b">'
        f"<conditionExpression>{condition}</conditionExpression></sequenceFlow>"
    )
    body = start() + step("a", items(), "decisions=yes=Có;no=Không") + step("b") + end()
    return drawn(body + ways + line("start", "a", "g", "done") + line("b", "done"))


_CANCEL = "<cancelEventDefinition />"
_UNDONE = step("x") + end("undo", _CANCEL) + line("s", "x", "undo")
_BROKEN = step("x") + end("fail", '<errorEventDefinition errorRef="e" />') + line("s", "x", "fail")
_CALM = step("x") + end("e1") + line("s", "x", "e1")

EVENTS: list[tuple[str, bytes]] = [
    ("message.missing", waits("<messageEventDefinition />")),
    ("message.missing", drawn(start() + '<receiveTask id="r" />' + end() + line("start", "r", "done"))),
    ("message.unknown", waits('<messageEventDefinition messageRef="gone" />')),
    ("message.unnamed", waits('<messageEventDefinition messageRef="n" />')),
    ("event.message-throw", throws(_WAIT, roots=_MESSAGE)),
    ("event.message-throw", drawn(start() + step("a") + end("done", _WAIT) + line("start", "a", "done"), _MESSAGE)),
    ("event.ambiguous", drawn(_A + beside("a", _WAIT) + border("on2", "a", _WAIT) + end("o2") + line("on2", "o2"), _MESSAGE)),
    ("event.ambiguous", drawn(block(_BROKEN) + beside("b", '<errorEventDefinition errorRef="e" />')
                              + border("on2", "b", '<errorEventDefinition errorRef="f" />') + end("o2") + line("on2", "o2"),
                              _ERROR + '<error id="f" errorCode="broken" />')),
    ("event.misplaced", throws(_CANCEL)),
    ("event.misplaced", waits('<escalationEventDefinition escalationRef="u" />')),
    ("event.several", waits(_WAIT + _LATE)),
    ("error.missing", drawn(block(step("x") + end("fail", "<errorEventDefinition />") + line("s", "x", "fail")))),
    ("error.unknown", drawn(block(_BROKEN))),
    ("error.uncaught", drawn(block(_BROKEN), _ERROR)),
    ("error.uncaught", drawn(block(_BROKEN) + beside("b", '<errorEventDefinition errorRef="f" />'),
                             _ERROR + '<error id="f" errorCode="other" />')),
    ("error.host", drawn(_A + beside("a", '<errorEventDefinition errorRef="e" />'), _ERROR)),
    ("error.non-interrupting", drawn(block(_BROKEN) + beside("b", "<errorEventDefinition />", interrupts=False), _ERROR)),
    ("escalation.missing", throws("<escalationEventDefinition />")),
    ("escalation.unknown", throws('<escalationEventDefinition escalationRef="gone" />')),
    ("escalation.host", drawn(_A + beside("a", '<escalationEventDefinition escalationRef="u" />'), _RAISED)),
    ("boundary.host", drawn(start() + '<sendTask id="n" />' + end() + line("start", "n", "done") + beside("n", _LATE))),
    ("cancel.uncaught", drawn(block(_UNDONE, "transaction"))),
    ("cancel.several", drawn(block(_UNDONE, "transaction") + beside("b", _CANCEL) + border("on2", "b", _CANCEL)
                             + end("o2") + line("on2", "o2"))),
    ("cancel.outside", drawn(block(_UNDONE))),
    ("cancel.outside", drawn(start() + step("a") + end("done", _CANCEL) + line("start", "a", "done"))),
    ("cancel.host", drawn(block(_CALM) + beside("b", _CANCEL))),
    ("cancel.non-interrupting", drawn(block(_UNDONE, "transaction") + beside("b", _CANCEL, interrupts=False))),
    ("link.name-missing", link(" ", " ")),
    ("link.target-missing", link("P", "Q")),
    ("link.target-missing", link("P", "P ")),
    ("link.source-missing", link("P", "Q")),
    ("link.target-several", link(more=event("intermediateCatchEvent", "c2", '<linkEventDefinition name="P" />')
                                 + line("c2", "a"))),
    ("link.outgoing", link(more=line("t", "a"))),
    ("link.incoming", link(more=step("z") + line("z", "c"))),
    ("link.end-differs", link(inside="<target>elsewhere</target>")),
    ("link.target-missing", drawn(block(event("intermediateCatchEvent", "c", '<linkEventDefinition name="P" />') + step("x")
                                        + end("e1") + line("c", "x", "e1"))
                                  + event("intermediateThrowEvent", "t", '<linkEventDefinition name="P" />')
                                  + '<parallelGateway id="p" />' + line("p", "t"))),
    ("loop.without-step", drawn(start() + '<exclusiveGateway id="g" default="g_done" />' + end() + line("start", "g", "done")
                                + event("intermediateThrowEvent", "t", '<linkEventDefinition name="P" />')
                                + event("intermediateCatchEvent", "c", '<linkEventDefinition name="P" />') + line("c", "g")
                                + '<sequenceFlow id="g_t" sourceRef="g" targetRef="t"><conditionExpression>'
                                + "again</conditionExpression></sequenceFlow>")),
    ("loop.without-step", drawn(start() + '<exclusiveGateway id="g" default="g_done" /><subProcess id="b">' + start("s")
                                + end("e1") + line("s", "e1") + "</subProcess>" + end() + line("start", "b", "g", "done")
                                + '<sequenceFlow id="g_b" sourceRef="g" targetRef="b"><conditionExpression>'
                                + "again</conditionExpression></sequenceFlow>")),
    ("gateway.event-target", drawn(start() + '<eventBasedGateway id="g" />'
                                   + event("intermediateCatchEvent", "w", _WAIT)
                                   + '<receiveTask id="r" messageRef="m" />' + end()
                                   + line("start", "g", "w", "done") + line("g", "r", "done"), _MESSAGE)),
]  # fmt: skip

_AGENCIES = ' camunda:collection="units" camunda:elementVariable="unit"'

ITEMS: list[tuple[str, bytes]] = [
    ("items.list", listed(items(""))),
    ("items.list", listed(items(inside="<loopCardinality>3</loopCardinality>"))),
    ("items.count", listed(items("", "<loopCardinality>101</loopCardinality>"))),
    ("items.count", listed(items("", "<loopCardinality>0</loopCardinality>"))),
    ("items.count", listed(items("", "<loopCardinality>1.5</loopCardinality>"))),
    ("items.host", drawn(start() + f'<receiveTask id="r" messageRef="m">{items()}</receiveTask>' + end()
                         + line("start", "r", "done"), _MESSAGE)),
    ("items.variable", listed(items(' camunda:collection="units" camunda:elementVariable="đơn vị"'))),
    ("items.variable", listed(items(' camunda:collection="units" camunda:elementVariable="in"'))),
    ("items.variable-hidden", listed(items(' camunda:collection="units" camunda:elementVariable="a_decision"'))),
    ("items.variable-hidden", listed(items(' camunda:collection="units" camunda:elementVariable="nrOfInstances"'))),
    ("items.variable-hidden", drawn(block(step("x", items()) + end("e1") + line("s", "x", "e1"), loop=items()))),
    ("id.not-identifier", drawn(start() + step("a-1", items()) + end() + line("start", "a-1", "done"))),
    ("expression.syntax", listed(items(' camunda:collection="units["'))),
    ("expression.juel", listed(items(' camunda:collection="${units}"'))),
    ("expression.empty", listed(items(' camunda:collection=" = "'))),
    ("expression.syntax", listed(items(inside="<completionCondition>nrOfCompletedInstances >= </completionCondition>"))),
    ("expression.language", listed(items(inside='<completionCondition xsi:type="bpmn:tFormalExpression" language="groovy">true'
                                                "</completionCondition>"))),
    ("expression.item-outside", listed(items(_AGENCIES), step("b", properties="agency== unit.code"))),
    ("expression.item-outside", listed(items(' camunda:collection="unit" camunda:elementVariable="unit"'))),
    ("expression.decided-inside", asks('a_decision = "yes"')),
    ("expression.step-unknown", asks('z_decision = "yes"')),
    ("expression.step-unknown", asks("z_decision in list")),
    ("step.limit-computed", listed("", properties="timeLimit==unit.limit")),
    ("step.limit-computed", listed(items(_AGENCIES), properties="timeLimit==unit.limit|limitGroup=g")),
    ("expression.syntax", listed(items(_AGENCIES), properties="timeLimit==unit.")),
    ("attribute.unsupported", listed(items(' camunda:collection="units" behavior="One"'))),
    ("attribute.unsupported", listed(items(' camunda:collection="units" noneBehaviorEventRef="e"'))),
    ("element.unsupported", listed(items(inside='<inputDataItem id="i" name="unit" />'))),
    ("element.unsupported", listed(items("", "<loopDataInputRef>units</loopDataInputRef>"))),
    ("element.unsupported", listed(items(inside="<complexBehaviorDefinition><condition>true</condition>"
                                                "</complexBehaviorDefinition>"))),
]  # fmt: skip

_TIMED = "<timerEventDefinition><timeCycle>{}</timeCycle></timerEventDefinition>"


def cycle(text: str, *, interrupts: bool = False) -> bytes:
    return drawn(_A + beside("a", _TIMED.format(text), interrupts=interrupts))


TIMERS: list[tuple[str, bytes]] = [
    ("timer.cycle", cycle("R3/P1D", interrupts=True)),
    ("timer.cycle-invalid", cycle("P1D")),
    ("timer.cycle-invalid", cycle("R0/P1D")),
    ("timer.cycle-invalid", cycle("R101/P1D")),
    ("timer.cycle-invalid", cycle("R3/2026-12-01T08:00:00+07:00/P1D")),
    ("timer.cycle-invalid", cycle("0 0 8 * * ?")),
    ("timer.cycle-invalid", cycle("R-1/P1D")),
    ("timer.duration-invalid", cycle("R3/P1M")),
    ("timer.range", cycle("R3/PT1M")),
    ("timer.range", cycle("R3/P9999D")),
    ("timer.expression", cycle("${cycle}")),
]

_TYPE = ' xsi:type="bpmn:tFormalExpression"'

MEANINGLESS: list[tuple[str, bytes]] = [
    ("element.unsupported", drawn(_A, "<interface id='i' name='i'><operation id='o' name='o'><inMessageRef>m</inMessageRef>"
                                      "</operation></interface>", attributes=' xmlns:m="urn:m"')),
    ("element.unsupported", drawn(_A, '<import namespace="urn:x" location="x.bpmn" importType="urn:bpmn" />')),
    ("element.unsupported", drawn(_A, '<globalUserTask id="g" />')),
    ("element.unsupported", drawn(_A, '<collaboration id="k"><participant id="p"><participantMultiplicity maximum="3" />'
                                      "</participant></collaboration>")),
    ("element.unsupported", drawn(_A, '<collaboration id="k"><conversation id="v" /></collaboration>')),
    ("element.unsupported", drawn("<monitoring />" + _A)),
    ("element.unsupported", drawn(start() + step("a", '<potentialOwner id="o"><resourceAssignmentExpression>'
                                  "<formalExpression>boss</formalExpression></resourceAssignmentExpression></potentialOwner>")
                                  + end() + line("start", "a", "done"))),
    ("element.unsupported", drawn("<documentation><userTask id='z' /></documentation>" + _A)),
    ("element.hidden", drawn('<extensionElements><other:box><bpmn:boundaryEvent id="z" attachedToRef="a" />'
                             "</other:box></extensionElements>" + _A)),
    ("attribute.unsupported", drawn(_A, process=' processType="Public"')),
    ("attribute.unsupported", drawn(_A.replace('sourceRef="start"', 'isImmediate="false" sourceRef="start"'))),
    ("attribute.unsupported", listed("", attributes=' implementation="http://example.org/task"')),
    ("attribute.unsupported", drawn(start() + '<sendTask id="n" messageRef="m" />' + end() + line("start", "n", "done"),
                                    _MESSAGE)),
    ("attribute.unsupported", drawn(start() + '<receiveTask id="n" messageRef="m" instantiate="true" />' + end()
                                    + line("start", "n", "done"), _MESSAGE)),
    ("attribute.unsupported", drawn(block(_CALM, "transaction", ' method="##Store"'))),
    ("attribute.unsupported", waits(_WAIT).replace(b'id="w"', b'id="w" parallelMultiple="true"')),
    ("extension.other-engine", drawn(_A, attributes=' modeler:executionPlatform="Camunda Cloud"')),
    ("extension.other-engine", listed('<extensionElements><zeebe:userTask /></extensionElements>')),
    ("extension.other-engine", drawn(_A.replace("<userTask", '<userTask xmlns:f="http://flowable.org/bpmn" f:async="true"'))),
    ("extension.unsupported", drawn("<extensionElements><camunda:executionListener class='x' event='start' />"
                                    "</extensionElements>" + _A)),
    ("data.unsupported", drawn('<property id="p" name="p" />' + _A)),
    ("data.unsupported", waits('<dataOutput id="p" />' + _WAIT)),
    ("data.store", drawn(_A + '<dataStoreReference id="d" />')),
    ("id.missing", drawn(_A.replace('id="a_done" ', ""))),
    ("id.missing", drawn(_A, '<signal name="s" />')),
    ("id.missing", drawn(_A).replace(b'process id="drawn"', b"process")),
    ("procedure.limit-invalid", drawn("<extensionElements><camunda:properties><camunda:property name='timeLimit'"
                                      " value='5 ngày' /></camunda:properties></extensionElements>" + _A)),
    ("step.assign-invalid", listed("", properties="assign=anyone")),
    ("step.pause-invalid", listed("", properties="pause=lunch")),
    ("step.pause-invalid", listed("", properties="pause=payment|stage=receive")),
]  # fmt: skip

DRAWN = [*EVENTS, *ITEMS, *TIMERS, *MEANINGLESS]


def timed(whole: str, body: str) -> bytes:
    """A process that says of itself how long it takes."""
    said = f"<camunda:properties><camunda:property name='timeLimit' value='{whole}' /></camunda:properties>"
    return drawn(f"<extensionElements>{said}</extensionElements>{body}")


DRAWN_WARNINGS: list[tuple[str, bytes]] = [
    ("escalation.uncaught", throws('<escalationEventDefinition escalationRef="u" />', roots=_RAISED)),
    ("escalation.never-thrown", drawn(block(_CALM) + beside("b", '<escalationEventDefinition escalationRef="u" />'), _RAISED)),
    ("error.never-thrown", drawn(block(_CALM) + beside("b", '<errorEventDefinition errorRef="e" />'), _ERROR)),
    ("cancel.never-thrown", drawn(block(_CALM, "transaction") + beside("b", _CANCEL))),
    ("expression.variable-unknown", listed(items())),
    ("gateway.default-missing", drawn(start() + step("a") + '<exclusiveGateway id="g" />' + end() + line("start", "a", "g")
                                      + '<sequenceFlow id="w" sourceRef="g" targetRef="done"><conditionExpression>paid'
                                      "</conditionExpression></sequenceFlow>")),
    ("attribute.ignored", drawn(_A.replace("<userTask", '<userTask default="a_done"'))),
    ("attribute.ignored", drawn(_A, process=' isClosed="true"')),
    ("gateway.direction", drawn(start() + '<parallelGateway id="g" gatewayDirection="Converging" />' + step("a") + step("b")
                                + end() + line("start", "g", "a", "done") + line("g", "b", "done"))),
    ("flow.told-wrongly", listed("<incoming>elsewhere</incoming>")),
    ("message-flow.drawn-only", drawn(_A, '<collaboration id="k"><participant id="p" processRef="drawn" />'
                                          '<participant id="q" /><messageFlow id="f" sourceRef="q" targetRef="a" />'
                                          "</collaboration>")),
    ("procedure.limit-differs", timed("P3D", start() + step("a", properties="timeLimit=P1D") + end()
                                      + line("start", "a", "done"))),
    ("property.unknown", drawn("<extensionElements><camunda:properties><camunda:property name='owner' value='x' />"
                               "</camunda:properties></extensionElements>" + _A)),
]  # fmt: skip
