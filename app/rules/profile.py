"""A province's choices among the readings its regulation leaves open: one TOML file a province, checked when it is read."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

from app.rules.backups import EVERY, check_at, read_kept
from app.rules.codes import check_template
from app.rules.limits import SameDay, parse_limit
from app.rules.retention import check_kept

NONE = "none"
"""How a file says that there is no such limit."""

_ID = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)


class ProfileError(ValueError):
    """A profile that cannot be used. The text (Vietnamese) names the file and every key that is wrong."""


@dataclass(frozen=True, slots=True)
class Profile:
    """The switches of one province. docs/profiles.md, made of this text and of the files, has them side by side.

    A duration is ISO 8601 in working time, a day of which is the calendar's, unless said otherwise; `none`: there is no limit.

    `code_template`: a dossier's code; which order of the agency's identifier it uses.
    `supplement_clock`: after a supplement the time is counted from zero (`restart`, QT-19.3a) or goes on (`resume`, ST-16.1b).
    `supplement_step`: after it the work goes on at the `same` step or from the `first`.
    `supplement_times`: a dossier is sent back for a supplement `once` or `any` number of times.
    `supplement_notice`: how long after acceptance a supplement may be asked for (NĐ 61 Art. 19(4)).
    `supplement_late_notice`: a request after that is kept and marked (`mark`), or not taken (`refuse`; ST-14.3d2).
    `payment_clock`: while a financial obligation is open the clock is on `pause` or goes on to `run` (QT-19.3).
    `result_at_deadline`: a result exactly at the deadline is `on_time` or `overdue` (QT-18.6 leaves it open).
    `on_time_by`: a result is measured by `instant` (QT-18.6) or by `date` (LA-14.4).
    `on_time_against`: it is measured against the `deadline` (QT-18.6) or the `appointment` (LA-14.4).
    `label_early`, `label_on_time`, `label_late`: how a dossier is called whose result came early, on time or late.
    `label_overdue`: how the mark is called that an apology leaves (QT-19.1a).
    `label_overdue_open`: how a dossier is called that is still open past its time (LA-14.4d).
    `apology_window`: an apology belongs at least a working day before the deadline (`day_before_deadline`, NĐ 61 Art. 19(9)),
    before the appointment (`before_appointment`, QT-19.1a), or only once the dossier is overdue (`when_overdue`, ST-14.3đ).
    `late_apology`: one after that window is `allowed` or `refused` (QT-19.1a against QT-19.3b).
    `apology_times`: an apology is possible `once` (NĐ 61 Art. 19(9)) or `any` number of times.
    `apology_overdue`: it marks the dossier overdue `always` (QT-19.1a), or only the result decides (`by_result`).
    `extension`: an agency's approved extension is one act `with_apology`, or a `separate` one (ST-14.3đ).
    `closing_bar`: while an `apology` is open the dossier cannot be closed (ST-16.1d), or `none`.
    `appointment`: by default the `next_session` after the deadline's (QT-18.3), or the `deadline` itself.
    `intake_limit`: how long the desk may check what was submitted online (ST-11.2a, TN-11.3a).
    `intake_cut_off`: what is submitted after this time of day (`HH:MM`) counts as the next day's (LA-9.1).
    `transfer_cut_off`: what is accepted after this time is passed on at the start of the next day (NĐ 61 Art. 18).
    `receipt_at_once`: for a dossier settled at once the receipt is `optional` or `required` (QT-15.1b).
    `paper`: where a step needs paper it goes with or `before` the electronic dossier (QT-20.1a), may come `after` (ST-13.3),
    or no order is laid down (`none`).
    `transfer_form`: where no paper goes along, the next agency's time starts when the dossier was `sent` (QT-20.2a) or
    `delivered` (QT-20.2b).
    `slip_set`: slips are printed after TT 01/2018/TT-VPCP (`tt_01_2018`) or TT 03/2025/TT-VPCP (`tt_03_2025`).
    `slip_files`: supplement, apology, refusal and withdrawal are `required` to carry the slip's file (QT-15.3) or `optional`.
    `due_soon`: how long before the appointment the warning stands (QT-21b).
    `step_due_soon`: how long before a step's due time its holder is told.
    `late_entry`: how far back, in calendar time, what happened during an outage may be entered (QT-28.5c).
    `publication_limit`: by when a procedure has to be published, or `effective`: by the day its decision takes effect (LA-5.2).
    `publication_from`: that is counted from the day of the `decision` (HT-6.1) or of the `registration` (ST-10.3b).
    `publication_review`: how long the centre may check what is published before it is in force; `none`: nobody checks.
    `acceptance_channels`: how an acceptance is told (ST-11.2b, LA-9.2).
    `acceptance_channels_mode`: by `all` of these ways or by `one`.
    `supplement_channels`: ways in which a request for a supplement is told whatever the applicant chose (TN-11.4c); none: as
    he chose (QT-16.4).
    `appointment_channels`: the same of a new date of return (ST-14.3).
    `result_channels`: the same of a result (TN-11.5c).
    `quiet_hours`: from when to when (`HH:MM-HH:MM`) no SMS, Zalo or call goes out; `none`: news goes at once (QT-16.4).
    `signed_results`: a result that is handed over online is `required` to be digitally signed (LA-10.1, TN-PL.3) or this is
    `optional` (QT-17.2).
    `signed_slips`: the kinds of slip whose file must carry a valid digital signature (TN-11.4c).
    `electronic_result`: an electronic result is there for every `full_service` (QT-13.4), or only for one whose dossier was
    digitally `signed_or_post`, sent through the post (LA-10.2b).
    `password_age`: how long a password of an official's own is good for, in calendar time (QT-28.5b).
    `online_papers`: a dossier that comes online without a paper that is demanded is `refused` (HT-7.2), or taken in for the
    desk's check, which may ask for it (`checked`, ST-11.2c).
    `backup_every`: a backup is made every `hour` (TN-7.5), `day` or `week` (LA-4.6).
    `backup_at`: the time of day (`HH:MM`) of a daily one, and of Sunday's of a weekly one.
    `backups_kept`: of how many latest hours, days, weeks and months the last backup is kept (`48h 14d 8w 12m`).
    `history_kept`: how many years (`P20Y`) after a dossier was closed its history may be removed; `none`: never (HT-10.3).
    """

    id: str
    name: str
    regulation: str
    valid_from: date
    valid_to: date | None
    code_template: str
    supplement_clock: str
    supplement_step: str
    supplement_times: str
    supplement_notice: str
    supplement_late_notice: str
    payment_clock: str
    result_at_deadline: str
    on_time_by: str
    on_time_against: str
    label_early: str
    label_on_time: str
    label_late: str
    label_overdue: str
    label_overdue_open: str
    apology_window: str
    late_apology: str
    apology_times: str
    apology_overdue: str
    extension: str
    closing_bar: str
    appointment: str
    intake_limit: str
    intake_cut_off: str
    transfer_cut_off: str
    receipt_at_once: str
    paper: str
    transfer_form: str
    slip_set: str
    slip_files: str
    due_soon: str
    step_due_soon: str
    late_entry: str
    publication_limit: str
    publication_from: str
    publication_review: str
    acceptance_channels: tuple[str, ...]
    acceptance_channels_mode: str
    supplement_channels: tuple[str, ...]
    appointment_channels: tuple[str, ...]
    result_channels: tuple[str, ...]
    quiet_hours: str
    signed_slips: tuple[str, ...]
    signed_results: str
    electronic_result: str
    online_papers: str
    password_age: str
    backup_every: str
    backup_at: str
    backups_kept: str
    history_kept: str


CHOICES: Mapping[str, tuple[str, ...]] = {
    "supplement_clock": ("restart", "resume"),
    "supplement_step": ("same", "first"),
    "supplement_times": ("once", "any"),
    "supplement_late_notice": ("mark", "refuse"),
    "payment_clock": ("pause", "run"),
    "result_at_deadline": ("on_time", "overdue"),
    "on_time_by": ("instant", "date"),
    "on_time_against": ("deadline", "appointment"),
    "apology_window": ("day_before_deadline", "before_appointment", "when_overdue"),
    "late_apology": ("allowed", "refused"),
    "apology_times": ("once", "any"),
    "apology_overdue": ("always", "by_result"),
    "extension": ("with_apology", "separate"),
    "closing_bar": ("apology", "none"),
    "appointment": ("next_session", "deadline"),
    "receipt_at_once": ("optional", "required"),
    "paper": ("before", "after", "none"),
    "transfer_form": ("sent", "delivered"),
    "slip_set": ("tt_01_2018", "tt_03_2025"),
    "slip_files": ("required", "optional"),
    "publication_from": ("decision", "registration"),
    "acceptance_channels_mode": ("all", "one"),
    "electronic_result": ("full_service", "signed_or_post"),
    "online_papers": ("refused", "checked"),
    "signed_results": ("required", "optional"),
    "backup_every": EVERY,
}

CHANNELS = ("portal", "sms", "email", "zalo")
"""The ways in which a profile may ask that something be told."""
SIGNED_SLIPS = ("receipt", "supplement", "refusal", "apology", "stop_notice", "extension", "opinion")
"""The slips of which a profile may ask that they be digitally signed."""


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


def _duration_or(*words: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        return value if isinstance(value, str) and value in words else _duration(value)

    return read


def _calendar_duration(value: Any) -> str:
    text = _text(value).strip()
    if parse_limit(text, "calendar") is None:
        raise ValueError("phải là một khoảng thời gian")
    return text


def _calendar_duration_or_none(value: Any) -> str:
    return NONE if value == NONE else _calendar_duration(value)


def _time_of_day(value: Any) -> str:
    return NONE if value == NONE else SameDay(value).cut_off


def _some_of(known: tuple[str, ...], *, least: int = 0) -> Callable[[Any], tuple[str, ...]]:
    def read(value: Any) -> tuple[str, ...]:
        if not isinstance(value, list) or len(value) < least or any(one not in known for one in value):
            raise ValueError(f"{value!r} phải là danh sách gồm {', '.join(known)}{', không để trống' if least else ''}")
        if len(set(value)) < len(value):
            raise ValueError(f"{value!r} có mục ghi hai lần")
        return tuple(value)

    return read


def _hours(value: Any) -> str:
    if value == NONE:
        return NONE
    begin, dash, end = str(value).partition("-")
    if not dash or SameDay(begin).cut_off == SameDay(end).cut_off:
        raise ValueError(f"{value!r} phải có dạng 21:00-06:00")
    return f"{begin}-{end}"


def _backups_kept(value: Any) -> str:
    read_kept(_text(value))
    return str(value)


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "id": _id,
    "name": _text,
    "regulation": _text,
    "valid_from": _date,
    "valid_to": _date,
    "code_template": _template,
    "supplement_notice": _duration_or(NONE),
    "label_early": _text,
    "label_on_time": _text,
    "label_late": _text,
    "label_overdue": _text,
    "label_overdue_open": _text,
    "intake_limit": _duration_or(NONE),
    "intake_cut_off": _time_of_day,
    "transfer_cut_off": _time_of_day,
    "due_soon": _duration,
    "step_due_soon": _duration,
    "late_entry": _calendar_duration,
    "publication_limit": _duration_or(NONE, "effective"),
    "publication_review": _duration_or(NONE),
    "acceptance_channels": _some_of(CHANNELS, least=1),
    "supplement_channels": _some_of(CHANNELS),
    "appointment_channels": _some_of(CHANNELS),
    "result_channels": _some_of(CHANNELS),
    "quiet_hours": _hours,
    "signed_slips": _some_of(SIGNED_SLIPS),
    "backup_at": check_at,
    "backups_kept": _backups_kept,
    "history_kept": check_kept,
    "password_age": _calendar_duration_or_none,
}
