"""The file of keys, and each kind of key: in a file, in a token, at a service elsewhere."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pkcs11
import pytest
from asn1crypto import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from pkcs11.util.x509 import decode_x509_certificate

from app.config import ConfigError, Settings
from app.factory import create_app
from app.signatures.external import prepare
from app.signatures.keys import KeysError, load_keys
from app.signatures.remote import CscSigner, RemoteSigningError
from app.signatures.server import sign_pdf
from app.signatures.signers import SigningFailedError, WrongPinError
from app.signatures.stamp import Stamp, stamp_page
from app.signatures.validate import signatures_of
from tests.factories import START
from tests.signatures.authority import PASSPHRASE, Authority, Holder, a_pdf, rsa_key, serving

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
PIN = "864213"
TOKEN = "t0ken"


def ring_of(folder: Path, *entries: str) -> Any:
    path = folder / "keys.toml"
    path.write_text("".join(f"[[key]]\n{entry}\n" for entry in entries), encoding="utf-8")
    return load_keys(path)


# The file --------------------------------------------------------------------------------------------------------------


def test_whose_keys_there_are(tmp_path: Path) -> None:
    (tmp_path / "a.p12").write_bytes(b"x")
    ring = ring_of(
        tmp_path,
        'name = "A"\nkind = "pkcs12"\naccount = "van"\nfile = "a.p12"',
        'name = "B"\nkind = "remote"\nagency = "SYT"\nurl = "https://ky.example/csc/v2/"\ncredential = "c1"',
    )
    assert ring.names() == ("A", "B")
    assert [key.name for key in ring.of_account("van")] == ["A"]
    assert [key.name for key in ring.of_agency("SYT")] == ["B"]
    assert ring.of_account("B") == ring.of_agency("van") == ()
    assert load_keys(None).names() == ()
    (tmp_path / "keys.toml").write_text("", encoding="utf-8")
    assert load_keys(tmp_path / "keys.toml").names() == ()


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ('kind = "pkcs12"\naccount = "v"\nfile = "a.p12"', "khóa thứ 1: thiếu “name”"),
        ('name = "A"\nkind = "paper"\naccount = "v"', "khóa “A”: kind phải là một trong pkcs12, pkcs11, remote"),
        ('name = "A"\nkind = "pkcs12"\nfile = "a.p12"', "phải có đúng một trong hai: account"),
        ('name = "A"\nkind = "pkcs12"\naccount = "v"\nagency = "S"\nfile = "a.p12"', "đúng một trong hai"),
        ('name = "A"\nkind = "pkcs12"\naccount = "v"\nfile = "none.p12"', "không có tệp “none.p12”"),
        ('name = "A"\nkind = "pkcs12"\naccount = "v"\nfile = 1', "“file” phải là chuỗi ký tự"),
        (
            'name = "A"\nkind = "pkcs12"\naccount = "v"\nfile = "a.p12"\npassphrase = "s"',
            "không có trường “passphrase”",
        ),
        ('name = "A"\nkind = "pkcs12"\naccount = "v"\nfile = "a.p12"\nchain = "a.pem"', "“chain” phải là danh sách"),
        ('name = "A"\nkind = "pkcs12"\naccount = "v"\nfile = "a.p12"\nstamp = "a.p12"', "“stamp” phải là ảnh"),
        ('name = "A"\nkind = "pkcs12"\naccount = "v"\nfile = "a.p12"\nask_pin = "yes"', "“ask_pin” phải là true"),
        (
            'name = "A"\nkind = "pkcs12"\naccount = "v"\nfile = "a.p12"\npassphrase_file = "a.p12"\nask_pin = true',
            "không hỏi mã PIN",
        ),
        ('name = "A"\nkind = "remote"\naccount = "v"\nurl = "ftp://x"\ncredential = "c"', "“url” phải bắt đầu"),
    ],
)
def test_what_is_wrong_with_a_key_is_said_of_that_key(tmp_path: Path, entry: str, why: str) -> None:
    (tmp_path / "a.p12").write_bytes(b"x")
    with pytest.raises(KeysError) as caught:
        ring_of(tmp_path, entry)
    assert why in str(caught.value)


@pytest.mark.parametrize("text", ["key = 1", "[[keys]]\nname = 'A'", "[[key", "\x00"])
def test_a_file_that_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "keys.toml").write_text(text)
    with pytest.raises(KeysError):
        load_keys(tmp_path / "keys.toml")
    with pytest.raises(KeysError):
        load_keys(tmp_path / "none.toml")


def test_two_keys_of_one_name(tmp_path: Path) -> None:
    (tmp_path / "a.p12").write_bytes(b"x")
    with pytest.raises(KeysError, match="hai khóa cùng tên “A”"):
        ring_of(tmp_path, *['name = "A"\nkind = "pkcs12"\naccount = "v"\nfile = "a.p12"'] * 2)


def test_a_bad_file_of_keys_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "keys.toml").write_text('[[key]]\nname = "A"')
    settings = Settings(
        database_url="postgresql://nobody@127.0.0.1/none", data=tmp_path, signing_keys=tmp_path / "keys.toml"
    )
    with pytest.raises(ConfigError, match=r"SIGNING_KEYS.*khóa “A”: kind phải là"):
        create_app(settings)


# A token ---------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Iterator[tuple[Path, Holder, Holder]]:
    """SoftHSM with an RSA and an EC key, put there as an administrator would. The module reads its configuration once a
    process, so every test of this process shares the token."""
    assert MODULE.is_file(), "softhsm2 is missing: run `make services`"
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\n")
    before = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    command = ["softhsm2-util", "--init-token", "--free", "--label", "motcua", "--so-pin", "1234567", "--pin", PIN]
    subprocess.run(command, check=True, capture_output=True)
    holders = authority.issue("Chủ khóa RSA", key=rsa_key()), authority.issue("Chủ khóa EC")
    for number, (label, holder) in enumerate(zip(("rsa", "ec"), holders, strict=True), start=1):
        (folder / f"{label}.key").write_bytes(holder.key_pem())
        (folder / f"{label}.pem").write_bytes(holder.pem)
        what = ["--import", str(folder / f"{label}.key"), "--label", label, "--id", f"0{number}"]
        subprocess.run(["softhsm2-util", *what, "--token", "motcua", "--pin", PIN], check=True, capture_output=True)
    (folder / "pin").write_text(PIN + "\n")
    (folder / "wrong-pin").write_text("000000\n")
    yield folder, *holders
    if before is None:
        del os.environ["SOFTHSM2_CONF"]
    else:
        os.environ["SOFTHSM2_CONF"] = before


def token_key(folder: Path, which: str, **changes: str) -> Any:
    values = {
        "module": str(MODULE),
        "token": "motcua",
        "label": which,
        "pin_file": "pin",
        "certificate": f"{which}.pem",
    } | changes
    lines = "\n".join(f'{name} = "{value}"' for name, value in values.items() if value)
    (key,) = ring_of(folder, f'name = "Token"\nkind = "pkcs11"\nagency = "SYT"\n{lines}')
    return key


@pytest.mark.parametrize(("label", "signer"), [("rsa", "Chủ khóa RSA"), ("ec", "Chủ khóa EC")])
@pytest.mark.rule("QT-15.4")
def test_a_token_signs_and_signs_again(
    token: tuple[Path, Holder, Holder], authority: Authority, tmp_path: Path, label: str, signer: str
) -> None:
    key = token_key(token[0], label)
    once = sign_pdf(a_pdf(), key, now=START, visible=Stamp())
    twice = sign_pdf(once, key, now=START, visible=Stamp())
    found = signatures_of(twice, authority.trusted_in(tmp_path), START)
    assert [(one["signer"], one["valid"]) for one in found] == [(signer, True), (signer, True)]


def test_the_certificate_may_lie_in_the_token_too(
    token: tuple[Path, Holder, Holder], authority: Authority, tmp_path: Path
) -> None:
    module = pkcs11.lib(str(MODULE))
    with module.get_token(token_label="motcua").open(user_pin=PIN, rw=True) as session:
        told = decode_x509_certificate(token[2].der)
        session.create_object(told | {pkcs11.Attribute.LABEL: "ec", pkcs11.Attribute.TOKEN: True})
    (token[0] / "root.pem").write_bytes(authority.root.pem)
    key = token_key(token[0], "ec", certificate="")
    pdf = sign_pdf(a_pdf(), key, now=START)
    (found,) = signatures_of(pdf, authority.trusted_in(tmp_path), START)
    assert (found["signer"], found["valid"]) == ("Chủ khóa EC", True)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"pin_file": "wrong-pin"}, "PKCS#11"),
        ({"token": "khác"}, "PKCS#11"),
        ({"label": "none"}, "PKCS#11"),
        ({"module": "pin"}, "PKCS#11"),
        ({"certificate": "pin"}, "không đọc được chứng thư"),
    ],
)
def test_a_token_that_does_not_sign_says_so_without_its_pin(
    token: tuple[Path, Holder, Holder], changes: dict[str, str], why: str
) -> None:
    key = token_key(token[0], "rsa", **changes)
    with pytest.raises(SigningFailedError, match=why) as caught:
        sign_pdf(a_pdf(), key, now=START)
    assert PIN not in repr(key) + str(caught.value) + repr(caught.value)


def test_a_token_that_asks_opens_with_what_was_typed_only(
    token: tuple[Path, Holder, Holder], authority: Authority, tmp_path: Path
) -> None:
    asking = replace(token_key(token[0], "rsa"), ask_pin=True)
    pdf = sign_pdf(a_pdf(), replace(asking, typed=PIN), now=START)
    assert [one["valid"] for one in signatures_of(pdf, authority.trusted_in(tmp_path), START)] == [True]
    wrong = replace(asking, typed="000000")
    with pytest.raises(WrongPinError, match="từ chối mã PIN") as caught:
        sign_pdf(a_pdf(), wrong, now=START)
    assert "000000" not in repr(wrong) + str(caught.value)


# A service elsewhere ---------------------------------------------------------------------------------------------------


@contextmanager
def service(
    holder: Holder, *, bearer: str = TOKEN, pin: str | None = None, answer: Callable[[str], Any] | None = None
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A remote signing service on this machine that keeps `holder`'s key; answers its address and what it was asked."""
    asked: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append({"path": self.path, **body})
            told: Any = answer(self.path) if answer is not None else None
            status = 200
            if told is None:
                allowed = self.headers.get("Authorization") == f"Bearer {bearer}"
                told = self.told(body) if allowed else None
                status = 200 if told is not None else 401
            content = (
                told if isinstance(told, bytes) else json.dumps({"error": "invalid"} if told is None else told).encode()
            )
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def told(self, body: dict[str, Any]) -> Any:
            if body["credentialID"] != "c1":
                return None
            if self.path == "/csc/v2/credentials/info":
                chain = [holder.certificate, *holder.chain]
                from cryptography.hazmat.primitives.serialization import Encoding

                return {
                    "cert": {
                        "certificates": [base64.b64encode(one.public_bytes(Encoding.DER)).decode() for one in chain]
                    }
                }
            if self.path == "/csc/v2/credentials/authorize":
                return {"SAD": "sad-1"} if body["authData"] == [{"id": "PIN", "value": pin}] else None
            assert self.path == "/csc/v2/signatures/signHash"
            if pin is not None and body.get("SAD") != "sad-1":
                return None
            (digest,) = (base64.b64decode(one) for one in body["hashes"])
            hashed = Prehashed(hashes.SHA256())
            if isinstance(holder.key, rsa.RSAPrivateKey):
                made = holder.key.sign(digest, padding.PKCS1v15(), hashed)
            else:
                made = holder.key.sign(digest, ec.ECDSA(hashed))
            return {"signatures": [base64.b64encode(made).decode()]}

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing."""

    with serving(Handler) as address:
        yield f"{address}/csc/v2", asked


def remote_key(folder: Path, url: str, **more: str) -> Any:
    (folder / "token").write_text("t0ken\n")
    (folder / "pin").write_text(PIN)
    lines = "".join(f'{name} = "{value}"\n' for name, value in more.items())
    entry = f'name = "Từ xa"\nkind = "remote"\naccount = "v"\nurl = "{url}"\ncredential = "c1"\ntoken_file = "token"\n'
    (key,) = ring_of(folder, entry + lines)
    return key


@pytest.mark.parametrize("kind", ["rsa", "ec"])
@pytest.mark.rule("QT-15.4")
def test_a_service_signs_a_digest_and_never_sees_the_document(authority: Authority, tmp_path: Path, kind: str) -> None:
    holder = authority.issue("Ký từ xa", key=rsa_key() if kind == "rsa" else None)
    with service(holder, pin=PIN) as (url, asked):
        pdf = sign_pdf(a_pdf(), remote_key(tmp_path, url, pin_file="pin"), now=START, visible=Stamp())
    (found,) = signatures_of(pdf, authority.trusted_in(tmp_path / "trust"), START)
    assert (found["signer"], found["valid"]) == ("Ký từ xa", True)
    assert [one["path"].rpartition("/")[2] for one in asked] == ["info", "authorize", "signHash"]
    last = asked[-1]
    assert last["SAD"] == "sad-1"
    assert last["hashAlgorithmOID"] == "2.16.840.1.101.3.4.2.1"
    assert [len(base64.b64decode(one)) for one in last["hashes"]] == [32]
    assert max(len(json.dumps(one)) for one in asked) < 1000


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda path: b"not json", "không đọc được"),
        (lambda path: [], "không đọc được"),
        (lambda path: {"cert": {"certificates": ["AAAA"]}}, "không trả về chứng thư"),
        (lambda path: {"cert": {"certificates": []}}, "không trả về chứng thư"),
        (lambda path: {"x": "y" * 1_100_000}, "quá dài"),
        (lambda path: None if path.endswith("info") else {"signatures": []}, "không trả về chữ ký"),
    ],
)
def test_a_service_that_answers_something_else(
    authority: Authority, tmp_path: Path, answer: Callable[[str], Any], why: str
) -> None:
    with (
        service(authority.issue("Ký từ xa"), answer=answer) as (url, _),
        pytest.raises(SigningFailedError, match=why),
    ):
        sign_pdf(a_pdf(), remote_key(tmp_path, url), now=START)


def test_a_service_that_refuses_or_is_away(authority: Authority, tmp_path: Path) -> None:
    holder = authority.issue("Ký từ xa")
    with service(holder, bearer="another") as (url, _):
        key = remote_key(tmp_path, url, pin_file="pin")
        with pytest.raises(SigningFailedError, match="từ chối \\(mã 401\\)") as caught:
            sign_pdf(a_pdf(), key, now=START)
    assert "t0ken" not in str(caught.value) + repr(key)
    assert PIN not in str(caught.value) + repr(key)
    with pytest.raises(SigningFailedError, match="không kết nối được"):
        sign_pdf(a_pdf(), key, now=START)


def test_a_service_that_signs_something_else_makes_no_valid_signature(authority: Authority, tmp_path: Path) -> None:
    holder = authority.issue("Ký từ xa")
    wrong = base64.b64encode(holder.key.sign(b"other", ec.ECDSA(hashes.SHA256()))).decode()  # type: ignore[call-arg,arg-type]
    with service(holder, answer=lambda path: None if path.endswith("info") else {"signatures": [wrong]}) as (url, _):
        pdf = sign_pdf(a_pdf(), remote_key(tmp_path, url), now=START)
    (found,) = signatures_of(pdf, authority.trusted_in(tmp_path / "trust"), START)
    assert (found["intact"], found["valid"]) == (False, False)


def test_a_kind_of_key_that_a_service_may_not_have(authority: Authority) -> None:
    with service(authority.issue("Ký từ xa")) as (url, _):
        signer = CscSigner(url, "c1", token="t0ken", pin="bí mật")
        assert isinstance(signer.certificates()[0], x509.Certificate)
        with pytest.raises(RemoteSigningError, match="md5"):
            signer.sign(bytes(16), "md5")
    assert "bí mật" not in repr(signer)
    assert "t0ken" not in repr(signer)


# The visible part ------------------------------------------------------------------------------------------------------


def words_of(pdf: bytes, tmp_path: Path) -> str:
    (tmp_path / "x.pdf").write_bytes(pdf)
    done = subprocess.run(["pdftotext", "-layout", str(tmp_path / "x.pdf"), "-"], check=True, capture_output=True)
    return done.stdout.decode()


def test_the_stamp_says_who_signed_when_and_why_in_whole_vietnamese(authority: Authority, tmp_path: Path) -> None:
    holder = authority.issue("Nguyễn Thị Ngọc Ánh", organisation="Ủy ban nhân dân xã Hướng Phùng")
    (tmp_path / "a.p12").write_bytes(holder.pkcs12())
    (tmp_path / "pass").write_text(PASSPHRASE)
    (key,) = ring_of(tmp_path, 'name = "A"\nkind = "pkcs12"\naccount = "v"\nfile = "a.p12"\npassphrase_file = "pass"')
    pdf = sign_pdf(a_pdf(pages=2), key, reason="Đồng ý phê duyệt", now=START, visible=Stamp())
    page = words_of(pdf, tmp_path).split("\f")[1]
    for line in ("Ký bởi: Nguyễn Thị Ngọc Ánh", "Cơ quan: Ủy ban nhân dân xã Hướng Phùng", "Lý do: Đồng ý phê duyệt"):
        assert line in page
    assert "Ngày ký: 23/11/2026 08:00:00 +07:00" in page


@pytest.mark.parametrize("size", [(190, 68), (60, 24), (400, 200)])
def test_long_names_fit_into_any_box(tmp_path: Path, size: tuple[int, int]) -> None:
    name = "Nguyễn Phúc Tôn Nữ Hoàng Thị Diễm Quỳnh Trâm Anh " * 3
    page = stamp_page(Stamp(demonstration=True), *size, name, "Ban Quản lý Khu kinh tế " * 6, "Vì " * 60, START)
    words = words_of(page, tmp_path)
    assert "\f" not in words.rstrip("\f")
    assert "chữ ký trình diễn, không có giá trị" in " ".join(words.split())


def test_a_picture_stands_beside_the_words(tmp_path: Path) -> None:
    from io import BytesIO

    from PIL import Image

    out = BytesIO()
    Image.new("RGB", (80, 80), "red").save(out, "PNG")
    page = stamp_page(Stamp(image=out.getvalue()), 190, 68, "Nguyễn Văn A", "Sở Y tế", "", START)
    assert b"/Image" in page
    assert "Nguyễn Văn A" in words_of(page, tmp_path)


@pytest.mark.parametrize(
    "tree",
    [
        b"2 0 obj<</Type/Pages/Count 1/Kids[2 0 R]>>endobj\n",
        b"2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n3 0 obj<</Type/Pages/Count 1/Kids[2 0 R]/Parent 2 0 R>>endobj\n",
        b"2 0 obj<</Type/Pages/Count 9999999/Kids[]>>endobj\n",
        b"2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 (a) /b]>>endobj\n",
        b"2 0 obj<</Type/Pages/Count (x)/Kids 7>>endobj\n",
    ],
)
@pytest.mark.parametrize("form", [b"", b"/AcroForm(x)", b"/AcroForm<</Fields 7>>", b"/AcroForm<</Fields[2 0 R]>>"])
def test_pages_that_lead_nowhere_are_not_signed(authority: Authority, tmp_path: Path, tree: bytes, form: bytes) -> None:
    (tmp_path / "a.p12").write_bytes(authority.issue("Vân").pkcs12())
    (tmp_path / "pass").write_text(PASSPHRASE)
    (key,) = ring_of(tmp_path, 'name = "A"\nkind = "pkcs12"\naccount = "v"\nfile = "a.p12"\npassphrase_file = "pass"')
    head = b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R" + form + b">>endobj\n"
    offsets = [m.start() for m in re.finditer(rb"(?m)^\d 0 obj", head + tree)]
    table = b"".join(b"%010d 00000 n \n" % one for one in offsets)
    xref = b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
    number = len(offsets) + 1
    pdf = head + tree + xref % (number, table, number, len(head + tree))
    signer = x509.Certificate.load(authority.issue("Token").der)
    for make in (
        lambda: sign_pdf(pdf, key, now=START, visible=Stamp()),
        lambda: prepare(pdf, [signer], reason="", now=START, visible=Stamp()),
    ):
        with pytest.raises(SigningFailedError):
            make()


@pytest.mark.parametrize(
    "form", [b"/AcroForm(x)", b"/AcroForm<</Fields 7>>", b"/AcroForm<</Fields[9 0 R]>>", b"/Perms 3"]
)
def test_forms_that_make_no_sense_are_signed_or_refused(authority: Authority, tmp_path: Path, form: bytes) -> None:
    (tmp_path / "a.p12").write_bytes(authority.issue("Vân").pkcs12())
    (tmp_path / "pass").write_text(PASSPHRASE)
    (key,) = ring_of(tmp_path, 'name = "A"\nkind = "pkcs12"\naccount = "v"\nfile = "a.p12"\npassphrase_file = "pass"')
    good = a_pdf()
    root = re.search(rb"/Type\s*/Catalog", good)
    assert root is not None
    pdf = good[: root.end()] + form + good[root.end() :]
    for visible in (None, Stamp()):
        try:
            signed = sign_pdf(pdf, key, now=START, visible=visible)
        except SigningFailedError:
            continue
        assert signed.startswith(pdf)
        assert all(isinstance(one["problems"], list) for one in signatures_of(signed, tmp_path, START))
