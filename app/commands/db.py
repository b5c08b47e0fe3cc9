"""`motcua db`: the schema of the database."""

from __future__ import annotations

import click

from app.commands.database import database
from app.commands.environment import read_settings
from app.store import migrate
from app.store.migration_lint import lint
from app.store.readiness import SchemaState, schema_state


@click.group("db")
def command() -> None:
    """Lược đồ cơ sở dữ liệu (DATABASE_OWNER_URL, hoặc PostgreSQL nhúng trong MOTCUA_DATA)."""


@command.command()
def upgrade() -> None:
    """Đưa lược đồ lên bản mới nhất. Chạy lại bao nhiêu lần cũng được."""
    with database(read_settings()) as urls:
        state = migrate.asked(urls.owner, schema_state)
        if state.newer:
            click.echo(_newer(state), err=not state.serves)
            raise SystemExit(0 if state.serves else 1)
        before = state.found
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
        state = migrate.asked(urls.owner, schema_state)
    click.echo(state.found or "")
    if state.newer:
        click.echo(_newer(state), err=True)
    elif state.found != state.needed:
        click.echo(f"Bản mới nhất là {state.needed}; hãy chạy `motcua db upgrade`.", err=True)


@command.command("lint")
def lint_migrations() -> None:
    """Tìm trong các bản nâng cấp những lệnh làm ngừng việc của các cơ quan; mã thoát 1 khi có. Không cần cơ sở dữ liệu."""
    faults, stale = lint()
    for fault in faults:
        click.echo(str(fault))
    for one in stale:
        click.echo(f"{one.revision} {one.rule} {one.table}: migrations/accepted.toml chấp nhận điều không còn có")
    if faults or stale:
        raise SystemExit(1)
    click.echo("Không có lệnh nào làm ngừng việc.")


@command.command()
def status() -> None:
    """Mã này và lược đồ đang có dùng được với nhau không; mã thoát 1 khi không."""
    with database(read_settings()) as urls:
        state = migrate.asked(urls.owner, schema_state)
    click.echo(f"Lược đồ: {state.found or 'trống'}. Mã này cần: {state.needed}.")
    floor = state.floor or "bất kỳ"
    click.echo(f"Mã cũ nhất còn chạy được trên lược đồ này: {floor}.")
    if state.newer:
        told = _newer(state)
    else:
        told = "Dùng được." if state.serves else "Không dùng được: hãy chạy `motcua db upgrade`."
    click.echo(told, err=not state.serves)
    if not state.serves:
        raise SystemExit(1)


def _newer(state: SchemaState) -> str:
    """Of older code on a newer schema, as after going back: there is nothing to upgrade."""
    if state.serves:
        return f"Dùng được: mã này ({state.needed}) cũ hơn lược đồ ({state.found}), như khi quay về bản trước."
    return f"Không dùng được: lược đồ {state.found} mới hơn mã này ({state.needed}); hãy cài bản mới hơn."
