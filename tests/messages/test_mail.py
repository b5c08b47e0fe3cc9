from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.messages.mail import AddressError, build_mail, message_id
from app.messages.texts import TEMPLATES, Letter
from tests.messages.examples import mail, values

CREATED_AT = datetime(2026, 11, 20, 1, 16, tzinfo=UTC)


class Outline(HTMLParser):
    """The tags of a page, the addresses it links to and its visible text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str | None] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.text += data


def received(message: EmailMessage) -> EmailMessage:
    """The mail as its reader parses it from the wire."""
    parsed = message_from_bytes(message.as_bytes(), policy=SMTP)
    assert isinstance(parsed, EmailMessage)
    assert not parsed.defects
    return parsed


def part(message: EmailMessage, kind: str) -> str:
    body = received(message).get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def test_the_same_delivery_is_the_same_bytes_however_often_it_is_built() -> None:
    assert mail().as_bytes() == mail().as_bytes()
    assert mail().as_bytes() != mail(delivery_id="4712").as_bytes()


def test_headers_say_who_when_what_and_that_a_machine_wrote_it() -> None:
    headers = received(mail())

    assert headers["Message-ID"] == "<delivery-4711@quangtri.example.vn>"
    assert headers["Date"] == "Fri, 20 Nov 2026 08:16:00 +0700"
    assert headers["From"] == "Một Cửa Quảng Trị <motcua@quangtri.example.vn>"
    assert headers["To"] == "huyen@example.vn"
    assert headers["Subject"] == "Đã tiếp nhận hồ sơ 000.00.12.H50-261121-0001"
    assert headers["Auto-Submitted"] == "auto-generated"


def test_every_byte_on_the_wire_is_ascii() -> None:
    assert mail().as_bytes().isascii()


@pytest.mark.parametrize("template", sorted(TEMPLATES))
def test_both_parts_say_the_same(template: str) -> None:
    message = mail(template)
    plain, page = part(message, "plain"), Outline(part(message, "html"))

    for line in [line for line in plain.splitlines() if line and not line.startswith(("Tra cứu", "Mở hồ sơ"))]:
        assert all(piece in page.text for piece in line.split(": ", 1)), line
    assert values().url in plain
    assert page.links == [values().url]


def test_what_people_typed_is_never_markup() -> None:
    name = '</td><script>alert(1)</script><img src=x onerror="x"> {{ 7*7 }} {code} %s & Co'
    message = mail(applicant_name=name, procedure_name=name, agency_name=name)
    plain_tags = Outline(part(mail(), "html")).tags

    assert Outline(part(message, "html")).tags == plain_tags
    assert name in Outline(part(message, "html")).text
    assert name in part(message, "plain")


def test_a_link_cannot_leave_its_attribute() -> None:
    url = 'https://motcua.example.vn/tra-cuu?code=1&token="><script>x</script>'
    page = Outline(part(mail(url=url), "html"))

    assert page.links == [url]
    assert "script" not in page.tags


@pytest.mark.parametrize("break_", ["\r\n", "\n", "\r", "\x00\r\n", "\u2028"])
def test_no_value_can_add_a_header(break_: str) -> None:
    evil = f"x{break_}Bcc: thief@example.com{break_}{break_}body"
    typed = dict.fromkeys(
        ("code", "applicant_name", "procedure_name", "agency_name", "delivery_id", "sender_name"), evil
    )
    message = mail(**typed)
    headers = received(message)

    assert headers["Bcc"] is None
    assert sorted(headers.keys()) == sorted(received(mail()).keys())


@pytest.mark.parametrize(
    "recipient",
    [
        "",
        "huyen",
        "huyen@",
        "@example.vn",
        "a@b@example.vn",
        "a b@example.vn",
        "a@example.vn, b@example.vn",
        "a@example.vn\r\nBcc: b@example.vn",
        "Huyền <a@example.vn>",
        "huyền@example.vn",
        "a@-example.vn",
        "a@example..vn",
        "a@" + "x" * 64 + ".vn",
        "x" * 65 + "@example.vn",
        "a\x00@example.vn",
        '"a b"@example.vn',
    ],
)
def test_what_is_not_one_address_is_refused(recipient: str) -> None:
    with pytest.raises(AddressError):
        mail(recipient=recipient)


@pytest.mark.parametrize("mail_from", ["", "Một Cửa", "a@b\r\nBcc: c@d", "Một Cửa <a@example.vn>"])
def test_a_sender_that_is_not_one_address_is_refused(mail_from: str) -> None:
    with pytest.raises(AddressError):
        mail(mail_from=mail_from)


def test_a_vietnamese_domain_is_sent_in_its_ascii_form() -> None:
    sent_to = str(received(mail(recipient="mot-cua@quảngtrị.vn"))["To"])

    assert sent_to.startswith("mot-cua@xn--")
    assert sent_to.partition("@")[2].encode().decode("idna") == "quảngtrị.vn"


def test_spaces_around_an_address_do_not_matter() -> None:
    assert received(mail(recipient=" huyen.nguyen+motcua@example.vn "))["To"] == "huyen.nguyen+motcua@example.vn"


@given(st.text(st.characters(codec="utf-8")))
def test_any_delivery_id_gives_a_message_id_of_its_own(delivery_id: str) -> None:
    made = message_id(delivery_id, "example.vn")

    assert made.startswith("<delivery-")
    assert made.endswith("@example.vn>")
    assert made.isascii()
    assert made.isprintable()
    assert received(mail(delivery_id=delivery_id))["Message-ID"] == message_id(delivery_id, "quangtri.example.vn")


@given(subject=st.text(st.characters(codec=None)), body=st.text(st.characters(codec="utf-8")))
def test_any_text_makes_a_mail_that_can_be_read_back(subject: str, body: str) -> None:
    letter = Letter(subject, body, (body,), ((body, body),), None, body)
    message = build_mail(
        letter, delivery_id="1", created_at=CREATED_AT, mail_from="a@example.vn", recipient="b@example.vn"
    )

    assert sorted(received(message).keys()) == sorted(received(mail()).keys())
    assert part(message, "plain")
