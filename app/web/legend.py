"""What every colour, sign and status means, in the words of the people who meet them (QT-21, facts.md d)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.rules.explain import spoken_limit
from app.rules.limits import parse_limit
from app.rules.profile import Profile
from app.rules.status import (
    ACCEPTED,
    DELIVERED,
    IN_PROGRESS,
    NOT_ACCEPTED,
    PAYMENT_NEEDED,
    REGISTERED,
    RESOLVED,
    STATUSES,
    STOPPED,
    SUPPLEMENT_NEEDED,
    WITHDRAWN,
)


@dataclass(frozen=True, slots=True)
class ColourMeaning:
    """A badge as lists show it (`sample`), what it means, what to do, and which rule speaks of it."""

    colour: str
    sample: str
    means: str
    do: str
    article: str = ""


def colour_meanings(profile: Profile) -> tuple[ColourMeaning, ...]:
    """The six colours, the gravest first; `profile` says how early the warning stands."""
    warned = parse_limit(profile.due_soon)
    early = spoken_limit(warned) if warned else "một ngày làm việc"
    return (
        ColourMeaning(
            "late",
            "Quá hẹn trả kết quả 3 giờ",
            "Đã qua thời gian hẹn trả kết quả, hoặc cơ quan đang giữ đã quá hạn chuyển cho cơ quan khác.",
            "Làm trước mọi việc khác; bộ phận một cửa xin lỗi và hẹn lại với người nộp.",
            "QT-21a",
        ),
        ColourMeaning(
            "due_soon",
            "Đến hẹn trả kết quả còn 5 giờ",
            f"Còn dưới {early} là đến thời gian hẹn trả kết quả.",
            "Làm trong hôm nay; không kịp thì đề nghị gia hạn trước khi đến hẹn.",
            "QT-21b",
        ),
        ColourMeaning(
            "step_late",
            "Quá hạn bước 2 giờ",
            "Bước này đã dùng hết thời hạn của nó; cả hồ sơ vẫn chưa đến hẹn trả.",
            "Chuyển đi sớm: thời gian quá hạn tính cho người đang giữ bước.",
            "QT-21c",
        ),
        ColourMeaning(
            "on_time",
            "Còn 1 ngày 4 giờ",
            "Bước còn trong hạn. Số đếm là giờ làm việc: đêm, ngày nghỉ, giờ nghỉ trưa không tính.",
            "Làm theo thứ tự trong danh sách; việc gấp hơn luôn ở trên.",
        ),
        ColourMeaning(
            "paused",
            "Tạm dừng, chờ bổ sung",
            "Hồ sơ chờ người nộp bổ sung giấy tờ hoặc nộp tiền; thời hạn không chạy.",
            "Chưa phải làm gì; hồ sơ trở lại danh sách khi người nộp đã nộp.",
            "QT-19.3a",
        ),
        ColourMeaning(
            "done",
            "Đã có kết quả, chờ trả",
            "Đã có kết quả, thời gian giải quyết dừng tính; hoặc bước đã xử lý xong.",
            "Bộ phận một cửa trả kết quả cho người nộp.",
            "QT-18.4",
        ),
    )


def sign_meanings(profile: Profile) -> tuple[tuple[str, str], ...]:
    """The signs and marks that stand beside a colour, each with its meaning."""
    mark = profile.label_overdue[:1].upper() + profile.label_overdue[1:]
    return (
        ("⚠", "Có việc đã quá hạn hoặc quá hẹn. Dấu này luôn đi cùng lời, để không phải phân biệt bằng màu."),
        ("Ⅱ", "Đồng hồ của hồ sơ đang dừng."),
        (
            mark,
            "Dấu của cả hồ sơ, đo ở hạn xử lý; khác với màu của bước. Hồ sơ có thể mang dấu này khi chưa đến hẹn trả.",
        ),
    )


STATUS_MEANINGS: Mapping[int, tuple[str, str]] = {
    # status: what it means, who has to do something now
    REGISTERED.number: ("Nộp trực tuyến, một cửa chưa kiểm tra.", "Bộ phận một cửa kiểm tra, tiếp nhận."),
    ACCEPTED.number: ("Đã tiếp nhận, thời hạn đã chạy, chưa chuyển đến phòng nào.", "Bộ phận một cửa chuyển đi."),
    NOT_ACCEPTED.number: ("Bị từ chối khi kiểm tra; không tính thời hạn.", "Không ai; người nộp có thể nộp lại."),
    IN_PROGRESS.number: ("Đang ở một phòng hoặc cơ quan giải quyết.", "Người giữ bước đang mở."),
    SUPPLEMENT_NEEDED.number: ("Thiếu giấy tờ; đồng hồ dừng theo quy chế.", "Người nộp bổ sung."),
    PAYMENT_NEEDED.number: ("Chờ nộp phí, lệ phí hoặc thuế.", "Người nộp nộp tiền."),
    WITHDRAWN.number: ("Người nộp xin rút; hồ sơ kết thúc.", "Một cửa trả lại giấy tờ."),
    STOPPED.number: ("Từ chối hoặc dừng giải quyết, đã có văn bản.", "Một cửa trả văn bản, giấy tờ."),
    RESOLVED.number: ("Một cửa đã xác nhận có kết quả.", "Một cửa trả kết quả."),
    DELIVERED.number: ("Người nộp đã nhận kết quả; hồ sơ kết thúc.", "Không ai."),
}


def status_table() -> list[tuple[int, str, str, str]]:
    """Number, name, meaning and whose turn it is, of the ten national statuses."""
    return [(one.number, one.name, *STATUS_MEANINGS[one.number]) for one in STATUSES]
