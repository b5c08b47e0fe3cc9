"""Bar code and QR code of a dossier, as SVG without any text, so that no font decides how they look.

Both are produced together with the dossier's code (QT-14.4); the QR code holds the look-up address, and that address
holds the dossier's code (QT-3.10, LA-14.2, TN-3.4) and the random token that opens more than state and dates.
"""

from __future__ import annotations

import io
import itertools
from urllib.parse import parse_qs, urlencode, urlsplit

import segno
from barcode.codex import Code128

_MAX_CODE = 60
_QUIET_ZONE = 10
"""Modules left blank on either side of the bars, as ISO/IEC 15417 asks."""
_BAR_HEIGHT = 40


def lookup_url(public_url: str, code: str, token: str | None) -> str:
    """The address printed as QR code: `{public_url}/tra-cuu?code=...&token=...`; without a token it opens state and dates."""
    asked = {"code": code} if token is None else {"code": code, "token": token}
    return f"{public_url.rstrip('/')}/tra-cuu?{urlencode(asked)}"


def code_in_url(url: str) -> str | None:
    """The dossier's code that a look-up address holds, or None."""
    found = parse_qs(urlsplit(url).query).get("code", [])
    return found[0] if len(found) == 1 else None


def barcode_modules(code: str) -> str:
    """The bars of `code` in Code 128 as a string of 1 (bar) and 0 (gap), without quiet zones.

    ValueError when `code` is empty, longer than 60 characters, or not printable ASCII without spaces.
    """
    if not (0 < len(code) <= _MAX_CODE and code.isascii() and code.isprintable() and " " not in code):
        raise ValueError(f"not a dossier code: {code!r}")
    symbol = Code128(code)
    # Starting in charset C, as it does by itself, python-barcode 0.16 takes a leading pair "99" for a switch and loses it.
    symbol._charset = "B"
    modules: str = symbol.build()[0]
    return modules


def barcode_svg(code: str) -> str:
    """Code 128 of `code`, one SVG unit a module, quiet zones included. ValueError as in `barcode_modules`."""
    path: list[str] = []
    at = _QUIET_ZONE
    for module, run in itertools.groupby(barcode_modules(code)):
        width = len(list(run))
        if module == "1":
            path.append(f"M{at} 0h{width}v{_BAR_HEIGHT}h-{width}z")
        at += width
    width = at + _QUIET_ZONE
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{_BAR_HEIGHT}" '
        f'viewBox="0 0 {width} {_BAR_HEIGHT}"><path d="{"".join(path)}"/></svg>'
    )


def qr_svg(url: str) -> str:
    """QR code of `url`, error correction M, with its quiet zone. ValueError when `url` is too long for any QR code."""
    out = io.BytesIO()
    segno.make_qr(url, error="m", boost_error=False).save(out, kind="svg", border=4, xmldecl=False)
    return out.getvalue().decode()
