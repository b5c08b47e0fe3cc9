"""Files for a dossier, as a desk or a clerk adds them."""

from __future__ import annotations

import io
from typing import Any

from werkzeug.test import TestResponse

from tests.actions.scene import Scene

PDF = b"%PDF-1.7\n%a paper\n"
JPEG = b"\xff\xd8\xff\xe0 a photo"


def send_file(
    scene: Scene, username: str, code: str, content: bytes = PDF, name: str = "giay-to.pdf", **about: str
) -> TestResponse:
    """Add a file, whatever comes of it; `about` is its kind, component and origin."""
    return scene.client(username).post(
        f"/api/v1/dossiers/{code}/attachments",
        data={"file": (io.BytesIO(content), name), **about},
        content_type="multipart/form-data",
    )


def add_file(
    scene: Scene, username: str, code: str, content: bytes = PDF, name: str = "giay-to.pdf", **about: str
) -> Any:
    """A file that must be taken: the attachment as the interface shows it."""
    answer = send_file(scene, username, code, content, name, **about)
    assert answer.status_code == 201, answer.text
    return answer.json
