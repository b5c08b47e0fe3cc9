"""The province in which the actions are tested."""

from tests.actions.conftest import emptying, guard, scene

__all__ = ["emptying", "guard", "scene"]
