"""Two versions of a procedure, told apart in words."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest

from app.engine.changes import Change
from app.engine.diff import compare
from tests.actions.drawing import boundary, diagram, end, exclusive, lanes, notice, receive, start, step
from tests.engine.runs import diagram as tiny

WAYS = [("start", "receive"), ("receive", "work"), ("work", "check"), ("check", "chosen")]
TO_SIGN = ("chosen", "sign", 'check_decision = "agree"')
AGREE = {"decisions": "agree=Đồng ý;reject=Không đồng ý"}


def base(*elements: str, ways: list[tuple[str, ...]] | None = None, work: str | None = None) -> bytes:
    drawn = [
        start(),
        receive(),
        work or step("work", "officer"),
        step("check", "head", **AGREE),
        exclusive("chosen", "work"),
        step("sign", "principal"),
        *elements,
        end(),
    ]
    flows = ways or [*WAYS, TO_SIGN, ("chosen", "work"), ("sign", "done")]
    return diagram("thu_tuc", drawn, flows)  # type: ignore[arg-type]


def told(before: bytes, after: bytes) -> list[str]:
    return [change.text for change in compare({"d": ("main", before)}, {"e": ("main", after)}, {})]


def test_the_same_has_no_differences_and_a_drawing_only_moved_says_so() -> None:
    assert told(base(), base()) == []
    moved = base().replace(b"</bpmn:definitions>", b"<!-- sua --></bpmn:definitions>")
    assert told(base(), moved) == ["Sơ đồ chỉ được vẽ lại cho dễ đọc, nội dung không đổi."]


@pytest.mark.parametrize(
    ("work", "text"),
    [
        (step("work", "clerk"), "Bước “Bước work”: vị trí từ “officer” thành “clerk”."),
        (
            step("work", "officer", "P2D"),
            "Bước “Bước work”: thời hạn từ “4 giờ làm việc” thành “2 ngày làm việc”.",
        ),
        (
            step("work", "officer", agency="STC"),
            "Bước “Bước work”: cơ quan từ “cơ quan tiếp nhận” thành “STC”.",
        ),
        (step("work", "officer", stage="receive"), "Bước “Bước work”: giai đoạn từ “giải quyết” thành “tiếp nhận”."),
        (
            step("work", "officer", **AGREE),
            "Bước “Bước work”: kết luận từ “không có” thành “Đồng ý (agree), Không đồng ý (reject)”.",
        ),
        (
            step("work", "officer", limitUnit="calendar", limitGroup="chung"),
            "Bước “Bước work”: thời hạn từ “4 giờ làm việc” thành “4 giờ theo lịch”; "
            "nhóm dùng chung thời hạn từ “không có” thành “chung”.",
        ),
        (
            step("work", "officer").replace('Groups="officer"', 'Groups="officer" camunda:formKey="phieu"'),
            "Bước “Bước work”: biểu mẫu từ “không có” thành “phieu”.",
        ),
        (
            step("work", "officer").replace("Bước work", "Thẩm định"),
            "Bước “Thẩm định”: tên “Bước work” đổi thành “Thẩm định”.",
        ),
    ],
)
def test_a_step_that_is_otherwise_says_in_what(work: str, text: str) -> None:
    assert told(base(), base(work=work)) == [text]


def test_a_step_put_in_is_told_with_where_it_comes() -> None:
    ways = [*WAYS, TO_SIGN, ("chosen", "work"), ("sign", "stamp"), ("stamp", "done")]
    assert told(base(), base(step("stamp", "clerk", "PT1H"), ways=ways)) == [  # type: ignore[arg-type]
        "Thêm bước “Bước stamp” (vị trí clerk, thời hạn 1 giờ làm việc).",
        "Sau bước “Bước sign” đi tới “Bước stamp” (trước đây “Xong”).",
    ]
    assert told(base(step("stamp", "clerk", "PT1H"), ways=ways), base()) == [  # type: ignore[arg-type]
        "Bỏ bước “Bước stamp”.",
        "Sau bước “Bước sign” đi tới “Xong” (trước đây “Bước stamp”).",
    ]


def test_branches_and_their_conditions() -> None:
    ways = [*WAYS, ("chosen", "sign", 'check_decision != "reject"'), ("chosen", "work"), ("sign", "done")]
    assert told(base(), base(ways=ways)) == [  # type: ignore[arg-type]
        'Cổng rẽ nhánh “Rẽ nhánh chosen”, nhánh tới “Bước sign”: từ “khi check_decision = "agree"” thành '
        '“khi check_decision != "reject"”.'
    ]
    more = [*WAYS, TO_SIGN, ("chosen", "done", "fee > 0"), ("chosen", "work"), ("sign", "done")]
    assert told(base(), base(ways=more)) == [  # type: ignore[arg-type]
        "Cổng rẽ nhánh “Rẽ nhánh chosen”: thêm nhánh tới “Xong” (khi fee > 0)."
    ]
    assert told(base(ways=more), base()) == [  # type: ignore[arg-type]
        "Cổng rẽ nhánh “Rẽ nhánh chosen”: bỏ nhánh tới “Xong”."
    ]


def test_timers_and_notices() -> None:
    def drawn(duration: str, *, interrupting: bool = False, to: str = "holder") -> bytes:
        alarm = boundary("alarm", "work", duration, interrupting=interrupting)
        ways = [*WAYS, TO_SIGN, ("chosen", "work"), ("sign", "done"), ("alarm", "tell"), ("tell", "told")]
        return base(alarm, notice("tell", to, "due"), end("told"), ways=ways)  # type: ignore[arg-type]

    assert told(drawn("P1D"), drawn("P2D")) == [
        "Sự kiện gắn với bước “Hẹn giờ alarm”: thời gian chờ từ “1 ngày làm việc” thành “2 ngày làm việc”."
    ]
    assert told(drawn("P1D"), drawn("P1D", interrupting=True)) == [
        "Sự kiện gắn với bước “Hẹn giờ alarm”: gắn với từ “Bước work, không ngắt bước” thành “Bước work, ngắt bước”."
    ]
    assert told(drawn("P1D"), drawn("P1D", to="desk")) == ["Thông báo “Báo tell”: báo cho từ “holder” thành “desk”."]
    assert told(base(), drawn("P1D"))[0] == (
        "Thêm sự kiện gắn với bước “Hẹn giờ alarm” (Bước work, không ngắt bước, 1 ngày làm việc)."
    )


def test_steps_in_another_order_and_lanes() -> None:
    line = ["a", "b", "c", "d"]

    def drawn(order: list[str], limit: str | None = None) -> bytes:
        inside = [start(), *(step(name, "officer") for name in line), end()]
        whole = ["start", *order, "done"]
        lane = lanes(("phong", line, limit))
        return diagram("thu_tuc", [lane, *inside], list(pairwise(whole)))

    texts = told(drawn(line), drawn(["a", "c", "d", "b"]))
    assert "Bước “Bước b” đổi thứ tự: trước đây sau “Bước a”, nay sau “Bước d”." in texts
    assert sum("đổi thứ tự" in text for text in texts) == 1
    assert told(drawn(line), drawn(line, "P3D")) == ["Làn “Làn phong”: thời hạn chung từ “không có” thành “P3D”."]


def test_side_processes_and_forms() -> None:
    def files(side: bytes | None, form: dict[str, object] | None) -> dict[str, tuple[str, bytes]]:
        found = {"diagram.bpmn": ("main", base())}
        if side is not None:
            found["supplement.bpmn"] = ("side", side)
        if form is not None:
            found["forms/phieu.json"] = ("form", json.dumps(form).encode())
        return found

    name, phone = {"key": "name", "label": "Họ tên"}, {"key": "phone", "label": "Điện thoại"}
    one, other = files(tiny("linear"), {"components": [name]}), files(tiny("parallel"), {"components": [phone]})
    titles = {"supplement": "Bổ sung hồ sơ"}
    changes = compare(one, other, titles)
    assert changes[0] == Change(
        "process", "changed", None, "Quy trình kèm theo “Bổ sung hồ sơ” được vẽ lại.", "supplement"
    )
    assert all(change.within == "supplement" for change in changes[:-1])
    assert changes[-1].text == "Biểu mẫu “phieu” thay đổi: thêm trường “Điện thoại”; bỏ trường “Họ tên”."
    assert [change.text for change in compare(files(None, None), one, titles)] == [
        "Thêm quy trình kèm theo “Bổ sung hồ sơ”.",
        "Thêm biểu mẫu “phieu”.",
    ]
    assert [change.kind for change in compare(one, files(None, None), titles)] == ["removed", "removed"]


def test_lanes_that_come_and_go_and_steps_that_change_theirs() -> None:
    def drawn(*rooms: tuple[str, list[str], str | None]) -> bytes:
        inside = [start(), receive(), step("a", "officer"), step("b", "officer"), end()]
        return diagram("thu_tuc", [lanes(*rooms), *inside], list(pairwise(["start", "receive", "a", "b", "done"])))

    before = drawn(("phong", ["receive", "a"], None), ("van_thu", ["b"], None))
    after = drawn(("phong", ["receive"], None), ("lanh_dao", ["a", "b"], None))
    assert told(before, after) == [
        "Bỏ làn “Làn van_thu”.",
        "Thêm làn “Làn lanh_dao”.",
        "Bước “Bước a” chuyển từ làn “Làn phong” sang làn “Làn lanh_dao”.",
        "Bước “Bước b” chuyển từ làn “Làn van_thu” sang làn “Làn lanh_dao”.",
    ]
    named = before.replace("Làn phong".encode(), "Phòng Đầu tư".encode())
    assert told(before, named) == ["Làn “Làn phong” đổi tên thành “Phòng Đầu tư”."]
    another_id = after.replace(b'id="lane_lanh_dao"', b'id="lane_2"')
    assert told(after, another_id) == ["Sơ đồ chỉ được vẽ lại cho dễ đọc, nội dung không đổi."]
