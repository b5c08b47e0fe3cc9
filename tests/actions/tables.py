"""A published table for tests: brought by the administrator, with a doubt in it."""

from __future__ import annotations

from app.actions.table_drafts import take_table
from tests.actions.designing import context_of
from tests.actions.scene import Scene

TABLE = """Thủ tục: Cấp giấy phép thử (mã 1.000001)
Thời hạn giải quyết: 05 ngày làm việc

| Bước | Nội dung công việc | Người thực hiện | Thời gian |
|---|---|---|---|
| Bước 1 | Tiếp nhận hồ sơ | Bộ phận tiếp nhận và trả kết quả Sở Tư pháp | 0,5 ngày làm việc |
| Bước 2 | Thẩm định hồ sơ | Chuyên viên Phòng Hành chính tư pháp | {time} |
| Bước 3 | Phê duyệt | Lãnh đạo Sở Tư pháp | 01 ngày làm việc |
| Bước 4 | Trả kết quả | Bộ phận tiếp nhận và trả kết quả Sở Tư pháp | Không tính thời gian |
"""
CLEAR, DOUBTFUL = TABLE.format(time="3,5 ngày làm việc"), TABLE.format(time="tùy việc")


def table_seen(scene: Scene) -> dict[str, str]:
    """`table`: one that is being corrected."""
    with scene.app.app_context():
        (taken,) = take_table(context_of(scene, "admin"), DOUBTFUL.encode(), "bang.md")
    return {"table": str(taken)}
