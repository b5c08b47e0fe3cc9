"""Bar code, QR code and logo as pictures that Word shows: PNG, because it takes no SVG everywhere."""

from __future__ import annotations

import io

import segno
from PIL import Image

from app.slips.symbols import barcode_modules

_QUIET_ZONE = 10
_MODULE = 3
_HEIGHT = 120


def barcode_png(code: str) -> bytes:
    """Code 128 of `code` with its quiet zones, three pixels a module. ValueError as in `barcode_modules`."""
    modules = "0" * _QUIET_ZONE + barcode_modules(code) + "0" * _QUIET_ZONE
    row = bytes(0 if module == "1" else 255 for module in modules for _ in range(_MODULE))
    picture = Image.frombytes("L", (len(row), 1), row).resize((len(row), _HEIGHT))
    return _png(picture.convert("1"))


def qr_png(url: str) -> bytes:
    """QR code of `url`, error correction M, with its quiet zone. ValueError when `url` is too long for any QR code."""
    out = io.BytesIO()
    segno.make_qr(url, error="m", boost_error=False).save(out, kind="png", border=4, scale=5)
    return out.getvalue()


def _png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, format="PNG", optimize=True)
    return out.getvalue()
