"""The same small office as the actions' tests, for rules that are shown on dossiers under way."""

from tests.actions.conftest import emptying, guard, scene

__all__ = ["emptying", "guard", "scene"]
