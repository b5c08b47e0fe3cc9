"""Gate: ids, references, starts, ends and the ways between them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from app.engine.gate.model import (
    ACTIVITIES,
    BLOCKS,
    CONDITIONAL,
    GATEWAYS,
    Flow,
    Model,
    Node,
    Scope,
    line_of,
    plain,
)
from app.engine.names import bpmn, is_true, local
from app.engine.problems import Problem, error, warning

ELEMENT_LIMIT = 400
FLOW_LIMIT = 2_000
NESTING_LIMIT = 8
NAME_LIMIT = 500  # characters

# Passed at once, without waiting for a person, a timer or another process.
_PASSING = GATEWAYS - {"eventBasedGateway"} | {"sendTask", "intermediateThrowEvent", "startEvent"}

_WITH_ID = ("process", "sequenceFlow", "message", "error", "escalation", "signal")
"""What is found again by its id, besides the nodes."""

_RESERVED = re.compile(r"Start|End|StartEventSplit|StartEventJoin|.*\.(EndJoin|BoundaryEventSplit|BoundaryEventJoin)")


def is_oversized(model: Model) -> bool:
    """Beyond these limits only the limits are reported: the other checks would take long."""
    nodes, flows = sum(1 for _ in model.nodes()), sum(1 for _ in model.flows())
    return nodes > ELEMENT_LIMIT or flows > FLOW_LIMIT or any(scope.depth > NESTING_LIMIT for scope in model.scopes)


def check_limits(model: Model) -> Iterator[Problem]:
    nodes, flows = sum(1 for _ in model.nodes()), sum(1 for _ in model.flows())
    if nodes > ELEMENT_LIMIT or flows > FLOW_LIMIT:
        message = (
            f"Sơ đồ có {nodes} phần tử và {flows} đường nối, giới hạn là {ELEMENT_LIMIT} và {FLOW_LIMIT}. "
            "Hãy tách phần dùng chung thành quy trình được gọi."
        )
        yield error("limit.elements", message)
    for scope in model.scopes:
        if scope.depth > NESTING_LIMIT:
            message = f"Các khối lồng nhau quá {NESTING_LIMIT} lớp. Hãy đưa khối bên trong ra quy trình được gọi."
            yield error("limit.nesting", message, scope.id, line_of(scope.element))
            return


def check_structure(model: Model, processes: Mapping[str, Model]) -> Iterator[Problem]:
    """`processes`: the models of this file's and of the called processes, by id."""
    yield from _processes(model)
    yield from _ids(model)
    for scope in model.scopes:
        yield from _references(model, scope)
        yield from _starts_and_ends(scope)
        yield from _ways(scope)
        yield from _idle_loop(scope, processes)
        yield from _outgoing(scope)


def _processes(model: Model) -> Iterator[Problem]:
    if not model.processes:
        yield error(
            "process.none", "Tệp không có quy trình nào. Hãy vẽ quy trình từ sự kiện bắt đầu đến sự kiện kết thúc."
        )
    for process in model.processes[1:]:
        message = "Mỗi tệp chỉ chứa một quy trình. Hãy vẽ các cơ quan bằng làn (lane) trong cùng một hồ (pool), hoặc tách tệp."
        yield error("process.several", message, process.id, line_of(process.element))
    for process in model.processes:
        if not is_true(process.element.get("isExecutable")):
            message = 'Quy trình chưa được đánh dấu thực thi. Hãy bật “Executable” (isExecutable="true").'
            yield error("process.not-executable", message, process.id, line_of(process.element))


def _ids(model: Model) -> Iterator[Problem]:
    nameless = [element for scope in model.scopes for element in scope.nameless]
    nameless += [found for found in model.root.iter(*map(bpmn, _WITH_ID)) if not found.get("id")]
    for element in nameless:
        message = f"Phần tử {local(element)} không có mã (id). Hãy mở sơ đồ trong công cụ vẽ rồi xuất lại tệp."
        yield error("id.missing", message, None, line_of(element))
    seen: dict[str, int | None] = {}
    for element in model.root.iter():
        name = element.get("id")
        if name is None or not isinstance(element.tag, str):
            continue
        if name in seen:
            message = f"Mã “{name}” đã dùng ở dòng {seen[name]}. Mỗi phần tử phải có mã riêng: hãy đổi mã này."
            yield error("id.duplicate", message, name, line_of(element))
        seen.setdefault(name, line_of(element))
    for node in model.nodes():
        if max(len(node.name), len(node.id)) > NAME_LIMIT:
            message = f"Tên hoặc mã phần tử dài quá {NAME_LIMIT} ký tự: “{node.name[:40]}…”. Hãy rút ngắn."
            yield error("name.too-long", message, node.id[:NAME_LIMIT], node.line)
        if _RESERVED.fullmatch(node.id):
            message = f"Mã “{node.id}” trùng tên riêng của bộ máy quy trình. Hãy đổi mã, ví dụ {node.id.lower()}_1."
            yield error("id.reserved", message, node.id, node.line)


def _references(model: Model, scope: Scope) -> Iterator[Problem]:
    elsewhere = {node.id for node in model.nodes()} - scope.nodes.keys()
    for flow in scope.flows:
        for end, name in (("source", flow.source), ("target", flow.target)):
            if name in elsewhere:
                message = f"Đường nối đi xuyên ranh giới khối tới “{name}”. Hãy nối trong cùng một khối."
                yield error("flow.crosses-scope", message, flow.id, flow.line)
            elif name not in scope.nodes:
                side = "đầu" if end == "source" else "cuối"
                message = f"Đường nối có điểm {side} “{name}” không tồn tại. Hãy xóa đường nối hoặc nối lại."
                yield error(f"flow.{end}-unknown", message, flow.id, flow.line)
    for node in scope.nodes.values():
        yield from _told_flows(scope, node)
        default = node.element.get("default")
        if default is not None and default not in {flow.id for flow in scope.outgoing(node.id)}:
            message = (
                f"Nhánh mặc định “{default}” không phải đường đi ra của {node.label}. Hãy chọn lại nhánh mặc định."
            )
            yield error("gateway.default-unknown", message, node.id, node.line)
        if node.kind == "boundaryEvent":
            host = scope.nodes.get(node.element.get("attachedToRef", ""))
            if host is None or host.kind not in ACTIVITIES:
                message = f"Sự kiện biên {node.label} không gắn vào bước nào. Hãy đặt nó lên viền của một bước."
                yield error("boundary.attached-unknown", message, node.id, node.line)


def _told_flows(scope: Scope, node: Node) -> Iterator[Problem]:
    """What a node says of its flows is for reading only; the flows themselves count."""
    for tag, flows in (("incoming", scope.incoming(node.id)), ("outgoing", scope.outgoing(node.id))):
        known = {flow.id for flow in flows}
        wrong = [text for told in node.element.iterfind(bpmn(tag)) if (text := plain(told.text)) not in known]
        if wrong:
            message = (
                f"{node.label} ghi đường nối “{wrong[0][:120]}” ({tag}) nhưng đường nối đó không nối vào đây; "
                "hệ thống theo đường nối. Hãy mở lại sơ đồ trong công cụ vẽ và nối lại."
            )
            yield warning("flow.told-wrongly", message, node.id, node.line)


def _starts_and_ends(scope: Scope) -> Iterator[Problem]:
    if scope.owner is not None and scope.owner.kind == "adHocSubProcess":
        return  # refused as a construct
    where = "Quy trình" if scope.owner is None else f"Khối {scope.owner.label}"
    line = line_of(scope.element)
    starts = scope.of_kind("startEvent")
    if not starts:
        yield error(
            "start.missing", f"{where} không có sự kiện bắt đầu. Hãy thêm đúng một sự kiện bắt đầu.", scope.id, line
        )
    for extra in starts[1:]:
        message = f"{where} có nhiều sự kiện bắt đầu. Hãy chỉ giữ một."
        yield error("start.several", message, extra.id, extra.line)
    if not scope.of_kind("endEvent"):
        yield error("end.missing", f"{where} không có sự kiện kết thúc. Hãy thêm sự kiện kết thúc.", scope.id, line)
    for start in starts:
        if scope.incoming(start.id):
            message = f"Có đường nối đi vào sự kiện bắt đầu {start.label}. Hãy nối vào bước đầu tiên."
            yield error("start.incoming", message, start.id, start.line)
    for end in scope.of_kind("endEvent"):
        if scope.outgoing(end.id):
            message = f"Có đường nối đi ra từ sự kiện kết thúc {end.label}. Hãy xóa đường nối đó."
            yield error("end.outgoing", message, end.id, end.line)


def _neighbours(scope: Scope) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """What each node leads to, and what leads to it: also an activity to the events on its border, a link to its other half."""
    after: dict[str, list[str]] = {name: [] for name in scope.nodes}
    before: dict[str, list[str]] = {name: [] for name in scope.nodes}
    edges = [(flow.source, flow.target) for flow in scope.flows]
    edges += [(node.element.get("attachedToRef", ""), node.id) for node in scope.of_kind("boundaryEvent")]
    edges += [(name, target) for name in scope.nodes for target in scope.linked(name)]
    for source, target in edges:
        if source in after and target in before:
            after[source].append(target)
            before[target].append(source)
    return after, before


def _spread(starts: list[str], edges: dict[str, list[str]]) -> set[str]:
    seen, todo = set(starts), list(starts)
    while todo:
        for name in edges[todo.pop()]:
            if name not in seen:
                seen.add(name)
                todo.append(name)
    return seen


def _ways(scope: Scope) -> Iterator[Problem]:
    if scope.owner is not None and scope.owner.kind == "adHocSubProcess":
        return
    after, before = _neighbours(scope)
    starts = [node.id for node in scope.of_kind("startEvent")]
    ends = [node.id for node in scope.of_kind("endEvent")]
    reached = _spread(starts, after)
    # A dead end is named itself, not everything that leads to it.
    leading = _spread([*ends, *(name for name, follows in after.items() if not _goes_on(scope, follows))], before)
    for node in scope.nodes.values():
        if is_true(node.element.get("triggeredByEvent")):
            continue
        if starts and node.id not in reached:
            message = f"Không có đường nào từ điểm bắt đầu tới {node.label}. Hãy nối vào quy trình hoặc xóa đi."
            yield error("node.unreachable", message, node.id, node.line)
        if node.kind != "endEvent" and node.trigger != "link" and not scope.outgoing(node.id):
            message = f"Từ {node.label} không có đường đi tiếp. Hãy nối tới bước sau hoặc tới sự kiện kết thúc."
            yield error("node.dead-end", message, node.id, node.line)
        elif ends and node.id not in leading:
            message = f"Từ {node.label} không bao giờ tới được điểm kết thúc. Hãy thêm đường ra khỏi vòng lặp."
            yield error("node.no-way-out", message, node.id, node.line)


def _goes_on(scope: Scope, follows: list[str]) -> bool:
    """Whether anything but an event on the border follows."""
    return any(scope.nodes[name].kind != "boundaryEvent" for name in follows)


def _is_passing(node: Node, processes: Mapping[str, Model], calls: tuple[str, ...] = ()) -> bool:
    """Whether a token may go through without waiting for a person, a time or a message."""
    if node.loop is not None:
        return False  # over an empty list it may, but then the list decides how often
    if node.kind in BLOCKS and node.block is not None:
        return _has_free_way(node.block, processes, calls)
    if node.kind == "callActivity":
        target = (node.element.get("calledElement") or "").strip()
        called = [scope for scope in processes[target].processes if scope.id == target] if target in processes else []
        return target not in calls and any(_has_free_way(scope, processes, (*calls, target)) for scope in called)
    if node.kind == "boundaryEvent":
        return node.trigger in ("error", "escalation", "cancel")
    return node.kind in _PASSING or node.trigger == "link" or node.kind == "endEvent"


def _has_free_way(scope: Scope, processes: Mapping[str, Model], calls: tuple[str, ...]) -> bool:
    """Whether an end can be reached from the start past nothing that waits."""
    after, _ = _neighbours(scope)
    passing = {name for name, node in scope.nodes.items() if _is_passing(node, processes, calls)}
    edges = {name: [target for target in after[name] if target in passing] for name in scope.nodes}
    reached = _spread([start.id for start in scope.of_kind("startEvent")], edges)
    return any(end.id in reached for end in scope.of_kind("endEvent"))


def _idle_loop(scope: Scope, processes: Mapping[str, Model]) -> Iterator[Problem]:
    """A circle in which nothing waits for anyone: its conditions would never change."""
    after, _ = _neighbours(scope)
    passing = {name for name, node in scope.nodes.items() if _is_passing(node, processes)}
    edges = {name: [target for target in after[name] if target in passing] for name in passing}
    leaves = [name for name, targets in edges.items() if not targets]
    before: dict[str, list[str]] = {name: [] for name in passing}
    for name, targets in edges.items():
        for target in targets:
            before[target].append(name)
    left = {name: len(targets) for name, targets in edges.items()}
    while leaves:
        for name in before[leaves.pop()]:
            left[name] -= 1
            if left[name] == 0:
                leaves.append(name)
    # What remains leads into a circle; the first node of one that also lies on it is named.
    for name in scope.nodes:
        if left.get(name) and name in _spread(edges[name], edges):
            node = scope.nodes[name]
            message = f"Vòng lặp qua {node.label} không có bước nào của người dùng nên chạy mãi. Hãy bỏ vòng lặp."
            yield error("loop.without-step", message, node.id, node.line)
            return


def _outgoing(scope: Scope) -> Iterator[Problem]:
    for node in scope.nodes.values():
        flows = scope.outgoing(node.id)
        if node.kind in CONDITIONAL:
            yield from _conditional(node, flows)
        else:
            yield from _unconditional(node, flows)
        if node.kind == "eventBasedGateway":
            yield from _event_based(scope, node, flows)
        twins = [pair for pair, count in Counter((f.source, f.target) for f in flows).items() if count > 1]
        if twins and node.kind not in CONDITIONAL:
            message = f"Từ {node.label} có hai đường nối tới cùng một phần tử. Hãy xóa bớt một đường."
            yield error("flow.twice", message, node.id, node.line)


def _conditional(node: Node, flows: list[Flow]) -> Iterator[Problem]:
    default = node.element.get("default")
    if len(flows) < 2 and all(flow.condition is None for flow in flows):
        return
    for flow in flows:
        if flow.condition is None and flow.id != default:
            message = (
                f"Đường ra của cổng {node.label} chưa có điều kiện. Hãy ghi điều kiện FEEL hoặc đặt làm nhánh mặc định."
            )
            yield error("flow.condition-missing", message, flow.id, flow.line)
        if flow.condition is not None and flow.id == default:
            message = (
                f"Nhánh mặc định của cổng {node.label} có điều kiện; điều kiện này không được xét. Hãy xóa điều kiện."
            )
            yield warning("flow.condition-on-default", message, flow.id, flow.line)
    if default is None:
        message = (
            f"Cổng {node.label} không có nhánh mặc định: hồ sơ sẽ dừng khi không điều kiện nào đúng. Nên đặt một nhánh."
        )
        yield warning("gateway.default-missing", message, node.id, node.line)


def _unconditional(node: Node, flows: list[Flow]) -> Iterator[Problem]:
    if len(flows) > 1 and node.kind not in GATEWAYS and node.kind not in ("startEvent", "endEvent"):
        message = f"Từ {node.label} có {len(flows)} đường đi ra. Hãy đặt một cổng rẽ nhánh ngay sau nó."
        yield error("node.several-outgoing", message, node.id, node.line)
    for flow in flows:
        if flow.condition is not None:
            message = f"Điều kiện trên đường ra của {node.label} không được xét. Hãy đặt cổng loại trừ rồi ghi điều kiện ở đó."
            yield error("flow.condition-on-task", message, flow.id, flow.line)


def _is_awaited(scope: Scope, target: Node) -> bool:
    waits = target.kind == "intermediateCatchEvent" and target.trigger != "link"
    return waits and len(scope.incoming(target.id)) == 1


def _event_based(scope: Scope, node: Node, flows: list[Flow]) -> Iterator[Problem]:
    if len(flows) < 2:
        yield error("gateway.event-single", f"Cổng sự kiện {node.label} cần ít nhất hai nhánh.", node.id, node.line)
    for flow in flows:
        target = scope.nodes.get(flow.target)
        if target is not None and not _is_awaited(scope, target):
            message = (
                f"Sau cổng sự kiện {node.label} chỉ được là sự kiện chờ thời gian hoặc thông điệp, "
                "mỗi sự kiện một đường vào."
            )
            yield error("gateway.event-target", message, flow.id, flow.line)
    if node.element.get("eventGatewayType", "Exclusive") != "Exclusive" or is_true(node.element.get("instantiate")):
        message = f"Cổng sự kiện {node.label} chỉ được là loại thường (Exclusive, không khởi tạo quy trình)."
        yield error("gateway.event-type", message, node.id, node.line)
