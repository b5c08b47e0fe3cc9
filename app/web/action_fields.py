"""What an action's form asks for beside the comment that all share: each field's label and kind, and the body that it becomes.

All actions on a task stand in one form, so a field belongs to its action by its name: `<action>-<field>`. The few that the
page has had from the beginning, and the true time of a late entry, have their own names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from app.actions.drafts import Typed
from app.actions.late import PERMISSION
from app.actions.open_task import Offer, OpenedTask
from app.store.drafts import DraftRow
from app.wording import LOCAL

OWN = ("comment", "decision", "assignee", "to_step")
"""Fields whose name is their own."""
LATE = ("happened_at", "late_reason")
LATE_PERMISSION = PERMISSION
_LOCAL = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?", re.ASCII)
_YES_NO = (("true", "Có, đã xong"), ("false", "Chưa"))


@dataclass(frozen=True, slots=True)
class Kind:
    """`kind`: text, lines, list, number, instant, files, several, account, agencies, choice, yes_no, tick. `more`: rarely
    needed."""

    label: str
    kind: str = "text"
    hint: str | None = None
    choices: tuple[tuple[str, str], ...] = ()
    more: bool = False


KINDS: Mapping[str, Kind] = {
    "account": Kind("Người nhận", "account"),
    "attachments": Kind("Phiếu, văn bản đính kèm", "files", "Chọn trong các tệp của hồ sơ; tệp đầu tiên là phiếu."),
    "called": Kind("Đã hướng dẫn qua điện thoại", "lines", "Ghi lại nội dung cuộc gọi, nếu đã gọi."),
    "items": Kind("Giấy tờ còn thiếu", "list", "Mỗi dòng một giấy tờ."),
    "appointment": Kind("Hẹn trả lại lúc", "instant"),
    "limit_at": Kind("Thời hạn", "instant"),
    "amount": Kind("Số tiền (đồng)", "number"),
    "agencies": Kind("Cơ quan được lấy ý kiến", "agencies"),
    "visit_at": Kind("Thời gian xác minh", "instant"),
    "place": Kind("Địa điểm"),
    "participants": Kind("Thành phần tham gia", "lines"),
    "reason": Kind("Trả vì chưa nhận được bản giấy", "tick", "Không cần ghi ý kiến.", (("paper_missing", ""),)),
    "originals_checked": Kind("Đã ký và đối chiếu bản chính", "yes_no", choices=_YES_NO),
    "fees_paid": Kind("Đã thu phí, lệ phí", "yes_no", "Chưa thu thì ghi lý do vào ô ý kiến.", _YES_NO),
    "mode": Kind(
        "Cách trả",
        "choice",
        choices=(
            ("", "Như đã đăng ký"),
            ("desk", "Tại bộ phận một cửa"),
            ("post", "Qua bưu chính công ích"),
            ("online", "Trực tuyến"),
        ),
        more=True,
    ),
    "collector_name": Kind("Người nhận thay", hint="Để trống khi chính người nộp nhận.", more=True),
    "collector_id_number": Kind("Số giấy tờ của người nhận thay", more=True),
    "collector_authority": Kind("Giấy ủy quyền của người nhận thay", more=True),
    "tracking_number": Kind("Số hiệu bưu gửi", more=True),
    "handed_at": Kind("Thực trả lúc", "instant", "Để trống khi trả ngay lúc này.", more=True),
}
_NO_DRAFT = frozenset({"csrf_token", "comment", "luu", "ds"})
_ACCOUNTS = {"handoff": "Bàn giao cho", "reassign": "Giao cho", "join": "Mời"}
_FREE_FILES = ("forward", "contribute", "deliver-result", "receive-correction", "ask-correction")
"""Actions that take files but hardly ever need one."""


@dataclass(frozen=True, slots=True)
class FormField:
    """A field as the page shows it: `name` is also its id, `value` what stands in it at first."""

    name: str
    label: str
    kind: str
    hint: str | None
    choices: tuple[tuple[str, str], ...]
    more: bool
    value: str = ""
    required: bool = False
    """Said of the fields of a step's form, most of which may be left empty."""


def form_name(action: str, field: str) -> str:
    """How the field of an action is called in the form; `collector.name` of a problem is `collector_name` of the form."""
    if field.startswith("data."):
        return f"{action}-data_{field.removeprefix('data.')}"
    field = (
        field.split(".")[0] if field.startswith(("attachments.", "agencies.", "items.")) else field.replace(".", "_")
    )
    if field in (*OWN, *LATE) or (action, field) == ("handoff", "account"):
        return field
    return f"{action}-{field}"


def fields_of(
    action: str,
    names: Sequence[str],
    offer: Offer,
    opened: OpenedTask,
    files: Sequence[tuple[str, str]],
    agencies: Sequence[tuple[str, str]],
) -> tuple[FormField, ...]:
    """The fields of an action that the page draws from here, those that mean something at this task."""
    shown = []
    for name in names:
        if name in OWN or not _meant(action, name, offer, opened):
            continue
        kind = KINDS[name]
        choices = {"files": files, "agencies": agencies, "account": offer.accounts}.get(kind.kind, kind.choices)
        label = _ACCOUNTS.get(action, kind.label) if name == "account" else kind.label
        asked = {"slip", "attachment"} & set(offer.needs)
        more = kind.more or (name == "attachments" and action in _FREE_FILES and not asked)
        value = ""
        if name == "appointment" and offer.proposal is not None:
            value = offer.proposal.astimezone(LOCAL).strftime("%Y-%m-%dT%H:%M")
        shown.append(FormField(form_name(action, name), label, kind.kind, kind.hint, tuple(choices), more, value))
    return tuple(shown)


def _meant(action: str, name: str, offer: Offer, opened: OpenedTask) -> bool:
    if action == "forward" and name == "appointment":
        return "appointment" in offer.needs
    if action == "return" and name == "reason":
        return opened.may_miss_paper
    if action == "deliver-result" and name in ("originals_checked", "fees_paid"):
        return opened.handing is not None and (opened.handing.fees if name == "fees_paid" else opened.handing.originals)
    if action == "accept" and name == "fees_paid":
        return "fees_paid" in offer.needs
    if action == "complete" and name == "fees_paid":
        return opened.fees
    return True


def body_of(action: str, names: Sequence[str], form: MultiDict[str, str]) -> dict[str, Any]:
    """The body that the interface takes, of the fields that were filled in."""
    body: dict[str, Any] = {}
    for name in (*names, *LATE):
        value = _value(name, form_name(action, name), form)
        if value is not None:
            body[name] = value
    return _with_collector(body)


def _value(name: str, sent: str, form: MultiDict[str, str]) -> Any:
    kind = "instant" if name == "happened_at" else KINDS[name].kind if name in KINDS else "text"
    given = [text for text in form.getlist(sent) if text.strip()]
    if not given:
        return None
    if kind == "files":
        return [int(text) if text.isascii() and text.isdigit() and len(text) < 19 else text for text in given]
    if kind == "agencies":
        return given
    if kind == "list":
        return [line.strip() for line in given[0].splitlines() if line.strip()]
    if kind == "instant":
        return instant_of(given[0].strip())
    if kind == "yes_no":
        return {"true": True, "false": False}.get(given[0], given[0])
    return given[0]


def instant_of(text: str) -> str:
    """What a field for day and hour sends, with the offset that it is meant in."""
    return f"{text}+07:00" if _LOCAL.fullmatch(text) else text


def _with_collector(body: dict[str, Any]) -> dict[str, Any]:
    """Who collects instead of the applicant is one object of the body."""
    told = {name.partition("_")[2]: body.pop(name) for name in list(body) if name.startswith("collector_")}
    return body | {"collector": {"who": "other", **told}} if told else body


def typed_in(form: MultiDict[str, str]) -> dict[str, str]:
    """Everything that stood in the form, to be shown again; several choices a line each."""
    return {name: "\n".join(form.getlist(name)) for name in form if not name.startswith("_")}


def sent_of(draft: DraftRow | None) -> MultiDict[str, str]:
    """What a draft keeps, as its form would send it; empty without one."""
    if draft is None:
        return MultiDict()
    pairs = [(name, value) for name, values in draft.fields.items() for value in values]
    return MultiDict([*pairs, ("comment", draft.text)])


def typed_on(form: MultiDict[str, str]) -> Typed:
    """What stands in the form of a task, as a draft keeps it; `_open` is the action whose part was open."""
    fields = {name: form.getlist(name) for name in form if name[0:1] != "_" and name not in _NO_DRAFT}
    return Typed(form.get("comment", ""), fields, form.get("_open") or None, form.get("_key") or None)


def labels(fields: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """How a person knows each of these actions' fields."""
    named = {
        form_name(action, name): KINDS[name].label
        for action, names in fields.items()
        for name in names
        if name in KINDS
    }
    return named | {"happened_at": "Thực tế xảy ra lúc", "late_reason": "Lý do nhập bù"}
