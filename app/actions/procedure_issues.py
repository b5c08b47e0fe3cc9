"""What agencies find wrong in a procedure's data or process, and what became of it (HT-6.3)."""

from __future__ import annotations

from sqlalchemy import Connection

from app.actions.runner import Context, once, whole_second
from app.errors import DomainError
from app.store import procedure_issues, procedures
from app.store.transaction import transaction


def raise_issue(procedure: str, text: str, context: Context) -> int:
    """Note what is wrong; answers the issue's id. Errors: DomainError not_found, key_reused."""

    def add(connection: Connection) -> int:
        found = procedures.find_procedure(connection, procedure)
        if found is None:
            raise DomainError("not_found", f"Không có thủ tục mã “{procedure}”.")
        now = whole_second(context.now)
        return procedure_issues.add_issue(connection, found.id, text, context.caller.account_id, now)

    with transaction() as connection:
        account = context.caller.account_id
        answer = once(connection, account, context.key, context.now, lambda: {"id": add(connection)})
    return int(answer["id"])


def answer_issue(procedure: str, issue_id: int, text: str, context: Context) -> None:
    """Answer an issue, once: an answer that proves wrong is a new issue. Errors: DomainError not_found, settled, key_reused."""

    def settle(connection: Connection) -> dict[str, int]:
        if not procedure_issues.is_of(connection, issue_id, procedure):
            raise DomainError("not_found", f"Thủ tục “{procedure}” không có kiến nghị số {issue_id}.")
        now = whole_second(context.now)
        if not procedure_issues.answer_issue(connection, issue_id, text, context.caller.account_id, now):
            raise DomainError("settled", "Kiến nghị này đã được trả lời; nếu chưa đúng, hãy gửi kiến nghị mới.")
        return {"id": issue_id}

    with transaction() as connection:
        account = context.caller.account_id
        once(connection, account, context.key, context.now, lambda: settle(connection))
