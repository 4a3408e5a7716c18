"""Search engines behind one interface, so that callers never learn which one runs."""

from django.utils.module_loading import import_string

from search.engines.base import HallBackend

# Haystack's engines by the name commands call them.
ENGINES = {
    "opensearch": "search.engines.opensearch.OpenSearchEngine",
    "whoosh": "search.engines.whoosh.WhooshEngine",
    "tantivy": "search.engines.tantivy.TantivyEngine",
}


def engine_named(name: str) -> type[HallBackend]:
    """The backend behind a name of ENGINES."""
    return import_string(ENGINES[name]).backend
