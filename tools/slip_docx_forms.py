"""What each kind of slip says in its Word template, in the words of its typst template."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from slip_docx_page import CENTRE, HAND, LEFT, RIGHT, Slip

NUMBER = "{{ loop.index }}"
APPLICANT = ("NGƯỜI NỘP HỒ SƠ", "{{ applicant_signature }}")
SIGNER = "{{ signer_signature }}"
OFFICE = "{{ desk_name or agency_name }}"
LOOK_UP = "Tra cứu tình trạng hồ sơ: quét mã QR trên phiếu này, hoặc nhập mã hồ sơ tại {{ lookup_page }}."


def receipt(slip: Slip) -> None:
    slip.head()
    slip.title("GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ")
    slip.applicant("Tiếp nhận hồ sơ của")
    slip.asked()
    slip.text("1. Thành phần hồ sơ nộp gồm:")
    heads = (
        ("TT", 10, CENTRE),
        ("Tên thành phần hồ sơ", 62, LEFT),
        ("Bản chính", 17, CENTRE),
        ("Bản sao", 15, CENTRE),
        ("Bản điện tử", 19, CENTRE),
    )
    cells = (NUMBER, "{{ row.name }}", "{{ row.originals }}", "{{ row.copies }}", "{{ row.electronic }}")
    slip.rows(heads, "components", cells)
    slip.field("2. Số lượng hồ sơ (bộ)", "sets", strong=True)
    slip.field("3. Thời gian giải quyết hồ sơ theo quy định", "limit_text")
    slip.field("4. Thời gian nhận hồ sơ", "received", strong=True)
    slip.field("5. Thời gian trả kết quả giải quyết hồ sơ", "appointment", strong=True)
    slip.field("6. Đăng ký nhận kết quả tại", "place_of_return")
    slip.when("fee_text", lambda: slip.field("7. Phí, lệ phí", "fee_text"))
    slip.field("Vào Sổ theo dõi hồ sơ, Quyển số", "register")
    slip.signatures(APPLICANT, ("NGƯỜI TIẾP NHẬN HỒ SƠ", "{{ receiver_signature }}"))
    slip.note(
        "Có thể nhận kết quả tại bộ phận tiếp nhận và trả kết quả (mang theo giấy này và giấy tờ tùy thân), qua dịch vụ bưu "
        "chính công ích hoặc trực tuyến, theo nội dung đã đăng ký ở mục 6.",
        "Tra cứu tình trạng hồ sơ: quét mã QR trên giấy này, hoặc nhập mã hồ sơ tại {{ lookup_page }}.",
        "{%p for note in notes %}",
        "{{ note }}",
        "{%p endfor %}",
    )


def supplement(slip: Slip) -> None:
    slip.head()
    slip.title()
    slip.applicant()
    slip.asked()
    slip.text("Yêu cầu bổ sung, hoàn thiện hồ sơ gồm những thành phần sau:")
    heads = (("TT", 10, CENTRE), ("Tên thành phần hồ sơ", 70, LEFT), ("Số lượng", 17, CENTRE), ("Loại bản", 26, CENTRE))
    slip.rows(heads, "values.items", (NUMBER, "{{ row.name }}", "{{ row.quantity }}", "{{ row.kind }}"))
    slip.lines("values.reason", "Lý do")
    slip.text(
        "Trong quá trình hoàn thiện hồ sơ, nếu có vướng mắc, ông/bà liên hệ số điện thoại ",
        "*{{ values.help_phone }}",
        " hoặc {{ values.help_address }} để được hướng dẫn. Hồ sơ được yêu cầu bổ sung một lần, đầy đủ.",
    )
    slip.signatures(None, ("NGƯỜI HƯỚNG DẪN", SIGNER))
    slip.when("code", lambda: slip.note(LOOK_UP))


def refusal(slip: Slip) -> None:
    slip.head()
    slip.title()
    slip.applicant("Tiếp nhận hồ sơ của")
    slip.asked()
    slip.text(
        "Qua xem xét, " + OFFICE + " thông báo không tiếp nhận, giải quyết hồ sơ này với lý do cụ thể như sau:",
    )
    slip.lines("values.reason")
    slip.field("Nơi nhận lại hồ sơ", "values.return_place")
    slip.text("Xin thông báo để ông/bà được biết và thực hiện./.")
    slip.signatures(APPLICANT, ("NGƯỜI TIẾP NHẬN HỒ SƠ", SIGNER))


def apology(slip: Slip) -> None:
    letter = slip.form.paper == "a4"
    slip.head()
    if letter:
        slip.title("VĂN BẢN XIN LỖI", "và đề nghị gia hạn thời gian giải quyết")
    else:
        slip.title()
    slip.addressed("applicant_name")
    slip.field("Địa chỉ", "applicant_address")
    slip.field("Số điện thoại", "applicant_phone")
    slip.text("{{ agency_name }} đã tiếp nhận hồ sơ của ông/bà/tổ chức vào lúc {{ received }}.")
    slip.asked()
    slip.field("Thời gian hẹn trả kết quả", "values.old_appointment", strong=True)
    slip.text("Tuy nhiên, cơ quan chúng tôi không trả được kết quả giải quyết hồ sơ đúng thời gian đã hẹn.")
    slip.lines("values.reason", "Lý do")
    if letter:
        slip.text(
            "Chúng tôi xin lỗi ông/bà/tổ chức vì sự chậm trễ này và đề nghị gia hạn thời gian giải quyết hồ sơ. Kết quả sẽ "
            "được trả vào: ",
            "*{{ values.new_appointment }}",
            ".",
        )
        slip.text("Mong nhận được sự thông cảm của ông/bà/tổ chức./.")
    else:
        slip.text(
            "Sự chậm trễ này đã gây phiền hà, tốn kém thời gian, công sức của ông/bà/tổ chức. Chúng tôi xin lỗi "
            "ông/bà/tổ chức và sẽ trả kết quả giải quyết hồ sơ vào: ",
            "*{{ values.new_appointment }}",
            ".",
        )
        slip.text("Mong nhận được sự thông cảm của ông/bà/tổ chức vì sự chậm trễ này./.")
    slip.signed_by_head()


def stop_notice(slip: Slip) -> None:
    slip.head()
    slip.title("THÔNG BÁO", "Dừng giải quyết hồ sơ")
    slip.addressed("applicant_name")
    slip.applicant(None)
    slip.asked()
    slip.field("Thời gian nhận hồ sơ", "received")
    slip.text("Người đề nghị dừng: {{ applicant_name if values.asked_by == blank else values.asked_by }}")
    slip.text("{{ agency_name }} thông báo dừng giải quyết hồ sơ nêu trên kể từ {{ issued }}.")
    slip.lines("values.reason", "Lý do")
    slip.text("Xin thông báo để ông/bà/tổ chức được biết./.")
    slip.signed_by_head()


def extension(slip: Slip) -> None:
    slip.head()
    slip.title()
    slip.text("Kính gửi: ", f"*{OFFICE}", align=CENTRE)
    slip.field("Cơ quan, đơn vị đề nghị", "values.asker_agency", strong=True)
    slip.applicant()
    slip.asked()
    slip.field("Thời gian nhận hồ sơ", "received")
    slip.field("Thời gian trả kết quả đã hẹn", "values.old_appointment", strong=True)
    slip.lines("values.reason", "Lý do chưa giải quyết xong")
    slip.field("Đề nghị hẹn trả kết quả vào", "values.new_appointment", strong=True)
    slip.text("Đề nghị bộ phận tiếp nhận và trả kết quả thông báo, xin lỗi người nộp hồ sơ theo quy định./.")
    slip.signed_by_head()


def withdrawal(slip: Slip) -> None:
    slip.head_of_applicant()
    slip.title()
    slip.text("Kính gửi: ", f"*{OFFICE}", align=CENTRE)
    slip.applicant("Tên tổ chức, cá nhân")
    slip.text("Đã nộp hồ sơ và được tiếp nhận vào lúc {{ received }}.")
    slip.asked()
    slip.text("Nay tôi/chúng tôi đề nghị được rút hồ sơ nêu trên.")
    slip.lines("values.reason", "Lý do")
    slip.text("Tôi/chúng tôi chịu trách nhiệm về đề nghị này và xin nhận lại các giấy tờ bản chính đã nộp./.")
    slip.signatures(("NGƯỜI TIẾP NHẬN ĐỀ NGHỊ", SIGNER), ("NGƯỜI ĐỀ NGHỊ", "{{ applicant_signature }}"))


def opinion(slip: Slip) -> None:
    slip.head()
    slip.title()
    slip.addressed("values.addressee")
    slip.text("{{ agency_name }} đang giải quyết hồ sơ của: ", "*{{ applicant_name }}", ".")
    slip.asked()
    slip.field("Thời gian nhận hồ sơ", "received")
    slip.field("Thời gian hẹn trả kết quả", "appointment")
    slip.text("Đề nghị quý cơ quan cho ý kiến về những nội dung sau:")
    slip.lines("values.content")
    slip.text(
        "Ý kiến bằng văn bản đề nghị gửi về {{ agency_name }} trước ",
        "*{{ values.limit_at }}",
        " để tổng hợp, giải quyết hồ sơ đúng thời gian đã hẹn./.",
    )
    slip.signed_by_head()


def opinion_reply(slip: Slip) -> None:
    slip.head()
    slip.title()
    slip.addressed("values.addressee")
    slip.text("Về việc xin ý kiến đối với hồ sơ của: ", "*{{ applicant_name }}", ".")
    slip.asked()
    slip.text("{{ agency_name }} có ý kiến như sau:")
    slip.lines("values.content")
    slip.text("Trên đây là ý kiến để quý cơ quan tổng hợp, giải quyết hồ sơ theo quy định./.")
    slip.signed_by_head()


def payment_notice(slip: Slip) -> None:
    slip.head()
    slip.title("THÔNG BÁO", "Nộp phí, lệ phí")
    slip.addressed("applicant_name")
    slip.applicant(None)
    slip.asked()
    slip.text("{{ agency_name }} thông báo khoản phải nộp như sau:")
    slip.field("Số tiền", "values.amount", strong=True)
    slip.field("Bằng chữ", "values.amount_in_words")
    slip.lines("values.reason", "Nội dung thu")
    slip.field("Nộp trước", "values.limit_at")
    slip.field("Tài khoản nhận tiền", "values.account")
    slip.text(
        "Khi chuyển khoản, đề nghị ghi mã hồ sơ ",
        "*{{ code }}",
        " trong nội dung. Hồ sơ được tiếp tục giải quyết sau khi cơ quan nhận được tiền./.",
    )
    slip.signed_by_head()


def fee_receipt(slip: Slip) -> None:
    slip.head()
    slip.title()
    slip.field("Người nộp tiền", "values.payer", strong=True)
    slip.field("Địa chỉ", "applicant_address")
    slip.when("applicant_id_number", lambda: slip.field("Số định danh/Mã số doanh nghiệp", "applicant_id_number"))
    slip.field("Nội dung yêu cầu giải quyết", "procedure_name")
    heads = (("TT", 10, CENTRE), ("Tên phí, lệ phí", 80, LEFT), ("Số tiền", 35, RIGHT))
    slip.rows(heads, "values.fees", (NUMBER, "{{ row.name }}", "{{ row.amount }}"))
    slip.field("Tổng cộng", "values.fees_total", strong=True)
    slip.field("Bằng chữ", "values.fees_total_in_words")
    slip.field("Hình thức nộp", "values.method")
    slip.field("Thời gian nộp", "values.paid_at")
    slip.signatures(("NGƯỜI NỘP TIỀN", ""), ("NGƯỜI THU TIỀN", SIGNER))


def fee_refund(slip: Slip) -> None:
    slip.head()
    slip.title()
    slip.field("Người nhận lại tiền", "values.payer", strong=True)
    slip.field("Địa chỉ", "applicant_address")
    slip.when("applicant_id_number", lambda: slip.field("Số định danh/Mã số doanh nghiệp", "applicant_id_number"))
    slip.field("Nội dung yêu cầu giải quyết", "procedure_name")
    slip.field("Biên lai đã cấp số", "values.receipt_number")
    heads = (("TT", 10, CENTRE), ("Phí, lệ phí hoàn trả", 80, LEFT), ("Số tiền", 35, RIGHT))
    slip.rows(heads, "values.fees", (NUMBER, "{{ row.name }}", "{{ row.amount }}"))
    slip.lines("values.reason", "Lý do")
    slip.field("Tổng cộng", "values.fees_total", strong=True)
    slip.field("Bằng chữ", "values.fees_total_in_words")
    slip.field("Hình thức trả lại", "values.method")
    slip.field("Thời gian trả lại", "values.paid_at")
    slip.signatures(("NGƯỜI NHẬN LẠI TIỀN", ""), ("NGƯỜI TRẢ TIỀN", SIGNER))


def fee_list(slip: Slip) -> None:
    slip.head()
    slip.title()
    slip.field("Ngày thu", "values.days")
    slip.field("Người thu tiền", "values.collector")
    names = {
        "receipt_number": ("Số biên lai", 22, CENTRE),
        "code": ("Mã hồ sơ", 44, LEFT),
        "payer": ("Người nộp tiền", 48, LEFT),
        "collector": ("Người thu", 34, LEFT),
        "method": ("Hình thức", 24, LEFT),
        "paid_at": ("Thời gian thu", 22, CENTRE),
        "amount": ("Số tiền", 28, RIGHT),
        "note": ("Ghi chú", 30, LEFT),
    }
    slip.rows(
        (("TT", 10, CENTRE), *names.values()), "values.entries", [NUMBER, *("{{ row." + name + " }}" for name in names)]
    )
    slip.text("Tổng cộng {{ values.entries_count }} dòng, số tiền đã thu: ", "*{{ values.entries_total }}")
    slip.text("{%p for one in values.methods %}")
    slip.text("{{ one.name }}: {{ one.amount }}")
    slip.text("{%p endfor %}")
    slip.field("Đã hủy của ngày trước, đã hoàn trả", "values.taken_out")
    slip.field("Còn phải nộp", "values.left", strong=True)
    slip.field("Bằng chữ", "values.left_in_words")
    slip.signatures(("NGƯỜI THU TIỀN", SIGNER), ("THỦ QUỸ", ""), HAND)


def post_list(slip: Slip) -> None:
    slip.head()
    slip.title()
    slip.field("Ngày bàn giao", "values.day")
    slip.field("Đơn vị bưu chính nhận", "values.post_office")
    names = {
        "code": ("Mã hồ sơ", 44, LEFT),
        "applicant": ("Người nhận", 46, LEFT),
        "address": ("Địa chỉ nhận", 74, LEFT),
        "phone": ("Điện thoại", 28, LEFT),
        "tracking_number": ("Số hiệu bưu gửi", 34, LEFT),
        "note": ("Ghi chú", 24, LEFT),
    }
    slip.rows(
        (("TT", 10, CENTRE), *names.values()), "values.items", [NUMBER, *("{{ row." + name + " }}" for name in names)]
    )
    slip.text("Tổng số: {{ values.items_count }} bưu gửi.")
    slip.signatures(("NGƯỜI GIAO", SIGNER), ("NHÂN VIÊN BƯU CHÍNH NHẬN", ""), HAND)


def guidance(slip: Slip) -> None:
    slip.head()
    slip.title()
    slip.field("Người được hướng dẫn", "applicant_name", strong=True)
    slip.when("applicant_phone != blank", lambda: slip.field("Số điện thoại", "applicant_phone"))
    slip.field("Thủ tục hành chính", "procedure_name", strong=True)
    slip.text("Thành phần hồ sơ cần chuẩn bị:")
    heads = (
        ("TT", 10, CENTRE),
        ("Tên thành phần hồ sơ", 60, LEFT),
        ("Bản chính", 15, CENTRE),
        ("Bản sao", 15, CENTRE),
        ("Ghi chú", 27, LEFT),
    )
    cells = (NUMBER, "{{ row.name }}", "{{ row.originals }}", "{{ row.copies }}", "{{ row.note }}")
    slip.rows(heads, "values.items", cells)
    slip.lines("values.instructions", "Nội dung hướng dẫn")
    slip.text(
        "Khi đã chuẩn bị đủ, ông/bà nộp hồ sơ tại " + OFFICE + ", qua dịch vụ bưu chính công ích hoặc trực tuyến.",
    )
    slip.signatures(None, ("NGƯỜI HƯỚNG DẪN", SIGNER))


CRITERIA = (
    "Thời gian giải quyết so với quy định",
    "Số cơ quan, đơn vị phải liên hệ",
    "Số lần phải liên hệ với nơi tiếp nhận hồ sơ",
    "Thông tin về thủ tục được công khai đầy đủ, chính xác",
    "Thái độ của người hướng dẫn, tiếp nhận và giải quyết hồ sơ",
    "Kết quả giải quyết đúng quy định; chi phí đúng mức công khai",
    "Việc tiếp thu, giải trình phản ánh, kiến nghị",
    "Tiến độ và chất lượng dịch vụ công trực tuyến",
    "Nội dung khác: {{ blank }}",
)
"""NĐ 61/2018/NĐ-CP, Art. 31."""


def satisfaction(slip: Slip) -> None:
    slip.head()
    slip.title()
    slip.field("Nội dung đã giải quyết", "procedure_name", strong=True)
    slip.text("Để phục vụ tốt hơn, mong ông/bà đánh dấu vào một ô ở mỗi dòng. Ông/bà không phải ghi tên.")
    widths = [slip.inner * share for share in (0.08, 0.5, 0.14, 0.14, 0.14)]
    table = slip.grid(widths, 1 + len(CRITERIA), lines=True)
    heads = ("TT", "Tiêu chí", "Rất hài lòng", "Hài lòng", "Không hài lòng")
    for cell, title in zip(table.rows[0].cells, heads, strict=True):
        cell.paragraphs[0].alignment = CENTRE
        slip.fill(cell.paragraphs[0], f"*{title}", size=slip.small)
    for number, (row, criterion) in enumerate(zip(table.rows[1:], CRITERIA, strict=True), start=1):
        for cell, text in zip(row.cells, (str(number), criterion, "☐", "☐", "☐"), strict=True):
            cell.paragraphs[0].alignment = LEFT if text == criterion else CENTRE
            slip.fill(cell.paragraphs[0], text, size=slip.small)
    slip.text(after=2, size=4)
    slip.text("Ý kiến, đề nghị: {{ blank * 6 }}")
    slip.text("{{ blank * 7 }}")
    slip.text("Ngày đánh giá: ......./......./............. Người đánh giá (nếu muốn): {{ blank * 2 }}")
    note = "Có thể đánh giá trực tuyến: quét mã QR trên phiếu này, hoặc nhập mã hồ sơ tại {{ lookup_page }}."
    slip.when("code", lambda: slip.note(note, "Mỗi mã hồ sơ được đánh giá một lần."))


def control(slip: Slip) -> None:
    slip.head()
    slip.title()
    slip.field("Hồ sơ của", "applicant_name", strong=True)
    slip.asked()
    slip.field("Cơ quan giải quyết hồ sơ", "agency_name")
    slip.field("Thời gian nhận hồ sơ", "received")
    slip.field("Thời gian hẹn trả kết quả", "appointment", strong=True)
    heads = (
        ("Tên cơ quan, bộ phận (1. Giao, 2. Nhận)", 46, LEFT),
        ("Thời gian giao, nhận (ký, ghi rõ họ tên)", 36, LEFT),
        ("Kết quả giải quyết", 20, CENTRE),
        ("Ghi chú", 22, LEFT),
    )
    cells = (
        "1. Giao: {{ row.giver_agency }}{% if row.giver %} ({{ row.giver }}){% endif %}\n"
        "2. Nhận: {{ row.taker_agency }}{% if row.taker %} ({{ row.taker }}){% endif %}",
        "{{ row.handed_at }}",
        "{{ row.result }}",
        "{{ row.note }}",
    )
    slip.rows(heads, "values.hand_overs", cells)
    slip.text(
        "_Kết quả giải quyết: trước hạn, đúng hạn hoặc quá hạn. Phiếu này đi cùng hồ sơ và lưu tại bộ phận tiếp nhận và trả "
        "kết quả.",
        size=slip.small,
    )
    slip.signatures(None, ("NGƯỜI LẬP PHIẾU", SIGNER))


def register(slip: Slip) -> None:
    slip.head()
    slip.title(below="Năm {{ values.year }}")
    names = {
        "number": ("Số TT", 12, CENTRE),
        "code": ("Mã hồ sơ", 34, LEFT),
        "applicant": ("Tên tổ chức, cá nhân", 34, LEFT),
        "address": ("Địa chỉ, số điện thoại", 36, LEFT),
        "procedure": ("Thủ tục hành chính", 44, LEFT),
        "received_at": ("Nhận hồ sơ", 20, CENTRE),
        "appointment_at": ("Hẹn trả kết quả", 20, CENTRE),
        "result_at": ("Có kết quả", 20, CENTRE),
        "delivered_at": ("Trả kết quả", 20, CENTRE),
        "note": ("Ghi chú", 22, LEFT),
    }
    slip.rows(tuple(names.values()), "values.dossiers", ["{{ row." + name + " }}" for name in names])
    slip.text("Tổng số: {{ values.dossiers_count }} hồ sơ.")
    slip.signatures(("NGƯỜI LẬP SỔ", SIGNER), ("THỦ TRƯỞNG CƠ QUAN, ĐƠN VỊ", ""), HAND)


WRITERS: Mapping[str, Callable[[Slip], None]] = {
    "receipt": receipt,
    "supplement": supplement,
    "refusal": refusal,
    "apology": apology,
    "stop_notice": stop_notice,
    "extension": extension,
    "withdrawal": withdrawal,
    "opinion": opinion,
    "opinion_reply": opinion_reply,
    "payment_notice": payment_notice,
    "fee_receipt": fee_receipt,
    "fee_refund": fee_refund,
    "fee_list": fee_list,
    "post_list": post_list,
    "guidance": guidance,
    "satisfaction": satisfaction,
    "control": control,
    "register": register,
}
"""By kind of slip."""
