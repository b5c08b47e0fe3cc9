"""Gate: a dry run. The engine itself walks the diagram, taking every branch of every gateway at least once where it can.

Nothing is evaluated (`rehearsal`). What is found this way is what looking at the drawing does not show: an engine error, or
a diagram too large for the search of `gate.soundness` that gets stuck.
"""

from __future__ import annotations

from collections.abc import Iterator

from app.engine.definition import Definition
from app.engine.problems import Problem, error
from app.engine.rehearsal import Chooser, Finding, walk

WALKS = (6, 40)  # at least, at most
EFFORT = 60_000  # tasks looked at in all walks together: bounds the time that a wide diagram may take


def dry_run(definition: Definition) -> Iterator[Problem]:
    """The first problem that a walk meets, if any. Raises nothing of its own."""
    chooser = Chooser(EFFORT)
    for number in range(WALKS[1]):
        chooser.walk = number
        finding = walk(definition, chooser)
        if finding is not None:
            yield _problem(finding)
            return
        if chooser.is_exhausted or (number + 1 >= WALKS[0] and chooser.is_satisfied()):
            return


def _problem(finding: Finding) -> Problem:
    path = " → ".join(finding.path[-12:]) or "ngay khi bắt đầu"
    match finding.fault:
        case "incident":
            return error("run.incident", f"Chạy thử dừng vì sự cố: {finding.detail} Đường đã đi: {path}.")
        case "stuck":
            message = (
                f"Chạy thử bị kẹt: không còn bước nào để làm mà quy trình chưa kết thúc. Đường đã đi: {path}. "
                "Hãy kiểm tra các cổng gộp: mọi nhánh đi vào một cổng song song phải luôn được đi."
            )
            return error("run.stuck", message)
        case "open-twice":
            message = (
                f"Chạy thử thấy bước “{finding.detail}” mở hai lần cùng lúc. Đường đã đi: {path}. "
                "Hãy đặt một cổng song song để gộp các nhánh trước bước này."
            )
            return error("run.open-twice", message, finding.detail)
