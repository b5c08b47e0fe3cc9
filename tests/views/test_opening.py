"""A dossier's code out of what was typed or scanned."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import DomainError
from app.rules.codes import parse_code
from app.slips.symbols import lookup_url
from app.views.opening import code_from_scan

CODE = "000.00.12.H50-261121-0001"


@pytest.mark.parametrize(
    "text",
    [
        CODE,
        CODE.lower(),
        f"  {CODE}\r\n",
        "000.00.12.h50 - 261121 - 0001",
        CODE.replace("-", "–"),
        lookup_url("https://motcua.example.vn", CODE, "Tok-en_1"),
        f" {lookup_url('http://127.0.0.1:8000/', CODE, 'x')}\n",
        f"/tra-cuu?code={CODE.lower()}",
    ],
)
def test_the_code_is_read(text: str) -> None:
    assert code_from_scan(text) == CODE


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "0001",
        "https://motcua.example.vn/tra-cuu",
        "https://motcua.example.vn/tra-cuu?token=x",
        f"https://a.vn/?code={CODE}&code={CODE}",
        "http://[?code=1",
        CODE + "x",
        "000.00.12.H50-261399-0001",
        CODE * 1000,
        "\0",
        "?" * 100_000,
    ],
)
def test_what_is_no_code_is_invalid(text: str) -> None:
    with pytest.raises(DomainError) as caught:
        code_from_scan(text)
    assert (caught.value.code, set(caught.value.errors or {})) == ("invalid", {"code"})


@given(st.text(st.characters(codec=None)))
def test_any_text_is_a_code_or_refused(text: str) -> None:
    with suppress(DomainError):  # the one refusal that callers know
        parse_code(code_from_scan(text))
