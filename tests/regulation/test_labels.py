"""Requirements group 2: a dossier is called what the province under whose rules it was received calls it (LA-14.4, QT-18.6)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.actions.scene import Scene
from tests.web.desk import Desk


def received_under(scene: Scene, monkeypatch: pytest.MonkeyPatch, profile: str) -> str:
    """The code of a dossier registered while the installation runs under that profile; afterwards it runs as before."""
    running = scene.app.extensions["motcua"]
    with monkeypatch.context() as patched:
        other = replace(running, settings=replace(running.settings, profile=profile))
        patched.setitem(scene.app.extensions, "motcua", other)
        code: str = scene.at_step("return_result")
    return code


def shown(scene: Scene, code: str) -> list[tuple[Any, Any]]:
    """Standing and label wherever a dossier is shown: to officials, in a list, in its clock, and to everybody."""
    views = [
        scene.get("desk", f"/dossiers/{code}"),
        scene.get("desk", f"/dossiers?q={code}")["data"][0],
        scene.get("desk", f"/dossiers/{code}/clock"),
        scene.get("desk", f"/public/dossiers/{code}"),
    ]
    return [(view["standing"], view["outcome_label"]) for view in views]


def pages(scene: Scene, code: str) -> list[str]:
    """What officials and what everybody reads of it."""
    desk = Desk(scene, "desk").client
    return [desk.get(address).text for address in (f"/ho-so/{code}", f"/ho-so/{code}/dong-ho", f"/tra-cuu?code={code}")]


@pytest.mark.rule("LA-14.4d", "QT-18.6")
@pytest.mark.parametrize(
    ("profile", "label"),
    [("long_an", "đang giải quyết quá hạn"), ("quang_tri", "quá hạn"), ("ha_tinh", "quá hạn")],
)
def test_an_open_dossier_past_its_time(scene: Scene, monkeypatch: pytest.MonkeyPatch, profile: str, label: str) -> None:
    code = received_under(scene, monkeypatch, profile)
    assert shown(scene, code) == [("open", "trong hạn")] * 4
    scene.clock.set_local("2026-12-21 10:00")

    assert shown(scene, code) == [("overdue", label)] * 4
    assert all(label in text.casefold() for text in pages(scene, code))


@pytest.mark.rule("LA-14.4b", "LA-14.4c", "QT-18.6")
@pytest.mark.parametrize(
    ("profile", "result", "standing", "label"),
    [
        ("long_an", "2026-12-04 10:00", "early", "trước hạn"),
        ("long_an", "2026-12-07 16:30", "on_time", "đúng hạn"),
        ("long_an", "2026-12-08 07:30", "late", "trễ hạn"),
        ("quang_tri", "2026-12-04 10:00", "early", "trước hạn"),
        ("quang_tri", "2026-12-07 07:30", "on_time", "đúng hạn"),
        ("quang_tri", "2026-12-07 16:30", "late", "quá hạn"),
    ],
)
def test_a_dossier_with_its_result(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, profile: str, result: str, standing: str, label: str
) -> None:
    code = received_under(scene, monkeypatch, profile)
    scene.clock.set_local(result)
    scene.do("confirm-result", "desk", scene.task(code, "return_result").id)
    scene.clock.move(days=30)

    assert shown(scene, code) == [(standing, label)] * 4
    assert scene.dossier(code).timeliness == standing
    assert all(label in text.casefold() for text in pages(scene, code))
