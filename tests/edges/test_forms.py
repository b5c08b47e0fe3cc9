"""Every form of every page sent with what no browser sends: no 5xx, nowhere else to go."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest
from lxml import html

from tests.actions.scene import Scene
from tests.edges.test_doors import ELSEWHERE, leads_away
from tests.edges.test_uploads import everything
from tests.web.test_journey_every_page import EVERY, NOBODY, dossiers

ODD = (
    "",
    " ",
    "0",
    "-1",
    "²",
    "١٢",
    "9" * 30,
    "1e400",
    "NaN",
    "null",
    "[]",
    '{"a":' * 50,
    "\x00",
    "\ud7ff\uffff",
    "ư\u0301" * 500,
    "2026-02-31",
    "9999-12-31",
    "0001-01-01",
    "2026-11-23T25:61",
    "a" * 20_000,
    "<script>alert(1)</script>",
    "'; DROP TABLE dossiers; --",
    "{{7*7}}%s%n",
    "../../etc/passwd",
    "1.000001",
    "linear",
    *ELSEWHERE[:4],
)


def forms_of(page: Any, address: str) -> list[tuple[str, dict[str, str]]]:
    """(address, what it holds as it is) of each POST form."""
    found = []
    for form in page.xpath("//form[translate(@method, 'POST', 'post')='post']"):
        buttons = form.xpath(".//button[@formaction]/@formaction")
        typed = {
            one.get("name"): one.get("value") or one.text or ""
            for one in form.xpath(".//*[self::input or self::textarea or self::select or self::button][@name]")
        }
        for target in {form.get("action") or address, *buttons}:
            found.append((str(target).partition("#")[0], typed))
    return found


@pytest.mark.drill
def test_no_form_breaks_a_page(scene: Scene) -> None:
    values = dossiers(scene)
    client = everything(scene)
    chance = random.Random(20261122)  # noqa: S311
    seen: set[str] = set()
    faults: list[str] = []
    forms: list[tuple[str, dict[str, str]]] = []
    for place in EVERY:
        if place.who == NOBODY or place.status != 200:
            continue
        address = place.path.format(**values)
        shown = client.get(address)
        if shown.status_code == 200 and shown.mimetype == "text/html":
            for target, typed in forms_of(html.document_fromstring(shown.text), shown.request.path):
                like = re.sub(r"/[\w.-]*\d[\w.-]*", "/…", target.partition("?")[0]) + repr(sorted(typed))
                if like not in seen and "/dang-xuat" not in target and "mat-khau" not in target:
                    seen.add(like)
                    forms.append((target, typed))
        elif shown.status_code >= 500:
            faults.append(f"{address}: {shown.status_code}")
    assert len(forms) > 100
    for target, typed in forms:
        kept = {"csrf_token": typed.get("csrf_token", ""), "_key": typed.get("_key", "")}
        for round_ in range(3):
            odd = {name: chance.choice(ODD) for name in typed if round_ == 0 or chance.random() < 0.4}
            answer = client.post(target, data=typed | odd | kept | ({"_key": ""} if round_ else {}))
            if answer.status_code >= 500 or (away := leads_away(answer)) is not None:
                what = answer.status_code if answer.status_code >= 500 else away
                faults.append(f"{target} {what}: { {name: value[:40] for name, value in odd.items()} }")
            answer.close()
    assert not faults, "\n".join(faults)
