"""`motcua audit`: whether anything that was written down was changed since, and what may go (docs/audit.md)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_MOST_BYTES = 1_000_000
_DAY = click.DateTime(formats=["%Y-%m-%d", "%d/%m/%Y"])


@click.group("audit")
def command() -> None:
    """Lịch sử hồ sơ và nhật ký: niêm phong mỗi ngày, kiểm tra, chứng thực, hết hạn lưu giữ."""


@command.command()
@click.option("--dossier", "code", metavar="MÃ", help="Chỉ một hồ sơ.")
@click.option("--day", type=_DAY, help="Chỉ niêm phong của ngày này (YYYY-MM-DD) và những gì nó niêm phong.")
@click.option(
    "--expect",
    multiple=True,
    metavar="SỐ:MÃ",
    help="Niêm phong đã công bố (in, gửi thư): số, dấu hai chấm, mã băm. Dùng được nhiều lần.",
)
def verify(code: str | None, day: datetime | None, expect: tuple[str, ...]) -> None:
    """Đọc lại tất cả và nói dòng nào đã bị sửa, xóa, chèn, viết lại.

    Mỗi sai lệch là một dòng JSON ở đầu ra; tổng kết ở đầu ra lỗi. Mã thoát 1 khi có sai lệch.
    """
    from app.store import dossiers, seals
    from app.store.transaction import snapshot
    from app.views.audit_faults import Asked, Checked
    from app.views.audit_verify import faults

    published = dict(map(_published, expect))
    found, checked = 0, Checked()
    with _running() as now, snapshot() as connection:
        seals.take_as_long_as_needed(connection)
        asked = Asked(expected=published)
        if code is not None:
            dossier = dossiers.find_dossier(connection, code)
            if dossier is None:
                raise click.UsageError(f"Không có hồ sơ {code}.")
            asked = Asked(dossier_id=dossier.id, expected=published)
        elif day is not None:
            asked = Asked(seal=_seal_of(connection, day.date()), expected=published)
        for fault in faults(connection, asked, now, checked):
            found += 1
            _line({"fault": fault.kind, **fault.where, "words": fault.words})
    click.echo(
        f"Đã kiểm tra {checked.dossiers} hồ sơ, {checked.rows} dòng lịch sử, {checked.logs} dòng nhật ký,"
        f" {checked.seals} niêm phong ({checked.leaves} mục): "
        + (f"{found} SAI LỆCH." if found else "không có sai lệch."),
        err=True,
    )
    for drop in checked.dropped:
        click.echo(
            f"Hết hạn lưu giữ: lịch sử {drop.dossiers} hồ sơ ({drop.partition}) đã xóa ngày"
            f" {drop.dropped_at:%d/%m/%Y}, sau niêm phong số {drop.seal}.",
            err=True,
        )
    if found:
        raise SystemExit(1)


@command.command()
def seal() -> None:
    """Niêm phong đến hết hôm qua nếu chưa. Tiến trình nền tự làm việc này mỗi ngày."""
    from app.actions.seal import seal_yesterday
    from app.commands.environment import application

    with application() as settings:
        made = seal_yesterday(datetime.now(UTC), settings.seal_mail)
    if made is None:
        click.echo("Hôm qua đã được niêm phong.")
    else:
        click.echo(
            f"Niêm phong số {made.number}, đến hết ngày {made.day:%d/%m/%Y}, {made.leaves} mục: {made.hash.hex()}"
        )


@command.command("seals")
@click.option("--last", type=click.IntRange(1, 10_000), default=31, show_default=True, help="Bao nhiêu lần gần nhất.")
def list_seals(last: int) -> None:
    """In các lần niêm phong gần nhất, mới nhất trước: số, ngày, số mục, mã băm. Để in ra giấy, cất nơi khác."""
    from app.store import seals
    from app.store.transaction import reading

    with _running(), reading() as connection:
        for one in seals.seals_before(connection, None, last):
            click.echo(f"{one.number}\t{one.day.isoformat()}\t{one.leaves}\t{one.hash.hex()}")


@command.command()
@click.argument("code")
@click.option(
    "--seal", "number", type=click.IntRange(1, 10_000_000), help="Niêm phong số mấy; bỏ trống: lần cuối có hồ sơ."
)
def proof(code: str, number: int | None) -> None:
    """Chứng thực (JSON) rằng hồ sơ CODE đứng trong một niêm phong; kiểm tra bằng `check-proof`, không cần hệ thống."""
    from app.store.transaction import snapshot
    from app.views.audit_seals import proof as proof_of

    with _running(), snapshot() as connection:
        _line(proof_of(connection, code, number), indent=2)


@command.command("check-proof")
@click.argument("file", type=_FILE)
@click.option("--hash", "published", metavar="MÃ", help="Mã của niêm phong như đã in hoặc gửi thư.")
def check_proof(file: Path, published: str | None) -> None:
    """Kiểm tra một tệp chứng thực. Không cần cơ sở dữ liệu. Mã thoát 1 khi không đúng."""
    from app.rules.seals import proof_fault

    try:
        with file.open("rb") as opened:
            proof = json.loads(opened.read(_MOST_BYTES))
    except (OSError, ValueError, RecursionError) as error:
        raise click.UsageError(f"{file}: không đọc được chứng thực ({type(error).__name__}).") from None
    fault = proof_fault(proof, published) if isinstance(proof, dict) else "Tệp không phải một chứng thực niêm phong."
    if fault is not None:
        click.echo(fault)
        raise SystemExit(1)
    dossier, sealed = proof["dossier"], proof["seal"]
    click.echo(
        f"Đúng: hồ sơ {dossier.get('code')} có {dossier['seq']} dòng lịch sử trong niêm phong số {sealed['number']}"
        f" (ngày {sealed['day']}, mã {sealed['hash']})."
    )
    if published is None:
        click.echo("Đối chiếu mã này với bản đã in hoặc gửi thư, hoặc dùng --hash.")


@command.command()
@click.option("--drop", is_flag=True, help="Xóa thật; không có tùy chọn này thì chỉ nói sẽ xóa gì.")
def retention(drop: bool) -> None:
    """Lịch sử đã hết hạn lưu giữ (history_kept của hồ sơ tỉnh), từng phần cả tháng, đã niêm phong và kiểm tra đúng.

    Cần DATABASE_OWNER_URL: tài khoản của ứng dụng không xóa được.
    """
    from app.base import create_base
    from app.commands.database import database, require_schema
    from app.commands.environment import read_settings
    from app.store.database import db
    from app.views import audit_retention

    now, settings = datetime.now(UTC), read_settings()
    with database(settings) as urls:
        require_schema(urls)
        with create_base(replace(settings, database_url=urls.owner)).app_context():
            try:
                for part in audit_retention.plan(now):
                    if part.reason is not None:
                        click.echo(f"{part.partition.name}\tgiữ\t{part.reason}")
                        continue
                    gone = drop and audit_retention.drop(part, now)
                    word = "đã xóa" if gone else "vừa có thay đổi, chưa xóa" if drop else "sẽ xóa"
                    click.echo(f"{part.partition.name}\t{word}\t{part.found.rows} dòng của {part.found.dossiers} hồ sơ")
            finally:
                db.engine.dispose()


@contextmanager
def _running() -> Iterator[datetime]:
    from app.commands.environment import application

    with application():
        yield datetime.now(UTC)


def _published(text: str) -> tuple[int, str]:
    number, colon, digest = text.partition(":")
    if not colon or not number.strip().isascii() or not number.strip().isdigit() or len(number) > 12:
        raise click.UsageError(f"--expect {text}: cần SỐ:MÃ, ví dụ 12:9f86d0…")
    return int(number), digest


def _seal_of(connection: Any, day: date) -> int:
    from app.store import seals

    found = seals.seal_of_day(connection, day)
    if found is None:
        raise click.UsageError(f"Không có niêm phong của ngày {day:%d/%m/%Y}.")
    return found.number


def _line(value: Any, indent: int | None = None) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=indent, default=_plain))


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime | date) else str(value)
