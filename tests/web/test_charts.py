"""Where a chart puts its labels."""

from __future__ import annotations

from itertools import pairwise

from app.web.charts import _LETTER, WIDTH, Chart, Series, chart


def drawn(labels: list[str]) -> Chart:
    return chart("k", "Hàng chờ", [(one, one, None) for one in labels], [Series("Chờ", [1.0] * len(labels))])


def test_the_last_label_is_whole_and_apart_from_the_one_before() -> None:
    for number in (1, 2, 7, 12, 26, 52, 90, 200, 400):
        placed = [one for one in drawn([f"{day % 28 + 1:02}/11" for day in range(number)]).points if one.label]
        assert placed[-1].label_x + 5 * _LETTER / 2 <= WIDTH
        for one, after in pairwise(placed):
            assert after.label_x - one.label_x >= 5 * _LETTER


def test_labels_with_room_stand_below_the_middle_of_their_column() -> None:
    for one in drawn([f"T{month}" for month in range(1, 13)]).points:
        assert abs(one.label_x - one.x - one.width / 2) < 0.1
