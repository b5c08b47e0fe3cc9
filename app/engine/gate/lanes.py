"""Gate: what a lane says of itself: the limit of all its steps together, in working time (QT-21a)."""

from __future__ import annotations

from collections.abc import Iterator

from app.engine.gate.model import Model, line_of
from app.engine.lanes import LANE_LIMIT
from app.engine.names import bpmn, properties
from app.engine.problems import Problem, error, warning
from app.rules.limits import LimitError, parse_limit


def check_lanes(model: Model) -> Iterator[Problem]:
    """Every limit can be read; nothing stands there that nobody reads."""
    for scope in model.processes:
        for lane in scope.element.iter(bpmn("lane")):
            label = f"“{(lane.get('name') or lane.get('id') or '')[:120]}”"
            for name, value in properties(lane).items():
                if name != LANE_LIMIT:
                    message = (
                        f"Thuộc tính “{name}” của làn {label} không được xét. Hãy sửa thành {LANE_LIMIT} hoặc xóa đi."
                    )
                    yield warning("property.unknown", message, lane.get("id"), line_of(lane))
                    continue
                try:
                    parse_limit(value, "working")
                except LimitError as problem:
                    yield error("lane.limit-invalid", f"Làn {label}: {problem}.", lane.get("id"), line_of(lane))
