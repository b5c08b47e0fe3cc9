"""`motcua audit`: what a person at the command line sees, and what may go when its time has come."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import text

from app import factory, lawbook
from app.cli import motcua
from app.config import Settings
from app.embedded import Urls
from app.factory import create_app
from app.rules.profile import Profile
from app.store import history_partitions
from app.store.transaction import reading
from app.views import audit_retention
from app.views.audit_faults import Asked
from tests.actions.conftest import emptying, guard, scene
from tests.actions.scene import Scene
from tests.actions.sealing import dossier_id, kinds, owner, rewrite, sealed

__all__ = ["emptying", "guard", "scene"]
Command = Callable[..., Result]


_made: dict[str | None, Flask] = {}


def _made_once(settings: Settings) -> Flask:
    """The application for a login; making one anew for each command is what takes long."""
    if settings.database_url not in _made:
        _made[settings.database_url] = create_app(settings)
    return _made[settings.database_url]


@pytest.fixture
def audit(database_urls: Urls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setattr(factory, "create_app", _made_once)
    environment = {
        "DATABASE_URL": database_urls.app,
        "DATABASE_OWNER_URL": database_urls.owner,
        "MOTCUA_DATA": str(tmp_path / "data"),
    }
    return lambda *asked: CliRunner().invoke(motcua, ["audit", *asked], env=environment)


@pytest.mark.rule("QT-6")
def test_verify_prints_a_line_for_each_fault_and_ends_with_one(
    scene: Scene, database_urls: Urls, audit: Command
) -> None:
    code = scene.at_step("process", scene.publish("linear"))
    seal = sealed(scene)
    sound = audit("verify", "--expect", f"1:{seal.hash.hex()}")
    assert (sound.exit_code, sound.stdout) == (0, ""), sound.output
    assert "không có sai lệch" in sound.stderr
    listed = audit("seals")
    assert listed.stdout == f"1\t2026-11-23\t{seal.leaves}\t{seal.hash.hex()}\n"
    with owner(database_urls) as connection:
        rewrite(connection, dossier_id(connection, code), 2, kind="recalled")
    for asked in ([], ["--dossier", code], ["--day", "2026-11-23"], ["--day", "23/11/2026"]):
        answer = audit("verify", *asked)
        (line,) = answer.stdout.splitlines()
        said = json.loads(line)
        assert (answer.exit_code, said["fault"], said["code"], said["seal"]) == (1, "rewritten", code, 1)
        assert said["words"].startswith(f"Hồ sơ {code}: dòng ")
        assert "1 SAI LỆCH" in answer.stderr


def test_a_question_that_cannot_be_answered_is_one_message(scene: Scene, audit: Command, tmp_path: Path) -> None:
    for asked, said in (
        (["verify", "--dossier", "KHÔNG-CÓ"], "Không có hồ sơ KHÔNG-CÓ"),
        (["verify", "--day", "2026-11-01"], "Không có niêm phong của ngày 01/11/2026"),
        (["verify", "--day", "hôm qua"], "--day"),
        (["verify", "--expect", "mười:ab"], "cần SỐ:MÃ"),
        (["verify", "--expect", f"{'9' * 30}:ab"], "cần SỐ:MÃ"),
        (["check-proof", str(tmp_path / "không-có.json")], "không-có.json"),
    ):
        answer = audit(*asked)
        assert answer.exit_code == 2, answer.output
        assert said in answer.output
        assert "Traceback" not in answer.output
    for content in (b"", b"[1]", b"{" * 100_000, b'{"seal": 1}', b"\xff\xfe"):
        (tmp_path / "proof.json").write_bytes(content)
        answer = audit("check-proof", str(tmp_path / "proof.json"))
        assert answer.exit_code in (1, 2)
        assert "Traceback" not in answer.output


@pytest.mark.rule("QT-6")
def test_a_proof_is_made_and_checked_without_a_database(scene: Scene, audit: Command, tmp_path: Path) -> None:
    code = scene.at_step("process", scene.publish("linear"))
    early = audit("proof", code)
    assert early.exit_code == 1
    assert isinstance(early.exception, Exception)
    seal = sealed(scene)
    made = audit("proof", code)
    assert made.exit_code == 0, made.output
    file = tmp_path / "proof.json"
    file.write_text(made.stdout, encoding="utf-8")
    checked = CliRunner().invoke(motcua, ["audit", "check-proof", str(file), "--hash", seal.hash.hex().upper()])
    assert checked.exit_code == 0, checked.output
    assert checked.stdout.startswith(f"Đúng: hồ sơ {code} có ")
    wrong = CliRunner().invoke(motcua, ["audit", "check-proof", str(file), "--hash", "00"])
    assert (wrong.exit_code, wrong.stdout) == (1, "Niêm phong trong chứng thực không phải niêm phong đã công bố.\n")
    file.write_text(
        made.stdout.replace(f'"seq": {json.loads(made.stdout)["dossier"]["seq"]}', '"seq": 1'), encoding="utf-8"
    )
    assert audit("check-proof", str(file)).exit_code == 1


# Retention ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Quảng Trị keeps history for five years, the others for ever."""
    known: Callable[[str], Profile] = lawbook.profile_named

    def named(name: str) -> Profile:
        profile = known(name)
        return replace(profile, history_kept="P5Y") if name == "quang_tri" else profile

    monkeypatch.setattr(audit_retention, "profile_named", named)


def full(database_urls: Urls, *, closed: str = "'2020-01-01'") -> str:
    """As if this month's dossiers were finished long ago and its numbers used up; the partition's name."""
    with owner(database_urls) as connection:
        connection.execute(text(f"UPDATE dossiers SET closed_at = {closed}"))  # noqa: S608
        name: str = connection.execute(text("SELECT max(tableoid::regclass::text) FROM history")).scalar_one()
        (part,) = [one for one in history_partitions.partitions(connection) if one.name == name]
        connection.execute(text("SELECT setval('dossiers_id_seq', :to)"), {"to": part.to_id})
    return name


@pytest.fixture
def numbers(database_urls: Urls) -> Iterator[None]:
    with owner(database_urls) as connection:
        given = history_partitions.numbers_given(connection)
    yield
    with owner(database_urls) as connection:
        connection.execute(text("SELECT setval('dossiers_id_seq', :number)"), {"number": given})


@pytest.mark.rule("HT-10.3")
@pytest.mark.usefixtures("kept", "numbers")
def test_a_month_past_its_retention_goes_as_a_whole_and_the_rest_verifies(
    scene: Scene, database_urls: Urls, audit: Command
) -> None:
    linear = scene.publish("linear")
    codes = [scene.at_step("process", linear) for _ in range(2)]
    name = full(database_urls)
    assert "2 hồ sơ có lịch sử chưa niêm phong" in audit("retention").stdout
    sealed(scene)
    shown = audit("retention")
    assert shown.exit_code == 0, shown.output
    assert shown.stdout.startswith(f"{name}\tsẽ xóa\t")
    assert kinds(scene) == []
    gone = audit("retention", "--drop")
    assert gone.stdout.startswith(f"{name}\tđã xóa\t"), gone.output
    with scene.app.app_context(), reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM history")).scalar_one() == 0
        (drop,) = history_partitions.dropped(connection)
        (change,) = connection.execute(text("SELECT subject, after FROM administration_changes")).all()
    assert (drop.partition, drop.dossiers, drop.seal) == (name, 2, 1)
    assert (change.subject, change.after["dossiers"]) == (f"history:{name}", 2)
    assert kinds(scene) == []
    assert audit("retention", "--drop").stdout == ""
    assert "Hết hạn lưu giữ: lịch sử 2 hồ sơ" in audit("verify").stderr
    # What happens to such a dossier later goes on from the sealed head, and is guarded as before.
    assert scene.get("desk", f"/dossiers/{codes[0]}/timeline")["data"] == []
    with owner(database_urls) as connection:
        number = dossier_id(connection, codes[0])
        connection.execute(text("UPDATE dossiers SET closed_at = NULL WHERE id = :id"), {"id": number})
    (task,) = scene.open_tasks(codes[0])
    scene.do("forward", scene.holder(task), task.id)
    sealed(scene, days=2)
    assert kinds(scene, days=2) == []
    with owner(database_urls) as connection:
        connection.execute(text("UPDATE history SET kind = 'x' WHERE dossier_id = :id"), {"id": number})
    assert kinds(scene, Asked(dossier_id=number), days=2) == ["row_changed"]


@pytest.mark.rule("HT-10.3")
@pytest.mark.usefixtures("kept", "numbers")
def test_a_month_stays_for_every_reason_there_is(scene: Scene, database_urls: Urls, audit: Command) -> None:
    linear = scene.publish("linear")
    codes = [scene.at_step("process", linear) for _ in range(2)]
    assert audit("retention", "--drop").stdout == ""  # new dossiers still go into it
    sealed(scene)
    reasons = []
    full(database_urls, closed="NULL")
    reasons.append(audit("retention", "--drop").stdout)
    full(database_urls, closed="now() - interval '4 years'")
    reasons.append(audit("retention", "--drop").stdout)
    full(database_urls)
    with owner(database_urls) as connection:
        connection.execute(text("UPDATE dossiers SET profile = 'ha_tinh' WHERE code = :code"), {"code": codes[0]})
    reasons.append(audit("retention", "--drop").stdout)
    with owner(database_urls) as connection:
        connection.execute(text("UPDATE dossiers SET profile = 'quang_tri'"))
        connection.execute(
            text("UPDATE history SET kind = 'x' WHERE seq = 1 AND dossier_id = (SELECT min(id) FROM dossiers)")
        )
    reasons.append(audit("retention", "--drop").stdout)
    assert [one.split("\t")[1] for one in reasons] == ["giữ"] * 4
    for said, wanted in zip(
        reasons,
        ("còn 2 hồ sơ đang giải quyết", "2 trong 2 hồ sơ chưa hết hạn", "1 trong 2 hồ sơ", "sai lệch: Hồ sơ"),
        strict=True,
    ):
        assert wanted in said


@pytest.mark.rule("QT-6")
@pytest.mark.usefixtures("kept", "numbers")
def test_the_application_cannot_drop_anything(
    scene: Scene, database_urls: Urls, audit: Command, tmp_path: Path
) -> None:
    scene.register()
    full(database_urls)
    sealed(scene)
    assert "sẽ xóa" in audit("retention").stdout
    environment = {"DATABASE_URL": database_urls.app, "DATABASE_OWNER_URL": "", "MOTCUA_DATA": str(tmp_path / "data")}
    answer = CliRunner().invoke(motcua, ["audit", "retention", "--drop"], env=environment)
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert "Cơ sở dữ liệu từ chối" in answer.stderr
    assert kinds(scene) == []
