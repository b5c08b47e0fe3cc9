"""Requirements groups 1 and 7: the receipt-and-appointment slip and its symbols."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from app.slips import receipt as receipt_module
from app.slips.receipt import ReceiptComponent, ReceiptContent, render_receipt
from app.slips.symbols import barcode_modules
from tests.slips.examples import CODE, TOKEN, receipt
from tests.slips.pdf_reading import PdfPage, read_pages, squeeze
from tests.slips.test_symbols import scan


def page_of(content: ReceiptContent) -> PdfPage:
    (page,) = read_pages(render_receipt(content))
    return page


def test_the_slip_has_the_size_that_the_circular_gives() -> None:
    """TT 01/2018/TT-VPCP Art. 9: Mẫu số 01 is an A5 sheet of 148 x 210 mm."""
    page = page_of(receipt())

    assert (round(page.width_mm, 1), round(page.height_mm, 1)) == (148.0, 210.0)


@pytest.mark.rule("QT-14.1")
def test_the_dossier_code_is_printed_on_the_slip() -> None:
    """QT-14.1: one code for every dossier, printed on the receipt."""
    assert squeeze(f"Mã hồ sơ: {CODE}") in page_of(receipt()).text


@pytest.fixture
def encoded(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """What a rendered slip puts into its bar code and its QR code."""
    drawn: dict[str, list[str]] = {"barcode_svg": [], "qr_svg": []}
    for name, content in drawn.items():
        draw = getattr(receipt_module, name)
        monkeypatch.setattr(receipt_module, name, lambda value, c=content, d=draw: c.append(value) or d(value))
    return drawn


@pytest.mark.rule("QT-14.4")
def test_barcode_and_qr_code_are_printed_with_the_code(encoded: dict[str, list[str]]) -> None:
    """QT-14.4: bar code and QR code are produced together with the code."""
    pdf = render_receipt(receipt())
    descriptions = (f"Mã vạch: {CODE}", f"Mã QR để tra cứu hồ sơ {CODE}")

    assert encoded["barcode_svg"] == [CODE]
    assert len(encoded["qr_svg"]) == 1
    assert scan(barcode_modules(CODE)) == CODE
    assert all(description.encode("utf-16-be").hex().upper().encode() in pdf for description in descriptions)


@pytest.mark.rule("QT-3.10", "LA-3.4", "LA-14.2", "TN-3.4")
def test_the_qr_code_holds_the_dossier_code_and_the_token(encoded: dict[str, list[str]]) -> None:
    """QT-3.10, LA-3.4, LA-14.2, TN-3.4: the QR code on the slip encodes the dossier's code and opens its look-up."""
    render_receipt(receipt())
    (url,) = encoded["qr_svg"]

    assert parse_qs(urlsplit(url).query) == {"code": [CODE], "token": [TOKEN]}


@pytest.mark.rule("LA-14.2")
def test_the_random_token_is_nowhere_in_the_printed_text() -> None:
    """LA-14.2: the token is for the holder of the QR code, not for whoever reads the slip over a shoulder."""
    text = page_of(receipt()).text

    assert TOKEN not in text
    assert "https://motcua.example.vn/tra-cuu" in text


def test_the_slip_carries_the_fields_of_the_form_in_their_order() -> None:
    """TT 01/2018/TT-VPCP, Mẫu số 01: the numbered fields, the register and both signatures."""
    text = page_of(receipt(register_book="02", register_number="0145")).text
    in_order = [
        "ỦY BAN NHÂN DÂN TỈNH QUẢNG TRỊ",
        "SỞ Y TẾ",
        "Bộ phận tiếp nhận và trả kết quả Sở Y tế",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Quảng Trị, ngày 20 tháng 11 năm 2026",
        "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ",
        f"Mã hồ sơ: {CODE}",
        "Tiếp nhận hồ sơ của: Nguyễn Thị Thanh Huyền",
        "045190001234",
        "Địa chỉ: Số 12 đường Trần Hưng Đạo, phường Đông Hà",
        "Số điện thoại: 0912 345 678 Thư điện tử: huyen@example.vn",
        "Nội dung yêu cầu giải quyết: Cấp lại giấy chứng nhận đăng ký thành lập cơ sở trợ giúp xã hội",
        "1. Thành phần hồ sơ nộp gồm:",
        "TT Tên thành phần hồ sơ Bản chính Bản sao Bản điện tử",
        "1 Đơn đề nghị 1",
        "2 Giấy chứng nhận đã cấp 12 34",
        "2. Số lượng hồ sơ (bộ): 01",
        "3. Thời gian giải quyết hồ sơ theo quy định: 10 ngày làm việc",
        "4. Thời gian nhận hồ sơ: 08 giờ 15 phút, ngày 20/11/2026",
        "5. Thời gian trả kết quả giải quyết hồ sơ: 13 giờ 30 phút, ngày 04/12/2026",
        "6. Đăng ký nhận kết quả tại: Trung tâm Phục vụ hành chính công tỉnh",
        "Vào Sổ theo dõi hồ sơ, Quyển số: 02 Số thứ tự: 0145",
        "NGƯỜI NỘP HỒ SƠ",
        "NGƯỜI TIẾP NHẬN HỒ SƠ",
        "Nguyễn Thị Thanh Huyền",
        "Lê Văn Quý",
        "Có thể nhận kết quả tại bộ phận tiếp nhận và trả kết quả",
        "Mẫu số 01, Thông tư số 01/2018/TT-VPCP (Nghị định số 61/2018/NĐ-CP)",
    ]
    stand_in_order(text, in_order)
    assert squeeze("Phí, lệ phí") not in text


def test_the_newer_slip_has_its_fee_and_its_own_law() -> None:
    """TT 03/2025/TT-VPCP, Annex I: the receipt keeps the number 01, under another law, with the fee as item 7."""
    newer = {"form": "tt03-2025/01", "code": "H55.12-261120-0001"}
    text = page_of(receipt(**newer)).text
    in_order = [
        "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ",
        "Mã hồ sơ: H55.12-261120-0001",
        "6. Đăng ký nhận kết quả tại: Trung tâm Phục vụ hành chính công tỉnh",
        "7. Phí, lệ phí: Không thu",
        "NGƯỜI NỘP HỒ SƠ",
        "có thể đề nghị dừng giải quyết hồ sơ",
        "Mẫu số 01, Thông tư số 03/2025/TT-VPCP (Nghị định số 118/2025/NĐ-CP)",
    ]
    stand_in_order(text, in_order)
    assert "2018" not in text
    assert squeeze("7. Phí, lệ phí: ......") in page_of(receipt(**newer, fee_text="")).text


def stand_in_order(text: str, parts: list[str]) -> None:
    at = 0
    for part in parts:
        assert squeeze(part) in text[at:], part
        at = text.index(squeeze(part), at) + len(squeeze(part))


def test_the_appointment_is_printed_to_the_minute_in_local_time() -> None:
    """QT-18.3: the appointment on the slip is the opening of a session, so hour and minute are part of it."""
    at = datetime(2026, 11, 21, 7, 30, tzinfo=UTC)

    assert squeeze("14 giờ 30 phút, ngày 21/11/2026") in page_of(receipt(appointment_at=at)).text


def test_a_procedure_without_a_counted_time_promises_no_date() -> None:
    """QT-18.3: without a deadline there is no appointment to print."""
    text = page_of(receipt(appointment_at=None)).text

    assert squeeze("5. Thời gian trả kết quả giải quyết hồ sơ: theo thông báo của cơ quan giải quyết") in text


def test_the_ways_of_receiving_the_result_are_told() -> None:
    """QT-16.6, LA-10.2a: the result may be collected at the desk, sent by post or given online."""
    text = page_of(receipt()).text

    assert squeeze("tại bộ phận tiếp nhận và trả kết quả") in text
    assert squeeze("dịch vụ bưu chính công ích hoặc trực tuyến") in text


def test_demonstration_data_says_that_it_has_no_legal_value() -> None:
    """ST-6.6: only the system issues valid receipts, so an invented one must not pass for valid."""
    notice = squeeze("KHÔNG CÓ GIÁ TRỊ PHÁP LÝ")

    assert notice in page_of(receipt(demonstration=True)).text
    assert notice not in page_of(receipt(demonstration=False)).text


def test_originals_copies_and_electronic_papers_are_counted_apart() -> None:
    """TT 01/2018/TT-VPCP, Mẫu số 01, item 1; HT-7.3: what was handed in, and in which kind."""
    text = page_of(receipt(components=(ReceiptComponent("Sổ hộ tịch", 2, 3, 4),))).text

    assert squeeze("1 Sổ hộ tịch 2 3 4") in text
