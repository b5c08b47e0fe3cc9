"""What is found of signatures: whose, whether trusted, whether the whole of the file is what was signed."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import PageObject, copy_into_new_writer

from app.signatures.apart import TooSlowError, apart
from app.signatures.keys import SigningKey, load_keys
from app.signatures.server import sign_pdf
from app.signatures.validate import signatures_of
from tests.factories import START
from tests.signatures.authority import PASSPHRASE, Authority, Holder, a_pdf, rsa_key, time_stamping

YEAR = timedelta(days=365)
KeyFor = Callable[..., SigningKey]


@pytest.fixture
def key_for(tmp_path: Path) -> KeyFor:
    """A key of the server's from somebody's PKCS#12 file."""

    def make(holder: Holder) -> SigningKey:
        (tmp_path / "key.p12").write_bytes(holder.pkcs12())
        (tmp_path / "passphrase").write_text(PASSPHRASE)
        (tmp_path / "keys.toml").write_text(
            '[[key]]\nname = "K"\nkind = "pkcs12"\naccount = "van"\nfile = "key.p12"\npassphrase_file = "passphrase"\n'
        )
        (found,) = load_keys(tmp_path / "keys.toml")
        return found

    return make


@pytest.fixture
def trust(authority: Authority, tmp_path: Path) -> Path:
    return authority.trusted_in(tmp_path / "trust")


@pytest.fixture
def signed(authority: Authority, key_for: KeyFor) -> bytes:
    holder = authority.issue("Trần Thị Hồng Vân", organisation="UBND phường Nam Đông Hà")
    return sign_pdf(a_pdf(), key_for(holder), reason="Phê duyệt", now=START)


def only(pdf: bytes, trust: Path, now: Any = START) -> dict[str, Any]:
    (found,) = signatures_of(pdf, trust, now)
    return found


@pytest.mark.rule("QT-15.4", "LA-6.2")
def test_a_good_signature_says_who_signed_when_and_that_all_of_it_is_signed(signed: bytes, trust: Path) -> None:
    found = only(signed, trust)
    assert found["signer"] == "Trần Thị Hồng Vân"
    assert found["organisation"] == "UBND phường Nam Đông Hà"
    assert found["issuer"] == "CA của bài kiểm tra"
    assert re.fullmatch("[0-9a-f]+", found["serial"])
    assert found["signed_at"] == START.isoformat(timespec="seconds")
    assert found["timestamped_at"] is None
    assert [found[name] for name in ("trusted", "intact", "whole_document", "valid")] == [True] * 4
    assert found["problems"] == []
    assert signatures_of(io.BytesIO(signed), trust, START) == [found]


def test_a_signer_whom_nobody_trusts_is_named_with_who_vouches_for_him(signed: bytes, tmp_path: Path) -> None:
    Authority("CA khác").trusted_in(tmp_path / "others")
    for folder in (tmp_path / "others", tmp_path / "nothing-there"):
        found = only(signed, folder)
        assert (found["intact"], found["whole_document"], found["trusted"], found["valid"]) == (
            True,
            True,
            False,
            False,
        )
        assert found["problems"] == [
            "Chứng thư số do “CA của bài kiểm tra” cấp, không thuộc các nơi cấp được hệ thống tin cậy."
        ]


def test_a_certificate_that_ran_out_needs_a_time_stamp(
    authority: Authority, key_for: KeyFor, signed: bytes, trust: Path
) -> None:
    later = START + 2 * YEAR
    found = only(signed, trust, later)
    assert not found["valid"]
    assert found["problems"] == [
        "Chứng thư số đã hết hạn từ 08:00 23/11/2027 và không có dấu thời gian tin cậy chứng minh đã ký trước đó."
    ]
    with time_stamping(authority, lambda: START + timedelta(minutes=1)) as url:
        stamped = sign_pdf(a_pdf(), key_for(authority.issue("Vân")), now=START, timestamp_url=url)
    found = only(stamped, trust, later)
    assert found["valid"]
    assert found["timestamped_at"] == (START + timedelta(minutes=1)).isoformat(timespec="seconds")


def test_a_time_stamp_of_a_stranger_is_worth_nothing(authority: Authority, key_for: KeyFor, trust: Path) -> None:
    with time_stamping(Authority("CA lạ"), lambda: START) as url:
        stamped = sign_pdf(a_pdf(), key_for(authority.issue("Vân")), now=START, timestamp_url=url)
    found = only(stamped, trust)
    assert (found["trusted"], found["timestamped_at"], found["valid"]) == (True, None, False)
    assert found["problems"] == ["Dấu thời gian trên chữ ký không tin cậy được."]


def test_a_certificate_that_is_not_valid_yet_and_one_for_other_things(
    authority: Authority, key_for: KeyFor, trust: Path
) -> None:
    early = sign_pdf(a_pdf(), key_for(authority.issue("Sớm", since=START + YEAR, until=START + 2 * YEAR)), now=START)
    assert only(early, trust)["problems"] == ["Chứng thư số chưa có hiệu lực (từ 08:00 23/11/2027)."]
    other = sign_pdf(a_pdf(), key_for(authority.issue("Mã hóa", usage=["key_encipherment"])), now=START)
    assert only(other, trust)["problems"] == ["Chứng thư số không được cấp để ký văn bản."]


def test_one_that_is_revoked_by_a_list_of_ours(authority: Authority, key_for: KeyFor, trust: Path) -> None:
    bad, good = authority.issue("Bị thu hồi"), authority.issue("Còn dùng")
    by_bad, by_good = (sign_pdf(a_pdf(), key_for(one), now=START) for one in (bad, good))
    assert only(by_bad, trust)["valid"]
    (trust / "ca.crl").write_bytes(authority.revocations(bad))
    found = only(by_bad, trust)
    assert (found["intact"], found["trusted"], found["valid"]) == (True, False, False)
    assert found["problems"] == ["Chứng thư số đã bị thu hồi từ 08:00 21/11/2026."]
    assert only(by_good, trust)["valid"]


def test_what_was_stamped_before_the_revocation_holds(authority: Authority, key_for: KeyFor, trust: Path) -> None:
    bad = authority.issue("Thu hồi sau")
    with time_stamping(authority, lambda: START - timedelta(days=10)) as url:
        pdf = sign_pdf(a_pdf(), key_for(bad), now=START - timedelta(days=10), timestamp_url=url)
    (trust / "ca.crl").write_bytes(authority.revocations(bad, at=START - timedelta(days=2)))
    assert only(pdf, trust)["valid"]


def test_one_byte_otherwise_and_it_is_another_document(signed: bytes, trust: Path) -> None:
    at = signed.index(b"stream") + 60
    changed = signed[:at] + bytes([signed[at] ^ 1]) + signed[at + 1 :]
    found = only(changed, trust)
    assert (found["intact"], found["whole_document"], found["valid"]) == (False, False, False)
    assert found["problems"] == ["Nội dung đã ký bị thay đổi, hoặc chữ ký không khớp với nội dung."]


def test_a_page_put_behind_the_signature_is_not_signed(signed: bytes, trust: Path) -> None:
    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    contents = writer.add_object(generic.StreamObject(stream_data=b"BT /F1 40 Tf 100 400 Td (khac) Tj ET"))
    writer.insert_page(PageObject(contents=contents, media_box=(0, 0, 595, 842)))
    writer.write_in_place()
    changed = writer.prev.stream.getvalue()
    assert changed.startswith(signed)
    found = only(changed, trust)
    assert (found["intact"], found["whole_document"], found["valid"]) == (True, False, False)
    assert found["problems"] == ["Tệp bị thêm, sửa nội dung sau khi ký."]


def test_a_page_replaced_behind_the_signature_shows_other_words_and_does_not_pass(signed: bytes, trust: Path) -> None:
    """The shadow attack: what was signed is still there, but readers show something else."""
    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    page = writer.root["/Pages"]["/Kids"][0]
    contents = page.raw_get("/Contents").get_object()
    contents._data = b"BT /F1 40 Tf 100 400 Td (10 000 000 000) Tj ET"
    contents._encoded_data = None
    writer.mark_update(page.raw_get("/Contents"))
    writer.write_in_place()
    found = only(writer.prev.stream.getvalue(), trust)
    assert (found["intact"], found["whole_document"], found["valid"]) == (True, False, False)


def test_bytes_behind_the_end_are_not_signed_either(signed: bytes, trust: Path) -> None:
    found = only(signed + b"\n% more\n", trust)
    assert not found["whole_document"]


def test_two_sign_one_after_the_other_the_last_covers_all(
    authority: Authority, key_for: KeyFor, signed: bytes, trust: Path
) -> None:
    twice = sign_pdf(signed, key_for(authority.issue("Văn thư", key=rsa_key())), now=START + timedelta(hours=1))
    assert twice.startswith(signed)
    first, second = signatures_of(twice, trust, START + timedelta(hours=2))
    assert (first["signer"], first["valid"], first["whole_document"]) == ("Trần Thị Hồng Vân", True, False)
    assert "ký tiếp" in first["problems"][0]
    assert (second["signer"], second["valid"], second["whole_document"]) == ("Văn thư", True, True)


def locked(password: str) -> bytes:
    writer = copy_into_new_writer(PdfFileReader(io.BytesIO(a_pdf())))
    writer.encrypt(password, password)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7 phieu.pdf",
        b"%PDF-1.7 /ByteRange",
        b"GIF89a /ByteRange",
        b"%PDF-1.7\n" + b"[" * 50_000 + b" /ByteRange [0 1 2 3]",
        b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 1 0 R/AcroForm<</Fields[1 0 R]>>>>endobj\n/ByteRange\n"
        b"trailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF",
        b"%PDF-1.7\nxref\n0 1\n0000000000 65535 f \ntrailer<</Root 1 0 R/Prev 9>>\nstartxref\n9\n%%EOF /ByteRange",
    ],
)
def test_what_is_no_signed_pdf_has_no_signatures(content: bytes, tmp_path: Path) -> None:
    assert signatures_of(content, tmp_path, START) == []


def test_a_locked_file_and_one_cut_in_the_middle(signed: bytes, trust: Path) -> None:
    assert signatures_of(locked("mở khóa") + b"/ByteRange", trust, START) == []
    for part in range(200, len(signed) - 1, len(signed) // 23):
        for one in signatures_of(signed[:part], trust, START):
            assert not one["valid"]


def test_damaged_anywhere_it_never_raises_and_never_passes(signed: bytes, trust: Path) -> None:
    """Bytes within the signature's own padding are the only ones that a signature does not cover."""
    padding = signed.rindex(b"0" * 200)
    for at in range(10, len(signed), len(signed) // 61):
        if padding <= at < padding + 40_000 and signed[at : at + 1] == b"0":
            continue
        changed = signed[:at] + bytes([signed[at] ^ 0x15]) + signed[at + 1 :]
        assert all(not one["valid"] for one in signatures_of(changed, trust, START)), at


def test_a_signature_that_cannot_be_read_is_told_beside_one_that_can(signed: bytes, trust: Path) -> None:
    start = signed.index(b"/Contents <30") + len(b"/Contents <")
    broken = signed[:start] + b"FFFF" + signed[start + 4 :]
    found = only(broken, trust)
    assert (found["valid"], found["problems"]) == (False, ["Không đọc được chữ ký số; tệp có thể bị hỏng."])


def test_what_is_no_certificate_in_the_folder_of_trust_harms_nothing(
    signed: bytes, trust: Path, authority: Authority
) -> None:
    (trust / "broken.pem").write_text("-----BEGIN CERTIFICATE-----\nxx\n-----END CERTIFICATE-----\n")
    (trust / "key.pem").write_bytes(authority.root.key_pem())
    (trust / "broken.crl").write_bytes(b"\x30\x03\x02\x01\x01")
    (trust / "notes.txt").write_text("không phải chứng thư")
    (trust / "der.cer").write_bytes(authority.root.der)
    (trust / "root.pem").unlink()
    assert only(signed, trust)["valid"]


def test_work_that_does_not_end_is_broken_off() -> None:
    beats: list[int] = []

    def endless() -> None:
        while True:
            try:
                beats.append(1)
                if len(beats) > 100_000:
                    beats.clear()
            except Exception:  # noqa: S110 - as a library might
                pass

    with pytest.raises(TooSlowError):
        apart(endless, 0.05)
    assert apart(lambda: 7, 5) == 7
    with pytest.raises(KeyError):
        apart(lambda: {}["nothing"], 5)
