"""The schemas of a task and a dossier: what `app.views.present` answers, for the OpenAPI document."""

from __future__ import annotations

from app.rules.outcome import STANDINGS
from app.schemas.fields import Anything, Choice, Flag, Instant, Many, Part, Record, Schema, Text, Whole
from app.views.colours import COLOURS, FACTS


class StatusSchema(Schema):
    number = Whole(1, 10)
    name = Text(100)


class FactsSchema(Schema):
    """What is so at this instant (QT-21): several may be."""

    appointment_passed = Flag(metadata={"description": "Quá thời gian hẹn trả kết quả"})
    transfer_limit_passed = Flag(metadata={"description": "Cơ quan đang giữ đã quá hạn chuyển"})
    due_soon = Flag(metadata={"description": "Sắp đến hẹn trả kết quả"})
    step_late = Flag(metadata={"description": "Bước đã đến hạn hoặc quá hạn"})
    overdue = Flag(metadata={"description": "Như overdue của hồ sơ"})
    paused = Flag(metadata={"description": "Đồng hồ đang dừng, chờ người nộp"})


class WarningSchema(Schema):
    fact = Choice(tuple(FACTS))
    rule = Text(32)
    words = Text(200)
    told = Flag(metadata={"description": "Màu và lời của màu đã nói điều này"})


_SUBSTITUTES = "Ai trong candidates làm thay: {username, name, instead_of, instead_of_name}"


class TaskSchema(Schema):
    """A task: a step that waits in the inbox of a position, or that has been worked."""

    id = Whole(1)
    dossier = Text(64)
    procedure = Text(64)
    procedure_name = Text(2000)
    step = Text(64)
    step_name = Text(500)
    stage = Choice(("receive", "resolve", "return"))
    position = Text(64)
    position_name = Text(500)
    agency = Text(64)
    assignee = Text(64, allow_none=True)
    assignee_name = Text(500, allow_none=True)
    entered_at = Instant()
    due_at = Instant(allow_none=True)
    colour = Choice(COLOURS)
    words = Text(500, metadata={"description": "Màu của bước, bằng lời"})
    facts = Part(FactsSchema)
    warnings = Many(Part(WarningSchema), metadata={"description": "Những điều đang đúng, bằng lời"})
    note = Text(4000, metadata={"description": "Ý kiến của người xử lý trước; không có thì như words"})
    version = Whole(1)
    state = Choice(
        ("open", "vacant", "done", "cancelled"), metadata={"description": "vacant: chưa có ai giữ vị trí của bước"}
    )
    outcome = Text(64, allow_none=True)
    finished_at = Instant(allow_none=True)
    status = Part(StatusSchema)
    applicant = Text(4000, metadata={"description": "Chỉ có trong danh sách"})
    form = Record(allow_none=True, metadata={"description": "Biểu mẫu form-js của bước, khi mở bước"})
    data = Record(metadata={"description": "Dữ liệu của hồ sơ, khi mở bước"})
    actions = Many(Anything(), metadata={"description": "Các thao tác và điều kiện, khi mở bước"})
    limit = Text(64, allow_none=True)
    limit_unit = Choice(("working", "calendar"))
    dossier_status = Part(StatusSchema)
    joint = Many(Anything(), metadata={"description": "Người phối hợp: {username, name, asked, contribution, …}"})
    paper_received = Record(allow_none=True, metadata={"description": "Ai xác nhận đã nhận bản giấy: {at, name}"})
    transfer_due_at = Instant(allow_none=True, metadata={"description": "Phải chuyển đi trước lúc này (HT-8.2a)"})
    candidates = Many(Text(64), metadata={"description": "Ai xử lý được bước này, khi mở bước"})
    substitutes = Many(Anything(), metadata={"description": _SUBSTITUTES})
    led_to = Many(Anything(), metadata={"description": "Các bước mà thao tác vừa mở ra"})
    instead_of = Record(metadata={"description": "{username, name} người vắng mặt mà người nhận làm thay, nếu có"})
    received_at = Instant()
    deadline_at = Instant(allow_none=True)
    appointment_at = Instant(allow_none=True)


class DossierFactsSchema(Schema):
    """How a dossier stands after an action on it."""

    code = Text(64)
    status = Part(StatusSchema)
    received_at = Instant()
    deadline_at = Instant(allow_none=True)
    appointment_at = Instant(allow_none=True)


class CandidateTaskSchema(TaskSchema):
    candidates = Many(Text(64))
    substitutes = Many(Anything(), metadata={"description": _SUBSTITUTES})


class DossierSchema(Schema):
    code = Text(64)
    procedure = Text(64)
    procedure_name = Text(2000)
    agency = Text(64)
    agency_name = Text(500)
    channel = Choice(("counter", "online", "post"))
    status = Part(StatusSchema)
    outcome = Text(32, allow_none=True)
    overdue = Flag(
        metadata={"description": "Có kết quả sau hạn, hoặc chưa có mà đã quá hạn; so với gì do quy định của tỉnh"}
    )
    standing = Choice(STANDINGS, allow_none=True, metadata={"description": "null khi chưa tiếp nhận"})
    outcome_label = Text(200, allow_none=True, metadata={"description": "standing, theo cách gọi của tỉnh"})
    colour = Choice(COLOURS)
    words = Text(500, metadata={"description": "Màu của hồ sơ, bằng lời"})
    facts = Part(FactsSchema)
    warnings = Many(Part(WarningSchema), metadata={"description": "Những điều đang đúng, bằng lời"})
    received_at = Instant()
    deadline_at = Instant(allow_none=True)
    appointment_at = Instant(allow_none=True)
    paused_at = Instant(allow_none=True)
    result_at = Instant(allow_none=True)
    closed_at = Instant(allow_none=True)
    stands = Flag(metadata={"description": "Hồ sơ hoặc một bước của hồ sơ đang đứng lại vì sự cố quy trình"})
    applicant = Text(4000)
    version = Whole(1)


class WaitSchema(Schema):
    """What the dossier waits for besides people: `process` is `main`, or the kind of a side process."""

    process = Text(64)
    element = Text(200, metadata={"description": "Mã phần tử của sơ đồ"})
    title = Text(500)
    held = Flag(metadata={"description": "Đang tạm dừng cùng hồ sơ"})


class MessageWaitSchema(WaitSchema):
    name = Text(200, metadata={"description": "Tên tin, dùng ở POST /dossiers/{code}/messages"})


class TimerWaitSchema(WaitSchema):
    due_at = Instant()


class WaitsSchema(Schema):
    messages = Many(Part(MessageWaitSchema))
    timers = Many(Part(TimerWaitSchema))


class DossierDetailSchema(DossierSchema):
    applicant = Record()  # type: ignore[assignment]
    components = Many(Anything(), metadata={"description": "[{code, name, kind, quantity, attachment}]"})
    notify = Many(Text(32))
    deliver = Record()
    data = Record()
    intake = Record(
        metadata={"description": "Hồ sơ đến bằng cách nào: như khi đăng ký, và ai tiếp nhận, giúp khai, số hóa"}
    )
    open_tasks = Many(Part(CandidateTaskSchema))
    incidents = Many(
        Anything(),
        metadata={
            "description": "Sự cố chưa giải quyết: [{id, kind, title, step_name, position_name, reason, opened_at}]"
        },
    )
    waits_for = Part(WaitsSchema)
