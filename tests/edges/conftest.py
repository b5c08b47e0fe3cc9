"""The same small office as the actions' tests, under everything that comes from outside."""

from tests.actions.conftest import emptying, guard, scene

__all__ = ["emptying", "guard", "scene"]
