"""Letters about an official's own steps: each says which dossier, which step and what is wanted; every template has a title."""

from __future__ import annotations

from datetime import datetime

import pytest

from app.actions.settle_delivery import event_title
from app.messages.letters import NoticeValues
from app.messages.official_texts import TO_OFFICIALS, WITHOUT_DOSSIER
from app.messages.texts import compose
from app.rules.notices import EVENTS, OTHER, event_of
from app.wording import LOCAL

VALUES = NoticeValues(
    code="000.00.12.H50-261123-0001",
    procedure_name="Giảm học phí công lập",
    agency_name="Sở Y tế",
    step_name="Thẩm tra",
    reason="Thiếu <căn cứ>",
    limit_at=datetime(2026, 12, 4, 8, 15, tzinfo=LOCAL),
    url="https://motcua.example.org/ho-so/000.00.12.H50-261123-0001",
)


@pytest.mark.parametrize("template", sorted(TO_OFFICIALS))
def test_it_names_the_dossier_and_the_step_and_leads_to_it(template: str) -> None:
    letter = compose(template, VALUES)
    assert VALUES.code in letter.subject
    assert ("Bước đang xử lý", "Thẩm tra") in letter.facts
    assert letter.link == ("Mở hồ sơ", VALUES.url)


@pytest.mark.parametrize("template", ["step_due_soon", "step_overdue"])
def test_an_alarm_says_by_when(template: str) -> None:
    assert ("Hạn của bước", "08 giờ 15 phút, ngày 04/12/2026") in compose(template, VALUES).facts


@pytest.mark.parametrize("template", ["step_returned", "step_assigned", "joined", "incident_opened"])
def test_what_somebody_wrote_stands_in_it(template: str) -> None:
    assert "Thiếu <căn cứ>" in dict(compose(template, VALUES).facts).values()


@pytest.mark.parametrize("template", [*sorted(TO_OFFICIALS), *sorted(WITHOUT_DOSSIER)])
def test_people_who_look_after_messages_read_a_title(template: str) -> None:
    assert event_title(template) != template


@pytest.mark.parametrize("template", sorted(TO_OFFICIALS))
def test_each_has_switches_of_its_own(template: str) -> None:
    assert event_of(template) in EVENTS
    assert event_of(template) != OTHER


def test_the_letter_of_new_steps_says_how_many() -> None:
    items = [{"text": "0001: Thủ tục; bước Thẩm tra", "path": "/ho-so/0001?viec=2"}]
    sections = [{"title": "Mới đến", "total": "1", "items": items, "more": ""}]
    letter = WITHOUT_DOSSIER["new_steps"]({"name": "Bình", "agency": "Sở Y tế", "sections": sections}, "https://a.vn")
    assert letter.subject == "Việc mới đến: 1"
    assert letter.lists[0].items == (("0001: Thủ tục; bước Thẩm tra", "https://a.vn/ho-so/0001?viec=2"),)
