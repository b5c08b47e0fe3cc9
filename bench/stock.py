"""The twelve-step procedure in SpiffWorkflow as it comes: its parser, its run loop, its serializer with all that this keeps."""

from __future__ import annotations

from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.serializer.workflow import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.specs.defaults import BoundaryEvent
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from bench.twelve_steps import MAIN, STEPS, files

TIMER = '"PT8H"'
"""A duration is an expression there, in Python; unquoted it fails when the timer starts."""


class Stock:
    def __init__(self) -> None:
        parser = BpmnParser()
        for name, content in files(TIMER).items():
            parser.add_bpmn_xml(etree.fromstring(content), name)
        self._spec, self._called = parser.get_spec(MAIN), parser.get_subprocess_specs(MAIN)
        self._serializer = BpmnWorkflowSerializer()

    def at(self, step: str) -> BpmnWorkflow:
        """A new instance that has come to that step."""
        workflow = BpmnWorkflow(self._spec, self._called)
        workflow.do_engine_steps()
        for done in STEPS[: STEPS.index(step)]:
            self.complete(workflow, done)
        return workflow

    def complete(self, workflow: Any, step: str) -> Any:
        workflow.get_next_task(state=TaskState.READY, spec_name=step).run()
        workflow.do_engine_steps()
        return workflow

    def opened(self, workflow: Any) -> list[str]:
        return [task.task_spec.name for task in workflow.get_tasks(state=TaskState.READY, manual=True)]

    def waiting(self, workflow: Any) -> list[str]:
        """The timers that wait."""
        return [task.task_spec.name for task in workflow.get_tasks(state=TaskState.WAITING, spec_class=BoundaryEvent)]

    def save(self, workflow: Any) -> str:
        text: str = self._serializer.serialize_json(workflow)
        return text

    def load(self, text: str) -> BpmnWorkflow:
        return self._serializer.deserialize_json(text)
