"""What anybody may send to the pages of a draft's forms: markup in labels, odd fields, stale states, foreign drafts."""

from __future__ import annotations

import io
import json
from typing import Any

from lxml import html

from tests.actions.scene import Scene
from tests.web.form_drafts import ASKED, draft_with, forms_of
from tests.web.test_table_drafts import SEE

MARKUP = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
ODD = ("", "\x00", "9" * 400, "..", "a/b", "asked|x", "version|1.000001|1|nowhere", "version|x|99|y", MARKUP, "=1")
REFUSED = (303, 400, 403, 404, 409, 412, 413, 422, 428)


def marked() -> dict[str, Any]:
    field = {"type": "textfield", "id": "f1", "key": "owner", "label": MARKUP, "description": MARKUP}
    text = {"type": "text", "id": "f2", "text": MARKUP}
    choice = {
        "type": "radio",
        "id": "f3",
        "key": "kind",
        "label": MARKUP,
        "values": [{"label": MARKUP, "value": MARKUP}],
    }
    return {**ASKED, "components": [field, text, choice]}


def test_markup_of_a_form_is_text_everywhere(scene: Scene, desk: SEE) -> None:
    admin = desk("admin")
    here = f"/thiet-ke/{draft_with(scene, {'asked': marked()})}/bieu-mau"
    for address in (here, f"{here}/asked", f"{here}/asked/xem", f"{here}/asked/xem?nguoi=citizen"):
        answer = admin.client.get(address)
        assert answer.status_code == 200, address
        page = html.document_fromstring(answer.text)
        assert not [one for one in page.iter("img") if one.get("onerror")], address
        assert not [one for one in page.iter("script") if "alert(1)" in (one.text or "") and not one.get("type")], (
            address
        )


def test_odd_fields_are_answered_and_keep_the_form(scene: Scene, desk: SEE) -> None:
    admin = desk("admin")
    here = f"/thiet-ke/{draft_with(scene, {'asked': ASKED})}/bieu-mau"
    kept = ("csrf_token", "_key")
    for path in ("", "/doi-ten", "/bo", "/buoc"):
        fields = {name: value for name, value in admin.form(admin.see(here), here).fields.items() if name in kept}
        assert admin.client.post(here + path, data=fields).status_code in REFUSED
        for odd in ODD:
            typed = {"name": odd, "form": odd, "new_name": odd, "from": odd, "steps": odd, "source": "copy"}
            for revision in (odd, "0", "1"):
                answer = admin.client.post(here + path, data={**fields, **typed, "revision": revision})
                assert answer.status_code in REFUSED, (path, odd, revision)
    files: tuple[bytes, ...] = (
        b"",
        b"[",
        b"[]",
        b"null",
        b"{}",
        b"\xff",
        b"[" * 9000,
        b"1" * 5000,
        b'{"components": 5}',
    )
    for n, content in enumerate(files):
        fields = admin.form(admin.see(here), here).fields
        typed = {"name": f"taken_{n}", "source": "file", "file": (io.BytesIO(content), "x.json")}
        assert admin.client.post(here, data={**fields, **typed}).status_code in (303, 422), content[:20]
    for address in (
        f"{here}/nowhere",
        f"{here}/nowhere/xem",
        "/thiet-ke/999999/bieu-mau",
        "/thiet-ke/999999/bieu-mau/asked",
    ):
        assert admin.client.get(address).status_code == 404, address
    assert admin.client.get("/thiet-ke/" + "9" * 40 + "/bieu-mau").status_code == 404


def test_the_check_answers_whatever_is_sent(scene: Scene, desk: SEE) -> None:
    admin = desk("admin")
    draft = draft_with(scene, {"asked": ASKED})
    here = f"/thiet-ke/{draft}/bieu-mau"
    token = {"X-CSRFToken": admin.form(admin.see(here), here).fields["csrf_token"]}
    deep: Any = {"components": []}
    for _ in range(60):
        deep = {"type": "group", "components": [deep]}
    odd = [
        {"type": ["textfield"], "key": {"a": 1}},
        {"type": "number", "key": "a", "increment": "1e-400", "validate": {"min": "sNaN"}},
        {"type": "textfield", "key": "\ud800", "label": "\ud800", "validate": {"pattern": "(a+)+$"}},
        {"type": "select", "key": "s", "values": [1, None, {"value": []}]},
        deep,
    ]
    sent = [{"schema": {"components": [one]}} for one in odd]
    bodies = [json.dumps(one) for one in sent] + [
        "",
        "[" * 5000,
        "null",
        "5",
        '{"schema": null}',
        '{"name": [], "schema": {}}',
    ]
    for body in bodies:
        answer = admin.client.post(f"{here}/kiem-tra", data=body, headers=token, content_type="application/json")
        assert answer.status_code in (200, 400, 413, 422), body[:80]
    assert forms_of(scene, draft)["asked"] == ASKED
