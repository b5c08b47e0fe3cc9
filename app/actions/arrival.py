"""How a dossier may come, and what is written down of it: channel, papers, proxy, post, other systems (HT-8.1, LA-19)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from app.access.caller import Caller
from app.errors import DomainError
from app.rules import services
from app.rules.profile import Profile
from app.store import organisation
from app.store.procedures import ProcedureRow

ONLINE, COUNTER = "online", "counter"
PRESENTED = "presented"
"""A component's kind: it was shown, and the applicant has kept it (QT-3.3)."""
_WRITTEN = frozenset({"email", "sms", "zalo"})


def check_arrival(
    procedure: ProcedureRow,
    profile: Profile,
    channel: str,
    deliver: Mapping[str, Any],
    components: Sequence[Mapping[str, Any]],
) -> None:
    """Errors: DomainError invalid where the service's level or the list of papers does not allow it."""
    if channel not in services.channels(procedure.service_level):
        raise _invalid("channel", f"Thủ tục {procedure.code} không được cung cấp trực tuyến.", "QT-10.2c")
    if deliver.get("mode") not in services.deliveries(procedure.service_level):
        raise _invalid("deliver.mode", "Chỉ dịch vụ công trực tuyến toàn trình mới trả kết quả trực tuyến.", "QT-13.4r")
    if deliver.get("mode") == ONLINE and not services.electronic_result(profile.electronic_result, channel, components):
        why = "Chỉ hồ sơ đã ký số hoặc gửi qua bưu chính mới nhận kết quả bản điện tử."
        raise _invalid("deliver.mode", why, "LA-10.2b")
    _check_papers(procedure, components)
    if channel == ONLINE and profile.online_papers == "refused":
        _check_complete(procedure, components)


def check_intake(intake: Mapping[str, Any], channel: str, notify: Sequence[str]) -> None:
    """Errors: DomainError invalid where what is said of the post contradicts channel and notices (LA-19.2, LA-19.3)."""
    if intake.get("post_voucher") and channel == COUNTER:
        raise _invalid("intake.post_voucher", "Nộp trực tiếp thì không có chứng từ bưu chính.", "LA-19.2")
    if intake.get("receipt_by") == "electronic" and not _WRITTEN & set(notify):
        why = "Nhận giấy tiếp nhận bản điện tử thì phải chọn thư điện tử, SMS hoặc Zalo."
        raise _invalid("notify", why, "LA-19.3")


def came(connection: Connection, intake: Mapping[str, Any], caller: Caller, agency: int, name: str) -> dict[str, Any]:
    """What is kept of it: as it was said, and who of which agency received it, and helped or digitised (HT-8.1c, HT-8.1p).

    `agency`, `name`: the receiving agency, which an officer of the post or of a vertical agency does not belong to.
    """
    home = name if caller.agency_id == agency else organisation.agency_by_id(connection, caller.agency_id).name
    officer = {"account": caller.username, "name": caller.name, "agency": home}
    return {key: value for key, value in intake.items() if value} | {"received_by": officer}


def _check_papers(procedure: ProcedureRow, components: Sequence[Mapping[str, Any]]) -> None:
    """A paper that has to be handed in was not only shown (QT-3.3); what is only to be shown is never kept: `as_shown`."""
    asked = {part["code"]: part for part in procedure.components}
    for number, component in enumerate(components):
        part = asked[component["code"]]
        if component["kind"] == PRESENTED and not part.get("present_only"):
            why = f"Giấy tờ “{part['name']}” phải nộp, không chỉ xuất trình."
            raise _invalid(f"components.{number}.kind", why, "QT-3.3")


def as_shown(procedure: ProcedureRow, components: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The papers as they are written down: one that the checklist only wants to see was shown, whatever was said (QT-3.3)."""
    shown = {part["code"] for part in procedure.components if part.get("present_only")}
    return [dict(one) | ({"kind": PRESENTED} if one["code"] in shown else {}) for one in components]


def _check_complete(procedure: ProcedureRow, components: Sequence[Mapping[str, Any]]) -> None:
    """Online nobody stands at a desk and takes what is there: all that is demanded comes with the submission (HT-7.2)."""
    there = {component["code"] for component in components}
    lacking = [part["name"] for part in procedure.components if services.demanded(part) and part["code"] not in there]
    if lacking:
        raise _invalid("components", f"Hồ sơ trực tuyến còn thiếu: {'; '.join(lacking)}.", "HT-7.2")


def _invalid(field: str, why: str, rule: str) -> DomainError:
    return DomainError("invalid", why, errors={field: [why]}, extra={"rule": rule})
