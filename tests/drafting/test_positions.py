"""Printed positions and those that agencies have."""

from __future__ import annotations

import pytest

from app.drafting.agencies import agency_named, lead_place, with_agencies
from app.drafting.positions import Known, lacking, match, settled
from tests.drafting.samples import BRANCHED, LINE

HEALTH, OFFICE = "Sở Y tế tỉnh Quảng Trị", "Văn phòng Ủy ban nhân dân tỉnh Quảng Trị"
KNOWN = [
    Known("director", "Lãnh đạo Sở Y tế", "Lãnh đạo Sở Y tế", "SYT", HEALTH),
    Known(
        "desk_officer", "Bộ phận tiếp nhận và trả kết quả Sở Y tế tại TTPVHCC tỉnh", "Bộ phận một cửa", "SYT", HEALTH
    ),
    Known(
        "room_head_social", "Lãnh đạo Phòng Bảo trợ xã hội và Trẻ em", "Phòng Bảo trợ xã hội và Trẻ em", "SYT", HEALTH
    ),
    Known(
        "specialist_social",
        "Chuyên viên Phòng Bảo trợ xã hội và Trẻ em",
        "Phòng Bảo trợ xã hội và Trẻ em",
        "SYT",
        HEALTH,
    ),
    Known("clerk", "Bộ phận Văn thư Sở Y tế", "Bộ phận Văn thư Sở Y tế", "SYT", HEALTH),
    Known("specialist_education_culture", "Chuyên viên Phòng Khoa giáo - Văn xã", "Phòng Khoa giáo", "VPUBND", OFFICE),
    Known("clerk", "Văn thư Văn phòng UBND tỉnh", "Văn thư", "VPUBND", OFFICE),
    Known("committee_leader", "Lãnh đạo UBND tỉnh", "Lãnh đạo UBND tỉnh", "UBNDTINH", "Ủy ban nhân dân tỉnh Quảng Trị"),
]


@pytest.mark.parametrize(
    ("printed", "code"),
    [
        ("Chuyên viên Phòng BTXH và Trẻ em", "specialist_social"),
        ("CV phòng BTXH & trẻ em", "specialist_social"),
        ("chuyen vien phong bao tro xa hoi va tre em so y te", "specialist_social"),
        ("Lãnh đạo Phòng Bảo trợ xã hội (BTXH) và Trẻ em", "room_head_social"),
        ("LĐ Phòng BTXH và Trẻ em Sở Y tế", "room_head_social"),
        ("Trưởng phòng Bảo trợ xã hội và trẻ em", "room_head_social"),
        ("Chuyên viên Phòng Khoa giáo - Văn xã", "specialist_education_culture"),
        ("Bộ phận Văn thư Sở Y tế", "clerk"),
        ("Văn thư VP UBND tỉnh", "clerk"),
        ("Lãnh đạo Sở", "director"),
        ("Giám đốc Sở Y tế", "director"),
        ("Lãnh đạo UBND tỉnh", "committee_leader"),
        ("Chủ tịch UBND tỉnh", "committee_leader"),
        ("Bộ phận TN&TKQ Sở Y tế", "desk_officer"),
        ("Bộ phận tiếp nhận và trả kết quả Sở Y tế tại TTPVHCC tỉnh; TTPVHCC các xã, phường.", "desk_officer"),
    ],
)
def test_known_positions_are_found_in_other_words(printed: str, code: str) -> None:
    found = match(printed, KNOWN)
    assert (found.code, found.new) == (code, False)


@pytest.mark.parametrize(
    ("printed", "code"),
    [
        ("Chuyên viên Phòng Quản lý môi trường", "specialist_environment"),
        ("Lãnh đạo Phòng Quản lý môi trường", "room_head_environment"),
        ("Trưởng Bộ phận TN&TKQ", "desk_head"),
        ("Lãnh đạo VP UBND TP", "office_chief"),
        ("Lãnh đạo Chi nhánh", "branch_director"),
        ("Chuyên viên xử lý hồ sơ", "specialist"),
        ("Lãnh đạo Phòng chuyên môn được giao xử lý", "room_head"),
        ("Lãnh đạo UBND xã, phường", "committee_leader"),
        ("", "specialist"),
    ],
)
def test_without_a_database_codes_come_from_what_people_do(printed: str, code: str) -> None:
    assert match(printed).code == code


def test_what_nobody_has_is_proposed_as_new_and_near_names_are_in_doubt() -> None:
    found = match("Chuyên viên Phòng Quản lý môi trường", KNOWN)
    assert (found.code, found.new) == ("specialist_environment", True)
    twins = [
        Known("specialist_urban", "Chuyên viên Phòng Quản lý đô thị", "Phòng", "A", "Sở A"),
        Known("specialist_city", "Công chức Phòng Quản lý đô thị", "Phòng", "B", "Sở B"),
    ]
    doubtful = match("Chuyên viên Phòng Quản lý đô thị", twins)
    assert doubtful.certainty == "doubtful"
    assert {doubtful.code, *doubtful.near} == {"specialist_urban", "specialist_city"}


def test_every_step_has_a_position_and_what_was_guessed_is_said() -> None:
    found = settled(LINE, KNOWN)
    assert all(step.position for step in found.steps)
    assert settled(found, KNOWN) == found
    new = [remark for remark in settled(BRANCHED, KNOWN).remarks if remark.field == "position"]
    assert new
    assert all(remark.step for remark in new)


def test_agencies_that_lack_a_position() -> None:
    assert lacking(["clerk", "director", "director"], KNOWN, ["SYT", "VPUBND"]) == {"director": ["VPUBND"]}


def test_places_are_agencies_and_the_lead_is_where_most_is_done() -> None:
    assert agency_named("VP UBND TP", KNOWN) == "VPUBND"
    assert agency_named("UBND tỉnh", KNOWN) == "UBNDTINH"
    assert agency_named("Sở Y tế", KNOWN) == "SYT"
    assert agency_named("Cơ quan Thuế", KNOWN) is None
    assert lead_place(LINE) == "Sở Y tế"
    found = with_agencies(BRANCHED, KNOWN)
    assert next(step.agency for step in found.steps if step.name == "Quyết định") == "UBNDTINH"


@pytest.mark.parametrize(
    ("who", "place", "code"),
    [
        ("Trung tâm Phục vụ HCC", "", "desk_officer"),
        ("Công chức BPMC", "", "desk_officer"),
        ("Chuyên viên", "Bộ phận tiếp nhận và trả kết quả", "desk_officer"),
        ("VT", "", "clerk"),
        ("Chuyên viên", "Phòng Quản lý đất đai", "specialist_land"),
        ("Lãnh đạo phòng", "Phòng Quản lý đất đai", "room_head_land"),
    ],
)
def test_short_names_and_the_office_beside_them(who: str, place: str, code: str) -> None:
    assert match(who, (), place).code == code
