"""`motcua doctor`: is everything as it must be? One line of JSON for each finding, one at the end (docs/doctor.md)."""

from __future__ import annotations

import json
import sys

import click


@click.command("doctor")
@click.option("--dossier", "codes", multiple=True, metavar="MÃ", help="Chỉ xem hồ sơ này; dùng được nhiều lần.")
@click.option("--open", "only_open", is_flag=True, help="Chỉ những hồ sơ chưa kết thúc (nhanh hơn nhiều).")
@click.option("--files", is_flag=True, help="Xem cả kho tệp: có đủ tệp, đúng kích thước.")
@click.option("--checksums", is_flag=True, help="Đọc hết từng tệp để so mã băm (lâu); gồm cả --files.")
def command(codes: tuple[str, ...], *, only_open: bool, files: bool, checksums: bool) -> None:
    """Kiểm tra hệ thống đang chạy: lịch sử, đồng hồ, bước, sổ, bộ đếm, công việc, thông báo, tệp.

    In mỗi phát hiện một dòng JSON, dòng cuối là tổng số. Mã thoát: 0 không có lỗi, 1 có lỗi, 2 không kiểm tra được.
    """
    from app.commands.environment import application
    from app.doctor.findings import FAULT
    from app.doctor.visit import Visit
    from app.errors import DomainError
    from app.runtime import runtime
    from app.store.files import StoreUnavailableError, file_store

    counted = {FAULT: 0, "attention": 0}
    with application() as settings:
        store = file_store(settings) if files or checksums else None
        visit = Visit(runtime().now(), codes, only_open, store, checksums)
        try:
            for found in visit.findings():
                counted[found.level] += 1
                click.echo(json.dumps(found.to_dict(), ensure_ascii=False))
        except StoreUnavailableError as error:
            raise DomainError("unavailable", f"Không dùng được kho tệp: {error}") from error
    summary = {"dossiers": visit.dossiers, "faults": counted[FAULT], "attention": counted["attention"]}
    click.echo(json.dumps(summary))
    sys.exit(1 if counted[FAULT] else 0)
