"""A draft under load at the pages: one press runs it, it can be broken off and begun again, figures, changes, side by side."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app.actions import simulate
from app.actions.simulate import run_simulation
from app.sheets.read import read_sheets
from app.simulation import apart
from app.store import simulations
from tests.actions.designing import new_draft
from tests.actions.scene import Scene
from tests.fixtures.browser import PHONE, Person, axe, sticking_out
from tests.web.desk import Desk, words

AtDesk = Callable[[str], Desk]


def begin(person: Desk, home: str, **typed: Any) -> str:
    """The address of a run that was asked for."""
    answer = person.send(person.form(person.see(home), home), {"weeks": "2", **typed})
    assert answer.status_code == 303, words(answer)
    return str(answer.location)


def number(where: str) -> int:
    return int(where.rpartition("/")[2])


def works(scene: Scene, where: str) -> None:
    """The worker's turn."""
    with scene.app.app_context():
        run_simulation(number(where), scene.clock)


def state(scene: Scene, where: str) -> str | None:
    with scene.reading() as connection:
        return simulations.state_of(connection, number(where))


def test_one_press_runs_it_and_the_page_says_what_came_of_it(scene: Scene, desk: AtDesk) -> None:
    home = f"/thiet-ke/{new_draft(scene)}/mo-phong"
    admin = desk("admin")
    where = begin(admin, home)
    assert "Chờ chạy" in words(admin.see(where))
    works(scene, where)
    said = words(admin.see(where))
    assert "Hồ sơ đến" in said
    assert "Trễ hạn" in said
    assert "Nơi phải chờ trên sơ đồ" in said
    drawn: Any = admin.client.get(f"{where}/so-do").json
    assert drawn["xml"].startswith("<?xml")
    assert set(drawn["heat"]) == set(drawn["pills"])
    assert all(0 <= one <= 1 for one in drawn["heat"].values())
    sheets = read_sheets(admin.client.get(f"{where}/ket-qua.xlsx").data, "x.xlsx")
    assert [sheet.name for sheet in sheets] == ["Tổng quát", "Bước", "Vị trí", "Người", "Phân bố", "Hàng chờ"]
    assert admin.client.get(f"{where}/ket-qua.csv").data.decode("utf-8-sig").startswith("Bước,")
    assert f"{number(where)}: Phương án gốc" in words(admin.see(home))


def test_a_change_is_set_beside_what_it_was_changed_from_in_words(scene: Scene, desk: AtDesk) -> None:
    home = f"/thiet-ke/{new_draft(scene)}/mo-phong"
    admin = desk("admin")
    first = begin(admin, home, typical="90", low="80", high="95", **{"stream.A": "80", "stream.PA": "80"})
    works(scene, first)
    form = admin.form(admin.see(first), f"{first}/phuong-an")
    place = admin.see(first).xpath("//select[@name='place']/option[last()]")[0].get("value")
    second = str(admin.send(form, {"place": place, "more": "2", "arrivals": "−20", "revision": ""}).location)
    works(scene, second)
    said = words(admin.see(f"{home}/so-sanh?cac={number(first)},{number(second)}"))
    assert "thêm 2 người ở" in said.casefold()
    assert "−20%" in said
    assert "tỷ lệ trễ" in said
    assert "thay đổi từ" in words(admin.see(second))
    wrong = admin.send(form, {"arrivals": "nhiều"})
    assert wrong.status_code == 303
    assert "Phải là số nguyên" in words(admin.see(first))


def test_a_copy_begins_with_the_plan_of_the_run(scene: Scene, desk: AtDesk) -> None:
    home = f"/thiet-ke/{new_draft(scene)}/mo-phong"
    admin = desk("admin")
    where = begin(admin, home, absence="12,5", seed="77", hours="8=2; 14=1", label="Gốc")
    copy = admin.form(admin.see(f"{home}?tu={number(where)}"), home)
    assert {name: copy.fields[name] for name in ("absence", "seed", "hours", "weeks", "copied_from")} == {
        "absence": "12,5",
        "seed": "77",
        "hours": "8=2; 14=1",
        "weeks": "2",
        "copied_from": str(number(where)),
    }
    again = str(admin.send(copy, {}).location)
    with scene.reading() as connection:
        one, other = (simulations.find_simulation(connection, number(at)) for at in (where, again))
    assert one is not None
    assert other is not None
    assert (other.plan, other.copied_from) == (one.plan, one.id)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"weeks": "200"}, "Số tuần từ 1 đến 26"),
        ({"absence": "abc"}, "phải là số từ 0 đến"),
        ({"from_on": "mai"}, "Ngày phải ghi như"),
        ({"low": "90", "typical": "20"}, "ít nhất ≤ thường gặp ≤ nhiều nhất"),
        ({"hours": "25=1"}, "giờ từ 0 đến 23"),
        ({"seed": "nan"}, "phải là số từ 0 đến"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_runs(scene: Scene, desk: AtDesk, typed: dict[str, str], told: str) -> None:
    home = f"/thiet-ke/{new_draft(scene)}/mo-phong"
    admin = desk("admin")
    answer = admin.send(admin.form(admin.see(home), home), typed)
    assert (answer.status_code, told in words(answer)) == (422, True), words(answer)
    with scene.reading() as connection:
        assert simulations.count_going(connection) == 0


def test_too_many_dossiers_are_refused(scene: Scene, desk: AtDesk) -> None:
    home = f"/thiet-ke/{new_draft(scene)}/mo-phong"
    admin = desk("admin")
    form = admin.form(admin.see(home), home)
    stream = next(name for name in form.fields if name.startswith("stream."))
    answer = admin.send(form, {stream: "99999"})
    assert answer.status_code == 422
    assert "Tổng số hồ sơ dự kiến" in words(answer)


def test_a_run_that_is_broken_off_leaves_nothing_and_can_begin_again(scene: Scene, desk: AtDesk) -> None:
    home = f"/thiet-ke/{new_draft(scene)}/mo-phong"
    admin = desk("admin")
    where = begin(admin, home)
    assert admin.send(admin.form(admin.see(where), f"{where}/dung")).status_code == 303
    assert state(scene, where) == "cancelled"
    works(scene, where)
    assert state(scene, where) == "cancelled"
    admin.send(admin.form(admin.see(where), f"{where}/lai"))
    works(scene, where)
    assert state(scene, where) == "done"
    assert admin.send(admin.form(admin.see(where), f"{where}/xoa")).status_code == 303
    assert admin.client.get(where).status_code == 404


def test_a_running_run_stops_when_it_is_not_wanted(scene: Scene, desk: AtDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    home = f"/thiet-ke/{new_draft(scene)}/mo-phong"
    admin = desk("admin")
    where = begin(admin, home)
    asked = simulate._is_wanted
    looked = []

    def cancelled_meanwhile(simulation_id: int) -> bool:
        looked.append(simulation_id)
        if len(looked) == 2:
            admin.send(admin.form(admin.see(where), f"{where}/dung"))
        return asked(simulation_id)

    monkeypatch.setattr(simulate, "_is_wanted", cancelled_meanwhile)
    works(scene, where)
    with scene.reading() as connection:
        row = simulations.find_simulation(connection, number(where))
    assert row is not None
    assert (row.state, row.result, row.done) == ("cancelled", None, 0)


def test_a_run_whose_worker_died_is_begun_again_and_comes_to_the_same(scene: Scene, desk: AtDesk) -> None:
    home = f"/thiet-ke/{new_draft(scene)}/mo-phong"
    admin = desk("admin")
    whole, broken = begin(admin, home), begin(admin, home)
    works(scene, whole)
    with scene.writing() as connection:  # a worker that was killed in the middle
        simulations.begin_attempt(connection, number(broken), scene.clock())
    works(scene, broken)
    with scene.reading() as connection:
        found = [simulations.find_simulation(connection, number(at)) for at in (whole, broken)]
    results = [{**(one.result or {}), "seconds": 0} for one in found if one is not None]
    assert results[0] == results[1]
    assert results[0]["dossiers"]["arrived"] > 0


def test_a_run_that_dies_again_and_again_has_failed(scene: Scene, desk: AtDesk) -> None:
    home = f"/thiet-ke/{new_draft(scene)}/mo-phong"
    admin = desk("admin")
    where = begin(admin, home)
    with scene.writing() as connection:
        for _ in range(simulate.MOST_ATTEMPTS):
            simulations.begin_attempt(connection, number(where), scene.clock())
    works(scene, where)
    assert "Bị ngắt giữa chừng" in words(admin.see(where))


def test_a_run_that_takes_too_long_has_failed_and_says_what_to_do(
    scene: Scene, desk: AtDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = f"/thiet-ke/{new_draft(scene)}/mo-phong"
    admin = desk("admin")
    where = begin(admin, home)
    monkeypatch.setattr(apart, "TIME_LIMIT", -1.0)
    works(scene, where)
    assert "hãy giảm số tuần" in words(admin.see(where))


def test_a_published_version_can_be_simulated_too(scene: Scene, desk: AtDesk) -> None:
    scene.publish("linear")
    home = "/thu-tuc/1.000001/phien-ban/1/mo-phong"
    admin = desk("admin")
    where = begin(admin, home)
    works(scene, where)
    assert "Mô phỏng phiên bản 1" in words(admin.see(where))
    assert "Trễ hạn" in words(admin.see(where))


def test_who_designs_nothing_sees_nothing_of_it(scene: Scene, desk: AtDesk) -> None:
    home = f"/thiet-ke/{new_draft(scene)}/mo-phong"
    assert desk("binh").client.get(home).status_code == 403


def test_what_is_compared_must_be_two_or_three_that_are_done(scene: Scene, desk: AtDesk) -> None:
    home = f"/thiet-ke/{new_draft(scene)}/mo-phong"
    admin = desk("admin")
    where = begin(admin, home)
    assert admin.client.get(f"{home}/so-sanh?cac={number(where)}").status_code == 400
    other = begin(admin, home)
    unfinished = admin.client.get(f"{home}/so-sanh?cac={number(where)},{number(other)}")
    assert unfinished.status_code == 409


@contextmanager
def working(scene: Scene, page: Page) -> Iterator[None]:
    """A worker at work on the run that the page shows."""
    where = page.url
    worker = threading.Thread(target=works, args=(scene, where))
    worker.start()
    try:
        yield
    finally:
        worker.join()


@pytest.mark.parametrize("screen", [None, PHONE])
def test_a_designer_starts_one_breaks_it_off_starts_again_and_sees_the_result(
    scene: Scene, person: Person, screen: dict[str, int] | None
) -> None:
    draft = new_draft(scene)
    page = person("admin", **({"screen": screen} if screen else {}))
    page.goto(f"/thiet-ke/{draft}/mo-phong")
    assert axe(page) == []
    assert sticking_out(page) == []
    page.get_by_label("Số tuần", exact=True).fill("3")
    page.get_by_role("button", name="Chạy mô phỏng").click()
    expect(page.locator("#progress")).to_contain_text("Chờ chạy")
    assert axe(page) == []
    page.get_by_role("button", name="Dừng mô phỏng").click()
    expect(page.locator("#progress")).to_contain_text("Đã dừng")
    page.get_by_role("button", name="Chạy lại").click()
    expect(page.locator("#progress")).to_contain_text("Chờ chạy")
    with working(scene, page):
        expect(page.get_by_role("heading", name="Nơi phải chờ trên sơ đồ")).to_be_visible(timeout=30_000)
    expect(page.locator("[data-heat][data-ready]")).to_have_count(1)
    expect(page.locator(".heat-pill").first).to_contain_text("Chờ")
    assert axe(page) == []
    assert sticking_out(page) == []
