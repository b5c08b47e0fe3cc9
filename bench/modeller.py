"""A diagram of two hundred steps in the browser's modeller: opened, checked, edited, saved; beside it the bare viewer.

Chromium runs on the same machine as the server. The bare viewer gets the same drawing from a file and does nothing but
show it: what a page with a diagram costs at least.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from playwright.sync_api import Page, sync_playwright

from app.access.caller import Caller
from app.actions.diagram_drafts import begin_draft
from app.actions.runner import Context
from app.demo.load import load
from app.drafting.layout import lay_out
from app.factory import create_app
from app.store import accounts
from app.store.diagram_drafts import DraftFiles
from app.store.migrate import upgrade
from app.store.transaction import reading
from app.wording import LOCAL
from bench.serving import Progress, own_folder, postgres, serving, settings_for

STEPS, LANES = 200, 5
DESIGNER = "dang.quoc.bao"
PROCEDURE = "1.001806"
PATIENCE = 120_000.0
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="definitions" targetNamespace="urn:motcua:bench">'
    '<bpmn:collaboration id="all"><bpmn:participant id="pool" name="Hai trăm bước" processRef="two_hundred" />'
    "</bpmn:collaboration>"
)


def run(quick: bool, progress: Progress) -> dict[str, Any]:
    """Seconds until each was done, the median of some rounds, and what the bare viewer took in the same rounds."""
    rounds = 1 if quick else 5
    drawing = lay_out(two_hundred())
    with own_folder() as folder, postgres(folder) as server:
        settings = settings_for(folder, server.urls())
        upgrade(str(settings.database_owner_url))
        with create_app(settings).app_context():
            now = datetime.now(UTC)
            load(settings, 0, if_empty=True, now=now)
            draft = begin_draft(_context(now), PROCEDURE, "Hai trăm bước", DraftFiles(drawing), {"kind": "empty"})
        accounts_file = json.loads((folder / "demo-accounts.json").read_text(encoding="utf-8"))
        password = next(one["password"] for one in accounts_file if one["username"] == DESIGNER)
        with serving(settings, "app.factory:create_app()", {}) as port, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium")
            page = browser.new_page(base_url=f"http://127.0.0.1:{port}", viewport={"width": 1366, "height": 768})
            page.set_default_timeout(PATIENCE)
            _sign_in(page, password)
            found: dict[str, list[float]] = {}
            for number in range(rounds):
                for name, seconds in _round(page, draft, drawing.decode(), number).items():
                    found.setdefault(name, []).append(seconds)
                progress(f"lượt {number + 1}/{rounds}: " + ", ".join(f"{k} {v[-1]:.2f}" for k, v in found.items()))
            browser.close()
    medians = {name: round(statistics.median(values), 2) for name, values in found.items()}
    return {"steps": STEPS, "bytes": len(drawing), "rounds": rounds, "seconds": medians}


def two_hundred() -> bytes:
    """A line of steps through some lanes, not laid out yet."""
    ids = ["start", *(f"step_{number}" for number in range(STEPS)), "end"]
    lanes = "".join(
        f'<bpmn:lane id="lane_{lane}" name="Bộ phận {lane + 1}">'
        + "".join(
            f"<bpmn:flowNodeRef>{one}</bpmn:flowNodeRef>" for number, one in enumerate(ids) if number % LANES == lane
        )
        + "</bpmn:lane>"
        for lane in range(LANES)
    )
    steps = "".join(_step(number) for number in range(STEPS))
    flows = "".join(f'<bpmn:sequenceFlow id="from_{a}" sourceRef="{a}" targetRef="{b}" />' for a, b in pairwise(ids))
    return (
        f'{_HEAD}<bpmn:process id="two_hundred" isExecutable="true"><bpmn:laneSet id="lanes">{lanes}</bpmn:laneSet>'
        f'<bpmn:startEvent id="start" />{steps}<bpmn:endEvent id="end" />{flows}</bpmn:process></bpmn:definitions>'
    ).encode()


def _step(number: int) -> str:
    stage = "receive" if number == 0 else "return" if number == STEPS - 1 else "resolve"
    properties = "".join(
        f'<camunda:property name="{name}" value="{value}" />'
        for name, value in (("timeLimit", "PT1H"), ("stage", stage))
    )
    return (
        f'<bpmn:userTask id="step_{number}" name="Bước số {number + 1} của quy trình" camunda:candidateGroups="desk_officer">'
        f"<bpmn:extensionElements><camunda:properties>{properties}</camunda:properties></bpmn:extensionElements></bpmn:userTask>"
    )


def _context(now: datetime) -> Context:
    day = now.astimezone(LOCAL).date()
    with reading() as connection:
        account = accounts.account_by_id(connection, accounts.account_ids(connection)[DESIGNER], day)
    if account is None:
        raise LookupError(DESIGNER)
    return Context(Caller.of(account, day), now, None)


def _sign_in(page: Page, password: str) -> None:
    page.goto("/dang-nhap")
    page.fill("input[name=username]", DESIGNER)
    page.fill("input[name=password]", password)
    page.click("form:has(input[name=password]) [type=submit]")
    page.wait_for_url(lambda url: "/dang-nhap" not in url)


def _round(page: Page, draft: int, drawing: str, number: int) -> dict[str, float]:
    """The bare viewer first, then the modeller: opened, the gate's first answer, a name changed, its answer, saved."""
    found = {"bare viewer": _viewer(page, drawing)}
    page.goto("/thiet-ke")
    began = time.perf_counter()
    page.goto(f"/thiet-ke/{draft}")
    page.wait_for_selector("#modeller[data-ready]")
    found["opened"] = time.perf_counter() - began
    page.wait_for_selector("[data-problems][data-checked]")
    found["opened and checked"] = time.perf_counter() - began
    edit = "document.getElementById('modeller').modeler"
    found["one edit"] = _timed(
        lambda: page.evaluate(
            f"name => {{ const m = {edit}; m.get('modeling').updateLabel(m.get('elementRegistry').get('step_100'), name) }}",
            f"Bước đổi tên lần {number + 1}",
        )
    )
    began = time.perf_counter()
    page.wait_for_selector("[data-problems]:not([data-checked])", state="attached")
    page.wait_for_selector("[data-problems][data-checked]")
    found["checked after it"] = time.perf_counter() - began
    page.wait_for_selector("[data-saved][data-state=saved]")
    found["saved after it"] = time.perf_counter() - began
    return found


def _viewer(page: Page, drawing: str) -> float:
    """The viewer's bundle on an empty place of a page of the site, with the same drawing."""
    page.route("**/bench-drawing", lambda route: route.fulfill(json={"xml": drawing, "steps": {}}))
    page.goto("/thiet-ke")
    place = """() => { const place = document.createElement("div"); place.id = "diagram"; place.dataset.url = "/bench-drawing"
      document.querySelector("main").append(place) }"""
    page.evaluate(place)

    def show() -> None:
        page.add_script_tag(url="/static/diagram.js")
        page.wait_for_selector("#diagram[data-ready]")

    return _timed(show)


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began
