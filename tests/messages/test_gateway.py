"""Handing short messages to an HTTP gateway: what is sent, and what its answers mean."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from app.messages.failures import RefusedError, TryLaterError
from app.messages.gateway import send_short
from app.setting_values import Gateway
from tests.messages.loopback_gateway import Desk, running

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@pytest.fixture
def desk() -> Iterator[Desk]:
    with running(Desk()) as found:
        yield found


def send(url: str) -> str | None:
    return send_short(
        Gateway(url, "bí-mật-1".encode().hex()),
        to="+84912345678",
        text="Đã tiếp nhận hồ sơ",
        key="delivery-7",
        template="receipt_issued",
        now=NOW,
        answer_seconds=2,
    )


def test_a_message_goes_out_with_its_key_and_our_token(desk: Desk) -> None:
    assert send(desk.url) == "g-delivery-7"
    (sent,) = desk.requests
    assert sent["body"] == {
        "to": "+84912345678",
        "text": "Đã tiếp nhận hồ sơ",
        "id": "delivery-7",
        "template": "receipt_issued",
    }
    assert sent["key"] == "delivery-7"
    assert sent["authorization"] == f"Bearer {'bí-mật-1'.encode().hex()}"


@pytest.mark.parametrize("text", ["", "accepted", "[1]", '{"id": null}'])
def test_an_answer_without_a_reference_is_an_acceptance_all_the_same(desk: Desk, text: str) -> None:
    desk.answers = [(200, {}, text or " ")]
    assert send(desk.url) is None


@pytest.mark.parametrize("status", [400, 403, 404, 409, 410, 422])
def test_what_is_refused_for_good(desk: Desk, status: int) -> None:
    desk.answers = [(status, {}, "số không\tnhận tin")]
    with pytest.raises(RefusedError, match=f"{status}: số không nhận tin"):
        send(desk.url)


@pytest.mark.parametrize("status", [301, 401, 408, 425, 429, 500, 502, 503])
def test_what_may_be_tried_again(desk: Desk, status: int) -> None:
    desk.answers = [(status, {"Location": "http://127.0.0.1:1/"}, "")]
    with pytest.raises(TryLaterError, match=str(status)) as raised:
        send(desk.url)
    assert (raised.value.retry_after, raised.value.uncertain) == (None, False)
    assert len(desk.requests) == 1


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("90", timedelta(seconds=90)),
        ("99999999", timedelta(days=1)),
        ("Mon, 23 Nov 2026 02:00:00 GMT", timedelta(hours=1)),
        ("Mon, 23 Nov 2020 02:00:00 GMT", timedelta()),
        ("sớm thôi".encode().decode("latin-1"), None),
    ],
)
def test_how_long_it_wants_to_be_left_alone(desk: Desk, header: str, expected: timedelta | None) -> None:
    desk.answers = [(429, {"Retry-After": header}, "")]
    with pytest.raises(TryLaterError) as raised:
        send(desk.url)
    assert raised.value.retry_after == expected


def test_one_that_is_not_there_has_certainly_not_got_it() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
    with pytest.raises(TryLaterError) as raised:
        send(url)
    assert not raised.value.uncertain


def test_one_that_speaks_no_tls_has_certainly_not_got_it(desk: Desk) -> None:
    with pytest.raises(TryLaterError) as raised:
        send(desk.url.replace("http:", "https:"))
    assert not raised.value.uncertain


def test_one_that_hangs_up_may_have_got_it(desk: Desk) -> None:
    desk.hangs_up = True
    with pytest.raises(TryLaterError) as raised:
        send(desk.url)
    assert raised.value.uncertain
    assert list(desk.accepted) == ["delivery-7"]
