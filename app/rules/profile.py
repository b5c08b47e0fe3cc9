"""A province's choices among the readings its regulation leaves open: one TOML file a province, checked when it is read."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

from app.rules.codes import check_template
from app.rules.limits import parse_limit

_ID = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)


class ProfileError(ValueError):
    """A profile that cannot be used. The text (Vietnamese) names the file and every key that is wrong."""


@dataclass(frozen=True, slots=True)
class Profile:
    """The switches of one province; durations are ISO 8601 in working time, a day of which is the calendar's.

    `supplement_clock`: after a supplement the time is counted from zero (`restart`, QT-19.3a) or goes on (`resume`).
    `supplement_step`: the work goes on at the `same` step or from the `first`.
    `result_at_deadline`: a result exactly at the deadline is `on_time` or `overdue` (QT-18.6 leaves it open).
    `late_apology`: an apology after the appointment is `allowed` or `refused` (QT-19.1a against QT-19.3b).
    `apology_overdue`: an apology marks the dossier overdue `always` (QT-19.1a), or only the result decides (`by_result`).
    `slip_set`: slips are printed after TT 01/2018/TT-VPCP (`tt_01_2018`) or TT 03/2025/TT-VPCP (`tt_03_2025`).
    `slip_files`: supplement, apology, refusal and withdrawal are `required` to carry the slip's file (QT-15.3) or `optional`.
    `appointment`: by default the `next_session` after the deadline's (QT-18.3), or the `deadline` itself.
    `due_soon`: how long before the appointment the warning stands (QT-21b); `step_due_soon`: before a step's due time.
    """

    id: str
    name: str
    regulation: str
    valid_from: date
    valid_to: date | None
    code_template: str
    supplement_clock: str
    supplement_step: str
    result_at_deadline: str
    late_apology: str
    apology_overdue: str
    slip_set: str
    slip_files: str
    appointment: str
    due_soon: str
    step_due_soon: str


CHOICES: Mapping[str, tuple[str, ...]] = {
    "supplement_clock": ("restart", "resume"),
    "supplement_step": ("same", "first"),
    "result_at_deadline": ("on_time", "overdue"),
    "late_apology": ("allowed", "refused"),
    "apology_overdue": ("always", "by_result"),
    "slip_set": ("tt_01_2018", "tt_03_2025"),
    "slip_files": ("required", "optional"),
    "appointment": ("next_session", "deadline"),
}


def load_profile(path: str | Path) -> Profile:
    """Read and check one profile. Errors: ProfileError listing every unknown, missing or wrong key of that file."""
    file = Path(path)
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ProfileError(f"{file}: không đọc được hồ sơ tỉnh ({error.strerror})") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProfileError(f"{file}: không phải TOML hợp lệ ({error})") from None
    wrong: list[str] = []
    values = {name: _read(name, data.get(name), name in data, wrong) for name in _NAMES}
    wrong += [f"{name}: không có mục này" for name in data if name not in _NAMES]
    if not wrong and values["valid_to"] is not None and values["valid_to"] < values["valid_from"]:
        wrong.append("valid_to: phải từ valid_from trở đi")
    if wrong:
        raise ProfileError(f"{file}: " + "; ".join(wrong))
    return Profile(**values)


_NAMES = tuple(item.name for item in fields(Profile))


def _read(name: str, value: Any, present: bool, wrong: list[str]) -> Any:
    if not present:
        if name != "valid_to":  # TOML has no null: an open end is a key left out
            wrong.append(f"{name}: thiếu")
        return None
    try:
        return _choice(name, value) if name in CHOICES else _READERS[name](value)
    except ValueError as error:
        wrong.append(f"{name}: {error}")
        return None


def _choice(name: str, value: Any) -> str:
    if value not in CHOICES[name]:
        raise ValueError(f"{value!r} không thuộc {', '.join(CHOICES[name])}")
    return str(value)


def _id(value: Any) -> str:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise ValueError(f"{value!r} phải là chữ thường, chữ số và dấu gạch dưới")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{value!r} phải là chữ, không để trống")
    return value


def _date(value: Any) -> date:
    if type(value) is not date:
        raise ValueError(f"{value!r} phải là ngày, ví dụ 2020-01-01")
    return value


def _template(value: Any) -> str:
    return check_template(_text(value))


def _duration(value: Any) -> str:
    text = _text(value).strip()
    if parse_limit(text) is None:
        raise ValueError("phải là một khoảng thời gian")
    return text


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "id": _id,
    "name": _text,
    "regulation": _text,
    "valid_from": _date,
    "valid_to": _date,
    "code_template": _template,
    "due_soon": _duration,
    "step_due_soon": _duration,
}
