"""A real process that is killed after the gateway has accepted its message and before it could write that down."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.config import PROJECT_ROOT
from app.embedded import Urls
from app.jobs import deliveries
from app.setting_values import Gateway
from tests.actions.scene import Scene
from tests.jobs.sending import PERSON, rows, settings
from tests.messages.loopback_gateway import Desk, running

_WORKER = """
import os, sys
from app.config import Settings
from app.factory import create_app
from app.jobs.deliveries import send_delivery

with create_app(Settings.from_env(os.environ)).app_context():
    send_delivery(int(sys.argv[1]))
"""
_OURS = ("MOTCUA_", "DATABASE_", "SMTP_", "SMS_", "ZALO_")


@pytest.mark.rule("QT-16.4")
def test_its_message_goes_again_under_the_same_key_and_is_marked(
    scene: Scene, database_urls: Urls, tmp_path: Path
) -> None:
    code = scene.register(applicant=PERSON, notify=["sms"])["code"]
    (row,) = rows(scene)
    with running(Desk(silent=True)) as desk:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
        environment = kept | {"DATABASE_URL": database_urls.app, "MOTCUA_DATA": str(tmp_path), "SMS_URL": desk.url}
        worker = subprocess.Popen([sys.executable, "-c", _WORKER, str(row.id)], env=environment, cwd=PROJECT_ROOT)
        assert desk.heard.wait(60), "the gateway has accepted it"
        with scene.app.app_context():
            deliveries.send_delivery(row.id)  # another worker leaves it to the one that is at it
        assert len(desk.requests) == 1
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        desk.released.set()
        (between,) = rows(scene)
        assert (between.state, between.attempts, between.sent_at) == ("trying", 1, None)
        desk.silent = False
        with settings(scene, sms=Gateway(desk.url)):
            _when_its_hold_is_gone(scene, row.id)
        assert [one["key"] for one in desk.requests] == [f"delivery-{row.id}"] * 2
        assert len(desk.accepted) == 1, "a gateway that knows its keys sends it once"
    (after,) = rows(scene)
    assert (after.state, after.attempts, after.repeated) == ("sent", 2, True)
    (_, shown) = scene.get("desk", f"/dossiers/{code}/deliveries")["data"]
    assert shown["words"].endswith("(có thể đã gửi hai lần)")


def _when_its_hold_is_gone(scene: Scene, delivery_id: int) -> None:
    """The database notices within moments that the process has gone, and gives its hold back."""
    for _ in range(10_000):
        with scene.app.app_context():
            deliveries.send_delivery(delivery_id)
        if rows(scene)[0].state == "sent":
            return
    raise AssertionError("still held")
