"""Given once, used again (TN-21.7, HT-8.4c); and how papers became electronic (HT-7.3, HT-8.3b)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.actions.scene import Scene, is_problem
from tests.papers import samples
from tests.papers.conftest import Configure
from tests.regulation.files import PDF, add_file, send_file
from tests.slips.pdf_reading import read_pages, squeeze
from tests.web.desk import Desk

NUMBER = "044199001234"
BINH = {"name": "Trần Văn Bình", "id_number": NUMBER}


def papers(scene: Scene, number: str = NUMBER, procedure: str = "1.000001") -> list[dict[str, Any]]:
    rows = scene.get("desk", f"/applicants/papers?id_number={number}&procedure={procedure}")["data"]
    assert isinstance(rows, list)
    return rows


def earlier(scene: Scene, **about: str) -> tuple[str, Any]:
    """An earlier dossier of Bình's with one paper."""
    code = scene.register(applicant=BINH)["code"]
    return code, add_file(scene, "desk", code, samples.pdf(), "đơn.pdf", component="application", **about)


@pytest.mark.rule("TN-21.7")
def test_what_was_given_once_is_offered_for_the_same_component_and_used_again(scene: Scene) -> None:
    """TN Điều 21 khoản 7: khai báo một lần, sử dụng nhiều lần."""
    old, paper = earlier(scene, origin="certified")
    (offered,) = papers(scene, "0441 9900 1234")
    assert (offered["attachment"], offered["dossier"], offered["components"]) == (paper["id"], old, ["application"])
    new = scene.register(
        applicant=BINH, components=[{"code": "application", "kind": "electronic", "attachment": paper["id"]}]
    )["code"]
    (again,) = scene.get("desk", f"/dossiers/{new}/attachments")["data"]
    assert (again["sha256"], again["reused_from"], again["origin"]) == (paper["sha256"], paper["id"], "certified")
    (component,) = scene.get("desk", f"/dossiers/{new}")["components"]
    assert (component["attachment"], component["origin"]) == (again["id"], "certified")
    row = scene.last(new, "attached")
    assert (row.data["reused_from"], row.data["component"]) == (paper["id"], "application")
    with scene.client("desk").get(f"/api/v1/dossiers/{new}/attachments/{again['id']}") as got:
        assert got.data == samples.pdf()
    assert "giấy tờ đã có ở hồ sơ trước" in Desk(scene, "desk").see(f"/ho-so/{new}/dien-bien").text_content()
    assert "Dùng lại từ hồ sơ trước" in Desk(scene, "desk").see(f"/ho-so/{new}/tep").text_content()


@pytest.mark.rule("HT-8.4c")
def test_the_result_of_an_earlier_dossier_is_a_paper_of_the_next(scene: Scene) -> None:
    """HT Điều 8 khoản 4: kết quả được lưu để dùng lại; trước khi xác nhận thì chưa có kết quả."""
    old = scene.at_step("return_result", applicant=BINH)
    result = add_file(scene, "clerk", old, name="quyet-dinh.pdf", kind="result")
    assert papers(scene) == []
    scene.do("confirm-result", "desk", scene.task(old, "return_result").id)
    (offered,) = papers(scene)
    assert (offered["attachment"], offered["kind"]) == (result["id"], "result")
    new = scene.register(applicant=BINH)["code"]
    answer = scene.client("desk").post(
        f"/api/v1/dossiers/{new}/attachments/reuse", json={"attachment": result["id"], "component": "application"}
    )
    assert answer.status_code == 201, answer.text
    assert (answer.json["kind"], answer.json["reused_from"]) == ("paper", result["id"])  # type: ignore[index]


def test_only_papers_of_the_same_person_are_used_again(scene: Scene, configure: Configure) -> None:
    old, paper = earlier(scene)
    stranger = {"name": "Lê Thị Hoa", "id_number": "044199009999"}
    component = {"code": "application", "kind": "electronic", "attachment": paper["id"]}
    for applicant in (stranger, {"name": "Trần Văn Bình"}):
        problem = is_problem(scene.post_dossier(applicant=applicant, components=[component]), 422, "invalid")
        assert list(problem["errors"]) == ["components.0.attachment"]
    code = scene.register(applicant=stranger)["code"]
    path = f"/api/v1/dossiers/{code}/attachments/reuse"
    is_problem(scene.client("desk").post(path, json={"attachment": paper["id"]}), 422, "invalid")
    is_problem(scene.client("official").post(path, json={"attachment": paper["id"]}), 404, "not_found")
    assert papers(scene, "044199009999") == []
    configure(clamav="unix:///nowhere")
    waiting = add_file(scene, "desk", old, samples.pdf(3), "chờ.pdf")
    assert waiting["id"] not in {one["attachment"] for one in papers(scene)}


def test_looking_for_papers_is_for_the_desk_and_is_written_down(scene: Scene) -> None:
    code, paper = earlier(scene)
    papers(scene)
    log = scene.get("head", f"/dossiers/{code}/attachments/{paper['id']}/accesses")["data"]
    assert [(row["what"], row["account"]) for row in log] == [("listed", "desk")]
    path = "/api/v1/applicants/papers"
    is_problem(scene.client("binh").get(f"{path}?id_number={NUMBER}"), 403, "forbidden")
    is_problem(scene.client("desk").get(f"{path}?id_number=0441"), 422, "invalid")
    is_problem(scene.client("desk").get(path), 422, "invalid")
    is_problem(scene.client("desk").get(f"{path}?id_number={NUMBER}&procedure=none"), 404, "not_found")


def test_the_desk_finds_them_on_the_registration_page(scene: Scene) -> None:
    _, paper = earlier(scene)
    person = Desk(scene, "desk")
    form = person.form(person.see("/tiep-nhan/1.000001"), "/tiep-nhan/1.000001")
    typed = {"applicant-name": "Trần Văn Bình", "applicant-id_number": NUMBER}
    shown = person.send(form, typed | {"giay-to": "1"})
    assert "đơn.pdf" in shown.text
    offering = person.form(shown, "/tiep-nhan/1.000001")
    assert offering.fields["reuse-application"] == ""
    done = person.send(offering, {"reuse-application": str(paper["id"]), "how": "later"})
    assert done.status_code == 303, done.text
    code = done.headers["Location"].rsplit("/", 1)[1]
    assert [one["reused_from"] for one in scene.get("desk", f"/dossiers/{code}/attachments")["data"]] == [paper["id"]]
    nobody = person.send(form, {"applicant-name": "Lê Thị Hoa", "giay-to": "1"})
    assert "Hãy nhập số định danh" in nobody.text
    stolen = person.send(form, {"applicant-name": "Hoa", "applicant-id_number": "044199009999", "how": "later",
                                "reuse-application": str(paper["id"])})  # fmt: skip
    assert stolen.status_code == 422
    assert 'href="#reuse-application"' in stolen.text


@pytest.mark.rule("HT-7.3")
@pytest.mark.parametrize(
    ("origin", "told"), [("register", "từ sổ gốc"), ("certified", "chứng thực"), ("digitised", "số hóa")]
)
def test_how_a_paper_became_electronic_stands_everywhere(scene: Scene, origin: str, told: str) -> None:
    """HT Điều 7 khoản 3: bản sao từ sổ gốc, bản sao chứng thực điện tử, hoặc số hóa."""
    code, paper = earlier(scene, origin=origin)
    assert paper["origin"] == origin
    assert scene.last(code, "attached").data["origin"] == origin
    person = Desk(scene, "desk")
    assert told in " ".join(person.see(f"/ho-so/{code}/tep").text_content().split())
    assert told in person.see(f"/ho-so/{code}/dien-bien").text_content()
    component = {"code": "application", "kind": "electronic", "origin": origin}
    (slip,) = scene.register(components=[component])["slips"]
    with scene.client("desk").get(slip["pdf"]) as printed:
        assert squeeze(told) in squeeze("".join(page.text for page in read_pages(printed.data)))


@pytest.mark.rule("HT-8.3b")
def test_a_result_converted_from_paper_says_who_converted_it_and_that_a_signature_is_wanting(scene: Scene) -> None:
    """HT Điều 8 khoản 3b, NĐ 45/2020 Điều 25 khoản 3: có giá trị như bản giấy khi có chữ ký số của cơ quan chuyển đổi."""
    code = scene.at_step("return_result")
    added = add_file(scene, "clerk", code, PDF, "ket-qua.pdf", kind="result", origin="digitised")
    assert added["conversion"]["valid"] is False
    assert "chữ ký số" in added["conversion"]["why"]
    person = Desk(scene, "clerk")
    seen = person.see(f"/ho-so/{code}/tep").text_content()
    assert "số hóa" in seen
    assert "Chưa có chữ ký số hợp lệ" in seen
    row = scene.last(code, "attached")
    assert (row.username, row.data["origin"]) == ("clerk", "digitised")
    for about in ({"kind": "result", "origin": "register"}, {"kind": "result", "component": "application"}):
        is_problem(send_file(scene, "clerk", code, PDF, "ket-qua.pdf", **about), 422, "invalid")
