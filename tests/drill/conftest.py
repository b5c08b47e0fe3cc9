"""What the rounds share says what it found when it fails."""

import pytest

pytest.register_assert_rewrite("tests.drill.checks", "tests.drill.hostile")
