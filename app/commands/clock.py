"""`motcua clock`: the dossier clock on the command line. `fold` needs no database."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from app.config import PROJECT_ROOT
from app.rules.cases import CaseError, fold_case
from app.rules.explain import MARKS, Line, article_words
from app.rules.profile import Profile, ProfileError, load_profile
from app.views.titles import history_title
from app.wording import LOCAL

PROFILES = PROJECT_ROOT / "profiles"


class Unusable(click.ClickException):
    """A file that cannot be used at all."""

    exit_code = 2


@click.group("clock")
def command() -> None:
    """Đồng hồ của hồ sơ: hạn xử lý, thời gian hẹn trả, thời gian tính cho từng bước và cơ quan."""


@command.command()
@click.argument("code")
def explain(code: str) -> None:
    """Hạn xử lý và thời gian hẹn trả của hồ sơ CODE đã được tính thế nào, từng dòng với điều khoản."""
    from app.commands.environment import application  # the other subcommands need no database
    from app.lawbook import refold, rules_as_folded
    from app.store import dossiers, history
    from app.store.transaction import reading

    with application(), reading() as connection:
        dossier = dossiers.find_dossier(connection, code)
        if dossier is None:
            raise Unusable(f"Không có hồ sơ {code}.")
        rules = rules_as_folded(connection, dossier)
        lines = refold(history.history_of(connection, dossier.id), rules).lines
    click.echo(f"{dossier.code} - {dossier.procedure_name}")
    click.echo(f"Tính theo: {rules.profile.name} - {rules.profile.regulation}")
    for line in lines:
        click.echo(_told(line))


def _told(line: Line) -> str:
    """One line: when it counts, what happened, the rule with its article, what it moved from where to where."""
    mark = f" ({MARKS[line.mark]})" if line.mark else ""
    moved = f": {line.before or '-'} → {line.after or '-'}" if line.before or line.after else ""
    at = line.at.astimezone(LOCAL).isoformat(timespec="seconds")
    return f"{at}  {history_title(line.event)}{mark}  [{line.rule}] {article_words(line.rule)}: {line.text}{moved}"


@command.command()
@click.argument("file", type=click.Path(path_type=Path))
def fold(file: Path) -> None:
    """Tính các ca trong FILE (dạng clock_cases.json), mỗi ca một dòng JSON.

    Ca sai được báo ra stderr, các ca khác vẫn được tính, và mã thoát là 1.
    """
    cases, profiles = _cases(file), _profiles()
    failed = False
    for index, case in enumerate(cases):
        try:
            answer = fold_case(case, profiles).to_dict()
        except CaseError as error:
            failed = True
            click.echo(f"{file}: ca {_name(case, index)}: {error}", err=True)
            continue
        click.echo(json.dumps(answer, ensure_ascii=False))
    if failed:
        sys.exit(1)


def _name(case: Any, index: int) -> str:
    name = case.get("id") if isinstance(case, dict) else None
    return name if isinstance(name, str) else f"thứ {index + 1}"


def _cases(file: Path) -> list[Any]:
    try:
        cases = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise Unusable(f"{file}: không đọc được ({error.strerror})") from None
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise Unusable(f"{file}: không phải JSON hợp lệ ({error})") from None
    if not isinstance(cases, list):
        raise Unusable(f"{file}: phải là danh sách các ca")
    return cases


def _profiles() -> dict[str, Profile]:
    try:
        loaded = [load_profile(path) for path in sorted(PROFILES.glob("*.toml"))]
    except ProfileError as error:
        raise Unusable(str(error)) from None
    return {profile.id: profile for profile in loaded}
