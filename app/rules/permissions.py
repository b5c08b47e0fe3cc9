"""Permissions: one table of what an account may be allowed, how far it reaches, and in which states of a dossier.

QT-27.3p (desk and control focal points see their own agency), QT-27.4 (the control office sees the province), QT-27.5 and
HT-4.2 (administrators), QT-22.2a (a step belongs to one position).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final


class Scope(Enum):
    """How far a permission reaches."""

    OWN_POSITIONS = "own_positions"
    OWN_AGENCY = "own_agency"
    EVERYWHERE = "everywhere"


@dataclass(frozen=True, slots=True)
class Permission:
    """`title` is what administrators read; `scope` how far it reaches."""

    name: str
    title: str
    scope: Scope


@dataclass(frozen=True, slots=True)
class Right:
    """What an action asks of the caller and of the dossier: any one of `permissions`, and one of the national `statuses`.

    No statuses means that there is no dossier yet. The dossier's tasks are a matter of their own (open, taken, suspended).
    """

    permissions: tuple[str, ...]
    scope: Scope
    statuses: frozenset[int] = frozenset()


PERMISSIONS: Final[Mapping[str, Permission]] = {
    permission.name: permission
    for permission in (
        Permission("dossier.register", "Tiếp nhận hồ sơ tại bộ phận một cửa", Scope.OWN_AGENCY),
        Permission("task.work", "Xử lý các bước của vị trí việc làm mình giữ", Scope.OWN_POSITIONS),
        Permission("task.assign", "Phân công, điều chuyển việc trong cơ quan", Scope.OWN_AGENCY),
        Permission("dossier.late_entry", "Nhập bù việc đã làm khi hệ thống gián đoạn", Scope.OWN_AGENCY),
        Permission("dossier.correct", "Đính chính thời điểm, nội dung đã ghi", Scope.OWN_AGENCY),
        Permission("document.sign", "Ký số, đóng dấu của cơ quan", Scope.OWN_AGENCY),
        Permission("report.view", "Xem báo cáo, thống kê", Scope.OWN_AGENCY),
        Permission("diagram.design", "Thiết kế sơ đồ quy trình, biểu mẫu", Scope.EVERYWHERE),
        Permission("diagram.deploy", "Ban hành sơ đồ quy trình", Scope.EVERYWHERE),
        Permission("procedure.review", "Kiểm tra quy trình, nội dung thủ tục trước khi áp dụng", Scope.EVERYWHERE),
        Permission("calendar.manage", "Quản lý lịch làm việc, ngày nghỉ", Scope.EVERYWHERE),
        Permission("slip.manage", "Quản lý mẫu phiếu, logo của toàn tỉnh", Scope.EVERYWHERE),
        Permission("slip.manage_own", "Quản lý mẫu phiếu, logo của cơ quan mình", Scope.OWN_AGENCY),
        Permission("dossier.message", "Gửi tin từ hệ thống khác", Scope.EVERYWHERE),
        Permission("incident.manage", "Xử lý sự cố quy trình", Scope.EVERYWHERE),
        Permission("account.manage", "Quản lý tài khoản và vị trí việc làm", Scope.EVERYWHERE),
        Permission("account.manage_own", "Quản lý tài khoản, vị trí việc làm của cơ quan mình", Scope.OWN_AGENCY),
        Permission("procedure.manage", "Quản lý danh mục thủ tục, phí, lệ phí", Scope.EVERYWHERE),
        Permission("dossier.import", "Chuyển hồ sơ đang giải quyết từ hệ thống cũ", Scope.EVERYWHERE),
        Permission("audit.view", "Xem nhật ký quản trị, phiên đăng nhập", Scope.EVERYWHERE),
        Permission("message.manage", "Quản lý thông báo", Scope.EVERYWHERE),
        Permission("outage.announce", "Thông báo sự cố hệ thống", Scope.EVERYWHERE),
        Permission("system.suspend", "Bảo trì, tạm dừng hệ thống", Scope.EVERYWHERE),
        Permission("dossier.disclose", "Cung cấp hồ sơ theo yêu cầu của cơ quan có thẩm quyền", Scope.EVERYWHERE),
        Permission("control.view", "Kiểm soát toàn tỉnh: xem mọi hồ sơ", Scope.EVERYWHERE),
    )
}

READERS: Final = ("task.work", "dossier.register", "report.view", "control.view")
"""Who may read tasks and dossiers at all; which ones, `sees_dossier` says. Administrators have no business with them."""

DESIGNERS: Final = ("diagram.design", "diagram.deploy")
"""Who may work on drafts of diagrams; publishing one asks for `diagram.deploy`."""

WORKERS = ("task.work", "dossier.register")
_MOVING = frozenset({1, 2, 4, 5, 6, 8, 9})
_ASKING = frozenset({2, 4})
RIGHTS: Final[Mapping[str, Right]] = {
    "register": Right(("dossier.register",), Scope.OWN_AGENCY),
    "accept": Right(WORKERS, Scope.OWN_POSITIONS, frozenset({1})),
    "refuse-intake": Right(WORKERS, Scope.OWN_POSITIONS, frozenset({1})),
    "ask-correction": Right(WORKERS, Scope.OWN_POSITIONS, frozenset({1})),
    "receive-correction": Right(WORKERS, Scope.OWN_POSITIONS, frozenset({5})),
    "claim": Right(WORKERS, Scope.OWN_POSITIONS, _MOVING),
    "release": Right(WORKERS, Scope.OWN_POSITIONS, _MOVING),
    "handoff": Right(WORKERS, Scope.OWN_POSITIONS, _MOVING),
    "reassign": Right(("task.assign",), Scope.OWN_AGENCY, _MOVING),
    "join": Right((*WORKERS, "task.assign"), Scope.OWN_AGENCY, _MOVING),
    "contribute": Right(WORKERS, Scope.OWN_AGENCY, _MOVING),
    "paper-received": Right(WORKERS, Scope.OWN_POSITIONS, _MOVING),
    "press": Right((*WORKERS, "report.view", "control.view"), Scope.OWN_AGENCY, frozenset({1, 2, 4})),
    "forward": Right(WORKERS, Scope.OWN_POSITIONS, _MOVING),
    "complete": Right(WORKERS, Scope.OWN_POSITIONS, frozenset({2, 4, 8, 9})),
    "return": Right(WORKERS, Scope.OWN_POSITIONS, frozenset({1, 2, 4, 5, 6})),
    "recall": Right(WORKERS, Scope.OWN_POSITIONS, frozenset({2, 4, 6})),
    "confirm-result": Right(WORKERS, Scope.OWN_POSITIONS, frozenset({2, 4, 8})),
    "deliver-result": Right(WORKERS, Scope.OWN_POSITIONS, frozenset({8, 9})),
    "request-supplement": Right(WORKERS, Scope.OWN_POSITIONS, _ASKING),
    "reject": Right(WORKERS, Scope.OWN_POSITIONS, _ASKING),
    "request-extension": Right(WORKERS, Scope.OWN_POSITIONS, _ASKING),
    "request-payment": Right(WORKERS, Scope.OWN_POSITIONS, _ASKING),
    "ask-opinion": Right(WORKERS, Scope.OWN_POSITIONS, _ASKING),
    "arrange-visit": Right(WORKERS, Scope.OWN_POSITIONS, _ASKING),
    "withdraw": Right(WORKERS, Scope.OWN_AGENCY, frozenset({1, 2, 4, 5, 6})),
    "stop": Right(WORKERS, Scope.OWN_AGENCY, frozenset({2, 4, 5, 6})),
    "apologise": Right(WORKERS, Scope.OWN_AGENCY, _ASKING),
    "message": Right(("dossier.message",), Scope.EVERYWHERE, _MOVING),
    "attach": Right((*WORKERS, "dossier.message"), Scope.OWN_AGENCY, frozenset({1, 2, 4, 5, 6, 8, 9})),
    "sign": Right((*WORKERS, "document.sign"), Scope.OWN_AGENCY, frozenset({1, 2, 4, 5, 6, 8, 9})),
    "amend": Right(("dossier.register",), Scope.OWN_AGENCY, frozenset({1, 2, 4, 5, 6})),
    "issue-slip": Right(WORKERS, Scope.OWN_AGENCY, frozenset({1, 2, 4, 5, 6, 8, 9, 10})),
    "reprint": Right(("dossier.register",), Scope.OWN_AGENCY, frozenset(range(1, 11))),
    "correct": Right(("dossier.correct",), Scope.OWN_AGENCY, frozenset(range(1, 11))),
    "collect-fee": Right(("dossier.register",), Scope.OWN_AGENCY, frozenset({1, 2, 4, 5, 6, 8, 9, 10})),
    "void-fee": Right(("dossier.register", "dossier.correct"), Scope.OWN_AGENCY, frozenset(range(1, 11))),
    "refund-fee": Right(("dossier.register",), Scope.OWN_AGENCY, frozenset(range(1, 11))),
    "remind-result": Right(("dossier.register",), Scope.OWN_AGENCY, frozenset({8, 9})),
}
"""Action (as in its path) to what it asks; 3, 7 and 10 are ends in which nothing more is done to a dossier."""

OF_DOSSIERS: Final = frozenset(
    {
        "register", "message", "attach", "sign", "amend", "issue-slip", "reprint", "correct", "collect-fee", "void-fee",
        "refund-fee", "remind-result",
    }
)  # fmt: skip
"""Actions on a dossier as a whole; all others are done to one of its tasks."""


def allowed(permissions: Collection[str], permission: str) -> bool:
    """Whether `permission` is among those given. ValueError for a name that is not in the table: a typing error, not a no."""
    if permission not in PERMISSIONS:
        raise ValueError(f"no permission is called {permission!r}")
    return permission in permissions


def lacking(permissions: Collection[str]) -> str:
    """That an account has none of these permissions, in words."""
    titles = " hoặc ".join(f"“{PERMISSIONS[name].title}”" for name in permissions)
    return f"Tài khoản chưa được cấp quyền {titles}."


def in_state(action: str, status: int) -> bool:
    """Whether `action` may be done to a dossier of that national status."""
    return status in RIGHTS[action].statuses


def sees_dossier(permissions: Collection[str], agencies: Collection[int], parts: Collection[int]) -> bool:
    """Whether a dossier in which the agencies `parts` have a part may be seen by somebody who works in `agencies`."""
    return allowed(permissions, "control.view") or not set(agencies).isdisjoint(parts)
