"""Help: the tours of each role over her own pages, and what every colour and status means, where it is met."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from app.lawbook import profile_named
from app.rules.status import STATUSES
from app.views.colours import COLOURS
from app.web.legend import colour_meanings, status_table
from app.web.tours import ADMINISTRATORS_TOUR, TOURS
from tests.actions.scene import Scene
from tests.fixtures.browser import PHONE, Person, axe, sticking_out
from tests.web.desk import Desk, words

AtDesk = Callable[[str], Desk]


def offered(desk: Desk, path: str = "/viec") -> list[str]:
    return [str(url) for url in desk.see(path).xpath("//*[contains(@class, 'tour-offer')]/a/@href")]


def test_whoever_is_new_is_offered_her_tour_until_she_has_seen_it_or_says_no(scene: Scene, desk: AtDesk) -> None:
    binh = desk("binh")
    assert offered(binh) == ["/viec?huong-dan=can-bo-1"]
    assert offered(binh, "/viec?huong-dan=can-bo-1") == []
    answer = binh.send(binh.form(binh.see("/viec"), "/tro-giup/xong"))
    assert (answer.status_code, answer.location) == (303, "/viec")
    assert offered(binh) == []
    assert offered(desk("binh")) == []
    assert offered(desk("desk")) == ["/viec?huong-dan=can-bo-1"]


def test_a_tour_goes_on_and_back_and_ends_at_the_start_of_the_day(scene: Scene, desk: AtDesk) -> None:
    head = desk("head")
    seen = head.see("/theo-doi?huong-dan=lanh-dao-1")
    assert "Lãnh đạo, người theo dõi, kiểm soát · 1/" in words(seen)
    (later,) = seen.xpath("//aside//a[@rel='next']/@href")
    assert not seen.xpath("//aside//a[@rel='prev']")
    seen = head.see(str(later))
    assert seen.xpath("//aside//a[@rel='prev']/@href") == ["/theo-doi?huong-dan=lanh-dao-1"]
    last = TOURS[2].stops[-1]
    seen = head.see(f"{last.path}?huong-dan=lanh-dao-{len(TOURS[2].stops)}")
    answer = head.send(head.form(seen, "/tro-giup/xong"))
    assert "Bạn đã xem hết hướng dẫn." in words(head.see(answer.location))


@pytest.mark.parametrize("asked", ["lanh-dao-1", "can-bo-0", "can-bo-99", "khong-co-1", "can-bo-1' x", "can-bo-6", ""])
def test_a_stop_that_is_not_hers_or_stands_elsewhere_is_not_shown(scene: Scene, desk: AtDesk, asked: str) -> None:
    seen = desk("binh").see(f"/viec?huong-dan={asked}")
    assert not seen.xpath("//aside[contains(@class, 'tour')]")


def test_every_colour_and_every_status_has_its_meaning() -> None:
    assert {one.colour for one in colour_meanings(profile_named("quang_tri"))} == set(COLOURS)
    assert [(number, name) for number, name, _, _ in status_table()] == [(one.number, one.name) for one in STATUSES]
    assert all(means and turn for _, _, means, turn in status_table())


def test_the_page_of_help_has_the_persons_tours_and_whom_to_ask(scene: Scene, desk: AtDesk) -> None:
    seen = desk("binh").see("/tro-giup")
    assert seen.xpath("//main//a[contains(@href, 'huong-dan=')]/@href") == [
        "/viec?huong-dan=can-bo-1",
        "/ky-so?huong-dan=ky-so-1",
    ]
    assert "Còn dưới 8 giờ làm việc" in words(seen)
    assert "account.manage" not in words(seen)


def test_every_stop_of_every_tour_speaks_of_something_that_is_there(scene: Scene, person: Person) -> None:
    scene.publish("linear")
    scene.at_step("process", "linear")
    people = {"can-bo": "binh", "mot-cua": "desk", "lanh-dao": "head", "ky-so": "binh", "quan-tri": "admin"}
    for tour in (*TOURS, ADMINISTRATORS_TOUR):
        page = person(people[tour.name])
        page.goto(f"{tour.stops[0].path}?huong-dan={tour.name}-1")
        for number, stop in enumerate(tour.stops, start=1):
            expect(page.locator("#tour-title")).to_have_text(stop.title)
            expect(page.locator("#tour-title")).to_be_focused()
            expect(page.locator(".tour-target"), f"{tour.name} {number}: {stop.target}").to_be_visible()
            if number < len(tour.stops):
                page.get_by_role("link", name="Tiếp", exact=True).click()
        page.get_by_role("button", name="Xong").click()
        expect(page.get_by_role("status").filter(has_text="Bạn đã xem hết hướng dẫn")).to_be_visible()


def test_a_tour_on_a_telephone(scene: Scene, person: Person) -> None:
    page = person("binh", screen=PHONE)
    page.goto("/viec?huong-dan=can-bo-1")
    expect(page.locator(".tour-target")).to_be_visible()
    assert not axe(page)
    assert not sticking_out(page)
