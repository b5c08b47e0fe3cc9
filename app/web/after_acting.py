"""Where one goes after acting on a task: on to the next of the list that it was opened from, unless one prefers otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import flash, redirect
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from app.access.request import current_caller
from app.runtime import asked_at, runtime
from app.store.handled_tasks import HANDLED
from app.views.inbox import InboxAsk, neighbour
from app.views.inbox_settings import my_settings
from app.web.list_context import FIELD, TITLES, carried_list, list_address, list_query, task_address
from app.web.task_forms import done_flash

STAYS = (
    "accept",
    "claim",
    "confirm-result",
    "join",
    "paper-received",
    "press",
    "recall",
    "receive-correction",
    "ask-opinion",
    "arrange-visit",
)
"""After these there is more to do, or to see, on the same dossier."""
_LINK = Markup('<a href="{}">Việc tiếp theo</a>')


def after_acting(action: str, task_id: int, told: Mapping[str, Any]) -> BaseResponse:
    """Say what was done, and lead on."""
    ask = carried_list()
    if ask is None:
        flash(done_flash(action, told, task_id, _LINK.format("/viec")), "success")
        shown = f"?viec={task_id}" if action == "claim" else ""
        return redirect(f"/ho-so/{told['dossier']}{shown}", 303)
    goes_on = ask.inbox not in HANDLED and action not in STAYS
    after = my_settings(current_caller()).after if goes_on else "stay"
    if after == "stay":
        return _stay(action, task_id, told, ask)
    found = neighbour(current_caller(), ask, task_id, asked_at(), runtime().settings.profile)
    seen = Markup('<a href="/ho-so/{}">Xem lại hồ sơ vừa xử lý</a>').format(told["dossier"])
    if found is None:
        end = Markup("Việc tiếp theo: danh sách “{}” không còn việc nào. ").format(TITLES[ask.inbox or ""])
        flash(done_flash(action, told, task_id, end + seen), "success")
        return redirect(list_address(ask), 303)
    following = task_address(found["dossier"], found["id"], ask)
    if after == "list":
        flash(done_flash(action, told, task_id, seen + " · " + _LINK.format(following)), "success")
        return redirect(list_address(ask, found["id"]), 303)
    words = Markup("Việc tiếp theo: bước “{}” của hồ sơ {}. ").format(found["step_name"], found["dossier"])
    flash(done_flash(action, told, task_id, words + seen), "success")
    return redirect(following, 303)


def _stay(action: str, task_id: int, told: Mapping[str, Any], ask: InboxAsk) -> BaseResponse:
    """The same dossier again, still within its list."""
    carried = urlencode({FIELD: list_query(ask)})
    flash(done_flash(action, told, task_id, _LINK.format(f"/viec/{task_id}/ke?{carried}")), "success")
    shown = f"viec={task_id}&" if action in STAYS and action != "accept" else ""
    return redirect(f"/ho-so/{told['dossier']}?{shown}{carried}", 303)
