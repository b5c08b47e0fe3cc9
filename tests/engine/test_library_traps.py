"""The faults of SpiffWorkflow 3.2.0 that this package works around, each shown twice: the library alone still does it
wrongly, and ours does it right. A test that fails on the first half says that a work-around may go."""

from __future__ import annotations

import logging
import re
import signal
from collections.abc import Iterator
from typing import Any

import pytest
from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import XSD_PATH, BpmnParser, BpmnValidator
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.bpmn.serializer.workflow import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task, TaskState

from app.engine.definition import build_definition
from app.engine.gate.verdict import check
from app.engine.instance import EngineIncident, Instance, StepNotOpen
from tests.engine.runs import Run, definition, diagram


def stock(*names: str, replace: tuple[tuple[str, str], ...] = ()) -> BpmnWorkflow:
    parser = BpmnParser()
    for name in names:
        text = diagram(name).decode()
        for old, new in replace:
            assert old in text
            text = text.replace(old, new)
        parser.add_bpmn_xml(etree.fromstring(text.encode()), name)
    return BpmnWorkflow(parser.get_spec(names[0]), parser.get_subprocess_specs(names[0]))


def advance(workflow: BpmnWorkflow) -> list[str]:
    workflow.do_engine_steps()
    return sorted(task.task_spec.name for task in workflow.get_tasks(state=TaskState.READY))


def ready(workflow: BpmnWorkflow, name: str) -> Any:
    return workflow.get_next_task(state=TaskState.READY, spec_name=name)


def do(workflow: BpmnWorkflow, *names: str) -> list[str]:
    opened = advance(workflow)
    for name in names:
        ready(workflow, name).run()
        opened = advance(workflow)
    return opened


@pytest.fixture
def bounded() -> Iterator[None]:
    def stop(*_: object) -> None:
        raise TimeoutError

    previous = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, 0.5)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, previous)


def codes(text: str) -> set[str]:
    return {problem.code for problem in check("x", text.encode()).problems if problem.severity == "error"}


def altered(name: str, *replacements: tuple[str, str]) -> str:
    text = diagram(name).decode()
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    return text


def test_exclusive_branches_are_tried_from_top_to_bottom_of_the_drawing() -> None:
    assert do(stock("xml_order", replace=((">true<", ">True<"),)), "a") == ["higher_in_drawing"]
    assert Run("xml_order").do("a").open == ["first_in_file"]


def test_a_condition_is_python_and_can_do_anything() -> None:
    attack = "[c for c in ().__class__.__base__.__subclasses__()].__len__() &gt; 1"
    workflow = stock("xml_order", replace=((">true<", f">{attack}<"),))
    assert do(workflow, "a") == ["higher_in_drawing"]
    assert codes(altered("xml_order", (">true<", f">{attack}<"))) == {"expression.syntax"}


def test_a_process_that_calls_itself_never_returns(bounded: None) -> None:
    with pytest.raises((TimeoutError, RecursionError)):
        advance(stock("self_call"))
    signal.setitimer(signal.ITIMER_REAL, 0)
    assert "call.cycle" in codes(diagram("self_call").decode())
    with pytest.raises(EngineIncident):
        Instance.start(definition("self_call"), {}, {})


def test_a_future_or_completed_task_can_be_run() -> None:
    workflow = stock("linear")
    advance(workflow)
    workflow.get_next_task(spec_name="deliver").run()
    assert workflow.get_next_task(spec_name="deliver").state == TaskState.COMPLETED
    run = Run("linear")
    receive = run.task("receive")
    run.do("receive")
    with pytest.raises(StepNotOpen):
        run.instance.complete(receive, {})


def test_a_branch_overwrites_what_another_has_changed() -> None:
    workflow = stock("parallel")
    advance(workflow)
    ready(workflow, "a").data["opinion"] = "old"
    do(workflow, "a")
    ready(workflow, "b").data["opinion"] = "new"
    assert do(workflow, "b", "c") == ["d"]
    assert ready(workflow, "d").data["opinion"] == "old"
    run = Run("parallel", variables={"opinion": "old"}).do("a")
    run.instance.complete(run.task("b"), {"opinion": "new"})
    run.do("c")
    assert run.instance.evaluate("opinion") == "new"


def test_a_join_in_a_loop_does_not_wait_in_the_second_round() -> None:
    workflow = stock("parallel_loop", replace=(('d_decision = "reject"', "True"),))
    assert do(workflow, "a", "c", "b", "d") == ["b", "c"]
    assert do(workflow, "b") == ["c", "d"]
    run = Run("parallel_loop").do("a", "c", "b").do("d", decision="reject").do("b")
    assert run.open == ["c"]


def test_going_back_after_a_completed_call_to_inside_it_leaves_two_open_steps() -> None:
    workflow = stock("outer", "inner")
    do(workflow, "a", "x", "y")
    inside = next(
        task for level in workflow.subprocesses.values() for task in level.tasks.values() if task.task_spec.name == "x"
    )
    workflow.reset_from_task_id(inside.id)
    assert do(workflow, "x") == ["b", "y"]
    run = Run("outer", "inner").do("a", "x", "y").back("b", "x")
    assert run.do("x").open == ["y"]


def test_going_back_past_a_join_to_the_branch_that_came_first_leaves_two_open_steps() -> None:
    workflow = stock("parallel")
    do(workflow, "a", "b", "c")
    workflow.reset_from_task_id(workflow.get_next_task(spec_name="b").id)
    assert advance(workflow) == ["b", "d"]
    assert Run("parallel").do("a", "b", "c").back("d", "b").open == ["b"]


def test_going_back_past_a_waiting_timer_crashes_on_a_stale_event() -> None:
    workflow = stock("boundary", replace=((">PT8H<", '>"PT8H"<'),))
    do(workflow, "a")
    done = workflow.get_next_task(state=TaskState.COMPLETED, spec_name="a")
    workflow.reset_from_task_id(done.id)
    with pytest.raises(Exception, match=r".*"):
        advance(workflow)
    assert Run("boundary").do("a").back("b", "a").open == ["a"]


def test_a_completed_workflow_stays_completed_when_gone_back_in() -> None:
    workflow = stock("linear")
    do(workflow, "receive", "review", "deliver")
    workflow.reset_from_task_id(workflow.get_next_task(spec_name="review").id)
    assert workflow.completed
    run = Run("subprocess").do("a", "x", "y")
    run.back("b", "x")
    assert not run.finished


def test_timers_look_at_the_wall_clock() -> None:
    workflow = stock("boundary", replace=((">PT8H<", '>"PT0S"<'),))
    assert do(workflow, "a") == ["escalated"]
    assert Run("boundary").do("a").open == ["b"]


def test_timer_text_is_python_too() -> None:
    with pytest.raises(Exception, match="PT8H"):
        do(stock("boundary"), "a")
    assert Run("boundary").do("a").waiting == ["late"]


def test_a_long_line_of_steps_exhausts_the_stack() -> None:
    names = ["start", *(f"s{number}" for number in range(550)), "done"]
    steps = "".join(f'<bpmn:userTask id="{name}"/>' for name in names[1:-1])
    flows = "".join(
        f'<bpmn:sequenceFlow id="f{number}" sourceRef="{names[number]}" targetRef="{names[number + 1]}"/>'
        for number in range(len(names) - 1)
    )
    text = re.sub(
        r"<bpmn:startEvent.*</bpmn:process>",
        f'<bpmn:startEvent id="start"/>{steps}<bpmn:endEvent id="done"/>{flows}</bpmn:process>',
        diagram("linear").decode(),
        flags=re.DOTALL,
    )
    parser = BpmnParser()
    parser.add_bpmn_xml(etree.fromstring(text.encode()), "long")
    with pytest.raises((RecursionError, ValidationException), match="recursion"):
        parser.get_spec("linear")
    long = build_definition({"long": text.encode()})
    instance = Instance.start(long, {}, {})
    for _ in range(549):
        instance.complete(instance.open_steps()[0].engine_task, {})
    assert [opened.step.id for opened in instance.open_steps()] == ["s549"]
    assert len(instance.earlier_steps(instance.open_steps()[0].engine_task)) == 549


def test_a_tree_deeper_than_a_thousand_tasks_hides_what_is_open() -> None:
    workflow = stock("decision")
    task = workflow.task_tree
    task._drop_children()
    for _ in range(1_001):
        task._set_state(TaskState.COMPLETED)
        task = Task(workflow, workflow.spec.task_specs["draft"], task, state=TaskState.READY)
    assert workflow.get_tasks(state=TaskState.READY) == []
    assert workflow.is_completed()
    run = Run("decision")
    for _ in range(340):
        run.do("draft").do("review", decision="reject")
    assert run.open == ["draft"]
    assert run.instance.size < 12


def test_the_serializer_carries_the_specification_and_every_prediction() -> None:
    workflow = stock("linear")
    advance(workflow)
    text = BpmnWorkflowSerializer().serialize_json(workflow)
    assert '"spec"' in text
    assert '"deliver"' in text
    assert len(text) > 5_000
    assert len(Run("linear").state) < 300


def test_data_with_a_key_typename_makes_an_instance_unloadable() -> None:
    workflow = stock("linear")
    advance(workflow)
    ready(workflow, "receive").data["person"] = {"typename": "anything"}
    text = BpmnWorkflowSerializer().serialize_json(workflow)
    with pytest.raises(Exception, match=r".*"):
        BpmnWorkflowSerializer().deserialize_json(text)
    run = Run("linear")
    run.instance.complete(run.task("receive"), {"person": {"typename": "anything"}})
    run.reload()
    assert run.instance.evaluate("person.typename") == "anything"


def test_logging_walks_the_tree_unless_its_level_is_raised() -> None:
    assert logging.getLogger("spiff.workflow").level == logging.WARNING
    workflow = stock("linear")
    assert "tasks" not in workflow.collect_log_extras()
    logging.getLogger("spiff.workflow").setLevel(logging.NOTSET)
    try:
        assert "tasks" in workflow.collect_log_extras()
    finally:
        logging.getLogger("spiff.workflow").setLevel(logging.WARNING)


def test_only_the_last_schema_error_is_told_by_the_library() -> None:
    text = altered(
        "linear",
        ('<bpmn:startEvent id="start" />', '<bpmn:startEvent id="start" nonsense="1" />'),
        ('<bpmn:endEvent id="done" />', '<bpmn:endEvent id="done" nonsense="1" />'),
    )
    with pytest.raises(ValidationException) as caught:
        BpmnParser(validator=BpmnValidator()).add_bpmn_xml(etree.ElementTree(etree.fromstring(text.encode())), "x")
    lines = {line for line, content in enumerate(text.splitlines(), 1) if "nonsense" in content}
    assert caught.value.line_number in lines
    found = {problem.line for problem in check("x", text.encode()).problems if problem.code == "xsd.invalid"}
    assert found == lines
    assert XSD_PATH.endswith("BPMN20.xsd")


END = '<bpmn:endEvent id="done" />'
SILENT = {
    "node.unreachable": ((END, f'{END}<bpmn:endEvent id="lost" />'),),
    "flow.condition-on-task": (
        (
            'targetRef="review" />',
            'targetRef="review"><bpmn:conditionExpression>false</bpmn:conditionExpression></bpmn:sequenceFlow>',
        ),
    ),
    "link.target-missing": (
        (
            END,
            f'{END}<bpmn:intermediateThrowEvent id="jump"><bpmn:linkEventDefinition name="l"/></bpmn:intermediateThrowEvent>',
        ),
        ('targetRef="review" />', 'targetRef="jump" />'),
    ),
    "event.signal": ((END, '<bpmn:endEvent id="done"><bpmn:signalEventDefinition /></bpmn:endEvent>'),),
    "message.missing": (
        (END, f'{END}<bpmn:receiveTask id="hear" />'),
        ('targetRef="review" />', 'targetRef="hear" />'),
    ),
    "activity.quantity": (('<bpmn:userTask id="review"', '<bpmn:userTask startQuantity="2" id="review"'),),
    "task.service": ((END, f'{END}<bpmn:serviceTask id="call" />'), ('targetRef="review" />', 'targetRef="call" />')),
    "boundary.attached-unknown": (
        (END, f'{END}<bpmn:boundaryEvent id="e" attachedToRef="no"><bpmn:timerEventDefinition /></bpmn:boundaryEvent>'),
    ),
    "end.missing": ((END, ""), ('<bpmn:sequenceFlow id="deliver_to_done" sourceRef="deliver" targetRef="done" />', "")),
}


@pytest.mark.parametrize("code", SILENT)
def test_what_the_library_accepts_in_silence_is_refused(code: str) -> None:
    text = altered("linear", *SILENT[code])
    parser = BpmnParser()
    parser.add_bpmn_xml(etree.fromstring(text.encode()), "x")
    assert parser.get_spec("linear") is not None, "the library now refuses this itself"
    assert code in codes(text)


def test_an_element_called_end_finishes_the_process() -> None:
    workflow = stock("linear", replace=(('"review"', '"End"'),))
    assert do(workflow, "receive") == []
    assert "id.reserved" in codes(altered("linear", ('"review"', '"End"')))
