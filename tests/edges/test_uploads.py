"""Every way in for a file, from the OpenAPI document and from the pages' own forms, under every hostile file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import html

from app.access.request import SESSION_TOKEN
from app.rules.permissions import PERMISSIONS
from app.web.action_fields import form_name
from tests import factories
from tests.actions.scene import Scene
from tests.edges.hostile_files import hostile_files
from tests.web.test_journey_every_page import EVERY, NOBODY, dossiers

CANARY = "kho-bau-cua-may-chu-7c1d"
TYPED = {
    "procedure": "linear",
    "title": "Bản nháp",
    "decision_number": "1/QĐ-UBND",
    "decided_on": "2026-11-01",
    "effective_from": "2026-12-20",
    "format": "typst",
    "form": "tt01-2018/02",
    "source": "Hệ thống cũ",
    "reason": "Thay bản ký",
}
LIKELY = re.compile(r"/tep|tiep-nhan|thiet-ke|nhap-tai-khoan|chuyen-ho-so|mau-phieu|ban-hanh|^/ho-so/\{\w+\}")
"""Where a page has a form with a file; of those for dossiers, all are made sure of below."""


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    place = tmp_path / "canary.txt"
    place.write_text(CANARY, encoding="utf-8")
    return place


def everything(scene: Scene) -> FlaskClient:
    """Somebody who may do everything, at the API and at the pages."""
    positions = list(scene.province.positions.values())
    with scene.writing() as connection:
        account = factories.account(connection, "everything", scene.province.health, positions, tuple(PERMISSIONS))
        token = factories.token_for(connection, account)
    client = scene.app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    with client.session_transaction() as session:
        session[SESSION_TOKEN] = token
    return client


def ways_of_the_api(document: Any, values: dict[str, str]) -> Iterator[tuple[str, str, list[str], dict[str, str]]]:
    """(path, address, names of its files, what else is typed) of every operation that takes files."""
    ids = {"code": values["code"], "attachment_id": values["paper"]}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if method == "parameters":
                continue
            asked = operation.get("requestBody", {}).get("content", {}).get("multipart/form-data")
            if asked is None:
                continue
            fields = asked["schema"]["properties"]
            files = [name for name, field in fields.items() if "binary" in repr(field)]
            chosen = ids | ({"code": "linear"} if path.startswith("/api/v1/procedures") else {})
            address = re.sub(r"{(\w+)}", lambda found, chosen=chosen: chosen[found[1]], path)
            yield path, address, files, {name: TYPED[name] for name in fields if name in TYPED}


def forms_with_files(client: FlaskClient, values: dict[str, str]) -> dict[str, tuple[str, list[str], dict[str, str]]]:
    """By the address without its numbers: (address, names of its files, what it holds as it is) of every form of a page."""
    found: dict[str, tuple[str, list[str], dict[str, str]]] = {}
    for place in EVERY:
        if place.who == NOBODY or place.status != 200 or not LIKELY.search(place.path):
            continue
        with client.get(place.path.format(**values)) as shown:
            text = shown.text if shown.status_code == 200 and shown.mimetype == "text/html" else ""
        if not text:
            continue
        page = html.document_fromstring(text)
        for form in page.xpath("//form[.//input[@type='file']]"):
            address = str(form.get("action") or shown.request.path).partition("?")[0]
            files = [one.get("name") for one in form.xpath(".//input[@type='file']") if one.get("name")]
            typed = {
                one.get("name"): one.get("value") or ""
                for one in form.xpath(".//input[@name][not(@type='file')][not(@type='checkbox')]")
            }
            typed |= {one.get("name"): one.text or "" for one in form.xpath(".//textarea[@name]")}
            for choice in form.xpath(".//select[@name]"):
                options = choice.xpath(".//option[@selected]") or choice.xpath(".//option")
                typed[choice.get("name")] = options[0].get("value") or "" if options else ""
            found.setdefault(re.sub(r"/[\w.-]*\d[\w.-]*", "/…", address), (address, files, typed))
    return found


def send(client: FlaskClient, address: str, files: list[str], typed: dict[str, str], name: str, content: bytes) -> Any:
    data: dict[str, Any] = dict(typed)
    data |= {field: (BytesIO(content), name, "application/octet-stream") for field in files}
    answer = client.post(address, data=data, content_type="multipart/form-data")
    answer.call_on_close(
        answer.request.input_stream.close
    )  # the client writes large bodies to a file that nobody closes
    return answer


def complaint(answer: Any, name: str, address: str) -> str | None:
    """What no answer to a file may be."""
    text = "" if answer.mimetype == "application/pdf" else answer.get_data(as_text=True)
    fault = None
    if answer.status_code >= 500:
        fault = f"{answer.status_code}"
    elif CANARY in text:
        fault = "shows a file of this machine"
    elif "X-Evil" in answer.headers:
        fault = "a name became a header"
    answer.close()
    return f"{address} {name[:60]!r}: {fault}" if fault else None


def test_hostile_files_at_every_way_in(scene: Scene, canary: Path, data_folder: Path) -> None:
    """Each file at some ways, each way with some files: the drill has all at all."""
    walk(scene, canary, data_folder, every=16)


@pytest.mark.drill
def test_every_hostile_file_at_every_way_in(scene: Scene, canary: Path, data_folder: Path) -> None:
    walk(scene, canary, data_folder, every=1)


def walk(scene: Scene, canary: Path, data_folder: Path, every: int) -> None:
    values = dossiers(scene)
    client = everything(scene)
    document = client.get("/openapi.json").json
    assert document is not None
    ways = [way[1:] for way in ways_of_the_api(document, values)]
    assert len(ways) >= 8
    pages = forms_with_files(client, values)
    csrf = next(iter(pages.values()))[2]["csrf_token"]
    upload = (
        form_name("refuse-intake", "attachments") + "-upload"
    )  # offered by a page that lists what it can do as buttons
    online = f"/tiep-nhan/truc-tuyen/{values['online_task']}/refuse-intake"
    pages["online"] = (online, [upload], {"csrf_token": csrf, "refuse-intake.comment": "Thiếu"})
    reached = {scene.app.url_map.bind("localhost").match(address, method="POST")[0] for address, _, _ in pages.values()}
    taking = {
        rule.endpoint
        for rule in scene.app.url_map.iter_rules()
        if rule.endpoint.startswith("web.") and getattr(scene.app.view_functions[rule.endpoint], "takes_files", False)
    }
    assert taking <= reached, f"forms with files that were not found: {taking - reached}"
    found = []
    hostile = list(hostile_files(canary))
    for number, (address, files, typed) in enumerate([*ways, *pages.values()]):
        for name, content in hostile[number % every :: every]:
            answer = send(client, address, files, typed, name, content)
            if (fault := complaint(answer, name, address)) is not None:
                found.append(fault)
    assert not found, "\n".join(found)
    assert list((data_folder / "uploads").glob("*")) == []
