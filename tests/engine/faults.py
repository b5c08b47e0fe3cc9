"""One fault a line: its code, the sound diagram it is put into, and the replacements that put it there."""

from __future__ import annotations

from tests.engine.runs import diagram

Replacements = tuple[tuple[str, str], ...]


def altered(name: str, *replacements: tuple[str, str]) -> bytes:
    text = diagram(name).decode()
    for old, new in replacements:
        assert old in text, old
        text = text.replace(old, new)
    return text.encode()


START = '<bpmn:startEvent id="start" />'
END = '<bpmn:endEvent id="done" />'
REVIEW = '<bpmn:userTask id="review"'
TO_REVIEW = 'targetRef="review" />'
RESOLVE = '<camunda:property name="stage" value="resolve" />'
RECEIVE = '<camunda:property name="stage" value="receive" />'
HEAD = ' camunda:candidateGroups="room_head"'


def put(element: str) -> tuple[str, str]:
    return END, END + element


def put_flow(source: str, target: str) -> tuple[str, str]:
    return put(f'<bpmn:sequenceFlow id="more" sourceRef="{source}" targetRef="{target}" />')


def review(attributes: str) -> tuple[str, str]:
    return REVIEW, f'<bpmn:userTask {attributes} id="review"'


def ending(definition: str) -> tuple[str, str]:
    return END, f'<bpmn:endEvent id="done"><bpmn:{definition} /></bpmn:endEvent>'


def event(definition: str) -> Replacements:
    """A catching event in the place of the step `review`."""
    body = f'<bpmn:intermediateCatchEvent id="odd">{definition}</bpmn:intermediateCatchEvent>'
    return put(body), (TO_REVIEW, 'targetRef="odd" />'), ('sourceRef="review"', 'sourceRef="odd"')


def timer(kind: str, text: str) -> Replacements:
    return event(f"<bpmn:timerEventDefinition><bpmn:{kind}>{text}</bpmn:{kind}></bpmn:timerEventDefinition>")


def prop(name: str, value: str, beside: str = RESOLVE) -> tuple[str, str]:
    return beside, f'{beside}<camunda:property name="{name}" value="{value}" />'


def condition(text: str, attributes: str = "") -> tuple[str, str]:
    old = '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">review_decision = "agree"'
    return old, f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression" {attributes}>{text}'


def lane(name: str, value: str) -> tuple[str, str]:
    """A lane around everything, with a property of its own."""
    entry = f'<camunda:properties><camunda:property name="{name}" value="{value}" /></camunda:properties>'
    body = f"<bpmn:extensionElements>{entry}</bpmn:extensionElements><bpmn:flowNodeRef>review</bpmn:flowNodeRef>"
    return START, f'<bpmn:laneSet id="lanes"><bpmn:lane id="room" name="Phòng">{body}</bpmn:lane></bpmn:laneSet>{START}'


def conditional(flow: str) -> tuple[str, str]:
    tail = "<bpmn:conditionExpression>true</bpmn:conditionExpression></bpmn:sequenceFlow>"
    return f"{flow} />", f"{flow}>{tail}"


_INNER_END = "</bpmn:subProcess>"
_PROCESS_END = "</bpmn:process>"
_TO_LONG = 'sourceRef="whichever" targetRef="long"'
_CAUGHT = 'errorRef="not_eligible" />\n    </bpmn:boundaryEvent>'
_DECLARED = '<bpmn:error id="not_eligible"'
_LATE = '<bpmn:timerEventDefinition id="late_timer">'

_IDS: list[tuple[str, str, Replacements]] = [
    ("id.duplicate", "linear", ((REVIEW, '<bpmn:userTask id="deliver"'),)),
    ("id.reserved", "linear", (('"start"', '"Start"'),)),
    ("id.missing", "linear", (put("<bpmn:userTask />"),)),
    ("id.not-identifier", "decision", (('"review"', '"re-view"'),)),
    ("id.clash", "outer", (('"a"', '"x"'),)),
    ("name.too-long", "linear", (("Bước review", "dài " * 200),)),
    ("process.none", "linear", (("<bpmn:process ", "<bpmn:category "), (_PROCESS_END, "</bpmn:category>"))),
    ("process.several", "linear", ((_PROCESS_END, f'{_PROCESS_END}<bpmn:process id="q" isExecutable="true" />'),)),
    ("process.not-executable", "linear", ((' isExecutable="true"', ""),)),
    ("process.not-executable", "linear", (('isExecutable="true"', 'isExecutable="false"'),)),
]

_WAYS: list[tuple[str, str, Replacements]] = [
    ("flow.target-unknown", "linear", ((TO_REVIEW, 'targetRef="nowhere" />'),)),
    ("flow.source-unknown", "linear", (('sourceRef="review"', 'sourceRef="nowhere"'),)),
    ("flow.crosses-scope", "subprocess", (('sourceRef="a" targetRef="block"', 'sourceRef="a" targetRef="x"'),)),
    ("flow.twice", "parallel", (put_flow("split", "b"),)),
    ("flow.condition-missing", "decision", ((' default="chosen_to_draft"', ""),)),
    ("flow.condition-on-task", "parallel", (conditional('sourceRef="split" targetRef="b"'),)),
    ("gateway.default-unknown", "decision", (('default="chosen_to_draft"', 'default="review_to_chosen"'),)),
    ("gateway.event-single", "event_gateway", ((_TO_LONG, 'sourceRef="a" targetRef="long"'),)),
    ("gateway.event-target", "event_gateway", ((_TO_LONG, 'sourceRef="whichever" targetRef="c"'),)),
    ("gateway.event-type", "event_gateway", (('id="whichever"', 'id="whichever" eventGatewayType="Parallel"'),)),
    ("boundary.attached-unknown", "boundary", (('attachedToRef="b"', 'attachedToRef="gone"'),)),
    ("boundary.attached-unknown", "boundary", (('attachedToRef="b"', 'attachedToRef="start"'),)),
    ("start.missing", "linear", ((START, ""), ('sourceRef="start"', 'sourceRef="deliver"'))),
    ("start.several", "linear", (put('<bpmn:startEvent id="other" />'),)),
    ("start.incoming", "linear", (put_flow("deliver", "start"),)),
    ("start.typed", "linear", ((START, '<bpmn:startEvent id="start"><bpmn:timerEventDefinition /></bpmn:startEvent>'),)),
    ("end.missing", "linear", ((END, ""),)),
    ("end.outgoing", "linear", (put_flow("done", "review"),)),
    ("node.unreachable", "linear", (put('<bpmn:userTask id="odd" camunda:candidateGroups="p" />'),)),
    ("node.dead-end", "linear", (('sourceRef="deliver" targetRef="done"', 'sourceRef="review" targetRef="done"'),)),
    ("node.no-way-out", "linear", (('sourceRef="deliver" targetRef="done"', 'sourceRef="deliver" targetRef="review"'),)),
    ("node.several-outgoing", "linear", (put_flow("review", "done"),)),
    ("loop.without-step", "endless", ()),
    ("call.element-missing", "outer", ((' calledElement="inner"', ""),)),
    ("call.process-unknown", "outer", (('calledElement="inner"', 'calledElement="nobody"'),)),
    ("call.cycle", "outer", (('calledElement="inner"', 'calledElement="self_call"'),)),
    ("soundness.unsynchronised", "merge_without_join", ()),
    ("soundness.deadlock", "data", (put('<bpmn:parallelGateway id="both" />'), put_flow("both", "done"),
                           ('sourceRef="small" targetRef="done"', 'sourceRef="small" targetRef="both"'),
                           ('sourceRef="large" targetRef="done"', 'sourceRef="large" targetRef="both"'))),
]  # fmt: skip

_CONSTRUCTS: list[tuple[str, str, Replacements]] = [
    ("task.plain", "linear", (put('<bpmn:task id="odd" />'),)),
    ("task.manual", "linear", (put('<bpmn:manualTask id="odd" />'),)),
    ("task.script", "linear", (put('<bpmn:scriptTask id="odd"><bpmn:script>import os</bpmn:script></bpmn:scriptTask>'),)),
    ("task.service", "linear", (put('<bpmn:serviceTask id="odd" />'),)),
    ("task.business-rule", "linear", (put('<bpmn:businessRuleTask id="odd" />'),)),
    ("gateway.complex", "parallel", (("parallelGateway", "complexGateway"),)),
    ("block.ad-hoc", "subprocess", (("bpmn:subProcess", "bpmn:adHocSubProcess"),)),
    ("block.event", "subprocess", (('id="block"', 'triggeredByEvent="true" id="block"'),)),
    ("activity.loop", "subprocess", ((_INNER_END, f"<bpmn:standardLoopCharacteristics />{_INNER_END}"),)),
    ("activity.quantity", "linear", (review('completionQuantity="2"'),)),
    ("activity.quantity", "linear", (review('startQuantity="2"'),)),
    ("activity.compensation", "linear", (review('isForCompensation="true"'),)),
    ("activity.compensation", "linear", (review('isForCompensation=" true "'),)),
    ("data.unsupported", "linear", ((f"{HEAD}>", f'{HEAD}><bpmn:property id="pr" />'),)),
    ("data.store", "linear", ((_PROCESS_END, f'{_PROCESS_END}<bpmn:dataStore id="store" name="s" />'),)),
    ("extension.unsupported", "linear", (("</camunda:properties>", "</camunda:properties><camunda:inputOutput />"),)),
    ("event.signal", "linear", event("<bpmn:signalEventDefinition />")),
    ("event.conditional", "linear", event("<bpmn:conditionalEventDefinition />")),
    ("escalation.missing", "linear", (ending("escalationEventDefinition"),)),
    ("event.compensation", "linear", (ending("compensateEventDefinition"),)),
    ("cancel.outside", "linear", (ending("cancelEventDefinition"),)),
    ("event.definition-ref", "linear", event("<bpmn:eventDefinitionRef>t</bpmn:eventDefinitionRef>")),
    ("event.several", "linear", event("<bpmn:timerEventDefinition /><bpmn:timerEventDefinition />")),
    ("event.untyped", "linear", event("")),
    ("event.misplaced", "linear", event("<bpmn:terminateEventDefinition />")),
    ("error.unknown", "subprocess_error", (('id="throw" errorRef="not_eligible"', 'id="throw" errorRef="other"'),)),
    ("error.uncaught", "subprocess_error", ((_CAUGHT, _CAUGHT.replace("not_eligible", "other")),
                                            (_DECLARED, f'<bpmn:error id="other" />{_DECLARED}'))),
    ("error.host", "boundary", ((_LATE, "<bpmn:errorEventDefinition>"),
                                ("</bpmn:timerEventDefinition>", "</bpmn:errorEventDefinition>"))),
    ("error.non-interrupting", "subprocess_error", (('="block">', '="block" cancelActivity="false">'),)),
]  # fmt: skip

_TIMERS: list[tuple[str, str, Replacements]] = [
    ("timer.cycle", "linear", timer("timeCycle", "R3/PT1H")),
    ("timer.empty", "linear", timer("timeDuration", " ")),
    ("timer.empty", "linear", event("<bpmn:timerEventDefinition />")),
    ("timer.duration-invalid", "linear", timer("timeDuration", "8 giờ")),
    ("timer.duration-invalid", "linear", timer("timeDuration", "P1M")),
    ("timer.duration-invalid", "linear", timer("timeDuration", "none")),
    ("timer.range", "linear", timer("timeDuration", "P40000D")),
    ("timer.range", "linear", timer("timeDate", "1999-12-31")),
    ("timer.expression", "linear", timer("timeDuration", "${days}")),
    ("timer.expression", "linear", timer("timeDuration", '"PT8H"')),
    ("timer.expression", "linear", timer("timeDate", "=deadline")),
    ("timer.instant-unknown", "linear", timer("timeDate", "deadline")),
    ("timer.date-invalid", "linear", timer("timeDate", "2026-02-30")),
    ("timer.unit", "boundary_call", (('value="calendar"', 'value="lunar"'),)),
]

_STEPS: list[tuple[str, str, Replacements]] = [
    ("step.position-missing", "linear", ((HEAD, ""),)),
    ("step.position-several", "linear", ((HEAD, ' camunda:candidateGroups="head, deputy"'),)),
    ("step.position-invalid", "linear", ((HEAD, ' camunda:candidateGroups="${boss}"'),)),
    ("step.limit-invalid", "linear", (('name="timeLimit" value="P1D"', 'name="timeLimit" value="1 ngày"'),)),
    ("step.limit-invalid", "linear", (('name="timeLimit" value="P1D"', 'name="timeLimit" value="P1W"'),)),
    ("step.limit-unit-invalid", "linear", (prop("limitUnit", "hours"),)),
    ("step.limit-group-differs", "linear", (prop("limitGroup", "g"), prop("limitGroup", "g", RECEIVE))),
    ("step.stage-invalid", "linear", (('value="resolve"', 'value="thụ lý"'),)),
    ("step.decisions-invalid", "linear", (prop("decisions", "Đồng ý, Không"),)),
    ("step.decisions-invalid", "linear", (prop("decisions", "agree=;reject=Không"),)),
    ("step.decisions-repeated", "linear", (prop("decisions", "a=Có;a=Không"),)),
    ("step.agency-invalid", "linear", (prop("agency", "Sở Y tế"),)),
    ("step.form-invalid", "linear", (review('camunda:formKey="xin chào"'),)),
    ("lane.limit-invalid", "linear", (lane("timeLimit", "7 ngày"),)),
    ("notice.recipient-missing", "notice", (('name="notify" value="applicant"', 'name="notify" value=""'),)),
    ("notice.recipient-unknown", "notice", (('value="holder, desk"', 'value="holder, everyone"'),)),
    ("notice.template-invalid", "notice", (('value="told"', 'value="Đã báo"'),)),
    ("expression.syntax", "decision", (condition('review_decision = "agree'),)),
    ("expression.syntax", "decision", (condition('review_decision == "agree"'),)),
    ("expression.syntax", "linear", (prop("agency", "= ("),)),
    ("expression.juel", "decision", (condition("${ok}"),)),
    ("expression.leading-equals", "decision", (condition('= review_decision = "agree"'),)),
    ("expression.too-long", "decision", (condition('review_decision = "agree" or ' * 200 + "true"),)),
    ("expression.empty", "decision", (condition(" "),)),
    ("expression.language", "decision", (condition("true", 'language="python"'),)),
    ("expression.language", "decision", (('id="definitions"', 'expressionLanguage="XPath" id="definitions"'),)),
    ("expression.resource", "decision", (condition("true", 'camunda:resource="deployment://x.groovy"'),)),
    ("expression.step-unknown", "decision", (condition('revew_decision = "agree"'),)),
    ("expression.decision-unknown", "decision", (condition('review_decision = "yes"'),)),
]

FAULTS = [*_IDS, *_WAYS, *_CONSTRUCTS, *_TIMERS, *_STEPS]

WARNINGS: list[tuple[str, str, Replacements]] = [
    ("step.name-missing", "linear", ((' name="Bước review"', ""),)),
    ("step.limit-missing", "data", ()),
    ("step.stage-missing", "data", ()),
    ("procedure.receive-missing", "data", ()),
    ("procedure.return-missing", "data", ()),
    (
        "procedure.return-several",
        "parallel_ends",
        (
            (
                'targetRef="done" />\n    <bpmn:sequenceFlow id="split_to_c"',
                'targetRef="other" />\n    <bpmn:sequenceFlow id="split_to_c"',
            ),
            (END, END + '<bpmn:endEvent id="other" />'),
        ),
    ),
    ("gateway.default-missing", "inclusive_call", ()),
    ("soundness.improper-completion", "terminate", ()),
    ("property.unknown", "linear", (prop("time_limit", "P1D"),)),
    ("property.unknown", "linear", (lane("limit", "P7D"),)),
    ("attribute.ignored", "linear", (review('camunda:assignee="an"'),)),
    ("flow.condition-on-default", "decision", (conditional('sourceRef="chosen" targetRef="draft"'),)),
]

# Found in bytes rather than in diagrams, or by the watch over the check.
ELSEWHERE = {
    "file.empty", "file.too-large", "file.not-xml", "file.encoding", "xml.doctype", "xml.malformed", "xml.not-bpmn",
    "xml.include",     "xsd.invalid", "run.open-twice", "run.stuck", "soundness.no-completion", "soundness.bounded",
    "limit.depth", "limit.elements", "limit.attributes", "xml.instruction", "limit.nesting", "check.failed", "run.incident",
    "limit.problems", "expression.not-checked",
}  # fmt: skip
