"""The same small office as the actions' tests, and settings that a test changes for itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.actions.conftest import emptying, guard, scene
from tests.actions.scene import Scene
from tests.web.conftest import desk

__all__ = ["desk", "emptying", "guard", "scene"]

Configure = Callable[..., None]


@pytest.fixture
def configure(scene: Scene) -> Configure:
    """Settings of this test's installation; the scene's end takes them back."""

    def change(**settings: Any) -> None:
        made = scene.app.extensions["motcua"]
        scene.app.extensions["motcua"] = replace(made, settings=replace(made.settings, **settings))

    return change
