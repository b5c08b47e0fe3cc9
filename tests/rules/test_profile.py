"""Profiles: every switch is there, known and right, or the file is refused naming it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from app.config import PROJECT_ROOT
from app.rules.codes import dossier_code
from app.rules.profile import ProfileError, load_profile

QUANG_TRI = PROJECT_ROOT / "profiles" / "quang_tri.toml"
NATIONAL = PROJECT_ROOT / "profiles" / "national_2025.toml"


@pytest.fixture
def changed(tmp_path: Path) -> Callable[[str, str], Path]:
    """A copy of Quảng Trị's profile with one text replaced."""

    def change(old: str, new: str) -> Path:
        text = QUANG_TRI.read_text(encoding="utf-8")
        assert text.count(old) == 1
        file = tmp_path / "tỉnh.toml"
        file.write_text(text.replace(old, new), encoding="utf-8")
        return file

    return change


def test_quang_tri_follows_its_regulation() -> None:
    profile = load_profile(QUANG_TRI)

    assert (profile.id, profile.name, profile.valid_to) == ("quang_tri_2020", "Quảng Trị", None)
    assert (profile.supplement_clock, profile.appointment, profile.due_soon) == ("restart", "next_session", "P1D")


@pytest.mark.rule("HT-24.1")
def test_the_national_regime_begins_when_the_districts_end() -> None:
    profile = load_profile(NATIONAL)

    assert (profile.id, profile.valid_from, profile.valid_to) == ("national_2025", date(2025, 7, 1), None)
    assert dossier_code(profile, "H55.12", date(2026, 11, 21), 1) == "H55.12-261121-0001"
    assert dossier_code(profile, "000.00.12.H55", date(2026, 11, 21), 12345) == "H55.12-261121-12345"
    assert (profile.slip_set, load_profile(QUANG_TRI).slip_set) == ("tt_03_2025", "tt_01_2018")


def test_what_was_not_read_in_the_law_is_said() -> None:
    """The text of NĐ 118/2025 was not at hand: each switch that rests on older law says so beside it."""
    blocks = NATIONAL.read_text(encoding="utf-8").split("\n\n")
    unread = (
        "supplement_clock",
        "supplement_step",
        "supplement_times",
        "supplement_notice",
        "payment_clock",
        "on_time_by",
    )
    unread += (
        "apology_window",
        "late_apology",
        "apology_times",
        "apology_overdue",
        "slip_files",
        "intake_limit",
        "paper",
    )
    for name in unread:
        (block,) = [block for block in blocks if f"\n{name} = " in block]
        assert "chưa đối chiếu" in block.casefold()


@pytest.mark.parametrize("file", sorted(QUANG_TRI.parent.glob("*.toml")), ids=lambda file: file.stem)
def test_every_switch_is_explained_in_the_file(file: Path) -> None:
    load_profile(file)
    lines = file.read_text(encoding="utf-8").splitlines()
    switches = [index for index, line in enumerate(lines) if "=" in line and not line.startswith("#")]

    for index in switches:
        above = [line for line in lines[max(0, index - 4) : index] if line.startswith("#")]
        assert above, f"no comment above: {lines[index]}"


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('supplement_clock = "restart"', 'supplement_clock = "pause"', "supplement_clock"),
        ('supplement_clock = "restart"', "", "supplement_clock: thiếu"),
        ('supplement_clock = "restart"', 'suplement_clock = "restart"', "suplement_clock: không có mục này"),
        ('slip_set = "tt_01_2018"', 'slip_set = "01"', "slip_set"),
        ('slip_set = "tt_01_2018"', "", "slip_set: thiếu"),
        ('due_soon = "P1D"\n', 'due_soon = "none"\n', "due_soon"),
        ('due_soon = "P1D"\n', 'due_soon = "1 ngày"\n', "due_soon"),
        ('due_soon = "P1D"\n', "due_soon = 1\n", "due_soon"),
        ("valid_from = 2020-01-01", 'valid_from = "2020-01-01"', "valid_from"),
        ("valid_from = 2020-01-01", "valid_from = 2020-01-01T00:00:00Z", "valid_from"),
        ("valid_from = 2020-01-01", "valid_from = 2020-01-01\nvalid_to = 2019-12-31", "valid_to"),
        ('code_template = "{bottom_first}-{date}-{number}"', 'code_template = "{number}"', "code_template"),
        ('id = "quang_tri_2020"', 'id = "Quảng Trị"', "id"),
        ('name = "Quảng Trị"\n', 'name = " "\n', "name"),
        ('supplement_notice = "P3D"\n', 'supplement_notice = "3 ngày"\n', "supplement_notice"),
        ('supplement_notice = "P3D"\n', 'supplement_notice = "effective"\n', "supplement_notice"),
        ('on_time_by = "instant"\n', 'on_time_by = "ngày"\n', "on_time_by"),
        ('on_time_by = "instant"\n', 'on_time_by = ["instant"]\n', "on_time_by"),
        ('label_late = "quá hạn"\n', "label_late = 1\n", "label_late"),
        ('apology_window = "before_appointment"\n', "", "apology_window: thiếu"),
        ('intake_limit = "none"\n', "intake_limit = 8\n", "intake_limit"),
        ('intake_cut_off = "none"\n', 'intake_cut_off = "17 giờ"\n', "intake_cut_off"),
        ('intake_cut_off = "none"\n', "intake_cut_off = 17:00:00\n", "intake_cut_off"),
        ('transfer_cut_off = "15:00"\n', 'transfer_cut_off = "24:00"\n', "transfer_cut_off"),
        ('late_entry = "P30D"\n', 'late_entry = "none"\n', "late_entry"),
        ('publication_limit = "none"\n', 'publication_limit = "sớm"\n', "publication_limit"),
        ('publication_review = "none"\n', 'publication_review = "effective"\n', "publication_review"),
        ('["portal", "sms", "email", "zalo"]', "[]", "acceptance_channels"),
        ('["portal", "sms", "email", "zalo"]', '["portal", "fax"]', "acceptance_channels"),
        ('["portal", "sms", "email", "zalo"]', '["portal", "portal"]', "acceptance_channels"),
        ('["portal", "sms", "email", "zalo"]', '"portal"', "acceptance_channels"),
    ],
)
def test_a_wrong_key_is_named_with_its_file(changed: Callable[[str, str], Path], old: str, new: str, key: str) -> None:
    with pytest.raises(ProfileError, match=f"tỉnh.toml: (.*; )?{key}"):
        load_profile(changed(old, new))


def test_a_profile_may_end(changed: Callable[[str, str], Path]) -> None:
    file = changed("valid_from = 2020-01-01", "valid_from = 2020-01-01\nvalid_to = 2025-06-30")

    assert load_profile(file).valid_to == date(2025, 6, 30)


def test_what_is_no_toml_is_refused(changed: Callable[[str, str], Path], tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match="TOML"):
        load_profile(changed('id = "quang_tri_2020"', "id ="))
    with pytest.raises(ProfileError, match="không đọc được"):
        load_profile(tmp_path / "không có.toml")
    (tmp_path / "latin.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ProfileError, match=r"latin\.toml"):
        load_profile(tmp_path / "latin.toml")
