"""Gate: timer events. Only ISO 8601, again and again only beside a step, and nothing that would be evaluated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime

from app.engine.catching import INSTANTS, LIMIT_AT
from app.engine.gate.model import Model, Node
from app.engine.names import bpmn, properties
from app.engine.problems import Problem, error
from app.rules.limits import LimitError, parse_limit

LONGEST = 3_660 * 86_400  # seconds: ten years
SHORTEST_ROUND, LONGEST_ROUND = 3_600, 366 * 86_400  # seconds
ROUNDS = 100
YEARS = range(2020, 2101)

_REPEATED = re.compile(r"R([0-9]*)/(P.+)", re.ASCII)
_EXAMPLE = "Hãy ghi khoảng thời gian như PT8H, P3D, hoặc ngày như 2026-12-01T08:00:00+07:00"


def check_timers(model: Model, *, side: bool) -> Iterator[Problem]:
    """`side`: a side process, which may also wait for the day by which an answer is wanted."""
    instants = (*INSTANTS, LIMIT_AT) if side else INSTANTS
    for node in model.nodes():
        for definition in node.element.iterfind(bpmn("timerEventDefinition")):
            texts = [child for child in definition if child.tag in _KINDS]
            if len(texts) != 1 or not (texts[0].text or "").strip():
                message = f"Sự kiện thời gian {node.label} phải có đúng một mốc hoặc khoảng thời gian. {_EXAMPLE}."
                yield error("timer.empty", message, node.id, node.line)
                continue
            text = " ".join((texts[0].text or "").split())
            yield from _KINDS[texts[0].tag](node, text, instants)


def _cycle(node: Node, text: str, instants: tuple[str, ...]) -> Iterator[Problem]:
    """`R3/P1D` or, without end, `R/P1D`, beside a step that goes on: nothing else waits again."""
    if node.kind != "boundaryEvent" or node.interrupts:
        message = (
            f"Sự kiện {node.label} lặp theo chu kỳ ({text}). Chu kỳ chỉ dùng ở sự kiện biên không ngắt: "
            "hãy đổi loại sự kiện, hoặc ghi khoảng thời gian như PT8H, P3D."
        )
        yield error("timer.cycle", message, node.id, node.line)
        return
    if _is_expression(text):
        yield _expression(node, text)
        return
    match = _REPEATED.fullmatch(text)
    if match is None:
        message = (
            f"Chu kỳ “{text}” của {node.label} không đúng. Hãy ghi như R3/P1D (ba lần, mỗi ngày) hoặc R/P1D (mãi)."
        )
        yield error("timer.cycle-invalid", message, node.id, node.line)
        return
    if match[1] and not 1 <= int(match[1][:9]) <= ROUNDS:
        message = (
            f"Chu kỳ “{text}” của {node.label} lặp {match[1][:9]} lần. Hãy ghi từ 1 đến {ROUNDS} lần, hoặc bỏ số lần."
        )
        yield error("timer.cycle-invalid", message, node.id, node.line)
    yield from _duration(node, match[2], instants, shortest=SHORTEST_ROUND, longest=LONGEST_ROUND)


def _duration(
    node: Node, text: str, instants: tuple[str, ...], *, shortest: int = 0, longest: int = LONGEST
) -> Iterator[Problem]:
    unit = properties(node.element).get("limitUnit", "working").strip()
    if unit not in ("working", "calendar"):
        message = f"Đơn vị thời hạn “{unit}” của {node.label} không đúng. Hãy ghi working (giờ làm việc) hoặc calendar."
        yield error("timer.unit", message, node.id, node.line)
        return
    if _is_expression(text):
        yield _expression(node, text)
        return
    try:
        limit = parse_limit(text, unit)
    except LimitError as problem:
        yield error("timer.duration-invalid", f"Sự kiện {node.label}: {problem}.", node.id, node.line)
        return
    if limit is None:
        yield error(
            "timer.duration-invalid", f"Sự kiện {node.label} phải có thời gian. {_EXAMPLE}.", node.id, node.line
        )
    elif limit.seconds > longest:
        years = "mười năm" if longest == LONGEST else "một năm"
        message = f"Thời gian chờ {text} của {node.label} dài hơn {years}. Hãy kiểm tra lại."
        yield error("timer.range", message, node.id, node.line)
    elif limit.seconds < shortest:
        message = f"Chu kỳ {text} của {node.label} ngắn hơn một giờ. Hãy ghi ít nhất PT1H."
        yield error("timer.range", message, node.id, node.line)


def _date(node: Node, text: str, instants: tuple[str, ...]) -> Iterator[Problem]:
    if text in instants:
        return
    if _is_expression(text):
        yield _expression(node, text)
        return
    if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.]*", text) and not text.startswith("P"):
        names = ", ".join(instants)
        message = f"Mốc “{text}” của {node.label} không có. Hãy dùng một trong: {names}, hoặc một ngày ISO 8601."
        yield error("timer.instant-unknown", message, node.id, node.line)
        return
    try:
        moment = datetime.fromisoformat(text) if len(text) > 10 else date.fromisoformat(text)
    except ValueError:
        yield error("timer.date-invalid", f"Mốc “{text}” của {node.label} không đúng. {_EXAMPLE}.", node.id, node.line)
        return
    if moment.year not in YEARS:
        message = f"Mốc “{text}” của {node.label} nằm ngoài {YEARS[0]}-{YEARS[-1]}. Hãy kiểm tra lại."
        yield error("timer.range", message, node.id, node.line)


def _is_expression(text: str) -> bool:
    return text.startswith(("=", "$", "#", '"', "'")) or "{" in text


def _expression(node: Node, text: str) -> Problem:
    message = f"Thời gian “{text}” của {node.label} là biểu thức, không được tính. {_EXAMPLE} (không có dấu nháy)."
    return error("timer.expression", message, node.id, node.line)


_KINDS = {bpmn("timeDuration"): _duration, bpmn("timeDate"): _date, bpmn("timeCycle"): _cycle}
