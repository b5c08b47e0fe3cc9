"""The same small office as the actions' tests, for rules that are shown on dossiers under way."""

from tests.actions.conftest import emptying, guard, scene
from tests.signatures.conftest import authority, bench

__all__ = ["authority", "bench", "emptying", "guard", "scene"]
