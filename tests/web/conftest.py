"""`scene` and its guard, as the actions are tested; `desk("binh")` is that person at her pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.actions.conftest import emptying, guard, scene
from tests.actions.scene import Scene
from tests.web.desk import Desk

__all__ = ["emptying", "guard", "scene"]


@pytest.fixture
def desk(scene: Scene) -> Callable[[str], Desk]:
    return lambda username: Desk(scene, username)
