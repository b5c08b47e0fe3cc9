"""Tables of an old system, and what comes of them in a scene."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.actions.import_columns import COLUMNS
from app.actions.import_preview import LookAt, OldFile, preview
from app.actions.import_run import accept_import, run_import
from app.actions.runner import Context
from app.store import imports
from app.store.dossiers import find_by_old_code
from app.store.imports import LineRow
from app.views.sheet_files import csv_file
from tests.actions.scene import Scene

TITLES = {column.name: column.title for column in COLUMNS}
USUAL: Mapping[str, Any] = {
    "old_code": "CU-1",
    "procedure": "linear",
    "agency": "SYT",
    "name": "Trần Văn Bình",
    "received_at": "08:00 16/11/2026",
    "deadline": "16:00 27/11/2026",
    "appointment": "09:00 30/11/2026",
    "step": "process",
}


def table(*rows: Mapping[str, Any]) -> bytes:
    """A CSV of these rows, each like USUAL but for what it says."""
    full = [{**USUAL, "old_code": f"CU-{number}", **row} for number, row in enumerate(rows, start=1)]
    names = list(dict.fromkeys(name for row in full for name in row))
    return csv_file([TITLES.get(name, name) for name in names], [[row.get(name) for name in names] for row in full])


def context(scene: Scene, username: str = "admin", **more: Any) -> Context:
    from app.access.caller import Caller
    from app.store import accounts
    from app.wording import LOCAL

    now = scene.clock()
    day = now.astimezone(LOCAL).date()
    with scene.reading() as connection:
        account = accounts.account_by_id(connection, scene.province.accounts[username], day)
    assert account is not None
    return Context(Caller.of(account, day), now, **more)


def look_at(
    scene: Scene,
    content: bytes,
    *,
    name: str = "ho-so.csv",
    source: str = "Một cửa cũ",
    history: bytes | None = None,
    mapping: Mapping[str, str] | None = None,
) -> int:
    """Preview a file; the import's id."""
    old = OldFile("qua-trinh.csv", history) if history is not None else None
    with scene.app.app_context():
        return preview(LookAt(source, OldFile(name, content), old, "quang_tri", mapping), context(scene))


def lines(scene: Scene, import_id: int) -> list[LineRow]:
    with scene.reading() as connection:
        return imports.lines(connection, import_id, most=10_000)


def carry_out(scene: Scene, import_id: int) -> list[LineRow]:
    """Accept and let the worker do it."""
    with scene.app.app_context():
        accept_import(import_id, None, context(scene))
        run_import(import_id, scene.clock())
    return lines(scene, import_id)


def take_over(scene: Scene, *rows: Mapping[str, Any], **more: Any) -> list[str]:
    """The codes of the dossiers that these rows become."""
    done = carry_out(scene, look_at(scene, table(*rows), **more))
    assert [row.state for row in done] == ["imported"] * len(rows), [(row.problem, row.remarks) for row in done]
    return [str(row.dossier) for row in done]


def remarks(rows: Sequence[LineRow]) -> list[tuple[str, list[str]]]:
    return [(row.verdict, [remark["text"] for remark in row.remarks]) for row in rows]


def by_old_code(scene: Scene, code: str) -> str | None:
    with scene.reading() as connection:
        found = find_by_old_code(connection, code)
    return found.code if found else None
