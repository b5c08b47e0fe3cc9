"""The centre's check of a published version (ST-10.3b): approved it comes into force, returned it never does."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from app.actions import announce_version
from app.actions.runner import Context, once, whole_second
from app.errors import DomainError
from app.rules.publication import APPROVED, PENDING, RETURNED
from app.store import procedures, version_reviews
from app.store.transaction import transaction
from app.store.version_reviews import VersionReviewRow
from app.wording import LOCAL

DECISIONS = {"approve": APPROVED, "return": RETURNED}


@dataclass(frozen=True, slots=True)
class ReviewVersion:
    """`decision` is one of DECISIONS; a version that is returned needs a `note` saying what is wrong."""

    procedure: str
    number: int
    decision: str
    note: str | None = None


def review(command: ReviewVersion, context: Context) -> str:
    """What the version's review is now. A late check is still a check. The publisher hears of it; of what is approved now also
    those whom it concerns.

    Errors: DomainError not_found, comment_required, forbidden (one's own version), settled, key_reused, wrong_state
    (approving the correction of a decision that is repealed).
    """
    with transaction() as connection:
        account = context.caller.account_id
        answer = once(
            connection, account, context.key, context.now, lambda: {"review": _settle(connection, command, context)}
        )
    return str(answer["review"])


def _settle(connection: Connection, command: ReviewVersion, context: Context) -> str:
    version = version_reviews.find_version(connection, command.procedure, command.number)
    if version is not None:
        # A repeal that is being written now may be this version's, too.
        procedures.lock_versions(connection, version.procedure_id)
        version = version_reviews.find_version(connection, command.procedure, command.number)
    if version is None:
        raise DomainError("not_found", f"Thủ tục “{command.procedure}” không có phiên bản số {command.number}.")
    if command.decision == "return" and not command.note:
        raise DomainError("comment_required", "Trả lại thì phải ghi rõ nội dung cần sửa.")
    if version.publisher_id == context.caller.account_id:
        raise DomainError("forbidden", "Người ban hành không tự kiểm tra phiên bản của mình; cần một người khác.")
    settled, now = DECISIONS[command.decision], whole_second(context.now)
    today = context.now.astimezone(LOCAL).date()
    if settled == APPROVED and version.repealed_on is not None and version.repealed_on <= today:
        raise DomainError(
            "wrong_state",
            f"Quyết định của phiên bản này đã bãi bỏ theo {version.repeal_number}; chỉ còn trả lại được.",
        )
    if not version_reviews.settle_review(
        connection, version.id, settled, context.caller.account_id, now, command.note or None
    ):
        raise _not_pending(version)
    template = announce_version.APPROVED if settled == APPROVED else announce_version.RETURNED
    announce_version.tell_of_check(connection, version, template, command.note or "", now)
    if settled == APPROVED:
        announce_version.announce(connection, version, now, context.caller.account_id)
    return settled


def _not_pending(version: VersionReviewRow) -> DomainError:
    if version.review not in (PENDING, APPROVED, RETURNED):
        return DomainError("settled", "Phiên bản này không phải qua bước kiểm tra của trung tâm.")
    return DomainError("settled", "Phiên bản này đã được kiểm tra rồi; hãy tải lại để xem kết quả.")
