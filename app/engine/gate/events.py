"""Gate: what is awaited and what is thrown: messages, errors, escalations, cancelled transactions and links."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.engine.gate.model import BLOCKS, Model, Node, Scope, link_name, plain
from app.engine.names import bpmn
from app.engine.problems import Problem, Severity, error, warning

_KINDS = {"error": "Lỗi", "escalation": "Leo thang"}


@dataclass(frozen=True, slots=True)
class _Thrown:
    """What leaves a process or block uncaught: `code` None where nothing was named; `place` is drawn in `model`."""

    kind: str
    code: str | None
    place: Node


def check_events(model: Model, processes: Mapping[str, Model], *, standalone: bool) -> Iterator[Problem]:
    """`processes`: the models of this file's and of the called processes by id; a diagram that is not `standalone` may be
    called by one that catches what leaves it."""
    for node in model.nodes():
        yield from _message(model, node)
        if node.trigger in _KINDS and node.kind != "startEvent":
            yield from _code(model, node)
        if node.kind == "boundaryEvent":
            yield from _border(node)
    for scope in model.scopes:
        yield from _cancelled(scope)
        yield from _links(scope)
        yield from _ambiguous(model, scope)
    for process in model.processes:
        for node in process.nodes.values():
            for thrown in _passing(model, node, processes):
                yield _uncaught(thrown, standalone=standalone)
    yield from _never_thrown(model, processes)


def _declared(model: Model, kind: str) -> dict[str, str]:
    """The code (of a message, the name) of everything of that kind that the file declares, by id."""
    found = {}
    for element in model.root.iterfind(bpmn(kind)):
        name = (element.get("name") or "").strip()
        found[element.get("id", "")] = name if kind == "message" else (element.get(f"{kind}Code") or "").strip() or name
    return found


def _message(model: Model, node: Node) -> Iterator[Problem]:
    definition = node.element if node.kind == "receiveTask" else node.element.find(bpmn("messageEventDefinition"))
    if definition is None or node.kind not in ("receiveTask", "intermediateCatchEvent", "boundaryEvent"):
        return
    reference, declared = definition.get("messageRef"), _declared(model, "message")
    if not (reference or "").strip():
        message = f"{node.label} chưa chọn thông điệp để chờ. Hãy chọn hoặc tạo một thông điệp (Message) có tên."
        yield error("message.missing", message, node.id, node.line)
    elif plain(reference) not in declared:
        message = f"{node.label} chờ thông điệp “{reference}” chưa được khai báo. Hãy chọn lại thông điệp."
        yield error("message.unknown", message, node.id, node.line)
    elif not declared[plain(reference)]:
        message = f"Thông điệp mà {node.label} chờ chưa có tên. Hãy đặt tên: thông điệp được nhận theo tên."
        yield error("message.unnamed", message, node.id, node.line)


def _reference(node: Node) -> str | None:
    return (node.definitions()[0].get(f"{node.trigger}Ref") or "").strip() or None


def _named(model: Model, node: Node) -> str | None:
    """By what an error or escalation is told from others: its code, else its name, else its id; None for any."""
    reference = plain(_reference(node))
    return _declared(model, node.trigger).get(reference) or reference or None


def _code(model: Model, node: Node) -> Iterator[Problem]:
    reference, kind = _reference(node), node.trigger
    if reference is None:
        if node.kind != "boundaryEvent":
            message = f"{_KINDS[kind]} ở {node.label} chưa có mã. Hãy chọn hoặc tạo một mục có mã."
            yield error(f"{kind}.missing", message, node.id, node.line)
    elif plain(reference) not in _declared(model, kind):
        message = f"{node.label} nêu “{reference}” chưa được khai báo. Hãy chọn lại."
        yield error(f"{kind}.unknown", message, node.id, node.line)


def _border(node: Node) -> Iterator[Problem]:
    host = node.scope.nodes.get(node.element.get("attachedToRef", ""))
    if host is None:
        return
    if host.kind == "sendTask":
        message = (
            f"{node.label} đặt ở biên của thông báo {host.label}, việc này xong ngay. Hãy đặt vào một bước hoặc khối."
        )
        yield error("boundary.host", message, node.id, node.line)
    if node.trigger in _KINDS and host.kind not in BLOCKS | {"callActivity"}:
        message = f"{node.label} chỉ đặt được ở biên của một khối hoặc quy trình được gọi: bước thường không gây ra nó."
        yield error(f"{node.trigger}.host", message, node.id, node.line)
    if node.trigger == "cancel" and host.kind != "transaction":
        message = f"Sự kiện hủy {node.label} chỉ đặt được ở biên của một giao dịch (transaction)."
        yield error("cancel.host", message, node.id, node.line)
    if node.trigger in ("error", "cancel") and not node.interrupts:
        message = f"Sự kiện {node.label} luôn ngắt khối. Hãy đổi thành loại ngắt."
        yield error(f"{node.trigger}.non-interrupting", message, node.id, node.line)


def _cancelled(scope: Scope) -> Iterator[Problem]:
    for node in scope.of_kind("endEvent"):
        if node.trigger == "cancel" and (scope.owner is None or scope.owner.kind != "transaction"):
            message = f"Điểm hủy {node.label} phải nằm trực tiếp trong một giao dịch (transaction). Hãy chuyển vào đó."
            yield error("cancel.outside", message, node.id, node.line)
    for node in scope.of_kind("transaction"):
        catching = [event for event in scope.on_border(node.id) if event.trigger == "cancel"]
        ends = node.block.of_kind("endEvent") if node.block is not None else []
        inside = any(end.trigger == "cancel" for end in ends)
        if inside and not catching:
            message = f"Giao dịch {node.label} có điểm hủy nhưng biên không có sự kiện hủy. Hãy đặt đúng một sự kiện."
            yield error("cancel.uncaught", message, node.id, node.line)
        for extra in catching[1:]:
            message = f"Giao dịch {node.label} có nhiều sự kiện hủy ở biên. Hãy chỉ giữ một."
            yield error("cancel.several", message, extra.id, extra.line)
        if catching and not inside:
            message = f"{catching[0].label} không bao giờ xảy ra: giao dịch không có điểm hủy. Hãy thêm hoặc xóa đi."
            yield warning("cancel.never-thrown", message, catching[0].id, catching[0].line)


def _links(scope: Scope) -> Iterator[Problem]:
    throws = [node for node in scope.of_kind("intermediateThrowEvent") if node.trigger == "link"]
    catches = [node for node in scope.of_kind("intermediateCatchEvent") if node.trigger == "link"]
    for node in (*throws, *catches):
        if not link_name(node).strip():
            message = f"Liên kết {node.label} chưa có tên. Hãy đặt cùng một tên ở hai đầu."
            yield error("link.name-missing", message, node.id, node.line)
    there, here = Counter(map(link_name, catches)), {link_name(node) for node in throws}
    for node in throws:
        if not there[link_name(node)]:
            message = f"Liên kết {node.label} không có đầu nhận cùng tên trong cùng khối. Hãy vẽ đầu nhận."
            yield error("link.target-missing", message, node.id, node.line)
        if scope.outgoing(node.id):
            message = f"Có đường nối đi ra từ đầu gửi của liên kết {node.label}. Hãy xóa: đường đi tiếp từ đầu nhận."
            yield error("link.outgoing", message, node.id, node.line)
    for node in catches:
        if there[link_name(node)] > 1:
            message = f"Có nhiều đầu nhận cùng tên với liên kết {node.label}. Hãy chỉ giữ một."
            yield error("link.target-several", message, node.id, node.line)
        if link_name(node) not in here:
            message = f"Không liên kết nào dẫn tới {node.label}. Hãy vẽ đầu gửi cùng tên hoặc xóa đi."
            yield error("link.source-missing", message, node.id, node.line)
        if scope.incoming(node.id):
            message = f"Có đường nối đi vào đầu nhận của liên kết {node.label}. Hãy nối vào đầu gửi."
            yield error("link.incoming", message, node.id, node.line)
    yield from _link_ends(throws, catches)


def _link_ends(throws: list[Node], catches: list[Node]) -> Iterator[Problem]:
    """The other end that a link names by id must be the one that has its name."""
    for node, tag, others in [(node, "target", catches) for node in throws] + [(n, "source", throws) for n in catches]:
        meant = {
            name
            for other in others
            if link_name(other) == link_name(node)
            for name in (other.id, other.definitions()[0].get("id"))
        }
        for end in node.definitions()[0].iterfind(bpmn(tag)):
            if plain(end.text) not in meant:
                message = f"Liên kết {node.label} ghi đầu kia là “{end.text}”, khác tên. Hãy xóa phần tử {tag}."
                yield error("link.end-differs", message, node.id, node.line)


def _ambiguous(model: Model, scope: Scope) -> Iterator[Problem]:
    """Two events that wait at one place for the same thing: nobody could say which of them goes on."""
    places: list[list[Node]] = [scope.on_border(host) for host in scope.nodes]
    for gateway in scope.of_kind("eventBasedGateway"):
        places.append([scope.nodes[f.target] for f in scope.outgoing(gateway.id) if f.target in scope.nodes])
    for place in places:
        seen: set[tuple[str, str | None]] = set()
        for node in place:
            key = _awaits(model, node)
            if key is not None and key in seen:
                message = f"{node.label} chờ cùng một việc với sự kiện bên cạnh. Hãy chỉ giữ một."
                yield error("event.ambiguous", message, node.id, node.line)
            elif key is not None:
                seen.add(key)


def _awaits(model: Model, node: Node) -> tuple[str, str | None] | None:
    if node.trigger in _KINDS:
        return node.trigger, _named(model, node)
    definition = node.element if node.kind == "receiveTask" else node.element.find(bpmn("messageEventDefinition"))
    if definition is None or not definition.get("messageRef"):
        return None
    reference = plain(definition.get("messageRef"))
    return "message", _declared(model, "message").get(reference) or reference


def _escaping(
    model: Model, node: Node, processes: Mapping[str, Model], calls: tuple[str, ...] = ()
) -> Iterator[_Thrown]:
    """What comes to the border of a node from inside it, through the blocks and calls in it."""
    if node.trigger in _KINDS and node.kind in ("endEvent", "intermediateThrowEvent"):
        yield _Thrown(node.trigger, _named(model, node), node)
    elif node.block is not None:
        for inner in node.block.nodes.values():
            yield from _passing(model, inner, processes, calls)
    elif node.kind == "callActivity":
        target = (node.element.get("calledElement") or "").strip()
        called = processes.get(target)
        if called is None or target in calls:
            return
        for process in called.processes:
            for inner in process.nodes.values() if process.id == target else ():
                for one in _passing(called, inner, processes, (*calls, target)):
                    yield _Thrown(one.kind, one.code, node)


def _passing(
    model: Model, node: Node, processes: Mapping[str, Model], calls: tuple[str, ...] = ()
) -> Iterator[_Thrown]:
    """What comes out of a node and is not caught on its border."""
    for one in _escaping(model, node, processes, calls):
        if not any(
            event.trigger == one.kind and _named(model, event) in (None, one.code)
            for event in node.scope.on_border(node.id)
        ):
            yield one


def _uncaught(thrown: _Thrown, *, standalone: bool) -> Problem:
    node, kind = thrown.place, thrown.kind
    severity: Severity = "error" if kind == "error" and standalone else "warning"
    what = f"{_KINDS[kind]}{f' “{thrown.code}”' if thrown.code else ''}"
    if node.kind == "callActivity":
        text = f"{what} của quy trình được gọi ở {node.label} không nơi nào bắt. Hãy đặt sự kiện cùng mã ở biên của nó."
    elif not standalone and node.scope.owner is None:
        text = (
            f"{what} ở {node.label} phải được bắt ở biên của nơi gọi quy trình này. Hãy nhớ đặt sự kiện cùng mã ở đó."
        )
    else:
        text = f"{what} ở {node.label} không nơi nào bắt. Hãy đặt sự kiện cùng mã ở biên của khối chứa nó."
    return Problem(f"{kind}.uncaught", severity, text, node.id, node.line)


def _never_thrown(model: Model, processes: Mapping[str, Model]) -> Iterator[Problem]:
    for event in model.nodes():
        host = event.scope.nodes.get(event.element.get("attachedToRef", ""))
        if event.trigger not in _KINDS or host is None or host.kind not in BLOCKS | {"callActivity"}:
            continue
        if host.kind == "callActivity" and (host.element.get("calledElement") or "").strip() not in processes:
            continue
        code = _named(model, event)
        reaching = _escaping(model, host, processes)
        if not any(one.kind == event.trigger and code in (None, one.code) for one in reaching):
            message = f"{event.label} không bao giờ xảy ra: bên trong không có gì gây ra nó. Hãy sửa mã hoặc xóa đi."
            yield warning(f"{event.trigger}.never-thrown", message, event.id, event.line)
