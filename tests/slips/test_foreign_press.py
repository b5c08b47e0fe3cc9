"""A template that was taken prints in a process of its own: what it does with one dossier's data stops nobody else."""

from __future__ import annotations

from typing import Any

import pytest

from app.slips import foreign_press
from app.slips.foreign_press import print_foreign
from app.slips.render import SlipTemplateError, render_slip
from app.slips.samples import sample_content
from tests.fixtures.pages import text_of

KEY = "tt01-2018/03"
LOOPS_FOR_ONE = """#import "common.typ": *
#let form(d) = sheet(d)[
  #if d.applicant_name == "Người Lặp" {
    let n = 0
    for a in range(100000) { for b in range(100000) { n += 1 } }
  }
  Mẫu của tỉnh, #d.applicant_name
]
#one(form)
"""


def content(**changes: Any) -> dict[str, Any]:
    return sample_content(KEY) | changes


def test_it_prints_what_the_serving_process_would() -> None:
    template = LOOPS_FOR_ONE.encode()
    assert print_foreign(content(), template) == render_slip(content(), template=LOOPS_FOR_ONE)


def test_one_that_loops_for_one_name_is_stopped_and_the_next_slip_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    template = LOOPS_FOR_ONE.encode()
    print_foreign(content(), template)  # the process is there
    monkeypatch.setattr(foreign_press._press(), "time_limit", 0.4)
    with pytest.raises(SlipTemplateError, match="in quá lâu"):
        print_foreign(content(applicant_name="Người Lặp"), template)
    monkeypatch.undo()
    assert "Mẫu của tỉnh" in text_of(print_foreign(content(), template))


def test_what_it_cannot_do_is_told_with_its_line() -> None:
    broken = LOOPS_FOR_ONE.replace("Mẫu của tỉnh, #d.applicant_name", "#d.values.khong_co").encode()
    with pytest.raises(SlipTemplateError) as told:
        print_foreign(content(), broken)
    assert told.value.line == 7
