"""How much of a file is read: of what comes from outside, everything has its bound."""

MOST_BYTES = 20 * 1024 * 1024
MOST_TABLES = 500
MOST_ROWS = 5_000
"""Of one table."""
MOST_COLUMNS = 100
MOST_CELLS = 200_000
"""Of one file."""
LONGEST_CELL = 32_767
