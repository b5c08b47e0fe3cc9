"""What must hold of everything that waits for the worker: timers, jobs, messages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Connection

from app.actions.queueing import SEND_DELIVERY
from app.doctor.findings import ATTENTION, FAULT, Finding
from app.store import deliveries, soundness
from app.wording import LOCAL

LATE = timedelta(minutes=5)
"""A timer that was due so long ago and has not gone off: no worker ticks, or it is passed over."""
RECOVERED_WITHIN = timedelta(minutes=20)
"""A message that lost its job gets another one within so long (`recover_deliveries`)."""
SILENT = timedelta(minutes=5)
"""Jobs of a worker that was not heard of for a minute are given back by the next one, every minute."""


def queue_findings(connection: Connection, now: datetime) -> Iterator[Finding]:
    """What is wrong with timers, jobs and messages; `connection` sees one state of the database."""
    for row in soundness.late_timers(connection, now - LATE):
        due = row.due_at.astimezone(LOCAL).isoformat(timespec="seconds")
        yield Finding("late", f"Đồng hồ hẹn {row.id} đến giờ từ {due} mà chưa chạy.", row.code)
    yield from _jobs(connection)
    for delivery in deliveries.lost_deliveries(connection, SEND_DELIVERY, now - RECOVERED_WITHIN):
        yield Finding("deliveries", f"Thông báo {delivery} đang chờ gửi mà không có công việc nào gửi nó.")
    for row in soundness.odd_deliveries(connection):
        if row.state == deliveries.FAILED:
            yield Finding("deliveries", f"Thông báo {row.id} không gửi được, cần người xử lý.", row.code, ATTENTION)
        else:
            yield Finding(
                "deliveries", f"Thông báo {row.id} ở trạng thái {row.state} không khớp với lúc gửi.", row.code
            )


def _jobs(connection: Connection) -> Iterator[Finding]:
    for row in soundness.odd_jobs(connection, SILENT.total_seconds()):
        if row.status == "failed":
            yield Finding("jobs", f"Công việc {row.id} ({row.task_name}) không thực hiện được.", level=ATTENTION)
        else:
            words = f"Công việc {row.id} ({row.task_name}) đang dở ở một tiến trình không còn trả lời."
            yield Finding("jobs", words, level=FAULT)
    if found := soundness.waiting_jobs(connection, SILENT.total_seconds()):
        count, since = found
        at = since.astimezone(LOCAL).isoformat(timespec="seconds")
        yield Finding(
            "jobs", f"{count} công việc đã đến lượt mà chưa ai làm, sớm nhất từ {at}: không có tiến trình nền?"
        )
