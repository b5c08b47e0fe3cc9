"""Log lines: one object an event, with the request's id and without secrets, whoever wrote them."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import structlog
from structlog.contextvars import bound_contextvars

from app.logs import configure_logging, get_logger


@pytest.fixture
def restored_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    structlog.contextvars.clear_contextvars()
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)
    structlog.reset_defaults()


@pytest.fixture
def stream(restored_logging: None) -> io.StringIO:
    written = io.StringIO()
    configure_logging("INFO", "json", written)
    return written


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_event_is_one_json_object_with_a_utc_instant(stream: io.StringIO) -> None:
    get_logger("app.actions").info("task_forwarded", dossier="000.00.12.H50-261121-0001", to="Phòng Người có công")
    (line,) = lines(stream)
    assert line["event"] == "task_forwarded"
    assert line["to"] == "Phòng Người có công"
    assert (line["level"], line["logger"]) == ("info", "app.actions")
    assert datetime.fromisoformat(str(line["at"])).utcoffset() == timedelta(0)
    assert "Phòng" in stream.getvalue(), "Vietnamese stays readable"


def test_lines_carry_the_id_of_their_request_and_lose_it_after(stream: io.StringIO) -> None:
    with bound_contextvars(request_id="outer", account="lan"):
        with bound_contextvars(request_id="inner"):
            logging.getLogger("a.library").warning("slow %s", "query")
        get_logger("app").info("answered")
    get_logger("app").info("idle")
    assert [line.get("request_id") for line in lines(stream)] == ["inner", "outer", None]
    assert [line.get("account") for line in lines(stream)] == ["lan", "lan", None]
    assert lines(stream)[0]["event"] == "slow query"


def test_secrets_are_blanked_wherever_they_stand(stream: io.StringIO) -> None:
    log = get_logger("app")
    log.info(
        "signed_in", password="hush1", token="hush2", Authorization="hush3", nested={"api_key": "hush4", "fine": 1}
    )
    log.info("connecting", url="postgresql://motcua_web:hush5@db/motcua", urls=["smtp://a:hush6@mail"])
    log.info("header was Bearer hush7.abc-def", path="/public/dossiers/1?token=hush8&x=1")
    logging.getLogger("library").error("cannot reach %s", "postgresql://u:hush9@db/x")
    assert "hush" not in stream.getvalue()
    assert stream.getvalue().count("***") == 9
    assert lines(stream)[0]["nested"] == {"api_key": "***", "fine": 1}


def test_secrets_in_a_traceback_are_blanked(stream: io.StringIO) -> None:
    try:
        raise RuntimeError("no answer from postgresql://u:hush@db/x")
    except RuntimeError:
        get_logger("app").exception("tick_failed")
    (line,) = lines(stream)
    assert "RuntimeError" in str(line["exception"])
    assert "hush" not in stream.getvalue()


def test_the_level_holds_for_libraries_too(stream: io.StringIO) -> None:
    get_logger("app").debug("unseen")
    logging.getLogger("library").debug("unseen")
    get_logger("app").info("seen")
    assert [line["event"] for line in lines(stream)] == ["seen"]


def test_configuring_twice_writes_each_line_once(stream: io.StringIO) -> None:
    configure_logging("INFO", "json", stream)
    get_logger("app").info("once")
    assert len(lines(stream)) == 1


def test_the_console_form_is_one_readable_line(restored_logging: None) -> None:
    written = io.StringIO()
    configure_logging("INFO", "console", written)
    get_logger("app").info("dossier_registered", dossier="H50.12-1")
    (line,) = written.getvalue().splitlines()
    assert "dossier_registered" in line
    assert "dossier=H50.12-1" in line
    assert "\x1b" not in line, "no colours into a file"
