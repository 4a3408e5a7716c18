"""What only an index on other machines can meet: a lease lost, a server away."""

import time

import pytest
from django.core.management import call_command

from search import checks, queries, registries
from search.connection import connection
from search.engines.opensearch import RETRY_SECONDS, Lease, OpenSearchBackend, _failures
from search.errors import IndexBusy
from search.indexes import hits_of
from search.models import QueryLog
from tests.search.notes import work


@pytest.fixture(autouse=True)
def _nothing_failed_before():
    _failures.clear()
    yield
    _failures.clear()


def test_a_site_finds_nothing_of_another_on_the_same_servers(index, put, found):
    other = OpenSearchBackend("default", **{**index._options, "INDEX": "answerhall-2"})
    put(1, "Roaming")
    other.empty(None)
    assert found("roaming") == ["Roaming"]

    index.empty(None)

    assert len(other.indices()) == 1
    assert other.health().ok


def test_another_version_keeps_its_index_until_this_one_has_one(index):
    older, left_over = f"{index.name}-0.1-00", f"{index.alias}-00"
    for name in (older, left_over):
        index.client.indices.create(index=name)

    with index.rebuilding():
        during = index.indices()

    assert older in during
    assert left_over not in during
    assert index.indices() == [index.index_in_use()]


def test_who_died_while_writing_keeps_nobody_out_for_ever(index, monkeypatch, put):
    dead = Lease(index.client, f"{index.name}-writer")
    assert dead._take("somebody")
    with pytest.raises(IndexBusy):
        put(1, "Roaming")

    later = time.time() + 121
    monkeypatch.setattr(time, "time", lambda: later)
    put(1, "Roaming")

    assert index.health().documents == 1


def test_a_rebuild_that_slept_too_long_does_not_take_over(
    index, put, found, make_document, monkeypatch
):
    put(1, "Roaming")
    before = index.index_in_use()

    with pytest.raises(IndexBusy), index.rebuilding():
        index.write([make_document(2, "Broadband")])
        later = time.time() + 121
        monkeypatch.setattr(time, "time", lambda: later)
        assert Lease(index.client, f"{index.name}-writer")._take("somebody else")

    assert index.index_in_use() == before
    assert found("roaming") == ["Roaming"]
    assert index.indices() == [before]


def test_when_no_server_answers_the_database_does(index, make_note, monkeypatch):
    make_note("roaming abroad")
    work()
    assert not queries.search("roaming").degraded

    @registries.fallback("question")
    def find(text, language, limit):
        return hits_of(QueryLog.objects.filter(text__icontains=text)[:limit], text)

    client = index.client
    away = OpenSearchBackend(
        "default", **{**index._options, "HOSTS": ["http://127.0.0.1:9"]}
    )
    monkeypatch.setattr(index, "client", away.client)
    results = queries.search("roaming")

    assert results.degraded
    assert [hit.title for hit in results.hits] == ["roaming abroad"]
    assert queries.index_health().state == "broken"

    # What doesn't answer isn't asked again at once.
    monkeypatch.setattr(index, "client", client)
    assert queries.search("roaming").degraded
    later = time.monotonic() + RETRY_SECONDS
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert not queries.search("roaming").degraded


def test_an_index_somebody_removed_is_built_anew(index, make_note, found):
    make_note("roaming")
    work()
    index.client.indices.delete(index=index.index_in_use())
    assert queries.index_health().state == "missing"

    call_command("rebuild_index", interactive=False, verbosity=0)

    assert found("roaming") == ["roaming"]


def test_a_document_opensearch_refuses_is_no_silent_loss(index, make_document):
    unheard_of = make_document(1, "Roaming", prior="much")

    with pytest.raises(Exception, match="1 not indexed"):
        index.write([unheard_of])


@pytest.mark.parametrize(
    ("address", "means"),
    [
        (
            "opensearch+http://search:9200/hall",
            {"HOSTS": ["http://search:9200"], "LOGIN": (), "INDEX": "hall"},
        ),
        (
            "opensearch+https://hall:p%40ss@one:9200,two:9200?shards=3&replicas=2",
            {
                "HOSTS": ["https://one:9200", "https://two:9200"],
                "LOGIN": ("hall", "p@ss"),
                "INDEX": "answerhall",
                "SHARDS": 3,
                "REPLICAS": 2,
            },
        ),
        ("tantivy:///var/index", {"PATH": "/var/index"}),
        ("whoosh:///var/index", {"PATH": "/var/index"}),
    ],
)
def test_one_address_names_the_engine(address, means):
    options = connection(address)

    assert {name: options[name] for name in means} == means


@pytest.mark.parametrize(
    "address",
    ["", "whoosh://", "solr://host/core", "opensearch://host", "elastic+http://u:pw@h"],
)
def test_an_address_of_no_engine_is_refused_without_its_password(address):
    with pytest.raises(ValueError, match="is no address") as refused:
        connection(address)

    assert "pw" not in str(refused.value)


def test_whoever_sets_a_site_up_hears_that_a_package_is_missing(monkeypatch):
    assert checks.engine_is_installed() == []

    monkeypatch.setattr(checks, "find_spec", lambda _name: None)
    (error,) = checks.engine_is_installed()

    assert "opensearchpy isn't installed" in error.msg
    assert error.hint == "pip install 'answerhall[opensearch]'"
