"""Plausible values for a form that somebody tries out: what its fields would take."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from app.actions.form_schema import KEYED, LIST, ONE_OF, SEVERAL, Scope, components_of, options_of, put_at, steps
from app.actions.form_schema import label_of as _label

MOST_FIELDS = 300
_WORDS = {
    "phone": "0912 345 678",
    "email": "binh.tv@vidu.vn",
    "name": "Trần Văn Bình",
    "number": "045201000123",
    "place": "Thôn 3, xã Hải Lăng",
    "other": "Nội dung ví dụ",
}


def sample_data(form: Any, today: date, known: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Values for every field but those computed; lists have two rows. `known` is what expressions see besides."""
    data: dict[str, Any] = dict(known or {})
    _fill(form, data, data, (), today, 0)
    return data


def _fill(
    form: Any, data: dict[str, Any], here: dict[str, Any], path: tuple[str, ...], today: date, depth: int
) -> None:
    for component in components_of(form)[:MOST_FIELDS] if depth < 6 else ():
        kind = component.get("type")
        own = steps(component.get("key") if kind in KEYED else component.get("path"))
        place = (*path, *own)
        if kind in KEYED and own:
            if (value := _sample(component, data, today)) is not None:
                put_at(here, place, value)
        elif kind == LIST and own:
            rows: list[dict[str, Any]] = [{}, {}]
            for row in rows:
                _fill(component, data, row, (), today, depth + 1)
            put_at(here, place, rows)
        elif kind != LIST:
            _fill(component, data, here, place, today, depth + 1)


def _sample(component: Mapping[str, Any], data: dict[str, Any], today: date) -> Any:
    kind = component.get("type")
    if kind in ONE_OF or kind in SEVERAL:
        values = [option.value for option in options_of(component, Scope(data))]
        return (values[0] if kind in ONE_OF else values[:2]) if values else None
    if kind == "number":
        return _number(component)
    if kind == "checkbox":
        return True
    if kind == "datetime":
        day, subtype = today + timedelta(days=3), component.get("subtype") or "date"
        return {"time": "08:30", "datetime": f"{day.isoformat()}T08:30"}.get(str(subtype), day.isoformat())
    return _text(component) if kind in ("textfield", "textarea") else None


def _number(component: Mapping[str, Any]) -> int | float | str:
    validate = component.get("validate")
    limits = validate if isinstance(validate, Mapping) else {}
    least, most = (_decimal(limits.get(name)) for name in ("min", "max"))
    value = Decimal(12)
    if least is not None and value < least:
        value = least
    if most is not None and value > most:
        value = most
    step = _decimal(component.get("increment"))
    if step:
        value -= value % step
        value = value + step if least is not None and value < least else value
    if component.get("serializeToString") is True:
        return str(value)
    return int(value) if value == value.to_integral_value() else float(value)


def _decimal(value: Any) -> Decimal | None:
    try:
        number = None if value is None or isinstance(value, bool) else Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number is not None and number.is_finite() else None


def _text(component: Mapping[str, Any]) -> str:
    found = component.get("validate")
    limits: Mapping[str, Any] = found if isinstance(found, Mapping) else {}
    told = f"{component.get('key')} {_label(component)}".lower()
    if limits.get("validationType") in ("email", "phone"):
        return _WORDS[str(limits["validationType"])]
    text = next(
        (
            _WORDS[kind]
            for kind, signs in (
                ("phone", ("phone", "điện thoại")),
                ("email", ("email", "thư điện tử")),
                ("number", ("số định danh", "cccd", "mã số", "id_number")),
                ("place", ("địa chỉ", "address", "nơi", "thửa")),
                ("name", ("họ và tên", "họ tên", "người", "chủ ", "full_name")),
            )
            if any(sign in told for sign in signs)
        ),
        _WORDS["other"],
    )
    least, most = limits.get("minLength"), limits.get("maxLength")
    if isinstance(least, int) and not isinstance(least, bool) and 0 < least <= 1000:
        text = text.ljust(least, ".")
    return text[:most] if isinstance(most, int) and not isinstance(most, bool) and most > 0 else text
