"""The same small office as the actions' tests, for tests that need dossiers under way."""

from tests.actions.conftest import guard, scene

__all__ = ["guard", "scene"]
