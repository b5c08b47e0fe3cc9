"""The published tables as printed, written down a second time by hand: what the diagrams are held against.

A row is (step, position, agency, working hours; None where the table counts no time). Steps under one shared limit each show
the whole of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Row = tuple[str, str, str, float | None]


@dataclass(frozen=True, slots=True)
class PublishedTable:
    code: str
    total_hours: float | None
    """The total printed under the table; None where the time is a working day and no sum of steps, or none is printed."""
    decision: str
    rows: tuple[Row, ...]
    shared: frozenset[str] = frozenset()
    """The steps that have one limit together."""
    sum_hours: float | None = None
    """What the steps come to, where that is not the printed total."""
    limit: str | None = None
    """The procedure's limit in the province's catalogue, where that is not the printed total."""
    data: dict[str, Any] = field(default_factory=dict)
    """What forms of its steps give, so that it can be gone through."""
    line: bool = True
    """Its steps are one line: nobody chooses, nothing but people is waited for."""


AT_THE_COMMITTEE: tuple[Row, ...] = (
    ("office_register", "specialist_administration", "VPUBND", 56),
    ("office_forward", "office_chief", "VPUBND", 56),
    ("office_assign", "room_head_education_culture", "VPUBND", 56),
    ("office_process", "specialist_education_culture", "VPUBND", 56),
    ("office_review", "room_head_education_culture", "VPUBND", 56),
    ("office_sign", "office_chief", "VPUBND", 56),
    ("approve", "committee_leader", "UBNDTINH", 56),
    ("office_issue", "specialist_administration", "VPUBND", 56),
)
"""Steps 6 to 13 of the religious headquarters."""

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
    "certify_copy": PublishedTable(
        "2.000815",
        None,
        "DEMO.20/QĐ-UBND",
        (
            ("receive", "desk_officer", "lead", None),
            ("check", "judicial_officer", "lead", None),
            ("sign", "committee_leader", "lead", None),
            ("return_result", "desk_officer", "lead", None),
        ),
        limit="same_day/15:00",
    ),
    "change_religious_headquarters": PublishedTable(
        "DEMO.14",
        240,
        "1594/QĐ-TTPVHCC",
        (
            ("receive", "desk_officer", "lead", 4),
            ("submit", "desk_head", "lead", 4),
            ("assign_room", "director", "lead", 8),
            ("assign", "room_head_religion", "lead", 8),
            ("process", "specialist_religion", "lead", 128),
            ("review", "room_head_religion", "lead", 8),
            ("sign", "director", "lead", 8),
            *AT_THE_COMMITTEE,
            ("take_result", "specialist_religion", "lead", 16),
            ("return_result", "desk_officer", "lead", None),
        ),
        shared=frozenset(row[0] for row in AT_THE_COMMITTEE),
    ),
    "approve_investment_policy": PublishedTable(
        "1.009645.H05",
        136,
        "DEMO.6/QĐ-UBND",
        (
            ("receive", "desk_officer", "lead", 4),
            ("assign", "room_head_investment", "lead", 2),
            ("draft_request", "specialist_investment", "lead", 4),
            ("review_request", "room_head_investment", "lead", 2),
            ("sign_request", "director", "lead", 4),
            ("give_opinion", "director", "=item", 56),
            ("consolidate", "specialist_investment", "lead", 16),
            ("review", "room_head_investment", "lead", 8),
            ("sign", "director", "lead", 8),
            ("issue", "clerk", "lead", 4),
            ("decide", "committee_leader", "UBNDTINH", 24),
            ("digitise", "specialist_investment", "lead", 4),
            ("return_result", "desk_officer", "lead", 4),
        ),
        shared=frozenset({"digitise", "return_result"}),
        data={"asked_agencies": ["SYT", "SNNMT", "SVHTTDL"]},
        line=False,
    ),
    "settle_land_tax": PublishedTable(
        "DEMO.18",
        None,
        "1610/QĐ-TTPVHCC",
        (
            ("receive", "desk_officer", "lead", None),
            ("assess", "land_officer", "lead", None),
            ("issue_notice", "tax_officer", "THUE", None),
            ("await_payment", "desk_officer", "lead", None),
            ("verify", "land_officer", "lead", None),
            ("return_result", "desk_officer", "lead", None),
        ),
        limit="none",
        line=False,
    ),
    "reissue_land_certificate": PublishedTable(
        "DEMO.22",
        80,
        "768/QĐ-TTPVHCC",
        (
            ("receive", "desk_officer", "lead", 4),
            ("check", "land_officer", "lead", 4),
            ("approve_check", "branch_director", "lead", 4),
            ("post", "specialist_economy", "=commune", 4),
            ("review_posting", "room_head_economy", "=commune", 2),
            ("sign_posting", "committee_leader", "=commune", 2),
            ("conclude_posting", "specialist_economy", "=commune", 4),
            ("review_minutes", "room_head_economy", "=commune", 2),
            ("sign_minutes", "committee_leader", "=commune", 2),
            ("appraise", "land_officer", "lead", 12),
            ("approve", "branch_director", "lead", 4),
            ("send_to_tax", "land_officer", "lead", 4),
            ("issue_notice", "tax_officer", "THUE", None),
            ("await_payment", "desk_officer", "lead", None),
            ("receive_again", "desk_officer", "lead", 4),
            ("prepare_certificate", "land_officer", "lead", 16),
            ("approve_certificate", "branch_director", "lead", 4),
            ("hand_over", "land_officer", "lead", 4),
            ("return_result", "desk_officer", "lead", None),
        ),
        sum_hours=76,
        limit="P21D",
        data={"commune": "P.DONGHA"},
        line=False,
    ),
}
