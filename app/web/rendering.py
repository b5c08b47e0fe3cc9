"""What every template may use: bundles by name, instants in words, the navigation of the person who is signed in."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from flask import Flask, g, request, session, url_for

from app.access.caller import Caller
from app.access.reach import reach_of
from app.access.request import SESSION_TOKEN, current_caller
from app.errors import DomainError
from app.rules.administration import ADMINISTRATORS
from app.rules.permissions import DESIGNERS, READERS, WORKERS
from app.runtime import asked_at
from app.views.colours import length_words as shown_length
from app.views.masking import masked_number, masked_phone
from app.web.acting import new_key
from app.web.blueprint import BUNDLES
from app.wording import LOCAL

_LINES = (
    # address, title, any one of these permissions, paths that it stands for
    ("web.inbox", "Việc cần xử lý", READERS, ("/viec",)),
    ("web.choose_procedure", "Tiếp nhận hồ sơ", ("dossier.register",), ("/tiep-nhan",)),
    ("web.results", "Trả kết quả", ("dossier.register",), ("/tra-ket-qua",)),
    ("web.fee_list", "Thu phí, lệ phí", ("dossier.register",), ("/phi/",)),
    ("web.registers", "Sổ theo dõi, sổ phiếu", READERS, ("/so-phieu",)),
    ("web.dossiers", "Tìm hồ sơ", READERS, ("/ho-so",)),
    ("web.monitor", "Theo dõi, đôn đốc", (), ("/theo-doi",)),
    ("web.signing", "Chờ ký số", (*WORKERS, "document.sign"), ("/ky-so",)),
    ("web.approvals", "Duyệt, ký", WORKERS, ("/duyet",)),
    (
        "web.show_delegations",
        "Ủy quyền",
        (*WORKERS, "task.assign", "account.manage", "account.manage_own"),
        ("/uy-quyen",),
    ),
    ("web.absences", "Vắng mặt, làm thay", (*WORKERS, "task.assign", "account.manage"), ("/vang-mat",)),
    ("web.hand_over_form", "Bàn giao toàn bộ", ("task.assign",), ("/ban-giao",)),
    ("web.deliveries", "Thông báo đã gửi", ("message.manage", "dossier.register"), ("/thong-bao/",)),
    ("web.me", "Tài khoản của tôi", (), ("/toi",)),
)
ADMINISTRATION = (
    # address, title, any one of these permissions, paths that it stands for, what it is for
    (
        "web.agencies",
        "Cơ quan, đơn vị, vị trí",
        ADMINISTRATORS,
        ("/quan-tri/co-quan",),
        "Cơ quan, phòng ban, vị trí việc làm theo thời gian; sao chép sang nhiều cơ quan cùng loại.",
    ),
    (
        "web.accounts",
        "Tài khoản cán bộ",
        ADMINISTRATORS,
        (
            "/quan-tri/tai-khoan",
            "/quan-tri/lap-tai-khoan",
            "/quan-tri/nhap-tai-khoan",
            "/quan-tri/giay-bao-tai-khoan",
        ),
        "Lập, nhập từ bảng tính, khóa tài khoản; giao vị trí, quyền; đặt mật khẩu tạm.",
    ),
    (
        "web.workbench",
        "Thiết kế quy trình",
        (*DESIGNERS, "procedure.review"),
        ("/thiet-ke",),
        "Vẽ quy trình từ bảng của quyết định hoặc từ đầu, thử, mô phỏng rồi ban hành.",
    ),
    (
        "web.procedures",
        "Thủ tục, quy trình",
        ("diagram.design", "diagram.deploy", "procedure.review"),
        ("/thu-tuc",),
        "Phiên bản quy trình của từng thủ tục: hạn ban hành, kiểm tra, sửa cấu hình, bãi bỏ, chuyển hồ sơ.",
    ),
    (
        "web.edited_procedures",
        "Danh mục thủ tục, phí",
        ("procedure.manage",),
        ("/quan-tri/thu-tuc/", "/quan-tri/thu-tuc-moi/"),
        "Tên, thời hạn, thành phần hồ sơ, phí, cơ quan tiếp nhận, tài khoản thụ hưởng của từng thủ tục.",
    ),
    (
        "web.calendars",
        "Lịch làm việc",
        ("calendar.manage", "report.view"),
        ("/lich-lam-viec",),
        "Giờ làm việc, ngày nghỉ, ngày làm bù; báo trước thay đổi và xem hồ sơ nào đổi hạn.",
    ),
    (
        "web.message_templates",
        "Mẫu tin",
        ("message.manage",),
        ("/mau-tin",),
        "Lời của thư điện tử, tin nhắn, cuộc gọi báo cho người nộp hồ sơ.",
    ),
    (
        "web.slip_templates",
        "Mẫu phiếu, logo",
        ("slip.manage", "slip.manage_own"),
        ("/mau-phieu",),
        "Mẫu in của từng loại phiếu, logo của tỉnh và của cơ quan.",
    ),
    (
        "web.incidents",
        "Sự cố quy trình",
        ("incident.manage",),
        ("/su-co",),
        "Hồ sơ đứng lại vì quy trình không chạy tiếp được: thử lại, sửa, đóng.",
    ),
    (
        "web.outages",
        "Sự cố hệ thống",
        ("outage.announce",),
        ("/gian-doan",),
        "Báo gián đoạn cho người dùng, cơ quan; báo đã khắc phục.",
    ),
    (
        "web.maintenance_page",
        "Bảo trì, tạm dừng",
        ("system.suspend",),
        ("/quan-tri/bao-tri/",),
        "Báo trước, chỉ cho xem hoặc đóng hệ thống khi bảo trì, khi Chủ tịch quyết định tạm dừng.",
    ),
    (
        "web.log_book",
        "Sổ sự cố",
        ("outage.announce", "system.suspend", "audit.view", "control.view"),
        ("/quan-tri/so-su-co/",),
        "Sự cố, bảo trì đã xảy ra: nguyên nhân, biện pháp, báo cáo; xuất ra Excel.",
    ),
    (
        "web.dossier_imports",
        "Chuyển hồ sơ từ hệ thống cũ",
        ("dossier.import",),
        ("/quan-tri/chuyen-ho-so",),
        "Đưa hồ sơ đang giải quyết ở hệ thống cũ sang: xem trước, chấp nhận, rút lại.",
    ),
    (
        "web.jobs",
        "Công việc nền",
        ("incident.manage",),
        ("/quan-tri/cong-viec/",),
        "Việc làm sau đã thất bại và vì sao; tiến trình xử lý còn chạy không.",
    ),
    (
        "web.backups_page",
        "Sao lưu, khôi phục",
        ("incident.manage",),
        ("/quan-tri/sao-luu/",),
        "Bản sao lưu gần nhất, bản lỗi; cho chạy trở lại sau khi khôi phục.",
    ),
    (
        "web.audit_log",
        "Nhật ký quản trị",
        ("audit.view", "account.manage_own"),
        ("/quan-tri/nhat-ky/",),
        "Ai đã thay đổi tài khoản, quyền, cơ quan, thủ tục; ai đăng nhập; xuất ra Excel.",
    ),
    (
        "web.seals_page",
        "Niêm phong nhật ký",
        ("audit.view",),
        ("/quan-tri/niem-phong",),
        "Mã niêm phong từng ngày của lịch sử hồ sơ và nhật ký, để in và cất nơi khác; chứng thực cho một hồ sơ.",
    ),
    (
        "web.profiles",
        "Quy định của tỉnh",
        ("audit.view", "procedure.manage", "diagram.deploy", "control.view"),
        ("/quan-tri/ho-so-tinh/",),
        "Từng lựa chọn theo quy chế của tỉnh, điều khoản, và các tỉnh khác chọn thế nào; chỉ để đọc.",
    ),
    (
        "web.show_mandates",
        "Thực hiện thay cơ quan khác",
        (*ADMINISTRATORS, "audit.view"),
        ("/quan-tri/thuc-hien-thay",),
        "Giao toàn bộ nhiệm vụ của một cơ quan cho cơ quan khác làm thay một thời gian, theo quyết định.",
    ),
    (
        "web.looks_page",
        "Lượt xem hồ sơ",
        ("audit.view",),
        ("/quan-tri/luot-xem",),
        "Ai đã xem hồ sơ nào, lúc nào, từ đâu; ai xem hồ sơ ngoài việc của mình.",
    ),
    (
        "web.disclosures_page",
        "Cung cấp hồ sơ theo yêu cầu",
        ("dossier.disclose", "audit.view"),
        ("/quan-tri/cung-cap-ho-so",),
        "Lập gói hồ sơ cho cơ quan có thẩm quyền theo văn bản yêu cầu; xem những lần đã cung cấp.",
    ),
    (
        "web.account_sessions",
        "Phiên đăng nhập",
        ("account.manage", "account.manage_own", "audit.view"),
        ("/quan-tri/phien/", "/quan-tri/dang-nhap-tam-khoa/"),
        "Tài khoản đang được dùng ở đâu; kết thúc phiên, khóa tài khoản bị lộ, bỏ tạm khóa đăng nhập.",
    ),
)
"""The administrators' pages, in the order of their start page."""
_HUB = "web.administration"


def install(app: Flask) -> None:
    for found in (asset, new_key):
        app.add_template_global(found)
    for shown in (instant, short_instant, day, moment, length_words, masked_number, masked_phone):
        app.add_template_filter(shown)
    app.context_processor(_person)


def asset(name: str) -> str:
    """The address of a bundle, with its content's hash."""
    return url_for("web.static", filename=name, v=_manifest().get(name, ""))


@lru_cache(1)
def _manifest() -> dict[str, str]:
    """Bundle -> hash, as the build wrote it. FileNotFoundError before `make prepare`."""
    found: dict[str, str] = json.loads((BUNDLES / "manifest.json").read_text(encoding="utf-8"))
    return found


def instant(at: datetime | None) -> str:
    """`14:30 21/11/2026`, local; a dash for none."""
    return "–" if at is None else f"{at.astimezone(LOCAL):%H:%M %d/%m/%Y}"


def short_instant(at: datetime) -> str:
    """`14:30 21/11`, and the year where it is not this one."""
    local = at.astimezone(LOCAL)
    return f"{local:%H:%M %d/%m}" if local.year == asked_at().astimezone(LOCAL).year else f"{local:%d/%m/%Y}"


def length_words(seconds: int) -> str:
    """Working time in its two largest units, eight hours a day: `2 ngày 3 giờ`, `45 phút`; `0 phút` for less than one."""
    return shown_length(seconds, 28_800, "") if seconds >= 60 else "0 phút"


def day(at: datetime | date | None) -> str:
    """`21/11/2026`, local; a dash for none."""
    if at is None:
        return "–"
    return f"{at.astimezone(LOCAL) if isinstance(at, datetime) else at:%d/%m/%Y}"


def moment(at: datetime) -> str:
    """For the `datetime` attribute of a `time` element."""
    return at.astimezone(LOCAL).isoformat(timespec="seconds")


def signed_in() -> Caller | None:
    """Who is signed in, for pages that everybody may see."""
    if not isinstance(session.get(SESSION_TOKEN), str):
        return None
    try:
        return current_caller()
    except DomainError:
        return None


def _person() -> dict[str, Any]:
    person = g.get("caller") if "caller" in g else None
    return {"person": person, "navigation": navigation(person) if person else []}


def navigation(person: Caller) -> list[dict[str, Any]]:
    """The groups of the menu, each with the lines that this person has a use for: title, address, whether it is shown now.

    The administrators' lines stand there while one of their pages is open; from elsewhere one line leads to them.
    """
    lines = [
        _menu_line(endpoint, title, paths)
        for endpoint, title, permissions, paths in _LINES
        if _has_use(person, permissions) and _concerns(person, endpoint)
    ]
    own = administration_lines(person)
    if not own:
        return [{"title": None, "lines": lines}]
    hub = _menu_line(_HUB, "Quản trị", ()) | {"current": request.path == url_for(_HUB)}
    inside = hub["current"] or any(line["current"] for line in own)
    group = [hub | {"title": "Mọi việc quản trị"}, *own] if inside else [hub]
    return [{"title": None, "lines": lines}, {"title": "Quản trị" if inside else None, "lines": group}]


def administration_lines(person: Caller) -> list[dict[str, Any]]:
    """The administrators' pages that this person may open, each with what it is for."""
    return [
        _menu_line(endpoint, title, paths) | {"purpose": purpose}
        for endpoint, title, permissions, paths, purpose in ADMINISTRATION
        if _has_use(person, permissions)
    ]


def _concerns(person: Caller, endpoint: str) -> bool:
    """Whether a page has anything for her, beside her permissions: some are for those who lead."""
    if endpoint == "web.monitor":
        return not reach_of(person).nowhere
    if endpoint == "web.approvals":
        return bool(person.delegated) or any(held.head or held.unit_kind == "leadership" for held in person.positions)
    return True


def _has_use(person: Caller, permissions: Sequence[str]) -> bool:
    return not permissions or any(person.may(name) for name in permissions)


def _menu_line(endpoint: str, title: str, paths: tuple[str, ...]) -> dict[str, Any]:
    return {"title": title, "url": url_for(endpoint), "current": f"{request.path}/".startswith(paths)}


def home_of(person: Caller) -> str:
    """Where a person begins the day: the inbox of those who work steps, the desk of those who only register."""
    if any(person.may(name) for name in WORKERS):
        return url_for("web.inbox")
    if any(person.may(name) for name in READERS):
        return url_for("web.dossiers")
    return url_for(_HUB) if administration_lines(person) else url_for("web.me")
