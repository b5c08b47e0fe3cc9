"""What is wrong with a form-js schema before anybody fills it in: while it is drawn, when it is sent along or published.

An error is what the server could not check, what a browser would not draw, or what nobody could fill in; a warning is what
will surprise somebody; a note is worth knowing.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from app.actions.form_field_check import Fault, check_field, expressions_of, feel_problem, names_in
from app.actions.form_schema import DEEPEST, KEYED, LIST, NOT_SHOWN, SHOWN, components_of, kind_of, label_of, steps
from app.engine.form_keys import FormSurroundings

MOST_CHARACTERS = 400_000
"""Of a schema; what a page carries."""
MOST_FIELDS = 300
MOST_FAULTS = 60
OF_REGISTRATION = frozenset({"request", "commune"})
"""What registration puts into a dossier's data by itself (`app.views.form_data.WELL_KNOWN`)."""
SPECIAL = frozenset({"this", "parent", "i", "_this_", "_parent_", "_i_"})
"""What form-js gives to expressions besides the data."""
_FORBIDDEN = frozenset({"__proto__", "prototype", "constructor"})
_ORDER = ("error", "warning", "note")


@dataclass(frozen=True, slots=True)
class Around:
    """What a form stands among: `given`, data that other forms or the system give; `reads`, what the diagram's expressions
    read; `taken`, names that are not free and why; `positions`, those that agencies have (None: not known)."""

    given: frozenset[str] = frozenset()
    reads: frozenset[str] = frozenset()
    taken: Mapping[str, str] = field(default_factory=dict)
    positions: Collection[str] | None = None


@dataclass(frozen=True, slots=True)
class _Walked:
    """A component, where its value (or what it holds) stands, how deep, and in which lists."""

    component: dict[str, Any]
    place: tuple[str, ...]
    depth: int
    lists: tuple[tuple[str, ...], ...] = ()

    @property
    def kind(self) -> str:
        return kind_of(self.component)

    @property
    def name(self) -> str:
        return label_of(self.component)[:80]

    def fault(self, code: str, severity: str, message: str) -> Fault:
        return Fault.at(self.component, self.place, code, severity, message)


def around(
    diagram: FormSurroundings,
    forms: Mapping[str, Any],
    but: str | None = None,
    positions: Collection[str] | None = None,
) -> Around:
    """The surroundings of one form (`but`) among those of a diagram."""
    others = (given_names(form) for name, form in forms.items() if name != but)
    given = frozenset().union(*others, OF_REGISTRATION, diagram.taken)
    return Around(given, diagram.reads, diagram.taken, positions)


def given_names(form: Any) -> frozenset[str]:
    """The members of a dossier's data that a form fills."""
    return frozenset(one.place[0] for one in _walk(form) if one.place)


def check_schema(form: Any, beside: Around | None = None) -> list[Fault]:
    """Everything that is wrong with a schema, errors first."""
    if not isinstance(form, Mapping) or not isinstance(form.get("components"), list):
        return [Fault("form.unreadable", "error", "Không phải biểu mẫu form-js (thiếu danh sách components).")]
    if len(json.dumps(form, ensure_ascii=False)) > MOST_CHARACTERS:
        return [
            Fault("form.too-large", "error", f"Biểu mẫu quá lớn: nhiều nhất {MOST_CHARACTERS // 1000} nghìn ký tự.")
        ]
    found = sorted(_faults(form, beside or Around()), key=lambda fault: _ORDER.index(fault.severity))
    return found[:MOST_FAULTS]


def check_form_files(
    diagram: FormSurroundings, forms: Mapping[str, Any], positions: Collection[str] | None = None
) -> list[dict[str, Any]]:
    """The problems of the forms of a diagram, by name, as the gate tells its own; without notes, and what it says itself."""
    found = []
    for name, form in sorted(forms.items()):
        for fault in check_schema(form, around(diagram, forms, name, positions)):
            if fault.severity != "note" and not fault.code.startswith("diagram."):
                told = asdict(fault) | {"message": f"Biểu mẫu “{name}”: {fault.message}"}
                found.append({**told, "element": None, "name": None, "line": None, "form": name})
    return found


def _walk(
    form: Any, place: tuple[str, ...] = (), depth: int = 0, lists: tuple[tuple[str, ...], ...] = ()
) -> Iterator[_Walked]:
    for component in components_of(form) if depth <= DEEPEST else ():
        own = component.get("key") if kind_of(component) in KEYED else component.get("path")
        here = (*place, *steps(own))
        yield _Walked(component, here, depth, lists)
        inner = (*lists, here) if kind_of(component) == LIST else lists
        yield from _walk(component, here, depth + 1, inner)


def _faults(form: Mapping[str, Any], beside: Around) -> Iterator[Fault]:
    walked = list(_walk(form))
    if len(walked) > MOST_FIELDS:
        yield Fault("form.too-many", "error", f"Biểu mẫu có {len(walked)} thành phần, nhiều nhất {MOST_FIELDS}.")
        return
    if not any(one.kind in KEYED for one in walked):
        yield Fault("form.empty", "warning", "Biểu mẫu chưa có ô nào để nhập.")
    if _without_shape(form):
        yield Fault("form.unreadable", "error", "Có thành phần không phải là đối tượng JSON.")
    yield from _repeated_ids(walked)
    yield from _places(walked)
    own = given_names(form)
    for one in walked:
        yield from _component(one)
        yield from _taken(one, beside)
        yield from check_field(one.component, one.place, beside.positions)
        yield from _expressions(one, own | beside.given)
    yield from _of_data(walked, own, beside)


def _without_shape(form: Any) -> bool:
    found = form.get("components")
    if found is None:
        return False
    return not isinstance(found, list) or any(not isinstance(one, dict) or _without_shape(one) for one in found)


def _component(one: _Walked) -> Iterator[Fault]:
    if one.depth >= DEEPEST:
        yield one.fault("form.too-deep", "error", f"“{one.name}” nằm quá {DEEPEST} tầng nhóm.")
    if one.kind in NOT_SHOWN:
        message = f"“{one.name}” là loại {one.kind}, trang của bước không hiện loại này."
        yield one.fault("field.not-shown", "warning", message)
    elif one.kind not in SHOWN:
        message = f"“{one.name}” thuộc loại “{one.kind[:40]}”, hệ thống không biết nên không kiểm tra được."
        yield one.fault("field.type-unknown", "error", message)
    own = one.component.get("key" if one.kind in KEYED else "path")
    if (one.kind in KEYED or one.kind == LIST) and not (isinstance(own, str) and own):
        what = "khóa dữ liệu (key)" if one.kind in KEYED else "nơi giữ dữ liệu (path)"
        yield one.fault("field.no-key", "error", f"“{one.name}” chưa có {what} nên không lưu được gì.")
    elif own and not _is_path(own):
        message = f"Khóa “{str(own)[:80]}” không dùng được: chỉ chữ không dấu, chữ số, gạch dưới; bắt đầu bằng chữ."
        yield one.fault("field.key-form", "error", message)
    if one.kind in KEYED and one.kind != "expression" and one.name == str(own)[:80]:
        message = f"Ô “{one.name}” chưa có nhãn; người điền sẽ thấy mã này."
        yield one.fault("field.no-label", "warning", message)


def _is_path(path: Any) -> bool:
    """A place that expressions can name: identifiers with dots between them."""
    parts = steps(path)
    fits = all(part.isascii() and part.isidentifier() and part not in _FORBIDDEN for part in parts)
    return bool(parts) and fits and len(str(path)) <= 200


def _repeated_ids(walked: Sequence[_Walked]) -> Iterator[Fault]:
    seen: set[str] = set()
    for one in walked:
        own = one.component.get("id")
        if isinstance(own, str) and own in seen:
            yield one.fault("field.id-twice", "error", f"Hai thành phần có cùng mã “{own[:60]}”.")
        seen.add(str(own))


def _places(walked: Sequence[_Walked]) -> Iterator[Fault]:
    """Two values in one place, or one in the way of another: form-js refuses to draw such a form."""
    claims = [one for one in walked if one.place and (one.kind in KEYED or one.component.get("path"))]
    first: dict[tuple[str, ...], _Walked] = {}
    for one in claims:
        ends = range(1, len(one.place) + 1)
        before = next((first[one.place[:end]] for end in ends if one.place[:end] in first), None)
        if before is not None and _collides(before, one):
            message = (
                f"Khóa “{'.'.join(one.place)[:80]}” dùng hai lần: “{before.name}” và “{one.name}”. Mỗi ô cần một khóa."
            )
            yield one.fault("field.key-twice", "error", message)
        if one.kind in KEYED or one.kind == LIST:
            inside = [other for other in claims if other is not one and other.place[: len(one.place)] == one.place]
            if one.place not in first and any(
                _collides(one, other) for other in inside if _earlier(other, one, claims)
            ):
                message = f"Khóa “{'.'.join(one.place)[:80]}” của “{one.name}” đã là nơi giữ những ô khác."
                yield one.fault("field.key-twice", "error", message)
            first.setdefault(one.place, one)


def _earlier(other: _Walked, one: _Walked, claims: Sequence[_Walked]) -> bool:
    return next(each for each in claims if each is other or each is one) is other


def _collides(closed: _Walked, other: _Walked) -> bool:
    """Whether `other`, at that place or below, meets a value that stands alone, or a list that it is not in."""
    return not (closed.kind == LIST and closed.place in other.lists)


def _taken(one: _Walked, beside: Around) -> Iterator[Fault]:
    """Names that mean something else to the diagram or to expressions."""
    if one.lists or not one.place:
        return
    name = one.place[0]
    if name in beside.taken:
        message = f"Khóa “{name[:80]}” của “{one.name}” trùng với {beside.taken[name][:160]}; hãy đặt khóa khác."
    elif name.endswith("_decision"):
        message = f"Khóa “{name[:80]}” của “{one.name}” dành cho lựa chọn của bước; hãy đặt khóa khác."
    elif name in SPECIAL:
        message = f"Khóa “{name}” của “{one.name}” có nghĩa riêng trong biểu thức; hãy đặt khóa khác."
    else:
        if name == "request":
            message = f"Khóa “request” của “{one.name}” ghi đè nội dung yêu cầu đã nhập khi tiếp nhận."
            yield one.fault("field.key-of-dossier", "warning", message)
        return
    yield one.fault("field.key-taken", "error", message)


def _expressions(one: _Walked, known: frozenset[str]) -> Iterator[Fault]:
    for what, text in expressions_of(one.component):
        if (problem := feel_problem(text)) is not None:
            yield one.fault("field.feel", "error", f"{what} của “{one.name}” viết sai: {problem}.")
            continue
        for unknown in names_in(text):
            if unknown not in known and unknown not in SPECIAL:
                message = (
                    f"{what} của “{one.name}” đọc “{unknown[:80]}” nhưng không biểu mẫu nào của quy trình có ô này."
                )
                yield one.fault("field.reads-unknown", "warning", message)
    key = one.component.get("valuesKey")
    if isinstance(key, str) and key and key not in known:
        message = f"“{one.name}” lấy lựa chọn từ dữ liệu “{key[:80]}” mà không biểu mẫu nào điền."
        yield one.fault("field.values-unfilled", "warning", message)


def _of_data(walked: Sequence[_Walked], own: frozenset[str], beside: Around) -> Iterator[Fault]:
    """What the diagram reads and nobody gives, and what is only kept."""
    for name in sorted(beside.reads - own - beside.given - beside.taken.keys()):
        if not name.endswith("_decision"):
            message = f"Sơ đồ đọc dữ liệu “{name[:80]}” nhưng không biểu mẫu nào của quy trình có ô với khóa này."
            yield Fault("diagram.reads-unknown", "warning", message)
    read = {used for one in walked for _, text in expressions_of(one.component) for used in names_in(text)}
    if kept := sorted(own - beside.reads - read):
        listed = ", ".join(name[:40] for name in kept[:12]) + (", …" if len(kept) > 12 else "")
        yield Fault("form.only-kept", "note", f"Chỉ để lưu, không điều kiện nào đọc: {listed}.")
