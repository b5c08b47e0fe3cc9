"""A batch in the browser: choosing more than a page holds, and how far it is while one waits."""

from __future__ import annotations

from threading import Event
from typing import Any

import pytest
from playwright.sync_api import expect

from app.actions import batch as actions_batch
from app.web import inbox as inbox_page
from tests.actions.scene import Scene
from tests.fixtures.browser import PHONE, Person, axe, sticking_out
from tests.web.screens import button, title, told

PATIENCE = 30


def linear(scene: Scene, count: int) -> list[str]:
    scene.publish("linear")
    return [scene.at_step("process", "linear") for _ in range(count)]


@pytest.fixture(autouse=True)
def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox_page, "PAGE_SIZE", 2)


@pytest.mark.parametrize("javascript", [True, False])
def test_all_that_the_filter_finds_are_chosen_from_one_page(scene: Scene, person: Person, javascript: bool) -> None:
    codes = linear(scene, 3)
    binh = person("binh", javascript=javascript)
    binh.get_by_label(f"Chọn hồ sơ {codes[0]}").check()
    binh.get_by_label("Chọn tất cả 3 việc").check()
    if javascript:
        expect(binh.locator("[data-selected-count]")).to_have_text("Đã chọn 3")
        binh.get_by_label(f"Chọn hồ sơ {codes[0]}").uncheck()
        expect(binh.get_by_label("Chọn tất cả 3 việc")).not_to_be_checked()
        binh.get_by_label("Chọn tất cả việc trên trang này").check()
        binh.get_by_label("Chọn tất cả 3 việc").check()
        assert axe(binh) == []
    button(binh, "Chuyển bước").click()
    expect(title(binh)).to_contain_text("3 hồ sơ")
    button(binh, "Chuyển bước tiếp theo 3 hồ sơ").click()
    expect(told(binh)).to_contain_text("đã xong 3 việc")
    assert [scene.open_steps(code) for code in codes] == [["review"]] * 3


def test_the_bar_fits_a_telephone(scene: Scene, person: Person) -> None:
    codes = linear(scene, 3)
    binh = person("binh", screen=PHONE)
    binh.get_by_label(f"Chọn hồ sơ {codes[0]}").check()
    expect(binh.locator(".batch-bar")).to_be_visible()
    assert sticking_out(binh) == []
    assert axe(binh) == []


def test_while_it_works_the_page_says_how_far_it_is(
    scene: Scene, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = linear(scene, 3)
    seen, acting, tried = Event(), actions_batch.run_task, []

    def act(*asked: Any) -> Any:
        tried.append(asked)
        if len(tried) == 2:  # until somebody has read what is told of the first
            assert seen.wait(PATIENCE)
        return acting(*asked)

    monkeypatch.setattr(actions_batch, "TOLD_EVERY", 1)
    monkeypatch.setattr(actions_batch, "run_task", act)
    binh = person("binh")
    binh.get_by_label("Chọn tất cả việc trên trang này").check()
    binh.get_by_label("Chọn tất cả 3 việc").check()
    button(binh, "Chuyển bước").click()
    button(binh, "Chuyển bước tiếp theo 3 hồ sơ").click()
    expect(binh.get_by_text("Đã xong 1 trên 3 việc")).to_be_visible()
    assert axe(binh) == []
    seen.set()
    expect(told(binh)).to_contain_text("đã xong 3 việc")
    assert [scene.open_steps(code) for code in codes] == [["review"]] * 3
