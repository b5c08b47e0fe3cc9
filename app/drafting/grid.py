"""A source table as rows of equal length in which merged cells stand at every place that they cover."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.drafting.model import Place, SourceCell, SourceTable

MOST_ROWS, MOST_COLUMNS = 5_000, 100


@dataclass(frozen=True, slots=True)
class Line:
    """One row, or in a table that was turned one column. `row` counts from 1 in the order in which lines are read."""

    table: int
    row: int
    cells: tuple[SourceCell | None, ...]

    @property
    def distinct(self) -> list[SourceCell]:
        """The cells that say something, merged ones once, from left to right."""
        found: list[SourceCell] = []
        for cell in self.cells:
            if cell is not None and cell.text and not any(cell is one for one in found):
                found.append(cell)
        return found

    @property
    def text(self) -> str:
        return " ".join(cell.text for cell in self.distinct)

    def place(self, cell: SourceCell) -> Place:
        return Place(self.table, cell.row, cell.column)


def grid_of(table: SourceTable) -> list[Line]:
    """The rows from the first to the last; of what lies outside the bounds nothing."""
    kept = [cell for cell in table.cells if 1 <= cell.row <= MOST_ROWS and 1 <= cell.column <= MOST_COLUMNS]
    if not kept:
        return []
    height = max(cell.row for cell in kept)
    width = max(min(cell.column + max(cell.columns, 1) - 1, MOST_COLUMNS) for cell in kept)
    grid: list[list[SourceCell | None]] = [[None] * width for _ in range(height)]
    for cell in kept:
        for row, column in _covered(cell, height, width):
            if grid[row][column] is None:
                grid[row][column] = cell
    return [Line(table.number, n, tuple(cells)) for n, cells in enumerate(grid, start=1)]


def turned(lines: list[Line]) -> list[Line]:
    """Columns as rows: for tables whose head is their first column."""
    if not lines:
        return []
    columns = zip(*(line.cells for line in lines), strict=True)
    return [Line(lines[0].table, n, tuple(cells)) for n, cells in enumerate(columns, start=1)]


def _covered(cell: SourceCell, height: int, width: int) -> Iterator[tuple[int, int]]:
    for row in range(cell.row - 1, min(cell.row - 1 + max(cell.rows, 1), height)):
        for column in range(cell.column - 1, min(cell.column - 1 + max(cell.columns, 1), width)):
            yield row, column
