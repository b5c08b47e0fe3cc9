"""The provider's process, one a module; `setting(...)` changes the application's settings for a test."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.access import oidc
from app.config import PROJECT_ROOT
from app.processes import die_with_owner
from app.runtime import Runtime
from app.setting_values import Provider
from tests.actions.conftest import emptying, guard, scene
from tests.actions.scene import Scene
from tests.signing_in import CLIENT, SECRET

__all__ = ["emptying", "guard", "scene"]

Setting = Callable[..., None]


@pytest.fixture(scope="module")
def provider_address() -> Iterator[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.signing_in.provider"],
        cwd=PROJECT_ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        preexec_fn=die_with_owner(signal.SIGKILL),
    )
    assert process.stdout is not None
    with process.stdout:
        yield process.stdout.readline().strip()
        process.kill()
        process.wait()


@pytest.fixture
def setting(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Setting:
    def change(**values: Any) -> None:
        found: Runtime = app.extensions["motcua"]
        monkeypatch.setitem(app.extensions, "motcua", Runtime(replace(found.settings, **values), found.now))

    return change


@dataclass
class Office:
    """The small province beside a provider that knows its officials' mailboxes."""

    scene: Scene
    address: str

    def wrong(self, **faults: Any) -> dict[str, Any]:
        """What the provider does wrong from now on; answers what it was asked for since the last time."""
        said = {"now": int(self.scene.clock().timestamp()), **faults}
        found: dict[str, Any] = requests.post(f"{self.address}/test", json=said, timeout=5).json()
        return found

    def begin(self, client: FlaskClient, path: str = "/dang-nhap/dinh-danh") -> str:
        """Press the link; answers the provider's address."""
        answer = client.get(path)
        assert answer.status_code == 303, answer.text
        return str(answer.location)

    def consent(self, address: str, user: str) -> str:
        """Sign in there; answers where the browser is sent back to."""
        answer = requests.post(address, data={"user": user}, timeout=5, allow_redirects=False)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    def come_back(self, client: FlaskClient, address: str) -> TestResponse:
        parts = urlsplit(address)
        return client.get(f"{parts.path}?{parts.query}")

    def sign_in(self, user: str, client: FlaskClient | None = None) -> tuple[FlaskClient, TestResponse]:
        client = client or self.scene.app.test_client()
        return client, self.come_back(client, self.consent(self.begin(client), user))


def asked_of(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


@pytest.fixture
def office(scene: Scene, provider_address: str, setting: Setting) -> Office:
    setting(oidc=Provider(provider_address, CLIENT, SECRET))
    oidc.forget_known()
    found = Office(scene, provider_address)
    found.wrong()
    return found
