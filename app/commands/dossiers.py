"""`motcua dossiers`: open dossiers of an old system from a table (docs/imports.md)."""

from __future__ import annotations

from pathlib import Path

import click

from app.access.caller import Caller
from app.actions.import_preview import LookAt, OldFile, preview
from app.actions.import_run import accept_import, run_import
from app.actions.runner import Context
from app.commands.environment import application
from app.runtime import runtime
from app.store import accounts, imports, names
from app.store.transaction import reading
from app.wording import LOCAL

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_ALL = 100_000


class Unusable(click.ClickException):
    """The account cannot be used."""

    exit_code = 2


@click.group("dossiers")
def command() -> None:
    """Chuyển hồ sơ đang giải quyết từ hệ thống cũ."""


@command.command("import")
@click.argument("file", type=_FILE)
@click.option("--source", required=True, help="Tên hệ thống cũ.")
@click.option("--account", required=True, help="Tên đăng nhập của người có quyền chuyển hồ sơ.")
@click.option("--history", type=_FILE, help="Tệp quá trình xử lý, nếu để riêng.")
@click.option("--preview", "only_look", is_flag=True, help="Chỉ xem trước, không nhập.")
def import_dossiers(file: Path, source: str, account: str, history: Path | None, only_look: bool) -> None:
    """Xem trước bảng FILE, rồi nhập ngay những dòng nhập được; in mỗi dòng một kết quả."""
    with application():
        context = _context(account)
        old = OldFile(history.name, history.read_bytes()) if history else None
        asked = LookAt(source, OldFile(file.name, file.read_bytes()), old, runtime().settings.profile)
        import_id = preview(asked, context)
        if not only_look:
            accept_import(import_id, None, context)
            run_import(import_id, context.now, context.public_url)
        with reading() as connection:
            rows = imports.lines(connection, import_id, most=_ALL)
    for row in rows:
        said = "; ".join([*(remark["text"] for remark in row.remarks), *([row.problem] if row.problem else [])])
        state = row.verdict if only_look else row.state
        click.echo(f"{row.line}\t{row.old_code}\t{state}\t{row.dossier or ''}\t{said}")


def _context(username: str) -> Context:
    now = runtime().now()
    day = now.astimezone(LOCAL).date()
    with reading() as connection:
        number = names.account_id(connection, username)
        row = accounts.account_by_id(connection, number, day) if number is not None else None
    if row is None:
        raise Unusable(f"Không có tài khoản “{username}” đang hoạt động.")
    return Context(Caller.of(row, day), now, None, runtime().settings.public_url)
