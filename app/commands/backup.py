"""`motcua backup`: a backup of database and files, made while everything goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import click

from app.backups.errors import BackupError
from app.commands.database import database, opened
from app.commands.environment import UnusableEnvironment, read_settings
from app.wording import size_words

T = TypeVar("T")


class WithDefault(click.Group):
    """A group whose first subcommand may be left out: `motcua backup DIR` is `motcua backup make DIR`.

    A folder that is called like a subcommand is written `./list`.
    """

    default = ""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        first = next((arg for arg in args if arg != "--"), None)
        if first is not None and first not in self.commands and first not in ("--help", "-h"):
            args = [self.default, *args]
        return super().parse_args(ctx, args)


class _Backup(WithDefault):
    default = "make"


FOLDER = click.Path(path_type=Path, file_okay=False)
KEPT = click.Path(path_type=Path, file_okay=False, exists=True)
"""One that has to be there: where nothing is, a slip of the pen would look like success."""


def told(do: Callable[[], T]) -> T:
    """What `do` answers; trouble becomes one message."""
    try:
        return do()
    except BackupError as error:
        raise UnusableEnvironment(str(error)) from error


@click.group("backup", cls=_Backup)
def command() -> None:
    """Sao lưu cơ sở dữ liệu và tệp vào một thư mục, trong khi hệ thống vẫn chạy.

    \b
    motcua backup DIR            tạo một bản sao lưu trong DIR
    motcua backup list DIR       các bản sao lưu đang có
    motcua backup verify DIR     đọc lại và kiểm tra từng tệp
    motcua backup prune DIR      xóa bản cũ theo hồ sơ tỉnh (backups_kept)
    """


@command.command("make")
@click.argument("folder", metavar="DIR", type=FOLDER)
def make(folder: Path) -> None:
    """Tạo một bản sao lưu trong DIR. Tệp không đổi từ bản trước thì không chép lại."""
    from app.backups.noting import backup_and_note

    settings = read_settings()
    with database(settings) as urls, opened(settings, urls):
        settings = replace(settings, database_url=urls.app, database_owner_url=urls.app)
        place, manifest = told(lambda: backup_and_note(settings, folder, "command", say=_say))
    click.echo(
        f"Đã sao lưu vào {place}: cơ sở dữ liệu {size_words(manifest.dump.bytes)}, {manifest.files} tệp "
        f"({size_words(manifest.files_bytes)}), trong đó mới {manifest.new_files} ({size_words(manifest.new_bytes)})."
    )
    if manifest.missing:
        click.echo(f"CHÚ Ý: kho thiếu hoặc hỏng {len(manifest.missing)} tệp mà hồ sơ có ghi:", err=True)
        for sha256 in manifest.missing[:20]:
            click.echo(f"  {sha256}", err=True)
        raise SystemExit(1)


@command.command("list")
@click.argument("folder", metavar="DIR", type=KEPT)
def listed(folder: Path) -> None:
    """Các bản sao lưu trong DIR, mới nhất trước."""
    from app.backups.folder import backups_in

    for one in told(lambda: backups_in(folder)):
        if one.manifest is None:
            click.echo(f"{one.folder.name}  HỎNG: {one.fault}")
        else:
            found = one.manifest
            click.echo(
                f"{one.folder.name}  lược đồ {found.revision}, {found.rows.get('dossiers', 0)} hồ sơ, cơ sở dữ liệu "
                f"{size_words(found.dump.bytes)}, {found.files} tệp ({size_words(found.files_bytes)})"
            )


@command.command("verify")
@click.argument("folder", metavar="DIR", type=KEPT)
@click.option("--backup", "name", metavar="TÊN", help="Chỉ bản này; mặc định là mọi bản trong DIR.")
def verify(folder: Path, name: str | None) -> None:
    """Đọc lại từng tệp của các bản sao lưu và so với tổng kiểm tra. Mã thoát 1 khi có bản hỏng."""
    from app.backups.checking import check_backups

    def broken() -> int:
        faults = 0
        for place, wrong in check_backups(folder, name):
            click.echo(f"{place.name}  {'nguyên vẹn' if not wrong else f'HỎNG: {len(wrong)} chỗ'}")
            for line in wrong[:50]:
                click.echo(f"  {line}")
            faults += bool(wrong)
        return faults

    if told(broken):
        raise SystemExit(1)


@command.command("prune")
@click.argument("folder", metavar="DIR", type=KEPT)
def prune(folder: Path) -> None:
    """Xóa những bản mà hồ sơ tỉnh không giữ (backups_kept), rồi những tệp không bản nào còn dùng."""
    from app.backups.noting import prune_by_profile

    settings = read_settings()
    removed, files = told(lambda: prune_by_profile(settings, folder))
    click.echo(f"Đã xóa {len(removed)} bản sao lưu cũ và {files} tệp không bản nào còn dùng.")


def _say(line: str) -> None:
    click.echo(line, err=True)
