"""What is said of a version at its check, step by step, and what its designers answer (ST-10.3b)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from app.actions.announce_version import tell_accounts
from app.actions.keyed import keyed
from app.actions.runner import Context, whole_second
from app.errors import DomainError, invalid
from app.store import procedures, version_comments, version_reviews

MOST_TEXT = 4000
MOST_COMMENTS = 500


@dataclass(frozen=True, slots=True)
class SayOfVersion:
    """`element`: id of the element of the diagram that it is about, None for the whole; `answer_to`: id of a comment."""

    procedure: str
    number: int
    text: str
    element: str | None = None
    answer_to: int | None = None


def say_of_version(command: SayOfVersion, context: Context) -> int:
    """The comment's id. Whom it is about is told: the publisher, and whose words are answered.

    Errors: DomainError not_found, invalid, settled (too much was said), key_reused."""
    text = command.text.strip()
    if not text:
        raise invalid({"text": ["Phải ghi nội dung."]})
    if len(text) > MOST_TEXT:
        raise invalid({"text": [f"Dài nhất {MOST_TEXT} ký tự."]})

    def make(connection: Connection) -> dict[str, Any]:
        return {"id": _say(connection, command, text, context)}

    return int(keyed(context, make)["id"])


def _say(connection: Connection, command: SayOfVersion, text: str, context: Context) -> int:
    version = version_reviews.find_version(connection, command.procedure, command.number)
    if version is None:
        raise DomainError("not_found", f"Thủ tục “{command.procedure}” không có phiên bản số {command.number}.")
    steps = {step["id"]: step["name"] for step in procedures.version_by_id(connection, version.id).steps}
    if command.element is not None and command.element not in steps:
        raise invalid({"element": [f"Sơ đồ không có bước “{command.element[:64]}”."]})
    said = version_comments.comments_of(connection, version.id)
    if len(said) >= MOST_COMMENTS:
        raise DomainError("settled", f"Mỗi phiên bản có nhiều nhất {MOST_COMMENTS} ý kiến.")
    answered = next((one for one in said if one.id == command.answer_to), None)
    if command.answer_to is not None and answered is None:
        raise DomainError("not_found", "Phiên bản này không có ý kiến được trả lời.")
    account, now = context.caller.account_id, whole_second(context.now)
    # An answer to an answer belongs to the same thread.
    thread = None if answered is None else answered.answer_to or answered.id
    element = answered.element if answered is not None else command.element
    added = version_comments.add_comment(connection, version.id, text, account, now, element=element, answer_to=thread)
    whom = {version.publisher_id, *(one.said_by for one in said if thread in (one.id, one.answer_to))} - {account, None}
    place = f"bước “{steps[element]}”: " if element in steps else ""
    tell_accounts(connection, [one for one in whom if one is not None], version, f"{place}{text}", now)
    return added
