"""`motcua db`: the schema of the database."""

from __future__ import annotations

import click

from app.commands.database import database
from app.commands.environment import read_settings
from app.store import migrate


@click.group("db")
def command() -> None:
    """Lược đồ cơ sở dữ liệu (DATABASE_OWNER_URL, hoặc PostgreSQL nhúng trong MOTCUA_DATA)."""


@command.command()
def upgrade() -> None:
    """Đưa lược đồ lên bản mới nhất. Chạy lại bao nhiêu lần cũng được."""
    with database(read_settings()) as urls:
        before = migrate.revision(urls.owner)
        migrate.upgrade(urls.owner)
        after = migrate.revision(urls.owner)
    if before == after:
        click.echo(f"Lược đồ đã là bản mới nhất ({after}).")
    else:
        click.echo(f"Lược đồ: {before or 'trống'} → {after}.")


@command.command()
def revision() -> None:
    """In bản lược đồ đang có (dòng trống nếu chưa có)."""
    with database(read_settings()) as urls:
        found = migrate.revision(urls.owner)
    click.echo(found or "")
    newest = migrate.script().get_current_head()
    if found != newest:
        click.echo(f"Bản mới nhất là {newest}; hãy chạy `motcua db upgrade`.", err=True)
