"""The same small office as the actions' tests."""

from tests.actions.conftest import guard, scene

__all__ = ["guard", "scene"]
