"""`motcua diagram …`: check diagrams before they are published."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from app.engine.bundle import check_files
from app.engine.guard import Guard
from app.errors import DomainError


@click.group()
def command() -> None:
    """Kiểm tra và ban hành sơ đồ quy trình."""


@command.command()
@click.argument("files", nargs=-1, required=True, type=click.UNPROCESSED, metavar="FILE...")
def check(files: tuple[str, ...]) -> None:
    """Kiểm tra từng tệp; mỗi tệp một dòng JSON. Mã thoát 0 khi tất cả đều đạt. Các tệp được gọi lẫn nhau."""
    refused = False
    with Guard() as guard:
        for file, document in zip(files, check_files(guard, files), strict=True):
            # A file name need not be text; its line of JSON must be.
            document["file"] = file.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
            refused = refused or document["verdict"] != "ok"
            # Bytes: the terminal's own encoding may not have Vietnamese letters.
            click.echo(json.dumps(document, ensure_ascii=False).encode())
    sys.exit(1 if refused else 0)


@command.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--procedure", "code", required=True, help="Mã thủ tục.")
@click.option("--decision", required=True, help="Số quyết định.")
@click.option("--decided-on", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Ngày quyết định.")
@click.option("--effective-from", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Ngày có hiệu lực.")
@click.option(
    "--side",
    "sides",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Quy trình kèm theo do tỉnh vẽ lại, thay cho quy trình có sẵn; dùng được nhiều lần.",
)
@click.option(
    "--called",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Sơ đồ chứa quy trình mà sơ đồ này gọi (call activity); dùng được nhiều lần.",
)
@click.option(
    "--form",
    "forms",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Biểu mẫu form-js của các bước (tên tệp không có đuôi là mã biểu mẫu); dùng được nhiều lần.",
)
def deploy(
    file: Path,
    code: str,
    decision: str,
    decided_on: datetime,
    effective_from: datetime,
    sides: tuple[Path, ...],
    called: tuple[Path, ...],
    forms: tuple[Path, ...],
) -> None:
    """Ban hành một phiên bản của thủ tục từ tệp sơ đồ; sơ đồ có lỗi thì in các lỗi và không ban hành."""
    from app.actions.publish_version import PublishVersion, publish
    from app.commands.environment import application
    from app.lawbook import profile_named
    from app.runtime import runtime

    command = PublishVersion(
        code,
        file.read_bytes(),
        file.name,
        decision,
        decided_on.date(),
        effective_from.date(),
        forms={form.name: form.read_bytes() for form in forms},
        sides={str(side): side.read_bytes() for side in sides},
        called={one.name: one.read_bytes() for one in called},
    )
    with application():
        try:
            published = publish(command, None, datetime.now(UTC), profile=profile_named(runtime().settings.profile))
        except DomainError as refusal:
            for problem in refusal.extra.get("problems", ()):
                click.echo(json.dumps(problem, ensure_ascii=False).encode(), err=True)
            raise click.ClickException(refusal.detail) from None
    answer = {"version": published.version, "sha256": published.sha256, "warnings": published.warnings}
    click.echo(json.dumps(answer, ensure_ascii=False).encode())
