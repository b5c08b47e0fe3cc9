"""The parts of SpiffWorkflow that this package uses, in one place: the library is untyped and is imported nowhere else."""

from __future__ import annotations

import logging

from SpiffWorkflow.bpmn.parser.BpmnParser import XSD_PATH, BpmnParser
from SpiffWorkflow.bpmn.parser.event_parsers import (
    BoundaryEventParser,
    EndEventParser,
    EventBasedGatewayParser,
    IntermediateCatchEventParser,
    IntermediateThrowEventParser,
    ReceiveTaskParser,
)
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.parser.task_parsers import (
    CallActivityParser,
    ConditionalGatewayParser,
    GatewayParser,
    SubWorkflowParser,
)
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.bpmn.script_engine.python_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.bpmn.specs.control import (
    BoundaryEventJoin,
    BoundaryEventSplit,
    SimpleBpmnTask,
)
from SpiffWorkflow.bpmn.specs.control import (
    _EndJoin as EndJoin,
)
from SpiffWorkflow.bpmn.specs.defaults import (
    BoundaryEvent,
    CallActivity,
    EndEvent,
    EventBasedGateway,
    ExclusiveGateway,
    InclusiveGateway,
    IntermediateCatchEvent,
    IntermediateThrowEvent,
    ParallelGateway,
    ReceiveTask,
    SendTask,
    TransactionSubprocess,
    UserTask,
)
from SpiffWorkflow.bpmn.specs.defaults import SubWorkflowTask as EmbeddedSubprocess
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.specs.MultiChoice import MultiChoice
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

# Below WARNING the library walks the whole tree for every log record, whether or not anyone listens.
logging.getLogger("spiff.task").setLevel(logging.WARNING)
logging.getLogger("spiff.workflow").setLevel(logging.WARNING)

__all__ = [
    "TransactionSubprocess",
    "SubWorkflowParser",
    "ReceiveTaskParser",
    "ReceiveTask",
    "NoneEventDefinition",
    "IntermediateThrowEventParser",
    "IntermediateThrowEvent",
    "EventDefinition",
    "EventBasedGatewayParser",
    "EndEventParser",
    "EndEvent",
    "EmbeddedSubprocess",
    "CallActivityParser",
    "CallActivity",
    "BpmnTaskSpec",
    "XSD_PATH",
    "BoundaryEvent",
    "BoundaryEventJoin",
    "BoundaryEventParser",
    "BoundaryEventSplit",
    "BpmnParser",
    "BpmnProcessSpec",
    "BpmnSubWorkflow",
    "BpmnWorkflow",
    "CatchingEvent",
    "ConditionalGatewayParser",
    "EndJoin",
    "EventBasedGateway",
    "ExclusiveGateway",
    "GatewayParser",
    "InclusiveGateway",
    "IntermediateCatchEvent",
    "IntermediateCatchEventParser",
    "MultiChoice",
    "ParallelGateway",
    "ProcessParser",
    "PythonScriptEngine",
    "SendTask",
    "SimpleBpmnTask",
    "SpiffWorkflowException",
    "SubWorkflowTask",
    "Task",
    "TaskParser",
    "TaskState",
    "UserTask",
    "ValidationException",
    "full_tag",
]
