"""The tours: what each role is shown of its own pages, one stop after the other.

A stop stands on its page as a note (`?huong-dan=role-2`), so a tour needs no script; one only marks what it speaks of.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.access.caller import Caller
from app.access.reach import reach_of
from app.rules.permissions import WORKERS


@dataclass(frozen=True, slots=True)
class Stop:
    """What is said at a page of the person's own; `target` is the CSS selector of what it speaks of."""

    path: str
    target: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Tour:
    """A role's tour: `name` in addresses, for whom it is, and its stops."""

    name: str
    title: str
    meant_for: Callable[[Caller], bool]
    stops: tuple[Stop, ...]


_OFFICIAL = (
    Stop(
        "/viec",
        "main .tabs",
        "Hộp việc của bạn",
        "Mỗi thẻ là một loại việc: cần bạn xử lý, bạn đang giữ, chờ người nhận, bạn phối hợp, chờ người khác. Số bên cạnh là "
        "số việc; có dấu ⚠ là có việc đã quá hạn.",
    ),
    Stop(
        "/viec",
        "main .inbox, main .empty",
        "Việc gấp nhất ở trên",
        "Danh sách xếp theo hạn của bước. Màu luôn đi cùng lời nói rõ còn bao lâu hay đã quá bao lâu, tính bằng giờ làm việc. "
        "Bấm mã hồ sơ để mở.",
    ),
    Stop(
        "/viec",
        "main .filters",
        "Lọc và lưu bộ lọc",
        "Gõ tên người nộp không cần dấu, chọn thủ tục, bước, thời hạn. Chọn nhiều dòng rồi xử lý một lần ở thanh bên dưới.",
    ),
    Stop(
        "/viec",
        "[data-keys-help]",
        "Không cần chuột",
        "Phím j, k đi xuống, lên; x chọn; Enter mở; f chuyển bước, r trả lại, h bàn giao. Bấm ? ở bất kỳ trang nào để xem "
        "bảng phím tắt.",
    ),
    Stop(
        "/viec",
        ".bell",
        "Chuông báo",
        "Việc mới đến, bước sắp đến hạn, hồ sơ bị trả lại hay được đôn đốc đều hiện ở đây. Cách nhận thông báo chọn ở trang "
        "Tài khoản của tôi.",
    ),
    Stop(
        "/vang-mat",
        "main h1",
        "Khi bạn vắng mặt",
        "Khai ngày vắng và người làm thay: việc đến trong những ngày đó vào hộp việc của người ấy, thời hạn không đổi.",
    ),
)
_DESK = (
    Stop(
        "/tiep-nhan",
        "main [role=search], main .empty",
        "Tiếp nhận hồ sơ",
        "Gõ vài chữ của tên thủ tục hoặc mã, Enter để mở phiếu tiếp nhận. Người đã từng nộp thì gõ số định danh hoặc điện "
        "thoại, không phải nhập lại.",
    ),
    Stop(
        "/tra-ket-qua",
        "main h1",
        "Trả kết quả",
        "Hồ sơ đã có kết quả chờ người nộp đến nhận. Khi trả, ghi ai nhận; hồ sơ kết thúc đúng lúc đó.",
    ),
    Stop(
        "/so-phieu",
        "main h1",
        "Sổ và phiếu",
        "Sổ theo dõi hồ sơ và số của mọi phiếu đã cấp, in hoặc tải về theo ngày. Số phiếu do hệ thống cấp, liền nhau.",
    ),
    Stop(
        "/ho-so",
        "main [role=search]",
        "Tìm lại một hồ sơ",
        "Tìm theo mã, tên, hoặc quét mã QR vào ô ở đầu trang. Người mất giấy tiếp nhận thì in lại từ trang của hồ sơ.",
    ),
)
_HEAD = (
    Stop(
        "/theo-doi",
        "main .tabs",
        "Nhìn một lần là biết",
        "Những con số trên cùng là hồ sơ đang mở, đến hạn hôm nay và quá hạn trong phạm vi của bạn. Mỗi con số dẫn đến đúng "
        "danh sách đứng sau nó.",
    ),
    Stop(
        "/theo-doi/danh-sach",
        "main .filters",
        "Ai giữ, giữ bao lâu",
        "Danh sách nói rõ ai đang giữ, đã giữ bao lâu, quá hạn bao nhiêu. Chọn dòng để đôn đốc hoặc giao người khác.",
    ),
    Stop(
        "/theo-doi/tong-hop",
        "main .period",
        "Tổng hợp theo kỳ",
        "Tháng, quý, năm: tiếp nhận, giải quyết, đúng hạn, trễ hạn theo cơ quan và theo người; tải về để báo cáo.",
    ),
    Stop(
        "/vang-mat",
        "main h1",
        "Người vắng, người thay",
        "Khai vắng mặt cho cán bộ của mình để không hồ sơ nào nằm lại trong hộp việc không ai mở.",
    ),
)
_SIGNER = (
    Stop(
        "/ky-so",
        "main h1",
        "Chờ bạn ký",
        "Các tệp của những bước bạn đang giữ. Xem từng tệp, chọn rồi nhập mã PIN một lần để ký nhiều tệp.",
    ),
)
_ADMINISTRATOR = (
    Stop(
        "/quan-tri",
        "main .hub",
        "Việc quản trị của bạn",
        "Mỗi ô là một việc mà tài khoản được giao, với một câu nói nó dùng để làm gì. Thay đổi về quyền đều được ghi lại: ai "
        "làm, trước thế nào, sau thế nào.",
    ),
)

TOURS = (
    Tour("can-bo", "Cán bộ xử lý hồ sơ", lambda person: any(person.may(name) for name in WORKERS), _OFFICIAL),
    Tour("mot-cua", "Cán bộ bộ phận một cửa", lambda person: person.may("dossier.register"), _DESK),
    Tour("lanh-dao", "Lãnh đạo, người theo dõi, kiểm soát", lambda person: not reach_of(person).nowhere, _HEAD),
    Tour(
        "ky-so",
        "Người ký số",
        lambda person: any(person.may(name) for name in (*WORKERS, "document.sign")),
        _SIGNER,
    ),
)
"""In the order in which a person with several roles takes them; the administrators' own comes last."""
ADMINISTRATORS_TOUR = Tour("quan-tri", "Quản trị viên", lambda person: True, _ADMINISTRATOR)
