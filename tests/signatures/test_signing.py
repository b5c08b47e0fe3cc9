"""Signing the files of a dossier over HTTP: by whom, with which key, and what becomes of it."""

from __future__ import annotations

import base64
import json
import logging
from datetime import timedelta
from io import BytesIO

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from app.access.caller import Caller
from app.actions.on_dossier import work_on_dossier
from app.actions.runner import Context
from app.actions.signed import require_signed
from app.actions.signing_files import content_of
from app.errors import DomainError
from app.signatures.server import sign_pdf
from app.store import accounts
from app.store.transaction import transaction
from tests.actions.scene import is_problem
from tests.factories import START
from tests.signatures.authority import PASSPHRASE, Authority, Holder, a_pdf, rsa_key, time_stamping
from tests.signatures.conftest import Bench

Draft = tuple[str, int]


@pytest.mark.rule("QT-15.4", "QT-17.2", "LA-10.1")
def test_an_officer_signs_with_her_own_key_and_the_file_that_was_stays(bench: Bench, draft: Draft) -> None:
    code, attachment = draft
    original = bench.download(code, attachment)
    told = bench.sign("director", code, attachment, reason="Phê duyệt kết quả")
    assert (told["kind"], told["name"], told["signed_from"]) == ("draft_result", "du-thao (đã ký).pdf", attachment)
    (found,) = told["signatures"]
    assert (found["signer"], found["valid"], found["whole_document"]) == ("Phan Thị Giám Đốc", True, True)
    signed = bench.download(code, told["id"])
    assert signed.startswith(original)
    assert bench.download(code, attachment) == original
    row = bench.scene.last(code, "signed")
    assert row.username == "director"
    assert {name: row.data[name] for name in ("attachment", "of", "key", "signer", "comment")} == {
        "attachment": told["id"],
        "of": attachment,
        "key": "Giám đốc",
        "signer": "Phan Thị Giám Đốc",
        "comment": "Phê duyệt kết quả",
    }
    bench.scene.sound(code)
    listed = bench.scene.get("desk", f"/dossiers/{code}/attachments")["data"]
    assert [(one["id"], len(one["signatures"])) for one in listed] == [(attachment, 0), (told["id"], 1)]


@pytest.mark.rule("QT-15.4")
def test_the_agencys_seal_is_for_those_who_may_use_it(bench: Bench, draft: Draft) -> None:
    code, attachment = draft
    is_problem(bench.post("clerk", code, attachment, "sign", {"key": "Dấu Sở Y tế"}), 403, "forbidden")
    is_problem(bench.post("clerk", code, attachment, "sign"), 422, "invalid")
    bench.allow("clerk", "document.sign")
    first = bench.sign("director", code, attachment)
    sealed = bench.sign("clerk", code, first["id"], reason="Phát hành")
    assert [(one["signer"], one["valid"], one["whole_document"]) for one in sealed["signatures"]] == [
        ("Phan Thị Giám Đốc", True, False),
        ("Sở Y tế tỉnh Thử nghiệm", True, True),
    ]
    assert sealed["name"] == "du-thao (đã ký).pdf"
    keys = bench.scene.get("clerk", "/signing/keys")["data"]
    assert [(key["name"], key["owner"]) for key in keys] == [("Dấu Sở Y tế", "Cơ quan")]
    assert bench.scene.get("desk", "/signing/keys")["data"] == []


def test_nobody_signs_with_anothers_key_nor_outside_her_agencies(bench: Bench, draft: Draft) -> None:
    code, attachment = draft
    with bench.scene.unchanged():
        is_problem(bench.post("desk", code, attachment, "sign", {"key": "Giám đốc"}), 403, "forbidden")
        is_problem(bench.post("desk", code, attachment, "sign", {"key": "không có"}), 422, "invalid")
        is_problem(bench.post("official", code, attachment, "sign"), 404, "not_found")
        is_problem(bench.post("control", code, attachment, "sign"), 403, "forbidden")
        is_problem(bench.post("director", code, attachment + 999, "sign"), 404, "not_found")
        is_problem(bench.post("director", "000.00.12.H50-261123-9999", attachment, "sign"), 404, "not_found")
    bench.allow("official", "document.sign")
    is_problem(bench.post("official", code, attachment, "sign", {"key": "Dấu Sở Y tế"}), 404, "not_found")


def test_the_same_key_of_idempotency_signs_once(bench: Bench, draft: Draft) -> None:
    code, attachment = draft
    address = f"/api/v1/dossiers/{code}/attachments/{attachment}/sign"
    client = bench.scene.client("director")
    first, second = (client.post(address, json={}, headers={"Idempotency-Key": "k1"}) for _ in range(2))
    assert first.json == second.json
    assert bench.scene.kinds(code).count("signed") == 1
    is_problem(client.post(address, json={"reason": "khác"}, headers={"Idempotency-Key": "k1"}), 422, "key_reused")


def test_two_at_the_same_time_make_two_versions_and_the_history_stays_whole(bench: Bench, draft: Draft) -> None:
    code, attachment = draft
    bench.allow("clerk", "document.sign")
    bench.scene.client("clerk"), bench.scene.client("director")
    made = bench.scene.at_once(
        lambda: bench.sign("director", code, attachment)["id"], lambda: bench.sign("clerk", code, attachment)["id"]
    )
    assert len(set(made)) == 2
    bench.scene.sound(code)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"box": [1, 2, 3]}, "box"),
        ({"box": [100, 100, 50, 200]}, "box"),
        ({"page": 0}, "page"),
        ({"reason": "x" * 201}, "reason"),
        ({"stamp": True}, "stamp"),
    ],
)
def test_a_body_that_makes_no_sense(bench: Bench, draft: Draft, body: dict[str, object], field: str) -> None:
    code, attachment = draft
    told = is_problem(bench.post("director", code, attachment, "sign", body), 422, "invalid")
    assert set(told["errors"]) == {field}


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ({"page": 9}, "Tệp có 1 trang, không có trang 9."),
        ({"box": [500, 10, 900, 90]}, "ngoài trang 1"),
        ({"box": [10, 10, 40, 20]}, "phải rộng từ"),
    ],
)
def test_a_place_that_is_not_there(bench: Bench, draft: Draft, body: dict[str, object], why: str) -> None:
    code, attachment = draft
    with bench.scene.unchanged():
        answer = bench.post("director", code, attachment, "sign", body)
    assert why in is_problem(answer, 409, "signing_failed")["detail"]


def test_what_is_no_pdf_or_no_readable_one_is_not_signed(bench: Bench, draft: Draft) -> None:
    code, _ = draft
    picture = bench.upload(code, b"\x89PNG\r\n\x1a\n" + bytes(50), name="anh.png")
    is_problem(bench.post("director", code, picture, "sign"), 422, "invalid")
    broken = bench.scene.attach(code)
    with bench.scene.unchanged():
        told = is_problem(bench.post("director", code, broken, "sign"), 409, "signing_failed")
    assert told["detail"] == "Tệp không phải là PDF đọc được nên không ký được."


def test_a_key_that_ran_out_or_that_nobody_trusts_makes_no_signed_file(bench: Bench, draft: Draft) -> None:
    code, attachment = draft
    old = bench.authority.issue("Cũ", until=START - timedelta(days=1))
    stranger = Authority("CA lạ").issue("Lạ")
    bench.add_pkcs12("Khóa cũ", old, account="director")
    bench.add_pkcs12("Khóa lạ", stranger, account="director")
    for key, why in (("Khóa cũ", "đã hết hạn"), ("Khóa lạ", "không thuộc các nơi cấp")):
        with bench.scene.unchanged():
            told = is_problem(bench.post("director", code, attachment, "sign", {"key": key}), 409, "signing_failed")
        assert why in told["detail"]


def test_a_secret_that_does_not_open_the_key_is_told_without_it(
    bench: Bench, draft: Draft, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    code, attachment = draft
    bench.sign("director", code, attachment)
    assert PASSPHRASE not in repr(bench.ring()) + repr(list(bench.ring()))
    (bench.folder / "passphrase").write_text("sai mật khẩu rồi")
    with caplog.at_level(logging.DEBUG):
        told = is_problem(bench.post("director", code, attachment, "sign"), 409, "signing_failed")
    assert "không mở được tệp PKCS#12" in told["detail"]
    said = caplog.text + "".join(capsys.readouterr()) + json.dumps(told)
    assert PASSPHRASE not in said
    assert "sai mật khẩu rồi" not in said


def test_a_file_of_keys_that_is_broken_is_no_crash(bench: Bench, draft: Draft) -> None:
    code, attachment = draft
    (bench.folder / "keys.toml").write_text("[[key]]\nname = ")
    is_problem(bench.post("director", code, attachment, "sign"), 503, "unavailable")


def test_with_a_time_stamping_service_and_without_it_nothing_half_done(bench: Bench, draft: Draft) -> None:
    code, attachment = draft
    with time_stamping(bench.authority, bench.scene.clock) as url:
        bench.settle(timestamp_url=url)
        (found,) = bench.sign("director", code, attachment)["signatures"]
        assert found["timestamped_at"] == START.isoformat(timespec="seconds")
        assert found["valid"]
    with bench.scene.unchanged():
        told = is_problem(bench.post("director", code, attachment, "sign"), 409, "signing_failed")
    assert "Dịch vụ dấu thời gian" in told["detail"]
    with time_stamping(bench.authority, bench.scene.clock, broken=True) as url:
        bench.settle(timestamp_url=url)
        with bench.scene.unchanged():
            is_problem(bench.post("director", code, attachment, "sign"), 409, "signing_failed")


# What comes signed -----------------------------------------------------------------------------------------------------


@pytest.mark.rule("TN-11.2c", "LA-6.2")
def test_signatures_of_what_is_handed_in_are_looked_at_at_once_and_again_when_asked(bench: Bench) -> None:
    code = bench.scene.register()["code"]
    (key,) = bench.ring().of_account("director")
    attachment = bench.upload(code, sign_pdf(a_pdf("Đơn"), key, now=START), name="don.pdf")
    (listed,) = bench.scene.get("desk", f"/dossiers/{code}/attachments")["data"]
    assert [one["valid"] for one in listed["signatures"]] == [True]
    (bench.trust / "ca.crl").write_bytes(bench.authority.revocations(bench.director))
    again = bench.scene.get("desk", f"/dossiers/{code}/attachments/{attachment}/signatures")
    assert [(one["valid"], one["problems"]) for one in again["data"]] == [
        (False, ["Chứng thư số đã bị thu hồi từ 08:00 21/11/2026."])
    ]
    is_problem(
        bench.scene.client("official").get(f"/api/v1/dossiers/{code}/attachments/{attachment}/signatures"),
        404,
        "not_found",
    )


@pytest.mark.rule("QT-15.4", "TN-11.4c")
def test_an_action_may_require_a_signed_file(bench: Bench, draft: Draft) -> None:
    code, unsigned = draft
    signed = bench.sign("director", code, unsigned)["id"]
    stranger = Authority("CA mới được tin cậy")
    (bench.folder / "1.p12").write_bytes(stranger.issue("Người lạ").pkcs12())
    bench.add_key("Lạ", kind="pkcs12", file="1.p12", passphrase_file="passphrase", account="desk")
    (key,) = bench.ring().of_account("desk")
    strange = bench.upload(code, sign_pdf(a_pdf(), key, now=START))

    def required(*attachments: int) -> None:
        with bench.scene.app.app_context(), transaction() as connection:
            row = accounts.account_by_id(connection, bench.scene.province.accounts["director"], START.date())
            assert row is not None
            caller = Caller.of(row, START.date())
            work = work_on_dossier(connection, Context(caller, START), "attach", code)
            require_signed(work, attachments, "supplement")

    required(signed)
    required(unsigned, signed)
    for files, why in (
        ((), "Phiếu này phải được ký số."),
        ((unsigned,), "Tệp đính kèm chưa có chữ ký số."),
        ((strange,), "Chữ ký số của “Người lạ” trên tệp “du-thao.pdf” không dùng được"),
    ):
        with pytest.raises(DomainError, match=why) as caught:
            required(*files)
        assert (caught.value.code, caught.value.extra["rule"]) == ("signature_required", "QT-15.4")
    (bench.trust / "new.pem").write_bytes(stranger.root.pem)
    required(strange)


# Signed elsewhere and brought back -------------------------------------------------------------------------------------


def bring(bench: Bench, code: str, attachment: int, content: bytes, username: str = "director", **form: str):  # type: ignore[no-untyped-def]
    return bench.scene.client(username).post(
        f"/api/v1/dossiers/{code}/attachments/{attachment}/sign/upload",
        data={"file": (BytesIO(content), "x.pdf"), **form},
    )


@pytest.mark.rule("QT-15.2", "QT-15.4")
def test_a_file_signed_with_ones_own_tool_comes_back_as_a_version_of_it(bench: Bench, draft: Draft) -> None:
    code, attachment = draft
    original = bench.download(code, attachment)
    (key,) = bench.ring().of_account("director")
    signed = sign_pdf(original, key, now=START)
    told = bring(bench, code, attachment, signed, "binh", reason="Ký bằng USB token")
    assert told.status_code == 201, told.text
    assert (told.json["signed_from"], told.json["signatures"][0]["valid"]) == (attachment, True)
    assert bench.scene.last(code, "signed").data["comment"] == "Ký bằng USB token"


def test_what_comes_back_signed_is_scanned_like_any_file_that_comes_in(bench: Bench, draft: Draft) -> None:
    code, attachment = draft
    (key,) = bench.ring().of_account("director")
    signed = sign_pdf(bench.download(code, attachment), key, now=START)
    bench.settle(clamav="unix:///nowhere/clamd.sock")
    told = bring(bench, code, attachment, signed)
    assert (told.status_code, told.json["scan"]) == (201, "waiting"), told.text
    path = f"/api/v1/dossiers/{code}/attachments/{told.json['id']}"
    is_problem(bench.scene.client("desk").get(path), 409, "quarantined")
    assert bench.sign("director", code, attachment)["scan"] != "waiting", "what the server made itself does not wait"


def test_a_file_too_large_for_the_server_may_be_signed_elsewhere(
    bench: Bench, draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, attachment = draft
    (key,) = bench.ring().of_account("director")
    signed = sign_pdf(bench.download(code, attachment), key, now=START)
    monkeypatch.setattr(content_of, "__defaults__", (1000,))
    is_problem(bench.post("director", code, attachment, "sign"), 413, "too_large")
    told = bring(bench, code, attachment, signed)
    assert told.status_code == 201, told.text


@pytest.mark.rule("QT-15.4")
def test_a_changed_file_is_refused(bench: Bench, draft: Draft) -> None:
    code, attachment = draft
    original = bench.download(code, attachment)
    (key,) = bench.ring().of_account("director")
    signed = sign_pdf(original, key, now=START)
    other = sign_pdf(a_pdf("Một kết quả khác"), key, now=START)
    at = signed.rindex(b"/Contents <") + 2000
    tampered = signed[:at] + (b"1" if signed[at : at + 1] == b"0" else b"0") + signed[at + 1 :]
    stranger = Holder(*(lambda one: (one.key, one.certificate, one.chain))(Authority("CA lạ").issue("Lạ")))
    (bench.folder / "s.p12").write_bytes(stranger.pkcs12())
    bench.add_key("Lạ", kind="pkcs12", file="s.p12", passphrase_file="passphrase", account="desk")
    (strange,) = bench.ring().of_account("desk")
    for content, why in (
        (other, "không phải là tệp gốc"),
        (original, "không phải là tệp gốc"),
        (original[:-1], "không phải là tệp gốc"),
        (original + b"\n", "không có chữ ký số mới"),
        (tampered, "không dùng được"),
        (sign_pdf(original, strange, now=START), "không thuộc các nơi cấp"),
        (signed + b"\n1 0 obj<</x 1>>endobj\n", "không dùng được"),
    ):
        with bench.scene.unchanged():
            told = is_problem(bring(bench, code, attachment, content), 409, "signing_failed")
        assert why in told["detail"], told["detail"]
    is_problem(bring(bench, code, attachment, b""), 422, "invalid")
    is_problem(bring(bench, code, attachment, signed, other="1"), 422, "invalid")


# With a token on her own machine ---------------------------------------------------------------------------------------


def token_signs(holder: Holder, data: bytes) -> bytes:
    """What a USB token does with the attributes."""
    if isinstance(holder.key, rsa.RSAPrivateKey):
        return holder.key.sign(data, padding.PKCS1v15(), hashes.SHA256())
    return holder.key.sign(data, ec.ECDSA(hashes.SHA256()))


def prepared(bench: Bench, code: str, attachment: int, holder: Holder, username: str = "director", **body: object):  # type: ignore[no-untyped-def]
    answer = bench.post(username, code, attachment, "sign/prepare", {"certificate": holder.pem.decode(), **body})
    assert answer.status_code == 201, answer.text
    return answer.json


@pytest.mark.parametrize("kind", ["ec", "rsa"])
@pytest.mark.rule("QT-15.4")
def test_a_token_signs_what_we_prepared(bench: Bench, draft: Draft, kind: str) -> None:
    code, attachment = draft
    holder = bench.authority.issue("Chủ token", key=rsa_key() if kind == "rsa" else None)
    told = prepared(bench, code, attachment, holder, reason="Duyệt")
    assert (told["signer"], told["algorithm"]) == ("Chủ token", "sha256")
    assert told["mechanism"] == {"ec": "ecdsa", "rsa": "rsa-pkcs1v15"}[kind]
    attributes = base64.b64decode(told["attributes"])
    client = bench.scene.client("director")
    assert client.get(told["bytes"]).data.startswith(bench.download(code, attachment))
    assert client.get(told["bytes"].replace("/bytes", "/attributes")).data == attributes
    is_problem(bench.scene.client("desk").get(told["bytes"]), 404, "not_found")
    signature = base64.b64encode(token_signs(holder, attributes)).decode()
    body = {"session": told["session"], "signature": signature}
    with bench.scene.unchanged():
        is_problem(bench.post("desk", code, attachment, "sign/complete", body), 404, "not_found")
    done = bench.post("director", code, attachment, "sign/complete", body)
    assert done.status_code == 201, done.text
    (found,) = done.json["signatures"]
    assert (found["signer"], found["valid"], found["whole_document"]) == ("Chủ token", True, True)
    with bench.scene.unchanged():
        is_problem(bench.post("director", code, attachment, "sign/complete", body), 409, "wrong_state")
    bench.scene.sound(code)


@pytest.mark.rule("QT-15.4")
def test_a_signature_of_another_key_or_over_other_bytes_is_refused(bench: Bench, draft: Draft) -> None:
    code, attachment = draft
    holder, other = bench.authority.issue("Chủ token"), bench.authority.issue("Người khác")
    told = prepared(bench, code, attachment, holder)
    attributes = base64.b64decode(told["attributes"])
    for signature in (token_signs(other, attributes), token_signs(holder, attributes + b"x"), b"\x00" * 64, b"x"):
        body = {"session": told["session"], "signature": base64.b64encode(signature).decode()}
        with bench.scene.unchanged():
            is_problem(bench.post("director", code, attachment, "sign/complete", body), 409, "signing_failed")
    second = bench.upload(code, a_pdf("Tệp khác"))
    body = {"session": told["session"], "signature": base64.b64encode(token_signs(holder, attributes)).decode()}
    is_problem(bench.post("director", code, second, "sign/complete", body), 404, "not_found")
    bench.scene.clock.move(minutes=31)
    is_problem(bench.post("director", code, attachment, "sign/complete", body), 409, "wrong_state")


def test_a_tool_that_makes_the_whole_cms_signs_the_prepared_bytes(bench: Bench, draft: Draft) -> None:
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder

    code, attachment = draft
    holder, other = bench.authority.issue("Chủ token", key=rsa_key()), bench.authority.issue("Khác", key=rsa_key())
    told = prepared(bench, code, attachment, holder)
    content = bench.scene.client("director").get(told["bytes"]).data
    gap = content.rindex(b"/Contents <") + len(b"/Contents ")
    end = content.index(b">", gap) + 1
    covered = content[:gap] + content[end:]

    def cms_of(one: Holder) -> str:
        made = (
            PKCS7SignatureBuilder()
            .set_data(covered)
            .add_signer(one.certificate, one.key, hashes.SHA256())  # type: ignore[arg-type]
            .sign(Encoding.DER, [PKCS7Options.DetachedSignature, PKCS7Options.Binary])
        )
        return base64.b64encode(made).decode()

    body = {"session": told["session"], "cms": cms_of(other)}
    with bench.scene.unchanged():
        told_off = is_problem(bench.post("director", code, attachment, "sign/complete", body), 409, "signing_failed")
    assert "không phải của chứng thư đã báo" in told_off["detail"]
    for junk in (b"0", b"\x30\x03\x02\x01\x01", bytes(40_000)):
        wrong = {"session": told["session"], "cms": base64.b64encode(junk).decode()}
        with bench.scene.unchanged():
            is_problem(bench.post("director", code, attachment, "sign/complete", wrong), 409, "signing_failed")
    done = bench.post(
        "director", code, attachment, "sign/complete", {"session": told["session"], "cms": cms_of(holder)}
    )
    assert done.status_code == 201, done.text
    assert done.json["signatures"][0]["valid"]


@pytest.mark.parametrize("certificate", ["x", "MIIB", "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----"])
def test_what_is_no_certificate_prepares_nothing(bench: Bench, draft: Draft, certificate: str) -> None:
    code, attachment = draft
    with bench.scene.unchanged():
        answer = bench.post("director", code, attachment, "sign/prepare", {"certificate": certificate})
    is_problem(answer, 409, "signing_failed")


@pytest.mark.parametrize(
    "body",
    [{"session": 1}, {"session": 1, "signature": "AA==", "cms": "AA=="}, {"session": 1, "signature": "không"}, {}],
)
def test_a_completion_that_says_too_little_or_too_much(bench: Bench, draft: Draft, body: dict[str, object]) -> None:
    code, attachment = draft
    is_problem(bench.post("director", code, attachment, "sign/complete", body), 422, "invalid")


# Many at once ----------------------------------------------------------------------------------------------------------


@pytest.mark.rule("QT-17.2")
def test_a_leader_signs_what_waits_for_her_all_at_once(bench: Bench) -> None:
    scene = bench.scene
    codes = [scene.at_step("approve") for _ in range(2)]
    drafts = [bench.upload(code, a_pdf(code), "binh", kind="draft_result") for code in codes]
    broken = scene.client("binh").post(
        f"/api/v1/dossiers/{codes[0]}/attachments",
        data={"file": (BytesIO(b"%PDF-1.7 broken"), "hong.pdf"), "kind": "draft_result"},
    )
    bench.upload(codes[0], a_pdf("Giấy tờ"), "binh")
    waiting = scene.get("director", "/signing/waiting")["data"]
    assert [(one["dossier"], one["attachment"]) for one in waiting] == [
        (codes[0], drafts[0]),
        (codes[0], broken.json["id"]),
        (codes[1], drafts[1]),
    ]
    assert scene.get("binh", "/signing/waiting")["data"] == []
    items = [{"dossier": one["dossier"], "attachment": one["attachment"]} for one in waiting]
    items.append({"dossier": codes[1], "attachment": 999_999_999})
    body = {"items": items, "reason": "Phê duyệt"}
    headers = {"Idempotency-Key": "lo-1"}
    answer = scene.client("director").post("/api/v1/dossiers/sign-batch", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    results = answer.json["results"]
    assert [one["status"] for one in results] == [200, 409, 200, 404]
    assert results[0]["signed"]["signatures"][0]["signer"] == "Phan Thị Giám Đốc"
    assert results[1]["problem"]["code"] == "signing_failed"
    again = scene.client("director").post("/api/v1/dossiers/sign-batch", json=body, headers=headers)
    assert [one.get("signed", {}).get("id") for one in again.json["results"]] == [
        one.get("signed", {}).get("id") for one in results
    ]
    assert [scene.kinds(code).count("signed") for code in codes] == [1, 1]
    left = scene.get("director", "/signing/waiting")["data"]
    assert [one["attachment"] for one in left] == [broken.json["id"]]


@pytest.mark.parametrize(
    "items", [[], [{"dossier": "x", "attachment": 1}] * 2, [{"dossier": "x", "attachment": 0}], [{"dossier": "x"}]]
)
def test_a_batch_that_makes_no_sense(bench: Bench, items: list[dict[str, object]]) -> None:
    answer = bench.scene.client("director").post("/api/v1/dossiers/sign-batch", json={"items": items})
    is_problem(answer, 422, "invalid")
