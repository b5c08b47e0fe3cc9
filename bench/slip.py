"""How long a slip takes, and a thousand receipts as one print file, with the memory that takes.

Every form is printed from its sample, in turn with the others; milliseconds are of the processor, all threads, because a busy
machine interrupts a long one more often. A print file is made in a process of its own, which has printed
one receipt before; what grows is the most memory that it ever held (`VmHWM`) beyond what it held then. `growth_ratio` is
that of the many to that of the few: a process that kept what it printed would answer ten.
"""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from app.slips.forms import FORMS
from app.slips.receipt import ReceiptComponent, ReceiptContent
from app.slips.render import render_many, render_slip
from app.slips.samples import sample_content
from app.slips.symbols import lookup_url
from bench.serving import Progress

_AT = datetime(2026, 11, 20, 1, 15, tzinfo=UTC)


def run(quick: bool, progress: Progress) -> dict[str, Any]:
    """Milliseconds a slip by form (median of the rounds); print files of few and many receipts, and how they compare."""
    rounds, few, many = (2, 20, 60) if quick else (15, 100, 1000)
    forms = _each_form(rounds)
    progress(f"receipt: {forms['tt01-2018/01']['ms']:.1f} ms")
    single = _milliseconds(_receipts(rounds), rounds)
    files = {}
    for count in (few, many):
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as child:
            files[str(count)] = child.submit(_print_file, count).result()
        progress(f"{count} receipts: {files[str(count)]['seconds']:.1f} s, +{files[str(count)]['growth_mb']:.0f} MB")
    return {
        "rounds": rounds,
        "receipt_ms": round(single, 1),
        "forms": forms,
        "print_files": files,
        "time_ratio_to_single": round(files[str(many)]["ms_each"] / single, 2),
        "growth_ratio": round(files[str(many)]["growth_mb"] / files[str(few)]["growth_mb"], 2),
    }


def _each_form(rounds: int) -> dict[str, dict[str, Any]]:
    contents = {key: sample_content(key) for key in FORMS}
    taken: dict[str, list[float]] = {key: [] for key in contents}
    sizes = {key: len(render_slip(content)) for key, content in contents.items()}
    for _ in range(rounds):
        for key, content in contents.items():  # in turn, so that whatever else the machine does meets all alike
            started = time.process_time()
            render_slip(content)
            taken[key].append((time.process_time() - started) * 1000)
    return {key: {"ms": round(statistics.median(taken[key]), 1), "bytes": sizes[key]} for key in contents}


def _milliseconds(contents: Iterator[dict[str, Any]], count: int) -> float:
    """The median of usual receipts, each another one."""
    taken = []
    for _ in range(count):
        content = next(contents)
        started = time.process_time()
        render_slip(content)
        taken.append((time.process_time() - started) * 1000)
    return statistics.median(taken)


def _print_file(count: int) -> dict[str, Any]:
    render_slip(next(_receipts(1)))
    before, written = _most_memory(), 0

    def write(piece: bytes) -> None:
        nonlocal written
        written += len(piece)

    started, worked = time.perf_counter(), time.process_time()
    pages = render_many(_receipts(count), write)
    seconds, worked = time.perf_counter() - started, time.process_time() - worked
    return {
        "pages": pages,
        "seconds": round(seconds, 2),
        "ms_each": round(worked * 1000 / count, 1),
        "bytes": written,
        "growth_mb": round((_most_memory() - before) / 1000, 1),
    }


def _receipts(count: int) -> Iterator[dict[str, Any]]:
    for number in range(1, count + 1):
        code = f"000.00.12.H50-261120-{number:04d}"
        yield ReceiptContent(
            agency_name="Sở Y tế",
            parent_agency_name="Ủy ban nhân dân tỉnh Quảng Trị",
            desk_name="Bộ phận tiếp nhận và trả kết quả Sở Y tế",
            code=code,
            applicant_name=f"Nguyễn Thị Thanh Huyền {number}",
            applicant_address=f"Số {number} đường Trần Hưng Đạo, phường Đông Hà",
            applicant_phone=f"0912 {number:06d}",
            procedure_name="Cấp lại giấy chứng nhận đăng ký thành lập cơ sở trợ giúp xã hội",
            components=(
                ReceiptComponent("Đơn đề nghị", originals=1),
                ReceiptComponent("Giấy chứng nhận đã cấp", copies=2),
            ),
            limit_text="10 ngày làm việc",
            received_at=_AT,
            appointment_at=_AT,
            issued_at=_AT,
            place_of_return="Trung tâm Phục vụ hành chính công tỉnh",
            receiver_name="Lê Văn Quý",
            lookup_url=lookup_url("https://motcua.example.vn", code, f"q8Zr3bX0vYt5mKc2Lw{number:04d}"),
            place_name="Quảng Trị",
        ).to_dict()


def _most_memory() -> int:
    """The most memory that this process ever held, in kB."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    assert found is not None
    return int(found[1])
