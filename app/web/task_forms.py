"""The actions on a task as a form: what each will do, what it takes, and what to say when it is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_wtf.csrf import generate_csrf  # type: ignore[import-untyped]
from markupsafe import Markup

from app.actions.destinations import Destination
from app.actions.open_task import Offer, OpenedTask
from app.engine.ahead import Ahead
from app.rules.explain import article_words
from app.web.acting import new_key
from app.web.action_fields import FormField, fields_of
from app.web.list_context import FIELD, list_context
from app.web.rendering import instant
from app.web.side_forms import SIDE_DOES, SIDE_DONE, SIDE_FIELDS

FIELDS: Mapping[str, tuple[str, ...]] = {
    "accept": ("fees_paid", "comment"),
    "ask-correction": ("called", "attachments", "comment"),
    "refuse-intake": ("attachments", "comment"),
    "receive-correction": ("attachments", "comment"),
    "complete": ("fees_paid", "comment"),
    "forward": ("decision", "assignee", "appointment", "attachments", "comment"),
    "confirm-result": ("comment",),
    "deliver-result": (
        "originals_checked",
        "fees_paid",
        "mode",
        "collector_name",
        "collector_id_number",
        "collector_authority",
        "tracking_number",
        "handed_at",
        "attachments",
        "comment",
    ),
    "contribute": ("attachments", "comment"),
    "paper-received": ("comment",),
    "return": ("to_step", "reason", "comment"),
    "claim": ("comment",),
    "release": ("comment",),
    "handoff": ("account", "comment"),
    "join": ("account", "comment"),
    "reassign": ("account", "comment"),
    "recall": ("comment",),
    "press": ("comment",),
    **SIDE_FIELDS,
}
"""Which fields of the form belong to which action; the first allowed action is the primary one."""
KEEPS_COMMENT = ("claim", "release")
"""Actions that take no comment: what a person had typed is still her draft after them."""
FOR_HEADS = ("press",)
"""Actions that whoever works a step need not be told she cannot take."""
_LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class TaskAction:
    """An action that may be done now; `does` says in one or two sentences what it will do."""

    name: str
    title: str
    does: str
    offer: Offer
    fields: tuple[FormField, ...] = ()


@dataclass(frozen=True, slots=True)
class NotNow:
    """Why these actions (titles) cannot be done now; `article` is where that is written."""

    titles: tuple[str, ...]
    why: str
    article: str | None


def actions_of(
    opened: OpenedTask, files: Sequence[tuple[str, str]] = (), agencies: Sequence[tuple[str, str]] = ()
) -> list[TaskAction]:
    """What may be done to the task, the primary action first; `files` and `agencies` are those that a field may name."""
    offers = {offer.name: offer for offer in opened.offers if offer.allowed}
    return [
        TaskAction(
            name,
            offers[name].title,
            what_it_does(offers[name], opened),
            offers[name],
            fields_of(name, fields, offers[name], opened, files, agencies),
        )
        for name, fields in FIELDS.items()
        if name in offers
    ]


def not_now(opened: OpenedTask) -> list[NotNow]:
    """What may not be done, the actions with the same reason together."""
    reasons: dict[tuple[str, str | None], list[str]] = {}
    for offer in opened.offers:
        if not offer.allowed and offer.name not in FOR_HEADS:
            reasons.setdefault((offer.why or "", offer.rule), []).append(offer.title)
    return [
        NotNow(tuple(titles), why, article_words(rule) if rule else None) for (why, rule), titles in reasons.items()
    ]


def what_it_does(offer: Offer, opened: OpenedTask) -> str:
    """What will happen, from the diagram and the task."""
    if offer.ahead is not None:
        return _leads_to(offer.ahead, {one.step: one for one in offer.destinations})
    return _DOES[offer.name].format(position=opened.task.position_name)


_DOES: Mapping[str, str] = {
    "accept": "Tiếp nhận hồ sơ trực tuyến: bắt đầu tính thời gian giải quyết và cấp giấy tiếp nhận, hẹn trả kết quả.",
    "ask-correction": "Gửi hướng dẫn cho người nộp sửa, bổ sung rồi nộp lại; thời hạn kiểm tra không tính trong khi chờ. "
    "Phải ghi rõ, một lần, mọi điều cần sửa.",
    "refuse-intake": "Không tiếp nhận hồ sơ: người nộp được báo lý do, hồ sơ kết thúc. Phải ghi lý do và kèm phiếu từ chối.",
    "receive-correction": "Người nộp đã nộp lại: hồ sơ được kiểm tra lại từ đầu, thời hạn kiểm tra tính lại.",
    "contribute": "Gửi ý kiến phối hợp cho người giữ bước này; bước không chuyển đi. Phải ghi ý kiến.",
    "paper-received": "Xác nhận bản giấy của hồ sơ đã đến nơi.",
    "join": "Mời người trong cơ quan góp ý kiến; bước vẫn ở người đang giữ. Phải ghi nội dung cần phối hợp.",
    "reassign": "Giao bước này cho người khác trong cơ quan, kể cả khác phòng; thời hạn không tính lại. Phải ghi lý do.",
    "complete": "Làm xong bước này và các bước tiếp theo thuộc vị trí của bạn, đến bước của người khác thì dừng.",
    "confirm-result": "Ghi nhận đã có kết quả: thời gian giải quyết dừng tính, hồ sơ chờ trả cho người nộp.",
    "deliver-result": "Ghi nhận người nộp đã nhận kết quả: hồ sơ kết thúc.",
    "return": "Bước được chọn mở lại để giải trình, sửa đổi, bổ sung; thời gian tính tiếp cho bước đó. Phải ghi ý kiến.",
    "claim": "Bước này là của riêng bạn; thời hạn của bước không tính lại.",
    "release": "Bước trở lại hộp việc chung của vị trí “{position}”; thời hạn của bước không tính lại.",
    "handoff": "Giao bước này cho người khác trong phòng, bộ phận; thời hạn của bước không tính lại. Phải ghi lý do.",
    "recall": "Lấy lại bước bạn đã chuyển, vì bước sau chưa có ai mở.",
    "press": "Nhắc người đang giữ bước này, hoặc mọi người có thể nhận; hồ sơ không chuyển đi đâu. Phải ghi ý kiến.",
    **SIDE_DOES,
}


def _leads_to(ahead: Ahead, places: Mapping[str, Destination]) -> str:
    names = [f"“{step.name}”{_place(places.get(step.id))}" for step in ahead.steps]
    if not names:
        return "Kết thúc bước này; sau đó quy trình không còn bước nào."
    if len(names) == 1:
        text = f"Chuyển sang bước {names[0]}"
        text += " hoặc kết thúc quy trình, tùy kết quả xử lý" if ahead.ends else ""
    elif ahead.choice or ahead.ends:
        text = f"Chuyển sang {', '.join(names[:-1])} hoặc {names[-1]}, tùy kết quả xử lý và dữ liệu hồ sơ"
    else:
        text = f"Mở đồng thời các bước {', '.join(names)}"
    return text + (", khi các nhánh song song khác cũng xong." if ahead.waits else ".")


def _place(place: Destination | None) -> str:
    """Position and agency of a step ahead, and whom it is given to."""
    if place is None:
        return ""
    if place.agency is None:
        where = "cơ quan theo dữ liệu hồ sơ"
    elif place.agency_name is None:
        where = f"chưa có cơ quan mã “{place.agency}”"
    elif place.position_name is None:
        where = f"{place.agency_name}, chưa có vị trí “{place.position}”"
    else:
        where = f"{place.position_name}, {place.agency_name}"
    return f" ({where}{_GIVEN.get(place.assign, '')})"


_GIVEN = {"last": ", giao người đã xử lý trước", "least_loaded": ", giao người đang ít việc nhất"}


def done_words(action: str, told: Mapping[str, Any]) -> str:
    """What has happened, from the answer of the action (fresh, or kept under the form's key)."""
    code, step = told.get("dossier", ""), _name(told.get("step_name"))
    led = ", ".join(_led_to(task) for task in told.get("led_to", ()))
    if action == "forward":
        return f"Đã chuyển hồ sơ {code} sang {led}." if led else f"Đã xong bước “{step}” của hồ sơ {code}."
    if action == "complete":
        return f"Đã giải quyết hồ sơ {code}" + (f" đến {led}." if led else "; các bước đã xong.")
    if action == "return":
        return f"Đã trả hồ sơ {code} về {led}."
    if action == "accept":
        return f"Đã tiếp nhận hồ sơ {code}, hẹn trả kết quả {_instant(told.get('appointment_at'))}; đã mở {led}."
    if action in ("handoff", "reassign"):
        return f"Đã bàn giao bước “{step}” của hồ sơ {code} cho {_name(told.get('assignee_name'))}."
    if action == "claim":
        return f"Bạn đã nhận bước “{step}” của hồ sơ {code}, hạn {_instant(told.get('due_at'))}."
    return _DONE[action].format(code=code, step=step)


def done_flash(action: str, told: Mapping[str, Any], task_id: int, onward: Markup) -> Markup:
    """The message after an action: what was done, `onward`: where to go on, and after forwarding the button that takes it back.

    Whether it can still be taken back is asked when it is pressed: until somebody looks at what came of it.
    """
    said = Markup("{} {}").format(done_words(action, told), onward)
    if action != "forward" or not told.get("led_to"):
        return said
    form = Markup(
        ' <form class="flash-form" action="/viec/{}/recall" method="post"><input type="hidden" name="csrf_token" value="{}">'
        '<input type="hidden" name="_key" value="{}"><input type="hidden" name="{}" value="{}">'
        '<button class="btn btn-sm" type="submit">Thu hồi</button></form>'
    )
    return said + form.format(task_id, generate_csrf(), new_key(), FIELD, list_context())


_DONE: Mapping[str, str] = {
    "ask-correction": "Đã hướng dẫn người nộp sửa, bổ sung hồ sơ {code}.",
    "refuse-intake": "Đã từ chối tiếp nhận hồ sơ {code}.",
    "receive-correction": "Đã ghi nhận hồ sơ {code} nộp lại; hồ sơ chờ kiểm tra.",
    "contribute": "Đã gửi ý kiến phối hợp ở bước “{step}” của hồ sơ {code}.",
    "paper-received": "Đã xác nhận nhận được bản giấy của hồ sơ {code}.",
    "join": "Đã mời phối hợp ở bước “{step}” của hồ sơ {code}.",
    "release": "Đã trả bước “{step}” của hồ sơ {code} về hộp việc chung.",
    "confirm-result": "Đã xác nhận hồ sơ {code} có kết quả; thời gian giải quyết dừng tính.",
    "deliver-result": "Đã trả kết quả hồ sơ {code}; hồ sơ kết thúc.",
    "recall": "Đã thu hồi bước “{step}” của hồ sơ {code} về hộp việc của bạn.",
    "press": "Đã đôn đốc bước “{step}” của hồ sơ {code}.",
    **SIDE_DONE,
}


def _led_to(task: Mapping[str, Any]) -> str:
    who = _name(task.get("assignee_name") or task.get("position_name"))
    if absent := task.get("instead_of"):
        who += f", làm thay {_name(absent.get('name'))} đang vắng mặt"
    due = f", hạn {_instant(task['due_at'])}" if task.get("due_at") else ""
    return f"bước “{_name(task.get('step_name'))}” ({who}{due})"


def _name(text: Any) -> str:
    name = str(text or "")
    return name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"


def _instant(at: datetime | str | None) -> str:
    """An answer that was kept under its key holds instants as text."""
    return instant(datetime.fromisoformat(at) if isinstance(at, str) else at)


def standing_words(opened: OpenedTask) -> str | None:
    """Who has the task now, or who has finished it: for somebody whose page was older than that."""
    task = opened.task
    who = _name(task.assignee_name)
    if task.state == "vacant":
        return f"Bước “{_name(task.step_name)}” đang chờ có người giữ vị trí “{_name(task.position_name)}”."
    if task.state != "open":
        by = f"{who} đã xử lý" if who else "Đã kết thúc"
        return f"{by} bước “{_name(task.step_name)}” lúc {instant(task.finished_at)}."
    if who:
        return f"Hiện {who} đang giữ bước “{_name(task.step_name)}”."
    return f"Bước “{_name(task.step_name)}” đang chờ người nhận ở vị trí “{_name(task.position_name)}”."
