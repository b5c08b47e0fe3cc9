"""Deferred work: whether a worker lives, how long the queue is, what failed and why, in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from app.store import failed_jobs, job_failures
from app.store.failed_jobs import JobRow
from app.store.transaction import reading
from app.views.cursors import an_id, make_cursor, page_answer, read_cursor

ALIVE_FOR: Final = timedelta(minutes=1)
"""A worker that has not ticked for so long is not there."""
STATES: Final[Mapping[str, str]] = {
    "failed": "Thất bại, không tự thử lại",
    "retrying": "Thất bại, chờ thử lại",
    "stalled": "Đang dở, tiến trình xử lý đã dừng",
}
TITLES: Final[Mapping[str, str]] = {
    "send_delivery": "Gửi một thông báo cho người nộp hoặc cán bộ",
    "tell_of_outage": "Báo sự cố hệ thống cho những người liên quan",
    "look_at_file": "Kiểm tra, quét vi-rút một tệp",
    "recount_dossiers": "Tính lại hạn xử lý sau khi đổi lịch làm việc",
    "run_import": "Chuyển hồ sơ từ hệ thống cũ",
    "check_signatures": "Kiểm tra chữ ký số của một tệp lớn",
    "drop_signing_sessions": "Dọn phiên ký số quá hạn",
    "add_holidays": "Thêm ngày nghỉ lễ của năm sau",
    "forget_old_keys": "Dọn khóa, phiên đăng nhập hết hạn",
    "drop_old_drafts": "Dọn bản nháp cũ",
    "review_vacancies": "Mở bước đã có người giữ vị trí",
    "recover_jobs": "Nhận lại công việc của tiến trình đã dừng",
    "send_digests": "Gửi thư đầu ngày cho cán bộ",
    "tell_new_steps": "Báo bước mới cho cán bộ",
    "settle_notices": "Thu lại thông báo đã hết việc",
    "forget_notices": "Dọn thông báo cũ",
    "apply_procedure_changes": "Áp dụng thay đổi danh mục thủ tục đến ngày",
    "look_at_waiting_files": "Kiểm tra các tệp còn chờ",
    "back_up_when_due": "Sao lưu theo lịch",
    "sweep_files": "Dọn tệp không hồ sơ nào dùng",
    "recover_deliveries": "Gửi lại thông báo bị sót",
}
_LINKS: Final[Mapping[str, tuple[str, str]]] = {"delivery_id": ("/thong-bao/", "Xem thông báo")}


def queue_state(now: datetime) -> dict[str, Any]:
    """Whether work is being done: `alive` workers, the last tick, and what waits."""
    with reading() as connection:
        lengths = failed_jobs.queue_lengths(connection, now)
        ticked_at = job_failures.last_tick(connection)
        alive = job_failures.workers_since(connection, now - ALIVE_FOR)
    return {
        "workers": alive,
        "ticked_at": ticked_at,
        "due": lengths.due,
        "later": lengths.later,
        "doing": lengths.doing,
        "failed": lengths.failed,
        "oldest_at": lengths.oldest_at,
    }


def standing_list(cursor: str | None, page_size: int) -> dict[str, Any]:
    """A page of the jobs that failed or stand. Errors: DomainError invalid."""
    before = read_cursor(cursor, "jobs", an_id)[0] if cursor is not None else None
    with reading() as connection:
        rows = failed_jobs.standing_jobs(connection, before, page_size + 1)
        total = failed_jobs.count_standing(connection)
    following = make_cursor("jobs", rows[page_size - 1].id) if len(rows) > page_size else None
    return page_answer([_view(row) for row in rows[:page_size]], total, following)


def _view(row: JobRow) -> dict[str, Any]:
    link = next(
        (
            {"url": f"{_LINKS[name][0]}{value}", "title": _LINKS[name][1]}
            for name, value in row.arguments.items()
            if name in _LINKS and type(value) is int
        ),
        None,
    )
    return {
        "id": row.id,
        "name": row.name,
        "title": TITLES.get(row.name, row.name),
        "state": row.state,
        "state_title": STATES[row.state],
        "attempts": row.attempts,
        "at": row.at,
        "next_at": row.next_at,
        "reason": row.reason or "Không ghi lại được lý do; hãy xem nhật ký của tiến trình xử lý.",
        "link": link,
    }
