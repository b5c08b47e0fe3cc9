"""`motcua clock explain`: every line names what happened, the rule with its article, and the instants before and after."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import motcua
from app.embedded import Urls
from tests.actions.conftest import emptying, guard, scene
from tests.actions.scene import Scene

__all__ = ["emptying", "guard", "scene"]


def explained(code: str, database_urls: Urls, folder: Path) -> Result:
    environment = {"DATABASE_URL": database_urls.app, "MOTCUA_DATA": str(folder / "data")}
    return CliRunner().invoke(motcua, ["clock", "explain", code], env=environment)


@pytest.mark.rule("QT-18.2", "QT-28.5c")
def test_a_dossiers_deadline_is_told_line_by_line(scene: Scene, database_urls: Urls, tmp_path: Path) -> None:
    code = scene.at_step("process", scene.publish("linear"))
    answer = explained(code, database_urls, tmp_path)
    lines = answer.output.splitlines()

    assert answer.exit_code == 0, answer.output
    assert lines[0].startswith(f"{code} - ")
    assert lines[1].startswith("Tính theo: Quảng Trị - ")
    assert (
        "2026-11-23T08:00:00+07:00  Tiếp nhận hồ sơ  [QT-18.2] Điều 18 khoản 2 (Quảng Trị): Hạn xử lý: 80 giờ làm việc "
        "kể từ lúc bắt đầu tính: - → 2026-12-07T08:00:00+07:00"
    ) in lines
    assert any("  Chuyển bước tiếp theo  [QT-20.1] Điều 20 khoản 1 (Quảng Trị): " in line for line in lines)


def test_a_dossier_that_is_not_there_is_one_message(scene: Scene, database_urls: Urls, tmp_path: Path) -> None:
    answer = explained("000.00.12.H50-261123-9999", database_urls, tmp_path)

    assert (answer.exit_code, answer.output.strip()) == (2, "Error: Không có hồ sơ 000.00.12.H50-261123-9999.")
