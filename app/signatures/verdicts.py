"""What is wrong with a signature, in Vietnamese words for those who have to decide about it."""

from __future__ import annotations

from datetime import datetime

from pyhanko.sign.ades.report import AdESFailure, AdESIndeterminate, AdESSubIndic
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import PdfSignatureStatus

from app.signatures.certificates import issuer_name, valid_since, valid_until
from app.wording import LOCAL

UNREADABLE_SIGNATURE = "Không đọc được chữ ký số; tệp có thể bị hỏng."
_EXPIRED = (AdESIndeterminate.OUT_OF_BOUNDS_NO_POE, AdESIndeterminate.EXPIRED)
_REVOKED = (AdESIndeterminate.REVOKED_NO_POE, AdESIndeterminate.REVOKED_CA_NO_POE, AdESFailure.REVOKED)
_EARLY = (AdESIndeterminate.NOT_YET_VALID, AdESFailure.NOT_YET_VALID)
_WEAK = (
    AdESIndeterminate.CRYPTO_CONSTRAINTS_FAILURE,
    AdESIndeterminate.CRYPTO_CONSTRAINTS_FAILURE_NO_POE,
)


def problems_of(
    status: PdfSignatureStatus,
    level: ModificationLevel,
    now: datetime,
    *,
    allowed: datetime,
    revoked: datetime | None = None,
) -> list[str]:
    """Everything that speaks against it, and what the reader should know.

    `allowed`: the latest believable time of signing; `revoked`: since when a list of ours revokes a certificate of it.
    """
    found: list[str] = []
    if not (status.intact and status.valid):
        found.append("Nội dung đã ký bị thay đổi, hoặc chữ ký không khớp với nội dung.")
    elif revoked is not None:
        found.append(f"Chứng thư số đã bị thu hồi từ {_when(revoked)}.")
    elif not status.trusted:
        found.append(_distrust(status, now))
    if level is ModificationLevel.OTHER:
        found.append("Tệp bị thêm, sửa nội dung sau khi ký.")
    elif level is ModificationLevel.FORM_FILLING:
        found.append("Sau chữ ký này tệp còn được ký tiếp hoặc điền thêm; chữ ký không bao trùm phần thêm.")
    stamp = status.timestamp_validity
    if stamp is not None and not (stamp.intact and stamp.valid and stamp.trusted):
        found.append("Dấu thời gian trên chữ ký không tin cậy được.")
    said = status.signer_reported_dt
    if said is not None and said.tzinfo is not None and said > allowed:
        found.append(f"Thời điểm ký ghi trong tệp ({_when(said)}) còn ở tương lai.")
    return found


def _distrust(status: PdfSignatureStatus, now: datetime) -> str:
    certificate = status.signing_cert
    why: AdESSubIndic | None = status.trust_problem_indic
    if status.revocation_details is not None or why in _REVOKED:
        details = status.revocation_details
        since = f" từ {_when(details.revocation_date)}" if details is not None else ""
        whose = "của nơi cấp " if details is not None and details.ca_revoked else ""
        return f"Chứng thư số {whose}đã bị thu hồi{since}."
    if why in _EXPIRED:
        until = _when(valid_until(certificate))
        return f"Chứng thư số đã hết hạn từ {until} và không có dấu thời gian tin cậy chứng minh đã ký trước đó."
    if valid_since(certificate) > now or why in _EARLY:
        return f"Chứng thư số chưa có hiệu lực (từ {_when(valid_since(certificate))})."
    if why in _WEAK:
        return "Chữ ký hoặc chứng thư dùng thuật toán đã yếu, không còn được tin cậy."
    if why is AdESIndeterminate.CHAIN_CONSTRAINTS_FAILURE:
        return "Chứng thư số không được cấp để ký văn bản."
    if why is AdESIndeterminate.CERTIFICATE_CHAIN_GENERAL_FAILURE:
        return "Chuỗi chứng thư của người ký không hợp lệ."
    return f"Chứng thư số do “{issuer_name(certificate)}” cấp, không thuộc các nơi cấp được hệ thống tin cậy."


def _when(at: datetime) -> str:
    return f"{at.astimezone(LOCAL):%H:%M %d/%m/%Y}"
