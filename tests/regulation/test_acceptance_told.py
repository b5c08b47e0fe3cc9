"""Requirements group 1: how an online applicant hears that his dossier was accepted (ST-11.2b, LA-9.2, QT-16.4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy import text

from tests.actions.scene import Scene

PERSON = {"name": "Trần Văn Bình", "email": "binh@example.org"}


def told(scene: Scene, monkeypatch: pytest.MonkeyPatch, profile: str, notify: Sequence[str], channel: str) -> list[str]:
    """To whom the acceptance is told, of a dossier received under that profile."""
    running = scene.app.extensions["motcua"]
    with monkeypatch.context() as patched:
        other = replace(running, settings=replace(running.settings, profile=profile))
        patched.setitem(scene.app.extensions, "motcua", other)
        code = scene.register(channel=channel, applicant=PERSON, notify=list(notify))["code"]
        if channel == "online":
            scene.do("accept", "desk", scene.task(code, "check_online").id)
    with scene.reading() as connection:
        query = text(
            "SELECT recipient FROM deliveries JOIN dossiers ON dossiers.id = dossier_id"
            " WHERE code = :code AND template = 'receipt_issued'"
        )
        return list(connection.execute(query, {"code": code}).scalars())


@pytest.mark.rule("ST-11.2b")
def test_in_soc_trang_an_online_applicant_is_told_in_every_way_whatever_he_chose(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert told(scene, monkeypatch, "soc_trang", [], "online") == ["binh@example.org"]
    assert told(scene, monkeypatch, "soc_trang", [], "counter") == []


@pytest.mark.rule("QT-16.4")
@pytest.mark.parametrize("profile", ["long_an", "quang_tri"])
def test_elsewhere_he_is_told_in_the_way_that_he_chose(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, profile: str
) -> None:
    assert told(scene, monkeypatch, profile, ["email"], "online") == ["binh@example.org"]
    assert told(scene, monkeypatch, profile, [], "counter") == []


@pytest.mark.rule("LA-9.2", "LA-9.2n")
def test_in_long_an_one_message_goes_out_where_he_chose_none(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """One of e-mail, SMS and Zalo; in Quảng Trị the portal is one of the ways and is enough."""
    assert told(scene, monkeypatch, "long_an", [], "online") == ["binh@example.org"]
    assert told(scene, monkeypatch, "quang_tri", [], "online") == []
