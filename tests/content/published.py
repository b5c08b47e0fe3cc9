"""The six published tables as printed, written down a second time by hand: what the diagrams are held against.

A row is (step, position, agency, working hours; None where the table counts no time).
"""

from __future__ import annotations

from dataclasses import dataclass

Row = tuple[str, str, str, float | None]


@dataclass(frozen=True, slots=True)
class PublishedTable:
    code: str
    total_hours: float
    """The total printed under the table."""
    decision: str
    rows: tuple[Row, ...]


TABLES = {
    "recognise_disabled_employer": PublishedTable(
        "1.001806",
        80,
        "2022/QĐ-UBND",
        (
            ("receive", "desk_officer", "lead", 4),
            ("assign", "room_head_social", "lead", 4),
            ("process", "specialist_social", "lead", 56),
            ("review", "room_head_social", "lead", 4),
            ("approve", "director", "lead", 8),
            ("issue", "clerk", "lead", 4),
            ("return_result", "desk_officer", "lead", None),
        ),
    ),
    "register_private_social_facility": PublishedTable(
        "1.013814",
        40,
        "2022/QĐ-UBND",
        (
            ("receive", "desk_officer", "lead", 2),
            ("assign", "room_head_social", "lead", 2),
            ("process", "specialist_social", "lead", 12),
            ("review", "room_head_social", "lead", 4),
            ("sign", "director", "lead", 4),
            ("submit", "clerk", "lead", 2),
            ("appraise", "specialist_education_culture", "VPUBND", 12),
            ("issue", "clerk", "VPUBND", 2),
            ("return_result", "desk_officer", "lead", None),
        ),
    ),
    "end_alternative_child_care": PublishedTable(
        "1.004944",
        40,
        "2022/QĐ-UBND",
        (
            ("receive", "desk_officer", "lead", 4),
            ("assign", "room_head_culture_social", "lead", 4),
            ("process", "specialist_culture_social", "lead", 16),
            ("review", "room_head_culture_social", "lead", 4),
            ("approve", "committee_leader", "lead", 8),
            ("issue", "clerk", "lead", 4),
            ("return_result", "desk_officer", "lead", None),
        ),
    ),
    "reduce_public_tuition": PublishedTable(
        "DEMO.8",
        80,
        "3760/QĐ-UBND",
        (
            ("receive", "desk_officer", "lead", 2),
            ("assign", "assigned_room_head", "lead", 4),
            ("process", "assigned_room_officer", "lead", 58),
            ("review", "assigned_room_head", "lead", 6),
            ("approve", "principal", "lead", 8),
            ("issue", "clerk", "lead", 2),
            ("return_result", "desk_officer", "lead", None),
        ),
    ),
    "certify_free_sale_press": PublishedTable(
        "1.014464",
        24,
        "2811/QĐ-UBND",
        (
            ("receive", "desk_officer", "lead", 2),
            ("process", "specialist_press", "lead", 8),
            ("sign", "director", "lead", 4),
            ("appraise", "office_specialist", "VPUBND", 4),
            ("approve", "committee_leader", "UBNDTINH", 4),
            ("return_result", "desk_officer", "lead", 2),
        ),
    ),
    "declare_emission_fee": PublishedTable(
        "1.013040",
        240,
        "1948/QĐ-UBND",
        (
            ("receive", "desk_officer", "lead", 2),
            ("assign", "room_head_environment", "lead", 8),
            ("process", "specialist_environment", "lead", 178),
            ("review", "room_head_environment", "lead", 24),
            ("approve", "director", "lead", 24),
            ("issue", "clerk", "lead", 4),
            ("return_result", "desk_officer", "lead", None),
        ),
    ),
}
