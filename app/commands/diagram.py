"""`motcua diagram …`: check diagrams before they are published, publish them, draw them from published tables."""

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


@command.command()
@click.argument("table", type=click.Path(path_type=Path), metavar="TABLE")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Tệp sơ đồ được ghi.")
@click.option("--procedure-name", "name", help="Tên thủ tục, thay cho tên đọc được từ bảng.")
@click.option("--number", type=click.IntRange(min=1), help="Chỉ lấy thủ tục thứ mấy trong tệp.")
def draft(table: Path, out: Path, name: str | None, number: int | None) -> None:
    """Vẽ sơ đồ từ bảng các bước của quyết định (DOCX, XLSX, CSV, Markdown); mỗi thủ tục một dòng JSON.

    Tệp có nhiều thủ tục thì tên tệp sơ đồ thêm số thứ tự. Các biểu mẫu mà sơ đồ dùng được ghi bên cạnh.
    """
    from app.drafting.filing import drawn_from, write_drawn

    try:
        content = table.read_bytes()
        found = drawn_from(content, table.name, name, number)
        for one in found:
            one["file"] = str(table).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
            one["out"] = write_drawn(one.pop("drawn"), out, one["number"] if len(found) > 1 else None)
            click.echo(json.dumps(one, ensure_ascii=False).encode())
    except DomainError as refusal:
        said = [str(text) for texts in (refusal.errors or {}).values() for text in texts]
        raise click.ClickException(" ".join(said) or refusal.detail) from None
    except OSError as failure:
        raise click.ClickException(f"Không đọc hoặc ghi được tệp: {failure.strerror or failure}.") from None
