"""What officials are told of, by which ways, and how each of them has it unless she says otherwise (QT-21, ST-26.1).

Two ways: on the screen (the bell and its page) and by e-mail. A mode is `now`, `digest` (in the letter that begins the
working day) or `off`; what is `now` by e-mail stands in the digest too for as long as it is so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

SCREEN, EMAIL = "screen", "email"
WAYS: Final = (SCREEN, EMAIL)
NOW, DIGEST, OFF = "now", "digest", "off"
MODES: Final = (NOW, DIGEST, OFF)
NEW = "new"
"""A step that came to her or to her position: derived from the tasks themselves, no row is written for it."""
OTHER = "other"
SECURITY = "security"
"""What happened to her own account, or to one that she administers: nobody can choose not to hear of it."""
LETTER = "letter"
"""The digest itself, which may be turned off as a whole."""
_SCREEN = (NOW, OFF)


@dataclass(frozen=True, slots=True)
class Event:
    """`title` is what lists and the table of switches call it; `email` the mode unless she chose another, `emails` the choices.

    `permission`: only who has it is ever told; None: everybody may be.
    """

    name: str
    title: str
    email: str
    emails: tuple[str, ...] = MODES
    screens: tuple[str, ...] = _SCREEN
    permission: str | None = None

    def modes(self, way: str) -> tuple[str, ...]:
        """What may be chosen for that way; empty where there is nothing to choose."""
        return self.screens if way == SCREEN else self.emails

    def default(self, way: str) -> str:
        return NOW if way == SCREEN else self.email


EVENTS: Final[Mapping[str, Event]] = MappingProxyType(
    {
        event.name: event
        for event in (
            Event(NEW, "Việc mới đến", DIGEST),
            Event("returned", "Hồ sơ bị trả lại bước của tôi", NOW),
            Event("assigned", "Được giao, bàn giao việc", DIGEST),
            Event("joined", "Được mời phối hợp", DIGEST),
            Event("due_soon", "Bước sắp đến hạn", DIGEST),
            Event("overdue", "Bước quá hạn", NOW),
            Event("deadline_soon", "Hồ sơ còn dưới một ngày làm việc", NOW),
            Event("deadline_passed", "Hồ sơ hết hạn xử lý, qua giờ hẹn trả", NOW),
            Event("pressed", "Được đôn đốc", NOW),
            Event("opinion_asked", "Được lấy ý kiến", NOW),
            Event("opinion_answered", "Đã có ý kiến trả lời", NOW),
            Event("opinion_late", "Ý kiến quá hạn trả lời", NOW),
            Event("mentioned", "Được nhắc đến trong trao đổi", NOW),
            Event("amended", "Người nộp tự sửa đổi, bổ sung", NOW),
            Event("payment_late", "Quá ngày nộp tiền", NOW),
            Event("delegated", "Ủy quyền, kết thúc ủy quyền", DIGEST, (DIGEST, OFF)),
            Event("process", "Quy trình mới, quy trình thay đổi", DIGEST, (DIGEST, OFF)),
            Event("publication", "Ban hành, kiểm tra quy trình", DIGEST, (DIGEST, OFF)),
            Event("incident", "Sự cố quy trình", NOW, permission="incident.manage"),
            Event(SECURITY, "Bảo mật tài khoản", NOW, (), ()),
            Event(OTHER, "Tin khác của quy trình", NOW),
            Event(LETTER, "Thư tổng hợp đầu ngày làm việc", DIGEST, (DIGEST, OFF), ()),
        )
    }
)

_OF_TEMPLATE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "step_due_soon": "due_soon",
        "step_overdue": "overdue",
        "deadline_due_soon": "deadline_soon",
        "deadline_passed": "deadline_passed",
        "appointment_passed": "deadline_passed",
        "step_returned": "returned",
        "step_assigned": "assigned",
        "joined": "joined",
        "pressed": "pressed",
        "opinion_asked": "opinion_asked",
        "opinion_answered": "opinion_answered",
        "opinion_overdue": "opinion_late",
        "mentioned": "mentioned",
        "dossier_amended": "amended",
        "payment_overdue": "payment_late",
        "incident_opened": "incident",
        "delegation_made": "delegated",
        "delegation_ended": "delegated",
        "process_published": "process",
        "process_corrected": "process",
        "accounts_wanted": "process",
        "version_waits": "publication",
        "version_approved": "publication",
        "version_returned": "publication",
        "version_commented": "publication",
        "publication_due": "publication",
        "review_due": "publication",
        "account_reported": SECURITY,
        "account_report_told": SECURITY,
        "sign_in_locked_out": SECURITY,
    }
)


def event_of(template: str) -> str:
    """The event that a message to officials is about: what its switches are called."""
    return _OF_TEMPLATE.get(template, OTHER)


def mode_of(event: str, way: str, chosen: str | None) -> str:
    """How somebody has an event by that way: as she chose, where that is still a choice, else as everybody."""
    known = EVENTS[event]
    return chosen if chosen in known.modes(way) else known.default(way)
