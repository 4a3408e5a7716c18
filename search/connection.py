"""Which engine an address names, as Haystack wants to be told. Imports nothing, since
settings read it."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

ON_DISK = {
    "whoosh": "search.engines.whoosh.WhooshEngine",
    "tantivy": "search.engines.tantivy.TantivyEngine",
}
OPENSEARCH = "search.engines.opensearch.OpenSearchEngine"
DEFAULT_INDEX = "answerhall"


def connection(address: str) -> dict[str, Any]:
    """HAYSTACK_CONNECTIONS["default"] for `whoosh://<folder>`, `tantivy://<folder>` or
    `opensearch+https://user:password@host:9200,host2:9200/index?shards=1&replicas=1`.

    Raises ValueError if it is none of these.
    """
    scheme, _, rest = address.partition("://")
    if scheme in ON_DISK and rest:
        return {"ENGINE": ON_DISK[scheme], "PATH": rest}
    over, _, protocol = scheme.partition("+")
    if over == "opensearch" and protocol in ("http", "https"):
        return _opensearch(protocol, rest)
    raise ValueError(
        f"{_without_password(address)} is no address of a search index. It is"
        " whoosh://<folder>, tantivy://<folder> or opensearch+https://<host>/<index>."
    )


def _opensearch(protocol: str, rest: str) -> dict[str, Any]:
    parts = urlsplit(f"//{rest}")
    login, _, hosts = parts.netloc.rpartition("@")
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": OPENSEARCH,
        "HOSTS": [f"{protocol}://{host}" for host in hosts.split(",") if host],
        "LOGIN": tuple(map(unquote, login.split(":", 1))) if login else (),
        "INDEX": parts.path.strip("/") or DEFAULT_INDEX,
        "SHARDS": int(options.get("shards", 1)),
        "REPLICAS": int(options.get("replicas", 1)),
    }


def _without_password(address: str) -> str:
    scheme, separator, rest = address.partition("://")
    return f"{scheme}{separator}{rest.rpartition('@')[2]}"
