"""What typst and jinja say of an error in a template, in Vietnamese where it is one of the usual errors."""

from __future__ import annotations

import re
from collections.abc import Sequence

_TYPST = (
    (r"unknown variable: (\S+)", "Không có tên “{0}”."),
    (r"dictionary does not contain key \"(.*?)\"", "Phiếu này không có trường “{0}”."),
    (r"file not found.*", "Không có tệp được gọi đến; mẫu chỉ dùng được các tệp của hệ thống, ví dụ common.typ."),
    (
        r"(?:path .* would escape|failed to load file|cannot access).*",
        "Mẫu không được đọc tệp ngoài thư mục mẫu của hệ thống.",
    ),
    (r"failed to download package.*|package not found.*", "Mẫu không được dùng gói (package) lấy từ mạng."),
    (r"condition is always true|loop seems to be infinite", "Vòng lặp không bao giờ dừng."),
    (r"maximum .* depth exceeded", "Mẫu gọi lồng nhau quá sâu."),
    (r"expected (.*)", "Sai cú pháp: cần {0}."),
    (r"unclosed delimiter", "Thiếu dấu đóng ngoặc."),
    (r"unclosed string", "Thiếu dấu nháy đóng chuỗi."),
    (r"unexpected (.*)", "Sai cú pháp: không cần {0}."),
    (r"panicked with: (.*)", "Mẫu tự báo lỗi: {0}."),
)
_JINJA = (
    (r"'(.*?)' is undefined", "Phiếu này không có trường “{0}”."),
    (r"'.*' has no attribute '(.*?)'", "Phiếu này không có trường “{0}”."),
    (r"access to attribute '(.*?)' of .* is unsafe\.", "Không được dùng “{0}” trong mẫu."),
    (r".* is not safely callable", "Mẫu gọi một hàm không được phép."),
    (r"Range too big.*|.* is too big", "Phép tính hoặc vòng lặp quá lớn."),
    (r"Encountered unknown tag '(.*?)'\..*", "Thẻ “{0}” không khớp với thẻ mở nào."),
    (r"Unexpected end of template\..*", "Thiếu thẻ đóng (endif hoặc endfor)."),
    (r"No filter named '(.*?)'\.?.*", "Không có bộ lọc “{0}”."),
    (r"expected token '(.*?)', got '(.*?)'", "Sai cú pháp: cần “{0}” nhưng gặp “{1}”."),
    (r"unexpected (.*)", "Sai cú pháp: không cần {0}."),
    (r"(?:unexpected char|Missing end of).*", "Sai cú pháp của thẻ."),
)


def typst_words(told: str) -> str:
    """One sentence, with its full stop; what is not known is told as typst says it, without paths of this machine."""
    return _worded(re.sub(r" \(searched at [^)]*\)", "", told), _TYPST, "Lỗi typst")


def jinja_words(told: str) -> str:
    """The same of a tag in a Word file."""
    return _worded(told, _JINJA, "Lỗi trong thẻ")


def _worded(told: str, known: Sequence[tuple[str, str]], prefix: str) -> str:
    line = " ".join(told.split())
    for pattern, words in known:
        if found := re.fullmatch(pattern, line):
            return words.format(*found.groups())
    return f"{prefix}: {line[:300]}."
