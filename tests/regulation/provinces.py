"""The profiles of the five provinces and of the national regime, by the letters of the requirements."""

from __future__ import annotations

from app.lawbook import profile_named

QUANG_TRI = profile_named("quang_tri")
HA_TINH = profile_named("ha_tinh")
SOC_TRANG = profile_named("soc_trang")
LONG_AN = profile_named("long_an")
THAI_NGUYEN = profile_named("thai_nguyen")
NATIONAL = profile_named("national_2025")

PROVINCES = {"QT": QUANG_TRI, "HT": HA_TINH, "ST": SOC_TRANG, "LA": LONG_AN, "TN": THAI_NGUYEN}
