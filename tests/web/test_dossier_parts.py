"""The other pages of a dossier: papers and files, diagram, timeline, clock, slips, and finding one."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from app.rules.explain import article_words
from app.views.form_data import labelled
from app.web.dossier_words import limit_words
from app.wording import size_words
from tests import factories
from tests.actions.scene import Scene
from tests.web.desk import Desk, below, page_of, words

AtDesk = Callable[[str], Desk]
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


def upload(person: Desk, code: str, *files: tuple[bytes, str]) -> TestResponse:
    form = person.form(person.see(f"/ho-so/{code}/tep"), f"/ho-so/{code}/tep")
    return person.client.post(
        form.action,
        data=form.fields | {"file": [(io.BytesIO(content), name) for content, name in files]},
        content_type="multipart/form-data",
    )


# Papers and files -------------------------------------------------------------------------------------------------------


def test_papers_asked_for_stand_beside_those_handed_in(scene: Scene, desk: AtDesk) -> None:
    code = scene.register(components=[{"code": "application", "kind": "original", "quantity": 2}])["code"]
    missing = scene.register()["code"]
    person = desk("desk")
    assert "Đơn đề nghị (bắt buộc) 1 bản chính Bản chính: 2" in words(person.see(f"/ho-so/{code}/tep"))
    assert "Đơn đề nghị (bắt buộc) 1 bản chính Chưa nộp" in words(person.see(f"/ho-so/{missing}/tep"))


def test_files_are_added_listed_with_who_and_when_and_handed_out(scene: Scene, desk: AtDesk) -> None:
    code = scene.register()["code"]
    person = desk("desk")
    answer = upload(person, code, (PDF, "Đơn đề nghị.pdf"), (PNG, "ảnh.png"), ("Tờ khai".encode(), "tờ khai.txt"))
    assert answer.status_code == 303
    page = person.see(f"/ho-so/{code}/tep")
    seen = words(page)
    assert "Đã thêm 3 tệp: “Đơn đề nghị.pdf”, “ảnh.png”, “tờ khai.txt”." in seen
    assert "Đơn đề nghị.pdf Giấy tờ của hồ sơ PDF 35 byte 08:00 23/11/2026 Nguyễn Thị desk" in seen
    kinds = {}
    for row in scene.get("desk", f"/dossiers/{code}/attachments")["data"]:
        shown = person.client.get(f"/ho-so/{code}/tep/{row['id']}", buffered=True)
        kept = person.client.get(f"/ho-so/{code}/tep/{row['id']}?tai=1", buffered=True)
        assert shown.status_code == kept.status_code == 200
        assert shown.headers["X-Content-Type-Options"] == "nosniff"
        assert "script-src" not in shown.headers["Content-Security-Policy"]
        assert shown.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert "sandbox" not in shown.headers["Content-Security-Policy"]
        assert shown.headers["Cache-Control"] == "private, no-store"
        assert kept.headers["Content-Disposition"].startswith("attachment")
        kinds[row["name"]] = (shown.mimetype, shown.headers["Content-Disposition"].partition(";")[0])
        if row["name"] == "Đơn đề nghị.pdf":
            assert shown.data == PDF
            assert "filename*=UTF-8''%C4%90%C6%A1n" in shown.headers["Content-Disposition"]
    assert kinds == {
        "Đơn đề nghị.pdf": ("application/pdf", "inline"),
        "ảnh.png": ("image/png", "inline"),
        "tờ khai.txt": ("text/plain", "attachment"),
    }


def test_files_sent_twice_are_added_once(scene: Scene, desk: AtDesk) -> None:
    code = scene.register()["code"]
    person = desk("desk")
    form = person.form(person.see(f"/ho-so/{code}/tep"), f"/ho-so/{code}/tep")
    for _ in range(2):
        answer = person.client.post(
            form.action, data=form.fields | {"file": [(io.BytesIO(PDF), "a.pdf"), (io.BytesIO(PNG), "b.png")]}
        )
        assert answer.status_code == 303
    assert scene.kinds(code).count("attached") == 2


@pytest.mark.parametrize("files", [[], [(b"", "rỗng.pdf")], [(PDF, "a.pdf"), (b"", "rỗng.pdf")]])
def test_nothing_chosen_or_an_empty_file_is_refused_at_the_field(
    scene: Scene, desk: AtDesk, files: list[tuple[bytes, str]]
) -> None:
    code = scene.register()["code"]
    answer = upload(desk("desk"), code, *files)
    assert answer.status_code == 422
    assert [link.get("href") for link in page_of(answer).get_element_by_id("error-summary").iter("a")] == ["#file"]
    assert "attached" not in scene.kinds(code)


def test_a_file_that_is_too_large_is_refused_with_the_limit(scene: Scene, desk: AtDesk) -> None:
    code = scene.register()["code"]
    person = desk("desk")
    assert "2 MB" in words(person.see(f"/ho-so/{code}/tep"))
    answer = person.client.post(
        f"/ho-so/{code}/tep", data=b"\0" * 3 * 1024 * 1024, content_type="multipart/form-data; boundary=x"
    )
    assert answer.status_code == 413
    assert "2 MB" in words(answer)


def test_hostile_file_names_are_text(scene: Scene, desk: AtDesk) -> None:
    code = scene.register()["code"]
    person = desk("desk")
    name = "<img src=x onerror=alert(1)>\u202efdp.pdf"
    upload(person, code, (PDF, name))
    answer = person.client.get(f"/ho-so/{code}/tep")
    assert "<img" not in answer.text
    assert "\u202e" not in answer.text
    (row,) = scene.get("desk", f"/dossiers/{code}/attachments")["data"]
    header = person.client.get(f"/ho-so/{code}/tep/{row['id']}", buffered=True).headers["Content-Disposition"]
    assert "<" not in header
    assert "\u202e" not in header


def test_nothing_is_added_to_a_dossier_that_is_closed_or_only_watched(scene: Scene, desk: AtDesk) -> None:
    code = scene.register()["code"]
    watcher = desk("control")
    assert "Thêm vào hồ sơ" not in words(watcher.see(f"/ho-so/{code}/tep"))
    assert "Thêm vào hồ sơ" in words(desk("desk").see(f"/ho-so/{code}/tep"))


# Diagram, timeline, clock, slips ----------------------------------------------------------------------------------------


def test_the_steps_say_in_words_where_the_dossier_is(scene: Scene, desk: AtDesk) -> None:
    code = scene.at_step("process", scene.publish("linear"))
    scene.clock.move(days=3)
    answer = desk("head").client.get(f"/ho-so/{code}/so-do")
    steps = [" ".join(one.text_content().split()) for one in below(page_of(answer), "steps", "li")]
    assert len(steps) == 4
    assert "Đã xong" in steps[0]
    assert "Đang xử lý, quá hạn" in steps[1]
    assert "chưa ai nhận" in steps[1]
    assert "Chưa đến" in steps[2]
    assert "Thời hạn 4 giờ làm việc" in steps[2]
    # This diagram was published without its picture: no viewer tries to show one.
    assert "không kèm hình vẽ" in words(answer)
    assert page_of(answer).get_element_by_id("diagram", None) is None


def test_the_picture_is_fetched_by_the_viewer(scene: Scene, desk: AtDesk) -> None:
    code = scene.at_step("process")
    answer = desk("head").client.get(f"/ho-so/{code}/so-do")
    place = page_of(answer).get_element_by_id("diagram")
    assert place.get("data-url") == f"/ho-so/{code}/so-do.json"
    assert "style-src 'self' 'unsafe-inline'" in answer.headers["Content-Security-Policy"]
    data = desk("head").client.get(place.get("data-url"))
    assert data.json is not None
    assert (data.json["steps"]["receive"], data.json["steps"]["process"]) == ("done", "current")
    assert data.json["xml"].startswith("<?xml")


def test_the_timeline_tells_who_did_what_and_said_what_newest_first(scene: Scene, desk: AtDesk) -> None:
    code = scene.at_step("process", scene.publish("linear"))
    scene.clock.move(hours=1)
    scene.do("return", "binh", scene.task(code, "process").id, {"comment": "Dòng một\nDòng hai"})
    page = desk("desk").see(f"/ho-so/{code}/dien-bien")
    told = below(page, "told", "li")
    rows = [" ".join(one.text_content().split()) for one in below(page, "timeline", "li") if one not in told]
    assert rows[0].startswith("09:00 23/11/2026 Trả lại bước trước · Nguyễn Thị binh Bước: Bước process Trả về bước: ")
    assert rows[0].endswith("Dòng một Dòng hai")
    assert rows[-1].startswith("08:00 23/11/2026 Đăng ký hồ sơ · Nguyễn Thị desk")
    assert any("Chuyển sang: Bước process" in row for row in rows)
    assert not any("forwarded" in row or "slip_issued" in row for row in rows)
    assert "Đã tiếp nhận hồ sơ · Hiện trên trang tra cứu" in " ".join(told[-1].text_content().split())


def test_the_clock_is_explained_line_by_line_in_words(scene: Scene, desk: AtDesk) -> None:
    code = scene.at_step("process", scene.publish("linear"))
    scene.do("claim", "binh", scene.task(code, "process").id)
    scene.clock.move(hours=2)
    scene.do("forward", "binh", scene.task(code, "process").id)
    seen = words(desk("head").see(f"/ho-so/{code}/dong-ho"))
    for told in (
        "80 giờ làm việc", "Điều 18 khoản 2 (Quảng Trị) · QT-18.2", "Hạn xử lý: 80 giờ làm việc kể từ lúc bắt đầu tính",
        "08:00 07/12/2026", "13:30 07/12/2026", "Tiếp nhận hồ sơ", "“Bước process” (Sở Y tế)",
        "“Bước process” – Nguyễn Thị binh (Sở Y tế)", "100%", "2 giờ Có",
    ):  # fmt: skip
        assert told in seen, told
    for raw in ("forwarded", "accepted", "SYT/process"):
        assert raw not in seen


def test_a_dossier_that_waits_for_the_desk_has_no_clock_yet(scene: Scene, desk: AtDesk) -> None:
    code = scene.register(channel="online")["code"]
    seen = words(desk("desk").see(f"/ho-so/{code}/dong-ho"))
    assert "Thời gian giải quyết Không tính" in seen


def test_a_slip_is_shown_by_the_browser(scene: Scene, desk: AtDesk) -> None:
    registered = scene.register()
    (slip,) = registered["slips"]
    person = desk("head")
    address = f"/ho-so/{registered['code']}/phieu/{slip['id']}.pdf"
    assert address in person.client.get(f"/ho-so/{registered['code']}").text
    answer = person.client.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.data.startswith(b"%PDF-")
    assert answer.headers["Content-Disposition"].startswith("inline")


# Finding one ------------------------------------------------------------------------------------------------------------


def test_the_list_finds_without_diacritics_and_filters(scene: Scene, desk: AtDesk) -> None:
    mine = scene.register(applicant={"name": "Hồ Thị Phượng"})["code"]
    other = scene.register(applicant={"name": "Lê Văn Sáu"}, channel="online")["code"]
    person = desk("head")

    def found(query: str) -> list[str]:
        return [link.text for link in below(person.see(f"/ho-so?{query}"), "cell-code", "a")]

    assert found("") == [other, mine]
    assert found("q=ho+phuong") == [mine]
    assert found("status=1") == [other]
    assert found("procedure=1.000001&q=sau") == [other]
    assert found("status=x&procedure=nothing&trang=broken") == [other, mine]
    assert "Không có hồ sơ nào khớp" in words(person.see("/ho-so?q=zzz"))
    assert desk("official").see("/ho-so").find_class("cell-code") == []


def test_a_long_list_goes_on_page_by_page(scene: Scene, desk: AtDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    codes = [scene.register()["code"] for _ in range(53)]
    person = desk("head")
    page = person.see("/ho-so?q=tran")
    first = [link.text for link in below(page, "cell-code", "a")]
    (following,) = [link.get("href") for link in below(page, "pager", "a")]
    rest = person.see(following)
    assert first + [link.text for link in below(rest, "cell-code", "a")] == codes[::-1]
    assert [link.text for link in below(rest, "pager", "a")] == ["Trang đầu"]


@pytest.mark.parametrize(
    "spelling",
    ["{code}", " {code} ", "{lower}", "http://x.test/tra-cuu?code={code}&token=abc"],
)
def test_a_typed_or_scanned_code_opens_the_dossier(scene: Scene, desk: AtDesk, spelling: str) -> None:
    code = scene.register()["code"]
    answer = desk("head").client.get("/mo", query_string={"ma": spelling.format(code=code, lower=code.lower())})
    assert (answer.status_code, answer.location) == (303, f"/ho-so/{code}")


@pytest.mark.parametrize(
    "text", ["khong-co", "http://[", "<script>", "\u202e\x00", "x" * 5000, "https://x/?code=%00", "%", "a/b?c#d"]
)
def test_what_is_no_code_is_searched_for(scene: Scene, desk: AtDesk, text: str) -> None:
    answer = desk("head").client.get("/mo", query_string={"ma": text}, follow_redirects=True)
    assert answer.status_code == 200
    assert answer.request.path == "/ho-so"
    assert "<script>" not in answer.text.replace("<script src", "")


# Words ------------------------------------------------------------------------------------------------------------------


def test_words_of_articles_limits_and_sizes() -> None:
    assert article_words("QT-19.3a") == "Điều 19 khoản 3 điểm a (Quảng Trị)"
    assert article_words("QT-21a") == "Điều 21 điểm a (Quảng Trị)"
    assert article_words("QT-20.2e") == "Điều 20 khoản 2 điểm đ (Quảng Trị)"
    assert article_words("ST-14.3d2") == "Điều 14 khoản 3 điểm d (Sóc Trăng)"
    assert article_words("QT-19.3t") == "Điều 19 khoản 3 (Quảng Trị)"
    assert article_words("ND61-19.9") == "Điều 19 khoản 9 (NĐ 61/2018/NĐ-CP)"
    assert article_words("LA-14.4") == "Điều 14 khoản 4 (Long An)"
    assert article_words("NĐ 61") == "NĐ 61"
    assert limit_words("PT4H", "working") == "4 giờ làm việc"
    assert limit_words("P15D", "calendar") == "15 ngày"
    assert limit_words("none", "working") == limit_words(None, "working") == "–"
    assert limit_words("nonsense", "working") == "nonsense"
    assert [size_words(size) for size in (0, 1023, 1024, 3_500_000, 16 * 1024 * 1024)] == [
        "0 byte", "1023 byte", "1 KB", "3,3 MB", "16 MB",
    ]  # fmt: skip


def test_form_data_is_told_by_its_labels_in_the_forms_order() -> None:
    fields = [
        {"key": "b", "label": "Lý do"},
        {"key": "a", "label": "Loại", "values": [{"value": "x", "label": "Mới"}]},
        {"key": "a", "label": "Lần hai"},
    ]
    data = {"z": {"k": [1, True]}, "a": "x", "b": None, "list": []}
    assert labelled(fields, data) == [("Lý do", "–"), ("Loại", "Mới"), ("z", "k: 1; Có"), ("list", "–")]
    deep: dict[str, object] = {}
    for _ in range(50):
        deep = {"d": deep}
    assert labelled([], deep)[0][0] == "d"


def test_the_timeline_says_what_another_system_sent(scene: Scene, desk: AtDesk) -> None:
    with scene.writing() as connection:
        factories.account(connection, "platform", scene.province.health, permissions=("dossier.message",))
    scene.publish("paying_by_message")
    code = scene.register(procedure="paying_by_message")["code"]
    scene.do("forward", "desk", scene.task(code, "receive").id)
    body = {"name": "tax_assessed", "data": {"amount": 5000, "notice": "TB-0123"}}
    assert scene.client("platform").post(f"/api/v1/dossiers/{code}/messages", json=body).status_code == 200
    told = words(desk("desk").see(f"/ho-so/{code}/dien-bien"))
    assert "Nhận tin từ hệ thống khác" in told
    assert "Tin: tax_assessed" in told
    assert "amount: 5000; notice: TB-0123" in told
