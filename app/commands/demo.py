"""`motcua demo`: a demonstration province with dossiers in all states."""

from __future__ import annotations

import sys
from dataclasses import replace

import click

from app.commands.database import database, require_schema
from app.commands.environment import read_settings
from app.config import Settings, profiles
from app.demo.content import DEFAULT, content, demonstrations, place
from app.demo.load import Loaded, load
from app.runtime import wall_clock

MOST_DOSSIERS = 100_000
DOSSIERS = 300


def _with_demonstration(_context: click.Context, _option: click.Parameter, profile: str | None) -> str | None:
    """The profile, if a demonstration province goes with it."""
    if profile is None or profile in demonstrations():
        return profile
    there = f"có: {', '.join(demonstrations())}"
    if profile not in profiles():
        raise click.BadParameter(f"không có hồ sơ tỉnh {profile!r}; tỉnh trình diễn {there}.")
    raise click.BadParameter(
        f"chưa có tỉnh trình diễn theo {profile}; {there}. Vẫn dùng được {profile} cho hồ sơ mới: MOTCUA_PROFILE={profile}."
    )


@click.command("demo")
@click.option(
    "--dossiers",
    default=DOSSIERS,
    show_default=True,
    type=click.IntRange(0, MOST_DOSSIERS),
    help="Nâng số hồ sơ trong cơ sở dữ liệu lên chừng này.",
)
@click.option("--if-empty", is_flag=True, help="Chỉ tạo hồ sơ khi chưa có hồ sơ nào; không đụng cơ sở dữ liệu thật.")
@click.option(
    "--profile",
    metavar="|".join(demonstrations()),
    callback=_with_demonstration,
    help=f"Tỉnh trình diễn; mặc định theo MOTCUA_PROFILE, nếu không có thì {DEFAULT}.",
)
def command(dossiers: int, if_empty: bool, profile: str | None) -> None:
    """Nạp một tỉnh trình diễn: cơ quan, tài khoản, quy trình và hồ sơ ở mọi trạng thái.

    \b
    quang_tri       Quảng Trị, quy chế năm 2020
    national_2025   Thái Nguyên, chế độ chung từ 01/7/2025 (tỉnh và xã)
    """
    settings = read_settings()
    chosen = profile or (settings.profile if settings.profile in demonstrations() else DEFAULT)
    with database(settings) as urls:
        require_schema(urls)
        owned = replace(settings, database_url=urls.app, database_owner_url=urls.app)
        loaded = _load(owned, dossiers, if_empty, chosen)
    click.echo(_summary(loaded, settings, chosen))
    held = loaded.holds if loaded.skipped else chosen
    if held is not None and _profile_of(held) != settings.profile:
        click.echo(_other_profile(held, settings.profile))


def _load(settings: Settings, dossiers: int, if_empty: bool, profile: str) -> Loaded:
    from app.base import create_base  # the web framework is loaded only once the database is known to be good
    from app.store.database import db

    with create_base(settings).app_context():
        try:
            return load(settings, dossiers, if_empty, wall_clock(), click.echo, _progress, profile)
        finally:
            db.engine.dispose()


def _progress(made: int, number: int) -> None:
    """To the terminal a line that counts up; to a log a line now and then."""
    if sys.stderr.isatty():
        click.echo(f"\r  {made}/{number} hồ sơ", nl=made == number, err=True)
    elif made == number or made % max(number // 10, 1) == 0:
        click.echo(f"  {made}/{number} hồ sơ", err=True)


def _profile_of(demonstration: str) -> str:
    """The profile under which that demonstration's dossiers are received."""
    name: str = content("province", demonstration)["province"]["profile"]
    return name


def _other_profile(held: str, profile: str) -> str:
    """New dossiers would follow another regime than the province that is there."""
    start = "make run (không đặt MOTCUA_PROFILE)" if held == DEFAULT else f"MOTCUA_PROFILE={_profile_of(held)} make run"
    return (
        f"CHÚ Ý: cơ sở dữ liệu có tỉnh trình diễn {place(held)}, nhưng hồ sơ đăng ký mới theo MOTCUA_PROFILE={profile}. "
        f"Để hồ sơ mới theo quy định của {place(held)}, hãy khởi động: {start}."
    )


def _summary(loaded: Loaded, settings: Settings, profile: str) -> str:
    if loaded.holds is not None:
        return (
            f"Cơ sở dữ liệu đã có tỉnh trình diễn {place(loaded.holds)}: không nạp {place(profile)}. "
            f"Muốn xem {place(profile)}, hãy dùng thư mục dữ liệu khác: "
            f"MOTCUA_PROFILE={profile} MOTCUA_DATA=var-{profile} make run."
        )
    if loaded.skipped:
        return "Cơ sở dữ liệu đã có cơ quan riêng: không nạp tỉnh trình diễn."
    parts = []
    if loaded.published:
        parts.append(f"ban hành {loaded.published} quy trình")
    if loaded.dossiers:
        parts.append(f"tạo {loaded.dossiers} hồ sơ")
    if loaded.passwords:
        parts.append(f"đặt mật khẩu cho {loaded.passwords} tài khoản (xem {settings.accounts_file})")
    name = f"Tỉnh trình diễn {place(profile)}"
    return f"{name}: {', '.join(parts)}." if parts else f"{name} đã có đủ, không thêm gì."
