from __future__ import annotations

import os
import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest

from app.messages.delivery import Delivered, MailRefusedError, MailUnavailableError, _is_loopback, deliver_mail
from app.setting_values import SmtpServer
from tests.messages.examples import mail
from tests.messages.loopback_smtp import Mailbox, anonymous_tls, running


def send(box: Mailbox, *, outbox: Path = Path("unused"), **login: Any) -> Delivered:
    server = SmtpServer("127.0.0.1", box.port, box.implicit_tls, **login)
    return deliver_mail(mail(), smtp=server, outbox=outbox, timeout_seconds=5, tls_context=anonymous_tls)


def files(outbox: Path) -> list[str]:
    return sorted(str(path.relative_to(outbox)) for path in outbox.rglob("*") if path.is_file())


def test_without_a_server_the_mail_is_kept_as_a_file_of_its_day(tmp_path: Path) -> None:
    delivered = deliver_mail(mail(), smtp=None, outbox=tmp_path / "outbox")
    kept = tmp_path / "outbox" / "2026-11-20" / "delivery-4711@quangtri.example.vn.eml"

    assert delivered == Delivered("outbox", str(kept))
    assert kept.read_bytes() == mail().as_bytes()
    assert message_from_bytes(kept.read_bytes(), policy=SMTP)["Subject"] == mail()["Subject"]


def test_the_day_is_the_local_one(tmp_path: Path) -> None:
    deliver_mail(mail(created_at=datetime(2026, 11, 20, 17, 0, tzinfo=UTC)), smtp=None, outbox=tmp_path)

    assert files(tmp_path) == ["2026-11-21/delivery-4711@quangtri.example.vn.eml"]


def test_a_repeated_delivery_leaves_one_file_untouched(tmp_path: Path) -> None:
    first = deliver_mail(mail(), smtp=None, outbox=tmp_path)
    before = os.stat(first.reference)
    second = deliver_mail(mail(applicant_name="Tên đã sửa"), smtp=None, outbox=tmp_path)

    assert second == first
    assert files(tmp_path) == ["2026-11-20/delivery-4711@quangtri.example.vn.eml"]
    assert (os.stat(first.reference).st_ino, os.stat(first.reference).st_mtime_ns) == (
        before.st_ino,
        before.st_mtime_ns,
    )


def test_workers_that_deliver_the_same_mail_at_once_leave_one_whole_file(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: deliver_mail(mail(), smtp=None, outbox=tmp_path), range(40)))

    assert files(tmp_path) == ["2026-11-20/delivery-4711@quangtri.example.vn.eml"]
    assert (tmp_path / files(tmp_path)[0]).read_bytes() == mail().as_bytes()


@pytest.mark.parametrize("delivery_id", ["../../etc/passwd", "/tmp/x", "a/b", "..", "x\x00y", "tin nhắn"])
def test_no_delivery_id_leads_out_of_the_outbox(tmp_path: Path, delivery_id: str) -> None:
    outbox = tmp_path / "outbox"
    delivered = deliver_mail(mail(delivery_id=delivery_id), smtp=None, outbox=outbox)

    assert Path(delivered.reference).parent == outbox / "2026-11-20"
    assert len(files(tmp_path)) == 1


def test_a_crash_before_the_rename_leaves_no_mail_and_no_rubbish(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as broken:
        broken.setattr("app.messages.delivery.os.replace", crash)
        with pytest.raises(MailUnavailableError, match="disk full"):
            deliver_mail(mail(), smtp=None, outbox=tmp_path)

    assert files(tmp_path) == []
    deliver_mail(mail(), smtp=None, outbox=tmp_path)
    assert len(files(tmp_path)) == 1


def test_an_outbox_that_cannot_be_made_is_tried_again_later(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("not a folder")

    with pytest.raises(MailUnavailableError):
        deliver_mail(mail(), smtp=None, outbox=tmp_path / "outbox")


def test_a_server_gets_the_mail_as_it_was_built(tmp_path: Path) -> None:
    with running(Mailbox()) as box:
        delivered = send(box, outbox=tmp_path)

    assert delivered == Delivered("smtp", f"127.0.0.1:{box.port}")
    assert box.accepted == [mail().as_bytes()]
    assert "mail FROM:<motcua@quangtri.example.vn>" in " ".join(box.commands)
    assert "rcpt TO:<huyen@example.vn>" in box.commands
    assert files(tmp_path) == []


def test_a_mail_sent_twice_carries_the_same_message_id() -> None:
    with running(Mailbox()) as box:
        send(box)
        send(box)

    assert box.accepted[0] == box.accepted[1]


def test_a_password_on_this_machine_needs_no_encryption() -> None:
    with running(Mailbox(offers=("AUTH PLAIN",))) as box:
        send(box, user="motcua", password="secret")

    assert any(command.startswith("AUTH PLAIN") for command in box.commands)
    assert len(box.accepted) == 1


def test_a_password_that_smtp_cannot_carry_is_trouble_and_not_a_crash() -> None:
    with running(Mailbox(offers=("AUTH PLAIN",))) as box, pytest.raises(MailUnavailableError):
        send(box, user="motcua", password="bí mật")


def test_starttls_is_used_when_offered() -> None:
    with running(Mailbox(offers=("STARTTLS", "AUTH PLAIN"))) as box:
        send(box, user="motcua", password="x")

    assert not any(command.upper().startswith(("AUTH", "MAIL", "DATA")) for command in box.commands)
    assert any(command.startswith("AUTH PLAIN") for command in box.commands_in_tls)
    assert len(box.accepted) == 1


def test_smtps_speaks_tls_from_the_first_byte() -> None:
    with running(Mailbox(implicit_tls=True)) as box:
        send(box)

    assert box.commands == []
    assert len(box.accepted) == 1


def test_the_submission_port_demands_starttls(monkeypatch: pytest.MonkeyPatch) -> None:
    with running(Mailbox()) as box:
        monkeypatch.setattr("app.messages.delivery._SUBMISSION_PORT", box.port)
        with pytest.raises(MailUnavailableError, match="STARTTLS"):
            send(box)

    assert box.accepted == []


def test_a_password_never_crosses_a_network_in_clear_text(monkeypatch: pytest.MonkeyPatch) -> None:
    with running(Mailbox(offers=("AUTH PLAIN",))) as box:
        monkeypatch.setattr("app.messages.delivery._is_loopback", lambda host: False)
        with pytest.raises(MailUnavailableError, match="STARTTLS"):
            send(box, user="motcua", password="x")

    assert not any("AUTH" in command for command in box.commands)


@pytest.mark.parametrize(
    ("host", "loopback"), [("127.0.0.1", 1), ("::1", 1), ("localhost", 1), ("mail.vn", 0), ("10.0.0.1", 0)]
)
def test_only_this_machine_is_loopback(host: str, loopback: int) -> None:
    assert _is_loopback(host) is bool(loopback)


def test_a_certificate_that_cannot_be_verified_is_refused_by_default() -> None:
    with running(Mailbox(implicit_tls=True)) as box, pytest.raises(MailUnavailableError):
        deliver_mail(mail(), smtp=SmtpServer("127.0.0.1", box.port, True), outbox=Path("unused"), timeout_seconds=5)

    assert box.accepted == []


@pytest.mark.parametrize("refusal", [{"recipient_reply": "550 no such mailbox"}, {"data_reply": "554 not accepted"}])
def test_a_final_refusal_is_not_tried_again(refusal: dict[str, Any]) -> None:
    with running(Mailbox(**refusal)) as box, pytest.raises(MailRefusedError):
        send(box)

    assert box.accepted == []


@pytest.mark.parametrize(
    "trouble",
    [
        {"recipient_reply": "451 greylisted"},
        {"data_reply": "452 no space"},
        {"greeting": "421 closing"},
        {"greeting": "554 not now"},
    ],
)
def test_passing_trouble_is_tried_again(trouble: dict[str, Any]) -> None:
    with running(Mailbox(**trouble)) as box, pytest.raises(MailUnavailableError):
        send(box)

    assert box.accepted == []


@pytest.mark.parametrize("quit_reply", [None, "421 too late", "rubbish"])
def test_trouble_after_acceptance_does_not_send_the_mail_again(quit_reply: str | None) -> None:
    with running(Mailbox(quit_reply=quit_reply)) as box:
        assert send(box).channel == "smtp"

    assert len(box.accepted) == 1


def test_a_server_that_is_not_there_is_tried_again() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        with pytest.raises(MailUnavailableError):
            send(Mailbox(port=held.getsockname()[1]))


def test_a_server_that_says_nothing_is_given_up_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        server = SmtpServer("127.0.0.1", silent.getsockname()[1], False)
        with pytest.raises(MailUnavailableError, match="timed out"):
            deliver_mail(mail(), smtp=server, outbox=Path("unused"), timeout_seconds=0.05)
