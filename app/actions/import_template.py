"""The columns of the template for dossiers of an old system, and how other tables call them (without diacritics)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """`title` is the template's heading, `usual` how other tables call it (folded, between semicolons), `hint` what may stand
    in it."""

    name: str
    title: str
    usual: str
    hint: str
    required: bool = False
    width: int = 20

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.usual.split("; "))


COLUMNS: tuple[Column, ...] = (
    Column(
        "old_code",
        "Mã hồ sơ cũ",
        "ma ho so; so ho so; ma ho so cu; so bien nhan; ma bien nhan; ma hs",
        "Mã hồ sơ ở hệ thống cũ, mỗi hồ sơ một mã.",
        required=True,
        width=28,
    ),
    Column(
        "procedure",
        "Mã thủ tục",
        "thu tuc; ten thu tuc; ma tthc; tthc; thu tuc hanh chinh; ma thu tuc hanh chinh; ten tthc; ten thu "
        "tuc hanh chinh",
        "Mã hoặc tên thủ tục hành chính.",
        required=True,
        width=16,
    ),
    Column(
        "agency",
        "Cơ quan tiếp nhận",
        "co quan; don vi tiep nhan; don vi; noi tiep nhan; ma co quan; bo phan mot cua; ma don vi",
        "Mã, mã định danh hoặc tên cơ quan có bộ phận một cửa đã nhận hồ sơ.",
        required=True,
        width=28,
    ),
    Column(
        "name",
        "Người nộp",
        "ho ten; ho va ten; nguoi nop ho so; chu ho so; ten nguoi nop; ho ten nguoi nop; nguoi dung ten; ten "
        "to chuc ca nhan; to chuc ca nhan",
        "Họ tên người nộp hoặc tên tổ chức.",
        required=True,
        width=26,
    ),
    Column(
        "id_number",
        "Số CCCD",
        "cccd; cmnd; so cmnd; so giay to; so dinh danh; so cccd cmnd; ma so thue; cmnd cccd; so cmnd cccd",
        "Số căn cước, chứng minh nhân dân hoặc mã số thuế.",
        width=16,
    ),
    Column(
        "phone",
        "Điện thoại",
        "so dien thoai; sdt; dien thoai lien he; di dong",
        "Số điện thoại người nộp.",
        width=14,
    ),
    Column(
        "email",
        "Thư điện tử",
        "email; e mail; hop thu",
        "Địa chỉ thư điện tử người nộp.",
        width=24,
    ),
    Column(
        "address",
        "Địa chỉ",
        "dia chi nguoi nop; noi o; dia chi lien he; dia chi thuong tru",
        "Địa chỉ người nộp.",
        width=30,
    ),
    Column(
        "channel",
        "Hình thức nộp",
        "kenh; hinh thuc tiep nhan; kenh tiep nhan; cach nop; hinh thuc",
        "Trực tiếp, trực tuyến hoặc bưu chính; để trống là trực tiếp.",
        width=16,
    ),
    Column(
        "received_at",
        "Ngày nhận",
        "ngay tiep nhan; thoi diem tiep nhan; ngay nop; thoi gian tiep nhan; ngay nhan ho so; ngay gio tiep nhan",
        "Ngày, giờ hệ thống cũ tiếp nhận: 21/11/2026 14:30; chỉ ghi ngày là đầu giờ làm việc.",
        required=True,
        width=18,
    ),
    Column(
        "deadline",
        "Hạn xử lý",
        "han giai quyet; ngay het han; thoi han; han; ngay phai xong; han xu ly ho so",
        "Hạn đang áp dụng ở hệ thống cũ, được giữ nguyên; chỉ ghi ngày là cuối giờ làm việc.",
        width=18,
    ),
    Column(
        "appointment",
        "Hẹn trả",
        "ngay hen tra; thoi gian hen tra; hen tra ket qua; ngay hen; ngay hen tra ket qua",
        "Thời gian hẹn trên giấy tiếp nhận đã cấp, được giữ nguyên.",
        width=18,
    ),
    Column(
        "step",
        "Bước hiện tại",
        "buoc; buoc xu ly; cong doan; ten buoc; buoc dang xu ly; ma buoc",
        "Mã hoặc tên bước trong quy trình đang áp dụng; nhiều nhánh đang mở thì cách nhau bằng dấu chấm phẩy.",
        width=28,
    ),
    Column(
        "position",
        "Vị trí đang xử lý",
        "vi tri; chuc vu; vi tri viec lam; chuc danh; vi tri hien tai",
        "Mã hoặc tên vị trí việc làm; dùng khi không ghi bước.",
        width=22,
    ),
    Column(
        "holder",
        "Người đang xử lý",
        "can bo xu ly; nguoi xu ly; can bo thu ly; can bo dang xu ly; nguoi giu; can bo",
        "Tên đăng nhập hoặc họ tên; để trống thì hồ sơ vào hộp việc chung của vị trí.",
        width=24,
    ),
    Column(
        "status",
        "Trạng thái",
        "tinh trang; tinh trang ho so; trang thai ho so; trang thai xu ly",
        "Đang xử lý (để trống cũng được), chờ nộp tiền, hoặc đã có kết quả chưa trả.",
    ),
    Column(
        "result_at",
        "Ngày có kết quả",
        "ngay ket thuc xu ly; ngay xong; ngay hoan thanh; ngay co kq",
        "Chỉ ghi khi hồ sơ đã có kết quả mà chưa trả.",
        width=18,
    ),
    Column(
        "fees_paid",
        "Đã thu phí, lệ phí",
        "da thu phi; le phi; phi le phi; da nop phi; thu phi; da thu",
        "Có, không hoặc số tiền đã thu.",
        width=18,
    ),
    Column(
        "note",
        "Ghi chú",
        "ghi chu them; noi dung; trich yeu; noi dung ho so",
        "Được giữ trong diễn biến của hồ sơ.",
        width=30,
    ),
    Column(
        "components",
        "Giấy tờ đã nhận",
        "thanh phan ho so; giay to; ho so gom; giay to kem theo; thanh phan",
        "Mã hoặc tên giấy tờ, cách nhau bằng dấu chấm phẩy; “(bản sao)” khi không phải bản chính.",
        width=36,
    ),
)
HISTORY: tuple[Column, ...] = (
    Column(
        "old_code",
        "Mã hồ sơ cũ",
        "ma ho so; so ho so; ma ho so cu; so bien nhan; ma bien nhan; ma hs",
        "Mã hồ sơ ở trang tính thứ nhất.",
        required=True,
        width=28,
    ),
    Column(
        "at",
        "Thời điểm",
        "ngay; ngay gio; thoi gian; luc; ngay thuc hien; thoi gian thuc hien",
        "Ngày, giờ như hệ thống cũ ghi.",
        required=True,
        width=18,
    ),
    Column(
        "who",
        "Người thực hiện",
        "can bo; nguoi xu ly; nguoi; can bo thuc hien",
        "Ai đã làm.",
        width=26,
    ),
    Column(
        "what",
        "Việc",
        "noi dung; thao tac; buoc; viec da lam; hanh dong; cong viec; noi dung xu ly",
        "Đã làm gì.",
        required=True,
        width=36,
    ),
    Column(
        "comment",
        "Ý kiến",
        "ghi chu; y kien xu ly; noi dung y kien",
        "Ý kiến, ghi chú đã ghi.",
        width=40,
    ),
)
