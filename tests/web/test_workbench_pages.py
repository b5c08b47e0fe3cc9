"""The pages of drafts: the list, beginning in every way, history, comparing, talking, who is there."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from lxml import html
from werkzeug.test import TestResponse

from app.drafting.blank import blank_diagram
from app.engine.names import bpmn
from app.engine.reading import parse
from app.store.diagram_drafts import drafts
from tests import factories
from tests.actions.designing import FORM, LINEAR, designers, new_draft, reviewer
from tests.actions.diagrams import DIAGRAMS
from tests.actions.scene import Scene
from tests.web.desk import Desk, words

AtDesk = Callable[[str], Desk]


def newest(scene: Scene) -> int:
    """The id of the draft that was changed last."""
    with scene.reading() as connection:
        return drafts(connection)[0].id


def data(person: Desk, draft: int) -> Any:
    answer = person.client.get(f"/thiet-ke/{draft}/ban-ve")
    assert answer.status_code == 200, answer.text
    return answer.json


def sends(person: Desk, path: str, body: dict[str, Any]) -> TestResponse:
    """What a script of a page sends."""
    token = person.form(person.see("/toi"), "/dang-xuat").fields["csrf_token"]
    return person.client.post(path, json=body, headers={"X-CSRFToken": token})


def begin(person: Desk, code: str, kind: str, page: str = "", **typed: Any) -> TestResponse:
    seen = person.see(f"/thiet-ke/lap/{code}{page}")
    for form in seen.iter("form"):
        fields = {name: str(value) for name, value in form.form_values()}
        if fields.get("kind") == kind:
            sent = {
                name: value for name, value in fields.items() if name not in ("diagram", "forms", "called", "sides")
            }
            return person.client.post(str(form.get("action")), data=sent | typed)
    raise AssertionError(f"nothing begins with {kind}")


def test_an_empty_list_says_what_to_do_and_words_find_a_draft(scene: Scene, desk: AtDesk) -> None:
    admin = desk("admin")
    assert "Chưa có bản vẽ nào" in words(admin.see("/thiet-ke"))
    draft = new_draft(scene)
    for q in ("ve lai", "giam hoc phi", "1.000001"):
        assert "Vẽ lại" in words(admin.see(f"/thiet-ke?q={q}"))
    assert "Không có bản vẽ nào khớp" in words(admin.see("/thiet-ke?q=khong+co"))
    seen = admin.see(f"/thiet-ke/{draft}/lich-su")
    assert admin.send(admin.form(seen, f"/thiet-ke/{draft}/bo")).status_code == 303
    assert "Vẽ lại" not in words(admin.see("/thiet-ke"))
    assert "Vẽ lại" in words(admin.see("/thiet-ke?tt=discarded"))
    again = admin.form(admin.see(f"/thiet-ke/{draft}/lich-su"), f"/thiet-ke/{draft}/lay-lai")
    assert admin.send(again).status_code == 303
    assert "Vẽ lại" in words(admin.see("/thiet-ke?trang=sai"))


def test_what_is_put_away_is_not_saved(scene: Scene, desk: AtDesk) -> None:
    draft = new_draft(scene)
    admin = desk("admin")
    admin.send(admin.form(admin.see(f"/thiet-ke/{draft}/lich-su"), f"/thiet-ke/{draft}/bo"))
    refused = sends(admin, f"/thiet-ke/{draft}/ban-ve", {"revision": 1, "forms": {}})
    assert (refused.status_code, (refused.json or {})["code"]) == (409, "wrong_state")


def test_a_draft_begins_from_nothing_and_passes_but_for_what_is_to_be_filled_in(scene: Scene, desk: AtDesk) -> None:
    admin = desk("admin")
    answer = begin(admin, "1.000001", "empty")
    assert answer.status_code == 303, answer.text
    diagram = data(admin, newest(scene))["diagram"].encode()
    assert diagram == blank_diagram("1.000001", "Giảm học phí công lập")
    verdict = scene.guard.check("x.bpmn", diagram, {})
    assert [problem["code"] for problem in verdict["problems"]] == ["step.position-missing", "step.limit-missing"]
    filled = diagram.replace(b'name="Gi', b'camunda:candidateGroups="clerk" name="Gi', 1)
    filled = diagram.replace(
        b'<bpmn:userTask id="resolve"', b'<bpmn:userTask camunda:candidateGroups="clerk" id="resolve"'
    )
    assert scene.guard.check("x.bpmn", filled, {})["verdict"] == "ok"


def test_a_draft_begins_with_a_version_and_what_belongs_to_it(scene: Scene, desk: AtDesk) -> None:
    scene.publish("linear")
    admin = desk("admin")
    assert begin(admin, "linear", "version").status_code == 303
    whole = data(admin, newest(scene))
    assert whole["diagram"].encode() == LINEAR
    assert (whole["base_version"], whole["sides"], whole["revision"]) == (1, {}, 1)
    refused = begin(admin, "linear", "version", version="7")
    assert refused.status_code == 422
    assert "không có phiên bản số 7" in words(refused)


def test_anothers_process_is_copied_and_what_must_be_adapted_is_listed(scene: Scene, desk: AtDesk) -> None:
    scene.publish("linear")
    with scene.writing() as connection:
        factories.procedure(connection, "2.000002", [scene.province.office], name="Cấp giấy phép khác", limit="P5D")
        place = scene.province.units["office"]
        factories.position(connection, scene.province.office, place, "desk_office", "Cán bộ một cửa")
    admin = desk("admin")
    answer = begin(admin, "2.000002", "copy", "?tu=linear", source="linear")
    assert answer.status_code == 303, answer.text
    draft = newest(scene)
    root = parse(data(admin, draft)["diagram"].encode()).getroot()
    (process,) = root.findall(bpmn("process"))
    assert (process.get("id"), process.get("name")) == ("procedure_2_000002", "Cấp giấy phép khác")
    groups = [
        step.get("{http://camunda.org/schema/1.0/bpmn}candidateGroups") for step in process.iter(bpmn("userTask"))
    ]
    assert groups == ["desk_office", "assigned_room_officer", "assigned_room_head", "desk_office"]
    told = words(admin.see(f"/thiet-ke/{draft}/gop-y"))
    assert "Vị trí “Chuyên viên” chưa có ở VPUBND" in told
    assert "Vị trí “Trưởng phòng” chưa có ở VPUBND" in told
    assert "thời hạn khác nhau" in told


def test_a_draft_begins_with_files_and_says_which_is_none(scene: Scene, desk: AtDesk) -> None:
    admin = desk("admin")
    form = (BytesIO(json.dumps(FORM).encode()), "note.json")
    done = begin(admin, "1.000001", "file", diagram=(BytesIO(LINEAR), "của tôi.bpmn"), forms=form)
    assert done.status_code == 303
    whole = data(admin, newest(scene))
    assert (whole["diagram"].encode(), whole["forms"]) == (LINEAR, {"note": FORM})
    files: list[dict[str, Any]] = [
        {},
        {"diagram": (BytesIO(b"PK"), "a.docx")},
        {"diagram": (BytesIO(b"<a/>"), "a.bpmn")},
    ]
    for sent in files:
        refused = begin(admin, "1.000001", "file", **sent)
        assert refused.status_code == 422
        assert "error-summary" in refused.text
    bad = begin(admin, "1.000001", "file", diagram=(BytesIO(LINEAR), "a.bpmn"), forms=(BytesIO(b"{"), "x.json"))
    assert "không phải JSON" in words(bad)


def test_a_draft_is_duplicated_named_and_begun_once_by_two_presses(scene: Scene, desk: AtDesk) -> None:
    draft = new_draft(scene, forms={"note": FORM})
    admin = desk("admin")
    form = admin.form(admin.see(f"/thiet-ke/{draft}/lich-su"), f"/thiet-ke/{draft}/nhan-ban")
    first, second = admin.send(form), admin.send(form)
    assert first.headers["Location"] == second.headers["Location"]
    copy = newest(scene)
    assert data(admin, copy)["forms"] == {"note": FORM}
    named = admin.form(admin.see(f"/thiet-ke/{copy}/lich-su"), f"/thiet-ke/{copy}/ten")
    assert admin.send(named, {"title": "Bản gửi sở"}).status_code == 303
    assert "Bản gửi sở" in words(admin.see("/thiet-ke"))
    assert admin.send(named, {"title": " ", "_key": "k" * 20}).status_code == 422


def test_scripts_are_answered_in_json_whatever_goes_wrong(scene: Scene, desk: AtDesk) -> None:
    draft = new_draft(scene)
    admin = desk("admin")
    path = f"/thiet-ke/{draft}/ban-ve"
    saved = sends(admin, path, {"revision": 1, "diagram": LINEAR.decode(), "kind": "kept", "label": "Mốc"})
    assert (saved.status_code, (saved.json or {})["revision"]) == (200, 2)
    stale: Any = sends(admin, path, {"revision": 1, "forms": {"note": FORM}})
    assert (stale.status_code, stale.json["code"], stale.json["revision"]) == (412, "stale_version", 2)
    assert {"saved_by", "saved_at"} <= set(stale.json)
    for body, status in (
        ({"revision": 2, "what": 1}, 422),
        ({"revision": "x"}, 422),
        ({"diagram": "<a/>", "revision": 2}, 422),
        ({"revision": 2, "kind": "published"}, 422),
        ({"revision": 2, "forms": {f"f{number}": {} for number in range(41)}}, 422),
        ({"revision": 2, "forms": {"a": {"components": "x\0"}}}, 422),
        ({"revision": 2, "diagram": "x" * 17_000_000}, 413),
    ):
        answer: Any = sends(admin, path, body)
        assert (answer.status_code, answer.json["status"]) == (status, status), answer.text
    unforged: Any = admin.client.post(path, json={"revision": 2})
    assert (unforged.status_code, unforged.json["code"]) == (400, "bad_request")
    unknown = admin.client.get("/thiet-ke/999999/ban-ve", headers={"Accept": "application/json"})
    assert (unknown.status_code, unknown.mimetype) == (404, "application/problem+json")
    stranger = scene.app.test_client().get(path, headers={"Accept": "application/json"})
    assert stranger.status_code == 401


def test_states_are_seen_named_and_taken_up_again(scene: Scene, desk: AtDesk) -> None:
    draft = new_draft(scene)
    admin = desk("admin")
    later = LINEAR.replace("Bước process".encode(), "Thẩm định".encode())
    sends(admin, f"/thiet-ke/{draft}/ban-ve", {"revision": 1, "diagram": later.decode()})
    seen = admin.see(f"/thiet-ke/{draft}/lich-su/1")
    assert "Bước process" in words(seen)
    label = admin.form(seen, f"/thiet-ke/{draft}/lich-su/1/ten")
    assert admin.send(label, {"label": "Như quyết định"}).status_code == 303
    back = admin.form(admin.see(f"/thiet-ke/{draft}/lich-su/1"), f"/thiet-ke/{draft}/lich-su/1/khoi-phuc")
    assert admin.send(back).status_code == 303
    told = words(admin.see(f"/thiet-ke/{draft}/lich-su"))
    for part in ("Lần 3", "Lấy lại lần lưu 1", "Như quyết định", "Lần 2"):
        assert part in told
    assert admin.client.get(f"/thiet-ke/{draft}/so-do.bpmn").data == LINEAR
    assert admin.client.get(f"/thiet-ke/{draft}/so-do.bpmn?lan=2").data == later
    admin.see(f"/thiet-ke/{draft}/lich-su/9", 404)


def test_a_file_comes_back_from_the_desktop(scene: Scene, desk: AtDesk) -> None:
    draft = new_draft(scene)
    admin = desk("admin")
    form = admin.form(admin.see(f"/thiet-ke/{draft}/lich-su"), f"/thiet-ke/{draft}/so-do")
    fields = {name: value for name, value in form.fields.items() if name != "diagram"}
    drawn = LINEAR.replace(b"Quy", b"QUY", 1)
    sent = admin.client.post(form.action, data=fields | {"diagram": (BytesIO(drawn), "linear.bpmn")})
    assert sent.headers["Location"] == f"/thiet-ke/{draft}"
    assert admin.client.get(f"/thiet-ke/{draft}/so-do.bpmn").data == drawn
    stale = admin.client.post(form.action, data=fields | {"diagram": (BytesIO(LINEAR), "linear.bpmn")})
    assert stale.headers["Location"].endswith("/lich-su")
    assert "đã lưu bản vẽ này sau khi bạn mở" in words(admin.see(f"/thiet-ke/{draft}/lich-su"))


def test_a_draft_is_compared_with_the_version_in_force_and_with_its_states(scene: Scene, desk: AtDesk) -> None:
    scene.publish("linear")
    admin = desk("admin")
    begin(admin, "linear", "version")
    draft = newest(scene)
    assert "Hai bản không có gì khác nhau" in words(admin.see(f"/thiet-ke/{draft}/so-sanh"))
    drawn = LINEAR.decode().replace("Bước process", "Thẩm định").replace("PT8H", "P2D")
    body = {"revision": 1, "diagram": drawn, "forms": {"note": FORM}}
    assert sends(admin, f"/thiet-ke/{draft}/ban-ve", body).status_code == 200
    seen = admin.see(f"/thiet-ke/{draft}/so-sanh")
    told = words(seen)
    assert "tên “Bước process” đổi thành “Thẩm định”; thời hạn từ “8 giờ làm việc” thành “2 ngày làm việc”" in told
    assert "Thêm biểu mẫu “note”" in told
    whole: Any = admin.client.get(f"/thiet-ke/{draft}/so-sanh/du-lieu").json
    assert whole["marks"] == {"process": "changed"}
    assert "BPMNShape" in whole["before"]
    assert "Thẩm định" in whole["after"]
    one: Any = admin.client.get(f"/thiet-ke/{draft}/so-sanh/du-lieu?ben=sau&chon=process").json
    assert (one["xml"], one["marks"], one["focus"]) == (whole["after"], {"process": "changed"}, "process")
    for query in ("?lan=2&voi=1", "?voi=phien-ban-1", "?phien-ban=1&lan=2"):
        assert "đổi thành “Thẩm định”" in words(admin.see(f"/thiet-ke/{draft}/so-sanh{query}"))
    for query in ("?lan=9", "?phien-ban=9", "?voi=9"):
        admin.see(f"/thiet-ke/{draft}/so-sanh{query}", 404)
    alone = new_draft(scene)
    with scene.writing() as connection:
        factories.procedure(connection, "3.000003", [scene.province.health])
    bare = new_draft(scene, procedure="3.000003")
    assert "chưa có gì để so sánh" in words(admin.see(f"/thiet-ke/{bare}/so-sanh"))
    assert admin.client.get(f"/thiet-ke/{alone}/so-sanh/du-lieu").status_code == 200


def test_added_and_removed_steps_and_flows_are_marked(scene: Scene, desk: AtDesk) -> None:
    draft = new_draft(scene)
    admin = desk("admin")
    sends(admin, f"/thiet-ke/{draft}/ban-ve", {"revision": 1, "diagram": DIAGRAMS["decision"].decode(), "kind": "kept"})
    whole: Any = admin.client.get(f"/thiet-ke/{draft}/so-sanh/du-lieu?lan=2&voi=1").json
    assert whole["before_marks"]["process"] == "removed"
    assert whole["after_marks"]["explain"] == "added"
    assert whole["before_marks"]["process_to_review"] == "removed"
    assert "added" in {kind for name, kind in whole["after_marks"].items() if "_to_" in name}


@pytest.mark.parametrize(
    "broken",
    [
        '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"/>',
        LINEAR.decode().replace('sourceRef="start"', 'sourceRef="nowhere"', 1),
        LINEAR.decode().replace(' id="process"', ' id="review"', 1),
        LINEAR.decode().replace(' id="process"', "", 1),
        LINEAR.decode().replace('value="PT8H"', 'value="mai"', 1),
        LINEAR.decode().replace("<bpmn:startEvent", "<bpmn:scriptTask id='s'/><bpmn:startEvent", 1),
    ],
)
def test_a_draft_that_is_wrong_is_seen_and_compared_all_the_same(scene: Scene, desk: AtDesk, broken: str) -> None:
    scene.publish("linear")
    draft = new_draft(scene, procedure="linear")
    admin = desk("admin")
    saved = sends(admin, f"/thiet-ke/{draft}/ban-ve", {"revision": 1, "diagram": broken})
    assert saved.status_code == 200, saved.text
    for path in ("lich-su", "lich-su/2", "lich-su/2/du-lieu", "so-sanh", "so-sanh/du-lieu", "so-sanh?voi=1&lan=2"):
        assert admin.client.get(f"/thiet-ke/{draft}/{path}").status_code == 200, path


def test_a_reviewer_reads_and_talks_and_draws_nothing(scene: Scene, desk: AtDesk) -> None:
    reviewer(scene)
    draft = new_draft(scene)
    thu, admin = desk("thu"), desk("admin")
    assert "Vẽ lại" in words(thu.see("/thiet-ke"))
    seen = thu.see(f"/thiet-ke/{draft}/gop-y")
    assert thu.send(thu.form(seen, f"/thiet-ke/{draft}/gop-y"), {"text": "Thiếu bước văn thư"}).status_code == 303
    for path in ("lich-su", "lich-su/1", "so-sanh", "ban-ve", "so-do.bpmn"):
        assert thu.client.get(f"/thiet-ke/{draft}/{path}").status_code == 200, path
    refused = sends(thu, f"/thiet-ke/{draft}/ban-ve", {"revision": 1, "forms": {}})
    assert refused.status_code == 403
    thu.see(f"/thiet-ke/{draft}/lich-su/1/ten")
    assert sends(thu, f"/thiet-ke/{draft}/bo", {}).status_code == 403
    desk("desk").see(f"/thiet-ke/{draft}/gop-y", 403)

    talk: Any = admin.client.get(f"/thiet-ke/{draft}/gop-y", headers={"Accept": "application/json"}).json
    (one,) = talk
    assert (one["text"], one["element"], one["resolved"], one["by"]) == (
        "Thiếu bước văn thư",
        None,
        False,
        "Nguyễn Thị thu",
    )
    assert "1 chưa xong" in words(admin.see("/thiet-ke"))
    answered: Any = sends(admin, f"/thiet-ke/{draft}/gop-y", {"text": "Đã thêm", "parent": one["id"]})
    assert answered.status_code == 201
    about: Any = sends(admin, f"/thiet-ke/{draft}/gop-y", {"text": "Xem lại hạn", "element": "process"})
    assert [row["element_name"] for row in about.json["comments"]] == [None, "Bước process"]
    settled: Any = sends(admin, f"/thiet-ke/{draft}/gop-y/{one['id']}/xong", {})
    assert [row["resolved"] for row in settled.json] == [False, True]
    told = words(thu.see(f"/thiet-ke/{draft}/gop-y"))
    for part in ("Về: Bước process", "1 góp ý đã xong", "Đã thêm", "Đã xong: Nguyễn Thị admin"):
        assert part in told
    again: Any = sends(admin, f"/thiet-ke/{draft}/gop-y/{one['id']}/xong", {"settled": False})
    assert [row["resolved"] for row in again.json] == [False, False]
    for body in (
        {"text": " "},
        {"text": "x" * 4001},
        {"text": "a", "parent": 999},
        {"text": "a", "element": "x" * 201},
    ):
        assert sends(admin, f"/thiet-ke/{draft}/gop-y", body).status_code == 422
    empty = thu.send(thu.form(thu.see(f"/thiet-ke/{draft}/gop-y"), f"/thiet-ke/{draft}/gop-y"), {"text": ""})
    assert empty.status_code == 422


def test_two_people_at_a_draft_see_each_other(scene: Scene, desk: AtDesk) -> None:
    designers(scene)
    draft = new_draft(scene)
    people = {name: desk(name) for name in ("admin", "lan")}
    tokens = {name: one.form(one.see("/toi"), "/dang-xuat").fields["csrf_token"] for name, one in people.items()}

    def here(name: str, **more: str) -> Any:
        sent = {"csrf_token": tokens[name], **more}
        return people[name].client.post(f"/thiet-ke/{draft}/co-mat", data=sent).json or {}

    assert here("lan", nhap="1") == {"here": "", "others": [], "revision": 1, "changed_by": "Nguyễn Thị admin"}
    assert here("admin")["here"] == "Nguyễn Thị lan đang sửa bản vẽ này."
    assert here("lan")["others"] == ["Nguyễn Thị admin"]
    assert "Đang ở đây: Nguyễn Thị lan" in words(people["admin"].see("/thiet-ke"))
    assert "Nguyễn Thị lan đang sửa bản vẽ này." in words(people["admin"].see(f"/thiet-ke/{draft}/lich-su"))
    here("lan", roi="1")
    assert here("admin")["here"] == ""


def test_what_a_draft_says_is_never_markup(scene: Scene, desk: AtDesk) -> None:
    admin = desk("admin")
    hostile = "<script>alert(1)</script>"
    done = begin(admin, "1.000001", "file", title=hostile, diagram=(BytesIO(LINEAR), f"{hostile}.bpmn"))
    draft = newest(scene)
    assert done.status_code == 303
    for path in ("/thiet-ke", f"/thiet-ke/{draft}/lich-su", f"/thiet-ke/{draft}/gop-y"):
        page: html.HtmlElement = admin.see(path)
        assert hostile in words(page)
        assert not [one for one in page.iter("script") if "alert" in (one.text or "")]
