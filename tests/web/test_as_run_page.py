"""The page of a version as it really runs, in words and in what its diagram is told."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.actions.scene import Scene
from tests.views.test_as_run import worked
from tests.web.desk import Desk, words

__all__ = ["worked"]


def test_the_page_tells_the_figures_in_words(scene: Scene, worked: list[str], desk: Callable[[str], Desk]) -> None:
    here = "/thu-tuc/linear/phien-ban/1/thuc-te"
    seen = words(desk("admin").see(f"{here}?tu=2026-11-01&den=2026-11-30"))
    assert "Hồ sơ tiếp nhận 3" in seen
    assert "2 giờ" in seen
    assert "1 / 3 (33%)" in seen
    data = desk("admin").client.get(f"{here}/du-lieu?tu=2026-11-01&den=2026-11-30&theo=returns").json
    assert data is not None
    assert max(data["heat"].values()) == pytest.approx(1 / 3)
    assert any("trả lại 1" in pills for pills in data["pills"].values())
    assert "<bpmn:definitions" in data["xml"] or "definitions" in data["xml"]
    assert "Không có hồ sơ nào" in words(desk("admin").see(f"{here}?tu=2020-01-01&den=2020-02-01"))
