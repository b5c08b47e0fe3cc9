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
    permissions: tuple[str, ...] = ()
    """Only for who has one of these."""


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
        "/tiep-nhan/truc-tuyen",
        "main .tabs",
        "Hồ sơ nộp trực tuyến",
        "Hồ sơ công dân gửi qua mạng chờ ở đây, hạn kiểm tra gần nhất ở trên; thời hạn còn lại đếm theo giờ làm việc. Mở để "
        "tiếp nhận, hướng dẫn sửa hoặc từ chối.",
    ),
    Stop(
        "/tra-ket-qua",
        "main .tabs",
        "Trả kết quả",
        "Hồ sơ đã có kết quả chờ người nộp đến nhận. Khi trả, ghi ai nhận; hồ sơ kết thúc đúng lúc đó.",
    ),
    Stop(
        "/phi",
        "main h1",
        "Phí, lệ phí",
        "Thu ở trang của hồ sơ, biên lai có số liền nhau. Cuối ngày mở trang này để đối chiếu số tiền đã thu rồi in bảng kê.",
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
        "/theo-doi/khoi-luong",
        "main h1",
        "Ai đang nhiều việc",
        "Mỗi người đang giữ bao nhiêu, bao nhiêu quá hạn, mỗi tuần nhận và xong bao nhiêu; ai còn chỗ để giao bớt sang.",
    ),
    Stop(
        "/theo-doi/danh-sach",
        "main .filters",
        "Ai giữ, giữ bao lâu",
        "Danh sách nói rõ ai đang giữ, đã giữ bao lâu, quá hạn bao nhiêu. Chọn dòng để đôn đốc hoặc giao người khác.",
    ),
    Stop(
        "/theo-doi/xu-huong",
        "main h1",
        "Tuần này so với tuần trước",
        "Biểu đồ tiếp nhận, giải quyết, đúng hạn và thời gian của ai, theo tuần hoặc tháng. Mỗi cột dẫn đến danh sách của nó.",
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
        "Các tệp của những bước bạn đang giữ. Xem từng tệp, chọn rồi ký một lượt.",
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
    Stop(
        "/quan-tri/co-quan",
        "main .inbox",
        "Cơ quan, đơn vị, vị trí",
        "Quy trình gọi vị trí việc làm, không gọi tên người. Cơ quan mới thì sao chép đơn vị, vị trí từ cơ quan cùng loại.",
        ("account.manage", "account.manage_own"),
    ),
    Stop(
        "/quan-tri/tai-khoan",
        "main .inbox",
        "Tài khoản và vị trí theo thời gian",
        "Giao vị trí từ ngày đến ngày; người nghỉ, người mới không làm mất dấu ai đã giữ việc gì. Nhiều người một lúc thì nhập "
        "từ bảng tính và xem trước.",
        ("account.manage", "account.manage_own"),
    ),
    Stop(
        "/quan-tri/thu-tuc",
        "main .inbox",
        "Danh mục thủ tục, phí",
        "Thành phần hồ sơ, thời hạn, phí, cơ quan tiếp nhận. Thay đổi có ngày áp dụng; hồ sơ đã nhận giữ như lúc nhận.",
        ("procedure.manage",),
    ),
    Stop(
        "/quan-tri/nhat-ky",
        "main .filters",
        "Nhật ký",
        "Tìm theo người, việc, ngày. Nhật ký chỉ được thêm, không ai sửa được; mỗi dòng cho thấy trước và sau.",
        ("audit.view",),
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
