"""`motcua files`: the file store, for those who run the system."""

from __future__ import annotations

import click

from app.wording import size_words


@click.group("files")
def command() -> None:
    """Kho tệp (FILES_URL, hoặc thư mục files trong MOTCUA_DATA)."""


@command.command()
@click.option("--dry-run", is_flag=True, help="Chỉ nói sẽ xóa gì, không xóa.")
def sweep(dry_run: bool) -> None:
    """Xóa nội dung mà không hồ sơ nào còn dùng, đưa vào kho đã quá 24 giờ. Tiến trình nền tự làm việc này mỗi ngày."""
    from app.commands.environment import application
    from app.errors import DomainError
    from app.jobs import files
    from app.store.files import StoreUnavailableError

    with application():
        try:
            swept = files.sweep(dry_run=dry_run)
        except StoreUnavailableError as error:
            raise DomainError("unavailable", f"Không dùng được kho tệp: {error}") from error
    verb = "Sẽ xóa" if dry_run else "Đã xóa"
    click.echo(
        f"Đã xem {swept.looked_at} nội dung cũ hơn 24 giờ. {verb} {swept.removed} ({size_words(swept.bytes)}), "
        f"{swept.abandoned} tệp tải lên dở dang."
    )
