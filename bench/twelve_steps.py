"""A procedure of twelve steps: three in the procedure itself, nine in the three that it calls, a drawn timer on each."""

from __future__ import annotations

from itertools import pairwise

MAIN = "twelve_steps"
CALLED = {
    "check": ("examine", "verify", "conclude"),
    "sign": ("draft", "review", "approve"),
    "issue": ("book", "seal", "send"),
}
"""What the three called processes are made of; each is called after a step of the procedure's own."""
OWN = ("receive", "assign", "report")
STEPS = tuple(step for own, called in zip(OWN, CALLED.values(), strict=True) for step in (own, *called))

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
    ' id="definitions" targetNamespace="urn:motcua:bench">'
)


def files(duration: str) -> dict[str, bytes]:
    """The four files, with what their timers wait written as `duration`."""
    whole = _process(MAIN, [node for own, called in zip(OWN, CALLED, strict=True) for node in (own, called)], duration)
    return {MAIN: whole} | {name: _process(name, list(steps), duration) for name, steps in CALLED.items()}


def _process(name: str, nodes: list[str], duration: str) -> bytes:
    way = ["start", *nodes, "done"]
    body = "".join(_call(node) if node in CALLED else _step(node, duration) for node in nodes)
    flows = "".join(_flow(source, target) for source, target in pairwise(way))
    return (
        f'{_HEAD}<bpmn:process id="{name}" name="Quy trình {name}" isExecutable="true"><bpmn:startEvent id="start" />{body}'
        f'<bpmn:endEvent id="done" />{flows}</bpmn:process></bpmn:definitions>'
    ).encode()


def _call(node: str) -> str:
    return f'<bpmn:callActivity id="call_{node}" name="Gọi {node}" calledElement="{node}" />'


def _step(node: str, duration: str) -> str:
    late = f"{node}_late"
    return (
        f'<bpmn:userTask id="{node}" name="Bước {node}" camunda:candidateGroups="specialist" />'
        f'<bpmn:boundaryEvent id="{late}" attachedToRef="{node}" cancelActivity="false"><bpmn:timerEventDefinition>'
        f'<bpmn:timeDuration xsi:type="bpmn:tFormalExpression">{duration}</bpmn:timeDuration></bpmn:timerEventDefinition>'
        f'</bpmn:boundaryEvent><bpmn:endEvent id="{node}_told" />{_flow(late, f"{node}_told")}'
    )


def _flow(source: str, target: str) -> str:
    ends = [f"call_{node}" if node in CALLED else node for node in (source, target)]
    return f'<bpmn:sequenceFlow id="{source}_to_{target}" sourceRef="{ends[0]}" targetRef="{ends[1]}" />'
