"""What is looked at later, what is forgotten, and where a signature goes on a page."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from sqlalchemy import func, select

from app.actions import look_at_signatures
from app.actions.signing_keys import keys_file
from app.config import Settings
from app.demo.signing import make_keys
from app.jobs import signatures
from app.signatures.keys import load_keys
from app.signatures.placing import _marks, place
from app.signatures.server import sign_pdf
from app.signatures.stamp import HEIGHT, WIDTH, Stamp
from app.signatures.validate import signatures_of
from app.slips.render import render_slip
from app.slips.samples import sample_content
from app.store.signing import SigningSession
from tests.factories import START
from tests.signatures.authority import a_pdf
from tests.signatures.conftest import Bench


def test_a_large_file_is_looked_at_by_a_job(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(look_at_signatures, "AT_ONCE_BYTES", 1000)
    code = bench.scene.register()["code"]
    (key,) = bench.ring().of_account("director")
    attachment = bench.upload(code, sign_pdf(a_pdf(), key, now=START))
    address = f"/dossiers/{code}/attachments"
    assert bench.scene.get("desk", address)["data"][0]["signatures"] == []
    with bench.scene.app.app_context():
        for _ in range(2):  # jobs may run twice
            signatures.check_signatures(attachment)
        signatures.check_signatures(attachment + 999)
    assert [one["valid"] for one in bench.scene.get("desk", address)["data"][0]["signatures"]] == [True]


def test_sessions_that_nobody_finished_are_forgotten(bench: Bench, draft: tuple[str, int]) -> None:
    code, attachment = draft
    certificate = bench.director.pem.decode()
    for _ in range(2):
        assert bench.post("director", code, attachment, "sign/prepare", {"certificate": certificate}).status_code == 201
        bench.scene.clock.move(hours=12)

    def left() -> int:
        with bench.scene.reading() as connection:
            return connection.execute(select(func.count(SigningSession.id))).scalar_one()

    with bench.scene.app.app_context():
        for hours, number in ((0, 2), (6, 1), (30, 0)):
            bench.scene.clock.move(hours=hours)
            signatures.drop_sessions()
            assert left() == number


def test_signatures_stand_beside_and_above_each_other(bench: Bench) -> None:
    (key,) = bench.ring().of_account("director")
    pdf = a_pdf(pages=2)
    boxes = []
    for _ in range(5):
        writer = IncrementalPdfFileWriter(BytesIO(pdf))
        index, box = place(writer, pdf, Stamp())
        assert index == 1
        assert 0 <= box[0] < box[2] <= 595
        assert 0 <= box[1] < box[3] <= 842
        boxes.append(box)
        pdf = sign_pdf(pdf, key, now=START, visible=Stamp())
    assert boxes[0] == (595 - 6 - WIDTH - 42, 42, 595 - 6 - 42, 42 + HEIGHT)
    for number, one in enumerate(boxes):
        for other in boxes[number + 1 :]:
            assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
    found = signatures_of(pdf, bench.trust, START)
    assert [one["valid"] for one in found] == [True] * 5
    assert [one["whole_document"] for one in found] == [False] * 4 + [True]


@pytest.mark.parametrize("form", ["tt01-2018/01", "tt01-2018/02", "tt01-2018/04", "tt03-2025/05", "office/opinion"])
def test_a_slip_is_signed_between_the_office_and_the_name_of_who_signs(bench: Bench, tmp_path: Path, form: str) -> None:
    content = sample_content(form)
    pdf = render_slip(content)
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    index, box = place(writer, pdf, Stamp())
    marks = _marks(pdf, index)
    assert not any(
        box[0] < one[2] and one[0] < box[2] and box[1] < one[3] and one[1] < box[3] for one in marks.rects
    ), "nothing is covered"
    assert any(one[1] - 3 <= box[3] <= one[1] for one in marks.anchors), "right under the words"
    below = [one for one in marks.rects if one[3] <= box[1] and one[0] < box[2] and box[0] < one[2]]
    assert below, "the name stands below"


def test_a_page_full_of_words_and_one_that_cannot_be_looked_at_still_get_a_box(bench: Bench) -> None:
    pdf = a_pdf("Toàn chữ " * 3000)
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    assert place(writer, pdf, Stamp(page=1))[1] == (595 - 6 - WIDTH - 42, 42, 595 - 6 - 42, 42 + HEIGHT)
    assert place(writer, b"not what the writer reads", Stamp(page=1))[1][2] < 595


@pytest.mark.parametrize("profile", ["quang_tri", "national_2025"])
def test_the_demonstration_signs_at_once_and_says_what_it_is(tmp_path: Path, profile: str) -> None:
    settings = Settings(data=tmp_path)
    made = make_keys(settings, profile, START)
    assert made > 20
    assert make_keys(settings, profile, START) == 0
    path = keys_file(settings)
    assert path is not None
    ring = load_keys(path)
    (seal,) = ring.of_agency("SYT")
    assert all(key.demonstration and "trình diễn" in key.name for key in ring)
    (found,) = signatures_of(sign_pdf(a_pdf(), seal, now=START), tmp_path / "trust", START)
    assert found["valid"]
    assert found["signer"].endswith("(trình diễn)")
    assert not any(file.stat().st_mode & 0o077 for file in path.parent.iterdir())
    other = Settings(data=tmp_path / "x", trust=tmp_path)
    assert (make_keys(other, profile, START + timedelta(days=1)), keys_file(other)) == (0, None)
