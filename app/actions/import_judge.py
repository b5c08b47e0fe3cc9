"""What becomes of each row of an old system's table: where its dossier would stand and by when, what was guessed, why not.

Nothing is written here. A row that would be taken over gets a plan, JSON, which is all that accepting it later uses.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from app.actions.import_cells import (
    CHANNELS,
    CLOSED,
    PROGRESS,
    RESULT,
    STATUSES,
    SUPPLEMENT,
    CellFault,
    instant_of,
    number_of,
    paid_of,
    text_of,
    word_of,
)
from app.actions.import_columns import DATA, Given, folded
from app.actions.import_lookup import Lookup, Match, match
from app.actions.import_places import Standing, places_of
from app.actions.import_template import COLUMNS
from app.actions.publication import why_no_process
from app.lawbook import rules_at
from app.rules import codes, services
from app.rules.clock import ClockRules
from app.store.organisation import AgencyRow
from app.store.procedures import ProcedureRow, VersionRow
from app.wording import LOCAL

READY, DOUBTFUL, REFUSED = "ready", "doubtful", "refused"
LONGEST = 2000
MOST_OF_A_DAY = 999_999
"""No agency received more in a day: a code that says so would make the next ones longer than codes can be."""
FAR = timedelta(days=3 * 366)
_PHONE = re.compile(r"[0-9+(). -]{3,32}")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,189}")
_TITLES = {column.name: column.title for column in COLUMNS}
_COPY = re.compile(r"\(?\s*(bản sao|ban sao|sao y|photo|copy)[^)]*\)?", re.IGNORECASE)


@dataclass
class Judged:
    """One row: `plan` is empty for a refused one."""

    line: int
    old_code: str
    applicant_name: str
    plan: dict[str, Any] = field(default_factory=dict)
    remarks: list[dict[str, Any]] = field(default_factory=list)

    @property
    def verdict(self) -> str:
        if any(remark["refused"] for remark in self.remarks):
            return REFUSED
        return DOUBTFUL if self.remarks else READY


class _Refused(Exception):  # noqa: N818
    """The row cannot be judged any further; why stands in its remarks."""


@dataclass(frozen=True)
class Setting:
    """What all rows of a preview are judged by. `taken`: old codes that are dossiers already, with their codes; `used`: codes
    that dossiers have."""

    lookup: Lookup
    profile: str
    now: datetime
    history: Mapping[str, Sequence[Mapping[str, Any]]]
    taken: Mapping[str, str]
    used: frozenset[str]


class Judge:
    """Judges one row after another; an old code that comes twice is refused the second time."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._seen: dict[str, int] = {}

    def judge(self, given: Given) -> Judged:
        row = _Row(self._setting, given)
        try:
            row.judge(self._seen)
        except _Refused:
            row.out.plan = {}
        if row.out.verdict == REFUSED:
            row.out.plan = {}
        return row.out


class _Row:
    def __init__(self, setting: Setting, given: Given) -> None:
        self.setting, self.given = setting, given
        self.out = Judged(given.line, self._safe("old_code"), self._safe("name"))

    def judge(self, seen: dict[str, int]) -> None:
        out = self.out
        self._code(seen)
        procedure, agency = self._procedure(), self._agency()
        applicant = self._applicant()
        if procedure is None or agency is None:
            raise _Refused
        version = self._version(procedure, agency)
        rules = rules_at(self.setting.lookup.connection, self.setting.profile, agency, procedure)
        status = self._status()
        dates = self._dates(rules, status)
        data = self._data()
        standing = places_of(self, self.setting.lookup, agency, version, status, data) if version else None
        if standing is None or version is None or out.verdict == REFUSED:
            raise _Refused
        components, others = self._components(procedure)
        out.plan = {
            "old_code": out.old_code,
            "code": self._kept_code(agency, rules),
            "procedure": procedure.code,
            "procedure_name": procedure.name,
            "agency": agency.code,
            "agency_name": agency.name,
            "profile": self.setting.profile,
            "version_id": version.id,
            "version": version.number,
            "applicant": applicant,
            "channel": self._channel(procedure),
            **{name: at.astimezone(LOCAL).isoformat() if at else None for name, at in dates.items()},
            **_stands(standing),
            "fees_paid": self._read("fees_paid", paid_of),
            "note": self.text("note", LONGEST) or None,
            "components": components,
            "other_components": others,
            "data": data,
            "history": list(self.setting.history.get(folded(out.old_code), ())),
        }

    # Saying -----------------------------------------------------------------------------------------------------------

    def doubt(self, name: str, text: str) -> None:
        self._say(name, text, refused=False)

    def refuse(self, name: str, text: str) -> None:
        self._say(name, text, refused=True)

    def _say(self, name: str, text: str, *, refused: bool) -> None:
        remark = {
            "field": name,
            "title": _TITLES.get(name, name),
            "cell": self.given.places.get(name),
            "text": text,
            "refused": refused,
        }
        if remark not in self.out.remarks:
            self.out.remarks.append(remark)

    def text(self, name: str, most: int = 500) -> str:
        """A cell as text; one that cannot be taken is refused."""
        return self._read(name, lambda cell: text_of(cell, most, lines=most > 500)) or ""

    def _read(self, name: str, read: Any) -> Any:
        try:
            return read(self.given.cells.get(name))
        except CellFault as fault:
            self.refuse(name, str(fault))
            return None

    def _safe(self, name: str) -> str:
        try:
            return text_of(self.given.cells.get(name), 200)
        except CellFault:
            return ""

    def _named(self, name: str, found: Match[Any], what: str) -> Any:
        """What a cell names, with a word about it where that is not sure."""
        said = self.text(name)
        if not said:
            self.refuse(name, f"Chưa ghi {what}.")
        elif found.several:
            self.refuse(name, f"“{said}” có thể là nhiều {what}: {'; '.join(found.several)}. Hãy ghi mã.")
        elif found.found is None:
            self.refuse(name, f"Không có {what} “{said}”.")
        elif not found.sure:
            self.doubt(name, f"Hiểu “{said}” là {what} {found.found.code} – {found.found.name}.")
        return found.found

    # Reading ----------------------------------------------------------------------------------------------------------

    def _code(self, seen: dict[str, int]) -> None:
        code = self.text("old_code", 200)
        if not code:
            self.refuse("old_code", "Chưa ghi mã hồ sơ ở hệ thống cũ.")
            raise _Refused
        if code in self.setting.taken:
            self.refuse("old_code", f"Mã này đã được chuyển sang, là hồ sơ {self.setting.taken[code]}.")
        if folded(code) in seen:
            self.refuse("old_code", f"Mã này đã có ở dòng {seen[folded(code)]} của tệp.")
        seen.setdefault(folded(code), self.given.line)

    def _kept_code(self, agency: AgencyRow, rules: ClockRules) -> str | None:
        """The old code, where it is written as this province writes the codes of that agency and nobody has it."""
        old = self.out.old_code
        try:
            parts = codes.parse_code(old)
            kept = codes.dossier_code(rules.profile, agency.identifier, parts.on, parts.number) == old
        except codes.CodeError:
            return None
        if kept and (parts.on > self.setting.lookup.day or parts.number > MOST_OF_A_DAY):
            self.doubt("old_code", "Ngày hoặc số thứ tự trong mã không thể có đến nay nên sẽ cấp mã mới.")
            return None
        if kept and old in self.setting.used:
            self.doubt("old_code", "Hồ sơ khác đang mang mã này nên sẽ cấp mã mới; vẫn tra cứu được bằng mã cũ.")
        return old if kept and old not in self.setting.used else None

    def _procedure(self) -> ProcedureRow | None:
        found: ProcedureRow | None = self._named(
            "procedure", self.setting.lookup.procedure(self.text("procedure")), "thủ tục"
        )
        return found

    def _agency(self) -> AgencyRow | None:
        found: AgencyRow | None = self._named("agency", self.setting.lookup.agency(self.text("agency")), "cơ quan")
        return found

    def _version(self, procedure: ProcedureRow, agency: AgencyRow) -> VersionRow | None:
        lookup = self.setting.lookup
        version = lookup.version(procedure.id)
        if not lookup.handles(procedure.id, agency.id):
            self.refuse("agency", f"{agency.name} không tiếp nhận thủ tục {procedure.code}.")
        if version is None:
            self.refuse("procedure", why_no_process(lookup.connection, procedure, lookup.day))
        return version

    def _applicant(self) -> dict[str, Any]:
        name = self.text("name")
        if not name:
            self.refuse("name", "Chưa ghi người nộp.")
        found: dict[str, Any] = {"name": name}
        for field_name, lengths in (("id_number", (9, 12)), ("phone", (10,))):
            read = self._read(field_name, lambda cell, lengths=lengths: number_of(cell, lengths))
            text, repaired = read or ("", False)
            if repaired:
                self.doubt(field_name, f"Thêm số 0 ở đầu: {text}.")
            found[field_name] = text
        if found["phone"] and not _PHONE.fullmatch(found["phone"]):
            self.doubt("phone", f"“{found['phone']}” không phải số điện thoại nên không ghi.")
            found["phone"] = ""
        found["email"] = self.text("email", 254)
        if found["email"] and not _EMAIL.fullmatch(found["email"]):
            self.doubt("email", f"“{found['email']}” không phải địa chỉ thư điện tử nên không ghi.")
            found["email"] = ""
        found["id_number"] = found["id_number"][:32]
        found["address"] = self.text("address")
        return {key: value for key, value in found.items() if value}

    def _channel(self, procedure: ProcedureRow) -> str:
        said = self.text("channel")
        found = self._read("channel", lambda cell: word_of(cell, CHANNELS))
        if said and found is None:
            self.doubt("channel", f"Không rõ hình thức “{said}”: ghi là nộp trực tiếp.")
        if found == "online" and found not in services.channels(procedure.service_level):
            self.doubt("channel", "Thủ tục này không cung cấp trực tuyến; vẫn ghi như hệ thống cũ.")
        return found or "counter"

    def _status(self) -> str:
        said = self.text("status")
        found = self._read("status", lambda cell: word_of(cell, STATUSES))
        if said and found is None:
            self.doubt("status", f"Không rõ trạng thái “{said}”: hiểu là đang xử lý.")
        if found == CLOSED:
            self.refuse("status", "Hồ sơ đã xong ở hệ thống cũ; chỉ chuyển hồ sơ đang giải quyết.")
        if found == SUPPLEMENT:
            why = "Hồ sơ đang chờ người nộp bổ sung: hãy chuyển khi hệ thống cũ đã nhận bổ sung,"
            self.refuse("status", f"{why} hoặc ghi đang xử lý rồi yêu cầu bổ sung lại.")
        return found or PROGRESS

    def _dates(self, rules: ClockRules, status: str) -> dict[str, datetime | None]:
        ends = {"received_at": False, "deadline": True, "appointment": True, "result_at": True}
        found: dict[str, datetime | None] = {}
        for name, end in ends.items():
            read = self._read(name, lambda cell, end=end: instant_of(cell, rules.calendar, end=end))
            found[name] = read[0] if read else None
        received, deadline, appointment, result = (found[name] for name in ends)
        now = self.setting.now
        if received is None:
            self.refuse("received_at", "Chưa ghi ngày hệ thống cũ tiếp nhận.")
            return found
        if received > now:
            self.refuse("received_at", "Ngày tiếp nhận chưa đến.")
        if deadline is not None and deadline < received:
            self.refuse("deadline", "Hạn xử lý trước ngày tiếp nhận.")
        elif deadline is None:
            self.doubt("deadline", "Không có hạn: tính theo thời hạn công bố của thủ tục từ ngày tiếp nhận.")
        elif deadline - received > FAR:
            self.doubt("deadline", "Hạn xử lý sau ngày tiếp nhận hơn ba năm; hãy kiểm tra lại.")
        if appointment is not None and appointment < received:
            self.refuse("appointment", "Hẹn trả trước ngày tiếp nhận.")
        elif appointment is not None and deadline is not None and appointment < deadline:
            self.doubt("appointment", "Hẹn trả trước hạn xử lý; vẫn giữ như hệ thống cũ.")
        self._result_at(status, received, result)
        if status != RESULT:
            found["result_at"] = None
        return found

    def _result_at(self, status: str, received: datetime, result: datetime | None) -> None:
        if status != RESULT:
            if result is not None:
                self.doubt("result_at", "Trạng thái chưa phải đã có kết quả nên bỏ qua ngày này.")
        elif result is None:
            self.refuse("result_at", "Hồ sơ đã có kết quả thì phải ghi ngày có kết quả.")
        elif not received <= result <= self.setting.now:
            self.refuse("result_at", "Ngày có kết quả phải từ ngày tiếp nhận đến nay.")

    def _data(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name in self.given.cells:
            if name.startswith(DATA) and (text := self.text(name, LONGEST)):
                found[name.removeprefix(DATA)] = _json(text)
        return found

    def _components(self, procedure: ProcedureRow) -> tuple[list[dict[str, Any]], str | None]:
        listed: dict[str, dict[str, Any]] = {}
        others: list[str] = []
        for part in re.split(r"[;\n]", self.text("components", LONGEST)):
            if not (said := part.strip(" -•\t")):
                continue
            bare = _COPY.sub("", said).strip() or said
            known = [(one, (one["code"], one["name"])) for one in procedure.components]
            found = match(bare, known, lambda one: one["name"])
            if found.found is None:
                others.append(said)
                continue
            code = found.found["code"]
            shown = bool(found.found.get("present_only"))
            kind = "presented" if shown else "copy" if _COPY.search(said) else "original"
            listed.setdefault(code, {"code": code, "kind": kind, "quantity": 1})
        if others:
            self.doubt("components", f"Giấy tờ không có trong thủ tục, giữ trong ghi chú: {'; '.join(others)}.")
        return list(listed.values()), "; ".join(others) or None


def _stands(standing: Standing) -> dict[str, Any]:
    return {
        "steps": list(standing.steps),
        "passed": list(standing.way.passed),
        "way": standing.way.to_dict(),
        "places": [dict(place) for place in standing.places],
        "waits_payment": standing.waits_payment,
    }


def _json(text: str) -> Any:
    """A list, a number or a truth value where it is written as such; else the text."""
    if text[:1] in '[{"' or text in ("true", "false") or re.fullmatch(r"-?(0|[1-9][0-9]{0,14})", text):
        try:
            found = json.loads(text, parse_constant=lambda name: name)
            kept = json.dumps(found, ensure_ascii=False, allow_nan=False)
            kept.encode()
        except (ValueError, RecursionError):
            return text
        return text if "\\u0000" in kept else found  # no database takes it
    return text


__all__ = ["DOUBTFUL", "READY", "REFUSED", "Judge", "Judged", "Setting"]
