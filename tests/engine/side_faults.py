"""What a province may get wrong when it redraws a side process: the code, the shipped diagram, and how it is changed."""

from __future__ import annotations

from app.engine.shared import side_files
from tests.engine.faults import RESOLVE, Replacements, altered, prop


def redrawn(name: str, *replacements: tuple[str, str]) -> bytes:
    """A shipped side process with these replacements."""
    text = side_files()[f"{name}.bpmn"].decode()
    for old, new in replacements:
        assert old in text, old
        text = text.replace(old, new)
    return text.encode()


def effect(old: str, new: str) -> tuple[str, str]:
    return f'name="effect" value="{old}"', f'name="effect" value="{new}"'


_BREAKING = 'cancelActivity="false"', 'cancelActivity="true"'

SIDE_FAULTS: list[tuple[str, str, Replacements]] = [
    ("effect.unknown", "verification", (effect("record_verification", "record_visit"),)),
    ("effect.foreign", "verification", (effect("record_verification", "confirm_stop"),)),
    ("effect.foreign", "intake", (('name="agency" value="lead" />', 'name="agency" value="lead" />'
                                   '<camunda:property name="effect" value="confirm_refusal" />'),)),
    ("effect.with-decisions", "payment", (("agree=Đồng ý;reject=Không đồng ý, trả lại\" />",
                                           'agree=Đồng ý" /><camunda:property name="effect" value="request_payment" />'),)),
    ("step.role-unknown", "verification", (("@asker", "@mayor"),)),
    ("side.effect-missing", "supplement", (('name="effect" value="receive_supplement"', 'name="paper" value="x"'),)),
    ("side.effect-missing", "opinion", (('name="effect" value="answer_opinion"', 'name="paper" value="x"'),)),
    ("side.effect-avoidable", "payment", (_BREAKING,)),
    ("side.effect-avoidable", "supplement", (('<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">by_leader<',
                                              '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">not(by_desk)<'),
                                             ('sourceRef="who_asked" targetRef="approved"',
                                              'sourceRef="who_asked" targetRef="supplemented"'))),
    ("side.effect-avoidable", "extension", (('sourceRef="one_act_or_two" targetRef="record_extension"',
                                             'sourceRef="one_act_or_two" targetRef="notify_extension"'),)),
    ("side.effect-order", "rejection", (effect("confirm_refusal", "later"), effect("deliver_papers", "confirm_refusal"),
                                        effect("later", "deliver_papers"))),
    ("side.effect-order", "supplement", (effect("request_supplement", "later"),
                                         effect("receive_supplement", "request_supplement"),
                                         effect("later", "receive_supplement"))),
    ("effect.in-items", "verification", (("<bpmn:outgoing>flow_hold_visit_verified</bpmn:outgoing>",
                                          "<bpmn:outgoing>flow_hold_visit_verified</bpmn:outgoing>"
                                          '<bpmn:multiInstanceLoopCharacteristics camunda:collection="visits" />'),)),
    ("side.check-missing", "intake", (("accept=Tiếp nhận;refuse=Không tiếp nhận;correct", "accept=Tiếp nhận;correct"),)),
    ("side.wait-missing", "intake", (("await_correction", "await_applicant"),)),
    ("timer.instant-unknown", "payment", (("limit_at", "limit_of_payment"),)),
    ("notice.recipient-unknown", "opinion", (('value="performer"', 'value="asked"'),)),
]  # fmt: skip

_ELSEWHERE: list[tuple[str, Replacements]] = [
    ("effect.misplaced", (prop("effect", "confirm_refusal"),)),
    ("step.position-role", ((' camunda:candidateGroups="room_head"', ' camunda:candidateGroups="@unit_head"'),)),
    ("step.agency-asker", (prop("agency", "asker", RESOLVE),)),
]
MISPLACED = [(code, altered("linear", *replacements)) for code, replacements in _ELSEWHERE]
"""What only side processes may say, said by a procedure's own diagram."""
